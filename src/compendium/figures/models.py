"""Pictures of the models: what moves whom, which weights, which order, which assumption.

Every share drawn here is a share of assumptions (weightings, codings, completions), and the axes
say so. Grey and hatching carry the meaning; numbers stand beside the marks.
"""

import textwrap

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from compendium.figures.style import INK, PALE, SOFT

# How a pair of weights stands: fill, mark.
RELATIONS = {"must": ("0.15", "must"), "may": ("0.8", "may"), "cannot": ("1.0", "cannot")}
READ_RELATIONS = (
    "Read from row to column: in the weightings that are left, the box of the row must (always),\n"
    "may (sometimes) or cannot (never) weigh more than the box of the column, ties apart."
)


def plot_weight_shares(shares: pd.DataFrame, ax: Axes | None = None) -> tuple[Figure, Axes]:
    """For each case, in which share of all weightings it comes out as told.

    Parameters
    ----------
    shares : DataFrame
        ``case``, ``stated`` (share on the stated boxes alone), ``least`` and ``most`` (over all
        admissible ways to fill in the boxes not stated), per cent.
    """
    if ax is None:
        _, ax = plt.subplots(figsize=(10.5, 0.62 * len(shares) + 1.7))
    for place, row in enumerate(shares.itertuples()):
        ax.plot([row.least, row.most], [place, place], color=SOFT, linewidth=7, alpha=0.55,
                solid_capstyle="butt")  # fmt: skip
        ax.plot(row.stated, place, "o", color=INK, markersize=10)
        dot = "none" if pd.isna(row.stated) else f"{row.stated:.3g}"
        words = f"{dot}  ({row.least:.3g} to {row.most:.3g})"
        ax.text(104, place, words, va="center", fontsize=12)
    ax.axvline(50, color=PALE, linewidth=1, zorder=0)
    ax.set(yticks=range(len(shares)), ylim=(len(shares) - 0.4, -0.7), xlim=(-2, 102),
           xlabel="Share of all weightings that give the told side (per cent)")  # fmt: skip
    ax.set_yticklabels(shares.case, fontsize=12.5)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    words = "dot: stated boxes only   bar: over every admissible way to fill in the others"
    ax.set_title(words, loc="left", fontsize=12, color=SOFT, style="italic")
    return ax.figure, ax


def plot_relations(relations: pd.DataFrame, ax: Axes | None = None) -> tuple[Figure, Axes]:
    """Which box must, may or cannot weigh more than which.

    Parameters
    ----------
    relations : DataFrame
        ``box``, ``other``, ``relation``; one row per ordered pair, boxes by the labels to be drawn.
    """
    boxes = list(dict.fromkeys(relations.box))
    if ax is None:
        _, ax = plt.subplots(figsize=(11, 1.0 * len(boxes) + 1.6))
    for row in relations.itertuples():
        x, y = boxes.index(row.other), boxes.index(row.box)
        fill, word = RELATIONS[row.relation]
        cell = Rectangle((x - 0.48, y - 0.46), 0.96, 0.92, facecolor=fill, edgecolor=INK)
        ax.add_patch(cell)
        ink = "white" if row.relation == "must" else INK
        ax.text(x, y, word, ha="center", va="center", color=ink, fontsize=13.5)
    ax.set(xlim=(-0.5, len(boxes) - 0.5), ylim=(len(boxes) - 0.5, -0.5),
           xticks=range(len(boxes)), yticks=range(len(boxes)))  # fmt: skip
    ax.set_xticklabels(["\n".join(textwrap.wrap(box, 15)) for box in boxes])
    ax.set_yticklabels(["\n".join(textwrap.wrap(box, 22)) for box in boxes])
    ax.xaxis.tick_top()
    ax.set_xlabel(READ_RELATIONS, fontsize=12.5, loc="left")
    ax.tick_params(length=0)
    for edge in ("left", "bottom"):
        ax.spines[edge].set_visible(False)
    return ax.figure, ax


