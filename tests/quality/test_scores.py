"""Answers are good enough: scores on the sample, over questions whose answers are known."""

from pathlib import Path

import pytest

from rag import Assistant
from rag.evaluate import Scores, evaluate, read_questions


@pytest.fixture(scope="session")
def scores(sample_folder: Path) -> Scores:
    with Assistant.open(sample_folder) as assistant:
        return evaluate(assistant, read_questions(Path(__file__).with_name("questions.jsonl")))


@pytest.mark.parametrize(
    ("kind", "figure", "floor"),
    [
        ("single", "first_right", 0.9),
        ("single", "facts", 0.75),
        ("single", "evidence", 0.75),
        ("single", "verbatim", 1.0),
        ("followup", "first_right", 1.0),
        ("followup", "verbatim", 1.0),
        ("offtopic", "declined", 1.0),
    ],
)
def test_a_score_stays_above_its_floor(scores: Scores, kind: str, figure: str, floor: float) -> None:
    assert scores.types[kind][figure] >= floor


def test_hardly_anything_that_can_be_answered_is_declined(scores: Scores) -> None:
    assert scores.false_declines <= 0.1
