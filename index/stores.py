"""The stores: shelf, vectors and words of one folder, kept in step.

A change goes: note on the shelf which papers are about to change, write vectors and words, then the
papers and the end of the note in one transaction. A process killed in between leaves the note, and
whoever opens the folder next brings vectors and words back to what the shelf says.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import disk_usage, rmtree
from typing import TypeVar

import numpy as np
from filelock import FileLock, ReadWriteLock, Timeout

from index.arrays import Floats
from index.errors import LibraryBusy, LibraryError, LibraryFull, NotALibrary
from index.papers import Paper
from index.passages import Passage
from index.shelf import Shelf
from index.vectors import Placed, Vectors
from index.words import Words

_SHELF = "papers.sqlite"
# What a library may hold before it has a shelf: a first opening that was cut short leaves these.
_OURS = {_SHELF, "vectors", "words", "turn.db", "writer.lock"}


Follower = TypeVar("Follower", Vectors, Words)


@dataclass(frozen=True)
class Indexed:
    """A paper with its passages and their vectors, [len(passages), 384]."""

    paper: Paper
    passages: Sequence[Passage]
    vectors: Floats


class Stores:
    """The three stores. Any number of processes may read; one at a time may write."""

    def __init__(self, folder: Path, embedder: str) -> None:
        self._folder = folder
        self._mutex = threading.RLock()
        self._writer = FileLock(folder / "writer.lock", is_singleton=False)
        # Held for a fraction of a second at a time: a reader never meets a change half made, and
        # Chroma's files never have a second process in them while one writes.
        self._turn = ReadWriteLock(folder / "turn.db", is_singleton=False)
        with self._turn.write_lock():
            self.shelf = Shelf.open(folder / _SHELF, embedder)
            self._generation = self.shelf.generation()
            self.vectors, self.words = self._open_followers()

    @classmethod
    def open(cls, folder: Path, embedder: str) -> "Stores":
        """Open a folder's stores, or make them where there is nothing yet."""
        with told(folder):
            folder.mkdir(parents=True, exist_ok=True)
            strangers = {entry.name for entry in folder.iterdir()} - _OURS
            if strangers and not (folder / _SHELF).exists():
                raise NotALibrary(
                    f"{folder} is not a paperchat library: it holds {min(strangers)}. "
                    "Name an empty or a new folder with --library."
                )
            return cls(folder, embedder)

    def close(self) -> None:
        """Let go of the files."""
        with self._mutex:
            self.vectors.close()
            self.shelf.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be the one writer for a while; raises LibraryBusy where another process is."""
        try:
            with told(self._folder):
                self._writer.acquire(blocking=False)
        except Timeout:
            raise LibraryBusy(
                f"Another process is changing {self._folder}. Run this again when it is done."
            ) from None
        try:
            yield
        finally:
            self._writer.release()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """See one state of all three stores, the newest, until the block ends."""
        with self._mutex, self._turn.read_lock():
            generation = self.shelf.generation()
            if generation != self._generation:
                self.vectors.reopen()
                self.words.reopen()
                self._generation = generation
            yield

    def put(self, batch: Sequence[Indexed]) -> None:
        """Put papers into all three stores, whole; what they held under the same ids is replaced."""
        self._change(batch, removed=[])

    def remove(self, ids: Sequence[str]) -> None:
        """Take papers out of all three stores."""
        self._change([], removed=ids)

    def add_sources(self, sources: dict[str, tuple[str, ...]]) -> None:
        """Set where papers were read, by id; without any, nothing is written."""
        if not sources:
            return
        with told(self._folder), self._mutex, self._turn.write_lock():
            self.shelf.add_sources(sources)

    def disagreement(self) -> list[str]:
        """Return the ids of papers on which the stores differ.

        Comparing every paper takes seconds in a large library; it is done only where the counts
        differ or a change was left unfinished.
        """
        with self.reading():
            unfinished = self.shelf.unfinished()
            papers, count = self.shelf.counts()
            in_step = len(self.words) == papers and len(self.vectors) == count
            return [] if in_step and not unfinished else self.differences()

    def differences(self) -> list[str]:
        """Return the ids of papers that the stores do not hold alike, or whose change was left
        unfinished, comparing every one."""
        with self.reading():
            shelf = self.shelf.versions()
            words = dict(self.words)
            vectors: dict[str, tuple[str, int]] = {}
            for placed in self.vectors:
                _, count = vectors.get(placed.paper, ("", 0))
                vectors[placed.paper] = (placed.version, count + 1)
            differing = {
                identifier
                for identifier in {*shelf, *words, *vectors}
                if shelf.get(identifier) != vectors.get(identifier)
                or words.get(identifier) != shelf.get(identifier, (None,))[0]
            }
            return sorted(differing | set(self.shelf.unfinished()))

    def _change(self, batch: Sequence[Indexed], removed: Sequence[str]) -> None:
        ids = [*(one.paper.id for one in batch), *removed]
        with told(self._folder), self._mutex, self._turn.write_lock():
            self.shelf.begin(ids)
            self.vectors.remove(ids)
            self.vectors.add([where for one in batch for where in _places(one)], _stacked(batch))
            self.words.replace([_words_of(one.paper) for one in batch], removed=ids)
            self.shelf.finish([(one.paper, len(one.passages)) for one in batch], removed)
            self._generation = self.shelf.generation()

    def _open_followers(self) -> tuple[Vectors, Words]:
        """Open vectors and words; one that is broken is begun anew, as the shelf has it all."""
        return (
            self._opened(Vectors.open, self._folder / "vectors"),
            self._opened(Words, self._folder / "words"),
        )

    def _opened(self, opening: Callable[[Path], Follower], folder: Path) -> Follower:
        try:
            return opening(folder)
        except Exception as problem:  # Chroma raises whatever its Rust, SQLite and pickle parts do.
            damaged = any(sign in str(problem).lower() for sign in _DAMAGED)
            if _kind(problem, folder.parent) is not None and not damaged:
                raise
        with self.writing():
            rmtree(folder, ignore_errors=True)
            return opening(folder)


def _places(one: Indexed) -> list[Placed]:
    paper = one.paper
    return [Placed(paper.id, paper.version, piece.start, piece.end) for piece in one.passages]


def _stacked(batch: Sequence[Indexed]) -> Floats:
    return np.concatenate([one.vectors for one in batch]) if batch else np.empty((0, 0), np.float32)


def _words_of(paper: Paper) -> tuple[str, str, str]:
    return paper.id, paper.version, f"{paper.title}\n{paper.abstract}"


# SQLite says "disk I/O error" where a quota or a limit, and not the disk's end, refuses a write.
_FULL = (
    "no space left", "disk is full", "disk quota exceeded", "file too large", "disk i/o error",
    "os error 27", "os error 28", "os error 122",
)  # fmt: skip
_LOCKED = ("database is locked",)
# The last is filelock's, of a file that is no database it knows.
_DAMAGED = ("not a database", "malformed", "lock database")
_FORBIDDEN = (
    "permission denied", "readonly database", "read-only file system", "unable to open database",
    "operation not permitted", "file exists", "not a directory", "no such file or directory",
)  # fmt: skip
# With less than this free, a store that fails without a reason has failed for want of space.
_NO_SPACE = 200_000


def _kind(problem: Exception, folder: Path) -> type[LibraryError] | None:
    """Tell a problem of the disk or the folder by its words: each store has exceptions of its own."""
    said = str(problem).lower()
    if any(sign in said for sign in _FULL):
        return LibraryFull
    if any(sign in said for sign in _LOCKED):
        return LibraryBusy
    if any(sign in said for sign in (*_FORBIDDEN, *_DAMAGED)):
        return NotALibrary
    return LibraryFull if folder.exists() and disk_usage(folder).free < _NO_SPACE else None


@contextmanager
def told(folder: Path) -> Iterator[None]:
    """Tell a problem of the disk or the folder in a sentence, whichever store met it first."""
    try:
        yield
    except LibraryError:
        raise
    except Exception as problem:
        kind = _kind(problem, folder)
        if kind is LibraryFull:
            raise LibraryFull(
                f"No space left for the library in {folder}; the papers added before are kept. "
                "Free some space and run this again."
            ) from problem
        if kind is LibraryBusy:
            raise LibraryBusy(
                f"Another process has been holding {folder} for too long. Run this again later."
            ) from problem
        if kind is NotALibrary:
            raise NotALibrary(
                f"{folder} cannot be used as a library ({problem}). "
                "Name a folder you may write to with --library."
            ) from problem
        raise
