"""Visible: text as it may be shown, with nothing in it that a terminal or a browser would obey."""

import re

from rag.answer import WORD_JOINER

# What nothing shows, or shows as something else: the control characters but for tab and line feed,
# the marks that turn the direction of everything after them, and halves of characters.
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def visible(text: str) -> str:
    """Return a text with a sign in the place of each character that cannot be seen.

    >>> visible("a\\x00b\\x1b[1m")
    'a␀b␛[1m'
    """
    return _UNSEEN.sub(_sign, text.replace(WORD_JOINER, ""))


def _sign(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else "\ufffd"
