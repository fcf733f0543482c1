"""Calls made on a Dask cluster, whatever becomes of it meanwhile: workers may come, go and die."""

from __future__ import annotations

import socket
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from flightsim.errors import InputError

AT_ONCE = (
    10_000  # calls that the scheduler knows of; *assumption*: more slots has no cluster that one command uses
)
PATIENCE_SECONDS = 10.0
KILLED = "KilledWorker"  # Dask's word for a call whose workers ended four times


def each(
    function: Callable[[Any], Any],
    items: Sequence[Any],
    address: str | None,
    workers: int,
    check: Callable[[], str] | None,
    slots: list[int],
    died: type,
) -> Generator[tuple[int, Any]]:
    """Call ``function`` with each item; (index, result) as they come, ``died()`` for a call that ends its workers.

    ``address`` is the cluster's; without one it is started here, with so many ``workers``. Every worker that is there
    at the beginning makes the ``check`` first: InputError with what it says is wrong. ``slots`` gets how many calls
    the cluster makes at once. A result is forgotten here as soon as it was given.
    """
    with _client(address, workers) as client:
        client.wait_for_workers(1)
        slots[:] = [_slots(client)]
        if check:
            _ask_all(client, check)
        waiting, sent, alone = iter(range(len(items))), dict[Any, int](), list[int]()

        def send(index: int) -> Any:
            future = client.submit(function, items[index], pure=False)
            sent[future] = index
            return future

        try:
            from distributed import as_completed

            calls = as_completed([send(index) for index in islice(waiting, AT_ONCE)])
            for future in calls:
                index = sent.pop(future)
                if future.status == "error" and type(future.exception()).__name__ == KILLED:
                    alone.append(index)  # perhaps it was only near
                else:
                    yield index, _result(future)
                slots[:] = [_slots(client)]
                calls.update([send(index) for index in islice(waiting, 1)])
            for index in alone:  # the last chance, with nobody near
                future = send(index)
                killed = type(future.exception()).__name__ == KILLED
                yield sent.pop(future), died() if killed else _result(future)
        finally:
            if sent:
                client.cancel(list(sent), force=True)


def _slots(client: Any) -> int:
    return sum(client.nthreads().values())


def _result(future: Any) -> Any:
    """What a call returned; InputError if the cluster is gone."""
    if future.status in ("cancelled", "lost"):
        raise InputError(
            "the Dask cluster was lost; what is finished is kept, and the same command goes on with a new one"
        )
    return future.result()


def _ask_all(client: Any, check: Callable[[], str]) -> None:
    """Let every worker make the check; InputError with what they say."""
    try:
        told = client.run(check)
    except Exception as error:  # it cannot even call it: no flightsim there, or another one
        raise InputError(
            f"the workers cannot make runs: {error}; flightsim must be installed there in this version"
        ) from error
    if troubles := dict.fromkeys(text for text in told.values() if text):
        raise InputError(list(troubles)[:10])


def _knock(address: str) -> None:
    """InputError if nobody is at the cluster's address: the cluster's own client would wait for minutes."""
    found = urlsplit(address if "//" in address else f"//{address}")
    try:
        if found.hostname and found.port:
            socket.create_connection((str(found.hostname), found.port), timeout=PATIENCE_SECONDS).close()
    except (OSError, ValueError) as problem:
        raise InputError(f"no Dask cluster answers at {address}: {problem}") from None


@contextmanager
def _client(address: str | None, workers: int) -> Iterator[Any]:
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        raise InputError("executor=dask needs Dask: pip install 'flightsim[dask]'") from None
    local: Any = nullcontext()
    if address is None:
        local = LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None)
    else:
        _knock(address)
    with local:
        try:
            client = Client(address or local)
        except (OSError, ValueError) as problem:
            raise InputError(f"no Dask cluster answers at {address}: {problem}") from None
        with client:
            yield client
