"""What baselines know, what a total is, and which baseline counts: sums done by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from flightsim.validation.scores import known, rolling
from flightsim.validation.scores.board import best_baseline, score, skill
from flightsim.validation.scores.counts import MODEL
from flightsim.validation.scores.ensemble import of_runs
from flightsim.validation.scores.ground import Ground
from flightsim.validation.scores.totals import HINDSIGHT
from strip import WORLD, observed, row, run, total

START = date(2019, 12, 1)
OWN = (  # of the case: 100 a day in November, and two totals of the run's days
    row("2019-11-30", 3000, "2019-11-01"),
    row("2019-12-12", 2400),
    row("2019-12-25", 9999),
)
NEW = (row("2019-12-20", 4000), row("2019-12-30", 50_000))  # a folder apart


# ------------------------------------------------------------------ increments


def test_an_increment_is_no_total(tmp_path: Path) -> None:
    """600 in the six days from the 20th are not the 600 since the 1st; November's 100 a day is right about them."""
    totals = [row(f"2019-12-{day}", 10_000) for day in (15, 22, 29)]
    november = row("2019-11-30", 3000, "2019-11-01")
    part = row("2019-12-25", 600, "2019-12-20").replace("OCHA", "SOHR")
    truth = run(0)
    board = score(of_runs([truth]), observed(tmp_path, november, *totals, part), WORLD)
    assert [o.until.day for o in board.counts.rows] == [15, 22, 29]
    assert set(board.totals["observations"]) == {3}
    increments = board.increments.table().set_index("forecaster")
    added = total(truth, "2019-12-25") - total(truth, "2019-12-19")
    assert increments["crps_people"][MODEL] == pytest.approx(abs(added - 600))
    assert increments["crps_people"]["constant rate"] == pytest.approx(0)
    assert increments["crps_people"]["no change"] == pytest.approx(600)
    assert not set(board.thresholds["date"]) & {date(2019, 12, 25)}


def test_a_series_that_begins_later_than_the_run_has_totals(tmp_path: Path) -> None:
    rows = observed(tmp_path, row("2019-12-20", 100, "2019-12-15"), row("2019-12-25", 300, "2019-12-15")).rows
    assert known.split(rows) == (rows, [])


# ------------------------------------------------------------------ a folder apart


def test_rates_before_come_from_the_cases_own_counts(tmp_path: Path) -> None:
    folder, case = tmp_path / "new", tmp_path / "case"
    folder.mkdir(), case.mkdir()
    own = observed(case, OWN[0]).rows
    new = observed(folder, *NEW)
    board = score(of_runs([run(0)]), new, WORLD, own)
    said = {name: board.counts.forecasts[name][:, 0].tolist() for name in ("constant rate", "last rate")}
    assert said == {"constant rate": [2000, 3000], "last rate": [2000, 3000]}, "100 a day from 1 December"
    alone = score(of_runs([run(0)]), new, WORLD)
    assert alone.counts.forecasts["constant rate"][:, 0].tolist() == [0, 0]


def test_totals_before_the_first_new_one_are_known_and_later_ones_are_not(tmp_path: Path) -> None:
    """2,400 on the twelfth day: 200 a day; the case's own 9,999 of the 25th lies after the first new report."""
    folder, case = tmp_path / "new", tmp_path / "case"
    folder.mkdir(), case.mkdir()
    board = score(of_runs([run(0)]), observed(folder, *NEW), WORLD, observed(case, *OWN).rows)
    assert (board.known.day.tolist(), board.known.people.tolist()) == ([-1, 11], [0, 2400])
    said = {name: values[:, 0].tolist() for name, values in board.counts.forecasts.items()}
    assert said["no change"] == [2400, 2400]
    assert said["constant rate"] == pytest.approx([2400 + 8 * 200, 2400 + 18 * 200])
    assert said["last rate"] == pytest.approx([4000, 6000])
    assert board.counts.courses["constant rate"][:12, 0] == pytest.approx([200.0 * d for d in range(1, 13)])


def test_forecasts_from_before_the_first_new_report_know_the_cases_own(tmp_path: Path) -> None:
    folder, case = tmp_path / "new", tmp_path / "case"
    folder.mkdir(), case.mkdir()
    truth = run(0)
    board = score(of_runs([truth]), observed(folder, *NEW), WORLD, observed(case, *OWN).rows)
    rows = rolling.forecasts(board.counts, board.known, Ground(WORLD, truth.front))
    rows = rows[(rows["origin"] == date(2019, 12, 14)) & (rows["target"] == date(2019, 12, 20))]
    said = rows.set_index("forecaster")["forecast_people"]
    assert said["constant rate"] == pytest.approx(4000)
    assert said[MODEL] == pytest.approx(2400 + total(truth, "2019-12-20") - total(truth, "2019-12-12"))
    early = rolling.forecasts(board.counts, board.known, Ground(WORLD, truth.front))
    early = early[(early["origin"] == date(2019, 12, 7)) & (early["forecaster"] == "constant rate")]
    assert early["forecast_people"].iloc[0] == pytest.approx(100 * 20), "on the 7th only November is known"


def test_when_counts_are_new(tmp_path: Path) -> None:
    rows = observed(
        tmp_path, row("2019-12-20", 4000), row("2019-12-29", 10, "2019-12-16").replace("OCHA", "IOM")
    ).rows
    assert known.begins(rows[:1], START) == date(2019, 12, 20)
    assert known.begins(rows, START) == date(2019, 12, 16), "an increment looks back to its first day"


# ------------------------------------------------------------------ honest baselines


def test_who_knows_the_answer_is_not_the_best_baseline() -> None:
    scores = pd.Series({MODEL: 20.0, "no change": 100.0, "last rate": 40.0, HINDSIGHT: 1.0})
    assert best_baseline(scores) == ("last rate", 40.0)
    assert skill(scores) == pytest.approx(0.5)


def test_skill_ahead_is_over_the_best_honest_baseline_by_horizon_and_on_average() -> None:
    """Skills at 7, 14, 28 and 42 days: 1 - 1/10, 1 - 50/100, 1 - 30/40, 1 - 90/60; the mean of the last three."""
    told = [
        (horizon, name, crps)
        for horizon, by_name in {
            7: {MODEL: 1.0, "no change": 10.0, "last rate": 30.0, HINDSIGHT: 0.5},
            14: {MODEL: 50.0, "no change": 100.0, "last rate": 300.0, HINDSIGHT: 5.0},
            28: {MODEL: 30.0, "no change": 100.0, "last rate": 40.0, HINDSIGHT: 5.0},
            42: {MODEL: 90.0, "no change": 60.0, "last rate": 400.0, HINDSIGHT: 5.0},
        }.items()
        for name, crps in by_name.items()
    ]
    rows = pd.DataFrame(
        {"mode": rolling.KNOWN, "origin": START, "target": START, "horizon_days": horizon, "forecaster": name,
         "observed_people": 0.0, "forecast_people": crps, "crps_people": crps}
        for horizon, name, crps in told
    )  # fmt: skip
    table = rolling.table(rows)
    own = table[table["forecaster"] == MODEL].set_index("horizon_days")["skill"]
    assert own.to_dict() == pytest.approx({7: 0.9, 14: 0.5, 28: 0.25, 42: -0.5})
    assert dict(zip(table["forecaster"], table["kind"], strict=True)) == {
        MODEL: "model", "no change": "baseline", "last rate": "baseline", HINDSIGHT: "in hindsight",
    }  # fmt: skip
    assert rolling.average_skill(table) == pytest.approx({rolling.KNOWN: (0.5 + 0.25 - 0.5) / 3})
