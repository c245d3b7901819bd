"""What each of the 52 propositions of chapters 4 and 5 counts in the coding.

One entry for each row of ``coding/propositions``: which rows speak for it, which against. What is
counted is our choice; where the text offers nothing to count, the entry counts nothing and the
grade says so. Entries that count something else than rows, over actors, factors or printed cases,
have a function of their own; the printed cases are asked through their stated leans only.
"""

from functools import cache, partial

import numpy as np
import pandas as pd

from compendium.coding.grading import (
    Answer,
    Coding,
    Rule,
    Where,
    all_of,
    compare,
    degrees,
    more,
    signs,
    within_sites,
)
from compendium.models.weights import compare_boxes, find_margin, require_sides
from compendium.printed.tables import read_table

# Below this, parts that go the same way are a coin tossed three times. Ours.
ENOUGH_PARTS = 5
FACTORS = ["F1", "F2", "F3", "F4", "F5"]
SMALL = ["PCG", "CHC", "REC", "voluntary sector", "small organisations", "other small bodies"]
LARGE = ["Health Authority", "Local authority", "Social Services", "Trusts", "large organisations"]
TRUSTS = ["Trusts", "Acute Trust", "Community Trust"]
DEPARTMENTS = ["Environmental Health", "Housing", "Leisure", "Community services", "Education"]
VOLUNTARY, STRONG = "voluntary sector", "voluntary sector, established"
WEAK = "voluntary sector, weakest"
SECTORS = {
    "health authority": ["Health Authority", "Public Health and Health Promotion"],
    "local authority": ["Local authority", "Social Services", "Councillors", "District council"]
    + DEPARTMENTS,
    "Trusts": [*TRUSTS, "Mental Health Trust"],
    "primary care": ["PCG"],
    "other statutory": ["CHC", "REC", "Probation", "Police and Fire"],
    "voluntary sector": [VOLUNTARY, STRONG],
}
HIMP = ["HImP", "both"]
# What somebody says happened, not what theory would expect.
TOLD = ["author_summary", "interview", "document", "observation"]


def involved(actor: str | list[str], **where: str | list[str]) -> Where:
    """Degrees of involvement of an actor, at board or overall level."""
    return {"measure": "involvement", "level": ["overall", "board"], "actor": actor} | where


_moves = partial(signs, target="involvement")


def _sectors_with_costs(coding: Coding, cited: set[int]) -> Answer:
    """H01: sectors in which somebody names a cost."""
    rows = coding.evidence
    costs = rows[rows.channel.isin(["cost", "both"]) & (rows.direction == "-")]
    right = [sector for sector, actors in SECTORS.items() if set(actors) & set(costs.actor)]
    kept = set(costs[~costs.line.isin(cited)].actor)
    own = [sector for sector in right if set(SECTORS[sector]) & kept]
    value = f"sectors with a cost among their statements: {len(right)} of {len(SECTORS)}"
    return Answer(value, len(right), len(SECTORS) - len(right), len(own))


def _statements_against_degrees(coding: Coding, cited: set[int]) -> Answer:
    """H02: a correlation is shown and not counted: statements and degrees are one narrator's."""
    del cited
    rows = coding.evidence[coding.evidence.target == "involvement"]
    counts = pd.crosstab(rows.actor, rows.direction).reindex(columns=["+", "-"], fill_value=0)
    net = (counts["+"] - counts["-"]) / (counts["+"] + counts["-"])
    degree = coding.involvement[coding.involvement.measure == "involvement"]
    both = pd.DataFrame({"net": net, "degree": degree.groupby("actor").code.median()}).dropna()
    tau = both.astype(float).corr(method="kendall").iloc[0, 1]
    return Answer(f"tau-b {tau:.2f} over {len(both)} actors, statements against degrees")


def _factors_both_ways(coding: Coding, cited: set[int]) -> Answer:
    """H03: factors with statements both ways."""
    rows = coding.evidence[coding.evidence.target == "involvement"]
    sets = {f: set(rows[rows.factor == f].direction) for f in FACTORS}
    right = [factor for factor, said in sets.items() if {"+", "-"} <= said]
    own = rows[rows.factor.isin(right) & ~rows.line.isin(cited)].factor.nunique()
    return Answer(f"{len(right)} of 5 factors have both", len(right), 5 - len(right), own)


def _cases_that_a_sum_gives(coding: Coding, cited: set[int]) -> Answer:
    """H04: printed cases that some weighted sum gives at once, and those equal weights give."""
    del cited
    rows = require_sides(coding.stated.fillna(0), coding.sides)
    equal = int((rows.mean(axis=1) > 0).sum())
    right = len(rows) if find_margin(rows).feasible else equal
    value = f"some weights give all {right} printed cases, equal weights {equal}"
    # The cases stand on lines of their own, not on the sentence that calls factors summative.
    return Answer(value, right, len(rows) - right, right)


