"""Ways and hours: the quickest open way, by whom it may be used, and how many vehicles it lets in."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from scipy.sparse.csgraph import dijkstra

import worlds
from flightsim.clock import Clock
from flightsim.events import Event
from flightsim.model.kernels import NO_EDGE, edge_hours
from flightsim.model.parts.roads import FreeFlow, RoadNetwork, Routes
from flightsim.model.travel import net_of
from flightsim.model.way_kernels import shortest_ways
from flightsim.world import BORDER_RULES, World
from worlds import GOVERNMENT, SDF, SNA

CLOSED, OPEN = BORDER_RULES.index("closed"), BORDER_RULES.index("open")


def day(n: int) -> date:
    return worlds.START + timedelta(days=n)


def start(
    world: World, events: Sequence[Event] = (), part: RoadNetwork | None = None, step_hours: int = 1
) -> Routes:
    """The roads before the first step."""
    return (part or RoadNetwork()).start(world, events, Clock(worlds.START, 30, step_hours))


def go(routes: Routes, world: World, step: int = 0, taken: dict[str, int] | None = None, **seen: Any) -> bool:
    """One step; ``taken``: places with another holder than at the start."""
    control = world.places.control.copy()
    for place, holder in (taken or {}).items():
        control[world.places.place_id.index(place)] = holder
    nothing: dict[str, Any] = {
        "remembered": np.zeros(len(world.places)),
        "gate_rules": world.crossings.rule,
        "waiting": np.zeros(2 * len(world.roads)),
    }
    return routes.advance(step, control, **(nothing | seen))


def hours(routes: Routes, world: World, a: str, b: str) -> float:
    """Hours from one node to another one that is a target."""
    nodes = world.node_ids
    (target,) = np.flatnonzero(routes.targets == nodes.index(b))
    return float(routes.hours[nodes.index(a), target])


def way(routes: Routes, world: World, a: str, b: str) -> list[str]:
    """The roads that one takes from node to node."""
    nodes = world.node_ids
    node, (target,) = nodes.index(a), np.flatnonzero(routes.targets == nodes.index(b))
    taken = []
    while (edge := int(routes.next_edge[target, node])) >= 0:
        assert routes.tail[edge] == node
        taken.append(world.roads.road_id[edge % len(world.roads)])
        node = int(routes.head[edge])
        assert len(taken) <= len(world.roads), "round and round"
    return taken if node == nodes.index(b) else []


def with_roads(world: World, **columns: Any) -> World:
    """The same world with other roads."""
    return dataclasses.replace(world, roads=dataclasses.replace(world.roads, **columns))


def diamond() -> World:
    """From A to D by B in the north (20.1 km), or by C in the south (20.9 km); each place an area of its own."""
    spots = [
        worlds.Spot("A", "A", 0, 0, residents=10),
        worlds.Spot("B", "B", 10, 1),
        worlds.Spot("C", "C", 10, -3),
        worlds.Spot("D", "D", 20, 0),
    ]
    return worlds.make_world("diamond", spots, [("A", "B"), ("B", "D"), ("A", "C"), ("C", "D")])


def twin_roads(km: tuple[float, float], kmh: tuple[float, float] = (40, 40)) -> World:
    """Two roads from A to B."""
    spots = [worlds.Spot("A", "A", 0, residents=10), worlds.Spot("B", "B", 10)]
    world = worlds.make_world("twin roads", spots, [("A", "B"), ("A", "B")])
    return with_roads(world, road_id=["one", "other"], km=np.array(km), free_flow_kmh=np.array(kmh))


# ------------------------------------------------------------------ time and way


def test_time_is_length_over_speed(line: World) -> None:
    routes = start(line)
    assert go(routes, line)
    assert hours(routes, line, "A", "S") == pytest.approx(40 / 40)
    assert hours(routes, line, "S", "A") == pytest.approx(1)
    assert hours(routes, line, "B", "B") == 0
    assert way(routes, line, "A", "S") == ["A-B", "B-S"]


def test_day_speed_is_a_factor(line: World) -> None:
    routes = start(line, part=RoadNetwork(day_speed=0.5))
    go(routes, line)
    assert hours(routes, line, "A", "S") == pytest.approx(2)


def test_every_way_leads_there_in_the_hours_promised(town: World) -> None:
    routes = start(town)
    go(routes, town)
    speed, reached = 40.0, 0
    for b in [town.places.place_id[g] for g in town.areas.gateway] + town.crossings.crossing_id:
        for a in town.node_ids:
            roads = [town.roads.road_id.index(road) for road in way(routes, town, a, b)]
            told = hours(routes, town, a, b)
            if a == b or np.isinf(told):
                assert not roads
            else:
                reached += 1
                assert town.roads.km[roads].sum() / speed == pytest.approx(told)
    # to six targets from the other eleven places, but for S2; to five also from the internal gate
    assert reached == 67


def hours_on_the_first_road(world: World, at_hours: list[float], pace_kmh: float) -> list[float]:
    net = net_of(start(world))
    return [edge_hours(0, at, pace_kmh, net) for at in at_hours]


def test_speed_by_night_and_by_day(line: World) -> None:
    taken = hours_on_the_first_road(line, [6.0, 16.99, 17.0, 24 + 5.99, 48 + 12.0], np.nan)
    assert taken == pytest.approx([20 / 40, 20 / 40, 20 / 18, 20 / 18, 20 / 40])


def test_the_dark_makes_no_road_faster() -> None:
    world = worlds.line_world(kmh=10)
    taken = hours_on_the_first_road(world, [0.0, 12.0], np.nan)
    assert taken == pytest.approx([2, 2])


def test_walkers_walk_a_third_of_the_day(line: World) -> None:
    """4 km/h for 8 hours of 24: 32 km a day, by any hour at which one sets out."""
    taken = hours_on_the_first_road(line, [0.0, 12.0], 4.0)
    assert taken == pytest.approx([20 / 32 * 24] * 2)


# ------------------------------------------------------------------ cuts, fronts, gates


def test_a_cut_road_has_no_way_until_it_reopens(line: World) -> None:
    events = [worlds.road_cut("B-S", day(0), hour=5), worlds.road_reopened("B-S", day(1))]
    routes, found, changed = start(line, events), [], []
    for step in range(25):
        changed.append(go(routes, line, step))
        found.append(np.isfinite(hours(routes, line, "A", "S")))
    assert found == [True] * 5 + [False] * 19 + [True]
    assert np.flatnonzero(changed).tolist() == [0, 5, 24]
    assert way(routes, line, "A", "B") == ["A-B"]


def test_a_cut_at_any_hour_counts_in_the_step_that_holds_it(line: World) -> None:
    routes = start(line, [worlds.road_cut("A-B", day(1), hour=13)], step_hours=12)
    assert [go(routes, line, step) for step in range(4)] == [True, False, False, True]


def test_roads_cut_before_the_start_are_closed_at_the_first_step(line: World) -> None:
    routes = start(line, [worlds.road_cut("A-B", day(-3))])
    go(routes, line)
    assert np.isinf(hours(routes, line, "A", "B"))


def test_all_roads_of_a_place_are_cut(town: World) -> None:
    routes = start(town, [worlds.road_cut("M2", day(0))])
    go(routes, town)
    assert np.isinf(routes.hours[town.node_ids.index("M2")]).sum() == len(routes.targets) - 1
    assert hours(routes, town, "M1", "N2") == pytest.approx(0.5)


def test_what_is_cut_in_part_lets_fewer_in(line: World) -> None:
    events = [
        worlds.road_cut("A-B", day(0), left=0.25),
        worlds.road_reopened("A-B", day(1)),
    ]
    routes = start(line, events)
    assert go(routes, line)
    rated = 1000 * 0.5  # vehicles an hour, sustained
    assert routes.capacity.tolist() == [rated / 4, rated, rated / 4, rated]
    assert routes.open_edge.all()
    assert not go(routes, line, 24)
    assert (routes.capacity == rated).all()


def test_a_road_may_reopen_in_part(line: World) -> None:
    events = [worlds.road_cut("A-B", day(0)), worlds.event("road_reopened", "A-B", 0.5, day(0), hour=1)]
    routes = start(line, events)
    go(routes, line)
    go(routes, line, 1)
    assert routes.capacity[0] == 250


@pytest.mark.parametrize("side", [GOVERNMENT, SDF])
def test_the_way_leads_around_a_place_that_fell(town: World, side: int) -> None:
    routes = start(town)
    go(routes, town)
    assert way(routes, town, "M2", "C2") == ["M2-N2", "N2-C2"]
    assert go(routes, town, 1, taken={"N2": side})
    assert way(routes, town, "M2", "C2") == ["M1-M2", "M1-N1", "N1-C1", "C1-C2"]
    assert hours(routes, town, "M2", "C2") == pytest.approx(1)
    assert np.isinf(hours(routes, town, "M2", "N2"))
    assert go(routes, town, 2)  # and it is retaken
    assert hours(routes, town, "M2", "C2") == pytest.approx(0.5)


def test_nobody_drives_through_a_town_held_by_a_hostile_side(town: World) -> None:
    """S2 is held by the Government: from S3 to S1 is 40 km by the middle row, not 20."""
    routes = start(town)
    go(routes, town)
    assert hours(routes, town, "S3", "S1") == pytest.approx(1)


def test_an_internal_line_is_crossed_at_its_gate_only(town: World) -> None:
    """N3 falls to the SNA: on to C3 by INNER all the same, but not to M3 or N2 across the line."""
    routes = start(town)
    go(routes, town, taken={"N3": SNA})
    assert np.isfinite(hours(routes, town, "N3", "INNER"))
    assert np.isinf(hours(routes, town, "N3", "N2"))


def test_an_internal_gate_may_be_shut(town: World) -> None:
    routes = start(town)
    go(routes, town)
    assert way(routes, town, "C3", "N2") == ["INNER-C3", "N3-INNER", "N2-N3"]
    assert go(routes, town, 1, gate_rules=np.array([CLOSED, CLOSED]))
    assert np.isinf(hours(routes, town, "C3", "N2"))
    assert hours(routes, town, "N3", "N2") == pytest.approx(0.25)
    assert go(routes, town, 2, gate_rules=np.array([CLOSED, OPEN]))
    assert np.isfinite(hours(routes, town, "C3", "N2"))


def test_one_may_go_and_queue_at_a_closed_border(town: World) -> None:
    routes = start(town)
    go(routes, town)
    assert town.crossings.rule[0] == CLOSED
    assert hours(routes, town, "C2", "GATE") == pytest.approx(5 / 40)


def test_no_way_leads_through_a_border_gate() -> None:
    spots = [worlds.Spot("A", "A", 0, residents=10), worlds.Spot("B", "B", 20)]
    gate = worlds.Gate("GATE", "A", 10, 0)
    world = worlds.make_world("shortcut", spots, [("A", "GATE"), ("B", "GATE")], [gate])
    routes = start(world)
    go(routes, world)
    assert np.isfinite(hours(routes, world, "A", "GATE"))
    assert np.isinf(hours(routes, world, "A", "B"))


# ------------------------------------------------------------------ choosing among ways


def test_of_parallel_roads_the_quicker_one() -> None:
    for km, kmh, expected in (((10, 12), (40, 40), "one"), ((10, 12), (20, 40), "other")):
        world = twin_roads(km, kmh)
        routes = start(world)
        go(routes, world)
        assert way(routes, world, "A", "B") == way(routes, world, "B", "A") == [expected]
        assert hours(routes, world, "A", "B") == pytest.approx(min(np.divide(km, kmh)))


def test_of_parallel_roads_the_one_that_is_left() -> None:
    world = twin_roads((10, 12))
    routes = start(world, [worlds.road_cut("one", day(0), hour=1)])
    go(routes, world)
    go(routes, world, 1)
    assert way(routes, world, "A", "B") == ["other"]
    assert hours(routes, world, "A", "B") == pytest.approx(12 / 40)


def test_danger_is_driven_around_from_the_next_morning() -> None:
    """B is struck: its half of each road seems longer. By C it is 4 % farther, and safe."""
    world = diamond()
    struck = np.array([0, 8.0, 0, 0])
    routes = start(world)
    go(routes, world)
    assert way(routes, world, "A", "D") == ["A-B", "B-D"]
    go(routes, world, 5, remembered=struck)
    assert way(routes, world, "A", "D") == ["A-B", "B-D"]
    assert not go(routes, world, 24, remembered=struck)
    assert way(routes, world, "A", "D") == ["A-C", "C-D"]


def test_danger_counts_as_hours() -> None:
    """Half dangerous at one end of each road: a quarter of an hour an hour, at an aversion of one."""
    world = diamond()
    routes = start(world, [worlds.road_cut("C", day(0))], RoadNetwork(danger_aversion=1, danger_strikes=8))
    go(routes, world, remembered=np.array([0, 8.0, 0, 0]))
    for a, b, road in (("A", "B", 0), ("B", "A", 0), ("B", "D", 1)):
        assert hours(routes, world, a, b) == pytest.approx(1.25 * world.roads.km[road] / 40)


def test_queues_heard_of_are_driven_around() -> None:
    """25 vehicles before a road that lets in 500 an hour are three minutes: more than C's detour of one."""
    world = diamond()
    routes, waiting = start(world), np.zeros(8)
    waiting[0] = 25
    go(routes, world, waiting=waiting)
    assert way(routes, world, "A", "D") == ["A-C", "C-D"]
    assert way(routes, world, "D", "A") == ["B-D", "A-B"]  # the queue stands on the other side
    assert hours(routes, world, "A", "B") == pytest.approx(world.roads.km[0] / 40 + 25 / 500)


