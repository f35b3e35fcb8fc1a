"""Declining is one sentence that says what was asked and how far the papers come."""

from collections.abc import Callable

import pytest

from index import Match, Paper, Passage, sentence_spans
from rag.answer import WORD_JOINER
from rag.declining import declined, shortened
from rag.evidence import Evidence
from rag.judging import Candidate, Judgement
from rag.reader import Reading
from rag.weights import log_odds

QUESTION = "How tall are llamas?"
LLAMAS = Paper("Llamas on the Road", "We met a llama. It was content.")
BEES = Paper("Bees on the Comb", "Bees dance. They share a map.")


def _candidate(paper: Paper, about: float, cosine: float = 0.5, best: int = 0) -> Candidate:
    """Return a paper about what is asked, so probably, whose best sentence is this one."""
    spans = tuple(sentence_spans(paper.abstract))
    match = Match(paper, Passage(0, len(paper.abstract), paper.abstract), 1.0, 0.5, 2.0)
    reading = Reading(paper, spans, (0.0,) * len(spans), -5.0, log_odds(about))
    sentences = tuple(Evidence(paper, span, float(at == best)) for at, span in enumerate(spans))
    return Candidate(match, reading, sentences, {"cosine": cosine}, -5.0, -5.0)


def _judged(*candidates: Candidate, about: float) -> Judgement:
    return Judgement(candidates, 0.05, 0.1, about)


def _unknown(paper: Paper) -> Judgement:
    return _judged(_candidate(paper, about=0.01, cosine=0.1), about=0.01)


def _related(paper: Paper) -> Judgement:
    return _judged(_candidate(paper, about=0.3), about=0.3)


def _unsaid(paper: Paper) -> Judgement:
    return _judged(_candidate(paper, about=0.95), about=0.95)


KINDS = [
    pytest.param(_unknown, id="unknown"),
    pytest.param(_related, id="related"),
    pytest.param(_unsaid, id="unsaid"),
]


@pytest.mark.parametrize(
    ("judgement", "sentence"),
    [
        pytest.param(
            _unknown(LLAMAS),
            "The papers in this library don't answer “How tall are llamas?”: none of them is about "
            "that.",
            id="nothing-is-about-it",
        ),
        pytest.param(
            _judged(about=0.9),
            "The papers in this library don't answer “How tall are llamas?”: none of them is about "
            "that.",
            id="nothing-was-found",
        ),
        pytest.param(
            _related(LLAMAS),
            "The papers in this library don't answer “How tall are llamas?”, though some are about "
            "related work, the nearest being “Llamas on the Road”.",
            id="some-are-nearly-about-it",
        ),
        pytest.param(
            _unsaid(LLAMAS),
            "The papers in this library don't answer “How tall are llamas?”: “Llamas on the Road” is "
            "about it, but all that its abstract says is “We met a llama”.",
            id="one-is-about-it-and-does-not-state-it",
        ),
        pytest.param(
            _judged(_candidate(LLAMAS, about=0.95, best=1), about=0.95),
            "The papers in this library don't answer “How tall are llamas?”: “Llamas on the Road” is "
            "about it, but all that its abstract says is “It was content”.",
            id="its-best-sentence-is-told",
        ),
        pytest.param(
            _judged(_candidate(BEES, about=0.2), _candidate(LLAMAS, about=0.3), about=0.3),
            "The papers in this library don't answer “How tall are llamas?”, though some are about "
            "related work, the nearest being “Llamas on the Road”.",
            id="the-paper-most-about-it-is-named",
        ),
    ],
)
def test_how_far_the_papers_come_is_told(judgement: Judgement, sentence: str) -> None:
    assert declined(QUESTION, judgement)[0] == sentence


