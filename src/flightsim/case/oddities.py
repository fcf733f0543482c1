"""What is odd in a case but can be lived with: counted and shown, never dropped in silence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from flightsim.case.cells import Table, show
from flightsim.errors import nearest
from flightsim.events import ALL, Event
from flightsim.world import Bools, Ints, World

FAR_OFF_KM = 500.0  # assumption: farther from the middle, lat and lon are probably swapped ...
FAR_OFF = (
    5.0  # ... where that is so many times as far as half of the places lie; in a large country it is not
)
POINT_KM = 2.0  # assumption: the point of a town is this near to its end of a road
NAMED = 10  # how many are named; the others are counted
LASTING = ("captured", "border_rule", "ceasefire", "aid_authorisation", "night_temperature", "hostility")


def warnings(world: World, events: list[Event], tables: Mapping[str, Table]) -> list[str]:
    """A sentence for each kind of oddity there is, with how many, and who they are."""
    return [
        *_places(world),
        *_roads(world),
        *_areas(world, tables["areas.csv"]),
        *_observations(tables),
        *_events(events),
    ]


def _places(world: World) -> list[str]:
    places = world.places
    entered = ~world.hostile(places.control)
    linked = np.isin(np.arange(len(places)), np.concatenate([world.roads.u, world.roads.v]))
    roofs = world.room_persons[:, :-1].sum(axis=1) > 0
    middle = np.median(world.xy_km, axis=0)
    off_km = np.hypot(*(world.xy_km - middle).T)
    far = (off_km > FAR_OFF_KM) & (off_km > FAR_OFF * np.median(off_km))
    kinds = (
        (np.flatnonzero(entered & ~linked), "without a road, where nobody can leave or arrive"),
        (_cut_off(world, entered & linked), "cut off from the others by road, unless one crosses the lines"),
        (np.flatnonzero(entered & ~roofs), "without any room under a roof for newcomers"),
        (
            np.flatnonzero(far),
            f"more than {FAR_OFF_KM:g} km from the middle, unlike most; are lat and lon swapped?",
        ),
    )
    persons = places.residents_persons + places.idps_persons
    return [
        f"{count(len(rows), 'place')} ({persons[rows].sum():,.0f} persons) {text}: "
        + listed(f"{places.name[i]} {places.place_id[i]}" for i in rows)
        for rows, text in kinds
        if len(rows)
    ]


def _cut_off(world: World, entered: Bools) -> list[int]:
    """Rows of the places outside the part of the road graph one can travel on that holds most persons."""
    part = _parts(world, np.append(entered, np.ones(len(world.crossings), bool)))[: len(entered)]
    inside = np.flatnonzero(entered)
    if not len(inside):
        return []
    persons = world.places.residents_persons + world.places.idps_persons
    first, which, size = np.unique(part[inside], return_inverse=True, return_counts=True)
    together = np.bincount(which, persons[inside])
    main = np.lexsort((first, -size, -together))[0]
    return [int(i) for i in inside[which != main]]


def _parts(world: World, usable: Bools) -> Ints:
    """(N,) for each road node the lowest node that one gets to from it over usable ones."""
    on = usable[world.roads.u] & usable[world.roads.v]
    u, v = world.roads.u[on], world.roads.v[on]
    lowest = np.arange(len(usable))
    while (lowest[u] != lowest[v]).any():
        both = np.minimum(lowest[u], lowest[v])
        np.minimum.at(lowest, lowest[u], both)
        np.minimum.at(lowest, lowest[v], both)
        lowest = lowest[lowest]
    return lowest


def _roads(world: World) -> list[str]:
    roads, crossings = world.roads, world.crossings
    straight_km = world.road_straight_km
    short = np.flatnonzero(roads.km + POINT_KM < straight_km)
    ends = {*roads.u.tolist(), *roads.v.tolist()}
    lone = [name for i, name in enumerate(crossings.crossing_id, start=len(world.places)) if i not in ends]
    found = []
    if len(short):
        said_of = listed(f"{roads.road_id[e]} {roads.km[e]:g} for {straight_km[e]:.1f} km" for e in short)
        found.append(f"{count(len(short), 'road')} shorter than the straight line: {said_of}")
    if lone:
        found.append(f"{count(len(lone), 'crossing')} without a road: {listed(lone)}")
    return found


def _areas(world: World, table: Table) -> list[str]:
    lived_in = set(world.areas.area_id)
    finest, every = world.areas.level, zip(table["area_id"], table["level"], strict=True)
    empty = [area_id for area_id, level in every if level == finest and area_id not in lived_in]
    return (
        [f"{count(len(empty), 'area')} of level {finest} without a place, left out: {listed(empty)}"]
        if empty
        else []
    )


def _observations(tables: Mapping[str, Table]) -> list[str]:
    """Observations of what is no area of the case: kept, but nothing modelled stands beside them."""
    if "observations.csv" not in tables:
        return []
    areas = [ALL, *tables["areas.csv"]["area_id"]]
    named = [area for several in tables["observations.csv"]["area_id"] for area in several]
    odd = [area for area in named if area not in areas]
    return [
        f"{count(odd.count(area), 'observation')} of {show(area)}, which is no area_id of areas.csv,"
        f" not compared{nearest(area, areas)}"
        for area in sorted(set(odd))[:NAMED]
    ]


def _events(events: list[Event]) -> list[str]:
    """Events that say something else than an earlier id of the same type, target and hour."""
    said: dict[tuple[Any, ...], Event] = {}
    odd = []
    for event in events:
        if event.type in LASTING:
            key = (event.type, event.target, event.date, event.hour or 0)
            if key in said and said[key].value != event.value:
                odd.append(event.event_id)
            said[key] = event
    said_of = listed(odd)
    return (
        [f"{count(len(odd), 'event')} at odds with another of that hour, the later id wins: {said_of}"]
        if odd
        else []
    )


def count(n: int, noun: str) -> str:
    """``1 road``, ``1,200 roads``."""
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def listed(names: Iterable[str]) -> str:
    """The first few, and how many more."""
    all_names = list(names)
    more = f" and {len(all_names) - NAMED:,} more" if len(all_names) > NAMED else ""
    return ", ".join(all_names[:NAMED]) + more
