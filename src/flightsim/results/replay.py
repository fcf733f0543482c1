"""What a run of version 0.1 did not record, worked out from its front, its events and its case. Only `record` asks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from flightsim.events import Event, by_type
from flightsim.results.runs import Results
from flightsim.world import OPEN, SITE, Bools, Floats, Ints, World


def held(results: Results, world: World) -> Ints:
    """(D + 1, P) who holds each place: as the case says at the start, then as places changed hands."""
    row = {place_id: i for i, place_id in enumerate(world.places.place_id)}
    table = np.tile(world.places.control, (len(results.days) + 1, 1))
    front = results.front  # sorted by date
    day = (front["date"] - results.days[0]).dt.days + 1
    for since, place_id, holder in zip(day, front["place_id"], front["holder"], strict=True):
        if place_id in row and holder in world.holders.name:
            table[since:, row[place_id]] = world.holders.index(holder)
    return table


def working(results: Results, world: World, events: Sequence[Event]) -> Bools:
    """(D + 1, F) which facilities work, by the events; what happened before the first day had happened at the start."""
    row = {facility_id: i for i, facility_id in enumerate(world.facilities.facility_id)}
    table = np.tile(world.facilities.functioning, (len(results.days) + 1, 1))
    first = results.days[0].date()
    for event in by_type(events, "facility_closed", "facility_reopened"):
        if event.target in row:
            since = max((event.date - first).days + 1, 0)
            table[since:, row[event.target]] = event.type == "facility_reopened"
    return table


def room_left(results: Results, world: World) -> Floats:
    """(D + 1, A, 5) the free room of the case times the run's factors at the start; nan after it."""
    shelter = results.config.get("shelter", {})
    room, site_room = (float(shelter.get(key, 1.0)) for key in ("room", "site_room"))
    if str(shelter.get("_target_", "")).endswith("UnlimitedShelter"):
        room = site_room = np.inf
    n_areas = len(world.areas)
    table = np.full((len(results.days) + 1, n_areas, OPEN), np.nan)
    for rung in range(OPEN):
        factor = site_room if rung == SITE else room
        free = np.maximum(world.room_persons[:, rung], 0.0)
        by_area = np.bincount(world.places.area, free, minlength=n_areas)
        table[0, :, rung] = np.inf if np.isinf(factor) else by_area * factor
    return table
