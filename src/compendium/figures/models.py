"""Pictures of the models: which weights, which assumption, and what the methods are worth.

Every share drawn of a model is a share of assumptions (weightings, codings, completions), and the
axes say so. Of the methods is drawn what they return when the truth is known: nothing there was
observed, and the words above the axes say that too. Grey, hatches, marks and line styles carry the
meaning; numbers stand beside the marks.
"""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from compendium.figures.style import (
    CENTRED,
    DASHED,
    INK,
    PALE,
    SOFT,
    Drawn,
    hide_frame,
    start,
    start_grid,
    start_rows,
    wrap,
)

# How a pair of weights stands, and how its cell is filled; none: no weights are left.
RELATIONS = {"must": "0.15", "may": "0.8", "cannot": "1.0", "none": "1.0"}
_READ_RELATIONS = (
    "Read from row to column: in the weightings that are left, the box of the row must (always),\n"
    "may (sometimes) or cannot (never) weigh more than the box of the column, ties apart."
)
SIMULATED = "Simulated: nothing in this figure was observed"
WORKED_OUT = "Simulated studies, worked out: nothing in this figure was observed"
ERROR = f"{SIMULATED}. Bars: Monte Carlo error"
# One after the other for the series of a figure.
_SERIES = (
    {"linestyle": "-", "marker": "o", "markerfacecolor": INK},
    {"linestyle": "--", "marker": "s", "markerfacecolor": "white"},
    {"linestyle": "-.", "marker": "^", "markerfacecolor": SOFT},
    {"linestyle": ":", "marker": "D", "markerfacecolor": "white"},
)
LEVEL = 0.05


def plot_weight_shares(shares: pd.DataFrame, ax: Axes | None = None) -> Drawn:
    """For each case, in which share of all weightings it comes out as told.

    `shares`: ``case``, ``stated`` (share on the stated boxes alone), ``least`` and ``most`` (over
    all admissible ways to fill in the boxes not stated), per cent.
    """
    words = "Share of all weightings that give the told side (per cent)"
    ax = start_rows(ax, shares.case, (10.5, 0.62, 1.7), fontsize=12.5, xlim=(-2, 102), xlabel=words)
    places = range(len(shares))
    ax.hlines(places, shares.least, shares.most, color=SOFT, linewidth=7, alpha=0.55)
    ax.plot(shares.stated, places, "o", color=INK, markersize=10)
    for place, row in zip(places, shares.itertuples()):
        dot = "none" if pd.isna(row.stated) else f"{row.stated:.3g}"
        words = f"{dot}  ({row.least:.3g} to {row.most:.3g})"
        ax.text(104, place, words, va="center", fontsize=12)
    ax.axvline(50, color=PALE, linewidth=1, zorder=0)
    ax.spines["left"].set_visible(False)
    words = "dot: stated boxes only   bar: over every admissible way to fill in the others"
    ax.set_title(words, loc="left", fontsize=12, color=SOFT, style="italic")
    return ax.figure, ax


def plot_relations(relations: pd.DataFrame, ax: Axes | None = None) -> Drawn:
    """Which box must, may or cannot weigh more than which.

    `relations`: ``box``, ``other``, ``relation``; one row per ordered pair, boxes by the labels to
    be drawn.
    """
    boxes = list(dict.fromkeys(relations.box))
    ax = start_grid(ax, [wrap(box, 22) for box in boxes], [wrap(box, 15) for box in boxes],
                    (11, 1.0 * len(boxes) + 1.6))  # fmt: skip
    for row in relations.itertuples():
        x, y, fill = boxes.index(row.other), boxes.index(row.box), RELATIONS[row.relation]
        ax.add_patch(Rectangle((x - 0.48, y - 0.46), 0.96, 0.92, facecolor=fill, edgecolor=INK))
        ink = "white" if row.relation == "must" else INK
        ax.text(x, y, row.relation, color=ink, fontsize=13.5, **CENTRED)
    ax.set_xlabel(_READ_RELATIONS, fontsize=12.5, loc="left")
    return ax.figure, ax


