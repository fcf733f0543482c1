"""Lists of camps and other sites by a cluster become sites at the places of the case; no point of a site is kept."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from flightsim.case.importing import counts, ground, points, sheets
from flightsim.case.importing.ground import Ground, plain
from flightsim.case.importing.report import Asked, Option, Report, Row, Taken
from flightsim.case.importing.sheets import Sheet
from flightsim.case.importing.writing import columns_asked, rows_of
from flightsim.errors import InputError

MEANING = "camps and other sites, each at its town, never with a point: sites.csv"
FILES = "CSV or Excel: site lists of CCCM clusters, DTM's site assessments, any sheet with HXL tags"
COLUMNS: dict[str, tuple[str, ...]] = {
    "site_id": ("site_id", "ssid", "site_ssid", "site_code", "site_pcode", "camp_id", "#loc+site+code"),
    "name_en": (
        "site_name_en", "site_name", "siteName", "camp_name", "camp", "name_en", "name", "#loc+site+name", "#loc+name",
    ),
    "place_id": ("place_id", "community_pcode", "settlement_pcode", "locality_pcode", *ground.COLUMNS["code_4"]),
    "place_name": ("community", "community_name", "settlement", "town", "place", *ground.COLUMNS["name_4"]),
    "lat": points.LAT,
    "lon": points.LON,
    "persons": (
        "individuals", "persons", "population_persons", "population", "number_of_individuals", "total_individuals",
        "ind", "#affected-hh-f-m", "#population-hh-f-m",
    ),
    "households": ("households", "number_of_households", "total_households", "hh", "hhs", "families", "#affected+hh"),
    "capacity": ("capacity", "capacity_persons", "capacity_individuals", "max_capacity", "#capacity-hh"),
    "capacity_households": ("capacity_households", "capacity_hh", "#capacity+hh"),
    "n_sites": ("n_sites", "number_of_sites", "site_count", "#loc+site+num"),
    **ground.COLUMNS,
}  # fmt: skip
OPTIONS = (
    Option("within-km", "how far from its place a site's point may lie", "KM", "10"),
    counts.HOUSEHOLD_SIZE,
    Option(
        "idps", "keep idps_persons of places.csv, or raise them to the people in sites", "keep|raise", "keep"
    ),
)
FULL = "capacity is not said: as many as are there, an assumption"
OVER = "more people than its capacity: that many are its capacity, since they are there"
LARGEST = "its town is not known: the largest of its area, an assumption"


def take(asked: Asked, report: Report) -> Taken:
    """A row a site, at its place."""
    columns = columns_asked(COLUMNS, asked)
    land = ground.read(asked.case)
    rows = [
        row
        for file in asked.files
        for row in _of_sheet(sheets.read(file, report), columns, land, asked, report)
    ]
    counted: Counter[str] = Counter()
    rows.sort(key=lambda row: (row["place_id"], row["name_en"], row["population_persons"]))
    for row in rows:
        counted[row["place_id"]] += 1
        row["site_id"] = row["site_id"] or f"{row['place_id']}-S{counted[row['place_id']]}"
    _say(rows, report)
    raised = _raised(rows, asked, report)
    return Taken({"sites.csv": rows}, corrected={"places.csv": raised} if raised else {})


def _of_sheet(
    sheet: Sheet, columns: Mapping[str, Sequence[str]], land: Ground, asked: Asked, report: Report
) -> list[Row]:
    """The sites of one list; those without a name, people or place are dropped."""
    name = sheet.needed("name_en", columns["name_en"])
    if not sheet.column(columns["households"]):
        sheet.needed("persons", columns["persons"])
    size = counts.household_size(asked)
    people, room = (
        counts.persons(
            counts.column(sheet, columns[one], report), counts.column(sheet, columns[other], report), size
        )
        for one, other in (("persons", "households"), ("capacity", "capacity_households"))
    )
    n_sites = counts.column(sheet, columns["n_sites"], report)
    id_ = sheet.column(columns["site_id"])
    where = _places(sheet, columns, land, asked)
    rows: list[Row] = []
    for i, line in enumerate(sheet.lines):
        n, capacity, (place, reason) = people[i], room[i], where[i]
        how = reason if place else ""
        if not line.said[name]:
            reason = "it has no name"
        elif isinstance(n, str):
            reason = n
        elif math.isnan(n):
            reason = "nobody says how many people it has"
        elif isinstance(capacity, str):
            reason = f"of its capacity: {capacity}"
        elif place:
            reason = ""
        if reason:
            report.drop(sheet.file, line.row, line.said[name], reason)
            continue
        assert isinstance(n, float)
        assert isinstance(capacity, float)
        stands_for = n_sites[i] or math.nan
        how_full = FULL if math.isnan(capacity) else OVER if n > capacity else ""
        rows.append({
            "site_id": line.said[id_] if id_ else "", "name_en": line.said[name], "place_id": place,
            "population_persons": n, "capacity_persons": n if how_full else capacity,
            "n_sites": 1 if math.isnan(stands_for) else stands_for, "source": asked.source,
            "note": "; ".join(filter(None, (how, how_full))),
        })  # fmt: skip
    return rows


def _places(
    sheet: Sheet, columns: Mapping[str, Sequence[str]], land: Ground, asked: Asked
) -> list[tuple[str, str]]:
    """The place of each site and what was assumed of it; a blank, and why, if there is none.

    By the P-code of the town, else the nearest place to its point, else the town's name in its area, else the
    largest place of its area.
    """
    within_km = asked.number("within-km")
    lat, lon = (_degrees(sheet, columns[axis]) for axis in ("lat", "lon"))
    near, km = land.nearest(np.nan_to_num(lat), np.nan_to_num(lon))
    code, town = sheet.column(columns["place_id"]), sheet.column(columns["place_name"])
    known = set(land.place_id)
    found = []
    for i, (line, named) in enumerate(zip(sheet.lines, ground.named(sheet, columns), strict=True)):
        has_point = bool(abs(lat[i]) <= 90 and abs(lon[i]) <= 180)
        if code and line.said[code] in known:
            found.append((line.said[code], ""))
        elif has_point and km[i] <= within_km:
            found.append((land.place_id[int(near[i])], ""))
        elif has_point:
            found.append(("", f"no place of the case within {within_km:g} km"))
        else:
            found.append(_by_name(land, *land.find(named), line.said[town] if town else ""))
    return found


def _by_name(land: Ground, area: str, reason: str, town: str) -> tuple[str, str]:
    inside = land.places_in.get(area, [])
    same = [i for i in inside if town and plain(land.place_name[i]) == plain(town)]
    if len(same) == 1:
        return land.place_id[same[0]], ""
    if inside:
        return land.place_id[inside[0]], LARGEST
    return "", reason or "no place of the case lies in its area"


def _degrees(sheet: Sheet, names: Sequence[str]) -> np.ndarray:
    column = sheet.column(names)
    if not column:
        return np.full(len(sheet.lines), math.nan)
    return np.array([math.nan if n is None else n for n in sheet.degrees(column)], dtype=float)


def _say(rows: Sequence[Row], report: Report) -> None:
    report.note(
        f"{len(rows):,} sites with {sum(row['population_persons'] for row in rows):,.0f} people, "
        f"room for {sum(row['capacity_persons'] for row in rows):,.0f}"
    )
    for assumed in (FULL, OVER, LARGEST):
        n = sum(assumed in row["note"] for row in rows)
        if n:
            report.note(f"of {n:,} sites {assumed}")


def _raised(rows: Sequence[Row], asked: Asked, report: Report) -> list[Row]:
    """The case's places with at least as many displaced people as their sites hold; none if nothing is to change."""
    if asked.options.get("idps") not in ("keep", "raise"):
        raise InputError(f"--idps is {asked.options.get('idps')!r}; expected keep or raise")
    in_sites: Counter[str] = Counter()
    for row in rows:
        in_sites[row["place_id"]] += math.ceil(row["population_persons"])
    places = rows_of(asked.case, "places.csv")
    idps = {row["place_id"]: points.number(row.get("idps_persons") or "0") for row in places}
    short = sorted(place for place, n in in_sites.items() if n > idps.get(place, 0))
    if not short:
        return []
    first, n_short = short[0], sum(in_sites[place] - idps[place] for place in short)
    told = f"first {first}: {in_sites[first]:,} and {idps[first]:,.0f}"
    if asked.options["idps"] == "keep":
        report.note(
            f"in {len(short):,} places more people are in sites than idps_persons in places.csv, which counts "
            f"them, too; {told}: raise it there, or say --idps raise"
        )
        return []
    report.note(
        f"idps_persons of {len(short):,} places in places.csv are raised, by {n_short:,.0f} in all; {told}"
    )
    return [
        row | {"idps_persons": in_sites[row["place_id"]]} if row["place_id"] in short else row
        for row in places
    ]
