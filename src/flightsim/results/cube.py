"""The cube: measures of runs as arrays by run, time, area and group. Every reader of measures asks here.

The long table of a run has a row a time, area and group; zeros of groups are left out of it. Here a measure is an
array again: ``values`` of one run (T, ...), ``over_runs`` of several (R, T, ...), added up over what is not asked
for. T are the days of the run, or its steps where the measure is hourly. Of a folder only the rows that are needed
are read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from flightsim.errors import InputError
from flightsim.measures import MEASURES
from flightsim.results.rows import Coded, Rows, read_measures
from flightsim.world import RUNGS, Bools, Floats, Ints

CALENDAR = "persons_total"  # the measure with exactly one row a day, always
AREA, GROUP = "area_id", "group"
"""The axes beside the run and the time; a group is a rung or a crossing, as the measure's declaration says."""


@dataclass(frozen=True)
class Cube:
    """Measures of one run. ``place`` is named in errors: its folder, or what else it is from."""

    rows: Mapping[str, Rows]
    days: pd.DatetimeIndex  # (D,)
    place: str

    def times(self, measure: str) -> pd.DatetimeIndex:
        """(T,) the run's days; of an hourly measure the beginnings of the steps that it tells of."""
        if _is_hourly(measure):
            return pd.DatetimeIndex(np.unique(self.rows[measure].time), name="time")
        return self.days

    def names(self, measure: str, axis: str) -> list[str]:
        """The names along an axis: rungs in the ladder's order, areas and crossings that have rows in alphabetical."""
        if axis == GROUP and measure in MEASURES and MEASURES[measure].group == "rung":
            return list(RUNGS)
        return sorted(_column(self.rows[measure], axis).used())

    def values(
        self,
        measure: str,
        by: Mapping[str, Sequence[str]] | None = None,
        *,
        area_id: str = "",
        group: str = "",
    ) -> Floats:
        """(T, ...) a measure by time and along each axis of ``by`` (AREA, GROUP: the names wanted, in order).

        ``area_id``, ``group``: of these only. Without a row it is 0; a measure that is a mean is nan then.
        InputError if it tells of days that are none of the run's.
        """
        rows = self.rows[measure]
        at, shape = self._time(measure), [len(self.times(measure))]
        keep: Bools = np.ones(len(at), bool)
        for axis, name in ((AREA, area_id), (GROUP, group)):
            if name:
                keep &= _column(rows, axis).are(name)
        for axis, names in (by or {}).items():
            along = _column(rows, axis).among(names)
            keep &= along >= 0
            at = at * len(names) + along
            shape.append(len(names))
        n = int(np.prod(shape))
        found = np.bincount(at[keep], rows.value[keep], minlength=n).astype(float)
        if _is_mean(measure):
            found[np.bincount(at[keep], minlength=n) == 0] = np.nan
        return found.reshape(shape)

    def _time(self, measure: str) -> Ints:
        """(rows,) the number of each row's time; InputError if it is none of the run's."""
        rows, times = self.rows[measure], self.times(measure).to_numpy()
        at = np.searchsorted(times, rows.time)
        if len(at) and (at.max() >= len(times) or (times[at] != rows.time).any()):
            raise InputError(
                f"{self.place}: {measure} has days that {CALENDAR} has not; it was cut or edited"
            )
        return np.asarray(at, np.int64)

    def to_xarray(self, areas: Sequence[str]) -> Any:
        """An xarray Dataset of the measures by day and area, and by rung where they have one. Needs xarray."""
        try:
            import xarray as xr  # half a second and 18 MB that nothing else needs
        except ImportError:
            raise InputError("to_xarray needs xarray; expected `pip install xarray`") from None
        found = {}
        for m in MEASURES.values():
            if not m.by_area:
                continue
            by = {AREA: list(areas)} | ({GROUP: list(RUNGS)} if m.group == "rung" else {})
            labels = {"date": self.days.to_numpy(), AREA: by[AREA]} | ({"rung": by[GROUP]} if m.group else {})
            about = {"units": m.unit, "long_name": m.meaning}
            found[m.name] = xr.DataArray(self.values(m.name, by), labels, tuple(labels), attrs=about)
        return xr.Dataset(found)


class OnDemand(dict[str, Rows]):
    """Rows by measure, each made when it is first asked for."""

    def __init__(self, make: Callable[[str], Rows]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, measure: str) -> Rows:
        self[measure] = self._make(measure)
        return self[measure]


def read(run: str | Path, measures: Iterable[str]) -> Cube:
    """Some measures of the run in a folder; InputError if its table cannot be read or lacks days."""
    rows = read_measures(run, {CALENDAR, *measures})
    return Cube(rows, days_of(rows[CALENDAR], run), str(run))


def over_runs(
    cubes: Sequence[Cube], measure: str, by: Mapping[str, Sequence[str]] | None = None, *, group: str = ""
) -> Floats:
    """(R, T, ...) a measure of several runs over the same days; see ``Cube.values``."""
    return np.stack([cube.values(measure, by, group=group) for cube in cubes])


def days_of(calendar: Rows, place: object) -> pd.DatetimeIndex:
    """The days of a run, from the rows of the measure ``CALENDAR``; InputError if one is missing or double."""
    days = pd.DatetimeIndex(np.sort(calendar.time), name="time")
    whole = len(days) > 0 and bool((np.diff(days.to_numpy()) == np.timedelta64(1, "D")).all())
    if not whole:
        raise InputError(
            f"{place}: the table of measures has not one row of {CALENDAR} for each day; it was cut or edited"
        )
    return days


def _column(rows: Rows, axis: str) -> Coded:
    return {AREA: rows.area, GROUP: rows.group}[axis]


def _is_hourly(measure: str) -> bool:
    return measure not in MEASURES or MEASURES[measure].hourly  # one we do not know: as its rows say


def _is_mean(measure: str) -> bool:
    return measure in MEASURES and MEASURES[measure].kind == "mean"
