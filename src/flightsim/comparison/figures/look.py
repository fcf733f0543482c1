"""One look for all figures of a comparison: a scenario keeps its colour and its marker in every one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Patch
from matplotlib.textpath import TextPath
from matplotlib.ticker import FuncFormatter, MaxNLocator

from flightsim import __version__, words
from flightsim.comparison.material import Material
from flightsim.comparison.sentences import FEWEST_FOR_BANDS, NO_BAND, rests_on
from flightsim.plots import style
from flightsim.world import World

MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
BANDS = "Strong band: the middle half of the runs; faint band: 9 in 10 of them; line: the median."
FEW = "Fewer than 20 runs: the faint band is about their whole range."


def colours(scenarios: Sequence[str]) -> dict[str, str]:
    """A colour for each scenario, the baseline's grey."""
    others = style.SCENARIOS
    return {name: others[(i - 1) % len(others)] if i else style.BASELINE for i, name in enumerate(scenarios)}


def markers(scenarios: Sequence[str]) -> dict[str, str]:
    """A marker for each scenario."""
    return {name: MARKERS[i % len(MARKERS)] for i, name in enumerate(scenarios)}


def bands_explained(material: Material) -> str:
    """What the bands are, and what they cannot be with few runs."""
    least = min(material.sizes.values())
    if least < 2:
        return NO_BAND + "."
    return BANDS if least >= FEWEST_FOR_BANDS else f"{BANDS} {FEW}"


def foot(material: Material, world: World | None, tables: tuple[str, ...] = ()) -> str:
    """What a figure rests on: modelled, how many runs, whose choice, what data."""
    pairs = (
        "; each pair of runs shares households and random seed"
        if material.others and material.same_people
        else ""
    )
    said = f"Modelled, not observed: {material.counted}{pairs}. {rests_on(material)[0]}"
    if world is None:
        return f"{said} Source: flightsim {__version__}, case “{material.case}”; its folder is not there any more."
    return f"{said}{style.unchecked(world, material.last)} {style.source(world, __version__, tables)}"


def span(material: Material) -> str:
    """The days compared."""
    return f"{words.day_year(material.first)} to {words.day_year(material.last)}"


def write(figure: Figure, title: str, subtitle: str, material: Material, world: World | None,
          tables: tuple[str, ...] = ()) -> float:  # fmt: skip
    """The finding, what is shown, and what it rests on. Gives the share of the height that the upper two take."""
    return style.write(figure, title, subtitle, foot(material, world, tables))


def labels(scenarios: Sequence[str]) -> dict[str, str]:
    """Short names of scenarios: without what all of them share, and without the groups of parameters.

    ``border=open shelter.site_room=2`` beside ``border=closed shelter.site_room=2`` becomes ``border=open``.
    """
    parts = {name: name.split() for name in scenarios}
    if not all("=" in part for each in parts.values() for part in each):
        return {name: name for name in scenarios}
    shared = set.intersection(*(set(each) for each in parts.values())) if len(scenarios) > 1 else set()
    short = {
        name: " ".join(re.sub(r"^\w+\.", "", part) for part in each if part not in shared)
        for name, each in parts.items()
    }
    told_apart = len(set(short.values())) == len(scenarios) and all(short.values())
    return short if told_apart else {name: name for name in scenarios}


def wide_in(text: str, size: float, weight: str = "bold") -> float:
    """How wide a line of text is drawn, inches."""
    font = FontProperties(family=style.FONT, weight=weight)
    return float(TextPath((0, 0), text, size=size, prop=font).get_extents().width) / 72


def fit(text: str, most_in: float, size: float = 10.0, weight: str = "bold", rest: str = "") -> str:
    """A text of that size and ``rest`` after it, the text cut where both would be wider than ``most_in`` inches."""
    for most in range(len(text), 6, -1):
        cut = shorter(text, most) + rest
        if wide_in(cut, size, weight) <= most_in:
            return cut
    return shorter(text, 6) + rest


def shorter(text: str, most: int) -> str:
    """A text of at most so many letters, cut in the middle: names often differ at their ends."""
    return text if len(text) <= most else f"{text[: (most - 1) // 2]}…{text[len(text) - most // 2 :]}"


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table, each by column."""
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]


def values(axis: Any, unit: str) -> None:
    """Ticks of a value axis: few, as counts."""
    axis.set_major_locator(MaxNLocator(4))
    if unit == "km":
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        return

    def told(value: float, _: object) -> str:
        most = max(abs(v) for v in axis.get_view_interval())
        return words.short(value, most) if abs(value) >= 1 or value == 0 else f"{value:g}"

    axis.set_major_formatter(FuncFormatter(told))


def signed(axis: Any, unit: str) -> None:
    """Ticks of an axis of differences, with their sign."""
    values(axis, unit)
    plain = axis.get_major_formatter()
    axis.set_major_formatter(
        FuncFormatter(lambda value, at: ("+" if value > 0 else "") + plain(value, at).replace("-", "−"))
    )


def band_key(axes: Axes, colour: str, many: bool) -> None:
    """What a fan's shades mean, drawn as the fans are."""
    outer = "9 in 10 runs" if many else "nearly all runs"
    handles: list[Any] = [Patch(fc=colour, alpha=0.55, label="middle half of the runs")]
    handles.append(Patch(fc=colour, alpha=0.22, label=outer))
    (line,) = axes.plot([], [], color=colour, lw=2, label="median")
    axes.legend(handles=[line, *handles], loc="upper left", fontsize=8.5)
