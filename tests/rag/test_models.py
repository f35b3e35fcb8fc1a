"""Models are named by a spec; what one lacks to be used here is said before it is asked anything."""

import json
import socket
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from rag.cli import main
from rag.errors import ModelUnusable, UnknownModel
from rag.models import known_model, load_model, usable_models
from tests.rag.wire import KEY, Wire

VARIABLES = (
    "OPENAI_API_KEY",
    "OPENAI_BASE_URL",
    "OLLAMA_HOST",
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_BASE_URL",
)
FORMS = ("quote", "openai:NAME", "ollama:NAME", "anthropic:NAME", "gguf:FILE")
MODULES = {
    "openai": "llama_index.llms.openai_like",
    "ollama": "llama_index.llms.ollama",
    "anthropic": "llama_index.llms.anthropic",
    "gguf": "xllamacpp",
}


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch) -> str:
    """Nothing is set, and Ollama is looked for at an address where nobody answers."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        address = f"http://127.0.0.1:{nobody.getsockname()[1]}"
    monkeypatch.setattr("rag.models._OLLAMA", address)
    return address


@pytest.fixture
def reached(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The addresses that are connected to, each of which answers."""
    known: list[Any] = []

    def connect(address: Any, timeout: float) -> socket.socket:
        known.append(address)
        return socket.socket()

    monkeypatch.setattr("rag.models.socket.create_connection", connect)
    return known


def _lacks() -> dict[str, str]:
    return {one.form: one.lacks for one in usable_models()}


@pytest.mark.parametrize(
    "spec",
    [
        "quote",
        "openai:gpt-4o-mini",
        "openai:org/model:free",
        "ollama:llama3.2:1b",
        "anthropic:claude-sonnet-5",
        "gguf:~/models/a model.gguf",
    ],
)
def test_a_known_spec_is_returned_as_it_was_given(spec: str) -> None:
    assert known_model(spec) == spec


@pytest.mark.parametrize(
    "spec",
    [
        pytest.param("", id="nothing"),
        pytest.param("gpt-4o-mini", id="a-name-alone"),
        pytest.param("openai", id="a-kind-alone"),
        pytest.param("openai:", id="no-name"),
        pytest.param("openai:  ", id="a-name-of-spaces"),
        pytest.param("OpenAI:x", id="upper-case"),
        pytest.param("quote:x", id="a-name-for-the-built-in-one"),
        pytest.param(":x", id="no-kind"),
        pytest.param("azure:x", id="another-kind"),
    ],
)
@pytest.mark.parametrize("use", [known_model, load_model])
def test_an_unknown_spec_is_refused_with_a_list_of_the_kinds(
    use: Callable[[str], object], spec: str
) -> None:
    with pytest.raises(UnknownModel) as refused:
        use(spec)

    told = str(refused.value)
    assert told.startswith(f"There is no model {spec!r}. ")
    assert all(f"`{form}`" in told for form in (*FORMS, "paperchat models"))


def test_the_built_in_model_is_no_language_model() -> None:
    assert load_model("quote") is None


def test_what_each_kind_lacks_is_said(nowhere: str) -> None:
    assert _lacks() == {
        "quote": "",
        "openai:NAME": "set OPENAI_API_KEY to your key",
        "ollama:NAME": f"no Ollama server answers at {nowhere}; start it, or set OLLAMA_HOST",
        "anthropic:NAME": "set ANTHROPIC_API_KEY to your key",
        "gguf:FILE": "",
    }


def test_with_all_that_is_needed_nothing_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    with Wire("ollama") as wire:
        monkeypatch.setenv("OLLAMA_HOST", wire.address)

        assert _lacks() == dict.fromkeys(FORMS, "")


