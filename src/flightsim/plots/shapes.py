"""Outlines and lines for maps, from GeoJSON, in the km frame of a world."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.path import Path as Shape

from flightsim.case import geojson
from flightsim.errors import InputError
from flightsim.world import Floats, World


@dataclass(frozen=True)
class Line:
    """The border or a main road: (n, 2) points in km."""

    name: str
    kind: str  # border | road
    xy_km: Floats


def outlines(world: World, boundaries: str | Path | None = None) -> dict[str, Shape]:
    """Shape by area_id, of the case's own outlines or of the user's official ``boundaries`` (GeoJSON).

    The user's file is joined by a property that holds the P-code (``ADM3_PCODE``, ``area_id`` …).
    Empty if the case has none. InputError if the user's file is not GeoJSON or knows none of the areas.
    """
    path = Path(boundaries) if boundaries else world.folder / "outlines.geojson" if world.folder else None
    if path is None or (not boundaries and not path.exists()):
        return {}
    shapes = {}
    for feature in geojson.read(path):
        code = geojson.code_of(feature, world.areas.level)
        rings = _rings(feature.get("geometry") or {})
        if code and rings:
            shapes[code] = _shape(world, rings)
    if boundaries and not set(shapes) & set(world.areas.area_id):
        raise InputError(
            f"{path}: none of its {len(shapes)} polygons carries the P-code of one of the "
            f"{world.areas.noun.many} of this case (looked in "
            f"{', '.join(geojson.code_names(world.areas.level))}; expected codes such as {world.areas.area_id[0]})"
        )
    return shapes


def lines(world: World) -> list[Line]:
    """The border and the main roads of the case's ``lines.geojson``; empty if it has none."""
    path = world.folder / "lines.geojson" if world.folder else None
    if path is None or not path.exists():
        return []
    found = []
    for feature in geojson.read(path):
        properties, geometry = feature.get("properties") or {}, feature.get("geometry") or {}
        kind, parts = geometry.get("type"), geometry.get("coordinates", [])
        if kind not in ("LineString", "MultiLineString"):  # points of other makers' files, say
            continue
        for part in [parts] if kind == "LineString" else parts:
            xy = _project(world, part)
            found.append(Line(str(properties.get("name", "")), str(properties.get("kind", "road")), xy))
    return found


def of_geometry(world: World, geometry: dict[str, Any]) -> Shape:
    """The shape of a polygon, or of several, given in degrees as in GeoJSON."""
    return _shape(world, _rings(geometry))


def centres(world: World, shapes: dict[str, Shape]) -> Floats:
    """(A, 2) a middle point of each area in km: of its outline, or of its places if there is none."""
    middle = np.zeros((len(world.areas), 2))
    for a, area_id in enumerate(world.areas.area_id):
        if area_id in shapes:
            middle[a] = _centroid(max(shapes[area_id].to_polygons(), key=_size))
        else:
            middle[a] = world.xy_km[world.places.area == a].mean(axis=0)
    return middle


def _rings(geometry: dict[str, Any]) -> list[Any]:
    """Exterior and interior rings of a polygon or several, as lists of points."""
    if geometry.get("type") == "Polygon":
        return list(geometry["coordinates"])
    if geometry.get("type") == "MultiPolygon":
        return [ring for polygon in geometry["coordinates"] for ring in polygon]
    return []


def _shape(world: World, rings: Iterable[Any]) -> Shape:
    return Shape.make_compound_path(*(Shape(_project(world, ring), closed=True) for ring in rings))


def _project(world: World, points: Any) -> Floats:
    degrees = np.array([point[:2] for point in points], dtype=float)
    return world.project(degrees[:, 1], degrees[:, 0])


def _size(ring: Any) -> float:
    x, y = np.asarray(ring).T
    return abs(float(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1)))) / 2


def _centroid(ring: Any) -> Floats:
    """Centre of gravity of a ring, by the shoelace formula."""
    x, y = np.asarray(ring, dtype=float).T
    cross = x * np.roll(y, -1) - np.roll(x, -1) * y
    if abs(cross.sum()) < 1e-9:
        return np.array([x.mean(), y.mean()])
    cx, cy = ((v + np.roll(v, -1)) * cross for v in (x, y))
    return np.array([cx.sum(), cy.sum()], dtype=float) / float(3 * cross.sum())
