"""A library stays whole, whatever happens to the processes that write to it."""

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from index import Library, Match, Paper, default_folder
from index.adding import put
from index.embedder import NAME, Embedder
from index.errors import NewerLibrary, NotALibrary, WrongEmbedder
from index.report import Report
from index.stores import Stores

Page = Callable[..., Path]
Start = Callable[..., "subprocess.Popen[str]"]

# With batches of 64 these are three: the second is the one that is cut short.
MANY = {
    f"Paper {number} on the dances of bees": f"Hive {number} danced in the dark, and sister {number} "
    "flew to the flowers that were meant by it."
    for number in range(150)
}
# The steps of writing a batch, and the papers that are kept when the second batch ends with one.
STEPS = {
    "Shelf.begin": 64, "Vectors.remove": 64, "Vectors.add": 64, "Words.replace": 64,
    "Shelf.finish": 128,
}  # fmt: skip


# What a folder holds


def test_a_new_folder_becomes_an_empty_library(tmp_path: Path) -> None:
    folder = tmp_path / "not" / "there" / "yet"
    with Library.open(folder) as library:
        assert (len(library), list(library), library.repairs) == (0, [], ())
        assert library.search("bees") == []
        assert library.folder == folder


def test_a_library_is_found_again_with_all_it_had(
    tmp_path: Path, page: Page, papers: dict[str, str]
) -> None:
    file = page(papers)
    with Library.open(tmp_path / "library") as library:
        library.add(file)
    with Library.open(str(tmp_path / "library")) as library:
        assert list(library) == [Paper(*both, sources=("page.txt",)) for both in papers.items()]
        assert (len(library), library.repairs, library.differences()) == (6, (), [])


def test_without_a_folder_it_is_the_users_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PAPERCHAT_LIBRARY", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert default_folder().is_relative_to(tmp_path)
    monkeypatch.setenv("PAPERCHAT_LIBRARY", str(tmp_path / "mine"))
    with Library.open() as library:
        assert library.folder == default_folder() == tmp_path / "mine"


def test_papers_are_got_by_id_and_unknown_ids_have_no_entry(
    library: Library, page: Page, papers: dict[str, str]
) -> None:
    library.add(page(papers))
    first = next(iter(library))
    assert library.get([first.id, "nosuchpaper1"]) == {first.id: first}


ANTS = Paper("Ants", "Ants walk.", url="https://arxiv.org/abs/2305.11111")
MIDGES = Paper("Midges", "Midges fly.", url="https://arxiv.org/abs/2305.22222v2")


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        pytest.param(["2305.11111"], [ANTS], id="one"),
        pytest.param(["2305.22222", "2305.11111"], [ANTS, MIDGES], id="two"),
        pytest.param(["arxiv.org", "2305.11111"], [ANTS, MIDGES], id="one-paper-twice"),
        pytest.param(["2305.33333", "2305.22222"], [MIDGES], id="one-that-no-address-has"),
        pytest.param(["2305.33333"], [], id="none"),
        pytest.param([], [], id="nothing-asked-for"),
    ],
)
def test_papers_are_got_by_parts_of_their_addresses(
    tmp_path: Path, embedder: Embedder, parts: list[str], found: list[Paper]
) -> None:
    stores = Stores.open(tmp_path / "library", NAME)
    with Library(tmp_path / "library", stores, embedder) as library:
        put(stores, embedder, [ANTS, MIDGES, Paper("Wasps", "Wasps sting.")], Report(), set())
        assert library.with_url(parts) == {paper.id: paper for paper in found}


# Removing


def test_removing_leaves_no_trace(tmp_path: Path, page: Page, papers: dict[str, str]) -> None:
    file = page(papers)
    with Library.open(tmp_path / "library") as library:
        library.add(file)
        gone = library.search("ZIPFOLD")[0].paper
        assert library.remove(gone.id, "nosuchpaper1") == 1
        left = [paper for paper in papers if paper != gone.title]
        assert [paper.title for paper in library] == left
        assert sorted(match.paper.title for match in library.search("ZIPFOLD")) == sorted(left)
        assert {match.bm25 for match in library.search("ZIPFOLD accelerator padding")} == {0.0}
        assert library.get([gone.id]) == {}
        assert library.differences() == []

    secrets = [gone.title, *gone.abstract.rstrip(".").split(". "), "ZIPFOLD"]
    assert _files_with(tmp_path / "library", secrets) == []


