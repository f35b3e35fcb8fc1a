"""Writing: what a model writes, sentence by sentence, shown only where the quotes support it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from index import sentence_spans
from rag.answer import in_one_piece
from rag.evidence import Evidence
from rag.finding import Finding
from rag.judging import ENOUGH_MEMBER, Candidate
from rag.prompts import DECLINE
from rag.quoting import SEVERAL, Shown, lines_of, numbered, sentences_of
from rag.verify import Verdict, check
from rag.weights import probability

_MARK = r"\s*[\[【［]\s*\d+(?:\s*(?:,|;|–|-|and)\s*\d+)*\s*[\]】］]"
_MARKS = re.compile(_MARK)
_AFTER_A_STOP = re.compile(rf"([.!?][\"”’')]*)((?:{_MARK})+)")
_RANGE = re.compile(r"(\d+)(?:\s*[–-]\s*(\d+))?")
_WIDEST_RANGE = 20
_BULLET = re.compile(r"^\s*(?:(?:[-*•#>]+|\d{1,2}[.)])\s+)+")
# A tag begins with a letter: "p <0.05 and n >30" has none.
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)|</?[a-zA-Z!][^<>]*>")
_ADDRESS = re.compile(r"\w+://\S+|\b\w[\w-]*(?:\.[\w-]+)*\.[a-z]{2,}\b\S*", re.IGNORECASE)
# What a mark or a link in brackets leaves behind.
_LEFT_EMPTY = re.compile(r"(?<!\w)(?:\(\s*\)|\[\s*\])")
# Characters that show nothing, or turn the direction of what follows.
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]")
_THINKS, _THOUGHT = "<think>", "</think>"
_EMPHASIS = re.compile(r"\*\*|__|`")
_LEAD_IN = re.compile(r"^\s*(answer|response)\s*:\s*", re.IGNORECASE)
# A model's sentence is taken for a failed telling of a quote where they share so many of its words.
_SAME = 0.4
_BESIDE, _MOST_SENTENCES, _OF_EACH = 3, 6, 2
_EVIDENCE_WORDS = 380


@dataclass
class Tally:
    """What became of a model's sentences: shown as they were, repaired by a quote, or dropped."""

    kept: int = 0
    repaired: int = 0
    dropped: int = 0
    declined: bool = False
    reasons: list[str] = field(default_factory=list)


def evidence_for(finding: Finding) -> list[Evidence]:
    """Return the sentences that a model is shown, a paper's together, the likeliest paper first."""
    judgement = finding.judgement
    if judgement.several >= SEVERAL and len(lines_of(judgement.candidates)) > 1:
        papers = sorted(judgement.candidates, key=lambda one: -one.member)
        papers = [one for one in papers if probability(one.member) >= ENOUGH_MEMBER]
        chosen = [sentence for one in papers for sentence in _best(one, _OF_EACH)]
    else:
        first, *others = judgement.candidates
        likely = [one for one in others if probability(one.member) >= ENOUGH_MEMBER]
        lead = {one.span: one for one in (*sentences_of(first), *_best(first, _MOST_SENTENCES))}
        chosen = [lead[span] for span in sorted(lead)]
        chosen += [sentence for one in likely[:_BESIDE] for sentence in _best(one, 1)]
    return list(_within(chosen))


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


def written(
    words: Iterator[str], evidence: Sequence[Evidence], numbers: dict[str, int], tally: Tally
) -> Iterator[Shown]:
    """Yield each sentence of a model as soon as it is whole and its quotes support it.

    A sentence that they don't support is replaced once by the quote it should have cited, or left
    out. `numbers` are those of the papers, by id, counted by first mention. Where the model declines
    before anything is shown, `tally.declined` is set and nothing comes.
    """
    said: set[str] = set()
    for sentence in sentences(spoken(words)):
        if is_decline(sentence):
            if not said:
                tally.declined = True
                return
            continue
        claim, cited = taken_apart(sentence, len(evidence))
        if not claim:
            continue
        shown = _checked(claim, [evidence[number - 1] for number in cited], evidence, tally)
        if shown is None:
            continue
        text, quotes = in_one_piece(shown[0]), shown[1]
        if text not in said:
            said.add(text)
            citations = numbered(quotes, numbers)
            marks = " ".join(f"[{number}]" for number in dict.fromkeys(c.number for c in citations))
            yield Shown(f"{text} {marks}", citations)


def _checked(
    claim: str, cited: Sequence[Evidence], evidence: Sequence[Evidence], tally: Tally
) -> tuple[str, Sequence[Evidence]] | None:
    # A number too many, as an abstract's own "[7]" is, is left out.
    alone = [one for one in cited if _held(claim, [one])]
    verdict = Verdict(True) if alone else _held(claim, cited)
    if verdict:
        tally.kept += 1
        return claim, alone or cited
    tally.reasons.append(verdict.reason)
    nearest = max(evidence, key=lambda one: _shared(claim, one.quote))
    if nearest not in cited and _held(claim, [nearest]):
        tally.repaired += 1
        return claim, [nearest]
    if _shared(claim, nearest.quote) >= _SAME:
        tally.repaired += 1
        return nearest.quote, [nearest]
    tally.dropped += 1
    return None


