"""What each run read, wrote, judged and answered, and from what state of the files.

While a notebook runs, the readers and writers note what they do and in which cell; the runner
turns these notes into one record beside the results. Whoever asks where a number comes from, or
whether the results are still those of the files at hand, asks the records: nothing is kept by hand.
"""

import csv
import ctypes
import hashlib
import io
import json
import platform
import re
from collections.abc import Iterable
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

from compendium import paths
from compendium.errors import DataError, shorten
from compendium.settings import read_study

# What lies in the results, and what it is.
_INDEX = [
    ("report.html", "everything in one page, the findings first"),
    ("verdicts.csv", "each printed value with what was computed, and its verdict"),
    ("answers.csv", "each number of the notebooks' prose, with the run that found it"),
    ("claims.csv", "the propositions with their grades"),
    ("claims-further.csv", "the findings of the other chapters and works, with their grades"),
    ("figures/*.svg", "figures; beside each, its data (.csv), its words (.json), .png and a slide"),
    ("tables/*.csv", "tables, as CSV and as Markdown"),
    ("notebooks/*.html", "the notebooks as run, to be read; and to be opened (.ipynb)"),
    ("records/*.json", "what each run read, wrote, judged and found, and how long it took"),
    ("runs/*", "runs made by hand with other parameters, each with a folder of its own"),
]

# Which notebooks were not run, and why.
_IDLE = "not-run.csv"
# Of the state of the files in which all was up to date.
_CURRENT = ".up-to-date"


def read_log(work: Path) -> list[dict[str, Any]]:
    """What a run noted, in the order it happened."""
    lines = (work / paths.RUN_LOG).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def list_made(work: Path) -> dict[str, Path]:
    """Everything in a run's folder but its log, by its name there."""
    made = (path for path in sorted(work.rglob("*")) if path.is_file())
    return {p.relative_to(work).as_posix(): p for p in made if p.name != paths.RUN_LOG.name}


def make_record(
    about: dict[str, Any], log: list[dict[str, Any]], kept: Iterable[Path], work: Path
) -> dict[str, Any]:
    """The record of one run: `about`, what its `log` says, and the state of its files.

    Parameters
    ----------
    about : dict
        As `Run.about` gives it.
    kept : iterable of Path
        What the run was made from beside what it noted: its notebook, modules, the lock.
    work : Path
        The run's folder; everything in it but the log is what the run made.

    Returns
    -------
    dict
        ``about``, and ``read``, ``wrote`` (each with ``cell``, the n of ``In [n]``), ``judged``
        (values with the printed cells they rest on), ``answered`` (each name with its value),
        ``made_from`` and ``made`` (`take_sum` of each file), and ``machine``: see `name_machine`.
    """
    noted: dict[str, list] = {"read": [], "wrote": [], "judged": [], "answered": []}
    for line in log:
        match line:
            case {"judged": values}:
                did, entry = "judged", {"values": values}
            case {"answered": name, "value": value}:
                did, entry = "answered", {"name": name, "value": value}
            case {"wrote": file}:
                did, entry = "wrote", {"file": file}
            case {"read": file, **how}:
                did, entry = "read", {"file": file, **how}
        entry = {"cell": line["cell"], **entry}
        if did != "read" or entry not in noted["read"]:
            noted[did].append(entry)
    read = {paths.find_file(name): columns for name, columns in list_read(noted["read"]).items()}
    # By name: where the study and the project lie must not decide the order.
    sources = {Path(paths.name_file(path)): path for path in {*kept, *read}}
    made_from = {
        name.as_posix(): take_sum(sources[name], read.get(sources[name], []))
        for name in sorted(sources)
    }
    made = {name: paths.hash_file(path) for name, path in list_made(work).items()}
    return about | noted | {"made_from": made_from, "made": made, "machine": name_machine()}


