"""When it happened: the week with most people, and the day by which half of them had gone."""

from __future__ import annotations

import numpy as np

from flightsim.world import Floats

WEEK_DAYS = 7


def peak_week(cumulative: Floats) -> int:
    """The first day (index) of the seven days in which a daily cumulative course grows most; the first of several."""
    course = np.concatenate([[0.0], np.asarray(cumulative, float)])
    if len(course) <= WEEK_DAYS:
        return 0
    return int(np.argmax(course[WEEK_DAYS:] - course[:-WEEK_DAYS]))


def half_day(cumulative: Floats) -> int:
    """The first day (index) on which half of the last value is reached."""
    course = np.asarray(cumulative, float)
    return int(np.argmax(course >= course[-1] / 2))
