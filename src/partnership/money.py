"""Costs and benefits in money: what was on offer, next to what there was.

A printed amount stands for an interval: 0.97 is anything from 0.965 to 0.975. Every sum, share and
difference here carries that interval along. It is the only uncertainty there is: these are all the
sites of the study, not a sample of sites.
"""

import pandas as pd

from compendium.printed.quantities import exactly, parse
from partnership.sites import count_bodies

_UNIT = "£ million"
OFFERED = ["site", "period", "source", "amount_gbp_m"]


def _parse(texts: pd.Series, unit: str = _UNIT) -> pd.Series:
    return texts.astype(object).map(lambda text: parse(text, unit))


def _scale(quantities: pd.Series, factor: int) -> pd.Series:
    return quantities.map(lambda quantity: quantity.scaled(factor))


def as_columns(quantities: pd.Series, name: str) -> pd.DataFrame:
    """Quantities as three columns of floats: `name`, `name`_low and `name`_high.

    >>> as_columns(pd.Series([parse("0.97", _UNIT)]), "joint_finance").values.tolist()
    [[0.97, 0.965, 0.975]]
    """
    ends = [(float(q.value), float(q.low), float(q.high)) for q in quantities]
    return pd.DataFrame(ends, quantities.index, [name, f"{name}_low", f"{name}_high"])


def lay_out_offers(offers: pd.DataFrame) -> pd.DataFrame:
    """Table 4.1 in its printed layout; where money is named without an amount, it says so."""
    named = offers[offers.source != "none"]
    named = named.assign(
        offer=named.partnership + ", " + named.source,
        amount=named.amount_gbp_m.fillna("amount not printed"),
    )
    return named.pivot(index="offer", columns="site", values="amount").fillna("")


def recompute_shares(shares: pd.DataFrame) -> pd.DataFrame:
    """Table 4.2: the share of the allocation in the budget, as computed and as printed."""
    computed = _scale(_parse(shares.allocation_gbp_m) / _parse(shares.budget_gbp_m), 100)
    printed = as_columns(_parse(shares.share_percent, "%"), "printed")
    return pd.concat([shares.site, as_columns(computed, "share"), printed], axis=1)


def _list_offered(offers: pd.DataFrame) -> pd.DataFrame:
    """What Table 4.1 offers with an amount for the first year."""
    return offers[offers.period.eq("1999/00") & offers.amount_gbp_m.notna()]


def share_first_year(offers: pd.DataFrame, base: pd.DataFrame) -> pd.DataFrame:
    """All money of the first year over the health authority's budget a year later, per cent."""
    ha = base[base.organisation.eq("ha") & base.resource.eq("budget")].set_index("scope")
    sites = _list_offered(offers).groupby("site").amount_gbp_m
    total = pd.Series({site: sum(_parse(texts), start=exactly(0)) for site, texts in sites})
    shares = total / _parse(ha.printed[total.index])
    return as_columns(_scale(shares, 100), "share").rename_axis("site")


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
    heads = _parse(people.drop(doubtful, errors="ignore"), "people")
    listed = profile.indicator.str.fullmatch("local-authorities|trusts-[A-Z]{2}|pcgs|chcs")
    bodies = count_bodies(profile[listed]).groupby("site").printed.sum() + 1
    amounts, number = _parse(given.amount_gbp_m), given.site.map(bodies)
    known = given.site.isin(heads.index)
    a_head = amounts[known] / given.site[known].map(heads)
    each = amounts / number.astype(object).map(lambda n: exactly(int(n)))
    return (
        given.assign(bodies=number)
        .join(as_columns(_scale(a_head, 10**6), "pounds_a_head"))
        .join(as_columns(_scale(each, 1000), "thousand_pounds_each"))
    )


def _list_programme(offers: pd.DataFrame, shares: pd.DataFrame) -> pd.DataFrame:
    """The amounts of each site with a programme: first year, whole, and third year."""
    programme = offers[offers.source.isin(["haz-funding", "haz-programme"])]
    amounts = programme.pivot(index="site", columns="source", values="amount_gbp_m")
    third = shares.set_index("site").allocation_gbp_m
    return amounts.assign(third=third).astype(object)


def imply_second_year(offers: pd.DataFrame, shares: pd.DataFrame) -> pd.DataFrame:
    """What the middle year must have brought, if three years of a programme add up to its total."""
    table = _list_programme(offers, shares)
    whole, first, third = (_parse(table[n]) for n in ("haz-programme", "haz-funding", "third"))
    implied = as_columns(whole - first - third, "second_year").round(3)
    return table.rename(columns={"third": "2001/02"}).join(implied)


def compare_years(offers: pd.DataFrame, shares: pd.DataFrame) -> pd.DataFrame:
    """How many times the first year's money of a programme the third year's is."""
    table = _list_programme(offers, shares)
    return as_columns(_parse(table.third) / _parse(table["haz-funding"]), "third_over_first")


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
    amounts = _parse(table.adjustment_gbp_m)
    gaps = amounts.drop(site).map(lambda amount: amounts[site] - amount)
    return table[["adjustment_gbp_m", "long_stay_adults"]].join(as_columns(gaps, f"below_{site}"))
