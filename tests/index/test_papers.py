"""A paper is known by its title, and its version by everything else."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from index.papers import Paper, title_key

PAPER = Paper("Bees: a Study", "Bees dance.", sources=("a.txt", "b.txt"))


def test_case_punctuation_and_spacing_of_a_title_make_no_other_paper() -> None:
    assert Paper("BEES - A  study.", "Other words.").id == PAPER.id


def test_ids_stay_what_they_are_from_release_to_release() -> None:
    assert PAPER.id == "ujjw6xe65rpy"


def test_titles_of_signs_alone_are_told_apart() -> None:
    assert Paper("???", "").id != Paper("!!!", "").id


def test_a_version_changes_with_the_abstract_and_not_with_the_sources() -> None:
    assert replace(PAPER, abstract="Bees don't.").version != PAPER.version
    assert replace(PAPER, authors=("A. Wax",)).version != PAPER.version
    assert replace(PAPER, sources=()).version == PAPER.version


def test_the_source_names_every_file() -> None:
    assert PAPER.source == "a.txt, b.txt"


@given(st.text())
def test_a_key_is_its_own_key(title: str) -> None:
    assert title_key(title_key(title)) == title_key(title)
