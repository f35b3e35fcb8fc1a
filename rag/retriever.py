"""The retriever: LlamaIndex's way into a library, with the questions that came before."""

from collections.abc import Sequence
from dataclasses import dataclass

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle

from index import Library
from rag.followups import in_full
from rag.nodes import to_node

# What a follow-up says itself counts this much beside what it says in full.
_OWN_WEIGHT = 0.5


@dataclass
class Question(QueryBundle):
    """A question, and the user's earlier ones, oldest first."""

    history: Sequence[str] = ()


class LibraryRetriever(BaseRetriever):
    """Finds the passages of a library that fit a question, one a paper, best first."""

    def __init__(self, library: Library, k: int = 8) -> None:
        super().__init__()
        self._library = library
        self._k = k

    def full_text(self, query: QueryBundle) -> str:
        """Return what is looked for: a follow-up with the question that it leans on."""
        history = query.history if isinstance(query, Question) else ()
        return in_full(self._library, query.query_str, history)

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        full = self.full_text(query_bundle)
        own = {} if full == query_bundle.query_str else {query_bundle.query_str: _OWN_WEIGHT}
        return [to_node(match) for match in self._library.search(full, self._k, beside=own)]
