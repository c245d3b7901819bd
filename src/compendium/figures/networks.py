"""Pictures of dependence: the network, what is said to be mutual, and how big bodies are.

An arrow points from whoever depends to whoever provides. A ring means "not printed", never "not
so". Fills and marks carry the meaning; there is no colour.

A partial order drawn as a Hasse diagram: layers down, what is not joined side by side.

An arrow that passes a layer keeps a place free in it, and all lines bend only between layers: no
line runs through the box of a unit that it does not join.

Pictures of the partnership process: the routes of Figure 6.1, and the statements behind them.

The printed figure is an image that the text does not hold. What is drawn are the nodes and arrows
its prose names, each with the line it is named on; where they stand is our layout. The node that
the path rule turns on is dark.
"""

import textwrap
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from compendium.figures.style import INK, PALE, SOFT

# Where the ends of Table 4.5's horizontal arcs stand, so that no two arrows cross: x, y (down).
PLACES = {
    "research-funds": (0.0, 0.0), "nof": (3.0, 0.0),
    "trusts": (0.0, 1.0), "pcgs": (1.0, 1.0), "chc": (2.0, 1.0), "voluntary-sector": (3.0, 1.0),
    "other-statutory": (4.0, 1.0), "police-fire-probation": (5.0, 1.0),
    "ha": (1.0, 2.0), "la": (4.5, 2.0),
    "la-ss": (1.0, 3.0), "la-eh": (2.0, 3.0), "la-leisure": (3.0, 3.0),
    "la-education": (4.0, 3.0), "la-housing": (5.0, 3.0),
    "local-taxation": (3.0, 4.0),
}  # fmt: skip
LABELS = {
    "ha": "Health Authority", "la": "Council", "la-ss": "Social Services", "trusts": "Trusts",
    "pcgs": "Primary care groups", "chc": "Community Health Council",
    "nof": "New Opportunities Fund",
    "la-eh": "Environmental Health", "la-leisure": "Leisure", "la-education": "Education",
    "la-housing": "Housing", "police-fire-probation": "Police, fire, probation",
    "other-statutory": "Other statutory bodies", "voluntary-sector": "Voluntary sector",
    "local-taxation": "Local taxation", "research-funds": "Research funds",
    "central-government": "Government", "statutory-agencies": "Public bodies",
    "voluntary-sector-established": "Established voluntary groups",
    "trusts-acute": "Acute trusts", "trust-community": "Community trust",
    "trust-mh": "Mental health trust",
}  # fmt: skip
# How a direction of a claimed pair stands in the table: filled, half, ring.
MARKS = {"as named": ("full", INK), "through members": ("left", INK), "no": ("none", SOFT)}
WORDS = {"mutual": "mutual dependence (sum)", "imbalance": "power imbalance (difference)"}


def plot_network(
    nodes: pd.DataFrame, arcs: pd.DataFrame, ax: Axes | None = None
) -> tuple[Figure, Axes]:
    """A network of dependence: boxes, and an arrow from each dependent to its provider.

    Parameters
    ----------
    nodes : DataFrame
        ``actor``, ``label``, ``below`` (smaller words under the label, or ``""``), ``x``, ``y``
        (down) and ``is_body``: other boxes are dashed.
    arcs : DataFrame
        ``dependent`` and ``provider``; returned arcs are drawn once, heavier, with two heads.
    """
    if ax is None:
        _, ax = plt.subplots(figsize=(14, 9))
    where = {row.actor: (row.x, row.y) for row in nodes.itertuples()}
    ends = set(zip(arcs.dependent, arcs.provider))
    drawn = {}
    for row in nodes.itertuples():
        words = "\n".join(textwrap.wrap(row.label, 14, break_long_words=False))
        words += "\n" * bool(row.below) + "\n".join(textwrap.wrap(row.below, 17))
        frame = {"boxstyle": "round,pad=0.35", "facecolor": "white" if row.is_body else "0.93",
                 "edgecolor": INK, "linestyle": "-" if row.is_body else "--"}  # fmt: skip
        drawn[row.actor] = ax.text(row.x, row.y, words, ha="center", va="center", fontsize=14,
                                   bbox=frame, linespacing=1.2)  # fmt: skip
    for dependent, provider in sorted(ends):
        returned = (provider, dependent) in ends
        if returned and provider < dependent:
            continue
        style = {"arrowstyle": "<|-|>" if returned else "-|>", "color": INK, "shrinkA": 3,
                 "linewidth": 3.2 if returned else 1.5, "mutation_scale": 20, "shrinkB": 3,
                 "patchA": drawn[dependent].get_bbox_patch(),
                 "patchB": drawn[provider].get_bbox_patch()}  # fmt: skip
        ax.annotate("", where[provider], where[dependent], arrowprops=style)
    ax.set(xlim=(nodes.x.min() - 0.5, nodes.x.max() + 0.5),
           ylim=(nodes.y.max() + 0.4, nodes.y.min() - 0.4))  # fmt: skip
    ax.axis("off")
    return ax.figure, ax


