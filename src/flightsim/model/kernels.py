"""The loops worth compiling: plain Python, turned into machine code by numba the first time they run.

Each is given every number as an argument and takes nothing from another file, because a compiled function is kept on
disk until its own file changes, whatever happens to functions and constants that it takes from others. Each changes its
first arguments. The sums over places are in `place_kernels`, the search of
ways in `way_kernels`, who waits for what in `heap_kernels`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from flightsim.model.compiled import compiled

NO_EDGE = -1
PULL_OFF_HOURS = (
    3.0  # assumption: a standing column stays on the road so long; without it queues lock for ever
)
ROUNDING = 1e-9  # persons, vehicles

Floats = npt.NDArray[np.float64]
Floats32 = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Table = npt.NDArray[np.void]


# ------------------------------------------------------------------ where to


@compiled
def uniform_table(row: npt.NDArray[np.uint64], column: npt.NDArray[np.uint64]) -> Floats32:
    """(n, m) numbers between 0 and 1, neither included, of 64 random bits for each row and for each column.

    The low and the high half of both are mixed by the finaliser "lowbias32" (Wellons 2018).
    """
    table = np.empty((len(row), len(column)), np.float32)
    low, high = column.astype(np.uint32), (column >> np.uint64(32)).astype(np.uint32)
    for i in range(len(row)):
        own_low, own_high = np.uint32(row[i]), np.uint32(row[i] >> np.uint64(32))
        for j in range(len(column)):
            bits = _mix32(np.uint32((_mix32(own_low ^ low[j]) ^ own_high) + high[j]))
            table[i, j] = fraction32(bits)
    return table


@compiled
def fraction32(bits: Any) -> Any:
    """23 of 32 bits as a number between 0 and 1, neither included: with a 24th one in 17 million would be 0."""
    return (np.float32(bits >> np.uint32(9)) + np.float32(0.5)) * np.float32(2.0**-23)


@compiled
def _mix32(x: Any) -> Any:
    """The finaliser lowbias32: each input bit reaches each output bit."""
    x = np.uint32((x ^ (x >> np.uint32(16))) * np.uint32(0x7FEB352D))
    x = np.uint32((x ^ (x >> np.uint32(15))) * np.uint32(0x846CA68B))
    return np.uint32(x ^ (x >> np.uint32(16)))


@compiled
def first_of_each(race: Floats32, barred: Ints, bounds: Ints) -> tuple[Floats32, Ints]:
    """(n, A) the least of each row's numbers in each area, and its column.

    Area a is the columns from bounds[a] to bounds[a + 1]. ``barred`` (n, m) columns that are set to infinity first, or
    any number beyond the columns.
    """
    n, n_areas = len(race), len(bounds) - 1
    least, column = np.empty((n, n_areas), np.float32), np.empty((n, n_areas), np.int64)
    for i in range(n):
        for j in barred[i]:
            if j < race.shape[1]:
                race[i, j] = np.inf
        for a in range(n_areas):
            best, fastest = bounds[a], race[i, bounds[a]]
            for j in range(bounds[a] + 1, bounds[a + 1]):
                if race[i, j] < fastest:
                    best, fastest = j, race[i, j]
            least[i, a], column[i, a] = fastest, best
    return least, column


@compiled
def best_areas(total: Floats, column: Ints, top: int) -> Ints:
    """(n, top) the columns of the areas that are worth most, best first; -1 where there is none with a finite value."""
    n, n_areas = total.shape
    best = np.full((n, top), -1, np.int64)
    for i in range(n):
        for rank in range(min(top, n_areas)):
            area = total[i].argmax()
            if np.isfinite(total[i, area]):
                best[i, rank] = column[i, area]
            total[i, area] = -np.inf
    return best


# ------------------------------------------------------------------ what shelter


@compiled
def fill(room: Floats, place: Ints, persons: Floats, spare: Floats, may: Bools, order: Ints) -> Ints:
    """(n,) the rung each household gets, best first; the last one is for all. Takes the room they fill.

    ``room`` (P, R) persons, ``spare`` (n,) by how much a household may exceed it, ``may`` (n, R - 1) which rungs it can
    have, ``order`` in which those at one place are asked. Who does not fit holds up those behind, rung by rung.
    """
    n, n_rungs = may.shape
    rung = np.full(n, n_rungs, np.int64)
    for r in range(n_rungs):
        asked = np.zeros(len(room))
        for i in order:
            p = place[i]
            if rung[i] == n_rungs and may[i, r] and room[p, r] > spare[i]:
                asked[p] += persons[i]
                if asked[p] <= room[p, r] + spare[i] + ROUNDING:
                    rung[i] = r
        for i in order:
            if rung[i] == r:
                room[place[i], r] -= persons[i]
    return rung


# ------------------------------------------------------------------ on the road


class Net(NamedTuple):
    """The roads as `roads.Routes` has them now, by directed edge."""

    head: Ints
    km: Floats
    drive_hours: Floats  # (24, 2E) by hour of the day
    walked_share: float
    counts_people: Bools
    persons_a_vehicle: float
    open_edge: Bools
    targets: Ints
    next_edge: Ints


class Load(NamedTuple):
    """What is on the roads and what they still take, by directed edge, in vehicles; at a gate credit and waiting count
    people, in households.
    """

    occupancy: Floats  # on the edge
    storage: Floats  # that fit on it
    credit: Floats  # it may still let in
    entered: Floats  # it has let in
    waiting: Floats  # it has not let in


@compiled
def refill(credit: Floats, capacity: Floats, hours: float, largest: float) -> None:
    """What edges may let in (2E,), after so many hours: saved up as far as the ``largest`` row needs, or one step's."""
    for edge in range(len(credit)):
        more = capacity[edge] * hours
        credit[edge] = min(credit[edge] + more, max(more, largest)) if more > 0 else 0.0


