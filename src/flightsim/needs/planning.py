"""Planning scenarios: which of a sweep's is most likely, worst, best; their caseload by month; when they part.

An inter-agency contingency plan rests on two or three scenarios, each with its caseload, and on the signs that
say which of them is coming true.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from flightsim import words
from flightsim.errors import Complaints, InputError, nearest
from flightsim.measures import SMALL_CELL_PERSONS
from flightsim.needs.people import People, quantiles
from flightsim.world import RUNGS, Floats

LIKELY, WORST, BEST = "most likely", "worst", "best"
ROLES = (LIKELY, WORST, BEST)
MONTH_DAYS, MONTHS = 30, 3  # a contingency plan looks three months ahead; months of 30 days
LEAST_RUNS = 5  # fewer runs cannot tell where ranges part; as in comparisons. *Assumption*
TELLING = 0.1  # of the lower range's upper end: a smaller gap is lost in counts of the field. *Assumption*
STEADY_DAYS = 7  # ranges that part for less are no sign. *Assumption*

COUNTED = {
    "displaced": "displaced since the start",
    "in_open": "in the open",
    "in_sites": "in sites",
    "waiting": "waiting at a crossing",
    "abroad": "gone abroad",
}
"""What a caseload counts, and how a planner reads it."""


@dataclass(frozen=True)
class Apart:
    """The first day from which a count of two scenarios no longer overlaps: above ``level`` it is ``higher``."""

    count: str
    day: pd.Timestamp
    level: float  # persons, between the two ranges
    higher: str  # scenarios
    lower: str
    range_higher: tuple[float, float]  # persons, on that day
    range_lower: tuple[float, float]


def courses(people: People) -> dict[str, Floats]:
    """(R, D) persons by run and day for each of ``COUNTED``, over the whole area."""
    by_rung = people.sheltered.sum(axis=2)
    return {
        "displaced": people.displaced.sum(axis=2),
        "in_open": by_rung[..., RUNGS.index("open")],
        "in_sites": by_rung[..., RUNGS.index("site")],
        "waiting": people.waiting,
        "abroad": people.abroad,
    }


def dates(days: pd.DatetimeIndex) -> dict[str, pd.Timestamp]:
    """The ends of the first three months that the runs reach, and their last day where that comes before the third."""
    found = {
        f"month {n}": days[n * MONTH_DAYS - 1] for n in range(1, MONTHS + 1) if n * MONTH_DAYS <= len(days)
    }
    return found if len(found) == MONTHS else found | {"last day": days[-1]}


def caseload(people: People) -> pd.DataFrame:
    """A row a count and date: persons, median with the range over the runs (5 and 95 %)."""
    rows = []
    for count, course in courses(people).items():
        median, low, high = quantiles(course)
        for when, day in dates(people.days).items():
            d = int(people.days.searchsorted(day))
            row = {"scenario": people.scenario, "count": count, "when": when, "date": day}
            rows.append(row | {"median": median[d], "low": low[d], "high": high[d]})
    return pd.DataFrame(rows)


def roles(peoples: Sequence[People], asked: Mapping[str, str | None]) -> dict[str, str]:
    """Scenario by role. Most likely is the first one; of the others the hardest is the worst, the mildest the best.

    ``asked``: scenario by role, None where left open. Hardest is who has most people displaced on the last day, at
    two figures, then most in the open or waiting at a crossing. A role that no scenario fits is left out. InputError
    for unknown names, for a scenario in two roles, and where there is only one scenario.
    """
    names = [people.scenario for people in peoples]
    given = {role: name for role, name in asked.items() if name is not None}
    complaints = Complaints()
    for role, name in given.items():
        if name not in names:
            known = ", ".join(names)
            complaints.add(
                f"{role}: there is no scenario '{name}'{nearest(name, names)}; expected one of {known}"
            )
    for one, two in itertools.combinations(given, 2):
        if given[one] == given[two]:
            complaints.add(
                f"'{given[one]}' is given as {one} and as {two}; expected another scenario in each"
            )
    complaints.raise_if_any()
    if len(names) < 2:
        raise InputError(
            f"a plan sets scenarios side by side, and there is only '{names[0]}'; run a sweep of several, "
            "as flightsim run -m border=closed,open replicates=20"
        )
    hard = {people.scenario: _hardness(people) for people in peoples}
    free = [name for name in names if name not in given.values()]
    found = dict(given)
    if LIKELY not in found:
        found[LIKELY] = free.pop(0)
    likely = hard[found[LIKELY]]
    if WORST not in found and free and hard[worst := max(free, key=hard.__getitem__)] > likely:
        found[WORST] = worst
        free.remove(worst)
    if BEST not in found and free and hard[best := min(free, key=hard.__getitem__)] < likely:
        found[BEST] = best
    return {role: found[role] for role in ROLES if role in found}


def _hardness(people: People) -> tuple[float, float]:
    last = {count: float(np.median(course[:, -1])) for count, course in courses(people).items()}
    return words.headline(last["displaced"]), words.headline(last["in_open"] + last["waiting"])


def apart(one: People, two: People) -> list[Apart]:
    """The counts by which two scenarios can be told apart, the earliest first, the widest gap first on a day.

    The ranges (5 to 95 % of the runs) have to stay apart for a week, or to the end, by a tenth or more. None of
    fewer than five runs: so few cannot tell.
    """
    if min(one.runs, two.runs) < LEAST_RUNS:
        return []
    found = []
    counts = courses(two)
    for count, course in courses(one).items():
        for (a, above), (b, below) in (
            ((one, course), (two, counts[count])),
            ((two, counts[count]), (one, course)),
        ):
            if (sign := _first(count, a, above, b, below)) is not None:
                found.append(sign)
    return sorted(found, key=lambda s: (s.day, -s.range_higher[0] / max(s.range_lower[1], 1.0)))


def _first(count: str, a: People, above: Floats, b: People, below: Floats) -> Apart | None:
    """Where ``above`` first leaves ``below`` behind for good enough."""
    n = min(above.shape[1], below.shape[1])
    (_, low, high), (_, low_b, high_b) = quantiles(above[:, :n]), quantiles(below[:, :n])
    clear = (low > high_b * (1 + TELLING)) & (low - high_b >= SMALL_CELL_PERSONS)
    for d in np.flatnonzero(clear):
        if clear[d : d + STEADY_DAYS].all():
            level = _between(float(high_b[d]), float(low[d]))
            ranges = (float(low[d]), float(high[d])), (float(low_b[d]), float(high_b[d]))
            return Apart(count, a.days[int(d)], level, a.scenario, b.scenario, *ranges)
    return None


def _between(low: float, high: float) -> float:
    """A number between two at as few figures as will do, from one figure on."""
    middle = (low + high) / 2
    for figures in range(1, 7):
        rounded = float(f"{middle:.{figures - 1}e}")
        if low < rounded < high:
            return rounded
    return middle
