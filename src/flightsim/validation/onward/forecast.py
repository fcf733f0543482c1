"""The forecast: people displaced by day as the runs have it, and as they have it going on from the last count.

The level is the count's, the growth is the runs': displaced(t) = counted + what a run adds from the day of the count
to t. The count is drawn within its bounds, and each run counts by its weight.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from flightsim.validation.onward import weights
from flightsim.validation.onward.asked import Question
from flightsim.validation.onward.weights import NEAR, Weights
from flightsim.validation.scores.modelled import window
from flightsim.world import Floats

LEVELS = (0.05, 0.5, 0.95)  # the band that holds 90 %, and the middle
BEFORE = ("before_p5_persons", "before_median_persons", "before_p95_persons")
AFTER = ("p5_persons", "median_persons", "p95_persons")


@dataclass(frozen=True)
class Forecast:
    """A question's answer. Shapes: D days of the runs, M runs, n counts used."""

    question: Question

    @cached_property
    def at_counts(self) -> Floats:
        """(n, M) what each run has for each count used."""
        members = self.question.members
        return np.stack([window(members.course, o, members.ensemble) for o in self.question.used])

    @cached_property
    def off(self) -> Floats:
        """(n, M) by how many standard deviations each run is off each count."""
        low, best, high = (
            np.array([getattr(o, name) for o in self.question.used]) for name in ("low", "best", "high")
        )
        return weights.misfit(self.at_counts, low, best, high)

    @cached_property
    def weights(self) -> Weights:
        """How much each run counts."""
        return weights.weigh(self.off)

    @property
    def far(self) -> list[int]:
        """The counts used (their places in the list) that no run comes near."""
        return [i for i, row in enumerate(np.abs(self.off)) if row.min() > NEAR]

    @cached_property
    def level(self) -> Floats:
        """(K,) equally likely figures of the truth on the day of the last count, drawn within its bounds."""
        o = self.question.start
        return weights.within(o.low, o.best, o.high)

    def ahead(self, weighted: bool = True) -> tuple[Floats, Floats]:
        """(D', M * K) people displaced on each day from ``on`` to the last, and the weight of each of these courses.

        ``weighted`` False: from the count as well, but all runs alike.
        """
        members, since = self.question.members, self.question.start.until
        course = members.course
        growth = course[members.day(self.question.on) :] - course[members.day(since)]
        courses = growth[:, :, None] + self.level[None, None, :]
        each = self.weights.values if weighted else np.full(course.shape[1], 1 / course.shape[1])
        return courses.reshape(len(growth), -1), np.repeat(each / len(self.level), len(self.level))

    @cached_property
    def table(self) -> pd.DataFrame:
        """A row a day: 5, 50 and 95 % before weighting, and from ``on`` on after it, from the count."""
        members = self.question.members
        alike = np.full(members.course.shape[1], 1.0)
        found = pd.DataFrame(weights.quantiles(members.course, alike, LEVELS), columns=BEFORE)
        dates = [day.date() for day in members.ensemble.days]
        found.insert(0, "lead_days", [(day - self.question.on).days for day in dates])
        found.insert(0, "date", dates)
        after = pd.DataFrame(weights.quantiles(*self.ahead(), LEVELS), columns=AFTER)
        after.index = found.index[-len(after) :]
        return found.join(after)

    @cached_property
    def members(self) -> pd.DataFrame:
        """A row a run: seed, weight, people displaced on the day of the last count, its misfit there and at worst."""
        members = self.question.members
        there = members.course[members.day(self.question.start.until)]
        worst = np.take_along_axis(self.off, np.abs(self.off).argmax(axis=0)[None, :], 0)[0]
        return pd.DataFrame(
            {
                "run": [run.path.name if run.path else "" for run in members.ensemble.runs],
                "seed": [run.seed for run in members.ensemble.runs],
                "weight": self.weights.values,
                "displaced_at_last_count_persons": there,
                "misfit_at_last_count_sd": self.off[self.question.used.index(self.question.start)],
                "worst_misfit_sd": worst,
            }
        )

    @cached_property
    def counts(self) -> pd.DataFrame:
        """A row an observation: used or why not; of those used what the runs have, before and after weighting."""
        asked, rows = self.question, []
        place = {o.row: i for i, o in enumerate(asked.used)}
        for o in asked.observations.rows:
            row: dict[str, object] = {
                "row": o.row, "what": o.what, "since": o.since, "date": o.until, "unit": o.unit, "low": o.low,
                "best": o.best, "high": o.high, "source": o.source, "used": o.row in place,
                "started_from": o.row == asked.start.row, "not_used_because": asked.unused.get(o.row, ""),
            }  # fmt: skip
            if o.row in place:
                row |= self._modelled(place[o.row])
            rows.append(row)
        return pd.DataFrame(rows)

    def _modelled(self, i: int) -> dict[str, float]:
        """What the runs have for a count."""
        said = self.at_counts[i : i + 1]
        before = weights.quantiles(said, np.full(said.shape[1], 1.0), LEVELS)[0]
        after = weights.quantiles(said, self.weights.values, LEVELS)[0]
        names = ("p5", "median", "p95")
        found = {f"before_{name}": float(v) for name, v in zip(names, before, strict=True)}
        found |= {f"weighted_{name}": float(v) for name, v in zip(names, after, strict=True)}
        return found | {"nearest_run_sd": float(np.abs(self.off[i]).min())}
