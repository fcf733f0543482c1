"""What a case has a table of: places, areas, roads, crossings, health care, known departures.

Shapes are those of `flightsim.world`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from flightsim.world.arrays import Bools, Floats, Ints
from flightsim.world.customs import Noun

RUNGS = ("host", "rented", "site", "collective", "unfinished", "open")
HOST, RENTED, SITE, COLLECTIVE, UNFINISHED, OPEN = range(len(RUNGS))
BORDER_RULES = ("closed", "women_and_children", "open")
FACILITY_KINDS = ("hospital", "health_centre")
CAUSES = ("shelling", "front", "care", "neighbours", "crowding")  # what people leave for


@dataclass(frozen=True)
class Places:
    """The P places. Persons are those present at the start; ``idps`` include people in sites."""

    place_id: list[str]
    name: list[str]
    name_local: list[str]  # in the language that its areas say
    area: Ints  # (P,) row of Areas
    lat: Floats  # (P,) degrees
    lon: Floats  # (P,) degrees
    residents_persons: Floats  # (P,)
    idps_persons: Floats  # (P,)
    control: Ints  # (P,) who holds it, an index into the world's holders
    transit: Bools | None = None  # (P,) whether people from elsewhere only pass through; None: nowhere

    def __len__(self) -> int:
        return len(self.place_id)


AREA = Noun("area", "areas")  # of a case that does not say what its areas are called


@dataclass(frozen=True)
class Within:
    """What each of the A areas lies in, on one admin level above: what such an area is called, P-codes and names."""

    noun: Noun
    area_id: list[str]
    name: list[str]


@dataclass(frozen=True)
class Areas:
    """The A areas of the case's finest admin level that have at least one place."""

    area_id: list[str]
    name: list[str]
    name_local: list[str]
    within: tuple[Within, ...]  # the levels above, level 1 first
    gateway: Ints  # (A,) the place through which one enters: the most populous one
    noun: Noun = AREA  # what products call one of them
    language: str = "ar"  # of name_local

    @property
    def level(self) -> int:
        """Their admin level: 2, 3 or 4."""
        return len(self.within) + 1

    @property
    def code_column(self) -> str:
        """What tables for others call the P-code: ``adm3_pcode``."""
        return f"adm{self.level}_pcode"

    @property
    def name_column(self) -> str:
        """What tables for others call the English name: ``adm3_name``."""
        return f"adm{self.level}_name"

    @property
    def levels(self) -> tuple[Within, ...]:
        """What each area lies in, level 1 first, and the areas themselves last."""
        return (*self.within, Within(self.noun, self.area_id, self.name))

    @property
    def columns(self) -> dict[str, list[str]]:
        """P-codes and names of all levels, as tables for others have them: ``adm1_pcode``, ``adm1_name`` …"""
        named: dict[str, list[str]] = {}
        for level, each in enumerate(self.levels, start=1):
            named |= {f"adm{level}_pcode": each.area_id, f"adm{level}_name": each.name}
        return {**named, f"{self.name_column}_{self.language}": self.name_local}

    @property
    def all_names(self) -> dict[str, str]:
        """English name by P-code, of areas of every level."""
        return {
            code: name for each in self.levels for code, name in zip(each.area_id, each.name, strict=True)
        }

    def row_of(self, name: str) -> int | None:
        """The area of this P-code or name, upper and lower case alike; None if there is none, or more than one."""
        if name in self.area_id:
            return self.area_id.index(name)
        named = [row for row, own in enumerate(self.name) if own.casefold() == name.casefold()]
        return named[0] if len(named) == 1 else None

    def __len__(self) -> int:
        return len(self.area_id)


@dataclass(frozen=True)
class Roads:
    """The E roads, two-way. Node numbers are place rows, then P + crossing rows."""

    road_id: list[str]
    u: Ints  # (E,)
    v: Ints  # (E,)
    km: Floats  # (E,)
    road_class: list[str]
    free_flow_kmh: Floats  # (E,)
    lanes: Floats  # (E,) each way
    capacity_vehicles_h: Floats  # (E,) each way
    geometry: list[str]
    ref: list[str]

    def __len__(self) -> int:
        return len(self.road_id)


@dataclass(frozen=True)
class Crossings:
    """The X crossings: gates of the border with the next country, and gates between areas of control."""

    crossing_id: list[str]
    name: list[str]
    is_border: Bools  # (X,) True: leads abroad; False: internal
    lat: Floats
    lon: Floats
    place: Ints  # (X,) nearest place
    rule: Ints  # (X,) index into BORDER_RULES at the start
    throughput_persons_h: Floats  # (X,) when open
    country: Ints | None = (
        None  # (X,) the country abroad, a side's number, that it says it leads to; HOME: it does not
    )

    def __len__(self) -> int:
        return len(self.crossing_id)


@dataclass(frozen=True)
class Facilities:
    """The F health facilities, at their town's point."""

    facility_id: list[str]
    place: Ints  # (F,)
    is_hospital: Bools  # (F,)
    functioning: Bools  # (F,) at the start

    def __len__(self) -> int:
        return len(self.facility_id)


@dataclass(frozen=True)
class Departures:
    """How many people left a place on a day, where that is known; a row each, by date and place."""

    date: tuple[dt.date, ...]
    place_id: tuple[str, ...]
    persons: Floats

    def by_day(self, place_ids: list[str], first: dt.date, days: int) -> Floats:
        """(P, days) people who leave each place on each day from ``first`` on; other days are left out."""
        row = {name: i for i, name in enumerate(place_ids)}
        found = np.zeros((len(place_ids), days))
        for when, place, persons in zip(self.date, self.place_id, self.persons.tolist(), strict=True):
            if 0 <= (when - first).days < days:
                found[row[place], (when - first).days] += persons
        return found

    def __len__(self) -> int:
        return len(self.date)
