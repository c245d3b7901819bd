"""The picture of the balance: boxes that lean, standing on a beam that tips.

Figures 5.1 to 5.4 of the thesis are images that its text does not hold. What the prose says of them
is drawn here, and what it does not say is left visibly empty.
"""

import textwrap
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon, Rectangle
from matplotlib.transforms import Affine2D

from compendium.figures.style import DASHED, INK, RECONSTRUCTION, SOFT

# The tilt of the beam at B = 1 and the lean of a box, in degrees: two boxes that lean towards each
# other stay apart.
STEEPEST, LEANING = 14.0, 9.0
WIDTH, HEIGHT, ARM = 3.1, 3.4, 10.3
FILLS = {1: "0.88", 0: "0.72", -1: "0.25"}
FAINT = "0.33"
WORDS = {1: "\u2190 for", 0: "level", -1: "against \u2192"}


def plot_balance(
    boxes: pd.DataFrame,
    tilt: float | None,
    printed: str | None,
    who: str,
    *,
    reach: tuple[float, float] | None = None,
    ways: float | None = None,
    note: str = RECONSTRUCTION,
) -> tuple[Figure, Axes]:
    """Figures 5.1 to 5.4: boxes that lean on a beam that tips; a reconstruction.

    Parameters
    ----------
    boxes : DataFrame
        One row per box, in order: ``label``, ``lean`` (-1, 0, 1 or missing), ``basis``
        (``stated``, ``agreed``, ``carried``; ``both ways`` or missing where there is no lean) and
        ``weight`` (0 or more).
    tilt : float or None
        B of the boxes with a lean, the others left out, as a share of all weight: -1 to 1,
        positive tips left. None where no box has a lean.
    printed : str or None
        The side print says the beam tips to, or, where there is no figure, the side the coded
        degree of involvement stands for.
    who : str
        The figure's number, the actor, the site and the time.
    reach : tuple of float, optional
        The least and the greatest B over all admissible ways to fill in the boxes without a lean:
        a fan below the beam, to where each of its ends may sink.
    ways : float, optional
        The share of these ways, 0 to 1, that tip the beam to the side told.
    note : str
        What kind of drawing this is.

    Notes
    -----
    The printed figures are images that the text does not hold: boxes whose lean the prose does
    not state are drawn empty. The beam's slope is in proportion to B, steepest at B = 1; a B
    beyond 1, which only some structures give, is drawn as 1.
    """
    _, ax = plt.subplots(figsize=(12, 7.6))
    ax.set(xlim=(-11.6, 11.6), ylim=(-6.3, 8.3), aspect="equal")
    ax.axis("off")
    # Weights leave residues that are no tilt.
    level = round(tilt or 0.0, 9)
    side = "left" if level > 0 else "right" if level < 0 else "level"
    beam = _turn(level)
    if reach is not None:
        _draw_reach(ax, beam, reach)
    if printed is not None and side != printed:
        _draw_printed(ax, printed, level)
    _draw_beam(ax, beam)
    for place, box in zip(np.linspace(-8.6, 8.6, len(boxes)), boxes.itertuples()):
        _draw_box(ax, beam, place, box)
    ax.text(-11.4, 8.2, who, fontsize=19, weight="bold", va="top", color=INK)
    ax.text(-11.4, 7.2, note, fontsize=13.5, va="top", style="italic", color=FAINT)
    says = [_say(boxes, tilt, side, printed), *_say_reach(reach, ways)]
    for place, words in enumerate(says):
        ax.text(0, -4.65 - 0.8 * place, words, ha="center", va="top", fontsize=15.5, color=INK)
    return ax.figure, ax


def _turn(tilt: float) -> Affine2D:
    """The beam's turn about the fulcrum: in proportion to B."""
    return Affine2D().rotate_deg(STEEPEST * float(np.clip(tilt, -1, 1)))


def _say(boxes: pd.DataFrame, tilt: float | None, side: str, printed: str | None) -> str:
    """The sentence below the beam."""
    told = "" if printed is None else f"; told: {printed}"
    if tilt is None:
        return f"No box has a known lean: the beam is drawn level because nothing tips it{told}"
    if side == printed:
        told = ", as told"
    known = f"{boxes.lean.notna().sum()} of {len(boxes)} boxes have a known lean"
    tips = side if side == "level" else f"tipped {side}"
    return f"{known}: {tips} (B = {_signed(tilt)}){told}"


def _say_reach(reach: tuple[float, float] | None, ways: float | None) -> list[str]:
    """What the open boxes could do, if there are any."""
    if reach is None:
        return []
    low, high = map(_signed, reach)
    # A few of 243 ways are not none, and all but a few are not all.
    whole = "" if ways is None else "under 1" if 0 < ways < 0.01 else f"{int(100 * ways + 0.5)}"
    whole = "over 99" if ways is not None and 0.99 < ways < 1 else whole
    share = f", {whole} % as told" if whole else ""
    return [f"open boxes filled in every admissible way: B from {low} to {high}{share}"]


