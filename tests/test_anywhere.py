"""Open it anywhere: one lock in the container and on Binder, and a start page that leads on.

No container engine runs here: what can be checked is the form of the files.
"""

import json
import os
import re
import subprocess
import sys

import pytest

from compendium import paths
from compendium.runs import notebooks

START = paths.NOTEBOOKS / "start.ipynb"


def read(name: str) -> str:
    return (paths.ROOT / name).read_text(encoding="utf-8")


def instructions() -> list[tuple[str, str]]:
    """The steps of the Dockerfile, each on one line."""
    text = re.sub(r"^#.*\n", "", read("Dockerfile"), flags=re.MULTILINE).replace("\\\n", " ")
    lines = [line.split(maxsplit=1) for line in text.splitlines() if line.strip()]
    return [(word, " ".join(rest.split())) for word, rest in lines]


def test_the_image_has_the_one_python_by_a_tag_that_stays():
    """The minor version of the lock; neither latest nor a bare name."""
    bases = [rest for word, rest in instructions() if word == "FROM"]

    assert bases == ["python:3.11-slim-bookworm"]


def test_the_image_installs_from_the_lock_with_hashes():
    """The lock is copied first and alone; the package comes after it and brings nothing along."""
    steps = instructions()
    copies = [rest for word, rest in steps if word == "COPY"]
    installs = [rest for word, rest in steps if word == "RUN" and "pip install" in rest]

    assert copies == ["requirements.lock ./", "--chown=reader:reader . ./"]
    assert "--require-hashes -r requirements.lock" in installs[0]
    assert "--no-deps --no-build-isolation -e ." in installs[1]
    assert len(installs) == 2
    assert steps.index(("COPY", copies[0])) < steps.index(("RUN", installs[0]))


def test_the_image_runs_as_nobody_in_particular():
    """The last user is not root, and is made before."""
    steps = instructions()
    users = [rest for word, rest in steps if word == "USER"]
    command = json.loads(dict(steps)["CMD"])

    assert users == ["reader"]
    assert any("useradd" in rest and "reader" in rest for word, rest in steps if word == "RUN")
    assert command[:2] == ["jupyter", "lab"]
    assert "--allow-root" not in command
    assert "--notebook-dir=notebooks" in command
    assert command[-1] == f"--LabApp.default_url=/lab/tree/{START.name}"


def test_only_words_that_docker_knows():
    """A misspelt instruction fails an hour later on somebody else's machine."""
    known = {"FROM", "RUN", "WORKDIR", "COPY", "USER", "EXPOSE", "CMD"}

    assert {word for word, _ in instructions()} <= known


@pytest.mark.parametrize(
    "name",
    ["Dockerfile", ".dockerignore", *(f".binder/{n}" for n in ("requirements.txt", "postBuild"))],
)
def test_nothing_is_fetched_but_by_pip(name):
    """No address, no index, no script off the network."""
    text = read(name)

    assert "://" not in text
    assert not re.search(r"\b(curl|wget|index|apt-get)\b", text)


def test_what_the_image_needs_is_not_ignored():
    """Patterns as Docker reads them: none of them hides a file that git keeps."""
    kept = ["requirements.lock", "pyproject.toml", "notebooks", "src", "data/raw", ".binder"]
    ignored = [line for line in read(".dockerignore").splitlines() if line[:1] not in ("#", "")]

    assert not {line.strip("*/") for line in ignored} & set(kept)
    assert {".git", ".venv", "results"} <= set(ignored)
    assert "!data/processed/README.md" in ignored


def test_binder_takes_the_same_lock():
    """With a folder of its own, Binder reads nothing at the top; paths start at the file."""
    files = sorted(path.name for path in (paths.ROOT / ".binder").iterdir())
    lines = [line for line in read(".binder/requirements.txt").splitlines() if line[0] != "#"]

    assert files == ["postBuild", "requirements.txt", "runtime.txt"]
    assert lines == ["-r ../requirements.lock"]
    assert (paths.ROOT / ".binder" / lines[0].removeprefix("-r ")).resolve() == paths.LOCK
    assert read(".binder/runtime.txt") == "python-3.11\n"


def test_binders_last_step_is_a_script_that_runs():
    """It may be executed, is sound bash, and stops at the first thing that fails."""
    path = paths.ROOT / ".binder/postBuild"
    text = read(".binder/postBuild")

    assert os.access(path, os.X_OK)
    assert text.startswith("#!/bin/bash\n")
    assert "set -euo pipefail" in text
    assert "--no-deps --no-build-isolation -e ." in text
    assert subprocess.run(["bash", "-n", path], check=False).returncode == 0


def links(text: str) -> list[str]:
    return re.findall(r"\]\(([^)]+)\)", text)


def start_cells(kind: str) -> list[str]:
    cells = json.loads(START.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == kind]


def test_the_start_page_leads_to_every_notebook():
    """Each numbered one and each session once or more; and nothing that is not there."""
    found = {name for text in start_cells("markdown") for name in links(text)}
    numbered = {path.name for path in paths.NOTEBOOKS.glob("[0-9]*.ipynb")}
    sessions = {f"seminar/{p.name}" for p in paths.NOTEBOOKS.glob("seminar/S[0-9]*.ipynb")}

    assert numbered | sessions <= found
    assert not [name for name in found if not (paths.NOTEBOOKS / name).is_file()]


def test_the_start_page_calls_a_notebook_by_its_name():
    """The words of a link are the title of the notebook."""
    text = "\n".join(start_cells("markdown"))
    named = re.findall(r"\[([^\]]+)\]\(([0-9][^)]+)\)", text)
    titles = {name: notebooks.read_declaration(paths.NOTEBOOKS / name).title for _, name in named}

    assert [(title, name) for title, name in named if titles[name] != title] == []


@pytest.mark.parametrize(
    ("rows", "shown"),
    [
        (None, "Nothing has run yet"),
        ("value_id,item_id,role,verdict,evidence\na,s/t,input,transcribed,\n", "transcribed"),
    ],
)
def test_the_start_page_runs_with_and_without_results(tmp_path, rows, shown):
    """Its cells count the verdicts, or say what to run."""
    if rows:
        (tmp_path / "verdicts.csv").write_text(rows, encoding="utf-8")
    code = "\n".join([*start_cells("code"), "print(shown)"])
    before = "from pathlib import Path; from compendium import paths as p; import sys\n"
    before += "p.RESULTS = Path(sys.argv[1])\n"
    ran = subprocess.run(
        [sys.executable, "-c", before + code, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
    )

    assert shown in ran.stdout