def _cases_that_attitude_gains(coding: Coding, cited: set[int]) -> Answer:
    """H05: printed cases that a moderating attitude gives and a sum does not, and the reverse."""
    del cited
    stated = coding.stated.fillna(0)
    others, m = stated.drop(columns="culture"), stated.culture / 5
    left, right = (side.sum(axis=1) for side in (others.clip(lower=0), others.clip(upper=0)))
    tilts = stated.mean(axis=1), (1 + m) * left + (1 - m) * right
    want = coding.sides.map({"left": 1, "right": -1})
    by_sum, by_attitude = (np.sign(tilt.round(12)) == want for tilt in tilts)
    gained, lost = int((by_attitude & ~by_sum).sum()), int((by_sum & ~by_attitude).sum())
    value = f"of {len(want)} printed cases it gains {gained} and loses {lost} against the plain sum"
    return Answer(value, gained, lost)


def _broad_views_that_bear_costs(coding: Coding, cited: set[int]) -> Answer:
    """H06: degrees of broad-view actors against the others, among those with a cost stated."""
    rows = coding.evidence
    costs = rows[(rows.channel == "cost") & (rows.direction == "-")]
    known = coding.actors.attitude[coding.actors.index.isin(set(costs.actor))]
    broad, rest = list(known[known == 1].index), list(known[known < 1].index)
    return compare(involved(broad), involved(rest))(coding, cited)


def _statements_of_sites(subfactor: str, shown: str) -> Rule:
    """Show of how many named sites a subfactor is told; nothing is counted."""

    def rule(coding: Coding, cited: set[int]) -> Answer:
        del cited
        rows = coding.evidence[coding.evidence.subfactor == subfactor]
        named = sorted(coding.sites.intersection(rows.site))
        return Answer(shown.format(n=len(rows), sites=", ".join(named), n_sites=len(named)))

    return rule


def _parts_alike(coding: Coding, cited: set[int]) -> Answer:
    """H25: parts of the resources factor that go the same way for voluntary bodies and PCGs."""
    rows = coding.evidence
    rows = rows[(rows.target == "involvement") & (rows.factor == "F5")]
    two = rows[rows.actor.isin([VOLUNTARY, "PCG"])]
    signed = two.direction.map({"+": 1, "-": -1}).fillna(0)
    nets = np.sign(signed.groupby([two.subfactor, two.actor]).sum().unstack()).dropna()
    n, alike = len(nets), int(nets.nunique(axis=1).eq(1).sum())
    value = f"parts alike: {alike} of {n}; {ENOUGH_PARTS} needed"
    if n < ENOUGH_PARTS:
        return Answer(value)
    return Answer(value, alike, n - alike, alike if set(rows.line) - cited else 0)


def _boxes_outweighed(coding: Coding, cited: set[int]) -> Answer:
    """H31: whether the printed side of Figure 5.1 forces resources above each other stated box."""
    del cited
    leans = coding.stated.loc[["SS Dalesville before"]].dropna(axis=1)
    table = compare_boxes(require_sides(leans, coding.sides.loc[leans.index]))
    mine = table[table.box == "resources"]
    must = int((mine.relation == "must").sum())
    return Answer(f"must outweigh {must} of {len(mine)} boxes", must, len(mine) - must)


def _cases_that_turn(names: list[str], boxes: list[str]) -> Rule:
    """Ask whether opposite leans of some boxes turn the side, at weights that give it."""

    def rule(coding: Coding, cited: set[int]) -> Answer:
        del cited
        rows = require_sides(coding.stated.fillna(0), coding.sides)
        weights = find_margin(rows).weights
        kept = coding.stated.loc[names].fillna(0)
        moved = kept.assign(**{box: -kept[box] for box in boxes})
        turned = int((np.sign(kept @ weights) == -np.sign(moved @ weights)).sum())
        value = f"{turned} of {len(names)} cases turn at the weights of the widest margin"
        return Answer(value, turned, len(names) - turned)

    return rule


def _districts_by_two_boxes(coding: Coding, cited: set[int]) -> Answer:
    """H33: with resources level, whether local structures and culture give both sides."""
    del cited
    names = ["District A early", "District B"]
    leans = coding.stated.loc[names, ["local-structures", "culture"]]
    want = coding.sides[names].map({"left": 1, "right": -1})
    right = int((np.sign(leans).mul(want, axis=0) > 0).all(axis=1).sum())
    return Answer(f"{right} of 2 districts in every weighting", right, 2 - right)


@cache
def _long_stay() -> pd.Series:
    """The adjustment for long-stay patients in £ million, by site: Table 4.4."""
    return read_table("elston2005/table-4.4").set_index("site").adjustment_gbp_m.astype(float)


