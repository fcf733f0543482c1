"""Hospitals and health centres, by town: the point of a facility finds its place and is then forgotten.

Neither names, ids nor points of facilities are kept, in the table or in the list of what was left out: who has the case
cannot find them by it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping

import numpy as np
from scipy.spatial import cKDTree

from flightsim.case.importing import osm, points
from flightsim.case.importing.network import EARTH_RADIUS_KM, on_sphere
from flightsim.case.importing.points import Point
from flightsim.case.importing.report import Asked, Option, Report, Row, Taken
from flightsim.case.importing.writing import columns_asked, rows_of
from flightsim.errors import InputError

MEANING = "hospitals and health centres, by town, never with a point: facilities.csv"
FILES = (
    "healthsites.io (GeoJSON, CSV), OSM (.osm, .osm.bz2; .osm.pbf with the extra `geo`), CSV with lat and lon"
)
COLUMNS: dict[str, tuple[str, ...]] = {
    "kind": ("amenity", "healthcare", "health_amenity_type", "facility_type", "type", "kind"),
    "functioning": ("operational_status", "functioning", "functionality", "status"),
    "lat": points.LAT,
    "lon": points.LON,
}
OPTIONS = (Option("within-km", "how far from its town a facility may lie", "KM", "10"),)
KINDS = {
    "hospital": "hospital",
    "clinic": "health_centre",
    "doctors": "health_centre",
    "health_post": "health_centre",
    "health_centre": "health_centre",
    "health_center": "health_centre",
    "health centre": "health_centre",
    "health center": "health_centre",
    "primary health center": "health_centre",
    "primary health centre": "health_centre",
    "centre": "health_centre",
}
FUNCTIONING = {
    "operational": 1, "yes": 1, "functional": 1, "functioning": 1, "fully functioning": 1, "partially functioning": 1,
    "partially functional": 1, "1": 1, "true": 1,
    "non_operational": 0, "closed": 0, "no": 0, "not functioning": 0, "non functional": 0, "non-functional": 0,
    "destroyed": 0, "abandoned": 0, "unconfirmed": 0, "0": 0, "false": 0,
}  # fmt: skip


def take(asked: Asked, report: Report) -> Taken:
    """A row a facility, at the nearest place."""
    columns = columns_asked(COLUMNS, asked)
    places = [
        row for row in rows_of(asked.case, "places.csv") if math.isfinite(points.number(row.get("lat", "")))
    ]
    if not places:
        raise InputError(f"{asked.case / 'places.csv'} has no places; import places first")
    found = [
        (n, point)
        for file in asked.files
        for n, point in enumerate(
            points.read(file, columns, ("amenity", "healthcare"), report, ways=True), start=1
        )
    ]
    kept = []
    for n, point in found:
        kind = next((k for name in columns["kind"] if (k := KINDS.get(_word(point, name)))), "")
        if not kind:
            said = next((_word(point, name) for name in columns["kind"] if _word(point, name)), "")
            report.drop(point.file, n, "", "it is neither a hospital nor a health centre", said)
        elif not (abs(point.lat) <= 90 and abs(point.lon) <= 180):
            report.drop(point.file, n, "", "its lat and lon are not degrees")
        else:
            kept.append((n, point, kind))
    rows = _rows(kept, places, columns, asked, report)
    of_osm = any(osm.is_osm(file) for file in asked.files)
    return Taken(
        {"facilities.csv": rows}, {}, osm.LICENCE if of_osm else "", osm.ATTRIBUTION if of_osm else ""
    )


def _word(point: Point, name: str) -> str:
    return point.get((name,)).strip().lower()


def _rows(
    kept: list[tuple[int, Point, str]],
    places: list[Row],
    columns: points.Columns,
    asked: Asked,
    report: Report,
) -> list[Row]:
    """The facilities of each place, hospitals first; their order in a place means nothing."""
    within_km = asked.number("within-km")
    lat, lon = (np.array([points.number(row[axis]) for row in places]) for axis in ("lat", "lon"))
    theirs = on_sphere(*np.array([[point.lat, point.lon] for _, point, _ in kept]).reshape(-1, 2).T)
    chord, at = map(np.asarray, cKDTree(on_sphere(lat, lon)).query(theirs))
    km = 2 * np.arcsin(np.clip(chord / 2, 0, 1)) * EARTH_RADIUS_KM
    found = []
    for i, (n, point, kind) in enumerate(kept):
        if km[i] > within_km:
            report.drop(point.file, n, "", f"no place of the case within {within_km:g} km")
            continue
        said = next((w for name in columns["functioning"] if (w := _word(point, name)) in FUNCTIONING), "")
        found.append((str(places[int(at[i])]["place_id"]), kind != "hospital", kind, said))
    rows: list[Row] = []
    counted: Counter[str] = Counter()
    n_unsaid = 0
    for place_id, _, kind, said in sorted(found):
        counted[place_id] += 1
        n_unsaid += not said
        rows.append({
            "facility_id": f"{place_id}-F{counted[place_id]}",
            "place_id": place_id,
            "kind": kind,
            "functioning": FUNCTIONING.get(said, 1),
            "status": "reported" if said else "assumed",
            "source": asked.source,
        })  # fmt: skip
    if n_unsaid:
        report.note(
            f"of {n_unsaid:,} facilities nobody says whether they work: taken as functioning, an assumption"
        )
    _say(rows, report)
    return rows


def _say(rows: list[Row], report: Report) -> None:
    kinds: Mapping[str, int] = Counter(row["kind"] for row in rows)
    report.note(", ".join(f"{kind}: {n:,}" for kind, n in sorted(kinds.items())) or "no facility is taken")
