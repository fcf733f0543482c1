"""How many hours, by which way, from each place to each destination? Which roads are closed or full?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from flightsim.clock import HOURS_A_DAY, Clock, is_night
from flightsim.events import Event
from flightsim.model import timetable
from flightsim.model.households import PERSONS_A_VEHICLE
from flightsim.parameter import ASSUMPTION, check, parameter
from flightsim.world import BORDER_RULES, HOME, Bools, Floats, Ints, World

NO_EDGE = -1
CLOSED, WOMEN_AND_CHILDREN, OPEN = range(len(BORDER_RULES))
QUEUE_HOURS_AT_MOST = 168.0  # assumption: nobody reckons with more than a week's wait on one road
WALKED_HOURS_A_DAY = 8.0  # winter days (evacuation practice: domain note D, 8 h a day); the rest is rest


@dataclass(frozen=True)
class RoadNetwork:
    """Vehicles share the roads: speeds by day and night, capacity and storage, danger on the way avoided."""

    day_speed: float = parameter(1.0, "factor", 0.1, 2, "Multiplies free-flow speeds by day", ASSUMPTION)
    night_kmh: float = parameter(
        18.0,
        "km/h",
        5,
        80,
        "Speed at which one drives in the dark, lights off to avoid aircraft",
        "assumption (15 to 20)",
    )
    sustained: float = parameter(
        0.5,
        "share of capacity",
        0.05,
        1,
        "Flow a lane sustains in an evacuation, against its rated capacity",
        "600 vehicles an hour and lane sustained (evacuation studies, TRID 1093433)",
    )
    storage_vehicles_per_km: float = parameter(
        133.0,
        "vehicles a km and lane",
        20,
        200,
        "Vehicles that fit on a lane",
        "7.5 m a vehicle, as in MATSim",
        prior=(110, 160),
    )
    danger_aversion: float = parameter(
        1.0,
        "hours an hour",
        0,
        20,
        "How much longer an hour under fire seems when choosing the way",
        ASSUMPTION,
    )
    danger_strikes: float = parameter(
        8.0,
        "strikes remembered",
        0.1,
        200,
        "Remembered strikes at which a road counts as half dangerous",
        ASSUMPTION,
    )
    truck_households: float = parameter(
        3.0,
        "households a vehicle",
        1,
        10,
        "Households that share a hired truck",
        "assumption (3 to 4, 20 people)",
    )
    walk_kmh: float = parameter(
        4.5,
        "km/h",
        2,
        6,
        "Pace of walkers without children or elderly, before their load",
        "0.8 to 1.7 m/s free walking",
        prior=(2.9, 6),
    )
    walk_slow_kmh: float = parameter(
        3.2,
        "km/h",
        1,
        5,
        "Pace with children or elderly",
        "older walkers 18 to 24 % slower",
        prior=(2.2, 4.7),
    )
    load_factor: float = parameter(
        0.9,
        "factor",
        0.5,
        1,
        "Pace with what one carries",
        "large luggage slows by 10 to 14 %",
        prior=(0.85, 0.95),
    )
    queues: ClassVar[bool] = True

    def __post_init__(self) -> None:
        check(self, "roads")

    def start(
        self, world: World, events: Sequence[Event], clock: Clock, gates_persons_h: Floats | None = None
    ) -> Routes:
        """The roads as they are at the start; ``gates_persons_h`` (X,) that border gates let through."""
        return Routes(self, world, events, clock, gates_persons_h)


@dataclass(frozen=True)
class FreeFlow(RoadNetwork):
    """Empty roads: nobody is ever held up by others, and danger does not change the way."""

    danger_aversion: float = parameter(
        0.0, "hours an hour", 0, 0, "Danger does not change the way", "null version"
    )
    queues: ClassVar[bool] = False


class Routes:
    """Ways and times as they are now. Directed edges: road e from u to v is e, from v to u is E + e.

    open_edge   (2E,)   whether one may set out on it
    capacity    (2E,)   vehicles an hour; inf without queues
    drive_hours (24, 2E) hours in a vehicle, by the hour of the day at which one enters
    walked_share        of the day's hours that those on foot walk
    storage     (2E,)   vehicles that fit
    counts_people (2E,) whether it leads through a gate on the way, which counts people, on foot or not
    barred_to_men (2E,) whether it leads into a border gate on the way that lets women and children pass alone
    hours       (N, G)  hours to each target by the way chosen (danger counted in); inf: no way
    next_edge   (G, N)  directed edge to take; -1: there, or no way
    G targets: the areas' gateways, then the X crossings, then the gateways abroad once more, for families with adult
    men: the ways there that lead through no gate for women and children alone.
    """

    def __init__(
        self,
        part: RoadNetwork,
        world: World,
        events: Sequence[Event],
        clock: Clock,
        gates_persons_h: Floats | None = None,
    ) -> None:
        self._part, self._clock, self._world = part, clock, world
        self._gates_persons_h = (
            world.crossings.throughput_persons_h if gates_persons_h is None else gates_persons_h
        )
        roads, n_gates = world.roads, len(world.crossings)
        self.n_nodes = len(world.places) + n_gates
        self.tail: Ints = np.concatenate([roads.u, roads.v])
        self.head: Ints = np.concatenate([roads.v, roads.u])
        self.km: Floats = _either_way(roads.km)
        self._day_hours, self._night_hours = self._hours_by_day_and_by_night()
        self._night = clock.night_on(0)
        self.drive_hours = self._hours_by_hour()
        self.walked_share = WALKED_HOURS_A_DAY / HOURS_A_DAY
        self._start_targets()
        self._rated = _either_way(roads.capacity_vehicles_h)
        self._through = self._let_through_vehicles_h()
        self.counts_people: Bools = np.isfinite(self._through)
        self.storage = self._storage()
        self._start_cuts(events)
        self._start_ways()

    def _start_targets(self) -> None:
        """Where one may want to get to, and who may not go on which road on the way there."""
        world, n_places = self._world, len(self._world.places)
        n_areas, n_gates = len(world.areas), len(world.crossings)
        country, touched = world.country[world.areas.gateway], world.gates_to
        foreign = np.flatnonzero(country != HOME)
        self.n_goals = n_areas + n_gates
        self._with_men = np.arange(self.n_goals)
        self._with_men[foreign] = self.n_goals + np.arange(len(foreign))
        self.targets: Ints = np.concatenate(
            [world.areas.gateway, n_places + np.arange(n_gates), world.areas.gateway[foreign]]
        )
        self.goal_abroad: Bools = np.concatenate([country, world.country[world.crossings.place]]) != HOME
        self.node_abroad: Bools = np.concatenate([~world.at_home, world.on_the_way & ~touched[:, -1]])
        passed = np.append(world.on_the_way, False)  # by the row of a gate; the last: no gate
        gate_of = np.minimum(np.maximum(np.arange(self.n_nodes) - n_places, -1), n_gates)
        self._gate_at: Ints = gate_of
        home = np.concatenate([world.at_home, np.zeros(n_gates, bool)])
        self._out: Bools = home[self.tail] & passed[gate_of[self.head]]  # from home into a gate on the way
        self._back: Bools = passed[gate_of[self.tail]] & home[self.head]

    def target(self, goal: Ints, has_adult_men: Bools) -> Ints:
        """The row of ``targets`` by which each family gets to its goal: an area's row, or A + a gate's."""
        return np.asarray(np.where(has_adult_men, self._with_men[goal], goal))

    def _hours_by_day_and_by_night(self) -> tuple[Floats, Floats]:
        """(2E,) hours in a vehicle by daylight, and in the dark."""
        day_kmh = _either_way(self._world.roads.free_flow_kmh) * self._part.day_speed
        return self.km / day_kmh, self.km / np.minimum(day_kmh, self._part.night_kmh)

    def _hours_by_hour(self) -> Floats:
        """(24, 2E) hours in a vehicle by the hour of the day at which one enters."""
        dark = is_night(np.arange(HOURS_A_DAY), self._night)
        return np.where(dark[:, None], self._night_hours, self._day_hours)

    def _let_through_vehicles_h(self) -> Floats:
        """(2E,) vehicles an hour that the gate on the way at an edge's end lets through; inf without one.

        How many pass a gate at which the journey ends is the gate's affair: one may drive up to it and queue.
        """
        world, gates = self._world, self._world.crossings
        gate = np.maximum(self.tail, self.head) - len(world.places)  # its row; below 0: none
        persons_h = np.where(gates.is_border, self._gates_persons_h, gates.throughput_persons_h)
        vehicles_h = np.where(world.ends_the_journey, np.inf, persons_h / PERSONS_A_VEHICLE)
        return np.asarray(np.append(vehicles_h, np.inf)[np.maximum(gate, -1)])

    def _storage(self) -> Floats:
        """(2E,) vehicles that fit, one at least; no end of them where they wait for a gate, beside the road."""
        part = self._part
        fits = np.maximum(self.km * _either_way(self._world.roads.lanes) * part.storage_vehicles_per_km, 1.0)
        return np.where(self.counts_people | (not part.queues), np.inf, fits)

    def _start_cuts(self, events: Sequence[Event]) -> None:
        """The roads as cuts and repairs before the start have left them."""
        roads = self._world.roads
        self._left = np.ones(len(roads))  # share of capacity that cuts leave
        self._cuts = timetable.by_step(events, self._clock, "road_cut", "road_reopened")
        self._ids = {road_id: e for e, road_id in enumerate(roads.road_id)}
        self._place_ids = {place_id: i for i, place_id in enumerate(self._world.places.place_id)}
        self.capacity = self._capacity()
        for step in sorted(step for step in self._cuts if step < 0):
            self._cut(step)

    def _start_ways(self) -> None:
        """No way is known until the roads are looked at, in the first step."""
        n_edges, n_targets = len(self.tail), len(self.targets)
        self.open_edge: Bools = np.zeros(n_edges, bool)
        self.barred_to_men: Bools = np.zeros(n_edges, bool)
        self._control = self._gate_rules = np.zeros(0, np.int64)  # as last seen: none yet
        self._into = np.argsort(self.head, kind="stable")  # the edges by the node they lead to
        self._begin = np.searchsorted(
            self.head, np.arange(self.n_nodes + 1), sorter=self._into
        )  # where each begins
        self._passable_node: Bools = np.ones(self.n_nodes, bool)
        self.hours: Floats = np.full((self.n_nodes, n_targets), np.inf)
        self.next_edge: npt.NDArray[np.int64] = np.full((n_targets, self.n_nodes), NO_EDGE)
        self._danger_day = -1

    def advance(
        self, step: int, control: Ints, remembered: Floats, gate_rules: Ints, waiting: Floats
    ) -> bool:
        """Move to the given step; ways are sought anew when roads open or close, and each morning.

        ``waiting`` (2E,) vehicles that queue for each edge: what travellers hear of the roads.
        """
        day, cut = self._clock.day_of(step), step in self._cuts
        if cut:
            self._cut(step)
        if self._clock.night_on(day) != self._night:
            self._night = self._clock.night_on(day)
            self.drive_hours = self._hours_by_hour()
        changed = False
        if (
            cut
            or not np.array_equal(control, self._control)
            or not np.array_equal(gate_rules, self._gate_rules)
        ):
            self._control, self._gate_rules = control.copy(), gate_rules.copy()
            was_open, self.open_edge = self.open_edge, self._passable(control, gate_rules)
            was_barred, self.barred_to_men = self.barred_to_men, self._not_for_men(gate_rules)
            self._passable_node[: len(control)] = ~self._world.hostile(control)
            changed = (
                self._danger_day < 0
                or not np.array_equal(was_open, self.open_edge)
                or not np.array_equal(was_barred, self.barred_to_men)
            )
        if changed or (day != self._danger_day and (self._part.queues or self._part.danger_aversion > 0)):
            self._danger_day = day
            self._seek(remembered, waiting)
        return changed

    def _cut(self, step: int) -> None:
        for event in self._cuts[step]:
            left = float(event.value)  # a road may be cut, or reopened, in part
            if event.target in self._ids:
                self._left[self._ids[event.target]] = left
            else:
                place = self._place_ids[event.target]
                self._left[(self._world.roads.u == place) | (self._world.roads.v == place)] = left
        self.capacity = self._capacity()

    def _capacity(self) -> Floats:
        """(2E,) vehicles an hour that each directed edge lets in now."""
        if not self._part.queues:
            return np.full(len(self._rated), np.inf)
        return np.asarray(
            np.minimum(self._rated * self._part.sustained, self._through) * np.tile(self._left, 2)
        )

    def _passable(self, control: Ints, gate_rules: Ints) -> Bools:
        """(2E,) both ends held by those one can live among, never straight across a line or border, and not cut."""
        n_places = len(control)
        side = np.full(self.n_nodes, -1)
        side[:n_places] = self._world.holders.apart(control)
        a, b = side[self._world.roads.u], side[self._world.roads.v]
        ends, on_the_way = self._world.ends_the_journey, self._world.on_the_way
        usable = np.ones(
            self.n_nodes, bool
        )  # at gates where the journey ends one may queue; others can be shut
        usable[n_places:] = ends | on_the_way | (gate_rules != CLOSED)
        way = (a != -2) & (b != -2) & ((a == b) | (a == -1) | (b == -1)) & (self._left > 0)
        way &= usable[self._world.roads.u] & usable[self._world.roads.v]
        dead_end = np.zeros(self.n_nodes, bool)  # nobody comes back out of a gate at which the journey ends
        dead_end[n_places:] = ends
        shut = np.zeros(
            self.n_nodes, bool
        )  # nobody gets into a border gate that is shut; who is in it gets out
        shut[n_places:] = on_the_way & (gate_rules == CLOSED)
        return np.tile(way, 2) & ~dead_end[self.tail] & ~shut[self.head]

    def _not_for_men(self, gate_rules: Ints) -> Bools:
        """(2E,) roads into a border gate that lets women and children pass alone: none for families with adult men."""
        gate = self._gate_at[self.head]
        rule = np.append(np.where(self._world.on_the_way, gate_rules, CLOSED), CLOSED)
        return np.asarray(rule[gate] == WOMEN_AND_CHILDREN)

    def _seek(self, remembered: Floats, waiting: Floats) -> None:
        """Shortest ways to every target at once, on the reversed graph, danger and queues counted as extra hours."""
        part = self._part
        danger = np.zeros(self.n_nodes)
        danger[: len(remembered)] = remembered / (remembered + part.danger_strikes)
        cost = self._day_hours * (1 + part.danger_aversion * (danger[self.tail] + danger[self.head]) / 2)
        cost += np.minimum(waiting / np.maximum(self.capacity, 1e-9), QUEUE_HOURS_AT_MOST)
        self.hours = np.full((self.n_nodes, len(self.targets)), np.inf)
        self.next_edge = np.full((len(self.targets), self.n_nodes), NO_EDGE)
        for chosen, barred in self._journeys():
            sought = chosen[self._passable_node[self.targets[chosen]]]
            hours, next_edge = self._ways(
                np.where(self.open_edge & ~barred, cost, np.inf), self.targets[sought]
            )
            self.hours[:, sought] = hours.T
            self.next_edge[sought] = next_edge

    def _journeys(self) -> list[tuple[Ints, Bools]]:
        """Rows of ``targets``, and the edges (2E,) that nobody takes on the way there.

        Nobody travels through another country from home to home, or through home from abroad to abroad.
        """
        at_home, abroad = np.flatnonzero(~self.goal_abroad), np.flatnonzero(self.goal_abroad)
        if not len(abroad):
            return [(at_home, self._out)]
        of_men = np.arange(self.n_goals, len(self.targets))
        return [(at_home, self._out), (abroad, self._back), (of_men, self._back | self.barred_to_men)]

    def _ways(self, cost: Floats, targets: Ints) -> tuple[Floats, Ints]:
        """(G', N) the cheapest ways' costs and first edges; ``cost`` (2E,) inf where an edge is closed."""
        from flightsim.model.way_kernels import (
            shortest_ways,
        )  # a compiler is not needed to describe a scenario

        return shortest_ways(cost, self.tail, self._into, self._begin, targets)

    def km_to_border(self) -> Floats:
        """(P,) road km from each place to the nearest border gate when all roads among the lived-in places are open."""
        n_places, crossings = len(self._world.places), self._world.crossings
        rule = np.where(crossings.is_border, OPEN, crossings.rule)
        open_at_start = self._passable(self._world.places.control, rule)
        gates = n_places + np.flatnonzero(crossings.is_border)
        if not len(gates):
            return np.full(n_places, np.nan)
        km, _ = self._ways(np.where(open_at_start, self.km, np.inf), gates)
        return np.asarray(km.min(axis=0)[:n_places])

    def last_leg_km(self) -> Floats:
        """(P,) road km from each place's gateway to it, at the start; a straight line x 1.4 where no road leads."""
        places, n_places = self._world.places, len(self._world.places)
        open_at_start = self._passable(places.control, self._world.crossings.rule)
        there_from_here = np.roll(open_at_start, len(self._world.roads))  # each edge the other way
        km, _ = self._ways(np.where(there_from_here, self.km, np.inf), self._world.areas.gateway)
        by_road = km[places.area, np.arange(n_places)]
        gateway = self._world.areas.gateway[places.area]
        straight = self._world.km_between(np.arange(n_places), gateway) * 1.4  # assumption: detour factor
        return np.where(np.isfinite(by_road), by_road, straight)


def _either_way(by_road: Floats) -> Floats:
    """(2E,) by directed edge what is the same in both directions of a road (E,)."""
    return np.concatenate([by_road, by_road])
