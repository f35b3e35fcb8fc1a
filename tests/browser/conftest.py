"""A real Chromium, and pages of real libraries for it to open."""

import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from index import Library
from rag import Answer, Assistant
from ui.page import app
from ui.serving import address, listening, server

# Without one of these, Playwright looks for the Chromium that it has installed itself.
NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
PAPERS = Path(__file__).with_name("papers.txt")
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
)  # fmt: skip


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a page whose library has the eight papers of papers.txt."""
    with Assistant.open(library=tmp_path_factory.mktemp("eight") / "library") as assistant:
        assert assistant.library.add(PAPERS).added == 8
        with served(assistant) as place:
            yield place


@dataclass
class Slow:
    """A page whose answers come in two pieces, the second one when `go_on` is set."""

    address: str = ""
    go_on: threading.Event = field(default_factory=threading.Event)
    histories: list[list[str]] = field(default_factory=list)


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[Slow]:
    talk = Slow()

    class Slowly(Assistant):
        def ask(self, question: str, history: Sequence[str] = ()) -> Answer:
            """Answer an example, which the page tries out when it opens, at once."""
            return Answer(question, "It ends.", (), True, (), "slow", 0.0, 0.0)

        def stream(
            self,
            question: str,
            history: Sequence[str] = (),
            stopped: Callable[[], bool] = lambda: False,
        ) -> Iterator[str | Answer]:
            talk.histories.append(list(history))
            yield "It begins,"
            assert talk.go_on.wait(timeout=60)
            yield " and it ends."
            yield Answer(question, "It begins, and it ends.", (), True, (), "slow", 0.0, 0.0)

    with Library.open(tmp_path / "library") as library:
        library.add(PAPERS)
        with served(Slowly(library)) as talk.address:
            yield talk


@pytest.fixture
def empty_site(tmp_path: Path) -> Iterator[str]:
    """The address of a page whose library is empty."""
    with Assistant.open(library=tmp_path / "library") as assistant, served(assistant) as place:
        yield place


@pytest.fixture
def opened(chromium: Browser) -> Iterator[Callable[[str], Page]]:
    """Opens an address in a window of its own, and checks at the end that nobody else was called."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    called: list[str] = []
    context.on("request", lambda request: called.append(request.url))
    allowed: list[str] = ["data:", "blob:"]

    def open_page(place: str) -> Page:
        allowed.append(f"{place}/")
        page = context.new_page()
        page.goto(place)
        return page

    yield open_page
    context.close()
    assert called
    assert [url for url in called if not url.startswith(tuple(allowed))] == []


@contextmanager
def served(assistant: Assistant) -> Iterator[str]:
    """Serve an assistant's page on a free port while the block runs."""
    with listening() as listener:
        running = server(app(assistant))
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield address(listener)
        finally:
            running.should_exit = True
            thread.join()
