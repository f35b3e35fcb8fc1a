"""The report of an addition: what became of the papers that were read."""

from dataclasses import dataclass, field

from index.readers import Problem


@dataclass
class Report:
    """Papers counted by what became of them, each once however often it was read, and problems.

    `read` counts the entries: a paper that stands on two pages is two entries and one paper.
    """

    read: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)
