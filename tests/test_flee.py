"""Flee's folders: read as Flee reads them, made a case, and scored as Flee scores."""

from __future__ import annotations

import itertools
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from flightsim.case.importing.flee import case as flee_case
from flightsim.case.importing.flee import folder, series
from flightsim.case.importing.report import Asked, Report
from flightsim.case.reading import read_case
from flightsim.cli import main
from flightsim.errors import Complaints, InputError

LOCATIONS = """#name,region,country,lat,lon,location_type,conflict_date,pop/cap
Oldtown,North,Home,10.0,1.0,conflict_zone,0,8000
Hill,North,Home,10.5,1.2,conflict_zone,3,400
Ford,South,Home,10.2,1.6,town,,
Camp_A,East,Away,10.1,2.0,camp,,3000
Camp_B,West,Beyond,9.9,0.2,camp,,1000
"""
ROUTES = """#name1,name2,distance,forced_redirection
Oldtown,Ford,70,0
Hill,Ford,60,0
Ford,Camp_A,40,0
Oldtown,Camp_B,90,2
"""
CONFLICT = "#Day,Oldtown,Hill\n0,1,0\n1,1,0\n2,1,0\n3,1,0.5\n4,1,0.5\n"
COUNTS = {
    "camp_a.csv": "2020-01-01,100\n2020-01-05,500\n2020-01-11,1700\n",
    "camp_b.csv": "#date,people\n2020-01-01,0\n2020-01-11,905\n",
    "total.csv": "2020-01-01,100\n2020-01-11,2605\n",
}
DAYS = 12


@pytest.fixture
def flee(tmp_path: Path) -> Path:
    """A small folder with the files and columns that Flee has."""
    made = tmp_path / "small2020"
    texts = {
        "input_csv/locations.csv": LOCATIONS,
        "input_csv/routes.csv": ROUTES,
        "input_csv/conflicts.csv": CONFLICT,
        "input_csv/closures.csv": "#closure_type,name1,name2,closure_start,closure_end\ncountry,Home,Beyond,0,5\n",
        "input_csv/sim_period.csv": f"StartDate,2020-01-01\nLength,{DAYS}\n",
        "input_csv/registration_corrections.csv": "Camp_A,2020-01-11,normalize\n",
        "source_data/data_layout.csv": "total,total.csv\nCamp_A,camp_a.csv\nCamp_B,camp_b.csv\n",
        **{f"source_data/{name}": text for name, text in COUNTS.items()},
    }
    for name, text in texts.items():
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_text(text, encoding="utf-8")
    return made


def imported(flee: Path, into: Path) -> Path:
    assert main(["case", "import", "flee", str(flee), "--into", str(into)]) == 0
    return into


class TestCounts:
    def test_lines_between_counts_are_cut_to_whole_people(self) -> None:
        assert series.by_day([(0, 0.0), (4, 10.0)], 7).tolist() == [0, 2, 5, 7, 10, 10, 10]

    def test_before_the_first_count_it_stands(self) -> None:
        assert series.by_day([(2, 7.0), (3, 9.0)], 5).tolist() == [7, 7, 7, 9, 9]

    def test_a_new_registration_scales_all_before_it(self) -> None:
        points = [(-3, 100.0), (0, 200.0), (10, 300.0), (20, 150.0), (30, 170.0)]
        assert series.corrected(points, 20) == [(-3, 50.0), (0, 100.0), (10, 150.0), (20, 150.0), (30, 170.0)]
        assert series.corrected(points, 21) == points

    def test_files_of_one_camp_are_added_as_flee_does(self) -> None:
        one, other = [(0, 10.0), (5, 20.0), (9, 30.0)], [(0, 1.0), (3, 2.0), (9, 4.0)]
        # on day 3 the next count of the first is taken, on day 5 the last of the second
        assert series.added(one, other) == [(0, 11.0), (3, 22.0), (5, 22.0), (9, 34.0)]

    def test_a_loss_is_made_up_by_later_gains(self, flee: Path) -> None:
        counts = series.Counts(("total", "A"), np.array([[0] * 5, [5, 9, 6, 8, 12]]), {})
        assert counts.new_people().tolist() == [0, 4, 0, 0, 3]

    def test_what_is_read(self, flee: Path) -> None:
        read = folder.read(flee)
        # 500 and 100 scaled by 1700 / 500
        assert read.counts.of("Camp_A")[[0, 4, 10]].tolist() == [340, 1700, 1700]
        assert read.counts.of("Camp_B")[[0, 5, 11]].tolist() == [0, 452, 905]
        assert read.conflict["Hill"].tolist() == [0, 0, 0, *[0.5] * 9]  # the last row goes on
        assert read.home == "Home"


