"""The two paired comparisons: what part of the evidence says, and what is left without the author.

Ratios are our judgement (`coding/tracing`), the arithmetic is that of `compendium.models.tracing`.
The explanations were made by the author from what the author tells; that telling can make them
known, not test them, and so everything is weighed without it too.
"""

import pandas as pd

from compendium.models import tracing
from compendium.printed.tables import read_table
from compendium.settings import read_study

AUTHOR = "author"
EVERY, WITHOUT = "all sources", "without the author"
_PAIR = ["explanation", "rival"]


def read_items() -> pd.DataFrame:
    """The evidence, its ratios as numbers."""
    return read_table("coding/tracing").astype({"low": float, "high": float})


def weigh(items: pd.DataFrame, priors: tuple[float, float]) -> pd.DataFrame:
    """Each explanation against each rival, with all sources and without the author."""
    left_out = {EVERY: [], WITHOUT: [AUTHOR]}
    weighed = {name: tracing.weigh_rivals(items, priors, out) for name, out in left_out.items()}
    table = pd.concat(weighed, names=["sources"]).reset_index(level=0)
    said = items.drop_duplicates("comparison").set_index("comparison").explanation
    return table.assign(explanation=table.comparison.map(said))


def label(weighed: pd.DataFrame) -> pd.DataFrame:
    """The same with a row's label, for the drawing: the explanation and its rival."""
    factors = pd.Series(read_study().factors)
    sides = [weighed[name].map(factors) for name in _PAIR]
    return weighed.assign(label=sides[0] + "\nrather than " + sides[1].str.lower())


def find_hinges(items: pd.DataFrame) -> pd.DataFrame:
    """The item that each range rests on most, with all sources and without the author.

    ``turns``: whether without it something else would be said.
    """
    given = {EVERY: items, WITHOUT: items[items.source != AUTHOR]}
    left = pd.concat({name: tracing.leave_one_out(part) for name, part in given.items()})
    left = left.rename_axis(["sources", None]).reset_index(level=0)
    first = left.groupby(["sources", "comparison", "rival"], sort=False).head(1)
    told = items.drop_duplicates("item_id").set_index("item_id")
    first = first.assign(line=first.item_id.map(told.line), label=first.item_id.map(told.label))
    return first.set_index(["sources", "comparison", "rival"])


def sum_up(weighed: pd.DataFrame) -> dict[str, object]:
    """What moves one way only, with all sources and without the author; and the widest posteriors.

    ``decided``: how many of the ranges of posteriors lie on one side of a half.
    """
    one_way = weighed[weighed.says != "either way"].set_index("sources")
    over, under = (one_way[x] + " over " + one_way[y] for x, y in (_PAIR, _PAIR[::-1]))
    moved = over.where(one_way.says == "for", under).groupby(level=0).agg(list)
    decided = (weighed.posterior_low > 0.5) | (weighed.posterior_high < 0.5)
    return {
        "ranges": len(weighed),
        "decided": int(decided.sum()),
        "with_all": moved.get(EVERY, ["nothing"]),
        "without_author": moved.get(WITHOUT, ["nothing"]),
    }
