"""Three kinds of uncertainty, kept apart and then together: weights, codings, structure.

The weights are unknown: every weighting is held alike (Dirichlet with all parameters 1). The codes
are readings: one that is stated may still be read otherwise within its admissible range, and one
that is not stated may be anything admissible. The structure is a choice among rival sentences of
the thesis. What comes out are shares of assumptions, not probabilities of events: how many of the
ways to fill in what the thesis leaves open let a case come out as printed.
"""

from itertools import product

import numpy as np
import pandas as pd

from compendium.balance import BOXES
from compendium.errors import DataError, SettingError
from compendium.structures import expected_sides, tilts

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
