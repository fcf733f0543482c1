"""Health facilities: those that reports name by town, and a derived register for the rest.

There is no register to be had, so functioning facilities are derived from the people present; which of them
close, and when, follows the strikes and captures around them, at the numbers that WHO counted.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from bombardment import Strike
from front import Front
from population import Population
from sources import Sources

PERSONS_A_HEALTH_CENTRE = 22_500  # assumption: 20,000 to 25,000
PERSONS_A_HOSPITAL = 150_000  # assumption
NEAR_KM, MEMORY_DAYS = 5.0, 10  # strikes counted towards a closure
CLOSED_BY = (  # day and number of facilities closed since 1 December
    (date(2019, 12, 25), 16),  # WHO
    (date(2019, 12, 31), 16),  # the next count starts on 1 January
    (date(2020, 1, 8), 30),  # between: assumption, evenly over January
    (date(2020, 1, 16), 43),
    (date(2020, 1, 24), 56),
    (date(2020, 1, 31), 69),  # WHO: 53 since the beginning of the year
    (date(2020, 2, 11), 72),  # UN: some 72 suspended in Idleb and Aleppo
    (date(2020, 2, 18), 74),  # WHO: 74 since December
)
# place, kind, working on 1 December, day of closure, status, source
KNOWN: tuple[tuple[str, str, bool, str, str, str], ...] = (
    ("C3974", "hospital", False, "", "reported", "SOHR: out of service since Nov 2019"),
    ("C4068", "hospital", False, "", "reported", "SNHR 6 Nov 2019; SOHR: out of service since Nov 2019"),
    ("C4068", "hospital", False, "", "reported", "SNHR 17 Nov 2019: already out of service"),
    ("C4309", "hospital", False, "", "reported", "SNHR 25 Nov 2019: building severely destroyed"),
    ("C3963", "hospital", False, "", "reported", "SNHR 17 Dec 2019: out of service since about 27 Nov"),
    ("C3985", "hospital", True, "2019-12-20", "reported", "WHO 25 Dec 2019: suspended 20 Dec (SAMS: 24 Dec)"),
    (
        "C3985",
        "hospital",
        True,
        "2019-12-23",
        "reported",
        "WHO 25 Dec 2019: evacuated and closed; strafed 22 Dec",
    ),
    ("C3916", "hospital", False, "", "reported", "SOHR: out of service since Nov 2019"),
    ("C3916", "health_centre", True, "2019-12-24", "reported", "SOHR: work suspended (SAMS)"),
    ("C3978", "health_centre", False, "", "reported", "SOHR: out of service since Nov 2019"),
    ("C4199", "health_centre", False, "", "reported", "SOHR: out of service since Nov 2019"),
    ("C4278", "hospital", True, "2020-01-29", "reported", "SNHR 30 Jan 2020: out of service"),
    ("C3953", "health_centre", True, "2020-02-04", "reported", "UOSSM 5 Feb 2020: out of service"),
    ("C3953", "hospital", True, "2020-02-04", "reported", "UOSSM 5 Feb 2020: out of service"),
    ("C3932", "hospital", True, "2020-02-05", "reported", "UOSSM 5 Feb 2020: out of service"),
    ("C3932", "hospital", True, "2020-02-05", "reported", "UOSSM 5 Feb 2020: out of service"),
    (
        "C3871",
        "hospital",
        True,
        "2020-02-04",
        "reported",
        "USAID FS4 FY2020: inoperable (Idleb, town not stated)",
    ),
    ("C3871", "hospital", True, "2020-02-25", "reported", "Syrian Archive: operations suspended"),
    ("C1139", "hospital", True, "2020-02-17", "reported", "SNHR, WHO via SMART 18 Feb 2020: stopped working"),
    (
        "C1139",
        "hospital",
        True,
        "2020-02-17",
        "reported",
        "Etilaf 18 Feb 2020: out of service (WHO: light damage)",
    ),
    ("C4127", "hospital", True, "", "reported", "SOHR: surgery suspended 1 Jan 2020, emergencies go on"),
    ("C6389", "hospital", True, "", "reported", "The Times 21 Feb 2020: functioning, largest remaining"),
)


Counts = tuple[tuple[date, int], ...]


@dataclass(frozen=True)
class Reports:
    """What reports say of facilities: those named, and how many had closed by a day.

    ``known`` has place, kind, working at the start, day of closure, status and source of each.
    """

    known: tuple[tuple[str, str, bool, str, str, str], ...]
    closed_by: Counts


WINTER_REPORTS = Reports(KNOWN, CLOSED_BY)


@dataclass(frozen=True)
class Facility:
    """A health facility at its town's point. ``closed_on`` is None when it stays open."""

    facility_id: str
    place: str
    kind: str
    functioning: bool
    status: str
    source: str
    closed_on: date | None
    closed_status: str


