"""A sweep: one notebook or one model over a grid of parameters, on one machine or on many.

Every run is a task of its own: it is computed somewhere, and what it made comes back as bytes and
is put into its folder in one step, so that a sweep killed at any moment has finished runs and
missing ones, and nothing between. The same call later makes what is missing. A run depends on its
parameters alone, and the tables are put together in the order of the grid, so the bytes do not tell
where or when it was made.

A notebook costs seconds of kernel; a question asked ten thousand times must do without. A *model*
is a function of plain settings and a seed that returns a tidy table, the same table for the same
settings on any machine. Both here ask how often the told cases come out as told: with weights and
codings drawn together, or over the weights for one reading of the passages at a time.

Tables are put together while the runs are made, so that a sweep that is stopped leaves those of the
runs it made: a column for each parameter, and for each weight, of the grid. Of a figure the run of
a notebook keeps the data and the words: nobody looks at hundreds of pictures, and `compendium run`
draws the one that is asked for. At the end what came out is drawn over the grid: the shares of a
model, or the numbers that a notebook answers with.
"""

import json
import math
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from compendium import paths, settings
from compendium.coding.cases import Cases, read_cases
from compendium.coding.weighing import find_traits
from compendium.errors import CompendiumError, SettingError, StoppedError, refuse, shorten
from compendium.models import multiverse
from compendium.models.balance import Structure, expected_sides, offer, tilts
from compendium.runs import outputs
from compendium.runs.compare import read_cells
from compendium.runs.grids import read_grid
from compendium.runs.notebooks import (
    ENDINGS,
    Declaration,
    Run,
    find_misfits,
    find_modules,
    gather,
    name_given,
    read_declaration,
    slug,
    spread,
)
from compendium.runs.records import find_changed, read_record
from compendium.runs.workers import ClusterError, Spread, open_workers

# What a task should last at least: handing one out costs a few milliseconds.
_LEAST_SECONDS = 0.2
# The share of a sweep's time that may go into putting its tables together before it has ended.
_TABLES_SHARE = 0.05
# How many outcomes are drawn, and how many series of each.
_MOST_DRAWN, _MOST_SERIES = 9, 4

What = str | Path  # a model's name or a notebook's path
Runs = dict[str, dict[str, Any]]


class SweepError(CompendiumError):
    """A sweep that stopped half-way; the message says how far it got and how to go on."""


class Outcome(NamedTuple):
    """One run: its name, what it made, and why it failed if it did."""

    name: str
    files: dict[str, bytes]
    message: str


class Sweep(NamedTuple):
    """What a call of a sweep left behind."""

    folder: Path
    total: int
    before: int  # runs that were there
    failed: dict[str, str]  # run -> message
    left: int  # runs that lie there and that this grid does not ask for


def balance_share(structure: str, n_draws: int, seed: int, **flips: float) -> pd.DataFrame:
    """How many draws of weights and codings together give each told case its side: 0 to 1.

    `flips` are the odds that a code of each confidence would be another. One row per case, ``case``
    and ``share``, and one for ``all`` at once.
    """
    told, chosen, traits, odds = _prepare(structure, flips)
    drawn = multiverse.vary(chosen, odds, traits, told.sides, n=n_draws, seed=seed)
    return drawn.rename_axis("case").reset_index()


def _reading_share(structure: str, n_draws: int, seed: int, **flips: float) -> pd.DataFrame:
    """What share of all weightings gives each told case its side, under one drawn reading.

    The seed draws one code for every box of every case, and then the weights. Repeated with other
    seeds it shows how far the share of weightings hangs on how the passages were read.
    """
    told, chosen, traits, odds = _prepare(structure, flips)
    for_codes, for_weights = np.random.SeedSequence(seed).spawn(2)
    leans = multiverse.draw_leans(odds.reshape(-1, 3), 1, for_codes).reshape(odds.shape[:2])
    weights = multiverse.draw_weights(n_draws, for_weights, odds.shape[1])
    found = tilts(chosen, leans.astype(float), weights, traits)
    right = multiverse.as_told(found, expected_sides(chosen, told.sides, traits))
    shares = [*right.mean(axis=0), right.all(axis=1).mean()]
    return pd.DataFrame({"case": [*told.sides.index, "all"], "share": shares})


