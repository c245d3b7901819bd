"""Three kinds of uncertainty, kept apart and then together: weights, codings, structure.

The weights are unknown: every weighting is held alike (Dirichlet with all parameters 1). The codes
are readings: one that is stated may still be read otherwise within its admissible range, and one
that is not stated may be anything admissible. The structure is a choice among rival sentences of
the thesis. What comes out are shares of assumptions, not probabilities of events: how many of the
ways to fill in what the thesis leaves open let a case come out as printed.

What a single case hangs on: one weight, one coding, one input.

A verdict on a case is fragile if changing one code turns it. These functions take one case at a
time and ask of each box: at what weight would it level the beam, how far does the beam move when
the box goes through its admissible range, which single change of a code turns the side. The last
two start from one base: the known leans, with the open boxes left out.

Every combination of choices, and which conclusions survive them all.

A conclusion that holds under one structure, one weighting, one reading and one way to fill in what
is not stated may fail under the next. Here the choices are crossed, each combination is asked what
comes out, and each conclusion is told how often it holds and which single choice it hangs on most
(Simonsohn, Simmons and Nelson 2020, specification curves; the choices are ours).
"""

from collections.abc import Callable
from itertools import product

import numpy as np
import pandas as pd

from compendium.errors import DataError, SettingError
from compendium.models.balance import BOXES
from compendium.models.structures import STRUCTURES, expected_sides, tilts

CODES = np.array([-1, 0, 1])
# How often a code of each confidence would be another. Ours, and a setting of every run: no second
# coder has read the passages, so no confusion has been measured.
FLIPS = {"certain": 0.05, "likely": 0.15, "contested": 0.3}
# Draws worked on at a time: 50 cases of five boxes then fit a processor's cache.
CHUNK = 5_000
# A tilt nearer to 0 than this is level; sums of weights leave such a residue.
LEVEL = 1e-12


def draw_weights(
    n: int, seed: int | np.random.SeedSequence, n_boxes: int = len(BOXES)
) -> np.ndarray:
    """Weights drawn evenly from the simplex, shape (n, n_boxes); each row adds up to 1.

    >>> draw_weights(3, seed=1).sum(axis=1).round(12).tolist()
    [1.0, 1.0, 1.0]
    """
    draws = np.random.default_rng(seed).standard_exponential((n, n_boxes))
    return draws / draws.sum(axis=1, keepdims=True)


def code_odds(codings: pd.DataFrame, flips: dict[str, float] | None = None) -> np.ndarray:
    """How likely each coding is to be -1, 0 or 1, shape (n_codings, 3).

    Parameters
    ----------
    codings : DataFrame
        ``lean`` (-1, 0, 1 or missing), ``lean_min``, ``lean_max`` and ``confidence``.
    flips : dict of str to float, optional
        For each confidence, the odds that a stated code is another: one of the others in its
        admissible range, all alike, or any other where the range holds no other. `FLIPS` if left
        out.

    Returns
    -------
    array
        A missing lean is any code of its range, all alike. Each row adds up to 1.

    Raises
    ------
    DataError
        If a lean lies outside its range or a range is no range of codes.
    SettingError
        If a confidence has no odds, or odds outside 0 to 1.

    Examples
    --------
    >>> row = {"lean": [1, None], "lean_min": [0, -1], "lean_max": [1, 1], "confidence": "certain"}
    >>> code_odds(pd.DataFrame(row), {"certain": 0.1}).round(3).tolist()
    [[0.0, 0.1, 0.9], [0.333, 0.333, 0.333]]
    """
    flips = FLIPS if flips is None else flips
    check_codings(codings, flips)
    lean = codings["lean"].to_numpy(float, na_value=np.nan)[:, None]
    low, high = (codings[name].to_numpy(float)[:, None] for name in ("lean_min", "lean_max"))
    allowed = (low <= CODES) & (high >= CODES)
    stated = lean == CODES
    others = allowed & ~stated
    others = np.where(others.any(axis=1, keepdims=True), others, ~stated)
    flip = codings["confidence"].map(flips).to_numpy(float)[:, None]
    moved = stated * (1 - flip) + others * flip / others.sum(axis=1, keepdims=True)
    return np.where(np.isnan(lean), allowed / allowed.sum(axis=1, keepdims=True), moved)


