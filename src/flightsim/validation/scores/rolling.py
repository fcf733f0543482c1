"""Forecasts from each week's start, seven to 42 days ahead: the total so far as reported, then what the model adds.

From an origin (the end of a day) each later report is forecast. Conditioning is the cheapest honest way: the
last report up to the origin, plus the run's own increments from that report's day to the target's. In the mode
*known* the run had the events that were still ahead; in *drawn* its violence from the origin on was generated
by the process of ``events=goes_on``, and its captures after the origin are nobody's knowledge.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from flightsim.case.observations import Observation
from flightsim.errors import Complaints
from flightsim.validation.scores import metrics, totals
from flightsim.validation.scores.counts import MODEL, Counts, kind
from flightsim.validation.scores.ensemble import Ensemble, read
from flightsim.validation.scores.ground import Ground
from flightsim.world import Floats

STEP_DAYS = 7
HORIZONS_DAYS = (7, 14, 28, 42)
AVERAGED_FROM_DAYS = 14  # the shortest horizon in the average: a planner's, not next week's
KNOWN, DRAWN = "known", "drawn"


def origins(found: Counts) -> list[date]:
    """The ends of the weeks from which at least one scored report lies ahead."""
    last = max((o.until for o in found.rows), default=found.first)
    days = range(STEP_DAYS - 1, (last - found.first).days, STEP_DAYS)
    return [found.first + timedelta(days=day) for day in days]


def horizon(lead_days: int) -> int | None:
    """The least of the horizons that a lead time is within; None beyond the last."""
    return next((h for h in HORIZONS_DAYS if lead_days <= h), None)


def known_at(origin: date, found: Counts, before: totals.Known) -> totals.Known:
    """What was reported up to an origin, on top of what was known already (``before``)."""
    points = dict(zip(before.day.tolist(), before.people.tolist(), strict=True))
    points |= {float(found.day(o.until)): o.best for o in found.rows if o.since == found.first}
    day = sorted(d for d in points if d <= found.day(origin))
    return replace(before, day=np.array(day), people=np.array([points[d] for d in day]))


def forecasts(
    found: Counts, before: totals.Known, ground: Ground, drawn: Mapping[date, Ensemble] | None = None
) -> pd.DataFrame:
    """A row an origin, target and forecaster: median, CRPS and error. ``drawn``: an ensemble by origin."""
    rows = []
    courses = drawn or dict.fromkeys(origins(found))
    for origin, ensemble in sorted(courses.items()):
        course = found.courses[MODEL] if ensemble is None else ensemble.course("displaced_persons")
        known = known_at(origin, found, before)
        for o in found.rows:
            within = horizon((o.until - origin).days)
            if (
                o.until <= origin
                or within is None
                or o.since != found.first
                or found.day(o.until) >= len(course)
            ):
                continue
            for name, members in _said(
                o, known, course, found, ground, None if drawn is None else origin
            ).items():
                y = np.array([o.best])
                rows.append(
                    {
                        "mode": KNOWN if drawn is None else DRAWN, "origin": origin, "target": o.until,
                        "lead_days": (o.until - origin).days, "horizon_days": within, "forecaster": name,
                        "observed_people": o.best, "forecast_people": float(np.median(members)),
                        "low_people": float(np.quantile(members, 0.05)),
                        "high_people": float(np.quantile(members, 0.95)),
                        "crps_people": float(metrics.crps(y, members[None, :])[0]),
                    }
                )  # fmt: skip
    return pd.DataFrame(rows)


def drawn_ensembles(path: str | Path, like: Ensemble) -> dict[date, Ensemble]:
    """The ensembles of a sweep over ``events.known_until``, by origin: the last day that each knows.

    InputError if a scenario knows all events, or its runs are of another case or begin on another day.
    """
    from flightsim.results import gather

    found, complaints = {}, Complaints()
    for scenario in gather.read(path).scenarios:
        runs = read(path, scenario)
        config = runs.runs[0].config
        events = config["events"]
        if events.get("violence") != "goes_on" or not events.get("known_until"):
            complaints.add(f"{path}: scenario '{scenario}' knows all events; expected events=goes_on")
        elif runs.case != like.case or runs.days[0] != like.days[0]:
            complaints.add(f"{path}: scenario '{scenario}' is of another case or begins on another day")
        else:
            found[date.fromisoformat(str(events["known_until"])[:10]) - timedelta(days=1)] = runs
    complaints.raise_if_any()
    return found


def _said(
    o: Observation,
    known: totals.Known,
    course: Floats,
    found: Counts,
    ground: Ground,
    known_until: date | None,
) -> dict[str, Floats]:
    """(m,) what each forecaster says to one target."""
    at, last = found.day(o.until), int(known.day[-1])
    start = course[last] if last >= 0 else np.zeros(course.shape[1])
    said = {MODEL: known.people[-1] + course[at] - start}
    said |= {name: rule(known, np.array([float(at)])) for name, rule in totals.RULES.items()}
    until = o.until if known_until is None else min(o.until, known_until)
    leavers = ground.leavers(found.first + timedelta(days=last + 1), until).sum()
    said[totals.CAPTURE_RING] = known.people[-1] + np.array([float(leavers)])
    if totals.HINDSIGHT in found.courses:
        said[totals.HINDSIGHT] = found.courses[totals.HINDSIGHT][at]
    return said


def table(rows: pd.DataFrame, by: str = "horizon_days") -> pd.DataFrame:
    """Means by mode, horizon (or ``origin``) and forecaster, with the skill of each against the best honest baseline.

    Honest: it does not know the answer; ``kind`` says which those are. The best is that of the row's mode and horizon.
    """
    if not len(rows):
        return rows
    keys = ["mode", by, "forecaster"]
    error = rows["forecast_people"] - rows["observed_people"]
    rows = rows.assign(absolute_error_people=error.abs(), error_people=error)
    columns = ["crps_people", "absolute_error_people", "error_people"]
    means = rows.groupby(keys, sort=False)[columns].mean()
    means.insert(0, "forecasts", rows.groupby(keys, sort=False)["target"].count())
    means = means.reset_index()
    means.insert(3, "kind", means["forecaster"].map(kind))
    best = means[means["kind"] == "baseline"].groupby(keys[:2])["crps_people"].min().rename("best")
    means = means.join(best, on=keys[:2])
    skill = 1 - means["crps_people"] / means.pop("best")
    order = means["mode"].map({KNOWN: 0, DRAWN: 1})
    means = means.assign(skill=skill, order=order).sort_values(
        ["order", by], kind="stable", ignore_index=True
    )
    return means.drop(columns="order")


def average_skill(found: pd.DataFrame) -> dict[str, float]:
    """By mode, the model's skill over the best honest baseline, mean over the horizons of 14 to 42 days."""
    if not len(found):
        return {}
    own = found[(found["forecaster"] == MODEL) & (found["horizon_days"] >= AVERAGED_FROM_DAYS)]
    return {str(mode): float(rows["skill"].mean()) for mode, rows in own.groupby("mode", sort=False)}
