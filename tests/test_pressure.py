"""What gathers at a place, and what each household still bears of it: sums done in the head, without a schedule."""

from __future__ import annotations

import numpy as np
import pytest

import worlds
from flightsim.model.households import CAR, FOOT, HIRE, MEANS, N_KINDS, Households
from flightsim.model.parts.behaviour import CARE, N_CAUSES, SHELLING
from flightsim.model.pressure import Pressure, Readiness
from flightsim.world import OPEN
from models import Fives

A, B = 0, 1
RESIDENT, IN_NEED, DISPLACED, IN_THE_OPEN = 0, 1, 2, 4
ALL_PLACES = 3


@pytest.fixture
def four() -> Households:
    """Four households of residents at A, in a world of three places."""
    return Fives().synthesise(worlds.line_world(20), 1)


@pytest.fixture
def pressure(four: Households) -> Pressure:
    """All bear the same: 1."""
    made = Pressure(four, ALL_PLACES)
    made.start(np.ones(4))
    return made


def gather(pressure: Pressure, per_hour: float, hours: float = 1.0, place: int = A, kind: int = 0) -> None:
    """Shelling presses on one kind of household at one place."""
    pressure.met_now[:] = 0.0
    pressure.met_now[SHELLING, place, kind] = per_hour
    pressure.gather(pressure.met_now.sum(axis=0), hours)


def rows(*which: int) -> np.ndarray:
    return np.array(which, np.int64)


def test_pressure_gathers_by_the_hour(pressure: Pressure) -> None:
    gather(pressure, 0.1, hours=3)
    gather(pressure, 0.2, hours=1)
    assert pressure.gathered[A, RESIDENT] == pytest.approx(0.5)
    assert pressure.by_cause[SHELLING, A, RESIDENT] == pytest.approx(0.5)
    assert pressure.gathered.sum() == pytest.approx(0.5)  # nowhere else, and on nobody else
    assert pressure.by_cause.shape == (N_CAUSES, ALL_PLACES, N_KINDS)


def test_what_holds_people_back_is_off_the_pressure_and_not_off_its_causes(pressure: Pressure) -> None:
    pressure.met_now[SHELLING, A, RESIDENT] = 0.5
    pressure.gather(np.full((ALL_PLACES, N_KINDS), 0.3), 1.0)
    assert pressure.gathered[A, RESIDENT] == pytest.approx(0.3)
    assert pressure.by_cause[SHELLING, A, RESIDENT] == pytest.approx(0.5)


def test_who_is_due_comes_with_the_share_of_the_step_that_was_left(pressure: Pressure) -> None:
    gather(pressure, 0.8)
    assert pressure.due()[0].tolist() == []
    gather(pressure, 0.1, hours=4)  # 1.0 is passed after two of four hours
    due, share = pressure.due()
    assert due.tolist() == [0, 1, 2, 3]
    assert share == pytest.approx([0.5] * 4)
    gather(pressure, 9.0)
    assert pressure.due()[0].tolist() == []  # once


def test_the_share_of_a_step_is_never_more_than_the_step(pressure: Pressure) -> None:
    """Whoever joins below what has gathered is due at once, and no sooner than the step began."""
    gather(pressure, 0.5)
    pressure.join(rows(2), np.array([-3.0]))
    due, share = pressure.due()
    assert due.tolist() == [2]
    assert share.tolist() == [1.0]


def test_only_those_of_the_place_and_kind_are_due(pressure: Pressure, four: Households) -> None:
    four.place[1] = B
    four.needs_care[2] = True
    pressure.start(np.ones(4))
    gather(pressure, 2.0, place=B)
    assert pressure.due()[0].tolist() == [1]
    gather(pressure, 2.0, kind=IN_NEED)
    assert pressure.due()[0].tolist() == [2]
    gather(pressure, 2.0)
    assert pressure.due()[0].tolist() == [0, 3]


def test_what_is_left_to_bear(pressure: Pressure) -> None:
    gather(pressure, 0.75)
    pressure.leave(rows(3))
    left = pressure.left(rows(0, 1, 3))
    assert left[:2].tolist() == [0.25, 0.25]
    assert np.isnan(left[2])  # waits for nothing


