"""Sides of a conflict by the case's own names, and what each means to those who flee."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from flightsim.case.reading import read_case, shipped_cases
from flightsim.clock import Clock
from flightsim.errors import InputError
from flightsim.model.model import DisplacementModel
from flightsim.model.parts import Parts
from flightsim.model.parts.population import Population
from flightsim.world import SYRIA, Holders, World
from models import FAST, refuge, run
from worlds import START, captured

SUDAN = """holders:
  saf: {label: the army, frightens: %s, lived_in: true, crossed: %s}
  rsf: {label: the Rapid Support Forces, frightens: true, lived_in: %s, crossed: false}
"""
BOTH = Holders(("saf", "rsf"), ("the army", "the RSF"), (True, True), (True, True), (True, True))


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
