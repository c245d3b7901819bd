"""Which combinations of conditions go with an outcome: crisp and fuzzy sets, and their truth table.

Qualitative comparative analysis describes cases by the sets they belong to: 1 in, 0 out, or partly.
A truth table gathers them by configuration; a row whose cases came out both ways is a contradiction
and is shown, never dropped. How well a combination fits is a share of memberships and no test: with
few cases a tidy table comes by chance (module `tidiness`).

Ragin (1987, 2008); Schneider and Wagemann (2012). PRI here takes off what lies in an outcome and
its absence at once, min(X, Y, 1 - Y), in numerator and denominator.
"""

from itertools import product
from math import log

import numpy as np
import pandas as pd

from compendium import minimisation
from compendium.errors import DataError, SettingError

# With more, nearly every case is a row of its own, and any outcome makes a tidy table.
MOST_CONDITIONS = 10


def calibrate(values: pd.Series, out: float, crossover: float, full: float) -> pd.Series:
    """Memberships from a measure: .05 at `out`, .5 at `crossover`, .95 at `full` (Ragin 2008).

    Parameters
    ----------
    values : Series
        The measure; missing stays missing.
    out, crossover, full : float
        Anchors, rising, or falling where a low value means in.

    Examples
    --------
    >>> calibrate(pd.Series([0, 5, 10]), 0, 5, 10).round(3).tolist()
    [0.05, 0.5, 0.95]
    """
    if not (out < crossover < full or out > crossover > full):
        raise SettingError(f"found anchors {out}, {crossover}, {full}; allowed: rising or falling")
    far = values.astype(float) - crossover
    width = np.where(far * (full - crossover) >= 0, full - crossover, crossover - out)
    return 1 / (1 + np.exp(-log(19) * far / width))


def check_sets(cases: pd.DataFrame, conditions: list[str], outcome: str) -> None:
    """Refuse cases that no truth table can hold, with every breach in one error.

    Raises
    ------
    SettingError
        If there are no conditions or more than `MOST_CONDITIONS`, or one is named twice.
    DataError
        If a column or membership is missing or outside 0 to 1, a case is given twice, a condition
        is exactly .5 (it belongs to no row) or the outcome never varies.
    """
    outcome = outcome.removeprefix("~")
    if not 1 <= len(conditions) <= MOST_CONDITIONS or len({*conditions, outcome}) <= len(
        conditions
    ):
        raise SettingError(
            f"found {len(conditions)} conditions ({', '.join(conditions)}) for {outcome}; allowed: "
            f"1 to {MOST_CONDITIONS}, each once, none of them the outcome"
        )
    names = [*conditions, outcome]
    problems = [f"{name}: no such column" for name in names if name not in cases]
    repeated = cases.index[cases.index.duplicated()].unique()
    problems += [f"case {case!r}: given more than once" for case in repeated]
    for name in (name for name in names if name in cases):
        column = pd.to_numeric(cases[name], errors="coerce").astype(float)
        # Written so that a missing membership, which compares as false, is found too.
        wrong = ~column.between(0, 1) | ((column == 0.5) & (name != outcome))
        problems += [
            f"{name}: case {case!r} has {cases[name].iloc[place]}; allowed: 0 to 1"
            + ("" if name == outcome else " but .5")
            for place, case in enumerate(cases.index)
            if wrong.iloc[place]
        ]
        if name == outcome and column.nunique() == 1:
            problems.append(
                f"{name}: is {column.iloc[0]:g} in all cases; allowed: two values or more"
            )
    if problems:
        raise DataError("the cases make no truth table:\n  " + "\n  ".join(problems))


