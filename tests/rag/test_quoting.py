"""Which sentences are quoted, and in which order."""

import pytest

from index import Paper, Span, sentence_spans
from rag.evidence import Evidence
from rag.quoting import asks_for_several, best_of, most_telling


def _evidence(scores: list[float], words: int = 10) -> list[Evidence]:
    paper = Paper("Title", " ".join(f"{'word ' * (words - 1)}stop." for _ in scores))
    spans = sentence_spans(paper.abstract.replace("word", "Word"))
    return [Evidence(paper, Span(*span), score) for span, score in zip(spans, scores, strict=True)]


def test_the_four_best_sentences_are_quoted_in_the_abstracts_order() -> None:
    sentences = _evidence([0.1, 0.5, 0.2, 0.9, 0.3, 0.4])

    assert best_of(sentences) == [sentences[1], sentences[3], sentences[4], sentences[5]]


def test_sentences_that_would_make_it_too_long_are_left_out() -> None:
    chosen = best_of(_evidence([0.9, 0.8, 0.7, 0.6], words=50))

    assert [evidence.score for evidence in chosen] == [0.9, 0.8]


def test_the_best_sentence_is_quoted_however_long_it_is() -> None:
    assert [evidence.score for evidence in best_of(_evidence([0.2, 0.9], words=130))] == [0.9]


def test_of_several_papers_each_says_its_most_telling_sentence() -> None:
    first, second = _evidence([0.1, 0.5]), _evidence([0.9, 0.2])

    assert most_telling([first, [], second]) == [first[1], second[0]]


@pytest.mark.parametrize(
    ("question", "several"),
    [
        ("Which papers train spiking nets without backprop?", True),
        ("What are the approaches to pruning? compare them", True),
        ("has anyone built a language model out of spiking neurons?", True),
        ("How much energy does batching save on a TPU?", False),
        ("Which loss is used?", False),
        ("How does QuiltMap compare with grid maps?", False),
    ],
)
def test_a_question_for_several_papers_is_told_by_its_words(question: str, several: bool) -> None:
    assert asks_for_several(question) is several
