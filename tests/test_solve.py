"""Solving for one lever: the pure search on curves worked out by hand."""

import math
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flightsim.solve import roots
from flightsim.solve.roots import Answer, Question, solve

REPLICATES = 8
LUCK = np.linspace(-1.0, 1.0, REPLICATES)


class Counted:
    """A curve with common luck: every replicate is off by the same amount at every value."""

    def __init__(self, mean: Callable[[float], float], luck: Sequence[float] = (0.0,)) -> None:
        self.mean, self.luck, self.asked = mean, np.asarray(luck), list[float]()

    def __call__(self, value: float) -> list[float]:
        self.asked.append(value)
        return list(self.mean(value) + self.luck)


def asked(answer: Answer, curve: Counted) -> None:
    assert list(answer.order) == curve.asked, "the answer tells what was tried, in order"
    assert len(set(curve.asked)) == len(curve.asked), "no value is tried twice"
    assert all(answer.question.low <= value <= answer.question.high for value in curve.asked)


def test_a_straight_line_is_solved_at_once() -> None:
    curve = Counted(lambda x: 100 * x)
    answer = solve(curve, Question(0, 10, target=370))
    assert answer.status == roots.SOLVED
    assert answer.value == pytest.approx(3.7, abs=0.01)
    assert answer.shape == roots.RISING
    assert len(curve.asked) <= 4
    asked(answer, curve)


@pytest.mark.parametrize("tolerance", [0.2, 0.05, 0.001])
def test_the_tolerance_is_kept(tolerance: float) -> None:
    curve = Counted(lambda x: 1000 / (1 + math.exp(-3 * (x - 2))))
    answer = solve(curve, Question(0, 4, target=300, tolerance=tolerance))
    assert answer.status == roots.SOLVED
    assert abs(answer.here.mean() - 300) <= 300 * tolerance
    assert answer.value == pytest.approx(2 - math.log(7 / 3) / 3, abs=tolerance)
    asked(answer, curve)


def test_a_falling_curve_is_solved_too() -> None:
    answer = solve(Counted(lambda x: 100 - x**2), Question(0, 10, target=64, tolerance=0.01))
    assert answer.value == pytest.approx(6, abs=0.1)
    assert answer.shape == roots.FALLING


@given(
    st.floats(0.2, 8), st.floats(0.1, 3.9), st.floats(0.0005, 0.1), st.booleans(), st.integers(1, REPLICATES)
)
def test_any_smooth_curve_is_solved_with_few_values(
    steep: float, centre: float, tolerance: float, whole: bool, n: int
) -> None:
    curve = Counted(lambda x: 500 + 400 * math.tanh(steep * (x - centre)), LUCK[:n])
    answer = solve(curve, Question(0, 4, target=500, tolerance=tolerance, whole=whole))
    assert len(curve.asked) <= roots.AT_MOST
    asked(answer, curve)
    if answer.status == roots.SOLVED:
        assert abs(answer.here.mean() - 500) <= 500 * tolerance
    else:  # only where the curve passes the target between neighbouring values, or is all on one side
        assert answer.around is not None or min(answer.mean) > 500 or max(answer.mean) < 500
    if not whole and min(answer.mean) < 500 < max(answer.mean) and steep < 2 and tolerance > 0.005:
        assert answer.status == roots.SOLVED


@pytest.mark.parametrize(("mean", "end"), [(lambda x: 10 * x, 10), (lambda x: 100 - 10 * x, 0)])
def test_out_of_reach_tells_the_nearest_end(mean: Callable[[float], float], end: float) -> None:
    curve = Counted(mean, LUCK)
    answer = solve(curve, Question(0, 10, target=500))
    assert answer.status == roots.OUT_OF_REACH
    assert answer.value == end
    assert answer.here.mean() == pytest.approx(100)
    assert len(curve.asked) == roots.LOOKS + 1, "the range is looked through before giving up"
    assert answer.share_reaching == 0
    low, _ = answer.spread()
    assert low == (math.inf if end else -math.inf), "beyond the end that is nearer"


def test_a_flat_curve_is_called_flat() -> None:
    answer = solve(Counted(lambda x: 100 + 0.1 * x, LUCK), Question(0, 10, target=500))
    assert (answer.status, answer.shape) == (roots.OUT_OF_REACH, roots.FLAT)
    assert all(map(math.isnan, (*answer.spread(), *answer.interval())))


