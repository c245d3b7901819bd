"""Where the tasks of a sweep run: processes here, or a Dask cluster; joblib hands them out alike.

Two things joblib leaves to us. A scheduler that is not there is said so within seconds. And a
cluster that is lost at work, or that kills every worker a task is given to, is noticed: joblib
waits for such a task for ever, so the cluster is looked at while the sweep waits, and one that has
gone, or has nothing to do, ends the wait as Ctrl-C would.

One run of a sweep, on whatever machine it lands; what it made comes back as bytes.

Kept apart because every worker imports it: of the task graph and the grid it knows nothing.

A sweep: one notebook or one model over a grid of parameters, on one machine or on many.

Every run is a task of its own: it is computed somewhere, and what it made comes back as bytes and
is put into its folder in one step, so that a sweep killed at any moment has finished runs and
missing ones, and nothing between. The same call later makes what is missing. joblib hands out the
tasks, to processes here or to a Dask cluster; a run depends on its parameters alone, and the tables
are put together in the order of the grid, so the bytes do not tell where or when it was made.
"""

import _thread
import json
import logging
import math
import os
import re
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import joblib
import pandas as pd

from compendium import paths
from compendium.errors import CompendiumError, SettingError
from compendium.runs import grids, outputs
from compendium.runs.grids import What, declare_grids, name_work, plan_runs
from compendium.runs.notebooks import ENDINGS, Declaration, slug
from compendium.runs.records import hash_file

if TYPE_CHECKING:
    from distributed import Client

# Seconds: how long a scheduler, and then a first worker, may take to answer.
PATIENCE = 5
# Seconds between two looks at a cluster at work, and how long it may be seen doing nothing.
LOOK, IDLE = 1.0, 30.0
GONE = "is gone"
IDLES = "does nothing: its workers are gone, or a run kills them"

Spread = Callable[[Callable[..., Any], Iterable[tuple]], Iterator[Any]]


class ClusterError(CompendiumError):
    """A cluster that stopped working in the middle of a sweep."""


@contextmanager
def open_workers(workers: int, dask: str = "") -> Iterator[Spread]:
    """A function that calls another with each of many arguments, wherever there is room.

    Parameters
    ----------
    workers : int
        Processes on this machine; not used with `dask`.
    dask : str
        Address of a scheduler; none if empty.

    Yields
    ------
    callable
        ``spread(function, arguments)``: the results, as they come, in no order.

    Raises
    ------
    SettingError
        If no scheduler answers, or none of its workers does.
    ClusterError
        In the block, if the cluster is lost.

    Examples
    --------
    >>> with open_workers(1) as spread:
    ...     list(spread(pow, [(2, 3), (3, 2)]))
    [8, 9]
    """
    if not dask:
        # One thread for each: sums then come out in the same order whatever the machine.
        with joblib.parallel_config("loky", n_jobs=workers, inner_max_num_threads=1):
            try:
                yield lambda function, arguments: _call(function, arguments, {})
            except BrokenExecutor:
                raise ClusterError("a worker was killed; perhaps by a lack of memory") from None
        return
    pulse: dict[str, Any] = {"results": 0, "lost": ""}
    with _connect(dask) as client, joblib.parallel_config("dask", client=client):
        try:
            with _watch(client, pulse):
                yield lambda function, arguments: _call(function, arguments, pulse)
        except (KeyboardInterrupt, CancelledError) as error:
            if isinstance(error, KeyboardInterrupt) and not pulse["lost"]:
                raise
            raise ClusterError(f"the cluster at {dask} {pulse['lost'] or GONE}") from None


def _call(
    function: Callable[..., Any], arguments: Iterable[tuple], pulse: dict[str, Any]
) -> Iterator[Any]:
    calls = (joblib.delayed(function)(*each) for each in arguments)
    for result in joblib.Parallel(return_as="generator_unordered", batch_size=1)(calls):
        pulse["results"] = pulse.get("results", 0) + 1
        yield result


@contextmanager
def _connect(address: str) -> Iterator["Client"]:
    """A client of a scheduler that answers and has a worker."""
    with _quiet("distributed.client"):
        client = _join(address)
        try:
            _wait_for_worker(client, address)
            yield client
        finally:
            with suppress(OSError):
                client.close(timeout=1)


def _join(address: str) -> "Client":
    # 0.7 s, which no other sweep pays for.
    from distributed import Client  # noqa: PLC0415

    answer: dict[str, Any] = {"why": "what listens there does not speak as one"}

    def ask() -> None:
        try:
            answer["client"] = Client(address, timeout=PATIENCE, set_as_default=False)
        # A server of another kind may answer with what is read as the length of a message.
        except (OSError, ValueError, MemoryError) as error:
            answer["why"] = error

    # In a thread that can be left: for the first word of what listens, Dask waits for ever.
    asker = threading.Thread(target=ask, daemon=True)
    asker.start()
    asker.join(PATIENCE + 1)
    if "client" in answer:
        return answer["client"]
    raise SettingError(
        f"no Dask scheduler answers at {address} ({answer['why']}); allowed: tcp://HOST:PORT of "
        "one that runs. Nothing was lost; without --dask the sweep runs here"
    )


