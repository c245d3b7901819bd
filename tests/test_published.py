"""Verdicts, the ledger and the register."""

from fractions import Fraction

import pandas as pd
import pytest
from conftest import change

from compendium.errors import DataError
from compendium.printed import audit, ledger, tables
from compendium.printed.quantities import Quantity, exactly, parse


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


def test_the_ledger_and_the_tables_agree():
    """Both transcriptions of every value are the same text."""
    assert len(ledger.read_ledger()) == len(tables.read_table("published"))


def test_a_value_that_is_only_in_its_table(raw_copy):
    """A printed amount without a row in the ledger is named."""
    path = raw_copy / "published.csv"
    lines = [line for line in path.read_text(encoding="utf-8").splitlines()
             if not line.startswith("elston2005/table-3.4/1999/circulars,")]  # fmt: skip
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    with pytest.raises(DataError, match=r"table-3\.4\.csv row 6.*published\.csv has no such value"):
        ledger.read_ledger()


def test_a_derived_value_without_a_rule(raw_copy):
    """Whatever is not an input must name what checks it."""
    change(raw_copy / "published.csv", ",derived,count elston2005/figure-2.2/*/haz,", ",derived,,")

    with pytest.raises(DataError, match="allowed: the rule that checks this derived value"):
        ledger.read_ledger()


@pytest.fixture
def findings():
    """What the audit finds in the real data."""
    return audit.find(ledger.read_ledger(), tables.cells())


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


def test_every_value_that_differs_is_registered():
    """No differing verdict is without its row in the register."""
    verdicts = audit.give_verdicts(ledger.read_ledger(), tables.cells())
    register = set(tables.read_table("discrepancies").discrepancy_id)

    assert set(verdicts.value_id[verdicts.verdict == "differs"]) <= register


def test_inputs_are_never_counted_as_reproduced():
    """An input is transcribed, whatever constraint it has; nothing else is."""
    verdicts = audit.give_verdicts(ledger.read_ledger(), tables.cells())

    assert ((verdicts.verdict == "transcribed") == (verdicts.role == "input")).all()
