"""A run's folder: written, found again, read back, refused."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import flightsim
import synthetic
from flightsim import measures, results
from flightsim.errors import InputError
from flightsim.results import provenance, runs

CONFIG = {"name": "strip", "start": "2019-12-01", "days": 40, "seed": 3, "hazard": {"radius_km": 5.0}}


def write(parent: Path, name: str = "abc123def456", **more: Any) -> Path:
    world = synthetic.world()
    names = dict(zip(world.areas.area_id, world.areas.name, strict=True))
    about = provenance.of_run(inputs={"places.csv": "00"}, seed=3, wall_seconds=1.234)
    tables = more.pop("tables", None) or synthetic.tables(world)
    return runs.write_run(
        parent,
        name,
        results.Results.in_memory(tables, CONFIG, about, names),
        summary_rows=[
            {"measure": "displaced_persons", "value": 5.0},
            {"measure": "moves_persons", "value": 6.0},
        ],
        **more,
    )


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    world = synthetic.world()
    tables = synthetic.tables(world)
    run = results.load(write(tmp_path, tables=tables, log="said\n"))
    assert run.warning == ""
    nothing = {"_target_": "flightsim.model.parts.discrepancy.NoDiscrepancy"}
    assert run.config == {**CONFIG, "discrepancy": nothing}  # which runs of before did not have
    assert run.seed == 3
    assert run.title == "strip"
    assert run.provenance["flightsim"] == flightsim.__version__
    assert run.provenance["inputs"] == {"places.csv": "00"}
    assert len(run.measures) == len(tables["measures"])
    assert run.measures["value"].sum() == pytest.approx(tables["measures"]["value"].sum())
    assert list(run.measures) == list(runs.COLUMNS["measures"])
    assert set(run.measures["unit"]) == {m.unit for m in measures.MEASURES.values()}
    assert run.area_names["XX0001"] == "Midtown"
    assert len(run.flows) == len(tables["flows"])
    assert len(run.roads) == len(tables["roads"])
    assert run.front["place_id"].tolist() == world.places.place_id[:5]
    assert run.households["first_departure"].iloc[0] == pd.Timestamp("2019-12-20 21:00")
    assert run.summary["measure"].tolist() == ["displaced_persons", "moves_persons"]
    assert (tmp_path / "abc123def456" / "run.log").read_text() == "said\n"


def test_every_file_is_named_in_the_readme(tmp_path: Path) -> None:
    folder = write(tmp_path)
    text = (folder / "README.txt").read_text()
    for path in folder.iterdir():
        assert path.name in text or path.name == "README.txt"
    assert "households.parquet   NOT FOR SHARING" in text


def test_the_same_tables_give_the_same_bytes(tmp_path: Path) -> None:
    world = synthetic.world()
    tables = synthetic.tables(world)
    shuffled = {name: t.sample(frac=1, random_state=1) for name, t in tables.items()}
    one, two = write(tmp_path, "one", tables=tables), write(tmp_path, "two", tables=shuffled)
    for path in one.glob("*.parquet"):
        assert path.read_bytes() == (two / path.name).read_bytes(), path.name


def test_series_are_sums_over_what_is_not_asked(tmp_path: Path) -> None:
    run = results.load(write(tmp_path))
    total = run.series("arrivals_persons")
    assert len(total) == 40
    assert total.index[0] == pd.Timestamp("2019-12-01")
    by_area = run.wide("arrivals_persons")
    by_rung = run.wide("arrivals_persons", by="group")
    np.testing.assert_allclose(by_area.sum(axis=1), total)
    np.testing.assert_allclose(by_rung.sum(axis=1), total)
    one = run.series("arrivals_persons", area_id="XX0005", group="host")
    assert one.sum() == pytest.approx(0.35 * run.series("arrivals_persons", area_id="XX0005").sum())
    assert len(run.series("departures_hourly_persons")) == 40 * 24
    assert run.series("mean_road_km_to_border").iloc[-1] == pytest.approx(20)


def test_times_without_a_row_are_zero_but_a_mean_is_missing(tmp_path: Path) -> None:
    tables = synthetic.tables(synthetic.world())
    kept = tables["measures"]["time"] != pd.Timestamp("2019-12-05")
    for name in ("departures_persons", "mean_road_km_to_border"):
        kept |= tables["measures"]["measure"] != name
        tables["measures"] = tables["measures"][kept]
        kept = tables["measures"]["time"] != pd.Timestamp("2019-12-05")
    run = results.load(write(tmp_path, tables=tables))
    assert run.series("departures_persons").loc["2019-12-05"] == 0
    assert np.isnan(run.series("mean_road_km_to_border").loc["2019-12-05"])


def test_unknown_names_are_refused_with_the_nearest(tmp_path: Path) -> None:
    run = results.load(write(tmp_path))
    with pytest.raises(InputError, match=r"'displaced_person'.*did you mean 'displaced_persons'"):
        run.series("displaced_person")
    with pytest.raises(InputError, match=r"no area 'XX00001'.*did you mean 'XX0001'"):
        run.series("displaced_persons", area_id="XX00001")


def test_a_run_where_nobody_moved(tmp_path: Path) -> None:
    world = synthetic.world()
    tables = {name: t.iloc[:0] for name, t in synthetic.tables(world, quiet=True).items()}
    run = results.load(write(tmp_path, tables=tables))
    assert run.series("displaced_persons").sum() == 0
    assert run.wide("arrivals_persons").empty
    assert run.flows.empty


def test_in_memory_equals_written(tmp_path: Path) -> None:
    world = synthetic.world()
    tables = synthetic.tables(world)
    names = dict(zip(world.areas.area_id, world.areas.name, strict=True))
    memory = results.Results.in_memory(tables, CONFIG, {"seed": 3}, names)
    pd.testing.assert_frame_equal(memory.measures, results.load(write(tmp_path, tables=tables)).measures)
    assert memory.summary.empty


def test_folders_that_are_not_ours_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nothing of that name"):
        results.load(tmp_path / "gone")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "provenance.json").write_text('{"complete": true}')
    with pytest.raises(InputError, match="not a results folder"):
        results.load(tmp_path / "other")
    with pytest.raises(InputError, match="in the way"):
        runs.find_complete(tmp_path, "other")
    with pytest.raises(InputError, match="in the way"):
        write(tmp_path, "other")
    assert (tmp_path / "other" / "provenance.json").read_text() == '{"complete": true}'


def test_a_folder_of_runs_names_them(tmp_path: Path) -> None:
    write(tmp_path / "runs", "abc123def456")
    with pytest.raises(InputError, match="it holds 1: abc123def456"):
        results.load(tmp_path / "runs")


def test_a_complete_run_is_found_and_kept(tmp_path: Path) -> None:
    assert runs.find_complete(tmp_path, "abc123def456") is None
    folder = write(tmp_path)
    before = (folder / "provenance.json").stat().st_mtime_ns
    assert runs.find_complete(tmp_path, "abc123def456") == folder
    assert write(tmp_path) == folder
    assert (folder / "provenance.json").stat().st_mtime_ns == before
    assert runs.is_complete(folder)
    assert not runs.is_complete(tmp_path)


def test_another_version_loads_with_a_warning(tmp_path: Path) -> None:
    folder = write(tmp_path)
    content = json.loads((folder / "provenance.json").read_text())
    content["flightsim"] = "0.0.1"
    (folder / "provenance.json").write_text(json.dumps(content))
    assert "Made by flightsim 0.0.1" in results.load(folder).warning


def test_a_figure_that_fails_is_a_note_and_costs_no_run(tmp_path: Path) -> None:
    def draw(folder: Path) -> None:
        assert (folder.parent / "measures.parquet").exists()  # tables come first
        raise RuntimeError("no ink")

    folder = write(tmp_path, figures=draw, log="said\n")
    assert len(results.load(folder).measures)
    noted = "Note: figures are missing, the run itself is whole: RuntimeError: no ink"
    assert (folder / "run.log").read_text() == f"said\n{noted}\n"


def test_figures_that_a_full_disk_stops_leave_nothing(tmp_path: Path) -> None:
    def draw(folder: Path) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(InputError, match="the disk is full"):
        write(tmp_path, figures=draw)
    assert list(tmp_path.iterdir()) == []


def test_measures_explain_themselves() -> None:
    for name, m in measures.MEASURES.items():
        assert m.name == name
        assert m.kind in ("stock", "flow", "mean")
        assert m.unit
        assert m.meaning
        assert m.group in ("", "rung", "crossing", "exit")
    assert measures.unit_of("persons_total") == "persons"
    assert measures.unit_of("unheard_of") == ""
