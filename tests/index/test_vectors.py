"""Vectors are kept with what they are of, and found by how near they point."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from index.arrays import DIMENSIONS, Floats
from index.vectors import Placed, Vectors

BEES, WASPS, OLDER = Placed("bees", "2", 0, 9), Placed("wasps", "1", 0, 7), Placed("bees", "1", 10, 20)


@pytest.fixture
def vectors(tmp_path: Path) -> Iterator[Vectors]:
    vectors = Vectors.open(tmp_path / "vectors")
    yield vectors
    vectors.close()


def _pointing(*places: int) -> Floats:
    return np.eye(DIMENSIONS, dtype=np.float32)[list(places)]


def test_no_vectors_are_found_among_none(vectors: Vectors) -> None:
    assert (len(vectors), list(vectors), vectors.nearest(_pointing(0)[0], 3)) == (0, [], [])
    vectors.remove(["bees"])
    vectors.add([], np.empty((0, DIMENSIONS), np.float32))
    assert len(vectors) == 0


def test_the_nearest_comes_first_with_its_cosine(vectors: Vectors) -> None:
    vectors.add([BEES, WASPS], _pointing(0, 1))
    asked = np.zeros(DIMENSIONS, dtype=np.float32)
    asked[:2] = 0.6, 0.8
    found = vectors.nearest(asked, 5)
    assert [place for place, _ in found] == [WASPS, BEES]
    assert [cosine for _, cosine in found] == pytest.approx([0.8, 0.6])


def test_the_vectors_of_a_paper_come_back_as_they_were(vectors: Vectors) -> None:
    vectors.add([BEES, OLDER, WASPS], _pointing(3, 4, 5))
    places, rows = vectors.of(["bees", "nobody"])
    assert dict(zip(places, rows.argmax(axis=1).tolist(), strict=True)) == {BEES: 3, OLDER: 4}
    assert rows.shape == (2, DIMENSIONS)
    assert set(vectors) == {BEES, OLDER, WASPS}


def test_all_vectors_of_a_paper_are_taken_away_and_no_others(vectors: Vectors) -> None:
    vectors.add([BEES, OLDER, WASPS], _pointing(3, 4, 5))
    vectors.remove(["bees", "nobody"])
    assert (list(vectors), len(vectors)) == ([WASPS], 1)
    assert [place for place, _ in vectors.nearest(_pointing(3)[0], 5)] == [WASPS]


def test_a_passage_put_again_is_replaced(vectors: Vectors) -> None:
    vectors.add([BEES], _pointing(0))
    newer = Placed("bees", "3", 0, 4)
    vectors.add([newer], _pointing(1))
    assert vectors.nearest(_pointing(1)[0], 5) == [(newer, pytest.approx(1))]


def test_they_are_there_when_the_folder_is_opened_again(vectors: Vectors, tmp_path: Path) -> None:
    vectors.add([BEES, WASPS], _pointing(0, 1))
    vectors.close()
    again = Vectors.open(tmp_path / "vectors")
    assert [place for place, _ in again.nearest(_pointing(1)[0], 1)] == [WASPS]
    again.close()


def test_more_than_a_portion_is_kept_whole(vectors: Vectors) -> None:
    many = [Placed(f"paper {number}", "1", 0, 1) for number in range(2500)]
    rows = np.random.default_rng(1).normal(size=(2500, DIMENSIONS)).astype(np.float32)
    vectors.add(many, rows)
    assert len(vectors) == 2500
    assert set(vectors) == set(many)
    assert vectors.nearest(rows[2100], 1) == [(many[2100], pytest.approx(1, abs=1e-5))]
