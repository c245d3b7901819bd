"""The task graph: which run needs which files, declared for pytask.

A run is a notebook with one set of parameters. It needs its source, its parameters, the modules
it imports, the lock, the raw files it read and what other runs make of its ``Reads:`` line; it
makes what its ``Writes:`` line names, the executed copy, a page and a record of what it did. What
it read stands in the record: only a run without one depends on every raw file that the line allows.
pytask skips a run whose files all have the content they had.
"""

import hashlib
import math
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any

import pytask
from pytask import ExecutionReport, Product, PythonNode, TaskOutcome, task

from compendium import paths
from compendium.coding.cases import read_cases
from compendium.errors import DataError, StoppedError, explain
from compendium.printed import tables
from compendium.runs.notebooks import (
    KEYS,
    TOLD,
    Declaration,
    Run,
    find_sources,
    list_notebooks,
    read_declaration,
)
from compendium.runs.records import (
    list_read,
    read_record,
    read_seconds,
    take_sum,
    write_answers,
    write_idle,
)
from compendium.settings import read_study

# How a run that is up to date came to be so.
_MADE = (TaskOutcome.SUCCESS, TaskOutcome.SKIP_UNCHANGED, TaskOutcome.PERSISTENCE)


def plan_runs() -> list[Run]:
    """All runs of a reproduction, in the order of the notebooks.

    A notebook that takes the `KEYS` of a case is run for each case that is weighed, one with a site
    alone for each site that the data package allows in the same columns as its default; any other
    is run once; and none that `find_idle` names. Two cases whose files would be called alike are
    refused (DataError).
    """
    runs, idle = [], find_idle()
    for source in list_notebooks():
        if source.stem in idle:
            continue
        declared = read_declaration(source)
        if set(KEYS) <= set(declared.types):
            sets = read_cases().weighed.table[list(KEYS)].to_dict("records")
        elif "site" in declared.types:
            sets = [{"site": site} for site in _sites_beside(declared.defaults.get("site"))]
        else:
            sets = [{}]
        runs += [Run(source, given) for given in sets]
    first: dict[str, Run] = {}
    for run in runs:
        if (other := first.setdefault(run.name.lower(), run)) is not run:
            cases = " and ".join(" / ".join(map(str, one.given.values())) for one in (other, run))
            raise DataError(f"cases: found {cases}, both {run.name!r}; allowed: names that differ")
    return runs


def find_idle() -> dict[str, str]:
    """The notebooks that this study gives nothing to do, each with the reason why."""
    found = {source.stem: _find_lack(read_declaration(source)) for source in list_notebooks()}
    return {name: why for name, why in found.items() if why}


def _find_lack(declared: Declaration) -> str:
    is_of_case = set(KEYS) <= set(declared.types)
    for name in [*(["coding/cases"] if is_of_case else []), *declared.needs]:
        if name == TOLD:
            if not read_cases().sided.names:
                return "no case has a told side: see coding/tilts and coding/involvement"
        elif not tables.has_table(name):
            return f"it needs a table {name}, which data/raw/tables.csv does not have"
        elif tables.read_table(name).empty:
            return f"it needs a row of data/raw/{tables.find_table(name)['path']}, which has none"
    return "" if not is_of_case or read_cases().weighed.names else read_cases().say_shortfall()


def _sites_beside(default: str | None) -> list[str]:
    """The sites that a column of the data package allows beside a site: those of one source."""
    for resource in tables.read_descriptor()["resources"]:
        for column in resource["schema"]["fields"]:
            allowed = column.get("constraints", {}).get("enum", [])
            if column["name"] == "site" and default in allowed:
                return [site for site in allowed if site not in read_study().no_site]
    raise DataError(f"data/raw/fields.csv: found no column site that allows {default!r}")


def find_kept(run: Run, raw: dict[str, Path] | None = None) -> dict[Path, list[str]]:
    """What a run depends on that no run makes: its modules, the lock, the raw data it read.

    With the columns that it read of a table, if not all. All raw data that it may read if it has
    left no record.
    """
    known, kept = raw or _list_raw(), {path: [] for path in find_sources(run.source)}
    if (record := run.products[run.record]).is_file():
        read = list_read(read_record(record)["read"]).items()
        return kept | {known[name]: columns for name, columns in read if name in known}
    return kept | {path: [] for path in _matching(known, run)}


