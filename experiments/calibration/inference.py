"""What reports say of the parameters: a posterior by importance sampling over the emulator, and checks of it.

A report's logarithm is the model's answer, plus what the model gets wrong (a rate of leaving that drifts, of
unknown size; what such a drift does to the reports is known from runs), plus the source's error. With few
parameters, a hundred thousand points that fill the prior evenly are answered by the emulator in a minute and
weighed by how well each explains the reports; no chain has to converge, and the same points serve for every
synthetic report of a simulation-based calibration.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri
from scipy.stats import qmc

Floats = npt.NDArray[np.float64]
DISCREPANCY = 0.5  # *assumption*: scale of the half-normal prior of the drift's deviation, in logarithms
RANKS = 99  # draws that a rank is counted among


class Answers(Protocol):
    """What stands in for the model."""

    def predict(self, points: Floats) -> tuple[Floats, Floats]:
        """(n, k) means and standard deviations."""
        ...


@dataclass(frozen=True)
class Errors:
    """How reports differ from the model's answers: ``source_sd`` (k,), and how alike the model's errors are (k, k)."""

    source_sd: Floats
    alike: Floats

    def covariance(self, discrepancy: Floats, answer_sd: Floats) -> Floats:
        """(n, k, k) for (n,) sizes of the discrepancy and (n, k) deviations of the emulator."""
        found = discrepancy[:, None, None] ** 2 * self.alike
        k = np.arange(len(self.source_sd))
        found[:, k, k] += self.source_sd**2 + answer_sd**2
        return found

    def report(self, answers: Floats, discrepancy: float, rng: np.random.Generator) -> Floats:
        """(k,) synthetic reports of one run's answers."""
        covariance = self.covariance(np.array([discrepancy]), np.zeros((1, len(answers))))[0]
        return np.asarray(rng.multivariate_normal(answers, covariance))


@dataclass(frozen=True)
class Prepared:
    """Points that fill the prior, with all that does not depend on the reports.

    unit (n, d) shares of the prior below each point; values (n, d) parameters; discrepancy (n,); mean (n, k);
    whiten (n, k, k) inverse Cholesky factors; constant (n,) of the log density.
    """

    values: Floats
    discrepancy: Floats
    mean: Floats
    whiten: Floats
    constant: Floats

    def weights(self, reports: Floats) -> Floats:
        """(n,) posterior weights of the points; they sum to 1."""
        off = np.einsum("nij,nj->ni", self.whiten, reports - self.mean)
        log = self.constant - 0.5 * (off**2).sum(axis=1)
        found = np.exp(log - log.max())
        return np.asarray(found / found.sum())


class Prior(Protocol):
    """Where the parameters are believed to be."""

    def values(self, shares: Floats) -> Floats:
        """(n, d) parameters from shares of the prior below them."""
        ...

    def unit(self, values: Floats) -> Floats:
        """(n, d) parameters as shares of their ranges."""
        ...


def prepare(emulator: Answers, prior: Prior, errors: Errors, d: int, n_log2: int, seed: int) -> Prepared:
    """2 ** ``n_log2`` points of a Sobol sequence through the prior of ``d`` parameters and the discrepancy."""
    shares = qmc.Sobol(d + 1, rng=np.random.default_rng(seed)).random_base2(n_log2)
    shares = np.clip(shares, 1e-6, 1 - 1e-6)
    values, discrepancy = prior.values(shares[:, :d]), half_normal(shares[:, d])
    mean, sd = emulator.predict(prior.unit(values))
    factor = np.linalg.cholesky(errors.covariance(discrepancy, sd))
    constant = -np.log(np.diagonal(factor, axis1=1, axis2=2)).sum(axis=1)
    return Prepared(values, discrepancy, mean, np.linalg.inv(factor), constant)


def half_normal(shares: Floats) -> Floats:
    """Sizes of the discrepancy from shares of its prior below them."""
    return np.asarray(DISCREPANCY * ndtri((1 + shares) / 2))


def effective(weights: Floats) -> float:
    """How many equally weighted points the weights are worth."""
    return float(1 / np.sum(weights**2))


def draw(weights: Floats, n: int, rng: np.random.Generator) -> npt.NDArray[np.intp]:
    """(n,) rows drawn by weight, as evenly as can be (systematic resampling), in random order."""
    at = (rng.random() + np.arange(n)) / n
    rows = np.searchsorted(np.cumsum(weights), at).clip(max=len(weights) - 1)
    return np.asarray(rng.permutation(rows))


def rank(
    truth: Floats, prepared: Prepared, reports: Floats, rng: np.random.Generator
) -> npt.NDArray[np.intp]:
    """(d,) among ``RANKS`` draws of the posterior, how many lie below the truth: 0 to ``RANKS``, uniform if right."""
    rows = rng.choice(len(prepared.values), RANKS, p=prepared.weights(reports))
    return np.asarray((prepared.values[rows] < truth).sum(axis=0))


def contraction(values: Floats, weights: Floats) -> Floats:
    """(d,) 1 - variance of the posterior / of the prior: 0 nothing was learned, 1 all."""
    mean = weights @ values
    return np.asarray(1 - weights @ (values - mean) ** 2 / values.var(axis=0))
