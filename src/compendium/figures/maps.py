"""Tables as pictures: what is said of whom, what studies report, which cases have what.

A mark or a bar stands for something said, and its fill says which way: up and dark helps, down and
light hinders. An empty place or a ring is "not reported", never "not so"; a row of a truth table
with cases on both sides says that it is a contradiction. Nothing is sized by the number of a
study's cases or replies.
"""

import textwrap
from math import ceil

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from compendium.figures.style import (
    INK,
    PALE,
    SOFT,
    Drawn,
    hide_frame,
    stack_bars,
    start_grid,
    start_rows,
    start_sheet,
    wrap,
)

VERDICTS = {
    "exact": {"facecolor": "0.15", "hatch": ""},
    "rounds": {"facecolor": "0.55", "hatch": ""},
    "differs": {"facecolor": "1.0", "hatch": "xxxx"},
    "not-derivable": {"facecolor": "1.0", "hatch": "...."},
    "not-recoverable": {"facecolor": "1.0", "hatch": "||||"},
    "transcribed": {"facecolor": "0.88", "hatch": ""},
}
# How a cell is drawn: mark, fill, what it means. What is not reported is not drawn.
MARKS = {
    "facilitates": ("^", INK, "helps"),
    "hinders": ("v", "white", "hinders"),
    "both": ("D", "0.65", "both ways"),
    "none-stated": ("o", "white", "named without a direction"),
}
# How a count of units is drawn, from the left, and the ink of its number.
_BARS = {
    "hinders": {"facecolor": "white", "ink": INK, "label": "hinders"},
    "both": {"facecolor": "0.75", "ink": INK, "label": "both ways"},
    "facilitates": {"facecolor": INK, "ink": "white", "label": "helps"},
}
SIDES = {
    "n_with": {"facecolor": INK, "ink": "white"},
    "n_without": {"facecolor": "white", "ink": INK},
}


def plot_presence(table: pd.DataFrame, ax: Axes | None = None) -> Drawn:
    """Which row is said of which column: a filled mark where it is, a ring where it is not said.

    `table` (of bool): rows and columns as they are to be drawn.
    """
    size = (4.6 + 1.35 * table.shape[1], 0.42 * len(table) + 1.4)
    ax = start_grid(ax, table.index, table.columns, size, margin=0.6)
    for (y, x), said in np.ndenumerate(table.to_numpy(bool)):
        ax.plot(x, y, "o", color=INK, markersize=11 if said else 5,
                markerfacecolor=INK if said else "white")  # fmt: skip
    return ax.figure, ax


def plot_verdicts(counts: pd.DataFrame, ax: Axes | None = None) -> Drawn:
    """How many printed values got which verdict, a bar for each row of `counts`.

    `counts`: indexed by what a bar is called, in one level or several; one column per verdict, in
    the order to be drawn.
    """
    if counts.index.nlevels > 1:
        counts = counts.set_axis([", ".join(filter(None, name)) for name in counts.index])
    ax = start_rows(ax, counts.index, (10, 0.55, 1.9), ends=(0.6, 0.4), fontsize=12,
                    xlabel="Printed values")  # fmt: skip
    ends = stack_bars(
        ax, counts, {name: VERDICTS[name] for name in counts}, height=0.62, linewidth=0.8
    )
    for place, number in enumerate(ends):
        ax.text(number + 0.5, place, f"{number:.0f}", va="center", color=INK)
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=3, fontsize=11)
    return ax.figure, ax


def plot_evidence_map(cells: pd.DataFrame, note: str = "", ax: Axes | None = None) -> Drawn:
    """Which study reports what, and which way: an effect-direction plot.

    `cells`: ``group`` (rows that belong together stand together), ``label`` (of the row),
    ``factor``, ``direction`` and ``n_findings``, the number beside the mark. `note`: what else the
    labels need to be understood, below the map.
    """
    factors = list(dict.fromkeys(cells.factor))
    rows = cells[["group", "label"]].drop_duplicates()
    rows = rows.assign(number=pd.factorize(rows.group)[0]).sort_values("number", kind="stable")
    # Above the rows of a group stands its head.
    rows["y"] = np.arange(1, len(rows) + 1) + rows.number
    drawn = cells.assign(x=cells.factor.map(factors.index)).merge(rows, how="left")
    bottom = rows.y.max()
    heads = [wrap(factor, 14) for factor in factors]
    ax = start_grid(ax, [], heads, (12.5, 0.34 * bottom + 2.2), margin=0.6, fontsize=13)
    labels = [textwrap.shorten(label, 30, placeholder=" ...") for label in rows.label]
    ax.set_yticks(rows.y, labels)
    ax.set_ylim(bottom + 0.6, -0.6)
    for direction, (shape, fill, words) in MARKS.items():
        part = drawn[drawn.direction == direction]
        ax.plot(part.x, part.y, shape, color=INK, markerfacecolor=fill, label=words,
                markersize=6 if direction == "none-stated" else 11)  # fmt: skip
        for x, y, n in zip(part.x, part.y, part.n_findings):
            ax.text(x + 0.16, y, f"{n}", va="center", fontsize=11.5, color=SOFT)
    for group, y in rows.groupby("group", sort=False).y.min().items():
        ax.text(-0.6, y - 1, group, va="center", fontsize=13, weight="bold", color=INK)
    for y in rows.y:
        ax.axhline(y + 0.5, color="0.92", linewidth=0.8, zorder=0)
    words = "An empty place: not reported, which is never no effect. Numbers: findings in the cell."
    ax.set_xlabel(f"{words} {note}".strip(), fontsize=12, style="italic", loc="right")
    ax.legend(loc="lower center", bbox_to_anchor=(0.4, 1.0), ncols=4, fontsize=12.5,
              borderaxespad=3.2)  # fmt: skip
    return ax.figure, ax


