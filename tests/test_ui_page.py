"""The conversation behind the page, and the command that serves it."""

import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from index import LibraryError
from rag import Answer
from ui.conversation import Turn, carry_on, questions
from ui.serving import PortTaken, address, listening

ANSWER = Answer("Why?", "It is so.", (), True, (), "quote", 0.1, 0.2)
CHAT = [sys.executable, "-c", "from ui.command import chat; chat()"]


def speaking(*parts: str | Answer | Exception) -> Any:
    """Return an assistant that says what it is told to, and keeps what it was asked."""
    asked: list[tuple[str, list[str]]] = []

    def stream(
        question: str, history: Sequence[str] = (), stopped: Callable[[], bool] = bool
    ) -> Iterator[str | Answer]:
        asked.append((question, list(history)))
        for part in parts:
            if isinstance(part, Exception):
                raise part
            yield part

    return SimpleNamespace(stream=stream, asked=asked)


def test_the_conversation_grows_as_the_answer_comes() -> None:
    steps = list(carry_on(speaking("It is ", "so.", ANSWER), (), "Why?"))
    assert steps == [
        (Turn("Why?"),),
        (Turn("Why?", "It is "),),
        (Turn("Why?", "It is so."),),
        (Turn("Why?", "It is so.", ANSWER),),
    ]


def test_earlier_questions_reach_the_assistant_but_not_those_that_could_not_be_asked() -> None:
    before = (Turn("One?", "1", ANSWER), Turn("Bad?", problem="No."), Turn("Stopped?", "It"))
    assistant = speaking(ANSWER)
    list(carry_on(assistant, before, "Two?"))
    assert assistant.asked == [("Two?", ["One?", "Stopped?"])]
    assert questions(before) == ["One?", "Stopped?"]


def test_a_library_error_is_a_sentence_in_the_conversation() -> None:
    *_, last = carry_on(speaking("It ", LibraryError("The library is empty.")), (), "Why?")
    assert last == (Turn("Why?", "It ", problem="The library is empty."),)


def test_without_a_port_the_next_free_one_is_listened_on() -> None:
    with listening() as one, listening() as other:
        assert address(one) != address(other)


def test_a_taken_port_is_refused_in_a_sentence() -> None:
    with listening() as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken, match=f"^Port {port} is taken by another program: choose an"):
            listening(port)


def test_the_command_prints_the_address_and_ctrl_c_stops_it_cleanly(tmp_path: Path) -> None:
    with listening() as free:
        port = free.getsockname()[1]
    options = ["--no-browser", "--port", str(port), "--library", str(tmp_path / "library")]
    quiet = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        [*CHAT, *options], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=quiet
    ) as running:
        assert running.stdout is not None
        first = running.stdout.readline()
        assert first == f"paperchat is at http://127.0.0.1:{port} (Ctrl-C stops it).\n"
        # A page that is open, and stays so, doesn't keep the command from stopping.
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/gradio_api/heartbeat/x") as alive:
            assert alive.readline() == b"data: ALIVE\n"
            running.send_signal(signal.SIGINT)
            said, complained = running.communicate(timeout=30)
    assert (said, complained, running.returncode) == ("\nStopped.\n", "", 0)


def test_the_command_alone_imports_neither_gradio_nor_the_engine() -> None:
    heavy = "{'gradio', 'llama_index', 'chromadb', 'uvicorn', 'fastapi'}"
    code = f"import sys, ui.command; print({heavy} & sys.modules.keys())"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout == "set()\n"
