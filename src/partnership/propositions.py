"""Propositions that need an asking of their own: over actors, over factors, over printed cases.

Each takes the coded tables and the lines the proposition rests on, and counts what speaks for it
and against it. The printed cases are asked through their stated leans only.

How each of the 52 propositions of chapters 4 and 5 is asked of the coding.

One entry for each row of ``coding/propositions``: which rows speak for it, which against. The
asking is ours; where the text offers nothing to ask, the rule counts nothing and the grade says so.
"""

import numpy as np
import pandas as pd

from compendium.coding.grading import (
    Answer,
    Coding,
    Rule,
    all_of,
    compare,
    degrees,
    more,
    signs,
    within_sites,
)
from compendium.models.weights import compare_boxes, find_margin, require_sides

SITES = ["Dalesville", "Greenshire", "Metrocity", "Middleton"]
# Below this, parts that go the same way are a coin tossed three times. Ours.
ENOUGH_PARTS = 5
FACTORS = ["F1", "F2", "F3", "F4", "F5"]
SMALL = ["PCG", "CHC", "REC", "voluntary sector", "small organisations", "other small bodies"]


SECTORS = {
    "health authority": ["Health Authority", "Public Health and Health Promotion"],
    "local authority": ["Local authority", "Social Services", "Councillors", "District council"]
    + ["Environmental Health", "Housing", "Leisure", "Education", "Community services"],
    "Trusts": ["Trusts", "Acute Trust", "Community Trust", "Mental Health Trust"],
    "primary care": ["PCG"],
    "other statutory": ["CHC", "REC", "Probation", "Police and Fire"],
    "voluntary sector": ["voluntary sector", "voluntary sector, established"],
}


def involved(actor: str | list[str], **where: str | list[str]) -> dict[str, str | list[str]]:
    """Degrees of involvement of an actor, at board or overall level."""
    return {"measure": "involvement", "level": ["overall", "board"], "actor": actor} | where


def see_costs(coding: Coding, cited: set[int]) -> Answer:
    """H01: sectors in which somebody names a cost."""
    costs = coding.evidence[coding.evidence.channel.isin(["cost", "both"])]
    costs = costs[costs.direction == "-"]
    right = [sector for sector, actors in SECTORS.items() if set(actors) & set(costs.actor)]
    kept = set(costs[~costs.line.isin(cited)].actor)
    own = [sector for sector in right if set(SECTORS[sector]) & kept]
    value = f"sectors with a cost among their statements: {len(right)} of {len(SECTORS)}"
    return Answer(value, len(right), len(SECTORS) - len(right), len(own))


def follow_balance(coding: Coding, cited: set[int]) -> Answer:
    """H02: a correlation is shown and not counted: statements and degrees are one narrator's."""
    del cited
    rows = coding.evidence[coding.evidence.target == "involvement"]
    counts = rows.groupby(["actor", "direction"]).size().unstack(fill_value=0)
    counts = counts.reindex(columns=["+", "-"], fill_value=0)
    net = (counts["+"] - counts["-"]) / (counts["+"] + counts["-"])
    degree = coding.involvement[coding.involvement.measure == "involvement"]
    both = pd.DataFrame({"net": net, "degree": degree.groupby("actor").code.median()}).dropna()
    tau = both.astype(float).corr(method="kendall").iloc[0, 1]
    return Answer(f"tau-b {tau:.2f} over {len(both)} actors, statements against degrees")


def never_varies(coding: Coding, cited: set[int]) -> Answer:
    """H10: scarcity is told of every site; what never varies cannot be seen to act."""
    del cited
    rows = coding.evidence[coding.evidence.subfactor == "1.scarcity"]
    named = sorted(set(rows.site) & set(SITES))
    return Answer(f"statements on scarcity: {len(rows)}, of single sites: {', '.join(named)}")


def is_bipolar(coding: Coding, cited: set[int]) -> Answer:
    """H03: factors with statements both ways."""
    rows = coding.evidence[coding.evidence.target == "involvement"]
    sets = {f: set(rows[rows.factor == f].direction) for f in FACTORS}
    right = [factor for factor, said in sets.items() if {"+", "-"} <= said]
    own = rows[rows.factor.isin(right) & ~rows.line.isin(cited)].factor.nunique()
    return Answer(f"{len(right)} of 5 factors have both", len(right), 5 - len(right), own)


