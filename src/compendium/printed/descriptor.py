"""The codebook of the raw data, and the data package that is made from it.

`fields.csv` has a row for every column of every table, `tables.csv` one for every table. What a
column may hold, which columns hold printed values and what checks those is said there, once, and
can be read by anybody; `datapackage.json`, for whoever opens the data with other tools, is made
from the two (``make sums``) and never edited.
"""

import csv
import hashlib
import io
import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import nullcontext, suppress
from functools import cache, partial
from operator import itemgetter
from pathlib import Path
from typing import Any

from compendium import paths, settings
from compendium.errors import DataError, refuse
from compendium.printed.vocabulary import ROLES

_HEADS = {
    "tables.csv": "table,title,sources,licence,holds",
    "fields.csv": "table,column,type,key,refers,required,minimum,maximum,pattern,allowed,role,rule,"
    "quantity,unit,description",
}
_SHEETS = [*_HEADS, "items.csv"]
COLUMNS = _HEADS["fields.csv"].split(",")
PACKAGE = "datapackage.json"
# What `add-table` could not know, and asks for: nothing is run until it is filled in.
OPEN = "?"
# How the two files name a table that each coder has one of.
_EACH_CODER = "coding/*/"
_Coders = tuple[tuple[str, frozenset[str]], ...]  # each with its tables, the headline's first
_TYPES = {"string": str, "integer": int}
# A label is printed but needs no verdict; a role can also be said row by row.
LABEL, BY_ROW = "label", "row"
_FACTS = {
    "name": "notspecified",
    "title": "facts, transcribed; see sources.csv for the work's own licence",
}
_DIALECT = {"delimiter": ",", "quoteChar": '"', "doubleQuote": True, "lineTerminator": "\n",
           "skipInitialSpace": False}  # fmt: skip
ITEM = "items.item_id"
# What is allowed where a column of `fields.csv` holds what no schema can be made from.
_ALLOWED = {
    "table": "one of tables.csv",
    "column": "a name, once in its table",
    "type": ", ".join(_TYPES),
    "key": "1 for one column of each table: what tells its rows apart",
    "refers": "table.column of this file; several, by '; '",
    "minimum": "a whole number",
    "maximum": "a whole number",
    "allowed": "whole numbers, by '; '",
    "role": f"{', '.join([*ROLES, LABEL])}; or {BY_ROW}, if the table has columns role and rule",
    "rule": "{column}, for columns of the table alone",
    "quantity": "{column}, for columns of the table alone",
}


def read_descriptor() -> dict[str, Any]:
    """The data package: each table with its schema, and what its columns hold.

    Why `fields.csv` and `tables.csv` do not make one is in one DataError, with file, row, column.
    """
    coding = paths.RAW / "coding"
    sheets = (paths.RAW / name for name in _SHEETS)
    folders = (coding / coder for coder in list_coders())
    return _read(settings.read_study().title, *sheets, *folders)


@paths.once_a_state
def _read(title: str, *places: Path) -> dict[str, Any]:
    sheets, folders = places[: len(_SHEETS)], places[len(_SHEETS) :]
    texts = []
    for path in sheets:
        if not path.is_file():
            raise DataError(f"data/raw/{path.name}: found no such file")
        texts.append(read_text(path))
        found, head = texts[-1].split("\n", 1)[0].strip(), _HEADS.get(path.name)
        if found != (head or found):
            raise DataError(f"data/raw/{path.name} row 1: found {found}; allowed: {head}")
    own = ((folder.name, frozenset(p.stem for p in folder.glob("*.csv"))) for folder in folders)
    return _make(title, tuple(own), *texts)


