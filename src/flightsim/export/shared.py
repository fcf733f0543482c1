"""The tables that may be passed on: nothing finer than an area of the finest level and a day, small counts suppressed.

What follows from people (needs, gaps) is given only where it can be worked out from the people that are shown, so
that it tells nothing more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from flightsim.errors import InputError
from flightsim.export import disclosure
from flightsim.measures import SMALL_CELL_PERSONS
from flightsim.needs import triggers
from flightsim.needs.people import People, quantiles
from flightsim.needs.quantities import BY_RUNG, NEEDS, SUPPLIES
from flightsim.needs.standards import Standards
from flightsim.needs.study import Scene
from flightsim.needs.tables import WEEK_DAYS, Needs, with_names
from flightsim.results.runs import load
from flightsim.world import RUNGS, Areas, Bools, Floats

ALL = "all"
TRIGGER_PERSONS = (5_000.0, 10_000.0, 25_000.0, 50_000.0)


@dataclass(frozen=True)
class Shown:
    """Of one scenario: which counts of people are shown. True: shown."""

    sheltered: Bools  # (D, A + 1, 7): rungs and all; the last row is the whole area
    groups: Mapping[str, Bools]  # (D, A) by group of people


def tables(needs: Needs) -> dict[str, pd.DataFrame]:
    """Every table by name, scenario under scenario, P-codes and names in each row."""
    found: dict[str, list[pd.DataFrame]] = {}
    areas, s = needs.study.world.areas, needs.asked.standards
    weekly, gaps = needs.by_week(), needs.gap_table()
    for scene in needs.study.scenes:
        people = scene.people
        shown = shown_of(people)
        by_shelter, whole = _by_shelter(people, shown)
        arrivals, arrivals_sum = by_week(people, people.arrivals)
        displaced, displaced_sum = by_week(people, _daily(people.displaced))
        sums = _sums(people, {"arrivals_persons": arrivals_sum, "displaced_persons": displaced_sum})
        own = {
            "sheltered_persons": with_names(by_shelter, areas),
            "sheltered_persons_total": whole,
            "arrivals_persons": with_names(arrivals, areas),
            "displaced_persons": with_names(displaced, areas),
            "run_totals": with_names(sums, areas),
            "flows": _flows(scene, areas),
            "needs": _needs(weekly, scene, shown, s),
            "gaps": _gaps(gaps, scene, shown, s),
        }
        if people.runs >= triggers.LEAST_RUNS:
            own["triggers"] = with_names(_triggers(people), areas)
        for name, frame in own.items():
            found.setdefault(name, []).append(frame)
    joined = {name: pd.concat(frames, ignore_index=True) for name, frames in found.items()}
    return joined | {"money": needs.money_table()}


def shown_of(people: People) -> Shown:
    """What may be shown of a scenario's people."""
    mean, middle = people.sheltered.mean(axis=0), np.median(people.sheltered, axis=0)
    totals = np.stack([disclosure.with_totals(day) for day in mean])
    medians = np.stack([_medians(people.sheltered[:, d]) for d in range(len(mean))])
    small = (medians > 0) & (medians < SMALL_CELL_PERSONS)
    cells = np.stack([~disclosure.hidden(day, also) for day, also in zip(mean, small, strict=True)])
    assert cells.shape == totals.shape == (len(middle), mean.shape[1] + 1, len(RUNGS) + 1)
    inner, margin = cells[:, :-1, :-1], cells[:, :-1, -1]
    groups = {whom: _follows(inner, margin, rungs) for whom, rungs in BY_RUNG.items()}
    groups["present"] = _alone(people.present)
    groups["beyond_care"] = groups["present"] & _alone(people.groups["beyond_care"])
    open_shown = inner[..., RUNGS.index("open")]
    groups["in_frost"] = open_shown & _alone(people.in_frost)
    return Shown(cells, groups)


def _medians(counts: Floats) -> Floats:
    """(A + 1, 7) medians over the runs of (R, A, 6), totals of each run included."""
    return np.asarray(np.median(np.stack([disclosure.with_totals(run) for run in counts]), axis=0))


def _follows(inner: Bools, margin: Bools, rungs: Sequence[str]) -> Bools:
    """(D, A) whether the people on some rungs follow from what is shown: those rungs, or all less the others."""
    inside = np.isin(RUNGS, rungs)
    all_inside = inner[..., inside].all(axis=-1)
    all_outside = inner[..., ~inside].all(axis=-1) & margin
    return np.asarray(all_inside | all_outside)


def _alone(counts: Floats) -> Bools:
    """(D, A) what may be shown of counts by area with their total, each day by itself."""
    mean, median = counts.mean(axis=0), np.median(counts, axis=0)
    small = (median > 0) & (median < SMALL_CELL_PERSONS)
    also = np.concatenate([small, np.zeros((len(small), 1), bool)], axis=1)
    return np.stack([~disclosure.hidden(m, a)[:-1] for m, a in zip(mean, also, strict=True)])


