"""Fifty Health Improvement Programmes, as Elston and Fulop (2002) count what they say.

The article prints counts, denominators and percentages, no intervals and no tests. The documents
were drawn at random, without replacement, from all authorities: so an interval for all of them is
hypergeometric, and a test of two counts of the same documents is bounded over every overlap they
can have. The methods are in `compendium.models.counts`; here is what is asked of the article.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from compendium.models import counts
from compendium.printed.quantities import parse

# A share put in words that have a bound.
_BOUNDED = "majority|just over|less than"
# A document that names one of these names departments; one of the others is a voluntary body.
_DEPARTMENTS = ("social-services", "corporate", "education", "housing", "environment", "leisure")
_VOLUNTARY = ("umbrella", "national-branches", "local-groups")


class Draw(NamedTuple):
    """How many documents were read, and of how many."""

    sample: int
    population: int


def read_counts(text: pd.DataFrame) -> tuple[pd.DataFrame, Draw]:
    """The printed statements by name, with their counts as numbers, and the draw they come from.

    Counts in words (four, one) and ranges (5-7) are missing: they stand outside the fractions.
    """
    table = text.set_index("statement")
    number = pd.to_numeric(table["count"], errors="coerce").astype("Int64")
    sample = table.loc["sample"]
    draw = Draw(int(sample["count"]), int(sample.denominator))
    return table.assign(count=number, in_words=table["count"]), draw


def recompute_percentages(numbers: pd.DataFrame) -> pd.DataFrame:
    """Each printed percentage beside the one that its count and denominator give."""
    fractions = numbers.dropna(subset=["count", "denominator", "percent"])
    share = 100 * fractions["count"].astype(float) / fractions.denominator.astype(float)
    shown = fractions[["label", "count", "denominator", "percent"]]
    return shown.assign(recomputed=share.round(1))


def give_intervals(numbers: pd.DataFrame, draw: Draw, level: float) -> pd.DataFrame:
    """The share of every count of the whole sample, with its interval for all documents."""
    chosen = numbers[numbers.denominator.eq(draw.sample) & ~numbers.section.eq("Abstract")]
    return counts.add_intervals(chosen[["label", "count", "denominator"]], draw.population, level)


def hold_words(numbers: pd.DataFrame, intervals: pd.DataFrame) -> pd.DataFrame:
    """Shares in words that have a bound, and whether the interval for all documents keeps to it."""
    words = numbers.words.loc[intervals.index]
    worded = intervals.join(words)[words.str.contains(_BOUNDED, na=False)]
    below = worded.words.str.startswith("less")
    claims = worded.words.map(lambda word: parse(word, "words"))
    limits = [claim.high if less else claim.low for claim, less in zip(claims, below, strict=True)]
    worded = worded.assign(bound=100 * pd.Series(limits, worded.index, dtype=float).round(6))
    carries = worded.high.lt(worded.bound).where(below, worded.low.gt(worded.bound))
    shown = ["label", "count", "words", "bound", "share", "low", "high"]
    return worded[shown].assign(carries=carries)


def bound_without(numbers: pd.DataFrame, draw: Draw, level: float) -> pd.DataFrame:
    """How many documents are without departments other than social services, at least and at most.

    At least those that name no department, at most those that do not name the most frequent other.
    """
    most = int(numbers.loc[list(_DEPARTMENTS[1:4]), "count"].max())
    ends = [int(numbers.loc["departments-not-named", "count"]), draw.sample - most]
    reach = [counts.finite_population_interval(end, *draw, level) for end in ends]
    found = pd.DataFrame(reach, columns=["low, of all", "high, of all"])
    return found.assign(without=ends, of=draw.sample).set_index(["without", "of"])


def compare_zones(numbers: pd.DataFrame, draw: Draw) -> pd.DataFrame:
    """Two properties counted with and without a health action zone, with Fisher's p-value."""
    (read, everyone), others = _split_by_zone(numbers, draw)
    rows = [
        ("in the sample", read, everyone, *others),
        ("funding for partnership", _funded(numbers), read, 0, others[0]),
    ]
    table = pd.DataFrame(rows, columns=["property", "with HAZ", "of", "without", "of these"])
    return table.assign(**{"p (Fisher)": [counts.group_p(*row[1:]) for row in rows]})


def reach_zones(numbers: pd.DataFrame, draw: Draw, level: float) -> pd.DataFrame:
    """What the counts of either kind of authority say of all authorities of that kind."""
    zones, others = _split_by_zone(numbers, draw)
    rows = [
        ("with a HAZ, funding", _funded(numbers), *zones),
        ("without a HAZ, funding", 0, *others),
        ("with a HAZ, HAZ delivers", int(numbers.loc["haz-delivers", "count"]), *zones),
    ]
    table = pd.DataFrame(rows, columns=["who", "count", "read", "all"])
    ends = [counts.finite_population_interval(*row[1:], level) for row in rows]
    return table.join(pd.DataFrame(ends, columns=["low, of all", "high, of all"]))


def _split_by_zone(numbers: pd.DataFrame, draw: Draw) -> tuple[tuple[int, int], tuple[int, int]]:
    """How many authorities with a zone, and without, were read, and how many there are."""
    read, everyone = (int(numbers.loc["with-haz", name]) for name in ("count", "denominator"))
    return (read, everyone), (draw.sample - read, draw.population - everyone)


