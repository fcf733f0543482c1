"""What a run measures: the one table of names, units and meanings that records, files and figures share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

SMALL_CELL_PERSONS = 100.0
"""Counts of people below this are not shown by area in figures and summaries (statistical
disclosure control; the usual order of magnitude in humanitarian data sharing, *assumption*)."""


def rounded(persons: Any) -> Any:
    """A count of people, or an array of them, to the nearest hundred, as they are passed on; fifty goes up."""
    return (persons + SMALL_CELL_PERSONS / 2) // SMALL_CELL_PERSONS * SMALL_CELL_PERSONS


@dataclass(frozen=True, slots=True)
class Measure:
    """One measured quantity, a row of the long table per time, area and group.

    ``kind``: a *stock* holds at the end of its day or hour, a *flow* is summed over it, a *mean* is an
    average that must not be added up. ``cumulative`` stocks only grow: counted since the start of the run.
    """

    name: str
    unit: str
    meaning: str
    kind: str  # stock | flow | mean
    by_area: bool  # True: a row per area (admin 3); False: one row for the whole study area
    group: str = ""  # what the column ``group`` holds: rung | crossing | exit (crossing or country) | ""
    hourly: bool = False  # True: time is the beginning of the hour; False: the date of the day
    cumulative: bool = False


def _area(
    name: str, unit: str, kind: str, meaning: str, group: str = "", cumulative: bool = False
) -> Measure:
    return Measure(name, unit, meaning, kind, by_area=True, group=group, cumulative=cumulative)


def _total(name: str, unit: str, kind: str, meaning: str, group: str = "") -> Measure:
    return Measure(name, unit, meaning, kind, by_area=False, group=group)


def _hourly(name: str, unit: str, kind: str, meaning: str) -> Measure:
    return Measure(name, unit, meaning, kind, by_area=False, hourly=True)


MEASURES: dict[str, Measure] = {
    m.name: m
    for m in (
        _area(
            "displaced_persons",
            "persons",
            "stock",
            "people displaced at least once since the start, by the area of their home at the start",
            cumulative=True,
        ),
        _area(
            "moves_persons",
            "person-moves",
            "stock",
            "movements made since the start, by the area left; a person who moves twice counts twice",
            cumulative=True,
        ),
        _area("departures_persons", "persons/day", "flow", "people who set out that day, by area left"),
        _area(
            "arrivals_persons",
            "persons/day",
            "flow",
            "people who arrived that day, by area and by the shelter they found",
            group="rung",
        ),
        _area(
            "sheltered_persons",
            "persons",
            "stock",
            "people displaced since the start, by the area where they are and by shelter",
            group="rung",
        ),
        _area("present_persons", "persons", "stock", "everybody present, displaced or not, by area"),
        _area(
            "in_sites_persons",
            "persons",
            "stock",
            "everybody in camps and sites, displaced before the start or since, by area",
        ),
        _area("trapped_persons", "persons", "stock", "people who want to leave and cannot, by area"),
        _area(
            "exposure_person_hours",
            "person-hours/day",
            "flow",
            "hours that people spent in a place under strikes in that hour, by area",
        ),
        _area(
            "open_below_zero_person_nights",
            "person-nights",
            "flow",
            "people in the open, or waiting at a crossing outdoors, on a night below 0 degrees C, by area",
        ),
        _area(
            "dispersed_person_nights",
            "person-nights",
            "flow",
            "people still living at home who slept in the countryside, by area",
        ),
        _total("en_route_persons", "persons", "stock", "people on the road at the end of the day"),
        _total("at_crossings_persons", "persons", "stock", "people waiting at a crossing", group="crossing"),
        _total(
            "abroad_persons",
            "persons",
            "stock",
            "people who left the country: gone for good, by the crossing; living in a place abroad, by the country",
            group="exit",
        ),
        _total(
            "mean_road_km_to_border",
            "km",
            "mean",
            "road distance left to the border, mean over the people displaced since the start",
        ),
        _total(
            "needs_met_share",
            "share",
            "mean",
            "aid for each displaced person against the start's, when it is taken to have been just enough; at most 1",
        ),
        _total(
            "persons_total",
            "persons",
            "stock",
            "everybody in the run; the same every day, for no one is lost",
        ),
        _hourly("departures_hourly_persons", "persons/hour", "flow", "people who set out in the hour"),
        _hourly("en_route_hourly_persons", "persons", "stock", "people on the road at the end of the hour"),
        _hourly(
            "strikes_hourly",
            "strikes/hour",
            "flow",
            "strikes in the hour as the case's events say, in air-strike equivalents (shelling and clashes weighted)",
        ),
    )
}
"""Every measure by name."""

RANGED = (
    "displaced_persons",
    "moves_persons",
    "departures_persons",
    "sheltered_persons",
    "trapped_persons",
    "open_below_zero_person_nights",
    "en_route_persons",
    "at_crossings_persons",
    "abroad_persons",
    "mean_road_km_to_border",
)
"""The headline measures by day: those whose range over its runs a sweep tells, for the whole study area."""


HELD, WORKS, ROOM = "held", "works", "room_persons"
RECORDED: dict[str, str] = {
    HELD: "who holds the place: its group says it, its value is 1",
    WORKS: "whether the health facility works: 1 or 0",
    ROOM: "persons for whom there is room left in the area on the rung that its group says",
}
"""What the table of the run's state tells beside the measures: kind and meaning. A value holds until the next one;
the day before the first is the start."""


def unit_of(measure: str) -> str:
    """The unit of a measure; empty for a measure this version does not know."""
    return MEASURES[measure].unit if measure in MEASURES else ""
