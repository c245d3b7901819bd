"""The four sites and the three companies: the places that describe them, set side by side.

Chapter 2 of the thesis describes each site in words, Appendix F in a table, Appendix H by who was
interviewed. Nothing here is repaired: where two places differ, both stand.
"""

import numpy as np
import pandas as pd

_AMOUNTS = ["HA budget 2001/02", "HA budget 2000/01", "joint finance 1999/2000"]
_BODIES = ["pcgs", "chcs", "local-authorities"]


def count_bodies(profile: pd.DataFrame) -> pd.DataFrame:
    """The counts of Appendix F as numbers, with the kind that an indicator is a part of."""
    counted = profile[profile.unit == "n"].astype({"printed": int})
    return counted.assign(kind=counted.indicator.str.replace(r"-[A-Z]+$", "", regex=True))


def add_parts(counted: pd.DataFrame) -> pd.DataFrame:
    """What is counted in parts, added up: kinds down, sites across are turned to sites down."""
    parts = counted[counted.indicator != counted.kind]
    return parts.groupby(["site", "kind"]).printed.sum().unstack()


def compare_bodies(described: pd.DataFrame, counted: pd.DataFrame) -> pd.DataFrame:
    """Groups and trusts of each site, as section 2.3.5 has them and as Appendix F has them."""
    words = described[described.unit == "n"].pivot(
        index="site", columns="attribute", values="printed"
    )
    trusts = words.filter(like="trusts").apply(lambda row: " + ".join(row.dropna()), axis=1)
    groups = counted[counted.indicator == "pcgs"].set_index("site").printed
    columns = {
        "PCGs, section 2.3.5": words.pcgs,
        "PCGs, Appendix F": groups,
        "trusts, section 2.3.5": trusts,
        "trusts, Appendix F": add_parts(counted).trusts,
    }
    return pd.DataFrame(columns)


def list_life_expectancy(profile: pd.DataFrame) -> pd.DataFrame:
    """Life expectancy of men and women, one row for each local authority of a site."""
    rows = profile[profile.indicator.str.startswith("life-expectancy")]
    split = rows.indicator.str.extract(r"life-expectancy-(male|female)-(LA\d)")
    table = rows[["site"]].assign(
        sex=split[0].map({"male": "men", "female": "women"}),
        local_authority=split[1],
        years=rows.printed.astype(float),
    )
    return table.sort_values(["site", "sex", "local_authority"], ignore_index=True)


def read_population(profile: pd.DataFrame) -> pd.Series:
    """The approximate population of each site, as printed in Appendix F."""
    people = profile[profile.indicator == "population"].set_index("site").printed
    return people.str.replace(",", "").astype(int)


def put_over_population(
    profile: pd.DataFrame, budgets: pd.DataFrame, bases: pd.DataFrame, offers: pd.DataFrame
) -> pd.DataFrame:
    """Every amount of Tables 4.1 to 4.3, and every count of bodies, over the site's population."""
    population, counted = read_population(profile), count_bodies(profile)
    own = bases[bases.organisation.eq("ha") & bases.resource.eq("budget")]
    joint = offers[offers.source == "joint-finance"]
    columns = [
        budgets.set_index("site").budget_gbp_m,
        own.set_index("scope").printed,
        joint.set_index("site").amount_gbp_m,
    ]
    pounds = pd.DataFrame(dict(zip(_AMOUNTS, columns, strict=True))).astype(float)
    a_head = pounds.mul(1e6).div(population, axis=0).add_suffix(", £ a head")
    bodies = counted[counted.indicator.isin(_BODIES)]
    a_body = 1 / bodies.pivot(index="site", columns="indicator", values="printed").astype(float)
    a_body = a_body.mul(population, axis=0).add_prefix("people per ")
    return pd.concat([a_head, a_body, add_parts(counted).trusts], axis=1)


def hold_to_others(numbers: pd.DataFrame) -> pd.DataFrame:
    """Each site's number over the median of the other sites'.

    >>> hold_to_others(pd.DataFrame({"n": [6, 2, 4]}, index=["A", "B", "C"])).n.tolist()
    [2.0, 0.4, 1.0]
    """
    others = {site: numbers.drop(index=site).median() for site in numbers.index}
    return numbers / pd.DataFrame(others).T


def flag(numbers: pd.DataFrame, ratio: pd.DataFrame) -> pd.DataFrame:
    """The numbers as text, flagged where more than twice, or less than half, the others' median."""
    flags = np.select([ratio > 2, ratio < 0.5], [" (high)", " (low)"], "")
    return (numbers.round(0).astype(int).astype(str) + flags).T.rename_axis("indicator")


def total_interviews(printed: pd.DataFrame) -> pd.DataFrame:
    """The bottom line of Appendix H, read in three ways: the second counts repeated rows twice."""
    last = printed.index.get_level_values("row").max()
    rows = printed.drop(index=last, level="row")
    once = rows[~rows.reset_index("profile").duplicated().to_numpy()]
    return pd.DataFrame(
        {
            "printed total": printed.xs(last, level="row").iloc[0],
            "sum of all printed rows": rows.sum(),
            "sum of distinct rows": once.sum(),
        }
    )
