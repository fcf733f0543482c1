"""The folder of a sweep, and several sweeps or plain runs read as one. Runs are stand-ins: nothing is simulated."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from flightsim.errors import InputError
from flightsim.results import gather, sweeps
from flightsim.results.sweeps import Axis, Drawn, Sweep

CONFIG = {
    "name": "x",
    "seed": 1,
    "results": "results",
    "days": 2,
    "border": {"_target_": "a.Border", "policy": "open"},
}


def run(folder: Path, name: str, **changes: Any) -> Path:
    """A finished run, as far as this reads it."""
    path = folder / name
    path.mkdir(parents=True)
    config = {**CONFIG, **changes}
    (path / "config.yaml").write_text(yaml.safe_dump(config))
    about = {"flightsim": "0", "complete": True, "seed": config["seed"], "wall_seconds": 1.5}
    (path / "provenance.json").write_text(json.dumps(about))
    return path


def border(policy: str) -> dict[str, str]:
    return {"_target_": "a.Border", "policy": policy}


def sweep(
    folder: Path,
    scenarios: Mapping[str, Mapping[str, Any]],
    seeds: tuple[int, ...] = (1, 2),
    draws: pd.DataFrame | None = None,
    **more: Any,
) -> Path:
    """A finished sweep with these scenarios (name: what they change)."""
    rows = []
    for s, (name, changes) in enumerate(scenarios.items()):
        for r, seed in enumerate(seeds):
            path = run(folder, f"{s:06x}{seed:06x}", seed=seed, **changes)
            rows.append(
                {
                    "scenario": name,
                    "replicate": r,
                    "seed": seed,
                    "run": path.name,
                    "status": "done",
                    "seconds": 2,
                }
            )
    drawn = {} if draws is None else {name: Drawn(0, 1, 2, "uncertainty") for name in list(draws)[1:]}
    about = Sweep(
        path=folder, name="x", hash="abc", scenarios=tuple(scenarios), baseline=next(iter(scenarios)),
        replicates=len(seeds), drawn=drawn, draws=draws, **more,
    )  # fmt: skip
    sweeps.write_about(about)
    sweeps.write_rows(folder, [axis.name for axis in about.axes], rows)
    return folder


BOTH = {"closed": {"border": border("closed")}, "open": {"border": border("open")}}


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    draws = pd.DataFrame({"replicate": [0, 1], "kettle.heat": [0.5, 1.25]})
    axes = (Axis("border", "lever", ("closed", "open")), Axis("days", "setting", (1, 2)))
    folder = sweep(
        tmp_path / "s", BOTH, draws=draws, axes=axes, count_from="2019-12-23", command=("flightsim", "run"),
        overrides={"closed": ("border=closed",), "open": ("border=open",)}, created_utc="now", code="0+abc",
    )  # fmt: skip
    read = gather.read(folder)
    assert (read.path, read.name, read.hash, read.scenarios) == (folder, "x", "abc", ("closed", "open"))
    assert (read.baseline, read.replicates, read.count_from) == ("closed", 2, "2019-12-23")
    assert (read.command, read.created_utc, read.code) == (("flightsim", "run"), "now", "0+abc")
    assert read.axes == axes
    assert read.overrides == {"closed": ("border=closed",), "open": ("border=open",)}
    assert read.drawn == {"kettle.heat": Drawn(0, 1, 2, "uncertainty")}
    assert read.draws is not None
    pd.testing.assert_frame_equal(read.draws, draws)
    assert list(read.runs) == [*sweeps.COLUMNS, "border", "days", "path"]
    assert all(path.is_dir() for path in read.runs["path"])


def test_a_name_that_is_a_formula_is_harmless_and_read_back(tmp_path: Path) -> None:
    names = ("@SUM(A1)", "-1+1", "plain")
    rows = [
        {
            "scenario": name,
            "replicate": 0,
            "seed": 1,
            "run": f"r{n}",
            "status": "done",
            "seconds": 1,
            "error": "-",
        }
        for n, name in enumerate(names)
    ]
    sweeps.write_rows(tmp_path, [], rows)
    assert "\n'@SUM(A1)," in (tmp_path / "runs.csv").read_text()
    found = Sweep(
        tmp_path, "x", "0" * 12, names, names[0], 1, pd.DataFrame(rows), overrides=dict.fromkeys(names, ())
    )
    sweeps.write_about(found)
    assert list(sweeps.read_one(tmp_path).runs["scenario"]) == list(names)


def test_a_run_that_is_gone_is_missing(tmp_path: Path) -> None:
    folder = sweep(tmp_path / "s", BOTH)
    (folder / "000000000002" / "provenance.json").unlink()
    read = gather.read(folder)
    assert list(read.runs["status"]) == ["done", "missing", "done", "done"]
    assert read.runs["path"].iloc[1] is None
    assert len(read.done) == 3


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("runs.csv", "closed,0,1", "clsed,0,1", "row 2: scenario is 'clsed'"),
        ("runs.csv", "closed,1,2", "closed,0,2", "row 3: closed has replicate 0 twice"),
        (
            "runs.csv",
            "done",
            "finished",
            "row 2: status is 'finished'; expected one of done, failed, missing",
        ),
        (
            "runs.csv",
            "000000000001",
            "../../etc",
            "row 2: run is '../../etc'; expected a run's folder inside",
        ),
        ("runs.csv", ",2,", ",soon,", "row 2: seconds is 'soon'"),
        ("runs.csv", "seconds", "minutes", "its columns are"),
        ("runs.csv", "closed,0,1,", "closed,0,", "row 2: it has another number of columns"),
        ("sweep.yaml", "hash: abc", "", "it has no hash"),
        (
            "sweep.yaml",
            "baseline: closed",
            "baseline: clsed",
            "the baseline 'clsed' is none of the scenarios",
        ),
        ("sweep.yaml", "replicates:", "replicants:", "'replicates' is missing"),
        ("sweep.yaml", "hash: abc", "hash: [", "cannot be read"),
    ],
)
def test_an_edited_file_is_told(file: str, old: str, new: str, expected: str, tmp_path: Path) -> None:
    path = sweep(tmp_path / "s", BOTH) / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(InputError) as refused:
        gather.read(tmp_path / "s")
    assert expected in "\n".join(refused.value.complaints)


def test_a_sweep_is_found_by_what_was_asked(tmp_path: Path) -> None:
    old, new = (sweep(tmp_path / name, BOTH) for name in ("2026-01-01_000000", "2026-01-02_000000"))
    (tmp_path / "2026-01-03_000000").mkdir()
    (tmp_path / "2026-01-03_000000" / "sweep.yaml").write_text("[")  # somebody else's trouble
    assert sweeps.find(tmp_path, "abc") == new
    assert sweeps.find(tmp_path, "abd") is None
    assert sweeps.find(tmp_path / "nowhere", "abc") is None
    assert sweeps.timed(tmp_path) not in (old, new)


# --- several as one


def test_plain_runs_are_grouped_by_all_but_luck(tmp_path: Path) -> None:
    for seed in (3, 5):
        for policy in ("closed", "open"):
            run(tmp_path / "results" / "x", f"{policy}{seed}", seed=seed, border=border(policy))
    read = gather.read(tmp_path / "results")
    assert read.scenarios == ("border.policy=closed", "border.policy=open")
    assert list(read.runs["replicate"]) == [0, 1, 0, 1]
    assert list(read.runs["seed"]) == [3, 5, 3, 5]
    assert set(read.runs["status"]) == {"done"}
    assert list(read.runs["seconds"]) == [1.5] * 4
    assert read.replicates == 2


def test_a_part_is_named_by_its_kind(tmp_path: Path) -> None:
    run(tmp_path, "a")
    run(tmp_path, "b", border={"_target_": "a.NoBorder"})
    assert gather.read(tmp_path).scenarios == ("border=Border", "border=NoBorder")


def test_one_run_is_a_sweep_of_one(tmp_path: Path) -> None:
    read = gather.read(run(tmp_path, "only"))
    assert len(read.done) == 1
    assert read.baseline == read.scenarios[0]


def test_the_same_scenario_with_other_seeds_is_one_scenario(tmp_path: Path) -> None:
    one, two = sweep(tmp_path / "one", BOTH, (1, 2)), sweep(tmp_path / "two", BOTH, (2, 3))
    read = gather.read([one, two])
    assert read.scenarios == ("closed", "open")
    assert list(read.runs["seed"]) == [1, 2, 3, 1, 2, 3]  # the one that both have is counted once
    assert list(read.runs["replicate"]) == [0, 1, 2, 0, 1, 2]
    assert read.baseline == "closed"


def test_the_same_name_for_another_thing_is_told_apart(tmp_path: Path) -> None:
    one, two = sweep(tmp_path / "one", BOTH), sweep(tmp_path / "two", {"open": {"days": 3}})
    read = gather.read([one, two])
    assert read.scenarios == ("closed", "open (one)", "open (two)")


def test_draws_are_kept_if_they_agree(tmp_path: Path) -> None:
    draws = pd.DataFrame({"replicate": [0, 1], "kettle.heat": [0.5, 1.25]})
    one = sweep(tmp_path / "one", {"a": {"days": 2}}, draws=draws)
    two = sweep(tmp_path / "two", {"b": {"days": 3}}, draws=draws)
    read = gather.read([one, two])
    assert read.draws is not None
    assert list(read.draws["kettle.heat"]) == [0.5, 1.25]
    assert set(read.drawn) == {"kettle.heat"}
    other = sweep(tmp_path / "other", {"c": {"days": 4}}, draws=draws.assign(**{"kettle.heat": [0.5, 1.5]}))
    assert gather.read([one, other]).draws is None


def test_folders_without_a_run_are_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not there"):
        gather.read(tmp_path / "nowhere")
    with pytest.raises(InputError, match="holds neither a sweep nor a run"):
        gather.read(tmp_path)
