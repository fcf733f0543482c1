"""What was reported: dated counts with their bounds, windows, units and sources (docs/observations.md).

An observation folder holds ``observations.csv`` and, if one likes, ``observations.yaml`` with the observation
model: how far a report of each kind of source may be off, and how many movements are made by a person.
Of a case's folder, the same file is read.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

from flightsim.case.cells import (
    NOTE,
    Column,
    Table,
    choice,
    day,
    decode,
    number,
    parse,
    read_bytes,
    show,
    text,
)
from flightsim.case.text_files import Unreadable, from_yaml
from flightsim.errors import Complaints, InputError, nearest
from flightsim.events import ALL
from flightsim.world import RUNGS

FILE, MODEL_FILE = "observations.csv", "observations.yaml"
PEOPLE, MOVEMENTS, SHARE = "people", "movements", "share"
DISPLACED, ARRIVALS, DEPARTURES = "displaced_cumulative", "arrivals_cumulative", "departures_cumulative"
FLOWS, SHELTER, RETURNS = "flows_cumulative", "shelter_share", "returns_cumulative"
PRESENT, DISPLACED_STOCK = "present_stock", "displaced_stock"
SITES, SITES_GROWTH = "sites_stock", "sites_growth"
MEASURES = {
    DISPLACED: "people displaced (or movements made) from since to date, by area of origin; ALL: everywhere",
    ARRIVALS: "people (or movements) that came to an area from since to date",
    DEPARTURES: "people (or movements) that left an area from since to date",
    FLOWS: "people (or movements) from an area (area_id) to another (destination_id) from since to date",
    SHELTER: "share of those displaced since then who are in a kind of shelter (group) on the date",
    RETURNS: "people (or movements) that went back; kept, not scored: returns are not modelled",
    PRESENT: "everybody in an area on the date, displaced or not",
    DISPLACED_STOCK: "people displaced since then who are in an area (and a kind of shelter: group) on the date",
    SITES: "everybody in camps and sites of an area on the date, displaced before or since the start",
    SITES_GROWTH: "by how many people camps and sites of an area grew from since to date; negative: they shrank",
}
OF_A_DAY = (PRESENT, SITES)  # stocks without a first day: since is blank
STOCKS = (*OF_A_DAY, DISPLACED_STOCK, SITES_GROWTH)
BEST_ESTIMATE = "recommended series"  # so an observation's source begins if it weighs several reports
SOURCE_KINDS = {
    "United Nations": (
        *("ocha", "unhcr", "ohchr", "un ", "u.n.", "united nations", "iom", "cccm", "hnap"),
        *("wfp ", "who statement", "cluster"),
    ),
    "local coordinators": ("response coordinator", "coordinators"),
    "monitors": ("sohr", "observatory", "snhr"),
}
OTHER_KIND = "press and others"


def _several(allowed: Collection[str] | None = None, **blank: Any) -> Column:
    """One code or several joined with +; any, or of a few."""

    def read(cell: str) -> tuple[str, ...]:
        codes = tuple(cell.split("+"))
        if not all(code and all(c.isalnum() or c in "_.:/-" for c in code) for code in codes):
            raise ValueError
        if allowed is not None and not set(codes) <= set(allowed):
            raise ValueError
        return codes

    expected = "P-codes joined with +" if allowed is None else f"of {', '.join(allowed)}, joined with +"
    return Column(read, expected, **blank)


COLUMNS: dict[str, Column] = {
    "date": day().means("the day the count speaks of, or ends"),
    "since": day(blank=None).means("the day it begins; blank for what is there on the date"),
    "measure": choice(MEASURES).means("what was counted"),
    "unit": choice((PEOPLE, MOVEMENTS, SHARE)).means(
        "people, movements (one person may make several) or a share from 0 to 1"
    ),
    "area_id": _several().means("where: an area of any level, several, or ALL; for flows, where people left"),
    "low": number(blank=math.nan).means("the least it may be"),
    "best": number(blank=math.nan).means("the figure"),
    "high": number(blank=math.nan).means("the most it may be"),
    "source": text().means("who says so: publisher, document, date"),
    "destination_id": _several(blank=(), optional=True).means("for flows, where they went"),
    "group": _several(RUNGS, blank=(), optional=True).means("the kinds of shelter that the figure speaks of"),
    "total": Column(number(above=0).read, "a number, more than 0", math.nan, optional=True).means(
        "of a share: of how many people or movements"
    ),
    "note": NOTE,
}


@dataclass(frozen=True)
class ObservationModel:
    """How a report differs from the truth.

    ``relative_error``: half of the width of a 90 % interval around a figure that comes without bounds, as a
    share of it, by kind of source. ``movements_per_person``: for forecasts that know people only.
    """

    relative_error: Mapping[str, float] = field(
        default_factory=lambda: {
            "United Nations": 0.1,  # as the recommended series' bounds on 25 December (220 to 270 of 251 thousand)
            "local coordinators": 0.22,  # Response Coordinators against OCHA, December 2019
            "monitors": 0.25,  # as the recommended series' bounds on SOHR's 19 December (50 to 75 of 60 thousand)
            OTHER_KIND: 0.45,  # 130,000 to 235,000 were printed for 25 December
        }
    )
    movements_per_person: float = 1.23  # CCCM's 367,026 movements and OCHA's 298,534 people of December 2019

    def bounds(self, kind: str, best: float) -> tuple[float, float]:
        """What low and high would be, for a source that gives none."""
        error = self.relative_error.get(kind, self.relative_error.get(OTHER_KIND, 0.0))
        low, high = best * max(1 - error, 0.0), best * (1 + error)
        return min(low, high), max(low, high)  # of a negative growth the larger part is the lower


@dataclass(frozen=True)
class Observation:
    """One reported figure with its bounds. ``areas`` empty: everywhere. ``row`` is its row in the file."""

    row: int
    until: date
    since: date | None  # the first day counted; None: not said
    measure: str
    unit: str
    areas: tuple[str, ...]
    destinations: tuple[str, ...]
    groups: tuple[str, ...]
    low: float
    best: float
    high: float
    total: float  # of which best is a part, in the same unit; nan: not said
    source: str
    note: str = ""

    @property
    def weighed(self) -> bool:
        """Whether this is the best estimate out of several reports."""
        return self.source.startswith(BEST_ESTIMATE)

    @property
    def what(self) -> str:
        """Measure, unit and area in a few words."""
        where = "+".join(self.areas) or "everywhere"
        where += f" to {'+'.join(self.destinations)}" if self.destinations else ""
        shelter = f", {' or '.join(self.groups)}" if self.groups else ""
        return f"{self.measure.removesuffix('_cumulative').replace('_', ' ')}, {self.unit}, {where}{shelter}"


@dataclass(frozen=True)
class Observations:
    """All observations of a folder, in order of date, and the model of their errors."""

    rows: list[Observation]
    model: ObservationModel
    folder: Path
    warnings: list[str] = field(default_factory=list)


def source_kind(source: str) -> str:
    """Who says so: a kind of source, by the names in its title."""
    lowered = f"{source.lower()} "
    return next((k for k, words in SOURCE_KINDS.items() if any(w in lowered for w in words)), OTHER_KIND)


def folder_or_own(folder: str | Path | None, case: Path, option: str) -> Path:
    """The folder asked for, else the case's own; InputError that names ``option`` if the case has no observations."""
    if folder is None and not (case / FILE).exists():
        raise InputError(f"case '{case.name}' comes without counts; give a folder with {FILE}: {option}")
    return Path(case if folder is None else folder)


