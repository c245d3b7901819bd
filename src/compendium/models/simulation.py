"""What an estimator does when the truth is known, because it was made up.

Before a method is believed on a few actors at a few sites, it is tried on actors whose outcomes
were drawn from its own model: does it return what was put in, how often does it refuse, how often
does it find what is not there? What is drawn, or worked out from what is drawn, stands in columns
called ``simulated_``.
"""

from collections.abc import Callable
from itertools import product

import numpy as np
import pandas as pd
from scipy import stats

from compendium.errors import DataError, FitError
from compendium.models import check
from compendium.models.counts import share_error

# theta_1 to theta_3, in log odds: four categories, the middle two likelier than the outer.
_THRESHOLDS = (-2.0, 0.0, 2.0)


def simulate_actors(
    *, n_actors: int, n_sites: int, slope: float, icc: float = 0.0, n_predictors: int = 1,
    site_level: bool = False, n_repeats: int = 1, seed: int | np.random.SeedSequence = 0,
) -> pd.DataFrame:  # fmt: skip
    """Actors within sites, their leans, and an outcome of four ordered categories.

    logit P(Y <= j) = theta_j - x'b - u_site, u normal with variance pi^2 / 3 * icc / (1 - icc).
    Every predictor is -1, 0 or 1, equally often, and has the slope, in log odds per unit; at site
    level the first belongs to the site instead: -1 and 1 in turn.

    Columns ``repeat``, ``site``, ``x1`` and so on, ``simulated_outcome`` (0 to 3).

    >>> simulate_actors(n_actors=4, n_sites=2, slope=1.0, site_level=True).x1.tolist()
    [-1, 1, -1, 1]
    """
    check.that(0 <= icc < 1, "0 to below 1", icc=icc)
    check.counts(n_actors=n_actors, n_sites=n_sites, n_predictors=n_predictors, n_repeats=n_repeats)
    check.that(np.isfinite(slope), "a finite number", slope=slope)
    rng = np.random.default_rng(seed)
    site = np.arange(n_actors) % n_sites
    leans = rng.integers(-1, 2, size=(n_repeats, n_actors, n_predictors))
    if site_level:
        leans[:, :, 0] = 2 * (site % 2) - 1
    effects = rng.normal(0, np.pi * np.sqrt(icc / (1 - icc) / 3), size=(n_repeats, n_sites))
    latent = slope * leans.sum(axis=2) + effects[:, site] + rng.logistic(size=leans.shape[:2])
    columns = {f"x{n}": lean for n, lean in enumerate(leans.reshape(-1, n_predictors).T, start=1)}
    columns["simulated_outcome"] = np.searchsorted(_THRESHOLDS, latent.ravel())
    repeat = np.repeat(np.arange(n_repeats), n_actors)
    return pd.DataFrame({"repeat": repeat, "site": np.tile(site, n_repeats)} | columns)


def try_proportional_odds(
    designs: pd.DataFrame, fit: Callable, n_repeats: int, seed: int
) -> pd.DataFrame:
    """How an estimator of the first predictor's slope fares, design by design.

    `designs`: one row each; the columns are parameters of `simulate_actors`. `fit`: takes outcome
    and predictors; returns something with ``coefficients`` (``estimate`` and ``standard_error``,
    that of ``x1`` first), or raises `FitError` where it refuses.

    Adds ``simulated_complete`` (share of samples with all categories and usable predictors),
    ``simulated_refused`` (share of these that `fit` refused: separated) and, for those fitted,
    `summarise_estimates`.

    >>> from compendium.models.regression import fit_proportional_odds
    >>> designs = pd.DataFrame({"n_actors": [8], "n_sites": [4], "slope": 3.0, "n_predictors": 5})
    >>> try_proportional_odds(designs, fit_proportional_odds, 30, seed=1).simulated_refused.item()
    1.0
    """
    rows = []
    children = np.random.SeedSequence(seed).spawn(len(designs))
    for design, child in zip(designs.to_dict("records"), children):
        actors = simulate_actors(**design, n_repeats=n_repeats, seed=child)
        leans, samples = actors.filter(regex=r"^x\d"), actors.groupby("repeat").simulated_outcome
        tried = pd.DataFrame([_try_once(told, leans.loc[told.index], fit) for _, told in samples])
        row = _share("complete", tried.complete)
        row |= _share("refused", tried[tried.complete].estimate.isna())
        found = tried.dropna()
        rows.append(row | summarise_estimates(found.estimate, found.error, design["slope"]))
    return designs.join(pd.DataFrame(rows, index=designs.index))


