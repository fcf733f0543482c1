"""Getting away: a rate an hour, slowed by fuel, the dark and fire; 0 where no road is open."""

from __future__ import annotations

import numpy as np
import pytest

import worlds
from chance import assert_mean
from flightsim.model.draws import decision_key, exponential
from flightsim.model.households import CAR, FOOT, HIRE
from flightsim.model.parts.transport import FreeTransport, Transport
from models import day, model_of, run

QUIET = np.zeros(1)
NOON, MIDNIGHT, DAY = np.array([12]), np.array([0]), np.arange(24)
CAN = np.ones(1, bool)
PART = Transport(car_hours=5, hire_hours=20, foot_hours=50, fuel=0.5, last_moment_hours=10)


def test_by_day_and_in_peace_it_takes_the_hours_it_takes_and_fuel() -> None:
    rates = PART.readiness(QUIET, QUIET, NOON, CAN)
    assert rates[0] == pytest.approx([0.5 / 5, 0.5 / 20, 1 / 50])  # walkers need no fuel


def test_in_the_dark_few_go_unless_aircraft_threaten() -> None:
    """Threat is half at the half-way point: a quarter and 1.1 give 0.675 there."""
    remembered = np.array([0.0, PART.threat_strikes, 1e9])
    rates = PART.readiness(np.zeros(3), remembered, MIDNIGHT, np.ones(3, bool))
    assert rates[:, FOOT] * 50 == pytest.approx([0.25, 0.675, 1.1])


def test_under_fire_they_stay_under_cover() -> None:
    near = np.array([0, 1, 3]) * PART.pinning_strikes_per_hour
    rates = PART.readiness(near, np.zeros(3), NOON, np.ones(3, bool))
    assert rates[:, FOOT] * 50 == pytest.approx([1, 1 / 2, 1 / 10])


def test_with_the_front_at_the_door_those_without_a_vehicle_go_all_the_same() -> None:
    """One capture next door is 1 - 1/e of a front at the door, and at most a tenth an hour more go."""
    calm = PART.readiness(QUIET, QUIET, NOON, CAN)[0]
    for alarm, share in ((0.0, 0.0), (0.5, 0.5), (1.0, 1.0)):
        rates = PART.readiness(QUIET, QUIET, NOON, CAN, np.array([alarm]))[0]
        assert rates - calm == pytest.approx([0, share / 10, share / 10])


def test_where_no_road_is_open_nobody_gets_away() -> None:
    for part in (PART, FreeTransport()):
        rates = part.readiness(np.zeros(2), np.zeros(2), NOON, np.array([True, False]))
        assert (rates[0] > 0).all()
        assert not rates[1].any()


@pytest.mark.parametrize("step_hours", [1, 2, 3, 6, 8, 12, 24])
def test_a_day_s_readiness_does_not_depend_on_the_step(step_hours: int) -> None:
    """Habit depends on the dark hours of a step, wherever it begins: exact while nothing is struck."""
    remembered = np.array([4.0])
    hourly = sum(PART.readiness(QUIET, remembered, np.array([h]), CAN) for h in DAY)
    steps = DAY.reshape(-1, step_hours)
    assert sum(
        step_hours * PART.readiness(QUIET, remembered, hours, CAN) for hours in steps
    ) == pytest.approx(hourly)


@pytest.mark.parametrize("step_hours", [1, 2, 3, 6, 8, 12, 24])
def test_a_lull_counts_whatever_the_step(step_hours: int) -> None:
    """Three strikes an hour but for six hours of pause: hours under fire and hours of calm are not averaged."""
    near = np.where((DAY >= 6) & (DAY < 12), 0.0, 3.0)
    hourly = sum(PART.readiness(near[[h]], QUIET, np.array([h]), CAN) for h in DAY)
    steps = DAY.reshape(-1, step_hours)
    in_steps = sum(step_hours * PART.readiness(near[None, hours], QUIET, hours, CAN) for hours in steps)
    assert in_steps == pytest.approx(hourly)


def test_under_heavy_fire_as_many_get_away_in_daily_steps_as_in_hourly_ones() -> None:
    """Two weeks of bombardment: at a day's mean all hours would be pinned down; in truth nights are calmer."""
    struck = [worlds.strike(place, day(n), 40) for place in ("M1", "M2") for n in range(1, 12)]
    gone = []
    for step_hours in (1, 24):
        model = run(model_of(worlds.town_world(persons=5000), struck, days=12, step_hours=step_hours))
        gone.append(model.households.displaced.sum())
    assert gone[1] == pytest.approx(gone[0], rel=0.04)


def test_thresholds_on_readiness_wait_the_mean_hours() -> None:
    """An exponential threshold over a rate of fuel / hours is a wait of hours / fuel on average."""
    rate = PART.readiness(QUIET, QUIET, NOON, CAN)[0]
    thresholds = exponential(decision_key(1, "ready"), np.arange(10_000))
    for means, hours in ((CAR, 10), (HIRE, 40), (FOOT, 50)):
        assert_mean(thresholds / rate[means], hours)


def test_one_can_leave_where_a_road_leads_to_the_next_village() -> None:
    """A and B are all there is, both of one sub-district: from B, under fire, one goes to A."""
    spots = [worlds.Spot("A", "X", 0, residents=3000), worlds.Spot("B", "X", 20, residents=1000)]
    world = worlds.make_world("two villages", spots, [("A", "B")])
    struck = [worlds.strike("B", day(n), 60) for n in range(4)]
    model = run(model_of(world, struck, days=4, transport=FreeTransport()))
    assert model.households.displaced[model.households.home == 1].any()


def test_free_transport_is_a_matter_of_minutes() -> None:
    rates = FreeTransport().readiness(np.array([1e9]), QUIET, MIDNIGHT, CAN)
    assert (1 / rates <= 1 / 60).all()
