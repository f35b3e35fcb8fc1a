"""The numbers of a sentence are read with their units, and one may be said in other ways."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.facts import Quantity, quantities, stated


def _read(text: str) -> list[tuple[float, str]]:
    return [(round(one.value, 6), one.unit) for one in quantities(text)]


def _said(claim: str, quote: str) -> bool:
    """Tell whether every number of a claim is among those of a quote."""
    known = quantities(quote)
    return all(stated(one, known) for one in quantities(claim))


@pytest.mark.parametrize(
    ("text", "read"),
    [
        pytest.param("It has 12 layers.", [(12, "")], id="plain"),
        pytest.param("It scores 0.94.", [(0.94, "")], id="decimal"),
        pytest.param("It scores .94 there.", [(0.94, "")], id="no-digit-before-the-point"),
        pytest.param("It has 1,234,567 nodes.", [(1_234_567, "")], id="commas"),
        pytest.param(r"It has $10{,}000$ nodes.", [(10_000, "")], id="comma-in-latex-braces"),
        pytest.param(r"It has $10\,000$ nodes.", [(10_000, "")], id="thin-space-of-latex"),
        pytest.param("It lies in [0,100].", [(0, ""), (100, "")], id="interval"),
        pytest.param("It has 7B parameters.", [(7e9, "")], id="suffix"),
        pytest.param("It is 100m long.", [(100, "")], id="small-letter-is-no-suffix"),
        pytest.param("It has 1.5 billion nodes.", [(1.5e9, "")], id="scale"),
        pytest.param("A 7-billion-parameter model.", [(7e9, "")], id="scale-after-a-hyphen"),
        pytest.param("It is right in 94.3% of cases.", [(94.3, "%")], id="percent"),
        pytest.param(r"It is right in $94.3\%$.", [(94.3, "%")], id="percent-of-latex"),
        pytest.param("It gains 3 percentage points.", [(3, "points")], id="points"),
        pytest.param("It is 2.4x faster.", [(2.4, "x")], id="factor"),
        pytest.param("It is 2.4× faster.", [(2.4, "x")], id="factor-with-its-sign"),
        pytest.param(r"It is $2.4\times$ faster.", [(2.4, "x")], id="factor-of-latex"),
        pytest.param("It is faster by a factor of 3.", [(3, "x")], id="factor-in-words"),
        pytest.param("It grew 10-fold.", [(10, "x")], id="fold"),
        pytest.param("Images of 640x480.", [(640, ""), (480, "")], id="by-is-no-factor"),
        pytest.param("Kernels of 3 × 3 cells.", [(3, ""), (3, "")], id="spaced-by-is-no-factor"),
        pytest.param("It takes 30 ms.", [(30, "ms")], id="unit"),
        pytest.param("It takes 30~ms.", [(30, "ms")], id="unit-after-a-tie"),
        pytest.param("A 16-bit number.", [(16, "bits")], id="unit-after-a-hyphen"),
        pytest.param("From 10 to 20%.", [(10, "%"), (20, "%")], id="range-shares-its-unit"),
        pytest.param("Within 10–20 ms.", [(10, "ms"), (20, "ms")], id="range-with-a-dash"),
        pytest.param("It runs on v2.1.", [], id="version"),
        pytest.param("The F1 score.", [], id="digit-inside-a-name"),
        pytest.param("Number ٣ and １２.", [(3, ""), (12, "")], id="digits-of-other-scripts"),
        pytest.param("x² or ½", [], id="signs-that-are-no-digits"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_a_number_in_digits_is_read_with_its_unit(text: str, read: list[tuple[float, str]]) -> None:
    assert _read(text) == read


@pytest.mark.parametrize(
    ("text", "read"),
    [
        pytest.param("Nine datasets.", [(9, "")], id="small"),
        pytest.param("Twenty-one datasets.", [(21, "")], id="hyphen"),
        pytest.param("Two hundred datasets.", [(200, "")], id="hundred"),
        pytest.param("Two hundred and five datasets.", [(205, "")], id="and"),
        pytest.param("One hundred twenty-five nodes.", [(125, "")], id="without-and"),
        pytest.param("Five thousand three hundred nodes.", [(5300, "")], id="two-scales"),
        pytest.param("Forty thousand nodes.", [(40_000, "")], id="thousand"),
        pytest.param("Two hundred and more.", [(200, "")], id="and-without-a-number"),
        pytest.param("A dozen nodes.", [(12, "")], id="dozen"),
        pytest.param("Two dozen nodes.", [(24, "")], id="dozens"),
        pytest.param("Half a dozen nodes.", [(6, "")], id="half-a-dozen"),
        pytest.param("Half of it.", [(50, "%")], id="half"),
        pytest.param("Two thirds of it.", [(66.666667, "%")], id="share"),
        pytest.param("Two-thirds of it.", [(66.666667, "%")], id="share-with-a-hyphen"),
        pytest.param("Twice the speed.", [(2, "x")], id="twice"),
        pytest.param("A two-fold gain.", [(2, "x")], id="fold-with-a-hyphen"),
        pytest.param("Five percent of it.", [(5, "%")], id="percent"),
        pytest.param("Five per cent of it.", [(5, "%")], id="percent-in-two-words"),
        pytest.param("Five percentage points.", [(5, "points")], id="points"),
        pytest.param("A six-month study.", [(6, "months")], id="unit-with-a-hyphen"),
        pytest.param("The one that came first.", [], id="one-and-first"),
        pytest.param("Zero-shot and two-stage learning.", [], id="compounds"),
        pytest.param("One twenty-fifth of it.", [], id="share-of-other-words"),
        pytest.param("Hundreds of nodes.", [], id="no-number-before-it"),
    ],
)
def test_a_number_in_words_is_read_with_its_unit(text: str, read: list[tuple[float, str]]) -> None:
    assert _read(text) == read


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("about 30 ms", id="about"),
        pytest.param("~30 ms", id="tilde"),
        pytest.param("more than thirty", id="more-than"),
        pytest.param("up to 30", id="up-to"),
        pytest.param("two thirds", id="share-in-words"),
        pytest.param("half of it", id="half"),
    ],
)
def test_a_number_may_be_rough(text: str) -> None:
    assert [one.rough for one in quantities(text)] == [True]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("30 ms", id="plain"),
        pytest.param("exactly thirty", id="exactly"),
        pytest.param("about it we say, in all of our trials, 30", id="about-stands-far-off"),
        pytest.param("a roundabout 30", id="inside-a-word"),
    ],
)
def test_a_number_is_else_what_it_is(text: str) -> None:
    assert [one.rough for one in quantities(text)] == [False]


def test_the_words_of_a_number_are_kept_for_the_reason() -> None:
    [read] = quantities("It takes forty thousand years.")

    assert read.text == "forty thousand years"


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        pytest.param("94.3%", "94.3%", id="as-it-is"),
        pytest.param("94%", "94.3%", id="rounded"),
        pytest.param("94.3%", "0.943", id="share-as-a-decimal"),
        pytest.param("0.943", "94.3%", id="decimal-as-a-share"),
        pytest.param("5.7%", "94.3%", id="what-is-missing-of-a-hundred"),
        pytest.param("94.3 per cent", r"$94.3\%$", id="latex"),
        pytest.param("2 points", "91% against 93%", id="difference-in-points"),
        pytest.param("twice as fast", "10 ms instead of 20 ms", id="factor-of-two-numbers"),
        pytest.param("1.5 s", "1500 ms", id="other-unit"),
        pytest.param("2 years", "24 months", id="months-as-years"),
        pytest.param("3 GB", "3000 MB", id="storage"),
        pytest.param("two thirds", "two-thirds", id="hyphen"),
        pytest.param("two thirds", "67%", id="share-in-digits"),
        pytest.param("six months", "a six-month study", id="unit-in-a-compound"),
        pytest.param("five per cent", "5%", id="words-for-digits"),
        pytest.param("12 nodes", "a dozen nodes", id="dozen"),
        pytest.param("half a dozen", "6 nodes", id="half-a-dozen"),
        pytest.param("nearly a hundred of 110", "110 nodes", id="a-hundred-is-not-held-against-it"),
        pytest.param("about 45 nodes", "50 nodes", id="rough"),
        pytest.param("from 10 to 20%", "10% at first, 20% later", id="range"),
        pytest.param("7 billion", "7B", id="suffix"),
        pytest.param("three trials", "trials", id="things-counted-in-words"),
        pytest.param("4", "4 layers and 5 heads", id="one-of-many"),
        pytest.param("tripled", "3x more", id="tripled"),
        pytest.param("one third", "a threefold reduction", id="third-of-what-was"),
    ],
)
def test_a_number_may_be_said_in_another_way(claim: str, quote: str) -> None:
    assert _said(claim, quote)


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        pytest.param("3.1x", "2.4x", id="other-factor"),
        pytest.param("94.8%", "94.3%", id="other-share"),
        pytest.param("5%", "5x", id="other-unit"),
        pytest.param("12", "12%", id="share-without-its-sign"),
        pytest.param("3 s", "3 ms", id="seconds-for-milliseconds"),
        pytest.param("3 years", "3 months", id="years-for-months"),
        pytest.param("3 million", "3 billion", id="other-scale"),
        pytest.param("10,000", "1,000", id="one-nought-more"),
        pytest.param("about 30", "50", id="too-rough"),
        pytest.param("4 trials", "six stages and five trials", id="other-count"),
        pytest.param("three trials", "five trials", id="other-count-in-words"),
        pytest.param("200 nodes", "two hundred and five nodes", id="part-of-a-number"),
        pytest.param("30 ms", "no number at all", id="none"),
        pytest.param("60%", "a third, 33%, or one in ten", id="other-share-of-many"),
    ],
)
def test_another_number_is_not_what_was_said(claim: str, quote: str) -> None:
    assert not _said(claim, quote)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("9" * 400, id="beyond-a-float"),
        pytest.param("0." + "0" * 400 + "1", id="below-a-float"),
        pytest.param("0%, 0x, 100%, 0", id="noughts"),
        pytest.param("1.2.3.4, 1,2,3 and 5-6-7", id="lists"),
    ],
)
def test_numbers_at_the_edge_are_what_they_are(text: str) -> None:
    assert _said(text, text)


@given(
    st.text(
        alphabet=st.sampled_from("0123456789.,-x%$~ {}\\KMmsb half two third dozen and to"), max_size=60
    )
)
def test_every_number_of_a_text_is_among_its_own(text: str) -> None:
    assert _said(text, text)


@given(st.text())
def test_any_text_may_be_read(text: str) -> None:
    assert all(one.value >= 0 for one in quantities(text))


def test_no_number_is_among_none() -> None:
    assert not stated(Quantity("3", 3.0), [])
