"""Pictures of dependence and of order: who depends on whom, and who stands above whom.

An arrow points from whoever depends to whoever provides; whoever stands above and is joined by a
line is more. A line that passes a layer keeps a place free in it and bends only between layers, so
that it runs through the box of no unit that it does not join. Fills and edges carry the meaning.
"""

from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from compendium.figures.style import (
    CENTRED,
    INK,
    LARGE,
    SMALL,
    SOFT,
    Drawn,
    draw_arrow,
    each,
    listed,
    say,
    start_rows,
    start_sheet,
    wrap,
)

# Of a pair: what is drawn, its greatest value, and what its ends mean.
_SIDES = {
    "mutual": ("How much they need each other", 6, {0: "not\nat all", 6: "both\nstrongly"}),
    "imbalance": ("How unevenly", 3, {0: "evenly", 3: "one side\nonly"}),
}
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
        ax, (13.3, 7.5), (across[0] - 0.5, across[1] + 0.5), (down[1] + 0.4, down[0] - 0.4)
    )
    boxes = {}
    for row in nodes.itertuples():
        words = wrap(row.label, 16) + "\n" * bool(row.below) + wrap(row.below, 17)
        frame = _FRAME if row.is_body else {**_FRAME, "facecolor": "0.93", "linestyle": "--"}
        boxes[row.actor] = ax.text(row.x, row.y, words, fontsize=SMALL, bbox=frame, linespacing=1.1,
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
    called = nodes.set_index("actor").label
    providers = arcs.provider.map(called)
    needs, asked = providers.groupby(arcs.dependent).agg(listed), providers.value_counts()
    most = list(asked.index[asked == asked.max()])
    mutual = sorted({tuple(sorted(end)) for end in ends if end[::-1] in ends})
    both = [f"{called[a]} and {called[b]}" for a, b in mutual]
    caption = (
        f"An arrow points to whom a body depends on: most of the {len(ends)} arrows point to "
        f"{listed(most)} ({asked.max()} each), and only {listed(both, 'no two bodies')} "
        "depend on each other."
    )
    alt = " ".join(f"{called[body]} depends on {whom}." for body, whom in needs.items())
    return say(ax, "Who depends on whom", caption, alt)


def plot_pairs(pairs: pd.DataFrame) -> tuple[Figure, np.ndarray]:
    """How much two bodies need each other and how unevenly: what the words leave open.

    `pairs`: ``label``, ``mutual_low``, ``mutual_high`` (0 to 6), ``imbalance_low``,
    ``imbalance_high`` (0 to 3).
    """
    figure, axes = plt.subplots(1, 2, figsize=(13, 0.85 * len(pairs) + 2.4), width_ratios=(3, 2))
    for ax, (side, (head, most, ends)) in zip(axes, _SIDES.items()):
        low, high = pairs[f"{side}_low"], pairs[f"{side}_high"]
        labels = pairs.label if ax is axes[0] else [""] * len(pairs)
        start_rows(ax, labels, xlim=(-0.15, most + 0.15))
        # A range of nothing is a line, not an invisible bar.
        ax.barh(np.arange(len(pairs)), (high - low).clip(lower=0.06), left=low, height=0.45,
                facecolor=SOFT if side == "mutual" else "white", edgecolor=INK)  # fmt: skip
        ticks = range(most + 1)
        ax.set_xticks(ticks, [f"{n}\n{ends.get(n, '')}" for n in ticks])
        ax.set_xlabel(head, fontsize=LARGE, labelpad=8)
        ax.grid(axis="x", color="0.9")
        ax.set_axisbelow(True)
    ranges = each(pairs, "{label}: need {mutual_low:g} to {mutual_high:g} of 6, unevenness "
                  "{imbalance_low:g} to {imbalance_high:g} of 3")  # fmt: skip
    most = pairs.label[pairs.mutual_high == pairs.mutual_high.max()]
    even = pairs.label[pairs.imbalance_low == 0]
    caption = (
        f"The words let the two need each other most at {listed(most)}, and everywhere leave a "
        f"range; at {len(even)} of {len(pairs)} the dependence may be even."
    )
    say(axes[0], "How much two bodies need each other, and how unevenly", caption, f"{ranges}.")
    return figure, axes


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
    size = (min(max(1.75 * width, 9) + 1.2, 13.3), 1.35 * len(layers) + 0.5)
    ax = start_sheet(ax, size, (-0.75, width + 0.1), (len(layers) - 0.45, -0.6))
    draw_arrow(ax, (-0.45, len(layers) - 0.7), (-0.45, -0.35), linewidth=2.2, mutation_scale=22)
    ax.text(-0.65, (len(layers) - 1) / 2, "more involved", rotation=90, fontsize=LARGE, **CENTRED)
    for way in ways:
        bends = [(x, y + side) for x, y in map(spots.get, way) for side in (-_STRAIGHT, _STRAIGHT)]
        line = [spots[way[0]], *bends[1:-1], spots[way[-1]]]
        ax.plot(*zip(*line, strict=True), color=SOFT, linewidth=1.4, zorder=0)
    for unit in depth:
        ax.text(*spots[unit], wrap(unit, 15), fontsize=SMALL, linespacing=1.1, bbox=_FRAME,
                **CENTRED)  # fmt: skip
    below = {less for _, less in arrows}
    tops = [more for more in dict.fromkeys(more for more, _ in arrows) if more not in below]
    caption = (
        f"Read upwards along a line, each is said to be more involved than the one below: "
        f"{listed(tops)} stand on top, and nothing is said of two that no line joins."
    )
    said = {more: [b for a, b in arrows if a == more] for more, _ in arrows}
    alt = " ".join(f"{more} is above {listed(less)}." for more, less in said.items())
    return say(ax, "Who is more involved than whom", caption, alt)


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
