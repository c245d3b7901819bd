"""Which cells lead to which."""

import json

import pytest

from compendium.review import trace

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
