"""Figures for print: PNG at 300 dots an inch, and SVG. Nothing finer than an area is drawn."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import numpy as np

from flightsim import plots
from flightsim.needs import figures
from flightsim.needs.study import Scene
from flightsim.needs.tables import Needs
from flightsim.plots import maps, style
from flightsim.results.runs import load

PRINT_DPI = 300
LEFT_OUT = ("roads", "hours")  # finer than an area and a day


def draw(needs: Needs, folder: Path, kinds: tuple[str, ...], boundaries: str | Path | None) -> list[Path]:
    """Draw the figures of needs, and of one run those that a run has, as ``kinds`` (png, svg)."""
    scene, world = needs.study.first, needs.study.world
    results = load(middle_run(scene))
    paths = []
    with style.looks(), mpl.rc_context({"svg.hashsalt": "flightsim", "svg.fonttype": "path"}):
        drawn = {
            "needs_gaps": figures.by_sector(needs.gaps[scene.name], scene.people, world),
            "needs_breach": figures.breach(needs.gaps[scene.name], scene.people, world),
            "map": maps.movements(results, world, boundaries),
        }
        drawn |= {
            name: draw_one(results, world) for name, draw_one in plots.FIGURES.items() if name not in LEFT_OUT
        }
        for name, figure in drawn.items():
            for kind in kinds:
                paths.append(folder / f"{name}.{kind}")
                metadata = {"Software": None} if kind == "png" else {"Date": None, "Creator": "flightsim"}
                figure.savefig(paths[-1], dpi=PRINT_DPI, metadata=metadata)
    return paths


def middle_run(scene: Scene) -> Path:
    """The run with the middle number of displaced people at the end: the one to draw where one has to stand for all."""
    at_end = scene.people.groups["everyone"][:, -1].sum(axis=1)
    order = np.argsort(at_end, kind="stable")
    return scene.paths[int(order[len(order) // 2])]
