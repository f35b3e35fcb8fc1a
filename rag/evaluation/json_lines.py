"""JSON Lines: a question a line, as an object with "question" and what is known of its answer."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from index import LibraryError
from index.whole import whole
from rag.evaluation.gold import Gold, GoldQuote, usual_type


class _Wrong(Exception):
    """What is wrong with a line, in a few words."""


def from_json_lines(file: Path, text: str) -> Iterator[Gold]:
    """Yield the questions of a text; blank lines are passed over, other fields are left alone.

    Only "question" is needed. "papers" are titles, "facts" lists of accepted wordings, "evidence"
    objects with "paper" and "quote", "history" the questions before, oldest first. Raises
    LibraryError, naming the line at fault.
    """
    # Not splitlines: a string in JSON may hold other line ends than "\n".
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                yield _gold(str(number), _object(line))
            except _Wrong as problem:
                raise LibraryError(
                    f"{file}:{number}: not a question: {problem}. A line is a JSON object such as "
                    '{"question": "…", "papers": ["title"]}.'
                ) from None


def _object(line: str) -> dict[str, Any]:
    try:
        known = json.loads(line)
    # A thousand brackets in a row are no JSON of ours either.
    except (ValueError, RecursionError):
        raise _Wrong("it is not JSON") from None
    if not isinstance(known, dict):
        raise _Wrong("it is not a JSON object")
    return known


def _gold(number: str, known: dict[str, Any]) -> Gold:
    papers, history = _texts(known, "papers"), _texts(known, "history")
    return Gold(
        id=_word(known, "id") or number,
        type=_word(known, "type") or usual_type(papers, history),
        question=_text(known.get("question"), '"question" is missing or empty'),
        history=history,
        papers=papers,
        facts=_facts(known),
        evidence=_evidence(known),
        reference=_word(known, "reference"),
    )


def _facts(known: dict[str, Any]) -> tuple[tuple[str, ...], ...]:
    wrong = '"facts" is not a list of lists, each with the accepted wordings of one fact'
    facts = [_list(forms, wrong) for forms in _list(known.get("facts"), wrong)]
    if not all(facts):
        raise _Wrong(wrong)
    return tuple(tuple(_text(form, wrong) for form in forms) for forms in facts)


def _evidence(known: dict[str, Any]) -> tuple[GoldQuote, ...]:
    wrong = '"evidence" is not a list of objects with a "paper" and a "quote"'
    found = _list(known.get("evidence"), wrong)
    if not all(isinstance(one, dict) for one in found):
        raise _Wrong(wrong)
    return tuple(
        GoldQuote(_text(one.get("paper"), wrong), _text(one.get("quote"), wrong)) for one in found
    )


def _texts(known: dict[str, Any], name: str) -> tuple[str, ...]:
    wrong = f'"{name}" is not a list of strings'
    return tuple(_text(value, wrong) for value in _list(known.get(name), wrong))


def _list(value: Any, wrong: str) -> list[Any]:
    if not isinstance(value, list | None):
        raise _Wrong(wrong)
    return value or []


def _text(value: Any, wrong: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _Wrong(wrong)
    return whole(value)


def _word(known: dict[str, Any], name: str) -> str:
    value = known.get(name, "")
    if not isinstance(value, str | int | None):
        raise _Wrong(f'"{name}" is not a string')
    return whole("" if value is None else str(value))
