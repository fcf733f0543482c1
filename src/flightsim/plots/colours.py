"""The one place where colours are chosen: what each means, on a light and on a dark ground.

A meaning keeps its colour in every figure, on the page of ``flightsim explore`` and in the animation. People with any
common colour blindness can tell apart what stands in one figure (``FAMILIES``; tests/test_colours.py reckons it). The
rungs, and most others, are Paul Tol's "muted" set; scenarios are after Okabe and Ito, and no figure of scenarios shows
the meanings whose hues they share.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from matplotlib.colors import LinearSegmentedColormap, to_hex

from flightsim.errors import InputError, nearest

LIGHT, DARK = "light", "dark"


@dataclass(frozen=True)
class Palette:
    """A colour for every meaning, as #RRGGBB."""

    PAPER: str  # what figures are drawn on
    INK: str
    FAINT_INK: str
    GRID: str
    PEOPLE: str  # displaced people: lines, arrivals, the shades of the map
    PEOPLE_SHADES: tuple[str, str, str]  # few, some, most people
    LEAVING: str  # where people leave from, and when
    MOVING: str  # on the road: flows, vehicles, people en route
    TRAPPED: str
    CARE: str  # hospitals, and leaving for lack of them
    STRIKES: str
    OBSERVED: str
    CAPTURED: str
    LAND: str
    LAND_EDGE: str
    HOSTILE_LAND: str
    ROAD: str
    SMALL_ROAD: str
    NIGHT: str
    UNCHECKED: str  # days after the last report
    UNKNOWN: str
    RUNG_COLOURS: Mapping[str, str]
    AT_CROSSINGS: str
    ABROAD: str
    CAUSE_COLOURS: Mapping[str, str]  # why people left, each as the thing itself is drawn
    BASELINE: str
    SCENARIOS: tuple[str, ...]
    RIVAL: str  # the best forecast that knows no model
    RIVALS: str  # the others
    LEVER: str
    UNCERTAINTY: str
    ZERO: str
    SUPPRESSED: str  # a count too small to show
    NO_CHANGE: str
    MORE_SHADES: tuple[str, str, str]  # more than in the baseline: a little, some, most
    FEWER_SHADES: tuple[str, str, str]
    MET: str  # of a need
    SHORT: str
    SOON_SHADES: tuple[str, str, str]  # a capacity breached at once, soon, late
    NEVER: str  # not breached
    FROM_THE_START: str  # breached before the run

    def shades(self, n: int) -> list[str]:
        """``n`` colours from few people to most."""
        return ramp(self.PEOPLE_SHADES, n)


def ramp(ends: tuple[str, ...], n: int, furthest: float = 1.0, alone: float = 0.6) -> list[str]:
    """``n`` colours along ``ends``, up to a share of the way; a single one stands ``alone`` somewhere between."""
    along = LinearSegmentedColormap.from_list("", list(ends))
    return [to_hex(along(furthest * i / (n - 1) if n > 1 else alone)) for i in range(n)]


_OF_LIGHT = {
    "STRIKES": "#9A9A9A", "CAPTURED": "#5A4A42", "LEAVING": "#D55E00", "CARE": "#0072B2",
}  # fmt: skip
_OF_DARK = {
    "STRIKES": "#6B7078", "CAPTURED": "#E6DACF", "LEAVING": "#E8641A", "CARE": "#1C86CC",
}  # fmt: skip
_RUNGS_ON_LIGHT = {
    "host": "#117733",
    "rented": "#44AA99",
    "site": "#88CCEE",
    "collective": "#DDCC77",
    "unfinished": "#CC6677",
    "open": "#882255",
}
_RUNGS_ON_DARK = {
    "host": "#2E9E58",
    "rented": "#5FC9B6",
    "site": "#A6DCF5",
    "collective": "#E6D680",
    "unfinished": "#DE8290",
    "open": "#B5447F",
}


def _causes(colours: Mapping[str, str], rungs: Mapping[str, str], unknown: str) -> dict[str, str]:
    """Why people left, in the colours of what made them leave."""
    return {
        "shelling": colours["STRIKES"],
        "front": colours["CAPTURED"],
        "care": colours["CARE"],
        "neighbours": colours["LEAVING"],
        "crowding": rungs["unfinished"],
        "unknown": unknown,
    }


