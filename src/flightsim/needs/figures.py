"""Two pictures of needs: what is short by sector, and from which day in which sub-district."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from flightsim import __version__, words
from flightsim.measures import SMALL_CELL_PERSONS
from flightsim.needs.gaps import Gap
from flightsim.needs.people import People, quantiles
from flightsim.needs.quantities import rounded
from flightsim.needs.screen import WHOLE, spread
from flightsim.needs.screen import figure as short_figure
from flightsim.needs.tables import Needs
from flightsim.plots import style
from flightsim.results.findings import unchecked_after
from flightsim.world import Floats, World

BY_SECTOR = (
    "water", "latrines_first_phase", "latrines_medium_term", "shelter_places", "covered_space_cold",
    "site_places", "site_land", "winter_kits", "food", "health_centres", "hospitals", "beds",
)  # fmt: skip
SHOWN = 18  # sub-districts
DARK = 0.4  # of that scale: white letters before it
COLUMN_WORDS = {
    "shelter_places": "places to live", "site_places": "places in sites", "health_centres": "health centres",
}  # fmt: skip


def draw_all(needs: Needs, folder: Path) -> list[Path]:
    """Draw both into ``folder``, for the first scenario, and give the paths."""
    people, world = needs.study.first.people, needs.study.world
    found = needs.gaps[people.scenario]
    paths = []
    with style.looks():
        for name, picture in (
            ("gaps", by_sector(found, people, world)),
            ("breach", breach(found, people, world)),
        ):
            paths.append(folder / f"{name}.png")
            style.save(picture, paths[-1])
    return paths


def by_sector(found: Mapping[str, Gap], people: People, world: World) -> Figure:
    """Of each need at the end: which share is met, which is short, and how much that is."""
    gaps = [found[name] for name in BY_SECTOR if name in found]
    figure = style.new_figure(10, 6.2)
    axes = figure.add_axes((0.34, 0.12, 0.33, 0.78))
    worst = ("", 0.0)
    for y, gap in enumerate(gaps):
        needed = quantiles(rounded(gap.need, gap.needed[:, -1].sum(axis=1)))
        known, part = bool(gap.known.any()), gap.known_share
        missing = float(np.median(np.nansum(gap.short[:, -1], axis=1))) if known else 0.0
        share = missing / float(needed[0]) if needed[0] else 0.0
        axes.barh(y, max(part - share, 0.0), color=style.MET, height=0.66)
        axes.barh(y, share, left=max(part - share, 0.0), color=style.SHORT, height=0.66)
        axes.barh(
            y, 1 - part, left=part, color=style.UNKNOWN, height=0.66, hatch="////", edgecolor=style.PAPER
        )
        axes.text(-0.02, y, _label(gap), ha="right", va="center", size=9)
        axes.text(1.03, y, spread(needed), va="center", size=9)
        said = short_figure(rounded(gap.need, missing)) if known else "capacity not known"
        said += ", known in part" if known and part < WHOLE else ""
        axes.text(1.56, y, said, va="center", size=9, color=style.INK if known else style.FAINT_INK)
        if known and share > worst[1]:
            worst = (gap.need.meaning.partition(" (")[0], share)
    for x, head in ((0, "of what is needed:"), (1.03, "needed"), (1.56, "short")):
        axes.text(x, -0.8, head, size=9, weight="bold", va="center")
    axes.set(xlim=(0, 1), ylim=(len(gaps) - 0.4, -1.5), xticks=[0, 0.5, 1], yticks=[])
    axes.set_xticklabels(["0", "half", "all"])
    axes.spines[["left", "bottom"]].set_visible(False)
    title = "No capacity that is known falls short"
    if worst[1] > 0:
        title = f"{words.in_ten(worst[1]).capitalize()} of the needed {worst[0]} are missing"
    what = f"Needs on {words.day_year(people.days[-1].date())}: blue is there, red is short, hatched is not known."
    if people.runs > 1:
        what += " In brackets: 9 of 10 runs."
    style.write(figure, title, what, foot(people, world))
    return figure


def breach(found: Mapping[str, Gap], people: People, world: World) -> Figure:
    """Rows sub-districts, columns capacities, in each cell the day it falls short on: the stronger, the sooner."""
    gaps = [gap for gap in found.values() if np.isfinite(gap.there).any() and not gap.together]
    rows = _rows(people)
    figure = style.new_figure(10, max(3.4, 2.1 + 0.27 * len(rows)))
    high = float(figure.get_size_inches()[1])
    axes = figure.add_axes((0.2, 0.55 / high, 0.77, 1 - 1.75 / high))
    for j, gap in enumerate(gaps):
        for i, a in enumerate(rows):
            _cell(axes, i, j, gap.breached[:, a], people.days)
        name = COLUMN_WORDS.get(gap.need.name, gap.need.name.replace("_", " "))
        axes.text(j + 0.5, -0.85, name, ha="center", va="center", size=9, weight="bold")
    for i, a in enumerate(rows):
        axes.text(-0.05, i, world.areas.name[a], ha="right", va="center", size=9)
    axes.set(xlim=(0, max(len(gaps), 1)), ylim=(len(rows) - 0.4, -1.3))
    axes.set_axis_off()
    what = "First day on which a capacity falls short for 100 people or more"
    what += f", in the middle one of {people.runs} runs (in brackets: 9 of 10)." if people.runs > 1 else "."
    what += f" The {len(rows)} {world.areas.noun.many} with most displaced people; the stronger the red, the sooner."
    style.write(figure, _breach_title(gaps, people, world), what, foot(people, world))
    return figure


def _cell(axes: Axes, row: int, column: int, first: Floats, days: pd.DatetimeIndex) -> None:
    """One cell: the day, or a dash if the capacity suffices, or a word if it did not from the start."""
    middle = float(_middle(first))
    colour: Any
    colour, ink, told = style.NEVER, style.INK, "–"
    if middle == 0:
        colour, told = style.FROM_THE_START, "from the start"
    elif np.isfinite(middle):
        soon = middle / max(len(days) - 1, 1)
        colour = LinearSegmentedColormap.from_list("soon", list(style.SOON_SHADES))(soon)
        ink = style.PAPER if soon < DARK else style.INK
        told = _range_of(first, days)
    axes.barh(row, 0.96, left=column + 0.02, height=0.9, color=colour)
    axes.text(column + 0.5, row, told, ha="center", va="center", size=8, color=ink)


def foot(people: People, world: World) -> str:
    """What a figure rests on."""
    unchecked = unchecked_after(world.observations, people.days[-1].date())
    beyond = f" Unchecked after {words.day_year(unchecked)}." if unchecked else ""
    manifest = world.manifest
    known = manifest.get("data_date")
    dated = f", people and places of {words.day_year(date.fromisoformat(str(known)))}" if known else ""
    return (
        f"Modelled, not observed: {words.counted(people.runs, 'run')} of “{people.scenario}”.{beyond} Free room is an "
        f"assumption of the case; what is not verified among the standards is marked in standards_used.csv. "
        f"Source: flightsim {__version__}, case “{manifest.get('title', world.name)}”{dated}."
    )


def _rows(people: People) -> list[int]:
    """The sub-districts with most displaced people at the end, most first; none with fewer than a hundred."""
    at_end = np.median(people.groups["everyone"][:, -1], axis=0)
    order = np.argsort(-at_end, kind="stable")[:SHOWN]
    return [int(a) for a in order if at_end[a] >= SMALL_CELL_PERSONS]


def _breach_title(gaps: Iterable[Gap], people: People, world: World) -> str:
    gap = next((g for g in gaps if g.need.name == "shelter_places"), None)
    if gap is None or not np.isfinite(_middle(gap.breached)).any():
        return "In most runs no known place to live runs out"
    middle = _middle(gap.breached)
    first = int(middle.argmin())
    when = words.day(people.days[int(middle[first])].date())
    n = world.areas.noun.counted(int(np.isfinite(middle).sum()))
    return f"Places to live run out from {when} ({world.areas.name[first]}); by the end in {n}"


def _middle(first: Floats) -> Any:
    """The middle run's first day: (A,) of (R, A), or a number of (R,)."""
    return np.sort(first, axis=0)[len(first) // 2]


def _range_of(first: Floats, days: pd.DatetimeIndex) -> str:
    ordered = np.sort(first)
    n = len(ordered)
    middle, low, high = (float(ordered[k]) for k in (n // 2, int(0.05 * n), min(int(0.95 * n), n - 1)))
    said = _day(days, middle)
    return said if low == high else f"{said} ({_day(days, low)} – {_day(days, high)})"


def _day(days: pd.DatetimeIndex, number: float) -> str:
    return f"{days[int(number)].day} {days[int(number)]:%b}" if np.isfinite(number) else "never"


def _label(gap: Gap) -> str:
    meaning = gap.need.meaning.removesuffix(", for all present").removesuffix(", for the displaced")
    return (
        meaning if gap.need.unit == "persons" or gap.need.unit in meaning else f"{meaning} ({gap.need.unit})"
    )
