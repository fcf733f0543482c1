"""How heavy the bombardment of each day of the winter was: air raids and shells on the Civil Defence scale."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from campaign import WINTER
from sources import Row, Sources, number

SOHR_SCALE = 1.5  # SOHR's counts run at 1 to 2 times Civil Defence's
DECEMBER_RAIDS, DECEMBER_SHELLS = 739.0, 2691.0  # Civil Defence, Idlib, whole month
SHELLS_A_STRIKE = 10.0  # assumption: a salvo of ten shells counts as one strike
NOVEMBER_RAIDS, NOVEMBER_SHELLS = 12.0, 60.0  # assumption: half of early December, before the first advance
DAYS = WINTER.days

# Raids of a day argued from a text that gives no plain daily figure: (raids, status, why)
ARGUED_RAIDS: dict[date, tuple[float, str, str]] = {
    date(2019, 12, 9): (4.0, "derived", "a lull is printed, yet not by every source"),
    date(2019, 12, 16): (111 / SOHR_SCALE * 0.35, "derived", "SOHR 72 h less 17 Dec, barrels only in Idlib"),
    date(2019, 12, 18): (111 / SOHR_SCALE * 0.65, "derived", "SOHR 72 h sum less 17 Dec"),
    date(2019, 12, 24): (6.0, "derived", "two incidents printed, rain on the 23rd"),
    date(2019, 12, 27): (5.0, "derived", "raids came back in the night of 27-28 Dec"),
    date(2019, 12, 28): (40.0, "derived", "'dozens' of raids since the night"),
    date(2020, 1, 14): (10.0, "reported", "Civil Defence"),
    date(2020, 1, 18): (27.0, "derived", "18 in Aleppo (Civil Defence), Idlib not counted: half as many"),
    date(2020, 1, 21): (47.0, "derived", "Civil Defence: 23 in Idlib, 24 a day in Aleppo"),
    date(2020, 1, 22): (400 / SOHR_SCALE * 0.84, "derived", "SOHR 400 with barrels: 16 % of the eight days"),
}
# Shells a day over spans without daily counts: (first, last, shells, why)
ARGUED_SHELLS = (
    (date(2020, 1, 16), date(2020, 1, 22), 3850 / 8 / SOHR_SCALE, "SOHR: 3,850 in eight days"),
    (date(2020, 1, 25), date(2020, 3, 5), 150.0, "assumption: mean of the counted days of January"),
    (date(2020, 3, 6), date(2020, 3, 8), 10.0, "assumption: some shelling after the ceasefire"),
)
IDLEB_ONLY_FROM = date(
    2020, 1, 16
)  # from here Idlib tallies miss western Aleppo: take the row for the whole zone
CIVIL_DEFENCE = ("Civil Defence", "White Helmets", "Syrian Archive", "Orient Net")


@dataclass(frozen=True)
class Level:
    """Raids and shells of one day, whether a figure was printed for that day, and where it comes from."""

    raids: float
    shells: float
    raids_counted: bool
    shells_counted: bool
    raids_why: str
    shells_why: str


def daily_levels(src: Sources) -> dict[date, Level]:
    """The level of every day from 1 November 2019 to 8 March 2020."""
    totals = src.rows(src.campaign.strike_totals)
    raids, why = counted(totals, "air_raids")
    for day, (value, status, reason) in ARGUED_RAIDS.items():
        raids[day], why[day] = value, f"{status}: {reason}"
    shells, shells_why = counted(totals, "shells_rockets")
    printed_shells = set(shells)
    for first, last, value, reason in ARGUED_SHELLS:
        for day in (day for day in DAYS if first <= day <= last):
            shells[day], shells_why[day] = value, reason
            printed_shells.discard(day)
    printed = {day for day in raids if not why[day].startswith("derived")}
    for day in DAYS:
        if day < date(2019, 12, 1):
            raids[day], shells[day] = NOVEMBER_RAIDS, NOVEMBER_SHELLS
            why[day] = shells_why[day] = "assumed: November level"
    all_raids = filled(raids, DECEMBER_RAIDS, fixed=set(raids))
    all_shells = filled(shells, DECEMBER_SHELLS, fixed=set(shells))
    between = "assumed: between the days around"
    return {
        day: Level(
            all_raids[day],
            all_shells[day],
            day in printed,
            day in printed_shells,
            why.get(day, between),
            shells_why.get(day, between),
        )
        for day in DAYS
    }


def counted(totals: list[Row], column: str) -> tuple[dict[date, float], dict[date, str]]:
    """Printed daily figures on the Civil Defence scale, from the rows to use and the source of each."""
    values: dict[date, float] = {}
    why: dict[date, str] = {}
    ranked = sorted(totals, key=lambda row: (is_civil_defence(row), row["primary_for_day"] == "1"))
    ranked.sort(key=lambda row: row["date"] >= str(IDLEB_ONLY_FROM) and row["primary_for_day"] == "1")
    for row in ranked:
        first, last = date.fromisoformat(row["date"]), date.fromisoformat(row["date_end"])
        usable = row["primary_for_day"] == "1" or (is_civil_defence(row) and first == last)
        if not row[column] or not usable or row["area"] in ("Ariha", "Saraqib"):
            continue
        if column == "shells_rockets" and not is_civil_defence(row) and row["primary_for_day"] != "1":
            continue
        scale = 1.0 if is_civil_defence(row) else SOHR_SCALE
        for i in range((last - first).days + 1):
            day = first + timedelta(days=i)
            values[day] = number(row[column]) / scale
            why[day] = f"{'Civil Defence' if scale == 1.0 else 'SOHR / 1.5'}"
    return values, why


def is_civil_defence(row: Row) -> bool:
    """True for the tallies of Civil Defence (the scale of the case), and for printed lulls."""
    text = " ".join((row["source"], row["note"]))
    return any(name in text for name in CIVIL_DEFENCE)


def filled(values: dict[date, float], december: float, fixed: set[date]) -> dict[date, float]:
    """Days without a figure: between the nearest days that had any, then scaled to December's total.

    Lulls are no neighbours: a printed zero says nothing about the days around it.
    """
    known = sorted(day for day in values if values[day] > 0)
    x = [day.toordinal() for day in known]
    y = [values[day] for day in known]
    whole = {day: values.get(day, float(np.interp(day.toordinal(), x, y))) for day in DAYS}
    month = [day for day in DAYS if (day.year, day.month) == (2019, 12)]
    unknown = [day for day in month if day not in fixed]
    rest = december - sum(whole[day] for day in month if day in fixed)
    factor = rest / sum(whole[day] for day in unknown)
    for day in unknown:
        whole[day] *= factor
    return whole