def read_text(path: Path) -> str:
    """The text of a raw table; a DataError if its bytes are none."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        name = path.relative_to(paths.RAW).as_posix()
        raise DataError(f"data/raw/{name}: {error}; allowed: CSV in UTF-8") from None


def list_coders() -> list[str]:
    """Whose codings of the prose there are: folders with a `coder.csv`, the headline's first.

    A DataError says if the study names a headline's coder and there is no such folder.
    """
    coding = paths.RAW / "coding"
    inside = os.scandir(coding) if coding.is_dir() else []
    found = sorted(one.name for one in inside if os.path.isfile(f"{one.path}/coder.csv"))
    headline = settings.read_study().coder
    if headline and found and headline not in found:
        allowed = f"a folder of data/raw/coding with a coder.csv: {', '.join(found) or 'none'}"
        raise DataError(f"{settings.FILE}, coder: found {headline!r}; allowed: {allowed}")
    return sorted(found, key=lambda coder: coder != headline)


def declared_name(path: str) -> str:
    """What `tables.csv` and `fields.csv` call a table: each coder's by one name.

    >>> declared_name("coding/first/evidence.csv"), declared_name("coding/cases.csv")
    ('coding/*/evidence', 'coding/cases')
    """
    return re.sub(r"^coding/[^/]+/", _EACH_CODER, path.removesuffix(".csv"))


@cache
def _make(title: str, coders: _Coders, *texts: str) -> dict[str, Any]:
    sheets = {
        name: list(csv.reader(io.StringIO(text))) or [[]] for name, text in zip(_SHEETS, texts)
    }
    refuse("the tables are not described", _find_ragged(sheets))
    tables, fields, items = (
        [dict(zip(head, row)) for row in rows] for head, *rows in sheets.values()
    )
    problems = [*_find_open(tables, fields, items), *_find_problems(tables, fields)]
    if not coders and any(said["table"].startswith(_EACH_CODER) for said in tables):
        problems.append("data/raw/coding: found no folder with a coder.csv; allowed: one or more")
    refuse("the tables are not described", problems)
    refers = {f"{said['table']}.{said['column']}": _split(said["refers"]) for said in fields}
    columns: dict[str, list[dict[str, str]]] = {}
    for column in fields:
        columns.setdefault(column["table"], []).append(column)
    holders = {said["table"]: _list_holders(said["table"], coders) for said in tables}

    def place(coder: str, table: str) -> str:
        """The path of a table: of those each coder has, this coder's or else the headline's."""
        return table.replace("*", coder if coder in holders[table] else holders[table][0])

    known = {said.get("item_id") for said in items}
    named = dict.fromkeys(said["licence"] for said in tables)
    licences = [_licence(name) for name in named if name not in ("", "facts")]
    return {
        "name": re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-"),
        "title": f"{title}: what is printed, transcribed, and our coding of it",
        "profile": "tabular-data-package",
        **_filled(licenses=licences),
        "resources": [
            _describe(
                said | {"item": said["table"] if said["table"] in known else ""},
                # Of all readings, the headline's alone counts as printed.
                [c | {"role": ""} if others else c for c in columns[said["table"]]],
                refers,
                partial(place, coder),
            )
            for said in tables
            for others, coder in enumerate(holders[said["table"]])
        ],
    }


def _list_holders(table: str, coders: _Coders) -> list[str]:
    """The coders that have a table: of those in `_EACH_CODER` the headline's all, others some."""
    if not table.startswith(_EACH_CODER):
        return [""]
    name = table.removeprefix(_EACH_CODER)
    return [coder for at, (coder, has) in enumerate(coders) if at == 0 or name in has]


