"""Who in the open finds a roof? Each morning they ask again for what room has come free."""

from __future__ import annotations

import numpy as np

from flightsim.model.households import NO_INTENT, SETTLED
from flightsim.model.state import State
from flightsim.world import OPEN, Ints


def ask_again_for_shelter(state: State) -> None:
    """Those in the open take what room has come free; what they have borne stays with them."""
    h, rows = state.households, in_the_open(state)
    if not len(rows):
        return
    place, persons = h.place[rows].astype(np.int64), h.people(rows)
    rungs = state.admit(rows, place, persons)
    moved = rungs != OPEN
    rows, place, persons, rungs = rows[moved], place[moved], persons[moved], rungs[moved]
    left, met = state.pressure.left(rows), state.pressure.met(rows)
    np.subtract.at(state.sheltered_persons, (place, np.full(len(rows), OPEN)), persons)
    np.add.at(state.sheltered_persons, (place, rungs), persons)
    h.rung[rows] = rungs  # another kind of household now: crowding no longer weighs on it
    state.pressure.join(rows, left, met)


def in_the_open(state: State) -> Ints:
    """Rows of those who sleep in the open, do not want to leave, and are not on hostile ground."""
    h = state.households
    rows = np.flatnonzero((h.rung == OPEN) & (h.state == SETTLED) & (h.wants_since == NO_INTENT))
    return rows[~state.hostile_ground[h.place[rows]]]
