"""Known road distances against the case's."""

from __future__ import annotations

import re

import networkx as nx
import numpy as np
from road_network import Network
from sources import Sources, number

POINTS = {
    "Maarat al-Numan": "C3985", "Maarat": "C3985", "Saraqib": "C3916", "Idlib": "C3871", "Idleb2": "C3871",
    "Bab al-Hawa": "BAH", "Ariha": "C4278", "Jisr ash-Shughur": "C4199", "Afrin": "C1366", "Azaz": "C1564",
    "Al Bab": "C1202", "Al_Bab": "C1202", "Jarablus": "C2227", "Deir Ballut": "C1435", "Ghazawiya": "C1378",
    "Dana": "C4126", "Harim": "C4115", "Jindires": "C1426", "Rajo": "C1484", "Oncupinar": "BAS",
    "Khirbet al-Joz": "KAJ", "Khan Shaykhun": "C3987", "Karkamis": "JAR",
}  # fmt: skip
SAME_POINTS = 0.15  # a reference is used where its straight line agrees with ours to this share


def checks(src: Sources, network: Network) -> list[list[object]]:
    """Rows: pair, reference km, case km, ratio, kind of reference."""
    graph = nx.Graph()
    for road in network.roads.values():
        graph.add_edge(road.u, road.v, km=road.km)
    rows: list[list[object]] = []
    seen: set[tuple[str, str]] = set()
    for row in src.rows("geography/distance_checks"):
        a, b = ends(row["pair"])
        numbers = [
            float(x)
            for x in re.findall(r"\d+(?:\.\d+)?", row["reference_km"].split("(")[0].split(" FabFlee")[0])
        ]
        usable = a in graph and b in graph and numbers and "straight" not in row["reference_km"]
        if not usable or (min(a, b), max(a, b)) in seen:
            continue
        straight = float(np.hypot(*(network.point(a) - network.point(b))))
        theirs = number(row["straight_km"])
        if abs(straight - theirs) > SAME_POINTS * theirs:
            continue
        seen.add((min(a, b), max(a, b)))
        reference = sum(numbers) / len(numbers)
        km = nx.shortest_path_length(graph, a, b, weight="km")
        rows.append([row["pair"].removeprefix("M5 "), reference, round(km, 1), round(km / reference, 2),
                     row["reference_km"].replace("~", "about ")])  # fmt: skip
    return rows


def ends(pair: str) -> tuple[str, str]:
    """The two nodes of a pair written as A-B, blank where a name is unknown."""
    name = pair.removeprefix("M5 ")
    for known, node in POINTS.items():
        if name.startswith(known + "-"):
            return node, POINTS.get(name[len(known) + 1 :], "")
    return "", ""
