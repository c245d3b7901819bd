"""The transcription keeps its schema, and bad input is told what, where, and what is allowed."""

import re
from collections import Counter

import pytest
from conftest import change

from compendium import paths
from compendium.errors import DataError
from compendium.printed import consistency, ledger
from compendium.printed import tables as raw


def test_every_raw_file_keeps_its_schema_and_its_checksum():
    """No file breaks the data package, is other than it was committed, or is unlisted."""
    raw.check_package()


def test_every_raw_file_is_in_the_data_package():
    """A CSV nobody described cannot hide among the data; a second entry is sheets of its own."""
    described = {resource["path"] for resource in raw.read_descriptor()["resources"]}
    present = {path.relative_to(paths.RAW).as_posix() for path in paths.RAW.rglob("*.csv")}

    sheets = {f"second/{item}.csv" for item in raw.read_table("items").item_id}
    assert present - sheets == described | {consistency.RULES}


def test_values_are_read_as_printed():
    """0.80 stays 0.80, and N/A is a text, not a missing number."""
    offers = raw.read_table("elston2005/table-4.1").set_index(["site", "source"]).amount_gbp_m

    assert offers["Metrocity", "haz-funding"] == "0.80"
    assert offers["Greenshire", "none"] == "N/A"


def test_every_cell_has_one_address():
    """No two cells share a value id."""
    assert raw.cells().value_id.is_unique


def test_labels_are_short():
    """Labels are our own words, twelve of them at the most."""
    rows = raw.read_table("elston-fulop2002/text").label.tolist()
    rows += raw.read_table("elston2005/text_numbers").what.tolist()
    rows += raw.read_table("items").label.tolist()

    assert not [label for label in rows if len(label.split()) > 12]


@pytest.mark.parametrize(
    ("table", "old", "new", "said"),
    [
        # A capital O for a nought.
        ("elston2005/table-3.4", ",246,", ",24O,",
         "row 6, column circulars: found '24O'; allowed: an integer, at least 0, not blank"),
        # No site of the study's.
        ("elston2005/table-4.2", "Metrocity", "Metroville",
         "row 5, column site: found 'Metroville'; allowed: a string, one of Dalesville, "
         "Greenshire, Metrocity, Middleton"),
        # Another column than the file must have.
        ("elston2005/table-3.4", "circulars,", "circular,",
         "row 1, column circulars: found 'circular'; allowed: 'circulars', of "),
        # An item that is not in the list.
        ("elston2005/text_numbers", "elston2005/abstract,interviews",
         "elston2005/abstrakt,interviews", "found elston2005/abstrakt; allowed: one of data/raw/"),
        # A lean outside its range: what must hold in every row.
        ("coding/first-model/leanings", "Services,culture,1,1,1,certain,stated,2292",
         "Services,culture,1,-1,0,certain,stated,2292",
         "row 4, column lean, lean_min, lean_max: found 1 / -1 / 0; "
         "allowed: lean_min <= (lean_min if lean is None else lean) <= lean_max"),
    ],
)  # fmt: skip
def test_what_breaks_a_table_is_named(raw_copy, table, old, new, said):
    """File, row, column, what was found and what is allowed."""
    change(raw_copy / f"{table}.csv", old, new)

    (breach,) = raw.breaches(table)
    assert breach.startswith(f"data/raw/{table}.csv row ")
    assert said in breach
    with pytest.raises(DataError, match=re.escape(breach)):
        raw.read_table(table)


@pytest.mark.parametrize(("added", "n"), [("", "no"), ("1999", "1"), ("1999,1,1,1,1,1", "6")])
def test_a_row_has_as_many_cells_as_the_first(raw_copy, added, n):
    """A blank line, or one cut short or grown, is told by its row, once, and as nothing else."""
    path = raw_copy / "elston2005/table-3.4.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(f"{text}{added}\n", encoding="utf-8")
    where = f"data/raw/elston2005/table-3.4.csv row {len(text.splitlines()) + 1}"
    width = len(text.splitlines()[0].split(","))

    assert raw.breaches("elston2005/table-3.4") == [
        f"{where}: found {n} cells; allowed: {width}, as in row 1"
    ]


