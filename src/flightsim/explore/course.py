"""One run as the page shows it: by area and day, in two figures, small counts not told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from flightsim.explore import terrain
from flightsim.measures import SMALL_CELL_PERSONS
from flightsim.results import record
from flightsim.results.cube import AREA
from flightsim.results.findings import Findings
from flightsim.results.runs import Results
from flightsim.scenario import Scenario
from flightsim.world import SITE, Floats

FLOWS_A_WEEK = 40
FEW = -1  # in place of a count from 1 to 99
FULL = 0.98  # of the room there is


def of_run(results: Results, scenario: Scenario) -> dict[str, Any]:
    """Everything the map, the curve and the numbers of the page need of one run; plain lists throughout.

    Arrays are (days, areas); ``FEW`` stands for a count under 100. ``filled``: share of the room for newcomers in
    camps and sites that is taken, None where there is none.
    """
    f, world = Findings(results), scenario.world
    areas = world.areas.area_id
    sheltered = _by_area(results, "sheltered_persons", areas)
    in_sites = _by_area(results, "sheltered_persons", areas, "site")
    return {
        "days": [day.date().isoformat() for day in results.days],
        "sheltered": counts(sheltered).tolist(),
        "displaced": counts(_by_area(results, "displaced_persons", areas)).tolist(),
        "filled": _filled(in_sites, in_sites + record.room_left(results, world)[1:, :, SITE]),
        "flows": flows(results, scenario),
        "fronts": terrain.fronts(world, results),
        "hospitals": terrain.hospitals(world, record.working(results, world, lambda: scenario.events)[1:]),
        "totals": {
            "displaced": _whole(f.displaced),
            "open": _whole(f.by_rung["open"]),
            "sites": _whole(f.by_rung["site"]),
            "trapped": _whole(f.trapped),
            "road": _whole(results.series("en_route_persons")),
            "abroad": _whole(results.series("abroad_persons")),
        },
    }


def counts(persons: Any) -> Any:
    """Counts at two figures; 1 to 99 as ``FEW``. Any shape."""
    values = np.rint(np.asarray(persons, float))
    digits = np.floor(np.log10(np.maximum(values, 1))) - 1
    rounded = np.rint(values / 10.0**digits) * 10.0**digits
    return np.where(values < 1, 0, np.where(values < SMALL_CELL_PERSONS, FEW, rounded)).astype(int)


def flows(results: Results, scenario: Scenario) -> list[list[list[int]]]:
    """By week the largest movements between areas, or out by a gate: [from, to, persons].

    Numbers of areas in their order; gates follow them.
    """
    world = scenario.world
    node = {name: i for i, name in enumerate([*world.areas.area_id, *world.crossings.crossing_id])}
    table = results.flows
    weeks = 1 + (len(results.days) - 1) // 7
    found: list[list[list[int]]] = [[] for _ in range(weeks)]
    week = (pd.DatetimeIndex(table["week"]) - results.days[0]).days // 7
    table = table.assign(number=week)
    apart = table["origin_area"] != table["destination_area"]
    for number, rows in table[apart & (table["moves_persons"] >= SMALL_CELL_PERSONS)].groupby("number"):
        for row in rows.nlargest(FLOWS_A_WEEK, "moves_persons").itertuples():
            persons = int(counts(row.moves_persons))
            found[int(str(number))].append(
                [node[str(row.origin_area)], node[str(row.destination_area)], persons]
            )
    return found


def _filled(persons: Floats, room: Floats) -> list[list[float | None]]:
    """Shares taken of the room; none where it is small or without end, 1 where it is as good as full."""
    known = np.isfinite(room) & (room >= SMALL_CELL_PERSONS)
    share = np.clip(np.divide(persons, room, out=np.zeros_like(persons), where=known), 0, 1)
    share = np.where(share >= FULL, 1.0, np.floor(share * 20) / 20)  # in twentieths
    ever = known[0]
    return [
        [float(s) if k else (1.0 if e and p >= SMALL_CELL_PERSONS else None) for s, k, e, p in zip(*row, strict=True)]
        for row in zip(share, known, np.broadcast_to(ever, known.shape), persons, strict=True)
    ]  # fmt: skip


def _by_area(results: Results, measure: str, areas: list[str], group: str = "") -> Floats:
    """(days, areas) a measure, summed over its groups or of one of them."""
    return results.cube.values(measure, {AREA: areas}, group=group)


def _whole(series: pd.Series) -> list[int]:
    """A total by day to the nearest hundred, so that a curve is smooth; the page writes it at two figures."""
    return [int(v) for v in 100 * np.rint(series.to_numpy() / 100)]
