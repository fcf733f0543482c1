"""What a command asks for, complete and checked: scenarios, replicates, draws, where it runs and where it goes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any, TypeVar

from flightsim.config import compose
from flightsim.config.compose import Job
from flightsim.config.overrides import MOST_RUNS, OF_A_SWEEP, RUNS, key_of, spelt_out, too_many
from flightsim.errors import Complaints, InputError, nearest
from flightsim.results.sweeps import Axis
from flightsim.scenario import PARTS, Scenario, from_config, role_of, unit_of
from flightsim.sweeps import priors, shards
from flightsim.sweeps.executors import EXECUTORS, Where
from flightsim.sweeps.priors import Draws
from flightsim.sweeps.shards import Shard

AUTO, SEED, RESULTS, LONGEST_NAME = "auto", "seed", "results", 60
T = TypeVar("T")


@dataclass(frozen=True)
class Plan:
    """A sweep: every job, with every seed."""

    name: str
    jobs: tuple[Job, ...]  # one a scenario, its label the scenario's name
    baseline: str
    replicates: int | None = 1  # None: as many as it takes (auto)
    seeds_given: tuple[int, ...] = ()  # by seed=1,2,3; else seed, seed + 1, …
    axes: tuple[Axis, ...] = ()
    draws: Draws | None = None
    where: Where = field(default_factory=Where)
    launcher: tuple[str, ...] = ()  # what was said of hydra/launcher
    tasks: int | None = None  # of the launcher; None: one a scenario
    shard: Shard | None = None  # the part of the runs that is made here; None: all
    results: Path = Path(RESULTS)
    results_given: bool = False  # then that folder is the sweep's own
    command: tuple[str, ...] = ()

    @property
    def is_single(self) -> bool:
        """Whether it is one run, as it always was."""
        return (
            len(self.jobs) == 1 and self.replicates == 1 and not (self.draws or self.launcher or self.shard)
        )

    @property
    def count_from(self) -> str | None:
        """The day from which additional people are counted."""
        day = self.jobs[0].config["count_from"]
        return None if day is None else str(day)

    @cached_property
    def kept(self) -> list[set[str]]:
        """For each job the drawn parameters that were set for it, and so are not drawn."""
        drawn = set(self.draws.drawn) if self.draws else set()
        return [priors.kept(job.config, job.lines) & drawn for job in self.jobs]

    def seeds(self, replicates: int, job: Job | None = None) -> list[int]:
        """The seed of each replicate."""
        first = int((job or self.jobs[0]).config[SEED])
        return list(self.seeds_given[:replicates]) or [first + r for r in range(replicates)]

    def seed(self, replicate: int, job: Job | None = None) -> int:
        """The seed of one replicate."""
        return (
            self.seeds_given[replicate]
            if self.seeds_given
            else int((job or self.jobs[0]).config[SEED]) + replicate
        )

    def runs(self, replicates: int) -> Iterator[tuple[int, int]]:
        """Job and replicate of the runs made here, replicate by replicate: half of the time, half of every scenario."""
        for replicate in range(replicates):
            for at in range(len(self.jobs)):
                if self.shard is None or self.shard.has(replicate * len(self.jobs) + at):
                    yield at, replicate

    def config(self, at: int, replicate: int) -> dict[str, Any]:
        """The whole configuration of one replicate of the job at that place in the list."""
        job = self.jobs[at]
        seed = self.seed(replicate, job)
        config = {**job.config, SEED: seed}
        if self.draws is None:
            return config
        return priors.with_values(config, self.draws.values(replicate, seed), self.kept[at])

    @cached_property
    def hash(self) -> str:
        """12 hex digits: what is asked, however many replicates of it; the same sweep again has the same."""
        runs = [[job.label, from_config(job.config).run_id] for job in self.jobs]
        drawn = [self.draws.drawn, self.draws.samples] if self.draws else []
        content = json.dumps([self.name, runs, self.seeds_given, drawn], default=vars, sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:12]


def make(
    overrides: Sequence[str],
    *,
    many: bool = False,
    config_dir: Path | None = None,
    command: Sequence[str] = (),
) -> Plan:
    """The plan that the overrides ask for, every configuration in it checked.

    InputError with everything that is wrong, before anything runs.
    """
    with compose.opened(config_dir) as conf:
        given = compose.understood(overrides, conf, many)
        several_seeds = [o for o in given if o.key_or_group == SEED and o.is_sweep_override()]
        seed_values = [line.partition("=")[2] for o in several_seeds for line in spelt_out(o, conf.groups)]
        one_seed = list(overrides)
        if several_seeds:  # replicates, not scenarios: each scenario is composed once, with the first
            others = [text for text in overrides if key_of(text) != SEED]
            one_seed = [*others, *(f"{SEED}={seed}" for seed in seed_values[:1])]
        jobs = compose.composed(compose.understood(one_seed, conf, many), conf)
        launcher = tuple(str(o.input_line) for o in given if o.is_hydra_override())
        plan = _plan(jobs, {key_of(text) for text in overrides}, seed_values)
    plan = replace(plan, launcher=launcher, command=tuple(command))
    return plan if plan.is_single else replace(plan, jobs=tuple(map(_without_figures, plan.jobs)))


def _without_figures(job: Job) -> Job:
    """A sweep draws no figures of single runs, unless they were asked for."""
    return job if job.figures_given else replace(job, config={**job.config, "figures": False})


def _plan(jobs: Sequence[Job], given: set[str], seed_values: Sequence[str]) -> Plan:
    """The plan of composed jobs, all that is wrong collected first."""
    complaints = Complaints()
    jobs = list({job.label: job for job in jobs}.values())
    settings = jobs[0].settings
    for name in OF_A_SWEEP:
        if any(job.settings[name] != settings[name] for job in jobs):
            complaints.add(f"the experiments differ in {name}; say which with {name}=…")
    if len({str(job.config[SEED]) for job in jobs}) > 1:
        complaints.add("the experiments differ in seed; say which with seed=…")
    seeds = _seeds(seed_values, settings["replicates"], complaints)
    replicates = _replicates(settings, len(seeds), len(jobs), complaints)
    shard = _or_complain(complaints, lambda: _shard(settings["shard"], replicates, len(jobs)))
    tasks = _whole_or_none("tasks", settings["tasks"], complaints)
    where = _where(settings, complaints)
    scenarios = [_or_complain(complaints, partial(from_config, job.config)) for job in jobs]
    draws = None
    configs = [job.config for job in jobs]
    if all(isinstance(config[group], dict) for config in configs for group in PARTS):
        draws = _or_complain(
            complaints,
            lambda: priors.asked(
                priors.understood(settings["uncertainty"], replicates), configs, replicates or 1
            ),
        )
    baseline = _or_complain(complaints, lambda: _baseline(jobs, settings, "baseline" in given))
    complaints.raise_if_any()
    jobs = [
        _named(replace(job, config=dict(s.config)), s) for job, s in zip(jobs, scenarios, strict=True) if s
    ]
    results = str(jobs[0].config[RESULTS])
    return Plan(
        name=_name(jobs),
        jobs=tuple(jobs),
        baseline=baseline or jobs[0].label,
        replicates=replicates,
        seeds_given=tuple(seeds),
        axes=_axes(jobs),
        draws=draws,
        where=where,
        tasks=tasks,
        shard=shard,
        results=Path(results),
        results_given=RESULTS in given or results != RESULTS,
    )


def _or_complain(complaints: Complaints, made: Callable[[], T]) -> T | None:
    """What is made, or None and the reasons why not among the complaints."""
    try:
        return made()
    except InputError as error:
        complaints.texts += [text for text in error.complaints if text not in complaints.texts]
        return None


def _named(job: Job, scenario: Scenario) -> Job:
    """A job that is alone has no label; its scenario is called as its experiment."""
    return job if job.label else replace(job, label=str(scenario.config["name"]))


def _name(jobs: Sequence[Job]) -> str:
    """The name of the folder for sweeps: the experiment's, or those of several."""
    name = "+".join(dict.fromkeys(str(job.config["name"]) for job in jobs))
    return name if len(name) <= LONGEST_NAME else "sweep"


