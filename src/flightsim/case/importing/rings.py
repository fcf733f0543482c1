"""Polygons in degrees: rings as GeoJSON wants them, and which polygon a point lies in, edges included."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from flightsim.world import Floats, Ints

DECIMALS = 4  # of a degree: some ten metres, finer than any map of a country is drawn
ON_EDGE_DEGREES = 1e-9
EARTH_KM_PER_DEGREE = 111.195  # of a sphere of 6,371 km
Polygon = list[list[list[float]]]  # an outer ring, then its holes, each closed


def polygons(feature: Mapping[str, Any]) -> list[Polygon]:
    """The polygons of a feature; none if its geometry is something else."""
    geometry = feature.get("geometry") or {}
    found = {"Polygon": [geometry.get("coordinates")], "MultiPolygon": geometry.get("coordinates")}
    return [polygon for polygon in found.get(str(geometry.get("type"))) or [] if polygon and polygon[0]]


def tidy(polygon: Polygon) -> Polygon:
    """The polygon rounded, its rings closed, the outer one counter-clockwise and holes clockwise (RFC 7946).

    Holes that vanish by rounding are left out; an empty list if the outer ring vanishes.
    """
    found: Polygon = []
    for i, ring in enumerate(polygon):
        points = np.round(np.array([point[:2] for point in ring], dtype=float), DECIMALS)
        points = points[np.r_[True, (np.diff(points, axis=0) != 0).any(axis=1)]]
        if len(points) and (points[0] != points[-1]).any():
            points = np.vstack([points, points[:1]])
        area = signed_area(points)
        if len(points) < 4 or area == 0:
            if i == 0:
                return []
            continue
        found.append((points if (area > 0) == (i == 0) else points[::-1]).tolist())
    return found


def signed_area(points: Floats) -> float:
    """Area of a closed ring by the shoelace formula; above 0 if it runs counter-clockwise."""
    x, y = (points - points[0]).T
    return float(np.dot(x[:-1], y[1:]) - np.dot(x[1:], y[:-1])) / 2


def middle(area: list[Polygon]) -> tuple[float, float]:
    """Longitude and latitude of a point well inside an area: the middle of its widest stretch at half its height."""
    polygon = max(area, key=lambda each: abs(signed_area(_closed(each[0]))))
    outer = _closed(polygon[0])
    lat = float(outer[:, 1].min() + outer[:, 1].max()) / 2
    crossings = []
    for ring in map(_closed, polygon):
        (x0, y0), (x1, y1) = ring[:-1].T, ring[1:].T
        spans = (y0 > lat) != (y1 > lat)
        crossings += (x0[spans] + (lat - y0[spans]) / (y1 - y0)[spans] * (x1 - x0)[spans]).tolist()
    west_east = sorted(crossings)
    west, east = max(zip(west_east[::2], west_east[1::2], strict=True), key=lambda pair: pair[1] - pair[0])
    return (west + east) / 2, lat


class Outlines:
    """Which area each point lies in. A point on the edge between two areas belongs to the one whose id comes first."""

    def __init__(self, by_area: Mapping[str, list[Polygon]]) -> None:
        self.area_id = sorted(by_area)
        self.by_area = by_area
        self.rings = [[_closed(ring) for polygon in by_area[a] for ring in polygon] for a in self.area_id]
        corners = [np.vstack(rings) for rings in self.rings]
        self.low = np.array([points.min(axis=0) for points in corners])
        self.high = np.array([points.max(axis=0) for points in corners])

    def area_of(self, lon: npt.ArrayLike, lat: npt.ArrayLike) -> Ints:
        """(n,) row in ``area_id`` of the area that holds each point; -1 where none does."""
        at = np.column_stack([np.asarray(lon, float), np.asarray(lat, float)])
        found = np.full(len(at), -1, dtype=np.int64)
        for a, rings in enumerate(self.rings):
            near = ((at >= self.low[a] - ON_EDGE_DEGREES) & (at <= self.high[a] + ON_EDGE_DEGREES)).all(
                axis=1
            )
            rows = np.flatnonzero(near & (found < 0))
            if len(rows):
                within = np.zeros(len(rows), dtype=bool)
                for ring in rings:  # even-odd: a hole turns inside to outside again
                    within ^= _crosses(ring, at[rows])
                for ring in rings:
                    within |= _squared(ring, at[rows], 1.0) <= ON_EDGE_DEGREES**2
                found[rows[within]] = a
        return found

    def middle(self, area_id: str) -> tuple[float, float]:
        """Longitude and latitude of a point well inside an area."""
        return middle(self.by_area[area_id])

    def nearest(self, lon: npt.ArrayLike, lat: npt.ArrayLike, within_km: float) -> tuple[Ints, Floats]:
        """For points that lie in no area: the row of the nearest outline and km to it; -1 beyond ``within_km``."""
        at = np.column_stack([np.asarray(lon, float), np.asarray(lat, float)])
        found, km = np.full(len(at), -1, dtype=np.int64), np.full(len(at), np.inf)
        for i, point in enumerate(at):
            shrink = float(np.cos(np.radians(point[1])))
            reach = within_km / EARTH_KM_PER_DEGREE / np.array([max(shrink, 0.01), 1.0])
            for a in np.flatnonzero(((point >= self.low - reach) & (point <= self.high + reach)).all(axis=1)):
                degrees = (
                    min(float(_squared(ring, point[None, :], shrink)[0]) for ring in self.rings[a]) ** 0.5
                )
                if (here := degrees * EARTH_KM_PER_DEGREE) <= within_km and here < km[i]:
                    found[i], km[i] = a, here
        return found, km


def _closed(ring: list[list[float]]) -> Floats:
    points = np.array([point[:2] for point in ring], dtype=float)
    return points if (points[0] == points[-1]).all() else np.vstack([points, points[:1]])


def _crosses(ring: Floats, at: Floats) -> npt.NDArray[np.bool_]:
    """(n,) whether a line east from each point crosses the ring an odd number of times."""
    (x0, y0), (x1, y1) = ring[:-1].T, ring[1:].T
    odd = np.zeros(len(at), dtype=bool)
    for i, (x, y) in enumerate(at):
        spans = (y0 > y) != (y1 > y)
        east = x0[spans] + (y - y0[spans]) / (y1[spans] - y0[spans]) * (x1[spans] - x0[spans]) > x
        odd[i] = np.count_nonzero(east) % 2 == 1
    return odd


def _squared(ring: Floats, at: Floats, shrink: float) -> Floats:
    """(n,) squared distance of each point to the ring in degrees of latitude; longitudes count ``shrink`` times."""
    scale = np.array([shrink, 1.0])
    start, along = ring[:-1] * scale, np.diff(ring, axis=0) * scale
    length = np.maximum((along**2).sum(axis=1), 1e-30)
    found = np.empty(len(at))
    for i, point in enumerate(at * scale):
        share = np.clip(((point - start) * along).sum(axis=1) / length, 0, 1)
        found[i] = ((start + share[:, None] * along - point) ** 2).sum(axis=1).min()
    return found
