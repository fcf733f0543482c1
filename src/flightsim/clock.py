"""Time: steps of one to 24 hours, counted from midnight of the first day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import numpy.typing as npt

HOURS_A_DAY = 24
DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
STEP_HOURS = (1, 2, 3, 4, 6, 8, 12, 24)
Night = tuple[
    int, int
]  # first dark hour of a day and first light one; (0, 24): all are dark, (24, 0): none is
# What a clock without nights of its own has, by the half of the year in which a run starts: as in north-west Syria
WINTER_NIGHT, SUMMER_NIGHT = (17, 6), (20, 5)
SUMMER_MONTHS = range(4, 10)


def night_of(start: date) -> Night:
    """The night of a run that starts on this day and knows no better: of its half of the year, to its end."""
    return SUMMER_NIGHT if start.month in SUMMER_MONTHS else WINTER_NIGHT


def night_words(night: Night) -> str:
    """The dark hours in words: ``"17:00-06:00"``."""
    return "-".join(f"{hour:02d}:00" for hour in night)


def is_night(hour: npt.ArrayLike, night: Night = WINTER_NIGHT) -> npt.NDArray[np.bool_]:
    """Whether it is dark at these hours of the day (0 to 23), between the two hours of ``night``."""
    h, (dark, light) = np.asarray(hour), night
    return np.asarray((h >= dark) & (h < light) if dark < light else (h >= dark) | (h < light))


def as_date(text: object) -> date | None:
    """The date that a text such as 2019-12-23 says; None if it says none, or in another way, as 2020-W01-3."""
    try:
        return date.fromisoformat(str(text)) if DATE.fullmatch(str(text)) else None
    except ValueError:
        return None


@dataclass(frozen=True)
class Clock:
    """The calendar of a run: a start, a number of days, and the step in hours (a divisor of 24)."""

    start: date
    days: int
    step_hours: int = 1
    nights: tuple[Night, ...] = ()  # of each day; none: that of the half of the year in which it starts

    def night_on(self, day: int) -> Night:
        """First dark hour and first light one of a day of the run."""
        return self.nights[min(max(day, 0), len(self.nights) - 1)] if self.nights else night_of(self.start)

    @property
    def dark_hours(self) -> list[tuple[str, int, int]]:
        """The date from which on a night holds, its first dark hour and its first light one, for each that differs."""
        days = [day for day in range(self.days) if day == 0 or self.night_on(day) != self.night_on(day - 1)]
        return [(self.date_of(day).isoformat(), *self.night_on(day)) for day in days]

    @property
    def n_steps(self) -> int:
        """Steps in the whole run."""
        return self.days * self.steps_a_day

    @property
    def steps_a_day(self) -> int:
        """Steps in a day."""
        return HOURS_A_DAY // self.step_hours

    def hours_of(self, step: int) -> npt.NDArray[np.int64]:
        """The hours of the day (0 to 23) that a step covers."""
        first = (step * self.step_hours) % HOURS_A_DAY
        return np.arange(first, first + self.step_hours)

    def day_of(self, step: int) -> int:
        """The day a step belongs to, 0 for the first."""
        return step * self.step_hours // HOURS_A_DAY

    def date_of(self, day: int) -> date:
        """The calendar date of a day of the run (negative: before the start)."""
        return self.start + timedelta(days=day)

    def time_of(self, step: int) -> datetime:
        """The moment at which a step begins."""
        return datetime.combine(self.start, datetime.min.time()) + timedelta(hours=step * self.step_hours)

    def day_index(self, when: date) -> int:
        """The day of the run on which a date falls; negative before the start."""
        return (when - self.start).days
