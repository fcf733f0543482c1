"""What ACLED, UCDP and HDX HAPI say happened, row by row, in one form; of texts only types and actors are read."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from flightsim.case.importing import ground
from flightsim.case.importing.ground import Named
from flightsim.case.importing.report import Report
from flightsim.case.importing.sheets import Sheet
from flightsim.errors import InputError

PLACE, NEAR, AROUND, AREA = "place", "near", "around", "area"  # how precisely it is known where it was
COLUMNS: dict[str, tuple[str, ...]] = {
    "event_id": ("event_id_cnty", "data_id", "event_id", "id"),
    "date": ("event_date", "#date+occurred"),
    "week": ("week",),
    "first": ("date_start", "reference_period_start", "#date+start"),
    "last": ("date_end", "reference_period_end", "#date+end"),
    "event_type": ("event_type", "type_of_violence", "#event+type"),
    "sub_event_type": ("sub_event_type", "#event+type+sub"),
    "lat": ("latitude", "lat", "#geo+lat"),
    "lon": ("longitude", "lon", "#geo+lon"),
    "precision": ("geo_precision", "where_prec"),
    "date_precision": ("time_precision", "date_prec"),
    "actor_1": ("actor1",),
    "actor_2": ("actor2",),
    "kind_1": ("inter1",),
    "kind_2": ("inter2",),
    "events": ("events", "#event+num", "#event+count"),
    "deaths": ("fatalities", "best", "#affected+killed"),
    "deaths_low": ("low",),
    "deaths_high": ("high",),
    "admin_level": ("admin_level",),
}
STATE = ("1", "state forces")  # ACLED's kind of actor, old and new
Columns = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Happening:
    """What one row says. ``level`` is that of the area if ``precision`` is AREA, 0: whichever it names.

    ``n`` events between ``first`` and ``last``: on every day of them, or on at most so many as there are events.
    """

    file: Path
    row: int
    publisher: str
    source_id: str
    first: date
    last: date
    every_day: bool
    exact_day: bool
    kind: str
    sub: str
    n: float
    lat: float
    lon: float
    named: Named
    precision: str
    level: int
    captors: tuple[str, ...]  # who may have taken the place, the likeliest first
    note: str


def publisher_of(sheet: Sheet, columns: Columns) -> str:
    """Whose export this is, by its columns; InputError if it is none of those that are known."""
    if sheet.column(("type_of_violence",)) and sheet.column(columns["first"]):
        return "ucdp"
    if sheet.column(columns["event_type"]):
        if sheet.column(columns["date"]) and sheet.column(columns["lat"]):
            return "acled"
        if sheet.column(columns["events"]) and sheet.column(columns["week"]):
            return "acled weeks"
        if sheet.column(columns["events"]) and sheet.column(columns["first"]):
            return "hapi"
    raise InputError(
        f"{sheet.file} is no export that is known: found {', '.join(sheet.header[:15])}; expected event_date, "
        "event_type, latitude and longitude (ACLED) or week and events, date_start and type_of_violence (UCDP GED), or "
        "reference_period_start, event_type and events (HDX HAPI); another column is named by --map OURS=THEIRS"
    )


def read(sheet: Sheet, columns: Columns, order: str, report: Report) -> list[Happening]:
    """The rows of an export; those that do not say when, where or what are dropped."""
    publisher = publisher_of(sheet, columns)
    cells = _Cells(sheet, columns, order, report)
    make = READERS[publisher]
    found = []
    seen: dict[str, int] = {}
    finest = max((n for n in cells.number("admin_level") if math.isfinite(n)), default=math.nan)
    for i, line in enumerate(sheet.lines):
        happening = make(cells, i)
        if (
            isinstance(happening, Happening)
            and publisher == "hapi"
            and cells.number("admin_level")[i] < finest
        ):
            happening = "it is of a coarser level than others of the file, which count its events, too"
        if isinstance(happening, Happening):
            row = seen.setdefault(happening.source_id, line.row)
            if row == line.row:
                found.append(happening)
                continue
            happening = "an event of that id is there already"
        report.drop(sheet.file, line.row, cells.text("event_type")[i], happening, cells.text("event_id")[i])
    return found


class _Cells:
    """The columns of an export by our names; what it has not is blank."""

    def __init__(self, sheet: Sheet, columns: Columns, order: str, report: Report) -> None:
        self.sheet, self.columns, self.order, self.report = sheet, columns, order, report
        self.named = ground.named(sheet, columns)
        self._texts: dict[str, list[str]] = {}
        self._numbers: dict[str, list[float]] = {}
        self._days: dict[str, list[date | None]] = {}

    def text(self, ours: str) -> list[str]:
        if ours not in self._texts:
            column = self.sheet.column(self.columns[ours])
            cells = self.sheet.cells(column) if column else [(0, "")] * len(self.sheet.lines)
            self._texts[ours] = [cell for _, cell in cells]
        return self._texts[ours]

    def number(self, ours: str) -> list[float]:
        if ours not in self._numbers:
            column = self.sheet.column(self.columns[ours])
            read: list[float | None] = [math.nan] * len(self.sheet.lines)
            if column:
                is_degrees = ours in ("lat", "lon")
                read = (
                    self.sheet.degrees(column)
                    if is_degrees
                    else self.sheet.numbers(column, self.report, whole=True)
                )
            self._numbers[ours] = [math.nan if n is None else n for n in read]
        return self._numbers[ours]

    def day(self, ours: str) -> list[date | None]:
        if ours not in self._days:
            column = self.sheet.column(self.columns[ours])
            self._days[ours] = (
                self.sheet.dates(column, self.order) if column else [None] * len(self.sheet.lines)
            )
        return self._days[ours]

    def point(self, i: int) -> tuple[float, float] | None:
        lat, lon = self.number("lat")[i], self.number("lon")[i]
        return (lat, lon) if abs(lat) <= 90 and abs(lon) <= 180 else None

    def precision(self, i: int) -> int:
        """As the publisher codes it; 0 if it does not say."""
        code = self.number("precision")[i]
        return int(code) if math.isfinite(code) else 0


def _acled(cells: _Cells, i: int) -> Happening | str:
    day, point = cells.day("date")[i], cells.point(i)
    if day is None:
        return "its date is none"
    if point is None:
        return "its latitude and longitude are not degrees"
    actors = [(cells.text(f"actor_{k}")[i], cells.text(f"kind_{k}")[i].lower() in STATE) for k in (1, 2)]
    kind, sub = cells.text("event_type")[i], cells.text("sub_event_type")[i]
    by_state = "government regains" in f"{kind} {sub}".lower()
    known = any(is_state for _, is_state in actors)
    likely = [name for name, is_state in actors if name and is_state == by_state] if known else []
    return Happening(
        cells.sheet.file, cells.sheet.lines[i].row, "acled",
        cells.text("event_id")[i] or "|".join([day.isoformat(), kind, sub, *map(str, point), *(a for a, _ in actors)]),
        day, day, True, not cells.number("date_precision")[i] > 1, kind, sub, 1, *point, cells.named[i],
        {0: PLACE, 1: PLACE, 2: NEAR}.get(cells.precision(i), AREA), 1,
        tuple(dict.fromkeys([*likely, *(name for name, _ in actors if name)]))[:1], _deaths(cells, i),
    )  # fmt: skip


def _ucdp(cells: _Cells, i: int) -> Happening | str:
    first, point = cells.day("first")[i], cells.point(i)
    last = cells.day("last")[i] or first
    if first is None or last is None or last < first:
        return "its dates are none, or end before they begin"
    if point is None:
        return "its latitude and longitude are not degrees"
    precision = {0: PLACE, 1: PLACE, 2: AROUND, 3: AREA, 4: AREA, 5: AREA}.get(cells.precision(i), "")
    if not precision:
        return "it is known for a whole country only, or lies at sea"
    kind = cells.text("event_type")[i]
    return Happening(
        cells.sheet.file, cells.sheet.lines[i].row, "ucdp",
        cells.text("event_id")[i] or "|".join([first.isoformat(), last.isoformat(), kind, *map(str, point)]),
        first, last, True, first == last, kind, "", 1, *point, cells.named[i],
        precision, 2 if cells.precision(i) == 3 else 1, (), _deaths(cells, i),
    )  # fmt: skip


def _hapi(cells: _Cells, i: int) -> Happening | str:
    first, last = cells.day("first")[i], cells.day("last")[i]
    if first is None:
        return "its date is none"
    last = last or (first.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return _counted(cells, i, "hapi", first, last)


def _acled_weeks(cells: _Cells, i: int) -> Happening | str:
    """A row of ACLED's weekly table: events by type, area of level 1 and the week that begins on a day."""
    first = cells.day("week")[i]
    return (
        "its week is none" if first is None else _counted(cells, i, "acled", first, first + timedelta(days=6))
    )


