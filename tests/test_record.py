"""What a run recorded of holders, facilities and room, and what is worked out for a folder that has no such table."""

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import synthetic
import toys
from flightsim import scenario
from flightsim.model.parts.services import NoServices
from flightsim.results import Results, load, record
from flightsim.world import OPEN, RUNGS, SITE, UNFINISHED, World
from worlds import CONTROLS, GOVERNMENT


def no_events() -> list:
    raise AssertionError("a run that recorded its state needs no events")


@pytest.fixture(scope="module")
def run() -> Results:
    return load(next(path for path in sorted((toys.three_runs()).iterdir()) if path.is_dir()))


@pytest.fixture(scope="module")
def toy(run: Results) -> scenario.Scenario:
    return scenario.from_config(run.config)


@pytest.fixture
def older(run: Results, tmp_path: Path) -> Results:
    """The same run as version 0.1 would have left it."""
    folder = shutil.copytree(str(run.path), tmp_path / "older")
    return load(without_state(folder))


def without_state(folder: Path) -> Path:
    """A folder of before there was that table: neither there nor said to have been written."""
    (folder / "state.parquet").unlink()
    path = folder / "provenance.json"
    about = json.loads(path.read_text(encoding="utf-8"))
    del about["outputs"]["state.parquet"]
    path.write_text(json.dumps(about), encoding="utf-8")
    return folder


def test_places_are_held_as_the_case_says_and_then_by_who_took_them(
    run: Results, toy: scenario.Scenario
) -> None:
    world = toy.world
    held = record.held(run, world)
    assert held[0].tolist() == world.places.control.tolist()
    assert len(run.front)
    for day, when in enumerate(run.days, start=1):
        taken = run.front[run.front["date"] <= when].groupby("place_id")["holder"].last()
        expected = [
            taken.get(place, CONTROLS[at_first])
            for place, at_first in zip(world.places.place_id, world.places.control, strict=True)
        ]
        assert [CONTROLS[each] for each in held[day]] == expected


def test_facilities_work_until_an_event_closes_them(run: Results, toy: scenario.Scenario) -> None:
    works = record.working(run, toy.world, no_events)
    assert works[0].tolist() == toy.world.facilities.functioning.tolist()
    closed = next(event for event in toy.events if event.type == "facility_closed")
    row = toy.world.facilities.facility_id.index(closed.target)
    day = int((pd.Timestamp(closed.date) - run.days[0]).days)
    assert works[day, row]  # the end of the day before
    assert not works[day + 1, row]


def test_room_left_is_what_was_there_and_tents_less_those_who_took_it(
    run: Results, toy: scenario.Scenario
) -> None:
    world, area = toy.world, toy.world.places.area
    left = record.room_left(run, world)
    at_start = np.zeros((len(world.areas), OPEN))
    np.add.at(at_start, area, np.maximum(world.room_persons[:, :OPEN], 0))
    assert left[0] == pytest.approx(at_start)
    taken = run.cube.values("sheltered_persons", {"area_id": world.areas.area_id, "group": RUNGS[:OPEN]})
    safe = [
        a for a in range(len(world.areas)) if not (record.held(run, world)[:, area == a] == GOVERNMENT).any()
    ]
    more = (left[1:] + taken - left[0])[:, safe]
    nobody_left = run.cube.values("moves_persons", {"area_id": world.areas.area_id})[:, safe] == 0
    assert nobody_left.any()
    for rung in set(range(OPEN)) - {SITE, UNFINISHED}:  # tents, makeshift shelter
        assert more[nobody_left][:, rung] == pytest.approx(0, abs=1e-6)
    assert more.min() > -1e-6  # the displaced of before who leave make room, and tents are put up
    assert more[-1, :, SITE].sum() > 0


def test_a_folder_of_the_first_version_tells_the_same(
    run: Results, older: Results, toy: scenario.Scenario
) -> None:
    world = toy.world
    assert record.held(older, world).tolist() == record.held(run, world).tolist()
    by_events = record.working(older, world, lambda: toy.events)
    assert by_events.tolist() == record.working(run, world, no_events).tolist()
    room = record.room_left(older, world)
    assert room[0].tolist() == record.room_left(run, world)[0].tolist()
    assert np.isnan(room[1:]).all()


def test_room_without_limit_is_told(toy: scenario.Scenario, tmp_path: Path) -> None:
    found = load(toys.run(tmp_path, "days=2", "shelter=unlimited"))
    assert np.isinf(record.room_left(found, toy.world)).all()
    assert found.path
    assert np.isinf(record.room_left(load(without_state(found.path)), toy.world)[0]).all()


def test_facilities_close_where_nobody_heeds_it_too(toy: scenario.Scenario) -> None:
    care = NoServices().start(toy.world, toy.events, toy.clock)
    before = care.working.copy()
    for step in range(toy.clock.n_steps):
        care.advance(step)
    assert (care.functioning < toy.world.facilities.functioning).any()
    assert care.working.tolist() == before.tolist()
    assert not care.lost.any()


def test_a_front_alone_says_who_holds_the_ground() -> None:
    world: World = synthetic.world()
    found = Results.in_memory(synthetic.tables(world), {}, {})
    held = record.held(found, world)
    assert held[0].tolist() == [0] * len(world.places)
    assert held[-1].tolist() == [2] * 5 + [0] * (len(world.places) - 5)
