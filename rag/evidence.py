"""Evidence: the sentences of a paper, and how well each one answers a question."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from index import Library, Paper, Span
from rag.reader import Reading
from rag.weights import SENTENCE, logit
from rag.wording import asks_a_number

_ADDRESS = re.compile(r"https?://|\bcode\b.*\b(available|released?|found)\b", re.IGNORECASE)
_ASKS_FOR_AN_ADDRESS = re.compile(
    r"\b(code|github|url|link|available|release[ds]?|open|published?|data|website)\b", re.IGNORECASE
)
_RESULTS = re.compile(
    r"\b(extensive |our |the )?(experiment(s|al results)?|evaluations?|(empirical )?results)\b",
    re.IGNORECASE,
)
_ASKS_FOR_RESULTS = re.compile(
    r"\b(better|best|outperform\w*|beats?|compar\w+|results?|how (well|good)|accura\w+|scores?|"
    r"perform\w*|improve\w*|gains?|experiments?|evaluat\w+|tested|help\w*|work\w*|effective|faster|datasets?|benchmarks?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Evidence:
    """A sentence of a paper, and the log-odds that it answers the question."""

    paper: Paper
    span: Span
    score: float
    filler: bool = False

    @property
    def quote(self) -> str:
        """The sentence, to the letter."""
        return self.paper.abstract[self.span.start : self.span.end]


def weigh(library: Library, question: str, readings: Sequence[Reading]) -> list[tuple[Evidence, ...]]:
    """Return the sentences of each paper that was read, weighed, in the order of its abstract.

    A sentence is filler that says that experiments show something, with no figure, where the
    question asks for no result; and one that says where the code is, where it asks for no address.
    """
    measured = sentence_features(library, question, readings)
    return [
        tuple(
            Evidence(reading.paper, span, logit(SENTENCE, features), _is_filler(question, quote))
            for span, quote, features in zip(reading.spans, _quotes(reading), of_paper, strict=True)
        )
        for reading, of_paper in zip(readings, measured, strict=True)
    ]


def sentence_features(
    library: Library, question: str, readings: Sequence[Reading]
) -> list[list[dict[str, float]]]:
    """Return what is measured of each sentence of each paper.

    `mark` is the reader's logit, `words` the share of the question's words, those counting less that
    most of the sentences have, `place` how far down the abstract it stands (results come last), and
    `number` whether it has a figure where one is asked for.
    """
    rarity, numbers = library.rarity(question), asks_a_number(question)
    return [_features(library, rarity, numbers, reading) for reading in readings]


def _features(
    library: Library, rarity: Mapping[str, float], numbers: bool, reading: Reading
) -> list[dict[str, float]]:
    quotes = _quotes(reading)
    stems = [library.stems(quote) for quote in quotes]
    rarity = _rarity_within(rarity, stems)
    return [
        {
            "mark": mark,
            "words": share(rarity, own),
            "place": at / len(quotes),
            "number": float(numbers and any(sign.isdigit() for sign in quote)),
        }
        for at, (mark, quote, own) in enumerate(zip(reading.marks, quotes, stems, strict=True), start=1)
    ]


def share(rarity: Mapping[str, float], stems: Sequence[str]) -> float:
    """Return the share, 0 to 1, of a question's words that a text has, rare words counting more."""
    total = sum(rarity.values())
    return sum(rarity[stem] for stem in rarity.keys() & set(stems)) / total if total else 0.0


def _quotes(reading: Reading) -> list[str]:
    return [reading.paper.abstract[start:end] for start, end in reading.spans]


def _rarity_within(rarity: Mapping[str, float], stems: Sequence[Sequence[str]]) -> dict[str, float]:
    """Weigh down the words that most of the paper's sentences have: they tell none from another."""
    counts = {stem: sum(stem in own for own in stems) for stem in rarity}
    return {
        stem: weight * math.log1p(len(stems) / max(1, counts[stem])) for stem, weight in rarity.items()
    }


def _is_filler(question: str, quote: str) -> bool:
    if _ADDRESS.search(quote):
        return _ASKS_FOR_AN_ADDRESS.search(question) is None
    says_results = _RESULTS.search(quote[:60]) and not any(sign.isdigit() for sign in quote)
    return bool(says_results) and _ASKS_FOR_RESULTS.search(question) is None