def plot_claims(claims: pd.DataFrame, ax: Axes | None = None) -> tuple[Figure, Axes]:
    """What the table holds of each pair said to need each other: a mark for each direction.

    Parameters
    ----------
    claims : DataFrame
        ``first``, ``second`` (as to be drawn), ``lines``, ``first_needs`` and ``second_needs``:
        ``as named`` (filled), ``through members`` (half) or ``no`` (ring).
    """
    if ax is None:
        _, ax = plt.subplots(figsize=(12, 0.68 * len(claims) + 1.9))
    for place, row in enumerate(claims.itertuples()):
        for x, needs in enumerate((row.first_needs, row.second_needs)):
            fill, ink = MARKS[needs]
            ax.plot(x, place, "o", markersize=19, fillstyle=fill, color=ink, markeredgewidth=1.8,
                    markerfacecoloralt="white")  # fmt: skip
        ax.text(2, place, row.lines.replace(" ", ", "), ha="center", va="center", fontsize=13)
    ax.set(xlim=(-0.4, 2.5), ylim=(len(claims) - 0.4, -0.7), yticks=range(len(claims)),
           xticks=[0, 1, 2])  # fmt: skip
    ax.set_yticklabels([f"{row.first} and {row.second}" for row in claims.itertuples()])
    ax.set_xticklabels(["the first needs\nthe second", "the second needs\nthe first",
                        "said to be\nmutual (line)"])  # fmt: skip
    ax.xaxis.tick_top()
    ax.tick_params(length=0, labelsize=13)
    for edge in ("left", "bottom"):
        ax.spines[edge].set_visible(False)
    ax.set_xlabel("Table 4.5 prints it: filled, as named; half, only of a part; ring, not at all")
    return ax.figure, ax


def plot_pairs(pairs: pd.DataFrame, ax: Axes | None = None) -> tuple[Figure, Axes]:
    """How much two bodies need each other and how unevenly: what the words leave open.

    Parameters
    ----------
    pairs : DataFrame
        ``label``, ``mutual_low``, ``mutual_high`` (0 to 6), ``imbalance_low``, ``imbalance_high``
        (0 to 3).
    """
    if ax is None:
        _, ax = plt.subplots(figsize=(10.5, 0.85 * len(pairs) + 1.7))
    for side, lift, fill in (("mutual", -0.17, SOFT), ("imbalance", 0.17, "white")):
        low, high = pairs[f"{side}_low"], pairs[f"{side}_high"]
        places = [place + lift for place in range(len(pairs))]
        # A range of nothing is a line, not an invisible bar.
        ax.barh(places, (high - low).clip(lower=0.04), left=low, height=0.28, facecolor=fill,
                edgecolor=INK, label=WORDS[side])  # fmt: skip
    ax.set(yticks=range(len(pairs)), ylim=(len(pairs) - 0.45, -0.55), xlim=(-0.1, 6.1),
           xlabel="Ordinal strength (each direction 1 weak to 3 strong)")  # fmt: skip
    ax.set_yticklabels(pairs.label, fontsize=13)
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="x", color="0.9")
    ax.set_axisbelow(True)
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2, fontsize=12)
    return ax.figure, ax


def plot_bases(sizes: pd.DataFrame, unit: str, ax: Axes | None = None) -> tuple[Figure, Axes]:
    """How big each body is by the printed numbers, beside the base it is said to have.

    Parameters
    ----------
    sizes : DataFrame
        ``label``, ``base`` (``large`` or ``small``), ``low`` and ``high``, above 0.
    unit : str
        What the numbers count; the axis is logarithmic.
    """
    if ax is None:
        _, ax = plt.subplots(figsize=(10.5, 0.5 * len(sizes) + 1.7))
    for base, fill in (("large", INK), ("small", "white")):
        part = [(n, row) for n, row in enumerate(sizes.itertuples()) if row.base == base]
        for place, row in part:
            ax.plot([row.low, row.high], [place, place], "o-", color=INK, markerfacecolor=fill,
                    markersize=10, linewidth=2, label=f"said to be {base}")  # fmt: skip
    largest = sizes[sizes.base == "small"].high.max()
    ax.axvline(largest, color=SOFT, linewidth=1.4, linestyle=(0, (4, 3)), zorder=0)
    ax.axvspan(sizes.low.min() / 2, largest, color=PALE, alpha=0.35, zorder=-1, linewidth=0)
    ax.set(xscale="log", xlim=(sizes.low.min() / 2, sizes.high.max() * 2), yticks=range(len(sizes)),
           ylim=(len(sizes) - 0.4, -0.7), xlabel=f"{unit}, logarithmic; grey: up to the largest "
           "of those said to be small")  # fmt: skip
    ax.set_yticklabels(sizes.label, fontsize=13)
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:,g}")
    ax.tick_params(axis="y", length=0)
    handles, labels = ax.get_legend_handles_labels()
    once = dict(zip(labels, handles))
    ax.legend(once.values(), once, loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2, fontsize=12)
    return ax.figure, ax


