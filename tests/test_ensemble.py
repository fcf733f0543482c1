"""The runs of one scenario as one: quantiles reckoned by hand, what is said of them, and what is drawn."""

import dataclasses
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from flightsim.case.reading import cached_case
from flightsim.errors import InputError
from flightsim.notebook import Sweep as Front
from flightsim.results import ensemble_text, sweeps, varied
from flightsim.results.ensemble import Ensemble, read
from flightsim.results.findings import Observed
from flightsim.results.sweeps import Drawn
from flightsim.sweeps import ensemble as written
from flightsim.world import HOME
from made_sweeps import DAYS, measures, rows, run, sweep, write

STEPS = (600, 700, 800, 900, 1000)  # people who leave each day, a run each
SOUTHMARCH, MIDVALE = "TY010101", "TY010102"


def tables(step: float, days: int = 16, flows: bool = True) -> dict[str, pd.DataFrame]:
    """Every day so many leave Southmarch; half of those in Midvale have hosts, half tents."""
    displaced = step * np.arange(1, days + 1)
    table = measures(list(displaced))
    by_rung = [rows("sheltered_persons", displaced / 2, MIDVALE, rung) for rung in ("host", "site")]
    pairs = {"origin_area": SOUTHMARCH, "destination_area": MIDVALE, "moves_persons": 0.0}
    went = pd.DataFrame(
        {**pairs, "week": [DAYS[0], DAYS[0] + pd.Timedelta(days=7)], "persons": [step, 2 * step]}
    )
    return {
        "measures": pd.concat([table, *by_rung], ignore_index=True),
        "flows": went if flows else went.iloc[:0],
        "front": pd.DataFrame({"place_id": [], "date": pd.to_datetime([]), "holder": []}),
    }


def made(folder: Path, steps: tuple[int, ...] = STEPS, **more: Any) -> sweeps.Sweep:
    return sweeps.read_one(sweep(folder, {"one": [tables(step) for step in steps]}, **more))


@pytest.fixture(scope="module")
def five(tmp_path_factory: pytest.TempPathFactory) -> Ensemble:
    return read(made(tmp_path_factory.mktemp("five")), "one")


def told(ensemble: Ensemble) -> list[str]:
    return ensemble_text.lines(ensemble, cached_case("toy").world)


def test_quantiles_by_day(five: Ensemble) -> None:
    last = five.displaced.iloc[-1]
    assert list(last.index) == ["p05", "p25", "median", "p75", "p95"]
    assert list(last) == pytest.approx([16 * 620, 16 * 700, 16 * 800, 16 * 900, 16 * 980])
    hosts = five.range("sheltered_persons", "host").iloc[0]
    assert list(hosts) == pytest.approx([310, 350, 400, 450, 490])


def test_quantiles_by_area(five: Ensemble) -> None:
    assert list(five.displaced_by_area.index) == [SOUTHMARCH]
    assert five.sheltered_by_area.loc[MIDVALE, "median"] == 16 * 800
    assert five.sheltered_by_area.loc[MIDVALE, "p95"] == pytest.approx(16 * 980)


def test_the_median_flow_counts_a_run_without_it_as_none(tmp_path: Path) -> None:
    runs = [tables(100), tables(200, flows=False), tables(300)]
    flows = read(sweeps.read_one(sweep(tmp_path, {"one": runs})), "one").flows
    assert flows.to_dict("records") == [
        {"origin_area": SOUTHMARCH, "destination_area": MIDVALE, "persons": 300.0}  # of 300, 0 and 900
    ]


def test_ranges_table(five: Ensemble) -> None:
    table = five.table()
    assert list(table) == ["date", "measure", "group", "unit", "runs", "median", "p05", "p25", "p75", "p95"]
    row = table[(table["measure"] == "displaced_persons") & (table["date"] == "2020-01-07")].iloc[0]
    assert (row["median"], row["p05"], row["p95"]) == pytest.approx((5600, 4340, 6860))
    assert (row["unit"], row["runs"]) == ("persons", 5)
    assert table["measure"].nunique() == 10


