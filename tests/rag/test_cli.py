"""The shell: what each command prints, and with which status it ends."""

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

from index import Library, Paper
from rag import Answer, Citation
from rag.cli import main
from rag.shown import answer_as_text, as_it_comes
from tests.rag.terminal import read_terminal

PAPERCHAT = str(Path(sys.executable).with_name("paperchat"))
COMMANDS = ("add", "ask", "chat", "doctor", "evaluate", "models", "papers", "remove", "search")
Run = Callable[..., Result]


@pytest.fixture
def run(bees_folder: Path) -> Run:
    """Run a command on the library of the tests, in this process."""

    def run_it(*words: str, stdin: str | None = None, library: Path = bees_folder) -> Result:
        environment = {"PAPERCHAT_LIBRARY": str(library), "COLUMNS": "80"}
        return CliRunner().invoke(main, words, input=stdin, env=environment)

    return run_it


@pytest.fixture
def page(tmp_path: Path) -> Path:
    page = tmp_path / "mars.txt"
    page.write_text("Moss Gardens on Mars\n" + "Moss grows on Mars in jars of ice. " * 12)
    return page


def test_an_answer_is_wrapped_and_followed_by_its_numbered_sources(run: Run) -> None:
    result = run("ask", "At what character error rate is black letter read?")

    assert result.exit_code == 0
    assert result.stderr == ""
    text, sources = result.stdout.split("\nSources\n")
    assert "character error rate of 2.1%. [1]" in " ".join(text.split())
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert sources.startswith(
        "[1] Reading Old Herbals with Optical Character Recognition\n    from bees.txt\n    “"
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("**Bees**: They dance. [1]", "\x1b[1mBees\x1b[0m: They dance. [1]", id="short"),
        pytest.param(
            "2 papers answer: [1] [2]\n**Bees**: They dance. [1]\n**Wasps**: They sting. [2]",
            "2 papers answer: [1] [2]\n\x1b[1mBees\x1b[0m: They dance. [1]\n"
            "\x1b[1mWasps\x1b[0m: They sting. [2]",
            id="on-each-line",
        ),
        pytest.param(
            "**Of Bees on Combs that Dance for Many Sisters**: They dance. [1]",
            "\x1b[1mOf Bees on Combs that Dance for Many\nSisters\x1b[0m: They dance. [1]",
            id="wrapped-inside",
        ),
        pytest.param(
            "**Of Bees on Combs that Dance for Sisters**: They dance. [1]",
            "\x1b[1mOf Bees on Combs that Dance for Sisters\x1b[0m:\nThey dance. [1]",
            id="wrapped-at-its-end",
        ),
        pytest.param(
            "**Bees: A Study**: They dance. [1]",
            "\x1b[1mBees: A Study\x1b[0m: They dance. [1]",
            id="with-a-colon",
        ),
        pytest.param("**Bees\x1b[31m**: So.", "\x1b[1mBees␛[31m\x1b[0m: So.", id="with-an-escape"),
        pytest.param("Bees **dance**: so. [1]", "Bees **dance**: so. [1]", id="not-inside-a-line"),
        pytest.param("**Bees** dance. [1]", "**Bees** dance. [1]", id="not-without-a-colon"),
    ],
)
def test_a_title_at_the_start_of_a_line_is_bold(
    monkeypatch: pytest.MonkeyPatch, text: str, shown: str
) -> None:
    monkeypatch.setenv("COLUMNS", "40")

    titles = re.findall(r"^\*\*(.+?)\*\*(?=: )", text, re.MULTILINE)
    cited = tuple(
        Citation(number, Paper(title, "They dance."), "They dance.", 0, 11)
        for number, title in enumerate(titles, start=1)
    )

    told = answer_as_text(Answer("Why?", text, cited, False, (), "quote", 0.1, 0.9))

    assert told.split("\n\n")[0] == shown


def test_stars_that_a_quote_has_itself_are_shown() -> None:
    answer = Answer("Why?", "**Note**: They dance. [1]", (), False, (), "quote", 0.1, 0.9)

    assert answer_as_text(answer) == answer.text


