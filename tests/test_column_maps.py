"""The map from their files to our tables: what it may say, and how it is refused."""

import json

import pytest

from compendium.errors import DataError
from compendium.printed.second_entry import (
    Entry,
    find_resource,
    find_table,
    name_columns,
    plan_entries,
)

TABLE = "elston2005/table-4.2"


@pytest.fixture
def problems(tmp_path):
    """What is wrong with a folder of one file, x.csv, and a map of this one entry."""

    def with_entry(**words):
        (tmp_path / "x.csv").write_text("a\n1\n", encoding="utf-8")
        said = {"tables": [{"file": "x.csv", "table": TABLE} | words]}
        (tmp_path / "map.json").write_text(json.dumps(said), encoding="utf-8")
        return plan_entries(tmp_path).problems

    return with_entry


def test_a_plain_entry_has_no_problem(problems):
    """A file and a table are all that is needed."""
    assert problems() == []


@pytest.mark.parametrize(
    "name", ["elston2005/table-4.2.csv", "Elston2005_Table 4.2.csv", "elston2005-table-4.2.tsv"]
)
def test_a_file_named_as_ours_needs_no_map(tmp_path, name):
    """In a folder or not, in another spelling."""
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).touch()
    plan = plan_entries(tmp_path)

    assert [entry.table for entry in plan.entries] == ["elston2005-table-4.2"]


def test_a_name_that_several_works_share_is_not_guessed():
    """Four works have a text_numbers.csv; the work has to be named."""
    said = []

    assert find_table("text_numbers", "x", said) is None
    assert "text_numbers" in said[0]


def test_an_unknown_file_hears_the_nearest_names(tmp_path):
    """One line, with the file and the tables it may have meant."""
    (tmp_path / "table-4.22.csv").touch()
    (problem,) = plan_entries(tmp_path).problems

    assert problem.startswith("table-4.22.csv: found 'table-4.22', which is no table of ours")
    assert "elston2005/table-4.2" in problem


def test_our_own_coding_is_not_compared(tmp_path):
    """A second coder agrees or not with a coding; there is no print to read alike."""
    (tmp_path / "coding").mkdir()
    (tmp_path / "coding" / "evidence.csv").touch()
    plan = plan_entries(tmp_path)

    assert plan.left == [
        ("coding/evidence.csv", "our own books and coding: no print to agree on"),
    ]
    assert plan.entries == []


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ({"colums": {}}, "found 'colums'; allowed: file, table, columns"),
        ({"columns": ["a"]}, "columns: found ['a']; allowed: a dict"),
        ({"columns": {"a": "sites"}}, "columns: found no column of ours 'sites'; allowed: site,"),
        ({"add": {"place": "x"}}, "add: found no column of ours 'place'"),
        ({"align": ["who"]}, "align: found no column of ours 'who'"),
        ({"values": {"site": "x"}}, "values: allowed: our column, and in it their word"),
        ({"values": {"share_percent": {"4": "0.4"}}}, "share_percent is printed, and compared as"),
        ({"spread": {"column": "a"}}, "spread: found column; allowed: column, value"),
        ({"decimal": ";"}, "decimal: found ';'; allowed: '.' or ','"),
        ({"pool": True}, "pool: found no align"),
        ({"file": "y.csv"}, "found no file 'y.csv'; allowed: map.json, x.csv"),
        ({"table": "elston2005/table-42"}, "found 'elston2005/table-42', which is no table"),
    ],
)
def test_a_map_that_says_something_unknown_is_refused(problems, words, problem):
    """Each with the entry it stands in, what was found and what is allowed."""
    found = [said for said in problems(**words) if said.startswith("map.json, table 1: ")]

    assert any(problem in said for said in found)


def test_all_problems_of_an_entry_are_told(problems):
    """Not the first only."""
    found = problems(columns={"a": "sites"}, align=["who"])

    assert len(found) == 2


def test_a_map_that_is_no_json_is_one_problem(tmp_path):
    """With the place where it stops being JSON."""
    (tmp_path / "map.json").write_text("{tables: []}", encoding="utf-8")
    (problem,) = plan_entries(tmp_path).problems

    assert problem.startswith("map.json: ")
    assert "line 1 column 2" in problem


def test_files_may_be_set_aside_by_pattern(tmp_path):
    """All that match, but for those the map reads; a pattern that matches nothing is a slip."""
    for name in ("a1.csv", "a2.csv", "a3.csv"):
        (tmp_path / name).touch()
    aside = {"a*": "drafts", "b*": "gone"}
    said = {"tables": [{"file": "a1.csv", "table": TABLE}], "set_aside": aside}
    (tmp_path / "map.json").write_text(json.dumps(said), encoding="utf-8")
    plan = plan_entries(tmp_path)

    assert [name for name, _ in plan.left] == ["a2.csv", "a3.csv"]
    assert plan.problems == ["map.json, set_aside: found no file 'b*'"]


def test_two_ways_to_align_one_table_are_one_too_many(tmp_path):
    """Half by key and half in heaps cannot be counted."""
    for name in ("x.csv", "y.csv"):
        (tmp_path / name).touch()
    other = {"file": "y.csv", "table": TABLE, "align": ["line"], "pool": True}
    said = {"tables": [{"file": "x.csv", "table": TABLE}, other]}
    (tmp_path / "map.json").write_text(json.dumps(said), encoding="utf-8")

    assert plan_entries(tmp_path).problems == [
        "x.csv and y.csv, both elston2005/table-4.2.csv: found two ways to align; allowed: one"
    ]


def test_what_the_map_says_goes_before_a_likeness():
    """Two columns called site and Health authority; the map says which is the site."""
    entry = Entry("x.csv", "elston2005-table-4.2", columns={"Health authority": "site"})
    names, unknown = name_columns(entry, ["Site", "Health authority"], [])

    assert names == {"Site": None, "Health authority": "site"}
    assert unknown == ["Site"]


def test_two_columns_alike_are_not_chosen_between():
    """Share percent and share_percent cannot both be it."""
    entry = Entry("x.csv", "elston2005-table-4.2")
    with pytest.raises(DataError, match=r"x\.csv: found two columns for share_percent"):
        name_columns(entry, ["Share percent", "share_percent"], [])


def test_the_ledger_holds_its_values_in_printed():
    """The data package names value columns for tables only."""
    assert find_resource("published")["values"] == ["printed"]
