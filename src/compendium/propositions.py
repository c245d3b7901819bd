"""How each of the 52 propositions of chapters 4 and 5 is asked of the coding.

One entry for each row of ``coding/propositions``: which rows speak for it, which against. The
asking is ours; where the text offers nothing to ask, the rule counts nothing and the grade says so.
"""

from compendium import askings
from compendium.askings import SMALL, involved
from compendium.claims import Rule, all_of, compare, degrees, more, signs, within_sites

DEPARTMENTS = ["Environmental Health", "Housing", "Leisure", "Community services", "Education"]
LARGE = ["Health Authority", "Local authority", "Social Services", "Trusts", "large organisations"]
TRUSTS = ["Trusts", "Acute Trust", "Community Trust"]
VOLUNTARY, STRONG = "voluntary sector", "voluntary sector, established"
WEAK = "voluntary sector, weakest"
# What somebody says happened, not what theory would expect.
TOLD = ["author_summary", "interview", "document", "observation"]

RULES: dict[str, Rule] = {
    "H01": askings.see_costs,
    "H02": askings.follow_balance,
    "H03": askings.is_bipolar,
    "H04": askings.is_summative,
    "H05": askings.is_moderated,
    "H06": askings.broad_bear_costs,
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
    "H10": askings.never_varies,
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
    "H20": askings.key_person,
    "H21": askings.bridging_leaders,
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
    "H25": askings.same_motive,
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
        askings.long_stay_gap,
    ),
    "H31": askings.outweighs,
    "H32": askings.turns(["SS Dalesville before", "SS Greenshire"], ["resources"]),
    "H33": askings.decided_by_two,
    "H34": askings.turns(["District A early", "District B"], ["local-structures", "culture"]),
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
    "H50": askings.alike_across_sites,
    "H51": askings.altruists,
    "H52": degrees(most=2, actor=[VOLUNTARY, STRONG, WEAK], measure="influence"),
}
