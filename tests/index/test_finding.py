"""A paper is found by its words, by what it means, and by what was asked before."""

from collections.abc import Callable
from pathlib import Path

import pytest

from index import Library

Page = Callable[..., Path]


@pytest.fixture
def full(library: Library, page: Page, papers: dict[str, str]) -> Library:
    library.add(page(papers))
    return library


@pytest.mark.parametrize(
    ("question", "title"),
    [
        pytest.param("ZIPFOLD", "Pipelined Batching for Recurrent Networks", id="a-rare-word"),
        pytest.param("zipfold?", "Pipelined Batching for Recurrent Networks", id="in-other-case"),
        pytest.param(
            "Mueller naive Schrodinger",
            "Schrödinger Bridges for Speech Enhancement",
            id="without-accents",
        ),
        pytest.param("batches", "Pipelined Batching for Recurrent Networks", id="another-ending"),
        pytest.param(
            "How do insects tell each other the way to blossoms?",
            "Waggle Dances under Red Light",
            id="a-paraphrase",
        ),
        pytest.param(
            "Is climate change melting the Alps?", "A Survey of Glacier Retreat", id="no-shared-word"
        ),
        pytest.param("baking", "Sourdough Fermentation at Low Temperature", id="one-word-of-meaning"),
    ],
)
def test_a_paper_is_found_by_word_and_by_meaning(full: Library, question: str, title: str) -> None:
    [best] = full.search(question, k=1)
    assert best.paper.title == title


def test_matches_are_whole_and_sorted(full: Library, papers: dict[str, str]) -> None:
    matches = full.search("energy of batching on a TPU")
    assert sorted(match.paper.title for match in matches) == sorted(papers)
    assert matches == sorted(matches, key=lambda match: -match.score)
    for match in matches:
        passage, abstract = match.passage, match.paper.abstract
        assert abstract[passage.start : passage.end] == passage.text != ""
        assert -1 <= match.cosine <= 1.0001
        assert (match.bm25 > 0) == any(
            word in f"{match.paper.title} {abstract}".lower() for word in ("energy", "batch", "tpu")
        )
    assert matches[0].passage.text.endswith(
        "Energy for each inference falls by half. Accuracy is untouched."
    )


@pytest.mark.parametrize("k", [1, 3, 6, 7, 1000])
def test_no_more_than_k_are_found(full: Library, k: int) -> None:
    all_of_them = full.search("speech")
    assert full.search("speech", k=k) == all_of_them[:k]


@pytest.mark.parametrize(
    "question",
    ["", " ", "?", "the of and", "\n", "\x07", "🐝", "在哪里", "word " * 5000, "a" * 10_000],
    ids=[
        "nothing",
        "space",
        "sign",
        "small-words",
        "line",
        "bell",
        "bee",
        "chinese",
        "long",
        "one-long-word",
    ],
)
def test_a_question_without_words_to_go_by_still_gives_the_nearest(
    full: Library, question: str
) -> None:
    matches = full.search(question)
    assert len(matches) == 6
    assert all(match.score == match.score for match in matches)


@pytest.mark.parametrize(
    "question",
    [
        "glaciers AND NOT bees", "title:glaciers", '"glaciers"', "(glaciers", "glaciers)", "glaciers*",
        "+glaciers -ice", "glaciers^9 ~2", "[glaciers TO ice]", "glaciers OR", "\\glaciers\\",
        "abstract:/gl.*/ glaciers", "{glaciers}",
    ],
)  # fmt: skip
def test_signs_of_a_search_language_are_no_more_than_signs(full: Library, question: str) -> None:
    [best] = full.search(question, k=1)
    assert best.paper.title == "A Survey of Glacier Retreat"
    assert best.bm25 > 0


def test_the_question_before_moves_the_ranking(full: Library) -> None:
    follow_up, before = "And by how much did it fall?", "How much dough did the bakers keep?"
    alone = full.search(follow_up)
    beside = full.search(follow_up, beside={before: 1.0})
    assert beside[0].paper.title == "Sourdough Fermentation at Low Temperature"
    assert alone[0].paper.title != beside[0].paper.title
    assert full.search(follow_up, beside={before: 0.0}) == alone
    assert full.search(follow_up, beside={}) == alone


def test_beside_a_question_its_own_words_and_passages_are_shown(full: Library) -> None:
    alone = {match.paper.id: match for match in full.search("glaciers")}
    for match in full.search("glaciers", beside={"bread": 5.0}):
        own = alone[match.paper.id]
        assert (match.passage, match.cosine, match.bm25) == (own.passage, own.cosine, own.bm25)


def test_asked_beside_itself_a_question_counts_once(full: Library) -> None:
    assert full.search("glaciers", beside={"glaciers": 3.0}) == full.search("glaciers")


def test_papers_that_are_alike_come_in_the_same_order_every_time(library: Library, page: Page) -> None:
    library.add(
        page(
            {
                f"Copy {number}": "The very same words stand in every copy of this abstract, " * 6
                for number in range(9)
            }
        )
    )
    first = library.search("the very same words")
    assert all(library.search("the very same words") == first for _ in range(3))


def test_stems_and_rarity_tell_what_a_question_is_about(full: Library) -> None:
    assert full.stems("Which papers show that glaciers and GLACIERS are melting?") == [
        "glacier",
        "melt",
    ]
    rarity = full.rarity("glaciers that noise never touched by honeybees")
    assert list(rarity) == ["glacier", "nois", "never", "touch", "honeybe"]
    assert rarity["never"] > rarity["glacier"] > 0
