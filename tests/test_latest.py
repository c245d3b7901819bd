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


@pytest.mark.usefixtures("project")
def test_the_copy_and_its_environment(calls, tmp_path):
    """What git lists and is there; libraries without bounds by our uv, then the copy alone."""
    new = tmp_path / "new"
    latest._build(new)
    libraries, package = (command for command, _ in calls[-2:])
    wanted = ["editables", "hatchling", *map(str, latest._list_requirements())]

    names = sorted(p.relative_to(new / "tree").as_posix() for p in new.rglob("tree/**/*.*"))
    assert names == ["pyproject.toml", "src/a.py"]
    assert libraries[-5:] == sorted(wanted)
    assert package[-4:] == ["--no-deps", "--no-build-isolation", "-e", str(new / "tree")]
    assert package[:4] == [sys.executable, "-m", "uv", "pip"]
    assert package[package.index("--python") + 1].startswith(str(new / "environment"))


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


@pytest.mark.parametrize(
    ("said", "code", "told"),
    [
        # Each with its reason; where the copy lies is left out, as is a kernel's own noise.
        (
            STOPPED,
            1,
            [
                "04-x.ipynb stopped in cell 2 (In [1]): KeyError: 'a'",
                "05-y.ipynb: Reads and Writes lines: wrote .../tree/results/tables/z.csv, "
                "which it does not declare",
            ],
        ),
        # A library that cannot be imported stops the command before any notebook.
        ("Traceback\nImportError: no 'x'\n", 1, ["the command stopped: ImportError: no 'x'"]),
        # What a kernel mutters is no failure where the command ends well.
        ("failed: to notice\n", 0, []),
    ],
)
def test_what_a_run_complains_of(tmp_path, monkeypatch, said, code, told):
    """Failures by name, or its last word."""
    popen(monkeypatch, said.replace("HERE", str(tmp_path)), code)

    assert latest._run(tmp_path, 2) == told


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
def test_versions_that_differ_are_listed(tmp_path, monkeypatch):
    """Only what differs; a package we have not has no version of ours."""
    theirs = {"numpy": "2.9", "typer": "1", "new-one": "0.1"}
    known = {latest._python(tmp_path): theirs, sys.executable: {"numpy": "2.2", "typer": "1"}}
    monkeypatch.setattr(latest, "_list_versions", known.get)
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


def notebook(text):
    """An executed notebook that was warned of something."""
    output = {"output_type": "stream", "name": "stderr", "text": [text]}
    return json.dumps({"cells": [{"cell_type": "code", "outputs": [output]}]})


VERDICTS, SHARES = "data/processed/verdicts-04.csv", "results/figures/shares.csv"
BOTH = FILES[VERDICTS].replace("12,12,exact", "12,13,differs")


@pytest.mark.parametrize(
    ("files", "moves"),
    [
        ({}, []),
        (
            swap(VERDICTS, "0.93", "0.62"),
            [["value", "a/share", "computed", "0.93", "0.62"]],
        ),
        # A verdict is what the whole is for: it is told first.
        (
            {VERDICTS: BOTH},
            [
                ["verdict", "a/sum", "verdict", "exact", "differs"],
                ["value", "a/sum", "computed", "12", "13"],
            ],
        ),
        # A discrepancy that only one run finds, in either direction.
        (
            swap("data/processed/findings.csv", "a/ratio", "a/total"),
            [
                ["finding", "a/ratio, same", "", "made", "not made"],
                ["finding", "a/total, same", "", "not made", "made"],
            ],
        ),
        # Grades and the numbers behind them are told apart.
        (
            {"results/claims.csv": "number,value,grade\nH01,0.62,consistent with the coding\n"},
            [
                ["grade", "H01", "grade", "not testable here", "consistent with the coding"],
                ["claim", "H01", "value", "0.31", "0.62"],
            ],
        ),
        # 0.4 to 0.5 is a fifth, 2 to 2.1 is a twentieth: one line. A picture is not told then.
        (
            {
                SHARES: "site,share\nMiddleton,0.5\nDalesville,2.1\n",
                "results/figures/shares.svg": "n",
            },
            [["figure data", "shares", "row 2, share", "0.4", "0.5"]],
        ),
        # A text has no difference to measure; it is the reading shown.
        (
            {SHARES: "site,share\nMiddleton,0.5\nDale,2\n"},
            [["figure data", "shares", "row 3, site", "Dalesville", "Dale"]],
        ),
        # The same data drawn otherwise: the library draws otherwise.
        ({"results/figures/shares.svg": "<svg><g/></svg>"}, [["picture", "shares", "svg", "", ""]]),
        # A row more is no cell that moved.
        (
            {"data/processed/odds.csv": "case,p\nx,0.5\ny,0.5\n"},
            [["processed data", "odds", "row 3", "not made", "made"]],
        ),
        # A notebook that fails leaves its values, tables and figures unmade.
        (
            dict.fromkeys([VERDICTS, "results/tables/table-4.2.csv"]),
            [
                ["value", "a/share", "", "made", "not made"],
                ["value", "a/sum", "", "made", "not made"],
                ["table", "table-4.2", "", "made", "not made"],
            ],
        ),
        # 0.4 and 0.400001 are 2.5 millionths apart, more than is let pass.
        (
            swap("results/tables/table-4.2.csv", "0.4", "0.400001"),
            [["table", "table-4.2", "row 2, share", "0.4", "0.400001"]],
        ),
        # What a library warns of today is what it breaks tomorrow; without its place.
        (
            {"results/notebooks/04.ipynb": notebook("/a.py:3: FutureWarning: use b\n  a()\n")},
            [["warning", "04", "", "", "FutureWarning: use b"]],
        ),
    ],
)
def test_what_moves_is_named(compare, files, moves):
    """Kind, name, place and both readings; the gravest first."""
    found = compare(files=files)

    assert told(found.moves) == moves
    assert found.close.empty


def test_the_furthest_difference_is_measured_and_the_others_counted(compare):
    """A fifth, of two cells; a value by itself by a third."""
    shares = {SHARES: "site,share\nMiddleton,0.5\nDalesville,2.1\n"}
    moved = compare(files=shares | swap(VERDICTS, "0.93", "0.62")).moves

    assert moved.difference.tolist() == pytest.approx([1 / 3, 0.2])
    assert moved.cells.tolist() == [1, 2]


def test_numbers_near_each_other_are_kept_apart(compare):
    """Six equal digits are not the same bytes, and no drift either."""
    found = compare(files=swap("results/tables/table-4.2.csv", "0.4", "0.40000001"))

    assert found.moves.empty
    assert told(found.close) == [["table", "table-4.2", "row 2, share", "0.4", "0.40000001"]]


def test_noise_around_nothing_is_nothing(tmp_path):
    """Zero and what is left of it after rounding errors are the same."""
    name = "data/processed/odds.csv"
    ours = write(tmp_path / "ours", FILES | {name: "case,p\nx,0\n"})
    theirs = write(tmp_path / "theirs", FILES | {name: "case,p\nx,3e-17\n"})

    assert latest._compare_results(ours, theirs, []).moves.empty


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
