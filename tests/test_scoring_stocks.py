"""Counts of camps and of who is where on a day, beside the model and baselines: sums done by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from flightsim.config import compose
from flightsim.errors import InputError
from flightsim.model.households import SETTLED
from flightsim.scenario import from_config
from flightsim.validation import report
from flightsim.validation.scores import places, stocks
from flightsim.validation.scores.board import Board, score
from flightsim.validation.scores.counts import MODEL
from flightsim.validation.scores.ensemble import of_runs
from flightsim.validation.scores.ground import Ground
from flightsim.validation.scores.modelled import answer
from flightsim.validation.scores.questions import WHERE_ARE, questions
from flightsim.world import SITE
from strip import WORLD, observed, run

CAMPS = replace(WORLD, site_population_persons=np.full(24, 250.0))  # 1,000 in each of the six areas
TRUTH = run(0)


def camp(until: str, best: float, area: str = "XX0004", since: str = "", what: str = "sites_stock") -> str:
    return f"{until},{since},{what},people,{area},,{best:.0f},,CCCM"


def value(measure: str, area: str, day: str) -> float:
    return float(TRUTH.series(measure, area)[day])


def board_of(folder: Path, *rows: str, own: tuple[str, ...] = ()) -> Board:
    new, case = folder / "new", folder / "case"
    new.mkdir(), case.mkdir()
    before = observed(case, *own).rows if own else []
    return score(of_runs([TRUTH]), observed(new, *rows), CAMPS, before)


def errors(board: Board, measure: str) -> dict[str, float]:
    rows = board.stocks[board.stocks["measure"] == measure]
    return rows.set_index("forecaster")["crps_people"].to_dict()


# ------------------------------------------------------------------ what the run's answer is


@pytest.mark.parametrize(
    ("what", "since", "measure"),
    [
        ("sites_stock", "", "in_sites_persons"),
        ("present_stock", "", "present_persons"),
        ("displaced_stock", "2019-12-01", "sheltered_persons"),
    ],
)
def test_a_stock_is_what_stands_on_its_day(what: str, since: str, measure: str, tmp_path: Path) -> None:
    o = observed(tmp_path, camp("2019-12-25", 1, since=since, what=what)).rows[0]
    expected = value(measure, "XX0004", "2019-12-25")
    assert answer(o, of_runs([TRUTH]), Ground(CAMPS, TRUTH.front))[0] == pytest.approx(expected)


def test_a_stock_of_the_displaced_in_a_kind_of_shelter(tmp_path: Path) -> None:
    o = observed(
        tmp_path, camp("2019-12-25", 1, since="2019-12-01", what="displaced_stock") + ",,site,"
    ).rows[0]
    expected = 0.25 * value("sheltered_persons", "XX0004", "2019-12-25")
    assert answer(o, of_runs([TRUTH]), Ground(CAMPS, TRUTH.front))[0] == pytest.approx(expected)


def test_growth_is_between_two_days_and_from_the_start_beyond_who_lived_there(tmp_path: Path) -> None:
    rows = observed(
        tmp_path,
        camp("2019-12-20", 1, since="2019-12-11", what="sites_growth"),
        camp("2019-12-25", 1, since="2019-12-01", what="sites_growth"),
    ).rows
    ground, runs = Ground(CAMPS, TRUTH.front), of_runs([TRUTH])
    late = [value("in_sites_persons", "XX0004", f"2019-12-{day}") for day in (10, 20, 25)]
    assert [answer(o, runs, ground)[0] for o in rows] == pytest.approx([late[1] - late[0], late[2] - 1000])


def test_people_in_sites_are_counted_household_by_household() -> None:
    """On the toy case: those who lived in sites at the start and stayed, and those who came since."""
    (job,) = compose.jobs(["experiment=toy", "days=14"])
    scenario = from_config(job.config)
    model = scenario.model()
    for _ in range(scenario.clock.n_steps):
        model.step()
    h, world = model.households, model.world
    by_hand = np.zeros(len(world.areas))
    for i in range(len(h)):
        if h.state[i] == SETTLED and h.rung[i] == SITE:
            by_hand[world.places.area[h.place[i]]] += h.persons[i] * h.weight
    counted = model.recorder.values["in_sites_persons"]
    assert counted[-1] == pytest.approx(by_hand)
    start = np.bincount(world.places.area, world.site_population_persons, minlength=len(world.areas))
    assert by_hand.sum() > start.sum() > 0, "sites grew"


# ------------------------------------------------------------------ baselines


def test_sites_stay_as_at_the_start_or_as_last_counted(tmp_path: Path) -> None:
    board = board_of(
        tmp_path, camp("2019-12-25", 1500), own=(camp("2019-11-30", 1200), camp("2019-12-28", 7000))
    )
    said = errors(board, "sites_stock")
    assert said[stocks.AS_AT_START] == pytest.approx(500)
    assert said[stocks.LAST_COUNT] == pytest.approx(300), "not that of the 28th, which is later"
    assert said[MODEL] == pytest.approx(abs(value("in_sites_persons", "XX0004", "2019-12-25") - 1500))


def test_a_growth_goes_on_at_its_last_pace(tmp_path: Path) -> None:
    """300 in November's 30 days: 10 a day, 150 in 15 days; nobody comes if all is as at the start."""
    growth = camp("2019-12-25", 500, since="2019-12-11", what="sites_growth")
    before = camp("2019-11-30", 300, since="2019-11-01", what="sites_growth")
    said = errors(board_of(tmp_path, growth, own=(before,)), "sites_growth")
    assert said[stocks.LAST_COUNT] == pytest.approx(350)
    assert said[stocks.AS_AT_START] == pytest.approx(500)


