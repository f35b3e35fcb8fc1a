"""Quoting: an answer made of the papers' own sentences."""

from collections.abc import Sequence
from dataclasses import dataclass

from rag.answer import Citation, in_bold, in_one_piece
from rag.evidence import Evidence
from rag.finding import Finding
from rag.judging import ENOUGH_MEMBER, PERHAPS_SEVERAL, Candidate
from rag.weights import probability

_MOST_WORDS = 90
_MOST_SENTENCES = 4
# A further sentence is quoted if it is this likely to belong; another paper beside one that
# answers, if it is surer than one of several has to be.
_ENOUGH_SENTENCE = 0.06
_SURE_MEMBER, _MOST_OTHERS = 0.3, 4
# Likelier than this, a question is for several papers; from PERHAPS_SEVERAL on, others may add to one.
SEVERAL = 0.5
_MOST_PAPERS = 8


@dataclass(frozen=True)
class Shown:
    """A piece of an answer's text, and what it cites."""

    text: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True)
class Quoted:
    """An answer's text, a piece a sentence, and its citations."""

    pieces: tuple[str, ...]
    citations: tuple[Citation, ...]


def quote(finding: Finding, numbers: dict[str, int], papers: int) -> Quoted:
    """Return the answer to a question that the papers answer, made of their sentences.

    `numbers` are those that papers have already, by id; more are added by first mention. `papers` is
    how many the library has.
    """
    judgement = finding.judgement
    if judgement.several >= SEVERAL:
        lines = lines_of(judgement.candidates)
        if len(lines) > 1:
            citations = numbered(lines, numbers)
            more = len(likely(judgement.candidates)) > len(lines)
            return Quoted((_count(citations, papers, more), *map(as_line, citations)), citations)
    first, *others = judgement.candidates
    citations = numbered(sentences_of(first), numbers)
    text = [as_sentence(citation) for citation in citations]
    beside = numbered(others_of(others), numbers) if judgement.several >= PERHAPS_SEVERAL else ()
    pieces = (text[0], *(f" {piece}" for piece in text[1:]), *map(as_line, beside))
    return Quoted(pieces, (*citations, *beside))


def numbered(chosen: Sequence[Evidence], numbers: dict[str, int]) -> tuple[Citation, ...]:
    """Turn sentences into citations: one number a paper, counted by first mention."""
    return tuple(
        Citation(
            numbers.setdefault(evidence.paper.id, len(numbers) + 1), evidence.paper,
            evidence.quote, evidence.span.start, evidence.span.end,
        )
        for evidence in chosen
    )  # fmt: skip


def _count(citations: Sequence[Citation], papers: int, more: bool) -> str:
    marks = " ".join(f"[{citation.number}]" for citation in citations)
    return f"{'At least ' if more else ''}{len(citations)} of {papers:,} papers answer: {marks}"


def as_sentence(citation: Citation) -> str:
    """Return a quote as a sentence of an answer, with its number."""
    return f"{in_one_piece(citation.quote)} [{citation.number}]"


def as_line(citation: Citation) -> str:
    """Return a quote as a line of an answer, after its paper's title."""
    return f"\n{in_bold(citation.paper)}: {as_sentence(citation)}"


def sentences_of(candidate: Candidate) -> list[Evidence]:
    """Return the fewest sentences that state the answer: the best first, then in the abstract's order.

    Together they have at most 90 words, or the best one is alone.
    """
    ranked = sorted(candidate.sentences, key=_score, reverse=True)
    lead = next((evidence for evidence in ranked if not evidence.filler), ranked[0])
    words, chosen = len(lead.quote.split()), list[Evidence]()
    for evidence in ranked:
        length = len(evidence.quote.split())
        if (
            evidence is not lead
            and not evidence.filler
            and len(chosen) < _MOST_SENTENCES - 1
            and words + length <= _MOST_WORDS
            and probability(evidence.score) >= _ENOUGH_SENTENCE
        ):
            chosen.append(evidence)
            words += length
    return [lead, *sorted(chosen, key=lambda evidence: evidence.span)]


def lines_of(candidates: Sequence[Candidate]) -> list[Evidence]:
    """Return the most telling sentence of each paper that belongs, the likeliest paper first."""
    return [_telling(one) for one in (likely(candidates) or likely(candidates, 0.0)[:1])[:_MOST_PAPERS]]


def others_of(candidates: Sequence[Candidate]) -> list[Evidence]:
    """Return the most telling sentence of each further paper that surely adds something."""
    return [_telling(one) for one in likely(candidates, _SURE_MEMBER)[:_MOST_OTHERS]]


def likely(candidates: Sequence[Candidate], least: float = ENOUGH_MEMBER) -> list[Candidate]:
    """Return the papers that belong at least this probably, the likeliest first."""
    ranked = sorted(candidates, key=lambda candidate: -candidate.member)
    return [candidate for candidate in ranked if probability(candidate.member) >= least]


def _telling(candidate: Candidate) -> Evidence:
    said = [evidence for evidence in candidate.sentences if not evidence.filler]
    return max(said or candidate.sentences, key=_score)


def _score(evidence: Evidence) -> float:
    return evidence.score
