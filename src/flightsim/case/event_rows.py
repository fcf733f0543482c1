"""Dated events from ``events.csv``: each type has its own targets and its own values."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from flightsim.case.cells import (
    NOTE,
    Column,
    Table,
    Unexpected,
    choice,
    day,
    decode,
    identifier,
    number,
    parse,
    read_bytes,
    show,
    text,
)
from flightsim.errors import Complaints, nearest
from flightsim.events import ALL, EVENT_TYPES, STATUSES, STRIKES, Event
from flightsim.world import BORDER_RULES, SYRIA, Holders, World

FILE = "events.csv"
MAX_COMPLAINTS = 50
Known = Mapping[str, Collection[str] | None]  # ids by kind; None where they could not be read
COLUMNS: dict[str, Column] = {
    "event_id": identifier().means("an id of your own; each once"),
    "date": day().means("the day it happens or begins"),
    "hour": number(at_least=0, at_most=23, whole=True, blank=None).means(
        "local time; blank: the whole day or, for a change, its first hour"
    ),
    "hours": number(above=0, at_most=24 * 366, blank=None).means(
        "how many hours it lasts; blank: that one hour, or until it is changed"
    ),
    "type": choice(EVENT_TYPES).means("what happens: see events by type"),
    "target": identifier().means(
        "the place, road, crossing, facility, area or side it happens to, by its id or name, or ALL"
    ),
    "value": text(blank="").means("how much, or what from then on: see events by type"),
    "unit": text(blank="").means("of the value, for readers"),
    "status": choice(STATUSES).means(
        "how it is known: reported, derived by a rule, or assumed; a run can leave some out"
    ),
    "source": text().means("who says so: publisher, document, date"),
    "note": NOTE,
}
HOLDS = 1.0  # what a blank value means where the type says it all
VALUES: dict[str, Column] = {
    **dict.fromkeys(STRIKES, number(above=0, at_most=10_000)),
    "captured": choice(SYRIA.name),  # or the sides that the manifest names
    "ceasefire": number(at_least=0, at_most=1, whole=True),
    "pause": number(at_least=0, blank=HOLDS),
    "facility_closed": number(at_least=0, blank=HOLDS),
    "facility_reopened": number(at_least=0, blank=HOLDS),
    "road_cut": number(at_least=0, at_most=1),
    "road_reopened": number(above=0, at_most=1, blank=HOLDS),
    "border_rule": choice(BORDER_RULES),
    "aid_authorisation": number(at_least=0, at_most=100, whole=True),
    "night_temperature": number(at_least=-60, at_most=50),
    "site_opened": number(above=0, at_most=10_000_000),
    "site_closed": number(at_least=0, blank=HOLDS),
    "hostility": number(at_least=0, at_most=1, whole=True),
}
TARGETS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys((*STRIKES, "captured"), ("place_id",)),
    "ceasefire": (ALL,),
    "pause": (ALL, "area_id"),
    "facility_closed": ("facility_id",),
    "facility_reopened": ("facility_id",),
    "road_cut": ("road_id", "place_id"),
    "road_reopened": ("road_id", "place_id"),
    "border_rule": (ALL, "country", "crossing_id"),
    "aid_authorisation": (ALL,),
    "night_temperature": (ALL, "area_id"),
    "site_opened": ("place_id",),
    "site_closed": ("place_id",),
    "hostility": ("holder",),
}
FAR = timedelta(days=731)  # events may come before the start (memory) and after the end, but not by years


def columns_of(holders: Holders) -> dict[str, Column]:
    """The columns of events, in which a side's name may stand too, spaces and all."""
    target = identifier(besides=holders.sides).means(COLUMNS["target"].meaning)
    return COLUMNS | {"target": target}


