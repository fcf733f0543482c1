"""How many are where? The measures of a step and of a day, counted from the model and handed to the recorder."""

from __future__ import annotations

from typing import Any

import numpy as np

from flightsim.clock import is_night
from flightsim.model.households import ABROAD, NO_INTENT, SETTLED
from flightsim.model.place_kernels import persons_by_place
from flightsim.model.state import State
from flightsim.world import HOME, OPEN, SITE, Floats

TRAPPED_AFTER_HOURS = 24  # assumption: wanting to leave for longer than a day counts as being trapped


def at_home(state: State, by_place: Floats) -> Floats:
    """(P,) or (P, R) the same at home and 0 abroad: measures of the displaced are of those in the country."""
    here = state.world.at_home
    return by_place * (here if by_place.ndim == 1 else here[:, None])


def dispersed_persons(state: State) -> Floats:
    """(P,) people under a roof who would spend this night in the fields."""
    indoors = state.present_persons - state.sheltered_persons[:, OPEN]
    return state.parts.behaviour.dispersed_share(state.hazard.remembered) * indoors


def count_step(state: State) -> None:
    """Exposure to strikes, strikes and people on the road in this step."""
    clock, recorder, strikes = state.clock, state.recorder, state.hazard.strikes_per_hour
    dark = float(is_night(clock.hours_of(state.now), clock.night_on(clock.day_of(state.now))).mean())
    present = state.present_persons - dark * dispersed_persons(state)
    under_fire = present * -np.expm1(-strikes) * clock.step_hours
    recorder.add("exposure_person_hours", clock.day_of(state.now), under_fire)
    recorder.values["strikes_hourly"][state.now] = strikes.sum()
    at_gates = state.traffic.travellers.persons[state.traffic.at_gates(state.routes)]
    recorder.values["en_route_hourly_persons"][state.now] = state.on_the_road_persons - at_gates.sum()


def count_day(state: State) -> None:
    """Stocks at the end of the day, and the night's people in the open and in the fields."""
    dispersed = dispersed_persons(state)
    frost = state.hazard.temperature_c < 0
    at_gates, beside_the_road = _at_internal_gates(state)
    before_gates = np.bincount(
        state.world.crossings.place, state.gates.waiting_persons, minlength=len(state.world.places)
    )  # assumption: who waits at a gate of the border has no roof there
    outdoors = state.sheltered_persons[:, OPEN] + dispersed + beside_the_road + before_gates
    stocks: dict[str, Any] = {
        "present_persons": state.present_persons,
        "in_sites_persons": at_home(state, _in_sites_persons(state)),
        "trapped_persons": at_home(state, _trapped_persons(state)),
        "open_below_zero_person_nights": at_home(state, outdoors * frost),
        "dispersed_person_nights": at_home(state, dispersed),
        "en_route_persons": state.on_the_road_persons - at_gates.sum(),
        "mean_road_km_to_border": _mean_km_to_border(state),
        "needs_met_share": _needs_met_share(state),
        "persons_total": state.everybody(),
    }
    gates = {
        "waiting": state.gates.waiting_persons + at_gates,
        "abroad": np.concatenate([state.gates.through_persons, _living_abroad_persons(state)]),
    }
    day, entered = state.clock.day_of(state.now), state.traffic.read_entered()
    state.recorder.end_of_day(day, stocks, at_home(state, state.sheltered_persons), gates, entered)
    state.recorder.stands(day, state.hazard.control, state.care.functioning, state.shelter.room)


def _at_internal_gates(state: State) -> tuple[Floats, Floats]:
    """(X,) people who queue for each internal gate, and (P,) the places beside which they stand."""
    n_places, gates, t = len(state.world.places), state.world.crossings, state.traffic.travellers
    rows = state.traffic.at_gates(state.routes)
    edge, node, persons = t.queues_for[rows], t.node[rows], t.persons[rows]
    gate = np.maximum(state.routes.tail[edge], state.routes.head[edge]) - n_places
    place = np.where(node < n_places, node, gates.place[gate])
    by_gate = np.bincount(gate, persons, minlength=len(gates))
    return np.asarray(by_gate, np.float64), np.asarray(
        np.bincount(place, persons, minlength=n_places), np.float64
    )


def _in_sites_persons(state: State) -> Floats:
    """(P,) people settled in a camp or site: those who lived there at the start and stayed, and who came since."""
    h = state.households
    there = (h.state == SETTLED) & (h.rung == SITE)
    return persons_by_place(h.place, h.persons, h.weight, there, len(state.world.places))


def _living_abroad_persons(state: State) -> Floats:
    """(C,) people from home who are settled in a place of each country abroad."""
    h, world = state.households, state.world
    moved = np.flatnonzero(h.displaced & (h.state == SETTLED))
    country = world.country[h.place[moved]]
    abroad = (country != HOME) & world.at_home[h.home[moved]]
    counted = np.bincount(country[abroad], h.people(moved[abroad]), minlength=len(world.holders.name))
    return np.asarray(counted[world.holders.countries], np.float64)


def _trapped_persons(state: State) -> Floats:
    """(P,) people who have wanted to leave for more than a day and are still there."""
    h = state.households
    hours = (state.now + 1 - h.wants_since) * state.clock.step_hours
    trapped = (h.wants_since != NO_INTENT) & (hours > TRAPPED_AFTER_HOURS)
    return persons_by_place(h.place, h.persons, h.weight, trapped, len(state.world.places))


def _needs_met_share(state: State) -> float:
    """Aid for each displaced person in the country against the start's, when it was just enough (assumption)."""
    h, here = state.households, state.world.at_home
    moved = np.flatnonzero(h.displaced & ~h.idp & (h.state != ABROAD))
    in_the_country = ((h.state[moved] != SETTLED) | here[h.place[moved]]) & here[h.home[moved]]
    new = h.people(moved[in_the_country]).sum()
    before = (state.world.places.idps_persons * here).sum()
    return min(1.0, state.shelter.aid * before / (before + new)) if before + new else 1.0


def _mean_km_to_border(state: State) -> float:
    """Of the people displaced since the start, where they are sheltered; nan without any, or without a border."""
    here = at_home(state, state.sheltered_persons.sum(axis=1)) * np.isfinite(state.km_to_border)
    if not here.any():
        return np.nan
    # summed in a fixed order: `@` would round as the processor does
    people_km = here * np.nan_to_num(state.km_to_border, posinf=0)
    return float(people_km.sum() / here.sum())
