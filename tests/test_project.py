"""What the project says about itself holds."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
OURS = {"index", "rag", "ui"}


@pytest.mark.parametrize(
    ("package", "may_import"),
    [("index", {"index"}), ("rag", {"index", "rag"}), ("ui", {"index", "rag", "ui"})],
)
def test_imports_point_one_way(package: str, may_import: set[str]) -> None:
    for file in (ROOT / package).rglob("*.py"):
        assert _imported(file) & OURS <= may_import, file


@pytest.mark.parametrize(
    ("library", "home"),
    [
        ("chromadb", {"index/vectors.py"}),
        ("tantivy", {"index/words.py"}),
        ("sqlite3", {"index/shelf.py"}),
        ("onnxruntime", {"index/embedder.py"}),
    ],
)
def test_each_outside_library_has_one_door(library: str, home: set[str]) -> None:
    files = [file for package in OURS for file in (ROOT / package).rglob("*.py")]
    importing = {str(file.relative_to(ROOT)) for file in files if library in _imported(file)}
    makers = {f"index/models/make_{name}.py" for name in ("minilm", "reader", "checker")}
    assert importing - makers == home


def test_the_readmes_python_runs_and_prints_what_it_says(sample_folder: Path) -> None:
    [code, printed] = re.findall(r"```(?:python|text)\n(.*?)```", README, re.DOTALL)[:2]

    ran = _run([sys.executable, "-c", code], sample_folder)

    assert ran.stdout == printed


SESSIONS = re.findall(r"```console\n(.*?)```", README, re.DOTALL)


@pytest.mark.parametrize("session", SESSIONS, ids=[one.splitlines()[0][2:40] for one in SESSIONS])
def test_the_readmes_console_sessions_print_what_they_say(sample_folder: Path, session: str) -> None:
    for step in re.split(r"^\$ ", session, flags=re.MULTILINE)[1:]:
        command, expected = step.split("\n", 1)
        path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
        ran = _run(["env", f"PATH={path}", "sh", "-c", command], sample_folder)
        # "…" stands for lines that were left out, and for a time that differs.
        pattern = ".*".join(re.escape(part) for part in expected.rstrip("\n").split("…"))
        assert re.fullmatch(pattern, ran.stdout.rstrip("\n"), re.DOTALL), ran.stdout


def _run(words: list[str], library: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PAPERCHAT_LIBRARY": str(library), "COLUMNS": "100"}
    return subprocess.run(words, capture_output=True, text=True, env=environment, cwd=ROOT)


def _imported(file: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    parts = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    return {name.split(".")[0] for name in plain | parts}
