"""What the answer hangs on: weights, codings, structure, apart and then all together.

The weights are unknown: every weighting is held alike (Dirichlet with all parameters 1). The codes
are readings: one that is stated may be read otherwise within its admissible range, one that is not
may be anything admissible. The structure is a choice among rival readings of the argument. What
comes out are shares of assumptions, not probabilities of events: how many of the ways to fill in
what is left open let a case come out as told.

Of one case it asks more: at what weight would one box level the beam, how far does the beam move
when it goes through its range, which single change of a code turns the side. And all choices are
crossed: each conclusion is told in how many combinations it holds and which choice it hangs on
(Simonsohn, Simmons and Nelson 2020, specification curves; the choices are ours).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import product

import numpy as np
import pandas as pd
from scipy import stats

from compendium.errors import DataError, refuse
from compendium.models import check
from compendium.models.balance import (
    LEVEL,
    ROLES,
    Structure,
    expected_sides,
    offer,
    read_trait,
    side,
    tilts,
)
from compendium.models.counts import share_error

CODES = np.array([-1, 0, 1])
# How often a code of each confidence would be another. Ours, and a setting of every run: no second
# coder has read the passages, so no confusion has been measured.
FLIPS = {"certain": 0.05, "likely": 0.15, "contested": 0.3}
# Draws worked on at a time. So many of 50 cases of five boxes fit a processor's cache where only
# weights are drawn; with codings there is more to do for each, and its seeds hang on the number.
_BLOCK, CHUNK = 2_000, 5_000
# Two ways to fill in open boxes that know nothing of the outcome, and two that bound all others.
COMPLETIONS = ("as level", "by balance of statements")
BOUNDS = ("for the told side", "against it")
CHOICES = ["structure", "weights", "open boxes", "coding", "traits"]
# Scarcity and the year are typed for each case: either as told, or alike in all.
_TRAITS = {"as told": {}, "alike": {"scarcity": 1.0, "year": 2.0}}
# Per cent of combinations in which a conclusion must hold to be said to survive. Ours.
SURVIVES = 95.0
# A conclusion hangs on a choice whose options differ by this many points. Ours.
_HANGS = 25.0


def draw_weights(n: int, seed: int | np.random.SeedSequence, n_boxes: int) -> np.ndarray:
    """Weights drawn evenly from the simplex, shape (n, n_boxes); each row adds up to 1.

    >>> draw_weights(3, seed=1, n_boxes=4).sum(axis=1).round(12).tolist()
    [1.0, 1.0, 1.0]
    """
    check.counts(n=n, n_boxes=n_boxes)
    draws = np.random.default_rng(seed).standard_exponential((n, n_boxes))
    return draws / draws.sum(axis=1, keepdims=True)


def code_odds(codings: pd.DataFrame, flips: Mapping[str, float] = FLIPS) -> np.ndarray:
    """How likely each coding is to be -1, 0 or 1, shape (n_codings, 3); each row adds up to 1.

    `codings`: ``lean`` (-1, 0, 1 or missing), ``lean_min``, ``lean_max`` and ``confidence``. A
    missing lean is any code of its range, all alike. `flips`: for each confidence, the odds that a
    stated code is another: one of the others in its admissible range, all alike, or any other where
    the range holds no other.

    >>> row = {"lean": [1, None], "lean_min": [0, -1], "lean_max": [1, 1], "confidence": "certain"}
    >>> code_odds(pd.DataFrame(row), {"certain": 0.1}).round(3).tolist()
    [[0.0, 0.1, 0.9], [0.333, 0.333, 0.333]]
    """
    ends = ["lean", "lean_min", "lean_max"]
    check.columns(codings, [*ends, "confidence"])
    leans, low, high = (codings[name].astype(float) for name in ends)
    bad = ~low.between(-1, 1) | ~high.between(-1, 1) | (low > high) | (leans < low) | (leans > high)
    wrong = codings.loc[bad, ends].astype(object).fillna("missing")
    refuse(
        "these codings cannot be (allowed: -1 <= lean_min <= lean <= lean_max <= 1)",
        (f"row {i}: lean {x}, range {a} to {b}" for i, x, a, b in wrong.itertuples()),
    )
    check.names(sorted(set(codings["confidence"])), flips, "odds for confidence")
    check.shares(**flips)
    lean, low, high = (column.to_numpy()[:, None] for column in (leans, low, high))
    allowed = (low <= CODES) & (high >= CODES)
    stated = lean == CODES
    others = allowed & ~stated
    others = np.where(others.any(axis=1, keepdims=True), others, ~stated)
    flip = codings["confidence"].map(flips).to_numpy(float)[:, None]
    moved = stated * (1 - flip) + others * flip / others.sum(axis=1, keepdims=True)
    return np.where(np.isnan(lean), allowed / allowed.sum(axis=1, keepdims=True), moved)


def draw_leans(odds: np.ndarray, n: int, seed: int | np.random.SeedSequence) -> np.ndarray:
    """Codes drawn at their odds, shape (n, n_codings), as small integers.

    >>> draw_leans(np.array([[0.0, 0.0, 1.0]]), 2, seed=1).tolist()
    [[1], [1]]
    """
    check.counts(n=n)
    chance = np.random.default_rng(seed).random((n, len(odds)), dtype=np.float32)
    return pick_codes(odds, chance)


def pick_codes(odds: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """The code at each chance between 0 and 1: the quantile function of its odds."""
    known = np.ndim(odds) == 2 and len(odds) and np.all(odds >= 0)
    known = known and np.allclose(odds.sum(axis=1), 1)
    check.that(known, "0 or more for each code, together 1", DataError, odds=odds)
    check.that(np.all((chance >= 0) & (chance <= 1)), "0 to 1", DataError, chance=chance)
    steps = np.cumsum(odds, axis=1)
    # At or above a step, not only above it: a chance of exactly 0 must not pick odds of 0.
    first, second = ((chance >= steps[:, place]).view(np.int8) for place in (0, 1))
    return first + second - np.int8(1)


def complete(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Every admissible way to fill in one case, shape (n_ways, n_boxes).

    >>> complete(np.array([1, -1]), np.array([1, 0])).tolist()
    [[1, -1], [1, 0]]
    """
    ends = np.shape(low) == np.shape(high) and np.all((low >= -1) & (low <= high) & (high <= 1))
    check.that(ends, "-1 <= low <= high <= 1", DataError, low=low, high=high)
    ranges = [range(int(a), int(b) + 1) for a, b in zip(low, high, strict=True)]
    return np.array(list(product(*ranges)))


