"""The query engine: LlamaIndex's way to ask, from a question to a cited answer."""

import asyncio
import re
import time
from collections.abc import Iterator, Sequence

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.response.schema import Response
from llama_index.core.prompts.mixin import PromptMixinType
from llama_index.core.schema import NodeWithScore, QueryBundle

from index import Library, Match
from rag.answer import WORD_JOINER, Answer, Citation
from rag.evidence import Evidence, answerable, weigh
from rag.nodes import to_match
from rag.questions import check
from rag.quoting import asks_for_several, best_of, most_telling
from rag.retriever import LibraryRetriever

# So many papers are read, and shown as the nearest ones where none answers.
_READ = 5
_INNER_STOP = re.compile(r"([.!?\]])(?=\s)")


class CitedQueryEngine(BaseQueryEngine):
    """Answers from a library's papers, every sentence cited to the letter.

    `query` returns a `Response` whose `metadata["answer"]` is the `Answer` and whose `source_nodes`
    are the passages that were found.
    """

    def __init__(self, library: Library, model: str) -> None:
        super().__init__(callback_manager=None)
        self._library = library
        self._model = model
        self._retriever = LibraryRetriever(library)

    def _get_prompt_modules(self) -> PromptMixinType:
        return {}

    def retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        """Return the passages that fit a question, one a paper, best first."""
        return self._retriever.retrieve(query_bundle)

    def stream(self, query: QueryBundle) -> Iterator[str | Answer]:
        """Yield the text of the answer as it comes, and last the Answer.

        Raises BadQuestion or EmptyLibrary before anything is yielded.
        """
        began = time.perf_counter()
        check(self._library, query.query_str)
        return self._answer(query, self.retrieve(query), began)

    def _query(self, query_bundle: QueryBundle) -> Response:
        began = time.perf_counter()
        check(self._library, query_bundle.query_str)
        nodes = self.retrieve(query_bundle)
        *_, answer = self._answer(query_bundle, nodes, began)
        assert isinstance(answer, Answer)
        return Response(answer.text, nodes, {"answer": answer})

    async def _aquery(self, query_bundle: QueryBundle) -> Response:
        return await asyncio.to_thread(self._query, query_bundle)

    def _answer(
        self, query: QueryBundle, nodes: Sequence[NodeWithScore], began: float
    ) -> Iterator[str | Answer]:
        question = self._retriever.full_text(query)
        matches = [to_match(node) for node in nodes]
        citations = _numbered(self._evidence(question, matches))
        text = []
        for piece in _written(citations) if citations else [declined(query.query_str)]:
            text.append(piece)
            yield piece
        yield Answer(
            question=query.query_str,
            text="".join(text),
            citations=citations,
            abstained=not citations,
            papers=tuple(match.paper for match in matches[:_READ]),
            model=self._model,
            seconds=time.perf_counter() - began,
        )

    def _evidence(self, question: str, matches: Sequence[Match]) -> list[Evidence]:
        """Return the sentences that answer, as they are to be read; none where none do."""
        if not answerable(self._library, question, matches):
            return []
        papers = [match.paper for match in matches[:_READ]]
        if asks_for_several(question):
            return most_telling([weigh(self._library, question, paper) for paper in papers])
        return best_of(weigh(self._library, question, papers[0]))


def declined(question: str) -> str:
    """Return the one sentence that says that the papers don't answer, and what was looked for."""
    asked = " ".join(question.split())
    shown = asked if len(asked) <= 120 else asked[:119].rstrip() + "…"
    return f"The papers in this library don't answer “{shown}”."


def _numbered(chosen: Sequence[Evidence]) -> tuple[Citation, ...]:
    """Turn sentences into citations: one number a paper, counted by first mention."""
    numbers: dict[str, int] = {}
    return tuple(
        Citation(
            numbers.setdefault(evidence.paper.id, len(numbers) + 1), evidence.paper,
            evidence.quote, evidence.span.start, evidence.span.end,
        )
        for evidence in chosen
    )  # fmt: skip


def _written(citations: Sequence[Citation]) -> Iterator[str]:
    """Yield each quote with its number; another paper begins on a line of its own."""
    before: Citation | None = None
    for citation in citations:
        gap = "" if before is None else " " if before.number == citation.number else "\n"
        yield f"{gap}{_in_one_piece(citation.quote)} [{citation.number}]"
        before = citation


def _in_one_piece(quote: str) -> str:
    """Return a quote as it stands in the text: no line breaks, and no stop that looks like its end."""
    return _INNER_STOP.sub(rf"\1{WORD_JOINER}", " ".join(quote.split()))
