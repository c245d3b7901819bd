"""The meeting of cultures: three companies in the 2 x 2 of Box 2, each as a region.

Each cell holds a strip for each company. A filled strip means that some voice of the company admits
the cell; hatches tell the companies apart, and the chosen one is dark. An empty strip means that no
voice admits it.
"""

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from compendium.figures import INK, SOFT

# Column and row of each cell of Box 2: integration yes or no across, domination no or yes down.
PLACES = {"Synergy": (0, 0), "Segregation": (1, 0), "Domination": (0, 1), "Breakdown": (1, 1)}
HATCHES = ("//", "..", "\\\\")
STRIP, TOP = 0.2, 0.27
# What print says of a cell: how far along the strip it is marked, and how.
MARKS = {"named": (0.7, "o"), "implied": (0.77, "D"), "ideal": (0.85, "o")}


def plot_regions(marks: pd.DataFrame, chosen: str, ax: Axes | None = None) -> tuple[Figure, Axes]:
    """The 2 x 2 with each company's region hatched, the chosen one strong.

    Parameters
    ----------
    marks : DataFrame
        ``site``, ``cell``, ``by_grid``, ``by_process`` (whether each rule admits the cell),
        ``named``, ``implied`` and ``ideal`` (what print says), as `cultures.mark_cells` gives it.
    chosen : str
        The company to be drawn strong.
    """
    if ax is None:
        _, ax = plt.subplots(figsize=(13, 8.4))
    ax.set(xlim=(-0.52, 2.02), ylim=(2.42, -0.34))
    ax.axis("off")
    for number, (cell, (column, row)) in enumerate(PLACES.items(), start=1):
        frame = Rectangle((column, row), 1, 1, facecolor="none", edgecolor=INK, linewidth=2)
        ax.add_patch(frame)
        ax.text(column + 0.04, row + 0.07, f"{number}  {cell}", fontsize=20, weight="bold",
                va="top", color=INK)  # fmt: skip
    for place, site in enumerate(dict.fromkeys(marks.site)):
        for mark in marks[marks.site == site].itertuples():
            _strip(ax, mark, place, strong=site == chosen)
    _edges(ax)
    _key(ax)
    return ax.figure, ax


def _strip(ax: Axes, mark: object, place: int, *, strong: bool) -> None:
    """One company's strip in one cell: its fill, its name and its marks."""
    column, row = PLACES[mark.cell]
    corner = (column + 0.04, row + TOP + place * (STRIP + 0.03))
    strip = Rectangle(corner, 0.92, STRIP, facecolor="none", edgecolor="0.75", linewidth=1)
    strip.set_gid(f"{mark.site} {mark.cell}")
    middle = corner[1] + STRIP / 2
    weight = "bold" if strong else "normal"
    if mark.by_grid or mark.by_process:
        strip.set(facecolor="0.6" if strong else "0.95", hatch=HATCHES[place % len(HATCHES)],
                  edgecolor=INK, linewidth=2.4 if strong else 1.2)  # fmt: skip
        if not (mark.by_grid and mark.by_process):
            strip.set(facecolor="white", linestyle=(0, (4, 2)), hatch=None)
    ax.add_patch(strip)
    admitted = mark.by_grid or mark.by_process
    words = mark.site
    if admitted and not mark.by_process:
        words += " (by the grid only)"
    elif admitted and not mark.by_grid:
        words += " (by the process only)"
    ax.text(corner[0] + 0.03, middle, words, va="center", fontsize=16, weight=weight,
            color=INK if admitted else "0.65",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 2.5})  # fmt: skip
    for name, (x, _) in MARKS.items():
        if getattr(mark, name):
            _dot(ax, name, corner[0] + x, middle)
            ax.lines[-1].set_gid(f"{mark.site} {mark.cell} {name}")


def _dot(ax: Axes, name: str, x: float, y: float) -> None:
    """A mark with a white rim, to be seen on any ground."""
    _, marker = MARKS[name]
    ax.plot(x, y, marker, markersize=19, color="white")
    fill = "white" if name == "ideal" else INK
    ax.plot(x, y, marker, markersize=14, markerfacecolor=fill, markeredgecolor=INK,
            markeredgewidth=2.2)  # fmt: skip


def _edges(ax: Axes) -> None:
    """The two questions and their answers, as in Box 2."""
    ax.text(1, -0.27, "Are the cultures integrated?", ha="center", va="center", fontsize=17)
    ax.text(-0.5, 1, "Does\none\ndominate?", ha="left", va="center", fontsize=17)
    for place, (across, down) in enumerate((("yes", "no"), ("no", "yes"))):
        ax.text(place + 0.5, -0.1, across, ha="center", va="center", fontsize=17, weight="bold")
        ax.text(-0.07, place + 0.5, down, ha="right", va="center", fontsize=17, weight="bold")


def _key(ax: Axes) -> None:
    words = {"named": "area named in print", "implied": "told, no area named", "ideal": "hoped for"}
    for x, (name, meaning) in zip((0.03, 0.77, 1.5), words.items()):
        _dot(ax, name, x, 2.1)
        ax.text(x + 0.05, 2.1, meaning, va="center", fontsize=15)
    note = (
        "Hatched: some voice admits the cell; empty: none does.\n"
        "Box 2 of Mannion et al. (2011) redrawn; regions coded by us from the prose"
    )
    ax.text(0, 2.2, note, va="top", fontsize=13, style="italic", color=SOFT)
