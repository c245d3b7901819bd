"""The layout is a promise: which module may know which, and what a notebook may hold."""

import ast
import json

import pytest

from compendium import paths, raw

# Which siblings each module imports. All may import errors and paths.
ARROWS = {
    "__init__": set(),
    "paths": set(),
    "errors": set(),
    "quantities": set(),
    "raw": set(),
    "published": {"quantities", "raw"},
    "balance": set(),
    "structures": {"balance"},
    "labels": {"raw"},
    "studies": {"declarations"},
    "consistency": {"audit", "balance", "published", "raw", "rules"},
    "evidence": {"balance", "raw"},
    "cases": {"balance", "evidence"},
    "weights": set(),
    "uncertainty": {"balance", "structures"},
    "fragility": {"balance", "structures", "uncertainty"},
    "specifications": {"balance", "structures", "uncertainty"},
    "ordering": set(),
    "ordinal": set(),
    "claims": set(),
    "claims_ledger": {"claims"},
    "comparisons": set(),
    "synthesis": set(),
    "cultures": set(),
    "dependence": set(),
    "configurations": {"minimisation"},
    "minimisation": set(),
    "tidiness": set(),
    "process": set(),
    "askings": {"claims", "weights"},
    "propositions": {"askings", "claims"},
    "findings": {"askings", "claims"},
    "figures_methods": {"figures"},
    "simulation": set(),
    "rules": {"balance", "quantities", "raw"},
    "audit": {"published", "quantities", "raw", "rules"},
    "counts": {"quantities"},
    "figures": set(),
    "figures_balance": {"figures"},
    "figures_frameworks": {"figures"},
    "figures_models": {"figures"},
    "figures_configurations": {"figures"},
    "figures_orders": {"figures"},
    "figures_cultures": {"figures"},
    "figures_dependence": {"figures"},
    "figures_process": {"figures"},
    "figures_synthesis": {"figures"},
    "reliability": set(),
    "second_coder": {"raw", "reliability"},
    "source_check": {"raw"},
    "tables": set(),
    "report": set(),
    "declarations": set(),
    "records": set(),
    "execution": {"declarations", "labels", "records"},
    "tasks": {"cases", "declarations", "execution", "raw", "records"},
    "slices": set(),
    "tracing": {"records", "slices"},
    "tracing_text": set(),
    "console": set(),
    "column_maps": {"raw"},
    "readings": {"quantities"},
    "transcriptions": {"column_maps", "raw"},
    "double_entry": {"column_maps", "quantities", "raw", "readings", "transcriptions"},
    "releases": set(),
    "drift": {"releases"},
    "checkout": set(),
    "documents": set(),
    "standards": set(),
    "codecheck": set(),
    "crate": set(),
    "maturity": {"checkout"},
    "facts": {"audit", "checkout", "maturity", "published", "raw", "records", "standards"},
    "certificate_page": {"codecheck", "documents", "facts", "maturity", "published"},
    "certificate": {
        *("certificate_page", "codecheck", "crate", "documents", "facts", "maturity"),
        *("records", "standards"),
    },
    "mutations": {"quantities"},
    "grounds": {"audit", "raw", "rules"},
    "perturbation": {"audit", "grounds", "mutations", "published", "raw", "rules"},
    "code_slips": {"balance", "cases", "claims", "claims_ledger", "mutations", "raw"},
    "balance_settings": {"balance", "uncertainty", "weights"},
    "balance_page": {
        *("balance", "balance_settings", "cases", "evidence", "figures_balance", "pages_html"),
        *("raw", "weights"),
    },
    "balance_widgets": {
        *("balance", "balance_page", "balance_settings", "figures_balance", "pages_html"),
    },
    "pages": {
        "balance_page",
        *("pages_api", "pages_data", "pages_html", "pages_ledgers", "pages_notebooks"),
        *("pages_values", "raw", "records"),
    },
    "pages_api": set(),
    "pages_data": {"pages_html"},
    "pages_html": set(),
    "pages_ledgers": {"pages_html", "pages_values"},
    "pages_notebooks": {"pages_html"},
    "pages_values": {"pages_html"},
    "cli_review": {
        *("audit", "certificate", "code_slips", "console", "double_entry", "pages"),
        *("perturbation", "propositions", "published", "raw", "records", "source_check"),
        *("tracing", "tracing_text"),
    },
    "seminar": {"cultures", "seminar_models", "seminar_readings"},
    "seminar_models": {
        *("balance", "cases", "configurations", "ordering", "raw", "tidiness", "weights"),
    },
    "seminar_readings": {"cultures", "dependence", "raw", "reliability", "seminar_models"},
    "slips": {"grounds", "mutations", "published", "quantities", "raw"},
    "planting": {"grounds", "mutations", "slips"},
    "planting_marks": {"audit", "planting", "published", "raw", "slips"},
    "citations": set(),
    "print_figures": set(),
    "print_tables": set(),
    "exports": {"citations", "labels", "print_figures", "print_tables", "records"},
    "sweep_backends": set(),
    "sweep_models": {"balance", "cases", "declarations", "raw", "structures", "uncertainty"},
    "grids": {"declarations", "sweep_models"},
    "sweep_runs": {"execution", "records", "sweep_models", "tables"},
    "sweeps": {
        *("declarations", "grids", "records", "sweep_backends", "sweep_models", "sweep_runs"),
        "tasks",
    },
    "cli_study": {
        *("citations", "console", "exports", "planting", "planting_marks", "studies"),
        *("sweep_models", "sweeps", "tasks"),
    },
    "cli": {
        *("cli_review", "cli_study", "consistency", "console", "declarations", "drift"),
        *("execution", "labels", "published", "second_coder", "studies", "tables", "tasks"),
    },
}
# Which module a library stays behind.
FENCES = {
    "frictionless": {"raw"},
    "statsmodels": {"counts", "ordinal", "synthesis"},
    "scipy": {
        *("comparisons", "counts", "fragility", "ordering", "ordinal", "simulation"),
        *("synthesis", "weights"),
    },
    "networkx": {"dependence", "ordering", "process"},
    "ipywidgets": {"balance_widgets"},
    "matplotlib": {
        "balance_widgets",
        *("figures", "figures_balance", "figures_configurations", "figures_cultures"),
        *("figures_dependence", "figures_frameworks", "figures_methods", "figures_models"),
        *("figures_orders", "figures_process", "figures_synthesis"),
    },
    "seaborn": {"figures"},
    "papermill": {"execution"},
    "nbconvert": {"execution"},
    "nbformat": {"declarations", "execution"},
    "pytask": {"tasks"},
    "packaging": {"checkout"},
    "rocrate": {"crate"},
    "sphinx": {"pages_api"},
    "distributed": {"sweep_backends"},
    "joblib": {"sweep_backends"},
    "docx": {"print_tables"},
    "yaml": {"citations", "codecheck", "facts", "grids", "pages_data"},
    "typer": {"cli", "cli_review", "cli_study", "console"},
    "rich": {"cli", "console"},
}
MODULES = sorted(paths.PACKAGE.glob("*.py"))
NOTEBOOKS = sorted(paths.NOTEBOOKS.rglob("*.ipynb"))
LONGEST_MODULE, LONGEST_CELL = 300, 15


