"""Questions in, cited answers out."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rag.answer import Answer, Citation
    from rag.assistant import Assistant

__all__ = [
    "Answer",
    "Assistant",
    "Citation",
]

_HOME = {
    "Answer": "rag.answer",
    "Citation": "rag.answer",
    "Assistant": "rag.assistant",
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first used: what a command doesn't use, it doesn't pay for."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)