def plot_structures(shares: pd.DataFrame, ax: Axes | None = None) -> Drawn:
    """How often each structure gives each case its told side: darker is more often.

    `shares`: structures down, cases across; per cent of all weightings and codings. A line stands
    between the structures and those whose name starts with ``null``.
    """
    size = (4.2 + 1.25 * shares.shape[1], 0.5 * len(shares) + 1.4)
    ax = start_grid(ax, shares.index, [wrap(case, 12) for case in shares], size, fontsize=13)
    ax.imshow(shares.to_numpy(float), cmap="Greys", vmin=0, vmax=125, aspect="auto")
    for (y, x), share in np.ndenumerate(shares.to_numpy(float)):
        ink = "white" if share > 70 else INK
        ax.text(x, y, f"{share:.0f}", color=ink, fontsize=14, **CENTRED)
    nulls = shares.index.astype(str).str.startswith("null")
    for place in np.flatnonzero(nulls[1:] != nulls[:-1]) + 0.5:
        # White around the black: it is to be seen between dark cells too.
        for color, width in (("white", 9), (INK, 2.5)):
            ax.axhline(place, color=color, linewidth=width)
    return ax.figure, ax


def plot_specifications(curve: pd.DataFrame, choices: list[str], ax: Axes | None = None) -> Drawn:
    """A specification curve: every combination of choices, and what came out.

    Below it a strip for each option, by mean share: the darker, the more of its combinations lie
    there. Combinations with the same share have no order among them and are of one grey.

    `curve`: sorted by ``share`` (per cent of the cases that come out as told); one column for each
    of `choices`, as text.
    """
    means = {name: curve.groupby(name).share.mean().sort_values() for name in choices}
    ax = start(ax, 13, 3.8 + 0.29 * (sum(map(len, means.values())) + 1.3 * len(means)))
    ax.plot(range(len(curve)), curve.share, ".", color=INK, markersize=8)
    ax.axhline(100, color=PALE, linewidth=1, zorder=0)
    beside = {"va": "center", "transform": ax.get_yaxis_transform(), "fontsize": 13}
    ticks, y = {0.0: "0 %", 50.0: "50 %", 100.0: "all cases as told"}, -4.0
    for name, mean in means.items():
        ticks[y := y - 13.0] = name
        ax.text(1.01, y, "mean", **beside)
        for option, share in mean.items():
            ticks[y := y - 10.0] = str(option)
            _draw_strip(ax, curve.share, curve[name] == option, y)
            ax.text(1.01, y, f"{share:.0f} %", **beside)
    words = f"{len(curve)} combinations of choices, sorted by what comes out"
    ax.set(xlim=(-0.5, len(curve) - 0.5), ylim=(y - 8, 106), xticks=[])
    ax.set_xlabel(f"{words}\ndarker: more of an option's combinations lie there", fontsize=13.5)
    ax.set_yticks(list(ticks), ticks.values(), fontsize=13)
    for label in ax.get_yticklabels():
        label.set_fontweight("bold" if label.get_text() in choices else "normal")
    hide_frame(ax)
    return ax.figure, ax


def _draw_strip(ax: Axes, shares: pd.Series, chosen: pd.Series, y: float) -> None:
    """Where the combinations of one option lie: how often, against how often everywhere."""
    by_share = chosen.groupby(shares.to_numpy(), sort=False)
    edges = np.cumsum([0, *by_share.size()]) - 0.5
    often = by_share.mean().to_numpy() / chosen.mean()
    # White: never; light grey: as often as everywhere; black: three times as often, or more.
    ax.pcolormesh(edges, [y - 4, y + 4], often[None], cmap="Greys", vmin=0, vmax=3)
    ax.add_patch(Rectangle((-0.5, y - 4), len(shares), 8, facecolor="none", edgecolor=SOFT))


def plot_swings(swings: pd.DataFrame, told: str, ax: Axes | None = None) -> Drawn:
    """A tornado: how far the tilt moves when one box goes through its admissible range.

    `swings`: ``label``, ``low``, ``high`` (tilts) and ``base`` (the tilt with the open boxes left
    out, the same in every row), widest first: as `multiverse.swing_boxes` gives it. `told`: the
    side the case is told to have come out on.
    """
    # As on the balance: what speaks for partnership lies to the left.
    reach = 1.15 * max(0.2, swings[["low", "high"]].abs().max(axis=None))
    ax = start_rows(ax, swings.label, (11, 0.6, 2.1), xlim=(reach, -reach))
    places, base = np.arange(len(swings)), float(swings.base.iloc[0])
    ax.barh(places, swings.high - swings.low, 0.6, swings.low, color=PALE, edgecolor=INK)
    fixed = swings.high == swings.low
    ax.vlines(swings.low[fixed], places[fixed] - 0.3, places[fixed] + 0.3, color=INK, linewidth=5)
    ax.axvline(0, color=INK, linewidth=1.5)
    ax.axvline(base, color=INK, linewidth=2, linestyle=DASHED)
    ax.text(base, 1.02, f"open boxes left out: B = {round(base, 2) + 0.0:+.2f}", ha="center",
            va="bottom", transform=ax.get_xaxis_transform(), fontsize=13)  # fmt: skip
    ax.set_xlabel(f"Tilt B, told: {told}", fontsize=13.5, labelpad=8)
    for x, words, align in ((0, "\u2190 for partnership", "left"), (1, "against \u2192", "right")):
        ax.annotate(words, (x, 0), xycoords="axes fraction", xytext=(0, -28), ha=align, va="top",
                    textcoords="offset points", fontsize=13.5, weight="bold")  # fmt: skip
    return ax.figure, ax


