"""What is: places joined by roads, with shelter, crossings and health care. It does not change in a run.

Shapes used everywhere: P places, A areas (of the finest level, each with a gateway place), E roads, X crossings,
F facilities, N road nodes (the P places first, then the X crossings).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import networkx as nx

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

HOME = -1  # instead of a country abroad
RUNGS = ("host", "rented", "site", "collective", "unfinished", "open")
HOST, RENTED, SITE, COLLECTIVE, UNFINISHED, OPEN = range(len(RUNGS))
BORDER_RULES = ("closed", "women_and_children", "open")
FACILITY_KINDS = ("hospital", "health_centre")
CAUSES = ("shelling", "front", "care", "neighbours", "crowding")  # what people leave for
EARTH_RADIUS_KM = 6371.0
WIDE_KM = 500.0  # assumption: up to here a plane is good enough, and cheaper


def over_ground_km(through_km: Floats) -> Floats:
    """Km along a great circle of what is so far apart straight through the earth."""
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.minimum(through_km / (2 * EARTH_RADIUS_KM), 1.0)))


def through_earth_km(over_ground: float) -> float:
    """The other way round: km straight through the earth of km along a great circle, up to half around."""
    return float(2 * EARTH_RADIUS_KM * np.sin(min(over_ground / (2 * EARTH_RADIUS_KM), np.pi / 2)))


@dataclass(frozen=True)
class Holders:
    """The H sides of a case; a place's ``control`` is an index into them.

    name      as the tables write it
    label     as products write it
    frightens whether people around flee from its captures
    lived_in  whether people live, stay and arrive on its ground; where not, nobody is modelled there, nobody goes there
              and nobody leaves a place once it is taken
    crossed   whether one gets from its ground to another such side's by any road, not at crossings alone
    abroad    whether it is a country abroad, which holds its own places; those come last
    """

    name: tuple[str, ...]
    label: tuple[str, ...]
    frightens: tuple[bool, ...]
    lived_in: tuple[bool, ...]
    crossed: tuple[bool, ...]
    abroad: tuple[bool, ...] = ()  # empty: none is

    @property
    def countries(self) -> list[int]:
        """The countries abroad, as numbers of sides."""
        return [i for i, is_country in enumerate(self.abroad) if is_country]

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the countries abroad."""
        return tuple(self.name[i] for i in self.countries)

    @property
    def sides(self) -> tuple[str, ...]:
        """The names of those who hold ground at home."""
        return tuple(name for i, name in enumerate(self.name) if i not in self.countries)

    def with_countries(self, labels: Mapping[str, str]) -> Holders:
        """The same sides, and behind them countries abroad by code, which one enters at gates alone."""
        n, more = len(self.name), len(labels)
        return Holders(
            name=(*self.name, *labels),
            label=(*self.label, *labels.values()),
            frightens=(*self.frightens, *[False] * more),
            lived_in=(*self.lived_in, *[True] * more),
            crossed=(*self.crossed, *[False] * more),
            abroad=(*[False] * n, *[True] * more),
        )

    def index(self, name: str) -> int:
        """The number of a side by its name; ValueError if there is none of that name."""
        return self.name.index(name)

    def closed(self, control: Ints | int) -> Bools:
        """Whether each place is closed to those who flee, by who holds it; any shape."""
        return ~np.array(self.lived_in)[control]

    def taken(self, before: Ints, after: Ints) -> Bools:
        """Whether ground changed hands for those who flee, any shape: closed now and not before, or another side's now.

        Ground that was closed and is open again counts as not taken: people may return.
        """
        found: Bools = ~self.closed(before) & (self.closed(after) | (np.asarray(before) != np.asarray(after)))
        return found

    def apart(self, control: Ints) -> Ints:
        """Alike for ground between which every road may be taken, by who holds it; -2 for closed ground."""
        own = np.where(self.crossed, len(self.name), np.arange(len(self.name)))
        return np.where(self.closed(control), -2, own[control])


# What a case without sides of its own has: those of north-west Syria.
SYRIA = Holders(
    name=("opposition", "sna", "government", "sdf"),
    label=("the opposition", "the SNA", "the government", "the SDF"),
    frightens=(False, False, True, True),
    lived_in=(True, True, False, False),
    crossed=(False, False, False, False),
)


