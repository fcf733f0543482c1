"""What was seen in the winter of 2019-20, in one run of the Idlib case with a household for every twenty."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

import synthetic
from flightsim.config import compose
from flightsim.errors import InputError
from flightsim.model.households import SETTLED
from flightsim.model.model import DisplacementModel
from flightsim.results.runs import Results
from flightsim.scenario import Scenario, from_config
from flightsim.validation import patterns
from flightsim.validation.patterns import Pattern
from flightsim.world import World

pytestmark = pytest.mark.slow  # whole commands

SCALE, DAYS = 0.05, 58  # 1 December to 27 January


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    (job,) = compose.jobs(["experiment=idlib_dec2019", f"population.scale={SCALE}", f"days={DAYS}"])
    return from_config(job.config)


@pytest.fixture(scope="module")
def run(scenario: Scenario) -> Results:
    """With people counted household by household in every hour."""
    model = scenario.model()
    everybody = model.households.persons.sum() * model.households.weight
    while model.now < scenario.clock.n_steps:
        model.step()
        assert counted(model) == pytest.approx(everybody, rel=1e-12), scenario.clock.time_of(model.now)
    names = dict(zip(scenario.world.areas.area_id, scenario.world.areas.name, strict=True))
    return Results.in_memory(model.recorder.tables(), scenario.config, {"seed": scenario.seed}, names)


def counted(model: DisplacementModel) -> float:
    """Those settled, by household; those under way and at gates, as the model counts them."""
    h = model.households
    settled = float(h.persons[h.state == SETTLED].sum()) * h.weight
    return settled + float(
        model.on_the_road_persons + (model.gates.waiting_persons + model.gates.through_persons).sum()
    )


NOT_SHOWN = ("january_is_slower", "western_aleppo_leaves")  # docs/evaluation.md
WRONG = pytest.mark.xfail(reason="the model gets it wrong", strict=True)


@pytest.mark.parametrize(
    "pattern",
    [pytest.param(each, marks=WRONG if each.__name__ in NOT_SHOWN else ()) for each in patterns.PATTERNS],
    ids=lambda pattern: pattern.__name__,
)
def test_the_base_run_shows_the_winter(run: Results, scenario: Scenario, pattern: object) -> None:
    assert pattern in patterns.PATTERNS
    shown: Pattern = pattern(run, scenario.world)  # type: ignore[operator]
    assert shown.passed, f"{shown.name}: {shown.shown}; expected {shown.expected} ({shown.evidence})"


def test_nobody_waits_at_or_heads_for_a_closed_gate(run: Results, scenario: Scenario) -> None:
    """At gates abroad, all of them closed; a queue for an open gate inside the country is another matter."""
    crossings = scenario.world.crossings
    waiting = run.measures[run.measures["measure"] == "at_crossings_persons"]
    abroad = [name for name, border in zip(crossings.crossing_id, crossings.is_border, strict=True) if border]
    assert len(abroad) > 5
    assert waiting.loc[waiting["group"].isin(abroad), "value"].sum() == 0


def test_departures_come_by_night_too(run: Results) -> None:
    """The exodus went on around the clock, lights off (news report, December 2019)."""
    hourly = run.series("departures_hourly_persons").loc["2019-12-19":"2019-12-25"]
    by_hour = hourly.groupby(hourly.index.hour).mean()
    assert (by_hour > 0.2 * by_hour.max()).all()


# ------------------------------------------------------------------ the verdicts themselves


def test_a_run_too_short_says_so(run: Results, scenario: Scenario) -> None:
    measures, until = run.measures, pd.Timestamp("2019-12-20")
    tables = {"measures": measures[measures["time"] < until], "flows": run.flows, "front": run.front}
    short = Results.in_memory(tables, scenario.config, {"seed": 1}, run.area_names)
    verdicts = {p.name: p.passed for p in patterns.winter(short, scenario.world)}
    assert verdicts["total displaced by 29 December"] is None
    assert verdicts["people are conserved"] is True
    assert [p.verdict for p in patterns.winter(short, scenario.world)].count("too short to tell") >= 5


def test_a_run_that_differs_fails(run: Results, scenario: Scenario) -> None:
    """Twice the people displaced, all from 1 to 7 January, and one abroad."""
    table = run.measures.copy()
    is_displaced = table["measure"] == "displaced_persons"
    late = np.clip((table["time"] - pd.Timestamp("2019-12-31")).dt.days / 7, 0, 1)
    table.loc[is_displaced, "value"] = 10_000 * late[is_displaced]
    table.loc[table["measure"] == "persons_total", "value"] *= 1.01
    tables = {"measures": table, "flows": run.flows, "front": run.front}
    wrong = Results.in_memory(tables, scenario.config, {"seed": 1}, run.area_names)
    failed = {p.name for p in patterns.winter(wrong, scenario.world) if p.passed is False}
    assert {
        "total displaced by 29 December",
        "displacement comes in bursts",
        "people are conserved",
    } <= failed


def test_a_verdict_in_words() -> None:
    seen = Pattern("a", "evidence", "more than half", 61.23, "%", True)
    assert (seen.shown, seen.verdict) == ("61.2 %", "yes")
    assert (Pattern("a", "", "", math.nan, "%", False).shown) == "-"
    assert (Pattern("a", "", "", 1.25, "times", False).verdict) == "no"


def test_another_country_has_another_winter() -> None:
    world: World = synthetic.world()
    names = dict(zip(world.areas.area_id, world.areas.name, strict=True))
    config = {"name": "strip", "start": "2019-12-01", "days": 40}
    found = Results.in_memory(synthetic.tables(world), config, {"seed": 3}, names)
    with pytest.raises(InputError, match="another case"):
        patterns.winter(found, world)
