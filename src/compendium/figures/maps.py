"""Tables as pictures: what is said of whom, what studies report, which cases have what.

A mark or a bar stands for something said, and its fill says which way: up and dark helps, down and
light hinders. An empty place or a ring is "not reported", never "not so"; a row of a truth table
with cases on both sides says that it is a contradiction. Nothing is sized by the number of a
study's cases or replies.
"""

import textwrap
from math import ceil

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from compendium.figures.style import (
    CENTRED,
    INK,
    LARGE,
    PALE,
    PLAIN,
    SMALL,
    SOFT,
    Drawn,
    hide_frame,
    listed,
    say,
    stack_bars,
    start_grid,
    start_rows,
    start_sheet,
    wrap,
)

VERDICTS = {
    "exact": {"facecolor": "0.15", "hatch": ""},
    "rounds": {"facecolor": "0.55", "hatch": ""},
    "differs": {"facecolor": "1.0", "hatch": "xxxx"},
    "not-derivable": {"facecolor": "1.0", "hatch": "...."},
    "not-recoverable": {"facecolor": "1.0", "hatch": "||||"},
    "transcribed": {"facecolor": "0.88", "hatch": ""},
}
# How a cell is drawn: mark, fill, what it means. What is not reported is not drawn.
MARKS = {
    "facilitates": ("^", INK, "helps"),
    "hinders": ("v", "white", "hinders"),
    "both": ("D", "0.65", "both ways"),
    "none-stated": ("o", "white", "named without a direction"),
}
# How a count of units is drawn, from the left, and the ink of its number.
_BARS = {
    "hinders": {"facecolor": "white", "ink": INK, "label": "hinders"},
    "both": {"facecolor": "0.75", "ink": INK, "label": "both ways"},
    "facilitates": {"facecolor": INK, "ink": "white", "label": "helps"},
}
SIDES = {
    "n_with": {"facecolor": INK, "ink": "white"},
    "n_without": {"facecolor": "white", "ink": INK},
}


def plot_presence(table: pd.DataFrame, ax: Axes | None = None) -> Drawn:
    """Which row is said of which column: a filled mark where it is, a ring where it is not said.

    `table` (of bool): rows and columns as they are to be drawn.
    """
    size = (min(7 + 1.5 * table.shape[1], 13.3), 0.38 * len(table) + 0.7)
    ax = start_grid(ax, table.index, table.columns, size, margin=0.6)
    for (y, x), said in np.ndenumerate(table.to_numpy(bool)):
        ax.plot(x, y, "o", color=INK, markersize=12 if said else 5,
                markerfacecolor=INK if said else "white")  # fmt: skip
    numbers = table.sum().sort_values(ascending=False, kind="stable")
    counts = listed(f"{name} {number}" for name, number in numbers.items())
    everywhere = int(table.all(axis=1).sum())
    caption = (
        f"A filled mark: said of that column; of {len(table)} rows {counts}, and {everywhere} of "
        f"all {table.shape[1]}; a ring is not said, never not so."
    )
    rows = (f"{row}: {listed(said.index[said], 'nowhere')}" for row, said in table.iterrows())
    return say(ax, "What is said of whom", caption, f"Filled marks, row by row. {'; '.join(rows)}.")


def plot_verdicts(counts: pd.DataFrame, ax: Axes | None = None) -> Drawn:
    """What verdicts printed values got: a bar of full length for each row of `counts`.

    `counts`: indexed by what a bar is called, in one level or several; one column per verdict,
    in the order to be drawn. Bars show shares, for a long one would hide all others; numbers stand
    above their parts.
    """
    if counts.index.nlevels > 1:
        counts = counts.set_axis([", ".join(filter(None, name)) for name in counts.index])
    rows = counts[counts.sum(axis=1) > 0]
    total = rows.sum(axis=1)
    ax = start_rows(ax, [f"{name}\n{n:,} values" for name, n in total.items()],
                    (12, 0.85, 1.7), ends=(0.6, 0.4), xlim=(0, 104), fontsize=LARGE,
                    xlabel="Share of the values (per cent)")  # fmt: skip
    looks = {name: VERDICTS[name] for name in rows}
    shares = rows.div(total, axis=0) * 100
    left = stack_bars(ax, shares, looks, height=0.6, linewidth=0.8) * 0
    for name in rows:
        middle = left + shares[name].to_numpy() / 2
        for place, (x, number) in enumerate(zip(middle, rows[name])):
            if shares[name].iloc[place] >= 1:
                ax.text(x, place - 0.42, f"{number:,}", fontsize=PLAIN, **CENTRED)
        left = left + shares[name].to_numpy()
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=len(looks), fontsize=PLAIN,
              handlelength=1.6, columnspacing=1.2)  # fmt: skip
    said = [f"{name}: " + listed(f"{n:,} {verdict}" for verdict, n in row.items() if n)
            for name, row in rows.iterrows()]  # fmt: skip
    differing = (shares["differs"] if "differs" in rows else total * 0).round()
    most = differing.idxmax() if len(differing) else ""
    caption = (
        f"The black part came out as printed; differences are most frequent among {most} values, "
        f"{differing.max():.0f} % of {total.get(most, 0):,}."
    )
    return say(ax, "How many printed values came out as printed", caption, f"{'; '.join(said)}.")


