"""The page: a chat in the browser around an Assistant."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ui.page import page

__all__ = ["page"]


def __getattr__(name: str) -> Any:
    # `paperchat --help` imports this package for its command, and Gradio takes seconds to import.
    if name == "page":
        from ui.page import page

        return page
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
