"""Scores of where people go: how many are in the wrong place, how far from the right one, whose turn it is."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array

from flightsim.world import Floats


def normalised(counts: Floats) -> Floats:
    """Shares that sum to 1; all zero if there is nobody."""
    whole = float(np.sum(counts))
    return np.asarray(counts, float) / whole if whole > 0 else np.zeros(np.shape(counts))


def total_variation(counts: Floats, observed: Floats) -> float:
    """Half the sum of absolute differences of the shares: the share of people in the wrong place, 0 to 1."""
    a, b = normalised(counts), normalised(observed)
    if not a.any() or not b.any():
        return float(a.any() != b.any())
    return float(np.abs(a - b).sum() / 2)


def ard(simulated: Floats, observed: Floats) -> float:
    """Averaged relative difference as Flee defines it, of (T, C) people in C places on T days.

    Each day's sum of absolute differences over the people observed (at least 1), averaged over all days. 0 to
    any number; half of it is the share of people in the wrong place where the totals agree.
    """
    s, d = np.atleast_2d(simulated), np.atleast_2d(observed)
    return float(np.mean(np.abs(s - d).sum(axis=1) / np.maximum(d.sum(axis=1), 1)))


def rescaled_ard(simulated: Floats, observed: Floats) -> float:
    """``ard`` with each day's simulated people first scaled to that day's observed total; 0 to 2."""
    s, d = np.atleast_2d(simulated).astype(float), np.atleast_2d(observed).astype(float)
    sums = s.sum(axis=1, keepdims=True)
    scaled = np.divide(s * d.sum(axis=1, keepdims=True), sums, out=np.zeros_like(s), where=sums > 0)
    return ard(scaled, d)


def earth_movers_km(counts: Floats, observed: Floats, km: Floats) -> float:
    """Kilometres by which a person is in the wrong place, on average, if all moved to right it the shortest way.

    ``km`` (C, C) distances between the C places. nan if there is nobody in one of the two.
    """
    a, b = normalised(counts), normalised(observed)
    if not a.any() or not b.any():
        return float("nan")
    n = len(a)
    cell = np.arange(n * n)
    both = np.concatenate(
        [cell // n, n + cell % n]
    )  # each cell of the plan in its row's and its column's sum
    sums: Any = coo_array(
        (np.ones(2 * n * n), (both, np.concatenate([cell, cell]))), shape=(2 * n, n * n)
    ).tocsr()
    found = linprog(np.asarray(km, float).ravel(), A_eq=sums, b_eq=np.concatenate([a, b]), method="highs")
    return float(found.fun or 0.0) if found.success else float("nan")


def top_found(counts: Floats, observed: Floats, k: int = 3) -> float:
    """Of the ``k`` places that received most, the share that is among the forecast's ``k``."""
    k = min(k, len(observed))
    right = set(np.argsort(-np.asarray(observed), kind="stable")[:k].tolist())
    return len(right & set(np.argsort(-np.asarray(counts), kind="stable")[:k].tolist())) / k


def rank_correlation(counts: Floats, observed: Floats) -> float:
    """Spearman's: whether places are in the right order; nan if all are alike or there are fewer than three."""
    from scipy.stats import rankdata

    a, b = rankdata(counts), rankdata(observed)
    if len(a) < 3 or a.std() == 0 or b.std() == 0:
        return float("nan")
    return float(np.corrcoef(a, b)[0, 1])
