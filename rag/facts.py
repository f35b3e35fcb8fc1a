"""Facts: the numbers, names and directions of a sentence, to be held against another's."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_SCALES = {
    "dozen": 12.0,
    "hundred": 1e2,
    "thousand": 1e3,
    "million": 1e6,
    "billion": 1e9,
    "trillion": 1e12,
}
_SUFFIXES = {"k": 1e3, "m": 1e6, "b": 1e9, "t": 1e12}
_SHARES = {
    "half": 0.5, "third": 1 / 3, "thirds": 1 / 3, "quarter": 0.25, "quarters": 0.25,
    "fifth": 0.2, "fifths": 0.2, "tenth": 0.1, "tenths": 0.1,
}  # fmt: skip
_TIMES = {
    "double": 2, "doubles": 2, "doubled": 2, "doubling": 2, "twice": 2, "twofold": 2,
    "triple": 3, "triples": 3, "tripled": 3, "thrice": 3, "threefold": 3, "fourfold": 4, "tenfold": 10,
    "halve": 0.5, "halves": 0.5, "halved": 0.5, "halving": 0.5,
}  # fmt: skip
_WORDS = {word: float(value) for value, word in enumerate(_ONES)} | {
    word: 10.0 * value for value, word in enumerate(_TENS, start=2)
}
_UNITS = {
    "%": "%", "percent": "%", "per cent": "%", "pp": "points", "percentage points": "points",
    "percentage point": "points", "% points": "points", "points": "points", "point": "points",
    "x": "x", "×": "x", "times": "x", "fold": "x", "-fold": "x",
    "ms": "ms", "millisecond": "ms", "milliseconds": "ms", "μs": "μs", "µs": "μs", "us": "μs",
    "microseconds": "μs", "ns": "ns", "nanoseconds": "ns",
    "s": "s", "sec": "s", "second": "s", "seconds": "s", "min": "min", "minute": "min",
    "minutes": "min", "h": "h", "hour": "h", "hours": "h", "day": "d", "days": "d",
    "week": "weeks", "weeks": "weeks",
    "month": "months", "months": "months", "year": "years", "years": "years",
    "kb": "KB", "mb": "MB", "gb": "GB", "tb": "TB", "bit": "bits", "bits": "bits", "byte": "bytes",
    "bytes": "bytes", "db": "dB", "hz": "Hz", "khz": "kHz", "mhz": "MHz", "ghz": "GHz",
    "w": "W", "watts": "W", "mw": "mW", "μw": "μW", "j": "J", "mj": "mJ", "μj": "μJ", "nj": "nJ",
    "pj": "pJ", "mm": "mm", "cm": "cm", "km": "km", "nm": "nm", "fps": "fps", "k": "", "°c": "°C",
}  # fmt: skip
_LADDERS: tuple[Mapping[str, float], ...] = (
    {"ns": 1e-9, "μs": 1e-6, "ms": 1e-3, "s": 1, "min": 60, "h": 3600, "d": 86400, "weeks": 604800},
    {"KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12},
    {"Hz": 1, "kHz": 1e3, "MHz": 1e6, "GHz": 1e9},
    {"pJ": 1e-12, "nJ": 1e-9, "μJ": 1e-6, "mJ": 1e-3, "J": 1},
    {"μW": 1e-6, "mW": 1e-3, "W": 1},
    {"nm": 1e-9, "mm": 1e-3, "cm": 1e-2, "km": 1e3},
    {"months": 1, "years": 12},
)
_UNIT = "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True))
_DIGITS = re.compile(
    r"(?:(?<![\w.])|(?<=\dx))[-−~≈<>$]{0,4}"
    r"(?P<value>[1-9]\d{0,2}(?:(?:,|\{,\}|\\,)\d{3})+(?!\d)(?:\.\d+)?|\d*\.\d+|\d+)"
    r"(?:[\s~-]*(?P<scale>hundred|thousand|million|billion|trillion)\b"
    r"|(?P<suffix>(?-i:[kKMBT]))(?![\w]))?"
    rf"(?:[\s\-–~\\]*(?P<unit>{_UNIT})(?![a-zA-Z]))?",
    re.IGNORECASE,
)
_WORD = re.compile(r"[A-Za-z]+(?:-[A-Za-z]+)*|[^\sA-Za-z]+")
_FACTOR = re.compile(r"\bfactors? of( about| around| up to| over)?[\s~]*$", re.IGNORECASE)
_RANGE = re.compile(r"[\s$]*(-+|–|—|to)[\s$]*", re.IGNORECASE)
_PARTS = re.compile(rf"((?:{'|'.join(_WORDS)})(?:-(?:{'|'.join(_WORDS)}))?)-([a-z]+)", re.IGNORECASE)
_FEW = 12
# As far back as what is looked for before a number may begin.
_BEFORE = 40
_ROUGHLY = re.compile(
    r"\b(about|around|roughly|approximately|nearly|almost|close to|some|over|more than|at least|under|"
    r"less than|fewer than|below|above|up to|up|as (much|many|little|few) as|just|slightly|a bit|"
    r"well|order of|circa|within)\b[\s\w]{0,12}$|[~≈<>]$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Quantity:
    """A number as a sentence has it: its value, its unit ("" for none), and whether it is rough.

    `step` is what one more in its last digit would add; `counts` is for a small number in words.
    """

    text: str
    value: float
    unit: str = ""
    rough: bool = False
    step: float = 1.0
    counts: bool = False


def quantities(text: str) -> list[Quantity]:
    """Return the numbers of a text, in digits or words, but for "one" and "first".

    >>> [(q.value, q.unit) for q in quantities("It runs 2.4x faster on forty thousand nodes.")]
    [(2.4, 'x'), (40000.0, '')]
    """
    found: list[Quantity] = []
    ends = 0
    for one in _DIGITS.finditer(text):
        digits = re.sub(r"[^\d.]", "", one["value"])
        scale = _SCALES.get((one["scale"] or "").lower(), 1.0)
        scale *= _SUFFIXES.get((one["suffix"] or "").lower(), 1.0)
        step = scale * 10.0 ** -len(digits.partition(".")[2])
        unit = _UNITS.get((one["unit"] or "").lower(), "")
        if unit == "x" and re.match(r"[\s$]*\d", text[one.end() : one.end() + 4]):
            unit = ""  # 3 x 3
        if not unit and _FACTOR.search(_before(text, one.start())):
            unit = "x"
        if found and not found[-1].unit and _RANGE.fullmatch(text[ends : one.start("value")]):
            found[-1] = replace(found[-1], unit=unit)
        ends = one.end()
        rough = _ROUGHLY.search(_before(text, one.start("value"))) is not None
        found.append(Quantity(one[0].strip(), float(digits) * scale, unit, rough, step))
    return found + list(_in_words(text))


def _before(text: str, at: int) -> str:
    return text[max(0, at - _BEFORE) : at]


def _in_words(text: str) -> Iterator[Quantity]:
    text = _PARTS.sub(_apart, text)
    words = [(one[0], one.start()) for one in _WORD.finditer(text)]
    at = 0
    while at < len(words):
        word, start = words[at]
        lower = word.lower()
        rough = _ROUGHLY.search(_before(text, start)) is not None
        if [one.lower() for one, _ in words[at : at + 3]] == ["half", "a", "dozen"]:
            yield Quantity("half a dozen", 6.0, "", rough)
            at += 3
            continue
        if lower in _TIMES:
            yield Quantity(word, float(_TIMES[lower]), "x", rough)
        elif lower == "half":
            yield Quantity(word, 50.0, "%", True)
        elif lower == "dozen":
            yield Quantity(word, 12.0, "", rough)
        value, used = _value([word for word, _ in words[at : at + 6]])
        if used:
            number = " ".join(word for word, _ in words[at : at + used])
            after, last = [*(word.lower() for word, _ in words[at + used : at + used + 2]), "", ""][:2]
            if after in _SHARES and value < 10:
                yield Quantity(f"{number} {after}", value * _SHARES[after] * 100, "%", True)
                used += 1
            elif value != 1 or used > 1:
                after = f"{after} {last}" if f"{after} {last}" in _UNITS else after
                unit = _UNITS.get(after, "")
                said = f"{number} {after}" if unit else number
                yield Quantity(said, value, unit, rough, counts=value <= _FEW and not unit)
        at += max(1, used)


def _apart(compound: re.Match[str]) -> str:
    """Return "two-thirds" or "six-month" without its hyphen, and any other compound as it is."""
    first, last = compound[1].lower(), compound[2].lower()
    known = last in _SCALES or last in _UNITS or (last in _SHARES and first in _ONES)
    return f"{compound[1]} {compound[2]}" if known else compound[0]


def _value(words: Sequence[str]) -> tuple[float, int]:
    """Return the number that some words begin with, and of how many of them it is made."""
    total, current, used = 0.0, 0.0, 0
    for at, word in enumerate(words):
        lower = word.lower()
        parts = lower.split("-")
        if all(part in _WORDS for part in parts) and (
            not used or words[at - 1].lower() in ("and", *_SCALES)
        ):
            current += sum(_WORDS[part] for part in parts)
        elif lower in ("dozen", "hundred") and used:
            current *= _SCALES[lower]
        elif lower == "and" and words[at - 1].lower() == "hundred" and used:
            continue
        elif lower in _SCALES and used:
            total, current = total + current * _SCALES[lower], 0.0
        else:
            break
        used = at + 1
    return total + current, used


def stated(wanted: Quantity, told: Sequence[Quantity]) -> bool:
    """Tell whether a number is among others, as it is, in another unit, or as their difference.

    Of a rough number ("nearly a third") a fifth may be missing; any other may be rounded. A small
    number in words ("both", "three") counts things that the others may name without counting.

    >>> stated(Quantity("31%", 31.0, "%"), [Quantity("0.314", 0.314)])
    True
    """
    if wanted.counts and not any(one.counts or one.value == wanted.value for one in told):
        return True
    forms = [form for one in told for form in _forms(one)]
    if wanted.rough or wanted.unit in ("x", "points", "%"):
        pairs = [(a, b) for a in told for b in told if a.unit == b.unit and a is not b]
        forms += [(abs(a.value - b.value), a.unit) for a, b in pairs]
        forms += [(abs(a.value - b.value), "points") for a, b in pairs if a.unit == "%"]
        forms += [(a.value / b.value, "x") for a, b in pairs if b.value]
    off = max(wanted.step / 2, 0.2 * abs(wanted.value) if wanted.rough else 0.0)
    return any(
        wanted.value == value or abs(wanted.value - value) <= off + 1e-9
        for value, unit in forms
        if _alike(wanted.unit, unit)
    )


def _alike(wanted: str, told: str) -> bool:
    # A share or a factor that has lost its sign is another number; other units may go unsaid.
    return wanted == told or not told or (not wanted and told not in ("%", "x"))


def _forms(one: Quantity) -> Iterator[tuple[float, str]]:
    """Yield a number in each unit that it can be said in."""
    yield one.value, one.unit
    if one.unit == "%":
        yield one.value / 100, ""
        yield 100 - one.value, "%"
        yield one.value / 100 + 1, "x"
        yield (100 / (100 - one.value) if one.value != 100 else one.value), "x"
        yield one.value / 100, "x"
    elif not one.unit and one.value <= 1:
        yield one.value * 100, "%"
    elif one.unit == "x" and one.value:
        yield 100 / one.value, "%"
        yield 1 / one.value, "x"
    for units in _LADDERS:
        if one.unit in units:
            base = one.value * units[one.unit]
            yield from ((base / size, unit) for unit, size in units.items() if unit != one.unit)
