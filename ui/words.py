"""Words: what the page itself says."""

from collections.abc import Iterable

from ui.escaping import as_html

WELCOME = (
    "### Ask your papers\n\nEvery sentence of an answer names its paper, and the words it rests on "
    "are marked beside it. What the papers don't say is not answered."
)
EMPTY = """
<h2>Your library is empty</h2>
<p>Add the papers you read, then open this page again:</p>
<pre><code>paperchat add FILE…</code></pre>
<p>Or begin with the sample: 466 abstracts from five Daily Papers pages, which come with paperchat.
It takes about half a minute, and nothing is downloaded.</p>
"""


def heading(size: int) -> str:
    """Return the HTML of the page's heading: its name and how many papers there are."""
    papers = "1 paper" if size == 1 else f"{size:,} papers"
    return f'<h1>paperchat</h1><span class="count">{papers}</span>'


def notice(sentences: Iterable[str]) -> str:
    """Return the HTML of what should be known about the library."""
    return "".join(f"<p>{as_html(sentence)}</p>" for sentence in sentences)
