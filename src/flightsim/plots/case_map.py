"""The map of a case as it is read: places, people and who holds them, roads, crossings, outlines of areas."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from flightsim import __version__, words
from flightsim.plots import colours, ground, shapes, style
from flightsim.plots.maps import heading
from flightsim.world import Floats, World

HIGH_IN, SIDE_IN, HEAD_IN, FOOT_IN = 8.0, 3.1, 0.9, 0.55  # as the maps of a run
MARGIN = 0.04  # of the wider side, at least
FEW_PLACES = 30  # so many names can be read
BIGGEST_POINTS = 20.0  # across the circle of the place with most people


def draw(world: World) -> Figure:
    """Circles as large as the people at a place, in the colour of who holds it; roads as straight lines."""
    view = _view(world)
    figure, axes, km_per_inch = _figure(view)
    ground.prepare(axes, view)
    outlines = shapes.outlines(world)
    ground.land(axes, outlines, {})
    _roads(axes, world)
    ground.lines(axes, world, view, roads=False)
    persons = world.places.residents_persons + world.places.idps_persons
    most = max(float(persons.max()), 1.0)
    _places(axes, world, persons, most)
    _crossings(axes, world)
    ground.names(axes, view, _labels(world, persons, outlines, km_per_inch), km_per_inch)
    ground.scale_bar(axes, view)
    _legend(figure, world, most)
    n = words.counted(len(world.places), "place")
    when = words.day_year(world.manifest["start"])
    title = f"{world.manifest['country']}: {n} with {persons.sum():,.0f} people on {when}"
    what = (
        "The case as it was read, for whoever makes it. Roads are drawn as straight lines between their ends."
    )
    files = ("places.csv", "roads.csv", "outlines.geojson", "lines.geojson")
    style.write(figure, title, what, style.source(world, __version__, files))
    return figure


def _view(world: World) -> ground.View:
    """All places and crossings, those without people too: what lies far off must be seen."""
    points = np.vstack([world.xy_km, world.project(world.crossings.lat, world.crossings.lon)])
    (left, bottom), (right, top) = points.min(axis=0), points.max(axis=0)
    margin = max(ground.MARGIN_KM, MARGIN * max(right - left, top - bottom))
    return ground.View(
        float(left - margin), float(right + margin), float(bottom - margin), float(top + margin)
    )


def _figure(view: ground.View) -> tuple[Figure, Axes, float]:
    """A figure with the map's own shape, its axes at the left, and km to the inch."""
    high = HIGH_IN - HEAD_IN - FOOT_IN
    wide = min(max(high * view.width / view.height, 5.5), 11.0)
    figure = style.new_figure(wide + SIDE_IN, HIGH_IN)
    box = (0.15 / (wide + SIDE_IN), FOOT_IN / HIGH_IN, wide / (wide + SIDE_IN), high / HIGH_IN)
    return figure, figure.add_axes(box), max(view.width / wide, view.height / high)


def _roads(axes: Axes, world: World) -> None:
    ends = np.vstack([world.xy_km, world.project(world.crossings.lat, world.crossings.lon)])
    segments = np.stack([ends[world.roads.u], ends[world.roads.v]], axis=1)
    wide = {"motorway": 2.0, "primary": 1.6, "secondary": 1.1, "tertiary": 0.8, "track": 0.5}
    widths = [wide.get(name, 0.8) for name in world.roads.road_class]
    axes.add_collection(LineCollection(list(segments), colors=style.ROAD, linewidths=widths, zorder=2))


def _places(axes: Axes, world: World, persons: Floats, most: float) -> None:
    for h, colour in enumerate(_colours(world)):
        here = world.places.control == h
        x, y = world.xy_km[here].T
        sizes = np.maximum(_points(persons[here], most), 3.0) ** 2
        faces = np.where(persons[here] > 0, colour, colours.palette().PAPER)
        axes.scatter(x, y, s=sizes, c=list(faces), edgecolors=colour, linewidths=0.9, alpha=0.85, zorder=4)


def _points(persons: Any, most: float) -> Any:
    """Width of a circle in points: its area grows with the people."""
    return BIGGEST_POINTS * np.sqrt(np.asarray(persons, float) / most)


def _colours(world: World) -> list[str]:
    return colours.of_holders(world.holders.colour, len(world.holders.name))


def _crossings(axes: Axes, world: World) -> None:
    crossings = world.crossings
    x, y = world.project(crossings.lat, crossings.lon).T
    axes.scatter(x, y, s=42, marker="s", c=style.PAPER, edgecolors=style.INK, linewidths=1.2, zorder=5)


def _labels(
    world: World, persons: Floats, outlines: dict[str, Any], km_per_inch: float
) -> list[tuple[str, Floats]]:
    """Names of crossings, then of places, or of areas where there are many places; the largest first."""
    crossings = world.crossings
    below = np.array([0.0, -0.2 * km_per_inch])
    at = world.project(crossings.lat, crossings.lon) - below
    labels = list(zip(crossings.name, at, strict=True))
    if len(persons) <= FEW_PLACES:
        order = np.argsort(-persons, kind="stable")
        return labels + [(world.places.name[i], world.xy_km[i] + below) for i in order]
    people = np.bincount(world.places.area, weights=persons, minlength=len(world.areas))
    centres = shapes.centres(world, outlines)
    return labels + [(world.areas.name[a], centres[a]) for a in np.argsort(-people, kind="stable")]


def _legend(figure: Figure, world: World, most: float) -> None:
    handles: list[Any] = [heading("Who holds the place at the start")]
    for h, (label, colour) in enumerate(zip(world.holders.label, _colours(world), strict=True)):
        n = int((world.places.control == h).sum())
        if n:
            handles.append(_sign("o", 9, colour, colour, f"{label} ({words.counted(n, 'place')})"))
    handles.append(heading("\nPeople there"))
    for share in (1.0, 0.25):
        size = float(_points(share * most, most))
        handles.append(_sign("o", size, style.LAND, style.INK, words.about(share * most)))
    handles.append(_sign("o", 4, style.PAPER, style.INK, "none"))
    handles.append(heading("\nGround"))
    handles.append(Line2D([], [], color=style.ROAD, lw=1.4, label=words.counted(len(world.roads), "road")))
    if len(world.crossings):
        handles.append(_sign("s", 6, style.PAPER, style.INK, words.counted(len(world.crossings), "crossing")))
    wide = float(figure.get_size_inches()[0])
    corner = (1 - (SIDE_IN - 0.3) / wide, 1 - HEAD_IN / HIGH_IN)
    figure.legend(handles=handles, loc="upper left", bbox_to_anchor=corner, fontsize=8.5, handlelength=2.2,
                  labelspacing=0.9, borderaxespad=0)  # fmt: skip


def _sign(shape: str, size: float, face: str, edge: str, label: str) -> Line2D:
    return Line2D([], [], ls="", marker=shape, ms=size, mfc=face, mec=edge, label=label)
