"""The runs of a calibration: made once, found again by their fingerprints, read as answers to the reports."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import study

from flightsim.case.observations import read_observations
from flightsim.case.reading import read_case
from flightsim.errors import InputError
from flightsim.results.runs import load
from flightsim.sweeps import batch
from flightsim.validation.scores import ensemble
from flightsim.validation.scores.ground import Ground

Floats = npt.NDArray[np.float64]


def make(configs: Sequence[dict[str, Any]], folder: Path, workers: int, what: str) -> list[Path]:
    """The folders of runs with these configurations; what is there is not made again. InputError if one failed."""

    def told(done: int, failed: int, wanted: int) -> None:
        print(f"\r{what}: {done} of {wanted} runs", end="" if done < wanted else "\n", file=sys.stderr)

    found = batch.run_configs(configs, folder, workers=workers, progress=told)
    errors = sorted({run.error for run in found if run.path is None})
    if errors:
        raise InputError([f"{what}: {error}" for error in errors])
    return [run.path for run in found if run.path is not None]


class Reader:
    """Reads runs as answers; the reports are those of the case that the first runs answer."""

    def __init__(self, first: Path) -> None:
        run = ensemble.of_runs([load(first)])
        case = read_case(run.case)
        self.ground = Ground(case.world, run.runs[0].front)
        observed = read_observations(case.folder, self.ground.codes, case.world.persons)
        self.reports = study.reports(observed.rows, run)

    def answers(self, paths: Sequence[Path]) -> Floats:
        """(n, k) what each run answers to each report."""
        together = ensemble.of_runs([load(path) for path in paths])
        return np.column_stack([report.answers(together, self.ground) for report in self.reports])
