"""Examples: questions to begin with, made from the library's own papers."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from index import Paper
from rag import Assistant

# "E-BATCH: Energy-Efficient RNN Inference": one short word, or two, with a capital or a digit in it.
_NAMED = re.compile(r"(?P<name>[\w+.-]{3,20}( [\w+.-]{2,12})?): \S")
_GAIN, _SPEED = r"\d\s?(x|×|times|%)", r"\b(faster|speed-?ups?|throughput)\b"
# What an abstract speaks of, and what a researcher would then ask; the last one fits any method.
_ASKED = (
    (
        re.compile(f"{_SPEED}[^.]*[\\d.]*{_GAIN}|{_GAIN}[^.]*{_SPEED}", re.I),
        "How much faster is {name}?",
    ),
    (re.compile(r"\b(benchmark|dataset)s\b", re.I), "What was {name} evaluated on?"),
    (re.compile(r"\b(we|which) (propose|present|introduce)", re.I), "How does {name} work?"),
    (re.compile(r"\b(outperform|surpass|state-of-the-art)", re.I), "What does {name} improve on?"),
    (re.compile(r""), "What is {name}?"),
)
# A large library isn't read whole for four questions, nor asked all of them.
_LOOKED_AT, _TRIED = 500, 20


def examples(papers: Iterable[Paper]) -> Iterator[str]:
    """Yield questions that a researcher could ask of these papers, one a paper, of every kind in turn.

    Only a paper whose title begins with a name ("NAME: what it is") can be asked for by that name.
    """
    waiting: dict[str, list[str]] = {form: [] for _, form in _ASKED}
    for paper in papers:
        name = _name(paper.title)
        if name:
            form = _scarcest(paper.abstract, waiting)
            waiting[form].append(form.format(name=name))
    while any(waiting.values()):
        for questions in waiting.values():
            if questions:
                yield questions.pop(0)


def answered(assistant: Assistant) -> Iterator[str]:
    """Yield the questions that an assistant answers from the very paper they are made of."""
    for question in islice(examples(islice(assistant.library, _LOOKED_AT)), _TRIED):
        cited = (_name(citation.paper.title) for citation in assistant.ask(question).citations)
        if any(name and name in question for name in cited):
            yield question


def _name(title: str) -> str | None:
    found = _NAMED.match(title)
    name = found["name"] if found else ""
    # "Survey: …" and "Deep learning: …" are no names; "BERT: …", "GPT-2: …" and "LayerNorm: …" are.
    return name if sum(letter.isupper() or letter.isdigit() for letter in name) >= 2 else None


def _scarcest(abstract: str, waiting: dict[str, list[str]]) -> str:
    """Return the fitting question that has been made least often so far."""
    fitting = [form for telling, form in _ASKED if telling.search(abstract)]
    return min(fitting, key=lambda form: len(waiting[form]))
