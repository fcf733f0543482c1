"""Settlements of others become places in areas, with people spread over them to the person."""

import bz2
import json
from pathlib import Path

import numpy as np
import pytest

from flightsim.case.importing import places, population, rings, writing
from flightsim.case.importing.report import Asked, Report, Taken
from flightsim.case.reading import shipped_cases
from flightsim.errors import InputError

AREAS = """area_id,level,name_en,name_ar,parent_id,source
GW01,1,East,,,x
GW0101,2,Hill,,GW01,x
GW010101,3,Low,,GW0101,x
GW010102,3,High,,GW0101,x
GW010103,3,Nobody's,,GW0101,x
"""


def box(area: str, west: float, east: float) -> dict:
    ring = [[west, 5], [east, 5], [east, 6], [west, 6], [west, 5]]
    return {
        "type": "Feature",
        "properties": {"area_id": area},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


@pytest.fixture
def case(tmp_path: Path) -> Path:
    folder = tmp_path / "mine"
    folder.mkdir()
    for file in shipped_cases()["toy"].iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    (folder / "areas.csv").write_text(AREAS, encoding="utf-8")
    shapes = [box("GW010101", 10, 10.5), box("GW010102", 10.5, 11), box("GW010103", 11, 12)]
    (folder / "outlines.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "features": shapes}), encoding="utf-8"
    )
    return folder


OSM = """<?xml version='1.0' encoding='UTF-8'?>
<osm version="0.6">
  <node id="1" lat="5.5" lon="10.2"><tag k="place" v="town"/><tag k="name" v="الضفة"/><tag k="name:en" v="Bank"/>
    <tag k="name:ar" v="الضفة"/></node>
  <node id="2" lat="5.6" lon="10.5"><tag k="place" v="village"/><tag k="name" v="Edge"/></node>
  <node id="3" lat="5.7" lon="10.8"><tag k="place" v="village"/><tag k="name" v="High"/>
    <tag k="population" v="2500"/></node>
  <node id="4" lat="5.701" lon="10.801"><tag k="place" v="village"/><tag k="name" v="High"/></node>
  <node id="5" lat="5.7" lon="10.7"><tag k="place" v="hamlet"/><tag k="name" v="Tiny"/></node>
  <node id="6" lat="5.7" lon="10.6"><tag k="place" v="village"/></node>
  <node id="7" lat="9.7" lon="10.6"><tag k="place" v="village"/><tag k="name" v="Abroad"/></node>
  <node id="8" lat="5.2" lon="10.6"/>
  <node id="9" lat="4.995" lon="10.7"><tag k="place" v="village"/><tag k="name" v="Shore"/></node>
</osm>
"""


def take(
    case: Path, *files: Path, columns: dict[str, str] | None = None, **options: str
) -> tuple[Taken, Report]:
    report = Report()
    given = {option.name: option.default for option in places.OPTIONS}
    given |= {name.replace("_", "-"): value for name, value in options.items()}
    return places.take(Asked(list(files), case, "OSM", columns or {}, given), report), report


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def by_name(taken: Taken) -> dict[str, dict]:
    return {row["name_en"]: row for row in taken.rows["places.csv"]}


def test_an_osm_extract_needs_no_library(case: Path) -> None:
    taken, report = take(case, write(case / "x.osm", OSM))
    found = by_name(taken)
    assert {name: row["area_id"] for name, row in found.items()} == {
        "Bank": "GW010101", "Edge": "GW010101", "High": "GW010102", "Shore": "GW010102",
    }  # fmt: skip
    assert found["Bank"]["name_local"] == "الضفة"
    assert found["Bank"]["place_id"] == "N1"
    assert (found["High"]["lat"], found["High"]["lon"]) == (5.7, 10.8)
    assert found["High"]["residents_persons"] == 2500
    assert found["Bank"]["residents_persons"] == 0
    assert {each.row: each.reason for each in report.dropped} == {
        "N4": "another of that name lies within 1 km",
        "N5": "its class is not among those asked for",
        "N6": "it has no name",
        "N7": "it lies in no area of the case",
    }
    assert "1 places lie outside all outlines, within 1 km: taken to the nearest area" in report.notes
    assert taken.licence == "ODbL-1.0"


def test_a_packed_extract_says_the_same(case: Path) -> None:
    packed = case / "x.osm.bz2"
    packed.write_bytes(bz2.compress(OSM.encode()))
    assert take(case, packed)[0] == take(case, write(case / "x.osm", OSM))[0]


def test_a_protocol_buffer_says_the_same(case: Path) -> None:
    osmium = pytest.importorskip("osmium")
    plain = write(case / "x.osm", OSM)
    with osmium.SimpleWriter(str(case / "x.osm.pbf")) as writer:
        for each in osmium.FileProcessor(str(plain)):
            writer.add(each)
    assert take(case, case / "x.osm.pbf")[0] == take(case, plain)[0]


def test_people_are_spread_to_the_person(case: Path) -> None:
    people = write(
        case / "pop.csv", 'ADM3_PCODE,T_TL,IDPs\nGW010101,"10,001",7\nGW010102,4000,\nGW010103,55,\nXX,9,\n'
    )
    taken, report = take(case, write(case / "x.osm", OSM), population=str(people))
    found = by_name(taken)
    assert found["Bank"]["residents_persons"] + found["Edge"]["residents_persons"] == 10_001
    assert found["Bank"]["residents_persons"] == 9_092  # 15,000 of 16,500 parts
    assert [found[name]["idps_persons"] for name in ("Bank", "Edge")] == [6, 1]
    assert found["High"]["residents_persons"] == 2_500  # its own 2,500 beside a typical village's 1,500
    assert found["Shore"]["residents_persons"] == 1_500
    assert "its own population" in found["High"]["method"]
    assert "assumption" in found["Shore"]["method"]
    lost = {
        (each.row, each.reason, each.detail)
        for each in report.dropped
        if each.file in ("population", "pop.csv")
    }
    assert lost == {
        ("GW010103", "people of an area in which no place lies", "55 residents"),
        ("5", "its P-code is no area of the case", ""),
    }
    assert "residents: 14,001 persons in places; the rows of pop.csv add up to 14,056" in report.notes


def test_a_coarser_total_is_for_what_finer_ones_do_not_count(case: Path) -> None:
    people = write(
        case / "pop.csv", "admin2Pcode,admin3Pcode,population\nGW0101,,5000\nGW0101,GW010101,3000\n"
    )
    taken, _ = take(case, write(case / "x.osm", OSM), population=str(people))
    residents = {name: row["residents_persons"] for name, row in by_name(taken).items()}
    assert residents["Bank"] + residents["Edge"] == 3000
    assert residents["High"] + residents["Shore"] == 2000


def test_spreading_keeps_the_sum_whatever_the_weights() -> None:
    rng = np.random.default_rng(1)
    for _ in range(50):
        total, weights = int(rng.integers(0, 10_000)), rng.exponential(size=rng.integers(1, 40))
        found = population.spread(total, weights)
        assert found.sum() == total
        assert (np.abs(found - total * weights / weights.sum()) < 1).all()
    assert population.spread(5, [0, 0]).tolist() == [3, 2]


def test_a_table_is_joined_by_code_and_its_columns_can_be_mapped(case: Path) -> None:
    text = "Name;Y_COORD;X_COORD;ADM3_PCODE\nFar;20;20;GW010102\nNear;5,5;10,2;\n"
    mapped = {"lat": "Y_COORD", "lon": "X_COORD", "name_en": "Name"}
    taken, _ = take(case, write(case / "p.csv", text), columns=mapped)
    assert [(row["place_id"], row["name_en"]) for row in taken.rows["places.csv"]] == [
        ("GW010101-001", "Near"),
        ("GW010102-001", "Far"),
    ]
    with pytest.raises(InputError, match="expected lat and lon in degrees, or say --map lat=THEIRS"):
        take(case, case / "p.csv")


def test_geojson_points_are_read(case: Path) -> None:
    feature = {
        "type": "Feature", "properties": {"name": "Dot", "place": "town", "population": 1200.0},
        "geometry": {"type": "Point", "coordinates": [10.7, 5.5]},
    }  # fmt: skip
    file = write(case / "p.geojson", json.dumps({"type": "FeatureCollection", "features": [feature]}))
    (row,) = take(case, file)[0].rows["places.csv"]
    assert (row["name_en"], row["area_id"], row["residents_persons"]) == ("Dot", "GW010102", 1200)


def test_swapped_degrees_and_another_country_are_told_apart(case: Path) -> None:
    with pytest.raises(InputError, match="lat and lon are swapped: 2 of 2 points"):
        take(case, write(case / "p.csv", "name,lat,lon\nA,10.2,5.5\nB,10.7,5.5\n"))
    with pytest.raises(
        InputError, match=r"none of 1 places lies .* at lat 50.0 to 50.0, .* is it another country\?"
    ):
        take(case, write(case / "q.csv", "name,lat,lon\nA,50,5.5\n"))


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("x.osm", "<osm><node", "line 1 cannot be read as OSM"),
        ("x.osm", "<gpx></gpx>", "is XML but no OSM"),
        ("x.osm", "<osm><node id='1' lat='1' lon='1'/></osm>", "has no nodes with place="),
        ("x.osm.bz2", "<osm/>", "cannot be read"),
        ("x.csv", "", "is an empty file"),
        ("x.csv", "name,lat,lon\n", "and no rows below it"),
    ],
)
def test_what_holds_no_places_is_refused(case: Path, name: str, text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        take(case, write(case / name, text))


def test_a_side_that_is_not_the_cases_is_refused_with_the_nearest(case: Path) -> None:
    with pytest.raises(InputError, match="did you mean 'opposition'"):
        take(case, write(case / "x.osm", OSM), control="oposition")


def test_where_nobody_is_modelled_nobody_lives(case: Path) -> None:
    text = "name,lat,lon,control,population\nA,5.5,10.2,government,100\nB,5.5,10.7,sna,50\n"
    taken, report = take(case, write(case / "p.csv", text))
    assert {row["name_en"]: row["residents_persons"] for row in taken.rows["places.csv"]} == {"A": 0, "B": 50}
    assert any(note.startswith("100 persons are left out") for note in report.notes)


def test_rows_that_a_table_cannot_hold_are_dropped_with_the_reason(case: Path) -> None:
    text = "name,lat,lon,control,place_id\nA,5.5,10.2,rebels,P1\nB,5.5,10.7,sna,P2\nC,5.6,10.7,sna,P2\n"
    taken, report = take(case, write(case / "p.csv", text))
    texts = writing.contents(case, "places", taken, report, "somebody", None, add=False)
    (kept,) = texts["places.csv"].splitlines()[1:]
    assert kept == 'P2,B,GW010102,5.5,10.7,0,0,sna,"nobody says how many: 0, an assumption",OSM'
    dropped = texts["import_places_dropped.csv"].splitlines()[1:]
    assert [line for line in dropped if line.startswith("places.csv")] == [
        "places.csv,P1,A,\"control is not as expected: opposition, sna, government or sdf\",'rebels'",
        "places.csv,P2,C,place_id is there twice,",
    ]


def test_room_with_families_is_a_share_of_residents_if_asked(case: Path) -> None:
    taken, _ = take(case, write(case / "x.osm", OSM), host_share="0.1")
    assert [(row["place_id"], row["host_persons"]) for row in taken.rows["shelter.csv"]] == [("N3", 250)]
    assert "assumption" in taken.rows["shelter.csv"][0]["source"]
    assert "shelter.csv" not in take(case, case / "x.osm")[0].rows


def test_tables_as_people_have_them_are_understood(case: Path) -> None:
    """Semicolons, an Arabic code page, HXL tags below the header, thousands, and a total at the end."""
    places_file = case / "p.csv"
    head = "Locality;Lat;Long;Adm3\n#loc+name;#geo+lat;#geo+lon;#adm3+code\n"
    text = head + "الضفة;5,5;10,2;GW010101\nHigh;5,5;10,7;GW010102\n"
    places_file.write_bytes(text.encode("cp1256"))
    people = case / "people.csv"
    people.write_text(
        "Area code;People;Displaced\n#adm3+code;#population+total;#affected+idps\n"
        "GW010101;12.000;1.500\nGW010102;1.000.000;\nTotal;1.012.000;1.500\n",
        encoding="utf-8-sig",
    )
    taken, report = take(case, places_file, population=str(people))
    found = [
        (row["name_en"], row["area_id"], row["residents_persons"], row["idps_persons"])
        for row in taken.rows["places.csv"]
    ]
    assert found == [("الضفة", "GW010101", 12_000, 1_500), ("High", "GW010102", 1_000_000, 0)]
    assert [(each.file, each.reason) for each in report.dropped] == [
        ("people.csv", "it is a total of other rows")
    ]


def test_who_holds_areas_is_for_the_places_in_them(case: Path) -> None:
    sides = write(case / "sides.csv", "admin2Pcode,admin3Pcode,control\nGW0101,,sna\nGW0101,GW010101,sdf\n")
    text = "name,lat,lon,control\nA,5.5,10.2,\nB,5.5,10.7,\nC,5.6,10.7,opposition\n"
    taken, _ = take(case, write(case / "p.csv", text), control_by_area=str(sides))
    assert {row["name_en"]: row["control"] for row in taken.rows["places.csv"]} == {
        "A": "sdf", "B": "sna", "C": "opposition",
    }  # fmt: skip
    wrong = write(case / "wrong.csv", "admin3Pcode,control\nGW010101,snaa\n")
    with pytest.raises(InputError, match=r"row 2: control is 'snaa'; expected .* \(did you mean 'sna'\?\)"):
        take(case, case / "p.csv", control_by_area=str(wrong))


def test_an_area_without_a_place_can_have_one_made_in_its_middle(case: Path) -> None:
    people = write(case / "pop.csv", "ADM3_PCODE,T_TL\nGW010103,55\n")
    taken, report = take(case, write(case / "x.osm", OSM), population=str(people), empty_areas="make")
    (made,) = (row for row in taken.rows["places.csv"] if row["area_id"] == "GW010103")
    assert (made["place_id"], made["name_en"]) == ("GW010103-001", "Nobody's")
    assert (made["lat"], made["lon"], made["residents_persons"]) == (5.5, 11.5, 55)
    assert made["status"] == "assumed"
    assert "1 of 3 areas have no place, as GW010103: one is made in the middle of each" in report.notes
    assert not [each for each in report.dropped if each.file == "population"]


def test_the_middle_of_an_area_is_inside_it() -> None:
    """Of a crescent the centre of gravity is outside; of a ring it is in the hole."""
    crescent = [[[0, 0], [4, 0], [4, 4], [0, 4], [0, 3], [3, 3], [3, 1], [0, 1], [0, 0]]]
    assert rings.middle([crescent]) == (3.5, 2.0)
    ring = [[[0, 0], [6, 0], [6, 6], [0, 6], [0, 0]], [[1, 1], [1, 5], [4, 5], [4, 1], [1, 1]]]
    assert rings.middle([ring]) == (5.0, 3.0)


def test_points_and_polygons_that_are_none_are_dropped_not_stumbled_over(case: Path) -> None:
    shapes = [
        None,
        {"type": "Polygon", "coordinates": []},
        {"type": "MultiPoint", "coordinates": [[10.7, 5.5]]},
    ]
    shapes += [{"type": "Point", "coordinates": [10.7, 5.5]}, {"type": "Point", "coordinates": []}]
    features = [
        {"type": "Feature", "properties": {"name": f"P{n}"}, "geometry": shape}
        for n, shape in enumerate(shapes)
    ]
    file = write(case / "p.geojson", json.dumps({"type": "FeatureCollection", "features": features}))
    taken, report = take(case, file)
    assert [row["name_en"] for row in taken.rows["places.csv"]] == ["P3"]
    assert [(each.row, each.reason) for each in report.dropped] == [
        (n, "its lat and lon are not degrees") for n in ("1", "2", "3", "5")
    ]
    odd = OSM.replace('lat="5.5" lon="10.2"', 'lat="north" lon="10.2"')
    _, report = take(case, write(case / "x.osm", odd))
    assert ("N1", "its lat and lon are not degrees") in [(each.row, each.reason) for each in report.dropped]


def test_switches_that_make_no_sense_are_refused(case: Path) -> None:
    file = write(case / "x.osm", OSM)
    with pytest.raises(InputError, match="--outside-km is '-3'; expected a number, 0 or more"):
        take(case, file, outside_km="-3")
    with pytest.raises(InputError, match="--empty-areas is 'fill'; expected make or leave"):
        take(case, file, empty_areas="fill")
    with pytest.raises(InputError, match=r"'twon' is unknown; .* \(did you mean 'town'"):
        take(case, file, classes="city,twon")
