"""What a run found, in words and rows."""

import re
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

import synthetic
from flightsim import words
from flightsim.results import findings, summary
from flightsim.results.findings import Findings
from flightsim.results.runs import Results
from flightsim.world import World

CONFIG = {"name": "strip", "start": "2019-12-01", "days": 40}


@pytest.fixture(scope="module")
def world() -> World:
    return synthetic.world()


@pytest.fixture(scope="module")
def run(world: World) -> Results:
    return results_of(world, synthetic.tables(world))


def results_of(world: World, tables: dict[str, pd.DataFrame]) -> Results:
    names = dict(zip(world.areas.area_id, world.areas.name, strict=True))
    return Results.in_memory(tables, CONFIG, {"seed": 3}, names)


def test_headlines_have_two_figures() -> None:
    assert [words.about(v) for v in (283_512, 1_149_000, 2_000_000, 996, 99.6, 40, 0)] == [
        "280,000", "1.1 million", "2 million", "1,000", "100", "fewer than 100", "none",
    ]  # fmt: skip
    assert words.headline(0.0123) == pytest.approx(0.012)
    assert words.headline(float("nan")) == 0


def test_ticks_of_one_axis_share_their_unit() -> None:
    assert [words.short(v, 1_400_000) for v in (0, 250_000, 1_400_000)] == ["0", "0.25 M", "1.4 M"]
    assert [words.short(v) for v in (0, 850, 25_000)] == ["0", "850", "25,000"]


def test_shares_are_natural_frequencies() -> None:
    shares = [words.in_ten(v) for v in (0, 0.01, 0.43, 0.5, 0.97, 1)]
    assert shares == ["none", "fewer than 1 in 20", "4 in 10", "half", "nearly all", "all"]


def test_ten_lines_that_say_what_they_are(run: Results, world: World) -> None:
    lines = summary.lines(run, world)
    assert len(lines) == 10
    what = "Modelled, not observed: one course without a range (1 run, seed 3)."
    assert lines[0] == f"Strip: 1 December 2019 to 9 January 2020. {what}"
    assert summary.text(run, world).splitlines() == lines
    assert max(map(len, lines)) < 140


def test_lines_hold_no_number_of_more_than_two_figures(run: Results, world: World) -> None:
    for line in summary.lines(run, world)[1:]:
        for number in re.findall(r"\d[\d,]*", line):
            digits = number.replace(",", "").rstrip("0")
            assert len(digits) <= 2, line


def test_lines_name_the_places_that_matter(run: Results, world: World) -> None:
    text = summary.text(run, world)
    assert re.search(r"Displaced from: Southtown \([\d,]+\), Midtown", text)
    assert re.search(r"Displaced people are in: Plain \([\d,]+\), Hills", text)


def test_the_model_stands_beside_what_was_reported(run: Results, world: World) -> None:
    modelled = words.about(float(run.series("displaced_persons").loc["2019-12-20"]))
    line = summary.lines(run, world)[2]
    assert line == (
        f"Reported by 20 December: 60,000 people (48,000 to 72,000); modelled by then: {modelled}."
    )


def test_a_what_if_has_no_report_beside_it(world: World) -> None:
    config = {**CONFIG, "border": {"policy": "open"}}
    run = Results.in_memory(synthetic.tables(world), config, {"seed": 3}, {})
    assert summary.lines(run, world)[2] == (
        "Reported: nothing to lay beside this run, a what-if (border.policy=open)."
    )
    assert findings.beside(run, world) == []


def test_a_run_far_beyond_the_last_report_says_so(world: World) -> None:
    day = date(2019, 12, 29)
    ends = [day + timedelta(days=n) for n in (-5, 14, 15)]
    assert [findings.unchecked_after(world.observations, end) for end in ends] == [None, None, day]
    assert findings.unchecked_after([], ends[2]) is None
    run = results_of(world, synthetic.tables(world, days=60))
    assert summary.lines(run, world)[2].endswith("; beyond it the model is unchecked.")


