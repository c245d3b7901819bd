"""The picture of the balance: boxes that lean, standing on a beam that tips.

Figures 5.1 to 5.4 of the thesis are images that its text does not hold. What the prose says of them
is drawn here, and what it does not say is left visibly empty.
"""

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon, Rectangle
from matplotlib.transforms import Affine2D

from compendium.figures import INK, SOFT

# The steepest tilt drawn, in degrees, and how far a box leans.
STEEPEST, LEANING = 9.0, 13.0


def plot_balance(
    boxes: pd.DataFrame, tilt: float, printed: str, who: str, ax: Axes | None = None
) -> tuple[Figure, Axes]:
    """Figures 5.1 to 5.4: boxes that lean on a beam that tips; a reconstruction.

    Parameters
    ----------
    boxes : DataFrame
        One row per box, in order: ``label``, ``lean`` (-1, 0, 1 or missing), ``basis``
        (``stated``, ``carried`` or missing) and ``weight`` (0 or more).
    tilt : float
        The weighted sum of the stated leans; positive tips left.
    printed : str
        The side print says the beam tips to.
    who : str
        The actor, site and time, for the head of the figure.

    Notes
    -----
    The printed figures are images that the text does not hold: boxes whose lean the prose does
    not state are drawn empty. The beam's angle is the tilt over the sum of the weights of the
    boxes with a lean, so that it is steepest when all of them lean one way.
    """
    if ax is None:
        _, ax = plt.subplots(figsize=(11, 6.6))
    ax.set(xlim=(-10.4, 10.4), ylim=(-5.3, 7.2), aspect="equal")
    ax.axis("off")
    stated = boxes.dropna(subset="lean")
    share = tilt / stated.weight.sum() if stated.weight.sum() else 0.0
    beam = Affine2D().rotate_deg(STEEPEST * share)
    _draw_beam(ax, beam)
    for place, box in zip(np.linspace(-7.4, 7.4, len(boxes)), boxes.itertuples()):
        _draw_box(ax, beam, place, box)
    side = "left" if share > 0 else "right" if share < 0 else "level"
    ax.text(-10.2, 6.9, who, fontsize=17, weight="bold", va="top", color=INK)
    ax.text(
        -10.2,
        6.0,
        "Reconstruction from the prose: the printed figure's image is missing",
        fontsize=12,
        va="top",
        style="italic",
        color=SOFT,
    )
    verdict = "as printed" if side == printed else f"but print says {printed}"
    ax.text(
        0,
        -4.2,
        f"The stated boxes tip it {side} (B = {tilt:+.3g}), {verdict}",
        ha="center",
        va="top",
        fontsize=15,
        color=INK,
    )
    return ax.figure, ax


def _draw_beam(ax: Axes, beam: Affine2D) -> None:
    """The fulcrum, the beam, and what its two sides stand for."""
    ax.add_patch(Polygon([(0, 0), (-1.15, -2.9), (1.15, -2.9)], facecolor=INK, edgecolor=INK))
    ax.plot([-2.4, 2.4], [-2.95, -2.95], color=INK, linewidth=4, solid_capstyle="butt")
    bar = Rectangle((-9.6, -0.16), 19.2, 0.32, facecolor=INK, edgecolor=INK)
    bar.set_transform(beam + ax.transData)
    ax.add_patch(bar)
    for x, words, align in (
        (-9.6, "for partnership", "left"),
        (9.6, "against partnership", "right"),
    ):
        _, y = beam.transform((x, 0))
        ax.text(x, y - 0.55, words, ha=align, va="top", fontsize=14, color=INK)


def _draw_box(ax: Axes, beam: Affine2D, place: float, box: Any) -> None:
    """One box standing on the beam: leaning and filled if its lean is known, else empty."""
    known = not pd.isna(box.lean)
    width, height = 2.9, 3.1
    # It leans about the lower corner on the side it leans to, as a box on a shelf does.
    corner = -width / 2 if known and box.lean > 0 else width / 2
    turn = LEANING * float(box.lean) if known else 0.0
    stance = Affine2D().rotate_deg_around(corner, 0, turn).translate(place, 0.18) + beam
    fill = {1: "0.86", 0: "0.70", -1: "0.25"}[int(box.lean)] if known else "none"
    patch = Rectangle(
        (-width / 2, 0),
        width,
        height,
        facecolor=fill,
        edgecolor=INK if known else SOFT,
        linewidth=2.0 if known else 1.2,
        linestyle="-" if box.basis == "stated" else (0, (4, 3)),
    )
    patch.set_transform(stance + ax.transData)
    ax.add_patch(patch)
    ink = "white" if known and box.lean < 0 else INK if known else SOFT
    angle = np.degrees(np.arctan2(*(stance.transform((1, 0)) - stance.transform((0, 0)))[::-1]))
    says = (
        {1: "leans left", 0: "level", -1: "leans right"}[int(box.lean)] if known else "not stated"
    )
    if box.basis == "carried":
        says += "\n(as before)"
    for height_at, words, size in ((0.62, box.label, 10.5), (0.17, says, 10.5)):
        x, y = stance.transform((0, height_at * height))
        ax.text(
            x,
            y,
            words,
            ha="center",
            va="center",
            rotation=angle,
            fontsize=size,
            color=ink,
            weight="bold" if height_at > 0.5 and known else "normal",
            linespacing=1.15,
        )
    if known:
        x, y = (Affine2D().translate(place, -0.28) + beam).transform((0, 0))
        ax.text(
            x,
            y,
            f"weight {box.weight:g}",
            ha="center",
            va="top",
            fontsize=11,
            color=SOFT,
        )
