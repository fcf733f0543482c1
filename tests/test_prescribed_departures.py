"""Displacement that is prescribed: how many and where is met; who, when and where to is the model's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import worlds
from flightsim.errors import InputError
from flightsim.model.households import NO_INTENT
from flightsim.model.model import DisplacementModel
from flightsim.model.parts.behaviour import CARE, NoFlight
from flightsim.model.parts.exodus import NoExodus, Prescribed
from flightsim.model.parts.population import Population
from flightsim.model.parts.transport import FreeTransport, Transport
from flightsim.model.prescribed_departures import PrescribedDepartures
from flightsim.world import World
from models import ALONE, Fives, bombing, day, house, look, model_of, of, run, send, state_of, stories
from worlds import Spot

pytestmark = pytest.mark.slow  # whole runs

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


def test_when_too_many_have_left_already_the_run_stops_in_words() -> None:
    emptied = [*bombing("S1", range(9), 500), *bombing("S3", range(9), 500)]
    asked = prescribed(areas={"South": 1.0}, persons=8000, begins="2020-01-06", days=3)
    with pytest.raises(InputError, match=r"on 2020-01-06 South still holds .* and have not; asked 8,000"):
        model(asked, emptied)


# ------------------------------------------------------------------ day by day, on a state without its schedule


def three_places() -> World:
    """Two hundred people in X and in Y of the South, a hundred in Z of the West; R is a refuge."""
    spots = [
        Spot("X", "South", 0, 0, residents=200),
        Spot("Y", "South", 20, 0, residents=200),
        Spot("Z", "West", -20, 0, residents=100),
        Spot("R", "North", 0, 40, residents=100, host=1000),
    ]
    return worlds.make_world("three", spots, [("X", "R"), ("Y", "R"), ("Z", "R")])


class Weeks:
    """Prescribed departures on a state of households of five, advanced step by step; those due set out for R."""

    def __init__(self, events: Any = (), step_hours: int = 1, **asked: Any) -> None:
        part = Prescribed(**({"persons": 100, "areas": {"South": 1.0}, "days": 3, "ready_days": 1} | asked))
        self.state = state_of(three_places(), events, 6, step_hours, behaviour=NoFlight())
        self.rule = PrescribedDepartures(
            part.start(self.state.world, [], self.state.clock), self.state, list(events)
        )
        self.ready_at_once = True

    def until(self, hour: int) -> Weeks:
        """All steps that begin before this hour."""
        state = self.state
        while state.now * state.clock.step_hours < hour:
            look(state)
            readiness = np.where(state.can_leave, 1e9 if self.ready_at_once else 0.0, 0.0)
            state.readiness.gather(np.repeat(readiness[:, None], 3, axis=1))
            self.rule.advance(state)
            due = state.readiness.due()
            send(state, due, "R")
            state.now += 1
        return self

    def left(self, place: str) -> float:
        """People who have left a place, as their home."""
        h = self.state.households
        return float(h.people(of(self.state, place))[h.displaced[of(self.state, place)]].sum())

    def wanting(self, place: str) -> int:
        """Households of a place that get ready."""
        return int((self.state.households.wants_since[of(self.state, place)] != NO_INTENT).sum())


def test_for_those_cut_off_on_the_last_day_others_go() -> None:
    """All have made up their minds after two days and wait for a ride. Roads to X are cut in the second night: X's
    people cannot go any more, so that as many of Y's leave for them on the last day.
    """
    weeks = Weeks([worlds.road_cut("X", day(1), hour=23)])
    weeks.ready_at_once = False
    weeks.until(48)
    assert weeks.left("X") + weeks.left("Y") == 0
    of_x, of_y = weeks.wanting("X"), weeks.wanting("Y")
    assert of_x + of_y == 20
    assert min(of_x, of_y) >= 5
    weeks.until(49)
    assert weeks.left("X") == 0
    assert weeks.left("Y") == 100
    assert weeks.left("Z") == 0


def test_whoever_was_cut_off_and_is_reached_again_does_not_go_as_well() -> None:
    """The road to X is open again at noon: others have gone for them; they wait on, and go after these days."""
    weeks = Weeks([worlds.road_cut("X", day(1), hour=23), worlds.road_reopened("X", day(2), hour=12)])
    weeks.ready_at_once = False
    weeks.until(49)
    weeks.ready_at_once = True
    weeks.until(72)
    assert weeks.left("X") == 0
    assert weeks.left("Y") == 100
    lost = weeks.wanting("X")
    assert lost >= 5
    weeks.until(74)  # the days are over
    assert weeks.left("X") == 5 * lost
    assert weeks.left("Y") == 100


def test_where_a_whole_sub_district_is_cut_off_others_that_were_asked_go() -> None:
    cuts = [worlds.road_cut(place, day(1), hour=23) for place in ("X", "Y")]
    weeks = Weeks(cuts, persons=60, areas={"South": 50 / 60, "West": 10 / 60})
    weeks.ready_at_once = False
    weeks.until(49)
    assert weeks.left("X") + weeks.left("Y") == 0
    assert weeks.left("Z") == 60
    assert weeks.left("R") == 0


def test_whoever_gets_ready_on_the_last_day_goes_at_once() -> None:
    weeks = Weeks()
    weeks.ready_at_once = False
    assert weeks.until(48).left("X") == 0
    weeks.until(49)
    assert weeks.left("X") + weeks.left("Y") == 100


def test_those_caught_by_the_front_are_made_up_for_within_a_day() -> None:
    """X falls at noon of the first day, when half of those who were to leave have; Y's go for the others next day."""
    weeks = Weeks([worlds.captured("X", day(0), hour=12)])
    gone = weeks.until(12).left("X")
    assert gone >= 15
    weeks.until(24)
    assert weeks.left("X") == gone
    assert weeks.left("Y") < 100 - gone - 10
    weeks.until(48)
    assert weeks.left("X") == gone
    assert weeks.left("Y") == 100 - gone


