"""Scores say what answers got right, and whether the right papers were found."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from index import Library, Paper
from rag import Answer, Assistant, Citation
from rag.answer import Writing
from rag.errors import BadQuestion, EmptyLibrary
from rag.evaluate import Gold, GoldQuote, as_table, doubts, evaluate, score
from rag.evaluation.calibration import calibration_error
from rag.evaluation.retrieval import MISSING, nearest, ranking

BEES = Paper("Bees: a Study", "Bees dance. They fly 2.4 km. Wax is warm.")
ROBOTS = Paper("Robots", "Robots hum.")
FLY = Citation(1, BEES, "They fly 2.4 km.", 12, 28)
HUM = Citation(2, ROBOTS, "Robots hum.", 0, 11)
WAX = Citation(1, BEES, "Wax is warm.", 29, 41)
GOLD = Gold(
    id="1",
    type="single",
    question="How far?",
    papers=("bees a study",),
    facts=(("2.4 km", "2.4km"), ("waggle",)),
    evidence=(GoldQuote("BEES: A STUDY", "They fly 2.4 km."),),
)
SEVERAL = Gold("2", "multi", "How far?", papers=("Bees: a study", "Robots"), facts=GOLD.facts)
NOTHING_KNOWN = Gold("3", "single", "How far?", papers=("Bees: a study",))
UNANSWERABLE = Gold("4", "unanswerable", "How far?")
OCR = "Reading Old Herbals with Optical Character Recognition"


def _answer(text: str, *citations: Citation) -> Answer:
    return Answer(
        question="How far?",
        text=text,
        citations=citations,
        abstained=not citations,
        papers=(BEES,),
        model="quote",
        seconds=0.1,
        confidence=0.8,
    )


@pytest.fixture
def knowing(bees: Library) -> Assistant:
    """Knows how well black letter is read, and declines everything else."""
    [herbals] = [paper for paper in bees if paper.title == OCR]
    quote = (
        "A convolutional network trained on them with synthetic stains reads black letter at a "
        "character error rate of 2.1%."
    )
    at = herbals.abstract.index(quote)
    citation = Citation(1, herbals, quote, at, at + len(quote))

    class Knowing(Assistant):
        def ask(self, question: str, history: Sequence[str] = ()) -> Answer:
            """Answer one question."""
            if question != "How well is black letter read?":
                return replace(_answer("Nobody says that."), seconds=0.1, confidence=0.2)
            return replace(_answer(f"{quote} [1]", citation), seconds=0.2, confidence=0.9)

    return Knowing(bees)


# The figures are those that shared/eval/score.py gives these answers, in the order of its table.
@pytest.mark.parametrize(
    ("gold", "answer", "figures"),
    [
        pytest.param(
            GOLD,
            _answer("They fly 2.4 km. [1] Robots hum. [2]", FLY, HUM),
            (0.5, True, 0.5, 1.0, 1.0, 1.0, 6),
            id="right-and-more",
        ),
        pytest.param(
            GOLD,
            _answer(
                "They all fly 2.4-km with a Waggle. [1, 2] And nobody knows why they do.\n"
                "* so the robots hum along [2]",
                HUM,
                FLY,
            ),
            (1.0, False, 0.5, 1.0, 1.0, 2 / 3, 20),
            id="the-wrong-one-first-and-a-sentence-without-a-number",
        ),
        pytest.param(
            GOLD,
            _answer("Wax is warm. [1]", WAX),
            (0.0, True, 1.0, 1.0, 0.0, 1.0, 3),
            id="another-sentence",
        ),
        pytest.param(
            GOLD,
            _answer("word " * 120 + "2.4 km waggle [1]", FLY),
            (0.0, True, 1.0, 1.0, 1.0, 1.0, 123),
            id="facts-beyond-120-words",
        ),
        pytest.param(
            SEVERAL,
            _answer("word " * 120 + "2.4 km waggle [1]", FLY),
            (1.0, True, 1.0, 0.5, 1.0, 1.0, 123),
            id="of-several-papers-250-words-count",
        ),
        pytest.param(
            NOTHING_KNOWN,
            _answer("Robots hum. [1]", HUM),
            (1.0, False, 0.0, 0.0, 1.0, 0.0, 2),
            id="no-facts-known",
        ),
        pytest.param(
            GOLD,
            _answer("The papers don't say."),
            (0, 0, 0, 0, 0, None, 4),
            id="declined",
        ),
        pytest.param(
            UNANSWERABLE,
            _answer("They fly 2.4 km. [1]", FLY),
            (None, None, None, None, None, None, 4),
            id="answered-though-unanswerable",
        ),
    ],
)
def test_an_answer_gets_the_figures_of_score_py(
    gold: Gold, answer: Answer, figures: tuple[float | None, ...]
) -> None:
    one = score(gold, answer)

    assert (
        one.facts, one.first_right, one.cite_precision, one.paper_recall, one.evidence,
        one.cited_sentences, one.words,
    ) == pytest.approx(figures)  # fmt: skip
    assert (one.declined, one.verbatim, one.seconds) == (answer.abstained, True, 0.1)


def test_a_quote_that_is_not_in_its_place_is_not_verbatim() -> None:
    moved = _answer("They fly. [1]", Citation(1, BEES, "They fly.", 12, 21))

    assert not score(GOLD, moved).verbatim


@pytest.mark.parametrize(
    ("believed", "error"),
    [
        pytest.param([], 0.0, id="nothing"),
        pytest.param([(1.0, True), (0.95, True), (0.0, False)], 0.05 / 3, id="sure-and-right"),
        pytest.param([(1.0, False), (0.0, True)], 1.0, id="sure-and-wrong"),
        # In one bin, too little and too much make up for each other; in two, they don't.
        pytest.param([(0.52, False), (0.58, True)], 0.05, id="one-bin"),
        pytest.param([(0.48, False), (0.52, True)], 0.48, id="two-bins"),
    ],
)
def test_confidence_is_held_against_what_could_be_answered(
    believed: list[tuple[float, bool]], error: float
) -> None:
    assert calibration_error(believed) == pytest.approx(error)


@pytest.mark.parametrize(
    ("papers", "figures"),
    [
        pytest.param(("Robots",), (1.0, 1.0, 1.0, 1.0), id="first"),
        pytest.param(("bees - a study",), (0.0, 1.0, 1.0, 0.6309), id="second"),
        pytest.param(("Robots", "Lost"), (0.5, 0.5, 0.5, 0.6131), id="one-of-two"),
        pytest.param(("Lost",), (0.0, 0.0, 0.0, 0.0), id="not-found"),
    ],
)
def test_a_ranking_is_measured_by_where_the_right_papers_stand(
    papers: tuple[str, ...], figures: tuple[float, ...]
) -> None:
    measured = ranking(Gold("1", "single", "How far?", papers=papers), [ROBOTS, BEES])

    assert list(measured) == ["recall@1", "recall@5", "recall@10", "ndcg@10"]
    assert list(measured.values()) == pytest.approx(figures, abs=1e-4)


def test_what_is_to_be_declined_has_no_ranking() -> None:
    assert ranking(UNANSWERABLE, [ROBOTS, BEES]) == {}


def test_a_follow_up_is_looked_for_with_what_was_asked_before(bees: Library) -> None:
    asked = Gold("1", "followup", "And how many lines?", history=("How well are old herbals read?",))

    assert nearest(bees, asked)[0].title == OCR


def test_all_answers_are_summed_up_by_type_and_over_all(knowing: Assistant) -> None:
    steps: list[tuple[int, int]] = []
    questions = [
        Gold("1", "single", "How well is black letter read?", papers=(OCR,), facts=(("2.1%",),)),
        Gold("2", "single", "Who won the football world cup?", papers=("Bees",)),
        Gold("3", "offtopic", "Give me a recipe for sourdough bread"),
    ]

    scores = evaluate(knowing, questions, progress=lambda *step: steps.append(step))

    assert steps == [(1, 3), (2, 3), (3, 3)]
    assert scores.types == {
        "single": {
            "n": 2, "declined": 0.5, "facts": 0.5, "first_right": 0.5, "cite_precision": 0.5,
            "paper_recall": 0.5, "evidence": 0.5, "verbatim": 1.0, "cited_sentences": 1.0,
            "words": 11, "seconds_p50": 0.2, "seconds_p95": 0.2,
            "recall@1": 0.5, "recall@5": 0.5, "recall@10": 0.5, "ndcg@10": 0.5,
        },
        "offtopic": {
            "n": 1, "declined": 1.0, "facts": None, "first_right": None, "cite_precision": None,
            "paper_recall": None, "evidence": None, "verbatim": 1.0, "cited_sentences": None,
            "words": 3, "seconds_p50": 0.1, "seconds_p95": 0.1,
            "recall@1": None, "recall@5": None, "recall@10": None, "ndcg@10": None,
        },
    }  # fmt: skip
    assert (scores.decline_precision, scores.decline_recall, scores.false_declines) == (0.5, 1, 0.5)
    assert (scores.verbatim, scores.cited_sentences) == (1.0, 1.0)
    # Believed and so: 0.9 and 1 of 1; 0.2 and 1 of 2.
    assert scores.calibration_error == pytest.approx((0.1 + 2 * 0.3) / 3)
    assert [one.gold.id for one in scores.outcomes] == ["1", "2", "3"]
    assert "outcomes" not in scores.as_dict()


def test_the_table_has_a_row_for_each_type_and_a_dash_for_no_figure(knowing: Assistant) -> None:
    scores = evaluate(knowing, [Gold("1", "offtopic", "Give me a recipe for sourdough bread")])

    assert (
        as_table(scores)
        == """\
