"""The reader marks the sentences that answer, of papers of any length, always alike."""

import math
from concurrent.futures import ThreadPoolExecutor

import pytest

from index import Library, Paper, sentence_spans
from rag.reader import Reader, Reading

QUESTION = "How much faster does HIVEMIND find food than foraging alone?"
# Forty sentences of forty words are some four windows.
LONG = Paper(
    "A Very Long Day in the Hive",
    " ".join(f"Bee {number} dances{' and hums' * 18} all day." for number in range(40)),
)
LONG_WITH_AN_ANSWER = Paper(
    LONG.title, f"{LONG.abstract} HIVEMIND finds food 2.4x faster than foraging alone."
)


@pytest.fixture(scope="session")
def reader(bees: Library) -> Reader:
    return Reader(bees.embedder)


def _numbers(readings: list[Reading]) -> list[float]:
    return [number for one in readings for number in (*one.marks, one.answers, one.about)]


def test_a_reading_has_a_mark_for_each_sentence_in_the_abstracts_order(
    reader: Reader, bees: Library
) -> None:
    papers = list(bees)

    readings = reader.read(QUESTION, papers)

    assert [(one.paper, one.spans, len(one.marks)) for one in readings] == [
        (paper, spans, len(spans))
        for paper in papers
        for spans in [tuple(sentence_spans(paper.abstract))]
    ]


@pytest.mark.parametrize(
    ("question", "beginning"),
    [
        pytest.param(QUESTION, "In simulated meadows, HIVEMIND finds", id="a-factor"),
        pytest.param(
            "How often is the next dance predicted on recordings of real hives?",
            "On recordings of real hives",
            id="a-share",
        ),
        pytest.param(
            "How long does inference take on a microcontroller?", "At 90% sparsity", id="a-time"
        ),
        pytest.param(
            "At what character error rate is black letter read?",
            "A convolutional network trained",
            id="an-error-rate",
        ),
        pytest.param(
            "How many transcribed lines were collected?", "We collect 4,000 transcribed", id="a-count"
        ),
        pytest.param(
            "Which words remain the hardest to read in herbals?", "Plant names in Latin", id="which"
        ),
        pytest.param(
            "How many parameters does a tidal field need?", "The tidal field needs 14", id="a-size"
        ),
        pytest.param("Where is the code of the beekeeping robot?", "The code is at", id="an-address"),
    ],
)
def test_the_sentence_that_answers_has_the_highest_mark(
    reader: Reader, bees: Library, question: str, beginning: str
) -> None:
    [paper] = [paper for paper in bees if beginning in paper.abstract]

    [reading] = reader.read(question, [paper])

    start, end = reading.spans[reading.marks.index(max(reading.marks))]
    assert paper.abstract[start:end].startswith(beginning)


def test_the_paper_that_answers_is_told_from_the_others(reader: Reader, bees: Library) -> None:
    readings = reader.read(QUESTION, list(bees))

    assert max(readings, key=lambda one: one.answers).paper.title.startswith("HIVEMIND")


def test_the_paper_that_is_about_it_is_told_from_the_others(reader: Reader, bees: Library) -> None:
    readings = reader.read("Which tribes of honeybees does HIVEMIND model?", list(bees))

    assert max(readings, key=lambda one: one.about).paper.title.startswith("HIVEMIND")


def test_a_follow_up_is_read_with_the_question_it_leans_on(reader: Reader, bees: Library) -> None:
    [paper] = [paper for paper in bees if paper.title.startswith("HIVEMIND")]

    [reading] = reader.read("and on recordings of real hives?", [paper], before=QUESTION)

    start, end = reading.spans[reading.marks.index(max(reading.marks))]
    assert paper.abstract[start:end].startswith("On recordings of real hives")


def test_the_same_question_gives_the_same_numbers_twice(reader: Reader, bees: Library) -> None:
    first, second = (reader.read(QUESTION, list(bees)) for _ in range(2))

    assert first == second


def test_what_is_read_beside_a_paper_changes_none_of_its_numbers(reader: Reader, bees: Library) -> None:
    papers = list(bees)

    assert reader.read(QUESTION, papers) == [
        reading for paper in papers for reading in reader.read(QUESTION, [paper])
    ]


def test_many_threads_get_the_same_numbers(reader: Reader, bees: Library) -> None:
    papers = list(bees)
    expected = _numbers(reader.read(QUESTION, papers))

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: _numbers(reader.read(QUESTION, papers)), range(16)))

    assert found == [pytest.approx(expected, abs=1e-4)] * 16


@pytest.mark.parametrize(
    ("question", "paper", "before"),
    [
        pytest.param(QUESTION, LONG, "", id="an-abstract-of-1,600-words"),
        pytest.param("bees " * 300, LONG, "", id="a-question-of-300-words"),
        pytest.param("bees " * 300, LONG, "wasps " * 600, id="after-another-of-600-words"),
        pytest.param("bees", Paper("Bees " * 300, LONG.abstract), "", id="a-title-of-300-words"),
        pytest.param(QUESTION, Paper("Bees", "bees " * 2000), "", id="an-abstract-without-stops"),
        pytest.param(
            QUESTION, Paper("Bees", "蜂" * 1500 + "。"), "", id="a-sentence-longer-than-a-window"
        ),
        pytest.param("?!", Paper("Bees", "Bees dance."), "", id="a-question-without-words"),
        pytest.param("\x07", Paper("Bees", "Bees dance."), "", id="a-question-without-tokens"),
        pytest.param(QUESTION, Paper("", "Bees dance."), "", id="no-title"),
        pytest.param(QUESTION, Paper("Bees", "\x07 \x07. Bees dance."), "", id="a-sentence-of-noise"),
        pytest.param(QUESTION, Paper("Bees", ""), "", id="no-abstract"),
    ],
)
def test_whatever_is_read_every_sentence_gets_a_mark(
    reader: Reader, question: str, paper: Paper, before: str
) -> None:
    [reading] = reader.read(question, [paper], before)

    assert len(reading.marks) == len(reading.spans) == len(sentence_spans(paper.abstract))
    assert all(map(math.isfinite, _numbers([reading])))


@pytest.mark.parametrize("title", ["Bees", "Bees bees", "Bees bees bees"])
def test_windows_are_filled_to_the_last_token_and_no_further(reader: Reader, title: str) -> None:
    # A sentence has three tokens: with one of these titles it would end one token too far.
    [reading] = reader.read("bees", [Paper(title, "Bees dance. " * 400)])

    assert len(reading.marks) == 400


def test_the_answer_is_found_at_the_end_of_a_very_long_abstract(reader: Reader) -> None:
    [reading] = reader.read(QUESTION, [LONG_WITH_AN_ANSWER])

    assert reading.marks.index(max(reading.marks)) == len(reading.spans) - 1


def test_a_very_long_abstract_answers_where_its_end_does(reader: Reader) -> None:
    without, with_an_answer = reader.read(QUESTION, [LONG, LONG_WITH_AN_ANSWER])

    assert without.answers < with_an_answer.answers


def test_no_papers_have_no_readings(reader: Reader) -> None:
    assert reader.read(QUESTION, []) == []
