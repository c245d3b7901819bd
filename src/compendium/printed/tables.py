"""Read the transcription, held to its schema.

Raw data is what is printed, misprints included. Each table has its schema in `datapackage.json`
(a Frictionless Data Package); this module is the only door to the files, and a file that breaks
its schema does not get through it: every breach is named at once, in one error.
"""

import hashlib
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from compendium import paths
from compendium.errors import DataError

if TYPE_CHECKING:
    import frictionless


def read_table(name: str) -> pd.DataFrame:
    """A raw table, by item id or by resource name, checked against its schema.

    Parameters
    ----------
    name : str
        ``"elston2005/table-3.4"``, or a name of the data package: ``"published"``.

    Returns
    -------
    DataFrame
        One row per row of the file. Integers are ``Int64``; everything else is text exactly as
        transcribed, so that ``0.40`` keeps its precision. Blank cells are missing, never 0.

    Raises
    ------
    DataError
        If there is no such table (the closest names are given), or the file breaks its schema
        (every breach with file, row, column, what was found and what is allowed).

    Examples
    --------
    >>> circulars = read_table("elston2005/table-3.4")
    >>> int(circulars.set_index("year").loc[1998, "circulars"])
    242
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
    """Every transcribed cell that holds a printed value, with its address.

    Returns
    -------
    DataFrame
        ``value_id`` (item, row keys and column joined by ``/``; a column called ``printed`` is
        left out of the id), ``file``, ``row`` (1 is the header), ``column``, ``text`` (with the
        qualifier in front, where the table has one) and ``unit``. Blank cells are not listed.
    """
    for resource in _resources():
        paths.note_read(paths.RAW / resource["path"], how="ledger")
    return _cells(_state()).copy()


@cache
def _cells(state: tuple) -> pd.DataFrame:
    """Gathered once for each state of the files."""
    del state
    found = [cell for resource in _resources() for cell in _cells_of(resource)]
    return pd.DataFrame(found, columns=["value_id", "file", "row", "column", "text", "unit"])


def read_descriptor() -> dict[str, Any]:
    """The data package: resources, their schemas, sources and licences."""
    return _parse(_descriptor_text())


def allowed_values(name: str, column: str) -> list[str]:
    """What the schema of a table allows in one column; empty if it does not list it.

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
    _stamp().write_text(_digest(_state()), encoding="utf-8")


def find_problems() -> list[str]:
    """All breaches of all files, and every file that is not what its checksum says."""
    if _has_held(_state()):
        return []
    return [breach for r in _resources() for breach in breaches(r["name"])] + changed_files()


def _stamp() -> Path:
    return paths.RESULTS / ".raw-checked"


@cache
def _digest(state: tuple) -> str:
    """Of what decides whether raw data holds: every file, this module, Frictionless's version."""
    del state
    whole = hashlib.sha256()
    files = [path for path in sorted(paths.RAW.rglob("*")) if path.is_file()]
    for path in [*files, Path(__file__), paths.LOCK]:
        whole.update(f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}".encode())
    return whole.hexdigest()


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
    present = {
        path.relative_to(paths.RAW).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(paths.RAW.rglob("*"))
        if path.is_file() and path.name != "SHA256SUMS"
    }
    problems = []
    for name in sorted(expected.keys() | present.keys()):
        if expected.get(name) != present.get(name):
            problems.append(
                f"data/raw/{name}: SHA-256 is {present.get(name, 'that of no file')[:12]}, "
                f"SHA256SUMS allows {expected.get(name, 'no such file')[:12]}"
            )
    return problems


def breaches(name: str) -> list[str]:
    """Every breach of its schema by one raw file, as sentences; empty if it keeps it."""
    state = _state()
    return [] if _has_held(state) else list(_breaches(paths.RAW, _resource(name)["name"], state))


def _state() -> tuple:
    """What the raw folder holds: what a file may hold can depend on the other files."""
    kept = ((path, path.stat()) for path in sorted(paths.RAW.rglob("*.*")))
    return tuple((str(path), stat.st_mtime_ns, stat.st_size) for path, stat in kept)


@cache
def _breaches(folder: Path, name: str, state: tuple) -> tuple[str, ...]:
    """Checked once for each state of the files: notebooks read the same tables many times."""
    del state
    resource = _resource(name)
    fields = {f["name"]: f for f in resource["schema"]["fields"]}
    path = folder / resource["path"]
    if not path.is_file():
        return (f"data/raw/{resource['path']}: found no such file",)
    report = _package(folder, _descriptor_text()).get_resource(name).validate()
    errors = [error for task in report.tasks for error in task.errors] + list(report.errors)
    # Frictionless guesses what separates the columns; whoever reads the file next does not.
    header = path.read_text(encoding="utf-8-sig", errors="replace").split("\n", 1)[0].strip()
    if not errors and header.replace('"', "") != ",".join(fields):
        return (f"data/raw/{resource['path']} row 1: found {header}; allowed: {','.join(fields)}",)
    return tuple(_describe(resource["path"], error, fields) for error in errors)


