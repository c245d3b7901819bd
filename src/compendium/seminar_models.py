"""What is right in the sessions on weights, cases, arrangements and truth tables (S4 to S7).

No answer is typed in, here or in a notebook: each is worked out from the raw data whenever it is
asked, so that a mended table mends the key. Beside the right answer stand those that a slip leads
to, each with a hint that names the kind of slip and not the answer.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import pandas as pd

from compendium import cases, configurations, ordering, raw, tidiness, weights
from compendium.balance import BOXES, side, tilt

BEFORE, AFTER, GREENSHIRE = "SS Dalesville before", "SS Dalesville after", "SS Greenshire"
# What a case is, beside its name and place; what it leans on is coded elsewhere.
TRAITS = ["kind", "base_group", "attitude_group", "mandated", "funded"]
TRAITS += ["dependence", "scarcity", "year"]
CONDITIONS = ["broad", "large", "duty", "funds"]
OTHER_SIDE = "that is the share that tips to the other side"
STATED_ONLY = "so it is for the stated boxes alone; the others may lean too"
ONE_WAY = "that counts one direction; the opposite would have struck you as much"


class Key(NamedTuple):
    """What is right in a task, and what a slip leads to."""

    right: Any
    slips: dict[str, list[Any]]  # hint: the answers it belongs to
    decimals: int = 0  # asked for
    among: list[str] | None = None  # the names that can be answers


def _leans(case: str) -> pd.DataFrame:
    """The boxes of a case: ``lean`` (missing where not stated), ``lean_min`` and ``lean_max``."""
    table, *said = (raw.read_table(f"coding/{n}") for n in ("cases", "leanings", "evidence"))
    told = cases.gather_codings(table[table.case == case], *said)
    return told.set_index("box")[["lean", "lean_min", "lean_max"]].astype(float)


def _rows(leans: pd.Series) -> pd.DataFrame:
    """Dalesville before, with these leans, as a row that must be above 0."""
    return weights.require_sides(leans.to_frame(BEFORE).T, pd.Series({BEFORE: "right"}))


def _share(leans: pd.Series) -> float:
    return float(weights.exact_share(_rows(leans).iloc[0]))


def equal_weights() -> Key:
    """The side that equal weights give Figure 5.1, before April 2000."""
    right = side(tilt(_leans(BEFORE).lean.dropna()))
    slips = {"that is what the figure shows; what do the boxes give?": ["right"]}
    return Key(right, slips, among=["left", "level", "right"])


def share_of_weightings() -> Key:
    """The share of all weightings that give Figure 5.1 as printed, by its stated boxes."""
    leans = _leans(BEFORE).lean.dropna()
    least = weights.find_bounds(_rows(leans), pd.Series({"resources": 1.0}))[0]
    slips = {
        "that counts boxes; weights can be anything from nothing to all": [1 / len(leans)],
        OTHER_SIDE: [1 - _share(leans)],
        "that is a bound on one weight, not a share of weightings": [least],
    }
    return Key(_share(leans), slips, decimals=2)


def lighter_boxes() -> Key:
    """The boxes that must weigh less than resources."""
    pairs = weights.compare_boxes(_rows(_leans(BEFORE).lean.dropna()))
    right = set(pairs[(pairs.box == "resources") & (pairs.relation == "must")].other)
    return Key(right, {}, among=list(BOXES))


def least_weight() -> Key:
    """The least part of all weight that resources must have."""
    leans = _leans(BEFORE).lean.dropna()
    least = weights.find_bounds(_rows(leans), pd.Series({"resources": 1.0}))[0]
    equal = [1 / len(BOXES), 1 / len(leans)]
    return Key(least, {"an equal part is not enough here": equal}, decimals=2)


def kindest_share() -> Key:
    """The share of all weightings, every open box leaning as the figure needs it."""
    leans = _leans(BEFORE)
    kind, unkind = (_share(leans.lean.fillna(leans[end])) for end in ("lean_min", "lean_max"))
    slips = {
        "so it is if the open boxes lean against the figure": [unkind],
        OTHER_SIDE: [1 - kind],
        STATED_ONLY: [_share(leans.lean.dropna())],
    }
    return Key(kind, slips, decimals=2)


def opposed_boxes() -> Key:
    """The boxes stated for both departments, to opposite sides."""
    one, other = (_leans(case).lean.dropna() for case in (BEFORE, GREENSHIRE))
    right = {box for box in one.index.intersection(other.index) if one[box] * other[box] < 0}
    slips = {"a lean that is not stated is not opposed": [set(one.index), set(one.index) - right]}
    return Key(right, slips, among=list(BOXES))


def tilts_of(case: str) -> Key:
    """The least and greatest tilt that the open boxes of a case leave, under equal weights."""
    leans = _leans(case)
    ends = tuple(float(leans.lean.fillna(leans[end]).sum()) for end in ("lean_min", "lean_max"))
    stated = float(leans.lean.sum())
    return Key(ends, {STATED_ONLY: [(stated, stated)], "the least comes first": [ends[::-1]]})


def tipping_weight() -> Key:
    """What resources must outweigh for Dalesville before, each other stated box counting 1."""
    leans = _leans(BEFORE).lean.dropna()
    right = float(leans.drop("resources").sum() / -leans["resources"])
    slips = {"with that weight the beam tips left still, or with a little more": [right - 1]}
    return Key(right, slips)


def differences(case: str) -> Key:
    """The traits in which a case differs from Social Services in Greenshire."""
    table = raw.read_table("coding/cases").set_index("case")[TRAITS].astype(str)
    found = {c: set(table.columns[table.loc[c] != table.loc[GREENSHIRE]]) for c in (BEFORE, AFTER)}
    other = found[AFTER if case == BEFORE else BEFORE]
    return Key(found[case], {"so it is at the other time": [other]}, among=TRAITS)


def _smallest_p(first: int, second: int) -> float:
    values = pd.Series([0] * first + [1] * second)
    return ordering.smallest_p_within(values, values * 0, level=1.0)


def arrangements() -> Key:
    """In how many ways two of four sites can be the ones with a zone."""
    slips = {
        "that tells the two sites of a group apart; only who is in it counts": [12, 24],
        "that lets a group have any size": [16, 14],
        "that is a chance; how many arrangements is it one of?": [_smallest_p(2, 2)],
    }
    return Key(round(1 / _smallest_p(2, 2)), slips)


def one_sided() -> Key:
    """The smallest one-sided p of two sites against two."""
    slips = {"that counts the opposite arrangement too": [2 * _smallest_p(2, 2)]}
    return Key(_smallest_p(2, 2), slips, decimals=3)


def two_sided() -> Key:
    """The smallest two-sided p of two sites against two."""
    return Key(2 * _smallest_p(2, 2), {ONE_WAY: [_smallest_p(2, 2)]}, decimals=3)


def sites_needed() -> Key:
    """How many sites a group must have for a two-sided p of 5 % to be possible."""
    least = [next(n for n in range(2, 20) if k * _smallest_p(n, n) <= 0.05) for k in (1, 2)]
    slips = {ONE_WAY: [least[0]], "of each group, not of both": [2 * least[1]]}
    return Key(least[1], slips)


def smallest_p_of_ranks() -> Key:
    """The smallest two-sided p of a rank correlation over four sites."""
    values = pd.Series(range(4))
    p = ordering.smallest_p_within(values, values * 0, level=1.0)
    return Key(2 * p, {ONE_WAY: [p], "that is two against two again": [2 * _smallest_p(2, 2)]}, 3)


def sets_of_cases() -> pd.DataFrame:
    """The cases with a told side: each condition 1 or 0, and whether the case came out left.

    ``broad``: a majority with a broad view of health (Appendix M); ``large``: a large resource base
    (Table 4.3); ``duty``, ``funds``: a legal duty, additional money tied to it (our coding).
    """
    table, involvement = raw.read_table("coding/cases"), raw.read_table("coding/involvement")
    told = cases.gather_sides(table, raw.read_table("coding/tilts"), involvement).dropna()
    printed = [raw.read_table(f"elston2005/{name}") for name in ("appendix-m", "table-4.3")]
    traits = cases.gather_traits(table[table.case.isin(told.index)], *printed, told)
    sets = {"broad": traits.attitude.eq(1), "large": ~traits.small, "duty": traits.mandated}
    return pd.DataFrame(sets | {"funds": traits.funded, "left": told.eq("left")}).astype(int)


def _truth() -> pd.DataFrame:
    """The rows of the truth table that have cases, the fullest last."""
    table = configurations.truth_table(sets_of_cases(), CONDITIONS, "left")
    return table[table.n > 0].sort_values("n", kind="stable")


def possible_rows() -> Key:
    """How many rows the truth table of four conditions has."""
    n = len(CONDITIONS)
    return Key(2**n, {"each further condition doubles the rows": [2 * n, n, n**2 + 1]})


def occupied_rows() -> Key:
    """How many rows have a case."""
    return Key(len(_truth()), {"those are cases; rows are asked": [len(sets_of_cases())]})


def contradictory_rows() -> Key:
    """How many rows have cases that came out both ways."""
    table = _truth()
    slips = {
        "those are cases; rows are asked": [int(table.n[table.contradictory].sum())],
        "those are all rows that have cases": [len(table)],
        "those are the rows whose cases agree": [int((~table.contradictory).sum())],
    }
    return Key(int(table.contradictory.sum()), slips)


def consistency() -> Key:
    """The consistency of the row with most cases."""
    share = float(_truth().consistency.iloc[-1])
    return Key(share, {"that is the share that came out right": [1 - share]}, decimals=2)


def cases_behind_rule() -> Key:
    """How many cases the shortest rule rests on."""
    table = _truth()
    n = int(table.n[table.outcome == 1].sum())
    slips = {"those all came out left; which of them has the condition?": [int(table.n_with.sum())]}
    return Key(n, slips)


def chance_of_a_rule() -> Key:
    """How often random cases give at least one row that looks consistent."""
    n = len(sets_of_cases())
    p = tidiness.chance_of_consistent_row(n, len(CONDITIONS), 0.8)
    none = tidiness.chance_of_no_contradiction(n, len(CONDITIONS))
    return Key(p, {"that is the chance of no contradiction at all": [none]}, decimals=2)


KEYS: dict[str, dict[str, Callable[[], Key]]] = {
    "s4": {
        "equal": equal_weights,
        "share": share_of_weightings,
        "lighter": lighter_boxes,
        "least": least_weight,
        "kindest": kindest_share,
    },
    "s5": {
        "opposed": opposed_boxes,
        "dalesville": lambda: tilts_of(BEFORE),
        "greenshire": lambda: tilts_of(GREENSHIRE),
        "weight": tipping_weight,
        "before": lambda: differences(BEFORE),
        "after": lambda: differences(AFTER),
    },
    "s6": {
        "arrangements": arrangements,
        "one_sided": one_sided,
        "two_sided": two_sided,
        "needed": sites_needed,
        "ranks": smallest_p_of_ranks,
    },
    "s7": {
        "possible": possible_rows,
        "occupied": occupied_rows,
        "contradictory": contradictory_rows,
        "consistency": consistency,
        "behind": cases_behind_rule,
        "chance": chance_of_a_rule,
    },
}
