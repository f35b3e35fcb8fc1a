"""Retrieval: whether the right papers are found, and how high up; the only file with ir-measures."""

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec

from index import Library, Paper
from rag.evaluation.gold import Gold, ids
from rag.nodes import to_match
from rag.retriever import LibraryRetriever, Question

MEASURES = ("recall@1", "recall@5", "recall@10", "ndcg@10")
MISSING = (
    "ir-measures is not installed, so there are no figures on retrieval; "
    "`pip install 'paperchat[evaluate]'` brings it."
)
_K = 10


def nearest(library: Library, gold: Gold) -> tuple[Paper, ...]:
    """Return the ten papers that fit a question best, as the engine finds them."""
    retriever = LibraryRetriever(library, k=_K)
    nodes = retriever.retrieve(Question(gold.question, history=gold.history))
    return tuple(to_match(node).paper for node in nodes)


def ranking(gold: Gold, found: Sequence[Paper]) -> dict[str, float]:
    """Return the measures of the papers that were found, best first.

    Empty where no paper is right, or where ir-measures is not installed.
    """
    if not gold.papers or not measurable():
        return {}
    measures = import_module("ir_measures")
    names = dict(
        zip(
            (measures.R @ 1, measures.R @ 5, measures.R @ 10, measures.nDCG @ 10), MEASURES, strict=True
        )
    )
    wanted = {"": dict.fromkeys(ids(gold.papers), 1)}
    run = {"": {paper.id: float(-place) for place, paper in enumerate(found)}}
    return {names[one.measure]: float(one.value) for one in measures.iter_calc(names, wanted, run)}


def measurable() -> bool:
    """Tell whether ir-measures is installed."""
    return find_spec("ir_measures") is not None
