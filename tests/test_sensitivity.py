"""The sensitivity experiment: what is varied, effects with known answers, and what cannot act does not."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from flightsim.config import compose
from flightsim.parameter import UNCERTAINTY
from flightsim.sweeps import priors

pytestmark = pytest.mark.slow  # whole runs

pytest.importorskip("SALib")
FOLDER = Path(__file__).resolve().parents[1] / "experiments" / "sensitivity"


@pytest.fixture(scope="module")
def scripts() -> Iterator[dict[str, Any]]:
    """The modules of the experiment."""
    sys.path.insert(0, str(FOLDER))
    import ablation
    import design

    yield {"design": design, "ablation": ablation}
    sys.path.remove(str(FOLDER))


@pytest.fixture(scope="module")
def design(scripts: dict[str, Any]) -> Any:
    return scripts["design"]


def test_every_uncertain_parameter_is_varied_or_it_is_said_why(design: Any, tmp_path: Path) -> None:
    config = design.Setting(tmp_path).config()
    uncertain = {n for n, each in priors.parameters(config).items() if each.metadata["role"] == UNCERTAINTY}
    varied, others = set(design.varied(config)), design.not_varied(config)
    assert varied | set(others) == uncertain
    assert not varied & set(others)
    assert set(design.CANNOT_ACT) <= set(others)
    assert all(others.values())


def test_points_are_quantiles_of_priors(design: Any, tmp_path: Path) -> None:
    """A tenth, half and nine tenths of the draws of an ensemble lie below."""
    config = design.Setting(tmp_path).config()
    ranges = {"behaviour.safety": design.varied(config)["behaviour.safety"]}
    points = np.array([[0.1], [0.5], [0.9]])
    values = [c["behaviour"]["safety"] for c in design.configs_at(config, ranges, points)]
    draws = [priors.drawn_from("behaviour.safety", ranges["behaviour.safety"], seed) for seed in range(2000)]
    assert [np.mean(np.array(draws) < v) for v in values] == pytest.approx([0.1, 0.5, 0.9], abs=0.04)
    assert config["behaviour"]["safety"] == priors.parameters(config)["behaviour.safety"].default


def test_effects_of_a_straight_line_are_its_slopes(design: Any) -> None:
    names, slopes = ["a.x", "a.y", "a.z"], np.array([10.0, -4.0, 0.0])
    points = design.morris_points(names, 3)
    found = pd.DataFrame({"outcome": points @ slopes})
    width = design.INNER[1] - design.INNER[0]
    table = design.morris_effects(points, names, found).set_index("parameter")
    assert table["effect"].to_numpy() == pytest.approx(slopes * width)
    assert table["size"].to_numpy() == pytest.approx(abs(slopes) * width)
    assert design.effects_along(points[:4], points[:4] @ slopes) == pytest.approx(slopes * width)
    assert design.strongest(table.reset_index(), 2) == ["a.x", "a.y"]


def test_more_paths_begin_with_the_same(design: Any) -> None:
    """So that runs are not made anew when paths are added."""
    few, more = (design.morris_points(list("abcde"), n) for n in (2, 5))
    assert np.array_equal(few, more[: len(few)])


def test_indices_of_a_sum_are_shares_of_its_variance(design: Any) -> None:
    """y = 2 a + b of uniform numbers: variances 4 to 1, nothing together."""
    names = ["a", "b", "c"]
    points = design.sobol_points(names, 256)
    table = design.sobol_indices(names, pd.DataFrame({"y": 2 * points[:, 0] + points[:, 1]}))
    assert table["alone"].to_numpy() == pytest.approx([0.8, 0.2, 0.0], abs=0.03)
    assert table["in_all"].to_numpy() == pytest.approx([0.8, 0.2, 0.0], abs=0.03)


def test_what_cannot_act_changes_nothing(design: Any, tmp_path: Path) -> None:
    setting = design.Setting(tmp_path, scale=0.005, workers=1)
    config = setting.config("days=4", "start='2019-12-20'")
    known = priors.parameters(config)
    high = {name: priors.range_of(known[name])[1] for name in design.CANNOT_ACT}
    found = setting.outcomes([config, priors.with_values(config, high, ())], "test")
    assert found["displaced"].iloc[0] > 0
    assert found.iloc[0].equals(found.iloc[1])


def test_each_mechanism_is_switched_off_by_something(scripts: dict[str, Any]) -> None:
    jobs = compose.jobs(["experiment=ablation"])
    assert jobs[0].scenario == scripts["ablation"].WHOLE
    assert len({str(job.config) for job in jobs}) == len(jobs) >= 8


def test_differences_are_taken_run_by_run(scripts: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs that are all worse by about 5 are clear, though luck among them is ten times as large."""
    ablation = scripts["ablation"]
    luck, small = np.linspace(0, 500, 6), np.array([0.1, -0.1, 0.2, -0.2, 0.0, 0.0])
    runs = {ablation.WHOLE: luck, "worse": luck + 5 + small, "same": luck + small}
    monkeypatch.setattr(ablation, "scores", lambda name: dict.fromkeys(ablation.SCORES, runs[name].mean()))
    monkeypatch.setattr(
        ablation, "alone", lambda name: pd.DataFrame(dict.fromkeys(ablation.SCORES, runs[name]))
    )
    table = ablation.table({name: name for name in runs})
    told = table[table["score"] == "crps"].set_index("scenario")
    assert told["clear"].to_dict() == {ablation.WHOLE: False, "worse": True, "same": False}
    assert told.loc["worse", "run_change"] == pytest.approx(5)
    assert told.loc["worse", "low"] < 5 < told.loc["worse", "high"]
