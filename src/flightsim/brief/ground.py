"""What lies under the map: sub-districts, ground held by others and captured, the border, main roads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import contourpy
import numpy as np
from markupsafe import Markup
from matplotlib.path import Path as Shape
from matplotlib.transforms import Affine2D
from scipy.spatial import cKDTree

from flightsim.brief import svg
from flightsim.plots import ground as holders_of
from flightsim.plots import shapes
from flightsim.results import Results
from flightsim.world import GOVERNMENT, SDF, Floats, World

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
    before, after = holders_of.holders(world, results)
    x = np.arange(g.left, g.left + WIDE / g.scale + GRID_KM, GRID_KM)
    y = np.arange(g.top - g.high / g.scale - GRID_KM, g.top + GRID_KM, GRID_KM)
    grid = np.stack(np.meshgrid(x, y), axis=-1)
    nearest = cKDTree(world.xy_km).query(grid.reshape(-1, 2))[1].reshape(len(y), len(x))
    hostile = np.isin(before, (GOVERNMENT, SDF))
    taken = np.isin(after, (GOVERNMENT, SDF)) & ~hostile
    inside = np.ones(nearest.shape, bool)
    if outlines:
        whole = Shape.make_compound_path(*outlines.values())
        inside = whole.contains_points(grid.reshape(-1, 2)).reshape(nearest.shape)
    drawn = []
    for mask, look in ((hostile, "hostile"), (taken, "taken")):
        field = (mask[nearest] & inside).astype(float)
        rings = _contours(g, x, y, field)
        if rings:
            drawn.append(svg.rings(rings, look))
    return drawn, bool((taken[nearest] & inside).any())


def lines(g: Ground, world: World) -> Iterator[Markup]:
    """The border, strong, and the main roads."""
    for each in shapes.lines(world):
        points = g.at(each.xy_km)
        if any(g.holds(point) for point in points):
            yield svg.line(points, "border" if each.kind == "border" else "road")


def _contours(g: Ground, x: Floats, y: Floats, field: Floats) -> list[Floats]:
    maker = contourpy.contour_generator(x, y, field, fill_type=contourpy.FillType.OuterOffset)
    filled: Any = maker.filled(0.5, 2.0)
    points, offsets = filled
    found = []
    for some, ends in zip(points, offsets, strict=True):
        for begin, end in pairwise(np.asarray(ends).tolist()):
            ring = Shape(np.asarray(some)[begin:end], closed=True)
            found += g.rings(ring)
    return found
