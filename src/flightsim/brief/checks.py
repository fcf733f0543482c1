"""How the model did against what was reported at the time: totals by day, and patterns of that winter."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from flightsim.brief.language import Language
from flightsim.brief.subject import Subject
from flightsim.errors import InputError
from flightsim.results.findings import Observed, observed
from flightsim.results.history import history_until
from flightsim.results.runs import load
from flightsim.validation import patterns
from flightsim.world import Floats

MOST_REPORTS = 6
MOST_NAMED = 3  # patterns that hold; those that do not are all named
MOST_RUNS = 20  # whose patterns are looked at
WEEK_DAYS = 7


def reports(subject: Subject) -> list[Observed]:
    """What was reported of people displaced, in the days of the run that follow what happened."""
    last = history_until(subject.scene.config)
    first, end = subject.days[0].date(), subject.days[-1].date()
    if last is None or last < first:
        return []
    points = observed(subject.world.observations, first, min(end, last))
    return [point for point in points if point.unit == "people"]


def weighed(points: list[Observed]) -> list[Observed]:
    """The best estimates, those of nobody left out; all points if nobody weighed them."""
    return [p for p in points if p.weighed and p.best > 0] or points


def pace(points: list[Observed], days: pd.DatetimeIndex) -> tuple[Floats, Floats] | None:
    """The plainest forecast: the pace of the last week of reports, carried on. Days after the last, and people."""
    known = weighed(points)
    if len(known) < 2:
        return None
    last = known[-1]
    before = [p for p in known if (last.day - p.day).days >= WEEK_DAYS - 1]
    if not before:
        return None
    a_day = (last.best - before[-1].best) / (last.day - before[-1].day).days
    ahead = np.arange((days[-1].date() - last.day).days + 1)
    if len(ahead) < 2:
        return None
    at = (pd.Timestamp(last.day) - days[0]).days + ahead
    return np.asarray(at, float), np.asarray(last.best + a_day * ahead, float)


def totals(subject: Subject, t: Language) -> list[dict[str, Any]]:
    """Reported beside modelled, by day: the last ones."""
    course = subject.course("displaced_persons")
    rows = []
    for p in weighed(reports(subject))[-MOST_REPORTS:]:
        own = course[:, int(subject.days.searchsorted(pd.Timestamp(p.day)))]
        middle = float(np.median(own))
        told = t.amount(p.best)
        if p.high > p.low:
            told = t("range", middle=told, low=t.amount(p.low), high=t.amount(p.high))
        verdict = "inside" if p.low <= middle <= p.high else "above" if middle > p.high else "below"
        rows.append({"day": t.day_short(p.day), "reported": told, "modelled": t.spread(own), "mark": verdict,
                     "verdict": t(f"verdict_{verdict}")})  # fmt: skip
    return rows


def seen(subject: Subject, t: Language) -> dict[str, Any] | None:
    """Which patterns of the winter most runs show; None for another case, or a scenario that was not."""
    if history_until(subject.scene.config) != date.max:
        return None
    votes = _votes(subject)
    if votes is None:
        return None
    names = [pattern.__name__ for pattern in patterns.PATTERNS]
    known = {name: [v for v in each if v is not None] for name, each in zip(names, votes, strict=True)}
    told = [(t(f"pattern_{name}"), sum(each) * 2 > len(each)) for name, each in known.items() if each]
    return {
        "yes": [text for text, holds in told if holds][:MOST_NAMED],
        "more": sum(holds for _, holds in told) > MOST_NAMED,
        "no": [text for text, holds in told if not holds],
        "of": t.whole(len(told)),
        "n": t.whole(sum(holds for _, holds in told)),
    }


@lru_cache(maxsize=1)  # for every language
def _votes(subject: Subject) -> list[tuple[bool | None, ...]] | None:
    """By pattern, whether each run shows it; None for another country's runs."""
    try:
        shown = [
            [pattern.passed for pattern in patterns.winter(load(path), subject.world)]
            for path in subject.scene.paths[:MOST_RUNS]
        ]
    except InputError:
        return None
    return list(zip(*shown, strict=True))
