"""Examples: questions to begin with, made from the library's own papers."""

import pytest

from index import Paper
from ui.examples import examples


def paper(title: str, abstract: str = "It is about something.") -> Paper:
    return Paper(title, abstract)


@pytest.mark.parametrize(
    ("abstract", "question"),
    [
        ("It runs 1.8x faster than before.", "How much faster is E-BATCH?"),
        ("It is run on three benchmarks.", "What was E-BATCH evaluated on?"),
        ("Hence, we propose a scheme.", "How does E-BATCH work?"),
        ("It outperforms the others.", "What does E-BATCH improve on?"),
        ("It is about batching.", "What is E-BATCH?"),
    ],
)
def test_a_named_paper_is_asked_for_what_its_abstract_speaks_of(abstract: str, question: str) -> None:
    assert list(examples([paper("E-BATCH: Efficient Inference", abstract)])) == [question]


@pytest.mark.parametrize(
    "title",
    ["A Survey of Bees", "Survey: Bees", "Deep learning: an overview", "On Bees: <b>B</b>", ""],
)
def test_a_paper_without_a_name_makes_no_question(title: str) -> None:
    assert list(examples([paper(title)])) == []


def test_questions_of_every_kind_come_in_turn() -> None:
    rich = "We propose it. It outperforms the others on four datasets, 2x faster."
    asked = list(examples([paper(f"NET-{n}: Nets", rich) for n in range(6)]))
    assert len(asked) == 6
    assert len({question.replace(f"NET-{n}", "it") for n, question in enumerate(asked[:4])}) >= 4


def test_an_empty_library_has_no_examples() -> None:
    assert list(examples([])) == []
