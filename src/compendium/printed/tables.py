"""Read the transcription, held to its schema.

Raw data is what is printed, misprints included. What each table may hold is said in `fields.csv`
(see `descriptor`); this module is the only door to the files, and a file that breaks its schema
does not get through it: every breach is named at once, in one error.
"""

import copy
import csv
import hashlib
import io
import re
from collections.abc import Collection
from contextlib import suppress
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from compendium import paths
from compendium.errors import DataError, refuse
from compendium.printed import descriptor
from compendium.printed.descriptor import read_descriptor

if TYPE_CHECKING:
    import frictionless

# Columns in which two rows say of whom they speak: one fact is of one and the same.
OF_WHOM = ("who", "site")
# What else a row may say of its cells.
_SAID = ("role", "rule", "quantity", "unit", "qualifier", "section", "line", *OF_WHOM)
_OF_ROW = "row-constraint"  # Frictionless's name for what must hold in a row
_OF_LENGTH = ("blank-row", "missing-cell", "extra-cell")
_CHECKED = ".raw-checked"
_BROKEN = "the raw data breaks its schema"


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


def read_table(name: str, columns: Collection[str] = ()) -> pd.DataFrame:
    """A raw table, by its path without ``.csv`` or its name in the data package.

    Or some `columns` of it, in the table's order: a run that reads no more does not hang on what
    the others say. Of what several coders read out of the prose, ``coding/TABLE`` is the
    headline's and ``coding/CODER/TABLE`` that of one. Integers are ``Int64``; everything else is
    text exactly as transcribed, so that ``0.40`` keeps its precision. Blank cells are missing,
    never 0.

    A DataError if there is no such table (those there are are named), or the file breaks its schema
    (every breach with file, row, column, what was found and what is allowed).

    >>> int(read_table("sources").source_id.isna().sum())
    0
    """
    resource = find_table(name)
    paths.note_read(paths.RAW / resource["path"], how="table", columns=columns)
    return _read(resource, columns)


def _read(resource: dict[str, Any], columns: Collection[str] = ()) -> pd.DataFrame:
    refuse(_BROKEN, breaches(resource["name"]))
    return _parse(_digest_table(resource), resource["name"], tuple(columns)).copy()


@cache
def _parse(_digest: str, name: str, columns: tuple[str, ...]) -> pd.DataFrame:
    """Parsed once for each state of the file, which holds: the same tables are read many times."""
    resource = find_table(name)
    path, fields = paths.RAW / resource["path"], resource["schema"]["fields"]
    types = {f["name"]: "Int64" if f["type"] == "integer" else str for f in fields}
    options = {"keep_default_na": False, "na_values": [""], "usecols": [*columns] or None}
    return pd.read_csv(path, dtype=types, **options)


def read_sheet(path: Path) -> pd.DataFrame:
    """A CSV file as text, indexed by its rows (1 is the header); blank is blank."""
    options = {"dtype": str, "keep_default_na": False, "skip_blank_lines": False}
    try:
        sheet = pd.read_csv(path, encoding="utf-8-sig", **options).fillna("")
    except (OSError, ValueError) as error:
        allowed = "CSV in UTF-8, with commas"
        raise DataError(f"cannot read {path}: {error}; allowed: {allowed}") from None
    sheet.index += 2
    return sheet


def cells(items: Collection[str] | None = None) -> pd.DataFrame:
    """Every transcribed cell that holds something printed, or those of some items, by address.

    ``value_id`` (item, row keys and column joined by ``/``; a column called ``printed`` is left out
    of the id), ``file``, ``row`` (1 is the header), ``column``, ``text`` (with the qualifier in
    front, where the table has one) and ``unit``. Blank cells are not listed.
    """
    found = [cell[:6] for cell in list_cells(items)]
    return pd.DataFrame(found, columns=PrintedCell._fields[:6])


