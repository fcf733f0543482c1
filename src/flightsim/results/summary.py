"""A run in ten lines that a planner understands, and the same figures as rows of a table."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pandas as pd

from flightsim import words
from flightsim.measures import MEASURES, SMALL_CELL_PERSONS
from flightsim.results.abroad import by_country
from flightsim.results.cube import GROUP
from flightsim.results.findings import RUNG_WORDS, Findings, beside, unchecked_after
from flightsim.results.history import departures
from flightsim.results.runs import Results
from flightsim.world import World

NAMED = 3  # areas in a line

Row = dict[str, Any]


def text(results: Results, world: World) -> str:
    """The ten lines, as one text."""
    return "\n".join(lines(results, world))


def lines(results: Results, world: World) -> list[str]:
    """Ten lines: headline numbers at two significant figures, what they rest on first and last."""
    f = Findings(results)
    title = world.manifest.get("title", world.name)
    span = f"{words.day_year(f.start)} to {words.day_year(f.end)}"
    return [
        f"{title}: {span}. Modelled, not observed: one course without a range (1 run, seed {results.seed}).",
        _displaced(f),
        _reported(f, world),
        _when(f),
        f"Displaced from: {_areas(f, f.displaced_by_area, world)}.",
        f"Displaced people are in: {_areas(f, f.sheltered_by_area, world)}{_others_abroad(f)}.",
        _shelter(f),
        _hardship(f),
        _roads(f, world),
        "One run is one possible course: more seeds show the spread. Not for targeting or closing borders.",
    ]


def rows(results: Results) -> list[Row]:
    """Rows for summary.csv: each measure's total, then displaced and sheltered people by area.

    A count of people in an area under the small-cell limit is left blank and said so.
    """
    f = Findings(results)
    from_where = _by_area(f, "displaced_persons", f.displaced_by_area)
    where = _by_area(f, "sheltered_persons", f.sheltered_by_area)
    return [*_totals(f), *from_where, *where]


def _totals(f: Findings) -> Iterator[Row]:
    """The whole area: stocks and means at the end, flows summed over the run, the highest day of stocks."""
    for name, m in MEASURES.items():
        series = f.results.series(name)
        if m.hourly or not len(series):
            continue
        if m.kind == "flow":
            yield _row(name, "total of the run", f.end, float(series.sum()), unit=m.unit.removesuffix("/day"))
            continue
        yield _row(name, "at the end", f.end, float(series.iloc[-1]), unit=m.unit)
        if m.kind == "stock" and not m.cumulative and name != "persons_total":
            peak = f.results.days[int(series.argmax())]
            yield _row(name, "highest day", peak.date(), float(series.max()), unit=m.unit)


def _by_area(f: Findings, measure: str, values: pd.Series) -> Iterator[Row]:
    for area_id, value in values[values > 0].items():
        row = _row(measure, "at the end", f.end, float(value), unit=MEASURES[measure].unit)
        row |= {"area_id": area_id, "area_name": f.name(str(area_id))}
        if value < SMALL_CELL_PERSONS:
            row |= {"value": "", "note": f"fewer than {SMALL_CELL_PERSONS:.0f}"}
        yield row


def _row(measure: str, what: str, day: Any, value: float, *, unit: str) -> Row:
    known = "" if math.isnan(value) else f"{value:.1f}" if unit == "km" else f"{value:.0f}"
    meaning = MEASURES[measure].meaning
    return {
        "measure": measure, "what": what, "date": day.isoformat(), "area_id": "", "area_name": "",
        "value": known, "unit": unit, "meaning": meaning, "note": "",
    }  # fmt: skip


def _displaced(f: Findings) -> str:
    if not len(f.displaced) or f.displaced.iloc[-1] < 1:
        return "Displaced: nobody."
    people, moves = float(f.displaced.iloc[-1]), float(f.moves.iloc[-1])
    share = people / max(f.last("persons_total"), 1.0)
    return (
        f"Displaced: about {words.about(people)} people left home ({words.in_ten(share)} of all people), "
        f"in about {words.about(moves)} movements."
    )


def _reported(f: Findings, world: World) -> str:
    """The model beside the last number that was reported for people, within the run."""
    unchecked = unchecked_after(world.observations, f.end)
    points = [o for o in beside(f.results, world) if o.unit == "people"]
    what_if = departures(f.results.config)
    if what_if and not points:
        return f"Reported: nothing to lay beside this run, a what-if ({words.listing(what_if)})."
    if not points:
        return "Reported: the case holds no number of displaced people for these days."
    told = max((o for o in points if o.weighed), key=lambda o: o.day, default=points[-1])
    beyond = "; beyond it the model is unchecked" if unchecked else ""
    return (
        f"Reported by {words.day(told.day)}: {words.about(told.best)} people{told.bounds}; "
        f"modelled by then: {words.about(f.on(f.displaced, told.day))}{beyond}."
    )


def _when(f: Findings) -> str:
    if not len(f.departures) or f.departures.max() < 1:
        return "When: nobody set out."
    peak = f.results.days[int(f.departures.argmax())].date()
    return (
        f"When: the heaviest day is {words.day(peak)}, about {words.about(f.departures.max())} people; "
        f"{words.in_ten(f.night_share)} set out at night ({f.night_words})."
    )


def _areas(f: Findings, values: pd.Series, world: World) -> str:
    shown = values[values >= SMALL_CELL_PERSONS].head(NAMED)
    if not len(shown):
        return f"no {world.areas.noun.one} with 100 people or more"
    named = [f"{f.name(str(a))} ({words.about(v)})" for a, v in shown.items()]
    rest = int((values > 0).sum()) - len(named)
    return words.listing([*named, f"{rest} more"]) if rest else words.listing(named)


def _others_abroad(f: Findings) -> str:
    """That most of them are abroad, where it is so: a list of areas at home would hide them."""
    abroad, here = (
        f.last("abroad_persons"),
        float(f.sheltered_by_area.sum()) if len(f.sheltered_by_area) else 0.0,
    )
    return f"; {words.about(abroad)} are abroad" if abroad > here and abroad >= SMALL_CELL_PERSONS else ""


def _shelter(f: Findings) -> str:
    if not len(f.by_rung) or f.by_rung.iloc[-1].sum() < 1:
        in_the_country = " in the country" * (f.last("abroad_persons") >= 1)
        return f"Shelter at the end: nobody{in_the_country} needs any."
    now = f.by_rung.iloc[-1].sort_values(ascending=False, kind="stable")
    shown = [f"{words.about(v)} {RUNG_WORDS[str(rung)]}" for rung, v in now[now >= 1].head(4).items()]
    return f"Shelter at the end: {words.listing(shown)}."


def _hardship(f: Findings) -> str:
    trapped = "nobody is trapped"
    if len(f.trapped) and f.trapped.max() >= 1:
        peak = f.results.days[int(f.trapped.argmax())].date()
        trapped = f"on {words.day(peak)} about {words.about(f.trapped.max())} people want to leave and cannot"
    cold = float(f.cold_nights.sum())
    nights = (
        f"{words.about(cold)} person-nights in the open below zero" if cold >= 1 else "no one out in frost"
    )
    return f"Hardship: {trapped}; {nights}."


def _roads(f: Findings, world: World) -> str:
    """On the road at most, what is left to the border, who waits at a crossing, who is abroad and where."""
    hourly = f.results.series("en_route_hourly_persons")
    most = float(hourly.max()) if len(hourly) else 0.0
    km = f.results.series("mean_road_km_to_border").dropna()
    left = ""
    if len(km) and f.last("displaced_persons") >= 1:
        left = f"; {words.headline(km.iloc[-1]):.0f} km left to the border on average"
    moving = f"at most {_people(most)} at once" if most >= 1 else "no one"
    waiting, abroad = f.last("at_crossings_persons"), f.last("abroad_persons")
    return (
        f"On the road: {moving}{left}; waiting at crossings: {_people(waiting)}; "
        f"abroad: {_people(abroad)}{_countries(f, world)}."
    )


def _countries(f: Findings, world: World) -> str:
    """`` (Chad 9,000, Cameroon 3,000)`` of those abroad at the end; blank where the case has no countries."""
    groups = f.results.cube.names("abroad_persons", GROUP)
    gone = pd.DataFrame(f.results.cube.values("abroad_persons", {GROUP: groups})[-1:], columns=groups)
    told = [f"{country} {words.about(people)}" for country, people in by_country(gone, world).sum().items()]
    return f" ({', '.join(told)})" if told else ""


def _people(count: float) -> str:
    return f"{words.about(count)} people" if count >= 1 else "no one"
