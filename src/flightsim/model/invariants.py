"""What a run must keep: people are conserved, nobody is above a capacity or on a closed road."""

from __future__ import annotations

import numpy as np

from flightsim.model.households import SETTLED
from flightsim.model.kernels import NO_EDGE
from flightsim.model.place_kernels import persons_by_place
from flightsim.model.state import State

ROUNDING = 1e-6  # share of all people, or persons, or vehicles
AT_MOST_NAMED = 10


class ModelError(RuntimeError):
    """A promise of the model was broken; the text names the day and the places."""


def check_people(state: State) -> None:
    """Every step: as many people as at the start, to within rounding. Raises ModelError."""
    lost = state.everybody() - state.persons_total
    if abs(lost) > ROUNDING * max(state.persons_total, 1.0):
        counted = _miscounted(state)
        raise ModelError(
            f"{_day(state)}: {lost:+.3f} people against the start; miscounted at {_named(counted)}"
        )


def check_everything(state: State) -> None:
    """Every day, in full: people by place, room, roads. Raises ModelError that tells all that is broken."""
    roads, travellers = state.world.roads.road_id, state.traffic.travellers
    on_road = travellers.edge != NO_EDGE
    closed = travellers.edge[on_road & ~state.routes.open_edge[travellers.edge]]
    crammed = np.flatnonzero(state.traffic.occupancy > state.traffic.storage(state.routes) + ROUNDING)
    beyond = state.row_persons and state.households.weight * int(state.households.persons.max()) / 2
    full = np.flatnonzero((state.shelter.room < -ROUNDING - beyond).any(axis=1))
    troubles = [
        ("people miscounted at", _miscounted(state)),
        ("more people than room at", [state.world.places.place_id[i] for i in full]),
        ("people on closed road", [roads[e % len(roads)] for e in np.unique(closed)]),
        ("more vehicles than fit on road", [roads[e % len(roads)] for e in crammed]),
    ]
    told = [f"{what} {_named(where)}" for what, where in troubles if where]
    if told:
        raise ModelError(f"{_day(state)}: {'; '.join(told)}")


def _miscounted(state: State) -> list[str]:
    h, places = state.households, state.world.places
    counted = persons_by_place(h.place, h.persons, h.weight, h.state == SETTLED, len(places))
    wrong = np.abs(counted - state.present_persons) > ROUNDING * max(state.persons_total, 1.0)
    return [places.place_id[i] for i in np.flatnonzero(wrong)]


def _day(state: State) -> str:
    return str(state.clock.date_of(state.clock.day_of(state.now)))


def _named(where: list[str]) -> str:
    more = f" and {len(where) - AT_MOST_NAMED} more" if len(where) > AT_MOST_NAMED else ""
    return ", ".join(where[:AT_MOST_NAMED]) + more or "no place in particular"
