"""The spread of replicates: quantiles, the mean and how sure it is."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from flightsim.results.precision import CONFIDENCE
from flightsim.world import Floats

QUANTILES = {"p5": 0.05, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p95": 0.95}
COLUMNS = ("n_runs", "mean", "mean_low", "mean_high", *QUANTILES)


def of(values: Floats) -> pd.DataFrame:
    """The bands of replicates (rows) for each column, a row a column.

    ``mean_low`` to ``mean_high`` is the 95 % interval of the mean; ``p5`` … ``p95`` are quantiles between the
    replicates, interpolated linearly. A value that is nan is no value; with none at all everything is nan.
    """
    known = np.asarray(values, dtype=float)
    known = known[:, None] if known.ndim == 1 else known
    there = np.isfinite(known)
    n = there.sum(axis=0)
    table = {"n_runs": n, **dict(zip(("mean", "mean_low", "mean_high"), _mean(known, there, n), strict=True))}
    levels = np.full((len(QUANTILES), known.shape[1]), np.nan)
    whole = (n == len(known)) & (n > 0)
    if whole.any():
        levels[:, whole] = np.quantile(known[:, whole], list(QUANTILES.values()), axis=0)
    for column in np.flatnonzero(~whole & (n > 0)):
        levels[:, column] = np.quantile(known[there[:, column], column], list(QUANTILES.values()))
    return pd.DataFrame(table | dict(zip(QUANTILES, levels, strict=True)))[list(COLUMNS)]


def _mean(known: Floats, there: Floats, n: Floats) -> tuple[Floats, Floats, Floats]:
    """The mean of each column and its interval; nan where one value or none leaves it open."""
    least = np.maximum(n, 1)
    mean = np.where(there, known, 0).sum(axis=0) / least
    squares = np.where(there, known - mean, 0) ** 2
    spread = np.sqrt(squares.sum(axis=0) / np.maximum(n - 1, 1))
    half = stdtrit(np.maximum(n - 1, 1), (1 + CONFIDENCE) / 2) * spread / np.sqrt(least)
    half = np.where(n > 1, half, np.nan)
    mean = np.where(n > 0, mean, np.nan)
    return mean, mean - half, mean + half
