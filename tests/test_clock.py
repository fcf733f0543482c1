"""The calendar of a run: steps of 1 to 24 hours cover every hour once."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pytest

from flightsim.clock import HOURS_A_DAY, STEP_HOURS, Clock, is_night, night_words

START = date(2019, 12, 30)


def test_steps_of_six_hours_in_the_head() -> None:
    clock = Clock(START, days=3, step_hours=6)
    assert (clock.n_steps, clock.steps_a_day) == (12, 4)
    assert [clock.day_of(step) for step in (0, 3, 4, 11)] == [0, 0, 1, 2]
    assert clock.hours_of(5).tolist() == [6, 7, 8, 9, 10, 11]
    assert clock.time_of(5) == datetime(2019, 12, 31, 6)
    assert clock.date_of(2) == date(2020, 1, 1)


def test_a_step_is_an_hour_unless_said_otherwise() -> None:
    assert Clock(START, days=1).hours_of(23).tolist() == [23]


@pytest.mark.parametrize("step_hours", STEP_HOURS)
def test_a_day_s_steps_cover_each_hour_once(step_hours: int) -> None:
    clock = Clock(START, days=2, step_hours=step_hours)
    second_day = [step for step in range(clock.n_steps) if clock.day_of(step) == 1]
    covered = np.concatenate([clock.hours_of(step) for step in second_day])
    assert covered.tolist() == list(range(HOURS_A_DAY))


def test_days_and_dates_are_two_names_of_one_thing() -> None:
    clock = Clock(START, days=1)
    assert [clock.day_index(clock.date_of(day)) for day in (-400, -1, 0, 98)] == [-400, -1, 0, 98]
    assert clock.day_index(date(2019, 12, 25)) == -5


def test_before_the_start_steps_belong_to_the_day_before() -> None:
    clock = Clock(START, days=1, step_hours=8)
    assert (clock.day_of(-1), clock.hours_of(-1).tolist()) == (-1, list(range(16, 24)))
    assert clock.time_of(-1) == datetime(2019, 12, 29, 16)


def test_thirteen_hours_are_dark() -> None:
    assert np.flatnonzero(is_night(np.arange(HOURS_A_DAY))).tolist() == [0, 1, 2, 3, 4, 5, *range(17, 24)]
    assert is_night(16.0) == np.bool_(False)
    assert is_night(17) == np.bool_(True)


def test_a_run_of_the_summer_half_year_has_nine_dark_hours() -> None:
    summer, winter = Clock(date(2019, 4, 1), days=1), Clock(date(2019, 10, 1), days=1)
    assert np.flatnonzero(is_night(np.arange(HOURS_A_DAY), summer.night_on(0))).tolist() == [
        0,
        1,
        2,
        3,
        4,
        *range(20, 24),
    ]
    assert winter.night_on(0) == Clock(date(2020, 3, 31), days=1).night_on(0) == (17, 6)
    assert night_words(summer.night_on(0)) == "20:00-05:00"
