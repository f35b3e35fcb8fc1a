"""The three stores stay in step, or are brought back in step; real processes, real kills."""

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from index import Library
from index.errors import LibraryBusy, NotALibrary
from index.sample import pages
from index.vectors import Vectors
from index.words import Words

# Adds a page, telling on standard output whenever a batch is in the library.
ADD = """
import sys
from index import Library
with Library.open(sys.argv[1]) as library:
    print("open", flush=True)
    library.add(*sys.argv[2:], progress=lambda done, total: print(done, flush=True))
"""
FILLER = " It was measured in a quiet room over many days, and nothing else was changed meanwhile." * 4


def _adding(folder: Path, *pages: Path) -> subprocess.Popen[str]:
    words = [sys.executable, "-c", ADD, str(folder), *map(str, pages)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _page(file: Path, count: int, about: str = "bees") -> Path:
    file.write_text(
        "\n".join(f"Paper {n} of {about}\nFinding {n} is on {about}.{FILLER}" for n in range(count))
    )
    return file


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A library of twenty papers, closed."""
    with Library.open(tmp_path / "library") as library:
        library.add(_page(tmp_path / "first.txt", 20))
    return tmp_path / "library"


def _whole(folder: Path, papers: int) -> None:
    """Check that a library opens as one that nothing ever happened to."""
    with Library.open(folder) as library:
        assert library.repairs == ()
        assert library.differences() == []
        assert len(library) == papers
        assert len(library.search("Which finding is on bees?", k=5)) == 5


@pytest.mark.parametrize("batches", [0, 1, 2])
@pytest.mark.parametrize("bytes_later", [0, 1])
def test_an_addition_that_is_killed_is_completed_by_running_it_again(
    tmp_path: Path, batches: int, bytes_later: int
) -> None:
    folder, page = tmp_path / "library", _page(tmp_path / "page.txt", 200)
    adding = _adding(folder, page)
    assert adding.stdout is not None
    for _ in range(batches + 1):
        adding.stdout.readline()
    if bytes_later:
        # In the midst of a batch: its ids have just been noted, its vectors not yet written.
        _wait_for_note(folder)
    adding.kill()
    adding.communicate()

    with Library.open(folder) as library:
        assert library.differences() == []
        assert 64 * batches <= len(library) <= 200
        assert library.search("finding 3 on bees") or len(library) == 0
        report = library.add(page)
        assert report.added + report.unchanged == 200
    _whole(folder, 200)


def _wait_for_note(folder: Path) -> None:
    """Watch the shelf until a change has been begun and not finished."""
    shelf = sqlite3.connect(f"file:{folder}/papers.sqlite?mode=ro", uri=True, timeout=30)
    while not shelf.execute("SELECT count(*) FROM unfinished").fetchone()[0]:
        os.sched_yield()
    shelf.close()


def _lose_vectors(folder: Path) -> None:
    shutil.rmtree(folder / "vectors")


def _garble_vectors(folder: Path) -> None:
    (folder / "vectors" / "chroma.sqlite3").write_bytes(b"not a database" * 100)


def _lose_words(folder: Path) -> None:
    shutil.rmtree(folder / "words")


def _garble_words(folder: Path) -> None:
    (folder / "words" / "meta.json").write_text("{")


def _lose_a_papers_vectors(folder: Path) -> None:
    vectors = Vectors.open(folder / "vectors")
    vectors.remove([next(iter(vectors)).paper])
    vectors.close()


def _gain_unknown_words(folder: Path) -> None:
    Words(folder / "words").replace([("nobody", "0", "words of nobody")], removed=[])


def _swap_a_papers_words(folder: Path) -> None:
    words = Words(folder / "words")
    [gone, *_] = [identifier for identifier, _ in words]
    words.replace([("nobody", "0", "words of nobody")], removed=[gone])
    # As many words as papers: only the note says that something is amiss.
    with sqlite3.connect(folder / "papers.sqlite") as shelf:
        shelf.execute("INSERT INTO unfinished VALUES (?)", (gone,))
    shelf.close()


@pytest.mark.parametrize(
    "harm",
    [
        _lose_vectors, _garble_vectors, _lose_words, _garble_words,
        _lose_a_papers_vectors, _gain_unknown_words, _swap_a_papers_words,
    ],
)  # fmt: skip
def test_opening_repairs_what_differs_from_the_shelf_and_says_so(folder: Path, harm: object) -> None:
    assert callable(harm)
    harm(folder)

    with Library.open(folder) as library:
        [repair] = library.repairs
        assert repair.startswith("Repaired ")
        assert library.differences() == []
    _whole(folder, 20)


def test_a_second_writer_is_told_that_another_one_is_at_work(folder: Path, tmp_path: Path) -> None:
    adding = _adding(folder, _page(tmp_path / "wasps.txt", 200, "wasps"))
    assert adding.stdout is not None
    assert adding.stdout.readline() == "open\n"
    assert adding.stdout.readline() == "64\n"

    with Library.open(folder) as library:
        with pytest.raises(LibraryBusy) as told:
            library.add(tmp_path / "first.txt")
        with pytest.raises(LibraryBusy):
            library.remove(next(iter(library)).id)
        assert str(told.value) == (
            f"Another process is changing {folder}. Run this again when it is done."
        )
        # Reading goes on meanwhile.
        assert len(library.search("finding on wasps")) == 10
    adding.communicate()
    assert adding.returncode == 0
    _whole(folder, 220)


def test_a_reader_sees_what_another_process_adds_and_removes(folder: Path, tmp_path: Path) -> None:
    with Library.open(folder) as reader:
        assert reader.search("finding on wasps", k=1)[0].paper.title.endswith("bees")
        adding = _adding(folder, _page(tmp_path / "wasps.txt", 2, "wasps"))
        adding.communicate()
        assert adding.returncode == 0

        [best, second] = reader.search("finding on wasps", k=2)
        assert {best.paper.title, second.paper.title} == {"Paper 0 of wasps", "Paper 1 of wasps"}
        removing = (
            "import sys; from index import Library; Library.open(sys.argv[1]).remove(sys.argv[2])"
        )
        subprocess.run([sys.executable, "-c", removing, str(folder), best.paper.id], check=True)

        assert best.paper.id not in {match.paper.id for match in reader.search("finding on wasps")}
        assert len(reader) == 21


def test_a_full_disk_is_told_and_nothing_half_written_survives(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    page = _page(tmp_path / "page.txt", 600)
    # A small disk of its own, in a namespace of its own, so that nothing outlives the test.
    program = f"""
import os, pathlib, shutil, subprocess, sys
from index import Library, LibraryError
from index.errors import LibraryFull
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", {str(disk)!r}], check=True)
folder = {str(disk / "library")!r}
with Library.open(folder) as library:
    try:
        library.add({str(page)!r})
        sys.exit("there was enough space")
    except LibraryFull as problem:
        print(problem)
    before = len(library)
    print(0 < before < 600, len(library.search("finding on bees")))
subprocess.run(["mount", "-o", "remount,size=64m", {str(disk)!r}], check=True)
with Library.open(folder) as library:
    print(len(library) == before, library.differences())
    report = library.add({str(page)!r})
    print(report.added + report.unchanged, len(library))
"""
    alone = ["unshare", "--map-root-user", "--mount"]
    if subprocess.run([*alone, "true"], stderr=subprocess.DEVNULL).returncode:
        pytest.skip("no disk of its own may be made here; test_library has a refused write as well")
    ran = subprocess.run([*alone, sys.executable, "-c", program], capture_output=True, text=True)

    assert ran.stderr == ""
    told, full, freed, again = ran.stdout.splitlines()
    assert told == (
        f"No space left for the library in {disk}/library; the papers added before are kept. "
        "Free some space and run this again."
    )
    assert full == "True 10"
    assert freed == "True []"
    assert again == "600 600"


@pytest.mark.parametrize("garbage", [b"not a database" * 400, b"SQLite format 3\0" + b"x" * 9000])
@pytest.mark.parametrize("file", ["papers.sqlite", "turn.db"])
def test_a_damaged_library_is_told_in_a_sentence(folder: Path, file: str, garbage: bytes) -> None:
    (folder / file).write_bytes(garbage)

    with pytest.raises(NotALibrary, match=str(folder)):
        Library.open(folder)


def test_the_first_abstract_of_a_run_counts_so_that_twice_is_the_same_as_once(
    folder: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.txt"
    other.write_text((tmp_path / "first.txt").read_text().replace("quiet", "loud"))
    with Library.open(folder) as library:
        for files in ([tmp_path / "first.txt", other], [tmp_path / "first.txt", other]):
            report = library.add(*files)
            assert (report.read, report.updated, report.unchanged) == (40, 0, 20)
        assert {paper.source for paper in library} == {"first.txt, other.txt"}


def test_a_library_is_taken_elsewhere_by_copying_its_folder(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "elsewhere" / "copy")
    shutil.rmtree(folder)

    _whole(tmp_path / "elsewhere" / "copy", 20)


def test_a_lost_index_of_vectors_is_made_again(sample_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "library"
    shutil.copytree(sample_folder, folder)
    # Of a thousand vectors Chroma writes its graph to a folder, and no longer keeps them in its log.
    [graph] = [entry for entry in (folder / "vectors").iterdir() if entry.is_dir()]
    shutil.rmtree(graph)

    with Library.open(folder) as library:
        assert library.repairs == ("Repaired 466 papers: an earlier run did not get to its end.",)
        [best] = library.search("state tracking in linear RNNs", k=1)
        assert best.paper.title.startswith("Unlocking State-Tracking")


def test_the_same_papers_are_found_alike_in_every_build(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    with Library.open(first) as one, Library.open(second) as other:
        one.add(pages()[0])
        other.add(pages()[0])
        for question in ("Who won the football world cup?", "spiking neurons", "sparse attention"):
            assert one.search(question, k=50) == other.search(question, k=50)
