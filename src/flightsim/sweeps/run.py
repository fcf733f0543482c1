"""A sweep: every scenario with every replicate, as one list of runs given to one executor.

What is there already is not run again, so that a sweep can be stopped at any moment, killed even, and go on
with the same command. A run is known by its content: configuration, inputs, version and seed.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from flightsim import results
from flightsim.errors import Complaints, InputError
from flightsim.files.atomic import alone_in
from flightsim.results import outcomes, provenance, runs, sweeps
from flightsim.results.precision import FEWEST, MOST, replicates_needed
from flightsim.results.sweeps import DONE, FAILED, MISSING, Sweep
from flightsim.scenario import from_config
from flightsim.sweeps import batch, ensemble, summary
from flightsim.sweeps.batch import Run, Task, Told
from flightsim.sweeps.executors import LOKY
from flightsim.sweeps.plan import Plan

PAPERS = ".jobs"  # inside the sweep's folder: what a launcher's jobs have to know
OURS = (sweeps.RUNS, sweeps.DRAWS, sweeps.SUMMARY, sweeps.TEXT, sweeps.RANGES, sweeps.NOTES)
NOTE_SECONDS = 10.0  # how often runs.csv is written while runs are made

Tell = Callable[[str], None]


def run(
    plan: Plan, folder: Path | None = None, *, progress: Told | None = None, tell: Tell | None = None
) -> Sweep:
    """Make all runs of the plan that are not there yet, in ``folder`` (without one: its place); the sweep.

    However it ends, what is finished is kept and listed. ``progress`` gets the runs done, failed and in all,
    ``tell`` of what a user should know. InputError, before anything runs, if the folder cannot be used.
    """
    folder = (folder or place(plan)).resolve()  # workers may be somewhere else
    with alone_in(folder, tidy=plan.where.executor == LOKY and not plan.launcher) as tidy_up:
        work = Work(plan, folder, tell or (lambda text: None))
        try:
            try:
                n = work.begin()
                work.complete(n, progress)
                while plan.replicates is None and (more := work.enough(n)) > n:
                    n = more
                    work.complete(n, progress)
            finally:
                tidy_up()  # makes room for the list on a full disk
                work.note_last()
            work.summarise()
        except InputError as error:
            if not batch.is_without_room(error):
                raise
            kept = "what is finished is kept: make room, then the same command goes on"
            raise InputError(f"{'; '.join(error.complaints)}; {kept}") from error
        done = sweeps.read_one(folder)
        if len(plan.jobs) == 1:
            job = plan.jobs[0]
            ensemble.write(done, job.config["figures"] if job.figures_given else True, work.tell)
        return done


def place(plan: Plan) -> Path:
    """The folder of the plan's sweep: where it was begun, or a new one. InputError if another is in the way."""
    if not plan.results_given and not plan.shard:
        parent = plan.results / plan.name
        return sweeps.find(parent, plan.hash) or sweeps.timed(parent)
    folder = plan.results
    if plan.shard:
        whole = folder if plan.results_given else folder / plan.name / f"sweep_{plan.hash}"
        folder = whole / plan.shard.folder
    if not sweeps.is_sweep(folder):
        taken = [name for name in OURS if (folder / name).exists()]
        if taken and not sweeps.was_begun(folder):
            raise InputError(
                f"{folder / taken[0]} is in the way: it is no sweep's; choose another results=DIR"
            )
    elif sweeps.hash_of(folder) != plan.hash:
        there = sweeps.read_one(folder)
        if there.code != provenance.code_version():
            raise InputError(
                f"{folder} holds a sweep of flightsim {there.code}; this is {provenance.code_version()}, whose "
                "numbers may differ; choose another results=DIR"
            )
        raise InputError(
            f"{folder} holds another sweep ({there.name}: {', '.join(there.scenarios[:4])}), or its case was "
            "changed; choose another results=DIR"
        )
    return folder


