"""Official boundaries with P-codes (OCHA's COD-AB, or the like) become areas and their outlines."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flightsim.case.cells import Unexpected
from flightsim.case.columns import TABLES
from flightsim.case.importing import rings, shapes
from flightsim.case.importing.report import Asked, Option, Report, Row, Taken
from flightsim.case.importing.writing import columns_asked, manifest_of
from flightsim.errors import InputError, nearest

MEANING = "official boundaries with P-codes: areas.csv and outlines.geojson"
FILES = "GeoJSON; with the extra `geo` shapefile (also zipped) and GeoPackage"
COLUMNS: dict[str, tuple[str, ...]] = {  # # stands for the level, @ for the language of the manifest
    "area_id": ("ADM#_PCODE", "admin#Pcode", "adm#_pcode", "ADM#PCODE"),
    "name_en": (
        "ADM#_EN",
        "adm#_name",
        "admin#Name_en",
        "ADM#_REF",
        "ADM#_FR",
        "ADM#_ES",
        "ADM#_PT",
        "ADM#_NAME",
    ),
    "name_local": ("ADM#_@", "admin#Name_@"),
}
OPTIONS = (Option("finest", "the finest level to take: 2, 3 or 4; the finest there is", "LEVEL"),)
MOST_LEVELS = 5
Properties = Mapping[str, Any]


def take(asked: Asked, report: Report) -> Taken:
    """Areas of every level that the finest one names, and the outlines of the finest."""
    found = [
        (file, n, feature)
        for file in asked.files
        for n, feature in enumerate(shapes.features(file, ("ADM", "admin")), start=1)
    ]
    columns = columns_asked(COLUMNS, asked)
    finest = _finest(asked, [feature for _, _, feature in found], columns, report)
    areas: dict[str, Row] = {}
    outlines: dict[str, list[rings.Polygon]] = {}
    for file, n, feature in found:
        properties = {str(k).lower(): v for k, v in (feature.get("properties") or {}).items()}
        chain = [_area(properties, level, columns) for level in range(1, finest + 1)]
        reason = _trouble(chain, areas) or ("" if rings.polygons(feature) else "its geometry is no polygon")
        if reason:
            last = next((area for area in reversed(chain) if area["area_id"]), chain[-1])
            report.drop(file, n, last["name_en"] or last["area_id"], reason, last["area_id"])
            continue
        for area, parent in zip(chain, [{"area_id": ""}, *chain], strict=False):
            areas.setdefault(area["area_id"], area | {"parent_id": parent["area_id"], "source": asked.source})
        outlines.setdefault(chain[-1]["area_id"], []).extend(rings.polygons(feature))
    if not areas:
        raise InputError(["no polygon with P-codes of all levels was found", *report.by_reason()])
    _say(asked, found, areas, report)
    return Taken(
        rows={"areas.csv": sorted(areas.values(), key=lambda row: (row["level"], row["area_id"]))},
        maps={"outlines.geojson": _text(outlines, report)},
    )


def _finest(
    asked: Asked, found: list[shapes.Feature], columns: Mapping[str, tuple[str, ...]], report: Report
) -> int:
    """The finest level that has P-codes in the files, that the case can hold, and that was asked for."""
    names = {str(name).lower() for feature in found for name in (feature.get("properties") or {})}
    levels = [
        level
        for level in range(1, MOST_LEVELS + 1)
        if any(each.replace("#", str(level)).lower() in names for each in columns["area_id"])
    ]
    if not levels:
        wanted = ", ".join(each.replace("#", "3") for each in columns["area_id"])
        hint = "".join(nearest(each.replace("#", "3"), sorted(names)) for each in columns["area_id"][:1])
        raise InputError(
            f"no column of P-codes: found {', '.join(sorted(names)[:12]) or 'no columns at all'}; expected {wanted}"
            f"{hint}, or say --map area_id=THEIRS with # for the level"
        )
    can_hold = [level for level in levels if _can_hold(level)]
    if asked.options.get("finest"):
        wanted_level = int(asked.number("finest", 1))
        if wanted_level not in can_hold:
            raise InputError(f"--finest is {wanted_level}; expected one of {', '.join(map(str, can_hold))}")
        return wanted_level
    if len(can_hold) < len(levels):
        report.note(
            f"level {levels[-1]} is finer than a case can be: areas of level {can_hold[-1]} are taken"
        )
    return can_hold[-1]


def _can_hold(level: int) -> bool:
    try:
        return bool(TABLES["areas.csv"]["level"].value(str(level)))
    except Unexpected:
        return False


def _area(properties: Properties, level: int, columns: Mapping[str, tuple[str, ...]]) -> Row:
    """A row of areas.csv out of the columns of one level; a blank id where there is none."""
    said = {ours: _first(properties, theirs, level) for ours, theirs in columns.items()}
    name = said["name_en"] or said["area_id"]
    return {"area_id": said["area_id"], "level": level, "name_en": name, "name_local": said["name_local"]}


def _first(properties: Properties, names: tuple[str, ...], level: int) -> str:
    for each in names:
        value = properties.get(each.replace("#", str(level)).lower())
        if value is not None and str(value).strip():
            return re.sub(r"\.0$", "", str(value).strip()) if isinstance(value, float) else str(value).strip()
    return ""


def _trouble(chain: list[Row], areas: Mapping[str, Row]) -> str:
    """Why a polygon is not taken; blank if it is."""
    for area in chain:
        if not area["area_id"]:
            return f"it has no P-code of level {area['level']}"
    for parent, area in itertools.pairwise(chain):
        known = areas.get(area["area_id"])
        if known and known["parent_id"] != parent["area_id"]:
            return (
                f"its P-code of level {area['level']} lies in another area of level {parent['level']} already"
            )
        if area["area_id"] == parent["area_id"]:
            return f"its P-codes of levels {parent['level']} and {area['level']} are the same"
    for area in chain:
        known = areas.get(area["area_id"])
        if known and known["level"] != area["level"]:
            return f"its P-code of level {area['level']} is used on another level"
    return ""


def _say(
    asked: Asked, found: list[tuple[Path, int, shapes.Feature]], areas: Mapping[str, Row], report: Report
) -> None:
    """What is odd about the codes and names, and whether this is the country of the case."""
    by_level = Counter(row["level"] for row in areas.values())
    report.note("areas by level: " + ", ".join(f"{level}: {n:,}" for level, n in sorted(by_level.items())))
    digits = {len(code) for code in areas if code.isdigit()}
    if digits:
        report.note(
            "P-codes are bare numbers; if a spreadsheet took leading zeros away, give the original file"
        )
    odd = [code for code, row in areas.items() if row["parent_id"] and not code.startswith(row["parent_id"])]
    if odd and not digits:
        report.note(f"{len(odd):,} P-codes do not begin with that of the area above them; first {odd[0]}")
    country = str(manifest_of(asked.case).get("country", ""))
    properties = {str(k).lower(): v for k, v in (found[0][2].get("properties") or {}).items()}
    theirs = _first(properties, COLUMNS["name_en"], 0)
    if theirs and country and theirs.lower() not in country.lower() and country.lower() not in theirs.lower():
        report.note(
            f"the file is of {theirs}, but the manifest says that the country is {country}: which is right?"
        )


def _text(outlines: Mapping[str, list[rings.Polygon]], report: Report) -> str:
    """The outlines as GeoJSON: rings as the standard wants them, to about ten metres."""
    found = []
    for area_id, polygons in sorted(outlines.items()):
        tidy = [each for polygon in polygons if (each := rings.tidy(polygon))]
        if not tidy:
            report.drop("outlines.geojson", area_id, area_id, "its outline is smaller than some ten metres")
            continue
        one = len(tidy) == 1
        geometry = {
            "type": "Polygon" if one else "MultiPolygon",
            "coordinates": tidy[0] if one else tidy,
        }
        found.append({"type": "Feature", "properties": {"area_id": area_id}, "geometry": geometry})
    return shapes.to_text(found)
