"""What there is to meet the needs: what the case knows, and what the user's table says."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from flightsim.errors import Complaints, InputError, nearest
from flightsim.needs.quantities import NEEDS, SUPPLIES
from flightsim.world import COLLECTIVE, HOST, RENTED, SITE, Floats

COLUMNS = ("area_id", "need", "capacity", "unit", "from", "source")
ALL = "ALL"
MOST_COMPLAINTS = 50
CASE_SHELTER = "free room at the start, as in the case's shelter.csv and sites.csv (an assumption there)"
CASE_CARE = "facilities of the case that work, by its events"


@dataclass(frozen=True)
class Capacity:
    """What there is of one need. ``amount``: (D, A) by sub-district, NaN where unknown; (D, 1) for all together."""

    need: str
    amount: Floats
    source: str
    together: bool = False  # one stock for the whole study area, not one a sub-district


def of_run(room: Floats, care: Mapping[str, Floats], n_days: int) -> dict[str, Capacity]:
    """What a run knows: places to live, places in sites, health centres, and hospitals, which serve the whole.

    ``room``: (A, 5) persons for whom there was room at the start, by rung; tents that were put up during the run
    are not counted: they are an answer to the gap, not a part of what was there.
    """
    by_rung = {rung: room[:, rung] for rung in (HOST, RENTED, SITE, COLLECTIVE)}
    places = {"shelter_places": sum(by_rung.values(), np.zeros(len(room))), "site_places": by_rung[SITE]}
    found = {
        need: Capacity(need, np.tile(amount, (n_days, 1)), CASE_SHELTER)
        for need, amount in places.items()
        if np.isfinite(amount).all()
    }
    centres, hospitals = care["health_centres"], care["hospitals"].sum(axis=1, keepdims=True)
    return found | {
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
    rows = [
        row
        for number, cells in _cells(file)
        if (row := _row(file, number, cells, area_id, complaints)) is not None
    ]
    seen: dict[tuple[str, str, date], int] = {}
    for row in rows:
        key = (row.area_id, row.need, row.since)
        if key in seen:
            complaints.add(f"{file} row {row.number}: the same sub-district, need and day as row {seen[key]}")
        seen[key] = row.number
    for need in {row.need for row in rows}:
        kinds = {row.area_id == ALL for row in rows if row.need == need}
        if len(kinds) > 1:
            complaints.add(
                f"{file}: {need} is given for {ALL} and for single sub-districts; expected one of the two"
            )
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


def _cells(file: Path) -> list[tuple[int, dict[str, str]]]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as problem:
        raise InputError(f"capacity {file} cannot be read: {problem.strerror or problem}") from problem
    except UnicodeDecodeError as problem:
        raise InputError(f"capacity {file} is not UTF-8; save it as CSV UTF-8") from problem
    reader = csv.DictReader(io.StringIO(text))
    heads = [head.strip() for head in reader.fieldnames or []]
    complaints = Complaints()
    for head in heads:
        if head not in COLUMNS:
            complaints.add(f"{file}: there is no column '{head}'{nearest(head, COLUMNS)}")
    for column in COLUMNS:
        if column not in heads and column not in ("from", "source"):
            complaints.add(f"{file}: column {column} is missing; expected {', '.join(COLUMNS)}")
    complaints.raise_if_any()
    reader.fieldnames = heads
    return [
        (number, {str(key): (value or "").strip() for key, value in cells.items() if key is not None})
        for number, cells in enumerate(reader, start=2)
        if any(isinstance(v, str) and v.strip() for v in cells.values())
    ]


def _row(
    file: Path, number: int, cells: Mapping[str, str], area_id: Sequence[str], complaints: Complaints
) -> _Row | None:
    where, n_before = f"{file} row {number}", len(complaints.texts) + complaints.n_more
    area, need = cells["area_id"], cells["need"]
    if area != ALL and area not in area_id:
        complaints.add(
            f"{where}: area_id is '{area}'; expected a P-code of the case's sub-districts or {ALL}"
            f"{nearest(area, area_id)}"
        )
    if need not in SUPPLIES:
        said = "a figure, nothing to supply" if need in NEEDS else f"no such need{nearest(need, SUPPLIES)}"
        complaints.add(f"{where}: need is '{need}'; {said}")
    elif cells["unit"] != NEEDS[need].unit:
        complaints.add(f"{where}: unit is '{cells['unit']}'; expected '{NEEDS[need].unit}' for {need}")
    try:
        amount = float(cells["capacity"])
    except ValueError:
        amount = np.nan
    if not (np.isfinite(amount) and amount >= 0):
        complaints.add(f"{where}: capacity is '{cells['capacity']}'; expected a number, 0 or more")
    since = date.min
    if cells.get("from"):
        try:
            since = date.fromisoformat(cells["from"])
        except ValueError:
            complaints.add(f"{where}: from is '{cells['from']}'; expected a date such as 2019-12-01")
    if len(complaints.texts) + complaints.n_more > n_before:
        return None
    return _Row(number, area, need, amount, since, cells.get("source", ""))


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
