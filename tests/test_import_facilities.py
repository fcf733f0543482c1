"""Health facilities of others come in by town, and nothing of a point, a name or an id stays."""

import json
from pathlib import Path

import pytest

from flightsim.case.importing import facilities, writing
from flightsim.case.importing.report import Asked, Report, Taken
from flightsim.errors import InputError

OSM = """<osm version="0.6">
  <node id="71" lat="44.9" lon="-140.011"/><node id="72" lat="44.9" lon="-140.009"/>
  <node id="77123" lat="44.8701" lon="-140.0022"><tag k="amenity" v="hospital"/><tag k="name" v="Saint X"/></node>
  <node id="77124" lat="44.8712" lon="-140.0013"><tag k="amenity" v="clinic"/>
    <tag k="operational_status" v="closed"/></node>
  <node id="77125" lat="44.8713" lon="-140.0014"><tag k="amenity" v="pharmacy"/></node>
  <node id="77126" lat="10.8713" lon="-140.0014"><tag k="healthcare" v="centre"/></node>
  <node id="77127" lat="44.8713" lon="-140.0014"><tag k="amenity" v="doctors"/><tag k="healthcare" v="doctor"/></node>
  <way id="88123"><nd ref="71"/><nd ref="72"/><tag k="healthcare" v="hospital"/></way>
</osm>
"""


def take(case: Path, file: Path, **columns: str) -> tuple[Taken, Report]:
    report = Report()
    options = {option.name: option.default for option in facilities.OPTIONS}
    return facilities.take(Asked([file], case, "OSM 2020", columns, options), report), report


def test_each_is_at_the_nearest_town(case: Path, tmp_path: Path) -> None:
    (tmp_path / "x.osm").write_text(OSM, encoding="utf-8")
    taken, report = take(case, tmp_path / "x.osm")
    found = [
        [row[c] for c in ("facility_id", "kind", "functioning", "status")]
        for row in taken.rows["facilities.csv"]
    ]
    assert found == [
        ["T02-F1", "hospital", 1, "assumed"],
        ["T02-F2", "hospital", 1, "assumed"],
        ["T02-F3", "health_centre", 1, "assumed"],
        ["T02-F4", "health_centre", 0, "reported"],
    ]
    assert [each.reason for each in report.dropped] == [
        "it is neither a hospital nor a health centre",
        "no place of the case within 10 km",
    ]


def test_a_protocol_buffer_says_the_same(case: Path, tmp_path: Path) -> None:
    osmium = pytest.importorskip("osmium")
    (tmp_path / "x.osm").write_text(OSM, encoding="utf-8")
    with osmium.SimpleWriter(str(tmp_path / "x.osm.pbf")) as writer:
        for each in osmium.FileProcessor(str(tmp_path / "x.osm")):
            writer.add(each)
    plain, packed = take(case, tmp_path / "x.osm"), take(case, tmp_path / "x.osm.pbf")
    assert packed[0] == plain[0]
    assert [each.reason for each in packed[1].dropped] == [each.reason for each in plain[1].dropped]


def test_no_point_name_or_id_of_a_facility_is_written(case: Path, tmp_path: Path) -> None:
    (tmp_path / "x.osm").write_text(OSM, encoding="utf-8")
    taken, report = take(case, tmp_path / "x.osm")
    texts = writing.contents(case, "facilities", taken, report, "OSM 2020", None, add=False)
    written = texts["facilities.csv"] + texts["import_facilities_dropped.csv"]
    assert "T02-F1" in written
    assert not [each for each in ("7712", "88123", "Saint", "44.87", "140.0") if each in written]


def test_healthsites_and_columns_of_ones_own(case: Path, tmp_path: Path) -> None:
    feature = {
        "type": "Feature", "properties": {"amenity": "hospital", "operational_status": "operational"},
        "geometry": {"type": "Point", "coordinates": [-140.0, 44.87]},
    }  # fmt: skip
    sites = tmp_path / "healthsites.geojson"
    sites.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    (row,) = take(case, sites)[0].rows["facilities.csv"]
    assert (row["place_id"], row["kind"], row["functioning"], row["status"]) == (
        "T02",
        "hospital",
        1,
        "reported",
    )
    (tmp_path / "x.csv").write_text("Y,X,what,works\n44.87,-140,Hospital,Closed\n", encoding="utf-8")
    (row,) = take(case, tmp_path / "x.csv", kind="what", functioning="works")[0].rows["facilities.csv"]
    assert (row["place_id"], row["functioning"]) == ("T02", 0)


def test_places_come_first(case: Path, tmp_path: Path) -> None:
    (case / "places.csv").write_text("place_id,lat,lon\n", encoding="utf-8")
    (tmp_path / "x.osm").write_text(OSM, encoding="utf-8")
    with pytest.raises(InputError, match="import places first"):
        take(case, tmp_path / "x.osm")
