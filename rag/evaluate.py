"""Evaluation: an assistant's answers held against questions whose answers are known."""

import json
import re
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from index import LibraryError
from index.papers import title_key
from rag.answer import Answer
from rag.assistant import Assistant

# A fact counts only within so many words of the answer: a long answer must not win by its length.
_WORDS = {"single": 120, "followup": 120, "multi": 250}
_MARK = re.compile(r"\[\d+(?:\s*,\s*\d+)*\]")


@dataclass(frozen=True)
class Gold:
    """A question with what a right answer states and cites; without papers, it is to be declined."""

    id: str
    type: str
    question: str
    history: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    facts: tuple[tuple[str, ...], ...] = ()
    evidence: tuple[dict[str, str], ...] = ()


@dataclass(frozen=True)
class Score:
    """One answer's figures, each a share from 0 to 1; a declined answer scores 0 where it shouldn't."""

    declined: float
    facts: float
    first_right: float
    cite_precision: float
    paper_recall: float
    evidence: float
    verbatim: float


@dataclass(frozen=True)
class Scores:
    """The mean figures of each type of question, and how declining did."""

    types: dict[str, dict[str, float]]
    decline_precision: float
    decline_recall: float
    false_declines: float

    def as_dict(self) -> dict[str, Any]:
        """Return the scores as JSON has them."""
        return asdict(self)


def read_questions(file: Path) -> list[Gold]:
    """Return the questions of a JSON Lines file; raises LibraryError, naming the line at fault."""
    try:
        # Not splitlines: a string in JSON may hold other line ends than "\n".
        lines = file.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as problem:
        raise LibraryError(f"{file} could not be read ({problem}). Check the path.") from problem
    questions = [_gold(file, number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if not questions:
        raise LibraryError(f"{file} has no questions; each line is a JSON object with one.")
    return questions


def evaluate(assistant: Assistant, questions: Sequence[Gold]) -> Scores:
    """Ask every question and return the scores."""
    scored = [(gold, score(gold, assistant.ask(gold.question, gold.history))) for gold in questions]
    rows: dict[str, list[Score]] = {}
    for gold, one in scored:
        rows.setdefault(gold.type, []).append(one)
    declined = [gold for gold, one in scored if one.declined]
    unanswerable = [one for gold, one in scored if not gold.papers]
    answerable = [one for gold, one in scored if gold.papers]
    return Scores(
        types={kind: {"n": len(group), **_means(group)} for kind, group in rows.items()},
        decline_precision=_mean([not gold.papers for gold in declined]),
        decline_recall=_mean([one.declined for one in unanswerable]),
        false_declines=_mean([one.declined for one in answerable]),
    )


def score(gold: Gold, answer: Answer) -> Score:
    """Return the figures of one answer."""
    wanted = {title_key(title) for title in gold.papers}
    cited = [title_key(citation.paper.title) for citation in answer.citations]
    text = " ".join(_plain(answer.text).split()[: _WORDS.get(gold.type, 120)])
    answered = not answer.abstained
    found = [any(_plain(form) in text for form in forms) for forms in gold.facts]
    return Score(
        declined=answer.abstained,
        facts=_mean(found, empty=1.0) * answered,
        first_right=bool(cited) and cited[0] in wanted,
        cite_precision=_mean([title in wanted for title in cited]),
        paper_recall=_mean([title in cited for title in wanted]),
        evidence=_mean([_touched(one, answer) for one in gold.evidence], empty=1.0) * answered,
        verbatim=all(c.paper.abstract[c.start : c.end] == c.quote for c in answer.citations),
    )


def as_table(scores: Scores) -> str:
    """Return the scores as a table for a terminal."""
    names = [field.name for field in fields(Score)]
    lines = ["".join([f"{'type':13}{'n':>5}", *(f"{name:>16}" for name in names)])]
    for kind, row in scores.types.items():
        cells = (f"{row[name]:>16.3f}" for name in names)
        lines.append("".join([f"{kind:13}{row['n']:>5.0f}", *cells]))
    lines.append(
        f"\ndeclining: precision {scores.decline_precision:.3f}, recall {scores.decline_recall:.3f}, "
        f"false declines {scores.false_declines:.3f}"
    )
    return "\n".join(lines)


def _gold(file: Path, number: int, line: str) -> Gold:
    try:
        known = json.loads(line)
        return Gold(
            id=str(known.get("id", number)),
            type=str(known.get("type", "single" if known.get("papers") else "unanswerable")),
            question=_text(known["question"]),
            history=_texts(known.get("history", [])),
            papers=_texts(known.get("papers", [])),
            facts=tuple(_texts(forms) for forms in _list(known.get("facts", []))),
            evidence=tuple(
                {"paper": _text(one["paper"]), "quote": _text(one["quote"])}
                for one in _list(known.get("evidence", []))
            ),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise LibraryError(
            f'{file}:{number}: not a question. A line is a JSON object such as {{"question": "…", '
            '"papers": ["title"]}.'
        ) from None


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(value)
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(map(_text, _list(value)))


def _touched(evidence: dict[str, str], answer: Answer) -> bool:
    """Tell whether any citation shares a character with a gold quote."""
    return any(
        _overlaps(
            citation.paper.abstract.find(evidence["quote"]),
            evidence["quote"],
            citation.start,
            citation.end,
        )
        for citation in answer.citations
        if title_key(citation.paper.title) == title_key(evidence["paper"])
    )


def _overlaps(at: int, quote: str, start: int, end: int) -> bool:
    return at >= 0 and start < at + len(quote) and at < end


def _plain(text: str) -> str:
    return re.sub(r"[\s\-–—]+", " ", _MARK.sub(" ", text).lower()).strip()


def _means(group: Sequence[Score]) -> dict[str, float]:
    return {field.name: _mean([getattr(one, field.name) for one in group]) for field in fields(Score)}


def _mean(values: Sequence[float], empty: float = 0.0) -> float:
    return statistics.fmean(values) if values else empty
