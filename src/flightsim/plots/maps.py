"""Maps: from where people left, where they are, by which roads. Nothing finer than an area."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch, Patch

from flightsim import words
from flightsim.measures import SMALL_CELL_PERSONS
from flightsim.plots import colours, ground, shapes, style
from flightsim.results import record
from flightsim.results.findings import Findings
from flightsim.results.runs import Results
from flightsim.world import Floats, World

CLASS_LIMITS = tuple(digit * 10**power for power in range(2, 7) for digit in (1, 2, 5))  # 100, 200, 500 …
MOST_CLASSES = 6
FLOWS_SHOWN = 30
STRETCHES_SHOWN = 8
STRETCH_APART_KM = 9.0
MAP_HEIGHT_IN = 8.0
SIDE_IN = 3.1  # the legend at the right of a map
HEAD_IN, FOOT_IN = 0.9, 0.55


def movements(results: Results, world: World, boundaries: str | Path | None = None) -> Figure:
    """The map of a run's movements (``draw_movements``), with its title and what it rests on."""
    f = Findings(results)
    figure = draw_movements(results, world, boundaries)
    what = f"People displaced from {words.day_year(f.start)} to {words.day_year(f.end)}, by {world.areas.noun.one}."
    sources = ("outlines.geojson", "lines.geojson", "events.csv")
    style.say(figure, movements_title(f, world), what, results, world, sources)
    return figure


def draw_movements(results: Results, world: World, boundaries: str | Path | None = None) -> Figure:
    """Circles where people left, shades where displaced people are, arrows between, ground captured. No title yet."""
    f = Findings(results)
    view = ground.view_of(world)
    figure, axes, km_per_inch = _map_figure(view)
    outlines = shapes.outlines(world, boundaries)
    centres = dict(zip(world.areas.area_id, shapes.centres(world, outlines), strict=True))
    limits = class_limits(float(f.sheltered_by_area.max()) if len(f.sheltered_by_area) else 0.0)
    shades = colours.palette().shades(len(limits))
    faces = {str(a): shades[class_of(v, limits)] for a, v in f.sheltered_by_area.items() if v >= limits[0]}
    ground.prepare(axes, view)
    ground.land(axes, outlines, faces)
    held = record.held(results, world)
    front = ground.front(axes, world, held[0], held[-1], view, outlines)
    captured = ground.taken_by(world, held[0], held[-1]) if front else {}
    road_names = ground.lines(axes, world, view)
    widest = arrows(axes, flows_between(results.flows, "persons"), centres)
    biggest = _circles(axes, f, centres)
    if not outlines:
        _dots(axes, f, centres, faces)
    there = abroad(f, world)
    fullest = _squares(axes, there, centres)
    _area_names(axes, view, f, centres, km_per_inch, road_names, there)
    ground.scale_bar(axes, view)
    _legend(
        figure, world, limits if faces or not fullest else [], shades, (biggest, fullest), widest, captured, f
    )
    return figure


def abroad(f: Findings, world: World) -> pd.Series:
    """People in each area abroad at the end, those of before too, most first."""
    areas = {world.areas.area_id[area] for area in world.places.area[~world.at_home].tolist()}
    found = f.present_by_area[[str(area) in areas for area in f.present_by_area.index]]
    return found[found >= SMALL_CELL_PERSONS]


