"""Markup: HTML made of text that is escaped unless it is HTML already."""

import html
from collections.abc import Iterable

from rag.visible import visible


class Markup(str):
    """Text that is HTML already; `element` and `joined` escape any other."""

    __slots__ = ()


def element(tag: str, *content: str, **attributes: str) -> Markup:
    """Return an element with some content; the attribute `kind` is its class.

    >>> element("p", "1 < 2, ", element("b", "so"), kind="proof")
    '<p class="proof">1 &lt; 2, <b>so</b></p>'
    """
    named = {("class" if name == "kind" else name): value for name, value in attributes.items()}
    told = "".join(f' {name}="{_escaped(value)}"' for name, value in named.items())
    return Markup(f"<{tag}{told}>{joined(*content)}</{tag}>")


def joined(*content: str) -> Markup:
    """Return pieces one after the other."""
    return Markup("".join(one if isinstance(one, Markup) else _escaped(one) for one in content))


def items(content: Iterable[str], **attributes: str) -> Markup:
    """Return a list with an item for each piece; nothing for none."""
    told = [element("li", one) for one in content]
    return element("ul", *told, **attributes) if told else Markup()


def _escaped(text: str) -> str:
    return html.escape(visible(text))
