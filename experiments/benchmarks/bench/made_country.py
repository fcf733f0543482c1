"""A country that is not there, of any size: the same places, roads, people and war for the same numbers and seed."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from scipy.spatial import Delaunay

from flightsim.events import Event
from flightsim.world import (
    BORDER_RULES,
    RUNGS,
    SYRIA,
    Areas,
    Crossings,
    Facilities,
    Noun,
    Places,
    Roads,
    Within,
    World,
)

START = date(2020, 1, 1)
SPACING_KM = 7.0  # between neighbouring places: 20,000 of them cover a square of 990 km
KM_PER_DEGREE = 111.19
PLACES_AN_AREA = 50
PLACES_A_FACILITY = 20
GATES = 4
ROOM_BY_RUNG = (0.08, 0.02, 0.0, 0.01, 0.05)  # of a place's people, before the open air
STRIKES_A_DAY, CAPTURES_A_DAY = 0.02, 0.002  # of all places


def country(n_places: int, persons: float, seed: int = 1) -> World:
    """Places on a jittered grid, three roads a place (Delaunay's triangles), areas of fifty places, four gates."""
    rng = np.random.default_rng(seed)
    side = int(np.ceil(np.sqrt(n_places)))
    grid = np.stack(np.divmod(np.arange(n_places), side), axis=1)
    xy = SPACING_KM * (grid + rng.uniform(-0.35, 0.35, (n_places, 2)))
    weight = rng.pareto(1.2, n_places) + 0.2  # few towns, many villages
    people = np.rint(persons * weight / weight.sum())
    area, n_areas = _areas_of(grid, side)
    order = np.lexsort((-people, area))
    gateway = order[np.unique(area[order], return_index=True)[1]]
    names = [f"P{i:06d}" for i in range(n_places)]
    idps = np.rint(people * 0.1)
    middle = xy.mean(axis=0)
    places = Places(
        place_id=names,
        name=names,
        name_local=[""] * n_places,
        area=area,
        lat=(xy[:, 1] - middle[1]) / KM_PER_DEGREE,
        lon=(xy[:, 0] - middle[0]) / KM_PER_DEGREE,
        residents_persons=people - idps,
        idps_persons=idps,
        control=np.where(xy[:, 0] < SPACING_KM * side * 0.1, SYRIA.index("government"), 0),
    )
    area_ids = [f"A{i:05d}" for i in range(n_areas)]
    empty = [""] * n_areas
    room = np.column_stack([*(np.rint(people * share) for share in ROOM_BY_RUNG), np.full(n_places, np.inf)])
    at = np.arange(0, n_places, PLACES_A_FACILITY)
    assert room.shape[1] == len(RUNGS)
    return World(
        name="made",
        manifest={"start": START, "end": START + timedelta(days=30)},
        places=places,
        areas=Areas(area_ids, area_ids, empty, (Within(Noun.of("province"), empty, empty),), gateway),
        roads=_roads(xy, _gates(grid, side)),
        room_persons=room,
        site_population_persons=np.rint(idps / 3),
        crossings=_crossings(places, _gates(grid, side)),
        facilities=Facilities(
            [f"F{i:05d}" for i in range(len(at))], at, np.arange(len(at)) % 5 == 0, np.ones(len(at), bool)
        ),
    )


def war(world: World, days: int, seed: int = 1) -> list[Event]:
    """Each day strikes on places within 60 km of the front, and captures of those nearest to it; frost."""
    rng, east = np.random.default_rng(seed), world.xy_km[:, 0]
    taken = world.hostile(world.places.control)
    events, n = [], len(world.places)
    for day in range(days):
        when = START + timedelta(days=day)
        front = east[taken].max()
        near = np.flatnonzero(~taken & (east < front + 60))
        struck = rng.choice(near, max(1, round(STRIKES_A_DAY * n)))
        lost = near[np.argsort(east[near])][: max(1, round(CAPTURES_A_DAY * n))]
        taken[lost] = True
        asked = [("air_strike", struck, 3.0), ("captured", lost, "government")]
        events += [
            Event(f"{kind}-{day}-{i}", when, None, None, kind, world.places.place_id[place], value, "assumed")
            for kind, places, value in asked
            for i, place in enumerate(places)
        ]
    events.append(Event("cold", START, None, None, "night_temperature", "ALL", -1.0, "assumed"))
    return events


def _areas_of(grid: np.ndarray, side: int) -> tuple[np.ndarray, int]:
    """The area of each place, squares of about fifty places; and how many areas there are."""
    across = max(1, round(side / np.sqrt(PLACES_AN_AREA)))
    block = np.minimum(grid * across // side, across - 1)
    _, area = np.unique(block[:, 0] * across + block[:, 1], return_inverse=True)
    return area.astype(np.int64), int(area.max()) + 1


def _gates(grid: np.ndarray, side: int) -> np.ndarray:
    """The places beside the gates abroad, along the eastern edge."""
    edge = np.flatnonzero(grid[:, 0] == grid[:, 0].max())
    return edge[np.linspace(0, len(edge) - 1, GATES).astype(int)]


def _roads(xy: np.ndarray, gates: np.ndarray) -> Roads:
    triangles = Delaunay(xy).simplices
    pairs = np.sort(
        np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [0, 2]]]), axis=1
    )
    u, v = np.unique(pairs, axis=0).T
    km = 1.3 * np.hypot(*(xy[u] - xy[v]).T)
    u = np.append(u, gates)
    v = np.append(v, len(xy) + np.arange(len(gates)))
    km = np.append(km, np.ones(len(gates)))
    n = len(u)
    fast = np.arange(n) % 4 == 0
    return Roads(
        road_id=[f"R{i:06d}" for i in range(n)],
        u=u.astype(np.int64),
        v=v.astype(np.int64),
        km=km,
        road_class=["secondary"] * n,
        free_flow_kmh=np.where(fast, 60.0, 35.0),
        lanes=np.ones(n),
        capacity_vehicles_h=np.where(fast, 1200.0, 500.0),
        geometry=["inferred"] * n,
        ref=[""] * n,
    )


def _crossings(places: Places, gates: np.ndarray) -> Crossings:
    n = len(gates)
    return Crossings(
        crossing_id=[f"X{i}" for i in range(n)],
        name=[f"X{i}" for i in range(n)],
        is_border=np.ones(n, bool),
        lat=places.lat[gates],
        lon=places.lon[gates],
        place=gates,
        rule=np.full(n, BORDER_RULES.index("closed")),
        throughput_persons_h=np.full(n, 200.0),
    )
