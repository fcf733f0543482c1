"""Baselines for how many: courses of the cumulative total that know no model.

Each takes what was known at the origin of the forecast and gives the cumulative total at later days; its
docstring says what it knows. Days are counted from any day on, the same for all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from flightsim.world import Floats


@dataclass(frozen=True)
class Known:
    """Reported totals up to the origin: ``day`` (k,) ascending, ``people`` (k,) cumulative, k at least 1.

    ``rate_before``, ``last_rate_before``: people a day that were reported before the count began, over the
    longest window and the latest; 0 if none was.
    """

    day: Floats
    people: Floats
    rate_before: float = 0.0
    last_rate_before: float = 0.0


def no_change(known: Known, at: Floats) -> Floats:
    """Nobody else leaves. Knows the last total."""
    return np.full(len(at), known.people[-1])


def constant_rate(known: Known, at: Floats) -> Floats:
    """As many a day as on average since the count began. Knows the first and last total; before: the rate then."""
    span = known.day[-1] - known.day[0]
    rate = (known.people[-1] - known.people[0]) / span if span > 0 else known.rate_before
    return np.asarray(known.people[-1] + rate * (at - known.day[-1]))


def last_rate(known: Known, at: Floats) -> Floats:
    """As many a day as between the last two reports. Knows these; before: the last rate then."""
    if len(known.day) < 2:
        return np.asarray(known.people[-1] + known.last_rate_before * (at - known.day[-1]))
    rate = (known.people[-1] - known.people[-2]) / (known.day[-1] - known.day[-2])
    return np.asarray(known.people[-1] + rate * (at - known.day[-1]))


def linear(known: Known, at: Floats) -> Floats:
    """The straight line closest to all reports. Knows all of them; with fewer than three, the constant rate."""
    if len(known.day) < 3:
        return constant_rate(known, at)
    slope, start = np.polyfit(known.day, known.people, 1)
    return np.asarray(start + slope * at)


RULES: dict[str, Callable[[Known, Floats], Floats]] = {
    "no change": no_change,
    "constant rate": constant_rate,
    "last rate": last_rate,
    "linear": linear,
}
CAPTURE_RING = "capture ring"
HINDSIGHT = "straight line in hindsight"  # knows the answer, so that no forecast's skill is held against it


def course(rule: Callable[[Known, Floats], Floats], known: Known, at: Floats) -> Floats:
    """A rule's course: straight between the reports that are known, the rule's own after the last of them."""
    between = np.interp(at, known.day, known.people)
    return np.where(at <= known.day[-1], between, rule(known, at))


def hindsight_line(day: Floats, people: Floats, at: Floats) -> Floats:
    """The line through zero on the first day that is closest to all the answers: no forecast, but a yardstick."""
    slope = float(np.sum(day * people) / np.sum(day * day)) if np.any(day) else 0.0
    return np.asarray(slope * at)
