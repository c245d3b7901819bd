"""What each run read, wrote and judged, and from what state of the files.

While a notebook runs, the readers and writers note what they do and in which cell; the runner
turns these notes into one record beside the results. Whoever asks where a number comes from, or
whether the results are still those of the files at hand, asks the records: nothing is kept by hand.
"""

import hashlib
import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from compendium import paths
from compendium.errors import DataError, shorten


def read_log(work: Path) -> list[dict[str, Any]]:
    """What a run noted, in the order it happened."""
    lines = (work / paths.RUN_LOG).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def make_record(
    about: dict[str, Any], log: list[dict[str, Any]], kept: Iterable[Path], work: Path
) -> dict[str, Any]:
    """The record of one run.

    Parameters
    ----------
    about : dict
        ``run``, ``notebook``, ``title``, ``parameters``, ``given``, ``page``, ``executed``.
    log : list of dict
        As `read_log` returns.
    kept : iterable of Path
        What the run was made from beside what it noted: its notebook, modules, the lock.
    work : Path
        The run's folder; everything in it but the log is what the run made.

    Returns
    -------
    dict
        ``about``, and ``read``, ``wrote`` (each with ``cell``, the n of ``In [n]``), ``judged``
        (values with the printed cells they rest on), ``answered`` (each name with its value),
        ``made_from`` and ``made`` (SHA-256).
    """
    noted: dict[str, list] = {"read": [], "wrote": [], "judged": [], "answered": []}
    for line in log:
        if "judged" in line:
            noted["judged"].append({"cell": line["cell"], "values": line["judged"]})
        elif "answered" in line:
            said = {"name": line["answered"], "value": line["value"]}
            noted["answered"].append({"cell": line["cell"], **said})
        elif "wrote" in line:
            noted["wrote"].append({"cell": line["cell"], "file": line["wrote"]})
        else:
            entry = {"cell": line["cell"], "file": line["read"], "how": line["how"]}
            noted["read"] += [entry] if entry not in noted["read"] else []
    read = {paths.find_file(entry["file"]) for entry in noted["read"]}
    made = {
        path.relative_to(work).as_posix(): hash_file(path)
        for path in sorted(work.rglob("*"))
        if path.is_file() and path.name != paths.RUN_LOG.name
    }
    # By name: where the study and the project lie must not decide the order.
    sources = {Path(paths.name_file(path)): path for path in {*kept, *read}}
    made_from = {name.as_posix(): hash_file(sources[name]) for name in sorted(sources)}
    return about | noted | {"made_from": made_from, "made": made}


def read_records() -> list[dict[str, Any]]:
    """The records of the last reproduction, sorted by run.

    Raises
    ------
    DataError
        If there are none.
    """
    found = sorted((paths.RESULTS / "records").glob("*.json"))
    if not found:
        raise DataError("results/records: found no record of a run; run `compendium reproduce`")
    return [json.loads(path.read_text(encoding="utf-8")) for path in found]


def write_answers() -> None:
    """Write what the last runs found, as they said it: ``results/answers.csv``, in one step."""
    found = [
        {"run": record["run"], "name": said["name"], "value": said["value"]}
        for path in sorted((paths.RESULTS / "records").glob("*.json"), key=lambda path: path.stem)
        for record in [json.loads(path.read_text(encoding="utf-8"))]
        for said in record.get("answered", [])
    ]
    paths.RESULTS.mkdir(parents=True, exist_ok=True)
    draft = paths.RESULTS / "answers.csv.part"
    table = pd.DataFrame(found, columns=["run", "name", "value"])
    table.to_csv(draft, index=False, lineterminator="\n")
    draft.replace(paths.RESULTS / "answers.csv")


def read_seconds(run: str) -> float:
    """How long a run took, wall clock, in seconds.

    Raises
    ------
    DataError
        If no run of that name was timed.
    """
    path = paths.RESULTS / "records" / f"{run}.seconds"
    if not path.exists():
        raise DataError(f"results/records/{path.name}: found no such file; run it again")
    return float(path.read_text(encoding="utf-8"))


def check_sources(records: list[dict[str, Any]]) -> None:
    """Refuse records of another state of the raw data, the notebooks, the package or the lock.

    Raises
    ------
    DataError
        In one line, with the first files that are not what they were.
    """
    expected = {name: sha for record in records for name, sha in record["made_from"].items()}
    changed = [name for name, sha in expected.items() if _hash_now(name) != sha]
    ran = {record["notebook"] for record in records}
    changed += [
        name
        for path in sorted(paths.NOTEBOOKS.glob("[0-9]*.ipynb"))
        if (name := paths.name_file(path)) not in ran
    ]
    _refuse(changed, "the results are of another version of")


def check_current(records: list[dict[str, Any]]) -> None:
    """Refuse results that are of another state of the files, or were changed since they were made.

    Raises
    ------
    DataError
        As `check_sources` does; or with the first results that are not what a run wrote.
    """
    check_sources(records)
    expected = {name: sha for record in records for name, sha in record["made"].items()}
    changed = [name for name, sha in expected.items() if _hash_now(name) != sha]
    _refuse(changed, "these results are not what the run wrote:")


def _refuse(changed: list[str], what: str) -> None:
    if changed:
        raise DataError(f"{what} {shorten(changed)}; run `compendium reproduce`")


def _hash_now(name: str) -> str:
    """The SHA-256 a file has now; empty if it is gone."""
    path = paths.find_file(name)
    return hash_file(path) if path.is_file() else ""


def hash_file(path: Path) -> str:
    """The SHA-256 of a file's content."""
    state = path.stat()
    return _hash(path, state.st_mtime_ns, state.st_size)


@cache
def _hash(path: Path, changed: int, size: int) -> str:
    """Read once for each state of the file: many runs ask for the same raw data."""
    del changed, size
    return hashlib.sha256(path.read_bytes()).hexdigest()
