"""What a single case hangs on: one weight, one coding, one input.

A verdict on a case is fragile if changing one code turns it. These functions take one case at a
time and ask of each box: at what weight would it level the beam, how far does the beam move when
the box goes through its admissible range, which single change of a code turns the side. The last
two start from one base: the known leans, with the open boxes left out.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from compendium.balance import BOXES
from compendium.errors import DataError, SettingError
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
