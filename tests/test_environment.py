"""pyproject.toml, requirements.lock and environment.yml say one thing."""

import os
import re
import shutil
import subprocess
import sys
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.version import Version

from compendium import paths

PROJECT = tomllib.loads((paths.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CONDA = yaml.safe_load((paths.ROOT / "environment.yml").read_text(encoding="utf-8"))
MAKEFILE = (paths.ROOT / "Makefile").read_text(encoding="utf-8")
LOCK = paths.LOCK.read_text(encoding="utf-8")
PINS = dict(re.findall(r"^([a-z0-9.-]+)==([^ ;\\]+)", LOCK, flags=re.MULTILINE))
DIRECT = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]


PYTHONS = ["3.11", "3.12", "3.13", "3.14"]


def test_the_pythons_are_named_alike():
    """The metadata, make and the lock; conda takes one of them."""
    assert PROJECT["requires-python"] == ">=3.11,<3.15"
    assert f"SUPPORTED := {' '.join(reversed(PYTHONS))}\n" in MAKEFILE
    assert not re.search(r"^packaging==[^ \\]+ ;", LOCK, flags=re.MULTILINE)
    assert CONDA["dependencies"][0].removeprefix("python=") in PYTHONS


@pytest.mark.parametrize("python", [None, "/no/such/python"])
def test_without_a_python_make_says_which_will_do(tmp_path, python):
    """Before anything is built."""
    make = shutil.which("make")
    if make is None:
        pytest.skip("needs make")
    for name in ("Makefile", "requirements.lock", "pyproject.toml"):
        shutil.copy(paths.ROOT / name, tmp_path)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/sh").symlink_to(shutil.which("sh"))
    given = [f"PYTHON={python}"] if python else []
    run = subprocess.run(
        [make, "reproduce", *given],
        cwd=tmp_path, env={"PATH": str(tmp_path / "bin")}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip

    assert run.returncode != 0
    assert "found no Python that will do" in run.stdout
    assert "allowed: Python 3.11, 3.12, 3.13 or 3.14" in run.stdout
    assert not (tmp_path / ".venv").exists()


def test_make_keeps_bytecode_where_the_machine_forbids_it(tmp_path):
    """A container's PYTHONDONTWRITEBYTECODE does not reach what make runs."""
    if (make := shutil.which("make")) is None:
        pytest.skip("needs make")
    command = tmp_path / ".venv/bin/compendium"
    command.parent.mkdir(parents=True)
    command.write_text("#!/bin/sh\necho it says ${PYTHONDONTWRITEBYTECODE-nothing}\n")
    command.chmod(0o755)
    for name in ("requirements.lock", "pyproject.toml", ".venv/ready"):
        (tmp_path / name).touch()
    run = subprocess.run(
        [make, "-f", str(paths.ROOT / "Makefile"), "reproduce", f"PYTHON={sys.executable}"],
        cwd=tmp_path, env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}, capture_output=True,
        text=True, check=False,
    )  # fmt: skip

    assert "it says nothing" in run.stdout, run.stdout + run.stderr


def test_conda_takes_everything_else_from_the_lock():
    """No package comes from a conda channel but Python and pip."""
    assert CONDA["dependencies"] == ["python=3.11", "pip", {"pip": ["-r requirements.lock"]}]


@pytest.mark.parametrize("line", DIRECT, ids=lambda line: re.split("[ <>=]", line)[0])
def test_every_direct_dependency_is_locked_within_its_range(line):
    """What pyproject.toml asks for is pinned, and the pin is one it allows."""
    wanted = Requirement(line)

    assert Version(PINS[wanted.name]) in wanted.specifier


def test_every_pin_has_a_hash():
    """No package is installed that is not the one that was locked."""
    blocks = re.split(r"^(?=[a-z0-9.-]+==)", LOCK, flags=re.MULTILINE)[1:]

    assert len(blocks) >= len(PINS)
    assert all("--hash=sha256:" in block for block in blocks)


@pytest.mark.parametrize("name", ["requirements.lock", "environment.yml", "Makefile", ".ci/run"])
def test_nothing_says_where_packages_come_from(name):
    """No address and no index: that is the business of the machine."""
    text = (paths.ROOT / name).read_text(encoding="utf-8")

    assert "://" not in text
    assert "index" not in text
