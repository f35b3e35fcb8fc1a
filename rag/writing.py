"""Writing: what a model writes, sentence by sentence, shown only where the quotes support it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rag.answer import in_one_piece
from rag.drafts import has_marks_as_words, is_decline, sentences, spoken, taken_apart
from rag.evidence import Evidence
from rag.quoting import Shown, numbered
from rag.verify import Verdict, check

_ADDRESS = re.compile(r"\w+://\S+|\b\w[\w-]*(?:\.[\w-]+)*\.[a-z]{2,}\b\S*", re.IGNORECASE)
# "It uses 31% less energy": of what, a sentence before it has to say.
_POINTS = re.compile(r"(it|its|they|their|these|this|that|those|such|he|she|both)\b", re.IGNORECASE)
# A model's sentence is taken for a failed telling of a quote where they share so many of its words.
_SAME = 0.4
_BROKEN = "it has numbers in the place of words"


@dataclass
class Tally:
    """What became of a model's sentences: shown as they were, repaired by a quote, or dropped."""

    kept: int = 0
    repaired: int = 0
    dropped: int = 0
    declined: bool = False
    reasons: list[str] = field(default_factory=list)


def written(
    words: Iterator[str], evidence: Sequence[Evidence], numbers: dict[str, int], tally: Tally
) -> Iterator[Shown]:
    """Yield each sentence of a model as soon as it is whole and its quotes support it.

    A sentence that they don't support is replaced once by the quote it should have cited, or left
    out; one that points back at a sentence that was left out is replaced, too. `numbers` are those of
    the papers, by id, counted by first mention. Where the model declines before anything is shown,
    `tally.declined` is set and nothing comes.
    """
    said: set[str] = set()
    lost = False
    for sentence in sentences(spoken(words)):
        if is_decline(sentence):
            if not said:
                tally.declined = True
                return
            continue
        claim, cited = taken_apart(sentence, len(evidence))
        if not claim:
            continue
        broken = has_marks_as_words(sentence)
        shown = _checked(claim, [evidence[number - 1] for number in cited], evidence, tally, broken)
        points, lost = lost and _POINTS.match(claim), shown is None
        if shown is None:
            continue
        if points and shown[0] == claim:
            tally.kept, tally.repaired = tally.kept - 1, tally.repaired + 1
            shown = shown[1][0].quote, shown[1][:1]
        text, quotes = in_one_piece(shown[0]), shown[1]
        if text not in said:
            said.add(text)
            citations = numbered(quotes, numbers)
            marks = " ".join(f"[{number}]" for number in dict.fromkeys(c.number for c in citations))
            yield Shown(f"{text} {marks}", citations)


def _checked(
    claim: str, cited: Sequence[Evidence], evidence: Sequence[Evidence], tally: Tally, broken: bool
) -> tuple[str, Sequence[Evidence]] | None:
    verdict = Verdict(False, _BROKEN) if broken else _held(claim, cited)
    if not broken and len(cited) > 1:
        # A number too many, as an abstract's own "[7]" is, is left out.
        alone = [one for one in cited if _held(claim, [one])]
        verdict, cited = (Verdict(True), alone) if alone else (verdict, cited)
    if verdict:
        tally.kept += 1
        return claim, cited
    tally.reasons.append(verdict.reason)
    nearest = max(evidence, key=lambda one: _shared(claim, one.quote))
    if not broken and nearest not in cited and _held(claim, [nearest]):
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
