"""How many leave which areas, where that is given instead of found? Who, when and where to is still found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from flightsim.case import departures
from flightsim.clock import Clock, as_date
from flightsim.errors import Complaints, InputError, no_such_area
from flightsim.events import Event
from flightsim.parameter import ASSUMPTION, SETTING, check, given, parameter
from flightsim.words import day_year, listing
from flightsim.world import Departures, Floats, World

OWN = "case"  # the series that the case itself has


@dataclass(frozen=True)
class Asked:
    """What is asked of a run: people by row of the areas, from which day on, in how many days."""

    persons: Mapping[int, float]
    first_day: int
    days: int
    ready_days: int


@dataclass(frozen=True)
class AskedByDay:
    """What a series asks of a run: people (P, days) by place and day of the run."""

    persons: Floats


@dataclass(frozen=True)
class NoExodus:
    """Nothing is prescribed: people leave when their own thresholds are passed."""

    def check(self, world: World, clock: Clock) -> None:
        """Nothing can be wrong."""

    def words(self, world: World, clock: Clock) -> list[str]:
        """Nothing to tell."""
        return []

    def start(self, world: World, events: Sequence[Event], clock: Clock) -> None:
        """Nothing is asked."""


@dataclass(frozen=True)
class Prescribed:
    """So many people leave these areas within these weeks, those most ready to leave first.

    ``areas`` maps areas (name or P-code) to shares of ``persons``; where ``persons`` is null, to people.
    Or ``series``: people by day and place, instead of all the others.
    """

    persons: float | None = parameter(
        None,
        "persons",
        1,
        1e8,
        "People who leave in all; null: areas holds people instead of shares",
        "choice",
        SETTING,
    )
    areas: Mapping[str, float] = given(
        {},
        "areas with shares that add up to 1",
        "Where they leave: areas by name or P-code, each with its share of the people (or its people)",
        "choice",
        role=SETTING,
    )
    begins: str | None = given(
        None,
        "a date; null: the start",
        "First day of the weeks in which they leave",
        "choice",
        "date",
        SETTING,
    )
    days: float = parameter(28, "whole days", 1, 3660, "Length of those weeks", "choice", SETTING)
    ready_days: float = parameter(
        5,
        "whole days",
        0,
        30,
        "Days at their end when all have made up their minds and the last get ready",
        ASSUMPTION,
        SETTING,
    )

    series: str | None = given(
        None,
        "case, or a file with the columns date, place_id, persons, source; null: none",
        "People who leave by day and place, instead of all the above: the case's departures.csv, or a file",
        "choice",
        role=SETTING,
    )

    def __post_init__(self) -> None:
        complaints = Complaints()
        complaints.collect(check, self, "exodus")
        if self.series is not None:
            self._check_series(complaints)
            complaints.raise_if_any()
            return
        if not complaints.texts:
            for name in ("days", "ready_days"):
                if getattr(self, name) != int(getattr(self, name)):
                    complaints.add(f"exodus.{name} is {getattr(self, name)}; expected whole days")
            if self.ready_days >= self.days:
                complaints.add(f"exodus.ready_days is {self.ready_days}; expected fewer than exodus.days")
        if self.begins is not None and as_date(self.begins) is None:
            complaints.add(
                f"exodus.begins is {str(self.begins)!r}; expected a date such as 2019-12-23, or null"
            )
        self._check_areas(self.areas, complaints)
        complaints.raise_if_any()

    def _check_series(self, complaints: Complaints) -> None:
        """A series says all: nothing else may be given with it."""
        if not isinstance(self.series, str) or not self.series.strip():
            complaints.add(f"exodus.series is {self.series!r}; expected {OWN}, or a file")
        for name, value in (("persons", self.persons), ("areas", self.areas), ("begins", self.begins)):
            if value:
                complaints.add(
                    f"exodus.{name} is {value!r}; with exodus.series expected none, as the series says it"
                )

    def departures(self, world: World) -> Departures:
        """The series. InputError if the case has none, or the file cannot be read."""
        if self.series != OWN:
            return departures.read_file(Path(str(self.series)), world)
        if world.departures is None:
            raise InputError(
                f"exodus.series is {OWN}, and the case has no {departures.FILE}; expected one, or a file"
            )
        return world.departures

    def _by_day(self, world: World, clock: Clock) -> Floats:
        persons = self.departures(world).by_day(world.places.place_id, clock.start, clock.days)
        if not persons.any():
            last = clock.date_of(clock.days - 1)
            raise InputError(
                f"exodus.series asks for nobody from {clock.start} to {last}, the days of the run"
            )
        return persons

    def _check_areas(self, areas: Any, complaints: Complaints) -> None:
        if not isinstance(areas, Mapping) or not areas:
            complaints.add(
                f"exodus.areas is {areas!r}; expected areas and shares, as {{NAME: 0.4, OTHER: 0.6}}"
            )
            return
        for name in areas:
            if not isinstance(name, str):
                complaints.add(f"exodus.areas has the name {name!r}, which is no text: put quotes around it")
                return
        wrong = {name: value for name, value in areas.items() if not _is_number(value, 0, 1e8)}
        for name, value in wrong.items():
            complaints.add(f"exodus.areas has {value!r} for {name}; expected a number of 0 or more")
        total = 0.0 if wrong else sum(areas.values())
        if not wrong and self.persons is not None and abs(total - 1) > 1e-6:
            complaints.add(
                f"exodus.areas: the shares add up to {total:g}; expected 1, or exodus.persons=null and people"
            )
        elif not wrong and total <= 0:
            complaints.add("exodus.areas asks for nobody; expected people in some area")

    def check(self, world: World, clock: Clock) -> None:
        """InputError if there are no such areas or days, or fewer people than asked for.

        A series may ask a place for more people than it has: then all of them leave, and `words` says so.
        """
        if self.series is not None:
            self._by_day(world, clock)
            return
        complaints = Complaints()
        begins = self.first_day(clock)
        if not 0 <= begins <= clock.days - self.days:
            end = clock.date_of(clock.days - 1)
            complaints.add(
                f"exodus.begins is {clock.date_of(begins)} and exodus.days {self.days}; expected days within the "
                f"run, {clock.start} to {end}"
            )
        wanted: dict[int, float] = {}
        for name, persons in self.wanted_persons().items():
            row = world.areas.row_of(name)
            if row is None:
                noun = world.areas.noun
                said = no_such_area(name, world.areas.name, world.areas.area_id, noun.one, noun.many)
                complaints.add(f"exodus.areas: {said}")
            elif row in wanted:
                complaints.add(f"exodus.areas: {world.areas.name[row]} is there twice")
            else:
                wanted[row] = persons
        lost = world.hostile(world.places.control)
        people = (world.places.residents_persons + world.places.idps_persons) * ~lost
        held = np.bincount(world.places.area, people, minlength=len(world.areas))
        for row, persons in wanted.items():
            if persons > held[row]:
                complaints.add(
                    f"exodus.areas: {world.areas.name[row]} holds {held[row]:,.0f} people; asked {persons:,.0f}"
                )
        complaints.raise_if_any()

    def first_day(self, clock: Clock) -> int:
        """The day of the run on which it begins."""
        begins = None if self.begins is None else as_date(self.begins)
        return 0 if begins is None else clock.day_index(begins)

    def wanted_persons(self) -> dict[str, float]:
        """People who are to leave, by area as it is written."""
        unit = 1.0 if self.persons is None else self.persons
        return {str(name): float(share) * unit for name, share in self.areas.items()}

    def words(self, world: World, clock: Clock) -> list[str]:
        """What is prescribed, in a sentence for ``describe``."""
        if self.series is not None:
            return self._series_in_words(world, clock)
        wanted = self.wanted_persons()
        rows = {name: world.areas.row_of(name) for name in wanted}
        names = {name: world.areas.name[row] if row is not None else name for name, row in rows.items()}
        where = listing([f"{names[name]} {persons:,.0f}" for name, persons in wanted.items()])
        begins = day_year(clock.date_of(self.first_day(clock)))
        total = f"{sum(wanted.values()):,.0f} people"
        return [
            f"Prescribed: in the {self.days:g} days from {begins} on {total} leave ({where}); nobody else does."
        ]

    def _series_in_words(self, world: World, clock: Clock) -> list[str]:
        asked = self._by_day(world, clock).sum(axis=1)
        own = "the case's own series" if self.series == OWN else str(self.series)
        lines = [f"Prescribed by day and place ({own}): {asked.sum():,.0f} people leave; nobody else does."]
        there = (world.places.residents_persons + world.places.idps_persons) * ~world.hostile(
            world.places.control
        )
        short = np.maximum(asked - there, 0.0)
        if short.sum() >= 0.5:
            most = np.argsort(-short, kind="stable")[:3]
            where = listing(
                [f"{world.places.name[row]} {short[row]:,.0f}" for row in most if short[row] >= 0.5]
            )
            lines.append(
                f"Note: the series asks for {short.sum():,.0f} people more than live there ({where})."
            )
        return lines

    def start(self, world: World, events: Sequence[Event], clock: Clock) -> Asked | AskedByDay:
        """What is asked of this world in these days. InputError if it cannot be had."""
        if self.series is not None:
            return AskedByDay(self._by_day(world, clock))
        self.check(world, clock)
        wanted = {world.areas.row_of(name): persons for name, persons in self.wanted_persons().items()}
        rows = {row: persons for row, persons in wanted.items() if row is not None}
        return Asked(rows, self.first_day(clock), int(self.days), int(self.ready_days))


def _is_number(value: object, low: float, high: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high
