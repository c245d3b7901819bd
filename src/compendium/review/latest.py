"""What moves in the results when the libraries do.

The lock holds every version, so a run gives the same bytes; it does not say whether the results
hang on those versions. Here a second environment takes the newest release of each direct
dependency that this Python can run, bounds dropped, and everything runs again in a copy of the
tree, so that nothing of ours is touched. A notebook that fails there is a finding, not a crash.

The two finished runs are then held against each other. Each value, verdict, finding, grade, figure
and table that is not the same is named with both readings. A number that agrees to six digits is
told apart from one that does not, and a picture counts only where the data it shows stayed.
"""

import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from compendium import paths
from compendium.errors import CompendiumError, DataError
from compendium.runs.compare import compare_tables, name_rows, read_cells
from compendium.runs.markup import render

_UV = [sys.executable, "-m", "uv"]
# What an editable install without build isolation asks for.
_BUILDERS = ("editables", "hatchling")
# Numbers this near, relative to the larger one, are the same to six digits; and two numbers below
# the second are both 0: noise around nothing.
_CLOSE, _NOTHING = 1e-6, 1e-12
# What a run makes: tables of one row per thing, by the columns that name it, and all others.
_TABLES = {
    "data/processed/verdicts-*.csv": ("value", ["value_id"]),
    "data/processed/findings.csv": ("finding", ["discrepancy_id", "rule"]),
    "results/claims*.csv": ("claim", ["number"]),
    "results/figures/*.csv": ("figure data", []),
    "results/tables/*.csv": ("table", []),
    "data/processed/*.csv": ("processed data", []),
}
_KINDS = {"verdict": "verdict", "grade": "grade", "grade_without_contested": "grade"}
# In this order they are told.
_ORDER = ["verdict", "value", "finding", "grade", "claim", "figure data", "table"]
_ORDER += ["processed data", "picture", "warning"]
MOVE = ["what", "name", "cell", "ours", "latest", "difference", "cells"]
VERSIONS = ["package", "ours", "latest", "is_direct"]
# What a run made, by kind and name; tables whose rows have names are one of a kind, with no name.
_Made = dict[tuple[str, str], pd.DataFrame]


class BuildError(CompendiumError):
    """The second environment could not be built; the message holds what the installer said."""


class Drift(NamedTuple):
    """What newer libraries change; every table is sorted, and empty where nothing moved."""

    versions: pd.DataFrame  # package, ours, latest, is_direct
    failed: list[str]  # a message for each run that failed
    # what, name, cell, ours, latest, the largest relative difference (missing for a text) and the
    # number of cells that moved
    moves: pd.DataFrame
    close: pd.DataFrame  # as moves, for what agrees to six digits


def measure_drift(folder: Path, workers: int = 2) -> Drift:
    """Build, run and compare: the whole of ``compendium verify --latest``.

    `folder`, new or empty, takes the environment (about 1 GB) and the copy that runs. A DataError
    or SettingError before anything is built, if there are no results of ours or the folder holds
    something; a BuildError if the environment cannot be built.
    """
    paths.need_clone("verify --latest")
    folder = folder.resolve()
    _check_finished(paths.ROOT)
    _build(folder)
    failed = _run(folder, workers)
    drift = _compare_results(paths.ROOT, folder / "tree", failed)
    return drift._replace(versions=_compare_versions(folder))


def _check_finished(root: Path) -> None:
    if not (root / "results" / "verdicts.csv").is_file():
        raise DataError(f"{root}: found no results/verdicts.csv; run the compendium first")


def _build(folder: Path) -> None:
    """A copy of the files that git does not ignore in ``tree``, and ``environment`` for it."""
    paths.check_new(folder)
    folder.mkdir(parents=True, exist_ok=True)
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = _call(listed, paths.ROOT, "cannot list the files of the project").split("\0")
    tree = folder / "tree"
    for name in sorted(set(filter(None, names))):
        if (paths.ROOT / name).is_file():
            paths.write_file(tree / name, (paths.ROOT / name).read_bytes())
    make = [*_UV, "venv", "--python", sys.executable, str(folder / "environment")]
    _call(make, folder, "cannot make an environment")
    # Compiled now, or else every kernel compiles the libraries again.
    options = ["--system-certs", "--compile-bytecode", "--python", _python(folder)]
    install = [*_UV, "pip", "install", *options]
    own = ["--no-deps", "--no-build-isolation", "-e", str(tree)]
    for wanted in (sorted({*map(str, _list_requirements()), *_BUILDERS}), own):
        _call([*install, *wanted], folder, "cannot install the latest versions")


