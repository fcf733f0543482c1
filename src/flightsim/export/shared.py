"""The tables that may be passed on: nothing finer than an area of the finest level and a day, out of rounded counts.

They are worked out from the people that they are given; ``disclosure.protected`` rounds these first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from flightsim.export import disclosure
from flightsim.measures import SMALL_CELL_PERSONS
from flightsim.needs import triggers
from flightsim.needs.people import People, quantiles
from flightsim.needs.quantities import NEEDS, SUPPLIES
from flightsim.needs.standards import Standards
from flightsim.needs.study import Scene
from flightsim.needs.tables import WEEK_DAYS, Needs, with_names
from flightsim.world import RUNGS, Areas, Bools, Floats

ALL = "all"
TRIGGER_PERSONS = (5_000.0, 10_000.0, 25_000.0, 50_000.0)


def tables(needs: Needs) -> dict[str, pd.DataFrame]:
    """Every table by name, scenario under scenario, P-codes and names in each row."""
    found: dict[str, list[pd.DataFrame]] = {}
    areas, s = needs.study.world.areas, needs.asked.standards
    weekly, gaps = needs.by_week(), needs.gap_table()
    for scene in needs.study.scenes:
        people = scene.people
        by_shelter, whole = _by_shelter(people)
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
            "needs": _needs(weekly, people, s),
            "gaps": _gaps(gaps, people, s),
        }
        if people.runs >= triggers.LEAST_RUNS:
            own["triggers"] = with_names(_triggers(people), areas)
        for name, frame in own.items():
            found.setdefault(name, []).append(frame)
    joined = {name: pd.concat(frames, ignore_index=True) for name, frames in found.items()}
    return joined | {"money": needs.money_table()}


def _by_shelter(people: People) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Displaced people by day, area and shelter; and of the whole area, by day and shelter."""
    runs = _with_totals(people.sheltered)
    there = runs.max(axis=0) > 0
    day, row, column = np.nonzero(there)
    kinds = np.array([*RUNGS, ALL], dtype=object)
    frame = pd.DataFrame({
        "scenario": people.scenario,
        "date": people.days[day],
        "area_id": np.array([*people.area_id, ""], dtype=object)[row],
        "shelter": kinds[column],
    })  # fmt: skip
    frame = _with_persons(frame, runs, there)
    frame["runs"] = people.runs
    whole = frame["area_id"] == ""
    return frame[~whole], frame[whole].drop(columns="area_id")


def _with_totals(counts: Floats) -> Floats:
    """(..., n + 1, m + 1) the tables (..., n, m) with their totals in the last row and column."""
    wide = np.concatenate([counts, counts.sum(axis=-1, keepdims=True)], axis=-1)
    return np.concatenate([wide, wide.sum(axis=-2, keepdims=True)], axis=-2)


def _with_persons(frame: pd.DataFrame, runs: Floats, there: Bools) -> pd.DataFrame:
    """Add persons, persons_low and persons_high of the cells that are there, over the runs (the first axis)."""
    columns = ("persons", "persons_low", "persons_high")
    for name, values in zip(columns, quantiles(runs), strict=True):
        frame[name] = disclosure.rounded(values[there]).astype("int64")
    return frame


def _daily(cumulative: Floats) -> Floats:
    return np.diff(cumulative, axis=1, prepend=0.0)


def by_week(people: People, by_day: Floats) -> tuple[pd.DataFrame, pd.Series]:
    """A flow by area and week, and its sum over the run by area."""
    starts = np.arange(0, len(people.days), WEEK_DAYS)
    weeks = np.maximum(np.add.reduceat(by_day, starts, axis=1), 0.0).transpose(0, 2, 1)  # (R, A, W)
    there = weeks.max(axis=0) > 0
    row, week = np.nonzero(there)
    last = np.minimum(starts + WEEK_DAYS, len(people.days)) - 1
    frame = pd.DataFrame({
        "scenario": people.scenario,
        "week_from": people.days[starts[week]],
        "week_to": people.days[last[week]],
        "area_id": np.array(people.area_id, dtype=object)[row],
    })  # fmt: skip
    frame = _with_persons(frame, weeks, there)
    frame["runs"] = people.runs
    sums = disclosure.rounded(np.median(weeks.sum(axis=2), axis=0))
    return frame, pd.Series(sums, index=people.area_id)


def _sums(people: People, totals: Mapping[str, pd.Series]) -> pd.DataFrame:
    """Sums over the run by area, one column each."""
    frame = pd.DataFrame({name: total.astype("int64") for name, total in totals.items()})
    frame = frame[(frame != 0).any(axis=1)]
    frame.insert(0, "scenario", people.scenario)
    frame.insert(1, "area_id", frame.index)
    return frame.reset_index(drop=True).assign(runs=people.runs)


def _flows(scene: Scene, areas: Areas) -> pd.DataFrame:
    """People by area of origin, of destination and week."""
    per_run = [disclosure.flows(path) for path in scene.paths]
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


def _week_of_flows(
    people: People, week: pd.Timestamp, counts: Floats, codes: Sequence[str], areas: Areas
) -> pd.DataFrame:
    there = counts.max(axis=0) > 0
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
    frame = _with_persons(frame, counts, there)
    frame["runs"] = people.runs
    return frame


def _needs(weekly: pd.DataFrame, people: People, standards: Standards) -> pd.DataFrame:
    """Needs by week."""
    mine = weekly[weekly["scenario"] == people.scenario]
    named = mine.rename(columns={"median": "needed", "low": "needed_low", "high": "needed_high"})
    named = _floored(named, ["needed_low"], standards).assign(runs=people.runs)
    named.insert(list(named.columns).index("unit"), "meaning", named["need"].map(lambda n: NEEDS[n].meaning))
    return named


def _gaps(gaps: pd.DataFrame, people: People, standards: Standards) -> pd.DataFrame:
    """Gaps on the worst day and at the end."""
    mine = gaps[(gaps["scenario"] == people.scenario) & gaps["need"].isin(SUPPLIES)]
    low = [column for column in map(str, mine) if column.endswith("_low")]
    return _floored(mine, low, standards)


def _floored(frame: pd.DataFrame, columns: Sequence[str], standards: Standards) -> pd.DataFrame:
    """Lower ends that would speak of fewer than a hundred people are given as 0."""
    least = frame["need"].map(lambda n: NEEDS[n].per_person(standards) * SMALL_CELL_PERSONS)
    return frame.assign(**{name: frame[name].where(~(frame[name] < least), 0.0) for name in columns})


def _triggers(people: People) -> pd.DataFrame:
    """Chances of arrivals, for windows that begin on the first day of each week; without the arrivals themselves."""
    reached = people.arrivals.sum(axis=1).max(axis=0) >= min(TRIGGER_PERSONS)
    areas = [area for area, enough in zip(people.area_id, reached, strict=True) if enough]
    table = triggers.table(people, areas, TRIGGER_PERSONS)
    weekly = table[table["from"].isin(people.days[::WEEK_DAYS]) & (table["runs_over"] > 0)]
    return weekly.drop(columns=["arrivals_median", "arrivals_low", "arrivals_high"])
