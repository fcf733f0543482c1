"""GeoJSON as maps need it: read with or without a byte order mark, and checked feature by feature."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from flightsim.case.text_files import Unreadable, decoded
from flightsim.case.text_files import content as content_of
from flightsim.errors import InputError

LEAST = {
    "Polygon": 3,
    "MultiPolygon": 3,
    "LineString": 2,
    "MultiLineString": 2,
}  # different points in each part
DEPTH = {
    "LineString": 0,
    "MultiLineString": 1,
    "Polygon": 1,
    "MultiPolygon": 2,
}  # of lists around a list of points


CODE_NAMES = ("area_id", "adm{0}_pcode", "admin{0}pcode", "adm{0}pcode", "admin{0}_pcode", "pcode", "p_code")


class NotGeoJSON(Exception):
    """What is wrong with a file, a sentence each."""

    def __init__(self, *troubles: str) -> None:
        self.troubles = list(troubles)
        super().__init__("; ".join(troubles))


def features(content: str | bytes, points: bool = True) -> list[dict[str, Any]]:
    """The features of a collection; NotGeoJSON if a shape in it cannot be drawn, with the number of its feature.

    ``points``: they may be there, as in files of others that also place labels; they draw nothing.
    """
    try:
        text = decoded(content) if isinstance(content, bytes) else content.removeprefix("\ufeff")
        shapes = json.loads(text)
    except Unreadable as problem:
        raise NotGeoJSON(problem.why) from None
    except json.JSONDecodeError as error:
        raise NotGeoJSON(f"line {error.lineno} cannot be read as GeoJSON: {error.msg}") from None
    except (RecursionError, ValueError):
        raise NotGeoJSON("cannot be read as GeoJSON: nested too deeply, or too long a number") from None
    found = shapes.get("features") if isinstance(shapes, dict) else None
    if not isinstance(found, list):
        raise NotGeoJSON("is not a GeoJSON FeatureCollection: it has no list of features")
    troubles = [
        f"feature {n}: {said}" for n, each in enumerate(found, start=1) if (said := _trouble(each, points))
    ]
    if troubles:
        raise NotGeoJSON(*troubles)
    return found


def read(path: Path, what: str = "") -> list[dict[str, Any]]:
    """The features in a file; InputError with its name, and ``what`` it is for, if it has none that can be drawn."""
    try:
        return features(content_of(path))
    except Unreadable as problem:
        raise InputError(f"{what}{path} {problem.why}") from None
    except NotGeoJSON as problem:
        raise InputError([f"{what}{path} {said}" for said in problem.troubles]) from problem


def code_names(level: int) -> list[str]:
    """What files call the P-code of an area of this admin level, in small letters, best first."""
    return [name.format(level) for name in CODE_NAMES]


def code_of(feature: Mapping[str, Any], level: int) -> str:
    """The P-code of the outline of an area of this level, from the first of its names there is; blank if none is."""
    properties = {str(name).lower(): value for name, value in (feature.get("properties") or {}).items()}
    return next((str(properties[name]).strip() for name in code_names(level) if properties.get(name)), "")


def _trouble(feature: Any, points: bool) -> str:
    """What is wrong with a feature; blank if nothing. One without a geometry draws nothing."""
    if not isinstance(feature, dict) or not isinstance(feature.get("properties") or {}, dict):
        return "is no feature with properties"
    geometry = feature.get("geometry")
    if geometry is None:
        return ""
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if points and kind in ("Point", "MultiPoint"):
        return ""
    if kind not in DEPTH:
        return f"its geometry is {kind!r}; expected {', '.join(DEPTH)}"
    try:
        for part in _parts(geometry.get("coordinates"), DEPTH[kind]):
            different = {(_degrees(point[0], 180), _degrees(point[1], 90)) for point in part}
            if len(different) < LEAST[kind]:
                return f"a part of its {kind} has {len(different)} different points; expected {LEAST[kind]} or more"
    except (TypeError, IndexError, KeyError):
        return f"the coordinates of its {kind} are not lists of points [longitude, latitude]"
    except ValueError as error:
        return (
            f"a coordinate of its {kind} is {error}; expected degrees as numbers, longitude before latitude"
        )
    return ""


def _parts(coordinates: Any, depth: int) -> Iterator[list[Any]]:
    """The lists of points in nested lists."""
    if not isinstance(coordinates, list):
        raise TypeError
    if depth == 0:
        yield coordinates
        return
    for each in coordinates:
        yield from _parts(each, depth - 1)


def _degrees(value: Any, most: int) -> float:
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not abs(value) <= most
        or math.isnan(value)
    ):
        raise ValueError(repr(value))
    return float(value)
