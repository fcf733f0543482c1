"""Whose level is reached? A threshold clock per group, read by everybody who waits in that group.

Each group (a place and a kind of household) has one reading that only grows. Whoever joins is given a level;
when the reading passes it, it is due. One comparison per group and step serves any number of households,
which is what makes hourly steps for 700,000 households cheap (threshold construction: Sellke 1983,
"On the asymptotic distribution of the size of a stochastic epidemic").
"""

from __future__ import annotations

import heapq

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class Agenda:
    """Levels waiting in groups; ``due`` takes out those that a reading has reached.

    ``n_items`` rows may wait, each in one group at a time. Joining anew, or leaving, cancels the earlier entry.
    """

    def __init__(self, n_groups: int, n_items: int) -> None:
        self.next_level: Floats = np.full(n_groups, np.inf)  # the lowest level that waits in each group
        self._level: Floats = np.full(n_items, np.nan)  # the level each row waits for; nan: it does not wait
        self._items: Ints = np.zeros(0, np.int64)  # those who joined all at once, by group, lowest level first
        self._early: Floats = np.zeros(0)  # their levels
        self._head: Ints = np.zeros(n_groups, np.int64)
        self._stop: Ints = np.zeros(n_groups, np.int64)
        self._later: dict[int, list[tuple[float, int]]] = {}  # a heap a group of those who joined since

    def join_all(self, items: Ints, groups: Ints, levels: Floats) -> None:
        """Put many rows in at once, before anything else is in."""
        order = np.lexsort((items, levels, groups))
        self._items, self._early = items[order], levels[order]
        self._level[items] = levels
        counts = np.bincount(groups, minlength=len(self.next_level))
        self._stop = np.cumsum(counts)
        self._head = self._stop - counts
        filled = np.flatnonzero(counts)
        self.next_level[filled] = self._early[self._head[filled]]

    def join(self, items: Ints, groups: Ints, levels: Floats) -> None:
        """Put rows in, each in its group at its level."""
        self._level[items] = levels
        later = self._later
        for item, group, level in zip(items.tolist(), groups.tolist(), levels.tolist(), strict=True):
            heapq.heappush(later.setdefault(group, []), (level, item))
        np.minimum.at(self.next_level, groups, levels)

    def leave(self, items: Ints) -> None:
        """Cancel: these rows wait no longer."""
        self._level[items] = np.nan

    def level(self, items: Ints) -> Floats:
        """The levels that rows wait for; nan where they do not wait."""
        return self._level[items]

    def due(self, reading: Floats) -> Ints:
        """Take out, in order of their number, the rows whose level the reading of their group has reached."""
        groups = np.flatnonzero(reading >= self.next_level)
        if not len(groups):
            return groups
        found: list[Ints] = []
        for group in groups.tolist():
            limit = float(reading[group])
            found.append(self._take_early(group, limit))
            found.append(self._take_later(group, limit))
            self.next_level[group] = self._lowest(group)
        items = np.unique(np.concatenate(found))
        self._level[items] = np.nan
        return items

    def _take_early(self, group: int, limit: float) -> Ints:
        head, stop = int(self._head[group]), int(self._stop[group])
        end = head + int(np.searchsorted(self._early[head:stop], limit, side="right"))
        self._head[group] = end
        taken = self._items[head:end]
        return taken[self._level[taken] == self._early[head:end]]  # not those who left or joined anew

    def _take_later(self, group: int, limit: float) -> Ints:
        heap = self._later.get(group)
        taken = []
        while heap and heap[0][0] <= limit:
            level, item = heapq.heappop(heap)
            if self._level[item] == level:  # otherwise it left, or joined anew elsewhere
                taken.append(item)
        return np.asarray(taken, np.int64)

    def _lowest(self, group: int) -> float:
        head, stop = int(self._head[group]), int(self._stop[group])
        early = float(self._early[head]) if head < stop else np.inf
        heap = self._later.get(group)
        return min(early, heap[0][0] if heap else np.inf)