@dataclass(frozen=True)
class Places:
    """The P places. Persons are those present at the start; ``idps`` include people in sites."""

    place_id: list[str]
    name: list[str]
    name_local: list[str]  # in the language that its areas say
    area: Ints  # (P,) row of Areas
    lat: Floats  # (P,) degrees
    lon: Floats  # (P,) degrees
    residents_persons: Floats  # (P,)
    idps_persons: Floats  # (P,)
    control: Ints  # (P,) who holds it, an index into the world's holders

    def __len__(self) -> int:
        return len(self.place_id)


@dataclass(frozen=True)
class Noun:
    """What a thing is called, of one and of many: ``Noun("commune", "communes")``."""

    one: str
    many: str

    @classmethod
    def of(cls, one: str) -> Noun:
        """With the plural of an English word: ``county`` makes counties, ``parish`` parishes."""
        if one.endswith("y") and one[-2:-1] not in "aeiou":
            return cls(one, f"{one[:-1]}ies")
        return cls(one, f"{one}es" if one.endswith(("s", "x", "ch", "sh")) else f"{one}s")

    def counted(self, n: int) -> str:
        """``"1 commune"``, ``"1,200 communes"``."""
        return f"{n:,} {self.one if n == 1 else self.many}"


@dataclass(frozen=True)
class Currency:
    """The money of a country: its code, and how much of it one US dollar is."""

    code: str
    per_usd: float


AREA = Noun("area", "areas")  # of a case that does not say what its areas are called


@dataclass(frozen=True)
class Within:
    """What each of the A areas lies in, on one admin level above: what such an area is called, P-codes and names."""

    noun: Noun
    area_id: list[str]
    name: list[str]


@dataclass(frozen=True)
class Areas:
    """The A areas of the case's finest admin level that have at least one place."""

    area_id: list[str]
    name: list[str]
    name_local: list[str]
    within: tuple[Within, ...]  # the levels above, level 1 first
    gateway: Ints  # (A,) the place through which one enters: the most populous one
    noun: Noun = AREA  # what products call one of them
    language: str = "ar"  # of name_local

    @property
    def level(self) -> int:
        """Their admin level: 2, 3 or 4."""
        return len(self.within) + 1

    @property
    def code_column(self) -> str:
        """What tables for others call the P-code: ``adm3_pcode``."""
        return f"adm{self.level}_pcode"

    @property
    def name_column(self) -> str:
        """What tables for others call the English name: ``adm3_name``."""
        return f"adm{self.level}_name"

    @property
    def levels(self) -> tuple[Within, ...]:
        """What each area lies in, level 1 first, and the areas themselves last."""
        return (*self.within, Within(self.noun, self.area_id, self.name))

    @property
    def columns(self) -> dict[str, list[str]]:
        """P-codes and names of all levels, as tables for others have them: ``adm1_pcode``, ``adm1_name`` …"""
        named: dict[str, list[str]] = {}
        for level, each in enumerate(self.levels, start=1):
            named |= {f"adm{level}_pcode": each.area_id, f"adm{level}_name": each.name}
        return {**named, f"{self.name_column}_{self.language}": self.name_local}

    @property
    def all_names(self) -> dict[str, str]:
        """English name by P-code, of areas of every level."""
        return {
            code: name for each in self.levels for code, name in zip(each.area_id, each.name, strict=True)
        }

    def row_of(self, name: str) -> int | None:
        """The area of this P-code or name, upper and lower case alike; None if there is none, or more than one."""
        if name in self.area_id:
            return self.area_id.index(name)
        named = [row for row, own in enumerate(self.name) if own.casefold() == name.casefold()]
        return named[0] if len(named) == 1 else None

    def __len__(self) -> int:
        return len(self.area_id)


@dataclass(frozen=True)
class Roads:
    """The E roads, two-way. Node numbers are place rows, then P + crossing rows."""

    road_id: list[str]
    u: Ints  # (E,)
    v: Ints  # (E,)
    km: Floats  # (E,)
    road_class: list[str]
    free_flow_kmh: Floats  # (E,)
    lanes: Floats  # (E,) each way
    capacity_vehicles_h: Floats  # (E,) each way
    geometry: list[str]
    ref: list[str]

    def __len__(self) -> int:
        return len(self.road_id)


@dataclass(frozen=True)
class Crossings:
    """The X crossings: gates of the border with the next country, and gates between areas of control."""

    crossing_id: list[str]
    name: list[str]
    is_border: Bools  # (X,) True: leads abroad; False: internal
    lat: Floats
    lon: Floats
    place: Ints  # (X,) nearest place
    rule: Ints  # (X,) index into BORDER_RULES at the start
    throughput_persons_h: Floats  # (X,) when open
    country: Ints | None = (
        None  # (X,) the country abroad, a side's number, that it says it leads to; HOME: it does not
    )

    def __len__(self) -> int:
        return len(self.crossing_id)


