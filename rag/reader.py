"""The reader: a question and an abstract read together, in one pass, by a small model of our own.

How it was made and what it was taught is told in index/models/READER.md.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from index import Paper, Span, sentence_spans
from index.arrays import Floats
from index.embedder import Embedder, open_model

_MOST_TOKENS = 512
# Of a longer question, or title, the beginning and the end are read.
_MOST_QUESTION, _MOST_TITLE = 128, 64


@dataclass(frozen=True)
class Reading:
    """What the reader makes of a paper, for one question; every number is a logit.

    `marks` has one for each sentence (it answers), `answers` is for the abstract as a whole, and
    `about` says whether the paper is about what is asked, though it may not state it.
    """

    paper: Paper
    spans: tuple[Span, ...]
    marks: tuple[float, ...]
    answers: float
    about: float


class Reader:
    """Reads papers with a question in mind. May be shared by threads."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._session = _session()
        self._first, self._last = embedder.marks()

    def read(self, question: str, papers: Sequence[Paper], before: str = "") -> list[Reading]:
        """Return a reading of each paper, in order; `before` is the question that this one leans on."""
        asked, earlier = self._embedder.tokens([question, before])
        asked, earlier = _cut(asked, _MOST_QUESTION), _cut(earlier, _MOST_QUESTION)
        head = [self._first, *earlier, self._last] if earlier else [self._first]
        place = slice(len(head), len(head) + len(asked))
        return [self._read([*head, *asked, self._last], place, paper) for paper in papers]

    def _read(self, head: list[int], asked: slice, paper: Paper) -> Reading:
        spans = sentence_spans(paper.abstract)
        texts = [paper.title, *(paper.abstract[start:end] for start, end in spans)]
        title, *sentences = self._embedder.tokens(texts)
        windows = list(self._windows(head, [*_cut(title, _MOST_TITLE), self._last], sentences))
        runs = [self._run(len(head), tokens, [asked, *places]) for tokens, places in windows]
        marks = np.concatenate([marks for marks, _ in runs])
        answers, about = np.max([verdict for _, verdict in runs], axis=0)
        return Reading(paper, tuple(spans), tuple(marks.tolist()), float(answers), float(about))

    def _windows(
        self, head: list[int], title: list[int], sentences: Sequence[list[int]]
    ) -> Iterator[tuple[list[int], list[slice]]]:
        """Yield runs of sentences that fit the model, each after the question and the title."""
        begin = [*head, *title]
        tokens, places = list(begin), list[slice]()
        for sentence in sentences:
            own = sentence[: _MOST_TOKENS - 1 - len(begin)]
            if len(tokens) + len(own) >= _MOST_TOKENS:
                yield [*tokens, self._last], places
                tokens, places = list(begin), []
            places.append(slice(len(tokens), len(tokens) + len(own)))
            tokens += own
        yield [*tokens, self._last], places

    def _run(self, head: int, tokens: list[int], places: Sequence[slice]) -> tuple[Floats, Floats]:
        """Return a logit for each place but the first, which is the question's, and the paper's two."""
        ids = np.array([tokens], dtype=np.int64)
        kinds = (np.arange(len(tokens)) >= head).astype(np.int64)[None]
        means = np.zeros((1, len(places), len(tokens)), dtype=np.float32)
        for row, place in enumerate(places):
            # Signs that the tokenizer drops leave no tokens: such a mean is zero.
            means[0, row, place] = 1 / max(1, place.stop - place.start)
        given = {
            "input_ids": ids,
            "kinds": kinds,
            "attention_mask": np.ones_like(ids),
            "sentences": means,
        }
        [marks], [verdict] = self._session.run(["marks", "verdict"], given)
        return marks, verdict


def _cut(tokens: list[int], most: int) -> list[int]:
    """Return the tokens, without the middle of too many."""
    return tokens if len(tokens) <= most else tokens[: most // 2] + tokens[-(most - most // 2) :]


@cache
def _session() -> Any:
    # One for all: a session may run in many threads at once, and takes 60 MB.
    return open_model("reader-int8.onnx")
