"""Pseudo-terminals, for what is shown on a terminal only."""

import os
import re


def read_terminal(terminal: int, until: re.Pattern[bytes] | None = None) -> bytes:
    """Read a terminal until it shows something, or else until its other end is closed."""
    shown = b""
    while not (until and until.search(shown)):
        try:
            shown += os.read(terminal, 4096)
        except OSError:
            os.close(terminal)
            break
    return shown
