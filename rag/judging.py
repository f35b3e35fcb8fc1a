"""Judging: whether the papers answer a question, which of them do, and whether it is for several."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from index import Library, Match
from rag.evidence import Evidence, share, weigh
from rag.reader import Reading
from rag.weights import ANSWERED, MEMBER, PAPER, SEVERAL, logit, probability
from rag.wording import asks_a_number, names

# From this probability on, a question may be for several papers: more are read, and may be quoted.
PERHAPS_SEVERAL = 0.12
# From this probability on, a paper is taken for one of several that answer.
ENOUGH_MEMBER = 0.2
_MANY = re.compile(
    r"\b(papers|works|approaches|methods|studies|ways|techniques|models|explanations|theories|systems|"
    r"attempts|proposals|algorithms|designs|strategies|architectures|applications|settings|kinds|types|"
    r"schemes|variants|alternatives|solutions|frameworks|tricks|remedies|uses)\b",
    re.IGNORECASE,
)
_SURVEY = re.compile(
    r"^\s*compare\b|\bcompare (the|these|them|ways|approaches|how)\b|\boverview\b|\bsurvey\b|"
    r"\bwho (else )?(has|have|works?)\b"
    r"|\b(has|have|did|does|is|are) (anyone|anybody|there|people|others)\b|"
    r"\bbeen (tried|proposed|done|used|studied)\b|\brelated work\b",
    re.IGNORECASE,
)
_WHICH = re.compile(
    r"\b(which|what) (\w+ ){0,3}?(papers|works|studies|approaches|methods|ways)\b", re.IGNORECASE
)


@dataclass(frozen=True)
class Candidate:
    """A paper that was found and read: its sentences, and the log-odds that it answers.

    `alone` is for a question that one paper answers, `member` for one that several do; `measured` has
    what both were made of, see `paper_features`.
    """

    match: Match
    reading: Reading
    sentences: tuple[Evidence, ...]
    measured: Mapping[str, float]
    alone: float
    member: float

    @property
    def best(self) -> Evidence:
        """The sentence that answers best."""
        return max(self.sentences, key=lambda evidence: evidence.score)


@dataclass(frozen=True)
class Judgement:
    """What the papers have to say to a question; `candidates` has the best first.

    `confidence` is the probability that they answer it, `several` that the answer takes more than
    one, and `about` that any is about what is asked, each from 0 to 1.
    """

    candidates: tuple[Candidate, ...]
    confidence: float
    several: float
    about: float


def judge(
    library: Library,
    question: str,
    before: str,
    matches: Sequence[Match],
    readings: Sequence[Reading],
) -> Judgement:
    """Judge papers that were found and read; `before` is what a follow-up leans on."""
    candidates = candidates_of(library, question, before, matches, readings)
    if not candidates:
        return Judgement((), 0.0, 0.0, 0.0)
    return Judgement(
        tuple(candidates),
        probability(logit(ANSWERED, question_features(candidates))),
        probability(logit(SEVERAL, several_features(question, before, candidates))),
        max(probability(candidate.reading.about) for candidate in candidates),
    )


def candidates_of(
    library: Library,
    question: str,
    before: str,
    matches: Sequence[Match],
    readings: Sequence[Reading],
) -> list[Candidate]:
    """Return the papers with what is measured of each, the likeliest to answer first."""
    features = paper_features(library, f"{before} {question}".strip(), matches, readings)
    # What was said before has been answered: a sentence is to have the words asked now.
    sentences = weigh(library, question, readings)
    candidates = [
        Candidate(match, reading, own, measured, logit(PAPER, measured), logit(MEMBER, measured))
        for match, reading, own, measured in zip(matches, readings, sentences, features, strict=True)
    ]
    return sorted(candidates, key=lambda candidate: (-candidate.alone, candidate.match.paper.id))


def paper_features(
    library: Library, question: str, matches: Sequence[Match], readings: Sequence[Reading]
) -> list[dict[str, float]]:
    """Return what is measured of each paper.

    `answers` and `about` are the reader's logits for the paper and `mark` that of its best sentence;
    `fused` is how far the paper's score is below the best one's and `cosine` that of its nearest
    passage; `words` is the share of the question's words that the paper has.
    """
    rarity = library.rarity(question)
    top = max((match.score for match in matches), default=0.0)
    measured = []
    for match, reading in zip(matches, readings, strict=True):
        text = f"{match.paper.title}\n{match.paper.abstract}"
        measured.append(
            {
                "answers": reading.answers,
                "about": reading.about,
                "mark": max(reading.marks),
                "fused": match.score - top,
                "cosine": match.cosine,
                "words": share(rarity, library.stems(text)),
            }
        )
    return measured


def question_features(candidates: Sequence[Candidate]) -> dict[str, float]:
    """Return what is measured of a question by the paper that is likeliest to answer it.

    `paper` are that paper's log-odds, the others its measures. What came to nothing: the second
    paper, whether the paper has the names in the question, or a figure where one is asked for.
    """
    best = candidates[0]
    return {"paper": best.alone} | {
        name: best.measured[name] for name in ("answers", "about", "cosine")
    }


def several_features(question: str, before: str, candidates: Sequence[Candidate]) -> dict[str, float]:
    """Return what tells a question for several papers from one for a single paper.

    `which`, `many` and `survey` are words that ask for several; `name` and `number` say that it names
    something or asks for a figure, `follows` that it leans on another;
    `second` and `third` are how likely more papers belong, `lead` how much likelier the first is.
    """
    members = sorted((candidate.member for candidate in candidates), reverse=True)
    members += [-6.0] * (3 - len(members))
    return {
        "which": float(_WHICH.search(question) is not None),
        "many": float(_MANY.search(question) is not None),
        "survey": float(_SURVEY.search(question) is not None),
        "name": float(bool(names(question))),
        "number": float(asks_a_number(question)),
        "follows": float(bool(before)),
        "second": members[1],
        "third": members[2],
        "lead": members[0] - members[1],
    }