def test_the_lines(five: Ensemble) -> None:
    lines = told(five)
    assert "5 runs; in brackets what nearly all runs lie between" in lines[0]
    assert lines[1] == "Displaced by 16 January: median 13,000 people, nearly all runs from 9,900 to 16,000."
    assert lines[2] == "  by 7 January: modelled 5,600 (4,300 to 6,900); reported 6,000 (4,000 to 8,000)"
    assert (
        lines[3] == "  by 14 January: modelled 11,000 (8,700 to 14,000); reported 14,000 (11,000 to 17,000)"
    )
    assert lines[4] == (  # 14,000 is above 13,720
        "In the range lie 1 of all 2 reports. Last checked day: 14 January; "
        "what lies beyond, to 16 January, is checked by no report."
    )
    assert lines[5] == "Displaced from: Southmarch 13,000 (9,900 to 16,000)."
    assert lines[6] == "Displaced people are in: Midvale 13,000 (9,900 to 16,000)."
    half = "6,400 (5,000 to 7,800)"
    assert lines[7] == f"Shelter at the end: {half} with host families and {half} in camps and sites."
    assert lines[8] == "No one waits at a crossing, no one is gone abroad."
    assert "the random seed only" in lines[9]
    assert lines[10].startswith("Modelled, not observed.")


def test_who_waits_and_who_is_abroad_are_told(tmp_path: Path) -> None:
    """Of five runs the middle one: 3,000 wait on the eighth day, 2,000 at the end, 5,000 are abroad."""
    runs = []
    for step in (1, 2, 3, 4, 5):
        waiting = [*[0.0] * 7, 1000.0 * step, *[500.0 * step] * 7, 1000.0 * step - 1000]
        gates = [
            rows("at_crossings_persons", waiting, "", "NORTH"),
            rows("abroad_persons", [5000.0] * 16, "", "NORTH"),
        ]
        table = tables(600)
        runs.append(table | {"measures": pd.concat([table["measures"], *gates], ignore_index=True)})
    ensemble, toy = read(sweeps.read_one(sweep(tmp_path, {"one": runs})), "one"), cached_case("toy").world
    line = (
        "Waiting at a crossing, in no shelter: 2,000 (200 to 3,800) at the end, 3,000 (1,200 to 4,800) on the worst "
        "day; gone abroad: 5,000"
    )
    assert told(ensemble)[8] == f"{line}."
    holders = toy.holders.with_countries({"CMR": "Cameroon"})
    leads = np.where(np.array(toy.crossings.crossing_id) == "NORTH", holders.index("CMR"), HOME)
    to_cameroon = dataclasses.replace(
        toy, holders=holders, crossings=dataclasses.replace(toy.crossings, country=leads)
    )
    assert ensemble_text.lines(ensemble, to_cameroon)[8] == f"{line}, to Cameroon 5,000."


def test_of_twenty_runs_the_share_is_named(tmp_path: Path) -> None:
    ensemble = read(made(tmp_path, tuple(range(100, 2100, 100))), "one")
    assert "90 % of the runs from 3,100 to 30,000" in told(ensemble)[1]  # 16 times 195 and 1,905


def test_four_runs_are_too_few_for_a_range(tmp_path: Path) -> None:
    ensemble = read(made(tmp_path, STEPS[:4]), "one")
    lines = told(ensemble)
    assert "4 runs; too few for a range" in lines[0]
    assert lines[1] == "Displaced by 16 January: median 12,000 people."
    assert "modelled 5,200; reported" in lines[2]
    assert lines[4].startswith("Last checked day: 14 January")
    table = ensemble.table()
    assert table[["p05", "p25", "p75", "p95"]].isna().all(axis=None)
    assert table["median"].iloc[0] == 750


def test_no_report_stands_beside_a_what_if(tmp_path: Path) -> None:
    ensemble = read(made(tmp_path, configs={"one": {"border": {"policy": "open"}}}), "one")
    text = "\n".join(told(ensemble))
    assert "nothing to lay beside these runs, a what-if (border.policy=open)" in text
    assert "reported" not in text


def test_the_order_of_runs_is_of_no_matter(tmp_path: Path) -> None:
    found = made(tmp_path)
    turned = dataclasses.replace(found, runs=found.runs.iloc[::-1])
    one, other = read(found, "one"), read(turned, "one")
    assert told(one) == told(other)
    pd.testing.assert_frame_equal(one.table(), other.table())
    pd.testing.assert_frame_equal(one.flows, other.flows)


@pytest.mark.slow
def test_files_are_the_same_to_the_byte(tmp_path: Path) -> None:
    found = made(tmp_path)
    names = ("summary.txt", "ranges.csv", "displaced.png", "map.png")
    made_twice = []
    for _ in range(2):
        written.write(found, True, lambda text: pytest.fail(text))
        made_twice.append({name: (tmp_path / name).read_bytes() for name in names})
    assert made_twice[0] == made_twice[1]
    assert all(name in (tmp_path / "README.txt").read_text() for name in names)
    written.write(found, "dark", lambda text: pytest.fail(text))
    assert (tmp_path / "map.png").read_bytes() != made_twice[0]["map.png"]
    written.write(found, False, lambda text: pytest.fail(text))
    assert not list(tmp_path.glob("*.png"))


