"""One thing that was seen, and what the patterns read from a run's tables."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from flightsim.clock import is_night
from flightsim.errors import InputError
from flightsim.results.runs import Results
from flightsim.world import World

MAARAT, SARAQAB, DANA = "SY070200", "SY070003", "SY070301"  # sub-districts
IDLEB = "SY07"  # the governorate
NORTHERN_ALEPPO = ("SY0202", "SY0203", "SY0204", "SY0208")  # districts of Al Bab, Afrin, A'zaz and Jarablus
WESTERN_ALEPPO = "SY0200"  # the district
WESTERN_ALEPPO_PERSONS = 38_000  # left it from 15 to 19 January (AFP, 24 January 2020)
REPORTED_PERSONS = 284_000  # displaced from 1 to 29 December (OCHA Situation Report No. 3, 30 Dec 2019)
NEAR_KM = 15.0  # assumption: a capture "near" a town is within half a day's walk of it
EAST_DEGREES = 0.03  # assumption: the eastern countryside begins 2.7 km east of the town
NIGHT_HOURS = tuple(hour for hour in range(24) if is_night(hour))
A_TENTH = 0.1  # assumption: a sub-district has begun to leave when a tenth of its people has


@dataclass(frozen=True)
class Pattern:
    """One thing that was seen, and what a run shows of it; ``value`` is nan where the run is too short to tell."""

    name: str
    evidence: str
    expected: str
    value: float
    unit: str  # % | times | days | points | persons | km
    holds: bool

    @property
    def passed(self) -> bool | None:
        """Whether the run shows it; None if it is too short to tell."""
        return None if math.isnan(self.value) else bool(self.holds)

    @property
    def verdict(self) -> str:
        """``passed`` in words."""
        return {True: "yes", False: "no", None: "too short to tell"}[self.passed]

    @property
    def shown(self) -> str:
        """The value with its unit."""
        digits = {"times": ".2f", "points": "+.1f", "%": ".1f", "km": ".1f", "days": ",.1f"}.get(
            self.unit, ",.0f"
        )
        return "-" if math.isnan(self.value) else f"{self.value:{digits}} {self.unit}"


# ------------------------------------------------------------------ from the tables


def covers(found: Results, day: str) -> bool:
    """Whether the day is one of the run's."""
    return bool(found.days[0] <= pd.Timestamp(day) <= found.days[-1])


def on(series: pd.Series, day: str) -> float:
    """The value at the end of a day; nan outside the run."""
    return float(series.get(pd.Timestamp(day), math.nan))


def newly_displaced(found: Results, first: str, last: str) -> float:
    """People displaced for the first time from the first to the last day, both included; nan outside the run."""
    total = found.series("displaced_persons")
    return on(total, last) - on(total, str((pd.Timestamp(first) - pd.Timedelta(days=1)).date()))


def left_from(found: Results, place_ids: set[str], day: str) -> float:
    """People of some places who had left by the end of a day; nan outside the run or without its households."""
    try:
        movers = found.households
    except InputError:  # the table is not for sharing: results that were passed on may lack it
        return math.nan
    until = pd.Timestamp(day) + pd.Timedelta(days=1)
    gone = movers[movers["home_place"].isin(place_ids) & (movers["first_departure"] < until)]
    return float((gone["persons"] * gone["weight"]).sum()) if covers(found, day) else math.nan


def share_in(found: Results, day: str, codes: tuple[str, ...]) -> float:
    """Share of the people displaced since the start who are in areas whose P-codes begin so; nan outside the run."""
    if not covers(found, day):
        return math.nan
    table = found.wide("sheltered_persons")
    there = table.loc[pd.Timestamp(day)].to_numpy(dtype=float)
    inside = np.array([str(area).startswith(codes) for area in table.columns])
    return float(there[inside].sum() / there.sum()) if there.any() else math.nan


def first_capture_near(found: Results, world: World, area_id: str) -> pd.Timestamp | None:
    """The day of the first capture by the government near an area's main town; None if there is none in the run."""
    town = int(world.areas.gateway[world.areas.area_id.index(area_id)])
    near = {world.places.place_id[i] for i in np.flatnonzero(world.km_from(town) <= NEAR_KM)}
    taken = found.front[(found.front["holder"] == "government") & found.front["place_id"].isin(near)]
    return pd.Timestamp(taken["date"].min()) if len(taken) else None
