"""Pictures of runs side by side: what came out over a grid, and what two runs differ in."""

import math

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from compendium.figures.models import SERIES
from compendium.figures.style import INK, SOFT, listed, say, wrap


def plot_outcomes(outcomes: pd.DataFrame) -> tuple[Figure, np.ndarray]:
    """Each outcome over one parameter of a grid, a line for each of the other settings.

    `outcomes`: ``outcome``, ``along`` (the parameter), ``at`` (its value), ``series``, ``value``.
    Where a setting was repeated, the line is the mean and the band goes from least to most.
    """
    names = list(outcomes.outcome.unique())
    figure, axes = _start_panels(len(names), 3.2)
    numbers = pd.to_numeric(outcomes["at"], errors="coerce")
    ticks = outcomes["at"].unique()
    places = outcomes["at"].map({tick: place for place, tick in enumerate(ticks)})
    is_number = numbers.notna().all()
    table = outcomes.assign(x=numbers if is_number else places.astype(float))
    for ax, name in zip(axes, names):
        for look, (series, rows) in zip(SERIES, table[table.outcome == name].groupby("series")):
            found = rows.groupby("x").value.agg(["mean", "min", "max"])
            ax.fill_between(found.index, found["min"], found["max"], color=SOFT, alpha=0.25, lw=0)
            ax.plot(found.index, found["mean"], color=INK, label=series, **look)
        ax.set_title(wrap(name, 30), fontsize=12, loc="left")
        ax.set_xlabel(outcomes.along.iloc[0])
        if not is_number:
            ax.set_xticks(range(len(ticks)), [wrap(tick, 12) for tick in ticks])
    if table.series.nunique() > 1:
        axes[0].legend(frameon=False, fontsize=10)
    along = outcomes.along.iloc[0]
    alt = f"A line for each setting, over {along}, of: {listed(names)}."
    say(axes[0], f"Outcomes over {along}", f"How far each outcome moves with {along}.", alt)
    return figure, axes


def plot_changes(changes: pd.DataFrame) -> tuple[Figure, np.ndarray]:
    """Numbers that two runs give differently: a ring in the one, a disc in the other.

    `changes`: ``file`` (a panel for each), ``cell``, ``first`` and ``second``.
    """
    parts = list(changes.groupby("file", sort=False))
    figure, axes = _start_panels(len(parts), 1.2 + 0.3 * max(len(rows) for _, rows in parts))
    for ax, (name, rows) in zip(axes, parts):
        places = np.arange(len(rows))[::-1]
        ax.hlines(places, rows["first"], rows["second"], color=SOFT)
        ax.plot(rows["first"], places, "o", color=INK, markerfacecolor="white", label="first run")
        ax.plot(rows["second"], places, "o", color=INK, label="second run")
        ax.set_yticks(places, [wrap(cell, 34) for cell in rows.cell], fontsize=9)
        ax.set_title(wrap(name, 40), fontsize=12, loc="left")
    axes[0].legend(frameon=False, fontsize=10)
    alt = f"A ring for the first run and a disc for the second, of: {listed(dict(parts))}."
    say(axes[0], "Two runs side by side", "The numbers that differ most between two runs.", alt)
    return figure, axes


def _start_panels(n: int, height: float) -> tuple[Figure, np.ndarray]:
    """So many panels, at most three beside each other."""
    across = min(n, 3)
    down = math.ceil(n / across)
    # Nobody's window, and nobody has to close it: these are drawn by a command.
    figure = Figure(figsize=(5 * across, height * down))
    axes = figure.subplots(down, across, squeeze=False)
    for ax in axes.flat[n:]:
        ax.remove()
    return figure, axes.ravel()[:n]
