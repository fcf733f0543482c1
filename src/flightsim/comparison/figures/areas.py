"""Small maps side by side: arrivals by sub-district in each scenario, and differences to the baseline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from flightsim import words
from flightsim.comparison import sentences
from flightsim.comparison.figures import look
from flightsim.comparison.material import Material
from flightsim.comparison.paired import CLEAR_SHARE, FEWEST_CLEAR
from flightsim.comparison.tables import DIFFERENCE, LEVEL
from flightsim.measures import SMALL_CELL_PERSONS
from flightsim.plots import ground, shapes, style
from flightsim.plots.colours import palette, ramp
from flightsim.world import Floats, World

NAMED = 4  # sub-districts on each map
LIMITS = tuple(float(digit * 10**power) for power in range(2, 7) for digit in (1, 2, 5))
MOST_CLASSES = 6
MAP_WIDE_IN, KEY_IN = {1: 6.0, 2: 4.6, 3: 3.9, 4: 3.3}, 1.75
MAP_MOST_HIGH_IN, MAP_LEAST_WIDE_IN = 3.6, 2.6
HEAD_IN, FOOT_IN, ROW_GAP_IN = 1.35, 0.65, 0.3


def draw(
    table: pd.DataFrame, material: Material, world: World, shown: Sequence[str],
    boundaries: str | Path | None = None,
) -> Figure:  # fmt: skip
    """One page: columns are scenarios; above mean arrivals, below the mean paired difference."""
    view, outlines = ground.view_of(world), shapes.outlines(world, boundaries)
    centres = dict(zip(world.areas.area_id, shapes.centres(world, outlines), strict=True))
    table = table[table["area_id"].isin(list(centres))]  # the case may have changed since
    n, rows = len(shown), 1 + (len(shown) > 1)
    wide = min(MAP_WIDE_IN[n], MAP_MOST_HIGH_IN * view.width / view.height)
    high = wide * view.height / view.width
    wide = max(wide, MAP_LEAST_WIDE_IN)
    figure = style.new_figure(n * wide + KEY_IN + 0.2, HEAD_IN + FOOT_IN + rows * (high + ROW_GAP_IN))
    level, change = _limits(_most(table, LEVEL)), _limits(_most(table, DIFFERENCE))
    names = look.labels(material.scenarios)
    total_wide, total_high = (float(v) for v in figure.get_size_inches())
    for column, name in enumerate(shown):
        for row, what in enumerate((LEVEL, DIFFERENCE)[:rows]):
            if row and not column:
                continue
            bottom = total_high - HEAD_IN - (row + 1) * (high + ROW_GAP_IN) + ROW_GAP_IN / 2
            box = (0.15 + column * wide, bottom, wide - 0.1, high)
            axes = figure.add_axes(
                (box[0] / total_wide, box[1] / total_high, box[2] / total_wide, box[3] / total_high)
            )
            part = table[(table["scenario"] == name) & (table["what"] == what)]
            _map(
                axes,
                view,
                world,
                outlines,
                centres,
                part,
                level if row == 0 else change,
                what,
                view.width / wide,
            )
            title = look.fit(names[name], wide - 0.1)
            axes.set_title(
                title, loc="left", size=10, color=look.colours(material.scenarios)[name], weight="bold"
            )
    gaps = table.loc[table["what"] == DIFFERENCE, "mean"]
    signs = bool((gaps >= SMALL_CELL_PERSONS).any()), bool((gaps <= -SMALL_CELL_PERSONS).any())
    _keys(figure, level, change, signs, rows, n * wide + 0.25, high)
    border = str(world.manifest.get("border_name", "abroad"))
    base = sentences.called(names[material.baseline])
    below = f"Below: mean difference to {base} between runs with the same random seed. " if rows > 1 else ""
    subtitle = (
        f"Mean arrivals by {world.areas.noun.one}, {look.span(material)}; whoever moves on counts again. "
        f"{below}"
        f"Counts under {SMALL_CELL_PERSONS:.0f} are not shown. Thick line: border ({border})."
    )
    look.write(
        figure, _title(table, material), subtitle, material, world, ("outlines.geojson", "lines.geojson")
    )
    return figure


def _map(
    axes: Axes, view: ground.View, world: World, outlines: Any, centres: Mapping[str, Floats], part: pd.DataFrame,
    limits: Sequence[float], what: str, km_per_inch: float,
) -> None:  # fmt: skip
    values = part.set_index("area_id")["mean"]
    ramp = level_colours(len(limits)) if what == LEVEL else None
    faces = {str(a): _colour(float(v), limits, ramp) for a, v in values.items()}
    ground.prepare(axes, view)
    ground.land(axes, outlines, faces)
    ground.lines(axes, world, view, roads=False)
    if not outlines:
        for area_id, face in faces.items():
            x, y = centres[area_id]
            axes.scatter([x], [y], marker="s", s=150, color=face, edgecolor=style.LAND_EDGE, zorder=3)
    if what == DIFFERENCE:
        for area_id in part.loc[_unclear(part), "area_id"]:
            axes.plot(*centres[str(area_id)], marker="x", ms=4.5, mew=1.1, color=style.INK, zorder=4)
    important = values.abs().dropna().sort_values(ascending=False).head(NAMED)
    names = part.set_index("area_id")["area_name"]
    labels = [(str(names[a]), centres[str(a)]) for a in important[important >= limits[0]].index]
    ground.names(axes, view, labels, km_per_inch)


def _unclear(part: pd.DataFrame) -> Any:
    """Differences drawn in a colour though fewer than nine in ten pairs agree; the title says if pairs are too few."""
    agree = part[["more", "fewer"]].astype(float).max(axis=1)
    return (agree < CLEAR_SHARE * part["n_runs"]) & (part["mean"].abs() >= SMALL_CELL_PERSONS)


def _limits(most: float) -> list[float]:
    """Lower limits of the classes, from 100 up."""
    limits = [v for v in LIMITS if v < most] or [SMALL_CELL_PERSONS]
    steps = np.linspace(0, len(limits) - 1, min(len(limits), MOST_CLASSES)).round().astype(int)
    return [limits[i] for i in steps]


def level_colours(n: int) -> list[str]:
    """From light to dark for counts."""
    return palette().shades(n)


def change_colours(n: int, more: bool) -> list[str]:
    """From light to dark for differences: orange for more, blue for fewer."""
    return ramp(
        palette().MORE_SHADES if more else palette().FEWER_SHADES,
        n,
        furthest=min(0.5 + 0.1 * n, 1),
        alone=0.4,
    )


def _colour(value: float, limits: Sequence[float], ramp: Sequence[str] | None) -> str:
    if np.isnan(value):
        return palette().SUPPRESSED
    at = int(np.searchsorted(limits, abs(value), side="right")) - 1
    if at < 0:
        return palette().SUPPRESSED if ramp else palette().NO_CHANGE
    return ramp[at] if ramp else change_colours(len(limits), value > 0)[at]


def _most(table: pd.DataFrame, what: str) -> float:
    return float(table.loc[table["what"] == what, "mean"].abs().max())


def _keys(
    figure: Figure, level: Sequence[float], limits: Sequence[float], change: tuple[bool, bool], rows: int,
    left: float, high: float,
) -> None:  # fmt: skip
    """What the colours mean, at the right of each row; ``change``: whether there is more, and fewer, anywhere."""
    wide, tall = (float(v) for v in figure.get_size_inches())
    handles: list[Any] = [
        Patch(fc=c, ec=style.LAND_EDGE, label=_class(level, i))
        for i, c in enumerate(level_colours(len(level)))
    ]
    handles.append(Patch(fc=style.SUPPRESSED, ec=style.LAND_EDGE, label="under 100"))
    place: dict[str, Any] = {
        "fontsize": 8,
        "handlelength": 1.5,
        "alignment": "left",
        "borderaxespad": 0,
        "loc": "upper left",
    }
    figure.legend(
        handles=handles, title="Arrivals", bbox_to_anchor=(left / wide, 1 - (HEAD_IN + 0.2) / tall), **place
    )
    if rows == 1:
        return
    up, down = change
    n, colours = len(limits), {more: change_colours(len(limits), more) for more in (True, False)}
    handles = [Patch(fc=colours[True][i], label="+" + _class(limits, i)) for i in reversed(range(n)) if up]
    handles.append(Patch(fc=style.NO_CHANGE, ec=style.LAND_EDGE, label="within ±100"))
    handles += [Patch(fc=colours[False][i], label="−" + _class(limits, i)) for i in range(n) if down]
    handles.append(Patch(fc=style.SUPPRESSED, ec=style.LAND_EDGE, label="a count under 100"))
    handles.append(_cross())
    at = (left / wide, 1 - (HEAD_IN + 0.2 + high + ROW_GAP_IN) / tall)
    figure.legend(handles=handles, title="Difference", bbox_to_anchor=at, **place)


def _cross() -> Any:
    return Line2D(
        [], [], ls="", marker="x", ms=5, color=style.INK, label="not clear: fewer than\n9 in 10 pairs agree"
    )


def _class(limits: Sequence[float], i: int) -> str:
    low = words.short(limits[i])
    return f"{low} to {words.short(limits[i + 1])}" if i + 1 < len(limits) else f"{low} and more"


def _title(table: pd.DataFrame, material: Material) -> str:
    """Where the difference that is largest and clear lies; without one, where most arrive."""
    gaps = table[(table["what"] == DIFFERENCE) & table["mean"].notna()]
    gaps = gaps[~_unclear(gaps) & (gaps["mean"].abs() >= SMALL_CELL_PERSONS)]
    if len(gaps):
        top = max(look.records(gaps), key=lambda row: abs(row["mean"]))
        count, word = (top["more"], "more") if top["mean"] > 0 else (top["fewer"], "fewer")
        base = sentences.called(material.baseline)
        where = f"{words.about(abs(top['mean']))} {word} arrivals in {top['area_name']} than {base}"
        few = ", too few to judge" if top["n_runs"] < FEWEST_CLEAR else ""
        return f"“{top['scenario']}”: {where}, {word} in {count} of {top['n_runs']} runs{few}"
    levels = table[
        (table["what"] == LEVEL) & (table["scenario"] == material.baseline) & table["mean"].notna()
    ]
    if levels.empty:
        return "Nowhere as many as 100 people arrive"
    top = max(look.records(levels), key=lambda row: row["mean"])
    same = "; no clear difference between the scenarios" if material.others else ""
    return f"More people arrive in {top['area_name']} ({words.about(top['mean'])}) than anywhere else{same}"
