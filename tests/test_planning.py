"""Planning scenarios: roles, caseload by month, the day on which two part; the page, the sheet and the complaints."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

import made_sweeps
import toys
from flightsim import cli
from flightsim.brief import planning as pages
from flightsim.errors import InputError
from flightsim.needs import planning, study
from flightsim.needs.people import People
from flightsim.needs.planning import BEST, LIKELY, WORST
from flightsim.world import RUNGS

NOBODY_ASKED = {LIKELY: None, WORST: None, BEST: None}


def some(name: str, displaced: Sequence[Sequence[float]], open_share: float = 0.0) -> People:
    """People of (R, D) displaced, in one area; a share of them in the open, the others with hosts."""
    course = np.asarray(displaced, float)[..., None]
    sheltered = np.zeros((*course.shape, len(RUNGS)))
    sheltered[..., RUNGS.index("open")] = course * open_share
    sheltered[..., RUNGS.index("host")] = course * (1 - open_share)
    none, nobody = np.zeros_like(course), np.zeros(course.shape[:2])
    days = pd.date_range("2020-01-01", periods=course.shape[1])
    return People(name, days, ["A0"], sheltered, course, none, none, course, nobody, nobody, nobody)


def growing(name: str, a_day: float, n_days: int = 90) -> People:
    """Five runs in which 0.9, 0.95, 1, 1.05 and 1.1 times so many people are displaced a day."""
    spread = np.array([0.9, 0.95, 1.0, 1.05, 1.1])[:, None]
    return some(name, spread * a_day * np.arange(1, n_days + 1))


class TestRoles:
    def test_the_baseline_is_most_likely_and_the_others_fall_on_either_side(self) -> None:
        peoples = [growing(n, a) for n, a in (("base", 100), ("fewer", 10), ("more", 300), ("most", 900))]
        assert planning.roles(peoples, NOBODY_ASKED) == {LIKELY: "base", WORST: "most", BEST: "fewer"}

    def test_none_is_the_worst_where_none_is_worse(self) -> None:
        peoples = [growing("base", 100), growing("fewer", 10)]
        assert planning.roles(peoples, NOBODY_ASKED) == {LIKELY: "base", BEST: "fewer"}

    def test_of_as_many_displaced_those_in_the_open_decide(self) -> None:
        flat = [[1000.0] * 3] * 5
        peoples = [some("base", flat, 0.2), some("housed", flat, 0.1), some("outdoors", flat, 0.5)]
        assert planning.roles(peoples, NOBODY_ASKED) == {LIKELY: "base", WORST: "outdoors", BEST: "housed"}

    def test_the_user_decides(self) -> None:
        peoples = [growing("a", 100), growing("b", 10), growing("c", 50)]
        asked = {LIKELY: "c", WORST: None, BEST: None}
        assert planning.roles(peoples, asked) == {LIKELY: "c", WORST: "a", BEST: "b"}

    def test_all_that_is_wrong_is_said_at_once(self) -> None:
        with pytest.raises(InputError) as refused:
            planning.roles(
                [growing("closed", 1), growing("open", 2)], {LIKELY: "cloesd", WORST: "open", BEST: "open"}
            )
        assert "no scenario 'cloesd' (did you mean 'closed'?)" in str(refused.value)
        assert "'open' is given as worst and as best" in str(refused.value)

    def test_one_scenario_is_no_plan(self) -> None:
        with pytest.raises(InputError, match="only 'a'; run a sweep of several"):
            planning.roles([growing("a", 1)], NOBODY_ASKED)


class TestCaseload:
    def test_month_by_month(self) -> None:
        """1,000 a day: 30,000 after a month; 5 and 95 % of five runs lie a fifth of a step inside the ends."""
        found = planning.caseload(growing("s", 1000)).set_index(["count", "when"])
        own = found.loc["displaced"]
        assert own["median"].tolist() == [30_000, 60_000, 90_000]
        assert own["low"].tolist() == pytest.approx([27_300, 54_600, 81_900])
        assert own["high"].tolist() == pytest.approx([32_700, 65_400, 98_100])
        assert own["date"].dt.strftime("%d %b").tolist() == ["30 Jan", "29 Feb", "30 Mar"]
        assert (found.loc["waiting", "median"] == 0).all()

    def test_of_a_short_run_its_last_day(self) -> None:
        days = growing("s", 1, 40).days
        assert {w: d.strftime("%d %b") for w, d in planning.dates(days).items()} == {
            "month 1": "30 Jan", "last day": "09 Feb"
        }  # fmt: skip


class TestApart:
    def test_the_first_day_and_the_level(self) -> None:
        """1,000 on every day, from 5 January on 2,000: ranges 910 to 1,090 and 1,820 to 2,180."""
        spread = np.array([0.9, 0.95, 1.0, 1.05, 1.1])[:, None]
        base = some("base", spread * np.full(20, 1000.0))
        more = some("more", spread * np.where(np.arange(20) < 4, 1000.0, 2000.0))
        (sign, *others) = planning.apart(base, more)
        assert not others or others[0].count != "displaced"
        assert (sign.count, sign.day.strftime("%d %b"), sign.higher, sign.lower) == (
            "displaced", "05 Jan", "more", "base"
        )  # fmt: skip
        assert sign.range_higher == pytest.approx((1820, 2180))
        assert sign.range_lower == pytest.approx((910, 1090))
        assert 1090 < sign.level < 1820

    def test_no_sign_of_a_day_of_a_tenth_or_of_four_runs(self) -> None:
        base = np.full((5, 20), 1000.0)
        one_day = base.copy()
        one_day[:, 4] = 2000
        assert planning.apart(some("a", base), some("b", one_day)) == []
        assert planning.apart(some("a", base), some("b", base * 1.1)) == []
        assert planning.apart(some("a", base), some("b", base * 1.12)) != []
        assert planning.apart(some("a", base[:4]), some("b", base[:4] * 2)) == []


@pytest.fixture(scope="module")
def sweep(tmp_path_factory: pytest.TempPathFactory) -> Path:
    names = {"closed": ["border=closed"], "<b>open|": ["border=open"]}
    return made_sweeps.real(tmp_path_factory.mktemp("sweep"), names, 1, "days=5", "population.scale=0.2")


@pytest.mark.slow
class TestPage:
    def test_assumptions_likelihood_and_what_few_runs_cannot_tell(self, sweep: Path) -> None:
        found = study.read(sweep, toys.source)
        order = pages.Order(likelihood={"<b>open|": "low"}, impact={"likely": "high"})
        closed, opened = found.scenes
        gone = replace(opened.people, displaced=closed.people.displaced * 0.1)
        plan = pages.make(replace(found, scenes=(closed, replace(opened, people=gone))), order)
        told = pages.contents(plan)
        assert told["heads"] == ["Most likely", "Best"]
        assert told["likelihood"] == ["to be judged", "low"]
        assert told["impact"] == ["high", "to be judged"]
        assert told["assumptions"][1] == ["The border is open, as far as its gates let people through."]
        assert told["signs"][0]["lines"] == ["1 run: too few to tell when they part; 5 or more are needed."]
        assert "&lt;b&gt;open|" in pages.page(told)
        assert "<b>open" not in pages.page(told) + pages.markdown(told)

    def test_the_command_writes_page_sheet_and_tables(
        self, sweep: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        target = tmp_path / "plan"
        assert cli.main(["plan", str(sweep), "--likely", "<b>open|", "--to", str(target)]) == 0
        assert capsys.readouterr().out.strip().endswith(str(target))
        assert json.loads((target / "plan.json").read_text())["scenarios"][LIKELY] == "<b>open|"
        sheet = openpyxl.load_workbook(target / "plan.xlsx").worksheets
        assert [each.title for each in sheet] == ["Planning scenarios"]
        assert sheet[0]["C1"].value == "Most likely"
        rows = pd.read_csv(target / "caseload.csv")
        assert set(rows["count"]) == set(planning.COUNTED)

    def test_bad_grades_and_names_are_refused_at_once(
        self, sweep: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        words = ["--likelihood", "closd=high", "--impact", "closed=huge", "--to", str(tmp_path / "p")]
        assert cli.main(["plan", str(sweep), *words]) == 2
        said = capsys.readouterr().err
        assert "'closd' is no scenario of this plan (did you mean 'closed'?)" in said
        assert "impact of 'closed' is 'huge'; expected low, medium or high" in said
        assert not (tmp_path / "p").exists()
