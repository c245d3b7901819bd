"""Figures: a tidy frame in, figure and axes out; one function for each figure.

Black and white first: fills, hatches and marks carry the meaning, so that a seminar reads them from
the back row and in grey print. No function here reads a table, fits a model or writes a file but
`save_figure`, which writes the picture twice and the plotted data beside it.
"""

from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from compendium import paths

STYLE: dict[str, Any] = {
    "figure.dpi": 110,
    "savefig.dpi": 200,
    "figure.constrained_layout.use": True,
    "font.family": "DejaVu Sans",
    "font.size": 12,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.labelsize": 12,
    "legend.frameon": False,
    "hatch.linewidth": 0.6,
    # Fixed, so that the ids inside an SVG are the same in every run.
    "svg.hashsalt": "compendium",
    "svg.fonttype": "path",
}
INK, SOFT, PALE = "0.1", "0.45", "0.8"

VERDICT_FILLS = {
    "exact": {"facecolor": "0.15", "hatch": ""},
    "rounds": {"facecolor": "0.55", "hatch": ""},
    "differs": {"facecolor": "1.0", "hatch": "xxxx"},
    "not-derivable": {"facecolor": "1.0", "hatch": "...."},
    "not-recoverable": {"facecolor": "1.0", "hatch": "||||"},
    "transcribed": {"facecolor": "0.88", "hatch": ""},
}


def use_style() -> None:
    """Set the style of all figures; a notebook calls it once."""
    mpl.rcParams.update(STYLE)


def save_figure(figure: Figure, data: pd.DataFrame, name: str) -> None:
    """Write a figure as SVG and PNG, and the data it shows as CSV, to ``results/figures``."""
    path = paths.output(f"results/figures/{name}.svg")
    figure.savefig(path, metadata={"Date": None, "Creator": None})
    figure.savefig(path.with_suffix(".png"), metadata={"Software": None})
    data.to_csv(path.with_suffix(".csv"), index=False, float_format="%.8g", lineterminator="\n")


def plot_contributions(
    bars: pd.DataFrame, level: float, ax: Axes | None = None
) -> tuple[Figure, Axes]:
    """Figures 1 and 2 of Elston and Fulop (2002): who contributed; a reconstruction.

    Parameters
    ----------
    bars : DataFrame
        ``label``, ``share`` (per cent of the sample), ``low`` and ``high`` (per cent of the
        population), ``count`` and ``denominator``. Where ``share`` is missing the bar's height is
        not printed, and its place stays empty.
    level : float
        Confidence of the intervals, for the note above the bars.
    """
    # Seaborn brings scipy.stats along, a second in every kernel: only this figure pays for it.
    import seaborn as sns  # noqa: PLC0415

    if ax is None:
        _, ax = plt.subplots(figsize=(10, 0.56 * len(bars) + 1.7))
    sns.barplot(
        bars, x="share", y="label", order=bars.label, color=PALE, edgecolor=INK, linewidth=1, ax=ax
    )
    for place, bar in enumerate(bars.itertuples()):
        if pd.isna(bar.share):
            missing = Rectangle((0, place - 0.4), 100, 0.8, facecolor="none", edgecolor=SOFT)
            missing.set(linestyle=(0, (4, 3)), linewidth=1.2)
            ax.add_patch(missing)
            words = "height not printed in the text"
            ax.text(50, place, words, va="center", ha="center", style="italic", color=SOFT)
            continue
        ax.plot([bar.low, bar.high], [place, place], color=INK, linewidth=2.4)
        for end in (bar.low, bar.high):
            ax.plot([end, end], [place - 0.16, place + 0.16], color=INK, linewidth=2.4)
        ax.text(102, place, f"{bar.count} of {bar.denominator:.0f}", va="center", color=INK)
    ax.set(xlim=(0, 100), ylabel="", xlabel="Programmes with a contribution (per cent)")
    note = (
        f"Reconstruction from the printed counts. Lines: {level:.0%} interval for all authorities"
    )
    ax.set_title(note, loc="left", fontsize=12, style="italic", color=SOFT, pad=12, x=-0.34)
    ax.tick_params(axis="y", length=0, labelsize=13)
    return ax.figure, ax


def plot_shares(shares: pd.DataFrame, ax: Axes | None = None) -> tuple[Figure, Axes]:
    """Table 4.2's shares: what print says against what its rounding allows.

    Parameters
    ----------
    shares : DataFrame
        ``site``, ``share``, ``share_low``, ``share_high`` (recomputed, per cent) and
        ``printed_low``, ``printed_high`` (the band of numbers that round to the printed one).
    """
    if ax is None:
        _, ax = plt.subplots(figsize=(9, 3.6))
    for place, row in enumerate(shares.itertuples()):
        band = Rectangle(
            (row.printed_low, place - 0.28),
            row.printed_high - row.printed_low,
            0.56,
            facecolor="0.85",
            edgecolor=SOFT,
            label="rounds to the printed share",
        )
        ax.add_patch(band)
        ax.plot(
            [row.share_low, row.share_high],
            [place, place],
            color=INK,
            linewidth=3,
            label="recomputed: what the printed amounts leave open",
        )
        ax.plot(
            row.share,
            place,
            "o",
            color=INK,
            markersize=9,
            label="recomputed from the amounts",
        )
    handles, labels = ax.get_legend_handles_labels()
    ax.legend(
        handles[:3],
        labels[:3],
        loc="upper left",
        bbox_to_anchor=(0, 1.28),
        ncols=1,
        fontsize=10.5,
    )
    ax.set(
        yticks=range(len(shares)),
        ylim=(len(shares) - 0.5, -0.6),
        xlim=(-0.07, 1.07),
        xlabel="Additional funding as a share of the health authority's budget, 2001/02 (per cent)",
    )
    ax.set_yticklabels(shares.site)
    ax.tick_params(axis="y", length=0)
    return ax.figure, ax


