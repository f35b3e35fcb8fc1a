"""A model is called over the wire: its words as they come, its tokens, and its errors in words."""

from collections.abc import Callable
from typing import Any

import pytest

from rag.calling import Call
from rag.errors import ModelFailed
from rag.models import load_model
from tests.rag.wire import (
    KEY,
    PATIENCE,
    REFUSALS,
    SERVERS,
    TOKENS_IN,
    TOKENS_OUT,
    Silence,
    Wire,
    Words,
)

SYSTEM, QUESTION = "Quote the papers “to the letter”.", "Why do bees dance?"
REFUSED = "The key for {} was refused: set {} to a valid one."
NO_MODEL = "The server has no model {}: check the name."
LATER = "{} refuses more questions for now: wait a minute and ask again."
SPENT = "{} is out of quota: see the account's billing, or use another model."
TOO_LONG = "The question and its evidence are too long for {}: use a model with a longer context."
UNREACHED = "The server of {} can't be reached, or hung up: is it running?"
SENTENCES = {
    "wrong key": REFUSED,
    "wrong credentials": REFUSED,
    "unknown model": NO_MODEL,
    "unknown model, elsewhere": NO_MODEL,
    "parameter": "{} failed (BadRequestError): ask again, or use another model.",
    "rate limit": LATER,
    "quota": SPENT,
    "payment": SPENT,
    "too long": TOO_LONG,
    "too large": TOO_LONG,
    "500": "The server of {} failed (HTTP 500): ask again later.",
    "503": "The server of {} failed (HTTP 503): ask again later.",
    "529": "The server of {} failed (HTTP 529): ask again later.",
}
PASSING = ("rate limit", "500", "503", "529")
VARIABLES = {"openai": "OPENAI_API_KEY", "ollama": "the key", "anthropic": "ANTHROPIC_API_KEY"}
EACH = [(server, what) for server in SERVERS for what in REFUSALS[server]]
MakeCall = Callable[[Wire], Call]