def test_nobody_reckons_with_more_than_a_week_of_queueing(line: World) -> None:
    routes = start(line)
    go(routes, line, waiting=np.array([1e6, 0, 0, 0]))
    assert hours(routes, line, "A", "B") == pytest.approx(20 / 40 + 7 * 24)


def test_free_flow_knows_neither_queues_nor_danger_nor_capacity() -> None:
    world = diamond()
    routes = start(world, part=FreeFlow())
    waiting = np.full(8, 1e6)
    for step in (0, 24):
        go(routes, world, step, remembered=np.array([0, 1e6, 0, 0]), waiting=waiting)
        assert way(routes, world, "A", "D") == ["A-B", "B-D"]
    assert np.isinf(routes.capacity).all()
    assert np.isinf(routes.storage).all()


# ------------------------------------------------------------------ how full


def test_who_waits_for_an_internal_gate_waits_beside_its_road_and_others_on_theirs(town: World) -> None:
    """However many: the roads N3-INNER and INNER-C3 hold all, either way; the one to the border what fits on 5 km."""
    routes, ids = start(town), town.roads.road_id * 2
    of_inner = np.array(["INNER" in road for road in ids])
    assert np.isinf(routes.storage[of_inner]).all()
    assert of_inner.sum() == 4
    assert routes.counts_people.tolist() == of_inner.tolist()
    assert routes.storage[ids.index("C2-GATE")] == pytest.approx(5 * 133)
    assert np.isfinite(routes.storage[~of_inner]).all()


