"""Printed numbers: the text, and the interval it claims.

A printed number is text. "0.40" claims more than "0.4", "almost 30" claims less than "30", and
"one in six" claims only that no other simple fraction is nearer. Arithmetic is exact (`Fraction`),
so that no verdict hangs on a floating-point digit, and carries the rounding of its inputs along.
"""

import re
from dataclasses import dataclass
from fractions import Fraction
from math import inf

from compendium.errors import DataError

# Things counted or named: no rounding stands behind a printed 37 of them.
CODE = "code"  # a mark in our words: yes where print has a tick
TEXTS = {"label", "side", "item", "date", CODE}
_COUNTED = {"n", "rank", "year", "words", *TEXTS}
# Whole ones are counted too: five years cut to three are no rounded half.
_SPANS = {"years", "months", "weeks"}

_COUNTED_OUT = """
zero|one first|two second|three third|four fourth|five fifth|six sixth|seven seventh|eight eighth
|nine ninth|ten tenth|eleven eleventh|twelve twelfth
"""
NUMBERS = {
    word: number for number, words in enumerate(_COUNTED_OUT.split("|")) for word in words.split()
} | {
    "no": 0,
    "none": 0,
    "couple": 2,
    "both": 2,
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
}

# The fractions people say. A fraction in words claims to be nearest to its own.
_SIMPLE = sorted(
    {Fraction(1, n) for n in range(2, 9)}
    | {Fraction(n - 1, n) for n in (3, 4, 5)}
    | {Fraction(2, 5), Fraction(3, 5)}
)
_FRACTIONS = {
    "half": Fraction(1, 2),
    "third": Fraction(1, 3),
    "thirds": Fraction(1, 3),
    "quarter": Fraction(1, 4),
    "quarters": Fraction(1, 4),
    "fifth": Fraction(1, 5),
}

# How far "over" or "almost" may reach: an eighth of the number. Our reading, used everywhere.
_REACH = Fraction(1, 8)
# "Less than half" is not half: an open end stops this far short of the number.
_SHORT = Fraction(1, 10**9)
_QUALIFIERS = [
    ("just over", lambda v: (v + _SHORT, v * (1 + _REACH))),
    ("just under|almost|nearly", lambda v: (v * (1 - _REACH), v - _SHORT)),
    ("at least", lambda v: (v, inf)),
    ("in excess of|more than|over", lambda v: (v + _SHORT, v * (1 + _REACH))),
    ("less than|under", lambda v: (Fraction(0), v - _SHORT)),
    ("up to|at most", lambda v: (Fraction(0), v)),
]
_PLAIN = re.compile(r"^(only|approximately|approx\.|approx|about|around|estimated as|~)\s*")
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


def half_unit(text: str, unit: str) -> Fraction:
    """Half a unit in the last printed place: the error that rounding allows.

    Counts have none, nor have whole years, nor has a bare 0, which says that there is nothing. A
    number of people is taken as rounded to its last digit that is not zero.

    >>> half_unit("0.40", "%"), half_unit("37", "n"), half_unit("198,000", "people")
    (Fraction(1, 200), Fraction(0, 1), Fraction(500, 1))
    """
    whole, _, decimals = text.replace(",", "").partition(".")
    if unit in _COUNTED or text == "0" or (unit in _SPANS and not decimals):
        return Fraction(0)
    if unit == "people":
        return Fraction(10 ** (len(whole) - len(whole.rstrip("0"))), 2)
    return Fraction(1, 2 * 10 ** len(decimals))


def parse(text: str, unit: str) -> Quantity:
    """The number a printed text stands for, and the interval it claims.

    Parameters
    ----------
    text : str
        As printed, without its unit: ``"0.40"``, ``"1,400"``, ``"17+"``, ``"5-10"``,
        ``"almost 30"``, ``"three"``, ``"one in six"``, ``"just over half"``.
    unit : str
        Decides the rounding: see `half_unit`.

    Raises
    ------
    DataError
        If the text is no number this project knows how to read.

    Notes
    -----
    Our reading of words: "almost" and "over" reach an eighth of the number; a fraction in
    words claims to be the nearest simple fraction, "less than" one reaches down to the next.

    Examples
    --------
    >>> parse("0.40", "%") == Quantity(Fraction(2, 5), Fraction(79, 200), Fraction(81, 200))
    True
    >>> parse("less than half", "words").high < Fraction(1, 2)
    True
    """
    words = _PLAIN.sub("", text.strip().lower()).replace("–", "-")
    interval = _claimed_interval(words, text, unit)
    if interval:
        return Quantity(None, *interval)
    value = _number(words, text)
    if unit == "words":
        below, above = _neighbours(value)
        return Quantity(None, (below + value) / 2, (value + above) / 2)
    half = half_unit(words, unit)
    return Quantity(value, value - half, value + half)


