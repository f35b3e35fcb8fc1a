"""The page: the one file that speaks to Gradio."""

from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path
from threading import Event
from typing import Any

import gradio as gr
from fastapi import FastAPI
from starlette.middleware.trustedhost import TrustedHostMiddleware

from index import LibraryError
from rag import Assistant
from rag.models import QUOTE
from ui.cards import NOTHING_YET, sources
from ui.chat import messages
from ui.conversation import Conversation, carry_on
from ui.examples import answered
from ui.privacy import OnlyFromHere
from ui.words import EMPTY, WELCOME, heading, notice

_HERE = Path(__file__).parent
# Gradio brings this font along; its weight 600 has no more than a few letters in it.
_FONT = (gr.themes.LocalFont("Source Sans Pro", weights=(400, 700)), "system-ui", "sans-serif")
_THEME = gr.themes.Default(primary_hue="teal", neutral_hue="stone", font=_FONT).set(
    button_primary_background_fill="*primary_700", button_primary_background_fill_hover="*primary_800"
)

# What stops the answer that a browser waits for, by its session.
_STOPPED: dict[str, Event] = {}

# New values for what stands above the chat, and for whether the chat is to be seen at all.
Seen = tuple[str, gr.Button, gr.HTML, gr.Column, gr.Row]


def page(assistant: Assistant) -> gr.Blocks:
    """Return the page of an assistant: a chat, and beside it the papers that each answer cites."""
    blocks: gr.Blocks
    with gr.Blocks(
        title="paperchat", analytics_enabled=False, fill_height=True, fill_width=True
    ) as blocks:
        conversation = gr.State(())
        with gr.Row(elem_id="top"):
            title = _html(elem_id="heading")
            model = _model(assistant)
            new = gr.Button("New conversation", visible=False, size="sm", scale=0, min_width=160)
        told = _html(visible=False, elem_id="notice")
        with gr.Column(visible=False, elem_id="empty") as empty:
            _html(EMPTY)
            sample = gr.Button("Load the sample", variant="primary", scale=0)
            loading = _html(elem_id="loading")
        with gr.Row(visible=False, elem_id="desk", equal_height=True) as desk:
            with gr.Column(scale=3, elem_id="talk"):
                chatbot = _chatbot()
                question = _question()
            with gr.Column(scale=2, elem_id="sources"):
                cards = _html(NOTHING_YET, elem_id="cards")

        seen = [title, new, told, empty, desk]
        shown = [conversation, question, chatbot, cards]
        view, ask = _viewing(assistant), _asking(assistant)
        options: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        begun = [
            blocks.load(view, None, seen, **options),
            sample.click(
                _sampling(assistant, view),
                None,
                seen,
                api_visibility="private",
                show_progress_on=loading,
            ),
        ]
        for opened in begun:
            # Examples are tried out first, which takes a second: the page doesn't wait for them.
            opened.then(_suggesting(assistant), None, [chatbot], **options)
        asked = [
            question.submit(
                ask, [question, conversation, model], shown, concurrency_limit=8, **options
            ),
            chatbot.example_select(
                _chosen(ask), [conversation, model], shown, concurrency_limit=8, **options
            ),
        ]
        for each in asked:
            each.then(None, js="() => document.getElementById('sources').scrollTo(0, 0)")
        options["cancels"] = asked
        question.stop(_stopping, None, [question], **options)
        new.click(_begun_anew, None, shown, **options)
    return blocks


def app(assistant: Assistant) -> FastAPI:
    """Return the page as a web application that speaks to this machine's browsers only."""
    served = FastAPI(openapi_url=None)
    served.add_middleware(OnlyFromHere)
    served.add_middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])
    gr.mount_gradio_app(
        served,
        page(assistant),
        path="/",
        theme=_THEME,
        css_paths=_HERE / "page.css",
        head=f"<script>{(_HERE / 'page.js').read_text(encoding='utf-8')}</script>",
        footer_links=[],
        favicon_path=str(_HERE / "icon.png"),
        run_history=False,
        ssr_mode=False,
        enable_monitoring=False,
        mcp_server=False,
        pwa=False,
    )
    return served


