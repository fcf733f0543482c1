"""People in camps day by day, as Flee scores them: ARD and rescaled ARD, beside splits that know every day's total.

Counts are joined by straight lines and cut to whole people, as in Flee's own table, so the figures can be laid beside
those of its papers. The model decides how many are in camps; the baselines are given that total each day, as Flee is.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from flightsim.case.importing.flee.series import by_day
from flightsim.case.observations import PEOPLE, PRESENT, SITES, Observation
from flightsim.validation.scores import shares
from flightsim.validation.scores.counts import MODEL
from flightsim.validation.scores.ensemble import Ensemble
from flightsim.validation.scores.ground import Ground
from flightsim.validation.scores.modelled import COUNTED
from flightsim.world import Floats

CAPACITY, GRAVITY, AT_START = "capacity split", "gravity split", "split as at the start"
FEWEST_CAMPS, FEWEST_COUNTS = 2, 2
NEAR_KM = 10.0  # Flee's softening of distances


@dataclass(frozen=True)
class Camps:
    """Counts of people in C camps on the D days of a run, and the runs' own (M, D, C)."""

    areas: tuple[str, ...]
    observed: Floats  # (D, C) whole people
    simulated: Floats  # (M, D, C)
    ground: Ground

    @cached_property
    def table(self) -> pd.DataFrame:
        """A row a forecaster: ARD and rescaled ARD, mean over runs and days; lower is better, 2 is the worst."""
        rows = [
            {
                "forecaster": MODEL,
                "ard": np.mean([shares.ard(run, self.observed) for run in self.simulated]),
                "rescaled_ard": np.mean([shares.rescaled_ard(run, self.observed) for run in self.simulated]),
            }
        ]
        total = self.observed.sum(axis=1, keepdims=True)
        for name, weight in self._splits().items():
            if weight.sum() > 0:
                off = shares.ard(total * weight / weight.sum(), self.observed)
                rows.append({"forecaster": name, "ard": off, "rescaled_ard": off})
        return pd.DataFrame(rows).assign(camps=len(self.areas), days=len(self.observed))

    def _splits(self) -> dict[str, Floats]:
        """(C,) weights of the camps that do not change: capacity, capacity and nearness, the first day."""
        ground = self.ground
        rows = np.flatnonzero(ground.inside(self.areas))
        order = np.argsort([self.areas.index(ground.world.areas.area_id[row]) for row in rows])
        rows = rows[order]
        capacity = (ground.in_sites + ground.site_room)[rows]
        from_home = np.setdiff1d(np.arange(len(ground.population)), rows)
        near = ground.population[from_home] @ (1 / (ground.road_km[np.ix_(from_home, rows)] + NEAR_KM))
        return {CAPACITY: capacity, GRAVITY: capacity * near, AT_START: self.observed[0]}


def camps(observations: list[Observation], ensemble: Ensemble, ground: Ground) -> Camps | None:
    """The camps that are counted one by one, often enough; None if there are too few."""
    for measure in (PRESENT, SITES):
        points = _points(observations, measure, ensemble)
        if len(points) >= FEWEST_CAMPS:
            areas = tuple(points)
            observed = np.column_stack([by_day(points[area], len(ensemble.days)) for area in areas])
            courses = [ensemble.course(COUNTED[measure, PEOPLE], ground.areas((area,))) for area in areas]
            return Camps(areas, observed.astype(float), np.stack(courses, axis=-1).transpose(1, 0, 2), ground)
    return None


def _points(
    observations: list[Observation], measure: str, ensemble: Ensemble
) -> dict[str, list[tuple[int, float]]]:
    """Day of the run and people, in order of time, by area; those before and after the run bend the lines too."""
    found: dict[str, dict[int, float]] = defaultdict(dict)
    for o in observations:
        if o.measure == measure and o.unit == PEOPLE and len(o.areas) == 1 and not o.groups:
            found[o.areas[0]][(pd.Timestamp(o.until) - ensemble.days[0]).days] = o.best
    return {area: sorted(each.items()) for area, each in sorted(found.items()) if len(each) >= FEWEST_COUNTS}
