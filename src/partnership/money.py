"""Costs and benefits in money: what was on offer, next to what there was.

A printed amount stands for an interval: 0.97 is anything from 0.965 to 0.975. Every sum, share and
difference here carries that interval along. It is the only uncertainty there is: these are all the
sites of the study, not a sample of sites.
"""

import pandas as pd

from compendium.printed.quantities import Quantity, exactly, parse
from partnership.sites import count_bodies

_UNIT = "£ million"
OFFERED = ["site", "period", "source", "amount_gbp_m"]


def _parse(texts: pd.Series, unit: str = _UNIT) -> list[Quantity]:
    return [parse(text, unit) for text in texts]


def as_columns(quantities: list[Quantity], name: str) -> pd.DataFrame:
    """Quantities as three columns of floats: `name`, `name`_low and `name`_high.

    >>> as_columns([parse("0.97", _UNIT)], "joint_finance").values.tolist()
    [[0.97, 0.965, 0.975]]
    """
    ends = [(float(q.value), float(q.low), float(q.high)) for q in quantities]
    return pd.DataFrame(ends, columns=[name, f"{name}_low", f"{name}_high"])


def lay_out_offers(offers: pd.DataFrame) -> pd.DataFrame:
    """Table 4.1 in its printed layout; where money is named without an amount, it says so."""
    named = offers[offers.source != "none"]
    named = named.assign(offer=named.partnership + ", " + named.source)
    table = named.pivot(index="offer", columns="site", values="amount_gbp_m")
    silent = named[named.amount_gbp_m.isna()]
    for offer, site in zip(silent.offer, silent.site):
        table.loc[offer, site] = "amount not printed"
    return table.fillna("")


def recompute_shares(shares: pd.DataFrame) -> pd.DataFrame:
    """Table 4.2: the share of the allocation in the budget, as computed and as printed."""
    pairs = zip(_parse(shares.allocation_gbp_m), _parse(shares.budget_gbp_m))
    computed = [(part / whole).scaled(100) for part, whole in pairs]
    printed = as_columns(_parse(shares.share_percent, "%"), "printed")
    return pd.concat([shares.site, as_columns(computed, "share"), printed], axis=1)


def _list_offered(offers: pd.DataFrame) -> pd.DataFrame:
    """What Table 4.1 offers with an amount for the first year."""
    return offers[offers.period.eq("1999/00") & offers.amount_gbp_m.notna()]


def share_first_year(offers: pd.DataFrame, base: pd.DataFrame) -> pd.DataFrame:
    """All money of the first year over the health authority's budget a year later, per cent."""
    ha = base[base.organisation.eq("ha") & base.resource.eq("budget")]
    own, found = ha.set_index("scope").printed, {}
    for site, texts in _list_offered(offers).groupby("site").amount_gbp_m:
        total = sum(_parse(texts), start=exactly(0))
        found[site] = (total / parse(own[site], _UNIT)).scaled(100)
    table = as_columns(list(found.values()), "share")
    return table.set_axis(list(found)).rename_axis("site")


def list_given(offers: pd.DataFrame, shares: pd.DataFrame) -> pd.DataFrame:
    """Every amount given to a site: the first year's of Table 4.1, the later one's of Table 4.2."""
    later = shares.assign(source=shares.allocation_kind, period="2001/02")
    later = later.rename(columns={"allocation_gbp_m": "amount_gbp_m"})
    return pd.concat([_list_offered(offers)[OFFERED], later[OFFERED]], ignore_index=True)


def spread(given: pd.DataFrame, profile: pd.DataFrame, doubtful: str) -> pd.DataFrame:
    """Every amount a head, and for each statutory body of the site, with the bounds of rounding.

    By Appendix F's population and bodies; the health authority is one body more. The population of
    the `doubtful` site is not to be believed: nothing is divided by it.
    """
    people = profile[profile.indicator == "population"].set_index("site").printed
    people = people.drop(doubtful, errors="ignore")
    heads = {site: parse(text, "people") for site, text in people.items()}
    known = given[given.site.isin(list(heads))]
    pairs = zip(_parse(known.amount_gbp_m), known.site)
    a_head = [(amount / heads[site]).scaled(10**6) for amount, site in pairs]
    bodies = _count_statutory(profile)
    pairs = zip(_parse(given.amount_gbp_m), given.site)
    each = [(amount / exactly(int(bodies[site]))).scaled(1000) for amount, site in pairs]
    return (
        given.assign(bodies=given.site.map(bodies))
        .join(as_columns(a_head, "pounds_a_head").set_axis(known.index))
        .join(as_columns(each, "thousand_pounds_each"))
    )


