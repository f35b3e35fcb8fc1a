"""The retriever: LlamaIndex's way into a library, with the questions that came before."""

from collections.abc import Sequence
from dataclasses import dataclass

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle

from index import Library, Match
from rag.acronyms import other_forms
from rag.followups import leans_on, stands_alone
from rag.nodes import to_node

# What a follow-up says itself, or a question with an acronym written out, counts this much beside it.
_OWN_WEIGHT = 0.5
_FORM_WEIGHT = 0.5


@dataclass
class Question(QueryBundle):
    """A question, and the user's earlier ones, oldest first.

    `before` is what of the earlier ones it leans on, in words; None: to be told from its own words.
    """

    history: Sequence[str] = ()
    before: str | None = None


class LibraryRetriever(BaseRetriever):
    """Finds the passages of a library that fit a question, one a paper, best first."""

    def __init__(self, library: Library, k: int = 8) -> None:
        super().__init__()
        self._library = library
        self._k = k

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return [to_node(match) for match in self.find(query_bundle, self._k)]

    def find(self, query: QueryBundle, k: int) -> list[Match]:
        """Return the k best matches, best first, as the library has them."""
        own, before = query.query_str, _before(query)
        full = f"{before} {own}".strip()
        beside = {own: _OWN_WEIGHT} if before else {}
        matches = self._library.search(full, k, beside=beside)
        # An acronym is known once a paper that was found has written it out, and the other way round.
        forms = other_forms(full, [match.paper for match in matches])
        if forms:
            beside |= dict.fromkeys(forms, _FORM_WEIGHT)
            matches = self._library.search(full, k, beside=beside)
        return matches


def _before(query: QueryBundle) -> str:
    if not isinstance(query, Question):
        return ""
    if query.before is not None:
        return query.before
    return "" if stands_alone(query.query_str, query.history) else leans_on(query.history)
