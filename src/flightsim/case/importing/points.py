"""Named points with whatever is said of them, from OSM extracts, GeoJSON and other map files, and tables."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from flightsim.case.importing import osm, rings, shapes
from flightsim.case.text_files import read_text
from flightsim.errors import InputError

LAT = ("lat", "latitude", "y", "lat_dd", "point_y", "latitude_dd", "centroid_lat")
LON = ("lon", "long", "lng", "longitude", "x", "lon_dd", "point_x", "longitude_dd", "centroid_lon")
Columns = Mapping[str, tuple[str, ...]]  # ours, and what they may be called


@dataclass(frozen=True)
class Point:
    """What a file says of one point. ``lat`` and ``lon`` are NaN where it does not say."""

    file: Path
    row: str  # in a table (the header is row 1), number of a feature, or OSM id
    said: Mapping[str, str]  # by the file's own names in lower case
    lat: float
    lon: float

    def get(self, names: Collection[str]) -> str:
        """The first of these columns that is not blank."""
        return next((self.said[name.lower()] for name in names if self.said.get(name.lower())), "")


def read(file: Path, columns: Columns, keys: Collection[str], ways: bool = False) -> list[Point]:
    """The points of a file; of an OSM extract those with one of the tags ``keys``. InputError if there are none."""
    if osm.is_osm(file):
        found = [
            Point(file, id_, {k.lower(): v.strip() for k, v in tags.items()}, lat, lon)
            for id_, tags, lat, lon in osm.tagged(file, keys, ways)
        ]
    elif file.suffix.lower() in (*shapes.JSON, *shapes.OTHERS):
        found = [_of_feature(file, n, each) for n, each in enumerate(shapes.features(file), start=1)]
    else:
        found = [
            Point(file, str(n), row, _degrees(row, columns["lat"]), _degrees(row, columns["lon"]))
            for n, row in enumerate(table(file), start=2)
        ]
    if not found:
        what = f"nodes with {' or '.join(keys)}=" if osm.is_osm(file) else "rows"
        raise InputError(f"{file} has no {what}; expected at least one")
    return found


def _of_feature(file: Path, n: int, feature: shapes.Feature) -> Point:
    said = {str(k).lower(): _text(v) for k, v in (feature.get("properties") or {}).items() if v is not None}
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


def table(file: Path) -> list[dict[str, str]]:
    """The rows of a table, by its column names in lower case. InputError if it is none."""
    content = read_text(file)
    header = content.partition("\n")[0]
    separator = max(",;\t", key=header.count)
    rows = list(csv.reader(io.StringIO(content, newline=""), delimiter=separator))
    if not rows:
        raise InputError(f"{file} is empty; expected a header row and rows")
    names = [name.strip().lower() for name in rows[0]]
    return [dict(zip(names, (cell.strip() for cell in row), strict=False)) for row in rows[1:]]


def number(text: str) -> float:
    """A number as people write it (``12 300``, ``12,300``); NaN if it is none."""
    try:
        return float(text.replace(" ", "").replace("\u00a0", "").replace(",", ""))
    except ValueError:
        return math.nan


def _degrees(row: Mapping[str, str], names: Collection[str]) -> float:
    said = next((row[name.lower()] for name in names if row.get(name.lower())), "")
    try:
        return float(said.replace(",", "."))
    except ValueError:
        return math.nan


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
