"""Verdicts, the ledger and the register."""

from fractions import Fraction

import pandas as pd
import pytest
from certifiable import make_study
from conftest import audit_print, change
from small import write

from compendium.errors import DataError
from compendium.printed import audit, consistency, ledger, tables
from compendium.printed.quantities import Quantity, exactly, parse
from compendium.printed.vocabulary import EVIDENCE


@pytest.mark.parametrize(
    ("printed", "unit", "computed", "verdict"),
    [
        ("0.9", "%", exactly(Fraction(93, 100)), "exact"),
        ("0.9", "%", exactly(Fraction(95, 100)), "exact"),
        ("0.4", "%", exactly(Fraction(46, 100)), "rounds"),
        ("0.4", "%", exactly(Fraction(50, 100)), "differs"),
        ("0.4", "%", exactly(Fraction(34, 100)), "differs"),
        ("42", "%", exactly(Fraction(700, 17)), "differs"),
        ("-4", "£", exactly(Fraction(-46, 10)), "rounds"),
        ("37", "n", exactly(37), "exact"),
        ("37", "n", exactly(38), "differs"),
        ("40", "%", exactly(Fraction(4040, 100)), "exact"),
        ("one in six", "words", exactly(Fraction(8, 50)), "exact"),
        ("one in six", "words", exactly(Fraction(10, 50)), "differs"),
        ("5-10", "times", Quantity(None, Fraction(4), Fraction(10)), "differs"),
        ("5-10", "times", Quantity(None, Fraction(52, 10), Fraction(96, 10)), "exact"),
        ("several hundred", "n", Quantity(None, Fraction(260), Fraction(830)), "exact"),
        ("several hundred", "n", Quantity(None, Fraction(260), Fraction(16000)), "differs"),
        ("left", "side", "left", "exact"),
        ("left", "side", "right", "differs"),
    ],
)
def test_a_verdict_is_given_at_the_printed_precision(printed, unit, computed, verdict):
    """Exact to the last printed digit; rounds if cut off there; else it differs."""
    assert ledger.judge(printed, unit, computed) == verdict


def test_rounded_inputs_may_leave_a_printed_result_open():
    """0.04 from 0.5 over 11.4: no single digit off, but the inputs' rounding allows 0.05."""
    computed = parse("0.5", "£ million") / parse("11", "£ million")

    assert ledger.judge("0.05", "ratio", computed) == "exact"
    assert ledger.judge("0.04", "ratio", computed) == "rounds"
    assert ledger.judge("0.07", "ratio", computed) == "differs"


LEDGER, _, VERDICTS, FINDINGS = audit_print()
ROLES = {"input": 1749, "repeated": 1070, "claim": 171, "derived": 137}
RULES = {
    **{"": 964, "listed-as": 592, "cited": 494, "same": 279},
    **{"cites": 235, "count-different": 115, "at-most": 105, "at-least": 63},
    **{"initials": 54, "sum": 52, "in-list": 43, "dated-as": 33},
    **{"percent": 28, "count": 26, "fraction": 25, "not-recoverable": 22},
    **{"item-meant": 22, "not-derivable": 18, "mirrors": 16, "fits-beside": 14},
    **{"site-name": 8, "range": 7, "grim": 6, "peers": 5},
    **{"not-after": 6, "decile": 4, "unlike": 4},
    **{"per": 3, "least": 2, "listed": 1, "rate-ratios": 1},
    **{"least-site": 1, "fraction-without": 1},
}


def test_the_ledger_is_what_was_typed_value_by_value():
    """Role by role and rule by rule, the counts of the ledger that was once a file of its own.

    And its order: that of the items and, within one, of the printed cells.
    """
    rules = LEDGER.rule.str.split(" ; ").explode().str.split().str[0].fillna("")
    order = {name: place for place, name in enumerate(tables.read_table("items").item_id)}

    assert LEDGER.role.value_counts().to_dict() == ROLES
    assert rules.value_counts().to_dict() == RULES
    assert LEDGER.item_id.map(order).is_monotonic_increasing
    assert LEDGER.value_id.is_unique
    assert (LEDGER.printed == "").sum() == 22


