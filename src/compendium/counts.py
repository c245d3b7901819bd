"""Counts and shares: the only numbers here that did not pass through the theory.

Fifty of 99 programmes were drawn without replacement, so an interval for "43 of 50" is about the
43 and the unread 49: hypergeometric, and shorter than a binomial one. The four sites are all the
sites there are: the uncertainty of their amounts is the printed rounding, nothing else.
"""

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.genmod.families import Poisson
from statsmodels.genmod.generalized_linear_model import GLM
from statsmodels.stats.proportion import proportion_confint

from compendium.errors import FitError
from compendium.quantities import Quantity


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

    >>> from compendium.quantities import parse
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
