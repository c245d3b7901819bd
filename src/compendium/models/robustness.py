"""Whether a solution of a truth table outlives its settings, case by case and part by part.

A solution hangs on cuts and calibrations that others would set otherwise. Set beside the solutions
of those other settings, the robust core is what all of them say: where it covers little of the
first one, or fits better, the first was a choice. Cases sort the same way: robust where every
solution holds them, shaky where only the first does, possible where only others do. Two further
things are asked: whether a row without a case is taken to have the outcome and its absence at once,
and whether what holds of all cases together holds within each site, or only between them.

Oana and Schneider (2024; ratios after their formulas); Schneider and Rohlfing (2013) for the types
of cases; Yamasaki and Rihoux (2009) for contradictory assumptions; Garcia-Castro and Arino (2016)
for parts. All of it describes; nothing is tested.
"""

from itertools import product

import numpy as np
import pandas as pd

from compendium.errors import DataError
from compendium.models import check
from compendium.models.qca import find_solutions, membership, truth_table

_KINDS = ("conservative", "intermediate", "parsimonious")


def find_core(solutions: list[str], conditions: list[str]) -> str:
    """What all solutions say, in letters; empty if they share nothing.

    >>> find_core(["broad", "broad*large + funds"], ["broad", "large", "funds"])
    'broad*funds + broad*large'
    """
    check.counts(n_solutions=len(solutions))
    check.once(conditions, "condition")
    rows = pd.DataFrame(list(product((0, 1), repeat=len(conditions))), columns=conditions)
    held = np.logical_and.reduce([membership(rows, one) == 1 for one in solutions])
    found = find_solutions(rows.assign(outcome=held.astype(int)), conditions)
    return "" if found.empty else str(found.solution[0])


def fit_robustness(initial: pd.Series, others: pd.DataFrame, outcome: pd.Series) -> pd.Series:
    """How far a solution agrees with those of other settings, in fit and in cases.

    `initial`, `others` (a column for each other solution) and `outcome` are memberships of the same
    cases. With the core the least of all solutions: ``RF_cons`` (consistency of the initial one
    over that of the core), ``RF_cov`` (coverage of the core over that of the initial one),
    ``RF_SC_min`` and ``RF_SC_max`` (what it shares with the narrowest and the widest of the others
    over what either holds), ``RCR_typ`` and ``RCR_dev`` (of the cases with, or without, the outcome
    that the initial or any other holds, the share that all hold). 1 is wholly robust; missing where
    there is nothing to share.

    >>> first, other = pd.Series([1, 1, 0]), pd.DataFrame({"other": [1, 0, 0]})
    >>> fit_robustness(first, other, pd.Series([1, 0, 0]))[["RF_cons", "RF_cov"]].tolist()
    [0.5, 1.0]
    """
    x, low, high, y = _gather(initial, others, outcome)
    core, union = np.minimum(x, low), np.maximum(x, high)

    def ratio(part: np.ndarray, whole: np.ndarray) -> float:
        return float(part.sum() / whole.sum()) if whole.sum() else np.nan

    def consistency(held: np.ndarray) -> float:
        return ratio(np.minimum(held, y), held)

    found = {
        "RF_cons": consistency(x) / consistency(core) if consistency(core) else np.nan,
        "RF_cov": ratio(np.minimum(core, y), np.minimum(x, y)),
        "RF_SC_min": ratio(np.minimum(x, low), np.maximum(x, low)),
        "RF_SC_max": ratio(np.minimum(x, high), union),
        "RCR_typ": ratio((core > 0.5) & (y > 0.5), (union > 0.5) & (y > 0.5)),
        "RCR_dev": ratio((core > 0.5) & (y < 0.5), (union > 0.5) & (y < 0.5)),
    }
    return pd.Series(found)


