"""Finding: the papers that fit a question, by words and by meaning at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from index.embedder import Embedder
from index.fusion import fuse
from index.papers import Paper
from index.passages import Passage
from index.stores import Stores
from index.vectors import Placed

# Of each kind, words and vectors; a paper outside both is not considered.
# Fewer are weighed sooner; with twice as many the benchmarks' figures differ in the third digit.
_CANDIDATE_PASSAGES = 120
_CANDIDATE_PAPERS = 60


@dataclass(frozen=True)
class Match:
    """A paper that was found, and the passage of it that is nearest to what was asked.

    `score` orders the matches of one search and says nothing across searches; `cosine` (at most 1,
    which is the same text) and `bm25` (from 0) are what it was made of.
    """

    paper: Paper
    passage: Passage
    score: float
    cosine: float
    bm25: float


def find(
    stores: Stores, embedder: Embedder, question: str, k: int, beside: Mapping[str, float]
) -> list[Match]:
    """Return the k best matches; `Library.search` says how."""
    weights = {**beside, question: 1.0}
    asked = dict(zip(weights, embedder.embed(list(weights)), strict=True))
    passages, most = max(_CANDIDATE_PASSAGES, 2 * k), max(_CANDIDATE_PAPERS, k)
    with stores.reading():
        near = {text: stores.vectors.nearest(vector, passages) for text, vector in asked.items()}
        ids = {place.paper for found in near.values() for place, _ in found}
        ids |= {identifier for text in asked for identifier, _ in stores.words.best(text, most)}
        papers = stores.shelf.get(ids)
        nearest = {text: _nearest(papers, found) for text, found in near.items()}
        # Only what is not known yet: vectors are slow to fetch.
        farther = [one for one in papers if any(one not in known for known in nearest.values())]
        places, rows = stores.vectors.of(farther)
        words = {text: stores.words.score(text, list(papers)) for text in asked}
    for text, vector in asked.items():
        cosines = (rows @ vector).tolist()
        nearest[text] = _nearest(papers, zip(places, cosines, strict=True)) | nearest[text]
    scores = dict.fromkeys(nearest[question], 0.0)
    for text, weight in weights.items():
        cosines = {identifier: cosine for identifier, (_, cosine) in nearest[text].items()}
        for identifier, score in fuse(cosines, words[text]).items():
            scores[identifier] += weight * score
    matches = [
        Match(papers[identifier], passage, scores[identifier], cosine,
              words[question].get(identifier, 0.0))
        for identifier, (passage, cosine) in nearest[question].items()
    ]  # fmt: skip
    return sorted(matches, key=lambda match: (-match.score, match.paper.id))[:k]


def _nearest(
    papers: Mapping[str, Paper], places: Iterable[tuple[Placed, float]]
) -> dict[str, tuple[Passage, float]]:
    """Return each paper's nearest passage among some and its cosine, by the paper's id."""
    nearest: dict[str, tuple[Passage, float]] = {}
    for place, cosine in sorted(places, key=lambda placed: -placed[1]):
        # A vector of an abstract that has changed since points at other words.
        paper = papers.get(place.paper)
        if place.paper not in nearest and paper and place.version == paper.version:
            passage = Passage(place.start, place.end, paper.abstract[place.start : place.end])
            nearest[place.paper] = passage, cosine
    return nearest
