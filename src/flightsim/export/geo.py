"""Areas with their outcomes, for QGIS: GeoJSON, and GeoPackage with the extra ``geo``."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from flightsim.case import geojson
from flightsim.errors import Complaints, InputError, nearest
from flightsim.files.atomic import write_text
from flightsim.needs.tables import Needs
from flightsim.world import RUNGS, Areas, World

NEEDED = ("water", "latrines_first_phase", "covered_space_cold", "food", "winter_kits")
SHORT = ("shelter_places", "site_places", "health_centres")
Geometry = dict[str, Any]


def boundaries(world: World, path: str | Path | None, needed: Sequence[str]) -> dict[str, Geometry]:
    """A geometry (degrees east and north) by P-code: the case's own outlines, or the user's official ones.

    InputError if a polygon has no P-code, a P-code stands there twice, or one of ``needed`` has no polygon. Polygons of
    other areas, of which a country's file has many, are left out.
    """
    file = Path(path) if path else world.folder / "outlines.geojson" if world.folder else None
    if file is None or (not path and not file.exists()):
        raise InputError(
            "the case has no outlines; give official ones with boundaries=PATH, or leave out the maps"
        )
    found: dict[str, Geometry] = {}
    complaints = Complaints(at_most=20)
    features = _features(file)
    for number, feature in enumerate(features, start=1):
        code = geojson.code_of(feature, world.areas.level)
        geometry = feature.get("geometry") or {}
        if not code:
            names_of_code = ", ".join(geojson.code_names(world.areas.level))
            complaints.add(f"{file}: feature {number} has no P-code; expected one of {names_of_code}")
        elif geometry.get("type") not in ("Polygon", "MultiPolygon"):
            complaints.add(f"{file}: {code} is {geometry.get('type') or 'nothing'}; expected a polygon")
        elif code in found:
            complaints.add(f"{file}: the P-code {code} stands there twice")
        else:
            found[code] = {"type": geometry["type"], "coordinates": geometry["coordinates"]}
    names = dict(zip(world.areas.area_id, world.areas.name, strict=True))
    others = [code for code in found if code not in names]
    for code in needed:
        if code not in found:
            complaints.add(
                f"{file}: {code} ({names.get(code, code)}) has no polygon{nearest(code, others, 0.85)}"
            )
    complaints.raise_if_any()
    return {code: found[code] for code in names if code in found}


def outcomes(needs: Needs, tables: Mapping[str, pd.DataFrame], scenario: str) -> pd.DataFrame:
    """A row an area: people by shelter at the end, flows of the run, needs, gaps, dates of breach."""
    areas = needs.study.world.areas
    code = areas.code_column
    frame = pd.DataFrame(areas.columns)
    frame.insert(0, "scenario", scenario)
    people = _of(tables["sheltered_persons"], scenario)
    people = people[people["date"] == needs.study.first.people.days[-1]]
    wide = people.pivot_table(index=code, columns="shelter", values="persons", aggfunc="first")
    for rung in ("all", *RUNGS):
        said = wide[rung] if rung in wide else pd.Series(dtype="float64")
        name = "sheltered_persons" if rung == "all" else f"in_{rung}"
        frame[name] = _at(said, frame[code]).astype("Float64").fillna(0)
    totals = _of(tables["run_totals"], scenario).set_index(code)
    for column in ("arrivals_persons", "displaced_persons"):
        frame[column] = _at(totals[column], frame[code])
    gaps = _of(tables["gaps"], scenario)
    for need in (*NEEDED, *SHORT):
        rows = gaps[gaps["need"] == need].set_index(code)
        frame[f"need_{need}"] = _at(rows["needed_end"], frame[code])
        if need in SHORT:
            frame[f"short_{need}"] = _at(rows["gap_end"], frame[code])
            frame[f"short_{need}_from"] = pd.to_datetime(_at(rows["breach_median"], frame[code]))
    frame["runs"] = next(s.people.runs for s in needs.study.scenes if s.name == scenario)
    return frame.assign(note="modelled, not observed")


def write_geojson(frame: pd.DataFrame, shapes: Mapping[str, Geometry], code: str, path: Path) -> None:
    """A feature an area that has an outline; null where something is not known.

    ``code``: the column of P-codes.
    """
    features = [
        {"type": "Feature", "properties": _plain(row), "geometry": shapes[row[code]]}
        for row in frame.to_dict("records")
        if row[code] in shapes
    ]
    text = json.dumps(
        {"type": "FeatureCollection", "name": path.stem, "features": features}, ensure_ascii=False
    )
    write_text(path, text + "\n")


def write_geopackage(
    layers: Mapping[str, pd.DataFrame], shapes: Mapping[str, Geometry], code: str, path: Path
) -> None:
    """A layer a scenario; needs geopandas. ``code``: the column of P-codes."""
    import geopandas

    for layer, frame in layers.items():
        there = frame[frame[code].isin(list(shapes))]
        features = [{"type": "Feature", "properties": {}, "geometry": shapes[each]} for each in there[code]]
        geometry = geopandas.GeoDataFrame.from_features(features, crs="EPSG:4326").geometry
        plain = there.reset_index(drop=True)
        for name in plain.select_dtypes("number"):
            plain[name] = plain[name].astype("float64")
        data = geopandas.GeoDataFrame(plain, geometry=geometry)
        data.to_file(path, layer=layer, driver="GPKG", engine="pyogrio")


def layer(areas: Areas) -> str:
    """The name of the areas' layer, of letters, digits and underscores: ``sub_districts``."""
    return re.sub(r"[^a-z0-9]+", "_", areas.noun.many.lower()).strip("_") or "areas"


