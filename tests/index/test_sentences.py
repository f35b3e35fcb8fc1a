"""Sentences are found where they end, and nowhere else."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.sentences import sentence_spans


def _split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    "sentences",
    [
        pytest.param(["It works.", "We ran it."], id="two"),
        pytest.param(["It gains 2.4x at p < 0.05.", "No more."], id="decimals"),
        pytest.param(
            ["Nets (e.g. GateLoop, cf. Fig. 2) differ.", "So what?", "Nothing!"], id="abbreviations"
        ),
        pytest.param(["As shown by Sarrof et al. (2024) it fails.", "We agree."], id="et-al-and-year"),
        pytest.param(["It follows Lu et al.", "Earlier work did not."], id="et-al-at-the-end"),
        pytest.param(["Due to H. Barlow it is known.", "We use it."], id="an-initial"),
        pytest.param(["This is case A.", "We show more."], id="a-letter-at-the-end"),
        pytest.param(["Methods. We ask bees.", "Results. They answer."], id="headings"),
        pytest.param(["1. We dance.", "2. We fly."], id="numbered"),
        pytest.param(['"It is." (They said so.)', "We doubt it."][:2], id="quotes"),
        pytest.param(["Code is at https://example.org/a.b"], id="no-stop-and-a-url"),
        pytest.param(["在这里。", "我们走。"], id="chinese"),
        pytest.param(["É vrai.", "Élan vital."], id="accents"),
    ],
)
def test_a_text_is_split_into_its_sentences(sentences: list[str]) -> None:
    glue = "" if "。" in sentences[0] else " "
    if sentences[0].startswith('"'):
        assert _split(" ".join(sentences))[-1] == sentences[-1]
    else:
        assert _split(glue.join(sentences)) == sentences


@pytest.mark.parametrize("text", ["", " \n\t ", "\n\n"])
def test_nothing_has_no_sentences(text: str) -> None:
    assert sentence_spans(text) == []


@given(
    st.text(alphabet=st.sampled_from("Ab1 .!?\n\t(“”)。ćé,;\x07"), max_size=80) | st.text(max_size=80)
)
def test_every_visible_character_is_in_exactly_one_sentence(text: str) -> None:
    spans = sentence_spans(text)

    assert all(start < end for start, end in spans)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    assert "".join("".join(_split(text)).split()) == "".join(text.split())


@given(st.text(alphabet="ab, ", min_size=700, max_size=3000))
def test_a_text_without_stops_is_cut_into_quotable_pieces(text: str) -> None:
    assert all(end - start <= 700 for start, end in sentence_spans(text))


def test_20_000_words_without_a_stop_take_a_moment_only() -> None:
    assert len(sentence_spans("word " * 20_000)) == 143


@given(st.lists(st.tuples(st.text("ab.,", min_size=1, max_size=900), st.integers(1, 2000)), max_size=5))
def test_gaps_of_any_width_are_in_no_sentence(pieces: list[tuple[str, int]]) -> None:
    text = "".join(word + " " * wide_gap for word, wide_gap in pieces)
    spans = sentence_spans(text)

    assert all(0 < end - start <= 700 for start, end in spans)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    assert "".join("".join(_split(text)).split()) == "".join(text.split())