def _prepare(structure: str, flips: dict[str, float]) -> tuple[Cases, Structure, Any, np.ndarray]:
    """The told cases, a structure with its traits, and the odds of each code of each box."""
    told, chosen = tell_cases(), _offer()[structure]
    odds = multiverse.code_odds(told.codings, flips)
    n_boxes = len(settings.read_study().factors)
    return told, chosen, find_traits(chosen, told), odds.reshape(-1, n_boxes, 3)


_DEFAULTS = {"structure": "M1 free weights", **multiverse.FLIPS, "n_draws": 20_000, "seed": 2005}
# What a setting may be; a structure, one of those on offer.
_LIMITS: dict[str, dict[str, Any]] = {
    **{confidence: {"minimum": 0, "maximum": 1} for confidence in multiverse.FLIPS},
    "n_draws": {"minimum": 1, "maximum": 10**9},
    "seed": {"minimum": 0, "maximum": 2**63},
}
# Each model with the settings that it takes.
MODELS: dict[str, tuple[Callable[..., pd.DataFrame], dict[str, Any]]] = {
    "balance-share": (balance_share, _DEFAULTS),
    "reading-share": (_reading_share, _DEFAULTS | {"n_draws": 5_000}),
}


@cache
def tell_cases() -> Cases:
    """The cases with a told side; read once."""
    return read_cases().sided


def _offer() -> dict[str, Structure]:
    """The structures that the study's factors allow."""
    study = settings.read_study()
    return offer(study.factors, study.roles)


def _declare(what: What) -> Declaration:
    """What a notebook, or a model in the same words, takes and writes."""
    if isinstance(what, Path):
        return read_declaration(what)
    defaults = MODELS[what][1]
    types = {name: type(default) for name, default in defaults.items()}
    return Declaration(what, [], [f"results/tables/{what}"], defaults, types)


def run_sweep(
    what: What,
    grid: Path,
    out: Path | None = None,
    *,
    workers: int = 1,
    dask: str = "",
    advance: Callable[[int, int], None] | None = None,
) -> Sweep:
    """Make every run of a grid that is not there yet, and put the tables together.

    Parameters
    ----------
    what : str or Path
        A model of `MODELS`, or a notebook.
    out : Path, optional
        The sweep's folder; ``results/sweeps`` and the name of the grid if left out.
    dask : str
        In place of processes here, the address of a Dask scheduler whose workers have this project
        in the same state. They need not share a disk.
    advance : callable, optional
        Called with the number of runs made and the number of all.

    Raises
    ------
    SettingError
        Before anything runs: if the grid or a run's parameters do not fit, no scheduler answers,
        or the folder holds another sweep, one begun with other files, or one still at work.
    StoppedError, SweepError
        If the sweep is told to stop, or its cluster is lost.
    """
    declared = _declare(what)
    runs = _plan_runs(what, grid, declared)
    out = out or paths.RESULTS / "sweeps" / grid.stem
    state = find_state(what)
    with paths.hold(out.parent / f".{out.name}.lock", f"sweep in {out}"):
        _open_folder(out, what, state)
        missing = {name: run for name, run in runs.items() if not (out / "runs" / name).is_dir()}
        before = done = len(runs) - len(missing)
        failed: dict[str, str] = {}
        tables = _Tables(out, what, declared, runs, failed)
        try:
            with open_workers(workers, dask if missing else "") as call:
                for outcome in _compute(what, missing, state, call):
                    _keep(out, outcome)
                    failed |= {outcome.name: outcome.message} if outcome.message else {}
                    done += 1
                    tables.write_in_time()
                    if advance:
                        advance(done, len(runs))
        except (KeyboardInterrupt, ClusterError) as why:
            tables.write()
            kind = SweepError if str(why) else StoppedError
            raise kind(
                f"{str(why) or 'interrupted'}; {done} of {len(runs)} runs are made and kept in "
                f"{out}: the same command makes the others"
            ) from None
        tables.write()
        tables.draw()
        left = sum(path.name not in runs for path in (out / "runs").glob("*"))
        return Sweep(out, len(runs), before, {n: failed[n] for n in runs if n in failed}, left)


