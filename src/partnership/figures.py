"""The figures of this study alone: what the works print or describe, redrawn under their numbers.

Most of the printed figures are images that the texts do not hold. What the prose names is drawn,
with the line it is named on where there is one; where a thing stands is our layout, and a broken
edge marks what is only described, implied or carried. A ring or an empty strip means "not said",
never "not so". Tidy frame in, figure and axes out, as in `compendium.figures`; what a figure is
called, what to see in it and what it shows is in the TOML beside, with places for what is found.
"""

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from compendium.figures.frameworks import draw_frame, spell
from compendium.figures.models import ERROR, SIMULATED, WORKED_OUT, plot_series
from compendium.figures.style import (
    CENTRED,
    DASHED,
    INK,
    LARGE,
    PALE,
    PLAIN,
    SMALL,
    SOFT,
    Drawn,
    draw_arrow,
    each,
    hide_frame,
    listed,
    say,
    start,
    start_rows,
    start_sheet,
    wrap,
)
from partnership import read_beside

_WORDS = read_beside(__file__)
TRIALS, SAID = _WORDS["trials"], _WORDS["said"]
# How a direction of a claimed pair stands in the table: filled, half, ring.
_NEEDS = {"as named": ("full", INK), "through members": ("left", INK), "no": ("none", SOFT)}
# Column and row of each cell of Box 2: integration yes or no across, domination no or yes down.
CELLS = {"Synergy": (0, 0), "Segregation": (1, 0), "Domination": (0, 1), "Breakdown": (1, 1)}
_HATCHES = ("//", "..", "\\\\")
STRIP, TOP = 0.2, 0.27


def _say(ax: Axes, figure: str, **found: Any) -> Drawn:
    """Give a figure its words, with what was found in it filled in."""
    return say(ax, **{part: words.format(**found) for part, words in _WORDS[figure].items()})


def plot_contributions(bars: pd.DataFrame, level: float, ax: Axes | None = None) -> Drawn:
    """Figures 1 and 2 of Elston and Fulop (2002): who contributed; a reconstruction.

    `bars`: ``label``, ``share`` (per cent of the sample; where it is missing the bar's height is
    not printed, and its place stays empty), ``low`` and ``high`` (per cent of the population),
    ``count`` and ``denominator``. `level`: confidence of the intervals.
    """
    # Seaborn brings scipy.stats along, a second in every kernel: only this figure pays for it.
    import seaborn as sns  # noqa: PLC0415

    ax = start(ax, 12, 0.56 * len(bars) + 1.4)
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
            ax.text(102, place, f"{bar.count:.0f} of {bar.denominator:.0f}", va="center", color=INK)
    ax.set(xlim=(0, 100), ylabel="", xlabel="Programmes with a contribution (per cent)")
    ax.tick_params(axis="y", length=0)
    held = bars.dropna(subset="share")
    said = each(held, "{label}: {share:.0f}")
    return _say(ax, "contributions", top=held.iloc[0], last=held.iloc[-1], level=level, said=said)


