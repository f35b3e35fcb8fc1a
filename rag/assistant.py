"""The assistant: answers questions from a library."""

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from threading import Lock
from typing import Self

from index import Library
from index.whole import whole
from rag.answer import Answer
from rag.engine import CitedQueryEngine
from rag.models import QUOTE, known_model
from rag.retriever import Question
from rag.strictness import Strictness


class Assistant:
    """Answers questions from the papers of a library. May be shared by threads."""

    def __init__(self, library: Library, model: str = QUOTE, strictness: Strictness = "usual") -> None:
        self.library = library
        self.model = known_model(model)
        self._strictness = strictness
        self._engine = CitedQueryEngine(library, model, strictness)
        # A model may take seconds to load, and gigabytes: it is loaded once.
        self._others: dict[str, Assistant] = {model: self}
        self._opening = Lock()

    @classmethod
    def open(
        cls,
        library: str | Path | None = None,
        model: str | None = None,
        strictness: Strictness = "usual",
    ) -> "Assistant":
        """Open the assistant of a library, by its folder; without one, of the user's own.

        `model` is a spec as `paperchat models` lists them; without one, that of PAPERCHAT_MODEL, or
        "quote". "strict" declines what it is not sure of, "lenient" answers more. Raises a
        LibraryError where the folder is no library, UnknownModel, or ModelUnusable.
        """
        spec = known_model(model or os.environ.get("PAPERCHAT_MODEL") or QUOTE)
        return cls(Library.open(library), spec, strictness)

    def writing_with(self, model: str) -> "Assistant":
        """Return an assistant of the same library with another model; raises as `open` does."""
        with self._opening:
            if model not in self._others:
                self._others[model] = Assistant(self.library, model, self._strictness)
            return self._others[model]

    def close(self) -> None:
        """Let go of the library's files."""
        self.library.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask(self, question: str, history: Sequence[str] = ()) -> Answer:
        """Answer a question from the papers, or say that they don't.

        `history` has the user's earlier questions, oldest first. Raises EmptyLibrary, or BadQuestion
        where the question is blank or has more than 10,000 characters, or ModelFailed.
        """
        *_, answer = self.stream(question, history)
        assert isinstance(answer, Answer)
        return answer

    def stream(
        self,
        question: str,
        history: Sequence[str] = (),
        stopped: Callable[[], bool] = lambda: False,
    ) -> Iterator[str | Answer]:
        """Yield an answer's text as it comes, and last the Answer, whose text is all of it.

        A model is stopped as soon as `stopped` says so, or when the iterator is closed.
        """
        # A string is a sequence of strings, too: of its letters, which nobody means.
        before = [history] if isinstance(history, str) else history or ()
        asked = Question(whole(question), history=tuple(map(whole, before)))
        return self._engine.stream(asked, stopped)

    def as_query_engine(self) -> CitedQueryEngine:
        """Return the engine for use with LlamaIndex; see `CitedQueryEngine` on what it returns."""
        return self._engine
