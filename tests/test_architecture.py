"""The layout is a promise: which module may know which, and what a notebook may hold."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from compendium import paths
from compendium.printed import tables

MODULES = sorted((paths.ROOT / "src").rglob("*.py"))
NOTEBOOKS = sorted(paths.NOTEBOOKS.rglob("*.ipynb"))
LONGEST_CELL = 15


def test_rooms_know_only_what_lies_below_them():
    """The layers, fences and arrows of pyproject.toml hold."""
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=paths.ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout


def cells_of(path, kind="code"):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    return [cell for cell in notebook["cells"] if cell["cell_type"] == kind]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_are_kept_without_outputs(path):
    """What a notebook shows is made by running it."""
    assert all(not cell["outputs"] and cell["execution_count"] is None for cell in cells_of(path))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_define_nothing(path):
    """Functions and classes live in the package, where they are tested."""
    for cell in cells_of(path):
        kinds = {type(node) for node in ast.walk(ast.parse("".join(cell["source"])))}
        assert not kinds & {ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_cells_are_short(path):
    """A cell is one thought."""
    longest = max(len("".join(cell["source"]).splitlines()) for cell in cells_of(path))
    assert longest <= LONGEST_CELL


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_opens_with_its_question_and_its_files(path):
    """The first cell says what is asked, what is read and what is written.

    It gives the answer too, but for the report, which is one, and for a seminar's task.
    """
    head = "".join(cells_of(path, "markdown")[0]["source"])
    if path.parent.name == "seminar":
        more = ("**Aim.**", "**Read.**", "**Time.**")
    else:
        more = () if path.stem == "17-report" else ("**Answer.**",)

    assert all(word in head for word in ("**Question.**", "**Reads:**", "**Writes:**", *more))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_each_notebook_has_one_parameters_cell(path):
    """It is the third code-or-text cell at the latest, after prose and imports."""
    tagged = [c for c in cells_of(path) if "parameters" in c["metadata"].get("tags", [])]

    assert len(tagged) == 1


def test_every_item_names_a_notebook_that_exists():
    """The notebook that gives an item its verdicts is there."""
    named = set(tables.read_table("items").notebook)

    assert named <= {path.stem for path in NOTEBOOKS}


def test_no_file_names_a_folder_outside_the_project():
    """The project builds and runs without whatever lies beside it."""
    kept = [*MODULES, *NOTEBOOKS, paths.ROOT / "README.md", paths.ROOT / "Makefile"]

    assert not [p.name for p in kept if "../shared" in p.read_text(encoding="utf-8")]
