"""The picture of the balance: boxes that lean, standing on a beam that tips.

What a text says of its boxes is drawn, and what it does not say is left visibly empty. The beam's
slope is in proportion to the tilt B, steepest at B = 1; a B beyond 1, which only some structures
give, is drawn as 1.
"""

from math import ceil
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon, Rectangle
from matplotlib.transforms import Affine2D

from compendium.figures.style import (
    CENTRED,
    DASHED,
    INK,
    RECONSTRUCTION,
    SMALL,
    SOFT,
    Drawn,
    listed,
    say,
    start_sheet,
    wrap,
)

# The tilt of the beam at B = 1 and the lean of a box, in degrees: two boxes that lean towards each
# other stay apart.
STEEPEST, LEANING = 14.0, 9.0
WIDTH, HEIGHT, ARM, _EDGE = 3.1, 3.4, 10.3, 11.6
# From the middle of one box to that of the next; for more boxes than five the arm is longer, and
# the beam less steep, so that its end sinks no deeper.
_APART, _ROOM = 4.3, 5
_FILLS = {1: "0.88", 0: "0.72", -1: "0.25"}
_FAINT = "0.33"
# Why a box of which something is said has no lean, by its basis.
SAID = {"both ways": "both ways", "one line": "said once"}
WORDS = {1: "\u2190 for", 0: "level", -1: "against \u2192"}
# Marks of the side told: below an end of the beam, and below the fulcrum.
_ARROW = [(0, -3.4), (0.45, -2.75), (0.18, -2.75), (0.18, -1.85), (-0.18, -1.85), (-0.18, -2.75),
          (-0.45, -2.75)]  # fmt: skip
_BAR = [(-0.45, -3.9), (0.45, -3.9), (0.45, -3.65), (-0.45, -3.65)]
# The side of an end of the beam, and how words below it are set.
ENDS = {"left": (-1, "for partnership"), "right": (1, "against partnership")}


def plot_balance(
    boxes: pd.DataFrame,
    tilt: float | None,
    printed: str | None,
    who: str,
    *,
    reach: tuple[float, float] | None = None,
    ways: float | None = None,
    note: str = RECONSTRUCTION,
) -> Drawn:
    """Boxes that lean on a beam that tips.

    `boxes`, a row for each, in order: ``label``, ``lean`` (-1, 0, 1 or missing), ``basis``
    (``stated``, ``agreed``, ``carried``; ``both ways``, ``one line`` or missing where there is no
    lean) and ``weight`` (0 or more). `tilt` is B of the boxes with a lean, the others left out, as
    a share of all weight: -1 to 1, positive tips left; None where no box has a lean. `printed` is
    the side print says the beam tips to, or, where there is no figure, the side the coded degree of
    involvement stands for. `who`: the actor, the site and the time.

    `reach`: the least and the greatest B over all admissible ways to fill in the boxes without a
    lean, a fan below the beam, to where each of its ends may sink; `ways`: the share of these, 0 to
    1, that tip the beam to the side told. `note` says what kind of drawing this is.
    """
    more = _APART * max(0, len(boxes) - _ROOM) / 2
    arm, edge = ARM + more, _EDGE + more
    ax = start_sheet(None, (12.8 * edge / _EDGE, 6.4), (-edge, edge), (-4.9, 6.7))
    ax.set_aspect("equal")
    # Weights leave residues that are no tilt.
    level = round(tilt or 0.0, 9)
    side = _name_side(level)
    beam = _turn_beam(level, arm)
    if reach:
        _draw_reach(ax, beam, arm, reach)
    if printed is not None:
        _draw_told(ax, printed, side)
    _draw_beam(ax, beam, arm)
    middles = _APART * (np.arange(len(boxes)) - (len(boxes) - 1) / 2)
    for place, box in zip(middles, boxes.itertuples()):
        _draw_box(ax, beam, place, box)
    sentence = _say(boxes, tilt, side, printed)
    if reach:
        low, high = map(_sign, reach)
        # A few of 243 ways are not none, and all but a few are not all.
        near = "under 1" if 0 < (ways or 0) < 0.01 else "over 99" if 0.99 < (ways or 0) < 1 else ""
        share = (
            "" if ways is None else f", as told in {near or int(100 * ways + 0.5)} % of the ways"
        )
        sentence += (
            f"; filled in every admissible way, the open ones bring B from {low} to {high}{share}"
        )
    leans = boxes.lean.map({1: "for", 0: "level", -1: "against"}, na_action="ignore").fillna("open")
    named = boxes.label.str.lower().groupby(leans).agg(listed)
    said = [f"{way}: {named[way]}" for way in ("for", "level", "against", "open") if way in named]
    alt = f"{who}. A beam with {len(boxes)} boxes; {'; '.join(said)}. {sentence}."
    return say(ax, who, f"{sentence}.", alt, note)


