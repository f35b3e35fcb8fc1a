"""Report: the scores as one page, where each answer stands beside what is known of the right one."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from rag.evaluation.markup import Markup, element, items, joined
from rag.evaluation.mistakes import by_mistake, mistake
from rag.evaluation.scores import Outcome, Scores
from rag.evaluation.sides import given, wanted
from rag.evaluation.table import ANSWERS, COSTS_AND_RETRIEVAL, cells, overall

_STYLE = Path(__file__).with_name("report.css")
# Whatever an abstract holds, the page loads nothing and runs nothing.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def as_html(scores: Scores, title: str) -> str:
    """Return a page that needs no other file.

    The figures come first, then the wrong answers under what is wrong with them, and the right ones
    folded away.
    """
    wrong = by_mistake(scores.outcomes)
    right = [one for one in scores.outcomes if mistake(one) is None]
    return _page(
        title,
        element("h1", title),
        element("p", _counts(scores, right), kind="about"),
        element("nav", items(_links(wrong))) if wrong else Markup(),
        *(_table(cells(scores, columns)) for columns in (ANSWERS, COSTS_AND_RETRIEVAL)),
        items((f"{name}: {told}" for name, told in overall(scores).items())),
        *(_group(place, name, group) for place, (name, group) in enumerate(wrong.items(), 1)),
        _folded(right),
    )


def _page(title: str, *content: Markup) -> str:
    style = Markup(_STYLE.read_text(encoding="utf-8"))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"{element('title', title)}{element('style', style)}</head>\n"
        f"<body>{element('main', *content)}</body></html>\n"
    )


def _counts(scores: Scores, right: Sequence[Outcome]) -> str:
    models = ", ".join(dict.fromkeys(one.answer.model for one in scores.outcomes))
    return f"{len(scores.outcomes)} questions, {len(right)} answered well; model {models}"


def _links(wrong: Mapping[str, Sequence[Outcome]]) -> Iterable[Markup]:
    for place, (name, group) in enumerate(wrong.items(), 1):
        yield joined(element("a", name, href=f"#mistake-{place}"), f": {len(group)}")


def _table(rows: Sequence[Sequence[str]]) -> Markup:
    head, *body = rows
    told = element("tr", *(element("th", cell, scope="col") for cell in head))
    lines = (
        element("tr", element("th", kind, scope="row"), *(element("td", cell) for cell in figures))
        for kind, *figures in body
    )
    table = element("table", element("thead", told), element("tbody", *lines))
    # A keyboard can scroll only what it can reach.
    return element("div", table, kind="wide", tabindex="0", role="region", **{"aria-label": "Figures"})


def _group(place: int, name: str, group: Sequence[Outcome]) -> Markup:
    title = element("h2", f"{name} ({len(group)})", id=f"mistake-{place}")
    return element("section", title, *map(_outcome, group))


def _folded(right: Sequence[Outcome]) -> Markup:
    if not right:
        return Markup()
    return element(
        "details", element("summary", f"Right answers ({len(right)})"), *map(_outcome, right)
    )


def _outcome(outcome: Outcome) -> Markup:
    gold, answer = outcome.gold, outcome.answer
    about = f"{gold.id} · {gold.type} · confidence {answer.confidence:.2f} · {answer.seconds:.2f} s"
    before = (f"Asked before: {question}" for question in gold.history)
    return element(
        "article",
        element("p", about, kind="about"),
        items(before, kind="about"),
        element("h3", gold.question),
        element(
            "div",
            element("section", given(outcome), kind="given"),
            element("section", wanted(outcome), kind="wanted"),
            kind="sides",
        ),
    )
