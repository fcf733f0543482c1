"""Main roads that run past towns: the towns' graph of the sources bends them through every town on the way."""

from __future__ import annotations

from dataclasses import dataclass

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
    line: list[list[float]]


def through_roads(src: Sources, towns: list[str], scale: float) -> list[ThroughRoad]:
    """Roads between towns with no other town on them, by length; skeleton lengths are multiplied by ``scale``."""
    graph = nx.read_graphml(src.folder / "geography/road_graph_nw_full.graphml")
    for _, _, road in graph.edges(data=True):
        road["skeleton"] = road["kind"] == "osm_skeleton"
        road["way"] = road["km"] * (scale if road["skeleton"] else 1.0)
    junctions = [n for n, d in graph.nodes(data=True) if d["node_type"] == "junction"]
    found: list[ThroughRoad] = []
    for u in towns:
        reachable = graph.subgraph([*junctions, u, *(v for v in towns if v > u)])
        for v in (v for v in towns if v > u and v in reachable):
            road = between(reachable.subgraph([*junctions, u, v]), u, v)
            if road:
                found.append(road)
    return sorted(found, key=lambda r: (r.km, r.u, r.v))


def between(graph: nx.Graph, u: str, v: str) -> ThroughRoad | None:
    """The way from u to v, if it is short enough and mostly on the skeleton."""
    try:
        length, nodes = nx.single_source_dijkstra(graph, u, v, cutoff=MOST_KM, weight="way")
    except nx.NetworkXNoPath:
        return None
    steps = [graph[a][b] for a, b in zip(nodes[:-1], nodes[1:], strict=True)]
    on_skeleton = sum(step["way"] for step in steps if step["skeleton"])
    if on_skeleton < SKELETON_SHARE * length:
        return None
    refs = sorted({step.get("ref") or "" for step in steps} - {""})
    line = [[float(graph.nodes[n]["lon"]), float(graph.nodes[n]["lat"])] for n in nodes]
    return ThroughRoad(u, v, length, refs[0] if len(refs) == 1 else "", line)
