"""The layout is a promise: which module may know which, and what a notebook may hold."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path
from statistics import median

import pytest

from compendium import paths
from compendium.printed import tables
from partnership.cultures import COMPANIES

MODULES = sorted((paths.ROOT / "src").rglob("*.py"))
NOTEBOOKS = sorted(paths.NOTEBOOKS.rglob("*.ipynb"))
EXAMPLES = [paths.ROOT / "examples" / name for name in ("example-shire", "seasonal-malaria")]
STUDIES = [paths.ROOT, paths.PACKAGE / "templates/study", *EXAMPLES]
NUMBERED = sorted(path for study in STUDIES for path in study.glob("notebooks/[0-9]*.ipynb"))
# Lines of code between two texts: the longest stretch, and the median one of a notebook.
LONGEST, MEDIAN = 12, 5
# Methods that compare, as == and < do.
COMPARES = {"eq", "ne", "lt", "le", "gt", "ge", "between", "isin", "equals"}


def test_rooms_know_only_what_lies_below_them():
    """The layers, fences and arrows of pyproject.toml hold."""
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=paths.ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", sorted(paths.PACKAGE.rglob("*.py")), ids=paths.name_file)
def test_the_instrument_names_no_site_and_no_work(path):
    """No site, source or place in the works studied stands in a module of `compendium`."""
    sites = {*tables.read_table("coding/cases").site} - {"all"}
    names = {*sites, *tables.read_table("sources").source_id, *COMPANIES}
    places = r"\b(the thesis|(figure|table|box|appendix) [A-O0-9]+\.\d|appendix [A-O]\b)"
    text = path.read_text(encoding="utf-8")

    assert not [name for name in sorted(names) if re.search(rf"\b{name}\b", text)]
    assert not re.findall(places, text, flags=re.IGNORECASE)


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


def stretches_of(path):
    """How many lines of code stand between each two texts; blank ones are not counted."""
    stretches = [0]
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "markdown":
            stretches.append(0)
        else:
            stretches[-1] += sum(1 for line in cell["source"] if line.strip())
    return [lines for lines in stretches if lines]


@pytest.mark.parametrize("path", NUMBERED, ids=lambda path: path.stem)
def test_code_comes_in_short_stretches(path):
    """A cell is one thought and usually one call: plumbing is a function that is missing."""
    assert max(stretches_of(path)) <= LONGEST
    assert median(stretches_of(path)) <= MEDIAN


def is_literal(node):
    """Whether an expression is a number, a text, or a collection that holds one."""
    if isinstance(node, ast.UnaryOp):
        return is_literal(node.operand)
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return any(is_literal(one) for one in node.elts)
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float | str)


def compares_with_literal(test):
    """Whether an assert holds something to a number or a text, with an operator or a method."""
    for node in ast.walk(test):
        sides = []
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") in COMPARES:
            sides = node.args
        if any(is_literal(side) for side in sides):
            return True
    return False


@pytest.mark.parametrize(
    ("code", "answers"),
    [
        ("len(joined) == len(cases)", False),
        ("ranks.notna().all(axis=None)", False),
        ("not table.duplicated(['site', 'year']).any()", False),
        ("len(joined) == 20", True),
        ("shares.gt(0.5).all()", True),
        ("list(mixed) == ['one case']", True),
        ("-1 <= lean", True),
    ],
)
def test_an_answer_is_told_from_a_join(code, answers):
    """What is held to a number or a text that somebody typed is an answer."""
    assert compares_with_literal(ast.parse(code, mode="eval").body) is answers


@pytest.mark.parametrize("path", NUMBERED, ids=lambda path: path.stem)
def test_a_notebook_asserts_joins_and_says_why(path):
    """An answer is said and recorded, and `test_answers` holds it: another reading may run too."""
    for cell in cells_of(path):
        for node in ast.walk(ast.parse("".join(cell["source"]))):
            if isinstance(node, ast.Assert):
                assert node.msg is not None, ast.unparse(node)
                assert not compares_with_literal(node.test), ast.unparse(node)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_opens_with_its_question_and_its_files(path):
    """The first cell says what is asked, what is read and what is written.

    It gives the answer too, but for the report, which is one, and names its files last, and for a
    seminar's task.
    """
    prose = ["".join(cell["source"]) for cell in cells_of(path, "markdown")]
    head = prose[0] + (prose[-1] if path.stem == "17-report" else "")
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
