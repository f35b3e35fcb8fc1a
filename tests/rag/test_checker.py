"""The checker on claims about papers that it was not taught."""

from statistics import fmean

import pytest

from rag.checker import support
from rag.verify import check
from tests.benchmarks.claims import Claim, kept_apart

QUOTE = "In simulated meadows, HIVEMIND finds food 2.4x faster than foraging alone."


@pytest.fixture(scope="session")
def claims() -> list[Claim]:
    return kept_apart()


def test_most_false_claims_are_caught_and_many_true_ones_kept(claims: list[Claim]) -> None:
    held = [(one.supported, bool(check(one.text, one.quotes, one.title))) for one in claims]

    # Of 258 each; by one or two of them, processors that multiply bytes otherwise may differ.
    assert fmean(not kept for true, kept in held if not true) >= 0.89
    assert fmean(kept for true, kept in held if true) >= 0.65


def test_a_quote_supports_itself() -> None:
    assert support(QUOTE, [QUOTE]) > 0.8


def test_the_same_claim_has_the_same_support() -> None:
    assert support("Bees dance.", [QUOTE], "Bees") == support("Bees dance.", [QUOTE], "Bees")


@pytest.mark.parametrize(
    ("claim", "quotes"),
    [
        pytest.param("", [QUOTE], id="nothing-claimed"),
        pytest.param("Bees dance.", [""], id="nothing-quoted"),
        pytest.param("Bees dance. " * 3000, [QUOTE], id="endless-claim"),
        pytest.param("Bees dance.", [QUOTE * 500], id="endless-quote"),
        pytest.param("深度学习 🐝", [QUOTE], id="other-letters"),
    ],
)
def test_support_is_a_probability_whatever_is_claimed(claim: str, quotes: list[str]) -> None:
    assert 0 <= support(claim, quotes) <= 1
