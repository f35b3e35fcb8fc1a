"""A small library of papers made for the tests of asking; nobody writes to it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from index import Library
from rag import Assistant

PAGE = Path(__file__).with_name("bees.txt")


@pytest.fixture(scope="session")
def bees_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bees")
    with Library.open(folder / "library") as library:
        assert library.add(PAGE).added == 6
    return folder / "library"


@pytest.fixture(scope="session")
def bees(bees_folder: Path) -> Iterator[Library]:
    with Library.open(bees_folder) as library:
        yield library


@pytest.fixture(scope="session")
def assistant(bees: Library) -> Assistant:
    return Assistant(bees)
