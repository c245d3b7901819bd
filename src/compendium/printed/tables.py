"""Read the transcription, held to its schema.

Raw data is what is printed, misprints included. What each table may hold is said in `fields.csv`
(see `descriptor`); this module is the only door to the files, and a file that breaks its schema
does not get through it: every breach is named at once, in one error.
"""

import copy
import csv
import hashlib
import re
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from compendium import paths
from compendium.errors import DataError
from compendium.printed import descriptor
from compendium.printed.descriptor import read_descriptor

if TYPE_CHECKING:
    import frictionless


class PrintedCell(NamedTuple):
    """A cell that holds something printed."""

    value_id: str
    file: str
    row: int  # 1 is the header
    column: str
    text: str
    unit: str
    item: str
    of_row: dict[str, str]  # all of its row, as text
    field: dict[str, Any]  # what the descriptor says of its column


def read_table(name: str) -> pd.DataFrame:
    """A raw table, by item id or by resource name, checked against its schema.

    Parameters
    ----------
    name : str
        The table's path without ``.csv``, or its name in the data package.

    Returns
    -------
    DataFrame
        One row per row of the file. Integers are ``Int64``; everything else is text exactly as
        transcribed, so that ``0.40`` keeps its precision. Blank cells are missing, never 0.

    Raises
    ------
    DataError
        If there is no such table (those there are are named), or the file breaks its schema
        (every breach with file, row, column, what was found and what is allowed).

    Examples
    --------
    >>> int(read_table("sources").source_id.isna().sum())
    0
    """
    resource = _resource(name)
    paths.note_read(paths.RAW / resource["path"], how="table")
    return _read(resource)


def _read(resource: dict[str, Any]) -> pd.DataFrame:
    problems = breaches(resource["name"])
    if problems:
        raise DataError(_sentence(problems))
    path = paths.RAW / resource["path"]
    table = pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""])
    integers = [f["name"] for f in resource["schema"]["fields"] if f["type"] == "integer"]
    return table.astype({column: "Int64" for column in integers})


def cells() -> pd.DataFrame:
    """Every transcribed cell that holds something printed, with its address.

    Returns
    -------
    DataFrame
        ``value_id`` (item, row keys and column joined by ``/``; a column called ``printed`` is
        left out of the id), ``file``, ``row`` (1 is the header), ``column``, ``text`` (with the
        qualifier in front, where the table has one) and ``unit``. Blank cells are not listed.
    """
    return pd.DataFrame([cell[:6] for cell in list_cells()], columns=PrintedCell._fields[:6])


def list_cells() -> tuple[PrintedCell, ...]:
    """The same cells, each with its row and what the descriptor says of its column."""
    for resource in _resources():
        paths.note_read(paths.RAW / resource["path"], how="ledger")
    return _cells(read_state())


@cache
def _cells(state: tuple) -> tuple[PrintedCell, ...]:
    """Gathered once for each state of the files."""
    del state
    return tuple(c for resource in _resources() if "values" in resource for c in _walk(resource))


def _walk(resource: dict[str, Any]) -> list[PrintedCell]:
    table = _read(resource).astype("object").fillna("").astype(str)
    fields = {field["name"]: field for field in resource["schema"]["fields"]}
    of_item = resource.get("itemField")
    keys = [key for key in resource["schema"]["primaryKey"] if key != of_item]
    found = []
    for position, row in enumerate(table.to_dict("records"), start=2):
        item = row[of_item] if of_item else resource["item"]
        for column in resource["values"]:
            if row[column]:
                parts = [item, *(row[key] for key in keys), *([column] * (column != "printed"))]
                text = f"{row.get('qualifier', '')} {row[column]}".strip()
                unit = row.get("unit") or fields[column].get("unit", "")
                place = (resource["path"], position, column)
                found.append(PrintedCell("/".join(parts), *place, text, unit, item, row,
                                         fields[column]))  # fmt: skip
    return found


def allowed_values(name: str, column: str) -> list[str]:
    """What a table may hold in one column; empty if that is not listed.

    >>> allowed_values("coding/leanings", "confidence")
    ['certain', 'likely', 'contested']
    """
    fields = {field["name"]: field for field in _resource(name)["schema"]["fields"]}
    return fields[column].get("constraints", {}).get("enum", [])


def check_package() -> None:
    """Hold every raw file to its schema and its checksum, unless it is what it was when it held.

    Raises
    ------
    DataError
        With all breaches of all files.
    """
    problems = find_problems()
    if problems:
        raise DataError(_sentence(problems))
    _stamp().parent.mkdir(parents=True, exist_ok=True)
    _stamp().write_text(_digest(read_state()), encoding="utf-8")


def find_problems() -> list[str]:
    """All breaches of all files, and every file that is not what its checksum says."""
    if _has_held(read_state()):
        return []
    return [breach for r in _resources() for breach in breaches(r["name"])] + changed_files()


def _stamp() -> Path:
    return paths.RESULTS / ".raw-checked"


@cache
def _digest(state: tuple) -> str:
    """Of what decides whether raw data holds: every file, this room, Frictionless's version."""
    del state
    rest = [Path(__file__), Path(descriptor.__file__), paths.LOCK]
    sums = [*descriptor.sum_files().values(), *(paths.hash_file(path) for path in rest)]
    return hashlib.sha256("".join(sums).encode()).hexdigest()


def _has_held(state: tuple) -> bool:
    """Whether the raw data was checked as it is now: a kernel need not check it again."""
    return _stamp().exists() and _stamp().read_text(encoding="utf-8") == _digest(state)


