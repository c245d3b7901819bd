"""Statistics in print: what a printed test, mean or interval leaves room for.

A printed statistic is an interval: 2.2 is all from 2.15 to 2.25. A printed p holds if some
statistic in that interval gives it, both ways of rounding a five. Means and standard deviations of
whole answers are few, an interval lies evenly around its estimate on one scale or another, and a
two-by-two table says its own ratio. What an adjusted model, a corrected test or a test without its
degrees of freedom ought to give, print does not say: no rule is for it, and `scan` counts it apart.
"""

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import product
from math import exp, inf, log, sqrt

import scipy  # of which only what is used is imported

from compendium.errors import DataError
from compendium.printed.quantities import Quantity, exactly
from compendium.printed.rules import Cell, Operands, register

# Of each test: how many degrees of freedom it has, and the p of a statistic of at least that size.
_TESTS: dict[str, tuple[int, Callable[..., float]]] = {
    "t": (1, lambda size, df: 2 * scipy.special.stdtr(df, -size)),
    "F": (2, lambda size, between, within: scipy.special.fdtrc(between, within, size)),
    "chi2": (1, lambda size, df: scipy.special.chdtrc(df, size)),
    "z": (0, lambda size: 2 * scipy.special.ndtr(-size)),
    "r": (1, lambda size, df: 2 * scipy.special.stdtr(df, -_r_as_t(size, df))),
}
DEGREES = {kind: number for kind, (number, _) in _TESTS.items()}
# What makes an estimate's interval even around it, and back again; examples of its rules.
_SCALES: dict[str, tuple[Callable[[float], float], Callable[[float], float], str, list[str]]] = {
    "": (lambda x: x, lambda y: y, "estimate",
         ["5.0 = 3.0 7.0", "3.0 = 5.0 1.02", "7.0 = 5.0 1.02", "<.001 = 5.0 3.0 7.0"]),
    "-ratio": (log, exp, "ratio", ["4.23 = 1.69 10.57", "1.69 = 4.22 .467", "10.54 = 4.22 .467",
                                   ".002 = 4.22 1.69 10.57"]),
    "-efficacy": (lambda x: log(1 - x / 100), lambda y: 100 * (1 - exp(y)),
                  "efficacy, which is 100 less a ratio in per cent",
                  ["83 = 79 86", "79 = 83 .108", "86 = 83 .099", "<.001 = 83 79 86"]),
}  # fmt: skip
# Smallest p that each number of stars leaves out: the convention of most journals.
_STARS = {0.001: "***", 0.01: "**", 0.05: "*"}


def find_p(kind: str, statistic: float, degrees: list[float]) -> float:
    """The p of a test, two-sided where the test has two sides.

    A DataError if there is no such test, or no such statistic: an r beyond 1, another number of
    degrees of freedom, one that is not above 0.

    >>> round(find_p("t", 2.20, [28]), 4), round(find_p("chi2", 22.20, [28]), 4)
    (0.0362, 0.7719)
    """
    if len(degrees) != DEGREES[kind] or not all(0 < df < inf for df in degrees):
        raise DataError(
            f"found {len(degrees)} degrees of freedom for {kind}; allowed: {DEGREES[kind]}, above 0"
        )
    if kind == "r" and abs(statistic) > 1:
        raise DataError(f"found r = {abs(statistic):g}; allowed: -1 to 1")
    return float(_TESTS[kind][1](abs(statistic), *degrees))


def _r_as_t(size: float, df: float) -> float:
    return inf if size == 1 else size * sqrt(df / (1 - size * size))


def span_p(kind: str, statistic: Quantity, degrees: list[float], *, one_sided: bool = False):
    """The p that a printed statistic leaves room for, as a `Quantity`.

    One-sided is the tail that the statistic lies in; in the other one p is 1 less that.

    >>> p = span_p("t", Quantity(Fraction(2), Fraction(3, 2), Fraction(5, 2)), [28])
    >>> round(float(p.low), 4), round(float(p.high), 4)
    (0.0186, 0.1448)
    """
    low, high = sorted(abs(float(end)) for end in (statistic.low, statistic.high))
    if statistic.low <= 0 <= statistic.high:
        low = 0.0
    # An r of .995 may be rounded, from no more than 1.
    most = 1.0 if kind == "r" and low <= 1 else inf
    middle = [] if statistic.value is None else [float(statistic.value)]
    sides = 1 + one_sided
    p = [Fraction(find_p(kind, size, degrees)) / sides for size in (min(high, most), low, *middle)]
    return Quantity(p[2] if middle else None, p[0], p[1])


