"""Pictures of the methods on trial: what they return when the truth is known.

Nothing drawn here was observed. Every figure says so above its axes, and stands apart from what is
said of the four sites. Marks and line styles tell the series apart, not colour.
"""

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from compendium.figures.style import INK, PALE, SOFT

NOTE = "Simulated: nothing in this figure was observed"
COUNTED = "Simulated studies, worked out: nothing in this figure was observed"
# One after the other for the series of a figure: line, mark, the mark's fill.
SERIES = (("-", "o", INK), ("--", "s", "white"), ("-.", "^", SOFT), (":", "D", "white"))
CORRELATION = "correlation in sites {:g}".format
LEVEL = 0.05
# What `plot_trial` draws: axis, where it should be, and by what to multiply.
QUANTITIES = {
    "simulated_refused": ("Samples refused: separated (per cent)", 0.0, 100),
    "simulated_bias": ("Mean slope found minus true slope (log odds)", 0.0, 1),
    "simulated_coverage": ("Intervals that hold the true slope (per cent)", 95.0, 100),
}


def plot_smallest_p(designs: pd.DataFrame, ax: Axes | None = None) -> tuple[Figure, Axes]:
    """The smallest p-value each design can give, however clear its outcome; empty above 0.05.

    Parameters
    ----------
    designs : DataFrame
        ``design`` and ``two_sided`` (smallest two-sided p).
    """
    ax = _start(ax, COUNTED, 0.52 * len(designs) + 2.0)
    for place, row in enumerate(designs.itertuples()):
        fill = INK if row.two_sided <= LEVEL else "white"
        ax.plot([row.two_sided, 1], [place, place], color=PALE, linewidth=5, zorder=0)
        ax.plot(row.two_sided, place, "o", color=INK, markersize=12, markerfacecolor=fill)
        ax.text(1.15, place, f"{row.two_sided:.3g}", va="center", fontsize=14)
    ax.axvline(LEVEL, color=INK, linewidth=1.4, linestyle="--")
    ax.text(LEVEL, -0.75, f"{LEVEL:g} ", ha="right", va="center", fontsize=14)
    ax.set(xscale="log", xlim=(designs.two_sided.min() / 2, 1), ylim=(len(designs) - 0.4, -1.1),
           yticks=range(len(designs)), yticklabels=designs.design,
           xlabel="Smallest two-sided p that can come out (empty: above the line)")  # fmt: skip
    ax.set_xticks([0.01, 0.1, 1], ["0.01", "0.1", "1"])
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
    ax = _start(ax, NOTE)
    height, series = 100 * power.simulated_power, power.tau.map("true tau {:g}".format)
    _draw_series(ax, power.assign(height=height, series=series), "n")
    _draw_aim(ax, 80, "80: the aim")
    _mark_ours(ax, ours, "units", 2)
    ax.set(xlabel="Units ranked", ylabel="Samples in which it is found (per cent)",
           xticks=sorted(set(power.n))[::2], ylim=(-3, 103))  # fmt: skip
    return ax.figure, ax


def plot_trial(tried: pd.DataFrame, quantity: str, ax: Axes | None = None) -> tuple[Figure, Axes]:
    """One of `QUANTITIES` against the number of actors, a line for each correlation in sites.

    Parameters
    ----------
    tried : DataFrame
        ``n_actors``, ``icc``, the quantity, and ``low`` and ``high``, its Monte Carlo error.
    """
    words, aim, scale = QUANTITIES[quantity]
    ax = _start(ax, f"{NOTE}. Bars: Monte Carlo error")
    drawn = tried.assign(height=tried[quantity], series=tried.icc.map(CORRELATION))
    drawn[["height", "low", "high"]] *= scale
    # Side by side: two series at one number of actors would hide each other's bars.
    shift = {icc: 1.07**place for place, icc in enumerate(sorted(set(tried.icc)))}
    _draw_series(ax, drawn.assign(place=tried.n_actors * tried.icc.map(shift)), "place")
    _draw_aim(ax, aim, f"{aim:g}")
    _scale_by_size(ax, sorted(set(tried.n_actors)))
    ax.set(xlabel="Actors in the sample", ylabel=words)
    return ax.figure, ax