def _count_statutory(profile: pd.DataFrame) -> pd.Series:
    """Local authorities, trusts, groups and councils of a site, and its health authority."""
    listed = profile.indicator.str.fullmatch("local-authorities|trusts-[A-Z]{2}|pcgs|chcs")
    return count_bodies(profile[listed]).groupby("site").printed.sum() + 1


def _list_programme(offers: pd.DataFrame, shares: pd.DataFrame) -> pd.DataFrame:
    """The printed amounts of each site with a programme: first year, whole, and third year."""
    programme = offers[offers.source.isin(["haz-funding", "haz-programme"])]
    amounts = programme.pivot(index="site", columns="source", values="amount_gbp_m")
    third = shares.set_index("site").allocation_gbp_m.loc[amounts.index]
    return amounts.assign(**{"2001/02": third})


def imply_second_year(offers: pd.DataFrame, shares: pd.DataFrame) -> pd.DataFrame:
    """What the middle year must have brought, if three years of a programme add up to its total."""
    table = _list_programme(offers, shares)
    years = zip(*(_parse(table[name]) for name in ("haz-programme", "haz-funding", "2001/02")))
    implied = as_columns([whole - a - b for whole, a, b in years], "second_year")
    return table.join(implied.set_axis(table.index).round(3))


def compare_years(offers: pd.DataFrame, shares: pd.DataFrame) -> pd.DataFrame:
    """How many times the first year's money of a programme the third year's is."""
    table = _list_programme(offers, shares)
    pairs = zip(_parse(table["2001/02"]), _parse(table["haz-funding"]))
    rise = as_columns([last / first for last, first in pairs], "third_over_first")
    return rise.set_axis(table.index)


def measure_rounding(tables: dict[str, pd.Series], rise: float) -> pd.DataFrame:
    """How wide the interval of each printed amount is, in per cent of it, by table.

    And how many are wider than the part by which prices rose meanwhile.
    """
    rows = []
    for name, texts in tables.items():
        amount = as_columns(_parse(texts), "amount")
        width = (amount.amount_high - amount.amount_low) / amount.amount
        reach = f"{100 * width.min():.1f}-{100 * width.max():.1f}"
        rows.append((name, len(width), reach, width.gt(rise).sum()))
    columns = ["table", "amounts", "width, %", "wider than prices rose, 1999-2002"]
    return pd.DataFrame(rows, columns=columns).set_index("table")


def list_amounts(offers: pd.DataFrame, shares: pd.DataFrame) -> dict[str, pd.Series]:
    """The printed amounts of Tables 4.1 and 4.2; none (0) is no rounded amount."""
    given = offers.amount_gbp_m.notna() & offers.source.ne("none")
    return {
        "Table 4.1": offers.amount_gbp_m[given],
        "Table 4.2, allocations": shares.allocation_gbp_m[shares.allocation_gbp_m != "0"],
        "Table 4.2, budgets": shares.budget_gbp_m,
    }


def lay_out_bases(base: pd.DataFrame) -> pd.DataFrame:
    """Table 4.3 in its printed layout: each organisation's staff and budget, with their scope."""
    printed = base[base.printed.notna()]
    printed = printed.assign(figure=printed.printed + " (" + printed.scope + ")")
    keys = ["base", "organisation", "resource"]
    table = printed.groupby(keys, sort=False).figure.agg("; ".join)
    return table.unstack(fill_value="")[["staff", "budget"]]


def compare_adjustments(long_stay: pd.DataFrame, site: str) -> pd.DataFrame:
    """Table 4.4, and how far below one site's adjustment every other one lies."""
    table = long_stay.set_index("site")
    amounts = dict(zip(table.index, _parse(table.adjustment_gbp_m)))
    gaps = [amounts[site] - amounts[other] for other in table.index]
    difference = as_columns(gaps, f"below_{site}").set_axis(table.index)
    return table[["adjustment_gbp_m", "long_stay_adults"]].join(difference.drop(site))
