"""From any number to where it stands, and from any file to what hangs on it.

Built from what the runs noted (see `records`), never from a list kept by hand: a value's trace
names the raw row, the rule and the cells it rests on, the notebook cell that judged it with its
parameters, and the verdict; a file's trace names the cells that read it and what came of it. Text
files are read with nothing heavier than `csv`, because a reviewer's question should not take long.
"""

import csv
import difflib
from pathlib import Path
from typing import Any, NamedTuple

from compendium import paths, records, slices
from compendium.errors import DataError, SettingError

# The forms a figure or a table comes in: one thing, however many files.
ENDINGS = (".svg", ".png", ".csv", ".md")


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


def gather() -> Known:
    """Read the records, the verdicts and the raw addresses once.

    Raises
    ------
    DataError
        If there are no results, or they are of another version of the files.
    """
    runs = records.read_records()
    records.check_sources(runs)
    judged = {
        value: {**run, "cell": entry["cell"], "rests_on": rests_on}
        for run in runs
        for entry in run["judged"]
        for value, rests_on in entry["values"].items()
    }
    users: dict[str, list[str]] = {}
    for name, where in judged.items():
        for other in where["rests_on"]:
            users.setdefault(other, []).append(name)
    return Known(
        runs=runs,
        values={row["value_id"]: row for row in _rows(paths.RESULTS / "verdicts.csv")},
        items={row["item_id"]: row for row in _rows(paths.RAW / "items.csv")},
        cells={row.pop("value_id"): row for row in _rows(paths.PROCESSED / "cells.csv")},
        register={row["discrepancy_id"]: row for row in _rows(paths.RAW / "discrepancies.csv")},
        judged=judged,
        users=users,
        results={_stem(wrote["file"]): (run, wrote) for run in runs for wrote in run["wrote"]},
        files={e["file"] for run in runs for e in run["read"] if e["file"][:9] == "data/raw/"},
    )


def trace(what: str) -> dict[str, Any]:
    """Where something comes from, and what depends on it.

    Parameters
    ----------
    what : str
        A value id (``elston2005/table-4.2/Middleton/share_percent``), an item id
        (``elston2005/table-4.2``), a figure, table or other file of the results
        (``table-4.2-shares``), or a raw file (``elston2005/table-4.2.csv``).

    Returns
    -------
    dict
        ``traced`` (the kind) and ``name``, and what `trace_value`, `trace_item`, `trace_result` or
        `trace_file` give.

    Raises
    ------
    SettingError
        If nothing is called that; the closest names are given.
    DataError
        If there are no results, or they are of another version of the files.
    """
    known = gather()
    kinds = {
        "value": (known.values, trace_value),
        "item": (known.items, trace_item),
        "result": (known.results, trace_result),
        "raw file": (known.files, trace_file),
    }
    for kind, (names, tell) in kinds.items():
        found = [name for name in _spellings(what) if name in names]
        if found:
            return {"traced": kind, "name": found[0], **tell(found[0], known)}
    every = [name.removeprefix("data/raw/") for names, _ in kinds.values() for name in names]
    close = difflib.get_close_matches(what, every, n=4, cutoff=0.4)
    raise SettingError(
        f"found nothing called {what!r}; closest: {', '.join(close) or 'none'}; "
        "allowed: a value id, an item id, a figure or table, a raw file"
    )


def _spellings(what: str) -> list[str]:
    """What a reader may mean: the name itself, without its folder and ending, or a raw path."""
    bare = what.strip().removeprefix("./")
    stem = bare.rpartition("/")[2]
    for ending in ENDINGS:
        stem = stem.removesuffix(ending)
    raw = bare if bare.startswith("data/raw/") else f"data/raw/{bare}"
    short = [stem] if bare.startswith("results/") or "/" not in bare else []
    return [bare, *short, raw] if not bare.startswith("data/raw/") else [raw]


