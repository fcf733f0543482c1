"""Whether a calibration can be trusted: the emulator beside fresh runs, recovered parameters, the reports again."""

from __future__ import annotations

from collections.abc import Sequence

import inference
import numpy as np
import numpy.typing as npt
import pandas as pd
from emulator import Emulator
from inference import RANKS, Errors, Prepared
from scipy.stats import kstest
from study import Prior, Report

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
Z90 = 1.645
EDGE = 0.1  # of a range: what lies this near to an end of it is reported


def emulator_errors(
    emulator: Emulator, points: Floats, answers: Floats, reports: Sequence[Report]
) -> pd.DataFrame:
    """A row a report: how far the emulator is from runs it has not seen, beside its own deviation and the spread."""
    mean, sd = emulator.predict(points)
    off = answers - mean
    return pd.DataFrame(
        {
            "report": [r.name for r in reports],
            "emulator_rmse": np.sqrt((off**2).mean(axis=0)),
            "spread_of_runs": answers.std(axis=0),
            "source_sd": [r.source_sd for r in reports],
            "within_90": (np.abs(off) <= Z90 * sd).mean(axis=0),
        }
    )


def ranks_on_emulator(
    emulator: Emulator, prior: Prior, errors: Errors, prepared: Prepared, n: int, seed: int
) -> Ints:
    """(n, d) ranks of known parameters, the emulator itself having answered."""
    rng = np.random.default_rng(seed)
    truths, sizes = truths_of(prior, n, rng)
    mean, sd = emulator.predict(prior.unit(truths))
    made = [
        errors.report(m + s * rng.standard_normal(len(m)), d, rng)
        for m, s, d in zip(mean, sd, sizes, strict=True)
    ]
    return np.array([inference.rank(t, prepared, r, rng) for t, r in zip(truths, made, strict=True)])


def truths_of(prior: Prior, n: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """(n, d) parameters and (n,) sizes of the discrepancy drawn from the prior."""
    return prior.values(rng.random((n, len(prior.names)))), inference.half_normal(rng.random(n))


def ranks_on_model(
    truths: Floats, sizes: Floats, answers: Floats, errors: Errors, prepared: Prepared, seed: int
) -> Ints:
    """(n, d) ranks of known parameters, runs of the model having answered."""
    rng = np.random.default_rng(seed)
    made = [errors.report(a, d, rng) for a, d in zip(answers, sizes, strict=True)]
    return np.array([inference.rank(t, prepared, r, rng) for t, r in zip(truths, made, strict=True)])


def uniformity(ranks: Ints) -> Floats:
    """(d,) chance of ranks at least so uneven if the calibration is right (Kolmogorov and Smirnov's test)."""
    shares = (ranks + 0.5) / (RANKS + 1)
    return np.array([kstest(column, "uniform").pvalue for column in shares.T])


def parameters(prior: Prior, prepared: Prepared, weights: Floats) -> pd.DataFrame:
    """A row a parameter: before, after, and what was learned."""
    found = []
    contraction = inference.contraction(prepared.values, weights)
    for i, name in enumerate(prior.names):
        values, order = prepared.values[:, i], np.argsort(prepared.values[:, i])
        below = np.cumsum(weights[order])
        low, high = values[order][np.searchsorted(below, [0.05, 0.95])]
        unit = (values - prior.low[i]) / (prior.high[i] - prior.low[i])
        found.append(
            {
                "parameter": name,
                "default": prior.default[i],
                "prior_low": prior.low[i],
                "prior_high": prior.high[i],
                "best_estimate": float(weights @ values),
                "posterior_05": low,
                "posterior_95": high,
                "contraction": contraction[i],
                "near_low_end": float(weights[unit < EDGE].sum()),
                "near_high_end": float(weights[unit > 1 - EDGE].sum()),
            }
        )
    return pd.DataFrame(found)


def correlations(prior: Prior, prepared: Prepared, weights: Floats) -> pd.DataFrame:
    """(d, d) of the posterior."""
    found = np.cov(prepared.values.T, aweights=weights)
    sd = np.sqrt(np.diag(found))
    return pd.DataFrame(found / np.outer(sd, sd), prior.names, prior.names)


def predicted(answers: Floats, sizes: Floats, errors: Errors, seed: int, each: int = 50) -> Floats:
    """(n * each, k) what would be reported if the runs were true, with discrepancies of these sizes."""
    rng = np.random.default_rng(seed)
    return np.array(
        [errors.report(a, d, rng) for a, d in zip(answers, sizes, strict=True) for _ in range(each)]
    )


def reports_again(reports: Sequence[Report], default: Floats, best: Floats, said: Floats) -> pd.DataFrame:
    """A row a report: observed, the default's and the best estimate's runs, and 90 % of what would be reported."""
    low, high = np.quantile(said, [0.05, 0.95], axis=0)
    value = np.array([r.value for r in reports])
    return pd.DataFrame(
        {
            "report": [r.name for r in reports],
            "source": [r.source for r in reports],
            "observed": value,
            "default": np.median(default, axis=0),
            "best_estimate": np.median(best, axis=0),
            "predicted_05": low,
            "predicted_95": high,
            "pit": (said < value).mean(axis=0),
            "inside": (low <= value) & (value <= high),
        }
    )
