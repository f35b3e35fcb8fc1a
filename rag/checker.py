"""The checker: how likely quotes are to support a claim, by a small model of our own.

How it was made and what it was taught is told in index/models/CHECKER.md.
"""

import math
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from index.embedder import open_model, open_tokenizer

_MOST_CLAIM, _MOST_TITLE, _MOST_TOKENS = 128, 64, 512


def support(claim: str, quotes: Sequence[str], title: str = "") -> float:
    """Return the probability, 0 to 1, that quotes of a paper of this title support a claim.

    Only what the quotes and the claim say counts: numbers, names and negations are better told by the
    rules of `rag.verify`.
    """
    session, tokenizer = _opened()
    first, last = tokenizer.encode("").ids
    texts = [claim, title, *quotes]
    asked, named, *said = (one.ids for one in tokenizer.encode_batch(texts, add_special_tokens=False))
    head = [first, *asked[:_MOST_CLAIM], last]
    told = [*named[:_MOST_TITLE], last, *(token for quote in said for token in quote)]
    tokens = [*[*head, *told][: _MOST_TOKENS - 1], last]
    ids = np.array([tokens], dtype=np.int64)
    given = {
        "input_ids": ids,
        "kinds": (np.arange(len(tokens)) >= len(head)).astype(np.int64)[None],
        "attention_mask": np.ones_like(ids),
    }
    [[logit]] = session.run(["supported"], given)
    return 1 / (1 + math.exp(-float(logit)))


@cache
def _opened() -> tuple[Any, Any]:
    # One for all: a session may run in many threads at once.
    return open_model("checker-int8.onnx"), open_tokenizer()
