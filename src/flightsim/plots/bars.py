"""Where how many arrive, and what shelter they find."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from flightsim import words
from flightsim.measures import SMALL_CELL_PERSONS
from flightsim.plots import style
from flightsim.results.cube import AREA, GROUP
from flightsim.results.findings import RUNG_WORDS, Findings
from flightsim.results.runs import Results
from flightsim.world import RUNGS, World

SHOWN = 15  # areas


def arrivals(results: Results, world: World) -> Figure:
    """Arrivals by area and by the shelter found, the fifteen with most, the rest together."""
    f = Findings(results)
    figure = style.new_figure()
    axes = figure.add_axes((0.19, style.BOTTOM, 0.775, style.TOP - style.BOTTOM - 0.05))
    areas = list(f.arrivals.index)
    arrived = results.cube.values("arrivals_persons", {AREA: areas, GROUP: RUNGS}).sum(axis=0)
    rows = pd.DataFrame(arrived, areas, list(RUNGS))
    shown = rows[rows.sum(axis=1) >= SMALL_CELL_PERSONS].head(SHOWN)
    names = [f.name(str(area_id)) for area_id in shown.index]
    rest = rows.drop(shown.index).sum()
    table = shown.to_numpy()
    if rest.sum() >= SMALL_CELL_PERSONS:
        table = np.vstack([table, rest.to_numpy()])
        names.append(f"{int((rows.drop(shown.index).sum(axis=1) > 0).sum())} others")
    y, left = np.arange(len(names)), np.zeros(len(names))
    for column, rung in enumerate(RUNGS):
        width = table[:, column]
        look = {"color": style.RUNG_COLOURS[rung], "label": RUNG_WORDS[rung]}
        style.bars_across(axes, y, left, left + width, 0.74, **look)
        left = left + width
    for at, total in zip(y, left, strict=True):
        axes.text(float(total), float(at), f"  {words.about(total)}", va="center", size=9)
    axes.set_yticks(y, names)
    axes.invert_yaxis()
    axes.tick_params(axis="y", length=0)
    axes.set_xlim(0, 1.1 * max(left.max(initial=0.0), 1.0))
    axes.set_xlabel("arrivals (movements)")
    style.counts(axes.xaxis)
    style.faint_grid(axes, "x")
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(-0.22, 1.0),
        ncols=6,
        handlelength=1,
        columnspacing=1.1,
        fontsize=8.5,
    )
    span = f"{words.day_year(f.start)} to {words.day_year(f.end)}"
    what = f"Arrivals by {world.areas.noun.one} and shelter found, {span}; who moves on counts again."
    style.say(figure, _title(f), what, results, world)
    return figure


def _title(f: Findings) -> str:
    if not len(f.arrivals) or f.arrivals.iloc[0] <= 0:
        return "Nobody arrives anywhere in this run"
    first = f"{words.about(f.arrivals.iloc[0])} of {words.about(f.arrivals.sum())} arrivals"
    where = f"are in {f.name(str(f.arrivals.index[0]))}"
    return (
        f"About {first} {where}; {words.in_ten(f.poor_share)} of all end in makeshift shelter or in the open"
    )
