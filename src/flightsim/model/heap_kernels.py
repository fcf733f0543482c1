"""Who waits for the lowest level of each group? Pairing heaps over the rows of a table, compiled (see `kernels`).

A pairing heap (Fredman, Sedgewick, Sleator and Tarjan 1986) is a tree in which nobody's level is below that of the row
above. To join costs one comparison; to leave, or to be taken from the front, a few, however many wait.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from flightsim.model.compiled import compiled

NOBODY = -1

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Ints32 = npt.NDArray[np.int32]


class Heaps(NamedTuple):
    """The G groups and the H rows that may wait in one of them each.

    front  (G,) the row with the lowest level; NOBODY
    lowest (G,) its level; inf
    level  (H,) the level each row waits for; nan: it does not wait
    child, sibling (H,) the first row below each and the next beside it; NOBODY
    before (H,) the one beside it on the other side, or else above it; of a front -2 less its group
    """

    front: Ints32
    lowest: Floats
    level: Floats
    child: Ints32
    sibling: Ints32
    before: Ints32


@compiled
def join(heaps: Heaps, rows: Ints, groups: Ints, levels: Floats) -> None:
    """Rows that do not wait anywhere wait in these groups for these levels."""
    for k in range(len(rows)):
        i, group = rows[k], groups[k]
        heaps.level[i] = levels[k]
        heaps.child[i] = heaps.sibling[i] = NOBODY
        front = heaps.front[group]
        _set_front(heaps, group, i if front == NOBODY else _meld(heaps, front, i))


@compiled
def leave(heaps: Heaps, rows: Ints) -> None:
    """Rows wait no longer, those that do."""
    for i in rows:
        if np.isnan(heaps.level[i]):
            continue
        below, before = _join_up(heaps, heaps.child[i]), heaps.before[i]
        if before <= -2:
            _set_front(heaps, -2 - before, below)
        else:  # what was below it takes its place
            beside = heaps.sibling[i]
            if below != NOBODY:
                heaps.sibling[below], heaps.before[below] = beside, before
                if beside != NOBODY:
                    heaps.before[beside] = below
            elif beside != NOBODY:
                heaps.before[beside] = before
            here = beside if below == NOBODY else below
            if heaps.child[before] == i:
                heaps.child[before] = here
            else:
                heaps.sibling[before] = here
        heaps.level[i] = np.nan


@compiled
def take_due(heaps: Heaps, reading: Floats) -> tuple[Ints, Floats]:
    """Take out the rows whose level the reading of their group has reached: they, and their levels, in no order."""
    n, found = 0, np.empty(16, np.int64)
    for group in np.flatnonzero(heaps.lowest <= reading):
        while heaps.lowest[group] <= reading[group]:
            i = heaps.front[group]
            if n == len(found):
                found = np.append(found, np.empty(n, np.int64))
            found[n], n = i, n + 1
            _set_front(heaps, int(group), _join_up(heaps, heaps.child[i]))
    found = found[:n]
    levels = heaps.level[found]
    heaps.level[found] = np.nan
    return found, levels


@compiled
def _set_front(heaps: Heaps, group: int, front: int) -> None:
    heaps.front[group] = front
    heaps.lowest[group] = np.inf if front == NOBODY else heaps.level[front]
    if front != NOBODY:
        heaps.before[front] = -2 - group


@compiled
def _meld(heaps: Heaps, one: int, other: int) -> int:
    """Two heaps become one: the front with the higher level goes below the other. Returns the front."""
    above, below = (other, one) if heaps.level[other] < heaps.level[one] else (one, other)
    first = heaps.child[above]
    heaps.sibling[below], heaps.before[below] = first, above
    if first != NOBODY:
        heaps.before[first] = below
    heaps.child[above] = below
    return above


@compiled
def _join_up(heaps: Heaps, first: int) -> int:
    """Rows side by side become one heap: two by two, then pair after pair from the last. Returns its front."""
    pairs = NOBODY
    while first != NOBODY:
        one, other = first, heaps.sibling[first]
        if other == NOBODY:
            first, pair = NOBODY, one
        else:
            first, pair = heaps.sibling[other], _meld(heaps, one, other)
        heaps.sibling[pair], pairs = pairs, pair
    front = NOBODY
    while pairs != NOBODY:
        pair, pairs = pairs, heaps.sibling[pairs]
        front = pair if front == NOBODY else _meld(heaps, front, pair)
    if front != NOBODY:
        heaps.sibling[front] = NOBODY
    return front