@dataclass
class Work:
    """A sweep while it is made."""

    plan: Plan
    folder: Path
    tell: Tell
    ids: dict[tuple[int, int], str] = field(default_factory=dict)  # by job and replicate
    tasks: dict[str, Task] = field(default_factory=dict)  # by run_id
    runs: dict[str, Run] = field(default_factory=dict)  # by run_id: made or found
    values: dict[str, dict[str, float]] = field(default_factory=dict)  # headline outcomes by run_id
    listed: int = 0  # replicates that the folder speaks of
    noted: float = 0.0

    def begin(self) -> int:
        """Find what is there and write what is asked for; the replicates to begin with."""
        n = self.plan.replicates or min(FEWEST, self.most)
        before = self._before()
        self.listed = max(n, before.replicates if before else 0)
        self._list(self.listed)
        self.runs = finished_in(self.folder, set(self.tasks))
        if before is not None and len(before.runs):  # how long they took, writing included
            took = dict(zip(before.runs["run"], before.runs["seconds"], strict=True))
            for run_id, run in self.runs.items():
                if run.path is not None and np.isfinite(seconds := took.get(run.path.name, np.nan)):
                    self.runs[run_id] = replace(run, seconds=float(seconds))
        self._write_about(before)
        there = len({run_id for run_id in self.ids.values() if run_id in self.runs})
        if there:
            self.tell(f"{self.folder}: {there} of {len(set(self.ids.values()))} runs are there already")
        for at, names in enumerate(self.plan.kept):
            if names:
                label = self.plan.jobs[at].label
                self.tell(f"not drawn in {label}, because set for it: {', '.join(sorted(names))}")
        self.note()
        return n

    def _before(self) -> Sweep | None:
        """The sweep as it was left; its table of runs is written anew, so a spoilt one does no harm."""
        if not sweeps.is_sweep(self.folder):
            return None
        try:
            return sweeps.read_one(self.folder)
        except InputError as error:
            self.tell(f"{'; '.join(error.complaints)}. It is written anew from the runs that are there")
            return None

    @property
    def most(self) -> int:
        """As many replicates as auto may make."""
        samples = self.plan.draws.samples if self.plan.draws else None
        return MOST if samples is None else min(MOST, len(samples))

    def _list(self, n: int) -> None:
        """Make tasks for the first ``n`` replicates of every scenario."""
        complaints = Complaints(at_most=20)
        for at, replicate in sorted(self.plan.runs(n)):
            if (at, replicate) in self.ids:
                continue
            config = self.plan.config(at, replicate)
            try:
                scenario = from_config(config)
            except InputError as error:  # a value that was drawn
                for text in error.complaints:
                    complaints.add(f"replicate {replicate}: {text}")
                continue
            run_id = scenario.run_id
            self.ids[at, replicate] = run_id
            self.tasks.setdefault(run_id, Task(config, str(self.folder), run_id, at))
        complaints.raise_if_any()

    def complete(self, n: int, progress: Told | None) -> None:
        """Make what is missing of the first ``n`` replicates; InputError if there is no room for any more."""
        if n > self.listed:
            self.listed = n
            self._list(n)
            self._write_about(self._before())
        wanted = list(dict.fromkeys(self.ids[key] for key in self.plan.runs(n)))
        tasks = [self.tasks[i] for i in wanted if i not in self.runs or self.runs[i].path is None]
        if n_tasks := self.plan.tasks:
            tasks = [replace(task, group=number % n_tasks) for number, task in enumerate(tasks)]
        there, failed = len(wanted) - len(tasks), 0
        if progress:
            progress(there, 0, len(wanted))
        made = batch.make(tasks, self.plan.where, self.plan.launcher, self.folder / PAPERS)
        try:
            for count, (index, run) in enumerate(made, start=1):
                self.runs[tasks[index].run_id] = run
                failed += run.path is None
                if run.no_room:
                    raise batch.NoRoom(run.error)
                if progress:
                    progress(there + count, failed, len(wanted))
                if time.monotonic() - self.noted > NOTE_SECONDS:
                    self.note()
        finally:
            made.close()  # nothing goes on in the background

    def enough(self, n: int) -> int:
        """How many replicates the headline outcomes need, ``n`` if these will do; at most twice as many at once."""
        worst, why = n, ""
        for at, job in enumerate(self.plan.jobs):
            found = [values for r in range(n) if (values := self._values(self.ids[at, r]))]
            for name in found[0] if found else ():
                known = [values[name] for values in found if np.isfinite(values[name])]
                needed = replicates_needed(known) if known else n
                if needed > worst:
                    worst, why = needed, f"{name} in {job.label}"
        more = min(worst, 2 * n, self.most)
        if more > n:
            self.tell(f"{n} replicates are too few for {why}; going on to {more}")
        return max(more, n)

    def _values(self, run_id: str) -> dict[str, float] | None:
        """The headline outcomes of a run; None if it is not there."""
        run = self.runs.get(run_id)
        if run is None or run.path is None:
            return None
        if run_id not in self.values:
            day = self.plan.count_from
            count_from = datetime.fromisoformat(day).date() if day else None
            self.values[run_id] = outcomes.of_run(run.path, outcomes.HEADLINES, count_from)
        return self.values[run_id]

    def _write_about(self, before: Sweep | None) -> None:
        plan = self.plan
        seeds = {replicate: plan.seed(replicate) for _, replicate in plan.runs(self.listed)}
        sweeps.write_about(
            Sweep(
                path=self.folder,
                name=plan.name,
                hash=plan.hash,
                scenarios=tuple(job.label for job in plan.jobs),
                baseline=plan.baseline,
                replicates=self.listed,
                count_from=plan.count_from,
                axes=plan.axes,
                overrides={job.label: job.lines for job in plan.jobs},
                drawn=plan.draws.drawn if plan.draws else {},
                draws=plan.draws.table(seeds) if plan.draws else None,
                command=plan.command,
                created_utc=before.created_utc if before else datetime.now(UTC).isoformat(timespec="seconds"),
                code=provenance.code_version(),
                seeds=plan.seeds_given or (plan.seed(0),),
                shard=str(plan.shard or ""),
            )
        )

    def note(self) -> None:
        """Write runs.csv: what became of every run until now."""
        rows = []
        for (at, replicate), run_id in sorted(self.ids.items()):
            job, run = self.plan.jobs[at], self.runs.get(run_id)
            path = None if run is None else run.path
            rows.append(
                {
                    "scenario": job.label,
                    "replicate": replicate,
                    "seed": self.plan.seed(replicate, job),
                    "run": path.relative_to(self.folder).as_posix() if path else run_id,
                    "status": MISSING if run is None else FAILED if path is None else DONE,
                    "seconds": "" if run is None else run.seconds,
                    "error": "" if run is None else run.error,
                    **job.values,
                }
            )
        sweeps.write_rows(self.folder, [axis.name for axis in self.plan.axes], rows)
        self.noted = time.monotonic()

    def note_last(self) -> None:
        """The same, with those that finished while the sweep was being stopped."""
        for run_id in set(self.tasks) - set(self.runs):
            if runs.is_complete(self.folder / run_id):
                self.runs[run_id] = Run(self.folder / run_id)
        self.note()

    def summarise(self) -> None:
        """Write summary.csv: the headline outcomes by scenario."""
        found: dict[str, list[dict[str, float]]] = {job.label: [] for job in self.plan.jobs}
        for (at, _), run_id in sorted(self.ids.items()):
            if values := self._values(run_id):
                found[self.plan.jobs[at].label].append(values)
        summary.write(self.folder, found)


def finished_in(folder: Path, wanted: set[str]) -> dict[str, Run]:
    """The finished runs in a sweep's folder that are wanted, by their content, whatever their folders are called.

    InputError if one was edited since it was written, with what to do about it.
    """
    complaints = Complaints(at_most=20)
    found = {}
    for path in sorted(
        path.parent for depth in ("*/", "*/*/") for path in folder.glob(depth + runs.PROVENANCE)
    ):
        if not runs.is_complete(path) or any(p.startswith(".") for p in path.relative_to(folder).parts):
            continue
        try:
            run = results.load(path, check=False)
        except InputError:  # whose name tells that it is wanted has been edited
            run_id, known = path.name, {}
        else:
            known = run.provenance
            run_id = provenance.run_hash(
                run.config, known.get("inputs", {}), str(known.get("code")), int(known.get("seed", -1))
            )
        changed = runs.edited(path)
        if changed and wanted & {path.name, run_id}:
            complaints.add(
                f"{path / changed[0]} is not as it was written; put it back, or remove {path} to have it run again"
            )
        elif run_id in wanted and not changed:
            found[run_id] = Run(path, seconds=float(known.get("wall_seconds", 0.0)))
    complaints.raise_if_any()
    return found
