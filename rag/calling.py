"""Calling: a language model's words as they come, tried again where that may help, errors in words."""

import re
import time
from collections.abc import Generator
from contextlib import closing
from typing import TYPE_CHECKING, Any, cast

from rag.errors import ModelFailed

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

# Seconds to wait before the second and the third try.
_WAITS = (0.5, 2.0)
# What servers say of an account that is used up: a rate limit's answer names billing and quotas, too.
_USED_UP = re.compile(
    r"insufficient_quota|current quota|billing_error|billing_hard_limit|credit balance"
    r"|insufficient (?:credit|balance|fund)"
)
# What they say of a question that is too long; a "context deadline" is about time.
_LONG = re.compile(
    r"context[ _](?:length|size|window)|exceed_context|(?:prompt|input) is too long|request_too_large"
)
_NO_MODEL = re.compile(
    r"model\b.*\b(?:not found|not exist|unknown|unavailable)|(?:no such|unknown|invalid|valid) model"
    r"|model_not_found",
    re.DOTALL,
)
_KEYS = {"openai": "OPENAI_API_KEY", "anthropic": "ANTHROPIC_API_KEY"}


class Call:
    """One call of a model, whose words are iterated over once.

    `tokens_in` and `tokens_out` are what the model says it used, when it is done; None where it
    doesn't say. Closing the iterator stops the model. Raises ModelFailed with a sentence in which no
    word of the server's is repeated: it might hold a key.
    """

    def __init__(self, llm: "LLM", spec: str, system: str, prompt: str) -> None:
        self.tokens_in: int | None = None
        self.tokens_out: int | None = None
        self._llm = llm
        self._spec = spec
        self._system = system
        self._prompt = prompt

    def __iter__(self) -> Generator[str, None, None]:
        """Yield the words as they come; a call that fails before the first one is tried again."""
        for wait in (*_WAITS, None):
            begun = False
            try:
                with closing(self._words()) as words:
                    for word in words:
                        begun = True
                        yield word
                return
            except (GeneratorExit, KeyboardInterrupt):
                raise
            except Exception as problem:
                if begun or wait is None or not _passes(problem):
                    raise ModelFailed(_told(problem, self._spec)) from None
                time.sleep(wait)

    def _words(self) -> Generator[str, None, None]:
        from llama_index.core.base.llms.types import ChatMessage

        messages = [
            ChatMessage(role="system", content=self._system),
            ChatMessage(role="user", content=self._prompt),
        ]
        stream = cast(Any, self._llm.stream_chat(messages))
        with closing(stream):
            for part in stream:
                self._count(part.raw)
                if part.delta:
                    yield part.delta

    def _count(self, raw: Any) -> None:
        """Take down how many tokens were used, in the words of whichever server this is."""
        raw = raw if isinstance(raw, dict) else getattr(raw, "__dict__", {})
        usage = raw.get("usage") or raw.get("message", None) or {}
        usage = usage if isinstance(usage, dict) else getattr(usage, "__dict__", {})
        for known in (usage, raw):
            tokens_in = _first(known, "prompt_tokens", "input_tokens", "prompt_eval_count")
            tokens_out = _first(known, "completion_tokens", "output_tokens", "eval_count")
            self.tokens_in = self.tokens_in if tokens_in is None else tokens_in
            self.tokens_out = self.tokens_out if tokens_out is None else tokens_out


def _first(known: dict[str, Any], *names: str) -> int | None:
    return next((int(known[name]) for name in names if isinstance(known.get(name), int)), None)


def _status(problem: BaseException) -> int | None:
    response = getattr(problem, "response", None)
    status = getattr(problem, "status_code", None) or getattr(response, "status_code", None)
    return status if isinstance(status, int) else None


def _passes(problem: BaseException) -> bool:
    """Tell whether it may go better a little later."""
    status = _status(problem)
    return status is not None and (status >= 500 or status in (408, 409, 429)) and not _spent(problem)


def _spent(problem: BaseException) -> bool:
    status = _status(problem)
    return status == 402 or (status != 401 and _USED_UP.search(str(problem).lower()) is not None)


def _told(problem: BaseException, spec: str) -> str:
    """Return a sentence that says what is wrong with a model and what to do about it."""
    status, said, kind = _status(problem), str(problem).lower(), type(problem).__name__
    if _spent(problem):
        return f"{spec} is out of quota: see the account's billing, or use another model."
    if status in (401, 403) or "api_key" in said or "api key" in said:
        name = _KEYS.get(spec.partition(":")[0], "the key")
        return f"The key for {spec} was refused: set {name} to a valid one."
    if status == 413 or _LONG.search(said):
        return (
            f"The question and its evidence are too long for {spec}: use a model with a longer context."
        )
    if status == 404 or (status == 400 and _NO_MODEL.search(said)):
        return f"The server has no model {spec}: check the name."
    if status == 429:
        return f"{spec} refuses more questions for now: wait a minute and ask again."
    if status is not None and status >= 500:
        return f"The server of {spec} failed (HTTP {status}): ask again later."
    if "timeout" in kind.lower() or "timed out" in said:
        return f"{spec} said nothing for too long: ask again, or use a smaller model."
    if "connect" in kind.lower() or "connect" in said or isinstance(problem, OSError):
        return f"The server of {spec} can't be reached, or hung up: is it running?"
    return f"{spec} failed ({kind}): ask again, or use another model."