def test_the_rings_leavers_go_into_sites_as_sites_have_of_the_free_room(tmp_path: Path) -> None:
    """All six rungs have 500 free persons' room in each of 24 places: an area's four places of sites are 1 in 36."""
    ground = Ground(CAMPS, TRUTH.front)
    leavers = ground.leavers(date(2019, 12, 1), date(2019, 12, 31)).sum()
    assert leavers > 0
    said = errors(board_of(tmp_path, camp("2019-12-31", 5000)), "sites_stock")
    assert said[stocks.RING] == pytest.approx(abs(1000 + leavers / 36 - 5000))


def test_the_ring_moves_people_and_loses_none() -> None:
    ground = Ground(CAMPS, TRUTH.front)
    there = stocks.by_ring("present_stock", date(2019, 12, 1), date(2019, 12, 31), ground)
    assert there.sum() == pytest.approx(CAMPS.persons)
    came = stocks.by_ring("displaced_stock", date(2019, 12, 1), date(2019, 12, 31), ground)
    assert came.sum() == pytest.approx(ground.leavers(date(2019, 12, 1), date(2019, 12, 31)).sum())


# ------------------------------------------------------------------ shares, and what is refused


def test_counts_of_several_areas_are_a_question_of_shares(tmp_path: Path) -> None:
    """Reported 3 to 1; every area has as many people in sites at the start: half of the people against 3 in 4."""
    board = board_of(tmp_path, camp("2019-12-20", 3000, "XX0004"), camp("2019-12-20", 1000, "XX0005"))
    (q,) = board.answered
    assert (q.asks, q.title) == (WHERE_ARE, "in which sites, people, on 2019-12-20")
    said = board.whereabouts.set_index("forecaster")["total_variation"]
    assert said[stocks.AS_AT_START] == pytest.approx(0.25)
    assert not len(board.misplaced), "no question of where to"
    screen = report.screen(report.Report(board, CAMPS, False))
    assert "In camps and sites: off by about" in screen
    assert "Shares of these:" in screen


def test_the_distance_leaves_those_elsewhere_out(tmp_path: Path) -> None:
    """Reported 30 and 10 of 80; the forecast has all of the two in the first: a quarter, 120 km of road away."""
    rows = [
        f"2019-12-25,2019-12-01,arrivals_cumulative,people,{area},,{n},,OCHA,,,80"
        for area, n in (("XX0001", 30), ("XX0004", 10))
    ]
    (q,) = questions(observed(tmp_path, *rows).rows)
    assert q.cells[-1] == "elsewhere"
    forecast = {q: {MODEL: np.array([[40.0], [0.0], [40.0]])}}
    (found,) = places.table(forecast, Ground(WORLD, TRUTH.front)).to_dict("records")
    assert found["earth_movers_km"] == pytest.approx(0.25 * 120)
    assert found["total_variation"] == pytest.approx(0.125), "of all, the rest with them"


def test_a_single_cell_and_a_district_have_no_distance(tmp_path: Path) -> None:
    ground = Ground(WORLD, TRUTH.front)
    head = "2019-12-25,2019-12-01,arrivals_cumulative,people"
    (one,) = questions(observed(tmp_path, f"{head},XX0001,,30,,OCHA,,,80").rows)
    both = (f"{head},XX0001,,30,,OCHA", f"{head},XX0002+XX0003,,30,,OCHA")
    (district,) = questions(observed(tmp_path, *both).rows)
    assert one.places(ground) is None
    assert district.places(ground) is None


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            (camp("2019-12-25", 1, since="2019-12-01"),),
            "since is 2019-12-01; expected a blank, as sites_stock is",
        ),
        ((camp("2019-12-25", 1).replace("people", "movements"),), "unit is 'movements'; expected people"),
        ((camp("2019-12-25", -5),), "-5 is less than nothing; expected 0 or more"),
        (
            (camp("2019-12-25", 5), camp("2019-12-25", 6)),
            "row 3: the same source, window and question as row 2",
        ),
        ((camp("2019-12-25", 5, what="site_stock"),), "did you mean 'sites_stock'"),
    ],
)
def test_what_is_refused(rows: tuple[str, ...], message: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        observed(tmp_path, *rows)
    assert message in str(refused.value)


def test_sites_may_shrink_and_then_have_no_shares(tmp_path: Path) -> None:
    rows = [
        camp("2019-12-25", n, area, "2019-12-11", "sites_growth")
        for area, n in (("XX0004", -40), ("XX0005", 9))
    ]
    found = observed(tmp_path, *rows).rows
    assert [(o.low, o.best, o.high) for o in found] == [(-44, -40, -36), pytest.approx((8.1, 9, 9.9))]
    assert questions(found) == []


def test_displaced_since_another_day_cannot_be_told(tmp_path: Path) -> None:
    rows = [camp("2019-12-25", 5, since="2019-12-11", what="displaced_stock"), camp("2019-12-25", 5)]
    board = board_of(tmp_path, *rows)
    assert "of people displaced since another day than the run's first (2019-12-01)" in set(
        board.each["not_scored_because"]
    )
