"""Papers to keep and find, and processes to keep and find them at the same time."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

Process = subprocess.Popen[str]
SCRIPT = Path(__file__).with_name("another_process.py")


@pytest.fixture
def another_process() -> Iterator[Callable[..., Process]]:
    """Starts another_process.py; whatever still runs at the end of the test is killed."""
    started: list[Process] = []

    def start(*words: object) -> Process:
        command = [sys.executable, str(SCRIPT), *map(str, words)]
        pipe = subprocess.PIPE
        started.append(subprocess.Popen(command, stdin=pipe, stdout=pipe, encoding="utf-8"))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def papers() -> dict[str, str]:
    """Six abstracts by title, on subjects of their own."""
    return {
        "Waggle Dances under Red Light": (
            "Honeybees tell their nestmates where food is by dancing on the comb. We filmed 3,120 "
            "dances under red light. Followers decoded the direction within 11 degrees. The distance "
            "was misjudged by a third."
        ),
        "Pipelined Batching for Recurrent Networks": (
            "Padding wastes most of the time that an accelerator spends on recurrent networks. "
            "ZIPFOLD packs sequences of unequal length into one batch. Throughput rises by 2.4x on a "
            "TPU. Energy for each inference falls by half. Accuracy is untouched."
        ),
        "A Survey of Glacier Retreat": (
            "Mountain ice is vanishing all over the world. We compare 214 glaciers over sixty years. "
            "Those below 3000 m lost 38 % of their mass."
        ),
        "Schrödinger Bridges for Speech Enhancement": (
            "Noise in a recording is removed by learning a path from noisy to clean speech. The path "
            "solves $\\min_{\\pi} \\mathrm{KL}(\\pi\\|\\rho)$ with naïve sampling, as Müller et "
            "al. did. It needs 8 steps instead of 50."
        ),
        "How Children Learn Fractions": (
            "Pupils of eight schools were given number lines or pie charts. Number lines led to fewer "
            "errors half a year later."
        ),
        "Sourdough Fermentation at Low Temperature": (
            "Bread dough was kept at four degrees for up to three days. Lactic acid bacteria kept "
            "growing while yeast slowed down. Tasters preferred the loaves of the second day!"
        ),
    }