def list_cells(items: Collection[str] | None = None) -> list[PrintedCell]:
    """The same cells, each with its row and what the descriptor says of its column.

    No table is read but those that may hold one of the items.
    """
    chosen = [resource for resource in _resources() if "values" in resource]
    if items is not None:
        files = _read(find_table("items")).set_index("item_id").file.reindex(list(items)).dropna()
        # A table of several items lies beside the table of each.
        folders = {file.rpartition("/")[0] for file in files}
        chosen = [
            r for r in chosen if r.get("item") in items or
            ("itemField" in r and r["path"].rpartition("/")[0] in folders)
        ]  # fmt: skip
    known = _remember(read_state())
    for resource in chosen:
        if (name := resource["name"]) not in known:
            refuse(_BROKEN, breaches(name))
            known[name] = _list_said(resource), _gather(_digest_table(resource), name)
        paths.note_read(paths.RAW / resource["path"], how="ledger", columns=known[name][0])
    every = (cell for resource in chosen for cell in known[resource["name"]][1])
    return [cell for cell in every if items is None or cell.item in items]


@cache
def _remember(_state: tuple) -> dict[str, tuple[list[str], list[PrintedCell]]]:
    """Of each table that was asked for in a state of the files, what is taken of it, and cells."""
    return {}


def _list_said(resource: dict[str, Any]) -> list[str]:
    """The columns from which the ledger takes something; the others speak to the reader alone."""
    schema = resource["schema"]
    said = " ".join(f.get(key, "") for f in schema["fields"] for key in ("rule", "quantity"))
    known = {*schema["primaryKey"], *resource["values"], *_SAID, resource.get("itemField")}
    known |= set(re.findall(r"{(\w+)}", said))
    return [field["name"] for field in schema["fields"] if field["name"] in known]


@cache
def _gather(_digest: str, name: str) -> list[PrintedCell]:
    """Gathered once for each state of the table."""
    found, resource = [], find_table(name)
    fields, of_item = _name_fields(resource), resource.get("itemField")
    keys = [key for key in resource["schema"]["primaryKey"] if key != of_item]
    table = _read(resource).astype("object").fillna("").astype(str)
    for number, row in enumerate(table.to_dict("records"), start=2):
        item = row[of_item] if of_item else resource["item"]
        for column in resource["values"]:
            if row[column]:
                parts = [item, *(row[key] for key in keys), *([column] * (column != "printed"))]
                text = f"{row.get('qualifier', '')} {row[column]}".strip()
                unit = row.get("unit") or fields[column].get("unit", "")
                said = (resource["path"], number, column, text, unit, item, row, fields[column])
                found.append(PrintedCell("/".join(parts), *said))
    return found