def changed_files() -> list[str]:
    """What in the raw folder disagrees with ``SHA256SUMS``; a study at work may have none yet."""
    sums = paths.RAW / "SHA256SUMS"
    if not sums.exists():
        return []
    lines = sums.read_text(encoding="utf-8").splitlines()
    expected = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    present = descriptor.sum_files()
    return [
        f"data/raw/{name}: SHA-256 is {present.get(name, 'that of no file')[:12]}, "
        f"SHA256SUMS allows {expected.get(name, 'no such file')[:12]}"
        for name in sorted(expected.keys() | present.keys())
        if expected.get(name) != present.get(name)
    ]


def breaches(name: str) -> list[str]:
    """Every breach of its schema by one raw file, as sentences; empty if it keeps it."""
    state = read_state()
    return [] if _has_held(state) else list(_breaches(paths.RAW, _resource(name)["name"], state))


def read_state() -> tuple:
    """What the raw folder holds: what a file may hold can depend on the other files."""
    kept = ((path, path.stat()) for path in sorted(paths.RAW.rglob("*.*")))
    return tuple((str(path), stat.st_mtime_ns, stat.st_size) for path, stat in kept)


@cache
def _breaches(folder: Path, name: str, state: tuple) -> tuple[str, ...]:
    """Checked once for each state of the files: notebooks read the same tables many times."""
    # Only now: it takes a third of a second to import, and raw data that has held needs no check.
    import frictionless  # noqa: PLC0415

    resource = _resource(name)
    if not (folder / resource["path"]).is_file():
        return (f"data/raw/{resource['path']}: found no such file",)
    with (folder / resource["path"]).open(encoding="utf-8-sig", errors="replace") as file:
        head = next(csv.reader(file), [])
    columns = [field["name"] for field in resource["schema"]["fields"]]
    for found, column in zip_longest(head, columns):
        if found != column:
            where = f"data/raw/{resource['path']} row 1, column {column}"
            return (f"{where}: found {found!r}; allowed: {column!r}, of {', '.join(columns)}",)
    rules = [frictionless.checks.row_constraint(formula=f) for f in resource.get("holds", [])]
    described = _package(folder, state).get_resource(name)
    report = described.validate(frictionless.Checklist(checks=rules))
    errors = [error for task in report.tasks for error in task.errors] + list(report.errors)
    # A row with a wrong cell is not asked for more.
    wrong = {e.row_number for e in errors if hasattr(e, "row_number") and e.type != ROW}
    errors = [e for e in errors if e.type != ROW or e.row_number not in wrong]
    return tuple(_describe(resource, error) for error in errors)


ROW = "row-constraint"


@cache
def _package(folder: Path, state: tuple) -> "frictionless.Package":
    """Built once for each state of the files: building costs more than validating."""
    import frictionless  # noqa: PLC0415

    del state
    return frictionless.Package(copy.deepcopy(read_descriptor()), basepath=str(folder))


def _describe(resource: dict[str, Any], error: Any) -> str:
    """One breach as a sentence: file, row, column, what was found and what is allowed."""
    fields = {field["name"]: field for field in resource["schema"]["fields"]}
    place = f"data/raw/{resource['path']}"
    row, column = getattr(error, "row_number", None), getattr(error, "field_name", None)
    place += f" row {row}" if row is not None else ""
    place += f", column {column}" if column else ""
    match error.type:
        case "type-error" | "constraint-error":
            found, allowed = repr(error.cell), _allowed(fields[column])
        case "foreign-key":
            place += f", column {', '.join(error.field_names)}"
            found = ", ".join(map(str, error.field_cells))
            there = _resource(error.reference_name)["path"]
            allowed = f"one of data/raw/{there} ({', '.join(error.reference_field_names)})"
        case "primary-key" | "unique-error":
            keys = resource["schema"]["primaryKey"] if error.type == "primary-key" else [column]
            cells = dict(zip(fields, error.cells))
            place += f", column {', '.join(keys)}" if error.type == "primary-key" else ""
            found = " / ".join(str(cells[key]) for key in keys)
            allowed = f"no two rows alike; it is {error.note}"
        case "row-constraint":
            formula = error.note.split('"')[1]
            named = {n: c for n, c in zip(fields, error.cells) if n in _words(formula)}
            place += f", column {', '.join(named)}"
            found, allowed = " / ".join(str(cell) for cell in named.values()), formula
        case _:
            return f"{place}: {error.message}"
    return f"{place}: found {found}; allowed: {allowed}"


def _words(formula: str) -> set[str]:
    return set(re.findall(r"[a-z_]+", formula))


def _allowed(field: dict[str, Any]) -> str:
    rules = field.get("constraints", {})
    words = [f"a {field['type']}" if field["type"] == "string" else f"an {field['type']}"]
    words += [f"at least {rules['minimum']}"] if "minimum" in rules else []
    words += [f"at most {rules['maximum']}"] if "maximum" in rules else []
    words += ["one of " + ", ".join(map(str, rules["enum"]))] if "enum" in rules else []
    words += [f"matching {rules['pattern']}"] if "pattern" in rules else []
    words += ["not blank"] if rules.get("required") else []
    return ", ".join(words)


def _resources() -> list[dict[str, Any]]:
    return read_descriptor()["resources"]


def _resource(name: str) -> dict[str, Any]:
    by_name = {r["name"]: r for r in _resources()}
    by_name |= {r["path"].removesuffix(".csv"): r for r in _resources()}
    if name not in by_name:
        known = ", ".join(sorted(r["path"].removesuffix(".csv") for r in _resources()))
        raise DataError(f"data/raw/tables.csv: found no table {name!r}; allowed: {known}")
    return by_name[name]


def _sentence(problems: list[str]) -> str:
    return "the raw data breaks its schema:\n  " + "\n  ".join(problems)
