"""The latest releases: their environment, how it fails, and what moves between two runs."""

import io
import json
import subprocess
import sys
from types import SimpleNamespace

import pandas as pd
import pytest

from compendium import paths
from compendium.errors import DataError, SettingError
from compendium.review import latest

PYPROJECT = """
[project]
name = "compendium"
dependencies = [
    "numpy >= 2.2, < 3",
    "papermill[s3] >= 2.6; python_version < '4'",
    "typer",
]
"""
STOPPED = """[IPKernelApp] ERROR | interrupted
failed: 04-x.ipynb stopped in cell 2 (In [1]): KeyError: 'a'
the partly executed copy is HERE/tree/results/failed/04-x.ipynb
failed: 05-y.ipynb: Reads and Writes lines:
  wrote HERE/tree/results/tables/z.csv, which it does not declare
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project of three files, one of which git lists though it is gone."""
    root = tmp_path / "project"
    (root / "src").mkdir(parents=True)
    (root / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    (root / "src" / "a.py").write_text("A = 1\n", encoding="utf-8")
    monkeypatch.setattr(paths, "ROOT", root)
    return root


@pytest.fixture
def calls(monkeypatch):
    """Every command that would have been run; git lists the files, all others say nothing."""
    made = []

    def note(command, **options):
        made.append((command, options))
        said = "pyproject.toml\0src/a.py\0src/gone.py\0" if command[0] == "git" else ""
        return SimpleNamespace(returncode=0, stdout=said, stderr="")

    monkeypatch.setattr(subprocess, "run", note)
    return made


@pytest.mark.usefixtures("project")
def test_requirements_lose_their_bounds_and_nothing_else():
    """Names in their order, with extras and markers."""
    found = [str(requirement) for requirement in latest._list_requirements()]

    assert found == ["numpy", 'papermill[s3]; python_version < "4"', "typer"]


@pytest.mark.usefixtures("calls", "project")
def test_the_copy_holds_what_git_lists_and_is_there(tmp_path):
    """A file that is listed and gone is left out."""
    latest._build(tmp_path / "new")

    tree = tmp_path / "new" / "tree"
    names = sorted(p.relative_to(tree).as_posix() for p in tree.rglob("*") if p.is_file())
    assert names == ["pyproject.toml", "src/a.py"]


@pytest.mark.usefixtures("project")
def test_the_environment_gets_the_libraries_then_the_copy(calls, tmp_path):
    """Libraries without bounds and the build's own needs; then the copy alone, editable."""
    latest._build(tmp_path / "new")

    libraries, package = (command for command, _ in calls[-2:])
    wanted = ["editables", "hatchling", *map(str, latest._list_requirements())]
    assert libraries[-5:] == sorted(wanted)
    assert package[-4:-1] == ["--no-deps", "--no-build-isolation", "-e"]
    assert package[-1] == str(tmp_path / "new" / "tree")


@pytest.mark.usefixtures("project")
def test_uv_installs_into_the_new_environment_only(calls, tmp_path):
    """It is told which Python, and is run by ours."""
    latest._build(tmp_path / "new")

    command, _ = calls[-1]
    assert command[:4] == [sys.executable, "-m", "uv", "pip"]
    assert command[command.index("--python") + 1].startswith(str(tmp_path / "new" / "environment"))


@pytest.mark.usefixtures("project")
def test_without_uv_the_new_environments_pip_installs(calls, tmp_path, monkeypatch):
    """Then the environment is made with pip in it."""
    monkeypatch.setattr(latest.importlib.util, "find_spec", lambda _: None)
    latest._build(tmp_path / "new")

    assert "--without-pip" not in calls[1][0]
    assert calls[-1][0][0].startswith(str(tmp_path / "new" / "environment"))
    assert calls[-1][0][1:4] == ["-m", "pip", "install"]


@pytest.mark.usefixtures("project")
def test_what_the_installer_said_is_the_message(tmp_path, monkeypatch):
    """A set that cannot be resolved, or a network that is not there: its words, at their end."""

    def fail(command, **_):
        is_installer = "install" in command
        words = "\n".join(["Resolving"] * 30 + ["No solution found: a needs b<2", ""])
        return SimpleNamespace(returncode=int(is_installer), stdout="", stderr=words)

    monkeypatch.setattr(subprocess, "run", fail)
    with pytest.raises(latest.BuildError) as raised:
        latest._build(tmp_path / "new")

    lines = str(raised.value).splitlines()
    assert lines[0] == "cannot install the latest versions:"
    assert lines[-1] == "  No solution found: a needs b<2"
    assert len(lines) == 16


@pytest.mark.usefixtures("project")
def test_a_machine_without_git_is_told_so(tmp_path, monkeypatch):
    """A program that is not there is one message too."""

    def missing(command, **_):
        raise FileNotFoundError(2, "No such file or directory", command[0])

    monkeypatch.setattr(subprocess, "run", missing)
    with pytest.raises(latest.BuildError, match=r"cannot list the files .*'git'"):
        latest._build(tmp_path / "new")


@pytest.mark.usefixtures("project")
def test_a_folder_in_use_is_refused(calls, tmp_path):
    """Nothing is run, nothing is written over."""
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "thesis.txt").touch()
    with pytest.raises(SettingError, match="new or an empty folder"):
        latest._build(tmp_path / "old")

    assert not calls


