"""What a model writes: cut into sentences, taken apart, and shown only where quotes support it."""

from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import Paper, Span, sentence_spans
from index.readers.daily_pages import read
from rag.answer import WORD_JOINER
from rag.evidence import Evidence
from rag.prompts import DECLINE
from rag.quoting import Shown
from rag.writing import Tally, is_decline, sentences, taken_apart, written
from tests.rag.conftest import PAGE
from tests.rag.scripted import in_pieces

STREAM = """**Answer:** HIVEMIND, by J. Adams et al. (2024), is 2.4x faster. [1] It uses less. [2, 3]
- In X. Adams (cf. Fig. 2) it is "told apart." [4] Is it so? [1] 【2】 Yes, by mRNA! [5]

1. The papers
2. Do they say [1-3]? See Dr. Smith et al. [2] on 0.3 points. mRNA dances [1], as i.e. A. Bee [2].
* Last"""
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


# Sentences


@pytest.mark.parametrize("size", range(1, 40))
def test_a_stream_has_the_same_sentences_wherever_it_is_cut(size: int) -> None:
    assert list(sentences(iter(in_pieces(STREAM, size)))) == list(sentences(iter([STREAM])))


@given(st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_a_stream_has_the_same_sentences_cut_in_unequal_pieces(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(STREAM)]
    pieces = [STREAM[begin:end] for begin, end in pairwise(edges)]

    assert list(sentences(iter(pieces))) == list(sentences(iter([STREAM])))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("Bees dance. They hum.", ["Bees dance.", "They hum."], id="two"),
        pytest.param("They hum [1]. So [2].", ["They hum [1].", "So [2]."], id="before-the-stop"),
        pytest.param("They hum. [1] So. [2]", ["They hum [1].", "So [2]."], id="after-the-stop"),
        pytest.param("They hum.[1] So.[2]", ["They hum[1].", "So[2]."], id="glued-to-the-stop"),
        pytest.param("They hum. [1] [2] So.", ["They hum [1] [2].", "So."], id="several-marks"),
        pytest.param("They hum. [1][2] So.", ["They hum [1][2].", "So."], id="marks-in-a-row"),
        pytest.param("They hum. [1, 2 and 3] So.", ["They hum [1, 2 and 3].", "So."], id="a-list"),
        pytest.param("They hum. 【1】 So.", ["They hum 【1】.", "So."], id="full-width"),
        pytest.param("“They hum.” [1] So.", ["“They hum [1].”", "So."], id="quoted"),
        pytest.param("It takes 2.4 hours. So.", ["It takes 2.4 hours.", "So."], id="decimal"),
        pytest.param(
            "Lu et al. (2024) hum, cf. Fig. 2. So.", ["Lu et al. (2024) hum, cf. Fig. 2.", "So."],
            id="abbreviations",
        ),
        pytest.param("By J. Adams. So.", ["By J. Adams.", "So."], id="initial"),
        pytest.param("- Bees\n- Wasps", ["- Bees", "- Wasps"], id="lines-without-stops"),
        pytest.param("1. Bees hum.\n2. So.", ["1. Bees hum.", "2. So."], id="numbered-lines"),
        pytest.param("Bees hum.\r\n\r\n\r\nSo.", ["Bees hum.", "So."], id="empty-lines"),
        pytest.param("Bees hum. Yes.", ["Bees hum.", "Yes."], id="one-word-last"),
        pytest.param(" \n ", [], id="nothing"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("size", [pytest.param(1, id="by-letters"), pytest.param(1000, id="at-once")])
def test_a_text_is_cut_into_sentences_with_their_marks(text: str, told: list[str], size: int) -> None:
    assert list(sentences(iter(in_pieces(text, size)))) == told


def test_a_sentence_comes_as_soon_as_the_first_word_of_the_next_is_whole() -> None:
    read = list[str]()

    def words() -> Iterable[str]:
        for word in ["Bees", " dance.", " [1]", " They", " hum", "."]:
            read.append(word)
            yield word

    assert next(sentences(iter(words()))) == "Bees dance [1]."
    assert read == ["Bees", " dance.", " [1]", " They", " hum"]


@given(st.text(alphabet="ab .!?\n[]【】1,-*“”(\u200b", max_size=60), st.integers(1, 9))
def test_no_letter_of_a_stream_is_lost(text: str, size: int) -> None:
    told = "".join(sentences(iter(in_pieces(text, size))))

    assert sorted("".join(told.split())) == sorted("".join(text.split()))


# Taken apart


@pytest.mark.parametrize(
    ("sentence", "claim", "cited"),
    [
        pytest.param("Bees dance [2].", "Bees dance.", [2], id="one"),
        pytest.param("Bees dance [2]", "Bees dance.", [2], id="without-a-stop"),
        pytest.param("[2] Bees dance.", "Bees dance.", [2], id="in-front"),
        pytest.param("Bees [1] and wasps [2] dance.", "Bees and wasps dance.", [1, 2], id="inside"),
        pytest.param("Bees dance [1, 3].", "Bees dance.", [1, 3], id="list"),
        pytest.param("Bees dance [3; 1 and 2].", "Bees dance.", [3, 1, 2], id="any-order"),
        pytest.param("Bees dance [1][3] [1].", "Bees dance.", [1, 3], id="twice"),
        pytest.param("Bees dance [1-3].", "Bees dance.", [1, 2, 3], id="range"),
        pytest.param("Bees dance [2–3].", "Bees dance.", [2, 3], id="range-with-a-dash"),
        pytest.param("Bees dance [1-999999999].", "Bees dance.", [1], id="range-without-end"),
        pytest.param("Bees dance 【2】.", "Bees dance.", [2], id="full-width"),
        pytest.param("Bees dance［2］.", "Bees dance.", [2], id="full-width-square"),
        pytest.param("Bees dance ([2]).", "Bees dance.", [2], id="in-brackets"),
        pytest.param("Bees dance [[2]].", "Bees dance.", [2], id="bracketed-twice"),
        pytest.param("Bees dance [\u200b2\u200b].", "Bees dance.", [2], id="unseen-characters"),
        pytest.param("Bees dance [9].", "Bees dance.", [], id="no-such-number"),
        pytest.param("Bees dance [0, 2, 9].", "Bees dance.", [2], id="one-of-them-is-there"),
        pytest.param("Bees dance [12345].", "Bees dance.", [], id="long-number"),
        pytest.param(f"Bees dance [{'1' * 9000}].", "Bees dance.", [], id="endless-number"),
    ],
)
def test_what_a_sentence_cites_is_taken_out_of_it(sentence: str, claim: str, cited: list[int]) -> None:
    assert taken_apart(sentence, 3) == (claim, cited)


@pytest.mark.parametrize(
    ("sentence", "claim"),
    [
        pytest.param("- Bees dance.", "Bees dance.", id="bullet"),
        pytest.param("• Bees dance.", "Bees dance.", id="round-bullet"),
        pytest.param("2. Bees dance.", "Bees dance.", id="numbered"),
        pytest.param("> - Bees dance.", "Bees dance.", id="quoted-bullet"),
        pytest.param("## Bees dance", "Bees dance.", id="heading"),
        pytest.param("**Bees** dance __much__.", "Bees dance much.", id="bold"),
        pytest.param("- **Bees:** they `dance`.", "Bees: they dance.", id="bold-bullet"),
        pytest.param("Answer: bees dance.", "bees dance.", id="lead-in"),
        pytest.param("**Answer:** bees dance.", "bees dance.", id="bold-lead-in"),
        pytest.param("[Bees](https://a.example/b) dance.", "Bees dance.", id="link"),
        pytest.param("![Bees](x.png) dance.", "Bees dance.", id="image"),
        pytest.param(
            "[1](https://a.example) Bees dance.", "(https://a.example) Bees dance.", id="mark"
        ),
        pytest.param("<b>Bees</b> dance<br/>.", "Bees dance.", id="tags"),
        pytest.param("Bees <img src=x onerror=alert(2)> dance.", "Bees dance.", id="image-tag"),
        pytest.param("Bees <!-- hide --> dance.", "Bees dance.", id="comment"),
        pytest.param("Bees\u202e dance\u2066 m\u00aduch\U000e0041.", "Bees dance much.", id="unseen"),
        pytest.param("p <0.05 and n >30.", "p <0.05 and n >30.", id="no-tag"),
        pytest.param("At 2.4x, x < y and y > z.", "At 2.4x, x < y and y > z.", id="comparisons"),
        pytest.param("main() dances.", "main() dances.", id="a-call"),
        pytest.param("Bees dance!", "Bees dance!", id="another-stop"),
        pytest.param("They say “Bees dance.” [1]", "They say “Bees dance.”", id="quoted-stop"),
        pytest.param("Bees dance: [1]", "Bees dance.", id="colon"),
        pytest.param("Bees dance, [1]", "Bees dance.", id="comma"),
    ],
)
def test_a_sentence_is_plain(sentence: str, claim: str) -> None:
    assert taken_apart(sentence, 3)[0] == claim


@pytest.mark.parametrize(
    "sentence",
    ["", "[1].", "***", "- [2]", "|---|---|", "<br>", "“”.", "**Bees** [1]", "Rules: [1]", "They say:"],
)
def test_what_says_nothing_is_no_sentence(sentence: str) -> None:
    assert taken_apart(sentence, 3) == ("", [])


# Declining


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param(DECLINE, id="to-the-letter"),
        pytest.param("the papers do NOT say", id="casing"),
        pytest.param("**The papers do not say.**", id="bold"),
        pytest.param("“The papers do not say.”", id="quoted"),
        pytest.param("- The papers do not say.", id="bullet"),
        pytest.param("> `The papers do not say`!", id="quoted-code"),
        pytest.param("Answer: The papers do not say.", id="lead-in"),
        pytest.param("**Answer:** The papers do not say.", id="bold-lead-in"),
        pytest.param("The papers do not say [1][2].", id="marks"),
        pytest.param("The  papers\tdo not say", id="spaces"),
        pytest.param("The pa\u200bpers do not say.", id="unseen-characters"),
        pytest.param("The papers do not say how fast it is.", id="what"),
    ],
)
def test_the_phrase_to_decline_with_is_told_in_any_wrapping(sentence: str) -> None:
    assert is_decline(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param("", id="nothing"),
        pytest.param("Bees dance [1].", id="a-sentence"),
        pytest.param("The papers say.", id="they-do"),
        pytest.param("The papers do not.", id="half-of-it"),
        pytest.param("Bees hum; the papers do not say why.", id="at-the-end"),
        pytest.param(
            "The papers do not say so much about bees as they say about wasps.", id="more-is-said"
        ),
    ],
)
def test_other_sentences_do_not_decline(sentence: str) -> None:
    assert not is_decline(sentence)


# Written


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
