"""The fingerprint of a run covers what runs: another rule, clock, seed or what-if change never passes for the same."""

import linecache
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import yaml

from flightsim.clock import Clock
from flightsim.config import compose
from flightsim.config.own_parts import SOURCE
from flightsim.errors import InputError
from flightsim.model.parts.behaviour import Flight, NoFlight
from flightsim.results import load
from flightsim.scenario import Scenario, from_config
from flightsim.whatif.changes import WhatIf

SHORT = ["case=toy", "experiment=toy", "days=15", "step_hours=6", "population.scale=0.1", "figures=false"]


@dataclass(frozen=True)
class Patient(Flight):
    """Nobody minds strikes half as much."""

    patience: float = 2.0

    def fear(self, remembered):
        return super().fear(remembered / self.patience)


def scenario(*words: str) -> Scenario:
    (job,) = compose.jobs([*SHORT, *words])
    return from_config(job.config)


@pytest.fixture(scope="module")
def plain() -> Scenario:
    return scenario()


def other(plain: Scenario, **fields: object) -> str:
    return replace(plain, **fields).run_id


def test_the_same_has_the_same(plain: Scenario) -> None:
    assert replace(plain).run_id == plain.run_id == scenario().run_id


def test_another_part_another_clock_another_seed_another_change(plain: Scenario) -> None:
    ids = [
        plain.run_id,
        other(plain, parts=replace(plain.parts, behaviour=NoFlight())),
        other(plain, parts=replace(plain.parts, behaviour=Flight(half_strikes=7))),
        other(plain, clock=Clock(plain.clock.start, 16, 6)),
        other(plain, clock=Clock(plain.clock.start, 15, 3)),
        other(plain, seed=2),
        other(plain, whatif=WhatIf(hospitals="none_closed")),
    ]
    assert len(set(ids)) == len(ids)


def test_what_was_replaced_is_what_the_configuration_says(plain: Scenario) -> None:
    changed = replace(plain, parts=replace(plain.parts, behaviour=Flight(half_strikes=7)))
    assert changed.config["behaviour"]["half_strikes"] == 7
    assert changed.run_id == scenario("behaviour.half_strikes=7").run_id
    assert replace(plain, clock=Clock(plain.clock.start, 16, 6)).run_id == scenario("days=16").run_id


def test_a_run_with_a_replaced_rule_is_not_reused(plain: Scenario, tmp_path: Path) -> None:
    calm = replace(plain, parts=replace(plain.parts, behaviour=NoFlight()))
    first, second = plain.run(parent=tmp_path), calm.run(parent=tmp_path)
    assert not second.reused
    assert load(first.path).series("displaced_persons").iloc[-1] > 0
    assert load(second.path).series("displaced_persons").iloc[-1] == 0
    assert calm.run(parent=tmp_path).reused


class TestOwnRules:
    def test_a_rule_of_ones_own_is_told_apart_by_class_value_and_source(self, plain: Scenario) -> None:
        mine = replace(plain, parts=replace(plain.parts, behaviour=Patient()))
        calmer = replace(plain, parts=replace(plain.parts, behaviour=Patient(patience=3.0)))
        assert len({plain.run_id, mine.run_id, calmer.run_id}) == 3
        assert len(mine.config["behaviour"][SOURCE]) == 12
        assert mine.run_id == replace(mine).run_id

    def test_given_in_python_it_runs(self, plain: Scenario, tmp_path: Path) -> None:
        mine = from_config({**plain.config, "behaviour": Patient(patience=50.0)})
        run, before = load(mine.run(parent=tmp_path).path), load(plain.run(parent=tmp_path).path)
        assert run.series("displaced_persons").iloc[-1] < before.series("displaced_persons").iloc[-1]
        stored = yaml.safe_load((run.path / "config.yaml").read_text(encoding="utf-8"))
        assert stored["behaviour"]["patience"] == 50.0

    def test_a_file_cannot_name_it(self, plain: Scenario) -> None:
        mine = replace(plain, parts=replace(plain.parts, behaviour=Patient()))
        with pytest.raises(
            InputError, match=r"behaviour\._target_ is 'test_fingerprint.Patient'; expected one of"
        ):
            from_config(mine.config)

    def test_unless_an_installed_package_registered_it(
        self, plain: Scenario, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from importlib.metadata import EntryPoint

        point = EntryPoint("behaviour.patient", f"{__name__}:Patient", "flightsim.parts")
        monkeypatch.setattr("flightsim.config.own_parts.installed", lambda: [point])
        again = from_config({**plain.config, "behaviour": {"_target_": f"{__name__}.Patient", "patience": 3}})
        assert again.parts.behaviour == Patient(patience=3)
        with pytest.raises(InputError, match=r"hazard\._target_"):
            from_config({**plain.config, "hazard": {"_target_": f"{__name__}.Patient"}})

    def test_an_object_that_is_no_such_part(self, plain: Scenario) -> None:
        with pytest.raises(InputError, match="hazard is a Patient without start; expected what Bombardment"):
            from_config({**plain.config, "hazard": Patient()})

    def test_without_source_it_is_refused(self, plain: Scenario) -> None:
        space: dict[str, object] = {"Flight": Flight, "dataclass": dataclass, "__name__": "nowhere"}
        exec("@dataclass(frozen=True)\nclass Hidden(Flight):\n    pass", space)
        with pytest.raises(InputError, match="the source of Hidden cannot be read"):
            from_config({**plain.config, "behaviour": space["Hidden"]()})  # type: ignore[operator]

    def test_in_a_notebook_the_cell_is_its_source(self, plain: Scenario) -> None:
        def typed(number: int, cell: str) -> Scenario:
            name = f"<cell {number}>"
            linecache.cache[name] = (len(cell), None, cell.splitlines(keepends=True), name)  # as IPython does
            space = {"Flight": Flight, "dataclass": dataclass, "__name__": "typed_in_a_notebook"}
            exec(compile(cell, name, "exec"), space)
            return from_config({**plain.config, "behaviour": space["Mine"]()})  # type: ignore[operator]

        cell = (
            "@dataclass(frozen=True)\nclass Mine(Flight):\n"
            "    def fear(self, remembered):\n        return remembered * 2\n"
        )
        first, again, other = typed(1, cell), typed(2, cell), typed(3, cell.replace("* 2", "* 3"))
        assert first.run_id == again.run_id
        assert first.run_id != other.run_id


@pytest.mark.slow
def test_the_same_in_another_process(plain: Scenario) -> None:
    code = (
        "from flightsim.config import compose; from flightsim.scenario import from_config;"
        f"(job,) = compose.jobs({SHORT!r}); print(from_config(job.config).run_id)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == plain.run_id