PALETTES = {
    LIGHT: Palette(
        **_OF_LIGHT,
        PAPER="#FFFFFF",
        INK="#222222",
        FAINT_INK="#666666",
        GRID="#E4E4E4",
        PEOPLE="#332288",
        PEOPLE_SHADES=("#E4E1F2", "#8D83C4", "#332288"),
        MOVING="#E69F00",
        TRAPPED="#AA4499",
        OBSERVED="#000000",
        LAND="#F4F2EE",
        LAND_EDGE="#B9B4AB",
        HOSTILE_LAND="#DAD6CF",
        ROAD="#77726A",
        SMALL_ROAD="#CFCAC1",
        NIGHT="#E6E6F0",
        UNCHECKED="#F1F1F1",
        UNKNOWN="#DDDDDD",
        RUNG_COLOURS=_RUNGS_ON_LIGHT,
        AT_CROSSINGS="#777777",
        ABROAD="#BBBBBB",
        CAUSE_COLOURS=_causes(_OF_LIGHT, _RUNGS_ON_LIGHT, "#DDDDDD"),
        BASELINE="#4D4D4D",
        SCENARIOS=("#0072B2", "#D55E00", "#009E73", "#AA4499", "#B8860B", "#56B4E9", "#882255"),
        RIVAL="#CC6677",
        RIVALS="#C9C9C9",
        LEVER="#0072B2",
        UNCERTAINTY="#999999",
        ZERO="#888888",
        SUPPRESSED="#FFFFFF",
        NO_CHANGE="#EFEDE8",
        MORE_SHADES=("#FBDCC4", "#D55E00", "#7A3200"),
        FEWER_SHADES=("#CFE4F2", "#0072B2", "#003B5C"),
        MET="#3B8EA5",
        SHORT="#B5403A",
        SOON_SHADES=("#7A1F1B", "#D0766F", "#F6DEDC"),
        NEVER="#F4F4F4",
        FROM_THE_START="#CFCBC6",
    ),
    DARK: Palette(
        **_OF_DARK,
        PAPER="#15181D",
        INK="#EDEDED",
        FAINT_INK="#A9ADB3",
        GRID="#343A42",
        PEOPLE="#B3A6FF",
        PEOPLE_SHADES=("#38355A", "#6A60AE", "#C3B9FF"),
        MOVING="#FFCF5C",
        TRAPPED="#D97BCB",
        OBSERVED="#FFFFFF",
        LAND="#22262C",
        LAND_EDGE="#4C535D",
        HOSTILE_LAND="#3A4048",
        ROAD="#8E949D",
        SMALL_ROAD="#3F454E",
        NIGHT="#252C40",
        UNCHECKED="#20242A",
        UNKNOWN="#3F444C",
        RUNG_COLOURS=_RUNGS_ON_DARK,
        AT_CROSSINGS="#9A9A9A",
        ABROAD="#5F656E",
        CAUSE_COLOURS=_causes(_OF_DARK, _RUNGS_ON_DARK, "#3F444C"),
        BASELINE="#C4C4C4",
        SCENARIOS=("#4FA8E8", "#FF8A3D", "#2CC495", "#D97BCB", "#D9A93A", "#A5DBFA", "#C2558F"),
        RIVAL="#DE8290",
        RIVALS="#5F656E",
        LEVER="#4FA8E8",
        UNCERTAINTY="#8C8C8C",
        ZERO="#9A9A9A",
        SUPPRESSED="#15181D",
        NO_CHANGE="#2B2F36",
        MORE_SHADES=("#4A2E1C", "#D9691A", "#FFC9A3"),
        FEWER_SHADES=("#1B3448", "#2F87C4", "#BFE3FA"),
        MET="#57B4CC",
        SHORT="#D9635C",
        SOON_SHADES=("#F0A39D", "#A84640", "#3A2423"),
        NEVER="#22262C",
        FROM_THE_START="#4A4F57",
    ),
}
FAMILIES: dict[str, tuple[str, ...]] = {
    "a map": ("PEOPLE", "LEAVING", "MOVING", "CAPTURED"),
    "curves": ("PEOPLE", "LEAVING", "TRAPPED", "OBSERVED"),
    "shelter": tuple(f"RUNG_COLOURS.{rung}" for rung in _RUNGS_ON_LIGHT),
    "causes": tuple(f"CAUSE_COLOURS.{cause}" for cause in PALETTES[LIGHT].CAUSE_COLOURS),
    "the page": ("PEOPLE", "MOVING", "CARE", "CAPTURED", "RUNG_COLOURS.site"),
    "needs": ("MET", "SHORT", "UNKNOWN"),
    "two scenarios": ("BASELINE", "SCENARIOS.0", "SCENARIOS.1"),
    "levers": ("LEVER", "UNCERTAINTY"),
}
"""Meanings that stand side by side somewhere, told apart by colour."""

_chosen: ContextVar[str] = ContextVar("theme", default=LIGHT)


def palette(name: str | None = None) -> Palette:
    """The palette of a theme; without a name, of the one that holds now."""
    return PALETTES[name or _chosen.get()]


def of_holders(own: Sequence[str], n: int) -> list[str]:
    """A colour for each of ``n`` sides: their ``own``, where not blank; the others share out those of scenarios."""
    given = [*own, *[""] * (n - len(own))]
    free = [colour for colour in palette().SCENARIOS if colour not in given] or palette().SCENARIOS
    return [colour or free[i % len(free)] for i, colour in enumerate(given)]


def check(name: str) -> str:
    """The name of a theme; InputError if there is none of that name."""
    if name not in PALETTES:
        raise InputError(f"the theme is '{name}'; expected {LIGHT} or {DARK}{nearest(name, PALETTES)}")
    return name


@contextmanager
def theme(name: str) -> Iterator[None]:
    """Everything drawn inside is drawn on this ground: ``light`` or ``dark``."""
    before = _chosen.set(check(name))
    try:
        yield
    finally:
        _chosen.reset(before)
