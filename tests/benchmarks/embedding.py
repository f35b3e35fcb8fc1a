"""How much of the bare model's speed is left: `python tests/benchmarks/embedding.py`.

Embeds the sample's abstracts three times over, taking turns with the bare ONNX session on the same
token ids, and prints abstracts a second and their ratio. On a noisy machine only the ratio holds.
"""

import statistics
import time
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from index.embedder import Abstract, Embedder, feed
from index.papers import Paper
from index.passages import passages_of
from index.readers import read
from index.sample import pages
from index.sentences import Span

ROUNDS = 3
_PORTION = 10


def main() -> None:
    """Print a row a round, and the medians."""
    embedder = Embedder.open()
    found = {entry.id: entry for page in pages() for entry in read(page) if isinstance(entry, Paper)}
    abstracts = [
        Abstract(paper.title, paper.abstract, [Span(p.start, p.end) for p in passages_of(paper)])
        for paper in found.values()
    ]
    embedder.embed_abstracts(abstracts[:_PORTION])
    print(f"{'round':>5}{'bare/s':>10}{'ours/s':>10}{'ratio':>8}")
    rows = [_round(embedder, abstracts) for _ in range(ROUNDS)]
    for number, (bare, ours) in enumerate(rows, start=1):
        print(f"{number:>5}{bare:>10.1f}{ours:>10.1f}{ours / bare:>8.3f}")
    print(f"median ratio {statistics.median(ours / bare for bare, ours in rows):.3f}")


def _round(embedder: Embedder, abstracts: Sequence[Abstract]) -> tuple[float, float]:
    """Return the abstracts a second of the bare session and of ours, taking turns."""
    bare = ours = 0.0
    for at in range(0, len(abstracts), _PORTION):
        some = abstracts[at : at + _PORTION]
        inputs = [feed(window.tokens) for one in some for window in embedder.windows(one, 0)]
        bare += _seconds(partial(_run, embedder, inputs))
        ours += _seconds(partial(embedder.embed_abstracts, some))
    return len(abstracts) / bare, len(abstracts) / ours


def _run(embedder: Embedder, inputs: Sequence[dict[str, NDArray[np.int64]]]) -> None:
    for one in inputs:
        embedder.session.run(None, one)


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