def popen(monkeypatch, said, code):
    """Let the run say something and end with a status; the commands it was given."""
    made = []

    class Process:
        def __init__(self, command, **options):
            made.append((command, options))
            self.stderr, self.returncode = io.StringIO(said), code

        def __enter__(self):
            return self

        def __exit__(self, *_):
            self.stderr.close()

    monkeypatch.setattr(subprocess, "Popen", Process)
    return made


def test_failures_are_told_by_name_and_without_the_folder(tmp_path, monkeypatch):
    """Each with its reason; where the copy lies is left out, as is a kernel's own noise."""
    popen(monkeypatch, STOPPED.replace("HERE", str(tmp_path)), 1)

    assert latest._run(tmp_path, 2) == [
        "04-x.ipynb stopped in cell 2 (In [1]): KeyError: 'a'",
        "05-y.ipynb: Reads and Writes lines: wrote .../tree/results/tables/z.csv, "
        "which it does not declare",
    ]


def test_a_command_that_breaks_off_says_its_last_word(tmp_path, monkeypatch):
    """A library that cannot be imported stops the command before any notebook."""
    popen(monkeypatch, "Traceback\nImportError: cannot import name 'x'\n", 1)

    found = latest._run(tmp_path, 2)
    assert found == ["the command stopped: ImportError: cannot import name 'x'"]


def test_a_run_without_fault_has_nothing_to_tell(tmp_path, monkeypatch):
    """What a kernel mutters is no failure where the command ends well."""
    popen(monkeypatch, "failed: to notice\n", 0)

    assert latest._run(tmp_path, 2) == []


def test_the_run_is_that_of_the_copy(tmp_path, monkeypatch):
    """Its Python, its folder, and no path that leads back to ours."""
    monkeypatch.setenv("PYTHONPATH", "ours")
    made = popen(monkeypatch, "", 0)
    latest._run(tmp_path, 3)

    command, options = made[0]
    assert command[0].startswith(str(tmp_path / "environment"))
    assert command[-2:] == ["-n", "3"]
    assert options["cwd"] == tmp_path / "tree"
    assert "PYTHONPATH" not in options["env"]


@pytest.mark.usefixtures("project")
def test_versions_are_compared_by_plain_names(tmp_path, monkeypatch):
    """Only what differs; a package we have not has no version of ours."""
    ours = [
        SimpleNamespace(name="NumPy", version="2.2"),
        SimpleNamespace(name="typer", version="1"),
    ]
    theirs = {"numpy": "2.9", "Typer": "1", "new_one": "0.1"}
    monkeypatch.setattr(latest.importlib.metadata, "distributions", lambda: ours)
    said = SimpleNamespace(returncode=0, stdout=json.dumps(theirs), stderr="")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: said)
    found = latest._compare_versions(tmp_path)

    assert found.to_numpy().tolist() == [
        ["new-one", "", "0.1", False],
        ["numpy", "2.2", "2.9", True],
    ]


FILES = {
    "results/verdicts.csv": "value_id\n",
    "data/processed/verdicts-04.csv": (
        "value_id,printed,computed,verdict\na/share,0.9,0.93,exact\na/sum,12,12,exact\n"
    ),
    "data/processed/findings.csv": "discrepancy_id,rule,printed,computed\na/ratio,same,40,50\n",
    "data/processed/odds.csv": "case,p\nx,0.5\n",
    "results/claims.csv": "number,value,grade\nH01,0.31,not testable here\n",
    "results/figures/shares.csv": "site,share\nMiddleton,0.4\nDalesville,2\n",
    "results/figures/shares.svg": "<svg/>",
    "results/figures/shares.png": "picture",
    "results/tables/table-4.2.csv": "site,share\nMiddleton,0.4\n",
}


