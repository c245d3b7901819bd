"""The figures of this study alone: what the works print or describe, redrawn under their numbers.

Most of the printed figures are images that the texts do not hold. What the prose names is drawn,
with the line it is named on where there is one; where a thing stands is our layout, and a broken
edge marks what is only described, implied or carried. A ring or an empty strip means "not said",
never "not so". Tidy frame in, figure and axes out, as in `compendium.figures`.
"""

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch, Rectangle

from compendium.figures.models import ERROR, SIMULATED, WORKED_OUT, plot_series
from compendium.figures.style import (
    CENTRED,
    DASHED,
    INK,
    PALE,
    RECONSTRUCTION,
    SOFT,
    Drawn,
    draw_arrow,
    hide_frame,
    start,
    start_rows,
    start_sheet,
    wrap,
)

LINKS = {
    "plus": {"linestyle": "-", "color": INK, "linewidth": 1.8},
    "minus": {"linestyle": DASHED, "color": INK, "linewidth": 1.8},
    "open": {"linestyle": (0, (1, 2)), "color": SOFT, "linewidth": 1.8},
}
# How a direction of a claimed pair stands in the table: filled, half, ring.
_NEEDS = {"as named": ("full", INK), "through members": ("left", INK), "no": ("none", SOFT)}
# Column and row of each cell of Box 2: integration yes or no across, domination no or yes down.
CELLS = {"Synergy": (0, 0), "Segregation": (1, 0), "Domination": (0, 1), "Breakdown": (1, 1)}
_HATCHES = ("//", "..", "\\\\")
STRIP, TOP = 0.2, 0.27
# What print says of a cell: how far along the strip it is marked, how, and what the mark means.
SAID = {
    "named": (0.7, "o", "area named in print"),
    "implied": (0.77, "D", "told, no area named"),
    "ideal": (0.85, "o", "hoped for"),
}


def plot_contributions(bars: pd.DataFrame, level: float, ax: Axes | None = None) -> Drawn:
    """Figures 1 and 2 of Elston and Fulop (2002): who contributed; a reconstruction.

    `bars`: ``label``, ``share`` (per cent of the sample; where it is missing the bar's height is
    not printed, and its place stays empty), ``low`` and ``high`` (per cent of the population),
    ``count`` and ``denominator``. `level`: confidence of the intervals.
    """
    # Seaborn brings scipy.stats along, a second in every kernel: only this figure pays for it.
    import seaborn as sns  # noqa: PLC0415

    ax = start(ax, 10, 0.56 * len(bars) + 1.7)
    sns.barplot(
        bars, x="share", y="label", order=bars.label, color=PALE, edgecolor=INK, linewidth=1, ax=ax
    )
    for place, bar in enumerate(bars.itertuples()):
        if pd.isna(bar.share):
            ax.barh(place, 100, 0.8, facecolor="none", edgecolor=SOFT, linestyle=DASHED, lw=1.2)
            ax.text(50, place, "height not printed in the text", style="italic", color=SOFT,
                    **CENTRED)  # fmt: skip
        else:
            ax.plot([bar.low, bar.high], [place, place], color=INK, linewidth=2.4)
            ax.vlines([bar.low, bar.high], place - 0.16, place + 0.16, color=INK, linewidth=2.4)
            ax.text(102, place, f"{bar.count} of {bar.denominator:.0f}", va="center", color=INK)
    ax.set(xlim=(0, 100), ylabel="", xlabel="Programmes with a contribution (per cent)")
    note = (
        f"Reconstruction from the printed counts. Lines: {level:.0%} interval for all authorities"
    )
    ax.set_title(note, loc="left", fontsize=12, style="italic", color=SOFT, pad=12, x=-0.34)
    ax.tick_params(axis="y", length=0, labelsize=13)
    return ax.figure, ax


