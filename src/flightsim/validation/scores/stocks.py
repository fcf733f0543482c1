"""How many are where on a day, in camps or at all: such counts beside the model and baselines."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from flightsim.case.observations import (
    DISPLACED_STOCK,
    PRESENT,
    SITES,
    SITES_GROWTH,
    STOCKS,
    Observation,
)
from flightsim.validation.scores import metrics, splits
from flightsim.validation.scores.counts import MODEL, kind
from flightsim.validation.scores.ensemble import Ensemble
from flightsim.validation.scores.ground import Ground
from flightsim.validation.scores.modelled import answer
from flightsim.world import Floats

AS_AT_START, LAST_COUNT, RING = "as at the start", "last count", "capture ring"


def at_start(measure: str, ground: Ground) -> Floats:
    """(A,) what a stock was before the run: everybody, those in sites, or none of the newly displaced; growth is 0."""
    none = np.zeros(len(ground.population))
    return {PRESENT: ground.population, SITES: ground.in_sites}.get(measure, none)


def by_ring(measure: str, since: date, until: date, ground: Ground) -> Floats:
    """(A,) a stock if all within the ring of a captured place left with it, and went where gravity says.

    Into sites go as many as sites have of all free room, in proportion to their own.
    """
    leavers = ground.leavers(since, until)
    if measure in (SITES, SITES_GROWTH):
        came = leavers.sum() * ground.site_room / max(float(ground.room.sum()), 1.0)
        return np.asarray(at_start(measure, ground) + came)
    open_ = (ground.population > 0) & ~ground.lost(until)
    came = leavers @ splits.gravity(ground.population, ground.road_km, open_)
    return np.asarray(came if measure == DISPLACED_STOCK else ground.population - leavers + came)


def last_count(o: Observation, earlier: list[Observation]) -> float:
    """The latest earlier count of the same; of a growth its pace goes on. nan if there is none."""
    same = [e for e in earlier if (e.measure, e.areas, e.groups) == (o.measure, o.areas, o.groups)]
    if not same:
        return float("nan")
    last = max(same, key=lambda e: e.until)
    return last.best * _days(o) / _days(last) if o.measure == SITES_GROWTH else last.best


def table(
    scored: list[Observation], earlier: list[Observation], ensemble: Ensemble, ground: Ground
) -> pd.DataFrame:
    """A row a measure and forecaster. ``earlier``: the counts that were at hand before the first that is scored."""
    rows = []
    for measure in STOCKS:
        asked = [o for o in scored if o.measure == measure]
        if asked:
            said = {MODEL: np.array([answer(o, ensemble, ground) for o in asked])}
            said |= {
                name: values[:, None] for name, values in _baselines(asked, earlier, ground, ensemble).items()
            }
            rows += [_row(measure, name, asked, members) for name, members in said.items()]
    return pd.DataFrame(rows)


def _baselines(
    asked: list[Observation], earlier: list[Observation], ground: Ground, ensemble: Ensemble
) -> dict[str, Floats]:
    """(n,) by baseline; one that knows a kind of shelter is asked of sites only."""
    first = ensemble.days[0].date()
    start = np.array([at_start(o.measure, ground)[ground.inside(o.areas)].sum() for o in asked])
    said = {AS_AT_START: start}
    last = np.array([last_count(o, earlier) for o in asked])
    if np.isfinite(last).any():
        said[LAST_COUNT] = np.where(np.isfinite(last), last, start)
    if not any(o.groups for o in asked):
        said[RING] = np.array(
            [
                by_ring(o.measure, o.since or first, o.until, ground)[ground.inside(o.areas)].sum()
                for o in asked
            ]
        )
    return said


def _row(measure: str, name: str, asked: list[Observation], members: Floats) -> dict[str, object]:
    y, low, high = (np.array([getattr(o, key) for o in asked]) for key in ("best", "low", "high"))
    middle = np.median(members, axis=1)
    reports = metrics.with_error(members, low, y, high)
    return {
        "measure": measure, "forecaster": name, "kind": kind(name), "observations": len(asked),
        "crps_people": metrics.crps(y, members).mean(), "mean_absolute_error_people": np.abs(middle - y).mean(),
        "mean_error_people": (middle - y).mean(),
        "mean_relative_error": np.mean(np.abs(middle - y) / np.maximum(np.abs(y), 1.0)),
        "inside_source_bounds": np.mean((low <= middle) & (middle <= high)),
        "coverage_90": metrics.covered(y, reports, 0.9).mean(),
    }  # fmt: skip


def _days(o: Observation) -> int:
    return (o.until - (o.since or o.until)).days + 1