def membership(cases: pd.DataFrame, expression: str) -> pd.Series:
    """How far each case belongs to a combination: ``*`` is and, ``+`` or, ``~`` not, ``1`` all.

    Examples
    --------
    >>> cases = pd.DataFrame({"broad": [1.0, 0.2], "large": [0.3, 0.9]})
    >>> membership(cases, "broad*~large + large").round(1).tolist()
    [0.7, 0.9]
    """
    terms = []
    for term in expression.split("+"):
        parts = [part.strip() for part in term.split("*")]
        unknown = {part.removeprefix("~") for part in parts} - {*cases.columns, "1"}
        if unknown:
            known = ", ".join(map(str, cases.columns))
            raise SettingError(f"found {sorted(unknown)} in {expression!r}; allowed: {known}")
        terms.append(np.minimum.reduce([_literal(cases, part) for part in parts]))
    return pd.Series(np.maximum.reduce(terms), index=cases.index, name=expression)


def _literal(cases: pd.DataFrame, part: str) -> np.ndarray:
    name = part.removeprefix("~")
    column = np.ones(len(cases)) if name == "1" else cases[name].to_numpy(float)
    return 1 - column if part.startswith("~") else column


def truth_table(
    cases: pd.DataFrame,
    conditions: list[str],
    outcome: str,
    *,
    cut: float = 0.8,
    n_cut: int = 1,
    pri_cut: float = 0.0,
) -> pd.DataFrame:
    """All configurations, with and without cases, and how consistently each has the outcome.

    Parameters
    ----------
    cases : DataFrame
        Memberships from 0 to 1, one row per case, indexed by case.
    outcome : str
        A column, or ``~`` and a column for its absence.
    cut, pri_cut : float
        A row has the outcome if its consistency and PRI reach these.
    n_cut : int
        A row with fewer cases counts as one without.

    Returns
    -------
    DataFrame
        Indexed by row as a string of 0 and 1, in rising order: the conditions, ``n``, ``n_with``,
        ``n_without`` (cases in the row on either side of .5 in the outcome), ``contradictory``,
        ``consistency``, ``pri`` (missing where no case is in the row), ``outcome`` (1, 0, or
        missing where it has no case) and ``cases``.

    Examples
    --------
    >>> cases = pd.DataFrame({"broad": [1, 1, 0], "left": [1, 0, 0]}, index=["SS", "EH", "HA"])
    >>> truth_table(cases, ["broad"], "left")[["n", "contradictory", "outcome"]].values.tolist()
    [[1, False, 0], [2, True, 0]]
    """
    check_sets(cases, conditions, outcome)
    sets, y = cases[conditions].to_numpy(float), membership(cases, outcome).to_numpy()
    places = (sets > 0.5) @ (1 << np.arange(len(conditions))[::-1])
    bits = np.array(list(product((0, 1), repeat=len(conditions))))
    belongs = np.ones((len(cases), 1))
    for column in sets.T:
        both = np.stack([1 - column, column], axis=1)
        belongs = np.minimum(belongs[:, :, None], both[:, None, :]).reshape(len(cases), -1)
    n, n_with, n_without = (
        np.bincount(places[kept], minlength=len(bits)) for kept in (y >= 0, y > 0.5, y < 0.5)
    )
    fit = pd.DataFrame(_sufficiency(belongs, y))[n > 0].reindex(range(len(bits)))
    names = pd.Series(cases.index.astype(str)).groupby(places).agg(", ".join)
    table = pd.DataFrame(bits, columns=conditions, index=["".join(map(str, row)) for row in bits])
    table = table.assign(n=n, n_with=n_with, n_without=n_without)
    table["contradictory"] = (n_with > 0) & (n_without > 0)
    table["consistency"], table["pri"] = fit.consistency.to_numpy(), fit.pri.to_numpy()
    reached = (table.consistency >= cut - 1e-12) & (table.pri >= pri_cut - 1e-12)
    table["outcome"] = reached.astype("Int64").where(table.n >= max(n_cut, 1))
    return table.assign(cases=names.reindex(range(len(bits)), fill_value="").to_numpy())


def _sufficiency(x: np.ndarray, y: np.ndarray) -> dict[str, np.ndarray]:
    """Consistency, PRI and coverage of each column of memberships for an outcome."""
    both = np.minimum(x, y[:, None]).sum(axis=0)
    neither = np.minimum(x, np.minimum(y, 1 - y)[:, None]).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return {
            "consistency": both / x.sum(axis=0),
            "pri": (both - neither) / (x.sum(axis=0) - neither),
            "coverage": both / y.sum(),
        }


