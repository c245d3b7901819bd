"""Which cells of a notebook lead to which.

A figure is written in one cell; what it shows was read and worked out in the cells before it. Not
in all of them: this module follows the names. A cell leads to another if it binds, or changes, a
name that the other uses, or that a cell in between uses on the way (a backward slice, Weiser
1984, with the cell as its unit). Names of modules and functions that cells import are left out.

From any number to where it stands, and from any file to what hangs on it.

Built from what the runs noted (see `records`), never from a list kept by hand: a value's trace
names the raw row, the rule and the cells it rests on, the notebook cell that judged it with its
parameters, and the verdict; a file's trace names the cells that read it and what came of it. Text
files are read with nothing heavier than `csv`, because a reviewer's question should not take long.

A trace in plain lines, for a reviewer to read in a terminal.

One fact a line, its name in front; long lists are cut and say how much was cut (``--json`` is
whole). Every path can be opened from the project's root.
"""

import ast
import csv
import difflib
import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from compendium import paths
from compendium.errors import DataError, SettingError
from compendium.runs import records


def find_leading(run: dict, cell: int) -> set[int]:
    """The numbers of the cells that lead to a cell of a run, itself among them.

    Parameters
    ----------
    run : dict
        A record, as `records.read_records` gives it: ``notebook`` and ``given`` are used.
    cell : int
        The n of ``In [n]``, at least 1.

    Examples
    --------
    >>> follow(("a = 1", "b = 2", "c = a + 1", "print(c)"), 4)
    {1, 3, 4}
    """
    return follow(read_code(paths.find_file(run["notebook"]), bool(run["given"])), cell)


@cache
def read_code(source: Path, with_given: bool) -> tuple[str, ...]:
    """The code cells of a notebook as they were numbered in a run.

    Papermill adds one cell after the ``parameters`` cell where parameters were given; it binds
    what that cell binds, and stands here as a copy of it.
    """
    code = []
    for cell in json.loads(source.read_text(encoding="utf-8"))["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "code":
            code.append(text)
            if with_given and "parameters" in cell["metadata"].get("tags", []):
                code.append(text)
    return tuple(code)


@cache
def follow(code: tuple[str, ...], cell: int) -> set[int]:
    """The numbers of the cells that lead to one of them: see `find_leading`."""
    imported = frozenset(name for text in code for name in _imported(text))
    names = [_names(text, imported) for text in code]
    leading, needed = {cell}, set(names[cell - 1].used)
    for number in range(cell - 1, 0, -1):
        bound, changed, used = names[number - 1]
        if needed & (bound | changed):
            leading.add(number)
            needed = (needed - bound) | used
    return leading


class Names(NamedTuple):
    """The names a cell binds, those it changes in place, and those it uses from elsewhere."""

    bound: frozenset[str]
    changed: frozenset[str]
    used: frozenset[str]


def _imported(text: str) -> set[str]:
    nodes = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Import | ast.ImportFrom)]
    return {alias.asname or alias.name for node in nodes for alias in node.names}


@cache
def _names(text: str, imported: frozenset[str]) -> Names:
    bound, changed, used = set(), set(), set()
    for statement in ast.parse(text).body:
        nodes = list(ast.walk(statement))
        local = {name for node in nodes for name in _local(node)}
        named = [n for n in nodes if isinstance(n, ast.Name) and n.id not in local | imported]
        used |= {n.id for n in named if isinstance(n.ctx, ast.Load)} - bound
        if isinstance(statement, ast.AugAssign):
            used |= _root(statement.target) - bound
        bound |= {n.id for n in named if isinstance(n.ctx, ast.Store)}
        stores = [n for n in nodes if isinstance(n, ast.Subscript | ast.Attribute)]
        for node in stores:
            changed |= _root(node) if isinstance(node.ctx, ast.Store) else set()
        # A call for its effect may change what it is called on: rows.append(...).
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            changed |= _root(statement.value.func)
    return Names(frozenset(bound), frozenset(changed - imported), frozenset(used))


def _local(node: ast.AST) -> set[str]:
    """Names that live only inside a comprehension or a lambda."""
    if isinstance(node, ast.comprehension):
        return {name.id for name in ast.walk(node.target) if isinstance(name, ast.Name)}
    return {argument.arg for argument in node.args.args} if isinstance(node, ast.Lambda) else set()


def _root(node: ast.expr) -> set[str]:
    """The name that a chain of attributes, calls and brackets starts from."""
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Attribute | ast.Subscript):
            node = node.value
        else:
            return set()
    return {node.id}


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
    leading = find_leading(run, wrote["cell"])
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
                if wrote["file"] not in found and cells & find_leading(run, wrote["cell"]):
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


LONGEST = 12
WIDTH = 11


