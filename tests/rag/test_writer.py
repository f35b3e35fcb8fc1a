"""The writer: a model's answers and rewritten questions, however the model behaves."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

import pytest

from index import Library
from rag import Answer, Assistant, prompts
from rag.answer import WORD_JOINER, Writing
from rag.briefing import evidence_for, left_out
from rag.errors import ModelFailed
from rag.finding import Finding, surer
from rag.quoting import Shown, numbered, quote
from rag.retriever import Question
from rag.writer import ModelDeclined, Writer, _usable
from tests.rag.scripted import SPEC, Scripted, in_pieces, writing_with

QUESTION = "How much faster does HIVEMIND find food than foraging alone?"
FOLLOW_UP = "and on recordings of real hives?"
REWRITTEN = "How much faster does HIVEMIND find food on recordings of real hives?"
# The papers are about it and name agents, but count none: an answer by quotes is in doubt.
DOUBTFUL = "How many agents does HIVEMIND have?"
TOLD = "HIVEMIND finds food 2.4x faster than foraging alone and uses 31% less energy"
LESS = "In simulated meadows, it finds food 2.4x faster than foraging alone and uses 31% less energy"
QUESTIONS = (
    QUESTION,
    "Which papers are about bees and hives?",
    "How many transcribed lines were collected from old herbals?",
    "What is the tidal field compared with?",
    "How does pruning by the waggle criterion change perplexity?",
    "How many tags are counted in abstracts?",
    "How does the beekeeping robot hear the state of a colony from its hum?",
)


def _found(library: Library, question: str) -> Finding:
    [finding] = Assistant(library).as_query_engine()._found(Question(question)).findings
    return finding


@pytest.fixture(scope="module")
def finding(bees: Library) -> Finding:
    return _found(bees, QUESTION)


@pytest.fixture(scope="module")
def mark(finding: Finding) -> str:
    """The number that the sentence with the answer has in a prompt."""
    quotes = [one.quote for one in evidence_for(finding)]
    return f"[{next(at for at, one in enumerate(quotes, start=1) if '2.4x' in one)}]"


def _write(model: Scripted, finding: Finding, writing: Writing | None = None) -> list[Shown]:
    own = writing if writing is not None else Writing()
    return list(Writer(model, SPEC).write(finding, QUESTION, {}, own))


def _failing(*pieces: str) -> Callable[[str], Iterator[str]]:
    def reply(prompt: str) -> Iterator[str]:
        yield from pieces
        raise ConnectionError("sk-secret was hung up on")

    return reply


def _texts(shown: Iterable[Shown]) -> list[str]:
    return [one.text.replace(WORD_JOINER, "") for one in shown]


# Prompts


def test_evidence_is_numbered_under_its_papers_titles_before_the_question(finding: Finding) -> None:
    first, *_ = evidence_for(finding)
    dated = replace(first, paper=replace(first.paper, date="2024-05-06"))
    other = replace(first, paper=replace(first.paper, title="Wasps\n of  Old"))

    assert prompts.answering("How\nfast?", [dated, dated, other]) == (
        f"Paper: {first.paper.title} (2024-05-06)\n"
        f"[1] {first.quote}\n[2] {first.quote}\n"
        f"Paper: Wasps of Old\n[3] {first.quote}\n"
        "Question: How fast?\nAnswer:"
    )


def test_a_question_is_rewritten_after_the_earlier_ones() -> None:
    assert prompts.rewriting("and\nnow?", ["How fast?", "On\n which?"]) == (
        "Earlier: How fast?\nEarlier: On which?\nLast: and now?\nRewritten:"
    )


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_prompt_has_at_most_900_tokens(bees: Library, question: str) -> None:
    told = prompts.answering(question, evidence_for(_found(bees, question)))

    [tokens] = bees.embedder.tokens([f"{prompts.ANSWERING}\n{told}"])
    assert len(tokens) <= 900


def test_a_model_is_given_the_evidence_and_the_question(finding: Finding) -> None:
    model = Scripted(prompts.DECLINE)

    with pytest.raises(ModelDeclined):
        _write(model, finding)

    assert model.prompts == [prompts.answering(QUESTION, evidence_for(finding))]


# Writing


def test_sentences_come_with_a_space_between_them(finding: Finding, mark: str) -> None:
    shown = _write(Scripted(in_pieces(f"{TOLD} {mark}. {LESS}. {mark}")), finding)

    assert _texts(shown) == [f"{TOLD}. [1]", f" {LESS}. [1]"]


def test_tokens_and_sentences_are_counted(finding: Finding, mark: str) -> None:
    writing = Writing()
    model = Scripted(
        in_pieces(f"{TOLD} {mark}. {LESS}. Napoleon crossed the Alps on a mule {mark}."),
        {"prompt_tokens": 321, "completion_tokens": 45},
    )

    _write(model, finding, writing)

    assert (writing.tokens_in, writing.tokens_out) == (321, 45)
    assert (writing.kept, writing.repaired, writing.dropped) == (1, 1, 1)
    assert writing.first is not None
    assert writing.problem == ""


def test_counts_add_up_over_the_parts_of_an_answer(finding: Finding, mark: str) -> None:
    writing, first = Writing(), list[float | None]()
    for _ in range(2):
        _write(Scripted(f"{TOLD} {mark}.", {"input_tokens": 3, "output_tokens": 4}), finding, writing)
        first.append(writing.first)

    assert (writing.tokens_in, writing.tokens_out, writing.kept) == (6, 8, 2)
    assert first[0] == first[1]


def test_nothing_comes_where_nothing_is_supported(finding: Finding) -> None:
    writing = Writing()

    assert _write(Scripted("Napoleon crossed the Alps on a mule [1]."), finding, writing) == []
    assert (writing.kept, writing.dropped, writing.first) == (0, 1, None)


def test_a_model_that_dies_in_mid_answer_keeps_its_sentences(finding: Finding, mark: str) -> None:
    writing = Writing()

    shown = _write(Scripted(_failing(f"{TOLD} {mark}. ", "HIVEMIND uses ")), finding, writing)

    assert _texts(shown) == [f"{TOLD}. [1]"]
    assert writing.problem == f"The server of {SPEC} can't be reached, or hung up: is it running?"
    assert writing.kept == 1


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param((), id="at-once"),
        pytest.param(("HIVEMIND finds",), id="in-its-first-sentence"),
        pytest.param(("Napoleon crossed the Alps on a mule. ", "So "), id="before-any-is-supported"),
    ],
)
def test_a_model_that_dies_before_anything_is_shown_fails(
    finding: Finding, pieces: Sequence[str]
) -> None:
    with pytest.raises(ModelFailed, match="can't be reached, or hung up") as told:
        _write(Scripted(_failing(*pieces)), finding)
    assert "sk-secret" not in str(told.value)


def test_a_model_that_dies_at_a_later_part_leaves_the_earlier_ones(finding: Finding) -> None:
    writing = Writing()

    shown = Writer(Scripted(_failing()), SPEC).write(finding, QUESTION, {"earlier": 1}, writing)

    assert list(shown) == []
    assert "hung up" in writing.problem


def test_a_model_that_declines_shows_nothing(finding: Finding) -> None:
    with pytest.raises(ModelDeclined):
        _write(Scripted(in_pieces(f"**{prompts.DECLINE}** [1]")), finding)


# Stopping


def _endless(mark: str) -> Callable[[str], Iterator[str]]:
    def reply(prompt: str) -> Iterator[str]:
        yield f"{TOLD} {mark}."
        while True:
            yield " HIVEMIND"

    return reply


def test_a_model_is_stopped_as_soon_as_it_is_said(finding: Finding, mark: str) -> None:
    model, writing, stop = Scripted(_endless(mark)), Writing(), threading.Event()

    shown = list[Shown]()
    for one in Writer(model, SPEC).write(finding, QUESTION, {}, writing, stop.is_set):
        shown.append(one)
        stop.set()

    assert _texts(shown) == [f"{TOLD}. [1]"]
    assert model.done == 1
    assert len(model.said) < 5
    assert writing.problem == "The model was stopped."


def test_half_a_sentence_of_a_stopped_model_is_not_shown(finding: Finding) -> None:
    model = Scripted([TOLD, " than", " in no", " other meadow."])

    writing = Writing()
    shown = Writer(model, SPEC).write(finding, QUESTION, {}, writing, lambda: len(model.said) > 2)

    assert list(shown) == []
    assert (writing.kept, writing.repaired, writing.dropped) == (0, 0, 0)


def test_closing_what_a_writer_shows_stops_the_model(finding: Finding, mark: str) -> None:
    model, writing = Scripted(_endless(mark)), Writing()
    shown = Writer(model, SPEC).write(finding, QUESTION, {}, writing)

    next(shown)
    shown.close()  # type: ignore[attr-defined]

    assert model.done == 1
    assert writing.kept == 1


def test_closing_an_answers_stream_stops_the_model(bees: Library, mark: str) -> None:
    model = Scripted(_endless(mark))
    stream = writing_with(bees, model).stream(QUESTION)

    assert next(stream) == f"{TOLD}. [1]"
    stream.close()  # type: ignore[attr-defined]

    assert model.done == 1


def test_an_answer_says_that_its_model_was_stopped(bees: Library, mark: str) -> None:
    model, stop = Scripted(_endless(mark)), threading.Event()

    parts = list[str | Answer]()
    for part in writing_with(bees, model).stream(QUESTION, stopped=stop.is_set):
        parts.append(part)
        stop.set()

    answer = parts[-1]
    assert isinstance(answer, Answer)
    assert answer.text == f"{TOLD}. [1]"
    assert answer.writing is not None
    assert answer.writing.problem == "The model was stopped."


# Answers


def test_an_answer_is_what_the_model_wrote(bees: Library, mark: str) -> None:
    answer = writing_with(bees, Scripted(in_pieces(f"{TOLD} {mark}. {LESS} {mark}."))).ask(QUESTION)

    assert answer.text == f"{TOLD}. [1] {LESS}. [1]"
    assert answer.model == SPEC
    assert not answer.abstained
    assert {one.number for one in answer.citations} == {1}
    assert answer.writing is not None
    assert answer.writing.kept == 2


def test_where_nothing_is_supported_the_papers_are_quoted(bees: Library, finding: Finding) -> None:
    answer = writing_with(bees, Scripted("Napoleon crossed the Alps on a mule [1].")).ask(QUESTION)

    quoted = quote(finding, {}, len(bees))
    assert answer.model == "quote"
    assert (answer.text, answer.citations) == ("".join(quoted.pieces), quoted.citations)
    assert answer.writing is not None
    assert answer.writing.dropped == 1


def test_a_model_that_says_nothing_leaves_the_quoted_answer(bees: Library) -> None:
    answer = writing_with(bees, Scripted("")).ask(QUESTION)

    assert answer.model == "quote"
    assert answer.citations


def test_a_model_that_declines_what_is_in_doubt_makes_the_answer_decline(bees: Library) -> None:
    answer = writing_with(bees, Scripted(in_pieces(prompts.DECLINE))).ask(DOUBTFUL)

    assert not Assistant(bees).ask(DOUBTFUL).abstained
    assert answer.abstained
    assert answer.citations == ()
    assert answer.text.startswith("The papers in this library don't answer")
    assert answer.papers[0].title == "HIVEMIND: Honeybee Dances as Shared Maps"


def test_a_model_that_declines_what_the_papers_surely_answer_is_not_believed(
    bees: Library, finding: Finding
) -> None:
    answer = writing_with(bees, Scripted(in_pieces(prompts.DECLINE))).ask(QUESTION)

    quoted = quote(finding, {}, len(bees))
    assert answer.model == "quote"
    assert (answer.text, answer.citations) == ("".join(quoted.pieces), quoted.citations)


def test_the_telling_sentence_is_added_where_a_model_leaves_it_out(
    bees: Library, finding: Finding
) -> None:
    quotes = [one.quote for one in evidence_for(finding)]
    besides = next(one for one in quotes if "2.4x" not in one)
    [telling] = [one for one in quotes if "2.4x" in one]

    answer = writing_with(bees, Scripted(f"{besides} [{quotes.index(besides) + 1}]")).ask(QUESTION)

    assert answer.text.replace(WORD_JOINER, "") == f"{besides} [1] {telling} [1]"
    assert [one.quote for one in answer.citations] == [besides, telling]
    assert answer.model == SPEC
    assert answer.writing is not None
    assert (answer.writing.kept, answer.writing.added) == (1, 1)


def test_a_telling_sentence_is_left_out_as_long_as_its_figures_are(finding: Finding) -> None:
    [telling] = [one for one in evidence_for(finding) if "2.4x" in one.quote]
    cited = numbered([telling], {})

    assert left_out(finding, "HIVEMIND finds food faster.", cited) == [telling]
    assert left_out(finding, "HIVEMIND finds food 2.4x faster.", cited) == []


def test_papers_that_answer_and_that_a_model_leaves_out_are_added_a_line_each(bees: Library) -> None:
    several = "Which papers are about bees and hives?"
    found = _found(bees, several)
    first, *others = quote(found, {}, len(bees)).citations
    mark = [one.quote for one in evidence_for(found)].index(first.quote) + 1

    answer = writing_with(bees, Scripted(f"{first.quote} [{mark}]")).ask(several)

    assert others
    assert answer.text.replace(WORD_JOINER, "").splitlines() == [
        f"{first.quote} [1]",
        *(f"**{one.paper.title}**: {one.quote} [{one.number}]" for one in others),
    ]
    assert answer.writing is not None
    assert answer.writing.added == len(others)


def test_an_answer_is_no_answer_where_the_model_dies_at_once(bees: Library) -> None:
    with pytest.raises(ModelFailed):
        writing_with(bees, Scripted(_failing())).ask(QUESTION)


def test_no_model_is_asked_what_the_papers_do_not_answer(bees: Library) -> None:
    model = Scripted(TOLD)

    assert writing_with(bees, model).ask("Who won the football world cup?").abstained
    assert model.prompts == []


# Rewriting


def _replies(rewritten: str) -> Callable[[str], list[str]]:
    """Rewrites a follow-up so, and declines to answer anything."""
    return lambda prompt: [rewritten if prompt.endswith("Rewritten:") else prompts.DECLINE]


def test_a_follow_up_is_rewritten_and_searched_for(bees: Library) -> None:
    model = Scripted(_replies(REWRITTEN))

    answer = writing_with(bees, model).ask(FOLLOW_UP, [QUESTION])

    assert answer.searched_for == REWRITTEN
    assert answer.question == FOLLOW_UP
    rewriting, answering = model.prompts
    assert rewriting == prompts.rewriting(FOLLOW_UP, [QUESTION])
    assert answering.endswith(f"Question: {REWRITTEN}\nAnswer:")
    assert "78.5%" in answering


@pytest.mark.parametrize(
    ("rewritten", "built_in", "taken"),
    [
        pytest.param((QUESTION, 0.96), (QUESTION, 0.99), "rewritten", id="same-paper"),
        pytest.param((QUESTION, 0.9), (QUESTION, 0.99), "built in", id="same-paper-less-surely"),
        pytest.param((QUESTIONS[2], 1.0), (QUESTION, 0.9), "built in", id="another-but-it-is-sure"),
        pytest.param((QUESTIONS[2], 0.8), (QUESTION, 0.7), "rewritten", id="another-in-doubt"),
        pytest.param((QUESTIONS[2], 0.6), (QUESTION, 0.7), "built in", id="another-less-surely"),
    ],
)
def test_a_rewritten_question_is_followed_where_the_papers_speak_for_it(
    bees: Library, rewritten: tuple[str, float], built_in: tuple[str, float], taken: str
) -> None:
    ours, theirs = (
        replace(found, judgement=replace(found.judgement, confidence=confidence))
        for found, confidence in (
            (_found(bees, question), sure) for question, sure in (built_in, rewritten)
        )
    )

    assert surer(theirs, ours) is (theirs if taken == "rewritten" else ours)


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(_replies("Napoleon crossed the Alps on a mule?"), id="nonsense"),
        pytest.param(_replies(""), id="nothing"),
        pytest.param(_failing(), id="failing"),
    ],
)
def test_a_follow_up_that_is_not_rewritten_is_understood_in_the_built_in_way(
    bees: Library, reply: Callable[[str], Iterable[str]]
) -> None:
    assistant = writing_with(bees, Scripted(reply))
    [finding] = assistant.as_query_engine()._found(Question(FOLLOW_UP, history=[QUESTION])).findings

    assert "78.5%" in finding.judgement.candidates[0].best.quote


def test_the_first_line_is_the_rewritten_question() -> None:
    model = Scripted(in_pieces(f'\n"{REWRITTEN}"\nI kept it short.'))

    assert Writer(model, SPEC).rewritten(FOLLOW_UP, [QUESTION]) == REWRITTEN


@pytest.mark.parametrize(
    "pieces", [pytest.param([], id="nothing"), pytest.param(["\n", " \n"], id="white-space")]
)
def test_a_model_that_rewrites_nothing_is_not_waited_for(pieces: list[str]) -> None:
    began = time.perf_counter()

    assert Writer(Scripted(pieces), SPEC).rewritten(FOLLOW_UP, [QUESTION]) == ""
    assert time.perf_counter() - began < 1.5


def test_a_model_that_fails_to_rewrite_is_not_waited_for() -> None:
    began = time.perf_counter()

    assert Writer(Scripted(_failing("How")), SPEC).rewritten(FOLLOW_UP, [QUESTION]) == ""
    assert time.perf_counter() - began < 1.5


def test_a_model_that_rewrites_too_slowly_is_left_and_stopped() -> None:
    go_on = threading.Event()

    def reply(prompt: str) -> Iterator[str]:
        yield "How often"
        go_on.wait(20)
        yield " does HIVEMIND find food?"
        yield "\n"

    model = Scripted(reply)
    began = time.perf_counter()

    assert Writer(model, SPEC).rewritten(FOLLOW_UP, [QUESTION]) == ""
    assert 1.5 < time.perf_counter() - began < 6

    go_on.set()
    until = time.perf_counter() + 10
    while not model.done and time.perf_counter() < until:
        time.sleep(0.01)
    assert model.done == 1
    assert "\n" not in model.said


@pytest.mark.parametrize(
    ("rewritten", "usable"),
    [
        pytest.param(REWRITTEN, REWRITTEN, id="as-it-is"),
        pytest.param(f" “{REWRITTEN}” ", REWRITTEN, id="quoted"),
        pytest.param(f"**{REWRITTEN}**", REWRITTEN, id="bold"),
        pytest.param(f"Rewritten: {REWRITTEN}", REWRITTEN, id="labelled"),
        pytest.param("", "", id="nothing"),
        pytest.param("?!", "", id="no-words"),
        pytest.param("On recordings of real hives? " * 20, "", id="endless"),
        pytest.param(QUESTION, "", id="without-what-is-asked-now"),
        pytest.param(
            "Which Paris hotels near recordings of real hives have large swimming pools?", "",
            id="words-of-its-own",
        ),
    ],
)  # fmt: skip
def test_a_rewritten_question_says_what_the_users_questions_say(rewritten: str, usable: str) -> None:
    assert _usable(rewritten, FOLLOW_UP, [QUESTION]) == usable
