"""The shapes a second transcription may come in, and those it may not."""

import json

import pytest

from compendium.errors import DataError
from compendium.printed.second_entry import read_second

SHARES = "site,budget_gbp_m,allocation_gbp_m,share_percent,line\nMiddleton,239,1.1,0.4,1689\n"


@pytest.fixture
def read(tmp_path):
    """The readings of a folder that holds these files, as text by key and column."""

    def of_files(files, entry=None):
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        if entry:
            said = json.dumps({"tables": [entry]})
            (tmp_path / "map.json").write_text(said, encoding="utf-8")
        return read_second(tmp_path)

    return of_files


def told(second):
    """Each reading: key, column and text."""
    found = second.readings.itertuples()
    return {("/".join(r.key), r.column): r.text for r in found}


def test_a_table_as_ours_is_read_cell_by_cell(read):
    """Each with its line, its file and its row."""
    second = read({"elston2005/table-4.2.csv": SHARES})
    first = second.readings[second.readings.column == "share_percent"].iloc[0]

    assert told(second)["Middleton", "share_percent"] == "0.4"
    assert (first.file, first.row, first.line) == ("elston2005/table-4.2.csv", 2, 1689)


@pytest.mark.parametrize("mark", [";", "\t"])
def test_other_separators_are_read(read, mark):
    """Spreadsheets of other countries, and tabs; a byte order mark is no part of a name."""
    second = read({"table-4.2.csv": "\ufeff" + SHARES.replace(",", mark)})

    assert told(second)["Middleton", "budget_gbp_m"] == "239"


def test_blank_rows_and_columns_count_and_hold_nothing(read):
    """A spreadsheet leaves them; the row after them keeps its number."""
    text = SHARES.replace("\n", ",,\n").replace("\nMidd", "\n,,,,,,\nMidd")
    second = read({"table-4.2.csv": text})

    assert set(second.readings.row) == {3}


def test_keys_meet_in_any_spelling(read):
    """Case, spaces and dashes of a label are nobody's reading."""
    text = "organisation,resource,scope,printed\nHA,Staff,TYPICAL,260\nla ss,staff,typical,1400\n"
    second = read({"elston2005/table-4.3.csv": text})

    assert set(told(second)) == {
        ("ha/staff/typical", "printed"),
        ("la-ss/staff/typical", "printed"),
    }


def test_a_spelling_that_two_of_ours_share_is_taken_exactly(read):
    """The list of abbreviations has HImP and HIMP: neither stands for the other, nor for himp."""
    text = "key,expansion\nHImP,x\nHIMP,y\nhimp,z\n"
    second = read({"elston2005/abbreviations.csv": text})

    assert told(second) == {
        ("HImP", "expansion"): "x",
        ("HIMP", "expansion"): "y",
        ("himp", "expansion"): "z",
    }


def test_a_qualifier_stands_before_its_value(read):
    """Whether they have a column for it or not."""
    name = "elston2005/text_numbers.csv"
    apart = "item_id,number_id,qualifier,printed\na,b,almost,30\na,c,,30\na,d,about,\n"
    second = read({name: apart})

    assert [told(second)["a/" + key, "printed"] for key in "bcd"] == ["almost 30", "30", ""]


def test_a_place_in_print_may_be_told_by_the_order(read):
    """Appendix H numbers its rows; a file without numbers is taken as it comes, and says so."""
    text = "Profile,Site,Interviewees\nx,Dalesville,4\nx,Total,11\ny,Dalesville,2\n"
    second = read({"elston2005/appendix-h.csv": text})

    assert told(second)["2/Dalesville", "interviewees"] == "2"
    assert told(second)["1/Total", "interviewees"] == "11"
    assert "aligned by the order of rows within site" in second.left.why.iloc[0]


def test_a_wide_table_is_gathered(read):
    """Sites across, as print has them: one reading for each site."""
    entry = {
        "file": "h.csv",
        "table": "elston2005/appendix-h",
        "gather": {"columns": ["D", "M"], "into": "site", "value": "interviewees"},
        "columns": {"No": "row"},
        "values": {"site": {"D": "Dalesville", "M": "Middleton"}},
    }
    second = read({"h.csv": "No,D,M\n1,4,1\n2,2,1\n"}, entry)

    assert told(second) == {
        ("1/Dalesville", "interviewees"): "4",
        ("2/Dalesville", "interviewees"): "2",
        ("1/Middleton", "interviewees"): "1",
        ("2/Middleton", "interviewees"): "1",
    }


LONG = """Item,Row,Column,Value,Line
4.2,Middleton,Budget,239,1689
4.2,Middleton,Share,0.4,1690
4.3,Middleton,Budget,217,2052
"""
LONG_ENTRY = {
    "file": "long.csv",
    "table": "elston2005/table-4.2",
    "only": {"Item": "4.2"},
    "spread": {"column": "Column", "value": "Value"},
    "columns": {"Row": "site", "Budget": "budget_gbp_m", "Share": "share_percent"},
}


def test_a_long_file_is_spread(read):
    """Each row is a cell of ours, with a line of its own."""
    second = read({"long.csv": LONG}, LONG_ENTRY)
    lines = second.readings.set_index("column").line

    assert told(second)["Middleton", "share_percent"] == "0.4"
    assert (lines["budget_gbp_m"], lines["share_percent"]) == (1689, 1690)


