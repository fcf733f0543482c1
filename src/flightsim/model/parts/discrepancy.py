"""How much faster or slower do people leave than all the other parts say? What the model does not know, day by day.

Any model leaves things out: a rumour, a truce that holds in one village, a day's rain. Their sum is taken to be a
random factor on the rate at which the pressure to leave gathers, everywhere alike, that drifts from day to day: the
logarithm of it is a stationary process of first order (an Ornstein-Uhlenbeck process looked at once a day). Its size
is learnt with the parameters from how far the model was from the reports (docs/calibration.md), so that a
forecast's band grows with the days ahead (Kennedy and O'Hagan 2001, model discrepancy; here inside the model, so
that who waits, who finds shelter and who goes where all follow from it).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from flightsim.clock import Clock
from flightsim.events import Event
from flightsim.model.draws import decision_key, exponential, uniform
from flightsim.parameter import ASSUMPTION, check, parameter
from flightsim.world import Floats, World


@dataclass(frozen=True)
class LogRateDrift:
    """A factor of median one on all pressure to leave, whose logarithm drifts; size 0: no discrepancy."""

    log_sd: float = parameter(
        0.0,
        "log standard deviation",
        0,
        2,
        "How far the rate of leaving may be from what the other parts say; 0: not at all",
        "learnt with the parameters where they are drawn (docs/calibration.md); 0 gives the one course without it",
    )
    memory_days: float = parameter(
        10.0, "days", 1, 100, "e-folding time in which the model forgets in what way it was wrong", ASSUMPTION
    )

    def __post_init__(self) -> None:
        check(self, "discrepancy")

    def start(self, world: World, events: Sequence[Event], clock: Clock) -> LogRateDrift:
        """Nothing to keep: each day's factor is a function of the seed and the days before."""
        return self

    def factors(self, days: int, seed: int) -> Floats:
        """(days,) the factor of each day: the same for a seed in every scenario, whatever the run's length."""
        if not self.log_sd:
            return np.ones(days)
        key, kept = decision_key(seed, "discrepancy"), np.exp(-1 / self.memory_days)
        day = np.arange(days)
        normal = np.sqrt(2 * exponential(key, day)) * np.cos(2 * np.pi * uniform(key, day, 1))
        drift = np.empty(days)
        now = 0.0
        for i in range(days):
            now = normal[0] if i == 0 else kept * now + np.sqrt(1 - kept**2) * normal[i]
            drift[i] = now
        return np.exp(self.log_sd * drift)


@dataclass(frozen=True)
class NoDiscrepancy:
    """People leave as the other parts say, also where parameters are drawn."""

    def start(self, world: World, events: Sequence[Event], clock: Clock) -> NoDiscrepancy:
        """Nothing to keep."""
        return self

    def factors(self, days: int, seed: int) -> Floats:
        """(days,) ones."""
        return np.ones(days)
