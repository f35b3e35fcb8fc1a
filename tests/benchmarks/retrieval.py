"""How well papers are found beyond the sample: `python -m tests.benchmarks.retrieval scifact`.

`scifact` ranks 5,183 abstracts for 809 claims; `distractors` asks the questions on the seeds with
19,311 other abstracts beside them, first for the papers and then for the answers. Each way to find
papers is a row. The data are no part of the project: where they are missing, nothing is measured.
"""

import argparse
import gzip
import json
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ir_measures
from ir_measures import R, ScoredDoc, Success, nDCG

from index import Library, Match, Paper
from index.adding import BATCH, mend, put
from index.embedder import NAME, Embedder
from index.readers import read
from index.report import Report
from index.stores import Stores
from rag import Assistant
from rag.evaluate import as_table, at_most, evaluate, read_questions
from rag.reader import Reader

_SHARED = Path(__file__).parents[3] / "shared"
_MODEL = Path(__file__).parents[2] / "index" / "models" / "reader-int8.onnx"
# More papers than any measure looks at; more passages, as a paper may have several among the nearest.
_RANKED, _PASSAGES = 20, 200
# The reader's logit counts so much beside the fused score, for so many of the best papers.
_READ_WEIGHT, _READ = 0.5, (8, 12, 20)

# The ids of papers, best first.
Ranking = list[str]


@dataclass(frozen=True)
class Asked:
    """A question, and how much each paper that belongs in the answer counts, by the paper's id."""

    id: str
    text: str
    wanted: Mapping[str, int]


@dataclass(frozen=True)
class Found:
    """The papers that were found for one question, by the name of the way they were found."""

    asked: Asked
    rankings: Mapping[str, Ranking]


def main(words: Sequence[str] | None = None) -> None:
    """Print the rows of a data set, and how long it took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("data", choices=_MEASURES)
    parser.add_argument("--shared", type=Path, default=_SHARED, help="the folder of the data")
    parser.add_argument("--library", type=Path, help="keep the library here, and use it again")
    parser.add_argument("--limit", type=int, help="ask only so many questions")
    options = parser.parse_args(words)
    began = time.perf_counter()
    try:
        _MEASURES[options.data](options.shared, options.library, options.limit)
    except FileNotFoundError as problem:
        print(f"skipped: {problem.filename} is not there; name the folder of the data with --shared.")
    else:
        print(f"{time.perf_counter() - began:.0f} s in all")


def scifact(shared: Path, folder: Path | None, limit: int | None) -> None:
    """Print nDCG@10, by both grades of relevance and by one, and recall@5 of SciFact's claims."""
    home = shared / "benchmarks" / "scifact"
    papers = {one["id"]: _paper(one) for one in _records(home / "corpus.jsonl.gz")}
    wanted = _judgements(home / "qrels.tsv", papers)
    claims = _records(home / "queries.jsonl")[:limit]
    asked = [Asked(one["id"], one["text"], wanted[one["id"]]) for one in claims]
    with _library(folder, papers.values()) as (library, stores):
        found = list(_find(library, stores, asked))
    _print_table(found, {"nDCG@10": nDCG @ 10, "recall@5": R @ 5})


def distractors(shared: Path, folder: Path | None, limit: int | None) -> None:
    """Print how the seeds' questions find their papers among others, and how they are answered."""
    questions = read_questions(_there(shared / "eval" / "questions.jsonl"))
    entries = [entry for page in _pages(shared / "seeds") for entry in read(page)]
    seeds = [entry for entry in entries if isinstance(entry, Paper)]
    others = [_paper(one) for one in _records(shared / "scale" / "abstracts.jsonl.gz")]
    with _library(folder, [*seeds, *others]) as (library, stores):
        for kind, measures in {"single": {"first": Success @ 1}, "multi": {"recall@8": R @ 8}}.items():
            gold = [one for one in questions if one.type == kind][:limit]
            wanted = [{Paper(title, "").id: 1 for title in one.papers} for one in gold]
            asked = [Asked(g.id, g.question, ids) for g, ids in zip(gold, wanted, strict=True)]
            print(f"{len(asked)} questions, {kind}")
            _print_table(list(_find(library, stores, asked)), measures)
        if _MODEL.exists():
            some = questions if limit is None else at_most(limit, questions)
            print(as_table(evaluate(Assistant(library), some)))
        else:
            print(f"{_MODEL.name} is not there: no question can be answered.")


_MEASURES = {"scifact": scifact, "distractors": distractors}