def read_observations(folder: str | Path, areas: Collection[str], persons: float = math.inf) -> Observations:
    """Read and check a folder; InputError with every trouble.

    ``areas``: the P-codes that the results speak of, of all levels; ``persons``: how many people there are.
    """
    folder = Path(folder)
    complaints = Complaints(at_most=50)
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder of observations: there is no such folder")
    if not (folder / FILE).exists():
        others = [path.name for path in folder.iterdir()]
        raise InputError(f"{folder} is no folder of observations: it has no {FILE}{nearest(FILE, others)}")
    raw = read_bytes(folder / FILE, complaints)
    content = None if raw is None else decode(FILE, raw, complaints)
    model = _read_model(folder / MODEL_FILE, complaints)
    complaints.raise_if_any()
    table = parse(FILE, content or "", COLUMNS, complaints)
    check_observations(table, areas, complaints)
    complaints.raise_if_any()
    rows = sorted(_rows(table, model), key=lambda o: (o.until, o.measure, o.areas, o.unit, o.source))
    for o in rows:
        if o.unit == PEOPLE and o.low > persons:
            complaints.add(
                f"{FILE} row {o.row}: {o.best:,.0f} people are more than the {persons:,.0f} there are; "
                "expected fewer, or unit movements"
            )
    complaints.raise_if_any()
    odd = [
        f"{FILE} row {o.row}: unit is people, but the source's title speaks of movements ({show(o.source)})"
        for o in rows
        if o.unit == PEOPLE and "movement" in o.source.lower() and "people" not in o.source.lower()
    ]
    return Observations(rows, model, folder, odd)


