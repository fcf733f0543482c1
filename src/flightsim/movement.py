"""Depart, travel, queue, arrive, turn back: the people on the roads."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from flightsim.arrays import running_sum
from flightsim.households import PERSONS_A_VEHICLE
from flightsim.world import Bools, Floats, Ints

NO_EDGE = -1
ROUNDING = 1e-9  # vehicles
PULL_OFF_HOURS = (
    3.0  # assumption: a standing column stays on the road that long; without it queues lock for ever
)


class Ways(Protocol):
    """What travelling needs to know of the roads (see `roads.Routes`)."""

    tail: Ints
    head: Ints
    storage: Floats
    targets: Ints
    next_edge: npt.NDArray[np.int64]
    open_edge: Bools
    counts_people: Bools

    @property
    def capacity(self) -> Floats:
        """(2E,) vehicles an hour."""
        ...

    def edge_hours(self, edges: Ints, at_hours: Floats, pace_kmh: Floats) -> Floats:
        """Hours on each edge."""
        ...


@dataclass
class Travellers:
    """T households on the road, a row each, in order of household."""

    household: Ints  # row of Households
    persons: Floats  # people the row stands for
    vehicles: Floats  # vehicles it takes up; 0 on foot
    pace_kmh: Floats  # nan in a vehicle
    target: Ints  # row of Routes.targets
    place: Ints  # destination place; P + gate row for a gate abroad
    last_leg_hours: Floats  # from the target to the place, on local roads
    node: Ints  # where it is, or will be when its road ends
    edge: Ints  # directed edge it takes up, NO_EDGE at the start of the journey
    queues_for: Ints  # directed edge it queues for at its node; NO_EDGE: it does not queue
    at_hours: Floats  # when it is at the node and may go on, hours since the start of the run
    since_hours: Floats  # when it joined the queue at the node
    on_last_leg: Bools

    def __len__(self) -> int:
        return len(self.household)

    def take(self, rows: npt.NDArray[Any]) -> Travellers:
        """Those rows, as a table of their own."""
        return Travellers(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})


def nobody() -> Travellers:
    """An empty road."""
    return Travellers(
        **{
            f.name: np.zeros(
                0, bool if f.name == "on_last_leg" else np.float64 if "Floats" in str(f.type) else np.int64
            )
            for f in fields(Travellers)
        }
    )


class Traffic:
    """The travellers and the roads they fill. A spatial queue: roads let in so many vehicles an hour and hold so many.

    occupancy (2E,) vehicles on each directed edge, those held up at its end included
    entered   (2E,) vehicles let in since it was last read
    waiting   (2E,) what the last step did not let in, in vehicles, or at a gate in people (as households)
    """

    def __init__(self, n_edges: int, step_hours: int, row_vehicles: float = 1.0) -> None:
        self.travellers = nobody()
        self.occupancy: Floats = np.zeros(n_edges)
        self.entered: Floats = np.zeros(n_edges)
        self.waiting: Floats = np.zeros(n_edges)
        self._credit: Floats = np.zeros(n_edges)
        self._step_hours = step_hours
        self._row_vehicles = row_vehicles  # a row may stand for more vehicles than a short road holds

    def storage(self, ways: Ways) -> Floats:
        """(2E,) vehicles that fit on each edge: never fewer than one row stands for."""
        return np.maximum(ways.storage, self._row_vehicles)

    def _takes(self, rows: Ints, edge: Ints, ways: Ways) -> Floats:
        """What each row takes of its edge's hourly capacity: vehicles, or at a gate people, in households."""
        people = self.travellers.persons[rows] / PERSONS_A_VEHICLE
        return np.where(ways.counts_people[edge], people, self.travellers.vehicles[rows])

    def _room(self, ways: Ways) -> Floats:
        """(2E,) how much each edge can still take in this step."""
        return np.minimum(self._credit, self.storage(ways) - self.occupancy)

    def depart(self, group: Travellers) -> None:
        """Put households on the road."""
        both = {
            f.name: np.concatenate([getattr(self.travellers, f.name), getattr(group, f.name)])
            for f in fields(Travellers)
        }
        order = np.argsort(both["household"], kind="stable")
        self.travellers = Travellers(**{name: column[order] for name, column in both.items()})

    def advance(self, step: int, ways: Ways) -> Travellers:
        """Everybody goes as far as the step's hours and the roads allow; returns those who are there."""
        end_hours = (step + 1) * float(self._step_hours)
        t = self.travellers
        capacity = ways.capacity * self._step_hours
        self.waiting = np.zeros_like(self.waiting)
        if not len(t):
            self._credit = np.zeros_like(capacity)
            return t
        largest = max(t.vehicles.max(), t.persons.max() / PERSONS_A_VEHICLE)
        self._credit = np.minimum(self._credit + capacity, np.maximum(capacity, largest))
        self._credit[capacity <= 0] = 0.0
        arrived = np.zeros(len(t), bool)
        active = np.flatnonzero(t.at_hours < end_hours)
        there = self._unhindered(active, ways, end_hours)
        if there is None:
            there = self._one_road_at_a_time(active, ways, end_hours)
        arrived[there] = True
        return self._part(arrived)

    def _unhindered(self, rows: Ints, ways: Ways, end_hours: float) -> Ints | None:
        """Let everybody go as far as the hours reach; None, and nothing changed, if some road had no room for all.

        Where it does go through it is exactly what `_one_road_at_a_time` would do, at a fraction of the cost.
        """
        t = self.travellers
        at_hours, edge = t.at_hours[rows], t.edge[rows]
        node, last = t.node[rows], t.on_last_leg[rows]
        since_hours = t.since_hours[rows]
        there: list[Ints] = []
        legs: list[Ints] = []
        riders: list[Ints] = []
        on = np.arange(len(rows))
        place, target, pace = t.place[rows], t.target[rows], t.pace_kmh[rows]
        goal = ways.targets[target]
        first = True
        while len(on):
            here = node[on]
            ends = (here == goal) | (here == place) | last[on]
            if ends.any():
                done = (here == place) | last[on]
                there.append(on[done])
                turning = on[ends & ~done]
                last[turning] = True
                edge[turning] = NO_EDGE
                at_hours[turning] += t.last_leg_hours[rows[turning]]
                since_hours[turning] = at_hours[turning]
                there.append(turning[at_hours[turning] < end_hours])  # there by the end of these hours
                keep = np.flatnonzero(~ends)
                on, goal, place, target, pace = on[keep], goal[keep], place[keep], target[keep], pace[keep]
                here = here[keep]
            way = ways.next_edge[target, here]
            if first:  # those who queue keep to the road they queue for
                way, first = self._onward(rows[on], ways), False
            lost = way == NO_EDGE
            if lost.any():
                at_hours[on[lost]] = end_hours
                keep = np.flatnonzero(~lost)
                on, goal, place, target, pace = on[keep], goal[keep], place[keep], target[keep], pace[keep]
                way = way[keep]
            then = at_hours[on] + ways.edge_hours(way, at_hours[on], pace)
            at_hours[on] = since_hours[on] = then
            edge[on] = way
            node[on] = ways.head[way]
            legs.append(way)
            riders.append(on)
            keep = np.flatnonzero(then < end_hours)
            if len(keep) < len(on):
                on, goal, place, target, pace = on[keep], goal[keep], place[keep], target[keep], pace[keep]
        all_legs = np.concatenate(legs) if legs else np.zeros(0, np.int64)
        all_riders = rows[np.concatenate(riders)] if riders else rows[:0]
        demand = np.bincount(all_legs, self._takes(all_riders, all_legs, ways), minlength=len(self.entered))
        if (demand > self._room(ways) + ROUNDING).any():
            return None
        self._clear(rows)
        t.on_last_leg[rows], t.edge[rows], t.node[rows] = last, edge, node
        t.queues_for[rows] = NO_EDGE
        t.at_hours[rows], t.since_hours[rows] = at_hours, since_hours
        on_road = edge != NO_EDGE
        np.add.at(self.occupancy, edge[on_road], t.vehicles[rows[on_road]])
        self.entered += np.bincount(all_legs, t.vehicles[all_riders], minlength=len(demand))
        self._credit -= demand
        return np.asarray(rows[np.concatenate(there)] if there else rows[:0])

    def _one_road_at_a_time(self, active: Ints, ways: Ways, end_hours: float) -> Ints:
        """Everybody's next road, then the next, with queues where there is no room; returns those who are there."""
        t = self.travellers
        arrived = np.zeros(len(t), bool)
        while len(active):
            arrived[self._at_the_end(active, ways)] = True
            active = active[~arrived[active] & (t.at_hours[active] < end_hours)]
            self._go_on(active, ways, end_hours)
            active = active[t.at_hours[active] < end_hours]
        return np.flatnonzero(arrived)

    def _at_the_end(self, rows: Ints, ways: Ways) -> Ints:
        """Those at their place; those at their target set out on the last, local leg."""
        t = self.travellers
        there = (t.node[rows] == t.place[rows]) | t.on_last_leg[rows]
        turning = rows[~there & (t.node[rows] == ways.targets[t.target[rows]])]
        self._clear(turning)
        t.edge[turning] = NO_EDGE
        t.on_last_leg[turning] = True
        t.at_hours[turning] += t.last_leg_hours[turning]
        t.since_hours[turning] = t.at_hours[turning]
        return np.asarray(rows[there])

    def _go_on(self, rows: Ints, ways: Ways, end_hours: float) -> None:
        """Set out on the next road, first come first served, as far as there is room; the others wait."""
        t = self.travellers
        rows = rows[~t.on_last_leg[rows]]
        edge = self._onward(rows, ways)
        t.at_hours[rows[edge == NO_EDGE]] = end_hours  # no way on at present
        rows, edge = rows[edge != NO_EDGE], edge[edge != NO_EDGE]
        goes = self._let_in(rows, edge, ways)
        t.at_hours[rows[~goes]] = end_hours
        t.queues_for[rows[~goes]] = edge[~goes]
        np.add.at(self.waiting, edge[~goes], self._takes(rows[~goes], edge[~goes], ways))
        self._pull_off(rows[~goes], end_hours)
        rows, edge = rows[goes], edge[goes]
        self._clear(rows)
        np.add.at(self.occupancy, edge, t.vehicles[rows])
        np.add.at(self.entered, edge, t.vehicles[rows])
        entering = np.bincount(edge, self._takes(rows, edge, ways), minlength=len(self.entered))
        self._credit -= entering
        t.at_hours[rows] += ways.edge_hours(edge, t.at_hours[rows], t.pace_kmh[rows])
        t.since_hours[rows] = t.at_hours[rows]
        t.queues_for[rows] = NO_EDGE
        t.edge[rows] = edge
        t.node[rows] = ways.head[edge]

    def _onward(self, rows: Ints, ways: Ways) -> Ints:
        """The edge each row takes next: the one it queues for while that is open, else the one the way now leads by.

        Were a queue to follow every change of the shortest way, it would turn to the other gate each morning and
        back the next, and neither gate would be used.
        """
        t = self.travellers
        queues_for = t.queues_for[rows]
        keeps = (queues_for != NO_EDGE) & ways.open_edge[queues_for]
        return np.where(keeps, queues_for, ways.next_edge[t.target[rows], t.node[rows]])

    def _let_in(self, rows: Ints, edge: Ints, ways: Ways) -> Bools:
        """Which of those who want to enter an edge may: all if there is room for all, else the first in the queue."""
        t = self.travellers
        room, takes = self._room(ways) + ROUNDING, self._takes(rows, edge, ways)
        wanted = np.bincount(edge, takes, minlength=len(room))
        goes = (wanted <= room)[edge]
        tight = np.flatnonzero(~goes)
        if len(tight):
            order = tight[np.lexsort((t.household[rows[tight]], t.since_hours[rows[tight]], edge[tight]))]
            goes[order] = (takes[order] == 0) | (running_sum(takes[order], edge[order]) <= room[edge[order]])
        return goes

    def _pull_off(self, rows: Ints, end_hours: float) -> None:
        """Whoever has stood for hours leaves the carriageway for the fields, and keeps the turn."""
        t = self.travellers
        rows = rows[(end_hours - t.since_hours[rows] > PULL_OFF_HOURS) & (t.edge[rows] != NO_EDGE)]
        self._clear(rows)
        t.edge[rows] = NO_EDGE

    def _clear(self, rows: npt.NDArray[Any]) -> None:
        """Take travellers' vehicles off the roads they are on."""
        edge, vehicles = self.travellers.edge[rows], self.travellers.vehicles[rows]
        on_road = edge != NO_EDGE
        np.subtract.at(self.occupancy, edge[on_road], vehicles[on_road])

    def _part(self, chosen: Bools) -> Travellers:
        """Remove the chosen from the road and return them."""
        if not chosen.any():
            return nobody()
        self._clear(chosen)
        taken, self.travellers = self.travellers.take(chosen), self.travellers.take(~chosen)
        return taken

    def turn_back(self, now_hours: float, ways: Ways, passable_node: Bools) -> Travellers:
        """Those on a road that is cut, or leads to a node lost to the enemy, go back to where they entered it.

        Returns those overrun: at a node that cannot be passed any more, with no way back. Whoever has left the main
        roads for the last, local leg goes on.
        """
        t = self.travellers
        if not len(t):
            return t
        on_road, under_way = t.edge != NO_EDGE, t.at_hours > now_hours
        closed = on_road & ~ways.open_edge[t.edge]
        back = on_road & under_way & passable_node[ways.tail[t.edge]] & (closed | ~passable_node[t.node])
        off = closed | back  # where the road has closed behind somebody, he is let go on to its end
        self._clear(off)
        t.node[back] = ways.tail[t.edge[back]]
        t.at_hours[back] = now_hours
        t.since_hours[back] = now_hours
        t.edge[off] = NO_EDGE
        t.queues_for[off] = NO_EDGE
        t.on_last_leg[back] = False
        return self._part(~passable_node[t.node] & ~t.on_last_leg)

    def at_gates(self, ways: Ways) -> Ints:
        """Rows of the travellers who queue for an internal gate."""
        queues_for = self.travellers.queues_for
        return np.flatnonzero((queues_for != NO_EDGE) & ways.counts_people[queues_for])

    def read_entered(self) -> Floats:
        """(2E,) vehicles let in since the last reading."""
        entered, self.entered = self.entered, np.zeros_like(self.entered)
        return entered

    def take_off(self, rows: Ints) -> Travellers:
        """Remove travellers from the road, to choose anew; returns them."""
        chosen = np.zeros(len(self.travellers), bool)
        chosen[rows] = True
        return self._part(chosen)