def _counted(cells: _Cells, i: int, publisher: str, first: date, last: date) -> Happening | str:
    """So many events in an area between two days."""
    n = cells.number("events")[i]
    if not n >= 0:
        return "its number of events is no number of 0 or more"
    if n == 0:
        return "it counts no events"
    if last < first:
        return "its dates end before they begin"
    named = cells.named[i]
    kind, sub = cells.text("event_type")[i], cells.text("sub_event_type")[i]
    where = [named.code, *named.codes.values(), *named.names.values()]
    return Happening(
        cells.sheet.file, cells.sheet.lines[i].row, publisher, "|".join([first.isoformat(), kind, sub, *where]),
        first, last, False, False, kind, sub, n, math.nan, math.nan, named, AREA, 0, (), _deaths(cells, i),
    )  # fmt: skip


def _deaths(cells: _Cells, i: int) -> str:
    """The dead, for readers of the table."""
    best, low, high = (cells.number(ours)[i] for ours in ("deaths", "deaths_low", "deaths_high"))
    if not math.isfinite(best):
        return ""
    span = f" ({low:,.0f} to {high:,.0f})" if math.isfinite(low) and math.isfinite(high) else ""
    return f"{best:,.0f}{span} dead"


READERS: dict[str, Callable[[_Cells, int], Happening | str]] = {
    "acled": _acled,
    "acled weeks": _acled_weeks,
    "ucdp": _ucdp,
    "hapi": _hapi,
}
