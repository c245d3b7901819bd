"""What a single case hangs on: one weight, one coding, one input.

A verdict on a case is fragile if changing one code turns it. These functions take one case at a
time and ask of each box: at what weight would it level the beam, how far does the beam move when
the box goes through its admissible range, which single change of a code turns the side.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from compendium.balance import BOXES
from compendium.errors import SettingError
from compendium.structures import tilts
from compendium.uncertainty import CODES, LEVEL, pick_codes


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
        One row per box in the order of `BOXES`: ``box``, ``lean``, ``lean_min``, ``lean_max``. A
        missing lean is held at the middle of its range while another box moves.

    Returns
    -------
    DataFrame
        ``box``, ``low``, ``high`` (tilts), widest first.
    """
    middle = (codings["lean_min"] + codings["lean_max"]) / 2
    base = codings["lean"].astype("Float64").fillna(middle).to_numpy(float)
    ends = []
    for place, row in enumerate(codings.itertuples()):
        moved = np.array([base, base])
        moved[:, place] = row.lean_min, row.lean_max
        low, high = (float(tilts(structure, one[None], weights, traits)[0]) for one in moved)
        ends.append((row.box, low, high))
    table = pd.DataFrame(ends, columns=["box", "low", "high"])
    width = (table.high - table.low).abs()
    return (
        table.assign(width=width)
        .sort_values("width", ascending=False, kind="stable")
        .drop(columns="width")
    )


def find_flips(
    structure: str, leans: pd.Series, weights: np.ndarray, traits: pd.DataFrame
) -> pd.DataFrame:
    """Which single coding, changed to another code, turns the side of a case: its fragility.

    Parameters
    ----------
    leans : Series, indexed by box
        Missing ones are left out of the sum until they are the one that is changed.

    Returns
    -------
    DataFrame
        ``box``, ``code``, ``changed_to``, ``was_stated``, ``tilt``; empty if no single one does.
    """
    base = leans.reindex(list(BOXES)).astype("Float64")
    start = base.fillna(0).to_numpy(float)
    before = _sign(tilts(structure, start[None], weights, traits)[0])
    rows = []
    for place, (box, lean) in enumerate(base.items()):
        for code in CODES[start[place] != CODES]:
            moved = start.copy()
            moved[place] = code
            tilt = float(tilts(structure, moved[None], weights, traits)[0])
            if _sign(tilt) != before:
                rows.append((box, lean, int(code), not pd.isna(lean), tilt))
    return pd.DataFrame(rows, columns=["box", "code", "changed_to", "was_stated", "tilt"])


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
        From `uncertainty.code_odds`, one row per box.

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