def plot_shares(shares: pd.DataFrame, ax: Axes | None = None) -> Drawn:
    """Table 4.2's shares: what print says against what its rounding allows.

    `shares`: ``site``, ``share``, ``share_low``, ``share_high`` (recomputed, per cent) and
    ``printed_low``, ``printed_high`` (the band of numbers that round to the printed one).
    """
    words = "Additional funding as a share of the health authority's budget, 2001/02 (per cent)"
    ax = start_rows(ax, shares.site, (9, 0, 3.6), ends=(0.6, 0.5), fontsize=12,
                    xlim=(-0.07, 1.07), xlabel=words)  # fmt: skip
    places = range(len(shares))
    width = shares.printed_high - shares.printed_low
    drawn = {
        "rounds to the printed share": ax.barh(
            places, width, 0.56, shares.printed_low, facecolor="0.85", edgecolor=SOFT
        ),
        "recomputed: what the printed amounts leave open": ax.hlines(
            places, shares.share_low, shares.share_high, color=INK, linewidth=3
        ),
        "recomputed from the amounts": ax.plot(shares.share, places, "o", color=INK, ms=9)[0],
    }
    ax.legend(drawn.values(), drawn, loc="upper left", bbox_to_anchor=(0, 1.28), fontsize=10.5)
    return ax.figure, ax


def plot_life_expectancy(years: pd.DataFrame, ax: Axes | None = None) -> Drawn:
    """Appendix F: life expectancy at birth of each local authority, by site and sex.

    `years`: ``site``, ``sex`` (``men`` or ``women``) and ``years``; one row per local authority.
    """
    sites = list(dict.fromkeys(years.site))
    ax = start_rows(ax, sites, (9, 0, 3.8), ends=(0.5, 0.5), fontsize=12,
                    xlabel="Life expectancy at birth, 1999-2001 (years)")  # fmt: skip
    for sex, marker, fill, offset in (("men", "s", "white", -0.2), ("women", "o", INK, 0.14)):
        part = years[years.sex == sex]
        # Authorities with the same figure are drawn above one another, not one on the other.
        ties = part.groupby(["site", "years"]).cumcount() * 0.17
        ax.plot(part.years, part.site.map(sites.index) + offset + ties, marker, color=INK,
                markerfacecolor=fill, markersize=9,
                label=f"{sex}, one mark per local authority")  # fmt: skip
    ax.grid(axis="x", color="0.9")
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, fontsize=11)
    return ax.figure, ax


def plot_circulars(counts: pd.DataFrame, ax: Axes | None = None) -> Drawn:
    """Table 3.4: circulars by year, with the mean of each epoch.

    `counts`: ``year``, ``circulars`` and ``epoch``; one row a year.
    """
    ax = start(ax, 9, 4)
    ax.bar(counts.year, counts.circulars, color=PALE, edgecolor=INK, width=0.7)
    for _, part in counts.groupby("epoch", sort=False):
        mean = part.circulars.mean()
        ends = [part.year.min() - 0.45, part.year.max() + 0.45]
        ax.plot(ends, [mean, mean], color=INK, linewidth=2.2, linestyle=(0, (4, 2)))
        words = f"mean {mean:.0f} a year"
        ax.text(part.year.mean(), part.circulars.max() + 26, words, ha="center", color=SOFT)
        for row in part.itertuples():
            height = max(row.circulars, mean) + 4
            ax.text(row.year, height, f"{row.circulars}", ha="center", color=INK)
    ax.set(xlabel="Year", ylabel="Circulars and guidance", xlim=(1994.3, 2002.7), ylim=(0, 300))
    return ax.figure, ax


