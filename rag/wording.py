"""Wording: what a question's words show of what it asks."""

import re

_NAME = re.compile(r"\b[\w-]*(?:[a-z0-9][A-Z]|[A-Z]{2}|[A-Za-z]-?\d)[\w+-]*")
_NUMBER = re.compile(
    r"\bhow (much|many|far|fast|big|large|long|small|often|accurate|high|low|quickly)\b|\bby how\b"
    r"|\b(accuracy|acc|auc|score|map|wer|fid|bleu|perplexity|rate|average|factor|speed-?up|size|number)\b|%",
    re.IGNORECASE,
)


def names(question: str) -> set[str]:
    """Return the names of methods and data sets in a question, in lower case.

    >>> sorted(names("Does E-PUR run DINOv2 on CIFAR-10?"))
    ['cifar-10', 'dinov2', 'e-pur']
    """
    return {name.lower() for name in _NAME.findall(question)}


def asks_a_number(question: str) -> bool:
    """Tell whether a question asks how much or how many."""
    return _NUMBER.search(question) is not None