def trace_value(name: str, known: Known) -> dict[str, Any]:
    """A printed value: print, place, raw row, rule, what it rests on, verdict, and what uses it."""
    row, cell, judged = known.values[name], known.cells.get(name), known.judged[name]
    file = f"data/raw/{cell['file']}" if cell else ""
    return {
        **row,
        "item": known.items[row["item_id"]]["label"],
        "raw": cell,
        "rests_on": [_brief(other, known) for other in judged["rests_on"]],
        "register": known.register.get(name),
        "judged_in": {key: judged[key] for key in ("run", "cell", "parameters", "page")},
        "used_by": [_brief(other, known) for other in known.users.get(name, [])],
        "read_by": _read_by(file, known.runs),
        "shown_in": _made_from(file, known.runs),
    }


def trace_item(name: str, known: Known) -> dict[str, Any]:
    """A printed item: where it stands, its values with their verdicts, and what uses them."""
    item = known.items[name]
    file = f"data/raw/{item['file']}"
    own = [value for value, row in known.values.items() if row["item_id"] == name]
    return {
        **item,
        "values": [_brief(value, known) for value in own],
        "used_by": _used_from_outside(own, known),
        "read_by": _read_by(file, known.runs),
        "shown_in": _made_from(file, known.runs),
    }


def trace_result(name: str, known: Known) -> dict[str, Any]:
    """A figure or another result: the cell that wrote it, what led to it, and what reads it."""
    run, wrote = known.results[name]
    leading = slices.find_leading(run, wrote["cell"])
    read = [entry for entry in run["read"] if entry["cell"] in leading]
    judged = [entry for entry in run["judged"] if entry["cell"] in leading]
    files = sorted(file for file in run["made"] if _stem(file) == name)
    return {
        "files": files,
        "written_in": {key: run[key] for key in ("run", "page")} | {"cell": wrote["cell"]},
        "parameters": run["parameters"],
        "leading_cells": sorted(leading),
        "rests_on": [
            {"file": e["file"], "cell": e["cell"], **_maker(e["file"], known.runs)}
            for e in read
            if e["how"] != "ledger"
        ],
        "rests_on_verdicts": sum(len(entry["values"]) for entry in judged),
        "read_by": [
            {"run": other["run"], "cell": entry["cell"]}
            for other in known.runs
            for entry in other["read"]
            if entry["file"] in files
        ],
    }


def trace_file(name: str, known: Known) -> dict[str, Any]:
    """A raw file: its items and values, the cells that read it, and everything that uses it."""
    short = name.removeprefix("data/raw/")
    own = [value for value, cell in known.cells.items() if cell["file"] == short]
    return {
        "items": [item for item, row in known.items.items() if row["file"] == short],
        "printed_cells": len(own),
        "used_by": _used_from_outside(own, known),
        "read_by": _read_by(name, known.runs),
        "shown_in": _made_from(name, known.runs),
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
        "raw": f"data/raw/{cell['file']} row {cell['row']}" if cell else "",
    }


def _read_by(file: str, runs: list[dict]) -> list[dict[str, Any]]:
    """The cells that read a raw table by its name."""
    return [
        {"run": run["run"], "cell": entry["cell"]}
        for run in runs
        for entry in run["read"]
        if entry["file"] == file and entry["how"] == "table"
    ]


def _made_from(file: str, runs: list[dict]) -> list[dict[str, Any]]:
    """What was written in a cell that a reading of the file leads to; through other runs too."""
    found: dict[str, dict[str, Any]] = {}
    waiting = [file]
    while waiting:
        current = waiting.pop(0)
        for run in runs:
            cells = {
                e["cell"] for e in run["read"] if e["file"] == current and e["how"] != "ledger"
            }
            for wrote in run["wrote"] if cells else []:
                if wrote["file"] not in found and cells & slices.find_leading(run, wrote["cell"]):
                    found[wrote["file"]] = {"run": run["run"], "cell": wrote["cell"]}
                    waiting.append(wrote["file"])
    return [{"file": file, **where} for file, where in sorted(found.items())]


def _maker(file: str, runs: list[dict]) -> dict[str, str]:
    """Which run made a file, if one did."""
    return next(({"made_by": run["run"]} for run in runs if file in run["made"]), {})


def _stem(file: str) -> str:
    name = file.rpartition("/")[2]
    return next((name.removesuffix(end) for end in ENDINGS if name.endswith(end)), name)


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        raise DataError(f"results: found no {path.name}; run `compendium reproduce`")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
