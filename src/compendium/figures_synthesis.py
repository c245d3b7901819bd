"""Pictures of what other studies report: an evidence map, and directions before and after collapse.

Arrows up help, arrows down hinder; an empty place is "not reported". Nothing is sized by N, which
counts cases in one study and replies in another.
"""

import textwrap
from math import ceil

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from compendium.figures import INK, SOFT

# How a cell is drawn: mark, fill. What is not reported is not drawn.
MARKS = {
    "facilitates": ("^", INK, "helps"),
    "hinders": ("v", "white", "hinders"),
    "both": ("D", "0.65", "both ways"),
    "none-stated": ("o", "white", "named without a direction"),
}
# How a count of units is drawn: fill, ink. From the left: against, both ways, for.
BARS = {"hinders": ("white", INK), "both": ("0.75", INK), "facilitates": (INK, "white")}
EMPTY = "An empty place: not reported, which is never no effect"


def plot_evidence_map(
    cells: pd.DataFrame, note: str = "", ax: Axes | None = None
) -> tuple[Figure, Axes]:
    """Which study reports what, and which way: an effect-direction plot.

    Parameters
    ----------
    cells : DataFrame
        ``group`` (rows that belong together stand together), ``label`` (of the row), ``factor``,
        ``direction`` and ``n_findings``, the number beside the mark.
    note : str
        What else the labels need to be understood, below the map.
    """
    factors = list(dict.fromkeys(cells.factor))
    rows = list(dict.fromkeys(zip(cells.group, cells.label, strict=True)))
    places, heads = _places(rows)
    bottom = max(places.values())
    if ax is None:
        _, ax = plt.subplots(figsize=(12.5, 0.34 * bottom + 2.2))
    for mark, (shape, fill, words) in MARKS.items():
        part = cells[cells.direction == mark]
        x = [factors.index(factor) for factor in part.factor]
        y = [places[row] for row in zip(part.group, part.label, strict=True)]
        size = 6 if mark == "none-stated" else 11
        ax.plot(x, y, shape, color=INK, markerfacecolor=fill, markersize=size, label=words,
                linestyle="none")  # fmt: skip
        for across, down, n in zip(x, y, part.n_findings, strict=True):
            ax.text(across + 0.16, down, f"{n}", va="center", fontsize=11.5, color=SOFT)
    for place, words in heads.items():
        ax.text(-0.6, place, words, va="center", fontsize=13, weight="bold", color=INK)
    for place in places.values():
        ax.axhline(place + 0.5, color="0.92", linewidth=0.8, zorder=0)
    ax.set(xlim=(-0.6, len(factors) - 0.4), ylim=(bottom + 0.6, -0.6), yticks=list(places.values()),
           xticks=range(len(factors)))  # fmt: skip
    ax.set_yticklabels([textwrap.shorten(row[1], 30, placeholder=" ...") for row in rows])
    ax.set_xticklabels(["\n".join(textwrap.wrap(factor, 14)) for factor in factors], fontsize=13)
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    for edge in ("left", "bottom"):
        ax.spines[edge].set_visible(False)
    words = f"{EMPTY}. Numbers: findings in the cell. {note}"
    ax.set_xlabel(words.strip(), fontsize=12, style="italic", loc="right")
    ax.legend(loc="lower center", bbox_to_anchor=(0.4, 1.0), ncols=4, fontsize=12.5,
              borderaxespad=3.2)  # fmt: skip
    return ax.figure, ax


def _places(rows: list[tuple[str, str]]) -> tuple[dict[tuple[str, str], int], dict[int, str]]:
    """The height of each row and of each group's head, from the top."""
    places: dict[tuple[str, str], int] = {}
    heads: dict[int, str] = {}
    height = 0
    for group in dict.fromkeys(group for group, _ in rows):
        heads[height] = group
        for row in (row for row in rows if row[0] == group):
            height += 1
            places[row] = height
        height += 1
    return places, heads


def plot_collapse(
    counted: pd.DataFrame, axes: np.ndarray | None = None
) -> tuple[Figure, np.ndarray]:
    """How many units help, hinder or do both, a panel for each way of counting units.

    Parameters
    ----------
    counted : DataFrame
        ``level`` (the panel's head), ``factor``, and the number of units in ``facilitates``,
        ``hinders``, ``both``, ``none-stated`` and ``not reported``.
    axes : array of Axes, optional
        One for each level.
    """
    levels, factors = (list(dict.fromkeys(counted[name])) for name in ("level", "factor"))
    if axes is None:
        size = (12.5, 0.9 + (0.52 * len(factors) + 0.8) * ceil(len(levels) / 2))
        _, axes = plt.subplots(ceil(len(levels) / 2), 2, figsize=size, squeeze=False)
    spots = list(np.ravel(axes))
    for ax in spots[len(levels) :]:
        ax.axis("off")
    reach = 1.05 * (counted[["facilitates", "hinders"]].max(axis=1) + counted.both / 2).max()
    for level, ax in zip(levels, spots):
        part = counted[counted.level == level].set_index("factor").loc[factors]
        _stack(ax, part, reach)
        ax.set_title(level, fontsize=14, pad=8)
    figure = spots[0].figure
    handles, labels = spots[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3, fontsize=14)
    return figure, axes


def _stack(ax: Axes, part: pd.DataFrame, reach: float) -> None:
    """One panel: bars whose middle is what goes both ways, and how many units are silent."""
    left = -(part.hinders + part.both / 2)
    for name, (fill, ink) in BARS.items():
        ax.barh(range(len(part)), part[name], left=left, height=0.68, facecolor=fill,
                edgecolor=INK, label=MARKS[name][2])  # fmt: skip
        for place, (start, width) in enumerate(zip(left, part[name], strict=True)):
            if width:
                ax.text(start + width / 2, place, f"{width:.0f}", ha="center", va="center",
                        fontsize=13, color=ink)  # fmt: skip
        left = left + part[name]
    for place, silent in enumerate(part["none-stated"] + part["not reported"]):
        ax.text(reach, place, f"{silent:.0f} silent", va="center", fontsize=12, color=SOFT)
    ax.axvline(0, color=SOFT, linewidth=0.8, linestyle=(0, (3, 3)), zorder=0)
    ax.set(xlim=(-reach, reach * 1.35), xticks=[], ylim=(len(part) - 0.4, -0.6),
           yticks=range(len(part)))  # fmt: skip
    ax.set_yticklabels(part.index, fontsize=13.5)
    ax.tick_params(length=0)
    for edge in ("left", "bottom"):
        ax.spines[edge].set_visible(False)
