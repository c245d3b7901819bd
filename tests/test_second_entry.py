"""A second entry: the example under data/second, a slip, a gap, and everything that is no entry."""

from pathlib import Path

import pandas as pd
import pytest

from compendium.errors import DataError
from compendium.printed import tables
from compendium.printed.second_entry import compare_entries

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
            "row 2, column value_id: found 'elston2005/table-4.4/Midleton/adjustment_gbp_m'; the "
            "closest of elston2005/table-4.4: elston2005/table-4.4/Middleton/adjustment_gbp_m",
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
