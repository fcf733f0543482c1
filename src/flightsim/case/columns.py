"""The columns of each table of a case, and how the values of a cell are bounded.

Upper bounds are there to catch slips of the keyboard; all of them are assumptions.
"""

from __future__ import annotations

from flightsim.case import event_rows, observations
from flightsim.case.cells import NOTE, Column, choice, identifier, number, text
from flightsim.events import STATUSES
from flightsim.world import BORDER_RULES, FACILITY_KINDS, SYRIA, Holders

PERSONS = number(at_least=0, at_most=10_000_000)
LAT = number(at_least=-90, at_most=90)
LON = number(at_least=-180, at_most=180)
SOURCE = {"source": text(), "note": NOTE}

TABLES: dict[str, dict[str, Column]] = {
    "areas.csv": {
        "area_id": identifier(),
        "level": number(at_least=1, at_most=3, whole=True),
        "name_en": text(),
        "name_ar": text(blank=""),
        "parent_id": identifier(blank=""),
        **SOURCE,
    },
    "places.csv": {
        "place_id": identifier(),
        "name_en": text(),
        "name_ar": text(blank=""),
        "area_id": identifier(),
        "lat": LAT,
        "lon": LON,
        "residents_persons": PERSONS,
        "idps_persons": PERSONS,
        "control": choice(SYRIA.name),  # or the sides that the manifest names
        "method": text(blank=""),
        "status": NOTE,
        **SOURCE,
    },
    "roads.csv": {
        "road_id": identifier(),
        "u": identifier(),
        "v": identifier(),
        "km": number(above=0, at_most=1000),
        "road_class": choice(("motorway", "primary", "secondary", "tertiary", "track")),
        "free_flow_kmh": number(above=0, at_most=150),
        "lanes": number(above=0, at_most=10),
        "capacity_vehicles_per_hour": number(above=0, at_most=25_000),
        "geometry": choice(("measured", "mixed", "inferred")),
        "ref": text(blank=""),
        **SOURCE,
    },
    "shelter.csv": {
        "place_id": identifier(),
        "host_persons": PERSONS,
        "rented_persons": PERSONS,
        "collective_persons": PERSONS,
        "unfinished_persons": PERSONS,
        **SOURCE,
    },
    "sites.csv": {
        "site_id": identifier(),
        "name_en": text(),
        "place_id": identifier(),
        "population_persons": PERSONS,
        "capacity_persons": PERSONS,
        "n_sites": number(at_least=0, at_most=100_000, whole=True),
        **SOURCE,
    },
    "crossings.csv": {
        "crossing_id": identifier(),
        "name_en": text(),
        "name_ar": text(blank=""),
        "kind": choice(("border", "internal")),
        "lat": LAT,
        "lon": LON,
        "place_id": identifier(),
        "rule": choice(BORDER_RULES),
        "throughput_persons_per_hour": number(at_least=0, at_most=1_000_000),
        **SOURCE,
    },
    "facilities.csv": {
        "facility_id": identifier(),
        "place_id": identifier(),
        "kind": choice(FACILITY_KINDS),
        "functioning": number(at_least=0, at_most=1, whole=True),
        "status": choice(STATUSES),
        **SOURCE,
    },
    event_rows.FILE: event_rows.COLUMNS,
}
OPTIONAL_TABLES: dict[str, dict[str, Column]] = {observations.FILE: observations.COLUMNS}
KEYS = {
    "areas.csv": "area_id",
    "places.csv": "place_id",
    "roads.csv": "road_id",
    "shelter.csv": "place_id",
    "sites.csv": "site_id",
    "crossings.csv": "crossing_id",
    "facilities.csv": "facility_id",
    event_rows.FILE: "event_id",
}
MAPS = ("outlines.geojson", "lines.geojson")


def columns_of(holders: Holders) -> dict[str, dict[str, Column]]:
    """The columns of every table there may be, of a case with these sides."""
    tables = TABLES | OPTIONAL_TABLES
    return tables | {"places.csv": tables["places.csv"] | {"control": choice(holders.name)}}
