"""Proportional odds for ordered outcomes, and when to refuse them: separation.

With few cases some weighted sum of the predictors often puts the categories in order without one
violation. The likelihood then has no maximum, a slope runs off to infinity, and a program reports
wherever it stopped (statsmodels: 36.7, without a warning). Whether this is so is a question of
geometry that linear programming answers (Albert and Anderson 1984, Konis 2007).
So the maximum is climbed to in Newton's steps, and where they never end that question is asked.
Firth's penalty (1993) keeps a binary model's estimates finite; it adds no evidence.
"""

from collections.abc import Callable
from contextlib import suppress
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.linalg import null_space
from scipy.optimize import linprog
from scipy.special import expit, log_expit, logit
from scipy.stats import chi2

from compendium.errors import DataError, FitError, refuse
from compendium.models import check

# Below this a likelihood has no bend left, in units of standardised predictors: it has no maximum.
_FLAT = 1e-9


class Separation(NamedTuple):
    """Whether a weighted sum of the predictors orders the categories, and which sum."""

    kind: str  # none, quasi (categories touch) or complete
    direction: pd.Series  # weight of each predictor, the largest 1 or -1; all 0 for none


class Fit(NamedTuple):
    """A coefficient table (``term``, ``estimate``, ``standard_error``) and the maximum it is at."""

    coefficients: pd.DataFrame
    log_likelihood: float


class _Scaled(NamedTuple):
    """Predictors around 0 with a spread of 1, and the centre and the spread they had."""

    values: np.ndarray
    centre: np.ndarray
    spread: np.ndarray

    def back(self, n_thresholds: int) -> np.ndarray:
        """The matrix that makes slopes and thresholds those of the predictors as they were."""
        width = len(self.spread)
        back = np.diag(np.append(1 / self.spread, np.ones(n_thresholds)))
        back[width:, :width] = self.centre / self.spread
        return back


class _Top(NamedTuple):
    """Where a maximum is, how high, and the information there."""

    at: np.ndarray
    value: float
    information: np.ndarray


def find_separation(outcome: pd.Series, predictors: pd.DataFrame) -> Separation:
    """The direction that orders the outcome's categories without violation, if there is one.

    Separated: some b, not 0, and cut-points c have c_(j-1) <= x'b <= c_j for every case of every
    category j; completely so if all can be strict. After Albert and Anderson (1984), Konis (2007).
    Of all such directions, one with the smallest sum of absolute weights of the standardised
    predictors, so that it names few; given in the predictors' own units.

    The outcome is of numbers, or an ordered categorical of which only the categories that occur
    count; the predictors (n_cases, n_predictors) are numbers without a constant. A DataError names
    all that is wrong with either.

    >>> predictors = pd.DataFrame({"resources": [-1, 0, 0, 1]})
    >>> find_separation(pd.Series([1, 1, 2, 3]), predictors).kind
    'quasi'
    """
    codes, _ = _check_cases(outcome, predictors)
    scaled = _standardise(predictors)
    touching = _find_direction(scaled.values, codes, margin=0.0)
    if touching is None:
        return Separation("none", pd.Series(0.0, predictors.columns))
    apart = _find_direction(scaled.values, codes, margin=1.0)
    weights = pd.Series(touching if apart is None else apart, predictors.columns) / scaled.spread
    return Separation("quasi" if apart is None else "complete", weights / weights.abs().max())


def _standardise(predictors: pd.DataFrame) -> _Scaled:
    design = predictors.to_numpy(dtype=float)
    centre = design.mean(axis=0)
    reach = np.abs(design - centre).max(axis=0)  # squares of the very large or small are no numbers
    within = (design - centre) / reach
    return _Scaled(within / within.std(axis=0), centre, reach * within.std(axis=0))


def _find_direction(design: np.ndarray, codes: np.ndarray, margin: float) -> np.ndarray | None:
    """The shortest weights whose sum keeps this far from the cut-points, or None."""
    width, top = design.shape[1], codes.max()
    cut, below, above = np.eye(top), codes < top, codes > 0
    sums = np.vstack([design[below], -design[above]])
    cuts = np.vstack([-cut[codes[below]], cut[codes[above] - 1]])
    # Without a margin b = 0 would do; if any other b does, the extreme categories' means differ.
    ends = design[codes == top].mean(axis=0) - design[codes == 0].mean(axis=0)
    apart = {} if margin else {"A_eq": [[*ends, *-ends, *np.zeros(top)]], "b_eq": [1.0]}
    found = linprog(
        np.repeat([1.0, 0.0], [2 * width, top]),
        A_ub=np.hstack([sums, -sums, cuts]),
        b_ub=np.full(len(sums), -margin),
        bounds=[(0, None)] * (2 * width) + [(None, None)] * top,
        **apart,
    )
    if found.status not in (0, 2):
        raise FitError(f"cannot tell whether the predictors separate the outcome: {found.message}")
    return found.x[:width] - found.x[width : 2 * width] if found.status == 0 else None


