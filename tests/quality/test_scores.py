"""Answers stay good: no figure on the sample falls more than 0.02 under the recorded one."""

import json
from pathlib import Path

import pytest

from index import Library
from rag.evaluate import doubts, read_questions
from tests.quality.record import FIGURES, QUESTIONS, measured, worse


@pytest.fixture(scope="session")
def now(sample_folder: Path) -> dict[str, float]:
    return measured(sample_folder)


def test_no_figure_is_worse_than_recorded(now: dict[str, float]) -> None:
    # Where it is meant to be: `python -m tests.quality.record`, and say why in the commit.
    assert worse(json.loads(FIGURES.read_text(encoding="utf-8")), now) == []


def test_every_quote_is_verbatim(now: dict[str, float]) -> None:
    verbatim = {name: figure for name, figure in now.items() if name.endswith("verbatim")}

    assert verbatim
    assert set(verbatim.values()) == {1.0}


@pytest.mark.parametrize("file", QUESTIONS, ids=lambda file: file.stem)
def test_the_questions_name_papers_and_quotes_of_the_sample(sample_folder: Path, file: Path) -> None:
    with Library.open(sample_folder) as library:
        assert list(doubts(library, read_questions(file))) == []


@pytest.mark.parametrize(
    ("recorded", "now", "told"),
    [
        pytest.param({"facts": 0.9}, {"facts": 0.88}, [], id="within"),
        pytest.param({"facts": 0.9}, {"facts": 0.879}, ["facts was 0.900 and is 0.879"], id="fallen"),
        pytest.param(
            {"false_declines": 0.0},
            {"false_declines": 0.05},
            ["false_declines was 0.000 and is 0.050"],
            id="risen",
        ),
        pytest.param({"false_declines": 0.5}, {"false_declines": 0.1}, [], id="better"),
        pytest.param({"facts": 0.9}, {}, ["facts was 0.900 and is not measured"], id="gone"),
        pytest.param({}, {"facts": 0.9}, ["facts is not recorded"], id="new"),
    ],
)
def test_a_worse_figure_is_named(
    recorded: dict[str, float], now: dict[str, float], told: list[str]
) -> None:
    assert worse(recorded, now) == told
