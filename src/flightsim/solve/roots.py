"""Where a curve meets a target: the pure search, on any function that gives an outcome for each replicate.

The curve is the mean over replicates. A replicate has the same seed at every value, so the curve has no noise
of its own: asked twice it answers the same, and the differences along it are the lever's doing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import optimize, stats

Evaluate = Callable[[float], Sequence[float]]  # the outcome of each replicate at a value of the lever
Array = np.ndarray

SOLVED, JUMP, OUT_OF_REACH = "solved", "jump", "out_of_reach"
RISING, FALLING, FLAT, NOT_MONOTONE = "rising", "falling", "flat", "not monotone"
AT_MOST = 20  # values tried, each of them a run a replicate; *assumption*: a smooth curve needs five to eight
LOOKS = 4  # equal steps in which a range is looked through whose ends lie on the same side of the target
POLISHES, NEARER = (
    2,
    10,
)  # straight-line steps after the tolerance is met, as long as it is missed by more than a tenth
FINENESS = 2000  # at least so many values in a range are kept apart


@dataclass(frozen=True)
class Question:
    """The mean of an outcome is to be ``target``, within a ``tolerance`` (a share of it), somewhere in a range."""

    low: float
    high: float
    target: float
    tolerance: float = 0.05
    whole: bool = False  # whether only whole numbers make sense

    @property
    def width(self) -> float:
        """How far off the target still counts as met, in the outcome's unit."""
        return abs(self.target) * self.tolerance

    @property
    def digits(self) -> int:
        """Decimals of the values tried: few, so that a value can be typed again and means the same run."""
        return 0 if self.whole else math.ceil(-math.log10((self.high - self.low) / FINENESS))

    def rounded(self, value: float) -> float:
        """The value that stands for this one; the ends of the range stand for themselves."""
        if value in (self.low, self.high):
            return value
        return min(max(round(value, self.digits), self.low), self.high)


@dataclass(frozen=True)
class Answer:
    """What the search found. V values were tried, in rising order, with R replicates each."""

    question: Question
    status: str  # solved | jump (passes the target without meeting it) | out_of_reach
    value: float  # the solution, or the nearest that was tried
    values: Array  # (V,)
    outcomes: Array  # (V, R)
    order: tuple[float, ...] = field(default=())  # the values as they were tried

    @property
    def mean(self) -> Array:
        """(V,) the curve: the mean over replicates."""
        return np.asarray(self.outcomes.mean(axis=1))

    @property
    def here(self) -> Array:
        """(R,) the outcome of each replicate at ``value``."""
        return np.asarray(self.outcomes[int(np.searchsorted(self.values, self.value))])

    @property
    def shape(self) -> str:
        """The curve over the values tried: rising, falling, flat or not monotone.

        Steps that are smaller than the tolerance, as a share of the largest mean, are not told apart from none.
        """
        mean = self.mean
        width = self.question.tolerance * min(abs(self.question.target), float(np.abs(mean).max()))
        if np.ptp(mean) <= width:
            return FLAT
        if (np.maximum.accumulate(mean) - mean).max() <= width:
            return RISING
        if (mean - np.minimum.accumulate(mean)).max() <= width:
            return FALLING
        return NOT_MONOTONE

    @property
    def share_reaching(self) -> float:
        """Share of the replicates whose outcome is at least the target at ``value``."""
        return float((self.here >= self.question.target).mean())

    @property
    def crossings(self) -> Array:
        """(R,) where each replicate meets the target by itself, between the values tried, on straight lines.

        Of several crossings the one nearest the solution; infinite, to the side where it would have to lie,
        if the replicate does not meet the target in the range (for a curve that rises or falls); else nan.
        """
        return np.array([self._crossing(each) for each in self.outcomes.T])

    def spread(self, share: float = 0.9) -> tuple[float, float]:
        """Between which values the middle ``share`` of the replicates meet the target, each by itself."""
        crossings = self.crossings
        if not len(crossings) or np.isnan(crossings).any():
            return math.nan, math.nan
        ends = np.quantile(crossings, [(1 - share) / 2, (1 + share) / 2], method="inverted_cdf")
        return float(ends[0]), float(ends[1])

    def interval(self, share: float = 0.9) -> tuple[float, float]:
        """Confidence interval of the value at which the mean of ever more replicates would meet the target.

        The values at which the target lies within the interval of the mean (Student's t), on straight lines
        between those tried; infinite where that goes on beyond the range; nan with a single replicate.
        """
        n = self.outcomes.shape[1]
        if n < 2:
            return math.nan, math.nan
        half = stats.t.ppf((1 + share) / 2, n - 1) * self.outcomes.std(axis=1, ddof=1) / math.sqrt(n)
        ends = sorted(self._crossing(self.mean + sign * half) for sign in (-1, 1))
        return ends[0], ends[1]

    @property
    def around(self) -> tuple[int, int] | None:
        """The first neighbours, as positions in ``values``, between which the mean passes the target, or None."""
        above = self.mean > self.question.target
        passes = np.flatnonzero(above[1:] != above[:-1])
        return (int(passes[0]), int(passes[0]) + 1) if len(passes) else None

    def _crossing(self, outcomes: Array) -> float:
        off = outcomes - self.question.target
        found = crossing(self.values, off, self.value)
        if found is not None:
            return found
        if self.shape not in (RISING, FALLING):
            return math.nan
        beyond_high = (off[0] < 0) == (self.shape == RISING)
        return math.inf if beyond_high else -math.inf