def test_they_leave_at_an_even_pace_where_nothing_happens() -> None:
    """Two hundred people within two days: at any hour as many as its share of them, to within a household a place."""
    weeks = Weeks(persons=200, areas={"South": 1.0})
    hours = []
    for hour in range(1, 49):
        weeks.until(hour)
        hours.append(weeks.left("X") + weeks.left("Y"))
    assert hours[-1] == 200
    assert np.abs(np.array(hours) - 200 * np.arange(1, 49) / 48).max() <= 10


def test_nobody_else_leaves_in_these_days_and_afterwards_all_stands_as_before() -> None:
    weeks = Weeks(begins="2020-01-02")
    state = weeks.state
    weeks.until(23)
    before = state.pressure.left(np.arange(len(state.households)))
    assert weeks.until(24).left("X") + weeks.left("Y") == 0
    weeks.until(60)
    staying = np.flatnonzero(~state.households.displaced)
    state.pressure.met_now[:] = 1.0
    state.pressure.gather(state.pressure.met_now.sum(axis=0), 100.0)
    assert state.pressure.due()[0].tolist() == []  # whatever presses on them
    weeks.until(97)
    staying = np.flatnonzero(~state.households.displaced)
    np.testing.assert_allclose(state.pressure.left(staying), before[staying])


def test_whoever_stays_keeps_what_is_left_to_bear_when_others_were_called_for_the_lost() -> None:
    weeks = Weeks([worlds.captured("X", day(0), hour=12)])
    state = weeks.state
    before = state.pressure.left(np.arange(len(state.households)))
    weeks.until(74)
    staying = of(state, "Y")[~state.households.displaced[of(state, "Y")]]
    assert 15 <= len(staying) <= 30
    np.testing.assert_allclose(state.pressure.left(staying), before[staying])


def test_what_the_others_had_met_before_these_days_is_what_they_have_met_after_them() -> None:
    weeks = Weeks(begins="2020-01-02")
    state = weeks.state
    state.pressure.met_now[:] = 0.0
    state.pressure.met_now[CARE, 0] = 1e-3
    state.pressure.gather(state.pressure.met_now.sum(axis=0), 1.0)
    weeks.until(60)
    state.pressure.gather(state.pressure.met_now.sum(axis=0), 500.0)
    weeks.until(97)
    staying = of(state, "X")[~state.households.displaced[of(state, "X")]]
    assert state.pressure.met(staying)[:, CARE] == pytest.approx([1e-3] * len(staying), abs=1e-6)


def test_whoever_wants_to_leave_already_is_among_those_who_do() -> None:
    weeks = Weeks(begins="2020-01-02")
    state = weeks.state
    keen = np.sort(np.argsort(state.pressure.left(of(state, "X")))[-6:])  # those with most left to bear
    keen = of(state, "X")[keen]
    weeks.ready_at_once = False
    weeks.until(12)
    state.want_to_leave(keen, np.zeros(6))
    state.pressure.leave(keen)
    weeks.until(24 + 49)
    assert state.households.displaced[keen].all()
    assert weeks.left("X") + weeks.left("Y") == 100


def test_who_waits_but_is_not_needed_waits_no_more() -> None:
    """Everybody in the South wants to leave, twenty households may."""
    weeks = Weeks(begins="2020-01-02")
    state = weeks.state
    weeks.ready_at_once = False
    weeks.until(12)
    everybody = np.append(of(state, "X"), of(state, "Y"))
    state.want_to_leave(everybody, np.zeros(80))
    state.pressure.leave(everybody)
    weeks.until(25)
    assert weeks.wanting("X") + weeks.wanting("Y") == 20
    weeks.ready_at_once = True
    weeks.until(24 + 73)
    assert weeks.left("X") + weeks.left("Y") == 100


def test_those_displaced_before_are_not_asked() -> None:
    weeks = Weeks(begins="2020-01-02", persons=150)
    house(weeks.state, of(weeks.state, "Z")[:10], "X")
    weeks.until(24 + 49)
    assert weeks.left("X") + weeks.left("Y") == 150
    assert (weeks.state.households.moves[of(weeks.state, "Z")] <= 1).all()


@pytest.mark.parametrize(("persons", "leave"), [(100, 100), (96, 100), (101, 105), (4, 5)])
def test_more_than_asked_leave_by_less_than_a_household(persons: float, leave: float) -> None:
    weeks = Weeks(persons=persons).until(49)
    assert weeks.left("X") + weeks.left("Y") == leave


def test_rows_that_stand_for_more_households_count_as_so_many_people() -> None:
    weeks = Weeks()
    state = state_of(three_places(), (), 6, behaviour=NoFlight(), population=Fives(scale=0.5))
    weeks.state = state
    part = Prescribed(persons=100, areas={"South": 1.0}, days=3, ready_days=1)
    weeks.rule = PrescribedDepartures(part.start(state.world, [], state.clock), state, [])
    weeks.until(49)
    assert weeks.left("X") + weeks.left("Y") == 100
    assert state.households.displaced.sum() == 10
