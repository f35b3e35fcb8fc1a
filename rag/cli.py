"""The shell: one command for each call. What is slow to import, a command imports when it runs."""

import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from index import LibraryError
from rag.strictness import Strictness

if TYPE_CHECKING:
    from index import Library, Report

DECLINED = 3
# What a shell says of a program that was ended by Ctrl-C.
INTERRUPTED = 130
_MOST_PROBLEMS = 20


class Told(click.Group):
    """A group whose commands tell a LibraryError in one line, and that others can add commands to.

    The page's command is found by the entry point group `paperchat.commands`: nothing here knows of
    the page.
    """

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run a command; ends the process with status 1 for a user's mistake, 130 for Ctrl-C."""
        if os.environ.get("NO_COLOR"):
            kwargs["color"] = False
        try:
            return super().main(*args, **kwargs)
        except KeyboardInterrupt:
            sys.exit(INTERRUPTED)
        except OSError as problem:
            click.echo(f"paperchat: could not write the answer ({problem}).", err=True)
            # What is still to be written can't be: on its way out, Python would try once more.
            with suppress(OSError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(1)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was chosen."""
        try:
            return super().invoke(ctx)
        except LibraryError as problem:
            click.echo(f"paperchat: {problem}", err=True)
            ctx.exit(1)
        except KeyboardInterrupt:
            click.echo("\nStopped.", err=True)
            ctx.exit(INTERRUPTED)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, in alphabetical order."""
        return sorted({*super().list_commands(ctx), *_plugins()})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of a name, loading it if it is another package's."""
        plugins = _plugins() if super().get_command(ctx, cmd_name) is None else {}
        if cmd_name in plugins:
            self.add_command(plugins[cmd_name].load(), cmd_name)
        return super().get_command(ctx, cmd_name)


def _plugins() -> dict[str, EntryPoint]:
    return {found.name: found for found in entry_points(group="paperchat.commands")}


@click.group(
    cls=Told,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Begin with `paperchat add sample`, then `paperchat ask` what you want to know.",
)
@click.version_option(package_name="paperchat", message="%(package)s %(version)s")
def main() -> None:
    """Ask a library of paper abstracts; every sentence of the answer cites its paper.

    Exit status: 0 answered, 1 an error told in one line, 2 wrong usage, 3 the papers don't answer.
    """


def _examples(*lines: str) -> str:
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)


def _named(context: click.Context, option: click.Parameter, folder: str | None) -> Path | None:
    """Refuse an empty name, which a shell makes of a variable that is not set."""
    if folder == "":
        raise click.BadParameter("the name is empty.", context, option)
    return None if folder is None else Path(folder)


_library = click.option(
    "--library",
    callback=_named,
    envvar="PAPERCHAT_LIBRARY",
    metavar="DIR",
    help="The folder of the library (or PAPERCHAT_LIBRARY); without it, your own.",
)
_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


model = click.option(
    "--model",
    default="quote",
    envvar="PAPERCHAT_MODEL",
    show_default=True,
    metavar="SPEC",
    help="Who writes the answer (or PAPERCHAT_MODEL); `paperchat models` lists them.",
)


