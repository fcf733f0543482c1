"""`flightsim run from=RESULTS on=DATE`: weights and bands by hand on made-up runs, and what is refused."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import flightsim as fs
import made_sweeps
from flightsim import cli
from flightsim.results import sweeps
from flightsim.validation.onward import telling, weights
from flightsim.validation.onward.asked import questions
from flightsim.validation.onward.folder import go_on
from flightsim.validation.onward.forecast import Forecast
from flightsim.validation.scores.metrics import Z90, crps

pytestmark = pytest.mark.slow  # whole commands

HEAD = "date,since,measure,unit,area_id,low,best,high,source"
COURSES = [  # six days; the count of day 3 is 1,000
    [500, 800, 1000, 1200, 1400, 1600],
    [500, 700, 900, 1000, 1100, 1200],
    [600, 900, 1100, 1400, 1700, 2000],
    [100, 300, 500, 600, 700, 800],
    [900, 1500, 2000, 2500, 3000, 3500],
]


def ensemble(folder: Path, courses: Sequence[Sequence[float]] = COURSES, **config: object) -> Path:
    """A finished sweep of made-up runs of six days from 1 January 2020."""
    tables = [{"measures": made_sweeps.measures(course), "front": front()} for course in courses]
    return made_sweeps.sweep(folder, {"base": tables}, {"base": {"days": 6, **config}})


def front() -> pd.DataFrame:
    return pd.DataFrame({"place_id": [], "date": pd.to_datetime([]), "holder": []})


def counted(folder: Path, *rows: str) -> Path:
    """A folder of observations; a row is date, since, low, best, high."""
    folder.mkdir(exist_ok=True)
    lines = []
    for row in rows:
        until, since, low, best, high = row.split(",")
        lines.append(f"{until},{since},displaced_cumulative,people,ALL,{low},{best},{high},OCHA")
    (folder / "observations.csv").write_text("\n".join([HEAD, *lines]) + "\n", encoding="utf-8")
    return folder


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return ensemble(tmp_path / "runs")


@pytest.fixture
def known(tmp_path: Path) -> Path:
    return counted(tmp_path / "known", "2020-01-03,2020-01-01,1000,1000,1000", "2020-01-05,2020-01-01,1,9,9")


# ------------------------------------------------------------------ by hand


def test_weights_of_three_runs_by_hand() -> None:
    """A count without bounds of its own leaves the model's error alone: 0.1 in logarithms."""
    count = np.array([1000.0])
    members = 1000.0 * np.exp(0.1 * np.array([[0.0, 1.0, -2.0]]))
    off = weights.misfit(members, count, count, count)
    assert off[0] == pytest.approx([0, 1, -2])
    likelihood = [1, math.exp(-0.5), math.exp(-2)]
    found = weights.weigh(off, least=1)
    assert found.values == pytest.approx([each / sum(likelihood) for each in likelihood])
    assert found.effective == pytest.approx(sum(likelihood) ** 2 / sum(each**2 for each in likelihood))
    assert found.power == 1


def test_bounds_of_a_count_add_to_the_models_error() -> None:
    """Bounds are a 90 % interval: e^(2 * 1.645 * 0.24) apart is a spread of 0.24; with 0.1: 0.26."""
    low, high = 1000 * math.exp(-Z90 * 0.24), 1000 * math.exp(Z90 * 0.24)
    off = weights.misfit(np.array([[1000 * math.exp(0.52)]]), *(np.array([v]) for v in (low, 1000.0, high)))
    assert off[0, 0] == pytest.approx(2)


def test_several_counts_multiply() -> None:
    one, two = np.array([[0.0, 1.0, 2.0]]), np.array([[1.0, 0.0, 0.0]])
    both = weights.weigh(np.vstack([one, two]), least=1).values
    product = weights.weigh(one, least=1).values * weights.weigh(two, least=1).values
    assert both == pytest.approx(product / product.sum())


def test_a_run_in_which_nobody_has_left_has_a_weight_of_nothing() -> None:
    count = np.array([60_000.0])
    found = weights.weigh(weights.misfit(np.array([[0.0, 60_000.0]]), count, count, count), least=1)
    assert found.values == pytest.approx([0, 1])


def test_too_few_runs_are_widened_to_five() -> None:
    off = np.array([[0.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]])
    found = weights.weigh(off)
    assert found.effective_untempered == pytest.approx(1.02, abs=0.01)
    assert found.effective == pytest.approx(5)
    assert 0 < found.power < 1
    log_weight = -0.5 * found.power * off[0] ** 2
    assert found.values == pytest.approx(np.exp(log_weight) / np.exp(log_weight).sum())


