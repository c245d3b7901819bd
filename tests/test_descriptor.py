"""`datapackage.json` is what `fields.csv` and `tables.csv` make, and other tools can read it."""

import json
import re
from pathlib import Path

import frictionless
import pandas as pd
import pytest
from conftest import change

from compendium import paths
from compendium.errors import DataError
from compendium.printed import descriptor, tables

SHIPPED = json.loads((paths.RAW / descriptor.PACKAGE).read_text(encoding="utf-8"))
FIELDS = pd.read_csv(paths.RAW / "fields.csv", dtype=str, keep_default_na=False)


def test_the_package_is_made_and_not_edited():
    """Byte for byte what the two tables make; so are the checksums."""
    sums = (paths.RAW / "SHA256SUMS").read_text(encoding="utf-8")
    listed = dict(line.split("  ")[::-1] for line in sums.splitlines())

    assert descriptor.make_package() == (paths.RAW / descriptor.PACKAGE).read_text(encoding="utf-8")
    assert listed == descriptor.sum_files()


def test_frictionless_reads_it_and_finds_nothing_wrong():
    """The Python reader, given the file as it ships."""
    assert frictionless.Package(str(paths.RAW / descriptor.PACKAGE)).validate().valid


def test_it_keeps_what_the_npm_reader_asks():
    """Names, licence names and a dialect as its profiles have them."""
    licences = [one["name"] for r in [SHIPPED, *SHIPPED["resources"]] for one in r["licenses"]]
    names = [SHIPPED["name"], *(resource["name"] for resource in SHIPPED["resources"])]

    assert [name for name in licences if not re.fullmatch(r"[-a-zA-Z0-9._]+", name)] == []
    assert [name for name in names if not re.fullmatch(r"[-a-z0-9._/]+", name)] == []
    assert all(resource["dialect"]["delimiter"] == "," for resource in SHIPPED["resources"])


def test_no_two_references_share_a_column():
    """A reader that puts the referred row in place of the cell could follow only one of them."""
    for resource in SHIPPED["resources"]:
        keys = resource["schema"].get("foreignKeys", [])
        columns = [column for key in keys for column in key["fields"]]
        assert len(columns) == len(set(columns)), resource["name"]


def test_a_row_for_each_column_in_the_order_of_the_file():
    """Of all tables, these two and checks.csv among them."""
    for name, columns in FIELDS.groupby("table").column:
        table = name.replace("*", "first-model")
        head = (paths.RAW / f"{table}.csv").read_text(encoding="utf-8").split("\n", 1)[0]
        assert head == ",".join(columns), name


def test_a_field_says_what_its_row_says():
    """Type, limits, allowed values, role, rule and unit, in the words of the data package."""
    fields = {f["name"]: f for r in SHIPPED["resources"] if r["path"].endswith("table-4.2.csv")
              for f in r["schema"]["fields"]}  # fmt: skip

    assert fields["line"]["constraints"] == {"required": True, "minimum": 1}
    assert fields["site"]["constraints"]["enum"][0] == "Dalesville"
    assert (fields["share_percent"]["role"], fields["share_percent"]["unit"]) == ("derived", "%")
    assert "{site}" in fields["share_percent"]["rule"]


def test_the_column_that_names_the_item_may_do_so_through_another_table():
    """A lean is of a case, and the case of a figure."""
    leanings = next(
        r for r in SHIPPED["resources"] if r["path"] == "coding/first-model/leanings.csv"
    )

    assert leanings["itemField"] == "figure"
    assert leanings["schema"]["foreignKeys"][0]["reference"]["resource"] == "coding-cases"


@pytest.mark.parametrize("name", ["fields.csv", "tables.csv", "items.csv"])
def test_without_its_codebook_nothing_is_read(raw_copy: Path, name: str):
    """The file is named."""
    (raw_copy / name).unlink()

    with pytest.raises(DataError, match=f"data/raw/{name}: found no such file"):
        tables.read_table("sources")


@pytest.mark.parametrize("name", ["fields.csv", "tables.csv", "items.csv"])
@pytest.mark.parametrize(
    ("added", "said"),
    [
        (b"only\n", r" row \d+: found 1 cells; allowed: \d+, as in row 1$"),
        (b"," * 20 + b"\n", r" row \d+: found 21 cells; allowed: \d+, as in row 1$"),
        (b"\n", r" row \d+: found no cells; allowed: \d+, as in row 1$"),
        (b"\xff\n", r": .*can't decode byte 0xff.*; allowed: CSV in UTF-8$"),
    ],
)
def test_a_codebook_that_is_no_table_is_refused(raw_copy: Path, name: str, added: bytes, said: str):
    """With the file, the row, what was found and what is allowed, and not by a traceback."""
    path = raw_copy / name
    path.write_bytes(path.read_bytes() + added)

    with pytest.raises(DataError, match=f"data/raw/{name}{said}"):
        tables.read_table("sources")


def test_all_that_makes_no_schema_comes_at_once(raw_copy: Path):
    """With file, row, column, what was found and what is allowed."""
    path = raw_copy / "fields.csv"
    change(path, "elston2005/table-3.4,year,integer,1,", "elston2005/table-3.4,year,number,1,")
    change(path, "elston2005/table-3.4,circulars,integer,,,yes,0,",
           "elston2005/table-3.4,circulars,integer,,,yes,none,")  # fmt: skip
    with pytest.raises(DataError) as caught:
        tables.read_table("sources")

    message = str(caught.value)
    assert "column type: found 'number'; allowed: string, integer" in message
    assert "column minimum: found 'none'; allowed: a whole number" in message


def test_a_checkout_with_the_line_ends_of_windows_holds_the_same_data(raw_copy):
    """Its checksums hold, and its tables read alike; and Git is told to leave line ends alone."""
    table = tables.read_table("sources")
    for path in raw_copy.rglob("*.*"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))

    assert tables.changed_files() == []
    assert tables.read_table("sources").equals(table)
    assert "\n* text=auto eol=lf\n" in (paths.ROOT / ".gitattributes").read_text(encoding="utf-8")
