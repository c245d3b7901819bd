"""Pictures of the models: which weights, which assumption, and what the methods are worth.

Every share drawn of a model is a share of assumptions (weightings, codings, completions), and the
axes say so. Of the methods is drawn what they return when the truth is known: nothing there was
observed, and the note says that too. Grey, hatches, marks and line styles carry the
meaning; numbers stand beside the marks.
"""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from compendium.figures.style import (
    CENTRED,
    DASHED,
    INK,
    LARGE,
    PALE,
    PLAIN,
    SMALL,
    SOFT,
    Drawn,
    each,
    hide_frame,
    listed,
    say,
    start,
    start_grid,
    start_rows,
    wrap,
)

# How a pair of weights stands, and how its cell is filled; none: no weights are left.
RELATIONS = {"must": "0.15", "may": "0.8", "cannot": "1.0", "none": "1.0"}
SIMULATED = "Simulated: nothing in this figure was observed"
WORKED_OUT = "Simulated studies, worked out: nothing in this figure was observed"
ERROR = f"{SIMULATED}. Bars: Monte Carlo error"
# One after the other for the series of a figure.
SERIES = (
    {"linestyle": "-", "marker": "o", "markerfacecolor": INK},
    {"linestyle": "--", "marker": "s", "markerfacecolor": "white"},
    {"linestyle": "-.", "marker": "^", "markerfacecolor": SOFT},
    {"linestyle": ":", "marker": "D", "markerfacecolor": "white"},
)
LEVEL = 0.05


def plot_weight_shares(shares: pd.DataFrame, ax: Axes | None = None) -> Drawn:
    """For each case, in which share of all weightings it comes out as told.

    `shares`: ``case``, ``stated`` (share on the stated boxes alone), ``least`` and ``most`` (over
    all admissible ways to fill in the boxes not stated), per cent.
    """
    words = "Share of all weightings that give the told side (per cent)"
    ax = start_rows(ax, shares.case, (12.5, 0.4, 1.3), xlim=(-2, 102), xlabel=words)
    places = range(len(shares))
    ax.hlines(places, shares.least, shares.most, color=SOFT, linewidth=7, alpha=0.55)
    ax.plot(shares.stated, places, "o", color=INK, markersize=10)
    dots = shares.stated.map("{:.0f}".format, na_action="ignore")
    for place, dot, least, most in zip(places, dots.fillna("none"), shares.least, shares.most):
        ax.text(104, place, f"{dot} ({least:.0f} to {most:.0f})", va="center", fontsize=SMALL)
    ax.axvline(50, color=PALE, linewidth=1, zorder=0)
    ax.spines["left"].set_visible(False)
    always, sure = shares.case[shares.stated == 100], shares.case[shares.least > 50]
    caption = (
        f"On the stated boxes alone (dots) {len(always)} of {len(shares)} cases come out as "
        f"told at any weights; once the open boxes may lean (bars), {len(sure)} stay above "
        f"half: {listed(sure)}."
    )
    shown = shares.assign(dot=dots.fillna("no stated box"))
    said = each(shown, "{case}: {dot}, {least:.0f} to {most:.0f}")
    alt = f"Per cent of all weightings, stated boxes alone and the range: {said}."
    return say(ax, "How many weightings give each case its told side", caption, alt)


def plot_relations(relations: pd.DataFrame, more: str = "", ax: Axes | None = None) -> Drawn:
    """Which box must, may or cannot weigh more than which.

    `relations`: ``box``, ``other``, ``relation``; one row per ordered pair, boxes by the labels to
    be drawn. `more`: what else the caption should say.
    """
    boxes = list(dict.fromkeys(relations.box))
    ax = start_grid(ax, [wrap(box, 22) for box in boxes], [wrap(box, 15) for box in boxes],
                    (12, 1.0 * len(boxes) + 1.5))  # fmt: skip
    for row in relations.itertuples():
        x, y, fill = boxes.index(row.other), boxes.index(row.box), RELATIONS[row.relation]
        ax.add_patch(Rectangle((x - 0.48, y - 0.46), 0.96, 0.92, facecolor=fill, edgecolor=INK))
        ink = "white" if row.relation == "must" else INK
        ax.text(x, y, row.relation, color=ink, fontsize=LARGE, **CENTRED)
    ax.set_xlabel("Must the box of the row weigh more than the box of the column?", loc="left")
    must = relations[relations.relation == "must"]
    pairs = listed((f"{row.box} over {row.other}" for row in must.itertuples()), "no pair")
    caption = f"In the weightings that are left the order is forced for {pairs}. {more}".strip()
    said = relations.groupby(["box", "relation"], sort=False).other.agg(listed)
    alt = "; ".join(f"{box} {how} outweigh {others}" for (box, how), others in said.items())
    return say(ax, "Which box must weigh more than which", caption, f"{alt}.")


