"""ACRe levels and the list of tables and programs: by rule, and never more than was computed."""

import pandas as pd
import pytest

from compendium.printed import audit, ledger, tables
from compendium.publish import forms

ITEM = {"source_id": "s", "kind": "table", "label": "Two sites", "completeness": "complete"}
ITEM |= {"item_id": "s/table-1", "notebook": "01-audit"}


def items(**changes):
    """One item, a table held whole."""
    return pd.DataFrame([ITEM | changes])


def verdicts(*rows, item="s/table-1"):
    """Values of an item, each as (role, verdict)."""
    table = pd.DataFrame(rows, columns=["role", "verdict"])
    return table.assign(item_id=item, value_id=[f"{item}/{n}" for n in range(len(table))])


INPUT = ("input", "transcribed")
RIGHT, WRONG = ("derived", "exact"), ("claim", "differs")
SAME, OTHER = ("repeated", "exact"), ("repeated", "differs")
IMAGE, UNPRINTED = ("derived", "not-recoverable"), ("claim", "not-derivable")


@pytest.mark.parametrize(
    ("rows", "level"),
    [
        ([INPUT, RIGHT], "5"),
        ([INPUT, ("derived", "rounds")], "5"),
        ([INPUT, RIGHT, WRONG], "4"),
        ([INPUT, RIGHT, OTHER], "4"),
        ([RIGHT, UNPRINTED], "3"),
        ([RIGHT, WRONG, IMAGE], "3"),
        ([INPUT, INPUT], ""),
        ([SAME, INPUT], ""),
        ([OTHER], ""),
        ([IMAGE], ""),
        ([UNPRINTED, INPUT], ""),
    ],
)
def test_the_level_follows_from_the_verdicts(rows, level):
    """Five if all came out, four if one differs, three if one is beyond reach, none if typed."""
    found = forms.give_levels(items(), verdicts(*rows))

    assert found.with_this_compendium.tolist() == [level]


def test_an_item_held_in_part_is_at_three_at_most():
    """Its one computed value is right, but the image is missing."""
    found = forms.give_levels(items(completeness="partial"), verdicts(RIGHT))

    assert found.with_this_compendium.tolist() == ["3"]


@pytest.mark.parametrize(
    ("rows", "changes", "reason"),
    [
        ([], {}, "words only"),
        ([INPUT, INPUT], {}, "only transcribed; taken as given: 2"),
        ([SAME, INPUT], {}, "nothing computed; only compared with another place: 1"),
        ([], {"completeness": "partial"}, "nothing computed: the image is missing"),
        ([INPUT, RIGHT], {}, "1 of 2 values computed, all as printed"),
        ([RIGHT, WRONG], {}, "2 of 2 values computed; differ from print"),
        ([RIGHT, UNPRINTED], {"completeness": "partial"}, "not computable: 1; the item is held"),
    ],
)
def test_each_level_has_its_reason(rows, changes, reason):
    """What was computed, out of how much, and what stands in the way."""
    found = forms.give_levels(items(**changes), verdicts(*rows))

    assert reason in found.reason[0]


def test_numbers_in_text_are_no_display_item():
    """The guide's levels are for tables and figures."""
    assert forms.give_levels(items(kind="text"), verdicts(RIGHT)).empty


@pytest.fixture(scope="module")
def real():
    """The real items with the verdicts of the audit."""
    judged = audit.give_verdicts(ledger.read_ledger(), tables.cells())
    return tables.read_table("items"), judged


def test_no_real_item_is_said_to_be_more_than_it_is(real):
    """As published all are at 1; with us none passes 5, and none is claimed without computing."""
    levels = forms.give_levels(*real)

    assert set(levels.as_published) == {1}
    assert set(levels.with_this_compendium) == {"", "3", "4", "5"}
    assert levels.computed.eq(0).equals(levels.with_this_compendium.eq(""))
    assert levels.reason.str.len().gt(0).all()


