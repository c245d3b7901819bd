"""Pictures of arguments: the axes, steps and links that a text names, and what it says of themes.

What a text says that its figure shows has a full edge; what it only describes has a broken one.
Where a thing stands is our layout, and nothing is placed that the text does not place.
"""

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from compendium.figures.style import (
    CENTRED,
    DASHED,
    INK,
    LARGE,
    PALE,
    PLAIN,
    RECONSTRUCTION,
    SOFT,
    Drawn,
    draw_arrow,
    each,
    hide_frame,
    listed,
    say,
    start_grid,
    start_rows,
    start_sheet,
    wrap,
)

# How a link is drawn: mark, fill, what it does.
LINKS = {
    "plus": ("^", INK, "raises"),
    "minus": ("v", "white", "lowers"),
    "open": ("D", "0.65", "shapes, either way"),
}


def plot_axes(parts: pd.DataFrame, head: str, note: str, ax: Axes | None = None) -> Drawn:
    """Two axes of a framework, and what is said to lie along the first.

    `parts`: ``label`` of the two axes, then of what lies along the upright one, from low to high,
    with ``name`` and ``stated`` (bool: the text says that the figure shows it). Of how it lies
    along the second the texts say nothing, so it stands in the middle.
    """
    ax = start_sheet(ax, (12, 6.6), (-1.2, 10.2), (-1.0, 6.2))
    (up, across), along = parts.label[:2], parts[2:]
    draw_arrow(ax, (0, 0), (0, 6), linewidth=2.4, mutation_scale=22)
    draw_arrow(ax, (0, 0), (10, 0), linewidth=2.4, mutation_scale=22)
    ax.text(-0.6, 3, wrap(up, 34), rotation=90, fontsize=LARGE, **CENTRED)
    ax.text(5, -0.6, across, fontsize=LARGE, **CENTRED)
    for y, row in zip(np.linspace(0.8, 5.3, max(len(along), 1)), along.itertuples()):
        _step(ax, row, (5, y), (6.6, 0.95), 60)
    if along.empty:
        words = "where a partnership stands is left to the reader"
        ax.text(5, 3, words, fontsize=LARGE, color=SOFT, style="italic", **CENTRED)
    caption = f"Two axes: upwards {up}, to the right {across}; " + (
        "nothing is placed between them."
        if along.empty
        else f"from the lower to the higher end of the first lie {listed(along.name)}."
    )
    said = each(along, "{name}: {label}")
    return say(ax, head, caption, f"{caption} {said}".strip(), note)


def plot_steps(parts: pd.DataFrame, head: str, note: str, ax: Axes | None = None) -> Drawn:
    """The steps of a framework from left to right, in their order.

    `parts`: ``name``, ``label`` and ``stated`` (bool: the text says that the figure shows it).
    """
    n = len(parts)
    ax = start_sheet(ax, (13.3, 3.2), (-0.02, n + 0.02), (0, 1))
    for place, row in enumerate(parts.itertuples()):
        _step(ax, row, (place + 0.5, 0.5), (0.76, 0.9), int(88 / n))
        if place:
            draw_arrow(ax, (place - 0.11, 0.5), (place + 0.11, 0.5), linewidth=2.2,
                       mutation_scale=18)  # fmt: skip
    return _say_steps(ax, parts, head, note, "One after the other, from left to right")


def plot_ladder(parts: pd.DataFrame, head: str, note: str, ax: Axes | None = None) -> Drawn:
    """The rungs of a ladder, as `plot_steps`, from its foot; other rungs are not told."""
    n = len(parts)
    ax = start_sheet(ax, (12, 1.15 * n + 0.6), (0, 10), (-0.1, n + 0.1))
    ax.plot([1.4, 1.4, np.nan, 8.6, 8.6], [0, n, np.nan, 0, n], color=INK, linewidth=5)
    for place, row in enumerate(parts.itertuples()):
        _step(ax, row, (5, place + 0.5), (7.2, 0.78), 50)
    return _say_steps(ax, parts, head, note, "From the foot of the ladder to its top")


def _step(ax: Axes, row: Any, spot: tuple[float, float], size: tuple[float, float], n: int) -> None:
    """A box with what it is called and what it is, on lines of `n` characters."""
    draw_frame(ax, spot, size, 0.05, linewidth=1.4, facecolor=PALE if row.stated else "white",
               linestyle="-" if row.stated else DASHED)  # fmt: skip
    words = f"{row.name}\n{wrap(row.label, n)}"
    ax.text(*spot, words, fontsize=PLAIN, linespacing=1.25, **CENTRED)