def _plan_runs(what: What, grid: Path, declared: Declaration) -> Runs:
    """The runs of a grid by name; refused together, with each problem once."""
    limits = settings.read_study().parameters
    if isinstance(what, str):
        limits = _LIMITS | {"structure": {"allowed": list(_offer())}}
    runs = [gather(given, declared) for given in read_grid(grid, declared.types)]
    problems = dict.fromkeys(p for given in runs for p in find_misfits(declared, given, limits))
    head = f"{_name(what)} cannot run on {grid.name}; it declares {declared.parameters}"
    refuse(head, problems, SettingError)
    return {name_given(given, declared.defaults): given for given in runs}


def _name(what: What) -> str:
    return what if isinstance(what, str) else what.stem


def find_state(what: What) -> dict[str, str]:
    """What every run of a sweep is made from: each file and its SHA-256."""
    from compendium.runs import graph  # noqa: PLC0415

    if isinstance(what, str):
        tell_cases()  # refused here, and not in each run, where a study has none
        own = Path(__file__)
        files = [own, *find_modules(own.read_text(encoding="utf-8")), paths.LOCK]
        data = [paths.STUDY / settings.FILE, *paths.RAW.rglob("*")]
        files += filter(Path.is_file, data)
    else:
        run = Run(what)
        files = [*graph.find_kept(run), *graph.find_made(run, graph.plan_runs())]
    return {paths.name_file(path): paths.hash_file(path) for path in sorted(set(files))}


def _open_folder(out: Path, what: What, state: dict[str, str]) -> None:
    """Make a sweep's folder, or refuse one that is of something else."""
    path, begun = out / "sweep.json", {}
    if path.is_file():
        begun = json.loads(path.read_text(encoding="utf-8"))
    elif out.is_dir() and any(out.iterdir()):
        raise SettingError(f"{out}: is not empty and holds no sweep; give another --out")
    if begun and begun["what"] != _name(what):
        raise SettingError(f"{out}: holds a sweep of {begun['what']}; give another --out")
    was = begun.get("made_from", state)
    changed = sorted(name for name in was | state if was.get(name) != state.get(name))
    if changed:
        raise SettingError(
            f"{out}: was begun with another version of {shorten(changed)}; "
            "remove the folder, or give another --out"
        )
    # What a run that was killed left of its folder.
    for draft in out.glob("*/.*"):
        shutil.rmtree(draft)
    text = json.dumps({"what": _name(what), "made_from": state}, indent=1, ensure_ascii=False)
    paths.write_file(path, text + "\n")


def _compute(what: What, runs: Runs, state: dict[str, str], spread: Spread) -> Iterator[Outcome]:
    """Make runs, wherever there is room; they come in no order."""
    waiting, size = list(runs.items()), 1
    if isinstance(what, str):
        # The second tells how long a call takes: the first reads the data as well.
        for run in waiting[:2]:
            start = time.perf_counter()
            outcomes = run_chunk(what, [run], state)
            size = math.ceil(_LEAST_SECONDS / (time.perf_counter() - start))
            yield from outcomes
        waiting = waiting[2:]
    elif what.is_relative_to(paths.STUDY):
        # A worker elsewhere has the study in a folder of its own.
        what = what.relative_to(paths.STUDY)
    chunks = (waiting[start : start + size] for start in range(0, len(waiting), size))
    for outcomes in spread(run_chunk, ((what, chunk, state) for chunk in chunks)):
        yield from outcomes