def test_what_the_figures_say(five: Ensemble) -> None:
    from flightsim.plots import ensemble as plots

    world = cached_case("toy").world
    fan, chart = plots.displaced(five, world), plots.movements(five, world)
    said = [" ".join(text.get_text() for text in figure.texts).replace("\n", " ") for figure in (fan, chart)]
    assert "13,000 people displaced by 16 January 2020; in nearly all runs 9,900 to 16,000" in said[0]
    assert "More people leave Southmarch (13,000)" in said[1]
    assert "more of the displaced are in Midvale (13,000)" in said[1]
    assert "medians of 5 runs" in said[1]
    assert all("Modelled, not observed: 5 runs" in each and "Source: flightsim" in each for each in said)


def test_a_figure_that_fails_is_a_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise ValueError("no such font")

    monkeypatch.setattr("flightsim.plots.ensemble.displaced", fails)
    notes: list[str] = []
    written.write(made(tmp_path), True, notes.append)
    assert notes == ["no figures: no such font"]
    assert (tmp_path / "summary.txt").is_file()


def test_runs_of_other_days_have_no_range(tmp_path: Path) -> None:
    notes: list[str] = []
    runs = [tables(1), tables(2, days=15)]
    written.write(sweeps.read_one(sweep(tmp_path, {"one": runs})), True, notes.append)
    assert len(notes) == 1
    assert "covers other days than" in notes[0]
    assert not (tmp_path / "ranges.csv").exists()


@pytest.mark.parametrize(
    ("days", "expected"),
    [((1, 3), (1, 3)), ((1, 2, 3, 4), (1, 2, 3, 4)), ((1, 2, 5, 6, 9, 12, 17), (5, 9, 12, 17))],
)
def test_reports_chosen_are_spread_and_end_with_the_last(days: tuple[int, ...], expected: tuple) -> None:
    points = [Observed(date(2020, 1, d), "people", 1, 1, 1, "press") for d in days]
    assert tuple(p.day.day for p in ensemble_text.chosen(points)) == expected


def test_best_estimates_stand_before_single_reports() -> None:
    day = date(2020, 1, 5)
    best = Observed(day, "people", 1, 2, 3, "recommended series: all")
    assert ensemble_text.chosen([best, Observed(day, "people", 9, 9, 9, "press")]) == [best]


def drawing(folder: Path, config: dict[str, object], names: tuple[str, ...]) -> str:
    """What varied in a sweep of two runs in which so many parameters are drawn, 0.5 in the first run."""
    table = []
    for r in range(2):
        run(folder, f"{r:012x}", tables(1), 1 + r, **config)
        about = {"scenario": "one", "replicate": r, "seed": 1 + r, "run": f"{r:012x}", "status": "done"}
        table.append(about | {"seconds": 1, "error": ""})
    draws = pd.DataFrame({"replicate": [0, 1], **{name: [0.5, 0.7] for name in names}})
    drawn = dict.fromkeys(names, Drawn(0, 0.5, 1, "uncertainty"))
    write(folder, table, ("one",), draws=draws, drawn=drawn)
    return read(sweeps.read_one(folder), "one").varied


def test_what_varied(tmp_path: Path) -> None:
    names = ("behaviour.a", "behaviour.b", "discrepancy.log_sd")
    config = {"behaviour": {"a": 0.5, "b": 0.9}, "discrepancy": {"log_sd": 0.5}}  # b was set by hand
    told = "Varied between the runs: the random seed, 1 drawn parameter and the model's discrepancy"
    assert drawing(tmp_path / "all", config, names).startswith(told)
    without = {"behaviour": {"a": 0.5, "b": 0.5}}
    told = "Varied between the runs: the random seed and 2 drawn parameters."
    assert drawing(tmp_path / "two", without, names[:2]) == told
    assert varied.drawn_in_words(["discrepancy.log_sd", "discrepancy.memory_days"]) == [
        "the model's discrepancy (how far it has been from reports)"
    ]


@pytest.mark.slow
def test_in_python(tmp_path: Path) -> None:
    found = made(tmp_path)
    written.write(found, False, lambda text: pytest.fail(text))
    front = Front(tmp_path)
    assert "median 13,000 people" in front._repr_html_()
    assert front.plot.displaced().get_ylabel() == "people displaced since the start"
    two = sweep(tmp_path / "two", {"one": [tables(1)], "other": [tables(2)]})
    with pytest.raises(InputError, match="2 scenarios; expected one"):
        Front(two).plot.map()