def _over(work_out: Callable[..., float], *operands: Quantity) -> Quantity:
    """A function of printed numbers that rises or falls with each of them, with its interval."""
    try:
        corners = product(*((float(q.low), float(q.high)) for q in operands))
        ends = [Fraction(work_out(*corner)) for corner in corners]
        return Quantity(
            Fraction(work_out(*(float(q.value) for q in operands))), min(ends), max(ends)
        )
    except (ArithmeticError, TypeError, ValueError):
        found = ", ".join(
            "an open end" if q.value is None else f"{float(q.value):g}" for q in operands
        )
        raise DataError(f"cannot be worked out of {found}: a zero, or beyond its scale") from None


def _above_nought(value: Cell, p: Quantity) -> Quantity | str:
    """The p; against a printed 0 in words, since no p is 0."""
    return f"above 0: {float(p.high):.2g}" if value.quantity.value == 0 else p


def _register_p(name: str, kind: str, takes: str, example: str) -> None:
    one_sided = name.endswith("one-sided")

    def work_out(value: Cell, operands: Operands) -> Quantity | str:
        statistic, *degrees = (cell.quantity for cell in operands[0])
        degrees = [float(df.value) for df in degrees]
        return _above_nought(value, span_p(kind, statistic, degrees, one_sided=one_sided))

    tails = ", one-sided, in the tail it lies in" if one_sided else ", two-sided" * (kind in "tzr")
    work_out.__doc__ = f"The p of {kind}{tails}, as its rounding leaves it."
    traits = {"takes": takes, "example": example, "unit": "p", "cites": "Nuijten et al. 2016"}
    register(name, **traits)(work_out)


for _row in (
    ("p-t", "t", "T DF", ".036 = 2.20 28"),
    ("p-f", "F", "F DF DF", ".13 = 2.20 2 28"),
    ("p-chi2", "chi2", "CHI2 DF", ".77 = 22.20 28"),
    ("p-z", "z", "Z", ".028 = 2.20"),
    ("p-r", "r", "R DF", ".24 = .22 28"),
    ("p-t-one-sided", "t", "T DF", ".018 = 2.20 28"),
    ("p-z-one-sided", "z", "Z", ".014 = 2.20"),
    ("p-r-one-sided", "r", "R DF", ".12 = .22 28"),
):
    _register_p(*_row)


@register("stars", takes="P", example="** = .004", unit="label", cites="APA: .05, .01, .001")
def stars(value: Cell, operands: Operands) -> str:
    """The stars of a p: below .001, .01 and .05; "none" where there is none to be."""
    (p,) = (cell.quantity for cell in operands[0])
    fits = [
        next((mark for below, mark in _STARS.items() if float(end) < below), "none")
        for end in (p.low, p.value, p.high)
        if end is not None
    ]
    return value.text if value.text.replace("∗", "*") in fits else fits[-1]


@register("grim", is_bound=True, takes="N", example="17 = 12", unit="%",
          cites="Brown & Heathers 2017")  # fmt: skip
def grim(value: Cell, operands: Operands) -> Quantity:
    """The percentage nearest to the printed one that so many units can give, printed without it."""
    (units,) = (cell.quantity.value for cell in operands[0])
    return exactly(Fraction(round(value.quantity.value * units / 100)) * 100 / units)


@register("grim-mean", is_bound=True, takes="N [ITEMS]", example="7.22 = 32", unit="mean",
          cites="Brown & Heathers 2017")  # fmt: skip
def grim_mean(value: Cell, operands: Operands) -> Quantity:
    """The mean nearest to the printed one that so many whole answers, to so many items, have."""
    answers = Fraction(1)
    for cell in operands[0]:
        answers *= cell.quantity.value
    return exactly(Fraction(round(value.quantity.value * answers)) / answers)


@register("sd-possible", is_bound=True, takes="MEAN N [ITEMS] [vs LEAST MOST]",
          example="6.55 = 4.74 31", unit="mean",
          cites="Anaya 2016; Allard 2018 (GRIMMER)")  # fmt: skip
