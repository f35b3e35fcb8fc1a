"""Which questions lean on the one before them, and what they point at."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.followups import (
    Reference,
    following_features,
    leaning,
    leans_on,
    reference,
    stands_alone,
    without_correction,
)

BEFORE = "How much faster does HIVEMIND find food in simulated meadows?"
SEQUELS = [
    "and on recordings of real hives?",
    "What about energy?",
    "does it use less energy?",
    "which of these gained the most?",
    "how much energy?",
    "and why?",
]
OF_THEIR_OWN = [
    "What is neural collapse?",
    "Which papers study neural collapse?",
    "How many transcribed lines of old herbals were collected for training?",
    "Which papers prune recurrent networks for small devices without retraining?",
    "Is the tidal field that fills gaps under clouds smaller than a grid of the same error?",
]


@pytest.mark.parametrize("sequel", SEQUELS)
def test_a_sequel_leans_more_than_any_question_with_a_subject_of_its_own(sequel: str) -> None:
    assert leaning(sequel) > max(map(leaning, OF_THEIR_OWN))


@given(st.text())
def test_leaning_is_a_probability(question: str) -> None:
    assert 0 <= leaning(question) <= 1


@pytest.mark.parametrize("sequel", SEQUELS)
def test_a_sequel_does_not_stand_alone(sequel: str) -> None:
    assert not stands_alone(sequel, [BEFORE])


@pytest.mark.parametrize("question", OF_THEIR_OWN)
def test_a_question_with_its_own_subject_stands_alone(question: str) -> None:
    assert stands_alone(question, [BEFORE])


@pytest.mark.parametrize("question", [*SEQUELS, *OF_THEIR_OWN, ""])
def test_a_first_question_stands_alone_whatever_it_says(question: str) -> None:
    assert stands_alone(question, [])


def test_a_sequel_of_a_sequel_leans_on_the_question_that_stood_on_its_own() -> None:
    assert leans_on([OF_THEIR_OWN[2], BEFORE, "and why?"]) == f"{BEFORE} and why?"


def test_a_question_that_stood_on_its_own_is_leant_on_alone() -> None:
    assert leans_on([OF_THEIR_OWN[2], "and why?", BEFORE]) == BEFORE


def test_a_first_question_has_nothing_to_lean_on() -> None:
    assert leans_on([]) == ""


@given(st.lists(st.sampled_from([*SEQUELS, *OF_THEIR_OWN]), min_size=1, max_size=6))
def test_at_most_the_last_three_questions_are_leant_on_in_their_order(history: list[str]) -> None:
    assert leans_on(history) in {" ".join(history[-count:]) for count in (1, 2, 3)}


@pytest.mark.parametrize(
    ("measure", "question", "value"),
    [
        pytest.param("opening", "And on TPU?", 1, id="an-opening"),
        pytest.param("opening", "Does it run on TPU and GPU?", 0, id="and-inside"),
        pytest.param("opening", "Android phones?", 0, id="a-word-that-begins-like-and"),
        pytest.param(
            "pointing", "How much energy do the small models of bees need for it?", 1, id="it"
        ),
        pytest.param("pointing", "How much energy do hives need?", 0, id="nothing-pointed-at"),
        pytest.param("pointing early", "Does it use energy?", 1, id="it-early"),
        pytest.param("pointing early", "How much energy is needed for it?", 0, id="it-late"),
        pytest.param("the one", "Is the first method fast?", 1, id="the-first-method"),
        pytest.param("the one", "Is a method fast?", 0, id="a-method"),
        pytest.param("naming", "What is grokking?", 1, id="what-is"),
        pytest.param("naming", "Which papers prune?", 1, id="which-papers"),
        pytest.param("naming", "How fast?", 0, id="nothing-named"),
        pytest.param("name", "How fast is E-BATCH?", 1, id="a-name"),
        pytest.param("name", "How fast is batching?", 0, id="no-name"),
        pytest.param("subject", "How fast does batching run?", 1, id="a-subject"),
        pytest.param("subject", "How fast does it run?", 0, id="a-pronoun"),
        pytest.param("terms 0", "and why?", 1, id="no-telling-word"),
        pytest.param("terms 0", "and energy?", 0, id="a-telling-word"),
        pytest.param("terms 1", "and energy?", 1, id="at-most-one-telling-word"),
        pytest.param("words 4", "how fast is it", 1, id="four-words"),
        pytest.param("words 4", "how fast is it now", 0, id="five-words"),
    ],
)
def test_the_wording_is_measured(measure: str, question: str, value: float) -> None:
    assert following_features(question)[measure] == value


@pytest.mark.parametrize(
    ("question", "numbers"),
    [
        pytest.param("What does [2] say?", (2,), id="a-number-in-brackets"),
        pytest.param("Compare [3] and [1]", (3, 1), id="two-in-brackets"),
        pytest.param("What does paper 2 say?", (2,), id="a-paper"),
        pytest.param("What does source #3 say?", (3,), id="a-source"),
        pytest.param("What does reference no. 12 say?", (12,), id="a-reference"),
        pytest.param("Compare papers 2 and 3", (2, 3), id="two-papers"),
        pytest.param("What does the second paper use?", (2,), id="an-ordinal"),
        pytest.param("And The Third One?", (3,), id="in-other-case"),
        pytest.param("What of the fifth you cited?", (5,), id="one-you-cited"),
        pytest.param("Is the first of them fast?", (1,), id="one-of-them"),
        pytest.param("And the last one?", (-1,), id="the-last"),
        pytest.param("Does [2], the second paper, say so?", (2,), id="once-though-named-twice"),
        pytest.param("And [1] and the second paper?", (1, 2), id="numbers-and-ordinals"),
        pytest.param("Which papers of 2024 are about bees?", (), id="a-year"),
        pytest.param("Does paper 2024 say so?", (), id="a-long-number"),
        pytest.param("How large are the 12 hives?", (), id="a-number-of-something-else"),
        pytest.param("Is the first dance fast?", (), id="an-ordinal-of-something-else"),
        pytest.param("What do bees hear?", (), id="nothing"),
    ],
)
def test_a_question_points_at_papers_by_number(question: str, numbers: tuple[int, ...]) -> None:
    assert reference(question) == Reference(numbers)


@pytest.mark.parametrize(
    ("question", "other"),
    [
        ("No, the other one", True),
        ("What does the other paper say?", True),
        ("not that one", True),
        ("Is there another one?", True),
        ("Do the other bees dance?", False),
        ("Is there one?", False),
    ],
)
def test_a_question_points_at_another_paper_than_the_first(question: str, other: bool) -> None:
    assert reference(question) == Reference(other=other)


@pytest.mark.parametrize(
    ("pointed", "anything"),
    [
        pytest.param(Reference(), False, id="at-nothing"),
        pytest.param(Reference((1,)), True, id="at-a-number"),
        pytest.param(Reference(other=True), True, id="at-another-one"),
    ],
)
def test_a_reference_is_true_where_it_points_at_something(pointed: Reference, anything: bool) -> None:
    assert bool(pointed) is anything


@pytest.mark.parametrize(
    ("question", "left"),
    [
        pytest.param("No, I meant the energy", "the energy", id="no-i-meant"),
        pytest.param("sorry - the energy?", "the energy?", id="sorry"),
        pytest.param("Wait: no, the energy", "the energy", id="two-of-them"),
        pytest.param("Actually, how fast is it?", "how fast is it?", id="actually"),
        pytest.param("rather, the energy", "the energy", id="rather"),
        pytest.param("no", "no", id="nothing-else"),
        pytest.param("Nope.", "Nope.", id="nothing-but-a-stop"),
        pytest.param("How fast is it, no?", "How fast is it, no?", id="not-at-the-beginning"),
        pytest.param("Noise in hives?", "Noise in hives?", id="a-word-that-begins-like-no"),
        pytest.param("No-reference metrics?", "No-reference metrics?", id="a-name-that-begins-with-no"),
        pytest.param("Rather than dancing?", "Rather than dancing?", id="rather-than"),
        pytest.param("", "", id="nothing-at-all"),
    ],
)
def test_a_correction_is_left_out_of_what_is_asked(question: str, left: str) -> None:
    assert without_correction(question) == left
