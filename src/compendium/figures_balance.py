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

from compendium.figures import INK, SOFT

# The steepest tilt of the beam and the lean of a box, in degrees.
STEEPEST, LEANING = 10.0, 12.0
WIDTH, HEIGHT = 3.0, 3.5
DASHED = (0, (4, 3))
FILLS = {1: "0.88", 0: "0.72", -1: "0.25"}
NOTE = "Reconstruction from the prose; the printed figure's image is missing"
WORDS = {1: "\u2190 for", 0: "level", -1: "against \u2192"}


def plot_balance(
    boxes: pd.DataFrame, tilt: float | None, printed: str | None, who: str, *, note: str = NOTE
) -> tuple[Figure, Axes]:
    """Figures 5.1 to 5.4: boxes that lean on a beam that tips; a reconstruction.

    Parameters
    ----------
    boxes : DataFrame
        One row per box, in order: ``label``, ``lean`` (-1, 0, 1 or missing), ``basis``
        (``stated``, ``agreed``, ``carried``; ``both ways`` or missing where there is no lean) and
        ``weight`` (0 or more).
    tilt : float or None
        Of the boxes with a lean, as a share of all weight: -1 to 1, positive tips left. None where
        no box has a lean.
    printed : str or None
        The side print says the beam tips to, or, where there is no figure, the side the coded
        degree of involvement stands for.
    who : str
        The figure's number, the actor, the site and the time.
    note : str
        What kind of drawing this is.

    Notes
    -----
    The printed figures are images that the text does not hold: boxes whose lean the prose does
    not state are drawn empty. The beam is steepest where all boxes with a lean lean one way.
    """
    _, ax = plt.subplots(figsize=(12, 7.2))
    ax.set(xlim=(-11, 11), ylim=(-5.9, 7.3), aspect="equal")
    ax.axis("off")
    # Steepest where all boxes with a lean lean one way: they alone can move the beam.
    known = boxes.weight[boxes.lean.notna()].sum() / boxes.weight.sum()
    share = float(np.clip((tilt or 0.0) / known, -1, 1)) if known else 0.0
    beam = Affine2D().rotate_deg(STEEPEST * share)
    side = "left" if share > 0 else "right" if share < 0 else "level"
    if printed is not None and side != printed:
        _draw_printed(ax, printed)
    _draw_beam(ax, beam)
    for place, box in zip(np.linspace(-8.2, 8.2, len(boxes)), boxes.itertuples()):
        _draw_box(ax, beam, place, box)
    ax.text(-10.9, 7.2, who, fontsize=19, weight="bold", va="top", color=INK)
    ax.text(-10.9, 6.25, note, fontsize=13.5, va="top", style="italic", color=SOFT)
    ax.text(
        0, -4.55, _say(boxes, tilt, side, printed), ha="center", va="top", fontsize=16, color=INK
    )
    return ax.figure, ax


def _say(boxes: pd.DataFrame, tilt: float | None, side: str, printed: str | None) -> str:
    """The sentence below the beam."""
    if tilt is None:
        return "No box has a stated lean: the beam is drawn level because nothing tips it"
    agrees = "" if printed is None else ", as told" if side == printed else f"; told: {printed}"
    known = f"{boxes.lean.notna().sum()} of {len(boxes)} boxes have a known lean"
    return f"{known}: tipped {side} (B = {tilt:+.2f}){agrees}"


def _draw_beam(ax: Axes, beam: Affine2D) -> None:
    """The fulcrum, the beam, and what its two sides stand for."""
    ax.add_patch(Polygon([(0, 0), (-1.2, -3.2), (1.2, -3.2)], facecolor=INK, edgecolor=INK))
    ax.plot([-2.6, 2.6], [-3.25, -3.25], color=INK, linewidth=4, solid_capstyle="butt")
    bar = Rectangle((-10.3, -0.17), 20.6, 0.34, facecolor=INK, edgecolor=INK)
    bar.set_transform(beam + ax.transData)
    ax.add_patch(bar)
    for x, words, align in (
        (-10.3, "left: for partnership", "left"),
        (10.3, "right: against partnership", "right"),
    ):
        ax.text(x, -3.25, words, ha=align, va="bottom", fontsize=15, color=INK)


def _draw_printed(ax: Axes, printed: str) -> None:
    """Half a beam, broken, on the side print tips it to; print gives the side, not the angle."""
    angle = {"left": STEEPEST, "level": 0.0, "right": -STEEPEST}[printed] / 2
    end = -10.3 if printed == "left" else 10.3
    x, y = Affine2D().rotate_deg(angle).transform((end, 0))
    ax.plot([0, x], [0, y], color=SOFT, linewidth=1.8, linestyle=DASHED, zorder=0)
    align = "left" if printed == "left" else "right"
    ax.text(x, y - 0.25, "as told", ha=align, va="top", fontsize=13, style="italic", color=SOFT)


def _draw_box(ax: Axes, beam: Affine2D, place: float, box: Any) -> None:
    """One box standing on the beam: leaning and filled if its lean is known, else empty."""
    known = not pd.isna(box.lean)
    lean = int(box.lean) if known else 0
    # It leans about the lower corner on the side it leans to, as a box on a shelf does.
    corner = -np.sign(lean) * WIDTH / 2
    stance = Affine2D().rotate_deg_around(corner, 0, LEANING * lean).translate(place, 0.19) + beam
    patch = Rectangle((-WIDTH / 2, 0), WIDTH, HEIGHT, facecolor=FILLS[lean] if known else "white")
    patch.set(edgecolor=INK if known else SOFT, linewidth=2.2 if known else 1.3)
    patch.set_linestyle("-" if box.basis in ("stated", "agreed") else DASHED)
    patch.set_transform(stance + ax.transData)
    ax.add_patch(patch)
    across = stance.transform((1, 0)) - stance.transform((0, 0))
    style = {
        "rotation": np.degrees(np.arctan2(across[1], across[0])),
        "color": SOFT if not known else "white" if lean < 0 else INK,
        "ha": "center",
        "va": "center",
    }
    label = "\n".join(textwrap.wrap(box.label, 14))
    ax.text(*stance.transform((0, 0.70 * HEIGHT)), label, fontsize=12.5, linespacing=1.2, **style)
    both = box.basis == "both ways"
    says = WORDS[lean] if known else "said both ways" if both else "not stated"
    weight = "bold" if known else "normal"
    ax.text(*stance.transform((0, 0.33 * HEIGHT)), says, fontsize=13, weight=weight, **style)
    if known:
        counted = f"weight {box.weight:g}" + ", as before" * (box.basis == "carried")
        ax.text(*stance.transform((0, 0.13 * HEIGHT)), counted, fontsize=11.5, **style)