def _by_shelter(people: People, shown: Shown) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Displaced people by day, area and shelter; and of the whole area, by day and shelter."""
    runs = np.stack([[disclosure.with_totals(day) for day in run] for run in people.sheltered])
    there = runs.mean(axis=0) > 0
    day, row, column = np.nonzero(there)
    kinds = np.array([*RUNGS, ALL], dtype=object)
    frame = pd.DataFrame({
        "scenario": people.scenario,
        "date": people.days[day],
        "area_id": np.array([*people.area_id, ""], dtype=object)[row],
        "shelter": kinds[column],
    })  # fmt: skip
    frame = _with_persons(frame, quantiles(runs), there, shown.sheltered)
    frame["runs"] = people.runs
    whole = frame["area_id"] == ""
    return frame[~whole], frame[whole].drop(columns="area_id")


def _with_persons(
    frame: pd.DataFrame, values: tuple[Floats, Floats, Floats], there: Bools, shown: Bools
) -> pd.DataFrame:
    """Add persons, persons_low, persons_high and suppressed, of the cells that are there."""
    median, low, high = (np.round(v[there]) for v in values)
    visible = shown[there]
    low = np.where(low < SMALL_CELL_PERSONS, 0.0, low)
    high = np.where(high < SMALL_CELL_PERSONS, SMALL_CELL_PERSONS, high)
    for name, v in (("persons", median), ("persons_low", low), ("persons_high", high)):
        frame[name] = pd.array(np.where(visible, v, np.nan), dtype="Float64").astype("Int64")
    frame["suppressed"] = (~visible).astype(int)
    return frame


def _daily(cumulative: Floats) -> Floats:
    return np.diff(cumulative, axis=1, prepend=0.0)


def by_week(people: People, by_day: Floats) -> tuple[pd.DataFrame, pd.Series]:
    """A flow by area and week, and its sum by area; protected as one table with both totals."""
    starts = np.arange(0, len(people.days), WEEK_DAYS)
    weeks = np.maximum(np.add.reduceat(by_day, starts, axis=1), 0.0).transpose(0, 2, 1)  # (R, A, W)
    whole = np.stack([disclosure.with_totals(run) for run in weeks])
    median = np.median(whole, axis=0)
    shown = ~disclosure.hidden(weeks.mean(axis=0), (median > 0) & (median < SMALL_CELL_PERSONS))
    inner = np.zeros(whole.shape[1:], bool)
    inner[:-1, :-1] = whole.mean(axis=0)[:-1, :-1] > 0
    row, week = np.nonzero(inner)
    last = np.minimum(starts + WEEK_DAYS, len(people.days)) - 1
    frame = pd.DataFrame({
        "scenario": people.scenario,
        "week_from": people.days[starts[week]],
        "week_to": people.days[last[week]],
        "area_id": np.array(people.area_id, dtype=object)[row],
    })  # fmt: skip
    frame = _with_persons(frame, quantiles(whole), inner, shown)
    frame["runs"] = people.runs
    total = pd.Series(np.where(shown[:-1, -1], np.round(median[:-1, -1]), np.nan), index=people.area_id)
    return frame, total


def _sums(people: People, totals: Mapping[str, pd.Series]) -> pd.DataFrame:
    """Sums over the run by area, one column each; blank where withheld."""
    frame = pd.DataFrame({name: total.astype("Float64").astype("Int64") for name, total in totals.items()})
    frame = frame[(frame != 0).any(axis=1) | frame.isna().any(axis=1)]
    frame.insert(0, "scenario", people.scenario)
    frame.insert(1, "area_id", frame.index)
    return frame.reset_index(drop=True).assign(runs=people.runs)


def _flows(scene: Scene, areas: Areas) -> pd.DataFrame:
    """People by area of origin, of destination and week, each week protected by itself."""
    per_run = [_flow_rows(path) for path in scene.paths]
    codes = sorted(
        {c for rows in per_run for column in ("origin_area", "destination_area") for c in rows[column]}
    )
    weeks = sorted({week for rows in per_run for week in rows["week"]})
    at = {code: i for i, code in enumerate(codes)}
    frames = []
    for week in weeks:
        counts = np.zeros((len(per_run), len(codes), len(codes)))
        for r, rows in enumerate(per_run):
            mine = rows[rows["week"] == week]
            place = mine["origin_area"].map(at).to_numpy(int), mine["destination_area"].map(at).to_numpy(int)
            np.add.at(counts[r], place, mine["persons"].to_numpy(float))
        frames.append(_week_of_flows(scene.people, pd.Timestamp(week), counts, codes, areas))
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def _flow_rows(path: Path) -> pd.DataFrame:
    flows: pd.DataFrame = load(path).flows
    missing = {"origin_area", "destination_area", "week", "persons"} - set(flows)
    if missing:
        raise InputError(f"{path / 'flows.parquet'} has no column {', '.join(sorted(missing))}")
    return flows[flows["persons"] > 0].copy()


def _week_of_flows(
    people: People, week: pd.Timestamp, counts: Floats, codes: Sequence[str], areas: Areas
) -> pd.DataFrame:
    mean, median = counts.mean(axis=0), np.median(counts, axis=0)
    small = np.zeros((len(codes) + 1, len(codes) + 1), bool)
    small[:-1, :-1] = (median > 0) & (median < SMALL_CELL_PERSONS)
    used = np.flatnonzero(mean.sum(axis=0) + mean.sum(axis=1) > 0)  # the table without its empty lines
    keep = np.ix_([*used, len(codes)], [*used, len(codes)])
    shown = np.ones((len(codes), len(codes)), bool)
    shown[np.ix_(used, used)] = ~disclosure.hidden(mean[np.ix_(used, used)], small[keep])[:-1, :-1]
    there = mean > 0
    start, end = np.nonzero(there)
    code = np.array(codes, dtype=object)
    names = dict(zip(areas.area_id, areas.name, strict=True))
    frame = pd.DataFrame({
        "scenario": people.scenario,
        "week_from": week,
        "week_to": min(week + pd.Timedelta(days=WEEK_DAYS - 1), people.days[-1]),
        f"origin_{areas.code_column}": code[start],
        f"origin_{areas.name_column}": [names.get(c, c) for c in code[start]],
        f"destination_{areas.code_column}": code[end],
        f"destination_{areas.name_column}": [names.get(c, c) for c in code[end]],
    })  # fmt: skip
    frame = _with_persons(frame, quantiles(counts), there, shown)
    frame["runs"] = people.runs
    return frame


def _needs(weekly: pd.DataFrame, scene: Scene, shown: Shown, standards: Standards) -> pd.DataFrame:
    """Needs by week, those whose people are shown."""
    people = scene.people
    mine = weekly[weekly["scenario"] == people.scenario]
    visible = _visible(mine, "date", scene, shown)
    named = mine.rename(columns={"median": "needed", "low": "needed_low", "high": "needed_high"})[visible]
    named = _floored(named, ["needed_low"], standards).assign(runs=people.runs)
    named.insert(list(named.columns).index("unit"), "meaning", named["need"].map(lambda n: NEEDS[n].meaning))
    return named


def _gaps(gaps: pd.DataFrame, scene: Scene, shown: Shown, standards: Standards) -> pd.DataFrame:
    """Gaps whose people are shown, on the worst day and at the end."""
    people = scene.people
    mine = gaps[(gaps["scenario"] == people.scenario) & gaps["need"].isin(SUPPLIES)]
    at_end = mine.assign(end=people.days[-1])
    visible = _visible(mine, "worst_day", scene, shown) & _visible(at_end, "end", scene, shown)
    low = [column for column in map(str, mine) if column.endswith("_low")]
    return _floored(mine[visible], low, standards)


def _floored(frame: pd.DataFrame, columns: Sequence[str], standards: Standards) -> pd.DataFrame:
    """Lower ends that would speak of fewer than a hundred people are given as 0."""
    least = frame["need"].map(lambda n: NEEDS[n].per_person(standards) * SMALL_CELL_PERSONS)
    return frame.assign(**{name: frame[name].where(~(frame[name] < least), 0.0) for name in columns})


def _visible(frame: pd.DataFrame, day: str, scene: Scene, shown: Shown) -> Any:
    """(rows,) whether the people that a need is reckoned for are shown that day; a need of all together is."""
    if not len(frame):
        return np.zeros(0, bool)
    people, code = scene.people, scene.world.areas.code_column
    row = {area: i for i, area in enumerate(people.area_id)}
    days = people.days.get_indexer(pd.DatetimeIndex(frame[day]))
    visible = [
        area == "" or bool(shown.groups[NEEDS[need].whom][d, row[area]])
        for d, area, need in zip(days, frame[code], frame["need"], strict=True)
    ]
    return np.array(visible, bool)


def _triggers(people: People) -> pd.DataFrame:
    """Chances of arrivals, for windows that begin on the first day of each week; without the arrivals themselves."""
    reached = people.arrivals.sum(axis=1).max(axis=0) >= min(TRIGGER_PERSONS)
    areas = [area for area, enough in zip(people.area_id, reached, strict=True) if enough]
    table = triggers.table(people, areas, TRIGGER_PERSONS)
    weekly = table[table["from"].isin(people.days[::WEEK_DAYS]) & (table["runs_over"] > 0)]
    return weekly.drop(columns=["arrivals_median", "arrivals_low", "arrivals_high"])