def plot_shares(shares: pd.DataFrame, ax: Axes | None = None) -> Drawn:
    """Table 4.2's shares: what print says against what its rounding allows.

    `shares`: ``site``, ``share``, ``share_low``, ``share_high`` (recomputed, per cent) and
    ``printed_low``, ``printed_high`` (the band of numbers that round to the printed one).
    """
    words = "Additional funding as a share of the health authority's budget, 2001/02 (per cent)"
    ax = start_rows(ax, shares.site, (12, 0, 4.6), ends=(0.6, 0.5),
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
    ax.legend(drawn.values(), drawn, loc="lower left", bbox_to_anchor=(0, 1.0), fontsize=PLAIN)
    apart = (shares.share_low > shares.printed_high) | (shares.share_high < shares.printed_low)
    out = (shares.share > shares.printed_high) | (shares.share < shares.printed_low)
    said = each(shares, "{site}: {share:.3f}, printed {printed_low:.3g} to {printed_high:.3g}")
    out, apart = listed(shares.site[out]), listed(shares.site[apart], "no site")
    return _say(ax, "shares", out=out, apart=apart, said=said)


def plot_life_expectancy(years: pd.DataFrame, ax: Axes | None = None) -> Drawn:
    """Appendix F: life expectancy at birth of each local authority, by site and sex.

    `years`: ``site``, ``sex`` (``men`` or ``women``) and ``years``; one row per local authority.
    """
    sites = list(dict.fromkeys(years.site))
    ax = start_rows(ax, sites, (12, 0, 4.6), ends=(0.5, 0.5),
                    xlabel="Life expectancy at birth, 1999-2001 (years)")  # fmt: skip
    for sex, marker, fill, offset in (("men", "s", "white", -0.2), ("women", "o", INK, 0.14)):
        part = years[years.sex == sex]
        # Authorities with the same figure are drawn above one another, not one on the other.
        ties = part.groupby(["site", "years"]).cumcount() * 0.17
        ax.plot(part.years, part.site.map(sites.index) + offset + ties, marker, color=INK,
                markerfacecolor=fill, markersize=9,
                label=f"{sex}, one mark per local authority")  # fmt: skip
    ax.grid(axis="x", color="0.9")
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, fontsize=PLAIN)
    spread = years.groupby(["sex", "site"]).years.agg(["min", "max"])
    men, women = (spread.loc[sex] for sex in ("men", "women"))
    return _say(
        ax,
        "life_expectancy",
        longest=(men["max"].idxmax(), men["max"].max()),
        shortest=(men["min"].idxmin(), men["min"].min()),
        women=(women["min"].min(), women["max"].max()),
        said=each(spread.reset_index(), "{site}, {sex}: {min:g} to {max:g}"),
    )


def plot_circulars(counts: pd.DataFrame, ax: Axes | None = None) -> Drawn:
    """Table 3.4: circulars by year, with the mean of each epoch.

    `counts`: ``year``, ``circulars`` and ``epoch``; one row a year.
    """
    ax = start(ax, 12, 5)
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
    means = counts.groupby("epoch", sort=False).circulars.mean()
    most = counts.set_index("year").circulars
    return _say(
        ax,
        "circulars",
        most=(most.max(), most.idxmax()),
        least=(most.min(), most.idxmin()),
        means=listed(f"{mean:.0f}" for mean in means),
        said="; ".join(f"{year}: {number}" for year, number in most.items()),
    )


def plot_factors(factors: pd.DataFrame, ax: Axes | None = None) -> Drawn:
    """Figure 4.1: five factors act on costs and benefits, which act on involvement.

    The factors and the arrows are what section 4.3 says of the figure; the counts are ours, of
    statements, and no measure of strength.

    `factors`: ``label``, ``n_for`` and ``n_against`` (statements that it raises or lowers
    involvement).
    """
    ax = start_sheet(ax, (13.3, 6.4), (0, 13), (len(factors) + 0.1, -0.1))
    middle = len(factors) / 2
    boxes = [((2.6, place + 0.5), (5.1, 0.86), row.label,
              f"statements for: {row.n_for}, against: {row.n_against}")
             for place, row in enumerate(factors.itertuples())]  # fmt: skip
    boxes += [((8.5, middle), (2.2, 1.8), "Assessment of resource costs and benefits", ""),
              ((11.65, middle), (2.5, 1.8), "Degree of involvement", "")]  # fmt: skip
    for (x, y), size, words, below in boxes:
        draw_frame(ax, (x, y), size, 0.08, facecolor=PALE, linewidth=1.3)
        ax.text(x, y - 0.17 * bool(below), wrap(words, int(7.4 * size[0])), fontsize=PLAIN,
                linespacing=1.1, **CENTRED)  # fmt: skip
        ax.text(x, y + 0.24, below, fontsize=SMALL, color="0.25", **CENTRED)
    for place in range(len(factors)):
        draw_arrow(ax, (5.2, place + 0.5), (7.35, middle + (place + 0.5 - middle) * 0.25))
    draw_arrow(ax, (9.65, middle), (10.35, middle))
    hinder = factors[factors.n_against > factors.n_for].label.str.lower()
    said = each(factors, "{label}: {n_for} for, {n_against} against")
    return _say(ax, "factors", hinder=listed(hinder), said=said)


