"""The balance of Figures 5.1-5.4: boxes that lean, weights that count them, a beam that tips.

The thesis calls its factors bipolar and summative (section 4.4) and draws scales: a box leans left
where a factor speaks for partnership and right where it speaks against. The tilt is the weighted
sum of the leans, positive to the left. Weights are dimensionless and unknown: the thesis prints
none. A box whose lean the prose does not state is missing, never level.
"""

import math

import pandas as pd

from compendium.errors import DataError, SettingError

# The five factors of Figure 4.1, in its order, with the names the figures use for their boxes.
BOXES = {
    "national-policy": "National policy agenda",
    "local-structures": "Local structures, boundaries",
    "culture": "Professional, organisational culture",
    "key-individuals": "Key individuals",
    "resources": "Resource base and dependencies",
}
EQUAL_WEIGHTS = dict.fromkeys(BOXES, 1.0)


def tilt(leans: pd.Series, weights: dict[str, float] | None = None) -> float:
    """The weighted sum of the stated leans; positive tips left, for partnership.

    Parameters
    ----------
    leans : Series, indexed by box
        Each -1, 0 or 1, or missing where the prose states no lean. Missing boxes do not count:
        the result says what the stated boxes do, not what the whole balance does.
    weights : dict of str to float, optional
        Weight of each box of `BOXES`, at least 0 and not all 0; equal weights if left out.

    Raises
    ------
    DataError
        If a box is unknown, a lean lies outside -1 to 1, or no lean is stated.
    SettingError
        If the weights are not one number of 0 or more for each box, or are all 0.

    Notes
    -----
    B = sum of w_k x_k, section 4.4 of the thesis put as a formula (unit weights: Dawes 1979).

    Examples
    --------
    >>> leans = pd.Series({"local-structures": 1, "culture": 1, "resources": -1})
    >>> tilt(leans)
    1.0
    >>> tilt(leans, EQUAL_WEIGHTS | {"resources": 3.0})
    -1.0
    """
    weights = check_weights(EQUAL_WEIGHTS if weights is None else weights)
    stated = check_leans(leans).dropna()
    if stated.empty:
        raise DataError("no box has a stated lean: the prose does not say how this beam tips")
    return float(sum(weights[box] * float(lean) for box, lean in stated.items()))


def side(tilt: float) -> str:
    """Which side the beam tips to: left is for partnership.

    >>> side(1.0), side(0.0), side(-2.0)
    ('left', 'level', 'right')
    """
    # Weights such as 0.1 + 0.2 - 0.3 leave a residue that is no tilt.
    if math.isclose(tilt, 0, abs_tol=1e-12):
        return "level"
    return "left" if tilt > 0 else "right"


def check_leans(leans: pd.Series) -> pd.Series:
    """The leans themselves, if every box is known and every lean lies between -1 and 1."""
    problems = [
        f"box {box!r}: no such box; allowed: {', '.join(BOXES)}"
        for box in leans.index.difference(list(BOXES))
    ]
    problems += [
        f"box {box!r}: found {lean}; allowed: -1 to 1, or missing"
        for box, lean in leans.dropna().items()
        if not -1 <= lean <= 1
    ]
    if problems:
        raise DataError("these leans cannot be weighed:\n  " + "\n  ".join(problems))
    return leans


def check_weights(weights: dict[str, float]) -> dict[str, float]:
    """The weights themselves, if there is one of 0 or more for each box and not all are 0."""
    problems = [f"{box}: no such box" for box in sorted(weights.keys() - BOXES.keys())]
    problems += [f"{box}: found no weight" for box in BOXES if box not in weights]
    problems += [
        f"{box}: found {weight!r}"
        for box, weight in weights.items()
        if not isinstance(weight, int | float) or not 0 <= weight < math.inf
    ]
    if not problems and not any(weights.values()):
        problems = ["all weights are 0"]
    if problems:
        allowed = f"allowed: a number of 0 or more for each of {', '.join(BOXES)}, not all 0"
        raise SettingError(f"these weights cannot be used ({allowed}):\n  " + "\n  ".join(problems))
    return weights


def find_case(table: pd.DataFrame, site: str, actor: str, state: str) -> pd.DataFrame:
    """The rows of a coding table for one actor at one site at one time.

    Raises
    ------
    SettingError
        If the table has no such case; the message lists those it has.
    """
    case = table[(table.site == site) & (table.actor == actor) & (table.state == state)]
    if case.empty:
        known = table[["site", "actor", "state"]].drop_duplicates()
        cases = "; ".join(" / ".join(row) for row in known.itertuples(index=False))
        raise SettingError(f"found no case {site} / {actor} / {state}; allowed: {cases}")
    return case
