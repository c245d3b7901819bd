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

from compendium.figures.style import INK, SOFT

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
