"""Pages are read as they are, and what is wrong with one is named."""

from pathlib import Path

import pytest

from index.papers import Paper
from index.readers import Problem, count, read
from index.sample import pages

TEXT = "Bees tell each other where flowers are by dancing. " * 8
LONG = TEXT.strip()
GLUED = f"""Get trending papers in your email inbox once a day!
Get trending papers in your email inbox!
SubscribeE-BEES: a Study
{LONG}
Padé Bees, {{L^p}} & More...
{LONG} See https://example.org/x
"""
SPACED = f"""new

Get trending papers in your email inbox!

Subscribe

Daily Papers

byAK and the research community

Aug 6

Subscribers Among Bees

{LONG}

E-BEES: a Study

{LONG}
"""


def _page(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "page.txt"
    file.write_bytes(text.encode())
    return file


def _titles(file: Path) -> list[str]:
    return [entry.title if isinstance(entry, Paper) else str(entry) for entry in read(file)]


def test_a_page_without_blank_lines_is_read_and_its_glued_banner_taken_off(tmp_path: Path) -> None:
    assert list(read(_page(tmp_path, GLUED))) == [
        Paper("E-BEES: a Study", LONG, sources=("page.txt",)),
        Paper("Padé Bees, {L^p} & More...", f"{LONG} See https://example.org/x", sources=("page.txt",)),
    ]


@pytest.mark.parametrize(
    "without", ["", "Aug 6\n\n", "Daily Papers\n\n", "new\n\n", "byAK and the research community\n\n"]
)
def test_a_page_with_blank_lines_is_read_whatever_its_banner_has(tmp_path: Path, without: str) -> None:
    page = _page(tmp_path, SPACED.replace(without, "") if without else SPACED)

    assert _titles(page) == ["Subscribers Among Bees", "E-BEES: a Study"]


def test_other_line_ends_are_line_ends(tmp_path: Path) -> None:
    assert _titles(_page(tmp_path, SPACED.replace("\n", "\r\n"))) == _titles(_page(tmp_path, SPACED))


def test_the_sample_has_543_entries_of_466_papers_none_with_a_banner() -> None:
    entries = [entry for page in pages() for entry in read(page)]

    papers = [entry for entry in entries if isinstance(entry, Paper)]
    assert len(entries) == len(papers) == 543
    assert len({paper.id for paper in papers}) == 466
    for paper in papers:
        for banner in ("trending papers", "Subscribe", "byAK", "Daily Papers", "\n"):
            assert banner not in paper.title + paper.abstract
        assert len(paper.abstract) > 500


def test_the_samples_words_are_those_of_its_pages() -> None:
    for page in pages():
        lines = {line.strip() for line in page.read_text(encoding="utf-8").splitlines()}
        lines |= {line.removeprefix("Subscribe") for line in lines}
        for entry in read(page):
            assert isinstance(entry, Paper)
            assert {entry.title, entry.abstract} <= lines


def test_html_and_control_characters_are_kept_as_they_are(tmp_path: Path) -> None:
    abstract = f"{LONG} <script>alert(1)</script> \x07 \x1b[31m \x0b \x1c \u2028 end."

    assert list(read(_page(tmp_path, f"<b>Bold</b> \x0c title\n{abstract}"))) == [
        Paper("<b>Bold</b> \x0c title", abstract, sources=("page.txt",))
    ]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        pytest.param("utf-8-sig", "Padé Bées “dance” für Übung", id="utf-8-with-a-mark"),
        pytest.param("utf-16", "Padé Bées “dance” für Übung", id="utf-16"),
        pytest.param("cp1252", "Padé Bées “dance” für Übung – là où naît l’été", id="windows-1252"),
        pytest.param("latin-1", "Padé Bées dansent là où naît l'été, für Übung", id="latin-1"),
    ],
)
def test_another_encoding_is_read_right(tmp_path: Path, encoding: str, text: str) -> None:
    page = tmp_path / "page.txt"
    page.write_bytes(f"{text}\n{LONG} {text}.".encode(encoding))

    assert list(read(page)) == [Paper(text, f"{LONG} {text}.", sources=("page.txt",))]


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        pytest.param(b"", "the file is empty", id="empty"),
        pytest.param(b" \n\t\n", "the file is empty", id="blank"),
        pytest.param(
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\0" + bytes(range(256)) * 8,
            "is not text",
            id="a-picture",
        ),
        pytest.param(bytes(range(256)) * 20, "is not text", id="binary"),
        pytest.param(b"new\n\nSubscribe\n", "no papers in it", id="a-banner-alone"),
    ],
)
def test_a_file_without_papers_is_told_in_a_sentence(
    tmp_path: Path, data: bytes, complaint: str
) -> None:
    file = tmp_path / "bad.txt"
    file.write_bytes(data)

    [problem] = read(file)

    assert isinstance(problem, Problem)
    assert (problem.file, problem.line, problem.what) == (str(file), None, complaint)
    assert problem.todo


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    assert [str(problem) for problem in read(tmp_path / "lost.txt")] == [
        f"{tmp_path}/lost.txt: no such file. Check the path."
    ]
    assert [str(problem) for problem in read(tmp_path)] == [
        f"{tmp_path}: is a folder. Name the files in it: {tmp_path}/*.txt."
    ]


def test_a_format_without_a_reader_is_told(tmp_path: Path) -> None:
    refs = tmp_path / "refs.bib"
    refs.write_text(SPACED)

    assert _titles(refs) == [f"{refs}: there is no reader for .bib files. Give .txt."]


def test_a_title_without_an_abstract_is_named_by_file_and_line(tmp_path: Path) -> None:
    page = _page(tmp_path, f"Alone\n\nE-BEES\n{LONG}\nLast of all\n")

    assert _titles(page) == [
        "page.txt:1: no abstract for the title “Alone”. Put it on the line below.",
        "E-BEES",
        "page.txt:5: no abstract for the title “Last of all”. Put it on the line below.",
    ]


def test_an_abstract_without_a_title_is_named_by_file_and_line(tmp_path: Path) -> None:
    assert _titles(_page(tmp_path, f"E-BEES\n{LONG}\n{LONG}\n")) == [
        "E-BEES",
        "page.txt:3: an abstract without a title. Put its title above it.",
    ]


def test_a_short_abstract_is_one_by_its_stop(tmp_path: Path) -> None:
    short = "We prove that bees cannot square the circle. The proof takes two lines and one bee only."

    assert list(read(_page(tmp_path, f"Bees and Circles\n{short}\nE-BEES\n{LONG}"))) == [
        Paper("Bees and Circles", short, sources=("page.txt",)),
        Paper("E-BEES", LONG, sources=("page.txt",)),
    ]


def test_papers_are_counted_without_problems(tmp_path: Path) -> None:
    assert count(_page(tmp_path, f"Alone\nE-BEES\n{LONG}\n")) == 1


def test_a_file_of_something_else_is_told_once_and_not_for_every_line(tmp_path: Path) -> None:
    page = _page(tmp_path, "\n".join(f"user{n}:x:{n}:/bin/sh" for n in range(30)))

    assert _titles(page) == [
        "page.txt:1: no abstract for the title “user0:x:0:/bin/sh”. Put it on the line below.",
        f"{page}: no papers in it. Give a saved Daily Papers page: "
        "a line with the title, then a line with the abstract.",
    ]
