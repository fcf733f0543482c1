"""Outlines for maps, computed: Voronoi cells of communities, joined by sub-district; and three lines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import shapely
import shapely.ops
from road_network import Network
from shapely.geometry import LineString, MultiPoint, Point, Polygon, mapping, shape
from sources import Sources

AROUND_DEG = 0.07  # the study area reaches about 7 km around its places
SIMPLIFY_DEG = 0.004
BORDER_STEP_DEG = 0.05  # the border is our own sampling, a point every 5 km, to 0.01 degree
BORDER_FROM, BORDER_TO = Point(35.92, 35.92), Point(38.02, 36.83)  # Kasab coast to Jarablus
PLACES = 3
ROADS_WITHIN = shapely.box(36.0, 35.25, 37.2, 36.3)  # the M4 and M5 in and beside the Idleb area


def border_line(src: Sources) -> LineString:
    """The Turkish border, sampled along the outer edge of the sub-districts."""
    country = shapely.union_all(
        [shape(f["geometry"]) for f in src.geojson("geography/syr_nw_adm3_simplified")]
    )
    country = max(getattr(country, "geoms", [country]), key=lambda g: g.area)
    ring = LineString(country.exterior.coords)
    start, end = sorted((ring.project(BORDER_FROM), ring.project(BORDER_TO)))
    ways = [
        shapely.ops.substring(ring, start, end),
        shapely.ops.linemerge(
            [shapely.ops.substring(ring, end, ring.length), shapely.ops.substring(ring, 0, start)]
        ),
    ]
    way = max(ways, key=lambda line: line.centroid.y)
    n = int(way.length / BORDER_STEP_DEG)
    points = [way.interpolate(i / n, normalized=True) for i in range(n + 1)]
    line = LineString(dict.fromkeys((round(p.x, 2), round(p.y, 2)) for p in points))
    return line if line.coords[0][0] < line.coords[-1][0] else LineString(list(line.coords)[::-1])


def outlines(src: Sources, places: list[str], border: LineString) -> list[dict[str, Any]]:
    """Features of outlines.geojson, one a sub-district of the case."""
    everybody = sorted(src.gazetteer)
    points = [Point(float(src.gazetteer[p]["lon"]), float(src.gazetteer[p]["lat"])) for p in everybody]
    kept = dict(zip(everybody, points, strict=True))
    study = shapely.union_all([kept[p].buffer(AROUND_DEG, quad_segs=3) for p in places])
    study = study.buffer(0.05, quad_segs=2).buffer(-0.05, quad_segs=2).simplify(0.01)
    (x0, y0), (x1, y1) = border.coords[0], border.coords[-1]
    inside = Polygon([(x0 - 1, y0), *border.coords, (x1 + 1, y1), (x1 + 1, 34.0), (x0 - 1, 34.0)])
    study = study.intersection(shapely.make_valid(inside))
    cells = shapely.voronoi_polygons(MultiPoint(points), extend_to=study)
    tree = shapely.STRtree(points)
    by_area: dict[str, list[Polygon]] = {}
    for cell in cells.geoms:
        for i in tree.query(cell, predicate="contains"):
            by_area.setdefault(src.gazetteer[everybody[i]]["adm3_pcode"], []).append(cell)
    used = sorted({src.gazetteer[p]["adm3_pcode"] for p in places})
    whole = {a: shapely.union_all(by_area[a]).intersection(study) for a in used}
    smooth = shapely.coverage_simplify([whole[a] for a in used], SIMPLIFY_DEG)
    return [
        feature(geometry, area_id=a)
        for a, geometry in zip(used, smooth, strict=True)
        if not geometry.is_empty
    ]


def lines(src: Sources, network: Network, border: LineString) -> list[dict[str, Any]]:
    """Features of lines.geojson."""
    found = [feature(border, name="Turkish border", kind="border")]
    for ref in ("M4", "M5"):
        graph = nx.Graph()
        for f in src.geojson("geography/town_edges"):
            if f["properties"]["ref"] == ref:
                coords = [tuple(xy) for xy in f["geometry"]["coordinates"]]
                graph.add_edge(f["properties"]["u"], f["properties"]["v"], line=coords)
        pieces = [
            LineString(d["line"]) for _, _, d in sorted(graph.edges(data=True), key=lambda e: sorted(e[:2]))
        ]
        merged = shapely.union_all(pieces).intersection(ROADS_WITHIN).simplify(SIMPLIFY_DEG / 2)
        found.append(feature(merged, name=ref, kind="road"))
    return found


def feature(geometry: Any, **properties: str) -> dict[str, Any]:
    """A GeoJSON feature with coordinates of ``PLACES`` decimals."""
    rounded = shapely.set_precision(geometry, 10.0**-PLACES)
    return {"type": "Feature", "properties": properties, "geometry": round_all(mapping(rounded))}


def round_all(value: Any) -> Any:
    """Numbers rounded throughout, for the same bytes each time."""
    if isinstance(value, float | np.floating):
        return round(float(value), PLACES)
    if isinstance(value, dict):
        return {key: round_all(part) for key, part in value.items()}
    return [round_all(part) for part in value] if isinstance(value, list | tuple) else value


def write_geojson(path: Path, features: list[dict[str, Any]]) -> None:
    """A feature collection, a feature a line."""
    body = ",\n".join(json.dumps(f, ensure_ascii=False, separators=(",", ":")) for f in features)
    path.write_text('{"type":"FeatureCollection","features":[\n' + body + "\n]}\n", encoding="utf-8")
