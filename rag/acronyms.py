"""Acronyms: what they stand for, as the papers themselves write it out, and the other way round."""

import re
from collections.abc import Sequence

from index import Paper

_WRITTEN_OUT = re.compile(r"\(([A-Za-z][\w-]{1,9})\)")
_ACRONYM = re.compile(r"[A-Z]\w*[A-Z]")
_MOST_FORMS = 3


def other_forms(question: str, papers: Sequence[Paper]) -> list[str]:
    """Return the question with each acronym written out, and each long form as its acronym.

    Only forms that one of the papers defines as "long form (LF)" are known.
    """
    forms: dict[str, str] = {}
    for short, long in definitions(papers):
        in_short, in_long = _short(short), _long(long)
        has_short, has_long = in_short.search(question), in_long.search(question)
        form = question
        if has_short and not has_long:
            form = _put(long, in_short, question)
        elif has_long and not has_short:
            form = _put(short, in_long, question)
        if form != question:
            forms.setdefault(form.casefold(), form)
    return list(forms.values())[:_MOST_FORMS]


def in_words_of(paper: Paper, question: str, papers: Sequence[Paper]) -> str:
    """Return the question with each acronym written out that a paper has only in its long form.

    What an acronym stands for is what one of `papers` defines.
    """
    text = f"{paper.title}. {paper.abstract}"
    for short, long in definitions(papers) if _ACRONYM.search(question) else ():
        in_short = _short(short)
        if in_short.search(question) and not in_short.search(text) and _long(long).search(text):
            question = _put(long, in_short, question)
    return question


def definitions(papers: Sequence[Paper]) -> list[tuple[str, str]]:
    """Return the acronyms that papers define, each with its long form, once.

    A definition is a long form before an acronym in parentheses, found as in Schwartz and Hearst
    (2003), "A simple algorithm for identifying abbreviation definitions in biomedical text".

    >>> definitions([Paper("On RNNs", "Recurrent neural networks (RNNs) and spikes.")])
    [('RNN', 'Recurrent neural network')]
    """
    found: dict[tuple[str, str], None] = {}
    for paper in papers:
        text = f"{paper.title}. {paper.abstract}"
        for match in _WRITTEN_OUT.finditer(text):
            short = match[1]
            if sum(letter.isupper() for letter in short) >= 2:
                long = _long_form(short, text[: match.start()].rstrip())
                if long:
                    found[_singular(short, long)] = None
    return list(found)


def _short(form: str) -> re.Pattern[str]:
    # Not the CNN of R-CNN, which is another name.
    return re.compile(rf"(?<![\w-]){re.escape(form)}s?\b")


def _long(form: str) -> re.Pattern[str]:
    words = map(re.escape, re.split(r"[\s-]+", form))
    return re.compile(rf"\b{'[ -]+'.join(words)}s?\b", re.IGNORECASE)


def _put(form: str, found: re.Pattern[str], question: str) -> str:
    # As a function: a long form may have LaTeX's backslashes.
    return found.sub(lambda _: form, question)


def _long_form(short: str, before: str) -> str:
    """Return the words at the end of a text that a short form abbreviates; "" where none do."""
    words = re.findall(r"\S+", before)[-min(len(short) + 5, 2 * len(short)) :]
    near = " ".join(words)
    at = len(near) - 1
    for index in range(len(short) - 1, -1, -1):
        letter = short[index].lower()
        if not letter.isalnum():
            continue
        # The plural's s is no letter of the long form's words; the first letter begins a word.
        while at >= 0 and (
            near[at].lower() != letter or (index == 0 and at > 0 and near[at - 1].isalnum())
        ):
            at -= 1
        if at < 0:
            return ""
        at -= 1
    start = near.rfind(" ", 0, at + 1) + 1
    long = near[max(start, at + 1) :].strip("-–— ,;:")
    return long if len(long) > len(short) + 2 and ". " not in long else ""


def _singular(short: str, long: str) -> tuple[str, str]:
    """Return both without the plural's s."""
    plural = long.endswith("s") and not long.endswith(("ss", "is", "us"))
    return (short[:-1] if short.endswith("s") else short), (long[:-1] if plural else long)