def test_weighted_quantiles_by_hand() -> None:
    values = np.array([[30.0, 10.0, 20.0]])
    share = np.array([0.5, 0.1, 0.4])  # in order: 10 up to 0.1, 20 up to 0.5, 30 up to 1
    assert weights.quantiles(values, share, (0.05, 0.1, 0.11, 0.5, 0.51, 0.95))[0].tolist() == [
        10, 10, 20, 20, 30, 30,
    ]  # fmt: skip


def test_a_weighted_crps_is_that_of_repeated_members() -> None:
    observed, members = np.array([3.0]), np.array([[1.0, 4.0, 10.0]])
    twice = np.array([[1.0, 4.0, 4.0, 10.0]])
    assert crps(observed, members, np.array([1.0, 2.0, 1.0])) == pytest.approx(crps(observed, twice))


def test_level_from_the_count_and_growth_from_the_runs(runs: Path, known: Path) -> None:
    """The count of day 3 is exact: the forecast of day 6 is 1,000 and what each run adds from day 3 to day 6.

    Runs on day 3: 1000, 900, 1100, 500, 2000. They add 600, 300, 900, 300, 1500.
    """
    (question,) = questions(runs, ["2020-01-04"], known)
    found = Forecast(question)
    off = np.log(np.array([1000, 900, 1100, 500, 2000]) / 1000) / 0.1
    assert found.off[0] == pytest.approx(off)
    assert found.weights.effective == pytest.approx(5), "five runs, widened to five: all alike"
    courses, share = found.ahead()
    by_run = courses[-1].reshape(5, -1)
    assert np.allclose(by_run, [[1600], [1300], [1900], [1300], [2500]])
    assert share.reshape(5, -1).sum(axis=1) == pytest.approx([0.2] * 5, rel=1e-3)
    row = found.table.iloc[-1]
    assert [row[f"before_{q}_persons"] for q in ("p5", "median", "p95")] == [800, 1600, 3500]
    assert [row[f"{q}_persons"] for q in ("p5", "median", "p95")] == [1300, 1600, 2500]
    assert found.table["lead_days"].tolist() == [-3, -2, -1, 0, 1, 2]
    assert found.table["median_persons"].notna().tolist() == [False] * 3 + [True] * 3
    assert found.table["median_persons"].iloc[3] == 1200, (
        "the growth from the count's day to the day is in it"
    )


def test_bounds_that_are_wider_upward_are_kept() -> None:
    """The count of 27 January: of 21 midpoints one lies on either side of the bounds, the eleventh is the best."""
    level = weights.within(380_000, 390_000, 470_000)
    assert level[10] == pytest.approx(390_000)
    assert (np.sum(level < 380_000), np.sum(level > 470_000)) == (1, 1)
    assert weights.within(0, 0, 0) == pytest.approx(0)
    assert weights.within(0, 1000, 1000).max() == pytest.approx(1000)


def test_failed_runs_are_left_out_and_said(tmp_path: Path, known: Path) -> None:
    folder = ensemble(tmp_path / "runs", [*COURSES, COURSES[0]])
    text = (folder / "runs.csv").read_text(encoding="utf-8")
    *rows, last = text.rstrip("\n").splitlines()
    (folder / "runs.csv").write_text(
        "\n".join([*rows, last.replace("done", "failed")]) + "\n", encoding="utf-8"
    )
    (question,) = questions(folder, ["3"], known)
    assert "5 runs of 'base' (1 run failed, left out)" in telling.screen(Forecast(question))


def test_a_count_is_drawn_within_its_bounds(runs: Path, tmp_path: Path) -> None:
    (question,) = questions(runs, ["3"], counted(tmp_path / "k", "2020-01-03,2020-01-01,800,1000,1250"))
    level = Forecast(question).level
    assert np.median(level) == pytest.approx(1000)
    assert np.mean((level >= 800) & (level <= 1250)) == pytest.approx(0.9, abs=0.05)


def test_more_weight_where_the_count_is_met(tmp_path: Path, known: Path) -> None:
    """Thirty runs met the count and add 100, thirty were at twice of it and add 1,000: the band is the first's."""
    near, far = [500, 800, 1000, 1030, 1060, 1100], [900, 1500, 2000, 2400, 2700, 3000]
    (question,) = questions(ensemble(tmp_path / "r", [near] * 30 + [far] * 30), ["2020-01-03"], known)
    found = Forecast(question)
    assert found.weights.effective == pytest.approx(30)
    assert found.weights.power == 1
    row = found.table.iloc[-1]
    assert [row[f"{q}_persons"] for q in ("p5", "median", "p95")] == pytest.approx([1100] * 3)
    assert not found.far


