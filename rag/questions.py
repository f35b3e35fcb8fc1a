"""Questions: which can be asked, and of which library."""

from index import Library
from rag.errors import BadQuestion, EmptyLibrary

LONGEST = 10_000


def check(library: Library, question: str) -> None:
    """Raise BadQuestion for a blank or an endless question, EmptyLibrary where there are no papers."""
    if not question.strip():
        raise BadQuestion("The question is empty: ask something about the papers.")
    if len(question) > LONGEST:
        raise BadQuestion(f"The question has {len(question):,} characters; ask in at most {LONGEST:,}.")
    if not len(library):
        raise EmptyLibrary(
            f"The library in {library.folder} is empty. Add papers with "
            "`paperchat add FILE…`, or the sample with `paperchat add sample`."
        )