def plot_evidence_map(cells: pd.DataFrame, note: str = "") -> tuple[Figure, np.ndarray]:
    """Which study reports what, and which way: an effect-direction plot in two columns.

    `cells`: ``group`` (rows that belong together stand together), ``label`` (of the row),
    ``factor``, ``direction`` and ``n_findings``, the number beside the mark. `note`: what else the
    labels need to be understood, below the map.
    """
    factors = list(dict.fromkeys(cells.factor))
    halves: list[list[pd.DataFrame]] = [[], []]
    for _, group in cells.groupby("group", sort=False):
        min(halves, key=lambda half: sum(part.label.nunique() + 1 for part in half)).append(group)
    bottom = max(sum(part.label.nunique() + 1 for part in half) for half in halves)
    figure, axes = plt.subplots(1, 2, figsize=(13.3, 0.33 * bottom + 1.9))
    for ax, half in zip(axes, halves):
        start_grid(ax, [], factors, (0, 0), margin=0.6)
        plt.setp(ax.get_xticklabels(), rotation=35, ha="left", rotation_mode="anchor")
        ax.set_ylim(bottom - 0.4, -0.6)
        top, ticks = 0, {}
        for part in half:
            ax.text(-0.45, top, part.group.iloc[0], va="center", fontsize=PLAIN, weight="bold")
            rows = list(dict.fromkeys(part.label))
            ticks |= {top + 1 + n: name for n, name in enumerate(rows)}
            _mark_cells(ax, part.assign(x=part.factor.map(factors.index),
                                        y=part.label.map(rows.index) + top + 1))  # fmt: skip
            top += len(rows) + 1
        labels = [textwrap.shorten(label, 26, placeholder=" ...") for label in ticks.values()]
        ax.set_yticks(list(ticks), labels, fontsize=SMALL)
    handles = [plt.Line2D([], [], color=INK, marker=shape, linestyle="", markersize=11,
                          markerfacecolor=fill, label=words)
               for shape, fill, words in MARKS.values()]  # fmt: skip
    figure.legend(handles=handles, loc="outside lower left", ncols=4, handletextpad=0.2)
    counts = pd.crosstab(cells.factor, cells.direction).reindex(columns=MARKS, fill_value=0)
    helps, hinders = counts.facilitates.idxmax(), counts.hinders.idxmax()
    caption = (
        "Marks up say that a factor helps, marks down that it hinders: most often helpful is "
        f"{helps} ({counts.facilitates[helps]} of {cells.label.nunique()} studies), most often a "
        f"hindrance {hinders} ({counts.hinders[hinders]}); an empty place is not reported, which "
        "is never no effect, and numbers count a cell's findings."
    )
    said = [
        f"{factor}: "
        + listed(f"{counts.loc[factor, way]} {words}" for way, (_, _, words) in MARKS.items())
        for factor in factors
    ]
    alt = f"Studies by factor. {'; '.join(said)}."
    say(axes[0], "Which study reports what", f"{caption} {note}".strip(), alt)
    return figure, axes


def _mark_cells(ax: Axes, part: pd.DataFrame) -> None:
    """The marks of some rows, with the number of findings beside each."""
    for direction, (shape, fill, _) in MARKS.items():
        drawn = part[part.direction == direction]
        ax.plot(drawn.x, drawn.y, shape, color=INK, markerfacecolor=fill,
                markersize=6 if direction == "none-stated" else 11)  # fmt: skip
        for x, y, n in zip(drawn.x, drawn.y, drawn.n_findings):
            ax.text(x + 0.2, y, f"{n}", va="center", fontsize=SMALL, color=SOFT)
    for y in sorted(set(part.y)):
        ax.axhline(y + 0.5, color="0.92", linewidth=0.8, zorder=0)


