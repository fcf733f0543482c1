"""The drift of the rate of leaving: what is drawn, and what it does to a run."""

from __future__ import annotations

import numpy as np
import pytest

from flightsim.errors import InputError
from flightsim.model.parts.behaviour import Flight
from flightsim.model.parts.discrepancy import LogRateDrift, NoDiscrepancy
from flightsim.model.parts.transport import FreeTransport
from models import ALONE, bombing, model_of, refuge, run

SEEDS, DAYS = 400, 60


def drifts(log_sd: float = 0.3, memory_days: float = 10.0) -> np.ndarray:
    """(seeds, days) logarithms of the factors."""
    part = LogRateDrift(log_sd, memory_days)
    return np.log([part.factors(DAYS, seed) for seed in range(SEEDS)])


def test_every_day_s_logarithm_has_mean_nought_and_the_deviation_asked_for() -> None:
    found = drifts()
    error = 0.3 / np.sqrt(SEEDS)
    assert np.abs(found[:, [0, 20, 59]].mean(axis=0)).max() < 4 * error
    assert found[:, [0, 20, 59]].std(axis=0) == pytest.approx(0.3, abs=4 * error / np.sqrt(2))


def test_it_is_forgotten_as_fast_as_the_memory_says() -> None:
    found = drifts(memory_days=10.0)
    alike = [np.corrcoef(found[:, 20], found[:, 20 + days])[0, 1] for days in (1, 10, 30)]
    assert alike == pytest.approx(np.exp([-0.1, -1.0, -3.0]), abs=4 / np.sqrt(SEEDS))


def test_a_longer_run_begins_as_a_shorter_one() -> None:
    part = LogRateDrift(0.5)
    np.testing.assert_array_equal(part.factors(5, 7), part.factors(50, 7)[:5])
    assert (part.factors(50, 7) != part.factors(50, 8)).all()


@pytest.mark.parametrize("part", [LogRateDrift(), NoDiscrepancy()])
def test_without_it_every_factor_is_one(part: LogRateDrift | NoDiscrepancy) -> None:
    np.testing.assert_array_equal(part.factors(9, 3), np.ones(9))


def test_a_faster_rate_brings_more_people_out_under_the_same_bombs() -> None:
    """The factor multiplies what gathers, cause by cause: twice the rate is twice the pressure of every cause."""

    class Twice(LogRateDrift):
        def factors(self, days: int, seed: int) -> np.ndarray:
            return np.full(days, 2.0)

    rule = Flight(hold_resident_per_hour=0.0, hold_displaced_per_hour=0.0, neighbours_per_hour=0.0)
    parts = {**ALONE, "behaviour": rule, "transport": FreeTransport()}
    once, twice = (
        run(model_of(refuge(), bombing("T", [0, 1], 30), 4, discrepancy=part, **parts))
        for part in (LogRateDrift(), Twice())
    )
    assert once.pressure.by_cause.any()
    np.testing.assert_allclose(twice.pressure.by_cause, 2 * once.pressure.by_cause)
    assert twice.households.displaced.sum() > once.households.displaced.sum() > 0


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(InputError, match=r"discrepancy\.log_sd"):
        LogRateDrift(-0.1)