@cache
def _package(folder: Path, descriptor: str) -> "frictionless.Package":
    """Built once for each state of the descriptor: building costs more than validating."""
    # Only now: it takes a third of a second to import, and raw data that has held needs no check.
    import frictionless  # noqa: PLC0415

    return frictionless.Package(json.loads(descriptor), basepath=str(folder))


def _describe(path: str, error: Any, fields: dict[str, Any]) -> str:
    place = f"data/raw/{path}"
    row, column = getattr(error, "row_number", None), getattr(error, "field_name", None)
    if row is not None:
        place += f" row {row}"
    if column:
        place += f", column {column}"
    if error.type in ("type-error", "constraint-error"):
        return f"{place}: found {error.cell!r}; allowed: {_allowed(fields[column])}"
    if error.type == "missing-label":
        return f"{place}: found no such column; allowed: {', '.join(fields)}"
    if error.type == "incorrect-label":
        return f"{place}: found {error.label!r}; allowed: {column!r}"
    if error.type == "foreign-key":
        columns, found = ", ".join(error.field_names), ", ".join(error.field_cells)
        there = _resource(error.reference_name)["path"]
        keys = ", ".join(error.reference_field_names)
        return (
            f"{place}, column {columns}: found {found}; allowed: one of data/raw/{there} ({keys})"
        )
    if error.type == "primary-key":
        found = ", ".join(str(cell) for cell in error.cells[:3])
        return f"{place}: found {found}, ...; {error.note}"
    return f"{place}: {error.message}"


def _allowed(field: dict[str, Any]) -> str:
    rules = field.get("constraints", {})
    words = [f"a {field['type']}" if field["type"] == "string" else f"an {field['type']}"]
    if "minimum" in rules:
        words.append(f"at least {rules['minimum']}")
    if "maximum" in rules:
        words.append(f"at most {rules['maximum']}")
    if "enum" in rules:
        words.append("one of " + ", ".join(str(value) for value in rules["enum"]))
    if "pattern" in rules:
        words.append(f"matching {rules['pattern']}")
    if rules.get("required"):
        words.append("not blank")
    return ", ".join(words)


def _cells_of(
    resource: dict[str, Any],
) -> Iterator[tuple[str, str, int, str, str, str]]:
    if "values" not in resource:
        return
    table = _read(resource).astype("object")
    schema = resource["schema"]
    units = {field["name"]: field.get("unit", "") for field in schema["fields"]}
    item_field = resource.get("itemField")
    keys = [key for key in schema["primaryKey"] if key != item_field]
    for position, row in enumerate(table.to_dict("records"), start=2):
        item = row[item_field] if item_field else resource["item"]
        for column in resource["values"]:
            if pd.isna(row[column]):
                continue
            words = [row.get("qualifier"), row[column]]
            text = " ".join(str(word) for word in words if not pd.isna(word) and word is not None)
            parts = [item, *(str(row[key]) for key in keys)]
            parts += [] if column == "printed" else [column]
            unit = row.get("unit") or units[column]
            yield "/".join(parts), resource["path"], position, column, text, unit


@cache
def _parse(descriptor: str) -> dict[str, Any]:
    try:
        return json.loads(descriptor)
    except json.JSONDecodeError as error:
        place = f"data/raw/datapackage.json line {error.lineno}, character {error.colno}"
        raise DataError(f"{place}: {error.msg}; allowed: JSON") from None


def _descriptor_text() -> str:
    return (paths.RAW / "datapackage.json").read_text(encoding="utf-8")


def _resources() -> list[dict[str, Any]]:
    return read_descriptor()["resources"]


def _resource(name: str) -> dict[str, Any]:
    by_name = {r["name"]: r for r in _resources()}
    by_name |= {r["item"]: r for r in _resources() if "item" in r}
    by_name |= {r["path"].removesuffix(".csv"): r for r in _resources()}
    if name not in by_name:
        known = ", ".join(sorted(r["path"].removesuffix(".csv") for r in _resources()))
        raise DataError(f"data/raw/datapackage.json: found no table {name!r}; allowed: {known}")
    return by_name[name]


def _sentence(problems: list[str]) -> str:
    return "the raw data breaks its schema:\n  " + "\n  ".join(problems)
