"""Briefing: the sentences that a model is given to write from, and those that its text leaves out."""

from collections.abc import Iterator, Sequence

from rag.answer import Citation
from rag.evidence import Evidence
from rag.facts import quantities, stated
from rag.finding import Finding
from rag.judging import ENOUGH_MEMBER, PERHAPS_SEVERAL, Candidate
from rag.quoting import SEVERAL, lines_of, others_of, sentences_of
from rag.weights import probability

_MOST_SENTENCES, _OF_EACH = 6, 2
_EVIDENCE_WORDS = 340
# A written answer and the quotes that are added to it have at most so many words. Beside a telling
# sentence that is surer by more than these log-odds, no other is missed.
_MOST_WORDS, _FAR_SURER = 110, 2.5


def evidence_for(finding: Finding) -> list[Evidence]:
    """Return the sentences that a model is shown, a paper's together, the likeliest paper first."""
    judgement = finding.judgement
    if _of_several(finding):
        papers = sorted(judgement.candidates, key=lambda one: -one.member)
        papers = [one for one in papers if probability(one.member) >= ENOUGH_MEMBER]
        chosen = [sentence for one in papers for sentence in _best(one, _OF_EACH)]
    else:
        first, *others = judgement.candidates
        beside = others_of(others) if judgement.several >= PERHAPS_SEVERAL else []
        lead = {one.span: one for one in (*sentences_of(first), *_best(first, _MOST_SENTENCES))}
        chosen = [lead[span] for span in sorted(lead)]
        chosen += beside
    return list(_within(chosen))


def left_out(finding: Finding, text: str, cited: Sequence[Citation]) -> list[Evidence]:
    """Return the sentences of a quoted answer whose point a model's `text` leaves out.

    Of the paper that answers, the telling one and those nearly as likely, as long as the answer stays
    short, where it has not `cited` them or has told none of their figures. Of each further paper, the
    telling one, if it has not cited that paper at all.
    """
    judgement = finding.judgement
    papers = {one.paper.id for one in cited}
    if _of_several(finding):
        return [one for one in lines_of(judgement.candidates) if one.paper.id not in papers]
    first, *others = judgement.candidates
    telling, *more = sentences_of(first)
    likely = [one for one in more if one.score >= telling.score - _FAR_SURER]
    quotes, words, missing = {one.quote for one in cited}, len(text.split()), list[Evidence]()
    for one in (telling, *sorted(likely, key=lambda one: -one.score)):
        if one.quote not in quotes or not _figures_told(one.quote, text):
            length = len(one.quote.split())
            if one is telling or words + length <= _MOST_WORDS:
                missing.append(one)
                words += length
    beside = others_of(others) if judgement.several >= PERHAPS_SEVERAL else []
    return missing + [one for one in beside if one.paper.id not in papers]


def _figures_told(quote: str, text: str) -> bool:
    """Tell whether a text has any of the figures of a quote, if that has any."""
    figures = [one for one in quantities(quote) if one.unit or one.step < 1]
    told = quantities(text)
    return not figures or any(stated(one, told) for one in figures)


def _of_several(finding: Finding) -> bool:
    judgement = finding.judgement
    return judgement.several >= SEVERAL and len(lines_of(judgement.candidates)) > 1


def _best(candidate: Candidate, k: int) -> list[Evidence]:
    said = [one for one in candidate.sentences if not one.filler] or list(candidate.sentences)
    best = sorted(said, key=lambda one: -one.score)[:k]
    return sorted(best, key=lambda one: one.span)


def _within(chosen: Sequence[Evidence]) -> Iterator[Evidence]:
    """Yield as much as a prompt may have; the first sentence in any case."""
    words = 0
    for at, one in enumerate(chosen):
        words += len(one.quote.split())
        if at and words > _EVIDENCE_WORDS:
            return
        yield one
