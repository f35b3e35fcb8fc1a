"""Scoring: one answer held against what is known of the right one."""

import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from index.papers import title_key
from rag.answer import Answer
from rag.evaluation.gold import Gold, GoldQuote

# A fact counts only within so many words of the answer: a long answer must not win by its length.
_WORDS = {"multi": 250}
_FEWER_WORDS = 120
_MARKS = re.compile(r"\[\d+(?:\s*,\s*\d+)*\]")
_SENTENCE_END = re.compile(r"(?<=[.!?\]])\s+(?=[A-Z\"'(*])")
# A shorter line is a heading or a list mark, and needs no number.
_FEWEST_WORDS = 4


@dataclass(frozen=True)
class Score:
    """One answer's figures, most of them a share from 0 to 1.

    What a right answer would state and cite is None where there is none, and 0 where the answer
    declined; `cited_sentences` is None in both.
    """

    declined: float
    facts: float | None
    first_right: float | None
    cite_precision: float | None
    paper_recall: float | None
    evidence: float | None
    verbatim: float
    cited_sentences: float | None
    words: int
    seconds: float


def score(gold: Gold, answer: Answer) -> Score:
    """Return the figures of one answer."""
    wanted = {title_key(title) for title in gold.papers}
    cited = [title_key(citation.paper.title) for citation in answer.citations]
    answerable, answered = bool(gold.papers), not answer.abstained
    return Score(
        declined=answer.abstained,
        facts=mean(stated(gold, answer), empty=answered) if answerable else None,
        first_right=(bool(cited) and cited[0] in wanted) if answerable else None,
        cite_precision=mean([title in wanted for title in cited]) if answerable else None,
        paper_recall=mean([title in cited for title in wanted]) if answerable else None,
        evidence=mean([touched(one, answer) for one in gold.evidence], empty=answered)
        if answerable
        else None,
        verbatim=all(c.paper.abstract[c.start : c.end] == c.quote for c in answer.citations),
        cited_sentences=_cited_sentences(answer.text) if answerable and answered else None,
        words=len(_plain(answer.text).split()),
        seconds=answer.seconds,
    )


def stated(gold: Gold, answer: Answer) -> list[bool]:
    """Tell of each fact whether the answer states it, soon enough; declining states nothing."""
    if answer.abstained:
        return [False for _ in gold.facts]
    text = " ".join(_plain(answer.text).split()[: _WORDS.get(gold.type, _FEWER_WORDS)])
    return [any(_plain(form) in text for form in forms) for forms in gold.facts]


def touched(evidence: GoldQuote, answer: Answer) -> bool:
    """Tell whether any citation shares a character with a gold quote."""
    for citation in answer.citations:
        if title_key(citation.paper.title) == title_key(evidence.paper):
            at = citation.paper.abstract.find(evidence.quote)
            if at >= 0 and citation.start < at + len(evidence.quote) and at < citation.end:
                return True
    return False


def mean(values: Sequence[float], empty: float = 0.0) -> float:
    """Return the mean of some values, or what stands for none at all."""
    return statistics.fmean(values) if values else float(empty)


def _cited_sentences(text: str) -> float:
    """Return the share of a text's sentences that have a number."""
    lines = [line.strip(" -*•#>\t") for line in text.splitlines()]
    sentences = [sentence for line in lines for sentence in _SENTENCE_END.split(line)]
    said = [sentence for sentence in sentences if len(sentence.split()) >= _FEWEST_WORDS]
    return mean([bool(re.search(r"\[\d+", sentence)) for sentence in said])


def _plain(text: str) -> str:
    """Return a text without its numbers in brackets, its case, and how it is spaced and hyphenated."""
    return re.sub(r"[\s\-–—]+", " ", _MARKS.sub(" ", text).lower()).strip()
