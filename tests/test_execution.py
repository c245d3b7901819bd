"""A notebook run: held to its declaration, nothing written half, the same bytes each time."""

import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from conftest import keep_checks
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from small import write_notebook
from wellformed import find_faults

from compendium import paths
from compendium.paths import hash_file
from compendium.runs import execution
from compendium.runs.notebooks import Run
from compendium.runs.records import find_changed


def test_a_failing_notebook_says_where_and_leaves_nothing(tmp_path):
    """Notebook, cell, last line of the error and the partial copy; no result is half written."""
    body = "open('made.csv', 'w').write('half'); 1 / 0"
    source = write_notebook(tmp_path, body, writes="`results/tables/made`")
    results = tmp_path / "results"

    with pytest.raises(execution.RunError) as caught:
        execution.run_notebook(Run(source, {"x": 2}), results)
    message = str(caught.value)
    assert (
        "01-test.ipynb stopped in cell 3 (In [3]): ZeroDivisionError: division by zero" in message
    )
    assert [path.relative_to(results).as_posix() for path in results.rglob("*.*")] == [
        "failed/01-test--x-2-24f57260.ipynb"
    ]


def test_a_notebook_is_held_to_what_it_declares(tmp_path):
    """A file it does not declare, and one it declares and does not write, are both named."""
    body = (
        "from compendium import paths\n"
        "paths.output('data/processed/other.csv').write_text('a')\n"
        "paths.note_read(paths.RESULTS / 'x.csv')"
    )
    source = write_notebook(tmp_path, body, writes="`data/processed/named.csv`")

    with pytest.raises(execution.RunError) as caught:
        execution.run_notebook(Run(source), tmp_path / "results")
    message = str(caught.value)
    assert "wrote data/processed/other.csv, which it does not declare" in message
    assert "declares data/processed/named.csv, but did not write it" in message
    assert "read results/x.csv, which it does not declare" in message
    assert not list(tmp_path.rglob("*.csv"))


def test_an_answer_stands_in_the_page_and_in_the_record(tmp_path, monkeypatch):
    """As a sentence with its emphasis, and by name; one name said twice is refused."""
    monkeypatch.setattr(paths, "STUDY", tmp_path)
    body = "from compendium.runs import outputs\noutputs.answer('Found **{n}** of four.', n=3)"
    results = tmp_path / "results"
    execution.run_notebook(Run(write_notebook(tmp_path, body)), results)
    page = (results / "notebooks/01-test.html").read_text(encoding="utf-8")
    record = json.loads((results / "records/01-test.json").read_text(encoding="utf-8"))

    assert "Found <strong>3</strong> of four." in page
    assert record["answered"] == [{"cell": 2, "name": "n", "value": "3"}]

    source = write_notebook(tmp_path, f"{body}\noutputs.answer('{{n}}', n=4)")
    with pytest.raises(execution.RunError, match="answers 'n' 2 times; allowed: once"):
        execution.run_notebook(Run(source), results)


def test_what_changes_from_run_to_run_is_taken_out():
    """Times, papermill's record and the patch version go; ids depend on place and source."""
    cell = new_code_cell("1", metadata={"execution": {"iopub.status.busy": "now"}, "papermill": {}})
    notebook = new_notebook(
        cells=[cell],
        metadata={"papermill": {}, "language_info": {"name": "python", "version": "3.11.7"}},
    )
    clean = execution.make_canonical(notebook)

    assert clean.metadata == {"language_info": {"name": "python"}}
    assert clean.cells[0].metadata == {}
    assert clean.cells[0].id == hashlib.sha256(b"0\n1").hexdigest()[:8]


def test_output_that_came_in_pieces_is_joined():
    """Where a stream was cut is the kernel's accident."""
    pieces = [nbformat.v4.new_output("stream", name="stdout", text=text) for text in ("a", "b")]
    cell = new_code_cell("1", outputs=pieces)
    clean = execution.make_canonical(new_notebook(cells=[cell]))

    assert [output.text for output in clean.cells[0].outputs] == ["ab"]


def test_a_page_asks_the_network_for_nothing(tmp_path):
    """No script, style sheet, image or font comes from outside the page."""
    source = write_notebook(tmp_path, "x")
    page = execution.make_page(nbformat.read(source, as_version=4), "test")

    assert "http://" not in page.replace("http://www.w3.org", "")
    assert "https://" not in page
    assert "<script" not in page
    assert "<title>A test</title>" in page


def test_each_picture_of_a_page_has_words():
    """Its own, once; and one that came without is said to have none."""
    told = new_output("display_data", {"text/html": '<img src="a.svg" alt="Two bars.">'})
    bare = new_output("display_data", {"image/png": "iVBORw0KGgo="})
    named = new_output("display_data", bare.data, metadata={"image/png": {"alt": "A dot."}})
    cells = [new_markdown_cell("# Drawn"), new_code_cell("1", outputs=[told, bare, named])]
    page = execution.make_page(new_notebook(cells=cells), "drawn")
    words = [re.findall(r'\salt="([^"]*)"', tag) for tag in re.findall("<img[^>]*>", page)]

    assert words == [["Two bars."], ["A picture that came without a description"], ["A dot."]]
    assert not find_faults(page)


