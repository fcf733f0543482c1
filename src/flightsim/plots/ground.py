"""What lies under every map: areas, who held the ground, the border, main roads, names, a scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from contourpy import FillType, contour_generator
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.path import Path as Shape
from scipy.spatial import cKDTree

from flightsim.plots import shapes, style
from flightsim.world import OPEN, Bools, Floats, Ints, World

GRID_KM = 0.8  # fineness of the drawn front; communities lie 2 to 3 km apart
MARGIN_KM = 6.0
MARGIN_SHARE = 0.03  # of the longer side, in a wide country


@dataclass(frozen=True)
class View:
    """The part of the world a map shows: left, right, bottom, top in km."""

    left: float
    right: float
    bottom: float
    top: float

    @property
    def width(self) -> float:
        """From left to right, in km."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """From bottom to top, in km."""
        return self.top - self.bottom

    def holds(self, point: Floats) -> bool:
        """Whether a point (x, y) is inside."""
        return bool(self.left < point[0] < self.right and self.bottom < point[1] < self.top)


def view_of(world: World) -> View:
    """All places that had people at the start, those abroad with room, and the crossings, with a margin."""
    p = world.places
    lived_in = (p.residents_persons + p.idps_persons) > 0
    lived_in |= ~world.at_home & (world.room_persons[:, :OPEN].sum(axis=1) > 0)
    points = world.xy_km[lived_in] if lived_in.any() else world.xy_km
    if len(world.crossings):
        points = np.vstack([points, world.project(world.crossings.lat, world.crossings.lon)])
    margin_km = max(MARGIN_KM, MARGIN_SHARE * float(np.ptp(points, axis=0).max()))
    (left, bottom), (right, top) = points.min(axis=0) - margin_km, points.max(axis=0) + margin_km
    return View(float(left), float(right), float(bottom), float(top))


def prepare(axes: Axes, view: View) -> None:
    """Equal km on both sides, no frame."""
    axes.set_xlim(view.left, view.right)
    axes.set_ylim(view.bottom, view.top)
    axes.set_aspect("equal", anchor="NW")
    axes.set_axis_off()


def land(
    axes: Axes, outlines: Mapping[str, Shape], colours: Mapping[str, str] | None = None
) -> PathCollection | None:
    """The areas, each in its colour and with its edge; plain land without edges if no colours.

    Gives what was drawn, in the order of the outlines; None if there are none.
    """
    drawn = None
    if outlines:
        faces = [(colours or {}).get(area_id, style.LAND) for area_id in outlines]
        edge = style.LAND if colours is None else style.LAND_EDGE
        paths = list(outlines.values())
        drawn = PathCollection(paths, facecolors=faces, edgecolors=edge, linewidths=0.5)
        axes.add_collection(drawn)
    return drawn


def raster(world: World, view: View, step_km: float = GRID_KM) -> tuple[Floats, Floats, Ints]:
    """Points of ground in km, their x and y, and (y, x) the place nearest to each: whose it goes with."""
    x = np.arange(view.left, view.right, step_km)
    y = np.arange(view.bottom, view.top, step_km)
    grid = np.stack(np.meshgrid(x, y), axis=-1)
    nearest = cKDTree(world.xy_km).query(grid.reshape(-1, 2))[1].reshape(len(y), len(x))
    return x, y, np.asarray(nearest, np.int64)


def rings(x: Floats, y: Floats, mask: Bools) -> list[Floats]:
    """The edges of the ground where a mask (y, x) is true, outer and inner, as closed lines of points in km."""
    filled: Any = contour_generator(x, y, mask.astype(float), fill_type=FillType.OuterOffset).filled(0.5, 1.5)
    found: list[Floats] = []
    for points, offsets in zip(*filled, strict=True):
        found += np.split(np.asarray(points), np.asarray(offsets)[1:-1])
    return found


def front(
    axes: Axes, world: World, before: Ints, after: Ints, view: View, outlines: Mapping[str, Shape]
) -> bool:
    """Ground held by others from the start (grey) and ground captured (hatched: `taken_by`). True if any was captured.

    ``before``, ``after``: (P,) who holds each place at the start and then (`results.record.held`). Each point of
    ground goes with the community nearest to it.
    """
    x, y, nearest = raster(world, view)
    hostile_before = world.hostile(before)[nearest]
    taken = world.holders.taken(before, after)
    drawn = []
    if hostile_before.any():
        drawn.append(
            axes.contourf(x, y, hostile_before, levels=[0.5, 1.5], colors=[style.HOSTILE_LAND], alpha=0.85)
        )
    own = np.array([*world.holders.colour, *[""] * (len(world.holders.name) - len(world.holders.colour))])
    for colour in taken_by(world, before, after):
        captured = (taken & (own[after] == ("" if colour == style.CAPTURED else colour)))[nearest]
        if captured.any():
            drawn.append(axes.contourf(x, y, captured, levels=[0.5, 1.5], colors="none", hatches=["////"]))
            drawn[-1].set_edgecolor(colour)
            drawn[-1].set_linewidth(0)
            drawn.append(axes.contour(x, y, captured, levels=[0.5], colors=[colour], linewidths=1.0))
    if outlines:
        everywhere = Shape.make_compound_path(*outlines.values())
        for layer in drawn:
            layer.set_clip_path(everywhere, axes.transData)
    return bool(taken[nearest].any())


def taken_by(world: World, before: Ints, after: Ints) -> dict[str, str]:
    """Who took ground, by the colour it is hatched in: a side's own, or one for all sides without a colour."""
    holders, found = world.holders, {}
    for side in np.unique(after[holders.taken(before, after)]).tolist():
        if holders.colour and holders.colour[side]:
            found[holders.colour[side]] = f"taken by {holders.label[side]}"
        else:
            found[str(style.CAPTURED)] = "captured in the run"
    return found


