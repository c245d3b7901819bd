"""Where the tasks of a sweep run: processes here, or a Dask cluster; joblib hands them out alike.

Two things joblib leaves to us. A scheduler that is not there is said so within seconds. And a
cluster that is lost at work, or that kills every worker a task is given to, is noticed: joblib
waits for such a task for ever, so the cluster is looked at while the sweep waits, and one that has
gone, or has nothing to do, ends the wait as Ctrl-C would.
"""

import _thread
import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import joblib

from compendium.errors import CompendiumError, SettingError

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