def sort_cases(initial: pd.Series, others: pd.DataFrame, outcome: pd.Series) -> pd.DataFrame:
    """What kind of case each is for the initial solution, and how it stands in the others.

    Takes what `fit_robustness` takes. ``type``: ``typical``; ``deviant in degree`` (held more than
    it has the outcome, both beyond .5); ``deviant in kind`` (held, and without the outcome);
    ``deviant in coverage`` (with it, and not held); ``irrelevant``; ``on the border`` at exactly
    .5. ``standing``: ``robust`` (held by the initial one and all others), ``shaky`` (by the initial
    one, not by all), ``possible`` (by another, not by the initial one) or ``outside``.

    >>> first, other = pd.Series({"a": 1, "b": 1}), pd.DataFrame({"other": {"a": 1, "b": 0}})
    >>> sort_cases(first, other, pd.Series({"a": 1, "b": 0})).values.tolist()
    [['typical', 'robust'], ['deviant in kind', 'shaky']]
    """
    x, low, high, y = _gather(initial, others, outcome)
    within, has = x > 0.5, y > 0.5
    kinds = {
        "on the border": (x == 0.5) | (y == 0.5),
        "deviant in degree": within & has & (x > y),
        "typical": within & has,
        "deviant in kind": within,
        "deviant in coverage": has,
    }
    standings = {"robust": within & (low > 0.5), "shaky": within, "possible": high > 0.5}
    found = {
        "type": np.select(list(kinds.values()), list(kinds), "irrelevant"),
        "standing": np.select(list(standings.values()), list(standings), "outside"),
    }
    return pd.DataFrame(found, initial.index)


def _gather(initial: pd.Series, others: pd.DataFrame, outcome: pd.Series) -> tuple[np.ndarray, ...]:
    """Memberships of the initial solution, the narrowest and widest other, and the outcome."""
    same = initial.index.equals(others.index) and initial.index.equals(outcome.index)
    check.that(same, "the same cases in all of them", DataError, solutions=list(initial.index))
    check.counts(n_others=others.shape[1])
    table = others.assign(**{"the initial solution": initial, "the outcome": outcome})
    checked = check.numbers(table, "memberships", 0, 1).to_numpy(float)
    rest, x, y = checked[:, :-2], checked[:, -2], checked[:, -1]
    return x, rest.min(axis=1), rest.max(axis=1), y


def find_contradictory(
    table: pd.DataFrame, conditions: list[str], solution: str, absence: str
) -> list[str]:
    """The rows without a case that a solution takes to have the outcome, and another its absence.

    `table`: as `truth_table` gives it. Whoever prints both solutions assumes of these rows that
    they have the outcome and have it not.

    >>> cases = pd.DataFrame({"a": [1, 0], "b": [1, 0], "y": [1, 0]})
    >>> find_contradictory(truth_table(cases, ["a", "b"], "y"), ["a", "b"], "a", "~b")
    ['10']
    """
    check.once(conditions, "condition")
    check.columns(table, [*conditions, "outcome"])
    check.once(table.index, "row")
    open_rows = table.loc[table.outcome.isna(), conditions]
    both = membership(open_rows, solution).eq(1) & membership(open_rows, absence).eq(1)
    return list(open_rows.index[both])


