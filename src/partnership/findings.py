"""How findings of other chapters and works are asked: chapters 3, 6 and 7, Appendix J, the article.

Where print's own numbers test a finding, the verdicts on them are asked, and one that differs is
enough against it. Else the coded statements are: on process, on culture, and those of chapters 4
and 5, which speak to the others too. A conclusion has no direction: it can restate a finding and
never bear it out. What nothing coded speaks to is said to be so.
"""

import pandas as pd

from compendium.coding.grading import Answer, Coding, Rule, all_of, compare, degrees, more, signs
from compendium.errors import DataError
from partnership.propositions import involved

TRUSTS = ["Trusts", "Acute Trust", "Community Trust"]
VOLUNTARY, STRONG = "voluntary sector", "voluntary sector, established"
UMBRELLA, WEAK = "voluntary sector, umbrella bodies", "voluntary sector, weakest"
# What somebody says happened, not what theory would expect.
TOLD = ["author_summary", "interview", "document", "observation"]
# A statement on a theme that links nothing to nothing.
NO_LINK = ""
MINOR = ["Housing", "Environmental Health", "Leisure", "Community services"]
HIMP = ["HImP", "both"]


def printed(*value_ids: str) -> Rule:
    """Ask the verdicts on printed numbers; each is a part, so one that differs decides.

    A value that cannot be worked out counts for nothing.

    >>> verdicts = pd.DataFrame({"value_id": ["a", "b"], "verdict": ["rounds", "differs"]})
    >>> coding = Coding(*[None] * 7, verdicts=verdicts)
    >>> printed("a", "b")(coding, set())[:3]
    ('printed numbers that hold: 1, that differ: 1 (b)', 1, 1)
    """

    def rule(coding: Coding, cited: set[int]) -> Answer:
        del cited
        verdicts = require(coding, "verdicts").set_index("value_id").verdict
        missing = sorted(set(value_ids) - set(verdicts.index))
        if missing:
            raise DataError(f"found no verdict on {', '.join(missing)}; allowed: value_ids that do")
        asked = verdicts.loc[list(value_ids)]
        good, bad = asked.isin(["exact", "rounds"]), asked.eq("differs")
        differing = f" ({', '.join(asked.index[bad])})" if bad.any() else ""
        value = f"printed numbers that hold: {good.sum()}, that differ: {bad.sum()}{differing}"
        counted = zip(good[good | bad], bad[good | bad], strict=True)
        parts = [Answer("", int(one), int(other), 0, True) for one, other in counted]
        return Answer(value, int(good.sum()), int(bad.sum()), 0, True, tuple(parts))

    return rule


def told(want: str | list[str], **where: str | list[str]) -> Rule:
    """Ask whether statements on process go the way wanted, as `grading.signs` does of evidence.

    Parameters
    ----------
    want : str or list of str
        Directions that speak for it.
    where : str or list of str
        Columns of ``coding/process`` and what they must hold; theory is left out unless asked for.
    """
    chosen = {"subfactor" if name == "theme" else name: value for name, value in where.items()}
    asked = signs(want, **({"evidence_kind": TOLD} | chosen))

    def rule(coding: Coding, cited: set[int]) -> Answer:
        table = require(coding, "process").rename(columns={"theme": "subfactor"})
        nodes = table[["from_node", "to_node"]].fillna(NO_LINK)
        return asked(coding._replace(evidence=table.assign(**nodes)), cited)

    return rule


def placed(want: list[str], against: list[str], **where: str | list[str]) -> Rule:
    """Ask whether statements on culture put a company at the poles wanted, or at the others.

    Parameters
    ----------
    want, against : list of str
        Poles that speak for it and against it.
    where : str or list of str
        Columns of ``coding/cultures`` and what they must hold.
    """
    turned = dict.fromkeys(want, "+") | dict.fromkeys(against, "-")
    asked = signs("+", **where)
    poles = f"statements {' or '.join(want)}", f"{' or '.join(against) or 'otherwise'}"

    def rule(coding: Coding, cited: set[int]) -> Answer:
        table = require(coding, "cultures")
        table = table.assign(direction=table.pole.map(turned), subfactor=table.about)
        answer = asked(coding._replace(evidence=table), cited)
        value = f"{poles[0]}: {answer.n_for}, {poles[1]}: {answer.n_against}"
        return answer._replace(value=value)

    return rule


def concluded(*conclusion_ids: str) -> Rule:
    """Count the conclusions that state it: they can restate a finding, and no more than that."""

    def rule(coding: Coding, cited: set[int]) -> Answer:
        del cited
        table = require(coding, "conclusions")
        n = int((table.conclusion_id.isin(conclusion_ids) & table.kind.eq("finding")).sum())
        return Answer(f"conclusions that say so: {n}", n)

    return rule


def unasked(why: str, shown: Rule | None = None) -> Rule:
    """Count nothing and say why; what comes nearest may be shown, and is not counted."""

    def rule(coding: Coding, cited: set[int]) -> Answer:
        return Answer(f"{why}; {shown(coding, cited).value}" if shown else why)

    return rule


def require(coding: Coding, name: str) -> pd.DataFrame:
    """A table of the coding that only the findings ask.

    Raises
    ------
    DataError
        If the coding was given without it.
    """
    table = getattr(coding, name)
    if table is None:
        raise DataError(f"found a coding without {name}; allowed: one with its table")
    return table