def test_a_title_is_bold_while_the_answer_still_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    written: list[str] = []
    answer = Answer("Why?", "", (), True, (), "scripted:x", 0.1, 0.9)

    as_it_comes(["They dance. [1]", "\n**Wasps**: They sting. [2]", answer], written.append)

    assert written == ["They dance. [1]", "\n\x1b[1mWasps\x1b[0m: They sting. [2]", "\n"]


def test_json_is_the_answer_and_nothing_else(run: Run) -> None:
    result = run("ask", "--json", "At what character error rate is black letter read?")

    answer = json.loads(result.stdout)
    assert answer["abstained"] is False
    assert {c["paper"]["source"] for c in answer["citations"]} == {"bees.txt"}


def test_declining_has_a_status_of_its_own_and_names_the_nearest_papers(run: Run) -> None:
    result = run("ask", "Who won the football world cup?")

    assert result.exit_code == 3
    assert result.stdout.startswith("The papers in this library don't answer “Who won")
    assert "\nNearest papers\n- " in result.stdout


def test_a_question_comes_from_standard_input_for_a_dash(run: Run) -> None:
    asked, piped = (
        "What do beekeeping robots hear?",
        run("ask", "-", stdin="What do beekeeping robots hear?\n"),
    )

    assert piped.exit_code == 0
    assert piped.stdout == run("ask", asked).stdout


def test_a_follow_up_names_the_question_before_it(run: Run) -> None:
    result = run("ask", "and on recordings of real hives?", "--after", "Where does HIVEMIND find food?")

    assert "78.5%" in result.stdout, result.output


def test_search_shows_ids_and_passages(run: Run) -> None:
    result = run("search", "-k", "2", "black", "letter")
    as_json = json.loads(run("search", "-k", "2", "black letter", "--json").stdout)

    assert result.stdout.startswith("1. Reading Old Herbals with Optical Character Recognition\n   ")
    assert result.stdout.count("cosine") == len(as_json) == 2
    assert as_json[0]["paper"]["id"] in result.stdout
    assert list(as_json[0]) == ["paper", "passage", "score"]


def test_papers_are_listed_a_line_each(run: Run) -> None:
    listed = run("papers").stdout.splitlines()
    as_json = [json.loads(line) for line in run("papers", "--json").stdout.splitlines()]

    assert len(listed) == 6
    assert listed[1] == f"{as_json[1]['id']}  Beekeeping Robots Need No Cameras"


def test_control_characters_never_reach_the_terminal(run: Run) -> None:
    result = run("ask", "Are a bell and an escape commands?")

    assert "A bell ␇ and an escape ␛[31m are no commands." in " ".join(result.stdout.split())
    assert "\x1b" not in result.stdout


