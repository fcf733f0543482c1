"""The running sum within groups."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flightsim.model.arrays import fading, running_sum


def test_it_begins_anew_at_each_group() -> None:
    amount, group = np.array([1.0, 2, 3, 4, 5]), np.array([7, 7, 2, 2, 7])
    assert running_sum(amount, group).tolist() == [1, 3, 3, 7, 5]


def test_of_nothing_and_of_one() -> None:
    assert running_sum(np.zeros(0), np.zeros(0, np.int64)).tolist() == []
    assert running_sum(np.array([2.5]), np.array([0])).tolist() == [2.5]


@settings(deadline=None, derandomize=True, database=None)
@given(st.lists(st.tuples(st.integers(-2, 2), st.integers(0, 10_000)), max_size=30))
def test_it_is_what_a_loop_would_say(rows: list[tuple[int, int]]) -> None:
    expected, before, total = [], None, 0
    for group, amount in rows:
        total = amount if group != before else total + amount
        before = group
        expected.append(total)
    groups, amounts = np.array([g for g, _ in rows], np.int64), np.array([float(a) for _, a in rows])
    assert running_sum(amounts, groups).tolist() == expected


def test_what_only_fades_halves_in_its_half_life() -> None:
    mean, end = fading(np.array([8.0]), 0.0, 10 * np.log(2), memory_hours=10)
    assert end == pytest.approx([4])
    assert mean == pytest.approx([4 / np.log(2)])  # (8 - 4) / ln 2


def test_what_only_gains_settles_at_rate_times_memory() -> None:
    mean, end = fading(np.zeros(1), np.array([3.0]), 1e4, memory_hours=10)
    assert end == pytest.approx([30])
    assert mean == pytest.approx([30 * (1 - 10 / 1e4)])


def test_means_of_short_steps_add_up_to_those_of_a_long_one() -> None:
    start, gain = np.array([5.0, 0.0]), np.array([0.2, 1.0])
    long_mean, long_end = fading(start, gain, 24, 96)
    means, value = [], start
    for _ in range(24):
        mean, value = fading(value, gain, 1, 96)
        means.append(mean)
    assert np.mean(means, axis=0) == pytest.approx(long_mean)
    assert value == pytest.approx(long_end)
