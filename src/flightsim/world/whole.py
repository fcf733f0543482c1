"""A world: its tables as one, and what lies where and how far apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from flightsim.world.arrays import Bools, Floats, Ints
from flightsim.world.holders import HOME, SYRIA, Holders
from flightsim.world.tables import Areas, Crossings, Departures, Facilities, Places, Roads

if TYPE_CHECKING:
    import networkx as nx

EARTH_RADIUS_KM = 6371.0
WIDE_KM = 500.0  # assumption: up to here a plane is good enough, and cheaper


def over_ground_km(through_km: Floats) -> Floats:
    """Km along a great circle of what is so far apart straight through the earth."""
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.minimum(through_km / (2 * EARTH_RADIUS_KM), 1.0)))


def through_earth_km(over_ground: float) -> float:
    """The other way round: km straight through the earth of km along a great circle, up to half around."""
    return float(2 * EARTH_RADIUS_KM * np.sin(min(over_ground / (2 * EARTH_RADIUS_KM), np.pi / 2)))


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
    def transit(self) -> Bools:
        """(P,) places that nobody flees to: people from elsewhere only pass through."""
        given = self.places.transit
        return np.zeros(len(self.places), bool) if given is None else given

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