PLANS = "elston-fulop2002/text/"
BY_STAFF = ["interviewee", "public sector interviewee", "private sector interviewee"]
BOTH_SIDES = ["both", "public", "private"]
SAID = {"assertion": "state", "said_by": BY_STAFF}

RULES: dict[str, Rule] = {
    # Chapter 3
    "F01": signs(
        "+", subfactor=["1.legit", "1.guidance"], target="involvement", evidence_kind=TOLD
    ),
    "F02": printed(
        "elston2005/section-3.3.1/circulars-per-working-day",
        "elston2005/section-3.3.1/rate-against-other-years",
    ),
    "F03": printed(
        "elston2005/section-3.2.3/funds-three-priorities-share",
        "elston2005/section-3.3.1/haz-diverted",
    ),
    "F04": printed(
        "elston2005/section-3.3.1/timing-recognised-words",
        "elston2005/section-3.3.1/interviewees-coded",
    ),
    "F05": signs("-", subfactor="1.perfmgt", target="involvement", evidence_kind=TOLD),
    "F06": all_of(
        printed("elston2005/section-3.3.3/haz-applicants-share"),
        signs("+", subfactor="1.funds", target="involvement", evidence_kind=TOLD),
    ),
    "F07": all_of(
        printed(
            "elston2005/section-3.3.3/horizon-cut",
            "elston2005/section-3.3.3/horizon-new",
            "elston2005/section-3.3.3/horizon-new-again",
        ),
        signs("-", subfactor="1.fundslimits", evidence_kind=TOLD),
    ),
    "F08": concluded("c3100b", "c3142a"),
    # Chapter 6
    "F09": told("+", theme="communication", from_node=NO_LINK),
    "F10": told("-", theme="structure"),
    "F11": all_of(told("-", theme="consensus"), told("-", theme="conflict")),
    "F12": all_of(
        told(
            "+", from_node="information-exchange", to_node=["incremental-synergy", "co-ordination"]
        ),
        told("0", from_node="information-exchange", to_node="reframing"),
    ),
    "F13": told("+", from_node=["reframing", "debate-and-negotiation"], to_node="radical-synergy"),
    # Chapter 7
    "F14": concluded("c2712b", "c3086a", "c3090a", "c3090b", "c3220a", "c3220b", "c3220c"),
    "F15": all_of(
        degrees(most=1, actor=VOLUNTARY, measure="influence", partnership=HIMP),
        more(
            {"actor": VOLUNTARY, "partnership": "HAZ", "measure": "influence"},
            {"actor": VOLUNTARY, "partnership": HIMP},
        ),
    ),
    "F16": unasked("the centre was the same for all four sites, so its weight cannot be seen"),
    "F17": all_of(
        told("+", from_node="networking", to_node=["co-ordination", "information-exchange"]),
        told("-", from_node="networking", to_node="radical-synergy"),
    ),
    # Appendix J
    "F18": printed(
        f"{PLANS}new-structures/percent",
        f"{PLANS}without-new-structures/count",
        f"{PLANS}planning-structures/percent",
        f"{PLANS}no-plans/words",
    ),
    "F19": all_of(
        printed(
            *(f"{PLANS}{name}/percent" for name in ("local-authorities", "trusts", "pcgs", "chcs"))
        ),
        more({"actor": "Local authority"}, {"actor": [*TRUSTS, "PCG", "CHC", VOLUNTARY]}),
    ),
    "F20": all_of(
        printed(f"{PLANS}trusts/percent", f"{PLANS}pcgs/percent"),
        compare(involved(TRUSTS, partnership=HIMP), involved("PCG", partnership=HIMP)),
    ),
    "F21": all_of(
        printed(*(f"{PLANS}{name}/percent" for name in ("education", "housing", "environment"))),
        more({"actor": "Education"}, {"actor": MINOR}),
    ),
    "F22": printed(f"{PLANS}voluntary/percent", f"{PLANS}no-voluntary/count"),
    "F23": all_of(
        printed(
            f"{PLANS}umbrella/percent",
            f"{PLANS}users-and-carers/percent",
            f"{PLANS}community-groups/words",
        ),
        more({"actor": UMBRELLA}, {"actor": [VOLUNTARY, WEAK]}),
        more({"actor": [VOLUNTARY, STRONG]}, {"actor": WEAK}),
    ),
    "F24": printed(
        f"{PLANS}endorsed/words",
        f"{PLANS}no-programme/words",
        f"{PLANS}lead-organisation/words",
        f"{PLANS}resources-assigned/words",
        f"{PLANS}joint-budgets/words",
    ),
    "F25": unasked("print gives totals over the plans, not which plan had what"),
    # The article
    "F26": all_of(
        *(
            placed(["neither"], BOTH_SIDES, about="dominance", site=site, **SAID)
            for site in ("UNE", "USW", "REM")
        )
    ),
    "F27": placed(["no integration"], ["integration"], about="integration", **SAID),
    "F28": unasked(
        "what partners hope for and what they foresee share one code",
        placed(
            ["integration"],
            ["no integration"],
            about="integration",
            assertion="expectation",
            said_by=BY_STAFF,
        ),
    ),
    "F29": placed(
        ["integration"], ["no integration"], about="integration", said_by="policy makers"
    ),
    "F30": all_of(
        *(
            placed(["accepted"], [], about="process", site=site, **SAID)
            for site in ("UNE", "USW", "REM")
        )
    ),
    "F31": unasked("statements on trust have no coded direction, and no company was seen twice"),
    "F32": unasked("what goes with synergy is said in general, of no company"),
}
