"""Frameworks as pictures: elements in columns, and signed links between two lists.

The printed figures are images that the texts do not hold. What their prose names is drawn here; a
broken edge marks what is only described beside the figure or known from its caption.
"""

import textwrap

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from compendium.figures.style import INK, PALE, SOFT

DASHED = (0, (4, 3))
LINKS = {
    "plus": {"linestyle": "-", "color": INK, "linewidth": 1.8},
    "minus": {"linestyle": DASHED, "color": INK, "linewidth": 1.8},
    "open": {"linestyle": (0, (1, 2)), "color": SOFT, "linewidth": 1.8},
}
NOTE = "Reconstruction from the prose; the printed figure's image is missing"


def plot_framework(
    elements: pd.DataFrame, head: str, note: str = NOTE, ax: Axes | None = None
) -> tuple[Figure, Axes]:
    """The elements of a framework, a column of boxes for each group.

    Parameters
    ----------
    elements : DataFrame
        ``group`` (in the order of the columns), ``label`` (our words) and ``stated`` (bool: the
        text says that the figure shows it).
    head, note : str
        What the figure is, and what kind of drawing this is.
    """
    groups = list(dict.fromkeys(elements.group))
    tallest = elements.groupby("group").size().max()
    if ax is None:
        _, ax = plt.subplots(figsize=(max(3.1 * len(groups), 8.5), 0.92 * tallest + 1.9))
    ax.set(xlim=(0, len(groups)), ylim=(tallest + 0.2, -1.35))
    ax.axis("off")
    ax.text(0, -1.3, head, fontsize=16, weight="bold", va="top", color=INK)
    ax.text(0, -0.82, note, fontsize=12, style="italic", va="top", color=SOFT)
    for place, group in enumerate(groups):
        words = group.replace("-", " ")
        ax.text(place + 0.48, -0.12, words, ha="center", va="center", fontsize=13, color=INK)
        for height, row in enumerate(elements[elements.group == group].itertuples()):
            box = FancyBboxPatch(
                (place + 0.04, height + 0.16), 0.88, 0.7, boxstyle="round,pad=0,rounding_size=0.03"
            )
            box.set(facecolor=PALE if row.stated else "white", edgecolor=INK, linewidth=1.2)
            box.set_linestyle("-" if row.stated else DASHED)
            ax.add_patch(box)
            text = "\n".join(textwrap.wrap(row.label, 27))
            ax.text(place + 0.48, height + 0.51, text, ha="center", va="center", fontsize=10.5)
    return ax.figure, ax


def plot_signed_links(
    links: pd.DataFrame, head: str, note: str = NOTE, ax: Axes | None = None
) -> tuple[Figure, Axes]:
    """What is said to raise or lower what: causes on the left, what they act on to the right.

    Parameters
    ----------
    links : DataFrame
        ``from``, ``to``, ``sign`` (``plus``, ``minus`` or ``open``); one row per link.
    head, note : str
        What the figure is, and what kind of drawing this is.
    """
    causes, effects = (list(dict.fromkeys(links[side])) for side in ("from", "to"))
    rows = max(len(causes), len(effects))
    if ax is None:
        _, ax = plt.subplots(figsize=(11.5, 0.62 * rows + 1.9))
    ax.set(xlim=(0, 10), ylim=(rows - 0.3, -2.2))
    ax.axis("off")
    ax.text(0, -2.1, head, fontsize=16, weight="bold", va="top", color=INK)
    ax.text(0, -1.45, note, fontsize=12, style="italic", va="top", color=SOFT)
    left = {name: (rows - 1) * n / max(len(causes) - 1, 1) for n, name in enumerate(causes)}
    right = {name: (rows - 1) * n / max(len(effects) - 1, 1) for n, name in enumerate(effects)}
    for row in links.rename(columns={"from": "cause", "to": "effect"}).itertuples():
        ends = {"xytext": (3.35, left[row.cause]), "xy": (6.65, right[row.effect])}
        ax.annotate("", **ends, arrowprops={"arrowstyle": "-|>", **LINKS[row.sign]})
    for names, x, align in ((left, 3.25, "right"), (right, 6.75, "left")):
        for name, y in names.items():
            ax.text(x, y, name.replace("-", " "), ha=align, va="center", fontsize=12.5, color=INK)
    for sign, words in (("plus", "raises"), ("minus", "lowers"), ("open", "shapes")):
        ax.plot([], [], label=words, **LINKS[sign])
    ax.legend(loc="upper right", ncols=3, fontsize=12, bbox_to_anchor=(1.0, 0.98))
    return ax.figure, ax