def test_removing_nothing_that_is_there_removes_nothing(
    library: Library, page: Page, papers: dict[str, str]
) -> None:
    library.add(page(papers))
    assert library.remove("nosuchpaper1") == 0
    assert library.remove() == 0
    assert len(library) == 6


def test_all_papers_can_be_removed_and_added_again(
    library: Library, page: Page, papers: dict[str, str]
) -> None:
    file = page(papers)
    library.add(file)
    before = library.search("how bees find food")
    assert library.remove(*(paper.id for paper in library)) == 6
    assert (len(library), library.search("how bees find food"), library.differences()) == (0, [], [])
    assert library.add(file).added == 6
    assert _seen(library.search("how bees find food")) == _seen(before)


def _files_with(folder: Path, secrets: list[str]) -> list[tuple[str, str]]:
    files = [file for file in folder.rglob("*") if file.is_file()]
    assert len(files) > 5
    return [
        (str(file), secret)
        for file in files
        for secret in secrets
        if secret.lower().encode() in file.read_bytes().lower()
    ]


def _seen(matches: list[Match]) -> list[tuple[Paper, float, float]]:
    return [(one.paper, round(one.cosine, 5), round(one.bm25, 5)) for one in matches]


# Several processes and threads


def test_two_that_add_at_once_leave_a_whole_library(
    tmp_path: Path, page: Page, another_process: Start
) -> None:
    folder, titles = tmp_path / "library", sorted(MANY)
    halves = [
        page({title: MANY[title] for title in some}, name)
        for some, name in [(titles[:80], "first.txt"), (titles[70:], "second.txt")]
    ]
    both = [another_process(folder, "add", half, "Library.open", 1) for half in halves]
    for process in both:
        assert _lines(process, 1) == ["there"]
    for process in both:
        _say(process)
    ends = [process.communicate()[0].splitlines()[-1].split()[0] for process in both]
    assert sorted(ends) in (["done", "done"], ["LibraryBusy:", "done"])

    with Library.open(folder) as library:
        assert (library.repairs, library.differences()) == ((), [])
        library.add(*halves)
        assert sorted(paper.title for paper in library) == titles
        assert library.differences() == []


def test_two_that_make_a_library_at_once_make_one(
    tmp_path: Path, page: Page, another_process: Start
) -> None:
    folder, file = tmp_path / "library", page(MANY)
    first = another_process(folder, "add", file, "Shelf._make_if_new", 1)
    assert _lines(first, 1) == ["there"]
    # The second stops when it has opened the library, lest it meets the first while that adds.
    second = another_process(folder, "remove", "nosuchpaper1", "Library.open", 1)
    assert "added=150" in _released(first)
    assert _lines(second, 1) == ["there"]
    assert second.communicate("\n")[0].splitlines() == ["open 150", "done 0"]


def test_a_library_answers_while_another_process_writes_to_it(
    tmp_path: Path, page: Page, another_process: Start
) -> None:
    folder, file = tmp_path / "library", page(MANY)
    writer = another_process(folder, "add", file, "Embedder.embed_abstracts", 2)
    assert _lines(writer, 2) == ["open 0", "there"]
    with Library.open(folder) as library:
        assert (len(library), library.repairs) == (64, ())
        assert len(library.search("sister 7", k=100)) == 64
        assert "added=150" in _released(writer)
        assert len(library.search("sister 7", k=200)) == 150


