"""Sides: an answer as HTML, and beside it what is known of the right one."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from rag.answer import Citation
from rag.evaluation.gold import Gold, GoldQuote, ids
from rag.evaluation.markup import Markup, element, items, joined
from rag.evaluation.scores import Outcome
from rag.evaluation.scoring import stated, touched


def given(outcome: Outcome) -> Markup:
    """Return the answer's side: its text, and each quote with what gold evidence has too marked."""
    answer = outcome.answer
    numbers = dict.fromkeys(citation.number for citation in answer.citations)
    cited = (
        _source([one for one in answer.citations if one.number == number], outcome.gold)
        for number in numbers
    )
    near = (paper.title for paper in answer.papers if answer.abstained)
    return joined(
        element("h4", "Declined" if answer.abstained else "Answer"),
        element("p", answer.text, kind="text"),
        _titled("Cited", items(cited)),
        _titled("Nearest papers", items(near)),
    )


def wanted(outcome: Outcome) -> Markup:
    """Return the gold side: the right papers, facts and quotes, each with whether it is there."""
    gold, answer = outcome.gold, outcome.answer
    papers = (_paper(title, outcome) for title in gold.papers)
    facts = (_fact(*one) for one in zip(gold.facts, stated(gold, answer), strict=True))
    evidence = (_evidence(one, outcome) for one in gold.evidence)
    return joined(
        element("h4", "Gold"),
        Markup() if gold.papers else element("p", "To be declined: no paper answers."),
        _titled("Papers", items(papers)),
        _titled("Facts", items(facts)),
        _titled("Evidence", items(evidence)),
        _titled("Reference", element("p", gold.reference, kind="text") if gold.reference else Markup()),
    )


def _titled(title: str, content: Markup) -> Markup:
    return joined(element("h5", title), content) if content else Markup()


def _source(citations: Sequence[Citation], gold: Gold) -> Markup:
    first = citations[0]
    right = first.paper.id in ids(gold.papers)
    return joined(
        element("b", f"[{first.number}] "),
        first.paper.title,
        Markup() if right else _told(False, "", "not a right paper"),
        *(element("blockquote", *_marked(citation, gold)) for citation in citations),
    )


def _marked(citation: Citation, gold: Gold) -> Iterator[str]:
    """Yield a quote in pieces, those in `<mark>` that a gold quote of its paper has too."""
    shared = [False] * len(citation.quote)
    for evidence in gold.evidence:
        at = citation.paper.abstract.find(evidence.quote)
        if at >= 0 and ids([evidence.paper]) == (citation.paper.id,):
            begins, ends = at - citation.start, at - citation.start + len(evidence.quote)
            shared = [one or begins <= place < ends for place, one in enumerate(shared)]
    for is_shared, letters in groupby(zip(shared, citation.quote, strict=True), lambda one: one[0]):
        piece = "".join(letter for _, letter in letters)
        yield element("mark", piece) if is_shared else piece


def _paper(title: str, outcome: Outcome) -> Markup:
    [wanted_id] = ids([title])
    cited = wanted_id in [citation.paper.id for citation in outcome.answer.citations]
    places = [place for place, paper in enumerate(outcome.found, 1) if paper.id == wanted_id]
    found = f"found at place {places[0]}" if places else f"not among the {len(outcome.found)} found"
    return joined(title, _told(cited, f"cited, {found}", f"not cited, {found}"))


def _fact(forms: tuple[str, ...], is_stated: bool) -> Markup:
    return joined(" or ".join(forms), _told(is_stated, "stated", "missing"))


def _evidence(evidence: GoldQuote, outcome: Outcome) -> Markup:
    cited = touched(evidence, outcome.answer)
    quote = element("mark", evidence.quote) if cited else evidence.quote
    whose = f"{evidence.paper}: " if len(outcome.gold.papers) > 1 else ""
    return element("blockquote", whose, quote, _told(cited, "cited", "missed"))


def _told(good: bool, if_good: str, if_bad: str) -> Markup:
    """Return a remark that is told apart by its sign, not by its colour alone."""
    sign, words, kind = ("✓", if_good, "good") if good else ("✗", if_bad, "bad")
    return joined(" ", element("span", f"{sign} {words}", kind=kind))
