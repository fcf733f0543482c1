"""Sides of a conflict by the case's own names, and what each means to those who flee."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from flightsim.case.reading import read_case, shipped_cases
from flightsim.clock import Clock
from flightsim.config import compose
from flightsim.errors import InputError
from flightsim.model.agents import Household
from flightsim.model.model import DisplacementModel
from flightsim.model.parts import Parts
from flightsim.model.parts.hazard import Bombardment
from flightsim.model.parts.population import Population
from flightsim.scenario import from_config
from flightsim.world import SYRIA, Holders, World
from models import FAST, bombing, day, model_of, refuge, run
from worlds import START, Spot, captured, event, make_world

SUDAN = """holders:
  saf: {label: the army, frightens: %s, lived_in: true, crossed: %s}
  rsf: {label: the Rapid Support Forces, frightens: true, lived_in: %s, crossed: false}
"""
BOTH = Holders(("saf", "rsf"), ("the army", "the RSF"), (True, True), (True, True), (True, True))
FEARFUL = replace(FAST, front_per_hour=0.1)


def copy(folder: Path, holders: str) -> Path:
    """The toy case with two sides of other names."""
    shutil.copytree(shipped_cases()["toy"], folder / "case")
    manifest = folder / "case" / "manifest.yaml"
    manifest.write_text(holders + manifest.read_text(encoding="utf-8"), encoding="utf-8")
    for name in ("places.csv", "events.csv"):
        path = folder / "case" / name
        text = (
            path.read_text(encoding="utf-8").replace(",opposition,", ",saf,").replace(",government,", ",rsf,")
        )
        path.write_text(text, encoding="utf-8")
    return folder / "case"


def displaced(case: Path | str) -> float:
    case = read_case(case)
    clock = Clock(case.world.manifest["start"], 12, 12)
    model = DisplacementModel(case.world, case.events, clock, Parts(population=Population(scale=0.1)))
    while model.now < clock.n_steps:
        model.step()
    return float(model.households.people(np.flatnonzero(model.households.displaced)).sum())


def test_names_alone_change_nothing(tmp_path: Path) -> None:
    case = copy(tmp_path, SUDAN % ("false", "false", "false"))
    assert read_case(case).world.holders.name == ("saf", "rsf")
    assert displaced(case) == displaced("toy") > 0


def test_a_case_without_sides_has_those_of_syria() -> None:
    assert read_case("toy").world.holders == SYRIA


def taken(holders: Holders, by: str) -> DisplacementModel:
    """The town T of 2,000 is taken on the first day by a side, and nothing is struck."""
    world: World = replace(refuge(), holders=holders)
    events = [captured("T", START, by)]
    return run(
        DisplacementModel(
            world, events, Clock(START, 6, 6), Parts(behaviour=replace(FAST, front_per_hour=0.1))
        )
    )


def test_where_people_live_under_every_side_they_flee_a_capture_and_go_on_living_there() -> None:
    model = taken(BOTH, "rsf")
    present = model.present_persons[1]
    assert 0 < present < 1900
    assert model.households.displaced.any()
    assert not model.hostile_ground.any()
    assert model.can_leave[1]


def test_a_side_that_frightens_nobody_drives_nobody_out() -> None:
    calm = Holders(("saf", "rsf"), ("the army", "the RSF"), (False, False), (True, True), (True, True))
    assert not taken(calm, "rsf").households.displaced.any()


def test_two_sides_may_each_drive_people_out() -> None:
    for by, before in (("rsf", 0), ("saf", 1)):
        world = replace(refuge(), holders=BOTH)
        world = replace(world, places=replace(world.places, control=np.full(2, before)))
        model = DisplacementModel(
            world,
            [captured("T", START, by)],
            Clock(START, 4, 6),
            Parts(behaviour=replace(FAST, front_per_hour=0.1)),
        )
        assert run(model).households.displaced.any(), by


def test_where_lines_are_closed_nobody_gets_across_but_at_crossings() -> None:
    """A place taken by a side under which people live, with no crossing: they want to leave and cannot."""
    shut = replace(BOTH, crossed=(False, False))
    model = taken(shut, "rsf")
    assert not model.households.displaced.any()
    assert (model.households.wants_since >= 0).any()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("holders: many\n", "holders is "),
        (
            "holders:\n  saf: {label: a, frightens: perhaps, lived_in: true, crossed: true}\n",
            "frightens is 'perhaps'; expected true or false",
        ),
        ("holders:\n  saf: {label: a, frightens: true, crossed: true}\n", "lived_in is missing"),
        (
            "holders:\n  saf: {label: a, frightens: true, livedin: true, crossed: true}\n",
            "did you mean 'lived_in'",
        ),
        (
            "holders:\n  saf: {label: a, frightens: true, lived_in: false, crossed: true}\n",
            "lived_in is false for all",
        ),
    ],
)
def test_sides_that_say_too_little_are_refused(tmp_path: Path, text: str, expected: str) -> None:
    with pytest.raises(InputError, match=r"manifest\.yaml") as refused:
        read_case(copy(tmp_path, text))
    assert expected in str(refused.value)


def test_a_side_that_the_manifest_does_not_name_is_refused_with_the_nearest(tmp_path: Path) -> None:
    case = copy(tmp_path, SUDAN % ("true", "true", "true"))
    path = case / "places.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",saf,", ",sfa,", 1), encoding="utf-8")
    with pytest.raises(InputError, match=r"places\.csv row \d+: control is 'sfa'; expected saf or rsf"):
        read_case(case)


FEARED = replace(BOTH, dangerous_to=((), ("saf",)))  # the RSF, by the people of the army's ground


def test_an_event_says_from_when_on_a_side_frightens() -> None:
    """T is taken on the third day by a side that frightens from the second or the fourth day on."""
    calm = replace(BOTH, frightens=(False, False))
    displaced = {}
    for first, value in ((1, 1.0), (2, 1.0), (3, 1.0), (1, 0.0)):
        events = [captured("T", day(2), "rsf"), event("hostility", "rsf", value, day(first))]
        holders = calm if value else BOTH
        model = run(
            model_of(replace(refuge(), holders=holders), events, days=6, step_hours=6, behaviour=FEARFUL)
        )
        displaced[first, value] = bool(model.households.displaced.any())
        assert model.hazard.frightens.tolist() == [not value, bool(value)]
    assert displaced == {(1, 1.0): True, (2, 1.0): True, (3, 1.0): False, (1, 0.0): False}


def test_hostility_before_the_start_counts() -> None:
    events = [event("hostility", "rsf", 0.0, day(-3)), captured("T", START, "rsf")]
    model = model_of(replace(refuge(), holders=BOTH), events, days=1, step_hours=6, behaviour=FEARFUL)
    run(model)
    assert model.hazard.alarm.tolist() == [0, 0]


def between(holders: Holders) -> World:
    """A of the army is bombed; W near it is the RSF's, one place of Far too, and the other is the army's."""
    spots = [
        Spot("A", "Area-A", 0, residents=1000, control="saf"),
        Spot("W", "Area-W", 10, control="rsf", site=10_000),
        Spot("F1", "Far", 60, control="rsf", site=10_000),
        Spot("F2", "Far", 61, control="saf", site=10_000),
    ]
    return make_world("between", spots, [("A", "W"), ("W", "F1"), ("F1", "F2")], holders=holders)


def test_people_do_not_flee_to_a_side_that_is_dangerous_to_them_but_pass_through() -> None:
    bombs = bombing("A", range(4), 60)
    model = run(model_of(between(FEARED), bombs, days=6, step_hours=6, behaviour=FAST))
    assert model.present_persons[[1, 2]].tolist() == [0, 0]
    assert model.present_persons[3] > 700
    anywhere = run(model_of(between(BOTH), bombs, days=6, step_hours=6, behaviour=FAST))
    assert anywhere.present_persons[1] + anywhere.present_persons[2] > 300
    assert model.options().row.tolist() == [0, 1, 2, 2]  # Far is one place of either side
    assert anywhere.options().row.tolist() == [0, 1, 2]
    at_home = np.flatnonzero(model.households.place == 0)
    assert len(at_home)
    assert {name for row in at_home[:5] for name, _ in Household(model, int(row)).weigh(None)} == {"F2"}


def test_while_it_does_not_frighten_they_flee_to_it() -> None:
    events = [*bombing("A", range(4), 60), event("hostility", "rsf", 0.0, START)]
    model = run(model_of(between(FEARED), events, days=6, step_hours=6, behaviour=FAST))
    assert model.present_persons[1] + model.present_persons[2] > 300


def test_its_captures_alarm_those_alone_to_whom_it_is_dangerous() -> None:
    world = between(replace(FEARED, frightens=(True, True)))
    far = Bombardment(front_distance_km=40, front_reach_km=200)
    for by, alarmed in (("rsf", [True, False, False, True]), ("saf", [True, True, True, True])):
        place = "A" if by == "rsf" else "W"
        model = model_of(
            world, [captured(place, START, by)], days=1, step_hours=6, hazard=far, behaviour=FAST
        )
        run(model)
        assert (model.hazard.alarm > 0).tolist() == alarmed


def test_who_is_on_the_way_turns_when_the_goal_becomes_dangerous() -> None:
    """W is the army's until noon of the first day; nobody settles there after the RSF has taken it."""
    world = between(FEARED)
    world = replace(world, places=replace(world.places, control=np.array([0, 0, 1, 0])))
    events = [*bombing("A", range(4), 60), captured("W", START, "rsf", hour=12)]
    model = model_of(world, events, days=6, step_hours=1, behaviour=FAST)
    run(model, days=1)
    there_then = model.present_persons[1]
    run(model)
    assert model.present_persons[1] <= there_then
    assert model.present_persons[3] > 500


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("rsf,2", "value of hostility is 2; expected at most 1"),
        ("rfs,1", "target of hostility is 'rfs'; expected a known holder (did you mean 'rsf'?)"),
    ],
)
def test_events_of_hostility_name_a_side(tmp_path: Path, row: str, expected: str) -> None:
    case = copy(tmp_path, SUDAN % ("true", "true", "true"))
    with (case / "events.csv").open("a", encoding="utf-8") as file:
        file.write(f"X1,2020-01-03,,,hostility,{row},,assumed,invented,\n")
    with pytest.raises(InputError, match=re.escape(expected)):
        read_case(case)