def plot_structures(shares: pd.DataFrame, ax: Axes | None = None) -> Drawn:
    """How often each structure gives each case its told side: darker is more often.

    `shares`: structures down, cases across; per cent of all weightings and codings. A line stands
    between the structures and those whose name starts with ``null``.
    """
    size = (4.6 + 1.4 * shares.shape[1], 0.46 * len(shares) + 1.4)
    ax = start_grid(ax, shares.index, [wrap(case, 12) for case in shares], size)
    ax.imshow(shares.to_numpy(float), cmap="Greys", vmin=0, vmax=125, aspect="auto")
    for (y, x), share in np.ndenumerate(shares.to_numpy(float)):
        ink = "white" if share > 70 else INK
        ax.text(x, y, f"{share:.0f}", color=ink, fontsize=14, **CENTRED)
    nulls = shares.index.astype(str).str.startswith("null")
    for place in np.flatnonzero(nulls[1:] != nulls[:-1]) + 0.5:
        # White around the black: it is to be seen between dark cells too.
        for color, width in (("white", 9), (INK, 2.5)):
            ax.axhline(place, color=color, linewidth=width)
    own, every = shares[~nulls], shares.columns[-1]
    best = own[every].idxmax()
    caption = (
        f"The darker, the more often a case comes out as told: {own.columns[0]} is where "
        f"structures part (from {own.iloc[:, 0].min():.0f} to {own.iloc[:, 0].max():.0f} "
        f"per cent), and {every} comes out at most {own[every].max():.0f} per cent of the "
        f"time ({best})."
    )
    said = "; ".join(
        f"{name}: " + listed(f"{case} {share:.0f}" for case, share in row.items())
        for name, row in shares.iterrows()
    )
    alt = f"Per cent of weightings and codings. {said}."
    return say(ax, "How often each structure gives each case its told side", caption, alt)


def plot_specifications(curve: pd.DataFrame, choices: list[str], ax: Axes | None = None) -> Drawn:
    """What comes out under each option of each choice, whatever the other choices are.

    A row for each option, by choice: the range of all combinations that hold it, the middle half of
    them, and their mean. An option whose bar lies further right gives more cases their told side; a
    choice whose bars lie alike does not matter.

    `curve`: ``share`` (per cent of the cases that come out as told); one column for each of
    `choices`, as text.
    """
    tables = {name: curve.groupby(name).share.describe() for name in choices}
    rows = []
    for name, table in tables.items():
        ordered = table.sort_values("mean", kind="stable").iterrows()
        rows += [(name, None, None), *((name, option, row) for option, row in ordered)]
    ax = start_rows(ax, ["" if option else f"{name}:" for name, option, _ in rows],
                    (12.5, 0.25, 1.0), ends=(0.9, 0.1), fontsize=SMALL,
                    xlim=(max(0, curve.share.min() - 10), 102),
                    xlabel="Cases that come out as told (per cent)")  # fmt: skip
    ax.set_yticklabels([option or f"{name}:" for name, option, _ in rows], fontsize=SMALL)
    for place, (label, (_, option, row)) in enumerate(zip(ax.get_yticklabels(), rows)):
        label.set_fontweight("normal" if option else "bold")
        if option:
            ax.plot([row["min"], row["max"]], [place, place], color=SOFT, linewidth=1.5)
            ax.plot([row["25%"], row["75%"]], [place, place], color=PALE, linewidth=9,
                    solid_capstyle="butt")  # fmt: skip
            ax.plot(row["mean"], place, "o", color=INK, markersize=8)
            ax.text(102.5, place, f"{row['mean']:.0f}", va="center", fontsize=SMALL)
    ax.text(102.5, -0.75, "mean", va="center", fontsize=SMALL)
    ax.axvline(100, color=PALE, linewidth=1, zorder=0)
    hide_frame(ax)
    means = {name: table["mean"] for name, table in tables.items()}
    spread = {name: mean.max() - mean.min() for name, mean in means.items()}
    widest, least = max(spread, key=spread.get), min(spread, key=spread.get)
    whole = (curve.share == 100).sum()
    caption = (
        f"Of {len(curve)} combinations of choices {whole} give every case its told side (from "
        f"{curve.share.min():.0f} to {curve.share.max():.0f} per cent of the cases do); the choice "
        f"of {widest} moves the mean most ({spread[widest]:.0f} points, least with "
        f"{means[widest].idxmin()}), that of {least} least ({spread[least]:.0f})."
    )
    said = "; ".join(
        f"{name}: " + listed(f"{option} {mean:.0f}" for option, mean in mean.sort_values().items())
        for name, mean in means.items()
    )
    return say(ax, "What comes out under each choice", caption, f"Mean per cent as told. {said}.")


