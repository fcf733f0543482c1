"""How outcomes answer to what was varied over numbers: a curve for one number, a heat map for two."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from flightsim import words
from flightsim.comparison import sentences
from flightsim.comparison.figures import look
from flightsim.comparison.material import Material
from flightsim.plots import colours, style
from flightsim.results.outcomes import Headline
from flightsim.world import World

PANELS = 4
FEWEST_VALUES = 2
ROLE_WORDS = {"lever": "a lever, ours to choose", "uncertainty": "an uncertainty, not ours to choose"}


def numeric_axes(material: Material) -> list[str]:
    """The axes of the sweep that were varied over two or more numbers."""
    found = []
    for axis in material.sweep.axes:
        known = {material.axis_values[name].get(axis.name) for name in material.scenarios}
        if len(known) >= FEWEST_VALUES and all(_is_number(value) for value in known):
            found.append(axis.name)
    return found


def shown(material: Material) -> tuple[Headline, ...]:
    """The outcomes drawn: the first ones that are anything but zero."""
    return material.telling[:PANELS]


def curves(table: pd.DataFrame, material: Material, world: World | None, axis: str) -> Figure:
    """A panel an outcome over one numeric axis; a line for each combination of what else was varied."""
    figure = style.new_figure(11.0, 7.2)
    panels = _panels(figure)
    others = [each.name for each in material.sweep.axes if each.name != axis]
    groups = list(table.groupby(others, sort=False)) if others else [((), table)]
    names = [", ".join(f"{o}={v}" for o, v in zip(others, _as_tuple(key), strict=True)) for key, _ in groups]
    for panel, headline in zip(panels, shown(material), strict=False):
        for i, (_, group) in enumerate(groups):
            rows = group[group["outcome"] == headline.name].sort_values(axis)
            colour = style.SCENARIOS[i % len(style.SCENARIOS)]
            x = rows[axis].astype(float)
            panel.fill_between(x, rows["p5"], rows["p95"], color=colour, alpha=0.2, lw=0)
            panel.fill_between(x, rows["p25"], rows["p75"], color=colour, alpha=0.4, lw=0)
            panel.plot(x, rows["p50"], color=colour, lw=1.6, marker=look.MARKERS[i % 8], ms=5, label=names[i])
        panel.set_title(headline.title, loc="left", size=10, weight="bold")
        panel.set_title(headline.unit, loc="right", size=8.5, color=style.FAINT_INK)
        panel.set_ylim(min(panel.get_ylim()[0], 0) if headline.unit == "km" else 0, None)
        look.values(panel.yaxis, headline.unit)
        panel.set_xlabel(_label(material, axis))
        style.faint_grid(panel)
    if others:
        panels[0].legend(fontsize=8, title=" and ".join(others), title_fontsize=8, alignment="left")
    what = f"Outcomes by {_told(material, axis)}; {look.span(material)}. {look.bands_explained(material)}"
    look.write(figure, _curve_title(table, material, axis), what, material, world)
    return figure


def _label(material: Material, name: str) -> str:
    """An axis' name and the unit of its values."""
    unit = next((axis.unit for axis in material.sweep.axes if axis.name == name), "")
    return f"{name} ({unit})" if unit else name


def heat(table: pd.DataFrame, material: Material, world: World | None, axes_names: Sequence[str]) -> Figure:
    """A panel an outcome: the median over two numeric axes, written in each cell. What else varies is averaged."""
    x_name, y_name = axes_names[:2]
    figure = style.new_figure(11.0, 8.2)
    for panel, headline in zip(_panels(figure), shown(material), strict=False):
        rows = table[table["outcome"] == headline.name]
        grid = rows.pivot_table(index=y_name, columns=x_name, values="p50", aggfunc="mean").sort_index(
            ascending=False
        )
        _cells(panel, grid, headline)
        panel.set_xlabel(_label(material, x_name))
        panel.set_ylabel(_label(material, y_name))
    told = f"{_told(material, x_name)}, and {_told(material, y_name)}"
    what = f"Median over the runs by {told}; {look.span(material)}. White: not run."
    look.write(figure, _heat_title(table, material, x_name, y_name), what, material, world)
    return figure


def _cells(panel: Axes, grid: pd.DataFrame, headline: Headline) -> None:
    values = grid.to_numpy(float)
    ink = colours.PALETTES[colours.LIGHT]  # the cells are a ground of their own, the same in both themes
    panel.imshow(values, aspect="auto", cmap="cividis_r", alpha=0.9)
    low, high = np.nanmin(values), np.nanmax(values)
    size = 8.5 if values.shape[1] <= 6 else 6.5
    for (i, j), value in np.ndenumerate(values):
        if np.isfinite(value):
            dark = high > low and (value - low) / (high - low) > 0.55
            text = (
                sentences.amount(value, headline.unit)
                .replace(" million", " M")
                .replace("fewer than 100", "<100")
            )
            panel.text(j, i, text, ha="center", va="center", size=size, color=ink.PAPER if dark else ink.INK)
    panel.set_xticks(range(len(grid.columns)), [f"{v:g}" for v in grid.columns])
    panel.set_yticks(range(len(grid.index)), [f"{v:g}" for v in grid.index])
    panel.tick_params(length=0)
    panel.set_title(headline.title, loc="left", size=10, weight="bold")
    panel.set_title(headline.unit, loc="right", size=8.5, color=style.FAINT_INK)


def _panels(figure: Figure) -> list[Axes]:
    grid = {"left": 0.09, "right": 0.97, "top": 0.83, "bottom": 0.14, "hspace": 0.42, "wspace": 0.24}
    return list(figure.subplots(2, 2, gridspec_kw=grid).flat)


def _told(material: Material, axis: str) -> str:
    role = ROLE_WORDS.get(str(material.varied.get(axis)))
    return f"{axis} ({role})" if role else axis


def _curve_title(table: pd.DataFrame, material: Material, axis: str) -> str:
    """The first outcome at the two ends of the axis, over everything else varied."""
    rows = table[table["outcome"] == material.main.name].groupby(axis)["p50"].mean()
    return _ends(material, axis, rows)


def _heat_title(table: pd.DataFrame, material: Material, x_name: str, y_name: str) -> str:
    """The axis along which the first outcome changes more."""
    rows = table[table["outcome"] == material.main.name]
    each = {axis: rows.groupby(axis)["p50"].mean() for axis in (x_name, y_name)}
    strongest = max(each, key=lambda axis: float(np.ptp(each[axis].to_numpy())))
    other = x_name if strongest == y_name else y_name
    return f"{_ends(material, strongest, each[strongest])}; it matters more than {other}"


def _ends(material: Material, axis: str, by_value: Any) -> str:
    by_value = by_value.sort_index()
    first, last = float(by_value.iloc[0]), float(by_value.iloc[-1])
    a, b = words.about(first), words.about(last)
    low, high = f"{by_value.index[0]:g}", f"{by_value.index[-1]:g}"
    if a == b:
        return f"{material.main.title}: about {a} whatever {axis} is, from {low} to {high}"
    rise = "rise" if last > first else "fall"
    return f"{material.main.title} {rise} from {a} to {b} as {axis} goes from {low} to {high}"


def _is_number(value: Any) -> bool:
    return (
        isinstance(value, int | float | np.number)
        and not isinstance(value, bool)
        and bool(np.isfinite(value))
    )


def _as_tuple(key: Any) -> tuple[Any, ...]:
    return key if isinstance(key, tuple) else (key,)