@pytest.mark.parametrize("kind", ["openai", "anthropic"])
def test_a_server_of_ones_own_wants_no_key(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{kind.upper()}_BASE_URL", "http://127.0.0.1:9/v1")

    assert _lacks()[f"{kind}:NAME"] == ""


@pytest.mark.parametrize("kind", ["openai", "anthropic"])
def test_an_empty_variable_is_as_good_as_none(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.setenv(name, "")

    with pytest.raises(ModelUnusable, match=f"set {kind.upper()}_API_KEY to your key"):
        load_model(f"{kind}:x")


@pytest.mark.parametrize("base", [None, ""])
@pytest.mark.parametrize(
    ("kind", "field", "address"),
    [
        pytest.param("openai", "api_base", "https://api.openai.com/v1", id="openai"),
        pytest.param("anthropic", "base_url", "https://api.anthropic.com", id="anthropic"),
    ],
)
def test_without_an_address_the_company_is_asked(
    kind: str, field: str, address: str, base: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"{kind.upper()}_API_KEY", KEY)
    if base is not None:
        monkeypatch.setenv(f"{kind.upper()}_BASE_URL", base)

    assert getattr(load_model(f"{kind}:x"), field) == address


@pytest.mark.parametrize("kind", MODULES)
@pytest.mark.parametrize("how", ["module", "parent"])
def test_a_missing_extra_is_named_with_its_command(
    kind: str, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def find(name: str) -> ModuleSpec | None:
        if name != MODULES[kind]:
            return ModuleSpec(name, None)
        if how == "parent":
            raise ModuleNotFoundError(name)
        return None

    monkeypatch.setattr("rag.models.find_spec", find)
    told = f"it needs `pip install 'paperchat[{kind}]'`"

    assert [form for form, lacks in _lacks().items() if lacks == told] == [
        form for form in FORMS if form.startswith(kind)
    ]
    with pytest.raises(ModelUnusable) as refused:
        load_model(f"{kind}:x")
    assert str(refused.value) == f"The model {kind}:x can't be used: {told}."


@pytest.mark.parametrize("kind", ["openai", "anthropic"])
def test_a_missing_key_is_asked_for(kind: str) -> None:
    with pytest.raises(ModelUnusable) as refused:
        load_model(f"{kind}:x")

    assert str(refused.value) == (
        f"The model {kind}:x can't be used: set {kind.upper()}_API_KEY to your key."
    )


def test_an_ollama_server_that_is_not_there_is_asked_for(nowhere: str) -> None:
    with pytest.raises(ModelUnusable, match=f"no Ollama server answers at {nowhere}; start it"):
        load_model("ollama:x")


@pytest.mark.parametrize(
    ("host", "address"),
    [
        pytest.param("127.0.0.1", ("127.0.0.1", 11434), id="a-host"),
        pytest.param("bees.example:5000", ("bees.example", 5000), id="a-host-and-a-port"),
        pytest.param("bees.example/ollama", ("bees.example", 11434), id="a-host-and-a-path"),
        pytest.param("[::1]", ("::1", 11434), id="a-host-of-ip-6"),
        pytest.param("http://bees.example:5000/", ("bees.example", 5000), id="an-address"),
        pytest.param("http://bees.example/", ("bees.example", 80), id="an-address-without-a-port"),
        pytest.param("https://bees.example", ("bees.example", 443), id="an-encrypted-address"),
    ],
)
def test_ollamas_address_is_read_as_ollama_reads_it(
    host: str, address: tuple[str, int], reached: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OLLAMA_HOST", host)

    llm: Any = load_model("ollama:x")

    assert reached == [address]
    with llm.client as client:
        asked = client._client.base_url
    assert (asked.host, asked.port or {"http": 80, "https": 443}[asked.scheme]) == address


@pytest.mark.parametrize("host", ["localhost:bees", "http://localhost:bees", "a..b", "::1"])
def test_an_address_that_is_none_is_told(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_HOST", host)

    with pytest.raises(ModelUnusable, match=r"no Ollama server answers at .*; start it, or set"):
        load_model("ollama:x")


def test_a_gguf_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    file = tmp_path / "lost.gguf"

    with pytest.raises(ModelUnusable) as refused:
        load_model(f"gguf:{file}")

    assert str(refused.value) == f"The model gguf:{file} can't be used: there is no file {file}."


@pytest.mark.parametrize("text", [b"", b"GGUF", b"Bees dance.\n" * 100], ids=["empty", "cut", "text"])
def test_a_file_that_is_no_gguf_can_not_be_loaded(text: bytes, tmp_path: Path) -> None:
    file = tmp_path / "bees.gguf"
    file.write_bytes(text)

    with pytest.raises(ModelUnusable) as refused:
        load_model(f"gguf:{file}")

    assert str(refused.value).startswith(f"The model gguf:{file} can't be loaded: ")


def test_a_gguf_file_may_be_in_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "bees.gguf").write_text("Bees dance.")

    with pytest.raises(ModelUnusable, match="can't be loaded"):
        load_model("gguf:~/bees.gguf")


def test_the_command_lists_the_models_in_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("COLUMNS", "100")

    listed = CliRunner().invoke(main, ["models"])

    assert (listed.exit_code, listed.stderr) == (0, "")
    lines = listed.stdout.splitlines()
    assert [line.split()[0] for line in lines if line[0] != " "] == ["model", *FORMS]
    told = [" ".join(line.split()) for line in lines]
    assert told[:4] == [
        "model what it is here",
        "quote the papers' own sentences; built in ready",
        "openai:NAME any OpenAI-compatible server, by ready",
        "OPENAI_BASE_URL",
    ]
    assert "anthropic:NAME a model of Anthropic's set ANTHROPIC_API_KEY to your key" in told
    assert max(map(len, lines)) <= 100
    assert KEY not in listed.output


def test_the_command_prints_json() -> None:
    listed = CliRunner().invoke(main, ["models", "--json"])

    assert listed.exit_code == 0
    models = json.loads(listed.stdout)
    assert [one["form"] for one in models] == list(FORMS)
    assert all(list(one) == ["form", "what", "lacks"] for one in models)
    assert {one["form"]: one["lacks"] for one in models} == _lacks()


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        pytest.param(
            "azure:x", "There is no model 'azure:x'. There is `quote` (built in)", id="unknown"
        ),
        pytest.param("openai:x", "The model openai:x can't be used: set OPENAI_API_KEY", id="no-key"),
    ],
)
def test_asking_with_a_model_that_can_not_be_used_is_told_in_one_line(
    spec: str, told: str, bees_folder: Path
) -> None:
    words = ["ask", "--library", str(bees_folder), "--model", spec, "Do bees dance?"]

    asked = CliRunner().invoke(main, words)

    assert asked.exit_code == 1
    assert asked.stderr.startswith(f"paperchat: {told}")
    assert asked.stderr.count("\n") == 1