def fit_proportional_odds(outcome: pd.Series, predictors: pd.DataFrame) -> Fit:
    """The proportional-odds model by maximum likelihood, refused where there is no maximum.

    logit P(Y <= j) = theta_j - x'b, McCullagh (1980): a positive slope favours higher categories.
    Outcome and predictors are as for `find_separation`; if they are separated, or the search for
    the maximum fails, a FitError. Slopes come first, then thresholds, named by the categories on
    either side: ``1|2``.

    >>> predictors = pd.DataFrame({"resources": [0, 0, 0, 1, 1, 1]})
    >>> fit = fit_proportional_odds(pd.Series([1, 1, 2, 1, 2, 2]), predictors)
    >>> fit.coefficients.set_index("term").estimate.round(3).to_dict()  # log 4, log 2
    {'resources': 1.386, '1|2': 0.693}
    """
    codes, labels = _check_cases(outcome, predictors)
    scaled, cuts = _standardise(predictors), np.eye(len(labels))[:, :-1]
    # What moves each case's upper and lower end: the slopes, and a threshold each.
    ends = [np.hstack([-scaled.values, np.roll(cuts, n, axis=0)[codes]]) for n in (0, 1)]
    shares = np.bincount(codes)[:-1].cumsum() / len(codes)
    start = np.append(np.zeros(len(scaled.spread)), logit(shares))
    try:
        top = _climb(lambda at: _weigh_ends(at, *ends, codes), start)
    except FitError:
        kind, direction = find_separation(outcome, predictors)
        if kind == "none":
            raise
        names = ", ".join(str(name) for name in direction.index[direction != 0])
        raise FitError(
            f"{kind} separation by {names}: the outcome's categories follow in order without "
            "violation, so the likelihood has no maximum; take fewer predictors or more cases"
        ) from None
    names = [f"{low}|{high}" for low, high in pairwise(labels)]
    return _tabulate([*predictors.columns, *names], top, scaled.back(len(names)), top.value)


def _weigh_ends(
    at: np.ndarray, upper: np.ndarray, lower: np.ndarray, codes: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray]:
    """The log-likelihood, its gradient, and less its second derivatives.

    Of ends u and l: log(F(u) - F(l)) = log F(u) + log F(-l) + log(1 - exp(l - u)), F logistic.
    """
    high = np.where(codes < codes.max(), upper @ at, np.inf)
    low = np.where(codes > 0, lower @ at, -np.inf)
    if (high <= low).any():
        return -np.inf, at, np.eye(len(at))
    room = -np.expm1(low - high)  # 1 where an end is open
    between = (1 - room) / room
    value = (log_expit(high) + log_expit(-low) + np.log(room)).sum()
    score = upper.T @ (expit(-high) + between) - lower.T @ (expit(low) + between)
    bend = between * (1 + between)
    both = (upper.T * bend) @ lower
    bends = [expit(end) * expit(-end) + bend for end in (high, low)]
    information = (upper.T * bends[0]) @ upper + (lower.T * bends[1]) @ lower - both - both.T
    return value, score, information


def _climb(weigh: Callable, at: np.ndarray) -> _Top:
    """The maximum, by Newton's steps, shortened until they climb.

    `weigh` gives the value at a place, its gradient, and the information that steps are made of.
    """
    value, score, information = weigh(at)
    with suppress(np.linalg.LinAlgError):
        for _ in range(100):
            if np.linalg.eigvalsh(information)[0] < _FLAT:
                break
            step = np.linalg.solve(information, score)
            if np.abs(step).max() < 1e-10 * (1 + np.abs(at).max()):
                return _Top(at, value, information)
            rise = score @ step
            for part in 0.5 ** np.arange(20):
                trial, score, information = weigh(at + part * step)
                gain = trial - value
                # A gain too small to be seen: the slope must flatten, or steps go to and fro.
                flat = gain > -1e-9 and score @ np.linalg.solve(information, score) < rise / 2
                if flat or gain > part * rise / 10:
                    break
            else:
                break
            at, value = at + part * step, trial
    raise FitError("found no maximum of the likelihood: step follows step")


def _tabulate(terms: list, top: _Top, back: np.ndarray, maximum: float) -> Fit:
    """A maximum in the predictors' own units; `back` leads there from the standardised."""
    errors = np.sqrt(np.diag(back @ np.linalg.inv(top.information) @ back.T))
    table = {"term": terms, "estimate": back @ top.at, "standard_error": errors}
    return Fit(pd.DataFrame(table), float(maximum))