def plot_life_expectancy(years: pd.DataFrame, ax: Axes | None = None) -> tuple[Figure, Axes]:
    """Appendix F: life expectancy at birth of each local authority, by site and sex.

    Parameters
    ----------
    years : DataFrame
        ``site``, ``sex`` (``men`` or ``women``) and ``years``; one row per local authority.
    """
    if ax is None:
        _, ax = plt.subplots(figsize=(9, 3.8))
    sites = list(dict.fromkeys(years.site))
    for sex, marker, fill in (("men", "s", "white"), ("women", "o", INK)):
        part = years[years.sex == sex]
        offset = -0.2 if sex == "men" else 0.14
        # Authorities with the same figure are drawn above one another, not one on the other.
        ties = part.groupby(["site", "years"]).cumcount() * 0.17
        places = [sites.index(site) + offset + tie for site, tie in zip(part.site, ties)]
        ax.plot(
            part.years,
            places,
            marker,
            color=INK,
            markerfacecolor=fill,
            markersize=9,
            label=f"{sex}, one mark per local authority",
        )
    ax.set(
        yticks=range(len(sites)),
        ylim=(len(sites) - 0.5, -0.5),
        xlabel="Life expectancy at birth, 1999-2001 (years)",
    )
    ax.set_yticklabels(sites)
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="x", color="0.9")
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, fontsize=11)
    return ax.figure, ax


def plot_verdicts(counts: pd.DataFrame, ax: Axes | None = None) -> tuple[Figure, Axes]:
    """How many printed values got which verdict, a bar for each row of `counts`.

    Parameters
    ----------
    counts : DataFrame
        Indexed by what a bar is called; one column per verdict, in the order to be drawn.
    """
    if ax is None:
        _, ax = plt.subplots(figsize=(10, 0.55 * len(counts) + 1.9))
    left = np.zeros(len(counts))
    for verdict in counts.columns:
        numbers = counts[verdict].to_numpy(dtype=float)
        ax.barh(
            range(len(counts)),
            numbers,
            left=left,
            height=0.62,
            edgecolor=INK,
            linewidth=0.8,
            label=verdict,
            **VERDICT_FILLS[verdict],
        )
        left += numbers
    for place, number in enumerate(left):
        ax.text(number + 0.5, place, f"{number:.0f}", va="center", color=INK)
    ax.set(
        yticks=range(len(counts)),
        ylim=(len(counts) - 0.4, -0.6),
        xlabel="Printed values",
    )
    ax.set_yticklabels(counts.index)
    ax.tick_params(axis="y", length=0)
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=3, fontsize=11)
    return ax.figure, ax


def plot_circulars(counts: pd.DataFrame, ax: Axes | None = None) -> tuple[Figure, Axes]:
    """Table 3.4: circulars by year, with the mean of each epoch.

    Parameters
    ----------
    counts : DataFrame
        ``year``, ``circulars`` and ``epoch``; one row a year.
    """
    if ax is None:
        _, ax = plt.subplots(figsize=(9, 4))
    ax.bar(counts.year, counts.circulars, color=PALE, edgecolor=INK, width=0.7)
    for _, part in counts.groupby("epoch", sort=False):
        mean = part.circulars.mean()
        ends = [part.year.min() - 0.45, part.year.max() + 0.45]
        ax.plot(ends, [mean, mean], color=INK, linewidth=2.2, linestyle=(0, (4, 2)))
        words = f"mean {mean:.0f} a year"
        ax.text(part.year.mean(), part.circulars.max() + 26, words, ha="center", color=SOFT)
        for row in part.itertuples():
            height = max(row.circulars, mean) + 4
            ax.text(row.year, height, f"{row.circulars}", ha="center", color=INK)
    ax.set(xlabel="Year", ylabel="Circulars and guidance", xlim=(1994.3, 2002.7), ylim=(0, 300))
    return ax.figure, ax


def plot_presence(table: pd.DataFrame, ax: Axes | None = None) -> tuple[Figure, Axes]:
    """Which row is said of which column: a filled mark where it is, a ring where it is not said.

    Parameters
    ----------
    table : DataFrame of bool
        Rows and columns as they are to be drawn. An empty mark means "not said", never "not so".
    """
    if ax is None:
        width = 4.6 + 1.35 * table.shape[1]
        _, ax = plt.subplots(figsize=(width, 0.42 * len(table) + 1.4))
    for row in range(table.shape[0]):
        for column in range(table.shape[1]):
            said = bool(table.iat[row, column])
            ax.plot(column, row, "o", color=INK, markersize=11 if said else 5,
                    markerfacecolor=INK if said else "white")  # fmt: skip
    ax.set(xticks=range(table.shape[1]), yticks=range(table.shape[0]),
           xlim=(-0.6, table.shape[1] - 0.4), ylim=(len(table) - 0.4, -0.6))  # fmt: skip
    ax.set_xticklabels(table.columns)
    ax.set_yticklabels(table.index)
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    for edge in ("left", "bottom"):
        ax.spines[edge].set_visible(False)
    return ax.figure, ax
