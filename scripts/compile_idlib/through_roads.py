"""Main roads that run past towns: the towns' graph of the sources bends them through every town."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import networkx as nx
from sources import Sources

MOST_KM = 45.0
SHORTER_THAN = 0.93  # a through road is kept when it saves at least 7 % of the way
SKELETON_SHARE = 0.7


@dataclass(frozen=True)
class ThroughRoad:
    """A road between two towns on the skeleton alone; ``line`` is (lon, lat)."""

    u: str
    v: str
    km: float
    ref: str
    skeleton_share: float
    line: list[list[float]]


def through_roads(src: Sources, towns: list[str], scale: float) -> list[ThroughRoad]:
    """Roads between towns with no other town on them; skeleton lengths are multiplied by ``scale``."""
    graph = nx.read_graphml(src.folder / "geography/road_graph_nw_full.graphml")
    one_way = nx.DiGraph()  # roads lead into towns and not out of them, but for the one we start from
    for a, b, road in graph.edges(data=True):
        road["skeleton"] = road["kind"] == "osm_skeleton"
        road["way"] = road["km"] * (scale if road["skeleton"] else 1.0)
        for start, end in ((a, b), (b, a)):
            if graph.nodes[start]["node_type"] == "junction":
                one_way.add_edge(start, end, way=road["way"])
    found: list[ThroughRoad] = []
    for u in (u for u in towns if u in graph):
        out = [(u, v, graph[u][v]["way"]) for v in graph[u]]
        one_way.add_weighted_edges_from(out, weight="way")
        lengths, paths = nx.single_source_dijkstra(one_way, u, cutoff=MOST_KM, weight="way")
        one_way.remove_edges_from([(a, b) for a, b, _ in out])
        found += [way_between(graph, paths[v], lengths[v]) for v in towns if v > u and v in lengths]
    mostly = [road for road in found if road.skeleton_share >= SKELETON_SHARE]
    return sorted(mostly, key=lambda r: (r.km, r.u, r.v))


def way_between(graph: nx.Graph, nodes: list[str], length: float) -> ThroughRoad:
    """The road along ``nodes`` of the full graph."""
    steps = [graph[a][b] for a, b in pairwise(nodes)]
    on_skeleton = sum(step["way"] for step in steps if step["skeleton"])
    refs = sorted({step.get("ref") or "" for step in steps} - {""})
    line = [[float(graph.nodes[n]["lon"]), float(graph.nodes[n]["lat"])] for n in nodes]
    ref = refs[0] if len(refs) == 1 else ""
    return ThroughRoad(nodes[0], nodes[-1], length, ref, on_skeleton / length, line)
