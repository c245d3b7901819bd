"""Printed numbers: the text, and the interval it claims.

A printed number is text. "0.40" claims more than "0.4", "almost 30" claims less than "30", and
"one in six" claims only that no other simple fraction is nearer. Arithmetic is exact (`Fraction`),
so that no verdict hangs on a floating-point digit, and carries the rounding of its inputs along.
What can be read in two ways is refused: a study says in `study.toml` which mark its decimals have.
"""

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import inf

from compendium.errors import DataError
from compendium.settings import read_study

# Things counted or named: no rounding stands behind a printed 37 of them.
CODE = "code"  # a mark in our words: yes where print has a tick
TEXTS = {"label", "side", "item", "date", CODE}
_COUNTED = {"n", "rank", "page", "year", "words", *TEXTS}

_TIMED = {"years", "months", "weeks", "days", "hours"}

_COUNTED_OUT = """
zero|one first|two second|three third|four fourth|five fifth|six sixth|seven seventh|eight eighth
|nine ninth|ten tenth|eleven eleventh|twelve twelfth|thirteen|fourteen|fifteen|sixteen|seventeen
|eighteen|nineteen|twenty
"""
_TENS = "thirty forty fifty sixty seventy eighty ninety"
NUMBERS = {
    word: number for number, words in enumerate(_COUNTED_OUT.split("|")) for word in words.split()
} | {"no": 0, "none": 0, "couple": 2, "both": 2}
NUMBERS |= {word: 10 * number for number, word in enumerate(_TENS.split(), start=3)}
_TIMES = {"dozen": 12, "hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9}
_SCALES = _TIMES | {"k": 10**3, "m": 10**6, "bn": 10**9}

# The fractions people say. A fraction in words claims to be nearest to its own.
_SIMPLE = sorted(
    {Fraction(1, n) for n in range(2, 9)}
    | {Fraction(n - 1, n) for n in (3, 4, 5)}
    | {Fraction(2, 5), Fraction(3, 5)}
)
_FRACTIONS = {"half": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fifth": 5,
              "fifths": 5}  # fmt: skip
_GLYPHS = {"½": Fraction(1, 2), "¼": Fraction(1, 4), "¾": Fraction(3, 4), "⅓": Fraction(1, 3),
           "⅔": Fraction(2, 3), "⅛": Fraction(1, 8)}  # fmt: skip

# How far "over" or "almost" may reach: an eighth of the number. Our reading, used everywhere.
_REACH = Fraction(1, 8)
# "Less than half" is not half: an open end stops this far short of the number.
_SHORT = Fraction(1, 10**9)
_NOUGHT = Fraction(0)
_QUALIFIERS = [
    ("just over ", lambda v, far: (v + _SHORT, v + far)),
    ("(?:just under|almost|nearly) ", lambda v, far: (v - far, v - _SHORT)
     if v > 0 else (v + _SHORT, v + far)),
    ("(?:at least |≥|>=)", lambda v, _far: (v, inf)),
    # Of nothing there is no eighth: more than none is any number.
    ("(?:(?:in excess of|more than|over) |>)", lambda v, far: (v + _SHORT, v + far if v else inf)),
    ("(?:(?:less than|under) |<)", lambda v, far: (min(v - far, _NOUGHT), v - _SHORT)),
    ("(?:(?:up to|at most) |≤|<=)", lambda v, _far: (min(v, _NOUGHT), v)),
]  # fmt: skip
_PLAIN = re.compile(r"^(only|approximately|approx\.|approx|about|around|estimated as|~)\s*")
# Marks of a footnote behind a number, and the letter of a statistic before it.
_FOOTNOTES = re.compile(r"(?<=[\w%+)½¼¾⅓⅔⅛])\s?[*†‡§¶¹²³⁴⁵⁶⁷⁸⁹⁰ᵃᵇᶜᵈ]+$")
_STATISTIC = re.compile(r"^[a-z]\w*\s?(?:=|(?=[<>≤≥]))")
_NOT_SIGNIFICANT = {"ns", "n.s.", "n. s.", "not significant"}
# Words that claim an interval by themselves.
_VAGUE = {
    "majority": (Fraction(1, 2) + _SHORT, Fraction(1)),
    # Below all, and above the last simple fraction short of it.
    "nearly all": (_SIMPLE[-1] + _SHORT, 1 - _SHORT),
    "halved": (Fraction(9, 20), Fraction(11, 20)),
    "several": (Fraction(3), Fraction(99)),
    "tens": (Fraction(10), Fraction(99)),
    "in the order of tens": (Fraction(10), Fraction(99)),
    "several hundred": (Fraction(200), Fraction(999)),
}


@dataclass(frozen=True)
class Quantity:
    """A number with the interval it stands for; `value` is None where only an interval is said.

    >>> parse("0.97", "£ million") + parse("1.3", "£ million")
    Quantity(value=Fraction(227, 100), low=Fraction(443, 200), high=Fraction(93, 40))
    """

    value: Fraction | None
    low: Fraction | float
    high: Fraction | float

    def __add__(self, other: "Quantity") -> "Quantity":
        return Quantity(self.value + other.value, self.low + other.low, self.high + other.high)

    def __sub__(self, other: "Quantity") -> "Quantity":
        return Quantity(self.value - other.value, self.low - other.high, self.high - other.low)

    def __truediv__(self, other: "Quantity") -> "Quantity":
        if other.low <= 0:
            raise DataError(f"cannot divide by {show(other)}: it may be zero or less")
        ends = [end / by for end in (self.low, self.high) for by in (other.low, other.high)]
        return Quantity(self.value / other.value, min(ends), max(ends))

    def scaled(self, factor: int) -> "Quantity":
        """The quantity times a whole number."""
        return Quantity(self.value * factor, self.low * factor, self.high * factor)


def exactly(number: int | Fraction) -> Quantity:
    """A number with no rounding behind it."""
    return Quantity(Fraction(number), Fraction(number), Fraction(number))


def parse(text: str, unit: str) -> Quantity:
    """The number a printed text stands for, and the interval it claims.

    As printed: ``"0.40"``, ``"1,400"``, ``"1 400"``, ``"−4.1"``, ``"(4.1)"``, ``"17+"``,
    ``"5-10"``, ``"10 to 20"``, ``"almost 30"``, ``"p < .05"``, ``"3.4 ± 0.2"``, ``"1.2m"``,
    ``"0.40*"``, ``"1990s"``, ``"twelve hundred"``, ``"one in six"``, ``"just over half"``.

    The unit decides the rounding: counts have none, nor has a bare 0, which says that there is
    nothing; a number of people is taken as rounded to its last digit that is not zero; all else to
    half a unit in its last printed place. In a unit of millions, "1.2m" is 1.2.

    A DataError if the text is no number this project knows how to read, can be read in two ways, or
    has a low end above its high end.

    Our reading of words: "almost" and "over" reach an eighth of the number; a fraction in words
    claims to be the nearest simple fraction, "less than" one reaches down to the next.

    >>> parse("0.40", "%") == Quantity(Fraction(2, 5), Fraction(79, 200), Fraction(81, 200))
    True
    >>> parse("less than half", "words").high < Fraction(1, 2)
    True
    """
    return _parse(text, unit, read_study().decimal_mark)


@cache
def _parse(text: str, unit: str, _mark: str) -> Quantity:
    """Worked out once: a check asks hundreds of times what a printed number claims."""
    words = _PLAIN.sub("", _tidy(text))
    if unit == "p" and words in _NOT_SIGNIFICANT:
        words = ">.05"
    interval = _VAGUE.get(words) or _claimed_interval(words, text, unit)
    if interval:
        if interval[0] > interval[1]:
            raise _refuse(text, "a low end that is not above the high one")
        return Quantity(None, *interval)
    value, half = _number(words, text, unit)
    if unit == "words":
        below, above = _neighbours(value)
        return Quantity(None, (below + value) / 2, (value + above) / 2)
    return Quantity(value, value - half, value + half)


def _tidy(text: str) -> str:
    """In small letters, with one kind of blank and of minus; without footnote and currency."""
    words = re.sub(r"\s+", " ", text.strip().lower())
    words = re.sub("[–−‐‑]", "-", re.sub(r"[£$€]\s?", "", words))
    return _STATISTIC.sub("", _FOOTNOTES.sub("", words)).strip()


def _claimed_interval(words: str, text: str, unit: str) -> tuple[Fraction, Fraction | float] | None:
    """The ends of what a qualified or vague text claims; None for a plain number."""
    for pattern, reach in _QUALIFIERS:
        match = re.match(rf"{pattern}\s?(.+)$", words)
        if match:
            number, _ = _number(match[1], text, unit)
            if not number and "nearly" in pattern:
                raise _refuse(text, "a number that is not 0, of which an eighth can be missing")
            low, high = reach(number, abs(number) * _REACH)
            if unit == "words" and low == 0:
                # "Less than a third" of something that is not, say, less than a quarter.
                low = _neighbours(number)[0] + _SHORT
            # No p is above 1, and "p > .05" may be any up to it.
            return (low, Fraction(1)) if unit == "p" and high > number else (low, high)
    if words.endswith("+"):
        return _number(words[:-1], text, unit)[0], inf
    if decade := re.fullmatch(r"(?:the )?(\d*\d0)s", words):
        return Fraction(decade[1]), Fraction(decade[1]) + 9
    between = re.fullmatch(r"between (.+) and (.+)", words) or re.fullmatch(
        r"(?:from )?(.+) to (.+)|(?:between )?(\(?-?[\d.,]+\)?%?) ?- ?(\(?-?[\d.,]+.*)", words
    )
    if between:
        ends = [_number(end, text, unit) for end in between.groups() if end]
        return ends[0][0] - ends[0][1], ends[1][0] + ends[1][1]
    if around := re.fullmatch(r"(.+?) ?± ?(.+)", words):
        (middle, _), (far, _) = (_number(end, text, unit) for end in around.groups())
        return middle - far, middle + far
    return None


def _neighbours(fraction: Fraction) -> tuple[Fraction, Fraction]:
    """The next simple fractions below and above, or 0 and 1; of others, those of its own kind."""
    if fraction not in _SIMPLE:
        part, whole = fraction.as_integer_ratio()
        if part == 1 < whole:
            return Fraction(1, whole + 1), Fraction(1, whole - 1)
        return fraction - Fraction(1, whole), fraction + Fraction(1, whole)
    place = _SIMPLE.index(fraction)
    below = _SIMPLE[place - 1] if place else _NOUGHT
    return below, _SIMPLE[place + 1] if place + 1 < len(_SIMPLE) else Fraction(1)


def _number(words: str, text: str, unit: str) -> tuple[Fraction, Fraction]:
    """A number and half a unit in its last printed place: the error that rounding allows."""
    words = words.strip()
    if accounted := re.fullmatch(r"\((\d.*|\..*)\)", words):
        value, half = _number(accounted[1], text, unit)
        return -value, half
    if "/" in words and unit in _TIMED:
        raise _refuse(text, f"a part, or a range, of {unit} that cannot be taken for the other")
    if words.endswith("%") and unit == "%":
        words = words.removesuffix("%").strip()
    scaled = re.fullmatch(r"(-?[\d.,' ]*\d) ?(k|m|bn|thousand|million|billion)", words)
    scale = Fraction(_SCALES[scaled[2]] if scaled else 1)
    value, step = _digits(scaled[1] if scaled else words, text)
    if value is None:
        value = _words(words, text)
        # Years, people and things are counted in words; an amount is measured.
        is_amount = value.denominator == 1 and ("£" in unit or unit == "%")
        return value, Fraction(is_amount, 2)
    if scaled:
        # In a unit of millions "1.2m" is 1.2; a scaled number is a rounded one, whatever it counts.
        said = next((by for word, by in _TIMES.items() if by > 100 and word in unit.split()), 1)
        return value * scale / said, step / 2 * scale / said
    # Whole years are counted too: five cut to three are no rounded half.
    if unit in _COUNTED or (step == 1 and (not value or unit in _TIMED)):
        return value, _NOUGHT
    if unit == "people" and step == 1:
        step = Fraction(10 ** (len(str(value)) - len(str(value).rstrip("0"))))
    return value, step / 2


def _digits(words: str, text: str) -> tuple[Fraction | None, Fraction]:
    """A number in digits, and the unit of its last place; None if it is none."""
    mark = read_study().decimal_mark
    groups = {".": ",", ",": "."}[mark]
    if over := re.fullmatch(r"(\d+) ?(?:/| in | out of )(\d+)", words):
        if not int(over[2]):
            raise _refuse(text, "a fraction of something")
        return Fraction(int(over[1]), int(over[2])), _NOUGHT
    if glyph := re.fullmatch(rf"(\d*) ?([{''.join(_GLYPHS)}])", words):
        part = _GLYPHS[glyph[2]]
        return int(glyph[1] or 0) + part, Fraction(1, part.denominator)
    found = re.fullmatch(
        rf"(-?)(\d{{1,3}}(?:([{groups} '])\d{{3}}(?:\3\d{{3}})*)?|\d*)(?:[{mark}](\d+))?"
        r"(?:e([+-]?\d{1,3}))?",
        words,
    )
    if not found or not (found[2] or found[4]):
        if re.fullmatch(r"-?\d[\d.,]*", words):
            raise _refuse(text, f"a decimal {mark!r} (study.toml: decimal_mark), groups of three")
        return None, _NOUGHT
    sign, whole, _, decimals, power = found.groups(default="")
    digits = re.sub(r"\D", "", whole) + decimals
    step = Fraction(10) ** (int(power or 0) - len(decimals))
    return int(f"{sign}{digits}") * step, step


def _words(words: str, text: str) -> Fraction:
    """A number in words: ``sixty-two``, ``a hundred``, ``two-thirds``, ``nine out of ten``."""
    tokens = words.replace("-", " ").removesuffix(" of").split()
    tokens = ["one" if token in ("a", "an") else token for token in tokens if token != "and"]
    split = next((place for place in range(len(tokens)) if tokens[place] in ("in", "out")), None)
    if split:
        after = tokens[split:][1 if tokens[split] == "in" else 2 :]
        part, whole = _count(tokens[:split]), _count(after)
        if part is not None and whole:
            return Fraction(part, whole)
    elif tokens and tokens[-1] in _FRACTIONS and len(tokens) <= 2:
        times = _count(tokens[:-1] or ["one"])
        by = _FRACTIONS[tokens[-1]]
        if times and times < by and (len(tokens) > 1 or tokens[-1] not in NUMBERS):
            return Fraction(times, by)
    number = _count(tokens)
    if number is None:
        raise _refuse(text, "a number in digits or words; see compendium.printed.quantities")
    return Fraction(number)


def _count(tokens: list[str]) -> int | None:
    """A whole number in words; None if it is none."""
    total, group = 0, None
    for token in tokens:
        if token in NUMBERS:
            number = NUMBERS[token]
            # Behind a multiple of ten stands a unit, behind a hundred either, else nothing.
            tens = (group or 1) % 100
            room = 100 if tens == 0 else 10 if tens % 10 == 0 and tens > 10 else 0
            if group is not None and not 0 < number < room:
                return None
            group = (group or 0) + number
        elif token in _TIMES and (group is None or group):
            group = (group or 1) * _TIMES[token]
            if _TIMES[token] > 100:
                total, group = total + group, None
        else:
            return None
    return None if not tokens else total + (group or 0)


def _refuse(text: str, allowed: str) -> DataError:
    return DataError(f"cannot read {text!r} as a printed number; allowed: {allowed}")


def read_fact(text: str, unit: str) -> tuple[Fraction | str, str]:
    """The number alone, and to which side of it the text leaves room; a label as it is.

    >>> read_fact("17+", "n"), read_fact("almost 30", "n"), read_fact("approx. 5", "n")
    ((Fraction(17, 1), 'up'), (Fraction(30, 1), 'down'), (Fraction(5, 1), ''))
    """
    if unit in TEXTS:
        return text, ""
    words = _PLAIN.sub("", _tidy(text))
    for pattern, reach in _QUALIFIERS:
        if match := re.match(rf"{pattern}\s?(.+)$", words):
            room = "up" if reach(Fraction(1), _REACH)[1] > 1 else "down"
            return _number(match[1], text, unit)[0], room
    is_open = words.endswith("+")
    return _number(words.removesuffix("+"), text, unit)[0], "up" if is_open else ""


def show(quantity: Quantity | str) -> str:
    """A computed quantity as text: whole numbers whole, others to four digits.

    >>> show(exactly(37)), show(exactly(Fraction(11, 2390) * 100))
    ('37', '0.4603')
    """
    if isinstance(quantity, str):
        return quantity
    if quantity.value is None:
        return f"{float(quantity.low):.4g} to {float(quantity.high):.4g}"
    if quantity.value.denominator == 1:
        return str(quantity.value.numerator)
    return f"{float(quantity.value):.4g}"