def plot_swings(swings: pd.DataFrame, told: str, ax: Axes | None = None) -> Drawn:
    """A tornado: how far the tilt moves when one box goes through its admissible range.

    `swings`: ``label``, ``low``, ``high`` (tilts) and ``base`` (the tilt with the open boxes left
    out, the same in every row), widest first: as `multiverse.swing_boxes` gives it. `told`: the
    side the case is told to have come out on.
    """
    # As on the balance: what speaks for partnership lies to the left.
    reach = 1.15 * max(0.2, swings[["low", "high"]].abs().max(axis=None))
    ax = start_rows(ax, swings.label, (12, 0.6, 2.1), xlim=(reach, -reach))
    places, base = np.arange(len(swings)), float(swings.base.iloc[0])
    ax.barh(places, swings.high - swings.low, 0.6, swings.low, color=PALE, edgecolor=INK)
    fixed = swings.high == swings.low
    ax.vlines(swings.low[fixed], places[fixed] - 0.3, places[fixed] + 0.3, color=INK, linewidth=5)
    ax.axvline(0, color=INK, linewidth=1.5)
    ax.axvline(base, color=INK, linewidth=2, linestyle=DASHED)
    ax.text(base, 1.02, f"open boxes left out: B = {round(base, 2) + 0.0:+.2f}", ha="center",
            va="bottom", transform=ax.get_xaxis_transform(), fontsize=PLAIN)  # fmt: skip
    ax.set_xlabel(f"Tilt B, told: {told}", labelpad=8)
    for x, words, align in ((0, "\u2190 for partnership", "left"), (1, "against \u2192", "right")):
        ax.annotate(words, (x, 0), xycoords="axes fraction", xytext=(0, -28), ha=align, va="top",
                    textcoords="offset points", fontsize=PLAIN, weight="bold")  # fmt: skip
    side = {"left": 1, "right": -1}.get(told, 0)
    turns = swings.label[
        (np.sign(swings.low.round(9)) == side) | (np.sign(swings.high.round(9)) == side)
    ]
    caption = (
        f"With the open boxes left out B is {base + 0.0:+.2f}, and told is {told}: the widest bar "
        f"is {swings.label.iloc[0]}, and alone {listed(turns, 'no box')} could bring the beam to "
        "the side told."
    )
    ends = swings.assign(low=swings.low + 0.0, high=swings.high + 0.0)
    said = each(ends, "{label}: {low:+.2f} to {high:+.2f}")
    return say(ax, "How far one box alone moves the beam", caption, f"B from and to. {said}.")


def plot_carried(carried: pd.DataFrame, ax: Axes | None = None) -> Drawn:
    """How much of the uncertainty of a tilt each input carries, alone and with all others.

    `carried`: ``input``, ``alone`` and ``in_all``, shares of the variance.
    """
    drawn = carried.sort_values("in_all", ascending=False, kind="stable")
    words = "Share of what makes the tilt uncertain (per cent)"
    ax = start_rows(ax, drawn.input, (12, 0.5, 1.5), xlabel=words)
    for name, share, fill in (("with all others", drawn.in_all, "white"),
                              ("alone", drawn.alone.clip(lower=0), SOFT)):  # fmt: skip
        ax.barh(range(len(drawn)), 100 * share, height=0.62, color=fill, edgecolor=INK, label=name)
    ax.legend(loc="lower right", fontsize=PLAIN)
    first = drawn.iloc[0]
    caption = (
        f"Most of the uncertainty of the beam's tilt hangs on {first.input} "
        f"({100 * first.in_all:.0f} per cent with all that it acts through), least on "
        f"{drawn.input.iloc[-1]} ({100 * drawn.in_all.iloc[-1]:.0f})."
    )
    shares = (100 * drawn[["alone", "in_all"]]).clip(lower=0).assign(input=drawn.input)
    said = each(shares, "{input}: {alone:.0f} alone, {in_all:.0f} in all")
    return say(ax, "What the uncertainty of a tilt hangs on", caption, f"Per cent. {said}.")