def test_capacity_and_storage_by_the_road(line: World) -> None:
    world = with_roads(line, lanes=np.array([1.0, 2.0]), capacity_vehicles_h=np.array([900.0, 2400.0]))
    routes = start(world, part=RoadNetwork(sustained=0.4))
    assert routes.capacity.tolist() == [360, 960, 360, 960]
    assert routes.storage == pytest.approx(np.array([1, 2, 1, 2]) * 20 * 133)


def test_an_internal_gate_lets_through_what_it_can(town: World) -> None:
    """200 persons an hour in vehicles of 5.7, both ways and on both of its roads."""
    edges = [town.roads.road_id.index(road) for road in ("N3-INNER", "INNER-C3")]
    assert start(town).capacity[edges] == pytest.approx([200 / 5.7] * 2)


def test_a_border_gate_does_not_narrow_the_road_to_it(town: World) -> None:
    """How many pass is the gate's affair (`border.Gates`); one may drive up and queue."""
    assert start(town).capacity[town.roads.road_id.index("C2-GATE")] == 500


def test_km_to_the_border(town: World) -> None:
    km = dict(zip(town.node_ids, start(town).km_to_border(), strict=False))
    assert {place: km[place] for place in ("C2", "M2", "C3", "S1")} == pytest.approx(
        {"C2": 5, "M2": 25, "C3": 35, "S1": 45}
    )
    assert np.isinf(km["S2"])


