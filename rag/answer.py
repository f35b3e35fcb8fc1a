"""Answers and their citations: what comes back, whoever asks."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from index import Paper

# Stands in an answer's text, unseen, after a stop that ends no sentence ("et al. (2024)"), so that
# whoever splits the text at stops gets whole sentences, each with its number. Quotes stay as they are.
WORD_JOINER = "\N{WORD JOINER}"
_INNER_STOP = re.compile(r"([.!?\]])(?=\s)")


@dataclass(frozen=True)
class Citation:
    """A number in the text, a paper, and its words: `paper.abstract[start:end] == quote`."""

    number: int
    paper: Paper
    quote: str
    start: int
    end: int


@dataclass
class Writing:
    """What a model's part in an answer was, and what it cost.

    `tokens_in` and `tokens_out` are 0 where the model does not say; `first` is the seconds until the
    first verified sentence, None where there was none. `kept` sentences are shown as the model wrote
    them, `repaired` ones with another number or by the quote itself, `dropped` ones not at all; `added`
    are quotes that answer and that it left out. `problem` says in a sentence why the model stopped
    early; "" if it did not.
    """

    tokens_in: int = 0
    tokens_out: int = 0
    first: float | None = None
    kept: int = 0
    repaired: int = 0
    dropped: int = 0
    added: int = 0
    problem: str = ""


@dataclass(frozen=True)
class Answer:
    """What the papers say to a question, each sentence of `text` with its `[n]`; or that they don't.

    Declined, `abstained` is true, `citations` is empty and `text` says what was looked for. `papers`
    are the nearest ones that were found, best first, cited or not. `seconds` is how long it took, and
    `confidence` the probability, 0 to 1, that the papers answer: of a question in several parts, the
    mean of theirs. `searched_for` is what a model made of a follow-up, "" where it stayed as it was;
    `writing` is the model's part in the answer and what it cost, None where there was no model.
    """

    question: str
    text: str
    citations: tuple[Citation, ...]
    abstained: bool
    papers: tuple[Paper, ...]
    model: str
    seconds: float
    confidence: float
    searched_for: str = ""
    writing: Writing | None = None

    def as_dict(self) -> dict[str, object]:
        """Return the answer as JSON has it; a paper there has no abstract."""
        return {
            "question": self.question,
            "text": self.text,
            "abstained": self.abstained,
            "citations": [
                {
                    "number": citation.number,
                    "quote": citation.quote,
                    "start": citation.start,
                    "end": citation.end,
                    "paper": paper_as_dict(citation.paper),
                }
                for citation in self.citations
            ],
            "papers": [paper_as_dict(paper) for paper in self.papers],
            "model": self.model,
            "seconds": round(self.seconds, 3),
        }


def in_bold(paper: Paper) -> str:
    """Return a paper's title as a line of an answer begins with it."""
    return f"**{in_one_piece(paper.title.replace('*', ' '))}**"


def bold_title(line: str, citations: Sequence[Citation]) -> str:
    """Return the title in bold that a line of an answer begins with; "" if it begins with none."""
    titles = (in_bold(citation.paper) for citation in citations)
    return next((title for title in titles if line.startswith(f"{title}: ")), "")


def in_one_piece(quote: str) -> str:
    """Return a quote as it stands in the text: no line breaks, and no stop that looks like its end."""
    return _INNER_STOP.sub(rf"\1{WORD_JOINER}", " ".join(quote.split()))


def paper_as_dict(paper: Paper) -> dict[str, object]:
    """Return a paper as JSON has it, its sources as one string."""
    known = asdict(paper)
    return {
        "id": paper.id,
        **{name: known[name] for name in ("title", "authors", "date", "venue", "url")},
        "source": paper.source,
    }
