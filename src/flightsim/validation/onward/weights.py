"""How much each run counts: a particle filter over whole runs, and quantiles of what is weighted.

Shapes: M members (runs), n counts. A count is read as a lognormal error around the run's own figure, with the spread
of the observation model (`scores.metrics.log_error`) and the model's own error on top.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from flightsim.validation.scores.metrics import ERROR_DRAWS, LOWEST_BOUND, Z90, log_error
from flightsim.world import Floats

# Standard deviation, in logarithms, of the model's own error on a total: about a tenth. *Assumption*: the model's
# median error on the totals of the winter was about that large; without it one precise count leaves a single run.
MODEL_ERROR = 0.1
LEAST_EFFECTIVE = 5.0  # runs: fewer carry no 90 % band; *assumption*
NEAR = 2.0  # standard deviations within which a run comes near a count; *assumption*
LEAST_PERSONS = 1.0  # a run in which nobody has left yet is given one person, so that its logarithm exists


@dataclass(frozen=True)
class Weights:
    """How much each run counts, (M,), summing to 1. ``power``: of the likelihood; below 1 it was widened."""

    values: Floats
    power: float
    effective_untempered: float  # the effective sample size that the counts alone leave

    @property
    def effective(self) -> float:
        """The effective sample size: as good as so many equally likely runs."""
        return effective(self.values)


def misfit(members: Floats, low: Floats, best: Floats, high: Floats) -> Floats:
    """(n, M) by how many standard deviations each run is above (+) or below (-) each count; ``members`` (n, M)."""
    spread = np.hypot(log_error(low, best, high), MODEL_ERROR)
    off = np.log(np.maximum(members, LEAST_PERSONS) / np.maximum(best, LEAST_PERSONS)[:, None])
    return np.asarray(off / spread[:, None])


def within(low: float, best: float, high: float) -> Floats:
    """(K,) equally likely figures of which 90 % lie within a count's bounds and half on either side of its best.

    Lognormal on either side, since bounds are often wider upward: 380,000 to 470,000 around 390,000. Nothing is random:
    these are the midpoints of K equal shares.
    """
    z = norm.ppf((np.arange(ERROR_DRAWS) + 0.5) / ERROR_DRAWS)
    middle = max(best, LEAST_PERSONS)
    down = np.log(middle / max(low, LOWEST_BOUND * middle))
    up = np.log(max(high, middle) / middle)
    return np.asarray(best * np.exp(z / Z90 * np.where(z < 0, down, up)))


def weigh(off: Floats, least: float = LEAST_EFFECTIVE) -> Weights:
    """The weights that a misfit (n, M) leaves, tempered to an effective sample size of ``least`` if it is below.

    Tempered: the likelihood to the largest power below 1 at which so many runs are left. The effective sample size
    falls as the power grows, so that halving finds it.
    """
    log_likelihood = -0.5 * np.sum(np.square(off), axis=0)
    plain = _normalised(log_likelihood)
    if effective(plain) >= least:
        return Weights(plain, 1.0, effective(plain))
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if effective(_normalised(middle * log_likelihood)) >= least:
            low = middle
        else:
            high = middle
    return Weights(_normalised(low * log_likelihood), low, effective(plain))


def effective(weights: Floats) -> float:
    """Kish's effective sample size: 1 / the sum of the squares of weights that sum to 1."""
    return float(1 / np.sum(np.square(weights)))


def quantiles(values: Floats, weights: Floats, levels: tuple[float, ...]) -> Floats:
    """(n, q): for each row of ``values`` (n, K) the least value at or below which that share of the weight lies."""
    order = np.argsort(values, axis=1, kind="stable")
    weight = np.cumsum(weights[order], axis=1)
    inside = len(weights) - 1
    found = []
    for level in levels:
        at = np.minimum((weight < level * weight[:, -1:] - 1e-9).sum(axis=1), inside)
        found.append(np.take_along_axis(values, np.take_along_axis(order, at[:, None], 1), 1)[:, 0])
    return np.stack(found, axis=1)


def _normalised(log_weights: Floats) -> Floats:
    shifted = np.exp(log_weights - log_weights.max())
    return np.asarray(shifted / shifted.sum())
