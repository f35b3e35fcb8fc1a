"""Doubts: what speaks against the questions themselves, before they are asked."""

from collections.abc import Iterator, Sequence

from index import Library
from rag.evaluation.gold import Gold, ids
from rag.evaluation.retrieval import MISSING, measurable
from rag.visible import visible


def doubts(library: Library, questions: Sequence[Gold]) -> Iterator[str]:
    """Yield in sentences why figures will be missing, or lower than the answers deserve.

    A title that is misspelled, or a quote that is not to the letter, can never be cited.
    """
    if not measurable():
        yield MISSING
    titles = [(gold.id, title) for gold in questions for title in gold.papers]
    papers = library.get(ids(title for _, title in titles))
    unknown = [(one, title) for one, title in titles if ids([title])[0] not in papers]
    if unknown:
        yield (
            f"Right papers that are not in the library: {_counted(unknown)}. "
            "`paperchat papers` lists the titles."
        )
    quotes = [(gold.id, one) for gold in questions for one in gold.evidence]
    abstracts = {paper.id: paper.abstract for paper in papers.values()}
    misquoted = [
        (number, one.quote)
        for number, one in quotes
        if one.quote not in abstracts.get(ids([one.paper])[0], one.quote)
    ]
    if misquoted:
        yield f"Evidence that its abstract doesn't say: {_counted(misquoted)}. Copy it to the letter."


def _counted(found: Sequence[tuple[str, str]]) -> str:
    number, text = found[0]
    shown = visible(" ".join(text.split()))
    return (
        f"{len(found)}, first in question {visible(number)}: "
        f"“{shown if len(shown) <= 80 else shown[:79] + '…'}”"
    )
