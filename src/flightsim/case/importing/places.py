"""Settlements with a name and a point become places in their areas, with the people of each area spread over them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from flightsim.case import geojson
from flightsim.case.importing import holding, osm, points, population, rings
from flightsim.case.importing.points import Point
from flightsim.case.importing.report import Asked, Option, Report, Row, Taken
from flightsim.case.importing.writing import columns_asked, rows_of
from flightsim.errors import InputError

MEANING = "settlements with a point, and people by area: places.csv"
FILES = "OSM (.osm, .osm.bz2; .osm.pbf with the extra `geo`), GeoJSON and other map files, or CSV with lat and lon"
COLUMNS: dict[str, tuple[str, ...]] = {
    "place_id": (
        "place_id",
        "pcode",
        "p_code",
        "settlement_pcode",
        "locality_pcode",
        "ADM4_PCODE",
        "#loc+code",
    ),
    "name_en": (
        "name_en",
        "name:en",
        "featureName_en",
        "int_name",
        "name",
        "settlement",
        "locality",
        "site_name",
        "#loc+name",
    ),
    "name_local": ("name_local", "name_@", "name:@", "featureName_@"),
    "area_id": (
        "area_id",
        "ADM4_PCODE",
        "ADM3_PCODE",
        "admin3Pcode",
        "ADM2_PCODE",
        "admin2Pcode",
        "ADM1_PCODE",
        "#adm4+code",
        "#adm3+code",
        "#adm2+code",
    ),
    "lat": points.LAT,
    "lon": points.LON,
    "place_class": ("place", "class", "fclass", "type", "settlement_type", "featureType"),
    "population": ("population", "pop", "residents_persons"),
    "control": ("control",),
    **population.COLUMNS,
}
OPTIONS = (
    Option(
        "population", "a table of people by area (COD-PS, HNO, DTM), spread over the places of each", "FILE"
    ),
    Option(
        "control",
        "who holds places of which the file does not say it; the first side of the manifest",
        "NAME",
    ),
    Option("classes", "the classes of OSM to take", "LIST", "city,town,village"),
    Option(
        "host-share",
        "free room with families, as a share of residents, for shelter.csv: an assumption; none without it",
        "SHARE",
    ),
    Option(
        "control-by-area",
        "a table of who holds each area, of any level: columns of P-codes and control",
        "FILE",
    ),
    Option(
        "empty-areas",
        "make a place in an area that has none, or leave it out",
        "make|leave",
        "leave",
    ),
    Option("outside-km", "how far outside all outlines a place may lie, as on a coast", "KM", "1"),
)
TWIN_KM = 1.0  # assumption: two of one name this near are one place
MADE = "made"  # stands for the file of a place that no file has
PLACELESS = 0.5  # of all points: if more lie in no area, it is another country, or lat and lon are swapped


def take(asked: Asked, report: Report) -> Taken:
    """Places in areas of the case, with people if a table of them, or the file itself, says how many."""
    columns = columns_asked(COLUMNS, asked)
    areas = rows_of(asked.case, "areas.csv")
    finest = max((row["level"] for row in areas), default="")
    known = [row["area_id"] for row in areas if row["level"] == finest]
    if not known:
        raise InputError(f"{asked.case / 'areas.csv'} has no areas; import boundaries first")
    found = [point for file in asked.files for point in points.read(file, columns, ("place",), report)]
    kept = _worth(found, columns, asked, report)
    outlines = _outlines(asked.case, known)
    area = _areas_of(kept, columns, known, outlines, asked, report)
    kept, area = _unlike([(p, a) for p, a in zip(kept, area, strict=True) if a], columns, report)
    if not kept:
        raise InputError(["no place is left", *report.by_reason()])
    _say_empty(area, known, asked, report)
    if asked.options.get("empty-areas") == "make":
        kept, area = _with_middles(kept, area, areas, outlines)
    rows = _rows(kept, area, columns, asked)
    parents = {row["area_id"]: row.get("parent_id") or "" for row in areas}
    _people(rows, kept, columns, asked, parents, report)
    said = [point.get(columns["control"]) for point in kept]
    for row, side in zip(rows, holding.sides(said, area, columns, asked, parents, report), strict=True):
        row["control"] = side
    holding.empty_what_is_not_modelled(rows, asked, report)
    of_osm = any(osm.is_osm(file) for file in asked.files)
    tables = {"places.csv": rows} | _shelter(rows, asked)
    return Taken(tables, {}, osm.LICENCE if of_osm else "", osm.ATTRIBUTION if of_osm else "")


def _say_empty(area: list[str], known: Sequence[str], asked: Asked, report: Report) -> None:
    """Say which areas have no place in the files, and what is done about it."""
    answer = asked.options.get("empty-areas")
    if answer not in ("make", "leave"):
        raise InputError(f"--empty-areas is {answer!r}; expected make or leave")
    empty = sorted(set(known) - set(area))
    done = (
        "one is made in the middle of each" if answer == "make" else "--empty-areas make puts one into each"
    )
    if empty:
        report.note(
            f"{len(empty):,} of {len(known):,} areas have no place, as {', '.join(empty[:5])}: {done}"
        )


def _worth(found: list[Point], columns: points.Columns, asked: Asked, report: Report) -> list[Point]:
    """The points that have a name, a position and a class that was asked for."""
    classes = asked.words("classes", population.TYPICAL_PERSONS)
    if not any(math.isfinite(point.lat) and math.isfinite(point.lon) for point in found):
        names = sorted({name for point in found[:100] for name in point.said})
        raise InputError(
            f"{found[0].file} has no points: found {', '.join(names[:15])}; expected lat and lon in degrees, "
            "or say --map lat=THEIRS --map lon=THEIRS"
        )
    kept = []
    for point in found:
        said = point.get(columns["place_class"]).lower()
        name = point.get(columns["name_en"])
        if not (abs(point.lat) <= 90 and abs(point.lon) <= 180):
            reason, detail = "its lat and lon are not degrees", ""
        elif not name:
            reason, detail = "it has no name", said
        elif (said in population.TYPICAL_PERSONS or osm.is_osm(point.file)) and said not in classes:
            reason, detail = "its class is not among those asked for", said
        else:
            kept.append(point)
            continue
        report.drop(point.file, point.row, name, reason, detail)
    return kept


def _areas_of(
    found: list[Point], columns: points.Columns, known: Sequence[str], outlines: rings.Outlines | None,
    asked: Asked, report: Report,
) -> list[str]:  # fmt: skip
    """The area of each place: by its P-code, else by its point; blank, and dropped, if it lies in none."""
    codes = [
        next((code for name in columns["area_id"] if (code := point.get((name,))) in known), "")
        for point in found
    ]
    if outlines is None:
        report.note("the case has no outlines: places are joined by P-code only")
        by_point = [""] * len(found)
    else:
        by_point = _by_point(found, outlines, asked, report, needed=[not code for code in codes])
    area = []
    n_other = 0
    for point, code, within in zip(found, codes, by_point, strict=True):
        area.append(code or within)
        n_other += bool(code and within and code != within)
        if not area[-1]:
            report.drop(
                point.file, point.row, point.get(columns["name_en"]), "it lies in no area of the case"
            )
    if n_other:
        report.note(f"{n_other:,} places lie in another area than their P-code says: the P-code is kept")
    return area


def _outlines(case: Path, known: Sequence[str]) -> rings.Outlines | None:
    """The outlines of the case's finest areas; None if it has none."""
    file = case / "outlines.geojson"
    if not file.is_file():
        return None
    by_area: dict[str, list[rings.Polygon]] = {}
    for feature in geojson.read(file):
        area = str((feature.get("properties") or {}).get("area_id", ""))
        if area in known:
            by_area.setdefault(area, []).extend(rings.polygons(feature))
    by_area = {area: polygons for area, polygons in by_area.items() if polygons}
    return rings.Outlines(by_area) if by_area else None