def show_trace(found: dict[str, Any]) -> str:
    """A trace, as `trace.trace` gives it, as text that ends without a line break.

    Examples
    --------
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
    tell = {"value": _value, "item": _item, "result": _result, "raw file": _file}[found["traced"]]
    return "\n".join([found["name"], *tell(found)])


def _value(v: dict[str, Any]) -> list[str]:
    raw, judged = v["raw"], v["judged_in"]
    lines = [
        _line("printed", f"{v['printed'] or '(image missing)'} ({v['unit']}): {v['quantity']}"),
        _line("stands in", f"{v['item']}; section {v['section']}, line {v['line']}"),
        _line("raw row", f"data/raw/{raw['file']} row {raw['row']}, column {raw['column']}")
        if raw
        else _line("raw row", "none: print does not hold it as text"),
        _line("role", v["role"]),
        _line("rule", v["rule"] or "none: taken as printed"),
        *_lines("rests on", [_told(other) for other in v["rests_on"]], "no other printed value"),
        _line("computed", v["computed"] or "nothing"),
        _line("verdict", v["verdict"]),
    ]
    if v["register"]:
        lines.append(_line("register", f"{v['register']['cause']}: {v['register']['what']}"))
    return [
        *lines,
        _line("judged in", f"{_cell(judged)}; page {judged['page']}"),
        _line("parameters", _settings(judged["parameters"])),
        *_lines("read by", map(_cell, v["read_by"]), "no cell reads its table by name"),
        *_lines("used by", [_told(other) for other in v["used_by"]], "no other value"),
        *_lines("its table", map(_shown, v["shown_in"]), "is shown nowhere"),
    ]


def _item(i: dict[str, Any]) -> list[str]:
    where = f"{i['kind']}, section {i['section']}, lines {i['line_start']}-{i['line_end']}"
    return [
        _line("is", i["label"]),
        _line("stands in", f"{where}; {i['completeness']}"),
        _line("raw file", f"data/raw/{i['file']}"),
        _line("notebook", i["notebook"]),
        *_lines("values", [_told(value) for value in i["values"]], "none with a verdict"),
        *_lines("used by", [_told(other) for other in i["used_by"]], "no value outside it"),
        *_lines("read by", map(_cell, i["read_by"]), "no cell reads its table by name"),
        *_lines("shown in", map(_shown, i["shown_in"]), "nothing"),
    ]


def _result(r: dict[str, Any]) -> list[str]:
    rests_on = [
        f"{other['file']} In [{other['cell']}]"
        + (f", made by {other['made_by']}" if "made_by" in other else "")
        for other in r["rests_on"]
    ]
    if r["rests_on_verdicts"]:
        rests_on.append(f"the verdicts on {r['rests_on_verdicts']} printed values")
    return [
        *_lines("files", r["files"], "none"),
        _line("written in", f"{_cell(r['written_in'])}; page {r['written_in']['page']}"),
        _line("parameters", _settings(r["parameters"])),
        _line("cells", "In " + ", ".join(str(cell) for cell in r["leading_cells"])),
        *_lines("rests on", rests_on, "no file: simulated, or written out in its cells"),
        *_lines("read by", map(_cell, r["read_by"]), "no other run"),
    ]


def _file(f: dict[str, Any]) -> list[str]:
    return [
        *_lines("items", f["items"], "none: it holds no printed item"),
        _line("holds", f"{f['printed_cells']} printed cells"),
        *_lines("read by", map(_cell, f["read_by"]), "no cell by name"),
        *_lines("used by", [_told(other) for other in f["used_by"]], "no value outside it"),
        *_lines("shown in", map(_shown, f["shown_in"]), "nothing"),
    ]


def _line(name: str, text: str) -> str:
    return f"  {name:<{WIDTH}}{text}"


def _lines(name: str, texts: Iterable[str], none: str) -> list[str]:
    """A list, one entry a line under the name of the first; the word for an empty one."""
    listed = list(texts) or [none]
    cut = len(listed) - LONGEST
    shown = listed[:LONGEST] + ([f"and {cut} more (--json lists all)"] if cut > 0 else [])
    return [_line(name if not place else "", text) for place, text in enumerate(shown)]


def _told(value: dict[str, str]) -> str:
    computed = f", computed {value['computed']}" if value["computed"] else ""
    return f"{value['value_id']}: {value['printed']}{computed} [{value['verdict']}]"


def _cell(where: dict[str, Any]) -> str:
    return f"{where['run']} In [{where['cell']}]"


def _shown(made: dict[str, Any]) -> str:
    return f"{made['file']}, by {_cell(made)}"


def _settings(parameters: dict[str, Any]) -> str:
    return ", ".join(f"{name} = {value!r}" for name, value in parameters.items()) or "none"
