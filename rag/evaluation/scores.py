"""Scores: the figures of many answers, by the type of their questions and over all."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from index import Paper
from rag.answer import Answer
from rag.evaluation.calibration import calibration_error
from rag.evaluation.gold import Gold
from rag.evaluation.retrieval import MEASURES
from rag.evaluation.scoring import Score, mean

Row = dict[str, float | None]

_AVERAGED = [one.name for one in fields(Score) if one.name not in ("words", "seconds")]


@dataclass(frozen=True)
class Outcome:
    """A question that was asked: its answer, the figures of that, and the papers that were found."""

    gold: Gold
    answer: Answer
    score: Score
    found: tuple[Paper, ...]
    ranking: dict[str, float]


@dataclass(frozen=True)
class Scores:
    """The mean figures of each type of question, and over all questions; None where there is none.

    `decline_precision` is the share of the declined that were to be declined, `decline_recall` the
    share of those that were; `false_declines` is the share of the answerable that were declined.
    """

    types: dict[str, Row]
    verbatim: float | None
    cited_sentences: float | None
    decline_precision: float | None
    decline_recall: float | None
    false_declines: float | None
    calibration_error: float
    outcomes: tuple[Outcome, ...] = field(repr=False)

    def as_dict(self) -> dict[str, Any]:
        """Return the scores as JSON has them: without the answers."""
        return {one.name: getattr(self, one.name) for one in fields(self) if one.name != "outcomes"}


def summed_up(outcomes: Sequence[Outcome]) -> Scores:
    """Return the scores of some outcomes; the types come in the order of their first question."""
    types = dict.fromkeys(outcome.gold.type for outcome in outcomes)
    declined = [one for one in outcomes if one.answer.abstained]
    answerable = [one for one in outcomes if one.gold.papers]
    unanswerable = [one for one in outcomes if not one.gold.papers]
    return Scores(
        types={kind: _row([one for one in outcomes if one.gold.type == kind]) for kind in types},
        verbatim=_mean(one.score.verbatim for one in outcomes),
        cited_sentences=_mean(one.score.cited_sentences for one in outcomes),
        decline_precision=_mean(not one.gold.papers for one in declined),
        decline_recall=_mean(one.score.declined for one in unanswerable),
        false_declines=_mean(one.score.declined for one in answerable),
        calibration_error=calibration_error(
            [(one.answer.confidence, bool(one.gold.papers)) for one in outcomes]
        ),
        outcomes=tuple(outcomes),
    )


def _row(group: Sequence[Outcome]) -> Row:
    times = sorted(one.score.seconds for one in group)
    return {
        "n": len(group),
        **{name: _mean(getattr(one.score, name) for one in group) for name in _AVERAGED},
        "words": statistics.median(one.score.words for one in group),
        "seconds_p50": times[len(times) // 2],
        "seconds_p95": times[int(len(times) * 0.95)],
        **{name: _mean(one.ranking.get(name) for one in group) for name in MEASURES},
    }


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return mean(known) if known else None
