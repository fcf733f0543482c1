"""On the road: time = length / speed, gates on the way, and nobody is lost, whatever happens."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import worlds
from flightsim.model.travel import NOBODY
from flightsim.world import World
from journeys import NOON, Journey, day


def test_time_is_length_over_speed(line: World) -> None:
    """40 km at 40 km/h from noon on: there at 13 h, which is the step that begins then."""
    journey = Journey(line)
    journey.set_out(7, "A", "S")
    assert not journey.go(until_hours=13).arrived_at
    assert journey.go(until_hours=14).arrived_at == {7: 13.0}
    assert not len(journey.traffic.travellers)
    assert not journey.traffic.occupancy.any()


@pytest.mark.parametrize("step_hours", [1, 2, 6, 24])
def test_on_free_roads_the_hour_of_arrival_does_not_depend_on_the_step(line: World, step_hours: int) -> None:
    journey = Journey(line, step_hours=step_hours)
    journey.set_out([1, 2], "A", "S", at_hours=12.25)
    journey.set_out(3, "A", "S", at_hours=12.25, pace_kmh=4.0)
    journey.set_out(4, "S", "B", at_hours=40.0)
    arrived = journey.go().arrived_at
    assert arrived == pytest.approx({1: 13.25, 2: 13.25, 3: 12.25 + 30, 4: 40 + 20 / 40})


def test_by_night_one_drives_slowly(line: World) -> None:
    """From 16:45 on: the first 20 km by daylight, the next at 18 km/h from 17:15 on."""
    journey = Journey(line)
    journey.set_out(0, "A", "S", at_hours=16.75)
    assert journey.go().arrived_at[0] == pytest.approx(17.25 + 20 / 18)


def test_the_last_leg_is_driven_from_the_gateway(town: World) -> None:
    """M2 to N2, the gateway, 10 km; then a last leg of 24 minutes to N1."""
    journey = Journey(town)
    journey.set_out(0, "M2", "N1", last_leg_hours=0.4)
    assert journey.go().arrived_at[0] == pytest.approx(NOON + 10 / 40 + 0.4)


def test_who_walks_a_long_last_leg_does_not_queue(town: World) -> None:
    """``since_hours`` tells how long one has stood in a queue; on a leg of thirty hours one has not."""
    journey = Journey(town)
    journey.set_out([0, 1], "M2", "N1", last_leg_hours=30.0)
    for until_hours in (14, 40):
        journey.go(until_hours=until_hours)
        t = journey.traffic.travellers
        assert t.on_last_leg.all()
        assert (t.since_hours >= journey.step).all()


@pytest.mark.parametrize("vehicles", [1.0, 1 / 3, 0.0])
def test_an_internal_gate_lets_through_so_many_persons_whatever_they_ride_in(
    town: World, vehicles: float
) -> None:
    """200 an hour at INNER: of 300 households of 5.7, 35 in the first hour."""
    journey = Journey(town)
    pace = np.nan if vehicles else 6.0
    journey.set_out(np.arange(300), "C3", "N2", persons=5.7, vehicles=vehicles, pace_kmh=pace)
    journey.go(until_hours=13)
    at_the_start = (journey.traffic.travellers.node == town.node_ids.index("C3")).sum()
    assert (300 - at_the_start) * 5.7 <= 200 + 5.7


def test_walkers_through_a_gate_are_no_vehicles(town: World) -> None:
    journey = Journey(town)
    journey.set_out(np.arange(30), "C3", "N2", vehicles=0.0, pace_kmh=6.0)
    journey.go()
    assert not np.sum(journey.entered)


def test_who_passes_through_the_place_on_the_way_is_there() -> None:
    spots = [
        worlds.Spot("A", "A", 0, residents=10),
        worlds.Spot("B", "Z", 20, residents=1),
        worlds.Spot("C", "Z", 40, residents=10),
    ]
    journey = Journey(worlds.make_world("on the way", spots, [("A", "B"), ("B", "C")]))
    journey.set_out(0, "A", "B", last_leg_hours=9.0)
    assert journey.go().arrived_at[0] == pytest.approx(NOON + 0.5)


def test_one_may_drive_up_to_a_closed_gate(town: World) -> None:
    journey = Journey(town)
    journey.set_out(0, "N2", "GATE")
    assert journey.go().arrived_at[0] == pytest.approx(NOON + 15 / 40)


def test_without_a_way_one_waits_and_is_not_lost(line: World) -> None:
    events = [worlds.road_cut("B-S", day(0)), worlds.road_reopened("B-S", day(2), hour=10)]
    journey = Journey(line, events)
    journey.set_out(0, "A", "S")
    journey.go(until_hours=48)
    assert len(journey.traffic.travellers) == 1
    assert journey.go().arrived_at[0] == pytest.approx(58 + 1)


def test_who_is_taken_off_leaves_the_road_free(line: World) -> None:
    journey = Journey(worlds.line_world(km=80))
    journey.set_out([3, 5, 8], "A", "S")
    journey.go(until_hours=13)
    assert journey.traffic.take_off(np.array([1])).household.tolist() == [5]
    assert journey.traffic.travellers.household.tolist() == [3, 8]
    assert journey.traffic.occupancy.tolist() == [2, 0, 0, 0]
    assert not len(journey.traffic.take_off(np.zeros(0, np.int64)))


def test_an_empty_road(line: World) -> None:
    assert len(NOBODY) == 0
    journey = Journey(line)
    journey.go(steps=3)
    assert not len(journey.turn_back("B"))


DEPARTURES = st.lists(
    st.tuples(
        st.sampled_from(["M1", "M2", "M3", "S1", "S3", "N1"]),
        st.sampled_from(["C1", "C2", "C3", "N1", "N2", "N3", "GATE"]),
        st.integers(0, 30),
        st.sampled_from([0.0, 1 / 3, 1.0, 40.0]),
    ),
    min_size=1,
    max_size=25,
)


def rush(departures: list[tuple[str, str, int, float]], backwards: bool = False) -> Journey:
    """Departures from the town on narrow roads; each row at its hour, or all told in the opposite order."""
    world = worlds.town_world()
    capacity = np.full(len(world.roads), 30.0)
    journey = Journey(
        dataclasses.replace(world, roads=dataclasses.replace(world.roads, capacity_vehicles_h=capacity))
    )
    rows = [(i, *d) for i, d in enumerate(departures) if d[0] != d[1]]
    for i, a, b, hour, vehicles in rows[:: -1 if backwards else 1]:
        pace = 4.0 if vehicles == 0 else np.nan
        journey.set_out(i, a, b, at_hours=float(hour), vehicles=vehicles, pace_kmh=pace, last_leg_hours=0.3)
    return journey


@settings(max_examples=25, deadline=None, derandomize=True, database=None)
@given(DEPARTURES)
def test_nobody_is_lost_and_no_road_lets_in_too_many(departures: list[tuple[str, str, int, float]]) -> None:
    """Storage and occupancy are checked after each step (`Journey.check`); here people, capacity and order."""
    journey, n = rush(departures), sum(a != b for a, b, _, _ in departures)
    while len(journey.traffic.travellers):
        journey.go(steps=1)
        assert len(journey.traffic.travellers) + len(journey.arrived_at) == n
    assert not journey.traffic.occupancy.any() or np.allclose(journey.traffic.occupancy, 0)
    per_hour = np.array(journey.entered)
    assert (per_hour <= np.maximum(journey.routes.capacity, 40) + 1e-6).all()
    assert (
        np.cumsum(per_hour, axis=0) <= journey.routes.capacity * np.arange(1, len(per_hour) + 1)[:, None] + 40
    ).all()
    assert rush(departures, backwards=True).go().arrived_at == journey.go().arrived_at
