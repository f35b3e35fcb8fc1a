"""Models: who writes the answer, by a short spec."""

from rag.errors import UnknownModel

QUOTE = "quote"
_KINDS = {QUOTE: "an answer made of the papers' own sentences; built in"}


def known_model(spec: str) -> str:
    """Return a model's spec as it was given; raises UnknownModel, listing the kinds there are."""
    if spec not in _KINDS:
        there_is = "; ".join(f"`{kind}` ({what})" for kind, what in _KINDS.items())
        raise UnknownModel(f"There is no model {spec!r}. There is {there_is}.")
    return spec
