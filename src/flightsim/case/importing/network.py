"""A road network as a graph of points and pieces of road, drawn way by way, and simplified where that loses nothing."""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph
from scipy.spatial import cKDTree

from flightsim.errors import InputError
from flightsim.world import Floats, Ints

EARTH_RADIUS_KM = 6371.0
STRAY_KM = 10.0  # assumption: a piece of network shorter than this and joined to nothing is a slip of the map


@dataclass(frozen=True)
class RoadClass:
    """What a class of road carries, each way, undamaged. Speeds and capacities are those of the shipped cases."""

    name: str
    free_flow_kmh: float
    lanes: float
    capacity_vehicles_h: float  # a lane


CLASSES = (  # assumption, all of them: laden cars and trucks on Syrian roads, docs/data.md
    RoadClass("motorway", 80, 2, 1200),
    RoadClass("primary", 60, 1, 1200),
    RoadClass("secondary", 40, 1, 800),
    RoadClass("tertiary", 30, 1, 500),
    RoadClass("track", 25, 1, 300),
)
ACCESS = 3  # the class of the way from a place to its road
TAGS = {  # OSM's classes and ours; their links (ramps) go with them
    "motorway": 0,
    "trunk": 1,
    "primary": 1,
    "secondary": 2,
    "tertiary": 3,
    "unclassified": 3,
    "residential": 3,
    "living_street": 3,
    "road": 3,
    "track": 4,
}
FERRY_KMH, FERRY_CLASS = 10.0, 4  # assumption: as a slow track
CLOSED = ("no", "private")
MPH_KMH = 1.609344


@dataclass(frozen=True)
class Network:
    """(n,) points in degrees; (m,) pieces between two of them."""

    lat: Floats
    lon: Floats
    u: Ints
    v: Ints
    km: Floats
    road_class: Ints  # row in CLASSES
    kmh: Floats
    lanes: Floats  # each way
    ref: Sequence[str]

    @property
    def hours(self) -> Floats:
        """(m,) to drive along each piece when it is free."""
        return self.km / self.kmh


class Drawing:
    """A network while it is being read: points by their id, ways as lists of points."""

    def __init__(self, highways: Sequence[str], ferries: bool) -> None:
        self.highways, self.ferries = frozenset(highways), ferries
        self.row: dict[object, int] = {}
        self.points: list[tuple[float, float]] = []
        self.pieces: list[tuple[int, int, float, int, float, float, str]] = []
        self.left_out: Counter[str] = Counter()
        self.n_one_way = self.n_ways = 0
        self.ferry_km = 0.0

    def wants(self, tags: Mapping[str, str]) -> bool:
        """Whether a way is a road, or a ferry, that was asked for; others are counted by what they are."""
        if _is_ferry(tags):
            return True
        highway = tags.get("highway", "").removesuffix("_link")
        if not highway:
            return False
        if highway not in self.highways:
            self.left_out[highway] += 1
        elif tags.get("access") in CLOSED or tags.get("motor_vehicle") in CLOSED:
            self.left_out["closed to traffic"] += 1
        else:
            return True
        return False

    def way(
        self, points: Sequence[tuple[object, float, float]], tags: Mapping[str, str], km: float | None = None
    ) -> None:
        """Add a way through points (id, lat, lon). ``km``: its length, if it is known better than from the points."""
        along = [distance_km(a[1], a[2], b[1], b[2]) for a, b in itertools.pairwise(points)]
        is_ferry = _is_ferry(tags)
        if is_ferry:
            self.ferry_km += km or sum(along)
            if not self.ferries:
                return
        stretch = km / sum(along) if km and sum(along) > 0 else 1.0
        road_class = FERRY_CLASS if is_ferry else TAGS[tags["highway"].removesuffix("_link")]
        one_way = tags.get("oneway", "").lower() in ("yes", "true", "1", "-1", "reverse")
        kmh = FERRY_KMH if is_ferry else _kmh(tags, road_class)
        lanes = _lanes(tags, road_class, one_way)
        rows = [self._row(*point) for point in points]
        for u, v, length in zip(rows, rows[1:], along, strict=False):
            self.pieces.append((u, v, length * stretch, road_class, kmh, lanes, tags.get("ref", "")))
        self.n_ways += 1
        self.n_one_way += one_way

    def _row(self, key: object, lat: float, lon: float) -> int:
        if key not in self.row:
            if not (abs(lat) <= 90 and abs(lon) <= 180):
                raise InputError(
                    f"point {key} lies at {lat:g}, {lon:g}; expected degrees, not projected coordinates"
                )
            self.row[key] = len(self.points)
            self.points.append((lat, lon))
        return self.row[key]

    def network(self) -> tuple[Network, str]:
        """The network, of loops none and of parallel pieces the shortest, and a sentence on what was bent for that."""
        if not self.pieces:
            found = ", ".join(f"{n:,} of {name}" for name, n in self.left_out.most_common(8))
            raise InputError(f"no road of the classes asked for was found; left out: {found or 'nothing'}")
        u, v, km, road_class, kmh, lanes, ref = zip(*self.pieces, strict=True)
        ends = np.sort(np.array([u, v], dtype=np.int64), axis=0)
        length = np.maximum(np.array(km, dtype=float), 1e-6)
        loops = ends[0] == ends[1]
        order = np.lexsort((length, ends[1], ends[0]))
        order = order[~loops[order]]
        same = np.r_[False, (np.diff(ends[:, order], axis=1) == 0).all(axis=0)]
        longer = same & np.r_[False, np.diff(length[order]) > 0.001 * length[order][1:]]
        keep = order[~same]
        lat, lon = np.array(self.points, dtype=float).T
        network = Network(
            lat, lon, ends[0, keep], ends[1, keep], length[keep], np.array(road_class)[keep],
            np.array(kmh, dtype=float)[keep], np.array(lanes, dtype=float)[keep], [ref[i] for i in keep],
        )  # fmt: skip
        return network, (
            f"{self.n_ways:,} ways, {network.km.sum():,.0f} km; {self.n_one_way:,} one-way ones are taken as two-way; "
            f"{int(loops.sum()):,} loops and {int(longer.sum()):,} longer parallels left out"
        )


