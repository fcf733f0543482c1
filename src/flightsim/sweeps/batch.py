"""Runs, however many, made wherever they are to be made; what is there already is not made again."""

from __future__ import annotations

import errno
import json
import os
import secrets
import shutil
import socket
import time
import traceback
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from flightsim.errors import InputError
from flightsim.files.atomic import check_writable, write_text
from flightsim.results.runs import is_complete
from flightsim.scenario import from_config
from flightsim.sweeps import executors, launchers
from flightsim.sweeps.executors import LOKY, Died, Where

WITHOUT_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
DEAD = "its process was ended from outside, several times: killed, or out of memory"
CHANGED = "the case or the code changed while the sweep ran; the same command again runs it anew"


class NoRoom(InputError):
    """A run could not be kept, and others cannot either."""


def is_without_room(error: BaseException) -> bool:
    """Whether an error says that nothing more can be written: the disk is full or read-only."""
    cause = error if isinstance(error, OSError) else error.__cause__
    return isinstance(error, NoRoom) or (isinstance(cause, OSError) and cause.errno in WITHOUT_ROOM)


@dataclass(frozen=True)
class Task:
    """One run to make: a whole configuration, and the folder that its own folder goes into."""

    config: Mapping[str, Any]
    folder: str
    run_id: str
    group: int = 0  # tasks of one group are one job where a launcher makes them


@dataclass(frozen=True)
class Run:
    """What became of a run."""

    path: Path | None  # None: it failed
    error: str = ""
    seconds: float = 0.0
    no_room: bool = False  # the disk is full or read-only: others will fail as well


Told = Callable[[int, int, int], None]  # runs done (failed ones too), failed, in all


def run_task(task: Task) -> Run:
    """Make one run, in whatever process; errors are in the result, none is raised."""
    began = time.perf_counter()
    try:
        if not Path(task.folder).is_dir():  # of a machine that came later
            return Run(None, f"{socket.gethostname()} does not see {task.folder}")
        scenario = from_config(task.config)
        if scenario.run_id != task.run_id:
            return Run(None, CHANGED)
        path = scenario.run(parent=Path(task.folder)).path
    except Exception as error:
        if os.environ.get("FLIGHTSIM_DEBUG") == "1":
            traceback.print_exc()
        return _failed(error, time.perf_counter() - began)
    return Run(path, seconds=round(time.perf_counter() - began, 2))


def _failed(error: Exception, seconds: float) -> Run:
    """A failed run, with its error in a line."""
    if isinstance(error, InputError):
        text = "; ".join(error.complaints)
    elif isinstance(error, MemoryError):
        text = "not enough memory; population.scale=0.1 needs about a tenth, workers=1 one run's"
    else:
        text = f"{type(error).__name__}: {error}"
    return Run(None, " ".join(text.split()), round(seconds, 2), is_without_room(error))


def make(
    tasks: Sequence[Task], where: Where, launcher: Sequence[str] = (), papers: Path | None = None
) -> Generator[tuple[int, Run]]:
    """Make the runs; (index of the task, run) as they come.

    With a ``launcher`` (overrides of Hydra) each group is one of its jobs, and ``papers`` the folder for what
    the jobs have to know; the runs of a job go to the executor where that job is.
    """
    if launcher and tasks:
        assert papers is not None
        yield from _launched(tasks, where, launcher, papers)
        return
    with _answers(tasks, where) as check, closing(executors.each(run_task, tasks, where, check)) as runs:
        for index, run in runs:
            yield index, Run(None, DEAD) if isinstance(run, Died) else run


@contextmanager
def _answers(tasks: Sequence[Task], where: Where) -> Iterator[Callable[[], str] | None]:
    """What a worker of a cluster does before the first run, its answers gone afterwards; None on this machine."""
    if where.executor == LOKY or not tasks:
        yield None
        return
    folder, mark = Path(tasks[0].folder), f".seen-{secrets.token_hex(6)}"
    write_text(folder / mark, mark)
    try:
        yield partial(answer, tasks[0], mark)
    finally:
        for path in folder.glob(f"{mark}*"):
            path.unlink(missing_ok=True)