def _held(claim: str, cited: Sequence[Evidence]) -> Verdict:
    """Hold a claim against the sentences it cites, which have to have its addresses to the letter."""
    told = " ".join(one.quote for one in cited)
    if any(address.rstrip(".,;:!?)\"'”") not in told for address in _ADDRESS.findall(claim)):
        return Verdict(False, "the quotes do not have the address")
    return check(claim, [one.quote for one in cited], _titles(cited))


def _titles(cited: Sequence[Evidence]) -> str:
    return " ".join(dict.fromkeys(one.paper.title for one in cited))


def _shared(claim: str, quote: str) -> float:
    """Return the share of a claim's longer words that a quote has."""
    words = [word for word in re.findall(r"\w+", claim.lower()) if len(word) > 3]
    known = {word[:6] for word in re.findall(r"\w+", quote.lower())}
    return sum(word[:6] in known for word in words) / len(words) if words else 0.0


def is_decline(sentence: str) -> bool:
    """Tell whether a sentence is the phrase to decline with, in any casing or wrapping.

    >>> is_decline("**the papers do NOT say** [2].")
    True
    """
    plain = _LEAD_IN.sub("", _EMPHASIS.sub("", _UNSEEN.sub("", sentence)))
    said = re.sub(r"\W+", " ", _MARKS.sub(" ", plain)).strip().lower()
    phrase = re.sub(r"\W+", " ", DECLINE).strip().lower()
    return said.startswith(phrase) and len(said.split()) <= len(phrase.split()) + 4


def taken_apart(sentence: str, most: int) -> tuple[str, list[int]]:
    """Return a sentence without its marks, bullets, tags and emphasis, and what it cites, up to most.

    >>> taken_apart("- **Bees** dance [2, 9].", 3)
    ('Bees dance.', [2])
    """
    seen = _UNSEEN.sub("", sentence)
    numbers = [number for mark in _MARKS.findall(seen) for number in _numbers(mark)]
    plain = _EMPHASIS.sub("", _LINK.sub(r"\1", _MARKS.sub("", seen)))
    plain = _LEFT_EMPTY.sub("", _BULLET.sub("", _LEAD_IN.sub("", plain)))
    plain = " ".join(plain.split())
    plain = re.sub(r"\s+([.,;:!?])", r"\1", plain).strip()
    # "Results:" and "HIVEMIND" say nothing, whatever quote has the word.
    if len(re.findall(r"\w\S*", plain)) < 2 or (plain[-1] == ":" and not numbers):
        return "", []
    plain = plain.rstrip(":,; ")
    return (
        plain if re.search(r"[.!?][\"”’')\]]*$", plain) else f"{plain}.",
        list(dict.fromkeys(number for number in numbers if 1 <= number <= most)),
    )


def _numbers(mark: str) -> Iterator[int]:
    """Yield the numbers of a mark, with those in between where it has a range."""
    for first, last in _RANGE.findall(mark):
        # Python makes no number of thousands of digits.
        begin, end = int(first[:6]), int((last or first)[:6])
        yield from range(begin, end + 1) if 0 < end - begin <= _WIDEST_RANGE else (begin, end)


def spoken(words: Iterator[str]) -> Iterator[str]:
    """Yield a model's words without the thinking that it may begin with.

    >>> list(spoken(iter(["<thi", "nk>Bees?</think>", "They dance."])))
    ['They dance.']
    """
    text = ""
    for word in words:
        text += word
        begun = text.lstrip()
        if begun.startswith(_THINKS):
            if _THOUGHT in begun:
                text = begun.partition(_THOUGHT)[2]
                break
        elif not _THINKS.startswith(begun):
            break
    else:
        text = "" if text.lstrip().startswith(_THINKS) else text
    if text:
        yield text
    yield from words


def sentences(words: Iterator[str]) -> Iterator[str]:
    """Yield a stream's sentences, each as soon as the next one's first word or a line is whole."""
    waiting = ""
    for word in words:
        waiting += word
        # "by J. A" may go on as "by J. Adams": half a word doesn't tell whether a sentence ended.
        edge = max(waiting.rfind(space) for space in " \t\n") + 1
        *whole, rest = _cut(waiting[:edge])
        waiting = rest + waiting[edge:]
        yield from whole
    yield from (piece.strip() for piece in _cut(waiting) if piece.strip())


def _cut(text: str) -> list[str]:
    """Cut a text into sentences with their marks; the last may not be whole yet."""
    *lines, rest = text.split("\n")
    found = [piece for line in lines if line.strip() for piece in _pieces(line.strip())]
    *whole, last = _pieces(rest) or [""]
    return [*found, *whole, last]


def _pieces(line: str) -> list[str]:
    # Marks after a stop belong to the sentence before it; moved before the stop, they are inside it.
    moved = _AFTER_A_STOP.sub(r"\2\1", line)
    starts = [span.start for span in sentence_spans(moved)]
    # What begins with a mark that has not come in whole goes on with the sentence before.
    starts = [0, *(start for start in starts[1:] if moved[start] not in "[【［")]
    edges = [*starts, len(moved)]
    pieces = [moved[start:end] for start, end in pairwise(edges)]
    return [*(piece.strip() for piece in pieces[:-1]), pieces[-1].lstrip()] if pieces else []
