"""Calibrates the model against the case's own observations and rewrites what rests on it.

    python experiments/calibration/run.py            all of it, with two processes; the same command goes on when killed
    python experiments/calibration/run.py --trial    a quick look with few runs: writes into results/trial only

Runs over the prior, an emulator, more runs where the posterior lies, the posterior, and checks: fresh runs, known
parameters recovered, the reports predicted again, full scale. Writes conf/behaviour/calibrated.csv and .yaml, the
tables of docs/calibration.md and its figures. Needs the extra ``calibration`` (scikit-learn).
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import checks
import emulator
import inference
import numpy as np
import numpy.typing as npt
import pandas as pd
import pictures
import scores
import ship
import study
from runs import Reader, make
from scipy.stats import qmc

from flightsim import dotted
from flightsim.config import compose
from flightsim.errors import InputError

Floats = npt.NDArray[np.float64]
HERE = Path(__file__).resolve().parent
DOCS = HERE.parents[1] / "docs"
# Population scale and hours a step: of the calibration, and what it is held against.
QUICK, FULL = (0.1, 6), (1.0, 1)


@dataclass(frozen=True)
class Size:
    """How many runs and points."""

    design: int = 128  # runs that fill the ranges: a power of 2
    refined: int = 32  # runs where the first posterior lies
    drifting: int = 64  # runs at the defaults whose rate of leaving drifts
    recovered: int = 20  # runs at parameters drawn from the prior, to be recovered
    predicted: int = 20  # runs at draws of the posterior
    luck: int = 3  # seeds of the default and of the best estimate
    full: int = 1  # of these seeds, those run at full scale too
    emulated: int = 200  # synthetic reports of the emulator
    samples: int = 1000  # that ship
    points_log2: int = 16
    check_points_log2: int = 14


TRIAL = Size(64, 6, 12, 6, 6, 1, 1, 40, 100, 13, 11)


class Calibration:
    """The steps, each from the one before. Seeds are fixed, so runs made once are found again."""

    def __init__(self, size: Size, folder: Path, workers: int) -> None:
        self.size, self.folder, self.workers = size, folder, workers
        self.base = study.config(*QUICK)
        self.prior = study.prior(self.base)

    def runs(self, values: Floats, first_seed: int, what: str, how: tuple[float, int] = QUICK) -> list[Path]:
        """Runs at (n, d) parameters with a seed each."""
        base = self.base if how == QUICK else study.config(*how)
        configs = [study.with_values(base, v, first_seed + i) for i, v in enumerate(values)]
        return make(configs, self.folder / "runs", self.workers, what)

    def drift(self) -> Floats:
        """(k, k) how reports move together as the rate of leaving drifts by one in logarithms, from runs that do."""
        drifting = dotted.changed(self.base, {study.DRIFT: study.DRIFTING})
        values = [self.prior.default] * self.size.drifting
        configs = [study.with_values(drifting, v, 5000 + i) for i, v in enumerate(values)]
        answers = self.reader.answers(make(configs, self.folder / "runs", self.workers, "drifting"))
        return np.asarray(np.cov(answers.T) / study.DRIFTING**2)

    def learn(self) -> None:
        """Runs over the ranges, then where the first posterior lies; the emulator of both."""
        d = len(study.FREE)
        unit = qmc.Sobol(d, rng=np.random.default_rng(1)).random(self.size.design)
        values = self.prior.across(unit)
        paths = self.runs(values, 1000, "design")
        self.reader = Reader(paths[0])
        reports = self.reader.reports
        if note := study.told_of_the_drift(reports):
            print(f"Note: {note}.", file=sys.stderr)
        self.errors = inference.Errors(np.array([r.error_sd for r in reports]), self.drift())
        self.reported = np.array([r.value for r in reports])
        answers = self.reader.answers(paths)
        first = self.posterior(emulator.fit(unit, answers), self.size.check_points_log2)
        rows = inference.draw(first.weights(self.reported), self.size.refined, np.random.default_rng(2))
        more = first.values[rows]
        answers = np.vstack([answers, self.reader.answers(self.runs(more, 2000, "refined"))])
        self.emulator = emulator.fit(np.vstack([unit, self.prior.unit(more)]), answers)

    def posterior(self, stand_in: emulator.Emulator, points_log2: int) -> inference.Prepared:
        """Points through the prior, answered by the emulator."""
        return inference.prepare(stand_in, self.prior, self.errors, len(study.FREE), points_log2, seed=3)

    def infer(self) -> None:
        """The posterior and its samples."""
        self.prepared = self.posterior(self.emulator, self.size.points_log2)
        self.weights = self.prepared.weights(self.reported)
        rows = inference.draw(self.weights, self.size.samples, np.random.default_rng(4))
        self.drawn, self.distinct = self.prepared.values[rows], len(set(rows.tolist()))
        self.sizes = self.prepared.discrepancy[rows]

    def recover(self) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], pd.DataFrame]:
        """Ranks of known parameters, with the emulator's and the model's answers; the emulator beside fresh runs."""
        coarse = self.posterior(self.emulator, self.size.check_points_log2)
        emulated = checks.ranks_on_emulator(
            self.emulator, self.prior, self.errors, coarse, self.size.emulated, 5
        )
        truths, sizes = checks.truths_of(self.prior, self.size.recovered, np.random.default_rng(6))
        answers = self.reader.answers(self.runs(truths, 3000, "recovered"))
        ranks = checks.ranks_on_model(truths, sizes, answers, self.errors, coarse, 7)
        beside = checks.emulator_errors(self.emulator, self.prior.unit(truths), answers, self.reader.reports)
        return emulated, ranks, beside

    def write(self, out: Path, options: Path) -> dict[str, pd.DataFrame]:
        """Samples and option into ``options``, tables and figures into ``out``; gives the tables."""
        out.mkdir(parents=True, exist_ok=True)
        options.mkdir(parents=True, exist_ok=True)
        together = np.column_stack([self.drawn, self.sizes])
        samples = ship.write_samples(options / "calibrated.csv", (*study.FREE, study.DRIFT), together)
        samples = samples[list(study.FREE)]
        flight = (compose.conf_folder() / "behaviour" / "flight.yaml").read_text(encoding="utf-8")
        (options / "calibrated.yaml").write_text(ship.option(flight, samples), encoding="utf-8")
        best = np.array(list(ship.best_estimate(samples).values()))
        n = self.size.luck
        paths = {
            "default": self.runs(np.tile(self.prior.default, (n, 1)), 1, "default"),
            "best estimate": self.runs(np.tile(best, (n, 1)), 1, "best estimate"),
            "posterior": self.runs(samples.to_numpy()[: self.size.predicted], 4000, "posterior"),
        }
        answers = {name: self.reader.answers(found) for name, found in paths.items()}
        full = {
            "default": self.full(self.prior.default, answers["default"], "default"),
            "best estimate": self.full(best, answers["best estimate"], "best estimate"),
        }
        said = checks.predicted(answers["posterior"], self.sizes[: self.size.predicted], self.errors, 8)
        emulated, ranks, beside = self.recover()
        reports = self.reader.reports
        tables = {
            "parameters": checks.parameters(self.prior, self.prepared, self.weights),
            "correlations": checks.correlations(self.prior, self.prepared, self.weights).reset_index(
                names=""
            ),
            "reports": checks.reports_again(reports, answers["default"], answers["best estimate"], said),
            "emulator": beside,
            "recovery": pd.DataFrame(
                {
                    "parameter": study.FREE,
                    "p_emulator": checks.uniformity(emulated),
                    "p_model": checks.uniformity(ranks),
                }
            ),
            "scale": pd.DataFrame({"report": [r.name for r in reports], **full}),
            "scores": scores.table(paths, self.reader.ground.world),
            "sampler": self.sampler(),
        }
        for name, table in tables.items():
            table.to_csv(out / f"{name}.csv", index=False)
        pictures.draw_all(out, self.prior, samples, tables, emulated, ranks)
        return tables

    def full(self, values: Floats, at_scale: Floats, what: str) -> Floats:
        """(k,) what full scale in hourly steps answers more, for the same seeds, in logarithms."""
        n = self.size.full
        paths = self.runs(np.tile(values, (n, 1)), 1, f"{what}, full scale", FULL)
        return np.asarray((self.reader.answers(paths) - at_scale[:n]).mean(axis=0))

    def sampler(self) -> pd.DataFrame:
        """What is reported of the sampling, and of the discrepancy."""
        order = np.argsort(self.prepared.discrepancy)
        below = np.cumsum(self.weights[order])
        low, middle, high = self.prepared.discrepancy[order][np.searchsorted(below, [0.05, 0.5, 0.95])]
        return pd.DataFrame(
            [
                ("points through the prior", len(self.weights)),
                ("equally weighted points that they are worth", inference.effective(self.weights)),
                ("samples that ship", len(self.drawn)),
                ("of which different", self.distinct),
                ("discrepancy, median", middle),
                ("discrepancy, 5 %", low),
                ("discrepancy, 95 %", high),
            ],
            columns=["what", "value"],
        )


def main() -> int:
    """Calibrate; 2 with a message if it cannot be done."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--workers", type=int, default=2, help="processes (default 2)")
    parser.add_argument("--trial", action="store_true", help="few runs, nothing shipped is changed")
    asked = parser.parse_args()
    if asked.workers < 1:
        parser.error(f"--workers is {asked.workers}; expected 1 or more")
    began = time.perf_counter()
    results = HERE / "results"
    out = results / "trial" if asked.trial else results / "tables"
    try:
        made = Calibration(TRIAL if asked.trial else Size(), results, asked.workers)
        made.learn()
        made.infer()
        tables = made.write(out, out if asked.trial else compose.conf_folder() / "behaviour")
    except InputError as error:
        print("\n".join(error.complaints), file=sys.stderr)
        return 2
    if not asked.trial:
        scores.write_page(DOCS, out, tables)
    print(f"{out}  ({(time.perf_counter() - began) / 60:.0f} minutes)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
