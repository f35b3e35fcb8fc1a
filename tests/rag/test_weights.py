"""The small models: log-odds, probabilities, and a weight for each thing that is measured."""

import math
from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import Library, sentence_spans
from rag.evidence import sentence_features
from rag.followups import following_features
from rag.judging import candidates_of, paper_features, question_features, several_features
from rag.reader import Reading
from rag.weights import (
    ANSWERED,
    FOLLOWS,
    MEMBER,
    PAPER,
    SENTENCE,
    SEVERAL,
    Weights,
    log_odds,
    logit,
    probability,
)

QUESTION = "How do bees share maps?"
Measured = Callable[[Library], Mapping[str, float]]


@pytest.mark.parametrize(
    ("features", "expected"),
    [
        pytest.param({}, 0.5, id="nothing-measured"),
        pytest.param({"mark": 0.0}, 0.5, id="zero"),
        pytest.param({"mark": 2.0}, 6.5, id="one"),
        pytest.param({"mark": 2.0, "words": 0.25}, 6.25, id="two"),
    ],
)
def test_log_odds_are_the_bias_and_each_measure_times_its_weight(
    features: dict[str, float], expected: float
) -> None:
    assert logit({"bias": 0.5, "mark": 3.0, "words": -1.0}, features) == expected


@pytest.mark.parametrize(
    ("odds", "chance"),
    [
        pytest.param(0.0, 0.5, id="even"),
        pytest.param(math.log(3), 0.75, id="three-to-one"),
        pytest.param(-math.log(3), 0.25, id="one-to-three"),
        pytest.param(1e9, 1.0, id="sure"),
        pytest.param(-1e9, 0.0, id="never"),
    ],
)
def test_log_odds_have_a_probability(odds: float, chance: float) -> None:
    assert probability(odds) == pytest.approx(chance)


@given(st.floats(-20, 20))
def test_log_odds_come_back_from_their_probability(odds: float) -> None:
    assert log_odds(probability(odds)) == pytest.approx(odds, abs=1e-5)


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_higher_log_odds_have_no_lower_probability(one: float, other: float) -> None:
    assert probability(min(one, other)) <= probability(max(one, other))


@pytest.mark.parametrize("chance", [0.0, 1.0])
def test_what_is_certain_has_finite_log_odds(chance: float) -> None:
    assert math.isfinite(log_odds(chance))


def _of_a_sentence(bees: Library) -> Mapping[str, float]:
    return sentence_features(bees, QUESTION, [_reading(bees)])[0][0]


def _of_a_paper(bees: Library) -> Mapping[str, float]:
    return paper_features(bees, QUESTION, bees.search(QUESTION, k=1), [_reading(bees)])[0]


def _of_a_question(bees: Library) -> Mapping[str, float]:
    found = candidates_of(bees, QUESTION, "", bees.search(QUESTION, k=1), [_reading(bees)])
    return question_features(found)


def _of_a_question_for_several(bees: Library) -> Mapping[str, float]:
    found = candidates_of(bees, QUESTION, "", bees.search(QUESTION, k=1), [_reading(bees)])
    return several_features(QUESTION, "", found)


def _of_a_follow_up(bees: Library) -> Mapping[str, float]:
    return following_features(QUESTION)


@pytest.mark.parametrize(
    ("weights", "measured"),
    [
        pytest.param(SENTENCE, _of_a_sentence, id="sentence"),
        pytest.param(PAPER, _of_a_paper, id="paper"),
        pytest.param(MEMBER, _of_a_paper, id="member"),
        pytest.param(ANSWERED, _of_a_question, id="answered"),
        pytest.param(SEVERAL, _of_a_question_for_several, id="several"),
        pytest.param(FOLLOWS, _of_a_follow_up, id="follows"),
    ],
)
def test_each_thing_that_is_measured_has_a_weight_and_no_other_has(
    bees: Library, weights: Weights, measured: Measured
) -> None:
    assert sorted(weights) == sorted(["bias", *measured(bees)])


@pytest.mark.parametrize(
    "weights",
    [
        pytest.param(SENTENCE, id="sentence"),
        pytest.param(PAPER, id="paper"),
        pytest.param(MEMBER, id="member"),
        pytest.param(ANSWERED, id="answered"),
        pytest.param(SEVERAL, id="several"),
        pytest.param(FOLLOWS, id="follows"),
    ],
)
def test_every_weight_is_a_number(weights: Weights) -> None:
    assert all(map(math.isfinite, weights.values()))


def _reading(bees: Library) -> Reading:
    """Return a reading of the paper that is found first, as of a reader that knows nothing."""
    match = bees.search(QUESTION, k=1)[0]
    spans = tuple(sentence_spans(match.paper.abstract))
    return Reading(match.paper, spans, (0.0,) * len(spans), 0.0, 0.0)