def test_rows_that_no_entry_chose_are_told(read):
    """The long file's row of another table is named, not lost."""
    left = read({"long.csv": LONG}, LONG_ENTRY).left

    assert left[left.what == "row"].to_numpy().tolist() == [
        ["long.csv", "row", "row 4", "chosen by no entry"]
    ]


def test_a_column_their_file_lacks_may_be_added(read):
    """One file for each item: the item is the map's to say."""
    entry = {
        "file": "x.csv",
        "table": "elston2005/text_numbers",
        "add": {"item_id": "elston2005/table-4.1"},
    }
    second = read({"x.csv": "number_id,printed\nhaz-national-1999,30\n"}, entry)

    assert told(second) == {("elston2005/table-4.1/haz-national-1999", "printed"): "30"}


def test_columns_of_no_use_are_told(read):
    """An extra column does no harm and is not passed over."""
    text = SHARES.replace("line\n", "line,typed_by\n").replace("1689", "1689,x")
    left = read({"elston2005/table-4.2.csv": text}).left

    assert left.to_numpy().tolist() == [
        ["elston2005/table-4.2.csv", "column", "typed_by", "no column of ours"]
    ]


def refused(read, files, entry=None):
    with pytest.raises(DataError) as raised:
        read(files, entry)
    return str(raised.value).splitlines()


def test_other_columns_are_named_beside_ours(read):
    """Without its key, a table cannot be aligned: theirs, ours, and what is missing."""
    text = SHARES.replace("site", "authority")
    _, line = refused(read, {"elston2005/table-4.2.csv": text})

    assert "found columns authority, budget_gbp_m" in line
    assert "of which not ours: authority" in line
    assert "elston2005/table-4.2.csv has site, budget_gbp_m" in line
    assert "what stands for site" in line


def test_a_value_that_may_hide_under_another_name_is_asked_for(read):
    """A printed column missing and a strange one there: not compared would be too kind."""
    text = SHARES.replace("share_percent", "share")
    _, line = refused(read, {"elston2005/table-4.2.csv": text})

    assert "of which not ours: share;" in line
    assert "what stands for share_percent" in line


def test_the_map_may_say_that_a_column_has_no_counterpart(read):
    """Then the printed column is left out, with open eyes."""
    entry = {"file": "x.csv", "table": "elston2005/table-4.2", "columns": {"share": None}}
    second = read({"x.csv": SHARES.replace("share_percent", "share")}, entry)

    assert ("Middleton", "share_percent") not in told(second)
    assert "set aside by map.json" in set(second.left.why)


def test_a_row_that_is_there_twice_is_refused(read):
    """With both places."""
    text = SHARES + "middleton,238,1.1,0.4,1689\n"
    _, line = refused(read, {"elston2005/table-4.2.csv": text})

    assert line.strip() == (
        "elston2005/table-4.2.csv row 3: found Middleton again, as in elston2005/table-4.2.csv "
        "row 2; allowed: each once"
    )


def test_a_map_that_recodes_a_word_nobody_used_is_refused(read):
    """A slip in the map would leave a row unmatched."""
    entry = {
        "file": "x.csv",
        "table": "elston2005/table-4.2",
        "values": {"site": {"Midleton": "Middleton"}},
    }
    _, line = refused(read, {"x.csv": SHARES}, entry)

    assert line.strip() == "map.json, values: x.csv has no 'Midleton' as its site"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            {"columns": {"Who": "site"}},
            "map.json, columns: x.csv has no column 'Who'; it has: site",
        ),
        ({"only": {"Item": "x"}}, "map.json, only: x.csv has no column 'Item'"),
        ({"only": {"site": "x"}}, "map.json, only: x.csv has no 'x' in its column site"),
        (
            {"spread": {"column": "What", "value": "line"}},
            "map.json, spread: x.csv has no column 'What'",
        ),
        ({"align": ["footnotes"]}, "map.json, align: footnotes do not tell our rows apart"),
    ],
)
def test_a_map_that_names_what_is_not_there_is_refused(read, words, said):
    """With what the file has."""
    text = SHARES.replace("line\n", "line,footnotes\n").replace("1689", "1689,1")
    entry = {"file": "x.csv", "table": "elston2005/table-4.2"} | words

    assert said in refused(read, {"x.csv": text}, entry)[1]


def test_all_problems_of_all_files_come_at_once(read):
    """One line each, before anything is compared."""
    files = {
        "elston2005/table-4.2.csv": SHARES.replace("site", "authority"),
        "elston2005/table-4.4.csv": "site\nMiddleton\n",
        "elston2005/table-9.9.csv": "a\n1\n",
        "elston2005/table-4.1.csv": "site,£\n".encode("cp1252"),
        "elston2005/table-4.3.csv": "",
        "elston2005/table-3.4.csv": "year,year,circulars\n1,1,1\n",
    }
    lines = refused(read, files)[1:]

    assert sorted(line.split(":")[0].strip() for line in lines) == [
        "elston2005/table-3.4.csv row 1",
        *(f"elston2005/table-{n}.csv" for n in ("4.1", "4.2", "4.3", "4.4", "9.9")),
    ]


def test_a_folder_without_tables_is_refused(read):
    """There is nothing in it to compare."""
    with pytest.raises(DataError, match="found no table; allowed: CSV files named as ours"):
        read({"letter.txt": "Dear all"})
