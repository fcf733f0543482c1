"""Figures of the runs of one scenario: people displaced by day as a fan, and the map of the medians."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from flightsim import __version__, words
from flightsim.plots import curves, fan, maps, style
from flightsim.results.ensemble import Ensemble
from flightsim.results.ensemble_text import checked, most, reports
from flightsim.results.findings import Findings, unchecked_after
from flightsim.world import World

LINES = 0.4  # how strong the courses of single runs are, where no range can be told
RIGHT = 0.86  # of the figure: beside it stand the last values
MILLION = " million"
GAP = 0.03  # of the figure's height, between what is said and the axes


def displaced(ensemble: Ensemble, world: World) -> Figure:
    """People displaced by day: the median, what half and what most of the runs lie between, and the reports."""
    figure = style.new_figure()
    axes = figure.add_axes(
        (style.LEFT, style.BOTTOM, RIGHT - style.LEFT, style.TOP - style.BOTTOM)
    )  # for now
    points = reports(ensemble, world)
    _unchecked(axes, ensemble, world)
    if not ensemble.has_range:
        for course in ensemble.courses["displaced_persons", ""]:
            axes.plot(ensemble.days.to_numpy(), course, color=style.PEOPLE, lw=0.8, alpha=LINES)
    fan.draw(axes, ensemble.displaced, style.PEOPLE, 2.4, bands=ensemble.has_range)
    curves.draw_points(axes, points)
    axes.set_ylim(0, None)
    axes.set_ylabel("people displaced since the start")
    style.counts(axes.yaxis)
    style.faint_grid(axes)
    style.dates(axes, ensemble.days)
    _last_values(axes, ensemble)
    handles = fan.key(style.PEOPLE, most(ensemble), 2.4, bands=ensemble.has_range)
    if points:
        handles += [maps.heading("As reported then"), *curves.legend(points)]
    axes.legend(handles=handles, loc="upper left", fontsize=8.5)
    what = f"People displaced at least once since {words.day_year(ensemble.start)}, by day."
    told = " ".join([what, *checked(ensemble, points)])
    tables = ("observations.csv",) if points else ()
    taken = style.write(figure, _title(ensemble), told, _foot(ensemble, world, tables))
    top = min(style.TOP, 1 - taken - GAP)
    axes.set_position((style.LEFT, style.BOTTOM, RIGHT - style.LEFT, top - style.BOTTOM))
    return figure


def movements(ensemble: Ensemble, world: World, boundaries: str | Path | None = None) -> Figure:
    """The map of movements, of the medians over the runs by area."""
    median = ensemble.median_run()
    figure = maps.draw_movements(median, world, boundaries)
    span = f"{words.day_year(ensemble.start)} to {words.day_year(ensemble.end)}"
    what = f"People displaced from {span}, by {world.areas.noun.one}; medians of {words.counted(ensemble.runs, 'run')}."
    tables = ("outlines.geojson", "lines.geojson", "events.csv")
    style.write(figure, maps.movements_title(Findings(median), world), what, _foot(ensemble, world, tables))
    return figure


def _unchecked(axes: Axes, ensemble: Ensemble, world: World) -> None:
    """The days well beyond the last report, shaded."""
    last = unchecked_after(world.observations, ensemble.end)
    if last is not None:
        begin: Any = np.datetime64(max(last, ensemble.start))
        end: Any = ensemble.days[-1].to_numpy()
        axes.axvspan(begin, end, color=style.UNCHECKED, lw=0, zorder=0)
        axes.text(
            begin, 0.02, " unchecked", transform=axes.get_xaxis_transform(), color=style.FAINT_INK, size=9
        )


def _last_values(axes: Axes, ensemble: Ensemble) -> None:
    """At the right end what the fan comes to: the median, and under it what most runs lie between."""
    last = ensemble.displaced.iloc[-1]
    at: Any = (ensemble.days[-1].to_numpy(), last["median"])
    look: Any = {"textcoords": "offset points", "color": style.PEOPLE, "size": 9.5, "annotation_clip": False}
    axes.annotate(words.about(last["median"]), at, xytext=(9, 0), va="center", weight="bold", **look)
    low, high = words.about(last["p05"]), words.about(last["p95"])
    if ensemble.has_range and low != high:
        axes.annotate(f"{low}\nto {high}", at, xytext=(9, -8), va="top", **look)


def _title(ensemble: Ensemble) -> str:
    last = ensemble.displaced.iloc[-1]
    if last["p95"] < 1:
        return "Nobody is displaced in these runs"
    by = f"{words.about(last['median'])} people displaced by {words.day_year(ensemble.end)}"
    low, high = words.about(last["p05"]), words.about(last["p95"])
    if not ensemble.has_range:
        return f"{by} in the middle run of {ensemble.runs}: too few for a range"
    if low == high:
        return by
    if high.endswith(MILLION):
        low = low.removesuffix(MILLION)
    return f"{by}; in {most(ensemble)} {low} to {high}"


def _foot(ensemble: Ensemble, world: World, tables: tuple[str, ...]) -> str:
    """What a figure of the runs rests on: modelled, how many, what varied, whom its tables come from."""
    return (
        f"Modelled, not observed: {words.counted(ensemble.runs, 'run')}. {ensemble.varied}"
        f"{style.unchecked(world, ensemble.end)} {style.source(world, __version__, tables)}"
    )