def _seeds(seed_values: Sequence[str], replicates: Any, complaints: Complaints) -> list[int]:
    """The seeds of ``seed=1,2,3``, which asks for so many replicates."""
    if seed_values and replicates not in (1, len(seed_values)):
        complaints.add(
            f"seed={','.join(seed_values)} asks for {len(seed_values)} replicates; leave replicates={replicates} out"
        )
    seeds = []
    for text in dict.fromkeys(seed_values):
        if text.isdigit():
            seeds.append(int(text))
        else:
            complaints.add(f"seed is {text!r}; expected a whole number")
    return seeds


def _shard(value: Any, replicates: int | None, n_jobs: int) -> Shard | None:
    """The part of the runs to make; InputError if there is none, or no run for it."""
    shard = shards.understood(value)
    if shard and replicates is None:
        raise InputError(f"shard={shard} needs the number of runs; write replicates=N instead of auto")
    if shard and replicates and replicates * n_jobs < shard.of:
        raise InputError(f"shard={shard}, but only {replicates * n_jobs} runs are asked for")
    return shard


def _whole_or_none(name: str, value: Any, complaints: Complaints) -> int | None:
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 1):
        return value
    complaints.add(f"{name} is {value!r}; expected a whole number from 1, or null")
    return None


def _replicates(settings: dict[str, Any], n_seeds: int, n_jobs: int, complaints: Complaints) -> int | None:
    value, most = settings["replicates"], _whole_or_none(MOST_RUNS, settings[MOST_RUNS], complaints) or RUNS
    if value == AUTO:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        complaints.add(f"replicates is {value!r}; expected a whole number from 1, or auto")
        return 1
    n = n_seeds or value
    if n * n_jobs > most:
        complaints.add(too_many(most))
    return n