def imports(path):
    """Top-level names of outside packages, and names of siblings, that a module imports."""
    outside, siblings = set(), set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            outside |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module == "compendium":
            siblings |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module.startswith("compendium."):
            siblings.add(node.module.split(".")[1])
        elif isinstance(node, ast.ImportFrom):
            outside.add(node.module.split(".")[0])
    return outside, siblings


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_siblings_meet_only_along_named_arrows(path):
    """A module imports the siblings named above, and no other."""
    _, siblings = imports(path)

    assert siblings - {"errors", "paths"} == ARROWS[path.stem]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_libraries_stay_behind_their_fence(path):
    """Only the module that owns a library imports it."""
    outside, _ = imports(path)

    assert not [name for name in outside if path.stem not in FENCES.get(name, {path.stem})]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_modules_stay_small(path):
    """A module that outgrows its idea is split."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE


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
    named = set(raw.read_table("items").notebook)

    assert named <= {path.stem for path in NOTEBOOKS}


def test_no_file_names_a_folder_outside_the_project():
    """The project builds and runs without whatever lies beside it."""
    kept = [*MODULES, *NOTEBOOKS, paths.ROOT / "README.md", paths.ROOT / "Makefile"]

    assert not [p.name for p in kept if "../shared" in p.read_text(encoding="utf-8")]
