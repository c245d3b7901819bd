"""A table in one step: sheets as spreadsheets save them, and those that are no table."""

import datetime
import shutil

import openpyxl
import pytest
from test_studies import turn_to
from typer.testing import CliRunner

from compendium import paths
from compendium.cli.app import app
from compendium.errors import DataError, SettingError
from compendium.printed import audit, tables
from compendium.printed.ledger import read_ledger
from compendium.printed.spreadsheets import Sheet
from compendium.study import add_table
from compendium.study.new import make_study

SHEET = "Site;Year;No. of visits;Share (%)\nA;1999;12;40.0\n;2000;18;60.0*\n;;;\nB;1999;1,204;100\n"
ANSWERS = {"title": "Visits", "section": "3", "lines": "5-9"}


@pytest.fixture
def study(tmp_path, monkeypatch):
    """A fresh study without its coding's folder of results, which `paths` points at."""
    make_study(tmp_path / "study")
    return turn_to(tmp_path / "study", monkeypatch)


def read(folder, text, encoding="utf-8", **how):
    path = folder / "sheet.csv"
    path.write_bytes(text.encode(encoding))
    return add_table.make_draft(add_table.read_grid(path, **how), "example/visits", **ANSWERS)


def book(folder, rows, change=None):
    """A workbook of these rows, changed by a function of its sheet."""
    made = openpyxl.Workbook()
    made.active.title = "Data"
    for row in rows:
        made.active.append(row)
    if change:
        change(made.active)
    made.save(folder / "sheet.xlsx")
    return folder / "sheet.xlsx"


@pytest.mark.parametrize(
    ("encoding", "mark"), [("utf-8", ","), ("utf-8-sig", ";"), ("cp1252", ";"), ("utf-16", "\t")]
)
def test_a_sheet_becomes_a_tidy_table(study, encoding, mark):
    """Whatever wrote it: blank rows left out, labels filled down, cells as printed."""
    text = SHEET.replace("1,204", "1204").replace(";", mark).replace("\nB", "\nÉ")
    draft = read(study, text, encoding)
    told = draft.fields.set_index("column")

    assert draft.table.site.tolist() == ["A", "A", "É"]
    assert draft.table.share_percent.tolist() == ["40.0", "60.0*", "100"]
    assert told.key.tolist() == ["1", "2", "", ""]
    assert told.unit.tolist() == ["", "", "n", "%"]
    assert told.type.tolist() == ["string", "integer", "integer", "string"]
    assert draft.notes == ["filled down: site, 1 rows"]


def test_what_is_written_is_read_and_audited(study):
    """Values get a role, their unit and a place; nothing else has changed."""
    before = read_ledger()
    draft = read(study, SHEET)
    assert (draft.questions, add_table.find_unreadable(draft)) == ([], [])
    add_table.write(draft)
    ledger = read_ledger()

    assert len(ledger) == len(before) + 6
    assert "example/visits/A/2000/share_percent" in set(ledger.value_id)
    assert not tables.breaches("example/visits")
    assert "example/visits" in audit.give_verdicts(ledger, tables.cells()).item_id.tolist()


def test_what_a_sheet_does_not_say_is_asked_in_one_list(study):
    """And until each is answered the study is refused, with the row to fill in."""
    path = study / "sheet.csv"
    path.write_text("who,x\nA,1.5\nB,2.5\n", encoding="utf-8")
    draft = add_table.make_draft(add_table.read_grid(path), "example/x")
    add_table.write(draft)

    assert len(draft.questions) == 5
    with pytest.raises(DataError, match=r"column unit: found '\?', an open question on x of ex"):
        read_ledger()


def test_a_changed_sheet_is_shown_and_not_taken(study):
    """Cell by cell; with --replace it is."""
    add_table.write(read(study, SHEET))
    (study / "sheet.csv").write_text(SHEET.replace("40.0", "41.0") + "C;1;2;3\n", encoding="utf-8")
    words = ["add-table", str(study / "sheet.csv"), "--item", "example/visits"]
    before = (study / "data/raw/example/visits.csv").read_bytes()
    done = CliRunner().invoke(app, words)

    assert "A / 1999, share_percent: 40.0 -> 41.0\nC / 1: a new row" in done.stdout
    assert done.exit_code == 1
    assert (study / "data/raw/example/visits.csv").read_bytes() == before
    assert CliRunner().invoke(app, [*words, "--replace"]).exit_code == 0
    assert "41.0" in (study / "data/raw/example/visits.csv").read_text(encoding="utf-8")
    assert CliRunner().invoke(app, words).exit_code == 0


