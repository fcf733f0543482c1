"""Which of the drawn parameters move an outcome: rank correlation and size of the effect."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import ndtri

from flightsim import words
from flightsim.comparison.material import Material
from flightsim.results.outcomes import Headline
from flightsim.world import Floats

N_BOOTSTRAP = 1_000
FEWEST = 10  # replicates; of fewer nothing is said
LOW, HIGH = 0.1, 0.9  # an effect is measured between these quantiles of a parameter's draws
_SEED = 20  # of the bootstrap's random numbers: the same figure each time
COLUMNS = (
    "outcome", "unit", "parameter", "role", "n_runs", "rank_correlation", "correlation_low", "correlation_high",
    "effect", "effect_low", "effect_high", "clear",
)  # fmt: skip


def too_few(material: Material) -> list[str]:
    """Whether parameters were drawn, but too few runs made to tell which of them matter; in words."""
    n = material.sizes[material.baseline]
    if material.sweep.draws is None or n >= FEWEST:
        return []
    least = f"{FEWEST} are the fewest for the tornado"
    return [f"Drawn parameters: {words.counted(n, 'run')} cannot tell which of them matter; {least}."]


def of(material: Material, headline: Headline) -> pd.DataFrame:
    """A row a drawn parameter, the strongest first, from the baseline's runs; ``COLUMNS``.

    ``effect``: the outcome where the parameter is high (90 % quantile of its draws) minus where it is low
    (10 %), along the straight line through the outcome against the parameter's rank. ``_low`` and ``_high``:
    95 % bootstrap interval over replicates. ``clear``: chance alone would
    rarely do as much to any of so many parameters. Empty with fewer than ten runs, or if nothing was drawn.
    """
    draws, drawn = material.sweep.draws, material.sweep.drawn
    rows = material.of(material.baseline)
    values = material.values(headline)[rows]
    if draws is None or np.isfinite(values).sum() < FEWEST:
        return pd.DataFrame(columns=list(COLUMNS))
    with_draws = draws.set_index("replicate").reindex(material.runs["replicate"].iloc[rows])
    names = [name for name in drawn if with_draws[name].nunique() > 1]
    known = np.isfinite(values) & with_draws[names].notna().all(axis=1).to_numpy()
    if known.sum() < FEWEST or not names:
        return pd.DataFrame(columns=list(COLUMNS))
    found = strength(with_draws[names].to_numpy(float)[known], values[known])
    table = pd.DataFrame({"parameter": names, **found})
    table["outcome"], table["unit"], table["n_runs"] = headline.name, headline.unit, int(known.sum())
    table["role"] = [drawn[name].role for name in names]
    table["clear"] = table["rank_correlation"].abs() > least_clear(len(values[known]), len(names))
    order = table["effect"].abs().sort_values(ascending=False, kind="stable").index
    return table.loc[order, list(COLUMNS)].reset_index(drop=True)


def least_clear(n: int, n_parameters: int) -> float:
    """The rank correlation that chance alone reaches in 1 of 20 such tables, for any of its parameters.

    Fisher's z at 5 % shared among the parameters (Bonferroni); 1 where there are too few runs to tell.
    """
    if n <= 3:
        return 1.0
    return float(np.tanh(ndtri(1 - 0.025 / max(n_parameters, 1)) / np.sqrt(n - 3)))


def strength(parameters: Floats, values: Floats) -> dict[str, Floats]:
    """Rank correlation and effect of each parameter (n, P) on the values (n,), with bootstrap intervals."""
    n = len(values)
    ranks = pd.DataFrame(parameters).rank().to_numpy() / n  # 0 to 1
    value_ranks = pd.Series(values).rank().to_numpy() / n
    picks = np.random.default_rng(_SEED).integers(0, n, (N_BOOTSTRAP, n))
    every = np.vstack([np.arange(n)[None, :], picks])  # the runs themselves first
    correlations = np.empty((len(every), ranks.shape[1]))
    slopes = np.empty_like(correlations)
    for p in range(ranks.shape[1]):
        x, y, v = ranks[:, p][every], value_ranks[every], values[every]
        x, y = x - x.mean(axis=1, keepdims=True), y - y.mean(axis=1, keepdims=True)
        square = np.maximum((x**2).sum(axis=1), 1e-12)
        correlations[:, p] = (x * y).sum(axis=1) / np.sqrt(square * np.maximum((y**2).sum(axis=1), 1e-12))
        slopes[:, p] = (x * v).sum(axis=1) / square
    effects = slopes * (HIGH - LOW)
    table = {"rank_correlation": correlations[0], "effect": effects[0]}
    for name, each in (("correlation", correlations), ("effect", effects)):
        low, high = np.quantile(each[1:], [0.025, 0.975], axis=0)
        table |= {f"{name}_low": low, f"{name}_high": high}
    return table
