"""What the findings of other chapters and works count: chapters 3, 6, 7, Appendix J, the article.

Where print's own numbers test a finding, the verdicts on them are asked, and one that differs is
enough against it. Else the coded statements are: on process, on culture, and those of chapters 4
and 5, which speak to the others too. A conclusion has no direction: it can restate a finding and
never bear it out. What nothing coded speaks to is said to be so.
"""

from functools import partial

from compendium.coding.grading import (
    Answer,
    Coding,
    Rule,
    all_of,
    compare,
    degrees,
    more,
    require,
    signs,
)
from compendium.errors import DataError
from partnership.propositions import HIMP, STRONG, TOLD, TRUSTS, VOLUNTARY, WEAK, involved

UMBRELLA = "voluntary sector, umbrella bodies"
MINOR = ["Housing", "Environmental Health", "Leisure", "Community services"]
# A statement on a theme that links nothing to nothing.
NO_LINK = ""
BY_STAFF = ["interviewee", "public sector interviewee", "private sector interviewee"]
COMPANIES = ("UNE", "USW", "REM")

_moves = partial(signs, target="involvement", evidence_kind=TOLD)
_process = partial(signs, table="process", evidence_kind=TOLD)
_placed = partial(signs, table="cultures")
_said = partial(_placed, assertion="state", said_by=BY_STAFF)


def printed(*value_ids: str) -> Rule:
    """Ask the verdicts on printed numbers; each is a part, so one that differs decides.

    A value that cannot be worked out counts for nothing.

    >>> import pandas as pd
    >>> verdicts = pd.DataFrame({"value_id": ["a", "b"], "verdict": ["rounds", "differs"]})
    >>> printed("a", "b")(Coding(None, None, None, verdicts=verdicts), set())[:3]
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


def concluded(*conclusion_ids: str) -> Rule:
    """Count the conclusions that state it: they can restate a finding, and no more than that."""

    def rule(coding: Coding, cited: set[int]) -> Answer:
        del cited
        table = require(coding, "conclusions")
        n = int((table.conclusion_id.isin(conclusion_ids) & table.kind.eq("finding")).sum())
        return Answer(f"conclusions that say so: {n}", n)

    return rule


def not_counted(why: str, shown: Rule | None = None) -> Rule:
    """Count nothing and say why; what comes nearest may be shown."""

    def rule(coding: Coding, cited: set[int]) -> Answer:
        return Answer(f"{why}; {shown(coding, cited).value}" if shown else why)

    return rule


def _thesis(*names: str) -> Rule:
    return printed(*(f"elston2005/section-{name}" for name in names))


def _plans(*names: str) -> Rule:
    return printed(*(f"elston-fulop2002/text/{name}" for name in names))


RULES: dict[str, Rule] = {
    # Chapter 3
    "F01": _moves("+", subfactor=["1.legit", "1.guidance"]),
    "F02": _thesis("3.3.1/circulars-per-working-day", "3.3.1/rate-against-other-years"),
    "F03": _thesis("3.2.3/funds-three-priorities-share", "3.3.1/haz-diverted"),
    "F04": _thesis("3.3.1/timing-recognised-words", "3.3.1/interviewees-coded"),
    "F05": _moves("-", subfactor="1.perfmgt"),
    "F06": all_of(_thesis("3.3.3/haz-applicants-share"), _moves("+", subfactor="1.funds")),
    "F07": all_of(
        _thesis("3.3.3/horizon-cut", "3.3.3/horizon-new", "3.3.3/horizon-new-again"),
        signs("-", subfactor="1.fundslimits", evidence_kind=TOLD),
    ),
    "F08": concluded("c3100b", "c3142a"),
    # Chapter 6
    "F09": _process("+", theme="communication", from_node=NO_LINK),
    "F10": _process("-", theme="structure"),
    "F11": all_of(_process("-", theme="consensus"), _process("-", theme="conflict")),
    "F12": all_of(
        _process(
            "+", from_node="information-exchange", to_node=["incremental-synergy", "co-ordination"]
        ),
        _process("0", from_node="information-exchange", to_node="reframing"),
    ),
    "F13": _process(
        "+", from_node=["reframing", "debate-and-negotiation"], to_node="radical-synergy"
    ),
    # Chapter 7
    "F14": concluded("c2712b", "c3086a", "c3090a", "c3090b", "c3220a", "c3220b", "c3220c"),
    "F15": all_of(
        degrees(most=1, actor=VOLUNTARY, measure="influence", partnership=HIMP),
        more(
            {"actor": VOLUNTARY, "partnership": "HAZ", "measure": "influence"},
            {"actor": VOLUNTARY, "partnership": HIMP},
        ),
    ),
    "F16": not_counted("the centre was the same for all four sites, so its weight cannot be seen"),
    "F17": all_of(
        _process("+", from_node="networking", to_node=["co-ordination", "information-exchange"]),
        _process("-", from_node="networking", to_node="radical-synergy"),
    ),
    # Appendix J
    "F18": _plans(
        "new-structures/percent",
        "without-new-structures/count",
        "planning-structures/percent",
        "no-plans/words",
    ),
    "F19": all_of(
        _plans("local-authorities/percent", "trusts/percent", "pcgs/percent", "chcs/percent"),
        more({"actor": "Local authority"}, {"actor": [*TRUSTS, "PCG", "CHC", VOLUNTARY]}),
    ),
    "F20": all_of(
        _plans("trusts/percent", "pcgs/percent"),
        compare(involved(TRUSTS, partnership=HIMP), involved("PCG", partnership=HIMP)),
    ),
    "F21": all_of(
        _plans("education/percent", "housing/percent", "environment/percent"),
        more({"actor": "Education"}, {"actor": MINOR}),
    ),
    "F22": _plans("voluntary/percent", "no-voluntary/count"),
    "F23": all_of(
        _plans("umbrella/percent", "users-and-carers/percent", "community-groups/words"),
        more({"actor": UMBRELLA}, {"actor": [VOLUNTARY, WEAK]}),
        more({"actor": [VOLUNTARY, STRONG]}, {"actor": WEAK}),
    ),
    "F24": _plans(
        "endorsed/words",
        "no-programme/words",
        "lead-organisation/words",
        "resources-assigned/words",
        "joint-budgets/words",
    ),
    "F25": not_counted("print gives totals over the plans, not which plan had what"),
    # The article
    "F26": all_of(
        *(
            _said("neither", against=["both", "public", "private"], about="dominance", site=site)
            for site in COMPANIES
        )
    ),
    "F27": _said("no integration", against=["integration"], about="integration"),
    "F28": not_counted(
        "what partners hope for and what they foresee share one code",
        _said(
            "integration",
            against=["no integration"],
            about="integration",
            assertion="expectation",
        ),
    ),
    "F29": _placed(
        "integration", against=["no integration"], about="integration", said_by="policy makers"
    ),
    "F30": all_of(
        *(_said("accepted", against=[], about="process", site=site) for site in COMPANIES)
    ),
    "F31": not_counted(
        "statements on trust have no coded direction, and no company was seen twice"
    ),
    "F32": not_counted("what goes with synergy is said in general, of no company"),
}
