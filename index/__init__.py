"""Papers in, passages out: reading, keeping and finding abstracts. Knows no language model."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index.errors import LibraryError
    from index.finding import Match
    from index.library import Library, default_folder
    from index.papers import Paper
    from index.passages import Passage
    from index.readers import Problem
    from index.report import Report
    from index.sentences import Span, sentence_spans

__all__ = [
    "Library",
    "LibraryError",
    "Match",
    "Paper",
    "Passage",
    "Problem",
    "Report",
    "Span",
    "default_folder",
    "sentence_spans",
]

_HOME = {
    "LibraryError": "index.errors",
    "Match": "index.finding",
    "Library": "index.library",
    "default_folder": "index.library",
    "Paper": "index.papers",
    "Passage": "index.passages",
    "Problem": "index.readers",
    "Report": "index.report",
    "Span": "index.sentences",
    "sentence_spans": "index.sentences",
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first used: what a command doesn't use, it doesn't pay for."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)
