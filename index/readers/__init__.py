"""Readers: papers out of files, one module a format, chosen here."""

from collections.abc import Callable, Iterator
from pathlib import Path

from index.papers import Paper
from index.readers import daily_pages
from index.readers.decoding import Unreadable, text_of
from index.readers.problems import Problem

# What each ending is read by: the text of a file and its name go in, papers and problems come out.
Reader = Callable[[str, str], Iterator[Paper | Problem]]
# What has no ending is a pipe, most likely.
_READERS: dict[str, Reader] = {".txt": daily_pages.read, "": daily_pages.read}

__all__ = ["Problem", "count", "read"]


def read(path: Path) -> Iterator[Paper | Problem]:
    """Yield the papers of a file in its order, and a Problem for whatever could not be read.

    Nothing is raised for a bad file: it is a Problem without a line, and no paper is yielded.
    """
    try:
        text = text_of(path)
    except Unreadable as problem:
        yield Problem(str(path), None, problem.what, problem.todo)
        return
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        known = ", ".join(filter(None, _READERS))
        yield Problem(str(path), None, f"there is no reader for {path.suffix} files", f"Give {known}.")
        return
    problems: list[Problem] = []
    found = False
    for entry in reader(text, path.name):
        if isinstance(entry, Problem) and not found:
            problems.append(entry)
            continue
        if not found:
            yield from problems
        found = True
        yield entry
    if not found:
        # A file that is something else altogether would have a problem in every line: one will do.
        yield from problems[:1]
        todo = "Give a saved Daily Papers page: a line with the title, then a line with the abstract."
        yield Problem(str(path), None, "no papers in it", todo)


def count(path: Path) -> int:
    """Return how many papers a file has, as `read` would yield them."""
    return sum(isinstance(entry, Paper) for entry in read(path))
