"""Sentences are weighed by how well they answer, and papers by whether they do."""

import pytest

from index import Library
from rag.evidence import answerable, weigh


def _weighed(library: Library, question: str) -> list[tuple[float, str]]:
    paper = library.search(question, k=1)[0].paper
    return [(evidence.score, evidence.quote) for evidence in weigh(library, question, paper)]


@pytest.mark.parametrize(
    ("question", "beginning"),
    [
        pytest.param("How much faster does HIVEMIND find food?", "In simulated meadows", id="a-number"),
        pytest.param("Why not guide hive robots by cameras?", "Robots that tend hives", id="a-reason"),
        pytest.param("How fast is inference on a microcontroller?", "At 90% sparsity", id="a-time"),
    ],
)
def test_the_sentence_that_answers_weighs_most(bees: Library, question: str, beginning: str) -> None:
    assert max(_weighed(bees, question))[1].startswith(beginning)


def test_every_sentence_is_weighed_once_in_the_abstracts_order(bees: Library) -> None:
    paper = bees.search("dancing bees share a map", k=1)[0].paper

    quotes = [evidence.quote for evidence in weigh(bees, "dancing bees", paper)]

    assert " ".join(quotes) == paper.abstract


@pytest.mark.parametrize(
    ("question", "near_enough"),
    [
        pytest.param("How do bees share maps by dancing?", True, id="of-the-library"),
        pytest.param("sea surface heights from satellites", True, id="words-only"),
        pytest.param("Give me a recipe for rye sourdough bread", False, id="off-topic"),
        pytest.param("?!", False, id="no-words"),
    ],
)
def test_only_near_papers_are_answered_from(bees: Library, question: str, near_enough: bool) -> None:
    assert answerable(bees, question, bees.search(question)) is near_enough


def test_nothing_found_answers_nothing(bees: Library) -> None:
    assert answerable(bees, "bees", []) is False