def plot_factors(factors: pd.DataFrame, ax: Axes | None = None) -> Drawn:
    """Figure 4.1: five factors act on costs and benefits, which act on involvement.

    The factors and the arrows are what section 4.3 says of the figure; the counts are ours, of
    statements, and no measure of strength.

    `factors`: ``label``, ``n_for`` and ``n_against`` (statements that it raises or lowers
    involvement).
    """
    ax = start_sheet(ax, (13, 6.6), (0, 13), (len(factors) + 0.25, -1.35))
    note = f"{RECONSTRUCTION}. Statements as coded by us"
    _head(ax, (0, -1.3), "Figure 4.1. Factors that shape what actors weigh", note, drop=0.45)
    middle = len(factors) / 2
    boxes = [((2.6, place + 0.5), (5.1, 0.86), row.label,
              f"statements for: {row.n_for}, against: {row.n_against}")
             for place, row in enumerate(factors.itertuples())]  # fmt: skip
    boxes += [((8.5, middle), (2.2, 1.8), "Assessment of resource costs and benefits", ""),
              ((11.65, middle), (2.5, 1.8), "Degree of involvement", "")]  # fmt: skip
    for (x, y), size, words, below in boxes:
        _frame(ax, (x, y), size, 0.08, facecolor=PALE, linewidth=1.3)
        ax.text(x, y - 0.17 * bool(below), wrap(words, int(8.5 * size[0])), fontsize=13,
                linespacing=1.3, **CENTRED)  # fmt: skip
        ax.text(x, y + 0.2, below, fontsize=11, color="0.25", **CENTRED)
    for place in range(len(factors)):
        draw_arrow(ax, (5.2, place + 0.5), (7.35, middle + (place + 0.5 - middle) * 0.25))
    draw_arrow(ax, (9.65, middle), (10.35, middle))
    return ax.figure, ax


def plot_claims(claims: pd.DataFrame, ax: Axes | None = None) -> Drawn:
    """What Table 4.5 holds of each pair said to need each other: a mark for each direction.

    `claims`: ``first``, ``second`` (as to be drawn), ``lines``, ``first_needs`` and
    ``second_needs``: ``as named`` (filled), ``through members`` (half) or ``no`` (ring).
    """
    words = "Table 4.5 prints it: filled, as named; half, only of a part; ring, not at all"
    ax = start_rows(ax, claims["first"] + " and " + claims.second, (12, 0.68, 1.9),
                    xlim=(-0.4, 2.5), xlabel=words)  # fmt: skip
    for place, row in enumerate(claims.itertuples()):
        for x, needs in enumerate((row.first_needs, row.second_needs)):
            fill, ink = _NEEDS[needs]
            ax.plot(x, place, "o", markersize=19, fillstyle=fill, color=ink, markeredgewidth=1.8,
                    markerfacecoloralt="white")  # fmt: skip
        ax.text(2, place, row.lines.replace(" ", ", "), fontsize=13, **CENTRED)
    heads = ["the first needs\nthe second", "the second needs\nthe first",
             "said to be\nmutual (line)"]  # fmt: skip
    ax.set_xticks(range(3), heads, fontsize=13)
    ax.xaxis.tick_top()
    hide_frame(ax)
    return ax.figure, ax


def plot_bases(sizes: pd.DataFrame, unit: str, ax: Axes | None = None) -> Drawn:
    """How big each body is by the printed numbers, beside the base it is said to have.

    `sizes`: ``label``, ``base`` (``large`` or ``small``), ``low`` and ``high``, above 0, in `unit`.
    """
    least, largest = sizes.low.min() / 2, sizes[sizes.base == "small"].high.max()
    words = f"{unit}, logarithmic; grey: up to the largest of those said to be small"
    ax = start_rows(ax, sizes.label, (10.5, 0.5, 1.7), xscale="log", xlabel=words,
                    xlim=(least, sizes.high.max() * 2))  # fmt: skip
    for base, fill in (("large", INK), ("small", "white")):
        places = np.flatnonzero(sizes.base == base)
        ends = sizes[["low", "high"]].to_numpy()[places].T
        lines = ax.plot(ends, [places, places], "o-", color=INK, markerfacecolor=fill,
                        markersize=10, linewidth=2)  # fmt: skip
        plt.setp(lines[:1], label=f"said to be {base}")
    ax.axvline(largest, color=SOFT, linewidth=1.4, linestyle=DASHED, zorder=0)
    ax.axvspan(least, largest, color=PALE, alpha=0.35, zorder=-1, linewidth=0)
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:,g}")
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2, fontsize=12)
    return ax.figure, ax


