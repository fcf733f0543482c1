"""The case of spring 2019: totals, strikes on the scale of the winter, changes of hands, and no count of outcomes."""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from pathlib import Path

import pytest
import yaml

from flightsim import cli
from flightsim.case.reading import read_case, shipped_cases
from flightsim.config import compose
from flightsim.scenario import from_config

pytestmark = pytest.mark.slow  # whole commands

CASE = shipped_cases()["idlib_spring2019"]
SOUTH = ("SY070200", "SY070201", "SY070202", "SY070204", "SY070205", "SY050101", "SY050501")
HBIT = "C3989"
SMALL = ["experiment=idlib_spring2019", "population.scale=0.02", "step_hours=6", "figures=false"]
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


def by_day(events: list[Row], kind: str) -> dict[str, float]:
    found: dict[str, float] = defaultdict(float)
    for e in events:
        if e["type"] == kind:
            found[e["date"]] += float(e["value"])
    return found


def test_it_is_read_without_a_complaint() -> None:
    case = read_case("idlib_spring2019")
    assert [
        note for note in case.warnings if "Suran (SY020405, SY050101)" not in note
    ] == []  # two areas of one name
    assert case.world.persons == 5_189_000


def test_totals_are_those_of_2018(places: dict[str, Row]) -> None:
    held: Counter[str] = Counter()
    for row in places.values():
        held[row["control"]] += persons(row)
    assert held == {"opposition": 3_730_000, "sna": 1_459_000, "government": 0, "sdf": 0}
    idps = sum(int(row["idps_persons"]) for row in places.values())
    assert idps == pytest.approx(1_777_000, abs=500)  # rounded by place
    assert sum(persons(row) for row in places.values() if row["area_id"] in SOUTH) == 495_000
    assert persons(places[HBIT]) == 15_000


def test_nobody_is_negative_and_sites_are_inside(places: dict[str, Row]) -> None:
    assert all(int(row[c]) >= 0 for row in places.values() for c in ("residents_persons", "idps_persons"))
    assert all(persons(row) > 0 for row in places.values() if row["control"] in ("opposition", "sna"))
    in_sites: Counter[str] = Counter()
    for row in rows("sites"):
        in_sites[row["place_id"]] += int(row["population_persons"])
        assert int(row["capacity_persons"]) >= int(row["population_persons"])
    assert all(people <= int(places[p]["idps_persons"]) for p, people in in_sites.items())
    dana = sum(people for p, people in in_sites.items() if places[p]["area_id"] == "SY070301")
    assert dana == 283_944  # February 2019


def test_months_of_raids_meet_their_totals_on_the_scale_of_attacks(events: list[Row]) -> None:
    a_raid = 2264 / 975  # July 2019, munitions and attacks
    months: Counter[str] = Counter()
    for day, value in by_day(events, "air_strike").items():
        months[day[:7]] += value  # type: ignore[assignment]
    for month, raids in (("05", 3013 / a_raid), ("06", 1871 / a_raid), ("07", 975), ("08", 2313 / a_raid)):
        assert months[f"2019-{month}"] == pytest.approx(raids, rel=0.01), month
    assert sum(months.values()) == pytest.approx(4251, rel=0.01)
    assert months["2019-04"] > 114, "Hama's alone"


def test_counted_days_and_days_without_aircraft(events: list[Row]) -> None:
    raids = by_day(events, "air_strike")
    for day, counted in (("2019-08-20", 38), ("2019-08-21", 96), ("2019-08-28", 45), ("2019-09-12", 10)):
        assert raids[day] == pytest.approx(counted, rel=0.01), day
    for day in ("2019-05-18", "2019-06-17", "2019-08-02", "2019-08-04", "2019-08-31", "2019-09-11"):
        assert raids[day] == 0, day
    assert raids["2019-07-20"] >= 37 / (2264 / 975)
    shells = by_day(events, "shelling")
    assert sum(v for day, v in shells.items() if day.startswith("2019-05")) == pytest.approx(1907.5, rel=0.01)


