"""The ids of a case with their names: scenarios choose hospitals, crossings, roads, areas and places by them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import NamedTuple

from flightsim.case import text_files
from flightsim.case.reading import Case
from flightsim.world import World


class Named(NamedTuple):
    """An id and what it is the id of; facilities and sites at the town they belong to, never at a point."""

    kind: str
    id: str
    name: str
    where: str


def _areas(case: Case) -> list[Named]:
    areas = case.world.areas
    above = [", ".join(level.name[a] for level in reversed(areas.within)) for a in range(len(areas))]
    return [Named("area", *each) for each in zip(areas.area_id, areas.name, above, strict=True)]


def _places(case: Case) -> list[Named]:
    places = case.world.places
    return [
        Named("place", places.place_id[i], places.name[i], _area_of(case.world, i))
        for i in range(len(places))
    ]


def _roads(case: Case) -> list[Named]:
    world, roads = case.world, case.world.roads
    ends = [*world.places.name, *world.crossings.name]
    between = [f"{ends[u]} - {ends[v]}" for u, v in zip(roads.u, roads.v, strict=True)]
    length = [f"{km:g} km {ref}".strip() for km, ref in zip(roads.km, roads.ref, strict=True)]
    return [Named("road", *each) for each in zip(roads.road_id, between, length, strict=True)]


def _crossings(case: Case) -> list[Named]:
    crossings = case.world.crossings
    return [
        Named("border crossing" if crossings.is_border[x] else "internal crossing", crossings.crossing_id[x],
              crossings.name[x], _town(case.world, int(crossings.place[x])))
        for x in range(len(crossings))
    ]  # fmt: skip


def _hospitals(case: Case) -> list[Named]:
    world, facilities = case.world, case.world.facilities
    return [
        Named("hospital" if facilities.is_hospital[f] else "health centre", facilities.facility_id[f],
              world.places.name[facilities.place[f]], _area_of(world, int(facilities.place[f])))
        for f in range(len(facilities))
    ]  # fmt: skip


def _sites(case: Case) -> list[Named]:
    """From the table itself: the world knows sites by their place only."""
    row = {place_id: i for i, place_id in enumerate(case.world.places.place_id)}
    text = text_files.decoded((case.folder / "sites.csv").read_bytes())
    found = []
    for raw in csv.DictReader(io.StringIO(text, newline="")):
        cells = {str(name).strip(): str(cell).strip() for name, cell in raw.items()}
        if cells.get("site_id"):
            found.append(
                Named("site", cells["site_id"], cells["name_en"], _town(case.world, row[cells["place_id"]]))
            )
    return sorted(found)


KINDS: dict[str, Callable[[Case], list[Named]]] = {
    "areas": _areas,
    "places": _places,
    "roads": _roads,
    "crossings": _crossings,
    "hospitals": _hospitals,
    "sites": _sites,
}


def ids(case: Case, kind: str | None = None) -> list[Named]:
    """The ids of one of ``KINDS`` (hospitals: health centres too), or of all; in the order of their ids."""
    chosen = KINDS if kind is None else {kind: KINDS[kind]}
    return [named for of in chosen.values() for named in of(case)]


def _area_of(world: World, place: int) -> str:
    area = int(world.places.area[place])
    return f"{world.areas.name[area]} {world.areas.area_id[area]}"


def _town(world: World, place: int) -> str:
    return f"{world.places.name[place]}, {_area_of(world, place)}"