def build_events(
    table: Table,
    known: Known,
    window: tuple[date, date] | None,
    complaints: Complaints,
    holders: Holders = SYRIA,
) -> list[Event]:
    """The events in order of date, hour and event_id, whatever the order of rows.

    ``known`` holds the ids there are by kind (place_id, area_id, ...), or None where they could not be read;
    ``window`` is the case's start and end. Rows with a complaint are left out.
    """
    values = VALUES | {"captured": choice(holders.sides)}
    events = []
    for i, row in enumerate(table.rows):
        fields = {column: values[i] for column, values in table.values.items()}
        where = f"{table.file} row {row}"
        value = _value(values, where, fields["type"], fields["value"], complaints)
        _complain_about_target(where, fields["type"], fields["target"], known, complaints)
        _complain_about_time(where, fields, window, complaints)
        if value is None or fields["date"] is None or fields["event_id"] is None:
            continue
        hour = None if fields["hour"] is None else int(fields["hour"])
        events.append(
            Event(
                event_id=fields["event_id"],
                date=fields["date"],
                hour=hour,
                hours=fields["hours"],
                type=fields["type"],
                target=fields["target"],
                value=value,
                status=fields["status"],
                note=fields["note"] or "",
            )
        )
    return sorted(events, key=lambda e: (e.date, e.hour or 0, e.event_id))


def read_events(path: Path, world: World) -> list[Event]:
    """Further events from a file like ``events.csv``, to go with a world; InputError lists all its troubles.

    Their ids get the file's name in front, so that they are nobody else's.
    """
    complaints = Complaints(at_most=MAX_COMPLAINTS)
    raw = read_bytes(path, complaints)
    content = None if raw is None else decode(path.name, raw, complaints)
    complaints.raise_if_any()
    table = parse(path.name, content or "", columns_of(world.holders), complaints)
    known = {
        "place_id": world.places.place_id,
        "area_id": world.areas.area_id,
        "road_id": world.roads.road_id,
        "crossing_id": world.crossings.crossing_id,
        "country": world.holders.codes,
        "holder": world.holders.sides,
        "facility_id": world.facilities.facility_id,
    }
    first: dict[str, int] = {}
    for row, event_id in zip(table.rows, table["event_id"], strict=True):
        if event_id is not None and first.setdefault(event_id, row) != row:
            complaints.add(
                f"{path.name} row {row}: event_id {show(event_id)} is there already in row {first[event_id]}"
            )
    for row, kind in zip(table.rows, table["type"], strict=True):
        if kind == "ceasefire":
            complaints.add(
                f"{path.name} row {row}: a ceasefire that is added stops no strike; use events.ceasefire=holds with "
                "ceasefire_from and ceasefire_until, or a pause"
            )
    manifest = world.manifest
    events = build_events(table, known, (manifest["start"], manifest["end"]), complaints, world.holders)
    complaints.raise_if_any()
    return [replace(event, event_id=f"{path.stem}:{event.event_id}") for event in events]


def _value(
    values: Mapping[str, Column], where: str, kind: str | None, cell: str | None, complaints: Complaints
) -> str | float | None:
    if kind is None or cell is None:
        return None
    try:
        value: str | float = values[kind].value(cell)
    except Unexpected as trouble:
        complaints.add(f"{where}: value of {kind} is {show(cell)}; expected {trouble}")
        return None
    return value


def _complain_about_target(
    where: str, kind: str | None, target: str | None, known: Known, complaints: Complaints
) -> None:
    if kind is None or target is None:
        return
    options = [option for option in TARGETS[kind] if option != "country" or known.get(option)]
    ids = [known[option] for option in options if option != ALL]
    if any(of is None for of in ids) or (target == ALL and ALL in options):
        return
    if not any(target in of for of in ids if of is not None):
        allowed = [ALL] * (ALL in options) + [name for of in ids if of is not None for name in of]
        hint = "" if complaints.full else nearest(target, allowed)
        words = " or ".join(ALL if option == ALL else f"a known {option}" for option in options)
        complaints.add(f"{where}: target of {kind} is {show(target)}; expected {words}{hint}")


def _complain_about_time(
    where: str, fields: dict[str, Any], window: tuple[date, date] | None, complaints: Complaints
) -> None:
    start, end = window or (date.min + FAR, date.max - FAR)
    if fields["date"] and not start - FAR <= fields["date"] <= end + FAR:
        complaints.add(
            f"{where}: date is {fields['date']}; expected within two years of the case, {start} to {end}"
        )
    if fields["type"] == "pause" and fields["hour"] is not None and fields["hours"] is None:
        complaints.add(f"{where}: hours is blank; expected how many hours the pause lasts, as hour is given")
