"""Adding: papers into the three stores, in batches."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from index.embedder import Abstract, Embedder
from index.papers import Paper
from index.passages import passages_of
from index.readers import Problem, read
from index.report import Report
from index.sentences import Span
from index.stores import Indexed, Stores

# Some two seconds' work: what a killed process loses at most, and how often progress is told.
BATCH = 64


def batches(paths: Iterable[Path], report: Report) -> Iterator[list[Paper]]:
    """Yield the papers of files, some at a time; the report gets the problems and the count."""
    batch: list[Paper] = []
    for path in paths:
        for entry in read(path):
            if isinstance(entry, Problem):
                report.problems.append(entry)
                continue
            report.read += 1
            batch.append(entry)
            if len(batch) == BATCH:
                yield batch
                batch = []
    if batch:
        yield batch


def put(
    stores: Stores, embedder: Embedder, batch: Sequence[Paper], report: Report, seen: set[str]
) -> None:
    """Put a batch where it belongs and count it; `seen` has the papers that were counted before."""
    with stores.reading():
        known = stores.shelf.get({paper.id for paper in batch})
    merged = dict(known)
    here: set[str] = set()
    for paper in batch:
        # Of two abstracts in one run the first counts: else each run would put one for the other.
        again = merged[paper.id] if paper.id in here or paper.id in seen else paper
        merged[paper.id] = _merge(merged.get(paper.id), replace(again, sources=paper.sources))
        here.add(paper.id)
    new = [paper for paper in merged.values() if paper.id not in known]
    changed = [
        paper for paper in merged.values()
        if paper.id in known and paper.version != known[paper.id].version
    ]  # fmt: skip
    write(stores, embedder, [*new, *changed])
    stores.add_sources(
        {
            identifier: merged[identifier].sources
            for identifier, paper in known.items()
            if paper.version == merged[identifier].version
            and paper.sources != merged[identifier].sources
        }
    )
    report.added += len(new)
    report.updated += sum(paper.id not in seen for paper in changed)
    report.unchanged += sum(
        identifier not in seen and paper.version == merged[identifier].version
        for identifier, paper in known.items()
    )
    seen.update(merged)


def write(stores: Stores, embedder: Embedder, papers: Sequence[Paper]) -> None:
    """Write papers to all three stores, replacing what these held of them."""
    for at in range(0, len(papers), BATCH):
        some = papers[at : at + BATCH]
        pieces = [passages_of(paper) for paper in some]
        vectors = embedder.embed_abstracts(
            [
                Abstract(paper.title, paper.abstract, [Span(p.start, p.end) for p in cut])
                for paper, cut in zip(some, pieces, strict=True)
            ]
        )
        stores.put([Indexed(*one) for one in zip(some, pieces, vectors, strict=True)])


def mend(stores: Stores, embedder: Embedder) -> int:
    """Bring vectors and words back to what the shelf says; return how many papers were off."""
    wrong = stores.disagreement()
    for at in range(0, len(wrong), BATCH):
        some = wrong[at : at + BATCH]
        with stores.reading():
            papers = stores.shelf.get(some)
        stores.remove([identifier for identifier in some if identifier not in papers])
        write(stores, embedder, list(papers.values()))
    return len(wrong)


def _merge(old: Paper | None, new: Paper) -> Paper:
    """The new title and abstract; of the rest, what only the old one knows is not lost."""
    if old is None:
        return new
    return replace(
        new,
        authors=new.authors or old.authors,
        date=new.date or old.date,
        venue=new.venue or old.venue,
        url=new.url or old.url,
        sources=tuple(dict.fromkeys((*old.sources, *new.sources))),
    )
