"""The balance: boxes that lean, weights that count them, a beam that tips.

An argument whose factors are bipolar and summative can be drawn as a pair of scales: a box leans
left where its factor speaks for taking part, right where it speaks against. The tilt is the sum of
the leans, each times its weight, positive to the left. Which factors there are, and in which order,
is the study's to declare. Weights are dimensionless and unknown. A box whose lean the prose does
not state is missing, never level.
"""

import math
from collections.abc import Iterable, Mapping

import pandas as pd

from compendium.errors import DataError, SettingError
from compendium.models.guards import check_once

# A tilt nearer to 0 than this is level: weights such as 0.1 + 0.2 - 0.3 leave such a residue.
LEVEL = 1e-12


def tilt(
    leans: pd.Series, factors: Iterable[str], weights: Mapping[str, float] | None = None
) -> float:
    """The weighted sum of the stated leans; positive tips left.

    Leans, indexed by box, are from -1 to 1, or missing where none is stated. Missing boxes do not
    count: the result says what the stated boxes do, not what the whole balance does. Weights are
    those of `check_weights`; all alike if left out (unit weights: Dawes 1979). A DataError if a box
    is none of the factors, a lean is out of range, or none is stated.

    >>> leans = pd.Series({"trust": 1, "duty": 1, "money": -1})
    >>> tilt(leans, leans.index), tilt(leans, leans.index, {"trust": 1, "duty": 1, "money": 3})
    (1.0, -1.0)
    """
    factors = list(factors)
    weights = check_weights(dict.fromkeys(factors, 1.0) if weights is None else weights, factors)
    _check_leans(leans, factors)
    stated = leans.dropna()
    if stated.empty:
        raise DataError("no box has a stated lean: the prose does not say how this beam tips")
    return float(sum(weights[box] * float(lean) for box, lean in stated.items()))


def side(tilt: float) -> str:
    """Which side the beam tips to: left is for taking part.

    >>> side(1.0), side(0.0), side(-2.0)
    ('left', 'level', 'right')
    """
    if math.isnan(tilt):
        raise DataError("found no tilt; allowed: a number")
    return "level" if abs(tilt) <= LEVEL else "left" if tilt > 0 else "right"


def _check_leans(leans: pd.Series, factors: list[str]) -> None:
    """Refuse boxes that are no factor, and leans out of range."""
    problems = [
        f"box {box!r}: no such box; allowed: {', '.join(factors)}"
        for box in leans.index.difference(factors)
    ]
    check_once(leans.index, "box")
    problems += [
        f"box {box!r}: found {lean}; allowed: -1 to 1, or missing"
        for box, lean in leans.dropna().items()
        if not -1 <= lean <= 1
    ]
    if problems:
        raise DataError("these leans cannot be weighed:\n  " + "\n  ".join(problems))


def check_weights(weights: Mapping[str, float], factors: Iterable[str]) -> Mapping[str, float]:
    """The weights as they came, if there is one of 0 or more for each factor and not all are 0.

    >>> check_weights({"trust": 1, "money": 2}, ["trust", "money"])["money"]
    2
    """
    check_once(factors := list(factors), "box")
    problems = [f"{box}: no such box" for box in sorted(set(weights) - set(factors))]
    problems += [f"{box}: found no weight" for box in factors if box not in weights]
    problems += [
        f"{box}: found {weight!r}"
        for box, weight in weights.items()
        if not isinstance(weight, int | float) or not 0 <= weight < math.inf
    ]
    if not problems and not any(weights.values()):
        problems = ["all weights are 0"]
    if problems:
        allowed = f"allowed: a number of 0 or more for each of {', '.join(factors)}, not all 0"
        raise SettingError(f"these weights cannot be used ({allowed}):\n  " + "\n  ".join(problems))
    return weights