def plot_claims(claims: pd.DataFrame, ax: Axes | None = None) -> Drawn:
    """What Table 4.5 holds of each pair said to need each other: a mark for each direction.

    `claims`: ``first``, ``second`` (as to be drawn), ``lines``, ``first_needs`` and
    ``second_needs``: ``as named`` (filled), ``through members`` (half) or ``no`` (ring).
    """
    words = "Table 4.5 prints it: filled, as named; half, only of a part; ring, not at all"
    ax = start_rows(ax, claims["first"] + " and " + claims.second, (13, 0.6, 1.7),
                    xlim=(-0.4, 2.5), xlabel=words)  # fmt: skip
    for place, row in enumerate(claims.itertuples()):
        for x, needs in enumerate((row.first_needs, row.second_needs)):
            fill, ink = _NEEDS[needs]
            ax.plot(x, place, "o", markersize=19, fillstyle=fill, color=ink, markeredgewidth=1.8,
                    markerfacecoloralt="white")  # fmt: skip
        ax.text(2, place, row.lines.replace(" ", ", "), fontsize=PLAIN, **CENTRED)
    heads = ["the first needs\nthe second", "the second needs\nthe first",
             "said to be\nmutual (line)"]  # fmt: skip
    ax.set_xticks(range(3), heads)
    ax.xaxis.tick_top()
    hide_frame(ax)
    both = claims[claims[["first_needs", "second_needs"]].ne("no").all(axis=1)]
    named = both[both[["first_needs", "second_needs"]].eq("as named").all(axis=1)]
    return _say(
        ax,
        "claims",
        n=(len(claims), len(named), len(both) - len(named)),
        named=listed(named["first"] + " and " + named.second),
        said=each(claims, "{first} needs {second}: {first_needs}, and back: {second_needs}"),
    )


def plot_bases(sizes: pd.DataFrame, unit: str, ax: Axes | None = None) -> Drawn:
    """How big each body is by the printed numbers, beside the base it is said to have.

    `sizes`: ``label``, ``base`` (``large`` or ``small``), ``low`` and ``high``, above 0, in `unit`.
    """
    least, largest = sizes.low.min() / 2, sizes[sizes.base == "small"].high.max()
    words = f"{unit}, logarithmic; grey: up to the largest of those said to be small"
    ax = start_rows(ax, sizes.label, (12.5, 0.44, 1.7), xscale="log", xlabel=words,
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
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2, fontsize=PLAIN)
    within = sizes[(sizes.base == "large") & (sizes.low <= largest)].label
    said = "; ".join(
        f"{r.label}, {r.base}: {r.low:,g}" + (f" to {r.high:,g}" if r.high > r.low else "")
        for r in sizes.itertuples()
    )
    return _say(ax, "bases", within=listed(within), unit=unit, said=said)


