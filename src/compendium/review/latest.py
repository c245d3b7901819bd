"""What moves in the results when the libraries do.

The lock holds every version, so a run gives the same bytes; it does not say whether the results
hang on those versions. Here a second environment takes the newest release of each direct
dependency that this Python can run, bounds dropped, and everything runs again in a copy of the
tree, so that nothing of ours is touched. A notebook that fails there is a finding, not a crash.

The two finished runs are then held against each other. Each value, verdict, finding, grade, figure
and table that is not the same is named with both readings. A number that agrees to six digits is
told apart from one that does not, and a picture counts only where the data it shows stayed.
"""

import csv
import importlib.metadata
import importlib.util
import json
import math
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from compendium import paths
from compendium.errors import CompendiumError, DataError

# What an editable install without build isolation asks for.
_BUILDERS = ("editables", "hatchling")
# Numbers this near, relative to the larger one, are the same to six digits; and two numbers below
# the second are both 0: noise around nothing.
_CLOSE, _NOTHING = 1e-6, 1e-12
# Tables of one row per thing: what tells the rows apart, and what a row is called.
_KEYED = {
    "data/processed/verdicts-*.csv": (["value_id"], "value"),
    "data/processed/findings.csv": (["discrepancy_id", "rule"], "finding"),
    "results/claims*.csv": (["number"], "claim"),
}
_KINDS = {"verdict": "verdict", "grade": "grade", "grade_without_contested": "grade"}
_FILES = {
    "results/figures/*.csv": "figure data",
    "results/tables/*.csv": "table",
    "data/processed/*.csv": "processed data",
}
# In this order they are told.
_ORDER = ["verdict", "value", "finding", "grade", "claim", *_FILES.values(), "picture", "warning"]
MOVE = ["what", "name", "cell", "ours", "latest", "difference", "cells"]
VERSIONS = ["package", "ours", "latest", "is_direct"]
_ABSENT = "not made"


class BuildError(CompendiumError):
    """The second environment could not be built; the message holds what the installer said."""


class Drift(NamedTuple):
    """What newer libraries change; every table is sorted, and empty where nothing moved.

    ``versions``: package, ours, latest, is_direct. ``failed``: a message for each run that
    failed. ``moves``: what, name, cell, ours, latest, the largest relative ``difference`` (missing
    for a text) and the number of ``cells`` that moved. ``close``: as ``moves``, for what agrees to
    six digits.
    """

    versions: pd.DataFrame
    failed: list[str]
    moves: pd.DataFrame
    close: pd.DataFrame


def measure_drift(folder: Path, workers: int = 2) -> Drift:
    """Build, run and compare: the whole of ``compendium verify --latest``.

    Parameters
    ----------
    folder : Path
        New or empty; takes the environment (about 1 GB) and the copy that runs.
    workers : int
        How many notebooks run at once, at least 1.

    Raises
    ------
    DataError
        Before anything is built, if there are no results of ours to compare with.
    SettingError
        If the folder holds anything.
    BuildError
        If the environment cannot be built.
    """
    _check_finished(paths.ROOT)
    build_latest(folder)
    failed = run_latest(folder, workers)
    drift = compare_results(paths.ROOT, folder / "tree", failed)
    return drift._replace(versions=compare_versions(folder))


def _check_finished(root: Path) -> None:
    if not (root / "results" / "verdicts.csv").is_file():
        raise DataError(f"{root}: found no results/verdicts.csv; run the compendium first")