def fit_firth(outcome: pd.Series, predictors: pd.DataFrame) -> Fit:
    """Firth's penalised logistic model: finite also where the predictors separate the outcome.

    Outcome and predictors are as for `find_separation`, with two categories: the odds are those of
    the higher. The table opens with ``intercept`` and has a ``p_value`` for each term, by penalised
    likelihood ratio; the log-likelihood is the penalised one. Maximises log L + 1/2 log |I| (Firth
    1993); tests as Heinze and Schemper (2002): the penalty stays the full model's where one
    coefficient is held at 0.

    One half is added to each count of two cells of four cases, so the first is log(.5 / 4.5):

    >>> predictors = pd.DataFrame({"resources": [0, 0, 0, 0, 1, 1, 1, 1]})
    >>> fit = fit_firth(pd.Series([0, 0, 0, 0, 1, 1, 1, 0]), predictors)
    >>> fit.coefficients.estimate.round(4).tolist()
    [-2.1972, 3.0445]
    """
    codes, labels = _check_cases(outcome, predictors)
    shown = f"{len(labels)} categories ({', '.join(map(str, labels))})"
    check.that(len(labels) == 2, "2", DataError, outcome=shown)
    scaled = _standardise(predictors)
    design = np.column_stack([-scaled.values, np.ones(len(codes))])
    # As a threshold is less an intercept, so are the slopes of what is held against it.
    back = np.roll(scaled.back(1), 1, axis=0) * np.append(1, -np.ones(len(scaled.spread)))[:, None]

    def climb(free: np.ndarray) -> _Top:
        return _climb(lambda at: _penalise(at, design, codes, free), np.zeros(free.shape[1]))

    top = climb(np.eye(len(back)))
    # Where a coefficient is 0, the others move in all directions that leave it so.
    without = np.array([climb(null_space(held[None])).value for held in back])
    # The penalty is that of the predictors in their own units.
    highest = top.value + np.log(scaled.spread).sum()
    top = top._replace(information=_inform(top.at, design))
    fit = _tabulate(["intercept", *predictors.columns], top, back, highest)
    fit.coefficients["p_value"] = chi2.sf(2 * (top.value - without), df=1)
    return fit


def _penalise(
    at: np.ndarray, design: np.ndarray, codes: np.ndarray, free: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray]:
    """The penalised log-likelihood, its gradient, and less its second derivatives.

    In the directions that are free; where these do not bend to a maximum, the information does.
    """
    linear = design @ free @ at
    share, information = expit(linear), _inform(free @ at, design)
    value = log_expit((2 * codes - 1) * linear).sum() + np.linalg.slogdet(information)[1] / 2
    spread, lean = share * (1 - share), 0.5 - share
    hat = design @ np.linalg.solve(information, design.T)
    leverage = spread * np.diag(hat)
    moves = 2 * (np.diag(leverage * lean) - spread[:, None] * hat**2 * (spread * lean))
    bend = design.T @ (np.diag(spread * (1 + leverage)) - lean[:, None] * moves) @ design
    bend, information = free.T @ bend @ free, free.T @ information @ free
    score = free.T @ design.T @ (codes - share + leverage * lean)
    return value, score, bend if np.linalg.eigvalsh(bend)[0] > _FLAT else information


def _inform(at: np.ndarray, design: np.ndarray) -> np.ndarray:
    share = expit(design @ at)
    return (design.T * share * (1 - share)) @ design


def _check_cases(outcome: pd.Series, predictors: pd.DataFrame) -> tuple[np.ndarray, list]:
    """The outcome as codes 0, 1, ... and the categories they stand for, lowest first."""
    problems = [] if outcome.index.equals(predictors.index) else ["outcome: not the same cases"]
    problems += [] if predictors.shape[1] else ["predictors: found none; allowed: one or more"]
    ordered = isinstance(outcome.dtype, pd.CategoricalDtype) and outcome.cat.ordered
    if not ordered and not pd.api.types.is_numeric_dtype(outcome):
        problems += [f"outcome: found {outcome.dtype}; allowed: numbers, an ordered categorical"]
    for name, column in [("outcome", outcome), *predictors.items()]:
        if column.isna().any():
            missing = ", ".join(map(str, column.index[column.isna()]))
            problems += [f"{name}: missing in case {missing}"]
        elif (
            pd.api.types.is_numeric_dtype(column) and not np.isfinite(column.to_numpy(float)).all()
        ):
            problems += [f"{name}: found an infinite number; allowed: finite ones"]
        if column.nunique() < 2:
            problems += [f"{name}: the same in every case"]
    strange = predictors.select_dtypes(exclude=["number", "bool"])
    problems += [f"{name}: found {kind}; allowed: numbers" for name, kind in strange.dtypes.items()]
    if not problems:
        design = _standardise(predictors).values
        if not np.isfinite(design).all() or np.linalg.matrix_rank(design) < design.shape[1]:
            problems = [f"{', '.join(predictors)}: one is a weighted sum of the others"]
    refuse("this model cannot be fitted", problems)
    kept = outcome.cat.remove_unused_categories() if ordered else outcome.astype("category")
    return kept.cat.codes.to_numpy(dtype=int), kept.cat.categories.tolist()
