"""Passages are one to three sentences that follow each other."""

from hypothesis import given
from hypothesis import strategies as st

from index.papers import Paper
from index.passages import passages_of
from index.sentences import sentence_spans


@given(st.integers(min_value=0, max_value=30))
def test_every_sentence_is_in_exactly_one_passage(count: int) -> None:
    paper = Paper("Bees", " ".join(f"Bee number {n} dances." for n in range(count)))

    cut = passages_of(paper)

    assert " ".join(passage.text for passage in cut) == paper.abstract
    sizes = [len(sentence_spans(passage.text)) for passage in cut]
    assert sum(sizes) == count
    assert all(1 <= size <= 3 for size in sizes)
    assert max(sizes, default=0) - min(sizes, default=0) <= 1


@given(st.text(max_size=300))
def test_a_passage_is_its_place_in_the_abstract(abstract: str) -> None:
    for passage in passages_of(Paper("Any", abstract)):
        assert abstract[passage.start : passage.end] == passage.text
