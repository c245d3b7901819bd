"""Pictures of dependence: the network, what is said to be mutual, and how big bodies are.

An arrow points from whoever depends to whoever provides. A ring means "not printed", never "not
so". Fills and marks carry the meaning; there is no colour.
"""

import textwrap

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from compendium.figures import INK, PALE, SOFT

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