def test_the_ledger_takes_nothing_from_columns_it_does_not_name(raw_copy, monkeypatch):
    """A run that judges hangs on the columns that are noted: every other may as well be blank."""
    monkeypatch.setattr(tables, "breaches", lambda _: [])  # some must not be blank
    before, n = ledger.make_ledger(), 0
    for resource in tables.read_descriptor()["resources"]:
        if "values" in resource:
            path, said = raw_copy / resource["path"], tables._list_said(resource)
            sheet = tables.read_sheet(path)
            sheet.loc[:, [name for name in sheet if name not in said]] = ""
            sheet.to_csv(path, index=False, lineterminator="\n")
            n += len(sheet.columns) - len(said)

    assert n > 30
    assert ledger.make_ledger().equals(before)


def test_every_printed_cell_but_labels_is_in_the_ledger():
    """As it is printed, at the line it stands on."""
    cells = tables.cells().set_index("value_id")
    left = cells[~cells.index.isin(LEDGER.value_id)]
    shown = LEDGER[LEDGER.printed != ""].set_index("value_id")

    assert set(left.unit.fillna("")) <= {"", "label", "code"}
    assert (shown.printed == cells.text[shown.index]).all()
    assert LEDGER.line.notna().all()


@pytest.mark.parametrize(
    ("value_id", "entry"),
    [
        # Said once for the column, with what the row has there; its line by a row of checks.csv.
        (
            "elston2005/table-4.2/Dalesville/share_percent",
            ["Dalesville, allocation as share of budget", "derived",
             "percent elston2005/table-4.2/Dalesville/allocation_gbp_m "
             "elston2005/table-4.2/Dalesville/budget_gbp_m", 1689],
        ),
        ("elston2005/table-4.2/Dalesville/budget_gbp_m", ["Dalesville, budget", "input", "", 1687]),
        # Said in the row itself; who is meant goes without saying where it is the whole.
        (
            "elston2005/abstract/districts",
            ["health districts studied", "repeated", "same elston2005/section-2.3.3/sites", 40],
        ),
        # An input though its column is repeated: a role of checks.csv brings its own rule, or none.
        ("elston2005/figure-2.2/Middleton/haz", ["Middleton, HAZ present", "input", "", 863]),
        ("elston2005/figure-1.2/models", ["models", "derived", "not-recoverable", 202]),
    ],
)  # fmt: skip
def test_where_role_and_rule_are_said(value_id, entry):
    """In the column, in the row, in checks.csv."""
    made = LEDGER.set_index("value_id").loc[value_id, ["quantity", "role", "rule", "line"]]

    assert made.tolist() == entry


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            *("fields.csv", ",input,,circulars in {year},n", ",,,circulars in {year},n"),
            r"allowed: a printed cell|found operand elston2005/table-3\.4/",
        ),
        (
            *("elston2005/text_numbers.csv", ",60,£ million,no,input,", ",60,£ million,no,,"),
            r"text_numbers\.csv row 3, column printed: found 60 without a role; allowed: a role",
        ),
        (
            *("elston2005/text_numbers.csv", "derived,count elston2005/figure-2.2/*/haz"),
            "derived,",
            r"text_numbers\.csv row \d+, column rule: found nothing; allowed: the rule that checks "
            "this derived value",
        ),
        (
            *("fields.csv", "percent elston2005/table-4.2/{site}/allocation_gbp_m "
              "elston2005/table-4.2/{site}/budget_gbp_m", ""),
            r"fields\.csv row \d+, column rule: found nothing; allowed: the rule",
        ),
        (
            *("checks.csv", "elston2005/figure-2.2/Middleton/haz", "elston2005/figure-2.2/Mid/haz"),
            r"row \d+, column value_id: found elston2005/figure-2\.2/Mid/haz; allowed: a printed",
        ),
        (
            *("checks.csv", "elston2005/figure-1.2/models", "elston2005/figure-9.2/models"),
            r"checks\.csv row \d+: found elston2005/figure-9\.2/models; allowed: a value of an",
        ),
    ],
)  # fmt: skip
def test_what_makes_no_ledger(raw_copy, file, old, new, message):
    """The row to mend is named, in whichever of the three places it is."""
    change(raw_copy / file, old, new)

    with pytest.raises(DataError, match=message):
        audit.find(ledger.read_ledger(), tables.cells())


@pytest.fixture
def findings():
    """What the audit finds in the real data."""
    return FINDINGS.copy()


