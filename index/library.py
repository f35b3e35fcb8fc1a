"""A library: a folder with papers in it, searchable."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Self

import platformdirs

from index import adding
from index.embedder import NAME, Embedder
from index.errors import LibraryBusy, LibraryFull
from index.finding import Match, find
from index.papers import Paper
from index.readers import count
from index.report import Report
from index.sample import pages
from index.stores import Stores
from index.whole import whole


def default_folder() -> Path:
    """Return where the user's own library is: PAPERCHAT_LIBRARY, or the system's place for data."""
    chosen = os.environ.get("PAPERCHAT_LIBRARY")
    return (
        Path(chosen).expanduser()
        if chosen
        else Path(platformdirs.user_data_dir("paperchat")) / "library"
    )


class Library:
    """The papers of a folder. May be shared by threads; see `Library.open`."""

    def __init__(self, folder: Path, stores: Stores, embedder: Embedder) -> None:
        self.folder = folder
        self.embedder = embedder
        self.repairs: tuple[str, ...] = ()
        self._stores = stores

    @classmethod
    def open(cls, folder: str | Path | None = None) -> "Library":
        """Open a folder as a library, making it if need be; without one, the user's own.

        Where a process was killed while it was writing, the stores are brought back in step, and
        `repairs` says so in sentences. Raises a LibraryError where the folder is something else, was
        made by a newer version or with another embedding model, or may not be written to.
        """
        place = Path(folder).expanduser() if folder is not None else default_folder()
        library = cls(place, Stores.open(place, NAME), Embedder.open())
        library.repairs = library._repair()
        return library

    def close(self) -> None:
        """Let go of the files."""
        self._stores.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __len__(self) -> int:
        """The number of papers."""
        with self._stores.reading():
            return len(self._stores.shelf)

    def __iter__(self) -> Iterator[Paper]:
        """Yield the papers in the order they were first added."""
        with self._stores.reading():
            ids = self._stores.shelf.ids()
        # Some at a time: a library need not fit into memory, and may be written to meanwhile.
        for at in range(0, len(ids), adding.BATCH):
            found = self.get(ids[at : at + adding.BATCH])
            yield from (
                found[identifier] for identifier in ids[at : at + adding.BATCH] if identifier in found
            )

    def get(self, ids: Iterable[str]) -> dict[str, Paper]:
        """Return the papers with these ids, by id; an unknown id has no entry."""
        with self._stores.reading():
            return self._stores.shelf.get(ids)

    def with_url(self, parts: Iterable[str]) -> dict[str, Paper]:
        """Return the papers whose address has any of these in it, as an arXiv id, by id."""
        with self._stores.reading():
            ids = [one for part in parts for one in self._stores.shelf.with_url(part)]
            return self._stores.shelf.get(ids)

    def add(
        self, *files: str | Path, progress: Callable[[int, int], None] = lambda done, total: None
    ) -> Report:
        """Add the papers of files; the word "sample" stands for the pages that come with the package.

        A paper that is there already is left alone, or replaced whole where its abstract changed.
        What cannot be read is among the report's problems, and everything else is added.
        `progress` is called with how many entries are done, and of how many. Raises LibraryBusy
        while another process is writing, LibraryFull where the disk is; what was added stays.
        """
        paths = [page for file in files for page in (pages() if file == "sample" else [Path(file)])]
        report, seen = Report(), set[str]()
        with self._stores.writing():
            adding.mend(self._stores, self.embedder)
            # What is no plain file, as a pipe, can be read only once.
            total = sum(count(path) for path in paths if path.is_file())
            for batch in adding.batches(paths, report):
                adding.put(self._stores, self.embedder, batch, report, seen)
                progress(report.read, max(total, report.read))
        return report

    def remove(self, *ids: str) -> int:
        """Remove papers, none of whose text is left; return how many there were."""
        with self._stores.writing():
            known = list(self.get(ids))
            if known:
                self._stores.remove(known)
        return len(known)

    def search(
        self, question: str, k: int = 10, beside: Mapping[str, float] | None = None
    ) -> list[Match]:
        """Return the k papers that fit a question best, best first, found by words and by meaning.

        `beside` has other questions that count too, and how much, where the question's own score
        counts 1: with the question before it, "and on TPU?" finds what it is about.
        """
        return find(self._stores, self.embedder, whole(question), k, beside or {})

    def rarity(self, text: str) -> dict[str, float]:
        """Return the stems of a text's telling words and how rare each is among the papers."""
        with self._stores.reading():
            return self._stores.words.rarity(self._stores.words.terms(text))

    def unknown(self, words: Iterable[str]) -> list[str]:
        """Return those words that no paper has in any form; what is too common to count is known."""
        with self._stores.reading():
            known = self._stores.words
            return [word for word in words if not all(map(known.has, known.terms(word)))]

    def stems(self, text: str) -> list[str]:
        """Return the stems of a text's telling words, each once."""
        return self._stores.words.terms(text)

    def differences(self) -> list[str]:
        """Return the ids of papers that the three stores do not hold alike; reads all of them."""
        return self._stores.differences()

    def _repair(self) -> tuple[str, ...]:
        """Mend what a killed process left, unless another one is at work; say what was done."""
        try:
            if not self._stores.disagreement():
                return ()
            with self._stores.writing():
                mended = adding.mend(self._stores, self.embedder)
        except LibraryBusy:
            return ()
        except LibraryFull as problem:
            return (f"The library could not be repaired. {problem}",)
        return (f"Repaired {mended} papers: an earlier run did not get to its end.",) if mended else ()
