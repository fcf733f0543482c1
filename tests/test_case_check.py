"""``flightsim case check``: errors stop it with code 2, what is odd is a note, and there is a map."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from flightsim import cli
from flightsim.case.checking import check
from flightsim.case.plausible import hourly
from flightsim.case.reading import read_case
from flightsim.config import compose
from flightsim.scenario import from_config

Spoil = Callable[..., None]


@pytest.fixture
def spoil(toy_folder: Path) -> Spoil:
    """Write something else into cells of a table of the toy case: the row's id, then column=value."""

    def change(file: str, name: str, **values: str) -> None:
        path = toy_folder / file
        with path.open(encoding="utf-8", newline="") as table:
            rows = list(csv.DictReader(table))
        [row] = [row for row in rows if next(iter(row.values())) == name]
        row |= values
        with path.open("w", encoding="utf-8", newline="") as table:
            writer = csv.DictWriter(table, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)

    return change


def one_note(folder: Path) -> str:
    """The only note there is on a case that can be read."""
    found = check(folder)
    assert not found.errors
    [note] = found.notes
    return note


def test_a_case_in_order_is_told_in_figures_with_a_map(
    toy_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = tmp_path / "here.png"
    assert cli.main(["case", "check", str(toy_folder), "--out", str(picture)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("Greenwater, an invented country")
    assert [line.split() for line in said[2:8]] == [
        ["area", "places", "people", "displaced", "under", "the", "opposition"],
        ["Southmarch", "TY010101", "4", "10,400", "1,500", "10,400"],
        ["Midvale", "TY010102", "3", "10,500", "1,800", "10,500"],
        ["Lakeside", "TY010201", "3", "5,800", "1,000", "5,800"],
        ["Northgate", "TY010202", "2", "5,800", "3,400", "5,800"],
        ["all", "12", "32,500", "7,700", "32,500"],
    ]
    assert "Places held: 11 by the opposition, 1 by the government." in said
    assert any(line.startswith("18 roads, 218 km, 20 to 60 km/h") and "all places" in line for line in said)
    assert said[-2:] == ["Nothing is odd.", f"The map: {picture}"]
    with Image.open(picture) as image:
        assert min(image.size) > 800


def test_the_map_of_a_shipped_case_is_drawn_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(["case", "check", "toy"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "The map: toy_map.png"
    assert [path.name for path in tmp_path.iterdir()] == ["toy_map.png"]


def test_all_errors_come_at_once_with_code_2_and_slips_that_may_explain_them(
    toy_folder: Path, spoil: Spoil, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil("places.csv", "T03", area_id="", residents_persons="3.000")
    spoil("roads.csv", "R04", v="T99")
    assert cli.main(["case", "check", str(toy_folder), "--out", str(tmp_path / "no.png")]) == 2
    out, err = capsys.readouterr()
    assert "Note: 1 cell of persons written with a point and three digits" in out
    assert "places.csv: area_id is blank below a filled cell in rows 4; if its cells were merged" in out
    assert "flightsim: places.csv row 4: area_id is blank" in err
    assert "flightsim: roads.csv row 5: v is 'T99'" in err
    assert not (tmp_path / "no.png").exists()


@pytest.mark.parametrize(
    ("file", "row", "cells", "said"),
    [
        ("places.csv", "T03", {"residents_persons": "3.000"}, "places.csv row 4, residents_persons is 3.000"),
        ("observations.csv", "2020-01-07", {"low": "4.000", "best": "6.000", "high": "8.000"}, "row 2, best is 6.000"),
        ("areas.csv", "TY010202", {"name_en": "Midvale"}, "Midvale (TY010102, TY010202)"),
        ("places.csv", "T09", {"name_en": "lakeside"}, "Lakeside (T08, T09)"),
        ("roads.csv", "R13", {"free_flow_kmh": "4"}, "1 road slower than walking: R13 4 km/h"),
        ("roads.csv", "R13", {"km": "169"}, "1 road over 5 times as long as the straight line: R13 169 km"),
        ("events.csv", "E011", {"date": "2021-01-05"}, "is the year right? E011 2021-01-05"),
        ("events.csv", "E011", {"date": "2019-06-05"}, "before the start or after the end: E011 2019-06-05"),
    ],
)  # fmt: skip
def test_what_is_hardly_meant_is_a_note(
    file: str, row: str, cells: dict[str, str], said: str, toy_folder: Path, spoil: Spoil
) -> None:
    spoil(file, row, **cells)
    assert said in one_note(toy_folder)


def test_a_row_of_totals_is_named(toy_folder: Path) -> None:
    with (toy_folder / "places.csv").open("a", encoding="utf-8") as table:
        table.write("Total,Total,,,,,24800,7700,,,\n")
    found = check(toy_folder)
    assert any("places.csv row 14: area_id is blank" in error for error in found.errors)
    assert any("2 cells as in a row of totals" in note and "row 14" in note for note in found.notes)


def test_codes_that_lost_their_zero_are_told(toy_folder: Path) -> None:
    for path in toy_folder.glob("*.csv"):
        text = path.read_text(encoding="utf-8")
        for code, number in (
            ("TY010101", "0501"),
            ("TY010102", "0502"),
            ("TY010201", "0503"),
            ("TY010202", "1004"),
        ):
            text = text.replace(code, number)
        path.write_text(text, encoding="utf-8")
    (toy_folder / "outlines.geojson").write_text(
        '{"type": "FeatureCollection", "features": []}', encoding="utf-8"
    )
    assert check(toy_folder).notes == []
    for path in toy_folder.glob("*.csv"):  # as a spreadsheet saves them
        text = path.read_text(encoding="utf-8")
        path.write_text(
            text.replace("0501", "501").replace("0502", "502").replace("0503", "503"), encoding="utf-8"
        )
    note = one_note(toy_folder)
    assert note.startswith("3 codes of areas of level 3 with 3 digits, others have 4")
    assert note.endswith("501, 502, 503")


def test_swapped_lat_and_lon_are_told_where_the_swap_explains_the_distance(tmp_path: Path) -> None:
    assert cli.main(["case", "new", str(tmp_path / "mine")]) == 0
    path = tmp_path / "mine" / "places.csv"
    rows = [row.split(",") for row in path.read_text(encoding="utf-8").splitlines()]
    extra = [
        [f"Q{i}", f"Village {i}", "", "NL010102", f"36.{i}", f"35.{i}", "10", "0", "council", "", "x"]
        for i in range(6)
    ]
    for row in rows[1:]:
        row[4:6] = ["36.3", "35.3"]
    extra[2][4:6] = ["35.2", "36.2"]
    path.write_text("\n".join(",".join(row) for row in (*rows, *extra)) + "\n", encoding="utf-8")
    notes = check(tmp_path / "mine").notes
    assert any(
        "1 place far from the others that would lie among them with lat and lon swapped: Village 2 Q2" in note
        for note in notes
    )


def outlines(folder: Path, change: Callable[[list[dict[str, object]]], None]) -> None:
    path = folder / "outlines.geojson"
    whole = json.loads(path.read_text(encoding="utf-8"))
    change(whole["features"])
    path.write_text(json.dumps(whole), encoding="utf-8")


def test_outlines_and_areas_that_do_not_know_each_other_are_told(toy_folder: Path) -> None:
    outlines(toy_folder, lambda features: features[0].update(properties={"area_id": "TY999"}))
    assert check(toy_folder).notes == [
        "outlines.geojson: 1 area without an outline: Southmarch TY010101",
        "outlines.geojson: 1 outline whose code is that of no area with a place: TY999",
    ]


def test_a_place_outside_its_area_and_an_outline_without_a_place_are_told(
    toy_folder: Path, spoil: Spoil
) -> None:
    for place in ("T11", "T12"):
        spoil("places.csv", place, lon="-140.17")
    notes = check(toy_folder).notes
    assert (
        "2 places over 2 km outside the outline of the own area: Northgate T11 of TY010202 lies in TY010201"
        in notes[-2]
    )
    assert notes[-1] == "outlines.geojson: 1 outline with no place inside: TY010202"


def test_steps_longer_than_an_hour_are_told_of_events_with_an_hour() -> None:
    events = read_case("toy").events
    inside = [e.event_id for e in events if e.hour is not None and e.hour % 6]
    [note] = hourly(events, 6)
    assert note.startswith(f"{len(inside)} events with an hour inside a step of 6 h")
    assert hourly(events, 1) == []
    (job,) = compose.jobs(["experiment=toy", "step_hours=6"])
    assert f"Note: {note}" in from_config(job.config).describe()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere"], "case 'nowhere' is not there"),
        (["toy", "--out", "map.jpg"], "expected a name that ends in .png"),
        (["toy", "--out", "no/such/map.png"], "there is no such folder"),
    ],
)
def test_what_cannot_be_is_refused(
    words: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(["case", "check", *words]) == 2
    assert said in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_file_is_no_case(toy_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["case", "check", str(toy_folder / "places.csv")]) == 2
    assert "is a file; expected a folder with manifest.yaml" in capsys.readouterr().err