def list_read(read: Iterable[dict[str, Any]]) -> dict[str, list[str]]:
    """The columns that a run read of each file, by the ``read`` of its record; [] if all.

    >>> list_read([{"file": "t.csv", "columns": ["b"]}, {"file": "t.csv", "columns": ["a", "b"]}])
    {'t.csv': ['a', 'b']}
    >>> list_read([{"file": "t.csv", "columns": ["b"]}, {"file": "t.csv"}])
    {'t.csv': []}
    """
    found: dict[str, list[list[str]]] = {}
    for entry in read:
        found.setdefault(entry["file"], []).append(entry.get("columns", []))
    return {
        file: sorted(set(chain(*columns))) if all(columns) else []
        for file, columns in found.items()
    }


def take_sum(path: Path, columns: Iterable[str] = ()) -> str:
    """The SHA-256 of a file; or that of some columns of a table, and which they are."""
    if not (names := tuple(columns)):
        return paths.hash_file(path)
    state = path.stat()
    return f"{_hash_columns(path, names, state.st_mtime_ns, state.st_size)} of {', '.join(names)}"


@cache
def _hash_columns(path: Path, names: tuple[str, ...], _changed: int, _size: int) -> str:
    """Once for each state of the file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        cells = [[row.get(name) for name in names] for row in csv.DictReader(file)]
    return hashlib.sha256(json.dumps(cells).encode()).hexdigest()


@cache
def name_machine() -> dict[str, str]:
    """What may differ in a last digit: the Python, and the linear algebra with its kernel.

    >>> sorted(name_machine())
    ['blas', 'python']
    """
    import numpy as np  # noqa: PLC0415 - whoever only reads records does without

    built = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    name = f"{built['name']} {built['version']}"
    for path in sorted(Path(np.__file__).parents[1].glob("numpy.libs/*openblas*")):
        library = ctypes.CDLL(str(path))
        for ask in ("scipy_openblas_get_corename64_", "openblas_get_corename64_"):
            if hasattr(library, ask):
                getattr(library, ask).restype = ctypes.c_char_p
                name += f", {getattr(library, ask)().decode()}"
    return {"python": ".".join(platform.python_version_tuple()[:2]), "blas": name}


def read_records() -> list[dict[str, Any]]:
    """The records of the last reproduction, sorted by run; there must be some (DataError)."""
    found = _read_records()
    if not found:
        raise DataError("results/records: found no record of a run; run `compendium reproduce`")
    return found


def _read_records() -> list[dict[str, Any]]:
    found = sorted((paths.RESULTS / "records").glob("*.json"), key=lambda path: path.stem)
    return [read_record(path) for path in found]


@paths.once_a_state
def read_record(path: Path) -> dict[str, Any]:
    """The record of one run, as `make_record` made it."""
    return json.loads(path.read_text(encoding="utf-8"))


def list_answers(records: list[dict[str, Any]]) -> str:
    """What the runs found, as they said it: CSV of ``run``, ``name`` and ``value``."""
    said = ((r["run"], a["name"], a["value"]) for r in records for a in r.get("answered", []))
    return _as_csv([("run", "name", "value"), *said])


def _as_csv(rows: Iterable[tuple]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def write_answers() -> None:
    """Write what the last runs found: ``results/answers.csv``, in one step; then the index."""
    paths.write_file(paths.RESULTS / "answers.csv", list_answers(_read_records()))
    write_index()


def read_findings() -> list[dict[str, str]]:
    """What the study says it found, each number filled in from the runs that gave it.

    In a sentence ``{run/name}`` stands for an answer, ``{caption}`` for what its figure says. A
    finding whose run has not been, or said nothing of that name, is left out.
    """
    given = {f"{record['run']}/{said['name']}": said["value"]
             for record in _read_records() for said in record.get("answered", [])}  # fmt: skip
    found = []
    for finding in read_study().findings:
        words = paths.RESULTS / "figures" / f"{finding['figure']}.json"
        if words.is_file():
            figure = json.loads(words.read_text(encoding="utf-8"))
            known = given | {"caption": figure["caption"]}
            parts = re.split(r"{([^}]+)}", finding["says"])
            if known.keys() >= set(parts[1::2]):
                parts[1::2] = [known[name] for name in parts[1::2]]
                found.append(finding | {"says": "".join(parts), "words": figure})
    return found


def write_index() -> None:
    """Write ``results/README.md``: what lies where, and how many of each there are."""
    count = {name: sum(1 for _ in paths.RESULTS.glob(name)) for name, _ in _INDEX}
    lines = [f"| `{name}` | {count[name]} | {words} |" for name, words in _INDEX if count[name]]
    head = ["# Results", "", "Made by the last run; nothing here is typed, and all may be deleted.",
            "", "| where | files | what |", "| --- | --- | --- |"]  # fmt: skip
    paths.write_file(paths.RESULTS / "README.md", "\n".join([*head, *lines]) + "\n")


def write_idle(idle: dict[str, str]) -> None:
    """Write which notebooks had nothing to do, and why: ``results/not-run.csv``, if any had."""
    path = paths.RESULTS / _IDLE
    if idle:
        paths.write_file(path, _as_csv([("notebook", "why"), *idle.items()]))
    else:
        path.unlink(missing_ok=True)


def read_idle() -> dict[str, str]:
    """The notebooks that had nothing to do in the last reproduction, each with why."""
    path = paths.RESULTS / _IDLE
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    return {row["notebook"]: row["why"] for row in csv.DictReader(text.splitlines())}


def read_inputs() -> tuple:
    """The state of all that a reproduction is made from: by their times, their content unread."""
    own = [paths.PACKAGE, paths.LOCK, paths.STUDY / "src", paths.STUDY / paths.MANIFEST]
    return paths.read_state(*own, paths.NOTEBOOKS, paths.RAW)


def stamp_current(inputs: tuple) -> None:
    """Note that all is up to date, made from these inputs, unless one was changed meanwhile."""
    if inputs == read_inputs():
        paths.write_file(paths.RESULTS / _CURRENT, _digest_state())


def is_current() -> bool:
    """Whether no file has been touched since all was up to date; `stamp_current` noted that."""
    path = paths.RESULTS / _CURRENT
    return path.is_file() and path.read_text(encoding="utf-8") == _digest_state()


def _digest_state() -> str:
    folders = [paths.RESULTS / name for name in ("figures", "tables", "notebooks", "records")]
    files = [path for path in paths.RESULTS.glob("[!.]*") if path.is_file()]
    made = paths.read_state(paths.PROCESSED, paths.STUDY / "pytask.lock", *folders, *files)
    return hashlib.sha256(repr((read_inputs(), made)).encode()).hexdigest()


def read_seconds(run: str) -> float:
    """How long a run took, wall clock, in seconds; it must have been timed (DataError)."""
    path = paths.RESULTS / "records" / f"{run}.seconds"
    if not path.exists():
        raise DataError(f"results/records/{path.name}: found no such file; run it again")
    return float(path.read_text(encoding="utf-8"))


def check_sources(records: list[dict[str, Any]]) -> None:
    """Refuse records of another state of the raw data, the notebooks, the package or the lock.

    In one line, with the first files that are not what they were (DataError).
    """
    ran = {record["notebook"] for record in records}
    ran |= {f"notebooks/{name}.ipynb" for name in read_idle()}
    present = map(paths.name_file, sorted(paths.NOTEBOOKS.glob("[0-9]*.ipynb")))
    changed = find_changed(*(record["made_from"] for record in records))
    _refuse(
        changed + [name for name in present if name not in ran],
        "the results are of another version of",
    )


def check_current(records: list[dict[str, Any]]) -> None:
    """Refuse results of another state of the files, or that no run made so (DataError)."""
    check_sources(records)
    changed = find_changed(*(record["made"] for record in records))
    _refuse(changed, "these results are not what the run wrote:")


def _refuse(changed: list[str], what: str) -> None:
    if changed:
        raise DataError(f"{what} {shorten(changed)}; run `compendium reproduce`")


def find_changed(*states: dict[str, str]) -> list[str]:
    """The files that are not, here and now, what they were when their sums were taken."""
    changed = {}
    for name, was in {pair: None for state in states for pair in state.items()}:
        path, (_, _, columns) = paths.find_file(name), was.partition(" of ")
        if not path.is_file() or take_sum(path, filter(None, columns.split(", "))) != was:
            changed[name] = None
    return [*changed]