def _try_once(outcome: pd.Series, leans: pd.DataFrame, fit: Callable) -> dict[str, float]:
    """Estimate and standard error, missing where the sample is incomplete or refused."""
    tried = {"complete": False, "estimate": np.nan, "error": np.nan}
    if outcome.nunique() <= len(_THRESHOLDS):
        return tried
    try:
        found = fit(outcome, leans).coefficients.iloc[0]
    except (DataError, FitError) as problem:
        return tried | {"complete": isinstance(problem, FitError)}
    return {"complete": True, "estimate": found.estimate, "error": found.standard_error}


def summarise_estimates(estimates: pd.Series, errors: pd.Series, truth: float) -> dict[str, float]:
    """Bias, coverage of 95 % Wald intervals, tests that reject 0, and what rejecting selects.

    Of the rejected alone, and missing where the truth is 0: the share of wrong signs (type S) and
    the mean absolute size over the true one (exaggeration, type M). Gelman and Carlin (2014).

    >>> summary = summarise_estimates(pd.Series([3.0, -3.0]), pd.Series([1.0, 1.0]), truth=1.0)
    >>> summary["simulated_wrong_sign"], summary["simulated_exaggeration"]
    (0.5, 3.0)
    """
    check.same(estimates.index, errors.index, "samples")
    errors = errors[estimates.index]
    if len(estimates):
        check.numbers(pd.DataFrame({"estimate": estimates}), "estimates")
        check.numbers(pd.DataFrame({"error": errors}), "standard errors", 0)
    check.that(np.isfinite(truth), "a finite number", truth=truth)
    reach = stats.norm.ppf(0.975) * errors
    rejected = estimates.abs() > reach
    loud = estimates[rejected] / truth if truth else pd.Series(dtype=float)
    return (
        _mean("bias", estimates - truth)
        | _share("coverage", (estimates - truth).abs() <= reach)
        | _share("rejected", rejected)
        | _share("wrong_sign", loud < 0)
        | _mean("exaggeration", loud.abs())
    )


def _share(name: str, happened: pd.Series) -> dict[str, float]:
    """How often something happened, and its error."""
    share = float(happened.mean())
    error = float(share_error(share, len(happened)))
    return {f"simulated_{name}": share, f"simulated_{name}_error": error}


def _mean(name: str, values: pd.Series) -> dict[str, float]:
    """A mean, and its error: missing where one value is all there is."""
    found = {"": values.mean(), "_error": values.sem()}
    return {f"simulated_{name}{what}": float(value) for what, value in found.items()}


