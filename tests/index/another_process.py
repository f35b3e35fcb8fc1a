"""Another process at work on a library, which stops wherever a test wants it to.

    python another_process.py FOLDER WORK FILE_OR_ID [PLACE NTH]

WORK is "add" or "remove". When the function PLACE (its qualified name) returns for the NTH time, the
process prints "there" and waits for a line; with a "+" before PLACE it goes on instead. Everything
else that it prints is told by `main`.
"""

import sys
from types import FrameType

from index import Library, LibraryError


def main(folder: str, work: str, subject: str, place: str = "", nth: str = "1") -> None:
    if place:
        sys.setprofile(Watch(place.removeprefix("+"), int(nth), waits=not place.startswith("+")))
    try:
        with Library.open(folder) as library:
            tell(f"open {len(library)}")
            done = library.add(subject) if work == "add" else library.remove(subject)
            tell(f"done {done}")
    except LibraryError as problem:
        tell(f"{type(problem).__name__}: {problem}")


def tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


class Watch:
    """What the interpreter calls for every call and return: looks out for one of them."""

    def __init__(self, place: str, left: int, *, waits: bool) -> None:
        self.place, self.left, self.waits = place, left, waits

    def __call__(self, frame: FrameType, event: str, arg: object) -> None:
        if event == "return" and frame.f_code.co_qualname == self.place:
            self.left -= 1
            if self.left == 0:
                tell("there")
                if self.waits:
                    sys.stdin.readline()


if __name__ == "__main__":
    main(*sys.argv[1:])