@pytest.mark.parametrize(
    ("judged", "quote"),
    [
        pytest.param(_unknown, None, id="nothing"),
        pytest.param(_related, "We met a llama.", id="nearest"),
        pytest.param(_unsaid, "We met a llama.", id="about-it"),
    ],
)
def test_what_the_named_paper_says_comes_with_it(
    judged: Callable[[Paper], Judgement], quote: str | None
) -> None:
    _, said = declined(QUESTION, judged(LLAMAS))

    assert (said.quote if said else None) == quote


@pytest.mark.parametrize("judged", KINDS)
@pytest.mark.parametrize(
    ("question", "paper"),
    [
        pytest.param(QUESTION, LLAMAS, id="plain"),
        pytest.param("Why do bees dance? How tall are llamas?", LLAMAS, id="mark-in-the-question"),
        pytest.param("I keep bees. How tall are llamas?", LLAMAS, id="stop-in-the-question"),
        pytest.param("Tell me of llamas.", LLAMAS, id="stop-at-its-end"),
        pytest.param(
            QUESTION,
            Paper("Do Llamas Wear Bells? A Survey. Part 2.", "They do."),
            id="title-with-stops",
        ),
        pytest.param(QUESTION, Paper("Do Llamas Wear Bells?", "They do."), id="title-is-a-question"),
        pytest.param(
            QUESTION, Paper("Bells", "Lu et al. (2024) asked “Why? We know.”."), id="quote-with-stops"
        ),
        pytest.param(QUESTION, Paper("Bells", "Do llamas wear them?"), id="quote-is-a-question"),
        pytest.param("How  tall\n\nare llamas?", Paper("Of\nBells", "They\n wear bells."), id="lines"),
    ],
)
def test_it_is_told_in_one_sentence(
    judged: Callable[[Paper], Judgement], question: str, paper: Paper
) -> None:
    assert len(sentence_spans(declined(question, judged(paper))[0])) == 1


@pytest.mark.parametrize("judged", KINDS)
def test_it_is_told_on_one_line(judged: Callable[[Paper], Judgement]) -> None:
    told, _ = declined("How tall\nare llamas?", judged(Paper("Llamas\nat Home", "They\nare content.")))

    assert len(told.splitlines()) == 1


@pytest.mark.parametrize("judged", KINDS)
def test_what_was_asked_is_named(judged: Callable[[Paper], Judgement]) -> None:
    assert f"“{QUESTION}”" in declined(QUESTION, judged(LLAMAS))[0]


@pytest.mark.parametrize("judged", KINDS)
def test_a_long_question_is_named_by_its_beginning(judged: Callable[[Paper], Judgement]) -> None:
    question = "Why do llamas " + "and alpacas " * 50

    assert f"“{shortened(question)}”" in declined(question, judged(LLAMAS))[0]


def test_a_paper_that_has_the_name_asked_for_is_named_before_one_that_seems_nearer() -> None:
    named = Paper("LLaMA2: a Model", "We train LLaMA2.")
    judgement = _judged(_candidate(BEES, about=0.99), _candidate(named, about=0.6), about=0.99)

    told, _ = declined("How tall is LLaMA2?", judgement)

    assert named.title in told


def test_a_title_loses_the_stop_at_its_end_and_keeps_those_inside() -> None:
    told, _ = declined(QUESTION, _related(Paper("Llamas vs. Bees. A Survey.", "They differ.")))

    assert told.replace(WORD_JOINER, "").endswith("the nearest being “Llamas vs. Bees. A Survey”.")


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        pytest.param("How tall are llamas?", "How tall are llamas?", id="short"),
        pytest.param(" How  tall\n are\tllamas? ", "How tall are llamas?", id="on-one-line"),
        pytest.param("x" * 120, "x" * 120, id="just-short-enough"),
        pytest.param("x" * 121, "x" * 119 + "…", id="one-letter-too-long"),
        pytest.param("x" * 118 + " llamas", "x" * 118 + "…", id="cut-at-a-space"),
    ],
)
def test_a_question_is_shortened_to_120_letters(question: str, shown: str) -> None:
    assert shortened(question) == shown
