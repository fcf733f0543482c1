"""The committed Idlib case: anchors, roads, licences, counts; and its script still makes the same bytes."""

from __future__ import annotations

import csv
import filecmp
import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

import pytest
import yaml

REPOSITORY = Path(__file__).resolve().parents[1]
CASE = REPOSITORY / "src/flightsim/cases/idlib"
LIVED_IN = ("opposition", "sna")
Row = dict[str, str]


def rows(name: str) -> list[Row]:
    with (CASE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def places() -> dict[str, Row]:
    return {row["place_id"]: row for row in rows("places")}


@pytest.fixture(scope="module")
def events() -> list[Row]:
    return rows("events")


def persons(row: Row) -> int:
    return int(row["residents_persons"]) + int(row["idps_persons"])


def test_every_row_has_a_source() -> None:
    for name in sorted(path.stem for path in CASE.glob("*.csv")):
        assert all(row["source"] for row in rows(name)), name


def test_totals_and_anchors(places: dict[str, Row]) -> None:
    held: dict[str, int] = defaultdict(int)
    area: dict[str, int] = defaultdict(int)
    for row in places.values():
        held[row["control"]] += persons(row)
        area[row["area_id"]] += persons(row)
    assert held == {"opposition": 3_000_000, "sna": 1_000_000, "government": 0, "sdf": 0}
    assert area["SY070301"] == 712_000
    assert area["SY070200"] == 163_800
    assert persons(places["C3985"]) == 80_000
    idps = sum(int(row["idps_persons"]) for row in places.values() if row["control"] == "opposition")
    assert 1_100_000 <= idps <= 1_500_000
    assert Counter(row["control"] for row in places.values())["opposition"] == 645
    assert Counter(row["control"] for row in places.values())["sna"] == 549


def test_southern_idleb_holds_what_the_assessments_of_2018_and_2019_say(places: dict[str, Row]) -> None:
    table = {row["anchor"]: row for row in rows("anchors")}
    ratio = table["people for one in the census, southern Idleb"]
    assert float(ratio["low"]) == pytest.approx(495_000 / 294_397, abs=0.01)
    assert float(ratio["low"]) < float(ratio["case_figure"]) < float(ratio["high"])
    area: dict[str, int] = defaultdict(int)
    held: Counter[str] = Counter()
    for row in places.values():
        if row["control"] in LIVED_IN:
            area[row["area_id"]] += persons(row)
            held[row["area_id"]] += 1
    # census of 2004 and communities; nobody of these had the front near by November 2019
    for name, census, communities in (
        ("SY070003", 88_076, 28),
        ("SY070500", 83_487, 37),
        ("SY070501", 65_409, 19),
        ("SY070502", 27_098, 27),
    ):
        by_place = census * held[name] / communities
        assert 1.68 < area[name] / by_place < 2.09, name
    south = sum(people for a, people in area.items() if a.startswith(("SY0702", "SY0705", "SY070003")))
    assert 298_534 < south < 495_000 + 2.09 * (88_076 + 83_487 + 65_409 + 27_098)
    # IDPs of November 2018 alone: hosts come on top
    assert area["SY020001"] > 133_000
    assert area["SY070302"] > 87_000


def test_nobody_is_missing_and_every_row_has_a_status(places: dict[str, Row]) -> None:
    assert all(
        int(row[column]) >= 0 for row in places.values() for column in ("residents_persons", "idps_persons")
    )
    assert all(persons(row) > 0 for row in places.values() if row["control"] in LIVED_IN)
    assert {row["status"] for row in places.values()} == {"reported", "derived", "assumed"}
    assert [p for p, row in places.items() if row["status"] == "reported"] == ["C3985"]
    assert {
        row["status"] for row in places.values() if row["method"].startswith("belt: census of look-alike")
    } == {"assumed"}


def test_lower_bounds_and_table_of_anchors(places: dict[str, Row]) -> None:
    table = {row["anchor"]: row for row in rows("anchors")}
    assert len(table) > 60
    for name, row in table.items():
        if "lower bound" in name:
            assert float(row["case_figure"]) >= float(row["low"]), name
    for name in ("Idleb area", "people in registered sites", "Dana sub-district"):
        assert float(table[name]["difference"]) == 0, name


def test_sites_are_inside_the_idps_of_their_place(places: dict[str, Row]) -> None:
    sites = rows("sites")
    assert sum(int(row["population_persons"]) for row in sites) == 868_486
    assert sum(int(row["n_sites"]) for row in sites) == 483
    in_sites: dict[str, int] = defaultdict(int)
    for row in sites:
        in_sites[row["place_id"]] += int(row["population_persons"])
        assert int(row["capacity_persons"]) >= int(row["population_persons"])
    assert all(people <= int(places[p]["idps_persons"]) for p, people in in_sites.items())


def test_everybody_is_reached_without_crossing_the_lines(places: dict[str, Row]) -> None:
    crossings = {row["crossing_id"]: row for row in rows("crossings")}
    internal = {c for c, row in crossings.items() if row["kind"] == "internal"}
    open_nodes = internal | {p for p, row in places.items() if row["control"] in LIVED_IN}
    around: dict[str, set[str]] = defaultdict(set)
    degree: Counter[str] = Counter()
    for road in rows("roads"):
        u, v = road["u"], road["v"]
        assert {u, v} <= places.keys() | crossings.keys()
        degree.update((u, v))
        controls = {places[n]["control"] for n in (u, v) if n in places}
        assert controls != set(LIVED_IN), f"{road['road_id']} joins opposition and SNA without a crossing"
        if road["geometry"] == "inferred" and "connector" in road["source"]:
            assert controls in ({"opposition"}, {"sna"}) or not controls & set(LIVED_IN), road["road_id"]
        if {u, v} <= open_nodes:
            around[u].add(v)
            around[v].add(u)
    found, todo = {"C3871"}, ["C3871"]
    while todo:
        new = around[todo.pop()] - found
        found |= new
        todo += new
    assert found == open_nodes
    assert all(degree[c] == 1 for c in crossings.keys() - internal), "border gates are leaves"
    assert all(degree[p] for p in places)
    assert len(rows("roads")) <= 3_000


def test_road_values() -> None:
    for road in rows("roads"):
        assert float(road["km"]) > 0
        assert road["geometry"] in ("measured", "mixed", "inferred")
        assert float(road["capacity_vehicles_per_hour"]) == 300 or road["road_class"] != "track"


def test_known_distances() -> None:
    ratios = {row["pair"]: float(row["ratio"]) for row in rows("distance_checks")}
    assert ratios["Deir Ballut-Ghazawiya"] == pytest.approx(1.0, abs=0.02)
    assert ratios["Idlib-Bab al-Hawa"] == pytest.approx(1.0, abs=0.13)
    assert 0.95 <= sorted(ratios.values())[len(ratios) // 2] <= 1.15


def test_crossings_start_closed_to_turkey() -> None:
    rules = {(row["kind"], row["rule"]) for row in rows("crossings")}
    assert rules == {("border", "closed"), ("internal", "open")}


def test_maarat_hospital_closes_the_day_after_it_was_strafed(events: list[Row]) -> None:
    hospitals = {
        f["facility_id"] for f in rows("facilities") if f["place_id"] == "C3985" and f["kind"] == "hospital"
    }
    closed = {e["date"] for e in events if e["type"] == "facility_closed" and e["target"] in hospitals}
    assert max(closed) == "2019-12-23"
    struck = {e["date"] for e in events if e["type"] == "air_strike" and e["target"] == "C3985"}
    assert "2019-12-22" in struck


def test_closures_come_near_the_totals_that_were_counted(events: list[Row]) -> None:
    days = sorted(e["date"] for e in events if e["type"] == "facility_closed")
    for until, counted in (("2019-12-25", 16), ("2020-01-31", 69), ("2020-02-18", 74)):
        assert abs(sum(day <= until for day in days) - counted) <= 4


def test_december_has_the_raids_that_were_counted(events: list[Row]) -> None:
    raids: dict[str, float] = defaultdict(float)
    for e in events:
        if e["type"] == "air_strike":
            assert float(e["value"]) > 0
            raids[e["date"]] += float(e["value"])
    december = sum(value for day, value in raids.items() if day.startswith("2019-12"))
    assert december == pytest.approx(739, rel=0.01)
    for lull in (
        "2019-12-12",
        "2019-12-13",
        "2019-12-14",
        "2019-12-25",
        "2019-12-26",
        "2020-01-12",
        "2020-03-07",
    ):
        assert raids[lull] == 0
    assert raids["2019-12-20"] > 20, "a day without a count is not a day without raids"


def test_shelling_goes_on_in_the_lull(events: list[Row]) -> None:
    assert any(e["type"] == "shelling" and e["date"] == "2019-12-26" for e in events)


def test_captures_in_order(events: list[Row]) -> None:
    saraqab = [(e["date"], e["value"]) for e in events if e["type"] == "captured" and e["target"] == "C3916"]
    assert saraqab[0][1] == "government"
    assert saraqab == sorted(saraqab, key=lambda pair: pair[0])
    assert [value for _, value in saraqab] == ["government", "opposition", "government"]
    assert sum(e["type"] == "captured" for e in events) == 324


def test_statuses_and_targets(events: list[Row], places: dict[str, Row]) -> None:
    assert {e["status"] for e in events} == {"reported", "derived", "assumed"}
    assert len({e["event_id"] for e in events}) == len(events)
    for e in events:
        if e["type"] in ("air_strike", "shelling", "clash", "captured"):
            assert e["target"] in places
        assert "2019-11-01" <= e["date"] <= "2020-03-08"


def test_only_totals_after_27_january() -> None:
    later = [row for row in rows("observations") if row["date"] > "2020-01-27"]
    question = ("measure", "unit", "area_id", "destination_id", "group", "since")
    assert {tuple(row[name] for name in question) for row in later} == {
        ("displaced_cumulative", "people", "ALL", "", "", "2019-12-01")
    }
    assert [(row["date"], *(int(row[name]) for name in ("low", "best", "high"))) for row in later] == [
        ("2020-01-31", 500_000, 520_000, 586_500),
        ("2020-02-02", 570_000, 586_000, 600_000),
        ("2020-02-09", 650_000, 688_000, 710_000),
        ("2020-02-12", 800_000, 830_000, 840_000),
        ("2020-02-17", 865_000, 875_000, 900_000),
        ("2020-02-23", 940_000, 948_000, 960_000),
        ("2020-03-02", 950_000, 961_300, 980_000),
        ("2020-03-08", 950_000, 959_000, 980_000),
    ]
    assert all(row["source"].startswith("recommended series: ") for row in later), "weighed, as those before"


def test_observations_name_areas_of_the_case() -> None:
    known = {row["area_id"] for row in rows("areas")} | {"ALL"}
    named = [row[column] for row in rows("observations") for column in ("area_id", "destination_id")]
    assert {area for several in named if several for area in several.split("+")} <= known


def test_bounds_are_the_sources() -> None:
    (row,) = (r for r in rows("observations") if r["date"] == "2020-01-27" and r["low"])
    assert (row["low"], row["best"], row["high"]) == ("380000", "390000", "470000")


def test_manifest_gives_each_table_a_licence() -> None:
    manifest = yaml.safe_load((CASE / "manifest.yaml").read_text(encoding="utf-8"))
    for path in CASE.iterdir():
        if path.suffix in (".csv", ".geojson"):
            entry = manifest["tables"][path.name]
            assert all(entry[key] for key in ("licence", "attribution", "title", "modified_by")), path.name
    assert "ODbL" in manifest["tables"]["roads.csv"]["licence"]
    assert "OpenStreetMap" in manifest["tables"]["roads.csv"]["attribution"]
    assert all(manifest[key] for key in ("measured", "inferred", "not_for"))


def test_facilities_have_no_names() -> None:
    assert list(rows("facilities")[0]) == [
        "facility_id",
        "place_id",
        "kind",
        "functioning",
        "status",
        "source",
    ]


def test_outlines_are_the_sub_districts() -> None:
    outlines = json.loads((CASE / "outlines.geojson").read_text(encoding="utf-8"))
    drawn = {feature["properties"]["area_id"] for feature in outlines["features"]}
    assert drawn == {row["area_id"] for row in rows("areas") if row["level"] == "3"}
    assert (CASE / "outlines.geojson").stat().st_size < 400_000


def test_the_case_is_small() -> None:
    assert sum(path.stat().st_size for path in CASE.iterdir()) < 3_000_000


@pytest.mark.skipif("FLIGHTSIM_IDLIB_SOURCES" not in os.environ, reason="needs the source folder")
def test_the_script_makes_the_same_bytes(tmp_path: Path) -> None:
    script = REPOSITORY / "scripts/compile_idlib"
    subprocess.run([sys.executable, script, os.environ["FLIGHTSIM_IDLIB_SOURCES"], tmp_path], check=True)
    for case in (CASE, CASE.with_name("idlib_spring2019")):
        names = sorted(path.name for path in case.iterdir())
        assert filecmp.cmpfiles(case, tmp_path / case.name, names, shallow=False)[0] == names
