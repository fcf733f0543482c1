"""What is asked: which runs, from which day, with which counts; all of it checked before anything is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from flightsim import __version__, words
from flightsim.case.observations import (
    DISPLACED,
    FILE,
    PEOPLE,
    Observation,
    Observations,
    folder_or_own,
    read_observations,
)
from flightsim.case.reading import cached_case
from flightsim.clock import as_date
from flightsim.errors import Complaints, InputError, nearest
from flightsim.results import gather
from flightsim.results.history import departures
from flightsim.results.rows import read_measures
from flightsim.results.runs import Results, is_complete, load
from flightsim.results.sweeps import DONE, MISSING, Sweep
from flightsim.validation.scores.ensemble import Ensemble, of_runs
from flightsim.validation.scores.ground import Ground
from flightsim.validation.scores.known import of_everybody
from flightsim.validation.scores.modelled import why_not
from flightsim.world import Floats

LEAST_MEMBERS = 5  # runs: the least effective sample size cannot be had from fewer
COURSE = "displaced_persons"
CALENDAR = "persons_total"  # has a row every day, so that a run's days are known from it


@dataclass(frozen=True)
class Members:
    """The runs of one scenario, in the order of their folders' names, so that no other order can matter."""

    folder: Path
    ensemble: Ensemble
    failed: int  # runs that are not among them because they failed
    sweep_hash: str

    @property
    def course(self) -> Floats:
        """(D, M) people displaced since the start."""
        return self.ensemble.course(COURSE)

    @property
    def first(self) -> date:
        """The first day of the runs."""
        day: date = self.ensemble.days[0].date()
        return day

    @property
    def last(self) -> date:
        """The last day of the runs."""
        day: date = self.ensemble.days[-1].date()
        return day

    def day(self, when: date) -> int:
        """A day's row in the course."""
        return (when - self.first).days


@dataclass(frozen=True)
class Question:
    """Members, the day from which to go on (its end), and the counts: those used, and why the others are not."""

    members: Members
    on: date
    observations: Observations
    used: list[Observation]  # totals of displaced people, in order of date; the last is where to start from
    unused: dict[int, str]  # by row of the file

    @property
    def start(self) -> Observation:
        """The count to start from: the last total that counts from the first day of the runs."""
        return [o for o in self.used if o.since == self.members.first][-1]


def questions(
    folder: str | Path,
    days: Sequence[str],
    observed: str | Path | None = None,
    scenario: str | None = None,
    case: str | None = None,
) -> list[Question]:
    """A question for each day (a date, or the number of a day of the runs, 1 for the first).

    ``observed``: a folder of observations, the case's own if None; ``scenario``: of a sweep, its baseline if None;
    ``case``: what the runs are expected to be of. InputError with all that is wrong.
    """
    complaints = Complaints()
    members = _or_none(complaints, folder, scenario)
    numbers = [_as_asked(text, complaints) for text in days]
    counts: Observations | None = None
    if members is not None:
        if case is not None and case != members.ensemble.case:
            complaints.add(
                f"from={folder} has runs of case {members.ensemble.case}; case={case} was asked for"
            )
        try:
            counts = _counts(members, observed)
        except InputError as error:
            complaints.texts += [f"known: {text}" for text in error.complaints]
    elif observed is not None and not (Path(observed) / FILE).is_file():
        complaints.add(f"known={observed} is no folder of observations: there is no {FILE} in it")
    found = []
    for number in numbers:
        if members is not None and number is not None:
            on = number if isinstance(number, date) else members.first + timedelta(days=number - 1)
            if not members.first <= on <= members.last:
                complaints.add(
                    f"on={on} is outside of the runs; expected a day from {members.first} to {members.last}"
                )
            elif on == members.last:
                complaints.add(
                    f"on={on} is the last day of the runs: nothing lies ahead; expected an earlier day"
                )
            elif counts is not None:
                question = _split(members, on, counts, complaints)
                found += [question] if question else []
    complaints.raise_if_any()
    return found


def _as_asked(text: str, complaints: Complaints) -> date | int | None:
    """A date or the number of a day; None and a complaint if it is neither."""
    day = int(text) if text.isdecimal() and len(text) < 6 else as_date(text)
    if day is None:
        complaints.add(
            f"on={text!r}: expected a date, as 2020-01-20, or the number of a day of the runs, as 51"
        )
    return day


def _or_none(complaints: Complaints, folder: str | Path, scenario: str | None) -> Members | None:
    try:
        return read_members(folder, scenario)
    except InputError as error:
        complaints.texts += [f"from: {text}" for text in error.complaints]
        return None


