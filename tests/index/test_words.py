"""Words are found by their stems, and what is taken away is no longer found."""

from pathlib import Path

import pytest

from index.words import Words

TEXTS = [
    ("bees", "1", "Waggle dances\nHoneybees dance on the comb of the hive."),
    ("ice", "1", "Glacier retreat\nGlaciers melted in sixty years. A glacier is ice."),
    ("naive", "1", "Schrödinger bridges\nA naïve E-BATCH of 2.4x for GPT-4o."),
]


@pytest.fixture
def words(tmp_path: Path) -> Words:
    words = Words(tmp_path / "words")
    words.replace(TEXTS, removed=[])
    return words


@pytest.mark.parametrize(
    ("question", "papers"),
    [
        pytest.param("glaciers", ["ice"], id="stem"),
        pytest.param("MELTING", ["ice"], id="case"),
        pytest.param("naive schrodinger", ["naive"], id="accents"),
        pytest.param("e-batch", ["naive"], id="hyphen"),
        pytest.param("gpt-4o", ["naive"], id="name-with-number"),
        pytest.param("dancing glacier glacier", ["ice", "bees"], id="two-papers"),
        pytest.param("which of the", [], id="small-words"),
        pytest.param("title:dance AND *", ["bees"], id="signs"),
        pytest.param("", [], id="nothing"),
        pytest.param("zebra", [], id="unknown"),
    ],
)
def test_papers_are_found_by_the_words_of_a_question(
    words: Words, question: str, papers: list[str]
) -> None:
    found = words.best(question, 5)
    assert sorted(paper for paper, _ in found) == sorted(papers)
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)
    assert words.score(question, ["bees", "ice", "naive"]) == pytest.approx(dict(found))


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("honybees", id="a-letter-missing"),
        pytest.param("honneybees", id="a-letter-too-many"),
        pytest.param("honeybeas", id="a-wrong-letter"),
        pytest.param("hoenybees", id="two-letters-swapped"),
    ],
)
def test_a_slip_in_a_long_word_finds_the_paper(words: Words, question: str) -> None:
    assert [paper for paper, _ in words.best(question, 5)] == ["bees"]


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("hivr", id="a-short-word"),
        pytest.param("jce", id="a-very-short-word"),
        pytest.param("gkaciwr", id="two-slips"),
        pytest.param("combs2x4", id="another-word-altogether"),
    ],
)
def test_what_may_have_been_many_words_is_not_guessed(words: Words, question: str) -> None:
    assert words.best(question, 5) == []


def test_a_word_that_is_there_is_not_loosened(words: Words) -> None:
    words.replace([("haggle", "1", "Haggling at markets.")], removed=[])

    assert [paper for paper, _ in words.best("waggling", 5)] == ["bees"]


def test_only_the_papers_named_are_scored_for_a_slip(words: Words) -> None:
    assert words.score("honybees glacers", ["ice"]).keys() == {"ice"}


def test_a_guessed_word_counts_no_more_than_the_word_itself(words: Words) -> None:
    assert words.score("glacer", ["ice"])["ice"] <= words.score("glacier", ["ice"])["ice"]


def test_only_the_papers_named_are_scored(words: Words) -> None:
    assert words.score("glaciers dance", ["bees"]).keys() == {"bees"}
    assert words.score("glaciers dance", []) == {}


def test_a_paper_put_again_is_found_by_its_new_words_alone(words: Words) -> None:
    words.replace([("ice", "2", "Llamas\nLlamas on a road.")], removed=[])
    assert (words.best("glaciers", 5), words.best("llama", 5)[0][0]) == ([], "ice")
    assert sorted(words) == [("bees", "1"), ("ice", "2"), ("naive", "1")]
    assert len(words) == 3


def test_a_paper_taken_away_is_found_by_nothing(words: Words) -> None:
    words.replace([], removed=["ice", "nobody"])
    assert words.best("glaciers ice melted", 5) == []
    assert (sorted(words), len(words)) == ([("bees", "1"), ("naive", "1")], 2)
    words.replace([], removed=["bees", "naive"])
    assert (list(words), len(words), words.best("dance", 5)) == ([], 0, [])


def test_another_reader_of_the_folder_sees_changes_when_it_opens_it_again(
    words: Words, tmp_path: Path
) -> None:
    other = Words(tmp_path / "words")
    words.replace([("new", "1", "Zebras run.")], removed=["bees"])
    other.reopen()
    assert (other.best("zebra", 5)[0][0], other.best("dance", 5)) == ("new", [])


def test_telling_words_are_named_once_and_in_order(words: Words) -> None:
    assert words.terms("Do the dances of bees, dancing BEES, show naïve E-BATCH?") == [
        "danc",
        "bee",
        "naiv",
        "e",
        "batch",
    ]
    assert words.terms("x" * 61 + " word") == ["word"]


def test_a_word_is_the_rarer_the_fewer_papers_have_it(words: Words) -> None:
    words.replace([("more", "1", "Glaciers again.")], removed=[])
    rarity = words.rarity(["glacier", "comb", "zebra"])
    assert rarity == pytest.approx({"glacier": 0.6931, "comb": 1.2040, "zebra": 2.3026}, abs=1e-3)


@pytest.mark.parametrize("ending", ["fieldnorm", "idx", "pos", "store", "term", "fast"])
def test_a_lost_file_is_noticed_on_opening(words: Words, tmp_path: Path, ending: str) -> None:
    for lost in (tmp_path / "words").glob(f"*.{ending}"):
        lost.unlink()
    with pytest.raises(ValueError, match=r"FileDoesNotExist|corrupt"):
        Words(tmp_path / "words")