def plot_collapse(counted: pd.DataFrame) -> tuple[Figure, np.ndarray]:
    """How many units help, hinder or do both, a panel for each way of counting units.

    `counted`: ``level`` (the panel's head), ``factor``, and the number of units in
    ``facilitates``, ``hinders``, ``both``, ``none-stated`` and ``not reported``.
    """
    levels = dict(list(counted.groupby("level", sort=False)))
    rows, most = ceil(len(levels) / 2), max(map(len, levels.values()))
    size = (13.3, 0.7 + (0.45 * most + 0.7) * rows)
    figure, axes = plt.subplots(rows, 2, figsize=size, squeeze=False)
    reach = 1.05 * (counted[["facilitates", "hinders"]].max(axis=1) + counted.both / 2).max()
    for ax, (level, part) in zip(axes.flat, levels.items()):
        start_rows(ax, part.factor, ends=(0.6, 0.4), xticks=[], xlim=(-reach, reach * 1.35))
        # The middle of a bar is what goes both ways.
        left = -(part.hinders + part.both / 2).to_numpy()
        stack_bars(ax, part, _BARS, left, height=0.68)
        for place, silent in enumerate(part["none-stated"] + part["not reported"]):
            ax.text(reach, place, f"{silent:.0f} silent", va="center", fontsize=SMALL, color=SOFT)
        ax.axvline(0, color=SOFT, linewidth=0.8, linestyle=(0, (3, 3)), zorder=0)
        ax.set_title(level, fontsize=LARGE, pad=8)
        hide_frame(ax)
    for ax in axes.flat[len(levels) :]:
        ax.axis("off")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3, fontsize=PLAIN)
    leads = {level: [f for f, more in zip(part.factor, part.facilitates > part.hinders) if more]
             for level, part in levels.items()}  # fmt: skip
    always = [f for f in counted.factor.unique() if all(f in names for names in leads.values())]
    caption = (
        f"However units are counted, more of them help than hinder for {listed(always)}; "
        "what goes both ways stands in the middle of a bar."
    )
    words = "{0.factor} {0.facilitates} help, {0.hinders} hinder, {0.both} both".format
    said = [f"{level}: {listed(map(words, part.itertuples()))}" for level, part in levels.items()]
    say(axes[0, 0], "Directions, by what counts as a unit", caption, f"{'. '.join(said)}.")
    return figure, axes


def plot_truth_table(
    table: pd.DataFrame, conditions: dict[str, str], sides: tuple[str, str], ax: Axes | None = None
) -> Drawn:
    """Configurations down, conditions across, then a bar of the cases by how they came out.

    `table`: as `qca.truth_table` gives it, in the order to be drawn; rows without a case are
    counted below the others, not drawn. `conditions`: column to the words above it. `sides`: what
    the dark and the white part of a bar are called.
    """
    shown = table[table.n > 0]
    left, unit = len(conditions) + 0.1, 2.6 / max(8, shown.n.max())
    size = (13.3, min(0.92 * len(shown) + 1.8, 7.5))
    ax = start_sheet(ax, size, (-0.5, left + 7.3), (len(shown) - 0.05, -1.15))
    for (y, x), present in np.ndenumerate(shown[list(conditions)].to_numpy(bool)):
        ax.plot(x, y, "o", color=INK, markerfacecolor=INK if present else "white", markersize=19,
                markeredgewidth=1.6)  # fmt: skip
    stack_bars(ax, shown, SIDES, left, unit=unit, fontsize=15, height=0.46)
    for y, row in enumerate(shown.itertuples()):
        ax.text(left + 2.75, y, wrap(row.cases, 46), va="center", fontsize=SMALL, linespacing=1.0)
        if row.contradictory:
            ax.text(left, y - 0.385, "contradiction", va="center", fontsize=SMALL, weight="bold")
        if y:
            ax.axhline(y - 0.5, color=PALE, linewidth=0.8, zorder=0)
    for x, words in enumerate(conditions.values()):
        ax.text(x, -0.6, wrap(words, 8), ha="center", va="bottom", fontsize=15, linespacing=1.1)
    ax.text(left, -0.6, f"dark: {sides[0]}\nwhite: {sides[1]}", va="bottom", fontsize=15)
    ax.text(left + 2.75, -0.6, "cases", va="bottom", fontsize=15)
    rest = f"{len(table) - len(shown)} of {len(table)} configurations have no case"
    ax.text(-0.4, len(shown) - 0.28, rest, fontsize=SMALL, color=SOFT, va="center")
    mixed = shown[shown.contradictory]
    caption = (
        f"{len(mixed)} of the {len(shown)} combinations with a case hold cases of both outcomes, "
        f"so that these conditions do not settle the outcome of {mixed.n.sum()} of "
        f"{shown.n.sum()} cases."
    )
    names = pd.Series(conditions)
    said = [
        f"{listed(names[row[list(conditions)].to_numpy(bool)], 'none of the conditions')}: "
        f"{row.n_with} {sides[0]}, {row.n_without} {sides[1]}"
        for _, row in shown.iterrows()
    ]
    return say(ax, "Which combinations of conditions came out how", caption, f"{'; '.join(said)}.")