def fit_solution(cases: pd.DataFrame, solution: str, outcome: str) -> pd.DataFrame:
    """How well each term, and the whole, is sufficient for the outcome.

    Returns
    -------
    DataFrame
        Indexed by term, the whole last (``solution``): ``consistency``, ``pri``, ``coverage`` and
        ``unique`` (what of the coverage no other term holds).

    Examples
    --------
    >>> cases = pd.DataFrame({"broad": [1, 1, 0], "left": [1, 0, 1]}, index=["SS", "EH", "HA"])
    >>> fit_solution(cases, "broad", "left").loc["solution"].tolist()
    [0.5, 0.5, 0.5, 0.5]
    """
    terms = [term.strip() for term in solution.split("+")]
    y = membership(cases, outcome).to_numpy()
    x = np.column_stack([membership(cases, term) for term in terms])
    fit = pd.DataFrame(_sufficiency(np.column_stack([x, x.max(axis=1)]), y), [*terms, "solution"])
    without = [np.delete(x, place, axis=1).max(axis=1, initial=0) for place in range(len(terms))]
    rest = _sufficiency(np.column_stack([*without, np.zeros(len(x))]), y)["coverage"]
    return fit.assign(unique=fit.coverage["solution"] - rest)


def fit_necessity(cases: pd.DataFrame, expressions: list[str], outcome: str) -> pd.DataFrame:
    """How far each expression is necessary for the outcome, and whether that says anything.

    Returns
    -------
    DataFrame
        Indexed by expression: ``consistency``, ``coverage`` and ``relevance`` (RoN: near 0 where
        nearly every case has it, and its necessity is trivial).

    Examples
    --------
    >>> cases = pd.DataFrame({"broad": [1, 1, 0], "left": [1, 0, 0]})
    >>> fit_necessity(cases, ["broad"], "left").loc["broad"].tolist()
    [1.0, 0.5, 0.5]
    """
    y = membership(cases, outcome).to_numpy()
    rows = {}
    for expression in expressions:
        x = membership(cases, expression).to_numpy()
        both = np.minimum(x, y)
        found = (both.sum() / y.sum(), both.sum() / x.sum(), (1 - x).sum() / (1 - both).sum())
        rows[expression] = dict(zip(("consistency", "coverage", "relevance"), map(float, found)))
    return pd.DataFrame(rows).T


def vary_cuts(
    readings: dict[str, pd.DataFrame],
    conditions: list[str],
    outcome: str,
    *,
    cuts: tuple[float, ...],
    n_cuts: tuple[int, ...] = (1,),
    expected: dict[str, int] | None = None,
) -> pd.DataFrame:
    """All solutions for the outcome and its absence, under every reading and cut.

    Parameters
    ----------
    readings : dict
        Name to cases: the same cases, calibrated in different ways.

    Returns
    -------
    DataFrame
        `minimisation.find_solutions`, with ``reading``, ``outcome``, ``cut`` and ``n_cut`` before
        it; one row of the kind ``none`` where no configuration has the outcome.
    """
    parts = []
    turned = {name: 1 - aim for name, aim in (expected or {}).items()}
    for (reading, cases), side in product(readings.items(), (outcome, f"~{outcome}")):
        aims = turned if side.startswith("~") else expected
        for cut, n_cut in product(cuts, n_cuts):
            table = truth_table(cases, conditions, side, cut=cut, n_cut=n_cut)
            found = minimisation.find_solutions(table, conditions, aims)
            found = (
                found
                if len(found)
                else pd.DataFrame([{"kind": "none", "solution": ""}], columns=found.columns)
            )
            where = {"reading": reading, "outcome": side, "cut": cut, "n_cut": n_cut}
            parts.append(pd.DataFrame(where, index=found.index).join(found))
    counts = dict.fromkeys(("model", "of", "terms", "assumptions", "avoided"), "Int64")
    return pd.concat(parts, ignore_index=True).astype(counts)
