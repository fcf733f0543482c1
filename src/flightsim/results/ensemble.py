"""The runs of one scenario as one: the median over them and what most of them lie between, by day and by area."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from flightsim.errors import InputError
from flightsim.measures import MEASURES, RANGED
from flightsim.results import cube, varied
from flightsim.results.cube import AREA, CALENDAR, GROUP, Cube
from flightsim.results.runs import Results, load
from flightsim.results.sweeps import Sweep
from flightsim.world import RUNGS, Floats

LEVELS = {"p05": 0.05, "p25": 0.25, "median": 0.5, "p75": 0.75, "p95": 0.95}
FEWEST = 5  # runs, fewer give no range; *assumption*: of four, the ends are the runs themselves
MANY = 20  # runs from which the outer quantiles are no longer about the whole range
DISPLACED, SHELTERED = "displaced_persons", "sheltered_persons"
ABROAD = "abroad_persons"
PAIR = ["origin_area", "destination_area"]


@dataclass(frozen=True)
class Ensemble:
    """The R runs of one scenario, over the same D days.

    ``courses``: (R, D) by measure and rung of shelter (blank: all rungs). ``by_area``: for origins and for people
    present a table of the last day, a row a run and a column an area_id. ``abroad``: such a table of the people gone
    abroad, a column a crossing or country. ``flows``: the median over the runs of the people who went from one area to
    another.
    """

    days: pd.DatetimeIndex
    courses: Mapping[tuple[str, str], Floats]
    by_area: Mapping[str, pd.DataFrame]
    abroad: pd.DataFrame
    flows: pd.DataFrame
    first: Results  # the run of the lowest seed: configuration, ground that changed hands, names
    varied: str  # a sentence

    @property
    def runs(self) -> int:
        """How many runs."""
        return len(self.courses[DISPLACED, ""])

    @property
    def has_range(self) -> bool:
        """Whether there are runs enough to tell a range."""
        return self.runs >= FEWEST

    @property
    def start(self) -> date:
        """The first day."""
        return date.fromisoformat(f"{self.days[0]:%Y-%m-%d}")

    @property
    def end(self) -> date:
        """The last day."""
        return date.fromisoformat(f"{self.days[-1]:%Y-%m-%d}")

    def name(self, area_id: str) -> str:
        """The English name of an area, with its P-code where another has the same."""
        return self.first.area_said(area_id)

    def range(self, measure: str, group: str = "") -> pd.DataFrame:
        """The quantiles by day (rows) of a measure: a column for each of ``LEVELS``."""
        return quantiles(pd.DataFrame(self.courses[measure, group], columns=self.days))

    @cached_property
    def displaced(self) -> pd.DataFrame:
        """The quantiles by day of people displaced at least once since the start."""
        return self.range(DISPLACED)

    @cached_property
    def displaced_by_area(self) -> pd.DataFrame:
        """The quantiles of people displaced by the end by area of origin, the largest median first."""
        return _largest_first(quantiles(self.by_area[DISPLACED]))

    @cached_property
    def sheltered_by_area(self) -> pd.DataFrame:
        """The quantiles of displaced people present at the end by area, the largest median first."""
        return _largest_first(quantiles(self.by_area[SHELTERED]))

    def table(self) -> pd.DataFrame:
        """The ranges by day of the headline measures, as in ranges.csv; without enough runs only the median."""
        pieces = []
        for (measure, group), values in self.courses.items():
            levels = self.range(measure, group).reset_index(names="date")
            about: dict[str, Any] = {
                "measure": measure,
                "group": group,
                "unit": MEASURES[measure].unit,
                "runs": len(values),
            }
            pieces.append(levels.assign(**about))
        table = pd.concat(pieces, ignore_index=True)
        if not self.has_range:
            table[[name for name in LEVELS if name != "median"]] = np.nan
        columns = ["date", "measure", "group", "unit", "runs", "median", "p05", "p25", "p75", "p95"]
        return table[columns].assign(date=table["date"].dt.strftime("%Y-%m-%d"))

    def median_run(self) -> Results:
        """The medians by area and by pair of areas as the results of a run that nobody made, for its map.

        Medians of areas do not add up to the median of all.
        """
        day = pd.Timestamp(self.end)
        tables = [
            pd.DataFrame({"time": self.days, "area_id": "", "measure": CALENDAR, "value": 0.0}),
            *(
                pd.DataFrame(
                    {"time": day, "area_id": levels.index, "measure": measure, "value": levels["median"]}
                )
                for measure, levels in (
                    (DISPLACED, self.displaced_by_area),
                    (SHELTERED, self.sheltered_by_area),
                )
            ),
        ]
        measures = pd.concat([t for t in tables if len(t)], ignore_index=True).assign(group="")
        flows = self.flows.assign(week=pd.Timestamp(self.start), moves_persons=0.0)
        ground = {name: getattr(self.first, name) for name in ("front", "state") if self.first.has(name)}
        return Results.in_memory(
            {"measures": measures, "flows": flows, **ground},
            self.first.config, self.first.provenance, self.first.area_names,
        )  # fmt: skip


def read(sweep: Sweep, scenario: str) -> Ensemble:
    """The finished runs of a scenario; InputError if there is none, they have other days, or cannot be read."""
    rows = sweep.done[sweep.done["scenario"] == scenario].sort_values(["seed", "run"], kind="stable")
    paths: Sequence[Path] = list(dict.fromkeys(rows["path"]))
    if not paths:
        raise InputError(f"{sweep.path} has no finished run of {scenario}")
    cubes = [cube.read(path, RANGED) for path in paths]
    days = cubes[0].days
    for each in cubes:
        if not each.days.equals(days):
            raise InputError(
                f"{each.place} covers other days than {paths[0]}: no range can be given over them"
            )
    first = load(paths[0])
    return Ensemble(
        days,
        {
            (measure, group): cube.over_runs(cubes, measure, group=group)
            for measure in RANGED
            for group in ("", *(RUNGS if measure == SHELTERED else ()))
        },
        {measure: _at_the_end(cubes, measure, AREA) for measure in (DISPLACED, SHELTERED)},
        _at_the_end(cubes, ABROAD, GROUP),
        _median_flows(paths),
        first,
        varied.in_words(sweep, first.config, int(rows["replicate"].iloc[0])),
    )


def quantiles(values: pd.DataFrame) -> pd.DataFrame:
    """``LEVELS`` over the runs (rows) of each column, a row a column; interpolated linearly, nan without a value."""
    whole = values.to_numpy(float)
    found = np.full((len(LEVELS), whole.shape[1]), np.nan)
    there = np.isfinite(whole).any(axis=0)
    if there.any():
        found[:, there] = np.nanquantile(whole[:, there], list(LEVELS.values()), axis=0)
    return pd.DataFrame(found.T, index=values.columns, columns=list(LEVELS))


def _largest_first(levels: pd.DataFrame) -> pd.DataFrame:
    return levels.sort_index().sort_values("median", ascending=False, kind="stable")


def _at_the_end(cubes: Sequence[Cube], measure: str, axis: str) -> pd.DataFrame:
    """(R, ...) a measure on the last day along an axis; an area that one run speaks of is 0 in the others."""
    names = sorted({name for each in cubes for name in each.names(measure, axis)})
    last = [each.values(measure, {axis: names})[-1] for each in cubes]
    return pd.DataFrame(np.stack(last), columns=names)


def _median_flows(paths: Sequence[Path]) -> pd.DataFrame:
    """The median over the runs of the people between two areas; a pair that a run has not is 0 in it."""
    by_run = []
    for path in paths:
        flows: Any = load(path).flows
        by_run.append(flows.groupby(PAIR)["persons"].sum())
    table: Any = pd.concat(by_run, axis=1).fillna(0.0).sort_index()
    medians: pd.DataFrame = table.median(axis=1).rename("persons").reset_index()
    return medians
