"""The embedder: vectors of texts by all-MiniLM-L6-v2, run by ONNX Runtime from the file in models/."""

import os
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from index.arrays import DIMENSIONS, Floats
from index.sentences import Span

NAME = "all-MiniLM-L6-v2/int8"
# The model has 512 positions, two of which are the marks at both ends.
MOST_TOKENS = 510
_MOST_TITLE_TOKENS = 128
_MODELS = Path(__file__).parent / "models"


@dataclass(frozen=True)
class Abstract:
    """What one forward pass reads, and the spans of the abstract that vectors are wanted for."""

    title: str
    text: str
    spans: Sequence[Span]


@dataclass(frozen=True)
class Window:
    """A run of tokens that fits the model, and which of them each wanted vector is the mean of."""

    tokens: list[int]
    rows: list[tuple[int, slice]]


class Embedder:
    """Texts to unit vectors of 384 numbers: their dot product is the cosine."""

    def __init__(self, session: onnxruntime.InferenceSession, tokenizer: Tokenizer) -> None:
        self.session = session
        self._tokenizer = tokenizer
        self._first, self._last = tokenizer.encode("").ids

    @classmethod
    def open(cls, models: Path = _MODELS) -> "Embedder":
        """Load the model from a folder, by default the one that comes with the package."""
        session = open_model("minilm-l6-v2-int8.onnx", models)
        return cls(session, open_tokenizer(models))

    def embed(self, texts: Sequence[str]) -> Floats:
        """Return one vector a text, [len(texts), 384]: the mean over all its tokens, at most 512."""
        windows = [
            Window(self._marked(encoding.ids[:MOST_TOKENS]), [(row, slice(None))])
            for row, encoding in enumerate(self._encode(texts))
        ]
        return self._vectors(windows, len(texts))

    def embed_abstracts(self, abstracts: Sequence[Abstract]) -> list[Floats]:
        """Return for each abstract one vector a span, [len(spans), 384], by late chunking.

        Title and abstract go through the model once, and each span's vector is the mean of its
        tokens' (Günther et al. 2024, arXiv:2409.04701). What is longer than the model's 512 tokens
        is read in windows, each beginning with the title.
        """
        windows: list[Window] = []
        edges = [0]
        for abstract in abstracts:
            windows += self.windows(abstract, edges[-1])
            edges.append(edges[-1] + len(abstract.spans))
        vectors = self._vectors(windows, edges[-1])
        return [vectors[a:b] for a, b in pairwise(edges)]

    def tokens(self, texts: Sequence[str]) -> list[list[int]]:
        """Return each text's token ids, without the marks at both ends."""
        return [encoding.ids for encoding in self._encode(texts)]

    def marks(self) -> tuple[int, int]:
        """Return the token ids of [CLS] and [SEP], which stand at both ends of what a model reads."""
        return self._first, self._last

    def _encode(self, texts: Sequence[str]) -> list[Encoding]:
        return self._tokenizer.encode_batch(list(texts), add_special_tokens=False)

    def _marked(self, tokens: list[int]) -> list[int]:
        return [self._first, *tokens, self._last]

    def windows(self, abstract: Abstract, row: int) -> Iterator[Window]:
        """Yield the windows of an abstract, cut where the next span would no longer fit.

        `row` is that of the first span's vector among all that are wanted.
        """
        title, text = self._encode([f"{abstract.title}.", abstract.text])
        head = title.ids[:_MOST_TITLE_TOKENS]
        room = MOST_TOKENS - len(head)
        starts = [offset[0] for offset in text.offsets]
        begin, rows = 0, list[tuple[int, slice]]()
        for number, span in enumerate(abstract.spans):
            # A span without a token of its own (signs the tokenizer drops) takes its neighbour's.
            first = max(0, min(bisect_left(starts, span.start), len(starts) - 1))
            last = max(bisect_left(starts, span.end), first + 1)
            if rows and last - begin > room:
                yield Window(self._marked(head + text.ids[begin : min(first, begin + room)]), rows)
                begin, rows = first, []
            # A span that is longer than a window is read as far as the window goes.
            stop = min(last, begin + room)
            shift = 1 + len(head) - begin
            rows.append((row + number, slice(first + shift, stop + shift)))
        yield Window(self._marked(head + text.ids[begin : begin + room]), rows)

    def _vectors(self, windows: Iterable[Window], rows: int) -> Floats:
        vectors = np.zeros((rows, DIMENSIONS), dtype=np.float32)
        # One at a time, as was fastest; and a text's vector must not hang on its neighbours, which
        # in a batch share the scale that its activations are quantised by.
        for window in windows:
            [found] = self.session.run(None, feed(window.tokens))
            for row, piece in window.rows:
                vectors[row] = found[0, piece].mean(axis=0)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: Floats = (vectors / np.maximum(lengths, 1e-9)).astype(np.float32)
        return unit


def open_tokenizer(models: Path = _MODELS) -> Tokenizer:
    """Load the tokenizer of all the models that come with the package."""
    return Tokenizer.from_file(str(models / "tokenizer.json"))


def open_model(file: str, models: Path = _MODELS) -> onnxruntime.InferenceSession:
    """Load a model that comes with the package, to be run on all cores that this process may use.

    All share one pool of threads: threads of another session that still spin take a core each.
    """
    _share_threads()
    options = onnxruntime.SessionOptions()
    options.use_per_session_threads = False
    # Nor may its own threads spin on between runs, when Chroma and the tokenizer want the cores.
    options.add_session_config_entry("session.force_spinning_stop", "1")
    return onnxruntime.InferenceSession(str(models / file), options, providers=["CPUExecutionProvider"])


@cache
def _share_threads() -> None:
    onnxruntime.set_global_thread_pool_sizes(_cores(), 1)


def feed(tokens: Sequence[int]) -> dict[str, NDArray[np.int64]]:
    """Return the model's input for one run of token ids."""
    ids = np.array([tokens], dtype=np.int64)
    return {"input_ids": ids, "attention_mask": np.ones_like(ids)}


def _cores() -> int:
    """The cores this process may use, which in a container are fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
