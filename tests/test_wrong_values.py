"""Wrong values: each is another value, a plausible one, and the schema is asked as it would be."""

from functools import partial

import pandas as pd
import pytest

from compendium.errors import SettingError
from compendium.printed import tables, wrong_values
from compendium.printed.tables import PrintedCell

AMOUNT = {"name": "printed", "type": "string", "constraints": {"pattern": r"-?[\d.]+"}}
PLACE = {"name": "area", "type": "string", "constraints": {"enum": ["urban", "rural", "mixed"]}}
FREE = {"name": "note", "type": "string"}
CELLS = [
    PrintedCell(name, "t.csv", row, field["name"], text, unit, "t", {}, field)
    for name, row, field, text, unit in [
        ("a", 2, AMOUNT, "0.97", "%"),
        ("b", 2, PLACE, "urban", "label"),
        ("c", 3, PLACE, "rural", "label"),
        ("d", 3, FREE, "three", "n"),
        ("e", 4, FREE, "several hundred", "n"),
        ("f", 5, FREE, "-4", "£"),
    ]
]
LISTED = wrong_values.list_mutations(CELLS)


@pytest.mark.parametrize(
    ("value_id", "changes"),
    [
        ("a", {"digit": "0.98", "sign": "-0.97", "dropped row": ""}),
        ("b", {"label": "rural", "dropped row": ""}),
        ("c", {"label": "mixed", "dropped row": ""}),
        ("d", {"digit": "four", "dropped row": ""}),
        ("e", {"label": "three", "dropped row": ""}),
        ("f", {"digit": "-5", "sign": "4", "dropped row": ""}),
    ],
)
def test_each_cell_has_its_mutations(value_id, changes):
    """A digit or another label, a sign where one can stand, and the row left out."""
    found = {one.kind: one.became for one in LISTED if one.cell.value_id == value_id}

    assert found == changes


def test_a_digit_stays_within_the_schema_where_it_can():
    """Of 9, at most 9, the next digit down; of 5, from 4 to 5, the 4; where only 5 may be, 6."""
    found = []
    for text, low, high in [("9", 0, 9), ("5", 4, 5), ("5", 5, 5)]:
        field = {"type": "integer", "constraints": {"minimum": low, "maximum": high}}
        found.append(wrong_values.change_number(text, partial(wrong_values.allows, field)))

    assert found == ["8", "4", "6"]


@pytest.mark.parametrize(
    ("text", "became"),
    [
        ("1,400", "1,401"),
        ("5-10", "5-11"),
        ("17+", "18+"),
        ("more than one", "more than two"),
        ("twenty-six", "twenty-seven"),
        ("second", "third"),
        ("thirty", "forty"),
        ("late in the second", "late in the third"),
        ("N/A", None),
    ],
)
def test_a_number_is_one_off(text, became):
    """The last digit, or the last number word, by the smallest step, the larger of two."""
    assert wrong_values.change_number(text) == became


@pytest.mark.parametrize(
    ("table", "column", "text"),
    [
        ("elston2005/table-3.4", "circulars", "-3"),
        ("elston2005/table-3.4", "circulars", "3.5"),
        ("elston2005/table-3.4", "circulars", "3"),
        ("elston2005/table-4.2", "share_percent", "-0.9"),
        ("elston2005/table-4.2", "share_percent", "0.9?"),
        ("elston2005/figure-2.2", "area", "Suburban"),
        ("elston2005/table-c1", "year", "199"),
    ],
)
def test_the_schema_is_asked_as_frictionless_would(raw_copy, table, column, text):
    """What one cell in memory may say is what the file may say on disk."""
    (resource,) = [r for r in tables.read_descriptor()["resources"] if r.get("item") == table]
    (field,) = [f for f in resource["schema"]["fields"] if f["name"] == column]
    path = raw_copy / resource["path"]
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    rows.loc[0, column] = text
    rows.to_csv(path, index=False)

    assert wrong_values.allows(field, text) == (tables.breaches(table) == [])


def test_a_sample_is_the_same_for_a_seed_and_in_order():
    """Two draws agree, a third with another seed does not; all stand in the order of print."""
    places = [one.cell.value_id + one.kind for one in LISTED]
    first, again, other = (wrong_values.draw(LISTED, 6, seed) for seed in (1, 1, 2))

    assert first == again != other
    assert sorted(first, key=lambda one: places.index(one.cell.value_id + one.kind)) == first


@pytest.mark.parametrize("sample", [0, len(LISTED) + 1])
def test_a_sample_that_cannot_be_drawn_is_refused(sample):
    """The message names what was found and what is allowed."""
    with pytest.raises(SettingError, match=f"found {sample}; allowed: 1 to {len(LISTED)}"):
        wrong_values.draw(LISTED, sample, 0)


def test_every_printed_cell_is_made_wrong():
    """Each has a change of its text, which says something else, and its row dropped.

    No column that holds printed values is a key, so that a wrong value keeps its address.
    """
    cells, package = tables.cells(), tables.read_descriptor()
    listed = wrong_values.list_mutations(tables.list_cells())
    texts = [one for one in listed if one.kind in ("digit", "label")]

    assert [one.cell.value_id for one in texts] == cells.value_id.tolist()
    assert all(one.became not in ("", one.cell.text) for one in texts)
    assert sum(one.kind == "dropped row" for one in listed) == len(cells)
    assert not [
        resource["path"]
        for resource in package["resources"]
        if set(resource.get("values", [])) & set(resource["schema"]["primaryKey"])
    ]
