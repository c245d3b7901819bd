"""A truth table as a picture: what each configuration has, and how its cases came out.

A filled mark is a condition present, an empty one absent; a dark bar the cases with the outcome, a
white one those without. A row with both is a contradiction and says so.
"""

import textwrap

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from compendium.figures import INK, PALE, SOFT

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
        As `configurations.truth_table` gives it, in the order to be drawn; rows without a case are
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
