"""A user's own folder of configurations, and what a stranger's file may not do."""

from pathlib import Path

import pytest

from flightsim.config import compose
from flightsim.errors import InputError

HEAD = "# @package _global_\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    own = tmp_path / "it's my (folder)"
    (own / "experiment").mkdir(parents=True)
    (own / "hazard").mkdir()
    return own


def experiment(folder: Path, text: str, name: str = "mine") -> Path:
    file = folder / "experiment" / f"{name}.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def complaint(folder: Path, *overrides: str) -> str:
    with pytest.raises(InputError) as caught:
        compose.jobs(overrides or ["experiment=mine"], config_dir=folder)
    return "\n".join(caught.value.complaints)


def test_an_experiment_of_ones_own(folder: Path) -> None:
    experiment(folder, HEAD + "defaults:\n  - override /hazard: none\nname: mine\ndays: 5\n")
    experiment(folder, HEAD + "defaults:\n  - mine\nname: yours\n", "yours")
    (mine,) = compose.jobs(["experiment=mine"], config_dir=folder)
    (yours,) = compose.jobs(["experiment=yours", "days=6"], config_dir=folder)
    assert mine.config["hazard"] == {"_target_": "flightsim.model.parts.hazard.NoHazard"}
    assert (mine.config["name"], mine.config["days"]) == ("mine", 5)
    assert (yours.config["name"], yours.config["days"]) == ("yours", 6)
    assert yours.config["hazard"] == mine.config["hazard"]


@pytest.mark.parametrize(
    ("overrides", "name"),
    [
        (["case=toy", "days=3"], "toy"),
        (["case=/some/where/my_case/"], "my_case"),
        (["case=idlib"], "idlib_dec2019"),
        (["days=3"], "idlib_dec2019"),
        (["case=toy", "name=other"], "other"),
        (["case=toy", "experiment=idlib_dec2019"], "idlib_dec2019"),
        (["experiment=toy"], "toy"),
    ],
)
def test_another_case_alone_gives_the_run_its_name(overrides: list[str], name: str) -> None:
    (job,) = compose.jobs(overrides)
    assert job.config["name"] == name


def test_a_sweep_over_cases_has_a_folder_for_each() -> None:
    names = [job.config["name"] for job in compose.jobs(["case=toy,idlib"], many=True)]
    assert names == ["toy", "idlib_dec2019"]


def test_composing_leaves_nothing_behind(folder: Path) -> None:
    before, _ = compose.jobs([])[0], experiment(folder, HEAD + "days: 5\n")
    compose.jobs(["experiment=mine"], config_dir=folder)
    assert compose.jobs([])[0] == before
    assert "idlib_dec2019" in complaint_without_folder("experiment=mine")


def complaint_without_folder(*overrides: str) -> str:
    with pytest.raises(InputError) as caught:
        compose.jobs(overrides)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HEAD + "hydra: {callbacks: {x: {_target_: os.system}}}\n", "'hydra' section is refused"),
        (HEAD + "hydra.run: {dir: x}\n", "'hydra' section is refused"),
        (HEAD + "defaults:\n  - override /hydra/launcher: joblib\n", "in its defaults is refused"),
        (HEAD + "defaults:\n  - /hydra/job_logging@foo: none\n", "in its defaults is refused"),
        (HEAD + "defaults:\n  - override /hazard: ${oc.env:HOME}\n", "in its defaults is refused"),
        (HEAD + "defaults:\n  - ../config\n", "in its defaults is refused"),
        ("# @package hydra\njob: {chdir: true}\n", "its first line must be '# @package _global_'"),
        ("name: mine\n", "its first line must be '# @package _global_'"),
        (HEAD + "dayz: 5\n", "'dayz' is not a setting (did you mean 'days'?)"),
        (HEAD + "_target_: os.system\n", "'_target_' is not a setting"),
        (HEAD + "hazard: {_target_: os.system, command: ls}\n", "hazard._target_ is 'os.system'"),
        (HEAD + "events: {keep: [{_target_: os.system}]}\n", "events.keep[0]._target_ is 'os.system'"),
        (HEAD + "hazard: {_partial_: true}\n", "hazard._partial_: there is no such parameter"),
        (HEAD + "name: ${oc.env:HOME}\n", "only another value's name"),
        (HEAD + "name: ${nowhere}\n", "nowhere"),
        (HEAD + "name: ${name}\n", "name"),
        (HEAD + "name: !!python/object/apply:os.system [ls]\n", "line 2, column 7"),
        (HEAD + "name: [x\n", "line 3, column 1"),
        (HEAD + "name: a\nname: b\n", "mine.yaml line 3: 'name' is there twice"),
        (HEAD + "defaults: hello\n", "defaults must be a list"),
        (HEAD + "defaults: [mine]\n", "cannot be composed"),
        (HEAD + "defaults:\n  - override /hazard: nonee\n", "did you mean 'none'?"),
        (HEAD + "defaults:\n  - override /hazrd: none\n", "hazrd"),
        ("- a\n- b\n", "expected lines of NAME: VALUE"),
        ("hello", "expected lines of NAME: VALUE"),
    ],
)
def test_what_an_experiment_file_may_not_hold(folder: Path, text: str, expected: str) -> None:
    experiment(folder, text)
    assert expected in complaint(folder)


def test_a_file_that_is_not_text(folder: Path) -> None:
    experiment(folder, "").write_bytes(HEAD.encode() + b"name: caf\xe9\n")
    assert "mine.yaml line 2 is not UTF-8" in complaint(folder)
    experiment(folder, "").write_bytes(HEAD.encode() + b"name: a\0b\n")
    assert "mine.yaml line 2 holds a NUL" in complaint(folder)


def test_a_file_that_ours_would_hide_is_refused(folder: Path) -> None:
    (folder / "hazard" / "none.yaml").write_text("_target_: flightsim.model.parts.hazard.NoHazard\n")
    assert "give yours another name" in complaint(folder, "hazard=none")
    (folder / "hazard" / "quiet.yaml").write_text("_target_: flightsim.model.parts.hazard.NoHazard\n")
    assert (
        compose.jobs(["hazard=quiet"], config_dir=folder)[0].config["hazard"]["_target_"].endswith("NoHazard")
    )


def test_a_file_at_another_place_than_its_folder_says(folder: Path) -> None:
    (folder / "hazard" / "quiet.yaml").write_text("# @package hydra.job\nchdir: true\n")
    assert "its first line must be '# @package hazard'" in complaint(folder, "hazard=quiet")


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    assert "there is no such folder" in complaint(tmp_path / "gone")
    assert "expected a folder with experiment/NAME.yaml" in complaint(tmp_path)
