"""Levels that wait for a reading: each row comes due once, when its own group's reading reaches its level."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chance import assert_share
from flightsim.model.draws import decision_key, exponential
from flightsim.model.thresholds import Thresholds


def ints(*values: int) -> np.ndarray:
    return np.array(values, np.int64)


def floats(*values: float) -> np.ndarray:
    return np.array(values, float)


def full() -> Thresholds:
    """Rows 0 to 3 in group 0 at levels 4, 3, 2, 1; row 4 in group 2 at level 1; group 1 is empty."""
    agenda = Thresholds(3, 6)
    agenda.join(np.arange(5), ints(0, 0, 0, 0, 2), floats(4, 3, 2, 1, 1))
    return agenda


def due(agenda: Thresholds, *reading: float) -> list[int]:
    return agenda.due(floats(*reading)).tolist()


def test_rows_come_due_when_their_level_is_reached_and_only_once() -> None:
    agenda = full()
    assert due(agenda, 0.9, 9, 0) == []
    assert due(agenda, 1, 9, 0) == [3]  # reached is enough
    assert due(agenda, 1, 9, 0) == []
    assert due(agenda, 3.5, 9, 1.5) == [1, 2, 4]  # in order of their number
    assert due(agenda, 99, 99, 99) == [0]
    assert due(agenda, 99, 99, 99) == []


def test_nobody_waits() -> None:
    assert due(Thresholds(2, 3), 9, 9) == []
    agenda = Thresholds(2, 3)
    agenda.join(ints(), ints(), floats())
    assert due(agenda, 9, 9) == []


def test_who_leaves_does_not_come_due() -> None:
    agenda = full()
    agenda.join(ints(5), ints(1), floats(1))
    agenda.leave(ints(3, 5))
    assert np.isnan(agenda.level(ints(3, 5))).all()
    assert due(agenda, 2, 2, 0) == [2]


def test_the_level_can_be_asked() -> None:
    agenda = full()
    assert agenda.level(ints(0, 4)).tolist() == [4, 1]
    assert due(agenda, 99, 0, 0) == [0, 1, 2, 3]
    assert np.isnan(agenda.level(ints(0))).all()


def test_those_due_come_with_the_levels_they_waited_for() -> None:
    agenda = full()
    agenda.join(ints(5), ints(1), floats(0.5))
    rows, levels = agenda.due_with_levels(floats(2, 1, 0))
    assert (rows.tolist(), levels.tolist()) == ([2, 3, 5], [2, 1, 0.5])
    rows, levels = agenda.due_with_levels(floats(2, 1, 0))
    assert (len(rows), len(levels)) == (0, 0)


def test_joining_anew_cancels_what_was_before() -> None:
    agenda = full()
    agenda.join(ints(3), ints(1), floats(7))  # row 3 moves from group 0 to group 1
    assert due(agenda, 1.5, 6, 0) == []
    agenda.join(ints(3), ints(1), floats(6.5))  # and once more, within it
    assert due(agenda, 1.5, 6.5, 0) == [3]
    assert due(agenda, 1.5, 99, 0) == []


def test_joining_another_group_at_the_same_level_is_joining_anew() -> None:
    agenda = full()
    agenda.join(ints(3), ints(1), floats(1))
    assert due(agenda, 1, 0, 0) == []
    assert due(agenda, 1, 1, 0) == [3]


def test_one_may_join_below_the_reading_and_is_due_at_once() -> None:
    agenda = full()
    assert due(agenda, 0.5, 0.5, 0.5) == []
    agenda.join(ints(5), ints(1), floats(0.25))
    assert due(agenda, 0.5, 0.5, 0.5) == [5]


def test_one_may_join_anew_again_and_again() -> None:
    """Each row joins five times, a level higher each time: only the last one counts."""
    n = 1024
    agenda, rows = Thresholds(7, n), np.arange(n)
    for level in range(5):
        agenda.join(rows, rows % 7, np.full(n, float(level)))
    assert due(agenda, *[3.5] * 7) == []
    assert due(agenda, *[4.0] * 7) == rows.tolist()


def test_who_leaves_after_many_have_come_and_gone_is_the_right_one() -> None:
    """Random rows join anew and leave, again and again; a dictionary keeps count."""
    rng, n = np.random.default_rng(0), 512
    agenda, waiting = Thresholds(3, n), {}
    for _ in range(40):
        rows = rng.permutation(n)[: n // 4]
        groups, levels = rng.integers(0, 3, len(rows)), rng.random(len(rows))
        agenda.join(rows, groups, levels)
        waiting |= dict(zip(rows.tolist(), zip(groups.tolist(), levels.tolist(), strict=True), strict=True))
        gone = rng.permutation(n)[: n // 8]
        agenda.leave(gone)
        waiting = {row: entry for row, entry in waiting.items() if row not in set(gone.tolist())}
    reading = floats(0.2, 0.5, 0.8)
    assert agenda.due(reading).tolist() == sorted(
        r for r, (g, level) in waiting.items() if level <= reading[g]
    )


def test_a_great_reading_at_once_finds_the_same_as_small_steps() -> None:
    """Sellke's construction: exact for any step length."""
    rng = np.random.default_rng(0)
    rows, groups, levels = np.arange(500), rng.integers(0, 4, 500), rng.exponential(size=500)
    at_once, in_steps = Thresholds(4, 500), Thresholds(4, 500)
    for agenda in (at_once, in_steps):
        agenda.join(rows, groups, levels)
    end = floats(0.5, 1, 0, 2)
    gathered = np.concatenate([in_steps.due(end * k / 24) for k in range(1, 25)])
    assert (
        sorted(gathered.tolist())
        == at_once.due(end).tolist()
        == np.flatnonzero(levels <= end[groups]).tolist()
    )


