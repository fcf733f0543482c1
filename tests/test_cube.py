"""The cube: measures as arrays, summed over what is not asked for."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from flightsim.errors import InputError
from flightsim.results import cube
from flightsim.results.cube import AREA, CALENDAR, GROUP, Cube
from flightsim.results.rows import Rows
from flightsim.world import RUNGS

DAYS = pd.date_range("2020-01-01", periods=3, unit="us", name="time")


def rows(*cells: tuple[int, str, str, float], hours: bool = False) -> Rows:
    """Of (day or hour, area, group, value) each."""
    times = [DAYS[0] + pd.Timedelta(cell[0], "h" if hours else "D") for cell in cells]
    frame = pd.DataFrame([cell[1:] for cell in cells], columns=["area_id", "group", "value"])
    return Rows.of_frame(frame.assign(time=pd.DatetimeIndex(times).as_unit("us")))


@pytest.fixture
def found() -> Cube:
    return Cube(
        {
            CALENDAR: rows((0, "", "", 9.0), (1, "", "", 9.0), (2, "", "", 9.0)),
            "sheltered_persons": rows((1, "B", "open", 4.0), (1, "A", "host", 1.0), (2, "A", "open", 2.0)),
            "at_crossings_persons": rows((2, "", "Z", 5.0), (0, "", "Y", 7.0)),
            "mean_road_km_to_border": rows((2, "", "", 12.5)),
            "departures_hourly_persons": rows((0, "", "", 1.0), (6, "", "", 3.0), hours=True),
        },
        DAYS,
        "here",
    )


def test_what_is_not_asked_for_is_added_up(found: Cube) -> None:
    assert found.values("sheltered_persons").tolist() == [0, 5, 2]
    assert found.values("sheltered_persons", {AREA: ["A", "B"]}).tolist() == [[0, 0], [1, 4], [2, 0]]
    assert found.values("sheltered_persons", {AREA: ["B", "A"]}).tolist() == [[0, 0], [4, 1], [0, 2]]
    assert found.values("sheltered_persons", {AREA: ["B"], GROUP: ["open", "host"]}).tolist() == [
        [[0, 0]],
        [[4, 0]],
        [[0, 0]],
    ]
    assert found.values("sheltered_persons", {GROUP: ["open"]}, area_id="A").tolist() == [[0], [0], [2]]
    assert found.values("sheltered_persons", area_id="nowhere").tolist() == [0, 0, 0]
    assert found.values("sheltered_persons", {AREA: []}).shape == (3, 0)


def test_axes_have_the_names_that_are_declared(found: Cube) -> None:
    assert found.names("sheltered_persons", GROUP) == list(RUNGS)
    assert found.names("at_crossings_persons", GROUP) == ["Y", "Z"]
    assert found.names("sheltered_persons", AREA) == ["A", "B"]


def test_a_mean_is_missing_where_a_sum_is_nothing(found: Cube) -> None:
    told = found.values("mean_road_km_to_border")
    assert np.isnan(told[:2]).all()
    assert told[2] == 12.5


def test_an_hourly_measure_has_times_of_its_own(found: Cube) -> None:
    assert found.times("departures_hourly_persons").hour.tolist() == [0, 6]
    assert found.values("departures_hourly_persons").tolist() == [1, 3]


def test_runs_are_an_axis_in_front(found: Cube) -> None:
    both = cube.over_runs([found, found], "sheltered_persons", {AREA: ["A"]})
    assert both.shape == (2, 3, 1)
    assert both[1].tolist() == [[0], [1], [2]]


@pytest.mark.parametrize("day", [-1, 3])
def test_days_that_are_none_of_the_runs_are_refused(found: Cube, day: int) -> None:
    spoilt = Cube({**found.rows, "sheltered_persons": rows((day, "A", "open", 1.0))}, DAYS, "here")
    with pytest.raises(InputError, match="here: sheltered_persons has days that persons_total has not"):
        spoilt.values("sheltered_persons")


def test_the_calendar_has_each_day_once(found: Cube) -> None:
    assert cube.days_of(found.rows[CALENDAR], "here").date.tolist() == [date(2020, 1, n) for n in (1, 2, 3)]
    for cells in ([(0, "", "", 9.0), (2, "", "", 9.0)], [(0, "", "", 9.0), (0, "", "", 9.0)]):
        with pytest.raises(InputError, match="not one row of persons_total for each day"):
            cube.days_of(rows(*cells), "here")
