"""Follow-ups: whether a question makes sense only after the one before it, and what it refers to."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.weights import FOLLOWS, logit, probability
from rag.wording import names

# From this probability on, a question is taken to lean on another where its words alone decide.
LEANS = 0.2
# Below this, a question stands alone whatever was asked before.
HARDLY_LEANS = 0.03
# "and on TPU?", "what about images": the opening says that something is carried on.
_OPENING = re.compile(
    r"\s*(and|or|but|also|what about|how about|then|so|ok|okay|no|not|which of|i mean|i meant)\b",
    re.IGNORECASE,
)
_POINTING = re.compile(
    r"\b(it|its|they|them|their|theirs|this|that|these|those|he|she|his|her|there|one|ones|same|"
    r"such|former|latter|else|instead|too|either|both|others?)\b",
    re.IGNORECASE,
)
_THE_ONE = re.compile(
    r"\bthe (\w+ )?(one|method|model|authors?|approach|system|dataset|gains?|results?|other|second|"
    r"first|improvement|paper|task)\b",
    re.IGNORECASE,
)
# "What is neural collapse?" and "Which papers prune?" name their subject, short as they are.
_NAMING = re.compile(
    r"^\s*(what|who) (is|are|was|were)\b|\b(papers|works|studies|methods|approaches|ways)\b",
    re.IGNORECASE,
)
# "does E-BATCH …", "is grokking …", "how much does Swish …": a verb with a subject that is no pronoun.
_SUBJECT = re.compile(
    r"\b(does|do|did|is|are|was|were|can|could|has|have|will)\s+(?!it\b|its\b|they\b|them\b|this\b|that\b|these\b|those\b|"
    r"there\b|one\b|you\b|we\b|i\b|he\b|she\b|any\w*\b|so\b|not\b|the\b|also\b|both\b|either\b)\w+\s+\w+",
    re.IGNORECASE,
)
_EMPTY = frozenset(
    "a an and are as at be been by can could do does did for from had has have how i if in into "
    "is it its me my no not of on or our so some such than that the their them then there these "
    "they this those to was we were what when where which who why will with without would you "
    "your about any anyone paper papers show work use used using get got much many".split()
)
_CORRECTION = re.compile(
    r"^\s*(no|nope|sorry|wait|actually)\b(?!-)[\s,.:;!-]*"
    r"|^\s*(i (mean|meant)|rather(?! than))\b[\s,:]*",
    re.IGNORECASE,
)
_OTHER_ONE = re.compile(
    r"\b(the other (one|paper|method|model|approach|work|study)|not (that|this) (one|paper)"
    r"|another one)\b",
    re.IGNORECASE,
)
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1}
_SOME = r"\d{1,2}(?:(?:\s*,\s*|\s+and\s+|\s*,?\s+and\s+)\d{1,2})*"
_NUMBERED = re.compile(
    rf"\[({_SOME})\]|\b(?:paper|source|reference|citation)s? (?:no\.? ?|number |#)?({_SOME})\b",
    re.IGNORECASE,
)
_ORDINAL = re.compile(
    rf"\bthe ({'|'.join(_ORDINALS)}) (?:paper|one|work|study|source|reference|citation|"
    r"of (?:them|these|those)|you (?:cited|mentioned|named))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Reference:
    """What a question points at among the papers of the answer before it.

    `numbers` are those it is about, counted from 1, -1 for the last; `other` says that it is about
    another paper than the first.
    """

    numbers: tuple[int, ...] = ()
    other: bool = False

    def __bool__(self) -> bool:
        return bool(self.numbers) or self.other


def leaning(question: str) -> float:
    """Return the probability, 0 to 1, that a question makes sense only after another."""
    return probability(logit(FOLLOWS, following_features(question)))


def following_features(question: str) -> dict[str, float]:
    """Return what is measured of a question's wording; the numbered ones say that it has few words.

    `terms…` counts telling words, `words…` all of them.
    """
    words = question.split()
    terms = [word for word in re.findall(r"[\w-]+", question.lower()) if word not in _EMPTY]
    return {
        "opening": float(_OPENING.match(question) is not None),
        "pointing": float(_POINTING.search(question) is not None),
        "pointing early": float(_POINTING.search(" ".join(words[:4])) is not None),
        "the one": float(_THE_ONE.search(question) is not None),
        "naming": float(_NAMING.search(question) is not None),
        "name": float(bool(names(question))),
        "subject": float(_SUBJECT.search(question) is not None),
        **{f"terms {most}": float(len(terms) <= most) for most in (0, 1, 2, 3, 4, 6, 9)},
        **{f"words {most}": float(len(words) <= most) for most in (4, 7)},
    }


def stands_alone(question: str, history: Sequence[str]) -> bool:
    """Tell by its words alone whether a question needs none of the earlier ones."""
    return not history or leaning(question) < LEANS


def may_lean(question: str) -> bool:
    """Tell whether a question's words leave open that it makes sense only after another."""
    return leaning(question) >= HARDLY_LEANS and not reference(question)


def leans_on(history: Sequence[str]) -> str:
    """Return the question that a follow-up leans on, with those which that one leans on itself.

    >>> leans_on(["How fast is E-BATCH?", "and on TPU?"])
    'How fast is E-BATCH? and on TPU?'
    """
    chain: list[str] = []
    for question in reversed(history):
        chain.insert(0, question)
        if leaning(question) < LEANS or len(chain) == 3:
            break
    return " ".join(chain)


def reference(question: str) -> Reference:
    """Return what a question points at: "[2]", "the second paper", "no, the other one".

    >>> reference("what does the second paper use?").numbers
    (2,)
    """
    written = " ".join(one or other for one, other in _NUMBERED.findall(question))
    numbers = [int(number) for number in re.findall(r"\d+", written) if int(number) > 0]
    numbers += [_ORDINALS[word.lower()] for word in _ORDINAL.findall(question)]
    return Reference(tuple(dict.fromkeys(numbers)), _OTHER_ONE.search(question) is not None)


def without_correction(question: str) -> str:
    """Return a question without the "no, I meant" that it begins with.

    >>> without_correction("No, I meant the energy")
    'the energy'
    """
    left = question
    while (shorter := _CORRECTION.sub("", left, count=1)) != left and shorter.strip():
        left = shorter
    return left
