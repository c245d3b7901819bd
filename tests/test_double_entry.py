"""Double entry: the example under data/second, and a transcription equal to ours."""

import json
import shutil
from pathlib import Path

import pytest

from compendium import paths
from compendium.printed.second_entry import compare_transcription

EXAMPLE = Path(__file__).parent / "data" / "second"


@pytest.fixture(scope="module")
def compared():
    """The example against our data."""
    return compare_transcription(EXAMPLE)


def found(compared, file, group):
    """Of each difference in a file: kind, place, both readings and both lines."""
    rows = compared.differences[compared.differences.file == file]
    columns = ["kind", "key", "column", "ours", "theirs", "line", "their_line"]
    return rows.loc[rows.group == group, columns].fillna(0).to_numpy().tolist()


def test_a_misread_value_is_found_with_both_readings_and_lines(compared):
    """Table 3.4: 242 with its digits changed round."""
    assert found(compared, "elston2005/table-3.4.csv", "value") == [
        ["differs", "1998", "circulars", "242", "224", 1298, 1298]
    ]


def test_another_row_order_and_other_spellings_are_no_disagreement(compared):
    """Table 4.2, bottom up: one value misread, one left out, two with their units."""
    assert found(compared, "elston2005/table-4.2.csv", "value") == [
        ["differs", "Middleton", "allocation_gbp_m", "1.1", "1.7", 1689, 1689],
        ["same value", "Dalesville", "budget_gbp_m", "365", "£365m", 1689, 1689],
        ["same value", "Dalesville", "share_percent", "0.9", "0.9%", 1689, 1689],
        ["only ours", "Greenshire", "share_percent", "0", "", 1689, 1690],
    ]


def test_a_long_file_with_other_names_is_compared_through_its_map(compared):
    """Table 4.4, in a file of many tables: one value misread, one row of theirs missing."""
    assert found(compared, "elston2005/table-4.4.csv", "value") == [
        ["same value", "Greenshire", "adjustment_gbp_m", "-4.4", "\u22124.4", 2124, 2124],
        ["differs", "Metrocity", "adjustment_gbp_m", "-4.1", "-1.4", 2124, 2124],
        ["only ours", "Middleton", "long_stay_adults", "0", "", 2124, 2124],
    ]


def test_a_wide_file_with_decimal_commas_is_compared_through_its_map(compared):
    """Appendix F, sites across: one population misread; thousands in two styles are none."""
    kinds = [row[0] for row in found(compared, "elston2005/appendix-f.csv", "value")]

    assert kinds == ["same value"] * 3 + ["differs"]
    assert found(compared, "elston2005/appendix-f.csv", "value")[3] == [
        *("differs", "Middleton / population", "printed", "301,000", "310.000", 4083, 0),
    ]


def test_labels_are_listed_apart_and_do_not_count(compared):
    """Kinds of allocation are words of ours: the rate of Table 4.2 is 10 of 12 all the same."""
    words = found(compared, "elston2005/table-4.2.csv", "other")
    shares = compared.by_file.set_index("file").loc["elston2005/table-4.2.csv"]

    assert [row[:2] for row in words] == [
        ["differs", "Middleton"],
        ["same value", "Dalesville"],
        ["same value", "Metrocity"],
    ]
    assert (shares.cells, shares.identical, shares.same_value) == (12, 8, 2)
    assert shares.agreement == pytest.approx(100 * 10 / 12)


def test_lines_are_listed_apart_and_near_ones_told(compared):
    """One off by one, one by twelve."""
    near = found(compared, "elston2005/table-4.2.csv", "line")
    far = found(compared, "elston2005/table-3.4.csv", "line")

    assert near == [["near", "Greenshire", "line", "1689", "1690", 1689, 1690]]
    assert far == [["differs", "2000", "line", "1298", "1310", 1298, 1310]]


def test_the_rate_of_all_is_that_of_all_cells(compared):
    """9 + 7 + 12 + 8 cells, 24 identical and 6 the same value: not the mean of four rates."""
    total = compared.by_file.iloc[-1]

    assert total.file == "all"
    assert (total.cells, total.identical, total.same_value) == (36, 24, 6)
    assert total.agreement == pytest.approx(100 * 30 / 36)


