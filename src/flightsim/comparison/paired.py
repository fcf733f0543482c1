"""Paired differences: a scenario minus the baseline, replicate by replicate, with the same households and seed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from flightsim.comparison.material import Material
from flightsim.results.outcomes import Headline
from flightsim.world import Floats

CLEAR_SHARE = 0.9  # of the pairs with the same sign, for a difference to be called clear; *assumption*
FEWEST_CLEAR = 5  # pairs; of fewer nothing is called clear


@dataclass(frozen=True)
class Difference:
    """Scenario minus baseline in one outcome, over k pairs."""

    scenario: str
    headline: Headline
    values: Floats  # (k,) of the number that the outcome comes to; pairs without one are left out
    courses: Floats  # (k, D) by day
    of_baseline: Floats  # (k,) the baseline's numbers
    gain: float  # how many times smaller the variance is than that of independent runs; nan if unknown

    @property
    def n(self) -> int:
        """How many pairs there are."""
        return len(self.values)

    @property
    def more(self) -> int:
        """Pairs in which the scenario has more."""
        return int((self.values > 0).sum())

    @property
    def fewer(self) -> int:
        """Pairs in which the scenario has less."""
        return int((self.values < 0).sum())

    @property
    def middle(self) -> float:
        """The median of the differences; nan without pairs."""
        return float(np.median(self.values)) if self.n else float("nan")

    @property
    def is_clear(self) -> bool:
        """Whether nine in ten pairs, of at least five, point the same way."""
        return self.n >= FEWEST_CLEAR and max(self.more, self.fewer) >= CLEAR_SHARE * self.n

    @property
    def is_nothing(self) -> bool:
        """Whether every pair is the same in both."""
        return self.n > 0 and self.more == self.fewer == 0


def of(material: Material, scenario: str, headline: Headline) -> Difference:
    """The paired differences of ``scenario`` to the baseline."""
    own, base = material.pairs(scenario)
    values, courses = material.values(headline), material.courses[headline.name]
    known = np.isfinite(values[own]) & np.isfinite(values[base])
    own, base = own[known], base[known]
    return Difference(
        scenario,
        headline,
        values[own] - values[base],
        courses[own] - courses[base],
        values[base],
        gain(values[own], values[base]),
    )


def gain(one: Floats, two: Floats) -> float:
    """(var one + var two) / var (one - two): what independent runs would scatter, over what pairs scatter.

    By the variance of a difference this is 1 / (1 - r) where both scatter alike and correlate by r. nan for
    fewer than three pairs or if nothing scatters; inf if only the pairs do not.
    """
    if len(one) < 3:
        return float("nan")
    apart = float(np.var(one, ddof=1) + np.var(two, ddof=1))
    paired = float(np.var(one - two, ddof=1))
    if paired == 0:
        return float("inf") if apart > 0 else float("nan")
    return apart / paired
