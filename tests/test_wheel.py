"""An installed wheel serves whoever has a study of their own, and says what needs a clone."""

import json
import os
import subprocess
import sys
import zipfile

import pytest

from compendium import paths

# Each verb in a study of one's own that has run: exit status, and how its first line begins.
VERBS = {
    "verify": (0, "8 printed values"),
    "audit": (0, "1 findings: 1 same"),
    "trace example/table-1": (0, "example/table-1"),
    "perturb": (0, "25 changes"),
    "second-entry example/table-1 OUT-1": (0, "written: 1 sheets in "),
    "register": (0, "0 new, 0 vanished, 0 changed"),
    "rules": (0, "sum CELL"),
    "suggest-rules": (0, "0 suggestions, 0 near misses"),
    "add-table SHEET --item example/more --dry-run": (0, "who n"),
    "scan SHEET": (0, "0 checked"),
    "export OUT-2": (0, "written: "),
    "cite --source compendium": (0, "The compendium's maintainers"),
    "coding compare": (1, "error: "),
    "second-coder OUT-3": (0, "written: "),
    "compare 01-audit-sources 06-report": (1, "error: found runs of notebooks/01-audit-sources"),
    "certify OUT-4": (1, "error: this folder is no git checkout with a commit"),
    "site OUT-5": (0, "built: "),
    "seminar pack OUT-6": (1, "error: a pack needs a clone of the project"),
    "seminar collect SHEET": (1, "error: answers that cannot be collected"),
    "seminar plant OUT-7 --faults 3": (0, "written: "),
}
# Run by the interpreter that has the wheel: one process for all verbs.
ASK = """
import json, sys
from typer.testing import CliRunner
from compendium.cli.app import app
for verb in json.loads(sys.argv[1]):
    done = CliRunner().invoke(app, verb)
    lines = [line.strip() for line in (done.stdout + done.stderr).splitlines()]
    said = [line for line in lines if line and not line.startswith("study: ")]
    print("ANSWER", json.dumps([done.exit_code, said[0] if said else "", repr(done.exception)]))
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    """Python where a wheel lies first on the path, in a folder where nothing of the project is."""
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
            [sys.executable, *words],
            cwd=cwd, env=os.environ | own, capture_output=True, text=True, check=False,
        )  # fmt: skip

    return run


@pytest.fixture(scope="module")
def command(python):
    """The command as a wheel installs it."""
    return lambda *words, **how: python("-m", "compendium.cli", *words, **how)


def test_a_wheel_serves_a_study_of_ones_own(command, python, tmp_path):
    """Made and run; then each verb in it ends as it should, with the line that says so."""
    made = command("new-study", str(tmp_path / "study"))
    assert "start with README.md" in made.stdout, made.stderr
    for notebook in ("02-describe-sites", "04-infer-weights", "05-order-and-depend"):
        (tmp_path / f"study/notebooks/{notebook}.ipynb").unlink()  # two are enough to tell
    ran = command("reproduce", "--study", str(tmp_path / "study"))
    assert "printed values" in ran.stdout, ran.stderr

    (tmp_path / "sheet.csv").write_text("who,n\nA,1\nB,2\n", encoding="utf-8")
    words = [verb.replace("SHEET", "../sheet.csv").replace("OUT", "../out").split()
             for verb in VERBS]  # fmt: skip
    asked = python("-c", ASK, json.dumps(words), cwd=tmp_path / "study")
    lines = asked.stdout.splitlines()
    answers = [json.loads(line[7:]) for line in lines if line.startswith("ANSWER ")]
    said = dict(zip(VERBS, answers, strict=True))
    wrong = {verb: said[verb] for verb, (status, begins) in VERBS.items()
             if said[verb][0] != status or not said[verb][1].startswith(begins)}  # fmt: skip

    assert wrong == {}, asked.stderr


def test_a_wheel_cites_and_says_what_needs_a_study(command, tmp_path):
    """No traceback, one sentence: what runs a study needs one."""
    cited = command("cite", "--source", "compendium")
    assert "Partnership" in cited.stdout, cited.stderr
    refused = command("certify", str(tmp_path / "out"), cwd=tmp_path)

    assert (refused.returncode, refused.stderr) == (
        1,
        f"error: found no study.toml in {tmp_path}; allowed: the folder of a study; "
        "`compendium new-study` makes one\n",
    )