def recover_weights(
    bounds: Callable, n_cases: list[int], n_repeats: int, seed: int, n_boxes: int = 5
) -> pd.DataFrame:
    """Whether made-up cases leave room for the weights they were made with, and how much.

    For each box, from the first `n_cases` made: ``simulated_within`` (share of true weights, drawn
    evenly from the simplex, within their bounds) and ``simulated_width`` (mean of high - low), each
    with its ``_error``. `bounds`: such as `weights.find_bounds`.

    >>> recover_weights(lambda rows, objectives: (0, 1), [4], 3, seed=1).simulated_width.unique()
    array([1.])
    """
    check.counts(n_sizes=len(n_cases), n_repeats=n_repeats, n_boxes=n_boxes)
    check.counts(**{f"n_cases {place}": n for place, n in enumerate(n_cases)})
    rng = np.random.default_rng(seed)
    weights = rng.dirichlet(np.ones(n_boxes), n_repeats)
    leans = rng.integers(-1, 2, size=(n_repeats, max(n_cases), n_boxes))
    told = leans * np.sign(np.einsum("rcb,rb->rc", leans, weights))[:, :, None]
    boxes = [f"box{number + 1}" for number in range(n_boxes)]
    records = []
    for repeat, n in product(range(n_repeats), n_cases):
        rows = pd.DataFrame(told[repeat, :n], columns=boxes).loc[told[repeat, :n].any(axis=1)]
        low, high = bounds(rows, pd.DataFrame(np.eye(n_boxes), columns=boxes))
        weight = weights[repeat]
        within = (low - 1e-7 <= weight) & (weight <= high + 1e-7)  # a solver rounds
        found = {"n_cases": n, "box": boxes, "simulated_within": within}
        records.append(pd.DataFrame(found | {"simulated_width": high - low}))
    groups = pd.concat(records).groupby(["n_cases", "box"])
    found = groups.mean()
    found.insert(1, "simulated_within_error", share_error(found.simulated_within, n_repeats))
    return found.assign(simulated_width_error=groups.simulated_width.sem()).reset_index()


def actors_needed(
    odds_ratio: float, categories: int = 4, alpha: float = 0.05, power: float = 0.8
) -> int:
    """Independent actors, in two equal groups, to find an odds ratio with ordered outcomes.

    Whitehead (1993), categories equally frequent over both groups, rounded to the nearest.

    >>> actors_needed(2.0)
    209
    """
    check.shares(ends=False, alpha=alpha, power=power)
    check.counts(2, categories=categories)
    moves = 0 < odds_ratio < np.inf and odds_ratio != 1
    check.that(moves, "above 0 and not 1", odds_ratio=odds_ratio)
    normal = stats.norm.ppf(1 - alpha / 2) + stats.norm.ppf(power)
    return round(12 * normal**2 / (np.log(odds_ratio) ** 2 * (1 - categories**-2)))


def design_effect(size: float, icc: float) -> float:
    """By how much to multiply actors that come in sites of this size: 1 + (size - 1) icc.

    >>> design_effect(12, 0.5)
    6.5
    """
    check.that(1 <= size < np.inf, "1 or more", size=size)
    check.that(np.all((np.asarray(icc) >= 0) & (np.asarray(icc) <= 1)), "0 to 1", icc=icc)
    return 1 + (size - 1) * icc


def critical_tau(n: int, alpha: float = 0.05) -> float:
    """The smallest absolute Kendall's tau that an exact two-sided test of n pairs rejects.

    From the number of permutations with each number of inversions; `FitError` if none is so rare.

    >>> round(critical_tau(12), 3)
    0.455
    """
    check.counts(n=n)
    check.shares(ends=False, alpha=alpha)
    chances = np.ones(1)
    for size in range(2, n + 1):
        chances = np.convolve(chances, np.full(size, 1 / size))
    rare = np.flatnonzero(2 * chances.cumsum() <= alpha)
    if not rare.size:
        raise FitError(f"no order of {n} pairs is as rare as p = {alpha}; take more pairs")
    return float(1 - 2 * rare[-1] / (len(chances) - 1))


def power_of_tau(n: int, tau: float, n_repeats: int, seed: int, alpha: float = 0.05) -> float:
    """How often the exact test finds tau in n simulated pairs, normal with r = sin(pi tau / 2).

    >>> power_of_tau(6, 1.0, n_repeats=10, seed=1)
    1.0
    """
    check.counts(n=n, n_repeats=n_repeats)
    check.that(-1 <= tau <= 1, "-1 to 1", tau=tau)
    r = np.sin(np.pi * tau / 2)
    x, noise = np.random.default_rng(seed).normal(size=(2, n_repeats, n))
    y = r * x + np.sqrt(1 - r**2) * noise
    one, other = np.triu_indices(n, 1)
    found = np.sign((x[:, one] - x[:, other]) * (y[:, one] - y[:, other])).mean(axis=1)
    return float((np.abs(found) >= critical_tau(n, alpha) - 1e-9).mean())