def _where(settings: dict[str, Any], complaints: Complaints) -> Where:
    executor, address = settings["executor"], settings["executor_address"]
    workers = _whole_or_none("workers", settings["workers"], complaints)
    if executor == "ray":
        complaints.add(
            "executor is 'ray', which is not used any more; expected loky, dask, or shard=… instead"
        )
    elif executor not in EXECUTORS:
        complaints.add(
            f"executor is {executor!r}; expected {', '.join(EXECUTORS)}{nearest(executor, EXECUTORS)}"
        )
    if address is not None and not isinstance(address, str):
        complaints.add(f"executor_address is {address!r}; expected a text, or null")
    elif address is not None and executor == EXECUTORS[0]:
        complaints.add(f"executor_address is {address!r}, but executor={executor} runs on this machine")
    return Where(str(executor), workers, address)


def _baseline(jobs: Sequence[Job], settings: dict[str, Any], given: bool) -> str:
    """The label of the job that others are compared with."""
    name = settings["baseline"]
    labels = [job.label for job in jobs]
    if name is None or name in labels:
        return str(name or labels[0])
    for job in jobs:  # baseline=closed for border=closed, or for the scenario "closed, days=5"
        if name == job.scenario or str(name) in (line.partition("=")[2] for line in job.label.split(" ")):
            return job.label
    if not given and str(name) in settings["scenarios"]:
        return labels[0]  # the experiment's own, and others were chosen
    raise InputError(f"baseline is {name!r}{nearest(name, labels)}; there is: {', '.join(labels)}")


def _axes(jobs: Sequence[Job]) -> tuple[Axis, ...]:
    """What was swept, and whose it is."""
    values: dict[str, list[Any]] = {}
    for job in jobs:
        for name, value in job.values.items():
            if value not in values.setdefault(name, []):
                values[name].append(value)
    return tuple(Axis(name, role_of(name), tuple(each), unit_of(name)) for name, each in values.items())
