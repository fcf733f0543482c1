"""`flightsim validate`, from made-up and from real small runs: what is scored, what is said, what is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import synthetic
from flightsim import cli
from flightsim.case.observations import Observation, Observations
from flightsim.config import compose
from flightsim.errors import InputError
from flightsim.results.runs import Results
from flightsim.scenario import from_config
from flightsim.validation import report, tables
from flightsim.validation.patterns import arriving
from flightsim.validation.scores import places, rolling
from flightsim.validation.scores.board import Board, best_baseline, disagreement, score, skill
from flightsim.validation.scores.counts import MODEL, round_steps
from flightsim.validation.scores.ensemble import Ensemble, of_runs
from flightsim.validation.scores.ground import Ground
from flightsim.validation.scores.known import known_before
from flightsim.validation.scores.modelled import answer
from flightsim.validation.scores.questions import questions
from flightsim.validation.scores.totals import HINDSIGHT
from flightsim.validation.validate import validate
from flightsim.world import World
from strip import WORLD, observed, row, run, total

pytestmark = pytest.mark.slow  # whole commands


@pytest.fixture
def three() -> Ensemble:
    return of_runs([run(seed) for seed in range(3)])


def one(o: str, tmp_path: Path) -> Observation:
    return observed(tmp_path, o).rows[0]


# ------------------------------------------------------------------ the same quantity


@pytest.mark.parametrize(
    ("what", "measure", "areas"),
    [
        ("displaced_cumulative,people,ALL", "displaced_persons", None),
        ("displaced_cumulative,movements,ALL", "moves_persons", None),
        ("displaced_cumulative,people,XX0001+XX0002", "displaced_persons", ["XX0001", "XX0002"]),
        ("departures_cumulative,people,XX0001", "displaced_persons", ["XX0001"]),
        ("arrivals_cumulative,people,XX0004", "sheltered_persons", ["XX0004"]),
    ],
)
def test_a_window_is_the_gain_of_a_stock(
    what: str, measure: str, areas: list[str] | None, three: Ensemble, tmp_path: Path
) -> None:
    o = one(row("2019-12-25", 1, "2019-12-10", what), tmp_path)
    wide = three.runs[1].wide(measure)
    series = (wide if areas is None else wide[areas]).sum(axis=1)
    expected = series["2019-12-25"] - series["2019-12-09"]
    assert answer(o, three, Ground(WORLD, three.runs[0].front))[1] == pytest.approx(expected)


def test_arrivals_in_movements_are_summed(three: Ensemble, tmp_path: Path) -> None:
    o = one(row("2019-12-25", 1, "2019-12-10", "arrivals_cumulative,movements,XX0004"), tmp_path)
    arrivals = three.runs[0].series("arrivals_persons", "XX0004").loc["2019-12-10":"2019-12-25"].sum()
    assert answer(o, three, Ground(WORLD, three.runs[0].front))[0] == pytest.approx(arrivals)


def test_flows_of_whole_weeks_and_of_a_part(three: Ensemble, tmp_path: Path) -> None:
    """The strip's flows have three weeks; the third is cut after its first day by that day's share of arrivals."""
    head = "flows_cumulative,movements,XX0000,,1,,OCHA,XX0003"
    whole = one(f"2019-12-21,2019-12-01,{head}", tmp_path)
    part = one(f"2019-12-15,2019-12-01,{head}", tmp_path)
    ground, found = Ground(WORLD, three.runs[0].front), three.runs[0]
    flows = found.flows[
        (found.flows["origin_area"] == "XX0000") & (found.flows["destination_area"] == "XX0003")
    ]
    by_week = flows.sort_values("week")["moves_persons"].to_numpy()
    daily = found.series("arrivals_persons").loc["2019-12-15":"2019-12-21"]
    assert answer(whole, three, ground)[0] == pytest.approx(by_week.sum())
    cut = by_week[:2].sum() + by_week[2] * daily.iloc[0] / daily.sum()
    assert answer(part, three, ground)[0] == pytest.approx(cut)


def test_shelter_is_a_share(three: Ensemble, tmp_path: Path) -> None:
    o = one("2019-12-25,2019-12-01,shelter_share,share,ALL,,0.5,,OCHA,,host+open,", tmp_path)
    assert answer(o, three, Ground(WORLD, three.runs[0].front)) == pytest.approx([0.35 + 0.08] * 3)


# ------------------------------------------------------------------ the board


def test_truth_scores_perfectly(tmp_path: Path) -> None:
    truth = run(0)
    days = ("2019-12-15", "2019-12-22", "2019-12-29")
    board = score(of_runs([truth]), observed(tmp_path, *(row(d, total(truth, d)) for d in days)), WORLD)
    assert board.crps[MODEL] == pytest.approx(0, abs=1)
    assert skill(board.crps) == pytest.approx(1, abs=1e-3)
    said = board.model_totals
    assert said["inside_source_bounds"] == 1
    assert (said["peak_week_error_days"], said["half_error_days"]) == (0, 0)
    assert said["coverage_90"] == 1
    assert board.brier[MODEL] < 0.05
    assert board.brier["no change"] > 0.3


def test_a_model_worse_than_a_baseline_has_negative_skill(tmp_path: Path) -> None:
    """Nobody is reported to leave; the run has thousands."""
    board = score(of_runs([run(0)]), observed(tmp_path, row("2019-12-15", 1), row("2019-12-29", 1)), WORLD)
    assert best_baseline(board.crps)[0] == "no change"
    assert skill(board.crps) < 0


def test_a_single_runs_crps_is_its_absolute_error(tmp_path: Path) -> None:
    truth = run(0)
    board = score(of_runs([truth]), observed(tmp_path, row("2019-12-25", 1000)), WORLD)
    assert board.crps[MODEL] == pytest.approx(total(truth, "2019-12-25") - 1000)


def test_every_baseline_is_in_the_table(three: Ensemble, tmp_path: Path) -> None:
    cells = [
        f"2019-12-31,2019-12-01,arrivals_cumulative,people,XX000{i},,{100 + i},,OCHA" for i in range(1, 6)
    ]
    days = ("2019-12-15", "2019-12-22", "2019-12-31")
    board = score(three, observed(tmp_path, *(row(d, 9000) for d in days), *cells), WORLD)
    assert list(board.crps.index) == [
        MODEL, "no change", "constant rate", "last rate", "capture ring", "straight line in hindsight",
    ]  # fmt: skip
    assert list(board.misplaced.index) == [
        MODEL, "last shares", "capacity split", "gravity", "radiation", "nearest safe place", "uniform",
    ]  # fmt: skip
    assert board.destinations["earth_movers_km"].notna().all(), "all cells are sub-districts"
    assert board.destinations["rank_correlation"].notna().any()


def test_what_is_not_scored_is_said_why(three: Ensemble, tmp_path: Path) -> None:
    rows = [
        row("2019-12-20", 5000),
        row("2019-12-25", 5000, "2019-11-01").replace("OCHA", "SOHR"),
        row("2020-03-01", 5000),
        "2019-12-22,,displaced_cumulative,people,ALL,,80,,a newspaper",
        row("2019-12-26", 5000, what="returns_cumulative,people,ALL"),
        row("2019-12-01", 0),
    ]
    board = score(three, observed(tmp_path, *rows), WORLD)
    assert len(board.scored) == 1
    assert sorted(reason.split(" (")[0] for reason in board.each["not_scored_because"]) == [
        "", "after the run ends", "always zero", "from before the run begins",
        "of returns, which are not modelled", "without a first day",
    ]  # fmt: skip
    assert "Scored: 1 of 6 observations (17 %)" in report.screen(report.Report(board, WORLD, False))


def test_nothing_in_common_is_refused_with_a_reason_for_every_row(three: Ensemble, tmp_path: Path) -> None:
    rows = [
        row("2020-03-01", 5000),
        row("2019-12-26", 5000, what="returns_cumulative,people,ALL"),
        row("2020-03-08", 6000),
        "2019-12-22,,displaced_cumulative,people,ALL,,80,,a newspaper",
    ]
    with pytest.raises(InputError) as refused:
        score(three, observed(tmp_path, *rows), WORLD)
    assert refused.value.complaints == [
        f"none of the 4 observations in {tmp_path} can be scored with a run of 2019-12-01 to 2020-01-09",
        "observations.csv rows 2, 4: displaced_cumulative, after the run ends (2020-01-09)",
        "observations.csv row 3: returns_cumulative, of returns, which are not modelled",
        "observations.csv row 5: displaced_cumulative, without a first day",
    ]


def test_only_the_weighed_totals_are_scored_if_there_are_any(three: Ensemble, tmp_path: Path) -> None:
    weighed = "2019-12-20,2019-12-01,displaced_cumulative,people,ALL,4,5000,6000,recommended series: x"
    found = observed(tmp_path, weighed, row("2019-12-20", 9000), row("2019-12-27", 9000))
    assert len(score(three, found, WORLD).counts.rows) == 1
    (apart,) = disagreement(found.rows).to_dict("records")
    assert apart["mean_relative_difference"] == pytest.approx(0.8)


def test_last_shares_are_those_reported_before(three: Ensemble, tmp_path: Path) -> None:
    def flow(month: str, last: int, to: str, best: int) -> str:
        return f"2019-{month}-{last},2019-{month}-01,flows_cumulative,movements,XX0000,,{best},,OCHA {month},{to}"

    before = [flow("11", 30, "XX0001", 30), flow("11", 30, "XX0002", 10), flow("11", 30, "XX0003", 60)]
    now = [flow("12", 21, "XX0001", 30), flow("12", 21, "XX0002", 10)]
    board = score(three, observed(tmp_path, *before, *now), WORLD)
    assert board.misplaced["last shares"] == pytest.approx(0, abs=1e-9)


def test_parts_with_a_total_have_a_rest(tmp_path: Path) -> None:
    (q,) = questions(
        [one("2019-12-25,2019-12-01,arrivals_cumulative,people,XX0004,,20,,OCHA,,,80", tmp_path)]
    )
    assert q.cells == ["XX0004", "elsewhere"]
    assert q.observed.tolist() == [20, 60]


def test_what_was_known_before(tmp_path: Path) -> None:
    rows = [row("2019-11-30", 3000, "2019-11-01"), row("2019-11-29", 500, "2019-11-29")]
    known = known_before(observed(tmp_path, *rows).rows, date(2019, 12, 1))
    assert (known.rate_before, known.last_rate_before) == (100, 100)
    earlier = known_before(observed(tmp_path, rows[1]).rows, date(2019, 12, 1))
    assert (earlier.rate_before, earlier.last_rate_before) == (500, 500)


def test_where_from_is_asked_too(three: Ensemble, tmp_path: Path) -> None:
    """Two reported halves; people are spread evenly over the six areas, the ring is around the first."""
    cells = [row("2019-12-31", 1000, what=f"displaced_cumulative,people,XX000{i}") for i in (0, 1)]
    board = score(three, observed(tmp_path, *cells), WORLD)
    said = board.misplaced_origins
    assert said["even share of all people"] == pytest.approx(0)
    leavers = Ground(WORLD, board.ensemble.runs[0].front).leavers(date(2019, 12, 1), date(2019, 12, 31))
    assert said["capture ring"] == pytest.approx(abs(leavers[0] / leavers[:2].sum() - 0.5))
    assert not len(board.misplaced)
    assert "Where from:" in report.screen(report.Report(board, WORLD, False))


def test_two_sources_of_one_question_are_both_kept(three: Ensemble, tmp_path: Path) -> None:
    cells = [
        f"2019-12-31,2019-12-01,arrivals_cumulative,people,XX000{i},,{i}00,,{who}"
        for i in (4, 5)
        for who in "AB"
    ]
    board = score(three, observed(tmp_path, *cells), WORLD)
    assert len(board.answered) == 2
    assert len(places.cells(board.answered).drop_duplicates(["question", "source", "cell"])) == 4


def test_thresholds_of_areas_reach_to_twice_what_was_reported(three: Ensemble, tmp_path: Path) -> None:
    cells = [f"2019-12-31,2019-12-01,arrivals_cumulative,people,XX000{i},,1000,,OCHA" for i in (4, 5)]
    board = score(three, observed(tmp_path, *cells), WORLD)
    asked = board.area_thresholds[board.area_thresholds["forecaster"] == MODEL]
    assert sorted(asked["threshold"].unique()) == [200.0 * i for i in range(1, 10)]
    assert asked.groupby("threshold")["happened"].all().tolist() == [True] * 4 + [False] * 5
    assert set(board.area_brier.index) == set(board.misplaced.index)
    assert not len(board.brier), "no totals, so no questions of totals"


def test_round_thresholds() -> None:
    assert round_steps(390_000) == [50_000.0 * i for i in range(1, 8)]
    assert round_steps(14_000) == [2000.0 * i for i in range(1, 7)]
    assert round_steps(0) == []


# ------------------------------------------------------------------ weeks ahead


def ahead(ensemble: Ensemble, found: Observations) -> tuple[Board, pd.DataFrame]:
    board = score(ensemble, found, WORLD)
    before = known_before(found.rows, date(2019, 12, 1))
    return board, rolling.forecasts(board.counts, before, Ground(WORLD, ensemble.runs[0].front))


def test_a_forecast_is_the_last_report_and_what_the_run_adds(tmp_path: Path) -> None:
    truth = run(0)
    found = observed(tmp_path, row("2019-12-12", 2000), row("2019-12-20", 4000), row("2019-12-30", 50_000))
    _, rows = ahead(of_runs([truth]), found)
    own = rows[(rows["forecaster"] == MODEL) & (rows["origin"] == date(2019, 12, 14))]
    assert list(own["target"]) == [date(2019, 12, 20), date(2019, 12, 30)]
    assert list(own["horizon_days"]) == [7, 28]
    added = total(truth, "2019-12-30") - total(truth, "2019-12-12")
    assert own["forecast_people"].iloc[1] == pytest.approx(2000 + added)
    rate = rows[(rows["forecaster"] == "constant rate") & (rows["origin"] == date(2019, 12, 14))]
    assert rate["forecast_people"].iloc[0] == pytest.approx(2000 + 8 * 2000 / 12)


def test_baselines_do_not_see_beyond_the_origin(tmp_path: Path) -> None:
    """Another last report changes no forecast made before it, but of the line that is named for knowing it."""
    told = []
    for last in (50_000, 90_000):
        found = observed(tmp_path, row("2019-12-12", 2000), row("2019-12-20", 4000), row("2019-12-30", last))
        _, rows = ahead(of_runs([run(0)]), found)
        honest = (rows["origin"] < date(2019, 12, 30)) & (rows["forecaster"] != HINDSIGHT)
        told.append(rows.loc[honest, ["forecaster", "target", "forecast_people"]])
    pd.testing.assert_frame_equal(told[0], told[1])


def test_drawn_captures_are_unknown_to_the_ring(tmp_path: Path) -> None:
    """Captures begin on 21 December: from 14 December the ring knows none, unless the events ahead are known."""
    ensemble = of_runs([run(0)])
    found = observed(tmp_path, row("2019-12-12", 2000), row("2019-12-30", 50_000))
    board, known = ahead(ensemble, found)
    origin = date(2019, 12, 14)
    ground = Ground(WORLD, ensemble.runs[0].front)
    drawn = rolling.forecasts(board.counts, known_before(found.rows, origin), ground, {origin: ensemble})
    ring = [
        float(
            rows.loc[
                (rows["forecaster"] == "capture ring") & (rows["origin"] == origin), "forecast_people"
            ].iloc[0]
        )
        for rows in (known, drawn)
    ]
    assert ring[0] > ring[1] == 2000
    table = rolling.table(pd.concat([known, drawn]))
    assert set(table["mode"]) == {"known", "drawn"}
    best = table[table["kind"] == "baseline"].groupby(["mode", "horizon_days"])["skill"].max()
    assert best.tolist() == pytest.approx([0] * len(best)), "the best baseline has no skill against itself"


# ------------------------------------------------------------------ the command, on the toy case


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two runs of the toy case."""
    root = tmp_path_factory.mktemp("results")
    for seed in (1, 2):
        words = ["experiment=toy", "days=14", f"seed={seed}", f"results='{root}'", "figures=false"]
        (job,) = compose.jobs(words)
        from_config(job.config).run()
    return root / "toy"


