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
from compendium.structures import STRUCTURES, tilts
from compendium.uncertainty import as_told

# How much each box weighs; a doubled box holds a third of all weight, a decisive one over half.
WEIGHTINGS = {
    "equal": {},
    "resources double": {"resources": 2.0},
    "culture double": {"culture": 2.0},
    "national policy double": {"national-policy": 2.0},
    "resources decisive": {"resources": 4.5},
}
COMPLETIONS = ("left out", "by balance of statements", "for the told side", "against it")
# Per cent of combinations in which a conclusion must hold to be said to survive. Ours.
SURVIVES = 95.0
CHOICES = ["structure", "weights", "open boxes", "coding"]


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
        One of `COMPLETIONS`. A box without any statement stays left out under the second.
    """
    wide = {name: _wide(codings, name, sides) for name in ("lean", "lean_min", "lean_max")}
    left = np.repeat((sides == "left").to_numpy()[:, None], len(BOXES), axis=1)
    for_side = wide["lean_max"].where(left, wide["lean_min"])
    against = wide["lean_min"].where(left, wide["lean_max"])
    balance = _wide(nets, "lean", sides).clip(wide["lean_min"], wide["lean_max"])
    filler = dict(zip(COMPLETIONS, (0.0, balance, for_side, against), strict=True))[how]
    return wide["lean"].fillna(filler).fillna(0.0).to_numpy(float)


def _wide(long: pd.DataFrame, column: str, sides: pd.Series) -> pd.DataFrame:
    table = long.pivot(index="case", columns="box", values=column).astype(float)
    return table.loc[sides.index, list(BOXES)]


def run_specifications(
    readings: dict[str, tuple[pd.DataFrame, pd.DataFrame]], traits: pd.DataFrame, sides: pd.Series
) -> pd.DataFrame:
    """Every combination of structure, weights, open boxes and coding: which cases come out as told.

    Parameters
    ----------
    readings : dict
        For each coding choice, its codings and its balances of statements (see `fill_open`).
    traits : DataFrame
        As `cases.gather_traits` gives it, one row per case of `sides`.

    Returns
    -------
    DataFrame
        `CHOICES`, one column of bool per case, and ``share`` (per cent of the cases), sorted by it.
    """
    leans = {
        (coding, how): fill_open(codings, nets, sides, how)
        for (coding, (codings, nets)), how in product(readings.items(), COMPLETIONS)
    }
    rows = []
    for structure, weights, how, coding in product(STRUCTURES, WEIGHTINGS, COMPLETIONS, readings):
        found = tilts(structure, leans[coding, how], weigh_boxes(WEIGHTINGS[weights]), traits)
        right = as_told(found[None], sides)[0]
        rows.append([structure, weights, how, coding, *right, 100 * right.mean()])
    table = pd.DataFrame(rows, columns=[*CHOICES, *sides.index, "share"])
    return table.sort_values(["share", *CHOICES], ignore_index=True, kind="stable")


def find_hinge(curve: pd.DataFrame, holds: pd.Series) -> dict[str, str | float]:
    """How often a conclusion holds, and the one choice it hangs on most.

    Parameters
    ----------
    holds : Series of bool
        For each row of `curve`, whether the conclusion holds.

    Returns
    -------
    dict
        ``share`` (per cent), ``hangs_on`` (the choice whose options differ most), ``best`` and
        ``worst`` (its options, with the share under each).

    Examples
    --------
    >>> curve = pd.DataFrame({"structure": ["a", "b"], "weights": "equal", "open boxes": "left out",
    ...                       "coding": "all"})
    >>> find_hinge(curve, pd.Series([True, False]))["hangs_on"]
    'structure'
    """
    spread = {name: holds.groupby(curve[name]).mean().mul(100) for name in CHOICES}
    name = max(CHOICES, key=lambda choice: spread[choice].max() - spread[choice].min())
    best, worst = spread[name].idxmax(), spread[name].idxmin()
    return {
        "share": 100 * float(holds.mean()),
        "hangs_on": name,
        "best": f"{best} ({spread[name][best]:.0f} %)",
        "worst": f"{worst} ({spread[name][worst]:.0f} %)",
    }


def name_survival(share: float) -> str:
    """A conclusion's fate in a word, from the per cent of combinations in which it holds.

    >>> [name_survival(share) for share in (100.0, 60.0, 50.0)]
    ['survives', 'mostly', 'flips']
    """
    if share >= SURVIVES:
        return "survives"
    return "mostly" if share > 50 else "flips"
