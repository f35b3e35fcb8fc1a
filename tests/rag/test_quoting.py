"""Which sentences are quoted, in which order, and how they stand in the answer."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import Match, Paper, Passage, Span
from rag.answer import WORD_JOINER
from rag.evidence import Evidence
from rag.finding import Finding
from rag.judging import Candidate, Judgement
from rag.quoting import Quoted, lines_of, quote, sentences_of
from rag.reader import Reading

# Log-odds of what surely belongs, and of what surely doesn't.
YES, NO = 9.0, -9.0
BEES = ["Bees dance.", "They share a map.", "The map gets old."]
WASPS = ["Wasps sting.", "They own no map."]


def _candidate(
    title: str,
    sentences: Sequence[str],
    scores: Sequence[float] = (),
    filler: Sequence[int] = (),
    member: float = YES,
) -> Candidate:
    """Return a paper that was judged; its sentences are the likelier the earlier, if not said else."""
    abstract = " ".join(sentences)
    ends = [len(" ".join(sentences[:count])) for count in range(1, len(sentences) + 1)]
    spans = [Span(end - len(one), end) for end, one in zip(ends, sentences, strict=True)]
    paper = Paper(title, abstract)
    marks = tuple(scores) or tuple(YES - at for at in range(len(spans)))
    evidence = tuple(
        Evidence(paper, span, score, at in filler)
        for at, (span, score) in enumerate(zip(spans, marks, strict=True))
    )
    match = Match(paper, Passage(0, len(abstract), abstract), 1.0, 0.5, 2.0)
    reading = Reading(paper, tuple(spans), marks, YES, YES)
    return Candidate(match, reading, evidence, {}, YES, member)


def _words(*counts: int) -> list[str]:
    """Return sentences of so many words."""
    return [f"Word{' word' * (count - 1)}." for count in counts]


def _places(candidate: Candidate) -> list[int]:
    """Return the places in the abstract of the sentences that are quoted, in the answer's order."""
    return [candidate.sentences.index(evidence) for evidence in sentences_of(candidate)]


def _finding(*candidates: Candidate, several: float = 0.0) -> Finding:
    return Finding("Do bees dance?", Judgement(candidates, 0.9, several, 0.9))


def _text(quoted: Quoted) -> str:
    return "".join(quoted.pieces)


# The sentences of one paper


@pytest.mark.parametrize(
    ("scores", "places"),
    [
        pytest.param([4.0, 3.0, 2.0, 1.0], [0, 1, 2, 3], id="best-first-already"),
        pytest.param([1.0, 2.0, 4.0, 3.0], [2, 0, 1, 3], id="best-inside"),
        pytest.param([1.0, 2.0, 3.0, 4.0], [3, 0, 1, 2], id="best-last"),
        pytest.param([0.5, 5.0, 2.0, 9.0, 3.0, 4.0], [3, 1, 4, 5], id="four-at-most"),
        pytest.param([9.0, NO, 8.0, NO], [0, 2], id="without-unlikely-ones"),
        pytest.param([NO, NO - 1], [0], id="the-best-however-unlikely"),
        pytest.param([1.0], [0], id="the-only-one"),
    ],
)
def test_the_best_sentence_comes_first_and_the_others_in_the_abstracts_order(
    scores: list[float], places: list[int]
) -> None:
    assert _places(_candidate("Bees", _words(*[5] * len(scores)), scores)) == places


@pytest.mark.parametrize(
    ("lengths", "places"),
    [
        pytest.param([40, 40, 40], [0, 1], id="a-third-one-is-too-much"),
        pytest.param([45, 45], [0, 1], id="ninety-words"),
        pytest.param([45, 46], [0], id="ninety-one-words"),
        pytest.param([50, 60, 30], [0, 2], id="a-shorter-one-fits"),
        pytest.param([130, 5], [0], id="the-best-however-long"),
    ],
)
def test_sentences_that_would_make_it_longer_than_90_words_are_left_out(
    lengths: list[int], places: list[int]
) -> None:
    assert _places(_candidate("Bees", _words(*lengths))) == places


