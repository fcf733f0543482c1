"""What a run must keep: people are conserved, nobody is above a capacity or on a closed road."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from flightsim.households import SETTLED
from flightsim.kernels import NO_EDGE

if TYPE_CHECKING:
    from flightsim.model import DisplacementModel

ROUNDING = 1e-6  # share of all people, or persons, or vehicles
AT_MOST_NAMED = 10


class ModelError(RuntimeError):
    """A promise of the model was broken; the text names the day and the places."""


def check_people(model: DisplacementModel) -> None:
    """Every step: as many people as at the start, to within rounding. Raises ModelError."""
    lost = model.everybody() - model.persons_total
    if abs(lost) > ROUNDING * max(model.persons_total, 1.0):
        counted = _miscounted(model)
        raise ModelError(
            f"{_day(model)}: {lost:+.3f} people against the start; miscounted at {_named(counted)}"
        )


def check_everything(model: DisplacementModel) -> None:
    """Every day, in full: people by place, room, roads. Raises ModelError that tells all that is broken."""
    roads, travellers = model.world.roads.road_id, model.traffic.travellers
    on_road = travellers.edge != NO_EDGE
    closed = travellers.edge[on_road & ~model.routes.open_edge[travellers.edge]]
    crammed = np.flatnonzero(model.traffic.occupancy > model.traffic.storage(model.routes) + ROUNDING)
    beyond = model.row_persons and model.households.weight * int(model.households.persons.max()) / 2
    full = np.flatnonzero((model.shelter.room < -ROUNDING - beyond).any(axis=1))
    troubles = [
        ("people miscounted at", _miscounted(model)),
        ("more people than room at", [model.world.places.place_id[i] for i in full]),
        ("people on closed road", [roads[e % len(roads)] for e in np.unique(closed)]),
        ("more vehicles than fit on road", [roads[e % len(roads)] for e in crammed]),
    ]
    told = [f"{what} {_named(where)}" for what, where in troubles if where]
    if told:
        raise ModelError(f"{_day(model)}: {'; '.join(told)}")


def _miscounted(model: DisplacementModel) -> list[str]:
    h, places = model.households, model.world.places
    settled = h.state == SETTLED
    counted = np.bincount(h.place[settled], h.persons[settled], minlength=len(places)) * h.weight
    wrong = np.abs(counted - model.present_persons) > ROUNDING * max(model.persons_total, 1.0)
    return [places.place_id[i] for i in np.flatnonzero(wrong)]


def _day(model: DisplacementModel) -> str:
    return str(model.clock.date_of(model.clock.day_of(model.now)))


def _named(where: list[str]) -> str:
    more = f" and {len(where) - AT_MOST_NAMED} more" if len(where) > AT_MOST_NAMED else ""
    return ", ".join(where[:AT_MOST_NAMED]) + more or "no place in particular"
