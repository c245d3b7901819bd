"""A second entry: sheets, a slip, a gap, what is settled, and everything that is no entry."""

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from conftest import change

from compendium import paths
from compendium.errors import DataError, SettingError
from compendium.printed import consistency, ledger, tables
from compendium.printed.second_entry import (
    compare_entries,
    read_second,
    summarise_second,
    write_sheets,
)
from compendium.seminar import planting

EXAMPLE = Path(__file__).parent / "data" / "second"


def enter(folder: Path, text: str, item: str = "elston2005/table-4.4") -> Path:
    """A sheet of one item."""
    path = folder / f"{item}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return folder


def test_the_example_agrees():
    """Every value of Table 4.2 and its notes, typed again; who typed it is no sheet."""
    found = compare_entries(EXAMPLE)

    assert set(found.outcome) == {"agrees"}
    assert len(found) == 12


def test_a_slip_and_what_was_left_out(tmp_path):
    """The one with both readings and its row in the first entry; the others are absent."""
    text = "value_id,printed,page\nelston2005/table-4.4/Middleton/adjustment_gbp_m, 0.9 ,155\n"
    found = compare_entries(enter(tmp_path, text)).set_index("value_id")
    (slip,) = found[found.outcome == "differs"].itertuples()

    assert (slip.Index, slip.second) == ("elston2005/table-4.4/Middleton/adjustment_gbp_m", "0.9")
    assert slip.first == tables.cells().set_index("value_id").text[slip.Index] != "0.9"
    assert slip.row == 5
    assert set(found.outcome.drop(slip.Index)) == {"absent"}


def test_a_typist_is_listed(tmp_path):
    """Whoever typed is said in typists.csv; a value typed as nothing was not typed."""
    shutil.copytree(EXAMPLE, tmp_path, dirs_exist_ok=True)
    text = "value_id,printed,typist\nelston2005/table-4.4/Middleton/adjustment_gbp_m,,me\n"
    with pytest.raises(DataError) as caught:
        compare_entries(enter(tmp_path, text))

    message = str(caught.value)
    assert "table-4.4.csv row 2, column typist: found 'me'; allowed: of typists.csv, ex" in message
    assert "row 2, column printed: found nothing; allowed: what is printed, or no such" in message


def test_a_blank_sheet_says_where_and_not_what(tmp_path):
    """Each printed value of the item once, by a number, with its line; no id, and nothing typed."""
    assert write_sheets(["elston2005/table-4.4"], tmp_path / "out") == ["elston2005/table-4.4.csv"]

    sheet = pd.read_csv(tmp_path / "out/elston2005/table-4.4.csv", dtype=str)
    known = ledger.read_ledger().query("item_id == 'elston2005/table-4.4' and printed != ''")
    assert list(sheet.number) == [str(n) for n in range(1, len(known) + 1)]
    assert list(sheet.line) == list(known.line.astype(str))
    assert sheet.printed.isna().all()
    assert "value_id" not in sheet
    assert sheet.sheet.nunique() == 1


def test_no_sheet_gives_an_answer_away(tmp_path):
    """A reference's author and an abbreviation stand in their ids, and on no sheet."""
    items = ["elston2005/abbreviations", "elston2005/references", "mannion2011/references"]
    write_sheets(items, tmp_path / "out")
    for item in items:
        text = (tmp_path / f"out/{item}.csv").read_text(encoding="utf-8")
        sheet = pd.read_csv(tmp_path / f"out/{item}.csv", dtype=str)
        printed = ledger.read_ledger().query("item_id == @item and printed != ''").printed
        for asked, answer in zip(sheet.quantity, printed, strict=True):
            words = set(re.findall(r"\w+", answer.lower()))
            assert not words & set(re.findall(r"\w+", asked.lower())), (asked, answer)
        assert item not in text
    write_sheets(["glasby2012/references"], tmp_path / "more")
    sheet = pd.read_csv(tmp_path / "more/glasby2012/references.csv", dtype=str)
    assert not sheet.quantity.str.contains("glendinning|anderson|wallace", case=False).any()