def test_a_report_begins_with_its_contents():
    """Without code: each part is a link below the title, and no table brings a style along."""
    table = '<div>\n<style scoped>\n.x {}\n</style>\n<table border="1"><th>a</th></table></div>'
    shown = new_output("display_data", {"text/html": table})
    cells = [new_markdown_cell("# All"), new_markdown_cell("## A & B\n\nMore."),
             new_code_cell("1", outputs=[shown])]  # fmt: skip
    page = execution.make_page(new_notebook(cells=cells), "all", with_code=False)

    assert '</h1>\n<nav aria-label="Contents"><ol><li><a href="#A-&amp;-B">A &amp; B</a>' in page
    assert not find_faults(page)


def copy_project(folder: Path) -> Path:
    """The files git would hand over, in another folder."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=paths.ROOT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    keep_checks(folder / "results")  # checking the raw data is not what is tried here
    for name in listed:
        source = paths.ROOT / name
        if source.is_file():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
    return folder


# As `compendium reproduce` would, one after the other.
RUN = """
import sys
from compendium import paths
from compendium.runs import execution, graph
for run in graph.plan_runs():
    if run.name in sys.argv:
        execution.run_notebook(run)
"""
FOUR = (
    "04-weigh-costs-and-benefits",
    "06-balance-involvement--dalesville-social-services-before",
    "08-order-actors",
    "12-read-plans",
)


def start(folder: Path, hash_seed: str) -> subprocess.Popen:
    """Run four notebooks in a copy of the project; each seed walks sets in another order."""
    own = {"PYTHONPATH": str(folder / "src"), "PYTHONHASHSEED": hash_seed}
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"} | own
    return subprocess.Popen([sys.executable, "-c", RUN, *FOUR], cwd=folder, env=environment)


def read_four(results: Path) -> dict[str, dict]:
    """The records of the four runs that there are."""
    files = [results / f"records/{name}.json" for name in FOUR]
    return {f.stem: json.loads(f.read_text(encoding="utf-8")) for f in files if f.is_file()}


@pytest.fixture(scope="module")
def two_folders(tmp_path_factory):
    """A copy in which four notebooks ran, and this project if they are current; or two copies."""
    here = read_four(paths.RESULTS).values()
    is_current = len(here) == len(FOUR) and not any(find_changed(r["made_from"]) for r in here)
    root = tmp_path_factory.mktemp("copies")
    copies = [copy_project(root / name) for name in ("one", "another/and-longer")[is_current:]]
    running = [start(copy, seed) for copy, seed in zip(copies, "12")]
    assert not any([process.wait() for process in running])
    return [*copies, paths.ROOT][:2]


def test_two_runs_in_two_folders_are_the_same_bytes(two_folders):
    """All that four notebooks read and made, by its SHA-256, but the times; it is as recorded."""
    one, other = (read_four(folder / "results") for folder in two_folders)

    assert one == other
    assert list(one) == list(FOUR)
    made = {name: sha for record in one.values() for name, sha in record["made"].items()}
    assert {name: hash_file(two_folders[0] / name) for name in made} == made
    assert {Path(name).suffix for name in made} == {
        ".ipynb", ".html", ".svg", ".png", ".csv", ".md", ".json"
    }  # fmt: skip


def test_a_record_names_the_cell_in_which_a_thing_was_done(two_folders):
    """The cell numbered n holds the call that read, wrote or judged."""
    record = read_four(two_folders[0] / "results")["04-weigh-costs-and-benefits"]
    executed = nbformat.read(two_folders[0] / record["executed"], as_version=4)
    code = {c.execution_count: c.source for c in executed.cells if c.cell_type == "code"}
    read = next(entry for entry in record["read"] if entry["file"].endswith("table-4.4.csv"))
    wrote = next(entry for entry in record["wrote"] if entry["file"].endswith("shares.svg"))

    assert 'read_table("elston2005/table-4.4")' in code[read["cell"]]
    assert '"table-4.2-shares"' in code[wrote["cell"]]
    assert "write_verdicts" in code[record["judged"][0]["cell"]]


@pytest.mark.parametrize(
    ("run", "coded"),
    [
        (FOUR[0], {"evidence"}),
        (FOUR[1], {"cases", "evidence", "involvement", "leanings", "tilts"}),
        (FOUR[2], {"cases", "involvement", "orderings"}),
        (FOUR[3], {"plan-claims"}),
    ],
)
def test_judging_an_item_reads_no_more_than_its_rules_name(two_folders, run, coded):
    """Of the coding and of the printed tables, only what was asked for stands in the record."""
    read = {entry["file"] for entry in read_four(two_folders[0] / "results")[run]["read"]}
    in_coding = {Path(name).stem for name in read if name.startswith("data/raw/coding/")}

    assert in_coding == coded
    assert "data/raw/elston2005/citations.csv" not in read
    assert len(read) < 25
