"""Adding twice is adding once, and what cannot be read keeps nothing else out."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from index import Library, Paper
from index.adding import BATCH, put
from index.embedder import NAME, Embedder
from index.report import Report
from index.sample import pages
from index.stores import Stores

Page = Callable[..., Path]


def test_the_report_says_what_became_of_the_papers(
    library: Library, page: Page, papers: dict[str, str]
) -> None:
    assert library.add(page(papers)) == Report(read=6, added=6)
    assert library.add(page(papers)) == Report(read=6, unchanged=6)
    newer = {**papers, "A Survey of Glacier Retreat": papers["A Survey of Glacier Retreat"] + " Alas."}
    assert library.add(page(newer)) == Report(read=6, updated=1, unchanged=5)


def test_adding_a_file_again_changes_nothing(
    library: Library, page: Page, papers: dict[str, str]
) -> None:
    file = page(papers)
    library.add(file)
    before = list(library), library.search("how bees find food")
    library.add(file)
    assert (list(library), library.search("how bees find food")) == before


def test_a_file_named_twice_is_read_twice_and_added_once(
    library: Library, page: Page, papers: dict[str, str]
) -> None:
    file = page(papers)
    assert library.add(file, file) == Report(read=12, added=6)
    assert library.add(file, str(file)) == Report(read=12, unchanged=6)
    assert {paper.source for paper in library} == {"page.txt"}


def test_a_paper_on_two_pages_is_one_paper_with_both_sources(
    library: Library, page: Page, papers: dict[str, str]
) -> None:
    first, second = page(papers, "may.txt"), page(papers, "june.txt")
    assert library.add(first, second) == Report(read=12, added=6)
    assert {paper.sources for paper in library} == {("may.txt", "june.txt")}
    assert library.add(page(papers, "july.txt")) == Report(read=6, unchanged=6)
    assert {paper.source for paper in library} == {"may.txt, june.txt, july.txt"}
    assert library.differences() == []


def test_a_changed_abstract_replaces_the_old_one_whole(
    library: Library, page: Page, papers: dict[str, str]
) -> None:
    library.add(page(papers))
    [old] = library.search("ZIPFOLD", k=1)
    newer = "A llama was seen on a mountain road at dawn. It wore a small bell and looked content."
    assert library.add(page({old.paper.title: newer}, "newer.txt")) == Report(read=1, updated=1)

    [found] = library.search("content llama with a bell", k=1)
    assert found.paper == replace(old.paper, abstract=newer, sources=("page.txt", "newer.txt"))
    assert found.passage.text == newer
    assert {match.bm25 for match in library.search("ZIPFOLD padding accelerator")} == {0.0}
    # Nothing points at what it once said: the words it is nearest by are those it has now.
    by_meaning = {match.paper.id: match for match in library.search(old.passage.text)}
    assert by_meaning[old.paper.id].passage.text == newer
    assert by_meaning[old.paper.id].cosine < old.cosine
    assert (len(library), library.differences()) == (6, [])


def test_of_two_abstracts_in_one_run_the_first_counts_every_time(
    library: Library, page: Page, papers: dict[str, str]
) -> None:
    title, text = next(iter(papers.items()))
    both = page({title: text}, "first.txt"), page({title: f"It was wrong. {text}"}, "second.txt")
    for report in (Report(read=2, added=1), Report(read=2, unchanged=1)):
        assert library.add(*both) == report
        assert list(library) == [Paper(title, text, sources=("first.txt", "second.txt"))]
    assert library.differences() == []


def test_what_is_known_of_a_paper_is_not_lost_by_adding_it_again(
    tmp_path: Path, embedder: Embedder, page: Page, papers: dict[str, str]
) -> None:
    title, text = next(iter(papers.items()))
    known = Paper(
        title,
        text,
        ("A. Wax", "B. Comb"),
        "2024-05-01",
        "Hives",
        "https://example.org/1",
        ("refs.bib",),
    )
    stores = Stores.open(tmp_path / "library", NAME)
    with Library(tmp_path / "library", stores, embedder) as library:
        put(stores, embedder, [known], Report(), set())
        assert library.add(page({title: text})) == Report(read=1, unchanged=1)
        assert list(library) == [replace(known, sources=("refs.bib", "page.txt"))]
        assert library.add(page({title: f"{text} New."})) == Report(read=1, updated=1)
        assert list(library) == [
            replace(known, abstract=f"{text} New.", sources=("refs.bib", "page.txt"))
        ]


def test_a_bad_file_keeps_no_good_one_out(
    tmp_path: Path, library: Library, page: Page, papers: dict[str, str]
) -> None:
    picture, empty = tmp_path / "picture.txt", tmp_path / "empty.txt"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)))
    empty.touch()
    good = page({**papers, "A Title without an Abstract": ""})

    report = library.add(tmp_path / "lost.txt", picture, good, empty, tmp_path)

    assert (report.read, report.added, len(library)) == (6, 6, 6)
    assert [str(problem) for problem in report.problems] == [
        f"{tmp_path}/lost.txt: no such file. Check the path.",
        f"{picture}: is not text. Save the page as plain text (.txt).",
        "page.txt:13: no abstract for the title “A Title without an Abstract”. "
        "Put it on the line below.",
        f"{empty}: the file is empty. Save the page again.",
        f"{tmp_path}: is a folder. Name the files in it: {tmp_path}/*.txt.",
    ]


def test_progress_is_told_after_every_batch(library: Library, page: Page) -> None:
    many = {f"Paper {number} on bees": "Bees dance. " * 8 for number in range(BATCH + 10)}
    told: list[tuple[int, int]] = []
    library.add(page(many), progress=lambda done, total: told.append((done, total)))
    assert told == [(BATCH, BATCH + 10), (BATCH + 10, BATCH + 10)]


def test_an_abstract_of_twenty_thousand_words_is_found_by_any_of_them(
    library: Library, page: Page, papers: dict[str, str]
) -> None:
    body = " ".join(
        f"Measurement {number} of the long series showed nothing of note." for number in range(2222)
    )
    text = f"{body} In the end a QUOKKAFLUX sensor of violet glass caught a neutrino."
    assert len(text.split()) > 20_000
    assert library.add(page({**papers, "A Very Long Series": text})) == Report(read=7, added=7)

    [by_words] = library.search("quokkaflux", k=1)
    [by_meaning] = library.search("detecting elementary particles with coloured instruments", k=1)
    for match in (by_words, by_meaning):
        assert match.paper.abstract == text
        assert match.passage.text == text[match.passage.start : match.passage.end]
        assert match.passage.text.endswith("a QUOKKAFLUX sensor of violet glass caught a neutrino.")
    assert library.differences() == []


def test_an_abstract_without_a_single_stop_or_space_is_kept(library: Library, page: Page) -> None:
    texts = {
        "No Stops at All": "word " * 999 + "end",
        "No Spaces": "x" * 5000,
        "Signs Alone": "\x07∅" * 200,
    }
    assert library.add(page(texts)) == Report(read=3, added=3)
    assert {paper.title: paper.abstract for paper in library} == texts
    for match in library.search("word"):
        assert match.paper.abstract[match.passage.start : match.passage.end] == match.passage.text


def test_html_latex_and_control_characters_are_kept_to_the_letter(library: Library, page: Page) -> None:
    text = (
        "We prove <b>$\\mathcal{O}(n\\log n)$</b> & <script>alert('x')</script> for naïve Gödel nets. "
        "A bell \x07, an escape \x1b[31m, a tab\tand a zero-width\u200bspace: “all” kept — 100 %…"
    )
    title = "On <i>L^p</i> & Schrödinger's \\LaTeX{} {Cat}"
    file = page({title: text + " " + "So it goes. " * 20 + "No stop here"})
    assert library.add(file).problems == []
    [paper] = library
    assert f"{paper.title}\n{paper.abstract}" == file.read_text("utf-8")


def test_the_sample_is_466_papers_with_every_page_they_stand_on(sample_folder: Path) -> None:
    with Library.open(sample_folder) as library:
        papers = list(library)
        assert (len(papers), library.differences(), library.repairs) == (466, [], ())
    # 543 entries: 403 papers stand on one page, one on four of them.
    assert Counter(len(paper.sources) for paper in papers) == {1: 403, 2: 50, 3: 12, 4: 1}
    assert {source for paper in papers for source in paper.sources} == {page.name for page in pages()}
    lines = {
        line.strip().removeprefix("Subscribe")
        for page in pages()
        for line in page.read_text("utf-8").split("\n")
    }
    assert [paper for paper in papers if not {paper.title, paper.abstract} <= lines] == []
    assert sum(not paper.abstract.endswith((".", "!", "?")) for paper in papers) > 0
    assert sum("$" in paper.abstract or "\\" in paper.abstract for paper in papers) > 0


@pytest.mark.parametrize("files", [(), ("",)], ids=["none", "a-name-of-nothing"])
def test_adding_no_file_adds_nothing(library: Library, files: tuple[str, ...]) -> None:
    assert library.add(*files).added == 0
    assert len(library) == 0
