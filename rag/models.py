"""Models: who writes the answer, by a short spec, each through LlamaIndex's own class."""

import os
import re
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from rag.errors import ModelUnusable, UnknownModel

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

QUOTE = "quote"
_OPENAI, _OLLAMA = "https://api.openai.com/v1", "http://localhost:11434"
_ANTHROPIC = "https://api.anthropic.com"
# Seconds without a word after which a server is taken for stuck, and for it to be found at all.
_PATIENCE, _REACHED = 60.0, 1.0
_MOST_TOKENS, _CONTEXT = 320, 4096


@dataclass(frozen=True)
class Kind:
    """A kind of model: how its spec begins, what it is, the extra that brings it and how to load it."""

    prefix: str
    form: str
    what: str
    module: str
    load: Callable[[str], "LLM"]
    lacks: Callable[[str], str]

    @property
    def extra(self) -> str:
        """The one command that installs what this kind needs."""
        return f"pip install 'paperchat[{self.prefix}]'"


@dataclass(frozen=True)
class Usable:
    """A kind of model, and what it lacks to be used here; "" if nothing."""

    form: str
    what: str
    lacks: str


def known_model(spec: str) -> str:
    """Return a model's spec as it was given; raises UnknownModel, listing the kinds there are."""
    prefix, colon, name = spec.partition(":")
    if spec != QUOTE and (prefix not in KINDS or not colon or not name.strip()):
        there_is = ", ".join(f"`{kind.form}`" for kind in KINDS.values())
        raise UnknownModel(
            f"There is no model {spec!r}. There is `{QUOTE}` (built in), {there_is}; "
            "`paperchat models` says which can be used here."
        )
    return spec


def load_model(spec: str) -> "LLM | None":
    """Load the model of a spec; None for the built-in one, which is no language model.

    Raises UnknownModel, or ModelUnusable with what is missing and how to get it.
    """
    if known_model(spec) == QUOTE:
        return None
    prefix, _, name = spec.partition(":")
    kind = KINDS[prefix]
    lacking = _lacking(kind, name)
    if lacking:
        raise ModelUnusable(f"The model {spec} can't be used: {lacking}.")
    try:
        return kind.load(name)
    except ValueError as problem:
        raise ModelUnusable(f"The model {spec} can't be loaded: {problem}") from problem


def usable_models() -> Iterator[Usable]:
    """Yield every kind of model with what it lacks to be used here."""
    yield Usable(QUOTE, "the papers' own sentences; built in", "")
    for kind in KINDS.values():
        yield Usable(kind.form, kind.what, _lacking(kind, ""))


def _lacking(kind: Kind, name: str) -> str:
    try:
        missing = find_spec(kind.module) is None
    except ModuleNotFoundError:
        missing = True
    return f"it needs `{kind.extra}`" if missing else kind.lacks(name)


def _lacks_key(variable: str, base: str) -> Callable[[str], str]:
    def lacks(name: str) -> str:
        known = os.environ.get(variable) or os.environ.get(base)
        return "" if known else f"set {variable} to your key"

    return lacks


def _lacks_server(name: str) -> str:
    try:
        address = urlsplit(_ollama_address())
        port = address.port or (443 if address.scheme == "https" else 80)
        socket.create_connection((address.hostname, port), _REACHED).close()
    except (OSError, ValueError):
        return f"no Ollama server answers at {_ollama_address()}; start it, or set OLLAMA_HOST"
    return ""


def _lacks_file(name: str) -> str:
    if not name:
        return ""
    return "" if Path(name).expanduser().is_file() else f"there is no file {name}"


def _openai(name: str) -> "LLM":
    from llama_index.llms.openai_like import OpenAILike

    llm: Any = OpenAILike(
        model=name,
        api_base=os.environ.get("OPENAI_BASE_URL") or _OPENAI,
        # A server of one's own mostly wants no key, and the client wants one.
        api_key=os.environ.get("OPENAI_API_KEY") or "none",
        is_chat_model=True,
        context_window=_CONTEXT,
        max_tokens=_MOST_TOKENS,
        temperature=0.0,
        timeout=_PATIENCE,
        max_retries=0,
        additional_kwargs={"stream_options": {"include_usage": True}},
    )
    _close_when_dropped(llm._get_client().chat.completions)
    return cast("LLM", llm)


def _close_when_dropped(calls: Any) -> None:
    """Let a client's streams close their connection when they are dropped.

    OpenAI's, and Anthropic's before 1.0, are part of a cycle: the server would go on until the garbage
    collector finds them.
    """
    create = calls.create

    def created(**asked: Any) -> Any:
        said = create(**asked)
        return _closing(said) if asked.get("stream") else said

    calls.create = created


def _closing(stream: Any) -> Iterator[Any]:
    with stream:
        yield from stream


def _ollama(name: str) -> "LLM":
    from llama_index.llms.ollama import Ollama

    llm: LLM = Ollama(
        model=name,
        base_url=_ollama_address(),
        context_window=_CONTEXT,
        request_timeout=_PATIENCE,
        temperature=0.0,
        additional_kwargs={"num_predict": _MOST_TOKENS},
    )
    return llm


def _ollama_address() -> str:
    """Return the server's address, read as Ollama's own client reads it."""
    given = os.environ.get("OLLAMA_HOST") or _OLLAMA
    if "://" in given:
        return given
    host, slash, path = given.partition("/")
    return f"http://{host}{'' if re.search(r':[^]:]+$', host) else ':11434'}{slash}{path}"


def _anthropic(name: str) -> "LLM":
    from llama_index.core.llms import LLMMetadata
    from llama_index.llms.anthropic import Anthropic

    class AnyAnthropic(Anthropic):
        """LlamaIndex's own refuses the models that came after it, as it can't tell their contexts."""

        @property
        def metadata(self) -> LLMMetadata:
            return LLMMetadata(
                context_window=_CONTEXT,
                num_output=_MOST_TOKENS,
                is_chat_model=True,
                model_name=self.model,
            )

    llm: Any = AnyAnthropic(
        model=name,
        api_key=os.environ.get("ANTHROPIC_API_KEY"),  # type: ignore[call-arg]
        base_url=os.environ.get("ANTHROPIC_BASE_URL") or _ANTHROPIC,
        max_tokens=_MOST_TOKENS,
        temperature=0.0,
        timeout=_PATIENCE,
        max_retries=0,
    )
    _close_when_dropped(llm._client.messages)
    return cast("LLM", llm)


def _gguf(name: str) -> "LLM":
    from rag.gguf import Gguf

    return Gguf(str(Path(name).expanduser()), max_tokens=_MOST_TOKENS)


KINDS = {
    kind.prefix: kind
    for kind in (
        Kind(
            "openai", "openai:NAME", "any OpenAI-compatible server, by OPENAI_BASE_URL",
            "llama_index.llms.openai_like", _openai, _lacks_key("OPENAI_API_KEY", "OPENAI_BASE_URL"),
        ),
        Kind(
            "ollama", "ollama:NAME", "a model of an Ollama server, by OLLAMA_HOST",
            "llama_index.llms.ollama", _ollama, _lacks_server,
        ),
        Kind(
            "anthropic", "anthropic:NAME", "a model of Anthropic's",
            "llama_index.llms.anthropic", _anthropic,
            _lacks_key("ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL"),
        ),
        Kind(
            "gguf", "gguf:FILE", "a GGUF file, run in this process by llama.cpp",
            "xllamacpp", _gguf, _lacks_file,
        ),
    )
}  # fmt: skip
