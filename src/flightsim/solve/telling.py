"""What a search found, as a planner reads it: the lines, the record of it, and the table behind the figure."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from flightsim import words
from flightsim.parameter import UNCERTAINTY
from flightsim.results.outcomes import Headline
from flightsim.solve.asked import Lever
from flightsim.solve.roots import FALLING, FLAT, JUMP, NOT_MONOTONE, OUT_OF_REACH, RISING, SOLVED, Answer

TINY = 1e-6  # an outcome that differs less from nothing is nothing
SHARE = 0.9  # of the intervals that are shown
CURVE = {RISING: "rises", FALLING: "falls", FLAT: "is flat", NOT_MONOTONE: "rises and falls"}


@dataclass(frozen=True)
class Found:
    """An answer with what its numbers mean: the lever, the outcome, the runs behind it."""

    lever: Lever
    outcome: Headline
    answer: Answer
    seeds: tuple[int, ...]  # (R,) of the replicates
    runs: dict[float, tuple[str, ...]]  # by value tried, the name of each replicate's run
    drawn: bool  # whether each replicate has parameters of its own, drawn from what is thought possible

    @property
    def is_solved(self) -> bool:
        """Whether the target is met within the tolerance."""
        return self.answer.status == SOLVED

    @property
    def outcome_range(self) -> tuple[float, float]:
        """Between which outcomes the middle 90 % of the runs lie at the value told."""
        low, high = np.quantile(self.answer.here, [(1 - SHARE) / 2, (1 + SHARE) / 2], method="inverted_cdf")
        return float(low), float(high)

    @property
    def most(self) -> str:
        """Which runs the spread speaks of: below twenty, the middle 90 % are all of them."""
        n = len(self.seeds)
        return "9 in 10 runs" if n >= 20 else f"all {n} runs" if n > 2 else "the runs"

    def lines(self) -> list[str]:
        """The answer in words: what, how sure, what else was seen."""
        told = {SOLVED: self._solved, JUMP: self._passed_over, OUT_OF_REACH: self._out_of_reach}
        return [*told[self.answer.status](), *self._rest()]

    @property
    def title(self) -> str:
        """The finding in one line."""
        return self.lines()[0].rstrip(".")

    def _solved(self) -> list[str]:
        answer, name = self.answer, self.lever.override(self.answer.value)
        return [
            f"Solved: {name} meets the target, {number(answer.question.target)} {_what(self.outcome)}.",
            f"How sure: {self._how_sure()}.",
            f"At {self.lever.text(answer.value)}: {self._spread_here()}; {self._chance()}.",
        ]

    def _how_sure(self) -> str:
        n = len(self.seeds)
        if n == 1:
            return "one run only, so nothing can be said; more replicates tell"
        low, high = self.answer.interval(SHARE)
        first, last = self.answer.spread(SHARE)
        mean = f"the mean of many runs meets the target {self._between(low, high)}"
        mean = mean if not math.isnan(low) else "there is no interval for the mean"
        alone = f"{self.most} by themselves meet it {self._between(first, last)}"
        alone = alone if not math.isnan(first) else "not every run by itself meets it in the range"
        return f"{mean} (90 % interval, from {n} runs with common random seeds); {alone}"

    def _between(self, low: float, high: float) -> str:
        """A range of the lever, open where it goes on beyond what was asked."""
        if math.isinf(low) and math.isinf(high):
            return "somewhere in the range, or beyond it" if low < high else "beyond the range"
        if math.isinf(low):
            return f"somewhere below {self.lever.short(high)}, perhaps not in the range"
        if math.isinf(high):
            return f"somewhere above {self.lever.short(low)}, perhaps not in the range"
        return f"between {self.lever.short(low)} and {self.lever.short(high)}"

    def _passed_over(self) -> list[str]:
        answer = self.answer
        assert answer.around is not None
        a, b = answer.around
        at, to = self.lever.text(answer.values[a]), self.lever.text(answer.values[b])
        target = f"{number(answer.question.target)} within {answer.question.tolerance * 100:g} %"
        passed = (
            f"Passed over: with {self.lever.name} from {at} to {to}, next to each other, "
            f"{_what(self.outcome)} go from {number(answer.mean[a])} to {number(answer.mean[b])}; asked: {target}."
        )
        return [
            passed,
            f"At {self.lever.text(answer.value)}, the nearer: {self._spread_here()}; {self._chance()}.",
        ]

    def _out_of_reach(self) -> list[str]:
        answer = self.answer
        low, high = answer.question.low, answer.question.high
        where = {low: ", the lower end of the range", high: ", the upper end of the range"}
        nearest = f"{self.lever.text(answer.value)}{where.get(answer.value, '')}"
        beyond = answer.value in where and answer.shape in (RISING, FALLING)
        further = " Beyond that end, as far as bounds allow, it may be reached." if beyond else ""
        missed = (
            f"Not reached: with {self.lever.name} from {self.lever.text(low)} to {self.lever.text(high)}, "
            f"{_what(self.outcome)} come nearest to {number(answer.question.target)} at {nearest}: "
            f"{number(float(answer.here.mean()))}.{further}"
        )
        return [
            missed,
            f"There: {self._spread_here()}; {self._chance()}.",
        ]

    def _rest(self) -> list[str]:
        answer = self.answer
        first, last = number(answer.mean[0]), number(answer.mean[-1])
        ends = (
            f"{first} at {self.lever.text(answer.values[0])}, {last} at {self.lever.text(answer.values[-1])}"
        )
        warning = ""
        if answer.shape == NOT_MONOTONE:
            warning = "; other values may meet the target too" if self.is_solved else ""
        spread = (
            "The spread is of chance and of the drawn parameters."
            if self.drawn
            else "The spread is of chance alone: uncertainty.draw=priors adds what is not known of the parameters."
        )
        tried = words.counted(len(answer.values), "value")
        asked = f"Asked within {answer.question.tolerance * 100:g} %"
        not_ours = f"{self.lever.name} is not ours to choose: this says what it would take, not what to do."
        return [
            f"The curve {CURVE[answer.shape]} over the values tried: {ends}{warning}.",
            *([not_ours] if self.lever.role == UNCERTAINTY else []),
            f"{asked}; {tried} tried, {words.counted(answer.outcomes.size, 'run')}. {spread}",
        ]

    def _spread_here(self) -> str:
        if len(self.seeds) == 1:
            return f"{number(float(self.answer.here.mean()), 3)} in one run"
        low, high = self.outcome_range
        mean = number(float(self.answer.here.mean()), 3)
        return f"{mean} on average, {self.most} between {number(low, 3)} and {number(high, 3)}"

    def _chance(self) -> str:
        n = len(self.seeds)
        reached = round(self.answer.share_reaching * n)
        return f"at least {number(self.answer.question.target)} in {reached} of {words.counted(n, 'run')}"

    def record(self) -> dict[str, Any]:
        """The answer as solve.yaml holds it; what cannot be said is null."""
        answer, question = self.answer, self.answer.question
        return {
            "status": answer.status,
            "value": answer.value,
            "override": self.lever.override(answer.value),
            "interval_90": _pair(answer.interval(SHARE)),
            "runs_meet_target_between_90": _pair(answer.spread(SHARE)),
            "mean": float(answer.here.mean()),
            "outcome_90": _pair(self.outcome_range),
            "share_reaching_target": answer.share_reaching,
            "curve": answer.shape,
            "values_tried": list(answer.order),
            "runs": int(answer.outcomes.size),
            "lever": {
                "name": self.lever.name, "role": self.lever.role,
                "low": question.low, "high": question.high, "whole": question.whole,
            },
            "outcome": {"name": self.outcome.name, "unit": self.outcome.unit, "meaning": self.outcome.meaning},
            "target": question.target,
            "tolerance": question.tolerance,
            "seeds": list(self.seeds),
            "uncertainty_drawn": self.drawn,
        }  # fmt: skip

    def table(self) -> str:
        """evaluations.csv: a row a run, in the order the values were tried."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["tried", self.lever.name, "replicate", "seed", "run", self.outcome.name])
        rows = dict(zip(self.answer.values.tolist(), self.answer.outcomes, strict=True))
        for tried, value in enumerate(self.answer.order, start=1):
            for r, outcome in enumerate(rows[value]):
                run = self.runs[value][r]
                writer.writerow([tried, self.lever.text(value), r, self.seeds[r], run, f"{outcome:.10g}"])
        return text.getvalue()


def number(value: float, figures: int = 2) -> str:
    """An outcome in a line, at so many significant figures: ``"510,000"``, ``"1.2 million"``, ``"12"``."""
    if figures == 2 and abs(value) >= 100:
        return words.about(value)
    rounded = 0.0 if abs(value) < TINY else float(f"{value:.{figures}g}")
    return f"{rounded / 1e6:g} million" if abs(rounded) >= 1e6 else f"{rounded:,.10g}"


def _what(outcome: Headline) -> str:
    return outcome.title[0].lower() + outcome.title[1:]


def _pair(ends: tuple[float, float]) -> list[float | None]:
    return [end if math.isfinite(end) else None for end in ends]
