"""Baselines for where to: shares of each area's leavers that arrive in each area, by rules that know no model.

Each gives (A, A), origin by destination, rows that sum to 1, nobody staying in an area of his own unless it is
the only one open. ``open_`` (A,) areas one can go to: inhabited, and not lost by the day of the forecast. What
each rule knows stands in its docstring; all know the captures that ``open_`` is made from.
"""

from __future__ import annotations

import numpy as np

from flightsim.world import Bools, Floats

SOFTENING_KM = 10.0  # as Flee adds to distances, so that near places are not infinitely near
DISTANCE_POWER = 1.0  # prior for displacement in Syria: 1.0, give or take 0.4


def uniform(open_: Bools) -> Floats:
    """All open areas alike. Knows which are open."""
    return by_weight(np.ones(len(open_)), open_)


def by_weight(weight: Floats, open_: Bools) -> Floats:
    """In proportion to a weight of each area: free room (capacity split), or where the displaced were (last shares).

    Knows the weight at the origin of the forecast.
    """
    return _rows(np.tile(weight * open_, (len(open_), 1)), open_)


def gravity(population: Floats, km: Floats, open_: Bools) -> Floats:
    """Population over distance by road. Knows population at the start and roads."""
    return _rows(population * open_ / (km + SOFTENING_KM) ** DISTANCE_POWER, open_)


def radiation(population: Floats, km: Floats, open_: Bools) -> Floats:
    """Simini et al. (2012): the people nearer than a destination compete with it. Knows population and roads."""
    m = population[:, None]
    n = (population * open_)[None, :]
    order = np.argsort(km, axis=1, kind="stable")
    nearer = np.empty_like(km)
    for i, by_km in enumerate(order):
        before = np.cumsum((population * open_)[by_km])
        nearer[i, by_km] = before - (population * open_)[by_km]
    s = np.maximum(nearer - np.where(open_, population, 0.0)[:, None], 0.0)  # without the origin itself
    return _rows(m * n / np.maximum((m + s) * (m + n + s), 1e-12), open_)


def nearest_safe(km: Floats, open_: Bools) -> Floats:
    """Everybody to the nearest open area by road. Knows roads."""
    away = np.where(open_[None, :] & ~np.eye(len(km), dtype=bool), km, np.inf)
    return _rows((away == away.min(axis=1, keepdims=True)) & np.isfinite(away), open_)


def _rows(weight: Floats | Bools, open_: Bools) -> Floats:
    """Rows scaled to 1, the own area left out; where nothing is left, all open areas alike, or the own one."""
    w = np.array(weight, float)
    np.fill_diagonal(w, 0.0)
    bare = w.sum(axis=1) <= 0
    w[bare] = open_
    only = w.sum(axis=1) <= 0
    w[only] = np.eye(len(w))[only]
    return np.asarray(w / w.sum(axis=1, keepdims=True))
