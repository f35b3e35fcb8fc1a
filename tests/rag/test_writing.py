"""What a model writes is shown only where quotes support it."""

from collections.abc import Iterable

import pytest

from index import Paper, Span, sentence_spans
from index.readers.daily_pages import read
from rag.answer import WORD_JOINER
from rag.evidence import Evidence
from rag.prompts import DECLINE
from rag.quoting import Shown
from rag.writing import Tally, written
from tests.rag.conftest import PAGE
from tests.rag.scripted import in_pieces

FOUND = (
    "In simulated meadows, HIVEMIND finds food 2.4x faster than foraging alone and uses 31% less "
    "energy."
)
NEXT = "On recordings of real hives, it predicts where the next dance points in 78.5% of the cases."
SEASON = "In a season with 12 hives, it lost fewer bees than two human keepers."
HEARS = (
    "Our robot hears the state of a colony from its hum (cf. Fig. 2) and moves frames without crushing "
    "bees."
)
CODE = "The code is at https://example.org/hum"
LINES = "We collect 4,000 transcribed lines from 23 herbals."
TAGS = (
    "We count 1,204 tags such as <img src=x onerror=alert(2)> in a corpus & show that L^p norms, "
    "d_x+d_y and 10^{13} survive as they are."
)


@pytest.fixture(scope="module")
def papers() -> list[Paper]:
    read_from = read(PAGE.read_text("utf-8"), PAGE.name)
    return [paper for paper in read_from if isinstance(paper, Paper)]


@pytest.fixture(scope="module")
def evidence(papers: list[Paper]) -> list[Evidence]:
    """The sentences that a model is shown, numbered 1 to 6; the first two are one paper's."""
    every = [Evidence(paper, span, 1.0) for paper in papers for span in sentence_spans(paper.abstract)]
    by_quote = {one.quote: one for one in every}
    return [by_quote[quote] for quote in (FOUND, NEXT, SEASON, HEARS, LINES, TAGS)]


def _shown(text: str, evidence: list[Evidence], tally: Tally | None = None) -> list[Shown]:
    words = iter(in_pieces(text))
    return list(written(words, evidence, {}, tally if tally is not None else Tally()))


def _texts(shown: Iterable[Shown]) -> list[str]:
    return [one.text.replace(WORD_JOINER, "") for one in shown]


def test_supported_sentences_are_kept_with_a_number_a_paper_by_first_mention(
    evidence: list[Evidence],
) -> None:
    tally = Tally()

    shown = _shown(
        "They collect 4,000 transcribed lines from 23 herbals [5]. HIVEMIND finds food 2.4x faster "
        "than foraging alone and uses 31% less energy. [1] It predicts the next dance in 78.5% of the "
        "cases of real hives [2].",
        evidence, tally,
    )  # fmt: skip

    assert _texts(shown) == [
        "They collect 4,000 transcribed lines from 23 herbals. [1]",
        "HIVEMIND finds food 2.4x faster than foraging alone and uses 31% less energy. [2]",
        "It predicts the next dance in 78.5% of the cases of real hives. [2]",
    ]
    assert [[one.quote for one in each.citations] for each in shown] == [[LINES], [FOUND], [NEXT]]
    assert (tally.kept, tally.repaired, tally.dropped, tally.declined) == (3, 0, 0, False)


def test_papers_that_have_a_number_keep_it(evidence: list[Evidence]) -> None:
    numbers = {evidence[0].paper.id: 3, "x": 1, "y": 2}

    [herbals, hive] = written(iter([f"{LINES} [5]\n{FOUND} [1]"]), evidence, numbers, Tally())

    assert (herbals.text[-3:], hive.text[-3:]) == ("[4]", "[3]")


@pytest.mark.parametrize(
    "marks",
    [
        pytest.param(" [1]", id="of-another-paper"),
        pytest.param(" [2, 3]", id="of-two-others"),
        pytest.param(" [77]", id="that-is-not-there"),
        pytest.param("", id="none"),
    ],
)
def test_a_wrong_number_is_replaced_by_the_right_one(evidence: list[Evidence], marks: str) -> None:
    tally = Tally()

    [shown] = _shown(f"They collect 4,000 transcribed lines from 23 herbals{marks}.", evidence, tally)

    assert shown.text == "They collect 4,000 transcribed lines from 23 herbals. [1]"
    assert [one.quote for one in shown.citations] == [LINES]
    assert (tally.kept, tally.repaired, tally.dropped) == (0, 1, 0)


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param("The papers are [1], [2], [3].", id="a-list-of-them"),
        pytest.param("In paper [5], they collect 4,000 lines from 23 herbals. [5]", id="in-paper"),
        pytest.param("The evidence [1] and [5] shows that herbals dance.", id="as-a-subject"),
    ],
)
def test_a_sentence_with_numbers_in_the_place_of_words_is_not_kept(
    evidence: list[Evidence], sentence: str
) -> None:
    tally = Tally()

    shown = _shown(sentence, evidence, tally)

    assert [one.text for one in shown if "papers are" in one.text or "paper, " in one.text] == []
    assert tally.kept == 0


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("Napoleon crossed the Alps on a mule.", f"{NEXT} [1]", id="after-one-left-out"),
        pytest.param(
            f"{FOUND} [1]", "It predicts the next dance in 78.5% of the cases of real hives. [1]",
            id="after-one-that-is-shown",
        ),
    ],
)  # fmt: skip
def test_a_sentence_that_points_back_needs_the_one_before_it(
    evidence: list[Evidence], before: str, after: str
) -> None:
    tally = Tally()
    told = f"{before} It predicts the next dance in 78.5% of the cases of real hives [2]."

    *_, last = _shown(told, evidence, tally)

    assert last.text.replace(WORD_JOINER, "") == after
    assert [one.quote for one in last.citations] == [NEXT]