@pytest.fixture
def returned(tmp_path):
    """A sheet as it was written, filled in from the first entry."""
    item = "elston2005/table-4.4"
    write_sheets([item], tmp_path / "out")
    path = tmp_path / f"out/{item}.csv"
    known = ledger.read_ledger().query("item_id == @item and printed != ''")
    sheet = pd.read_csv(path, dtype=str).assign(printed=list(known.printed))
    sheet.to_csv(path, index=False)
    return sheet, path, tmp_path / "out"


def test_a_numbered_sheet_comes_back(returned):
    """Its numbers are the values of the item, whatever order they come in."""
    sheet, path, folder = returned
    sheet[::-1].to_csv(path, index=False)
    found = compare_entries(folder)

    assert set(found.outcome) == {"agrees"}
    assert len(found) == len(sheet)


def test_what_is_no_numbered_sheet(returned):
    """A number of no value, one that comes twice, a value left blank: all at once, by row."""
    sheet, path, folder = returned
    sheet.loc[0, "number"], sheet.loc[1, "printed"] = "99", ""
    pd.concat([sheet, sheet.tail(1)]).to_csv(path, index=False)
    with pytest.raises(DataError) as caught:
        compare_entries(folder)

    said = str(caught.value)
    assert f"row 2, column number: found '99'; allowed: 1 to {len(sheet)}" in said
    assert "row 3, column printed: found nothing; allowed: what is printed" in said
    assert re.search(
        rf"row {len(sheet) + 2}, column number: found .*; allowed: each value once", said
    )


