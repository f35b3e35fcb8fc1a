"""Serving: the page at an address of this machine, for this machine."""

import socket
import webbrowser

import click
import uvicorn
from fastapi import FastAPI

from index import LibraryError
from rag import Assistant
from ui.page import app

_HOST = "127.0.0.1"
_FIRST_PORT, _PORTS = 7860, 100


class PortTaken(LibraryError):
    """Another program listens on the port."""


def serve(assistant: Assistant, port: int | None = None, open_browser: bool = True) -> None:
    """Serve the page until Ctrl-C, which raises KeyboardInterrupt; prints the address.

    Raises PortTaken where the port is; without one, the first free port from 7860 on is used.
    """
    with listening(port) as listener:
        running = server(app(assistant))
        click.echo(f"paperchat is at {address(listener)} (Ctrl-C stops it).")
        if open_browser:
            # Before the server runs: the browser's connection waits in the listener's queue.
            webbrowser.open(address(listener))
        running.run(sockets=[listener])


def server(app: FastAPI) -> uvicorn.Server:
    """Return the server of an app, which says nothing of its own."""
    # The page keeps a connection open all day; without a timeout, stopping would wait for it.
    quiet = uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=1)
    return uvicorn.Server(quiet)


def listening(port: int | None = None) -> socket.socket:
    """Return a socket that listens on a port, or on the first free one from 7860 on."""
    for candidate in [port] if port else range(_FIRST_PORT, _FIRST_PORT + _PORTS):
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((_HOST, candidate))
            listener.listen(128)
        except PermissionError as problem:
            listener.close()
            raise PortTaken(
                f"Port {candidate} is not for you to use: choose one above 1023."
            ) from problem
        except OSError:
            listener.close()
        else:
            return listener
    taken = f"Port {port} is" if port else f"The ports from {_FIRST_PORT} on are"
    raise PortTaken(f"{taken} taken by another program: choose another with --port.")


def address(listener: socket.socket) -> str:
    """Return what to type into a browser."""
    return f"http://{_HOST}:{listener.getsockname()[1]}"
