"""How heavy the bombardment of each day of the winter was: air raids and shells on the Civil Defence scale.

Three kinds of figures are printed: Civil Defence's tally of a day, another monitor's, and Civil Defence's totals of a
month or more. The totals are the scale: of Idleb governorate in November and December, when hardly any fell elsewhere
(739 of the 801 counted in the whole north-west), of Idleb, Aleppo and Hama from January on. A day's tally by Civil
Defence stands; another monitor's is divided by what its counts are of Civil Defence's at that time; what a total
leaves is shared out over the days without a figure, in the shape of the days around them. So a day that was printed
because it was heavy does not raise the days beside it: they get what the totals leave them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from campaign import WINTER
from sources import Row, Sources, number

SHELLS_A_STRIKE = 10.0  # assumption: a salvo of ten shells counts as one strike
DAYS = WINTER.days
# SOHR's raids for one of Civil Defence's, from a day on. December: both printed 7 December (59 and 31 to 40). From 15
# January: 761 in eight days against some 20 a day in Aleppo and 25 in Idlib. From the 22nd, when it prints hundreds,
# as in February: 132 on the 18th against 21 in
# Idlib and some 19 a day in Aleppo.
SOHR_SCALE = ((WINTER.first, 1.5), (date(2020, 1, 15), 2.0), (date(2020, 1, 22), 3.0))
ALEPPO_IN_FEBRUARY = 544 / 29  # Civil Defence's raids a day there, for days on which it printed Idlib alone


@dataclass(frozen=True)
class Control:
    """What Civil Defence counted in all over some days."""

    first: date
    last: date
    raids: float
    shells: float
    why: str

    @property
    def days(self) -> list[date]:
        """The days it covers."""
        return [self.first + timedelta(days=i) for i in range((self.last - self.first).days + 1)]


# The narrower one of two that overlap comes first: the other shares out what it leaves.
CONTROLS = (
    Control(date(2019, 11, 1), date(2019, 11, 30), 723, 1914 + 409, "Civil Defence: 723 raids in November"),
    Control(date(2019, 12, 15), date(2019, 12, 22), 379, 1576, "Civil Defence: 379 raids 15 to 22 December"),
    Control(date(2019, 12, 1), date(2019, 12, 31), 739, 2691, "Civil Defence: 739 raids in December"),
    Control(date(2020, 1, 1), date(2020, 2, 19), 2201, 8000, "Civil Defence: 2,201 raids 1 January to 19 February"),
    Control(date(2020, 2, 20), date(2020, 2, 29), 762, 1600, "Civil Defence: 762 raids to 29 Feb; shells assumed"),
    Control(date(2020, 3, 1), date(2020, 3, 5), 381, 800, "assumption: as 20 to 29 February until the ceasefire"),
    Control(date(2020, 3, 6), date(2020, 3, 8), 0, 30, "assumption: some shelling after the ceasefire"),
)  # fmt: skip

# Of them, what Civil Defence counted in Aleppo governorate alone
IN_ALEPPO = (
    (date(2020, 1, 16), date(2020, 1, 21), 120.0),
    (date(2020, 2, 1), date(2020, 2, 29), 544.0),
)

# Raids of a day argued from a text that gives no plain daily figure: (raids, status, why)
ARGUED_RAIDS: dict[date, tuple[float, str, str]] = {
    date(2019, 12, 9): (4.0, "derived", "a lull is printed, yet not by every source"),
    date(2019, 12, 16): (111 / 1.5 * 0.35, "derived", "SOHR 72 h less 17 Dec, barrels only in Idlib"),
    date(2019, 12, 18): (111 / 1.5 * 0.65, "derived", "SOHR 72 h sum less 17 Dec"),
    date(2019, 12, 24): (6.0, "derived", "two incidents printed, rain on the 23rd"),
    date(2019, 12, 27): (5.0, "derived", "raids came back in the night of 27-28 Dec"),
    date(2019, 12, 28): (40.0, "derived", "'dozens' of raids since the night"),
    date(2020, 1, 14): (10.0, "reported", "Civil Defence"),
    date(2020, 1, 16): (21.0, "derived", "SOHR / 2: the eight days to the 22nd less the other days"),
    date(2020, 1, 17): (21.0, "derived", "SOHR / 2: the eight days to the 22nd less the other days"),
    date(2020, 1, 18): (27.0, "derived", "18 in Aleppo (Civil Defence), Idlib not counted: half as many"),
    date(2020, 1, 20): (21.0, "derived", "SOHR / 2: the eight days to the 22nd less the other days"),
    date(2020, 1, 21): (51.0, "derived", "Civil Defence: 23 in Idlib, 28 in Aleppo"),
    date(2020, 1, 22): (400 / 3 * 0.84, "derived", "SOHR 400 with barrels, 16 % of them; SOHR / 3"),
    date(2020, 2, 1): (10 + ALEPPO_IN_FEBRUARY, "derived", "Civil Defence: 10 in Idlib, and Aleppo's mean"),
    date(2020, 2, 3): (23 + ALEPPO_IN_FEBRUARY, "derived", "Civil Defence: 23 in Idlib, and Aleppo's mean"),
    date(2020, 2, 10): (172 / 3 / 2, "derived", "SOHR / 3: one of these two days, half on each"),
    date(2020, 2, 11): (172 / 3 / 2, "derived", "SOHR / 3: one of these two days, half on each"),
    date(2020, 2, 18): (21 + ALEPPO_IN_FEBRUARY, "derived", "Civil Defence: 21 in Idlib, and Aleppo's mean"),
}
IDLEB_ONLY_FROM = date(2020, 1, 16)  # from here Idlib tallies miss western Aleppo: the row for the whole zone
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
    all_raids = shared_out(raids, [(c.days, c.raids) for c in CONTROLS])
    all_shells = shared_out(shells, [(c.days, c.shells) for c in CONTROLS], evenly=True)
    rest = {day: f"assumed: left by the total ({c.why})" for c in reversed(CONTROLS) for day in c.days}
    return {
        day: Level(
            all_raids[day],
            all_shells[day],
            day in raids and not why[day].startswith("derived"),
            day in shells,
            why.get(day, rest[day]),
            shells_why.get(day, rest[day]),
        )
        for day in DAYS
    }


def aleppo_shares(levels: dict[date, Level]) -> dict[date, float]:
    """The share of a day's raids in Aleppo governorate, on the days for which it was counted."""
    found = {}
    for first, last, raids in IN_ALEPPO:
        days = [day for day in DAYS if first <= day <= last]
        share = raids / sum(levels[day].raids for day in days)
        found |= dict.fromkeys(days, min(share, 1.0))
    return found


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
        for i in range((last - first).days + 1):
            day = first + timedelta(days=i)
            scale = 1.0 if is_civil_defence(row) else sohr_scale(day)
            values[day] = number(row[column]) / scale
            why[day] = "Civil Defence" if scale == 1.0 else f"SOHR / {scale:g}"
    return values, why