def plot_rivals(weighed: pd.DataFrame, ax: Axes | None = None) -> Drawn:
    """How far evidence moves between an explanation and each rival: ranges in decibels.

    `weighed`: ``comparison``, ``label`` (a row for each, under its comparison), ``sources`` (first
    drawn broad and pale, the second narrow and dark), ``decibels_low``, ``decibels_high``,
    ``posterior_low`` and ``posterior_high``.
    """
    kinds, places, labels = list(dict.fromkeys(weighed.sources)), {}, []
    for comparison, part in weighed.groupby("comparison", sort=False):
        for label in ["", *dict.fromkeys(part.label)]:
            places[comparison, label] = len(labels)
            labels.append(label)
    words = (
        "\u2190 for the rival    weight of the evidence (decibels)    for the explanation \u2192"
    )
    ax = start_rows(ax, labels, (13, 0.62, 1.4), xlabel=words)
    beside = {"transform": ax.get_yaxis_transform(), "va": "center"}
    looks = dict(zip(kinds, ((12, PALE, -0.18), (5, INK, 0.18))))
    for row in weighed.itertuples():
        width, color, shift = looks[row.sources]
        at = places[row.comparison, row.label] + shift
        ax.hlines(at, row.decibels_low, row.decibels_high, color=color, linewidth=width)
        words = f"{_say_share(row.posterior_low)} to {_say_share(row.posterior_high)}"
        ax.text(1.01, at, words, fontsize=SMALL, **beside)
    for (comparison, label), place in places.items():
        if not label:
            ax.text(0.01, place + 0.2, comparison, fontsize=PLAIN, weight="bold",
                    backgroundcolor="white", **beside)  # fmt: skip
    ax.text(1.01, 0.2, "posterior", fontsize=PLAIN, weight="bold", **beside)
    for kind, (width, color, _) in looks.items():
        ax.plot([], color=color, linewidth=width, label=kind)
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=len(looks))
    ax.axvline(0, color=INK, linewidth=1.2, zorder=0)
    firm = weighed[(weighed.decibels_low > 0) | (weighed.decibels_high < 0)]
    caption = (
        f"{len(firm)} of {len(weighed)} ranges lie wholly on one side of no evidence; right, the "
        "posteriors over all priors held."
    )
    words = "{comparison}, {label}, {sources}: {decibels_low:.1f} to {decibels_high:.1f}"
    said = each(weighed, words)
    return say(ax, "How far evidence moves each comparison", caption, f"Decibels. {said}.")


def _say_share(share: float) -> str:
    """To three places; what is short of one, or of none, is not rounded to it.

    >>> _say_share(0.4), _say_share(0.99977), _say_share(0.0)
    ('0.400', '>0.999', '0.000')
    """
    if 0.9995 <= share < 1:
        return ">0.999"
    return "<0.001" if 0 < share < 0.0005 else f"{share:.3f}"


def plot_smallest_p(designs: pd.DataFrame, ax: Axes | None = None) -> Drawn:
    """The smallest p-value each design can give, however clear its outcome; empty above 0.05.

    `designs`: ``design`` and ``two_sided`` (smallest two-sided p).
    """
    words = "Smallest two-sided p that can come out (empty: above the line)"
    ax = start_rows(ax, designs.design, (10.5, 0.52, 2.0), ends=(1.1, 0.4), xlabel=words,
                    xscale="log", xlim=(designs.two_sided.min() / 2, 1))  # fmt: skip
    for place, p in enumerate(designs.two_sided):
        ax.plot([p, 1], [place, place], color=PALE, linewidth=5, zorder=0)
        ax.plot(p, place, "o", color=INK, markersize=12,
                markerfacecolor=INK if p <= LEVEL else "white")  # fmt: skip
        ax.text(1.15, place, f"{p:.3g}", va="center", fontsize=PLAIN)
    ax.axvline(LEVEL, color=INK, linewidth=1.4, linestyle="--")
    ax.text(LEVEL, -0.75, f"{LEVEL:g} ", ha="right", va="center", fontsize=PLAIN)
    ax.set_xticks([0.01, 0.1, 1], ["0.01", "0.1", "1"])
    never = designs.design[designs.two_sided > LEVEL]
    caption = (
        f"{len(never)} of {len(designs)} designs (empty marks) cannot reach {LEVEL:g}, however "
        f"clear their outcome: {listed(never)}."
    )
    said = each(designs, "{design}: {two_sided:.3g}")
    return say(ax, "The smallest p each design can give", caption, f"{said}.", WORKED_OUT)