def answer(task: Task, mark: str) -> str:
    """In a worker: what keeps it from making the runs (no such folder there, another version); blank if nothing."""
    machine, folder = socket.gethostname(), Path(task.folder)
    try:
        if (folder / mark).read_text(encoding="utf-8") != mark:
            raise FileNotFoundError
        (folder / f"{mark}-{machine}-{os.getpid()}").write_text(mark, encoding="utf-8")
    except OSError as problem:
        if isinstance(problem, FileNotFoundError):
            return (
                f"a worker on {machine} does not see {folder}; choose a results folder on a disk that all machines "
                "have under the same path, or shard=… on each machine and flightsim gather"
            )
        return f"a worker on {machine} cannot write in {folder}: {problem.strerror or problem}"
    try:
        same = from_config(task.config).run_id == task.run_id
    except InputError as error:
        return f"a worker on {machine} cannot make the runs: {'; '.join(error.complaints)}"
    return "" if same else f"a worker on {machine} has another version of flightsim, or of the case"


def _launched(
    tasks: Sequence[Task], where: Where, launcher: Sequence[str], papers: Path
) -> Iterator[tuple[int, Run]]:
    """The runs of a launcher's jobs, once all of them are done."""
    groups = sorted({task.group for task in tasks})
    papers.mkdir(parents=True, exist_ok=True)
    for job, group in enumerate(groups):
        own = {str(i): vars(task) for i, task in enumerate(tasks) if task.group == group}
        write_text(papers / f"{job}.json", json.dumps(own, default=str))
    if launchers.name_of(launcher) == "joblib":
        where = replace(where, workers=1, executor=LOKY)  # its jobs take the cores already
    done = launchers.launch(launcher, partial(run_job, str(papers.resolve()), where), len(groups), papers)
    for group, found in zip(groups, done, strict=True):
        if isinstance(found, Exception):
            lost = _failed(found, 0.0)
            found = [(i, lost) for i, task in enumerate(tasks) if task.group == group]
        yield from found
    if not any(isinstance(found, Exception) for found in done):
        shutil.rmtree(papers, ignore_errors=True)


def run_job(papers: str, where: Where, job: int) -> list[tuple[int, Run]]:
    """In a launcher's job: its runs, each with its place in the list of all tasks."""
    if not Path(papers).is_dir():
        raise InputError(
            f"{socket.gethostname()} does not see {papers}; choose a results folder on a disk that all machines have"
        )
    own = json.loads(Path(papers, f"{job}.json").read_text(encoding="utf-8"))
    numbers, tasks = list(own), [Task(**content) for content in own.values()]
    return [(int(numbers[index]), run) for index, run in make(tasks, where)]


def run_configs(
    configs: Sequence[Mapping[str, Any]],
    folder: Path,
    *,
    workers: int | None = None,
    executor: str = LOKY,
    progress: Told | None = None,
) -> list[Run]:
    """Run these configurations, each with its own seed, into ``folder/RUN_ID``; what is there is not run again.

    The runs are given in the order of the configurations, equal ones made once; one that fails has its error.
    InputError if a configuration is bad or nothing can be written there, before anything runs.
    """
    check_writable(folder)
    folder = folder.resolve()
    ids = [from_config(config).run_id for config in configs]
    tasks = {
        run_id: Task(config, str(folder), run_id)
        for run_id, config in zip(ids, configs, strict=True)
        if not is_complete(folder / run_id)
    }
    waiting, failed = list(tasks.values()), 0
    found: dict[str, Run] = {}
    for index, run in make(waiting, Where(executor, workers)):
        found[waiting[index].run_id] = run
        failed += run.path is None
        if progress:
            progress(len(configs) - len(waiting) + len(found), failed, len(configs))
    return [found.get(run_id) or Run(folder / run_id) for run_id in ids]