class TestCase:
    def test_it_is_a_case(self, flee: Path, tmp_path: Path) -> None:
        made = read_case(imported(flee, tmp_path / "case"))
        world = made.world
        assert world.places.place_id == ["Camp_A", "Camp_B", "Ford", "Hill", "Oldtown"]
        assert world.places.residents_persons.tolist() == [0, 0, 0, 400, 8000]
        assert world.places.idps_persons.tolist() == [340, 0, 0, 0, 0]
        assert dict(zip(world.roads.road_id, world.roads.km, strict=True)) == {
            "R0001": 70, "R0002": 60, "R0003a": 20, "R0003b": 20, "R0004a": 45, "R0004b": 45,
        }  # fmt: skip
        assert [world.holders.name[c] for c in world.country[:2]] == ["Away", "Beyond"]
        ruled = [(e.date.day, e.target, e.value) for e in made.events if e.type == "border_rule"]
        assert ruled == [(1, "G0004", "closed"), (6, "G0004", "open")]

    def test_departures_are_the_gains_by_people_and_conflict(self, flee: Path, tmp_path: Path) -> None:
        departures = read_case(imported(flee, tmp_path / "case")).world.departures
        assert departures is not None
        asked = departures.by_day(["Oldtown", "Hill"], date(2020, 1, 1), DAYS)
        gains = folder.read(flee).counts.new_people()
        assert asked.sum() == gains.sum() == 1700 + 905 - 340
        assert asked[1, :3].sum() == 0  # no conflict on the hill until the fourth day
        assert asked[1, 3:].sum() == pytest.approx(gains[3:].sum() * 200 / 8200, abs=1)

    def test_nobody_is_made_up(self, flee: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        poorer = LOCATIONS.replace("8000", "1500")
        (flee / "input_csv" / "locations.csv").write_text(poorer, encoding="utf-8")
        departures = read_case(imported(flee, tmp_path / "case")).world.departures
        assert departures is not None
        assert departures.persons.sum() == 1500 + 400
        said = capsys.readouterr().out
        assert "365 of 2,265 people who were counted cannot set out" in said

    def test_what_flee_passes_over_is_said(
        self, flee: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (flee / "input_csv" / "closures.csv").write_text("country,Home,Nowhere,0,5\n", encoding="utf-8")
        (flee / "input_csv" / "location_changes.csv").write_text("", encoding="utf-8")
        imported(flee, tmp_path / "case")
        said = capsys.readouterr().out
        assert "there is no such place or country" in said
        assert "not read: location_changes.csv" in said
        assert "1 redirections are left out" in said

    @pytest.mark.parametrize(
        ("file", "text", "said"),
        [
            ("sim_period.csv", "StartDate,soon\n", "sim_period.csv: expected StartDate"),
            ("routes.csv", "Oldtown,Fordd,70,0\n", "there is no place Fordd"),
            ("routes.csv", "Oldtown,Ford,far,0\n", "'far' is no distance in km"),
            ("locations.csv", "Oldtown,North,Home,100.0,1.0,town,,\n", "no latitude and longitude"),
            ("conflicts.csv", "#Day,Oldtown\n0,-1\n", "Oldtown on day 0 is '-1'"),
        ],
    )
    def test_bad_input(self, flee: Path, file: str, text: str, said: str) -> None:
        (flee / "input_csv" / file).write_text(text, encoding="utf-8")
        with pytest.raises(InputError) as error:
            folder.read(flee)
        assert any(said in complaint for complaint in error.value.complaints)

    def test_no_flee_folder(self, tmp_path: Path) -> None:
        (tmp_path / "empty").mkdir()
        with pytest.raises(InputError, match="input_csv"):
            flee_case.take(Asked([tmp_path / "empty"], tmp_path / "case", "me"), Report())

    def test_a_folder_that_is_there_is_left_alone(self, flee: Path, tmp_path: Path) -> None:
        (tmp_path / "case").mkdir()
        (tmp_path / "case" / "mine.txt").write_text("mine", encoding="utf-8")
        assert main(["case", "import", "flee", str(flee), "--into", str(tmp_path / "case")]) == 2
        assert [file.name for file in (tmp_path / "case").iterdir()] == ["mine.txt"]


def test_a_series_that_cannot_be_read_is_told_with_its_file(tmp_path: Path) -> None:
    complaints = Complaints()
    (tmp_path / "source_data").mkdir()
    (tmp_path / "source_data" / "data_layout.csv").write_text("total,t.csv\nA,a.csv\n", encoding="utf-8")
    (tmp_path / "source_data" / "t.csv").write_text("2020-01-01,1\n2020-13-01,2\n", encoding="utf-8")
    series.read(tmp_path, date(2020, 1, 1), 5, complaints)
    assert any("t.csv: 2020-13-01,2 is no date" in text for text in complaints.texts)
    assert any("a.csv cannot be read" in text for text in complaints.texts)


def test_every_pair_of_weights_shares_out_all_that_can_go() -> None:
    from flightsim.case.importing.flee.building import _shared_out

    for number, left in itertools.product((0.0, 5.0, 50.0), ([10.0, 0.0, 3.0], [1.0, 1.0, 1.0])):
        there = np.array(left)
        given, rest = _shared_out(number, np.array([1.0, 5.0, 2.0]), there)
        assert given.sum() + rest == pytest.approx(number)
        assert (given <= there + 1e-9).all()
        assert rest == pytest.approx(max(number - there.sum(), 0.0))


class TestExport:
    def test_there_and_back(self, flee: Path, tmp_path: Path) -> None:
        once = imported(flee, tmp_path / "once")
        assert main(["case", "export", "flee", str(once), "--into", str(tmp_path / "small2020b")]) == 0
        again = imported(tmp_path / "small2020b", tmp_path / "again")
        one, other = read_case(once), read_case(again)
        for attribute in ("place_id", "name", "lat", "lon", "residents_persons", "idps_persons"):
            assert np.array_equal(
                getattr(one.world.places, attribute), getattr(other.world.places, attribute)
            )
        assert sorted(one.world.roads.km) == sorted(other.world.roads.km)
        assert one.world.areas.within[0].name == other.world.areas.within[0].name
        struck = [
            sorted((e.date, e.target, float(e.value)) for e in case.events if e.type == "shelling")
            for case in (one, other)
        ]
        assert struck[0] == struck[1]
        assert [(e.date, e.type) for e in one.events if e.type == "border_rule"] == [
            (e.date, "border_rule") for e in other.events if e.type.startswith("road_")
        ]  # a border that is closed comes back as a route that is
        # counts are whole people now
        known = [(o["date"], o["area_id"], round(o["best"])) for o in one.world.observations]
        assert known == [(o["date"], o["area_id"], o["best"]) for o in other.world.observations]

    def test_a_case_with_people_and_camps_in_one_town(self, tmp_path: Path) -> None:
        assert main(["case", "export", "flee", "toy", "--into", str(tmp_path / "toy")]) == 0
        read = folder.read(tmp_path / "toy")
        toy = read_case("toy").world
        kinds = {each.name: each.kind for each in read.locations}
        people = sum(each.persons for each in read.locations if not each.is_camp)
        assert people + toy.site_population_persons.sum() == pytest.approx(toy.persons, abs=len(kinds))
        assert sum(name.endswith("~camp") for name in kinds) == 2
        strikes = sum(
            float(e.value) for e in read_case("toy").events if e.type in ("air_strike", "shelling", "clash")
        )
        assert sum(each.sum() for each in read.conflict.values()) == pytest.approx(strikes)

    def test_a_folder_that_is_there(self, tmp_path: Path) -> None:
        assert main(["case", "export", "flee", "toy", "--into", str(tmp_path)]) == 2
