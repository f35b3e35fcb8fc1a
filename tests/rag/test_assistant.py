"""Answers, as Python gets them: cited to the letter, or declined."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from llama_index.core.base.response.schema import Response

from index import Library
from rag import Answer, Assistant
from rag.answer import WORD_JOINER
from rag.errors import BadQuestion, EmptyLibrary, UnknownModel

QUESTION = "How much faster does HIVEMIND find food than foraging alone?"


def test_the_first_citation_is_the_sentence_that_answers(assistant: Assistant) -> None:
    answer = assistant.ask("How many transcribed lines were collected from old herbals?")

    assert not answer.abstained
    assert answer.model == "quote"
    assert {citation.paper.title for citation in answer.citations} == {
        "Reading Old Herbals with Optical Character Recognition"
    }
    assert "We collect 4,000 transcribed lines from 23 herbals. [1]" in answer.text


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(
    "bees dance maps hive robots microphones wax prune recurrent networks waggle herbals letter "
    "tide neural field clouds markup norms which papers compare how much <b> [1] and on it".split()
), min_size=1, max_size=12))  # fmt: skip
def test_every_quote_is_verbatim_and_every_sentence_cited(
    assistant: Assistant, words: list[str]
) -> None:
    answer = assistant.ask(" ".join(words))

    for citation in answer.citations:
        assert citation.paper.abstract[citation.start : citation.end] == citation.quote
        assert f"[{citation.number}]" in answer.text
    numbers = list(dict.fromkeys(citation.number for citation in answer.citations))
    assert numbers == list(range(1, len(numbers) + 1))
    assert len({citation.paper.id for citation in answer.citations}) == len(numbers)
    assert answer.abstained is (answer.citations == ())


def test_a_stop_inside_a_sentence_does_not_look_like_its_end(assistant: Assistant) -> None:
    answer = assistant.ask("How does the beekeeping robot hear the state of a colony from its hum?")

    assert "(cf." + WORD_JOINER + " Fig." + WORD_JOINER + " 2)" in answer.text
    assert any("(cf. Fig. 2)" in citation.quote for citation in answer.citations)


@pytest.mark.parametrize(
    ("unanswered", "title"),
    [
        pytest.param(
            "how many parameters does the beekeeping robot have?",
            "Beekeeping Robots Need No Cameras",
            id="nearest",
        ),
        pytest.param(
            "how many watts does the tidal field draw?", "Tidal Clocks in Neural Fields", id="about-it"
        ),
    ],
)
def test_a_part_that_is_declined_beside_an_answer_cites_the_paper_it_names(
    assistant: Assistant, unanswered: str, title: str
) -> None:
    answer = assistant.ask(f"How many lines were collected from old herbals, and {unanswered}")

    answered, declining = answer.text.split("\n")
    assert "4,000 transcribed lines" in answered
    assert f"don't answer “{unanswered}”" in declining
    assert title in declining
    assert declining.endswith("[2]")
    assert answer.citations[-1].paper.title == title


@pytest.mark.parametrize("question", ["What does [1] propose?", "What does the first paper present?"])
def test_a_paper_that_is_pointed_at_is_told_of(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question, history=[QUESTION])

    assert {citation.paper.title for citation in answer.citations} == {
        "HIVEMIND: Honeybee Dances as Shared Maps"
    }
    assert any("We present HIVEMIND" in citation.quote for citation in answer.citations)


@pytest.mark.parametrize("question", ["What about the second paper?", "What does [7] use?"])
def test_a_paper_that_was_not_cited_cannot_be_pointed_at(assistant: Assistant, question: str) -> None:
    with pytest.raises(BadQuestion, match="The answer before this one has one paper"):
        assistant.ask(question, history=[QUESTION])


@pytest.mark.parametrize("question", ["Who wrote HIVEMIND?", "Who are the authors of HIVEMIND?"])
def test_who_wrote_a_paper_is_in_no_abstract(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)

    assert answer.abstained
    assert answer.confidence == 0
    assert answer.papers[0].title == "HIVEMIND: Honeybee Dances as Shared Maps"


def test_an_answer_from_one_paper_has_at_most_120_words(assistant: Assistant) -> None:
    for question in (QUESTION, "pruning recurrent networks", "What fills the gaps of clouds?"):
        assert len(assistant.ask(question).text.split()) <= 120


def test_a_question_for_several_papers_is_answered_a_line_each(assistant: Assistant) -> None:
    answer = assistant.ask("Which papers are about bees and hives?")

    first, *lines = answer.text.splitlines()
    numbers = [f"[{citation.number}]" for citation in answer.citations]
    assert first == f"{len(lines)} of {len(assistant.library)} papers answer: {' '.join(numbers)}"
    assert [line.rsplit(" ", 1)[1] for line in lines] == numbers
    titles = [f"**{citation.paper.title}**: " for citation in answer.citations]
    assert all(line.startswith(title) for line, title in zip(lines, titles, strict=True))
    assert len(lines) > 1


def test_off_topic_is_declined_in_one_sentence_that_says_what_was_asked(assistant: Assistant) -> None:
    answer = assistant.ask("Who won the football world cup?\n")

    assert answer.abstained
    assert answer.text.startswith(
        "The papers in this library don't answer “Who won the football world cup?”"
    )
    assert answer.confidence < 0.5
    assert answer.citations == ()
    assert len(answer.papers) == 5


def test_a_follow_up_is_answered_from_the_paper_before(assistant: Assistant) -> None:
    answer = assistant.ask("and on recordings of real hives?", history=["What is a tide?", QUESTION])

    assert answer.question == "and on recordings of real hives?"
    assert any("78.5%" in citation.quote for citation in answer.citations)


def test_one_earlier_question_may_be_given_as_a_string(assistant: Assistant) -> None:
    asked = "and on recordings of real hives?"

    assert assistant.ask(asked, QUESTION).citations == assistant.ask(asked, [QUESTION]).citations


def test_streamed_parts_are_the_answers_text_and_last_the_answer(assistant: Assistant) -> None:
    *parts, answer = assistant.stream(QUESTION)

    assert isinstance(answer, Answer)
    assert len(parts) == len(answer.citations) > 1
    assert "".join(map(str, parts)) == answer.text
    again = assistant.ask(QUESTION)
    assert (answer.text, answer.citations) == (again.text, again.citations)


def test_the_query_engine_carries_source_nodes_and_the_answer(assistant: Assistant) -> None:
    response = assistant.as_query_engine().query(QUESTION)

    assert isinstance(response, Response)
    assert response.metadata is not None
    assert response.response == str(response) == response.metadata["answer"].text
    assert response.source_nodes[0].node.metadata["title"].startswith("HIVEMIND")


async def _asked(assistant: Assistant) -> Response:
    response = await assistant.as_query_engine().aquery(QUESTION)
    assert isinstance(response, Response)
    return response


def test_the_query_engine_can_be_awaited(assistant: Assistant) -> None:
    # On a thread of its own: a browser test may have left a loop running on this one.
    with ThreadPoolExecutor() as threads:
        answer = threads.submit(lambda: asyncio.run(_asked(assistant))).result()

    assert str(answer) == assistant.ask(QUESTION).text


def test_json_has_the_fields_that_others_build_on(assistant: Assistant) -> None:
    known = json.loads(json.dumps(assistant.ask(QUESTION).as_dict()))

    assert list(known) == [
        "question", "text", "abstained", "citations", "papers", "model", "seconds",
    ]  # fmt: skip
    assert list(known["citations"][0]) == ["number", "quote", "start", "end", "paper"]
    assert known["citations"][0]["paper"] == {
        "id": assistant.ask(QUESTION).citations[0].paper.id,
        "title": "HIVEMIND: Honeybee Dances as Shared Maps",
        "authors": [],
        "date": None,
        "venue": None,
        "url": None,
        "source": "bees.txt",
    }


@pytest.mark.parametrize(
    ("question", "complaint"),
    [
        pytest.param("", "The question is empty", id="empty"),
        pytest.param(" \n\t", "The question is empty", id="blank"),
        pytest.param("bees " * 20_000, "The question has 100,000 characters", id="100,000-characters"),
    ],
)
def test_a_bad_question_is_told_in_a_sentence(
    assistant: Assistant, question: str, complaint: str
) -> None:
    with pytest.raises(BadQuestion, match=complaint):
        assistant.ask(question)
    with pytest.raises(BadQuestion, match=complaint):
        assistant.as_query_engine().query(question)


def test_markup_and_control_characters_in_a_question_are_words(assistant: Assistant) -> None:
    answer = assistant.ask(
        "How many tags such as <img src=x onerror=alert(2)> \x07\x1b[31m are counted?"
    )

    assert any("We count 1,204 tags" in citation.quote for citation in answer.citations)


def test_an_empty_library_says_what_to_do(tmp_path: Path) -> None:
    with Assistant.open(tmp_path / "new") as assistant, pytest.raises(EmptyLibrary) as told:
        assistant.ask(QUESTION)
    assert "paperchat add sample" in str(told.value)
    assert str(tmp_path / "new") in str(told.value)


def test_an_unknown_model_is_told_before_anything_is_opened(tmp_path: Path) -> None:
    with pytest.raises(UnknownModel, match=r"There is no model 'oracle'\. There is `quote`"):
        Assistant.open(tmp_path / "new", model="oracle")
    assert not (tmp_path / "new").exists()


def test_a_library_that_grows_is_asked_as_it_is_now(tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text("Moss Gardens on Mars\n" + "Moss grows on Mars in jars of ice. " * 12)
    with Library.open(tmp_path / "library") as library:
        assistant = Assistant(library)
        library.add(page)
        assert not assistant.ask("Does moss grow on Mars?").abstained