def _long_stay_gap(coding: Coding, cited: set[int]) -> Answer:
    """H30, Table 4.4: Dalesville alone is above 0, 5.0 million above Metrocity."""
    del coding, cited
    gap = _long_stay()["Dalesville"] - _long_stay()["Metrocity"]
    alone = bool((_long_stay().drop("Dalesville") < 0).all())
    return Answer(f"Table 4.4: £{gap:.1f} million above Metrocity", int(alone), int(not alone))


def _pairs_of_sites(coding: Coding, cited: set[int]) -> Answer:
    """H50: degrees of one actor at two named sites that can, or cannot, be the same."""
    named = coding.involvement[coding.involvement.site.isin(coding.sites)]
    keys = ["actor", "measure", "partnership", "level"]
    pairs = named.merge(named, on=keys, suffixes=("", "_2"))
    pairs = pairs[pairs.site < pairs.site_2]
    same = (pairs.code_min <= pairs.code_max_2) & (pairs.code_min_2 <= pairs.code_max)
    own = same & ~pairs.line.isin(cited) & ~pairs.line_2.isin(cited)
    value = f"{same.sum()} of {len(pairs)} pairs of sites can be alike"
    return Answer(value, int(same.sum()), int((~same).sum()), int(own.sum()))


def _altruists(coding: Coding, cited: set[int]) -> Answer:
    """H51: broad-view small bodies that neither depend nor are paid; two are needed to compare."""
    del cited
    rows = coding.evidence
    rows = rows[rows.actor.isin(SMALL) & (rows.target == "involvement")]
    drawn = rows.subfactor.isin(["5.asym", "1.funds", "0.access"]) & (rows.direction == "+")
    broad = set(coding.actors.index[coding.actors.attitude == 1])
    free = sorted((set(rows.actor) & broad) - set(rows[drawn].actor))
    return Answer(f"{len(free)} such bodies coded ({', '.join(free) or 'none'}); two needed")


DISTRICT = {"actor": "District council", "district": "District A"}
WEAKER = [VOLUNTARY, "small organisations"]
LATER = ["later", "second year", "third year"]