def plot_structures(shares: pd.DataFrame, ax: Axes | None = None) -> tuple[Figure, Axes]:
    """How often each structure gives each case its printed side: darker is more often.

    Parameters
    ----------
    shares : DataFrame
        Structures down, cases across; per cent of all weightings and codings. A line stands
        between the structures and those whose name starts with ``null``.
    """
    if ax is None:
        size = (4.2 + 1.25 * shares.shape[1], 0.5 * len(shares) + 1.4)
        _, ax = plt.subplots(figsize=size)
    ax.imshow(shares.to_numpy(float), cmap="Greys", vmin=0, vmax=125, aspect="auto")
    for (y, x), share in np.ndenumerate(shares.to_numpy(float)):
        ink = "white" if share > 70 else INK
        ax.text(x, y, f"{share:.0f}", ha="center", va="center", color=ink, fontsize=14)
    nulls = shares.index.astype(str).str.startswith("null")
    for place in np.flatnonzero(nulls[1:] != nulls[:-1]) + 0.5:
        # White around the black: it is to be seen between dark cells too.
        for color, width in (("white", 9), (INK, 2.5)):
            ax.axhline(place, color=color, linewidth=width)
    ax.set(xticks=range(shares.shape[1]), yticks=range(len(shares)))
    labels = ["\n".join(textwrap.wrap(str(case), 12)) for case in shares.columns]
    ax.set_xticklabels(labels, fontsize=13)
    ax.set_yticklabels(shares.index, fontsize=13)
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    for edge in ("left", "bottom"):
        ax.spines[edge].set_visible(False)
    return ax.figure, ax


def plot_specifications(
    curve: pd.DataFrame, choices: list[str], ax: Axes | None = None
) -> tuple[Figure, Axes]:
    """A specification curve: every combination of choices, and what came out.

    Parameters
    ----------
    curve : DataFrame
        Sorted by ``share`` (per cent of the cases that come out as told); one column for each
        of `choices`, as text.

    Notes
    -----
    Below it a strip for each option, by mean share: the darker, the more of its combinations lie
    there. Combinations with the same share have no order among them and are of one grey.
    """
    means = {name: curve.groupby(name).share.mean().sort_values() for name in choices}
    if ax is None:
        rows = sum(map(len, means.values())) + 1.3 * len(means)
        _, ax = plt.subplots(figsize=(13, 3.8 + 0.29 * rows))
    ax.plot(range(len(curve)), curve.share, ".", color=INK, markersize=8)
    ax.axhline(100, color=PALE, linewidth=1, zorder=0)
    ticks, y = {0.0: "0 %", 50.0: "50 %", 100.0: "all cases as told"}, -4.0
    for name, mean in means.items():
        ticks[y := y - 13.0] = name
        ax.text(1.01, y, "mean", va="center", transform=ax.get_yaxis_transform(), fontsize=13)
        for option, share in mean.items():
            ticks[y := y - 10.0] = str(option)
            _draw_strip(ax, curve.share, curve[name] == option, y)
            ax.text(1.01, y, f"{share:.0f} %", va="center", transform=ax.get_yaxis_transform(),
                    fontsize=13)  # fmt: skip
    ax.set(xlim=(-0.5, len(curve) - 0.5), ylim=(y - 8, 106), xticks=[], yticks=list(ticks))
    words = f"{len(curve)} combinations of choices, sorted by what comes out"
    ax.set_xlabel(f"{words}\ndarker: more of an option's combinations lie there", fontsize=13.5)
    for label in ax.set_yticklabels(ticks.values(), fontsize=13):
        label.set_fontweight("bold" if label.get_text() in choices else "normal")
    ax.tick_params(length=0)
    ax.spines[["left", "bottom"]].set_visible(False)
    return ax.figure, ax


