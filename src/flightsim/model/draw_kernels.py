"""The generator of `draws` in one loop, compiled (see `kernels`): the same bits, without a dozen arrays in between."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from flightsim.model.compiled import compiled

Keys = npt.NDArray[np.uint64]


@compiled
def keyed_bits(key: np.uint64, who: Keys, which: Keys) -> Keys:
    """(n, m) 64 random bits for each pair of ``who`` (n, m or 1) and ``which`` (n or 1, m): see `draws.keyed_bits`."""
    n, m = max(len(who), len(which)), max(who.shape[1], which.shape[1])
    n = n if len(who) and len(which) else 0
    bits = np.empty((n, m), np.uint64)
    for i in range(n):
        one, other = min(i, len(who) - 1), min(i, len(which) - 1)
        first = np.uint64(0)
        for j in range(m):
            if j < who.shape[1]:
                first = _mix(np.uint64((who[one, j] * np.uint64(0x9E3779B97F4A7C15)) ^ key))
            second = which[other, min(j, which.shape[1] - 1)] * np.uint64(0x94D049BB133111EB)
            bits[i, j] = _mix(np.uint64(first ^ np.uint64(second + np.uint64(0x9E3779B97F4A7C15))))
    return bits


@compiled
def _mix(x: np.uint64) -> np.uint64:
    """The splitmix64 finaliser."""
    x = np.uint64((x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9))
    x = np.uint64((x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB))
    return np.uint64(x ^ (x >> np.uint64(31)))
