"""The ground of the page's map as shapes for a browser: areas, lines, the front, towns with hospitals."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.path import Path as Shape

from flightsim.plots import ground, shapes
from flightsim.plots.ground import View
from flightsim.results import record
from flightsim.results.runs import Results
from flightsim.world import Bools, Floats, World

UNITS_A_KM = 10.0  # of the map; shapes are written in whole units, 100 m
RASTER_KM = 1.0  # fineness of the front on the page
SQUARE_KM = 3.0  # half the side of an area without an outline


def of_world(world: World) -> dict[str, Any]:
    """What does not change in a run: names, shapes and middles of areas, lines, gates, the part of the world shown."""
    view = ground.view_of(world)
    outlines = shapes.outlines(world)
    middles = shapes.centres(world, outlines)
    areas = [
        {
            "id": area_id,
            "name": world.areas.name[a],
            "district": world.areas.within[-1].name[a],
            "d": path(view, outlines[area_id]) if area_id in outlines else _square(view, middles[a]),
            **_point(view, middles[a]),
        }
        for a, area_id in enumerate(world.areas.area_id)
    ]
    c = world.crossings
    gates = [
        {"id": c.crossing_id[g], "name": c.name[g], "border": bool(c.is_border[g]), **_point(view, at)}
        for g, at in enumerate(world.project(c.lat, c.lon))
    ]
    lines = [
        {"name": line.name, "kind": line.kind, "d": _along(view, line.xy_km)} for line in shapes.lines(world)
    ]
    held = front(world, view, world.hostile(world.places.control)[None])[0]
    return {
        "title": str(world.manifest.get("title", world.name)),
        "width": round(view.width * UNITS_A_KM),
        "height": round(view.height * UNITS_A_KM),
        "areas": areas,
        "gates": gates,
        "lines": lines,
        "held_at_start": held,
        "km_units": UNITS_A_KM,
    }


def path(view: View, shape: Shape) -> str:
    """An outline as an SVG path."""
    return "".join(_along(view, np.asarray(ring)) + "z" for ring in shape.to_polygons())


def fronts(world: World, results: Results) -> list[dict[str, Any]]:
    """Ground captured since the start as it stands from each day on that changes it: day (index) and SVG path."""
    held = record.held(results, world)
    taken = world.holders.taken(held[0], held[1:])
    changes = [d for d in range(len(taken)) if (taken[d] != (taken[d - 1] if d else False)).any()]
    shapes_then = front(world, ground.view_of(world), taken[changes]) if changes else []
    return [{"day": day, "d": d} for day, d in zip(changes, shapes_then, strict=True)]


def hospitals(world: World, works: Bools) -> list[dict[str, Any]]:
    """Towns with hospitals: where, how many, and how many of them work at the end of each day: ``works`` (D, F)."""
    f = world.facilities
    towns = np.unique(f.place[f.is_hospital])
    each = [np.bincount(f.place, f.is_hospital & now, minlength=len(world.places))[towns] for now in works]
    working = np.array(each, int).reshape(len(works), len(towns))
    count = np.bincount(f.place, f.is_hospital, minlength=len(world.places))
    view = ground.view_of(world)
    return [
        {
            "town": world.places.name[town],
            "all": int(count[town]),
            "working": working[:, t].tolist(),
            **_point(view, world.xy_km[town]),
        }
        for t, town in enumerate(towns)
    ]


def front(world: World, view: View, held: Bools) -> list[str]:
    """For each row of ``held`` (n, P) the ground nearest to those places, as an SVG path."""
    x, y, nearest = ground.raster(world, view, RASTER_KM)
    return [
        "".join(_along(view, ring[:-1]) + "z" for ring in ground.rings(x, y, row[nearest])) for row in held
    ]


def _along(view: View, xy_km: Floats) -> str:
    """A line through points, with steps between whole units: M x y l dx dy …"""
    units = np.rint(_units(view, xy_km)).astype(int)
    steps = np.diff(units, axis=0)
    steps = steps[np.any(steps != 0, axis=1)]
    return f"M{units[0, 0]} {units[0, 1]}" + "".join(f"l{dx} {dy}" for dx, dy in steps)


def _units(view: View, xy_km: Floats) -> Floats:
    """From km, north up, to the browser's units, down."""
    return (np.asarray(xy_km) - (view.left, view.top)) * (UNITS_A_KM, -UNITS_A_KM)


def _point(view: View, xy_km: Floats) -> dict[str, int]:
    x, y = np.rint(_units(view, xy_km)).astype(int).tolist()
    return {"x": x, "y": y}


def _square(view: View, middle: Floats) -> str:
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * SQUARE_KM + middle
    return _along(view, corners) + "z"
