"""Daily pages: text copied from a Hugging Face Daily Papers page.

Each paper is a line with its title and a line with its abstract, with or without blank lines
between. Above the first stands the page's banner, its last word sometimes glued to the first title.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from index.papers import Paper
from index.readers.problems import Problem
from index.sentences import sentence_spans

# The shortest abstract of the sample has 555 characters, the longest title 187.
_ABSTRACT_LENGTH = 300
_SHORT_ABSTRACT_LENGTH = 80

# Not str.splitlines: it also cuts at control characters that abstracts have been seen with.
_LINE_END = re.compile(r"\r\n?|\n")
_BANNER = re.compile(
    r"new|Get trending papers in your email inbox( once a day)?!|Subscribe|Daily Papers"
    r"|by\s*AK and the research community|(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\w* \d{1,2}"
)
_INVITATION = re.compile(r"Get trending papers")
_GLUED = re.compile(r"Subscribe(?=\S)")


class _Line(NamedTuple):
    number: int
    text: str


def read(text: str, name: str) -> Iterator[Paper | Problem]:
    """Yield the papers of a page in its order; a title or an abstract alone is a Problem."""
    title: _Line | None = None
    lines = list(_below_the_banner(text))
    for line, following in zip(lines, [*lines[1:], None], strict=False):
        if title is None and len(line.text) >= _ABSTRACT_LENGTH:
            yield Problem(name, line.number, "an abstract without a title", "Put its title above it.")
        elif title is None:
            title = line
        elif _is_abstract(line, following):
            yield Paper(title.text, line.text, sources=(name,))
            title = None
        else:
            yield _alone(name, title)
            title = line
    if title is not None:
        yield _alone(name, title)


def _below_the_banner(text: str) -> Iterator[_Line]:
    """Yield the lines that hold something, without the banner at the page's head."""
    invited, below = False, False
    for number, raw in enumerate(_LINE_END.split(text), start=1):
        line = raw.strip()
        if not line:
            continue
        if not below and _BANNER.fullmatch(line):
            # "Subscribe" on a line of its own leaves nothing that could be glued to the title.
            invited = line != "Subscribe" and (invited or bool(_INVITATION.match(line)))
            continue
        yield _Line(number, _GLUED.sub("", line, count=1) if invited and not below else line)
        below = True


def _is_abstract(line: _Line, following: _Line | None) -> bool:
    """Tell an abstract from a title.

    A short one has no abstract after it, and ends in a stop or has more than one sentence.
    """
    if len(line.text) >= _ABSTRACT_LENGTH:
        return True
    if following is not None and len(following.text) >= _ABSTRACT_LENGTH:
        return False
    is_prose = line.text.endswith((".", "!", "?")) or len(sentence_spans(line.text)) > 1
    return len(line.text) >= _SHORT_ABSTRACT_LENGTH and is_prose


def _alone(name: str, title: _Line) -> Problem:
    shown = title.text if len(title.text) <= 60 else title.text[:57] + "…"
    return Problem(
        name, title.number, f"no abstract for the title “{shown}”", "Put it on the line below."
    )
