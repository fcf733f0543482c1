"""Many calls of one function, each on one core: on this machine, through joblib, or on a Dask cluster.

A process that dies (killed, out of memory) costs the calls it was at; they are made again, at last one alone,
so that a call that kills whoever makes it is kept apart from one that was near.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from multiprocessing import resource_tracker
from typing import Any, TypeVar

from joblib import Parallel, cpu_count, delayed, parallel_config
from joblib.externals.loky.backend.resource_tracker import ensure_running

from flightsim.sweeps import cluster

LOKY, DASK = "loky", "dask"
EXECUTORS = (LOKY, DASK)
MOST_DEATHS = 3  # of processes at one call; *assumption*: a machine short of memory for a while is forgiven
DEATHS = {"TerminatedWorkerError", "BrokenProcessPool"}
WATCH_SECONDS = 0.5

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Where:
    """Which machinery makes the calls."""

    executor: str = LOKY
    workers: int | None = None  # processes; None: one a core
    address: str | None = None  # of a cluster; None: one started here for the purpose
    slots: list[int] = field(default_factory=list, compare=False, repr=False)  # of the cluster, as last told

    @property
    def n_workers(self) -> int:
        """Processes on this machine."""
        return self.workers or int(cpu_count())

    @property
    def n_slots(self) -> int:
        """Calls made at once, here or on the cluster, as far as is known."""
        return self.slots[0] if self.slots else self.n_workers


class Died:
    """In place of a result: the process that made the call died, again and again."""


def each(
    function: Callable[[Item], Result],
    items: Sequence[Item],
    where: Where,
    check: Callable[[], str] | None = None,
) -> Generator[tuple[int, Result | Died]]:
    """Call ``function`` with each item; give (index, result) as they come, in any order.

    The function must be importable by name and answer for its own errors. Closing the iterator, or Ctrl-C,
    stops the calls under way. Each worker of a cluster makes the ``check`` first, which says what is wrong: InputError.
    """
    if not items:
        return
    if where.executor == DASK:
        yield from cluster.each(function, items, where.address, where.n_workers, check, where.slots, Died)
        return
    if where.n_workers == 1:
        for index, item in enumerate(items):
            yield index, function(item)
        return
    deaths = dict.fromkeys(range(len(items)), 0)  # of the calls still to be made
    with warnings.catch_warnings():  # that loky renews a worker now and then is no news
        warnings.filterwarnings("ignore", message="A worker stopped while some jobs", category=UserWarning)
        while deaths:
            fewest = min(deaths.values())
            batch = [index for index, n in deaths.items() if n == fewest]
            if fewest == MOST_DEATHS - 1:
                batch = batch[:1]  # the last chance, with nobody near
            under_way: set[int] = set()
            try:
                with closing(_calls(function, items, batch, where, under_way)) as calls:
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
    under_way: set[int],
) -> Generator[tuple[int, Result]]:
    """The calls of one batch; ``under_way`` holds those that were sent off and did not come back."""

    def sent() -> Iterator[Any]:
        for index in batch:
            under_way.add(index)
            yield delayed(_call)(function, index, items[index], os.getpid())

    with parallel_config(backend="loky", inner_max_num_threads=1), _deaf_children():
        calls = Parallel(
            n_jobs=where.n_workers,
            batch_size=1,
            pre_dispatch="n_jobs",
            return_as="generator_unordered",
        )(sent())
    try:
        for index, result in calls:
            under_way.discard(index)
            yield index, result
    finally:
        if under_way:
            _abandon(calls)


@contextmanager
def _deaf_children() -> Iterator[None]:
    """Workers started here never hear a Ctrl-C: it is their parent's, who hears it when they have been started.

    Blocked signals are inherited, by the thread that renews workers too; a worker that ignored them only once its
    libraries are imported would tell of a Ctrl-C before.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # both before: Python's own, in starting, takes the block off
    ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


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
    if parent != os.getpid():
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
