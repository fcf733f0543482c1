"""What there is to meet the needs: what the case knows, and what the user's table says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from flightsim.case.cells import Column, Unexpected, choice, day, number, parse, show, text
from flightsim.case.text_files import read_text
from flightsim.errors import Complaints, nearest
from flightsim.needs.quantities import NEEDS, SUPPLIES
from flightsim.world import COLLECTIVE, HOST, RENTED, SITE, Floats

ALL = "ALL"
MOST_COMPLAINTS = 50
CASE_SHELTER = "free room at the start, as in the case's shelter.csv and sites.csv (an assumption there)"
CASE_ROADS = (
    "roads that lead in from areas or gates that no hostile side holds; share and hours are assumptions"
)
CASE_CARE = "facilities of the case that work, by its events"


@dataclass(frozen=True)
class Capacity:
    """What there is of one need. ``amount``: (D, A) by sub-district, NaN where unknown; (D, 1) for all together."""

    need: str
    amount: Floats
    source: str
    together: bool = False  # one stock for the whole study area, not one a sub-district


def of_run(room: Floats, care: Mapping[str, Floats], trucks: Floats) -> dict[str, Capacity]:
    """What a run knows: places to live and in sites, roads, health centres, and hospitals, which serve the whole.

    ``room``: (A, 5) persons for whom there was room at the start, by rung; tents that were put up during the run
    are not counted: they are an answer to the gap, not a part of what was there. ``trucks``: (D, A) a day.
    """
    by_rung = {rung: room[:, rung] for rung in (HOST, RENTED, SITE, COLLECTIVE)}
    places = {"shelter_places": sum(by_rung.values(), np.zeros(len(room))), "site_places": by_rung[SITE]}
    found = {
        need: Capacity(need, np.tile(amount, (len(trucks), 1)), CASE_SHELTER)
        for need, amount in places.items()
        if np.isfinite(amount).all()
    }
    centres, hospitals = care["health_centres"], care["hospitals"].sum(axis=1, keepdims=True)
    return found | {
        "road_trucks": Capacity("road_trucks", trucks, CASE_ROADS),
        "health_centres": Capacity("health_centres", centres, CASE_CARE),
        "hospitals": Capacity("hospitals", hospitals, CASE_CARE, together=True),
    }


def read(path: str | Path, area_id: Sequence[str], days: pd.DatetimeIndex) -> dict[str, Capacity]:
    """The user's table, a capacity a need; InputError with everything that is wrong with it.

    Columns: area_id (a sub-district's P-code, or ALL for a stock that serves everybody), need (a name of
    ``quantities.NEEDS``), capacity (0 or more), unit (as the need's), from (the first day it holds, blank: from
    the start), source. A later ``from`` replaces an earlier one.
    """
    file, complaints = Path(path), Complaints(at_most=MOST_COMPLAINTS)
    rows = _rows(file, area_id, complaints)
    seen: dict[tuple[str, str, date], int] = {}
    for row in rows:
        key = (row.area_id, row.need, row.since)
        if key in seen:
            complaints.add(f"{file} row {row.number}: the same area, need and day as row {seen[key]}")
        seen[key] = row.number
    for need in {row.need for row in rows}:
        kinds = {row.area_id == ALL for row in rows if row.need == need}
        if len(kinds) > 1:
            complaints.add(f"{file}: {need} is given for {ALL} and for single areas; expected one of the two")
    complaints.raise_if_any()
    return {need: _capacity(file, need, rows, area_id, days) for need in dict.fromkeys(r.need for r in rows)}


@dataclass(frozen=True)
class _Row:
    number: int
    area_id: str
    need: str
    amount: float
    since: date
    source: str


def _columns(area_id: Sequence[str]) -> dict[str, Column]:
    """What each column holds."""
    return {
        "area_id": choice((ALL, *area_id), said=f"a P-code of the case's areas or {ALL}"),
        "need": Column(_need, "a need"),
        "capacity": number(at_least=0),
        "unit": text(),
        "from": replace(day(blank=date.min), optional=True),
        "source": replace(text(blank=""), optional=True),
    }


def _need(cell: str) -> str:
    if cell not in SUPPLIES:
        figure = "a need that can be supplied; this is a figure, nothing to supply"
        raise Unexpected(figure if cell in NEEDS else f"a need{nearest(cell, SUPPLIES)}")
    return cell


def _rows(file: Path, area_id: Sequence[str], complaints: Complaints) -> list[_Row]:
    """The rows that can be read; complaints about the others."""
    table = parse(str(file), read_text(file, "capacity "), _columns(area_id), complaints)
    if not table.rows and not complaints.texts:
        complaints.add(f"{file} has no rows; expected a capacity in each")
    rows = []
    for i, row in enumerate(table.rows):
        cells = {name: values[i] for name, values in table.values.items()}
        need, unit = cells["need"], cells["unit"]
        if need and unit and unit != NEEDS[need].unit:
            complaints.add(
                f"{file} row {row}: unit is {show(unit)}; expected '{NEEDS[need].unit}' for {need}"
            )
        if None in cells.values():
            continue
        rows.append(_Row(row, *(cells[name] for name in ("area_id", "need", "capacity", "from", "source"))))
    return rows


def _capacity(
    file: Path, need: str, rows: Sequence[_Row], area_id: Sequence[str], days: pd.DatetimeIndex
) -> Capacity:
    """The need's amounts by day; before its first day a capacity that is given later is 0."""
    mine = sorted((row for row in rows if row.need == need), key=lambda row: row.since)
    together = mine[0].area_id == ALL
    column = {ALL: 0} if together else {a: i for i, a in enumerate(area_id)}
    amount = np.full((len(days), len(column)), np.nan)
    for row in mine:
        since = np.asarray(days.date) >= row.since
        at = column[row.area_id]
        amount[since, at] = row.amount
        if np.isnan(amount[~since, at]).all():
            amount[~since, at] = 0.0
    sources = list(dict.fromkeys(row.source for row in mine if row.source)) or [f"given in {file.name}"]
    return Capacity(need, amount, "; ".join(sources), together)