def _by_point(
    found: list[Point], outlines: rings.Outlines, asked: Asked, report: Report, needed: list[bool]
) -> list[str]:
    """The area each point lies in, or that is near enough; blank if none. InputError if most of them lie in none."""
    outside_km = asked.number("outside-km")
    lon, lat = np.array([p.lon for p in found]), np.array([p.lat for p in found])
    within = outlines.area_of(lon, lat)
    outside = np.flatnonzero(within < 0)
    if len(outside):
        within[outside], _ = outlines.nearest(lon[outside], lat[outside], outside_km)
        n_near = int((within[outside] >= 0).sum())
        if n_near:
            report.note(
                f"{n_near:,} places lie outside all outlines, within {outside_km:g} km: taken to the nearest area"
            )
    lost = (within < 0) & np.array(needed, dtype=bool)
    if len(found) and lost.mean() > PLACELESS:
        swapped = outlines.area_of(lat, lon) >= 0
        if swapped.mean() > PLACELESS:
            raise InputError(
                f"{found[0].file}: lat and lon are swapped: {int(swapped.sum()):,} of {len(found):,} points lie in "
                "areas the other way round; say --map lat=THEIRS --map lon=THEIRS"
            )
        low, high = outlines.low.min(axis=0), outlines.high.max(axis=0)
        if lost.all():
            raise InputError(
                f"{found[0].file}: none of {len(found):,} places lies in an area of the case; they lie at lat "
                f"{lat.min():.1f} to {lat.max():.1f}, lon {lon.min():.1f} to {lon.max():.1f}, its outlines at lat "
                f"{low[1]:.1f} to {high[1]:.1f}, lon {low[0]:.1f} to {high[0]:.1f}: is it another country?"
            )
    return [outlines.area_id[a] if a >= 0 else "" for a in within]


