"""A grid: which runs a sweep makes, read from a small file and refused before anything runs.

YAML or JSON crosses lists of values, all of them or a seeded sample; a CSV file names each run in a
row. One key of a table is a parameter of its own: ``weights.money``. A run is the parameters it is
given; whatever a file leaves out keeps its default. Repeats differ in their seed only, and the k-th
repeat has the same seed in every combination: what moves between two combinations is then the
combination and not the luck of the draw, and a value added to the grid later leaves the other runs
as they were.
"""

import csv
import json
import math
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from compendium.errors import SettingError, refuse
from compendium.runs.notebooks import as_text, read_value

# What a crossed grid may hold; each of the last three is a whole number from here on.
_KEYS = ("parameters", "sample", "repeats", "seed")
_LEAST = {"sample": 1, "repeats": 1, "seed": 0}
# More than anybody waits for; a slip of the pen in a product gets there soon.
_MOST_RUNS = 100_000
# Numpy draws from no more.
_MOST_COMBINATIONS = 2**62
# Seeds are whole numbers that a spreadsheet keeps exactly, and that hardly ever meet.
_LARGEST_SEED = 2**53


def read_grid(path: Path, types: dict[str, type]) -> list[dict[str, Any]]:
    """The runs that a grid file asks for, in its order; whether they fit is not asked here.

    Parameters
    ----------
    path : Path
        YAML or JSON: ``parameters``, a list of values for each; if wanted, ``sample`` (that many of
        the combinations) and ``repeats`` (of each, with seeds of their own), which need ``seed``.
        CSV: a column for each parameter, a row for each run; an empty cell leaves the default.
    types : dict of str to type
        What is declared; a cell of a CSV file is read so.

    Raises
    ------
    SettingError
        If the file cannot be read so, or asks for nothing, for one run twice or for too many.
    """
    if not path.is_file():
        raise SettingError(f"{path}: found no such file; allowed: a grid in YAML, JSON or CSV")
    crossed = dict.fromkeys((".json", ".yaml", ".yml"), _read_crossed)
    readers = {".csv": _read_rows, **crossed}
    if path.suffix not in readers:
        raise SettingError(f"{path.name}: allowed endings: {', '.join(readers)}")
    try:
        runs = readers[path.suffix](path, types)
    # JSON's and UTF-8's errors are values that are wrong.
    except (ValueError, yaml.YAMLError) as error:
        raise SettingError(f"{path.name} cannot be read: {error}") from None
    texts = [as_text(run) for run in runs]
    firsts = {text: place for place, text in reversed([*enumerate(texts, start=1)])}
    twice = [
        f"run {place} is run {firsts[text]} again: {_show(run)}"
        for place, (text, run) in enumerate(zip(texts, runs), start=1)
        if place != firsts[text]
    ]
    refuse(f"{path.name} is no grid", twice if runs else ["found no run"], SettingError)
    return runs


def draw_seeds(seed: int, n: int) -> list[int]:
    """A seed for each of n repeats; the k-th depends on `seed` and k only.

    >>> draw_seeds(1, 3)[:2] == draw_seeds(1, 2)
    True
    """
    return [int(np.random.default_rng([seed, k]).integers(_LARGEST_SEED)) for k in range(n)]


def _show(run: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value!r}" for name, value in run.items()) or "nothing given"


def _read_rows(path: Path, types: dict[str, type]) -> list[dict[str, Any]]:
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    header, *rows = list(csv.reader(lines)) or [[]]
    counts = Counter(header)
    problems = [f"column {name!r} stands {n} times" for name, n in counts.items() if n > 1]
    problems += [
        f"row {number}: found {len(row)} cells; allowed: {len(header)}, as in the header"
        for number, row in enumerate(rows, start=2)
        if len(row) not in (0, len(header))
    ]
    refuse(f"{path.name} is no grid", problems, SettingError)
    named = [dict(zip(header, row)) for row in rows if row]
    return [
        {name: read_value(cell, _kind(name, types)) for name, cell in row.items() if cell}
        for row in named
    ]


def _kind(name: str, types: dict[str, type]) -> type:
    """What is wanted of a parameter; of one key of a table, whatever it says."""
    return types.get(name, object if types.get(name.partition(".")[0]) is dict else str)


def _read_crossed(path: Path, types: dict[str, type]) -> list[dict[str, Any]]:
    text = path.read_text(encoding="utf-8-sig")
    grid = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    refuse(f"{path.name} is no grid", list(_find_breaches(grid, types)), SettingError)
    lists = grid["parameters"]
    sizes = [len(values) for values in lists.values()]
    chosen, seed = range(math.prod(sizes)), grid.get("seed", 0)
    if "sample" in grid:
        drawn = np.random.default_rng(seed).choice(len(chosen), grid["sample"], replace=False)
        chosen = sorted(int(number) for number in drawn)
    seeds = [{"seed": own} for own in draw_seeds(seed, grid.get("repeats", 0))] or [{}]
    runs = []
    for number in chosen:
        places = np.unravel_index(number, sizes)
        run = {name: values[place] for (name, values), place in zip(lists.items(), places)}
        runs += [run | own for own in seeds]
    return runs


def _find_breaches(grid: Any, types: dict[str, type]) -> Iterator[str]:
    """All that keeps a mapping from being a grid."""
    if not isinstance(grid, dict) or not isinstance(grid.get("parameters"), dict):
        yield "found no mapping `parameters`; allowed: a list of values for each parameter"
        return
    lists, drawn = grid["parameters"], [name for name in ("sample", "repeats") if name in grid]
    problems = [f"{key}: no such key; allowed: {', '.join(_KEYS)}" for key in grid.keys() - _KEYS]
    problems += [
        f"{name}: found {values!r}; allowed: a list of values"
        for name, values in lists.items()
        if not isinstance(values, list) or not values
    ]
    problems += [
        f"{name}: found {grid[name]!r}; allowed: a whole number, {least} or more"
        for name, least in _LEAST.items()
        if name in grid and not (type(grid[name]) is int and grid[name] >= least)
    ]
    if drawn and "seed" not in grid:
        problems.append(f"seed: not given; {' and '.join(drawn)} need it, any whole number will do")
    if "repeats" in grid and (types.get("seed") is not int or "seed" in lists):
        problems.append("repeats: needs a parameter `seed` that is declared and not in the grid")
    yield from problems or _count_problems(grid)


def _count_problems(grid: dict[str, Any]) -> Iterator[str]:
    total = math.prod(len(values) for values in grid["parameters"].values())
    sample = grid.get("sample", total)
    runs = sample * grid.get("repeats", 1)
    if total > _MOST_COMBINATIONS:
        yield f"crosses {total} combinations; allowed: up to {_MOST_COMBINATIONS}"
    elif sample > total:
        yield f"sample: found {sample}; allowed: up to {total}, the combinations there are"
    elif runs > _MOST_RUNS:
        yield f"asks for {runs} runs; allowed: up to {_MOST_RUNS}; a `sample` of them would do"