def test_a_dry_run_writes_nothing(study):
    """It shows table, columns, item and questions."""
    (study / "sheet.csv").write_text(SHEET, encoding="utf-8")
    state = tables.digest_state()
    words = ["add-table", str(study / "sheet.csv"), "--item", "example/v", "--dry-run"]
    done = CliRunner().invoke(app, words)

    assert done.exit_code == 0
    assert "line_start: on which line" in done.stdout
    assert tables.digest_state() == state


def test_a_workbook_shows_what_its_cells_show(study):
    """0.4 in a cell of two places is 0.40; the caption above is the title."""

    def shape(sheet):
        sheet["B3"].number_format = "0.00"
        sheet["C3"].number_format = "0%"
        sheet.merge_cells("A1:C1")

    rows = [["Table 1", None, None], ["who", "mean", "share"], ["A", 0.4, 0.25], ["B", 7, 1]]
    draft = add_table.make_draft(add_table.read_grid(book(study, rows, shape)), "example/x")

    assert draft.table.to_numpy().tolist() == [["A", "0.40", "25%"], ["B", "7", "1"]]
    assert draft.about["label"] == "Table 1"


def test_what_is_no_transcription_is_named_all_at_once(study):
    """A date, a formula without a value, an error, a merged cell: by sheet and cell."""

    def spoil(sheet):
        sheet["B2"] = datetime.date(2011, 3, 4)
        sheet["C2"] = "=SUM(C3:C9)"
        sheet.merge_cells("A3:A4")

    rows = [["who", "range", "n"], ["A", 1, 2], ["B", 3, 4], [None, 5, 6]]
    with pytest.raises(DataError) as caught:
        add_table.read_grid(book(study, rows, spoil))

    assert "sheet 'Data', cell B2: found a date, 2011-03-04" in str(caught.value)
    assert "sheet 'Data', cell C2: found the formula =SUM(C3:C9) without a value" in str(
        caught.value
    )
    assert "sheet 'Data', cell A3: found it merged with A4" in str(caught.value)


def test_two_rows_of_heads_are_joined_when_told(study):
    """Named by cell otherwise; a merged upper head speaks for the columns below it."""

    def merge(sheet):
        sheet.merge_cells("B1:C1")

    rows = [["site", "1999", None], [None, "cases", "deaths"], ["A", 3, 1], ["B", 4, 2]]
    path = book(study, rows, merge)
    with pytest.raises(DataError, match=r"cell B2: found 'cases' above numbers, a second row of"):
        add_table.read_grid(path)
    draft = add_table.make_draft(add_table.read_grid(path, heads=2), "example/x", heads=2)

    assert list(draft.table) == ["site", "1999_cases", "1999_deaths"]


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"\xd0\xcf\x11\xe0rest", "found a password"), (b"PK\x03\x04rest", "cannot read"),
     (b"a,a\n1,2\n", "row 1, column 1: found 'a'; allowed: a head, once in its table"),
     (b"a,b\n", "found no row below the heads")],
)  # fmt: skip
def test_what_is_no_table_is_refused(study, content, message):
    """With what was found and what is allowed."""
    (study / "sheet").write_bytes(content)
    with pytest.raises(DataError, match=message):
        add_table.make_draft(add_table.read_grid(study / "sheet"), "example/x")


@pytest.mark.usefixtures("study")
def test_an_item_is_of_a_source():
    """A sheet has none of its own."""
    with pytest.raises(SettingError, match="allowed: SOURCE/ITEM, of example"):
        add_table.make_draft(Sheet([["a", "b"], ["1", "2"]], [1, 2], str), "nobody/x")


def test_rows_that_labels_do_not_tell_apart_are_numbered(study):
    """A slash would cut a value's address in two."""
    draft = read(study, "drug,n\nA/B,1\nC,2\n")

    assert draft.table.place.tolist() == ["1", "2"]


def test_half_of_it_is_never_written(study, monkeypatch):
    """One file that cannot be written, and all are as they were."""
    draft = read(study, SHEET)
    state, write = tables.digest_state(), paths.write_file

    def fail(path, content):
        if path.name == "tables.csv" and b"visits" in str(content).encode():
            raise OSError(28, "No space left on device")
        write(path, content)

    monkeypatch.setattr(paths, "write_file", fail)
    with pytest.raises(OSError, match="No space"):
        add_table.write(draft)
    shutil.rmtree(paths.RAW / "nothing", ignore_errors=True)

    assert tables.digest_state() == state
