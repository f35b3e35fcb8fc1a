"""Matches survive the way through LlamaIndex's nodes."""

from llama_index.core.schema import MetadataMode

from index import Library
from rag.nodes import to_match, to_node


def test_a_match_comes_back_from_its_node_as_it_was(bees: Library) -> None:
    for match in bees.search("How much faster do dancing bees find food?"):
        assert to_match(to_node(match)) == match


def test_a_prompt_made_of_a_node_has_the_passage_its_title_and_nothing_of_ours(bees: Library) -> None:
    [match] = bees.search("sixteenth century herbals", k=1)

    told = to_node(match).node.get_content(metadata_mode=MetadataMode.LLM)

    assert match.passage.text in told
    assert match.paper.title in told
    assert not any(word in told for word in ("cosine", "bm25", "abstract", "sources", match.paper.id))
