"""Counts and shares: numbers that did not pass through a theory.

Where half of a finite population was drawn without replacement, an interval for a count is about
the unread rest: hypergeometric, and shorter than a binomial one. Events in time are Poisson, or
more spread than that; both intervals are exact or say what they assume.

Two properties counted in the same documents are paired. How many documents have both is often not
printed, and a test needs it; but it has a least and a greatest value, so the test has bounds. A
difference that holds at every overlap holds whatever the cross-table was. Reading most of a
population also helps: only so many unread documents can undo a difference.
"""

from typing import Any

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.genmod.families import Poisson
from statsmodels.genmod.generalized_linear_model import GLM
from statsmodels.stats.proportion import proportion_confint

from compendium.errors import FitError
from compendium.models import check


def finite_population_interval(
    count: int, sample: int, population: int, level: float = 0.95
) -> tuple[int, int]:
    """How many of the population have a property that `count` of a simple random sample have.

    The smallest and the largest number that an exact two-sided test, tails of equal size, does not
    reject: hypergeometric, as Clopper and Pearson (1934) for the binomial.

    A census leaves nothing open:

    >>> finite_population_interval(43, 50, 50)
    (43, 43)
    """
    allowed = "0 <= count <= sample <= population, sample at least 1"
    fits = 0 <= count <= sample <= population and sample > 0
    _need(fits, allowed, count=count, sample=sample, population=population)
    check.shares(ends=False, level=level)
    tail = (1 - level) / 2
    having = np.arange(count, population - sample + count + 1)
    at_least = stats.hypergeom.sf(count - 1, population, having, sample)
    at_most = stats.hypergeom.cdf(count, population, having, sample)
    kept = having[(at_least > tail) & (at_most > tail)]
    return int(kept.min()), int(kept.max())


def add_intervals(
    counts: pd.DataFrame, population: int, level: float = 0.95, binomial: str = "beta"
) -> pd.DataFrame:
    """Add the share of each count and its finite-population interval.

    `counts`: ``count`` and ``denominator``; rows with either missing keep a missing share.
    `binomial`: which binomial interval stands beside it: ``"beta"`` (Clopper and Pearson) or
    ``"wilson"``.

    Adds ``share``, ``low`` and ``high`` (per cent of the sample, of the population, of the
    population) and ``binomial_low``, ``binomial_high`` (per cent; as if drawn from an endless
    population), for comparison.

    >>> asked = pd.DataFrame({"count": [5], "denominator": [10]})
    >>> add_intervals(asked, population=10)[["share", "low", "high"]].values.tolist()
    [[50.0, 50.0, 50.0]]
    """
    check.columns(counts, ["count", "denominator"])
    check.names([binomial], ["beta", "wilson"], "interval")
    columns = ["share", "low", "high", "binomial_low", "binomial_high"]
    shares = np.full((len(counts), len(columns)), np.nan)
    known = counts[["count", "denominator"]].reset_index(drop=True).dropna()
    if len(known):
        known = check.numbers(known, "counts", 0).astype(int)
    for place, count, sample in known.itertuples():
        low, high = finite_population_interval(count, sample, population, level)
        endless = proportion_confint(count, sample, 1 - level, method=binomial)
        shares[place] = [count / sample, low / population, high / population, *endless]
    return pd.concat([counts, pd.DataFrame(100 * shares, counts.index, columns)], axis=1)