def check_codings(codings: pd.DataFrame, flips: dict[str, float]) -> None:
    """Refuse leans outside their range, ranges that are none, and confidences without odds."""
    bad = codings[
        ~codings["lean_min"].between(-1, 1)
        | ~codings["lean_max"].between(-1, 1)
        | (codings["lean_min"] > codings["lean_max"])
        | (codings["lean"] < codings["lean_min"])
        | (codings["lean"] > codings["lean_max"])
    ]
    if len(bad):
        rows = bad[["lean", "lean_min", "lean_max"]].astype("object").fillna("missing")
        found = [
            f"row {i}: lean {r[0]}, range {r[1]} to {r[2]}" for i, r in zip(bad.index, rows.values)
        ]
        raise DataError(
            "these codings cannot be (allowed: -1 <= lean_min <= lean <= lean_max <= 1):\n  "
            + "\n  ".join(found)
        )
    unknown = sorted(set(codings["confidence"]) - set(flips))
    wrong = [f"{name}: {odds}" for name, odds in flips.items() if not 0 <= odds <= 1]
    if unknown or wrong:
        raise SettingError(
            f"no odds for confidence {', '.join(unknown) or 'none'}; outside 0 to 1: "
            f"{', '.join(wrong) or 'none'}; allowed: 0 to 1 for each of the confidences used"
        )


def draw_leans(odds: np.ndarray, n: int, seed: int | np.random.SeedSequence) -> np.ndarray:
    """Codes drawn at their odds, shape (n, n_codings), as small integers.

    >>> draw_leans(np.array([[0.0, 0.0, 1.0]]), 2, seed=1).tolist()
    [[1], [1]]
    """
    chance = np.random.default_rng(seed).random((n, len(odds)), dtype=np.float32)
    return pick_codes(odds, chance)