def is_summative(coding: Coding, cited: set[int]) -> Answer:
    """H04: printed cases that some weighted sum gives at once, and those equal weights give."""
    del cited
    rows = require_sides(coding.stated.fillna(0), coding.sides)
    equal = int((rows.mean(axis=1) > 0).sum())
    right = len(rows) if find_margin(rows).feasible else equal
    value = f"some weights give all {right} printed cases, equal weights {equal}"
    # The cases stand on lines of their own, not on the sentence that calls factors summative.
    return Answer(value, right, len(rows) - right, right)


def is_moderated(coding: Coding, cited: set[int]) -> Answer:
    """H05: printed cases that a moderating attitude gives and a sum does not, and the reverse."""
    del cited
    stated = coding.stated.fillna(0)
    others, mean = stated.drop(columns="culture"), stated.mean(axis=1)
    m = stated.culture / 5
    moderated = (1 + m) * others.clip(lower=0).sum(axis=1) + (1 - m) * others.clip(upper=0).sum(
        axis=1
    )
    want = coding.sides.map({"left": 1, "right": -1})
    by_sum, by_attitude = (np.sign(t) == want for t in (mean.round(12), moderated.round(12)))
    gained, lost = int((by_attitude & ~by_sum).sum()), int((by_sum & ~by_attitude).sum())
    value = f"of {len(want)} printed cases it gains {gained} and loses {lost} against the plain sum"
    return Answer(value, gained, lost)


def broad_bear_costs(coding: Coding, cited: set[int]) -> Answer:
    """H06: degrees of broad-view actors against the others, among those with a cost stated."""
    costs = coding.evidence[
        (coding.evidence.channel == "cost") & (coding.evidence.direction == "-")
    ]
    known = coding.attitudes[coding.attitudes.index.isin(set(costs.actor))]
    broad, rest = list(known[known == 1].index), list(known[known < 1].index)
    return compare(involved(broad), involved(rest))(coding, cited)


def bridging_leaders(coding: Coding, cited: set[int]) -> Answer:
    """H21: where a leader is told of at a named site; without one it cannot be compared."""
    del cited
    rows = coding.evidence[coding.evidence.subfactor == "4.leadership"]
    named = sorted(set(rows.site) & set(SITES))
    return Answer(f"statements on leadership: {len(rows)}, of named sites: {len(named)}")


def key_person(coding: Coding, cited: set[int]) -> Answer:
    """H20: the chief in Greenshire speaks for, the chief in Dalesville against."""
    told = ["involvement", "relations"]
    greenshire = signs("+", factor="F4", site="Greenshire", target=told)
    dalesville = signs("-", factor="F4", site="Dalesville", target=told)
    return all_of(greenshire, dalesville)(coding, cited)


def same_motive(coding: Coding, cited: set[int]) -> Answer:
    """H25: parts of the resources factor that go the same way for voluntary bodies and PCGs."""
    rows = coding.evidence[
        (coding.evidence.target == "involvement") & (coding.evidence.factor == "F5")
    ]
    nets = {
        actor: mine.groupby("subfactor").direction.agg(
            lambda d: (d == "+").sum() - (d == "-").sum()
        )
        for actor, mine in rows[rows.actor.isin(["voluntary sector", "PCG"])].groupby("actor")
    }
    both = pd.DataFrame(nets).dropna() if len(nets) == 2 else pd.DataFrame()
    alike = [np.sign(a) == np.sign(b) for a, b in both.to_numpy()] if len(both) else []
    value = f"parts alike: {sum(alike)} of {len(alike)}; {ENOUGH_PARTS} needed"
    if len(alike) < ENOUGH_PARTS:
        return Answer(value)
    own = sum(alike) if set(rows.line) - cited else 0
    return Answer(value, sum(alike), len(alike) - sum(alike), own)


def outweighs(coding: Coding, cited: set[int]) -> Answer:
    """H31: whether the printed side of Figure 5.1 forces resources above each other stated box."""
    del cited
    leans = coding.stated.loc[["SS Dalesville before"]].dropna(axis=1)
    table = compare_boxes(require_sides(leans, coding.sides.loc[leans.index]))
    mine = table[table.box == "resources"]
    must = int((mine.relation == "must").sum())
    return Answer(f"must outweigh {must} of {len(mine)} boxes", must, len(mine) - must)


