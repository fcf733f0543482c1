"""Strikes of known hour in long steps: what that is worth is computed and reported."""

from dataclasses import replace
from pathlib import Path

import pytest

from flightsim import cli, scenario
from flightsim.config import compose
from flightsim.model.parts import exposure

HEAD = "event_id,date,hour,hours,type,target,value,unit,status,source\n"
DENSE = [
    "case=toy",
    "days=3",
    "events.keep=[reported]",
    "hazard.felt_a_day_strikes=1000",
    "population.scale=0.05",
]


@pytest.fixture
def dense(tmp_path: Path) -> str:
    """Twenty strikes within one hour of one night."""
    file = tmp_path / "dense.csv"
    file.write_text(HEAD + "d,2020-01-02,22,1,air_strike,T02,20,strikes,assumed,invented\n")
    return f"events.add='{file}'"


def course(*overrides: str) -> scenario.Scenario:
    (job,) = compose.jobs([*DENSE, *overrides])
    return scenario.from_config(job.config)


def test_a_strike_of_an_hour_in_steps_of_a_day(dense: str) -> None:
    """By hand: fear x/(1+x), x = (remembered / half)^steepness, of 20 strikes an hour before the day's end."""
    s = course(dense, "step_hours=24")
    hours = {
        step: exposure.fear_persons_hours(
            s.parts.hazard, s.parts.behaviour, s.world, s.events, replace(s.clock, step_hours=step)
        )
        for step in (1, 2, 24)
    }
    assert hours[2] / hours[1] - 1 == pytest.approx(0, abs=0.05)
    assert hours[24] / hours[1] - 1 > 0.5
    (said,) = s.step_notes
    more = f"{hours[24] / hours[1] - 1:.0%} more in steps of 24 h"
    assert f"1 strike has a known hour, and exposure to strikes is {more}" in said


def test_nothing_is_said_where_nothing_changes(dense: str) -> None:
    assert course(dense, "step_hours=1").step_notes == []
    assert course("step_hours=24").step_notes == []  # no strike of known hour
    assert course(dense, "step_hours=24", "behaviour=none").step_notes == []


@pytest.mark.parametrize("command", ["describe", "run"])
def test_the_commands_say_so(
    command: str, dense: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [*DENSE, dense, "step_hours=24", "figures=false", f"results='{tmp_path}'"]
    assert cli.main([command, *lines]) == 0
    said = capsys.readouterr()
    assert "step_hours=1 is without that" in (said.out if command == "describe" else said.err)
