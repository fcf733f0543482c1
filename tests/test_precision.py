"""How many replicates are enough: against the textbook, and against chance."""

import math

import numpy as np
import pytest
from scipy import stats

from flightsim.results import precision


def test_half_width_is_students() -> None:
    assert precision.half_width([1.0, 3.0]) == pytest.approx(12.706 * math.sqrt(2) / math.sqrt(2), rel=1e-4)
    assert precision.half_width([5.0]) == math.inf


def spread(cv: float, n: int = 21) -> np.ndarray:
    """n values with mean 100 and exactly that coefficient of variation."""
    values = np.linspace(-1, 1, n)
    return 100 + 100 * cv * values / values.std(ddof=1)


@pytest.mark.parametrize("cv", [0.1, 0.12, 0.2, 0.4, 0.79])
def test_the_least_number_whose_interval_is_narrow_enough(cv: float) -> None:
    n = precision.replicates_needed(spread(cv))
    narrow = [stats.t.ppf(0.975, k - 1) * cv / math.sqrt(k) <= 0.05 for k in (n - 1, n)]
    assert narrow == [n <= 20 and narrow[0], True]


def test_the_rule_of_thumb() -> None:
    """(1.96 cv / 0.05)² for many: a tenth of scatter needs about 16, so 20; two fifths about 246."""
    assert precision.replicates_needed(spread(0.1)) == 20
    assert 246 <= precision.replicates_needed(spread(0.4)) <= 252
    assert precision.replicates_needed(spread(2.0)) == 1_000


@pytest.mark.parametrize("same", [[0.0] * 5, [7.0, 7.0]])
def test_values_that_never_differ_need_no_more_than_the_least(same: list[float]) -> None:
    assert precision.replicates_needed(same) == 20
    assert precision.replicates_needed([1.0]) == 20


def test_a_mean_of_nothing_is_never_close_enough() -> None:
    assert precision.replicates_needed([-1.0, 1.0]) == 1_000


def test_what_is_not_a_number_is_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        precision.replicates_needed([1.0, math.nan])


def test_enough_is_what_was_needed() -> None:
    assert precision.is_enough(spread(0.1, 21))
    assert not precision.is_enough(spread(0.1, 19))  # never fewer than 20
    assert not precision.is_enough(spread(0.4, 200))
    assert precision.is_enough(spread(0.4, 260))
    assert precision.is_enough([0.0] * 20)


def test_with_that_many_nineteen_means_in_twenty_are_within_five_percent() -> None:
    luck = np.random.default_rng(5)
    n = precision.replicates_needed(luck.gamma(25, 4, 60))  # cv 0.2: about 65
    means = luck.gamma(25, 4, (4_000, n)).mean(axis=1)
    inside = (np.abs(means - 100) <= 5).mean()
    assert inside >= 0.9  # the number itself was judged from 60 values
