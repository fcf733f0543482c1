"""Queues for a road: they empty at its capacity, it holds so many vehicles, and a slow one lets somebody in at last."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import worlds
from flightsim.events import Event
from flightsim.model.kernels import NO_EDGE, PULL_OFF_HOURS
from flightsim.model.parts.roads import FreeFlow
from flightsim.model.travel import Traffic
from flightsim.world import World
from journeys import NOON, Journey, day, narrow

# ------------------------------------------------------------------ queues


def test_a_queue_empties_at_the_capacity(line: World) -> None:
    """1,200 vehicles before a road that sustains 500 an hour: 500, 500, 200; half an hour each on the road."""
    journey = Journey(line)
    journey.set_out(np.arange(1200), "A", "B")
    journey.go()
    assert journey.hourly("A-B")[12:15] == [500, 500, 200]
    waves = np.array([journey.arrived_at[i] for i in (0, 499, 500, 999, 1000, 1199)])
    assert waves.tolist() == [12.5, 12.5, 13.5, 13.5, 14.5, 14.5]


def test_first_come_first_served(line: World) -> None:
    """Those who have waited longer go first, whatever their number."""
    journey = Journey(line)
    journey.set_out(np.arange(1000, 1800), "A", "B", at_hours=12.0)
    journey.set_out(np.arange(0, 600), "A", "B", at_hours=12.5)
    journey.go()
    early = np.array([journey.arrived_at[i] for i in range(1000, 1800)])
    late = np.array([journey.arrived_at[i] for i in range(600)])
    assert [(early < 13).sum(), (early < 14).sum(), (early < 15).sum()] == [500, 800, 800]
    assert [(late < 14).sum(), (late < 15).sum()] == [200, 600]


def test_the_queue_is_told(line: World) -> None:
    journey = Journey(line)
    journey.set_out(np.arange(1200), "A", "B")
    journey.go(until_hours=13)
    assert journey.traffic.waiting.tolist() == [700, 0, 0, 0]
    journey.go(until_hours=16)
    assert not journey.traffic.waiting.any()


def test_households_on_a_truck_take_up_a_third_of_a_vehicle_each(line: World) -> None:
    journey = Journey(line)
    journey.set_out(np.arange(1600), "A", "B", vehicles=1 / 3)
    journey.go()
    assert journey.hourly("A-B")[12:14] == pytest.approx([500, 100 / 3])


def test_walkers_pass_the_queue(line: World) -> None:
    journey = Journey(line)
    journey.set_out(np.arange(1200), "A", "B")
    journey.set_out(5000, "A", "B", vehicles=0.0, pace_kmh=6.0)
    assert journey.go().arrived_at[5000] == pytest.approx(NOON + 20 / (6 / 3))


def test_a_row_of_more_vehicles_than_an_hour_lets_in_saves_up() -> None:
    """Rows that stand for 30 vehicles each, before a road that lets in 10 an hour: one every three hours."""
    journey = Journey(narrow(20))
    journey.set_out(np.arange(4), "B", "S", vehicles=30.0)
    journey.go()
    entered = np.array(journey.hourly("B-S"))
    assert entered.sum() == 120
    assert np.diff(np.flatnonzero(entered)).tolist() == [3, 3, 3]


@pytest.mark.parametrize("step_hours", [1, 6, 24])
def test_a_day_lets_in_what_its_hours_let_in(step_hours: int) -> None:
    journey = Journey(narrow(20), step_hours=step_hours)
    journey.set_out(np.arange(1000), "B", "S", at_hours=0.0)
    journey.go(until_hours=24)
    assert sum(journey.hourly("B-S")) == 240


def test_unused_hours_are_not_saved_up() -> None:
    journey = Journey(narrow(20))
    journey.set_out(np.arange(100), "B", "S", at_hours=10.0)
    journey.go()
    assert max(journey.hourly("B-S")) == 10


def test_without_queues_nobody_holds_up_anybody(line: World) -> None:
    journey = Journey(line, part=FreeFlow())
    journey.set_out(np.arange(100), "A", "S", vehicles=1e6)
    assert set(journey.go().arrived_at.values()) == {13.0}


# ------------------------------------------------------------------ room on the road


def test_a_road_holds_so_many_vehicles_and_no_more() -> None:
    """One km holds 133. The road beyond lets in 10 an hour, so the jam reaches back to A at once."""
    journey = Journey(narrow(20, km=1))
    journey.set_out(np.arange(400), "A", "S")
    journey.go(until_hours=15)
    assert journey.hourly("A-B")[12:] == [133, 10, 10]  # as many follow as went on
    assert journey.hourly("B-S")[12:] == [10, 10, 10]
    journey.go()
    assert len(journey.arrived_at) == 400
    assert set(journey.hourly("B-S")[15:-1]) == {10.0}


def test_who_has_stood_for_hours_pulls_off_and_keeps_the_turn() -> None:
    journey = Journey(narrow(20, km=1))
    journey.set_out(np.arange(200), "A", "S")
    journey.go(until_hours=NOON + PULL_OFF_HOURS + 2)
    t = journey.traffic.travellers
    aside = (t.node == 1) & (t.edge == NO_EDGE)
    assert aside.any()
    journey.go()
    arrived = np.array([journey.arrived_at[i] for i in range(200)])
    assert (np.diff(arrived) >= 0).all()  # nobody is overtaken


def test_a_row_of_more_vehicles_than_fit_on_a_road_still_passes_it(line: World) -> None:
    """Half a km holds 67 vehicles; at scale 0.01 a row stands for 100."""
    journey = Journey(worlds.line_world(km=0.5))
    journey.traffic = Traffic(2 * len(journey.world.roads), 1, row_vehicles=100.0)
    journey.set_out(0, "A", "S", vehicles=100.0)
    assert journey.go().arrived_at


# ------------------------------------------------------------------ credit on a slow road


def at_the_slow_road(events: list[Event]) -> Journey:
    """At A, before a road that lets in 0.4 vehicles an hour: one vehicle has waited there for two hours."""
    line = worlds.line_world()
    slow = dataclasses.replace(line.roads, capacity_vehicles_h=np.array([0.8, 1000.0]))
    journey = Journey(dataclasses.replace(line, roads=slow), events)
    journey.set_out(0, "A", "S", at_hours=0.0)
    return journey.go(steps=2)


def test_a_slow_road_lets_somebody_in_after_hours_of_waiting() -> None:
    journey = at_the_slow_road([])
    assert journey.hourly("A-B") == [0, 0]  # 0.4 and 0.8
    assert journey.go(steps=1).hourly("A-B") == [0, 0, 1]


def test_while_nobody_is_on_the_road_no_credit_is_kept() -> None:
    journey = at_the_slow_road([])
    journey.traffic.take_off(np.array([0]))
    journey.go(steps=1)
    journey.set_out(1, "A", "S", at_hours=3.0)
    assert journey.go(steps=3).hourly("A-B")[3:] == [0, 0, 1]


def test_a_road_that_was_cut_begins_anew() -> None:
    cut = [worlds.road_cut("A-B", day(0), hour=2), worlds.road_reopened("A-B", day(0), hour=4)]
    journey = at_the_slow_road(cut)
    assert journey.go(steps=5).hourly("A-B") == [0, 0, 0, 0, 0, 0, 1]
