"""Findings of other chapters and works: asked of verdicts and codes, and graded by rule."""

from functools import partial

import numpy as np
import pandas as pd
import pytest

from compendium.coding import claims, grading
from compendium.coding.grading import Answer
from compendium.errors import DataError
from compendium.printed.ledger import read_ledger
from compendium.printed.tables import read_table
from partnership import findings, propositions, read_beside

TABLE = read_beside(findings.__file__)

PROCESS = pd.DataFrame(
    {
        "line": [1, 2, 3, 4],
        "theme": ["structure", "structure", "trust", "structure"],
        "from_node": [None, "networking", None, None],
        "to_node": [None, "co-ordination", None, None],
        "direction": ["-", "+", "+", "-"],
        "evidence_kind": ["interview", "interview", "document", "theory"],
        "confidence": "certain",
    }
)
CULTURES = pd.DataFrame(
    {
        "line": [5, 6, 7],
        "about": "dominance",
        "site": ["UNE", "UNE", "USW"],
        "pole": ["neither", "both", None],
        "confidence": ["certain", "contested", "certain"],
    }
)
CONCLUSIONS = pd.DataFrame(
    {"conclusion_id": ["c1", "c2"], "kind": ["finding", "limitation"], "confidence": "certain"}
)
VERDICTS = pd.DataFrame(
    {"value_id": list("abcd"), "verdict": ["exact", "rounds", "differs", "not-derivable"]}
)
NOTHING = pd.DataFrame(columns=["confidence"])
SMALL = grading.Coding(
    NOTHING, NOTHING, NOTHING,
    process=PROCESS, conclusions=CONCLUSIONS, cultures=CULTURES, verdicts=VERDICTS,
)  # fmt: skip


@pytest.fixture(scope="module")
def coding():
    """The shipped coding, and verdicts that all say exact but for those known to differ."""
    verdicts = read_ledger()[["value_id"]]
    wrong = verdicts.value_id.isin(DIFFER)
    return grading.read_coding(verdicts.assign(verdict=np.where(wrong, "differs", "exact")))


# As results/verdicts.csv has them; the notebook asks the real ones.
DIFFER = [
    "elston2005/section-3.3.1/rate-against-other-years",
    "elston2005/section-3.3.1/timing-recognised-words",
    "elston-fulop2002/text/without-new-structures/count",
    "elston-fulop2002/text/no-voluntary/count",
]


def give(coding):
    """The ledger of the findings, without shuffles."""
    table = read_table("coding/findings")
    return grading.give_grades(table, findings.RULES, coding, 0, seed=1)


def test_every_finding_is_asked():
    """Neither one too few nor one too many; 24 to 32; each rests on lines of its own chapter."""
    table = read_table("coding/findings")
    lines = {
        "3": range(1090, 1519), "6": range(2716, 3095), "7": range(3094, 3371),
        "J": range(4314, 4521), "article": range(1, 200),
    }  # fmt: skip

    assert list(findings.RULES) == table.number.tolist()
    assert 24 <= len(table) <= 32
    for row in table.itertuples():
        assert grading.cited_lines(row.lines) <= set(lines[row.chapter])
        assert len(row.proposition.split()) <= 20


def words_of(key, rows=TABLE["rules"], *, here=False):
    """The words that stand under a key of the rules, however deep."""
    if isinstance(rows, dict):
        return {w for k, v in rows.items() for w in words_of(key, v, here=here or k == key)}
    if isinstance(rows, list):
        return {word for row in rows for word in words_of(key, row, here=here)}
    return {rows} if here else set()


def test_every_filter_names_something_coded(coding):
    """Nodes, subfactors, actors, subjects and stages of culture, poles: no slip counts nothing."""
    cultures = coding.cultures
    for column in ("theme", "from_node", "to_node"):
        assert set() < words_of(column) - {""} <= set(coding.process[column])
    assert words_of("subfactor") <= set(coding.evidence.subfactor)
    assert words_of("about") <= set(cultures.about)
    assert words_of("assertion") <= set(cultures.assertion)
    assert {*TABLE["groups"]["staff"], "policy makers"} <= set(cultures.said_by)
    assert words_of("site") <= set(cultures.site)
    assert set(TABLE["groups"]["told"]) <= set(coding.process.evidence_kind) | {"observation"}
    actors = {*coding.orderings.more, *coding.orderings.less, *coding.involvement.actor}
    assert words_of("actor") <= actors
    for word in ("neither", "both", "public", "integration", "no integration", "accepted"):
        assert word in set(cultures.pole)


def test_every_value_and_conclusion_named_exists(coding):
    """An unknown value stops the run, so each rule is run; and each named one has a verdict."""
    known = set(coding.verdicts.value_id)
    assert len(words_of("printed")) >= 8
    assert words_of("printed") <= known
    assert set(DIFFER) <= known
    for rule in findings.RULES.values():
        rule(coding, set())
    said = [findings.RULES[number](coding, set()).n_for for number in ("F08", "F14")]
    assert said == [2, 7]


