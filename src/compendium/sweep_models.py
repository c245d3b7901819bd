"""Models that a sweep runs without a notebook: one call a row of the grid, thousands of calls.

A notebook costs seconds of kernel; a question asked ten thousand times must do without. A model is
a function of plain settings and a seed that returns a tidy table, the same table for the same
settings on any machine. Both here ask how often the told cases come out as told: with weights and
codings drawn together, or over the weights for one reading of the passages at a time.
"""

import inspect
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from compendium import cases, raw, uncertainty
from compendium.balance import BOXES
from compendium.declarations import Declaration
from compendium.structures import STRUCTURES, expected_sides, tilts


def balance_share(
    *,
    structure: str = "M1 free weights",
    certain: float = uncertainty.FLIPS["certain"],
    likely: float = uncertainty.FLIPS["likely"],
    contested: float = uncertainty.FLIPS["contested"],
    n_draws: int = 20_000,
    seed: int = 2005,
) -> pd.DataFrame:
    """How many draws of weights and codings together give each told case its side.

    Parameters
    ----------
    structure : str
        One of `structures.STRUCTURES`.
    certain, likely, contested : float
        The odds that a code of that confidence would be another, 0 to 1.
    n_draws : int
        Draws, at least 1.
    seed : int
        Which draws.

    Returns
    -------
    DataFrame
        ``case`` (a row for each, and ``all`` at once) and ``share``, 0 to 1.

    Notes
    -----
    `find_problems` is the door at which settings are checked.
    """
    codings, traits, told = tell_cases()
    odds = _odds(codings, certain, likely, contested)
    drawn = uncertainty.vary(structure, odds, traits, told, n=n_draws, seed=seed)
    return drawn.rename_axis("case").reset_index()


def reading_share(
    *,
    structure: str = "M1 free weights",
    certain: float = uncertainty.FLIPS["certain"],
    likely: float = uncertainty.FLIPS["likely"],
    contested: float = uncertainty.FLIPS["contested"],
    n_draws: int = 5_000,
    seed: int = 2005,
) -> pd.DataFrame:
    """What share of all weightings gives each told case its side, under one drawn reading.

    The seed draws one code for every box of every case, and then the weights. Repeated with other
    seeds it shows how far the share of weightings hangs on how the passages were read.
    Parameters and result are those of `balance_share`.
    """
    codings, traits, told = tell_cases()
    odds = _odds(codings, certain, likely, contested)
    for_codes, for_weights = np.random.SeedSequence(seed).spawn(2)
    leans = uncertainty.draw_leans(odds.reshape(-1, 3), 1, for_codes).reshape(odds.shape[:2])
    weights = uncertainty.draw_weights(n_draws, for_weights)
    found = tilts(structure, leans.astype(float), weights, traits)
    right = uncertainty.as_told(found, expected_sides(structure, told, traits))
    shares = [*right.mean(axis=0), right.all(axis=1).mean()]
    return pd.DataFrame({"case": [*told.index, "all"], "share": shares})


MODELS: dict[str, Callable[..., pd.DataFrame]] = {
    "balance-share": balance_share,
    "reading-share": reading_share,
}
# A call is made from what this notebook, which asks the same, is made from; and from this module.
KIN = "09-vary-assumptions"
SOURCE = Path(__file__)
# Settings that are no odds.
RANGES = {"n_draws": (1, 10**9), "seed": (0, 2**63)}


def declare(model: str) -> Declaration:
    """What a model takes and writes, said as a notebook says it.

    >>> declare("balance-share").types["n_draws"]
    <class 'int'>
    """
    settings = inspect.signature(MODELS[model]).parameters
    return Declaration(
        title=model,
        writes=[f"results/tables/{model}"],
        defaults={name: setting.default for name, setting in settings.items()},
        types={name: setting.annotation for name, setting in settings.items()},
    )


def find_problems(model: str, given: dict[str, Any]) -> list[str]:
    """What keeps a model from being called with these settings: unknown, wrong type, out of range.

    >>> find_problems("balance-share", {"n_draw": 10, "likely": 2})
    ['n_draw: no such parameter', 'likely: found 2; allowed: 0 to 1']
    """
    types, problems = declare(model).types, []
    for name, value in given.items():
        kind = types.get(name)
        fits = (int, float) if kind is float else (kind,)
        low, high = RANGES.get(name, (0, 1))
        if kind is None:
            problems.append(f"{name}: no such parameter")
        elif type(value) not in fits:
            found = f"{value!r}, {type(value).__name__}"
            problems.append(f"{name}: found {found}; allowed: {kind.__name__}")
        elif kind is str and value not in STRUCTURES:
            problems.append(f"{name}: found {value!r}; allowed: {', '.join(STRUCTURES)}")
        elif kind is not str and not low <= value <= high:
            problems.append(f"{name}: found {value}; allowed: {low} to {high}")
    return problems


@cache
def tell_cases() -> tuple[pd.DataFrame, pd.DataFrame, pd.Series]:
    """Codings, traits and sides of the cases with a told side, as notebook 09 gathers them."""
    table = raw.read_table("coding/cases")
    sides = cases.gather_sides(
        table, raw.read_table("coding/tilts"), raw.read_table("coding/involvement")
    )
    told = sides.dropna()
    table = table[table.case.isin(told.index)]
    codings = cases.gather_codings(
        table, raw.read_table("coding/leanings"), raw.read_table("coding/evidence")
    )
    bodies = (raw.read_table("elston2005/appendix-m"), raw.read_table("elston2005/table-4.3"))
    return codings, cases.gather_traits(table, *bodies, told), told


def _odds(codings: pd.DataFrame, certain: float, likely: float, contested: float) -> np.ndarray:
    flips = {"certain": certain, "likely": likely, "contested": contested}
    return uncertainty.code_odds(codings, flips).reshape(-1, len(BOXES), 3)
