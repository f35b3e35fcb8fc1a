"""Parts: a message that asks several things, taken apart; and the words in it to be found exactly."""

import re

_MOST_PARTS = 4
_ASKING = (
    r"how|what|which|who|whose|when|where|why|is|are|was|were|does|do|did|can|could|"
    r"has|have|compare|name|list"
)
# After a question mark or a stop; or "…, and how", "…; which": another question begins.
_BETWEEN = re.compile(
    rf"(?<=\?)\s+(?=\S)|\.\s+(?:also,?\s+)?(?=(?:{_ASKING})\b)"
    rf"|[,;]\s+(?:and|also|and also)\s+(?=(?:{_ASKING})\b)"
    rf"|;\s+(?=(?:{_ASKING})\b)",
    re.IGNORECASE,
)
_ALSO = re.compile(r"^(?:also|and|then|second(?:ly)?|finally)\b[\s,:]*", re.IGNORECASE)
_QUOTED = re.compile(r"[\"“”„]([^\"“”„]{2,80})[\"“”]")


def parts(question: str) -> list[str]:
    """Return the questions in a message, of which a later one may lean on the first; mostly it is one.

    >>> parts("How fast is E-BATCH, and how large is the TweepFake data set?")
    ['How fast is E-BATCH', 'how large is the TweepFake data set?']
    >>> parts("How fast, and with which loss?")
    ['How fast, and with which loss?']
    """
    first, *others = _pieces(question)
    asked = [first, *(_ALSO.sub("", piece) for piece in others)]
    return asked if 1 < len(asked) <= _MOST_PARTS and all(map(_asks, asked)) else [question]


def _pieces(question: str) -> list[str]:
    """Cut a message between its questions, but not inside quotes."""
    cuts = [
        found for found in _BETWEEN.finditer(question)
        if len(re.findall("[\"“”„]", question[: found.start()])) % 2 == 0
    ]  # fmt: skip
    edges = [0, *(edge for cut in cuts for edge in cut.span()), len(question)]
    pieces = [question[start:end].strip() for start, end in zip(edges[::2], edges[1::2], strict=True)]
    return [piece for piece in pieces if piece] or [question]


def exact_words(question: str) -> list[str]:
    """Return what stands in double quotes in a question, which is to be found to the letter.

    >>> exact_words('who speaks of a "moral direction"?')
    ['moral direction']
    """
    return [" ".join(quoted.split()).strip(" ,.;") for quoted in _QUOTED.findall(question)]


def _asks(piece: str) -> bool:
    return (
        re.match(rf"(?:{_ASKING})\b|.*\?$", piece, re.IGNORECASE) is not None
        and len(piece.split()) >= 3
    )
