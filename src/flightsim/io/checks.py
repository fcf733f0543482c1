"""What the tables of a case must say of each other. Complaints stop the reading; warnings are shown."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from itertools import pairwise

import networkx as nx
import numpy as np

from flightsim.complaints import Complaints, nearest
from flightsim.events import ALL, Event
from flightsim.io.columns import KEYS
from flightsim.io.tables import Table, show
from flightsim.world import CONTROLS, GOVERNMENT, SDF, World

ROUNDING_PERSONS = 1.0
Tables = Mapping[str, Table]
Known = dict[str, Collection[str] | None]


def check_tables(tables: Tables, complaints: Complaints) -> Known:
    """Complain about everything that does not fit between tables; ids by kind, None where unreadable.

    Tables that could not be read are absent, and what depends on them is not checked.
    """
    for file, key in KEYS.items():
        if file in tables:
            _check_unique(tables[file], key, complaints)
    known = _known(tables)
    _check_names_differ(tables, complaints)
    _check_references(tables, known, complaints)
    for check, file in (
        (_check_areas, "areas.csv"),
        (_check_places, "places.csv"),
        (_check_roads, "roads.csv"),
        (_check_sites, "sites.csv"),
        (_check_observations, "observations.csv"),
    ):
        if file in tables:
            check(tables, complaints)
    return known


def _check_unique(table: Table, key: str, complaints: Complaints) -> None:
    first: dict[str, int] = {}
    for row, value in zip(table.rows, table[key], strict=True):
        if value is None:
            continue
        if value in first:
            complaints.add(
                f"{table.file} row {row}: {key} {show(value)} is there twice (first in row {first[value]})"
            )
        elif value == ALL:
            complaints.add(f"{table.file} row {row}: {key} is {ALL}; expected another name, as it means all")
        first.setdefault(value, row)


def _known(tables: Tables) -> Known:
    """Ids by kind. An area is known to events and places if it is of level 3."""
    known: Known = {}
    for kind, file in (
        ("place_id", "places.csv"),
        ("road_id", "roads.csv"),
        ("crossing_id", "crossings.csv"),
        ("facility_id", "facilities.csv"),
    ):
        table = tables.get(file)
        ids = None if table is None else table.index(kind)
        known[kind] = None if table is None or (len(table) > 0 and not ids) else ids
    known["area_id"] = None
    if "places.csv" in tables and "areas.csv" in tables:
        lived_in = set(tables["places.csv"]["area_id"]) - {None}
        known["area_id"] = lived_in or None
    return known


def _check_names_differ(tables: Tables, complaints: Complaints) -> None:
    """Places, crossings and roads share one set of names: roads and events refer to them by name."""
    owner: dict[str, str] = {}
    for file in ("places.csv", "crossings.csv", "roads.csv"):
        if file not in tables:
            continue
        table, key = tables[file], KEYS[file]
        for row, value in zip(table.rows, table[key], strict=True):
            if value is not None and owner.setdefault(value, file) != file:
                complaints.add(f"{file} row {row}: {key} {show(value)} is already used in {owner[value]}")


def _check_references(tables: Tables, known: Known, complaints: Complaints) -> None:
    for file in ("shelter.csv", "sites.csv", "crossings.csv", "facilities.csv"):
        if file in tables:
            _refer(tables[file], "place_id", known["place_id"], "a place_id of places.csv", complaints)
    if "roads.csv" in tables and known["place_id"] is not None and known["crossing_id"] is not None:
        nodes = {*known["place_id"], *known["crossing_id"]}
        for column in ("u", "v"):
            _refer(tables["roads.csv"], column, nodes, "a place_id or crossing_id", complaints)
    if "areas.csv" in tables:
        areas = tables["areas.csv"]
        levels = dict(zip(areas["area_id"], areas["level"], strict=True))
        third = [area for area, level in levels.items() if area is not None and level in (3, None)]
        if "places.csv" in tables:
            _refer(tables["places.csv"], "area_id", third, "an area_id of level 3 in areas.csv", complaints)


def _refer(
    table: Table, column: str, known: Collection[str] | None, expected: str, complaints: Complaints
) -> None:
    if known is None:
        return
    ids = set(known)
    for row, value in zip(table.rows, table[column], strict=True):
        if value is not None and value not in ids:
            hint = "" if complaints.full else nearest(value, known)
            complaints.add(f"{table.file} row {row}: {column} is {show(value)}; expected {expected}{hint}")


def _check_areas(tables: Tables, complaints: Complaints) -> None:
    """Level 3 lies in level 2, level 2 in level 1."""
    table = tables["areas.csv"]
    if not len(table):
        complaints.add("areas.csv has no rows; expected at least one area of each level")
    levels = dict(zip(table["area_id"], table["level"], strict=True))
    for row, level, parent in zip(table.rows, table["level"], table["parent_id"], strict=True):
        if level is None or parent is None or level == 1:
            continue
        found = levels.get(parent, 0)
        if found is not None and found != level - 1:
            options = [area for area, other in levels.items() if area is not None and other == level - 1]
            hint = "" if complaints.full else nearest(parent, options)
            expected = f"an area_id of level {level - 1:g}, as level is {level:g}"
            complaints.add(f"areas.csv row {row}: parent_id is {show(parent)}; expected {expected}{hint}")


def _check_places(tables: Tables, complaints: Complaints) -> None:
    """Somebody lives somewhere, and nobody is counted outside the areas that are modelled."""
    table = tables["places.csv"]
    if not len(table):
        complaints.add("places.csv has no rows; expected at least one place")
        return
    persons = 0.0
    outside = (CONTROLS[GOVERNMENT], CONTROLS[SDF])
    for column in ("residents_persons", "idps_persons"):
        for row, control, n in zip(table.rows, table["control"], table[column], strict=True):
            persons += np.inf if n is None else n
            if n and control in outside:
                complaints.add(
                    f"places.csv row {row}: {column} is {n:g}; expected 0, as control is {control}"
                )
    if persons == 0:
        complaints.add("places.csv: nobody lives anywhere; expected some residents_persons or idps_persons")


def _check_roads(tables: Tables, complaints: Complaints) -> None:
    """One road at most between two places, and none from a place to itself."""
    table = tables["roads.csv"]
    first: dict[tuple[str, str], int] = {}
    for row, u, v in zip(table.rows, table["u"], table["v"], strict=True):
        if u is None or v is None:
            continue
        if u == v:
            complaints.add(f"roads.csv row {row}: v is {show(v)}, the same as u; expected another place")
        pair = (min(u, v), max(u, v))
        if first.setdefault(pair, row) != row:
            complaints.add(
                f"roads.csv row {row}: {show(u)} and {show(v)} are joined already in row {first[pair]};"
                " expected one road between two places"
            )


def _check_sites(tables: Tables, complaints: Complaints) -> None:
    """Sites hold no more than their capacity, and the displaced of their place include them."""
    table = tables["sites.csv"]
    in_sites: dict[str, float] = {}
    for row, place, n, room in zip(
        table.rows, table["place_id"], table["population_persons"], table["capacity_persons"], strict=True
    ):
        if n is not None and room is not None and room < n:
            complaints.add(
                f"sites.csv row {row}: capacity_persons is {room:g}; expected at least the population, {n:g}"
            )
        if place is not None:
            in_sites[place] = in_sites.get(place, 0.0) + (n or 0.0)
    if "places.csv" not in tables:
        return
    places = tables["places.csv"]
    for row, place, idps in zip(places.rows, places["place_id"], places["idps_persons"], strict=True):
        n = in_sites.get(place, 0.0)
        if idps is not None and n > idps + ROUNDING_PERSONS:
            complaints.add(
                f"places.csv row {row}: idps_persons is {idps:g}; expected at least {n:g}, as in its sites"
            )


def _check_observations(tables: Tables, complaints: Complaints) -> None:
    """Low, best and high in this order; at least one of them."""
    table = tables["observations.csv"]
    columns = (table["since"], table["date"], table["low"], table["best"], table["high"])
    for row, since, day, *figures in zip(table.rows, *columns, strict=True):
        if since and day and since > day:
            complaints.add(f"observations.csv row {row}: since is {since}; expected no later than date {day}")
        if None in figures:
            continue
        said = [n for n in figures if not np.isnan(n)]
        if not said:
            complaints.add(f"observations.csv row {row}: best is blank; expected a figure, or low and high")
        if any(a > b for a, b in pairwise(said)):
            complaints.add(f"observations.csv row {row}: low, best and high are not in ascending order")


def warnings(world: World, events: list[Event], tables: Tables) -> list[str]:
    """What is odd but can be lived with, counted."""
    places = world.places
    entered = ~np.isin(places.control, (GOVERNMENT, SDF))
    persons = places.residents_persons + places.idps_persons
    linked = np.isin(np.arange(len(places)), np.concatenate([world.roads.u, world.roads.v]))
    found = []

    def note(rows: Iterable[int], text: str) -> None:
        rows = list(rows)
        if rows:
            people = f"{persons[rows].sum():,.0f} people"
            found.append(f"{_count(len(rows), 'place')} ({people}) {text}: {_listed(world, rows)}")

    note(np.flatnonzero(entered & ~linked), "without a road: nobody can leave or arrive there")
    note(_cut_off(world, entered & linked), "cut off from the others by road, unless one crosses the lines")
    sheltered = world.room_persons[:, :-1].sum(axis=1) > 0
    note(np.flatnonzero(entered & ~sheltered), "without any room under a roof for newcomers")
    n_areas_empty = tables["areas.csv"]["level"].count(3) - len(world.areas)
    if n_areas_empty:
        found.append(f"{_count(n_areas_empty, 'area')} of level 3 without a place: left out")
    found += _elsewhere(tables)
    at_odds = _at_odds(events)
    if at_odds:
        n_at_odds = _count(len(at_odds), "event")
        listed = ", ".join(at_odds[:10]) + (f" and {len(at_odds) - 10} more" if len(at_odds) > 10 else "")
        found.append(f"{n_at_odds} at odds with another of that hour, the later id wins: {listed}")
    return found


def _cut_off(world: World, entered: np.ndarray) -> list[int]:
    """Rows of the places outside the largest part (in persons) of the road graph that one can travel on."""
    ids = world.places.place_id
    row = {place_id: i for i, place_id in enumerate(ids)}
    open_nodes = [ids[i] for i in np.flatnonzero(entered)] + world.crossings.crossing_id
    persons = world.places.residents_persons + world.places.idps_persons
    parts = [
        [row[node] for node in part if node in row]
        for part in nx.connected_components(world.graph.subgraph(open_nodes))
    ]
    parts.sort(key=lambda part: (-persons[part].sum(), -len(part), min(part, default=len(ids))))
    return sorted(i for part in parts[1:] for i in part)


def _elsewhere(tables: Tables) -> list[str]:
    """Observations of what is no area of the case: kept, but nothing modelled stands beside them."""
    if "observations.csv" not in tables:
        return []
    areas = [ALL, *tables["areas.csv"]["area_id"]]
    odd = [area for area in tables["observations.csv"]["area_id"] if area not in areas]
    return [
        f"{_count(odd.count(area), 'observation')} of {show(area)}, which is no area_id of areas.csv:"
        f" not compared{nearest(area, areas)}"
        for area in sorted(set(odd))
    ]


def _at_odds(events: list[Event]) -> list[str]:
    """Ids of events that say something else than an earlier id of the same type, target and hour."""
    said: dict[tuple, Event] = {}
    odd = []
    for event in events:
        if event.type in ("captured", "border_rule", "ceasefire", "aid_authorisation", "night_temperature"):
            key = (event.type, event.target, event.date, event.hour or 0)
            if key in said and said[key].value != event.value:
                odd.append(event.event_id)
            said[key] = event
    return odd


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def _listed(world: World, rows: list[int], at_most: int = 10) -> str:
    names = [f"{world.places.name[i]} {world.places.place_id[i]}" for i in rows[:at_most]]
    return ", ".join(names) + (f" and {len(rows) - at_most} more" if len(rows) > at_most else "")
