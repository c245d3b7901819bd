"""A partial order drawn as a Hasse diagram: layers down, what is not joined side by side.

An arrow that passes a layer keeps a place free in it, and all lines bend only between layers: no
line runs through the box of a unit that it does not join.
"""

import textwrap
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from compendium.figures import INK, SOFT

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
