"""What the weights must be, for the stated cases to come out as told.

No weights are fitted here. Each case whose leans and side are told says something of the weights:
the weighted sum of its leans lies on that side. The weights that satisfy all cases form a region of
the simplex (each 0 or more, together 1). Linear programming says whether the region is empty, how
deep it is, and what holds everywhere in it (necessary) or somewhere (possible); its share of the
simplex says how special such weights are. No probability of anything in the world is meant: all
weightings are held alike, and a share counts them.

Jacquet-Lagreze and Siskos (1982); Greco, Mousseau and Slowinski (2008); Lahdelma, Hokkanen and
Salminen (1998).
"""

from fractions import Fraction
from itertools import chain, combinations, permutations
from math import comb
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.optimize import linprog

from compendium.errors import DataError, FitError, refuse
from compendium.models import check
from compendium.models.counts import share_interval

# Below this a margin is a residue of the solver, not a margin.
_RESIDUE = 1e-9
_SIGNS = {"left": 1, "right": -1}
_ROWS = "these rows say nothing of the weights"


class Margin(NamedTuple):
    """The weights at which the least comfortable row is as comfortable as it can be."""

    margin: float
    weights: pd.Series

    @property
    def feasible(self) -> bool:
        """Whether some weights give every row a sum above 0."""
        return self.margin > _RESIDUE


class Share(NamedTuple):
    """A share of all weightings; `low` and `high` bound the error of sampling, if sampled."""

    share: float
    low: float
    high: float


def require_sides(leans: pd.DataFrame, sides: pd.Series) -> pd.DataFrame:
    """The stated cases as rows whose weighted sum must be above 0.

    Nothing may be missing; sides are ``left`` or ``right``, indexed like the leans. Rows of cases
    that tip right are turned round.

    >>> leans = pd.DataFrame({"culture": [1, 1], "resources": [-1, 1]}, index=["stalled", "joined"])
    >>> sides = pd.Series({"stalled": "right", "joined": "left"})
    >>> require_sides(leans, sides).values.tolist()
    [[-1.0, 1.0], [1.0, 1.0]]
    """
    check.once(leans.columns, "box")
    check.same(leans.index, sides.index, "cases")
    wrong, empty = sides[~sides.isin(_SIGNS)], leans.isna().stack()
    problems = [f"case {c!r}: found side {s!r}; allowed: left, right" for c, s in wrong.items()]
    for case, box in empty[empty].index:
        problems.append(f"case {case!r}, box {box!r}: found no lean; complete it")
    refuse("these cases say nothing of the weights", problems)
    check.numbers(leans, "the leans")
    return leans.astype(float).mul(sides.map(_SIGNS).astype(float), axis=0)


def require_together(
    low: pd.DataFrame, high: pd.DataFrame, sides: pd.Series, pairs: list[tuple[str, str]]
) -> pd.DataFrame:
    """Sides and orderings as rows, the open leans of a case being the same in all of them.

    `low` and `high` (shape (n_cases, n_boxes)): between these a case may lean; equal where its lean
    is stated. `sides`: ``left`` or ``right`` of those cases that have one. `pairs`: the more and
    the less involved case.

    A row for each two cases that `pairs` and `sides` join, directly or through others: the highest
    tilt of the one less the lowest of the other, over the steps between them. With given weights
    some leans satisfy all if, and only if, every row has a sum above 0.

    >>> high = pd.DataFrame({"box": 1}, index=["ward", "clinic"])
    >>> sides, pairs = pd.Series({"ward": "right"}), [("ward", "clinic")]
    >>> require_together(-high, high, sides, pairs).box.to_dict()
    {'ward > clinic': 2.0, 'level > ward': 1.0, 'level > clinic': 0.5}
    """
    for ends in (low, high):
        check.numbers(ends, "the leans of these cases")
    check.same(low.index, high.index, "cases")
    check.once(sides.index, "case")
    check.same(low.columns, high.columns, "boxes")
    low = low.astype(float)
    high = high.loc[low.index, low.columns].astype(float)
    unknown = {*sides.index, *sum(pairs, ())} - {*low.index}
    fits = not unknown and sides.isin(_SIGNS).all() and (low <= high).all(axis=None)
    allowed = "left, right, for cases with a range, from low to high, of every lean"
    found = {"sides": ", ".join(map(str, sides.unique())), "no leans of": sorted(unknown)}
    check.that(fits, allowed, DataError, **found)
    low.loc["level"] = high.loc["level"] = 0.0
    for case, side in sides.items():
        pairs = [*pairs, (case, "level") if side == "left" else ("level", case)]
    places = {case: place for place, case in enumerate(low.index)}
    steps = np.full((len(low), len(low)), -np.inf)
    for more, less in pairs:
        steps[places[more], places[less]] = 1.0
    for via in range(len(low)):
        # The longest way from one case to another binds: each step needs the margin once more.
        steps = np.maximum(steps, steps[:, [via]] + steps[[via]])
    above, below = np.nonzero(steps > 0)
    gaps = (high.to_numpy()[above] - low.to_numpy()[below]) / steps[above, below, None]
    gaps[above == below] = 0.0  # a case above itself: a circle, which no leans allow
    names = low.index[above] + " > " + low.index[below]
    return pd.DataFrame(gaps, names, low.columns)