def plot_balances(cases: pd.DataFrame, across: int = 6, note: str = "") -> tuple[Figure, Any]:
    """Many balances on one page, small: which way each beam tips, and on what.

    `cases`, a row for each: ``case``, ``leans`` (a list of -1, 0, 1 and missing), ``tilt`` (missing
    where no box leans), ``low`` and ``high`` (as `reach` of `plot_balance`) and ``told`` (a side,
    or missing).
    """
    down = ceil(len(cases) / across)
    figure, axes = plt.subplots(down, across, figsize=(13.3, 0.3 + 2.3 * down), squeeze=False)
    for ax in axes.flat:
        start_sheet(ax, (0, 0), (-1.2, 1.2), (-0.75, 1.0))
    verdicts = []
    for ax, case in zip(axes.flat, cases.itertuples()):
        level = 0.0 if pd.isna(case.tilt) else float(case.tilt)
        side = _name_side(level)
        beam = _turn_beam(level) + ax.transData
        ax.add_patch(Polygon([(0, 0), (-0.13, -0.4), (0.13, -0.4)], facecolor=INK))
        ax.plot([-1.1, 1.1], [0, 0], color=INK, linewidth=3, transform=beam)
        for place, lean in zip(np.linspace(-0.85, 0.85, len(case.leans)), case.leans):
            known = not pd.isna(lean)
            box = Rectangle((place - 0.16, 0.03), 0.32, 0.3, facecolor=_FILLS[lean] if known else
                            "white", edgecolor=INK if known else SOFT, transform=beam,
                            linestyle="-" if known else DASHED)  # fmt: skip
            ax.add_patch(box)
            if known:
                ax.text(place, 0.17, {1: "\u2190", 0: "=", -1: "\u2192"}[lean], transform=beam,
                        fontsize=SMALL, color="white" if lean < 0 else INK, **CENTRED)  # fmt: skip
        told = "told" if case.told == side else "not as told"
        verdicts.append("no side told" if pd.isna(case.told) else told)
        weight = "bold" if verdicts[-1] == "not as told" else "normal"
        ax.text(0, -0.62, verdicts[-1], fontsize=SMALL, weight=weight, **CENTRED)
        head = wrap(case.case, 17)
        ax.text(0, 0.98, head, fontsize=SMALL, va="top", ha="center", linespacing=1.0)
    for ax in axes.flat[len(cases) :]:
        ax.remove()
    named = cases.case.groupby(verdicts).agg(list)
    right, wrong, open_ = (named.get(k, []) for k in ("told", "not as told", "no side told"))
    settled = cases.case[(cases.low > 0) | (cases.high < 0)]
    count = (
        f"At equal weights {len(right)} of {len(cases)} beams go as told, {len(wrong)} do not, "
        f"and of {len(open_)} no side is told"
    )
    caption = (
        f"{count}; left is for partnership, a pale box leans that way, a dark one against, a "
        f"broken one is open, and whatever the open ones are, {len(settled)} are settled."
    )
    alt = (
        f"{count}. Tipped left, for partnership: {listed(cases.case[cases.tilt > 0])}. Tipped "
        f"right, against: {listed(cases.case[cases.tilt < 0])}. Not as told: {listed(wrong)}. "
        f"Settled whatever the open boxes are: {listed(settled)}."
    )
    say(axes.flat[0], "All balances side by side", caption, alt, note)
    return figure, axes


def _say(boxes: pd.DataFrame, tilt: float | None, side: str, printed: str | None) -> str:
    """What tips the beam which way, and whether that is the side told."""
    if tilt is None:
        told = "" if printed is None else f"; told is {printed}"
        return f"No box has a known lean, so nothing tips the beam{told}"
    known = f"{boxes.lean.notna().sum()} of {len(boxes)} boxes have a known lean"
    tips = f"tips {side}, {ENDS[side][1]}" if side in ENDS else "is level"
    how = "" if printed is None else ", as told" if side == printed else f"; told is {printed}"
    return f"The beam {tips} (B = {_sign(tilt)}){how}; {known}"


def _name_side(tilt: float) -> str:
    return "left" if tilt > 0 else "right" if tilt < 0 else "level"


def _sign(number: float) -> str:
    """Two decimals with their sign; a residue below 0 is +0.00."""
    return f"{round(number, 2) + 0.0:+.2f}"


def _turn_beam(tilt: float, arm: float = ARM) -> Affine2D:
    """The beam's turn about the fulcrum: in proportion to B."""
    return Affine2D().rotate_deg(STEEPEST * ARM / arm * float(np.clip(tilt, -1, 1)))


