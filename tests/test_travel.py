"""On the road: time = length / speed, queues that empty at the capacity, storage, and turning back."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import worlds
from flightsim.clock import Clock
from flightsim.events import Event
from flightsim.model.kernels import NO_EDGE, PULL_OFF_HOURS
from flightsim.model.parts.roads import FreeFlow, RoadNetwork, Routes
from flightsim.model.travel import NOBODY, Traffic, Travellers
from flightsim.world import GOVERNMENT, World

NOON = 12.0


def day(n: int) -> date:
    return worlds.START + timedelta(days=n)


class Journey:
    """Traffic on the roads of a world, step by step."""

    def __init__(
        self,
        world: World,
        events: list[Event] | None = None,
        step_hours: int = 1,
        part: RoadNetwork | None = None,
    ) -> None:
        self.world, self.control = world, world.places.control.copy()
        self.routes: Routes = (part or RoadNetwork()).start(
            world, events or [], Clock(worlds.START, 30, step_hours)
        )
        self.traffic = Traffic(2 * len(world.roads), step_hours)
        self.step_hours, self.step = step_hours, 0
        self.entered: list[np.ndarray] = []  # by step and directed edge
        self.arrived_at: dict[int, float] = {}  # hour, by household
        self._look()

    def _look(self) -> None:
        n = len(self.world.places)
        rules = self.world.crossings.rule
        self.routes.advance(self.step, self.control, np.zeros(n), rules, self.traffic.waiting)

    def set_out(self, households: Any, a: str, b: str, at_hours: float = NOON, **columns: Any) -> None:
        """Households leave node ``a`` for place ``b``, one vehicle each unless said otherwise."""
        rows = np.atleast_1d(np.asarray(households, np.int64))
        n, nodes = len(rows), self.world.node_ids
        place = nodes.index(b)
        area = self.world.places.area
        target = area[place] if place < len(area) else len(self.world.areas) + place - len(area)
        usual: dict[str, Any] = {
            "persons": 5.0,
            "vehicles": 1.0,
            "pace_kmh": np.nan,
            "last_leg_hours": 0.0,
            "since_hours": at_hours,
        }
        values = {name: np.full(n, value) for name, value in (usual | columns).items()}
        self.traffic.depart(
            Travellers.of(
                n,
                household=rows,
                target=np.full(n, target),
                place=np.full(n, place),
                node=np.full(n, nodes.index(a)),
                edge=np.full(n, NO_EDGE),
                queues_for=np.full(n, NO_EDGE),
                at_hours=np.full(n, at_hours),
                on_last_leg=np.zeros(n, bool),
                **values,
            )
        )

    def go(self, steps: int | None = None, until_hours: float | None = None) -> Journey:
        """So many steps, or until that hour, or until everybody is there (at most ten days)."""
        end = self.step + steps if steps is not None else round((until_hours or 240) / self.step_hours)
        while self.step < end and (steps or until_hours or len(self.traffic.travellers)):
            self._look()
            there = self.traffic.advance(self.step, self.routes)
            self.arrived_at |= dict(zip(there.household.tolist(), there.at_hours.tolist(), strict=True))
            self.entered.append(self.traffic.read_entered())
            self.step += 1
            self.check()
        return self

    def turn_back(self, *taken: str) -> Travellers:
        """What the model does when roads close: at the step's beginning, these places having fallen."""
        for place in taken:
            self.control[self.world.places.place_id.index(place)] = GOVERNMENT
        self._look()
        passable = np.append(self.control != GOVERNMENT, np.ones(len(self.world.crossings), bool))
        return self.traffic.turn_back(float(self.step * self.step_hours), self.routes, passable)

    def check(self) -> None:
        """What holds after every step."""
        t = self.traffic.travellers
        on_road = t.edge != NO_EDGE
        counted = np.bincount(t.edge[on_road], t.vehicles[on_road], minlength=2 * len(self.world.roads))
        np.testing.assert_allclose(self.traffic.occupancy, counted, atol=1e-6)
        assert (counted <= self.routes.storage + 1e-6).all()
        assert (np.diff(t.household) > 0).all()

    def hourly(self, road: str) -> list[float]:
        """Vehicles that entered a road from its first end to its second, step by step."""
        edge = self.world.roads.road_id.index(road)
        return [float(entered[edge]) for entered in self.entered]


def narrow(vehicles_h: float, km: float = 20, kmh: float = 40) -> World:
    """The line, with so many vehicles an hour rated on the second road."""
    line = worlds.line_world(km=km, kmh=kmh)
    capacity = np.array([1000.0, vehicles_h])
    return dataclasses.replace(line, roads=dataclasses.replace(line.roads, capacity_vehicles_h=capacity))


# ------------------------------------------------------------------ time


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


# ------------------------------------------------------------------ turning back


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


def test_a_closure_elsewhere_means_nothing() -> None:
    journey = long_line(worlds.road_cut("B-S", day(0), hour=13))
    journey.turn_back()
    assert where(journey) == [("B", True, 14.0)] * 2


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


# ------------------------------------------------------------------ whatever happens

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
