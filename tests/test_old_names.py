"""Configurations of version 0.1 still load: every part by the name it had then."""

from pathlib import Path
from typing import Any

import pytest
import yaml

import toys
from flightsim.config import compose
from flightsim.files.old_names import OLD_TARGETS, renewed
from flightsim.results import gather, load
from flightsim.scenario import PARTS, from_config

pytestmark = pytest.mark.slow  # whole commands

STORED = Path(__file__).parent / "version_0_1.yaml"  # config.yaml of a toy run, as version 0.1 wrote it
DISPLACED_THEN = 3760  # persons displaced at its end, as its summary.csv says
QUICK = ["experiment=toy", "days=2", "step_hours=12", "population.scale=0.05"]
NEEDED = {
    "exodus": ["exodus.persons=1000", "exodus.areas={Southmarch: 1}"]
}  # what an option cannot do without


def options() -> dict[str, list[str]]:
    """Overrides that choose each part, by its name of today."""
    found = {}
    for group in PARTS:
        for file in sorted((compose.conf_folder() / group).glob("*.yaml")):
            target = yaml.safe_load(file.read_text(encoding="utf-8"))["_target_"]
            more = NEEDED.get(group, []) if file.stem == "prescribed" else []
            found.setdefault(target, [f"{group}={file.stem}", *more])
    return found


OPTIONS = options()


def composed(overrides: list[str], config_dir: Path | None = None) -> dict[str, Any]:
    (job,) = compose.jobs([*QUICK, *overrides], config_dir=config_dir)
    return dict(job.config)


def section_of(target: str) -> str:
    return OPTIONS[target][0].partition("=")[0]


@pytest.mark.parametrize("old", OLD_TARGETS)
def test_an_old_name_makes_the_same_part(old: str) -> None:
    new = OLD_TARGETS[old]
    group, config = section_of(new), composed(OPTIONS[new])
    assert config[group]["_target_"] == new
    before = from_config({**config, group: {**config[group], "_target_": old}})
    today = from_config(config)
    assert before.parts == today.parts
    assert before.events == today.events
    assert before.config == today.config, "the run is written down, and known again, by today's name"


def test_every_part_that_version_0_1_had_is_known_by_its_old_name() -> None:
    stored = yaml.safe_load(STORED.read_text(encoding="utf-8"))
    targets = {section["_target_"] for section in stored.values() if isinstance(section, dict)}
    assert targets <= set(OLD_TARGETS)
    assert set(OLD_TARGETS.values()) <= set(OPTIONS), "an old name leads to a part that no configuration has"


def test_a_stored_configuration_gives_the_numbers_it_gave() -> None:
    scenario = from_config(yaml.safe_load(STORED.read_text(encoding="utf-8")))
    assert scenario.config["border"]["_target_"] == "flightsim.model.parts.border.Border"
    assert scenario.parts.border.policy == "women_and_children"
    model = scenario.model()
    for _ in range(scenario.clock.n_steps):
        model.step()
    h = model.households
    assert (h.persons * h.displaced).sum() * h.weight == DISPLACED_THEN


def test_a_users_own_option_by_an_old_name_composes(tmp_path: Path) -> None:
    (tmp_path / "border").mkdir()
    text = "_target_: flightsim.border.Border\npolicy: closed\nthroughput: 2.0\n"
    (tmp_path / "border" / "mine.yaml").write_text(text, encoding="utf-8")
    config = composed(["border=mine"], tmp_path)
    assert config["border"]["_target_"] == OLD_TARGETS["flightsim.border.Border"], (
        "priors and sweeps look for this name"
    )
    part = from_config(config).parts.border
    assert part == from_config(composed(["border=closed", "border.throughput=2.0"])).parts.border


def test_an_old_folder_and_a_new_one_are_one_scenario(tmp_path: Path) -> None:
    """What a run was called then does not set it apart from a run of today."""
    for seed in (1, 2):
        scenario = from_config(composed([f"seed={seed}", f"results={tmp_path}", "figures=false"]))
        scenario.run()
    first = next(
        file
        for file in tmp_path.glob("*/*/config.yaml")
        if yaml.safe_load(file.read_text("utf-8"))["seed"] == 1
    )
    config = yaml.safe_load(first.read_text(encoding="utf-8"))
    then = {new: old for old, new in OLD_TARGETS.items()}
    for section in config.values():
        if isinstance(section, dict):
            section["_target_"] = then.get(section["_target_"], section["_target_"])
    first.write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
    toys.sealed(first.parent)
    assert gather.read(tmp_path / "toy").scenarios == gather.read(first.parent).scenarios
    assert len(gather.read(tmp_path / "toy").runs) == 2
    assert load(first.parent).config["border"]["_target_"] == "flightsim.model.parts.border.Border"


def test_other_names_are_left_alone() -> None:
    assert renewed({"_target_": "os.system", "x": 1}) == {"_target_": "os.system", "x": 1}
    assert renewed(None) is None
    assert renewed({"policy": "open"}) == {"policy": "open"}
