"""Declining: the one sentence that says that the papers don't answer, and how far they come."""

from index import Paper
from rag.answer import in_one_piece
from rag.evidence import Evidence
from rag.judging import Candidate, Judgement

# The reader says more readily than a search that a paper is about something, having seen few
# questions on other subjects: both have to be so near. Of 23 development questions off the subject
# 21 are told from the others, and 5 of 54 that only have no answer are taken for such.
_ABOUT_PAPER, _NEAR_PAPER = 0.9, 0.27
_ABOUT_LIBRARY, _NEAR_LIBRARY = 0.95, 0.26
_LONGEST = 120


def declined(question: str, judgement: Judgement) -> str:
    """Return the sentence, of three kinds.

    Nothing in the library is about it; papers are about it, but none answers; or a paper is about it
    and doesn't state what is asked: that one is named, with what it does say.
    """
    asked = shortened(question)
    said = nearest(judgement)
    if said:
        return (
            f"The papers in this library don't answer “{asked}”: “{_title(said.paper)}” is about it, "
            f"but all that its abstract says is “{in_one_piece(said.quote).rstrip('.')}”."
        )
    near = max((candidate.measured["cosine"] for candidate in judgement.candidates), default=0.0)
    if judgement.about < _ABOUT_LIBRARY and near < _NEAR_LIBRARY:
        return f"The papers in this library don't answer “{asked}”: none of them is about that."
    related = max(judgement.candidates, key=_about)
    return (
        f"The papers in this library don't answer “{asked}”, though some are about related work, "
        f"the nearest being “{_title(related.match.paper)}”."
    )


def nearest(judgement: Judgement) -> Evidence | None:
    """Return what the paper says that is about what is asked, if one is."""
    if judgement.about < _ABOUT_PAPER or not judgement.candidates:
        return None
    nearest = max(judgement.candidates, key=_about)
    return nearest.best if nearest.measured["cosine"] >= _NEAR_PAPER else None


def shortened(question: str) -> str:
    """Return a question on one line, cut after so many letters."""
    asked = in_one_piece(question)
    return asked if len(asked) <= _LONGEST else asked[: _LONGEST - 1].rstrip() + "…"


def _about(candidate: Candidate) -> float:
    return candidate.reading.about


def _title(paper: Paper) -> str:
    return in_one_piece(paper.title).rstrip(".")
