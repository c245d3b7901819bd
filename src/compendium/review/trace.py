"""From any number to where it stands, and from any file to what hangs on it.

Built from what the runs noted (see `records`), never from a list kept by hand: a value's trace
names the raw row, the rule and the cells it rests on, the notebook cell that judged it with its
parameters, and the verdict; a file's trace names the cells that read it and what came of it.

A figure is written in one cell; what it shows was read and worked out in the cells before it. Not
in all of them: a cell leads to another if it binds, or changes, a name that the other uses, or that
a cell in between uses on the way (a backward slice, Weiser 1984, with the cell as its unit). Names
of modules and functions that cells import are left out.
"""

import ast
import csv
import dis
import json
from collections import defaultdict
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any, NamedTuple

from compendium import paths
from compendium.errors import DataError, SettingError, closest
from compendium.runs import records
from compendium.runs.markup import render

# The forms a figure or a table comes in: one thing, however many files.
_ENDINGS = (".svg", "-slide.png", ".png", ".csv", ".json", ".md")
_RAW = "data/raw/"


class Known(NamedTuple):
    """What a trace is answered from."""

    runs: list[dict]
    values: dict[str, dict[str, str]]  # the ledger with its verdicts, by value id
    items: dict[str, dict[str, str]]
    cells: dict[str, dict[str, Any]]  # the raw row of each printed cell
    register: dict[str, dict[str, str]]
    judged: dict[str, dict[str, Any]]  # where each value got its verdict, and what it rests on
    users: dict[str, list[str]]  # the values whose rule rests on each printed cell
    results: dict[str, tuple[dict, dict]]  # the run and the note of writing, by name
    files: set[str]  # the raw tables that any run read


def trace(what: str) -> dict[str, Any]:
    """Where something comes from, and what depends on it.

    `what` is a value id (``SOURCE/table-1/ROW/COLUMN``), an item id (``SOURCE/table-1``), a figure,
    table or other file of the results, or a raw file (``SOURCE/table-1.csv``). Gives ``traced``
    (the kind) and ``name``, and what `show_trace` shows.

    A SettingError with the closest names if nothing is called that; a DataError if results are
    missing or old.
    """
    known = _gather()
    kinds = {
        "value": (known.values, _trace_value),
        "item": (known.items, _trace_item),
        "result": (known.results, _trace_result),
        "raw file": (known.files, _trace_file),
    }
    for kind, (names, follow_up) in kinds.items():
        for name in _spell(what):
            if name in names:
                return {"traced": kind, "name": name, **follow_up(name, known)}
    every = [name.removeprefix(_RAW) for names, _ in kinds.values() for name in names]
    close = closest(what, every, n=4, cutoff=0.4)
    raise SettingError(
        f"found nothing called {what!r}; closest: {close}; "
        "allowed: a value id, an item id, a figure or table, a raw file"
    )


def _gather() -> Known:
    """The records, the verdicts and the raw addresses, read once."""
    runs = records.read_records()
    records.check_sources(runs)
    judged = {
        value: {**run, "cell": entry["cell"], "rests_on": rests_on}
        for run in runs
        for entry in run["judged"]
        for value, rests_on in entry["values"].items()
    }
    users = defaultdict(list)
    for name, where in judged.items():
        for other in where["rests_on"]:
            users[other].append(name)
    return Known(
        runs=runs,
        values=_read(paths.RESULTS / "verdicts.csv", "value_id"),
        items=_read(paths.RAW / "items.csv", "item_id"),
        cells=_read(paths.PROCESSED / "cells.csv", "value_id"),
        register=_read(paths.RAW / "discrepancies.csv", "discrepancy_id"),
        judged=judged,
        users=users,
        results={_stem(wrote["file"]): (run, wrote) for run in runs for wrote in run["wrote"]},
        files={e["file"] for run in runs for e in run["read"] if e["file"].startswith(_RAW)},
    )


def _read(path: Path, key: str) -> dict[str, dict[str, str]]:
    if not path.exists():
        raise DataError(f"results: found no {path.name}; run `compendium reproduce`")
    with path.open(encoding="utf-8", newline="") as file:
        return {row[key]: row for row in csv.DictReader(file)}


def _stem(file: str) -> str:
    name = file.rpartition("/")[2]
    return next((name.removesuffix(end) for end in _ENDINGS if name.endswith(end)), name)


