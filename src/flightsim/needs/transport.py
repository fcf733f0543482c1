"""How many relief trucks a day the roads can take into each area: those that lead in, while they are in use."""

from __future__ import annotations

import numpy as np

from flightsim.needs.standards import Standards
from flightsim.world import Floats, Ints, World


def into_areas(world: World, held: Ints, standards: Standards) -> Floats:
    """(D, A) truckloads a day that can reach an area over the roads that lead into it; ``held`` (D, P).

    A road leads in from another area, or from a gate of the border, and counts while both its ends are held by no side
    hostile to those who flee. Of its vehicles an hour relief gets a share, in the hours in which trucks drive. Gates
    between areas of control count for nothing; congestion by those who flee is not in it.
    """
    roads, gates, n = world.roads, world.crossings, len(world.places)
    place = np.concatenate([np.arange(n), gates.place])  # of every node
    beyond = np.concatenate([np.zeros(n, bool), gates.is_border])  # nodes that are gates of the border
    within = np.concatenate([np.zeros(n, bool), ~gates.is_border])
    in_use = ~world.hostile(held)[:, place]
    area = world.places.area[place]
    trucks = roads.capacity_vehicles_h * standards["relief_road_hours"] * standards["relief_road_share"]
    found = np.zeros((len(held), len(world.areas)))
    for one, other in ((roads.u, roads.v), (roads.v, roads.u)):
        leads_in = ~beyond[one] & ~within[one] & ~within[other] & (beyond[other] | (area[one] != area[other]))
        passable = in_use[:, one] & in_use[:, other] & leads_in
        for d, row in enumerate(passable):
            found[d] += np.bincount(area[one], trucks * row, minlength=found.shape[1])
    return found
