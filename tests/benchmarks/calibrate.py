"""Fits the weights in `rag/weights.py`: python -m tests.benchmarks.calibrate [--library DIR] [--write]

The questions are those of tests/quality and, where `../shared/eval` is there, every other one of each
type there; what these weights do is then printed for the ones fitted on and for the others. DIR is a
library of the sample; without it, one is made.
"""

import argparse
import gzip
import json
import pickle
import re
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index import Library, Match
from index.papers import title_key
from rag import weights
from rag.acronyms import in_words_of
from rag.evaluate import Gold, read_questions
from rag.evaluation.calibration import calibration_error
from rag.evidence import sentence_features
from rag.followups import following_features, leans_on, stands_alone
from rag.judging import candidates_of, paper_features, question_features, several_features
from rag.reader import Reader, Reading
from rag.retriever import LibraryRetriever, Question

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "eval" / "questions.jsonl"
OWN = [ROOT / "tests" / "quality" / f"{name}.jsonl" for name in ("questions", "changes")]
LESSONS = ROOT / "index" / "models" / "lessons" / "questions.jsonl.gz"
READ = 12

Row = tuple[Mapping[str, float], bool]


@dataclass
class Case:
    """A question, what was found for it and how it was read."""

    gold: Gold
    fitted: bool
    before: str
    matches: list[Match]
    readings: list[Reading]

    @property
    def full(self) -> str:
        """The question with the one it leans on."""
        return f"{self.before} {self.gold.question}".strip()

    @property
    def titles(self) -> set[str]:
        """The keys of the papers that belong in the answer."""
        return {title_key(title) for title in self.gold.papers}

    def belongs(self, match: Match) -> bool:
        """Tell whether a paper belongs in the answer."""
        return title_key(match.paper.title) in self.titles


def main() -> None:
    """Fit, print what came out and, if asked, write it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", type=Path)
    parser.add_argument("--cache", type=Path, help="file to keep the readings in")
    parser.add_argument("--write", action="store_true", help="put the weights into rag/weights.py")
    options = parser.parse_args()
    fitted: dict[str, dict[str, float]] = {}
    taught, others = _follow_ups()
    _say("FOLLOWS", fitted, taught, others)
    with _library(options.library) as library:
        cases = _cases(library, options.cache)
        for name, rows in STAGES.items():
            taught = [row for case in cases if case.fitted for row in rows(library, case)]
            others = [row for case in cases if not case.fitted for row in rows(library, case)]
            _say(name, fitted, taught, others)
    if options.write:
        _write(fitted)


def _say(
    name: str, fitted: dict[str, dict[str, float]], taught: Sequence[Row], others: Sequence[Row]
) -> None:
    """Fit one model, keep it, and print what it is worth."""
    fitted[name] = fit(taught)
    # What comes after is measured with these.
    getattr(weights, name).clear()
    getattr(weights, name).update(fitted[name])
    figures = [f"{len(taught)} rows"]
    for what, rows in (("fitted", taught), ("others", others)):
        if rows:
            model = fitted[name]
            figures.append(
                f"{what}: AUC {auc(model, rows):.3f}, calibration error {calibration(model, rows):.3f}"
            )
    print(f"{name}: {'; '.join(figures)}")


def _follow_ups() -> tuple[list[Row], list[Row]]:
    """Questions, and which of them follow an earlier one: to be fitted on, and others.

    The lessons have no short questions that stand alone: the questions fitted on count as many times.
    """
    rows: dict[bool, list[Row]] = {True: [], False: []}
    papers: dict[str, int] = {}
    with gzip.open(LESSONS, "rt", encoding="utf-8") as lines:
        for line in lines:
            lesson = json.loads(line)
            if not lesson.get("broad") and papers.setdefault(lesson["paper"], len(papers)) % 2 == 0:
                rows[True].append((following_features(lesson["question"]), "before" in lesson))
    for gold, fitted in _questions():
        row = following_features(gold.question), gold.type == "followup"
        rows[fitted] += [row] * (10 if fitted else 1)
    return rows[True], rows[False]


def _sentences(library: Library, case: Case) -> Iterator[Row]:
    """The sentences of papers that answer, and whether each is among the evidence."""
    for match, reading in zip(case.matches, case.readings, strict=True):
        quotes = [
            one.quote
            for one in case.gold.evidence
            if title_key(one.paper) == title_key(match.paper.title)
        ]
        if case.belongs(match) and quotes:
            [features] = sentence_features(library, case.gold.question, [reading])
            for span, measured in zip(reading.spans, features, strict=True):
                starts = [match.paper.abstract.find(quote) for quote in quotes]
                touched = any(
                    at >= 0 and span.start < at + len(quote) and at < span.end
                    for at, quote in zip(starts, quotes, strict=True)
                )
                yield measured, touched


def _papers(library: Library, case: Case) -> Iterator[Row]:
    """The papers found for questions that at most one paper answers, and whether each does."""
    if case.gold.type != "multi":
        yield from _belonging(library, case)


def _members(library: Library, case: Case) -> Iterator[Row]:
    if case.gold.type == "multi":
        yield from _belonging(library, case)


def _belonging(library: Library, case: Case) -> Iterator[Row]:
    features = paper_features(library, case.full, case.matches, case.readings)
    for match, measured in zip(case.matches, features, strict=True):
        yield measured, case.belongs(match)


def _answered(library: Library, case: Case) -> Iterator[Row]:
    candidates = candidates_of(library, case.gold.question, case.before, case.matches, case.readings)
    yield question_features(candidates), bool(case.gold.papers)


def _several(library: Library, case: Case) -> Iterator[Row]:
    if case.gold.papers:
        candidates = candidates_of(
            library, case.gold.question, case.before, case.matches, case.readings
        )
        yield several_features(case.gold.question, case.before, candidates), len(case.gold.papers) > 1


STAGES: dict[str, Callable[[Library, Case], Iterator[Row]]] = {
    "SENTENCE": _sentences,
    "PAPER": _papers,
    "MEMBER": _members,
    "ANSWERED": _answered,
    "SEVERAL": _several,
}


# Fitting


def fit(rows: Sequence[Row], penalty: float = 1.0) -> dict[str, float]:
    """Return a logistic model's weights, by Newton's method with an L2 penalty on scaled features."""
    names = list(rows[0][0])
    raw = np.array([[row[name] for name in names] for row, _ in rows])
    mean, spread = raw.mean(axis=0), np.maximum(raw.std(axis=0), 1e-6)
    x = np.hstack([np.ones((len(raw), 1)), (raw - mean) / spread])
    y = np.array([label for _, label in rows], dtype=float)
    ridge = np.diag([0.0] + [penalty] * len(names))
    w = np.zeros(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
        gradient = x.T @ (p - y) + ridge @ w
        w -= np.linalg.solve(
            (x * (p * (1 - p))[:, None]).T @ x + ridge + 1e-9 * np.eye(len(w)), gradient
        )
    scaled = w[1:] / spread
    return {"bias": float(w[0] - scaled @ mean), **dict(zip(names, scaled.tolist(), strict=True))}


def auc(fitted: dict[str, float], rows: Sequence[Row]) -> float:
    """Return how often a row that is true is above one that isn't."""
    scores = np.array([weights.logit(fitted, row) for row, _ in rows])
    labels = np.array([label for _, label in rows])
    if labels.all() or not labels.any():
        return float("nan")
    above = scores[labels][:, None] - scores[~labels][None]
    return float(np.mean((above > 0) + 0.5 * (above == 0)))


