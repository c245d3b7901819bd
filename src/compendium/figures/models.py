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
from matplotlib.patches import FancyBboxPatch, Rectangle

from compendium.figures.style import INK, PALE, SOFT

NOTE = "Reconstruction from the prose; the printed figure's image is missing"
# How a pair of weights stands: fill, mark.
RELATIONS = {"must": ("0.15", "must"), "may": ("0.8", "may"), "cannot": ("1.0", "cannot")}
READ_RELATIONS = (
    "Read from row to column: in the weightings that are left, the box of the row must (always),\n"
    "may (sometimes) or cannot (never) weigh more than the box of the column, ties apart."
)


def plot_factors(factors: pd.DataFrame, ax: Axes | None = None) -> tuple[Figure, Axes]:
    """Figure 4.1: five factors act on costs and benefits, which act on involvement.

    Parameters
    ----------
    factors : DataFrame
        ``label``, ``n_for`` and ``n_against`` (statements that it raises or lowers involvement).

    Notes
    -----
    The factors and the arrows are what section 4.3 says of the figure; the counts are ours, of
    statements, and no measure of strength.
    """
    if ax is None:
        _, ax = plt.subplots(figsize=(13, 6.6))
    ax.set(xlim=(0, 13), ylim=(len(factors) + 0.25, -1.35))
    ax.axis("off")
    ax.text(0, -1.3, "Figure 4.1. Factors that shape what actors weigh", fontsize=16, weight="bold",
            va="top")  # fmt: skip
    ax.text(0, -0.85, f"{NOTE}. Statements as coded by us", fontsize=12, style="italic",
            va="top", color=SOFT)  # fmt: skip
    middle = len(factors) / 2
    for place, row in enumerate(factors.itertuples()):
        counts = f"statements for: {row.n_for}, against: {row.n_against}"
        _box(ax, (0.05, place + 0.07), (5.1, 0.86), row.label, counts)
        _arrow(ax, (5.2, place + 0.5), (7.35, middle + (place + 0.5 - middle) * 0.25))
    _box(ax, (7.4, middle - 0.9), (2.2, 1.8), "Assessment of resource costs and benefits")
    _arrow(ax, (9.65, middle), (10.35, middle))
    _box(ax, (10.4, middle - 0.9), (2.5, 1.8), "Degree of involvement")
    return ax.figure, ax


def _box(
    ax: Axes, corner: tuple[float, float], size: tuple[float, float], words: str, below: str = ""
) -> None:
    """A rounded box with words in its middle, and smaller ones below them."""
    shape = FancyBboxPatch(corner, *size, boxstyle="round,pad=0,rounding_size=0.08")
    shape.set(facecolor=PALE, edgecolor=INK, linewidth=1.3)
    ax.add_patch(shape)
    text = "\n".join(textwrap.wrap(words, int(8.5 * size[0])))
    x, y = corner[0] + size[0] / 2, corner[1] + size[1] / 2
    lift = 0.17 if below else 0.0
    ax.text(x, y - lift, text, ha="center", va="center", fontsize=13, linespacing=1.3)
    ax.text(x, y + 0.2, below, ha="center", va="center", fontsize=11, color="0.25")


def _arrow(ax: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    style = {"arrowstyle": "-|>", "color": INK, "linewidth": 1.5, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", end, start, arrowprops=style)


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
