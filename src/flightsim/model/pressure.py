"""What gathers at a place, and what each household there still bears of it before it leaves.

Two things gather hour by hour: the *pressure* to leave, by place and kind of household, and the *readiness* to set out,
by place and means of transport. Each household waits for its own level of the group it is in (`thresholds`). The
bookkeeping when a household joins a group, leaves it, or changes it with what it has borne stands here only.
"""

from __future__ import annotations

import numpy as np

from flightsim.model.households import MEANS, N_KINDS, Households
from flightsim.model.parts.behaviour import N_CAUSES
from flightsim.model.place_kernels import gather
from flightsim.model.thresholds import Thresholds
from flightsim.world import Floats, Ints


class Pressure:
    """Pressure gathered by place and kind of household, against the threshold of each household.

    gathered           (P, K)    since the start of the run; it only grows
    by_cause           (C, P, K) the same by cause, before what holds people back
    causes_at_settling (H, C)    what by_cause read when the household settled where it is
    waiting            who waits for which reading of its group
    """

    def __init__(self, households: Households, n_places: int) -> None:
        self._households = households
        self.gathered: Floats = np.zeros((n_places, N_KINDS))
        in_memory = N_CAUSES, N_KINDS, n_places  # places side by side: that is twice as fast
        self.by_cause: Floats = np.zeros(in_memory).transpose(0, 2, 1)
        self.met_now: Floats = np.zeros(in_memory).transpose(0, 2, 1)  # by cause, in this step
        self._in_step: Floats = np.zeros_like(self.gathered)
        self.causes_at_settling = np.zeros((len(households), N_CAUSES), np.float32)
        self.waiting = Thresholds(n_places * N_KINDS, len(households))

    def gather(self, pressure: Floats, hours: float) -> None:
        """So many hours under ``pressure`` (P, K) an hour, of the causes in ``met_now``."""
        met, by_cause = _by_kind(self.met_now), _by_kind(self.by_cause)
        gather(pressure, met, float(hours), self._in_step, self.gathered, by_cause)

    def start(self, thresholds: Floats) -> None:
        """Everybody waits, from the start of the run on; thresholds (H,)."""
        group = self._group(np.arange(len(self._households)))
        last_first = np.lexsort((-thresholds, group))  # so each group stands in line and comes out one by one
        self.waiting.join(last_first, group[last_first], thresholds[last_first])

    def due(self) -> tuple[Ints, Floats]:
        """Households whose threshold was passed in this step, and the share of the step that was left then."""
        rows, levels = self.waiting.due_with_levels(self.gathered.ravel())
        group = self._group(rows)
        beyond = (self.gathered.ravel()[group] - levels) / np.maximum(self._in_step.ravel()[group], 1e-300)
        return rows, np.clip(beyond, 0.0, 1.0)

    def left(self, rows: Ints) -> Floats:
        """(n,) the pressure that households will still bear; nan for those who do not wait."""
        return np.asarray(self.waiting.level(rows) - self.gathered.ravel()[self._group(rows)])

    def met(self, rows: Ints) -> Floats:
        """(n, C) what households have borne since they settled, by cause."""
        h = self._households
        place, kind = h.place[rows].astype(np.int64), h.kind(rows)
        return np.asarray(self.by_cause[:, place, kind].T - self.causes_at_settling[rows])

    def join(self, rows: Ints, left: Floats, met: Floats | float = 0.0) -> None:
        """Households wait in the group they are in now: so much is ``left`` to bear, so much ``met`` already."""
        h = self._households
        place, kind = h.place[rows].astype(np.int64), h.kind(rows)
        self.causes_at_settling[rows] = self.by_cause[:, place, kind].T - met
        group = place * N_KINDS + kind
        self.waiting.join(rows, group, self.gathered.ravel()[group] + left)

    def leave(self, rows: Ints) -> None:
        """These wait no longer."""
        self.waiting.leave(rows)

    def _group(self, rows: Ints) -> Ints:
        h = self._households
        return np.asarray(h.place[rows] * np.int64(N_KINDS) + h.kind(rows))


def _by_kind(by_place: Floats) -> Floats:
    """(C, K, P) as it lies in memory, of (C, P, K)."""
    return by_place.transpose(0, 2, 1)


class Readiness:
    """Readiness to set out, gathered by place and means of transport, against what each household needs.

    gathered (P, M) since the start of the run; ``waiting``: who waits for which reading of its group
    """

    def __init__(self, households: Households, n_places: int) -> None:
        self._households = households
        self.gathered: Floats = np.zeros((n_places, len(MEANS)))
        self._in_step: Floats = np.zeros_like(self.gathered)
        self.waiting = Thresholds(n_places * len(MEANS), len(households))

    def gather(self, readiness: Floats) -> None:
        """What gathers in this step (P, M)."""
        self._in_step = readiness
        self.gathered += readiness

    def join(self, rows: Ints, needed: Floats | float, share_of_step: Floats | float = 0.0) -> None:
        """Households need so much from now on, or from when this share of the step was still left."""
        group = self._group(rows)
        begun = self.gathered.ravel()[group] - share_of_step * self._in_step.ravel()[group]
        self.waiting.join(rows, group, begun + needed)

    def due(self) -> Ints:
        """Households that are ready to set out."""
        return self.waiting.due(self.gathered.ravel())

    def leave(self, rows: Ints) -> None:
        """These get ready no longer."""
        self.waiting.leave(rows)

    def _group(self, rows: Ints) -> Ints:
        h = self._households
        return np.asarray(h.place[rows].astype(np.int64) * len(MEANS) + h.means[rows])
