"""Small libraries and pages for the tests of `index`."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from index import Library
from index.embedder import Embedder

MakePage = Callable[..., Path]
FILLER = " It was measured in a quiet room over many days, and nothing else was changed meanwhile."


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    return Embedder.open()


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library") as library:
        yield library


@pytest.fixture
def page(tmp_path: Path) -> MakePage:
    """Make a page of papers: title and abstract by keyword order, an abstract padded to be one."""

    def make(*papers: tuple[str, str], name: str = "page.txt") -> Path:
        file = tmp_path / name
        file.write_text(
            "\n".join(f"{title}\n{text}{FILLER * 5}" for title, text in papers), encoding="utf-8"
        )
        return file

    return make
