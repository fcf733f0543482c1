"""Health facilities that close: none, or twice as many."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date

import numpy as np

from flightsim.clock import Clock
from flightsim.events import Event, by_type
from flightsim.model.draws import decision_key, exponential, name_key
from flightsim.world import World

NEAR_KM = 10.0  # assumption: as far as a facility is of use (services.reach_km)
CLOSING = ("facility_closed", "facility_reopened")


def none_closed(events: list[Event], world: World, clock: Clock) -> list[Event]:
    """No facility closes from the start on, unless its place is taken: then it is out of reach anyhow."""
    taken = _taken(events, world, clock)
    place = dict(zip(world.facilities.facility_id, world.facilities.place.tolist(), strict=True))
    kept = []
    for event in events:
        if event.type == "facility_closed" and event.date >= clock.start:
            when = taken.get(world.places.place_id[place[event.target]])
            if when is None:
                continue
            event = replace(event, date=max(event.date, when), hour=None)
        kept.append(event)
    return kept


def twice_as_many(events: list[Event], world: World, clock: Clock, seed: int) -> list[Event]:
    """For every facility that closes another one near by does, too, on the same days.

    The other one is drawn among those of its kind that work all the while, with a chance that falls by distance
    (e-fold 10 km), keyed by seed and the two facilities; of any kind, where none of its kind is left.
    """
    facilities = world.facilities
    row = {facility_id: i for i, facility_id in enumerate(facilities.facility_id)}
    changes: dict[str, list[Event]] = defaultdict(list)
    for event in by_type(events, *CLOSING):
        if event.date >= clock.start:
            changes[event.target].append(event)
    closed_ever = {event.target for event in events if event.type == "facility_closed"}
    free = np.array([name not in closed_ever for name in facilities.facility_id]) & facilities.functioning
    keys = np.array([name_key(name) for name in facilities.facility_id], np.uint64)
    draw = decision_key(seed, "further closures")
    further = []
    for target, dated in changes.items():  # in order of the first closure
        alike = free & (facilities.is_hospital == facilities.is_hospital[row[target]])
        candidates = np.flatnonzero(alike if alike.any() else free)
        if not any(event.type == "facility_closed" for event in dated) or not len(candidates):
            continue
        km = world.km_between(facilities.place[row[target]], facilities.place[candidates])
        race = np.log(exponential(draw, keys[row[target]], keys[candidates])) + km / NEAR_KM
        other = int(candidates[race.argmin()])
        free[other] = False
        name = facilities.facility_id[other]
        further += [replace(e, event_id=f"{e.event_id}-{name}", target=name, status="assumed") for e in dated]
    return [*events, *further]


def _taken(events: list[Event], world: World, clock: Clock) -> dict[str, date]:
    """When each place was first taken by a hostile side after the start."""
    taken: dict[str, date] = {}
    for event in by_type(events, "captured"):
        if event.date >= clock.start and world.hostile(world.holders.index(str(event.value))):
            taken.setdefault(event.target, event.date)
    return taken
