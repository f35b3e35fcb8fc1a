"""A conversation: the questions that were asked on a page and what was said to each."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from index import LibraryError
from rag import Answer, Assistant


@dataclass(frozen=True)
class Turn:
    """A question, the answer's text as far as it has come, and at its end the Answer.

    Where the question could not be asked, `problem` is the sentence that says why.
    """

    question: str
    text: str = ""
    answer: Answer | None = None
    problem: str = ""


Conversation = tuple[Turn, ...]


def carry_on(
    assistant: Assistant,
    conversation: Conversation,
    question: str,
    model: str = "",
    stopped: Callable[[], bool] = lambda: False,
) -> Iterator[Conversation]:
    """Yield the conversation with a question asked, over again as its answer comes.

    `model` is the spec of who is to write it, "" for the assistant's own; it stops when `stopped`
    says so.
    """
    turn = Turn(question)
    yield (*conversation, turn)
    try:
        writing = assistant.writing_with(model) if model else assistant
        for part in writing.stream(question, questions(conversation), stopped):
            if isinstance(part, Answer):
                turn = replace(turn, text=part.text, answer=part)
            else:
                turn = replace(turn, text=turn.text + part)
            yield (*conversation, turn)
    except LibraryError as problem:
        yield (*conversation, replace(turn, problem=str(problem)))


def questions(conversation: Conversation) -> list[str]:
    """Return the questions that a follow-up may lean on, oldest first."""
    return [turn.question for turn in conversation if not turn.problem]
