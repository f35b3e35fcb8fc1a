"""Shown: answers, matches and papers as text for a terminal."""

import shutil
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence

from click import style

from index import Match, Paper
from rag.answer import Answer, Citation, bold_title
from rag.models import Usable
from rag.visible import visible

_NARROWEST, _WIDEST = 40, 100


def answer_as_text(answer: Answer) -> str:
    """Return an answer wrapped to the terminal, with its numbered sources below."""
    lines = [_line(line, answer.citations) for line in answer.text.splitlines()]
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
            wrapped = "\n".join(_wrapped(line) for line in text.splitlines())
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
        f"{writing.kept} sentences kept, {writing.repaired} repaired, {writing.dropped} dropped",
        writing.problem,
    ]
    return "; ".join(filter(None, told))


def models_as_text(models: Sequence[Usable]) -> str:
    """Return a line a kind of model: its form, what it is, and what it lacks."""
    widest = max(len(one.form) for one in models)
    lines = []
    for one in models:
        lacks = (
            style(f"not here: {one.lacks}", fg="yellow") if one.lacks else style("ready", fg="green")
        )
        lines.append(f"{style(one.form.ljust(widest), bold=True)}  {one.what}; {lacks}")
    return "\n".join(lines)


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


def _line(line: str, citations: Sequence[Citation]) -> str:
    """Return a line of an answer; the title that it may begin with is bold, as a terminal shows it."""
    title = bold_title(line, citations)
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
    width = min(_WIDEST, max(_NARROWEST, shutil.get_terminal_size().columns))
    wrapped = textwrap.fill(
        visible(text), width, initial_indent=first, subsequent_indent=other,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
    return style(wrapped, bold=True) if bold else wrapped
