"""Turning back: where a road is cut or a place falls, and who is overrun."""

from __future__ import annotations

import dataclasses

import numpy as np

import worlds
from flightsim.events import Event
from flightsim.model.kernels import NO_EDGE
from journeys import Journey, day, narrow


def long_line(*events: Event) -> Journey:
    """A to B takes two hours, B to S two more; at 13 h those who left at noon are half-way to B."""
    journey = Journey(worlds.line_world(km=80), list(events))
    journey.set_out([0, 1], "A", "S")
    return journey.go(until_hours=13)


def where(journey: Journey) -> list[tuple[str, bool, float]]:
    """Each traveller's node, whether on a road, and from when on he may go on."""
    t = journey.traffic.travellers
    return [
        (journey.world.node_ids[node], bool(edge != NO_EDGE), hour)
        for node, edge, hour in zip(t.node, t.edge, t.at_hours.tolist(), strict=True)
    ]


def test_at_a_cut_one_turns_back_to_where_one_came_from() -> None:
    journey = long_line(worlds.road_cut("A-B", day(0), hour=13), worlds.road_reopened("A-B", day(1), hour=8))
    assert where(journey) == [("B", True, 14.0)] * 2
    assert not len(journey.turn_back())
    assert where(journey) == [("A", False, 13.0)] * 2
    assert not journey.traffic.occupancy.any()
    assert journey.go().arrived_at == {0: 36.0, 1: 36.0}  # they wait, and set out when it reopens at 8


def test_one_turns_back_before_a_place_that_fell() -> None:
    journey = long_line()
    assert not len(journey.turn_back("B"))
    assert where(journey) == [("A", False, 13.0)] * 2


def test_where_the_road_behind_is_lost_one_goes_on_to_its_end() -> None:
    journey = long_line()
    assert not len(journey.turn_back("A"))
    assert where(journey) == [("B", False, 14.0)] * 2
    assert journey.go().arrived_at == {0: 16.0, 1: 16.0}


def test_between_two_places_that_fell_one_is_overrun() -> None:
    journey = long_line()
    overrun = journey.turn_back("A", "B")
    assert overrun.household.tolist() == [0, 1]
    assert not len(journey.traffic.travellers)
    assert not journey.traffic.occupancy.any()


def test_who_waits_in_a_place_that_fell_is_overrun() -> None:
    journey = Journey(worlds.line_world(), [worlds.road_cut("A-B", day(0))])
    journey.set_out(3, "A", "S", at_hours=0.0)
    journey.go(steps=2)
    assert journey.turn_back("A").household.tolist() == [3]


def test_who_stands_at_the_end_of_a_road_that_is_cut_stays_there() -> None:
    journey = Journey(narrow(20), [worlds.road_cut("A-B", day(0), hour=14)])
    journey.set_out(np.arange(30), "A", "S")
    journey.go(until_hours=14)
    held_up = len(journey.traffic.travellers)
    assert held_up
    assert not len(journey.turn_back())
    assert {node for node, _, hour in where(journey) if hour <= 14} == {"B"}
    assert len(journey.go().arrived_at) == 30


def test_whoever_turned_back_has_waited_only_since_then() -> None:
    journey = long_line(worlds.road_cut("A-B", day(0), hour=13))
    journey.turn_back()
    assert journey.traffic.travellers.since_hours.tolist() == [13.0, 13.0]


def test_who_stood_at_the_end_of_a_road_that_is_cut_is_off_it_and_looks_for_the_way_anew() -> None:
    journey = Journey(narrow(20), [worlds.road_cut("A-B", day(0), hour=14)])
    journey.set_out(np.arange(30), "A", "S")
    journey.go(until_hours=14)
    t = journey.traffic.travellers
    assert (t.queues_for != NO_EDGE).any()
    journey.turn_back()
    t = journey.traffic.travellers
    assert (t.edge == NO_EDGE).all()
    assert (t.queues_for == NO_EDGE).all()
    assert not journey.traffic.occupancy.any()


def test_whoever_is_on_the_last_leg_is_not_overrun_at_the_gateway() -> None:
    """From B on local roads to a village: B falls behind them."""
    journey = Journey(worlds.line_world())
    journey.set_out([1, 2], "A", "B", last_leg_hours=5.0)
    journey.traffic.travellers.place[:] = 99  # a village, not the gateway itself
    journey.go(until_hours=14)
    assert journey.traffic.travellers.on_last_leg.all()
    assert not len(journey.turn_back("B"))
    assert len(journey.traffic.travellers) == 2


def test_who_queues_for_a_road_that_is_cut_takes_another() -> None:
    """By B it is 40 km to S and few are let in; by C it is 90. The road to B is cut while most still queue for it."""
    spots = [
        worlds.Spot("A", "Area-A", 0, residents=100),
        worlds.Spot("B", "Area-B", 20),
        worlds.Spot("S", "Area-S", 40, site=100),
        worlds.Spot("C", "Area-C", 20, 40),
    ]
    world = worlds.make_world("ways", spots, [("A", "B"), ("B", "S"), ("A", "C"), ("C", "S")])
    narrow_first = dataclasses.replace(world.roads, capacity_vehicles_h=np.array([4.0, 1e3, 1e3, 1e3]))
    cut = worlds.road_cut("A-B", day(0), hour=14)
    journey = Journey(dataclasses.replace(world, roads=narrow_first), [cut])
    journey.set_out(np.arange(30), "A", "S")
    journey.go(until_hours=14)
    assert journey.hourly("A-B")[12:] == [2, 2]
    assert (journey.traffic.travellers.queues_for == 0).sum() == 26
    journey.go(until_hours=15)
    assert journey.hourly("A-B")[14] == 0
    assert journey.hourly("A-C")[12:] == [0, 0, 26]
    assert len(journey.go().arrived_at) == 30


def test_a_closure_elsewhere_means_nothing() -> None:
    journey = long_line(worlds.road_cut("B-S", day(0), hour=13))
    journey.turn_back()
    assert where(journey) == [("B", True, 14.0)] * 2