def write(root, files):
    """A folder that holds these texts."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


@pytest.fixture
def compare(tmp_path):
    """What moves if these files differ in the second run; None: not made there."""
    ours = write(tmp_path / "ours", FILES)

    def with_changes(**changes):
        named = {name: text for name, text in FILES.items() if name not in changes["files"]}
        made = {name: text for name, text in changes["files"].items() if text is not None}
        return latest._compare_results(ours, write(tmp_path / "theirs", named | made), [])

    return with_changes


def swap(name, old, new):
    """One file with another text in it."""
    assert FILES[name].count(old) == 1
    return {name: FILES[name].replace(old, new)}


def told(moves):
    """Of each movement, its kind, its name, its place and both readings."""
    return moves[["what", "name", "cell", "ours", "latest"]].to_numpy().tolist()


def test_two_equal_runs_have_no_drift(compare):
    """Nothing moved, nothing is near."""
    found = compare(files={})

    assert found.moves.empty
    assert found.close.empty


def test_a_value_that_moves_is_named(compare):
    """By its id, with both readings and how far apart they are."""
    found = compare(files=swap("data/processed/verdicts-04.csv", "0.93", "0.62"))

    assert told(found.moves) == [["value", "a/share", "computed", "0.93", "0.62"]]
    assert found.moves.difference[0] == pytest.approx(1 / 3)


def test_a_verdict_that_moves_is_told_first(compare):
    """A verdict is what the whole is for."""
    text = FILES["data/processed/verdicts-04.csv"].replace("12,12,exact", "12,13,differs")
    found = compare(files={"data/processed/verdicts-04.csv": text})

    assert told(found.moves) == [
        ["verdict", "a/sum", "verdict", "exact", "differs"],
        ["value", "a/sum", "computed", "12", "13"],
    ]


def test_findings_come_and_go(compare):
    """A discrepancy only one run finds, in either direction."""
    found = compare(files=swap("data/processed/findings.csv", "a/ratio", "a/total"))

    assert told(found.moves) == [
        ["finding", "a/ratio same", "", "made", "not made"],
        ["finding", "a/total same", "", "not made", "made"],
    ]


def test_a_grade_that_moves_is_no_mere_number(compare):
    """Grades and the numbers behind them are told apart."""
    text = "number,value,grade\nH01,0.62,consistent with the coding\n"
    found = compare(files={"results/claims.csv": text})

    assert told(found.moves) == [
        ["grade", "H01", "grade", "not testable here", "consistent with the coding"],
        ["claim", "H01", "value", "0.31", "0.62"],
    ]


def test_a_figure_moves_by_its_largest_relative_difference(compare):
    """0.4 to 0.5 is a fifth, 2 to 2.1 is a twentieth: one line, two cells."""
    text = "site,share\nMiddleton,0.5\nDalesville,2.1\n"
    found = compare(files={"results/figures/shares.csv": text, "results/figures/shares.svg": "new"})

    assert told(found.moves) == [["figure data", "shares", "row 2, share", "0.4", "0.5"]]
    assert found.moves.difference[0] == pytest.approx(0.2)
    assert found.moves.cells[0] == 2


def test_a_label_that_moves_outweighs_a_number(compare):
    """A text has no difference to measure; it is the reading shown."""
    text = "site,share\nMiddleton,0.5\nDale,2\n"
    found = compare(files={"results/figures/shares.csv": text})

    assert told(found.moves) == [["figure data", "shares", "row 3, site", "Dalesville", "Dale"]]


def test_a_picture_counts_where_its_data_stayed(compare):
    """The same data drawn otherwise: the library draws otherwise."""
    found = compare(files={"results/figures/shares.svg": "<svg><g/></svg>"})

    assert told(found.moves) == [["picture", "shares", "svg", "", ""]]


def test_numbers_near_each_other_are_kept_apart(compare):
    """Six equal digits are not the same bytes, and no drift either."""
    found = compare(files=swap("results/tables/table-4.2.csv", "0.4", "0.40000001"))

    assert found.moves.empty
    assert told(found.close) == [["table", "table-4.2", "row 2, share", "0.4", "0.40000001"]]


def test_a_difference_in_the_sixth_digit_is_drift(compare):
    """0.4 and 0.400001 are 2.5 millionths apart, more than is let pass."""
    found = compare(files=swap("results/tables/table-4.2.csv", "0.4", "0.400001"))

    assert len(found.moves) == 1


def test_noise_around_nothing_is_nothing(tmp_path):
    """Zero and what is left of it after rounding errors are the same."""
    name = "data/processed/odds.csv"
    ours = write(tmp_path / "ours", FILES | {name: "case,p\nx,0\n"})
    theirs = write(tmp_path / "theirs", FILES | {name: "case,p\nx,3e-17\n"})

    assert latest._compare_results(ours, theirs, []).moves.empty


def test_another_shape_is_told_as_such(compare):
    """A row more is no cell that moved."""
    found = compare(files={"data/processed/odds.csv": "case,p\nx,0.5\ny,0.5\n"})

    assert told(found.moves) == [["processed data", "odds", "shape", "2 x 2", "3 x 2"]]


def test_what_was_not_made_is_named(compare):
    """A notebook that fails leaves its values, tables and figures unmade."""
    gone = ["data/processed/verdicts-04.csv", "results/tables/table-4.2.csv"]
    found = compare(files=dict.fromkeys(gone))

    assert told(found.moves) == [
        ["value", "a/share", "", "made", "not made"],
        ["value", "a/sum", "", "made", "not made"],
        ["table", "table-4.2", "", "made", "not made"],
    ]


def notebook(text):
    output = {"output_type": "stream", "name": "stderr", "text": [text]}
    return json.dumps({"cells": [{"cell_type": "code", "outputs": [output]}]})


def test_a_new_warning_is_told_without_its_place(compare):
    """What a library warns of today is what it breaks tomorrow."""
    text = notebook("/any/where/a.py:3: FutureWarning: use b instead\n  a()\n")
    found = compare(files={"results/notebooks/04.ipynb": text})

    assert told(found.moves) == [["warning", "04", "", "", "FutureWarning: use b instead"]]


def test_a_folder_without_results_is_refused(tmp_path):
    """There is nothing to hold the latest versions against."""
    with pytest.raises(
        DataError, match=r"found no results/verdicts\.csv; run the compendium first"
    ):
        latest._compare_results(tmp_path, tmp_path, [])


def test_nothing_is_built_without_results(tmp_path, monkeypatch):
    """The refusal comes before the ten minutes, not after."""
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    monkeypatch.setattr(latest, "_build", lambda _: pytest.fail("built"))
    with pytest.raises(DataError, match="run the compendium first"):
        latest.measure_drift(tmp_path / "new")


def test_the_whole_is_build_run_and_compare(tmp_path, monkeypatch):
    """Failures and versions of the second run stand beside what moved."""
    monkeypatch.setattr(paths, "ROOT", write(tmp_path / "ours", FILES))
    changed = FILES | swap("data/processed/odds.csv", "0.5", "0.7")
    monkeypatch.setattr(latest, "_build", lambda folder: write(folder / "tree", changed))
    monkeypatch.setattr(latest, "_run", lambda *_: ["04.ipynb stopped"])
    versions = pd.DataFrame([("numpy", "2.2", "2.9", True)], columns=latest.VERSIONS)
    monkeypatch.setattr(latest, "_compare_versions", lambda _: versions)
    found = latest.measure_drift(tmp_path / "new")

    assert latest.summarise_drift(found).splitlines() == [
        "packages of another version: 1, 1 named in pyproject",
        "  numpy 2.2 -> 2.9",
        "1 failed",
        "  04.ipynb stopped",
        "moved: 1 processed data",
        "  processed data odds, row 2, p: 0.5 -> 0.7, 0.29 relative",
        "the same to six digits only: 0",
    ]


def test_a_long_summary_is_cut_and_says_so(compare):
    """So many of a kind, and how many more."""
    found = compare(files={"data/processed/verdicts-04.csv": None})
    lines = latest.summarise_drift(found, longest=1).splitlines()

    assert lines[-3:-1] == ["  value a/share: made -> not made", "  ... and 1 more"]


def test_no_drift_is_said_in_words(compare):
    """Newest versions, nothing moved."""
    lines = latest.summarise_drift(compare(files={})).splitlines()

    assert lines == [
        "packages of another version: 0, 0 named in pyproject",
        "0 failed",
        "moved: nothing",
        "the same to six digits only: 0",
    ]