def _describe(
    said: dict[str, str],
    columns: list[dict[str, str]],
    refers: dict[str, list[str]],
    place: Callable[[str], str],
) -> dict[str, Any]:
    path, source = place(said["table"]), said["sources"] or said["table"].rpartition("/")[0]
    full = {column["column"]: f"{said['table']}.{column['column']}" for column in columns}
    values = [column["column"] for column in columns if column["role"]]
    of_item = [name for name in full if values and _names_item(full[name], refers)]
    keys = [column for column in columns if column["key"].isdigit()]
    foreign: dict[str, list[tuple[str, str]]] = {}
    # Columns that refer to columns of one table refer to them together.
    for column in full:
        for there, _, name in (target.rpartition(".") for target in refers[full[column]]):
            foreign.setdefault(_name(place(there)), []).append((column, name))
    return _filled(
        name=_name(path),
        path=f"{path}.csv",
        profile="tabular-data-resource",
        title=said["title"],
        sources=[{"title": source}] if source else [],
        licenses=[_licence(said["licence"])] if said["licence"] else [],
        format="csv",
        encoding="utf-8",
        dialect=_DIALECT,
        item=said["item"],
        itemField="".join(of_item[:1]),
        values=values,
        holds=_split(said["holds"]),
        schema=_filled(
            fields=[_describe_field(column) for column in columns],
            primaryKey=[column["column"] for column in sorted(keys, key=itemgetter("key"))],
            foreignKeys=[
                {"fields": [*ours], "reference": {"resource": there, "fields": [*theirs]}}
                for there, pairs in foreign.items()
                for ours, theirs in [zip(*pairs)]
            ],
        ),
    )


def _describe_field(said: dict[str, str]) -> dict[str, Any]:
    allowed = [_TYPES[said["type"]](value) for value in _split(said["allowed"])]
    ends = {end: int(said[end]) for end in ("minimum", "maximum") if said[end]}
    flags = {"required": said["required"] == "yes", "unique": said["key"] == "unique"}
    return _filled(
        name=said["column"],
        **{key: said[key] for key in ("type", "description", "role", "rule", "quantity", "unit")},
        constraints=_filled(**flags, pattern=said["pattern"], enum=allowed) | ends,
    )


def _names_item(column: str, refers: dict[str, list[str]]) -> bool:
    """Whether a column refers to the items, or to a column that does."""
    return any(one == ITEM or _names_item(one, refers) for one in refers.get(column, ()))


def _name(table: str) -> str:
    return table.lower().replace("/", "-").replace("_", "-")


def _licence(name: str) -> dict[str, str]:
    return _FACTS if name == "facts" else {"name": name}


def _filled(**said: Any) -> dict[str, Any]:
    return {key: value for key, value in said.items() if value not in ("", [], {}, False)}


def _split(cell: str) -> list[str]:
    return cell.split("; ") if cell else []


def _find_ragged(sheets: dict[str, list[list[str]]]) -> Iterator[str]:
    """Rows with more cells than the head has, or fewer; a blank line has none."""
    for name, (head, *rows) in sheets.items():
        for row, cells in enumerate(rows, start=2):
            if len(cells) != len(head):
                found, allowed = len(cells) or "no", f"{len(head)}, as in row 1"
                yield f"data/raw/{name} row {row}: found {found} cells; allowed: {allowed}"


def _find_open(*sheets: list[dict[str, str]]) -> Iterator[str]:
    for name, sheet in zip(_SHEETS, sheets):
        for row, cells in enumerate(sheet, start=2):
            whose = " of ".join(filter(None, (cells.get("column"), cells.get("table"))))
            for column in (column for column, cell in cells.items() if cell == OPEN):
                place = f"data/raw/{name} row {row}, column {column}"
                yield f"{place}: found {OPEN!r}, an open question{whose and f' on {whose}'}; " \
                      "allowed: its answer"  # fmt: skip


