"""A trace in plain lines, for a reviewer to read in a terminal.

One fact a line, its name in front; long lists are cut and say how much was cut (``--json`` is
whole). Every path can be opened from the project's root.
"""

from collections.abc import Iterable
from typing import Any

LONGEST = 12
WIDTH = 11


def show_trace(found: dict[str, Any]) -> str:
    """A trace, as `tracing.trace` gives it, as text that ends without a line break.

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