def find_made(run: Run, runs: list[Run]) -> list[Path]:
    """The products of other runs that a run reads."""
    return [path for other in runs if other is not run for path in _matching(other.products, run)]


def _list_raw() -> dict[str, Path]:
    return {paths.name_file(path): path for path in paths.RAW.rglob("*") if path.is_file()}


def _matching(files: dict[str, Path], run: Run) -> list[Path]:
    patterns = run.declared.reads
    return [path for name, path in files.items() if any(fnmatchcase(name, p) for p in patterns)]


def digest(files: dict[Path, list[str]]) -> str:
    """One digest of the names and the content of files; of a table, of the columns named."""
    whole = hashlib.sha256()
    for path in sorted(files, key=str):
        whole.update(f"{path.name} {take_sum(path, files[path])}".encode())
    return whole.hexdigest()


def _make_task(run: Run, runs: list[Run], raw: dict[str, Path]) -> Callable[..., None]:
    """A pytask task that executes one run."""

    @task(name=run.name)
    def execute(
        files: list[Path] = [run.source, *find_made(run, runs)],  # noqa: B006, B008 - pytask reads it
        # One digest in place of a hundred files: pytask keeps a row for each file and run. Taken
        # when it is asked for, since after a run its record says anew what to take it of.
        kept: Any = PythonNode(value=run, hash=lambda run: digest(find_kept(run, raw))),  # noqa: B008
        given: Any = PythonNode(value=run.given, hash=repr),  # noqa: B008
        products: Annotated[list[Path], Product] = list(run.products.values()),  # noqa: B006, B008
    ) -> None:
        # Papermill takes half a second to import: a run that skips everything does without.
        from compendium.runs.execution import run_notebook  # noqa: PLC0415

        del kept, files, given, products
        run_notebook(run)

    return execute


class _Pool:
    """Executes what pytask's scheduler finds ready, several at once, and waits without polling."""

    def __init__(self, workers: int, quiet: bool) -> None:
        self.workers, self.quiet = workers, quiet
        self.is_interrupted, self.error = False, ""

    @pytask.hookimpl
    def pytask_log_session_header(self) -> None:
        """Only now: what pytask says of its own state is a traceback."""
        pytask.console.quiet = self.quiet

    @pytask.hookimpl
    def pytask_execute_build(self, session: pytask.Session) -> bool:
        """Start the longest of those that are ready: see `_rank`."""
        ready: list[pytask.PTask] = []
        running: dict[Future, pytask.PTask] = {}
        with ThreadPoolExecutor(self.workers) as pool:
            try:
                while session.scheduler.is_active():
                    names = session.scheduler.get_ready(len(session.tasks))
                    ready = sorted(ready + [session.dag.nodes[n] for n in names], key=_rank)
                    while ready and len(running) < self.workers:
                        started = ready.pop(0)
                        running[_start(session, started, pool)] = started
                    for future in wait(running, return_when=FIRST_COMPLETED).done:
                        _finish(session, running.pop(future), future)
            except KeyboardInterrupt:
                # The second is for whoever cannot wait a moment; nothing is quicker than this.
                for name in (signal.SIGINT, signal.SIGTERM):
                    signal.signal(name, signal.SIG_IGN)
                self.is_interrupted = True
            except Exception as error:
                self.error = str(error).partition("\n")[0]
            if self.is_interrupted or self.error:
                pytask.console.quiet = True  # it would call this a success
                from compendium.runs.kernels import stop  # noqa: PLC0415 - as in `_make_task`

                pool.shutdown(wait=False, cancel_futures=True)
                stop()
        return True


def _rank(task: pytask.PTask) -> tuple[float, int, str]:
    """By what it took the last time; one never timed comes first, and what makes most of these."""
    run = task.name.rpartition("::")[2]  # pytask puts a file's name before it
    made = len(task.produces["products"])
    try:
        return -read_seconds(run), -made, run
    except DataError:
        return -math.inf, -made, run