def test_adding_says_what_became_of_each_paper(run: Run, page: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"

    first = run("add", str(page), str(page), library=library)
    again = run("add", str(page), "--json", library=library)

    assert first.stdout == "1 paper added, of 2 entries read; 1 in the library.\n"
    assert json.loads(again.stdout) == {
        "read": 1, "added": 0, "updated": 0, "unchanged": 1, "problems": [], "papers": 1,
    }  # fmt: skip


def test_what_can_be_read_is_added_and_the_rest_told(run: Run, page: Path, tmp_path: Path) -> None:
    result = run("add", str(tmp_path / "lost.txt"), str(page), library=tmp_path / "library")

    assert result.exit_code == 1
    assert result.stdout == "1 paper added, of 1 entry read; 1 in the library.\n"
    assert result.stderr == f"paperchat: {tmp_path}/lost.txt: no such file. Check the path.\n"


def test_a_removed_paper_is_gone(run: Run, page: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    run("add", str(page), library=library)
    [paper] = json.loads(f"[{run('papers', '--json', library=library).stdout}]")

    removed = run("remove", paper["id"], library=library)

    assert removed.stdout == "Removed 1 paper; 0 left.\n"
    assert run("papers", library=library).stdout == ""


def test_an_unknown_id_removes_nothing(run: Run) -> None:
    known = run("papers").stdout.split()[0]

    result = run("remove", known, "nobody")

    assert result.exit_code == 1
    assert result.stderr == (
        "paperchat: No paper has the id 'nobody', and nothing was removed; "
        "`paperchat papers` lists the ids.\n"
    )
    assert len(run("papers").stdout.splitlines()) == 6


def test_the_doctor_finds_a_good_library_well(run: Run) -> None:
    result = run("doctor")

    assert result.exit_code == 0
    assert "6 papers in" in result.stdout
    assert "papers, vectors and words agree" in result.stdout


def test_the_doctor_finds_a_missing_library(run: Run, tmp_path: Path) -> None:
    result = run("doctor", library=tmp_path / "none")

    assert result.exit_code == 1
    assert "problem " in result.stdout
    assert "no library yet; begin with `paperchat add sample`" in result.stdout


def test_evaluate_prints_a_table_or_json(run: Run, tmp_path: Path) -> None:
    questions = tmp_path / "questions.jsonl"
    questions.write_text(
        '{"question": "At what character error rate is black letter read?", "facts": [["2.1%"]], '
        '"papers": ["Reading old herbals with optical character recognition."]}\n'
        '{"question": "Who won the football world cup?"}\n'
    )

    table = run("evaluate", str(questions))
    scores = json.loads(run("evaluate", str(questions), "--json").stdout)

    assert table.stdout.splitlines()[1].split()[:5] == ["single", "1", "0.000", "1.000", "1.000"]
    assert scores["types"]["single"]["facts"] == 1.0
    assert scores["decline_recall"] == 1.0


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        pytest.param(["ask", ""], "The question is empty", id="empty-question"),
        pytest.param(["ask", "-"], "The question is empty", id="empty-standard-input"),
        pytest.param(["ask", "bees " * 20_000], "has 99,999 characters", id="endless-question"),
        pytest.param(
            ["ask", "bees?", "--model", "oracle"], "There is no model 'oracle'", id="no-such-model"
        ),
        pytest.param(
            ["ask", "bees?", "--library", "/nowhere/at/all"],
            "There is no library in /nowhere",
            id="wrong-path",
        ),
        pytest.param(["papers", "--library", __file__], "cannot be used as a library", id="a-file"),
        pytest.param(
            ["papers", "--library", str(Path(__file__).parent)],
            "is not a paperchat library",
            id="another-folder",
        ),
        pytest.param(
            ["evaluate", "/no/questions"], "/no/questions could not be read", id="no-questions"
        ),
        pytest.param(["evaluate", __file__], "not a question", id="not-questions"),
    ],
)
def test_a_mistake_is_told_in_one_line(run: Run, words: list[str], complaint: str) -> None:
    result = run(*words)

    assert result.exit_code == 1
    assert complaint in result.stderr
    assert result.stderr.startswith("paperchat: ")
    assert result.stderr.count("\n") == 1
    assert result.stdout == ""


@pytest.mark.parametrize(
    "words", [["ask"], ["add"], ["search", "-k", "0", "x"], ["sing"], ["ask", "--what", "x"]]
)
def test_wrong_usage_has_status_2(run: Run, words: list[str]) -> None:
    assert run(*words).exit_code == 2


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_examples(run: Run, command: str) -> None:
    result = run(command, "--help")

    assert result.exit_code == 0
    assert f"Usage: main {command}" in result.stdout
    assert f"  paperchat {command}" in result.stdout.split("Examples:")[1]


def test_help_lists_every_command_and_imports_nothing_slow() -> None:
    program = "import sys; from rag.cli import main; main(['--help'], standalone_mode=0)"
    program += "; print(*sys.modules)"

    listed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    usage, modules = listed.stdout.rsplit("\n", 2)[0], listed.stdout.split("\n")[-2].split()
    assert all(f"\n  {command} " in usage for command in COMMANDS)
    assert not {"chromadb", "llama_index", "gradio", "numpy", "onnxruntime", "rich"} & set(modules)


def test_an_empty_library_names_the_sample(run: Run, tmp_path: Path) -> None:
    run("add", str(tmp_path / "lost.txt"), library=tmp_path / "library")

    result = run("ask", "bees?", library=tmp_path / "library")

    assert result.exit_code == 1
    assert "is empty. Add papers with `paperchat add FILE…`, or the sample with" in result.stderr


