"""The picture of the balance: boxes that lean, standing on a beam that tips.

What a text says of its boxes is drawn, and what it does not say is left visibly empty. The beam's
slope is in proportion to the tilt B, steepest at B = 1; a B beyond 1, which only some structures
give, is drawn as 1.
"""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Polygon, Rectangle
from matplotlib.transforms import Affine2D

from compendium.figures.style import (
    CENTRED,
    DASHED,
    INK,
    RECONSTRUCTION,
    SOFT,
    Drawn,
    start_sheet,
    wrap,
)

# The tilt of the beam at B = 1 and the lean of a box, in degrees: two boxes that lean towards each
# other stay apart.
STEEPEST, LEANING = 14.0, 9.0
WIDTH, HEIGHT, ARM = 3.1, 3.4, 10.3
_FILLS = {1: "0.88", 0: "0.72", -1: "0.25"}
_FAINT = "0.33"
# Why a box of which something is said has no lean, by its basis.
SAID = {"both ways": "said both ways", "one line": "said once"}
WORDS = {1: "\u2190 for", 0: "level", -1: "against \u2192"}
# The side of an end of the beam, and how words below it are set.
ENDS = {"left": -1, "right": 1}


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
    ax = start_sheet(None, (12, 7.6), (-11.6, 11.6), (-6.3, 8.3))
    ax.set_aspect("equal")
    # Weights leave residues that are no tilt.
    level = round(tilt or 0.0, 9)
    side = "left" if level > 0 else "right" if level < 0 else "level"
    beam = _turn_beam(level)
    if reach:
        _draw_reach(ax, beam, reach)
    if printed is not None and side != printed:
        _draw_printed(ax, printed, level)
    _draw_beam(ax, beam)
    for place, box in zip(np.linspace(-8.6, 8.6, len(boxes)), boxes.itertuples()):
        _draw_box(ax, beam, place, box)
    ax.text(-11.4, 8.2, who, fontsize=19, weight="bold", va="top", color=INK)
    ax.text(-11.4, 7.2, note, fontsize=13.5, va="top", style="italic", color=_FAINT)
    says = [_say(boxes, tilt, side, printed), *([_say_reach(reach, ways)] if reach else [])]
    for place, words in enumerate(says):
        ax.text(0, -4.65 - 0.8 * place, words, ha="center", va="top", fontsize=15.5, color=INK)
    return ax.figure, ax


def _say(boxes: pd.DataFrame, tilt: float | None, side: str, printed: str | None) -> str:
    """The sentence below the beam."""
    told = "" if printed is None else f"; told: {printed}"
    if tilt is None:
        return f"No box has a known lean: the beam is drawn level because nothing tips it{told}"
    known = f"{boxes.lean.notna().sum()} of {len(boxes)} boxes have a known lean"
    tips = side if side == "level" else f"tipped {side}"
    return f"{known}: {tips} (B = {_sign(tilt)})" + (", as told" if side == printed else told)


def _say_reach(reach: tuple[float, float], ways: float | None) -> str:
    """What the open boxes could do."""
    low, high = map(_sign, reach)
    share = "" if ways is None else f", {_round(ways)} % as told"
    return f"open boxes filled in every admissible way: B from {low} to {high}{share}"


def _round(share: float) -> str:
    """Per cent: a few of 243 ways are not none, and all but a few are not all."""
    if 0 < share < 0.01:
        return "under 1"
    return "over 99" if 0.99 < share < 1 else f"{int(100 * share + 0.5)}"


def _sign(number: float) -> str:
    """Two decimals with their sign; a residue below 0 is +0.00."""
    return f"{round(number, 2) + 0.0:+.2f}"


def _turn_beam(tilt: float) -> Affine2D:
    """The beam's turn about the fulcrum: in proportion to B."""
    return Affine2D().rotate_deg(STEEPEST * float(np.clip(tilt, -1, 1)))


def _draw_beam(ax: Axes, beam: Affine2D) -> None:
    """The fulcrum, the beam, and what its two sides stand for."""
    ax.add_patch(Polygon([(0, 0), (-1.2, -3.2), (1.2, -3.2)], facecolor=INK, edgecolor=INK))
    ax.plot([-2.2, 2.2], [-3.25, -3.25], color=INK, linewidth=4, solid_capstyle="butt")
    bar = Rectangle((-ARM, -0.17), 2 * ARM, 0.34, facecolor=INK, edgecolor=INK)
    bar.set_transform(beam + ax.transData)
    ax.add_patch(bar)
    for (end, sign), words in zip(ENDS.items(), ("for partnership", "against partnership")):
        ax.text(sign * ARM, -4.1, f"{end}: {words}", ha=end, va="bottom", fontsize=15, color=INK)


def _draw_reach(ax: Axes, beam: Affine2D, reach: tuple[float, float]) -> None:
    """A fan below each half of the beam: how far that end sinks if the open boxes let it."""
    for (end, sign), tilt, words in zip(ENDS.items(), reach[::-1], ("most for", "most against")):
        x, y = _turn_beam(tilt).transform((sign * ARM, 0))
        corners = [(0, 0), beam.transform((sign * ARM, 0)), (x, y)]
        ax.add_patch(Polygon(corners, facecolor="0.9", edgecolor="none", zorder=0))
        ax.plot([0, x], [0, y], color=_FAINT, linewidth=2, linestyle=DASHED, zorder=0.5)
        # Where the broken beam rises to its end, the words stand below its lower part.
        ax.text(x, min(y, y / 2) - 0.3, f"{words}: B = {_sign(tilt)}", ha=end, va="top",
                fontsize=13.5, color=INK)  # fmt: skip


def _draw_printed(ax: Axes, printed: str, tilt: float) -> None:
    """A hollow mark below the side print tips the beam to: a side, not an angle.

    An arrow down; a bar, below the end that has risen, where print says level.
    """
    end = printed if printed in ENDS else "right" if tilt > 0 else "left"
    words, shape = "as told", [(0, -3.15), (0.45, -2.5), (0.18, -2.5), (0.18, -1.6), (-0.18, -1.6),
                               (-0.18, -2.5), (-0.45, -2.5)]  # fmt: skip
    if printed == "level":
        words, shape = "told: level", [(-0.45, -2.5), (0.45, -2.5), (0.45, -2.25), (-0.45, -2.25)]
    corners = [(4.5 * ENDS[end] + x, y) for x, y in shape]
    ax.add_patch(Polygon(corners, facecolor="white", edgecolor=INK, linewidth=1.8, zorder=3))
    ax.text(3.9 * ENDS[end], -2.37, words, ha=end, va="center", fontsize=13.5, style="italic",
            color=INK)  # fmt: skip


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
    ax.text(*stance.transform((0, 0.70 * HEIGHT)), wrap(box.label, 14), fontsize=13,
            linespacing=1.2, **looks)  # fmt: skip
    says = WORDS[lean] if known else SAID.get(box.basis, "not stated")
    ax.text(*stance.transform((0, 0.33 * HEIGHT)), says, fontsize=13,
            weight="bold" if known else "normal", **looks)  # fmt: skip
    if known:
        counted = f"weight {box.weight:g}" + ", as before" * (box.basis == "carried")
        ax.text(*stance.transform((0, 0.13 * HEIGHT)), counted, fontsize=12, **looks)