def test_nobody_moved(world: World) -> None:
    quiet = results_of(world, synthetic.tables(world, quiet=True))
    empty = results_of(world, {name: t.iloc[:0] for name, t in synthetic.tables(world).items()})
    for run in (quiet, empty):
        lines = summary.lines(run, world)
        assert lines[1] == "Displaced: nobody."
        assert lines[8] == "On the road: no one; waiting at crossings: no one; abroad: no one."
        assert len(lines) == 10
    assert {row["value"] for row in summary.rows(empty)} <= {"0", ""}


def test_rows_carry_units_and_leave_small_cells_blank(world: World) -> None:
    tables = synthetic.tables(world)
    measures = tables["measures"]
    small = (measures["measure"] == "displaced_persons") & (measures["area_id"] == "XX0004")
    measures.loc[small, "value"] = 99.0
    rows = pd.DataFrame(summary.rows(results_of(world, tables)))
    assert set(rows["unit"]) >= {"persons", "person-moves", "km", "person-nights", "person-hours"}
    total = rows[(rows["measure"] == "arrivals_persons") & (rows["area_id"] == "")]
    assert total["what"].tolist() == ["total of the run"]
    hidden = rows[(rows["measure"] == "displaced_persons") & (rows["area_id"] == "XX0004")]
    assert hidden["value"].tolist() == [""]
    assert hidden["note"].tolist() == ["fewer than 100"]
    shown = rows[(rows["area_id"] != "") & (rows["value"] != "")]
    assert (shown["value"].astype(float) >= 100).all()
    assert not rows["measure"].str.contains("hourly").any()


def test_findings_add_up(run: Results) -> None:
    f = Findings(run)
    assert f.displaced_by_area.sum() == pytest.approx(float(f.displaced.iloc[-1]))
    assert f.arrivals.sum() == pytest.approx(f.departures.sum())
    assert f.by_hour.sum() == pytest.approx(f.departures.sum())
    night = np.array([*range(17, 24), *range(6)])
    assert f.night_share == pytest.approx((1 + np.cos((night - 6) / 24 * 2 * np.pi)).sum() / 24)
    assert f.poor_share == pytest.approx(0.20)
    np.testing.assert_allclose(
        f.by_rung.sum(axis=1), f.arrivals.sum() * f.by_rung.sum(axis=1) / f.arrivals.sum()
    )


def test_longer_steps_spread_over_their_hours(world: World) -> None:
    tables = synthetic.tables(world)
    hourly = tables["measures"]["measure"].str.contains("hourly")
    times = tables["measures"]["time"]
    tables["measures"] = tables["measures"][~hourly | (times.dt.hour % 6 == 0)]
    f = Findings(results_of(world, tables))
    assert f.by_hour.sum() == pytest.approx(f.results.series("departures_hourly_persons").sum())
    assert f.by_hour[0] == f.by_hour[5]
    assert f.by_hour[5] != f.by_hour[6]


def test_observations_that_can_be_laid_beside_a_run() -> None:
    told = synthetic.observation
    start, end = pd.Timestamp("2019-12-01").date(), pd.Timestamp("2019-12-31").date()
    rows = [
        told("2019-12-20", "people", 100),
        told("2019-11-20", "people", 1),  # before
        told("2020-01-20", "people", 2),  # after
        told("2019-12-20", "people", 3) | {"since": "2019-04-30"},  # another count
        told("2019-12-20", "people", 4) | {"area_id": "XX0001"},
        told("2019-12-20", "people", 5) | {"measure": "arrivals_cumulative"},
        told("2019-12-21", "people", 200) | {"since": None, "low": float("nan"), "high": None},
        told("2019-12-22", "people", 300) | {"best": None},
        told("2019-12-01", "people", 0),  # a definition, not a report
        told("2019-12-23", "movements", 400, "recommended series: SOHR"),
    ]
    found = findings.observed(rows, start, end)
    assert [o.best for o in found] == [100, 200, 300, 400]
    assert (found[1].low, found[1].high) == (200, 200)
    assert [o.weighed for o in found] == [False, False, False, True]
    assert found[0].kind == "United Nations"
    assert found[3].kind == "monitors"