def _claimed_interval(words: str, text: str, unit: str) -> tuple[Fraction, Fraction | float] | None:
    """The ends of what a qualified or vague text claims; None for a plain number."""
    if words in _VAGUE:
        return _VAGUE[words]
    for pattern, reach in _QUALIFIERS:
        match = re.match(rf"(?:{pattern}) (.+)$", words)
        if match:
            number = _number(match[1], text)
            low, high = reach(number)
            if unit == "words" and low == 0:
                # "Less than a third" of something that is not, say, less than a quarter.
                low = _neighbours(number)[0] + _SHORT
            return low, high
    if words.endswith("+"):
        return _number(words[:-1], text), inf
    between = re.match(r"^between (\S+) and (\S+)$", words)
    if between:
        return _number(between[1], text), _number(between[2], text)
    ends = re.match(r"^([\d.,]+)-([\d.,]+)$", words)
    if ends:
        low, high = (_number(end, text) for end in ends.groups())
        return low - half_unit(ends[1], unit), high + half_unit(ends[2], unit)
    return None


def _neighbours(fraction: Fraction) -> tuple[Fraction, Fraction]:
    """The next simple fractions below and above, or 0 and 1."""
    if fraction not in _SIMPLE:
        raise DataError(f"found {fraction} in words; allowed: {', '.join(map(str, _SIMPLE))}")
    if fraction not in _SIMPLE:
        raise DataError(f"found {fraction} in words; allowed: {', '.join(map(str, _SIMPLE))}")
    if fraction not in _SIMPLE:
        raise DataError(f"found {fraction} in words; allowed: {', '.join(map(str, _SIMPLE))}")
    if fraction not in _SIMPLE:
        raise DataError(f"found {fraction} in words; allowed: {', '.join(map(str, _SIMPLE))}")
    place = _SIMPLE.index(fraction)
    below = _SIMPLE[place - 1] if place else Fraction(0)
    return below, _SIMPLE[place + 1] if place + 1 < len(_SIMPLE) else Fraction(1)


def _number(words: str, text: str) -> Fraction:
    bare = words.replace(",", "")
    if re.fullmatch(r"-?\d+(\.\d+)?", bare):
        return Fraction(bare)
    if bare in NUMBERS:
        return Fraction(NUMBERS[bare])
    one_in = re.fullmatch(r"one in (\w+)", bare)
    if one_in and one_in[1] in NUMBERS:
        return Fraction(1, NUMBERS[one_in[1]])
    times, _, part = bare.replace("-", " ").replace("a ", "one ").rpartition(" ")
    if part in NUMBERS and NUMBERS.get(times, 0) >= 20:
        return Fraction(NUMBERS[times] + NUMBERS[part])
    if part in _FRACTIONS and (times or "one") in NUMBERS:
        return _FRACTIONS[part] * NUMBERS[times or "one"]
    raise DataError(f"cannot read {text!r} as a printed number; see compendium.printed.quantities")


def read_fact(text: str, unit: str) -> tuple[Fraction | str, str]:
    """The number alone, and to which side of it the text leaves room; a label as it is.

    >>> read_fact("17+", "n"), read_fact("almost 30", "n"), read_fact("approx. 5", "n")
    ((Fraction(17, 1), 'up'), (Fraction(30, 1), 'down'), (Fraction(5, 1), ''))
    """
    if unit in TEXTS:
        return text, ""
    words = _PLAIN.sub("", text.strip().lower())
    for pattern, reach in _QUALIFIERS:
        if match := re.match(rf"(?:{pattern}) (.+)$", words):
            return _number(match[1], text), "up" if reach(Fraction(1))[1] > 1 else "down"
    return _number(words.removesuffix("+"), text), "up" if words.endswith("+") else ""


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
