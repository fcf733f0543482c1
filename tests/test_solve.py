"""Solving for one lever: the pure search on curves worked out by hand, what may be asked, what is reported."""

import csv
import io
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from flightsim import cli
from flightsim.errors import InputError
from flightsim.results.outcomes import HEADLINES
from flightsim.solve import asked, figure, roots
from flightsim.solve.asked import Lever
from flightsim.solve.roots import Answer, Question, solve
from flightsim.solve.task import RunsFailed, task
from flightsim.solve.telling import Found
from flightsim.sweeps.batch import Run

pytestmark = pytest.mark.slow  # whole runs

REPLICATES = 8
LUCK = np.linspace(-1.0, 1.0, REPLICATES)


class Counted:
    """A curve with common luck: every replicate is off by the same amount at every value."""

    def __init__(self, mean: Callable[[float], float], luck: Sequence[float] = (0.0,)) -> None:
        self.mean, self.luck, self.asked = mean, np.asarray(luck), list[float]()

    def __call__(self, value: float) -> list[float]:
        self.asked.append(value)
        return list(self.mean(value) + self.luck)


def in_order(answer: Answer, curve: Counted) -> None:
    assert list(answer.order) == curve.asked, "the answer tells what was tried, in order"
    assert len(set(curve.asked)) == len(curve.asked), "no value is tried twice"
    assert all(answer.question.low <= value <= answer.question.high for value in curve.asked)
    assert all(type(value) in (int, float) for value in curve.asked), (
        "plain numbers, as a configuration holds them"
    )


def test_a_straight_line_is_solved_at_once() -> None:
    curve = Counted(lambda x: 100 * x)
    answer = solve(curve, Question(0, 10, target=370))
    assert answer.status == roots.SOLVED
    assert answer.value == pytest.approx(3.7, abs=0.01)
    assert answer.shape == roots.RISING
    assert len(curve.asked) <= 4
    in_order(answer, curve)


@pytest.mark.parametrize("tolerance", [0.2, 0.05, 0.001])
def test_the_tolerance_is_kept(tolerance: float) -> None:
    curve = Counted(lambda x: 1000 / (1 + math.exp(-3 * (x - 2))))
    answer = solve(curve, Question(0, 4, target=300, tolerance=tolerance))
    assert answer.status == roots.SOLVED
    assert abs(answer.here.mean() - 300) <= 300 * tolerance
    assert answer.value == pytest.approx(2 - math.log(7 / 3) / 3, abs=tolerance)
    in_order(answer, curve)


def test_a_falling_curve_is_solved_too() -> None:
    answer = solve(Counted(lambda x: 100 - x**2), Question(0, 10, target=64, tolerance=0.01))
    assert answer.value == pytest.approx(6, abs=0.1)
    assert answer.shape == roots.FALLING


@given(
    st.floats(0.2, 8), st.floats(0.1, 3.9), st.floats(0.0005, 0.1), st.booleans(), st.integers(1, REPLICATES)
)
def test_any_smooth_curve_is_solved_with_few_values(
    steep: float, centre: float, tolerance: float, whole: bool, n: int
) -> None:
    curve = Counted(lambda x: 500 + 400 * math.tanh(steep * (x - centre)), LUCK[:n])
    answer = solve(curve, Question(0, 4, target=500, tolerance=tolerance, whole=whole))
    assert len(curve.asked) <= roots.AT_MOST
    in_order(answer, curve)
    if answer.status == roots.SOLVED:
        assert abs(answer.here.mean() - 500) <= 500 * tolerance
    else:  # only where the curve passes the target between neighbouring values, or is all on one side
        assert answer.around is not None or min(answer.mean) > 500 or max(answer.mean) < 500
    if not whole and min(answer.mean) < 500 < max(answer.mean) and steep < 2 and tolerance > 0.005:
        assert answer.status == roots.SOLVED