def roads(results: Results, world: World, boundaries: str | Path | None = None) -> Figure:
    """Vehicles by road over the whole run, and the busiest stretches by name."""
    f = Findings(results)
    view = ground.view_of(world)
    figure, axes, km_per_inch = _map_figure(view)
    load = f.road_vehicles.reindex(world.roads.road_id).fillna(0.0).to_numpy()
    ends = np.vstack([world.xy_km, world.project(world.crossings.lat, world.crossings.lon)])
    segments = np.stack([ends[world.roads.u], ends[world.roads.v]], axis=1)
    ground.prepare(axes, view)
    outlines = shapes.outlines(world, boundaries)
    ground.land(axes, outlines)
    ground.lines(axes, world, view, roads=False)
    main = [i for i, kind in enumerate(world.roads.road_class) if kind != "track"]
    axes.add_collection(
        LineCollection(list(segments[main]), colors=style.SMALL_ROAD, linewidths=0.5, zorder=2)
    )
    used = np.flatnonzero(load > 0)[np.argsort(load[load > 0])]
    if len(used):
        widths = 0.25 + 6.75 * load[used] / load.max()
        axes.add_collection(
            LineCollection(
                list(segments[used]), colors=style.MOVING, linewidths=widths, zorder=3, capstyle="round"
            )
        )
    chosen = _stretches(load, segments, view)
    for number, e in enumerate(chosen, start=1):
        x, y = segments[e].mean(axis=0)
        badge = {"boxstyle": "circle,pad=0.2", "fc": style.PAPER, "ec": style.INK, "lw": 0.8}
        axes.text(x, y, str(number), size=8, weight="bold", ha="center", va="center", bbox=badge, zorder=8)
    centres = dict(zip(world.areas.area_id, shapes.centres(world, outlines), strict=True))
    _area_names(axes, view, f, centres, km_per_inch, [segments[e].mean(axis=0) for e in chosen])
    ground.scale_bar(axes, view)
    _stretch_bars(figure, [_stretch_name(world, e) for e in chosen], load[chosen])
    title = "Nobody drives in this run"
    if chosen:
        busiest = _stretch_name(world, chosen[0])
        title = f"The road {busiest} carries most: about {words.about(load[chosen[0]])} vehicles"
    span = f"{words.day_year(f.start)} to {words.day_year(f.end)}"
    what = f"Vehicles by road, {span}: the thicker, the more. Roads are drawn as straight lines."
    style.say(figure, title, what, results, world, ("roads.csv", "lines.geojson"))
    return figure


def _map_figure(view: ground.View) -> tuple[Figure, Axes, float]:
    """A figure with the map's own shape, its axes at the left, and km to the inch."""
    high = MAP_HEIGHT_IN - HEAD_IN - FOOT_IN
    wide = min(max(high * view.width / view.height, 5.5), 11.0)
    figure = style.new_figure(wide + SIDE_IN, MAP_HEIGHT_IN)
    axes = figure.add_axes(
        (0.15 / (wide + SIDE_IN), FOOT_IN / MAP_HEIGHT_IN, wide / (wide + SIDE_IN), high / MAP_HEIGHT_IN)
    )
    return figure, axes, max(view.width / wide, view.height / high)


def class_limits(most: float) -> list[float]:
    """Lower limits of the classes of a map whose largest value is ``most``."""
    limits = [float(v) for v in CLASS_LIMITS if v < most] or [SMALL_CELL_PERSONS]
    while len(limits) > MOST_CLASSES:  # keep the top, thin out below
        limits.pop(1)
    return limits


def class_of(value: float, limits: list[float]) -> int:
    """Which class a value is in; -1: below the first limit."""
    return int(np.searchsorted(limits, value, side="right")) - 1


def flows_between(flows: pd.DataFrame, counted: str) -> pd.DataFrame:
    """The largest flows between areas, as ``persons`` from ``origin_area`` to ``destination_area``.

    ``counted``: the column of the table of flows that is added up.
    """
    added: Any = flows.groupby(["origin_area", "destination_area"], as_index=False)[counted].sum()
    added = added.rename(columns={counted: "persons"})
    between: pd.DataFrame = added[added["origin_area"] != added["destination_area"]].nlargest(
        FLOWS_SHOWN, "persons"
    )
    return between[between["persons"] >= SMALL_CELL_PERSONS]


def arrows(
    axes: Axes, between: pd.DataFrame, centres: dict[str, Floats], most: float | None = None
) -> tuple[float, float]:
    """Arrows for ``flows_between``, as wide as their share of the widest, or of ``most`` persons.

    Gives (persons, points of width) of the widest.
    """
    if between.empty:
        return 0.0, 0.0
    most = most or float(between["persons"].to_numpy().max())
    rows: Any = between.iloc[::-1].itertuples()
    for row in rows:
        start, end = centres.get(str(row.origin_area)), centres.get(str(row.destination_area))
        if start is not None and end is not None:
            width = flow_width(float(row.persons), most)
            shape = f"simple,tail_width={width},head_width={1.8 * width + 3},head_length={1.2 * width + 4}"
            axes.add_patch(
                FancyArrowPatch(
                    tuple(start), tuple(end), connectionstyle="arc3,rad=0.18", arrowstyle=shape, lw=0,
                    mutation_scale=1, color=style.MOVING, alpha=0.8, zorder=4, shrinkA=3, shrinkB=2,
                )
            )  # fmt: skip
    return most, flow_width(most, most)


def flow_width(persons: float, most: float) -> float:
    """Width in points of a flow, where the largest is ``most`` persons."""
    return 0.5 + 5.5 * persons / most