def calibration(fitted: dict[str, float], rows: Sequence[Row]) -> float:
    """Return the expected calibration error of a model's probabilities."""
    return calibration_error(
        [(weights.probability(weights.logit(fitted, row)), label) for row, label in rows]
    )


# Questions


def _cases(library: Library, cache: Path | None) -> list[Case]:
    if cache and cache.is_file():
        return list(pickle.loads(cache.read_bytes()))
    reader = Reader(library.embedder)
    retriever = LibraryRetriever(library)
    cases = [_case(reader, retriever, gold, fitted) for gold, fitted in _questions()]
    if cache:
        cache.write_bytes(pickle.dumps(cases))
    return cases


def _case(reader: Reader, retriever: LibraryRetriever, gold: Gold, fitted: bool) -> Case:
    before = "" if stands_alone(gold.question, gold.history) else leans_on(gold.history)
    asked = Question(gold.question, history=gold.history, before=before)
    matches = retriever.find(asked, READ)
    papers = [match.paper for match in matches]
    readings = [
        reading
        for paper in papers
        for reading in reader.read(in_words_of(paper, gold.question, papers), [paper], before)
    ]
    return Case(gold, fitted, before, matches, readings)


def _questions() -> Iterator[tuple[Gold, bool]]:
    for file in OWN:
        for gold in read_questions(file):
            yield gold, True
    if SHARED.is_file():
        places: dict[str, int] = defaultdict(int)
        for gold in read_questions(SHARED):
            yield gold, places[gold.type] % 2 == 0
            places[gold.type] += 1


@contextmanager
def _library(folder: Path | None) -> Iterator[Library]:
    with tempfile.TemporaryDirectory() as made, Library.open(folder or made) as library:
        if not len(library):
            library.add("sample")
        yield library


def _write(fitted: Mapping[str, Mapping[str, float]]) -> None:
    file = ROOT / "rag" / "weights.py"
    text = file.read_text(encoding="utf-8")
    for name, values in fitted.items():
        lines = "".join(f'    "{key}": {value:.3f},\n' for key, value in values.items())
        text = re.sub(
            rf"^{name}: Weights = {{.*?^}}", f"{name}: Weights = {{\n{lines}}}", text, flags=re.M | re.S
        )
    file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