def distance_km(lat: float, lon: float, lat2: float, lon2: float) -> float:
    """Great-circle distance (haversine)."""
    a, b, c, d = (math.radians(x) for x in (lat, lon, lat2, lon2))
    half = math.sin((c - a) / 2) ** 2 + math.cos(a) * math.cos(c) * math.sin((d - b) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(half)))


def _is_ferry(tags: Mapping[str, str]) -> bool:
    return tags.get("route") == "ferry" and not tags.get("highway")


def _kmh(tags: Mapping[str, str], road_class: int) -> float:
    """The class's speed, or the limit on a sign if that is lower."""
    free = CLASSES[road_class].free_flow_kmh
    said = re.fullmatch(r"(\d{1,3}(?:\.\d+)?)\s*(mph)?", single(tags.get("maxspeed", "")))
    limit = float(said[1]) * (MPH_KMH if said[2] else 1) if said else 0
    return min(free, limit) if limit >= 5 else free


def _lanes(tags: Mapping[str, str], road_class: int, one_way: bool) -> float:
    """Lanes each way: OSM counts those of both directions together."""
    said = re.fullmatch(r"(\d{1,2})(?:\.0)?", single(tags.get("lanes", "")))
    if not said or not int(said[1]):
        return CLASSES[road_class].lanes
    return max(1.0, float(said[1]) if one_way else int(said[1]) // 2)


def single(text: str) -> str:
    """The first of several values, as ``['40', '60']`` in a graph of osmnx or ``40;60`` in OSM."""
    return re.split(r"[;,|]", text.strip("[]"))[0].strip(" '\"")


def parts(network: Network) -> tuple[Ints, Floats]:
    """(n,) the piece of connected network that each point is of, and the km of each, the longest first."""
    n = len(network.lat)
    graph = sparse.csr_array((np.ones(len(network.u)), (network.u, network.v)), shape=(n, n))
    _, label = csgraph.connected_components(graph, directed=False)
    km = np.zeros(int(label.max()) + 1)
    np.add.at(km, label[network.u], network.km)
    rank = np.empty(len(km), dtype=np.int64)
    rank[np.argsort(-km, kind="stable")] = np.arange(len(km))
    part: Ints = rank[label]
    return part, -np.sort(-km)


def snapped(network: Network, lat: Floats, lon: Floats, within_km: float) -> tuple[Ints, Floats]:
    """(s,) the point of the network nearest to each place and km to it; -1 if there is none within ``within_km``.

    A point on a stray piece of network is taken only where there is no other.
    """
    part, part_km = parts(network)
    used = np.unique(np.concatenate([network.u, network.v]))
    found, km = np.full(len(lat), -1, dtype=np.int64), np.full(len(lat), np.inf)
    for rows in (used[part_km[part[used]] >= STRAY_KM], used):
        open_ = np.flatnonzero(found < 0)
        if len(rows) and len(open_):
            tree = cKDTree(on_sphere(network.lat[rows], network.lon[rows]))
            chord, at = map(np.asarray, tree.query(on_sphere(lat[open_], lon[open_])))
            arc = 2 * np.arcsin(np.clip(chord / 2, 0, 1)) * EARTH_RADIUS_KM
            near = arc <= within_km
            found[open_[near]], km[open_[near]] = rows[at[near]], arc[near]
    return found, km


def on_sphere(lat: Floats, lon: Floats) -> Floats:
    """(n, 3) points on a sphere of radius 1, where neither the poles nor the date line are special."""
    a, b = np.radians(lat), np.radians(lon)
    return np.column_stack([np.cos(a) * np.cos(b), np.cos(a) * np.sin(b), np.sin(a)])