def _circles(axes: Axes, f: Findings, centres: dict[str, Floats]) -> float:
    """Circles whose area is the number of people displaced from there; gives the largest number."""
    shown = f.displaced_by_area[f.displaced_by_area >= SMALL_CELL_PERSONS]
    if not len(shown):
        return 0.0
    points = np.array([centres[str(a)] for a in shown.index])
    sizes = _circle_size(shown.to_numpy(), float(shown.iloc[0]))
    axes.scatter(
        points[:, 0],
        points[:, 1],
        s=sizes,
        facecolors=style.LEAVING + "55",
        edgecolors=style.LEAVING,
        lw=1.3,
        zorder=5,
    )
    return float(shown.iloc[0])


def _squares(axes: Axes, there: pd.Series, centres: dict[str, Floats]) -> float:
    """Squares whose area is the number of people in places abroad; gives the largest number."""
    if not len(there):
        return 0.0
    points = np.array([centres[str(a)] for a in there.index])
    shade = colours.palette().shades(3)
    axes.scatter(
        points[:, 0], points[:, 1], marker="s", s=_circle_size(there.to_numpy(), float(there.iloc[0])),
        facecolors=shade[1] + "bb", edgecolors=shade[2], lw=1.3, zorder=3,
    )  # fmt: skip
    return float(there.iloc[0])


def _circle_size(persons: Any, most: float) -> Any:
    """Size in points² for scatter."""
    return 6 + 640 * np.asarray(persons) / most


def _dots(axes: Axes, f: Findings, centres: dict[str, Floats], faces: dict[str, str]) -> None:
    """Squares where there are no outlines to shade."""
    for area_id in f.sheltered_by_area.index:
        if str(area_id) in faces:
            x, y = centres[str(area_id)]
            axes.scatter([x], [y], marker="s", s=160, color=faces[str(area_id)], zorder=3)


def _area_names(
    axes: Axes, view: ground.View, f: Findings, centres: dict[str, Floats], km_per_inch: float,
    keep_free: Sequence[Floats] = (), there: pd.Series | None = None,
) -> None:  # fmt: skip
    """Names of the areas that most people left or reached, those abroad among them."""
    reached = [] if there is None else [there.head(10)]
    important = pd.concat([*reached, f.sheltered_by_area.head(10), f.displaced_by_area.head(8)])
    important = important[important >= SMALL_CELL_PERSONS].groupby(level=0).max().sort_values(ascending=False)
    labels = [(f.name(str(a)), centres[str(a)] + np.array([0, -0.13 * km_per_inch])) for a in important.index]
    ground.names(axes, view, labels, km_per_inch, keep_free)


def _legend(
    figure: Figure, world: World, limits: list[float], shades: list[str], biggest: tuple[float, float],
    widest: tuple[float, float], captured: dict[str, str], f: Findings,
) -> None:  # fmt: skip
    """What each sign means, at the right of the map."""
    left, there = biggest
    handles: list[Any] = [heading(f"Displaced people there\non {words.day_year(f.end)}")] if limits else []
    tops = [f"to {words.short(v)}" for v in limits[1:]] + ["and more"] * bool(limits)
    handles += [
        Patch(fc=c, ec=style.LAND_EDGE, label=f"{words.short(v)} {t}")
        for v, t, c in zip(limits, tops, shades[: len(limits)], strict=True)
    ]
    if left:
        handles.append(heading("\nPeople displaced from here" if limits else "People displaced from here"))
        handles += [_sign("o", v, left, style.LEAVING + "55", style.LEAVING) for v in _examples(left)]
    if there:
        shade = colours.palette().shades(3)
        handles.append(heading(f"\nPeople in places abroad\non {words.day_year(f.end)}"))
        handles += [_sign("s", v, there, shade[1] + "bb", shade[2]) for v in _examples(there)]
    most, _ = widest
    if most:
        handles.append(heading(f"\nFlows, the {FLOWS_SHOWN} largest"))
        for persons in dict.fromkeys(words.headline(most * s) for s in (1, 0.25)):
            handles.append(
                Line2D(
                    [],
                    [],
                    color=style.MOVING,
                    lw=flow_width(persons, most),
                    label=f"{words.about(persons)} people",
                )
            )
    on_ground: list[Any] = [
        Patch(fc=style.PAPER, ec=colour, hatch="////", label=label) for colour, label in captured.items()
    ]
    if world.hostile(world.places.control).any():
        on_ground.append(Patch(fc=style.HOSTILE_LAND, label="held by others at the start"))
    if shapes.lines(world):
        on_ground.append(
            Line2D([], [], color=style.INK, lw=2.2, label=str(world.manifest.get("border_name", "border")))
        )
        on_ground.append(Line2D([], [], color=style.ROAD, lw=1.1, label="main roads"))
    if on_ground:
        handles += [heading("\nGround"), *on_ground]
    wide = float(figure.get_size_inches()[0])
    corner = (1 - (SIDE_IN - 0.3) / wide, 1 - HEAD_IN / MAP_HEIGHT_IN)
    figure.legend(handles=handles, loc="upper left", bbox_to_anchor=corner, fontsize=8.5, handlelength=2.2,
                  labelspacing=0.75, borderaxespad=0)  # fmt: skip