def plot_process(
    nodes: pd.DataFrame, edges: pd.DataFrame, gate: str, ax: Axes | None = None
) -> Drawn:
    """Figure 6.1: the routes to incremental and to radical synergy; a reconstruction.

    `nodes`: ``node``, ``part``, ``layer``, ``row`` and ``n`` (statements by our coding). `edges`:
    ``from``, ``to``, ``relation``, ``basis`` and ``line``; an implied arrow is broken: the text
    does not say that the figure draws it. `gate`, the node that the rule turns on, is dark.
    """
    spots = _place_parts(nodes)
    layers, low = nodes.layer.max() + 1, max(y for _, y in spots.values()) + 0.95
    ax = start_sheet(ax, (2.4 * layers, 1.05 * (low + 1.6)), (-0.45, layers - 0.55), (low, -1.6))
    note = "Reconstruction from the prose, own layout; number beside an arrow: line of the thesis"
    _head(ax, (-0.42, -1.55), "Figure 6.1. Two routes to synergy", note, drop=0.45)
    for row in edges.rename(columns={"from": "start", "to": "end"}).itertuples():
        words = f"{row.line}" if row.relation == "leads-to" else f"{row.relation}\n{row.line}"
        dashes = {"stated": "-", "implied": (0, (5, 3))}[row.basis]
        _link(ax, spots[row.start], spots[row.end], words, dashes)
    for n in nodes.itertuples():
        x, y = spots[n.node]
        fill = INK if n.node == gate else ("white" if n.node in set(edges["from"]) else PALE)
        ink = "white" if fill == INK else INK
        _frame(ax, (x, y), (WIDE, TALL), 0.06, facecolor=fill, linewidth=1.4)
        words = wrap(n.node.replace("-", " ").replace("co ord", "co-ord"), 13)
        ax.text(x, y - 0.09, words, fontsize=13.5, color=ink, linespacing=1.1, **CENTRED)
        ax.text(x, y + 0.22, f"statements: {n.n}", fontsize=11, color=ink, **CENTRED)
    foot = (
        "Dark: the rule turns on it.  Grey: nothing leads on.  Broken arrow: implied, not stated."
    )
    ax.text(-0.42, low - 0.05, foot, fontsize=12.5, va="bottom", color=INK)
    return ax.figure, ax


# A box of the process; layers and rows are 1 apart.
WIDE, TALL = 0.66, 0.62


