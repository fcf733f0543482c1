"""Does a run of the Idlib case show what was seen in the winter of 2019-20? Tables in, verdicts out.

Each pattern has its evidence, a value computed from the run's tables alone, and what the value should be. These
are patterns in the large (when, where from, where to), with bounds as wide as the evidence is vague; they tell
a wrong model, and do not measure a right one.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from flightsim.complaints import InputError
from flightsim.results import Results
from flightsim.world import World

MAARAT, SARAQAB, DANA = "SY070200", "SY070003", "SY070301"  # sub-districts
IDLEB = "SY07"  # the governorate
NORTHERN_ALEPPO = ("SY0202", "SY0203", "SY0204", "SY0208")  # districts of Al Bab, Afrin, A'zaz and Jarablus
REPORTED_PERSONS = 284_000  # displaced from 1 to 29 December (OCHA Situation Report No. 3, 30 Dec 2019)
NEAR_KM = 15.0  # assumption: a capture "near" a town is within half a day's walk of it
A_TENTH = 0.1  # assumption: a sub-district has begun to leave when a tenth of its people has


@dataclass(frozen=True)
class Pattern:
    """One thing that was seen, and what a run shows of it; ``value`` is nan where the run is too short to tell."""

    name: str
    evidence: str
    expected: str
    value: float
    unit: str  # % | times | days | points | persons
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
        digits = {"times": ".2f", "points": "+.1f", "%": ".1f"}.get(self.unit, ",.0f")
        return "-" if math.isnan(self.value) else f"{self.value:{digits}} {self.unit}"


def winter(found: Results, world: World) -> list[Pattern]:
    """All patterns of the winter, of one run of the Idlib case. InputError if it is another country's."""
    if MAARAT not in found.area_names:
        raise InputError(
            f"the patterns are those of Idlib, winter 2019-20; {found.title} is a run of another case"
        )
    return [pattern(found, world) for pattern in PATTERNS]


# ------------------------------------------------------------------ the patterns


def maarat_empties(found: Results, world: World) -> Pattern:
    """Share of the people present on the first evening that are no longer there on 30 December."""
    present = found.series("present_persons", MAARAT)
    gone = 100 * (1 - _on(present, "2019-12-30") / present.iloc[0])
    return Pattern(
        "Maarat al-Numan empties five weeks before its capture",
        "sub-district 'almost empty' on 26 and 30 December, town taken on 28 January (OCHA Situation Reports 2 and 3)",
        "at least 80 % gone before 31 December",
        gone,
        "%",
        gone >= 80,
    )


def saraqab_leaves_early(found: Results, world: World) -> Pattern:
    """Days from the day on which a tenth of Saraqab's people has left to the first capture near the town."""
    present = found.series("present_persons", SARAQAB).iloc[0]
    left = found.series("displaced_persons", SARAQAB)
    begun = left.index[left >= A_TENTH * present]
    near = _first_capture_near(found, world, SARAQAB)
    until = near if near is not None else found.days[-1]  # in a run that ends before: at least so long
    ahead = (until - begun[0]).days if len(begun) else -math.inf
    return Pattern(
        "Saraqab's people start to leave before any capture near it",
        "leaving 'in anticipation' from 24 December on, 36 days before the first capture within 15 km "
        "(OCHA Situation Reports 2 and 4)",
        "a tenth of them at least 14 days before",
        ahead,
        "days",
        ahead >= 14,
    )


def bursts(found: Results, world: World) -> Pattern:
    """Newly displaced of 19 to 25 December against those of 1 to 7 January."""
    quiet = _newly_displaced(found, "2020-01-01", "2020-01-07")
    ratio = _newly_displaced(found, "2019-12-19", "2019-12-25") / max(quiet, 1.0)
    return Pattern(
        "displacement comes in bursts",
        "191,000 people between 19 and 25 December, 14,000 between 31 December and 7 January (SOHR, OCHA, WFP)",
        "19-25 December at least 5 times 1-7 January",
        ratio,
        "times",
        ratio >= 5,
    )


def goes_on(found: Results, world: World) -> Pattern:
    """Newly displaced a day on 25 and 26 December against the six days before."""
    before = _newly_displaced(found, "2019-12-19", "2019-12-24") / 6
    share = 100 * _newly_displaced(found, "2019-12-25", "2019-12-26") / 2 / max(before, 1.0)
    return Pattern(
        "people go on leaving on 25-26 December, when no aircraft struck",
        "no air raid is counted on these days; 251,000 displaced by the 25th, 284,000 by the 29th (OCHA)",
        "at least a tenth of the daily number of 19-24 December",  # assumption; 26 % reported from 25 to 29
        share,
        "%",
        share >= 10,
    )


def within_the_area(found: Results, world: World) -> Pattern:
    """Share of the people displaced since the start who are in Idleb governorate on 31 December."""
    share = 100 * _share_in(found, "2019-12-31", (IDLEB,))
    return Pattern(
        "most of the displaced stay within Idleb",
        "214,500 of December's 298,500 movements ended there (OCHA IDP Movements)",
        "more than half on 31 December",
        share,
        "%",
        share > 50,
    )