def test_a_hump_is_found_although_both_ends_lie_below() -> None:
    curve = Counted(lambda x: 100 - 10 * (x - 5) ** 2)
    answer = solve(curve, Question(0, 10, target=80))
    assert answer.status == roots.SOLVED
    assert answer.shape == roots.NOT_MONOTONE
    assert abs(answer.here.mean() - 80) <= 4
    asked(answer, curve)


def test_a_hump_that_stays_below_is_told_at_its_top() -> None:
    answer = solve(Counted(lambda x: 100 - 10 * (x - 5) ** 2), Question(0, 10, target=300))
    assert (answer.status, answer.shape, answer.value) == (roots.OUT_OF_REACH, roots.NOT_MONOTONE, 5)


def test_a_jump_over_the_target_is_told_with_both_sides() -> None:
    curve = Counted(lambda x: 0.0 if x < 3.3 else 1000.0)
    answer = solve(curve, Question(0, 4, target=500))
    assert answer.status == roots.JUMP
    assert len(curve.asked) <= roots.AT_MOST
    below, above = (float(answer.values[at]) for at in answer.around or ())
    assert below < 3.3 <= above
    assert above - below < 0.05


def test_whole_numbers_are_only_asked_for_whole_numbers() -> None:
    curve = Counted(lambda x: 7 * x)
    answer = solve(curve, Question(1, 1000, target=700, whole=True, tolerance=0))
    assert (answer.status, answer.value) == (roots.SOLVED, 100)
    assert all(value == int(value) for value in curve.asked)
    assert len(curve.asked) <= 2 + 10


def test_whole_numbers_that_pass_over_the_target() -> None:
    answer = solve(Counted(lambda x: 100 * x), Question(1, 12, target=570, whole=True))
    assert (answer.status, answer.value) == (roots.JUMP, 6), "the nearest whole number"
    assert [answer.values[at] for at in answer.around or ()] == [5, 6]


def test_the_interval_is_that_of_the_replicates_own_crossings() -> None:
    """y = 100 x + luck: replicate r meets 370 at 3.7 - luck / 100."""
    luck = 20 * LUCK
    answer = solve(Counted(lambda x: 100 * x, luck), Question(0, 10, target=370))
    own = 3.7 - luck / 100
    assert answer.crossings == pytest.approx(own, abs=1e-9)
    assert answer.spread() == pytest.approx((own.min(), own.max()))
    assert answer.interval() == pytest.approx(roots.mean_interval(own))
    low, high = answer.interval()
    assert answer.spread()[0] < low < 3.7 < high < answer.spread()[1]
    assert {round(own.min(), 2), round(own.max(), 2)} <= {round(value, 2) for value in answer.order}
    assert answer.share_reaching == 0.5


def test_the_interval_is_measured_where_the_curve_bends() -> None:
    """The outermost replicates are tried where they are thought to meet the target, not only guessed at."""
    curve = Counted(lambda x: 100 * x**3, 150 * LUCK)
    answer = solve(curve, Question(0, 4, target=400))
    exact = np.cbrt((400 - 150 * LUCK) / 100)
    assert answer.crossings == pytest.approx(exact, abs=0.06)
    assert min(abs(np.array(curve.asked) - exact.min())) < 0.1


def test_a_replicate_that_never_meets_the_target_opens_the_interval() -> None:
    answer = solve(Counted(lambda x: 10 * x, [-60, 0, 0, 60]), Question(0, 10, target=50))
    assert answer.status == roots.SOLVED
    assert answer.spread() == (-math.inf, math.inf)
    assert all(map(math.isnan, answer.interval()))


def test_one_replicate_has_no_interval() -> None:
    answer = solve(Counted(lambda x: 100 * x), Question(0, 10, target=370))
    assert all(map(math.isnan, answer.interval()))


def test_values_are_short_enough_to_be_typed_again() -> None:
    answer = solve(Counted(lambda x: math.sqrt(x) * 100), Question(0, 4, target=123, tolerance=0.001))
    assert all(len(f"{value:g}") <= 5 for value in answer.values)
    assert Question(0, 0.01, 1).digits == 6
    assert Question(0, 100_000, 1).digits == -1
    assert Question(0.0004, 3, 1).rounded(0.0004) == 0.0004, "an end is never rounded away"
