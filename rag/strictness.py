"""Strictness: how sure an answer must be to be given."""

from typing import Literal

Strictness = Literal["lenient", "usual", "strict"]

# The least probability that the papers answer. The usual one was chosen where, of 195 development
# questions, .800 of the unanswerable are declined and .006 of those that can be answered.
THRESHOLDS: dict[Strictness, float] = {"lenient": 0.2, "usual": 0.55, "strict": 0.75}