def _start(session: pytask.Session, task: pytask.PTask, pool: ThreadPoolExecutor) -> Future:
    session.hook.pytask_execute_task_log_start(session=session, task=task)
    try:
        session.hook.pytask_execute_task_setup(session=session, task=task)
    except Exception as error:
        future: Future = Future()
        future.set_exception(error)
        return future
    return pool.submit(task.function)


def _finish(session: pytask.Session, task: pytask.PTask, future: Future) -> None:
    """Report one task, as pytask would; only this thread writes its state."""
    try:
        future.result()
        session.hook.pytask_execute_task_teardown(session=session, task=task)
        report = ExecutionReport.from_task(task)
    except Exception:
        report = ExecutionReport.from_task_and_exception(task, sys.exc_info())
    session.hook.pytask_execute_task_process_report(session=session, report=report)
    session.hook.pytask_execute_task_log_end(session=session, task=task, report=report)
    session.execution_reports.append(report)
    session.scheduler.done(task.signature)


def build(workers: int = 1, fresh: bool = False, quiet: bool = False) -> list[str]:
    """Bring every result up to date, so many notebooks at once.

    Parameters
    ----------
    fresh : bool
        Run everything, whatever has or has not changed.

    Returns
    -------
    list of str
        A message for each run that failed, and one for those never reached.

    Raises
    ------
    StoppedError
        If it was told to stop; the message says what is up to date.
    DataError, SettingError
        If what pytask keeps of earlier runs cannot be read; if another reproduction is at work.
    """
    with paths.hold(paths.RESULTS / ".lock", f"reproduction in {paths.RESULTS}"):
        runs, raw = plan_runs(), _list_raw()
        remove_orphans(runs)
        plugins, pool = pytask.get_plugin_manager(), _Pool(workers, quiet)
        plugins.register(pool)
        pytask.console.quiet = True
        session = pytask.build(
            pm=plugins,
            tasks=[_make_task(run, runs, raw) for run in runs],
            paths=paths.STUDY,
            ignore=["*"],  # no file holds a task; an environment may lie there
            capture="no",
            disable_warnings=True,
            force=fresh,
            # What is kept stands in pytask.lock. Its older memory beside that, which writes to the
            # disk for each file of each run, takes a tenth of the time and is not asked.
            database_url="sqlite://",
            show_traceback=False,
            verbose=0 if quiet else 1,
        )
        if pool.error or session.exit_code == pytask.ExitCode.CONFIGURATION_FAILED:
            # It does not say why: where nothing more can be written, this says so.
            with tempfile.TemporaryFile(dir=paths.STUDY) as probe:
                probe.write(bytes(2**16))
            raise DataError(
                f"what pytask keeps of earlier runs cannot be used{pool.error and ': '}{pool.error}"
                f"; delete pytask.lock and pytask.lock.journal in {paths.STUDY}: "
                "the next run then makes everything again"
            )
        made = [r for r in session.execution_reports if r.outcome in _MADE]
        if pool.is_interrupted:
            raise StoppedError(
                f"interrupted: {len(made)} of {len(runs)} runs are up to date and kept in "
                f"{paths.RESULTS}, nothing is half made; `compendium reproduce` makes the others"
            )
        write_answers()
        write_idle(find_idle())
    failed = [r for r in session.execution_reports if r.outcome == TaskOutcome.FAIL]
    messages = [explain(report.exc_info[1]) for report in failed]
    if left := len(runs) - len(made) - len(failed):
        messages.append(f"{left} of {len(runs)} runs were not reached")
    return messages


def remove_orphans(runs: list[Run]) -> None:
    """Take away what an earlier state of the notebooks made, or a run that was killed half made."""
    kept = {product for run in runs for product in run.products.values()}
    kept |= {paths.RESULTS / f"records/{run.name}.seconds" for run in runs}
    kept.add(paths.PROCESSED / "README.md")
    folders = [paths.RESULTS / name for name in ("figures", "tables", "notebooks", "records")]
    for folder in [*folders, paths.PROCESSED]:
        for path in folder.glob("*"):
            if path not in kept:
                path.unlink()
    for draft in paths.RESULTS.glob("*.part"):
        draft.unlink()
    shutil.rmtree(paths.RESULTS / "failed", ignore_errors=True)
