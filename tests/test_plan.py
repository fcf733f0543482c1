"""What a command asks for: scenarios, axes, replicates, baseline, and everything that is refused before a run."""

import json
import re
from pathlib import Path

import pytest

from flightsim.errors import InputError
from flightsim.files.atomic import can_be_folder
from flightsim.results.sweeps import Axis
from flightsim.sweeps import plan
from flightsim.sweeps import run as sweep
from flightsim.sweeps.plan import Plan

pytestmark = pytest.mark.slow  # whole commands

TOY = ["case=toy", "days=2"]
HEAD = "# @package _global_\nname: mine\ncase: toy\ndays: 2\n"


def made(*overrides: str, own: Path | None = None) -> Plan:
    return plan.make(overrides if own else [*TOY, *overrides], many=True, config_dir=own)


def complaint(*overrides: str, own: Path | None = None) -> str:
    with pytest.raises(InputError) as refused:
        made(*overrides, own=own)
    return "\n".join(refused.value.complaints)


def labels(asked: Plan) -> list[str]:
    return [job.label for job in asked.jobs]


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A folder with experiment/mine.yaml, three scenarios."""
    (tmp_path / "experiment").mkdir()
    write(
        tmp_path, "scenarios: {closed: [border=closed], 'two words': [border=open, days=1], as it was: []}\n"
    )
    return tmp_path


def write(own: Path, text: str) -> None:
    (own / "experiment" / "mine.yaml").write_text(HEAD + text)


def test_one_scenario_once_is_no_sweep() -> None:
    asked = made()
    assert asked.is_single
    assert asked.jobs[0].config["figures"] is True
    assert not made("replicates=2").is_single
    assert not made("border=closed,open").is_single
    assert not made("uncertainty.draw=priors").is_single


@pytest.mark.parametrize(
    ("words", "drawn"), [([], False), (["figures=true"], True), (["figures=false"], False)]
)
def test_a_sweep_draws_no_figures_unless_told(words: list[str], drawn: bool) -> None:
    assert made("replicates=2", *words).jobs[0].config["figures"] is drawn


def test_axes_are_lists_with_a_role() -> None:
    asked = made("border=closed,open", "transport.fuel=0.5,0.7", "hazard.memory_days=2,4", "step_hours=1,2")
    assert asked.axes == (
        Axis("border", "lever", ("closed", "open")),
        Axis("transport.fuel", "lever", (0.5, 0.7), "share of need"),
        Axis("hazard.memory_days", "uncertainty", (2, 4), "days"),
        Axis("step_hours", "setting", (1, 2)),
    )
    assert len(asked.jobs) == 16
    assert labels(asked)[0] == "border=closed transport.fuel=0.5 hazard.memory_days=2 step_hours=1"


def test_swept_seeds_are_replicates() -> None:
    asked = made("border=closed,open", "seed=5,3,8")
    assert labels(asked) == ["border=closed", "border=open"]
    assert asked.replicates == 3
    assert [asked.config(1, r)["seed"] for r in range(3)] == [5, 3, 8]
    assert [made("replicates=3", "seed=7").config(0, r)["seed"] for r in range(3)] == [7, 8, 9]


def test_an_experiment_may_hold_scenarios(own: Path) -> None:
    asked = made("experiment=mine", own=own)
    assert labels(asked) == ["closed", "two words", "as it was"]
    assert [job.config["border"]["policy"] for job in asked.jobs] == ["closed", "open", "as_it_was"]
    assert [job.config["days"] for job in asked.jobs] == [2, 1, 2]
    assert asked.baseline == "closed"
    assert asked.jobs[1].lines[-2:] == ("border=open", "days=1")
    assert asked.name == "mine"


@pytest.mark.parametrize(
    "words", [["scenario=as it was,closed"], ["scenario=[as it was,closed]"], ["scenario='as it was,closed'"]]
)
def test_some_of_the_scenarios(words: list[str], own: Path) -> None:
    assert labels(made("experiment=mine", *words, own=own)) == ["as it was", "closed"]
    assert labels(plan.make(["experiment=mine", *words], config_dir=own)) == [
        "as it was",
        "closed",
    ]  # without -m
    assert made("experiment=mine", "scenario=closed", own=own).is_single


def test_scenarios_times_axes(own: Path) -> None:
    asked = made(
        "experiment=mine", "step_hours=1,2", "scenario=closed,as it was", "baseline=as it was", own=own
    )
    assert labels(asked) == [
        "closed, step_hours=1", "as it was, step_hours=1", "closed, step_hours=2", "as it was, step_hours=2",
    ]  # fmt: skip
    assert asked.baseline == "as it was, step_hours=1"


@pytest.mark.parametrize(
    ("name", "found"), [("open", "border=open"), ("'border=open'", "border=open"), ("null", "border=closed")]
)
def test_the_baseline(name: str, found: str) -> None:
    assert made("border=closed,open", f"baseline={name}").baseline == found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "scenarios: {a: [boarder=open]}",
            "scenario a: 'boarder=open': there is no boarder (did you mean 'border'?)",
        ),
        ("scenarios: {a: [border=opne]}", "scenario a: no border is called 'opne' (did you mean 'open'?)"),
        (
            "scenarios: {a: [border.polcy=open]}",
            "scenario a: 'border.polcy=open': there is no border.polcy (did you",
        ),
        ("scenarios: {a: [days=-1]}", "days is -1"),
        ("scenarios: {a: [border=open,closed]}", "scenario a: 'closed': expected NAME=VALUE"),
        ("scenarios: {a: ['border=open,closed']}", "asks for several runs"),
        (
            "scenarios: {a: {border: open}}",
            "scenario a is {'border': 'open'}; expected a list as [border=open, days=30]",
        ),
        ("scenarios: {a: border=open}", "scenario a is 'border=open'; expected a list"),
        ("scenarios: [border=open]", "scenarios is no mapping; expected NAME: [NAME=VALUE"),
        ("scenarios: {a: [seed=3]}", "scenario a: seed is the same for all scenarios"),
        ("scenarios: {a: [replicates=3]}", "scenario a: replicates is the same for all"),
        ("scenarios: {a: [hydra/launcher=basic]}", "scenario a: hydra/launcher is the same for all"),
        ("scenarios: {a: [hydra.run.dir=x]}", "only hydra/launcher can be chosen"),
        ("scenarios: {a: [hazard._target_=os.system]}", "expected a part of flightsim"),
        ("scenarios: {a: ['name=${oc.env:HOME}']}", "name"),
        ("scenarios: {'a,b': []}", "expected a name without commas"),
        ("scenarios: {a: [], b: []}\nbaseline: c", "baseline is 'c'; there is: a, b"),
        ("defaults: [override /hazard: nun]\nscenarios: {a: []}", "there is no hazard/nun"),
    ],
)
def test_what_an_experiment_may_not_say(text: str, expected: str, own: Path) -> None:
    write(own, text + "\n")
    assert expected in complaint("experiment=mine", own=own)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (
            ["border=open"],
            "'border=open': scenario closed says border=closed itself; choose with scenario=NAME",
        ),
        (
            ["scenario=clsed"],
            "no scenario is called 'clsed' (did you mean 'closed'?); there is: closed, two words",
        ),
        (["+scenarios.more=[]"], "scenarios are written in an experiment"),
        (["experiment=mien"], "no experiment is called 'mien'"),
    ],
)
def test_what_may_not_be_said_to_an_experiment(words: list[str], expected: str, own: Path) -> None:
    assert expected in complaint("experiment=mine", *words, own=own)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["replicates=0"], "replicates is 0; expected a whole number from 1, or auto"),
        (["replicates=some"], "replicates is 'some'"),
        (["replicates=2.5"], "replicates is 2.5"),
        (["replicates=20000"], "more than 10,000 runs"),
        (["border=closed,open", "replicates=6000"], "more than 10,000 runs"),
        (["replicates=2,3"], "a sweep has one replicates"),
        (["seed=1,2", "replicates=5"], "seed=1,2 asks for 2 replicates; leave replicates=5 out"),
        (["seed=a,b"], "seed is 'a'; expected a whole number"),
        (["seed=range(1,1)"], "stands for nothing at all"),
        (["transport.fule=0.1,0.2"], "there is no transport.fule (did you mean 'fuel'?)"),
        (["transport.fuel=0.1,7"], "transport.fuel is 7; expected a number from 0.05 to 1"),
        (["scenario=closed"], "no scenario is called 'closed'; this experiment has none"),
        (["experiment=border,half_million", "seed=1"], ""),
        (["count_from=yesterday"], "count_from is 'yesterday'; expected a date"),
    ],
)
def test_bad_sweeps_are_refused_before_anything_runs(words: list[str], expected: str) -> None:
    if expected:
        assert expected in complaint(*words)
    else:
        assert len(made(*words).jobs) > 2


def test_all_that_is_wrong_is_told_at_once() -> None:
    told = complaint("replicates=0", "executor=spark", "workers=-1", "transport.fuel=7", "baseline=open")
    assert {line.split()[0] for line in told.splitlines()} == {
        "replicates", "executor", "workers", "transport.fuel", "baseline",
    }  # fmt: skip


@pytest.mark.slow
def test_the_hash_is_about_what_is_asked_not_how_often_or_where() -> None:
    same = ["replicates=3", "replicates=30", "replicates=auto", "workers=1", "executor=dask", "results=there"]
    several = ["border=closed,open", "replicates=2"]
    assert len({made(*several, word).hash for word in same}) == 1
    assert (
        made(*several).hash != made("border=closed,open").hash
    )  # one is the best estimate, several are drawn
    assert len({made("border=closed,open", *words).hash for words in ([], ["seed=2"], ["step_hours=2"])}) == 3
    drawn = ["uncertainty.draw=priors", "uncertainty.parameters=[behaviour.safety]"]
    assert made("border=closed,open", *drawn).hash != made("border=closed,open").hash


def test_auto_goes_on_until_there_are_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "FEWEST", 2)

    def needed(values: list[float]) -> int:
        return {2: 50, 4: 5, 5: 5}[len(values)]

    monkeypatch.setattr(sweep, "replicates_needed", needed)
    told: list[str] = []
    asked = made("replicates=auto", "workers=1", "population.scale=0.1", f"results='{tmp_path / 'out'}'")
    done = sweep.run(asked, tell=told.append)
    assert done.replicates == 5
    assert len(done.done) == 5
    assert told[0].startswith("2 replicates are too few for ")
    assert told[0].endswith("; going on to 4")  # not to 50 on the word of two


@pytest.mark.parametrize(
    "name",
    ["NO", "yes", "null", "01", "1.10", "2019"],
)
def test_a_name_that_yaml_makes_another_thing_of(name: str, own: Path) -> None:
    write(own, f"scenarios: {{{name}: [], other: [border=open]}}\n")
    with pytest.raises(
        InputError, match=f"the name {re.escape(name)} is no text: YAML makes another .*put quotes around"
    ):
        plan.make(["experiment=mine"], config_dir=own)
    write(own, f"scenarios: {{'{name}': [], other: [border=open]}}\n")
    assert labels(plan.make(["experiment=mine"], config_dir=own)) == [name, "other"]


@pytest.mark.parametrize("letter", ["\x1b", "\r", "\n", "\0", "\x7f"])
def test_a_name_that_a_terminal_would_obey(letter: str, own: Path) -> None:
    named = json.dumps(f"a{letter}[2J")
    write(own, f"scenarios: {{{named}: [], other: [border=open]}}\n")
    with pytest.raises(InputError, match="control characters"):
        plan.make(["experiment=mine"], config_dir=own)
    assert not can_be_folder(f"a{letter}b")
