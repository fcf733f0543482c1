"""The headline outcomes of a sweep by scenario: summary.csv."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from flightsim.files.atomic import write_text
from flightsim.files.spreadsheet import harmless
from flightsim.results import outcomes, sweeps

QUANTILES = (5, 25, 50, 75, 95)


def write(folder: Path, found: Mapping[str, Sequence[Mapping[str, float]]]) -> None:
    """Write the mean and quantiles of the outcomes found, a mapping by name for each run, by scenario."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["scenario", "outcome", "unit", "runs", "mean", *(f"p{q}" for q in QUANTILES)])
    for scenario, of_runs in found.items():
        for name, about in outcomes.HEADLINES.items():
            known = np.array([values[name] for values in of_runs if np.isfinite(values[name])])
            if len(known):
                numbers = [known.mean(), *np.percentile(known, QUANTILES)]
                writer.writerow(
                    [harmless(scenario), name, about.unit, len(known), *(f"{x:.10g}" for x in numbers)]
                )
    write_text(folder / sweeps.SUMMARY, text.getvalue())