def plot_collapse(counted: pd.DataFrame) -> tuple[Figure, np.ndarray]:
    """How many units help, hinder or do both, a panel for each way of counting units.

    `counted`: ``level`` (the panel's head), ``factor``, and the number of units in
    ``facilitates``, ``hinders``, ``both``, ``none-stated`` and ``not reported``.
    """
    levels = dict(list(counted.groupby("level", sort=False)))
    rows, most = ceil(len(levels) / 2), max(map(len, levels.values()))
    size = (12.5, 0.9 + (0.52 * most + 0.8) * rows)
    figure, axes = plt.subplots(rows, 2, figsize=size, squeeze=False)
    reach = 1.05 * (counted[["facilitates", "hinders"]].max(axis=1) + counted.both / 2).max()
    for ax, (level, part) in zip(axes.flat, levels.items()):
        start_rows(ax, part.factor, ends=(0.6, 0.4), fontsize=13.5, xticks=[],
                   xlim=(-reach, reach * 1.35))  # fmt: skip
        # The middle of a bar is what goes both ways.
        left = -(part.hinders + part.both / 2).to_numpy()
        stack_bars(ax, part, _BARS, left, height=0.68)
        for place, silent in enumerate(part["none-stated"] + part["not reported"]):
            ax.text(reach, place, f"{silent:.0f} silent", va="center", fontsize=12, color=SOFT)
        ax.axvline(0, color=SOFT, linewidth=0.8, linestyle=(0, (3, 3)), zorder=0)
        ax.set_title(level, fontsize=14, pad=8)
        hide_frame(ax)
    for ax in axes.flat[len(levels) :]:
        ax.axis("off")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3, fontsize=14)
    return figure, axes


def plot_truth_table(
    table: pd.DataFrame, conditions: dict[str, str], sides: tuple[str, str], ax: Axes | None = None
) -> Drawn:
    """Configurations down, conditions across, then a bar of the cases by how they came out.

    `table`: as `qca.truth_table` gives it, in the order to be drawn; rows without a case are
    counted below the others, not drawn. `conditions`: column to the words above it. `sides`: what
    the dark and the white part of a bar are called.
    """
    shown = table[table.n > 0]
    left, unit = len(conditions) + 0.1, 2.6 / max(8, shown.n.max())
    size = (13.5, 0.92 * len(shown) + 2.0)
    ax = start_sheet(ax, size, (-0.5, left + 7.3), (len(shown) - 0.05, -1.15))
    for (y, x), present in np.ndenumerate(shown[list(conditions)].to_numpy(bool)):
        ax.plot(x, y, "o", color=INK, markerfacecolor=INK if present else "white", markersize=19,
                markeredgewidth=1.6)  # fmt: skip
    stack_bars(ax, shown, SIDES, left, unit=unit, fontsize=15, height=0.46)
    for y, row in enumerate(shown.itertuples()):
        ax.text(left + 2.75, y, wrap(row.cases, 48), va="center", fontsize=12.5, linespacing=1.1)
        if row.contradictory:
            ax.text(left, y - 0.385, "contradiction", va="center", fontsize=13, weight="bold")
        if y:
            ax.axhline(y - 0.5, color=PALE, linewidth=0.8, zorder=0)
    for x, words in enumerate(conditions.values()):
        ax.text(x, -0.6, wrap(words, 8), ha="center", va="bottom", fontsize=15, linespacing=1.1)
    ax.text(left, -0.6, f"dark: {sides[0]}\nwhite: {sides[1]}", va="bottom", fontsize=15)
    ax.text(left + 2.75, -0.6, "cases", va="bottom", fontsize=15)
    rest = f"{len(table) - len(shown)} of {len(table)} configurations have no case"
    ax.text(-0.4, len(shown) - 0.28, rest, fontsize=13, color=SOFT, va="center")
    return ax.figure, ax
