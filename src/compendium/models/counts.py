"""Counts and shares: the only numbers here that did not pass through the theory.

Fifty of 99 programmes were drawn without replacement, so an interval for "43 of 50" is about the
43 and the unread 49: hypergeometric, and shorter than a binomial one. The four sites are all the
sites there are: the uncertainty of their amounts is the printed rounding, nothing else.

Comparing counts whose cross-table is not printed: what every possible one would say.

Two properties counted in the same 50 documents are paired. How many documents have both is not
printed, and a test needs it; but it has a least and a greatest value, so the test has bounds. A
difference that holds at every overlap holds whatever the cross-table was. Reading 50 of 99 also
helps: the unread documents are few, and only so many of them can undo a difference.
"""

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.genmod.families import Poisson
from statsmodels.genmod.generalized_linear_model import GLM
from statsmodels.stats.proportion import proportion_confint

from compendium.errors import FitError
from compendium.printed.quantities import Quantity


def finite_population_interval(
    count: int, sample: int, population: int, level: float = 0.95
) -> tuple[int, int]:
    """How many of the population have a property that `count` of a simple random sample have.

    Parameters
    ----------
    count, sample, population : int
        0 <= count <= sample <= population.
    level : float
        Confidence, between 0 and 1.

    Returns
    -------
    tuple of int
        Smallest and largest number of the population that an exact two-sided test does not
        reject, tails of equal size.

    Raises
    ------
    FitError
        If the numbers are not in that order.

    Notes
    -----
    Hypergeometric, as Clopper and Pearson (1934) for the binomial.

    Examples
    --------
    A census leaves nothing open:

    >>> finite_population_interval(43, 50, 50)
    (43, 43)
    """
    if not 0 <= count <= sample <= population or sample == 0:
        raise FitError(
            f"cannot place an interval on {count} of a sample of {sample} from {population}; "
            "allowed: 0 <= count <= sample <= population, sample at least 1"
        )
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

    Parameters
    ----------
    counts : DataFrame
        ``count`` and ``denominator``; rows with either missing keep a missing share.
    binomial : str
        Which binomial interval stands beside it: ``"beta"`` (Clopper and Pearson) or ``"wilson"``.

    Returns
    -------
    DataFrame
        With ``share``, ``low`` and ``high`` (per cent of the sample, of the population, of the
        population) and ``binomial_low``, ``binomial_high`` (per cent; as if drawn from an endless
        population), for comparison.

    Examples
    --------
    >>> asked = pd.DataFrame({"count": [5], "denominator": [10]})
    >>> add_intervals(asked, population=10)[["share", "low", "high"]].values.tolist()
    [[50.0, 50.0, 50.0]]
    """
    rows = []
    for count, sample in zip(counts["count"], counts["denominator"]):
        if pd.isna(count) or pd.isna(sample):
            rows.append([np.nan] * 5)
            continue
        low, high = finite_population_interval(int(count), int(sample), population, level)
        endless = proportion_confint(int(count), int(sample), 1 - level, method=binomial)
        shares = [count / sample, low / population, high / population, *endless]
        rows.append([100 * float(share) for share in shares])
    columns = ["share", "low", "high", "binomial_low", "binomial_high"]
    return pd.concat([counts, pd.DataFrame(rows, columns=columns, index=counts.index)], axis=1)


def as_columns(quantities: list[Quantity], name: str) -> pd.DataFrame:
    """Quantities as three columns of floats: `name`, `name`_low and `name`_high.

    >>> from compendium.printed.quantities import parse
    >>> as_columns([parse("0.97", "£ million")], "joint_finance").values.tolist()
    [[0.97, 0.965, 0.975]]
    """
    return pd.DataFrame(
        {
            name: [float(q.value) for q in quantities],
            f"{name}_low": [float(q.low) for q in quantities],
            f"{name}_high": [float(q.high) for q in quantities],
        }
    )


def rate_interval(count: int, years: float, level: float = 0.95) -> tuple[float, float, float]:
    """A rate of events with its exact Poisson interval.

    Parameters
    ----------
    count : int
        Events, at least 0.
    years : float
        Time in which they were counted, above 0.
    level : float
        Confidence, between 0 and 1.

    Returns
    -------
    tuple of float
        Events per year, lower and upper bound.

    Raises
    ------
    FitError
        If the count is negative or the time not above 0.

    Notes
    -----
    Garwood (1936): the bounds are quantiles of gamma distributions.

    Examples
    --------
    >>> [round(rate, 2) for rate in rate_interval(0, 1)]
    [0.0, 0.0, 3.69]
    """
    if count < 0 or years <= 0:
        raise FitError(
            f"no rate for {count} in {years}; allowed: counts of 0 or more, times above 0"
        )
    tail = (1 - level) / 2
    low = stats.gamma.ppf(tail, count) if count else 0.0
    high = stats.gamma.isf(tail, count + 1)
    return count / years, float(low) / years, float(high) / years


def rate_ratio(
    count: int, years: float, other_count: int, other_years: float, level: float = 0.95
) -> tuple[float, float, float]:
    """The ratio of two rates of events, with its exact conditional interval.

    Parameters
    ----------
    count, other_count : int
        Events, at least 1 each.
    years, other_years : float
        Time in which they were counted, above 0.
    level : float
        Confidence, between 0 and 1.

    Returns
    -------
    tuple of float
        The ratio, its lower and its upper bound.

    Raises
    ------
    FitError
        If a count is below 1 or a time not above 0: the ratio then has no finite interval.

    Notes
    -----
    Given their sum, the first count is binomial (Przyborowski and Wilenski 1940); the interval is
    Clopper and Pearson's for that binomial, turned into odds.

    Examples
    --------
    Ten events in one year against ten in two years:

    >>> round(rate_ratio(10, 1, 10, 2)[0], 6)
    2.0
    """
    if min(count, other_count) < 1 or min(years, other_years) <= 0:
        raise FitError(
            f"cannot place an interval on {count} in {years} against {other_count} in "
            f"{other_years}; allowed: counts of 1 or more, times above 0"
        )
    low, high = proportion_confint(count, count + other_count, 1 - level, method="beta")
    scale = other_years / years
    odds = [count / other_count, low / (1 - low), high / (1 - high)]
    return tuple(float(scale * value) for value in odds)


def widened_ratio(
    count: int,
    years: float,
    other_count: int,
    other_years: float,
    *,
    dispersion: float,
    df: int,
    level: float = 0.95,
) -> tuple[float, float, float]:
    """The ratio of two rates where years differ by more than chance: a quasi-Poisson interval.

    Parameters
    ----------
    count, years, other_count, other_years, level
        As for `rate_ratio`.
    dispersion : float
        Pearson's statistic over its degrees of freedom, above 0; 1 if Poisson holds.
    df : int
        Those degrees of freedom: the dispersion is itself an estimate, hence Student's t.

    Raises
    ------
    FitError
        As `rate_ratio`; also if dispersion or degrees of freedom are not above 0.

    Notes
    -----
    McCullagh and Nelder (1989), section 6.2.3: the log ratio's variance 1/count + 1/other_count
    is multiplied by the dispersion.

    Examples
    --------
    >>> ratio, low, high = widened_ratio(100, 1, 100, 1, dispersion=2.0, df=5)
    >>> ratio, round(low * high, 6)
    (1.0, 1.0)
    """
    ratio, _, _ = rate_ratio(count, years, other_count, other_years, level)
    if min(dispersion, df) <= 0:
        raise FitError(f"cannot widen by {dispersion} on {df}; allowed: both above 0")
    error = np.sqrt(dispersion * (1 / count + 1 / other_count))
    reach = float(np.exp(stats.t.isf((1 - level) / 2, df) * error))
    return ratio, ratio / reach, ratio * reach


def compare_epochs(counts: pd.Series, epochs: pd.Series) -> pd.DataFrame:
    """A Poisson model of yearly counts with one rate per epoch, and whether it is too sure.

    Parameters
    ----------
    counts : Series
        Events per year, one row a year.
    epochs : Series of str
        Which epoch each year belongs to, in the same order; the first year's is the reference.

    Returns
    -------
    DataFrame
        One row: ``deviance``, ``pearson``, ``df`` and ``dispersion`` (Pearson over df; far above
        1 where years of one epoch differ by more than chance allows, so that Poisson intervals
        are too short), and the log rates as ``log_<epoch>`` (the reference) and
        ``log_ratio_<epoch>``.

    Raises
    ------
    FitError
        If no year is left over once every epoch has its rate.
    """
    names = list(dict.fromkeys(epochs))
    if len(counts) <= len(names):
        raise FitError(f"{len(counts)} counts cannot carry {len(names)} rates and a check of them")
    design = np.column_stack([np.ones(len(epochs))] + [epochs == name for name in names[1:]])
    fit = GLM(counts.to_numpy(dtype=float), design.astype(float), family=Poisson()).fit()
    row = {"deviance": fit.deviance, "pearson": fit.pearson_chi2, "df": fit.df_resid}
    row["dispersion"] = fit.pearson_chi2 / fit.df_resid
    row[f"log_{names[0]}"] = fit.params[0]
    row |= {f"log_ratio_{name}": value for name, value in zip(names[1:], fit.params[1:])}
    return pd.DataFrame([row])


def possible_tables(first: int, second: int, within: int) -> pd.DataFrame:
    """Every cross-table that two counts of the same documents allow.

    Parameters
    ----------
    first, second : int
        How many documents have either property, 0 to `within`.
    within : int
        The documents that can have one.

    Returns
    -------
    DataFrame
        ``both``, ``only_first``, ``only_second`` and ``neither``; one row per possible overlap,
        the least first.

    Raises
    ------
    FitError
        If a count lies outside 0 to `within`.

    Notes
    -----
    The bounds of the overlap are Fréchet's: at least first + second - within, at most the
    smaller count.

    Examples
    --------
    Nine of ten and eight of ten share at least seven:

    >>> possible_tables(9, 8, 10).values.tolist()
    [[7, 2, 1, 0], [8, 1, 0, 1]]
    """
    if not (0 <= first <= within and 0 <= second <= within):
        raise FitError(
            f"cannot cross {first} with {second} of {within} documents; "
            "allowed: counts from 0 to the number of documents"
        )
    both = range(max(0, first + second - within), min(first, second) + 1)
    rows = [(n, first - n, second - n, within - first - second + n) for n in both]
    return pd.DataFrame(rows, columns=["both", "only_first", "only_second", "neither"])


def paired_p(only_first: int, only_second: int, unread: int | None = None) -> float:
    """Exact two-sided p-value that two properties of the same documents are equally frequent.

    Parameters
    ----------
    only_first, only_second : int
        Documents that have one property and not the other, at least 0.
    unread : int, optional
        How many documents of the population are not in the random sample. None means that the
        population has no end.

    Returns
    -------
    float
        Without `unread`, McNemar's exact p. With it, the largest p over every population that
        holds the sample and has both properties equally often; 0 where there is none.

    Raises
    ------
    FitError
        If a number is negative.

    Notes
    -----
    McNemar (1947), exact: of m documents with one property only, the first's are binomial with
    probability 1/2. In a population with k documents of either kind they are hypergeometric, m
    drawn from 2k; k is not known, but 2k is at most m plus the unread.

    Examples
    --------
    Five to nothing is 2/32; once all documents are read there is nothing left to doubt:

    >>> paired_p(5, 0), paired_p(5, 0, unread=0)
    (0.0625, 0.0)
    """
    if min(only_first, only_second, unread or 0) < 0:
        raise FitError(
            f"cannot compare {only_first} documents with {only_second}, {unread} unread; "
            "allowed: numbers of 0 or more"
        )
    fewer, more = sorted((int(only_first), int(only_second)))
    found = fewer + more
    if unread is None:
        tail = stats.binom.cdf(fewer, found, 0.5)
    else:
        equal = np.arange(more, (found + unread) // 2 + 1)
        tail = stats.hypergeom.cdf(fewer, 2 * equal, equal, found).max(initial=0)
    return min(1.0, 2 * float(tail))


def bound_differences(
    pairs: pd.DataFrame, unread: int | None = None, level: float = 0.95
) -> pd.DataFrame:
    """Between which bounds the paired test of two counts lies, over every possible overlap.

    Parameters
    ----------
    pairs : DataFrame
        ``first``, ``second`` (counts) and ``within`` (the documents that can have either).
    unread : int, optional
        As for `paired_p`.
    level : float
        One minus the p-value below which a difference is said to hold.

    Returns
    -------
    DataFrame
        With ``least_overlap``, ``most_overlap``, ``p_smallest``, ``p_largest`` and ``holds``: at
        ``every``, ``some`` or ``no`` possible overlap.

    Notes
    -----
    One pair at a time: nothing is adjusted for the number of pairs.

    Examples
    --------
    >>> bound_differences(pd.DataFrame({"first": [9], "second": [2], "within": [10]}))[
    ...     ["least_overlap", "most_overlap", "p_smallest", "p_largest", "holds"]
    ... ].values.tolist()
    [[1, 2, 0.015625, 0.0390625, 'every']]
    """
    rows = []
    for first, second, within in zip(pairs["first"], pairs["second"], pairs["within"]):
        tables = possible_tables(int(first), int(second), int(within))
        discordant = zip(tables.only_first, tables.only_second)
        p = pd.Series([paired_p(a, b, unread) for a, b in discordant])
        seen = p.lt(1 - level)
        holds = "every" if seen.all() else "some" if seen.any() else "no"
        rows.append([tables.both.min(), tables.both.max(), p.min(), p.max(), holds])
    columns = ["least_overlap", "most_overlap", "p_smallest", "p_largest", "holds"]
    return pd.concat([pairs, pd.DataFrame(rows, columns=columns, index=pairs.index)], axis=1)


def group_p(count: int, size: int, other_count: int, other_size: int) -> float:
    """Fisher's exact two-sided p-value that two groups have a property equally often.

    Parameters
    ----------
    count, other_count : int
        How many of either group have it.
    size, other_size : int
        How large the groups are.

    Raises
    ------
    FitError
        If a count lies outside 0 to its group's size.

    Notes
    -----
    Fisher (1934): given the margins, the count is hypergeometric; every table no likelier than
    the one seen is added. The groups are taken as drawn from endless populations, which errs on
    the safe side where half of a finite one was read.

    Examples
    --------
    One of one against none of one is one of two equally likely tables:

    >>> group_p(1, 1, 0, 1)
    1.0
    """
    if not (0 <= count <= size and 0 <= other_count <= other_size):
        raise FitError(
            f"cannot compare {count} of {size} with {other_count} of {other_size}; "
            "allowed: counts from 0 to the size of their group"
        )
    table = [[count, size - count], [other_count, other_size - other_count]]
    return float(stats.fisher_exact(table).pvalue)


def bound_association(first: int, second: int, within: int) -> pd.DataFrame:
    """Fisher's p-value of association between two properties, for each possible overlap.

    Parameters
    ----------
    first, second, within : int
        As for `possible_tables`.

    Returns
    -------
    DataFrame
        The possible tables with ``p``: "no association was found" tells which of the overlaps
        the documents cannot have had, and no more.

    Examples
    --------
    >>> bound_association(2, 2, 4).p.round(3).tolist()
    [0.333, 1.0, 0.333]
    """
    tables = possible_tables(first, second, within)
    p = [group_p(n, first, second - n, within - first) for n in tables.both]
    return tables.assign(p=p)