def dana_receives_most(found: Results, world: World) -> Pattern:
    """Arrivals in Dana up to 31 December against the next sub-district's."""
    arrivals = found.wide("arrivals_persons").loc[:"2019-12-31"].sum()
    others = arrivals.drop(DANA, errors="ignore").max()
    ratio = float(arrivals.get(DANA, 0.0) / others) if _covers(found, "2019-12-31") else math.nan
    return Pattern(
        "Dana is the largest receiver",
        "73,297 of December's arrivals, more than any other sub-district (SNFI cluster)",
        "more arrivals in December than anywhere else",
        ratio,
        "times",
        ratio > 1,
    )


def northern_aleppo_grows(found: Results, world: World) -> Pattern:
    """Growth of northern Aleppo's share of the displaced from 7 to 27 January, in percentage points."""
    points = 100 * (
        _share_in(found, "2020-01-27", NORTHERN_ALEPPO) - _share_in(found, "2020-01-07", NORTHERN_ALEPPO)
    )
    return Pattern(
        "northern Aleppo's share grows with time",
        "30,000 of 312,200 on 7 January, 45,000 of 350,000 on 14 January (OCHA Situation Reports 5 and 6)",
        "larger on 27 January than on 7 January",
        points,
        "points",
        points > 0,
    )


def closed_is_closed(found: Results, world: World) -> Pattern:
    """People who got abroad, by the count at the gates and by the table of flows."""
    gates = [
        c for c, border in zip(world.crossings.crossing_id, world.crossings.is_border, strict=True) if border
    ]
    flown = found.flows.loc[found.flows["destination_area"].isin(gates), "moves_persons"].sum()
    abroad = float(found.series("abroad_persons").max() + flown)
    return Pattern(
        "nobody crosses a closed crossing",
        "the Turkish border was closed to the displaced throughout",
        "nobody abroad",
        abroad,
        "persons",
        abroad == 0,
    )


def people_are_conserved(found: Results, world: World) -> Pattern:
    """The largest difference, on any day, of all people counted from those at the start."""
    together = sum(
        found.series(name)
        for name in ("present_persons", "en_route_persons", "at_crossings_persons", "abroad_persons")
    )
    start = found.series("persons_total").iloc[0]
    lost = float(np.abs(together - start).max())
    return Pattern(
        "people are conserved",
        "deaths and births are not modelled",
        "the same number every day",
        lost,
        "persons",
        lost < 1e-6 * start,
    )


def total_by_29_december(found: Results, world: World) -> Pattern:
    """People displaced from 1 to 29 December against the reported number."""
    ratio = _on(found.series("displaced_persons"), "2019-12-29") / REPORTED_PERSONS
    return Pattern(
        "total displaced by 29 December",
        "some 284,000 people (OCHA Situation Report 3, 30 Dec)",
        "within a factor of 1.5",
        ratio,
        "times",
        1 / 1.5 <= ratio <= 1.5,
    )


PATTERNS: tuple[Callable[[Results, World], Pattern], ...] = (
    maarat_empties,
    saraqab_leaves_early,
    bursts,
    goes_on,
    within_the_area,
    dana_receives_most,
    northern_aleppo_grows,
    closed_is_closed,
    people_are_conserved,
    total_by_29_december,
)
"""Every pattern of the winter."""


# ------------------------------------------------------------------ from the tables


def _covers(found: Results, day: str) -> bool:
    return bool(found.days[0] <= pd.Timestamp(day) <= found.days[-1])


def _on(series: pd.Series, day: str) -> float:
    """The value at the end of a day; nan outside the run."""
    return float(series.get(pd.Timestamp(day), math.nan))


def _newly_displaced(found: Results, first: str, last: str) -> float:
    """People displaced for the first time from the first to the last day, both included; nan outside the run."""
    total = found.series("displaced_persons")
    return _on(total, last) - _on(total, str((pd.Timestamp(first) - pd.Timedelta(days=1)).date()))


def _share_in(found: Results, day: str, codes: tuple[str, ...]) -> float:
    """Share of the people displaced since the start who are in areas whose P-codes begin so; nan outside the run."""
    if not _covers(found, day):
        return math.nan
    table = found.wide("sheltered_persons")
    there = table.loc[pd.Timestamp(day)].to_numpy(dtype=float)
    inside = np.array([str(area).startswith(codes) for area in table.columns])
    return float(there[inside].sum() / there.sum()) if there.any() else math.nan


def _first_capture_near(found: Results, world: World, area_id: str) -> pd.Timestamp | None:
    """The day of the first capture by the government near an area's main town; None if there is none in the run."""
    town = int(world.areas.gateway[world.areas.area_id.index(area_id)])
    near = {world.places.place_id[i] for i in np.flatnonzero(world.distance_km[town] <= NEAR_KM)}
    taken = found.front[(found.front["holder"] == "government") & found.front["place_id"].isin(near)]
    return pd.Timestamp(taken["date"].min()) if len(taken) else None
