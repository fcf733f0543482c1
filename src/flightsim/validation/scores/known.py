"""What was counted already when a forecast is made: in the days before the run, and before the first new report."""

from __future__ import annotations

from datetime import date

import numpy as np

from flightsim.case.observations import DISPLACED, PEOPLE, Observation
from flightsim.validation.scores.totals import Known


def of_everybody(rows: list[Observation]) -> list[Observation]:
    """The counts of all people displaced; if some weigh several reports, these only."""
    found = [o for o in rows if o.measure == DISPLACED and o.unit == PEOPLE and not o.areas]
    return [o for o in found if o.weighed] or found


def split(rows: list[Observation]) -> tuple[list[Observation], list[Observation]]:
    """The totals, which count from the series' first day, and the increments, which count from a later one."""
    begins = min((o.since for o in rows if o.since), default=None)
    return [o for o in rows if o.since == begins], [o for o in rows if o.since != begins]


def begins(rows: list[Observation], first: date) -> date:
    """From which day on some counts are news: a total from its own day, an increment from the first day it counts."""
    days = [o.until if o.since is None or o.since <= first else o.since for o in rows]
    return min(days, default=first)


def known_before(rows: list[Observation], first: date, new_from: date | None = None) -> Known:
    """What was known on the eve of the first new report, in days since the run's first.

    ``rows``: every count at hand; ``first``: the run's first day; ``new_from``: the day from which counts are new,
    the run's first if None. Rates are of the days before the run; totals of the run's days are those before
    ``new_from``, the best estimates if there are any.
    """
    before = [o for o in rows if o.measure == DISPLACED and o.unit == PEOPLE and not o.areas]
    before = [o for o in before if o.since and o.until < first]
    longest = max(before, key=lambda o: (_days(o), o.until), default=None)
    latest = max(before, key=lambda o: (o.until, -_days(o)), default=None)
    so_far = [o for o in of_everybody(rows) if o.since == first and o.until < (new_from or first)]
    points = {-1: 0.0} | {(o.until - first).days: o.best for o in so_far}
    day = sorted(points)
    return Known(
        np.array(day, float), np.array([points[d] for d in day]),
        longest.best / _days(longest) if longest else 0.0, latest.best / _days(latest) if latest else 0.0,
    )  # fmt: skip


def _days(o: Observation) -> int:
    return (o.until - (o.since or o.until)).days + 1