@compiled
def edge_hours(edge: int, at_hours: float, pace_kmh: float, net: Net) -> float:
    """Hours to travel an edge entered at ``at_hours``; ``pace_kmh`` is nan for vehicles.

    Walkers go at their pace for 8 of 24 hours; vehicles at the road's speed by day, slower in the dark.
    """
    if np.isnan(pace_kmh):
        return float(net.drive_hours[int(at_hours) % len(net.drive_hours), edge])
    return float(net.km[edge] / (pace_kmh * net.walked_share))


@compiled
def travel(t: Table, load: Load, net: Net, end_hours: float) -> Bools:
    """Everybody goes as far as the hours reach and the roads let them: a road, then the next. Returns who is there."""
    there, asked = np.zeros(len(t), np.bool_), np.zeros(len(load.credit))
    on = np.flatnonzero(t["at_hours"] < end_hours)
    while len(on):
        on = _turn_off(t, load, there, on, net, end_hours)
        on, way = _look_ahead(t, on, net, end_hours)
        on = _set_out(t, load, on, way, _let_in(asked, t, on, way, load, net), net, end_hours)
    return there


@compiled
def _turn_off(t: Table, load: Load, there: Bools, on: Ints, net: Net, end_hours: float) -> Ints:
    """Mark those at their place; those at their target set out on the last, local leg. Returns the others."""
    n = 0
    for i in on:
        who = t[i]
        if who["node"] == who["place"] or who["on_last_leg"]:
            there[i] = True
        elif who["node"] == net.targets[who["target"]]:
            _leave_road(t, load, i)
            who["on_last_leg"] = True
            who["at_hours"] += who["last_leg_hours"]
            who["since_hours"] = who["at_hours"]
            there[i] = who["at_hours"] < end_hours
        else:
            on[n] = i
            n += 1
    return on[:n]


@compiled
def _look_ahead(t: Table, on: Ints, net: Net, end_hours: float) -> tuple[Ints, Ints]:
    """Those who have a way on at present, and the edge each takes next.

    That is the one it queues for while that is open, else the one the way now leads by. Were a queue to follow every
    change of the shortest way, it would turn to the other gate each morning and back the next, and neither gate would
    be used.
    """
    way = np.empty(len(on), np.int64)
    n = 0
    for i in on:
        who = t[i]
        edge = who["queues_for"]
        if edge == NO_EDGE or not net.open_edge[edge]:
            edge = net.next_edge[who["target"], who["node"]]
        if edge == NO_EDGE:
            who["at_hours"] = end_hours
        else:
            on[n], way[n] = i, edge
            n += 1
    return on[:n], way[:n]


@compiled
def _let_in(asked: Floats, t: Table, on: Ints, way: Ints, load: Load, net: Net) -> Bools:
    """Who may enter: all who want to if the edge has room for all, else the first in its queue.

    ``asked`` (2E,) is 0 before and after.
    """
    for k, edge in enumerate(way):
        asked[edge] += _takes(t[on[k]], edge, net)
    goes = np.empty(len(on), np.bool_)
    for k, edge in enumerate(way):
        goes[k] = asked[edge] <= _room(load, edge)
    asked[way] = 0.0
    held_up = np.flatnonzero(~goes)
    since = t["since_hours"][on[held_up]]  # and in order of household where that is the same
    for k in held_up[np.argsort(since, kind="mergesort")]:
        edge, takes = way[k], _takes(t[on[k]], way[k], net)
        asked[edge] += takes
        goes[k] = takes == 0 or asked[edge] <= _room(load, edge)
    asked[way] = 0.0
    return goes


@compiled
def _room(load: Load, edge: int) -> float:
    """How much an edge can still take."""
    return float(min(load.credit[edge], load.storage[edge] - load.occupancy[edge]) + ROUNDING)


@compiled
def _takes(who: Any, edge: int, net: Net) -> float:
    """What somebody takes of an edge's hourly capacity: vehicles, or at a gate people, in households."""
    return float(who["persons"] / net.persons_a_vehicle if net.counts_people[edge] else who["vehicles"])


@compiled
def _set_out(t: Table, load: Load, on: Ints, way: Ints, goes: Bools, net: Net, end_hours: float) -> Ints:
    """Those who may enter their edge do; the others wait at its beginning. Returns who has hours left."""
    n = 0
    for k, i in enumerate(on):
        who, edge = t[i], way[k]
        takes = _takes(who, edge, net)
        if not goes[k]:
            who["at_hours"] = end_hours
            who["queues_for"] = edge
            load.waiting[edge] += takes
            if end_hours - who["since_hours"] > PULL_OFF_HOURS:  # off to the fields; he keeps the turn
                _leave_road(t, load, i)
            continue
        _leave_road(t, load, i)
        load.occupancy[edge] += who["vehicles"]
        load.entered[edge] += who["vehicles"]
        load.credit[edge] -= takes
        who["at_hours"] += edge_hours(edge, who["at_hours"], who["pace_kmh"], net)
        who["since_hours"] = who["at_hours"]
        who["queues_for"] = NO_EDGE
        who["edge"] = edge
        who["node"] = net.head[edge]
        if who["at_hours"] < end_hours:
            on[n] = i
            n += 1
    return on[:n]


@compiled
def _leave_road(t: Table, load: Load, i: int) -> None:
    """Take somebody's vehicles off the edge they are on."""
    edge = t[i]["edge"]
    if edge != NO_EDGE:
        load.occupancy[edge] -= t[i]["vehicles"]
        t[i]["edge"] = NO_EDGE
