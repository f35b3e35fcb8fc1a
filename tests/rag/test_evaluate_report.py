"""The report shows each answer beside what is known of the right one, and runs nothing."""

import os
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from index import LibraryError, Paper
from rag import Answer, Citation
from rag.evaluate import Gold, GoldQuote, Outcome, as_html, place_for, save, score
from rag.evaluation.mistakes import by_mistake, mistake
from rag.evaluation.scores import summed_up

BEES = Paper("Bees: a Study", "Bees dance. They fly 2.4 km. Wax is warm.")
MARKUP = Paper("<b>Bold</b> <script>alert(1)</script>", "<img src=x onerror=alert(2)> & so on.")
FLY = Citation(1, BEES, "They fly 2.4 km.", 12, 28)
WAX = Citation(1, BEES, "Wax is warm.", 29, 41)
BOLD = Citation(2, MARKUP, MARKUP.abstract, 0, len(MARKUP.abstract))
GOLD = Gold(
    "q1", "single", "How far?", history=("What do bees do?",), papers=("Bees: a Study",),
    facts=(("2.4 km", "2400 m"), ("waggle",)), evidence=(GoldQuote("Bees: a Study", "fly 2.4 km"),),
    reference="They fly far.",
)  # fmt: skip
EASY = Gold("q2", "single", "How far?", papers=("Bees: a Study",))
NEEDS_EVIDENCE = Gold("q3", "single", "?", papers=EASY.papers, evidence=GOLD.evidence)
BOTH = Gold("q4", "multi", "Which?", papers=("Bees: a Study", "Robots"))
UNANSWERABLE = Gold("q5", "unanswerable", "How high?")


def _outcome(gold: Gold, text: str, *citations: Citation) -> Outcome:
    answer = Answer(
        question=gold.question,
        text=text,
        citations=citations,
        abstained=not citations,
        papers=(BEES, MARKUP),
        model="quote",
        seconds=0.1,
        confidence=0.8,
    )
    return Outcome(gold, answer, score(gold, answer), (MARKUP, BEES), {})


def _report(*outcomes: Outcome) -> str:
    return as_html(summed_up(outcomes), "questions.jsonl")


@pytest.mark.parametrize(
    ("outcome", "wrong"),
    [
        pytest.param(
            _outcome(EASY, "They fly. [1]", Citation(1, BEES, "They fly.", 12, 21)),
            "Quoted what no abstract says",
            id="not-verbatim",
        ),
        pytest.param(
            _outcome(EASY, "Nobody says."), "Declined, though the papers answer", id="declined"
        ),
        pytest.param(
            _outcome(UNANSWERABLE, "Wax is warm. [1]", WAX),
            "Answered, though no paper does",
            id="answered",
        ),
        pytest.param(_outcome(EASY, "So on. [2]", BOLD, FLY), "Wrong paper first", id="wrong-paper"),
        pytest.param(_outcome(GOLD, "They fly 2.4 km. [1]", FLY), "Facts missing", id="facts"),
        pytest.param(
            _outcome(NEEDS_EVIDENCE, "Wax is warm. [1]", WAX), "Evidence missed", id="evidence"
        ),
        pytest.param(_outcome(BOTH, "They fly 2.4 km. [1]", FLY), "Papers missing", id="papers"),
        pytest.param(_outcome(EASY, "They fly 2.4 km. [1] So on. [2]", FLY, BOLD), None, id="right"),
        pytest.param(_outcome(UNANSWERABLE, "Nobody says."), None, id="rightly-declined"),
    ],
)
def test_an_answer_stands_under_what_is_most_wrong_with_it(outcome: Outcome, wrong: str | None) -> None:
    assert mistake(outcome) == wrong
    assert by_mistake([outcome]) == ({wrong: [outcome]} if wrong else {})


def test_wrong_answers_come_first_and_right_ones_are_folded_away() -> None:
    right, missing = _outcome(EASY, "Wax is warm. [1]", WAX), _outcome(GOLD, "Wax is warm. [1]", WAX)

    page = _report(right, _outcome(EASY, "Nobody says."), missing)

    assert _titles(page) == [
        "Declined, though the papers answer (1)", "Facts missing (1)", "Right answers (1)",
    ]  # fmt: skip
    assert page.index("<details>") < page.index("Right answers (1)")
    assert '<a href="#mistake-2">Facts missing</a>: 1' in page
    assert '<h2 id="mistake-2">Facts missing (1)</h2>' in page


def test_without_mistakes_there_are_only_the_figures_and_the_right_answers() -> None:
    assert _titles(_report(_outcome(EASY, "Wax is warm. [1]", WAX))) == ["Right answers (1)"]


