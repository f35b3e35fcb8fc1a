"""Two rankings are one, whatever the scale of their scores."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.fusion import WORDS_WEIGHT, fuse

scores = st.dictionaries(st.text(max_size=3), st.floats(-1, 1), max_size=12)
few = st.floats(0, 40)


def test_a_fused_score_is_the_sum_of_both_z_scores() -> None:
    assert fuse({"a": 0.5, "b": 0.1}, {"b": 7.0}) == pytest.approx(
        {"a": 1 - WORDS_WEIGHT, "b": WORDS_WEIGHT - 1}
    )


def test_alike_in_meaning_words_decide_and_the_other_way_round() -> None:
    assert fuse({"a": 0.5, "b": 0.5}, {"b": 7.0}) == pytest.approx(
        {"a": -WORDS_WEIGHT, "b": WORDS_WEIGHT}
    )
    assert fuse({"a": 0.5, "b": 0.1}, {}) == pytest.approx({"a": 1, "b": -1})


@pytest.mark.parametrize(
    ("cosines", "fused"), [({}, {}), ({"a": 0.3}, {"a": 0.0})], ids=["none", "one"]
)
def test_few_papers_are_fused_too(cosines: dict[str, float], fused: dict[str, float]) -> None:
    assert fuse(cosines, {"b": 3.0}) == fused


@given(scores, st.dictionaries(st.text(max_size=3), few, max_size=12))
def test_every_paper_with_a_cosine_has_a_score_and_no_other(
    cosines: dict[str, float], words: dict[str, float]
) -> None:
    fused = fuse(cosines, words)
    assert fused.keys() == cosines.keys()
    assert all(map(math.isfinite, fused.values()))
    assert math.isclose(sum(fused.values()), 0, abs_tol=1e-6)


@given(st.floats(0.1, 50), st.floats(0.1, 50))
def test_the_scale_of_a_ranking_does_not_matter(wide: float, high: float) -> None:
    cosines, words = {"a": 0.9, "b": 0.2, "c": 0.4}, {"a": 1.0, "c": 6.0}
    scaled = fuse({k: v * wide for k, v in cosines.items()}, {k: v * high for k, v in words.items()})
    assert scaled == pytest.approx(fuse(cosines, words))
