"""The experiments that ask what might have been: in three days in which it matters, each lever moves what it should."""

from __future__ import annotations

import numpy as np
import pytest

from flightsim.clock import Clock
from flightsim.config import compose
from flightsim.model.model import DisplacementModel
from flightsim.scenario import Scenario, from_config
from flightsim.whatif.changes import WhatIf
from flightsim.world import BORDER_RULES

pytestmark = pytest.mark.slow  # whole commands

AS_IT_HAPPENED = (
    "flee",
    "idlib_dec2019",
    "idlib_spring2019",
    "toy",
    "twosided",
)  # a case each, not a question
FEW = ["population.scale=0.005", "step_hours=6", "days=3", "figures=false"]


def scenarios(experiment: str, *overrides: str) -> dict[str, Scenario]:
    """The scenarios of an experiment, by name."""
    jobs = compose.jobs([f"experiment={experiment}", *FEW, *overrides])
    return {job.scenario: from_config(job.config) for job in jobs}


def models(experiment: str, *overrides: str) -> dict[str, DisplacementModel]:
    """The same, run."""
    made = {}
    for name, scenario in scenarios(experiment, *overrides).items():
        made[name] = scenario.model()
        for _ in range(scenario.clock.n_steps):
            made[name].step()
    return made


@pytest.mark.parametrize("name", [name for name in compose.experiments() if name not in AS_IT_HAPPENED])
def test_an_experiment_asks_one_question_and_says_what_its_scenarios_are(name: str) -> None:
    lines = compose.experiments()[name].read_text(encoding="utf-8").splitlines()
    assert lines[1] == f"# flightsim run experiment={name}"
    assert lines[2].startswith("# What if")
    assert lines[2].endswith("?")
    jobs = compose.jobs([f"experiment={name}"])
    assert len(jobs) > 1
    assert len({str(job.config) for job in jobs}) == len(jobs)
    assert all(job.config["name"] == name and job.config["seed"] == 1 for job in jobs)


def test_experiments_of_a_case_leave_events_as_they_happened() -> None:
    for name in AS_IT_HAPPENED:
        (job,) = compose.jobs([f"experiment={name}"])
        assert from_config(job.config).whatif == WhatIf()


def test_hospitals() -> None:
    run = models("hospitals", "start='2019-12-31'")
    working = {name: int(model.care.functioning.sum()) for name, model in run.items()}
    closed = working["none closed"] - working["as they happened"]
    assert closed >= 5  # on 31 December and 1 January
    assert working["as they happened"] - working["twice as many"] == closed
    lost = [model.care.lost.sum() for model in run.values()]
    assert lost[1] < lost[0] < lost[2]


def test_border() -> None:
    run = models("border", "start='2019-12-20'")
    gates = {
        name: set(model.gates.rule[model.world.crossings.is_border].tolist()) for name, model in run.items()
    }
    assert gates == {
        "closed": {BORDER_RULES.index("closed")},
        "women and children": {BORDER_RULES.index("women_and_children")},
        "open to 480 an hour": {BORDER_RULES.index("open")},
        "open": {BORDER_RULES.index("open")},
    }
    an_hour = {
        name: model.gates.persons_per_hour[model.world.crossings.is_border].sum()
        for name, model in run.items()
    }
    assert an_hour["open"] == pytest.approx(10 * an_hour["open to 480 an hour"]) == 4800
    over = [model.gates.through_persons.sum() + model.gates.waiting_persons.sum() for model in run.values()]
    assert over[0] == 0 < over[3]


def test_ceasefire() -> None:
    run = models("ceasefire", "start='2020-01-16'")
    strikes = {name: model.recorder.values["strikes_hourly"].sum() for name, model in run.items()}
    assert strikes["12 January holds"] == 0
    assert run["12 January holds"].hazard.ceasefire
    light = 0.75 * 6 / 11  # of a day's strikes, from 6 to 12 h
    assert strikes["six hours a day"] == pytest.approx((1 - light) * strikes["as it happened"])


