"""How dangerous is each place at this hour? Strikes now, strikes remembered, and the front."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
import numpy.typing as npt

from flightsim.clock import HOURS_A_DAY, Clock, Night, is_night
from flightsim.errors import InputError
from flightsim.events import ALL, STRIKES, Event, by_type
from flightsim.model import timetable
from flightsim.model.arrays import fading
from flightsim.model.nearness import near_by
from flightsim.parameter import ASSUMPTION, LEVER, check, parameter
from flightsim.world import Bools, Floats, Ints, World

FELT_WITHIN = 6.0  # e-foldings: beyond, where 0.25 % would be left, nothing is felt


@dataclass(frozen=True)
class Bombardment:
    """Strikes that are remembered and fade with distance and time, and a front whose captures frighten."""

    shelling_weight: float = parameter(
        0.3, "air strikes", 0, 1, "How much one shelled place-day counts beside an air strike", ASSUMPTION
    )
    clash_weight: float = parameter(
        0.2, "air strikes", 0, 1, "How much a ground clash counts beside an air strike", ASSUMPTION
    )
    strike_distance_km: float = parameter(
        2.0,
        "km",
        1,
        30,
        "e-folding distance at which strikes are felt",
        "assumption: felt within 5 to 10 km; 2 km leaves 8 % at 5 km and 1 % at 10 km",
    )
    memory_days: float = parameter(
        5.0, "days", 0.5, 30, "e-folding time of the memory of strikes", "assumption (three to five days)"
    )
    night_share: float = parameter(
        0.25, "share of strikes", 0, 1, "Strikes of a day that fall in the dark hours", ASSUMPTION
    )
    front_distance_km: float = parameter(
        5.0, "km", 1, 40, "e-folding distance at which a capture frightens", ASSUMPTION
    )
    front_reach_km: float = parameter(
        5.0,
        "km",
        2,
        200,
        "Distance beyond which nobody is alarmed by a capture; 200: without an end",
        "assumption; without an end half of those alarmed lived more than 12 km from anything taken",
        prior=(4.0, 12.0),
    )
    front_memory_days: float = parameter(
        7.0,
        "days",
        1,
        30,
        "e-folding time of the alarm over a capture",
        "assumption (anticipation of 3 to 14 days)",
    )
    felt_a_day_strikes: float = parameter(
        4.0,
        "air strikes",
        0.5,
        1000,
        "What one place's strikes of a day count for at most as they are felt; 1000: all count",
        "assumption on size; that a place is under attack moves people more than how often (Melander and Oeberg 2007)",
        prior=(2.0, 10.0),
    )
    town_persons: float = parameter(
        30_000.0,
        "persons",
        1000,
        1_000_000,
        "People of a place in which each strike is felt in full",
        ASSUMPTION,
    )
    town_exponent: float = parameter(
        0.9,
        "exponent",
        0,
        1.5,
        "How much less of it is felt in a larger place: 0 nothing less; 1 as its people are more",
        "assumption; built-up area grows almost as people do (urban scaling, Bettencourt 2013: 2/3 to 5/6)",
        prior=(0.5, 1.1),
    )
    strength: float = parameter(
        1.0, "factor", 0, 10, "Multiplies every strike: a lever for scenarios of escalation", "choice"
    )
    warning_days: float = parameter(
        0,
        "whole days",
        0,
        14,
        "How many days ahead people know where strikes and captures will be",
        "choice",
        LEVER,
    )

    def __post_init__(self) -> None:
        check(self, "hazard")
        if self.warning_days != int(self.warning_days):
            raise InputError(f"hazard.warning_days is {self.warning_days}; expected whole days")

    def start(self, world: World, events: Sequence[Event], clock: Clock) -> Hazard:
        """The state of danger at the start of a run, with what happened before it remembered."""
        kind = Forewarned if self.warning_days else Hazard
        return kind(self, world, events, clock)


@dataclass(frozen=True)
class NoHazard:
    """Nothing is ever struck and the front stands still.

    Winter comes all the same: the nights are as cold as the case says.
    """

    shelling_weight = clash_weight = night_share = strength = 0.0
    strike_distance_km = front_distance_km = front_reach_km = memory_days = front_memory_days = 1.0
    felt_a_day_strikes = town_persons = 1000.0
    town_exponent = 0.0

    def start(self, world: World, events: Sequence[Event], clock: Clock) -> Hazard:
        """A state in which only the weather changes."""
        return Hazard(self, world, by_type(events, "night_temperature"), clock)


class Hazard:
    """Danger as it stands, place by place. ``advance`` moves it by one step.

    strikes_per_hour (P,)  weighted strikes an hour at the place during the step
    near_per_hour    (P,)  the same, felt from neighbouring places too
    strikes_hourly, near_hourly  (P, n) the same for each of the step's n hours
    remembered       (P,)  strikes felt here and remembered, in air-strike equivalents; mean over the step
    alarm            (P,)  0 to 1: how near and how lately a hostile side took a place; mean over the step
    control          (P,)  who holds each place, index into the world's holders
    captured         (P,)  places whose holder changed in this step, as row numbers
    frightens        (H,)  whether people flee from each side's captures now
    turned           bool  whether that changed for a side in this step
    ceasefire        bool  whether one is announced and not over
    temperature_c    (P,)  the night's minimum
    feared, feared_alarm (P,)  remembered and alarm as people take them: what they know is coming counts too
    """

    def __init__(
        self, part: Bombardment | NoHazard, world: World, events: Sequence[Event], clock: Clock
    ) -> None:
        self._part, self._clock, self._world = part, clock, world
        self._row = {place_id: i for i, place_id in enumerate(world.places.place_id)}
        n = len(world.places)
        self.control: Ints = world.places.control.copy()
        self.remembered: Floats = np.zeros(n)
        self.alarm: Floats = np.zeros(n)
        self.strikes_per_hour: Floats = np.zeros(n)
        self.near_per_hour: Floats = np.zeros(n)
        self.strikes_hourly: Floats = np.zeros((n, clock.step_hours))
        self.near_hourly: Floats = np.zeros((n, clock.step_hours))
        self.captured: Ints = np.zeros(0, np.int64)
        self.frightens, self.turned = np.array(world.holders.frightens), False
        self.ceasefire = False
        self.temperature_c: Floats = np.full(n, np.nan)
        self._everywhere_c, self._here_c = (
            np.nan,
            np.full(n, np.nan),
        )  # reported for all, for a place's own area
        self._memory, self._fright = np.zeros(n), np.zeros(n)  # strikes and captures at the end of the step
        people = world.places.residents_persons + world.places.idps_persons
        extent = np.maximum(people / part.town_persons, 1.0) ** part.town_exponent
        self._felt = near_by(world, FELT_WITHIN * part.strike_distance_km).weighed(
            lambda km, place, other: (
                np.exp(-km / part.strike_distance_km) / extent[place] * world.one_country(place, other)
            )
        )
        self._strikes = self._strikes_by_day(events)
        of_known_hour = [event for event in events if event.hour is not None]
        self._timed = timetable.by_days_it_lasts(of_known_hour, clock, *STRIKES)
        self._captures = timetable.by_step(events, clock, "captured")
        self._turns = timetable.by_step(events, clock, "hostility")
        self._ceasefires = timetable.by_step(events, clock, "ceasefire")
        self._pauses = timetable.by_days_it_lasts(events, clock, "pause")
        self._temperatures = timetable.by_day(events, clock, "night_temperature")
        self._profiles: dict[Night, Floats] = {}
        self._day: int | None = None
        self._live_through_the_past(events)

    @property
    def feared(self) -> Floats:
        """(P,) strikes that people remember or, where they are warned, know to come."""
        return self.remembered

    @property
    def feared_alarm(self) -> Floats:
        """(P,) 0 to 1: how near and how lately a hostile side took a place or, for those warned, will take one."""
        return self.alarm

    def avoided(self, home: npt.NDArray[np.integer], side: Ints) -> Bools:
        """Whether those with homes in places (rows) do not flee to ground of a side, -1 none; shapes broadcast.

        By who held their home at the start: see ``dangerous_to`` of `Holders`.
        """
        afraid = self._world.holders.avoided & self.frightens
        return np.asarray(afraid[self._world.places.control[home], side] & (np.asarray(side) >= 0))

    def _strikes_by_day(self, events: Sequence[Event]) -> dict[int, Floats]:
        """Weighted strikes at each place by day, those of known hour left out; quiet days are absent."""
        days: dict[int, Floats] = {}
        for event in by_type(events, *STRIKES):
            day = timetable.day_of(event, self._clock)
            if event.hour is None or day < 0:
                at = days.setdefault(day, np.zeros(len(self.control)))
                at[self._row[event.target]] += self._weight(event)
        return days

    def _weight(self, event: Event) -> float:
        """Strikes of an event, in air strikes."""
        part = self._part
        weights = {"air_strike": 1.0, "shelling": part.shelling_weight, "clash": part.clash_weight}
        return weights[event.type] * float(event.value) * part.strength

    def _live_through_the_past(self, events: Sequence[Event]) -> None:
        """What happened before the start is remembered, in daily steps."""
        first = min([timetable.day_of(event, self._clock) for event in events] + [0])
        for day in range(first, 0):
            for step in range(day * self._clock.steps_a_day, (day + 1) * self._clock.steps_a_day):
                self._front(step)
            self._weather(day)
            self._remember(self._near_on(day) / HOURS_A_DAY, HOURS_A_DAY)
        self.remembered, self.alarm = self._memory.copy(), self._fright.copy()

    def advance(self, step: int) -> None:
        """Move to the given step: captures first, then the strikes of these hours."""
        clock, hours = self._clock, self._clock.step_hours
        day = clock.day_of(step)
        if day != self._day:
            self._day = day
            self._weather(day)
            self._struck, self._near = self._strikes.get(day, np.zeros(len(self.control))), self._near_on(day)
            self._counts = self._counted(self._on_day(day))
        self._front(step)
        covered = clock.hours_of(step)
        if self._timed.get(day) or self._pauses.get(day):
            self.strikes_hourly = self._hour_by_hour(day, covered)
            self.near_hourly = self._felt.spread(self.strikes_hourly * self._counts[:, None])
        else:
            share = self._share_of_day(day, covered)
            self.strikes_hourly = self._struck[:, None] * share
            self.near_hourly = self._near[:, None] * share
        self.strikes_per_hour = self.strikes_hourly.sum(axis=1) / hours
        self.near_per_hour = self.near_hourly.sum(axis=1) / hours
        self._remember(self.near_per_hour, hours)

    def _near_on(self, day: int) -> Floats:
        """(P,) strikes of a day that are felt at each place."""
        struck = self._strikes.get(day)
        if struck is None:
            return np.zeros(len(self.control))
        return self._felt.spread(struck * self._counted(struck))

    def _counted(self, on_day: Floats) -> Floats:
        """(P,) the share of a day's strikes at each place that counts as they are felt."""
        most = self._part.felt_a_day_strikes
        return np.asarray(np.where(on_day > most, most / np.maximum(on_day, most), 1.0))

    def _on_day(self, day: int) -> Floats:
        """(P,) all strikes of a day, those of known hour too."""
        return np.asarray(self._struck + self._of_known_hour(day, np.arange(HOURS_A_DAY)).sum(axis=1))

    def _remember(self, near_per_hour: Floats, hours: float) -> None:
        """Live through so many hours: strikes are felt at this rate, and all that was before fades."""
        part = self._part
        self.remembered, self._memory = fading(
            self._memory, near_per_hour, hours, part.memory_days * HOURS_A_DAY
        )
        self.alarm, self._fright = fading(self._fright, 0.0, hours, part.front_memory_days * HOURS_A_DAY)

    def _front(self, step: int) -> None:
        """Places that change hands; one taken by a hostile side alarms those around, unless a nearer one did lately."""
        holders, changed = self._world.holders, []
        self._turn(step)
        for event in self._captures.get(step, ()):
            place = self._row[event.target]
            holder = holders.index(str(event.value))
            if holder == self.control[place]:
                continue
            if self.frightens[holder]:
                km = self._world.km_from(place)
                far, reach = self._part.front_distance_km, self._part.front_reach_km
                alarmed = np.maximum(np.exp(-km / far) - np.exp(-reach / far), 0) / -np.expm1(-reach / far)
                there = self._world.one_country(place, np.arange(len(km)))
                self._fright = np.maximum(
                    self._fright, alarmed * (there & holders.alarmed[self.control, holder])
                )
            self.control[place] = holder
            changed.append(place)
        self.captured = np.array(sorted(set(changed)), np.int64)
        for event in self._ceasefires.get(step, ()):
            self.ceasefire = bool(event.value)

    def _turn(self, step: int) -> None:
        """Sides that frighten from now on, or do not any more."""
        before = self.frightens.copy()
        for event in self._turns.get(step, ()):
            self.frightens[self._world.holders.index(event.target)] = bool(event.value)
        self.turned = not np.array_equal(before, self.frightens)

    def _weather(self, day: int) -> None:
        """The last report for a place's own area counts, else the last for all."""
        for event in self._temperatures.get(day, ()):
            if event.target == ALL:
                self._everywhere_c = float(event.value)
            else:
                self._here_c[self._where(event.target)] = float(event.value)
            self.temperature_c = np.where(np.isnan(self._here_c), self._everywhere_c, self._here_c)

    def _hour_by_hour(self, day: int, covered: Ints) -> Floats:
        """(P, n) strikes in each of these n hours of a day with strikes of known hour, or with pauses."""
        strikes = self._struck[:, None] * self._share_of_day(day, covered) + self._of_known_hour(day, covered)
        paused = np.zeros_like(strikes)
        for event in self._pauses.get(day, ()):
            where = self._where(event.target)
            share = self._within(event, day, covered) * timetable.lasts_hours(event)
            paused[where] = np.maximum(paused[where], share)
        return np.asarray(strikes * (1 - paused))

    def _share_of_day(self, day: int, covered: Ints) -> Floats:
        """Share of a day's strikes in each of these hours of it."""
        night = self._clock.night_on(day)
        if night not in self._profiles:
            self._profiles[night] = _hour_profile(self._part.night_share, night)
        return self._profiles[night][covered]

    def _of_known_hour(self, day: int, covered: Ints) -> Floats:
        """(P, n) the strikes of known hour in each of these n hours."""
        strikes = np.zeros((len(self.control), len(covered)))
        for event in self._timed.get(day, ()):
            if timetable.day_of(event, self._clock) >= 0:  # those of the past have been lived through
                strikes[self._row[event.target]] += self._weight(event) * self._within(event, day, covered)
        return strikes

    def _within(self, event: Event, day: int, covered: Ints) -> Floats:
        """(n,) share of an event that falls in each of these hours."""
        lasts = timetable.lasts_hours(event)
        since = (day - timetable.day_of(event, self._clock)) * HOURS_A_DAY + covered - (event.hour or 0)
        return np.asarray(np.where(since >= 0, np.clip(lasts - since, 0, 1), 0) / lasts)

    def _where(self, target: str) -> Bools:
        if target == ALL:
            return np.ones(len(self.control), bool)
        if target in self._row:
            return np.asarray(np.arange(len(self.control)) == self._row[target])
        return np.asarray(self._world.places.area == self._world.areas.area_id.index(target))