@pytest.mark.parametrize(("mean", "end"), [(lambda x: 10 * x, 10), (lambda x: 100 - 10 * x, 0)])
def test_out_of_reach_tells_the_nearest_end(mean: Callable[[float], float], end: float) -> None:
    curve = Counted(mean, LUCK)
    answer = solve(curve, Question(0, 10, target=500))
    assert answer.status == roots.OUT_OF_REACH
    assert answer.value == end
    assert answer.here.mean() == pytest.approx(100)
    assert len(curve.asked) == roots.LOOKS + 1, "the range is looked through before giving up"
    assert answer.share_reaching == 0
    low, _ = answer.spread()
    assert low == (math.inf if end else -math.inf), "beyond the end that is nearer"


def test_a_flat_curve_is_called_flat() -> None:
    answer = solve(Counted(lambda x: 100 + 0.1 * x, LUCK), Question(0, 10, target=500))
    assert (answer.status, answer.shape) == (roots.OUT_OF_REACH, roots.FLAT)
    assert all(map(math.isnan, (*answer.spread(), *answer.interval())))


def test_a_hump_is_found_although_both_ends_lie_below() -> None:
    curve = Counted(lambda x: 100 - 10 * (x - 5) ** 2)
    answer = solve(curve, Question(0, 10, target=80))
    assert answer.status == roots.SOLVED
    assert answer.shape == roots.NOT_MONOTONE
    assert abs(answer.here.mean() - 80) <= 4
    in_order(answer, curve)


def test_a_hump_that_stays_below_is_told_at_its_top() -> None:
    answer = solve(Counted(lambda x: 100 - 10 * (x - 5) ** 2), Question(0, 10, target=300))
    assert (answer.status, answer.shape, answer.value) == (roots.OUT_OF_REACH, roots.NOT_MONOTONE, 5)


def test_a_jump_over_the_target_is_told_with_both_sides() -> None:
    curve = Counted(lambda x: 0.0 if x < 3.3 else 1000.0)
    answer = solve(curve, Question(0, 4, target=500))
    assert answer.status == roots.JUMP
    assert len(curve.asked) <= roots.AT_MOST
    below, above = (float(answer.values[at]) for at in answer.around or ())
    assert below < 3.3 <= above
    assert above - below < 0.05


def test_whole_numbers_are_only_asked_for_whole_numbers() -> None:
    curve = Counted(lambda x: 7 * x)
    answer = solve(curve, Question(1, 1000, target=700, whole=True, tolerance=0))
    assert (answer.status, answer.value) == (roots.SOLVED, 100)
    assert all(value == int(value) for value in curve.asked)
    assert len(curve.asked) <= 2 + 10


def test_whole_numbers_that_pass_over_the_target() -> None:
    answer = solve(Counted(lambda x: 100 * x), Question(1, 12, target=570, whole=True))
    assert (answer.status, answer.value) == (roots.JUMP, 6), "the nearest whole number"
    assert [answer.values[at] for at in answer.around or ()] == [5, 6]


def test_the_interval_is_that_of_the_replicates_own_crossings() -> None:
    """y = 100 x + luck: replicate r meets 370 at 3.7 - luck / 100."""
    luck = 20 * LUCK
    answer = solve(Counted(lambda x: 100 * x, luck), Question(0, 10, target=370))
    own = 3.7 - luck / 100
    assert answer.crossings == pytest.approx(own, abs=1e-9)
    assert answer.spread() == pytest.approx((own.min(), own.max()))
    half = stats.t.ppf(0.95, REPLICATES - 1) * own.std(ddof=1) / math.sqrt(REPLICATES)
    assert answer.interval() == pytest.approx((3.7 - half, 3.7 + half))
    low, high = answer.interval()
    assert answer.spread()[0] < low < 3.7 < high < answer.spread()[1]
    assert {round(own.min(), 2), round(own.max(), 2)} <= {round(value, 2) for value in answer.order}
    assert answer.share_reaching == 0.5


def test_the_interval_is_measured_where_the_curve_bends() -> None:
    """The outermost replicates are tried where they are thought to meet the target, not only guessed at."""
    curve = Counted(lambda x: 100 * x**3, 150 * LUCK)
    answer = solve(curve, Question(0, 4, target=400))
    exact = np.cbrt((400 - 150 * LUCK) / 100)
    assert answer.crossings == pytest.approx(exact, abs=0.06)
    assert min(abs(np.array(curve.asked) - exact.min())) < 0.1