@contextmanager
def _quiet(name: str) -> Iterator[None]:
    """Let a library keep a page of traceback to itself: the sweep says it in a line."""
    log = logging.getLogger(name)
    level = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(level)


def _wait_for_worker(client: "Client", address: str) -> None:
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except OSError:
        raise SettingError(
            f"the Dask scheduler at {address} has no worker; start one: dask worker {address}"
        ) from None


@contextmanager
def _watch(client: "Client", pulse: dict[str, Any]) -> Iterator[None]:
    """Interrupt whoever waits for a cluster that has gone or does nothing."""
    over = threading.Event()

    def look() -> None:
        idle, results = 0.0, -1
        while not over.wait(LOOK):
            gone = client.status != "running"
            active = pulse["results"] != results or (not gone and _is_busy(client))
            idle, results = 0.0 if active else idle + LOOK, pulse["results"]
            if gone or idle >= IDLE:
                pulse["lost"] = GONE if gone else IDLES
                _thread.interrupt_main()
                return

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join(PATIENCE)


def _is_busy(client: "Client") -> bool:
    try:
        return any(client.processing().values())
    except (OSError, CancelledError):
        return False


SEVERAL = 3


class Outcome(NamedTuple):
    """One run: its name, what it made, and why it failed if it did."""

    name: str
    files: dict[str, bytes]
    message: str


def run_chunk(
    what: str | Path, chunk: list[tuple[str, dict[str, Any]]], state: dict[str, str]
) -> list[Outcome]:
    """Make a few runs, on whatever machine this is.

    Parameters
    ----------
    what : str or Path
        A model's name, or a notebook, relative to the study's folder if it lies in it.
    chunk : list of (str, dict)
        Each run's name and what it is given.
    state : dict of str to str
        The SHA-256 of every file that the runs are made from.

    Raises
    ------
    SettingError
        If this machine has the project in another state than the one that asks.
    """
    changed = find_changed(state)
    if changed:
        raise SettingError(f"a worker has another version of {', '.join(changed[:SEVERAL])}")
    make = _call_model if isinstance(what, str) else _run_notebook
    return [make(what, name, given) for name, given in chunk]


def _call_model(model: str, name: str, given: dict[str, Any]) -> Outcome:
    try:
        table = grids.MODELS[model](**given)
    except CompendiumError as error:
        return Outcome(name, {}, str(error))
    text = table.to_csv(index=False, float_format=outputs.DIGITS, lineterminator="\n")
    return Outcome(name, {f"tables/{model}.csv": text.encode()}, "")


def _run_notebook(source: Path, name: str, given: dict[str, Any]) -> Outcome:
    # Half a second that a sweep of a model does without.
    from nbclient.exceptions import DeadKernelError  # noqa: PLC0415

    from compendium.runs.execution import run_notebook  # noqa: PLC0415

    message = ""
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder)
        try:
            run_notebook(paths.STUDY / source, given, results, results / "processed")
        except (CompendiumError, DeadKernelError) as error:
            results = results / "failed"
            message = str(error).replace(f"{results}/", f"failed/{name}/")
        made = sorted(path for path in results.rglob("*") if path.is_file())
        # A run's seconds are never the same twice.
        kept = [path for path in made if path.suffix != ".seconds"]
        files = {path.relative_to(results).as_posix(): path.read_bytes() for path in kept}
    return Outcome(name, files, message)


def find_changed(state: dict[str, str]) -> list[str]:
    """The files that are not, here and now, what they were when the state was taken."""
    now = {name: paths.find_file(name) for name in state}
    return [n for n, path in now.items() if not path.is_file() or hash_file(path) != state[n]]


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
        A model of `grids.MODELS`, or a notebook.
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
    from compendium.runs import graph  # noqa: PLC0415

    os.environ.update(dict.fromkeys(graph.ONE_THREAD, "1"))
    declared = declare_grids(what)
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
    from compendium.runs import graph  # noqa: PLC0415

    kin = paths.NOTEBOOKS / f"{grids.KIN}.ipynb"
    if isinstance(what, str) and not kin.is_file():
        raise SettingError(f"{what}: asks what {kin.name} asks, which this study does not have")
    run = graph.Run(kin if isinstance(what, str) else what)
    files = [*graph.find_kept(run), *graph.find_made(run, graph.plan_runs())]
    files += [grids.SOURCE] if isinstance(what, str) else []
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
