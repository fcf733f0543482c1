"""Displacement that is prescribed: how many and where is met; who, when and where to is the model's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import worlds
from flightsim.clock import Clock
from flightsim.errors import InputError
from flightsim.model.model import DisplacementModel
from flightsim.model.parts.behaviour import NoFlight
from flightsim.model.parts.exodus import NoExodus, Prescribed
from flightsim.model.parts.population import Population
from flightsim.model.parts.transport import FreeTransport, Transport
from models import ALONE, bombing, day, model_of, run, stories
from worlds import START

ASKED: dict[str, Any] = {
    "persons": 3000,
    "areas": {"South": 0.4, "middle": 0.6},
    "begins": "2020-01-03",
    "days": 5,
    "ready_days": 1,
}
AT_ONCE = ALONE | {"transport": FreeTransport()}
BOMBS = [*bombing("M2", range(12), 30), *bombing("M1", [4], 60)]


def prescribed(**changes: Any) -> Prescribed:
    return Prescribed(**(ASKED | changes))


def town(persons: float = 4000) -> Any:
    return worlds.town_world(persons, 3000)


def model(
    exodus: Prescribed | NoExodus, events: Any = BOMBS, days: int = 9, **parts: Any
) -> DisplacementModel:
    return run(model_of(town(), events, days, exodus=exodus, **(AT_ONCE | parts)))


def displaced(model: DisplacementModel) -> pd.DataFrame:
    """A row a day, a column an area: people displaced since the start."""
    return pd.DataFrame(model.recorder.values["displaced_persons"], columns=model.world.areas.area_id)


@pytest.fixture(scope="module")
def exodus() -> DisplacementModel:
    return model(prescribed())


# ------------------------------------------------------------------ how many, where, when


@pytest.mark.parametrize("scale", [1.0, 0.2])
@pytest.mark.parametrize("step_hours", [1, 6])
def test_as_many_leave_as_are_asked_for(scale: float, step_hours: int) -> None:
    parts = AT_ONCE | {"population": Population(scale=scale)}
    table = displaced(run(model_of(town(), BOMBS, 9, step_hours, exodus=prescribed(), **parts)))
    added = table.iloc[6] - table.iloc[1]  # in the five days
    household = 15 / scale
    assert 1200 <= added["South"] < 1200 + household
    assert 1800 <= added["Middle"] < 1800 + household
    assert added[["Camps", "North"]].sum() == 0


def test_people_instead_of_shares() -> None:
    table = displaced(model(prescribed(persons=None, areas={"South": 500, "Middle": 0, "Camps": 700})))
    added = table.iloc[6] - table.iloc[1]
    assert added.tolist() == pytest.approx([700, 0, 0, 500], abs=15)


def test_before_the_first_day_all_is_as_without(exodus: DisplacementModel) -> None:
    free = displaced(model(NoExodus()))
    pd.testing.assert_frame_equal(free.iloc[:2], displaced(exodus).iloc[:2])
    assert (free.iloc[6] - free.iloc[1]).sum() > 3500  # than are asked for


def test_afterwards_the_others_leave_as_before() -> None:
    """They go on from where they stood: no rush of those whom the days have kept."""
    table = displaced(model(prescribed(), days=10))["Middle"]
    free = displaced(model(NoExodus(), days=10))["Middle"]
    first_day = table.iloc[7] - table.iloc[6]
    assert 0 < first_day < 1.5 * free.diff().max()


def test_those_nearest_to_leaving_go_first() -> None:
    """Without anything that moves people, thresholds alone say who: the lowest ones."""
    got = model(prescribed(areas={"South": 1.0}, persons=1000), events=[], behaviour=NoFlight())
    h = got.households
    in_south = np.isin(h.home, [i for i, p in enumerate(town().places.place_id) if p in ("S1", "S3")])
    fresh = model_of(town(), [], 1)
    threshold = fresh.thresholds(np.arange(len(fresh.households)))
    assert threshold[in_south & h.displaced].max() < threshold[in_south & ~h.displaced].min()
    assert set(got.recorder.cause[h.displaced].tolist()) == {-1}  # no cause is made up for them


def test_they_leave_evenly_where_nothing_happens_and_with_the_bombs_where_it_does(
    exodus: DisplacementModel,
) -> None:
    table = displaced(exodus).diff().iloc[2:6]
    assert table["South"].tolist() == pytest.approx([300] * 4, abs=40)
    leaving = exodus.recorder.first_departure // 24
    m1 = exodus.world.places.place_id.index("M1")
    of_m1 = leaving[(exodus.households.home == m1) & (leaving >= 2) & (leaving < 7)]
    assert (of_m1 >= 4).mean() > 0.95  # where bombs fall on the fifth day only


def test_nobody_waits_for_the_front() -> None:
    """All who leave a place that is taken have left before."""
    got = model(prescribed(areas={"South": 1.0}), [worlds.captured("S1", day(4))], behaviour=NoFlight())
    s1 = got.world.places.place_id.index("S1")
    left = got.recorder.first_departure[(got.households.home == s1) & got.households.displaced]
    assert len(left) > 50
    assert (left < 4 * 24).all()


def test_those_whom_the_front_catches_are_made_up_for() -> None:
    """S1 falls at noon of the first day; as many more leave S3."""
    falls = [worlds.captured("S1", day(2), hour=12)]
    got = model(prescribed(areas={"South": 1.0}), falls, behaviour=NoFlight())
    s1, s3 = (got.world.places.place_id.index(name) for name in ("S1", "S3"))
    h = got.households
    caught = (h.wants_since >= 0) & (h.place == s1)
    assert got.recorder.values["displaced_persons"][-1].sum() == pytest.approx(3000, abs=15)
    assert h.persons[(h.home == s3) & h.displaced].sum() > h.persons[(h.home == s1) & h.displaced].sum()
    assert not h.displaced[caught].any()


@pytest.mark.parametrize("transport", [AT_ONCE["transport"], Transport()])
def test_the_last_ones_go_on_the_last_day_whatever_happens(transport: Any) -> None:
    """Under fire that pins everybody, with S1 cut off before the end: as many as were asked for leave, from S3."""
    fire = [*bombing("S1", range(2, 9), 400), *bombing("S3", range(2, 9), 400)]
    falls = [worlds.captured("S1", day(6), hour=2)]
    asked = prescribed(areas={"South": 1.0})
    got = model(asked, [*fire, *falls], transport=transport)
    south = displaced(got)["South"]
    assert 3000 <= south.iloc[6] - south.iloc[1] < 3015


def test_those_displaced_before_go_on_as_the_model_has_it(exodus: DisplacementModel) -> None:
    again = exodus.households.moves > 1
    assert again.any()


def test_who_waits_already_goes_first_and_the_others_wait_no_more() -> None:
    """Getting ready takes time here: those who want to leave when the days begin are among those who leave."""
    parts = ALONE | {"exodus": prescribed(areas={"Middle": 1.0}, persons=5000)}
    got = model_of(town(), BOMBS, 9, **parts)
    run(got, 2)
    waiting = np.flatnonzero(got.households.wants_since >= 0)
    middle = np.isin(got.world.places.area[got.households.home[waiting]], [got.world.areas.row_of("Middle")])
    assert 0 < middle.sum() < 5000 / 6
    run(got, 3)
    assert (got.households.displaced | (got.households.wants_since >= 0))[waiting[middle]].all()
    run(got)
    table = displaced(got)
    assert (table.iloc[6] - table.iloc[1])["Middle"] <= 5015


def test_the_order_of_places_means_nothing() -> None:
    first = stories(model(prescribed()))
    flipped = worlds.town_world(4000, 3000)
    other = stories(run(model_of(flipped, BOMBS[::-1], 9, exodus=prescribed(), **AT_ONCE)))
    pd.testing.assert_frame_equal(first, other)


# ------------------------------------------------------------------ what is refused


def complaints(**changes: Any) -> list[str]:
    with pytest.raises(InputError) as caught:
        prescribed(**changes)
    return caught.value.complaints


def test_what_cannot_be_is_refused_all_at_once() -> None:
    assert complaints(persons=-1, days="long", begins="May", areas={"South": "half"}) == [
        "exodus.persons is -1; expected a number from 1 to 1e+08 persons",
        "exodus.days is 'long'; expected a number from 1 to 730 whole days",
        "exodus.begins is 'May'; expected a date such as 2019-12-23, or null",
        "exodus.areas has 'half' for South; expected a number of 0 or more",
    ]
    assert complaints(days=4.5, ready_days=5) == [
        "exodus.days is 4.5; expected whole days",
        "exodus.ready_days is 5; expected fewer than exodus.days",
    ]


@pytest.mark.parametrize(
    ("areas", "message"),
    [
        ({}, "exodus.areas is {}; expected sub-districts and shares"),
        (["South"], "exodus.areas is ['South']; expected sub-districts and shares"),
        ({"South": 0.5, "Middle": 0.4}, "the shares add up to 0.9; expected 1"),
        ({"South": -1, "Middle": 2}, "exodus.areas has -1 for South"),
    ],
)
def test_shares_that_are_none_are_refused(areas: Any, message: str) -> None:
    assert message in complaints(areas=areas)[0]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"areas": {"Sout": 1.0}}, r"no sub-district 'Sout' \(did you mean 'South'\?\)"),
        ({"areas": {"S1": 1.0}}, "no sub-district 'S1'"),
        ({"areas": {"South": 0.5, "south": 0.5}}, "South is there twice"),
        ({"persons": 20_000, "areas": {"South": 1.0}}, "South holds 8,000 people; asked 20,000"),
        ({"begins": "2019-12-30"}, "within the run, 2020-01-01 to 2020-01-09"),
        ({"days": 8}, "begins is 2020-01-03 and exodus.days 8; expected days within the run"),
    ],
)
def test_what_does_not_fit_the_world_is_refused_before_the_run(changes: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        prescribed(**changes).check(town(), Clock(START, 9))
    with pytest.raises(InputError, match=message):
        model_of(town(), [], 9, exodus=prescribed(**changes))


def test_when_too_many_have_left_already_the_run_stops_in_words() -> None:
    emptied = [*bombing("S1", range(9), 500), *bombing("S3", range(9), 500)]
    asked = prescribed(areas={"South": 1.0}, persons=8000, begins="2020-01-06", days=3)
    with pytest.raises(InputError, match=r"on 2020-01-06 South still holds .* and have not; asked 8,000"):
        model(asked, emptied)


def test_what_is_prescribed_is_told_by_name() -> None:
    (said,) = prescribed().words(town(), Clock(START, 9))
    assert said == (
        "Prescribed: in the 5 days from 3 January 2020 on 3,000 people leave (South 1,200 and Middle 1,800); "
        "nobody else does."
    )
    assert NoExodus().words(town(), Clock(START, 9)) == []