def test_changes_of_hands_and_days(events: list[Row], places: dict[str, Row]) -> None:
    taken = [(e["date"], e["target"], e["value"]) for e in events if e["type"] == "captured"]
    assert len(taken) == 56
    assert {target for _, target, _ in taken} <= places.keys()
    assert Counter(value for *_, value in taken) == {"government": 47, "opposition": 9}
    assert all("2019-04-01" <= e["date"] <= "2019-09-15" for e in events)


def test_no_night_is_frosty(events: list[Row]) -> None:
    nights = [float(e["value"]) for e in events if e["type"] == "night_temperature"]
    assert len(nights) == 168
    assert min(nights) > 5


def test_hospitals_close_when_reports_say(events: list[Row]) -> None:
    closed = [e["date"] for e in events if e["type"] == "facility_closed"]
    assert abs(sum(day <= "2019-05-31" for day in closed) - 50) <= 4
    kafr_nabl = {
        f["facility_id"] for f in rows("facilities") if f["place_id"] == "C4068" and f["status"] == "reported"
    }
    assert sorted(e["date"] for e in events if e["target"] in kafr_nabl) == [
        "2019-05-05",
        "2019-05-11",
        "2019-05-28",
    ]


def test_it_holds_no_count_of_what_came_of_it() -> None:
    assert not (CASE / "observations.csv").exists()
    assert read_case("idlib_spring2019").world.observations == []
    assert (
        "observations.csv"
        not in yaml.safe_load((CASE / "manifest.yaml").read_text(encoding="utf-8"))["tables"]
    )


def test_every_table_has_a_licence_and_every_row_a_source() -> None:
    manifest = yaml.safe_load((CASE / "manifest.yaml").read_text(encoding="utf-8"))
    for path in CASE.iterdir():
        if path.suffix in (".csv", ".geojson"):
            entry = manifest["tables"][path.name]
            assert all(entry[key] for key in ("licence", "attribution", "title", "modified_by")), path.name
        if path.suffix == ".csv":
            assert all(row["source"] for row in rows(path.stem)), path.name
    assert sum(path.stat().st_size for path in CASE.iterdir()) < 3_000_000


def test_the_experiment_has_the_defaults_of_the_winter() -> None:
    (spring,) = compose.jobs(["experiment=idlib_spring2019"])
    (winter,) = compose.jobs(["experiment=idlib_dec2019"])
    differ = {key for key in winter.config if winter.config[key] != spring.config[key]}
    assert differ == {"name", "case"}, "same parameters, nothing tuned"
    assert from_config(spring.config).clock.n_steps == 168 * 24


def test_a_run_and_what_reads_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["run", *SMALL, "days=45", f"results='{tmp_path}'"]) == 0
    said = capsys.readouterr().out
    assert "the case holds no number of displaced people" in said
    run = Path(said.strip().splitlines()[-1])
    assert json.loads((run / "provenance.json").read_text(encoding="utf-8"))
    assert cli.main(["validate", str(run)]) == 2
    assert (
        "case 'idlib_spring2019' comes without counts; give a folder with observations.csv: --observed FOLDER"
        in (capsys.readouterr().err)
    )
    assert cli.main(["brief", str(run), "--language", "en"]) == 0
    page = (run / "brief.html").read_text(encoding="utf-8")
    assert "that winter" not in page
    assert "Saraqab&#39;s people leave" not in page


def test_going_on_from_counts_says_that_there_are_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    few = ["population.scale=0.001", "step_hours=12", "days=3", "replicates=5"]
    assert cli.main(["run", *SMALL, *few, "workers=1", f"results='{tmp_path}'"]) == 0
    capsys.readouterr()
    assert cli.main(["run", f"from={tmp_path}", "on=2019-04-02"]) == 2
    assert (
        "comes without counts; give a folder with observations.csv: known=FOLDER" in capsys.readouterr().err
    )
