"""Pictures of the partnership process: the routes of Figure 6.1, and the statements behind them.

The printed figure is an image that the text does not hold. What is drawn are the nodes and arrows
its prose names, each with the line it is named on; where they stand is our layout. The node that
the path rule turns on is dark.
"""

import textwrap

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from compendium.figures import INK, PALE, SOFT

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
