"""Boundaries of others become areas and outlines."""

import csv
import importlib.util
import json
import sys
from pathlib import Path

import numpy as np
import pytest

from flightsim.case import geojson
from flightsim.case.importing import boundaries, rings, writing
from flightsim.case.importing.report import Asked, Report
from flightsim.errors import InputError

EXTRA = all(importlib.util.find_spec(each) for each in ("geopandas", "pyogrio"))


def box(west: float, south: float, east: float, north: float) -> list[list[float]]:
    """A ring that runs clockwise, as in many files."""
    return [[west, south], [west, north], [east, north], [east, south], [west, south]]


def feature(codes: tuple[str, ...], ring: list[list[float]], **more: object) -> dict:
    """A polygon as in OCHA's COD-AB."""
    properties: dict[str, object] = {"ADM0_EN": "Greenwater", "ADM0_PCODE": "GW", **more}
    for level, code in enumerate(codes, start=1):
        properties |= {f"ADM{level}_PCODE": code, f"ADM{level}_EN": f"Name {code}", f"ADM{level}_AR": "اسم"}
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


COD = [
    feature(("GW01", "GW0101", "GW010101"), box(10, 5, 10.5, 6)),
    feature(("GW01", "GW0101", "GW010102"), box(10.5, 5, 11, 6)),
    feature(("GW01", "GW0102", "GW010201"), box(11, 5, 12, 6)),
]


def write(path: Path, features: list[dict]) -> Path:
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8-sig")
    return path


def take(case: Path, *files: Path, columns: dict[str, str] | None = None, **options: str):
    report = Report()
    asked = Asked(list(files), case, "OCHA", columns or {}, options)
    return boundaries.take(asked, report), report


def test_every_level_becomes_areas_in_their_parents(case: Path) -> None:
    taken, report = take(case, write(case / "adm3.geojson", COD))
    rows = [(row["area_id"], row["level"], row["parent_id"]) for row in taken.rows["areas.csv"]]
    assert rows == [
        ("GW01", 1, ""), ("GW0101", 2, "GW01"), ("GW0102", 2, "GW01"),
        ("GW010101", 3, "GW0101"), ("GW010102", 3, "GW0101"), ("GW010201", 3, "GW0102"),
    ]  # fmt: skip
    assert taken.rows["areas.csv"][3]["name_en"] == "Name GW010101"
    assert taken.rows["areas.csv"][3]["name_local"] == "اسم"
    assert not report.dropped


def test_outlines_are_drawn_with_outer_rings_counter_clockwise_and_holes_clockwise(case: Path) -> None:
    holed = feature(("GW01", "GW0101", "GW010101"), box(10, 5, 11, 6))
    holed["geometry"]["coordinates"].append(box(10.2, 5.2, 10.4, 5.4)[::-1])
    taken, _ = take(case, write(case / "adm3.geojson", [holed]))
    (found,) = geojson.features(taken.maps["outlines.geojson"])
    outer, hole = (rings.signed_area(np.array(ring)) for ring in found["geometry"]["coordinates"])
    assert outer == pytest.approx(1.0)
    assert hole == pytest.approx(-0.04)


def test_two_polygons_of_one_code_are_one_area_of_two_parts(case: Path) -> None:
    island = feature(("GW01", "GW0101", "GW010101"), box(20, 5, 21, 6))
    taken, _ = take(case, write(case / "adm3.geojson", [*COD, island]))
    assert len(taken.rows["areas.csv"]) == 6
    (first, *_) = geojson.features(taken.maps["outlines.geojson"])
    assert first["geometry"]["type"] == "MultiPolygon"
    assert [part[0][0] for part in first["geometry"]["coordinates"]] == [[10, 5], [20, 5]]


def test_polygons_without_codes_or_in_two_parents_are_dropped_with_the_reason(case: Path) -> None:
    lake = feature(("GW01", "GW0101"), box(13, 5, 14, 6))
    lake["properties"] |= {"ADM3_PCODE": None, "ADM3_EN": "Lake"}
    stray = feature(("GW01", "GW0102", "GW010101"), box(14, 5, 15, 6))
    _, report = take(case, write(case / "adm3.geojson", [*COD, lake, stray]))
    assert [(each.row, each.reason) for each in report.dropped] == [
        ("4", "it has no P-code of level 3"),
        ("5", "its P-code of level 3 lies in another area of level 2 already"),
    ]


