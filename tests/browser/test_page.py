"""The page, as a person meets it: a real Chromium asks a real library."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from .conftest import Slow

# Gradio's own use of pandas, when an answer is stopped.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

Opened = Callable[[str], Page]


def ask(page: Page, question: str) -> None:
    box = question_box(page)
    # While an answer comes, there is a button to stop it instead, and nothing can be asked.
    expect(page.get_by_test_id("submit-button")).to_be_visible()
    box.fill(question)
    box.press("Enter")


def question_box(page: Page) -> Locator:
    return page.get_by_label("Question")


def answers(page: Page) -> Locator:
    return page.get_by_test_id("bot")


def latest(page: Page) -> Locator:
    return answers(page).last


def card(page: Page, number: int = 1) -> Locator:
    return page.locator("#cards .card").filter(has_text=f"[{number}]").first


def test_an_answer_cites_a_paper_whose_card_marks_exactly_the_quoted_words(
    opened: Opened, site: str
) -> None:
    page = opened(site)
    ask(page, "How much does TIDEPOOL lower the forecast error on harbours?")
    expect(latest(page)).to_contain_text("lowers the forecast error by 23%")
    # Asking is possible again when the answer has come to its end.
    expect(page.get_by_test_id("submit-button")).to_be_visible()
    quoted = [quote.strip() for quote in latest(page).inner_text().split("[1]") if quote.strip()]
    # The answer begins with the telling sentence; the card has them in the abstract's order.
    abstract = card(page).locator(".abstract").inner_text()
    expect(card(page).locator("mark")).to_have_text(sorted(quoted, key=abstract.index))
    expect(card(page)).to_contain_text("TIDEPOOL: Sparse Attention for Streaming Coastal Forecasts")
    expect(card(page)).to_contain_text("papers.txt")
    # The whole abstract is there, from its first words to its last.
    expect(card(page)).to_contain_text("Forecasting tides from sensor streams")
    expect(card(page)).to_contain_text("Training takes 4 hours on one graphics card.")


def test_a_follow_up_is_understood_by_the_question_before_it(opened: Opened, site: str) -> None:
    page = opened(site)
    ask(page, "How much does TIDEPOOL lower the forecast error on harbours?")
    expect(latest(page)).to_contain_text("[1]")
    ask(page, "And on buoys far from the shore?")
    expect(answers(page)).to_have_count(2)
    expect(latest(page)).to_contain_text("it lowers the error by 9% only")
    # The first answer's sources are folded up below the second's.
    expect(page.locator("#cards summary")).to_have_text(
        "How much does TIDEPOOL lower the forecast error on harbours?"
    )


def test_a_number_in_the_answer_leads_to_its_card(opened: Opened, site: str) -> None:
    page = opened(site)
    ask(page, "How does QuiltMap compare with grid maps?")
    expect(latest(page)).to_contain_text("3x faster")
    latest(page).get_by_role("link", name="[1]").first.click()
    expect(page.locator("#source-1-1")).to_be_focused()
    ask(page, "What was LichenNet evaluated on?")
    expect(latest(page)).to_contain_text("7,400 photographs")
    # An earlier answer's number unfolds its sources.
    answers(page).first.get_by_role("link", name="[1]").first.click()
    expect(page.locator("#source-1-1")).to_be_focused()
    expect(page.locator("#source-1-1")).to_be_visible()


def test_the_input_is_empty_and_focused_after_asking(opened: Opened, site: str) -> None:
    page = opened(site)
    ask(page, "What does OrchardBERT read?")
    expect(latest(page)).to_contain_text("[1]")
    expect(question_box(page)).to_have_value("")
    expect(question_box(page)).to_be_focused()


def test_what_the_papers_dont_say_is_declined_with_the_nearest_papers(
    opened: Opened, site: str
) -> None:
    page = opened(site)
    ask(page, "Who won the 1974 football world cup?")
    expect(latest(page)).to_contain_text("don't answer “Who won the 1974 football world cup?”")
    expect(page.get_by_role("heading", name="Nearest papers")).to_be_visible()
    expect(page.locator("#cards .card")).not_to_have_count(0)
    expect(page.locator("#cards mark")).to_have_count(0)


def test_markup_and_control_characters_are_shown_and_never_run(opened: Opened, site: str) -> None:
    page = opened(site)
    question = "Which search engines ran <img src=x onerror='window.hurt=2'> *markup* injection?"
    ask(page, question)
    expect(page.get_by_test_id("user")).to_have_text(question)
    expect(latest(page)).to_contain_text("[1]")
    shown = page.locator("#cards .card").first
    expect(shown).to_contain_text('HARMLESS <img src=x onerror="window.hurt=1"> Widgets')
    expect(shown).to_contain_text("We inject <script>window.hurt = 1</script> and <img src=x")
    expect(shown).to_contain_text("A bell ␇ rings with control characters")
    expect(shown).to_contain_text("a terminal turns ␛[31mred")
    assert page.locator("#cards img, #chat .message img").count() == 0
    assert page.evaluate("window.hurt") is None


def test_markdown_and_latex_in_a_quote_stay_as_they_are(opened: Opened, site: str) -> None:
    page = opened(site)
    ask(page, "What is the minimum width for approximation?")
    said = (
        "The minimum width for *L^p* approximation is d_x+d_y+2, "
        "where $d_x$ and $d_y$ are the input's and the output's dimensions."
    )
    expect(latest(page)).to_contain_text(said)
    expect(card(page).locator("mark").filter(has_text="minimum width")).to_have_text(said)
    expect(card(page)).to_contain_text("R^{d_x} stays **dense** in {{ value }} and ${1+1} alike")


def test_an_empty_question_changes_nothing(opened: Opened, site: str) -> None:
    page = opened(site)
    ask(page, "   ")
    question_box(page).fill("What does OrchardBERT read?")
    # Enter is passed over until the page has done with the empty question.
    while question_box(page).input_value():
        question_box(page).press("Enter")
    expect(latest(page)).to_contain_text("[1]")
    expect(page.get_by_test_id("user")).to_have_count(1)


def test_a_question_that_cannot_be_asked_is_told_in_the_chat(opened: Opened, site: str) -> None:
    page = opened(site)
    ask(page, "x" * 10_001)
    expect(latest(page)).to_contain_text("The question has 10,001 characters")


def write_with(page: Page, model: str) -> None:
    box = page.get_by_label("Written by")
    box.fill(model)
    box.press("Enter")


def test_who_writes_is_chosen_on_the_page_and_what_it_cost_is_told(
    opened: Opened, site: str, smollm: Path
) -> None:
    page = opened(site)
    write_with(page, f"gguf:{smollm}")
    ask(page, "How much does TIDEPOOL lower the forecast error on harbours?")
    expect(latest(page).locator("small")).to_have_text(
        re.compile(r"^\d+ tokens in, \d+ out; .+ sentences kept, "), timeout=60_000
    )
    expect(latest(page)).to_contain_text("[1]")
    write_with(page, "quote")
    ask(page, "How does QuiltMap compare with grid maps?")
    expect(latest(page)).to_contain_text("3x faster")
    expect(latest(page).locator("small")).to_have_count(0)


def test_a_model_that_cannot_be_used_is_told_in_the_chat(opened: Opened, site: str) -> None:
    page = opened(site)
    write_with(page, "gguf:nowhere.gguf")
    ask(page, "What does OrchardBERT read?")
    expect(latest(page)).to_contain_text(
        "The model gguf:nowhere.gguf can't be used: there is no file nowhere.gguf."
    )


def test_a_new_conversation_forgets_the_one_before(opened: Opened, site: str) -> None:
    page = opened(site)
    ask(page, "How much does TIDEPOOL lower the forecast error on harbours?")
    expect(latest(page)).to_contain_text("[1]")
    page.get_by_role("button", name="New conversation").click()
    expect(answers(page)).to_have_count(0)
    expect(page.locator("#cards .card")).to_have_count(0)
    ask(page, "What does OrchardBERT read?")
    expect(latest(page)).to_contain_text("[1]")
    expect(page.locator("#cards details")).to_have_count(0)


def test_an_example_is_asked_by_a_click_and_answered(opened: Opened, site: str) -> None:
    page = opened(site)
    example = page.locator("#chat button").filter(has_text=re.compile(r"\?$")).first
    question = example.inner_text().strip()
    example.click()
    expect(page.get_by_test_id("user")).to_have_text(question)
    expect(latest(page)).to_contain_text("[1]")


def test_an_empty_library_says_what_to_do_and_can_load_the_sample(
    opened: Opened, empty_site: str
) -> None:
    page = opened(empty_site)
    expect(page.get_by_role("heading", name="Your library is empty")).to_be_visible()
    expect(page.get_by_text("paperchat add FILE…")).to_be_visible()
    expect(question_box(page)).to_be_hidden()
    page.get_by_role("button", name="Load the sample").click()
    expect(page.get_by_text("466 papers")).to_be_visible(timeout=180_000)
    ask(page, "How much does E-BATCH improve energy efficiency on TPU?")
    expect(latest(page)).to_contain_text("in TPU, it improves throughput by 2.1x")


def test_on_a_phone_nothing_is_wider_than_the_screen(opened: Opened, site: str) -> None:
    page = opened(site)
    page.set_viewport_size({"width": 390, "height": 844})
    ask(page, "What is the minimum width for approximation?")
    expect(latest(page)).to_contain_text("[1]")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for part in (page.get_by_role("button", name="New conversation"), card(page), question_box(page)):
        box = part.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390


def test_an_answer_is_shown_while_it_is_still_being_written(opened: Opened, slow: Slow) -> None:
    page = opened(slow.address)
    ask(page, "What is slow?")
    expect(latest(page)).to_have_text("It begins,")
    slow.go_on.set()
    expect(latest(page)).to_have_text("It begins, and it ends.")


def test_an_answer_can_be_stopped_and_the_next_question_asked(opened: Opened, slow: Slow) -> None:
    page = opened(slow.address)
    ask(page, "What is slow?")
    expect(latest(page)).to_have_text("It begins,")
    page.get_by_test_id("stop-button").click()
    expect(page.get_by_test_id("submit-button")).to_be_visible()
    slow.go_on.set()
    # The piece that is being written ends first; Enter until then leaves the question in its box.
    question_box(page).fill("And now?")
    while question_box(page).input_value():
        question_box(page).press("Enter")
    expect(answers(page)).to_have_text(["It begins,", "It begins, and it ends."])
    assert slow.histories == [[], ["What is slow?"]]


def test_the_browser_refuses_to_call_any_other_address(opened: Opened, site: str) -> None:
    page = opened(site)
    question_box(page).wait_for()
    refused = page.evaluate(
        """async () => {
            const told = new Promise((resolve) =>
                document.addEventListener("securitypolicyviolation", (e) => resolve(e.blockedURI)));
            await fetch("http://paperchat.invalid/").catch(() => null);
            return told;
        }"""
    )
    assert refused.startswith("http://paperchat.invalid")
