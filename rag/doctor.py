"""The doctor: is everything there, and is the library in order?"""

import platform
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from index import Library, LibraryError, default_folder

_PACKAGES = ("chromadb", "llama-index-core", "tantivy", "onnxruntime", "gradio")
_LITTLE_SPACE = 200_000_000


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: whether it is well, and a sentence."""

    well: bool
    what: str


def examine(folder: Path | None = None) -> Iterator[Finding]:
    """Yield what was found, in the order in which a newcomer would mend it."""
    versions = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    yield Finding(True, f"paperchat {version('paperchat')} on Python {platform.python_version()}")
    yield Finding(True, versions)
    place = folder or default_folder()
    if not place.exists():
        yield Finding(False, f"{place}: no library yet; begin with `paperchat add sample`")
        return
    try:
        yield from _library(place)
    except LibraryError as problem:
        yield Finding(False, str(problem))


def _library(place: Path) -> Iterator[Finding]:
    free = shutil.disk_usage(place).free
    yield Finding(free > _LITTLE_SPACE, f"{free / 1e9:.1f} GB free on the disk that holds {place}")
    with Library.open(place) as library:
        for repair in library.repairs:
            yield Finding(True, repair)
        vector = library.embedder.embed(["all is well"])
        yield Finding(vector.shape == (1, 384), "the embedding model loads and answers")
        yield Finding(len(library) > 0, f"{len(library)} papers in {place}")
        differing = library.differences()
        what = "papers, vectors and words agree" if not differing else (
            f"{len(differing)} papers differ between the stores; `paperchat add` any file mends them"
        )  # fmt: skip
        yield Finding(not differing, what)
