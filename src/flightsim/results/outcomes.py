"""Headline outcomes: what planners compare scenarios by. One number a run, and its course by day.

An outcome is a daily course (people displaced so far, person-nights so far …) and the number it comes to:
its last value, or its highest. Read from a run's folder, only the rows that are needed are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from flightsim.errors import Complaints, InputError, nearest
from flightsim.results.cube import CALENDAR, Cube, days_of, read
from flightsim.results.runs import Results
from flightsim.world import Floats

ARRIVALS = "arrivals_"  # arrivals_AREA: in one area


@dataclass(frozen=True, slots=True)
class Headline:
    """One headline outcome.

    ``kind``: *end*, the value on the last day; *since*, what was added since ``count_from``; *sum*, a flow
    added up over the run; *peak*, the highest day.
    """

    name: str
    unit: str
    title: str  # what it counts, as on an axis
    meaning: str
    kind: str  # end | since | sum | peak
    measure: str
    group: str = ""  # only this rung or crossing; blank: all
    area_id: str = ""  # only this area; blank: all

    def course(self, by_day: Floats, count_from: int = 0) -> Floats:
        """(D,) the outcome's course, from its measure by day; nan before there is a mean.

        *sum* is added up from the first day; *since* counts from day ``count_from`` on, that day included.
        """
        if self.kind == "sum":
            return np.asarray(by_day.cumsum())
        if self.kind == "since" and count_from > 0:
            return np.asarray(by_day - by_day[min(count_from, len(by_day)) - 1])
        return by_day

    def of_course(self, course: Floats) -> float:
        """The number that a course comes to."""
        if self.kind == "peak":
            return float(np.max(course))
        return float(course[-1])


HEADLINES: dict[str, Headline] = {
    h.name: h
    for h in (
        Headline(
            "displaced_persons",
            "people",
            "People displaced",
            "people displaced at least once since the start, at the end of the run",
            "end",
            "displaced_persons",
        ),
        Headline(
            "additional_displaced_persons",
            "people",
            "Additional people displaced",
            "people displaced for the first time from the date count_from on, that day included",
            "since",
            "displaced_persons",
        ),
        Headline(
            "moves_persons",
            "movements",
            "Movements",
            "movements since the start; a person who moves twice counts twice",
            "end",
            "moves_persons",
        ),
        Headline(
            "in_open_persons",
            "people",
            "Displaced people in the open",
            "displaced people without any shelter, on the day with most",
            "peak",
            "sheltered_persons",
            group="open",
        ),
        Headline(
            "open_below_zero_person_nights",
            "person-nights",
            "Nights in the open below 0 °C",
            "people in the open, or waiting at a crossing outdoors, on nights below 0 degrees C, added up over the run",
            "sum",
            "open_below_zero_person_nights",
        ),
        Headline(
            "trapped_persons",
            "people",
            "People trapped",
            "people who want to leave and cannot, on the day with most",
            "peak",
            "trapped_persons",
        ),
        Headline(
            "in_sites_persons",
            "people",
            "Displaced people in sites",
            "people displaced since the start who are in camps and sites at the end of the run",
            "end",
            "sheltered_persons",
            group="site",
        ),
        Headline(
            "at_crossings_persons",
            "people",
            "People waiting at crossings",
            "people who wait at a crossing, of a border or of a line inside the country, on the day with most",
            "peak",
            "at_crossings_persons",
        ),
        Headline(
            "abroad_persons",
            "people",
            "People gone abroad",
            "people who have left the country by the end of the run",
            "end",
            "abroad_persons",
        ),
        Headline(
            "mean_road_km_to_border",
            "km",
            "Road left to the border",
            "road distance left to the border at the end, mean over the people displaced since the start",
            "end",
            "mean_road_km_to_border",
        ),
        Headline(
            "exposure_person_hours",
            "person-hours",
            "Hours under strikes",
            "hours that people spent in a place under strikes in that hour, added up over the run",
            "sum",
            "exposure_person_hours",
        ),
    )
}
"""Every headline outcome by name; ``arrivals_AREA`` is one for each area besides."""

AT_THE_BORDER = ("at_crossings_persons", "abroad_persons")
"""The two sides of a gate: who waits at it and who has passed. One without the other misleads."""


def headline(name: str, area_names: Mapping[str, str] | None = None) -> Headline:
    """The outcome of that name, ``arrivals_AREA`` included; InputError with the nearest name if there is none."""
    if name in HEADLINES:
        return HEADLINES[name]
    area_id = name.removeprefix(ARRIVALS)
    if not name.startswith(ARRIVALS) or not area_id:
        raise InputError(
            f"there is no outcome '{name}'{nearest(name, HEADLINES)}; "
            f"expected one of {', '.join(HEADLINES)} or {ARRIVALS}AREA"
        )
    where = (area_names or {}).get(area_id) or area_id
    return Headline(
        name,
        "arrivals",
        f"Arrivals in {where}",
        f"arrivals in {where} since the start, whoever arrives twice counting twice",
        "sum",
        "arrivals_persons",
        area_id=area_id,
    )


def courses(run: str | Path | Results, names: Iterable[str], count_from: date | None = None) -> pd.DataFrame:
    """The course by day (rows) of each outcome (columns) of one run: its folder, or its results.

    InputError if a name is no outcome, or the table of measures cannot be read or lacks days.
    """
    wanted = _known(names)
    found = _cube(run, [h.measure for h in wanted])
    return pd.DataFrame(courses_of(found, wanted, count_from), index=found.days)


def courses_of(cube: Cube, wanted: Iterable[Headline], count_from: date | None) -> dict[str, Floats]:
    """Each outcome's course (D,) by name, from the measures of a run."""
    before = int(np.searchsorted(cube.days.to_numpy(), np.datetime64(count_from))) if count_from else 0
    found: dict[tuple[str, str, str], Floats] = {}
    for h in (wanted := list(wanted)):
        what = (h.measure, h.group, h.area_id)
        if what not in found:
            found[what] = cube.values(h.measure, group=h.group, area_id=h.area_id)
    return {h.name: h.course(found[h.measure, h.group, h.area_id], before) for h in wanted}


def of_run(
    run: str | Path | Results, names: Iterable[str], count_from: date | None = None
) -> dict[str, float]:
    """The number that each outcome comes to in one run, reading only the rows needed. Errors as ``courses``."""
    names = list(names)
    found = courses(run, names, count_from)
    return {h.name: h.of_course(found[h.name].to_numpy()) for h in _known(names)}


def _known(names: Iterable[str]) -> list[Headline]:
    complaints, found = Complaints(), []
    for name in dict.fromkeys(names):
        try:
            found.append(headline(name))
        except InputError as error:
            complaints.texts += error.complaints
    complaints.raise_if_any()
    return found


def _cube(run: str | Path | Results, measures: Iterable[str]) -> Cube:
    if isinstance(run, Results):
        place = f"{run.path or 'these results'}"
        return Cube(run.cube.rows, days_of(run.cube.rows[CALENDAR], place), place)
    return read(run, measures)