@dataclass(frozen=True)
class Facilities:
    """The F health facilities, at their town's point."""

    facility_id: list[str]
    place: Ints  # (F,)
    is_hospital: Bools  # (F,)
    functioning: Bools  # (F,) at the start

    def __len__(self) -> int:
        return len(self.facility_id)


@dataclass(frozen=True)
class Departures:
    """How many people left a place on a day, where that is known; a row each, by date and place."""

    date: tuple[dt.date, ...]
    place_id: tuple[str, ...]
    persons: Floats

    def by_day(self, place_ids: list[str], first: dt.date, days: int) -> Floats:
        """(P, days) people who leave each place on each day from ``first`` on; other days are left out."""
        row = {name: i for i, name in enumerate(place_ids)}
        found = np.zeros((len(place_ids), days))
        for when, place, persons in zip(self.date, self.place_id, self.persons.tolist(), strict=True):
            if 0 <= (when - first).days < days:
                found[row[place], (when - first).days] += persons
        return found

    def __len__(self) -> int:
        return len(self.date)


@dataclass(frozen=True)
class World:
    """Everything that stays as it is during a run."""

    name: str
    manifest: Mapping[str, Any]
    places: Places
    areas: Areas
    roads: Roads
    room_persons: Floats  # (P, R) free room on each rung at the start; open air is infinite
    site_population_persons: Floats  # (P,) people in sites at the start, part of idps_persons
    crossings: Crossings
    facilities: Facilities
    observations: list[dict[str, Any]] = field(default_factory=list)
    folder: Path | None = None  # where outlines and lines for maps are
    holders: Holders = SYRIA
    departures: Departures | None = None  # where the case knows them

    def hostile(self, control: Ints | int) -> Bools:
        """Whether ground is closed to those who flee, by who holds it: nobody stays there or goes there."""
        return self.holders.closed(control)

    @cached_property
    def country(self) -> Ints:
        """(P,) the country abroad in which each place lies, as the number of a side; HOME at home."""
        control = self.places.control
        return np.where(np.isin(control, self.holders.countries), control, HOME)

    @cached_property
    def at_home(self) -> Bools:
        """(P,) places that lie in the country of the case, not abroad."""
        return np.asarray(self.country == HOME)

    def one_country(self, one: Ints | int, other: Ints | int) -> Bools:
        """Whether places, given by row, lie in one country; elsewhere nothing is felt of what happens at the other."""
        return np.asarray(self.country[one] == self.country[other])

    @cached_property
    def _touched(self) -> Bools:
        """(X, H + 1) the countries in which the places lie to which each crossing has a road; home is the last."""
        n = len(self.places)
        touched = np.zeros((len(self.crossings), len(self.holders.name) + 1), bool)
        for gate, place in ((self.roads.u - n, self.roads.v), (self.roads.v - n, self.roads.u)):
            road = (gate >= 0) & (place < n)
            touched[gate[road], self.country[place[road]]] = True
        return touched

    @cached_property
    def gates_to(self) -> Bools:
        """(X, H + 1) the countries that each border gate joins or says it leads to; home is the last."""
        gates, named = self.crossings, np.zeros_like(self._touched)
        if gates.country is not None:
            said = np.flatnonzero(gates.country != HOME)
            named[said, gates.country[said]] = True
        return (self._touched | named) & gates.is_border[:, None]

    @cached_property
    def on_the_way(self) -> Bools:
        """(X,) border gates with a road onward to a place in another country; at the others the journey ends."""
        return np.asarray(self.crossings.is_border & (self._touched.sum(axis=1) > 1))

    @cached_property
    def ends_the_journey(self) -> Bools:
        """(X,) border gates behind which nothing is modelled: who passes one is abroad, and the story ends."""
        return self.crossings.is_border & ~self.on_the_way

    @cached_property
    def xy_km(self) -> Floats:
        """(P, 2) east and north of the places' mean point in km, as maps show them (equirectangular).

        Off by under 0.3 % over 200 km, by some per cent over 1,000 km. Distances are those of `km_between`.
        """
        return self.project(self.places.lat, self.places.lon)

    @property
    def middle_longitude(self) -> float:
        """Degrees east of the places' mean point, where they lie on both sides of 180 degrees too."""
        lon = self.places.lon
        return float((lon if np.ptp(lon) <= 180 else lon % 360).mean())

    def project(self, lat: npt.ArrayLike, lon: npt.ArrayLike) -> Floats:
        """(n, 2) km of points given in degrees, in the frame of ``xy_km``; longitudes may wrap at 180 degrees."""
        lat0, lon0 = float(self.places.lat.mean()), self.middle_longitude
        per_degree_km = np.pi * EARTH_RADIUS_KM / 180
        turned = np.asarray(lon, float) - lon0
        turned = turned - 360 * np.rint(turned / 360)  # to the nearer side
        east = turned * per_degree_km * np.cos(np.radians(lat0))
        north = (np.asarray(lat, float) - lat0) * per_degree_km
        return np.column_stack([east, north])

    @cached_property
    def wide(self) -> bool:
        """Whether the places span more than a plane can show (``WIDE_KM``): then distances are on the sphere."""
        return bool(np.hypot(*np.ptp(self.xy_km, axis=0)) > WIDE_KM)

    @cached_property
    def at_km(self) -> Floats:
        """(P, 3) the places as `locate` has them."""
        return self.locate(self.places.lat, self.places.lon)

    def locate(self, lat: npt.ArrayLike, lon: npt.ArrayLike) -> Floats:
        """(n, 3) km of points given in degrees: in the plane of ``xy_km``; in a wide case from the earth's middle."""
        if not self.wide:
            xy_km = self.project(lat, lon)
            return np.column_stack([xy_km, np.zeros(len(xy_km))])
        phi, around = np.radians(np.asarray(lat, float)), np.radians(np.asarray(lon, float))
        circle = np.cos(phi)
        return EARTH_RADIUS_KM * np.column_stack(
            [circle * np.cos(around), circle * np.sin(around), np.sin(phi)]
        )

    def apart_km(self, one: Floats, other: Floats) -> Floats:
        """Straight km over ground between points of `locate`; their shapes (..., 3) broadcast."""
        apart = one - other
        through: Floats = np.sqrt(apart[..., 0] ** 2 + apart[..., 1] ** 2 + apart[..., 2] ** 2)
        return np.asarray(over_ground_km(through) if self.wide else through)

    def km_between(self, one: Ints | int, other: Ints | int) -> Floats:
        """Straight km between places, given by row; their shapes broadcast. No table of all pairs is ever made."""
        return self.apart_km(self.at_km[one], self.at_km[other])

    @cached_property
    def road_straight_km(self) -> Floats:
        """(E,) straight km between the ends of each road."""
        nodes = np.vstack([self.at_km, self.locate(self.crossings.lat, self.crossings.lon)])
        return self.apart_km(nodes[self.roads.u], nodes[self.roads.v])

    def km_from(self, place: int) -> Floats:
        """(P,) straight km from one place, given by row, to each."""
        return self.km_between(place, np.arange(len(self.places)))

    @property
    def node_ids(self) -> list[str]:
        """(N,) the road nodes: places, then crossings."""
        return self.places.place_id + self.crossings.crossing_id

    @cached_property
    def graph(self) -> nx.Graph:
        """The road graph by P-code: edges carry road_id, km, road_class, free_flow_kmh, lanes, capacity."""
        import networkx as nx  # not needed to run

        graph: nx.Graph = nx.Graph(name=self.name)
        p = self.places
        for i, place_id in enumerate(p.place_id):
            graph.add_node(place_id, name=p.name[i], lat=float(p.lat[i]), lon=float(p.lon[i]), kind="place")
        for i, crossing_id in enumerate(self.crossings.crossing_id):
            graph.add_node(crossing_id, name=self.crossings.name[i], kind="crossing")
        ids, r = self.node_ids, self.roads
        for e, road_id in enumerate(r.road_id):
            graph.add_edge(
                ids[r.u[e]],
                ids[r.v[e]],
                road_id=road_id,
                km=float(r.km[e]),
                road_class=r.road_class[e],
                free_flow_kmh=float(r.free_flow_kmh[e]),
                lanes=float(r.lanes[e]),
                capacity_vehicles_h=float(r.capacity_vehicles_h[e]),
                geometry=r.geometry[e],
            )
        return graph

    @property
    def persons(self) -> float:
        """Everybody present at the start."""
        return float(self.places.residents_persons.sum() + self.places.idps_persons.sum())
