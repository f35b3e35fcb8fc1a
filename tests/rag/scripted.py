"""Scripted models: language models that say what a test has them say."""

from collections.abc import Callable, Iterable
from typing import Any

from llama_index.core.base.llms.types import (
    ChatMessage,
    ChatResponse,
    ChatResponseGen,
    CompletionResponse,
    CompletionResponseGen,
    LLMMetadata,
)
from llama_index.core.bridge.pydantic import Field, PrivateAttr
from llama_index.core.llms import CustomLLM

from index import Library
from rag import Assistant
from rag.writer import Writer

SPEC = "scripted:x"
Reply = Callable[[str], Iterable[str]]


class Scripted(CustomLLM):
    """Says, piece by piece, what a function makes of the user's message.

    `prompts` are those it was given, `said` what it has said of its last answer, and `done` how often
    an answer came to its end or was stopped.
    """

    prompts: list[str] = Field(default_factory=list)
    said: list[str] = Field(default_factory=list)
    done: int = 0
    usage: dict[str, int] = Field(default_factory=dict)
    _reply: Reply = PrivateAttr()

    def __init__(self, reply: Reply | Iterable[str], usage: dict[str, int] | None = None) -> None:
        super().__init__(usage=usage or {})
        known = None if callable(reply) else [reply] if isinstance(reply, str) else list(reply)
        self._reply = reply if callable(reply) else lambda _: known or ()

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(model_name="scripted")

    def stream_chat(self, messages: Any, **kwargs: Any) -> ChatResponseGen:
        message: ChatMessage = messages[-1]
        self.prompts.append(str(message.content))
        self.said.clear()
        return self._stream(str(message.content))

    def _stream(self, prompt: str) -> ChatResponseGen:
        try:
            for piece in self._reply(prompt):
                self.said.append(piece)
                yield ChatResponse(
                    message=ChatMessage(role="assistant", content="".join(self.said)),
                    delta=piece,
                    raw={"usage": self.usage},
                )
        finally:
            self.done += 1

    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        raise NotImplementedError

    def stream_complete(
        self, prompt: str, formatted: bool = False, **kwargs: Any
    ) -> CompletionResponseGen:
        raise NotImplementedError


def in_pieces(text: str, size: int = 4) -> list[str]:
    """Return a text as a model says it, a few letters at a time."""
    return [text[at : at + size] for at in range(0, len(text), size)]


def writing_with(library: Library, model: CustomLLM) -> Assistant:
    """Return an assistant whose answers a scripted model writes."""
    assistant = Assistant(library)
    engine = assistant.as_query_engine()
    engine._model, engine._writer = SPEC, Writer(model, SPEC)
    return assistant