def facilities(
    src: Sources, pop: Population, front: Front, strikes: list[Strike], reports: Reports
) -> list[Facility]:
    """All facilities with the day on which each closes."""
    found = []
    for i, (place, kind, works, day, status, source) in enumerate(reports.known, start=1):
        closed_on = date.fromisoformat(day) if day else None
        found.append(Facility(f"H{i:03d}", place, kind, works, status, source, closed_on, "reported"))
    derived = derive(src, pop, found)
    days = closing_days(
        front, strikes, derived, [f.closed_on for f in found if f.closed_on], reports.closed_by
    )
    closed = [replace(f, closed_on=day) for f, day in zip(derived, days, strict=True)]
    return found + closed


def derive(src: Sources, pop: Population, known: list[Facility]) -> list[Facility]:
    """By sub-district, health centres and hospitals for its people, in its largest places first."""
    by_area: dict[str, list[str]] = defaultdict(list)
    for p in sorted(pop.people):
        by_area[pop.area(p)].append(p)
    working = {(pop.area(f.place), f.kind): 0 for f in known}
    for f in known:
        working[(pop.area(f.place), f.kind)] += f.functioning
    found: list[Facility] = []
    for kind, persons_each in (("hospital", PERSONS_A_HOSPITAL), ("health_centre", PERSONS_A_HEALTH_CENTRE)):
        for area in sorted(by_area):
            persons = {p: pop.people[p].residents + pop.people[p].idps for p in by_area[area]}
            wanted = round(sum(persons.values()) / persons_each) - working.get((area, kind), 0)
            left = {p: float(n) for p, n in persons.items()}
            for _ in range(max(wanted, 0)):
                place = max(left, key=lambda p: (left[p], p))
                left[place] -= persons_each if kind == "health_centre" else persons_each / 2
                number = len(known) + len(found) + 1
                source = (
                    f"derived: one {kind.replace('_', ' ')} for {persons_each:,} people of a sub-district"
                )
                found.append(
                    Facility(f"H{number:03d}", place, kind, True, "derived", source, None, "derived")
                )
    return found


def closing_days(
    front: Front, strikes: list[Strike], derived: list[Facility], known: list[date], closed_by: Counts
) -> list[date | None]:
    """The day on which each derived facility closes: the most struck first, at the reported numbers."""
    days: list[date | None] = [None] * len(derived)
    rows = np.array([front.row[f.place] for f in derived])
    done = front.src.campaign.begins
    for until, total in closed_by:
        span = [done + timedelta(days=i) for i in range((until - done).days + 1)]
        reach = {day: danger(front, strikes, rows, day) for day in span}
        wanted = total - sum(day <= until for day in known) - sum(d is not None for d in days)
        still = [i for i in range(len(derived)) if days[i] is None]
        peak = {i: max(reach[day][i] for day in span) for i in still}
        ranked = sorted(still, key=lambda i: (-peak[i], derived[i].facility_id))[: max(wanted, 0)]
        if ranked:
            threshold = min(peak[i] for i in ranked)
            for i in ranked:
                days[i] = next(day for day in span if reach[day][i] >= threshold)
        done = until + timedelta(days=1)
    return [day if day else taken(front, derived[i]) for i, day in enumerate(days)]


def taken(front: Front, facility: Facility) -> date | None:
    """The day on which the place itself was taken: a facility not closed before closes then."""
    return front.first_captures.get(facility.place)


def danger(front: Front, strikes: list[Strike], rows: np.ndarray, day: date) -> np.ndarray:
    """(n,) strikes of the last days within a few km of each facility, more when the front is near."""
    total = np.zeros(len(rows))
    for strike in strikes:
        if 0 <= (day - strike.day).days < MEMORY_DAYS:
            km = np.hypot(*(front.xy[rows] - front.xy[front.row[strike.place]]).T)
            total += strike.value * (km <= NEAR_KM)
    new = [p for p, when in front.first_captures.items() if front.src.campaign.begins <= when <= day]
    if new:
        km = np.hypot(
            *(front.xy[rows][:, None] - front.xy[[front.row[p] for p in new]][None]).transpose(2, 0, 1)
        )
        total += 30 * np.exp(
            -km.min(axis=1) / NEAR_KM
        )  # assumption: a front at hand weighs as thirty strikes
    return total
