"""The runs of one scenario in ten lines: what a run's own lines tell, with ranges, and the reports beside them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pandas as pd

from flightsim import words
from flightsim.measures import SMALL_CELL_PERSONS
from flightsim.results.abroad import by_country
from flightsim.results.ensemble import MANY, SHELTERED, Ensemble, quantiles
from flightsim.results.findings import RUNG_WORDS, Observed, beside
from flightsim.results.history import departures
from flightsim.results.outcomes import AT_THE_BORDER
from flightsim.world import RUNGS, World

MOST_BESIDE = 4  # reported totals that stand beside the model's, the last among them
NAMED = 3  # areas in a line
PEOPLE = "people"


def text(ensemble: Ensemble, world: World) -> str:
    """The lines, as one text."""
    return "\n".join(lines(ensemble, world))


def lines(ensemble: Ensemble, world: World) -> list[str]:
    """Headline numbers at two significant figures with their ranges; what they rest on first and last."""
    title = world.manifest.get("title", world.name)
    span = f"{words.day_year(ensemble.start)} to {words.day_year(ensemble.end)}"
    points = reports(ensemble, world)
    return [
        f"{title}: {span}. Modelled, not observed: {words.counted(ensemble.runs, 'run')}; {what_ranges_are(ensemble)}.",
        _displaced(ensemble),
        *_beside(ensemble, points),
        *checked(ensemble, points),
        f"Displaced from: {_areas(ensemble, ensemble.displaced_by_area, world)}.",
        f"Displaced people are in: {_areas(ensemble, ensemble.sheltered_by_area, world)}.",
        _shelter(ensemble),
        _at_the_border(ensemble, world),
        ensemble.varied,
        "Modelled, not observed. Not for targeting or closing borders.",
    ]


def reports(ensemble: Ensemble, world: World) -> list[Observed]:
    """The reported totals of displaced people that the runs can be laid beside, by day."""
    return [p for p in beside(ensemble.first, world) if p.unit == PEOPLE]


def what_ranges_are(ensemble: Ensemble) -> str:
    """What lies in a range, or why there is none."""
    if not ensemble.has_range:
        return "too few for a range, so numbers are those of the middle run"
    return f"in brackets what {most(ensemble)} lie between"


def most(ensemble: Ensemble) -> str:
    """Of fewer than 20 runs the 5 and 95 % quantiles are about all."""
    return "90 % of the runs" if ensemble.runs >= MANY else "nearly all runs"


def number(ensemble: Ensemble, levels: pd.Series) -> str:
    """``"380,000 (330,000 to 450,000)"``; without the range if there is none to tell."""
    middle, low, high = (words.about(levels[name]) for name in ("median", "p05", "p95"))
    return f"{middle} ({low} to {high})" if ensemble.has_range and low != high else middle


def chosen(points: Sequence[Observed]) -> list[Observed]:
    """Up to four of the reports, one a day, spread over time, always the last: best estimates where there are any."""
    weighed = [p for p in points if p.weighed]
    by_day = {p.day: p for p in weighed or points}  # of a day with several the highest
    days = sorted(by_day)
    if len(days) <= MOST_BESIDE:
        return [by_day[day] for day in days]
    step: timedelta = (days[-1] - days[0]) / MOST_BESIDE
    wanted = [days[0] + step * n for n in range(1, MOST_BESIDE)]
    nearest = {min(days, key=lambda day, w=w: abs(day - w)) for w in wanted}  # type: ignore[misc]
    return [by_day[day] for day in sorted({*nearest, days[-1]})]


def in_band(ensemble: Ensemble, points: Sequence[Observed]) -> int:
    """How many of the reports lie between the 5 and the 95 % quantile of their day."""
    low, high = ensemble.displaced["p05"], ensemble.displaced["p95"]
    days = [pd.Timestamp(p.day) for p in points]
    return sum(bool(low[d] <= p.best <= high[d]) for d, p in zip(days, points, strict=True))


def checked(ensemble: Ensemble, points: Sequence[Observed]) -> list[str]:
    """How many reports lie in the band, and until which day there are any."""
    if not points:
        return []
    last = points[-1].day
    told = f"Last checked day: {words.day(last)}"
    if last < ensemble.end:
        told += f"; what lies beyond, to {words.day(ensemble.end)}, is checked by no report"
    if not ensemble.has_range:
        return [f"{told}."]
    weighed = [p for p in points if p.weighed]
    best = f"{in_band(ensemble, weighed)} of {len(weighed)} best estimates and " if weighed else ""
    return [f"In the range lie {best}{in_band(ensemble, points)} of all {len(points)} reports. {told}."]


def _displaced(ensemble: Ensemble) -> str:
    last = ensemble.displaced.iloc[-1]
    if last["p95"] < 1:
        return "Displaced: nobody."
    ranged = ""
    if ensemble.has_range:
        low, high = words.about(last["p05"]), words.about(last["p95"])
        ranged = f", {most(ensemble)} from {low} to {high}"
    return f"Displaced by {words.day(ensemble.end)}: median {words.about(last['median'])} people{ranged}."


def _beside(ensemble: Ensemble, points: Sequence[Observed]) -> list[str]:
    what_if = departures(ensemble.first.config)
    if what_if and not points:
        return [f"Reported: nothing to lay beside these runs, a what-if ({words.listing(what_if)})."]
    if not points:
        return ["Reported: the case holds no number of displaced people for these days."]
    told = []
    for p in chosen(points):
        levels: Any = ensemble.displaced.loc[pd.Timestamp(p.day)]
        modelled = number(ensemble, levels)
        told.append(f"  by {words.day(p.day)}: modelled {modelled}; reported {words.about(p.best)}{p.bounds}")
    return told


def _areas(ensemble: Ensemble, levels: pd.DataFrame, world: World) -> str:
    shown = levels[levels["median"] >= SMALL_CELL_PERSONS].head(NAMED)
    if shown.empty:
        return f"no {world.areas.noun.one} with {SMALL_CELL_PERSONS:.0f} people or more"
    named = [f"{ensemble.name(str(area))} {number(ensemble, row)}" for area, row in shown.iterrows()]
    rest = int((levels["median"] > 0).sum()) - len(named)
    return words.listing([*named, f"{rest} more"]) if rest else words.listing(named)


def _shelter(ensemble: Ensemble) -> str:
    last = {rung: ensemble.range(SHELTERED, rung).iloc[-1] for rung in RUNGS}
    there = sorted((r for r in RUNGS if last[r]["median"] >= 1), key=lambda r: -last[r]["median"])
    if not there:
        return "Shelter at the end: nobody needs any."
    told = [f"{number(ensemble, last[rung])} {RUNG_WORDS[rung]}" for rung in there[:4]]
    return f"Shelter at the end: {words.listing(told)}."


def _at_the_border(ensemble: Ensemble, world: World) -> str:
    """Who waits at a crossing and who is gone abroad, where the case has countries by country: in no shelter above."""
    waiting, abroad = (ensemble.courses[name, ""] for name in AT_THE_BORDER)
    if not waiting.any() and not abroad.any():
        return "No one waits at a crossing, no one is gone abroad."
    worst = quantiles(pd.DataFrame(waiting.max(axis=1))).iloc[0]
    end = ensemble.range(AT_THE_BORDER[0]).iloc[-1]
    gone = ensemble.range(AT_THE_BORDER[1]).iloc[-1]
    countries = quantiles(by_country(ensemble.abroad, world)).iterrows()
    where = words.listing([f"{country} {number(ensemble, levels)}" for country, levels in countries])
    return (
        f"Waiting at a crossing, in no shelter: {number(ensemble, end)} at the end, {number(ensemble, worst)} on the "
        f"worst day; gone abroad: {number(ensemble, gone)}{f', to {where}' if where else ''}."
    )