def test_a_coarser_level_can_be_the_finest(case: Path) -> None:
    taken, _ = take(case, write(case / "adm3.geojson", COD), finest="2")
    assert {row["level"] for row in taken.rows["areas.csv"]} == {1, 2}
    assert len(geojson.features(taken.maps["outlines.geojson"])) == 2


def test_the_newer_columns_and_a_map_of_ones_own(case: Path) -> None:
    newer = [
        {
            "type": "Feature",
            "properties": {
                "adm1_pcode": "GW01",
                "adm1_name": "East",
                "adm2_pcode": "GW0101",
                "adm2_name": "Hill",
            },
            "geometry": {"type": "Polygon", "coordinates": [box(10, 5, 11, 6)]},
        }
    ]
    taken, _ = take(case, write(case / "new.geojson", newer))
    assert [row["name_en"] for row in taken.rows["areas.csv"]] == ["East", "Hill"]
    own = json.loads(json.dumps(newer).replace("_pcode", "_code"))
    with pytest.raises(InputError, match=r"no column of P-codes: found adm1_code.*--map area_id=THEIRS"):
        take(case, write(case / "own.geojson", own))
    taken, _ = take(case, case / "own.geojson", columns={"area_id": "adm#_code"})
    assert [row["area_id"] for row in taken.rows["areas.csv"]] == ["GW01", "GW0101"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"type": "FeatureCollection", "features": []}', "has no features"),
        ('{"type": "Topology"}', "is not a GeoJSON FeatureCollection"),
        ("{", "cannot be read as GeoJSON"),
    ],
)
def test_a_file_that_holds_nothing_is_refused(case: Path, text: str, said: str) -> None:
    (case / "bad.geojson").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        take(case, case / "bad.geojson")


def test_metres_are_refused_with_the_cure(case: Path) -> None:
    utm = feature(("GW01", "GW0101", "GW010101"), box(400_000, 1_700_000, 410_000, 1_710_000))
    with pytest.raises(InputError, match="EPSG:4326"):
        take(case, write(case / "utm.geojson", [utm]))


def test_another_country_than_the_manifests_is_said(case: Path) -> None:
    far = feature(("FA01", "FA0101", "FA010101"), box(10, 5, 11, 6), ADM0_EN="Farland")
    _, report = take(case, write(case / "far.geojson", [far]))
    said = "the file is of Farland, but the manifest says that the country is Greenwater: which is right?"
    assert said in report.notes


def test_without_the_extra_a_shapefile_is_refused_with_the_cure(
    case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "geopandas", None)
    (case / "adm3.shp").write_bytes(b"\0")
    with pytest.raises(InputError, match=r"only GeoJSON can be read .* pip install 'flightsim\[geo\]'"):
        take(case, case / "adm3.shp")


@pytest.mark.skipif(not EXTRA, reason="needs the extra geo")
@pytest.mark.parametrize("name", ["cod.gpkg", "cod.shp"])
def test_geopackage_and_shapefile_say_the_same_as_geojson(case: Path, name: str) -> None:
    import geopandas

    plain = write(case / "adm3.geojson", COD)
    table = geopandas.read_file(plain).to_crs(3857)  # in metres: it is brought back to degrees
    if name.endswith("gpkg"):
        table[["ADM1_PCODE", "geometry"]].to_file(case / name, layer="adm1")
        table.to_file(case / name, layer="adm3")
    else:
        table.to_file(case / name)
    assert take(case, case / name)[0] == take(case, plain)[0]


def test_a_point_on_an_edge_belongs_to_the_area_whose_id_comes_first() -> None:
    outlines = rings.Outlines({"B": [[box(1, 0, 2, 1)]], "A": [[box(0, 0, 1, 1)]]})
    lon, lat = [0.5, 1.5, 1.0, 1.0, 2.0, 3.0], [0.5, 0.5, 0.5, 1.0, 0.0, 0.5]
    assert [outlines.area_id[a] if a >= 0 else "" for a in outlines.area_of(lon, lat)] == [
        "A",
        "B",
        "A",
        "A",
        "B",
        "",
    ]