def find_margin(rows: pd.DataFrame) -> Margin:
    """The largest margin by which some weights give every row a sum above 0.

    Takes rows as `require_sides` and `require_together` give them. A margin of 0 or less: no
    weights do. The weights at the optimum need not be unique.

    >>> rows = pd.DataFrame({"local": [-1], "culture": [-1], "resources": [1]}, index=["stalled"])
    >>> round(find_margin(rows).margin, 9), find_margin(rows).weights.round(9).tolist()
    (1.0, [0.0, 0.0, 1.0])
    """
    n = check.numbers(rows, _ROWS).shape[1]
    above = np.c_[-rows.to_numpy(float), np.ones(len(rows))]
    total, bounds = [[1.0] * n + [0.0]], [(0, 1)] * n + [(None, 1)]
    result = linprog(np.r_[np.zeros(n), -1.0], above, np.zeros(len(rows)), total, [1.0], bounds)
    return Margin(float(result.x[-1]), pd.Series(result.x[:-1], index=rows.columns))


def find_bounds(
    rows: pd.DataFrame, objectives: pd.DataFrame, least: float | np.ndarray = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    """The least and the greatest values of weighted sums over the weights all rows allow.

    `objectives`, one a row: a box that they leave out counts 0; `least` is what every row, or each,
    must reach.

    >>> rows = pd.DataFrame({"local": [-1], "culture": [-1], "resources": [1]})
    >>> [ends.tolist() for ends in find_bounds(rows, pd.DataFrame({"resources": [1.0]}))]
    [[0.5], [1.0]]
    """
    check.names(objectives.columns, rows.columns, "box")
    check.numbers(rows, _ROWS)
    check.numbers(objectives, "the objective")
    check.numbers(pd.DataFrame({"least": np.ravel(least)}), "what rows must reach")
    aims = objectives.reindex(columns=rows.columns, fill_value=0.0).to_numpy(float)
    # One program with weights of its own for either end of each: asking takes longer than solving.
    aims = np.stack([aims, -aims])
    apart = sparse.eye_array(aims[..., 0].size)
    limits = np.tile(-np.broadcast_to(least, len(rows)), apart.shape[0])
    upper = sparse.kron(apart, -rows.to_numpy(float))
    total = sparse.kron(apart, np.ones((1, rows.shape[1])))
    found = linprog(aims.ravel(), upper, limits, total, np.ones(apart.shape[0]), (0, 1))
    if found.status == 2:
        raise FitError(
            f"no weights give all {len(rows)} rows the sum of {np.max(least):g} or less they need; "
            "find_conflicts names the rows that exclude each other"
        )
    low, high = (aims * found.x.reshape(aims.shape)).sum(axis=2)
    return low, -high


def compare_boxes(rows: pd.DataFrame) -> pd.DataFrame:
    """For each pair of boxes, whether one must, may or cannot weigh more than the other.

    Necessary and possible preference of Greco and others (2008); refused if no weights are left.
    ``low`` and ``high`` of the difference of their weights, and the ``relation``: ``must`` (in no
    allowed weighting does the box weigh less), ``may`` or ``cannot``.

    >>> rows = pd.DataFrame({"culture": [-1], "resources": [1]})
    >>> compare_boxes(rows)[["box", "other", "relation"]].values.tolist()
    [['culture', 'resources', 'cannot'], ['resources', 'culture', 'must']]
    """
    if not find_margin(rows).feasible:
        raise FitError("no weights give every row a sum above 0: nothing follows for pairs")
    found = pd.DataFrame(permutations(rows.columns, 2), columns=["box", "other"])
    gaps = [one - other for one, other in permutations(np.eye(rows.shape[1]), 2)]
    aims = pd.DataFrame(gaps, columns=rows.columns)
    low, high = find_bounds(rows, aims) if gaps else np.empty((2, 0))
    relation = np.select([low >= -_RESIDUE, high > _RESIDUE], ["must", "may"], "cannot")
    return found.assign(low=low, high=high, relation=relation)


def find_conflicts(rows: pd.DataFrame) -> list[tuple[str, ...]]:
    """All minimal sets of rows that no weights satisfy together; empty if all can be.

    >>> rows = pd.DataFrame({"culture": [1, -1, 1], "resources": [-1, 1, 1]}, index=list("abc"))
    >>> find_conflicts(rows)
    [('a', 'b')]
    """
    check.once(check.numbers(rows, _ROWS).index, "row")
    conflicts: list[tuple[int, ...]] = []
    had: list[set[int]] = []  # rows that one weighting satisfies: their subsets need no asking
    # Convex sets on a simplex of k weights (k - 1 dimensions) that have no common point contain k
    # or fewer that have none (Helly 1923): a minimal conflict is never larger.
    sizes = range(1, min(rows.shape) + 1)
    for places in chain.from_iterable(combinations(range(len(rows)), size) for size in sizes):
        chosen = set(places)
        if any(chosen <= rest for rest in had) or any(chosen >= {*c} for c in conflicts):
            continue
        found = find_margin(rows.iloc[list(places)])
        if found.feasible:
            had.append(set(np.flatnonzero(rows.to_numpy(float) @ found.weights > _RESIDUE)))
        else:
            conflicts.append(places)
    return [tuple(rows.index[list(places)]) for places in conflicts]


def exact_share(row: pd.Series) -> Fraction | None:
    """The share of all weightings that give one row of leans -1, 0, 1 a sum above 0.

    With p boxes for and m against, the boxes for outweigh the others in P(Beta(p, m) > 1/2) of the
    simplex, which is a sum of binomial terms. None where a lean is no such number.

    One box against two wins in a quarter of all weightings:

    >>> exact_share(pd.Series({"local": -1, "culture": -1, "resources": 1, "national": 0}))
    Fraction(1, 4)
    """
    if not row.isin([-1, 0, 1]).all():
        return None
    plus, minus = int((row > 0).sum()), int((row < 0).sum())
    if not plus or not minus:
        return Fraction(int(plus > 0))
    n = plus + minus - 1
    return Fraction(sum(comb(n, k) for k in range(plus)), 2**n)


def share_of_weightings(rows: pd.DataFrame, draws: np.ndarray) -> Share:
    """The share of all weightings that give every row a sum above 0.

    `draws`, shape (n_draws, n_boxes), are weights drawn evenly from the simplex; they are not used
    where the share is known exactly.
    """
    distinct = check.numbers(rows, _ROWS).drop_duplicates()
    fit = len(draws) and np.shape(draws)[1:] == rows.shape[1:] and np.all(draws >= 0)
    found = {"draws of shape": np.shape(draws), "boxes": rows.shape[1]}
    check.that(fit, "weights of 0 or more, one for each box", DataError, **found)
    exact = exact_share(distinct.iloc[0]) if len(distinct) == 1 else None
    if exact is not None:
        return Share(float(exact), float(exact), float(exact))
    hits = int((draws @ distinct.to_numpy(float).T > 0).all(axis=1).sum())
    return Share(hits / len(draws), *share_interval(hits, len(draws)))
