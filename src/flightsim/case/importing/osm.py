"""Points with tags from an OSM extract: ``.osm``, ``.osm.bz2`` as they are, ``.osm.pbf`` with the extra ``geo``."""

from __future__ import annotations

import bz2
import math
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from flightsim.errors import InputError

LICENCE, ATTRIBUTION = "ODbL-1.0", "OpenStreetMap contributors"
PLAIN = (".osm", ".osm.bz2", ".osm.xml")
PACKED = (".osm.pbf", ".pbf")
Tagged = tuple[str, dict[str, str], float, float]  # id such as N123, tags, lat, lon


def is_osm(file: Path) -> bool:
    """Whether a file's name says that it is an OSM extract."""
    return file.name.lower().endswith((*PLAIN, *PACKED))


def tagged(file: Path, keys: Collection[str], ways: bool = False) -> Iterator[Tagged]:
    """Nodes that have one of the tags ``keys``; with ``ways`` also ways, each at the mean of its nodes.

    InputError if the file cannot be read as OSM.
    """
    if file.name.lower().endswith(PACKED):
        yield from _of_packed(file, keys, ways)
        return
    try:
        with bz2.open(file) if file.suffix.lower() == ".bz2" else file.open("rb") as content:
            yield from _of_xml(content, keys, ways)
    except ET.ParseError as problem:
        line = problem.position[0]
        raise InputError(f"{file} line {line} cannot be read as OSM: {problem.msg or problem}") from None
    except (OSError, EOFError) as problem:
        raise InputError(f"{file} cannot be read: {problem}") from None


def _of_xml(content: Any, keys: Collection[str], ways: bool) -> Iterator[Tagged]:
    at: dict[str, tuple[float, float]] = {}
    elements = ET.iterparse(content, events=("start", "end"))
    _, root = next(iter(elements))
    if root.tag != "osm":
        raise InputError(
            f"{getattr(content, 'name', 'the file')} is XML but no OSM: it begins with <{root.tag[:40]}>"
        )
    for event, each in elements:
        if event == "start" or each.tag not in ("node", "way", "relation"):
            continue
        tags = {tag.get("k", ""): tag.get("v", "") for tag in each.iter("tag")}
        wanted = not tags.keys().isdisjoint(keys)
        if each.tag == "node" and (wanted or ways):
            point = _degrees(each.get("lat")), _degrees(each.get("lon"))
            if ways:
                at[each.get("id", "")] = point
            if wanted:
                yield f"N{each.get('id')}", tags, *point
        elif each.tag == "way" and wanted and ways:
            points = [at[ref] for nd in each.iter("nd") if (ref := nd.get("ref", "")) in at]
            if points:
                yield f"W{each.get('id')}", tags, *_mean(points)
        root.clear()  # an extract of a country does not fit into memory


def _degrees(said: str | None) -> float:
    try:
        return float(said or "nan")
    except ValueError:
        return math.nan


def _of_packed(file: Path, keys: Collection[str], ways: bool) -> Iterator[Tagged]:
    osmium = with_osmium(file)
    try:
        wanted = osmium.osm.NODE | osmium.osm.WAY if ways else osmium.osm.NODE
        reader = osmium.FileProcessor(str(file), wanted)
        reader = reader.with_locations() if ways else reader
        for each in reader.with_filter(osmium.filter.KeyFilter(*keys)):
            tags = {tag.k: tag.v for tag in each.tags} if each.is_node() or each.is_way() else {}
            if tags.keys().isdisjoint(keys):
                continue
            if each.is_node():
                yield f"N{each.id}", tags, each.location.lat, each.location.lon
            elif ways:
                points = [(node.lat, node.lon) for node in each.nodes if node.location.valid()]
                if points:
                    yield f"W{each.id}", tags, *_mean(points)
    except (RuntimeError, osmium.InvalidLocationError) as problem:
        raise InputError(f"{file} cannot be read as OSM: {problem}") from None


def with_osmium(file: Path) -> Any:
    """The library that reads OSM extracts; InputError, with the cure, if it is not installed."""
    try:
        import osmium
    except ImportError:
        raise InputError(
            f"{file} cannot be read as flightsim is installed; pip install 'flightsim[geo]', which brings osmium"
        ) from None
    return osmium


def _mean(points: list[tuple[float, float]]) -> tuple[float, float]:
    lat, lon = zip(*points, strict=True)
    return sum(lat) / len(lat), sum(lon) / len(lon)
