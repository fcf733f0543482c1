"""What ships: the samples of the posterior, and the option ``behaviour=calibrated`` with their mean."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
FIGURES = 3  # significant ones of the best estimate
HEAD = """# Who leaves, and where to?
# As `flight`, the best estimate of the calibration on Idlib's winter to 8 March 2020 (docs/calibration.md).
# Written by experiments/calibration/run.py from calibrated.csv, the samples of the posterior: their means. No
# better founded than that page says; the defaults of `flight` are those of the round before.
"""


def best_estimate(samples: pd.DataFrame) -> dict[str, float]:
    """The mean of the samples, to three significant figures, by parameter."""
    return {str(name): float(f"{value:.{FIGURES}g}") for name, value in samples.mean().items()}


def write_samples(path: Path, names: tuple[str, ...], values: Floats) -> pd.DataFrame:
    """The table of samples, a row a draw, to four significant figures."""
    table = pd.DataFrame([[float(f"{v:.4g}") for v in row] for row in values], columns=list(names))
    table.to_csv(path, index=False)
    return table


def option(flight: str, samples: pd.DataFrame) -> str:
    """The text of ``conf/behaviour/calibrated.yaml`` from that of ``flight.yaml``."""
    lines = [line for line in flight.splitlines() if not line.startswith("#")]
    for name, value in best_estimate(samples).items():
        key = name.partition(".")[2]
        low, high = samples[name].quantile([0.05, 0.95])
        said = f"[calibrated; 90 % of the posterior: {low:.3g} to {high:.3g}]"
        at = next(i for i, line in enumerate(lines) if line.startswith(f"{key}: "))
        after = re.sub(r"\[[^\[\]]*\]$", said, lines[at].partition("  # ")[2])
        lines[at] = f"{key}: {value!r}  # {after}"
    return HEAD + "\n".join(lines) + "\n"
