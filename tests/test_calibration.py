"""The calibration's tools on problems with known answers, and what of it ships."""

import math
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from flightsim import dotted
from flightsim.config import compose
from flightsim.errors import InputError
from flightsim.model.parts.behaviour import Flight
from flightsim.sweeps import batch, plan, priors

TOOLS = Path(__file__).resolve().parents[1] / "experiments" / "calibration"
sys.path.insert(0, str(TOOLS))  # an experiment's modules, not part of the package

import inference  # noqa: E402
import ship  # noqa: E402
import study  # noqa: E402

pytestmark = pytest.mark.slow  # whole runs


class Line:
    """Stands in for an emulator: three answers that are sums of two parameters, known exactly."""

    weights = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])

    def predict(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        mean = points @ self.weights.T
        return mean, np.full_like(mean, 1e-6)


class Cube:
    """A prior that is even over the unit square."""

    def values(self, shares: np.ndarray) -> np.ndarray:
        return shares

    def unit(self, values: np.ndarray) -> np.ndarray:
        return values


ERRORS = inference.Errors(np.array([0.05, 0.05, 0.05]), np.eye(3))


@pytest.fixture(scope="module")
def prepared() -> inference.Prepared:
    return inference.prepare(Line(), Cube(), ERRORS, d=2, n_log2=13, seed=1)


def test_the_posterior_is_that_of_least_squares(prepared: inference.Prepared) -> None:
    """Inside the square, with equal errors, its mean is the solution of the normal equations."""
    reports = np.array([0.42, 0.55, 1.0])
    weights = prepared.weights(reports)
    expected = np.linalg.lstsq(Line.weights, reports, rcond=None)[0]
    np.testing.assert_allclose(weights @ prepared.values, expected, atol=0.01)
    assert weights.sum() == pytest.approx(1)
    assert 100 < inference.effective(weights) < len(weights)
    assert (inference.contraction(prepared.values, weights) > 0.5).all()


def test_reports_that_say_nothing_leave_the_prior() -> None:
    vague = inference.Errors(np.full(3, 1e3), np.eye(3))
    prepared = inference.prepare(Line(), Cube(), vague, d=2, n_log2=10, seed=1)
    weights = prepared.weights(np.array([0.4, 0.5, 1.0]))
    np.testing.assert_allclose(inference.contraction(prepared.values, weights), 0, atol=0.01)
    assert inference.effective(weights) > 0.99 * len(weights)


def test_a_larger_misfit_is_laid_to_the_discrepancy(prepared: inference.Prepared) -> None:
    fits, fits_not = np.array([0.4, 0.5, 0.9]), np.array([0.4, 0.5, 1.5])
    sizes = [prepared.weights(reports) @ prepared.discrepancy for reports in (fits, fits_not)]
    assert sizes[1] > 1.5 * sizes[0]


def ranks(prepared: inference.Prepared, n: int, assumed: float = 1.0) -> np.ndarray:
    """Ranks of known parameters; the reports' errors are ``assumed`` times smaller than believed."""
    rng = np.random.default_rng(2)
    found = []
    for _ in range(n):
        truth, size = rng.random(2), float(inference.half_normal(rng.random(1))[0])
        mean = truth @ Line.weights.T
        report = mean + (ERRORS.report(mean, size, rng) - mean) / assumed
        found.append(inference.rank(truth, prepared, report, rng))
    return np.array(found)


def test_known_parameters_have_even_ranks(prepared: inference.Prepared) -> None:
    from scipy.stats import kstest

    shares = (ranks(prepared, 150) + 0.5) / (inference.RANKS + 1)
    assert all(kstest(column, "uniform").pvalue > 0.01 for column in shares.T)


def test_a_posterior_that_is_too_unsure_is_found_out(prepared: inference.Prepared) -> None:
    from scipy.stats import kstest

    shares = (ranks(prepared, 150, assumed=5.0) + 0.5) / (inference.RANKS + 1)
    assert min(kstest(column, "uniform").pvalue for column in shares.T) < 0.01


def test_rows_are_drawn_by_weight() -> None:
    rows = inference.draw(np.array([0.1, 0.0, 0.6, 0.3]), 100, np.random.default_rng(1))
    assert np.bincount(rows, minlength=4).tolist() == pytest.approx([10, 0, 60, 30], abs=1)


def test_the_emulator_learns_a_smooth_function() -> None:
    pytest.importorskip("sklearn")
    import emulator

    def truth(points: np.ndarray) -> np.ndarray:
        return np.column_stack([np.sin(3 * points[:, 0]) + points[:, 1], points[:, 1] ** 2])

    rng = np.random.default_rng(1)
    made = emulator.fit(points := rng.random((60, 2)), truth(points) + rng.normal(0, 0.01, (60, 2)))
    mean, sd = made.predict(fresh := rng.random((50, 2)))
    assert np.abs(mean - truth(fresh)).max() < 0.05
    assert (sd > 0.003).all()
    assert (sd < 0.05).all()
    assert made.reach[1, 0] > 3 * made.reach[1, 1]  # the second answer does not know the first parameter
    with pytest.raises(ValueError, match="expected at least 20"):
        emulator.fit(points[:9], truth(points[:9]))
    with pytest.raises(ValueError, match="finite"):
        emulator.fit(points, np.full((60, 2), np.nan))


def test_nothing_observed_later_is_used() -> None:
    from dataclasses import replace
    from datetime import date

    from flightsim.case.observations import read_observations
    from flightsim.case.reading import read_case
    from flightsim.validation.scores.ground import Ground

    case = read_case("idlib")
    codes = Ground(case.world, pd.DataFrame()).codes
    rows = read_observations(case.folder, codes, case.world.persons).rows
    with pytest.raises(InputError, match="nothing after 2020-03-08"):
        study.reports([replace(rows[-1], until=date(2020, 3, 9))], runs=None)  # type: ignore[arg-type]


def total(day: int) -> study.Report:
    until = date(2019, 12, day)
    asked = study.Observation(
        2, until, date(2019, 12, 1), study.DISPLACED, study.PEOPLE, (), (), (), 1.0, 2.0, 3.0, math.nan, ""
    )
    return study.Report(f"until {day}", "displaced", until, 0.0, 0.1, "", asked)


def test_too_few_totals_to_learn_the_drift_are_said() -> None:
    assert study.told_of_the_drift([total(day) for day in (5, 9, 12, 20)]) == ""
    told = study.told_of_the_drift([total(day) for day in (5, 9, 12)])
    assert told.startswith("the discrepancy cannot be learnt from 3 totals; expected 4 or more")


# What ships.


@pytest.fixture(scope="module")
def samples() -> pd.DataFrame:
    return pd.read_csv(priors.posterior_file())


def test_the_shipped_samples_lie_within_their_priors(samples: pd.DataFrame) -> None:
    (job,) = compose.jobs(["case=idlib"])
    known = priors.parameters(job.config)
    assert len(samples) == 1000
    assert list(samples) == [*study.FREE, study.DRIFT]
    for name in samples:
        low, high = (0, 2) if name == study.DRIFT else priors.range_of(known[name])
        assert samples[name].between(low, high).all(), name
        assert samples[name].std() > 0


def test_behaviour_calibrated_is_the_mean_of_the_samples(samples: pd.DataFrame) -> None:
    folder = compose.conf_folder() / "behaviour"
    flight, free = (folder / "flight.yaml").read_text(encoding="utf-8"), samples[list(study.FREE)]
    assert (folder / "calibrated.yaml").read_text(encoding="utf-8") == ship.option(flight, free)
    values = yaml.safe_load((folder / "calibrated.yaml").read_text(encoding="utf-8"))
    default = yaml.safe_load(flight)
    assert {f"behaviour.{k}" for k in default if values[k] != default[k]} <= set(samples)
    (job,) = compose.jobs(["case=toy", "behaviour=calibrated"])
    assert job.config["behaviour"]["size"] == ship.best_estimate(free)["behaviour.size"] != Flight().size


def test_behaviour_calibrated_runs(tmp_path: Path) -> None:
    words = ["case=toy", "days=3", "behaviour=calibrated,flight", "population.scale=0.05", "figures=false"]
    jobs = compose.jobs(words, many=True)
    runs = batch.run_configs([job.config for job in jobs], tmp_path, workers=1)
    assert [run.error for run in runs] == ["", ""]


def test_ensembles_draw_the_posterior_by_name(samples: pd.DataFrame) -> None:
    words = ["case=idlib", "days=3", "uncertainty.draw=calibrated", "replicates=3"]
    made = plan.make(words, many=True)
    for replicate in range(3):
        config = made.config(0, replicate)
        for name, value in samples.iloc[replicate].items():
            assert dotted.get(config, str(name)) == pytest.approx(value)
    with pytest.raises(InputError, match="has 1000 rows; expected one for each of 1001 replicates"):
        plan.make([*words[:-1], "replicates=1001"], many=True)
    with pytest.raises(InputError, match="did you mean 'calibrated'"):
        plan.make(["case=toy", "uncertainty.draw=calibated"], many=True)
