"""What a model writes is cut into the same sentences however it comes, and taken apart."""

from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.drafts import has_marks_as_words, is_decline, sentences, taken_apart
from rag.prompts import DECLINE
from tests.rag.scripted import in_pieces

STREAM = """**Answer:** HIVEMIND, by J. Adams et al. (2024), is 2.4x faster. [1] It uses less. [2, 3]
- In X. Adams (cf. Fig. 2) it is "told apart." [4] Is it so? [1] 【2】 Yes, by mRNA! [5]

1. The papers
2. Do they say [1-3]? See Dr. Smith et al. [2] on 0.3 points. mRNA dances [1], as i.e. A. Bee [2].
* Last"""


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
        pytest.param("Answer: bees dance.", "Bees dance.", id="lead-in"),
        pytest.param("**Answer:** bees dance.", "Bees dance.", id="bold-lead-in"),
        pytest.param("Yes, bees dance.", "Bees dance.", id="yes"),
        pytest.param("No: bees dance.", "Bees dance.", id="no"),
        pytest.param("No bees dance.", "No bees dance.", id="none"),
        pytest.param("The evidence says that bees dance.", "Bees dance.", id="the-evidence-says"),
        pytest.param("According to the papers, bees dance.", "Bees dance.", id="according-to"),
        pytest.param("Yes, the papers show that bees dance.", "Bees dance.", id="several-lead-ins"),
        pytest.param("The papers show dances.", "The papers show dances.", id="what-papers-show"),
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


@pytest.mark.parametrize(
    ("sentence", "so"),
    [
        pytest.param("The papers are [1], [2], [3].", True, id="a-list-of-them"),
        pytest.param("In paper [5], bees dance. [5]", True, id="in-paper"),
        pytest.param("The evidence [1] and [5] shows that bees dance.", True, id="as-a-subject"),
        pytest.param("Bees [1] and wasps [2] dance.", False, id="inside"),
        pytest.param("Bees dance, [1] wasps sting. [2]", False, id="after-a-comma"),
        pytest.param("Bees dance (see [2]).", False, id="in-brackets"),
        pytest.param("Bees dance, and wasps sting [1, 2].", False, id="at-the-end"),
    ],
)
def test_numbers_in_the_place_of_words_are_told(sentence: str, so: bool) -> None:
    assert has_marks_as_words(sentence) == so
