"""Follow-ups: whether a question leans on the one before it, and what it then says in full."""

import re
from collections.abc import Sequence

from index import Library

# "and on TPU?", "what about images": the opening says that something is carried on.
_OPENING = re.compile(r"\s*(and|or|but|also|what about|how about|then|so|ok|okay)\b", re.IGNORECASE)
_POINTING = re.compile(
    r"\b(it|its|they|them|their|theirs|this|that|these|those|he|she|his|her|there|one|ones|same|"
    r"such|former|latter|else|instead|too|either|both|others?)\b",
    re.IGNORECASE,
)
# "What is neural collapse?" and "Which papers prune?" name their subject, short as they are.
_NAMING = re.compile(
    r"^\s*(what|who) (is|are|was|were)\b|^\s*(define|explain)\b|\b(papers|works|studies)\b",
    re.IGNORECASE,
)
# With these, of the development questions 9 of the 174 that stand alone are taken for follow-ups, and
# none of the 21 follow-ups is missed.
_FEW, _SOME = 3, 6


def leans(question: str, words: int) -> bool:
    """Tell whether a question with so many telling words makes sense only after the one before."""
    if _OPENING.match(question):
        return True
    if _POINTING.search(question):
        return words <= _SOME
    return words <= _FEW and not _NAMING.search(question)


def in_full(library: Library, question: str, history: Sequence[str]) -> str:
    """Return the question, with the one it leans on in front: the last that stood on its own."""
    if not history or not _leans(library, question):
        return question
    standing = (before for before in reversed(history) if not _leans(library, before))
    return f"{next(standing, history[0])} {question}"


def _leans(library: Library, question: str) -> bool:
    return leans(question, len(library.stems(question)))