def _spell(what: str) -> list[str]:
    """What a reader may mean: the name itself, without its folder and ending, or a raw path."""
    bare = what.strip().removeprefix("./")
    if bare.startswith(_RAW):
        return [bare]
    is_short = bare.startswith("results/") or "/" not in bare
    return [bare, *([_stem(bare)] if is_short else []), f"{_RAW}{bare}"]


def _trace_value(name: str, known: Known) -> dict[str, Any]:
    """A printed value: print, place, raw row, rule, what it rests on, verdict, and what uses it."""
    row, cell, judged = known.values[name], known.cells.get(name), known.judged[name]
    return {
        **row,
        "item": known.items[row["item_id"]]["label"],
        "raw": cell,
        "rests_on": [_brief(other, known) for other in judged["rests_on"]],
        "register": known.register.get(name),
        "judged_in": {key: judged[key] for key in ("run", "cell", "parameters", "page")},
        "used_by": [_brief(other, known) for other in known.users.get(name, [])],
        **_find_readers(f"{_RAW}{cell['file']}" if cell else "", known.runs),
    }


def _trace_item(name: str, known: Known) -> dict[str, Any]:
    """A printed item: where it stands, its values with their verdicts, and what uses them."""
    item = known.items[name]
    own = [value for value, row in known.values.items() if row["item_id"] == name]
    return {
        **item,
        "values": [_brief(value, known) for value in own],
        "used_by": _used_from_outside(own, known),
        **_find_readers(f"{_RAW}{item['file']}", known.runs),
    }


def _trace_result(name: str, known: Known) -> dict[str, Any]:
    """A figure or another result: the cell that wrote it, what led to it, and what reads it."""
    run, wrote = known.results[name]
    leading = _find_leading(run, wrote["cell"])
    files = sorted(file for file in run["made"] if _stem(file) == name)
    makers = {file: {"made_by": other["run"]} for other in known.runs for file in other["made"]}
    return {
        "files": files,
        "written_in": {"run": run["run"], "page": run["page"], "cell": wrote["cell"]},
        "parameters": run["parameters"],
        "leading_cells": sorted(leading),
        "rests_on": [
            {"file": e["file"], "cell": e["cell"], **makers.get(e["file"], {})}
            for e in run["read"]
            if e["cell"] in leading and e["how"] != "ledger"
        ],
        "rests_on_verdicts": sum(len(e["values"]) for e in run["judged"] if e["cell"] in leading),
        "read_by": _list_cells(known.runs, lambda e: e["file"] in files),
    }


def _trace_file(name: str, known: Known) -> dict[str, Any]:
    """A raw file: its items and values, the cells that read it, and everything that uses it."""
    short = name.removeprefix(_RAW)
    own = [value for value, cell in known.cells.items() if cell["file"] == short]
    return {
        "items": [item for item, row in known.items.items() if row["file"] == short],
        "printed_cells": len(own),
        "used_by": _used_from_outside(own, known),
        **_find_readers(name, known.runs),
    }


def _used_from_outside(own: list[str], known: Known) -> list[dict[str, str]]:
    """The values that rest on some of these, in the ledger's order, these themselves left out."""
    users = {user for value in own for user in known.users.get(value, [])} - set(own)
    return [_brief(value, known) for value in known.values if value in users]


def _brief(name: str, known: Known) -> dict[str, str]:
    """A value in a line; a printed cell that has no row in the ledger is a label of ours."""
    row, cell = known.values.get(name, {}), known.cells.get(name)
    return {
        "value_id": name,
        "printed": row.get("printed", cell["text"] if cell else ""),
        "computed": row.get("computed", ""),
        "verdict": row.get("verdict", "label"),
        "raw": f"{_RAW}{cell['file']} row {cell['row']}" if cell else "",
    }


def _list_cells(runs: list[dict], is_meant: Callable[[dict], bool]) -> list[dict[str, Any]]:
    """The run and the cell of each reading that is meant."""
    return [{"run": r["run"], "cell": e["cell"]} for r in runs for e in r["read"] if is_meant(e)]