@pytest.mark.parametrize(
    ("item", "printed", "computed", "level"),
    [
        # Four shares of four budgets and allocations.
        ("elston2005/table-4.2", 12, 4, "5"),
        # Amounts, taken as given.
        ("elston2005/table-4.1", 19, 0, ""),
        # Three column totals that the rows do not give.
        ("elston2005/appendix-h", 90, 22, "4"),
        # The side is told, the image is lost.
        ("elston2005/figure-5.3", 2, 1, "3"),
        ("elston2005/figure-1.1", 1, 0, ""),
        # The same fact in a box and in the text.
        ("mannion2011/box-2", 1, 0, ""),
    ],
)
def test_levels_of_items_one_can_look_up(real, item, printed, computed, level):
    """Each can be counted in published.csv."""
    found = forms.give_levels(*real).set_index("item_id").loc[item]

    assert [found.printed, found.computed, found.with_this_compendium] == [printed, computed, level]


RECORD = {
    "run": "01-audit",
    "notebook": "notebooks/01-audit.ipynb",
    "given": {},
    "page": "results/notebooks/01-audit.html",
    "judged": [{"cell": 7, "values": {"s/table-1/0": [], "s/text/0": []}}],
    "wrote": [
        {"cell": 3, "file": "results/tables/table-1.csv"},
        {"cell": 4, "file": "results/figures/table-1-shares.svg"},
        {"cell": 5, "file": "results/tables/table-1.1.csv"},
        {"cell": 7, "file": "data/processed/verdicts-01.csv"},
    ],
}


def list_one(item, rows, *records):
    """The row of one item."""
    listed = forms.list_programs(item, rows, list(records))
    assert len(listed) == 1
    return listed.iloc[0]


def test_a_table_is_found_where_it_is_shown():
    """Its own table and drawing, not those of Table 1.1."""
    row = list_one(items(), verdicts(RIGHT, INPUT), RECORD)

    assert row["Figure/Table #"] == "Table 1"
    assert row["Program"] == "notebooks/01-audit.ipynb"
    assert row["Line Number"] == "In [3]; In [4]"
    assert row["Output file"] == "results/tables/table-1.csv; results/figures/table-1-shares.svg"
    assert row["Note"] == "exact: 1; taken as given: 1"


def test_a_number_in_text_is_found_where_it_is_judged():
    """It has no table of its own: the table of verdicts, and the cell that writes it."""
    text = items(item_id="s/text", kind="text", label="Numbers in text")
    row = list_one(text, verdicts(WRONG, item="s/text"), RECORD)

    assert row["Figure/Table #"] == "Numbers in text"
    assert row["Line Number"] == "In [7]"
    assert row["Output file"] == "data/processed/verdicts-01.csv"
    assert row["Note"] == "differs: 1"


def test_an_item_without_values_is_found_in_the_executed_notebook():
    """No cell, no file of its own."""
    row = list_one(items(item_id="s/appendix-m"), verdicts(), RECORD)

    assert row["Line Number"] == ""
    assert row["Output file"] == "results/notebooks/01-audit.html"
    assert row["Note"] == "no printed value"


def test_a_run_that_judges_one_item_shows_it_in_all_it_writes():
    """A balance is drawn by a run of its own, named with its parameters."""
    entry = {"cell": 2, "file": "results/figures/balance-one.svg"}
    balance = RECORD | {"given": {"site": "A"}, "wrote": [entry]}
    balance |= {"judged": [{"cell": 3, "values": {"s/figure-5.1/0": []}}]}
    other = balance | {"given": {"site": "B"}, "judged": [{"cell": 3, "values": {}}]}
    figure = items(item_id="s/figure-5.1", kind="figure", completeness="partial")
    row = list_one(figure, verdicts(RIGHT, item="s/figure-5.1"), balance, other)

    assert row["Program"] == "notebooks/01-audit.ipynb (site=A)"
    assert row["Output file"] == "results/figures/balance-one.svg"
    assert row["Note"] == "exact: 1; image missing, redrawn from the prose"