def test_a_replicate_that_never_meets_the_target_opens_the_interval() -> None:
    answer = solve(Counted(lambda x: 10 * x, [-60, 0, 0, 60]), Question(0, 10, target=50))
    assert answer.status == roots.SOLVED
    assert answer.spread() == (-math.inf, math.inf)
    assert answer.interval() == (-math.inf, math.inf)


def test_the_interval_is_of_the_mean_even_where_single_replicates_never_get_there() -> None:
    luck = np.array([-60, *np.zeros(30), 60])
    answer = solve(Counted(lambda x: 10 * x, luck), Question(0, 10, target=50))
    low, high = answer.interval()
    assert (5 - low, high - 5) == pytest.approx((0.46, 0.46), abs=0.03), (
        "1.7 standard errors of 15.2 / 32 ** 0.5"
    )


def test_one_replicate_has_no_interval() -> None:
    answer = solve(Counted(lambda x: 100 * x), Question(0, 10, target=370))
    assert all(map(math.isnan, answer.interval()))


def test_values_are_short_enough_to_be_typed_again() -> None:
    answer = solve(Counted(lambda x: math.sqrt(x) * 100), Question(0, 4, target=123, tolerance=0.001))
    assert all(len(f"{value:g}") <= 5 for value in answer.values)
    assert Question(0, 0.01, 1).digits == 6
    assert Question(0, 100_000, 1).digits == -1
    assert Question(0.0004, 3, 1).rounded(0.0004) == 0.0004, "an end is never rounded away"


# What may be asked -----------------------------------------------------------------------------------------

TOY = ["experiment=toy", "population.scale=0.05", "days=4"]


def complaints(*words: str) -> str:
    with pytest.raises(InputError) as caught:
        task([*TOY, *words])
    return "\n".join(caught.value.complaints)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["target=500"], "expected a lever and its range, as hazard.strength=0..4"),
        (["hazard.strength=0..4", "days=2..4", "target=5"], "one lever at a time"),
        (["hazard.strenght=0..4", "target=5"], "did you mean 'hazard.strength'?"),
        (["hazard.strength=4..0", "target=5"], "reversed"),
        (["hazard.strength=4..4", "target=5"], "empty"),
        (["hazard.strength=a..4", "target=5"], "expected two numbers"),
        (["hazard.strength=0..", "target=5"], "expected two numbers"),
        (["hazard.strength=0..inf", "target=5"], "expected two numbers"),
        (["hazard.strength=0..99", "target=5"], "hazard.strength is 99"),
        (["border.policy=0..4", "target=5"], "not a number"),
        (["figures=0..1", "target=5"], "not a number"),
        (["seed=1..4", "target=5"], "no lever"),
        (["days=1.5..4", "target=5"], "whole number"),
        (["days=0..4", "target=5"], "days is 0"),
        (["hazard.strength=0..4"], "target is missing"),
        (["hazard.strength=0..4", "target=many"], "target is 'many'"),
        (["hazard.strength=0..4", "target=0"], "target is '0'"),
        (["hazard.strength=0..4", "target=nan"], "target is 'nan'"),
        (["hazard.strength=0..4", "target=5", "tolerance=0"], "tolerance is '0'"),
        (["hazard.strength=0..4", "target=5", "replicates=auto"], "replicates is 'auto'"),
        (["hazard.strength=0..4", "target=5", "outcome=displaced"], "did you mean 'displaced_persons'?"),
        (["hazard.strength=0..4", "target=5", "border=opne"], "did you mean 'open'?"),
        (["hazard.strength=0..4", "target=5", "hazard=none"], "hazard.strength"),
    ],
)
def test_bad_input_is_told_before_anything_runs(words: list[str], told: str) -> None:
    assert told in complaints(*words)


def test_everything_wrong_is_told_at_once() -> None:
    told = complaints("hazard.strength=4..0", "target=x", "outcome=y", "tolerance=z")
    assert all(word in told for word in ("reversed", "'x'", "'y'", "'z'"))


def test_dots_in_a_path_are_no_range() -> None:
    word, own, overrides = asked.split(["results=../mine..old", "a=1..2", "case=..", "target=3"])
    assert (word, own["target"], overrides) == ("a=1..2", "3", ["results=../mine..old", "case=.."])
    assert own["outcome"] == "additional_displaced_persons"


