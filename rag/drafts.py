"""Drafts: what a model writes, cut into sentences as it comes, each into what it claims and cites."""

import re
from collections.abc import Iterator
from itertools import pairwise

from index import sentence_spans
from rag.prompts import DECLINE

_MARK = r"\s*[\[【［]\s*\d+(?:\s*(?:,|;|–|-|and)\s*\d+)*\s*[\]】］]"
_MARKS = re.compile(_MARK)
_AFTER_A_STOP = re.compile(rf"([.!?][\"”’')]*)((?:{_MARK})+)")
# "The papers are [1], [3].": without its marks, this is no sentence.
_AS_A_WORD = re.compile(
    rf"\b(?:papers?|evidence|sentences?|and|or|in|by|from|of|to|with|are|is|as|includ(?:es?|ing))"
    rf"(?:{_MARK})+(?=\s*[,;:\w])",
    re.IGNORECASE,
)
_RANGE = re.compile(r"(\d+)(?:\s*[–-]\s*(\d+))?")
_WIDEST_RANGE = 20
_BULLET = re.compile(r"^\s*(?:(?:[-*•#>]+|\d{1,2}[.)])\s+)+")
# A tag begins with a letter: "p <0.05 and n >30" has none.
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)|</?[a-zA-Z!][^<>]*>")
# What a mark or a link in brackets leaves behind.
_LEFT_EMPTY = re.compile(r"(?<!\w)(?:\(\s*\)|\[\s*\])")
# Characters that show nothing, or turn the direction of what follows.
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]")
_THINKS, _THOUGHT = "<think>", "</think>"
_EMPHASIS = re.compile(r"\*\*|__|`")
# What a sentence begins with that is no part of what it claims: a "yes" can't be held against a quote.
_LEAD_IN = re.compile(
    r"^\s*(?:(?:answer|response)\s*:\s*|(?:yes|no)\s*[,.;:–—]\s+|(?:according to|based on) the "
    r"(?:evidence|papers?|abstracts?)(?: provided)?\s*,\s*|(?:the )?(?:evidence|papers?|abstracts?) "
    r"(?:says?|states?|shows?|suggests?|indicates?|reports?|finds?|demonstrates?) that\s+)+",
    re.IGNORECASE,
)


def is_decline(sentence: str) -> bool:
    """Tell whether a sentence is the phrase to decline with, in any casing or wrapping.

    >>> is_decline("**the papers do NOT say** [2].")
    True
    """
    plain = _LEAD_IN.sub("", _EMPHASIS.sub("", _UNSEEN.sub("", sentence)))
    said = re.sub(r"\W+", " ", _MARKS.sub(" ", plain)).strip().lower()
    phrase = re.sub(r"\W+", " ", DECLINE).strip().lower()
    return said.startswith(phrase) and len(said.split()) <= len(phrase.split()) + 4


def taken_apart(sentence: str, most: int) -> tuple[str, list[int]]:
    """Return a sentence without its marks, bullets, tags and emphasis, and what it cites, up to most.

    >>> taken_apart("- **Bees** dance [2, 9].", 3)
    ('Bees dance.', [2])
    """
    seen = _UNSEEN.sub("", sentence)
    numbers = [number for mark in _MARKS.findall(seen) for number in _numbers(mark)]
    plain = _EMPHASIS.sub("", _LINK.sub(r"\1", _MARKS.sub("", seen)))
    plain = _LEFT_EMPTY.sub("", _without_lead_in(_BULLET.sub("", plain)))
    plain = " ".join(plain.split())
    plain = re.sub(r"\s+([.,;:!?])", r"\1", plain).strip()
    # "Results:" and "HIVEMIND" say nothing, whatever quote has the word.
    if len(re.findall(r"\w\S*", plain)) < 2 or (plain[-1] == ":" and not numbers):
        return "", []
    plain = plain.rstrip(":,; ")
    return (
        plain if re.search(r"[.!?][\"”’')\]]*$", plain) else f"{plain}.",
        list(dict.fromkeys(number for number in numbers if 1 <= number <= most)),
    )


def has_marks_as_words(sentence: str) -> bool:
    """Tell whether a sentence has numbers in the place of words, and is none without them.

    >>> has_marks_as_words("The papers are [1], [3].")
    True
    """
    return _AS_A_WORD.search(sentence) is not None


def _without_lead_in(sentence: str) -> str:
    claim = _LEAD_IN.sub("", sentence)
    return claim if claim == sentence else claim[:1].upper() + claim[1:]


def _numbers(mark: str) -> Iterator[int]:
    """Yield the numbers of a mark, with those in between where it has a range."""
    for first, last in _RANGE.findall(mark):
        # Python makes no number of thousands of digits.
        begin, end = int(first[:6]), int((last or first)[:6])
        yield from range(begin, end + 1) if 0 < end - begin <= _WIDEST_RANGE else (begin, end)


def spoken(words: Iterator[str]) -> Iterator[str]:
    """Yield a model's words without the thinking that it may begin with.

    >>> list(spoken(iter(["<thi", "nk>Bees?</think>", "They dance."])))
    ['They dance.']
    """
    text = ""
    for word in words:
        text += word
        begun = text.lstrip()
        if begun.startswith(_THINKS):
            if _THOUGHT in begun:
                text = begun.partition(_THOUGHT)[2]
                break
        elif not _THINKS.startswith(begun):
            break
    else:
        text = "" if text.lstrip().startswith(_THINKS) else text
    if text:
        yield text
    yield from words


def sentences(words: Iterator[str]) -> Iterator[str]:
    """Yield a stream's sentences, each as soon as the next one's first word or a line is whole."""
    waiting = ""
    for word in words:
        waiting += word
        # "by J. A" may go on as "by J. Adams": half a word doesn't tell whether a sentence ended.
        edge = max(waiting.rfind(space) for space in " \t\n") + 1
        *whole, rest = _cut(waiting[:edge])
        waiting = rest + waiting[edge:]
        yield from whole
    yield from (piece.strip() for piece in _cut(waiting) if piece.strip())


def _cut(text: str) -> list[str]:
    """Cut a text into sentences with their marks; the last may not be whole yet."""
    *lines, rest = text.split("\n")
    found = [piece for line in lines if line.strip() for piece in _pieces(line.strip())]
    *whole, last = _pieces(rest) or [""]
    return [*found, *whole, last]


def _pieces(line: str) -> list[str]:
    # Marks after a stop belong to the sentence before it; moved before the stop, they are inside it.
    moved = _AFTER_A_STOP.sub(r"\2\1", line)
    starts = [span.start for span in sentence_spans(moved)]
    # What begins with a mark that has not come in whole goes on with the sentence before.
    starts = [0, *(start for start in starts[1:] if moved[start] not in "[【［")]
    edges = [*starts, len(moved)]
    pieces = [moved[start:end] for start, end in pairwise(edges)]
    return [*(piece.strip() for piece in pieces[:-1]), pieces[-1].lstrip()] if pieces else []
