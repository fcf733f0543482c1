"""Roads: the main-road graph of the sources, corrected, and inferred connectors for the other communities."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import pairwise

import networkx as nx
import numpy as np
from scipy.spatial import cKDTree
from sources import Row, Sources, number, to_xy
from through_roads import SHORTER_THAN, through_roads

MEASURED_SHORT_BY = 0.08  # skeleton lengths run 8 % short: bends between junctions are straightened
PLAIN_FACTOR, HILL_FACTOR = 1.30, 1.45  # road over straight line, after 40 known route distances
HILLS = ("SY0203", "SY0703", "SY0704", "SY0705", "SY06")
ON_ROAD_KM = 1.2  # a community this near to a measured road lies on it
TOWN_REACH_KM = 8.0
NEIGHBOURS = 12
WAYS_OUT = 3  # connectors sought by a community that is off the main roads
DEIR_BALLUT_GHAZAWIYA_KM = 18.0  # SOHR: between the villages of the two crossings, on SNA ground
SKELETON = "(c) OpenStreetMap contributors (ODbL) via scgraph_data 2.0.0; lengths x1.08"
INFERRED_TOWN = "inferred between towns (x1.30 plain, x1.45 hills)"
CONNECTOR = "inferred connector (x1.30 plain, x1.45 hills)"
SOHR = "SOHR: Deir Ballut to Ghazawiya about 18 km"
# class: free-flow km/h, lanes each way, capacity in vehicles an hour each way (domain: 1,200 / 800 / 300)
CLASSES = {
    "motorway": (80, 2, 2400),  # speed: assumption
    "primary": (60, 1, 1200),
    "secondary": (40, 1, 800),
    "tertiary": (30, 1, 500),  # assumption
    "track": (25, 1, 300),
}
GEOMETRY = {"measured_simplified": "measured", "mixed": "mixed", "inferred": "inferred"}


@dataclass(frozen=True)
class Road:
    """One road between two nodes (places or crossings)."""

    u: str
    v: str
    km: float
    road_class: str
    geometry: str
    ref: str
    source: str


class Network:
    """Builds the roads of the case."""

    def __init__(self, src: Sources, places: list[str], crossings: list[Row]) -> None:
        self.src, self.places = src, places
        self.gate_point = {row["id"]: (number(row["lat"]), number(row["lon"])) for row in crossings}
        self.nodes = set(places) | set(self.gate_point)
        self.roads: dict[tuple[str, str], Road] = {}
        self.tree = cKDTree(src.xy(sorted(src.gazetteer)))
        self.everybody = sorted(src.gazetteer)
        self.main_nodes: set[str] = set()
        self._main_roads()
        self._through_roads()
        self._internal_road()
        for zone in (("opposition",), ("sna",), ("government", "sdf")):
            members = [p for p in places if src.control[p] in zone]
            self._connectors(members, zone)
            self._join(members, zone)

    def zone(self, pcode: str) -> str:
        """Control of a community (crossings: blank)."""
        return self.src.control.get(pcode, "")

    def point(self, node: str) -> np.ndarray:
        """Where a node is, in km east and north."""
        if node in self.gate_point:
            return to_xy(np.array([self.gate_point[node]]))[0]
        return self.src.xy([node])[0]

    def add(self, road: Road) -> None:
        """Keeps the shorter of two roads between the same nodes."""
        key = (min(road.u, road.v), max(road.u, road.v))
        if road.u != road.v and (key not in self.roads or road.km < self.roads[key].km):
            self.roads[key] = Road(*key, round(max(road.km, 0.2), 2), *list(vars(road).values())[3:])

    def _main_roads(self) -> None:
        shapes = {
            (f["properties"]["u"], f["properties"]["v"]): f["geometry"]["coordinates"]
            for f in self.src.geojson("geography/town_edges")
        }
        for row in self.src.rows("geography/town_edges"):
            u, v = row["u"], row["v"]
            if u not in self.nodes or v not in self.nodes:
                continue
            if {self.zone(u), self.zone(v)} == {"opposition", "sna"}:
                continue  # only the two internal crossings join these
            if {u, v} == {"C1435", "HAM"}:
                continue  # border gates are leaves: Al-Hamam keeps its own village
            share = number(row["measured_share"])
            km = number(row["km"]) * (1 + MEASURED_SHORT_BY * share)
            geometry = GEOMETRY[row["geom"]]
            sna = {self.zone(u), self.zone(v)} == {"sna"}
            ref = (
                "" if sna and row["ref"] in ("M4", "M5") else row["ref"]
            )  # there a path search set it wrongly
            source = INFERRED_TOWN if geometry == "inferred" else SKELETON
            stops = [(0.0, u), (1.0, v)]
            if geometry == "measured":
                stops = self._stops(u, v, shapes[(u, v)])
            road_class = main_class(ref, share)
            self._lay(stops, Road(u, v, km, road_class, geometry, ref, source))

    def _lay(self, stops: list[tuple[float, str]], whole: Road) -> None:
        """Adds a main road in pieces between its stops."""
        self.main_nodes.update(node for _, node in stops)
        for (start, a), (end, b) in pairwise(stops):
            self.add(replace(whole, u=a, v=b, km=whole.km * (end - start)))

    def _through_roads(self) -> None:
        """Adds measured roads that pass the towns on the way, where they are clearly shorter."""
        towns = sorted(
            p for p in self.src.town_ids & set(self.places) if self.zone(p) in ("opposition", "sna")
        )
        graph = nx.Graph()
        graph.add_nodes_from(towns)
        for road in self.roads.values():
            graph.add_edge(road.u, road.v, km=road.km)
        for way in through_roads(self.src, towns, 1 + MEASURED_SHORT_BY):
            zones = {self.zone(way.u), self.zone(way.v)}
            inside = {
                self.zone(self.everybody[self.tree.query(xy)[1]]) for xy in to_xy(np.array(way.line)[:, ::-1])
            }
            if len(zones) > 1 or not inside <= zones:
                continue
            now = nx.single_source_dijkstra_path_length(graph, way.u, cutoff=3 * way.km, weight="km")
            if way.km < SHORTER_THAN * now.get(way.v, np.inf):
                stops = self._stops(way.u, way.v, way.line)
                road_class = main_class(way.ref, 1.0)
                self._lay(stops, Road(way.u, way.v, way.km, road_class, "measured", way.ref, SKELETON))
                graph.add_edge(way.u, way.v, km=way.km)

    def _stops(self, u: str, v: str, line: list[list[float]]) -> list[tuple[float, str]]:
        """The ends of a measured road and the communities on it, by share of the way."""
        way = to_xy(np.array([(lat, lon) for lon, lat in line]))
        if np.hypot(*(way[0] - self.point(u))) > np.hypot(*(way[-1] - self.point(u))):
            way = way[::-1]
        steps = np.hypot(*np.diff(way, axis=0).T)
        total = steps.sum()
        sides = {self.zone(u), self.zone(v)} - {""}
        found = {u: (0.0, 0.0), v: (1.0, 0.0)}
        done = 0.0
        for (a, b), step in zip(pairwise(way), steps, strict=True):
            if step == 0:
                continue
            nearby = self.tree.query_ball_point((a + b) / 2, step / 2 + ON_ROAD_KM)
            for i in sorted(nearby):
                p = self.everybody[i]
                if p in (u, v) or p not in self.nodes or self.zone(p) not in sides:
                    continue
                xy = self.tree.data[i]
                along = float(np.clip(np.dot(xy - a, b - a) / step**2, 0, 1))
                off = float(np.hypot(*(xy - (a + along * (b - a)))))
                share = (done + along * step) / total
                if off <= ON_ROAD_KM and 0.03 < share < 0.97 and (p not in found or off < found[p][1]):
                    found[p] = (share, off)
            done += step
        return sorted((share, p) for p, (share, _) in found.items())

    def _internal_road(self) -> None:
        """The road between the villages of the two internal crossings, with the length that is reported."""
        villages = ("C1378", "C1435")
        self.add(Road(*villages, DEIR_BALLUT_GHAZAWIYA_KM, "secondary", "inferred", "", SOHR))

    def factor(self, a: str, b: str) -> float:
        """Road length over straight line."""
        hilly = any(self.src.gazetteer[p]["adm3_pcode"].startswith(HILLS) for p in (a, b))
        return HILL_FACTOR if hilly else PLAIN_FACTOR

    def connect(self, a: str, b: str) -> None:
        """An inferred connector."""
        factor = self.factor(a, b)
        straight = float(np.hypot(*(self.point(a) - self.point(b))))
        road_class = "track" if factor == HILL_FACTOR else "tertiary"
        self.add(Road(a, b, straight * factor, road_class, "inferred", "", CONNECTOR))

    def _clear(self, a: str, b: str, zone: tuple[str, ...]) -> bool:
        """True when the straight way from a to b runs through ground of the same holder."""
        start, end = self.point(a), self.point(b)
        for share in (0.25, 0.5, 0.75):
            _, i = self.tree.query(start + share * (end - start))
            if self.zone(self.everybody[i]) not in zone:
                return False
        return True

    def _connectors(self, members: list[str], zone: tuple[str, ...]) -> None:
        """Ties each community that is not on a main road to the nearest main-road node and a neighbour."""
        xy = self.src.xy(members)
        tree = cKDTree(xy)
        mains = [p for p in members if p in self.main_nodes]
        main_tree = cKDTree(self.src.xy(mains))
        for p, at in zip(members, xy, strict=True):
            if p in self.main_nodes:
                continue
            km, near = main_tree.query(at, k=min(3, len(mains)))
            to_main = [mains[i] for d, i in zip(km, near, strict=True) if d <= TOWN_REACH_KM]
            others = [members[i] for i in tree.query(at, k=min(NEIGHBOURS, len(members)))[1]]
            others = [q for q in others if q != p]
            chosen = [q for q in to_main if self._clear(p, q, zone)][:1]
            wanted = 1 if zone[0] == "government" else WAYS_OUT
            for q in others:
                if len(chosen) < wanted and q not in chosen and self._clear(p, q, zone):
                    chosen.append(q)
            for q in chosen or others[:1]:
                self.connect(p, q)

    def _join(self, members: list[str], zone: tuple[str, ...]) -> None:
        """Adds the shortest connectors that make the members one component among themselves."""
        while True:
            groups = components(members, self.roads)
            if len(groups) == 1:
                return
            smallest = min(groups, key=lambda g: (len(g), min(g)))
            rest = [p for p in members if p not in smallest]
            inside = sorted(smallest)
            km, near = cKDTree(self.src.xy(rest)).query(self.src.xy(inside))
            i = int(np.argmin(km))
            self.connect(inside[i], rest[int(near[i])])


def main_class(ref: str, measured_share: float) -> str:
    """Class of a main road, by its number and by how much of it was measured."""
    if ref in ("M4", "M5"):
        return "motorway"
    if ref or measured_share >= 0.7:
        return "primary"
    return "secondary"


def components(members: list[str], roads: dict[tuple[str, str], Road]) -> list[set[str]]:
    """Groups of members joined by roads between members."""
    wanted = set(members)
    around: dict[str, list[str]] = defaultdict(list)
    for u, v in roads:
        if u in wanted and v in wanted:
            around[u].append(v)
            around[v].append(u)
    groups, seen = [], set()
    for start in members:
        if start in seen:
            continue
        group, todo = {start}, [start]
        while todo:
            for q in around[todo.pop()]:
                if q not in group:
                    group.add(q)
                    todo.append(q)
        seen |= group
        groups.append(group)
    return groups
