"""Who on the road must choose anew? Those cut off, those whose goal is lost, and those who have stood for a day."""

from __future__ import annotations

import numpy as np

from flightsim.model.destinations import NOWHERE
from flightsim.model.kernels import NO_EDGE
from flightsim.model.state import State
from flightsim.model.travel import Travellers
from flightsim.world import Bools, Ints

STUCK_AFTER_HOURS = 24.0  # assumption: who has not moved for a day gives up the goal


def throw_off(state: State) -> None:
    """Roads closed or places fell: those overrun stay where they are, those without their goal choose anew."""
    hostile, n_gates = state.hostile_ground, len(state.world.crossings)
    passable = np.append(~hostile, np.ones(n_gates, bool))
    overrun = state.traffic.turn_back(_now_hours(state), state.routes, passable)
    state.settle(overrun.household, overrun.node, overrun.persons)
    _leave_queues_that_will_not_move(state)
    t = state.traffic.travellers
    open_goal = np.append(state.can_be_reached, np.zeros(n_gates, bool))
    open_goal[len(hostile) + state.gates.leads_abroad] = True
    reachable = np.isfinite(state.routes.hours[t.node, t.target])
    side = np.append(state.hazard.control, np.full(n_gates, -1))[t.place]
    avoided = state.hazard.avoided(state.households.home[t.household], side)
    _redirect(state, np.flatnonzero(~(open_goal[t.place] & ~avoided & (reachable | t.on_last_leg))))


def _leave_queues_that_will_not_move(state: State) -> None:
    """Families with adult men stand no longer before a gate that now lets women and children pass alone."""
    t, barred = state.traffic.travellers, state.routes.barred_to_men
    waits = t.queues_for != NO_EDGE
    for_nothing = waits & barred[t.queues_for] & state.has_adult_men(t.household)
    t.queues_for[for_nothing] = NO_EDGE


def give_up_queueing(state: State) -> None:
    """Each morning those who have not moved for a day choose anew, knowing the queues."""
    stood_hours = _now_hours(state) - state.traffic.travellers.since_hours
    _redirect(state, np.flatnonzero(stood_hours > STUCK_AFTER_HOURS))


def _redirect(state: State, rows: Ints) -> None:
    """Give rows of the travellers, in ascending order, a new goal; those for whom there is none keep the old one."""
    if not len(rows):
        return
    t, options = state.traffic.travellers, state.options()
    best = state.choose(options, t.household[rows], t.node[rows], may_stay=True)[:, 0]
    found = best != NOWHERE
    taken, best = state.traffic.take_off(rows[found]), best[found]
    place = options.place[best]
    target = state.routes.target(options.row[options.area[best]], state.has_adult_men(taken.household))
    keeps = _keep_their_turn(state, taken, place, target)
    state.put_on_the_road(
        taken.household,
        taken.node,
        place,
        target,
        from_hours=taken.at_hours,  # whoever is between two nodes first gets to the next one
        since_hours=np.where(keeps, taken.since_hours, taken.at_hours),
        queues_for=np.where(keeps, taken.queues_for, NO_EDGE),
    )


def _keep_their_turn(state: State, taken: Travellers, place: Ints, target: Ints) -> Bools:
    """(n,) who stands in a queue and stays in it: the new goal is the old one, or the way there is by the same road."""
    by_the_same_road = state.routes.next_edge[target, taken.node] == taken.queues_for
    return np.asarray((taken.queues_for != NO_EDGE) & (by_the_same_road | (place == taken.place)))


def _now_hours(state: State) -> float:
    return state.now * float(state.clock.step_hours)
