"""Nodes: matches as LlamaIndex knows them, and back."""

from dataclasses import asdict
from typing import Any

from llama_index.core.schema import MetadataMode, NodeWithScore, TextNode

from index import Match, Paper, Passage

# A prompt made of nodes gets the passage and its paper's title and date, not our bookkeeping.
_TOLD = ("title", "date")


def to_node(match: Match) -> NodeWithScore:
    """Return a match as a node: the passage is its text, the paper its metadata."""
    paper = asdict(match.paper)
    metadata: dict[str, Any] = {
        **paper,
        "paper_id": match.paper.id,
        "start": match.passage.start,
        "end": match.passage.end,
        "cosine": match.cosine,
        "bm25": match.bm25,
    }
    untold = [name for name in metadata if name not in _TOLD]
    node = TextNode(
        id_=f"{match.paper.id}#{match.passage.start}",
        text=match.passage.text,
        metadata=metadata,
        excluded_llm_metadata_keys=untold,
        excluded_embed_metadata_keys=untold,
    )
    return NodeWithScore(node=node, score=match.score)


def to_match(found: NodeWithScore) -> Match:
    """Return the match that a node was made of: undoes `to_node`."""
    known = found.node.metadata
    paper = Paper(
        title=known["title"],
        abstract=known["abstract"],
        authors=tuple(known["authors"]),
        date=known["date"],
        venue=known["venue"],
        url=known["url"],
        sources=tuple(known["sources"]),
    )
    text = found.node.get_content(metadata_mode=MetadataMode.NONE)
    passage = Passage(known["start"], known["end"], text)
    return Match(paper, passage, found.score or 0.0, known["cosine"], known["bm25"])
