"""From a configuration to a results folder: every complaint at once, what is described, and what is reused."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flightsim import results
from flightsim.config import compose
from flightsim.errors import InputError
from flightsim.files.old_names import LATER_PARTS
from flightsim.model.parts.behaviour import NoFlight
from flightsim.model.parts.border import Border
from flightsim.model.parts.hazard import Bombardment
from flightsim.scenario import PARTS, SETTINGS, Scenario, from_config

ROADS = "flightsim.model.parts.roads.RoadNetwork, flightsim.model.parts.roads.FreeFlow"
Change = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def toy() -> dict[str, Any]:
    overrides = ["experiment=toy", "days=12", "step_hours=6", "population.scale=0.2", "figures=false"]
    (job,) = compose.jobs(overrides)
    return job.config


@pytest.fixture
def config(toy: dict[str, Any], tmp_path: Path) -> Change:
    """The toy configuration with other values: ``config(days=3, hazard__strength=2)``."""

    def changed(**changes: Any) -> dict[str, Any]:
        made = copy.deepcopy(toy) | {"results": str(tmp_path / "results")}
        for name, value in changes.items():
            *groups, key = name.split("__")
            section = made
            for group in groups:
                section = section[group]
            section[key] = value
        return made

    return changed


def complaints(config: dict[str, Any]) -> list[str]:
    with pytest.raises(InputError) as caught:
        from_config(config)
    return caught.value.complaints


# ------------------------------------------------------------------ what is refused


def test_every_complaint_at_once(config: Change) -> None:
    wrong = config(
        days="ten",
        step_hours=5,
        seed=-1,
        start="the first of December",
        figures="yes",
        hazard__strength=-2,
        hazard__memory_days="long",
        roads___target_="flightsim.model.parts.roads.FlyingCarpet",
        border__policy="ajar",
        events__keep=["reported", "asumed"],
        boundaries="nowhere.geojson",
        name="a/b",
    )
    assert complaints(wrong) == [
        "hazard.memory_days is 'long'; expected a number from 0.5 to 30 days",
        "hazard.strength is -2; expected a number from 0 to 10 factor",
        f"roads._target_ is 'flightsim.model.parts.roads.FlyingCarpet'; expected one of {ROADS}",
        "border.policy is 'ajar'; expected one of as_it_was, closed, women_and_children, open",
        "events.keep has 'asumed'; expected reported, derived, assumed (did you mean 'assumed'?)",
        "start is 'the first of December'; expected a date such as 2019-12-01",
        "days is 'ten'; expected a whole number from 1 to 3660",
        "step_hours is 5; expected one of 1, 2, 3, 4, 6, 8, 12, 24",
        "name is 'a/b'; expected a name that can be a folder's",
        "seed is -1; expected a whole number from 0 to 9223372036854775807",
        "figures is 'yes'; expected true, false, light or dark",
        "boundaries is 'nowhere.geojson'; expected a GeoJSON file, or null",
    ]


def test_unknown_keys_are_refused_at_every_level_with_the_nearest_name(config: Change) -> None:
    assert complaints(config(dayz=5, hazzard={})) == [
        "dayz is no setting of a scenario (did you mean 'days'?)",
        "hazzard is no setting of a scenario (did you mean 'hazard'?)",
    ]
    assert complaints(config(hazard__memory_dayz=5, behaviour__kinn=1, events__kept=1)) == [
        "hazard.memory_dayz is no parameter of Bombardment (did you mean 'memory_days'?)",
        "behaviour.kinn is no parameter of Flight (did you mean 'kin'?)",
        "events.kept is no parameter of WhatIf (did you mean 'keep'?)",
    ]


@pytest.mark.parametrize("name", sorted({*SETTINGS, *PARTS} - set(LATER_PARTS)))
def test_nothing_may_be_missing(config: Change, name: str) -> None:
    short = config()
    del short[name]
    assert complaints(short) == [f"{name} is missing from the configuration"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"days": 0}, "days is 0"),
        ({"days": 3661}, "from 1 to 3660"),
        ({"days": True}, "days is True"),
        ({"days": 3.0}, "days is 3.0"),
        ({"seed": 1.5}, "seed is 1.5"),
        ({"seed": 2**63}, "seed is 9223372036854775808"),
        ({"seed": False}, "seed is False"),
        ({"step_hours": "1"}, "step_hours is '1'"),
        ({"start": 7}, "start is '7'"),
        ({"start": "2020-02-30"}, "start is '2020-02-30'"),
        ({"start": "9999-12-31"}, "start is '9999-12-31'"),
        ({"name": ""}, "name is ''"),
        ({"name": ".."}, "name is '..'"),
        ({"name": 7}, "name is 7"),
        ({"results": None}, "results is None"),
        ({"start": "2020-01-01", "case": ["toy"]}, "case is ['toy']"),
        ({"events": None}, "events is None; expected a part with its _target_"),
        ({"events__keep": "reported"}, "events.keep is 'reported'"),
        ({"events__keep": []}, "events.keep is []"),
        ({"events__keep": [None]}, "events.keep has None"),
        ({"hazard": None}, "hazard is None; expected a part with its _target_"),
        ({"hazard": {"strength": 1}}, "expected a part with its _target_"),
        ({"hazard___target_": ["flightsim.model.parts.hazard.Bombardment"]}, "hazard._target_ is ["),
        ({"hazard___target_": "os.system"}, "hazard._target_ is 'os.system'"),
        (
            {"hazard___target_": "flightsim.model.parts.border.Border"},
            "hazard._target_ is 'flightsim.model.parts.border.Border'",
        ),
        ({"hazard__strength": float("nan")}, "hazard.strength is nan"),
        ({"hazard__strength": float("inf")}, "hazard.strength is inf"),
        ({"hazard__strength": True}, "hazard.strength is True"),
        ({"hazard__strength": None}, "hazard.strength is None"),
        ({"behaviour__returns": "no"}, "behaviour.returns is 'no'; expected true or false"),
        ({"population__scale": 0}, "population.scale is 0"),
        ({"population__scale": 2}, "population.scale is 2"),
    ],
    ids=str,
)
def test_wrong_values_are_refused(config: Change, change: dict[str, Any], words: str) -> None:
    (text,) = complaints(config(**change))
    assert words in text


def test_a_null_part_has_no_parameters(config: Change) -> None:
    null = {"_target_": "flightsim.model.parts.hazard.NoHazard", "strength": 1}
    assert complaints(config(hazard=null)) == ["hazard.strength is no parameter of NoHazard"]


def test_an_unknown_case_is_refused_with_the_nearest_name(config: Change) -> None:
    with pytest.raises(InputError, match="did you mean 'toy'"):
        from_config(config(case="tooy")).describe()


@pytest.mark.parametrize("start", ["2018-01-01", "2024-05-01"])
def test_a_period_far_from_the_case_s_is_refused(config: Change, start: str) -> None:
    for ask in ("describe", "run"):
        with pytest.raises(
            InputError, match=f"start is {start} and days is 12; expected a period that meets"
        ):
            getattr(from_config(config(start=start)), ask)()


@pytest.mark.parametrize("start", ["2019-13-01", "9999-12-31", "2007-01-01", "2024-05-01"])
def test_a_length_that_was_not_given_is_not_complained_of(config: Change, start: str) -> None:
    (text,) = complaints(config(start=start, days=None))
    assert text.startswith(
        f"start is '{start}'" if start in ("2019-13-01", "9999-12-31") else f"start is {start}"
    )
    assert "days is" not in text
    if start < "2018":
        assert "the case's 2020-01-01 to 2020-01-31" in text


# ------------------------------------------------------------------ what is made


def test_parts_are_made_as_configured(config: Change) -> None:
    null = {"_target_": "flightsim.model.parts.behaviour.NoFlight"}
    scenario = from_config(config(hazard__strength=2, border__policy="open", behaviour=null))
    assert scenario.parts.hazard == Bombardment(strength=2)
    assert scenario.parts.border == Border("open")
    assert isinstance(scenario.parts.behaviour, NoFlight)
    assert scenario.clock.n_steps == 12 * 4


def test_a_date_may_be_a_date(config: Change) -> None:
    day = dt.date(2020, 1, 3)
    assert from_config(config(start=day)).clock == from_config(config(start="2020-01-03")).clock


@pytest.mark.parametrize("start", [None, "2020-01-11", dt.date(2020, 1, 11)])
def test_a_period_left_open_is_the_case_s_own(config: Change, start: Any) -> None:
    scenario = from_config(config(start=start, days=None))
    manifest = scenario.world.manifest
    assert scenario.clock.start == (manifest["start"] if start is None else dt.date(2020, 1, 11))
    assert scenario.clock.date_of(scenario.clock.days - 1) == manifest["end"]


def test_events_are_kept_by_how_they_are_known(config: Change) -> None:
    by_status = {}
    for keep in (["reported"], ["derived"], ["assumed"], ["reported", "derived", "assumed"]):
        scenario = from_config(config(events__keep=keep))
        assert {event.status for event in scenario.events} == set(keep)
        by_status["+".join(keep)] = len(scenario.events)
    *some, everything = by_status.values()
    assert sum(some) == everything


def test_a_configuration_is_not_changed(config: Change) -> None:
    given = config(start=None, days=None)
    before = copy.deepcopy(given)
    from_config(given).describe()
    assert given == before


def test_describe_says_in_figures_what_there_is(config: Change) -> None:
    scenario = from_config(config(hazard__strength=1.0))
    text = scenario.describe()
    lines = text.splitlines()
    assert lines[0].startswith("Greenwater")
    assert "12 days in steps of 6 h, seed 1" in lines[1]
    assert "12 places in 4 sub-districts" in text
    assert "32,500 people, 7,700 of them displaced before" in text
    assert f"{len(scenario.model().households):,} agents, each for 5 household(s)" in text
    assert "hazard Bombardment" in text
    assert str(scenario.folder / scenario.run_id) in text
    assert not scenario.folder.exists()  # nothing is made by describing


def test_describe_counts_room_as_the_shelter_part_does(config: Change) -> None:
    def host(scenario: Scenario) -> float:
        after = scenario.describe().split("Free room for newcomers: host ")[1]
        return float(after.split(", rented")[0].replace(",", ""))

    half = from_config(config(shelter__room=0.5))
    assert host(half) == 0.5 * host(from_config(config()))
    endless = config(shelter={"_target_": "flightsim.model.parts.shelter.UnlimitedShelter"})
    assert host(from_config(endless)) == float("inf")


# ------------------------------------------------------------------ what a run leaves behind


def test_a_run_leaves_a_complete_folder_and_is_reused(config: Change) -> None:
    told: list[tuple[int, int]] = []
    scenario = from_config(config())
    first = scenario.run(lambda done, of: told.append((done, of)))
    assert told == [(i, 48) for i in range(1, 49)]
    assert first.path == scenario.folder / scenario.run_id
    assert not first.reused
    found = results.load(first.path)
    assert found.config == scenario.config
    assert found.series("displaced_persons").iloc[-1] > 0
    assert len(first.summary.splitlines()) == 10

    told.clear()
    written = (first.path / "provenance.json").stat().st_mtime_ns
    again = from_config(config()).run(lambda done, of: told.append((done, of)))
    assert again.reused
    assert (again.path, again.summary) == (first.path, first.summary)
    assert told == []
    assert (first.path / "provenance.json").stat().st_mtime_ns == written


def test_the_same_seed_gives_the_same_bytes(config: Change, tmp_path: Path) -> None:
    folders = [from_config(config(results=str(tmp_path / name))).run().path for name in ("one", "two")]
    files = sorted(p.relative_to(folders[0]) for p in folders[0].rglob("*") if p.is_file())
    assert len(files) >= 9
    for file in files:
        if file.name not in ("provenance.json", "config.yaml"):  # which say when, and where to
            assert (folders[0] / file).read_bytes() == (folders[1] / file).read_bytes(), file


def test_run_ids_follow_what_goes_into_a_run(config: Change, toy_folder: Path) -> None:
    base = from_config(config()).run_id
    assert len(base) == 12
    assert int(base, 16) >= 0
    same = [config(), config(results="elsewhere"), config(hazard__strength=1), config(hazard__strength=1.0)]
    assert {from_config(each).run_id for each in same} == {base}
    others = [
        config(seed=2),
        config(days=13),
        config(step_hours=1),
        config(hazard__strength=1.01),
        config(name="other"),
        config(events__keep=["reported"]),
        config(border__policy="open"),
    ]
    ids = [from_config(each).run_id for each in others]
    assert len({base, *ids}) == 1 + len(ids)


def test_run_ids_follow_the_bytes_of_the_case(config: Change, toy_folder: Path) -> None:
    def run_id() -> str:
        return from_config(config(case=str(toy_folder))).run_id

    before = run_id()
    events = toy_folder / "events.csv"
    text = events.read_text(encoding="utf-8")
    events.write_text(text.replace("air_strike,T02,3,", "air_strike,T02,4,"), encoding="utf-8")
    changed = run_id()
    assert changed != before
    (toy_folder / "notes.txt").write_text("not read by anybody", encoding="utf-8")
    assert run_id() == changed


def test_something_else_in_the_way_is_left_as_it_is(config: Change) -> None:
    scenario = from_config(config())
    folder = scenario.folder / scenario.run_id
    folder.mkdir(parents=True)
    (folder / "precious.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="in the way"):
        scenario.run()
    assert [p.name for p in folder.iterdir()] == ["precious.txt"]


def test_a_run_that_breaks_off_leaves_nothing(config: Change) -> None:
    def stop(done: int, of: int) -> None:
        if done == 20:
            raise KeyboardInterrupt

    scenario = from_config(config())
    with pytest.raises(KeyboardInterrupt):
        scenario.run(stop)
    assert not (scenario.folder / scenario.run_id).exists()
    left = list(scenario.folder.rglob("*")) if scenario.folder.exists() else []
    assert left == []


def test_a_place_that_cannot_be_written_is_told_before_the_run(config: Change, tmp_path: Path) -> None:
    file = tmp_path / "a file"
    file.write_text("", encoding="utf-8")
    told: list[int] = []
    with pytest.raises(InputError):
        from_config(config(results=str(file))).run(lambda done, of: told.append(done))
    assert told == []
