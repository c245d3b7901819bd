"""Models that a sweep runs without a notebook: one call a row of the grid, thousands of calls.

A notebook costs seconds of kernel; a question asked ten thousand times must do without. A model is
a function of plain settings and a seed that returns a tidy table, the same table for the same
settings on any machine. Both here ask how often the told cases come out as told: with weights and
codings drawn together, or over the weights for one reading of the passages at a time.

A grid: which runs a sweep makes, read from a small file and refused before anything runs.

YAML or JSON crosses lists of values, all of them or a seeded sample; a CSV file names each run in a
row. A run is the parameters it is given; whatever a file leaves out keeps its default. Repeats
differ in their seed only, and the k-th repeat has the same seed in every combination: what moves
between two combinations is then the combination and not the luck of the draw, and a value added to
the grid later leaves the other runs as they were.
"""

import ast
import csv
import hashlib
import inspect
import json
import math
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from compendium.coding.cases import read_cases
from compendium.errors import SettingError
from compendium.models import multiverse
from compendium.models.structures import Structure, expected_sides, offer, tilts
from compendium.runs.notebooks import Declaration, check_parameters, read_declaration, slug
from compendium.settings import read_study


def balance_share(
    *,
    structure: str = "M1 free weights",
    certain: float = multiverse.FLIPS["certain"],
    likely: float = multiverse.FLIPS["likely"],
    contested: float = multiverse.FLIPS["contested"],
    n_draws: int = 20_000,
    seed: int = 2005,
) -> pd.DataFrame:
    """How many draws of weights and codings together give each told case its side.

    Parameters
    ----------
    structure : str
        One that `structures.offer` has for the study.
    certain, likely, contested : float
        The odds that a code of that confidence would be another, 0 to 1.
    n_draws : int
        Draws, at least 1.
    seed : int
        Which draws.

    Returns
    -------
    DataFrame
        ``case`` (a row for each, and ``all`` at once) and ``share``, 0 to 1.

    Notes
    -----
    `find_problems` is the door at which settings are checked.
    """
    codings, traits, told = tell_cases()
    odds = _odds(codings, certain, likely, contested)
    drawn = multiverse.vary(_offer()[structure], odds, traits, told, n=n_draws, seed=seed)
    return drawn.rename_axis("case").reset_index()


def reading_share(
    *,
    structure: str = "M1 free weights",
    certain: float = multiverse.FLIPS["certain"],
    likely: float = multiverse.FLIPS["likely"],
    contested: float = multiverse.FLIPS["contested"],
    n_draws: int = 5_000,
    seed: int = 2005,
) -> pd.DataFrame:
    """What share of all weightings gives each told case its side, under one drawn reading.

    The seed draws one code for every box of every case, and then the weights. Repeated with other
    seeds it shows how far the share of weightings hangs on how the passages were read.
    Parameters and result are those of `balance_share`.
    """
    codings, traits, told = tell_cases()
    odds = _odds(codings, certain, likely, contested)
    for_codes, for_weights = np.random.SeedSequence(seed).spawn(2)
    leans = multiverse.draw_leans(odds.reshape(-1, 3), 1, for_codes).reshape(odds.shape[:2])
    weights = multiverse.draw_weights(n_draws, for_weights, odds.shape[1])
    chosen = _offer()[structure]
    found = tilts(chosen, leans.astype(float), weights, traits)
    right = multiverse.as_told(found, expected_sides(chosen, told, traits))
    shares = [*right.mean(axis=0), right.all(axis=1).mean()]
    return pd.DataFrame({"case": [*told.index, "all"], "share": shares})


MODELS: dict[str, Callable[..., pd.DataFrame]] = {
    "balance-share": balance_share,
    "reading-share": reading_share,
}
# A call is made from what this notebook, which asks the same, is made from; and from this module.
KIN = "09-vary-assumptions"
SOURCE = Path(__file__)
# Settings that are no odds.
RANGES = {"n_draws": (1, 10**9), "seed": (0, 2**63)}


def declare(model: str) -> Declaration:
    """What a model takes and writes, said as a notebook says it.

    >>> declare("balance-share").types["n_draws"]
    <class 'int'>
    """
    settings = inspect.signature(MODELS[model]).parameters
    return Declaration(
        title=model,
        writes=[f"results/tables/{model}"],
        defaults={name: setting.default for name, setting in settings.items()},
        types={name: setting.annotation for name, setting in settings.items()},
    )


