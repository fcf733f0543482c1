"""Small things to do with arrays that numpy has no name for."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def running_sum(amount: npt.NDArray[np.float64], group: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Running sum of ``amount`` that begins anew at each run of equal ``group``; both (n,)."""
    if not len(amount):
        return amount
    total = np.cumsum(amount)
    first = np.flatnonzero(np.diff(group, prepend=group[0] - 1))
    before = np.repeat(total[first] - amount[first], np.diff(first, append=len(group)))
    return np.asarray(total - before)
