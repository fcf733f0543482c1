"""Figures of one run: tables in, pictures out. Every title says what was found."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from matplotlib.figure import Figure

from flightsim.plots import bars, curves, maps, style
from flightsim.results.runs import Results
from flightsim.world import World

FIGURES: dict[str, Callable[[Results, World], Figure]] = {
    "displaced": curves.displaced,
    "arrivals": bars.arrivals,
    "shelter": curves.shelter,
    "hours": curves.hours,
    "hardship": curves.hardship,
}
MAPS: dict[str, Callable[..., Figure]] = {"map": maps.movements, "roads": maps.roads}


def draw_all(
    results: Results, world: World, folder: Path, boundaries: str | Path | None = None
) -> list[Path]:
    """Draw every figure into ``folder`` as PNG and give the paths.

    ``boundaries``: a GeoJSON file of official outlines, to be drawn instead of the case's own.
    """
    paths = []
    drawers = {name: partial(draw, boundaries=boundaries) for name, draw in MAPS.items()} | FIGURES
    with style.looks():
        for name, draw in drawers.items():
            figure = draw(results, world)
            paths.append(folder / f"{name}.png")
            style.save(figure, paths[-1])
    return paths
