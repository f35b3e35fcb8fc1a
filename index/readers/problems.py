"""Problems: what could not be read, told so that it can be mended."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """A file (and the line in it, counted from 1, where one is at fault), what is wrong, what to do."""

    file: str
    line: int | None
    what: str
    todo: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.what}. {self.todo}"