def turns(names: list[str], boxes: list[str]) -> Rule:
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


def decided_by_two(coding: Coding, cited: set[int]) -> Answer:
    """H33: with resources level, whether local structures and culture give both sides."""
    del cited
    names = ["District A early", "District B"]
    leans = coding.stated.loc[names, ["local-structures", "culture"]]
    want = coding.sides[names].map({"left": 1, "right": -1})
    right = int((np.sign(leans).mul(want, axis=0) > 0).all(axis=1).sum())
    return Answer(f"{right} of 2 districts in every weighting", right, 2 - right)


def long_stay_gap(coding: Coding, cited: set[int]) -> Answer:
    """H30, Table 4.4: Dalesville alone is above 0, 5.0 million above Metrocity."""
    del cited
    gap = coding.long_stay["Dalesville"] - coding.long_stay["Metrocity"]
    alone = bool((coding.long_stay.drop("Dalesville") < 0).all())
    return Answer(f"Table 4.4: £{gap:.1f} million above Metrocity", int(alone), int(not alone))


def alike_across_sites(coding: Coding, cited: set[int]) -> Answer:
    """H50: degrees of one actor at two named sites that can, or cannot, be the same."""
    named = coding.involvement[coding.involvement.site.isin(SITES)]
    keys = ["actor", "measure", "partnership", "level"]
    pairs = named.merge(named, on=keys, suffixes=("", "_2"))
    pairs = pairs[pairs.site < pairs.site_2]
    same = (pairs.code_min <= pairs.code_max_2) & (pairs.code_min_2 <= pairs.code_max)
    own = same & ~pairs.line.isin(cited) & ~pairs.line_2.isin(cited)
    value = f"{same.sum()} of {len(pairs)} pairs of sites can be alike"
    return Answer(value, int(same.sum()), int((~same).sum()), int(own.sum()))


def altruists(coding: Coding, cited: set[int]) -> Answer:
    """H51: broad-view small bodies that neither depend nor are paid; two are needed to compare."""
    del cited
    rows = coding.evidence[
        coding.evidence.actor.isin(SMALL) & (coding.evidence.target == "involvement")
    ]
    drawn = rows.subfactor.isin(["5.asym", "1.funds", "0.access"]) & (rows.direction == "+")
    paid = set(rows[drawn].actor)
    broad = coding.attitudes[coding.attitudes == 1].index
    free = sorted((set(rows.actor) & set(broad)) - paid)
    return Answer(f"{len(free)} such bodies coded ({', '.join(free) or 'none'}); two needed")


DEPARTMENTS = ["Environmental Health", "Housing", "Leisure", "Community services", "Education"]
LARGE = ["Health Authority", "Local authority", "Social Services", "Trusts", "large organisations"]
TRUSTS = ["Trusts", "Acute Trust", "Community Trust"]
VOLUNTARY, STRONG = "voluntary sector", "voluntary sector, established"
WEAK = "voluntary sector, weakest"
# What somebody says happened, not what theory would expect.
TOLD = ["author_summary", "interview", "document", "observation"]