def test_aid() -> None:
    run = models("aid", "start='2020-01-10'")
    assert {name: model.shelter.aid for name, model in run.items()} == pytest.approx(
        {"two crossings": 1.0, "lapsed": 0.2, "four crossings": 1.8}
    )


def test_roads() -> None:
    run = models("roads")
    as_it_was, cut, dry = run.values()
    detours = (cut.routes.hours > as_it_was.routes.hours).sum()
    assert detours > 100  # pairs of node and goal whose way is longer
    assert dry.parts.transport.fuel == as_it_was.parts.transport.fuel / 2


def test_winter() -> None:
    mild, cold = models("winter").values()
    np.testing.assert_allclose(cold.hazard.temperature_c, mild.hazard.temperature_c - 5)


def test_earlier_warning() -> None:
    as_it_was, warned = models("earlier_warning", "start='2019-12-14'").values()
    assert warned.hazard.feared.sum() > as_it_was.hazard.feared.sum()
    np.testing.assert_array_equal(warned.hazard.remembered, as_it_was.hazard.remembered)
    assert warned.households.displaced.sum() > as_it_was.households.displaced.sum()


def test_offensive() -> None:
    run = models("offensive", "start='2020-01-06'", "count_from=null")
    saraqab = run["the plan"].world.areas.row_of("Saraqab")
    taken = {
        name: int(model.hostile_ground[model.world.places.area == saraqab].sum())
        for name, model in run.items()
    }
    assert taken["the front stands"] == 0
    assert 4 <= taken["the plan"] <= 8  # three of fourteen days, 26 places
    assert run["goes on as before"].hostile_ground.sum() > run["the front stands"].hostile_ground.sum()


def test_the_plan_takes_what_the_report_says_in_its_order() -> None:
    plan = scenarios("offensive", "days=98")["the plan"]
    world, phases = plan.world, plan.whatif.planned(plan.world)
    names = [world.areas.name[phase.area] for phase in phases]
    assert names == ["Ma'arrat An Nu'man", "Saraqab", "Ariha", "Mhambal", "Jisr-Ash-Shugur", "Badama"]
    west = [world.places.lon[world.areas.gateway[phase.area]] for phase in phases][1:]
    assert west == sorted(west, reverse=True)  # from Saraqab west along the M4


def test_half_million() -> None:
    short = ["start='2019-12-22'", "days=4"]
    prescribed = ["exodus.days=3", "exodus.persons=40000", "exodus.ready_days=1"]
    going, escalation = models("half_million", *short, "scenario=[goes on,escalation]").values()
    assert escalation.hazard.remembered.sum() > going.hazard.remembered.sum()
    (made,) = compose.jobs(["experiment=half_million", *FEW, *short, "scenario=prescribed"])
    assert made.config["exodus"]["persons"] == 500_000
    made.config["exodus"] |= {
        line.split("=")[0].partition(".")[2]: int(line.split("=")[1]) for line in prescribed
    }
    model = from_config(made.config).model()
    for _ in range(model.clock.n_steps):
        model.step()
    day = model.recorder.values["displaced_persons"].sum(axis=1)
    wants = model.households.people(np.flatnonzero(model.households.wants_since >= 0)).sum()
    assert day[3] - day[0] + wants == pytest.approx(40_000, abs=9 * 15 / 0.005)
    assert day[3] > day[0]


def test_as_of_a_day_nothing_later_is_used() -> None:
    """Half a million, whatever the case says of the war after 23 December."""
    scenario = scenarios("half_million", "days=65")["goes on"]
    before = [e for e in scenario.case.events if str(e.date) < "2019-12-23"]
    later = [e for e in scenario.case.events if str(e.date) >= "2019-12-23"]
    weather = [e for e in later if e.type in ("night_temperature", "aid_authorisation", "border_rule")]
    assert len(later) > 4000 > 200 > len(weather)
    clock = Clock(scenario.clock.start, 65)
    made = scenario.whatif.apply([*before, *weather], scenario.world, clock, scenario.seed)
    assert made == scenario.events