def _name_fields(resource: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {field["name"]: field for field in resource["schema"]["fields"]}


def allowed_values(name: str, column: str) -> list[str]:
    """What a table may hold in one column; empty if that is not listed.

    >>> allowed_values("coding/leanings", "confidence")
    ['certain', 'likely', 'contested']
    """
    return _name_fields(find_table(name))[column].get("constraints", {}).get("enum", [])


def check_package() -> None:
    """Hold every raw file to its schema and its checksum; a table that held is not asked again.

    All breaches of all files are in one DataError.
    """
    refuse(_BROKEN, find_problems())
    held = {_digest_table(resource) for resource in _resources()}
    if held != _read_held(paths.RESULTS / _CHECKED):
        _keep(_CHECKED, "\n".join(sorted(held)))


def find_problems() -> list[str]:
    """All breaches of all files, and every file that is not what its checksum says."""
    return [breach for r in _resources() for breach in breaches(r["name"])] + changed_files()


def stamp(check: str) -> None:
    """Note that a check held of the raw data as it is now: a kernel need not check it again."""
    _keep(check, digest_state())


def _keep(check: str, text: str) -> None:
    # Where nothing can be written, it is checked again the next time.
    with suppress(OSError):
        paths.write_file(paths.RESULTS / check, text)


def has_held(check: str) -> bool:
    """Whether a check held of the raw data as it is now; see `stamp`."""
    return digest_state() in _read_held(paths.RESULTS / check)


@paths.once_a_state
def digest_state() -> str:
    """Of what decides whether raw data holds: every file, this room, Frictionless's version."""
    rules = map(paths.hash_file, sorted(paths.STUDY.glob("src/*/rules.py")))
    return _join(*descriptor.sum_files().values(), *rules, _digest_room())


@cache
def _digest_room() -> str:
    room = sorted(Path(__file__).parent.glob("*.py"))
    return _join(*map(paths.hash_file, [*room, paths.LOCK]))


def _join(*parts: str) -> str:
    return hashlib.sha256("".join(parts).encode()).hexdigest()


def _digest_table(resource: dict[str, Any]) -> str:
    """Of what decides whether a table holds: itself, those it refers to, what is said of it."""
    files = [paths.RAW / one["path"] for one in [resource, *_list_referred(resource)]]
    sums = [paths.hash_file(path) if path.is_file() else "" for path in files]
    return _join(repr(resource), *sums, _digest_room())


def _list_referred(resource: dict[str, Any]) -> list[dict[str, Any]]:
    keys = resource["schema"].get("foreignKeys", [])
    names = {key["reference"]["resource"] for key in keys} - {resource["name"]}
    return [find_table(name) for name in sorted(names)]


@paths.once_a_state
def _read_held(path: Path) -> set[str]:
    """The digests of what held when it was last checked."""
    return set(path.read_text(encoding="utf-8").split()) if path.is_file() else set()


def changed_files() -> list[str]:
    """What in the raw folder disagrees with ``SHA256SUMS``; a study at work may have none yet."""
    sums = paths.RAW / "SHA256SUMS"
    if not sums.exists():
        return []
    lines = sums.read_text(encoding="utf-8").splitlines()
    listed, present = dict(line.split("  ", 1)[::-1] for line in lines), descriptor.sum_files()
    return [
        f"data/raw/{name}: SHA-256 is {present.get(name, 'that of no file')[:12]}, "
        f"SHA256SUMS allows {listed.get(name, 'no such file')[:12]}"
        for name in sorted(listed.keys() | present.keys())
        if listed.get(name) != present.get(name)
    ]


def breaches(name: str) -> list[str]:
    """Every breach of its schema by one raw file, as sentences; empty if it keeps it."""
    digest = _digest_table(resource := find_table(name))
    held = _read_held(paths.RESULTS / _CHECKED)
    return [] if digest in held else list(_find_breaches(resource["name"], digest))


def read_state() -> tuple:
    """What the raw folder holds: what a file may hold can depend on the other files."""
    return paths.read_state(paths.RAW)


@cache
def _find_breaches(name: str, _digest: str) -> tuple[str, ...]:
    """Checked once for each state of the files: notebooks read the same tables many times."""
    resource = find_table(name)
    place = f"data/raw/{resource['path']}"
    if not (paths.RAW / resource["path"]).is_file():
        return (f"{place}: found no such file",)
    columns = [field["name"] for field in resource["schema"]["fields"]]
    try:
        text = descriptor.read_text(paths.RAW / resource["path"])
    except DataError as error:
        return (str(error),)
    head = next(csv.reader(io.StringIO(text)), [])
    for found, column in zip_longest(head, columns):
        if found != column:
            allowed = f"{column!r}, of {', '.join(columns)}"
            return (f"{place} row 1, column {column}: found {found!r}; allowed: {allowed}",)
    import frictionless  # noqa: PLC0415

    # Beside those it refers to; what these refer to in turn is not asked.
    beside = [
        one | {"schema": {"fields": one["schema"]["fields"]}} for one in _list_referred(resource)
    ]
    said = copy.deepcopy({"name": "raw", "resources": [resource, *beside]})
    package = frictionless.Package(said, basepath=str(paths.RAW))
    report = package.get_resource(resource["name"]).validate(_list_checks(resource))
    errors = [error for task in report.tasks for error in task.errors] + list(report.errors)
    # Bytes that are no text are said of the file that holds them, not of each that refers to it.
    errors = [error for error in errors if error.type != "encoding-error"]
    # A row with a wrong cell is not asked what must hold in it; one of another length, nothing.
    wrong = {e.row_number for e in errors if hasattr(e, "row_number") and e.type != _OF_ROW}
    odd = {e.row_number for e in errors if e.type in _OF_LENGTH}
    kept = [e for e in errors if e.type != _OF_ROW or e.row_number not in wrong]
    kept = [e for e in kept if e.type in _OF_LENGTH or getattr(e, "row_number", 0) not in odd]
    return tuple(dict.fromkeys(_describe(resource, error) for error in kept))


def _list_checks(resource: dict[str, Any]) -> "frictionless.Checklist":
    # Only now: it takes a third of a second to import, and raw data that has held needs no check.
    import frictionless  # noqa: PLC0415

    holds = resource.get("holds", [])
    return frictionless.Checklist(
        checks=[frictionless.checks.row_constraint(formula=formula) for formula in holds]
    )


def keep_rows(file: str, rows: list[dict[str, str]]) -> list[bool]:
    """Of each row, given as text, whether what must hold in every row of a file holds in it."""
    resource = find_table(file.removesuffix(".csv"))
    if not rows or "holds" not in resource:
        return [True] * len(rows)
    import frictionless  # noqa: PLC0415

    schema = frictionless.Schema.from_descriptor({"fields": resource["schema"]["fields"]})
    report = frictionless.Resource(data=rows, schema=schema).validate(
        _list_checks(resource), limit_errors=len(rows) * len(resource["schema"]["fields"])
    )
    broken = {error.row_number for error in report.task.errors}
    return [number not in broken for number, _ in enumerate(rows, start=2)]


def _describe(resource: dict[str, Any], error: Any) -> str:
    """One breach as a sentence: file, row, column, what was found and what is allowed."""
    fields = _name_fields(resource)
    row, columns = getattr(error, "row_number", None), [getattr(error, "field_name", "")]
    cells = dict(zip(fields, getattr(error, "cells", [])))
    allowed = f"no two rows alike; it is {error.note}"
    match error.type:
        case "type-error" | "constraint-error":
            cells, allowed = {columns[0]: repr(error.cell)}, _allowed(fields[columns[0]])
        case "foreign-key":
            columns, there = error.field_names, find_table(error.reference_name)["path"]
            allowed = f"one of data/raw/{there} ({', '.join(error.reference_field_names)})"
        case "primary-key":
            columns = resource["schema"]["primaryKey"]
        case "row-constraint":
            allowed = error.note.split('"')[1]
            columns = [c for c in fields if c in re.findall(r"[a-z_]+", allowed)]
        case kind if kind in _OF_LENGTH:
            found = sum(cell is not None for cell in error.cells)
            where = f"data/raw/{resource['path']} row {row}"
            return f"{where}: found {found or 'no'} cells; allowed: {len(fields)}, as in row 1"
        case kind if kind != "unique-error":
            return f"data/raw/{resource['path']}: {error.message}"
    found = " / ".join(str(cells[column]) for column in columns)
    place = f"data/raw/{resource['path']} row {row}, column {', '.join(columns)}"
    return f"{place}: found {found}; allowed: {allowed}"


def _allowed(field: dict[str, Any]) -> str:
    rules = field.get("constraints", {})
    words = {"minimum": "at least {}", "maximum": "at most {}", "enum": "one of {}",
             "pattern": "matching {}", "required": "not blank"}  # fmt: skip
    said = [
        word.format(", ".join(map(str, rules[key])) if key == "enum" else rules[key])
        for key, word in words.items()
        if key in rules
    ]
    return ", ".join([f"{'an' if field['type'] == 'integer' else 'a'} {field['type']}", *said])


def _resources() -> list[dict[str, Any]]:
    return read_descriptor()["resources"]


def has_table(name: str) -> bool:
    """Whether the study has a table of that name: one without a coding has none of a coding's."""
    try:
        find_table(name)
    except DataError:
        return False
    return True


def find_table(name: str) -> dict[str, Any]:
    """What the data package says of a table; of those that each coder has, of the headline's.

    >>> find_table("coding-cases")["path"]
    'coding/cases.csv'
    """
    by_name = {resource["path"].removesuffix(".csv"): resource for resource in _resources()}
    found = by_name.get(name) or next((r for r in by_name.values() if r["name"] == name), None)
    if found is None and name.count("/") == 1:
        folder, table = name.split("/")
        ours = (f"{folder}/{coder}/{table}" for coder in descriptor.list_coders())
        found = next((by_name[one] for one in ours if one in by_name), None)
    if found is None:
        allowed = ", ".join(sorted(by_name))
        raise DataError(f"data/raw/tables.csv: found no table {name!r}; allowed: {allowed}")
    return found
