"""Spelling: words that no paper has, as the papers that were found write them."""

import difflib
import re
from collections.abc import Sequence

from index import Library, Paper

# Short words have too many neighbours, and names with digits or capitals inside are no slips.
_WORD = re.compile(r"\b[A-Z]?[a-z]{4,}\b")
_LIKENESS = 0.8


def mended(library: Library, question: str, papers: Sequence[Paper]) -> str:
    """Return the question with each unknown word as the likest word of these papers, if one is like it.

    Likeness is difflib's ratio, at least 0.8, of words that begin alike.
    """
    unknown = library.unknown(dict.fromkeys(_WORD.findall(question)))
    if not unknown:
        return question
    known = {word for paper in papers for word in _WORD.findall(f"{paper.title} {paper.abstract}")}
    for word in unknown:
        alike = [other for other in known if other[0].lower() == word[0].lower()]
        nearest = difflib.get_close_matches(word.lower(), sorted(map(str.lower, alike)), 1, _LIKENESS)
        if nearest:
            question = re.sub(rf"\b{word}\b", nearest[0], question)
    return question
