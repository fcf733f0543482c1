"""The sums over places worth compiling, as `kernels` has the loops over households: what is near, what is felt."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from flightsim.model.compiled import compiled

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@compiled
def pairs_within(at_km: Floats, by_east: Ints, source: Ints, within_km: float) -> tuple[Ints, Ints, Floats]:
    """Points and the sources, points themselves, not farther from them: the pairs by point, sources in their order.

    Returns where each point's pairs begin (and the end), the number of each pair's source, and km. ``at_km`` (P, 3),
    ``by_east`` the points by its first column: only a strip of them is looked at for each source.
    """
    east = at_km[:, 0].copy()
    begin = np.zeros(len(east) + 1, np.int64)
    sorted_east = east[by_east]
    first = np.searchsorted(sorted_east, east[source] - within_km, "left")
    last = np.searchsorted(sorted_east, east[source] + within_km, "right")
    for s in range(len(source)):
        for i in by_east[first[s] : last[s]]:
            if _km(at_km, i, source[s]) <= within_km:
                begin[i + 1] += 1
    begin = np.cumsum(begin)
    number, km = np.empty(begin[-1], np.int64), np.empty(begin[-1])
    free = begin[:-1].copy()
    for s in range(len(source)):
        for i in by_east[first[s] : last[s]]:
            apart = _km(at_km, i, source[s])
            if apart <= within_km:
                number[free[i]], km[free[i]] = s, apart
                free[i] += 1
    return begin, number, km


@compiled
def _km(at_km: Floats, i: int, j: int) -> float:
    """Straight km between two points."""
    east, north, up = at_km[i, 0] - at_km[j, 0], at_km[i, 1] - at_km[j, 1], at_km[i, 2] - at_km[j, 2]
    return float(np.sqrt(east**2 + north**2 + up**2))


@compiled
def sum_by_row(begin: Ints, column: Ints, weight: Floats, amount: Floats) -> Floats:
    """(P, m) for each row of a sparse table, its weights times the ``amount`` (S, m) of their columns."""
    total = np.zeros((len(begin) - 1, amount.shape[1]))
    for i in range(len(total)):
        for k in range(begin[i], begin[i + 1]):
            for m in range(amount.shape[1]):
                total[i, m] += weight[k] * amount[column[k], m]
    return total