def _keep(out: Path, outcome: Outcome) -> None:
    """Put a run's files into its folder in one step; a run made after all has not failed."""
    failed = out / "failed" / outcome.name
    shutil.rmtree(failed, ignore_errors=True)
    note = {"message.txt": f"{outcome.message}\n".encode()} if outcome.message else {}
    home = failed if outcome.message else out / "runs" / outcome.name
    with paths.new_folder(home) as draft:
        for relative, content in (outcome.files | note).items():
            paths.write_file(draft / relative, content)


class _Tables:
    """What the finished runs of a sweep made, put together; each row with its run's parameters.

    ``runs.csv`` has a row for each run of the grid. Every table that the notebook declares, and
    the data of every figure, becomes one file; what stands for a parameter in its name is left out.
    A table's own column of a parameter's name keeps it, and the parameter is ``given_`` and that.
    A notebook's answers become ``answers.csv``.
    """

    def __init__(
        self, out: Path, what: What, declared: Declaration, runs: Runs, failed: dict[str, str]
    ) -> None:
        self.out, self.what, self.declared = out, what, declared
        self.runs, self.failed = runs, failed
        names = list(dict.fromkeys(name for given in runs.values() for name in given))
        full = (declared.defaults | given for given in runs.values())
        rows = [spread({name: each[name] for name in names}) for each in full]
        index = pd.Index(runs, name="run")
        self.values = pd.DataFrame(rows, index, dtype=object).map(_as_text, na_action="ignore")
        self._next = time.monotonic() + 1

    def write_in_time(self) -> None:
        """Write the tables of the runs made so far, if that has not been done for a while."""
        if (began := time.monotonic()) >= self._next:
            self.write()
            now = time.monotonic()
            self._next = now + max(1, (now - began) / _TABLES_SHARE)

    def write(self) -> None:
        """Write the tables of the runs made so far."""
        made = [(self.out / "runs" / run).is_dir() for run in self.runs]
        status = [
            "failed" if run in self.failed else "made" if is_made else "not made"
            for run, is_made in zip(self.runs, made)
        ]
        messages = [self.failed.get(run, "") for run in self.runs]
        table = self.values.assign(status=status, message=messages)
        _write_table(self.out / "runs.csv", table.reset_index())
        for entry in self.declared.writes:
            ending = ".csv" if entry.rpartition("/")[0] in ENDINGS else ""
            if (name := re.sub(r"^(results|data)/", "", entry + ending)).endswith(".csv"):
                self._put_together(name)
        if answers := self._read_answers():
            _write_table(self.out / "answers.csv", self._stack(answers))

    def _put_together(self, template: str) -> None:
        parts: dict[str, pd.DataFrame] = {}
        for run, given in self.runs.items():
            named = {name: slug(value) for name, value in (self.declared.defaults | given).items()}
            path = self.out / "runs" / run / template.format(**named)
            if path.is_file():
                parts[run] = read_cells(path)
        if parts:
            name = re.sub(r"-?\{\w+\}", "", template)
            _write_table(self.out / name, self._stack(parts))

    def _read_answers(self) -> dict[str, pd.DataFrame]:
        """What the notebook said in each run: ``name`` and ``value``."""
        found = {}
        for run in self.runs:
            for path in (self.out / "runs" / run / "records").glob("*.json"):
                if said := read_record(path)["answered"]:
                    found[run] = pd.DataFrame(said)[["name", "value"]]
        return found

    def _stack(self, parts: dict[str, pd.DataFrame]) -> pd.DataFrame:
        """Tables of several runs one below the other, their parameters in front."""
        table = pd.concat(parts, names=["run", "place"])
        given = self.values.loc[table.index.get_level_values("run")].set_axis(table.index)
        own = {name: f"given_{name}" for name in self.values if name in table}
        return pd.concat([given.rename(columns=own), table], axis=1)

    def draw(self) -> None:
        """Draw what came out over the grid: ``figures/outcomes``; nothing if it is no number."""
        is_model = isinstance(self.what, str)
        name = f"tables/{self.what}.csv" if is_model else "answers.csv"
        if not (path := self.out / name).is_file():
            return
        outcome, value = ("case", "share") if is_model else ("name", "value")
        table = read_cells(path).rename(columns={outcome: "outcome", value: "value"})
        drawn = choose_outcomes(table, [name for name in self.values if name in table])
        if not drawn.empty:
            from compendium.figures.runs import plot_outcomes  # noqa: PLC0415

            outputs.draw_apart(self.out / "figures" / "outcomes", plot_outcomes, drawn)


