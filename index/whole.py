"""Whole: text that every store and the model can take."""


def whole(text: str) -> str:
    """Return a text without half characters, which the shell makes of bytes that are no text.

    >>> whole("bees \\udcff")
    'bees ?'
    """
    return text.encode("utf-8", "replace").decode()