def test_who_leaves_the_group_is_not_due(pressure: Pressure) -> None:
    pressure.leave(rows(0, 2))
    gather(pressure, 2.0)
    assert pressure.due()[0].tolist() == [1, 3]


def test_what_was_met_counts_from_when_one_settled(pressure: Pressure, four: Households) -> None:
    gather(pressure, 0.5)
    gather(pressure, 0.25, place=B, kind=DISPLACED)
    assert pressure.met(rows(0))[0, SHELLING] == 0.5
    four.place[0], four.rung[0] = B, 0  # with a host family at B
    pressure.join(rows(0), np.array([1.0]))
    assert pressure.met(rows(0))[0].tolist() == [0.0] * N_CAUSES
    gather(pressure, 0.125, place=B, kind=DISPLACED)
    assert pressure.met(rows(0))[0, SHELLING] == 0.125
    assert pressure.met(rows(1))[0, SHELLING] == 0.5  # who stayed at A


def test_who_joins_another_group_takes_along_what_is_left_and_met(
    pressure: Pressure, four: Households
) -> None:
    gather(pressure, 0.75)
    gather(pressure, 5.0, place=B, kind=IN_THE_OPEN)
    left, met = pressure.left(rows(0)), pressure.met(rows(0))
    four.place[0], four.rung[0] = B, OPEN
    pressure.join(rows(0), left, met)
    assert pressure.left(rows(0)).tolist() == [0.25]
    np.testing.assert_allclose(pressure.met(rows(0)), met)
    gather(pressure, 1.0)  # at A, where it is no longer
    assert 0 not in pressure.due()[0]
    gather(pressure, 0.5, place=B, kind=IN_THE_OPEN)
    due, share = pressure.due()
    assert due.tolist() == [0]
    assert share.tolist() == [0.5]


def test_each_cause_is_kept_apart(pressure: Pressure) -> None:
    pressure.met_now[:] = 0.0
    pressure.met_now[SHELLING, A], pressure.met_now[CARE, A] = 0.25, 0.5
    pressure.gather(pressure.met_now.sum(axis=0), 2.0)
    met = pressure.met(rows(0))[0]
    assert met[[SHELLING, CARE]].tolist() == [0.5, 1.0]
    assert met.sum() == 1.5


# ------------------------------------------------------------------ readiness


@pytest.fixture
def readiness(four: Households) -> Readiness:
    """Household 0 has a car, 1 a ride, 2 goes on foot; 3 is at B, with a car."""
    four.means[:] = [CAR, HIRE, FOOT, CAR]
    four.place[3] = B
    made = Readiness(four, ALL_PLACES)
    made.join(rows(0, 1, 2, 3), 1.0)
    return made


def ready(**means: float) -> np.ndarray:
    """(P, M) what gathers at A by means of transport."""
    table = np.zeros((ALL_PLACES, len(MEANS)))
    for name, amount in means.items():
        table[A, MEANS.index(name)] = amount
    return table


def test_each_gets_ready_by_place_and_means(readiness: Readiness) -> None:
    readiness.gather(ready(car=1.0, hire=0.5))
    assert readiness.due().tolist() == [0]  # reached is enough
    readiness.gather(ready(hire=0.5, foot=2.0))
    assert readiness.due().tolist() == [1, 2]
    readiness.gather(ready(car=9.0))
    assert readiness.due().tolist() == []  # not at B, and nobody twice


def test_who_gave_up_is_never_ready(readiness: Readiness) -> None:
    readiness.leave(rows(0))
    readiness.gather(ready(car=5.0))
    assert readiness.due().tolist() == []


def test_what_gathered_before_one_wanted_to_leave_does_not_count(readiness: Readiness) -> None:
    readiness.gather(ready(car=5.0))
    readiness.join(rows(0), 0.5)
    assert readiness.due().tolist() == []
    readiness.gather(ready(car=0.5))
    assert readiness.due().tolist() == [0]


def test_who_wants_to_leave_within_a_step_gets_ready_for_the_rest_of_it(readiness: Readiness) -> None:
    readiness.gather(ready(car=4.0, hire=4.0))
    readiness.join(rows(0, 1), np.array([1.0, 1.5]), np.array([0.25, 0.25]))  # a quarter of 4 is 1
    assert readiness.due().tolist() == [0]
    readiness.gather(ready(hire=0.5))
    assert readiness.due().tolist() == [1]
