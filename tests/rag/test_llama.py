"""A real language model, weak as it is, writes nothing that the quotes don't support."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import xllamacpp
from click.testing import CliRunner

from index import Library
from rag import Answer, Assistant
from rag.cli import main
from rag.errors import ModelFailed
from rag.verify import check

QUESTIONS = (
    "How much faster does HIVEMIND find food than foraging alone?",
    "How many transcribed lines were collected from old herbals?",
    "Which papers are about bees?",
)


@pytest.fixture(scope="session")
def in_process(bees: Library, smollm: Path) -> Assistant:
    return Assistant(bees, f"gguf:{smollm}")


def _served(smollm: Path, context: int) -> xllamacpp.Server:
    params = xllamacpp.CommonParams()
    params.model.path = str(smollm)
    params.n_ctx, params.n_parallel, params.port, params.verbosity = context, 1, 0, -1
    return xllamacpp.Server(params)


@pytest.fixture(scope="session")
def address(smollm: Path) -> Iterator[str]:
    server = _served(smollm, 4096)
    yield f"{server.listening_address}/v1"
    del server


def _assert_supported(answer: Answer) -> None:
    for citation in answer.citations:
        assert citation.paper.abstract[citation.start : citation.end] == citation.quote
    if answer.model == "quote" or answer.abstained:
        return
    written = re.split(r"(?<=\])\s+(?=[^\[])", answer.text)
    for sentence in written:
        numbers = {int(number) for number in re.findall(r"\[(\d+)\]", sentence)}
        cited = [one for one in answer.citations if one.number in numbers]
        claim = re.sub(r"\s*\[\d+\]", "", sentence).strip()
        said = [" ".join(one.quote.split()) for one in cited]
        assert claim.replace("\N{WORD JOINER}", "") in said or check(
            claim, said, " ".join(one.paper.title for one in cited)
        )


@pytest.mark.parametrize("question", [QUESTIONS[0], QUESTIONS[2]])
def test_what_a_model_in_this_process_writes_is_supported(in_process: Assistant, question: str) -> None:
    answer = in_process.ask(question)

    _assert_supported(answer)
    assert answer.model in (in_process.model, "quote")
    assert answer.writing is not None
    assert 0 < answer.writing.tokens_in <= 900
    assert answer.writing.tokens_out > 0


def test_what_a_llama_server_writes_is_supported(
    bees: Library, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", address)
    assistant = Assistant(bees, "openai:smollm")

    answer = assistant.ask(QUESTIONS[1])

    _assert_supported(answer)
    assert answer.writing is not None
    assert answer.writing.tokens_in > 0


def test_an_answer_that_is_let_go_leaves_the_model_free_for_the_next(in_process: Assistant) -> None:
    stream = in_process.stream(QUESTIONS[1])
    next(stream)
    stream.close()  # type: ignore[attr-defined]

    _assert_supported(in_process.ask(QUESTIONS[0]))


def test_a_context_that_is_too_short_is_told(
    bees: Library, smollm: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = _served(smollm, 256)
    monkeypatch.setenv("OPENAI_BASE_URL", f"{server.listening_address}/v1")

    with pytest.raises(ModelFailed, match=r"too long for openai:smollm: use a model with a longer"):
        Assistant(bees, "openai:smollm").ask(QUESTIONS[0])


def test_the_shell_writes_with_a_model_and_says_what_it_cost(bees_folder: Path, smollm: Path) -> None:
    words = [
        "ask",
        QUESTIONS[0],
        "--model",
        f"gguf:{smollm}",
        "--verbose",
        "--library",
        str(bees_folder),
    ]

    ran = CliRunner().invoke(main, words)

    assert ran.exit_code == 0, ran.stderr
    assert "HIVEMIND" in ran.stdout
    assert "Sources" in ran.stdout
    assert re.search(r"paperchat: \d+ tokens in, \d+ out; [\d.]+ s", ran.stderr)
