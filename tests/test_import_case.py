"""From files of others to a case that runs, by the commands."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import networkx as nx
import pytest

from flightsim import cli
from flightsim.case.importing.kinds import KINDS
from flightsim.case.reading import read_case

CODES = {"GW010101": (30.0, 30.5), "GW010102": (30.5, 31.0), "GW010201": (31.0, 32.0)}
TOWNS = {
    "West": (30.2, "town"),
    "Middle": (30.7, "city"),
    "East": (31.3, "village"),
    "Far East": (31.7, "village"),
}
PEOPLE = {"GW010101": 20_000, "GW010102": 123_457, "GW010201": 3_001}


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Small files as people have them: COD-AB, COD-PS, a place extract, a graph of osmnx, healthsites."""
    shapes = []
    for code, (west, east) in CODES.items():
        names = {f"ADM{n}_PCODE": code[: 2 + 2 * n] for n in (1, 2, 3)} | {
            f"ADM{n}_EN": f"Area {n}" for n in (1, 2, 3)
        }
        ring = [[west, 12], [west, 13], [east, 13], [east, 12], [west, 12]]
        geometry = {"type": "Polygon", "coordinates": [ring]}
        shapes.append({"type": "Feature", "properties": names, "geometry": geometry})
    (tmp_path / "adm3.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": shapes}))
    nodes = [
        f'<node id="{n}" lat="12.5" lon="{lon}"><tag k="place" v="{kind}"/><tag k="name" v="{name}"/></node>'
        for n, (name, (lon, kind)) in enumerate(TOWNS.items(), start=1)
    ]
    (tmp_path / "towns.osm").write_text(f"<osm version='0.6'>{''.join(nodes)}</osm>", encoding="utf-8")
    rows = "".join(f"{code},{persons}\n" for code, persons in PEOPLE.items())
    (tmp_path / "people.csv").write_text("ADM3_PCODE,T_TL\n" + rows, encoding="utf-8")
    graph = nx.MultiDiGraph()
    for n, (lon, _) in enumerate(TOWNS.values(), start=1):
        graph.add_node(n, y="12.5", x=str(lon))
    for n in (1, 2, 3):
        graph.add_edge(n, n + 1, highway="trunk", ref="A1", oneway="False")
    nx.write_graphml(graph, tmp_path / "roads.graphml")
    (tmp_path / "health.csv").write_text("amenity,lat,lon\nhospital,12.51,30.71\n", encoding="utf-8")
    return tmp_path


def run(*words: object) -> int:
    return cli.main(["case", *map(str, words)])


def test_from_files_to_a_case_that_is_read(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = files / "mine"
    assert run("new", case) == 0
    said = ("--source", "OCHA", "--licence", "CC BY")
    assert run("import", "boundaries", files / "adm3.geojson", "--into", case, *said) == 0
    people = ("--population", files / "people.csv", "--host-share", "0.1")
    assert run("import", "places", files / "towns.osm", "--into", case, *people) == 0
    assert run("import", "roads", files / "roads.graphml", "--into", case) == 0
    assert run("import", "facilities", files / "health.csv", "--into", case) == 0
    told = capsys.readouterr().out
    assert "left out: an example row whose area, place or target is gone" in told
    assert "residents: 146,458 persons in places; the rows of people.csv add up to 146,458" in told
    assert (
        "example rows are still there, to be replaced: events.csv 2, observations.csv 1" in told.splitlines()
    )
    found = read_case(case)
    places = found.world.places
    persons = dict(zip(places.name, places.residents_persons.tolist(), strict=True))
    assert persons == {"West": 20_000, "Middle": 123_457, "East": 1_501, "Far East": 1_500}
    assert found.world.areas.area_id == list(CODES)
    assert [round(km) for km in found.world.roads.km] == [54, 65, 43]
    assert found.world.room_persons[:, 0].sum() == pytest.approx(14_646)
    assert found.world.facilities.facility_id == ["N2-F1"]
    licences = {file: facts["licence"] for file, facts in found.world.manifest["tables"].items()}
    assert licences["areas.csv"] == "CC BY"
    assert licences["roads.csv"] == "ODbL-1.0"
    assert licences["outlines.geojson"] == "CC BY"
    assert licences["events.csv"] == "CC0-1.0"
    with (case / "import_boundaries_dropped.csv").open(encoding="utf-8") as file:
        gone = {row["file"] for row in csv.DictReader(file)}
    assert gone >= {"places.csv", "crossings.csv", "facilities.csv", "roads.csv", "shelter.csv", "events.csv"}


def test_a_dry_run_says_the_same_and_writes_nothing(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = files / "mine"
    run("new", case)
    before = {file.name: file.read_bytes() for file in case.iterdir()}
    capsys.readouterr()
    words = ("import", "boundaries", files / "adm3.geojson", "--into", case)
    assert run(*words, "--dry-run") == 0
    dry = capsys.readouterr().out.splitlines()
    assert {file.name: file.read_bytes() for file in case.iterdir()} == before
    assert run(*words) == 0
    assert capsys.readouterr().out.splitlines()[:-1] == dry[:-1]
    assert dry[-1] == "dry run: nothing was written"


def test_everything_wrong_with_what_was_asked_is_said(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = files / "mine"
    run("new", case)
    before = {file.name: file.read_bytes() for file in case.iterdir()}
    assert run("import", "places", files / "none.osm", files / "gone.osm", "--into", files) == 2
    told = capsys.readouterr().err
    assert told.count("is not there, or is no file") == 2
    assert "is no case: it has no manifest.yaml" in told
    assert (
        run("import", "places", files / "towns.osm", "--into", case, "--map", "nam_en=x", "--map", "lat") == 2
    )
    told = capsys.readouterr().err
    assert "did you mean 'name_en'" in told
    assert "--map 'lat'; expected OURS=THEIRS" in told
    assert {file.name: file.read_bytes() for file in case.iterdir()} == before


def test_other_commands_do_not_wait_for_the_importers() -> None:
    code = (
        "import sys; from flightsim import cli; cli.main(['cases']); "
        "sys.exit('flightsim.case.importing.kinds' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_help_names_every_kind_and_its_switches(capsys: pytest.CaptureFixture[str]) -> None:
    for words, said in (([], list(KINDS)), (["places"], ["--population", "--dry-run", "--map"])):
        with pytest.raises(SystemExit):
            run("import", *words, "--help")
        told = capsys.readouterr().out
        assert not [each for each in said if each not in told]