def pick_codes(odds: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """The code at each chance between 0 and 1: the quantile function of its odds."""
    steps = np.cumsum(odds, axis=1)
    # At or above a step, not only above it: a chance of exactly 0 must not pick odds of 0.
    first, second = ((chance >= steps[:, place]).view(np.int8) for place in (0, 1))
    return first + second - np.int8(1)


def complete(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Every admissible way to fill in one case, shape (n_ways, n_boxes).

    >>> complete(np.array([1, -1]), np.array([1, 0])).tolist()
    [[1, -1], [1, 0]]
    """
    ranges = [range(int(a), int(b) + 1) for a, b in zip(low, high, strict=True)]
    return np.array(list(product(*ranges)))


def share_as_printed(found: np.ndarray, sides: pd.Series) -> np.ndarray:
    """How large a share of draws tips each case to its printed side, shape (n_cases,).

    Parameters
    ----------
    found : array, shape (n_draws, n_cases)
        Tilts.
    sides : Series, length n_cases
        ``left``, ``level`` or ``right``.
    """
    return as_told(found, sides).mean(axis=0)


def as_told(found: np.ndarray, sides: pd.Series) -> np.ndarray:
    """Whether each tilt is to its case's side, shape (n_draws, n_cases).

    Raises
    ------
    DataError
        If a side is open: such a case cannot come out as told.

    Examples
    --------
    >>> as_told(np.array([[0.2, 0.2]]), pd.Series(["left", "right"])).tolist()
    [[True, False]]
    """
    wanted = sides.map({"left": 1, "level": 0, "right": -1})
    if wanted.isna().any():
        open_ones = ", ".join(map(str, sides.index[wanted.isna()]))
        raise DataError(f"found no side for {open_ones}; allowed: left, level, right")
    wanted = wanted.to_numpy()
    return np.where(wanted == 0, np.abs(found) <= LEVEL, found * wanted > LEVEL)


def vary(
    structure: str,
    odds: np.ndarray,
    traits: pd.DataFrame,
    sides: pd.Series,
    *,
    n: int,
    seed: int,
    fixed_weights: np.ndarray | None = None,
) -> pd.DataFrame:
    """Shares as printed over draws of weights and codings together, and of all cases at once.

    Parameters
    ----------
    odds : array, shape (n_cases, n_boxes, 3)
        From `code_odds`.
    fixed_weights : array, shape (n_boxes,), optional
        Vary the codings only.

    Returns
    -------
    DataFrame
        One row per case, indexed like `sides`, and one called ``all``: ``share``.
    """
    sides = expected_sides(structure, sides, traits)
    hits, joint = np.zeros(len(sides)), 0
    sizes = [min(CHUNK, n - start) for start in range(0, n, CHUNK)]
    for size, child in zip(sizes, np.random.SeedSequence(seed).spawn(len(sizes)), strict=True):
        for_weights, for_codes = child.spawn(2)
        weights = draw_weights(size, for_weights)
        if fixed_weights is not None:
            weights = np.broadcast_to(fixed_weights, weights.shape)
        leans = draw_leans(odds.reshape(-1, 3), size, for_codes)
        shape = (size, *odds.shape[:2])
        found = tilts(structure, leans.reshape(shape).astype(float), weights, traits)
        right = as_told(found, sides)
        hits += right.sum(axis=0)
        joint += int(right.all(axis=1).sum())
    return pd.DataFrame({"share": [*(hits / n), joint / n]}, index=[*sides.index, "all"])


def break_even(leans: pd.Series, box: str) -> float | None:
    """The share of all weight at which one box just balances the others, if they weigh alike.

    Returns
    -------
    float or None
        Between 0 and 1; None where no share of that box levels the beam.

    Examples
    --------
    >>> leans = pd.Series({"local-structures": 1, "culture": 1, "resources": -1})
    >>> break_even(leans, "resources")
    0.5
    """
    others = leans.drop(box).dropna().astype(float).mean()
    lean = float(leans[box])
    if others == lean:
        return None
    share = others / (others - lean)
    return float(share) if 0 < share < 1 else None


def swing_boxes(
    structure: str, codings: pd.DataFrame, weights: np.ndarray, traits: pd.DataFrame
) -> pd.DataFrame:
    """How far the tilt of one case moves when one box goes through its range: a tornado.

    Parameters
    ----------
    codings : DataFrame
        One row per box of `BOXES`: ``box``, ``lean``, ``lean_min``, ``lean_max``. While another
        box moves, a missing lean is left out: held at 0, or at the end of its range nearest to 0.

    Returns
    -------
    DataFrame
        ``box``, ``low``, ``high`` (tilts at the two ends of the range) and ``base``, the tilt from
        which `find_flips` starts too; widest first.
    """
    mine, base = _start(codings)
    before = float(tilts(structure, base[None], weights, traits)[0])
    ends = []
    for place, row in enumerate(mine.itertuples()):
        moved = np.array([base, base])
        moved[:, place] = row.lean_min, row.lean_max
        low, high = (float(tilts(structure, one[None], weights, traits)[0]) for one in moved)
        ends.append((row.box, low, high, before))
    table = pd.DataFrame(ends, columns=["box", "low", "high", "base"])
    widest = (table.high - table.low).abs().sort_values(ascending=False, kind="stable").index
    return table.loc[widest]


def find_flips(
    structure: str, codings: pd.DataFrame, weights: np.ndarray, traits: pd.DataFrame
) -> pd.DataFrame:
    """Which single coding, changed to another code, turns the side of a case: its fragility.

    Parameters
    ----------
    codings : DataFrame
        One row per box of `BOXES`: ``box``, ``lean``, ``lean_min``, ``lean_max``. Until it is the
        one that is changed, a missing lean is left out: held at 0, or at the end of its range
        nearest to 0, as in `swing_boxes`.

    Returns
    -------
    DataFrame
        ``box``, ``code``, ``changed_to``, ``was_stated``, ``admissible`` (whether the new code lies
        within the box's range: if not, the coder would have had to misread) and ``tilt``; empty if
        no single one does.
    """
    mine, base = _start(codings)
    before = _sign(tilts(structure, base[None], weights, traits)[0])
    rows = []
    for place, row in enumerate(mine.itertuples()):
        for code in CODES[base[place] != CODES]:
            moved = base.copy()
            moved[place] = code
            tilt = float(tilts(structure, moved[None], weights, traits)[0])
            admissible = bool(row.lean_min <= code <= row.lean_max)
            if _sign(tilt) != before:
                rows.append((row.box, row.lean, int(code), not pd.isna(row.lean), admissible, tilt))
    columns = ["box", "code", "changed_to", "was_stated", "admissible", "tilt"]
    return pd.DataFrame(rows, columns=columns)


def _start(codings: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    """The codings in the order of `BOXES`, and the leans from which one box at a time is moved."""
    if sorted(codings["box"]) != sorted(BOXES):
        found = ", ".join(map(str, codings["box"]))
        raise DataError(f"found boxes {found}; allowed: each of {', '.join(BOXES)} once")
    mine = codings.set_index("box").loc[list(BOXES)].reset_index()
    low, high = (mine[name].to_numpy(float) for name in ("lean_min", "lean_max"))
    lean = mine["lean"].to_numpy(float, na_value=np.nan)
    return mine, np.where(np.isnan(lean), np.clip(0.0, low, high), lean)


def _sign(tilt: float) -> float:
    return 0.0 if abs(tilt) <= LEVEL else float(np.sign(tilt))


def sobol_shares(
    function: Callable[[np.ndarray], np.ndarray], inputs: list[str], n: int, seed: int
) -> pd.DataFrame:
    """How much of the analyst's uncertainty each independent input carries.

    Parameters
    ----------
    function : callable
        From chances, shape (n_inputs, m), evenly drawn between 0 and 1, to m numbers. Weights
        enter as independent gammas divided by their sum, codes through `pick_codes`: shares of
        inputs that depend on each other would mean nothing.
    n : int
        A power of 2.

    Returns
    -------
    DataFrame
        ``input``, ``alone`` (first order) and ``in_all`` (total), not real-world importance.

    Notes
    -----
    Saltelli et al. (2010) by `scipy.stats.sobol_indices`.
    """
    # A second to import, in every kernel that draws a balance: only this function pays for it.
    from scipy import stats  # noqa: PLC0415

    if n < 2 or n & (n - 1):
        raise SettingError(f"found {n} draws; allowed: a power of 2")
    result = stats.sobol_indices(
        func=function, n=n, dists=[stats.uniform()] * len(inputs), rng=np.random.default_rng(seed)
    )
    first, total = np.ravel(result.first_order), np.ravel(result.total_order)
    return pd.DataFrame({"input": inputs, "alone": first, "in_all": total})


def share_uncertainty(
    structure: str, odds: np.ndarray, traits: pd.DataFrame, n: int, seed: int
) -> pd.DataFrame:
    """How much of the uncertainty of one case's tilt each weight and each coding carries.

    Parameters
    ----------
    odds : array, shape (n_boxes, 3)
        From `multiverse.code_odds`, one row per box.

    Returns
    -------
    DataFrame
        As `sobol_shares`, for ``weight of`` and ``coding of`` each box. Weights are exponentials
        divided by their sum, so that the inputs are independent.
    """
    boxes = len(BOXES)

    def tilt(chances: np.ndarray) -> np.ndarray:
        drawn = -np.log1p(-chances[:boxes].T)
        codes = np.column_stack(
            [pick_codes(odds[[place]], chances[boxes + place][:, None]) for place in range(boxes)]
        ).astype(float)
        weights = drawn / drawn.sum(axis=1, keepdims=True)
        return tilts(structure, codes[:, None, :], weights, traits)[:, 0]

    names = [f"{kind} of {box}" for kind in ("weight", "coding") for box in BOXES]
    return sobol_shares(tilt, names, n, seed)


# How much each box weighs: all alike, each in turn twice as much as the others (a third of all
# weight), and resources over half of all weight, as the prose of Figure 5.1 has it.
WEIGHTINGS: dict[str, dict[str, float]] = {"equal": {}}
WEIGHTINGS |= {f"{box} double": {box: 2.0} for box in BOXES}
WEIGHTINGS["resources decisive"] = {"resources": 4.5}
# Two ways to fill in open boxes that know nothing of the outcome, and two that bound all others.
COMPLETIONS = ("as level", "by balance of statements")
BOUNDS = ("for the told side", "against it")
# Scarcity and the year are typed for each case: either as told, or alike in all.
TRAITS = {"as told": {}, "alike": {"scarcity": 1.0, "year": 2.0}}
# Per cent of combinations in which a conclusion must hold to be said to survive. Ours.
SURVIVES = 95.0
# A conclusion hangs on a choice whose options differ by this many points. Ours.
HANGS = 25.0
# What the thesis says comes apart, and its five printed cases together.
CONTRASTS = {
    "Dalesville and Greenshire come apart": ("SS Dalesville before", "SS Greenshire"),
    "Districts A and B come apart": ("District A early", "District B"),
    "all printed cases": ("SS Dalesville before", "SS Dalesville after", "SS Greenshire")
    + ("District A early", "District B"),
}
CHOICES = ["structure", "weights", "open boxes", "coding", "traits"]


def weigh_boxes(doubled: dict[str, float]) -> np.ndarray:
    """Weights that add up to 1, one box counting more than the others.

    >>> weigh_boxes({"resources": 4.0}).tolist()
    [0.125, 0.125, 0.125, 0.125, 0.5]
    """
    weights = np.array([doubled.get(box, 1.0) for box in BOXES])
    return weights / weights.sum()


def fill_open(codings: pd.DataFrame, nets: pd.DataFrame, sides: pd.Series, how: str) -> np.ndarray:
    """The leans of all cases, their open boxes filled in one way, shape (n_cases, 5).

    Parameters
    ----------
    codings : DataFrame
        As `cases.gather_codings` gives it, for the cases of `sides`, in their order.
    nets : DataFrame
        ``case``, ``box`` and ``lean``: the balance of the statements of each case.
    sides : Series
        ``left`` or ``right``, indexed by case.
    how : str
        One of `COMPLETIONS` or `BOUNDS`. A box without any statement is level under the second.
    """
    wide = {name: _wide(codings, name, sides) for name in ("lean", "lean_min", "lean_max")}
    left = np.repeat((sides == "left").to_numpy()[:, None], len(BOXES), axis=1)
    for_side = wide["lean_max"].where(left, wide["lean_min"])
    against = wide["lean_min"].where(left, wide["lean_max"])
    balance = _wide(nets, "lean", sides).clip(wide["lean_min"], wide["lean_max"])
    fillers = (0.0, balance, for_side, against)
    filler = dict(zip((*COMPLETIONS, *BOUNDS), fillers, strict=True))[how]
    return wide["lean"].fillna(filler).fillna(0.0).to_numpy(float)


def _wide(long: pd.DataFrame, column: str, sides: pd.Series) -> pd.DataFrame:
    table = long.pivot(index="case", columns="box", values=column).astype(float)
    return table.loc[sides.index, list(BOXES)]


def run_specifications(
    readings: dict[str, tuple[pd.DataFrame, pd.DataFrame]],
    traits: pd.DataFrame,
    sides: pd.Series,
    completions: tuple[str, ...] = COMPLETIONS,
) -> pd.DataFrame:
    """Every combination of the choices, and which cases come out as told.

    Parameters
    ----------
    readings : dict
        For each coding choice, its codings and its balances of statements (see `fill_open`).
    traits : DataFrame
        As `cases.gather_traits` gives it, one row per case of `sides`.
    completions : tuple of str
        How open boxes are filled in.

    Returns
    -------
    DataFrame
        `CHOICES`, one column of bool per case, and ``share`` (per cent of the cases), sorted by it.
    """
    leans = {
        (coding, how): fill_open(codings, nets, sides, how)
        for (coding, (codings, nets)), how in product(readings.items(), completions)
    }
    rows = []
    for choice in product(STRUCTURES, WEIGHTINGS, completions, readings, TRAITS):
        structure, weights, how, coding, trait = choice
        given = traits.assign(**TRAITS[trait])
        found = tilts(structure, leans[coding, how], weigh_boxes(WEIGHTINGS[weights]), given)
        right = as_told(found[None], expected_sides(structure, sides, given))[0]
        rows.append([*choice, *right, 100 * right.mean()])
    table = pd.DataFrame(rows, columns=[*CHOICES, *sides.index, "share"])
    return table.sort_values(["share", *CHOICES], ignore_index=True, kind="stable")


def find_hinges(curve: pd.DataFrame, holds: pd.Series) -> dict[str, str | float]:
    """How often a conclusion holds, and the choices it hangs on.

    Parameters
    ----------
    holds : Series of bool
        For each row of `curve`, whether the conclusion holds.

    Returns
    -------
    dict
        ``share`` (per cent); for each choice the spread between its best and its worst option, in
        points; ``hangs_on``, the choices with a spread of `HANGS` or more, or ``nothing tried``.

    Examples
    --------
    >>> curve = pd.DataFrame({"structure": ["a", "b"], "weights": "equal", "open boxes": "as level",
    ...                       "coding": "all", "traits": "as told"})
    >>> find_hinges(curve, pd.Series([True, False]))["hangs_on"]
    'structure'
    """
    shares = {name: holds.groupby(curve[name]).mean().mul(100) for name in CHOICES}
    spread = {name: float(share.max() - share.min()) for name, share in shares.items()}
    hinges = [
        name for name in sorted(CHOICES, key=spread.get, reverse=True) if spread[name] >= HANGS
    ]
    return {
        "share": 100 * float(holds.mean()),
        **spread,
        "hangs_on": ", ".join(hinges) or "nothing tried",
    }


def conclude(curve: pd.DataFrame, sides: pd.Series, traits: pd.DataFrame) -> dict[str, pd.Series]:
    """The conclusions asked of each combination: cases one by one, the told contrasts, all at once.

    Returns
    -------
    dict of str to Series of bool
        One entry for each conclusion, one value for each row of `curve`.
    """
    holds = {f"{case} comes out {side}": curve[case] for case, side in sides.items()}
    for name, pair in CONTRASTS.items():
        if set(pair) <= set(sides.index):
            holds[name] = curve[list(pair)].all(axis=1)
    holds["all small bodies"] = curve[list(traits.index[traits.small])].all(axis=1)
    holds["all told cases"] = curve[list(sides.index)].all(axis=1)
    return holds


def name_survival(share: float) -> str:
    """A conclusion's fate in a word, from the per cent of combinations in which it holds.

    >>> [name_survival(share) for share in (100.0, 60.0, 50.0)]
    ['survives', 'mostly', 'flips']
    """
    if share >= SURVIVES:
        return "survives"
    return "mostly" if share > 50 else "flips"