def check_observations(table: Table, areas: Collection[str] | None, complaints: Complaints) -> None:
    """Complain of what does not fit: order of figures and days, areas, columns a measure needs, windows, units."""
    if not len(table) and not complaints.texts:
        complaints.add(f"{FILE} has no rows; expected at least one observation")
    for i, row in enumerate(table.rows):
        cells = {name: values[i] for name, values in table.values.items()}
        _check_row(row, cells, complaints)
        for column in ("area_id", "destination_id"):
            for code in cells[column] or ():
                if areas is not None and code != ALL and code not in areas:
                    hint = "" if complaints.full else nearest(code, areas)
                    complaints.add(
                        f"{FILE} row {row}: {column} is {show(code)}; expected ALL or the P-code of an area{hint}"
                    )
    _check_windows(table, complaints)
    _check_units(table, complaints)


def _check_row(row: int, cells: Mapping[str, Any], complaints: Complaints) -> None:
    since, until, measure, unit = (cells[name] for name in ("since", "date", "measure", "unit"))
    if since and until and since > until:
        complaints.add(f"{FILE} row {row}: since is {since}; expected no later than date {until}")
    figures = [cells[name] for name in ("low", "best", "high")]
    if None not in figures:
        said = [n for n in figures if not math.isnan(n)]
        if not said:
            complaints.add(f"{FILE} row {row}: best is blank; expected a figure, or low and high")
        if said and min(said) < 0 and measure != SITES_GROWTH:
            complaints.add(f"{FILE} row {row}: {min(said):,g} is less than nothing; expected 0 or more")
        if any(a > b for a, b in pairwise(said)):
            complaints.add(f"{FILE} row {row}: low, best and high are not in ascending order")
        if unit == SHARE and said and max(said) > 1:
            complaints.add(f"{FILE} row {row}: best is {max(said):g}; expected a share, 0 to 1")
        if cells["total"] is not None and said and cells["total"] < max(said):
            complaints.add(
                f"{FILE} row {row}: total is {cells['total']:,g}; expected at least the part of it"
            )
    if measure in OF_A_DAY and since and until and since != until:
        complaints.add(f"{FILE} row {row}: since is {since}; expected a blank, as {measure} is of one day")
    if measure and unit and unit not in (units := _units(measure)):
        expected = " or ".join(units)
        complaints.add(f"{FILE} row {row}: unit is {show(unit)}; expected {expected} for {measure}")
    if measure == SHELTER and not cells["group"]:
        complaints.add(f"{FILE} row {row}: group is blank; expected kinds of shelter, as host or site+open")
    if (
        measure
        and (measure == FLOWS) != bool(cells["destination_id"])
        and cells["destination_id"] is not None
    ):
        expected = "P-codes" if measure == FLOWS else f"a blank, as measure is {measure}"
        complaints.add(f"{FILE} row {row}: destination_id is {show('+'.join(cells['destination_id']))}; "
                       f"expected {expected}")  # fmt: skip


def _units(measure: str) -> tuple[str, ...]:
    """What a measure may be counted in."""
    return (SHARE,) if measure == SHELTER else (PEOPLE,) if measure in STOCKS else (PEOPLE, MOVEMENTS)


Key = tuple[Any, ...]


def _windows(table: Table, *columns: str) -> dict[Key, list[tuple[date, date, int]]]:
    """Windows (since, date, position in the table) by the values of some columns; those without a since left out.

    A stock of one day begins on it.
    """
    found: dict[Key, list[tuple[date, date, int]]] = {}
    for i, (told, until) in enumerate(zip(table["since"], table["date"], strict=True)):
        since = until if table["measure"][i] in OF_A_DAY else told
        key = tuple(table[column][i] for column in columns)
        if since is not None and until is not None and None not in key:
            found.setdefault(key, []).append((since, until, i))
    return found


