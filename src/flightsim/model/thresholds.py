"""Whose level is reached? A threshold clock per group, read by everybody who waits in that group.

Each group (a place and a kind of household) has one reading that only grows. Whoever joins is given a level;
when the reading passes it, it is due. This is the threshold construction of Sellke (1983, "On the asymptotic
distribution of the size of a stochastic epidemic"): exact for any step length. Each group keeps the lowest level in
front, so that a step looks at one household a group and at those who are due.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from flightsim.model.heap_kernels import NOBODY, Heaps, join, leave, take_due

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class Thresholds:
    """Levels waiting in groups; ``due`` takes out those that a reading has reached.

    ``n_items`` rows may wait, each in one group at a time. Joining anew, or leaving, cancels the earlier entry.
    """

    def __init__(self, n_groups: int, n_items: int) -> None:
        nobody = [np.full(n_items, NOBODY, np.int32) for _ in range(3)]
        self._heaps = Heaps(
            np.full(n_groups, NOBODY, np.int32), np.full(n_groups, np.inf), np.full(n_items, np.nan), *nobody
        )

    def join(self, items: Ints, groups: Ints, levels: Floats) -> None:
        """Put rows in, each in its group at its level."""
        leave(self._heaps, items)
        join(self._heaps, items, groups, levels)

    def leave(self, items: Ints) -> None:
        """Cancel: these rows wait no longer."""
        leave(self._heaps, items)

    def level(self, items: Ints) -> Floats:
        """The levels that rows wait for; nan where they do not wait."""
        return np.asarray(self._heaps.level[items])

    def due(self, reading: Floats) -> Ints:
        """Take out, in order of their number, the rows whose level the reading of their group has reached."""
        return self.due_with_levels(reading)[0]

    def due_with_levels(self, reading: Floats) -> tuple[Ints, Floats]:
        """The same, and the levels they waited for."""
        items, levels = take_due(self._heaps, reading)
        order = np.argsort(items)
        return items[order], levels[order]
