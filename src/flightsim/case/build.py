"""From checked tables to a World: names become row numbers, in the order of the ids."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from flightsim.case import departures
from flightsim.case.cells import Table
from flightsim.case.columns import KEYS, OPTIONAL_TABLES
from flightsim.case.customs import language_of, nouns_of
from flightsim.case.manifest import holders_of
from flightsim.world import (
    BORDER_RULES,
    COLLECTIVE,
    HOME,
    HOST,
    OPEN,
    RENTED,
    RUNGS,
    SITE,
    SYRIA,
    UNFINISHED,
    Areas,
    Crossings,
    Facilities,
    Floats,
    Holders,
    Ints,
    Places,
    Roads,
    Within,
    World,
)


def build_world(folder: Path, manifest: Mapping[str, Any], tables: Mapping[str, Table]) -> World:
    """The world of tables without complaints. The order of their rows means nothing."""
    holders = holders_of(manifest)
    by_id = {file: tables[file].sorted_by(key) for file, key in KEYS.items()}
    area_row, places = _places(by_id["places.csv"], holders)
    place_row = by_id["places.csv"].index("place_id")
    crossings = _crossings(by_id["crossings.csv"], place_row, holders)
    roads = _roads(by_id["roads.csv"], place_row, crossings)
    areas = _areas(by_id["areas.csv"], area_row, gateways(places, roads, len(area_row), holders), manifest)
    room, in_sites = _shelter(by_id["shelter.csv"], by_id["sites.csv"], place_row)
    return World(
        name=str(manifest["name"]),
        manifest=manifest,
        places=places,
        areas=areas,
        roads=roads,
        room_persons=room,
        site_population_persons=in_sites,
        crossings=crossings,
        facilities=_facilities(by_id["facilities.csv"], place_row),
        observations=_observations(tables),
        folder=folder,
        holders=holders,
        departures=departures.from_table(tables[departures.FILE]) if departures.FILE in tables else None,
    )


def gateways(places: Places, roads: Roads, n_areas: int, holders: Holders = SYRIA) -> Ints:
    """(A,) the place through which one enters each area: the one with the most people, displaced or not.

    Places one does not go to (closed to those who flee by who holds them) and places without a road come last; of two
    alike, the one with more roads, then the one whose id comes first.
    """
    degree = np.bincount(np.concatenate([roads.u, roads.v]), minlength=len(places))[: len(places)]
    shunned = holders.closed(places.control)
    persons = places.residents_persons + places.idps_persons
    order = np.lexsort((np.arange(len(places)), -degree, -persons, degree == 0, shunned, places.area))
    _, first = np.unique(places.area[order], return_index=True)
    found: Ints = order[first].astype(np.int64)
    assert len(found) == n_areas  # every area of the world has a place
    return found


def _rows(names: list[str], row: Mapping[str, int]) -> Ints:
    return np.array([row[name] for name in names], dtype=np.int64)


def _codes(words: list[str], known: tuple[str, ...]) -> Ints:
    return np.array([known.index(word) for word in words], dtype=np.int64)


def _places(table: Table, holders: Holders) -> tuple[dict[str, int], Places]:
    """The places, and the row of each area that has one."""
    area_row = {area_id: i for i, area_id in enumerate(sorted(set(table["area_id"])))}
    places = Places(
        place_id=table["place_id"],
        name=table["name_en"],
        name_local=table["name_local"],
        area=_rows(table["area_id"], area_row),
        lat=table.numbers("lat"),
        lon=table.numbers("lon"),
        residents_persons=table.numbers("residents_persons"),
        idps_persons=table.numbers("idps_persons"),
        control=_codes(table["control"], holders.name),
        transit=table.numbers("transit") > 0,
    )
    return area_row, places


def _areas(table: Table, area_row: Mapping[str, int], gateway: Ints, manifest: Mapping[str, Any]) -> Areas:
    at, nouns = table.index("area_id"), nouns_of(manifest)
    own = rows = [at[area_id] for area_id in area_row]
    within: list[Within] = []
    for noun in reversed(nouns[:-1]):
        rows = [at[table["parent_id"][i]] for i in rows]
        within.insert(
            0, Within(noun, [table["area_id"][i] for i in rows], [table["name_en"][i] for i in rows])
        )
    return Areas(
        area_id=list(area_row),
        name=[table["name_en"][i] for i in own],
        name_local=[table["name_local"][i] for i in own],
        within=tuple(within),
        gateway=gateway,
        noun=nouns[-1],
        language=language_of(manifest),
    )


def _crossings(table: Table, place_row: Mapping[str, int], holders: Holders) -> Crossings:
    return Crossings(
        crossing_id=table["crossing_id"],
        name=table["name_en"],
        is_border=np.array([kind == "border" for kind in table["kind"]], dtype=bool),
        lat=table.numbers("lat"),
        lon=table.numbers("lon"),
        place=_rows(table["place_id"], place_row),
        rule=_codes(table["rule"], BORDER_RULES),
        throughput_persons_h=table.numbers("throughput_persons_per_hour"),
        country=np.array([holders.index(code) if code else HOME for code in table["country"]], np.int64),
    )


def _roads(table: Table, place_row: Mapping[str, int], crossings: Crossings) -> Roads:
    node_row = {**place_row, **{name: len(place_row) + i for i, name in enumerate(crossings.crossing_id)}}
    return Roads(
        road_id=table["road_id"],
        u=_rows(table["u"], node_row),
        v=_rows(table["v"], node_row),
        km=table.numbers("km"),
        road_class=table["road_class"],
        free_flow_kmh=table.numbers("free_flow_kmh"),
        lanes=table.numbers("lanes"),
        capacity_vehicles_h=table.numbers("capacity_vehicles_per_hour"),
        geometry=table["geometry"],
        ref=table["ref"],
    )


def _shelter(shelter: Table, sites: Table, place_row: Mapping[str, int]) -> tuple[Floats, Floats]:
    """(P, R) free room on each rung, and (P,) people in sites. A place not in the table has no room."""
    room = np.zeros((len(place_row), len(RUNGS)))
    room[:, OPEN] = np.inf
    at = _rows(shelter["place_id"], place_row)
    for rung, column in (
        (HOST, "host_persons"),
        (RENTED, "rented_persons"),
        (COLLECTIVE, "collective_persons"),
        (UNFINISHED, "unfinished_persons"),
    ):
        room[at, rung] = shelter.numbers(column)
    in_sites = np.zeros(len(place_row))
    at = _rows(sites["place_id"], place_row)
    population = sites.numbers("population_persons")
    np.add.at(in_sites, at, population)
    np.add.at(room[:, SITE], at, sites.numbers("capacity_persons") - population)
    return room, in_sites


def _facilities(table: Table, place_row: Mapping[str, int]) -> Facilities:
    return Facilities(
        facility_id=table["facility_id"],
        place=_rows(table["place_id"], place_row),
        is_hospital=np.array([kind == "hospital" for kind in table["kind"]], dtype=bool),
        functioning=table.numbers("functioning") == 1,
    )


def _observations(tables: Mapping[str, Table]) -> list[dict[str, Any]]:
    """A dictionary a row: dates as dates, figures as floats (NaN where blank)."""
    for file, columns in OPTIONAL_TABLES.items():
        if file in tables:
            table = tables[file].sorted_by(*columns)
            return [{column: table[column][i] for column in columns} for i in range(len(table))]
    return []
