"""Pictures of dependence and of order: who depends on whom, and who stands above whom.

An arrow points from whoever depends to whoever provides; whoever stands above and is joined by a
line is more. A line that passes a layer keeps a place free in it and bends only between layers, so
that it runs through the box of no unit that it does not join. Fills and edges carry the meaning.
"""

from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from compendium.figures.style import (
    CENTRED,
    INK,
    SOFT,
    Drawn,
    draw_arrow,
    start_rows,
    start_sheet,
    wrap,
)

WORDS = {"mutual": "mutual dependence (sum)", "imbalance": "power imbalance (difference)"}
_FRAME = {"boxstyle": "round,pad=0.35", "facecolor": "white", "edgecolor": INK, "linestyle": "-"}
# How far above and below the middle of its layer a line runs straight; a box is lower than that.
_STRAIGHT = 0.3


def plot_network(nodes: pd.DataFrame, arcs: pd.DataFrame, ax: Axes | None = None) -> Drawn:
    """A network of dependence: boxes, and an arrow from each dependent to its provider.

    `nodes`: ``actor``, ``label``, ``below`` (smaller words under the label, or ``""``), ``x``,
    ``y`` (down) and ``is_body``: other boxes are dashed. `arcs`: ``dependent`` and ``provider``;
    returned arcs are drawn once, heavier, with two heads.
    """
    across, down = ((nodes[name].min(), nodes[name].max()) for name in ("x", "y"))
    ax = start_sheet(
        ax, (14, 9), (across[0] - 0.5, across[1] + 0.5), (down[1] + 0.4, down[0] - 0.4)
    )
    boxes = {}
    for row in nodes.itertuples():
        words = wrap(row.label, 14) + "\n" * bool(row.below) + wrap(row.below, 17)
        frame = _FRAME if row.is_body else {**_FRAME, "facecolor": "0.93", "linestyle": "--"}
        boxes[row.actor] = ax.text(row.x, row.y, words, fontsize=14, bbox=frame, linespacing=1.2,
                                   **CENTRED)  # fmt: skip
    ends = set(zip(arcs.dependent, arcs.provider))
    for dependent, provider in sorted(ends):
        returned = (provider, dependent) in ends
        if returned and provider < dependent:
            continue
        start, end = boxes[dependent], boxes[provider]
        draw_arrow(ax, start.get_position(), end.get_position(), shrinkA=3, shrinkB=3,
                   arrowstyle="<|-|>" if returned else "-|>", linewidth=3.2 if returned else 1.5,
                   mutation_scale=20, patchA=start.get_bbox_patch(),
                   patchB=end.get_bbox_patch())  # fmt: skip
    return ax.figure, ax


def plot_pairs(pairs: pd.DataFrame, ax: Axes | None = None) -> Drawn:
    """How much two bodies need each other and how unevenly: what the words leave open.

    `pairs`: ``label``, ``mutual_low``, ``mutual_high`` (0 to 6), ``imbalance_low``,
    ``imbalance_high`` (0 to 3).
    """
    ax = start_rows(ax, pairs.label, (10.5, 0.85, 1.7), ends=(0.55, 0.45), xlim=(-0.1, 6.1),
                    xlabel="Ordinal strength (each direction 1 weak to 3 strong)")  # fmt: skip
    for side, lift, fill in (("mutual", -0.17, SOFT), ("imbalance", 0.17, "white")):
        low, high = pairs[f"{side}_low"], pairs[f"{side}_high"]
        # A range of nothing is a line, not an invisible bar.
        ax.barh(np.arange(len(pairs)) + lift, (high - low).clip(lower=0.04), left=low, height=0.28,
                facecolor=fill, edgecolor=INK, label=WORDS[side])  # fmt: skip
    ax.grid(axis="x", color="0.9")
    ax.set_axisbelow(True)
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2, fontsize=12)
    return ax.figure, ax


def plot_order(
    layers: list[list[str]], arrows: list[tuple[str, str]], ax: Axes | None = None
) -> Drawn:
    """The stated orderings as a Hasse diagram: whoever stands above, joined by a line, is more.

    `layers`: from the most involved down. `arrows`: more and less involved; none that follows from
    others.
    """
    depth = {unit: y for y, layer in enumerate(layers) for unit in layer}
    ways = [[a, *((a, b, y) for y in range(depth[a] + 1, depth[b])), b] for a, b in arrows]
    spots = _place_units(depth, ways)
    width = max(x for x, _ in spots.values()) + 0.5
    size = (max(1.75 * width, 9), 1.2 * len(layers) + 0.5)
    ax = start_sheet(ax, size, (-0.1, width + 0.1), (len(layers) - 0.45, -0.6))
    for way in ways:
        bends = [(x, y + side) for x, y in map(spots.get, way) for side in (-_STRAIGHT, _STRAIGHT)]
        line = [spots[way[0]], *bends[1:-1], spots[way[-1]]]
        ax.plot(*zip(*line, strict=True), color=SOFT, linewidth=1.4, zorder=0)
    for unit in depth:
        ax.text(*spots[unit], wrap(unit, 17), fontsize=12, linespacing=1.15, bbox=_FRAME, **CENTRED)
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


def place_in_circle(actors: list[str]) -> pd.DataFrame:
    """The nodes of `plot_network` in a circle, which is only a way to draw them.

    >>> place_in_circle(["A", "B"]).x.round(1).tolist()
    [-1.6, 1.6]
    """
    angles = 2 * np.pi * np.arange(len(actors)) / len(actors)
    nodes = pd.DataFrame({"actor": actors, "label": actors, "below": "", "is_body": True})
    return nodes.assign(x=-1.6 * np.cos(angles), y=np.sin(angles))
