"""A sweep: one notebook or one model over a grid of parameters, on one machine or on many.

Every run is a task of its own: it is computed somewhere, and what it made comes back as bytes and
is put into its folder in one step, so that a sweep killed at any moment has finished runs and
missing ones, and nothing between. The same call later makes what is missing. joblib hands out the
tasks, to processes here or to a Dask cluster; a run depends on its parameters alone, and the tables
are put together in the order of the grid, so the bytes do not tell where or when it was made.
"""

import json
import math
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from compendium import paths, sweep_models
from compendium.declarations import ENDINGS, Declaration, slug
from compendium.errors import CompendiumError, SettingError
from compendium.grids import What, declare, name_work, plan_runs
from compendium.records import hash_file
from compendium.sweep_backends import ClusterError, Spread, open_workers
from compendium.sweep_runs import SEVERAL, Outcome, run_chunk

# What a task should last at least: handing one out costs a few milliseconds.
LEAST_SECONDS = 0.2


class SweepError(CompendiumError):
    """A sweep that stopped half-way; the message says how far it got and how to go on."""


class Sweep(NamedTuple):
    """What a call of a sweep left behind."""

    folder: Path
    total: int
    before: int
    failed: dict[str, str]
    left: int


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
        A model of `sweep_models.MODELS`, or a notebook.
    grid : Path
        See `grids.read_grid`.
    out : Path, optional
        The sweep's folder; ``results/sweeps`` and the name of the grid if left out.
    workers : int
        Processes on this machine, at least 1.
    dask : str
        Address of a Dask scheduler, ``tcp://HOST:PORT``, in place of processes here. Its workers
        need this project in the same state; they need not share a disk.
    advance : callable, optional
        Called with the number of runs made and the number of all.

    Returns
    -------
    Sweep
        The folder, how many runs there are, how many were there before, the message of each that
        failed, and how many runs lie there that this grid does not ask for.

    Raises
    ------
    SettingError
        Before anything runs: if the grid or a run's parameters do not fit, no scheduler answers,
        or the folder holds another sweep, or one begun with other files.
    SweepError
        If the sweep is interrupted, or its cluster is lost.
    """
    # pytask takes half a second to import, and no worker needs it.
    from compendium import tasks  # noqa: PLC0415

    os.environ.update(dict.fromkeys(tasks.ONE_THREAD, "1"))
    declared = declare(what)
    runs = plan_runs(what, grid, declared)
    out = out or paths.RESULTS / "sweeps" / grid.stem
    state = find_state(what)
    _open_folder(out, name_work(what), state)
    missing = {name: run for name, run in runs.items() if not (out / "runs" / name).is_dir()}
    before = done = len(runs) - len(missing)
    failed: dict[str, str] = {}
    try:
        with open_workers(workers, dask if missing else "") as spread:
            for outcome in _compute(what, missing, state, spread):
                _keep(out, outcome)
                failed |= {outcome.name: outcome.message} if outcome.message else {}
                done += 1
                if advance:
                    advance(done, len(runs))
    except (KeyboardInterrupt, ClusterError) as why:
        raise SweepError(
            f"{str(why) or 'interrupted'}; {done} of {len(runs)} runs are made and kept in {out}: "
            "the same command makes the others"
        ) from None
    collect(out, declared, runs, failed)
    left = sum(path.name not in runs for path in (out / "runs").glob("*"))
    return Sweep(out, len(runs), before, {n: failed[n] for n in runs if n in failed}, left)


def find_state(what: What) -> dict[str, str]:
    """What every run of a sweep is made from: each file and its SHA-256."""
    from compendium import tasks  # noqa: PLC0415

    kin = paths.NOTEBOOKS / f"{sweep_models.KIN}.ipynb"
    if isinstance(what, str) and not kin.is_file():
        raise SettingError(f"{what}: asks what {kin.name} asks, which this study does not have")
    run = tasks.Run(kin if isinstance(what, str) else what)
    files = [*tasks.find_kept(run), *tasks.find_made(run, tasks.plan_runs())]
    files += [sweep_models.SOURCE] if isinstance(what, str) else []
    return {paths.name_file(path): hash_file(path) for path in sorted(files)}


def _open_folder(out: Path, name: str, state: dict[str, str]) -> None:
    """Make a sweep's folder, or refuse one that is of something else."""
    path, begun = out / "sweep.json", {}
    if path.is_file():
        begun = json.loads(path.read_text(encoding="utf-8"))
    elif out.is_dir() and any(out.iterdir()):
        raise SettingError(f"{out}: is not empty and holds no sweep; give another --out")
    if begun and begun["what"] != name:
        raise SettingError(f"{out}: holds a sweep of {begun['what']}; give another --out")
    was = begun.get("made_from", state)
    changed = sorted(name for name in was | state if was.get(name) != state.get(name))
    if changed:
        more = f" and {len(changed) - SEVERAL} more" if len(changed) > SEVERAL else ""
        raise SettingError(
            f"{out}: was begun with another version of {', '.join(changed[:SEVERAL])}{more}; "
            "remove the folder, or give another --out"
        )
    for draft in out.glob("draft-*"):
        shutil.rmtree(draft)
    text = json.dumps({"what": name, "made_from": state}, indent=1, ensure_ascii=False)
    _write(path, text + "\n")


