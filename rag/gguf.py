"""GGUF: a language model from a file, run in this process by llama.cpp (xllamacpp)."""

import json
import os
import queue
import threading
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import xllamacpp
from llama_index.core.base.llms.types import (
    ChatMessage,
    ChatResponse,
    ChatResponseGen,
    CompletionResponse,
    CompletionResponseGen,
    LLMMetadata,
)
from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.llms.custom import CustomLLM

_CONTEXT = 4096


class Gguf(CustomLLM):
    """A chat model of a GGUF file; raises ValueError where llama.cpp can't load it."""

    path: str
    max_tokens: int = 320
    temperature: float = 0.0
    _server: Any = PrivateAttr()

    def __init__(self, path: str, **given: Any) -> None:
        super().__init__(path=path, **given)
        self._server = _server(str(Path(path).resolve()))

    @property
    def metadata(self) -> LLMMetadata:
        """What LlamaIndex asks of a model."""
        return LLMMetadata(
            context_window=_CONTEXT,
            num_output=self.max_tokens,
            is_chat_model=True,
            model_name=Path(self.path).name,
        )

    def chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        """Return the whole answer to some messages."""
        *_, last = self.stream_chat(messages, **kwargs)
        return last

    def stream_chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponseGen:
        """Yield the answer as it grows; the model stops when the generator is closed."""
        asked = {
            "messages": [{"role": one.role.value, "content": one.content} for one in messages],
            "max_tokens": self.max_tokens,
            "temperature": self.temperature,
            "stream": True,
            "stream_options": {"include_usage": True},
            "cache_prompt": True,
        }
        return _grown(self._chunks(asked))

    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        """Return the whole continuation of a prompt, put as a user's message."""
        answer = self.chat([ChatMessage(role="user", content=prompt)])
        return CompletionResponse(text=answer.message.content or "", raw=answer.raw)

    def stream_complete(
        self, prompt: str, formatted: bool = False, **kwargs: Any
    ) -> CompletionResponseGen:
        """Yield the continuation of a prompt as it grows."""
        for part in self.stream_chat([ChatMessage(role="user", content=prompt)]):
            yield CompletionResponse(text=part.message.content or "", delta=part.delta, raw=part.raw)

    def _chunks(self, asked: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Yield what the server streams; the callback, in a thread of its own, says when to stop."""
        waiting: queue.Queue[Any] = queue.Queue()
        stopped = threading.Event()

        def take(chunk: Any) -> bool:
            for one in chunk if isinstance(chunk, list) else [chunk]:
                waiting.put(json.loads(one) if isinstance(one, (str, bytes)) else one)
            return stopped.is_set()

        def run() -> None:
            try:
                self._server.handle_chat_completions(asked, take)
            except Exception as problem:
                waiting.put(problem)
            waiting.put(None)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        try:
            while (chunk := waiting.get()) is not None:
                if isinstance(chunk, Exception):
                    raise chunk
                if "error" in chunk:
                    raise ValueError(str(chunk["error"].get("message", chunk["error"])))
                yield chunk
        finally:
            stopped.set()
            thread.join(timeout=30)


def _grown(chunks: Iterator[dict[str, Any]]) -> ChatResponseGen:
    text = ""
    raw: dict[str, Any] = {}
    try:
        for chunk in chunks:
            raw |= {"usage": chunk["usage"]} if chunk.get("usage") else {}
            choices = chunk.get("choices") or [{}]
            delta = (choices[0].get("delta") or {}).get("content") or ""
            text += delta
            yield ChatResponse(
                message=ChatMessage(role="assistant", content=text), delta=delta, raw=dict(raw)
            )
    finally:
        chunks.close()  # type: ignore[attr-defined]


@lru_cache(maxsize=2)
def _server(path: str) -> Any:
    """Load a model once for all that use it: it takes as much memory as its file."""
    params = xllamacpp.CommonParams()
    params.model.path = path
    params.n_ctx = _CONTEXT
    params.n_parallel = 1
    params.verbosity = -1
    params.cpuparams.n_threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 0
    try:
        return xllamacpp.Server(params)
    except Exception as problem:
        raise ValueError(str(problem)) from problem
