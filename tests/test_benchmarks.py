"""Every benchmark starts, small, and prints its lines: none rots unseen."""

import os
import subprocess
import sys

import pytest
from conftest import change
from small import spare_imports

from compendium import paths
from compendium.study.new import make_study

SMALL = {
    "configurations.py": ["-n", "8"],
    "models.py": ["-n", "2000"],
    "reproduce.py": ["--study", "{study}"],
    "review.py": ["--help"],  # needs the results of a whole reproduction
    "sweep.py": ["-n", "4"],
}


def test_every_benchmark_is_tried():
    """A new one has a line above."""
    assert sorted(p.name for p in (paths.ROOT / "benchmarks").glob("*.py")) == sorted(SMALL)


@pytest.mark.parametrize("name", SMALL)
def test_a_benchmark_runs(name, tmp_path):
    """To its end, on a little."""
    own = {"PYTHONWARNINGS": "default"}
    if name == "reproduce.py":
        own |= spare_imports(tmp_path / "spared")
        make_study(tmp_path / "study")
        for notebook in (tmp_path / "study/notebooks").glob("0[2-5]-*.ipynb"):
            notebook.unlink()
        change(tmp_path / "study/data/raw/items.csv", "03-balance-involvement", "01-audit-sources")
    arguments = [word.format(study=tmp_path / "study") for word in SMALL[name]]
    run = subprocess.run(
        [sys.executable, str(paths.ROOT / "benchmarks" / name), *arguments],
        env=os.environ | own,
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stderr
    assert run.stdout