def test_the_order_of_runs_does_not_matter(tmp_path: Path, known: Path) -> None:
    tables = []
    for name, courses in (("a", COURSES), ("b", COURSES[::-1])):
        (question,) = questions(ensemble(tmp_path / name, courses), ["3"], known)
        tables.append(Forecast(question).table)
    pd.testing.assert_frame_equal(*tables)


def test_counts_after_the_day_change_nothing(runs: Path, tmp_path: Path) -> None:
    early = "2020-01-03,2020-01-01,900,1000,1100"
    later = "2020-01-05,2020-01-01,4900,5000,5100"
    found = []
    for name, rows in (("a", [early]), ("b", [early, later])):
        (question,) = questions(runs, ["2020-01-04"], counted(tmp_path / name, *rows))
        found.append(Forecast(question))
    pd.testing.assert_frame_equal(found[0].table, found[1].table)
    ignored = found[1].counts.set_index("row").loc[3]
    assert not ignored["used"]
    assert ignored["not_used_because"] == "after 4 January 2020, ignored"


def test_an_increment_weighs_but_is_nothing_to_start_from(runs: Path, tmp_path: Path) -> None:
    """From day 4 to day 5 the runs add 400, 200, 600, 200, 1000."""
    rows = ["2020-01-03,2020-01-01,900,1000,1100", "2020-01-05,2020-01-04,300,400,500"]
    (question,) = questions(runs, ["2020-01-05"], counted(tmp_path / "k", *rows))
    found = Forecast(question)
    assert found.at_counts[1].tolist() == [400, 200, 600, 200, 1000]
    assert question.start.best == 1000


# ------------------------------------------------------------------ the folder and the command


