"""What is calibrated and against what: the free parameters with their priors, and the reports as numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from flightsim.case.observations import DEPARTURES, DISPLACED, PEOPLE, SHELTER, Observation
from flightsim.config import compose
from flightsim.errors import InputError
from flightsim.sweeps import priors
from flightsim.validation.scores import metrics
from flightsim.validation.scores.ensemble import Ensemble
from flightsim.validation.scores.ground import Ground
from flightsim.validation.scores.modelled import answer, why_not
from flightsim.validation.scores.questions import Question, modelled, questions

Floats = npt.NDArray[np.float64]
FREE = (
    "behaviour.shelling_per_hour",
    "behaviour.half_strikes",
    "behaviour.steepness",
    "behaviour.front_per_hour",
    "behaviour.size",
    "behaviour.other_authority",
)
DRIFT, DRIFTING = (
    "discrepancy.log_sd",
    0.3,
)  # the size of the discrepancy, and that of the runs that show its shape
LAST = date(2020, 3, 8)  # nothing observed later is used
DAYS = 99  # from 1 December to that day
FLOOR_PERSONS = 1000.0  # fewer people are luck, in logarithms too
SMALL = 0.02  # a cell with less of its question's people is luck at a tenth of the households
TOTALS_SD = 0.1  # *assumption*: how far a count of all the displaced is from the model besides, in logarithms
OWN_SD = 0.2  # *assumption*: how far off the model is, in logarithms, in what is not a total of the displaced


def config(scale: float, step_hours: int) -> dict[str, Any]:
    """The base run up to the last observation, at a population scale and a step."""
    words = ["case=idlib", f"days={DAYS}", f"population.scale={scale:g}", f"step_hours={step_hours}"]
    (job,) = compose.jobs([*words, "figures=false"])
    return job.config


def with_values(base: Mapping[str, Any], values: Sequence[float], seed: int) -> dict[str, Any]:
    """A run's configuration with values of the free parameters, to six figures, and a seed."""
    rounded = {name: float(f"{value:.6g}") for name, value in zip(FREE, values, strict=True)}
    return {**priors.with_values(base, rounded, ()), "seed": seed}


@dataclass(frozen=True)
class Prior:
    """The PERT priors that ensembles draw from, independent of each other (``flightsim.sweeps.priors``)."""

    names: tuple[str, ...]
    drawn: tuple[Any, ...]

    def values(self, shares: Floats) -> Floats:
        """(n, d) parameters from shares of the prior below them."""
        return np.column_stack([priors.quantile(d, s) for d, s in zip(self.drawn, shares.T, strict=True)])

    def unit(self, values: Floats) -> Floats:
        """(n, d) parameters as shares of their ranges."""
        return np.asarray((values - self.low) / (self.high - self.low))

    def across(self, unit: Floats) -> Floats:
        """(n, d) parameters from shares of their ranges."""
        return np.asarray(self.low + unit * (self.high - self.low))

    @property
    def low(self) -> Floats:
        """(d,) lower ends."""
        return np.array([d.low for d in self.drawn])

    @property
    def high(self) -> Floats:
        """(d,) upper ends."""
        return np.array([d.high for d in self.drawn])

    @property
    def default(self) -> Floats:
        """(d,) the base run's values."""
        return np.array([d.mode for d in self.drawn])


def prior(base: Mapping[str, Any], names: tuple[str, ...] = FREE) -> Prior:
    """The priors of some parameters; InputError if one has none."""
    made = priors.asked({"draw": priors.PRIORS, "parameters": list(names)}, [base], 0)
    assert made is not None
    return Prior(names, tuple(made.drawn[name] for name in names))