pytestmark = pytest.mark.usefixtures("patient")


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again at once, and go past no proxy."""
    monkeypatch.setattr("rag.calling._WAITS", (0.0, 0.0))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch) -> MakeCall:
    """Makes a call of the model x of a server."""

    def make(wire: Wire) -> Call:
        for name, value in wire.environment.items():
            monkeypatch.setenv(name, value)
        llm = load_model(f"{wire.server}:x")
        assert llm is not None
        return Call(llm, f"{wire.server}:x", SYSTEM, QUESTION)

    return make


def _which(*whats: str) -> list[Any]:
    """The refusals of some names of all servers, as parameters."""
    return [
        pytest.param(server, what, id=f"{server}-{what.replace(' ', '-')}")
        for server, what in EACH
        if what in whats
    ]


@pytest.mark.parametrize("server", SERVERS)
def test_words_come_as_the_server_says_them(server: str, call: MakeCall) -> None:
    with Wire(server, Words(("Bees", " dance", "."), stepwise=True)) as wire:
        words = iter(call(wire))
        heard = []
        for _ in range(3):
            wire.go()
            heard.append(next(words))

        assert heard == ["Bees", " dance", "."]
        assert list(words) == []


@pytest.mark.parametrize("server", SERVERS)
def test_the_tokens_that_the_server_counts_are_taken_down(server: str, call: MakeCall) -> None:
    with Wire(server) as wire:
        called = call(wire)
        assert (called.tokens_in, called.tokens_out) == (None, None)

        assert "".join(called) == "Bees dance."

        assert (called.tokens_in, called.tokens_out) == (TOKENS_IN, TOKENS_OUT)


@pytest.mark.parametrize(
    ("server", "path", "limit"),
    [
        pytest.param("openai", "/v1/chat/completions", ("max_tokens",), id="openai"),
        pytest.param("ollama", "/api/chat", ("options", "num_predict"), id="ollama"),
        pytest.param("anthropic", "/v1/messages", ("max_tokens",), id="anthropic"),
    ],
)
def test_the_question_and_what_the_model_is_told_arrive(
    server: str, path: str, limit: tuple[str, ...], call: MakeCall
) -> None:
    with Wire(server) as wire:
        list(call(wire))

    [asked] = wire.asked
    assert asked.path.partition("?")[0] == path
    assert asked.body["model"] == "x"
    assert asked.body["stream"] is True
    said = asked.body["messages"]
    if server == "anthropic":
        assert asked.body["system"] in (SYSTEM, [{"type": "text", "text": SYSTEM}])
    else:
        assert (said[0]["role"], said[0]["content"]) == ("system", SYSTEM)
        said = said[1:]
    assert [one["role"] for one in said] == ["user"]
    assert said[0]["content"] in (QUESTION, [{"type": "text", "text": QUESTION}])
    most = asked.body
    for name in limit:
        most = most[name]
    assert most == 320


@pytest.mark.parametrize(
    ("server", "header", "value"),
    [
        pytest.param("openai", "authorization", f"Bearer {KEY}", id="openai"),
        pytest.param("anthropic", "x-api-key", KEY, id="anthropic"),
    ],
)
def test_the_key_goes_into_its_header_and_nowhere_else(
    server: str, header: str, value: str, call: MakeCall
) -> None:
    with Wire(server) as wire:
        list(call(wire))

    [asked] = wire.asked
    assert [name for name, sent in asked.headers.items() if KEY in sent] == [header]
    assert asked.headers[header] == value
    assert KEY not in f"{asked.path}{asked.body}"


@pytest.mark.parametrize(("server", "what"), _which(*SENTENCES))
def test_an_error_is_told_in_a_sentence_of_our_own(server: str, what: str, call: MakeCall) -> None:
    with Wire(server, REFUSALS[server][what]) as wire, pytest.raises(ModelFailed) as failed:
        list(call(wire))

    # The sentence is known to the letter: it holds no key and nothing that the server said.
    assert str(failed.value) == SENTENCES[what].format(f"{server}:x", VARIABLES[server])
    assert KEY not in str(failed.value)


@pytest.mark.parametrize(("server", "what"), _which(*PASSING))
def test_what_may_pass_is_tried_again(server: str, what: str, call: MakeCall) -> None:
    refusal = REFUSALS[server][what]
    with Wire(server, refusal, refusal, Words()) as wire:
        called = call(wire)

        assert "".join(called) == "Bees dance."
        assert (called.tokens_in, called.tokens_out) == (TOKENS_IN, TOKENS_OUT)
    assert len(wire.asked) == 3


@pytest.mark.parametrize("server", SERVERS)
def test_after_three_tries_it_is_given_up(server: str, call: MakeCall) -> None:
    with Wire(server, REFUSALS[server]["500"]) as wire, pytest.raises(ModelFailed):
        list(call(wire))

    assert len(wire.asked) == 3


@pytest.mark.parametrize(("server", "what"), _which(*(set(SENTENCES) - set(PASSING))))
def test_what_does_not_pass_is_not_tried_again(server: str, what: str, call: MakeCall) -> None:
    with Wire(server, REFUSALS[server][what], Words()) as wire, pytest.raises(ModelFailed):
        list(call(wire))

    assert len(wire.asked) == 1


@pytest.mark.parametrize("server", SERVERS)
def test_a_server_that_dies_in_mid_stream_leaves_its_words(server: str, call: MakeCall) -> None:
    with Wire(server, Words(("Bees", " dance"), then="hang up")) as wire:
        words = iter(call(wire))

        assert [next(words), next(words)] == ["Bees", " dance"]
        with pytest.raises(ModelFailed) as failed:
            next(words)

    assert str(failed.value) == UNREACHED.format(f"{server}:x")
    assert len(wire.asked) == 1


@pytest.mark.parametrize("server", SERVERS)
def test_an_error_in_mid_stream_leaves_the_words_before_it(server: str, call: MakeCall) -> None:
    with Wire(server, Words(("Bees", " dance"), then="error")) as wire:
        words = iter(call(wire))

        assert [next(words), next(words)] == ["Bees", " dance"]
        with pytest.raises(ModelFailed) as failed:
            next(words)

    assert str(failed.value).startswith(f"{server}:x failed (")
    assert "zebra" not in str(failed.value)
    assert len(wire.asked) == 1


@pytest.mark.parametrize("server", SERVERS)
def test_a_server_that_hangs_up_at_once_is_told(server: str, call: MakeCall) -> None:
    with Wire(server, Words((), then="hang up")) as wire, pytest.raises(ModelFailed) as failed:
        list(call(wire))

    assert str(failed.value) == UNREACHED.format(f"{server}:x")


@pytest.mark.parametrize("server", SERVERS)
def test_closing_the_words_closes_the_connection(server: str, call: MakeCall) -> None:
    with Wire(server, Words(("Bees", " dance"), then="hold")) as wire:
        words = iter(call(wire))
        assert next(words) == "Bees"

        words.close()

        assert wire.left.wait(PATIENCE)
    assert len(wire.asked) == 1


@pytest.mark.parametrize("server", SERVERS)
def test_a_server_that_says_nothing_is_left(
    server: str, call: MakeCall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.models._PATIENCE", 0.3)
    with Wire(server, Silence()) as wire:
        with pytest.raises(ModelFailed) as failed:
            list(call(wire))

        assert wire.left.wait(PATIENCE)
    assert str(failed.value) == (
        f"{server}:x said nothing for too long: ask again, or use a smaller model."
    )
    assert len(wire.asked) == 1


@pytest.mark.parametrize("server", SERVERS)
def test_a_server_that_falls_silent_leaves_its_words(
    server: str, call: MakeCall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.models._PATIENCE", 0.3)
    with Wire(server, Words(("Bees",), then="hold")) as wire:
        words = iter(call(wire))

        assert next(words) == "Bees"
        with pytest.raises(ModelFailed, match="said nothing for too long"):
            next(words)


@pytest.mark.parametrize("server", SERVERS)
def test_a_server_that_is_not_there_is_told(server: str, call: MakeCall) -> None:
    with Wire(server) as wire:
        called = call(wire)

    with pytest.raises(ModelFailed) as failed:
        list(called)

    assert str(failed.value) == UNREACHED.format(f"{server}:x")


@pytest.mark.parametrize("server", SERVERS)
def test_an_answer_without_words_is_no_error(server: str, call: MakeCall) -> None:
    with Wire(server, Words(())) as wire:
        assert list(call(wire)) == []