def plot_false_alarms(tried: pd.DataFrame, ax: Axes | None = None) -> tuple[Figure, Axes]:
    """How often a test finds a difference between sites that is not there.

    Parameters
    ----------
    tried : DataFrame
        ``icc``, ``simulated_rejected`` (share), ``low`` and ``high``, its Monte Carlo error.
    """
    ax = _start(ax, f"{NOTE}. Bars: Monte Carlo error")
    for place, row in enumerate(tried.itertuples()):
        share = 100 * row.simulated_rejected
        ax.bar(place, share, width=0.55, color=PALE, edgecolor=INK, hatch="//", linewidth=1.4)
        ax.vlines(place, 100 * row.low, 100 * row.high, color=INK, linewidth=2.4)
        ax.text(place + 0.32, share + 0.4, f"{share:.0f}", fontsize=16, va="bottom")
    _draw_aim(ax, 100 * LEVEL, f"{100 * LEVEL:g}: as\npromised")
    ax.set(xlabel="Correlation of actors within a site", xticks=range(len(tried)),
           ylabel="Samples with a false finding (per cent)",
           xticklabels=[f"{icc:g}" for icc in tried.icc])  # fmt: skip
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
    ax = _start(ax, f"{NOTE}. Bars: from box to box")
    found = widths.groupby("n_cases").simulated_width.agg(["mean", "min", "max"]) * 100
    drawn = found.set_axis(["height", "low", "high"], axis=1).reset_index()
    _draw_series(ax, drawn.assign(series=""), "n_cases")
    for row in drawn.itertuples():
        ax.text(row.n_cases * 1.05, row.height + 1, f"{row.height:.0f}", fontsize=15, va="bottom")
    _scale_by_size(ax, drawn.n_cases.tolist())
    _mark_ours(ax, ours, "cases", 4)
    ax.set(xlabel="Cases with known leans and side", ylim=(0, 108),
           ylabel="Width of a weight's range (per cent of all weight)")  # fmt: skip
    return ax.figure, ax


def plot_actors_needed(
    needed: pd.DataFrame, ours: int, ax: Axes | None = None
) -> tuple[Figure, Axes]:
    """Actors a study would need to find an odds ratio, by how alike the actors of a site are.

    Parameters
    ----------
    needed : DataFrame
        ``odds_ratio``, ``icc``, ``actors``.
    ours : int
        How many actors there are at most: a line.
    """
    ax = _start(ax, COUNTED)
    drawn = needed.assign(height=needed.actors, series=needed.icc.map(CORRELATION))
    _draw_series(ax, drawn, "odds_ratio")
    _scale_by_size(ax, sorted(set(needed.odds_ratio)))
    _draw_aim(ax, ours, f"{ours}: ours\nat most")
    ax.set(xlabel="True odds ratio between two groups", yscale="log", ylabel="Actors needed")
    ax.set_yticks([20, 50, 100, 200, 500, 1000], ["20", "50", "100", "200", "500", "1000"])
    ax.yaxis.minorticks_off()
    return ax.figure, ax


def _start(ax: Axes | None, note: str, height: float = 6.2) -> Axes:
    if ax is None:
        _, ax = plt.subplots(figsize=(10.5, height))
    ax.set_title(note, loc="left", fontsize=13, color=SOFT, style="italic")
    ax.tick_params(labelsize=14)
    plt.setp([ax.xaxis.label, ax.yaxis.label], size=14)
    return ax


def _draw_series(ax: Axes, table: pd.DataFrame, x: str) -> None:
    """A line for each ``series`` through ``height``, with ``low`` to ``high`` if given."""
    for (name, part), (line, mark, fill) in zip(table.groupby("series", sort=False), SERIES):
        if "low" in part:
            ax.vlines(part[x], part.low, part.high, color=SOFT, linewidth=2.2)
        ax.plot(part[x], part.height, color=INK, linestyle=line, linewidth=1.8, marker=mark,
                markersize=10, markerfacecolor=fill, markeredgewidth=1.5, label=name)  # fmt: skip
    if table.series.nunique() > 1:
        ax.legend(fontsize=14, handlelength=3.2)


def _draw_aim(ax: Axes, height: float, words: str) -> None:
    """Where a quantity should be, said at the right end of the axes."""
    ax.axhline(height, color=INK, linewidth=1.4, linestyle=(0, (1, 2)), zorder=0)
    ax.text(1.01, height, words, transform=ax.get_yaxis_transform(), fontsize=13.5, va="center")


def _mark_ours(ax: Axes, number: int | None, words: str, height: float) -> None:
    if number is not None:
        ax.axvline(number, color=SOFT, linewidth=1.4, linestyle="--", zorder=0)
        ax.text(number, height, f"  our {number} {words}", fontsize=13.5, va="center")


def _scale_by_size(ax: Axes, sizes: list) -> None:
    """A logarithmic axis with a tick at each size tried."""
    ax.set_xscale("log")
    ax.set_xticks(sizes, [f"{size:g}" for size in sizes])
    ax.xaxis.minorticks_off()
    ax.set_xlim(min(sizes) * 0.85, max(sizes) * 1.2)
