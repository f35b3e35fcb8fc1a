"""Saving: a report put in its place whole, or not at all."""

import os
from pathlib import Path

from index import LibraryError

_ENDINGS = (".html", ".htm")


def place_for(report: Path) -> Path:
    """Return where a report is to be; raises LibraryError where it cannot be put there.

    To be called before the questions are asked: that takes long.
    """
    place = report.expanduser().resolve()
    # Mistyped, the report must not take the place of the questions.
    if place.suffix.lower() not in _ENDINGS or place.is_dir():
        raise LibraryError(f"{report} is no name for a report. Let it end in .html.")
    if not os.access(place.parent, os.W_OK | os.X_OK):
        raise LibraryError(f"{report} cannot be written: no folder {place.parent} to write to.")
    return place


def save(page: str, place: Path) -> None:
    """Write a page to its place; raises LibraryError, and then what was there before is still there."""
    # A name of this process's own, in the same folder: only within a disk a file is moved at once.
    part = place.with_name(f".{place.name}.{os.getpid()}")
    try:
        part.write_text(page, encoding="utf-8")
        part.replace(place)
    except OSError as problem:
        raise LibraryError(
            f"{place} could not be written ({problem}). Make room, or name another place."
        ) from problem
    finally:
        part.unlink(missing_ok=True)
