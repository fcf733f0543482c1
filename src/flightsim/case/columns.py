"""The columns of each table of a case, and how the values of a cell are bounded.

Upper bounds are there to catch slips of the keyboard; all of them are assumptions.
"""

from __future__ import annotations

from dataclasses import replace

from flightsim.case import departures, event_rows, observations
from flightsim.case.cells import NOTE, Column, choice, identifier, number, text
from flightsim.events import STATUSES
from flightsim.world import BORDER_RULES, FACILITY_KINDS, SYRIA, Holders

PERSONS = number(at_least=0, at_most=10_000_000)
LAT = number(at_least=-90, at_most=90)
LON = number(at_least=-180, at_most=180)
LOCAL = Column(text("").read, "some text on one line", "", optional=True, was="name_ar").means(
    "its name in the language of the place, in any script"
)
SOURCE = {"source": text().means("who says so: publisher, document, date"), "note": NOTE}

TABLES: dict[str, dict[str, Column]] = {
    "areas.csv": {
        "area_id": identifier().means("the official P-code, or an id of your own; each once"),
        "level": number(at_least=1, at_most=4, whole=True).means(
            "1 for the largest areas, to the finest level of the manifest; results are by the areas of that level"
        ),
        "name_en": text().means("its name in Latin letters"),
        "name_local": LOCAL,
        "parent_id": identifier(blank="").means(
            "the area_id of the area of the level above that it lies in; blank for level 1"
        ),
        **SOURCE,
    },
    "places.csv": {
        "place_id": identifier().means(
            "the P-code of the town or village, or an id of your own; each once, and no crossing's or road's"
        ),
        "name_en": text().means("its name in Latin letters"),
        "name_local": LOCAL,
        "area_id": identifier().means("the area of the finest level that it lies in"),
        "lat": LAT.means("degrees north, as 12.8628; south is negative; the town's middle is enough"),
        "lon": LON.means("degrees east, as 30.2176; west is negative"),
        "residents_persons": PERSONS.means("people who live here at the start and have not been displaced"),
        "idps_persons": PERSONS.means("displaced people here at the start, those in sites included"),
        "control": choice(SYRIA.name).means(
            "who holds it at the start"
        ),  # or the sides that the manifest names
        "transit": replace(number(at_least=0, at_most=1, whole=True, blank=0.0), optional=True).means(
            "1: people from elsewhere pass through and nobody flees to it, as to a hub on the way; else 0 or blank"
        ),
        "method": text(blank="").means("how the number of people was found: counted, spread by rule, ..."),
        "status": NOTE.means("how it is known: reported, derived or assumed; for readers"),
        **SOURCE,
    },
    "roads.csv": {
        "road_id": identifier().means("an id of your own; each once; events cut a road by it"),
        "u": identifier().means("the place_id or crossing_id at one end"),
        "v": identifier().means("the place_id or crossing_id at the other end; a road is taken both ways"),
        "km": number(above=0, at_most=5000).means("its length in km along the road"),
        "road_class": choice(("motorway", "primary", "secondary", "tertiary", "track")).means("its class"),
        "free_flow_kmh": number(above=0, at_most=150).means(
            "speed in km/h of a vehicle when nobody is in the way"
        ),
        "lanes": number(above=0, at_most=10).means("lanes in one direction"),
        "capacity_vehicles_per_hour": number(above=0, at_most=25_000).means(
            "vehicles an hour that it lets through in one direction, undamaged"
        ),
        "geometry": choice(("measured", "mixed", "inferred")).means(
            "whether its length was measured on a map, in part, or inferred from a straight line"
        ),
        "ref": text(blank="").means("its number or name on signs, as M5"),
        **SOURCE,
    },
    "shelter.csv": {
        "place_id": identifier().means("the place; a place without a row has no room under a roof"),
        "host_persons": PERSONS.means("free room for newcomers with families, persons, at the start"),
        "rented_persons": PERSONS.means("free room to rent, persons, at the start"),
        "collective_persons": PERSONS.means(
            "free room in schools, mosques and other collective centres, persons, at the start"
        ),
        "unfinished_persons": PERSONS.means(
            "free room in unfinished or damaged buildings, persons, at the start"
        ),
        **SOURCE,
    },
    "sites.csv": {
        "site_id": identifier().means("an id of your own; each once"),
        "name_en": text().means("its name; of a group of camps, as the cluster calls the group"),
        "place_id": identifier().means("the place it lies at: the nearest town, never a point of its own"),
        "population_persons": PERSONS.means(
            "people in it at the start; they are counted in the place's idps_persons too"
        ),
        "capacity_persons": PERSONS.means("people it can hold, those who are there included"),
        "n_sites": number(at_least=0, at_most=100_000, whole=True).means("how many camps the row stands for"),
        **SOURCE,
    },
    "crossings.csv": {
        "crossing_id": identifier().means("an id of your own; each once, and no place's or road's"),
        "name_en": text().means("its name in Latin letters"),
        "name_local": LOCAL,
        "kind": choice(("border", "internal")).means(
            "border leads abroad, internal joins the ground of two holders"
        ),
        "lat": LAT.means("degrees north; south is negative"),
        "lon": LON.means("degrees east; west is negative"),
        "place_id": identifier().means("the nearest place, from which one sees whether it is open"),
        "rule": choice(BORDER_RULES).means("who may pass at the start; events of type border_rule change it"),
        "throughput_persons_per_hour": number(at_least=0, at_most=1_000_000).means(
            "persons an hour that it lets through when open"
        ),
        "country": replace(identifier(blank=""), optional=True).means(
            "the country it leads to, by its code in the manifest; needed only where no road leads onward"
        ),
        **SOURCE,
    },
    "facilities.csv": {
        "facility_id": identifier().means("an id of your own, no name; each once; events close it by it"),
        "place_id": identifier().means("its town; never a point of its own"),
        "kind": choice(FACILITY_KINDS).means("hospital or health_centre"),
        "functioning": number(at_least=0, at_most=1, whole=True).means(
            "1: it works at the start, 0: it does not"
        ),
        "status": choice(STATUSES).means("how this is known"),
        **SOURCE,
    },
    event_rows.FILE: event_rows.COLUMNS,
}
OPTIONAL_TABLES: dict[str, dict[str, Column]] = {
    observations.FILE: observations.COLUMNS,
    departures.FILE: departures.COLUMNS,
}
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
    """The columns of every table there may be, of a case with these sides and countries."""
    tables = TABLES | OPTIONAL_TABLES
    control = choice(holders.name)
    changed = {
        "places.csv": tables["places.csv"] | {"control": control},
        event_rows.FILE: event_rows.columns_of(holders),
    }
    if holders.codes:
        country = replace(choice(holders.codes, blank=""), optional=True)
        changed["crossings.csv"] = tables["crossings.csv"] | {"country": country}
    return tables | changed
