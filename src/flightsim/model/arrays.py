"""Small things to do with arrays that numpy has no name for."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def fading(
    start: npt.NDArray[np.float64],
    gain_per_hour: npt.NDArray[np.float64] | float,
    hours: float,
    memory_hours: float,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Mean over so many hours, and value at their end, of what gains at a constant rate and fades exponentially.

    ``start`` is its value at their beginning and ``memory_hours`` the e-folding time. Means taken in steps of any
    length add up to the same, which is what makes pressure independent of the step.
    """
    settled = gain_per_hour * memory_hours  # where it would stay
    left = np.exp(-hours / memory_hours)
    return settled + (start - settled) * ((1 - left) * memory_hours / hours), settled + (
        start - settled
    ) * left


def running_sum(amount: npt.NDArray[np.float64], group: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Running sum of ``amount`` that begins anew at each run of equal ``group``; both (n,)."""
    if not len(amount):
        return amount
    total = np.cumsum(amount)
    is_first = np.ones(len(group), bool)
    np.not_equal(group[1:], group[:-1], out=is_first[1:])
    first = np.flatnonzero(is_first)
    return np.asarray(total - (total[first] - amount[first])[np.cumsum(is_first) - 1])
