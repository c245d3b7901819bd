"""The latest releases, in an environment of their own.

The lock holds every version, so a run gives the same bytes; it does not say whether the results
hang on those versions. Here a second environment takes the newest release of each direct
dependency that this Python can run, bounds dropped, and everything runs again in a copy of the
tree, so that nothing of ours is touched. A notebook that fails there is a finding, not a crash.

What moves in the results when the libraries do.

Two finished runs are held against each other: ours, from the lock, and one from the latest
versions (`releases`). Each value, verdict, finding, grade, figure and table that is not the same
is named with both readings. A number that agrees to six digits is told apart from one that does
not, and a picture counts only where the data it shows stayed.
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
from compendium.errors import CompendiumError, DataError, SettingError

# What an editable install without build isolation asks for.
BUILDERS = ("editables", "hatchling")


class BuildError(CompendiumError):
    """The second environment could not be built; the message holds what the installer said."""


def latest_requirements() -> list[str]:
    """The direct dependencies of ``pyproject.toml`` without their bounds.

    Returns
    -------
    list of str
        As they stand there; extras and markers are kept.

    Examples
    --------
    >>> [name for name in latest_requirements() if name.startswith("mat")]
    ['matplotlib']
    """
    text = (paths.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    return [_drop_bounds(entry) for entry in tomllib.loads(text)["project"]["dependencies"]]


def _drop_bounds(requirement: str) -> str:
    """A requirement without its version.

    >>> _drop_bounds("papermill[s3] >= 2.6, < 3; python_version < '4'")
    "papermill[s3]; python_version < '4'"
    """
    wanted, _, marker = requirement.partition(";")
    name = re.match(r"\s*[\w.-]+\s*(\[[^\]]*\])?", wanted)[0].replace(" ", "")
    return f"{name}; {marker.strip()}" if marker else name


def build_latest(folder: Path) -> None:
    """A copy of the tree in ``folder/tree``, and an environment for it in ``folder/environment``.

    The copy holds every file that git does not ignore, as it is now. The environment takes the
    newest releases for the Python that runs this, by uv where there is one, else by pip.

    Raises
    ------
    SettingError
        If the folder holds anything.
    BuildError
        If git, the network or the resolver fails; with what they said.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise SettingError(f"found files in {folder}; allowed: a new or an empty folder")
    folder.mkdir(parents=True, exist_ok=True)
    folder = folder.resolve()
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = _call(listed, paths.ROOT, "cannot list the files of the project").split("\0")
    tree = folder / "tree"
    for name in sorted(set(filter(None, names))):
        if (paths.ROOT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(paths.ROOT / name, tree / name)
    environment = folder / "environment"
    bare = ["--without-pip"] if _has_uv() else []
    make = [sys.executable, "-m", "venv", *bare, str(environment)]
    _call(make, folder, "cannot make an environment")
    wanted = sorted({*latest_requirements(), *BUILDERS})
    _install(environment, wanted, folder)
    _install(environment, ["--no-deps", "--no-build-isolation", "-e", str(tree)], folder)


def _install(environment: Path, arguments: list[str], folder: Path) -> None:
    python = str(_python(environment))
    if _has_uv():
        # Compiled now, or else every kernel compiles the libraries again.
        installer = [sys.executable, "-m", "uv", "pip", "install", "--compile-bytecode"]
        installer += ["--python", python]
    else:
        installer = [python, "-m", "pip", "install", "--disable-pip-version-check"]
    _call([*installer, *arguments], folder, "cannot install the latest versions")


def _has_uv() -> bool:
    return importlib.util.find_spec("uv") is not None


def _python(environment: Path) -> Path:
    return environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


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
    folder = folder.resolve()
    command = [str(_python(folder / "environment")), "-m", "compendium.cli", "reproduce"]
    # What points to this environment would lead the other one back to it.
    unset = ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME")
    environment = {name: value for name, value in os.environ.items() if name not in unset}
    said = []
    with subprocess.Popen(
        [*command, "-n", str(workers)],
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
    found: list[str] = []
    open_ended = False
    for line in said:
        if match := re.match(r"(?:failed|error): (.*)|(\w+ discrepancy: .*)", line):
            found.append(match[1] or match[2])
        elif open_ended and line.startswith("  "):
            found[-1] += f" {line.strip()}"
            continue
        open_ended = match is not None
    last = [line for line in said if line.strip()][-1:] or ["no reason given"]
    return found or [f"the command stopped: {last[0]}"]


def compare_versions(folder: Path) -> pd.DataFrame:
    """Each package of the second environment whose version is not ours; blank where we have none.

    Raises
    ------
    BuildError
        If the second environment cannot be asked.
    """
    code = (
        "import importlib.metadata as m, json; "
        "print(json.dumps({d.name: d.version for d in m.distributions()}))"
    )
    python = _python(folder.resolve() / "environment")
    said = _call([str(python), "-c", code], folder, "cannot list versions")
    ours = {_plain(d.name): d.version for d in importlib.metadata.distributions()}
    direct = {_plain(re.match(r"[\w.-]+", name)[0]) for name in latest_requirements()}
    rows = [
        (name, ours.get(name, ""), version, name in direct)
        for name, version in sorted((_plain(n), v) for n, v in json.loads(said).items())
        if ours.get(name) != version
    ]
    return pd.DataFrame(rows, columns=["package", "ours", "latest", "is_direct"])


def _plain(name: str) -> str:
    """A package's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


# Numbers this near, relative to the larger one, are the same to six digits.
CLOSE = 1e-6
# Noise around nothing: two numbers below this are both 0.
NOTHING = 1e-12
# Tables of one row per thing: what tells the rows apart, and what a row is called.
KEYED = {
    "data/processed/verdicts-*.csv": (["value_id"], "value"),
    "data/processed/findings.csv": (["discrepancy_id", "rule"], "finding"),
    "results/claims*.csv": (["number"], "claim"),
}
KINDS = {"verdict": "verdict", "grade": "grade", "grade_without_contested": "grade"}
FILES = {
    "results/figures/*.csv": "figure data",
    "results/tables/*.csv": "table",
    "data/processed/*.csv": "processed data",
}
# In this order they are told.
ORDER = ["verdict", "value", "finding", "grade", "claim", *FILES.values(), "picture", "warning"]
MOVE = ["what", "name", "cell", "ours", "latest", "difference", "cells"]
VERSIONS = ["package", "ours", "latest", "is_direct"]
ABSENT = "not made"


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
    check_finished(paths.ROOT)
    build_latest(folder)
    failed = run_latest(folder, workers)
    drift = compare_results(paths.ROOT, folder / "tree", failed)
    return drift._replace(versions=compare_versions(folder))


def check_finished(root: Path) -> None:
    """Refuse a folder whose results are not those of a finished run.

    >>> check_finished(Path("nowhere"))
    Traceback (most recent call last):
    compendium.errors.DataError: nowhere: found no results/verdicts.csv; run the compendium first
    """
    if not (root / "results" / "verdicts.csv").is_file():
        raise DataError(f"{root}: found no results/verdicts.csv; run the compendium first")


def compare_results(ours: Path, theirs: Path, failed: list[str] | None = None) -> Drift:
    """What differs between two runs.

    Parameters
    ----------
    ours, theirs : Path
        Roots of two copies of the project, each with its ``results`` and ``data/processed``.
    failed : list of str, optional
        What `latest.run_latest` returned.

    Returns
    -------
    Drift
        Its ``versions`` empty. What only one run made has ``not made`` as the other's reading.

    Raises
    ------
    DataError
        If `ours` holds no finished run.
    """
    check_finished(ours)
    found = [move for pattern in KEYED for move in _compare_rows(ours, theirs, pattern)]
    found += [move for pattern in FILES for move in _compare_files(ours, theirs, pattern)]
    changed = {(move[0], move[1]) for move in found}
    found += _compare_pictures(ours, theirs, changed)
    found += _compare_warnings(ours, theirs)
    found.sort(key=lambda move: (ORDER.index(move[0]), *move[1:5]))
    moves = pd.DataFrame(found, columns=MOVE).astype({"difference": float, "cells": int})
    is_close = moves.difference <= CLOSE
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
    return 0.0 if largest < NOTHING else abs(first - second) / largest


def _compare_rows(ours: Path, theirs: Path, pattern: str) -> Iterator[tuple]:
    """Each cell that moved in tables whose rows have names; each row only one run made."""
    keys, what = KEYED[pattern]
    first, second = (_read_rows(root, pattern, keys) for root in (ours, theirs))
    for name in sorted(first.keys() | second.keys()):
        if name not in first or name not in second:
            yield (
                what,
                name,
                "",
                *(_presence(name in rows) for rows in (first, second)),
                math.nan,
                1,
            )
            continue
        for column in sorted(first[name].keys() | second[name].keys()):
            a, b = (rows[name].get(column, ABSENT) for rows in (first, second))
            if a != b:
                yield KINDS.get(column, what), name, column, a, b, _difference(a, b), 1


def _presence(is_there: bool) -> str:
    return "made" if is_there else ABSENT


def _read_rows(root: Path, pattern: str, keys: list[str]) -> dict[str, dict[str, str]]:
    """The rows of all tables that match, by their names."""
    rows = {}
    for path in sorted(root.glob(pattern)):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                rows[" ".join(row[key] for key in keys)] = row
    return rows


def _compare_files(ours: Path, theirs: Path, pattern: str) -> Iterator[tuple]:
    """Each table that moved, with the cell that moved furthest."""
    keyed = {path for known in KEYED for root in (ours, theirs) for path in root.glob(known)}
    names = {
        p.relative_to(r).as_posix() for r in (ours, theirs) for p in set(r.glob(pattern)) - keyed
    }
    for name in sorted(names):
        both = ours / name, theirs / name
        there = [path.is_file() for path in both]
        stem = Path(name).stem
        if not all(there):
            yield FILES[pattern], stem, "", *map(_presence, there), math.nan, 1
        elif moved := _compare_grids(*both):
            yield FILES[pattern], stem, *moved


def _compare_grids(ours: Path, theirs: Path) -> tuple | None:
    """Where two tables differ most (a text first, then the largest difference), and in how much."""
    if ours.read_bytes() == theirs.read_bytes():
        return None
    grids = []
    for path in (ours, theirs):
        with path.open(encoding="utf-8", newline="") as file:
            grids.append(list(csv.reader(file)))
    shapes = [f"{len(grid)} x {max(map(len, grid), default=0)}" for grid in grids]
    if [len(row) for row in grids[0]] != [len(row) for row in grids[1]]:
        return "shape", *shapes, math.nan, 1
    head = grids[0][0]
    moved = [
        (_difference(a, b), number, head[place] or str(place + 1), a, b)
        for number, (first, second) in enumerate(zip(*grids), start=1)
        for place, (a, b) in enumerate(zip(first, second))
        if a != b
    ]
    if not moved:
        return None
    far, row, column, a, b = max(moved, key=lambda m: math.inf if math.isnan(m[0]) else m[0])
    return f"row {row}, {column}", a, b, far, len(moved)


def _compare_pictures(ours: Path, theirs: Path, changed: set) -> Iterator[tuple]:
    """Each figure whose picture moved though its data did not."""
    for path in sorted((ours / "results" / "figures").glob("*.csv")):
        if ("figure data", path.stem) in changed:
            continue
        moved = [
            end
            for end in ("png", "svg")
            if _picture(path, ours, end) != _picture(path, theirs, end)
        ]
        if moved:
            yield "picture", path.stem, ", ".join(moved), "", "", math.nan, len(moved)


def _picture(path: Path, root: Path, end: str) -> bytes | None:
    picture = root / "results" / "figures" / f"{path.stem}.{end}"
    return picture.read_bytes() if picture.is_file() else None


def _compare_warnings(ours: Path, theirs: Path) -> Iterator[tuple]:
    """Each warning in an executed notebook that the other run does not give: drift to come."""
    folder = Path("results", "notebooks")
    for path in sorted((theirs / folder).glob("*.ipynb")):
        first, second = _read_warnings(ours / folder / path.name), _read_warnings(path)
        for warning in sorted(second - first):
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
    changes = [f"{r.package} {r.ours or '(none)'} -> {r.latest}" for r in direct.itertuples()]
    lines = [
        f"packages of another version: {len(drift.versions)}, {len(changes)} named in pyproject"
    ]
    lines += [f"  {change}" for change in changes]
    lines += [f"{len(drift.failed)} failed"] + [f"  {message}" for message in drift.failed]
    counts = drift.moves.what.value_counts()
    told = [f"{counts[what]} {what}" for what in ORDER if what in counts]
    lines.append("moved: " + (", ".join(told) or "nothing"))
    for _, moves in drift.moves.groupby("what", sort=False):
        lines += [f"  {_tell(move)}" for move in moves.head(longest).to_dict("records")]
        if len(moves) > longest:
            lines.append(f"  ... and {len(moves) - longest} more")
    lines.append(f"the same to six digits only: {len(drift.close)}")
    return "\n".join(lines)


def _tell(move: dict) -> str:
    place = ", ".join(part for part in (move["name"], move["cell"]) if part)
    text = f"{move['what']} {place}"
    if move["ours"] or move["latest"]:
        text += f": {move['ours'] or '(blank)'} -> {move['latest'] or '(blank)'}"
    if move["cells"] > 1 and move["what"] in FILES.values():
        text += f" (furthest of {move['cells']} cells)"
    return text if math.isnan(move["difference"]) else f"{text}, {move['difference']:.2g} relative"
