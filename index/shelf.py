"""The shelf: the papers themselves, in SQLite. What it says is true; the other stores follow it."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from index.errors import NewerLibrary, NotALibrary, WrongEmbedder
from index.papers import Paper

FORMAT = 1

_SCHEMA = """
CREATE TABLE library (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE papers (
    id TEXT PRIMARY KEY, title TEXT NOT NULL, abstract TEXT NOT NULL, authors TEXT NOT NULL,
    date TEXT, venue TEXT, url TEXT, sources TEXT NOT NULL,
    version TEXT NOT NULL, passages INTEGER NOT NULL, added TEXT NOT NULL
);
-- Papers whose vectors and words are being written: left behind by a process that was killed.
CREATE TABLE unfinished (id TEXT PRIMARY KEY) WITHOUT ROWID;
"""
_COLUMNS = "title, abstract, authors, date, venue, url, sources"
# SQLite takes at most 32,766 variables a statement, 999 in old builds.
_MOST_VARIABLES = 900


_NO_FAULT_OF_THE_FILE = ("disk is full", "disk I/O error", "readonly", "locked")


class Shelf:
    """The papers of a library; every change is one transaction. Not for two threads at once."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    @classmethod
    def open(cls, file: Path, embedder: str) -> "Shelf":
        """Open a shelf or make an empty one; raises NotALibrary, NewerLibrary or WrongEmbedder."""
        # The page asks from many threads; the Library lets one in at a time.
        connection = sqlite3.connect(file, timeout=30, check_same_thread=False)
        connection.isolation_level = None
        try:
            # Deleted text is overwritten, not just unlinked: what was removed leaves no trace.
            connection.execute("PRAGMA secure_delete = ON")
            shelf = cls(connection)
            shelf._make_if_new(embedder)
            shelf._check(file, embedder)
        except sqlite3.DatabaseError as problem:
            connection.close()
            if any(sign in str(problem) for sign in _NO_FAULT_OF_THE_FILE):
                raise
            raise NotALibrary(
                f"{file} is not a paperchat library ({problem}). Name another folder with --library."
            ) from problem
        except BaseException:
            connection.close()
            raise
        return shelf

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def __len__(self) -> int:
        """The number of papers."""
        return int(self._db.execute("SELECT count(*) FROM papers").fetchone()[0])

    def ids(self) -> list[str]:
        """Return the ids of all papers, in the order they were first added."""
        return [row[0] for row in self._db.execute("SELECT id FROM papers ORDER BY rowid")]

    def with_url(self, part: str) -> list[str]:
        """Return the ids of the papers whose address has this in it."""
        found = self._db.execute("SELECT id FROM papers WHERE instr(url, ?) ORDER BY rowid", (part,))
        return [row[0] for row in found]

    def get(self, ids: Iterable[str]) -> dict[str, Paper]:
        """Return the papers with these ids, by id; an unknown id has no entry."""
        return {
            row[0]: _paper(row[1:])
            for some in _portions(list(ids))
            for row in self._db.execute(
                f"SELECT id, {_COLUMNS} FROM papers WHERE id IN ({_marks(some)})", some
            )
        }

    def versions(self) -> dict[str, tuple[str, int]]:
        """Return the version and the number of passages of every paper, by id."""
        rows = self._db.execute("SELECT id, version, passages FROM papers")
        return {identifier: (version, count) for identifier, version, count in rows}

    def counts(self) -> tuple[int, int]:
        """Return how many papers there are, and how many passages they have."""
        row = self._db.execute("SELECT count(*), coalesce(sum(passages), 0) FROM papers").fetchone()
        return int(row[0]), int(row[1])

    def generation(self) -> int:
        """Return a number that goes up with every finished change, whichever process made it."""
        row = self._db.execute("SELECT value FROM library WHERE key = 'generation'").fetchone()
        return int(row[0])

    def unfinished(self) -> list[str]:
        """Return the ids of papers whose change was begun and not finished."""
        return [row[0] for row in self._db.execute("SELECT id FROM unfinished")]

    def begin(self, ids: Sequence[str]) -> None:
        """Note that the vectors and words of these papers are about to change."""
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany("INSERT OR IGNORE INTO unfinished VALUES (?)", zip(ids))

    def finish(self, changed: Sequence[tuple[Paper, int]], removed: Sequence[str] = ()) -> None:
        """Put papers with their number of passages, take others away, and forget what was begun."""
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany(
                "INSERT INTO papers VALUES (?,?,?,?,?,?,?,?,?,?,datetime('now')) "
                "ON CONFLICT (id) DO UPDATE SET title = excluded.title, abstract = excluded.abstract,"
                " authors = excluded.authors, date = excluded.date, venue = excluded.venue,"
                " url = excluded.url, sources = excluded.sources, version = excluded.version,"
                " passages = excluded.passages",
                [_row(paper, count) for paper, count in changed],
            )
            self._db.executemany("DELETE FROM papers WHERE id = ?", zip(removed))
            ended = [*(paper.id for paper, _ in changed), *removed]
            self._db.executemany("DELETE FROM unfinished WHERE id = ?", zip(ended))
            self._db.execute(
                "UPDATE library SET value = CAST(value AS INTEGER) + 1 WHERE key = 'generation'"
            )

    def add_sources(self, sources: dict[str, tuple[str, ...]]) -> None:
        """Set where papers were read, by id; nothing that is searched changes."""
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany(
                "UPDATE papers SET sources = ? WHERE id = ?",
                [(json.dumps(names), identifier) for identifier, names in sources.items()],
            )

    def _make_if_new(self, embedder: str) -> None:
        if self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            return
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            # Another process may have made it while this one waited for its turn.
            if self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                return
            for statement in _SCHEMA.split(";\n"):
                self._db.execute(statement)
            self._db.executemany(
                "INSERT INTO library VALUES (?, ?)",
                [("format", str(FORMAT)), ("embedder", embedder), ("generation", "0")],
            )

    def _check(self, file: Path, embedder: str) -> None:
        known = dict(self._db.execute("SELECT key, value FROM library").fetchall())
        if not {"format", "embedder", "generation"} <= known.keys():
            raise NotALibrary(f"{file} is not a paperchat library. Name another folder with --library.")
        if int(known["format"]) > FORMAT:
            raise NewerLibrary(
                f"{file.parent} was made by a newer paperchat (format {known['format']}; this one "
                f"knows {FORMAT}). Upgrade with `pip install --upgrade paperchat`."
            )
        if known["embedder"] != embedder:
            raise WrongEmbedder(
                f"{file.parent} was built with the embedding model {known['embedder']!r}, not "
                f"{embedder!r}. Add its papers to a new library in another folder."
            )


def _paper(row: Sequence[str | None]) -> Paper:
    title, abstract, authors, date, venue, url, sources = row
    return Paper(
        str(title), str(abstract), tuple(json.loads(str(authors))), date, venue, url,
        tuple(json.loads(str(sources))),
    )  # fmt: skip


def _row(paper: Paper, passages: int) -> tuple[object, ...]:
    return (
        paper.id, paper.title, paper.abstract, json.dumps(paper.authors), paper.date, paper.venue,
        paper.url, json.dumps(paper.sources), paper.version, passages,
    )  # fmt: skip


def _portions(ids: list[str]) -> Iterator[list[str]]:
    return (ids[at : at + _MOST_VARIABLES] for at in range(0, len(ids), _MOST_VARIABLES))


def _marks(ids: Sequence[str]) -> str:
    return ",".join("?" * len(ids))
