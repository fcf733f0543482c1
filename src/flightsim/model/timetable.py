"""When events happen, counted in a run's steps and days: the parts look up what changes now.

An event without an hour happens at the first hour of its day. Days and steps before the start are negative.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from math import ceil

from flightsim.clock import HOURS_A_DAY, Clock
from flightsim.events import Event, by_type

Timetable = dict[int, list[Event]]  # by step, or by day; in order of hour and event_id


def day_of(event: Event, clock: Clock) -> int:
    """The day of the run on which an event happens."""
    return clock.day_index(event.date)


def step_of(event: Event, clock: Clock) -> int:
    """The step in which an event happens."""
    return (day_of(event, clock) * HOURS_A_DAY + (event.hour or 0)) // clock.step_hours


def lasts_hours(event: Event) -> float:
    """How long an event lasts: one hour where only the hour is known, the whole day where neither is."""
    return event.hours or (HOURS_A_DAY if event.hour is None else 1)


def by_step(events: Iterable[Event], clock: Clock, *types: str) -> Timetable:
    """Events of these types by the step in which each happens."""
    steps: Timetable = defaultdict(list)
    for event in by_type(events, *types):
        steps[step_of(event, clock)].append(event)
    return dict(steps)


def by_day(events: Iterable[Event], clock: Clock, *types: str) -> Timetable:
    """Events of these types by the day on which each happens."""
    days: Timetable = defaultdict(list)
    for event in by_type(events, *types):
        days[day_of(event, clock)].append(event)
    return dict(days)


def by_days_it_lasts(events: Iterable[Event], clock: Clock, *types: str) -> Timetable:
    """Events of these types by every day of which they cover an hour."""
    days: Timetable = defaultdict(list)
    for event in by_type(events, *types):
        first = day_of(event, clock)
        for day in range(first, first + ceil(((event.hour or 0) + lasts_hours(event)) / HOURS_A_DAY)):
            days[day].append(event)
    return dict(days)