# How far above and below the middle of its layer a line runs straight; a box is lower than that.
STRAIGHT = 0.3


def plot_order(
    layers: list[list[str]], arrows: list[tuple[str, str]], ax: Axes | None = None
) -> tuple[Figure, Axes]:
    """The stated orderings as a Hasse diagram: whoever stands above, joined by a line, is more.

    Parameters
    ----------
    layers : list of list of str
        From the most involved down.
    arrows : list of tuple
        More and less involved; none that follows from others.
    """
    depth = {unit: y for y, layer in enumerate(layers) for unit in layer}
    ways = [[a, *((a, b, y) for y in range(depth[a] + 1, depth[b])), b] for a, b in arrows]
    spots = _place_units(depth, ways)
    width = max(x for x, _ in spots.values()) + 0.5
    if ax is None:
        _, ax = plt.subplots(figsize=(max(1.75 * width, 9), 1.2 * len(layers) + 0.5))
    for way in ways:
        bends = [(x, y + side) for x, y in map(spots.get, way) for side in (-STRAIGHT, STRAIGHT)]
        line = [spots[way[0]], *bends[1:-1], spots[way[-1]]]
        ax.plot(*zip(*line, strict=True), color=SOFT, linewidth=1.4, zorder=0)
    frame = {"boxstyle": "round,pad=0.35", "facecolor": "white", "edgecolor": INK}
    for unit in depth:
        words = "\n".join(textwrap.wrap(unit, 17))
        ax.text(*spots[unit], words, ha="center", va="center", fontsize=12, linespacing=1.15,
                bbox=frame)  # fmt: skip
    ax.set(xlim=(-0.1, width + 0.1), ylim=(len(layers) - 0.45, -0.6))
    ax.axis("off")
    return ax.figure, ax


def _place_units(depth: dict, ways: list[list]) -> dict:
    """A place for each unit, and each one kept free: joined ones together, the others beside."""
    layer = depth | {node: node[2] for way in ways for node in way[1:-1]}
    group = {node: number for number, node in enumerate(layer)}
    for way in ways * len(ways):
        group |= dict.fromkeys(way, min(group[node] for node in way))
    spots, left = {}, 0
    for number in sorted(set(group.values())):
        mine = [node for node in layer if group[node] == number]
        rows = [[n for n in mine if layer[n] == y] for y in sorted({layer[n] for n in mine})]
        widest = max(map(len, rows))
        for row in rows:
            # In the order of the mean place of those above: fewer lines cross.
            above = {n: [spots[a][0] for w in ways for a, b in pairwise(w) if b == n] for n in row}
            row.sort(key=lambda n: (np.mean(above[n] or [0]), str(n)))
            for place, node in enumerate(row):
                spots[node] = (left + (place + 0.5) * widest / len(row), layer[node])
        left += widest
    return spots


NOTE = "Reconstruction from the prose, own layout; number beside an arrow: line of the thesis"
# An implied arrow is broken: the text does not say that the figure draws it.
DASHES = {"stated": "-", "implied": (0, (5, 3))}
WIDE, TALL = 0.66, 0.62  # a box; layers and rows are 1 apart
# An arrow past other layers ends a little lower than the one that comes by way of them.
LOWER = 0.17


def plot_process(
    nodes: pd.DataFrame, edges: pd.DataFrame, gate: str, ax: Axes | None = None
) -> tuple[Figure, Axes]:
    """Figure 6.1: the routes to incremental and to radical synergy; a reconstruction.

    Parameters
    ----------
    nodes : DataFrame
        ``node``, ``part``, ``layer``, ``row`` and ``n`` (statements by our coding).
    edges : DataFrame
        ``from``, ``to``, ``relation``, ``basis`` and ``line``.
    gate : str
        The node that the rule turns on.
    """
    heights = _heights(nodes)
    layers, low = nodes.layer.max() + 1, max(heights.values()) + 0.95
    if ax is None:
        _, ax = plt.subplots(figsize=(2.4 * layers, 1.05 * (low + 1.6)))
    ax.set(xlim=(-0.45, layers - 0.55), ylim=(low, -1.6))
    ax.axis("off")
    ax.text(-0.42, -1.55, "Figure 6.1. Two routes to synergy", fontsize=17, weight="bold", va="top")
    ax.text(-0.42, -1.1, NOTE, fontsize=13, style="italic", va="top", color=SOFT)
    spots = {n.node: (n.layer, heights[n.node]) for n in nodes.itertuples()}
    for start, end, relation, basis, line in edges[
        ["from", "to", "relation", "basis", "line"]
    ].itertuples(index=False):
        words = f"{line}" if relation == "leads-to" else f"{relation}\n{line}"
        _arrow(ax, spots[start], spots[end], words, DASHES[basis])
    for n in nodes.itertuples():
        fill = INK if n.node == gate else ("white" if n.node in set(edges["from"]) else PALE)
        _box(ax, spots[n.node], n.node, f"statements: {n.n}", fill)
    foot = (
        "Dark: the rule turns on it.  Grey: nothing leads on.  Broken arrow: implied, not stated."
    )
    ax.text(-0.42, low - 0.05, foot, fontsize=12.5, va="bottom", color=INK)
    return ax.figure, ax


