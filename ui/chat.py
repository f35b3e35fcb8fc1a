"""The chat: a conversation as the messages of a chat window, safe to be read as Markdown."""

import re
from collections.abc import Callable, Mapping
from typing import TypedDict

from rag import Answer
from rag.answer import bold_title
from rag.shown import writing_as_text
from ui.cards import anchor
from ui.conversation import Conversation, Turn
from ui.escaping import as_markdown

_MARKER = re.compile(r"\[(\d+)\]")


class Message(TypedDict):
    """One side's message."""

    role: str
    content: str


def messages(conversation: Conversation) -> list[Message]:
    """Return the messages of a conversation; an answer that has not begun is not there yet."""
    found: list[Message] = []
    for place, turn in enumerate(conversation, start=1):
        found.append({"role": "user", "content": as_markdown(turn.question)})
        said = _said(place, turn)
        if said:
            found.append({"role": "assistant", "content": said})
    return found


def linked(place: int, answer: Answer) -> str:
    """Return the Markdown of an answer's text, each of its `[n]` a link to the paper's card.

    A number in brackets that cites nothing was in the quote itself, and stays as it is.
    """
    titles = {str(citation.number): citation.paper.title for citation in answer.citations}

    def written(line: str) -> str:
        title = bold_title(line, answer.citations)
        rest = _with_links(place, line[len(title) :], titles)
        return f"<strong>{as_markdown(title.strip('*'))}</strong>{rest}" if title else rest

    return _paragraphs(answer.text, written)


def _said(place: int, turn: Turn) -> str:
    if turn.answer is not None:
        return "\n\n".join(filter(None, [_searched(turn.answer), linked(place, turn.answer),
                                         _cost(turn.answer)]))  # fmt: skip
    return _paragraphs(f"{turn.text}\n{turn.problem}", as_markdown)


def _searched(answer: Answer) -> str:
    """Return what was searched for instead of the question, in small letters."""
    asked = answer.searched_for
    return f"<small>searched for: {as_markdown(asked)}</small>" if asked else ""


def _cost(answer: Answer) -> str:
    """Return what a model did and what it cost, in small letters."""
    return f"<small>{as_markdown(writing_as_text(answer))}</small>" if answer.writing else ""


def _paragraphs(text: str, written: Callable[[str], str]) -> str:
    """Return each line of a text as a paragraph."""
    return "\n\n".join(written(line) for line in text.split("\n") if line.strip())


def _with_links(place: int, line: str, titles: Mapping[str, str]) -> str:
    # What is split off stands at the odd places: text, number, text, number, text.
    pieces = enumerate(_MARKER.split(line))
    return "".join(
        _link(place, piece, titles.get(piece)) if odd % 2 else as_markdown(piece)
        for odd, piece in pieces
    )


def _link(place: int, number: str, title: str | None) -> str:
    shown = f"&#91;{number}&#93;"
    if title is None:
        return shown
    href = f"#{anchor(place, int(number))}"
    return f'<a class="cite" href="{href}" title="{as_markdown(title)}">{shown}</a>'
