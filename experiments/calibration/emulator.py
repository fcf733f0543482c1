"""A statistical stand-in for the model: Gaussian processes that say what a run would answer, and how sure they are."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

try:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel
except ImportError as missing:
    raise SystemExit(
        f"the emulator needs scikit-learn ({missing}): pip install 'flightsim[calibration]'"
    ) from None


Floats = npt.NDArray[np.float64]
FITTED_ON = 160  # runs that length scales are found with; all runs are then interpolated between
CHUNK = 8192  # points answered at once, for memory


@dataclass(frozen=True)
class Emulator:
    """One process an answer. Points are in the unit cube: each parameter as a share of its range."""

    processes: tuple[GaussianProcessRegressor, ...]
    mean: Floats  # (k,) of the answers that it was made from
    spread: Floats  # (k,)

    def predict(self, points: Floats) -> tuple[Floats, Floats]:
        """(n, k) expected answers of a run at (n, d) points, and their standard deviation, the run's luck included."""
        parts = [self._predict(points[i : i + CHUNK]) for i in range(0, len(points), CHUNK)]
        return np.concatenate([m for m, _ in parts]), np.concatenate([s for _, s in parts])

    def _predict(self, points: Floats) -> tuple[Floats, Floats]:
        each = [process.predict(points, return_std=True) for process in self.processes]
        mean, sd = (np.column_stack(columns) for columns in zip(*each, strict=True))
        return self.mean + self.spread * mean, self.spread * sd

    @property
    def reach(self) -> Floats:
        """(k, d) length scales as shares of the parameters' ranges: large where a parameter hardly matters."""
        return np.array([process.kernel_.k1.k2.length_scale for process in self.processes])


def fit(points: Floats, answers: Floats) -> Emulator:
    """An emulator of (n, k) answers at (n, d) points of the unit cube.

    ValueError if there are fewer than ten points a dimension's worth of answers, or any is not finite.
    """
    n, d = points.shape
    if len(answers) != n or n < 10 * d:
        raise ValueError(f"{n} points and {len(answers)} answers; expected at least {10 * d} of each")
    if not (np.isfinite(points).all() and np.isfinite(answers).all()):
        raise ValueError("points and answers must be finite numbers")
    mean, spread = answers.mean(axis=0), np.maximum(answers.std(axis=0), 1e-9)
    scaled = (answers - mean) / spread
    return Emulator(tuple(_process(points, column) for column in scaled.T), mean, spread)


def _process(points: Floats, answers: Floats) -> GaussianProcessRegressor:
    """Length scales found on some of the runs (the cost grows with their cube), then all runs taken in."""
    n, d = points.shape
    kernel = ConstantKernel(4.0, (0.05, 100.0)) * RBF(np.full(d, 1.5), (0.1, 30.0)) + WhiteKernel(
        0.01, (1e-5, 1.0)
    )
    some = slice(None, None, -(-n // FITTED_ON))
    found = GaussianProcessRegressor(kernel)
    with warnings.catch_warnings():  # a length scale at its bound: the parameter does not matter
        warnings.simplefilter("ignore", ConvergenceWarning)
        found.fit(points[some], answers[some])
    return GaussianProcessRegressor(found.kernel_, optimizer=None).fit(points, answers)