@pytest.mark.slow
def test_the_command_on_two_runs(toy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["validate", str(toy)]) == 0
    text = capsys.readouterr().out.rstrip("\n").splitlines()
    folder = Path(text[-1])
    assert folder == (toy / "validation").resolve()
    assert "2 runs" in text[0]
    assert "Scored: 3 of 3 observations (100 %)." in text[1]
    assert any("best baseline" in line for line in text)
    assert "Patterns: none are written down for this case." in text
    assert {p.name for p in (folder / "figures").iterdir()} >= {"totals.png", "scores.png"}
    scores = pd.read_csv(folder / "totals.csv").set_index("forecaster")
    assert scores.loc[MODEL, "members"] == 2
    assert (folder / "report.txt").read_text(encoding="utf-8").splitlines() == text[:-1]
    for name in [line.split()[0] for line in tables.README.splitlines() if ".csv " in line]:
        assert (folder / name).exists(), name


@pytest.mark.slow
def test_the_command_again_replaces_its_own_folder_and_no_other(toy: Path, tmp_path: Path) -> None:
    one_run = next(p for p in toy.iterdir() if (p / "provenance.json").exists())
    first, text = validate(one_run, output=tmp_path / "out")
    assert "One run gives no range" in text
    (first / "stale.csv").write_text("x")
    assert validate(one_run, output=tmp_path / "out")[0] == first
    assert not (first / "stale.csv").exists()
    (tmp_path / "mine").mkdir()
    with pytest.raises(InputError, match="in the way"):
        validate(one_run, output=tmp_path / "mine")