class Forewarned(Hazard):
    """Danger of which people know ``warning_days`` ahead: they fear what was and what will be, whichever is worse."""

    def __init__(
        self, part: Bombardment | NoHazard, world: World, events: Sequence[Event], clock: Clock
    ) -> None:
        super().__init__(part, world, events, clock)
        ahead = timedelta(days=int(getattr(part, "warning_days", 0)))
        warlike = by_type(events, *STRIKES, "captured", "pause", "hostility")
        sooner = [replace(event, date=event.date - ahead) for event in warlike]
        self._ahead = Hazard(part, world, sooner, clock)

    def advance(self, step: int) -> None:
        """Move to the given step; what is known of runs ahead of it."""
        super().advance(step)
        self._ahead.advance(step)

    @property
    def feared(self) -> Floats:
        """(P,) strikes remembered, or those that will be, if they are more."""
        return np.maximum(self.remembered, self._ahead.remembered)

    @property
    def feared_alarm(self) -> Floats:
        """(P,) 0 to 1: alarm over captures, or that over those to come, if it is greater."""
        return np.maximum(self.alarm, self._ahead.alarm)


def _hour_profile(night_share: float, night: Night) -> Floats:
    """(24,) share of a day's strikes in each hour: even within the dark hours and within the light ones."""
    dark = is_night(np.arange(HOURS_A_DAY), night)
    if dark.all() or not dark.any():
        return np.full(HOURS_A_DAY, 1 / HOURS_A_DAY)
    return np.asarray(np.where(dark, night_share / dark.sum(), (1 - night_share) / (~dark).sum()))
