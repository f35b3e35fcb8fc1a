"""Words: which papers use a question's words, in Tantivy. The only file that imports tantivy."""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import tantivy
from tantivy import Document, Filter, Occur, Query, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

_ANALYZER = "folded_en_stem"
# A term of so many letters that no paper has may be mistyped; what it may have meant scores this share
# of what the rarest term can, since how rare it is isn't known.
_LONG_ENOUGH, _SLIP_SHARE = 5, 0.5
_MOST_TERMS = 64
# One thread: a batch of papers is small, and every further thread takes at least 15 MB.
_HEAP, _THREADS = 30_000_000, 1

# Words that questions are made of; at 466 papers their inverse document frequency misleads.
_STOPWORDS = frozenset(
    "a about all also am an and any anybody anyone are as at be been but by can could d did do "
    "does done each for from get give had has have how i if in into is it its kind ll many me "
    "more most much my no not of on one or other our out over own paper papers please re s same "
    "should show so some somebody studies study such t tell than that the their them then there "
    "these they this those to too under us use used using ve via was way we were what when "
    "where whether which while who whom why will with without work works would you your".split()
)


class Words:
    """The words of titles and abstracts, ranked by BM25. One process at a time may write."""

    def __init__(self, folder: Path) -> None:
        schema = tantivy.SchemaBuilder()
        schema.add_text_field("paper", stored=True, tokenizer_name="raw", index_option="basic")
        schema.add_text_field("version", stored=True, tokenizer_name="raw", index_option="basic")
        # The text is not stored: what is removed from the shelf must not live on here.
        schema.add_text_field("text", tokenizer_name=_ANALYZER, index_option="freq")
        self._schema = schema.build()
        self._folder = folder
        self._analyzer = _analyzer(without=frozenset())
        self._asked = _analyzer(without=_STOPWORDS)
        folder.mkdir(exist_ok=True)
        self.reopen()
        # What is missing from the folder may show in a search only: let it show now.
        self._search(Query.term_query(self._schema, "text", "paper", "freq"), 1)

    def reopen(self) -> None:
        """Read the folder afresh, with what another process has added."""
        self._index = tantivy.Index(self._schema, path=str(self._folder), reuse=True)
        self._index.register_tokenizer(_ANALYZER, self._analyzer)

    def __len__(self) -> int:
        """The number of papers."""
        return self._index.searcher().num_docs

    def replace(self, added: Sequence[tuple[str, str, str]], removed: Sequence[str]) -> None:
        """Take papers away by id, then add (id, version, text); all of it or nothing."""
        writer = self._index.writer(_HEAP, _THREADS)
        for identifier in [*removed, *(one[0] for one in added)]:
            writer.delete_documents_by_term("paper", identifier)
        for identifier, version, text in added:
            writer.add_document(Document(paper=identifier, version=version, text=text))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()

    def best(self, question: str, k: int) -> list[tuple[str, float]]:
        """Return the k papers that match a question's words best, as (id, BM25), best first."""
        return self._search(self._any_of(question), k)

    def score(self, question: str, papers: Sequence[str]) -> dict[str, float]:
        """Return the BM25 of some papers by id; one that shares no word with it has no entry."""
        if not papers:
            return {}
        among = Query.term_set_query(self._schema, "paper", list(papers))
        wanted = [
            (Occur.Must, self._any_of(question)),
            (Occur.Must, Query.const_score_query(among, 0.0)),
        ]
        return dict(self._search(Query.boolean_query(wanted), len(papers)))

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Yield the id and the version of every paper, in no order."""
        searcher = self._index.searcher()
        hits = searcher.search(Query.all_query(), max(1, searcher.num_docs)).hits
        for _, address in hits:
            stored = searcher.doc(address)
            yield str(stored.get_first("paper")), str(stored.get_first("version"))

    def terms(self, text: str) -> list[str]:
        """Return the stems of a text's telling words, each once, in order."""
        return list(dict.fromkeys(self._asked.analyze(text)))

    def has(self, term: str) -> bool:
        """Tell whether any paper has a term."""
        return bool(self._index.searcher().doc_freq("text", term))

    def rarity(self, terms: Sequence[str]) -> dict[str, float]:
        """Return each term's inverse document frequency, as in BM25: ln(1 + (N - n + ½) / (n + ½))."""
        searcher = self._index.searcher()
        total = searcher.num_docs
        counts = {term: min(total, searcher.doc_freq("text", term)) for term in terms}
        return {term: float(np.log1p((total - n + 0.5) / (n + 0.5))) for term, n in counts.items()}

    def _any_of(self, question: str) -> Query:
        # Made term by term: the query parser has a syntax of its own, and questions are not in it.
        terms = [(Occur.Should, self._one_of(term)) for term in self.terms(question)[:_MOST_TERMS]]
        return Query.boolean_query(terms) if terms else Query.empty_query()

    def _one_of(self, term: str) -> Query:
        """A term, or the terms one slip of the finger away from one that no paper has."""
        if len(term) < _LONG_ENOUGH or self.has(term):
            return Query.term_query(self._schema, "text", term, "freq")
        near = Query.fuzzy_term_query(self._schema, "text", term, distance=1)
        return Query.boost_query(near, _SLIP_SHARE * math.log1p(len(self)))

    def _search(self, query: Query, k: int) -> list[tuple[str, float]]:
        searcher = self._index.searcher()
        hits = searcher.search(query, k).hits
        return [(str(searcher.doc(at).get_first("paper")), float(score)) for score, at in hits]


def _analyzer(without: frozenset[str]) -> TextAnalyzer:
    return (
        TextAnalyzerBuilder(Tokenizer.simple())
        .filter(Filter.remove_long(60))
        .filter(Filter.lowercase())
        .filter(Filter.ascii_fold())
        .filter(Filter.custom_stopword(sorted(without)))
        .filter(Filter.stemmer("english"))
        .build()
    )
