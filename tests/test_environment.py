"""pyproject.toml, requirements.lock and environment.yml say one thing."""

import re
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.version import Version

from compendium import paths

PROJECT = tomllib.loads((paths.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CONDA = yaml.safe_load((paths.ROOT / "environment.yml").read_text(encoding="utf-8"))
LOCK = paths.LOCK.read_text(encoding="utf-8")
PINS = dict(re.findall(r"^([a-z0-9.-]+)==([^ ;\\]+)", LOCK, flags=re.MULTILINE))
DIRECT = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]


def test_one_python_minor():
    """Conda, the metadata and the lock all name Python 3.11."""
    assert "python=3.11" in CONDA["dependencies"]
    assert PROJECT["requires-python"] == ">=3.11,<3.12"
    assert not re.search(r"python_full_version >= '3\.1[2-9]", LOCK)


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
