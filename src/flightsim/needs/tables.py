"""The tables of needs: by day and shelter, by week, gaps with dates of breach, money, the standards used."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from flightsim.needs import capacity, care, gaps, money, partners, stocks, transport
from flightsim.needs.capacity import Capacity
from flightsim.needs.gaps import Gap
from flightsim.needs.partners import Activity
from flightsim.needs.people import People, quantiles
from flightsim.needs.quantities import BY_RUNG, NEEDS, Need, rounded, standards_of
from flightsim.needs.standards import Standards, of_case
from flightsim.needs.stocks import Delivery
from flightsim.needs.study import Scene, Study
from flightsim.world import RUNGS, Areas, Floats

ALL_SHELTER = "all"
WEEK_DAYS = 7


@dataclass(frozen=True)
class Asked:
    """What the user gave beside the results."""

    standards: Standards
    capacity: Path | None = None
    funding_usd: float | None = None
    months: float = money.PLAN_MONTHS
    stocks: Path | None = None
    who_what_where: Path | None = None


@dataclass(frozen=True)
class Needs:
    """Needs, gaps and money of all scenarios of a study."""

    study: Study
    asked: Asked
    gaps: Mapping[str, Mapping[str, Gap]]  # by scenario and need
    deliveries: Sequence[Delivery] = ()  # of the user's stocks
    activities: Sequence[Activity] = ()  # of the user's 3W

    def of_people(self, change: Callable[[People], People]) -> Needs:
        """The same, reckoned for people that are changed, scenario by scenario."""
        scenes = tuple(replace(scene, people=change(scene.people)) for scene in self.study.scenes)
        found = {scene.name: gaps.again(scene.people, self.gaps[scene.name]) for scene in scenes}
        return replace(self, study=replace(self.study, scenes=scenes), gaps=found)

    def by_day(self) -> pd.DataFrame:
        """A row a scenario, day, sub-district, need and shelter ("all", or a rung); rows of nothing left out."""
        return pd.concat(
            [frame for scene in self.study.scenes for frame in _by_day(scene, self.asked.standards)],
            ignore_index=True,
        )

    def by_week(self) -> pd.DataFrame:
        """The same over all shelters, on every seventh day and the last, with names and sector."""
        days = self.study.first.people.days
        chosen = days[sorted({*range(WEEK_DAYS - 1, len(days), WEEK_DAYS), len(days) - 1})]
        s = self.asked.standards
        daily = [
            _frame(scene, need, *quantiles(scene.people.groups[need.whom]), ALL_SHELTER, s, chosen)
            for scene in self.study.scenes
            for need in NEEDS.values()
        ]
        found = pd.concat(daily, ignore_index=True).drop(columns="shelter")
        at = list(found.columns).index("need")
        found.insert(at, "sector", found["need"].map(lambda n: NEEDS[n].sector))
        return with_names(found, self.study.world.areas)

    def gap_table(self) -> pd.DataFrame:
        """Each need against its capacity, by sub-district, with the date of breach."""
        frames = [gaps.table(scene.people, self.gaps[scene.name]) for scene in self.study.scenes]
        return with_names(pd.concat(frames, ignore_index=True), self.study.world.areas)

    def stock_table(self) -> pd.DataFrame:
        """The user's stocks: when each runs out, what is missing, what to place where; by P-code."""
        s = self.asked.standards
        frames = [stocks.table(scene.people, s, self.deliveries) for scene in self.study.scenes]
        return pd.concat(frames, ignore_index=True)

    def unmet_table(self) -> pd.DataFrame:
        """What the user's partners leave unmet, by sector and P-code."""
        frames = [partners.unmet(scene.people, self.activities) for scene in self.study.scenes]
        return pd.concat(frames, ignore_index=True)

    def partner_table(self) -> pd.DataFrame:
        """What each of the user's partners reaches and could take on, by sector and P-code."""
        frames = [partners.by_partner(scene.people, self.activities) for scene in self.study.scenes]
        return pd.concat(frames, ignore_index=True)

    def money_table(self) -> pd.DataFrame:
        """Cost by week, of the run and of a plan after it, by cluster, against funding."""
        a = self.asked
        frames = [
            money.table(scene.people, a.standards, a.months, a.funding_usd) for scene in self.study.scenes
        ]
        costs = pd.concat(frames, ignore_index=True)
        return money.with_local(costs, self.study.world.manifest.get("currency"))

    def standards_table(self) -> pd.DataFrame:
        """The standards, and what rests on each."""
        s = self.asked.standards
        rests: dict[str, list[str]] = {}
        for need in NEEDS.values():
            for name in standards_of(need, s):
                rests.setdefault(name, []).append(need.name)
        frame = pd.DataFrame(s.rows())
        frame["rests_on_it"] = frame["name"].map(lambda name: " ".join(rests.get(name, [])))
        return frame

    def unverified(self) -> list[str]:
        """Names of standards that change a figure and were not seen at a source."""
        return [e.name for e in self.asked.standards.entries.values() if e.used and not e.verified]


