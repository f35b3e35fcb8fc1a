"""Vectors: where the passages of each paper point, in Chroma. The only file that imports chromadb."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import cast

import chromadb
import numpy as np
from chromadb import Metadata, Where
from chromadb.api.client import Client
from chromadb.api.collection_configuration import CreateHNSWConfiguration
from chromadb.api.models.Collection import Collection
from chromadb.config import Settings

from index.arrays import DIMENSIONS, Floats

_NAME = "passages"
_connections, _SPELLINGS = count(), 1000
# Chroma's own settings miss 1 % of the 200 nearest of the sample's passages, and not the same ones in
# every build, so that the same papers could answer differently. These miss none, at 0.1 ms a query.
_HNSW = CreateHNSWConfiguration(space="cosine", ef_construction=200, ef_search=1000, max_neighbors=32)
# The log is emptied into the index at every 1,000 vectors, and grows by a batch between.
_MORE_THAN_LOGGED = 2500
# A writer adds in portions; Chroma's own limit is 5,461 records a call.
_PORTION = 2000


@dataclass(frozen=True)
class Placed:
    """A passage's vector: whose it is, which version of the abstract, and where in it."""

    paper: str
    version: str
    start: int
    end: int


class Vectors:
    """Passage vectors on disk, compared by cosine. One process at a time may write."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._client, self._collection = _connect(folder)

    @classmethod
    def open(cls, folder: Path) -> "Vectors":
        """Open a folder's vectors, or make it; raises ValueError where its index is damaged."""
        vectors = cls(folder)
        wanted = min(_MORE_THAN_LOGGED, len(vectors))
        # A damaged index still counts its vectors, but finds only those that are in Chroma's log, which
        # are fewer than half. (A sound one may miss a few of so many: the search is approximate.)
        if wanted and vectors.findable(wanted) < 0.8 * wanted:
            vectors.close()
            raise ValueError(f"{folder}: vectors are missing")
        return vectors

    def reopen(self) -> None:
        """Read the folder afresh: a client never sees what another process has added since."""
        self._client.close()
        self._client, self._collection = _connect(self._folder)

    def close(self) -> None:
        """Let go of the files."""
        self._client.close()

    def __len__(self) -> int:
        """The number of vectors."""
        return self._collection.count()

    def add(self, placed: Sequence[Placed], vectors: Floats) -> None:
        """Add vectors, one a row; a passage of the same paper and start is replaced."""
        for at in range(0, len(placed), _PORTION):
            some = placed[at : at + _PORTION]
            self._collection.upsert(
                ids=[f"{one.paper}#{one.start}" for one in some],
                embeddings=vectors[at : at + _PORTION],
                # No text here: what is removed from the shelf must not live on in Chroma's log.
                metadatas=[vars(one) for one in some],
            )

    def remove(self, papers: Sequence[str]) -> None:
        """Take away every vector of these papers."""
        if papers and len(self):
            self._collection.delete(where=_of(papers))

    def nearest(self, vector: Floats, k: int) -> list[tuple[Placed, float]]:
        """Return the k passages nearest to a vector with their cosines, nearest first."""
        if not len(self):
            return []
        found = self._collection.query(
            query_embeddings=vector[np.newaxis], n_results=k, include=["metadatas", "distances"]
        )
        metadatas, distances = found["metadatas"], found["distances"]
        assert metadatas is not None
        assert distances is not None
        return [
            (_placed(metadata), 1.0 - distance)
            for metadata, distance in zip(metadatas[0], distances[0], strict=True)
        ]

    def findable(self, k: int) -> int:
        """Return how many vectors a search for any k of them finds."""
        anywhere = np.ones((1, DIMENSIONS), dtype=np.float32)
        return len(self._collection.query(query_embeddings=anywhere, n_results=k, include=[])["ids"][0])

    def of(self, papers: Sequence[str]) -> tuple[list[Placed], Floats]:
        """Return the vectors of these papers, one a row, in no order."""
        if not papers:
            return [], np.empty((0, DIMENSIONS), dtype=np.float32)
        found = self._collection.get(where=_of(papers), include=["metadatas", "embeddings"])
        placed = [_placed(metadata) for metadata in found["metadatas"] or []]
        return placed, np.asarray(found["embeddings"], dtype=np.float32).reshape(-1, DIMENSIONS)

    def __iter__(self) -> Iterator[Placed]:
        """Yield where every vector belongs, in no order."""
        for at in range(0, len(self), _PORTION):
            found = self._collection.get(limit=_PORTION, offset=at, include=["metadatas"])
            yield from (_placed(metadata) for metadata in found["metadatas"] or [])


def _connect(folder: Path) -> tuple[Client, Collection]:
    # Chroma shares one connection among all clients of a path, as it is spelled; a shared one could be
    # neither read afresh nor got rid of when it is broken. Slashes at the end make it another spelling.
    path = str(folder) + os.sep * (next(_connections) % _SPELLINGS)
    client = chromadb.PersistentClient(path, settings=Settings(anonymized_telemetry=False))
    # The declared type is the one of a remote client, which has nothing to close.
    return cast(Client, client), client.get_or_create_collection(
        _NAME, configuration={"hnsw": _HNSW}, embedding_function=None
    )


def _of(papers: Sequence[str]) -> Where:
    return cast(Where, {"paper": {"$in": list(papers)}})


def _placed(metadata: Metadata) -> Placed:
    return Placed(
        str(metadata["paper"]), str(metadata["version"]),
        int(str(metadata["start"])), int(str(metadata["end"])),
    )  # fmt: skip
