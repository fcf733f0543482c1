"""A case as a Flee folder, so that others can run our world in theirs. Flee knows less: what it cannot say is left out.

Kept: places with their people, camps with capacity and the people in them at the start, ways in km, conflict by day
and place, closures of roads, places and gates, and who is counted or prescribed, if the case has such rows. Left out:
who holds places, roads' speed and capacity, shelter outside camps, health care, weather, rules for some people only.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import combinations

import numpy as np

from flightsim.case.reading import Case
from flightsim.events import ALL, STRIKES, Event, by_type
from flightsim.world import SITE, World

CAMP_KM = 1.0  # assumption: from a town to the camps at it
OPEN_RULES = ("open", "women_and_children")
LOCATIONS = ("name", "region", "country", "lat", "lon", "location_type", "conflict_date", "pop/cap")
ROUTES = ("name1", "name2", "distance", "forced_redirection")
CLOSURES = ("closure_type", "name1", "name2", "closure_start", "closure_end")
TOTAL, COUNTS = "refugees", "source_data"
Cells = Sequence[object]


def folder_texts(case: Case) -> dict[str, str]:
    """The text of every file of the folder, by its path in it."""
    world, days = case.world, _days(case)
    conflict = _conflict(case, days)
    camps = _camp_names(world)
    start = case.world.manifest["start"]
    texts = {
        "input_csv/locations.csv": _csv([LOCATIONS, *_locations(world, conflict, camps)], "#"),
        "input_csv/routes.csv": _csv(
            [("name1", "name2", "distance", "forced_redirection"), *_routes(world, camps)], "#"
        ),
        "input_csv/closures.csv": _csv(
            [("closure_type", "name1", "name2", "closure_start", "closure_end"), *_closures(case, days)], "#"
        ),
        "input_csv/conflicts.csv": _csv(
            [("Day", *conflict), *((day, *(c[day] for c in conflict.values())) for day in range(days))], "#"
        ),
        "input_csv/sim_period.csv": _csv([("StartDate", start), ("Length", days)]),
        "input_csv/registration_corrections.csv": "",
    }
    return texts | _counted(case, camps, days)


def _days(case: Case) -> int:
    manifest = case.world.manifest
    return int((manifest["end"] - manifest["start"]).days) + 1


def _camp_names(world: World) -> dict[int, str]:
    """The camp at each place with room in sites or people in them; its own name where people live there besides."""
    capacity = world.room_persons[:, SITE] + world.site_population_persons
    names = {}
    for row in np.flatnonzero(capacity > 0).tolist():
        name = world.places.place_id[row]
        names[row] = f"{name}~camp" if _lives_there(world, row) else name
    return names


def _lives_there(world: World, row: int) -> bool:
    p = world.places
    others = p.residents_persons[row] + p.idps_persons[row] - world.site_population_persons[row]
    return bool(others >= 1)


def _conflict(case: Case, days: int) -> dict[str, list[float]]:
    """Strikes by day, for every place that is struck: whole numbers as such."""
    start = case.world.manifest["start"]
    found: dict[str, list[float]] = {}
    for event in by_type(case.events, *STRIKES):
        day = (event.date - start).days
        if 0 <= day < days:
            found.setdefault(event.target, [0.0] * days)[day] += float(event.value)
    return {name: [int(v) if v == int(v) else round(v, 6) for v in found[name]] for name in sorted(found)}


def _locations(world: World, conflict: dict[str, list[float]], camps: dict[int, str]) -> Iterable[Cells]:
    p, areas = world.places, world.areas
    capacity = world.room_persons[:, SITE] + world.site_population_persons
    for row, name in enumerate(p.place_id):
        area = int(p.area[row])
        where = areas.within[-1].name[area], _country(world, row), p.lat[row], p.lon[row]
        if row not in camps or camps[row] != name:
            first = next((day for day, value in enumerate(conflict.get(name, [])) if value), "")
            kind = "conflict_zone" if name in conflict else "town"
            people = p.residents_persons[row] + p.idps_persons[row] - world.site_population_persons[row]
            yield (name, *where, kind, first, round(people))
        if row in camps:
            yield (camps[row], *where, "camp", "", round(capacity[row]))
    x = world.crossings
    for gate, name in enumerate(x.crossing_id):
        if world.on_the_way[gate]:
            continue
        beyond = "abroad" if x.is_border[gate] else _country(world, int(x.place[gate]))
        yield (
            name,
            "gate",
            beyond,
            x.lat[gate],
            x.lon[gate],
            "camp" if x.is_border[gate] else "marker",
            "",
            -1,
        )


def _country(world: World, row: int) -> str:
    """The country of a place: the code of one abroad, else the only side's name, else the case's."""
    holders, own = world.holders, int(world.places.control[row])
    if world.country[row] >= 0:
        return holders.name[own]
    return holders.name[own] if len(holders.sides) == 1 else str(world.manifest["country"])


def _routes(world: World, camps: dict[int, str]) -> Iterable[Cells]:
    """Roads, as one across a gate that is passed on the way, and the way from a town to the camps at it."""
    ids, r = world.node_ids, world.roads
    passed = {world.crossings.crossing_id[gate] for gate in np.flatnonzero(world.on_the_way).tolist()}
    for road in range(len(r)):
        one, other = ids[r.u[road]], ids[r.v[road]]
        if one not in passed and other not in passed:
            yield one, other, round(float(r.km[road]), 3), 0
    for gate in sorted(passed):
        for one, other, km in _across(world, gate):
            yield one, other, round(km, 3), 0
    for row, camp in camps.items():
        if camp != world.places.place_id[row]:
            yield world.places.place_id[row], camp, CAMP_KM, 0


def _across(world: World, gate: str) -> Iterable[tuple[str, str, float]]:
    """The ways over a gate: from each place on a road to it to each other, with their km."""
    ids, r = world.node_ids, world.roads
    node = ids.index(gate)
    ends = [
        (ids[r.v[road] if r.u[road] == node else r.u[road]], float(r.km[road]))
        for road in np.flatnonzero((r.u == node) | (r.v == node)).tolist()
    ]
    for (one, near_km), (other, far_km) in combinations(ends, 2):
        yield one, other, near_km + far_km


def _closures(case: Case, days: int) -> Iterable[Cells]:
    """Roads, places and gates that are shut, from day to day; 0 stands for an end that does not come."""
    start, world = case.world.manifest["start"], case.world
    shut: dict[str, int] = {
        name: 0
        for name, border, rule in zip(
            world.crossings.crossing_id, world.crossings.is_border, world.crossings.rule, strict=True
        )
        if border and rule == 0
    }
    for event in by_type(case.events, "road_cut", "road_reopened", "border_rule"):
        day = max((event.date - start).days, 0)
        if day >= days:
            continue
        for target in _targets(event, world):
            if _shuts(event):
                shut.setdefault(target, day)
            elif target in shut:
                yield from _closure(target, shut.pop(target), day, world)
    for target, day in shut.items():
        yield from _closure(target, day, 0, world)


def _targets(event: Event, world: World) -> list[str]:
    x = world.crossings
    if event.type != "border_rule" or event.target in x.crossing_id:
        return [event.target]
    gates = (
        np.ones(len(x), bool) if event.target == ALL else world.gates_to[:, world.holders.index(event.target)]
    )
    return [x.crossing_id[gate] for gate in np.flatnonzero(gates & x.is_border).tolist()]


def _shuts(event: Event) -> bool:
    if event.type == "border_rule":
        return event.value not in OPEN_RULES
    return event.type == "road_cut" and float(event.value) == 0


def _closure(target: str, first: int, last: int, world: World) -> Iterable[Cells]:
    if target in world.roads.road_id:
        road = world.roads.road_id.index(target)
        ids = world.node_ids
        yield "links", ids[world.roads.u[road]], ids[world.roads.v[road]], first, last
    elif (
        target in world.crossings.crossing_id and world.on_the_way[world.crossings.crossing_id.index(target)]
    ):
        for one, other, _ in _across(world, target):
            yield "links", one, other, first, last
    else:
        yield "location", target, "", first, last


def _counted(case: Case, camps: dict[int, str], days: int) -> dict[str, str]:
    """Counts in camps and in all, as far as the case has any; a camp that nobody counted has nobody in it."""
    world, start = case.world, case.world.manifest["start"]
    area_of = {world.places.place_id[row]: world.areas.area_id[int(world.places.area[row])] for row in camps}
    by_area: dict[str, list[tuple[date, float]]] = {}
    for o in world.observations:
        if o["measure"] in ("present_stock", "sites_stock") and len(o["area_id"]) == 1 and not o.get("group"):
            by_area.setdefault(o["area_id"][0], []).append((o["date"], o["best"]))
    texts, layout = {}, [("total", f"{TOTAL}.csv")]
    for row, camp in camps.items():
        points = by_area.get(area_of[world.places.place_id[row]], [])
        alone = sum(area == area_of[world.places.place_id[row]] for area in area_of.values()) == 1
        file = f"{camp.replace('~', '-')}.csv"
        layout.append((camp, file))
        there = round(world.site_population_persons[row])
        texts[f"{COUNTS}/{file}"] = _csv(
            [(d, round(n)) for d, n in sorted(points)] if points and alone else [(start, there)]
        )
    texts[f"{COUNTS}/{TOTAL}.csv"] = _csv(_total(case, days))
    texts[f"{COUNTS}/data_layout.csv"] = _csv(layout)
    return texts


def _total(case: Case, days: int) -> list[Cells]:
    """All who left, by day: the case's own series, else its counts of displaced people, else nobody."""
    start, world = case.world.manifest["start"], case.world
    if world.departures is not None:
        left = world.departures.by_day(world.places.place_id, start, days).sum(axis=0).cumsum()
        return [(start + timedelta(days=day), round(n)) for day, n in enumerate(left.tolist())]
    counted = {
        o["date"]: o["best"]
        for o in world.observations
        if o["measure"] == "displaced_cumulative"
        and o["unit"] == "people"
        and not o["area_id"]
        and o["best"] == o["best"]
    }
    return [(start, 0), *sorted((d, round(n)) for d, n in counted.items() if d > start)]


def _csv(rows: Iterable[Cells], remark: str = "") -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(rows)
    return remark + out.getvalue()