def test_bytes_that_are_no_text_are_said_of_the_file_that_holds_them(raw_copy):
    """Once, and not of the tables that refer to it."""
    path = raw_copy / "sources.csv"
    path.write_bytes(path.read_bytes() + b"\xff\n")

    (breach,) = raw.breaches("sources")
    assert re.fullmatch("data/raw/sources.csv: .*byte 0xff.*; allowed: CSV in UTF-8", breach)
    assert raw.breaches("items") == []


def test_a_value_id_that_stands_twice(raw_copy):
    """The row is named, and the row it repeats."""
    path = raw_copy / "elston2005/text_numbers.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines, lines[9]]) + "\n", encoding="utf-8")

    with pytest.raises(DataError) as caught:
        ledger.read_ledger()
    assert f"text_numbers.csv row {len(lines) + 1}, column item_id, number_id" in str(caught.value)
    assert "the same as in the row at position 10" in str(caught.value)


def test_all_problems_of_a_file_come_at_once(raw_copy):
    """Two wrong cells make one error with two lines."""
    change(raw_copy / "elston2005/table-3.4.csv", ",246,", ",24O,")
    change(raw_copy / "elston2005/table-3.4.csv", "1995,HSG", "1985,HSG")

    assert len(raw.breaches("elston2005/table-3.4")) == 2


def test_a_changed_byte(raw_copy):
    """The file is named, with the checksum found and the one allowed."""
    change(raw_copy / "elston2005/table-3.4.csv", ",246,", ",247,")

    with pytest.raises(DataError, match=r"data/raw/elston2005/table-3\.4\.csv: SHA-256 is"):
        raw.check_package()


def test_a_table_that_does_not_exist():
    """The message lists the tables there are."""
    with pytest.raises(DataError, match=r"no table 'elston2005/table-9\.9'; allowed: .*table-4\.2"):
        raw.read_table("elston2005/table-9.9")


def test_items_say_how_much_they_hold():
    """Cells and values of each item are counted again from the raw tables and the ledger."""
    cells = Counter()
    for resource in raw.read_descriptor()["resources"]:
        key = resource.get("itemField")
        item = resource.get("item", resource["path"].removesuffix(".csv").removesuffix("-findings"))
        if resource["path"].count("/"):
            table = raw.read_table(resource["name"])
            of_ours = [c for c in ("line", "role", "rule", key) if c in table]
            filled = table.drop(columns=of_ours).notna().sum(axis=1)
            owners = table[key] if key else [item] * len(table)
            cells.update(dict(filled.groupby(owners).sum()))
    values = ledger.read_ledger().item_id.value_counts()
    items = raw.read_table("items").set_index("item_id")

    assert items.cells.to_dict() == {name: cells[name] for name in items.index}
    assert items["values"].to_dict() == values.reindex(items.index, fill_value=0).to_dict()


def test_every_printed_item_is_listed():
    """All tables, figures, boxes and appendices of the five texts, and nothing twice."""
    listed = raw.read_table("items").item_id
    tables = ["1.1", "1.2", *(f"3.{n}" for n in range(1, 5)), *(f"4.{n}" for n in range(1, 6)),
              "5.1"]  # fmt: skip
    figures = [*(f"1.{n}" for n in range(1, 5)), "2.1", "2.2", "3.1", "4.1",
               *(f"5.{n}" for n in range(1, 5)), "6.1"]  # fmt: skip
    printed = [f"elston2005/table-{n}" for n in [*tables, "c1", "c2", "c3"]]
    printed += [f"elston2005/figure-{n}" for n in figures]
    printed += [f"elston2005/appendix-{letter}" for letter in "abcdefghijklmno"]
    printed += ["elston-fulop2002/text", "elston-fulop2002/figure-1", "elston-fulop2002/figure-2"]
    printed += [f"mannion2011/{part}" for part in ("box-1", "box-2", "box-3", "text")]
    printed += ["mannion2011/bibliography", "mannion2011-record/record", "elston2005/abbreviations"]
    printed += [f"glasby2012/figure-{n}" for n in range(1, 6)] + ["glasby2012/text"]
    parts = ("barriers", "lessons", "questions", "references")
    printed += [f"culture-note/{part}" for part in parts]

    assert set(printed) <= set(listed)
    assert listed.is_unique
