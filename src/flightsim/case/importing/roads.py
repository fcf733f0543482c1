"""A road network from OSM becomes roads between the places and crossings of a case."""

from __future__ import annotations

import math
from pathlib import Path
from xml.etree import ElementTree as ET

import networkx as nx
import numpy as np

from flightsim.case.importing import network, osm, points
from flightsim.case.importing.links import Link, links
from flightsim.case.importing.report import Asked, Option, Report, Row, Taken
from flightsim.case.importing.writing import rows_of
from flightsim.errors import InputError
from flightsim.world import Floats, Ints

MEANING = "a road network: roads.csv, from place to place"
FILES = "GraphML of osmnx; with the extra `geo` also .osm, .osm.bz2 and .osm.pbf"
COLUMNS: dict[str, tuple[str, ...]] = {}
MAIN = "motorway,trunk,primary,secondary,tertiary,unclassified"
OPTIONS = (
    Option("within-km", "how far from a road a place or crossing may lie", "KM", "5"),
    Option("highways", "the classes of OSM to take, with their ramps", "LIST", MAIN),
    Option("ferries", "keep them, as slow tracks, or drop them", "keep|drop", "drop"),
)
MIXED = 0.1  # of a road's length: if more lies off the network, its geometry is mixed


def take(asked: Asked, report: Report) -> Taken:
    """Roads between neighbouring places, and from places to crossings, by the quickest way along the network."""
    ends = _ends(asked)
    ferries = asked.options.get("ferries")
    if ferries not in ("keep", "drop"):
        raise InputError(f"--ferries is {ferries!r}; expected keep or drop")
    drawing = network.Drawing(asked.words("highways", network.TAGS), ferries == "keep")
    for file in asked.files:
        (_graphml if file.suffix.lower() == ".graphml" else _extract)(file, drawing)
    found, said = drawing.network()
    report.note(said)
    if drawing.left_out:
        most = ", ".join(f"{name} {n:,}" for name, n in drawing.left_out.most_common(8))
        report.note(f"ways left out by class: {most}")
    if drawing.ferry_km:
        kept = "kept as slow tracks" if drawing.ferries else "left out; --ferries keep takes them"
        report.note(f"ferries, {drawing.ferry_km:,.0f} km: {kept}")
    at, access_km = _snapped(asked, ends, found, report)
    rows = [_row(link, ends, asked) for link in links(found, at, access_km)]
    _say(ends, rows, at, found, report)
    return Taken({"roads.csv": rows}, {}, osm.LICENCE, osm.ATTRIBUTION)


def _ends(asked: Asked) -> list[Row]:
    """The places and crossings of the case: id, name, lat, lon."""
    found = []
    for file, key in (("places.csv", "place_id"), ("crossings.csv", "crossing_id")):
        for row in rows_of(asked.case, file):
            lat, lon = points.number(row.get("lat", "")), points.number(row.get("lon", ""))
            if math.isfinite(lat) and math.isfinite(lon):
                found.append(
                    {"file": file, "id": row[key], "name": row.get("name_en", ""), "lat": lat, "lon": lon}
                )
    if not found:
        raise InputError(f"{asked.case / 'places.csv'} has no places; import places first")
    return sorted(found, key=lambda each: each["id"])


def _extract(file: Path, drawing: network.Drawing) -> None:
    """Draw the ways of an OSM extract."""
    if not osm.is_osm(file):
        raise InputError(
            f"{file} is no road network; expected .graphml, {', '.join((*osm.PLAIN, *osm.PACKED))}"
        )
    osmium = osm.with_osmium(file)
    try:
        ways = osmium.FileProcessor(str(file)).with_locations()
        for way in ways.with_filter(osmium.filter.KeyFilter("highway", "route")):
            if way.is_way() and drawing.wants(tags := {tag.k: tag.v for tag in way.tags}):
                along = [(node.ref, node.lat, node.lon) for node in way.nodes if node.location.valid()]
                drawing.way(along, tags)
    except (RuntimeError, osmium.InvalidLocationError) as problem:
        raise InputError(f"{file} cannot be read as OSM: {problem}") from None


