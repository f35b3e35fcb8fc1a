"""Shown: answers, matches and papers as text for a terminal."""

import shutil
import textwrap
from collections.abc import Iterator, Sequence

from click import style

from index import Match, Paper
from rag.answer import Answer, Citation, bold_title
from rag.visible import visible

_NARROWEST, _WIDEST = 40, 100


def answer_as_text(answer: Answer) -> str:
    """Return an answer wrapped to the terminal, with its numbered sources below."""
    lines = [_line(line, answer.citations) for line in answer.text.splitlines()]
    if answer.abstained and answer.papers:
        lines += ["", style("Nearest papers", bold=True)]
        lines += [_wrapped(paper.title, "- ", "  ") for paper in answer.papers]
    if answer.citations:
        lines += ["", style("Sources", bold=True)]
        for number in dict.fromkeys(citation.number for citation in answer.citations):
            lines += _source([c for c in answer.citations if c.number == number])
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
