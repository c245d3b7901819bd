"""The second environment: what it asks for, how it is built, and how it fails."""

import io
import json
import subprocess
import sys
from types import SimpleNamespace

import pytest

from compendium import paths
from compendium.errors import SettingError
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
    found = latest.latest_requirements()

    assert found == ["numpy", "papermill[s3]; python_version < '4'", "typer"]


@pytest.mark.usefixtures("calls", "project")
def test_the_copy_holds_what_git_lists_and_is_there(tmp_path):
    """A file that is listed and gone is left out."""
    latest.build_latest(tmp_path / "new")

    tree = tmp_path / "new" / "tree"
    names = sorted(p.relative_to(tree).as_posix() for p in tree.rglob("*") if p.is_file())
    assert names == ["pyproject.toml", "src/a.py"]


@pytest.mark.usefixtures("project")
def test_the_environment_gets_the_libraries_then_the_copy(calls, tmp_path):
    """Libraries without bounds and the build's own needs; then the copy alone, editable."""
    latest.build_latest(tmp_path / "new")

    libraries, package = (command for command, _ in calls[-2:])
    wanted = ["editables", "hatchling", *latest.latest_requirements()]
    assert libraries[-5:] == sorted(wanted)
    assert package[-4:-1] == ["--no-deps", "--no-build-isolation", "-e"]
    assert package[-1] == str(tmp_path / "new" / "tree")


@pytest.mark.usefixtures("project")
def test_uv_installs_into_the_new_environment_only(calls, tmp_path):
    """It is told which Python, and is run by ours."""
    latest.build_latest(tmp_path / "new")

    command, _ = calls[-1]
    assert command[:4] == [sys.executable, "-m", "uv", "pip"]
    assert command[command.index("--python") + 1].startswith(str(tmp_path / "new" / "environment"))


@pytest.mark.usefixtures("project")
def test_without_uv_the_new_environments_pip_installs(calls, tmp_path, monkeypatch):
    """Then the environment is made with pip in it."""
    monkeypatch.setattr(latest.importlib.util, "find_spec", lambda _: None)
    latest.build_latest(tmp_path / "new")

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
        latest.build_latest(tmp_path / "new")

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
        latest.build_latest(tmp_path / "new")


@pytest.mark.usefixtures("project")
def test_a_folder_in_use_is_refused(calls, tmp_path):
    """Nothing is run, nothing is written over."""
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "thesis.txt").touch()
    with pytest.raises(SettingError, match="new or an empty folder"):
        latest.build_latest(tmp_path / "old")

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

    assert latest.run_latest(tmp_path) == [
        "04-x.ipynb stopped in cell 2 (In [1]): KeyError: 'a'",
        "05-y.ipynb: Reads and Writes lines: wrote .../tree/results/tables/z.csv, "
        "which it does not declare",
    ]


def test_a_command_that_breaks_off_says_its_last_word(tmp_path, monkeypatch):
    """A library that cannot be imported stops the command before any notebook."""
    popen(monkeypatch, "Traceback\nImportError: cannot import name 'x'\n", 1)

    found = latest.run_latest(tmp_path)
    assert found == ["the command stopped: ImportError: cannot import name 'x'"]


def test_a_run_without_fault_has_nothing_to_tell(tmp_path, monkeypatch):
    """What a kernel mutters is no failure where the command ends well."""
    popen(monkeypatch, "failed: to notice\n", 0)

    assert latest.run_latest(tmp_path) == []


def test_the_run_is_that_of_the_copy(tmp_path, monkeypatch):
    """Its Python, its folder, and no path that leads back to ours."""
    monkeypatch.setenv("PYTHONPATH", "ours")
    made = popen(monkeypatch, "", 0)
    latest.run_latest(tmp_path, 3)

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
    found = latest.compare_versions(tmp_path)

    assert found.to_numpy().tolist() == [
        ["new-one", "", "0.1", False],
        ["numpy", "2.2", "2.9", True],
    ]
