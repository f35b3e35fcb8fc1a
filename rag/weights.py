"""Weights: the small logistic models that judge what was found and read.

`python -m tests.benchmarks.calibrate` fits them, says on what, and prints them as they stand here; a
feature is described where it is measured, in `judging.py`.
"""

import math
from collections.abc import Mapping

Weights = dict[str, float]

# A sentence of a paper that answers: it is part of the answer.
SENTENCE: Weights = {
    "bias": -1.415,
    "mark": 0.620,
    "words": 2.021,
    "place": 0.116,
    "number": 0.952,
}
# A paper, where at most one answers: it does.
PAPER: Weights = {
    "bias": -5.005,
    "answers": 0.485,
    "about": 0.396,
    "mark": 0.255,
    "fused": 1.038,
    "cosine": 3.708,
    "words": 3.836,
}
# A paper, where several answer: it is one of them.
MEMBER: Weights = {
    "bias": -5.049,
    "answers": 0.556,
    "about": 0.375,
    "mark": -0.194,
    "fused": 0.463,
    "cosine": 5.551,
    "words": 3.870,
}
# A question: the papers answer it.
ANSWERED: Weights = {
    "bias": -1.829,
    "paper": 0.363,
    "answers": 0.767,
    "about": 0.089,
    "cosine": 7.095,
}
# A question: it makes sense only after another.
FOLLOWS: Weights = {
    "bias": -10.470,
    "opening": 1.779,
    "pointing": 1.892,
    "pointing early": 1.152,
    "the one": 1.295,
    "naming": -3.539,
    "name": -1.639,
    "subject": -0.972,
    "terms 0": 2.793,
    "terms 1": 2.404,
    "terms 2": 1.138,
    "terms 3": 2.290,
    "terms 4": 2.053,
    "terms 6": 4.815,
    "terms 9": 1.272,
    "words 4": -0.113,
    "words 7": 0.526,
}
# A question: several papers belong in its answer.
SEVERAL: Weights = {
    "bias": -0.453,
    "which": 3.286,
    "many": 1.543,
    "survey": 0.340,
    "name": 0.123,
    "number": -1.347,
    "follows": -3.088,
    "second": 0.607,
    "third": -0.140,
    "lead": -0.256,
}


def logit(weights: Weights, features: Mapping[str, float]) -> float:
    """Return the log-odds: the bias plus every feature times its weight."""
    return weights["bias"] + sum(weights[name] * value for name, value in features.items())


def probability(log_odds: float) -> float:
    """Return the probability of log-odds.

    >>> probability(0.0)
    0.5
    """
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, log_odds))))


def log_odds(chance: float) -> float:
    """Return the log-odds of a probability: undoes `probability`."""
    kept = min(max(chance, 1e-9), 1 - 1e-9)
    return math.log(kept / (1 - kept))