def test_whether_a_lever_is_whole_is_the_parameters_own_word() -> None:
    assert task([*TOY, "days=2..4", "target=5"]).question.whole
    found = task([*TOY, "hazard.memory_days=2..4", "target=5"])
    assert not found.question.whole, "declared as a number, whatever its default looks like"
    assert found.seeds == tuple(range(1, 9)), "eight replicates, seeds one after the other"
    assert [config["seed"] for config in found.configs(3)] == list(found.seeds)
    assert {config["hazard"]["memory_days"] for config in found.configs(3)} == {3}


def test_a_scenario_that_sets_the_lever_itself_does_not_hold_it_fast(tmp_path: Path) -> None:
    (tmp_path / "experiment").mkdir()
    text = "# @package _global_\nname: mine\nscenarios:\n  weak: [hazard.strength=0.5]\n  strong: [hazard.strength=2]\n"
    (tmp_path / "experiment" / "mine.yaml").write_text(text, encoding="utf-8")
    words = ["hazard.strength=0..4", "target=5", "experiment=mine", "case=toy", "replicates=3"]
    found = task([*words, "scenario=weak"], tmp_path)
    assert {config["hazard"]["strength"] for config in found.configs(3)} == {3}
    with pytest.raises(InputError, match="choose with scenario=NAME from 'weak', 'strong'"):
        task(words, tmp_path)


def test_what_is_drawn_is_the_same_at_every_value() -> None:
    words = [*TOY, "hazard.strength=0..4", "target=5", "replicates=3", "uncertainty.draw=priors"]
    found = task(words)
    at = {value: found.configs(value) for value in (1, 3)}
    memories = [[config["hazard"]["memory_days"] for config in configs] for configs in at.values()]
    assert memories[0] == memories[1]
    assert len(set(memories[0])) == 3, "each replicate has its own"
    assert {config["hazard"]["strength"] for config in at[3]} == {3}, "the lever itself is not drawn"


# What is reported -------------------------------------------------------------------------------------------


def found(
    mean: Callable[[float], float], target: float, luck: Sequence[float] = 20 * LUCK, **range_: Any
) -> Found:
    lever = Lever("hazard.strength", **({"low": 0, "high": 10, "whole": False} | range_))
    answer = solve(Counted(mean, luck), Question(lever.low, lever.high, target, whole=lever.whole))
    runs = {value: tuple(f"run{value:g}-{r}" for r in range(len(luck))) for value in answer.order}
    return Found(
        lever, HEADLINES["displaced_persons"], answer, tuple(range(1, len(luck) + 1)), runs, drawn=False
    )


def test_a_solution_is_told_with_how_sure_it_is() -> None:
    first, sure, there, curve, whose, rest = found(lambda x: 1000 * x, 3700, 200 * LUCK).lines()
    assert first == "Solved: hazard.strength=3.7 meets the target, 3,700 people displaced."
    assert "between 3.61 and 3.79 (90 % interval, from 8 runs" in sure
    assert "all 8 runs by themselves meet it between 3.5 and 3.9" in sure
    assert "at least 3,700 in 4 of 8 runs" in there
    assert "rises over the values tried: 0 at 0, 10,000 at 10" in curve
    assert whose.startswith("hazard.strength is not ours to choose")
    assert "chance alone" in rest


def test_a_target_out_of_reach_is_told_with_the_nearest_end() -> None:
    first, there, curve, *_ = found(lambda x: 100 * x + 5000, 37000).lines()
    assert first.startswith(
        "Not reached: with hazard.strength from 0 to 10, people displaced come nearest to 37,000"
    )
    assert "at 10, the upper end of the range: 6,000." in first
    assert "at least 37,000 in 0 of 8 runs" in there
    assert "rises" in curve


def test_a_flat_curve_and_a_hump_are_told_as_such() -> None:
    assert "is flat" in found(lambda x: 5000 + x, 37000).lines()[2]
    assert "may be reached" not in found(lambda x: 5000 + x, 37000).lines()[0]
    hump = found(lambda x: 5000 - 100 * (x - 5) ** 2, 4000).lines()
    assert hump[0].startswith("Solved")
    assert "rises and falls" in hump[3]
    assert "other values may meet the target too" in hump[3]


