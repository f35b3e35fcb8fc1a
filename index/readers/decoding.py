"""Decoding: the text of a file, whatever encoding it was saved in."""

from pathlib import Path

from charset_normalizer import from_bytes, is_binary


class Unreadable(Exception):
    """A file that holds no text for us: what is wrong, and what to do."""

    def __init__(self, what: str, todo: str) -> None:
        super().__init__(f"{what}. {todo}")
        self.what = what
        self.todo = todo


def text_of(path: Path) -> str:
    """Return the text of a file; raises Unreadable where there is none to be had."""
    if path.is_dir():
        raise Unreadable("is a folder", f"Name the files in it: {path}/*.txt.")
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise Unreadable("no such file", "Check the path.") from None
    except OSError as problem:
        reason = (problem.strerror or str(problem)).lower()
        raise Unreadable(f"could not be read ({reason})", "Check its permissions.") from None
    if not data.strip():
        raise Unreadable("the file is empty", "Save the page again.")
    return _decode(data)


def _decode(data: bytes) -> str:
    """UTF-8 where it is UTF-8 (a mark at its start is no part of the text), else the likeliest."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = _guessed(data)
    # UTF-16 without its mark is valid UTF-8 as long as all is ASCII; no text holds a zero byte.
    return _guessed(data) if "\0" in text else text


def _guessed(data: bytes) -> str:
    guesses = [] if is_binary(data) else list(from_bytes(data))
    if not guesses:
        raise Unreadable("is not text", "Save the page as plain text (.txt).")
    # The Windows code pages differ in a few letters only; where nothing tells them apart, the western
    # one is by far the likeliest.
    western = (guess for guess in guesses if guess.encoding == "cp1252")
    likeliest = next((guess for guess in western if guess.chaos <= guesses[0].chaos), guesses[0])
    return str(likeliest).removeprefix("\ufeff")