def test_a_side_of_two_words_may_be_hostile(tmp_path: Path) -> None:
    case = copy(tmp_path, (SUDAN % ("true", "true", "true")).replace("rsf:", "rapid forces:"))
    for name in ("places.csv", "events.csv"):
        path = case / name
        path.write_text(path.read_text(encoding="utf-8").replace(",rsf,", ",rapid forces,"), encoding="utf-8")
    with (case / "events.csv").open("a", encoding="utf-8") as file:
        file.write("X1,2020-01-03,,,hostility,rapid forces,1,,assumed,invented,\n")
    assert [e.target for e in read_case(case).events if e.type == "hostility"] == ["rapid forces"]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("colour: red", "colour is 'red'; expected # and six of 0 to 9 and a to f"),
        ("dangerous_to: rsf", "dangerous_to is 'rsf'; expected a list of other sides"),
        ("dangerous_to: [saf]", "dangerous_to names 'saf'"),
        ("dangerous_to: [rfs]", "did you mean 'rsf'"),
    ],
)
def test_what_a_side_may_say_is_checked(tmp_path: Path, more: str, expected: str) -> None:
    sides = (SUDAN % ("true", "true", "true")).replace("label: the army,", f"label: the army, {more},")
    with pytest.raises(InputError, match=re.escape(expected)):
        read_case(copy(tmp_path, sides))


def test_a_side_has_a_colour_and_those_to_whom_it_is_dangerous(tmp_path: Path) -> None:
    sides = (SUDAN % ("true", "true", "true")).replace(
        "label: the army,", 'label: the army, colour: "#aa3300", dangerous_to: [rsf],'
    )
    holders = read_case(copy(tmp_path, sides)).world.holders
    assert holders.colour == ("#AA3300", "")
    assert holders.dangerous_to == (("rsf",), ())
    assert holders.with_countries({"TCD": "Chad"}).avoided.tolist() == [
        [False] * 3,
        [True, False, False],
        [False] * 3,
    ]


def test_describe_says_when_a_side_turns(tmp_path: Path) -> None:
    case = copy(tmp_path, SUDAN % ("true", "true", "true"))
    with (case / "events.csv").open("a", encoding="utf-8") as file:
        file.write("X1,2020-01-03,,,hostility,saf,0,,assumed,invented,\n")
    (job,) = compose.jobs([f"case={case}"])
    assert "taken; the army does not frighten from 2020-01-03 on." in from_config(job.config).describe()
