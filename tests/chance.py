"""Whether random numbers are what theory says, within four standard errors: for tests that hold for any seed."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

ERRORS = (
    4.0  # one true statement in 16,000 would fail; all luck is keyed, so a test that passes goes on passing
)


def assert_share(hits: npt.ArrayLike, expected: float) -> None:
    """The share of true ones, against its expectation."""
    got = np.asarray(hits, bool)
    error = math.sqrt(expected * (1 - expected) / got.size)
    assert abs(got.mean() - expected) <= ERRORS * error, (
        f"{got.mean():.4f} against {expected:.4f} ± {error:.4f}"
    )


def assert_mean(sample: npt.ArrayLike, expected: float) -> None:
    """The mean, against its expectation, with the standard error from the sample."""
    got = np.asarray(sample, float)
    error = got.std(ddof=1) / math.sqrt(got.size)
    assert abs(got.mean() - expected) <= ERRORS * error, (
        f"{got.mean():.4f} against {expected:.4f} ± {error:.4f}"
    )


def assert_uncorrelated(a: npt.ArrayLike, b: npt.ArrayLike) -> None:
    """The correlation of two samples without any has a standard error of 1 / sqrt(n)."""
    x, y = np.asarray(a, float).ravel(), np.asarray(b, float).ravel()
    r = float(np.corrcoef(x, y)[0, 1])
    assert abs(r) <= ERRORS / math.sqrt(x.size), f"correlation {r:.4f} of {x.size} pairs"


def assert_uniform(sample: npt.ArrayLike) -> None:
    """Kolmogorov and Smirnov: the greatest distance of the shares below from the diagonal; 1 in 2,000 at 1.95."""
    u = np.sort(np.asarray(sample, float).ravel())
    steps = np.arange(u.size + 1) / u.size
    distance = max(np.abs(u - steps[:-1]).max(), np.abs(u - steps[1:]).max())
    assert distance * math.sqrt(u.size) < 1.95, f"distance {distance:.4f} of {u.size}"
