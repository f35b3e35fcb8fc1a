"""Vectors are those of the original model, whatever stands beside a text."""

import json
from pathlib import Path

import numpy as np
import pytest

from index.embedder import MOST_TOKENS, Abstract, Embedder
from index.sentences import Span, sentence_spans

REFERENCE = json.loads(
    (Path(__file__).parent.parent / "data" / "minilm_reference.json").read_text("utf-8")
)


@pytest.mark.parametrize("known", REFERENCE, ids=[known["name"] for known in REFERENCE])
def test_a_vector_is_that_of_the_published_weights(
    embedder: Embedder, known: dict[str, object]
) -> None:
    [vector] = embedder.embed([str(known["text"])])

    reference = np.array(known["vector"])
    assert float(vector @ reference / np.linalg.norm(reference)) >= 0.99


def test_a_vector_does_not_hang_on_its_neighbours(embedder: Embedder) -> None:
    texts = ["Bees dance.", "A longer text about robots that tend hives in summer.", "Wax"]

    together = embedder.embed(texts)

    assert together.shape == (3, 384)
    assert np.array_equal(together, np.concatenate([embedder.embed([text]) for text in texts]))
    assert np.allclose(np.linalg.norm(together, axis=1), 1)


def test_nothing_to_embed_gives_no_vectors(embedder: Embedder) -> None:
    assert embedder.embed([]).shape == (0, 384)
    assert embedder.embed_abstracts([]) == []


def test_a_passage_is_read_in_the_light_of_its_abstract(embedder: Embedder) -> None:
    text = "Bees dance on the comb. It shows where the flowers are."
    first, second = sentence_spans(text)

    [vectors] = embedder.embed_abstracts([Abstract("Dances of Bees", text, [first, second])])

    [about_bees, alone] = embedder.embed(["Where do bees dance?", text[second.start : second.end]])
    assert vectors.shape == (2, 384)
    assert vectors[1] @ about_bees > alone @ about_bees


def test_a_long_abstract_is_read_to_its_end(embedder: Embedder) -> None:
    text = "Bees dance in the morning sun. " * 200 + "A robot plays chess against the queen."
    spans = sentence_spans(text)
    abstract = Abstract("Bees", text, spans)

    assert len(list(embedder.windows(abstract, 0))) > 2
    assert all(len(window.tokens) <= MOST_TOKENS + 2 for window in embedder.windows(abstract, 0))
    [vectors] = embedder.embed_abstracts([abstract])
    [chess] = embedder.embed(["robots that play chess"])
    assert int(np.argmax(vectors @ chess)) == len(spans) - 1


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        pytest.param("word " * 3000, [Span(0, 15_000)], id="longer-than-a-window"),
        pytest.param(
            "数" * 600 + "。" + "据" * 600 + "。",
            [Span(0, 601), Span(601, 1202)],
            id="longer-and-another",
        ),
        pytest.param("\x07\x07 Bees.", [Span(0, 2), Span(3, 8)], id="no-token-at-the-start"),
        pytest.param("Bees. \x07\x07", [Span(0, 5), Span(6, 8)], id="no-token-at-the-end"),
        pytest.param("\x07", [Span(0, 1)], id="no-token-at-all"),
    ],
)
def test_any_span_has_a_vector(embedder: Embedder, text: str, spans: list[Span]) -> None:
    abstract = Abstract("Title", text, spans)

    [vectors] = embedder.embed_abstracts([abstract])

    assert all(len(window.tokens) <= MOST_TOKENS + 2 for window in embedder.windows(abstract, 0))
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1)


def test_a_title_longer_than_the_model_leaves_room_for_the_abstract(embedder: Embedder) -> None:
    abstract = Abstract("title " * 2000, "Bees dance.", [Span(0, 11)])

    assert all(len(window.tokens) <= MOST_TOKENS + 2 for window in embedder.windows(abstract, 0))
