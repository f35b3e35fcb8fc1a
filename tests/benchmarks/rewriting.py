"""What rewriting does for follow-ups: `python -m tests.benchmarks.rewriting SPEC LIBRARY`.

Asks the questions of `../shared/eval` that have others before them, of a library of the sample. Prints
how many a model rewrites within 2 seconds and within 30, and how often a right paper comes first:
understood in the built-in way, as rewritten, and as the assistant chooses between these two.
"""

import sys
import time
from collections.abc import Sequence
from pathlib import Path

from index.papers import title_key
from rag import Assistant
from rag.evaluate import Gold, read_questions
from rag.finding import Finding, surer
from rag.models import load_model
from rag.writer import Writer

QUESTIONS = Path(__file__).parents[3] / "shared" / "eval" / "questions.jsonl"


def main(given: Sequence[str]) -> None:
    """Print a line a follow-up, then one figure a line."""
    spec, library = given
    if not QUESTIONS.exists():
        print(f"skipped: {QUESTIONS} is not there")
        return
    llm = load_model(spec)
    assert llm is not None
    writer = Writer(llm, spec)
    finder = Assistant.open(library).as_query_engine().finder
    took: list[float] = []
    right: dict[str, list[bool]] = {"built in": [], "rewritten": [], "chosen": []}
    for gold in read_questions(QUESTIONS):
        if not gold.history or not gold.papers:
            continue
        began = time.perf_counter()
        rewritten = writer.rewritten(gold.question, gold.history, seconds=30.0)
        took.append(time.perf_counter() - began if rewritten else 30.0)
        built_in = finder.find(gold.question, gold.history)
        again = finder.find(rewritten, ()) if rewritten else built_in
        found = {"built in": built_in, "rewritten": again, "chosen": surer(again, built_in)}
        for name, finding in found.items():
            right[name].append(_first_right(gold, finding))
        sure = ", ".join(
            f"{name} {finding.judgement.confidence:.2f} {right[name][-1]}"
            for name, finding in found.items()
        )
        print(f"{gold.question} -> {rewritten or '-'} ({took[-1]:.1f} s; {sure})")
    for seconds in (2.0, 30.0):
        print(f"rewritten within {seconds:.0f} s: {sum(one < seconds for one in took)} of {len(took)}")
    for name, told in right.items():
        print(f"{name}: a right paper first in {sum(told)} of {len(told)}")


def _first_right(gold: Gold, finding: Finding) -> bool:
    wanted = {title_key(title) for title in gold.papers}
    return title_key(finding.judgement.candidates[0].match.paper.title) in wanted


if __name__ == "__main__":
    main(sys.argv[1:])