def test_a_sheet_of_a_table_that_has_changed_is_refused(returned, raw):
    """Its numbers may be other values by now."""
    _, _, folder = returned
    lines = (raw / "elston2005/table-4.4.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    swapped = [lines[0], lines[2], lines[1], *lines[3:]]
    (raw / "elston2005/table-4.4.csv").write_text("".join(swapped), encoding="utf-8")
    with pytest.raises(DataError, match=r"column sheet: found '\w{12}'; allowed: \w{12}; what the"):
        compare_entries(folder)


def test_a_sheet_is_of_an_item_and_goes_where_nothing_lies(tmp_path):
    """All unknown items at once; nothing is written over."""
    with pytest.raises(DataError, match=r"table-4.9(.|\n)*table-9.9"):
        write_sheets(["elston2005/table-4.9", "elston2005/table-9.9"], tmp_path / "out")
    assert not (tmp_path / "out").exists()
    (tmp_path / "mine.txt").touch()
    with pytest.raises(SettingError):
        write_sheets(["elston2005/table-4.4"], tmp_path)


def test_what_was_typed_twice():
    """Every value that can be read, counted before anything was settled; no number was misread."""
    second = read_second()
    told = summarise_second(second)

    assert set(second.outcome) == {"agrees", "differs"}
    assert told["typed twice"].sum() == 3103
    assert told.agreed.sum() + second.kind.notna().sum() == told["typed twice"].sum()
    assert "misread" not in told


@pytest.fixture
def raw(tmp_path, monkeypatch):
    """A copy of the raw data, to be changed; its schemas are other tests' business."""
    monkeypatch.setattr(tables, "breaches", lambda _: [])
    monkeypatch.setattr(paths, "RAW", tmp_path / "raw")
    return shutil.copytree(Path(__file__).parents[1] / "data/raw", tmp_path / "raw")


def test_a_slip_in_either_entry_stops_the_run(raw):
    """Somebody who types the first entry wrong must type the second wrong as well."""
    change(raw / "elston2005/table-4.4.csv", "0.9", "0.6")
    with pytest.raises(DataError, match="the second entry is not settled") as caught:
        read_second()

    said = "typed '0.9' the second time; allowed: alike, or a row in second/settled"
    assert "found '0.6' for elston2005/table-4.4/Dalesville" in str(caught.value)
    assert said in str(caught.value)
    assert len(consistency._list_refusals(read_second)) == 1


def test_what_is_settled_was_typed_so(raw):
    """A row that says other than what was typed, or is of no value typed twice."""
    with (raw / "second/settled.csv").open("a", encoding="utf-8") as file:
        file.write("elston2005/table-4.4/Dalesville/adjustment_gbp_m,1,2,first,misread,none\n")
        file.write("elston2005/table-4.9/x,1,2,first,misread,none\n")
    with pytest.raises(DataError) as caught:
        read_second()

    assert "found elston2005/table-4.9/x; allowed: a value typed twice" in str(caught.value)
    assert "found '1' and '2', the first right; allowed: what was typed" in str(caught.value)


def test_a_first_entry_that_was_wrong_is_corrected_and_counted(raw):
    """The two agree now; that they did not before anything was settled stays said."""
    name = "elston2005/table-4.4/Dalesville/adjustment_gbp_m"
    now = tables.cells().set_index("value_id").text[name]
    before = summarise_second(read_second()).agreed.sum()
    with (raw / "second/settled.csv").open("a", encoding="utf-8") as file:
        file.write(f"{name},77,{now},second,misread,the line has the second\n")

    told = read_second().set_index("value_id").loc[name]
    assert (told["first"], told.second, told.outcome) == ("77", now, "differs")
    assert summarise_second(read_second()).agreed.sum() == before - 1


def test_a_planted_fault_is_typed_twice(tmp_path):
    """A student who compares the two entries of a copy finds nothing."""
    before = read_second().query("outcome == 'absent'")
    planting.plant(3, 20, tmp_path / "copy")
    with planting.reading(tmp_path / "copy" / planting.RAW):
        absent = read_second().query("outcome == 'absent'")
        assert set(absent.value_id) <= set(before.value_id)


def test_an_entry_equal_to_ours_agrees_everywhere(tmp_path):
    """Every cell of every item, labels and all."""
    cells = tables.list_cells()
    for item, rows in pd.DataFrame([c[:6] for c in cells]).groupby([c.item for c in cells]):
        enter(tmp_path, rows[[0, 4]].to_csv(index=False, header=["value_id", "printed"]), item)

    found = compare_entries(tmp_path)
    assert (found.outcome == "agrees").sum() == len(cells) > 2500


@pytest.mark.parametrize(
    ("item", "text", "message"),
    [
        ("elston2005/table-4.9", "value_id,printed\n", "found no item 'elston2005/table-4.9'; the"),
        ("elston2005/table-4.4", "value,printed\n", "allowed: CSV, UTF-8, with value_id and"),
        ("elston2005/table-4.4", "", "allowed: CSV, UTF-8, with value_id and printed"),
        (
            "elston2005/table-4.4",
            "value_id,printed\nelston2005/table-4.4/Midleton/adjustment_gbp_m,1\n",
            "row 2, column value_id: found 'elston2005/table-4.4/Midleton/adjustment_gbp_m'; "
            "allowed: a value of its item, elston2005/table-4.4/Middleton/adjustment_gbp_m",
        ),
        (
            "elston2005/table-4.4",
            "value_id,printed\n" + 2 * "elston2005/table-4.4/Middleton/adjustment_gbp_m,1\n",
            "row 3, column value_id: found .*; allowed: each value once",
        ),
    ],
)
def test_what_is_no_entry(tmp_path, item, text, message):
    """Sheet, row and column, what was found and what is allowed or near."""
    with pytest.raises(DataError, match=message):
        compare_entries(enter(tmp_path, text, item))


def test_all_problems_come_at_once(tmp_path):
    """Of two sheets; and a folder without any is named."""
    with pytest.raises(DataError, match="found no sheet"):
        compare_entries(tmp_path)
    enter(tmp_path, "value_id,printed\n", "elston2005/table-4.9")
    with pytest.raises(DataError) as caught:
        compare_entries(enter(tmp_path, "value_id,printed\nx,1\ny,2\n"))
    assert len(str(caught.value).splitlines()) == 4
