"""What is measured of a paper's sentences, and which of them say nothing that was asked."""

import pytest

from index import Library, Paper, sentence_spans
from rag.evidence import sentence_features, share, weigh
from rag.reader import Reading
from rag.weights import SENTENCE, logit

WAGGLE = Paper(
    "Waggle Dances",
    "Bees dance on combs. Bees dance in 12 hives. Bees dance for sisters, who hear waxen combs.",
)


def _reading(paper: Paper, *marks: float) -> Reading:
    """Return a reading with these marks, or zeros."""
    spans = tuple(sentence_spans(paper.abstract))
    return Reading(paper, spans, marks or (0.0,) * len(spans), 0.0, 0.0)


def _measured(library: Library, measure: str, question: str, *marks: float) -> list[float]:
    [features] = sentence_features(library, question, [_reading(WAGGLE, *marks)])
    return [of_a_sentence[measure] for of_a_sentence in features]


def test_every_sentence_is_weighed_once_in_the_abstracts_order(bees: Library) -> None:
    for paper in bees:
        [weighed] = weigh(bees, "dancing bees", [_reading(paper)])
        quotes = [evidence.quote for evidence in weighed]
        assert " ".join(quotes) == paper.abstract


def test_a_sentence_is_quoted_to_the_letter_between_its_ends(bees: Library) -> None:
    [[_, second, _]] = weigh(bees, "dancing bees", [_reading(WAGGLE)])

    assert second.quote == WAGGLE.abstract[slice(*second.span)] == "Bees dance in 12 hives."


def test_a_sentence_weighs_what_was_measured_of_it(bees: Library) -> None:
    question, readings = "How many hives?", [_reading(WAGGLE, 0.5, -1.5, 2.5), _reading(WAGGLE)]

    assert [[evidence.score for evidence in one] for one in weigh(bees, question, readings)] == [
        [logit(SENTENCE, features) for features in one]
        for one in sentence_features(bees, question, readings)
    ]


def test_the_same_sentence_weighs_more_where_the_reader_marks_it_higher(bees: Library) -> None:
    low, high = weigh(bees, "dancing bees", [_reading(WAGGLE, 0.0, mark, 0.0) for mark in (-5.0, 5.0)])

    assert low[1].score < high[1].score


def test_the_readers_marks_are_kept_in_order(bees: Library) -> None:
    assert _measured(bees, "mark", "bees", 0.5, -1.5, 2.5) == [0.5, -1.5, 2.5]


def test_the_place_grows_to_one_down_the_abstract(bees: Library) -> None:
    assert _measured(bees, "place", "bees") == pytest.approx([1 / 3, 2 / 3, 1])


@pytest.mark.parametrize(
    ("question", "numbers"),
    [
        pytest.param("In how many hives do bees dance?", [0, 1, 0], id="a-figure-is-asked-for"),
        pytest.param("In which hives do bees dance?", [0, 0, 0], id="no-figure-is-asked-for"),
    ],
)
def test_a_figure_counts_where_one_is_asked_for(
    bees: Library, question: str, numbers: list[float]
) -> None:
    assert _measured(bees, "number", question) == numbers


def test_a_sentence_with_no_word_of_the_question_has_no_share_of_it(bees: Library) -> None:
    assert _measured(bees, "words", "moss on mars") == [0, 0, 0]


def test_a_sentence_with_all_words_of_the_question_has_all_of_them(bees: Library) -> None:
    question = "How do dancing bees hear their sisters on waxen combs?"

    assert _measured(bees, "words", question)[2] == pytest.approx(1)


def test_a_word_of_one_sentence_counts_more_than_one_of_all_of_them(bees: Library) -> None:
    # Both are words that no paper of the library has: only the paper's own sentences differ.
    paper = Paper("T", "A zebra met a quagga. A zebra ran. A zebra slept.")

    [features] = sentence_features(bees, "zebra quagga", [_reading(paper)])

    assert features[1]["words"] < 0.5


def test_a_question_without_words_shares_none_with_any_sentence(bees: Library) -> None:
    assert _measured(bees, "words", "?!") == [0, 0, 0]


@pytest.mark.parametrize(
    ("stems", "expected"),
    [
        pytest.param([], 0.0, id="none"),
        pytest.param(["wasp"], 0.0, id="another"),
        pytest.param(["bee"], 0.25, id="a-common-one"),
        pytest.param(["danc"], 0.75, id="a-rare-one"),
        pytest.param(["bee", "danc", "wasp"], 1.0, id="all"),
        pytest.param(["bee", "bee"], 0.25, id="one-twice"),
    ],
)
def test_the_share_is_of_the_words_by_their_rarity(stems: list[str], expected: float) -> None:
    assert share({"bee": 1.0, "danc": 3.0}, stems) == expected


def test_nothing_is_shared_with_a_question_without_telling_words() -> None:
    assert share({}, ["bee"]) == 0.0


@pytest.mark.parametrize(
    ("question", "quote", "filler"),
    [
        pytest.param(
            "How do bees dance?", "The code is at https://example.org/x.", True, id="an-address"
        ),
        pytest.param("How do bees dance?", "Code will be released.", True, id="code-to-come"),
        pytest.param(
            "Is the code open?", "The code is at https://example.org/x.", False, id="the-address-asked"
        ),
        pytest.param(
            "How do bees dance?", "Extensive experiments show that we win.", True, id="experiments"
        ),
        pytest.param("How do bees dance?", "Our results on three sets are good.", True, id="results"),
        pytest.param(
            "How do bees dance?", "Experiments show that we are 3x faster.", False, id="with-a-figure"
        ),
        pytest.param(
            "Does it outperform wasps?", "Experiments show that we win.", False, id="results-asked"
        ),
        pytest.param("How do bees dance?", "Bees dance in circles.", False, id="what-it-is-about"),
        pytest.param(
            "How do bees dance?",
            "Bees dance in circles which they draw on the comb of the hive at noon, as results show.",
            False,
            id="results-named-at-the-end",
        ),
    ],
)
def test_filler_is_what_names_results_or_an_address_unasked(
    bees: Library, question: str, quote: str, filler: bool
) -> None:
    [[evidence]] = weigh(bees, question, [_reading(Paper("T", quote))])

    assert evidence.filler is filler
