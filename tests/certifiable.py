"""The small project of two notebooks as a clean git checkout that can be certified."""

import hashlib
import json
import os
import subprocess
from pathlib import Path

import pandas as pd
import pytest
from small import digest, make_project, write

from compendium.publish import certificate
from compendium.publish.certificate import GRADED

DATE = "2026-01-02T03:04:05+00:00"
KEYS = {
    "sources": "source_id",
    "items": "item_id",
    "tables": "table",
    "fields": "table",
    "checks": "value_id",
    "discrepancies": "discrepancy_id",
    "s/table-1": "site",
    "s/text": "quantity",
}
# Role and rule of the columns that hold printed values.
VALUES = {("s/table-1", "n"): "input,", ("s/text", "printed"): "repeated,same s/table-1/Total/n"}
FIELDS = (
    "table,column,type,key,refers,required,minimum,maximum,pattern,allowed,role,rule,quantity,"
    "unit,description\n"
)
CITATION = """cff-version: 1.2.0
title: "Two sites, counted"
version: 0.1.0
license: MIT
authors:
  - name: The maintainers
references:
  - type: article
    title: Sites
    authors: [{family-names: Sum, given-names: A}]
    year: 2001
    doi: 10.5555/sites
"""
PROJECT = """[project]
name = "small"
version = "0.1.0"
dependencies = ["pandas >= 3"]
[project.scripts]
small = "small:app"
"""
FILES = {
    "data/raw/sources.csv": "source_id,citation,doi,licence,text_file,sha256\ns,Sum (2001) Sites.,,"
    "not stated,s.txt,00\n",
    "data/raw/checks.csv": "value_id,role,rule,quantity,unit,section,line\n"
    "s/table-1/Total/n,derived,sum s/table-1/A/n s/table-1/B/n,,,,\n",
    "results/claims.csv": "number,proposition,grade\nH01,B has more,arithmetic fact\n",
    "results/claims-further.csv": "number,proposition,grade\nF01,A wants more,not testable here\n",
    "results/report.html": "<p>all</p>",
    "CITATION.cff": CITATION,
    "pyproject.toml": PROJECT,
    "requirements.lock": "pandas==0.0.1 \\\n    --hash=sha256:00\n",
    "README.md": "# Small\n\n```\nmake\n```\n",
    ".gitignore": "results/\n",
}


def make_certifiable(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write the project under `root`, point `paths` at it, and commit it."""
    make_study(root, monkeypatch)
    git(root, "init", "--quiet", "--initial-branch=main")
    commit(root)
    return root


def make_study(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same, without git."""
    make_project(root, monkeypatch)
    for name, text in FILES.items():
        write(root / name, text)
    titles = "".join(f"{name},{name},,,\n" for name in KEYS)
    write(root / "data/raw/tables.csv", "table,title,sources,licence,holds\n" + titles)
    write(root / "data/raw/fields.csv", FIELDS)
    write(root / "data/raw/fields.csv", FIELDS + "".join(describe(root, name) for name in KEYS))
    write_sums(root)
    # Graded by hand: the small study has no rules for claims of its own.
    graded = {name: pd.read_csv(root / f"results/{name}.csv", dtype=str) for name in GRADED}
    monkeypatch.setattr(certificate, "grade_again", lambda name, *_: graded[name])
    for name in ("claims.csv", "claims-further.csv", "report.html"):
        keep_record(root, "01-audit", f"results/{name}")
    keep_record(root, "02-draw", "results/figures/table-1.svg")
    return root


def describe(root: Path, name: str) -> str:
    """The rows of `fields.csv` for a table: as its header has them, all text but counts."""
    head = (root / f"data/raw/{name}.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
    counts = ("line", "line_start", "line_end", "cells", "values")
    rows = []
    for column in head:
        key = "1" if column == KEYS[name] else "2" if (name, column) == ("fields", "column") else ""
        kind = "integer" if column in counts else "string"
        role = f"{VALUES[name, column]},,n" if (name, column) in VALUES else ",,,"
        rows.append(f"{name},{column},{kind},{key},,,,,,,{role},\n")
    return "".join(rows)


def write_sums(root: Path) -> None:
    """Write the checksums of the raw data."""
    raw = root / "data/raw"
    files = sorted(p for p in raw.rglob("*") if p.is_file() and p.name != "SHA256SUMS")
    lines = [f"{digest(path)}  {path.relative_to(raw).as_posix()}\n" for path in files]
    write(raw / "SHA256SUMS", "".join(lines))


def keep_record(root: Path, run: str, *made: str) -> None:
    """Let a run's record be of the files as they are now, and say that it also made `made`."""
    path = root / f"results/records/{run}.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    for files in ("made", "made_from"):
        names = [*record[files], *(made if files == "made" else ())]
        record[files] = {name: digest(root / name) for name in names}
    write(path, json.dumps(record))


def git(root: Path, *words: str) -> None:
    """Run git in the project, with dates and a name of its own."""
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    env |= {"GIT_COMMITTER_DATE": DATE, "GIT_AUTHOR_DATE": DATE}
    command = ["git", "-C", str(root), *who, *words]
    subprocess.run(command, check=True, capture_output=True, env=env)


def commit(root: Path) -> None:
    """Commit everything that is not ignored."""
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message=All")


def hash_all(folder: Path) -> dict[str, str]:
    """SHA-256 of every file below a folder."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }
