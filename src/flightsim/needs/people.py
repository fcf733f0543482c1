"""Who is where: people by run, day, sub-district and shelter, out of the results of one run or of many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from flightsim.errors import Complaints
from flightsim.needs.quantities import BY_RUNG
from flightsim.results.cube import AREA, GROUP, Cube, over_runs
from flightsim.results.cube import read as read_cube
from flightsim.world import RUNGS, Areas, Floats

RANGE = (0.05, 0.95)
"""The range that is given: in nine of ten runs a value lies inside."""
ALWAYS = ("present_persons", "displaced_persons", "open_below_zero_person_nights")
BY_SHELTER = ("sheltered_persons", "arrivals_persons")
BY_AREA = (*ALWAYS, *BY_SHELTER)
MEASURES = (*BY_AREA, "en_route_persons", "at_crossings_persons", "abroad_persons")
MOST_COMPLAINTS = 10


@dataclass(frozen=True)
class People:
    """The people of one scenario: R runs with other seeds, D days, A sub-districts of the case.

    sheltered (R, D, A, 6) displaced people by rung of shelter; present (R, D, A) everybody; in_frost (R, D, A)
    person-nights in the open below zero; arrivals (R, D, A) a day; displaced (R, D, A) displaced people by
    origin, cumulative; elsewhere (R, D) displaced or moving people in no sub-district: on the road, at a
    crossing; of them waiting (R, D) at a crossing; abroad (R, D).
    """

    scenario: str
    days: pd.DatetimeIndex
    area_id: list[str]
    sheltered: Floats
    present: Floats
    in_frost: Floats
    arrivals: Floats
    displaced: Floats
    elsewhere: Floats
    waiting: Floats
    abroad: Floats
    beyond_care_share: Floats | None = field(default=None, repr=False)  # (D, A) of those present

    @property
    def runs(self) -> int:
        """How many runs."""
        return len(self.sheltered)

    @cached_property
    def groups(self) -> dict[str, Floats]:
        """(R, D, A) people of each group that needs are reckoned for (``quantities.WHOM``)."""
        found = {whom: self.sheltered[..., _columns(rungs)].sum(axis=-1) for whom, rungs in BY_RUNG.items()}
        found |= {"present": self.present, "in_frost": self.in_frost}
        if self.beyond_care_share is not None:
            found["beyond_care"] = self.present * self.beyond_care_share
        return found


def read(scenario: str, runs: Sequence[Path], areas: Areas) -> People:
    """The people of the runs of one scenario; InputError if they do not fit each other or the case."""
    complaints = Complaints(at_most=MOST_COMPLAINTS)
    cubes = [read_cube(path, MEASURES) for path in runs]
    days, ids = cubes[0].days, areas.area_id
    for path, cube in zip(runs, cubes, strict=True):
        if missing := _missing(cube):
            complaints.add(
                f"{path} holds no measure {', '.join(missing)}, without which needs cannot be reckoned; "
                "run it again with this version"
            )
        elif not cube.days.equals(days):
            complaints.add(f"{path} covers other days than {runs[0]}: no range can be given over them")
        told = {area for measure in BY_AREA for area in cube.names(measure, AREA)}
        if unknown := sorted(told - set(ids)):
            complaints.add(f"{path} speaks of {', '.join(unknown[:5])}, no areas of its case as it is now")
    complaints.raise_if_any()
    present, displaced, in_frost, arrivals = (
        over_runs(cubes, name, {AREA: ids})
        for name in (
            "present_persons",
            "displaced_persons",
            "open_below_zero_person_nights",
            "arrivals_persons",
        )
    )
    sheltered = over_runs(cubes, "sheltered_persons", {AREA: ids, GROUP: RUNGS})
    waiting = over_runs(cubes, "at_crossings_persons")
    elsewhere = over_runs(cubes, "en_route_persons") + waiting
    return People(
        scenario, days, list(ids), sheltered, present, in_frost, arrivals, displaced, elsewhere, waiting,
        over_runs(cubes, "abroad_persons"),
    )  # fmt: skip


def quantiles(values: Floats) -> tuple[Floats, Floats, Floats]:
    """Median, lower and upper end of the range over the runs (the first axis)."""
    if len(values) == 1:
        return values[0], values[0], values[0]
    median, low, high = np.quantile(values, (0.5, *RANGE), axis=0)
    return median, low, high


def dates_of(first: Sequence[int] | Floats, days: pd.DatetimeIndex) -> dict[str, Any]:
    """Earliest, median and latest of (R,) day numbers over the runs, with inf for never, as dates or NaT."""
    ordered = np.sort(np.asarray(first, float))
    names = ("breach_early", "breach_median", "breach_late")
    found = {}
    for name, share in zip(names, (RANGE[0], 0.5, RANGE[1]), strict=True):
        at = ordered[min(int(share * len(ordered)), len(ordered) - 1)]
        found[name] = days[int(at)] if np.isfinite(at) else pd.NaT
    return found


def _missing(cube: Cube) -> list[str]:
    """Measures that are not there; those by shelter have no row either if nobody moved, and that is no fault."""
    someone = bool((cube.rows["displaced_persons"].value >= 1).any())
    needed = (*ALWAYS, *(BY_SHELTER if someone else ()))
    return [measure for measure in needed if not len(cube.rows[measure].value)]


def _columns(rungs: Sequence[str]) -> list[int]:
    return [RUNGS.index(rung) for rung in rungs]
