"""A question put to the model: every value tried is a set of runs, and replicate r has the same seed in each."""

from __future__ import annotations

import hashlib
import json
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import yaml

from flightsim import __version__, words
from flightsim.errors import Complaints, InputError
from flightsim.files.atomic import check_writable, write_text
from flightsim.plots import style
from flightsim.results import outcomes, provenance
from flightsim.scenario import Scenario, from_config
from flightsim.solve import asked, figure
from flightsim.solve.asked import Config, Lever, Wanted
from flightsim.solve.roots import AT_MOST, Question, solve
from flightsim.solve.telling import Found
from flightsim.sweeps import plan
from flightsim.sweeps.batch import Run
from flightsim.sweeps.plan import Plan

FOLDER, RUNS = (
    "solve",
    "runs",
)  # results/NAME/solve/LEVER-HASH/ and, for all questions, results/NAME/solve/runs/
ANSWER, TABLE, PICTURE = "solve.yaml", "evaluations.csv", "curve.png"
README = f"""One question put to flightsim: which value of a lever meets a target? Modelled, not observed.

{ANSWER}        the question, the answer, how sure it is, and the command
{TABLE}   a row a run: the value tried, the replicate (the same seed at every value), the outcome
{PICTURE}         the curve: a dot a run, the line their mean
../{RUNS}/           the runs themselves; the same command again makes only those that are missing
"""


T = TypeVar("T")


Execute = Callable[[str, Sequence[Config], Path], Sequence[Run]]
"""What makes runs: the value tried, in words; the configurations; the folder for their runs."""


@dataclass(frozen=True)
class Task:
    """One question, checked and ready to run."""

    lever: Lever
    wanted: Wanted
    plan: Plan  # one scenario, with its replicates; the lever as it is
    overrides: tuple[str, ...]  # what makes the scenario
    runs: dict[float, tuple[str, ...]] = field(default_factory=dict)  # by value tried, each replicate's

    @property
    def question(self) -> Question:
        """The question as the search takes it."""
        return self.wanted.of(self.lever)

    @cached_property
    def scenario(self) -> Scenario:
        """With the lever as it is: its configuration, its folder, its world."""
        return from_config(self.plan.jobs[0].config)

    @property
    def seeds(self) -> tuple[int, ...]:
        """(R,) of the replicates."""
        return tuple(self.plan.seeds(self.wanted.replicates))

    @property
    def count_from(self) -> date | None:
        """The day from which additional people are counted; None: the start."""
        day = self.plan.count_from
        return date.fromisoformat(day) if day else None

    @property
    def hash(self) -> str:
        """8 hex digits: a fingerprint of the question. The same question again finds its folder by it."""
        asked = [self.plan.hash, self.lever, self.wanted, self.seeds, provenance.code_version()]
        content = json.dumps([str(each) for each in asked])
        return hashlib.sha256(content.encode()).hexdigest()[:8]

    @property
    def all_runs(self) -> Path:
        """The folder of the runs of every question put to the experiment."""
        return self.scenario.folder / FOLDER / RUNS

    @property
    def folder(self) -> Path:
        """The folder of the answer."""
        return self.scenario.folder / FOLDER / f"{self.lever.name}-{self.hash}"

    def configs(self, value: float) -> list[Config]:
        """The configuration of each replicate at a value of the lever: same seed and same draws at every value."""
        replicates = range(self.wanted.replicates)
        return [self.lever.at({**self.plan.config(0, r), "figures": False}, value) for r in replicates]

    def solve(self, execute: Execute) -> Found:
        """Search, running what is missing; RunsFailed if a run fails, for the others then lack their pair."""
        check_writable(self.all_runs)

        def evaluate(value: float) -> list[float]:
            done = execute(self.lever.override(value), self.configs(value), self.all_runs)
            paths = [run.path for run in done if run.path is not None]
            if len(paths) < len(done):
                raise RunsFailed(self.lever.override(value), [run.error for run in done if run.path is None])
            self.runs[value] = tuple(path.name for path in paths)
            name = self.wanted.outcome.name
            return [outcomes.of_run(path, [name], self.count_from)[name] for path in paths]

        answer = solve(evaluate, self.question, AT_MOST)
        drawn = self.plan.draws is not None
        return Found(self.lever, self.wanted.outcome, answer, self.seeds, self.runs, drawn)

    def write(self, found: Found) -> Path:
        """Write the answer's folder, each file whole, solve.yaml last; its path."""
        check_writable(self.folder)
        record = {
            "flightsim": __version__,
            "code": provenance.code_version(),
            "command": shlex.join(self.plan.command),
            "created_utc": datetime.now(UTC).isoformat(timespec="seconds"),
            "experiment": self.scenario.config["name"],
            "overrides": list(self.overrides),
            "count_from": str(self.count_from or self.scenario.clock.start),
            "answer": found.lines(),
            **found.record(),
        }
        write_text(self.folder / "README.txt", README)
        write_text(self.folder / TABLE, found.table())
        figure.draw(found, self.folder / PICTURE, self._foot(found))
        write_text(self.folder / ANSWER, yaml.safe_dump(record, sort_keys=False, allow_unicode=True))
        return self.folder

    def _foot(self, found: Found) -> str:
        """What the picture rests on."""
        world, clock = self.scenario.world, self.scenario.clock
        end = clock.date_of(clock.days - 1)
        return (
            f"Modelled, not observed: {words.counted(found.answer.outcomes.size, 'run')}, "
            f"{words.counted(len(self.seeds), 'replicate')} with the same random seeds at every value; "
            f"{words.day_year(clock.start)} to {words.day_year(end)}.{style.unchecked(world, end)} "
            f"{style.source(world, __version__)}"
        )


class RunsFailed(Exception):
    """Some replicates of a value failed; those that are done stay and are not run again."""

    def __init__(self, where: str, errors: Sequence[str]) -> None:
        several = words.counted(len(errors), "run")
        super().__init__(f"{several} failed with {where}: {'; '.join(dict.fromkeys(errors))}")


def task(given: Sequence[str], config_dir: Path | None = None, command: Sequence[str] = ()) -> Task:
    """The task that the words ask for; InputError with all that is wrong with them, before anything runs."""
    word, own, overrides = asked.split(given)
    complaints = Complaints()
    wanted = _or_complain(complaints, lambda: asked.wanted(**own))
    replicates = f"replicates={wanted.replicates if wanted else 1}"
    made = _or_complain(complaints, lambda: _plan([*overrides, replicates], config_dir, command))
    lever = None if made is None else _or_complain(complaints, lambda: asked.lever(word, made.config(0, 0)))
    complaints.raise_if_any()
    assert wanted is not None
    assert made is not None
    assert lever is not None
    return Task(lever, wanted, made, tuple(overrides))


def _plan(overrides: Sequence[str], config_dir: Path | None, command: Sequence[str]) -> Plan:
    """The plan of the one scenario that the overrides choose."""
    made = plan.make(overrides, config_dir=config_dir, command=command)
    if len(made.jobs) > 1:
        names = ", ".join(f"'{job.label}'" for job in made.jobs)
        raise InputError(f"one scenario at a time can be solved; choose with scenario=NAME from {names}")
    return made


def _or_complain(complaints: Complaints, made: Callable[[], T]) -> T | None:
    """What is made, or None and the reasons why not among the complaints."""
    try:
        return made()
    except InputError as error:
        complaints.texts += [text for text in error.complaints if text not in complaints.texts]
        return None