def sohr_scale(day: date) -> float:
    """SOHR's raids for one of Civil Defence's on a day."""
    return [scale for since, scale in SOHR_SCALE if since <= day][-1]


def is_civil_defence(row: Row) -> bool:
    """True for the tallies of Civil Defence (the scale of the case), and for printed lulls."""
    text = " ".join((row["source"], row["note"]))
    return any(name in text for name in CIVIL_DEFENCE)


def shared_out(
    known: dict[date, float], totals: Sequence[tuple[Sequence[date], float]], evenly: bool = False
) -> dict[date, float]:
    """Every day of the totals: known days as they are, the others what their total leaves.

    The others' shape is that of the nearest known days with raids (a lull says nothing about the days around it), or
    ``evenly``: where few days are known, one of them would shape a month.
    Of overlapping totals the first has its days; the next shares out what it leaves. ValueError if the known days
    of a total are more than it.
    """
    lively = sorted(day for day in known if known[day] > 0)
    at, value = [day.toordinal() for day in lively], [known[day] for day in lively]
    found: dict[date, float] = {}
    for days, total in totals:
        left = total - sum(found.get(day, known.get(day, 0.0)) for day in days)
        open_days = [day for day in days if day not in found and day not in known]
        shape = (
            np.interp([day.toordinal() for day in open_days], at, value) if at else np.ones(len(open_days))
        )
        shape = np.ones(len(open_days)) if evenly else shape
        if left < 0 or (left > 0.5 and not open_days):
            raise ValueError(
                f"{days[0]} to {days[-1]}: the days come to {total - left:.0f}, the total is {total:.0f}"
            )
        found |= {day: known[day] for day in days if day in known and day not in found}
        found |= {day: left * s / shape.sum() for day, s in zip(open_days, shape.tolist(), strict=True)}
    return found
