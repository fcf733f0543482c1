"""Three worlds built in code, with numbers for sums done in the head, and events to happen in them.

*line*: A, B and a site, 20 km apart. *fork*: one origin, two sites. *town*: a dozen places in four rows, a
border, a hospital. All roads are straight, so that km by road and by air are the same; the places lie around
latitude 0, so that a degree is as long either way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from flightsim.case.build import gateways
from flightsim.events import ALL, Event
from flightsim.world import (
    BORDER_RULES,
    EARTH_RADIUS_KM,
    RUNGS,
    SYRIA,
    Areas,
    Crossings,
    Facilities,
    Holders,
    Noun,
    Places,
    Roads,
    Within,
    World,
)

CONTROLS = SYRIA.name
OPPOSITION, SNA, GOVERNMENT, SDF = range(len(CONTROLS))
KM_PER_DEGREE = np.pi * EARTH_RADIUS_KM / 180
START = date(2020, 1, 1)


@dataclass(frozen=True)
class Spot:
    """A place, where it lies, who is there, and the free room by rung."""

    place_id: str
    area_id: str
    x_km: float
    y_km: float = 0.0
    residents: float = 0.0
    idps: float = 0.0
    in_sites: float = 0.0
    control: str = "opposition"
    host: float = 0.0
    rented: float = 0.0
    site: float = 0.0
    collective: float = 0.0
    unfinished: float = 0.0
    transit: bool = False


@dataclass(frozen=True)
class Gate:
    """A crossing; its road to ``place_id`` is given among the roads."""

    crossing_id: str
    place_id: str
    x_km: float
    y_km: float
    kind: str = "border"
    rule: str = "closed"
    throughput: float = 100.0


def make_world(
    name: str,
    spots: Sequence[Spot],
    roads: Sequence[tuple[str, str]],
    gates: Sequence[Gate] = (),
    facilities: Sequence[tuple[str, str, str]] = (),  # id, place_id, kind
    kmh: float = 40.0,
    capacity_vehicles_h: float = 1000.0,
    holders: Holders = SYRIA,
) -> World:
    """A world of these places; roads are straight, of one class, and named by their ends: ``A-B``."""
    area_ids = sorted({spot.area_id for spot in spots})
    row = {spot.place_id: i for i, spot in enumerate(spots)}
    middle_km = float(np.mean([spot.y_km for spot in spots]))  # on the equator: the frame of World.project
    places = Places(
        place_id=[spot.place_id for spot in spots],
        name=[spot.place_id for spot in spots],
        name_local=["" for _ in spots],
        area=np.array([area_ids.index(spot.area_id) for spot in spots], dtype=np.int64),
        lat=np.array([(spot.y_km - middle_km) / KM_PER_DEGREE for spot in spots]),
        lon=np.array([spot.x_km / KM_PER_DEGREE for spot in spots]),
        residents_persons=np.array([spot.residents for spot in spots], dtype=float),
        idps_persons=np.array([spot.idps for spot in spots], dtype=float),
        control=np.array([holders.index(spot.control) for spot in spots], dtype=np.int64),
        transit=np.array([spot.transit for spot in spots]),
    )
    crossings = Crossings(
        crossing_id=[gate.crossing_id for gate in gates],
        name=[gate.crossing_id for gate in gates],
        is_border=np.array([gate.kind == "border" for gate in gates], dtype=bool),
        lat=np.array([(gate.y_km - middle_km) / KM_PER_DEGREE for gate in gates]),
        lon=np.array([gate.x_km / KM_PER_DEGREE for gate in gates]),
        place=np.array([row[gate.place_id] for gate in gates], dtype=np.int64),
        rule=np.array([BORDER_RULES.index(gate.rule) for gate in gates], dtype=np.int64),
        throughput_persons_h=np.array([gate.throughput for gate in gates], dtype=float),
    )
    xy = {spot.place_id: (spot.x_km, spot.y_km) for spot in spots}
    xy |= {gate.crossing_id: (gate.x_km, gate.y_km) for gate in gates}
    graph = _roads(roads, xy, kmh, capacity_vehicles_h)
    room = np.array([[getattr(spot, rung) if rung != "open" else np.inf for rung in RUNGS] for spot in spots])
    return World(
        name=name,
        manifest=manifest(name),
        places=places,
        areas=_areas(area_ids, gateways(places, graph, len(area_ids), holders)),
        roads=graph,
        room_persons=room.astype(float),
        site_population_persons=np.array([spot.in_sites for spot in spots], dtype=float),
        crossings=crossings,
        facilities=Facilities(
            facility_id=[facility_id for facility_id, _, _ in facilities],
            place=np.array([row[place_id] for _, place_id, _ in facilities], dtype=np.int64),
            is_hospital=np.array([kind == "hospital" for _, _, kind in facilities], dtype=bool),
            functioning=np.ones(len(facilities), dtype=bool),
        ),
        holders=holders,
    )


def _roads(
    pairs: Sequence[tuple[str, str]],
    xy: dict[str, tuple[float, float]],
    kmh: float,
    capacity_vehicles_h: float,
) -> Roads:
    nodes, n = list(xy), len(pairs)
    return Roads(
        road_id=[f"{u}-{v}" for u, v in pairs],
        u=np.array([nodes.index(u) for u, _ in pairs], dtype=np.int64),
        v=np.array([nodes.index(v) for _, v in pairs], dtype=np.int64),
        km=np.array([np.hypot(xy[u][0] - xy[v][0], xy[u][1] - xy[v][1]) for u, v in pairs]),
        road_class=["secondary"] * n,
        free_flow_kmh=np.full(n, kmh),
        lanes=np.ones(n),
        capacity_vehicles_h=np.full(n, capacity_vehicles_h),
        geometry=["measured"] * n,
        ref=[""] * n,
    )


def _areas(area_ids: list[str], gateway: np.ndarray) -> Areas:
    n = len(area_ids)
    return Areas(
        area_id=area_ids,
        name=list(area_ids),
        name_local=[""] * n,
        within=tuple(
            Within(Noun.of(each.lower()), [each] * n, [each] * n) for each in ("Province", "District")
        ),
        gateway=gateway,
        noun=Noun.of("zone"),
    )


def manifest(name: str) -> dict[str, object]:
    """What a case says of itself."""
    return {
        "name": name,
        "title": f"The {name} world",
        "summary": "Built in code, for tests.",
        "start": START,
        "end": date(2020, 1, 31),
        "data_date": START,
        "country": "Nowhere",
        "border_name": "Elsewhere",
        "household_size_persons": 5.0,
        "timezone": "UTC",
        "tables": {},
        "measured": [],
        "inferred": [],
        "not_for": [],
    }


def line_world(persons: float = 1000, room: float = 2000, km: float = 20, kmh: float = 40) -> World:
    """A, B and a site, ``km`` apart: all live at A, there is room at the site only. An hour from A to S."""
    spots = [
        Spot("A", "Area-A", 0, residents=persons),
        Spot("B", "Area-B", km),
        Spot("S", "Area-S", 2 * km, site=room),
    ]
    return make_world("line", spots, [("A", "B"), ("B", "S")], kmh=kmh)


def fork_world(
    persons: float = 1000, room_left: float = 2000, room_right: float = 2000, km: float = 20, kmh: float = 40
) -> World:
    """The origin O in the middle, the site L ``km`` to the west, the site R ``km`` to the east."""
    spots = [
        Spot("L", "Area-L", -km, site=room_left),
        Spot("O", "Area-O", 0, residents=persons),
        Spot("R", "Area-R", km, site=room_right),
    ]
    return make_world("fork", spots, [("L", "O"), ("O", "R")], kmh=kmh)


def town_world(persons: float = 1000, room: float = 1000) -> World:
    """A dozen places on a grid of 10 km, three columns and four rows, each row an area; 15 minutes a road.

        GATE      (closed border, 5 km north of C2)
         |
    C1 - C2   C3  camps: sites at C1 and C2; C3 is held by the SNA, behind the internal crossing INNER
    |    |    |
    N1 - N2 - N3  a health centre at N1; ``persons``/2 residents and as many displaced in each
    |    |    |
    M1 - M2 - M3  a hospital at M2; ``persons`` residents in each, twice that in M2
    |    |    |
    S1 - S2 - S3  the south: ``persons`` residents in S1 and S3; S2 is held by the government
    """
    spots = [
        Spot("C1", "Camps", 0, 30, residents=10, idps=persons, in_sites=persons, site=room),
        Spot("C2", "Camps", 10, 30, residents=10, idps=persons, in_sites=persons, site=room),
        Spot("C3", "Camps", 20, 30, residents=persons, control="sna", host=room / 10),
        *(
            Spot(f"N{i}", "North", 10 * i - 10, 20, persons / 2, persons / 2, **_room(room))
            for i in (1, 2, 3)
        ),
        *(
            Spot(f"M{i}", "Middle", 10 * i - 10, 10, persons * (1 + (i == 2)), **_room(room))
            for i in (1, 2, 3)
        ),
        Spot("S1", "South", 0, 0, residents=persons, **_room(room)),
        Spot("S2", "South", 10, 0, control="government"),
        Spot("S3", "South", 20, 0, residents=persons, **_room(room)),
    ]
    across = [(f"{row}{i}", f"{row}{i + 1}") for row in "NMS" for i in (1, 2)] + [("C1", "C2")]
    along = [(f"{a}{i}", f"{b}{i}") for a, b in ("SM", "MN", "NC") for i in (1, 2, 3) if f"{b}{i}" != "C3"]
    gates = [
        Gate("GATE", "C2", 10, 35),
        Gate("INNER", "N3", 20, 25, kind="internal", rule="open", throughput=200),
    ]
    roads = [*across, *along, ("C2", "GATE"), ("N3", "INNER"), ("INNER", "C3")]
    facilities = [("H1", "M2", "hospital"), ("H2", "N1", "health_centre")]
    return make_world("town", spots, roads, gates, facilities)


def abroad_world(persons: float = 1000) -> World:
    """A at home, all live there; camps in Chad to the east and in Cameroon to the west, behind gates on the way.

    M --- WEST --- A --- EAST --- K1 --- K2        20 km a road, half an hour; OUT: no place behind it, 5 km from A
    """
    holders = SYRIA.with_countries({"TCD": "Chad", "CMR": "Cameroon"})
    spots = [
        Spot("A", "Area-A", 0, residents=persons),
        Spot("K1", "Area-K1", 40, control="TCD", site=100),
        Spot("K2", "Area-K2", 60, control="TCD", site=10 * persons),
        Spot("M", "Area-M", -40, control="CMR", site=10 * persons),
    ]
    gates = [
        Gate("EAST", "A", 20, 0, throughput=1000),
        Gate("WEST", "A", -20, 0, throughput=1000),
        Gate("OUT", "A", 0, 5, throughput=1000),
    ]
    roads = [("A", "EAST"), ("EAST", "K1"), ("K1", "K2"), ("A", "WEST"), ("WEST", "M"), ("A", "OUT")]
    return make_world("abroad", spots, roads, gates, holders=holders)


def _room(room: float) -> dict[str, float]:
    return {"host": room / 10, "rented": room / 20, "collective": room / 50, "unfinished": room / 20}


def event(
    kind: str,
    target: str,
    value: str | float = 1.0,
    day: date | str = START,
    hour: int | None = None,
    hours: float | None = None,
    status: str = "reported",
) -> Event:
    """Any event; its id says what it is."""
    when = date.fromisoformat(day) if isinstance(day, str) else day
    event_id = f"{kind}-{target}-{when}" + ("" if hour is None else f"-{hour:02d}")
    return Event(event_id, when, hour, hours, kind, target, value, status)


def strike(
    place: str, day: date | str, n: float = 1, hour: int | None = None, hours: float | None = None
) -> Event:
    """``n`` air strikes at a place, over the whole day or from ``hour`` on for ``hours``."""
    return event("air_strike", place, float(n), day, hour, hours)


def captured(place: str, day: date | str, holder: str = "government", hour: int | None = None) -> Event:
    """A place changes hands."""
    return event("captured", place, holder, day, hour)


def ceasefire(day: date | str, holds: bool = True, hour: int | None = None) -> Event:
    """A ceasefire begins, or ends."""
    return event("ceasefire", ALL, float(holds), day, hour)


def pause(day: date | str, hour: int, hours: float, target: str = ALL) -> Event:
    """Some hours without bombardment."""
    return event("pause", target, 1.0, day, hour, hours)


def facility(facility_id: str, day: date | str, reopened: bool = False, hour: int | None = None) -> Event:
    """A facility closes, or opens again."""
    return event("facility_reopened" if reopened else "facility_closed", facility_id, 1.0, day, hour)


def road_cut(target: str, day: date | str, left: float = 0.0, hour: int | None = None) -> Event:
    """A road, or all roads of a place, with this share of its capacity left."""
    return event("road_cut", target, left, day, hour)


def road_reopened(target: str, day: date | str, hour: int | None = None) -> Event:
    """The whole capacity is back."""
    return event("road_reopened", target, 1.0, day, hour)


def border_rule(rule: str, day: date | str, target: str = ALL, hour: int | None = None) -> Event:
    """A crossing opens or closes."""
    return event("border_rule", target, rule, day, hour)


def night(degrees: float, day: date | str, target: str = ALL) -> Event:
    """The temperature of the nights from this one on."""
    return event("night_temperature", target, float(degrees), day)