def test_an_answer_is_shown_with_its_quotes_beside_the_gold() -> None:
    page = _report(_outcome(GOLD, "They fly 2.4 km. [1] Wax is warm. [1]", FLY, WAX, BOLD))

    assert '<p class="about">q1 · single · confidence 0.80 · 0.10 s</p>' in page
    assert "<li>Asked before: What do bees do?</li>" in page
    given, wanted = re.findall(r'<section class="(?:given|wanted)">(.*?)</section>', page, re.DOTALL)
    assert given.startswith(
        '<h4>Answer</h4><p class="text">They fly 2.4 km. [1] Wax is warm. [1]</p><h5>Cited</h5><ul>'
        "<li><b>[1] </b>Bees: a Study<blockquote>They <mark>fly 2.4 km</mark>.</blockquote>"
        "<blockquote>Wax is warm.</blockquote></li><li><b>[2] </b>"
    )
    assert '<span class="bad">✗ not a right paper</span>' in given
    assert wanted == (
        "<h4>Gold</h4>"
        "<h5>Papers</h5><ul><li>Bees: a Study "
        '<span class="good">✓ cited, found at place 2</span></li></ul>'
        '<h5>Facts</h5><ul><li>2.4 km or 2400 m <span class="good">✓ stated</span></li>'
        '<li>waggle <span class="bad">✗ missing</span></li></ul>'
        "<h5>Evidence</h5><ul><li><blockquote><mark>fly 2.4 km</mark> "
        '<span class="good">✓ cited</span></blockquote></li></ul>'
        '<h5>Reference</h5><p class="text">They fly far.</p>'
    )


def test_a_declined_question_is_shown_with_the_nearest_papers_and_what_was_missed() -> None:
    page = _report(_outcome(GOLD, "Nobody says 2.4 km."), _outcome(UNANSWERABLE, "Nobody says."))

    assert "<h4>Declined</h4>" in page
    assert "<h5>Nearest papers</h5><ul><li>Bees: a Study</li>" in page
    assert '2.4 km or 2400 m <span class="bad">✗ missing</span>' in page
    assert '<blockquote>fly 2.4 km <span class="bad">✗ missed</span></blockquote>' in page
    assert "<p>To be declined: no paper answers.</p>" in page


def test_the_evidence_of_several_papers_says_whose_it_is() -> None:
    both = Gold("1", "multi", "?", papers=BOTH.papers, evidence=(GoldQuote("Robots", "They hum."),))

    page = _report(_outcome(both, "Wax is warm. [1]", WAX))

    assert '<blockquote>Robots: They hum. <span class="bad">✗ missed</span></blockquote>' in page
    assert 'Robots <span class="bad">✗ not cited, not among the 2 found</span>' in page


class _Parts(HTMLParser):
    """The tags of a page and their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: dict[str, set[str]] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            self.attributes.setdefault(name, set()).add(value or "")


def test_nothing_from_papers_or_questions_becomes_markup_and_nothing_is_loaded() -> None:
    evil = "<script>alert('q')</script>\x1b[31m"
    gold = Gold(
        f'"><script>{evil}', evil, evil, (evil,), (evil, MARKUP.title), ((evil,),),
        (GoldQuote(MARKUP.title, "<img src=x onerror=alert(2)>"), GoldQuote(evil, evil)), evil,
    )  # fmt: skip

    outcomes = (_outcome(gold, f"{evil} [2]", BOLD), _outcome(gold, evil))
    page = as_html(summed_up(outcomes), f"</title>{evil}")

    parts = _Parts(page)
    assert not {"script", "img", "link", "iframe", "object"} & parts.tags
    assert not {"src", "onerror", "style"} & set(parts.attributes)
    assert {link[0] for link in parts.attributes["href"]} == {"#"}
    assert not re.search(r"url\(|@import|http://|https://", page)
    assert "<mark>&lt;img src=x onerror=alert(2)&gt;</mark> &amp; so on." in page
    assert "\x1b" not in page
    assert "default-src 'none'" in page


def test_a_report_takes_its_place_whole(tmp_path: Path) -> None:
    old = tmp_path / "old.html"
    old.write_text("old")
    (tmp_path / "report.html").symlink_to(old)

    save("new", place_for(tmp_path / "report.html"))

    assert old.read_text() == "new"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["old.html", "report.html"]


def test_a_report_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    report.write_text("old")
    # What a killed process of the same number might have left; here, in the way.
    (tmp_path / f".report.html.{os.getpid()}").symlink_to("/dev/full")

    with pytest.raises(LibraryError, match=r"report\.html could not be written .*No space left"):
        save("new" * 10_000, report)

    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
    assert report.read_text() == "old"


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        pytest.param("questions.jsonl", "is no name for a report. Let it end in .html.", id="ending"),
        pytest.param("folder.html", "is no name for a report", id="a-folder"),
        pytest.param("lost/report.html", "no folder .*lost to write to", id="no-folder"),
    ],
)
def test_a_place_that_cannot_have_a_report_is_told(tmp_path: Path, name: str, complaint: str) -> None:
    (tmp_path / "folder.html").mkdir()

    with pytest.raises(LibraryError, match=complaint):
        place_for(tmp_path / name)


def _titles(page: str) -> list[str]:
    return [text for _, text in re.findall(r"<(h2|summary)[^>]*>(.*?)</\1>", page)]