def strictness(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the flags --strict and --lenient, which set its `strictness`."""
    for flag, what in (
        ("lenient", "Answer also what is less sure."),
        ("strict", "Decline what is not sure."),
    ):
        command = click.option(f"--{flag}", "strictness", flag_value=flag, help=what)(command)
    return click.option("--usual", "strictness", flag_value="usual", default=True, hidden=True)(command)


@main.command(
    epilog=_examples(
        "paperchat add sample", "paperchat add pages/*.txt", "paperchat add --library rnn rnn.txt"
    )
)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@_library
@_json
def add(files: tuple[str, ...], library: Path | None, as_json: bool) -> None:
    """Add the papers of files.

    FILE is a saved Daily Papers page; the word `sample` stands for the 466 papers that come along.
    """
    from index import Library
    from rag.progress import progress_bar

    with _told_repairs(Library.open(library)) as opened, progress_bar("Adding") as tell:
        report = opened.add(*files, progress=tell)
        total = len(opened)
    for problem in report.problems[:_MOST_PROBLEMS]:
        click.echo(f"paperchat: {problem}", err=True)
    if len(report.problems) > _MOST_PROBLEMS:
        more = len(report.problems) - _MOST_PROBLEMS
        click.echo(f"paperchat: {more} more problems; `--json` has them all.", err=True)
    click.echo(_report_as_json(report, total) if as_json else _report_as_text(report, total))
    if any(problem.line is None for problem in report.problems):
        sys.exit(1)


@main.command(
    epilog=_examples(
        'paperchat ask "How much energy does batching save on a TPU?"',
        'paperchat ask "And on E-PUR?" --after "How much energy does batching save on a TPU?"',
        "echo What is neural collapse? | paperchat ask - --json",
    )
)
@click.argument("question")
@click.option("--after", multiple=True, metavar="QUESTION", help="An earlier question; repeatable.")
@model
@click.option("--verbose", is_flag=True, help="Say what a model did, and what it cost.")
@strictness
@_library
@_json
def ask(
    question: str,
    after: tuple[str, ...],
    model: str,
    verbose: bool,
    strictness: Strictness,
    library: Path | None,
    as_json: bool,
) -> None:
    """Answer a question, with citations.

    A QUESTION of `-` is read from standard input.
    """
    from rag.assistant import Assistant
    from rag.models import known_model
    from rag.shown import answer_as_text, as_it_comes, writing_as_text

    known_model(model)
    asked = _standard_input() if question == "-" else question
    with Assistant(_open(library), model, strictness) as assistant:
        if as_json or model == "quote":
            answer = assistant.ask(asked.strip(), history=after)
            click.echo(_dumped(answer.as_dict()) if as_json else answer_as_text(answer))
        else:
            parts = assistant.stream(asked.strip(), history=after)
            answer = as_it_comes(parts, lambda text: click.echo(text, nl=False))
    if answer.writing and (verbose or answer.writing.problem):
        click.echo(f"paperchat: {writing_as_text(answer, verbose)}", err=True)
    sys.exit(DECLINED if answer.abstained else 0)


@main.command(
    epilog=_examples(
        "paperchat search spiking transformers", "paperchat search -k 3 'neural collapse' --json"
    )
)
@click.argument("words", nargs=-1, required=True, metavar="WORDS...")
@click.option(
    "-k",
    default=10,
    show_default=True,
    type=click.IntRange(1, 1000),
    help="How many papers at most.",
)
@_library
@_json
def search(words: tuple[str, ...], k: int, library: Path | None, as_json: bool) -> None:
    """Show the papers nearest to some words."""
    from rag.answer import paper_as_dict
    from rag.questions import check
    from rag.shown import matches_as_text

    with _open(library) as opened:
        check(opened, " ".join(words))
        matches = opened.search(" ".join(words), k)
    if as_json:
        click.echo(_dumped([
            {"paper": paper_as_dict(match.paper), "passage": vars(match.passage), "score": match.score}
            for match in matches
        ]))  # fmt: skip
    else:
        click.echo(matches_as_text(matches))


@main.command(epilog=_examples("paperchat papers | grep -i spiking", "paperchat papers --json"))
@_library
@_json
def papers(library: Path | None, as_json: bool) -> None:
    """List the papers and their ids.

    With --json, each paper is an object on a line of its own.
    """
    from rag.answer import paper_as_dict
    from rag.shown import paper_as_line

    with _open(library) as opened:
        if not len(opened):
            click.echo("paperchat: The library is empty; begin with `paperchat add sample`.", err=True)
        for paper in opened:
            known = json.dumps(paper_as_dict(paper), ensure_ascii=False) if as_json else ""
            click.echo(known or paper_as_line(paper))


@main.command(epilog=_examples("paperchat models", "paperchat models --json"))
@_json
def models(as_json: bool) -> None:
    """List who may write the answers, and what each lacks to be used here."""
    from rag.models import usable_models
    from rag.shown import models_as_text

    known = list(usable_models())
    click.echo(_dumped([vars(one) for one in known]) if as_json else models_as_text(known))


@main.command(epilog=_examples("paperchat remove k3f7q2mzv4ab"))
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@_library
def remove(ids: tuple[str, ...], library: Path | None) -> None:
    """Remove papers by their ids.

    `paperchat papers` lists the ids. None of a removed paper's text is left in the library.
    """
    with _open(library) as opened:
        unknown = [identifier for identifier in ids if identifier not in opened.get(ids)]
        if unknown:
            raise LibraryError(
                f"No paper has the id {unknown[0]!r}, and nothing was removed; "
                "`paperchat papers` lists the ids."
            )
        click.echo(f"Removed {_counted(opened.remove(*ids), 'paper')}; {len(opened)} left.")


@main.command(
    epilog=_examples(
        "paperchat evaluate questions.csv --html report.html",
        "paperchat evaluate questions.jsonl --limit 5 --json",
    )
)
@click.argument("file", type=click.Path(path_type=Path))
@model
@click.option(
    "--html",
    "report",
    type=click.Path(path_type=Path),
    metavar="REPORT.html",
    help="Write a page with each answer beside what is known of the right one.",
)
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Ask at most N of each type.")
@_library
@_json
def evaluate(
    file: Path,
    model: str,
    report: Path | None,
    limit: int | None,
    library: Path | None,
    as_json: bool,
) -> None:
    """Score the answers to known questions.

    FILE is JSON Lines: a "question" and what is known of its right answer, as "papers" (titles; none
    where it is to be declined), "facts" (each a list of accepted wordings), "evidence" ("paper",
    "quote"), "history", "type", "id" and "reference".

    Or FILE is CSV with these names in its first row. In a cell, | stands between several papers,
    earlier questions, quotes or wordings of one fact, and ; between facts; \\| and \\; are the signs
    themselves. With several papers, a quote begins with its paper's place: "2: Wax is warm."

    \b
      question,papers,facts
      How far do bees fly?,Bees: a Study,2.4 km | 2400 m; one trip
    """
    from rag.assistant import Assistant
    from rag.evaluate import (
        as_html,
        as_table,
        at_most,
        doubts,
        evaluate,
        place_for,
        read_questions,
        save,
    )
    from rag.progress import progress_bar

    questions = read_questions(file)
    asked = at_most(limit, questions) if limit else questions
    place = place_for(report) if report else None
    with Assistant(_open(library), model) as assistant:
        for doubt in doubts(assistant.library, asked):
            click.echo(f"paperchat: {doubt}", err=True)
        with progress_bar("Asking") as tell:
            scores = evaluate(assistant, asked, progress=tell)
    if place:
        save(as_html(scores, f"{file.name}, asked of {assistant.library.folder}"), place)
        click.echo(f"The report is in {report}.", err=True)
    click.echo(_dumped(scores.as_dict()) if as_json else as_table(scores))


@main.command(epilog=_examples("paperchat doctor", "paperchat doctor --library rnn"))
@_library
def doctor(library: Path | None) -> None:
    """Check the installation and the library."""
    from rag.doctor import examine

    findings = list(examine(library))
    for finding in findings:
        mark = click.style("ok     ", fg="green") if finding.well else click.style("problem", fg="red")
        click.echo(f"{mark} {finding.what}")
    sys.exit(0 if all(finding.well for finding in findings) else 1)


def _standard_input() -> str:
    # Without any (`<&-`), Python has none either.
    return sys.stdin.buffer.read().decode("utf-8", "replace") if sys.stdin else ""


def _open(library: Path | None) -> "Library":
    """Open a library that is there already: asking a mistyped path must not make one."""
    from index import Library, default_folder

    folder = (library or default_folder()).expanduser()
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        raise LibraryError(
            f"There is no library in {folder}. Add papers with `paperchat add FILE...`, "
            "or the sample with `paperchat add sample`."
        )
    return _told_repairs(Library.open(folder))


def _told_repairs(library: "Library") -> "Library":
    for repair in library.repairs:
        click.echo(f"paperchat: {repair}", err=True)
    return library


def _report_as_text(report: "Report", total: int) -> str:
    parts = [f"{_counted(report.added, 'paper')} added"]
    parts += [f"{report.updated} updated"] if report.updated else []
    parts += [f"{report.unchanged} unchanged"] if report.unchanged else []
    read = _counted(report.read, "entry", "entries")
    return f"{', '.join(parts)}, of {read} read; {total} in the library."


def _report_as_json(report: "Report", total: int) -> str:
    return _dumped(
        {**vars(report), "problems": [vars(one) for one in report.problems], "papers": total}
    )


def _counted(number: int, one: str, many: str | None = None) -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
