"""What others say happened (ACLED, UCDP GED, HDX HAPI) becomes dated events at the places of the case."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from flightsim.case.event_rows import FAR
from flightsim.case.importing import counts, event_types, ground, happenings, sheets
from flightsim.case.importing.ground import Ground
from flightsim.case.importing.happenings import AREA, AROUND, PLACE, Happening
from flightsim.case.importing.population import spread
from flightsim.case.importing.report import Asked, Option, Report, Row, Taken
from flightsim.case.importing.writing import columns_asked, holders_in, manifest_of
from flightsim.errors import Complaints, nearest

MEANING = "strikes, shelling, clashes and captures by day and place: events.csv"
FILES = (
    "CSV or Excel: ACLED exports, by event or by week, UCDP GED, HDX HAPI conflict events by area and month"
)
COLUMNS: dict[str, tuple[str, ...]] = {**happenings.COLUMNS, **ground.COLUMNS}
OPTIONS = (
    Option("types", "a table of types in place of the shipped one", "FILE"),
    Option("holders", "a table of actors (actor, holder): who holds a place that one of them took", "FILE"),
    Option("within-km", "how far from its place an event may lie", "KM", "10"),
    Option("around-km", "how far around lie the places of an event known to about that", "KM", "25"),
    Option("most-places", "over how many places of an area, the largest, an event is spread", "N", "20"),
    Option("longest-days", "how long a span of dates may be to be spread over its days", "DAYS", "31"),
    counts.DATES,
)  # fmt: skip
PARTS = 1000  # an event is spread in thousandths, so that its parts add up to it
CAPTURED = "captured"


def take(asked: Asked, report: Report) -> Taken:
    """Rows of events.csv: one for an event whose place and day are known, several where it is spread."""
    columns = columns_asked(COLUMNS, asked)
    types = event_types.read(asked.options.get("types"), report)
    land = ground.read(asked.case)
    rules = _Rules(
        within_km=asked.number("within-km"),
        around_km=asked.number("around-km"),
        most_places=int(asked.number("most-places", 1)),
        longest=timedelta(days=asked.number("longest-days", 1)),
        holders=_holders(asked, report),
        window=_window(asked.case),
    )
    found = [
        each
        for file in asked.files
        for each in happenings.read(sheets.read(file, report), columns, counts.order(asked), report)
    ]
    points = np.array([[each.lat, each.lon] for each in found]).reshape(-1, 2)
    near, km = land.nearest(*np.nan_to_num(points).T) if found else (np.array([]), np.array([]))
    rows: list[Row] = []
    for i, each in enumerate(found):
        ours = event_types.ours_of(types, each.publisher, each.kind, each.sub)
        if reason := _unfit(each, ours, rules):
            report.drop(each.file, each.row, each.kind, reason, each.sub)
            continue
        where, reason = _places(each, land, int(near[i]), float(km[i]), rules)
        if reason:
            report.drop(each.file, each.row, each.kind, reason, each.sub)
            continue
        for type_ in ours or ():
            rows += _rows(each, type_, where, land, rules, asked, report)
    _say(rows, report)
    return Taken({"events.csv": sorted(rows, key=lambda row: (row["date"], row["target"], row["event_id"]))})


@dataclass(frozen=True)
class _Rules:
    """How events are joined and spread, as asked. ``holders``: by the beginning of an actor's name."""

    within_km: float
    around_km: float
    most_places: int
    longest: timedelta
    holders: Mapping[str, str]
    window: tuple[date, date]


def _window(case: Path) -> tuple[date, date]:
    """The days on which an event of the case may be."""
    manifest = manifest_of(case)
    start, end = manifest.get("start"), manifest.get("end")
    return (start or date.min + FAR) - FAR, (end or date.max - FAR) + FAR


def _holders(asked: Asked, report: Report) -> dict[str, str]:
    """Who holds what an actor took, by the beginning of the actor's name in small letters."""
    file = asked.options.get("holders")
    if not file:
        return {}
    sheet = sheets.read(Path(file), report)
    actor, holder = (sheet.needed(name, (name,)) for name in ("actor", "holder"))
    known = holders_in(asked.case).name
    complaints = Complaints()
    for line in sheet.lines:
        if line.said[holder] not in known:
            complaints.add(
                f"{file} row {line.row}: holder is {line.said[holder]!r}; expected {', '.join(known)}"
                f"{nearest(line.said[holder], known)}"
            )
    complaints.raise_if_any()
    return {line.said[actor].lower(): line.said[holder] for line in sheet.lines}