@given(st.lists(st.tuples(st.floats(-9, 9), st.integers(1, 120)), min_size=1, max_size=8))
def test_at_most_90_words_are_quoted_or_one_sentence(sentences: list[tuple[float, int]]) -> None:
    scores, lengths = zip(*sentences, strict=True)

    chosen = sentences_of(_candidate("Bees", _words(*lengths), scores))

    assert len(chosen) == 1 or sum(len(one.quote.split()) for one in chosen) <= 90


@pytest.mark.parametrize(
    ("scores", "filler", "places"),
    [
        pytest.param([9.0, 8.0, 7.0], [1], [0, 2], id="among-the-others"),
        pytest.param([9.0, 8.0, 7.0], [0], [1, 2], id="though-it-is-the-best"),
        pytest.param([9.0, NO, NO], [0], [1], id="though-nothing-else-is-likely"),
        pytest.param([7.0, 9.0], [0, 1], [1], id="but-the-best-where-all-are-filler"),
    ],
)
def test_filler_is_left_out(scores: list[float], filler: list[int], places: list[int]) -> None:
    assert _places(_candidate("Bees", _words(*[5] * len(scores)), scores, filler)) == places


# The lines of several papers


def test_each_paper_says_its_most_telling_sentence() -> None:
    candidates = [_candidate("Bees", BEES, [1.0, 3.0, 2.0]), _candidate("Wasps", WASPS, [3.0, 1.0])]

    assert [one.quote for one in lines_of(candidates)] == ["They share a map.", "Wasps sting."]


@pytest.mark.parametrize(
    ("filler", "said"),
    [
        pytest.param([0], "They share a map.", id="something-else-is-said"),
        pytest.param([0, 1, 2], "Bees dance.", id="nothing-else-is-said"),
    ],
)
def test_filler_is_no_line_where_something_else_is_said(filler: list[int], said: str) -> None:
    assert [one.quote for one in lines_of([_candidate("Bees", BEES, filler=filler)])] == [said]


def test_the_likeliest_paper_has_the_first_line() -> None:
    members = {"Ants": 1.0, "Bees": 3.0, "Wasps": 2.0}

    lines = lines_of([_candidate(title, BEES, member=one) for title, one in members.items()])

    assert [line.paper.title for line in lines] == ["Bees", "Wasps", "Ants"]


def test_a_paper_that_hardly_belongs_has_no_line() -> None:
    lines = lines_of([_candidate("Bees", BEES), _candidate("Wasps", WASPS, member=NO)])

    assert [line.paper.title for line in lines] == ["Bees"]


def test_the_likeliest_paper_has_a_line_where_none_belongs() -> None:
    candidates = [_candidate("Bees", BEES, member=NO - 1), _candidate("Wasps", WASPS, member=NO)]

    assert [line.paper.title for line in lines_of(candidates)] == ["Wasps"]


def test_at_most_eight_papers_have_a_line() -> None:
    many = [_candidate(f"Bees {number}", BEES, member=YES - number / 10) for number in range(10)]

    assert [line.paper.title for line in lines_of(many)] == [f"Bees {number}" for number in range(8)]


# The answer


def test_an_answer_from_one_paper_is_its_sentences_each_with_the_number() -> None:
    quoted = quote(_finding(_candidate("Bees", BEES), _candidate("Wasps", WASPS)), {}, papers=6)

    assert _text(quoted) == "Bees dance. [1] They share a map. [1] The map gets old. [1]"


def test_an_answer_comes_a_sentence_a_piece() -> None:
    quoted = quote(_finding(_candidate("Bees", BEES)), {}, papers=6)

    assert [piece.strip() for piece in quoted.pieces] == [f"{sentence} [1]" for sentence in BEES]