def find_problems(model: str, given: dict[str, Any]) -> list[str]:
    """What keeps a model from being called with these settings: unknown, wrong type, out of range.

    >>> find_problems("balance-share", {"n_draw": 10, "likely": 2})
    ['n_draw: no such parameter', 'likely: found 2; allowed: 0 to 1']
    """
    types, problems = declare(model).types, []
    for name, value in given.items():
        kind = types.get(name)
        fits = (int, float) if kind is float else (kind,)
        low, high = RANGES.get(name, (0, 1))
        if kind is None:
            problems.append(f"{name}: no such parameter")
        elif type(value) not in fits:
            found = f"{value!r}, {type(value).__name__}"
            problems.append(f"{name}: found {found}; allowed: {kind.__name__}")
        elif kind is str and value not in _offer():
            problems.append(f"{name}: found {value!r}; allowed: {', '.join(_offer())}")
        elif kind is not str and not low <= value <= high:
            problems.append(f"{name}: found {value}; allowed: {low} to {high}")
    return problems


def _offer() -> dict[str, Structure]:
    """The structures that the study's factors allow."""
    study = read_study()
    return offer(study.factors, study.roles)


@cache
def tell_cases() -> tuple[pd.DataFrame, pd.DataFrame, pd.Series]:
    """Codings, traits and sides of the cases with a told side; read once."""
    told = read_cases().told
    return told.codings, told.traits, told.sides


def _odds(codings: pd.DataFrame, certain: float, likely: float, contested: float) -> np.ndarray:
    flips = {"certain": certain, "likely": likely, "contested": contested}
    return multiverse.code_odds(codings, flips).reshape(-1, len(read_study().factors), 3)


What = str | Path  # a model's name or a notebook's path

KEYS = ("parameters", "sample", "repeats", "seed")
# More than anybody waits for; a slip of the pen in a product gets there soon.
MOST_RUNS = 100_000
# Numpy draws from no more.
MOST_COMBINATIONS = 2**62
# Seeds are whole numbers that a spreadsheet keeps exactly, and that hardly ever meet.
LARGEST_SEED = 2**53


def declare_grids(what: What) -> Declaration:
    """What a model or a notebook takes and writes."""
    return declare(what) if isinstance(what, str) else read_declaration(what)


def name_work(what: What) -> str:
    """What is swept, in a word: a model's name or a notebook's."""
    return what if isinstance(what, str) else what.stem


def plan_runs(what: What, grid: Path, declared: Declaration) -> dict[str, dict[str, Any]]:
    """The runs of a grid by name, refused together if any does not fit.

    Raises
    ------
    SettingError
        With each problem once, however many runs have it.
    """
    runs = read_grid(grid, declared.types)
    problems: dict[str, None] = {}
    for given in runs:
        problems |= dict.fromkeys(_find_misfits(what, given))
    if problems:
        names = ", ".join(f"{name} ({kind.__name__})" for name, kind in declared.types.items())
        raise SettingError(
            f"{name_work(what)} cannot run on {grid.name}; it declares {names or 'none'}:\n  "
            + "\n  ".join(problems)
        )
    return {name_run(given): given for given in runs}


def _find_misfits(what: What, given: dict[str, Any]) -> list[str]:
    if isinstance(what, str):
        return find_problems(what, given)
    try:
        check_parameters(what, given)
    except SettingError as error:
        return [line.strip() for line in str(error).splitlines()[1:]]
    return []


def name_run(given: dict[str, Any]) -> str:
    """A run's folder: its values, and a digest that tells 0.5 from -0.5.

    >>> name_run({"site": "UNE", "level": 0.5}).rpartition("-")[0]
    'une-0.5'
    """
    words = slug(*given.values())
    return f"{words}-{hashlib.sha256(name_given(given).encode()).hexdigest()[:8]}".lstrip("-")


def read_grid(path: Path, types: dict[str, type]) -> list[dict[str, Any]]:
    """The runs that a grid file asks for, in its order.

    Parameters
    ----------
    path : Path
        YAML or JSON: ``parameters``, a list of values for each; if wanted, ``sample`` (that many of
        the combinations) and ``repeats`` (of each, with seeds of their own), which need ``seed``.
        CSV: a column for each parameter, a row for each run; an empty cell leaves the default.
    types : dict of str to type
        What the notebook or the model declares; a cell of a CSV file is read as what is declared.

    Returns
    -------
    list of dict
        The parameters that each run is given. Whether they fit is not asked here.

    Raises
    ------
    SettingError
        If the file cannot be read so, asks for nothing, for one run twice or for more than
        100,000 runs; all that is wrong with it at once.
    """
    if not path.is_file():
        raise SettingError(f"{path}: found no such file; allowed: a grid in YAML, JSON or CSV")
    crossed = dict.fromkeys((".json", ".yaml", ".yml"), _read_crossed)
    readers = {".csv": _read_rows, **crossed}
    if path.suffix not in readers:
        raise SettingError(f"{path.name}: allowed endings: {', '.join(readers)}")
    runs = readers[path.suffix](path, types)
    _refuse(path, [] if runs else ["found no run"])
    first: dict[str, int] = {}
    places = [
        (number, first.setdefault(name_given(run), number)) for number, run in enumerate(runs)
    ]
    twice = [f"run {n + 1} is run {m + 1} again: {_show(runs[n])}" for n, m in places if n != m]
    _refuse(path, twice)
    return runs


