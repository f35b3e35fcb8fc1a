"""Files: questions with known answers, read from JSON Lines or CSV."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from index import LibraryError
from rag.evaluation.gold import Gold
from rag.evaluation.json_lines import from_json_lines
from rag.evaluation.sheet import from_sheet

_READERS = {".csv": from_sheet, ".tsv": from_sheet}


def read_questions(file: Path) -> list[Gold]:
    """Return the questions of a CSV file, or of JSON Lines where the name ends otherwise.

    `json_lines.py` and `sheet.py` say how a question is written. Raises LibraryError, which names
    the line at fault.
    """
    reader = _READERS.get(file.suffix.lower(), from_json_lines)
    questions = list(reader(file, _text(file)))
    if not questions:
        raise LibraryError(
            f"{file} has no questions; `paperchat evaluate --help` says how to write one."
        )
    return questions


def at_most(number: int, questions: Iterable[Gold]) -> list[Gold]:
    """Return the first so many questions of each type, in their order."""
    seen: Counter[str] = Counter()
    kept = []
    for gold in questions:
        seen[gold.type] += 1
        if seen[gold.type] <= number:
            kept.append(gold)
    return kept


def _text(file: Path) -> str:
    try:
        raw = file.read_bytes()
    except OSError as problem:
        raise LibraryError(f"{file} could not be read ({problem}). Check the path.") from problem
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = raw.count(b"\n", 0, problem.start) + 1
        raise LibraryError(
            f"{file}:{line}: not UTF-8 text. Save it as UTF-8; a spreadsheet calls that “CSV UTF-8”."
        ) from problem
