"""Cards and chat: papers and answers as HTML that shows everything and runs nothing."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import Paper
from rag import Answer, Citation
from rag.answer import in_bold
from rag.visible import visible
from ui.cards import NOTHING_YET, card, marked, of_answer, sources
from ui.chat import linked, messages
from ui.conversation import Turn
from ui.escaping import as_html, as_markdown

ABSTRACT = "Bees dance. They share maps. Maps get old."
BEES = Paper("Bees", ABSTRACT, sources=("bees.txt",))
WASPS = Paper("Wasps", "Wasps do not dance.", sources=("wasps.txt",))


def quoting(paper: Paper, quote: str, number: int = 1) -> Citation:
    start = paper.abstract.index(quote)
    return Citation(number, paper, quote, start, start + len(quote))


def answer(
    *citations: Citation, text: str = "", papers: tuple[Paper, ...] = (), question: str = "Why?"
) -> Answer:
    return Answer(question, text, citations, not citations, papers, "quote", 0.1, 0.9)


@pytest.mark.parametrize(
    ("spans", "shown"),
    [
        pytest.param([], ABSTRACT, id="no-quote"),
        pytest.param([(0, 11)], "<mark>Bees dance.</mark> They share maps. Maps get old.", id="first"),
        pytest.param(
            [(29, 42), (0, 11)],
            "<mark>Bees dance.</mark> They share maps. <mark>Maps get old.</mark>",
            id="in-the-order-of-the-abstract",
        ),
        pytest.param(
            [(0, 16), (12, 28)],
            "<mark>Bees dance. They share maps.</mark> Maps get old.",
            id="overlapping-are-one",
        ),
        pytest.param(
            [(12, 28), (17, 22)],
            "Bees dance. <mark>They share maps.</mark> Maps get old.",
            id="one-inside-another",
        ),
        pytest.param(
            [(0, 12), (12, 28)],
            "<mark>Bees dance. </mark><mark>They share maps.</mark> Maps get old.",
            id="adjacent-stay-two",
        ),
        pytest.param([(0, 42)], f"<mark>{ABSTRACT}</mark>", id="all-of-it"),
    ],
)
def test_quotes_are_marked_inside_the_whole_abstract(spans: list[tuple[int, int]], shown: str) -> None:
    quotes = [Citation(1, BEES, ABSTRACT[start:end], start, end) for start, end in spans]
    assert marked(ABSTRACT, quotes) == shown


@given(st.text(), st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=4))
def test_marking_keeps_every_character(abstract: str, spans: list[tuple[int, int]]) -> None:
    quotes = [
        Citation(1, BEES, "", min(span), min(max(span), len(abstract)))
        for span in spans
        if min(span) < min(max(span), len(abstract))
    ]
    shown = re.sub("</?mark>", "", marked(abstract, quotes))
    assert html.unescape(shown) == visible(abstract)


def test_markup_in_a_paper_is_text_on_its_card() -> None:
    evil = "<script>alert('1')</script>"
    paper = Paper(evil, evil, (evil,), evil, evil, f'https://x.org/"{evil}', (evil,))
    shown = card(paper, 1, [Citation(1, paper, evil, 0, len(evil))], "source-1-1")
    assert "<script" not in shown
    # Title, link, authors, date, venue, source and abstract.
    assert shown.count("&lt;script&gt;") == 7


@pytest.mark.parametrize(
    ("url", "linked"),
    [
        ("https://arxiv.org/abs/2305.1", True),
        ("HTTP://example.org", True),
        ("javascript:alert(1)", False),
        ("data:text/html,hi", False),
        (None, False),
    ],
)
def test_a_title_is_a_link_where_the_url_is_one_of_the_web(url: str | None, linked: bool) -> None:
    assert ("<a " in card(Paper("Bees", ABSTRACT, url=url))) is linked


def test_a_card_says_what_is_known_of_its_paper() -> None:
    paper = Paper("Bees", ABSTRACT, ("Ann Bee", "Bo Hive"), "2024", "BeeConf", None, ("bees.txt",))
    about = "<span>Ann Bee, Bo Hive</span> · <span>2024</span> · <span>BeeConf</span>"
    assert f"{about} · <span>bees.txt</span>" in card(paper)


def test_a_paper_that_is_quoted_twice_has_one_card_with_both_marks() -> None:
    quotes = quoting(BEES, "Bees dance."), quoting(BEES, "Maps get old.")
    shown = of_answer(1, answer(*quotes, quoting(WASPS, "Wasps do not dance.", number=2)))
    assert re.findall(r'id="([^"]+)"', shown) == ["source-1-1", "source-1-2"]
    assert re.findall("<mark>(.*?)</mark>", shown) == [
        "Bees dance.", "Maps get old.", "Wasps do not dance.",
    ]  # fmt: skip


def test_a_declined_answer_shows_the_nearest_papers_without_marks() -> None:
    shown = of_answer(1, answer(papers=(BEES, WASPS)))
    assert shown.startswith("<h2>Nearest papers</h2>")
    assert re.findall("<h3>(.*?)</h3>", shown) == ["Bees", "Wasps"]
    assert "<mark>" not in shown


def test_the_latest_answer_comes_first_and_the_earlier_ones_are_folded() -> None:
    first = Turn("Old & gone?", answer=answer(quoting(BEES, "Bees dance."), question="Old & gone?"))
    second = Turn("New?", answer=answer(quoting(WASPS, "Wasps do not dance.")))
    shown = sources((first, Turn("Broken?", problem="No."), second))
    latest, _, earlier = shown.partition("<details>")
    assert 'id="source-3-1"' in latest
    assert earlier.startswith("<summary>Old &amp; gone?</summary>")
    assert 'id="source-1-1"' in earlier


def test_before_the_first_answer_a_hint_stands_where_sources_will_be() -> None:
    assert sources(()) == sources((Turn("Why?", "It be"),)) == NOTHING_YET


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("d_x+d_y, L^p, 10^{13}", "d&#95;x&#43;d&#95;y&#44; L&#94;p&#44; 10&#94;&#123;13&#125;"),
        ("*stars* $x$ `code`", "&#42;stars&#42; &#36;x&#36; &#96;code&#96;"),
        ("<b>&amp;", "&#60;b&#62;&#38;amp&#59;"),
        ("    indented  twice", "&#32;&#32;&#32;&#32;indented &#32;twice"),
        ("1. list\n# head", "1&#46; list&#10;&#35; head"),
        ("größer – 中文 🐝", "größer – 中文 🐝"),
        ("a\x00b\x1b[0m\x7f\x9b\u202e", "a␀b␛&#91;0m␡\ufffd\ufffd"),
    ],
)
def test_in_the_chat_every_character_stands_for_itself(text: str, shown: str) -> None:
    assert as_markdown(text) == shown


@given(st.text())
def test_escaping_can_be_undone_and_leaves_no_markup(text: str) -> None:
    assert html.unescape(as_markdown(text)) == html.unescape(as_html(text)) == visible(text)
    assert not re.search(r"[<>\"'*_`$\[\]\\|~^{}]", as_markdown(text))
    assert not re.search(r"[<>\"']", as_html(text))


def test_a_number_in_the_answer_links_to_its_card_and_one_in_a_quote_does_not() -> None:
    said = answer(quoting(BEES, "Bees dance."), text="Bees dance as in [7]. [1]")
    link = '<a class="cite" href="#source-4-1" title="Bees">&#91;1&#93;</a>'
    assert linked(4, said) == f"Bees dance as in &#91;7&#93;&#46; {link}"


def test_each_line_of_an_answer_is_a_paragraph() -> None:
    assert linked(1, answer(text="One.\nTwo.")) == "One&#46;\n\nTwo&#46;"


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        pytest.param("Bees", "Bees", id="plain"),
        pytest.param("<b>Bold</b> Bees", "&#60;b&#62;Bold&#60;&#47;b&#62; Bees", id="markup"),
        pytest.param("Bees ** Wasps", "Bees Wasps", id="stars"),
        pytest.param("Bees: A Map", "Bees&#58; A Map", id="colon"),
        pytest.param("Bees [1]", "Bees &#91;1&#93;", id="a-number-that-cites-nothing"),
    ],
)
def test_a_title_at_the_start_of_a_line_is_bold_and_shown_to_the_letter(title: str, shown: str) -> None:
    paper = Paper(title, "Bees dance.")
    said = answer(quoting(paper, "Bees dance."), text=f"{in_bold(paper)}: Bees dance. [1]")
    link = f'<a class="cite" href="#source-1-1" title="{as_markdown(title)}">&#91;1&#93;</a>'
    assert linked(1, said) == f"<strong>{shown}</strong>&#58; Bees dance&#46; {link}"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Bees **dance**: so.", id="inside-a-line"),
        pytest.param("**Bees** dance.", id="without-a-colon"),
        pytest.param("****: Bees.", id="nothing-in-them"),
    ],
)
def test_other_stars_are_signs(text: str) -> None:
    assert html.unescape(linked(1, answer(text=text))) == text


def test_stars_that_a_quote_begins_with_are_kept() -> None:
    stars = Paper("Stars", "**Note**: bees dance.")
    said = answer(quoting(stars, stars.abstract), text="**Note**: bees dance. [1]")
    assert "**Note**: bees dance." in html.unescape(linked(1, said))


def test_the_chat_has_both_sides_and_problems_are_told_in_it() -> None:
    talk = (
        Turn("A?", "a", answer(text="a")),
        Turn("B?", "b so far"),
        Turn("C?", problem="No papers."),
        Turn("D?"),
    )
    assert messages(talk) == [
        {"role": "user", "content": "A&#63;"},
        {"role": "assistant", "content": "a"},
        {"role": "user", "content": "B&#63;"},
        {"role": "assistant", "content": "b so far"},
        {"role": "user", "content": "C&#63;"},
        {"role": "assistant", "content": "No papers&#46;"},
        {"role": "user", "content": "D&#63;"},
    ]