def _graphml(file: Path, drawing: network.Drawing) -> None:
    """Draw the edges of a graph that osmnx saved, simplified or not; of two directions of a street one is enough."""
    try:
        graph = nx.read_graphml(file, force_multigraph=True)
    except (ET.ParseError, nx.NetworkXError, ValueError, KeyError, OSError) as problem:
        raise InputError(f"{file} cannot be read as GraphML: {problem}") from None
    try:
        at = {node: (float(data["y"]), float(data["x"])) for node, data in graph.nodes(data=True)}
    except (KeyError, ValueError, TypeError):
        raise InputError(
            f"{file}: its nodes have no x and y in degrees; save it with osmnx.save_graphml"
        ) from None
    seen = set()
    for u, v, data in graph.edges(data=True):
        tags = {str(key): str(value) for key, value in data.items()}
        tags["highway"] = network.single(tags.get("highway", ""))
        length = points.number(tags.get("length", ""))
        street = (*sorted((u, v)), tags["highway"], round(length, 1) if math.isfinite(length) else 0)
        if street in seen:
            continue
        seen.add(street)
        if not drawing.wants(tags):
            continue
        bends = _bends(file, tags.get("geometry", ""))[1:-1]
        along = [(u, *at[u]), *(((u, v, lat, lon), lat, lon) for lat, lon in bends), (v, *at[v])]
        drawing.way(along, tags, length / 1000 if math.isfinite(length) and length > 0 else None)


def _bends(file: Path, geometry: str) -> list[tuple[float, float]]:
    """Latitude and longitude of the points of ``LINESTRING (lon lat, lon lat)``; none of a blank."""
    pairs = [pair.split() for pair in geometry.partition("(")[2].rstrip(")").split(",")]
    try:
        return [(float(pair[1]), float(pair[0])) for pair in pairs if len(pair) >= 2]
    except ValueError:
        said = f"the geometry of an edge is {geometry[:60]!r}"
        raise InputError(f"{file}: {said}; expected LINESTRING (lon lat, ...)") from None


def _snapped(asked: Asked, ends: list[Row], found: network.Network, report: Report) -> tuple[Ints, Floats]:
    within_km = asked.number("within-km")
    lat, lon = (np.array([end[axis] for end in ends]) for axis in ("lat", "lon"))
    at, km = network.snapped(found, lat, lon, within_km)
    if (at < 0).all():
        raise InputError(
            f"none of the case's {len(ends):,} places lies within {within_km:g} km of these roads: they lie at lat "
            f"{lat.min():.1f} to {lat.max():.1f}, lon {lon.min():.1f} to {lon.max():.1f}, the roads at lat "
            f"{found.lat.min():.1f} to {found.lat.max():.1f}, lon {found.lon.min():.1f} to {found.lon.max():.1f}: "
            "is it another country, or are lat and lon swapped?"
        )
    reason = f"no road within {within_km:g} km: it is not joined"
    for i in np.flatnonzero(at < 0):
        report.drop(ends[i]["file"], ends[i]["id"], ends[i]["name"], reason)
    return at, km


def _row(link: Link, ends: list[Row], asked: Asked) -> Row:
    """A row of roads.csv."""
    kind = network.CLASSES[link.road_class]
    u, v = ends[link.a]["id"], ends[link.b]["id"]
    off = link.access_km / link.km
    return {
        "road_id": f"R-{u}-{v}",
        "u": u,
        "v": v,
        "km": max(0.1, round(link.km, 1)),
        "road_class": kind.name,
        "free_flow_kmh": round(link.km / link.hours, 1),
        "lanes": link.lanes,
        "capacity_vehicles_per_hour": link.lanes * kind.capacity_vehicles_h,
        "geometry": "measured" if off <= MIXED else "mixed" if off < 1 - MIXED else "inferred",
        "ref": link.ref,
        "source": asked.source,
    }


def _say(ends: list[Row], rows: list[Row], at: Ints, found: network.Network, report: Report) -> None:
    """How many roads there are, and which places are joined to each other."""
    graph = nx.Graph((row["u"], row["v"]) for row in rows)
    graph.add_nodes_from(ends[i]["id"] for i in np.flatnonzero(at >= 0))
    groups = sorted(nx.connected_components(graph), key=lambda group: (-len(group), min(group)))
    _, part_km = network.parts(found)
    report.note(
        f"{len(rows):,} roads between {len(graph):,} places and crossings, {sum(row['km'] for row in rows):,.0f} km"
    )
    if len(part_km) > 1:
        report.note(f"the network has {len(part_km) - 1:,} islands, {part_km[1:].sum():,.0f} km in all")
    for group in groups[1:11]:
        named = ", ".join(sorted(group)[:5])
        many = "place is" if len(group) == 1 else "places are"
        report.note(
            f"{len(group):,} {many} on an island of the network, without a road to the others: {named}"
        )
    if len(groups) > 11:
        report.note(f"and {len(groups) - 11:,} more islands with places")
