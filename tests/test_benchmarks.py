"""Every benchmark starts, small, and prints its lines: none rots unseen."""

import os
import subprocess
import sys

import pytest

from compendium import paths
from compendium.study.new import make_study

SMALL = {
    "configurations.py": ["-n", "8"],
    "models.py": ["-n", "2000"],
    "reproduce.py": ["--study", "{study}"],
    "review.py": ["--help"],  # needs the results of a whole reproduction
    "sweep.py": ["-n", "14"],
}


def test_every_benchmark_is_tried():
    """A new one has a line above."""
    assert sorted(p.name for p in (paths.ROOT / "benchmarks").glob("*.py")) == sorted(SMALL)


@pytest.mark.parametrize("name", SMALL)
def test_a_benchmark_runs(name, tmp_path):
    """To its end, on a little."""
    if name == "reproduce.py":
        make_study(tmp_path / "study")
        for notebook in ("04-infer-weights", "05-order-and-depend"):
            (tmp_path / f"study/notebooks/{notebook}.ipynb").unlink()
    arguments = [word.format(study=tmp_path / "study") for word in SMALL[name]]
    run = subprocess.run(
        [sys.executable, str(paths.ROOT / "benchmarks" / name), *arguments],
        env=os.environ | {"PYTHONWARNINGS": "default"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stderr
    assert run.stdout
