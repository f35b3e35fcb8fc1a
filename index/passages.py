"""Passages: the pieces of an abstract that are searched."""

from dataclasses import dataclass
from itertools import pairwise

from index.papers import Paper
from index.sentences import Span, sentence_spans

MOST_SENTENCES = 3


@dataclass(frozen=True)
class Passage:
    """One to three consecutive sentences: `paper.abstract[start:end] == text`."""

    start: int
    end: int
    text: str


def passages_of(paper: Paper) -> list[Passage]:
    """Return the passages of a paper: every sentence is in exactly one, and they are of like size."""
    found = sentence_spans(paper.abstract)
    groups = -(-len(found) // MOST_SENTENCES)
    cuts = [round(number * len(found) / groups) for number in range(groups + 1)] if groups else [0]
    return [_passage(paper, found[a:b]) for a, b in pairwise(cuts)]


def _passage(paper: Paper, group: list[Span]) -> Passage:
    start, end = group[0].start, group[-1].end
    return Passage(start, end, paper.abstract[start:end])