def _write(path: Path, text: str) -> None:
    """Write a file in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".part")
    draft.write_text(text, encoding="utf-8", newline="\n")
    os.replace(draft, path)


def _compute(
    what: What, runs: dict[str, dict[str, Any]], state: dict[str, str], spread: Spread
) -> Iterator[Outcome]:
    """Make runs, wherever there is room; they come in no order."""
    waiting, size = list(runs.items()), 1
    if isinstance(what, str):
        # The second tells how long a call takes: the first reads the data as well.
        for run in waiting[:2]:
            start = time.perf_counter()
            outcomes = run_chunk(what, [run], state)
            size = math.ceil(LEAST_SECONDS / (time.perf_counter() - start))
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
    draft, failed = out / f"draft-{outcome.name}", out / "failed" / outcome.name
    draft.mkdir()
    note = {"message.txt": f"{outcome.message}\n".encode()} if outcome.message else {}
    for relative, content in (outcome.files | note).items():
        path = draft / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    shutil.rmtree(failed, ignore_errors=True)
    home = failed if outcome.message else out / "runs" / outcome.name
    home.parent.mkdir(exist_ok=True)
    draft.rename(home)


def collect(
    out: Path, declared: Declaration, runs: dict[str, dict[str, Any]], failed: dict[str, str]
) -> None:
    """Put the tables of all finished runs together, each row with its run's parameters.

    ``runs.csv`` has a row for each run of the grid. Every table that the notebook declares, and
    the data of every figure, becomes one file; what stands for a parameter in its name is left out.
    A table's own column of a parameter's name keeps it, and the parameter is ``given_`` and that.
    """
    names = list(dict.fromkeys(name for given in runs.values() for name in given))
    values = {
        run: {name: _as_text((declared.defaults | given)[name]) for name in names}
        for run, given in runs.items()
    }
    rows = [
        {"run": run, **values[run], "status": "failed" if run in failed else "made"}
        | {"message": failed.get(run, "")}
        for run in runs
    ]
    _write(out / "runs.csv", pd.DataFrame(rows).to_csv(index=False, lineterminator="\n"))
    for label, template in _find_tables(declared).items():
        parts = {}
        for run, given in runs.items():
            slugs = {name: slug(value) for name, value in (declared.defaults | given).items()}
            path = out / "runs" / run / template.format(**slugs)
            if path.is_file():
                table = pd.read_csv(path, dtype=str, keep_default_na=False)
                parts[run] = table.rename(columns={"Unnamed: 0": "row"})
        if parts:
            stacked = _stack(parts, values)
            _write(out / label, stacked.to_csv(index=False, lineterminator="\n"))


def _as_text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else str(value)


def _find_tables(declared: Declaration) -> dict[str, str]:
    """For each table to be put together, where a run keeps its part; both without ``results/``."""
    found = {}
    for entry in declared.writes:
        ending = ".csv" if entry.rpartition("/")[0] in ENDINGS else ""
        template = re.sub(r"^(results|data)/", "", entry + ending)
        if template.endswith(".csv"):
            found[re.sub(r"-?\{\w+\}", "", template)] = template
    return found


def _stack(parts: dict[str, pd.DataFrame], values: dict[str, dict[str, str]]) -> pd.DataFrame:
    """Tables of several runs one below the other, their parameters in front."""
    own = {column for table in parts.values() for column in table.columns}
    wide = [
        pd.concat(
            [
                pd.DataFrame(
                    {f"given_{n}" if n in own else n: value for n, value in values[run].items()},
                    index=table.index,
                    dtype=str,
                ),
                table,
            ],
            axis=1,
        )
        for run, table in parts.items()
    ]
    return pd.concat(wide, ignore_index=True)
