"""An installed wheel serves whoever has a study of their own, and says what needs a clone."""

import os
import subprocess
import sys
import zipfile

import pytest

from compendium import paths


@pytest.fixture(scope="module")
def command(tmp_path_factory):
    """The command as a wheel installs it, in a folder where nothing of the project lies."""
    folder = tmp_path_factory.mktemp("wheel")
    build = "import sys; from hatchling.build import build_wheel; print(build_wheel(sys.argv[1]))"
    name = subprocess.run(
        [sys.executable, "-c", build, str(folder)],
        cwd=paths.ROOT, capture_output=True, text=True, check=True,
    ).stdout.split()[-1]  # fmt: skip
    zipfile.ZipFile(folder / name).extractall(folder / "site-packages")
    own = {"PYTHONPATH": str(folder / "site-packages")}

    def run(*words, cwd=folder):
        return subprocess.run(
            [sys.executable, "-m", "compendium.cli", *words],
            cwd=cwd, env=os.environ | own, capture_output=True, text=True, check=False,
        )  # fmt: skip

    return run


def test_a_wheel_serves_a_study_of_ones_own(command, tmp_path):
    """Made, audited and run."""
    made = command("new-study", str(tmp_path / "study"))
    assert "start with README.md" in made.stdout, made.stderr
    for notebook in ("02-describe-sites", "04-infer-weights", "05-order-and-depend"):
        (tmp_path / f"study/notebooks/{notebook}.ipynb").unlink()  # two are enough to tell
    audited = command("audit", cwd=tmp_path / "study")
    assert "findings" in audited.stdout, audited.stderr
    ran = command("reproduce", "--study", str(tmp_path / "study"))
    assert "printed values" in ran.stdout, ran.stderr


def test_a_wheel_cites_and_says_what_needs_a_study(command, tmp_path):
    """No traceback, one sentence: what names a commit needs a checkout, what runs a study one."""
    cited = command("cite", "--source", "compendium")
    assert "Partnership" in cited.stdout, cited.stderr
    refused = command("certify", str(tmp_path / "out"), cwd=tmp_path)
    assert (refused.returncode, refused.stderr) == (
        1,
        f"error: found no study.toml in {tmp_path}; allowed: the folder of a study; "
        "`compendium new-study` makes one\n",
    )
    command("new-study", str(tmp_path / "study"))
    refused = command("certify", str(tmp_path / "out"), "--study", str(tmp_path / "study"))

    assert refused.returncode == 1
    assert refused.stderr.startswith("error: this folder is no git checkout with a commit")
