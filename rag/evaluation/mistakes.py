"""Mistakes: what is wrong with an answer, the worst first."""

from collections.abc import Callable, Sequence

from rag.evaluation.scores import Outcome

# An answer stands under the first that is true of it.
_MISTAKES: dict[str, Callable[[Outcome], bool]] = {
    "Quoted what no abstract says": lambda one: not one.score.verbatim,
    "Declined, though the papers answer": lambda one: bool(one.gold.papers) and one.answer.abstained,
    "Answered, though no paper does": lambda one: not one.gold.papers and not one.answer.abstained,
    "Wrong paper first": lambda one: one.score.first_right == 0,
    "Facts missing": lambda one: (one.score.facts or 0) < 1,
    "Evidence missed": lambda one: (one.score.evidence or 0) < 1,
    "Papers missing": lambda one: (one.score.paper_recall or 0) < 1,
}


def mistake(outcome: Outcome) -> str | None:
    """Return what is most wrong with an answer, or None."""
    if not outcome.gold.papers and outcome.answer.abstained:
        return None
    return next((name for name, is_so in _MISTAKES.items() if is_so(outcome)), None)


def by_mistake(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    """Return the wrong answers under what is wrong with them, the worst mistake first."""
    found = {name: [one for one in outcomes if mistake(one) == name] for name in _MISTAKES}
    return {name: group for name, group in found.items() if group}