def test_threads_search_while_one_adds(library: Library, page: Page) -> None:
    file = page(MANY)
    seen: list[int] = []
    ended = threading.Event()

    def ask() -> None:
        while not ended.is_set():
            seen.append(len({match.paper.id for match in library.search("dances", k=200)}))

    readers = [threading.Thread(target=ask) for _ in range(3)]
    for reader in readers:
        reader.start()
    library.add(file)
    ended.set()
    for reader in readers:
        reader.join()
    # Each saw whole batches and nothing between.
    assert set(seen) <= {0, 64, 128, 150}
    assert (len(library), library.differences()) == (150, [])


# Killed


@pytest.mark.parametrize(("step", "kept"), STEPS.items(), ids=STEPS)
def test_an_addition_killed_between_two_steps_is_repaired_and_completed(
    tmp_path: Path, page: Page, another_process: Start, step: str, kept: int
) -> None:
    folder, file = tmp_path / "library", page(MANY)
    writer = another_process(folder, "add", file, step, 2)
    assert _lines(writer, 2) == ["open 0", "there"]
    writer.kill()
    writer.wait()

    repaired = "Repaired 64 papers: an earlier run did not get to its end."
    _holds_and_completes(folder, file, kept, (repaired,) if kept == 64 else ())


@pytest.mark.parametrize(
    ("place", "nth"),
    [
        pytest.param("Vectors.remove", 2, id="inside-chroma"),
        pytest.param("Vectors.add", 2, id="inside-tantivy"),
        pytest.param("Words.replace", 3, id="inside-sqlite"),
    ],
)
def test_an_addition_killed_inside_a_step_is_repaired_and_completed(
    tmp_path: Path, page: Page, another_process: Start, place: str, nth: int
) -> None:
    folder, file = tmp_path / "library", page(MANY)
    writer = another_process(folder, "add", file, f"+{place}", nth)
    assert _lines(writer, 2) == ["open 0", "there"]
    # It goes on meanwhile: where the kill meets it differs a little from run to run.
    writer.kill()
    writer.wait()

    _holds_and_completes(folder, file)


@pytest.mark.parametrize("step", ["Vectors.remove", "Shelf.finish"])
def test_a_removal_that_was_killed_is_undone_or_done(
    tmp_path: Path, page: Page, papers: dict[str, str], another_process: Start, step: str
) -> None:
    folder, file = tmp_path / "library", page(papers)
    with Library.open(folder) as library:
        library.add(file)
        gone = library.search("ZIPFOLD")[0].paper
    writer = another_process(folder, "remove", gone.id, step, 1)
    assert _lines(writer, 2) == ["open 6", "there"]
    writer.kill()
    writer.wait()

    with Library.open(folder) as library:
        assert library.differences() == []
        assert len(library) == (5 if step == "Shelf.finish" else 6)
        library.remove(gone.id)
        assert gone.title not in {match.paper.title for match in library.search("ZIPFOLD")}


def test_a_changed_abstract_is_the_old_or_the_new_one_after_a_kill(
    tmp_path: Path, page: Page, papers: dict[str, str], another_process: Start
) -> None:
    folder = tmp_path / "library"
    with Library.open(folder) as library:
        library.add(page(papers))
    newer = page({title: f"Retold in KWUXO words: {text}" for title, text in papers.items()})
    writer = another_process(folder, "add", newer, "Words.replace", 1)
    assert _lines(writer, 2) == ["open 6", "there"]
    writer.kill()
    writer.wait()

    with Library.open(folder) as library:
        assert [paper.abstract for paper in library] == list(papers.values())
        assert {match.bm25 for match in library.search("KWUXO")} == {0.0}
        assert library.add(newer).updated == 6
        assert {match.bm25 > 0 for match in library.search("KWUXO")} == {True}
        assert library.differences() == []


@pytest.mark.parametrize("step", ["Shelf._make_if_new", "_connect", "Words.__init__"])
def test_a_first_opening_that_was_killed_does_no_harm(
    tmp_path: Path, page: Page, papers: dict[str, str], another_process: Start, step: str
) -> None:
    folder, file = tmp_path / "library", page(papers)
    process = another_process(folder, "add", file, step, 1)
    assert _lines(process, 1) == ["there"]
    process.kill()
    process.wait()

    with Library.open(folder) as library:
        assert (len(library), library.repairs) == (0, ())
        assert library.add(file).added == 6
        assert library.differences() == []


