"""Workers: one function called with many arguments, wherever there is room.

joblib hands the calls to processes here; a Dask cluster takes them as they are. A scheduler that is
not there is said so within seconds, and a cluster that is lost at work is noticed, too.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError
from contextlib import contextmanager, suppress
from functools import partial
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

import joblib

from compendium.errors import CompendiumError, SettingError

if TYPE_CHECKING:
    from distributed import Client

# Seconds: how long a scheduler, and then a first worker, may take to answer.
_PATIENCE = 5
# Seconds between two looks at a cluster at work, and how long it may be seen doing nothing.
_LOOK, _IDLE = 1.0, 30.0

Spread = Callable[[Callable[..., Any], Iterable[tuple]], Iterator[Any]]


class ClusterError(CompendiumError):
    """A cluster that stopped working in the middle of a sweep."""


@contextmanager
def open_workers(workers: int, dask: str = "") -> Iterator[Spread]:
    """A function that calls another with each of many arguments, wherever there is room.

    It gives the results as they come, in no order. If no scheduler answers at the address `dask`,
    or none of its workers does, that is a SettingError; in the block, if the cluster is lost or a
    process is killed, a ClusterError.

    >>> with open_workers(1) as spread:
    ...     list(spread(pow, [(2, 3), (3, 2)]))
    [8, 9]
    """
    if dask:
        client = _join(dask)
        try:
            yield partial(_spread_over, client, dask)
        finally:
            with suppress(OSError):
                client.close(timeout=1)
        return
    # One thread for each: sums then come out in the same order whatever the machine.
    with joblib.parallel_config("loky", n_jobs=workers, inner_max_num_threads=1):
        try:
            yield _spread_here
        except BrokenExecutor:
            raise ClusterError("a worker was killed; perhaps by a lack of memory") from None


def _spread_here(function: Callable[..., Any], arguments: Iterable[tuple]) -> Iterator[Any]:
    calls = (joblib.delayed(function)(*each) for each in arguments)
    yield from joblib.Parallel(return_as="generator_unordered", batch_size=1)(calls)


def _spread_over(
    client: "Client", address: str, function: Callable[..., Any], arguments: Iterable[tuple]
) -> Iterator[Any]:
    """The same on a cluster, which is looked at while the sweep waits for it."""
    from distributed.scheduler import KilledWorker  # noqa: PLC0415

    done: SimpleQueue = SimpleQueue()
    waiting = {client.submit(function, *each, pure=False) for each in arguments}
    for future in waiting:
        future.add_done_callback(done.put)
    gone = f"the cluster at {address} is gone"
    idle = 0.0
    while waiting:
        try:
            future = done.get(timeout=_LOOK)
            idle = 0.0
            waiting.discard(future)
            yield future.result()
        except Empty:
            idle = 0.0 if _is_busy(client) else idle + _LOOK
            if client.status != "running":
                raise ClusterError(gone) from None
            if idle >= _IDLE:
                why = "does nothing: its workers are gone"
                raise ClusterError(f"the cluster at {address} {why}") from None
        except CancelledError:
            raise ClusterError(gone) from None
        except KilledWorker:
            raise ClusterError(f"the cluster at {address}: a run kills its workers") from None


def _is_busy(client: "Client") -> bool:
    try:
        return any(client.processing().values())
    except (OSError, CancelledError):
        return False


def _join(address: str) -> "Client":
    """A client of a scheduler that answers and has a worker."""
    # 0.7 s, which no other sweep pays for.
    from distributed import Client  # noqa: PLC0415

    # What it would say in a page of traceback, the sweep says in a line.
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
    answer: dict[str, Any] = {"why": "what listens there does not speak as one"}

    def ask() -> None:
        try:
            answer["client"] = Client(address, timeout=_PATIENCE, set_as_default=False)
        # A server of another kind may answer with what is read as the length of a message.
        except (OSError, ValueError, MemoryError) as error:
            answer["why"] = error

    # In a thread that can be left: for the first word of what listens, Dask waits for ever.
    asker = threading.Thread(target=ask, daemon=True)
    asker.start()
    asker.join(_PATIENCE + 1)
    if "client" not in answer:
        raise SettingError(
            f"no Dask scheduler answers at {address} ({answer['why']}); allowed: tcp://HOST:PORT "
            "of one that runs. Nothing was lost; without --dask the sweep runs here"
        )
    try:
        answer["client"].wait_for_workers(1, timeout=_PATIENCE)
    except OSError:
        answer["client"].close(timeout=1)
        raise SettingError(
            f"the Dask scheduler at {address} has no worker; start one: dask worker {address}"
        ) from None
    return answer["client"]