def _unlike(
    found: list[tuple[Point, str]], columns: points.Columns, report: Report
) -> tuple[list[Point], list[str]]:
    """Each place once: of several of one name within a kilometre the one of the largest class."""

    def size(point: Point) -> float:
        return population.TYPICAL_PERSONS.get(point.get(columns["place_class"]).lower(), 0)

    kept: list[tuple[Point, str]] = []
    by_name: dict[str, list[Point]] = {}
    for point, area in sorted(found, key=lambda each: -size(each[0])):
        name = point.get(columns["name_en"])
        twins = by_name.setdefault(name.lower(), [])
        if any(_km(point, other) <= TWIN_KM for other in twins):
            report.drop(point.file, point.row, name, f"another of that name lies within {TWIN_KM:g} km")
            continue
        twins.append(point)
        kept.append((point, area))
    kept.sort(key=lambda each: (each[1], each[0].get(columns["name_en"]), each[0].lat, each[0].lon))
    return [point for point, _ in kept], [area for _, area in kept]


def _km(one: Point, other: Point) -> float:
    shrink = math.cos(math.radians(one.lat))
    return rings.EARTH_KM_PER_DEGREE * math.hypot(one.lat - other.lat, (one.lon - other.lon) * shrink)


def _rows(found: list[Point], area: list[str], columns: points.Columns, asked: Asked) -> list[Row]:
    """Rows of places.csv without people. Without an id in the file it is the OSM id, or the area's with a number."""
    counted: Counter[str] = Counter()
    rows = []
    for point, area_id in zip(found, area, strict=True):
        counted[area_id] += 1
        own = point.get(columns["place_id"]) or (point.row if osm.is_osm(point.file) else "")
        rows.append({
            "place_id": own or f"{area_id}-{counted[area_id]:03d}",
            "name_en": point.get(columns["name_en"]),
            "name_local": point.get(columns["name_local"]),
            "area_id": area_id,
            "lat": round(point.lat, 5),
            "lon": round(point.lon, 5),
            "residents_persons": 0,
            "idps_persons": 0,
            "status": "assumed" if point.file == Path(MADE) else "",
            "note": "made: the middle of an area without a place" if point.file == Path(MADE) else "",
            "source": asked.source,
        })  # fmt: skip
    return rows


def _people(
    rows: list[Row], found: list[Point], columns: points.Columns, asked: Asked, parents: Mapping[str, str],
    report: Report,
) -> None:  # fmt: skip
    """Fill in people and how their number was found."""
    own = [points.number(point.get(columns["population"])) for point in found]
    classes = [point.get(columns["place_class"]).lower() for point in found]
    typical = [
        population.TYPICAL_PERSONS.get(c, population.TYPICAL_PERSONS[population.UNKNOWN_CLASS])
        for c in classes
    ]
    known = [math.isfinite(persons) and persons >= 0 for persons in own]
    if not asked.options.get("population"):
        for row, persons, is_known in zip(rows, own, known, strict=True):
            row["residents_persons"] = round(persons) if is_known else 0
            row["method"] = "as the file says" if is_known else "nobody says how many: 0, an assumption"
        report.note(
            f"{sum(known):,} of {len(rows):,} places have a population in the file itself; the others have 0"
        )
        return
    file = Path(asked.options["population"] or "")
    weights = [
        persons if is_known else size for persons, is_known, size in zip(own, known, typical, strict=True)
    ]
    areas = [row["area_id"] for row in rows]
    found_totals = population.totals(file, columns, parents, report)
    people = population.shared_out(found_totals, parents, areas, weights, report)
    for i, row in enumerate(rows):
        row["residents_persons"], row["idps_persons"] = int(people["residents"][i]), int(people["idps"][i])
        by = (
            "its own population"
            if known[i]
            else f"a typical {classes[i] or 'place'}, {typical[i]:,} persons: assumption"
        )
        row["method"] = f"the area's people spread in proportion to {by}"
    for key in ("residents", "idps"):
        given = sum(round(here[key]) for here in found_totals.values())
        if not given:
            continue
        report.note(
            f"{key}: {int(people[key].sum()):,} persons in places; the rows of {file.name} add up to {given:,}"
        )


def _with_middles(
    kept: list[Point], area: list[str], areas: list[Row], outlines: rings.Outlines | None
) -> tuple[list[Point], list[str]]:
    """The places, and one in the middle of each area that has none, named after it."""
    names = {row["area_id"]: row["name_en"] for row in areas}
    made = []
    for area_id in sorted(set(outlines.area_id if outlines else ()) - set(area)):
        assert outlines is not None
        lon, lat = outlines.middle(area_id)
        made.append(Point(Path(MADE), area_id, {"name": names[area_id]}, lat, lon))
    return [*kept, *made], [*area, *(point.row for point in made)]


def _shelter(rows: list[Row], asked: Asked) -> dict[str, list[Row]]:
    """Free room with families in every place where somebody lives, if a share was given."""
    if not asked.options.get("host-share"):
        return {}
    share = asked.number("host-share")
    none = dict.fromkeys(("rented_persons", "collective_persons", "unfinished_persons"), 0)
    said = f"assumption: {share:g} of residents"
    rooms = [
        {
            "place_id": row["place_id"],
            "host_persons": round(share * row["residents_persons"]),
            **none,
            "source": said,
        }
        for row in rows
        if row["residents_persons"]
    ]
    return {"shelter.csv": rooms} if rooms else {}