@pytest.mark.parametrize("steps", [1, 10])
def test_who_stays_follows_exp_of_minus_the_pressure(steps: int) -> None:
    n, pressure = 20_000, 0.7
    agenda = Thresholds(1, n)
    agenda.join(np.arange(n), np.zeros(n, np.int64), exponential(decision_key(1, "leave"), np.arange(n)))
    gone = [row for k in range(steps) for row in due(agenda, pressure * (k + 1) / steps)]
    stays = np.ones(n, bool)
    stays[gone] = False
    assert_share(stays, np.exp(-pressure))


OPERATIONS = st.lists(
    st.one_of(
        st.tuples(
            st.just("join"),
            st.lists(st.integers(0, 9), unique=True, max_size=6),
            st.integers(0, 2),
            st.integers(0, 40),
        ),
        st.tuples(st.just("leave"), st.lists(st.integers(0, 9), unique=True, max_size=3)),
        st.tuples(st.just("due"), st.lists(st.integers(0, 12), min_size=3, max_size=3)),
    ),
    max_size=40,
)


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 40)), max_size=10), OPERATIONS)
def test_it_does_what_a_plain_list_would(early: list[tuple[int, int]], operations: list[tuple]) -> None:
    """Against a dictionary of row: (group, level); no two levels are the same."""
    agenda, waiting, reading = Thresholds(3, 10), {}, np.zeros(3)
    levels = [level + row / 100 for row, (_, level) in enumerate(early)]
    agenda.join(np.arange(len(early)), ints(*(group for group, _ in early)), floats(*levels))
    waiting = {row: (early[row][0], level) for row, level in enumerate(levels)}
    for time, (what, *arguments) in enumerate(operations):
        if what == "join":
            rows, group, level = arguments
            at = [level + row / 100 + (time + 1) / 10_000 for row in rows]
            agenda.join(ints(*rows), np.full(len(rows), group), floats(*at))
            waiting |= {row: (group, a) for row, a in zip(rows, at, strict=True)}
        elif what == "leave":
            agenda.leave(ints(*arguments[0]))
            waiting = {row: entry for row, entry in waiting.items() if row not in arguments[0]}
        else:
            reading = reading + np.array(arguments[0])
            reached = sorted(row for row, (group, level) in waiting.items() if level <= reading[group])
            assert agenda.due(reading).tolist() == reached
            waiting = {row: entry for row, entry in waiting.items() if row not in reached}
    level = agenda.level(np.arange(10))
    assert {row: value for row, value in enumerate(level.tolist()) if value == value} == {
        row: at for row, (_, at) in waiting.items()
    }
