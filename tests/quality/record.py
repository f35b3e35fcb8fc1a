"""Recorded figures: how well the questions of this folder are answered from the sample.

`python -m tests.quality.record` records them anew and prints each that changed. Do so where a change
is for the better, or meant; the commit then shows what it did.
"""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path

import click

from index import Library
from rag import Assistant
from rag.evaluate import Scores, evaluate, read_questions

FIGURES = Path(__file__).with_name("figures.json")
QUESTIONS = sorted(Path(__file__).parent.glob("*.jsonl"))
MAY_FALL = 0.02
_BETTER_LOW = ("false_declines", "calibration_error")
# Seconds are the machine's, and neither a short answer nor a long one is good by itself.
_NO_QUALITY = ("n", "words", "seconds_p50", "seconds_p95")


def measured(library: Path) -> dict[str, float]:
    """Return the figures of every file of questions, as in `questions.single.facts`."""
    with Assistant.open(library) as assistant:
        return {
            f"{file.stem}.{name}": figure
            for file in QUESTIONS
            for name, figure in figures(evaluate(assistant, read_questions(file))).items()
        }


def figures(scores: Scores) -> dict[str, float]:
    """Return the figures of quality by their names, over all and then of each type.

    The declined share of a type that can be answered is left out: `false_declines` has it.
    """
    known = {name: value for name, value in scores.as_dict().items() if name != "types"}
    for kind, row in scores.types.items():
        skipped = _NO_QUALITY if row["facts"] is None else (*_NO_QUALITY, "declined")
        known |= {f"{kind}.{name}": value for name, value in row.items() if name not in skipped}
    return {name: round(value, 4) for name, value in known.items() if value is not None}


def worse(recorded: Mapping[str, float], now: Mapping[str, float]) -> list[str]:
    """Return in words which figures are more than 0.02 worse than recorded, or are on one side only."""
    told = [
        f"{name} was {before:.3f} and is {now[name]:.3f}"
        for name, before in recorded.items()
        if name in now and _loss(name, before, now[name]) > MAY_FALL + 1e-9
    ]
    told += [
        f"{name} was {recorded[name]:.3f} and is not measured" for name in recorded if name not in now
    ]
    told += [f"{name} is not recorded" for name in now if name not in recorded]
    return told


def record() -> None:
    """Measure on a new library of the sample and write the figures."""
    with tempfile.TemporaryDirectory() as folder:
        with Library.open(Path(folder) / "library") as library:
            library.add("sample")
        now = measured(Path(folder) / "library")
    before = json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.exists() else {}
    FIGURES.write_text(json.dumps(now, indent=2) + "\n", encoding="utf-8")
    for name in dict.fromkeys((*before, *now)):
        if before.get(name) != now.get(name):
            click.echo(f"{name}: {before.get(name, '-')} -> {now.get(name, '-')}")


def _loss(name: str, before: float, now: float) -> float:
    return now - before if name.endswith(_BETTER_LOW) else before - now


if __name__ == "__main__":
    record()
