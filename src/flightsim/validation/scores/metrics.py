"""Scores of forecasts of one number: how far off, how sure, how rightly so.

Shapes: ``observed`` (n,), ``members`` (n, m): m equally likely forecasts of each. A single forecast is m = 1;
its CRPS equals the absolute error. CRPS, interval and Brier scores are those of ``scoringrules``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from flightsim.world import Bools, Floats

LEVELS = (0.5, 0.8, 0.9)  # central intervals whose coverage is given
Z90 = float(norm.ppf(0.95))
ERROR_DRAWS = 21  # midpoints of the observation's error that each member is multiplied by
LOWEST_BOUND = 0.05  # of the best figure: a lower bound of zero says little
PIT_BINS = 5


def crps(observed: Floats, members: Floats, weights: Floats | None = None) -> Floats:
    """(n,) continuous ranked probability score of the members as they are, in the unit of the observations.

    ``weights`` (m,): how much each member counts; None: all alike.
    """
    import scoringrules

    each = None if weights is None else np.broadcast_to(weights / weights.sum(), members.shape)
    found = scoringrules.crps_ensemble(observed, members, ens_w=each, estimator="nrg", backend="numpy")
    return np.asarray(found, float).reshape(observed.shape)  # of one observation, the library gives a number


def interval(members: Floats, level: float) -> tuple[Floats, Floats]:
    """(n,), (n,): ends of the central interval that holds ``level`` of the members."""
    low, high = np.quantile(members, [(1 - level) / 2, (1 + level) / 2], axis=1)
    return low, high


def covered(observed: Floats, members: Floats, level: float) -> Bools:
    """(n,) whether the central interval holds the observation."""
    low, high = interval(members, level)
    return np.asarray((low <= observed) & (observed <= high))


def interval_score(observed: Floats, members: Floats, level: float = 0.9) -> Floats:
    """(n,) width of the central interval, and 2 / (1 - level) times what the observation lies outside of it."""
    import scoringrules

    low, high = interval(members, level)
    found = scoringrules.interval_score(observed, low, high, 1 - level, backend="numpy")
    return np.asarray(found, float).reshape(observed.shape)  # of one observation, the library gives a number


def weighted_interval_score(observed: Floats, members: Floats) -> Floats:
    """(n,) the interval scores of ``LEVELS`` and the median's error in one (Bracher et al. 2021).

    Put together here: without numba, scoringrules 0.10 adds the median itself instead of its error.
    """
    parts = np.abs(observed - np.median(members, axis=1)) / 2
    for level in LEVELS:
        parts = parts + (1 - level) / 2 * interval_score(observed, members, level)
    return np.asarray(parts / (len(LEVELS) + 0.5))


def log_error(low: Floats, best: Floats, high: Floats) -> Floats:
    """(n,) standard deviation of an observation's lognormal error: its bounds hold 90 %."""
    floor = np.maximum(low, LOWEST_BOUND * np.maximum(best, 1e-12))
    return np.asarray(np.log(np.maximum(high, floor) / floor) / (2 * Z90))


def with_error(members: Floats, low: Floats, best: Floats, high: Floats) -> Floats:
    """(n, m * ERROR_DRAWS) what a source would report if each member were the truth.

    The observation's bounds are read as a 90 % interval of a lognormal error around the truth; nothing is random.
    """
    sigma = log_error(low, best, high)
    draws = norm.ppf((np.arange(ERROR_DRAWS) + 0.5) / ERROR_DRAWS)
    factor = np.exp(sigma[:, None] * draws[None, :])
    return np.asarray((members[:, :, None] * factor[:, None, :]).reshape(len(members), -1))


def pit(observed: Floats, members: Floats) -> Floats:
    """(n,) share of the members below the observation, ties counted half: uniform if the forecast is honest."""
    below = (members < observed[:, None]).mean(axis=1)
    at = (members == observed[:, None]).mean(axis=1)
    return np.asarray(below + at / 2)


def pit_counts(values: Floats) -> list[int]:
    """How many PIT values lie in each of ``PIT_BINS`` equal bins: a hump says too unsure, two ends too sure."""
    return [int(n) for n in np.histogram(values, bins=PIT_BINS, range=(0, 1))[0]]


def probability_above(members: Floats, threshold: float | Floats) -> Floats:
    """(n,) share of the members above a threshold."""
    return np.asarray((members > np.broadcast_to(threshold, len(members))[:, None]).mean(axis=1))


def brier(happened: Bools, probability: Floats) -> float:
    """Mean squared difference of probabilities and what happened; 0 is best, always saying one half gives 0.25."""
    import scoringrules

    return float(np.mean(scoringrules.brier_score(happened.astype(float), probability, backend="numpy")))


@dataclass(frozen=True)
class Reliable:
    """Of the times when a probability between ``low`` and ``high`` was given, how often it happened."""

    low: float
    high: float
    n: int
    said: float  # the mean probability given; nan if never
    happened: float  # the share of times; nan if never


def reliability(happened: Bools, probability: Floats, bins: int = 5) -> list[Reliable]:
    """The reliability diagram as a table: equal bins of probability."""
    edges = np.linspace(0, 1, bins + 1)
    at = np.clip(np.digitize(probability, edges[1:-1]), 0, bins - 1)
    found = []
    for b in range(bins):
        here = at == b
        n = int(here.sum())
        said, share = (float(probability[here].mean()), float(happened[here].mean())) if n else (np.nan,) * 2
        found.append(Reliable(float(edges[b]), float(edges[b + 1]), n, said, share))
    return found
