"""What a run found, in the few numbers that titles and summaries say. Computed from its tables alone."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from flightsim import words
from flightsim.case.observations import BEST_ESTIMATE, source_kind
from flightsim.clock import Night, is_night, night_of, night_words
from flightsim.results.cube import GROUP
from flightsim.results.history import history_until
from flightsim.results.runs import Results
from flightsim.world import RUNGS, World

RUNG_WORDS = {
    "host": "with host families",
    "rented": "in rented rooms",
    "site": "in camps and sites",
    "collective": "in collective centres",
    "unfinished": "in makeshift shelter",
    "open": "in the open",
}
POOR_RUNGS = ("unfinished", "open")
SINCE_DAYS = 21  # a reported total that counts from more than this far off the run's start is another count
UNCHECKED_DAYS = 14  # a run this much longer than the reports is not checked by them any more; *assumption*


@dataclass(frozen=True)
class Observed:
    """A number as reported: people, or movements, displaced up to ``day``, with its bounds."""

    day: date
    unit: str  # people | movements
    low: float
    best: float
    high: float
    source: str
    open_above: bool = False  # a least number was reported, and no most

    @property
    def weighed(self) -> bool:
        """Whether this is the best estimate out of several reports, with bounds."""
        return self.source.startswith(BEST_ESTIMATE)

    @property
    def bounds(self) -> str:
        """`` (380,000 to 470,000)``; `` (380,000 or more)`` without a reported most; blank if two figures show none."""
        low, high = words.about(self.low), words.about(self.high)
        if self.open_above:
            return f" ({low} or more)"
        return f" ({low} to {high})" if low != high else ""

    @property
    def kind(self) -> str:
        """Who says so, as a kind of source."""
        return source_kind(self.source)


@dataclass(frozen=True)
class Findings:
    """The headline numbers of one run, in persons unless the name says otherwise."""

    results: Results

    @property
    def start(self) -> date:
        """The first day."""
        return _date(self.results.days[0])

    @property
    def end(self) -> date:
        """The last day."""
        return _date(self.results.days[-1])

    @cached_property
    def displaced(self) -> pd.Series:
        """People displaced at least once since the start, by day."""
        return self.results.series("displaced_persons")

    @cached_property
    def moves(self) -> pd.Series:
        """Movements made since the start, by day."""
        return self.results.series("moves_persons")

    @cached_property
    def departures(self) -> pd.Series:
        """People who set out, by day."""
        return self.results.series("departures_persons")

    @cached_property
    def trapped(self) -> pd.Series:
        """People who want to leave and cannot, by day."""
        return self.results.series("trapped_persons")

    @cached_property
    def cold_nights(self) -> pd.Series:
        """Person-nights in the open below zero, by day."""
        return self.results.series("open_below_zero_person_nights")

    @cached_property
    def displaced_by_area(self) -> pd.Series:
        """People displaced by the end, by area of origin, most first."""
        return self._by_area("displaced_persons", summed=False)

    @cached_property
    def arrivals(self) -> pd.Series:
        """Arrivals over the whole run, by area, most first; who moves on counts again."""
        return self._by_area("arrivals_persons", summed=True)

    @cached_property
    def sheltered_by_area(self) -> pd.Series:
        """Displaced people at the end by the area where they are, most first."""
        return self._by_area("sheltered_persons", summed=False)

    @cached_property
    def present_by_area(self) -> pd.Series:
        """Everybody present at the end by area, most first; of an area abroad all who are there."""
        return self._by_area("present_persons", summed=False)

    @cached_property
    def by_rung(self) -> pd.DataFrame:
        """Displaced people by day (rows) and rung of shelter (columns, in the ladder's order)."""
        found = self.results.cube.values("sheltered_persons", {GROUP: RUNGS})
        return pd.DataFrame(found, self.results.days, pd.Index(RUNGS, name=GROUP))

    @cached_property
    def by_hour(self) -> pd.Series:
        """(24,) people who set out by hour of the day, over the whole run."""
        return self._of_day("departures_hourly_persons")

    @cached_property
    def strikes_by_hour(self) -> pd.Series:
        """(24,) strikes by hour of the day, over the whole run."""
        return self._of_day("strikes_hourly")

    @cached_property
    def strikes(self) -> pd.Series:
        """Air strikes by day."""
        hourly = self.results.series("strikes_hourly")
        daily = hourly.groupby(pd.DatetimeIndex(hourly.index).floor("D")).sum()
        return daily.reindex(self.results.days).fillna(0.0)

    @cached_property
    def road_vehicles(self) -> pd.Series:
        """Vehicles over the whole run by road_id, most first."""
        return self.results.roads.groupby("road_id")["vehicles"].sum().sort_values(ascending=False)

    @property
    def nights(self) -> list[tuple[date, Night]]:
        """The day from which on a night holds, and its first dark and first light hour; one at least, in order."""
        said = self.results.provenance.get("dark_hours")  # a folder of version 0.1 says none
        if not said:
            return [(self.start, night_of(self.start))]
        return [(date.fromisoformat(day), (dark, light)) for day, dark, light in said]

    @property
    def night(self) -> Night:
        """First dark hour and first light one: of the day in the middle of the run, where nights differ."""
        middle = self.start + (self.end - self.start) / 2
        return [night for day, night in self.nights if day <= middle][-1]

    @property
    def night_words(self) -> str:
        """The dark hours in words; of nights that differ, those of the first and of the last day."""
        first, last = self.nights[0][1], self.nights[-1][1]
        if len(self.nights) == 1:
            return night_words(first)
        return f"{night_words(first)} at first, {night_words(last)} at the end"

    @property
    def night_share(self) -> float:
        """Share of those who set out that did so in the dark hours; 0 if nobody did."""
        total = float(self.by_hour.sum())
        begins = [*(first for first, _ in self.nights), self.end + timedelta(days=1)]
        in_the_dark = 0.0
        for (first, after), (_, night) in zip(itertools.pairwise(begins), self.nights, strict=True):
            by_hour = self._of_day("departures_hourly_persons", first, after).to_numpy()
            in_the_dark += float(by_hour[is_night(np.arange(24), night)].sum())
        return in_the_dark / total if total else 0.0

    @property
    def poor_share(self) -> float:
        """Share of arrivals that found only an unfinished building or the open; 0 without arrivals."""
        arrived = self.results.cube.values("arrivals_persons", {GROUP: RUNGS}).sum(axis=0)
        poor = arrived[np.isin(RUNGS, POOR_RUNGS)].sum()
        return float(poor / arrived.sum()) if arrived.any() else 0.0

    def name(self, area_id: str) -> str:
        """The English name of an area, with its P-code where another has the same."""
        return self.results.area_said(area_id)

    def last(self, measure: str) -> float:
        """A measure's total at the end of the run; 0 if it was not recorded."""
        values = self.results.series(measure)
        return float(values.iloc[-1]) if len(values) and math.isfinite(values.iloc[-1]) else 0.0

    def total(self, measure: str) -> float:
        """A flow summed over the whole run."""
        return float(self.results.series(measure).sum())

    def on(self, series: pd.Series, day: date) -> float:
        """The value of a daily series on one day; 0 outside the run."""
        return float(series.get(pd.Timestamp(day), 0.0))

    def _by_area(self, measure: str, *, summed: bool) -> pd.Series:
        wide = self.results.wide(measure)
        found = wide.sum() if summed else wide.iloc[-1]
        return found.sort_values(ascending=False, kind="stable")

    def _of_day(self, measure: str, first: date | None = None, after: date | None = None) -> pd.Series:
        """(24,) by hour of the day, over the whole run or from a day to the one before another."""
        values = self.results.series(measure)
        if first is not None and after is not None:
            inside = (values.index >= pd.Timestamp(first)) & (values.index < pd.Timestamp(after))
            values = values[inside]
        times = pd.DatetimeIndex(values.index)
        by_hour = values.groupby(times.hour).sum().reindex(range(24)).fillna(0.0)
        step = int((times[1] - times[0]).total_seconds() // 3600) if len(times) > 1 else 1
        if step > 1:  # a longer step: spread evenly over its hours
            by_hour[:] = np.repeat(by_hour.to_numpy()[::step] / step, step)
        return by_hour


def observed(rows: Iterable[Mapping[str, Any]], start: date, end: date) -> list[Observed]:
    """The reported totals of displacement that can be laid beside a run from ``start`` to ``end``, by day."""
    found = []
    for row in rows:
        if row.get("measure") != "displaced_cumulative" or row.get("area_id") not in (
            ("ALL",),
            "ALL",
            "",
            None,
        ):
            continue
        day, since = _day(row.get("date")), _day(row.get("since")) or start
        low, best, high = (_number(row.get(key)) for key in ("low", "best", "high"))
        known = [v for v in (best, low, high) if math.isfinite(v)]
        if day is None or not any(known) or not start <= day <= end or abs((since - start).days) > SINCE_DAYS:
            continue
        best = best if math.isfinite(best) else float(np.mean(known))
        open_above = math.isfinite(low) and not math.isfinite(high)
        low, high = (v if math.isfinite(v) else best for v in (low, high))
        found.append(
            Observed(day, str(row.get("unit")), low, best, high, str(row.get("source", "")), open_above)
        )
    return sorted(found, key=lambda o: (o.day, o.unit, o.best))


def beside(results: Results, world: World) -> list[Observed]:
    """The reported totals that a run can be laid beside: of its days, as far as it follows what happened."""
    f, until = Findings(results), history_until(results.config)
    return observed(world.observations, f.start, min(f.end, until)) if until else []


def unchecked_after(rows: Iterable[Mapping[str, Any]], end: date) -> date | None:
    """The day of the last report in the case, if a run to ``end`` goes well beyond it; else None."""
    last = max((day for row in rows if (day := _day(row.get("date")))), default=None)
    return last if last is not None and (end - last).days > UNCHECKED_DAYS else None


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return math.nan


def _day(value: Any) -> date | None:
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        return None


def _date(value: Any) -> date:
    return date.fromisoformat(str(value)[:10])
