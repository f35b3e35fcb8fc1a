"""The retriever finds passages, for questions with and without history."""

from index import Library
from rag.retriever import LibraryRetriever, Question


def _titles(library: Library, query: str | Question) -> list[str]:
    return [node.node.metadata["title"] for node in LibraryRetriever(library).retrieve(query)]


def test_a_plain_string_finds_its_paper_first(bees: Library) -> None:
    assert _titles(bees, "black letter OCR")[0].startswith("Reading Old Herbals")


def test_each_paper_is_found_once_best_first(bees: Library) -> None:
    nodes = LibraryRetriever(bees, k=4).retrieve("What do bees hear?")

    assert len({node.node.metadata["title"] for node in nodes}) == len(nodes) == 4
    assert [node.score for node in nodes] == sorted((n.score or 0 for n in nodes), reverse=True)


def test_a_follow_up_finds_what_the_question_before_was_about(bees: Library) -> None:
    before = "At what sparsity does the waggle criterion prune recurrent networks?"

    found = _titles(bees, Question("and how fast is it then?", history=[before]))

    assert found[0].startswith("Sparse Dances")


def test_a_change_of_subject_is_not_held_back_by_the_history(bees: Library) -> None:
    before = "At what sparsity does the waggle criterion prune recurrent networks?"
    question = "How many parameters does a neural field of sea surface heights need?"

    assert _titles(bees, Question(question, history=[before])) == _titles(bees, question)
