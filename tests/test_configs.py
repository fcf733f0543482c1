"""Every configuration that ships composes, says what the code says, and runs."""

import dataclasses
import importlib
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from flightsim.config import compose
from flightsim.parameter import default_of
from flightsim.sweeps import batch, plan, priors

pytestmark = pytest.mark.slow  # whole commands

OPTIONS = sorted(
    file.relative_to(compose.conf_folder()).with_suffix("").as_posix()
    for file in compose.conf_folder().glob("*/*.yaml")
    if file.parent.name != compose.EXPERIMENT
)
WHOLE = ("half_million",)  # what it prescribes lies weeks after its start: it runs at its own length
THREE_DAYS = ["days=3", "population.scale=0.002", "figures=false"]


def content(option: str) -> dict[str, Any]:
    return yaml.safe_load((compose.conf_folder() / f"{option}.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("option", OPTIONS)
def test_every_option_composes(option: str) -> None:
    group, _, name = option.partition("/")
    (job,) = compose.jobs([f"{group}={name}"])
    assert job.config[group] == content(option)


@pytest.mark.parametrize("option", OPTIONS)
def test_an_option_spells_out_the_defaults_of_its_part(option: str) -> None:
    """A reader of conf/ sees every parameter; only a value that gives the option its name may differ."""
    values = content(option)
    module, _, name = values.pop("_target_").rpartition(".")
    part = getattr(importlib.import_module(module), name)
    defaults = {field.name: default_of(field) for field in dataclasses.fields(part)}
    assert list(values) == list(defaults)
    if Path(option).name == priors.CALIBRATED:
        return  # tests/test_calibration.py has its values
    other = {key: value for key, value in values.items() if value != defaults[key]}
    assert all(value == Path(option).name for value in other.values()), other


@pytest.mark.parametrize("option", OPTIONS)
def test_an_option_comments_every_parameter(option: str) -> None:
    text = (compose.conf_folder() / f"{option}.yaml").read_text(encoding="utf-8")
    bare = [line for line in text.splitlines() if ":" in line and "#" not in line and "_target_" not in line]
    assert not bare


@pytest.mark.parametrize("option", OPTIONS)
def test_an_option_says_whose_every_parameter_is(option: str) -> None:
    """Ours to choose, not ours, or how the model is run: the first word of the comment."""
    module, _, name = content(option)["_target_"].rpartition(".")
    part = getattr(importlib.import_module(module), name)
    text = (compose.conf_folder() / f"{option}.yaml").read_text(encoding="utf-8")
    for field in dataclasses.fields(part):
        said = re.search(rf"^{field.name}:.*?# (\w+);", text, re.MULTILINE)
        assert said, field.name
        assert said[1] == field.metadata["role"], field.name


@pytest.mark.parametrize("name", compose.experiments())
def test_every_experiment_is_headed_by_its_command(name: str) -> None:
    lines = compose.experiments()[name].read_text(encoding="utf-8").splitlines()
    assert lines[0] == "# @package _global_"
    assert f"experiment={name}" in lines[1]
    assert lines[1].startswith("# flightsim run ")


@pytest.mark.slow
@pytest.mark.parametrize("name", compose.experiments())
def test_every_experiment_runs_three_days(name: str, tmp_path: Path) -> None:
    words = [word for word in THREE_DAYS if name not in WHOLE or not word.startswith("days=")]
    jobs = compose.jobs([f"experiment={name}", *words])
    runs = batch.run_configs([job.config for job in jobs], tmp_path, workers=1)
    assert {run.error for run in runs} == {""}
    assert len({run.path for run in runs}) == len(jobs), "two of its scenarios amount to the same"


@pytest.mark.parametrize("name", compose.experiments())
def test_every_experiment_is_a_plan(name: str) -> None:
    made = plan.make([f"experiment={name}"])
    assert made.name == name
    assert made.is_single == (len(made.jobs) == 1)
