"""Small things to do with arrays that numpy has no name for."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def running_sum(amount: npt.NDArray[np.float64], group: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Running sum of ``amount`` that begins anew at each run of equal ``group``; both (n,)."""
    if not len(amount):
        return amount
    total = np.cumsum(amount)
    is_first = np.ones(len(group), bool)
    np.not_equal(group[1:], group[:-1], out=is_first[1:])
    first = np.flatnonzero(is_first)
    return np.asarray(total - (total[first] - amount[first])[np.cumsum(is_first) - 1])