def plot_themes(themes: pd.DataFrame, ax: Axes | None = None) -> tuple[Figure, Axes]:
    """What is said to further the process and what to hinder it, theme by theme.

    Parameters
    ----------
    themes : DataFrame
        ``theme``, ``n_for``, ``n_against`` and ``n_neither``, in the order to be drawn.
    """
    if ax is None:
        _, ax = plt.subplots(figsize=(10.5, 0.52 * len(themes) + 1.9))
    for place, row in enumerate(themes.itertuples()):
        ax.barh(place, -row.n_against, height=0.66, color=SOFT, edgecolor=INK)
        ax.barh(place, row.n_for, height=0.66, color="white", edgecolor=INK)
        ax.text(-row.n_against - 0.6, place, f"{row.n_against}", ha="right", va="center")
        more = f"  ({row.n_neither} neither)" if row.n_neither else ""
        ax.text(row.n_for + 0.6, place, f"{row.n_for}{more}", ha="left", va="center")
    reach = max(themes.n_for.max(), themes.n_against.max())
    ax.axvline(0, color=INK, linewidth=1.2)
    ax.set(yticks=range(len(themes)), ylim=(len(themes) - 0.4, -0.7), xticks=[],
           xlim=(-reach * 0.75, reach * 1.35),
           xlabel="Our coded statements: hindering or lacking | furthering")  # fmt: skip
    ax.set_yticklabels(themes.theme, fontsize=13)
    ax.tick_params(axis="y", length=0)
    for edge in ("left", "bottom"):
        ax.spines[edge].set_visible(False)
    return ax.figure, ax


def _heights(nodes: pd.DataFrame) -> dict[str, float]:
    """How far down each node stands: the parts one below the other."""
    heights: dict[str, float] = {}
    top = 0.0
    for _, part in nodes.groupby("part"):
        heights |= dict(zip(part.node, top + part.row - part.row.min()))
        top += part.row.max() - part.row.min() + 1.75
    return heights


def _box(ax: Axes, spot: tuple[float, float], name: str, below: str, fill: str) -> None:
    """A rounded box with the node's name, and a smaller line below it."""
    x, y = spot
    shape = FancyBboxPatch((x - WIDE / 2, y - TALL / 2), WIDE, TALL,
                           boxstyle="round,pad=0,rounding_size=0.06")  # fmt: skip
    shape.set(facecolor=fill, edgecolor=INK, linewidth=1.4)
    ax.add_patch(shape)
    ink = "white" if fill == INK else INK
    words = "\n".join(textwrap.wrap(name.replace("-", " ").replace("co ord", "co-ord"), 13))
    ax.text(x, y - 0.09, words, ha="center", va="center", fontsize=13.5, color=ink, linespacing=1.1)
    ax.text(x, y + 0.22, below, ha="center", va="center", fontsize=11, color=ink)


def _arrow(
    ax: Axes, start: tuple[float, float], end: tuple[float, float], words: str, dashes: str | tuple
) -> None:
    """An arrow from the right of one box to the left of another, with words at its middle."""
    (x, y), (u, v) = (start[0] + WIDE / 2, start[1]), (end[0] - WIDE / 2, end[1])
    if end[0] - start[0] > 1:
        v += LOWER
    style = {"arrowstyle": "-|>", "color": INK, "linewidth": 1.6, "linestyle": dashes,
             "shrinkA": 0, "shrinkB": 0, "mutation_scale": 16}  # fmt: skip
    ax.annotate("", (u, v), (x, y), arrowprops=style)
    # Two lines of words would hide a short arrow: they stand on its outer side.
    aside = 0.0 if "\n" not in words else (0.27 if v > y else -0.27)
    middle = ((x + u) / 2, (y + v) / 2 + aside)
    behind = {
        "facecolor": "none" if aside else "white",
        "edgecolor": "none",
        "pad": 0.0 if aside else 0.8,
    }
    ax.text(*middle, words, ha="center", va="center", fontsize=11, color=INK, bbox=behind)
