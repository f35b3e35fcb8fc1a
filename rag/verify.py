"""Verifying: whether quotes support a claim that cites them, by rules and by a small model."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.checker import support
from rag.facts import quantities, stated

# What a claim says with few of the quotes' words may turn a word's opposite into the same meaning:
# only above this share of common words is an opposite, or a new "not", held against it.
_ALIKE = 0.5
_NAME = re.compile(r"(?<![\w-])(?=[\w+./-]*[A-Z])[A-Za-z0-9][\w+./-]*")
_MIXED = re.compile(r"[a-z0-9][A-Z]|[A-Z]{2}|[A-Za-z]-?\d|\d[A-Za-z]")
_ACRONYM = re.compile(r"[A-Z]{3,6}")
_COMPOUND = re.compile(r"(?<![\w-])[A-Za-z]+-\d+(?:\.\d+)?(?![\w.]*\d)")
_STRONG = re.compile(
    r"\b(eliminat|state-of-the-art|exact|prove[ns]?\b|perfect|fully\b|guarantee|optimal|impossible|"
    r"always\b|entirely\b|universal|unprecedented|sole(ly)?\b|must\b|ensur|necessar)\w*",
    re.IGNORECASE,
)
_NEGATION = re.compile(
    r"\b(not|no|never|cannot|nor|neither|without|none|nothing|fail\w*|unable|lack\w*|hardly|barely|"
    r"rarely|seldom|unlike|instead|rather than|free|non-?\w+|"
    r"un(?!der|i|til|cover|fold|lock|ravel|veil)\w{4,}|"
    r"in(sufficient|capable|effective|efficient|ability)\w*)\b|n['’]t\b",
    re.IGNORECASE,
)
# They only begin like one of the opposites.
_STRANGERS = re.compile(
    r"\b(highl[iy]|latent|dropout|moreover|mostly|locali[sz]|wide(ly|spread)|complexit|commonsense)\w*"
)
# Beginnings of words, each line those that turn the others into their opposite.
_OPPOSITES: tuple[tuple[str, str], ...] = (
    ("increas rais grow", "decreas reduc lower drop fall shrink"),
    ("higher greater more", "lower less fewer smaller"),
    ("larger", "smaller"),
    ("faster accelerat", "slower"),
    ("better improv", "worse degrad"),
    ("stronger", "weaker"),
    ("longer", "shorter"),
    ("above exceed", "below"),
    ("most", "least"),
    ("best", "worst"),
    ("outperform", "underperform"),
    ("before", "after"),
    ("strong", "weak"),
    ("high", "low"),
    ("early", "late"),
    ("positive", "negative"),
    ("global", "local"),
    ("same", "different"),
    ("presence", "absence"),
    ("encoder", "decoder"),
    ("upper", "lower"),
    ("maxim", "minim"),
    ("cheap", "expensive"),
    ("simple", "complex"),
    ("tighter", "looser"),
    ("converg", "diverg"),
    ("deeper", "shallower"),
    ("supervised", "unsupervised"),
    ("stable", "unstable"),
    ("forward", "backward"),
    ("easier", "harder"),
    ("wide", "narrow"),
    ("static", "dynam"),
    ("offline", "online"),
    ("discret", "contin"),
    ("sparse", "dense"),
    ("remov", "add"),
    ("rare seldom", "often frequent common"),
)
_PLAIN = frozenset(
    "a an the of to in on for and or by with as is are was were be been that this which it its their "
    "from at into than more can".split()
)
# The least probability of support; see index/models/CHECKER.md for what it keeps and what it catches.
LEAST_SUPPORT = 0.66


@dataclass(frozen=True)
class Verdict:
    """Whether a claim is supported, and in a few words why not."""

    supported: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.supported


def check(claim: str, quotes: Sequence[str], title: str = "") -> Verdict:
    """Hold a claim against the quotes it cites; `title` is that of their paper, which may name things.

    Every number with its unit, every name and every strong word of the claim has to stand in the
    quotes; no opposite, no new "not" and no two words that have changed places may, where the words
    are mostly the same; and the model has to find the claim supported. A quote supports itself; a
    claim without quotes is never supported.

    >>> check("It is 3.1x faster.", ["It is 2.4x faster than before."]).reason
    'the quotes do not say 3.1x'
    """
    if not any(quote.strip() for quote in quotes) or not claim.strip():
        return Verdict(False, "it cites nothing" if claim.strip() else "it says nothing")
    if _words_of(claim) in map(_words_of, quotes):
        return Verdict(True)
    ruled = follows_rules(claim, quotes, title)
    if not ruled:
        return ruled
    if support(claim, quotes, title) < LEAST_SUPPORT:
        return Verdict(False, "the quotes do not bear it out")
    return Verdict(True)


def follows_rules(claim: str, quotes: Sequence[str], title: str = "") -> Verdict:
    """Hold a claim against the quotes by the rules alone; see `check`."""
    told = " ".join(quotes)
    reason = (
        _number_unsaid(claim, f"{title} {told}")
        or _name_unsaid(claim, f"{title} {told}")
        or _too_strong(claim, told)
        or _turned_around(claim, told)
        or _exchanged(claim, told)
    )
    return Verdict(not reason, reason)


def _number_unsaid(claim: str, told: str) -> str:
    known, written = quantities(told), _key(told)

    def unless_written(compound: re.Match[str]) -> str:
        return "" if re.search(_key(compound[0]) + r"(?!\d)", written) else compound[0]

    claim = _COMPOUND.sub(unless_written, claim)  # "GPT-4" may be "GPT4"
    unsaid = next((one for one in quantities(claim) if not stated(one, known)), None)
    return f"the quotes do not say {unsaid.text}" if unsaid else ""


def _name_unsaid(claim: str, told: str) -> str:
    unsaid = next((name for name in _names(claim) if not _has_name(told, name)), None)
    return f"the quotes do not name {unsaid}" if unsaid else ""


def _names(text: str) -> list[str]:
    """Return what is written as a name: with a capital inside the sentence, or as no word is."""
    found = []
    for one in _NAME.finditer(text):
        name = one[0].strip(".-/+")
        before = text[: one.start()].rstrip("\"“”'‘’()[]")
        ended = before.rstrip().rstrip("\"”'’)]")
        begins = not ended or (before[-1:].isspace() and ended[-1] in ".!?:")
        if _MIXED.search(name) or (name[0].isupper() and not begins):
            found.append(name)
    return found


def _has_name(told: str, name: str) -> bool:
    """Tell whether a text has a name where a word begins, hyphens aside, or has all its parts.

    An acronym may stand there in words.
    """
    bare = re.sub(r"['’]?s$", "", name)
    return (
        any(_has(told, form) for form in (name, bare))
        or all(_has(told, part) for part in re.split(r"[-/]", name))
        or (_ACRONYM.fullmatch(bare) is not None and _spells(told, bare))
    )


def _spells(told: str, acronym: str) -> bool:
    """Tell whether words next to one another in a text begin with the letters of an acronym."""
    begins = "".join(word[0] for word in re.findall(r"[^\W\d_]+", told.lower()))
    return acronym.lower() in begins


def _has(told: str, form: str) -> bool:
    written = r"[\W_]*".join(map(re.escape, re.findall(r"[^\W\d_]+|\d+", form)))
    wanted = r"(?<![^\W_])" + written + (r"(?!\d)" if form[-1:].isdigit() else "")
    return re.search(wanted, told, re.IGNORECASE) is not None


def _key(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())


def _too_strong(claim: str, told: str) -> str:
    said = _plain(told)
    for strong in _STRONG.finditer(claim):
        root = re.sub(r"(?<=prove)[ns]$", "", _plain(strong[1]))
        if f" {root}" not in f" {said}":
            return f"the quotes do not say {strong[0]}"
    return ""


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def _turned_around(claim: str, told: str) -> str:
    ours, theirs = _words(claim), _words(told)
    telling = [word for word in ours if word not in _PLAIN]
    shared = sum(_begins(theirs, word[:5]) for word in telling)
    if not telling or shared < _ALIKE * len(telling):
        return ""
    ours, theirs = _words(_STRANGERS.sub("", claim.lower())), _words(_STRANGERS.sub("", told.lower()))
    for sides in _OPPOSITES:
        for one, other in (sides, sides[::-1]):
            new = [word for word in one.split() if _begins(ours, word) and not _begins(theirs, word)]
            if new and not any(_begins(theirs, word) for word in one.split()):
                turned = [word for word in other.split() if _begins(theirs, word)]
                if turned and not any(_begins(ours, word) for word in other.split()):
                    return "the quotes say the opposite"
    if _NEGATION.search(claim) and not _NEGATION.search(told):
        return "the quotes do not deny it"
    return ""


def _exchanged(claim: str, told: str) -> str:
    """Refuse what is said of two things the other way round: all in order, but for two words."""
    ours, theirs = _telling(claim), _telling(told)
    once = [word for word in ours if ours.count(word) == theirs.count(word) == 1]
    if len(once) < _ALIKE * len(ours):
        return ""
    places = [theirs.index(word) for word in once]
    moved = [at for at, (now, was) in enumerate(zip(places, sorted(places), strict=True)) if now != was]
    # Next to one another, they may just be listed in another order; and so may all there is to say.
    apart = len(moved) == 2 and moved[1] - moved[0] > 1 and moved != [0, len(places) - 1]
    return f"the quotes have {once[moved[1]]} for {once[moved[0]]}" if apart else ""


def _telling(text: str) -> list[str]:
    words = re.findall(r"[a-z0-9]+", text.lower())
    return [word[:6] for word in words if word not in _PLAIN and len(word) > 1]


def _words_of(text: str) -> list[str]:
    return re.findall(r"\S+", text.rstrip(" .!?"))


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z]+", text.lower())


def _begins(words: Sequence[str], stem: str) -> bool:
    return any(word.startswith(stem) for word in words)