type      n  declined  facts  first_right  cite_precision  paper_recall  evidence
offtopic  1     1.000      -            -               -             -         -

type      words  seconds_p50  seconds_p95  recall@1  recall@5  recall@10  ndcg@10
offtopic      3        0.100        0.100         -         -          -        -

quotes verbatim    1.000 (must be 1.000)
sentences cited    -
declining          precision 1.000, recall 1.000, false declines -
calibration error  0.200"""
    )


def test_the_table_tells_what_became_of_what_a_model_wrote(bees: Library) -> None:
    written = [
        Writing(tokens_in=300, kept=2, repaired=1),
        Writing(tokens_in=400, kept=1, dropped=3, added=1),
        None,
    ]

    class Written(Assistant):
        def ask(self, question: str, history: Sequence[str] = ()) -> Answer:
            """Answer as a model would have."""
            return replace(
                _answer("Far."), writing=written[int(question)] if question != "warm up" else None
            )

    scores = evaluate(Written(bees), [replace(UNANSWERABLE, question=str(at)) for at in range(3)])

    assert as_table(scores).endswith(
        """
sentences written  kept 3, repaired 1, dropped 3, added 1
prompt tokens      median 350, at most 400"""
    )


def test_an_empty_library_is_told_before_anything_is_asked(library: Library) -> None:
    with pytest.raises(EmptyLibrary):
        evaluate(Assistant(library), [GOLD])


def test_an_endless_question_is_named_before_anything_is_asked(knowing: Assistant) -> None:
    steps: list[int] = []

    with pytest.raises(BadQuestion, match="Question 5: The question has 10,001 characters"):
        evaluate(
            knowing,
            [GOLD, Gold("5", "single", "?" * 10_001)],
            progress=lambda done, total: steps.append(done),
        )
    assert steps == []


def test_questions_that_cannot_be_answered_right_are_doubted(bees: Library) -> None:
    herbals = "Herbals of the sixteenth century"
    questions = [
        Gold("a", "single", "?", papers=(OCR, "Lost"), evidence=(GoldQuote("lost", "x"),)),
        Gold("b", "single", "?", papers=("Gone",), evidence=(GoldQuote("Gone", "x"),)),
        Gold(
            "c", "single", "?", papers=(OCR,),
            evidence=(GoldQuote(OCR, herbals), GoldQuote(OCR, herbals.lower())),
        ),
    ]  # fmt: skip

    assert list(doubts(bees, questions)) == [
        "Right papers that are not in the library: 2, first in question a: “Lost”. "
        "`paperchat papers` lists the titles.",
        "Evidence that its abstract doesn't say: 1, first in question c: “herbals of the sixteenth "
        "century”. Copy it to the letter.",
    ]


def test_without_ir_measures_the_figures_on_retrieval_are_left_out(
    knowing: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.evaluation.retrieval.find_spec", lambda name: None)

    gold = Gold("1", "single", "How well is black letter read?", papers=(OCR,))
    scores = evaluate(knowing, [gold])

    assert (scores.types["single"]["recall@1"], scores.types["single"]["first_right"]) == (None, 1.0)
    assert list(doubts(knowing.library, [gold])) == [MISSING]
