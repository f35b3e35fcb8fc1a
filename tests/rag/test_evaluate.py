"""Scores say what an answer got right."""

from pathlib import Path

import pytest

from index import LibraryError, Paper
from rag import Answer, Assistant, Citation
from rag.evaluate import Gold, as_table, evaluate, read_questions, score

BEES = Paper("Bees: a Study", "Bees dance. They fly 2.4 km. Wax is warm.")
ROBOTS = Paper("Robots", "Robots hum.")
GOLD = Gold(
    id="1",
    type="single",
    question="How far?",
    papers=("bees a study",),
    facts=(("2.4 km", "2.4km"), ("waggle",)),
    evidence=({"paper": "BEES: A STUDY", "quote": "They fly 2.4 km."},),
)


def _answer(text: str, *citations: Citation) -> Answer:
    return Answer("How far?", text, citations, not citations, (BEES,), "quote", 0.1)


def test_a_right_answer_scores_by_its_facts_papers_and_evidence() -> None:
    answer = _answer(
        "They fly 2.4 km. [1] Robots hum. [2]",
        Citation(1, BEES, "They fly 2.4 km.", 12, 28),
        Citation(2, ROBOTS, "Robots hum.", 0, 11),
    )

    assert vars(score(GOLD, answer)) == {
        "declined": False, "facts": 0.5, "first_right": True, "cite_precision": 0.5,
        "paper_recall": 1.0, "evidence": 1.0, "verbatim": True,
    }  # fmt: skip


def test_another_sentence_of_the_right_paper_is_no_evidence() -> None:
    assert (
        score(GOLD, _answer("Wax is warm. [1]", Citation(1, BEES, "Wax is warm.", 29, 41))).evidence
        == 0
    )


def test_a_quote_that_is_not_in_its_place_is_not_verbatim() -> None:
    assert not score(GOLD, _answer("They fly. [1]", Citation(1, BEES, "They fly.", 12, 21))).verbatim


def test_a_fact_beyond_the_first_120_words_does_not_count() -> None:
    citation = Citation(1, BEES, "They fly 2.4 km.", 12, 28)

    assert score(GOLD, _answer("word " * 120 + "2.4 km waggle", citation)).facts == 0


def test_declining_an_answerable_question_scores_nothing() -> None:
    declined = score(GOLD, _answer("The papers don't say."))

    assert (declined.declined, declined.facts, declined.evidence) == (True, 0, 0)


def test_declining_is_measured_over_all_questions(assistant: Assistant) -> None:
    scores = evaluate(
        assistant,
        [
            Gold("1", "single", "At what character error rate is black letter read?",
                 papers=("Reading Old Herbals with Optical Character Recognition",)),
            Gold("2", "single", "Who won the football world cup?", papers=("Bees",)),
            Gold("3", "offtopic", "Give me a recipe for sourdough bread"),
        ],
    )  # fmt: skip

    assert (scores.decline_precision, scores.decline_recall, scores.false_declines) == (0.5, 1, 0.5)
    assert as_table(scores).endswith("precision 0.500, recall 1.000, false declines 0.500")


def test_a_line_that_is_no_question_is_named(tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text('{"question": "Why?"}\n\n["why"]\n')

    with pytest.raises(LibraryError, match=r"questions\.jsonl:3: not a question"):
        read_questions(file)


@pytest.mark.parametrize(
    "known",
    [
        '"papers": [1]',
        '"facts": [[1]]',
        '"facts": "x"',
        '"evidence": [{"quote": "x"}]',
        '"history": "x"',
    ],
)
def test_a_question_of_another_shape_is_named(tmp_path: Path, known: str) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text(f'{{"question": "Why?", {known}}}')

    with pytest.raises(LibraryError, match=r"questions\.jsonl:1: not a question"):
        read_questions(file)


def test_a_mark_at_the_start_and_odd_line_ends_in_strings_are_read(tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text('{"question": "Why\u2028not?"}\n', encoding="utf-8-sig")

    assert [gold.question for gold in read_questions(file)] == ["Why\u2028not?"]


def test_a_file_without_questions_is_told(tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text("\n")

    with pytest.raises(LibraryError, match="has no questions"):
        read_questions(file)
