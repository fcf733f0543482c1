"""How many, in time: forecasts of the reported totals by the model and by each baseline, and their scores."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import pandas as pd

from flightsim.case.observations import Observation
from flightsim.validation.scores import metrics, timing, totals
from flightsim.validation.scores.ensemble import Ensemble
from flightsim.validation.scores.ground import Ground
from flightsim.validation.scores.known import of_everybody, split
from flightsim.validation.scores.modelled import answer
from flightsim.world import Floats

MODEL = "flightsim"
THRESHOLDS = 8  # about so many steps up to the largest total


@dataclass(frozen=True)
class Counts:
    """The totals that are scored (or the increments), and what each forecaster said of them.

    ``rows`` n observations in order of date, totals all from the same first day; ``courses``: forecaster and its
    (D, m) cumulative course by day.
    """

    rows: list[Observation]
    first: date
    courses: Mapping[str, Floats]
    model: Floats  # (n, M)

    @property
    def observed(self) -> Floats:
        """(n,) the best figures."""
        return np.array([o.best for o in self.rows])

    @property
    def bounds(self) -> tuple[Floats, Floats]:
        """(n,), (n,) the sources' bounds."""
        return np.array([o.low for o in self.rows]), np.array([o.high for o in self.rows])

    @cached_property
    def forecasts(self) -> dict[str, Floats]:
        """(n, m) by forecaster, the model first."""
        found = {MODEL: self.model}
        for name, course in self.courses.items():
            if name != MODEL:
                padded = np.vstack([np.zeros((1, course.shape[1])), course])
                ends = [self.day(o.until) for o in self.rows]
                starts = [self.day(o.since or self.first) for o in self.rows]
                found[name] = padded[np.array(ends) + 1] - padded[np.array(starts)]
        return found

    def day(self, when: date) -> int:
        """The day's row in the courses."""
        return (when - self.first).days

    def reports(self, forecaster: str) -> Floats:
        """(n, k) what sources would report if the forecast were true: members with the observation's error."""
        low, high = self.bounds
        return metrics.with_error(self.forecasts[forecaster], low, self.observed, high)

    @cached_property
    def _same_window(self) -> list[Observation]:
        """One observation a day; none with fewer than three, or with increments."""
        points = {o.until: o for o in self.rows} if len({o.since for o in self.rows}) == 1 else {}
        return [points[until] for until in sorted(points)] if len(points) > 2 else []

    def _between(self, at_reports: Floats) -> Floats:
        """A course by day, straight between its values on the days of the reports, from zero."""
        rows = self._same_window
        start = self.day(rows[0].since or self.first) - 1
        days = [start, *(self.day(o.until) for o in rows)]
        return np.asarray(np.interp(np.arange(start + 1, days[-1] + 1), days, [0.0, *at_reports]), np.float64)

    def table(self) -> pd.DataFrame:
        """A row a forecaster: errors, inside the bounds, probabilistic scores and timing."""
        return pd.DataFrame([self._row(name) for name in self.forecasts])

    def _row(self, name: str) -> dict[str, object]:
        y, members, reports = self.observed, self.forecasts[name], self.reports(name)
        low, high = self.bounds
        error = np.median(members, axis=1) - y
        middle = np.median(members, axis=1)
        row: dict[str, object] = {
            "forecaster": name,
            "kind": kind(name),
            "members": members.shape[1],
            "observations": len(y),
            "crps_people": metrics.crps(y, members).mean(),
            "mean_absolute_error_people": np.abs(error).mean(),
            "mean_error_people": error.mean(),
            "mean_relative_error": np.mean(np.abs(error) / np.maximum(y, 1.0)),
            "inside_source_bounds": np.mean((low <= middle) & (middle <= high)),
            "interval_score_people": metrics.interval_score(y, reports).mean(),
            "weighted_interval_score_people": metrics.weighted_interval_score(y, reports).mean(),
        }
        for level in metrics.LEVELS:
            row[f"coverage_{100 * level:.0f}"] = metrics.covered(y, reports, level).mean()
        peak, half = self._timing(name)
        return row | {"peak_week_error_days": peak, "half_error_days": half}

    def _timing(self, name: str) -> tuple[float, float]:
        """Days by which the median member is late: the week with most people, the day of half.

        Both courses are read on the days of the reports only, or the gaps between reports would count as error.
        """
        rows = self._same_window
        if not rows:
            return math.nan, math.nan
        seen = self._between(np.array([o.best for o in rows]))
        at = [self.rows.index(o) for o in rows]
        courses = [self._between(member) for member in self.forecasts[name][at].T]
        peaks = [timing.peak_week(course) - timing.peak_week(seen) for course in courses]
        halves = [timing.half_day(course) - timing.half_day(seen) for course in courses]
        return float(np.median(peaks)), float(np.median(halves))

    def thresholds(self) -> pd.DataFrame:
        """Will more than so many be displaced by the day? A row a threshold, date and forecaster."""
        y, found = self.observed, []
        for limit in round_steps(float(y.max()) if len(y) else 0.0):
            for name in self.forecasts:
                p = metrics.probability_above(self.reports(name), limit)
                found += [
                    {"what": o.what, "date": o.until, "threshold": limit, "unit": o.unit, "forecaster": name,
                     "probability": p[i], "happened": bool(y[i] > limit)}
                    for i, o in enumerate(self.rows)
                ]  # fmt: skip
        return pd.DataFrame(found)

    def pit(self) -> pd.DataFrame:
        """Where each observation falls among the model's reports."""
        values = metrics.pit(self.observed, self.reports(MODEL))
        return pd.DataFrame({"date": [o.until for o in self.rows], "pit": values})