def read_members(path: str | Path, scenario: str | None = None) -> Members:
    """The finished runs of a scenario (the baseline if None), of each no more than the course of displaced people."""
    folder = Path(path)
    if not folder.is_dir():
        raise InputError(
            f"{folder} is not there; expected the folder of a finished sweep, as results/NAME/TIME"
        )
    if is_complete(folder):
        raise InputError(
            f"{folder} is a single run; expected the folder of a sweep with {LEAST_MEMBERS} replicates or more"
        )
    sweep = gather.read(folder)
    chosen = scenario or sweep.baseline or sweep.scenarios[0]
    if chosen not in sweep.scenarios:
        raise InputError(f"there is no scenario '{chosen}' in {folder}{nearest(chosen, sweep.scenarios)}")
    rows = sweep.runs[sweep.runs["scenario"] == chosen]
    _check_finished(folder, sweep, rows)
    done = rows[rows["status"] == DONE]
    paths = sorted({Path(run) for run in done["path"]}, key=lambda run: run.name)
    if len(paths) < LEAST_MEMBERS:
        raise InputError(
            f"{folder} has {words.counted(len(paths), 'finished run')} of '{chosen}'; weights need "
            f"{LEAST_MEMBERS} or more: add replicates=20 to the command that made it"
        )
    runs = [_light(run) for run in paths]
    _check_versions(folder, runs)
    members = Members(folder, of_runs(runs, chosen), len(rows) - len(done), sweep.hash)
    if members.ensemble.history_until is None:
        other = dict.fromkeys(said for run in runs for said in departures(run.config))
        raise InputError(
            f"scenario '{chosen}' in {folder} is a what-if from its first day ({', '.join(other)}): what was counted "
            "does not weigh it; expected runs that follow what happened, if only up to events.known_until"
        )
    return members


def _check_finished(folder: Path, sweep: Sweep, rows: pd.DataFrame) -> None:
    missing = int((rows["status"] == MISSING).sum())
    if missing:
        again = f": `{' '.join(sweep.command)}` goes on" if sweep.command else ""
        raise InputError(
            f"{folder} is unfinished: {missing} of {len(rows)} runs are missing; finish it first{again}"
        )


def _light(path: Path) -> Results:
    """A run with its course of displaced people as its only measure: the others are not read."""
    run = load(path)
    found = read_measures(path, [CALENDAR, COURSE])
    frames = []
    for name, rows in found.items():
        area, group = (np.array([*coded.names, ""], object)[coded.codes] for coded in (rows.area, rows.group))
        frames.append(
            pd.DataFrame(
                {"time": rows.time, "area_id": area, "group": group, "measure": name, "value": rows.value}
            )
        )
    run.tables["measures"] = pd.concat(frames, ignore_index=True)
    return run


def _check_versions(folder: Path, runs: Sequence[Results]) -> None:
    """InputError if a run was made by another version than this: growth since a day would be another model's."""
    others = sorted({str(run.provenance["flightsim"]) for run in runs} - {__version__})
    if others:
        raise InputError(
            f"{folder} was made by flightsim {', '.join(others)}; this is {__version__}: make the runs again"
        )


def _counts(members: Members, observed: str | Path | None) -> Observations:
    """The observations, checked against the case of the runs."""
    case = cached_case(members.ensemble.case)
    ground = Ground(case.world, members.ensemble.runs[0].front)
    folder = folder_or_own(observed, case.folder, "known=FOLDER")
    return read_observations(folder, ground.codes, case.world.persons)


def _split(members: Members, on: date, counts: Observations, complaints: Complaints) -> Question | None:
    """The counts that are used and those that are not; None and a complaint if there is none to start from."""
    unused = {o.row: why for o in counts.rows if (why := _why_not(o, on, members.ensemble))}
    left = [o for o in counts.rows if o.row not in unused]
    used = of_everybody(left)
    unused |= {o.row: "single reports of what the best estimates weigh" for o in left if o not in used}
    if any(o.since == members.first for o in used):
        return Question(members, on, counts, used, unused)
    complaints.add(
        f"known: {counts.folder / FILE} has no total of displaced people (measure {DISPLACED}, unit {PEOPLE}, area_id "
        f"ALL) counted from {members.first}, the first day of the runs, to {on} or a day before; nothing to start from"
    )
    return None


def _why_not(o: Observation, on: date, ensemble: Ensemble) -> str:
    """Why a count is not used; empty if it is."""
    if o.until > on:
        return f"after {words.day_year(on)}, ignored"
    if o.measure != DISPLACED or o.unit != PEOPLE or o.areas:
        return "not a total of displaced people"
    return why_not(o, ensemble, ensemble.history_until or date.max)
