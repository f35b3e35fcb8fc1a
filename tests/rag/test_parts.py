"""A message that asks several things is taken apart, and one that asks one thing stays whole."""

import pytest

from rag.parts import exact_words, parts


@pytest.mark.parametrize(
    ("message", "asked"),
    [
        pytest.param(
            "What do bees hear? How large is a hive?",
            ["What do bees hear?", "How large is a hive?"],
            id="two-questions",
        ),
        pytest.param(
            "What do bees hear?\n\nHow large is a hive?",
            ["What do bees hear?", "How large is a hive?"],
            id="on-lines-of-their-own",
        ),
        pytest.param(
            "How fast is E-BATCH, and how large is the TweepFake data set?",
            ["How fast is E-BATCH", "how large is the TweepFake data set?"],
            id="comma-and",
        ),
        pytest.param(
            "Do dances help bees; which wasps dance?",
            ["Do dances help bees", "which wasps dance?"],
            id="semicolon",
        ),
        pytest.param(
            "Compare the dances of bees. Also, how large is a hive?",
            ["Compare the dances of bees", "how large is a hive?"],
            id="stop-also",
        ),
        pytest.param(
            "What do bees hear? And what do they see? Finally, what do they smell?",
            ["What do bees hear?", "what do they see?", "what do they smell?"],
            id="three-with-the-words-that-join-them",
        ),
        pytest.param(
            "Does pruning help? If so, how much?",
            ["Does pruning help?", "If so, how much?"],
            id="a-question-on-a-condition",
        ),
    ],
)
def test_a_message_is_taken_apart_where_another_question_begins(message: str, asked: list[str]) -> None:
    assert parts(message) == asked


@pytest.mark.parametrize(
    "message",
    [
        pytest.param("How fast is E-BATCH?", id="one-question"),
        pytest.param("pruning recurrent networks", id="no-question"),
        pytest.param("", id="nothing"),
        pytest.param("How fast, and with which loss?", id="one-verb-for-both"),
        pytest.param("Does it prune and does it quantise?", id="and-without-a-comma"),
        pytest.param("How do bees, wasps and ants dance?", id="a-list"),
        pytest.param("How fast is it? Really?", id="a-piece-too-short-to-stand-alone"),
        pytest.param("What do bees hear? Thanks a lot.", id="a-piece-that-asks-nothing"),
        pytest.param("I keep bees. How tall are llamas?", id="a-remark-before-the-question"),
        pytest.param("Did Lu et al. prune recurrent networks?", id="a-stop-inside"),
        pytest.param('What does "Are Bees Smart? A Survey" find?', id="a-quoted-title-with-a-mark"),
    ],
)
def test_what_asks_one_thing_stays_whole(message: str) -> None:
    assert parts(message) == [message]


def test_more_than_four_questions_stay_one() -> None:
    four, five = (" ".join(f"What is thing {n}?" for n in range(count)) for count in (4, 5))

    assert (len(parts(four)), parts(five)) == (4, [five])


def test_the_first_part_keeps_the_word_that_makes_it_a_follow_up() -> None:
    first, _ = parts("And does pruning help CNNs? How much energy does it save?")

    assert first == "And does pruning help CNNs?"


@pytest.mark.parametrize(
    ("question", "words"),
    [
        pytest.param('who speaks of a "moral direction"?', ["moral direction"], id="straight"),
        pytest.param("who speaks of a “moral direction”?", ["moral direction"], id="curly"),
        pytest.param("wer sagt „moral direction“?", ["moral direction"], id="low-and-high"),
        pytest.param('"bees" or "wasps"', ["bees", "wasps"], id="two"),
        pytest.param('the "moral  \n direction"', ["moral direction"], id="on-two-lines"),
        pytest.param('about "maps," and "dances."', ["maps", "dances"], id="stops-inside"),
        pytest.param("about 'maps' of the bee's", [], id="single-quotes"),
        pytest.param('a 5" disk', [], id="a-quote-that-is-not-closed"),
        pytest.param('""', [], id="nothing-in-it"),
        pytest.param(f'"{"bees " * 20}"', [], id="more-than-a-phrase"),
        pytest.param("What do bees hear?", [], id="none"),
    ],
)
def test_what_stands_in_double_quotes_is_to_be_found_to_the_letter(
    question: str, words: list[str]
) -> None:
    assert exact_words(question) == words
