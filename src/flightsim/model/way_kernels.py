"""The search of the cheapest ways, compiled: most of what a large country costs (see `kernels`)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from flightsim.model.compiled import compiled

NO_EDGE = -1
NO_PILE, NEAR, FAR = range(3)  # where a node waits in a search of ways
BAND_EDGES = 2.0  # width of a band in mean costs of an edge; between 0.5 and 8 the search takes about as long

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Piles = npt.NDArray[np.int8]


@compiled
def shortest_ways(cost: Floats, tail: Ints, into: Ints, begin: Ints, targets: Ints) -> tuple[Floats, Ints]:
    """(G, N) the cost of the cheapest way from each node to each target, inf without one; and the edge it begins with.

    ``into`` the edges by the node they lead to, those of node i from begin[i] to begin[i + 1]; a closed edge costs inf.
    From each target outwards, band by band of cost: within a band any order will do, and a node found cheaper is looked
    at again (a search by near and far pile, after Meyer and Sanders 2003, "Delta-stepping"). Nothing is kept in order,
    which is what costs Dijkstra's search its time: half of it on the roads of a country with 20,000 places.
    """
    n = len(begin) - 1
    least, onward = np.full((len(targets), n), np.inf), np.full((len(targets), n), NO_EDGE)
    near, far, pile = np.empty(n, np.int64), np.empty(n, np.int64), np.zeros(n, np.int8)
    price, origin, is_open = cost[into], tail[into], np.isfinite(cost)
    band = BAND_EDGES * cost[is_open].mean() if is_open.any() else 0.0
    for g in range(len(targets)):
        known, edge = least[g], onward[g]
        known[targets[g]], near[0], n_near, n_far, limit = 0.0, targets[g], 1, 0, band
        while n_near:
            n_far = _look_around(
                known, edge, near, n_near, far, n_far, pile, price, origin, into, begin, limit
            )
            n_near, n_far, limit = _next_band(known, near, far, n_far, pile, band)
    return least, onward


@compiled
def _look_around(
    known: Floats,
    edge: Ints,
    near: Ints,
    n_near: int,
    far: Ints,
    n_far: int,
    pile: Piles,
    price: Floats,
    origin: Ints,
    into: Ints,
    begin: Ints,
    limit: float,
) -> int:
    """Go on from the near nodes, and those that come near, until none is left; returns how many are far.

    ``near`` is used as a ring; ``pile`` says where each node waits.
    """
    first = 0
    while n_near:
        node = near[first]
        first, n_near, pile[node] = (first + 1) % len(near), n_near - 1, NO_PILE
        for k in range(begin[node], begin[node + 1]):
            here, by_here = origin[k], known[node] + price[k]
            if by_here < known[here]:
                known[here], edge[here] = by_here, into[k]
                if by_here > limit:
                    if pile[here] == NO_PILE:
                        pile[here], far[n_far], n_far = FAR, here, n_far + 1
                elif pile[here] != NEAR:
                    pile[here], near[(first + n_near) % len(near)], n_near = NEAR, here, n_near + 1
    return n_far


@compiled
def _next_band(
    known: Floats, near: Ints, far: Ints, n_far: int, pile: Piles, band: float
) -> tuple[int, int, float]:
    """The far nodes of the next band come near: how many are near and far now, and the new limit."""
    lowest = np.inf
    for i in far[:n_far]:
        if pile[i] == FAR and known[i] < lowest:
            lowest = known[i]
    beyond, n_near, kept = lowest + band, 0, 0
    for i in far[:n_far]:
        if pile[i] != FAR:
            continue  # it has been near since
        if known[i] <= beyond:
            pile[i], near[n_near], n_near = NEAR, i, n_near + 1
        else:
            far[kept], kept = i, kept + 1
    return n_near, kept, beyond
