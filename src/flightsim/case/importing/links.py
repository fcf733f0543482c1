"""From a road network to roads between places: which places get a road of their own, and what it is like.

Points where a road only bends are left out first, so that junctions, ends and places remain. Then two places get a
road of their own, along the quickest way between them, unless the way through other places takes at most 15 % longer.
Pairs are looked at from the quickest to the longest: each place and those nearest to it by road, and whoever else is
needed for nobody to be cut off. So the number of roads grows with the number of places, not with its square, and the
quickest ways stay nearly as long as they are (docs/importing.md has it measured).
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from flightsim.case.importing.network import ACCESS, CLASSES, Network
from flightsim.world import Floats, Ints

LONGER = 0.15  # assumption: the way through other places is as good if it takes at most this share longer
NEIGHBOURS = 20  # assumption: that many of the nearest places are looked at from each
Around = dict[
    int, list[tuple[int, float, int]]
]  # of each node: the next, hours, number of the stretch between


@dataclass(frozen=True)
class Link:
    """A way between two places, given by their rows. Lanes and capacity each way."""

    a: int
    b: int
    km: float
    hours: float
    road_class: int
    lanes: int
    ref: str
    access_km: float  # of it, off the network: straight from a place to its road


@dataclass(frozen=True)
class _Simple:
    """The network as stretches between junctions, ends and places; place s is node ``n`` + s."""

    n: int  # points of the network
    places: list[int]  # rows of those that are joined to it
    around: Around
    stretches: list[list[int]]  # pieces of each; those after the network's lead to places


def links(network: Network, at: Ints, access_km: Floats) -> list[Link]:
    """The roads between places. ``at``: the network's point that each is joined to, -1 for those that are not."""
    simple = _simplified(network, at, access_km)
    candidates: dict[tuple[int, int], tuple[float, list[int]]] = {}
    for a in simple.places:
        for b, found in _nearest(simple, a).items():
            candidates.setdefault(_pair(a, b), found)
    for a, b in _bordering(simple) - candidates.keys():
        candidates[a, b] = _nearest(simple, a, {b})[b]
    chosen: dict[int, dict[int, float]] = defaultdict(dict)
    found_links = []
    for hours, a, b in sorted((hours, *pair) for pair, (hours, _) in candidates.items()):
        if not _reaches(chosen, a, b, hours * (1 + LONGER)):
            chosen[a][b] = chosen[b][a] = hours
            pieces = [piece for each in candidates[a, b][1] for piece in simple.stretches[each]]
            found_links.append(_link(network, access_km[simple.places], (a, b), hours, pieces))
    return sorted(found_links, key=lambda link: (link.a, link.b))


def _simplified(network: Network, at: Ints, access_km: Floats) -> _Simple:
    """Chains of pieces through mere bends become one stretch; of parallel stretches the quickest stays."""
    n, places = len(network.lat), np.flatnonzero(at >= 0)
    access_hours = np.maximum(access_km[places], 1e-6) / CLASSES[ACCESS].free_flow_kmh
    u = np.concatenate([network.u, at[places]]).tolist()
    v = np.concatenate([network.v, n + places]).tolist()
    hours = np.concatenate([network.hours, access_hours]).tolist()
    pieces: dict[int, list[int]] = defaultdict(list)
    for piece, (one, other) in enumerate(zip(u, v, strict=True)):
        pieces[one].append(piece)
        pieces[other].append(piece)
    best: dict[tuple[int, int], tuple[float, list[int]]] = {}
    kept = {node for node, here in pieces.items() if len(here) != 2}
    for start in sorted(kept):
        for piece in pieces[start]:
            node, chain, total = start, [piece], hours[piece]
            while (node := v[chain[-1]] if u[chain[-1]] == node else u[chain[-1]]) not in kept:
                chain.append(next(each for each in pieces[node] if each != chain[-1]))
                total += hours[chain[-1]]
            if start < node and total < best.get((start, node), (np.inf,))[0]:
                best[start, node] = total, chain
    around: Around = defaultdict(list)
    for number, ((one, other), (total, _)) in enumerate(best.items()):
        around[one].append((other, total, number))
        around[other].append((one, total, number))
    return _Simple(n, places.tolist(), around, [chain for _, chain in best.values()])