def _chatbot() -> gr.Chatbot:
    """Return the chat window; what is put into it has been escaped, and LaTeX stays as it is."""
    return gr.Chatbot(
        label="Conversation",
        show_label=False,
        container=False,
        placeholder=WELCOME,
        layout="bubble",
        buttons=[],
        latex_delimiters=[],
        sanitize_html=True,
        line_breaks=False,
        group_consecutive_messages=False,
        height="100%",
        elem_id="chat",
    )


def _html(*value: str, **options: Any) -> gr.HTML:
    """Return HTML of our own making, with no more style than the page's."""
    return gr.HTML(*value, apply_default_css=False, **options)


def _model(assistant: Assistant) -> gr.Dropdown:
    """Return the choice of who writes; any spec may be typed in."""
    return gr.Dropdown(
        choices=list(dict.fromkeys([QUOTE, assistant.model])),
        value=assistant.model,
        allow_custom_value=True,
        label="Written by",
        elem_id="model",
        scale=0,
        min_width=260,
    )


def _question() -> gr.Textbox:
    return gr.Textbox(
        label="Question",
        show_label=False,
        container=False,
        placeholder="Ask the papers…",
        lines=1,
        max_lines=6,
        autofocus=True,
        submit_btn=True,
        elem_id="question",
    )


def _viewing(assistant: Assistant) -> Callable[[], Seen]:
    """Return the handler that says what the library holds: on opening, and once that has changed."""

    def view() -> Seen:
        size = len(assistant.library)
        return (
            heading(size),
            gr.Button(visible=bool(size)),
            gr.HTML(notice(assistant.library.repairs), visible=bool(assistant.library.repairs)),
            gr.Column(visible=not size),
            gr.Row(visible=bool(size)),
        )

    return view


def _suggesting(assistant: Assistant) -> Any:
    """Return the handler that shows examples of what can be asked."""

    @lru_cache(maxsize=1)
    def examples(size: int) -> Any:
        return [{"text": question} for question in islice(answered(assistant), 4)] if size else []

    return lambda: gr.Chatbot(examples=examples(len(assistant.library)))


def _sampling(assistant: Assistant, view: Callable[[], Seen]) -> Any:
    """Return the handler that adds the sample."""

    def add_sample(progress: gr.Progress = gr.Progress()) -> Seen:  # noqa: B008
        def tell(done: int, total: int) -> None:
            progress((done, total), desc="Reading the sample", unit="entries")

        tell(0, 1)
        try:
            assistant.library.add("sample", progress=tell)
        except LibraryError as problem:
            title, new, _, empty, desk = view()
            return title, new, gr.HTML(notice([str(problem)]), visible=True), empty, desk
        return view()

    return add_sample


def _asking(assistant: Assistant) -> Any:
    """Return the handler that asks a question and shows the answer as it comes."""

    def ask(
        question: str, conversation: Conversation, model: str | None, request: gr.Request
    ) -> Iterator[tuple[Any, ...]]:
        if not question.strip():
            yield (gr.skip(),) * 4
            return
        box: Any = gr.Textbox(value="", submit_btn=False, stop_btn=True)
        # Gradio drops a handler that is cancelled, but the model would write on until its end.
        stopped = _STOPPED[str(request.session_hash)] = Event()
        for so_far in carry_on(
            assistant, conversation, question.strip(), (model or "").strip(), stopped.is_set
        ):
            yield so_far, box, messages(so_far), sources(so_far)
            # From here on the text is the reader's, who may be writing the next question. The button
            # is told again: the browser may pass over all but the latest of many updates.
            box = gr.Textbox(submit_btn=False, stop_btn=True)
        yield gr.skip(), _stopped(), gr.skip(), gr.skip()

    return ask


def _chosen(ask: Any) -> Any:
    """Return the handler that asks the example that was clicked."""

    def ask_example(
        conversation: Conversation, model: str | None, request: gr.Request, chosen: gr.SelectData
    ) -> Iterator[tuple[Any, ...]]:
        yield from ask(chosen.value["text"], conversation, model, request)

    return ask_example


def _stopping(request: gr.Request) -> Any:
    """Stop the model of this browser's conversation."""
    running = _STOPPED.get(str(request.session_hash))
    if running:
        running.set()
    return _stopped()


def _stopped() -> Any:
    return gr.Textbox(submit_btn=True, stop_btn=False)


def _begun_anew() -> tuple[Any, ...]:
    return (), _stopped(), [], NOTHING_YET