@dataclass(frozen=True)
class Report:
    """A report as one number: the logarithm of a count, or of the odds or ratio of two.

    ``family``: reports of the same thing on other days.
    """

    name: str
    family: str
    until: date
    value: float
    source_sd: float
    source: str
    asked: Observation | tuple[Question, int, int]

    @property
    def error_sd(self) -> float:
        """The source's error and the model's own, besides the drift of the rate."""
        return math.hypot(self.source_sd, TOTALS_SD if self.is_total else OWN_SD)

    @property
    def is_total(self) -> bool:
        """Whether it is a count of all the displaced."""
        return (
            isinstance(self.asked, Observation) and self.asked.measure == DISPLACED and not self.asked.areas
        )

    def answers(self, runs: Ensemble, ground: Ground) -> Floats:
        """(M,) the runs' answers."""
        if isinstance(self.asked, Observation):
            said = answer(self.asked, runs, ground)
            return _odds(said) if self.asked.measure == SHELTER else np.log(np.maximum(said, FLOOR_PERSONS))
        question, cell, other = self.asked
        cells = np.maximum(modelled(question, runs, ground), FLOOR_PERSONS)
        return np.asarray(np.log(cells[cell] / cells[other]))


def _odds(share: Any) -> Any:
    held = np.clip(share, 0.001, 0.999)
    return np.log(held / (1 - held))


def _sd(o: Observation) -> float:
    return float(metrics.log_error(*(np.array([v]) for v in (o.low, o.best, o.high)))[0])


def reports(rows: Sequence[Observation], runs: Ensemble) -> list[Report]:
    """The reports that are calibrated against: each thing once, none after ``LAST``.

    The recommended series of totals; departures and shelter as reported; of a table of shares its largest
    cells, against the largest. InputError if there is a later observation or none is left.
    """
    late = [o for o in rows if o.until > LAST]
    if late:
        raise InputError([f"row {o.row} is of {o.until}; nothing after {LAST} may be used" for o in late])
    rows = [o for o in rows if not why_not(o, runs)]
    found = []
    for o in rows:
        total = o.measure == DISPLACED and o.unit == PEOPLE and not o.areas and o.weighed
        if total or (o.measure == DEPARTURES and o.unit == PEOPLE):
            found.append(_report(o, math.log(o.best), _sd(o)))
        elif o.measure == SHELTER:
            found.append(_report(o, float(_odds(o.best)), _sd(o) / (1 - o.best)))
    tables: dict[tuple[str, date], Question] = {}
    for q in questions(list(rows)):  # of one source's several tables of a day, the one with most cells
        key = (q.source, q.rows[0].until)
        if q.measure != DISPLACED and (key not in tables or len(q.cells) > len(tables[key].cells)):
            tables[key] = q
    found += [report for q in tables.values() for report in _ratios(q)]
    if not found:
        raise InputError("no observation that can be calibrated against lies in the days of the runs")
    return sorted(found, key=lambda r: (r.family, r.until))


FEWEST_TOTALS = 4


def told_of_the_drift(found: Sequence[Report]) -> str:
    """What to say where too few totals were reported to learn the drift; blank if enough were."""
    n = sum(report.is_total for report in found)
    if n >= FEWEST_TOTALS:
        return ""
    return (
        f"the discrepancy cannot be learnt from {n} totals; expected {FEWEST_TOTALS} or more. "
        f"Its prior stands, which is wide: a half-normal of 0.5 in logarithms"
    )


def _report(o: Observation, value: float, sd: float) -> Report:
    return Report(f"{o.what}, {o.since} to {o.until}", o.what, o.until, value, sd, o.source, o)


def _ratios(q: Question) -> list[Report]:
    """Each cell of a table against its largest, in logarithms."""
    seen = q.observed
    most = int(np.argmax(seen))
    found = []
    for cell in range(len(q.rows)):
        if cell == most or seen[cell] < SMALL * seen.sum():
            continue
        o, is_rest = q.rows[cell], most >= len(q.rows)
        share = seen[cell] / (seen[cell] + seen[most])
        sd = _sd(o) / (1 - share) if is_rest else math.hypot(_sd(o), _sd(q.rows[most]))
        name = f"{o.what} against {q.cells[most]}"
        value = math.log(seen[cell] / seen[most])
        found.append(Report(f"{name}, to {o.until}", name, o.until, value, sd, o.source, (q, cell, most)))
    return found