def kind(forecaster: str) -> str:
    """What a forecaster is: only a baseline that does not know the answer is one to measure skill against."""
    return {MODEL: "model", totals.HINDSIGHT: "in hindsight"}.get(forecaster, "baseline")


def counts(
    rows: list[Observation], known: totals.Known, ensemble: Ensemble, ground: Ground
) -> tuple[Counts, Counts]:
    """The totals among some observations, and the increments, with all forecasters.

    If some weigh several reports, these are taken, and the single ones are not scored again.
    """
    all_people, first = of_everybody(rows), ensemble.days[0].date()
    series, later = split(all_people)
    courses = _courses(series, known, ensemble, ground)

    def of(chosen: list[Observation]) -> Counts:
        said = [answer(o, ensemble, ground) for o in chosen]
        return Counts(chosen, first, courses, np.array(said).reshape(len(chosen), len(ensemble.runs)))

    return of(series), of(later)


def _courses(
    series: list[Observation], known: totals.Known, ensemble: Ensemble, ground: Ground
) -> dict[str, Floats]:
    """(D, m) by forecaster: the model's runs, each baseline from what is known, and the line in hindsight."""
    first, at = ensemble.days[0].date(), np.arange(len(ensemble.days), dtype=float)
    courses = {MODEL: ensemble.course("displaced_persons")}
    for name, rule in totals.RULES.items():
        if name != "linear" or len(known.day) > 2:  # with fewer it is the constant rate
            courses[name] = totals.course(rule, known, at)[:, None]
    courses[totals.CAPTURE_RING] = ring_course(ground, first, len(at), known)[:, None]
    same = [o for o in series if o.since == first]
    if len(same) > 2:
        day = np.array([(o.until - first).days + 1.0 for o in same])
        line = totals.hindsight_line(day, np.array([o.best for o in same]), at + 1)
        courses[totals.HINDSIGHT] = line[:, None]
    return courses


def ring_course(ground: Ground, first: date, n_days: int, known: totals.Known) -> Floats:
    """(D,) people gone by each day by the rule of the capture ring; captures are known on their day."""
    last = int(known.day[-1])

    def rule(known: totals.Known, at: Floats) -> Floats:
        since, ends = first + timedelta(days=last + 1), [first + timedelta(days=int(day)) for day in at]
        return np.asarray(known.people[-1] + [float(ground.leavers(since, end).sum()) for end in ends])

    return totals.course(rule, known, np.arange(n_days, dtype=float))


def round_steps(most: float) -> list[float]:
    """Round numbers up to a largest one, about ``THRESHOLDS`` of them."""
    if most <= 0:
        return []
    raw = most / THRESHOLDS
    scale = 10.0 ** math.floor(math.log10(raw))
    step = scale * min((1, 2, 5, 10), key=lambda s: abs(s * scale - raw))
    return [step * i for i in range(1, math.ceil(most / step))]