def test_without_a_border_nobody_is_near_it(line: World) -> None:
    assert np.isnan(start(line).km_to_border()).all()


def test_the_last_leg_is_from_the_gateway_by_road_or_as_the_crow_flies(town: World) -> None:
    """S2 cannot be reached by road: 10 km from S1 by air, 14 as roads go."""
    km = dict(zip(town.node_ids, start(town).last_leg_km(), strict=False))
    assert {place: km[place] for place in ("N2", "N1", "C3", "S3", "S2")} == pytest.approx(
        {"N2": 0, "N1": 10, "C3": 30, "S3": 40, "S2": 14}
    )


def test_the_ways_are_as_short_as_dijkstra_s() -> None:
    """On 300 nodes of a random one-way graph, a third of it closed: the same costs, and edges that lead there."""
    rng = np.random.default_rng(5)
    tail, head = rng.integers(0, 300, 1500), rng.integers(0, 300, 1500)
    cost = np.where(rng.uniform(size=1500) < 1 / 3, np.inf, rng.exponential(1, 1500))
    into = np.argsort(head, kind="stable")
    begin = np.searchsorted(head, np.arange(301), sorter=into)
    targets = np.array([0, 17, 299])
    least, edge = shortest_ways(cost, tail, into, begin, targets)
    table = np.full((300, 300), np.inf)
    np.minimum.at(table, (head, tail), cost)
    expected = dijkstra(np.where(np.isfinite(table), table, 0), indices=targets)
    np.testing.assert_allclose(least, expected, rtol=1e-12)
    assert np.isinf(least).any()
    for row, target in enumerate(targets):
        on = np.flatnonzero(np.isfinite(least[row]) & (np.arange(300) != target))
        taken = edge[row, on]
        np.testing.assert_array_equal(tail[taken], on)
        np.testing.assert_array_equal(least[row, on], least[row, head[taken]] + cost[taken])
        assert edge[row, target] == NO_EDGE