def _holds_and_completes(
    folder: Path, file: Path, kept: int | None = None, repairs: tuple[str, ...] | None = None
) -> None:
    with Library.open(folder) as library:
        assert library.differences() == []
        assert repairs is None or library.repairs == repairs
        assert len(library) in ((0, 64, 128, 150) if kept is None else (kept,))
        before = len(library)
        assert [paper.title for paper in library] == list(MANY)[:before]
        assert len(library.search("a hive that danced", k=200)) == before

        report = library.add(file)
        assert (report.added, report.unchanged) == (150 - before, before)
        assert list(library) == [Paper(*both, sources=("page.txt",)) for both in MANY.items()]
        assert len(library.search("a hive that danced", k=200)) == 150
        assert library.differences() == []
    with Library.open(folder) as library:
        assert library.repairs == ()


def _lines(process: "subprocess.Popen[str]", count: int) -> list[str]:
    assert process.stdout is not None
    return [process.stdout.readline().rstrip("\n") for _ in range(count)]


def _say(process: "subprocess.Popen[str]") -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def _released(process: "subprocess.Popen[str]") -> str:
    """Let a process go on to its end, and return the last line that it prints."""
    return process.communicate("\n")[0].splitlines()[-1]


# No space left


@pytest.mark.parametrize("most", [150_000, 350_000])
def test_a_write_that_is_refused_is_told_and_nothing_half_written_is_left(
    tmp_path: Path, page: Page, most: int
) -> None:
    folder, file = tmp_path / "library", page(MANY)
    ran = subprocess.run(
        [sys.executable, "-c", LIMITED, str(folder), str(file), str(most)],
        capture_output=True, encoding="utf-8",
    )  # fmt: skip
    told, kept = ran.stdout.splitlines()
    assert (told, ran.stderr) == (
        f"LibraryFull: No space left for the library in {folder}; the papers added before are kept. "
        "Free some space and run this again.",
        "",
    )

    with Library.open(folder) as library:
        assert (len(library), library.differences()) == (int(kept), [])
        assert int(kept) < 150
        assert library.repairs == ("Repaired 64 papers: an earlier run did not get to its end.",)
        assert [paper.title for paper in library] == list(MANY)[: int(kept)]
        assert library.add(file).added == 150 - int(kept)
        assert (len(library.search("bees", k=150)), library.differences()) == (150, [])


# No file may grow beyond so many bytes, as with a quota: what a full disk is to whoever cannot mount.
LIMITED = """
import resource, sys
from index import Library, LibraryError
folder, file, most = sys.argv[1:]
with Library.open(folder) as library:
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(most), resource.RLIM_INFINITY))
    try:
        library.add(file)
    except LibraryError as problem:
        print(f"{type(problem).__name__}: {problem}")
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    print(len(library))
"""


# What is no library


def _with_a_stranger(folder: Path) -> str:
    folder.mkdir()
    (folder / "holiday.jpg").write_bytes(b"\xff\xd8")
    return f"{folder} is not a paperchat library: it holds holiday.jpg. " + EMPTY


def _with_no_database(folder: Path) -> str:
    folder.mkdir()
    (folder / "papers.sqlite").write_text("These are my papers, by hand. " * 50)
    return f"{folder}/papers.sqlite is not a paperchat library (file is not a database). " + ANOTHER


def _with_a_foreign_database(folder: Path) -> str:
    folder.mkdir()
    _run(folder, "CREATE TABLE recipes (name TEXT)")
    return f"{folder}/papers.sqlite is not a paperchat library (no such table: library). " + ANOTHER


def _with_another_librarys_database(folder: Path) -> str:
    folder.mkdir()
    _run(folder, "CREATE TABLE library (key TEXT PRIMARY KEY, value TEXT)")
    return f"{folder}/papers.sqlite is not a paperchat library. " + ANOTHER


