"""Papers: a title and an abstract, with what else is known of them."""

import base64
import hashlib
import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Paper:
    """A paper as it was read: equal titles are the same paper, whatever page they stand on."""

    title: str
    abstract: str
    authors: tuple[str, ...] = ()
    date: str | None = None
    venue: str | None = None
    url: str | None = None
    sources: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Twelve letters and digits made of the title, so that a paper read again is the same one."""
        # 60 bits: among a million titles the chance of any two sharing an id is 4 in 10 million.
        digest = hashlib.sha256(title_key(self.title).encode()).digest()
        return base64.b32encode(digest[:8]).decode()[:12].lower()

    @property
    def source(self) -> str:
        """The names of the files it was read from, in the order they were added."""
        return ", ".join(self.sources)

    @property
    def version(self) -> str:
        """Sixteen hexadecimal digits that change when anything but the sources does."""
        known = (self.title, self.abstract, self.authors, self.date, self.venue, self.url)
        return hashlib.sha256(repr(known).encode()).hexdigest()[:16]


def title_key(title: str) -> str:
    """Return a title without case, punctuation and spacing: what two copies of it share.

    >>> title_key("Deep  RNNs: a Survey.")
    'deep rnns a survey'
    """
    # A title of symbols alone has no words to keep, and is its own key.
    return re.sub(r"[\W_]+", " ", title.casefold()).strip() or title.strip()
