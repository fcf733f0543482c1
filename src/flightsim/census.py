"""How many are where? The measures of a step and of a day, counted from the model and handed to the recorder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from flightsim.clock import is_night
from flightsim.households import ABROAD, NO_INTENT
from flightsim.world import OPEN, Floats

if TYPE_CHECKING:
    from flightsim.model import DisplacementModel

TRAPPED_AFTER_HOURS = 24  # assumption: wanting to leave for longer than a day counts as being trapped


def dispersed_persons(model: DisplacementModel) -> Floats:
    """(P,) people under a roof who would spend this night in the fields."""
    indoors = model.present_persons - model.sheltered_persons[:, OPEN]
    return model.parts.behaviour.dispersed_share(model.hazard.remembered) * indoors


def count_step(model: DisplacementModel) -> None:
    """Exposure to strikes, strikes and people on the road in this step."""
    clock, recorder, strikes = model.clock, model.recorder, model.hazard.strikes_per_hour
    dark = float(is_night(clock.hours_of(model.now)).mean())
    present = model.present_persons - dark * dispersed_persons(model)
    under_fire = present * -np.expm1(-strikes) * clock.step_hours
    recorder.add("exposure_person_hours", clock.day_of(model.now), under_fire)
    recorder.hourly["strikes_hourly"][model.now] = strikes.sum()
    at_gates = model.traffic.travellers.persons[model.traffic.at_gates(model.routes)]
    recorder.hourly["en_route_hourly_persons"][model.now] = model.on_the_road_persons - at_gates.sum()


def count_day(model: DisplacementModel) -> None:
    """Stocks at the end of the day, and the night's people in the open and in the fields."""
    dispersed = dispersed_persons(model)
    frost = model.hazard.temperature_c < 0
    at_gates, beside_the_road = _at_internal_gates(model)
    outdoors = model.sheltered_persons[:, OPEN] + dispersed + beside_the_road
    stocks: dict[str, Any] = {
        "present_persons": model.present_persons,
        "trapped_persons": _trapped_persons(model),
        "open_below_zero_person_nights": outdoors * frost,
        "dispersed_person_nights": dispersed,
        "en_route_persons": model.on_the_road_persons - at_gates.sum(),
        "mean_road_km_to_border": _mean_km_to_border(model),
        "needs_met_share": _needs_met_share(model),
        "persons_total": model.everybody(),
    }
    gates = {"waiting": model.gates.waiting_persons + at_gates, "through": model.gates.through_persons}
    day, entered = model.clock.day_of(model.now), model.traffic.read_entered()
    model.recorder.end_of_day(day, stocks, model.sheltered_persons, gates, entered)


def _at_internal_gates(model: DisplacementModel) -> tuple[Floats, Floats]:
    """(X,) people who queue for each internal gate, and (P,) the places beside which they stand."""
    n_places, gates, t = len(model.world.places), model.world.crossings, model.traffic.travellers
    rows = model.traffic.at_gates(model.routes)
    edge, node, persons = t.queues_for[rows], t.node[rows], t.persons[rows]
    gate = np.maximum(model.routes.tail[edge], model.routes.head[edge]) - n_places
    place = np.where(node < n_places, node, gates.place[gate])
    by_gate = np.bincount(gate, persons, minlength=len(gates))
    return np.asarray(by_gate, np.float64), np.asarray(
        np.bincount(place, persons, minlength=n_places), np.float64
    )


def _trapped_persons(model: DisplacementModel) -> Floats:
    """(P,) people who have wanted to leave for more than a day and are still there."""
    h = model.households
    waiting = np.flatnonzero(h.wants_since != NO_INTENT)
    hours = (model.now + 1 - h.wants_since[waiting]) * model.clock.step_hours
    trapped = waiting[hours > TRAPPED_AFTER_HOURS]
    counted = np.bincount(h.place[trapped], h.people(trapped), minlength=len(model.world.places))
    return np.asarray(counted, np.float64)


def _needs_met_share(model: DisplacementModel) -> float:
    """Aid for each displaced person in the country against the start's, when it was just enough (assumption)."""
    h = model.households
    new = h.people(np.flatnonzero(h.displaced & ~h.idp & (h.state != ABROAD))).sum()
    before = model.world.places.idps_persons.sum()
    return min(1.0, model.shelter.aid * before / (before + new)) if before + new else 1.0


def _mean_km_to_border(model: DisplacementModel) -> float:
    """Of the people displaced since the start, where they are sheltered; nan without any, or without a border."""
    here = model.sheltered_persons.sum(axis=1) * np.isfinite(model.km_to_border)
    return float(here @ np.nan_to_num(model.km_to_border, posinf=0) / here.sum()) if here.any() else np.nan