def _signed(number: float) -> str:
    """Two decimals with their sign; a residue below 0 is +0.00."""
    return f"{round(number, 2) + 0.0:+.2f}"


def _draw_beam(ax: Axes, beam: Affine2D) -> None:
    """The fulcrum, the beam, and what its two sides stand for."""
    ax.add_patch(Polygon([(0, 0), (-1.2, -3.2), (1.2, -3.2)], facecolor=INK, edgecolor=INK))
    ax.plot([-2.2, 2.2], [-3.25, -3.25], color=INK, linewidth=4, solid_capstyle="butt")
    bar = Rectangle((-ARM, -0.17), 2 * ARM, 0.34, facecolor=INK, edgecolor=INK)
    bar.set_transform(beam + ax.transData)
    ax.add_patch(bar)
    for x, words, align in (
        (-ARM, "left: for partnership", "left"),
        (ARM, "right: against partnership", "right"),
    ):
        ax.text(x, -4.1, words, ha=align, va="bottom", fontsize=15, color=INK)


def _draw_reach(ax: Axes, beam: Affine2D, reach: tuple[float, float]) -> None:
    """A fan below each half of the beam: how far that end sinks if the open boxes let it."""
    low, high = reach
    for end, tilt, words, align in (
        (-ARM, high, "most for", "left"),
        (ARM, low, "most against", "right"),
    ):
        x, y = _turn(tilt).transform((end, 0))
        corners = [(0, 0), beam.transform((end, 0)), (x, y)]
        ax.add_patch(Polygon(corners, facecolor="0.9", edgecolor="none", zorder=0))
        ax.plot([0, x], [0, y], color=FAINT, linewidth=2, linestyle=DASHED, zorder=0.5)
        # Where the broken beam rises to its end, the words stand below its lower part.
        ax.text(x, min(y, y / 2) - 0.3, f"{words}: B = {_signed(tilt)}", ha=align, va="top",
                fontsize=13.5, color=INK)  # fmt: skip


def _draw_printed(ax: Axes, printed: str, tilt: float) -> None:
    """A hollow mark below the side print tips the beam to: a side, not an angle.

    An arrow down; a bar, below the end that has risen, where print says level.
    """
    right = printed == "right" or (printed == "level" and tilt > 0)
    middle = 4.5 if right else -4.5
    if printed == "level":
        shape = [(-0.45, -2.5), (0.45, -2.5), (0.45, -2.25), (-0.45, -2.25)]
    else:
        shape = [(0, -3.15), (0.45, -2.5), (0.18, -2.5), (0.18, -1.6), (-0.18, -1.6),
                 (-0.18, -2.5), (-0.45, -2.5)]  # fmt: skip
    corners = [(middle + x, y) for x, y in shape]
    ax.add_patch(Polygon(corners, facecolor="white", edgecolor=INK, linewidth=1.8, zorder=3))
    words = "told: level" if printed == "level" else "as told"
    ax.text(middle - 0.6 * np.sign(middle), -2.37, words, ha="right" if right else "left",
            va="center", fontsize=13.5, style="italic", color=INK)  # fmt: skip


def _draw_box(ax: Axes, beam: Affine2D, place: float, box: Any) -> None:
    """One box standing on the beam: leaning and filled if its lean is known, else empty."""
    known = not pd.isna(box.lean)
    lean = int(box.lean) if known else 0
    # It leans about the lower corner on the side it leans to, as a box on a shelf does.
    corner = -np.sign(lean) * WIDTH / 2
    stance = Affine2D().rotate_deg_around(corner, 0, LEANING * lean).translate(place, 0.19) + beam
    patch = Rectangle((-WIDTH / 2, 0), WIDTH, HEIGHT, facecolor=FILLS[lean] if known else "white")
    patch.set(edgecolor=INK if known else SOFT, linewidth=2.2 if known else 1.5)
    patch.set_linestyle("-" if box.basis in ("stated", "agreed") else DASHED)
    patch.set_transform(stance + ax.transData)
    ax.add_patch(patch)
    across = stance.transform((1, 0)) - stance.transform((0, 0))
    style = {
        "rotation": np.degrees(np.arctan2(across[1], across[0])),
        "color": FAINT if not known else "white" if lean < 0 else INK,
        "ha": "center",
        "va": "center",
    }
    label = "\n".join(textwrap.wrap(box.label, 14))
    ax.text(*stance.transform((0, 0.70 * HEIGHT)), label, fontsize=13, linespacing=1.2, **style)
    both = box.basis == "both ways"
    says = WORDS[lean] if known else "said both ways" if both else "not stated"
    weight = "bold" if known else "normal"
    ax.text(*stance.transform((0, 0.33 * HEIGHT)), says, fontsize=13, weight=weight, **style)
    if known:
        counted = f"weight {box.weight:g}" + ", as before" * (box.basis == "carried")
        ax.text(*stance.transform((0, 0.13 * HEIGHT)), counted, fontsize=12, **style)
