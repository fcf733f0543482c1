"""Small counts stay hidden: they cannot be read, nor worked out from totals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from flightsim.export.disclosure import hidden, with_totals, worked_out

COUNTS = st.one_of(st.just(0), st.integers(1, 99), st.integers(100, 5000))


def tables(shape: st.SearchStrategy[tuple[int, ...]]) -> st.SearchStrategy[np.ndarray]:
    return arrays.arrays(np.int64, shape, elements=COUNTS).map(lambda t: t.astype(float))


def least_and_most(whole: np.ndarray, mask: np.ndarray, cell: tuple[int, ...]) -> tuple[float, float]:
    """The range that a hidden cell can have, given all that is shown and that no count is negative."""
    from scipy.optimize import linprog

    n = whole.size
    numbers = np.arange(n).reshape(whole.shape)
    lines = [numbers] if whole.ndim == 1 else [*numbers, *numbers.T]
    sums = np.zeros((len(lines), n))
    for i, line in enumerate(lines):
        sums[i, line[:-1]], sums[i, line[-1]] = 1, -1
    flat, hide = whole.ravel(), mask.ravel()
    bounds = [(0, None) if h else (v, v) for v, h in zip(flat, hide, strict=True)]
    aim = np.zeros(n)
    aim[numbers[cell]] = 1
    ends = [linprog(sign * aim, A_eq=sums, b_eq=np.zeros(len(lines)), bounds=bounds) for sign in (1, -1)]
    assert ends[0].status == 0
    return float(ends[0].fun), np.inf if ends[1].status == 3 else -float(ends[1].fun)


def test_the_textbook_case() -> None:
    """One small count: another of its row and of its column go with it, and one where those cross."""
    counts = np.array([[30.0, 500, 600], [700, 800, 900], [400, 300, 950]])
    mask = hidden(counts)[:-1, :-1]
    assert mask[0, 0]
    assert mask[0].sum() == 2
    assert mask[:, 0].sum() == 2
    assert mask.sum() == 4


def test_what_is_hidden_adds_up_to_a_hundred_or_more() -> None:
    counts = np.array([3.0, 4, 200, 5000])
    mask = hidden(counts)
    assert mask.tolist() == [True, True, True, False, False]


def test_nothing_small_nothing_hidden() -> None:
    assert not hidden(np.array([[100.0, 0], [250, 3000]])).any()


def test_nobody_is_no_secret() -> None:
    assert not hidden(np.zeros((3, 3))).any()


def test_a_table_that_is_small_as_a_whole() -> None:
    mask = hidden(np.array([[0.0, 5], [0, 0]]))
    assert mask[0, 1]
    assert mask[-1, -1]


def test_a_bridge_between_two_rings_is_seen() -> None:
    """Two hidden cells in each line do not suffice: the cell that joins two rings of cells is still determined."""
    mask = np.zeros((5, 5), bool)
    for ring in ([(0, 0), (0, 1), (1, 0), (1, 1)], [(2, 2), (2, 3), (3, 2), (3, 3)], [(1, 2)]):
        for cell in ring:
            mask[cell] = True
    assert worked_out(mask).sum() == 1
    assert worked_out(mask)[1, 2]


@settings(deadline=None)
@given(tables(st.tuples(st.integers(1, 7), st.integers(1, 6))))
def test_no_small_count_is_shown_or_worked_out(counts: np.ndarray) -> None:
    whole, mask = with_totals(counts), hidden(counts)
    assert mask[(whole > 0) & (whole < 100)].all()
    assert not worked_out(mask).any()
    assert not mask[whole == 0].any()


def test_where_all_beside_a_cell_is_hidden_one_further_off_goes_too() -> None:
    counts = np.array(
        [[1, 99, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 1], [0] * 6, [0, 0, 0, 0, 0, 99]]
    )
    assert not worked_out(hidden(counts.astype(float))).any()


@settings(deadline=None)
@given(tables(st.tuples(st.integers(1, 12))))
def test_nor_of_a_single_column(counts: np.ndarray) -> None:
    whole, mask = with_totals(counts), hidden(counts)
    assert mask[(whole > 0) & (whole < 100)].all()
    assert not worked_out(mask).any()
    shown = counts[~mask[:-1]]
    if not mask[-1] and mask.any():
        assert whole[-1] - shown.sum() >= 100  # the rest, taken together, is no small count either


@pytest.mark.slow
@settings(deadline=None)
@given(tables(st.tuples(st.integers(2, 5), st.integers(2, 5))))
def test_nor_pinned_down_by_bounds(counts: np.ndarray) -> None:
    """With all equations and no negative counts, a small count keeps a range of more than one."""
    whole, mask = with_totals(counts), hidden(counts)
    small = np.argwhere((whole > 0) & (whole < 100))
    for cell in map(tuple, small[:3]):
        low, high = least_and_most(whole, mask, cell)
        assert high - low > 1, (counts, cell)