def test_the_command_with_other_observations(
    toy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "observations.csv").write_text(
        "date,since,measure,unit,area_id,low,best,high,source\n"
        "2020-01-10,2020-01-01,displaced_cumulative,people,ALL,,9000,,OCHA\n"
        "2020-01-10,2020-01-01,arrivals_cumulative,people,TY010102,,900,,OCHA\n"
        "2020-01-10,2020-01-01,arrivals_cumulative,people,TY010201,,300,,OCHA\n",
        encoding="utf-8",
    )
    assert (
        cli.main(["validate", str(toy), "--observed", str(tmp_path), "--output", str(tmp_path / "out")]) == 0
    )
    text = capsys.readouterr().out
    assert "for you to say" in text
    assert "km by road" in text


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nowhere"], "nowhere"),
        (["{toy}", "--observed", "nowhere"], "there is no such folder"),
        (["{toy}", "--scenario", "other"], "there is no scenario 'other'"),
        (["{toy}", "--drawn", "{toy}"], "knows all events; expected events=goes_on"),
    ],
)
def test_what_is_refused(
    words: list[str], message: str, toy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["validate", *(word.format(toy=toy) for word in words)]) == 2
    said = capsys.readouterr().err
    assert message in said
    assert "Traceback" not in said


@pytest.fixture(scope="module")
def open_border(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of the toy case with the border open: a what-if."""
    root = tmp_path_factory.mktemp("whatif")
    words = ["experiment=toy", "days=14", "border.policy=open", f"results='{root}'", "figures=false"]
    (job,) = compose.jobs(words)
    from_config(job.config).run()
    return root / "toy"


def test_a_what_if_is_not_scored_against_history_unasked(
    open_border: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["validate", str(open_border)]) == 2
    said = capsys.readouterr().err
    assert "is a what-if (border.policy=open), not what happened" in said
    assert "--what-if" in said
    assert not (open_border / "validation").exists()


def test_a_what_if_that_is_scored_says_so_at_the_top_of_every_product(
    open_border: Path, tmp_path: Path
) -> None:
    folder, text = validate(open_border, output=tmp_path / "out", what_if=True)
    warning = "WHAT IF, not what happened (border.policy=open): these scores do not test the model."
    assert text.splitlines()[0] == warning
    assert (folder / "report.txt").read_text(encoding="utf-8").startswith(warning)
    assert warning in (folder / "README.txt").read_text(encoding="utf-8").split("report.txt")[0]


def test_events_known_to_a_day_are_scored_to_that_day(tmp_path: Path) -> None:
    """Violence is drawn from the 16th on: what was reported up to the 15th can be held against the run."""
    told = {"violence": "goes_on", "known_until": "2019-12-16"}
    ensemble = of_runs([run(0, events=told)])
    assert ensemble.history_until == date(2019, 12, 15)
    rows = [row(f"2019-12-{day}", 5000) for day in (12, 15, 16)]
    board = score(ensemble, observed(tmp_path, *rows), WORLD, history=date(2019, 12, 15))
    assert [o.until.day for o in board.scored] == [12, 15]
    assert "after the run leaves what happened (2019-12-15)" in set(board.each["not_scored_because"])


def test_who_crosses_is_counted_once() -> None:
    """111,950 at the gate and the same in the table of flows are 111,950 people."""
    found = synthetic.tables(WORLD, 40)
    at_gate = found["measures"]["measure"] == "abroad_persons"
    found["measures"].loc[at_gate, "value"] = 111_950.0
    crossed = {"origin_area": ["XX0005"], "destination_area": ["GATE"], "week": [pd.Timestamp("2019-12-15")],
               "persons": [111_950.0], "moves_persons": [111_950.0]}  # fmt: skip
    found["flows"] = pd.concat([found["flows"], pd.DataFrame(crossed)], ignore_index=True)
    config = {"name": "strip", "case": "strip", "start": "2019-12-01", "days": 40}
    pattern = arriving.closed_is_closed(Results.in_memory(found, config, {"seed": 1}, {}), WORLD)
    assert (pattern.value, pattern.passed) == (111_950, False)


def test_a_scenario_of_a_single_run_is_refused(toy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = next(toy.glob("*/provenance.json")).parent
    assert cli.main(["validate", str(one), "--scenario", "other"]) == 2
    assert "is a single run" in capsys.readouterr().err


def test_runs_of_other_days_are_no_ensemble() -> None:
    longer = run(0)
    other = Results.in_memory(synthetic.tables(WORLD, 30), longer.config, {"seed": 1}, {})
    with pytest.raises(InputError, match="not of the same case and days"):
        of_runs([longer, other])


def test_worlds_are_not_changed(three: Ensemble, tmp_path: Path) -> None:
    fresh: World = synthetic.world()
    score(three, observed(tmp_path, row("2019-12-20", 5000)), WORLD)
    assert np.array_equal(fresh.places.residents_persons, WORLD.places.residents_persons)