def _find_readers(file: str, runs: list[dict]) -> dict[str, list[dict]]:
    """The cells that read a raw table by its name, and every result that some of them lead to.

    Through other results, too: what one cell writes, made of the table, another may read.
    """
    found: dict[str, dict[str, Any]] = {}
    waiting = [file]
    for current in waiting:
        for run in runs:
            read = (e for e in run["read"] if e["how"] in ("table", "file"))
            cells = {e["cell"] for e in read if e["file"] == current}
            for wrote in run["wrote"] if cells else []:
                if wrote["file"] not in found and cells & _find_leading(run, wrote["cell"]):
                    found[wrote["file"]] = {"run": run["run"], "cell": wrote["cell"]}
                    waiting.append(wrote["file"])
    return {
        "read_by": _list_cells(runs, lambda e: (e["file"], e["how"]) == (file, "table")),
        "shown_in": [{"file": file, **where} for file, where in sorted(found.items())],
    }


def _find_leading(run: dict, cell: int) -> set[int]:
    """The numbers of the cells that lead to a cell of a run, itself among them."""
    return follow(read_code(paths.find_file(run["notebook"]), bool(run["given"])), cell)


@cache
def read_code(source: Path, with_given: bool) -> tuple[str, ...]:
    """The code cells of a notebook as they were numbered in a run.

    Papermill adds one cell after the ``parameters`` cell where parameters were given; it binds
    what that cell binds, and stands here as a copy of it.
    """
    cells = json.loads(source.read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    takes = [with_given and "parameters" in cell["metadata"].get("tags", []) for cell in code]
    texts = ("".join(cell["source"]) for cell in code)
    return tuple(text for text, twice in zip(texts, takes) for _ in range(1 + twice))


@cache
def follow(code: tuple[str, ...], cell: int) -> set[int]:
    """The numbers of the cells that lead to a cell, itself among them; 1 is the first.

    >>> follow(("a = 1", "b = 2", "c = a + 1", "print(c)"), 4)
    {1, 3, 4}
    """
    nodes = [node for text in code for node in ast.walk(ast.parse(text))]
    imports = [node.names for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)]
    imported = frozenset(alias.asname or alias.name for names in imports for alias in names)
    names = [_read_names(text, imported) for text in code]
    leading, needed = {cell}, set(names[cell - 1][2])
    for number in range(cell - 1, 0, -1):
        bound, changed, used = names[number - 1]
        if needed & (bound | changed):
            leading.add(number)
            needed = (needed - bound) | used
    return leading


@cache
def _read_names(text: str, imported: frozenset[str]) -> tuple[set[str], set[str], set[str]]:
    """The names a cell binds, those it changes in place, and those it uses from elsewhere."""
    bound, changed, used = set(), set(), set()
    for statement in ast.parse(text).body:
        code = compile(ast.Module([statement], []), "", "exec")
        used |= _find_names(code, "LOAD_NAME", "LOAD_GLOBAL") - bound
        bound |= _find_names(code, "STORE_NAME")
        for node in ast.walk(statement):
            if isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store):
                changed |= _find_root(node)
        # A call for its effect may change what it is called on: rows.append(...).
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            changed |= _find_root(statement.value.func)
    return bound - imported, changed - imported, used - imported


def _find_names(code: CodeType, *does: str) -> set[str]:
    """The names that the compiled code, and what is inside it, loads or stores from outside."""
    inner = (_find_names(each, *does) for each in code.co_consts if isinstance(each, CodeType))
    return {i.argval for i in dis.get_instructions(code) if i.opname in does}.union(*inner)


def _find_root(node: ast.expr) -> set[str]:
    """The name that a chain of attributes, calls and brackets starts from."""
    while isinstance(node, ast.Call | ast.Attribute | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return {node.id} if isinstance(node, ast.Name) else set()


def show_trace(found: dict[str, Any]) -> str:
    """A trace in plain lines, one fact a line; long lists are cut and say how much was cut.

    >>> print(show_trace({"traced": "raw file", "name": "data/raw/a.csv", "items": ["s/a"],
    ...       "printed_cells": 2, "used_by": [], "shown_in": [],
    ...       "read_by": [{"run": "04-weigh", "cell": 3}]}))
    data/raw/a.csv
      items      s/a
      holds      2 printed cells
      read by    04-weigh In [3]
      used by    no value outside it
      shown in   nothing
    """
    return render("trace.txt.j2", **found).rstrip()
