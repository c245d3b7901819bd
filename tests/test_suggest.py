"""Rules that suggest themselves, near misses first; the rows of the register that findings need."""

import pandas as pd
import pytest
from test_studies import turn_to
from typer.testing import CliRunner

from compendium import paths
from compendium.cli.app import app
from compendium.errors import DataError, SettingError
from compendium.printed import audit, tables
from compendium.printed.ledger import compare_register, read_ledger
from compendium.study import add_table, suggest
from compendium.study.new import make_study

FLOW = "step,n\nfound,701\nelsewhere,11\ndouble,319\nscreened,382\n"
REASONS = "reason,n\nno data,21\nno control,11\nadults,9\nno English,10\nTotal,55\n"
SHARES = "site,n,cases,share_percent\nA,40,10,25\nB,30,12,40\nC,20,9,44\nD,50,21,42\nE,60,15,25\n"


@pytest.fixture
def study(tmp_path, monkeypatch):
    """A fresh study, which `paths` points at."""
    make_study(tmp_path / "study")
    return turn_to(tmp_path / "study", monkeypatch)


def add(study, text, name="review"):
    """A table of the study, by the door that a reader would use."""
    (study / "sheet.csv").write_text(text, encoding="utf-8")
    answers = {"title": "A table", "section": "3", "lines": "5-9"}
    read = add_table.read_grid(study / "sheet.csv")
    add_table.write(add_table.make_draft(read, f"example/{name}", **answers))


def test_a_near_miss_of_a_sum_comes_first(study):
    """Reasons that add up to 51, where print says 55."""
    add(study, REASONS)
    first = suggest.suggest("example/review")[0]

    assert (first.kind, first.matches[0].printed, first.matches[0].computed) == (
        "total",
        "55",
        "51",
    )
    assert "51 would be the sum; print says 55" in suggest.show(1, first)


def test_a_flow_is_a_signed_sum(study):
    """701 and 11, less 319 are 393; print says 382."""
    add(study, FLOW)
    found = suggest.suggest("example/review")
    [flow] = [one for one in found if one.matches[0].computed == "393"]

    assert flow.near_misses[0].rule == (
        "sum example/review/found/n example/review/elsewhere/n minus example/review/double/n"
    )


def test_what_holds_in_most_rows_shows_where_it_does_not(study):
    """12 of 30 are 40, 9 of 20 are 45: print says 44."""
    add(study, SHARES)
    [one] = [s for s in suggest.suggest("example/review") if s.kind == "percentage"]

    assert [miss.value_id for miss in one.near_misses] == ["example/review/C/share_percent"]
    assert len(one.matches) == 5
    assert 0 < one.chance < 1


def test_a_percentage_is_of_a_whole_that_is_found(study):
    """Of the last row, where that is the total; of all rows, where there is none."""
    add(study, "who,n,share_percent\nA,30,30\nB,50,50\nC,20,20\nTotal,100,\n", "with-total")
    add(study, "who,n,share_percent\nA,9,30\nB,15,50\nC,6,20\n", "without")
    kinds = {name: {one.kind for one in suggest.suggest(f"example/{name}")}
             for name in ("with-total", "without")}  # fmt: skip

    assert "percentage of the last row" in kinds["with-total"]
    assert "percentage of all rows" in kinds["without"]


def test_a_count_is_the_length_of_a_list(study):
    """Five sites, of a table with five rows."""
    add(study, SHARES, "sites")
    add(study, "what,number\nsites,5\nothers,77\n", "told")
    [one] = [s for s in suggest.suggest("example/told") if s.kind == "count of a list"]

    assert one.matches[0].rule == "count example/sites/*/n"


def test_what_is_checked_already_is_not_suggested(study):
    """Written by --accept, a rule is found again by the audit and no more by the search."""
    add(study, SHARES)
    words = ["suggest-rules", "--item", "example/review"]
    found = suggest.suggest("example/review")
    number = next(n for n, one in enumerate(found, start=1) if one.kind == "percentage")
    done = CliRunner().invoke(app, [*words, "--accept", str(number)])

    assert "5 values are checked now" in done.stdout
    findings = audit.find(read_ledger(), tables.cells())
    assert "example/review/C/share_percent" in findings.discrepancy_id.tolist()
    assert "percentage" not in [one.kind for one in suggest.suggest("example/review")]


def test_rules_that_only_confirm_each_other_are_refused(study):
    """Then nothing is written."""
    add(study, "site,n_a,n_b,n_c\nA,3,4,7\nB,5,6,11\nC,2,9,11\n")
    value = "example/review/A/"
    match = suggest.Match(f"{value}n_c", f"sum {value}n_a {value}n_b", "7", "7", "exact")
    other = suggest.Match(f"{value}n_a", f"sum {value}n_c minus {value}n_b", "3", "3", "exact")
    before = (paths.RAW / "checks.csv").read_bytes()
    with pytest.raises(DataError, match="which only confirm each other"):
        suggest.accept([suggest.Suggestion("sum", [match, other], 1, 0.1)])

    assert (paths.RAW / "checks.csv").read_bytes() == before


def test_the_register_is_drafted_and_its_cause_is_not(study):
    """Until the author has said it, the study is refused, with the row and what is allowed."""
    add(study, REASONS)
    suggest.accept([suggest.suggest("example/review")[0]])
    done = CliRunner().invoke(app, ["register", "--draft"])
    row = tables.read_sheet(paths.RAW / "discrepancies.csv").iloc[-1]

    assert "example/review/Total/n" in done.stdout
    assert (row.printed, row.computed, row.verdict, row.cause) == ("55", "51", "differs", "")
    with pytest.raises(DataError, match="column cause: found ''; allowed: a string, one of mispr"):
        tables.check_package()
    register = tables.read_sheet(paths.RAW / "discrepancies.csv")
    register.loc[register.cause == "", ["cause", "consequence"]] = ["misprint", "None."]
    register.to_csv(paths.RAW / "discrepancies.csv", index=False)
    findings = audit.find(read_ledger(), tables.cells())
    assert "example/review/Total/n" not in str(compare_register(findings))
    assert suggest.draft_register() == []


@pytest.mark.usefixtures("study")
def test_an_item_that_is_not_there_is_refused():
    """With those there are."""
    with pytest.raises(SettingError, match="found 'x'; allowed: example/"):
        suggest.suggest("x")


def test_a_number_with_a_blank_in_its_address_is_named_as_a_rule_can(study):
    """A blank separates operands."""
    add(study, SHARES.replace("A,", "A north,").replace("B,", "B south,"))
    [one] = [s for s in suggest.suggest("example/review") if s.kind == "percentage"]

    assert "percent example/review/A*north/cases example/review/A*north/n" in {
        match.rule for match in one.matches
    }
    assert pd.Series([match.verdict for match in one.matches]).eq("differs").sum() == 1
