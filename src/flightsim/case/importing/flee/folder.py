"""What a Flee folder says: places, routes, closures, conflict by day, counts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np

from flightsim.case.importing.flee import series
from flightsim.case.importing.report import Report
from flightsim.errors import Complaints, nearest
from flightsim.world import Floats

READ = (
    *(
        "closures.csv",
        "conflicts.csv",
        "locations.csv",
        "routes.csv",
        "sim_period.csv",
        "conflict_period.csv",
    ),
    "registration_corrections.csv",
)
CLOSURES = ("country", "location", "camp", "link", "links", "remove_forced_redirection")


@dataclass(frozen=True)
class Location:
    """One row of locations.csv. ``persons`` live there, or are its capacity if it is a camp; 0 where not given."""

    name: str
    region: str
    country: str
    lat: float
    lon: float
    kind: str  # conflict_zone, town, camp, forwarding_hub, marker
    conflict_day: int
    persons: float

    @property
    def is_camp(self) -> bool:
        """Whether people are counted there, camps for the displaced within the country too."""
        return "camp" in self.kind.lower()

    @property
    def is_conflict_zone(self) -> bool:
        """Whether conflict may come there."""
        return "conflict" in self.kind.lower()


@dataclass(frozen=True)
class Route:
    """One row of routes.csv; ``redirects`` 1: who is at the second is sent to the first, 2: the other way about."""

    one: str
    other: str
    km: float
    redirects: int


@dataclass(frozen=True)
class Closure:
    """One row of closures.csv: shut from ``first_day`` on, open again from ``open_day`` on (0: never)."""

    kind: str
    one: str
    other: str
    first_day: int
    open_day: int


@dataclass(frozen=True)
class Folder:
    """A Flee folder, read. ``conflict`` (days,) by place: 0 none, 1 full, or an intensity."""

    name: str
    start: date
    days: int
    locations: tuple[Location, ...]
    routes: tuple[Route, ...]
    closures: tuple[Closure, ...]
    conflict: dict[str, Floats]
    counts: series.Counts

    @property
    def home(self) -> str:
        """The country whose people flee: that of the first place, as in Flee."""
        return self.locations[0].country

    @property
    def camps(self) -> list[Location]:
        """The camps, in the order of the file."""
        return [each for each in self.locations if each.is_camp]


def read(folder: Path, report: Report | None = None) -> Folder:
    """InputError with all complaints at once if the folder cannot be read as Flee would.

    Into the report goes what can be lived with, as Flee does: names there are not in closures and conflicts.
    """
    complaints, report = Complaints(), report or Report()
    tables = folder / "input_csv"
    if not tables.is_dir():
        complaints.add(
            f"{folder.name} has no folder input_csv; expected a Flee folder with input_csv and source_data"
        )
        complaints.raise_if_any()
    start, days = _period(tables, complaints)
    locations = _locations(tables / "locations.csv", report, complaints)
    routes = _routes(tables / "routes.csv", [each.name for each in locations], complaints)
    closures = _closures(tables / "closures.csv", locations, report, complaints)
    conflict = _conflict(tables / "conflicts.csv", locations, days, report, complaints)
    counts = series.read(folder, start, days, complaints)
    complaints.raise_if_any()
    unread = sorted(file.name for file in tables.iterdir() if file.name not in READ)
    if unread:
        report.note(f"not read: {', '.join(unread)}")
    return Folder(folder.name, start, days, locations, routes, closures, conflict, counts)


def _table(
    file: Path, complaints: Complaints, *, may_be_missing: bool = False
) -> list[tuple[int, list[str]]]:
    """Rows with their numbers in the file; remarks (#) and empty lines left out. Columns go by position."""
    if may_be_missing and not file.exists():
        return []
    rows = series.cells(file, complaints)
    return [(n, row) for n, row in enumerate(rows, 1) if any(row) and not row[0].startswith("#")]


def _number(cell: str) -> float | None:
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if np.isfinite(value) else None


def _period(tables: Path, complaints: Complaints) -> tuple[date, int]:
    """First day and number of days."""
    file = next((f for f in (tables / "sim_period.csv", tables / "conflict_period.csv") if f.exists()), None)
    told = {} if file is None else {row[0]: row[1] for _, row in _table(file, complaints) if len(row) > 1}
    try:
        return date.fromisoformat(told["StartDate"]), max(int(told["Length"]), 1)
    except (KeyError, ValueError):
        complaints.add("sim_period.csv: expected StartDate,2012-02-29 and Length,300")
        return date(2000, 1, 1), 1


def _locations(file: Path, report: Report, complaints: Complaints) -> tuple[Location, ...]:
    found: dict[str, Location] = {}
    nowhere: list[str] = []
    for n, row in _table(file, complaints):
        name, region, country, north, east, kind, when, people = [*row, *[""] * 8][:8]
        if n == 1 and name.lower() == "name":
            continue
        lat, lon, persons, day = (_number(cell or "0") for cell in (north, east, people, when))
        if lat is None or lon is None or abs(lat) > 90 or abs(lon) > 180:
            complaints.add(f"{file.name} row {n}: {name} has no latitude and longitude in degrees")
        elif persons is None:
            complaints.add(f"{file.name} row {n}: {people!r} is no number of people")
        elif name in found:
            complaints.add(f"{file.name} row {n}: {name} is there twice")
        else:
            if not north or not east:
                nowhere.append(name)
            found[name] = Location(
                name,
                region or "unknown",
                country or "unknown",
                lat,
                lon,
                kind,
                int(day or 0),
                max(persons, 0.0),
            )
    if not found:
        complaints.add(f"{file.name} has no place")
    return _placed(found, nowhere, report)


def _placed(found: dict[str, Location], nowhere: list[str], report: Report) -> tuple[Location, ...]:
    """Places without coordinates in the middle of the others: ways are given in km, so only maps suffer."""
    known = [each for name, each in found.items() if name not in nowhere]
    if nowhere and known:
        report.note(f"without coordinates, drawn in the middle of the map: {', '.join(nowhere)}")
        lat, lon = (sum(values) / len(known) for values in zip(*((k.lat, k.lon) for k in known), strict=True))
        found = found | {name: replace(found[name], lat=lat, lon=lon) for name in nowhere}
    return tuple(found.values())


def _routes(file: Path, names: list[str], complaints: Complaints) -> tuple[Route, ...]:
    routes: dict[frozenset[str], Route] = {}
    for n, row in _table(file, complaints):
        one, other, length, redirects = (row + [""] * 4)[:4]
        km = _number(length)
        for name in (one, other):
            if name not in names:
                complaints.add(f"{file.name} row {n}: there is no place {name}{nearest(name, names)}")
        if km is None or km < 0:
            complaints.add(f"{file.name} row {n}: {length!r} is no distance in km")
        elif one != other:
            pair = frozenset((one, other))
            if pair not in routes or km < routes[pair].km:
                routes[pair] = Route(one, other, km, int(_number(redirects or "0") or 0))
    return tuple(routes.values())


def _closures(
    file: Path, locations: tuple[Location, ...], report: Report, complaints: Complaints
) -> tuple[Closure, ...]:
    names, countries = [each.name for each in locations], sorted({each.country for each in locations})
    closures = []
    for n, row in _table(file, complaints, may_be_missing=True):
        kind, one, other, first, last = (row + [""] * 5)[:5]
        first_day, open_day = _number(first or "0"), _number(last or "0")
        if kind not in CLOSURES:
            complaints.add(f"{file.name} row {n}: closure {kind!r}; expected one of {', '.join(CLOSURES)}")
        elif first_day is None or open_day is None:
            complaints.add(f"{file.name} row {n}: {first},{last} are no days since the start")
        else:
            known = countries if kind == "country" else names
            wanted = (
                (one, other) if kind in ("country", "link", "links", "remove_forced_redirection") else (one,)
            )
            unknown = [name for name in wanted if name not in known]
            if unknown:
                report.drop(
                    file.name, n, unknown[0], f"there is no such place or country{nearest(unknown[0], known)}"
                )
            else:
                closures.append(Closure(kind, one, other, int(first_day), int(open_day)))
    return tuple(closures)


def _conflict(
    file: Path, locations: tuple[Location, ...], days: int, report: Report, complaints: Complaints
) -> dict[str, Floats]:
    """Intensity by day: row n is day n, and the last row goes on. Without a file: from conflict_date on."""
    if not file.exists():
        zones = [each for each in locations if each.is_conflict_zone]
        return {each.name: (np.arange(days) >= each.conflict_day).astype(float) for each in zones}
    header, *rows = [row for row in series.cells(file, complaints) if any(row)] or [[]]
    names = [each.name for each in locations]
    conflict: dict[str, Floats] = {}
    for column, name in enumerate(header[1:], 1):
        if name and name not in names:
            report.drop(file.name, name, name, f"there is no such place{nearest(name, names)}")
        elif name:
            cells = [row[column] if column < len(row) else "" for row in rows[:days]]
            values = [_number(cell or "0") for cell in cells]
            bad = next((day for day, value in enumerate(values) if value is None or value < 0), None)
            if bad is not None:
                complaints.add(f"{file.name}: {name} on day {bad} is {cells[bad]!r}; expected 0 or more")
            else:
                conflict[name] = np.array(values + values[-1:] * (days - len(values)), float)
    return conflict