def _unfit(each: Happening, ours: list[str] | None, rules: _Rules) -> str:
    """Why an event is not taken whatever its place; blank if it is."""
    if ours is None:
        return "the table of types does not know its type: give one with --types"
    if not ours:
        return "the table of types leaves its type out"
    if not (rules.window[0] <= each.first and each.last <= rules.window[1]):
        return "it is more than two years from the case's first and last day"
    if each.last - each.first >= rules.longest:
        return f"its dates span more than {rules.longest.days} days"
    return ""


def _places(each: Happening, land: Ground, near: int, km: float, rules: _Rules) -> tuple[list[int], str]:
    """The places of an event, or why it has none."""
    if each.precision == AROUND:
        found = land.within(each.lat, each.lon, rules.around_km)[: rules.most_places]
        return found, "" if found else f"no place of the case within {rules.around_km:g} km"
    if each.precision != AREA:
        return [near], "" if km <= rules.within_km else f"no place of the case within {rules.within_km:g} km"
    area, reason = land.find(each.named)
    if not area and km <= rules.around_km and np.isfinite(each.lat):  # its names are spelt another way
        area, reason = land.area[near], ""
    if reason:
        return [], reason
    area = land.at_level(area, each.level) if each.level else area
    found = land.places_in.get(area, [])[: rules.most_places]
    return found, "" if found else "no place of the case lies in its area"


def _rows(
    each: Happening, type_: str, where: Sequence[int], land: Ground, rules: _Rules, asked: Asked, report: Report
) -> list[Row]:  # fmt: skip
    """An event of one of our types at its places and on its days."""
    exact = each.precision == PLACE and each.exact_day
    common = {
        "type": type_, "status": "reported" if exact else "derived", "source": asked.source, "note": each.note,
    }  # fmt: skip
    if type_ == CAPTURED:
        holder, reason = _holder(each, where, rules)
        if reason:
            report.drop(each.file, each.row, each.kind, reason, each.sub)
            return []
        place = land.place_id[where[0]]
        return [
            {"event_id": _id(each, type_, place, each.first), "date": each.first.isoformat(), "target": place,
             "value": holder, **common}
        ]  # fmt: skip
    days = _days(each)
    weight = [land.persons[i] + 1 for i in where]  # 1: a place where nobody lives can be struck as well
    parts = spread(each.n * PARTS, weight * len(days)).reshape(len(days), len(where)) / PARTS
    return [
        {"event_id": _id(each, type_, land.place_id[i], day), "date": day.isoformat(), "target": land.place_id[i],
         "value": float(parts[d, w]), "unit": "events", **common}
        for d, day in enumerate(days)
        for w, i in enumerate(where)
        if parts[d, w] > 0
    ]  # fmt: skip


def _holder(each: Happening, where: Sequence[int], rules: _Rules) -> tuple[str, str]:
    """Who holds the place now, or why that is not known."""
    if len(where) != 1 or each.precision == AREA:
        return "", "a capture whose place is not known is not taken"
    captor = each.captors[0].lower() if each.captors else ""
    known = [actor for actor in rules.holders if captor.startswith(actor)]
    if not known:
        return "", "a capture needs a holder for its actor: give --holders"
    return rules.holders[max(known, key=len)], ""


def _days(each: Happening) -> list[date]:
    """Its days: every one of the span, or evenly in it as many as there are events."""
    n_days = (each.last - each.first).days + 1
    n = n_days if each.every_day else min(n_days, max(round(each.n), 1))
    return [each.first + timedelta(days=int((k + 0.5) * n_days / n)) for k in range(n)]


def _id(each: Happening, type_: str, place: str, day: date) -> str:
    """An id that is the same in whatever order and file the event comes."""
    told = "|".join((each.publisher, each.source_id, type_, place, day.isoformat()))
    return f"{each.publisher}-{hashlib.blake2b(told.encode(), digest_size=6).hexdigest()}"


def _say(rows: Sequence[Row], report: Report) -> None:
    for type_, n in sorted(Counter(row["type"] for row in rows).items()):
        values = [row["value"] for row in rows if row["type"] == type_ and type_ != CAPTURED]
        report.note(f"{type_}: {n:,} rows" + (f", {sum(values):,.1f} events in all" if values else ""))
