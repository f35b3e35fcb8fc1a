r"""Sheet: a question a row, as a person writes them in a spreadsheet and saves them as CSV.

The first row names the columns, in any order: `question` and `papers`, and where they are of use
`history`, `facts`, `evidence`, `type`, `id` and `reference`. In a cell, `|` stands between

- several papers, by their titles (an empty cell: the question is to be declined),
- the questions asked before, oldest first,
- the accepted wordings of one fact, where `;` stands between facts: `2.1x | 2.1 times; TPU`,
- several quotes of evidence. With more than one paper, each quote begins with its paper's place
  among them: `1: Bees dance. | 2: Wax is warm.`

A `|` or `;` that is meant itself is written `\|` or `\;`. A title or a quote stands as it is in
the abstract. Commas, semicolons and tabs between cells are all understood.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from index import LibraryError
from rag.evaluation.gold import Gold, GoldQuote, usual_type

_NEEDED = ("question", "papers")
_KNOWN = (*_NEEDED, "history", "facts", "evidence", "type", "id", "reference")
_PLACED = re.compile(r"(\d+)\s*:\s*(.+)", re.DOTALL)


class _Wrong(Exception):
    """What is wrong with a row, and what to do about it."""


def from_sheet(file: Path, text: str) -> Iterator[Gold]:
    """Yield the questions of a text; empty rows are passed over.

    Raises LibraryError, naming the line at fault: where a row begins, as its cells may have several.
    """
    names: list[str] = []
    for line, cells in _rows(file, text):
        try:
            if not names:
                names = _names(cells)
            elif any(cell.strip() for cell in cells):
                yield _gold(str(line), _by_name(names, cells))
        except _Wrong as problem:
            raise LibraryError(f"{file}:{line}: {problem}") from None


def _rows(file: Path, text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row with the line that it begins in."""
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as problem:
            raise LibraryError(
                f"{file}:{line}: not a row of CSV ({problem}). Look for a quotation mark that is not "
                "closed, or save the file as CSV from a spreadsheet."
            ) from None
        if cells is None:
            return
        yield line, cells


def _names(cells: Sequence[str]) -> list[str]:
    names = [cell.strip().lower() for cell in cells]
    missing = [name for name in _NEEDED if name not in names]
    if missing:
        raise _Wrong(
            f"no column `{missing[0]}`. The first row names the columns, as in `question,papers,facts`."
        )
    unknown = [name for name in names if name and name not in _KNOWN]
    if unknown:
        raise _Wrong(f"there is no column `{unknown[0]}`. The columns are {', '.join(_KNOWN)}.")
    return names


def _by_name(names: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    if any(cell.strip() for cell in cells[len(names) :]):
        raise _Wrong(
            f"{len(cells)} cells under {len(names)} columns. Put a cell that has a comma between "
            "quotation marks."
        )
    return {name: cell.strip() for name, cell in zip(names, cells, strict=False)}


def _gold(line: str, row: Mapping[str, str]) -> Gold:
    question = row.get("question", "")
    if not question:
        raise _Wrong("the question is empty. Fill in the cell, or delete the row.")
    papers, history = _parts(row.get("papers", "")), _parts(row.get("history", ""))
    facts = (_parts(fact) for fact in _split(row.get("facts", ""), ";"))
    return Gold(
        id=row.get("id") or line,
        type=row.get("type") or usual_type(papers, history),
        question=question,
        history=history,
        papers=papers,
        facts=tuple(forms for forms in facts if forms),
        evidence=tuple(_quote(part, papers) for part in _parts(row.get("evidence", ""))),
        reference=row.get("reference", ""),
    )


def _quote(part: str, papers: Sequence[str]) -> GoldQuote:
    if len(papers) == 1:
        return GoldQuote(papers[0], part)
    placed = _PLACED.fullmatch(part)
    if not placed or not 1 <= int(placed[1]) <= len(papers):
        raise _Wrong(
            f"whose words are “{part[:60]}”? With {len(papers)} papers, begin evidence with its "
            "paper's place among them, as in `2: …`."
        )
    return GoldQuote(papers[int(placed[1]) - 1], placed[2])


def _parts(cell: str) -> tuple[str, ...]:
    """Return what stands between the `|` of a cell."""
    parts = (re.sub(r"\\([|;])", r"\1", part).strip() for part in _split(cell, "|"))
    return tuple(part for part in parts if part)


def _split(cell: str, mark: str) -> list[str]:
    return re.split(rf"(?<!\\){re.escape(mark)}", cell)
