"""What the shelf says is true: every change is whole, and is told by its number."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from index.papers import Paper
from index.shelf import Shelf

BEES = Paper(
    "Bees",
    "Bees dance.",
    ("A. Wax", "Ö. Ñandú"),
    "2024",
    "Hives",
    "https://example.org",
    ("a.txt", "b.bib"),
)
WASPS = Paper("Wasps", "Wasps don't.\x07 <b>$x$</b>")


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    shelf = Shelf.open(tmp_path / "papers.sqlite", "some model")
    yield shelf
    shelf.close()


def test_a_paper_comes_back_as_it_was_put(shelf: Shelf) -> None:
    shelf.finish([(BEES, 1), (WASPS, 2)])
    assert shelf.get([WASPS.id, "unknown", BEES.id]) == {BEES.id: BEES, WASPS.id: WASPS}
    assert shelf.ids() == [BEES.id, WASPS.id]
    assert shelf.versions() == {BEES.id: (BEES.version, 1), WASPS.id: (WASPS.version, 2)}
    assert (len(shelf), shelf.counts()) == (2, (2, 3))


def test_an_empty_shelf_has_nothing_on_it(shelf: Shelf) -> None:
    assert (len(shelf), shelf.ids(), shelf.get([]), shelf.counts(), shelf.unfinished()) == (
        0,
        [],
        {},
        (0, 0),
        [],
    )


def test_a_paper_put_again_keeps_its_place(shelf: Shelf) -> None:
    shelf.finish([(BEES, 1), (WASPS, 2)])
    newer = replace(BEES, abstract="Bees dance no more.")
    shelf.finish([(newer, 5)])
    assert shelf.ids() == [BEES.id, WASPS.id]
    assert shelf.get([BEES.id]) == {BEES.id: newer}
    assert shelf.counts() == (2, 7)


def test_a_change_that_was_begun_is_noted_until_it_is_finished(shelf: Shelf) -> None:
    shelf.begin([BEES.id, WASPS.id])
    shelf.begin([BEES.id])
    assert sorted(shelf.unfinished()) == sorted([BEES.id, WASPS.id])
    shelf.finish([(BEES, 1)], removed=[WASPS.id])
    assert (shelf.unfinished(), shelf.ids()) == ([], [BEES.id])


def test_every_finished_change_goes_by_a_higher_number(shelf: Shelf) -> None:
    assert shelf.generation() == 0
    shelf.finish([(BEES, 1)])
    shelf.begin([BEES.id])
    shelf.add_sources({BEES.id: ("c.txt",)})
    assert shelf.generation() == 1
    shelf.finish([], removed=[BEES.id])
    assert shelf.generation() == 2


def test_another_shelf_of_the_same_file_sees_what_was_finished(shelf: Shelf, tmp_path: Path) -> None:
    other = Shelf.open(tmp_path / "papers.sqlite", "some model")
    shelf.finish([(BEES, 1)])
    assert (other.generation(), other.ids()) == (1, [BEES.id])
    other.close()


def test_sources_are_set_and_nothing_else(shelf: Shelf) -> None:
    shelf.finish([(BEES, 1), (WASPS, 1)])
    shelf.add_sources({BEES.id: ("c.txt", "d.txt")})
    assert shelf.get([BEES.id, WASPS.id]) == {
        BEES.id: replace(BEES, sources=("c.txt", "d.txt")), WASPS.id: WASPS,
    }  # fmt: skip


def test_a_change_that_fails_changes_nothing(shelf: Shelf) -> None:
    shelf.begin([BEES.id])
    # A lone surrogate cannot be stored.
    with pytest.raises(UnicodeEncodeError):
        shelf.finish([(BEES, 1), (Paper("Wasps", "\ud800"), 1)])
    assert (shelf.ids(), shelf.unfinished(), shelf.generation()) == ([], [BEES.id], 0)


@pytest.mark.parametrize(
    ("part", "titles"),
    [
        pytest.param("2305.11111", ["Ants"], id="one-address-has-it"),
        pytest.param("arxiv.org", ["Ants", "Midges"], id="two-in-the-order-they-were-added"),
        pytest.param("https://arxiv.org/abs/2305.22222v2", ["Midges"], id="all-of-an-address"),
        pytest.param("2305.33333", [], id="no-address-has-it"),
        pytest.param("2305_11111", [], id="a-sign-that-means-any-letter-elsewhere"),
        pytest.param("%", [], id="a-sign-that-means-any-letters-elsewhere"),
        pytest.param("' OR 1 --", [], id="a-sign-that-ends-a-text-elsewhere"),
    ],
)
def test_papers_are_found_by_a_part_of_their_address(
    shelf: Shelf, part: str, titles: list[str]
) -> None:
    papers = [
        Paper("Ants", "Ants walk.", url="https://arxiv.org/abs/2305.11111"),
        Paper("Midges", "Midges fly.", url="https://arxiv.org/abs/2305.22222v2"),
        WASPS,
    ]
    shelf.finish([(paper, 1) for paper in papers])
    found = shelf.with_url(part)
    assert found == [paper.id for paper in papers if paper.title in titles]


def test_thousands_of_papers_are_got_at_once(shelf: Shelf) -> None:
    many = [Paper(f"Bees {number}", "Bees dance.") for number in range(2000)]
    shelf.finish([(paper, 1) for paper in many])
    assert shelf.get(paper.id for paper in many) == {paper.id: paper for paper in many}
    assert shelf.ids() == [paper.id for paper in many]


def test_what_was_removed_is_overwritten(shelf: Shelf, tmp_path: Path) -> None:
    shelf.finish([(BEES, 1), (WASPS, 1)])
    assert b"Bees dance." in (tmp_path / "papers.sqlite").read_bytes()
    shelf.finish([(replace(WASPS, abstract="Shorter."), 1)], removed=[BEES.id])
    left = (tmp_path / "papers.sqlite").read_bytes()
    assert [text for text in (b"Bees dance.", b"Wasps don't", "Ñandú".encode()) if text in left] == []