def _examples(most: float) -> list[float]:
    """Two round numbers of people, to read sizes by."""
    return list(dict.fromkeys(words.headline(most * share) for share in (1, 0.25)))


def _sign(marker: str, persons: float, most: float, face: str, edge: str) -> Line2D:
    size = float(np.sqrt(_circle_size(persons, most)))
    return Line2D([], [], ls="", marker=marker, ms=size, mfc=face, mec=edge, label=words.about(persons))


def heading(text: str) -> Patch:
    """A line of a legend without a sign."""
    return Patch(fc="none", ec="none", label=text)


def _stretches(load: Floats, segments: Floats, view: ground.View) -> list[int]:
    """The busiest roads on the map, no two close together: rows of Roads."""
    chosen: list[int] = []
    middle = segments.mean(axis=1)
    for e in np.argsort(-load, kind="stable"):
        near = any(np.hypot(*(middle[e] - middle[c])) < STRETCH_APART_KM for c in chosen)
        if load[e] < 1 or len(chosen) == STRETCHES_SHOWN:
            break
        if not near and view.holds(middle[e]):
            chosen.append(int(e))
    return chosen


def _stretch_name(world: World, e: int) -> str:
    labels = [*world.places.name, *world.crossings.name]
    u, v = (
        textwrap.shorten(labels[node], 20, placeholder="…") for node in (world.roads.u[e], world.roads.v[e])
    )
    ref = world.roads.ref[e]
    return f"{u} – {v} ({ref})" if re.fullmatch(r"[A-Z]{1,2}-?\d{1,4}", ref) else f"{u} – {v}"


def _stretch_bars(figure: Figure, labels: list[str], vehicles: Floats) -> None:
    """The busiest stretches as numbered bars at the right of the map."""
    if not labels:
        return
    wide = float(figure.get_size_inches()[0])
    axes = figure.add_axes((1 - (SIDE_IN - 0.35) / wide, 0.3, (SIDE_IN - 0.75) / wide, 0.55))
    y = np.arange(len(labels))
    style.bars_across(axes, y, np.zeros(len(y)), vehicles, 0.34, color=style.MOVING)
    for at, (label, count) in enumerate(zip(labels, vehicles, strict=True)):
        axes.text(0, at - 0.27, f"{at + 1}  {label}", size=8, va="bottom")
        axes.text(count, at, f" {words.about(count)}", size=8, va="center")
    axes.set_xlim(0, 1.25 * float(vehicles.max()))
    axes.set_ylim(len(labels) - 0.5, -0.8)
    axes.set_axis_off()
    axes.set_title("Vehicles, the busiest stretches", loc="left", size=9.5)


def movements_title(f: Findings, world: World) -> str:
    """Where most people leave from, and where most of the displaced are at the end."""
    if not len(f.displaced_by_area) or f.displaced_by_area.iloc[0] <= 0:
        return "Nobody is displaced in this run"
    first, people = str(f.displaced_by_area.index[0]), words.about(f.displaced_by_area.iloc[0])
    left = f"More people leave {f.name(first)} ({people}) than any other {world.areas.noun.one}"
    beyond = abroad(f, world)
    if len(beyond) and (not len(f.sheltered_by_area) or beyond.iloc[0] > f.sheltered_by_area.iloc[0]):
        country = world.holders.label[int(_country_of(world, str(beyond.index[0])))]
        return f"{left}; at the end {words.about(beyond.iloc[0])} are in {f.name(str(beyond.index[0]))}, {country}"
    if not len(f.sheltered_by_area) or f.sheltered_by_area.iloc[0] <= 0:
        return left
    there, many = str(f.sheltered_by_area.index[0]), words.about(f.sheltered_by_area.iloc[0])
    where = "there" if there == first else f"in {f.name(there)}"
    return f"{left}; at the end more of the displaced are {where} ({many}) than in any other"


def _country_of(world: World, area_id: str) -> int:
    """The country abroad in which an area lies, as the number of a side."""
    inside = world.places.area == world.areas.area_id.index(area_id)
    return int(world.country[inside][0])