def plot_carried(carried: pd.DataFrame, ax: Axes | None = None) -> Drawn:
    """How much of the uncertainty of a tilt each input carries, alone and with all others.

    `carried`: ``input``, ``alone`` and ``in_all``, shares of the variance.
    """
    words = "Share of the tilt's variance (filled: alone; outline: with others)"
    ax = start_rows(ax, carried.input, (10, 0.5, 1.5), fontsize=12, xlabel=words)
    for share, fill in ((carried.in_all, "white"), (carried.alone.clip(lower=0), SOFT)):
        ax.barh(range(len(carried)), share, height=0.62, color=fill, edgecolor=INK)
    return ax.figure, ax


def plot_rivals(weighed: pd.DataFrame, ax: Axes | None = None) -> Drawn:
    """How far evidence moves between an explanation and each rival: ranges in decibels.

    `weighed`: ``comparison``, ``label`` (a row for each, under its comparison), ``sources`` (first
    drawn broad and pale, the second narrow and dark), ``decibels_low``, ``decibels_high``,
    ``posterior_low`` and ``posterior_high``.
    """
    kinds, places, labels = list(dict.fromkeys(weighed.sources)), {}, []
    for comparison, part in weighed.groupby("comparison", sort=False):
        for label in ["", *dict.fromkeys(part.label)]:
            places[comparison, label] = len(labels)
            labels.append(label)
    words = (
        "\u2190 for the rival    weight of the evidence (decibels)    for the explanation \u2192"
    )
    ax = start_rows(ax, labels, (12.5, 0.8, 1.4), fontsize=12, xlabel=words)
    beside = {"transform": ax.get_yaxis_transform(), "va": "center"}
    for row in weighed.itertuples():
        width, color, shift = ((12, PALE, -0.18), (5, INK, 0.18))[kinds.index(row.sources)]
        at = places[row.comparison, row.label] + shift
        ax.hlines(at, row.decibels_low, row.decibels_high, color=color, linewidth=width)
        ax.text(1.01, at, f"{row.posterior_low:.3f} to {row.posterior_high:.3f}", fontsize=11.5,
                **beside)  # fmt: skip
    for (comparison, label), place in places.items():
        if not label:
            ax.text(0.01, place + 0.2, comparison, fontsize=12.5, weight="bold",
                    backgroundcolor="white", **beside)  # fmt: skip
    ax.axvline(0, color=INK, linewidth=1.2, zorder=0)
    note = f"broad: {kinds[0]}   narrow: {kinds[-1]}   right: posteriors over all priors held"
    ax.set_title(note, loc="left", fontsize=12, color=SOFT, style="italic")
    return ax.figure, ax


def plot_smallest_p(designs: pd.DataFrame, ax: Axes | None = None) -> Drawn:
    """The smallest p-value each design can give, however clear its outcome; empty above 0.05.

    `designs`: ``design`` and ``two_sided`` (smallest two-sided p).
    """
    words = "Smallest two-sided p that can come out (empty: above the line)"
    ax = start_rows(ax, designs.design, (10.5, 0.52, 2.0), ends=(1.1, 0.4), xlabel=words,
                    xscale="log", xlim=(designs.two_sided.min() / 2, 1))  # fmt: skip
    for place, p in enumerate(designs.two_sided):
        ax.plot([p, 1], [place, place], color=PALE, linewidth=5, zorder=0)
        ax.plot(p, place, "o", color=INK, markersize=12,
                markerfacecolor=INK if p <= LEVEL else "white")  # fmt: skip
        ax.text(1.15, place, f"{p:.3g}", va="center", fontsize=14)
    ax.axvline(LEVEL, color=INK, linewidth=1.4, linestyle="--")
    ax.text(LEVEL, -0.75, f"{LEVEL:g} ", ha="right", va="center", fontsize=14)
    ax.set_xticks([0.01, 0.1, 1], ["0.01", "0.1", "1"])
    return _say_simulated(ax, WORKED_OUT)


