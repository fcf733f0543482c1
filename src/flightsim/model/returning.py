"""Who goes home? Those whose homes are quiet, where a ceasefire has held (off by default)."""

from __future__ import annotations

import numpy as np

from flightsim.model.draws import exponential
from flightsim.model.households import AT_HOME, SETTLED
from flightsim.model.state import State
from flightsim.world import Ints

QUIET_FEAR = 0.5  # assumption: home is quiet where less than half of the fear of constant bombardment is felt


def go_home(state: State) -> None:
    """Once a morning: where a ceasefire has held for long enough, households set out for home, at a rate."""
    behaviour, h = state.parts.behaviour, state.households
    state.ceasefire_days = state.ceasefire_days + 1 if state.hazard.ceasefire else 0
    if not behaviour.returns or state.ceasefire_days <= behaviour.return_quiet_days:
        return
    state.home_pressure += behaviour.return_per_day
    away = who_can_return(state)
    drawn = exponential(state.decision_keys["return"], h.key[away])
    rows = away[drawn <= state.home_pressure]
    state.pressure.leave(rows)
    state.readiness.leave(rows)
    place, home = h.place[rows].astype(np.int64), h.home[rows].astype(np.int64)
    state.set_out(rows, place, home, state.world.places.area[home])


def who_can_return(state: State) -> Ints:
    """Rows of the settled, away from a home that is quiet, is not on hostile ground and can be reached by road."""
    behaviour, h = state.parts.behaviour, state.households
    quiet = ~state.hostile_ground & (behaviour.fear(state.hazard.remembered) < QUIET_FEAR) & state.can_leave
    away = np.flatnonzero(h.displaced & (h.state == SETTLED) & (h.rung != AT_HOME) & ~h.idp)
    away = away[quiet[h.home[away]] & state.can_leave[h.place[away]]]
    area = state.world.places.area[h.home[away]]
    return away[np.isfinite(state.routes.hours[h.place[away], area])]
