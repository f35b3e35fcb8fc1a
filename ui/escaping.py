"""Escaping: any text as HTML that shows it to the letter and runs none of it."""

import html
import re

from rag.visible import visible

# Markdown gives a meaning to most punctuation, and to spaces at the start of a line.
_MEANINGFUL = re.compile(r"[^\w ]|_|(?<![^\s]) ", re.ASCII)


def as_html(text: str) -> str:
    """Return the HTML of a text, also for an attribute."""
    return html.escape(visible(text))


def as_markdown(text: str) -> str:
    """Return the Markdown of a text: an entity for all that Markdown, HTML or LaTeX could mean.

    >>> as_markdown("d_x < *y*")
    'd&#95;x &#60; &#42;y&#42;'
    """
    return _MEANINGFUL.sub(_entity, visible(text))


def _entity(found: re.Match[str]) -> str:
    return found[0] if ord(found[0]) > 0x7F else f"&#{ord(found[0])};"
