"""How heavy the bombardment of each day of April to September 2019 was, on the winter's scale of attacks.

Civil Defence's months of 2019 count munitions; July alone is printed on both scales, 975 raids with 2,256 missiles
against 2,264, so the other months are divided by that. Its count of attacks from 1 April to 15 September leaves
April what the other months do not hold. SOHR's counts run on the scale of munitions (its first month 2,847 raids
against Civil Defence's 3,013 of May), so they are divided by the same number.
"""

from __future__ import annotations

from datetime import date, timedelta

from campaign import SPRING
from levels import Level, is_civil_defence
from sources import Sources, number

MUNITIONS_A_RAID = 2264 / 975  # July 2019, Civil Defence, both scales
ATTACKS = 4251.0  # Civil Defence, 1 April to 15 September (Syrian Press Center)
MUNITIONS = {5: 3013.0, 6: 1871.0, 7: 2264.0, 8: 2313.0}  # air raids of a month
SEPTEMBER_RAIDS, SEPTEMBER_DAYS = 25.0, 30
# Shells and rockets of a month. April: Hama governorate only. September: half of the month's 3,196
SHELLS = {4: 3949.0, 5: 19075.0, 6: 10340.0, 7: 7593.0, 8: 13232.0, 9: 3196.0 / 2}
AIR_CAMPAIGN = date(
    2019, 4, 26
)  # April's raids fall on its last days: none before, except where places were named
PLACES_UNSEEN = 5.0  # assumption: struck places a day that nobody wrote about; weighs days without a count
# Counts of part of a day or of the zone: the day had at least so much
PARTIAL = ("to the afternoon", "to the morning", "a minimum", "morning only", "one town only", "part of the day",
           "northern Hama only", "aircraft only")  # fmt: skip
ZERO = {
    date(2019, 5, 18): "cease-fire of the government from 00:00",
    date(2019, 6, 17): "no aircraft (Watan FM)",
}
AIR_KINDS = ("air_raid", "air_raid_government", "air_raid_russian", "barrel_bomb", "cluster", "mixed")
BETWEEN = "assumed: what the month's total leaves, by the places named"


def monthly_raids() -> dict[int, float]:
    """Raids of each month on the scale of attacks; of September to the 15th."""
    raids = {month: count / MUNITIONS_A_RAID for month, count in MUNITIONS.items()}
    raids[9] = SEPTEMBER_RAIDS / 2  # assumption: half of the month's raids by the 15th; 10 were counted
    return {4: ATTACKS - sum(raids.values())} | raids


def spring_levels(src: Sources) -> dict[date, Level]:
    """The level of every day from 1 April to 15 September 2019; each month meets its total."""
    raids, least, raids_why = printed(src, "air_raids")
    shells, _, shells_why = printed(src, "shells_rockets")
    named = dict.fromkeys(SPRING.days, 0.0)
    for row in (row for table in SPRING.strikes for row in src.rows(table)):
        day = date.fromisoformat(row["date"])
        if not row["dup_of"] and row["kind"] in AIR_KINDS and day in named:
            named[day] += 1
    weight = {d: n + (PLACES_UNSEEN if d >= AIR_CAMPAIGN else 0.0) for d, n in named.items()}
    all_raids = filled(raids, least, weight, monthly_raids())
    all_shells = filled(shells, {}, {d: n + PLACES_UNSEEN for d, n in named.items()}, SHELLS)
    return {
        day: Level(
            all_raids[day],
            all_shells[day],
            day in raids,
            day in shells,
            raids_why.get(day, BETWEEN),
            shells_why.get(day, BETWEEN),
        )
        for day in SPRING.days
    }


def printed(src: Sources, column: str) -> tuple[dict[date, float], dict[date, float], dict[date, str]]:
    """Counts of whole days, what the others had at least, and the source of each, on the scale of attacks."""
    values: dict[date, float] = {}
    least: dict[date, float] = {}
    why: dict[date, str] = {}
    for row in src.rows(SPRING.strike_totals):
        if row["primary_for_day"] != "1" or not row[column]:
            continue
        scale = MUNITIONS_A_RAID if column == "air_raids" and not is_civil_defence(row) else 1.0
        first, last = date.fromisoformat(row["date"]), date.fromisoformat(row["date_end"])
        part = any(text in row["note"] for text in PARTIAL)
        for day in (first + timedelta(days=i) for i in range((last - first).days + 1)):
            (least if part else values)[day] = number(row[column]) / scale
            if not part:
                why[day] = "Civil Defence" if scale == 1.0 else "SOHR and others, as munitions"
    if column == "air_raids":
        for day, reason in ZERO.items():
            values[day], why[day] = 0.0, reason
    return values, least, why


def filled(
    values: dict[date, float], least: dict[date, float], weight: dict[date, float], totals: dict[int, float]
) -> dict[date, float]:
    """Days without a count share what their month's total leaves, by ``weight``, none below what it had at least."""
    whole = {day: values[day] for day in SPRING.days if day in values}
    for month, total in totals.items():
        days = [day for day in SPRING.days if day.month == month]
        fixed = {day for day in days if day in whole}
        while True:
            left = total - sum(whole[day] for day in fixed)
            open_days = [day for day in days if day not in fixed]
            share = max(left, 0.0) / (sum(weight[day] for day in open_days) or 1.0)
            short = [day for day in open_days if weight[day] * share < least.get(day, 0.0)]
            if not short:
                break
            whole |= {day: least[day] for day in short}
            fixed.update(short)
        if left < 0:
            raise ValueError(
                f"month {month}: the counted days hold {-left:.0f} more than its total of {total:.0f}"
            )
        whole |= {day: weight[day] * share for day in open_days}
    return whole
