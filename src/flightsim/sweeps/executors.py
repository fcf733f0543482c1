"""Many calls of one function, each on one core: on this machine, or on a Dask or Ray cluster, through joblib.

A process that dies (killed, out of memory) costs the calls it was at; they are made again, at last one alone,
so that a call that kills whoever makes it is kept apart from one that was near.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
import warnings
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlsplit

from joblib import Parallel, cpu_count, delayed, parallel_config

from flightsim.errors import InputError

LOKY, DASK, RAY = "loky", "dask", "ray"
EXECUTORS = (LOKY, DASK, RAY)
MOST_DEATHS = 3  # of processes at one call; *assumption*: a machine short of memory for a while is forgiven
DEATHS = {
    "TerminatedWorkerError",
    "BrokenProcessPool",
    "KilledWorker",
    "WorkerCrashedError",
    "ActorDiedError",
}
WATCH_SECONDS, PATIENCE_SECONDS = 0.5, 10.0

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Where:
    """Which machinery makes the calls."""

    executor: str = LOKY
    workers: int | None = None  # processes; None: one a core
    address: str | None = None  # of a cluster; None: one started here for the purpose

    @property
    def n_workers(self) -> int:
        """Processes on this machine."""
        return self.workers or int(cpu_count())


class Died:
    """In place of a result: the process that made the call died, again and again."""


def each(
    function: Callable[[Item], Result], items: Sequence[Item], where: Where
) -> Generator[tuple[int, Result | Died]]:
    """Call ``function`` with each item; give (index, result) as they come, in any order.

    The function must be importable by name and answer for its own errors. Closing the iterator, or Ctrl-C,
    stops the calls under way.
    """
    if not items:
        return
    if where.executor == LOKY and where.n_workers == 1:
        for index, item in enumerate(items):
            yield index, function(item)
        return
    deaths = dict.fromkeys(range(len(items)), 0)  # of the calls still to be made
    with _cluster(where) as backend:
        while deaths:
            fewest = min(deaths.values())
            batch = [index for index, n in deaths.items() if n == fewest]
            if fewest == MOST_DEATHS - 1:
                batch = batch[:1]  # the last chance, with nobody near
            under_way: set[int] = set()
            try:
                with closing(_calls(function, items, batch, where, backend, under_way)) as calls:
                    for index, result in calls:
                        del deaths[index]
                        yield index, result
            except Exception as error:
                if type(error).__name__ not in DEATHS:
                    raise
                for index in under_way & set(deaths):
                    deaths[index] += 1
                    if deaths[index] == MOST_DEATHS:
                        del deaths[index]
                        yield index, Died()


def _calls(
    function: Callable[[Item], Result],
    items: Sequence[Item],
    batch: Sequence[int],
    where: Where,
    backend: Callable[[], AbstractContextManager[Any]],
    under_way: set[int],
) -> Generator[tuple[int, Result]]:
    """The calls of one batch; ``under_way`` holds those that were sent off and did not come back."""

    def sent() -> Iterator[Any]:
        for index in batch:
            under_way.add(index)
            yield delayed(_call)(function, index, items[index], os.getpid() if where.executor == LOKY else 0)

    with backend():
        calls = Parallel(
            n_jobs=where.n_workers if where.executor == LOKY else -1,
            batch_size=1,
            pre_dispatch="n_jobs",
            return_as="list" if where.executor == RAY else "generator_unordered",
        )(sent())
    try:
        for index, result in calls:
            under_way.discard(index)
            yield index, result
    finally:
        if under_way and hasattr(calls, "close"):
            _abandon(calls)


def _abandon(calls: Any) -> None:
    """Stop what is under way, at once: joblib kills the workers of the very pool in use, when its iterator is closed.

    Asking loky for its pool from here would ask for another one, and wait for a lock that a returning call holds.
    """
    try:
        with warnings.catch_warnings():  # that calls were given up is our doing
            warnings.simplefilter("ignore")
            calls.close()
    except Exception:
        return  # the pool is gone already: that was the aim


def _call(function: Callable[[Item], Result], index: int, item: Item, parent: int) -> tuple[int, Result]:
    """In a worker: one call."""
    if parent and parent != os.getpid():
        _serve(parent)
    return index, function(item)


_serving = threading.Event()


def _serve(parent: int) -> None:
    """A worker leaves Ctrl-C to its parent, and ends when that is gone (killed, even)."""
    if _serving.is_set():
        return
    _serving.set()
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(WATCH_SECONDS)
        os._exit(1)

    if sys.platform != "win32" and os.getppid() == parent:
        threading.Thread(target=watch, daemon=True).start()


@contextmanager
def _cluster(where: Where) -> Iterator[Callable[[], AbstractContextManager[Any]]]:
    """What chooses joblib's backend, and the cluster behind it for as long as it is needed."""
    if where.executor == DASK:
        with _dask(where):
            yield partial(parallel_config, backend="dask")
    elif where.executor == RAY:
        with _ray(where):
            yield partial(parallel_config, backend="ray")
    else:
        with warnings.catch_warnings():  # that loky renews a worker now and then is no news
            warnings.filterwarnings(
                "ignore", message="A worker stopped while some jobs", category=UserWarning
            )
            yield partial(parallel_config, backend="loky", inner_max_num_threads=1)


def _knock(where: Where, name: str) -> None:
    """InputError if nobody is at the cluster's address: the cluster's own client would wait for minutes."""
    found = urlsplit(where.address if "//" in (where.address or "") else f"//{where.address or ''}")
    try:
        if found.hostname and found.port:
            socket.create_connection((str(found.hostname), found.port), timeout=PATIENCE_SECONDS).close()
    except (OSError, ValueError) as problem:
        raise InputError(f"no {name} cluster answers at {where.address}: {problem}") from None


@contextmanager
def _dask(where: Where) -> Iterator[None]:
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        raise InputError("executor=dask needs Dask: pip install 'flightsim[dask]'") from None
    local: Any = nullcontext()
    _knock(where, "Dask")
    if where.address is None:
        local = LocalCluster(n_workers=where.n_workers, threads_per_worker=1, dashboard_address=None)
    with local:
        try:
            client = Client(where.address or local)
        except (OSError, ValueError) as problem:
            raise InputError(f"no Dask cluster answers at {where.address}: {problem}") from None
        with client:
            yield


@contextmanager
def _ray(where: Where) -> Iterator[None]:
    try:
        import ray
        from ray.util.joblib import register_ray
    except ImportError:
        raise InputError("executor=ray needs Ray: pip install 'flightsim[ray]'") from None
    _knock(where, "Ray")
    register_ray()
    try:
        if where.address is None:
            ray.init(
                num_cpus=where.n_workers, include_dashboard=False, log_to_driver=False, logging_level="error"
            )
        else:
            ray.init(address=where.address, log_to_driver=False, logging_level="error")
    except ConnectionError as problem:
        raise InputError(f"no Ray cluster answers at {where.address}: {problem}") from None
    try:
        yield
    finally:
        ray.shutdown()
