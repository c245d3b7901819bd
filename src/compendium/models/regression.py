"""Proportional odds for ordered outcomes, and when to refuse them: separation.

With few cases some weighted sum of the predictors often puts the categories in order without one
violation. The likelihood then has no maximum, a slope runs off to infinity, and a program reports
wherever it stopped (statsmodels: 36.7, without a warning). Whether this is so is a question of
geometry that linear programming answers before any fit (Albert and Anderson 1984, Konis 2007).
Firth's penalty (1993) keeps a binary model's estimates finite; it adds no evidence.
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.optimize import linprog
from scipy.special import expit, log_expit
from scipy.stats import chi2
from statsmodels.miscmodels.ordinal_model import OrderedModel, OrderedResults

from compendium.errors import DataError, FitError


class Separation(NamedTuple):
    """Whether a weighted sum of the predictors orders the categories, and which sum."""

    kind: str  # none, quasi (categories touch) or complete
    direction: pd.Series  # weight of each predictor, the largest 1 or -1; all 0 for none


class Fit(NamedTuple):
    """A coefficient table (``term``, ``estimate``, ``standard_error``) and the maximum it is at."""

    coefficients: pd.DataFrame
    log_likelihood: float


def find_separation(outcome: pd.Series, predictors: pd.DataFrame) -> Separation:
    """The direction that orders the outcome's categories without violation, if there is one.

    Separated: some b, not 0, and cut-points c have c_(j-1) <= x'b <= c_j for every case of every
    category j; completely so if all can be strict. After Albert and Anderson (1984), Konis (2007).
    Of all such directions, one with the smallest sum of absolute weights of the standardised
    predictors, so that it names few; given in the predictors' own units.

    Parameters
    ----------
    outcome : Series
        Numbers or an ordered categorical; only the categories that occur count.
    predictors : DataFrame, shape (n_cases, n_predictors)
        Numbers, same index, no constant.

    Raises
    ------
    DataError
        For unequal cases, missing values, values that are no numbers, an outcome without order or
        variation, a predictor that is constant or a weighted sum of others.

    Examples
    --------
    >>> predictors = pd.DataFrame({"resources": [-1, 0, 0, 1]})
    >>> find_separation(pd.Series([1, 1, 2, 3]), predictors).kind
    'quasi'
    """
    codes, _ = _check_cases(outcome, predictors)
    design = predictors.to_numpy(dtype=float)
    spread = design.std(axis=0)
    standardised = (design - design.mean(axis=0)) / spread
    touching = _find_direction(standardised, codes, margin=0.0)
    if touching is None:
        return Separation("none", pd.Series(0.0, predictors.columns))
    apart = _find_direction(standardised, codes, margin=1.0)
    weights = pd.Series(touching if apart is None else apart, predictors.columns) / spread
    return Separation("quasi" if apart is None else "complete", weights / weights.abs().max())


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
    kind, direction = find_separation(outcome, predictors)
    if kind != "none":
        names = ", ".join(str(name) for name in direction.index[direction != 0])
        raise FitError(
            f"{kind} separation by {names}: the outcome's categories follow in order without "
            "violation, so the likelihood has no maximum; take fewer predictors or more cases"
        )
    codes, labels = _check_cases(outcome, predictors)
    model = OrderedModel(codes, predictors.to_numpy(dtype=float), distr="logit")
    # The same function as scipy.stats' without its checks on each of 500 calls: 20 ms, not 100.
    model.cdf = expit
    fitted = model.fit(method="bfgs", disp=False, warn_convergence=False)
    if not fitted.mle_retvals["converged"] or not np.isfinite(fitted.bse).all():
        raise FitError(f"found no maximum of the likelihood for {len(codes)} cases")
    names = [f"{low}|{high}" for low, high in pairwise(labels)]
    return _tabulate([*predictors.columns, *names], *_restore_thresholds(model, fitted), fitted.llf)


def _restore_thresholds(model: OrderedModel, fitted: OrderedResults) -> tuple[np.ndarray, ...]:
    """Estimates and covariance; statsmodels has theta_1 and the logs of the steps that follow."""
    width = model.exog.shape[1]
    steps = np.append(1.0, np.exp(fitted.params[width + 1 :]))
    # A threshold is the sum of the steps up to it: the delta method's derivatives.
    derivatives = np.eye(len(fitted.params))
    derivatives[width:, width:] = np.tril(np.tile(steps, (len(steps), 1)))
    thresholds = model.transform_threshold_params(fitted.params)[1:-1]
    covariance = derivatives @ fitted.cov_params() @ derivatives.T
    return np.append(fitted.params[:width], thresholds), covariance


def _tabulate(terms: list, estimates: np.ndarray, covariance: np.ndarray, maximum: float) -> Fit:
    errors = np.sqrt(np.diag(covariance))
    table = {"term": terms, "estimate": estimates, "standard_error": errors}
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
    if len(labels) != 2:
        found = ", ".join(str(label) for label in labels)
        raise DataError(f"outcome: found {len(labels)} categories ({found}); allowed: 2")
    design = np.column_stack([np.ones(len(codes)), predictors.to_numpy(dtype=float)])
    every = np.arange(design.shape[1])
    estimates, highest, information = _climb(design, codes, every)
    without = np.array([_climb(design, codes, every[every != held])[1] for held in every])
    terms = ["intercept", *predictors.columns]
    fit = _tabulate(terms, estimates, np.linalg.inv(information), highest)
    fit.coefficients["p_value"] = chi2.sf(2 * (highest - without), df=1)
    return fit


def _climb(design: np.ndarray, codes: np.ndarray, free: np.ndarray) -> tuple:
    """Newton's steps in the free coefficients, halved until they climb; the rest stay 0."""
    estimates = np.zeros(design.shape[1])
    value, score, information = _penalise(estimates, design, codes)
    for _ in range(200):
        step = np.zeros_like(estimates)
        step[free] = np.linalg.solve(information[np.ix_(free, free)], score[free])
        if np.abs(step).max() < 1e-9:
            return estimates, value, information
        while (trial := _penalise(estimates + step, design, codes))[0] < value - 1e-10:
            step /= 2
        estimates = estimates + step
        value, score, information = trial
    raise FitError(f"found no maximum of the penalised likelihood for {len(codes)} cases")


