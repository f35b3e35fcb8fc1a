"""Quoting: an answer made of the papers' own sentences."""

import re
from collections.abc import Sequence

from rag.evidence import Evidence

_MOST_WORDS = 115
_MOST_SENTENCES = 4
_SEVERAL = re.compile(
    r"\b(which|what) (\w+ ){0,3}?"
    r"(papers|works|approaches|methods|studies|ways|techniques|models|explanations|nets)\b"
    r"|^compare\b|\bcompare (the|these|them)\b|\b(overview|who else|approaches are there|has anyone)\b",
    re.IGNORECASE,
)


def asks_for_several(question: str) -> bool:
    """Tell by its words a question that more than one paper should answer."""
    return bool(_SEVERAL.search(question))


def most_telling(papers: Sequence[Sequence[Evidence]]) -> list[Evidence]:
    """Return the best sentence of each paper, in the papers' order."""
    return [max(paper, key=_score) for paper in papers if paper]


def best_of(paper: Sequence[Evidence]) -> list[Evidence]:
    """Return the best sentences of one paper, up to four and 115 words, in the abstract's order."""
    chosen: list[Evidence] = []
    words = 0
    for evidence in sorted(paper, key=_score, reverse=True)[:_MOST_SENTENCES]:
        length = len(evidence.quote.split())
        if not chosen or words + length <= _MOST_WORDS:
            chosen.append(evidence)
            words += length
    return sorted(chosen, key=lambda evidence: evidence.span)


def _score(evidence: Evidence) -> float:
    return evidence.score
