"""Table: the scores as lines and columns, for a terminal and for the report."""

from collections.abc import Sequence
from statistics import median

from rag.answer import Writing
from rag.evaluation.retrieval import MEASURES
from rag.evaluation.scores import Row, Scores
from rag.visible import visible

ANSWERS = ("n", "declined", "facts", "first_right", "cite_precision", "paper_recall", "evidence")
COSTS_AND_RETRIEVAL = ("words", "seconds_p50", "seconds_p95", *MEASURES)
_WHOLE = ("n", "words")
_BECAME = ("kept", "repaired", "dropped", "added")


def as_table(scores: Scores) -> str:
    """Return the scores as two tables, one below the other, and the figures over all questions."""
    tables = [cells(scores, columns) for columns in (ANSWERS, COSTS_AND_RETRIEVAL)]
    totals = [f"{name:18} {figures}" for name, figures in overall(scores).items()]
    return "\n\n".join(["\n".join(_aligned(table)) for table in tables] + ["\n".join(totals)])


def cells(scores: Scores, columns: Sequence[str]) -> list[list[str]]:
    """Return the words of a table: the names of its columns, then a row for each type."""
    rows = [[kind, *(_cell(row, name) for name in columns)] for kind, row in scores.types.items()]
    return [["type", *columns], *rows]


def overall(scores: Scores) -> dict[str, str]:
    """Return the figures over all questions, as text by their names."""
    return {
        "quotes verbatim": f"{figure(scores.verbatim)} (must be 1.000)",
        "sentences cited": figure(scores.cited_sentences),
        "declining": f"precision {figure(scores.decline_precision)}, "
        f"recall {figure(scores.decline_recall)}, false declines {figure(scores.false_declines)}",
        "calibration error": figure(scores.calibration_error),
        **_written([one.answer.writing for one in scores.outcomes if one.answer.writing]),
    }


def _written(writings: Sequence[Writing]) -> dict[str, str]:
    """Return what a model's part in the answers was; nothing where none was asked."""
    asked = [one.tokens_in for one in writings if one.tokens_in]
    if not asked:
        return {}
    told = (f"{name} {sum(getattr(one, name) for one in writings)}" for name in _BECAME)
    return {
        "sentences written": ", ".join(told),
        "prompt tokens": f"median {median(asked):.0f}, at most {max(asked)}",
    }


def figure(value: float | None) -> str:
    """Return a figure with three digits; a dash for none."""
    return "-" if value is None else f"{value:.3f}"


def _cell(row: Row, name: str) -> str:
    value = row[name]
    return f"{value:.0f}" if name in _WHOLE and value is not None else figure(value)


def _aligned(table: Sequence[Sequence[str]]) -> list[str]:
    shown = [[visible(cell) for cell in row] for row in table]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    return [
        "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]).rstrip()
        for row in shown
    ]