def plot_process(
    nodes: pd.DataFrame, edges: pd.DataFrame, gate: str, ax: Axes | None = None
) -> Drawn:
    """Figure 6.1: the routes to incremental and to radical synergy; a reconstruction.

    `nodes`: ``node``, ``part``, ``layer``, ``row`` and ``n`` (statements by our coding). `edges`:
    ``from``, ``to``, ``relation``, ``basis`` and ``line``; an implied arrow is broken: the text
    does not say that the figure draws it. `gate`, the node that the rule turns on, is dark.
    """
    spots = _place_parts(nodes)
    layers, low = nodes.layer.max() + 1, max(y for _, y in spots.values()) + 0.85
    ax = start_sheet(ax, (13.3, 7.4), (-0.48, layers - 0.52), (low, -1.35))
    for row in edges.rename(columns={"from": "start", "to": "end"}).itertuples():
        words = "" if row.relation == "leads-to" else row.relation
        dashes = {"stated": "-", "implied": (0, (5, 3))}[row.basis]
        _link(ax, spots[row.start], spots[row.end], words, dashes)
    ends = nodes[~nodes.node.isin(edges["from"])]
    for n in nodes.itertuples():
        x, y = spots[n.node]
        fill = INK if n.node == gate else ("white" if n.node in set(edges["from"]) else PALE)
        ink = "white" if fill == INK else INK
        draw_frame(ax, (x, y), (WIDE, TALL), 0.06, facecolor=fill, linewidth=1.4)
        words = wrap(spell(n.node), 13)
        ax.text(x, y - 0.12, words, fontsize=SMALL, color=ink, linespacing=1.0, **CENTRED)
        ax.text(x, y + 0.25, f"{n.n} statements", fontsize=SMALL, color=ink, style="italic",
                **CENTRED)  # fmt: skip
    for part, rows in nodes.groupby("part"):
        top = min(spots[node][1] for node in rows.node) - 0.75
        goals = listed(spell(node) for node in ends[ends.part == part].node[::-1])
        ax.text(
            -0.42, top, f"Route {part + 1}: to {goals}", fontsize=15, weight="bold", va="bottom"
        )
    ax.text(-0.42, low - 0.05, _FOOT, fontsize=SMALL, va="bottom", color=INK)
    first, second = (listed(map(spell, part.node)) for _, part in ends.groupby("part"))
    said = "; ".join(
        f"{spell(a)} {how.replace('-', ' ')} {spell(b)}"
        for a, b, how in edges[["from", "to", "relation"]].itertuples(index=False)
    )
    return _say(ax, "process", first=first, second=second, gate=spell(gate), said=said)


_FOOT = "Dark: the rule turns on it.  Grey: nothing leads on.  Broken arrow: implied, not stated."
# A box of the process; layers and rows are 1 apart.
WIDE, TALL = 0.69, 0.82