def _find(library: Library, stores: Stores, asked: Sequence[Asked]) -> Iterator[Found]:
    """Yield what each way finds for each question."""
    reader = Reader(library.embedder) if _MODEL.exists() else None
    if reader is None:
        print(f"{_MODEL.name} is not there: the rows with the reader are left out.")
    for one in asked:
        [vector] = library.embedder.embed([one.text])
        with stores.reading():
            words = stores.words.best(one.text, _RANKED)
            nearest = stores.vectors.nearest(vector, _PASSAGES)
        matches = library.search(one.text, _RANKED)
        rankings = {
            "words": [identifier for identifier, _ in words],
            "vectors": list(dict.fromkeys(place.paper for place, _ in nearest)),
            "fused": [match.paper.id for match in matches],
        }
        if reader is not None:
            answers = [got.answers for got in reader.read(one.text, [match.paper for match in matches])]
            rankings |= {f"fused, {k} read": reread(matches, answers, k) for k in _READ}
        yield Found(one, rankings)


def reread(matches: Sequence[Match], answers: Sequence[float], k: int) -> Ranking:
    """Return the papers with the first k in a new order, by the fused score and the reader's logit."""
    scores = [match.score + _READ_WEIGHT * logit for match, logit in zip(matches, answers, strict=True)]
    best = sorted(range(min(k, len(matches))), key=lambda at: -scores[at])
    return [matches[at].paper.id for at in (*best, *range(k, len(matches)))]


def measured(
    found: Sequence[Found], row: str, measures: Iterable[ir_measures.Measure]
) -> dict[ir_measures.Measure, float]:
    """Return a row's mean figures; a question for which nothing is found counts 0."""
    qrels = {one.asked.id: dict(one.asked.wanted) for one in found}
    # Scores that fall by one: the order of papers alike is ours, not one of the measures' making.
    run = [
        ScoredDoc(one.asked.id, identifier, -float(place))
        for one in found
        for place, identifier in enumerate(one.rankings[row])
    ]
    return ir_measures.calc_aggregate(list(measures), qrels, run)


def _print_table(found: Sequence[Found], measures: Mapping[str, ir_measures.Measure]) -> None:
    """Print a line for each row, with its figures."""
    print(f"{'':16}" + "".join(f"{name:>12}" for name in measures))
    for row in found[0].rankings if found else ():
        figures = measured(found, row, measures.values())
        print(f"{row:16}" + "".join(f"{figures[measure]:>12.3f}" for measure in measures.values()))


@contextmanager
def _library(folder: Path | None, papers: Iterable[Paper]) -> Iterator[tuple[Library, Stores]]:
    """Yield a library with these papers, in a folder of its own or in one that is kept."""
    with tempfile.TemporaryDirectory(prefix="paperchat-") as own:
        place = folder or Path(own) / "library"
        with Library(place, Stores.open(place, NAME), Embedder.open()) as library:
            stores = library._stores
            _fill(library, stores, list(papers))
            yield library, stores


def _fill(library: Library, stores: Stores, papers: Sequence[Paper]) -> None:
    """Add papers as `Library.add` adds those of files; what is there already takes no time."""
    report, seen = Report(), set[str]()
    with stores.writing():
        mend(stores, library.embedder)
        for at in range(0, len(papers), BATCH):
            put(stores, library.embedder, papers[at : at + BATCH], report, seen)
            print(f"\r{min(at + BATCH, len(papers)):,} of {len(papers):,} papers", end="", flush=True)
    print(f", {report.added:,} new")


def _judgements(file: Path, papers: Mapping[str, Paper]) -> dict[str, dict[str, int]]:
    """Return by claim how much papers count; of two documents with one title, the higher."""
    wanted: dict[str, dict[str, int]] = {}
    for line in _there(file).read_text("utf-8").splitlines()[1:]:
        claim, document, grade = line.split("\t")
        own = wanted.setdefault(claim, {})
        identifier = papers[document].id
        own[identifier] = max(own.get(identifier, 0), int(grade))
    return wanted


def _paper(record: Mapping[str, Any]) -> Paper:
    year, authors = record.get("year"), tuple(record.get("authors") or ())
    return Paper(
        record["title"], record["abstract"], authors, str(year) if year else None,
        record.get("venue"), record.get("url"),
    )  # fmt: skip


def _records(file: Path) -> list[dict[str, Any]]:
    """Return the objects of a JSON Lines file, packed or not."""
    opened = gzip.open if file.suffix == ".gz" else open
    with opened(_there(file), "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _pages(folder: Path) -> list[Path]:
    return sorted(_there(folder).glob("*.txt"))


def _there(path: Path) -> Path:
    if not path.exists():
        raise FileNotFoundError(2, "missing", str(path))
    return path


if __name__ == "__main__":
    main()