def _place_parts(nodes: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """Where each node stands: its layer, and how far down; the parts one below the other."""
    spots: dict[str, tuple[float, float]] = {}
    top = 0.0
    for _, part in nodes.groupby("part"):
        heights = top + part.row - part.row.min()
        spots |= dict(zip(part.node, zip(part.layer, heights)))
        top += part.row.max() - part.row.min() + 1.75
    return spots


def _link(
    ax: Axes, start: tuple[float, float], end: tuple[float, float], words: str, dashes: Any
) -> None:
    """An arrow from the right of one box to the left of another, with words at its middle."""
    (x, y), (u, v) = (start[0] + WIDE / 2, start[1]), (end[0] - WIDE / 2, end[1])
    # An arrow past other layers ends a little lower than the one that comes by way of them.
    v += 0.17 * (end[0] - start[0] > 1)
    draw_arrow(ax, (x, y), (u, v), linewidth=1.6, linestyle=dashes, mutation_scale=16)
    # Two lines of words would hide a short arrow: they stand on its outer side.
    aside = 0.0 if "\n" not in words else (0.27 if v > y else -0.27)
    behind = {"facecolor": "none" if aside else "white", "edgecolor": "none",
              "pad": 0.0 if aside else 0.8}  # fmt: skip
    middle = ((x + u) / 2, (y + v) / 2 + aside)
    ax.text(*middle, words, fontsize=11, color=INK, bbox=behind, **CENTRED)


def plot_themes(themes: pd.DataFrame, ax: Axes | None = None) -> Drawn:
    """What is said to further the process and what to hinder it, theme by theme.

    `themes`: ``theme``, ``n_for``, ``n_against`` and ``n_neither``, in the order to be drawn.
    """
    reach = themes[["n_for", "n_against"]].max(axis=None)
    words = "Our coded statements: hindering or lacking | furthering"
    ax = start_rows(ax, themes.theme, (10.5, 0.52, 1.9), xticks=[], xlabel=words,
                    xlim=(-reach * 0.75, reach * 1.35))  # fmt: skip
    ax.barh(range(len(themes)), -themes.n_against, height=0.66, color=SOFT, edgecolor=INK)
    ax.barh(range(len(themes)), themes.n_for, height=0.66, color="white", edgecolor=INK)
    for place, row in enumerate(themes.itertuples()):
        ax.text(-row.n_against - 0.6, place, f"{row.n_against}", ha="right", va="center")
        more = f"  ({row.n_neither} neither)" if row.n_neither else ""
        ax.text(row.n_for + 0.6, place, f"{row.n_for}{more}", ha="left", va="center")
    ax.axvline(0, color=INK, linewidth=1.2)
    hide_frame(ax)
    return ax.figure, ax


def plot_framework(
    elements: pd.DataFrame, head: str, note: str = RECONSTRUCTION, ax: Axes | None = None
) -> Drawn:
    """The elements of a framework, a column of boxes for each group.

    `elements`: ``group`` (in the order of the columns), ``label`` (our words) and ``stated`` (bool:
    the text says that the figure shows it). `head`, `note`: what it is, what kind of drawing.
    """
    groups = dict(list(elements.groupby("group", sort=False)))
    tallest = max(map(len, groups.values()))
    size = (max(3.1 * len(groups), 8.5), 0.92 * tallest + 1.9)
    ax = start_sheet(ax, size, (0, len(groups)), (tallest + 0.2, -1.35))
    _head(ax, (0, -1.3), head, note, drop=0.48)
    for x, (group, rows) in enumerate(groups.items()):
        ax.text(x + 0.48, -0.12, group.replace("-", " "), fontsize=13, color=INK, **CENTRED)
        for y, row in enumerate(rows.itertuples()):
            edge = "-" if row.stated else DASHED
            _frame(ax, (x + 0.48, y + 0.51), (0.88, 0.7), 0.03, linewidth=1.2, linestyle=edge,
                   facecolor=PALE if row.stated else "white")  # fmt: skip
            ax.text(x + 0.48, y + 0.51, wrap(row.label, 27), fontsize=10.5, **CENTRED)
    return ax.figure, ax


def plot_signed_links(links: pd.DataFrame, head: str, ax: Axes | None = None) -> Drawn:
    """What is said to raise or lower what: causes on the left, what they act on to the right.

    `links`: ``from``, ``to``, ``sign`` (``plus``, ``minus`` or ``open``); one row per link.
    """
    causes, effects = links["from"].unique(), links["to"].unique()
    rows = max(len(causes), len(effects))
    ax = start_sheet(ax, (11.5, 0.62 * rows + 1.9), (0, 10), (rows - 0.3, -2.2))
    _head(ax, (0, -2.1), head, RECONSTRUCTION, drop=0.65)
    heights = {}
    for names, x, align in ((causes, 3.25, "right"), (effects, 6.75, "left")):
        for name, y in zip(names, np.linspace(0, rows - 1, len(names))):
            heights[name, align] = y
            ax.text(x, y, name.replace("-", " "), ha=align, va="center", fontsize=12.5, color=INK)
    for cause, effect, sign in links[["from", "to", "sign"]].itertuples(index=False):
        ends = (3.35, heights[cause, "right"]), (6.65, heights[effect, "left"])
        draw_arrow(ax, *ends, shrinkA=2, shrinkB=2, **LINKS[sign])
    for sign, words in (("plus", "raises"), ("minus", "lowers"), ("open", "shapes")):
        ax.plot([], [], label=words, **LINKS[sign])
    ax.legend(loc="upper right", ncols=3, fontsize=12, bbox_to_anchor=(1.0, 0.98))
    return ax.figure, ax


def _head(ax: Axes, spot: tuple[float, float], head: str, note: str, *, drop: float) -> None:
    """What a drawing is, and so far below it what kind of drawing."""
    x, y = spot
    ax.text(x, y, head, fontsize=16, weight="bold", va="top", color=INK)
    ax.text(x, y + drop, note, fontsize=12, style="italic", va="top", color=SOFT)


def _frame(
    ax: Axes, middle: tuple[float, float], size: tuple[float, float], corner: float, **looks: Any
) -> None:
    """A box with round corners about its middle."""
    (x, y), (width, height) = middle, size
    shape = FancyBboxPatch((x - width / 2, y - height / 2), width, height, edgecolor=INK,
                           boxstyle=f"round,pad=0,rounding_size={corner}", **looks)  # fmt: skip
    ax.add_patch(shape)


def plot_regions(marks: pd.DataFrame, chosen: str, ax: Axes | None = None) -> Drawn:
    """The 2 x 2 of Box 2 with each company's region hatched, the chosen one strong.

    Each cell holds a strip for each company: filled where some voice admits the cell, empty where
    none does. `marks` are those of `cultures.mark_cells`.
    """
    ax = start_sheet(ax, (13, 8.4), (-0.52, 2.02), (2.42, -0.34))
    for number, (cell, (x, y)) in enumerate(CELLS.items(), start=1):
        ax.add_patch(Rectangle((x, y), 1, 1, facecolor="none", edgecolor=INK, linewidth=2))
        ax.text(x + 0.04, y + 0.07, f"{number}  {cell}", fontsize=20, weight="bold", va="top",
                color=INK)  # fmt: skip
    for place, site in enumerate(marks.site.unique()):
        for mark in marks[marks.site == site].itertuples():
            _strip(ax, mark, place, strong=site == chosen)
    ax.text(1, -0.27, "Are the cultures integrated?", fontsize=17, **CENTRED)
    ax.text(-0.5, 1, "Does\none\ndominate?", ha="left", va="center", fontsize=17)
    for place, (across, down) in enumerate((("yes", "no"), ("no", "yes"))):
        ax.text(place + 0.5, -0.1, across, fontsize=17, weight="bold", **CENTRED)
        ax.text(-0.07, place + 0.5, down, ha="right", va="center", fontsize=17, weight="bold")
    for x, (name, (_, _, meaning)) in zip((0.03, 0.77, 1.5), SAID.items()):
        _dot(ax, name, x, 2.1)
        ax.text(x + 0.05, 2.1, meaning, va="center", fontsize=15)
    note = (
        "Hatched: some voice admits the cell; empty: none does.\n"
        "Box 2 of Mannion et al. (2011) redrawn; regions coded by us from the prose"
    )
    ax.text(0, 2.2, note, va="top", fontsize=13, style="italic", color=SOFT)
    return ax.figure, ax


def _strip(ax: Axes, mark: Any, place: int, *, strong: bool) -> None:
    """One company's strip in one cell: its fill, its name and its marks."""
    column, row = CELLS[mark.cell]
    x, y = column + 0.04, row + TOP + place * (STRIP + 0.03)
    words, ink = mark.site, INK
    looks = {"facecolor": "none", "edgecolor": "0.75", "linewidth": 1}
    if mark.by_grid or mark.by_process:
        looks = {"facecolor": "0.6" if strong else "0.95", "hatch": _HATCHES[place % len(_HATCHES)],
                 "edgecolor": INK, "linewidth": 2.4 if strong else 1.2}  # fmt: skip
        if mark.by_grid != mark.by_process:
            words += f" (by the {'grid' if mark.by_grid else 'process'} only)"
            looks |= {"facecolor": "white", "linestyle": (0, (4, 2)), "hatch": None}
    else:
        ink = "0.65"
    ax.add_patch(Rectangle((x, y), 0.92, STRIP, gid=f"{mark.site} {mark.cell}", **looks))
    ax.text(x + 0.03, y + STRIP / 2, words, va="center", fontsize=16, color=ink,
            weight="bold" if strong else "normal",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 2.5})  # fmt: skip
    for name, (along, _, _) in SAID.items():
        if getattr(mark, name):
            _dot(ax, name, x + along, y + STRIP / 2, gid=f"{mark.site} {mark.cell} {name}")