def plot_series(
    table: pd.DataFrame,
    x: str,
    y: str,
    note: str = SIMULATED,
    *,
    aim: tuple[float, str] | None = None,
    ours: tuple[float, str, float] | None = None,
    is_log: bool = True,
    ax: Axes | None = None,
    **axis: Any,
) -> Drawn:
    """What a method returns, from size to size: a line for each series.

    `table`: `x`, `y`, and, if there are any, ``series``, and ``low`` and ``high``: a bar at each
    mark. `note` is said above the axes. `aim`: where `y` should be, and the words for it at the
    right end; `ours`: the `x` of one's own study, the words for it, and their height. With `is_log`
    there is a tick at each value of `x`; `axis` is what `Axes.set` is to set.
    """
    ax = start(ax, 10.5, 6.2)
    groups = dict(list(table.groupby("series", sort=False))) if "series" in table else {"": table}
    for place, ((name, part), looks) in enumerate(zip(groups.items(), _SERIES)):
        at = part[x]
        if "low" in table:
            # Side by side: two series at one size would hide each other's bars.
            at = at * 1.07**place
            ax.vlines(at, part.low, part.high, color=SOFT, linewidth=2.2)
        ax.plot(at, part[y], color=INK, linewidth=1.8, markersize=10, markeredgewidth=1.5,
                label=name, **looks)  # fmt: skip
    if len(groups) > 1:
        ax.legend(fontsize=14, handlelength=3.2)
    if aim:
        _draw_aim(ax, *aim)
    if ours:
        ax.axvline(ours[0], color=SOFT, linewidth=1.4, linestyle="--", zorder=0)
        ax.text(ours[0], ours[2], f"  {ours[1]}", fontsize=13.5, va="center")
    if is_log:
        sizes = sorted(set(table[x]))
        ax.set(xscale="log", xlim=(sizes[0] * 0.85, sizes[-1] * 1.2))
        ax.set_xticks(sizes, [f"{size:g}" for size in sizes])
        ax.xaxis.minorticks_off()
    ax.set(**axis)
    return _say_simulated(ax, note)


def plot_false_alarms(tried: pd.DataFrame, ax: Axes | None = None) -> Drawn:
    """How often a test finds a difference between sites that is not there.

    `tried`: ``icc``, ``simulated_rejected`` (share), ``low`` and ``high``, its Monte Carlo error.
    """
    ax = start(ax, 10.5, 6.2)
    places, shares = range(len(tried)), 100 * tried.simulated_rejected
    ax.bar(places, shares, width=0.55, color=PALE, edgecolor=INK, hatch="//", linewidth=1.4)
    ax.vlines(places, 100 * tried.low, 100 * tried.high, color=INK, linewidth=2.4)
    for place, share in zip(places, shares):
        ax.text(place + 0.32, share + 0.4, f"{share:.0f}", fontsize=16, va="bottom")
    _draw_aim(ax, 100 * LEVEL, f"{100 * LEVEL:g}: as\npromised")
    ax.set(xlabel="Correlation of actors within a site", xticks=places,
           ylabel="Samples with a false finding (per cent)",
           xticklabels=[f"{icc:g}" for icc in tried.icc])  # fmt: skip
    return _say_simulated(ax, ERROR)


def _say_simulated(ax: Axes, note: str = SIMULATED) -> Drawn:
    """Words above the axes that say what this is, all words large."""
    ax.set_title(note, loc="left", fontsize=13, color=SOFT, style="italic")
    ax.tick_params(labelsize=14)
    for label in (ax.xaxis.label, ax.yaxis.label):
        label.set_fontsize(14)
    return ax.figure, ax


def _draw_aim(ax: Axes, height: float, words: str) -> None:
    """Where a quantity should be, said at the right end of the axes."""
    ax.axhline(height, color=INK, linewidth=1.4, linestyle=(0, (1, 2)), zorder=0)
    ax.text(1.01, height, words, transform=ax.get_yaxis_transform(), fontsize=13.5, va="center")
