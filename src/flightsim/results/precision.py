"""How many replicates are enough to speak of a mean."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from flightsim.world import Floats

Values = Sequence[float] | Floats

WITHIN = 0.05  # of the mean: the half width of its interval that is close enough
CONFIDENCE = 0.95
FEWEST, MOST = 20, 1_000


def half_width(values: Values, n: int | None = None) -> float:
    """Half the 95 % interval of the mean of independent ``values``, by Student's t; inf for fewer than two.

    With ``n``: as it would be with that many, if they scatter as these do.
    """
    known = np.asarray(values, dtype=float)
    if len(known) < 2:
        return math.inf
    n = n or len(known)
    from scipy.special import stdtrit  # a fifth of a second that a single run can do without

    return float(stdtrit(n - 1, (1 + CONFIDENCE) / 2) * known.std(ddof=1) / math.sqrt(n))


def is_enough(values: Values) -> bool:
    """Whether the 95 % interval of the mean lies within 5 % of the mean, from 20 replicates on."""
    known = np.asarray(values, dtype=float)
    return len(known) >= FEWEST and half_width(known) <= WITHIN * abs(float(known.mean()))


def replicates_needed(values: Values) -> int:
    """The least number of replicates, from 20 to 1,000, with which ``is_enough`` would hold.

    Judged from the scatter of the ``values`` at hand (at least two; else 20). Values that are all the same,
    all zero too, need no more than 20; a mean of zero among values that differ is never close enough: 1,000.
    """
    known = np.asarray(values, dtype=float)
    if not np.isfinite(known).all():
        raise ValueError("replicates_needed takes finite numbers")
    if len(known) < 2 or float(np.ptp(known)) == 0:
        return FEWEST
    near = WITHIN * abs(float(known.mean()))
    low, high = FEWEST, MOST
    if half_width(known, MOST) > near:
        return MOST
    while low < high:  # the half width only shrinks with n
        middle = (low + high) // 2
        if half_width(known, middle) <= near:
            high = middle
        else:
            low = middle + 1
    return low
