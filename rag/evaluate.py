"""Evaluation: an assistant's answers held against questions whose answers are known."""

from collections.abc import Callable, Sequence

from rag.assistant import Assistant
from rag.errors import BadQuestion
from rag.evaluation.doubts import doubts
from rag.evaluation.files import at_most, read_questions
from rag.evaluation.gold import Gold, GoldQuote
from rag.evaluation.report import as_html
from rag.evaluation.retrieval import nearest, ranking
from rag.evaluation.saving import place_for, save
from rag.evaluation.scores import Outcome, Scores, summed_up
from rag.evaluation.scoring import Score, score
from rag.evaluation.table import as_table
from rag.questions import check

__all__ = [
    "Gold",
    "GoldQuote",
    "Outcome",
    "Score",
    "Scores",
    "as_html",
    "as_table",
    "at_most",
    "doubts",
    "evaluate",
    "place_for",
    "read_questions",
    "save",
    "score",
]


def evaluate(
    assistant: Assistant,
    questions: Sequence[Gold],
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Scores:
    """Ask every question and return the scores.

    `progress` is called with how many are asked, and of how many. Raises EmptyLibrary, or BadQuestion
    where one has more than 10,000 characters, before any is asked.
    """
    for gold in questions:
        _check(assistant, gold)
    # The first question that a process asks loads the models, and would tell of that.
    assistant.ask("warm up")
    outcomes = []
    for gold in questions:
        outcomes.append(_asked(assistant, gold))
        progress(len(outcomes), len(questions))
    return summed_up(outcomes)


def _check(assistant: Assistant, gold: Gold) -> None:
    try:
        check(assistant.library, gold.question)
    except BadQuestion as problem:
        raise BadQuestion(f"Question {gold.id}: {problem}") from None


def _asked(assistant: Assistant, gold: Gold) -> Outcome:
    answer = assistant.ask(gold.question, gold.history)
    found = nearest(assistant.library, gold)
    return Outcome(gold, answer, score(gold, answer), found, ranking(gold, found))
