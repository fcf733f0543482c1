"""The rows of the small tables: places, sites, shelter, crossings, facilities."""

from __future__ import annotations

from typing import Any

from camps import Cluster
from geography import LIVED_IN
from health import Facility
from population import Population
from road_network import CLASSES, Network
from sources import Row, Sources, number

# Free room as shares of residents: (towns and capitals, villages); assumptions, bounds half to double
HOST, RENTED = (0.22, 0.18), (0.10, 0.03)
COLLECTIVE, UNFINISHED = (0.02, 0.02), (0.05, 0.03)
# Persons an hour when open: a checkpoint passes 150 to 300 vehicles, 5.7 persons each (assumption)
THROUGHPUT = {"BAH": 1200, "BAS": 1200, "DBL": 850, "GHZ": 400}
SMALL_GATE = 400
NAMES_AR = {
    "BAH": "باب الهوى",
    "BAS": "باب السلامة",
    "JAR": "جرابلس",
    "HAM": "الحمام",
    "RAI": "الراعي",
    "ATM": "أطمة",
    "KAL": "كفر لوسين",
    "KAJ": "خربة الجوز",
    "DBL": "دير بلوط",
    "GHZ": "الغزاوية",
}
NEAREST_WHERE_BLANK = {"KAL": "C8092"}


def places(src: Sources, chosen: list[str], pop: Population) -> list[list[Any]]:
    """Rows of places.csv."""
    rows = []
    for p in chosen:
        g, who = src.gazetteer[p], src.control[p]
        where = [
            p,
            g["name_en"],
            g["name_ar"],
            g["adm3_pcode"],
            round(number(g["lat"]), 5),
            round(number(g["lon"]), 5),
        ]
        if who in LIVED_IN:
            people = pop.people[p]
            rows.append(
                [
                    *where,
                    people.residents,
                    people.idps,
                    who,
                    people.method,
                    people.status,
                    f"{people.source}; COD-AB",
                ]
            )
        else:
            how = f"not lived in; control: {src.control_method[p]}"
            rows.append([*where, 0, 0, who, how, "assumed", "OCHA COD-AB"])
    return rows


def roads(network: Network) -> list[list[Any]]:
    """Rows of roads.csv."""
    found = (network.roads[key] for key in sorted(network.roads))
    return [
        [f"R{i:04d}", r.u, r.v, r.km, r.road_class, *CLASSES[r.road_class], r.geometry, r.ref, r.source]
        for i, r in enumerate(found, start=1)
    ]


def sites(chosen: list[Cluster]) -> list[list[Any]]:
    """Rows of sites.csv."""
    return [[c.site_id, c.name, c.place, c.population, c.capacity, c.n_sites, c.source] for c in chosen]


def shelter(src: Sources, pop: Population) -> list[list[Any]]:
    """Rows of shelter.csv: free room as stated shares of the residents."""
    rows = []
    for p in sorted(pop.people):
        town = p in src.town_ids or src.gazetteer[p]["is_adm3_capital"] == "Yes"
        residents = pop.people[p].residents
        shares = (share[0 if town else 1] for share in (HOST, RENTED, COLLECTIVE, UNFINISHED))
        room = [round(share * residents) for share in shares]
        rows.append([p, *room, "assumption: shares of residents (docs/data.md)"])
    return rows


def crossings(rows: list[Row]) -> list[list[Any]]:
    """Rows of crossings.csv."""
    found = []
    for row in rows:
        gate = row["id"]
        place = NEAREST_WHERE_BLANK.get(gate) or row["nearest_pcode"].split(";")[-1 if gate == "DBL" else 0]
        kind, rule = ("border", "closed") if row["type"] == "turkey_border" else ("internal", "open")
        point = [round(number(row[axis]), 5) for axis in ("lat", "lon")]
        source = f"{row['status_winter_2019_20']}; point: {row['coord_method']}; throughput: assumption"
        throughput = THROUGHPUT.get(gate, SMALL_GATE)
        found.append([gate, row["name"], NAMES_AR[gate], kind, *point, place, rule, throughput, source])
    return found


def facility_rows(found: list[Facility]) -> list[list[Any]]:
    """Rows of facilities.csv; no names of facilities."""
    return [[f.facility_id, f.place, f.kind, int(f.functioning), f.status, f.source] for f in found]