def name_given(given: dict[str, Any]) -> str:
    """Parameters as one text, whatever the order they are named in.

    >>> name_given({"b": [1, 2], "a": "x"}) == name_given({"a": "x", "b": [1, 2]})
    True
    """
    return json.dumps(given, sort_keys=True, ensure_ascii=False, default=str)


def draw_seeds(seed: int, n: int) -> list[int]:
    """A seed for each of n repeats; the k-th depends on `seed` and k only.

    >>> draw_seeds(1, 3)[:2] == draw_seeds(1, 2)
    True
    """
    return [int(np.random.default_rng([seed, k]).integers(LARGEST_SEED)) for k in range(n)]


def _refuse(path: Path, problems: list[str]) -> None:
    if problems:
        raise SettingError(f"{path.name} is no grid:\n  " + "\n  ".join(problems))


def _show(run: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value!r}" for name, value in run.items()) or "nothing given"


def _read_rows(path: Path, types: dict[str, type]) -> list[dict[str, Any]]:
    header, *rows = list(csv.reader(_read_text(path).splitlines())) or [[]]
    counts = Counter(header)
    problems = [f"column {name!r} stands {n} times" for name, n in counts.items() if n > 1]
    problems += [
        f"row {number}: found {len(row)} cells; allowed: {len(header)}, as in the header"
        for number, row in enumerate(rows, start=2)
        if len(row) not in (0, len(header))
    ]
    _refuse(path, problems)
    return [
        {
            name: cell if types.get(name, str) is str else _literal(cell)
            for name, cell in zip(header, row)
            if cell
        }
        for row in rows
        if row
    ]


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise SettingError(f"{path.name} cannot be read: {error}; allowed: UTF-8") from None


def _literal(cell: str) -> Any:
    try:
        return ast.literal_eval(cell)
    except (ValueError, SyntaxError):
        return cell


def _read_crossed(path: Path, types: dict[str, type]) -> list[dict[str, Any]]:
    text = _read_text(path)
    try:
        grid = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    except (json.JSONDecodeError, yaml.YAMLError) as error:
        raise SettingError(f"{path.name} cannot be read: {error}") from None
    _refuse(path, _find_breaches(grid, types))
    lists = grid["parameters"]
    sizes = [len(values) for values in lists.values()]
    seed, repeats = grid.get("seed", 0), grid.get("repeats", 0)
    chosen = range(math.prod(sizes))
    if "sample" in grid:
        drawn = np.random.default_rng(seed).choice(len(chosen), grid["sample"], replace=False)
        chosen = sorted(int(number) for number in drawn)
    runs = []
    for number in chosen:
        places = np.unravel_index(number, sizes)
        run = {name: values[place] for (name, values), place in zip(lists.items(), places)}
        runs += [run | {"seed": own} for own in draw_seeds(seed, repeats)] if repeats else [run]
    return runs


def _find_breaches(grid: Any, types: dict[str, type]) -> list[str]:
    """All that keeps a mapping from being a grid."""
    if not isinstance(grid, dict) or not isinstance(grid.get("parameters"), dict):
        return ["found no mapping `parameters`; allowed: a list of values for each parameter"]
    lists, drawn = grid["parameters"], [name for name in ("sample", "repeats") if name in grid]
    problems = [
        f"{key}: no such key; allowed: {', '.join(KEYS)}" for key in grid if key not in KEYS
    ]
    problems += [
        f"{name}: found {values!r}; allowed: a list of values"
        for name, values in lists.items()
        if not isinstance(values, list) or not values
    ]
    problems += [
        f"{name}: found {grid[name]!r}; allowed: a whole number, {least} or more"
        for name, least in (("sample", 1), ("repeats", 1), ("seed", 0))
        if name in grid and not (type(grid[name]) is int and grid[name] >= least)
    ]
    if drawn and "seed" not in grid:
        problems.append(f"seed: not given; {' and '.join(drawn)} need it, any whole number will do")
    if "repeats" in grid and (types.get("seed") is not int or "seed" in lists):
        problems.append("repeats: needs a parameter `seed` that is declared and not in the grid")
    return problems or _count_problems(grid)


def _count_problems(grid: dict[str, Any]) -> list[str]:
    total = math.prod(len(values) for values in grid["parameters"].values())
    if total > MOST_COMBINATIONS:
        return [f"crosses {total} combinations; allowed: up to {MOST_COMBINATIONS}"]
    if grid.get("sample", 1) > total:
        return [
            f"sample: found {grid['sample']}; allowed: up to {total}, the combinations there are"
        ]
    runs = grid.get("sample", total) * grid.get("repeats", 1)
    if runs > MOST_RUNS:
        return [f"asks for {runs} runs; allowed: up to {MOST_RUNS}; a `sample` of them would do"]
    return []
