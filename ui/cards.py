"""Cards: the papers beside the chat, the quoted words marked inside the whole abstract."""

from collections.abc import Iterable, Sequence

from index import Paper
from rag import Answer, Citation
from ui.conversation import Conversation
from ui.escaping import as_html

# Earlier answers whose sources stay at hand: a page that is open all day must stay light.
_EARLIER = 20

NOTHING_YET = '<p class="hint">The papers behind each answer appear here, with the words it quotes.</p>'


def sources(conversation: Conversation) -> str:
    """Return the HTML of the latest answer's papers, those of earlier answers folded up below."""
    answered = [
        (place, turn.answer)
        for place, turn in enumerate(conversation, start=1)
        if turn.answer is not None
    ]
    if not answered:
        return NOTHING_YET
    *earlier, (place, latest) = answered
    folded = "".join(_folded(*one) for one in reversed(earlier[-_EARLIER:]))
    title = '<h2 class="earlier">Earlier in this conversation</h2>' if folded else ""
    return f"{of_answer(place, latest)}{title}{folded}"


def of_answer(place: int, answer: Answer) -> str:
    """Return the HTML of an answer's cited papers; of the nearest ones where it declined."""
    if answer.abstained:
        cards = "".join(card(paper) for paper in answer.papers)
        heading = "Nearest papers" if cards else "No papers are near"
        note = "None of them answers the question." if cards else ""
        return f'<h2>{heading}</h2><p class="hint">{note}</p>{cards}'
    cited: dict[int, list[Citation]] = {}
    for citation in answer.citations:
        cited.setdefault(citation.number, []).append(citation)
    cards = "".join(
        card(quotes[0].paper, number, quotes, anchor(place, number)) for number, quotes in cited.items()
    )
    return f"<h2>Sources</h2>{cards}"


def card(
    paper: Paper, number: int | None = None, quotes: Sequence[Citation] = (), name: str = ""
) -> str:
    """Return the HTML of a paper: its number, title, what is known of it, and the whole abstract."""
    badge = "" if number is None else f'<span class="number">[{number}]</span> '
    named = f' id="{name}" tabindex="-1"' if name else ""
    known = (", ".join(paper.authors), paper.date, paper.venue, paper.source)
    about = " · ".join(f"<span>{as_html(fact)}</span>" for fact in known if fact)
    return (
        f'<article class="card"{named}>'
        f"<h3>{badge}{_title(paper)}</h3>"
        f'<p class="about">{about}</p>'
        f'<p class="abstract">{marked(paper.abstract, quotes)}</p>'
        "</article>"
    )


def marked(abstract: str, quotes: Iterable[Citation]) -> str:
    """Return the HTML of an abstract with the quoted words in `<mark>`; overlapping quotes are one."""
    pieces, done = [], 0
    for start, end in _merged((quote.start, quote.end) for quote in quotes):
        pieces += [as_html(abstract[done:start]), f"<mark>{as_html(abstract[start:end])}</mark>"]
        done = end
    return "".join([*pieces, as_html(abstract[done:])])


def anchor(place: int, number: int) -> str:
    """Return the id of a card: by its answer's place in the conversation and its own number."""
    return f"source-{place}-{number}"


def _folded(place: int, answer: Answer) -> str:
    question = as_html(answer.question)
    return f"<details><summary>{question}</summary>{of_answer(place, answer)}</details>"


def _title(paper: Paper) -> str:
    title = as_html(paper.title)
    if not (paper.url or "").lower().startswith(("https://", "http://")):
        return title
    return f'<a href="{as_html(paper.url or "")}" target="_blank" rel="noopener noreferrer">{title}</a>'


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found