def _draw_beam(ax: Axes, beam: Affine2D, arm: float) -> None:
    """The fulcrum, the beam, and what its two sides stand for."""
    ax.add_patch(Polygon([(0, 0), (-1.2, -3.2), (1.2, -3.2)], facecolor=INK, edgecolor=INK))
    ax.plot([-2.2, 2.2], [-3.25, -3.25], color=INK, linewidth=4, solid_capstyle="butt")
    bar = Rectangle((-arm, -0.17), 2 * arm, 0.34, facecolor=INK, edgecolor=INK)
    bar.set_transform(beam + ax.transData)
    ax.add_patch(bar)
    for end, (sign, words) in ENDS.items():
        ax.text(sign * arm, -4.6, f"{end}: {words}", ha=end, va="bottom", fontsize=17, color=INK)


def _draw_reach(ax: Axes, beam: Affine2D, arm: float, reach: tuple[float, float]) -> None:
    """A fan below each half of the beam: how far that end sinks if the open boxes let it."""
    for (end, (sign, _)), tilt, words in zip(
        ENDS.items(), reach[::-1], ("most for", "most against")
    ):
        x, y = _turn_beam(tilt, arm).transform((sign * arm, 0))
        corners = [(0, 0), beam.transform((sign * arm, 0)), (x, y)]
        ax.add_patch(Polygon(corners, facecolor="0.9", edgecolor="none", zorder=0))
        ax.plot([0, x], [0, y], color=_FAINT, linewidth=2, linestyle=DASHED, zorder=0.5)
        # Where the broken beam rises to its end, the words stand below its lower part.
        ax.text(x, min(y, y / 2) - 0.3, f"{words}: B = {_sign(tilt)}", ha=end, va="top",
                fontsize=15, color=INK)  # fmt: skip


def _draw_told(ax: Axes, printed: str, side: str) -> None:
    """A hollow mark at the side print tips the beam to, and "not as told" where it does not go.

    A side, not an angle: an arrow below its end, a bar below the fulcrum where print says level.
    """
    at, mark, spot, words, align = 0, _BAR, (0.7, -3.8), "told: level", "left"
    if printed in ENDS:
        at = 4.5 * ENDS[printed][0]
        mark, spot, words, align = _ARROW, (at * 0.86, -2.6), "told", printed
    corners = [(at + x, y) for x, y in mark]
    ax.add_patch(Polygon(corners, facecolor="white", edgecolor=INK, linewidth=1.8, zorder=3))
    looks = {"va": "center", "fontsize": 16, "style": "italic", "color": INK}
    ax.text(*spot, words, ha=align, **looks)
    if side != printed and side in ENDS:
        ax.text(3.1 * ENDS[side][0], -2.6, "not as told", ha="center", weight="bold", **looks)


def _draw_box(ax: Axes, beam: Affine2D, place: float, box: Any) -> None:
    """One box standing on the beam: leaning and filled if its lean is known, else empty."""
    known = not pd.isna(box.lean)
    lean = int(box.lean) if known else 0
    # It leans about the lower corner on the side it leans to, as a box on a shelf does.
    corner = -np.sign(lean) * WIDTH / 2
    stance = Affine2D().rotate_deg_around(corner, 0, LEANING * lean).translate(place, 0.19) + beam
    patch = Rectangle((-WIDTH / 2, 0), WIDTH, HEIGHT, facecolor=_FILLS[lean] if known else "white",
                      edgecolor=INK if known else SOFT, linewidth=2.2 if known else 1.5,
                      linestyle="-" if box.basis in ("stated", "agreed") else DASHED)  # fmt: skip
    patch.set_transform(stance + ax.transData)
    ax.add_patch(patch)
    across = stance.transform((1, 0)) - stance.transform((0, 0))
    looks = {"color": _FAINT if not known else "white" if lean < 0 else INK,
             "rotation": np.degrees(np.arctan2(across[1], across[0])), **CENTRED}  # fmt: skip
    ax.text(*stance.transform((0, 0.70 * HEIGHT)), wrap(box.label, 14), fontsize=SMALL,
            linespacing=1.1, **looks)  # fmt: skip
    says = WORDS[lean] if known else SAID.get(box.basis, "not stated")
    ax.text(*stance.transform((0, 0.33 * HEIGHT)), says, fontsize=15,
            weight="bold" if known else "normal", **looks)  # fmt: skip
    if known:
        below = "as before" if box.basis == "carried" else f"weight {box.weight:g}"
        ax.text(*stance.transform((0, 0.13 * HEIGHT)), below, fontsize=SMALL, **looks)
