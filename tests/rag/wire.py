"""A small HTTP server that speaks as OpenAI, Ollama or Anthropic do, by a script of answers."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

KEY = "sk-wire-0123456789abcdef"
SERVERS = ("openai", "ollama", "anthropic")
TOKENS_IN, TOKENS_OUT = 31, 7
# Seconds after which a test that went wrong goes on.
PATIENCE = 20.0


@dataclass(frozen=True)
class Words:
    """A streamed answer, and how it goes on after its words.

    `then` is "end"; "hang up", without the end of the stream; "hold", until the client leaves;
    "error", a message of the server's in the stream. With `stepwise` a word waits for Wire.go().
    """

    words: tuple[str, ...] = ("Bees", " dance", ".")
    then: str = "end"
    stepwise: bool = False


@dataclass(frozen=True)
class Refusal:
    """An answer with an error's status and body, as the server's documentation has it."""

    status: int
    body: dict[str, Any]


@dataclass(frozen=True)
class Silence:
    """No answer at all until the client leaves."""


Answer = Words | Refusal | Silence


@dataclass(frozen=True)
class Asked:
    """A request that came; the names of its headers are in lower case."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any] = field(repr=False)


class Wire:
    """The server, which gives its answers in their order and the last one again and again.

    `server` is one of SERVERS, `asked` are the requests so far; `left` is set when a client leaves
    before the end of an answer.
    """

    def __init__(self, server: str, *answers: Answer) -> None:
        self.asked: list[Asked] = []
        self.left = threading.Event()
        self.server = server
        self._answers = answers or (Words(),)
        self._steps = threading.Semaphore(0)
        self._http = _Http(("127.0.0.1", 0), _Handler)
        self._http.wire = self
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, at: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    @property
    def environment(self) -> dict[str, str]:
        """What a person sets for a model of this server."""
        return {
            "openai": {"OPENAI_BASE_URL": f"{self.address}/v1", "OPENAI_API_KEY": KEY},
            "ollama": {"OLLAMA_HOST": self.address},
            "anthropic": {"ANTHROPIC_BASE_URL": self.address, "ANTHROPIC_API_KEY": KEY},
        }[self.server]

    def go(self) -> None:
        """Let the next word of a stepwise answer be said."""
        self._steps.release()

    def step(self) -> None:
        """Wait for go()."""
        if not self._steps.acquire(timeout=PATIENCE):
            raise ConnectionError("nobody said go")

    def answer(self, asked: Asked) -> Answer:
        """Take down a request and return what is the answer to it."""
        self.asked.append(asked)
        return self._answers[min(len(self.asked), len(self._answers)) - 1]

    def streamed(self, words: tuple[str, ...]) -> tuple[str, list[str], list[str], list[str]]:
        """Return the type of a stream, and what comes before, as and after its words."""
        return {"openai": _openai, "ollama": _ollama, "anthropic": _anthropic}[self.server](words)

    @property
    def error(self) -> str:
        """An error inside a stream, as the server tells it."""
        said = "The zebra is overloaded."
        if self.server == "ollama":
            return _line({"error": said})
        problem = {"type": "error", "error": {"type": "overloaded_error", "message": said}}
        return _event("error", problem) if self.server == "anthropic" else _data(problem)


