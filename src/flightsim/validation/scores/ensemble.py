"""The runs that are scored together: the replicates of one scenario, or a single run."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from flightsim.errors import InputError, nearest
from flightsim.results.cube import AREA, GROUP
from flightsim.results.history import history_until
from flightsim.results.runs import Results, is_complete, load
from flightsim.world import Floats


@dataclass(frozen=True)
class Ensemble:
    """Equally likely runs of one scenario over the same days; one run is an ensemble of one."""

    runs: tuple[Results, ...]
    scenario: str = ""
    _courses: dict[tuple[object, ...], Floats] = field(default_factory=dict, repr=False, compare=False)

    @property
    def days(self) -> pd.DatetimeIndex:
        """The days of the runs."""
        return self.runs[0].days

    @property
    def history_until(self) -> date | None:
        """The last day to which every run follows what happened; None if one of them never does."""
        days = [history_until(run.config) for run in self.runs]
        known = [day for day in days if day is not None]
        return min(known) if len(known) == len(days) else None

    @property
    def case(self) -> str:
        """The case of the runs: a shipped name or a path."""
        return str(self.runs[0].config["case"])

    def course(
        self, measure: str, areas: Collection[str] | None = None, groups: Collection[str] = ()
    ) -> Floats:
        """(D, M) a daily measure by day and run, summed over some areas (None: all) and groups (empty: all)."""
        key = (measure, None if areas is None else tuple(sorted(areas)), tuple(sorted(groups)))
        if key not in self._courses:
            self._courses[key] = np.column_stack([_course(run, *key) for run in self.runs])
        return self._courses[key]


def _course(run: Results, measure: str, areas: tuple[str, ...] | None, groups: tuple[str, ...]) -> Floats:
    by = ({} if areas is None else {AREA: areas}) | ({GROUP: groups} if groups else {})
    found = run.cube.values(measure, by)
    return np.asarray(np.nan_to_num(found.sum(axis=tuple(range(1, found.ndim)))))


def read(path: str | Path, scenario: str | None = None) -> Ensemble:
    """The run, or the replicates of a sweep's scenario (its baseline if none is named), in a folder."""
    folder = Path(path)
    if is_complete(folder):
        if scenario:
            raise InputError(f"{folder} is a single run; scenario '{scenario}' can be chosen of a sweep only")
        return Ensemble((load(folder),))
    from flightsim.results import gather

    sweep = gather.read(folder)
    chosen = scenario or sweep.baseline or sweep.scenarios[0]
    if chosen not in sweep.scenarios:
        raise InputError(f"there is no scenario '{chosen}' in {folder}{nearest(chosen, sweep.scenarios)}")
    rows = sweep.runs[(sweep.runs["scenario"] == chosen) & (sweep.runs["status"] == "done")]
    if not len(rows):
        raise InputError(f"no run of scenario '{chosen}' in {folder} is finished")
    return of_runs([load(p) for p in rows["path"]], chosen)


def of_runs(runs: list[Results], scenario: str = "") -> Ensemble:
    """Runs as one ensemble; InputError if they are of other cases or days."""
    for run in runs[1:]:
        if run.config["case"] != runs[0].config["case"] or not run.days.equals(runs[0].days):
            raise InputError(f"{run.path} and {runs[0].path} are not of the same case and days")
    return Ensemble(tuple(runs), scenario)