def as_told(found: np.ndarray, sides: pd.Series) -> np.ndarray:
    """Whether each tilt is to its case's side, shape (n_draws, n_cases).

    Sides are ``left``, ``level`` or ``right``; a case with an open one cannot come out as told.

    >>> as_told(np.array([[0.2, 0.2]]), pd.Series(["left", "right"])).tolist()
    [[True, False]]
    """
    each = found.shape[-1] == len(sides) and not np.isnan(found).any()
    shown = {"tilts of shape": found.shape, "sides": len(sides)}
    check.that(each, "a tilt for each side, none missing", DataError, **shown)
    return _compare(found, _want(sides))


def _want(sides: pd.Series) -> np.ndarray:
    """The sign each case's tilt should have."""
    check.once(sides.index, "case")
    wanted = sides.map({"left": 1, "level": 0, "right": -1})
    open_ones = ", ".join(map(str, sides.index[wanted.isna()]))
    check.that(not open_ones, "left, level, right", DataError, **{"no side": open_ones})
    return wanted.to_numpy(float)


def _compare(found: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    right = found * wanted > LEVEL
    return np.where(wanted == 0, np.abs(found) <= LEVEL, right) if not wanted.all() else right


def share_as_told(
    structure: Structure, leans: np.ndarray, weights: np.ndarray, traits: pd.DataFrame,
    sides: pd.Series,
) -> pd.Series:  # fmt: skip
    """The share of given weightings, shape (n_draws, n_boxes), in which each case is as told.

    >>> plain = offer(["trust", "money"], {})["M1 free weights"]
    >>> case, traits = pd.Series({"ward": "left"}), pd.DataFrame(index=["ward"])
    >>> draws = np.array([[0.9, 0.1], [0.2, 0.8]])
    >>> share_as_told(plain, np.array([[1, -1]]), draws, traits, case).to_dict()
    {'ward': 0.5}
    """
    sides, hits = expected_sides(structure, sides, traits), np.zeros(len(sides))
    wanted = _want(sides)
    check.same(sides.index, traits.index, "cases")
    check.counts(n_weights=len(weights))
    for start in range(0, len(weights), _BLOCK):
        found = tilts(structure, leans, weights[start : start + _BLOCK], traits)
        hits += np.count_nonzero(_compare(found, wanted), axis=0)
    return pd.Series(hits / len(weights), index=sides.index)


def vary(
    structure: Structure, odds: np.ndarray, traits: pd.DataFrame, sides: pd.Series, *, n: int,
    seed: int, fixed_weights: np.ndarray | None = None,
) -> pd.Series:  # fmt: skip
    """The share of `n` draws, of weights and codings, that are as told, by case; last, of ``all``.

    `odds` (shape (n_cases, n_boxes, 3)): from `code_odds`. `fixed_weights` (shape (n_boxes,)): vary
    the codings only.
    """
    sides, hits = expected_sides(structure, sides, traits), np.zeros(len(sides) + 1)
    for _, right in _draw_all((structure, odds, traits, sides), n, seed, fixed_weights):
        hits += right.sum(axis=0)
    return pd.Series(hits / n, index=[*sides.index, "all"], name="share")


def _draw_all(
    given: tuple, n: int, seed: int, fixed_weights: np.ndarray | None = None
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Weights drawn with codings, chunk by chunk, and which cases, then all, come out as told."""
    check.counts(n=n)
    structure, odds, traits, sides = given
    n_cases, n_boxes, _ = odds.shape
    sizes = [min(CHUNK, n - start) for start in range(0, n, CHUNK)]
    for size, child in zip(sizes, np.random.SeedSequence(seed).spawn(len(sizes)), strict=True):
        for_weights, for_codes = child.spawn(2)
        weights = draw_weights(size, for_weights, n_boxes)
        if fixed_weights is not None:
            weights = np.broadcast_to(fixed_weights, weights.shape)
        leans = draw_leans(odds.reshape(-1, 3), size, for_codes).reshape(size, n_cases, n_boxes)
        right = as_told(tilts(structure, leans.astype(float), weights, traits), sides)
        yield weights, np.c_[right, right.all(axis=1)]


def find_central_weights(
    structure: Structure, odds: np.ndarray, traits: pd.DataFrame, sides: pd.Series, *, n: int,
    seed: int,
) -> pd.DataFrame:  # fmt: skip
    """The weights that speak for each told side, and how far they alone would carry it.

    Takes what `vary` takes. By case, the last one ``all``: ``acceptability`` (the share as told,
    over `n` draws of weights and codings) and its Monte Carlo ``error``; the central weight of each
    factor, the mean of the weightings drawn as told; and the ``confidence`` factor, the share of
    all codings, at their odds and without drawing, that come out as told at the central weights.
    Weights and factor are missing where no draw is as told. Lahdelma, Hokkanen and Salminen (1998);
    Lahdelma and Salminen (2001), whose alternatives are cases here, and whose ranks are sides.
    """
    factors, sides = list(structure.factors), expected_sides(structure, sides, traits)
    hits, sums = np.zeros(len(sides) + 1), np.zeros((len(sides) + 1, len(factors)))
    for weights, right in _draw_all((structure, odds, traits, sides), n, seed):
        hits += right.sum(axis=0)
        sums += right.T.astype(float) @ weights
    names = [*sides.index, "all"]
    some = np.where(hits > 0, hits, np.nan)
    central = pd.DataFrame(sums / some[:, None], names, factors)
    cases = [(structure, odds[at], traits.iloc[[at]], sides.iloc[[at]]) for at in range(len(sides))]
    carried = [_carry(case, row) for case, row in zip(cases, central.to_numpy())]
    carried.append(np.prod([_carry(case, central.loc["all"].to_numpy()) for case in cases]))
    central.insert(0, "acceptability", hits / n)
    central.insert(1, "error", share_error(hits / n, n))
    return central.assign(confidence=carried)


def _carry(case: tuple, weights: np.ndarray) -> float:
    """The share of the codings of one case, at their odds, that given weights make as told."""
    structure, odds, traits, side = case
    if np.isnan(weights).any():
        return np.nan
    ways = np.array(list(product(CODES, repeat=len(weights))))
    chances = odds[np.arange(len(weights)), ways + 1].prod(axis=1)
    found = tilts(structure, ways[:, None].astype(float), weights, traits)
    return float(chances[as_told(found, side)[:, 0]].sum())


def break_even(leans: pd.Series, box: str) -> float | None:
    """The share of all weight at which one box just balances the others, if they weigh alike.

    None where no share of that box levels the beam.

    >>> leans = pd.Series({"local-structures": 1, "culture": 1, "resources": -1})
    >>> break_even(leans, "resources")
    0.5
    """
    check.names([box], leans.dropna().index, "box with a lean")
    check.once(leans.index, "box")
    check.numbers(leans.dropna().to_frame("lean"), "the leans", -1, 1)
    others = leans.drop(box).dropna().astype(float).mean()
    lean = float(leans[box])
    if others == lean:
        return None
    share = others / (others - lean)
    return float(share) if 0 < share < 1 else None


def swing_boxes(
    structure: Structure, codings: pd.DataFrame, weights: np.ndarray, traits: pd.DataFrame
) -> pd.DataFrame:
    """How far the tilt of one case moves when one box goes through its range: a tornado.

    `codings`: one row per factor of the structure: ``box``, ``lean``, ``lean_min``, ``lean_max``.
    While another box moves, a missing lean is left out: held at 0, or at the end of its range
    nearest to 0.

    Gives ``box``, ``low``, ``high`` (tilts at the two ends of the range) and ``base``, the tilt
    from which `find_flips` starts too; widest first.
    """
    moves = _move(structure, codings, weights, traits)
    low, high = (moves.tilt[moves.to == moves[end]] for end in ("lean_min", "lean_max"))
    table = pd.DataFrame({"low": low, "high": high, "base": moves.base.iloc[0]}).reset_index()
    widest = (table.high - table.low).abs().sort_values(ascending=False, kind="stable").index
    return table.loc[widest]


def find_flips(
    structure: Structure, codings: pd.DataFrame, weights: np.ndarray, traits: pd.DataFrame
) -> pd.DataFrame:
    """Which single coding, changed to another code, turns the side of a case: its fragility.

    Takes what `swing_boxes` takes. Gives ``box``, ``code``, ``changed_to``, ``was_stated``,
    ``admissible`` (whether the new code lies within the box's range: if not, the coder would have
    had to misread) and ``tilt``; empty if no single one does.
    """
    moves = _move(structure, codings, weights, traits)
    turned = moves.tilt.map(side) != side(moves.base.iloc[0])
    found = moves[turned & (moves.to != moves.held)].reset_index()
    found["was_stated"] = found.lean.notna()
    found["admissible"] = found.to.between(found.lean_min, found.lean_max)
    found = found.rename(columns={"lean": "code", "to": "changed_to"})
    return found[["box", "code", "changed_to", "was_stated", "admissible", "tilt"]]


def _move(
    structure: Structure, codings: pd.DataFrame, weights: np.ndarray, traits: pd.DataFrame
) -> pd.DataFrame:
    """The ``tilt`` with each box moved to each code, the others held; ``base`` with none moved."""
    factors, ends = list(structure.factors), ["lean", "lean_min", "lean_max"]
    check.names(["box", *ends], codings.columns, "column")
    boxes, each = ", ".join(map(str, codings["box"])), f"each of {', '.join(factors)} once"
    check.that(sorted(codings["box"]) == sorted(factors), each, DataError, boxes=boxes)
    mine = codings.set_index("box").loc[factors, ends]
    lean, low, high = (mine[name].astype(float) for name in ends)
    mine["held"] = lean.fillna((low * 0).clip(low, high))
    moves = mine.loc[mine.index.repeat(len(CODES))].assign(to=np.tile(CODES, len(mine)))
    leans = np.tile(mine.held.to_numpy(), (len(moves) + 1, 1))
    leans[range(len(moves)), np.arange(len(moves)) // len(CODES)] = moves.to
    found = tilts(structure, leans[:, None], weights, traits)[:, 0]
    return moves.assign(tilt=found[:-1], base=found[-1])


def sobol_shares(
    function: Callable[[np.ndarray], np.ndarray], inputs: list[str], n: int, seed: int
) -> pd.DataFrame:
    """How much of the analyst's uncertainty each input carries, ``alone`` and ``in_all``.

    `function`: from independent chances, shape (n_inputs, m), drawn evenly between 0 and 1, to m
    numbers. `n`: a power of 2. First order and total (Saltelli et al. 2010), no real importance.
    """
    check.counts(2, n=n)
    check.counts(n_inputs=len(inputs))
    check.once(inputs, "input")
    check.that(not n & (n - 1), "a power of 2", n=n)
    result = stats.sobol_indices(
        func=function, n=n, dists=[stats.uniform()] * len(inputs), rng=np.random.default_rng(seed)
    )
    first, total = np.ravel(result.first_order), np.ravel(result.total_order)
    return pd.DataFrame({"input": inputs, "alone": first, "in_all": total})


def share_uncertainty(
    structure: Structure, odds: np.ndarray, traits: pd.DataFrame, n: int, seed: int
) -> pd.DataFrame:
    """How much of the uncertainty of one case's tilt each weight and each coding carries.

    Takes `code_odds`, one row per factor, and gives `sobol_shares`, for ``weight of`` and ``coding
    of`` each factor. Weights are exponentials divided by their sum: the inputs are independent.
    """
    n_boxes = len(structure.factors)
    check.that(len(odds) == n_boxes, f"one for each of {n_boxes}", DataError, codings=len(odds))

    def tilt(chances: np.ndarray) -> np.ndarray:
        drawn = -np.log1p(-chances[:n_boxes].T)
        codes = pick_codes(odds, chances[n_boxes:].T).astype(float, order="C")
        weights = drawn / drawn.sum(axis=1, keepdims=True)
        return tilts(structure, codes[:, None, :], weights, traits)[:, 0]

    names = [f"{kind} of {box}" for kind in ("weight", "coding") for box in structure.factors]
    return sobol_shares(tilt, names, n, seed)


def list_weightings(factors: Iterable[str], roles: Mapping[str, str]) -> dict[str, np.ndarray]:
    """The weightings that are tried: all alike, each factor in turn twice as much as the others.

    And, where a factor has the role ``resources``, that one over half of all weight.

    >>> list_weightings(["trust", "money"], {"resources": "money"})["resources decisive"].round(2)
    array([0.47, 0.53])
    """
    factors = list(factors)
    check.names(roles, ROLES, "role")
    check.names(roles.values(), factors, "box")
    said = {"equal": {}} | {f"{box} double": {box: 2.0} for box in factors}
    if "resources" in roles:
        said["resources decisive"] = {roles["resources"]: 1.125 * (len(factors) - 1)}
    table = pd.DataFrame(said, factors, dtype=float).fillna(1.0)
    return {name: (each / each.sum()).to_numpy() for name, each in table.items()}


def fill_open(
    codings: pd.DataFrame, nets: pd.DataFrame, sides: pd.Series, factors: Iterable[str], how: str
) -> np.ndarray:
    """The leans of all cases, their open boxes filled in one way, shape (n_cases, n_factors).

    `codings`: ``case``, ``box``, ``lean``, ``lean_min`` and ``lean_max`` of the cases of `sides`;
    `nets`: ``case``, ``box`` and ``lean``, the balance of the statements of each case. `how` is one
    of `COMPLETIONS` or `BOUNDS`; a box without any statement is level under the second.
    """
    factors = list(factors)

    def widen(long: pd.DataFrame, column: str) -> pd.DataFrame:
        wide = long.pivot(index="case", columns="box", values=column)
        return wide.astype(float).loc[sides.index, factors]

    lean, low, high = (widen(codings, name) for name in ("lean", "lean_min", "lean_max"))
    left = np.repeat((sides == "left").to_numpy()[:, None], len(factors), axis=1)
    net = widen(nets, "lean").clip(low, high)
    fillers = (0.0, net, high.where(left, low), low.where(left, high))
    filler = dict(zip((*COMPLETIONS, *BOUNDS), fillers, strict=True))[how]
    return lean.fillna(filler).fillna(0.0).to_numpy(float)


def run_specifications(
    readings: dict[str, tuple[pd.DataFrame, pd.DataFrame]], traits: pd.DataFrame, sides: pd.Series,
    factors: Iterable[str], roles: Mapping[str, str], *, completions: tuple[str, ...] = COMPLETIONS,
) -> pd.DataFrame:  # fmt: skip
    """Every combination of the choices, and which cases come out as told.

    `readings`: for each coding choice, its codings and its balances of statements (see
    `fill_open`). Every structure that `factors` and `roles` allow is tried.

    Gives `CHOICES`, one column of bool per case, and ``share`` (per cent of the cases), sorted by
    it.
    """
    factors = list(factors)
    offered, weightings = offer(factors, roles), list_weightings(factors, roles)
    filled = {
        (how, coding): fill_open(*tables, sides, factors, how)
        for how, (coding, tables) in product(completions, readings.items())
    }
    ways = list(product(weightings, filled))
    weights = np.array([weightings[weighting] for weighting, _ in ways])
    leans = np.array([filled[way] for _, way in ways])
    parts = []
    for structure, trait in product(offered.values(), _TRAITS):
        given = traits.assign(**_TRAITS[trait])
        found = tilts(structure, leans, weights, given)
        right = as_told(found, expected_sides(structure, sides, given))
        tried = [(structure.name, weighting, *way, trait) for weighting, way in ways]
        table = pd.DataFrame(right, columns=[*sides.index]).assign(share=100 * right.mean(axis=1))
        parts.append(pd.DataFrame(tried, columns=CHOICES).join(table))
    table = pd.concat(parts)
    return table.sort_values(["share", *CHOICES], ignore_index=True, kind="stable")


def conclude(
    curve: pd.DataFrame, sides: pd.Series, traits: pd.DataFrame, contrasts: Mapping[str, list[str]]
) -> dict[str, pd.Series]:
    """The conclusions asked of each combination: cases one by one, some together, all at once.

    A contrast names the cases that must all come out as told; one that names a case which `sides`
    lacks is left out. Gives a Series of bool for each conclusion, a value for each row of `curve`.
    """
    together = {
        name: list(cases) for name, cases in contrasts.items() if {*cases} <= {*sides.index}
    }
    together["all small bodies"] = list(traits.index[read_trait(traits, "small") > 0])
    together["all told cases"] = list(sides.index)
    return {f"{case} comes out {side}": curve[case] for case, side in sides.items()} | {
        name: curve[cases].all(axis=1) for name, cases in together.items()
    }


def find_hinges(curve: pd.DataFrame, holds: pd.Series) -> dict[str, str | float]:
    """How often a conclusion holds, and the choices it hangs on.

    `holds`: of each row of `curve`. Gives ``share`` (per cent); for each choice the spread between
    its best and its worst option, in points; and ``hangs_on``, the choices with a spread of 25 or
    more, or ``nothing tried``.

    >>> curve = pd.DataFrame({"structure": ["a", "b"], "weights": "equal", "open boxes": "as level",
    ...                       "coding": "all", "traits": "as told"})
    >>> find_hinges(curve, pd.Series([True, False]))["hangs_on"]
    'structure'
    """
    spread = {name: float(np.ptp(100 * holds.groupby(curve[name]).mean())) for name in CHOICES}
    widest = sorted(CHOICES, key=spread.get, reverse=True)
    hinges = [name for name in widest if spread[name] >= _HANGS]
    hangs_on = ", ".join(hinges) or "nothing tried"
    return {"share": 100 * float(holds.mean()), **spread, "hangs_on": hangs_on}


def name_survival(share: float) -> str:
    """A conclusion's fate in a word, from the per cent of combinations in which it holds.

    >>> [name_survival(share) for share in (100.0, 60.0, 50.0)]
    ['survives', 'mostly', 'flips']
    """
    check.that(0 <= share <= 100, "0 to 100", share=share)
    return "survives" if share >= SURVIVES else "mostly" if share > 50 else "flips"
