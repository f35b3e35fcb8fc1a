"""How well claims are held against quotes: `python -m tests.benchmarks.claims`.

Of the claims on papers that the checker was not taught, prints what share of the false ones is caught
and of the true ones kept, by rules alone and with the model at several thresholds, then what is
refused of each kind at the threshold in use, and how long a claim takes.
"""

import gzip
import json
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median

from rag import verify
from rag.checker import support
from rag.verify import LEAST_SUPPORT

LESSONS = Path(__file__).parents[2] / "index" / "models" / "lessons"
THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.64, 0.66, 0.68, 0.7, 0.75, 0.8, 0.9)


@dataclass(frozen=True)
class Claim:
    """A sentence, the quotes it cites, their paper's title, and whether they support it."""

    text: str
    quotes: tuple[str, ...]
    title: str
    supported: bool
    kind: str


def main() -> None:
    """Print one figure a line."""
    claims = kept_apart()
    refused = [not verify.follows_rules(one.text, one.quotes, one.title) for one in claims]
    began = time.perf_counter()
    scores = [
        -1.0 if rule else support(one.text, one.quotes, one.title)
        for one, rule in zip(claims, refused, strict=True)
    ]
    each = (time.perf_counter() - began) / max(1, refused.count(False))
    print(f"{len(claims)} claims on papers that were not taught, {each * 1000:.1f} ms each")
    print("            false caught  true kept")
    print(f"rules alone {_caught(claims, scores, 0.0):12.3f} {_kept(claims, scores, 0.0):10.3f}")
    for least in THRESHOLDS:
        caught, kept = _caught(claims, scores, least), _kept(claims, scores, least)
        print(f"{least:11} {caught:12.3f} {kept:10.3f}")
    kinds: dict[str, list[bool]] = defaultdict(list)
    for one, score in zip(claims, scores, strict=True):
        kinds[one.kind].append(score < LEAST_SUPPORT)
    told = ", ".join(f"{kind} {fmean(found):.2f}" for kind, found in kinds.items())
    print(f"refused at {LEAST_SUPPORT}: {told}")
    print(f"median claim: {median(len(one.text.split()) for one in claims)} words")


def kept_apart() -> list[Claim]:
    """Return the claims on papers that the checker was not taught."""
    papers = {one["id"]: one for one in _records(LESSONS / "papers.jsonl.gz")}
    claims = []
    for one in _records(LESSONS / "claims.jsonl.gz"):
        if one["apart"]:
            paper = papers[one["paper"]]
            spans = [paper["sentences"][at] for at in one["sentences"]]
            quotes = tuple(paper["abstract"][start:end] for start, end in spans)
            claims.append(Claim(one["claim"], quotes, paper["title"], one["supported"], one["kind"]))
    return claims


def _records(file: Path) -> list[dict[str, object] | dict[str, list[list[int]]]]:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _caught(claims: Sequence[Claim], scores: Sequence[float], least: float) -> float:
    return fmean(score < least for one, score in zip(claims, scores, strict=True) if not one.supported)


def _kept(claims: Sequence[Claim], scores: Sequence[float], least: float) -> float:
    return fmean(score >= least for one, score in zip(claims, scores, strict=True) if one.supported)


if __name__ == "__main__":
    main()