def layer_names(scenarios: Sequence[str], areas: Areas) -> dict[str, str]:
    """A name for the layer of each scenario, of letters, digits and underscores."""
    if len(scenarios) == 1:
        return {scenarios[0]: layer(areas)}
    names: dict[str, str] = {}
    for scenario in scenarios:
        name = f"{layer(areas)}_{re.sub(r'[^A-Za-z0-9]+', '_', scenario).strip('_').lower() or 'scenario'}"
        names[scenario] = name if name not in names.values() else f"{name}_{len(names) + 1}"
    return names


def _at(values: pd.Series, codes: pd.Series) -> pd.Series:
    """Values by P-code as a column beside ``codes``; missing where there is none."""
    return values.reindex(codes).set_axis(codes.index)


def _of(frame: pd.DataFrame, scenario: str) -> pd.DataFrame:
    return frame[frame["scenario"] == scenario]


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Properties as JSON knows them."""
    plain: dict[str, Any] = {}
    for name, value in row.items():
        if not isinstance(value, str) and pd.isna(value):
            plain[str(name)] = None
        elif isinstance(value, pd.Timestamp):
            plain[str(name)] = value.date().isoformat()
        else:
            plain[str(name)] = value.item() if hasattr(value, "item") else value
    return plain


def _features(file: Path) -> list[dict[str, Any]]:
    """The features of a GeoJSON file; of any other map file that geopandas reads, brought to degrees."""
    if file.suffix.lower() in (".geojson", ".json"):
        return geojson.read(file, "boundaries ")
    try:
        import geopandas
    except ImportError as problem:
        raise InputError(
            f"boundaries {file}: only GeoJSON can be read without geopandas; pip install 'flightsim[geo]'"
        ) from problem
    try:
        table = geopandas.read_file(file)
        degrees = table if table.crs is None else table.to_crs(4326)
        return list(json.loads(degrees.to_json(default=str))["features"])
    except Exception as problem:  # GDAL's errors are of many kinds
        raise InputError(f"boundaries {file} cannot be read: {str(problem).splitlines()[0]}") from problem
