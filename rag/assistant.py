"""The assistant: answers questions from a library."""

from collections.abc import Iterator, Sequence
from pathlib import Path
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
        self._engine = CitedQueryEngine(library, known_model(model), strictness)

    @classmethod
    def open(
        cls,
        library: str | Path | None = None,
        model: str = QUOTE,
        strictness: Strictness = "usual",
    ) -> "Assistant":
        """Open the assistant of a library, by its folder; without one, of the user's own.

        "strict" declines what it is not sure of, "lenient" answers more. Raises a LibraryError where
        the folder is no library, or UnknownModel.
        """
        known_model(model)
        return cls(Library.open(library), model, strictness)

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
        where the question is blank or has more than 10,000 characters.
        """
        *_, answer = self.stream(question, history)
        assert isinstance(answer, Answer)
        return answer

    def stream(self, question: str, history: Sequence[str] = ()) -> Iterator[str | Answer]:
        """Yield an answer's text as it comes, and last the Answer, whose text is all of it."""
        # A string is a sequence of strings, too: of its letters, which nobody means.
        before = [history] if isinstance(history, str) else history or ()
        return self._engine.stream(Question(whole(question), history=tuple(map(whole, before))))

    def as_query_engine(self) -> CitedQueryEngine:
        """Return the engine for use with LlamaIndex; see `CitedQueryEngine` on what it returns."""
        return self._engine
