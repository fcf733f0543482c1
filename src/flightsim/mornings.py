"""What happens once a morning? Those in the open ask for room again; where peace has held, people go home."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from flightsim.draws import exponential
from flightsim.households import AT_HOME, N_KINDS, NO_INTENT, SETTLED
from flightsim.world import OPEN

if TYPE_CHECKING:
    from flightsim.model import DisplacementModel


def ask_again_for_shelter(model: DisplacementModel) -> None:
    """Each morning those in the open take what room has come free; what they have borne stays with them."""
    h = model.households
    rows = np.flatnonzero((h.rung == OPEN) & (h.state == SETTLED) & (h.wants_since == NO_INTENT))
    rows = rows[~model.enemy_held[h.place[rows]]]
    if not len(rows):
        return
    place, persons = h.place[rows].astype(np.int64), h.people(rows)
    rungs = model.admit(rows, place, persons)
    moved = rungs != OPEN
    rows, place, persons, rungs = rows[moved], place[moved], persons[moved], rungs[moved]
    kind = h.kind(rows)
    left = model.intents.level(rows) - model.gathered.ravel()[place * N_KINDS + kind]
    met = model.gathered_causes[:, place, kind].T - model.causes_at_settling[rows]
    np.subtract.at(model.sheltered_persons, (place, np.full(len(rows), OPEN)), persons)
    np.add.at(model.sheltered_persons, (place, rungs), persons)
    h.rung[rows] = rungs
    kind = h.kind(rows)
    model.causes_at_settling[rows] = model.gathered_causes[:, place, kind].T - met
    group = place * N_KINDS + kind
    model.intents.join(rows, group, model.gathered.ravel()[group] + left)


def go_home(model: DisplacementModel) -> None:
    """Where a ceasefire has held, those whose homes are quiet go back (off by default)."""
    behaviour, h = model.parts.behaviour, model.households
    model.ceasefire_days = model.ceasefire_days + 1 if model.hazard.ceasefire else 0
    if not behaviour.returns or model.ceasefire_days <= behaviour.return_quiet_days:
        return
    model.home_pressure += behaviour.return_per_day
    quiet = ~model.enemy_held & (behaviour.fear(model.hazard.remembered) < 0.5) & model.can_leave
    away = np.flatnonzero(h.displaced & (h.state == SETTLED) & (h.rung != AT_HOME) & ~h.idp)
    away = away[quiet[h.home[away]] & model.can_leave[h.place[away]]]
    area = model.world.places.area[h.home[away]]
    away_ok = np.isfinite(model.routes.hours[h.place[away], area])
    luck = exponential(model.decision_keys["return"], h.key[away])
    rows = away[away_ok & (luck <= model.home_pressure)]
    model.intents.leave(rows)
    model.ready.leave(rows)
    place, home = h.place[rows].astype(np.int64), h.home[rows].astype(np.int64)
    model.set_out(rows, place, home, model.world.places.area[home])