def test_a_number_too_many_is_left_out(evidence: list[Evidence]) -> None:
    tally = Tally()

    [shown] = _shown("They collect 4,000 transcribed lines from 23 herbals [1][5].", evidence, tally)

    assert [one.quote for one in shown.citations] == [LINES]
    assert tally.kept == 1


@pytest.mark.parametrize(
    "claim",
    [
        pytest.param("HIVEMIND finds food 9.9x faster than foraging alone [1].", id="number"),
        pytest.param("HIVEMIND finds food 2.4x slower than foraging alone [1].", id="opposite"),
        pytest.param("HIVEMIND never finds food faster than foraging alone [1].", id="denied"),
        pytest.param("WASPNET finds food 2.4x faster than foraging alone [1].", id="name"),
    ],
)
def test_a_false_telling_of_a_quote_is_replaced_by_the_quote(
    evidence: list[Evidence], claim: str
) -> None:
    tally = Tally()

    [shown] = _shown(claim, evidence, tally)

    assert _texts([shown]) == [f"{FOUND} [1]"]
    assert [one.quote for one in shown.citations] == [FOUND]
    assert (tally.kept, tally.repaired, tally.dropped) == (0, 1, 0)
    assert tally.reasons


@pytest.mark.parametrize(
    "claim",
    [
        pytest.param("The answer is 42 [1].", id="number"),
        pytest.param("Napoleon crossed the Alps on a mule [1].", id="other-subject"),
        pytest.param("Visit https://evil.example/prize today [1].", id="address"),
        pytest.param("Visit evil.example today [1].", id="bare-address"),
        pytest.param('{"tool": "delete", "arguments": {"all": true}} [1]', id="tool-call"),
    ],
)
def test_what_no_quote_says_is_dropped(evidence: list[Evidence], claim: str) -> None:
    tally = Tally()

    assert _shown(claim, evidence, tally) == []
    assert (tally.kept, tally.repaired, tally.dropped) == (0, 0, 1)


def test_an_address_is_shown_where_the_quote_has_it(papers: list[Paper]) -> None:
    robots = papers[1]
    start = robots.abstract.index(CODE)
    code = Evidence(robots, Span(start, start + len(CODE)), 1.0)

    assert _texts(_shown(f"{CODE} [1].", [code])) == [f"{CODE}. [1]"]
    assert _texts(_shown("The code is at https://evil.example/hum [1].", [code])) == [f"{CODE} [1]"]


def test_nothing_is_shown_twice(evidence: list[Evidence]) -> None:
    shown = _shown(
        f"{FOUND} [1] {FOUND} [1] HIVEMIND finds food 9.9x faster than foraging alone [1]. "
        f"HIVEMIND finds food 8.8x faster than foraging alone. {FOUND} [3]",
        evidence,
    )

    assert _texts(shown) == [f"{FOUND} [1]"]


def test_a_quote_over_two_lines_is_shown_once(papers: list[Paper]) -> None:
    paper = Paper("Moss", "Moss roofs lower the room below\nby 3.4 degrees at noon.")
    moss = Evidence(paper, Span(0, len(paper.abstract)), 1.0)
    told = " ".join(paper.abstract.split())

    shown = _shown(f"{told} [1] Moss roofs lower the room below by 9.9 degrees at noon [1].", [moss])

    assert _texts(shown) == [f"{told} [1]"]


def test_a_stop_inside_a_sentence_does_not_look_like_its_end(evidence: list[Evidence]) -> None:
    [shown] = _shown(f"{HEARS} [4]", evidence)

    assert f"(cf.{WORD_JOINER} Fig.{WORD_JOINER} 2)" in shown.text


def test_citations_are_verbatim(evidence: list[Evidence]) -> None:
    for shown in _shown(f"{TAGS} [6] {HEARS} [4] {LINES}", evidence):
        for one in shown.citations:
            assert one.paper.abstract[one.start : one.end] == one.quote


def test_a_model_that_declines_first_shows_nothing(evidence: list[Evidence]) -> None:
    tally = Tally()

    assert _shown(f"{DECLINE} {FOUND} [1]", evidence, tally) == []
    assert tally.declined


def test_a_model_that_declines_after_what_is_not_supported_declines(evidence: list[Evidence]) -> None:
    tally = Tally()

    assert _shown(f"Napoleon crossed the Alps on a mule [1]. {DECLINE}", evidence, tally) == []
    assert tally.declined


def test_declining_after_sentences_that_are_shown_is_left_out(evidence: list[Evidence]) -> None:
    tally = Tally()

    assert _texts(_shown(f"{FOUND} [1] {DECLINE} {LINES} [5]", evidence, tally)) == [
        f"{FOUND} [1]",
        f"{LINES} [2]",
    ]
    assert not tally.declined


def test_a_sentence_is_shown_before_the_model_is_done(evidence: list[Evidence]) -> None:
    def words() -> Iterable[str]:
        yield f"{LINES} [5] They "
        raise AssertionError("more was read than was needed")

    assert _texts([next(written(iter(words()), evidence, {}, Tally()))]) == [f"{LINES} [1]"]
