"""What tests of every package share."""

from pathlib import Path

import pytest

from index import Library


@pytest.fixture(scope="session")
def sample_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a library with the sample; nobody writes to it."""
    folder = tmp_path_factory.mktemp("sample") / "library"
    with Library.open(folder) as library:
        report = library.add("sample")
    assert (report.read, report.added, report.problems) == (543, 466, [])
    return folder
