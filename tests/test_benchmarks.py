"""The benchmarks measure what they say."""

from pathlib import Path

import pytest
from ir_measures import R, Success, nDCG

from index import Match, Paper, Passage
from tests.benchmarks.retrieval import Asked, Found, main, measured, reread

PAPERS = [Paper(title, "An abstract.") for title in ("Bees", "Ants", "Wasps", "Moths", "Flies")]
BEES, ANTS, WASPS, MOTHS, FLIES = (paper.id for paper in PAPERS)


def test_a_row_is_scored_over_all_questions_also_those_that_find_nothing() -> None:
    found = [
        Found(Asked("1", "bees", {BEES: 1, FLIES: 1}), {"words": [ANTS, BEES, WASPS]}),
        Found(Asked("2", "moths", {MOTHS: 1}), {"words": [MOTHS]}),
        Found(Asked("3", "ants", {ANTS: 1}), {"words": []}),
        Found(Asked("4", "wasps", {WASPS: 1}), {"words": [BEES, ANTS]}),
    ]

    figures = measured(found, "words", [R @ 2, Success @ 1])

    assert figures == {R @ 2: pytest.approx((0.5 + 1) / 4), Success @ 1: 0.25}


def test_papers_alike_keep_the_order_they_were_found_in() -> None:
    for order in ([BEES, ANTS], [ANTS, BEES]):
        found = [Found(Asked("1", "bees", {BEES: 1}), {"fused": order})]
        assert measured(found, "fused", [Success @ 1])[Success @ 1] == (order[0] == BEES)


def test_a_higher_grade_counts_more() -> None:
    first, second = (
        measured([Found(Asked("1", "?", {BEES: 2, ANTS: 1}), {"fused": order})], "fused", [nDCG @ 10])
        for order in ([BEES, ANTS], [ANTS, BEES])
    )

    assert first[nDCG @ 10] == 1 > second[nDCG @ 10]


def test_only_the_first_papers_are_put_in_a_new_order() -> None:
    matches = [Match(paper, Passage(0, 2, "An"), 0.1 * -at, 0, 0) for at, paper in enumerate(PAPERS)]

    ranking = reread(matches, answers=[-2, 0, 3, 9, 9], k=3)

    assert ranking == [WASPS, ANTS, BEES, MOTHS, FLIES]


@pytest.mark.parametrize("data", ["scifact", "distractors"])
def test_without_the_data_nothing_is_measured(
    data: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main([data, "--shared", str(tmp_path)])

    assert capsys.readouterr().out.startswith(f"skipped: {tmp_path}")
