"""Who on the road must choose anew? Those cut off, those whose goal is lost, and those who have stood for a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from flightsim.destinations import NOWHERE
from flightsim.kernels import NO_EDGE
from flightsim.world import Ints

if TYPE_CHECKING:
    from flightsim.model import DisplacementModel

STUCK_AFTER_HOURS = 24.0  # assumption: who has not moved for a day gives up the goal


def throw_off(model: DisplacementModel) -> None:
    """Roads closed or places fell: those overrun stay where they are, those without their goal choose anew."""
    enemy, n_gates = model.enemy_held, len(model.world.crossings)
    passable = np.append(~enemy, np.ones(n_gates, bool))
    overrun = model.traffic.turn_back(_now_hours(model), model.routes, passable)
    model.settle(overrun.household, overrun.node, overrun.persons)
    t = model.traffic.travellers
    open_goal = np.append(model.can_be_reached, np.zeros(n_gates, bool))
    open_goal[len(enemy) + model.gates.leads_abroad] = True
    reachable = np.isfinite(model.routes.hours[t.node, t.target])
    _redirect(model, np.flatnonzero(~(open_goal[t.place] & (reachable | t.on_last_leg))))


def give_up_queueing(model: DisplacementModel) -> None:
    """Each morning those who have not moved for a day choose anew, knowing the queues."""
    stood_hours = _now_hours(model) - model.traffic.travellers.since_hours
    _redirect(model, np.flatnonzero(stood_hours > STUCK_AFTER_HOURS))


def _redirect(model: DisplacementModel, rows: Ints) -> None:
    """Give rows of the travellers a new goal; those for whom there is none keep the old one."""
    if not len(rows):
        return
    t, options = model.traffic.travellers, model.options()
    best = model.choose(options, t.household[rows], t.node[rows], may_stay=True)[:, 0]
    rows, best = rows[best != NOWHERE], best[best != NOWHERE]
    taken = model.traffic.take_off(rows)
    place, target = options.place[best], options.row[options.area[best]]
    same_queue = model.routes.next_edge[target, taken.node] == taken.queues_for
    keeps = (taken.queues_for != NO_EDGE) & (same_queue | (place == taken.place))
    model.put_on_the_road(
        taken.household,
        taken.node,
        place,
        target,
        from_hours=taken.at_hours,  # whoever is between two nodes first gets to the next one
        since_hours=np.where(keeps, taken.since_hours, taken.at_hours),
        queues_for=np.where(keeps, taken.queues_for, NO_EDGE),
    )


def _now_hours(model: DisplacementModel) -> float:
    return model.now * float(model.clock.step_hours)
