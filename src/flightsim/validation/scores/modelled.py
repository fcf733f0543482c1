"""What a run says to an observation: the same quantity, window and area; or why nothing can be said."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from flightsim.case.observations import (
    ARRIVALS,
    DEPARTURES,
    DISPLACED,
    DISPLACED_STOCK,
    FLOWS,
    OF_A_DAY,
    PRESENT,
    RETURNS,
    SHELTER,
    SITES,
    SITES_GROWTH,
    STOCKS,
    Observation,
)
from flightsim.results.runs import Results
from flightsim.validation.scores.ensemble import Ensemble
from flightsim.validation.scores.ground import Ground
from flightsim.world import Floats

DAYS_A_WEEK = 7
COUNTED = {  # (measure, unit): a measure that is counted up or stands at the end of a day
    (DISPLACED, "people"): "displaced_persons",
    (DISPLACED, "movements"): "moves_persons",
    (DEPARTURES, "people"): "displaced_persons",
    (DEPARTURES, "movements"): "moves_persons",
    (ARRIVALS, "people"): "sheltered_persons",
    (PRESENT, "people"): "present_persons",
    (DISPLACED_STOCK, "people"): "sheltered_persons",
    (SITES, "people"): "in_sites_persons",
    (SITES_GROWTH, "people"): "in_sites_persons",
}


def why_not(o: Observation, ensemble: Ensemble, history: date = date.max) -> str:
    """Why an observation cannot be scored with these runs; empty if it can.

    ``history``: the last day to which the runs follow what happened.
    """
    first, last = ensemble.days[0].date(), ensemble.days[-1].date()
    if o.measure == RETURNS:
        return "of returns, which are not modelled"
    if o.since == o.until and o.best == 0:
        return "always zero"
    if o.since is None and o.measure not in OF_A_DAY:
        return "without a first day"
    if o.until < first or (o.since and o.measure not in (SHELTER, *OF_A_DAY) and o.since < first):
        return f"from before the run begins ({first})"
    if o.until > last:
        return f"after the run ends ({last})"
    if o.until > history:
        return f"after the run leaves what happened ({history})"
    if o.measure == DISPLACED_STOCK and o.since != first:
        return f"of people displaced since another day than the run's first ({first})"
    if o.measure in (SITES, SITES_GROWTH) and not len(ensemble.runs[0].rows("in_sites_persons")):
        return "of people in sites, which these results do not record: run them again"
    return ""


def answer(o: Observation, ensemble: Ensemble, ground: Ground) -> Floats:
    """(M,) what each run has for an observation that can be scored."""
    areas = None if not o.areas else ground.areas(o.areas)
    if o.measure == SHELTER:
        day = _index(ensemble, o.until)
        there = ensemble.course("sheltered_persons", areas, o.groups)[day]
        everybody = ensemble.course("sheltered_persons", areas)[day]
        return np.asarray(there / np.maximum(everybody, 1e-9), np.float64)
    if o.measure in (PRESENT, DISPLACED_STOCK, SITES):
        stock = ensemble.course(COUNTED[o.measure, o.unit], areas, o.groups)
        return np.asarray(stock[_index(ensemble, o.until)])
    if o.measure == SITES_GROWTH:
        at_start = ground.in_sites[ground.inside(o.areas)].sum()
        return window(ensemble.course(COUNTED[o.measure, o.unit], areas), o, ensemble, float(at_start))
    if o.measure == FLOWS:
        return np.array([_flow(run, o, ground) for run in ensemble.runs])
    if (o.measure, o.unit) == (ARRIVALS, "movements"):
        return window(ensemble.course("arrivals_persons", areas).cumsum(axis=0), o, ensemble)
    return window(ensemble.course(COUNTED[o.measure, o.unit], areas), o, ensemble)


def window(course: Floats, o: Observation, ensemble: Ensemble, at_start: float = 0.0) -> Floats:
    """(M,) what a course (D, M) gains from the first to the last day of the window; ``at_start``: before the run."""
    assert o.since is not None
    before = _index(ensemble, o.since - timedelta(days=1))
    start = course[before] if before >= 0 else np.full(course.shape[1], at_start)
    return np.asarray(course[_index(ensemble, o.until)] - start)


def whole(o: Observation, ensemble: Ensemble, ground: Ground) -> Floats:
    """(M,) what the observation is a part of: all people or movements of its window, or all of its stock."""
    if o.measure in STOCKS:
        return answer(replace(o, areas=()), ensemble, ground)
    if o.measure in (ARRIVALS, FLOWS) and o.unit == "movements":
        return window(ensemble.course("arrivals_persons").cumsum(axis=0), o, ensemble)
    measure = "sheltered_persons" if o.measure == ARRIVALS else COUNTED[o.measure, o.unit]
    return window(ensemble.course(measure), o, ensemble)


def _index(ensemble: Ensemble, day: date) -> int:
    return (pd.Timestamp(day) - ensemble.days[0]).days


def _flow(run: Results, o: Observation, ground: Ground) -> float:
    """Movements between areas in the window; a week that is cut counts by its days' share of its arrivals."""
    flows = run.flows
    here = flows["origin_area"].isin(ground.areas(o.areas))
    there = flows["destination_area"].isin(ground.areas(o.destinations))
    column = "moves_persons" if o.unit == "movements" else "persons"
    by_week = flows[here & there].groupby("week")[column].sum()
    daily = run.series("arrivals_persons").to_numpy(float)
    day = np.arange(len(daily))
    assert o.since is not None
    first, last = ((pd.Timestamp(when) - run.days[0]).days for when in (o.since, o.until))
    inside = np.where((day >= first) & (day <= last), daily, 0.0)
    total = 0.0
    for week, people in by_week.items():
        begin = (pd.Timestamp(str(week)) - run.days[0]).days
        of_week = float(daily[begin : begin + DAYS_A_WEEK].sum())
        total += float(people) * (
            float(inside[begin : begin + DAYS_A_WEEK].sum()) / of_week if of_week else 0.0
        )
    return total
