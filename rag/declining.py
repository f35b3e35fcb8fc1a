"""Declining: the one sentence that says that the papers don't answer, and how far they come."""

from rag.answer import in_one_piece
from rag.evidence import Evidence
from rag.judging import Candidate, Judgement
from rag.wording import names

# The reader says more readily than a search that a paper is about something, having seen few
# questions on other subjects: both have to be so near. Of 23 development questions off the subject
# 21 are told from the others, and 5 of 54 that only have no answer are taken for such.
_ABOUT_PAPER, _NEAR_PAPER = 0.9, 0.27
_ABOUT_LIBRARY, _NEAR_LIBRARY = 0.95, 0.26
_LONGEST = 120


def declined(question: str, judgement: Judgement) -> tuple[str, Evidence | None]:
    """Return the sentence, of three kinds, and what the paper says that it names, if it names one.

    Nothing in the library is about it; papers are about it, but none answers: the nearest is named;
    or a paper is about it and doesn't state what is asked: that one is named, with what it does say.
    """
    declining = f"The papers in this library don't answer “{shortened(question)}”"
    near = max((candidate.measured["cosine"] for candidate in judgement.candidates), default=0.0)
    if not judgement.candidates or (judgement.about < _ABOUT_LIBRARY and near < _NEAR_LIBRARY):
        return f"{declining}: none of them is about that.", None
    named = names(question)
    nearest = max(judgement.candidates, key=lambda one: (_has_any(one, named), one.reading.about))
    title, said = in_one_piece(nearest.match.paper.title).rstrip("."), nearest.best
    if judgement.about >= _ABOUT_PAPER and nearest.measured["cosine"] >= _NEAR_PAPER:
        says = in_one_piece(said.quote).rstrip(".")
        return f"{declining}: “{title}” is about it, but all that its abstract says is “{says}”.", said
    return f"{declining}, though some are about related work, the nearest being “{title}”.", said


def shortened(question: str) -> str:
    """Return a question on one line, cut after so many letters."""
    asked = in_one_piece(question)
    return asked if len(asked) <= _LONGEST else asked[: _LONGEST - 1].rstrip() + "…"


def _has_any(candidate: Candidate, named: set[str]) -> bool:
    """Tell whether a paper has one of the names that are asked for: "HiPPO" is no hippocampus."""
    paper = candidate.match.paper
    return bool(named & names(f"{paper.title} {paper.abstract}"))
