"""What is possible in a case and yet hardly meant: codes, names, roads, dates, places that lie oddly."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np

from flightsim.case.cells import Table
from flightsim.case.oddities import POINT_KM, count, listed
from flightsim.events import Event
from flightsim.world import Ints, World

WALKING_KMH = 6.0  # on foot one is about as fast: no road is as slow for a vehicle; *assumption*
DETOUR = 5.0  # times the straight line: mountain roads rarely exceed three; *assumption*
ONE_YEAR = timedelta(days=366)
NEAR_THE_PERIOD = timedelta(days=92)  # strikes of a quarter before the start may be told; *assumption*
APART = 5.0  # times the usual distance from the middle: so far off, lat and lon may be swapped; *assumption*


def implausible(world: World, events: list[Event], tables: Mapping[str, Table]) -> list[str]:
    """A sentence for each kind of thing that is hardly meant, with how many, and which."""
    return [
        *_names(tables["areas.csv"], "area_id", "level"),
        *_names(tables["places.csv"], "place_id", "area_id"),
        *_zeros(tables),
        *_roads(world),
        *_years(world, events),
        *_swapped(world),
    ]


def _names(table: Table, key: str, within: str) -> list[str]:
    """Areas of one name and level; places of one name and area."""
    by_name: dict[tuple[str, object], list[str]] = {}
    for name, group, code in zip(table["name_en"], table[within], table[key], strict=True):
        by_name.setdefault((name.casefold(), group), []).append(code)
    names = dict(zip(table[key], table["name_en"], strict=True))
    same = [sorted(codes) for codes in by_name.values() if len(codes) > 1]
    if not same:
        return []
    noun, of = ("area", "level") if key == "area_id" else ("place", "area")
    said = listed(f"{names[codes[0]]} ({', '.join(codes)})" for codes in sorted(same))
    return [f"{count(len(same), 'name')} borne by several {noun}s of one {of}; choose them by code: {said}"]


def _zeros(tables: Mapping[str, Table]) -> list[str]:
    """Codes of digits alone that are one shorter than the others of their kind: spreadsheets drop zeros in front."""
    found = []
    areas, places = tables["areas.csv"], tables["places.csv"]
    kinds = {
        f"areas of level {level:g}": [
            code for code, own in zip(areas["area_id"], areas["level"], strict=True) if own == level
        ]
        for level in sorted(set(areas["level"]))
    }
    for kind, codes in {**kinds, "places": places["place_id"]}.items():
        if len(codes) < 2 or not all(code.isdigit() for code in codes):
            continue
        longest = max(map(len, codes))
        short = sorted(code for code in codes if len(code) == longest - 1)
        if short:
            said = f"with {longest - 1} digits, others have {longest}: was a zero in front lost?"
            found.append(f"{count(len(short), 'code')} of {kind} {said} {listed(short)}")
    return found


def _roads(world: World) -> list[str]:
    roads = world.roads
    straight_km = world.road_straight_km
    kinds = (
        (roads.free_flow_kmh < WALKING_KMH, "slower than walking", roads.free_flow_kmh, "km/h"),
        (
            roads.km > DETOUR * straight_km + 5 * POINT_KM,
            f"over {DETOUR:g} times as long as the straight line",
            roads.km,
            "km",
        ),
    )
    return [
        f"{count(int(odd.sum()), 'road')} {text}: "
        + listed(f"{roads.road_id[e]} {values[e]:g} {unit}" for e in np.flatnonzero(odd))
        for odd, text, values, unit in kinds
        if odd.any()
    ]


def _years(world: World, events: list[Event]) -> list[str]:
    """Events far from the period that would lie within it a year earlier or later."""
    first, last = world.manifest["start"] - NEAR_THE_PERIOD, world.manifest["end"] + NEAR_THE_PERIOD
    far = [event for event in events if not first <= event.date <= last]
    slipped = [e for e in far if any(_year_on(e.date, years, first, last) for years in (-1, 1))]
    others = [e for e in far if e not in slipped]
    found = []
    if slipped:
        said = listed(f"{e.event_id} {e.date}" for e in slipped)
        found.append(
            f"{count(len(slipped), 'event')} a year off the case's period; is the year right? {said}"
        )
    if others:
        said = listed(f"{e.event_id} {e.date}" for e in others)
        found.append(
            f"{count(len(others), 'event')} over three months before the start or after the end: {said}"
        )
    return found


def _year_on(day: date, years: int, first: date, last: date) -> bool:
    try:
        return first <= day.replace(year=day.year + years) <= last
    except ValueError:  # 29 February
        return False


def _swapped(world: World) -> list[str]:
    """Places that lie far from the middle of all, and would not with lat and lon the other way round."""
    places = world.places
    middle = np.median(world.xy_km, axis=0)
    here = np.hypot(*(world.xy_km - middle).T)
    inside = np.abs(places.lon) <= 90  # else it cannot be a latitude
    there = np.hypot(*(world.project(np.where(inside, places.lon, np.nan), places.lat) - middle).T)
    usual = max(float(np.median(here)), POINT_KM)
    odd: Ints = np.flatnonzero((here > APART * usual) & (there < here / 3) & (there < APART * usual))
    if not len(odd):
        return []
    said = listed(f"{places.name[i]} {places.place_id[i]}" for i in odd)
    return [
        f"{count(len(odd), 'place')} far from the others that would lie among them with lat and lon swapped: {said}"
    ]


def hourly(events: list[Event], step_hours: int) -> list[str]:
    """Events that say an hour, which steps of several hours blur."""
    exact = [event for event in events if event.hour is not None and event.hour % step_hours]
    if not exact:
        return []
    said = f"with an hour inside a step of {step_hours} h, from whose beginning it counts; step_hours=1 keeps the hour"
    return [f"{count(len(exact), 'event')} {said}"]
