"""Draws of parameters: within their priors, distributed as they should be, the same in every scenario."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flightsim.errors import InputError
from flightsim.results.sweeps import Drawn
from flightsim.scenario import PARTS, from_config
from flightsim.sweeps import plan, priors

TOY = ["case=toy", "days=2"]


def made(*overrides: str) -> plan.Plan:
    return plan.make([*TOY, *overrides], many=True)


def complaint(*overrides: str) -> str:
    with pytest.raises(InputError) as refused:
        made(*overrides)
    return "\n".join(refused.value.complaints)


def test_draws_follow_the_pert_distribution() -> None:
    """Mean (low + 4 mode + high) / 6, variance (mean - low) (high - mean) / 7; within four standard errors."""
    drawn, n = Drawn(1.0, 2.0, 7.0, "uncertainty"), 4000
    values = np.array([priors.drawn_from("kettle.heat", drawn, seed) for seed in range(n)])
    mean = (1 + 4 * 2 + 7) / 6
    variance = (mean - 1) * (7 - mean) / 7
    assert values.min() >= 1
    assert values.max() <= 7
    assert abs(values.mean() - mean) < 4 * math.sqrt(variance / n)
    fourth = ((values - mean) ** 4).mean()
    assert abs(values.var() - variance) < 4 * math.sqrt((fourth - variance**2) / n)


def test_the_mode_is_the_likeliest() -> None:
    drawn = Drawn(0.0, 1.0, 4.0, "uncertainty")
    values = [priors.drawn_from("kettle.heat", drawn, seed) for seed in range(4000)]
    counts, edges = np.histogram(values, bins=8, range=(0, 4))
    assert edges[counts.argmax()] in (0.5, 1.0)


def test_parameters_are_drawn_independently() -> None:
    drawn, n = Drawn(0.0, 1.0, 2.0, "uncertainty"), 2000
    pairs = [[priors.drawn_from(name, drawn, seed) for name in ("a", "b")] for seed in range(n)]
    assert abs(np.corrcoef(np.array(pairs).T)[0, 1]) < 4 / math.sqrt(n)


def test_every_prior_makes_sense() -> None:
    """The default lies within, and the range within the bounds, which may be entered."""
    for types in PARTS.values():
        for part_type in types:
            config = {g: {"_target_": f"{t[0].__module__}.{t[0].__name__}"} for g, t in PARTS.items()}
            group = next(g for g, t in PARTS.items() if part_type in t)
            config[group] = {"_target_": f"{part_type.__module__}.{part_type.__name__}"}
            for name, each in priors.parameters(config).items():
                if not priors.why_not(each):
                    low, high = priors.range_of(each)
                    assert each.metadata["low"] <= low <= each.default <= high <= each.metadata["high"], name


def test_only_uncertain_numbers_are_drawn_unless_asked() -> None:
    drawn = made("uncertainty.draw=priors").draws
    assert drawn is not None
    assert {about.role for about in drawn.drawn.values()} == {"uncertainty"}
    assert "behaviour.safety" in drawn.drawn
    assert not {"border.policy", "border.throughput", "transport.fuel", "population.scale"} & set(drawn.drawn)
    lever = made("uncertainty.draw=priors", "uncertainty.parameters=[transport.fuel]").draws
    assert lever is not None
    assert list(lever.drawn) == ["transport.fuel"]
    assert lever.drawn["transport.fuel"].role == "lever"


def test_a_replicate_has_the_same_draw_in_every_scenario_and_company() -> None:
    asked = made("uncertainty.draw=priors", "border=closed,open", "replicates=3")
    for replicate in range(3):
        one, other = asked.config(0, replicate), asked.config(1, replicate)
        assert one["behaviour"] == other["behaviour"]
        assert one["seed"] == other["seed"] == 1 + replicate
        assert from_config(one).parts.behaviour.safety == one["behaviour"]["safety"]
    assert len({asked.config(0, r)["behaviour"]["safety"] for r in range(3)}) == 3
    alone = made("uncertainty.draw=priors", "uncertainty.parameters=[behaviour.safety]", "seed=3")
    assert alone.config(0, 0)["behaviour"]["safety"] == asked.config(0, 2)["behaviour"]["safety"]
    assert alone.config(0, 0)["behaviour"]["kin"] == 1.5


def test_what_is_set_is_not_drawn() -> None:
    asked = made("uncertainty.draw=priors", "behaviour.safety=6.0", "behaviour.kin=2,3", "replicates=2")
    assert [asked.config(at, 1)["behaviour"]["kin"] for at in (0, 1)] == [2, 3]
    assert {asked.config(0, r)["behaviour"]["safety"] for r in (0, 1)} == {6.0}  # named, though the default
    assert asked.kept == [{"behaviour.safety", "behaviour.kin"}] * 2


def test_a_part_that_has_no_use_for_a_draw_is_left_as_it_is() -> None:
    asked = made("uncertainty.draw=priors", "hazard=bombardment,none", "replicates=2")
    assert asked.config(1, 0)["hazard"] == {"_target_": "flightsim.model.parts.hazard.NoHazard"}
    assert asked.config(0, 0)["hazard"]["memory_days"] != 4.0
    assert asked.config(0, 0)["behaviour"] == asked.config(1, 0)["behaviour"]


@pytest.mark.parametrize(
    ("overrides", "expected"),
    [
        (
            ["uncertainty.parameters=[behaviour.safty]"],
            "no behaviour.safty (did you mean 'behaviour.safety'?)",
        ),
        (["uncertainty.parameters=[border.policy]"], "border.policy has no prior: it is no number"),
        (["uncertainty.parameters=[hazard.warning_days]"], "it is a whole number"),
        (["roads=free_flow", "uncertainty.parameters=[roads.danger_aversion]"], "it is fixed"),
        (["uncertainty.parameters=7"], "expected all, or a list of parameters"),
        (["uncertainty.draw=prior"], "did you mean 'priors'?"),
    ],
)
def test_what_cannot_be_drawn(overrides: list[str], expected: str) -> None:
    assert expected in complaint("uncertainty.draw=priors", *overrides)


# --- a file of samples


def sampled(tmp_path: Path, text: str, *more: str) -> list[str]:
    file = tmp_path / "samples.csv"
    file.write_text(text)
    return [f"uncertainty.draw='{file}'", *more]


def test_samples_come_from_a_file(tmp_path: Path) -> None:
    text = "replicate,behaviour.safety,transport.fuel\n0,5,0.5\n1,7.25,0.6\n"
    asked = made(*sampled(tmp_path, text, "replicates=2", "border=closed,open"))
    assert asked.draws is not None
    assert [asked.config(1, r)["behaviour"]["safety"] for r in (0, 1)] == [5, 7.25]
    assert [asked.config(0, r)["transport"]["fuel"] for r in (0, 1)] == [0.5, 0.6]
    assert asked.draws.drawn["behaviour.safety"] == Drawn(5, 6, 7.25, "uncertainty")
    only = made(*sampled(tmp_path, text, "replicates=2", "uncertainty.parameters=[transport.fuel]"))
    assert only.config(0, 1)["behaviour"]["safety"] == 6


def test_the_draws_of_a_sweep_are_samples_for_another(tmp_path: Path) -> None:
    asked = made("uncertainty.draw=priors", "replicates=3")
    assert asked.draws is not None
    text = asked.draws.table(dict(enumerate(asked.seeds(3)))).to_csv(index=False)
    again = made(*sampled(tmp_path, text, "replicates=3"))
    assert [again.config(0, r) for r in range(3)] == [asked.config(0, r) for r in range(3)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "behaviour.safty\n1\n1\n",
            "no parameter is called 'behaviour.safty' (did you mean 'behaviour.safety'?)",
        ),
        (
            "behaviour.safety\n1\n31\n",
            "row 3: behaviour.safety is 31; expected a number from 0 to 30 utility",
        ),
        ("behaviour.safety\n1\nmuch\n", "row 3: behaviour.safety is 'much'; expected a number"),
        ("behaviour.safety\n1\nnan\n", "row 3: behaviour.safety is nan; expected a number from 0 to 30"),
        ("behaviour.safety\n1\n", "has 1 rows; expected one for each of 2 replicates"),
        ("behaviour.safety,transport.fuel\n1,1\n1\n", "row 3 has 1 values; expected 2"),
        ("behaviour.safety,behaviour.safety\n1,1\n1,1\n", "2 columns are called 'behaviour.safety'"),
        ("replicate,behaviour.safety\n0,1\n2,1\n", "row 3: replicate is 2; expected 1"),
        ("border.policy\nopen\nclosed\n", "border.policy is 'open'; expected a number"),
        ("hazard.warning_days\n2\n2.5\n", "row 3: hazard.warning_days is 2.5; expected a whole number"),
        ("", "has 0 rows"),
        ("", "or choose uncertainty.draw=priors or none"),
    ],
)
def test_samples_that_cannot_be_used(text: str, expected: str, tmp_path: Path) -> None:
    assert expected in complaint(*sampled(tmp_path, text, "replicates=2"))


def test_all_troubles_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    told = complaint(*sampled(tmp_path, "behaviour.safety\n-1\n-2\n", "replicates=2"))
    assert len(told.splitlines()) == 2


def test_a_file_that_is_not_there() -> None:
    told = complaint("uncertainty.draw=nowhere.csv")
    assert "expected none, priors, calibrated or a CSV file" in told
    assert "No such file" in told


def test_they_are_told_with_what_else_is_wrong() -> None:
    told = complaint(
        "uncertainty.draw=priors", "uncertainty.parameters=[a.b]", "days=-1", "replicates=0", "baseline=x"
    )
    assert {line.split()[0] for line in told.splitlines()} == {
        "uncertainty.parameters:",
        "days",
        "replicates",
        "baseline",
    }


def test_the_setting_itself() -> None:
    config: dict[str, Any] = made().config(0, 0)
    assert priors.asked({"draw": "none", "parameters": "all"}, [config], 1) is None
    with pytest.raises(InputError, match="expected draw and parameters"):
        priors.asked({"drw": "priors"}, [config], 1)


def test_several_replicates_of_nobody_leaving_draw_only_what_is_left() -> None:
    still = plan.make(["case=toy", "replicates=2", "behaviour=none"])
    assert still.draws is not None
    assert "discrepancy.log_sd" in still.draws.drawn
    assert "behaviour.front_per_hour" not in still.draws.drawn
    assert still.config(0, 1)["behaviour"]["front_per_hour"] == 0
    both = plan.make(["case=toy", "replicates=2", "behaviour=flight,none"], many=True)
    drawn = [both.config(at, 1)["behaviour"]["front_per_hour"] for at in (0, 1)]
    assert drawn[0] > 0
    assert drawn[1] == 0


def test_more_replicates_than_the_calibration_has_samples_say_what_to_do() -> None:
    with pytest.raises(InputError) as caught:
        plan.make(["case=toy", "replicates=1500"])
    (told,) = caught.value.complaints
    assert "ask for replicates=1000 or fewer, or choose uncertainty.draw=priors or none" in told
