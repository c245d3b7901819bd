"""The codebook of the raw data, and the data package that is made from it.

`fields.csv` has a row for every column of every table, `tables.csv` one for every table. What a
column may hold, which columns hold printed values and what checks those is said there, once, and
can be read by anybody; `datapackage.json`, for whoever opens the data with other tools, is made
from the two (``make sums``) and never edited.
"""

import csv
import io
import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from compendium import paths, settings
from compendium.errors import DataError

HEADS = {
    "tables.csv": ["table", "title", "sources", "licence", "holds"],
    "fields.csv": ["table", "column", "type", "key", "refers", "required", "minimum", "maximum",
                   "pattern", "allowed", "role", "rule", "quantity", "unit", "description"],
    "items.csv": [],
}  # fmt: skip
PACKAGE = "datapackage.json"
TYPES = ["string", "integer"]
ENDS = ["minimum", "maximum"]
ROLES = ["input", "derived", "repeated", "claim"]
# A label is printed but needs no verdict; a role can also be said row by row.
LABEL, BY_ROW = "label", "row"
SEPARATOR = "; "
FACTS = {
    "name": "notspecified",
    "title": "facts, transcribed; see sources.csv for the work's own licence",
}
DIALECT = {"delimiter": ",", "quoteChar": '"', "doubleQuote": True, "lineTerminator": "\n",
           "skipInitialSpace": False}  # fmt: skip
ITEM = ("items", "item_id")
Rows = list[dict[str, str]]
Column = tuple[str, str]  # and its table, first


def read_descriptor() -> dict[str, Any]:
    """The data package: each table with its schema, and what its columns hold.

    Raises
    ------
    DataError
        If `fields.csv` and `tables.csv` do not make one: every reason, with file, row and column.
    """
    texts = [_read_text(name) for name in HEADS]
    return _make(settings.read_study().title, *texts)


def _read_text(name: str) -> str:
    path = paths.RAW / name
    if not path.is_file():
        raise DataError(f"data/raw/{name}: found no such file")
    return path.read_text(encoding="utf-8")


@cache
def _make(title: str, *texts: str) -> dict[str, Any]:
    tables, fields, items = (list(csv.DictReader(io.StringIO(text))) for text in texts)
    problems = list(_find_problems(tables, fields, texts))
    if problems:
        raise DataError("the tables are not described:\n  " + "\n  ".join(problems))
    known = {row["item_id"] for row in items}
    by_table: dict[str, Rows] = {row["table"]: [] for row in tables}
    for field in fields:
        by_table[field["table"]].append(field)
    targets = {(f["table"], f["column"]): _split(f["refers"]) for f in fields}
    of_item = {key for key in targets if _names_item(key, targets)}
    resources = [_describe(row, by_table[row["table"]], known, of_item) for row in tables]
    licences = {row["licence"]: _licence(row["licence"]) for row in tables}
    return {
        "name": re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-"),
        "title": f"{title}: what is printed, transcribed, and our coding of it",
        "profile": "tabular-data-package",
        **_filled(
            licenses=[found for name, found in licences.items() if name not in ("", "facts")]
        ),
        "resources": resources,
    }


def _names_item(column: Column, targets: dict[Column, list[str]]) -> bool:
    """Whether a column refers to the items, or to a column that does."""
    names = [tuple(target.rsplit(".", 1)) for target in targets.get(column, ())]
    return ITEM in names or any(_names_item(name, targets) for name in names)


def _describe(
    table: dict[str, str], fields: Rows, items: set[str], of_item: set[Column]
) -> dict[str, Any]:
    name = table["table"]
    values = [f["column"] for f in fields if f["role"]]
    source = table["sources"] or (name.partition("/")[0] if "/" in name else "")
    naming = [f["column"] for f in fields if values and (name, f["column"]) in of_item]
    keys = sorted((f["key"], f["column"]) for f in fields if f["key"].isdigit())
    return _filled(
        name=name.lower().replace("/", "-").replace("_", "-"),
        path=f"{name}.csv",
        profile="tabular-data-resource",
        title=table["title"],
        sources=[{"title": source}] if source else [],
        licenses=[_licence(table["licence"])] if table["licence"] else [],
        format="csv",
        encoding="utf-8",
        dialect=DIALECT,
        item=name if name in items else "",
        itemField=naming[0] if naming else "",
        values=values,
        holds=_split(table["holds"]),
        schema=_filled(
            fields=[_describe_field(f) for f in fields],
            primaryKey=[column for _, column in keys],
            foreignKeys=_keys_of(fields),
        ),
    )


def _describe_field(said: dict[str, str]) -> dict[str, Any]:
    as_type = int if said["type"] == "integer" else str
    return _filled(
        name=said["column"],
        type=said["type"],
        description=said["description"],
        **{key: said[key] for key in ("role", "rule", "quantity", "unit")},
        constraints=_filled(
            required=said["required"] == "yes",
            unique=said["key"] == "unique",
            pattern=said["pattern"],
            enum=[as_type(value) for value in _split(said["allowed"])],
        )
        | {key: int(said[key]) for key in ENDS if said[key]},
    )