def build_latest(folder: Path) -> None:
    """A copy of the tree in ``folder/tree``, and an environment for it in ``folder/environment``.

    The copy holds every file that git does not ignore, as it is now. The environment takes the
    newest releases for the Python that runs this, by uv where there is one, else by pip.
    """
    paths.check_new(folder)
    folder.mkdir(parents=True, exist_ok=True)
    folder = folder.resolve()
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = _call(listed, paths.ROOT, "cannot list the files of the project").split("\0")
    tree, environment = folder / "tree", folder / "environment"
    for name in sorted(set(filter(None, names))):
        if (paths.ROOT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(paths.ROOT / name, tree / name)
    has_uv, python = importlib.util.find_spec("uv") is not None, str(_python(folder))
    bare = ["--without-pip"] if has_uv else []
    make = [sys.executable, "-m", "venv", *bare, str(environment)]
    _call(make, folder, "cannot make an environment")
    # Compiled now, or else every kernel compiles the libraries again.
    by_uv = [sys.executable, "-m", "uv", "pip", "install", "--compile-bytecode", "--python", python]
    by_pip = [python, "-m", "pip", "install", "--disable-pip-version-check"]
    own = ["--no-deps", "--no-build-isolation", "-e", str(tree)]
    for wanted in (sorted({*_list_requirements(), *_BUILDERS}), own):
        install = [*(by_uv if has_uv else by_pip), *wanted]
        _call(install, folder, "cannot install the latest versions")


def _list_requirements() -> list[str]:
    """The direct dependencies of ``pyproject.toml`` without their bounds."""
    text = (paths.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    return [_drop_bounds(entry) for entry in tomllib.loads(text)["project"]["dependencies"]]


def _drop_bounds(requirement: str) -> str:
    """A requirement without its version; extras and markers are kept.

    >>> _drop_bounds("papermill[s3] >= 2.6, < 3; python_version < '4'")
    "papermill[s3]; python_version < '4'"
    """
    wanted, _, marker = requirement.partition(";")
    name = re.match(r"\s*[\w.-]+\s*(\[[^\]]*\])?", wanted)[0].replace(" ", "")
    return f"{name}; {marker.strip()}" if marker else name


def _python(folder: Path) -> Path:
    inside = "Scripts/python.exe" if os.name == "nt" else "bin/python"
    return folder.resolve() / "environment" / inside


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


def run_latest(folder: Path, workers: int = 2) -> list[str]:
    """Reproduce everything in the copy, with the latest versions; progress is shown as it comes.

    Returns
    -------
    list of str
        What the command complained of: each run that failed, each discrepancy that is new, gone or
        changed; its last line, if it broke off without a word of that. Empty if all went well.
    """
    command = [str(_python(folder)), "-m", "compendium.cli", "reproduce", "-n", str(workers)]
    # What points to this environment would lead the other one back to it.
    unset = ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME")
    environment = {name: value for name, value in os.environ.items() if name not in unset}
    said, folder = [], folder.resolve()
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
    return _find_complaints(said) if process.returncode else []


def _find_complaints(said: list[str]) -> list[str]:
    """The command's complaints, each with the lines that are indented under it.

    >>> _find_complaints(["noise", "failed: 04.ipynb: Writes lines:", "  wrote a", "more noise"])
    ['04.ipynb: Writes lines: wrote a']
    """
    complaint = r"^(?:(?:failed|error): (.*)|(\w+ discrepancy: .*))((?:\n  .*)*)"
    found = re.findall(complaint, "\n".join(said), flags=re.MULTILINE)
    last = [line for line in said if line.strip()][-1:] or ["no reason given"]
    told = [re.sub(r"\n\s*", " ", "".join(parts)) for parts in found]
    return told or [f"the command stopped: {last[0]}"]


def compare_versions(folder: Path) -> pd.DataFrame:
    """Each package of the second environment whose version is not ours, which may be blank."""
    code = (
        "import importlib.metadata as m, json; "
        "print(json.dumps({d.name: d.version for d in m.distributions()}))"
    )
    said = _call([str(_python(folder)), "-c", code], folder, "cannot list versions")
    ours = {_plain(d.name): d.version for d in importlib.metadata.distributions()}
    direct = {_plain(re.match(r"[\w.-]+", name)[0]) for name in _list_requirements()}
    rows = [
        (name, ours.get(name, ""), version, name in direct)
        for name, version in sorted((_plain(n), v) for n, v in json.loads(said).items())
        if ours.get(name) != version
    ]
    return pd.DataFrame(rows, columns=VERSIONS)


def _plain(name: str) -> str:
    """A package's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def compare_results(ours: Path, theirs: Path, failed: list[str] | None = None) -> Drift:
    """What differs between two runs.

    Parameters
    ----------
    ours, theirs : Path
        Roots of two copies of the project, each with its ``results`` and ``data/processed``.
    failed : list of str, optional
        What `run_latest` returned.

    Returns
    -------
    Drift
        Its ``versions`` empty. What only one run made has ``not made`` as the other's reading.

    Raises
    ------
    DataError
        If `ours` holds no finished run.
    """
    _check_finished(ours)
    found = [*_compare_rows(ours, theirs), *_compare_files(ours, theirs)]
    changed = {move[1] for move in found if move[0] == "figure data"}
    found += [*_compare_pictures(ours, theirs, changed), *_compare_warnings(ours, theirs)]
    found.sort(key=lambda move: (_ORDER.index(move[0]), *move[1:5]))
    moves = pd.DataFrame(found, columns=MOVE).astype({"difference": float, "cells": int})
    is_close = moves.difference <= _CLOSE
    near, far = (moves[rows].reset_index(drop=True) for rows in (is_close, ~is_close))
    return Drift(pd.DataFrame(columns=VERSIONS), list(failed or []), far, near)


def _difference(ours: str, theirs: str) -> float:
    """How far apart two readings are, relative to the larger; NaN where one is no number.

    >>> _difference("4", "5"), _difference("0", "1e-17"), _difference("exact", "differs")
    (0.2, 0.0, nan)
    """
    try:
        first, second = float(ours), float(theirs)
    except ValueError:
        return math.nan
    largest = max(abs(first), abs(second))
    if not math.isfinite(largest):
        return math.nan
    return 0.0 if largest < _NOTHING else abs(first - second) / largest


def _compare_rows(ours: Path, theirs: Path) -> Iterator[tuple]:
    """Each cell that moved in tables whose rows have names; each row only one run made."""
    for pattern, (keys, what) in _KEYED.items():
        first, second = (
            {
                " ".join(row[key] for key in keys): row
                for path in sorted(root.glob(pattern))
                for row in pd.read_csv(path, dtype=str, keep_default_na=False).to_dict("records")
            }
            for root in (ours, theirs)
        )
        for name in sorted(first.keys() | second.keys()):
            if name not in first or name not in second:
                yield what, name, "", *_say_made(name in first, name in second), math.nan, 1
                continue
            for column in sorted(first[name].keys() | second[name].keys()):
                a, b = (rows[name].get(column, _ABSENT) for rows in (first, second))
                if a != b:
                    yield _KINDS.get(column, what), name, column, a, b, _difference(a, b), 1


def _say_made(*are_there: bool) -> Iterator[str]:
    return ("made" if is_there else _ABSENT for is_there in are_there)


def _compare_files(ours: Path, theirs: Path) -> Iterator[tuple]:
    """Each other table that moved, with the cell that moved furthest."""
    roots = (ours, theirs)
    keyed = {path for pattern in _KEYED for root in roots for path in root.glob(pattern)}
    for pattern, what in _FILES.items():
        names = {p.relative_to(root) for root in roots for p in {*root.glob(pattern)} - keyed}
        for name in sorted(names):
            both = [root / name for root in roots]
            if not all(path.is_file() for path in both):
                made = _say_made(*(path.is_file() for path in both))
                yield what, name.stem, "", *made, math.nan, 1
            elif moved := _compare_grids(*both):
                yield what, name.stem, *moved


def _compare_grids(ours: Path, theirs: Path) -> tuple | None:
    """Where two tables differ most (a text first, then the largest difference), and in how much."""
    if ours.read_bytes() == theirs.read_bytes():
        return None
    grids = []
    for path in (ours, theirs):
        with path.open(encoding="utf-8", newline="") as file:
            grids.append(list(csv.reader(file)))
    if [len(row) for row in grids[0]] != [len(row) for row in grids[1]]:
        shapes = [f"{len(grid)} x {max(map(len, grid), default=0)}" for grid in grids]
        return "shape", *shapes, math.nan, 1
    moved = [
        (_difference(a, b), number, grids[0][0][place] or str(place + 1), a, b)
        for number, (first, second) in enumerate(zip(*grids), start=1)
        for place, (a, b) in enumerate(zip(first, second))
        if a != b
    ]
    if not moved:
        return None
    far, row, column, a, b = max(moved, key=lambda m: math.inf if math.isnan(m[0]) else m[0])
    return f"row {row}, {column}", a, b, far, len(moved)


def _compare_pictures(ours: Path, theirs: Path, changed: set[str]) -> Iterator[tuple]:
    """Each figure whose picture moved though its data did not."""
    for path in sorted((ours / "results/figures").glob("*.csv")):
        moved = []
        for end in ("png", "svg"):
            pictures = [r / "results/figures" / f"{path.stem}.{end}" for r in (ours, theirs)]
            first, second = (p.read_bytes() if p.is_file() else None for p in pictures)
            moved += [end] if first != second else []
        if moved and path.stem not in changed:
            yield "picture", path.stem, ", ".join(moved), "", "", math.nan, len(moved)


def _compare_warnings(ours: Path, theirs: Path) -> Iterator[tuple]:
    """Each warning in an executed notebook that the other run does not give: drift to come."""
    for path in sorted((theirs / "results/notebooks").glob("*.ipynb")):
        before = _read_warnings(ours / "results/notebooks" / path.name)
        for warning in sorted(_read_warnings(path) - before):
            yield "warning", path.stem, "", "", warning, math.nan, 1


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

    Parameters
    ----------
    drift : Drift
        As `measure_drift` gives it.
    longest : int
        How many of each kind are named before "and more".
    """
    direct = drift.versions[drift.versions.is_direct.astype(bool)]
    counts = drift.moves.what.value_counts()
    lines = [
        f"packages of another version: {len(drift.versions)}, {len(direct)} named in pyproject",
        *(f"  {r.package} {r.ours or '(none)'} -> {r.latest}" for r in direct.itertuples()),
        f"{len(drift.failed)} failed",
        *(f"  {message}" for message in drift.failed),
        "moved: " + (", ".join(f"{counts[w]} {w}" for w in _ORDER if w in counts) or "nothing"),
    ]
    for _, moves in drift.moves.groupby("what", sort=False):
        lines += [f"  {_tell(move)}" for move in moves.head(longest).to_dict("records")]
        if len(moves) > longest:
            lines.append(f"  ... and {len(moves) - longest} more")
    return "\n".join([*lines, f"the same to six digits only: {len(drift.close)}"])


def _tell(move: dict) -> str:
    place = ", ".join(part for part in (move["name"], move["cell"]) if part)
    text = f"{move['what']} {place}"
    if move["ours"] or move["latest"]:
        text += f": {move['ours'] or '(blank)'} -> {move['latest'] or '(blank)'}"
    if move["cells"] > 1 and move["what"] in _FILES.values():
        text += f" (furthest of {move['cells']} cells)"
    return text if math.isnan(move["difference"]) else f"{text}, {move['difference']:.2g} relative"
