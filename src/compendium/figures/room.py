"""Where a class was stuck: of each task, how many came to which verdict."""

from itertools import pairwise

import pandas as pd
from matplotlib.axes import Axes

from compendium.figures.style import Drawn, stack_bars, start_rows

# Black is where to talk, white is what nobody reached.
_LOOKS = {
    "right": {"color": "0.85", "ink": "black"},
    "defensible": {"color": "0.85", "hatch": "//", "ink": "black"},
    "compared": {"color": "0.85", "hatch": "..", "ink": "black"},
    "not yet": {"color": "0.15", "ink": "white"},
    "not answered yet": {"color": "white", "ink": "black"},
}


def plot_room(counts: pd.DataFrame, *, ax: Axes | None = None) -> Drawn:
    """Bars end to end, one for each task, of the verdicts in `counts`; sessions apart by a line."""
    labels = [f"{session.upper()} {task.replace('_', ' ')}" for session, task in counts.index]
    ax = start_rows(ax, labels, (10.5, 0.42, 1.6), xlabel="teams")
    looks = {name: how for name, how in _LOOKS.items() if counts[name].any()}
    stack_bars(ax, counts, looks, height=0.75)
    ax.set_xlim(0, counts.sum(axis=1).max())
    ax.xaxis.get_major_locator().set_params(integer=True)
    sessions = counts.index.get_level_values(0)
    for row, (one, other) in enumerate(pairwise(sessions)):
        if one != other:
            ax.axhline(row + 0.5, color="0.5", linewidth=0.8)
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=len(looks), fontsize=12)
    return ax.figure, ax
