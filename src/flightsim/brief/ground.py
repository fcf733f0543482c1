"""What lies under the map: sub-districts, ground held by others and captured, the border, main roads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from markupsafe import Markup
from matplotlib.path import Path as Shape
from matplotlib.transforms import Affine2D

from flightsim.brief import svg
from flightsim.plots import ground as holders_of
from flightsim.plots import shapes
from flightsim.results import record
from flightsim.results.runs import Results
from flightsim.world import Floats, World

WIDE = 380.0
GRID_KM = 1.2  # fineness of the front, as communities lie 2 to 3 km apart
MARGIN_KM = 3.0
TALLEST, LOWEST = 300.0, 160.0  # two pages have room for that


@dataclass(frozen=True)
class Ground:
    """A part of the world on a sheet ``WIDE`` across and ``high`` down."""

    left: float  # km
    top: float  # km
    scale: float  # units a km
    high: float

    def at(self, xy_km: Any) -> Floats:
        """(n, 2) points on the sheet."""
        xy = np.atleast_2d(np.asarray(xy_km, float))
        return np.column_stack([(xy[:, 0] - self.left) * self.scale, (self.top - xy[:, 1]) * self.scale])

    def holds(self, point: Any) -> bool:
        """Whether a point of the sheet is on it."""
        return bool(0 <= point[0] <= WIDE and 0 <= point[1] <= self.high)

    def rings(self, shape: Shape) -> list[Floats]:
        """The rings of a shape on the sheet, without points that nobody can see."""
        move = Affine2D().translate(-self.left, -self.top).scale(self.scale, -self.scale)
        there = move.transform_path(shape)
        there.should_simplify, there.simplify_threshold = True, 0.3
        rings = [np.asarray(ring, float) for ring in there.cleaned(simplify=True).to_polygons()]
        return [ring for ring in rings if len(ring) > 3]


def of(world: World) -> Ground:
    """The sheet that shows all places that had people at the start."""
    view = holders_of.view_of(world)
    spare = holders_of.MARGIN_KM - MARGIN_KM
    left, right, bottom, top = view.left + spare, view.right - spare, view.bottom + spare, view.top - spare
    scale = WIDE / (right - left)
    if (top - bottom) * scale > TALLEST:
        scale = TALLEST / (top - bottom)
        left -= (WIDE / scale - (right - left)) / 2
    return Ground(left, top, scale, max((top - bottom) * scale, LOWEST))


def land(
    g: Ground, outlines: Mapping[str, Shape], faces: Mapping[str, str], titles: Mapping[str, str]
) -> Iterator[Markup]:
    """Sub-districts, each in the class of its number, named when pointed at."""
    for area_id, shape in outlines.items():
        rings = [ring for ring in g.rings(shape) if any(g.holds(point) for point in ring)]
        if rings:
            said = [svg.tag("title", titles[area_id])] if area_id in titles else []
            yield svg.rings(rings, f"land {faces.get(area_id, '')}".strip(), *said)


def front(
    g: Ground, world: World, results: Results, outlines: Mapping[str, Shape]
) -> tuple[list[Markup], bool]:
    """Ground that others held at the start, and ground captured in the run; whether any was."""
    by_day = record.held(results, world)
    before, after = by_day[0], by_day[-1]
    bottom = g.top - g.high / g.scale
    view = holders_of.View(g.left, g.left + WIDE / g.scale + GRID_KM, bottom - GRID_KM, g.top + GRID_KM)
    x, y, nearest = holders_of.raster(world, view, GRID_KM)
    held = world.hostile(before)
    taken = world.holders.taken(before, after)
    inside = np.ones(nearest.shape, bool)
    if outlines:
        whole = Shape.make_compound_path(*outlines.values())
        points = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
        inside = whole.contains_points(points).reshape(nearest.shape)
    drawn = []
    for mask, look in ((held, "hostile"), (taken, "taken")):
        edges = holders_of.rings(x, y, mask[nearest] & inside)
        rings = [ring for edge in edges for ring in g.rings(Shape(edge, closed=True))]
        if rings:
            drawn.append(svg.rings(rings, look))
    return drawn, bool((taken[nearest] & inside).any())


def lines(g: Ground, world: World) -> Iterator[Markup]:
    """The border, strong, and the main roads."""
    for each in shapes.lines(world):
        points = g.at(each.xy_km)
        if any(g.holds(point) for point in points):
            yield svg.line(points, "border" if each.kind == "border" else "road")
