"""Named points with whatever is said of them, from OSM extracts, GeoJSON and other map files, and tables."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from flightsim.case.importing import figures, osm, rings, shapes, sheets
from flightsim.case.importing.report import Report
from flightsim.case.importing.sheets import plain
from flightsim.errors import InputError

LAT = ("lat", "latitude", "y", "lat_dd", "point_y", "latitude_dd", "centroid_lat", "#geo+lat")
LON = (
    "lon",
    "long",
    "lng",
    "longitude",
    "x",
    "lon_dd",
    "point_x",
    "longitude_dd",
    "centroid_lon",
    "#geo+lon",
)
Columns = Mapping[str, tuple[str, ...]]  # ours, and what they may be called


@dataclass(frozen=True)
class Point:
    """What a file says of one point. ``lat`` and ``lon`` are NaN where it does not say."""

    file: Path
    row: str  # of a table, number of a feature, or OSM id
    said: Mapping[str, str]  # by the file's own names, ``sheets.plain``
    lat: float
    lon: float
    tags: Mapping[str, str] = field(default_factory=dict)  # HXL tags by those names, of a table that has them

    def get(self, names: Collection[str]) -> str:
        """The first of these columns that is not blank; a name that begins with # is an HXL pattern."""
        return next((said for name in names if (said := self._said(name))), "")

    def _said(self, name: str) -> str:
        if name.startswith("#"):
            tagged = (column for column, tag in self.tags.items() if sheets.fits_tag(tag, name))
            return next((said for column in tagged if (said := self.said.get(column, ""))), "")
        return self.said.get(plain(name), "")


def read(
    file: Path, columns: Columns, keys: Collection[str], report: Report, ways: bool = False
) -> list[Point]:
    """The points of a file; of an OSM extract those with one of the tags ``keys``. InputError if there are none."""
    if osm.is_osm(file):
        found = [
            Point(file, id_, {plain(k): v.strip() for k, v in tags.items()}, lat, lon)
            for id_, tags, lat, lon in osm.tagged(file, keys, ways)
        ]
        if not found:
            raise InputError(f"{file} has no nodes with {' or '.join(keys)}=; expected at least one")
        return found
    if file.suffix.lower() in (*shapes.JSON, *shapes.OTHERS):
        return [_of_feature(file, n, each) for n, each in enumerate(shapes.features(file), start=1)]
    return _of_table(file, columns, report)


def _of_table(file: Path, columns: Columns, report: Report) -> list[Point]:
    """The rows of a table; a degree may be written with a decimal comma."""
    sheet = sheets.read(file, report)
    degrees = []
    for axis in ("lat", "lon"):
        column = sheet.column(columns[axis])
        known = sheet.degrees(column) if column else [None] * len(sheet.lines)
        degrees.append([math.nan if value is None else value for value in known])
    tags = {plain(column): tag for column, tag in sheet.tags.items()}
    return [
        Point(
            file, str(line.row), {plain(column): cell for column, cell in line.said.items()}, lat, lon, tags
        )
        for line, lat, lon in zip(sheet.lines, *degrees, strict=True)
    ]


def _of_feature(file: Path, n: int, feature: shapes.Feature) -> Point:
    said = {plain(str(k)): _text(v) for k, v in (feature.get("properties") or {}).items() if v is not None}
    geometry = feature.get("geometry") or {}
    corners = geometry.get("coordinates")
    if geometry.get("type") != "Point":
        outer = [corner for polygon in rings.polygons(feature) for corner in polygon[0][:-1]]
        corners = [sum(axis) / len(outer) for axis in list(zip(*outer, strict=False))[:2]] if outer else None
    try:
        lon, lat = float(corners[0]), float(corners[1])  # type: ignore[index]
    except (TypeError, ValueError, IndexError):
        lon = lat = math.nan
    return Point(file, str(n), said, lat, lon)


def number(text: str) -> float:
    """A number as people write it (``12 300``, ``12,300``); NaN if it is none."""
    (found,) = figures.numbers("", [(1, text)], whole=True)
    return math.nan if found is None else found


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