def _draw_strip(ax: Axes, shares: pd.Series, chosen: pd.Series, y: float) -> None:
    """Where the combinations of one option lie: how often, against how often everywhere."""
    by_share = chosen.groupby(shares.to_numpy(), sort=False)
    edges = np.cumsum([0, *by_share.size()]) - 0.5
    often = by_share.mean().to_numpy() / chosen.mean()
    # White: never; light grey: as often as everywhere; black: three times as often, or more.
    ax.pcolormesh(edges, [y - 4, y + 4], often[None], cmap="Greys", vmin=0, vmax=3)
    ax.add_patch(Rectangle((-0.5, y - 4), len(shares), 8, facecolor="none", edgecolor=SOFT))


def plot_swings(swings: pd.DataFrame, told: str, ax: Axes | None = None) -> tuple[Figure, Axes]:
    """A tornado: how far the tilt moves when one box goes through its admissible range.

    Parameters
    ----------
    swings : DataFrame
        ``label``, ``low``, ``high`` (tilts) and ``base`` (the tilt with the open boxes left out,
        the same in every row), widest first: as `multiverse.swing_boxes` gives it.
    told : str
        The side the case is told to have come out on.
    """
    if ax is None:
        _, ax = plt.subplots(figsize=(11, 0.6 * len(swings) + 2.1))
    for place, row in enumerate(swings.itertuples()):
        ax.barh(place, row.high - row.low, left=row.low, height=0.6, color=PALE, edgecolor=INK)
        if row.high == row.low:
            ax.plot([row.low, row.low], [place - 0.3, place + 0.3], color=INK, linewidth=5)
    base = float(swings.base.iloc[0])
    ax.axvline(0, color=INK, linewidth=1.5)
    ax.axvline(base, color=INK, linewidth=2, linestyle=(0, (4, 3)))
    ax.text(base, 1.02, f"open boxes left out: B = {round(base, 2) + 0.0:+.2f}", ha="center",
            va="bottom", transform=ax.get_xaxis_transform(), fontsize=13)  # fmt: skip
    reach = 1.15 * max(0.2, swings[["low", "high"]].abs().max(axis=None))
    ax.set(yticks=range(len(swings)), ylim=(len(swings) - 0.4, -0.7), xlim=(-reach, reach))
    # As on the balance: what speaks for partnership lies to the left.
    ax.invert_xaxis()
    ax.set_xlabel(f"Tilt B, told: {told}", fontsize=13.5, labelpad=8)
    for x, words, align in ((0, "\u2190 for partnership", "left"), (1, "against \u2192", "right")):
        ax.annotate(words, (x, 0), xycoords="axes fraction", xytext=(0, -28), ha=align, va="top",
                    textcoords="offset points", fontsize=13.5, weight="bold")  # fmt: skip
    ax.set_yticklabels(swings.label, fontsize=13)
    ax.tick_params(axis="y", length=0)
    return ax.figure, ax


def plot_carried(carried: pd.DataFrame, ax: Axes | None = None) -> tuple[Figure, Axes]:
    """How much of the uncertainty of a tilt each input carries, alone and with all others.

    Parameters
    ----------
    carried : DataFrame
        ``input``, ``alone`` and ``in_all``, shares of the variance.
    """
    if ax is None:
        _, ax = plt.subplots(figsize=(10, 0.5 * len(carried) + 1.5))
    for place, row in enumerate(carried.itertuples()):
        ax.barh(place, row.in_all, height=0.62, facecolor="white", edgecolor=INK)
        ax.barh(place, max(row.alone, 0), height=0.62, color=SOFT, edgecolor=INK)
    ax.set(yticks=range(len(carried)), ylim=(len(carried) - 0.4, -0.7),
           xlabel="Share of the tilt's variance (filled: alone; outline: with others)")  # fmt: skip
    ax.set_yticklabels(carried.input)
    ax.tick_params(axis="y", length=0)
    return ax.figure, ax


SIMULATED = "Simulated: nothing in this figure was observed"
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
    ax = _start(ax, SIMULATED)
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
    ax = _start(ax, f"{SIMULATED}. Bars: Monte Carlo error")
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
    ax = _start(ax, f"{SIMULATED}. Bars: Monte Carlo error")
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
    ax = _start(ax, f"{SIMULATED}. Bars: from box to box")
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