def compare_parts(
    cases: pd.DataFrame, solution: str, outcome: str, clusters: pd.Series, units: pd.Series
) -> pd.DataFrame:
    """Consistency and coverage of all cases, of each cluster, and of each unit across clusters.

    `clusters` and `units`: of each case, such as its site and its kind of body. ``part`` is
    ``pooled``, ``between`` (a row for each cluster) or ``within`` (a row for each unit); ``name``,
    ``n``, ``consistency``, ``coverage``; ``distance`` of all consistencies of that part from being
    equal, 0 if they are: the root of the sum of (c / sum of c - 1 / their number) squared. Missing
    where no case is in the solution, none has the outcome, or there is nothing to be equal to.

    >>> cases = pd.DataFrame({"a": [1, 1, 1], "y": [1, 1, 0]})
    >>> sites, kinds = pd.Series(["north", "north", "south"]), pd.Series(["x", "z", "x"])
    >>> compare_parts(cases, "a", "y", sites, kinds).consistency.round(2).tolist()
    [0.67, 1.0, 0.0, 0.5, 1.0]
    """
    for name, groups in {"clusters": clusters, "units": units}.items():
        each = groups.index.equals(cases.index) and groups.notna().all()
        check.that(each, "one for each case", DataError, **{name: groups.to_dict()})
    x, y = membership(cases, solution), membership(cases, outcome)
    check.numbers(pd.DataFrame({"solution": x, "outcome": y}), "memberships")
    sums = pd.DataFrame({"n": 1, "both": np.minimum(x, y), "x": x, "y": y})
    everywhere, parts = pd.Series("all cases", cases.index), []
    for part, groups in (("pooled", everywhere), ("between", clusters), ("within", units)):
        found = sums.groupby(groups.to_numpy()).sum().rename_axis("name").reset_index()
        found["consistency"] = found.both / found.x.where(found.x > 0)
        found["coverage"] = found.both / found.y.where(found.y > 0)
        known = found.consistency.dropna()
        apart = np.nan
        if len(known) > 1 and known.sum():
            apart = np.sqrt(((known / known.sum() - 1 / len(known)) ** 2).sum())
        parts.append(found.assign(part=part, distance=apart))
    columns = ["part", "name", "n", "consistency", "coverage", "distance"]
    return pd.concat(parts, ignore_index=True)[columns]


def find_ranges(
    cases: pd.DataFrame, conditions: list[str], outcome: str, *, cut: float, n_cut: int,
    kind: str = "parsimonious",
) -> dict[str, float]:  # fmt: skip
    """Between which cuts the solution stays as it is: how far each setting could have been moved.

    ``cut_above`` and ``cut_to``: at every consistency cut above the first, up to the second, the
    models of that `kind` are the same, `n_cut` being held; so for ``n_cut_from`` and ``n_cut_to``.
    A truth table changes only where a cut passes a row's consistency, so the ends are exact.

    >>> cases = pd.DataFrame({"a": [1, 1, 1, 0], "y": [1, 1, 0, 0]})
    >>> find_ranges(cases, ["a"], "y", cut=0.5, n_cut=1)
    {'cut_above': 0.0, 'cut_to': 0.6666666666666666, 'n_cut_from': 1, 'n_cut_to': 1}
    """
    check.names([kind], _KINDS, "kind")
    check.counts(n_cut=n_cut)

    def solve(cut: float, n_cut: int) -> tuple[pd.DataFrame, set[str]]:
        table = truth_table(cases, conditions, outcome, cut=cut, n_cut=n_cut)
        found = find_solutions(table, conditions)
        return table, set(found.solution[found.kind == kind])

    table, ours = solve(cut, n_cut)
    # From one step, itself left out, to the next the same rows have the outcome.
    cuts = [0.0, *sorted({1.0, *table.consistency[table.n >= n_cut]} - {0.0})]
    low, high = _stretch(cuts, cut, [solve(step, n_cut)[1] == ours for step in cuts[1:]])
    sizes = [0, *sorted({n_cut, *table.n[table.n > 0]})]
    least, most = _stretch(sizes, n_cut, [solve(cut, size)[1] == ours for size in sizes[1:]])
    ends = {"cut_above": float(low), "cut_to": float(high)}
    return ends | {"n_cut_from": int(least) + 1, "n_cut_to": int(most)}


def _stretch(ends: list[float], here: float, alike: list[bool]) -> tuple[float, float]:
    """The steps around a place, from end to end, that are all alike; `alike` of each step."""
    at = next(step for step, end in enumerate(ends[1:]) if here <= end + 1e-12)
    low = next((step + 1 for step in range(at - 1, -1, -1) if not alike[step]), 0)
    high = next((step for step in range(at, len(alike)) if not alike[step]), len(alike))
    return ends[low], ends[high]
