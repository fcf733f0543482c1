"""Which cells of a table of counts to hide, so that no small count can be read, nor worked out from totals.

A table has counts, row totals, column totals and a grand total, all published but what is hidden. Counts of 1 to 99
are hidden, and others with them (their *complement*), until of every row and column

- no cell, or at least two cells, are hidden, and
- what is hidden adds up to 100 or more, where the total beside it is shown;

then linear algebra looks for any cell that could still be worked out exactly from all totals together, and hides one
more in its row or column, until there is none.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from flightsim.measures import SMALL_CELL_PERSONS
from flightsim.world import Bools, Floats, Ints

TOLERANCE = 1e-7
MOST_ROUNDS = 10_000


def with_totals(counts: Floats) -> Floats:
    """(n + 1, m + 1) the table with its totals in the last row and column; (n + 1,) for a single column."""
    if counts.ndim == 1:
        return np.append(counts, counts.sum())
    wide = np.concatenate([counts, counts.sum(axis=1, keepdims=True)], axis=1)
    return np.concatenate([wide, wide.sum(axis=0, keepdims=True)], axis=0)


def hidden(counts: Floats, also: Bools | None = None, least: float = SMALL_CELL_PERSONS) -> Bools:
    """Which cells to hide, in the shape of ``with_totals``; ``also``: cells of that shape to hide in any case.

    Counts must not be negative. A count of 0 is not hidden: that nobody is there is said.
    """
    whole = with_totals(counts)
    mask = (whole > 0) & (whole < least)
    if also is not None:
        mask |= also & (whole > 0)
    lines = _lines(whole.shape)
    flat, hide = whole.ravel(), mask.ravel().copy()
    for _ in range(MOST_ROUNDS):
        changed = _complement(flat, hide, lines, least)
        if not changed:
            told = _worked_out(hide, lines)
            if not len(told):
                break
            changed = _hide_beside(int(told[0]), flat, hide, lines)
            if not changed and not _hide_anywhere(flat, hide):
                break
    return hide.reshape(whole.shape)


def worked_out(mask: Bools) -> Bools:
    """Hidden cells whose value follows exactly from the cells that are shown, in the shape of the mask."""
    found = np.zeros(mask.size, bool)
    found[_worked_out(mask.ravel(), _lines(mask.shape))] = True
    return found.reshape(mask.shape)


def _lines(shape: tuple[int, ...]) -> list[Ints]:
    """Cell numbers of each row and column, its total last."""
    numbers = np.arange(int(np.prod(shape))).reshape(shape)
    return [numbers] if numbers.ndim == 1 else [*numbers, *numbers.T]


def _complement(flat: Floats, hide: npt.NDArray[np.bool_], lines: list[Ints], least: float) -> bool:
    """Hide one cell more in each line that needs it; whether any did."""
    changed = False
    for line in lines:
        inner, total = line[:-1], line[-1]
        n = int(hide[line].sum())
        if not n:
            continue
        enough = hide[total] or flat[inner][hide[inner]].sum() >= least
        if n >= 2 and enough:
            continue
        shown = inner[~hide[inner] & (flat[inner] > 0)]
        if len(shown):
            hide[shown[flat[shown].argmin()]] = changed = True
        elif not hide[total] and flat[total] > 0:
            hide[total] = changed = True
    return changed


def _worked_out(hide: npt.NDArray[np.bool_], lines: list[Ints]) -> Ints:
    """Cell numbers of the hidden cells that the equations of all lines determine.

    A cell is determined if it is 0 in every vector of the equations' null space.
    """
    unknown = np.flatnonzero(hide)
    if not len(unknown):
        return unknown
    column = np.full(len(hide), -1)
    column[unknown] = np.arange(len(unknown))
    rows = []
    for line in lines:
        inside = line[hide[line]]
        if len(inside):
            row = np.zeros(len(unknown))
            row[column[inside]] = 1.0
            if hide[line[-1]]:
                row[column[line[-1]]] = -1.0
            rows.append(row)
    _, sizes, directions = np.linalg.svd(np.array(rows), full_matrices=True)
    rank = int((sizes > TOLERANCE).sum())
    free = np.abs(directions[rank:]).max(axis=0) if rank < len(unknown) else np.zeros(len(unknown))
    return unknown[free < TOLERANCE]


def _hide_anywhere(flat: Floats, hide: npt.NDArray[np.bool_]) -> bool:
    """Everything beside a cell is hidden, or nobody: hide the smallest count still shown, if there is one."""
    shown = np.flatnonzero(~hide & (flat > 0))
    if not len(shown):
        return False
    hide[shown[flat[shown].argmin()]] = True
    return True


def _hide_beside(cell: int, flat: Floats, hide: npt.NDArray[np.bool_], lines: list[Ints]) -> bool:
    """Hide the smallest count shown in the lines of ``cell``; whether there was one."""
    beside = np.concatenate([line for line in lines if cell in line])
    shown = beside[~hide[beside] & (flat[beside] > 0)]
    if not len(shown):
        return False
    hide[shown[flat[shown].argmin()]] = True
    return True