def test_the_same_bytes_twice(runs: Path, known: Path, tmp_path: Path) -> None:
    folders = [go_on(runs, ["2020-01-03"], known, tmp_path / name)[0][0] for name in ("one", "two")]
    files = [{path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders]
    assert set(files[0]) == {
        "README.txt", "forecast.csv", "counts.csv", "members.csv", "forecast.txt", "forecast.png", "provenance.json",
    }  # fmt: skip
    assert files[0] == files[1]
    about = json.loads(files[0]["provenance.json"])
    assert len(about["runs"]) == 5
    assert list(about["observations"]) == ["observations.csv"]
    assert len(about["observations"]["observations.csv"]) == 64


def test_the_command_for_two_days(runs: Path, known: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["run", f"from={runs}", "on=2020-01-03,4", f"known={known}"]) == 0
    said = capsys.readouterr().out
    assert said.splitlines()[-1] == str((runs / "on_2020-01-04").resolve())
    assert (runs / "on_2020-01-03" / "forecast.png").is_file()
    assert "1 after 3 January 2020, ignored" in said
    assert "fewer than 5" in said
    assert "which leaves 5.0: all runs alike" in said
    assert "Counts used: 1 of 2, 3 January 2020. Not used" in said
    assert "Modelled, not observed" in said
    assert "No run comes near" not in said
    assert len(sweeps.read_one(runs).runs) == 5, "a forecast in a sweep's folder is no run of it"
    assert cli.main(["run", f"from={runs}", "on=4", f"known={known}"]) == 0, "again: replaced"


def test_no_run_near_is_said(runs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    known = counted(tmp_path / "k", "2020-01-03,2020-01-01,9000,10000,11000")
    assert cli.main(["run", f"from={runs}", "on=2020-01-03", f"known={known}"]) == 0
    assert "No run comes near 1 of 1 count: 3 January (10,000; nearest run 2,000)" in capsys.readouterr().out


def test_from_python(runs: Path, known: Path) -> None:
    sweep = fs.load(runs)
    found = sweep.known("2020-01-03", known)
    again = fs.load(found.path)
    assert repr(again) == repr(found)
    assert found.table["median_persons"].iloc[-1] == 1600
    assert found.members["weight"].sum() == pytest.approx(1)
    assert found.counts["used"].tolist() == [True, False]
    assert "going on from what was counted by 3 January 2020" in found.summary


def test_an_ensemble_of_the_toy_case_with_its_own_counts(tmp_path: Path) -> None:
    few = ["population.scale=0.05", "step_hours=6", "days=14"]
    folder = made_sweeps.real(tmp_path / "toy", {"base": []}, 5, *few)
    (question,) = questions(folder, ["2020-01-08"])
    found = Forecast(question)
    assert question.start.best == 6000
    assert question.members.course.shape == (14, 5)
    assert found.table["median_persons"].iloc[-1] >= found.table["median_persons"].iloc[-2]
    assert found.table["median_persons"].iloc[7] >= 6000


# ------------------------------------------------------------------ what is refused


@pytest.mark.parametrize(
    ("words", "messages"),
    [
        (["on=2020-01-03"], ["from is missing"]),
        (["known={known}"], ["from is missing", "on is missing"]),
        (["from={runs}"], ["on is missing"]),
        (["from=nowhere", "on=2020-01-03"], ["nowhere is not there"]),
        (["from={runs}", "on=soon"], ["on='soon': expected a date"]),
        (["from={runs}", "on=2019-12-31"], ["on=2019-12-31 is outside of the runs; expected a day from 2020-01-01"]),
        (["from={runs}", "on=7"], ["on=2020-01-07 is outside"]),
        (["from={runs}", "on=0"], ["on=2019-12-31 is outside"]),
        (["from={runs}", "on=2020-01-06"], ["is the last day of the runs"]),
        (["from={runs}", "on=2020-01-02", "known={known}"], ["nothing to start from"]),
        (["from={runs}", "on=2020-01-03", "known=nowhere"], ["there is no such folder"]),
        (["from={runs}", "on=3", "scenario=bass"], ["there is no scenario 'bass'", "did you mean 'base'"]),
        (["from={runs}", "on=3", "case=idlib"], ["has runs of case toy; case=idlib was asked for"]),
        (["from={runs}", "on=3", "seed=2"], ["'seed=2': the runs are there already"]),
        (["from={runs}", "on=3", "-m"], ["no runs are made here"]),
        (["from={runs}", "on=", "on=3"], ["'on=': expected a value"]),
        (["from=nowhere", "on=soon", "known=nowhere", "days=3"],
         ["'days=3'", "nowhere is not there", "on='soon'", "known=nowhere is no folder of observations"]),
    ],
)  # fmt: skip
def test_what_is_refused(
    words: list[str], messages: list[str], runs: Path, known: Path, tmp_path: Path,
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    assert cli.main(["run", *(word.format(runs=runs, known=known) for word in words)]) == 2
    said = capsys.readouterr().err
    for message in messages:
        assert said.count(message) == 1, said
    assert "Traceback" not in said
    assert sorted(tmp_path.rglob("*")) == before, "nothing is written"


def refused(folder: Path, message: str, known: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["run", f"from={folder}", "on=3", f"known={known}"]) == 2
    said = capsys.readouterr().err
    assert message in said
    assert len(said.strip().splitlines()) == 1, said


def test_a_single_run_is_refused(runs: Path, known: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = next(runs.glob("*/provenance.json")).parent
    refused(one, "is a single run; expected the folder of a sweep with 5 replicates or more", known, capsys)


def test_four_runs_are_too_few(tmp_path: Path, known: Path, capsys: pytest.CaptureFixture[str]) -> None:
    refused(ensemble(tmp_path / "four", COURSES[:4]), "has 4 finished runs of 'base'", known, capsys)


def test_an_unfinished_sweep_is_refused(runs: Path, known: Path, capsys: pytest.CaptureFixture[str]) -> None:
    next(runs.glob("*/provenance.json")).unlink()
    refused(runs, "is unfinished: 1 of 5 runs are missing", known, capsys)


def test_another_version_is_refused(runs: Path, known: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = next(runs.glob("*/provenance.json"))
    about = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**about, "flightsim": "0.0.9"}), encoding="utf-8")
    refused(runs, "was made by flightsim 0.0.9; this is", known, capsys)


def test_a_what_if_is_not_weighed_by_what_happened(
    tmp_path: Path, known: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = ensemble(tmp_path / "open", border={"policy": "open"})
    refused(other, "is a what-if from its first day (border.policy=open)", known, capsys)


def test_runs_that_leave_what_happened_use_the_counts_up_to_then(tmp_path: Path) -> None:
    drawn = {"violence": "goes_on", "known_until": "2020-01-04"}
    rows = ["2020-01-03,2020-01-01,900,1000,1100", "2020-01-05,2020-01-01,900,1500,1600"]
    runs, known = ensemble(tmp_path / "drawn", events=drawn), counted(tmp_path / "k", *rows)
    (question,) = questions(runs, ["2020-01-05"], known)
    assert question.start.best == 1000
    assert question.unused == {3: "after the run leaves what happened (2020-01-03)"}
    (then,) = questions(runs, ["2020-01-03"], known)
    assert "know no strike or capture from 2020-01-04 on: a forecast" in telling.screen(Forecast(then))


def test_observations_of_another_case_are_refused(
    runs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known = counted(tmp_path / "k", "2020-01-03,2020-01-01,1,2,3")
    text = (known / "observations.csv").read_text(encoding="utf-8").replace(",ALL,", ",SY070301,")
    (known / "observations.csv").write_text(text, encoding="utf-8")
    refused(runs, "area_id is 'SY070301'", known, capsys)


def test_the_help_shows_it(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["run", "--help"])
    said = capsys.readouterr().out
    assert "flightsim run from=results/winter on=2020-01-20 known=counts" in said