def test_a_point_in_a_hole_is_outside_and_one_on_its_rim_inside() -> None:
    outlines = rings.Outlines({"A": [[box(0, 0, 3, 3), box(1, 1, 2, 2)]]})
    assert outlines.area_of([0.5, 1.5, 1.0], [0.5, 1.5, 1.5]).tolist() == [0, -1, 0]


def test_a_point_off_the_coast_goes_to_the_nearest_outline() -> None:
    outlines = rings.Outlines({"A": [[box(0, 0, 1, 1)]], "B": [[box(1.1, 0, 2, 1)]]})
    found, km = outlines.nearest([1.02, -1.0], [0.0, 0.5], within_km=5)
    assert found.tolist() == [0, -1]
    assert km[0] == pytest.approx(0.02 * 111.195)


def test_the_table_is_replaced_or_joined_and_the_manifest_tells_its_licence(case: Path) -> None:
    taken, report = take(case, write(case / "adm3.geojson", COD))
    texts = writing.contents(case, "boundaries", taken, report, "OCHA", "CC BY-IGO", add=False)
    assert next(csv.DictReader(texts["areas.csv"].splitlines()))["area_id"] == "GW01"
    assert "TY01" not in texts["areas.csv"]
    manifest = texts["manifest.yaml"]
    (case / "manifest.yaml").write_text(manifest, encoding="utf-8")
    said = writing.manifest_of(case)["tables"]
    assert said["areas.csv"]["licence"] == "CC BY-IGO"
    assert said["outlines.geojson"]["attribution"] == "OCHA"
    assert said["places.csv"]["licence"] == "CC0-1.0"
    assert len(said) == 11
    assert "\nmeasured: []\n" in manifest
    assert "TY010101" not in texts["outlines.geojson"]
    joined = writing.contents(case, "boundaries", taken, report, "OCHA", None, add=True)["areas.csv"]
    assert "TY01," in joined
    assert "GW010201," in joined


def test_what_is_added_joins_the_outlines_and_the_licences_too(case: Path) -> None:
    taken, report = take(case, write(case / "adm3.geojson", COD))
    texts = writing.contents(case, "boundaries", taken, report, "OCHA", "CC BY-IGO", add=True)
    assert len(geojson.features(texts["outlines.geojson"])) == 4 + 3
    (case / "manifest.yaml").write_text(texts["manifest.yaml"], encoding="utf-8")
    said = writing.manifest_of(case)["tables"]["areas.csv"]
    assert said["licence"] == "CC0-1.0; CC BY-IGO"
    assert said["attribution"] == "the flightsim contributors; OCHA"


def test_the_manifest_says_the_finest_level_and_no_word_for_a_finer_one(case: Path) -> None:
    manifest = (case / "manifest.yaml").read_text(encoding="utf-8")
    words = "levels: {1: county, 2: {one: parish, many: parishes}, 3: ward}  # as people say\n"
    (case / "manifest.yaml").write_text(words + manifest, encoding="utf-8")
    taken, report = take(case, write(case / "adm3.geojson", COD), finest="2")
    text = writing.contents(case, "boundaries", taken, report, "OCHA", None, add=False)["manifest.yaml"]
    assert "levels: {1: county, 2: {one: parish, many: parishes}}  # as people say\n" in text
    assert text.startswith("finest_level: 2\n")


def test_second_names_are_of_the_cases_language(case: Path) -> None:
    manifest = (case / "manifest.yaml").read_text(encoding="utf-8")
    (case / "manifest.yaml").write_text("language: fr\n" + manifest, encoding="utf-8")
    french = feature(("GW01", "GW0101", "GW010101"), box(10, 5, 11, 6), ADM3_FR="Bas")
    taken, _ = take(case, write(case / "adm3.geojson", [french]))
    assert [row["name_local"] for row in taken.rows["areas.csv"]] == ["", "", "Bas"]