def test_the_register_is_true(findings):
    """Nothing new, nothing vanished, nothing changed: the register is what the audit finds."""
    assert ledger.compare_register(findings) == {"new": [], "vanished": [], "changed": []}


def test_a_new_discrepancy_is_noticed(findings):
    """A finding the register does not have is new."""
    extra = findings.iloc[[0]].assign(discrepancy_id="elston2005/table-9.9/x")
    state = ledger.compare_register(pd.concat([findings, extra]))

    assert len(state["new"]) == 1
    assert "elston2005/table-9.9/x" in state["new"][0]


def test_a_vanished_discrepancy_is_noticed(findings):
    """A registered finding that is no longer found has vanished."""
    assert len(ledger.compare_register(findings.iloc[1:])["vanished"]) == 1


def test_a_changed_discrepancy_is_noticed(findings):
    """A registered finding with another computed value has changed."""
    other = findings.copy()
    other.loc[0, "computed"] = "51"

    assert len(ledger.compare_register(other)["changed"]) == 1


def test_every_value_that_differs_or_rounds_is_registered():
    """No such verdict is without its row in the register."""
    register = set(tables.read_table("discrepancies").discrepancy_id)

    assert set(VERDICTS.value_id[VERDICTS.verdict.isin(["differs", "rounds"])]) <= register


def test_inputs_are_never_counted_as_reproduced():
    """An input is transcribed, whatever constraint it has; nothing else is."""
    assert ((VERDICTS.verdict == "transcribed") == (VERDICTS.role == "input")).all()


def test_every_computed_verdict_says_by_what_evidence():
    """And what is not computed claims none."""
    is_computed = VERDICTS.verdict.isin(["exact", "rounds", "differs"])

    assert (VERDICTS.evidence.isin(EVIDENCE) == is_computed).all()
    assert (VERDICTS.evidence[~is_computed] == "").all()
    assert audit.compare_findings(VERDICTS, FINDINGS) == []


TEXT = "quantity,printed,line\nall,8,20\nsum,8,21\n"
CHECK = "s/text/sum,repeated,{},,,,\n"


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("same s/text/sum", "found s/text/sum, the value itself; allowed: another printed cell"),
        ("same s/text/none", "found operand s/text/none; allowed: the id of a printed cell"),
        ("sam s/text/all", "found rule 'sam'; allowed: "),
        ("sum s/text/s*", "which is of no printed cell but the value itself"),
        ("same s/text/other", "found s/text/all and s/text/sum, which only confirm each other"),
    ],
)
def test_a_rule_that_cannot_fail_is_refused(tmp_path, monkeypatch, rule, message):
    """When the ledger is read: the row and the column to mend, found and allowed."""
    raw = make_study(tmp_path, monkeypatch) / "data/raw"
    write(raw / "s/text.csv", TEXT)
    checks = (raw / "checks.csv").read_text(encoding="utf-8")
    if "other" in rule:
        rule = rule.replace("other", "all")
        checks += "s/text/all,repeated,same s/text/sum,,,,\n"
    write(raw / "checks.csv", checks + CHECK.format(rule))

    with pytest.raises(DataError, match=r"checks\.csv row \d, column rule: .*") as caught:
        ledger.read_ledger()
    assert message in str(caught.value)


def test_a_rule_made_laxer_shows_in_the_digest(tmp_path, monkeypatch):
    """The total of 7 becomes a number that is 7 at least: as exact as before, and refused."""
    raw = make_study(tmp_path, monkeypatch) / "data/raw"
    write(raw / consistency.RULES, consistency.digest_rules())
    assert list(consistency.compare_rules()) == []

    change(raw / "checks.csv", "sum s/table-1/A/n s/table-1/B/n", "range s/table-1/*/n")
    (said,) = consistency.compare_rules()
    assert said.startswith("data/raw/rules.csv, s/table-1, recomputed rules: found 1 ")


def test_what_items_count_is_counted_again(tmp_path, monkeypatch):
    """An item that says it has four cells, and has three."""
    raw = make_study(tmp_path, monkeypatch) / "data/raw"
    assert list(consistency.compare_counts()) == []

    change(raw / "items.csv", "complete,6,3", "complete,7,3")
    assert list(consistency.compare_counts()) == [
        "data/raw/items.csv row 2, column cells: found 7; allowed: 6"
    ]
