"""The command `paperchat evaluate`: what it prints, and the report that it leaves."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from rag.cli import main
from tests.rag.terminal import read_terminal

PAPERCHAT = str(Path(sys.executable).with_name("paperchat"))
OCR = "Reading Old Herbals with Optical Character Recognition"
Run = Callable[..., Result]


@pytest.fixture
def run(bees_folder: Path) -> Run:
    """Run `evaluate` on the library of the tests, in this process."""

    def run_it(*words: str) -> Result:
        return CliRunner().invoke(
            main, ["evaluate", *words], env={"PAPERCHAT_LIBRARY": str(bees_folder)}
        )

    return run_it


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    file = tmp_path / "questions.csv"
    file.write_text(
        "question,papers,facts,evidence\n"
        f"At what character error rate is black letter read?,{OCR},2.1%,error rate of 2.1%\n"
        "Who won the football world cup?,,,\n"
        "How do bees share a map of the meadow?,Gone,,\n"
    )
    return file


def test_a_sheet_gives_a_table_and_says_what_speaks_against_it(run: Run, questions: Path) -> None:
    result = run(str(questions))

    assert result.exit_code == 0
    assert [line.split()[:2] for line in result.stdout.splitlines()[:3]] == [
        ["type", "n"], ["single", "2"], ["unanswerable", "1"],
    ]  # fmt: skip
    assert result.stderr == (
        "paperchat: Right papers that are not in the library: 1, first in question 4: “Gone”. "
        "`paperchat papers` lists the titles.\n"
    )


def test_json_has_the_figures_alone(run: Run, questions: Path) -> None:
    scores = json.loads(run(str(questions), "--json").stdout)

    assert list(scores) == [
        "types", "verbatim", "cited_sentences", "decline_precision", "decline_recall",
        "false_declines", "calibration_error",
    ]  # fmt: skip
    assert scores["types"]["single"]["recall@1"] == 0.5
    assert scores["types"]["unanswerable"]["recall@1"] is None


def test_a_report_is_written_and_told_beside_the_figures(
    run: Run, questions: Path, tmp_path: Path
) -> None:
    report = tmp_path / "report.html"

    result = run(str(questions), "--json", "--html", str(report))

    assert json.loads(result.stdout)["verbatim"] == 1.0
    assert result.stderr.endswith(f"The report is in {report}.\n")
    page = report.read_text("utf-8")
    assert "error rate of 2.1%" in page
    assert "Who won the football world cup?" in page
    assert page.endswith("</html>\n")


def test_a_limit_is_for_each_type(run: Run, questions: Path) -> None:
    types = json.loads(run(str(questions), "--limit", "1", "--json").stdout)["types"]

    assert {kind: row["n"] for kind, row in types.items()} == {"single": 1, "unanswerable": 1}


@pytest.mark.parametrize(
    ("words", "status", "complaint"),
    [
        pytest.param(["--html", "report.txt"], 1, "report.txt is no name for a report", id="ending"),
        pytest.param(["--html", "/no/report.html"], 1, "no folder /no to write to", id="folder"),
        pytest.param(["--limit", "0"], 2, "'--limit'", id="limit"),
    ],
)
def test_a_wrong_choice_is_told_before_anything_is_asked(
    run: Run, questions: Path, words: list[str], status: int, complaint: str
) -> None:
    result = run(str(questions), *words)

    assert (result.exit_code, result.stdout) == (status, "")
    assert complaint in result.stderr


def test_a_terminal_shows_how_far_it_is_and_ctrl_c_leaves_no_report(
    bees_folder: Path, tmp_path: Path
) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text('{"question": "What do beekeeping robots hear?"}\n' * 2_000)
    command = [PAPERCHAT, "evaluate", str(file), "--html", str(tmp_path / "report.html")]
    ours, theirs = pty.openpty()
    terminal = {**os.environ, "TERM": "xterm", "PAPERCHAT_LIBRARY": str(bees_folder)}

    asking = subprocess.Popen(command, stderr=theirs, env=terminal, start_new_session=True)
    os.close(theirs)
    read_terminal(ours, until=re.compile(rb"Asking.*\d:\d\d"))
    asking.send_signal(signal.SIGINT)
    said = read_terminal(ours)

    assert asking.wait(timeout=60) == 130
    assert said.endswith(b"Stopped.\r\n")
    assert b"Traceback" not in said
    assert [path.name for path in tmp_path.iterdir()] == ["questions.jsonl"]
