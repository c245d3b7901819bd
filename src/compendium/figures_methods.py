"""Pictures of the methods on trial: what they return when the truth is known.

Nothing drawn here was observed. Every figure says so above its axes, and stands apart from what is
said of the four sites. Marks and line styles tell the series apart, not colour.
"""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from compendium.figures import INK, PALE, SOFT

NOTE = "Simulated: nothing in this figure was observed"
COUNTED = "Simulated studies, worked out: nothing in this figure was observed"
# One after the other for the series of a figure: line, mark, the mark's fill.
SERIES = (("-", "o", INK), ("--", "s", "white"), ("-.", "^", SOFT), (":", "D", "white"))
# What `plot_recovery` draws: axis, where it should be, and by what to multiply.
QUANTITIES = {
    "simulated_refused": ("Samples refused: separated (per cent)", 0.0, 100),
    "simulated_bias": ("Mean slope found minus true slope (log odds)", 0.0, 1),
    "simulated_coverage": ("Intervals that hold the true slope (per cent)", 95.0, 100),
    "simulated_rejected": ("Samples in which the slope is found (per cent)", 80.0, 100),
}


def plot_smallest_p(
    designs: pd.DataFrame, level: float = 0.05, ax: Axes | None = None
) -> tuple[Figure, Axes]:
    """The smallest p-value each design can give, however clear its outcome.

    Parameters
    ----------
    designs : DataFrame
        ``design`` and ``two_sided`` (smallest two-sided p).
    level : float
        A line; designs that cannot reach it are drawn empty.
    """
    ax = _start(ax, (10.5, 0.52 * len(designs) + 2.0), COUNTED)
    for place, row in enumerate(designs.itertuples()):
        reaches = row.two_sided <= level
        ax.plot([row.two_sided, 1], [place, place], color=PALE, linewidth=5, zorder=0)
        ax.plot(row.two_sided, place, "o", color=INK, markersize=12, markeredgewidth=1.8,
                markerfacecolor=INK if reaches else "white")  # fmt: skip
        ax.text(1.15, place, f"{row.two_sided:.3g}", va="center", fontsize=14)
    ax.axvline(level, color=INK, linewidth=1.4, linestyle="--")
    ax.text(level, -0.75, f"{level:g} ", ha="right", va="center", fontsize=14)
    ax.set(xscale="log", xlim=(designs.two_sided.min() / 2, 1), ylim=(len(designs) - 0.4, -1.1),
           yticks=range(len(designs)))  # fmt: skip
    ax.set_xlabel("Smallest two-sided p that can come out (empty: above the line)", fontsize=13.5)
    ax.set_yticklabels(designs.design)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    return ax.figure, ax


def plot_power(
    power: pd.DataFrame, ours: int | None = None, ax: Axes | None = None
) -> tuple[Figure, Axes]:
    """How often the exact test of a rank correlation finds one that is there.

    Parameters
    ----------
    power : DataFrame
        ``n``, ``tau`` (the true one), ``simulated_power`` (share).
    ours : int, optional
        How many units there are: a line.
    """
    ax = _start(ax, (10.5, 6.2), NOTE)
    drawn = power.assign(
        height=100 * power.simulated_power, series=power.tau.map("true tau {:g}".format)
    )
    _draw_series(ax, drawn, "n")
    _guide(ax, 80, "80: the usual aim")
    if ours is not None:
        _mark_ours(ax, ours, f"{ours} actors", top=100)
    _label(ax, "Units ranked", "Samples in which it is found (per cent)")
    ax.set(xticks=sorted(set(power.n))[::2], ylim=(-3, 103))
    return ax.figure, ax


def plot_recovery(
    tried: pd.DataFrame, quantity: str, ax: Axes | None = None
) -> tuple[Figure, Axes]:
    """One of `QUANTITIES` against the number of actors, a line for each correlation in sites.

    Parameters
    ----------
    tried : DataFrame
        ``n_actors``, ``icc``, the quantity, and ``low`` and ``high``, its Monte Carlo error.
    """
    words, aim, scale = QUANTITIES[quantity]
    ax = _start(ax, (10.5, 6.2), f"{NOTE}. Bars: Monte Carlo error")
    series = tried.icc.map("correlation in sites {:g}".format)
    drawn = tried.assign(height=scale * tried[quantity], series=series)
    drawn[["low", "high"]] *= scale
    # Two series at one number of actors would hide each other's bars.
    shift = {icc: 1.035 ** (2 * place) for place, icc in enumerate(sorted(set(tried.icc)))}
    _draw_series(ax, drawn.assign(place=tried.n_actors * tried.icc.map(shift)), "place")
    _guide(ax, aim, f"{aim:g}")
    _scale_by_size(ax, sorted(set(tried.n_actors)))
    _label(ax, "Actors in the sample", words)
    return ax.figure, ax