def left(compared, **wanted):
    """What was not compared, and why."""
    rows = compared.not_compared
    for column, value in wanted.items():
        rows = rows[rows[column] == value]
    return rows[["which", "why", "n_values"]].to_numpy().tolist()


def test_rows_without_a_match_are_named_on_both_sides(compared):
    """They have 2003, we have 2002: neither counts, both are told, one as the other's nearest."""
    assert left(compared, file="elston2005/table-3.4.csv", what="row") == [
        ["2002", "they have no such row", 1],
        ["2003", "we have no such row; nearest: 2002", 1],
    ]


def test_a_blank_cell_of_a_wide_table_is_no_row(compared):
    """Only one site has a mental health trust; three blanks are nothing."""
    rows = left(compared, file="elston2005/appendix-f.csv", what="row")

    assert not [row for row in rows if row[1].startswith("we have no")]


def test_a_file_without_a_match_is_named_with_its_values(compared):
    """Appendix H has 90 printed cells and no second reading."""
    assert left(compared, file="elston2005/appendix-h.csv") == [
        ["elston2005/appendix-h.csv", "no second transcription", 90]
    ]


def test_what_was_set_aside_is_named_with_the_reason(compared):
    """As is what is no table."""
    assert left(compared, their_file="diary.csv") == [
        ["diary.csv", "set aside by map.json: how long it took", 0]
    ]
    assert left(compared, their_file="how.txt") == [["how.txt", "no CSV", 0]]


def test_a_second_call_gives_the_same(compared):
    """Nothing hangs on the order of a set."""
    again = compare_transcription(EXAMPLE)

    assert [part.to_csv() for part in again] == [part.to_csv() for part in compared]


def test_a_transcription_equal_to_ours_agrees_in_full(tmp_path):
    """Every table: no difference, nothing of theirs without a match, 100 per cent."""
    shutil.copytree(paths.RAW, tmp_path / "ours")
    equal = compare_transcription(tmp_path / "ours")
    total = equal.by_file.iloc[-1]

    assert equal.differences.empty
    assert not set(equal.not_compared.what) - {"file"}
    assert total.agreement == 100
    assert total.cells == total.identical > 2500


def pooled(tmp_path):
    """Values without names of ours, matched within their item and line."""
    entry = {
        "file": "x.csv",
        "table": "published",
        "columns": {"item": "item_id", "value": "printed"},
        "align": ["item_id", "line"],
        "pool": True,
    }
    (tmp_path / "x.csv").write_text(HEAP, encoding="utf-8")
    (tmp_path / "map.json").write_text(json.dumps({"tables": [entry]}), encoding="utf-8")
    return compare_transcription(tmp_path)


# On this line, Table 4.4 prints 0.9, -4.4, -4.1 and -2.1.
HEAP = "item,value,line\n" + "".join(
    f"elston2005/table-4.4,{value},2124\n" for value in ("-2.1", "£-4.10m", "-4.4", "0.8")
)


def test_a_heap_is_matched_by_what_it_says(tmp_path):
    """Whatever the order: one reading of ours is left over, and one of theirs."""
    differences = pooled(tmp_path).differences

    assert differences[["kind", "ours", "theirs"]].to_numpy().tolist() == [
        ["same value", "-4.1", "£-4.10m"],
        ["only ours", "0.9", ""],
        ["only theirs", "", "0.8"],
    ]


def test_a_heap_is_counted_apart(tmp_path):
    """Three of five; a match by chance is likelier there, so it never enters the rate of all."""
    by_file = pooled(tmp_path).by_file

    assert by_file.file.tolist() == ["published.csv", "all, pooled"]
    assert by_file.aligned[0] == "pooled by item_id, line"
    assert by_file[["cells", "identical", "same_value"]].iloc[1].tolist() == [5, 2, 1]


def test_a_heap_that_they_have_not_is_named(tmp_path):
    """Lines they did not reach are no disagreement."""
    rows = left(pooled(tmp_path), what="heap")

    assert ["elston2005/table-4.4 / 2125", "they have no such heap", 4] in rows