def _check_windows(table: Table, complaints: Complaints) -> None:
    """The windows of one source and one question are apart, begin together, or lie inside each other."""
    question = ("measure", "unit", "area_id", "destination_id", "group", "source")
    for windows in _windows(table, *question).values():
        for (since, until, i), (since_2, until_2, j) in combinations(sorted(windows), 2):
            a, b = table.rows[i], table.rows[j]
            if (since, until) == (since_2, until_2):
                complaints.add(
                    f"{FILE} row {max(a, b)}: the same source, window and question as row {min(a, b)}"
                )
            elif since < since_2 <= until < until_2:
                complaints.add(
                    f"{FILE} rows {a} and {b}: windows of one source overlap ({since} to {until}, {since_2} to "
                    f"{until_2}), so people would count twice; expected windows apart, or with the same since"
                )


def _check_units(table: Table, complaints: Complaints) -> None:
    """Whoever is displaced makes a movement: in the same window there cannot be fewer movements than people."""
    for windows in _windows(table, "measure", "area_id", "destination_id", "since", "date").values():
        rows = [i for _, _, i in windows]
        low = {i: _first(table["low"][i], table["best"][i]) for i in rows if table["unit"][i] == PEOPLE}
        high = {i: _first(table["high"][i], table["best"][i]) for i in rows if table["unit"][i] == MOVEMENTS}
        for i, movements in high.items():
            j = max(low, key=lambda k: low[k], default=None)
            if j is not None and movements < low[j]:
                complaints.add(
                    f"{FILE} row {table.rows[i]}: {movements:,.0f} movements are fewer than the {low[j]:,.0f} people "
                    f"of row {table.rows[j]} in the same window; expected at least as many: is the unit people?"
                )


def _first(*values: float | None) -> float:
    """The first that is a number, else nan."""
    return next((v for v in values if v is not None and not math.isnan(v)), math.nan)


def _rows(table: Table, model: ObservationModel) -> list[Observation]:
    found = []
    for i, row in enumerate(table.rows):
        cells = {name: values[i] for name, values in table.values.items()}
        low, best, high = cells["low"], cells["best"], cells["high"]
        if math.isnan(best):
            best = (_first(low, high) + _first(high, low)) / 2
        by_model = model.bounds(source_kind(cells["source"]), best)
        if cells["unit"] == SHARE:
            by_model = by_model[0], min(by_model[1], 1.0)
        areas = () if ALL in cells["area_id"] else cells["area_id"]
        found.append(
            Observation(
                row, cells["date"], cells["since"], cells["measure"], cells["unit"], areas,
                cells["destination_id"], cells["group"], _first(low, by_model[0]), best,
                _first(high, by_model[1]), cells["total"], cells["source"], cells["note"],
            )
        )  # fmt: skip
    return found


def _read_model(path: Path, complaints: Complaints) -> ObservationModel:
    """The observation model beside the observations; the one of winter 2019-20 if there is none."""
    if not path.exists():
        return ObservationModel()
    raw = read_bytes(path, complaints)
    try:
        said = from_yaml(decode(path.name, raw, complaints) or "", text_keys=True) if raw else None
    except Unreadable as problem:
        complaints.add(f"{path.name} {problem.why}")
        return ObservationModel()
    known = ("title", "relative_error", "movements_per_person")
    if not isinstance(said, Mapping):
        complaints.add(f"{path.name} holds no settings; expected {', '.join(known)}")
        return ObservationModel()
    for key in said:
        if key not in known:
            complaints.add(
                f"{path.name}: {show(key)} is unknown; expected {', '.join(known)}{nearest(key, known)}"
            )
    errors, per_person = said.get("relative_error") or {}, said.get("movements_per_person", 1.23)
    kinds = (*SOURCE_KINDS, OTHER_KIND)
    if not isinstance(errors, Mapping):
        complaints.add(f"{path.name}: relative_error is {show(errors)}; expected a share by kind of source")
        errors = {}
    for kind, error in errors.items():
        if kind not in kinds:
            complaints.add(f"{path.name}: {show(kind)} is no kind of source; expected {', '.join(kinds)}"
                           f"{nearest(kind, kinds)}")  # fmt: skip
        if not _is_between(error, 0, 5):
            complaints.add(
                f"{path.name}: relative_error of {show(kind)} is {show(error)}; expected a share, 0 to 5"
            )
    if not _is_between(per_person, 1, 20):
        complaints.add(f"{path.name}: movements_per_person is {show(per_person)}; expected a number, 1 to 20")
    default = ObservationModel()
    return ObservationModel({**default.relative_error, **errors}, per_person)


def _is_between(value: Any, low: float, high: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high
