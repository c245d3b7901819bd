"""Every combination of choices, and which conclusions survive them all.

A conclusion that holds under one structure, one weighting, one reading and one way to fill in what
is not stated may fail under the next. Here the choices are crossed, each combination is asked what
comes out, and each conclusion is told how often it holds and which single choice it hangs on most
(Simonsohn, Simmons and Nelson 2020, specification curves; the choices are ours).
"""

from itertools import product

import numpy as np
import pandas as pd

from compendium.balance import BOXES
from compendium.structures import STRUCTURES, expected_sides, tilts
from compendium.uncertainty import as_told

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