def test_a_number_that_differs_decides():
    """Two that hold do not make up for one that differs; one not derivable counts for nothing."""
    graded = [
        grading.grade(claims.printed(*ids)(SMALL, set())) for ids in ("ab", "abc", "abd", "d")
    ]

    assert graded == [
        "arithmetic fact", "contradicted by the coding", "arithmetic fact", "not testable here",
    ]  # fmt: skip


def test_process_statements_are_counted_without_theory():
    """Of three on structure one is theory; the other two go either way, and one links nodes."""
    ask = partial(grading.signs, table="process", evidence_kind=TABLE["groups"]["told"])

    assert ask("-", theme="structure")(SMALL, set())[1:4] == (1, 1, 1)
    assert ask("-", theme="structure", from_node="")(SMALL, {1})[1:4] == (1, 0, 0)
    assert ask("+", from_node="networking")(SMALL, set())[1:4] == (1, 0, 1)


def test_poles_are_counted_for_and_against():
    """One company has neither and, contested, both; the other has no pole at all."""
    ask = partial(grading.signs, "neither", table="cultures")
    rule = ask(against=["both"], about="dominance", site="UNE")
    firm = grading.drop_contested(SMALL)

    assert rule(SMALL, {5}) == Answer("statements neither: 1, both: 1", 1, 1, 0)
    assert rule(firm, set())[1:4] == (1, 0, 1)
    assert ask(against=[], site="USW")(SMALL, set())[1:4] == (0, 0, 0)


def test_a_conclusion_restates_and_bears_nothing_out():
    """Its grade can be no better; a limitation is no finding."""
    answer = claims.concluded("c1", "c2")(SMALL, set())

    assert answer[1:4] == (1, 0, 0)
    assert grading.grade(answer) == "author's claim restated"


def test_grades_fall_when_verdicts_are_turned(coding):
    """Were the printed numbers wrong, no arithmetic fact would stand, nor what rests on it."""
    wrong = coding.verdicts.assign(verdict="differs")
    before, after = (
        give(tables).set_index("number") for tables in (coding, coding._replace(verdicts=wrong))
    )
    asked = before.index[before.value.str.contains("printed numbers")]

    assert (before.grade == "arithmetic fact").sum() >= 2
    assert len(asked) >= 10
    assert (after.grade[asked] == "contradicted by the coding").all()


def test_grades_fall_when_directions_are_turned(coding):
    """Were each statement on process coded the other way, what stood on them would fall."""
    turned = coding.process.direction.replace({"+": "-", "-": "+"})
    other = coding._replace(process=coding.process.assign(direction=turned))
    before, after = (give(tables).set_index("number") for tables in (coding, other))

    for number in ("F09", "F10", "F11", "F12", "F13"):
        assert before.grade[number] != "contradicted by the coding"
        assert after.grade[number] == "contradicted by the coding"


def test_poles_that_are_turned_are_noticed(coding):
    """Were every company told to be ruled by neither side, the article's finding would stand."""
    ruled = coding.cultures.pole.replace({"both": "neither", "public": "neither"})
    other = coding._replace(cultures=coding.cultures.assign(pole=ruled))
    before, after = (give(tables).set_index("number") for tables in (coding, other))

    assert before.grade["F26"] == "contradicted by the coding"
    assert after.grade["F26"] == "consistent with the coding"


def test_what_cannot_be_tested_says_what_it_would_take(coding):
    """Not testable is never the end of the sentence."""
    ledger = give(coding)
    open_ones = ledger[ledger.grade == "not testable here"]

    assert set(ledger.grade) <= set(grading.GRADES)
    assert len(open_ones) >= 4
    assert open_ones.needed.fillna("").ne("").all()


def test_shuffling_deals_out_directions_and_poles_and_no_verdict(coding):
    """The same codes on other rows; rows without one stay so; verdicts are no coding."""
    dealt = grading.shuffle(coding, 1, np.random.default_rng(6))

    for name in ("process", "cultures"):
        old, (new,) = coding.said(name), dealt.said(name)
        assert sorted(new) == sorted(old)
        assert ((new == "") == (old == "")).all()
        assert (new != old).any()
    assert dealt.verdicts is coding.verdicts
    assert dealt.conclusions is coding.conclusions


def test_the_52_are_dealt_the_same_codes_with_and_without_the_other_tables(coding):
    """Process and cultures are drawn last."""
    table = read_table("coding/propositions")
    plain = coding._replace(process=None, conclusions=None, cultures=None, verdicts=None)
    first, second = (grading.shuffle(c, 2, np.random.default_rng(2)) for c in (plain, coding))

    for name, dealt in first.dealt.items():
        assert (dealt == second.dealt[name]).all()
    ledgers = [grading.give_grades(table, propositions.RULES, c, 2, 52) for c in (plain, coding)]
    pd.testing.assert_frame_equal(*ledgers)


def test_a_row_of_no_known_kind_is_refused():
    """A slip of the pen in a rule's kind, or in the name of an own one, is named with its claim."""
    for row in ({"sign": "+"}, {"own": "cases that sums give"}):
        with pytest.raises(DataError, match=r"H1: found.*allowed: signs, more.*own: long-stay"):
            claims.read_rules({"H1": row}, {"long-stay": None})