def _find_problems(tables: list[dict[str, str]], fields: list[dict[str, str]]) -> Iterator[str]:
    """Whatever no schema can be made from, with file, row, column, found and allowed."""
    names = {said["table"] for said in tables}
    pairs = [(said["table"], said["column"]) for said in fields]
    first = {pair: row for row, pair in reversed([*enumerate(pairs)])}
    begins = {table: row for row, (table, _) in reversed([*enumerate(pairs)])}
    keyed = {said["table"] for said in fields if said["key"] == "1"}
    columns = {f"{table}.{column}" for table, column in pairs}
    number = re.compile(r"(-?\d+)?")
    numbers = re.compile(rf"({number.pattern}(; )?)*")

    def has_role(said: dict[str, str]) -> bool:
        by_row = {f"{said['table']}.{name}" for name in ("role", "rule")}
        return said["role"] in ("", LABEL, *ROLES) or (said["role"] == BY_ROW and by_row <= columns)

    def is_filled(said: dict[str, str], name: str) -> bool:
        return columns.issuperset(
            f"{said['table']}.{mark}" for mark in re.findall(r"\{(\w+)\}", said[name])
        )

    fits: dict[str, Callable[[int, dict[str, str]], Any]] = {
        "table": lambda _, said: said["table"] in names,
        "column": lambda row, said: said["column"] and first[pairs[row]] == row,
        "type": lambda _, said: said["type"] in _TYPES,
        "key": lambda row, said: said["table"] in keyed or begins[said["table"]] != row,
        "refers": lambda _, said: columns >= {*_split(said["refers"])},
        "minimum": lambda _, said: number.fullmatch(said["minimum"]),
        "maximum": lambda _, said: number.fullmatch(said["maximum"]),
        "allowed": lambda _, said: said["type"] != "integer" or numbers.fullmatch(said["allowed"]),
        "role": lambda _, said: has_role(said),
        "rule": lambda _, said: is_filled(said, "rule"),
        "quantity": lambda _, said: is_filled(said, "quantity"),
    }
    for row, said in enumerate(tables, start=2):
        if said["table"] not in begins:
            where = f"data/raw/tables.csv row {row}, column table"
            yield f"{where}: found {said['table']!r}; allowed: one with columns in fields.csv"
    for column, fit in fits.items():
        for row, said in enumerate(fields):
            if not fit(row, said):
                where = f"data/raw/fields.csv row {row + 2}, column {column}"
                yield f"{where}: found {said[column]!r}; allowed: {_ALLOWED[column]}"


def make_package() -> str:
    """What `datapackage.json` is to hold: JSON, a line for each table."""
    described = read_descriptor()
    lines = ",\n".join(json.dumps(r, ensure_ascii=False) for r in described["resources"])
    head = json.dumps(described | {"resources": []}, indent=1, ensure_ascii=False)
    return head.replace('"resources": []', f'"resources": [\n{lines}\n ]') + "\n"


def sum_files() -> dict[str, str]:
    """The SHA-256 of each raw file but ``SHA256SUMS``, by name, in the order of the names.

    Of its text with the line ends of Unix: a checkout that writes others holds the same data.
    """
    files = {p.relative_to(paths.RAW).as_posix(): p for p in paths.RAW.rglob("*") if p.is_file()}
    texts = {n: files[n].read_bytes().replace(b"\r\n", b"\n") for n in sorted(files)}
    return {n: hashlib.sha256(t).hexdigest() for n, t in texts.items() if n != "SHA256SUMS"}


def write_package() -> None:
    """Write `datapackage.json` and the checksums of all raw files."""
    (paths.RAW / PACKAGE).write_text(make_package(), encoding="utf-8", newline="\n")
    sums = "".join(f"{digest}  {name}\n" for name, digest in sum_files().items())
    (paths.RAW / "SHA256SUMS").write_text(sums, encoding="utf-8", newline="\n")


def remake(*, always: bool = False) -> None:
    """Make again what is made from the raw data: package, digest of the rules, checksums.

    Only where the study keeps them, unless `always`; and not while a question is open.
    """
    # The digest needs the ledger, which stands on this module.
    from compendium.printed import consistency  # noqa: PLC0415

    with nullcontext() if always else suppress(DataError):
        if always or (paths.RAW / PACKAGE).is_file():
            write_package()
            (paths.RAW / consistency.RULES).write_text(consistency.digest_rules(), encoding="utf-8")
            write_package()


if __name__ == "__main__":
    remake(always=True)
