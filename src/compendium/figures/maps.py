"""Pictures of what other studies report: an evidence map, and directions before and after collapse.

Arrows up help, arrows down hinder; an empty place is "not reported". Nothing is sized by N, which
counts cases in one study and replies in another.

The meeting of cultures: three companies in the 2 x 2 of Box 2, each as a region.

Each cell holds a strip for each company. A filled strip means that some voice of the company admits
the cell; hatches tell the companies apart, and the chosen one is dark. An empty strip means that no
voice admits it.

A truth table as a picture: what each configuration has, and how its cases came out.

A filled mark is a condition present, an empty one absent; a dark bar the cases with the outcome, a
white one those without. A row with both is a contradiction and says so.
"""

import textwrap
from math import ceil

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from compendium.figures.style import INK, PALE, SOFT

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


# Characters of case names on a line beside the bars.
WIDE = 48


def plot_truth_table(
    table: pd.DataFrame,
    conditions: dict[str, str],
    sides: tuple[str, str],
    ax: Axes | None = None,
) -> tuple[Figure, Axes]:
    """Configurations down, conditions across, then a bar of the cases by how they came out.

    Parameters
    ----------
    table : DataFrame
        As `qca.truth_table` gives it, in the order to be drawn; rows without a case are
        counted below the others, not drawn.
    conditions : dict
        Column to the words above it.
    sides : tuple of str
        What the dark and the white part of a bar are called.
    """
    shown = table[table.n > 0]
    if ax is None:
        _, ax = plt.subplots(figsize=(13.5, 0.92 * len(shown) + 2.0))
    start = len(conditions) + 0.1
    unit = 2.6 / max(8, shown.n.max())
    for y, row in enumerate(shown.itertuples()):
        for x, name in enumerate(conditions):
            fill = INK if getattr(row, name) else "white"
            ax.plot(x, y, "o", color=INK, markerfacecolor=fill, markersize=19, markeredgewidth=1.6)
        ax.barh(y, row.n_with * unit, left=start, height=0.46, color=INK, edgecolor=INK)
        left = start + row.n_with * unit
        ax.barh(y, row.n_without * unit, left=left, height=0.46, color="white", edgecolor=INK)
        _count(ax, (start, y), row.n_with, unit, "white")
        _count(ax, (left, y), row.n_without, unit, INK)
        names = "\n".join(textwrap.wrap(row.cases, WIDE))
        ax.text(start + 2.75, y, names, va="center", fontsize=12.5, linespacing=1.1)
        if row.contradictory:
            ax.text(start, y - 0.385, "contradiction", va="center", fontsize=13, weight="bold")
    for y in range(1, len(shown)):
        ax.axhline(y - 0.5, color=PALE, linewidth=0.8, zorder=0)
    _label(ax, list(conditions.values()), start, sides)
    rest = len(table) - len(shown)
    ax.text(-0.4, len(shown) - 0.28, f"{rest} of {len(table)} configurations have no case",
            fontsize=13, color=SOFT, va="center")  # fmt: skip
    ax.set(xlim=(-0.5, start + 7.3), ylim=(len(shown) - 0.05, -1.15))
    ax.axis("off")
    return ax.figure, ax


def _count(ax: Axes, corner: tuple[float, float], n: int, unit: float, ink: str) -> None:
    """A number in the middle of its part of a bar; none where the part is empty."""
    if n:
        ax.text(corner[0] + n * unit / 2, corner[1], f"{n}", ha="center", va="center", color=ink,
                fontsize=15)  # fmt: skip


def _label(ax: Axes, words: list[str], start: float, sides: tuple[str, str]) -> None:
    """The words above the columns and the bars."""
    for x, word in enumerate(words):
        text = "\n".join(textwrap.wrap(word, 8))
        ax.text(x, -0.6, text, ha="center", va="bottom", fontsize=15, linespacing=1.1)
    ax.text(start, -0.6, f"dark: {sides[0]}\nwhite: {sides[1]}", va="bottom", fontsize=15)
    ax.text(start + 2.75, -0.6, "cases", va="bottom", fontsize=15)


VERDICT_FILLS = {
    "exact": {"facecolor": "0.15", "hatch": ""},
    "rounds": {"facecolor": "0.55", "hatch": ""},
    "differs": {"facecolor": "1.0", "hatch": "xxxx"},
    "not-derivable": {"facecolor": "1.0", "hatch": "...."},
    "not-recoverable": {"facecolor": "1.0", "hatch": "||||"},
    "transcribed": {"facecolor": "0.88", "hatch": ""},
}


def plot_verdicts(counts: pd.DataFrame, ax: Axes | None = None) -> tuple[Figure, Axes]:
    """How many printed values got which verdict, a bar for each row of `counts`.

    Parameters
    ----------
    counts : DataFrame
        Indexed by what a bar is called; one column per verdict, in the order to be drawn.
    """
    if ax is None:
        _, ax = plt.subplots(figsize=(10, 0.55 * len(counts) + 1.9))
    left = np.zeros(len(counts))
    for verdict in counts.columns:
        numbers = counts[verdict].to_numpy(dtype=float)
        ax.barh(
            range(len(counts)),
            numbers,
            left=left,
            height=0.62,
            edgecolor=INK,
            linewidth=0.8,
            label=verdict,
            **VERDICT_FILLS[verdict],
        )
        left += numbers
    for place, number in enumerate(left):
        ax.text(number + 0.5, place, f"{number:.0f}", va="center", color=INK)
    ax.set(
        yticks=range(len(counts)),
        ylim=(len(counts) - 0.4, -0.6),
        xlabel="Printed values",
    )
    ax.set_yticklabels(counts.index)
    ax.tick_params(axis="y", length=0)
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=3, fontsize=11)
    return ax.figure, ax


def plot_presence(table: pd.DataFrame, ax: Axes | None = None) -> tuple[Figure, Axes]:
    """Which row is said of which column: a filled mark where it is, a ring where it is not said.

    Parameters
    ----------
    table : DataFrame of bool
        Rows and columns as they are to be drawn. An empty mark means "not said", never "not so".
    """
    if ax is None:
        width = 4.6 + 1.35 * table.shape[1]
        _, ax = plt.subplots(figsize=(width, 0.42 * len(table) + 1.4))
    for row in range(table.shape[0]):
        for column in range(table.shape[1]):
            said = bool(table.iat[row, column])
            ax.plot(column, row, "o", color=INK, markersize=11 if said else 5,
                    markerfacecolor=INK if said else "white")  # fmt: skip
    ax.set(xticks=range(table.shape[1]), yticks=range(table.shape[0]),
           xlim=(-0.6, table.shape[1] - 0.4), ylim=(len(table) - 0.4, -0.6))  # fmt: skip
    ax.set_xticklabels(table.columns)
    ax.set_yticklabels(table.index)
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    for edge in ("left", "bottom"):
        ax.spines[edge].set_visible(False)
    return ax.figure, ax