def _penalise(estimates: np.ndarray, design: np.ndarray, codes: np.ndarray) -> tuple:
    """The penalised log-likelihood, its gradient, and the information."""
    linear = design @ estimates
    share = expit(linear)
    information = (design.T * share * (1 - share)) @ design
    value = log_expit((2 * codes - 1) * linear).sum() + np.linalg.slogdet(information)[1] / 2
    leverage = share * (1 - share) * (design * np.linalg.solve(information, design.T).T).sum(axis=1)
    return value, design.T @ (codes - share + leverage * (0.5 - share)), information


def _check_cases(outcome: pd.Series, predictors: pd.DataFrame) -> tuple[np.ndarray, list]:
    """The outcome as codes 0, 1, ... and the categories they stand for, lowest first."""
    problems = [] if outcome.index.equals(predictors.index) else ["outcome: not the same cases"]
    ordered = isinstance(outcome.dtype, pd.CategoricalDtype) and outcome.cat.ordered
    if not ordered and not pd.api.types.is_numeric_dtype(outcome):
        problems += [f"outcome: found {outcome.dtype}; allowed: numbers, an ordered categorical"]
    for name, column in [("outcome", outcome), *predictors.items()]:
        if column.isna().any():
            problems += [
                f"{name}: missing in case {', '.join(map(str, column[column.isna()].index))}"
            ]
        if column.nunique() < 2:
            problems += [f"{name}: the same in every case"]
    strange = predictors.select_dtypes(exclude=["number", "bool"])
    problems += [f"{name}: found {kind}; allowed: numbers" for name, kind in strange.dtypes.items()]
    if not problems:
        design = np.column_stack([np.ones(len(outcome)), predictors.to_numpy(dtype=float)])
        if np.linalg.matrix_rank(design) < design.shape[1]:
            problems = [f"{', '.join(predictors)}: one is a weighted sum of the others"]
    if problems:
        raise DataError("this model cannot be fitted:\n  " + "\n  ".join(problems))
    kept = outcome.cat.remove_unused_categories() if ordered else outcome.astype("category")
    return kept.cat.codes.to_numpy(dtype=int), kept.cat.categories.tolist()
