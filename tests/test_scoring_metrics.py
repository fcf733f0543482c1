"""Scores against sums done by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from flightsim.validation.scores import metrics, shares, timing

# ------------------------------------------------------------------ one number


@pytest.mark.slow
def test_crps_of_one_number_is_its_absolute_error() -> None:
    found = metrics.crps(np.array([10.0, 10.0]), np.array([[7.0], [14.0]]))
    assert found.tolist() == [3.0, 4.0]


def test_crps_of_two_numbers() -> None:
    """Mean of |1-3| and |2-3|, less half the mean of all |differences|: 1.5 - 1/4."""
    assert metrics.crps(np.array([3.0]), np.array([[1.0, 2.0]]))[0] == pytest.approx(1.25)


def test_interval_and_coverage() -> None:
    members = np.arange(101.0)[None, :]
    low, high = metrics.interval(members, 0.9)
    assert (low[0], high[0]) == pytest.approx((5, 95))
    inside = [metrics.covered(np.array([y]), members, 0.8)[0] for y in (9.0, 10.0, 90.0, 91.0)]
    assert inside == [False, True, True, False]


def test_interval_score() -> None:
    """Width 90; five beyond its end cost 2 / 0.1 * 5 = 100 more."""
    members = np.arange(101.0)[None, :]
    assert metrics.interval_score(np.array([50.0]), members)[0] == pytest.approx(90)
    assert metrics.interval_score(np.array([100.0]), members)[0] == pytest.approx(90 + 100)


def test_weighted_interval_score() -> None:
    """(|y - m| / 2 + sum of alpha / 2 times interval scores) / (3 + 1/2), of levels 50, 80 and 90 %."""
    members = np.arange(101.0)[None, :]
    by_hand = (0 / 2 + 0.25 * 50 + 0.1 * 80 + 0.05 * 90) / 3.5
    assert metrics.weighted_interval_score(np.array([50.0]), members)[0] == pytest.approx(by_hand)


def test_pit() -> None:
    members = np.array([[1.0, 2.0, 3.0, 4.0]])
    values = [metrics.pit(np.array([y]), members)[0] for y in (0.0, 2.5, 3.0, 9.0)]
    assert values == [0.0, 0.5, 0.625, 1.0]
    assert metrics.pit_counts(np.array([0.0, 0.1, 0.5, 1.0])) == [2, 0, 1, 0, 1]


def test_reports_spread_as_the_source_errs() -> None:
    """Bounds of 80 and 125 around 100: nine in ten reports of a truth of 1,000 lie between 894 and 1,118."""
    reports = metrics.with_error(np.array([[1000.0]]), np.array([80.0]), np.array([100.0]), np.array([125.0]))
    assert reports.shape == (1, metrics.ERROR_DRAWS)
    assert np.median(reports) == pytest.approx(1000)
    sigma = math.log(125 / 80) / (2 * metrics.Z90)
    assert np.log(reports).std() == pytest.approx(sigma, rel=0.06)


def test_a_source_that_never_errs_changes_nothing() -> None:
    same = np.array([5.0])
    assert np.allclose(metrics.with_error(np.array([[4.0, 6.0]]), same, same, same).mean(), 5)


def test_brier() -> None:
    happened = np.array([True, False])
    assert metrics.brier(happened, np.array([1.0, 0.0])) == 0
    assert metrics.brier(happened, np.array([0.7, 0.4])) == pytest.approx((0.09 + 0.16) / 2)


def test_probability_above() -> None:
    assert metrics.probability_above(np.array([[1.0, 2.0, 3.0, 4.0]]), 2.0).tolist() == [0.5]


def test_reliability() -> None:
    found = metrics.reliability(np.array([True, False, True, True]), np.array([0.05, 0.1, 0.9, 1.0]), bins=2)
    assert [(r.n, r.said, r.happened) for r in found] == [(2, pytest.approx(0.075), 0.5), (2, 0.95, 1.0)]


# ------------------------------------------------------------------ where


def test_total_variation() -> None:
    assert shares.total_variation(np.array([2.0, 2.0]), np.array([1.0, 3.0])) == pytest.approx(0.25)
    assert shares.total_variation(np.zeros(2), np.array([1.0, 3.0])) == 1.0


def test_ard_as_flee_has_it() -> None:
    """Two days, the first without anybody: (|5-0| / max(0, 1) + (|10-20| + |30-10|) / 30) / 2."""
    simulated, observed = np.array([[5.0, 0.0], [10.0, 30.0]]), np.array([[0.0, 0.0], [20.0, 10.0]])
    assert shares.ard(simulated, observed) == pytest.approx((5 + 1) / 2)


def test_rescaled_ard_is_twice_the_total_variation() -> None:
    """10 and 30 scaled to 30 in all are 7.5 and 22.5: (12.5 + 12.5) / 30."""
    simulated, observed = np.array([10.0, 30.0]), np.array([20.0, 10.0])
    found = shares.rescaled_ard(simulated, observed)
    assert found == pytest.approx(25 / 30)
    assert found == pytest.approx(2 * shares.total_variation(simulated, observed))
    assert shares.rescaled_ard(np.zeros(2), observed) == 1.0


def test_earth_movers_distance() -> None:
    """A quarter of the people is in the third place, 8 km from the second, instead of in the first."""
    km = np.array([[0.0, 3.0, 10.0], [3.0, 0.0, 8.0], [10.0, 8.0, 0.0]])
    observed, forecast = np.array([2.0, 2.0, 0.0]), np.array([1.0, 2.0, 1.0])
    assert shares.earth_movers_km(forecast, observed, km) == pytest.approx(0.25 * 10)
    assert shares.earth_movers_km(observed, observed, km) == pytest.approx(0)
    assert math.isnan(shares.earth_movers_km(np.zeros(3), observed, km))


def test_earth_movers_distance_goes_the_cheaper_way() -> None:
    """10 km straight, or 3 and 3 by shifting everybody one place on."""
    km = np.array([[0.0, 3.0, 10.0], [3.0, 0.0, 3.0], [10.0, 3.0, 0.0]])
    found = shares.earth_movers_km(np.array([0.0, 1.0, 1.0]), np.array([1.0, 1.0, 0.0]), km)
    assert found == pytest.approx(0.5 * 6)


def test_ranks() -> None:
    observed = np.array([50.0, 30.0, 15.0, 5.0])
    assert shares.top_found(np.array([1.0, 9.0, 2.0, 8.0]), observed, 3) == pytest.approx(2 / 3)
    assert shares.rank_correlation(observed, observed) == pytest.approx(1)
    assert shares.rank_correlation(-observed, observed) == pytest.approx(-1)
    assert math.isnan(shares.rank_correlation(np.ones(4), observed))


# ------------------------------------------------------------------ when


def test_peak_week_and_half_day() -> None:
    daily = np.zeros(30)
    daily[10:17] = 10.0
    daily[25] = 20.0
    course = daily.cumsum()
    assert timing.peak_week(course) == 10
    assert timing.half_day(course) == 14, "45 of 90: reached with the fifth ten"
    assert timing.peak_week(course[:5]) == 0