RULES: dict[str, Rule] = {
    "H01": see_costs,
    "H02": follow_balance,
    "H03": is_bipolar,
    "H04": is_summative,
    "H05": is_moderated,
    "H06": broad_bear_costs,
    "H07": all_of(
        signs("-", subfactor=["3.narrow", "3.relevance"], target="involvement"),
        more(
            {"actor": "narrow-view actors", "partnership": "HAZ"}, {"actor": "narrow-view actors"}
        ),
    ),
    "H08": all_of(
        signs("+", subfactor="1.funds", actor=[*TRUSTS, "narrow-view actors"]),
        more({"actor": "Trusts", "partnership": "HAZ"}, {"actor": "Trusts", "partnership": "HImP"}),
    ),
    "H09": signs("-", subfactor="1.fundslimits"),
    "H10": never_varies,
    "H11": signs("-", subfactor="1.perfmgt", target="involvement"),
    "H12": signs(
        "-", subfactor="1.reorg", actor=["Social Services", *DEPARTMENTS], target="involvement"
    ),
    "H13": degrees(
        least=1, **involved(["Health Authority", *TRUSTS, "PCG"], partnership=["HImP", "both"])
    ),
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
    "H17": within_sites(
        2, involved("Local authority"), signs("-", subfactor="2.change", target="involvement")
    ),
    "H18": signs("+", subfactor="3.history", target="involvement"),
    "H19": all_of(
        signs("-", subfactor="3.delivery", target="involvement"),
        more(
            {"actor": "District council", "district": "District A", "stage": "early"},
            {"actor": "District council", "district": "District A", "stage": "later"},
        ),
    ),
    "H20": key_person,
    "H21": bridging_leaders,
    "H22": all_of(
        signs(
            "+",
            subfactor="5.size",
            channel=["cost", "constraint"],
            actor=LARGE,
            target="involvement",
        ),
        signs(
            "-",
            subfactor="5.size",
            channel=["cost", "constraint"],
            actor=SMALL,
            target="involvement",
        ),
    ),
    "H23": all_of(
        degrees(least=1, **involved(SMALL, partnership=["HImP", "both"])),
        signs("-", subfactor="5.size", actor=SMALL, target="involvement"),
    ),
    "H24": all_of(
        signs("+", subfactor="5.asym", actor=SMALL, target="involvement"),
        more({"actor": WEAK}, {"actor": [VOLUNTARY, STRONG]}),
    ),
    "H25": same_motive,
    "H26": compare(involved(VOLUNTARY), involved("CHC")),
    "H27": signs(
        "+", subfactor="3.broad", actor=["CHC", "small organisations"], target="involvement"
    ),
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
        long_stay_gap,
    ),
    "H31": outweighs,
    "H32": turns(["SS Dalesville before", "SS Greenshire"], ["resources"]),
    "H33": decided_by_two,
    "H34": turns(["District A early", "District B"], ["local-structures", "culture"]),
    "H35": within_sites(
        2, involved(TRUSTS), signs("-", subfactor="5.weak", actor=TRUSTS, target="involvement")
    ),
    "H36": more(involved("Social Services"), {"actor": DEPARTMENTS}),
    "H37": all_of(
        more({"actor": ["Social Services", *DEPARTMENTS[:-1]]}, {"actor": "Education"}),
        signs("-", actor="Education", factor=["F1", "F3"], target="involvement"),
    ),
    "H38": all_of(
        more({"actor": "Community Trust"}, {"actor": "Acute Trust"}),
        more({"actor": ["Local authority", "Social Services"]}, {"actor": TRUSTS}),
    ),
    "H39": all_of(
        more(
            {"actor": "PCG", "stage": ["second year", "third year", "later"]},
            {"actor": "PCG", "stage": "first year"},
        ),
        signs("+", subfactor="5.size", actor="PCG", assertion="change"),
    ),
    "H40": signs("-", subfactor=["1.reorg", "5.change"], actor="PCG", target="involvement"),
    "H41": all_of(
        signs("-", subfactor="0.delay", target="involvement"),
        more(
            {"stage": ["later", "second year", "third year"], "measure": "involvement"},
            {"stage": ["early", "first year"]},
        ),
    ),
    "H42": all_of(
        signs("+", subfactor="5.inputs", target="influence"),
        more(
            {"actor": ["large organisations", "statutory organisations"], "measure": "influence"},
            {"actor": [VOLUNTARY, "small organisations"]},
        ),
    ),
    "H43": all_of(
        more(
            {"actor": VOLUNTARY, "stage": ["later", "general"], "measure": "involvement"},
            {"actor": VOLUNTARY, "stage": ["early", "before"]},
        ),
        more(
            {
                "actor": [VOLUNTARY, "small organisations"],
                "partnership": "other",
                "stage": "before",
                "measure": "influence",
            },
            {
                "actor": [VOLUNTARY, "small organisations"],
                "partnership": ["HImP", "both"],
                "stage": ["general", "later"],
            },
        ),
    ),
    "H44": more(
        {"actor": [VOLUNTARY, "small organisations"], "partnership": "HAZ", "measure": "influence"},
        {"actor": [VOLUNTARY, "small organisations"], "partnership": ["HImP", "both"]},
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
    "H50": alike_across_sites,
    "H51": altruists,
    "H52": degrees(most=2, actor=[VOLUNTARY, STRONG, WEAK], measure="influence"),
}