def test_searching_an_empty_library_names_the_sample(run: Run, tmp_path: Path) -> None:
    run("add", str(tmp_path / "lost.txt"), library=tmp_path / "library")

    searched, listed = (
        run(*words, library=tmp_path / "library") for words in (["search", "x"], ["papers"])
    )

    assert searched.exit_code == 1
    assert "paperchat add sample" in searched.stderr
    assert (listed.stdout, listed.exit_code) == ("", 0)
    assert "paperchat add sample" in listed.stderr


def test_asking_makes_no_library(run: Run, tmp_path: Path) -> None:
    assert "There is no library in" in run("ask", "bees?", library=tmp_path).stderr
    assert list(tmp_path.iterdir()) == []


def test_an_empty_library_name_is_wrong_usage(run: Run) -> None:
    assert run("papers", "--library", "").exit_code == 2


def test_a_home_is_meant_by_a_tilde(page: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "HOME": str(tmp_path), "PAPERCHAT_LIBRARY": "~/mine"}

    subprocess.run([PAPERCHAT, "add", str(page)], env=environment, cwd=tmp_path, check=True)

    assert (tmp_path / "mine" / "papers.sqlite").exists()


def test_a_page_may_come_from_a_pipe(page: Path, tmp_path: Path) -> None:
    words = ["bash", "-c", f"{PAPERCHAT} add <(cat {page}) --library {tmp_path}/library"]

    assert subprocess.run(words, capture_output=True, text=True).stdout.startswith("1 paper added")


@pytest.mark.parametrize("question", [b"what do bees \xff hear?", b"\xff"])
def test_bytes_that_are_no_text_are_no_crash(bees_folder: Path, question: bytes) -> None:
    for command in (b"ask", b"search"):
        words = [os.fsencode(PAPERCHAT), command, question, b"--library", bytes(bees_folder)]
        assert subprocess.run(words, capture_output=True).stderr == b""


def test_no_standard_input_is_an_empty_question(bees_folder: Path) -> None:
    words = ["bash", "-c", f"{PAPERCHAT} ask - --library {bees_folder} <&-"]

    assert "The question is empty" in subprocess.run(words, capture_output=True, text=True).stderr


def test_a_full_device_is_told_in_one_line(bees_folder: Path) -> None:
    words = ["bash", "-c", f"{PAPERCHAT} papers --library {bees_folder} > /dev/full"]

    ran = subprocess.run(words, capture_output=True, text=True)

    assert ran.returncode == 1
    assert "Traceback" not in ran.stderr
    assert "No space left" in ran.stderr


def test_colour_is_for_terminals_only_and_no_color_is_respected(bees_folder: Path) -> None:
    plain = {"PAPERCHAT_LIBRARY": str(bees_folder)}

    assert b"\x1b[" in _on_a_terminal(["papers"], plain)
    assert b"\x1b[" not in _on_a_terminal(["papers"], {**plain, "NO_COLOR": "1"})


def test_ctrl_c_ends_an_addition_cleanly_and_it_can_be_run_again(tmp_path: Path) -> None:
    page, library = tmp_path / "page.txt", tmp_path / "library"
    page.write_text("\n".join(f"Paper {n}\n" + f"Finding {n} is about bees. " * 40 for n in range(300)))
    command = [PAPERCHAT, "add", "--library", str(library), str(page)]
    ours, theirs = pty.openpty()

    terminal = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    adding = subprocess.Popen(command, stderr=theirs, env=terminal, start_new_session=True)
    os.close(theirs)
    said = read_terminal(ours, until=re.compile(rb"64/300"))
    adding.send_signal(signal.SIGINT)
    said += read_terminal(ours)

    assert adding.wait(timeout=60) == 130
    assert b"Traceback" not in said
    assert said.endswith(b"Stopped.\r\n")
    with Library.open(library) as left:
        assert left.differences() == []
        assert 64 <= len(left) < 300
    finished = subprocess.run(command, capture_output=True, text=True, check=True)
    assert finished.stdout.endswith("of 300 entries read; 300 in the library.\n")
    assert finished.stderr == ""


def _on_a_terminal(words: list[str], environment: dict[str, str]) -> bytes:
    ours, theirs = pty.openpty()
    subprocess.run([PAPERCHAT, *words], stdout=theirs, env={**os.environ, **environment}, check=True)
    os.close(theirs)
    return read_terminal(ours)
