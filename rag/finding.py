"""Finding: from a question and what was asked before it to papers that were found, read and judged."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from index import Library, Match
from index.papers import title_key
from rag.acronyms import in_words_of
from rag.errors import BadQuestion
from rag.followups import (
    HARDLY_LEANS,
    LEANS,
    Reference,
    leaning,
    leans_on,
    reference,
    without_correction,
)
from rag.judging import ENOUGH_MEMBER, PERHAPS_SEVERAL, Judgement, judge
from rag.parts import exact_words
from rag.reader import Reader
from rag.retriever import LibraryRetriever, Question
from rag.spelling import mended
from rag.weights import log_odds, probability

# Papers found for a question; the first ones are read. A few more are where it is in doubt whether
# these answer; and where several seem to, a few at a time, as long as one of the last few belongs.
_FOUND, _READ, _READ_MORE, _MOST_READ = 24, 5, 4, 21
_DOUBT = 0.8
# Where a question is looked at in two ways, fewer do to tell which of them it is.
_READ_AT_FIRST, _READ_OF_PART = 2, 3
# A part of a question is declined by itself below this confidence: a doubt must not tear it apart.
_HARDLY = 0.2
# Above this, a question never stands alone, whatever the papers say to it.
_RATHER_LEANS, _SURELY_LEANS = 0.5, 0.97
# In between, what the papers say to it counts as much; and who asks on mostly stays with the subject.
# Of 64 questions with others before them, 60 then get a right paper first, 54 by the words alone.
_SAID_WEIGHT, _STAYS = 0.5, 1.0
# What is asked of a paper that is named and nothing else.
_OVERVIEW = "What does this paper propose, and what does it find?"
_SURE = 0.95
# So much less sure a rewritten question's answer may be that is of the same paper.
_ABOUT_AS_SURE = 0.05
_FOLLOWED_BACK = 2
_ARXIV = re.compile(
    r"(?:arxiv(?:\.org)?[:/ ]*(?:abs/|pdf/)?)?\b(\d{4}\.\d{4,5})(?:v\d+)?\b", re.IGNORECASE
)
_ASKS_WHO = re.compile(
    r"^\s*who (wrote|published)\b|\b(who (is|are|were) the authors?|authors? of|written by whom)\b",
    re.IGNORECASE,
)
_EMPTY = re.compile(
    r"\b(what|who|tell|me|more|about|explain|summari[sz]e|show|is|are|does|do|say|the|in|of|and|paper|study|work|a|an|"
    r"please|give|overview|abstract|find|main|idea|it|its|you|can|describe|arxiv|first|second|third|fourth|fifth|last|one|"
    r"proposes?|proposed|introduces?|presents?|contributions?|authors|sum|up|summary|sentence)\b|\W",
    re.IGNORECASE,
)

Cited = Callable[[str, Sequence[str]], list[str]]


@dataclass(frozen=True)
class Finding:
    """A question, as it was asked, and what the papers have to say to it."""

    question: str
    judgement: Judgement


def surer(rewritten: Finding, built_in: Finding) -> Finding:
    """Return the one of two understandings of a follow-up that the papers speak for.

    A model that rewrites may lose what was meant. Where both lead to the same paper, its question says
    more; where they don't, it is followed only if what the built-in way found is in doubt.
    """
    theirs, ours = rewritten.judgement, built_in.judgement
    papers = {one.candidates[0].match.paper.id for one in (theirs, ours) if one.candidates}
    if len(papers) == 1:
        return rewritten if theirs.confidence > ours.confidence - _ABOUT_AS_SURE else built_in
    in_doubt = ours.confidence < min(_DOUBT, theirs.confidence)
    return rewritten if in_doubt else built_in


class Finder:
    """Finds, reads and judges. `cited` gives the ids of the papers that an earlier answer cited."""

    def __init__(
        self, library: Library, retriever: LibraryRetriever, reader: Reader, cited: Cited
    ) -> None:
        self._library = library
        self._retriever = retriever
        self._reader = reader
        self._cited = cited

    def find(
        self, question: str, history: Sequence[str], matches: Sequence[Match] | None = None
    ) -> Finding:
        """Return what the papers have to say to a question that may lean on earlier ones.

        `matches` are those of the question by itself, where they are known.
        """
        return Finding(question, self._judged(question, list(history), matches))

    def _judged(self, question: str, history: list[str], matches: Sequence[Match] | None) -> Judgement:
        pointed = reference(question)
        if history and pointed:
            return self._of_cited(question, pointed, history)
        asked = without_correction(question) if history else question
        leans = leaning(question) if history else 0.0
        if leans < HARDLY_LEANS:
            return self._read(asked, "", matches=matches)
        by_itself = self.matches(asked) if leans < _SURELY_LEANS else []
        alone = self._judge(asked, "", by_itself[:_READ_AT_FIRST], by_itself) if by_itself else None
        joined = self._read(asked, leans_on(history))
        # Where neither is answered, a question that rather stands alone isn't told of another's papers.
        if alone and leans < _RATHER_LEANS and max(alone.confidence, joined.confidence) < _HARDLY:
            return self._read(asked, "", matches=by_itself)
        # The words leave it open: what the papers say to each decides.
        if alone and log_odds(leans) + _STAYS < _SAID_WEIGHT * (
            log_odds(alone.confidence) - log_odds(joined.confidence)
        ):
            return self._read(asked, "", matches=by_itself)
        return joined

    def _of_cited(self, question: str, pointed: Reference, history: list[str]) -> Judgement:
        """Judge the papers that a question points at: "[2]", "the second paper", "the other one"."""
        *earlier, last = history
        # What an earlier question pointed at itself is followed back so far and no further.
        cited = self._cited(last, earlier[-_FOLLOWED_BACK:])
        before = leans_on(history)
        if pointed.other:
            asked = without_correction(question) if _asks_more(question) else last
            return self._read(asked, "" if asked == last else before, without=cited[:1])
        among = [
            cited[n - 1 if n > 0 else n] for n in pointed.numbers if -len(cited) <= n <= len(cited)
        ]
        if not among:
            there = f"{len(cited)} papers" if len(cited) != 1 else "one paper"
            raise BadQuestion(f"The answer before this one has {there}: ask about one of these.")
        asked = question if _asks_more(question) else _OVERVIEW
        return self._read(asked, before if asked is question else "", among=among)

    def _read(
        self,
        question: str,
        before: str,
        among: Sequence[str] = (),
        without: Sequence[str] = (),
        matches: Sequence[Match] | None = None,
    ) -> Judgement:
        found = self.matches(question, before) if matches is None else matches
        spelled = mended(self._library, question, [match.paper for match in found[:_READ]])
        if spelled != question:
            question, found = spelled, self.matches(spelled, before)
        matches = [match for match in found if match.paper.id not in without]
        if among:
            matches = self._of(among, matches)
        else:
            question, matches = self._narrowed(question, matches)
        judged = self._judge(question, before, matches[:_READ], found)
        for read in range(_READ, min(_MOST_READ, len(matches)), _READ_MORE):
            doubtful = read == _READ and judged.confidence < _DOUBT
            go_on = judged.several >= PERHAPS_SEVERAL and _any_belongs(judged, matches[:read])
            if not doubtful and not go_on:
                break
            judged = self._judge(question, before, matches[: read + _READ_MORE], found, judged)
        if _ASKS_WHO.search(question):
            # No abstract says it, however well it fits the paper's name.
            return replace(judged, confidence=0.0)
        if question == _OVERVIEW and judged.candidates:
            # Whoever names a paper that is there can be told of it.
            return replace(judged, confidence=_SURE, several=float(len(matches) > 1))
        return judged

    def _judge(
        self,
        question: str,
        before: str,
        matches: Sequence[Match],
        found: Sequence[Match],
        known: Judgement | None = None,
    ) -> Judgement:
        """Read and judge papers, without reading again those that are in an earlier judgement.

        What is `found` beside them tells what the acronyms in the question stand for.
        """
        readings = {one.match.paper.id: one.reading for one in known.candidates} if known else {}
        papers = [match.paper for match in found]
        for paper in (match.paper for match in matches if match.paper.id not in readings):
            asked = in_words_of(paper, question, papers)
            [readings[paper.id]] = self._reader.read(asked, [paper], before)
        return judge(
            self._library, question, before, matches, [readings[match.paper.id] for match in matches]
        )

    def apart(self, asked: Sequence[str], whole: Sequence[Match], threshold: float) -> bool:
        """Tell whether the parts of a question have answers of their own, by the papers found for all.

        They have, where different papers answer them, or one is answered and another is not.
        """
        judged: list[Judgement] = []
        if not whole:
            return False
        for part in asked:
            follows = bool(judged) and leaning(part) >= LEANS
            # What leans on the first part is about the paper that answers that one.
            papers = [judged[0].candidates[0].match] if follows else whole[:_READ_OF_PART]
            judged.append(self._judge(part, asked[0] if follows else "", papers, whole))
        answered = [judgement for judgement in judged if judgement.confidence >= threshold]
        best = {judgement.candidates[0].match.paper.id for judgement in answered}
        unanswered = any(judgement.confidence < _HARDLY for judgement in judged)
        return len(best) > 1 or (bool(answered) and unanswered)

    def matches(self, question: str, before: str = "") -> list[Match]:
        """Return the papers that fit a question, best first."""
        return self._retriever.find(Question(question, before=before), _FOUND)

    def _narrowed(self, question: str, matches: list[Match]) -> tuple[str, list[Match]]:
        """Return the papers whose title, arXiv id or exact words a question has, if there are any."""
        named = _ARXIV.findall(question)
        if named:
            found = self._library.with_url(named)
            if found:
                left = _ARXIV.sub(" ", question)
                return (left if _asks_more(left) else _OVERVIEW), self._of(list(found), matches)
        titled = [match for match in matches if _has_title(question, match.paper.title)]
        if titled:
            return (question if _asks_beside(question, titled) else _OVERVIEW), titled
        exact = exact_words(question)
        having = [match for match in matches if all(_has(match, words) for words in exact)]
        return question, having or matches

    def _of(self, ids: Sequence[str], matches: Sequence[Match]) -> list[Match]:
        """Return the matches of these papers, which are looked for by their titles if need be."""
        found = {match.paper.id: match for match in matches}
        papers = self._library.get(one for one in ids if one not in found)
        for paper in papers.values():
            found |= {match.paper.id: match for match in self._library.search(paper.title, 3)}
        return [found[one] for one in ids if one in found]


def _any_belongs(judged: Judgement, read: Sequence[Match]) -> bool:
    """Tell whether any of the papers read last is likely enough to be one of several that answer."""
    last = {match.paper.id for match in read[-_READ_MORE:]}
    return any(
        one.match.paper.id in last and probability(one.member) >= ENOUGH_MEMBER
        for one in judged.candidates
    )


def _asks_more(question: str) -> bool:
    """Tell whether a question says what it wants to know, and not only of which paper."""
    return len(_EMPTY.sub("", re.sub(r"\[\d+\]|\d", "", question))) > 2


def _has_title(question: str, title: str) -> bool:
    """Tell whether a question has a title in it, not just words that are one, too."""
    key, asked = title_key(title), title_key(question)
    words = len(key.split())
    long_enough = words >= 5 or (words >= 3 and words >= 0.7 * len(asked.split()))
    return long_enough and f" {key} " in f" {asked} "


def _asks_beside(question: str, titled: Sequence[Match]) -> bool:
    """Tell whether a question says what it wants to know of the papers whose titles it has."""
    words = {word for match in titled for word in title_key(match.paper.title).split()}
    return _asks_more(" ".join(word for word in title_key(question).split() if word not in words))


def _has(match: Match, words: str) -> bool:
    return title_key(words) in title_key(f"{match.paper.title} {match.paper.abstract}")
