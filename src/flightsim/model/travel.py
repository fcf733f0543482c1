"""Depart, travel, queue, arrive, turn back: the people on the roads."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from flightsim.model.households import PERSONS_A_VEHICLE
from flightsim.model.kernels import NO_EDGE, Load, Net, Table, refill, travel
from flightsim.world import Bools, Floats, Ints


class Ways(Protocol):
    """What travelling needs to know of the roads (see `roads.Routes`)."""

    tail: Ints
    head: Ints
    km: Floats
    drive_hours: Floats
    walked_share: float
    capacity: Floats
    storage: Floats
    targets: Ints
    next_edge: Ints
    open_edge: Bools
    counts_people: Bools


def net_of(ways: Ways) -> Net:
    """The roads as compiled code takes them."""
    return Net(
        ways.head,
        ways.km,
        ways.drive_hours,
        ways.walked_share,
        ways.counts_people,
        PERSONS_A_VEHICLE,
        ways.open_edge,
        ways.targets,
        ways.next_edge,
    )


class Travellers:
    """T households on the road, in order of household: columns of one table, whose rows move at one go."""

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

    def __init__(self, rows: Table) -> None:
        self.rows = rows

    @classmethod
    def of(cls, n: int, **columns: Any) -> Travellers:
        """So many, from all columns by name."""
        rows = np.empty(n, ROW)
        for name in ROW.names or ():
            rows[name] = columns.pop(name)
        assert not columns
        return cls(rows)

    def __getattr__(self, name: str) -> npt.NDArray[Any]:
        if name not in self.__annotations__:
            raise AttributeError(name)
        return np.asarray(self.rows[name])

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, rows: npt.NDArray[Any]) -> Travellers:
        """Those rows, as a table of their own."""
        return Travellers(self.rows.view(WHOLE)[rows].view(ROW))


_TYPES = {"Ints": np.int64, "Floats": np.float64, "Bools": np.bool_}
ROW = np.dtype([(name, _TYPES[kind]) for name, kind in Travellers.__annotations__.items()], align=True)
WHOLE = np.dtype((np.void, ROW.itemsize))  # rows copied whole, ten times faster than column by column
NOBODY = Travellers(np.zeros(0, ROW))


class Traffic:
    """The travellers and the roads they fill. A spatial queue: roads let in so many vehicles an hour and hold so many.

    occupancy (2E,) vehicles on each directed edge, those held up at its end included
    entered   (2E,) vehicles let in since it was last read
    waiting   (2E,) what the last step did not let in, in vehicles, or at a gate in people (as households)
    """

    def __init__(self, n_edges: int, step_hours: int, row_vehicles: float = 1.0) -> None:
        self.travellers = NOBODY
        self.occupancy: Floats = np.zeros(n_edges)
        self.entered: Floats = np.zeros(n_edges)
        self.waiting: Floats = np.zeros(n_edges)
        self._credit: Floats = np.zeros(n_edges)
        self._step_hours = step_hours
        self._storage: tuple[Floats, Floats] | None = None  # as the roads say, and what it comes to
        self._row_vehicles = row_vehicles  # a row may stand for more vehicles than a short road holds

    def storage(self, ways: Ways) -> Floats:
        """(2E,) vehicles that fit on each edge: never fewer than one row stands for."""
        if self._storage is None or self._storage[0] is not ways.storage:
            self._storage = ways.storage, np.maximum(ways.storage, self._row_vehicles)
        return self._storage[1]

    def depart(self, group: Travellers) -> None:
        """Put households on the road."""
        both = [self.travellers.rows.view(WHOLE), group.rows.view(WHOLE)]
        everybody = Travellers(np.concatenate(both).view(ROW))
        self.travellers = everybody.take(np.argsort(everybody.household, kind="stable"))

    def advance(self, step: int, ways: Ways) -> Travellers:
        """Everybody goes as far as the step's hours and the roads allow; returns those who are there."""
        t = self.travellers
        self.waiting.fill(0.0)
        if not len(t):
            self._credit.fill(0.0)
            return t
        largest = max(t.vehicles.max(), t.persons.max() / PERSONS_A_VEHICLE)
        refill(self._credit, ways.capacity, float(self._step_hours), largest)
        load = Load(self.occupancy, self.storage(ways), self._credit, self.entered, self.waiting)
        return self._part(travel(t.rows, load, net_of(ways), (step + 1) * float(self._step_hours)))

    def _clear(self, rows: npt.NDArray[Any]) -> None:
        """Take travellers' vehicles off the roads they are on."""
        edge, vehicles = self.travellers.edge[rows], self.travellers.vehicles[rows]
        on_road = edge != NO_EDGE
        np.subtract.at(self.occupancy, edge[on_road], vehicles[on_road])

    def _part(self, chosen: Bools) -> Travellers:
        """Remove the chosen from the road and return them."""
        if not chosen.any():
            return NOBODY
        self._clear(chosen)
        taken, self.travellers = self.travellers.take(chosen), self.travellers.take(~chosen)
        return taken

    def turn_back(self, now_hours: float, ways: Ways, passable_node: Bools) -> Travellers:
        """Those on a road that is cut, or leads onto hostile ground, go back to where they entered it.

        Returns those overrun: at a node that cannot be passed any more, with no way back. Whoever has left the main
        roads for the last, local leg goes on.
        """
        t = self.travellers
        if not len(t):
            return t
        on_road = t.edge != NO_EDGE
        came_from = ways.tail[t.edge]  # of those on a road
        closed = on_road & ~ways.open_edge[t.edge]
        no_further = closed | ~passable_node[t.node]
        back = on_road & (t.at_hours > now_hours) & no_further & passable_node[came_from]
        off = closed | back  # where the road has closed behind somebody, he is let go on to its end
        self._clear(off)
        t.edge[off] = NO_EDGE
        t.queues_for[off] = NO_EDGE
        t.node[back] = came_from[back]
        t.at_hours[back] = now_hours
        t.since_hours[back] = now_hours
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