def _keys_of(fields: Rows) -> list[dict[str, Any]]:
    """Columns that refer to columns of one table refer to them together."""
    found: dict[str, list[tuple[str, str]]] = {}
    for field in fields:
        for target in _split(field["refers"]):
            table, _, column = target.rpartition(".")
            found.setdefault(table, []).append((field["column"], column))
    return [
        {
            "fields": [one for one, _ in pairs],
            "reference": {
                "resource": table.lower().replace("/", "-").replace("_", "-"),
                "fields": [other for _, other in pairs],
            },
        }
        for table, pairs in found.items()
    ]


def _licence(name: str) -> dict[str, str]:
    return FACTS if name == "facts" else {"name": name}


def _filled(**said: Any) -> dict[str, Any]:
    return {key: value for key, value in said.items() if value not in ("", [], {}, False)}


def _split(cell: str) -> list[str]:
    return cell.split(SEPARATOR) if cell else []


def _find_problems(tables: Rows, fields: Rows, texts: tuple[str, ...]) -> Iterator[str]:
    """Whatever no schema can be made from, with file, row, column, found and allowed."""
    for (name, head), text in zip(HEADS.items(), texts):
        found = text.removeprefix("\ufeff").split("\n", 1)[0].strip()
        if head and found != ",".join(head):
            yield f"data/raw/{name} row 1: found {found}; allowed: {','.join(head)}"
            return
    columns: dict[str, list[str]] = {row["table"]: [] for row in tables}
    keyed = {row["table"] for row in fields if row["key"] == "1"}
    described = set(columns)
    for row in fields:
        columns.setdefault(row["table"], []).append(row["column"])
    for place, row in enumerate(tables, start=2):
        if not columns[row["table"]]:
            where = f"data/raw/tables.csv row {place}, column table"
            yield f"{where}: found {row['table']!r}; allowed: one with columns in fields.csv"
    for place, row in enumerate(fields, start=2):
        own = columns[row["table"]]
        targets = {t: t.rpartition(".") for t in _split(row["refers"])}
        roles = ["", *ROLES, LABEL, *([BY_ROW] if {"role", "rule"} <= set(own) else [])]
        needs_key = row["table"] not in keyed and row["column"] == own[0]
        is_number = row["type"] == "integer"
        wrong = [
            ("table", row["table"] not in described, "one of tables.csv"),
            ("column", own.count(row["column"]) > 1 or not row["column"], "a name, once a table"),
            ("type", row["type"] not in TYPES, ", ".join(TYPES)),
            ("key", needs_key, "1 for one column of each table: what tells its rows apart"),
            *((end, re.fullmatch(r"(-?\d+)?", row[end]) is None, "a whole number") for end in ENDS),
            ("allowed", is_number and not re.fullmatch(r"(-?\d+(; )?)*", row["allowed"]),
             "whole numbers, by '; '"),
            ("refers", any(c not in columns.get(t, ()) for t, _, c in targets.values()),
             "table.column of this file; several, by '; '"),
            ("role", row["role"] not in roles, ", ".join(roles[1:])),
            *((told, not set(_marks(row[told])) <= set(own), f"marks for {', '.join(own)}")
              for told in ("rule", "quantity")),
        ]  # fmt: skip
        for column, is_wrong, allowed in wrong:
            if is_wrong:
                where = f"data/raw/fields.csv row {place}, column {column}"
                yield f"{where}: found {row[column]!r}; allowed: {allowed}"


def _marks(template: str) -> list[str]:
    """The columns that a rule or a quantity speaks of."""
    return re.findall(r"\{(\w+)\}", template)


def write_package() -> None:
    """Write `datapackage.json` and the checksums of all raw files."""
    (paths.RAW / PACKAGE).write_text(make_package(), encoding="utf-8", newline="\n")
    sums = "".join(f"{digest}  {name}\n" for name, digest in sum_files().items())
    (paths.RAW / "SHA256SUMS").write_text(sums, encoding="utf-8", newline="\n")


def make_package() -> str:
    """What `datapackage.json` is to hold: JSON, a line for each table."""
    described = read_descriptor()
    lines = [json.dumps(table, ensure_ascii=False) for table in described["resources"]]
    head = json.dumps(described | {"resources": []}, indent=1, ensure_ascii=False)
    return head.replace('"resources": []', '"resources": [\n' + ",\n".join(lines) + "\n ]") + "\n"


def sum_files() -> dict[str, str]:
    """The SHA-256 of each raw file but ``SHA256SUMS``, by name, in the order of the names."""
    names = sorted(p.relative_to(paths.RAW).as_posix() for p in paths.RAW.rglob("*") if p.is_file())
    return {n: paths.hash_file(paths.RAW / n) for n in names if n != "SHA256SUMS"}


if __name__ == "__main__":
    write_package()
