"""What is measured of papers and questions, and how papers that were read are judged by it."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from index import Library, Match, Paper, Passage, Span, sentence_spans
from rag.evidence import Evidence
from rag.judging import (
    Candidate,
    Judgement,
    candidates_of,
    judge,
    paper_features,
    question_features,
    several_features,
)
from rag.reader import Reading
from rag.weights import probability

QUESTION = "How do bees share maps by dancing?"


def _read(matches: Sequence[Match], *said: float) -> list[Reading]:
    """Return readings of papers whose every sentence, and they themselves, answer with these logits."""
    return [
        Reading(match.paper, spans, (logit,) * len(spans), logit, logit)
        for match, logit in zip(matches, said, strict=True)
        for spans in [tuple(sentence_spans(match.paper.abstract))]
    ]


def _candidate(
    *scores: float, alone: float = 0.0, member: float = 0.0, abstract: str = ""
) -> Candidate:
    """Return a paper that was judged, with a score for each of its sentences."""
    paper = Paper("Bees", abstract or "Bees dance. " * len(scores))
    spans = tuple(sentence_spans(paper.abstract))
    match = Match(paper, Passage(0, len(paper.abstract), paper.abstract), 1.0, 0.5, 2.0)
    sentences = tuple(Evidence(paper, span, score) for span, score in zip(spans, scores, strict=True))
    measured = {"answers": 1.5, "about": 2.5, "cosine": 0.5, "words": 0.75, "names": 1.0}
    return Candidate(match, Reading(paper, spans, scores, 1.5, 2.5), sentences, measured, alone, member)


def _measured(library: Library, question: str, measure: str) -> list[float]:
    matches = library.search(question, k=3)
    readings = _read(matches, 0.0, 0.0, 0.0)
    return [of_a_paper[measure] for of_a_paper in paper_features(library, question, matches, readings)]


# Judging


def test_without_papers_nothing_is_answered(bees: Library) -> None:
    assert judge(bees, QUESTION, "", [], []) == Judgement((), 0.0, 0.0, 0.0)


def test_the_paper_that_the_reader_says_answers_is_the_first_candidate(bees: Library) -> None:
    matches = bees.search(QUESTION, k=3)

    judged = judge(bees, QUESTION, "", matches, _read(matches, -9.0, -9.0, 9.0))

    assert judged.candidates[0].match == matches[2]


def test_candidates_come_with_the_likeliest_first(bees: Library) -> None:
    matches = bees.search(QUESTION, k=6)

    judged = judge(bees, QUESTION, "", matches, _read(matches, 1.0, 3.0, -2.0, 0.0, 5.0, -4.0))

    alone = [candidate.alone for candidate in judged.candidates]
    assert alone == sorted(alone, reverse=True)


def test_the_order_in_which_papers_were_read_changes_nothing(bees: Library) -> None:
    matches = bees.search(QUESTION, k=4)
    readings = _read(matches, 0.0, 0.0, 2.0, 2.0)

    turned = judge(bees, QUESTION, "", matches[::-1], readings[::-1])

    assert turned == judge(bees, QUESTION, "", matches, readings)


def test_papers_that_are_alike_stand_in_the_order_of_their_ids(bees: Library) -> None:
    match = bees.search(QUESTION, k=1)[0]
    copies = [replace(match, paper=replace(match.paper, title=title)) for title in ("A", "B", "C", "D")]

    found = candidates_of(bees, "?!", "", copies, _read(copies, 0.0, 0.0, 0.0, 0.0))

    ids = [candidate.match.paper.id for candidate in found]
    assert ids == sorted(ids)


def test_an_answer_is_likelier_where_the_reader_finds_one(bees: Library) -> None:
    matches = bees.search(QUESTION, k=3)

    low, high = (
        judge(bees, QUESTION, "", matches, _read(matches, said, -5.0, -5.0)) for said in (-5.0, 5)
    )

    assert low.confidence < high.confidence


def test_several_papers_are_likelier_wanted_where_several_answer(bees: Library) -> None:
    matches = bees.search(QUESTION, k=3)

    one, all_three = (
        judge(bees, QUESTION, "", matches, _read(matches, 5, said, said)) for said in (-5, 5)
    )

    assert one.several < all_three.several


def test_the_library_is_about_a_question_as_far_as_any_of_its_papers_is(bees: Library) -> None:
    matches = bees.search(QUESTION, k=2)
    answers, is_about = _read(matches, 9.0, -9.0)

    judged = judge(bees, QUESTION, "", matches, [answers, replace(is_about, about=10.0)])

    assert judged.about == probability(10.0)


def test_all_that_is_judged_is_a_probability(bees: Library) -> None:
    matches = bees.search(QUESTION, k=3)

    for said in (-1000.0, 0.0, 1000.0):
        judged = judge(bees, QUESTION, "", matches, _read(matches, said, said, said))
        assert all(0 <= one <= 1 for one in (judged.confidence, judged.several, judged.about))


def test_every_sentence_of_a_candidate_is_weighed(bees: Library) -> None:
    matches = bees.search(QUESTION, k=1)

    [candidate] = candidates_of(bees, QUESTION, "", matches, _read(matches, 0.0))

    assert " ".join(one.quote for one in candidate.sentences) == candidate.match.paper.abstract


def test_the_best_sentence_is_the_one_with_the_highest_score() -> None:
    assert _candidate(-2.0, 3.0, 1.0).best.score == 3.0


# What is measured of a paper


def test_the_readers_logits_are_measured_with_the_mark_of_the_best_sentence(bees: Library) -> None:
    matches = bees.search(QUESTION, k=1)
    paper = Paper("T", "Bees dance. Wasps sting. Ants walk.")
    reading = Reading(paper, (Span(0, 11), Span(12, 24), Span(25, 35)), (-1.0, 4.0, 2.0), 0.5, -0.5)

    [measured] = paper_features(bees, QUESTION, matches, [reading])

    assert (measured["mark"], measured["answers"], measured["about"]) == (4.0, 0.5, -0.5)


def test_a_papers_score_is_measured_by_how_far_it_is_below_the_best(bees: Library) -> None:
    first, *others = bees.search(QUESTION, k=3)

    assert _measured(bees, QUESTION, "fused") == [0.0, *(one.score - first.score for one in others)]


def test_a_papers_cosine_is_that_of_its_match(bees: Library) -> None:
    assert _measured(bees, QUESTION, "cosine") == [one.cosine for one in bees.search(QUESTION, k=3)]


@pytest.mark.parametrize(
    ("question", "first"),
    [
        pytest.param("tide phase", 1.0, id="all-words"),
        pytest.param("Tidal Clocks", 1.0, id="all-words-of-the-title"),
        pytest.param("?!", 0.0, id="no-words"),
        pytest.param("zebra quagga", 0.0, id="unknown-words"),
    ],
)
def test_the_share_of_words_is_that_of_title_and_abstract(
    bees: Library, question: str, first: float
) -> None:
    assert _measured(bees, question, "words")[0] == pytest.approx(first)


def test_the_likeliest_papers_measures_are_those_of_the_question() -> None:
    likely, unlikely = _candidate(1.0, alone=2.0), _candidate(1.0, alone=-1.0)

    measured = question_features([likely, unlikely])

    assert measured["paper"] == 2.0
    assert {name: likely.measured[name] for name in measured if name != "paper"} == {
        name: value for name, value in measured.items() if name != "paper"
    }


def test_a_follow_up_is_measured_as_one() -> None:
    alone, follows = (
        several_features("and why?", before, [_candidate(1.0)]) for before in ("", "Is it?")
    )

    assert (alone["follows"], follows["follows"]) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("measure", "question", "value"),
    [
        pytest.param("which", "Which papers are about bees?", 1, id="which-papers"),
        pytest.param("which", "What other recent approaches are there?", 1, id="what-approaches"),
        pytest.param("which", "Which loss is used?", 0, id="which-loss"),
        pytest.param("many", "Are there strategies of dancing?", 1, id="a-plural-of-papers"),
        pytest.param("many", "Is there a strategy of dancing?", 0, id="a-singular"),
        pytest.param("survey", "Compare ways of dancing", 1, id="compare"),
        pytest.param("survey", "Has anyone taught bees to dance?", 1, id="has-anyone"),
        pytest.param("survey", "Does QuiltMap compare well?", 0, id="a-paper-that-compares"),
        pytest.param("name", "Does HIVEMIND dance?", 1, id="a-name"),
        pytest.param("name", "Do bees dance?", 0, id="no-name"),
        pytest.param("number", "How many bees dance?", 1, id="a-figure"),
        pytest.param("number", "Do bees dance?", 0, id="no-figure"),
    ],
)
def test_the_wording_that_asks_for_several_papers_is_measured(
    measure: str, question: str, value: float
) -> None:
    assert several_features(question, "", [_candidate(1.0)])[measure] == value


@pytest.mark.parametrize(
    ("members", "measured"),
    [
        pytest.param([1.0, 4.0, 2.0, -3.0], (2.0, 1.0, 2.0), id="four-papers"),
        pytest.param([4.0, 1.0], (1.0, -6.0, 3.0), id="two-papers"),
        pytest.param([4.0], (-6.0, -6.0, 10.0), id="one-paper"),
    ],
)
def test_how_likely_more_papers_belong_is_measured_by_rank(
    members: list[float], measured: tuple[float, float, float]
) -> None:
    features = several_features("Do bees dance?", "", [_candidate(1.0, member=one) for one in members])

    assert (features["second"], features["third"], features["lead"]) == measured
