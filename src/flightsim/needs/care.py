"""Who is farther than an hour's walk from health care that works, and how much of it works where, day by day.

An honest approximation, at the level of sub-districts: facilities stand at their town's point, people are spread
over the places of a sub-district as they were at the start, distances are those along the case's roads, and
whoever comes is seen, however many come. A facility in a place that others have captured serves nobody displaced.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from flightsim.world import Bools, Floats, Ints, World


def reachable(world: World, works: Bools, held: Ints) -> Bools:
    """(D, F) which facilities work, and can be reached by the displaced: ``works`` (D, F), ``held`` (D, P)."""
    return np.asarray(works & ~world.hostile(held[:, world.facilities.place]))


def by_area(world: World, open_now: Bools) -> dict[str, Floats]:
    """(D, A) hospitals and health centres that work, by sub-district. A hospital gives primary care too."""
    facilities, n_areas = world.facilities, len(world.areas)
    area = world.places.area[facilities.place]
    found = {}
    for name, counted in (
        ("hospitals", facilities.is_hospital),
        ("health_centres", np.ones(len(facilities), bool)),
    ):
        weights = open_now & counted
        found[name] = np.stack([np.bincount(area, w, minlength=n_areas).astype(float) for w in weights])
    return found


def beyond_share(world: World, open_now: Bools, *, reach_km: float) -> Floats:
    """(D, A) share of a sub-district's people farther than ``reach_km`` by road from a facility that works."""
    n_areas, area = len(world.areas), world.places.area
    people = world.places.residents_persons + world.places.idps_persons
    weight = np.where(np.bincount(area, people, minlength=n_areas)[area] > 0, people, 1.0)
    whole = np.maximum(np.bincount(area, weight, minlength=n_areas), 1e-9)
    graph, shares = _graph(world), np.ones((len(open_now), n_areas))
    known: dict[bytes, Floats] = {}
    for day, works in enumerate(open_now):
        key = works.tobytes()
        if key not in known:
            far = np.ones(len(world.places), bool)
            if works.any():
                sources = np.unique(world.facilities.place[works])
                km = dijkstra(graph, directed=False, indices=sources, min_only=True, limit=reach_km)
                far = ~np.isfinite(km[: len(world.places)])
            known[key] = np.bincount(area, weight * far, minlength=n_areas) / whole
        shares[day] = known[key]
    return shares


def _graph(world: World) -> csr_matrix:
    n, r = len(world.node_ids), world.roads
    return csr_matrix((r.km, (r.u, r.v)), shape=(n, n))