def reckon(study: Study, asked: Asked) -> Needs:
    """Needs of a study: InputError if the user's capacities do not fit it."""
    size = study.world.manifest.get("household_size_persons")
    asked = replace(asked, standards=of_case(asked.standards, size))
    scenes = tuple(scene.with_care(asked.standards) for scene in study.scenes)
    study = Study(study.path, study.name, scenes, study.versions, study.notes)
    found = {}
    for scene in scenes:
        known = _capacities(scene, asked.standards)
        if asked.capacity is not None:
            known |= capacity.read(asked.capacity, scene.people.area_id, scene.people.days)
        found[scene.name] = gaps.of(scene.people, asked.standards, known)
    first = study.first.people
    deliveries = stocks.read(asked.stocks, first.area_id, first.days[-1].date()) if asked.stocks else ()
    activities = partners.read(asked.who_what_where, first.area_id) if asked.who_what_where else ()
    return Needs(study, asked, found, deliveries, activities)


def with_names(frame: pd.DataFrame, areas: Areas) -> pd.DataFrame:
    """The same with the P-codes and names of all levels in the place of ``area_id``."""
    row = {area_id: i for i, area_id in enumerate(areas.area_id)}
    at = frame["area_id"].map(lambda a: row.get(a, -1)).to_numpy(dtype=int)
    where = list(frame.columns).index("area_id")
    named = frame.drop(columns="area_id")
    for offset, (name, values) in enumerate(areas.columns.items()):
        named.insert(where + offset, name, np.array([*values, ""], dtype=object)[at])
    return named


def _capacities(scene: Scene, standards: Standards) -> dict[str, Capacity]:
    """What the run knows."""
    by_care = care.by_area(scene.world, scene.care)
    trucks = transport.into_areas(scene.world, scene.held, standards)
    return capacity.of_run(scene.room_at_start, by_care, trucks)


def _by_day(scene: Scene, standards: Standards) -> Iterator[pd.DataFrame]:
    people = scene.people
    by_rung = [quantiles(people.sheltered[..., rung]) for rung in range(len(RUNGS))]
    for need in NEEDS.values():
        yield _frame(scene, need, *quantiles(people.groups[need.whom]), ALL_SHELTER, standards)
        for rung in BY_RUNG.get(need.whom, ()):
            yield _frame(scene, need, *by_rung[RUNGS.index(rung)], rung, standards)


def _frame(
    scene: Scene,
    need: Need,
    median: Floats,
    low: Floats,
    high: Floats,
    shelter: str,
    standards: Standards,
    days: pd.DatetimeIndex | Sequence[pd.Timestamp] | None = None,
) -> pd.DataFrame:
    """Rows of one need from (D, A) people; those of nobody in any run are left out."""
    people, factor = scene.people, need.per_person(standards)
    keep = high > 0
    if days is not None:
        keep &= people.days.isin(days)[:, None]
    day, area = np.nonzero(keep)
    columns = {
        "scenario": people.scenario,
        "date": people.days[day],
        "area_id": np.array(people.area_id, dtype=object)[area],
        "need": need.name,
        "unit": need.unit,
        "shelter": shelter,
    }
    for name, values in (("median", median), ("low", low), ("high", high)):
        columns[name] = np.round(rounded(need, values[keep] * factor), 3)
    return pd.DataFrame(columns)
