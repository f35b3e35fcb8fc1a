"""The writer: has a model write from evidence, and keeps what the quotes support."""

import queue
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from rag import prompts
from rag.answer import Citation, Writing
from rag.briefing import evidence_for, left_out
from rag.calling import Call
from rag.errors import ModelFailed
from rag.evidence import Evidence
from rag.finding import Finding
from rag.quoting import Shown, as_line, as_sentence, numbered
from rag.writing import Tally, written

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

# So long a follow-up may be rewritten for; then it is understood in the built-in way.
_REWRITING_SECONDS = 2.0
_LONGEST_QUESTION = 300
# Such a share of a rewritten question's longer words must be the user's own.
_OWN_WORDS = 0.75


class Writer:
    """Writes with a language model. May be shared by threads."""

    def __init__(self, llm: "LLM", spec: str) -> None:
        self._llm = llm
        self._spec = spec

    def write(
        self,
        finding: Finding,
        question: str,
        numbers: dict[str, int],
        writing: Writing,
        stopped: Callable[[], bool] = lambda: False,
    ) -> Iterator[Shown]:
        """Yield what a model writes to a question, a verified sentence at a time.

        Then come the quotes that answer most surely, where it has left them out. Nothing comes where
        nothing that it wrote is supported. Raises ModelDeclined where it says that the evidence does
        not answer, ModelFailed where it fails before anything was shown; where it fails later, what was
        shown stays and `writing.problem` says what happened.
        """
        began = time.perf_counter()
        evidence = evidence_for(finding)
        call = Call(self._llm, self._spec, prompts.ANSWERING, prompts.answering(question, evidence))
        tally = Tally()
        text, cited = "", list[Citation]()
        try:
            with closing(iter(call)) as words:
                for sentence in written(_until(stopped, words), evidence, numbers, tally):
                    writing.first = writing.first or time.perf_counter() - began
                    yield Shown(f" {sentence.text}" if cited else sentence.text, sentence.citations)
                    text += f" {sentence.text}"
                    cited += sentence.citations
            if cited and not stopped():
                for added in _added(left_out(finding, text, cited), cited, numbers):
                    writing.added += 1
                    yield added
        except ModelFailed as problem:
            # An earlier part of the answer may have been shown, too: it has given papers their numbers.
            if not numbers:
                raise
            writing.problem = str(problem)
        except _Stopped:
            pass
        finally:
            writing.tokens_in += call.tokens_in or 0
            writing.tokens_out += call.tokens_out or 0
            writing.kept += tally.kept
            writing.repaired += tally.repaired
            writing.dropped += tally.dropped
        if stopped():
            writing.problem = "The model was stopped."
        if tally.declined:
            raise ModelDeclined

    def rewritten(
        self, question: str, history: Sequence[str], seconds: float = _REWRITING_SECONDS
    ) -> str:
        """Return a follow-up as a question that stands alone; "" where the model can't in time.

        It may have no other words than the user's own questions, but for a few small ones.
        """
        call = Call(self._llm, self._spec, prompts.REWRITING, prompts.rewriting(question, history))
        said: queue.Queue[str | None] = queue.Queue()
        late = threading.Event()

        def run() -> None:
            try:
                with closing(iter(call)) as words:
                    for word in words:
                        if late.is_set():
                            break
                        said.put(word)
                    else:
                        said.put("")
            except ModelFailed:
                said.put(None)

        threading.Thread(target=run, daemon=True).start()
        until, text = time.perf_counter() + seconds, ""
        try:
            while "\n" not in text.lstrip():
                word = said.get(timeout=max(0.0, until - time.perf_counter()))
                if word is None:
                    return ""
                if not word:
                    break
                text += word
        except queue.Empty:
            return ""
        finally:
            late.set()
        return _usable(text.strip().splitlines()[0] if text.strip() else "", question, history)


def _added(
    missing: Sequence[Evidence], cited: Sequence[Citation], numbers: dict[str, int]
) -> Iterator[Shown]:
    """Yield quotes to go below a model's text: those of papers it cited as sentences of it."""
    papers = {one.paper.id for one in cited}
    for citation in numbered(missing, numbers):
        known = citation.paper.id in papers
        yield Shown(f" {as_sentence(citation)}" if known else as_line(citation), (citation,))


class ModelDeclined(Exception):
    """The model says that the evidence does not answer."""


class _Stopped(Exception):
    """Nobody waits for more: what has come of a sentence that is not whole is not shown."""


def _until(stopped: Callable[[], bool], words: Iterator[str]) -> Iterator[str]:
    for word in words:
        if stopped():
            raise _Stopped
        yield word


def _usable(rewritten: str, question: str, history: Sequence[str]) -> str:
    """Return a rewritten question if it says what the user's questions say, else ""."""
    text = rewritten.strip().strip("\"'“”*").removeprefix("Rewritten:").strip()
    own, asked = _long_words(" ".join([question, *history])), _long_words(question)
    words = _long_words(text)
    if not words or len(text) > _LONGEST_QUESTION:
        return ""
    if len(words & own) < _OWN_WORDS * len(words) or len(words & asked) < 0.5 * len(asked):
        return ""
    return text


def _long_words(text: str) -> set[str]:
    return {
        word[:6] for word in re.findall(r"\w+", text.lower()) if len(word) > 3 or not word.islower()
    }
