"""What the tables of a case must say of each other; what does not fit stops the reading."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial

import numpy as np

from flightsim.case import countries, departures, observations
from flightsim.case.cells import Table, show
from flightsim.case.columns import KEYS
from flightsim.case.customs import USUAL_FINEST
from flightsim.errors import Complaints, nearest
from flightsim.events import ALL
from flightsim.world import SYRIA, Holders

ROUNDING_PERSONS = 1.0
Tables = Mapping[str, Table]
Known = dict[str, Collection[str] | None]


def check_tables(
    tables: Tables, complaints: Complaints, holders: Holders = SYRIA, finest: int = USUAL_FINEST
) -> Known:
    """Complain about everything that does not fit between tables; ids by kind, None where unreadable.

    Tables that could not be read are absent, and what depends on them is not checked.
    """
    for file, key in KEYS.items():
        if file in tables:
            _check_unique(tables[file], key, complaints)
    known = _known(tables, holders)
    _check_names_differ(tables, complaints)
    if holders.codes:
        countries.check(tables, holders, complaints)
    _check_references(tables, known, complaints, finest)
    for check, file in (
        (partial(_check_areas, finest=finest), "areas.csv"),
        (partial(_check_places, holders=holders), "places.csv"),
        (_check_roads, "roads.csv"),
        (_check_sites, "sites.csv"),
    ):
        if file in tables:
            check(tables, complaints)
    if observations.FILE in tables:
        observations.check_observations(tables[observations.FILE], None, complaints)
    if departures.FILE in tables and "places.csv" in tables:
        places = [place for place in tables["places.csv"]["place_id"] if place]
        departures.check_departures(tables[departures.FILE], places, complaints)
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


def _known(tables: Tables, holders: Holders) -> Known:
    """Ids by kind. An area is known to events if a place lies in it."""
    known: Known = {"country": holders.codes, "holder": holders.sides}
    for kind, file in (
        ("place_id", "places.csv"),
        ("road_id", "roads.csv"),
        ("crossing_id", "crossings.csv"),
        ("facility_id", "facilities.csv"),
    ):
        table = tables.get(file)
        ids = None if table is None else table.index(kind)
        known[kind] = None if table is None or (len(table) > 0 and not ids) else ids
    known["place_id"] = known["place_id"] or None  # no places at all is one trouble, told once
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


def _check_references(tables: Tables, known: Known, complaints: Complaints, finest: int) -> None:
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
        finest_areas = [
            area for area, level in levels.items() if area is not None and level in (finest, None)
        ]
        if "places.csv" in tables:
            expected = f"an area_id of level {finest} in areas.csv"
            _refer(tables["places.csv"], "area_id", finest_areas, expected, complaints)


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


def _check_areas(tables: Tables, complaints: Complaints, finest: int) -> None:
    """Each level lies in the one above it: level 3 in level 2, level 2 in level 1."""
    table = tables["areas.csv"]
    if not len(table):
        complaints.add("areas.csv has no rows; expected at least one area of each level")
    levels = dict(zip(table["area_id"], table["level"], strict=True))
    for row, level, parent in zip(table.rows, table["level"], table["parent_id"], strict=True):
        if level is not None and level > finest:
            complaints.add(
                f"areas.csv row {row}: level is {level:g}; expected at most {finest}, the finest_level of manifest.yaml"
            )
            continue
        if level is None or parent is None or level == 1:
            continue
        found = levels.get(parent, 0)
        if found is not None and found != level - 1:
            options = [area for area, other in levels.items() if area is not None and other == level - 1]
            hint = "" if complaints.full else nearest(parent, options)
            expected = f"an area_id of level {level - 1:g}, as level is {level:g}"
            complaints.add(f"areas.csv row {row}: parent_id is {show(parent)}; expected {expected}{hint}")


def _check_places(tables: Tables, complaints: Complaints, holders: Holders) -> None:
    """Somebody lives somewhere, and nobody is counted where nobody is modelled or stays."""
    table = tables["places.csv"]
    if not len(table):
        complaints.add("places.csv has no rows; expected at least one place")
        return
    persons = 0.0
    outside = [name for name, lived in zip(holders.name, holders.lived_in, strict=True) if not lived]
    for column in ("residents_persons", "idps_persons"):
        for row, control, n in zip(table.rows, table["control"], table[column], strict=True):
            persons += np.inf if n is None else n
            if n and control in outside:
                complaints.add(
                    f"places.csv row {row}: {column} is {n:g}; expected 0, as control is {control}"
                )
    for row, transit, n in zip(table.rows, table["transit"], table["idps_persons"], strict=True):
        if transit and n:
            complaints.add(f"places.csv row {row}: idps_persons is {n:g}; expected 0, as transit is 1")
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
