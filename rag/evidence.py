"""Evidence: which sentences answer a question, and whether any do.

The weights were fitted on half of the development questions and held on the other half: four
sentences of the first paper have .86 and .75 of the facts, against .73 and .74 by cosine alone.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from index import Library, Match, Paper, Span, sentence_spans

# Beside the cosine: the share of the question's words, the place in the abstract (results come last),
# and a number where the question asks for one.
_WORDS_WEIGHT, _PLACE_WEIGHT, _NUMBER_WEIGHT = 0.3, 0.1, 0.15
# A sentence that says where the code is tells nothing, unless that is what was asked.
_ADDRESS_WEIGHT = -0.3
_ADDRESS = re.compile(r"https?://|\bcode\b.*\b(available|released?|found)\b", re.IGNORECASE)
_ASKS_FOR_AN_ADDRESS = re.compile(
    r"\b(code|github|url|link|available|release[ds]?|open|published?|data|website)\b", re.IGNORECASE
)
# At this nearness .026 of the answerable development questions are declined, and all off-topic ones.
_ENOUGH = 0.48
_ASKS_A_NUMBER = re.compile(
    r"\bhow (much|many|far|fast|big|large|long|small|often)\b|\bby how\b"
    r"|\b(accuracy|acc|score|fid|bleu|perplexity|rate|average|speed-?up)\b|%",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Evidence:
    """A sentence of a paper, and how well it fits the question: higher is better."""

    paper: Paper
    span: Span
    score: float

    @property
    def quote(self) -> str:
        """The sentence, to the letter."""
        return self.paper.abstract[self.span.start : self.span.end]


def answerable(library: Library, question: str, matches: Sequence[Match]) -> bool:
    """Tell whether the nearest papers are near enough to answer from."""
    rarity = library.rarity(question)
    texts = [f"{match.paper.title}\n{match.paper.abstract}" for match in matches]
    shares = [_share(rarity, library.stems(text)) for text in texts]
    nearness = [
        match.cosine + _WORDS_WEIGHT * share for match, share in zip(matches, shares, strict=True)
    ]
    return max(nearness, default=0.0) >= _ENOUGH


def weigh(library: Library, question: str, paper: Paper) -> list[Evidence]:
    """Return the sentences of a paper with their scores, in the order of the abstract.

    A sentence is embedded together with the title, which says what "it" and "our method" are.
    """
    spans = sentence_spans(paper.abstract)
    quotes = [paper.abstract[start:end] for start, end in spans]
    question_vector, *vectors = library.embedder.embed(
        [question, *(f"{paper.title}. {quote}" for quote in quotes)]
    )
    stems = [library.stems(quote) for quote in quotes]
    rarity = _rarity_within(library.rarity(question), stems)
    numbers = _NUMBER_WEIGHT if _ASKS_A_NUMBER.search(question) else 0.0
    addresses = 0.0 if _ASKS_FOR_AN_ADDRESS.search(question) else _ADDRESS_WEIGHT
    scores = [
        float(vector @ question_vector)
        + _WORDS_WEIGHT * _share(rarity, own)
        + _PLACE_WEIGHT * at / len(spans)
        + numbers * any(sign.isdigit() for sign in quote)
        + addresses * (_ADDRESS.search(quote) is not None)
        for at, (quote, vector, own) in enumerate(zip(quotes, vectors, stems, strict=True), start=1)
    ]
    return [Evidence(paper, span, score) for span, score in zip(spans, scores, strict=True)]


def _rarity_within(rarity: Mapping[str, float], stems: Sequence[Sequence[str]]) -> dict[str, float]:
    """Weigh down the words that most of the paper's sentences have: they tell none from another."""
    counts = {stem: sum(stem in own for own in stems) for stem in rarity}
    return {
        stem: weight * math.log1p(len(stems) / max(1, counts[stem])) for stem, weight in rarity.items()
    }


def _share(rarity: Mapping[str, float], stems: Sequence[str]) -> float:
    """Return the share, 0 to 1, of a question's words that a text has, rare words counting more."""
    total = sum(rarity.values())
    return sum(rarity[stem] for stem in rarity.keys() & set(stems)) / total if total else 0.0