def _funded(numbers: pd.DataFrame) -> int:
    return int(parse(numbers.loc["partnership-funding", "in_words"], "n").value)


def try_structures(numbers: pd.DataFrame, draw: Draw) -> pd.DataFrame:
    """Every table of new structures by zone that the printed margins allow, with its p-value."""
    zones = int(numbers.loc["with-haz", "count"])
    structures = int(numbers.loc["new-structures", "count"])
    tried = counts.bound_association(zones, structures, draw.sample)
    tried["with_haz"] = 100 * tried.both / zones
    tried["without"] = 100 * tried.only_second / (draw.sample - zones)
    return tried


def find_heights(numbers: pd.DataFrame, draw: Draw) -> pd.DataFrame:
    """Each count as the height of a bar; where only a percentage is printed, from that."""
    given = pd.to_numeric(numbers.percent).mul(draw.sample / 100).round().astype("Int64")
    return numbers.assign(count=numbers["count"].fillna(given), denominator=draw.sample)


def draw_bars(
    figure: pd.DataFrame, heights: pd.DataFrame, draw: Draw, level: float
) -> pd.DataFrame:
    """The bars of a printed figure with heights and intervals; a missing height stays missing."""
    sizes = heights[["count", "denominator"]]
    bars = figure.merge(sizes, how="left", left_on="statement", right_index=True)
    named = bars[["label", "statement", "count", "denominator"]]
    return counts.add_intervals(named, draw.population, level)


def pair_counts(claims: pd.DataFrame, heights: pd.DataFrame, draw: Draw) -> pd.DataFrame:
    """The orderings stated in words, one row for each two bodies, with both their counts.

    ``within`` is the number of documents that can name either: a department can only be named in
    one that names departments, and an umbrella body is a voluntary organisation.
    """
    split = claims.assign(other=claims.other.str.split())
    pairs = split.explode("other", ignore_index=True)[["line", "one", "said", "other"]]
    pairs["first"] = heights.loc[pairs.one, "count"].to_numpy()
    pairs["second"] = heights.loc[pairs.other, "count"].to_numpy()
    naming = draw.sample - heights.loc["departments-not-named", "count"]
    pairs["within"] = draw.sample
    pairs.loc[pairs.one.isin(_DEPARTMENTS), "within"] = naming
    pairs.loc[pairs.one.isin(_VOLUNTARY), "within"] = heights.loc["voluntary", "count"]
    return pairs


def bound_pairs(pairs: pd.DataFrame, draw: Draw, level: float) -> dict[str, pd.DataFrame]:
    """The bounds of either test on every pair: McNemar's, and the same for the drawn sample."""
    unread = {"McNemar": None, f"{draw.sample} of {draw.population}": draw.population - draw.sample}
    return {name: counts.bound_differences(pairs, n, level) for name, n in unread.items()}


def table_differences(
    tests: dict[str, pd.DataFrame], heights: pd.DataFrame, draw: Draw, level: float
) -> pd.DataFrame:
    """Every pair in the words of the article, with counts, intervals and the bounds of both tests.

    Whether a difference holds goes by the last of the tests, as `bound_pairs` gives them.
    """
    *_, finite = tests.values()
    table = finite[["line", "one", "said", "other", "within"]].copy()
    for name in ("one", "other"):
        named = heights.loc[table[name], ["count", "denominator"]]
        spans = counts.add_intervals(named, draw.population, level).round()
        spans = spans.astype({"low": int, "high": int}).astype(str)
        words = spans["count"] + " (" + spans.low + "-" + spans.high + ")"
        table[f"{name}_count"] = words.to_numpy()
    table["overlap"] = finite.least_overlap.astype(str) + "-" + finite.most_overlap.astype(str)
    for name, bounds in tests.items():
        ends = bounds.filter(like="p_").map(lambda p: f"{p:.3f}" if p >= 0.001 else "<.001")
        table[f"p, {name}"] = ends.p_smallest + " to " + ends.p_largest
    return table.assign(**{"holds at": finite.holds + " overlap"})


def count_holding(tests: dict[str, pd.DataFrame], level: float) -> dict[str, int | float]:
    """How many of the pairs said to differ do, at which overlaps, and how surely.

    ``asked``, ``every``, ``some``, ``no`` (pairs by the overlaps at which they hold), ``adjusted``
    (at every overlap even if p is multiplied by the number of pairs), ``changed`` (by reading so
    large a part of all documents), and ``least_p``, of any two counts one to four documents apart.
    """
    endless, finite = tests.values()
    more = finite.said.eq("more often")
    held = finite[more].holds.value_counts().reindex(["every", "some", "no"], fill_value=0)
    sure = finite[more].p_largest * more.sum() < 1 - level
    close = finite["first"].sub(finite.second).between(1, 4)
    return {
        "asked": int(more.sum()),
        **held.to_dict(),
        "adjusted": int(sure.sum()),
        "changed": int(endless.holds.ne(finite.holds).sum()),
        "least_p": float(np.min(finite[close].p_smallest)),
    }
