"""The query engine: LlamaIndex's way to ask, from a question to a cited answer."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from statistics import fmean

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.response.schema import Response
from llama_index.core.prompts.mixin import PromptMixinType
from llama_index.core.schema import NodeWithScore, QueryBundle

from index import Library, Paper
from rag.answer import Answer, Citation
from rag.declining import declined
from rag.finding import Finder, Finding
from rag.nodes import to_node
from rag.parts import parts
from rag.questions import check
from rag.quoting import numbered, quote
from rag.reader import Reader
from rag.retriever import LibraryRetriever, Question
from rag.strictness import THRESHOLDS, Strictness

# So many papers are shown as the nearest ones.
_NEAREST = 5


class CitedQueryEngine(BaseQueryEngine):
    """Answers from a library's papers, every sentence cited to the letter.

    `query` returns a `Response` whose `metadata["answer"]` is the `Answer` and whose `source_nodes`
    are the passages that were found.
    """

    def __init__(self, library: Library, model: str, strictness: Strictness = "usual") -> None:
        super().__init__(callback_manager=None)
        self._library = library
        self._model = model
        self._threshold = THRESHOLDS[strictness]
        self._retriever = LibraryRetriever(library)
        self._finder = Finder(library, self._retriever, Reader(library.embedder), self._cited)

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
        return self._answer(query, self._found(query), began)

    def _query(self, query_bundle: QueryBundle) -> Response:
        began = time.perf_counter()
        check(self._library, query_bundle.query_str)
        found = self._found(query_bundle)
        *_, answer = self._answer(query_bundle, found, began)
        assert isinstance(answer, Answer)
        candidates = [one for finding in found for one in finding.judgement.candidates]
        nodes = {candidate.match.paper.id: to_node(candidate.match) for candidate in candidates}
        return Response(answer.text, list(nodes.values()), {"answer": answer})

    async def _aquery(self, query_bundle: QueryBundle) -> Response:
        return await asyncio.to_thread(self._query, query_bundle)

    def _found(self, query: QueryBundle) -> list[Finding]:
        """Return what was found for a question: for each of its parts, where these are apart."""
        history = tuple(query.history) if isinstance(query, Question) else ()
        asked = parts(query.query_str)
        matches = self._finder.matches(query.query_str) if len(asked) > 1 else None
        if not matches or not self._finder.apart(asked, matches, self._threshold):
            return [self._finder.find(query.query_str, history, matches)]
        return [
            self._finder.find(part, (*history, asked[0]) if at else history)
            for at, part in enumerate(asked)
        ]

    def _answers(self, finding: Finding) -> bool:
        return finding.judgement.confidence >= self._threshold

    def _answer(
        self, query: QueryBundle, found: Sequence[Finding], began: float
    ) -> Iterator[str | Answer]:
        numbers: dict[str, int] = {}
        citations: list[Citation] = []
        text: list[str] = []
        for finding in found:
            if text:
                text.append("\n")
                yield "\n"
            if self._answers(finding):
                quoted = quote(finding, numbers, len(self._library))
                pieces: Sequence[str] = quoted.pieces
                citations += quoted.citations
            else:
                sentence, said = declined(finding.question, finding.judgement)
                # Beside an answer, what is told of a paper is cited like all else.
                if said and any(map(self._answers, found)):
                    told = numbered([said], numbers)
                    citations += told
                    sentence = f"{sentence} [{told[0].number}]"
                pieces = [sentence]
            for piece in pieces:
                text.append(piece)
                yield piece
        yield Answer(
            question=query.query_str,
            text="".join(text),
            citations=tuple(citations),
            abstained=not citations,
            papers=_nearest(found),
            model=self._model,
            seconds=time.perf_counter() - began,
            confidence=fmean(finding.judgement.confidence for finding in found),
        )

    def _cited(self, question: str, history: Sequence[str]) -> list[str]:
        """Return the ids of the papers that an earlier answer cited, by number; else of its nearest."""
        *_, answer = self.stream(Question(question, history=history))
        assert isinstance(answer, Answer)
        cited = {citation.number: citation.paper.id for citation in answer.citations}
        return [cited[number] for number in sorted(cited)] or [paper.id for paper in answer.papers]


def _nearest(found: Sequence[Finding]) -> tuple[Paper, ...]:
    """Return the likeliest papers of all parts, in turn."""
    ranked = [[one.match.paper for one in finding.judgement.candidates[:_NEAREST]] for finding in found]
    papers = {paper.id: paper for rank in zip_longest(*ranked) for paper in rank if paper is not None}
    return tuple(papers.values())[:_NEAREST]
