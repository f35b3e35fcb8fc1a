"""The query engine: LlamaIndex's way to ask, from a question to a cited answer."""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from statistics import fmean

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.response.schema import Response
from llama_index.core.prompts.mixin import PromptMixinType
from llama_index.core.schema import NodeWithScore, QueryBundle

from index import Library, Paper
from rag.answer import Answer, Citation, Writing
from rag.declining import declined
from rag.finding import Finder, Finding, surer
from rag.followups import may_lean
from rag.models import QUOTE, load_model
from rag.nodes import to_node
from rag.parts import parts
from rag.questions import check
from rag.quoting import Shown, numbered, quote
from rag.reader import Reader
from rag.retriever import LibraryRetriever, Question
from rag.strictness import THRESHOLDS, Strictness
from rag.writer import ModelDeclined, Writer

# So many papers are shown as the nearest ones.
_NEAREST = 5
# From this confidence on, a model's word that the papers don't answer is not taken: of 151 questions
# that are this sure, the papers answer 149, and small models decline far more of them.
_HEEDED = 0.8
# So many answers are kept in mind for what may point at them.
_REMEMBERED = 200


@dataclass(frozen=True)
class _Found:
    """What was found for a question's parts; `searched_for` is what a model made of the question."""

    findings: Sequence[Finding]
    searched_for: str = ""


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
        self.finder = Finder(library, self._retriever, Reader(library.embedder), self._cited)
        llm = load_model(model)
        self._writer = Writer(llm, model) if llm else None
        # What a model's answers cited, by number, as it may not write the same again.
        self._said_before: dict[tuple[str, tuple[str, ...]], Sequence[str]] = {}

    def _get_prompt_modules(self) -> PromptMixinType:
        return {}

    def retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        """Return the passages that fit a question, one a paper, best first."""
        return self._retriever.retrieve(query_bundle)

    def stream(
        self, query: QueryBundle, stopped: Callable[[], bool] = lambda: False
    ) -> Iterator[str | Answer]:
        """Yield the text of the answer as it comes, and last the Answer.

        Raises BadQuestion or EmptyLibrary before anything is yielded, ModelFailed before any text is.
        Closing the iterator stops the model, and so does `stopped`, as soon as it says so.
        """
        began = time.perf_counter()
        check(self._library, query.query_str)
        return self._answer(query, self._found(query), began, stopped=stopped)

    def _query(self, query_bundle: QueryBundle) -> Response:
        began = time.perf_counter()
        check(self._library, query_bundle.query_str)
        found = self._found(query_bundle)
        *_, answer = self._answer(query_bundle, found, began)
        assert isinstance(answer, Answer)
        candidates = [one for finding in found.findings for one in finding.judgement.candidates]
        nodes = {candidate.match.paper.id: to_node(candidate.match) for candidate in candidates}
        return Response(answer.text, list(nodes.values()), {"answer": answer})

    async def _aquery(self, query_bundle: QueryBundle) -> Response:
        return await asyncio.to_thread(self._query, query_bundle)

    def _found(self, query: QueryBundle, write: bool = True) -> "_Found":
        """Return what was found for a question: for each of its parts, where these are apart."""
        history = tuple(query.history) if isinstance(query, Question) else ()
        asked = parts(query.query_str)
        if self._writer and write and history and len(asked) == 1 and may_lean(query.query_str):
            rewritten = self._writer.rewritten(query.query_str, history)
            built_in = self.finder.find(query.query_str, history)
            as_rewritten = self.finder.find(rewritten, ()) if rewritten else built_in
            if surer(as_rewritten, built_in) is built_in:
                return _Found([built_in])
            return _Found([replace(as_rewritten, question=query.query_str)], rewritten)
        matches = self.finder.matches(query.query_str) if len(asked) > 1 else None
        if not matches or not self.finder.apart(asked, matches, self._threshold):
            return _Found([self.finder.find(query.query_str, history, matches)])
        return _Found(
            [
                self.finder.find(part, (*history, asked[0]) if at else history)
                for at, part in enumerate(asked)
            ]
        )

    def _answers(self, finding: Finding) -> bool:
        return finding.judgement.confidence >= self._threshold

    def _answer(
        self,
        query: QueryBundle,
        found: "_Found",
        began: float,
        write: bool = True,
        stopped: Callable[[], bool] = lambda: False,
    ) -> Iterator[str | Answer]:
        numbers: dict[str, int] = {}
        citations: list[Citation] = []
        text: list[str] = []
        writing = Writing() if self._writer and write else None
        for finding in found.findings:
            if text:
                text.append("\n")
                yield "\n"
            for shown in self._said(finding, found, numbers, writing, stopped):
                citations += [one for one in shown.citations if one not in citations]
                text.append(shown.text)
                yield shown.text
        if writing:
            self._remember(query, numbers)
        by_model = writing and (writing.kept or writing.repaired)
        yield Answer(
            question=query.query_str,
            text="".join(text),
            citations=tuple(citations),
            abstained=not citations,
            papers=_nearest(found.findings),
            model=self._model if by_model or not citations else QUOTE,
            seconds=time.perf_counter() - began,
            confidence=fmean(finding.judgement.confidence for finding in found.findings),
            searched_for=found.searched_for,
            writing=writing,
        )

    def _remember(self, query: QueryBundle, numbers: Mapping[str, int]) -> None:
        history = tuple(query.history) if isinstance(query, Question) else ()
        while len(self._said_before) >= _REMEMBERED:
            self._said_before.pop(next(iter(self._said_before)), None)
        self._said_before[query.query_str, history] = sorted(numbers, key=lambda one: numbers[one])

    def _said(
        self,
        finding: Finding,
        found: "_Found",
        numbers: dict[str, int],
        writing: Writing | None,
        stopped: Callable[[], bool],
    ) -> Iterator[Shown]:
        """Yield what is said to a question or a part of it: written, quoted or declined."""
        answers = self._answers(finding)
        if answers and self._writer and writing:
            question, wrote = found.searched_for or finding.question, False
            try:
                for shown in self._writer.write(finding, question, numbers, writing, stopped):
                    wrote = True
                    yield shown
            except ModelDeclined:
                answers = finding.judgement.confidence >= _HEEDED
            if wrote:
                return
        if answers:
            quoted = quote(finding, numbers, len(self._library))
            for at, piece in enumerate(quoted.pieces):
                yield Shown(piece, () if at else quoted.citations)
            return
        sentence, said = declined(finding.question, finding.judgement)
        # Beside an answer, what is told of a paper is cited like all else.
        if said and len(found.findings) > 1 and any(map(self._answers, found.findings)):
            told = numbered([said], numbers)
            yield Shown(f"{sentence} [{told[0].number}]", told)
        else:
            yield Shown(sentence, ())

    def _cited(self, question: str, history: Sequence[str]) -> list[str]:
        """Return the ids of the papers that an earlier answer cited, by number; else of its nearest."""
        query = Question(question, history=history)
        known = self._said_before.get((question, tuple(history)))
        if known:
            return list(known)
        # By quotes: they are the same each time, and cost nothing.
        check(self._library, question)
        found = self._found(query, write=False)
        *_, answer = self._answer(query, found, time.perf_counter(), write=False)
        assert isinstance(answer, Answer)
        cited = {citation.number: citation.paper.id for citation in answer.citations}
        return [cited[number] for number in sorted(cited)] or [paper.id for paper in answer.papers]


def _nearest(found: Sequence[Finding]) -> tuple[Paper, ...]:
    """Return the likeliest papers of all parts, in turn."""
    ranked = [[one.match.paper for one in finding.judgement.candidates[:_NEAREST]] for finding in found]
    papers = {paper.id: paper for rank in zip_longest(*ranked) for paper in rank if paper is not None}
    return tuple(papers.values())[:_NEAREST]
