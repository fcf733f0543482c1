"""Stocks and pipeline: what is in warehouses and on its way, against the need; the day on which it runs out.

Two kinds of items. *Given once* (kits, blankets, tents): a household takes its own when it comes to need it and keeps
it there, so that an area has needed as many as the most people it has held so far; who got none waits for the next
delivery. *Used up* (food): so much a day; a day without is not made good by what comes later.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from flightsim import words
from flightsim.case.cells import Column, choice, day, number, parse, show, text
from flightsim.case.text_files import read_text
from flightsim.errors import Complaints
from flightsim.measures import SMALL_CELL_PERSONS
from flightsim.needs.people import People, dates_of, quantiles
from flightsim.needs.quantities import NEEDS
from flightsim.needs.standards import Standards
from flightsim.world import Floats

ALL = "ALL"
ONCE = ("nfi_kits", "winter_kits", "blankets", "water_containers", "tents")
USED_UP = {"food": "tonnes"}  # the need's unit is so much a day
ITEMS = (*ONCE, *USED_UP)
MOST_COMPLAINTS = 50
OUT = ("out_early", "out_median", "out_late")


@dataclass(frozen=True)
class Delivery:
    """One row of the user's table: what is in an area's warehouse (or ALL's) from the morning of a day on."""

    area_id: str
    item: str
    quantity: float
    arrives: date  # date.min: there from the start


@dataclass(frozen=True)
class Course:
    """One item: (R, D, W) what is short by run, day and warehouse, in the need's unit, or things still missing."""

    item: str
    area_id: list[str]  # of the warehouses; ALL for one that serves everybody
    short: Floats
    demand: Floats  # (R, D, A) new demand a day, by area
    per_person: float

    @property
    def total(self) -> Floats:
        """(R, W) what is missing at the end: things nobody got, or the sum of all days' food."""
        return self.short.sum(axis=1) if self.item in USED_UP else self.short[:, -1]

    @property
    def out(self) -> Floats:
        """(R, W) number of the first day on which a hundred people or more get none; inf: never."""
        over = self.short >= self.per_person * SMALL_CELL_PERSONS
        return np.where(over.any(axis=1), over.argmax(axis=1).astype(float), np.inf)


def unit_of(item: str) -> str:
    """The unit of a stock: of food in tonnes, not tonnes a day."""
    return USED_UP.get(item, NEEDS[item].unit)


def read(path: str | Path, area_id: Sequence[str], last: date) -> list[Delivery]:
    """The user's table: columns area_id, item, quantity, unit, arrives (blank: there from the start), source.

    InputError with everything that is wrong with it. What arrives after the ``last`` day of the runs counts for
    nothing.
    """
    file, complaints = Path(path), Complaints(at_most=MOST_COMPLAINTS)
    columns = {
        "area_id": choice((ALL, *area_id), said=f"a P-code of the case's areas or {ALL}"),
        "item": choice(ITEMS),
        "quantity": number(at_least=0),
        "unit": text(),
        "arrives": replace(day(blank=date.min), optional=True),
        "source": Column(text(blank="").read, "some text on one line", "", optional=True),
    }
    table = parse(str(file), read_text(file, "stocks "), columns, complaints)
    if not table.rows and not complaints.texts:
        complaints.add(f"{file} has no rows; expected a stock in each")
    for row, item, unit in zip(table.rows, table["item"], table["unit"], strict=True):
        if item and unit and unit != unit_of(item):
            complaints.add(f"{file} row {row}: unit is {show(unit)}; expected '{unit_of(item)}' for {item}")
    rows = [
        Delivery(*cells)
        for cells in zip(*(table[name] for name in ("area_id", "item", "quantity", "arrives")), strict=True)
        if None not in cells
    ]
    for item in dict.fromkeys(row.item for row in rows):
        if len({row.area_id == ALL for row in rows if row.item == item}) > 1:
            complaints.add(f"{file}: {item} is given for {ALL} and for single areas; expected one of the two")
    complaints.raise_if_any()
    return [row for row in rows if row.arrives <= last]


def course(people: People, standards: Standards, item: str, rows: Sequence[Delivery]) -> Course:
    """What is short of an item by day. Where areas are named, one without a row has no stock."""
    need = NEEDS[item]
    per_person = need.per_person(standards)
    wanted = people.groups[need.whom] * per_person
    if item not in USED_UP:
        wanted = np.diff(np.maximum.accumulate(wanted, axis=1), axis=1, prepend=0.0)
    together = any(row.area_id == ALL for row in rows)
    area_id = [ALL] if together else people.area_id
    demand = wanted.sum(axis=2, keepdims=True) if together else wanted
    arriving = np.zeros((len(people.days), len(area_id)))
    for row in rows:
        d = max((row.arrives - people.days[0].date()).days, 0)
        arriving[d, area_id.index(row.area_id)] += row.quantity
    short, stock = np.zeros_like(demand), np.zeros_like(demand[:, 0])
    waiting = np.zeros_like(stock)
    for d in range(len(people.days)):
        stock = stock + arriving[d]
        asked = demand[:, d] + waiting
        given = np.minimum(stock, asked)
        stock, short[:, d] = stock - given, asked - given
        waiting = np.zeros_like(stock) if item in USED_UP else short[:, d]
    return Course(item, list(area_id), short, wanted, per_person)


def table(people: People, standards: Standards, rows: Sequence[Delivery]) -> pd.DataFrame:
    """A row an item and area: stock, the day it runs out, what is missing at the end, what to place there by when.

    ``to_place`` is what is missing in nineteen of twenty runs at most, in whole units; of one stock that serves
    everybody it is shared out over areas as their demand is over the run, in rows of their own.
    """
    found: list[dict[str, Any]] = []
    for item in dict.fromkeys(row.item for row in rows):
        own = [row for row in rows if row.item == item]
        c = course(people, standards, item, own)
        median, low, high = quantiles(c.total)
        for w, area in enumerate(c.area_id):
            stock = sum(row.quantity for row in own if row.area_id == area)
            if not stock and not (c.demand[:, :, w] if area != ALL else c.demand).any():
                continue
            row = _row(people, item, area, stock) | dates_of(c.out[:, w], people.days)
            row |= {"runs_out": int(np.isfinite(c.out[:, w]).sum()), "runs": people.runs}
            row |= {"missing": median[w], "missing_low": low[w], "missing_high": high[w]}
            found.append(row | {"to_place": _whole(high[w])})
        if c.area_id == [ALL]:
            found += _shared_out(people, c, float(high[0]))
    frame = pd.DataFrame(found, columns=_COLUMNS)
    amounts = ["stock", "missing", "missing_low", "missing_high", "to_place"]
    frame[amounts] = frame[amounts].astype(float).round(3)
    frame[["runs_out", "runs"]] = frame[["runs_out", "runs"]].astype("Int64")
    return frame.rename(columns=dict(zip(_BREACH, OUT, strict=True)))


_BREACH = ("breach_early", "breach_median", "breach_late")
_COLUMNS = ["scenario", "item", "unit", "area_id", "stock", *_BREACH, "runs_out", "runs",
            "missing", "missing_low", "missing_high", "to_place"]  # fmt: skip


def _row(people: People, item: str, area: str, stock: float) -> dict[str, Any]:
    return {"scenario": people.scenario, "item": item, "unit": unit_of(item), "area_id": area, "stock": stock}


def _shared_out(people: People, c: Course, missing: float) -> list[dict[str, Any]]:
    """What one stock lacks, by area, as demand over the run is shared: where to place it."""
    by_area = c.demand.sum(axis=1).mean(axis=0)
    if missing <= 0 or not by_area.sum():
        return []
    placed = missing * by_area / by_area.sum()
    return [
        _row(people, c.item, area, np.nan) | {"to_place": _whole(n)}
        for area, n in zip(people.area_id, placed, strict=True)
        if n > 0
    ]


def _whole(amount: float) -> float:
    return float(np.ceil(amount - 1e-6))


def sentences(found: pd.DataFrame, scenario: str, names: dict[str, str]) -> list[str]:
    """What runs out when, a line an item and warehouse that runs out or not."""
    lines = []
    mine = found[(found["scenario"] == scenario) & found["stock"].notna()]
    for _, row in mine[mine["stock"] > 0].iterrows():
        place = "for all areas" if row["area_id"] == ALL else f"in {names[row['area_id']]}"
        lead = f"{row['item'].replace('_', ' ')} {place}, {row['stock']:,.0f} {row['unit']}"
        over, runs = int(row["runs_out"]), int(row["runs"])
        if not over:
            lines.append(f"Stock of {lead}: enough to the end in all of {words.counted(runs, 'run')}.")
            continue
        early, middle, late = ("never" if pd.isna(row[c]) else words.day_year(row[c].date()) for c in OUT)
        when = middle if early == late else f"{middle} ({early} to {late})"
        short = f"{words.headline(row['missing']):,.0f} ({words.headline(row['missing_low']):,.0f} to "
        short += f"{words.headline(row['missing_high']):,.0f}) {row['unit']} missing by the end"
        lines.append(f"Stock of {lead}: short in {over} of {runs} runs, from {when}; {short}.")
    return lines
