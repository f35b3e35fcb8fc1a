"""Gold: questions with what is known of their right answers."""

from collections.abc import Iterable
from dataclasses import dataclass

from index import Paper


@dataclass(frozen=True)
class GoldQuote:
    """Words of a paper's abstract, to the letter, that a right answer rests on."""

    paper: str
    quote: str


@dataclass(frozen=True)
class Gold:
    """A question with what a right answer states and cites; without papers, it is to be declined.

    `papers` are titles, each of `facts` has the accepted wordings of one fact, and `reference` is an
    ideal answer, for reading only.
    """

    id: str
    type: str
    question: str
    history: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    facts: tuple[tuple[str, ...], ...] = ()
    evidence: tuple[GoldQuote, ...] = ()
    reference: str = ""


def usual_type(papers: tuple[str, ...], history: tuple[str, ...]) -> str:
    """Return the type of a question that says none.

    >>> usual_type(papers=("Bees",), history=("What do bees do?",))
    'followup'
    """
    if not papers:
        return "unanswerable"
    return "multi" if len(papers) > 1 else "followup" if history else "single"


def ids(papers: Iterable[str]) -> tuple[str, ...]:
    """Return the ids of papers by their titles, each once; case and punctuation make no difference."""
    return tuple(dict.fromkeys(Paper(title, "").id for title in papers))