def _a_file(folder: Path) -> str:
    folder.write_text("not a folder")
    return (
        f"{folder} cannot be used as a library ([Errno 17] File exists: {str(folder)!r}). "
        "Name a folder you may write to with --library."
    )


EMPTY = "Name an empty or a new folder with --library."
ANOTHER = "Name another folder with --library."


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(_with_a_stranger, id="a-folder-of-photos"),
        pytest.param(_with_no_database, id="text-for-a-database"),
        pytest.param(_with_a_foreign_database, id="a-foreign-database"),
        pytest.param(_with_another_librarys_database, id="another-library"),
        pytest.param(_a_file, id="a-file"),
    ],
)
def test_what_is_no_library_is_refused_in_words_and_left_alone(
    tmp_path: Path, make: Callable[[Path], str]
) -> None:
    folder = tmp_path / "library"
    said = make(folder)
    before = _content(folder)

    with pytest.raises(NotALibrary) as problem:
        Library.open(folder)

    assert str(problem.value) == said
    assert {name: _content(folder)[name] for name in before} == before


def test_a_library_of_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    folder = _made(tmp_path)
    _run(folder, "UPDATE library SET value = '7' WHERE key = 'format'")
    before = _content(folder)

    with pytest.raises(NewerLibrary) as problem:
        Library.open(folder)

    assert str(problem.value) == (
        f"{folder} was made by a newer paperchat (format 7; this one knows 1). "
        "Upgrade with `pip install --upgrade paperchat`."
    )
    assert _content(folder) == before


def test_a_library_of_another_embedding_model_is_refused_and_left_alone(tmp_path: Path) -> None:
    folder = _made(tmp_path)
    _run(folder, "UPDATE library SET value = 'word2vec' WHERE key = 'embedder'")
    before = _content(folder)

    with pytest.raises(WrongEmbedder) as problem:
        Library.open(folder)

    assert str(problem.value) == (
        f"{folder} was built with the embedding model 'word2vec', not 'all-MiniLM-L6-v2/int8'. "
        "Add its papers to a new library in another folder."
    )
    assert _content(folder) == before


@pytest.mark.parametrize("there", [True, False], ids=["a-library", "no-library-yet"])
def test_a_folder_that_may_not_be_written_to_is_refused_in_words(there: bool) -> None:
    # Not in tmp_path, which nobody but its owner may enter.
    home = Path(tempfile.mkdtemp())
    try:
        folder = home / "library"
        if there:
            Library.open(folder).close()
        for place in [home, *home.rglob("*")]:
            place.chmod(0o555 if place.is_dir() else 0o444)
        # Nobody may not write what coverage would be told by.
        environment = {name: it for name, it in os.environ.items() if not name.startswith("COVERAGE")}
        ran = subprocess.run(
            [sys.executable, "-c", AS_NOBODY, str(folder)],
            capture_output=True,
            encoding="utf-8",
            env=environment,
        )
    finally:
        for place in [home, *(one for one in home.rglob("*") if one.is_dir())]:
            place.chmod(0o755)
        shutil.rmtree(home)

    kind, _, said = ran.stdout.rstrip("\n").partition(": ")
    assert (kind, ran.stderr) == ("NotALibrary", "")
    assert said.startswith(f"{folder} cannot be used as a library (")
    assert said.endswith("). Name a folder you may write to with --library.")


# Root may write everywhere, so it becomes nobody first; what nobody may not read is imported before.
AS_NOBODY = """
import os, sys
from index import Library, LibraryError
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
try:
    Library.open(sys.argv[1])
except LibraryError as problem:
    print(f"{type(problem).__name__}: {problem}")
"""


def _made(place: Path) -> Path:
    Library.open(place / "library").close()
    return place / "library"


def _run(folder: Path, statement: str) -> None:
    database = sqlite3.connect(folder / "papers.sqlite")
    with database:
        database.execute(statement)
    database.close()


def _content(place: Path) -> dict[Path, bytes]:
    files = [file for file in [place, *place.rglob("*")] if file.is_file()]
    return {file: file.read_bytes() for file in files}