def _list_requirements() -> list[Requirement]:
    """The direct dependencies of ``pyproject.toml`` without their bounds."""
    text = (paths.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    wanted = [Requirement(entry) for entry in tomllib.loads(text)["project"]["dependencies"]]
    for requirement in wanted:
        requirement.specifier = SpecifierSet()
    return wanted


def _python(folder: Path) -> str:
    inside = "Scripts/python.exe" if os.name == "nt" else "bin/python"
    return str(folder / "environment" / inside)


def _call(command: list[str], folder: Path, problem: str) -> str:
    """What a command prints; its last words in a BuildError if it fails."""
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False
        )
    except OSError as error:
        raise BuildError(f"{problem}: {error}") from None
    if done.returncode:
        said = [line for line in (done.stderr or done.stdout).splitlines() if line.strip()]
        raise BuildError(f"{problem}:\n  " + "\n  ".join(said[-15:] or ["(it said nothing)"]))
    return done.stdout


def _run(folder: Path, workers: int) -> list[str]:
    """Reproduce everything in the copy, progress shown as it comes; what it complained of."""
    command = [_python(folder), "-m", "compendium.cli", "reproduce", "-n", str(workers)]
    # What points to this environment would lead the other one back to it.
    unset = ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME")
    environment = {name: value for name, value in os.environ.items() if name not in unset}
    said = []
    with subprocess.Popen(
        command,
        cwd=folder / "tree",
        env=environment | {"PYTHONIOENCODING": "utf-8"},
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as process:
        for line in process.stderr:
            sys.stderr.write(line)
            said.append(line.rstrip().replace(str(folder), "..."))
    if not process.returncode:
        return []
    # Each complaint with the lines that are indented under it.
    complaint = r"^(?:(?:failed|error): (.*)|(\w+ discrepancy: .*))((?:\n  .*)*)"
    found = re.findall(complaint, "\n".join(said), flags=re.MULTILINE)
    last = [line for line in said if line.strip()][-1:] or ["no reason given"]
    told = [re.sub(r"\n\s*", " ", "".join(parts)) for parts in found]
    return told or [f"the command stopped: {last[0]}"]


def _compare_versions(folder: Path) -> pd.DataFrame:
    """Each package of the second environment whose version is not ours, which may be blank."""
    latest, ours = map(_list_versions, (_python(folder), sys.executable))
    direct = {canonicalize_name(requirement.name) for requirement in _list_requirements()}
    rows = [
        (name, ours.get(name, ""), version, name in direct)
        for name, version in sorted(latest.items())
        if ours.get(name) != version
    ]
    return pd.DataFrame(rows, columns=VERSIONS)


def _list_versions(python: str) -> dict[str, str]:
    command = [*_UV, "pip", "list", "--format", "json", "--python", python]
    said = json.loads(_call(command, paths.ROOT, "cannot list versions"))
    return {package["name"]: package["version"] for package in said}


def _compare_results(ours: Path, theirs: Path, failed: list[str]) -> Drift:
    """What differs between two copies of the project; what one did not make says so."""
    _check_finished(ours)
    found = list(_compare_tables(_read_tables(ours), _read_tables(theirs)))
    changed = {name for what, name, *_ in found if what == "figure data"}
    found += [*_compare_pictures(ours, theirs, changed), *_compare_warnings(ours, theirs)]
    moves = pd.DataFrame(found, columns=MOVE[:5])
    # How far apart two readings are, relative to the larger; missing where one is no number.
    ends = moves[["ours", "latest"]].apply(pd.to_numeric, errors="coerce")
    largest = ends.abs().max(axis=1, skipna=False)
    moves["difference"] = ends.ours.sub(ends.latest).abs().div(largest).mask(largest < _NOTHING, 0)
    # Of a table whose rows have no names, one cell is told: a text, or else the one furthest off.
    whole = [what for what, keys in _TABLES.values() if not keys]
    size = moves.groupby(["what", "name"]).cell.transform("size")
    moves["cells"] = size.where(moves.what.isin(whole), 1)
    moves = moves.sort_values("difference", ascending=False, na_position="first", kind="stable")
    moves = moves[~(moves.duplicated(["what", "name"]) & moves.what.isin(whole))]
    moves = moves.sort_values(
        MOVE[:5], key=lambda column: column.map(_ORDER.index) if column.name == "what" else column
    )
    is_close = moves.difference <= _CLOSE
    near, far = (moves[rows].reset_index(drop=True) for rows in (is_close, ~is_close))
    return Drift(pd.DataFrame(columns=VERSIONS), failed, far, near)


def _read_tables(root: Path) -> _Made:
    made: _Made = {}
    read: set[Path] = set()
    for pattern, (what, keys) in _TABLES.items():
        for path in sorted(set(root.glob(pattern)) - read):
            read.add(path)
            key = (what, "" if keys else path.stem)
            before = [made[key]] if key in made else []
            made[key] = pd.concat([*before, name_rows(read_cells(path), keys)])
    return made


def _compare_tables(ours: _Made, theirs: _Made) -> Iterator[tuple[str, ...]]:
    """Each cell that moved: what, name, place and both readings."""
    for what, name in sorted(ours.keys() | theirs.keys()):
        tables = [made.get((what, name)) for made in (ours, theirs)]
        if name and any(table is None for table in tables):
            yield what, name, "", *("not made" if table is None else "made" for table in tables)
            continue
        given = next(table for table in tables if table is not None)
        first, second = (given.iloc[:0] if table is None else table for table in tables)
        for row, column, *ends in compare_tables(first, second):
            is_cell = row and column
            both = ends if is_cell else ["made" if end else "not made" for end in ends]
            if name:
                yield what, name, ", ".join(filter(None, [row, column])), *both
            else:
                yield _KINDS.get(column, what), row, column, *both


def _compare_pictures(ours: Path, theirs: Path, changed: set[str]) -> Iterator[tuple[str, ...]]:
    """Each figure whose picture moved though its data did not."""
    first, second = (
        {path.name: path.read_bytes() for path in root.glob("results/figures/*.[ps][nv]g")}
        for root in (ours, theirs)
    )
    for path in sorted((ours / "results/figures").glob("*.csv")):
        ends = [e for e in ("png", "svg") if first.get(n := f"{path.stem}.{e}") != second.get(n)]
        if ends and path.stem not in changed:
            yield "picture", path.stem, ", ".join(ends), "", ""


def _compare_warnings(ours: Path, theirs: Path) -> Iterator[tuple[str, ...]]:
    """Each warning in an executed notebook that the other run does not give: drift to come."""
    for path in sorted((theirs / "results/notebooks").glob("*.ipynb")):
        before = _read_warnings(ours / "results/notebooks" / path.name)
        for warning in sorted(_read_warnings(path) - before):
            yield "warning", path.stem, "", "", warning


def _read_warnings(path: Path) -> set[str]:
    """What an executed notebook was warned of, without the places."""
    if not path.is_file():
        return set()
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    said = ["".join(o["text"]) for o in outputs if o.get("name") == "stderr"]
    return {match for text in said for match in re.findall(r"\w+Warning: .*", text)}


def summarise_drift(drift: Drift, longest: int = 20) -> str:
    """What moved, as text: counts first, then the things themselves.

    `longest`: how many of each kind are named before "and more".
    """
    return render(
        "drift.txt.j2",
        drift=drift,
        direct=drift.versions[drift.versions.is_direct.astype(bool)],
        counts={what: n for what in _ORDER if (n := (drift.moves.what == what).sum())},
        longest=longest,
    ).rstrip()
