"""The command `paperchat chat`: opens the page."""

from pathlib import Path

import click

from rag.cli import model, strictness
from rag.strictness import Strictness


@click.command(
    epilog="\b\nExamples:\n  paperchat chat\n  paperchat chat --library rnn --port 8000 --no-browser"
)
@click.option(
    "--library",
    type=click.Path(path_type=Path),
    envvar="PAPERCHAT_LIBRARY",
    metavar="DIR",
    help="The folder of the library (or PAPERCHAT_LIBRARY); without it, your own.",
)
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    metavar="INTEGER",
    help="The port to listen on; without it 7860, or the next one that is free.",
)
@click.option("--no-browser", is_flag=True, help="Print the address, and open no browser.")
@model
@strictness
def chat(
    library: Path | None, port: int | None, no_browser: bool, model: str, strictness: Strictness
) -> None:
    """Chat with the library on a page in the browser, until Ctrl-C.

    Only this machine can open the page, and the page calls nobody.
    """
    try:
        # Gradio and the engine take seconds to import: the other commands don't wait for them.
        from rag import Assistant
        from ui.serving import serve

        with Assistant.open(library, model, strictness) as assistant:
            serve(assistant, port=port, open_browser=not no_browser)
    except KeyboardInterrupt:
        # The ordinary way to end this command, unlike any other.
        click.echo("\nStopped.")
