"""How long a question takes: `python tests/benchmarks/asking.py`.

Adds the sample to a new library, asks every example question of the quality tests warm, and starts
`paperchat` cold; prints seconds, and the peak memory of a cold `ask` in MB.
"""

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from index import Library
from rag import Assistant
from rag.reader import Reader

QUESTIONS = Path(__file__).parent.parent / "quality" / "questions.jsonl"
PAPERCHAT = str(Path(sys.executable).with_name("paperchat"))


def main() -> None:
    """Print one figure a line."""
    questions = [json.loads(line) for line in QUESTIONS.read_text("utf-8").splitlines()]
    with tempfile.TemporaryDirectory() as folder:
        library = f"{folder}/library"
        print(f"add sample, cold       {_run('add', 'sample', '--library', library):6.2f} s")
        with Assistant.open(library) as assistant:
            assistant.ask("warm up")
            taken = sorted(
                assistant.ask(one["question"], one.get("history", ())).seconds for one in questions
            )
            reading = [_reading(assistant.library, one["question"]) for one in questions[:50]]
        print(f"ask, warm, median      {statistics.median(taken):6.3f} s")
        print(
            f"reading 8 papers, most {max(reading):6.3f} s, median {statistics.median(reading):.3f} s"
        )
        print(f"ask, warm, 95 %        {taken[int(len(taken) * 0.95)]:6.3f} s")
        asking = ["ask", questions[0]["question"], "--library", library]
        print(f"ask, cold, best of 3   {min(_run(*asking) for _ in range(3)):6.2f} s")
        print(f"--help, best of 3      {min(_run('--help') for _ in range(3)):6.2f} s")
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"peak memory of a child {peak:6.0f} MB")


def _reading(library: Library, question: str) -> float:
    papers = [match.paper for match in library.search(question, 8)]
    began = time.perf_counter()
    Reader(library.embedder).read(question, papers)
    return time.perf_counter() - began


def _run(*words: str) -> float:
    began = time.perf_counter()
    subprocess.run([PAPERCHAT, *words], stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