def plot_false_alarms(
    tried: pd.DataFrame, level: float = 0.05, ax: Axes | None = None
) -> tuple[Figure, Axes]:
    """How often a test finds a difference between sites that is not there.

    Parameters
    ----------
    tried : DataFrame
        ``icc``, ``simulated_rejected`` (share), ``low`` and ``high``, its Monte Carlo error.
    """
    ax = _start(ax, (10.5, 5.6), f"{NOTE}. Bars: Monte Carlo error")
    for place, row in enumerate(tried.itertuples()):
        share = 100 * row.simulated_rejected
        ax.bar(place, share, width=0.55, color=PALE, edgecolor=INK, hatch="//", linewidth=1.4)
        ax.vlines(place, 100 * row.low, 100 * row.high, color=INK, linewidth=2.4)
        ax.text(place + 0.32, share, f"{share:.0f}", fontsize=16, va="center")
    ax.axhline(100 * level, color=INK, linewidth=1.6, linestyle="--")
    ax.text(
        len(tried) - 0.42, 100 * level, f"{100 * level:g}: as promised", fontsize=13.5, va="center"
    )
    ax.set(xticks=range(len(tried)), xlim=(-0.5, len(tried) + 0.15), ylim=(0, None))
    ax.set_xticklabels([f"{icc:g}" for icc in tried.icc])
    _label(ax, "Correlation of actors within a site", "Samples with a false finding (per cent)")
    return ax.figure, ax


def plot_widths(
    widths: pd.DataFrame, ours: int | None = None, ax: Axes | None = None
) -> tuple[Figure, Axes]:
    """How much cases whose leans and side are known leave open of each weight.

    Parameters
    ----------
    widths : DataFrame
        ``n_cases``, ``box``, ``simulated_width`` (per box, 0 to 1).
    ours : int, optional
        How many cases there are: a line.
    """
    ax = _start(ax, (10.5, 6.2), f"{NOTE}. Bars: from box to box")
    found = widths.groupby("n_cases").simulated_width.agg(["mean", "min", "max"]) * 100
    drawn = found.set_axis(["height", "low", "high"], axis=1).reset_index()
    _draw_series(ax, drawn.assign(series=""), "n_cases")
    for row in drawn.itertuples():
        ax.text(row.n_cases * 1.06, row.height + 1.5, f"{row.height:.0f}", fontsize=15, va="bottom")
    _scale_by_size(ax, drawn.n_cases.tolist())
    if ours is not None:
        _mark_ours(ax, ours, f"{ours} cases", top=104)
    _label(
        ax, "Cases with known leans and side", "Width of a weight's range (per cent of all weight)"
    )
    ax.set(ylim=(0, 108))
    return ax.figure, ax


def plot_actors_needed(
    needed: pd.DataFrame, ours: int | None = None, ax: Axes | None = None
) -> tuple[Figure, Axes]:
    """Actors a study would need to find an odds ratio, by how alike the actors of a site are.

    Parameters
    ----------
    needed : DataFrame
        ``odds_ratio``, ``icc``, ``actors``.
    ours : int, optional
        How many actors there are at most: a line.
    """
    ax = _start(ax, (10.5, 6.2), COUNTED)
    series = needed.icc.map("correlation in sites {:g}".format)
    ax.set_yscale("log")
    _draw_series(ax, needed.assign(height=needed.actors, series=series), "odds_ratio")
    _scale_by_size(ax, sorted(set(needed.odds_ratio)))
    if ours is not None:
        ax.axhline(ours, color=INK, linewidth=1.4, linestyle=(0, (1, 2)))
        ax.text(
            needed.odds_ratio.min(),
            ours * 0.94,
            f"{ours}: the most there could be",
            fontsize=13.5,
            va="top",
        )
    _label(ax, "True odds ratio between two groups", "Actors needed (log scale)")
    ticks = [20, 50, 100, 200, 500, 1000]
    ax.set_yticks(ticks, [str(tick) for tick in ticks])
    ax.yaxis.minorticks_off()
    return ax.figure, ax


def _start(ax: Axes | None, size: tuple[float, float], note: str) -> Axes:
    if ax is None:
        _, ax = plt.subplots(figsize=size)
    ax.set_title(note, loc="left", fontsize=13, color=SOFT, style="italic")
    ax.tick_params(labelsize=14)
    return ax


def _draw_series(ax: Axes, table: pd.DataFrame, x: str) -> None:
    """A line for each ``series`` through ``height``, its Monte Carlo error if given, its name."""
    for (name, part), (line, mark, fill) in zip(table.groupby("series", sort=False), SERIES):
        if "low" in part:
            ax.vlines(part[x], part.low, part.high, color=SOFT, linewidth=2.2)
        ax.plot(part[x], part.height, color=INK, linestyle=line, linewidth=1.8, marker=mark,
                markersize=10, markerfacecolor=fill, markeredgewidth=1.5, label=name)  # fmt: skip
    if table.series.nunique() > 1:
        ax.legend(fontsize=14, handlelength=3.2)


def _guide(ax: Axes, height: float, words: str) -> None:
    """Where a quantity should be, said at the right end of the axes."""
    ax.axhline(height, color=INK, linewidth=1.2, linestyle=(0, (1, 2)), zorder=0)
    ax.annotate(
        words, (1.01, height), xycoords=("axes fraction", "data"), fontsize=13.5, va="center"
    )


def _mark_ours(ax: Axes, place: float, words: str, top: float) -> None:
    ax.axvline(place, color=SOFT, linewidth=1.4, linestyle="--", zorder=0)
    ax.text(place, top, f" {words}", fontsize=13.5, va="center", ha="left")


def _scale_by_size(ax: Axes, sizes: list) -> None:
    """A logarithmic axis with a tick at each size tried."""
    ax.set_xscale("log")
    ax.set_xticks(sizes, [f"{size:g}" for size in sizes])
    ax.xaxis.minorticks_off()
    ax.set_xlim(np.min(sizes) * 0.85, np.max(sizes) * 1.2)


def _label(ax: Axes, across: str, up: str) -> None:
    ax.set_xlabel(across, fontsize=14)
    ax.set_ylabel(up, fontsize=14)