def _place_parts(nodes: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """Where each node stands: its layer, and how far down; the parts one below the other."""
    spots: dict[str, tuple[float, float]] = {}
    top = 0.0
    for _, part in nodes.groupby("part"):
        heights = top + part.row - part.row.min()
        spots |= dict(zip(part.node, zip(part.layer, heights)))
        top += part.row.max() - part.row.min() + 1.9
    return spots


def _link(
    ax: Axes, start: tuple[float, float], end: tuple[float, float], words: str, dashes: Any
) -> None:
    """An arrow from the right of one box to the left of another, with words at its middle."""
    (x, y), (u, v) = (start[0] + WIDE / 2, start[1]), (end[0] - WIDE / 2, end[1])
    # An arrow past other layers ends a little lower than the one that comes by way of them.
    v += 0.17 * (end[0] - start[0] > 1)
    draw_arrow(ax, (x, y), (u, v), linewidth=1.6, linestyle=dashes, mutation_scale=16)
    if words:
        # The gap is narrower than a word: above both boxes, or beside the one that is off the row.
        level = v == y
        spot = ((x + u) / 2, y - TALL / 2 - 0.12) if level else (u - 0.03, v + 0.14 * (v - y))
        align = CENTRED if level else CENTRED | {"ha": "right"}
        ax.text(*spot, words, fontsize=SMALL, color=INK, **align)


def plot_regions(marks: pd.DataFrame, chosen: str, ax: Axes | None = None) -> Drawn:
    """The 2 x 2 of Box 2 with each company's region hatched, the chosen one strong.

    Each cell holds a strip for each company: filled where some voice admits the cell, empty where
    none does. `marks` are those of `cultures.mark_cells`.
    """
    ax = start_sheet(ax, (13, 7.5), (-0.52, 2.02), (2.2, -0.34))
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
    mine = marks[marks.site == chosen]
    admitted = listed(mine[mine.by_grid | mine.by_process].cell)
    said = "; ".join(
        f"{site}: {listed(part.cell[part.by_grid | part.by_process])}"
        for site, part in marks.groupby("site", sort=False)
    )
    return _say(ax, "regions", chosen=chosen, admitted=admitted, said=said)


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


_ALIKE = "correlation within a site {:g}".format


def plot_power(power: pd.DataFrame, ours: int, ax: Axes | None = None) -> Drawn:
    """How often the exact test of a rank correlation finds one that is there.

    `power`: ``n``, ``tau`` (the true one), ``simulated_power`` (share). We have `ours` units.
    """
    series = power.tau.map("true tau {:g}".format)
    drawn = power.assign(found=100 * power.simulated_power, series=series)
    return plot_series(drawn, "n", "found", aim=(80, "80: the aim"), is_log=False, ax=ax,
                       ours=(ours, f"our {ours} units", 2), xticks=sorted(set(power.n))[::2],
                       ylim=(-3, 103), **_WORDS["power"])  # fmt: skip


def plot_trial(tried: pd.DataFrame, quantity: str, ax: Axes | None = None) -> Drawn:
    """One of `TRIALS` against the number of actors, a line for each correlation in sites.

    `tried`: ``n_actors``, ``icc``, the quantity, and ``low`` and ``high``, its Monte Carlo error.
    """
    words, aim, scale = TRIALS[quantity]
    drawn = tried[["n_actors", quantity, "low", "high"]].assign(series=tried.icc.map(_ALIKE))
    drawn[[quantity, "low", "high"]] *= scale
    return plot_series(drawn, "n_actors", quantity, ERROR, aim=(aim, f"{aim:g}"), ax=ax,
                       title=f"Trial of the regressions: {words.split(' (')[0].lower()}",
                       xlabel="Actors in the sample", ylabel=words)  # fmt: skip


def plot_widths(widths: pd.DataFrame, ours: int, ax: Axes | None = None) -> Drawn:
    """How much cases whose leans and side are known leave open of each weight.

    `widths`: ``n_cases``, ``box``, ``simulated_width`` (per box, 0 to 1). We have `ours` cases.
    """
    sizes = 100 * widths.groupby("n_cases").simulated_width.agg(["mean", "min", "max"])
    drawn = sizes.set_axis(["mean", "low", "high"], axis=1).reset_index()
    figure, ax = plot_series(drawn, "n_cases", "mean", f"{SIMULATED}. Bars: from box to box",
                             ours=(ours, f"our {ours} cases", 4), ylim=(0, 108), ax=ax,
                             **_WORDS["widths"])  # fmt: skip
    for row in drawn.itertuples():
        ax.text(row.n_cases * 1.05, row.mean + 1, f"{row.mean:.0f}", fontsize=LARGE, va="bottom")
    return figure, ax


def plot_actors_needed(needed: pd.DataFrame, ours: int, ax: Axes | None = None) -> Drawn:
    """Actors a study would need to find an odds ratio, by how alike the actors of a site are.

    `needed`: ``odds_ratio``, ``icc``, ``actors``. We have `ours` actors at most.
    """
    drawn = needed.assign(series=needed.icc.map(_ALIKE))
    figure, ax = plot_series(drawn, "odds_ratio", "actors", WORKED_OUT, yscale="log", ax=ax,
                             aim=(ours, f"{ours}: ours\nat most"),
                             **_WORDS["actors_needed"])  # fmt: skip
    ticks = [20, 50, 100, 200, 500, 1000]
    ax.set_yticks(ticks, [f"{tick}" for tick in ticks])
    ax.yaxis.minorticks_off()
    return figure, ax