class _Http(ThreadingHTTPServer):
    # Closing it waits for the answers, so that no socket is left open.
    daemon_threads = False
    wire: Wire


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = PATIENCE
    server: _Http

    def do_POST(self) -> None:
        wire = self.server.wire
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = wire.answer(Asked(self.path, headers, body))
        self.close_connection = True
        try:
            if isinstance(answer, Silence):
                self._hold()
            elif isinstance(answer, Refusal):
                self._refuse(answer)
            else:
                self._stream(answer)
        except ConnectionError:
            wire.left.set()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing on the terminal."""

    def _refuse(self, answer: Refusal) -> None:
        told = json.dumps(answer.body).encode()
        self._begin(answer.status, "application/json", ("Content-Length", str(len(told))))
        self.wfile.write(told)

    def _stream(self, answer: Words) -> None:
        wire = self.server.wire
        media, before, words, after = wire.streamed(answer.words)
        self._begin(200, media, ("Transfer-Encoding", "chunked"))
        for part in before:
            self._chunk(part)
        for part in words:
            if answer.stepwise:
                wire.step()
            self._chunk(part)
        if answer.then == "hold":
            self._hold()
        elif answer.then != "hang up":
            for part in [wire.error] if answer.then == "error" else after:
                self._chunk(part)
            self.wfile.write(b"0\r\n\r\n")

    def _hold(self) -> None:
        """Wait until the client leaves: a read ends when it has closed its end."""
        if self.connection.recv(1) == b"":
            self.server.wire.left.set()

    def _begin(self, status: int, media: str, length: tuple[str, str]) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media)
        self.send_header("Connection", "close")
        self.send_header(*length)
        self.end_headers()

    def _chunk(self, text: str) -> None:
        data = text.encode()
        self.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))


def _line(value: dict[str, Any]) -> str:
    return json.dumps(value) + "\n"


def _data(value: dict[str, Any]) -> str:
    return f"data: {json.dumps(value)}\n\n"


def _event(name: str, value: dict[str, Any]) -> str:
    return f"event: {name}\n{_data(value)}"


Streamed = tuple[str, list[str], list[str], list[str]]


def _openai(words: tuple[str, ...]) -> Streamed:
    """The chunks of /chat/completions, the used tokens in one of their own before the end."""

    def chunk(delta: dict[str, str] | None, end: str | None = None, used: bool = False) -> str:
        return _data(
            {
                "id": "chatcmpl-1",
                "object": "chat.completion.chunk",
                "created": 1760000000,
                "model": "x",
                "choices": []
                if delta is None
                else [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": end}],
                "usage": {
                    "prompt_tokens": TOKENS_IN,
                    "completion_tokens": TOKENS_OUT,
                    "total_tokens": TOKENS_IN + TOKENS_OUT,
                }
                if used
                else None,
            }
        )

    return (
        "text/event-stream",
        [chunk({"role": "assistant", "content": ""})],
        [chunk({"content": word}) for word in words],
        [chunk({}, "stop"), chunk(None, used=True), "data: [DONE]\n\n"],
    )


def _ollama(words: tuple[str, ...]) -> Streamed:
    """The lines of /api/chat, the used tokens in the last one."""

    def line(word: str, **more: Any) -> str:
        return _line(
            {
                "model": "x",
                "created_at": "2026-01-01T00:00:00.000000Z",
                "message": {"role": "assistant", "content": word},
                "done": False,
                **more,
            }
        )

    end = {
        "done": True,
        "done_reason": "stop",
        "total_duration": 5_000_000,
        "load_duration": 1_000_000,
        "prompt_eval_count": TOKENS_IN,
        "prompt_eval_duration": 2_000_000,
        "eval_count": TOKENS_OUT,
        "eval_duration": 2_000_000,
    }
    return "application/x-ndjson", [], [line(word) for word in words], [line("", **end)]


def _anthropic(words: tuple[str, ...]) -> Streamed:
    """The events of /v1/messages, the used tokens in the first and in the last but one."""

    def events(*values: dict[str, Any]) -> Iterator[str]:
        return (_event(value["type"], value) for value in values)

    message = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "content": [],
        "model": "x",
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {"input_tokens": TOKENS_IN, "output_tokens": 1},
    }
    before = events(
        {"type": "message_start", "message": message},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "ping"},
    )
    said = events(
        *(
            {
                "type": "content_block_delta",
                "index": 0,
                "delta": {"type": "text_delta", "text": word},
            }
            for word in words
        )
    )
    after = events(
        {"type": "content_block_stop", "index": 0},
        {
            "type": "message_delta",
            "delta": {"stop_reason": "end_turn", "stop_sequence": None},
            "usage": {"output_tokens": TOKENS_OUT},
        },
        {"type": "message_stop"},
    )
    return "text/event-stream", list(before), list(said), list(after)


def _openai_error(status: int, kind: str, code: str | int | None, message: str) -> Refusal:
    return Refusal(status, {"error": {"message": message, "type": kind, "param": None, "code": code}})


def _ollama_error(status: int, message: str) -> Refusal:
    return Refusal(status, {"error": message})


def _anthropic_error(status: int, kind: str, message: str) -> Refusal:
    return Refusal(
        status,
        {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_zebra"},
    )


REFUSALS: dict[str, dict[str, Refusal]] = {
    "openai": {
        "wrong key": _openai_error(
            401, "invalid_request_error", "invalid_api_key",
            f"Incorrect API key provided: {KEY}. You can find your API key at "
            "https://platform.openai.com/account/api-keys.",
        ),
        "wrong credentials": _openai_error(
            401, "invalid_request_error", None, f"Invalid credentials in the header: {KEY}"
        ),
        "unknown model": _openai_error(
            404, "invalid_request_error", "model_not_found",
            "The model `x` does not exist or you do not have access to it.",
        ),
        "unknown model, elsewhere": _openai_error(
            400, "invalid_request_error", None, "x is not a valid model ID"
        ),
        "parameter": _openai_error(
            400, "invalid_request_error", "unsupported_parameter",
            "Unsupported parameter: 'max_tokens' is not supported with this model. "
            "Use 'max_completion_tokens' instead.",
        ),
        "rate limit": _openai_error(
            429, "requests", "rate_limit_exceeded",
            "Rate limit reached for x in organization org-zebra on requests per min (RPM): Limit 3, "
            "Used 3, Requested 1. Please try again in 20s. Visit "
            "https://platform.openai.com/account/rate-limits to learn more. You can increase your "
            "rate limit by adding a payment method to your account at "
            "https://platform.openai.com/account/billing.",
        ),
        "quota": _openai_error(
            429, "insufficient_quota", "insufficient_quota",
            "You exceeded your current quota, please check your plan and billing details.",
        ),
        "payment": _openai_error(
            402, "insufficient_credits", 402,
            "Insufficient credits. Add more using https://openrouter.ai/credits",
        ),
        "too long": _openai_error(
            400, "invalid_request_error", "context_length_exceeded",
            "This model's maximum context length is 4096 tokens. However, your messages resulted in "
            "5210 tokens. Please reduce the length of the messages.",
        ),
        "500": _openai_error(
            500, "server_error", None,
            "The server had an error while processing your request. Sorry about that!",
        ),
        "503": _openai_error(
            503, "server_error", None, "The engine is currently overloaded, please try again later."
        ),
    },
    "ollama": {
        "wrong key": _ollama_error(401, "unauthorized"),
        "unknown model": _ollama_error(404, "model 'x' not found"),
        "rate limit": _ollama_error(429, "too many concurrent requests"),
        "payment": _ollama_error(402, "this model requires a subscription"),
        "too long": _ollama_error(400, "the input length exceeds the context length"),
        "500": _ollama_error(500, "llama runner process has terminated: context deadline exceeded"),
        "503": _ollama_error(503, "server busy, please try again. maximum pending requests exceeded"),
    },
    "anthropic": {
        "wrong key": _anthropic_error(401, "authentication_error", "invalid x-api-key"),
        "unknown model": _anthropic_error(404, "not_found_error", "model: x"),
        "rate limit": _anthropic_error(
            429, "rate_limit_error",
            "This request would exceed your organization's rate limit of 50 requests per minute.",
        ),
        "quota": _anthropic_error(
            400, "invalid_request_error",
            "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing "
            "to upgrade or purchase credits.",
        ),
        "payment": _anthropic_error(
            402, "billing_error", "There's an issue with your billing or payment information."
        ),
        "too long": _anthropic_error(
            400, "invalid_request_error", "prompt is too long: 208310 tokens > 200000 maximum"
        ),
        "too large": _anthropic_error(
            413, "request_too_large", "Request exceeds the maximum allowed number of bytes."
        ),
        "500": _anthropic_error(500, "api_error", "Internal server error"),
        "529": _anthropic_error(529, "overloaded_error", "Overloaded"),
    },
}  # fmt: skip