def _say_steps(ax: Axes, parts: pd.DataFrame, head: str, note: str, way: str) -> Drawn:
    caption = f"{way}: {listed(parts.name)}; a broken edge is described, not said to be drawn."
    return say(ax, head, caption, f"{way}. {each(parts, '{name}: {label}')}.", note)


def plot_signed_links(links: pd.DataFrame, head: str, ax: Axes | None = None) -> Drawn:
    """What is said to raise or lower what: causes across, what they act on down.

    `links`: ``from``, ``to``, ``sign`` (``plus``, ``minus`` or ``open``); one row per link.
    """
    causes = list(links["from"].unique())
    effects = list(links["to"].value_counts().index)
    heads = [spell(cause) for cause in causes]
    ax = start_grid(ax, [spell(effect) for effect in effects], heads,
                    (13.3, 0.36 * len(effects) + 1.7), margin=0.6)  # fmt: skip
    plt.setp(ax.get_xticklabels(), rotation=25, ha="left", rotation_mode="anchor")
    for sign, (shape, fill, words) in LINKS.items():
        part = links[links.sign == sign]
        ax.plot(part["from"].map(causes.index), part["to"].map(effects.index), shape, color=INK,
                markersize=14, markerfacecolor=fill, label=words)  # fmt: skip
    for y in range(len(effects)):
        ax.axhline(y + 0.5, color="0.9", linewidth=0.8, zorder=0)
    ax.legend(loc="upper left", bbox_to_anchor=(0, -0.01), ncols=3)
    signs = links.sign.value_counts()
    most = links[links["to"] == effects[0]]
    lowers, raises = (most[most.sign == sign]["from"] for sign in ("minus", "plus"))
    caption = (
        f"Of {len(links)} links {signs.get('minus', 0)} lower and {signs.get('plus', 0)} raise "
        f"what they act on; {spell(effects[0])} is lowered by {len(lowers)} and raised by "
        f"{listed(spell(cause) for cause in raises)}."
    )
    words = {sign: word for sign, (_, _, word) in LINKS.items()}
    said = "; ".join(
        f"{spell(a)} {words[sign]} {spell(b)}"
        for a, b, sign in links[["from", "to", "sign"]].itertuples(index=False)
    )
    return say(ax, head, caption, f"{said}.", RECONSTRUCTION)


def plot_themes(themes: pd.DataFrame, ax: Axes | None = None) -> Drawn:
    """What is said to further the process and what to hinder it, theme by theme.

    `themes`: ``theme``, ``n_for``, ``n_against`` and ``n_neither``, in the order to be drawn.
    """
    reach = themes[["n_for", "n_against"]].max(axis=None)
    words = "Our coded statements: hindering or lacking | furthering"
    ax = start_rows(ax, themes.theme, (12, 0.5, 1.4), xticks=[], xlabel=words, fontsize=15,
                    xlim=(-reach * 0.75, reach * 1.35))  # fmt: skip
    ax.barh(range(len(themes)), -themes.n_against, height=0.66, color=SOFT, edgecolor=INK)
    ax.barh(range(len(themes)), themes.n_for, height=0.66, color="white", edgecolor=INK)
    for place, row in enumerate(themes.itertuples()):
        ax.text(-row.n_against - 0.6, place, f"{row.n_against}", ha="right", va="center")
        more = f"  ({row.n_neither} neither)" if row.n_neither else ""
        ax.text(row.n_for + 0.6, place, f"{row.n_for}{more}", ha="left", va="center")
    ax.axvline(0, color=INK, linewidth=1.2)
    hide_frame(ax)
    first, worst = themes.loc[themes.n_for.idxmax()], themes.loc[themes.n_against.idxmax()]
    more = themes[themes.n_against > themes.n_for].theme
    caption = (
        f"{first.theme} is most often said to further the process ({first.n_for} statements), "
        f"{worst.theme} most often to hinder it ({worst.n_against}); of {listed(more)} more "
        "statements hinder than further."
    )
    said = each(themes, "{theme}: {n_for} for, {n_against} against")
    return say(ax, "What furthers the process, and what hinders it", caption, f"{said}.")


def draw_frame(
    ax: Axes, middle: tuple[float, float], size: tuple[float, float], corner: float, **looks: Any
) -> None:
    """A box with round corners about its middle."""
    (x, y), (width, height) = middle, size
    shape = FancyBboxPatch((x - width / 2, y - height / 2), width, height, edgecolor=INK,
                           boxstyle=f"round,pad=0,rounding_size={corner}", **looks)  # fmt: skip
    ax.add_patch(shape)


def spell(node: str) -> str:
    """A node in words."""
    return node.replace("-", " ").replace("co ord", "co-ord")