def plot_series(
    table: pd.DataFrame,
    x: str,
    y: str,
    note: str = SIMULATED,
    *,
    aim: tuple[float, str] | None = None,
    ours: tuple[float, str, float] | None = None,
    title: str = "What a method returns",
    is_log: bool = True,
    ax: Axes | None = None,
    **axis: Any,
) -> Drawn:
    """What a method returns, from size to size: a line for each series.

    `table`: `x`, `y`, and, if there are any, ``series``, and ``low`` and ``high``: a bar at each
    mark. `note` and `title`: as in `style.say`. `aim`: where `y` should be, and the words for it at
    the right end; `ours`: the `x` of one's own study, the words for it, and their height. With
    `is_log` there is a tick at each value of `x`; `axis` is what `Axes.set` is to set.
    """
    ax = start(ax, 10.5, 6.2)
    groups = dict(list(table.groupby("series", sort=False))) if "series" in table else {"": table}
    for place, ((name, part), looks) in enumerate(zip(groups.items(), SERIES)):
        at = part[x]
        if "low" in table:
            # Side by side: two series at one size would hide each other's bars.
            at = at * 1.07**place
            ax.vlines(at, part.low, part.high, color=SOFT, linewidth=2.2)
        ax.plot(at, part[y], color=INK, linewidth=1.8, markersize=10, markeredgewidth=1.5,
                label=name, **looks)  # fmt: skip
    if len(groups) > 1:
        ax.legend(handlelength=3.2)
    if aim:
        _draw_aim(ax, *aim)
    if ours:
        ax.axvline(ours[0], color=SOFT, linewidth=1.4, linestyle="--", zorder=0)
        ax.text(ours[0], ours[2], f"  {ours[1]}", va="center")
    if is_log:
        sizes = sorted(set(table[x]))
        ax.set(xscale="log", xlim=(sizes[0] * 0.85, sizes[-1] * 1.2))
        ax.set_xticks(sizes, [f"{size:g}" for size in sizes])
        ax.xaxis.minorticks_off()
    ax.set(**axis)
    ends = {name: part.sort_values(x).iloc[[0, -1]] for name, part in groups.items()}
    said = [f"{name + ': ' if name else ''}from {e[y].iloc[0]:.3g} at {e[x].iloc[0]:g} to "
            f"{e[y].iloc[1]:.3g} at {e[x].iloc[1]:g}" for name, e in ends.items()]  # fmt: skip
    what = f"{ax.get_ylabel()}, by {ax.get_xlabel().lower()}"
    beyond = f"; the dotted line is {' '.join(aim[1].split())}" if aim else ""
    points = "; ".join(f"{name + ' ' if name else ''}" + listed(
        f"{at:g}: {value:.3g}" for at, value in zip(part[x], part[y]))
        for name, part in groups.items())  # fmt: skip
    return say(ax, title, f"{what}: {'; '.join(said)}{beyond}.", f"{what}. {points}.", note)


def plot_false_alarms(tried: pd.DataFrame, ax: Axes | None = None) -> Drawn:
    """How often a test finds a difference between sites that is not there.

    `tried`: ``icc``, ``simulated_rejected`` (share), ``low`` and ``high``, its Monte Carlo error.
    """
    ax = start(ax, 10.5, 6.2)
    places, shares = range(len(tried)), 100 * tried.simulated_rejected
    ax.bar(places, shares, width=0.55, color=PALE, edgecolor=INK, hatch="//", linewidth=1.4)
    ax.vlines(places, 100 * tried.low, 100 * tried.high, color=INK, linewidth=2.4)
    for place, share in zip(places, shares):
        ax.text(place + 0.32, share + 0.4, f"{share:.0f}", fontsize=LARGE, va="bottom")
    _draw_aim(ax, 100 * LEVEL, f"{100 * LEVEL:g}: as\npromised")
    ax.set(xlabel="Correlation of actors within a site", xticks=places,
           ylabel="Samples with a false finding (per cent)",
           xticklabels=[f"{icc:g}" for icc in tried.icc])  # fmt: skip
    last = tried.iloc[-1]
    caption = (
        f"A test that promises {100 * LEVEL:g} false findings in 100 gives {shares.iloc[-1]:.0f} "
        f"where actors of a site are alike at {last.icc:g}."
    )
    said = "; ".join(f"{icc:g}: {share:.0f} per cent" for icc, share in zip(tried.icc, shares))
    alt = f"By correlation within a site. {said}."
    return say(ax, "False alarms of a test that takes actors for independent", caption, alt, ERROR)


def _draw_aim(ax: Axes, height: float, words: str) -> None:
    """Where a quantity should be, said at the right end of the axes."""
    ax.axhline(height, color=INK, linewidth=1.4, linestyle=(0, (1, 2)), zorder=0)
    ax.text(1.01, height, words, transform=ax.get_yaxis_transform(), va="center")