def _dot(ax: Axes, name: str, x: float, y: float, gid: str | None = None) -> None:
    """A mark with a white rim, to be seen on any ground."""
    marker = SAID[name][1]
    ax.plot(x, y, marker, markersize=19, color="white")
    ax.plot(x, y, marker, markersize=14, markerfacecolor="white" if name == "ideal" else INK,
            markeredgecolor=INK, markeredgewidth=2.2, gid=gid)  # fmt: skip


_ALIKE = "correlation in sites {:g}".format


def plot_power(power: pd.DataFrame, ours: int, ax: Axes | None = None) -> Drawn:
    """How often the exact test of a rank correlation finds one that is there.

    `power`: ``n``, ``tau`` (the true one), ``simulated_power`` (share). We have `ours` units.
    """
    series = power.tau.map("true tau {:g}".format)
    drawn = power.assign(found=100 * power.simulated_power, series=series)
    return plot_series(drawn, "n", "found", aim=(80, "80: the aim"), is_log=False, ax=ax,
                       ours=(ours, f"our {ours} units", 2), xticks=sorted(set(power.n))[::2],
                       xlabel="Units ranked", ylim=(-3, 103),
                       ylabel="Samples in which it is found (per cent)")  # fmt: skip


# What a trial of regressions measures: axis, where it should be, and by what to multiply.
TRIALS = {
    "simulated_refused": ("Samples refused: separated (per cent)", 0.0, 100),
    "simulated_bias": ("Mean slope found minus true slope (log odds)", 0.0, 1),
    "simulated_coverage": ("Intervals that hold the true slope (per cent)", 95.0, 100),
}