RULES: dict[str, Rule] = {
    "H01": _sectors_with_costs,
    "H02": _statements_against_degrees,
    "H03": _factors_both_ways,
    "H04": _cases_that_a_sum_gives,
    "H05": _cases_that_attitude_gains,
    "H06": _broad_views_that_bear_costs,
    "H07": all_of(
        _moves("-", subfactor=["3.narrow", "3.relevance"]),
        more(
            {"actor": "narrow-view actors", "partnership": "HAZ"}, {"actor": "narrow-view actors"}
        ),
    ),
    "H08": all_of(
        signs("+", subfactor="1.funds", actor=[*TRUSTS, "narrow-view actors"]),
        more({"actor": "Trusts", "partnership": "HAZ"}, {"actor": "Trusts", "partnership": "HImP"}),
    ),
    "H09": signs("-", subfactor="1.fundslimits"),
    # Scarcity is told of every site; what never varies cannot be seen to act.
    "H10": _statements_of_sites(
        "1.scarcity", "statements on scarcity: {n}, of single sites: {sites}"
    ),
    "H11": _moves("-", subfactor="1.perfmgt"),
    "H12": _moves("-", subfactor="1.reorg", actor=["Social Services", *DEPARTMENTS]),
    "H13": degrees(least=1, **involved(["Health Authority", *TRUSTS, "PCG"], partnership=HIMP)),
    "H14": within_sites(
        3,
        involved(["District council", "PCG"]),
        signs("-", subfactor="2.boundary", site="rural sites"),
    ),
    "H15": within_sites(
        3, involved("Local authority"), signs("+", subfactor="2.boundary", target="relations")
    ),
    "H16": all_of(
        signs("+", subfactor="2.support", district="District A"),
        signs("-", subfactor="2.support", district="District B"),
    ),
    "H17": within_sites(2, involved("Local authority"), _moves("-", subfactor="2.change")),
    "H18": _moves("+", subfactor="3.history"),
    "H19": all_of(
        _moves("-", subfactor="3.delivery"),
        more(DISTRICT | {"stage": "early"}, DISTRICT | {"stage": "later"}),
    ),
    # The chief in Greenshire speaks for, the chief in Dalesville against.
    "H20": all_of(
        signs("+", factor="F4", site="Greenshire", target=["involvement", "relations"]),
        signs("-", factor="F4", site="Dalesville", target=["involvement", "relations"]),
    ),
    # Without a leader at a named site there is nobody to compare.
    "H21": _statements_of_sites(
        "4.leadership", "statements on leadership: {n}, of named sites: {n_sites}"
    ),
    "H22": all_of(
        _moves("+", subfactor="5.size", channel=["cost", "constraint"], actor=LARGE),
        _moves("-", subfactor="5.size", channel=["cost", "constraint"], actor=SMALL),
    ),
    "H23": all_of(
        degrees(least=1, **involved(SMALL, partnership=HIMP)),
        _moves("-", subfactor="5.size", actor=SMALL),
    ),
    "H24": all_of(
        _moves("+", subfactor="5.asym", actor=SMALL),
        more({"actor": WEAK}, {"actor": [VOLUNTARY, STRONG]}),
    ),
    "H25": _parts_alike,
    "H26": compare(involved(VOLUNTARY), involved("CHC")),
    "H27": _moves("+", subfactor="3.broad", actor=["CHC", "small organisations"]),
    "H28": all_of(
        more({"actor": STRONG}, {"actor": [VOLUNTARY, WEAK]}),
        more({"actor": VOLUNTARY}, {"actor": WEAK}),
        compare(involved(STRONG), involved(WEAK)),
    ),
    "H29": all_of(
        signs("+", subfactor="5.mutual", target=["involvement", "resource_exchange"], actor=LARGE),
        signs(["-", "0"], subfactor="5.zones", target="resource_exchange", evidence_kind=TOLD),
    ),
    "H30": all_of(
        signs("-", subfactor="5.change", site="Dalesville", actor="Social Services"),
        _long_stay_gap,
    ),
    "H31": _boxes_outweighed,
    "H32": _cases_that_turn(["SS Dalesville before", "SS Greenshire"], ["resources"]),
    "H33": _districts_by_two_boxes,
    "H34": _cases_that_turn(["District A early", "District B"], ["local-structures", "culture"]),
    "H35": within_sites(2, involved(TRUSTS), _moves("-", subfactor="5.weak", actor=TRUSTS)),
    "H36": more(involved("Social Services"), {"actor": DEPARTMENTS}),
    "H37": all_of(
        more({"actor": ["Social Services", *DEPARTMENTS[:-1]]}, {"actor": "Education"}),
        _moves("-", actor="Education", factor=["F1", "F3"]),
    ),
    "H38": all_of(
        more({"actor": "Community Trust"}, {"actor": "Acute Trust"}),
        more({"actor": ["Local authority", "Social Services"]}, {"actor": TRUSTS}),
    ),
    "H39": all_of(
        more({"actor": "PCG", "stage": LATER}, {"actor": "PCG", "stage": "first year"}),
        signs("+", subfactor="5.size", actor="PCG", assertion="change"),
    ),
    "H40": _moves("-", subfactor=["1.reorg", "5.change"], actor="PCG"),
    "H41": all_of(
        _moves("-", subfactor="0.delay"),
        more({"stage": LATER, "measure": "involvement"}, {"stage": ["early", "first year"]}),
    ),
    "H42": all_of(
        signs("+", subfactor="5.inputs", target="influence"),
        more(
            {"actor": ["large organisations", "statutory organisations"], "measure": "influence"},
            {"actor": WEAKER},
        ),
    ),
    "H43": all_of(
        more(
            {"actor": VOLUNTARY, "stage": ["later", "general"], "measure": "involvement"},
            {"actor": VOLUNTARY, "stage": ["early", "before"]},
        ),
        more(
            {"actor": WEAKER, "partnership": "other", "stage": "before", "measure": "influence"},
            {"actor": WEAKER, "partnership": HIMP, "stage": ["general", "later"]},
        ),
    ),
    "H44": more(
        {"actor": WEAKER, "partnership": "HAZ", "measure": "influence"},
        {"actor": WEAKER, "partnership": HIMP},
    ),
    "H45": signs(
        "-",
        subfactor=["4.disruptive", "3.threat"],
        actor=VOLUNTARY,
        target=["influence", "relations"],
    ),
    "H46": signs("+", subfactor="5.vertical", target="resource_exchange", actor=LARGE),
    "H47": signs(
        ["-", "0"],
        subfactor=["5.zones", "5.mutual"],
        target="resource_exchange",
        evidence_kind=TOLD,
        partnership=["HImP", "HAZ", "both"],
    ),
    "H48": all_of(
        signs("+", site="Greenshire", target="relations"),
        signs("0", site="Greenshire", subfactor="3.history", target="resource_exchange"),
    ),
    "H49": signs(
        "-",
        site="Greenshire",
        actor=["Housing", "Education", VOLUNTARY, "CHC", "Probation"],
        target=["influence", "involvement"],
        subfactor=["5.mutual", "3.narrow"],
    ),
    "H50": _pairs_of_sites,
    "H51": _altruists,
    "H52": degrees(most=2, actor=[VOLUNTARY, STRONG, WEAK], measure="influence"),
}
