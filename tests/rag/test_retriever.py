"""The retriever finds passages, for questions with and without history, in both forms of an acronym."""

from collections.abc import Callable
from pathlib import Path

import pytest

from index import Library
from rag.nodes import to_match
from rag.retriever import LibraryRetriever, Question

BEFORE = "At what sparsity does the waggle criterion prune recurrent networks?"
# The first writes the acronym out, the others use one form of it each.
PAPERS = {
    "Herbals and How to Read Them": "Herbals are read by optical character recognition (OCR). "
    "The leaves of the sixteenth century are brittle, and their letters are pale.",
    "Old Leaves under New Lamps": "Lamps of many colours help optical character recognition. "
    "Under blue light it misses one sign in ninety, though the leaves are stained.",
    "Pale Ink and Patient Machines": "Ink that has faded makes OCR slow. A machine that waits for a "
    "second exposure reads thrice as many lines, though the leaves are stained.",
    "Llamas on a Mountain Road": "A llama was seen on a mountain road at dawn. It wore a small bell "
    "and looked content, and nobody knows where it had been before.",
}


def _titles(library: Library, query: str | Question) -> list[str]:
    return [node.node.metadata["title"] for node in LibraryRetriever(library).retrieve(query)]


def test_a_plain_string_finds_its_paper_first(bees: Library) -> None:
    assert _titles(bees, "black letter OCR")[0].startswith("Reading Old Herbals")


def test_each_paper_is_found_once_best_first(bees: Library) -> None:
    nodes = LibraryRetriever(bees, k=4).retrieve("What do bees hear?")

    assert len({node.node.metadata["title"] for node in nodes}) == len(nodes) == 4
    assert [node.score for node in nodes] == sorted((n.score or 0 for n in nodes), reverse=True)


def test_as_many_are_found_as_were_asked_for(bees: Library) -> None:
    assert len(LibraryRetriever(bees, k=4).find(Question("bees"), 2)) == 2


def test_a_follow_up_finds_what_the_question_before_was_about(bees: Library) -> None:
    found = _titles(bees, Question("and how fast is it then?", history=[BEFORE]))

    assert found[0].startswith("Sparse Dances")


def test_a_change_of_subject_is_not_held_back_by_the_history(bees: Library) -> None:
    question = "How many parameters does a neural field of sea surface heights need?"

    assert _titles(bees, Question(question, history=[BEFORE])) == _titles(bees, question)


def test_what_a_question_leans_on_may_be_given_in_words(bees: Library) -> None:
    asked = Question("Does it need cameras?", history=["What is a tide?"], before=BEFORE)

    assert _titles(bees, asked)[0].startswith("Sparse Dances")


def test_a_question_that_is_said_to_lean_on_nothing_is_found_as_without_history(bees: Library) -> None:
    asked = Question("and how fast is it then?", history=[BEFORE], before="")

    assert _titles(bees, asked) == _titles(bees, "and how fast is it then?")


@pytest.mark.parametrize(
    ("question", "title"),
    [
        pytest.param(
            "How many signs does OCR miss?", "Old Leaves under New Lamps", id="acronym-finds-long-form"
        ),
        pytest.param(
            "Does patience help optical character recognition?",
            "Pale Ink and Patient Machines",
            id="long-form-finds-acronym",
        ),
    ],
)
def test_a_paper_is_nearer_where_it_has_the_other_form_of_an_acronym(
    library: Library, page: Callable[..., Path], question: str, title: str
) -> None:
    library.add(page(PAPERS))

    as_asked = {match.paper.title: match.score for match in library.search(question)}
    found = map(to_match, LibraryRetriever(library).retrieve(question))

    assert {match.paper.title: match.score for match in found}[title] > as_asked[title]
