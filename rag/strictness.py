"""Strictness: how sure an answer must be to be given."""

from typing import Literal

Strictness = Literal["lenient", "usual", "strict"]

# The least probability that the papers answer. At the usual one of the development questions that were
# not fitted on, see CHANGELOG.
THRESHOLDS: dict[Strictness, float] = {"lenient": 0.2, "usual": 0.55, "strict": 0.75}