def crossing(values: Array, off: Array, near: float) -> float | None:
    """Where straight lines through the points pass 0; of several such places the one nearest ``near``."""
    found = [float(value) for value in values[off == 0]]
    for at in np.flatnonzero(off[1:] * off[:-1] < 0):
        share = off[at] / (off[at] - off[at + 1])
        found.append(float(values[at] + share * (values[at + 1] - values[at])))
    return min(found, key=lambda value: abs(value - near), default=None)


def solve(evaluate: Evaluate, question: Question, at_most: int = AT_MOST) -> Answer:
    """Find the value in the range at which the mean over replicates is the target.

    First the ends; if both lie on the same side of the target, the range is looked through in a few equal
    steps. Between two values on different sides Algorithm 748 closes in (bisection for whole numbers) and
    stops within the tolerance; up to four more values then take the answer nearer and measure its interval.
    ``evaluate`` is asked for each value once, and for ``at_most`` values in all (5 at least).
    """
    search = _Search(evaluate, question, max(at_most, LOOKS + 1))
    ends = [search.off(question.low), search.off(question.high)]
    if all(ends) and search.bracket() is None:
        for part in range(1, LOOKS):
            search.off(question.low + (question.high - question.low) * part / LOOKS)
            if search.bracket() is not None or search.hit is not None:
                break
    between = search.bracket()
    if search.hit is None and between is not None:
        (search.halve if question.whole else search.close_in)(*between)
    if search.hit is not None and not question.whole:
        search.refine()
    return search.answer()


class _Search:
    """The values tried so far and what came out."""

    def __init__(self, evaluate: Evaluate, question: Question, at_most: int) -> None:
        self.evaluate, self.question, self.at_most = evaluate, question, at_most
        self.known: dict[float, Array] = {}

    def mean_off(self, value: float) -> float:
        """The mean less the target at a value that was tried."""
        return float(self.known[value].mean()) - self.question.target

    def off(self, value: float) -> float:
        """The mean less the target; 0 within the tolerance, which ends every search."""
        value = self.question.rounded(float(value))
        if value not in self.known:
            if len(self.known) >= self.at_most:
                raise _EnoughTried
            self.known[value] = np.asarray(self.evaluate(value), dtype=float)
        off = self.mean_off(value)
        return 0.0 if abs(off) <= self.question.width else off

    @property
    def hit(self) -> float | None:
        """Of the values within the tolerance, the nearest to the target."""
        nearest = min(self.known, key=lambda value: abs(self.mean_off(value)))
        return nearest if abs(self.mean_off(nearest)) <= self.question.width else None

    def bracket(self) -> tuple[float, float] | None:
        """The lowest neighbours on different sides of the target, or None."""
        tried = sorted(self.known)
        above = [self.mean_off(value) > 0 for value in tried]
        passes = (at for at in range(len(tried) - 1) if above[at] != above[at + 1])
        return next(((tried[at], tried[at + 1]) for at in passes), None)

    def close_in(self, low: float, high: float) -> None:
        """Algorithm 748 of Alefeld, Potra and Shi (1995), down to the fineness of the values."""
        grain = 10.0**-self.question.digits
        try:
            optimize.toms748(self.off, low, high, xtol=grain, maxiter=10 * self.at_most, disp=False)
        except _EnoughTried:
            return

    def halve(self, low: float, high: float) -> None:
        """Bisection over whole numbers."""
        above = self.mean_off(high) > 0
        while high - low > 1 and self.hit is None and len(self.known) < self.at_most:
            middle = (low + high) // 2
            low, high = (low, middle) if (self.off(middle) > 0) == above else (middle, high)

    def refine(self) -> None:
        """Try where straight lines say that the mean, and then the first and last replicate, meet the target."""
        for _ in range(POLISHES):
            answer = self.answer()
            aim = crossing(answer.values, answer.mean - self.question.target, answer.value)
            if abs(self.mean_off(answer.value)) > self.question.width / NEARER:
                self.aim_at(aim)
        crossings = self.answer().crossings
        for aim in (crossings.min(), crossings.max()):
            self.aim_at(float(aim))

    def aim_at(self, value: float | None) -> None:
        """Try one more value, if there is one to try."""
        if value is not None and math.isfinite(value) and len(self.known) < self.at_most:
            self.off(value)

    def answer(self) -> Answer:
        """What was found so far, the values in order."""
        values = np.array(sorted(self.known))
        nearest = min(self.known, key=lambda value: abs(self.mean_off(value)))
        passed = JUMP if self.bracket() is not None else OUT_OF_REACH
        status = passed if self.hit is None else SOLVED
        outcomes = np.array([self.known[value] for value in values])
        return Answer(self.question, status, nearest, values, outcomes, tuple(self.known))


class _EnoughTried(Exception):
    """As many values were tried as may be."""
