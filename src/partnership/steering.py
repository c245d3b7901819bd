"""Command and control: how many circulars came, and how fast, by the years the thesis names."""

import pandas as pd

from compendium.models import counts


def name_epochs(yearly: pd.DataFrame, first: int, last: int) -> pd.DataFrame:
    """The yearly counts as numbers, each year with its epoch: before, busy (first to last), after.

    >>> yearly = pd.DataFrame({"year": ["1997", "1998", "1999"], "circulars": ["3", "9", "4"]})
    >>> name_epochs(yearly, 1998, 1998).epoch.tolist()
    ['before', 'busy', 'after']
    """
    table = yearly.astype({"year": int, "circulars": int})
    epoch = table.year.between(first, last).map({True: "busy", False: "after"})
    return table.assign(epoch=epoch.mask(table.year < first, "before"))


def rate_epochs(sums: pd.DataFrame) -> pd.DataFrame:
    """Circulars a year in each epoch, with the exact Poisson interval."""
    rates = {epoch: counts.rate_interval(*row) for epoch, row in zip(sums.index, sums.to_numpy())}
    return pd.DataFrame(rates, index=["a year", "low", "high"]).T.rename_axis("epoch")


def compare_rates(sums: pd.DataFrame, dispersion: float, df: int) -> pd.DataFrame:
    """The busy years' rate over that of the years around, with two intervals.

    The exact one that the counts alone give, and one for which years of an epoch may differ by
    `dispersion`, estimated on `df` degrees of freedom.
    """
    columns = ["busy years, times this", "low", "high"]
    columns += [f"{end}, years differing" for end in ("low", "high")]
    rows = {}
    for epoch in ("before", "after"):
        both = (*sums.loc["busy"], *sums.loc[epoch])
        wide = counts.widened_ratio(*both, dispersion=dispersion, df=df)
        rows[epoch] = [*counts.rate_ratio(*both), *wide[1:]]
    return pd.DataFrame(rows, index=columns).T.rename_axis("epoch")


def gather_labels(table: pd.DataFrame, by: str | list[str], label: str = "label") -> pd.Series:
    """The labels of each group in one cell, in their printed order, joined by semicolons."""
    return table.groupby(by, sort=False)[label].agg("; ".join)


def lay_out_effects(effects: pd.DataFrame) -> pd.DataFrame:
    """Appendix L: which effect is said of which site."""
    felt = effects[effects.named.eq("yes")].pivot_table(
        index=["side", "label"], columns="site", values="line", aggfunc="count", sort=False
    )
    said = felt.notna().sort_index(axis=1)
    return said.set_axis([f"{label} ({side})" for side, label in said.index])
