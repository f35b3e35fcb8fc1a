"""Shown: answers, matches and papers as text for a terminal."""

import re
import shutil
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence

from click import style
from rich.console import Console
from rich.table import Table
from rich.text import Text

from index import Match, Paper
from rag.answer import Answer, Citation, bold_title
from rag.models import Usable
from rag.visible import visible

_NARROWEST, _WIDEST = 40, 100
_BOLD = re.compile(r"(\*\*[^*]+\*\*): ")


def answer_as_text(answer: Answer) -> str:
    """Return an answer wrapped to the terminal, with its numbered sources below."""
    lines = [_line(line, bold_title(line, answer.citations)) for line in answer.text.splitlines()]
    return "\n".join([*lines, *_below(answer)])


def _below(answer: Answer) -> list[str]:
    """Return the lines of an answer's sources; of the nearest papers where it declined."""
    lines: list[str] = []
    if answer.abstained and answer.papers:
        lines += ["", style("Nearest papers", bold=True)]
        lines += [_wrapped(paper.title, "- ", "  ") for paper in answer.papers]
    if answer.citations:
        lines += ["", style("Sources", bold=True)]
        for number in dict.fromkeys(citation.number for citation in answer.citations):
            lines += _source([c for c in answer.citations if c.number == number])
    return lines


def as_it_comes(parts: Iterable[str | Answer], write: Callable[[str], None]) -> Answer:
    """Write an answer's text wrapped to the terminal as it comes, then its sources; return it."""
    text = written = ""
    answer: Answer | None = None
    for part in parts:
        if isinstance(part, Answer):
            answer = part
        else:
            text += part
            wrapped = "\n".join(_line(line, _seeming_title(line)) for line in text.splitlines())
            write(wrapped[len(written) :])
            written = wrapped
    assert answer is not None
    rest = "\n".join(_below(answer))
    write(f"\n{rest}\n" if rest else "\n")
    return answer


def writing_as_text(answer: Answer, whole: bool = True) -> str:
    """Return a model's part in an answer, and what it cost; not whole, only what went wrong."""
    writing = answer.writing
    if writing is None or not whole:
        return writing.problem if writing else ""
    first = "" if writing.first is None else f", the first sentence after {writing.first:.1f} s"
    told = [
        f"searched for “{answer.searched_for}”" if answer.searched_for else "",
        f"{writing.tokens_in:,} tokens in, {writing.tokens_out:,} out",
        f"{answer.seconds:.1f} s{first}",
        f"{writing.kept} sentences kept, {writing.repaired} repaired, {writing.dropped} dropped, "
        f"{writing.added} added",
        writing.problem,
    ]
    return "; ".join(filter(None, told))


def models_as_text(models: Sequence[Usable]) -> str:
    """Return a table of the kinds of models: a kind's form, what it is, and what it lacks here."""
    table = Table("model", "what it is", "here", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for one in models:
        here = Text(one.lacks or "ready", "yellow" if one.lacks else "green")
        table.add_row(Text(one.form, "bold", no_wrap=True), Text(one.what), here)
    # What is no terminal is spared the colours by click, as everything that is told.
    console = Console(width=_width(), force_terminal=True, color_system="standard", highlight=False)
    with console.capture() as told:
        console.print(table)
    return "\n".join(line.rstrip() for line in told.get().splitlines())


def matches_as_text(matches: Sequence[Match]) -> str:
    """Return matches as a numbered list, each with its paper's id and nearest passage."""
    lines = []
    for number, match in enumerate(matches, start=1):
        mark = f"{number}. "
        lines.append(_wrapped(match.paper.title, mark, "   ", bold=True))
        lines.append(_wrapped(f"{match.paper.id} · cosine {match.cosine:.2f}", "   ", "   "))
        lines.append(_wrapped(match.passage.text, "   ", "   "))
    return "\n".join(lines)


def paper_as_line(paper: Paper) -> str:
    """Return a paper as its id and its title, in one line."""
    return f"{style(paper.id, fg='cyan')}  {visible(' '.join(paper.title.split()))}"


def _seeming_title(line: str) -> str:
    """Return what a line begins with in bold: its citations are not known before the answer's end."""
    begun = _BOLD.match(line)
    return begun[1] if begun else ""


def _line(line: str, title: str) -> str:
    """Return a line of an answer; the title that it may begin with is bold, as a terminal shows it."""
    if not title:
        return _wrapped(line)
    plain = visible(title.strip("*"))
    wrapped = _wrapped(line.replace(title, title.strip("*"), 1))
    # Wrapping turns white space into line ends and changes no length before the title's end.
    return style(wrapped[: len(plain)], bold=True) + wrapped[len(plain) :]


def _source(citations: Sequence[Citation]) -> Iterator[str]:
    paper = citations[0].paper
    mark = f"[{citations[0].number}] "
    yield _wrapped(paper.title, mark, "    ", bold=True)
    known = [", ".join(paper.authors), paper.date or "", paper.venue or ""]
    if any(known):
        yield _wrapped(" · ".join(filter(None, known)), "    ", "    ")
    yield _wrapped(paper.url or f"from {paper.source}", "    ", "    ")
    for citation in citations:
        yield _wrapped(f"“{citation.quote}”", "    ", "     ")


def _wrapped(text: str, first: str = "", other: str = "", bold: bool = False) -> str:
    wrapped = textwrap.fill(
        visible(text), _width(), initial_indent=first, subsequent_indent=other,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
    return style(wrapped, bold=True) if bold else wrapped


def _width() -> int:
    return min(_WIDEST, max(_NARROWEST, shutil.get_terminal_size().columns))
