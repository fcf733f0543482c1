"""Reading a case: what is read, that the order of rows means nothing, and what each fault is reported as."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import random
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flightsim.case import cells as reading
from flightsim.case.columns import TABLES
from flightsim.case.reading import Case, find_case, read_case, shipped_cases
from flightsim.errors import InputError
from flightsim.world import HOST, OPEN, RENTED, SITE, UNFINISHED
from models import examples
from worlds import GOVERNMENT

TOY = find_case("toy")


def rows_of(folder: Path, file: str) -> list[list[str]]:
    with (folder / file).open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def write_rows(folder: Path, file: str, rows: list[list[str]]) -> None:
    with (folder / file).open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows)


def spoil(folder: Path, file: str, row: int, column: str, value: str) -> None:
    """Set one cell; rows are counted as in the messages."""
    rows = rows_of(folder, file)
    rows[row - 1][rows[0].index(column)] = value
    write_rows(folder, file, rows)


def add_row(folder: Path, file: str, **values: str) -> None:
    """A copy of the last row with other values."""
    rows = rows_of(folder, file)
    rows.append([values.get(column, old) for column, old in zip(rows[0], rows[-1], strict=True)])
    write_rows(folder, file, rows)


def rewrite(folder: Path, file: str, change: Callable[[str], str]) -> None:
    path = folder / file
    path.write_bytes(change(path.read_bytes().decode()).encode())


def complaints(case: str | Path) -> list[str]:
    with pytest.raises(InputError) as trouble:
        read_case(case)
    return trouble.value.complaints


def the_complaint(case: str | Path) -> str:
    found = complaints(case)
    assert len(found) == 1, found
    return found[0]


def same(one: Any, other: Any) -> bool:
    """Equal, arrays and dataclasses of arrays too; NaN equals NaN."""
    if hasattr(one, "__dataclass_fields__"):
        return all(
            same(getattr(one, f), getattr(other, f)) for f in one.__dataclass_fields__ if f != "folder"
        )
    if isinstance(one, np.ndarray):
        return bool(np.array_equal(one, other, equal_nan=one.dtype.kind == "f"))
    return bool(one == other)


# What is read


@pytest.fixture(scope="module")
def toy() -> Case:
    return read_case("toy")


def test_toy_is_read(toy: Case) -> None:
    world = toy.world
    assert len(world.places) == 12
    assert world.persons == 32_500
    assert world.areas.name == ["Southmarch", "Midvale", "Lakeside", "Northgate"]
    assert [world.places.name[i] for i in world.areas.gateway] == [
        "Southmarch",
        "Midvale",
        "Lakeside",
        "Northgate",
    ]
    assert world.areas.within[1].name == ["Greenwater South"] * 2 + ["Greenwater North"] * 2
    assert set(world.areas.within[0].area_id) == {"TY01"}
    assert world.places.control[0] == GOVERNMENT
    assert not world.crossings.rule.any()  # closed
    assert world.facilities.is_hospital.tolist() == [True, False]
    assert world.manifest["start"] == date(2020, 1, 1)
    assert world.manifest["household_size_persons"] == 5.0
    assert world.observations[-1]["date"] == date(2020, 1, 14)
    assert toy.warnings == []
    assert toy.folder == TOY


def test_room_by_rung(toy: Case) -> None:
    pinefield = toy.world.places.place_id.index("T12")
    room = toy.world.room_persons[pinefield]
    assert room[[HOST, RENTED, UNFINISHED]].tolist() == [48, 8, 8]
    assert room[SITE] == 5000 - 2200
    assert room[OPEN] == np.inf
    assert toy.world.site_population_persons[pinefield] == 2200


def test_sites_of_a_place_are_added_up(toy_folder: Path) -> None:
    add_row(
        toy_folder,
        "sites.csv",
        site_id="S3",
        place_id="T12",
        population_persons="100",
        capacity_persons="150",
    )
    world = read_case(toy_folder).world
    pinefield = world.places.place_id.index("T12")
    assert world.room_persons[pinefield, SITE] == 2800 + 50
    assert world.site_population_persons[pinefield] == 2300


def test_events_are_in_order_of_time_with_typed_values(toy: Case) -> None:
    assert [(e.date, e.hour or 0) for e in toy.events] == sorted((e.date, e.hour or 0) for e in toy.events)
    by_id = {event.event_id: event for event in toy.events}
    assert by_id["E028"].value == "government"
    assert by_id["E028"].hour == 16
    assert by_id["E004"].value == 1.0
    pause = next(event for event in toy.events if event.type == "pause")
    assert (pause.hour, pause.hours, pause.value) == (9, 6.0, 1.0)
    closed = next(event for event in toy.events if event.type == "facility_closed")
    assert closed.hours is None
    assert closed.note == "hit by a strike"


def test_hashes_are_those_of_the_files(toy: Case) -> None:
    raw = (TOY / "places.csv").read_bytes()
    assert toy.hashes["places.csv"] == hashlib.sha256(raw).hexdigest()
    assert {"manifest.yaml", *TABLES, "observations.csv", "lines.geojson"} <= toy.hashes.keys()


def test_order_of_rows_means_nothing(toy: Case, toy_folder: Path) -> None:
    shuffled = random.Random(1)
    for file in (*TABLES, "observations.csv"):
        header, *rows = rows_of(toy_folder, file)
        shuffled.shuffle(rows)
        write_rows(toy_folder, file, [header, *rows])
    other = read_case(toy_folder)
    assert same(other.world, toy.world)
    assert other.events == toy.events


def test_order_of_columns_blank_rows_bom_crlf_and_quotes_mean_nothing(toy: Case, toy_folder: Path) -> None:
    rows = [row[::-1] for row in rows_of(toy_folder, "places.csv")]
    with (toy_folder / "places.csv").open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(rows)
    rewrite(toy_folder, "roads.csv", lambda text: text.replace("\n", "\r\n\r\n") + ",,,,,,,,,,\r\n")
    other = read_case(toy_folder)
    assert same(other.world, toy.world)


def test_a_quoted_comma_is_part_of_the_text(toy_folder: Path) -> None:
    spoil(toy_folder, "places.csv", 3, "name_en", "Southmarch, the old town")
    assert read_case(toy_folder).world.places.name[1] == "Southmarch, the old town"


def test_what_is_optional_may_be_missing(toy_folder: Path) -> None:
    for file in ("observations.csv", "outlines.geojson", "lines.geojson"):
        (toy_folder / file).unlink()
        rewrite(
            toy_folder, "manifest.yaml", lambda text, file=file: text.replace(f"  {file}:", "  README.md:", 1)
        )
        text = (toy_folder / "manifest.yaml").read_text()
        if text.count("README.md:") > 1:  # drop the second mention
            head, _, tail = text.rpartition("  README.md:")
            (toy_folder / "manifest.yaml").write_text(head + tail.split("\n", 5)[5])
    case = read_case(toy_folder)
    assert case.world.observations == []
    assert "lines.geojson" not in case.hashes


def test_tables_without_rows_are_legal_where_nothing_must_be(toy_folder: Path) -> None:
    for file in ("shelter.csv", "sites.csv", "facilities.csv", "events.csv"):
        write_rows(toy_folder, file, rows_of(toy_folder, file)[:1])
    case = read_case(toy_folder)
    assert case.events == []
    assert case.world.room_persons[:, :OPEN].sum() == 0
    assert case.world.room_persons.shape == (12, 6)
    assert "11 places (32,500 persons) without any room under a roof" in case.warnings[0]


def test_idlib_is_read_quickly() -> None:
    read_case("idlib")
    start = time.process_time()
    case = read_case("idlib")
    assert time.process_time() - start < 2.5  # about 0.2 s; a loose bound, for busy machines
    assert len(case.world.places) > 1000


# Gateways


def gateway_of_lakeside(folder: Path) -> str:
    world = read_case(folder).world
    return world.places.name[world.areas.gateway[world.areas.name.index("Lakeside")]]


def test_gateway_is_the_place_with_most_people_residents_and_displaced(toy_folder: Path) -> None:
    spoil(toy_folder, "places.csv", 10, "idps_persons", "4000")
    assert gateway_of_lakeside(toy_folder) == "Fernhollow"


def test_gateway_of_two_alike_has_more_roads_then_the_first_id(toy_folder: Path) -> None:
    for row in (9, 10, 11):
        spoil(toy_folder, "places.csv", row, "residents_persons", "2000")
        spoil(toy_folder, "places.csv", row, "idps_persons", "400")
    assert gateway_of_lakeside(toy_folder) == "Lakeside"  # three roads; the others have two
    rows = rows_of(toy_folder, "roads.csv")
    write_rows(toy_folder, "roads.csv", [row for row in rows if {"T08", "T11"} != set(row[1:3])])
    rewrite(toy_folder, "events.csv", lambda text: text.replace(",R16,", ",R01,"))
    assert gateway_of_lakeside(toy_folder) == "Lakeside"  # all have two: the first id


def test_gateway_is_not_where_one_does_not_go(toy_folder: Path) -> None:
    spoil(toy_folder, "places.csv", 9, "control", "government")
    for column in ("residents_persons", "idps_persons"):
        spoil(toy_folder, "places.csv", 9, column, "0")
        spoil(toy_folder, "places.csv", 10, column, "0")
        spoil(toy_folder, "places.csv", 11, column, "0")
    write_rows(toy_folder, "sites.csv", rows_of(toy_folder, "sites.csv")[:2])
    assert gateway_of_lakeside(toy_folder) == "Fernhollow"


# What is odd but can be lived with


def test_a_place_without_a_road_is_counted_and_named(toy_folder: Path) -> None:
    rows = rows_of(toy_folder, "roads.csv")
    write_rows(toy_folder, "roads.csv", [row for row in rows if "T09" not in row])
    case = read_case(toy_folder)
    assert len(case.world.places) == 12
    assert case.warnings == [
        "1 place (800 persons) without a road, where nobody can leave or arrive: Fernhollow T09"
    ]


def test_places_cut_off_are_counted_and_named(toy_folder: Path) -> None:
    rows = rows_of(toy_folder, "roads.csv")
    cut = [{"T05", "T11"}, {"T06", "T11"}, {"T08", "T11"}]
    write_rows(toy_folder, "roads.csv", [row for row in rows if set(row[1:3]) not in cut])
    rewrite(toy_folder, "events.csv", lambda text: text.replace(",R16,", ",R01,"))
    [warning] = read_case(toy_folder).warnings
    assert warning.startswith("2 places (5,800 persons) cut off from the others by road")
    assert "Northgate T11, Pinefield T12" in warning


def test_a_place_far_off_a_short_road_a_lone_crossing_an_empty_area(toy_folder: Path) -> None:
    spoil(toy_folder, "places.csv", 10, "lat", "-45")
    spoil(toy_folder, "roads.csv", 2, "km", "3")
    add_row(toy_folder, "crossings.csv", crossing_id="WEST")
    add_row(toy_folder, "areas.csv", area_id="TY010203")
    warnings = read_case(toy_folder).warnings
    assert any("1 place (800 persons) more than 500 km" in text for text in warnings)
    assert any("R01 3 for 15.0 km" in text and "shorter than the straight line" in text for text in warnings)
    assert "1 crossing without a road: WEST" in warnings
    assert "1 area of level 3 without a place, left out: TY010203" in warnings


def test_events_at_odds_are_counted_and_the_later_id_comes_last(toy_folder: Path) -> None:
    add_row(
        toy_folder,
        "events.csv",
        event_id="E900",
        date="2020-01-09",
        type="captured",
        target="T04",
        value="sna",
    )
    case = read_case(toy_folder)
    assert any("1 event at odds" in text and "E900" in text for text in case.warnings)
    assert [event.value for event in case.events if event.target == "T04" and event.type == "captured"][
        -1
    ] == "sna"


def test_an_observation_of_elsewhere_is_kept_and_said(toy_folder: Path) -> None:
    spoil(toy_folder, "observations.csv", 4, "area_id", "TY01020")
    case = read_case(toy_folder)
    assert len(case.world.observations) == 3
    assert "1 observation of 'TY01020', which is no area_id" in case.warnings[0]


def test_a_misspelt_optional_table_is_said(toy_folder: Path) -> None:
    (toy_folder / "observations.csv").rename(toy_folder / "observation.csv")
    rewrite(toy_folder, "manifest.yaml", lambda text: text.replace("observations.csv", "observation.csv"))
    assert read_case(toy_folder).warnings == [
        "observation.csv is not read (did you mean 'observations.csv'?)"
    ]


# A case that is not there, or half there


def test_unknown_name_names_the_nearest_and_all() -> None:
    text = the_complaint("idlip")
    assert "case 'idlip' is not there" in text
    assert f"expected {', '.join(sorted(shipped_cases()))} or the path of a folder" in text
    assert "did you mean 'idlib'?" in text
    assert {"idlib", "toy"} <= shipped_cases().keys()


@pytest.mark.parametrize("case", ["", " ", "no/such/folder", "a\0b", "x" * 5000, "~nobody-of-that-name/x"])
def test_what_is_no_path_is_said(case: str) -> None:
    assert the_complaint(case).startswith("case ")


def test_a_file_an_empty_folder_a_half_one(tmp_path: Path, toy_folder: Path) -> None:
    assert "is a file; expected a folder" in the_complaint(toy_folder / "places.csv")
    (tmp_path / "empty").mkdir()
    assert "is empty; expected manifest.yaml, areas.csv" in the_complaint(tmp_path / "empty")
    (toy_folder / "shelter.csv").unlink()
    (toy_folder / "places.csv").rename(toy_folder / "place.csv")
    found = complaints(toy_folder)
    assert f"places.csv is missing in case folder {toy_folder} (did you mean 'place.csv'?)" in found
    assert f"shelter.csv is missing in case folder {toy_folder}" in found
    assert not any(
        "expected a place_id" in text for text in found
    )  # what could not be read is not held against others


def test_a_path_works_as_text_and_a_folder_of_a_shipped_name_by_its_path(
    toy_folder: Path, monkeypatch: Any
) -> None:
    monkeypatch.chdir(toy_folder.parent)
    spoil(toy_folder, "places.csv", 3, "residents_persons", "6000")
    assert read_case("toy").world.persons == 32_500
    assert read_case("./toy").world.persons == 33_500


# Files that cannot be read


def test_not_utf8(toy_folder: Path) -> None:
    raw = (toy_folder / "places.csv").read_bytes()
    (toy_folder / "places.csv").write_bytes(raw.replace(b"Millbridge", b"M\xfchlbr\xfccke"))
    assert the_complaint(toy_folder) == "places.csv line 4 is not UTF-8 (byte 0xfc); save it as UTF-8"


def test_utf16(toy_folder: Path) -> None:
    text = (toy_folder / "places.csv").read_text(encoding="utf-8")
    (toy_folder / "places.csv").write_text(text, encoding="utf-16")
    assert "places.csv line 1 is not UTF-8" in the_complaint(toy_folder)


def test_nul(toy_folder: Path) -> None:
    rewrite(toy_folder, "sites.csv", lambda text: text.replace("Lakeside tents", "Lake\0side"))
    assert "sites.csv line 3 holds a NUL character" in the_complaint(toy_folder)


def test_empty_file_and_blank_header(toy_folder: Path) -> None:
    (toy_folder / "sites.csv").write_text("")
    (toy_folder / "facilities.csv").write_text("\n\n")
    found = complaints(toy_folder)
    assert "sites.csv is an empty file" in found
    assert any("facilities.csv has no header row" in text for text in found)


def test_too_large_is_refused_before_it_is_read(toy_folder: Path, monkeypatch: Any) -> None:
    os.truncate(toy_folder / "events.csv", 500_000_000)  # sparse: takes no room
    start = time.process_time()
    found = complaints(toy_folder)
    assert time.process_time() - start < 1
    assert found == ["events.csv is too large: 500 MB; expected at most 100 MB"]


def test_a_folder_a_pipe_and_a_loop_in_place_of_a_file(toy_folder: Path) -> None:
    for file in ("sites.csv", "facilities.csv", "shelter.csv"):
        (toy_folder / file).unlink()
    (toy_folder / "sites.csv").mkdir()
    os.mkfifo(toy_folder / "facilities.csv")
    (toy_folder / "shelter.csv").symlink_to("shelter.csv")
    found = complaints(toy_folder)
    assert "sites.csv is not an ordinary file" in found
    assert "facilities.csv is not an ordinary file" in found
    assert any(text.startswith("shelter.csv cannot be read: ") for text in found)


def test_a_quote_that_never_ends_and_a_huge_cell(toy_folder: Path) -> None:
    rewrite(toy_folder, "sites.csv", lambda text: text.replace("Lakeside tents", '"Lakeside tents'))
    rewrite(toy_folder, "places.csv", lambda text: text.replace("Millbridge", "x" * 200_000))
    found = complaints(toy_folder)
    assert any("sites.csv row 3 cannot be read as CSV" in text for text in found)
    assert any("places.csv row 4 cannot be read as CSV: field larger" in text for text in found)


def test_semicolons(toy_folder: Path) -> None:
    rewrite(toy_folder, "roads.csv", lambda text: text.replace(",", ";"))
    assert the_complaint(toy_folder) == (
        "roads.csv: columns are not separated by commas; save it as CSV with commas"
    )


# Columns


def test_missing_unknown_and_double_columns(toy_folder: Path) -> None:
    rewrite(toy_folder, "places.csv", lambda text: text.replace("residents_persons", "resident_persons", 1))
    rewrite(toy_folder, "sites.csv", lambda text: text.replace("n_sites", "place_id", 1))
    found = complaints(toy_folder)
    assert "places.csv: column residents_persons is missing" in found
    [unknown] = [text for text in found if "resident_persons' is unknown" in text]
    assert unknown.endswith("(did you mean 'residents_persons'?)")
    assert "sites.csv: column n_sites is missing" in found
    assert "sites.csv: column 'place_id' is there twice" in found


def test_short_and_long_rows(toy_folder: Path) -> None:
    rewrite(toy_folder, "sites.csv", lambda text: text.replace(",3,invented", ",3", 1))
    rewrite(toy_folder, "shelter.csv", lambda text: text.replace(",invented\n", ",invented,more\n", 1))
    found = complaints(toy_folder)
    assert "sites.csv row 2 has 6 cells; expected 7" in found
    assert "shelter.csv row 2 has 7 cells; expected 6" in found


def test_a_note_column_is_welcome_in_any_table_but_nothing_else_is(toy_folder: Path) -> None:
    for file, column in (("sites.csv", "note"), ("roads.csv", "remark")):
        header, *rows = rows_of(toy_folder, file)
        write_rows(toy_folder, file, [[*header, column], *([*row, "x"] for row in rows)])
    assert "roads.csv: column 'remark' is unknown" in the_complaint(toy_folder)


# Cells: the file, the row, the column, the value, and what is said of it

CELLS = [
    (
        "places.csv",
        4,
        "residents_persons",
        "-50",
        "places.csv row 4: residents_persons is -50; expected 0 or more",
    ),
    (
        "places.csv",
        4,
        "residents_persons",
        "many",
        "residents_persons is 'many'; expected a number, 0 or more",
    ),
    ("places.csv", 4, "residents_persons", "", "residents_persons is blank; expected"),
    ("places.csv", 4, "residents_persons", "nan", "residents_persons is 'nan'; expected"),
    ("places.csv", 4, "residents_persons", "inf", "residents_persons is 'inf'; expected"),
    ("places.csv", 4, "residents_persons", "1e999", "residents_persons is 1e999; expected"),
    ("places.csv", 4, "residents_persons", "1_000", "residents_persons is '1_000'; expected"),
    ("places.csv", 4, "residents_persons", "1,000", "residents_persons is '1,000'; expected"),
    (
        "places.csv",
        4,
        "idps_persons",
        "99999999999",
        "idps_persons is 99999999999; expected at most 10,000,000",
    ),
    ("places.csv", 4, "lat", "95", "places.csv row 4: lat is 95; expected at most 90"),
    ("places.csv", 4, "lon", "181", "lon is 181; expected at most 180"),
    ("places.csv", 4, "place_id", "", "places.csv row 4: place_id is blank"),
    ("places.csv", 4, "place_id", "T 03", "place_id is 'T 03'; expected an id of letters, digits"),
    (
        "places.csv",
        12,
        "place_id",
        "T06",
        "places.csv row 12: place_id 'T06' is there twice (first in row 7)",
    ),
    ("places.csv", 4, "area_id", "TY01010", "area_id is 'TY01010'; expected an area_id of level 3"),
    ("places.csv", 4, "area_id", "TY0101", "area_id is 'TY0101'; expected an area_id of level 3"),
    (
        "places.csv",
        4,
        "control",
        "oposition",
        "expected opposition, sna, government or sdf (did you mean 'opposition'?)",
    ),
    (
        "places.csv",
        4,
        "control",
        "government",
        "residents_persons is 3000; expected 0, as control is government",
    ),
    ("places.csv", 4, "name_en", "a\nb", "name_en is 'a\\nb'; expected some text on one line"),
    ("places.csv", 4, "source", "", "source is blank; expected some text"),
    ("areas.csv", 5, "level", "4", "areas.csv row 5: level is 4; expected at most 3"),
    ("areas.csv", 5, "level", "2.5", "areas.csv row 5: level is 2.5; expected a whole number"),
    (
        "areas.csv",
        5,
        "parent_id",
        "TY01",
        "parent_id is 'TY01'; expected an area_id of level 2, as level is 3",
    ),
    ("areas.csv", 5, "parent_id", "TY0191", "(did you mean 'TY0101'?)"),
    ("areas.csv", 5, "parent_id", "", "areas.csv row 5: parent_id is blank; expected an area_id of level 2"),
    ("areas.csv", 6, "area_id", "ALL", "areas.csv row 6: area_id is ALL; expected another name"),
    ("roads.csv", 3, "u", "T99", "roads.csv row 3: u is 'T99'; expected a place_id or crossing_id"),
    ("roads.csv", 3, "v", "T02", "roads.csv row 3: v is 'T02', the same as u"),
    ("roads.csv", 4, "v", "T05", "roads.csv row 4: 'T02' and 'T05' are joined already in row 3"),
    ("roads.csv", 3, "km", "0", "roads.csv row 3: km is 0; expected more than 0"),
    ("roads.csv", 3, "free_flow_kmh", "400", "free_flow_kmh is 400; expected"),
    ("roads.csv", 3, "lanes", "0", "lanes is 0; expected"),
    ("roads.csv", 3, "capacity_vehicles_per_hour", "-1", "capacity_vehicles_per_hour is -1; expected"),
    ("roads.csv", 3, "road_class", "highway", "expected motorway, primary, secondary, tertiary or track"),
    ("roads.csv", 3, "geometry", "infered", "(did you mean 'inferred'?)"),
    ("shelter.csv", 3, "place_id", "T22", "shelter.csv row 3: place_id is 'T22'; expected a place_id"),
    (
        "shelter.csv",
        3,
        "place_id",
        "T02",
        "shelter.csv row 3: place_id 'T02' is there twice (first in row 2)",
    ),
    (
        "sites.csv",
        2,
        "capacity_persons",
        "2000",
        "capacity_persons is 2000; expected at least the population, 2200",
    ),
    ("sites.csv", 3, "place_id", "T10", "places.csv row 11: idps_persons is 0; expected at least 400"),
    ("sites.csv", 3, "site_id", "S1", "sites.csv row 3: site_id 'S1' is there twice"),
    ("crossings.csv", 2, "rule", "shut", "rule is 'shut'; expected closed, women_and_children or open"),
    ("crossings.csv", 2, "kind", "gate", "kind is 'gate'; expected border or internal"),
    ("crossings.csv", 2, "place_id", "NORTH", "place_id is 'NORTH'; expected a place_id"),
    (
        "crossings.csv",
        2,
        "crossing_id",
        "T01",
        "crossings.csv row 2: crossing_id 'T01' is already used in places.csv",
    ),
    ("facilities.csv", 2, "kind", "hospitl", "(did you mean 'hospital'?)"),
    ("facilities.csv", 2, "functioning", "2", "functioning is 2; expected at most 1"),
    ("facilities.csv", 2, "place_id", "", "facilities.csv row 2: place_id is blank"),
    ("events.csv", 5, "date", "5/1/2020", "date is '5/1/2020'; expected a date written as 2019-12-31"),
    ("events.csv", 5, "date", "20200105", "date is 20200105; expected a date written as 2019-12-31"),
    (
        "events.csv",
        5,
        "date",
        "2020-02-30",
        "date is 2020-02-30; expected a day that there is",
    ),
    (
        "events.csv",
        5,
        "date",
        "2015-01-01",
        "expected within two years of the case, 2020-01-01 to 2020-01-31",
    ),
    ("events.csv", 5, "date", "0001-01-01", "expected a year from 1900 to 2199"),
    ("events.csv", 5, "hour", "24", "events.csv row 5: hour is 24; expected at most 23"),
    ("events.csv", 5, "hours", "0", "events.csv row 5: hours is 0; expected"),
    ("events.csv", 5, "type", "airstrike", "(did you mean 'air_strike'?)"),
    (
        "events.csv",
        5,
        "target",
        "t02",
        "target of air_strike is 't02'; expected a known place_id (did you mean 'T02'?)",
    ),
    ("events.csv", 5, "target", "ALL", "target of air_strike is 'ALL'; expected a known place_id"),
    ("events.csv", 5, "value", "", "events.csv row 5: value of air_strike is blank; expected"),
    ("events.csv", 5, "value", "0", "value of air_strike is 0; expected more than 0"),
    ("events.csv", 5, "status", "rumoured", "status is 'rumoured'; expected reported, derived or assumed"),
    (
        "events.csv",
        6,
        "event_id",
        "E004",
        "events.csv row 6: event_id 'E004' is there twice (first in row 5)",
    ),
    ("events.csv", 29, "value", "goverment", "(did you mean 'government'?)"),
    (
        "events.csv",
        29,
        "value",
        "",
        "value of captured is blank; expected opposition, sna, government or sdf",
    ),
    ("events.csv", 2, "value", "ajar", "value of border_rule is 'ajar'; expected closed"),
    (
        "events.csv",
        2,
        "target",
        "SOUTH",
        "target of border_rule is 'SOUTH'; expected ALL or a known crossing_id",
    ),
    ("events.csv", 3, "target", "T01", "target of aid_authorisation is 'T01'; expected ALL"),
    ("events.csv", 4, "value", "-80", "value of night_temperature is -80; expected -60 or more"),
    (
        "events.csv",
        4,
        "target",
        "TY0101",
        "target of night_temperature is 'TY0101'; expected ALL or a known area_id",
    ),
    ("events.csv", 14, "hours", "", "hours is blank; expected how many hours the pause lasts"),
    ("events.csv", 23, "value", "2", "value of road_cut is 2; expected at most 1"),
    (
        "events.csv",
        23,
        "target",
        "R99",
        "target of road_cut is 'R99'; expected a known road_id or a known place_id",
    ),
    ("events.csv", 38, "target", "H9", "target of facility_closed is 'H9'; expected a known facility_id"),
    (
        "observations.csv",
        2,
        "best",
        "9000",
        "observations.csv row 2: low, best and high are not in ascending order",
    ),
    (
        "observations.csv",
        2,
        "since",
        "2020-02-01",
        "since is 2020-02-01; expected no later than date 2020-01-07",
    ),
    ("observations.csv", 2, "unit", "families", "unit is 'families'; expected people, movements or share"),
]


@pytest.mark.parametrize(("file", "row", "column", "value", "said"), CELLS)
def test_a_bad_cell_is_named(
    toy_folder: Path, file: str, row: int, column: str, value: str, said: str
) -> None:
    spoil(toy_folder, file, row, column, value)
    found = complaints(toy_folder)
    assert any(said in text for text in found), found
    assert any(text.startswith(f"{file} row {row}") for text in found) or said.startswith("places.csv row 11")


@pytest.mark.parametrize("kind", ["event_id", "road_id"])
def test_a_bad_reference_is_one_complaint(toy_folder: Path, kind: str) -> None:
    if kind == "road_id":
        spoil(toy_folder, "roads.csv", 19, "v", "NORHT")
        assert the_complaint(toy_folder) == (
            "roads.csv row 19: v is 'NORHT'; expected a place_id or crossing_id (did you mean 'NORTH'?)"
        )
    else:
        spoil(toy_folder, "events.csv", 5, "type", "strike")
        assert the_complaint(toy_folder).startswith(
            "events.csv row 5: type is 'strike'; expected air_strike, "
        )


def test_rows_are_counted_as_a_spreadsheet_does(toy_folder: Path) -> None:
    """A blank row counts, and a cell of two lines is one row."""
    rewrite(toy_folder, "places.csv", lambda text: text.replace("\n", "\n\n", 1).replace("3000", "-3"))
    assert any("places.csv row 5: residents_persons is -3" in text for text in complaints(toy_folder))


def test_empty_tables_and_nobody(toy_folder: Path) -> None:
    for file in ("places.csv", "areas.csv"):
        write_rows(toy_folder, file, rows_of(toy_folder, file)[:1])
    found = complaints(toy_folder)
    assert "places.csv has no rows; expected at least one place" in found
    assert "areas.csv has no rows; expected at least one area of each level" in found


def test_nobody_anywhere(toy_folder: Path) -> None:
    for row in range(2, 14):
        spoil(toy_folder, "places.csv", row, "residents_persons", "0")
        spoil(toy_folder, "places.csv", row, "idps_persons", "0")
    write_rows(toy_folder, "sites.csv", rows_of(toy_folder, "sites.csv")[:1])
    assert the_complaint(toy_folder).startswith("places.csv: nobody lives anywhere")


def test_all_at_once(toy_folder: Path) -> None:
    spoil(toy_folder, "places.csv", 4, "residents_persons", "-50")
    spoil(toy_folder, "places.csv", 5, "lat", "north")
    spoil(toy_folder, "events.csv", 5, "target", "t02")
    rewrite(toy_folder, "manifest.yaml", lambda text: text.replace("timezone:", "time_zone:"))
    assert len(complaints(toy_folder)) == 5


def test_a_long_list_is_cut_and_counted_and_takes_no_time(toy_folder: Path) -> None:
    header, row, *_ = rows_of(toy_folder, "events.csv")
    at = header.index("target")
    rows = [[f"X{i}", *row[1:at], f"bad{i}", *row[at + 1 :]] for i in range(20_000)]
    write_rows(toy_folder, "events.csv", [header, *rows])
    start = time.process_time()
    found = complaints(toy_folder)
    assert time.process_time() - start < 5  # about 0.4 s
    assert len(found) == 51
    assert found[-1] == "... and 19,950 more"


# The manifest


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "start: 2020-01-01",
            "start: soon",
            "manifest.yaml: start is 'soon'; expected a date written as 2019-12-31",
        ),
        ("start: 2020-01-01", "start: 2020-02-30", "start is 2020-02-30; expected a day that there is"),
        ("start: 2020-01-01", "start: [1, 2]", "start is a list; expected a date"),
        (
            "end: 2020-01-31",
            "end: 2019-01-31",
            "end is 2019-01-31; expected no earlier than start, 2020-01-01",
        ),
        (
            "household_size_persons: 5",
            "household_size_persons: five",
            "household_size_persons is 'five'; expected",
        ),
        ("household_size_persons: 5", "household_size: 5", "household_size_persons is missing"),
        ("household_size_persons: 5", "household_size: 5", "(did you mean 'household_size_persons'?)"),
        ("title: Greenwater", "tittle: Greenwater", "'tittle' is unknown (did you mean 'title'?)"),
        ("timezone: Etc/GMT+9", "timezone: Mars/Base", "timezone is 'Mars/Base'; expected a name such as"),
        ("timezone: Etc/GMT+9", "timezone: ../../etc/passwd", "timezone is '../../etc/passwd'; expected"),
        ("name: toy", "name: ", "name is blank; expected some text"),
        ("name: toy", "name: toy\nname: joy", "'name' is there twice"),
        ("measured: []", "measured: yes", "measured is 'yes'; expected a list of texts"),
        ("measured: []", "measured: [[a], b]", "measured is a list; expected a list of texts"),
        ("  sites.csv:", "  site.csv:", "tables says nothing of sites.csv; expected its title and licence"),
        ("  sites.csv:", "  site.csv:", "tables speaks of 'site.csv', which is not in the folder"),
        ("    licence: CC0-1.0", "    license: CC0-1.0", "'license' is unknown (did you mean 'licence'?)"),
        ("name: toy", "name: [toy", "cannot be read as YAML"),
        ("name: toy", "name: toy\n\tx: 1", "manifest.yaml line 2, column 1 cannot be read as YAML"),
        ("name: toy", "name: *x", "cannot be read as YAML"),
        ("name: toy", "name: &x [*x]", "manifest.yaml"),
        ("name: toy", "? [a]\n: b", "manifest.yaml"),
        ("name: toy", "name: " + "[" * 5000, "manifest.yaml"),
        ("name: toy", "name: !!python/object/apply:os.system [true]", "name is a list; expected some text"),
    ],
)
def test_a_bad_manifest_is_named(toy_folder: Path, old: str, new: str, said: str) -> None:
    rewrite(toy_folder, "manifest.yaml", lambda text: text.replace(old, new, 1))
    found = complaints(toy_folder)
    assert any(said in text for text in found), found
    assert all(text.startswith("manifest.yaml") for text in found)


@pytest.mark.parametrize("content", ["", "- a\n- b\n", "just words", "42", "---\na: 1\n---\nb: 2\n", "\x07"])
def test_a_manifest_that_is_none(toy_folder: Path, content: str) -> None:
    (toy_folder / "manifest.yaml").write_text(content)
    assert "manifest.yaml" in the_complaint(toy_folder)


def test_broken_maps_are_found_before_the_run(toy_folder: Path) -> None:
    (toy_folder / "lines.geojson").write_text('{"type": "FeatureCollection", "features": [}')
    (toy_folder / "outlines.geojson").write_text("[1, 2]")
    found = complaints(toy_folder)
    assert any("lines.geojson line 1 cannot be read as GeoJSON" in text for text in found)
    assert any("outlines.geojson is not a GeoJSON FeatureCollection" in text for text in found)
    (toy_folder / "lines.geojson").write_text("[" * 100_000)
    assert any("lines.geojson cannot be read as GeoJSON" in text for text in complaints(toy_folder))


# Whatever is in the files: read, or refused with InputError

GARBAGE = st.one_of(
    st.sampled_from(
        ["", "-1", "nan", "1e400", "ALL", "T01", "TY01", '"', "\0", "0", "1", "2020-01-01", "=1+1", "٣", "²"]
    ),
    st.text(max_size=8),
)
FILES = sorted([*TABLES, "observations.csv", "manifest.yaml"])
WAYS = ["cell", "drop", "swap", "double", "bytes", "cut"]
MUTATION = st.tuples(
    st.sampled_from(FILES), st.sampled_from(WAYS), st.integers(0, 10**6), st.integers(0, 10**6), GARBAGE
)


def mutate(raw: bytes, how: str, i: int, j: int, garbage: str) -> bytes:
    if how in ("bytes", "cut"):
        i %= len(raw) + 1
        return raw[:i] if how == "cut" else raw[:i] + garbage.encode("utf-8", "surrogatepass") + raw[i + 1 :]
    lines = [line.split(",") for line in raw.decode("utf-8", "replace").split("\n")]
    line = lines[i % len(lines)]
    if how == "cell":
        line[j % len(line)] = garbage
    elif how == "drop":
        del line[j % len(line)]
    elif how == "double":
        lines.insert(j % len(lines), line)
    else:
        other = lines[j % len(lines)]
        line[j % len(line)], other[i % len(other)] = other[i % len(other)], line[j % len(line)]
    return "\n".join(",".join(line) for line in lines).encode("utf-8", "surrogatepass")


@pytest.mark.slow
@examples(200)
@given(st.lists(MUTATION, min_size=1, max_size=4))
def test_whatever_is_in_the_files_it_is_read_or_refused(
    mutations: list[tuple[str, str, int, int, str]],
) -> None:
    contents = {path.name: path.read_bytes() for path in TOY.iterdir()}
    for file, *how in mutations:
        contents[file] = mutate(contents[file], *how)
    with tempfile.TemporaryDirectory() as folder:
        for file, raw in contents.items():
            (Path(folder) / file).write_bytes(raw)
        try:
            case = read_case(folder)
        except InputError as trouble:
            assert trouble.complaints  # noqa: PT017
            assert all(text.isprintable() for text in trouble.complaints)  # noqa: PT017
        else:
            assert np.isfinite(case.world.persons)
            assert case.world.room_persons.min() >= 0


@given(st.text(max_size=12))
def test_numbers_are_finite_and_within_bounds_or_refused(cell: str) -> None:
    column = reading.number(at_least=0, at_most=10)
    try:
        value = column.read(cell)
    except (ValueError, OverflowError):
        return
    assert 0 <= value <= 10


def feature(kind: str, coordinates: object) -> str:
    """A collection of one good line and one feature of this kind."""
    good = {"type": "LineString", "coordinates": [[36.0, 35.0], [36.1, 35.0]]}
    geometries = [good, {"type": kind, "coordinates": coordinates}]
    return json.dumps({"features": [{"properties": {}, "geometry": each} for each in geometries]})


@pytest.mark.parametrize(
    ("kind", "coordinates", "expected"),
    [
        ("Point", [36, 35], "its geometry is 'Point'; expected LineString"),
        ("LineString", [], "has 0 different points; expected 2 or more"),
        ("LineString", [[36, 35]], "has 1 different points; expected 2 or more"),
        ("Polygon", [[]], "a part of its Polygon has 0 different points; expected 3 or more"),
        ("Polygon", [[[36, 35]] * 4], "has 1 different points; expected 3 or more"),
        ("MultiPolygon", [[[36, 35]]], "are not lists of points"),
        (
            "LineString",
            [["36", "35"], ["37", "35"]],
            "a coordinate of its LineString is '36'; expected degrees",
        ),
        ("LineString", [[360, 35], [36, 35]], "a coordinate of its LineString is 360"),
    ],
)
@pytest.mark.parametrize("file", ["lines.geojson", "outlines.geojson"])
def test_a_shape_that_cannot_be_drawn_is_told_before_the_run(
    file: str, kind: str, coordinates: object, expected: str, toy_folder: Path
) -> None:
    (toy_folder / file).write_text(feature(kind, coordinates))
    (told,) = [text for text in complaints(toy_folder) if text.startswith(f"{file} ")]
    assert told.startswith(f"{file} feature 2: ")
    assert expected in told


def test_a_map_with_a_byte_order_mark_is_read_and_drawn(toy_folder: Path) -> None:
    from flightsim.plots import shapes

    file = toy_folder / "lines.geojson"
    before = shapes.lines(read_case(toy_folder).world)
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert len(shapes.lines(read_case(toy_folder).world)) == len(before) > 0