def plot_trial(tried: pd.DataFrame, quantity: str, ax: Axes | None = None) -> Drawn:
    """One of `TRIALS` against the number of actors, a line for each correlation in sites.

    `tried`: ``n_actors``, ``icc``, the quantity, and ``low`` and ``high``, its Monte Carlo error.
    """
    words, aim, scale = TRIALS[quantity]
    drawn = tried[["n_actors", quantity, "low", "high"]].assign(series=tried.icc.map(_ALIKE))
    drawn[[quantity, "low", "high"]] *= scale
    return plot_series(drawn, "n_actors", quantity, ERROR, aim=(aim, f"{aim:g}"), ax=ax,
                       xlabel="Actors in the sample", ylabel=words)  # fmt: skip


def plot_widths(widths: pd.DataFrame, ours: int, ax: Axes | None = None) -> Drawn:
    """How much cases whose leans and side are known leave open of each weight.

    `widths`: ``n_cases``, ``box``, ``simulated_width`` (per box, 0 to 1). We have `ours` cases.
    """
    sizes = 100 * widths.groupby("n_cases").simulated_width.agg(["mean", "min", "max"])
    drawn = sizes.set_axis(["mean", "low", "high"], axis=1).reset_index()
    words = {"xlabel": "Cases with known leans and side",
             "ylabel": "Width of a weight's range (per cent of all weight)"}  # fmt: skip
    figure, ax = plot_series(drawn, "n_cases", "mean", f"{SIMULATED}. Bars: from box to box",
                             ours=(ours, f"our {ours} cases", 4), ylim=(0, 108), ax=ax,
                             **words)  # fmt: skip
    for row in drawn.itertuples():
        ax.text(row.n_cases * 1.05, row.mean + 1, f"{row.mean:.0f}", fontsize=15, va="bottom")
    return figure, ax


def plot_actors_needed(needed: pd.DataFrame, ours: int, ax: Axes | None = None) -> Drawn:
    """Actors a study would need to find an odds ratio, by how alike the actors of a site are.

    `needed`: ``odds_ratio``, ``icc``, ``actors``. We have `ours` actors at most.
    """
    drawn = needed.assign(series=needed.icc.map(_ALIKE))
    figure, ax = plot_series(drawn, "odds_ratio", "actors", WORKED_OUT, yscale="log", ax=ax,
                             aim=(ours, f"{ours}: ours\nat most"), ylabel="Actors needed",
                             xlabel="True odds ratio between two groups")  # fmt: skip
    ticks = [20, 50, 100, 200, 500, 1000]
    ax.set_yticks(ticks, [f"{tick}" for tick in ticks])
    ax.yaxis.minorticks_off()
    return figure, ax