def test_an_answer_from_several_papers_is_a_line_each_after_all_their_numbers() -> None:
    found = _finding(_candidate("Bees", BEES), _candidate("Wasps", WASPS), several=0.9)

    assert _text(quote(found, {}, papers=1234)) == (
        "2 of 1,234 papers answer: [1] [2]\n**Bees**: Bees dance. [1]\n**Wasps**: Wasps sting. [2]"
    )


def test_an_answer_from_several_papers_comes_a_line_a_piece() -> None:
    found = _finding(_candidate("Bees", BEES), _candidate("Wasps", WASPS), several=0.9)

    pieces = quote(found, {}, papers=6).pieces

    assert [piece.strip("\n") for piece in pieces] == "".join(pieces).splitlines()


def test_more_papers_than_have_a_line_are_not_said_to_be_all() -> None:
    found = _finding(*(_candidate(f"Bees {at}", BEES) for at in range(9)), several=0.9)

    assert quote(found, {}, papers=20).pieces[0].startswith("At least 8 of 20 papers answer: [1] [2]")


def test_where_only_one_paper_belongs_it_has_no_lines() -> None:
    found = _finding(_candidate("Bees", BEES[:1]), _candidate("Wasps", WASPS, member=NO), several=0.9)

    assert _text(quote(found, {}, papers=6)) == "Bees dance. [1]"


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        pytest.param("A* Search", "A Search", id="a-star"),
        pytest.param("**Bold** Claims", "Bold Claims", id="bold-already"),
        pytest.param("Bees\n on Combs", "Bees on Combs", id="two-lines"),
        pytest.param("Maps? A Study", f"Maps?{WORD_JOINER} A Study", id="a-mark-inside"),
        pytest.param("Bees [2] and **: Maps", f"Bees [2]{WORD_JOINER} and : Maps", id="signs"),
    ],
)
def test_a_title_is_bold_as_a_whole_and_in_one_piece(title: str, shown: str) -> None:
    found = _finding(_candidate(title, BEES), _candidate("Wasps", WASPS), several=0.9)

    line = _text(quote(found, {}, papers=6)).split("\n")[1]

    assert line == f"**{shown}**: Bees dance. [1]"


@pytest.mark.parametrize("several", [pytest.param(0.0, id="one"), pytest.param(0.9, id="several")])
def test_a_quote_stands_in_the_text_in_one_piece(several: float) -> None:
    bees = _candidate("Bees", ["Bees (cf. Fig. 2)\ndance."])

    text = _text(quote(_finding(bees, _candidate("Wasps", WASPS), several=several), {}, papers=6))

    assert f"Bees (cf.{WORD_JOINER} Fig.{WORD_JOINER} 2) dance. [1]" in text


@pytest.mark.parametrize("several", [pytest.param(0.0, id="one"), pytest.param(0.9, id="several")])
def test_a_citation_has_the_papers_words_to_the_letter(several: float) -> None:
    bees, wasps = _candidate("Bees", ["Bees\n dance.", "So."]), _candidate("Wasps", WASPS)

    for one in quote(_finding(bees, wasps, several=several), {}, papers=6).citations:
        assert one.paper.abstract[one.start : one.end] == one.quote


def test_a_paper_that_was_cited_before_keeps_its_number() -> None:
    bees, wasps, ants = (_candidate(title, BEES) for title in ("Bees", "Wasps", "Ants"))
    numbers = {ants.match.paper.id: 1, bees.match.paper.id: 2}

    quoted = quote(_finding(bees, wasps, several=0.9), numbers, papers=6)

    assert [(one.number, one.paper.title) for one in quoted.citations] == [(2, "Bees"), (3, "Wasps")]


def test_the_numbers_are_carried_over_to_the_next_part() -> None:
    numbers: dict[str, int] = {}
    bees, wasps = _candidate("Bees", BEES), _candidate("Wasps", WASPS)

    texts = [_text(quote(_finding(one), numbers, papers=6)) for one in (bees, wasps, bees)]

    assert [text[-3:] for text in texts] == ["[1]", "[2]", "[1]"]
