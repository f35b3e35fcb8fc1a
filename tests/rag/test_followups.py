"""Which questions lean on the one before them."""

import pytest

from index import Library
from rag.followups import in_full

BEFORE = "How much faster does HIVEMIND find food in simulated meadows?"


@pytest.mark.parametrize(
    "question",
    [
        "and on recordings of real hives?",
        "What about energy?",
        "does it use less energy?",
        "which of these gained the most?",
        "how much energy?",
    ],
)
def test_a_sequel_is_asked_together_with_the_question_before(bees: Library, question: str) -> None:
    assert in_full(bees, question, ["What is a hive?", BEFORE]) == f"{BEFORE} {question}"


@pytest.mark.parametrize(
    "question",
    [
        "What is neural collapse?",
        "Which papers study neural collapse?",
        "How many transcribed lines of old herbals were collected for training?",
        "Which papers prune recurrent networks for small devices without retraining?",
        "Is the tidal field that fills gaps under clouds smaller than a grid of the same error?",
    ],
)
def test_a_question_with_its_own_subject_stands_alone(bees: Library, question: str) -> None:
    assert in_full(bees, question, [BEFORE]) == question


def test_a_sequel_of_a_sequel_leans_on_the_question_that_stood_on_its_own(bees: Library) -> None:
    history = ["What is a hive?", BEFORE, "and on real hives?", "how does it do that?"]

    assert in_full(bees, "and why?", history) == f"{BEFORE} and why?"
    assert in_full(bees, "and why?", ["and how?", "and when?"]) == "and how? and why?"


def test_a_first_question_has_nothing_to_lean_on(bees: Library) -> None:
    assert in_full(bees, "and on TPU?", []) == "and on TPU?"
