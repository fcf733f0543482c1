"""Features with properties and a geometry in degrees, from GeoJSON, or from other map files with the extra ``geo``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from flightsim.case import geojson
from flightsim.errors import InputError

JSON = (".geojson", ".json")
OTHERS = (".gpkg", ".shp", ".zip", ".kml", ".fgb")
Feature = dict[str, Any]


def features(file: Path, fields: tuple[str, ...] = ()) -> list[Feature]:
    """The features of a map file, longitude before latitude, in degrees (WGS 84).

    ``fields``: of a file of several layers, the one that has most columns that begin so (in any case) is read.
    InputError, with the cure, if it cannot be read or has no features.
    """
    if not file.is_file():
        raise InputError(f"{file} is not there; expected a file ending in {', '.join((*JSON, *OTHERS))}")
    found = _of_json(file) if file.suffix.lower() in JSON else _of_others(file, fields)
    if not found:
        raise InputError(f"{file} has no features; expected at least one")
    return found


def _of_json(file: Path) -> list[Feature]:
    try:
        return geojson.read(file)
    except InputError as problem:
        troubles = problem.complaints[:10]
        if any("a coordinate of its" in said for said in troubles):
            troubles.append(
                "its coordinates look projected (metres) or are swapped: save it in WGS 84, EPSG:4326"
            )
        raise InputError(troubles) from problem


def _of_others(file: Path, fields: tuple[str, ...]) -> list[Feature]:
    try:
        import geopandas
        import pyogrio
    except ImportError:
        raise InputError(
            f"{file}: only GeoJSON can be read as flightsim is installed; pip install 'flightsim[geo]' for "
            "shapefiles and GeoPackages, or save it as GeoJSON"
        ) from None
    try:
        layers = [str(name) for name, kind in pyogrio.list_layers(file) if kind is not None]
        layer = max(
            layers, key=lambda each: _n_fields(pyogrio.read_info(file, layer=each), fields), default=None
        )
        table = geopandas.read_file(file, layer=layer)
        degrees = table if table.crs is None else table.to_crs(4326)
        text = degrees.to_json(default=str)
    except Exception as problem:  # GDAL's errors are of many kinds
        raise InputError(f"{file} cannot be read: {str(problem).splitlines()[0]}") from problem
    try:
        return geojson.features(text)
    except geojson.NotGeoJSON as problem:
        raise InputError([f"{file} {said}" for said in problem.troubles[:10]]) from problem


def _n_fields(info: dict[str, Any], fields: tuple[str, ...]) -> int:
    names = [str(name).lower() for name in info.get("fields", ())]
    return sum(name.startswith(tuple(field.lower() for field in fields)) for name in names)


def to_text(found: list[Feature]) -> str:
    """A GeoJSON collection, a line a feature."""
    lines = ",\n".join(json.dumps(each, ensure_ascii=False, separators=(", ", ": ")) for each in found)
    return '{"type": "FeatureCollection", "features": [\n' + lines + "\n]}\n"
