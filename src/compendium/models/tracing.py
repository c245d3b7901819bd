"""How far a line of evidence should move somebody between two explanations of one outcome.

Process tracing asks of each piece of evidence how likely it would be if an explanation were right,
and how likely if its rival were: the ratio multiplies the odds (Bayes), and ten times its logarithm
is the weight of the evidence in decibels. A hoop test is one that the true explanation must pass, a
smoking gun one that hardly any other could (Van Evera 1997; Bennett 2015; Fairfield and Charman
2017). The ratios are judgements. So each is a range, and what comes out is a range too, over all
priors somebody may hold. What one source says is not independent of what it says elsewhere: of each
source at most one item counts, and as it is open which, the range is that of every choice. And the
evidence that an explanation was made from cannot test it.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from compendium.errors import refuse
from compendium.models import check

PRIORS = (0.1, 0.9)
_KEYS = ["comparison", "rival"]


def update(prior: float, ratio: float) -> float:
    """The posterior of an explanation whose rival makes the evidence `ratio` times less likely.

    >>> update(0.5, 3.0)
    0.75
    """
    check.shares(ends=False, prior=prior)
    check.that(0 <= ratio < np.inf, "0 or more, finite", ratio=ratio)
    return float(prior * ratio / (prior * ratio + 1 - prior))


def weigh_rivals(
    items: pd.DataFrame, priors: tuple[float, float] = PRIORS, without: Iterable[str] = ()
) -> pd.DataFrame:
    """What all evidence together says of an explanation against each rival, as a range.

    `items`: ``item_id``, ``comparison``, ``rival``, ``source`` (one name for whatever is not
    independent), ``low`` and ``high`` (bounds of the likelihood ratio, above 1 where the evidence
    speaks against the rival). `priors`: the least and the greatest. `without`: sources left out.

    By comparison and rival: ``n_items``, ``n_sources``; ``low`` and ``high`` of the ratio,
    multiplied over sources, whichever one item of each is taken; the same of ``decibels`` and of
    the ``posterior`` (least prior, least ratio); and ``says``: ``for`` where every choice of items
    and ratios moves towards the explanation, ``against`` where every one moves away, else ``either
    way``.

    >>> items = pd.DataFrame({"item_id": ["i1", "i2"], "comparison": "wards", "rival": "habit",
    ...                       "source": ["minutes", "nurse"], "low": [1.0, 2.0], "high": 3.0})
    >>> weigh_rivals(items, (0.5, 0.5))[["low", "high", "says"]].values.tolist()
    [[2.0, 9.0, 'for']]
    """
    check.shares(ends=False, least_prior=priors[0], greatest_prior=priors[1])
    check.that(priors[0] <= priors[1], "the least, then the greatest", priors=priors)
    bounds = check.numbers(items[["low", "high"]], "likelihood ratios")
    wrong = items[(bounds.low <= 0) | (bounds.low > bounds.high)]
    problems = [f"{i.item_id}, {i.rival}: found {i.low} to {i.high}" for i in wrong.itertuples()]
    twice = items[items.duplicated([*_KEYS, "item_id"])]
    problems += [f"{i.item_id}, {i.rival}: given more than once" for i in twice.itertuples()]
    allowed = "above 0, low to high, each item once for each rival"
    refuse(f"likelihood ratios (allowed: {allowed})", problems)
    without = list(without)
    check.names(without, items.source.unique(), "source")
    groups = items[_KEYS].drop_duplicates()
    kept = items[~items.source.isin(without)]
    choices = kept.groupby([*_KEYS, "source"], sort=False).agg(
        low=("low", "min"), high=("high", "max"), n_items=("low", "size")
    )
    totals = choices.groupby(_KEYS, sort=False).agg(
        n_items=("n_items", "sum"), n_sources=("low", "size"),
        low=("low", "prod"), high=("high", "prod"),
    )  # fmt: skip
    # Without any evidence nothing moves.
    totals = totals.reindex(pd.MultiIndex.from_frame(groups))
    totals = totals.fillna({"n_items": 0, "n_sources": 0, "low": 1.0, "high": 1.0})
    for end, prior in zip(("low", "high"), priors):
        totals[f"decibels_{end}"] = 10 * np.log10(totals[end])
        totals[f"posterior_{end}"] = [update(prior, ratio) for ratio in totals[end]]
    says = np.select([totals.low > 1, totals.high < 1], ["for", "against"], "either way")
    return totals.assign(says=says).astype({"n_items": int, "n_sources": int}).reset_index()


def leave_one_out(items: pd.DataFrame, prior: float = 0.5) -> pd.DataFrame:
    """The same without each item in turn: which one the range of posteriors rests on.

    Takes the items of `weigh_rivals`. By item: ``posterior_low`` and ``posterior_high`` at one
    `prior` without it, ``moved`` (by how much the two ends move, together) and ``turns`` (whether
    all items say ``for`` or ``against``, and the others do not); what moves most stands first in
    its group.

    >>> items = pd.DataFrame({"item_id": ["i1", "i2"], "comparison": "wards", "rival": "habit",
    ...                       "source": ["minutes", "nurse"], "low": [1.0, 2.0], "high": 3.0})
    >>> leave_one_out(items)[["item_id", "turns"]].values.tolist()
    [['i2', True], ['i1', False]]
    """
    names, priors = ["posterior_low", "posterior_high"], (prior, prior)
    items = items.reset_index(drop=True)
    whole = items[_KEYS].merge(weigh_rivals(items, priors), on=_KEYS)
    # Each item's others, as the evidence against a rival of their own; one alone leaves nothing.
    rest = pd.concat([
        mine.drop(index=place).assign(rival=place)
        for _, mine in items.groupby(_KEYS, sort=False)
        for place in mine.index
    ])  # fmt: skip
    left = (weigh_rivals(rest, priors) if len(rest) else whole.head(0)).set_index("rival")
    left = left.reindex(items.index).fillna(dict.fromkeys(names, prior) | {"says": "either way"})
    moved = (left[names] - whole[names]).abs().sum(axis=1)
    turns = (whole.says != "either way") & (whole.says != left.says)
    table = items[[*_KEYS, "item_id", "source"]].assign(**left[names], moved=moved, turns=turns)
    # Groups keep their order; what moves most stands first in each.
    order = table.groupby(_KEYS, sort=False).ngroup()
    return table.iloc[np.lexsort((-table.moved, order))].reset_index(drop=True)
