"""What a balance set by hand comes to: its tilt, its side, and how much hangs on the open boxes.

`judge` takes a case and what the hand made of it. The site's page has the same few lines as a
script, for it must work without a server: whatever is changed here is changed there, and a test
holds the two to the same numbers and the same words on random settings.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from compendium import balance, uncertainty, weights
from compendium.balance import BOXES

SIDES = {"left": "tips left, for partnership", "right": "tips right, against partnership"}
Leans = Sequence[int | None]


class Judgement(NamedTuple):
    """What a setting comes to; `says` puts it in sentences, for the eye and for the ear."""

    tilt: float | None
    side: str | None
    reach: tuple[float, float] | None
    ways: tuple[int, int] | None
    shares: tuple[str | None, str, str] | None
    says: list[str]


def judge(case: dict[str, Any], leans: Leans, weighed: Sequence[float]) -> Judgement:
    """What the leans and weights set by hand come to, and what print says of the case.

    Parameters
    ----------
    case : dict
        A case of the model.
    leans : sequence of int or None
        -1, 0, 1 or None (open) for each of `BOXES`.
    weighed : sequence of float
        The weight of each box, 0 or more.

    Returns
    -------
    Judgement
        ``tilt`` is B, the boxes with a lean as a share of all weight; None if nothing is weighed.
        ``reach`` is the least and greatest B over all ways to fill in the open boxes, ``ways`` how
        many of them tip to the side told, and how many there are. ``shares`` of all weightings
        that tip to the side told: with the open boxes left out, at least, at most; if no side is
        told, those that tip left. None where nothing is open, or nothing known.

    Notes
    -----
    A box that the case leaves open may be what a fair reader could make of it; a box that the
    hand leaves open may be anything.

    Examples
    --------
    >>> case = {"told": "left", "clause": "print says left", "leans": [None] * 5}
    >>> case |= {"low": [-1] * 5, "high": [1] * 5}
    >>> found = judge(case, [0, 1, 1, 0, -1], [1, 1, 1, 1, 1])
    >>> found.tilt, found.side, found.shares
    (0.2, 'left', ('3/4', '3/4', '3/4'))
    >>> found.says[0]
    'B = +0.20: tips left, for partnership; print says left.'
    """
    total, low, high = sum(weighed), *_fill(case, leans)
    known = any(lean is not None for lean in leans)
    tilt = _tilt(leans, weighed) if known and total else None
    side = None if tilt is None else balance.side(tilt)
    shares = (
        _share(case, [lean or 0 for lean in leans]) if known else None,
        *sorted((_share(case, low), _share(case, high)), key=_number),
    )
    reach = ways = None
    if None in leans and total:
        # Up to 243 ways at once; boxes at weight 0 leave no -0.
        every = uncertainty.complete(np.array(low), np.array(high))
        tilts = (every @ np.array(weighed, dtype=float) / total + 0.0).tolist()
        aim = case["told"] or "left"
        reach = (min(tilts), max(tilts))
        ways = (sum(balance.side(found) == aim for found in tilts), len(tilts))
    says = [
        _say_beam(case, tilt, known),
        _say_outcome(case, side),
        *([_say_ways(case, leans, reach, ways)] if reach else []),
        _say_shares(case, shares),
    ]
    return Judgement(tilt, side, reach, ways, shares, says)


def _tilt(leans: Leans, weighed: Sequence[float]) -> float:
    """B as a share of all weight."""
    stated = pd.Series(list(leans), index=list(BOXES), dtype="float64")
    return balance.tilt(stated, dict(zip(BOXES, map(float, weighed)))) / sum(weighed)


def _fill(case: dict[str, Any], leans: Leans) -> tuple[list[int], list[int]]:
    """Every open box at its least, and at its most."""
    ends = []
    for end in ("low", "high"):
        ends.append([m if lean is None else lean for lean, m in zip(leans, case[end])])
    return ends[0], ends[1]


def _share(case: dict[str, Any], leans: Sequence[int]) -> str:
    """The share of all weightings that tip to the side told, or left if none is."""
    sign = weights.SIGNS[case["told"] or "left"]
    return str(weights.exact_share(pd.Series([sign * lean for lean in leans])))


def _number(share: str) -> float:
    above, _, below = share.partition("/")
    return int(above) / int(below or 1)


def _portion(share: str) -> str:
    """A share in words.

    >>> _portion("11/16"), _portion("0"), _portion("1")
    ('11/16 (68.75 %)', 'none', 'all')
    """
    return {"0": "none", "1": "all"}.get(share, f"{share} ({100 * _number(share):g} %)")


def _say_beam(case: dict[str, Any], tilt: float | None, known: bool) -> str:
    told = f"; {case['clause']}" if case["clause"] else ""
    if tilt is None:
        nothing = "All weights are 0" if known else "No box has a lean"
        return f"{nothing}: nothing tips the beam{told}."
    side = balance.side(tilt)
    return f"B = {tilt:+.2f}: {SIDES.get(side, 'level')}{told}."


def _say_outcome(case: dict[str, Any], side: str | None) -> str:
    if case["told"] is None:
        return "No side is told, so nothing can follow or fail." if case["clause"] else ""
    kind = "printed" if case["clause"].startswith("print") else "coded"
    if side is None:
        return f"Whether the {kind} outcome follows is open."
    return f"The {kind} outcome {'follows' if side == case['told'] else 'does not follow'}."


def _say_ways(case: dict[str, Any], leans: Leans, reach: tuple, ways: tuple) -> str:
    count = list(leans).count(None)
    boxes = "open box" if count == 1 else f"{count} open boxes"
    return (
        f"With the {boxes} filled in every admissible way, at these weights: "
        f"B from {reach[0]:+.2f} to {reach[1]:+.2f}; "
        f"{ways[0]} of {ways[1]} ways tip {case['told'] or 'left'}."
    )


def _say_shares(case: dict[str, Any], shares: tuple[str | None, str, str]) -> str:
    stated, least, most = shares
    aim = f"tip {case['told'] or 'left'}"
    if least == most == stated:
        return f"Of all weightings, {_portion(least)} {aim}."
    range_ = f"at least {_portion(least)}, at most {_portion(most)}"
    if stated is None:
        return f"Of all weightings, {range_} {aim}."
    return (
        f"Of all weightings, {_portion(stated)} {aim} without the open boxes; with them {range_}."
    )