def _nearest(
    simple: _Simple, start: int, wanted: Collection[int] | None = None
) -> dict[int, tuple[float, list[int]]]:
    """The nearest places by road, or the ``wanted`` ones: hours and stretches from ``start`` to each."""
    left = set(wanted or ())
    back: dict[int, tuple[int, int]] = {}
    found: dict[int, tuple[float, list[int]]] = {}
    heap, done = [(0.0, simple.n + start, -1, -1)], set()
    while heap and (left if wanted else len(found) < NEIGHBOURS):
        hours, node, before, stretch = heapq.heappop(heap)
        if node in done:
            continue
        done.add(node)
        back[node] = before, stretch
        if node >= simple.n and before >= 0 and (not wanted or node - simple.n in left):
            left.discard(node - simple.n)
            found[node - simple.n] = hours, _path(back, node)
        for other, more, along in simple.around[node]:
            if other not in done:
                heapq.heappush(heap, (hours + more, other, node, along))
    return found


def _path(back: dict[int, tuple[int, int]], node: int) -> list[int]:
    found = []
    while back[node][0] >= 0:
        found.append(back[node][1])
        node = back[node][0]
    return found


def _bordering(simple: _Simple) -> set[tuple[int, int]]:
    """Pairs of places whose grounds touch: a point is of the ground of the place it is reached from soonest.

    A shortest tree of roads between all places joins only such pairs, so with them nobody is cut off.
    """
    ends = [
        (one, other, hours) for one, here in simple.around.items() for other, hours, _ in here if one < other
    ]
    if not ends:
        return set()
    one, other, hours = (np.array(each) for each in zip(*ends, strict=True))
    size = simple.n + max(simple.places) + 1
    graph = sparse.csr_array((hours, (one, other)), shape=(size, size))
    seeds = simple.n + np.array(simple.places)
    _, _, ground = csgraph.dijkstra(
        graph, directed=False, indices=seeds, min_only=True, return_predecessors=True
    )
    ground = ground - simple.n
    across = (ground[one] != ground[other]) & (ground[one] >= 0) & (ground[other] >= 0)
    return {_pair(int(ground[a]), int(ground[b])) for a, b in zip(one[across], other[across], strict=True)}


def _reaches(roads: dict[int, dict[int, float]], start: int, end: int, within_hours: float) -> bool:
    """Whether one gets from place to place by the roads there are, within some hours."""
    heap, done = [(0.0, start)], set()
    while heap:
        hours, place = heapq.heappop(heap)
        if place == end:
            return True
        if place in done:
            continue
        done.add(place)
        for other, more in roads[place].items():
            if other not in done and hours + more <= within_hours:
                heapq.heappush(heap, (hours + more, other))
    return False


def _pair(a: int, b: int) -> tuple[int, int]:
    return (a, b) if a < b else (b, a)


def _link(
    network: Network, access_km: Floats, pair: tuple[int, int], hours: float, pieces: Sequence[int]
) -> Link:
    """What the way is like: the class and the road number that most of its km have, lanes by km."""
    of, m = np.array(pieces, dtype=np.int64), len(network.u)
    road, off_km = of[of < m], float(access_km[of[of >= m] - m].sum())
    km = network.km[road]
    by_class = np.bincount(network.road_class[road], weights=km, minlength=len(CLASSES))
    by_class[ACCESS] += off_km
    by_ref: dict[str, float] = defaultdict(float)
    for piece, length in zip(road.tolist(), km.tolist(), strict=True):
        by_ref[network.ref[piece]] += length
    ref = max(by_ref, key=by_ref.__getitem__, default="")
    total = float(km.sum()) + off_km
    lanes = (float((network.lanes[road] * km).sum()) + off_km) / total if total else 1
    return Link(*pair, total, hours, int(by_class.argmax()), max(1, round(lanes)), ref, off_km)
