"""From a value to its row, its cell and its verdict; from a file to all that hangs on it.

And which cells of a notebook lead to which.
"""

import json

import pytest
from small import make_project, write
from typer.testing import CliRunner

from compendium.cli import app
from compendium.errors import DataError, SettingError
from compendium.review import trace


@pytest.fixture(autouse=True)
def project(tmp_path, monkeypatch):
    """The small project, in place of this one."""
    return make_project(tmp_path, monkeypatch)


def test_a_value_is_traced_to_its_raw_row_its_operands_and_its_cell():
    """The total of A and B, judged in the third cell of notebook 01."""
    found = trace.trace("s/table-1/Total/n")

    assert (found["raw"]["file"], found["raw"]["row"], found["raw"]["column"]) == (
        *("s/table-1.csv", "4", "n"),
    )
    assert [other["value_id"] for other in found["rests_on"]] == ["s/table-1/A/n", "s/table-1/B/n"]
    assert found["judged_in"]["run"] == "01-audit"
    assert found["judged_in"]["cell"] == 3
    assert found["judged_in"]["parameters"] == {"level": 1}
    assert (found["computed"], found["verdict"], found["line"]) == ("7", "exact", "12")


def test_a_value_knows_what_uses_it_and_where_its_table_is_shown():
    """The text repeats the total; the figure shows the table; notebook 02 reads it by name."""
    found = trace.trace("s/table-1/Total/n")

    assert [other["value_id"] for other in found["used_by"]] == ["s/text/all"]
    assert found["read_by"] == [{"run": "02-draw", "cell": 3}]
    assert [made["file"] for made in found["shown_in"]] == ["results/figures/table-1.svg"]


def test_a_discrepancy_brings_its_entry_in_the_register():
    """Print says 8 in the text, 7 in the table."""
    assert trace.trace("s/text/all")["register"]["cause"] == "misprint"


def test_a_figure_rests_on_the_cells_that_lead_to_it_and_no_other():
    """The fourth cell reads another table, which the figure does not use."""
    found = trace.trace("results/figures/table-1.svg")

    assert found["leading_cells"] == [2, 3, 5]
    assert [other["file"] for other in found["rests_on"]] == ["data/raw/s/table-1.csv"]
    assert found["files"] == ["results/figures/table-1.csv", "results/figures/table-1.svg"]


@pytest.mark.parametrize("name", ["s/text.csv", "data/raw/s/text.csv"])
def test_a_file_that_no_result_uses_says_so(name):
    """It is read in a cell that leads nowhere, and the value in it is used by none."""
    found = trace.trace(name)

    assert found["traced"] == "raw file"
    assert found["read_by"] == [{"run": "02-draw", "cell": 4}]
    assert found["shown_in"] == []
    assert found["used_by"] == []


def test_an_item_lists_its_values_and_what_uses_them_from_outside():
    """The total is used by the text; A and B only by the total, which is inside."""
    found = trace.trace("s/table-1")

    assert [value["verdict"] for value in found["values"]] == [
        "transcribed",
        "transcribed",
        "exact",
    ]
    assert [other["value_id"] for other in found["used_by"]] == ["s/text/all"]


def test_an_unknown_name_is_answered_with_the_closest():
    """One clear line."""
    with pytest.raises(SettingError, match=r"found nothing called 's/tabel-1'; closest: s/table-1"):
        trace.trace("s/tabel-1")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ("data/raw/s/table-1.csv", r"another version of data/raw/s/table-1\.csv; run"),
        ("notebooks/02-draw.ipynb", r"another version of notebooks/02-draw\.ipynb; run"),
        ("notebooks/03-new.ipynb", r"another version of notebooks/03-new\.ipynb; run"),
    ],
)
def test_results_of_another_version_are_refused(project, changed, message):
    """A changed raw file, a changed notebook, a notebook that never ran: what it was is named."""
    write(project / changed, "other")

    with pytest.raises(DataError, match=message):
        trace.trace("s/table-1")


def test_without_results_the_message_says_what_to_run(project):
    """No records, no trace."""
    for path in (project / "results/records").iterdir():
        path.unlink()

    with pytest.raises(DataError, match="found no record of a run; run `compendium reproduce`"):
        trace.trace("s/table-1")


def test_the_command_prints_lines_or_json():
    """The same facts, to be read or to be parsed."""
    runner = CliRunner()
    lines = runner.invoke(app.app, ["trace", "s/text/all"]).output
    answer = json.loads(runner.invoke(app.app, ["trace", "s/text/all", "--json"]).stdout)

    assert "verdict    differs" in lines
    assert "register   misprint: One more in the text." in lines
    assert answer["rests_on"][0]["value_id"] == "s/table-1/Total/n"


@pytest.mark.parametrize("name", ["s/table-1/A/n", "s/table-1", "table-1", "s/table-1.csv"])
def test_every_kind_of_trace_can_be_read(name):
    """Each line but the first opens with a name, and none is a Python value."""
    first, *lines = trace.show_trace(trace.trace(name)).splitlines()

    assert first
    assert all(line.startswith("  ") for line in lines)
    assert not any("{" in line for line in lines)


def test_a_long_list_is_cut_and_says_so():
    """Twelve are shown; of 15, three are left out."""
    read = [{"run": "r", "cell": n} for n in range(15)]
    found = {"traced": "raw file", "name": "f", "items": [], "printed_cells": 0, "used_by": [],
             "shown_in": [], "read_by": read}  # fmt: skip

    assert "and 3 more (--json lists all)" in trace.show_trace(found)


IMPORTS = "import pandas as pd\nfrom compendium import figures, raw"


@pytest.mark.parametrize(
    ("code", "cell", "leading"),
    [
        # A name bound anew does not reach back past its binding.
        (("a = 1", "a = 2", "print(a)"), 3, {2, 3}),
        # A changed frame keeps the cell that made it.
        (("t = {}", "t['x'] = 1", "print(t)"), 3, {1, 2, 3}),
        (("rows = []", "rows.append(1)", "print(rows)"), 3, {1, 2, 3}),
        (("n = 1", "n += 1", "print(n)"), 3, {1, 2, 3}),
        # What lies between: c needs b, b needs a.
        (("a = 1", "b = a", "x = 0", "c = b"), 4, {1, 2, 4}),
        # The variable of a comprehension is nobody else's.
        (("row = 1", "x = [row for row in 'ab']"), 2, {2}),
        # A name a cell binds before it uses it asks nothing of earlier cells.
        (("figure = 1", "figure = 2\nprint(figure)"), 2, {2}),
        # Modules are not data: setting an option of pandas leads to nothing.
        ((IMPORTS, "pd.set_option('a', 1)", "figures.use_style()", "t = raw.read('x')"), 4, {4}),
        # A later cell leads to no earlier one.
        (("a = 1", "print(a)", "a = 3"), 2, {1, 2}),
    ],
)
def test_a_slice_follows_the_names(code, cell, leading):
    """Each case can be followed with a finger."""
    assert trace.follow(code, cell) == leading


def test_a_run_with_parameters_has_one_cell_more(tmp_path):
    """Papermill's cell stands after the parameters cell and binds the same names."""
    cells = [("n = 1", ["parameters"]), ("m = 2", []), ("print(n)", [])]
    notebook = {
        "cells": [
            {"cell_type": "code", "source": [text], "metadata": {"tags": tags}}
            for text, tags in cells
        ]
    }
    path = tmp_path / "n.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")

    assert trace.read_code(path, with_given=False) == ("n = 1", "m = 2", "print(n)")
    assert trace.follow(trace.read_code(path, with_given=True), 4) == {2, 4}