def lines(axes: Axes, world: World, view: View, *, roads: bool = True) -> list[Floats]:
    """The border, strong; the main roads, thin, each with its name in the middle of its longest part.

    Gives the points, in km, where the names of roads stand.
    """
    longest: dict[str, Floats] = {}
    for line in shapes.lines(world):
        border = line.kind == "border"
        if not border and not roads:
            continue
        colour, width = (style.INK, 2.2) if border else (style.ROAD, 1.1)
        x, y = line.xy_km.T
        axes.plot(x, y, color=colour, lw=width, solid_capstyle="round", zorder=2.5)
        inside = np.array([point for point in line.xy_km if view.holds(point)]).reshape(-1, 2)
        if not border and _length(inside) > _length(longest.get(line.name, inside[:0])):
            longest[line.name] = inside
    written = {name: part[len(part) // 2] for name, part in longest.items()}
    for name, (x, y) in written.items():
        box = {"boxstyle": "round,pad=0.15", "fc": style.PAPER, "ec": style.ROAD, "lw": 0.6}
        axes.text(x, y, name, size=6.5, ha="center", va="center", bbox=box, zorder=5.5, clip_on=True)
    return list(written.values())


def _length(points: Floats) -> float:
    """Length in km of a line through (n, 2) points."""
    return float(np.hypot(*np.diff(points, axis=0).T).sum()) if len(points) > 1 else 0.0


def scale_bar(axes: Axes, view: View) -> None:
    """A bar of a round number of km, about a tenth of the map, at the lower left, and where north is."""
    km = max((k for k in (1, 2, 5, 10, 20, 50, 100, 200) if k < 0.14 * view.width), default=1)
    x, y = view.left + 0.03 * view.width, view.bottom + 0.03 * view.height
    halo = [patheffects.withStroke(linewidth=2.2, foreground=style.PAPER)]  # the ground under it may be dark
    bar: dict[str, Any] = {"lw": 2, "solid_capstyle": "butt", "zorder": 6}
    axes.plot([x, x + km], [y, y], color=style.INK, path_effects=halo, **bar)
    label: dict[str, Any] = {"ha": "center", "va": "bottom", "size": 7.5, "zorder": 6, "path_effects": halo}
    axes.text(x + km / 2, y + 0.008 * view.height, f"{km} km", **label)
    axes.annotate(
        "", (x, y + 0.085 * view.height), (x, y + 0.04 * view.height), zorder=6,
        arrowprops={"arrowstyle": "-|>", "color": style.INK, "lw": 0.8, "shrinkA": 0, "shrinkB": 0},
    )  # fmt: skip
    axes.text(x, y + 0.088 * view.height, "N", **label)


def names(
    axes: Axes,
    view: View,
    labels: Sequence[tuple[str, Floats]],
    km_per_inch: float,
    keep_free: Sequence[Floats] = (),
) -> None:
    """Write names at their points, the important first; one that finds no free place is left out.

    ``keep_free``: points, in km, where something is drawn already.
    """
    size = 7.5  # points
    high = 1.25 * size / 72 * km_per_inch
    taken = [(x - high, x + high, y - high, y + high) for x, y in keep_free]
    for text, point in labels:
        wide = 0.62 * size / 72 * km_per_inch * len(text)
        for dx, dy in ((0, 0), (0, 1), (0, -1), (0.5, 1), (-0.5, 1), (0.5, -1), (-0.5, -1)):
            x, y = point[0] + dx * wide, point[1] + 1.15 * dy * high
            box = (x - wide / 2, x + wide / 2, y - high / 2, y + high / 2)
            free = not any(box[0] < b and a < box[1] and box[2] < d and c < box[3] for a, b, c, d in taken)
            if free and view.holds(np.array([box[0], box[2]])) and view.holds(np.array([box[1], box[3]])):
                taken.append(box)
                halo = [patheffects.withStroke(linewidth=2.2, foreground=style.PAPER)]
                axes.text(x, y, text, size=size, ha="center", va="center", path_effects=halo, zorder=7)
                break
