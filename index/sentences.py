"""Sentences: where each one of an abstract starts and ends."""

import re
from itertools import pairwise
from typing import NamedTuple


class Span(NamedTuple):
    """A piece of a text, as `text[start:end]`."""

    start: int
    end: int


# After these a stop is part of the word. "etc." is missing on purpose: it often ends a sentence.
_ABBREVIATIONS = frozenset(
    "e.g i.e cf al vs viz resp approx ca w.r.t a.k.a fig figs eq eqs sec secs ref refs tab tabs "
    "no nos vol ch dr prof mr mrs ms st dept univ i.i.d ex".split()
)
# A single letter with a stop is an initial ("J. Pearl"), unless a word that opens sentences follows.
_OPENERS = frozenset(
    "A An And As At But By Extensive Experiments Finally First For From Further Furthermore Given "
    "Here How However If In It Its Moreover No On One Our Second Since Specifically That The Then "
    "There These They This Those Through Thus To Using We What When Whether While Why With".split()
)
# Some 110 words; the longest sentence of the sample has 593 characters.
_LONGEST = 700
_STOP = re.compile(r"[.!?]+['\"”’)\]}]*(?=\s)|[。！？]+[”’）」]*|\n\s*\n")
_HEAD = re.compile(r"\S+[.)]")
_LAST_WORD = re.compile(r"[^\s(\[{\"'“‘]*$")
_NEXT_WORD = re.compile(r"\s*([^\s,;:.]*)")


def sentence_spans(text: str) -> list[Span]:
    """Return the sentences of a text in order: between them there is white space and nothing else.

    >>> [text[s:e] for text in ["It works (cf. Fig. 2). We ran it."] for s, e in sentence_spans(text)]
    ['It works (cf. Fig. 2).', 'We ran it.']
    """
    edges = [0, *(stop.end() for stop in _STOP.finditer(text) if _ends(text, stop)), len(text)]
    pieces = [_trim(text, *pair) for pair in pairwise(edges)]
    found: list[Span] = []
    begun: int | None = None
    for piece in (piece for piece in pieces if piece.start < piece.end):
        start = piece.start if begun is None else begun
        # "2." and "Methods." belong to the sentence that they number or head.
        heads = _HEAD.fullmatch(text, piece.start, piece.end) is not None
        begun = start if heads else None
        if not heads:
            found += _short_enough(text, Span(start, piece.end))
    if begun is not None:
        found += _short_enough(text, Span(begun, len(text.rstrip())))
    return found


def _short_enough(text: str, span: Span) -> list[Span]:
    """Cut what is too long to be quoted, as a text without stops is, at spaces."""
    found = []
    start, end = span
    while end - start > _LONGEST:
        cut = max(text.rfind(mark, start + _LONGEST // 2, start + _LONGEST) for mark in "; ,\n\t")
        cut = start + _LONGEST if cut < 0 else cut + 1
        found.append(_trim(text, start, cut))
        # White space where it was cut is in no sentence, however much of it there is.
        start = _trim(text, cut, end).start
    return [*found, _trim(text, start, end)]


def _ends(text: str, stop: re.Match[str]) -> bool:
    """Tell whether a stop ends its sentence."""
    if not stop[0].startswith("."):
        # A question or an exclamation inside a sentence goes on in lower case; a paragraph has ended.
        return not stop[0].startswith(("!", "?")) or not text[stop.end() :].lstrip()[:1].islower()
    following = _NEXT_WORD.match(text, stop.end())
    word = following[1] if following else ""
    if word[:1].islower() and not any(letter.isupper() for letter in word):
        return False
    # Ninety characters hold any word that could be an abbreviation.
    last = _LAST_WORD.search(text, max(0, stop.start() - 90), stop.start())
    before = last[0] if last else ""
    if before == "al" and word[:1].isupper():
        return True  # "… by Lu et al. Earlier work …": no name follows where one has just ended.
    if stop[0] == "." and before.lower() in _ABBREVIATIONS:
        return False
    initial = len(before) == 1 and before.isupper() and stop[0] == "."
    return not initial or word in _OPENERS or not word[:1].isupper()


def _trim(text: str, start: int, end: int) -> Span:
    piece = text[start:end]
    return Span(start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip()))