def sd_possible(value: Cell, operands: Operands) -> Quantity | str:
    """The standard deviation nearest to the printed one that whole answers of that mean can have.

    Their sum and the sum of their squares are whole, and odd or even together. LEAST and MOST are
    the ends of the scale, of one answer; with ITEMS, of one item.
    """
    mean, *sizes = (cell.quantity for cell in operands[0])
    n, items = (int(size.value) for size in (*sizes, exactly(1))[:2])
    ends = [int(cell.quantity.value) for cell in operands[1]] if len(operands) > 1 else None
    found = [
        Fraction(sqrt(spread)) / items
        for spread in _list_variances(mean, value.quantity, n, items, ends)
    ]
    if not found:
        return f"no standard deviation: {n} such answers have no mean of {float(mean.value):g}"
    return exactly(min(found, key=lambda sd: abs(sd - value.quantity.value)))


def _list_variances(
    mean: Quantity, sd: Quantity, n: int, items: int, ends: list[int] | None
) -> Iterator[Fraction]:
    """Variances near the printed one, for each sum of answers that the printed mean may stand for.

    In units of one answer to one item; of those of one sum the two nearest.
    """
    least = -(-mean.low * n * items // 1)
    for total in range(int(least), int(mean.high * n * items) + 1):
        # With n integers of this sum, the squares add up to no less, and on a scale to no more.
        even, rest = divmod(total, n)
        low, high = n * even * even + 2 * even * rest + rest, inf
        if ends:
            bottom, top = (end * items for end in ends)
            if not n * bottom <= total <= n * top:
                continue
            full, over = divmod(total - n * bottom, top - bottom)
            high = full * top**2 + (n - full) * bottom**2
            high += (bottom + over) ** 2 - bottom**2 if full < n else 0
        target = (n - 1) * (sd.value * items) ** 2 + Fraction(total * total, n)
        nearest = round(target)
        squares = [
            nearest + step for step in (-2, -1, 0, 1, 2) if (nearest + step - total) % 2 == 0
        ]
        for square in {min(max(one, low), high) for one in squares}:
            yield (square - Fraction(total * total, n)) / (n - 1)


@register("debit", takes="SHARE N", example=".50 = .53 1683", unit="sd",
          cites="Heathers & Brown 2019 (DEBIT)")  # fmt: skip
def debit(value: Cell, operands: Operands) -> Quantity:
    """The standard deviation of what is yes or no, from the share of yes and the number asked."""
    share, n = (cell.quantity for cell in operands[0])
    size = float(n.value)

    def spread(p: float) -> float:
        return sqrt(size / (size - 1) * max(p * (1 - p), 0))

    found = _over(spread, share)
    peak = Fraction(spread(0.5)) if share.low <= Fraction(1, 2) <= share.high else found.high
    return Quantity(found.value, found.low, max(found.high, peak))


@register("df-within", takes="N N…", example="58 = 30 30", cites="arithmetic")
def df_within(value: Cell, operands: Operands) -> Quantity:
    """The degrees of freedom within groups: all units, less one for each group."""
    groups = [cell.quantity for cell in operands[0]]
    return sum(groups, start=exactly(0)) - exactly(len(groups))


@register("percent-change", takes="OLD NEW", example="-25 = 80 60", unit="%")
def percent_change(value: Cell, operands: Operands) -> Quantity:
    """How much more the second operand is than the first, in per cent of the first."""
    old, new = (cell.quantity for cell in operands[0])
    return (new / old).scaled(100) - exactly(100)


@register("percent-less", takes="OLD NEW", example="25 = 80 60", unit="%")
def percent_less(value: Cell, operands: Operands) -> Quantity:
    """How much less the second operand is than the first, in per cent of the first."""
    return exactly(0) - percent_change(value, operands)


@register("percent-of", takes="PERCENT WHOLE", example="19 = 37 51", unit="%")
def percent_of(value: Cell, operands: Operands) -> Quantity:
    """So many per cent of the second operand: a part of a part."""
    return _over(lambda percent, whole: percent * whole / 100, *(c.quantity for c in operands[0]))


def _reach(level: float = 95) -> float:
    """How many standard errors an interval of that level reaches to each side."""
    return float(scipy.special.ndtri(0.5 + level / 200))


def _register_interval(scale: str) -> None:
    """The rules for an interval on one scale: its middle, its ends, the p it goes with."""
    there, back, said, examples = _SCALES[scale]

    def middle(value: Cell, operands: Operands) -> Quantity:
        claim, (low, high) = value.quantity, (cell.quantity for cell in operands[0])
        found = _over(lambda a, b: back((there(a) + there(b)) / 2), low, high)
        return claim if found.low <= claim.high and claim.low <= found.high else found

    def end(sign: int) -> Callable[[Cell, Operands], Quantity]:
        def work_out(value: Cell, operands: Operands) -> Quantity:
            estimate, error, *level = (cell.quantity for cell in operands[0])
            by = sign * _reach(*(float(one.value) for one in level[:1]))
            return _over(lambda a, se: back(there(a) + by * se), estimate, error)

        return work_out

    def p(value: Cell, operands: Operands) -> Quantity | str:
        estimate, low, high = (cell.quantity for cell in operands[0])

        def work_out(a: float, b: float, c: float) -> float:
            return find_p("z", 2 * _reach() * there(a) / (there(c) - there(b)), [])

        found, null = _over(work_out, estimate, low, high), back(0.0)
        if estimate.low <= null <= estimate.high:
            found = Quantity(found.value, found.low, Fraction(1))
        return _above_nought(value, found)

    error = "standard error" + " of the logarithm" * bool(scale)
    limit = f"confidence limit of an estimate, from its {error}; 95 % unless said."
    falls = -1 if scale == "-efficacy" else 1
    rows = [
        ("middle", middle, "LOW HIGH", "%",
         f"The printed {said}, unless it cannot be the middle of its interval as rounded."),
        ("low", end(-falls), "ESTIMATE SE [LEVEL]", "%", f"The lower {limit}"),
        ("high", end(falls), "ESTIMATE SE [LEVEL]", "%", f"The upper {limit}"),
        ("p", p, "ESTIMATE LOW HIGH", "p",
         f"The p of an estimate ({said}), from its confidence interval of 95 %."),
    ]  # fmt: skip
    for (name, work_out, takes, unit, meaning), example in zip(rows, examples):
        work_out.__doc__ = meaning
        traits = {"takes": takes, "example": example, "unit": unit, "cites": "Altman & Bland 2011"}
        register(f"ci-{name}{scale}", is_bound=name == "middle", **traits)(work_out)


for _scale in _SCALES:
    _register_interval(_scale)


def _register_ratio(
    name: str, takes: str, cites: str, examples: str, work: Callable[..., tuple[float, float]]
) -> None:
    """The rules for a ratio of a two-by-two table: itself, its limits of 95 %, its p."""
    back, falls = (_SCALES["-efficacy"][1], -1) if name == "efficacy" else (exp, 1)
    printed, operands = examples.split(" = ")

    def give(by: float) -> Callable[..., float]:
        def one(*cells: float) -> float:
            ratio, variance = work(*cells)
            return back(log(ratio) + by * _reach() * sqrt(variance))

        return one

    def p(*cells: float) -> float:
        ratio, variance = work(*cells)
        return find_p("z", log(ratio) / sqrt(variance), [])

    said = f"{name.replace('-', ' ')} of a two-by-two table"
    rows = [
        ("", give(0), f"The {said}."),
        ("-low", give(-falls), f"The lower 95 % limit of the {said}."),
        ("-high", give(falls), f"The upper 95 % limit of the {said}."),
        ("-p", p, f"The p of the {said}, by Wald's z."),
    ]
    for (end, one, meaning), example in zip(rows, printed.split()):

        def work_out(value: Cell, operands: Operands, one: Callable = one) -> Quantity | str:
            found = _over(one, *(cell.quantity for cell in operands[0]))
            return _above_nought(value, found) if one is p else found

        work_out.__doc__ = meaning
        traits = {"takes": takes, "example": f"{example} = {operands}", "cites": cites}
        register(f"{name}{end}", unit="p" if one is p else "%", **traits)(work_out)


def _risk(a: float, n: float, c: float, m: float) -> tuple[float, float]:
    return a / n / (c / m), 1 / a - 1 / n + 1 / c - 1 / m


# Each with the ratio, and the variance of its logarithm.
for _ratio in (
    ("odds-ratio", "YES NO YES NO", "Woolf 1955", "2.25 0.99 5.09 .052 = 20 80 10 90",
     lambda a, b, c, d: (a * d / (b * c), 1 / a + 1 / b + 1 / c + 1 / d)),
    ("risk-ratio", "CASES N CASES N", "Katz et al. 1978",
     "2.00 0.99 4.05 .055 = 20 100 10 100", _risk),
    ("rate-ratio", "CASES TIME CASES TIME", "Rothman 1986",
     "2.00 0.94 4.27 .074 = 20 1000 10 1000",
     lambda a, time, c, other: (a / time / (c / other), 1 / a + 1 / c)),
    ("efficacy", "CASES N CASES N", "Katz et al. 1978", "50 -1 75 .055 = 10 100 20 100", _risk),
):  # fmt: skip
    _register_ratio(*_ratio)