def share_interval(count: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """A share of many draws, with its exact interval (Clopper and Pearson 1934).

    >>> [round(end, 4) for end in share_interval(0, 36)]
    [0.0, 0.0974]
    """
    check.shares(ends=False, level=level)
    check.counts(n=n)
    _need(0 <= count <= n, "none or more, at most all", count=count)
    return tuple(map(float, stats.binomtest(int(count), n).proportion_ci(level)))


def share_error(share: Any, n: Any) -> Any:
    """The Monte Carlo standard error of a share of n draws.

    A share k of n is taken as (k + 2) of (n + 4), so that none and all do not look certain (Agresti
    and Coull 1998).

    >>> float(share_error(0.0, 96).round(3))
    0.014
    """
    near = (share * n + 2) / (n + 4)
    return np.sqrt(near * (1 - near) / (n + 4))


def rate_interval(count: int, years: float, level: float = 0.95) -> tuple[float, float, float]:
    """Events per year with an exact Poisson interval (Garwood 1936): rate, lower, upper bound.

    >>> [round(rate, 2) for rate in rate_interval(0, 1)]
    [0.0, 0.0, 3.69]
    """
    _need(count >= 0 and 0 < years < np.inf, "counts of 0 or more, times above 0", count=count)
    check.shares(ends=False, level=level)
    tail = (1 - level) / 2
    low = stats.gamma.ppf(tail, count) if count else 0.0
    high = stats.gamma.isf(tail, count + 1)
    return count / years, float(low) / years, float(high) / years


def rate_ratio(
    count: int, years: float, other_count: int, other_years: float, level: float = 0.95
) -> tuple[float, float, float]:
    """The ratio of two rates of events with its exact conditional interval: ratio, lower, upper.

    Given their sum, the first count is binomial (Przyborowski and Wilenski 1940); the interval is
    Clopper and Pearson's for that binomial, turned into odds, and finite where no count is 0.

    >>> round(rate_ratio(10, 1, 10, 2)[0], 6)
    2.0
    """
    fits = min(count, other_count) >= 1 and 0 < years < np.inf and 0 < other_years < np.inf
    _need(fits, "counts of 1 or more, times above 0", count=count, other_count=other_count)
    check.shares(ends=False, level=level)
    low, high = proportion_confint(count, count + other_count, 1 - level, method="beta")
    scale = other_years / years
    odds = (count / other_count, low / (1 - low), high / (1 - high))
    return tuple(float(scale * value) for value in odds)


def widened_ratio(
    count: int, years: float, other_count: int, other_years: float, *,
    dispersion: float, df: int, level: float = 0.95,
) -> tuple[float, float, float]:  # fmt: skip
    """`rate_ratio` where years differ by more than chance: a quasi-Poisson interval.

    The log ratio's variance, 1/count + 1/other_count, is multiplied by the dispersion (Pearson's
    statistic over its degrees of freedom; 1 if Poisson holds), itself an estimate, hence Student's
    t (McCullagh and Nelder 1989, section 6.2.3).

    >>> ratio, low, high = widened_ratio(100, 1, 100, 1, dispersion=2.0, df=5)
    >>> ratio, round(low * high, 6)
    (1.0, 1.0)
    """
    ratio, _, _ = rate_ratio(count, years, other_count, other_years, level)
    above = 0 < dispersion < np.inf and 0 < df < np.inf
    check.that(above, "both above 0", FitError, dispersion=dispersion, df=df)
    error = np.sqrt(dispersion * (1 / count + 1 / other_count))
    reach = float(np.exp(stats.t.isf((1 - level) / 2, df) * error))
    return ratio, ratio / reach, ratio * reach


def compare_epochs(counts: pd.Series, epochs: pd.Series) -> pd.DataFrame:
    """A Poisson model of yearly counts with one rate per epoch, and whether it is too sure.

    `counts` and `epochs`: events, and the epoch each year belongs to, one row a year; the first
    year's is the reference. Refused if no year is left over once every epoch has its rate.

    Gives one row: ``deviance``, ``pearson``, ``df`` and ``dispersion`` (Pearson over df; far above
    1 where years of one epoch differ by more than chance allows, so that Poisson intervals are too
    short), and the log rates as ``log_<epoch>`` (the reference) and ``log_ratio_<epoch>``.
    """
    each = len(counts) == len(epochs) and not pd.isna(epochs).any()
    check.that(each, "one for each count", FitError, epochs=list(epochs))
    check.numbers(counts.to_frame("count"), "counts", 0)
    names = list(dict.fromkeys(epochs))
    if len(counts) <= len(names):
        raise FitError(f"{len(counts)} counts cannot carry {len(names)} rates and a check of them")
    design = np.column_stack([np.ones(len(epochs))] + [epochs == name for name in names[1:]])
    fit = GLM(counts.to_numpy(dtype=float), design.astype(float), family=Poisson()).fit()
    row = {"deviance": fit.deviance, "pearson": fit.pearson_chi2, "df": fit.df_resid}
    row["dispersion"] = fit.pearson_chi2 / fit.df_resid
    terms = [f"log_{names[0]}", *(f"log_ratio_{name}" for name in names[1:])]
    return pd.DataFrame([row | dict(zip(terms, fit.params, strict=True))])


def possible_tables(first: int, second: int, within: int) -> pd.DataFrame:
    """Every cross-table that two counts of the same documents allow.

    The overlap is at least first + second - within, at most the smaller count (Fréchet). One row
    per possible overlap, the least first: ``both``, ``only_first``, ``only_second``, ``neither``.

    Nine of ten and eight of ten share at least seven:

    >>> possible_tables(9, 8, 10).values.tolist()
    [[7, 2, 1, 0], [8, 1, 0, 1]]
    """
    allowed = "counts from 0 to the number of documents"
    fits = 0 <= first <= within and 0 <= second <= within
    _need(fits, allowed, first=first, second=second, within=within)
    both = np.arange(max(0, first + second - within), min(first, second) + 1)
    only = {"only_first": first - both, "only_second": second - both}
    return pd.DataFrame({"both": both} | only | {"neither": within - first - second + both})


def paired_p(only_first: int, only_second: int, unread: int | None = None) -> float:
    """Exact two-sided p-value that two properties of the same documents are equally frequent.

    `only_first` and `only_second`: documents that have one property and not the other. `unread`:
    how many documents of the population are not in the random sample. Without it, the p of McNemar
    (1947), exact: of m documents with one property only, the first's are binomial. With it they are
    hypergeometric, m drawn from 2k; k is not known, but 2k is at most m plus the unread: the
    largest p over every such population, 0 where there is none.

    Five to nothing is 2/32; once all documents are read there is nothing left to doubt:

    >>> paired_p(5, 0), paired_p(5, 0, unread=0)
    (0.0625, 0.0)
    """
    found = {"only_first": only_first, "only_second": only_second, "unread": unread or 0}
    _need(min(found.values()) >= 0, "numbers of 0 or more", **found)
    fewer, more = sorted((int(only_first), int(only_second)))
    m = fewer + more
    if unread is None:
        tail = stats.binom.cdf(fewer, m, 0.5)
    else:
        equal = np.arange(more, (m + unread) // 2 + 1)
        tail = stats.hypergeom.cdf(fewer, 2 * equal, equal, m).max(initial=0)
    return min(1.0, 2 * float(tail))


def bound_differences(
    pairs: pd.DataFrame, unread: int | None = None, level: float = 0.95
) -> pd.DataFrame:
    """Between which bounds `paired_p` of two counts lies, over every possible overlap.

    One pair at a time: nothing is adjusted for the number of pairs.

    `pairs`: ``first``, ``second`` (counts) and ``within`` (the documents that can have either).
    Adds ``least_overlap``, ``most_overlap``, ``p_smallest``, ``p_largest`` and ``holds``: at
    ``every``, ``some`` or ``no`` possible overlap p is below one minus the level.

    >>> bound_differences(pd.DataFrame({"first": [9], "second": [2], "within": [10]}))[
    ...     ["least_overlap", "most_overlap", "p_smallest", "p_largest", "holds"]
    ... ].values.tolist()
    [[1, 2, 0.015625, 0.0390625, 'every']]
    """
    check.shares(ends=False, level=level)
    names, rows = ["first", "second", "within"], []
    check.columns(pairs, names)
    check.numbers(pairs[names], "counts", 0)
    for counts in pairs[names].astype(int).itertuples(index=False):
        tables = possible_tables(*counts)
        p = np.array([paired_p(a, b, unread) for _, a, b, _ in tables.itertuples(index=False)])
        seen = p < 1 - level
        holds = "every" if seen.all() else "some" if seen.any() else "no"
        rows.append([tables.both.min(), tables.both.max(), p.min(), p.max(), holds])
    columns = ["least_overlap", "most_overlap", "p_smallest", "p_largest", "holds"]
    return pd.concat([pairs, pd.DataFrame(rows, pairs.index, columns)], axis=1)


def group_p(count: int, size: int, other_count: int, other_size: int) -> float:
    """Fisher's exact two-sided p-value (1934) that two groups have a property equally often.

    The groups are taken as drawn from endless populations, which errs on the safe side where much
    of a finite one was read.

    One of one against none of one is one of two equally likely tables:

    >>> group_p(1, 1, 0, 1)
    1.0
    """
    found = {"count": count, "size": size, "other_count": other_count, "other_size": other_size}
    fits = 0 <= count <= size and 0 <= other_count <= other_size
    _need(fits, "counts from 0 to the size of their group", **found)
    table = [[count, size - count], [other_count, other_size - other_count]]
    return float(stats.fisher_exact(table).pvalue)


def bound_association(first: int, second: int, within: int) -> pd.DataFrame:
    """`possible_tables` with Fisher's ``p`` of association for each possible overlap.

    "No association was found" tells which of the overlaps there cannot have been, and no more.

    >>> bound_association(2, 2, 4).p.round(3).tolist()
    [0.333, 1.0, 0.333]
    """
    tables = possible_tables(first, second, within)
    p = [group_p(n, first, second - n, within - first) for n in tables.both]
    return tables.assign(p=p)


def _need(holds: bool, allowed: str, **counts: int) -> None:
    """Refuse numbers that are not whole, or of which something does not hold."""
    check.counts(-np.inf, **counts)
    check.that(holds, allowed, FitError, **counts)
