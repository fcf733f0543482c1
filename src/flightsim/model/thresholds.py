"""Whose level is reached? A threshold clock per group, read by everybody who waits in that group.

Each group (a place and a kind of household) has one reading that only grows. Whoever joins is given a level;
when the reading passes it, it is due. This is the threshold construction of Sellke (1983, "On the asymptotic
distribution of the size of a stochastic epidemic"): exact for any step length. Those who join at the start wait
in order of their level, so that a step looks at one of them a group; those who join later are few enough to be
looked at one and all.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from flightsim.model.kernels import pop_due

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

NOT_IN = -1
ROOM_AT_FIRST = 1024


class Thresholds:
    """Levels waiting in groups; ``due`` takes out those that a reading has reached.

    ``n_items`` rows may wait, each in one group at a time. Joining anew, or leaving, cancels the earlier entry.
    """

    def __init__(self, n_groups: int, n_items: int) -> None:
        self._level: Floats = np.full(n_items, np.nan)  # the level each row waits for; nan: it does not wait
        # those who joined all at once, by group, lowest level first
        self._early_item: Ints = np.zeros(0, np.int64)
        self._early_level: Floats = np.zeros(0)
        self._head: Ints = np.zeros(n_groups, np.int64)
        self._next_level: Floats = np.full(n_groups, np.inf)
        self._stop: Ints = np.zeros(n_groups, np.int64)
        # those who joined since, in no order; a cancelled entry has an infinite level
        self._n_late = 0
        self._late_item: Ints = np.zeros(ROOM_AT_FIRST, np.int64)
        self._late_group: Ints = np.zeros(ROOM_AT_FIRST, np.int64)
        self._late_level: Floats = np.full(ROOM_AT_FIRST, np.inf)
        self._slot: Ints = np.full(n_items, NOT_IN)  # where each row is among the late ones

    def join_all(self, items: Ints, groups: Ints, levels: Floats) -> None:
        """Put many rows in at once, before anything else is in."""
        order = np.lexsort((items, levels, groups))
        self._early_item, self._early_level = items[order], levels[order]
        self._level[items] = levels
        counts = np.bincount(groups, minlength=len(self._head))
        self._stop = np.cumsum(counts)
        self._head = self._stop - counts
        waiting = np.flatnonzero(counts)
        self._next_level[waiting] = self._early_level[self._head[waiting]]

    def join(self, items: Ints, groups: Ints, levels: Floats) -> None:
        """Put rows in, each in its group at its level."""
        self.leave(items)
        self._make_room(len(items))
        slots = np.arange(self._n_late, self._n_late + len(items))
        self._late_item[slots], self._late_group[slots], self._late_level[slots] = items, groups, levels
        self._slot[items] = slots
        self._level[items] = levels
        self._n_late += len(items)

    def leave(self, items: Ints) -> None:
        """Cancel: these rows wait no longer."""
        slots = self._slot[items]
        self._late_level[slots[slots != NOT_IN]] = np.inf
        self._slot[items] = NOT_IN
        self._level[items] = np.nan

    def level(self, items: Ints) -> Floats:
        """The levels that rows wait for; nan where they do not wait."""
        return self._level[items]

    def due(self, reading: Floats) -> Ints:
        """Take out, in order of their number, the rows whose level the reading of their group has reached."""
        return self.due_with_levels(reading)[0]

    def due_with_levels(self, reading: Floats) -> tuple[Ints, Floats]:
        """The same, and the levels they waited for."""
        early, late = self._early_due(reading), self._late_due(reading)
        if not len(early) and not len(late):
            return np.zeros(0, np.int64), np.zeros(0)
        items = np.sort(np.concatenate([early, late]))
        levels = self._level[items]
        self.leave(items)
        return items, levels

    def _early_due(self, reading: Floats) -> Ints:
        """Of those who joined all at once: whose level is reached. Moves the heads of their groups on."""
        reached = np.flatnonzero(reading >= self._next_level)  # groups
        items = pop_due(
            self._head,
            self._next_level,
            self._stop,
            self._early_item,
            self._early_level,
            reading,
            self._level,
            reached,
        )
        return np.asarray(
            items[self._slot[items] == NOT_IN]
        )  # who is among the late ones is not due here as well

    def _late_due(self, reading: Floats) -> Ints:
        """Of those who joined since: whose level is reached."""
        n = self._n_late
        return np.asarray(self._late_item[:n][self._late_level[:n] <= reading[self._late_group[:n]]])

    def _make_room(self, more: int) -> None:
        """Forget what is cancelled and, if that is not enough, take more memory."""
        if self._n_late + more <= len(self._late_item):
            return
        kept = np.flatnonzero(np.isfinite(self._late_level[: self._n_late]))
        size = max(ROOM_AT_FIRST, 2 * (len(kept) + more))
        for name, blank in (("_late_item", 0), ("_late_group", 0), ("_late_level", np.inf)):
            old = getattr(self, name)
            new = np.full(size, blank, old.dtype)
            new[: len(kept)] = old[kept]
            setattr(self, name, new)
        self._slot[self._late_item[: len(kept)]] = np.arange(len(kept))
        self._n_late = len(kept)