def test_passing_over_is_told_with_both_sides() -> None:
    first, *_ = found(lambda x: 1000 * x, 3400, whole=True).lines()
    assert "from 3 to 4, next to each other, people displaced go from 3,000 to 4,000" in first


def test_one_run_says_nothing_of_certainty() -> None:
    assert "nothing can be said" in found(lambda x: 1000 * x, 3700, [0.0]).lines()[1]


def test_the_record_can_be_read_back_and_the_table_has_a_row_a_run(tmp_path: Path) -> None:
    each = found(lambda x: 1000 * x, 3700, 200 * LUCK)
    record = yaml.safe_load(yaml.safe_dump(each.record()))
    assert record["status"] == "solved"
    assert record["override"] == "hazard.strength=3.7"
    assert record["interval_90"] == pytest.approx(each.answer.interval())
    assert record["share_reaching_target"] == 0.5
    rows = list(csv.DictReader(io.StringIO(each.table())))
    assert len(rows) == each.answer.outcomes.size
    assert {row["replicate"] for row in rows} == {str(r) for r in range(8)}
    at = [float(row["displaced_persons"]) for row in rows if row["hazard.strength"] == "3.7"]
    assert at == pytest.approx(list(each.answer.here))
    assert all(row["run"] == f"run{float(row['hazard.strength']):g}-{row['replicate']}" for row in rows)


@pytest.mark.parametrize("mean", [lambda x: 1000 * x, lambda x: 10.0, lambda x: -1000 * (x > 3) + 3000])
def test_a_figure_is_drawn_whatever_was_found(mean: Callable[[float], float], tmp_path: Path) -> None:
    figure.draw(found(mean, 3700), tmp_path / "curve.png", "foot")
    assert (tmp_path / "curve.png").read_bytes().startswith(b"\x89PNG")


# The whole command ------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_command_solves_writes_and_resumes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["solve", "hazard.strength=0..4", "outcome=exposure_person_hours", *TOY, f"results={tmp_path}"]
    words += ["replicates=2", "tolerance=0.1"]
    assert cli.main([*words, "target=1e12"]) == 1, "not reached"
    told = capsys.readouterr().out.splitlines()
    folder = Path(told[-1])
    assert told[0].startswith("Not reached")
    record = yaml.safe_load((folder / "solve.yaml").read_text(encoding="utf-8"))
    assert record["answer"] == told[:-1]
    assert record["command"].startswith("flightsim solve hazard.strength=0..4")
    assert (folder / "curve.png").is_file()
    runs = {path: path.stat().st_mtime_ns for path in (folder.parent / "runs").iterdir()}
    assert len(runs) == record["runs"]
    assert cli.main([*words, "target=1e12"]) == 1
    assert Path(capsys.readouterr().out.splitlines()[-1]) == folder
    assert {path: path.stat().st_mtime_ns for path in (folder.parent / "runs").iterdir()} == runs, "reused"
    curve = list(csv.DictReader((folder / "evaluations.csv").read_text(encoding="utf-8").splitlines()))
    middle = np.mean([float(row["exposure_person_hours"]) for row in curve if row["hazard.strength"] == "2"])
    assert cli.main([*words, f"target={middle:.0f}"]) == 0, "solved"
    again = capsys.readouterr().out.splitlines()
    assert again[0].startswith("Solved: hazard.strength=")
    assert Path(again[-1]) != folder


def test_refused_before_anything_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["solve", "hazard.strength=4..0", "target=5", *TOY, f"results={tmp_path / 'r'}"]) == 2
    assert "reversed" in capsys.readouterr().err
    assert not (tmp_path / "r").exists()


def test_a_failing_run_is_told_and_nothing_is_answered(tmp_path: Path) -> None:
    each = task([*TOY, "hazard.strength=0..4", "target=5", "replicates=2", f"results={tmp_path}"])
    failed = Run(None, "the machine was on fire")
    with pytest.raises(RunsFailed, match=r"2 runs failed with hazard\.strength=0: the machine was on fire"):
        each.solve(lambda value, configs, folder: [failed for _ in configs])
    assert not each.folder.exists()