def choose_outcomes(table: pd.DataFrame, parameters: list[str]) -> pd.DataFrame:
    """What a sweep's figure shows: ``outcome``, ``along``, ``at``, ``series`` and ``value``.

    Each outcome that is a number and moves, the most mobile if there are many, along the parameter
    of most values; what else varies, but for the seed, tells the series apart.
    """
    table = table.assign(value=pd.to_numeric(table.value, errors="coerce")).dropna(subset="value")
    ways = {name: table[name].nunique() for name in parameters if name != "seed"}
    varied = sorted((name for name, n in ways.items() if n > 1), key=lambda name: -ways[name])
    columns = ["outcome", "along", "at", "series", "value"]
    if not varied:
        return pd.DataFrame(columns=columns)
    series = table[varied[1:]].fillna("").agg(", ".join, axis=1) if varied[1:] else ""
    table = table.assign(along=varied[0], at=table[varied[0]], series=series)
    means = table.groupby(["outcome", "series", "at"], sort=False).value.mean()
    span = means.groupby("outcome", sort=False).agg(np.ptp)
    span = span[span > 0].sort_values(ascending=False, kind="stable")
    kept = table.series.unique()[:_MOST_SERIES]
    table = table[table.outcome.isin(span.index[:_MOST_DRAWN]) & table.series.isin(kept)]
    return table[columns].reset_index(drop=True)


def _as_text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else str(value)


def _write_table(path: Path, table: pd.DataFrame) -> None:
    paths.write_file(path, table.to_csv(index=False, lineterminator="\n"))


def run_chunk(
    what: What, chunk: list[tuple[str, dict[str, Any]]], state: dict[str, str]
) -> list[Outcome]:
    """Make a few runs, on whatever machine this is; a notebook is named within the study's folder.

    Refused (SettingError) where a file is in another state than `state` says.
    """
    if changed := find_changed(state):
        raise SettingError(f"a worker has another version of {shorten(changed)}")
    make = _call_model if isinstance(what, str) else _run_notebook
    return [make(what, name, given) for name, given in chunk]


def _call_model(model: str, name: str, given: dict[str, Any]) -> Outcome:
    try:
        make, defaults = MODELS[model]
        table = make(**defaults | given)
    except CompendiumError as error:
        return Outcome(name, {}, str(error))
    text = table.to_csv(index=False, float_format=outputs.DIGITS, lineterminator="\n")
    return Outcome(name, {f"tables/{model}.csv": text.encode()}, "")


def _run_notebook(source: Path, name: str, given: dict[str, Any]) -> Outcome:
    # Half a second that a sweep of a model does without.
    from compendium.runs.execution import run_notebook  # noqa: PLC0415

    message = ""
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder)
        try:
            run_notebook(Run(paths.STUDY / source, given, pictures=False), results)
        except CompendiumError as error:
            results = results / "failed"
            message = str(error).replace(f"{results}/", f"failed/{name}/")
        made = sorted(path for path in results.rglob("*") if path.is_file())
        # A run's seconds are never the same twice.
        kept = [path for path in made if path.suffix != ".seconds"]
        files = {path.relative_to(results).as_posix(): path.read_bytes() for path in kept}
    return Outcome(name, files, message)
