"""Standards, quantities, gaps, money, health care in reach, triggers; the commands and their complaints."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

import toys
from flightsim import cli
from flightsim.errors import InputError
from flightsim.needs import (
    capacity,
    care,
    gaps,
    money,
    people,
    quantities,
    standards,
    study,
    tables,
    triggers,
)
from flightsim.needs.people import People
from flightsim.needs.quantities import NEEDS, SECTORS, WHOM
from flightsim.world import RUNGS, Currency, World
from worlds import GOVERNMENT

pytestmark = pytest.mark.slow  # whole commands


def write(path: Path, content: object) -> Path:
    path.write_text(content if isinstance(content, str) else yaml.safe_dump(content), encoding="utf-8")
    return path


def some_people(sheltered: np.ndarray, scenario: str = "s") -> People:
    """People of (R, D, A, 6) by rung, nobody else present."""
    r, d, a, _ = sheltered.shape
    days = pd.date_range("2020-01-01", periods=d)
    nothing, total = np.zeros((r, d, a)), sheltered.sum(axis=-1)
    arrivals = np.diff(total, axis=1, prepend=0.0)
    ids = [f"A{i}" for i in range(a)]
    return People(
        scenario, days, ids, sheltered, total, nothing, arrivals, nothing, *[nothing.sum(axis=2)] * 3,
        np.zeros((d, a)),
    )  # fmt: skip


def all_in(rung: str, persons: np.ndarray) -> np.ndarray:
    sheltered = np.zeros((*persons.shape, len(RUNGS)))
    sheltered[..., RUNGS.index(rung)] = persons
    return sheltered


class TestStandards:
    def test_every_entry_is_told_in_full(self) -> None:
        shipped = standards.read()
        raw = yaml.safe_load(standards.text())
        for name, entry in shipped.entries.items():
            assert entry.unit, name
            assert entry.source, name
            assert set(raw[name]) <= set(standards.FACTS), name
            assert isinstance(raw[name]["verified"], bool), name
            doubtful = "assumption" in entry.source or "general knowledge" in entry.source
            assert doubtful != entry.verified, name

    def test_costs_in_the_money_of_the_country_too(self) -> None:
        costs = pd.DataFrame(
            {"what": ["week"], "usd": [10.0], "usd_low": [5.0], "usd_high": [20.0], "runs": [3]}
        )
        both = money.with_local(costs, Currency("XOF", 590.0))
        assert list(both) == [
            "what",
            "usd",
            "usd_low",
            "usd_high",
            "local",
            "local_low",
            "local_high",
            "currency",
            "runs",
        ]
        assert both.iloc[0][["local", "local_low", "local_high"]].tolist() == [5_900, 2_950, 11_800]
        assert both["currency"].tolist() == ["XOF"]
        assert money.with_local(costs, None) is costs

    def test_households_are_of_the_size_that_the_case_says(self, tmp_path: Path) -> None:
        shipped = standards.read()
        assert standards.of_case(shipped, 5.0)["households"] == 200
        assert (
            standards.of_case(shipped, 5.0).entries["households"].source.startswith("household_size_persons")
        )
        assert standards.of_case(shipped, 5.634).entries == shipped.entries  # Idlib's: the source stays
        mine = write(
            tmp_path / "s.yaml",
            {"households": {"value": 150, "unit": "households/1,000 persons", "source": "x"}},
        )
        assert standards.of_case(standards.read(mine), 5.0)["households"] == 150

    def test_every_used_entry_changes_something(self) -> None:
        shipped = standards.read()
        asked = {name for need in NEEDS.values() for name in quantities.standards_of(need, shipped)}
        elsewhere = {"care_within", "walking_speed", "response_cost", "winter_cash_cost"}
        elsewhere |= {"relief_road_hours", "relief_road_share"}
        split = {name for name in shipped if name.startswith(standards.SPLIT)}
        assert {n for n, e in shipped.entries.items() if e.used} == asked | elsewhere | split

    def test_a_users_entry_replaces_ours_and_is_not_verified(self, tmp_path: Path) -> None:
        mine = write(tmp_path / "mine.yaml", {"water": {"value": 20, "unit": "litres/person/day"}})
        found = standards.read(mine)
        assert found["water"] == 20
        assert found["food_energy"] == 2100
        assert not found.entries["water"].verified
        assert "mine.yaml" in found.entries["water"].source

    def test_all_complaints_at_once(self, tmp_path: Path) -> None:
        bad = {
            "watr": {"value": 1, "unit": "litres/person/day"},
            "water": {"value": 20, "unit": "gallons"},
            "food_energy": {"value": "many", "unit": "kcal/person/day"},
            "children_share": {"value": 1.4, "unit": "share of persons"},
            "blankets": {"value": True, "unit": "blankets/person"},
            "beds": {"value": 18, "unit": "beds/10,000 persons", "verifed": True},
            "split_food": {"value": 0.9, "unit": "share of cost"},
            "taps": 3,
        }
        with pytest.raises(InputError) as caught:
            standards.read(write(tmp_path / "bad.yaml", bad))
        said = "\n".join(caught.value.complaints)
        assert "'watr' is no standard (did you mean 'water'?)" in said
        assert "water.unit is 'gallons'; expected 'litres/person/day'" in said
        assert "food_energy.value is 'many'" in said
        assert "children_share.value is 1.4; expected a number, more than 0, at most 1" in said
        assert "blankets.value is True" in said
        assert "beds.verifed is not known (did you mean 'verified'?)" in said
        assert "shares add up to 1.6" in said
        assert "'taps' is no standard" in said

    @pytest.mark.parametrize(
        ("text", "said"),
        [("", "expected entries"), ("- 1", "expected entries"), ("a: [", "cannot be read as YAML"),
         ("water: {value: 1}\nwater: {value: 2}", "line 2: 'water' is there twice")],
    )  # fmt: skip
    def test_what_is_no_table_of_standards(self, tmp_path: Path, text: str, said: str) -> None:
        with pytest.raises(InputError, match=said):
            standards.read(write(tmp_path / "bad.yaml", text))

    def test_a_missing_file(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="cannot be read"):
            standards.read(tmp_path / "none.yaml")

    def test_what_changes_nothing_is_said(self, tmp_path: Path) -> None:
        entry = {"sam_recovery": {"value": 0.8, "unit": "share of exits"}}
        assert "changes no figure" in standards.read(write(tmp_path / "s.yaml", entry)).warnings[0]


class TestQuantities:
    def test_names_are_whole(self) -> None:
        assert {need.sector for need in NEEDS.values()} == set(SECTORS)
        assert {need.whom for need in NEEDS.values()} <= set(WHOM)

    def test_half_a_million_more(self) -> None:
        """The worked example that planners check us by."""
        found = quantities.for_persons(500_000, standards.read(), on_sites=125_000)["amount"]
        expected = {
            "households": 88_750, "children": 300_000, "women": 105_000, "men": 95_000, "water": 7_500,
            "water_trucks": 500, "latrines_first_phase": 10_000, "latrines_medium_term": 25_000,
            "latrines_medium_term_female": 18_750, "latrines_medium_term_male": 6_250,
            "covered_space": 1_750_000, "covered_space_cold": 2_250_000, "site_land": 562.5,
            "food_energy": 1.05e9, "beds": 900,
        }  # fmt: skip
        assert {name: found[name] for name in expected} == expected

    def test_whole_things_are_rounded_up_and_never_for_nobody(self) -> None:
        need, s = NEEDS["latrines_first_phase"], standards.read()
        assert quantities.amount(need, [0, 1, 50, 51], s).tolist() == [0, 1, 1, 2]

    def test_others_are_not_rounded(self) -> None:
        assert quantities.amount(NEEDS["water"], 1, standards.read()) == pytest.approx(0.015)


class TestGaps:
    def gap(self, persons: np.ndarray, room: float, **of: str) -> gaps.Gap:
        crowd = some_people(all_in("host", persons))
        known = capacity.Capacity("shelter_places", np.full(persons.shape[1:], room), "test")
        return gaps.of(crowd, standards.read(), {"shelter_places": known})["shelter_places"]

    def test_breach_is_the_first_day_short_for_a_hundred(self) -> None:
        persons = np.array([[[0.0], [1000], [1099], [1100], [900]], [[0.0], [0], [0], [0], [0]]])
        found = self.gap(persons, 1000)
        assert found.breached[:, 0].tolist() == [3, gaps.NEVER]
        assert found.short[0, :, 0].tolist() == [0, 0, 99, 100, 0]

    def test_dates_over_runs(self) -> None:
        days = pd.date_range("2020-01-01", periods=10)
        found = people.dates_of([2, 3, np.inf], days)
        assert found["breach_early"] == days[2]
        assert found["breach_median"] == days[3]
        assert pd.isna(found["breach_late"])

    def test_unknown_is_not_nothing(self) -> None:
        crowd = some_people(all_in("host", np.full((1, 2, 1), 500.0)))
        table = gaps.table(crowd, gaps.of(crowd, standards.read(), {}))
        assert table["capacity_end"].isna().all()
        assert table["gap_end"].isna().all()
        assert table["breach_median"].isna().all()
        assert (table["capacity_source"] == "not known").all()

    def test_capacity_known_in_part(self) -> None:
        crowd = some_people(all_in("host", np.array([[[300.0, 100.0]]])))
        known = capacity.Capacity("water", np.array([[1.0, np.nan]]), "test")
        found = gaps.of(crowd, standards.read(), {"water": known})["water"]
        assert found.known.tolist() == [True, False]
        assert found.known_share == 0.75
        assert np.nansum(found.short) == 3.5

    def test_range_over_runs(self) -> None:
        persons = np.arange(1000.0, 2001, 100)[:, None, None]
        crowd = some_people(all_in("open", persons))
        row = gaps.table(crowd, gaps.of(crowd, standards.read(), {})).set_index("need").loc["site_places"]
        assert (row["needed_end"], row["needed_end_low"], row["needed_end_high"]) == (1500, 1050, 1950)

    def test_only_the_unhoused_need_latrines(self) -> None:
        crowd = some_people(all_in("host", np.full((1, 1, 1), 500.0)))
        found = gaps.of(crowd, standards.read(), {})
        assert found["latrines_first_phase"].needed.sum() == 0
        assert found["water"].needed.sum() == 7.5


class TestCapacity:
    days = pd.date_range("2020-01-01", periods=4)

    def read(self, path: Path, text: str) -> Mapping[str, capacity.Capacity]:
        return capacity.read(write(path / "c.csv", text), ["A0", "A1"], self.days)

    def test_by_day_and_place(self, tmp_path: Path) -> None:
        text = "area_id,need,capacity,unit,from,source\nA0,water,10,m3/day,,plan\nA0,water,30,m3/day,2020-01-03,\n"
        found = self.read(tmp_path, text)["water"]
        assert found.amount[:, 0].tolist() == [10, 10, 30, 30]
        assert np.isnan(found.amount[:, 1]).all()
        assert found.source == "plan"

    def test_together(self, tmp_path: Path) -> None:
        text = "area_id,need,capacity,unit,from\nALL,food,5,tonnes/day,2020-01-02\n"
        found = self.read(tmp_path, text)["food"]
        assert found.together
        assert found.amount[:, 0].tolist() == [0, 5, 5, 5]

    def test_all_complaints_at_once(self, tmp_path: Path) -> None:
        text = (
            "area_id,need,capacity,unit,from\nA9,water,10,m3/day,\nA0,watr,1,m3/day,\nA0,water,-1,litres,\n"
            "A0,children,1,persons,\nA1,food,1,tonnes/day,soon\nA1,taps,1,taps,\nA1,taps,2,taps,\nALL,taps,2,taps,\n"
        )
        with pytest.raises(InputError) as caught:
            self.read(tmp_path, text)
        said = "\n".join(caught.value.complaints)
        for part in (
            "row 2: area_id is 'A9'", "row 3: need is 'watr'; expected a need (did you mean 'water'?)",
            "row 4: unit is 'litres'; expected 'm3/day'", "row 4: capacity is -1",
            "row 5: need is 'children'; expected a need that can be supplied",
            "row 6: from is 'soon'", "row 8: the same area, need and day as row 7", "for ALL and for single",
        ):  # fmt: skip
            assert part in said

    @pytest.mark.parametrize(
        ("rows", "said"),
        [
            ("capacity,unit,capacity\nA0,water,10,m3/day,20", "column 'capacity' is there twice"),
            ("capacity,unit\nA0,water,10,m3/day,20", "row 2 has 5 cells; expected 4"),
            ("capacity,unit", "has no rows"),
            ("capacity,unit\nA0,water,1_200,m3/day", "capacity is '1_200'; expected a number"),
            ("capacity,unit,from\nA0,water,10,m3/day,2020-W02", "from is '2020-W02'; expected a date"),
        ],
    )
    def test_one_parser_for_all_tables(self, rows: str, said: str, tmp_path: Path) -> None:
        with pytest.raises(InputError, match=re.escape(said)):
            self.read(tmp_path, f"\ufeffarea_id,need,{rows}\n")

    @pytest.mark.parametrize("text", ["", "area,need,capacity,unit\n", "area_id,need,unit\n"])
    def test_columns(self, tmp_path: Path, text: str) -> None:
        with pytest.raises(InputError, match="column"):
            self.read(tmp_path, text)


class TestCare:
    def test_a_closure_and_a_capture_put_people_beyond_reach(self, town: World) -> None:
        held = np.tile(town.places.control, (3, 1))
        works = np.tile(town.facilities.functioning, (3, 1))
        area = town.places.area[town.facilities.place[0]]
        for closed, taken in ((True, False), (False, True)):
            now, then = works.copy(), held.copy()
            now[1:, 0] &= not closed
            then[1:, town.facilities.place[0]] = GOVERNMENT if taken else held[1, town.facilities.place[0]]
            reached = care.reachable(town, now, then)
            assert reached[0, 0]
            assert not reached[1:, 0].any()
        share = care.beyond_share(town, reached, reach_km=1e6)
        assert share[0, area] == 0
        if not reached[1].any():
            assert share[1].tolist() == [1.0] * len(town.areas)

    def test_the_farther_one_walks_the_fewer_are_left(self, town: World) -> None:
        works = town.facilities.functioning[None]
        shares = [care.beyond_share(town, works, reach_km=km).sum() for km in (0.0, 5.0, 20.0, 1e6)]
        assert shares == sorted(shares, reverse=True)
        assert shares[0] > shares[-1]


class TestMoney:
    def test_six_months_of_half_a_million(self) -> None:
        found = money.of_plan(500_000, standards.read())
        assert found["response_usd"] == 210_000_000
        assert found["response_usd_per_person"] == 420
        assert round(found["winter_cash_usd"] / 1e6, 1) == 13.0

    def test_weeks_add_up_and_clusters_to_the_plan(self) -> None:
        crowd = some_people(all_in("host", np.full((1, 10, 1), 1000.0)))
        table = money.table(crowd, standards.read(), 6, 100_000)
        by = table.groupby(["what", "cluster"])["usd"].sum()
        assert by["week", "all"] == pytest.approx(by["the run", "all"])
        plan = by["6 months for those displaced at the end"]
        assert plan["all"] == pytest.approx(420_000)
        assert plan.drop("all").sum() == pytest.approx(420_000)
        assert by["not funded, the run and the plan", "all"] == pytest.approx(
            by["the run", "all"] + 420_000 - 100_000
        )

    def test_funding_lasts_until(self) -> None:
        crowd = some_people(all_in("host", np.full((2, 30, 1), 1000.0)))
        day = 1000 * 70 / money.DAYS_A_MONTH
        assert money.funded_until(crowd, standards.read(), 6, 5.5 * day)["median"] == crowd.days[5]
        assert pd.isna(money.funded_until(crowd, standards.read(), 6, 1e9)["median"])


class TestTriggers:
    def crowd(self) -> People:
        arrivals = np.zeros((4, 10, 1))
        for r in range(4):
            arrivals[r, 2, 0] = 1000.0 * r  # 0, 1000, 2000, 3000 on the third day
        return some_people(all_in("host", arrivals.cumsum(axis=1)))

    def test_counts_runs(self) -> None:
        table = triggers.table(self.crowd(), ["A0"], [1500], (1, 3, 28)).set_index(["from", "within_days"])
        days = self.crowd().days
        assert table.loc[(days[0], 3), "runs_over"] == 2
        assert table.loc[(days[0], 1), "runs_over"] == 0
        assert table.loc[(days[2], 1), "chance"] == 0.5
        assert table.loc[(days[3], 3), "runs_over"] == 0
        assert 28 not in table.index.get_level_values(1)  # longer than the runs

    def test_more_than_means_more_than(self) -> None:
        table = triggers.table(self.crowd(), ["A0"], [1000], (3,), self.crowd().days[0])
        assert table["runs_over"].tolist() == [2]

    @pytest.mark.parametrize(
        ("persons", "said"),
        [(1500, "In 2 of 4 runs it happens that more than 1,500 people arrive in Dana in the 3 days from 1 January"),
         (2500, "In 1 of 4 runs does"), (5000, "In none of 4 runs do"), (-1, "In all 4 runs")],
    )  # fmt: skip
    def test_words(self, persons: float, said: str) -> None:
        table = triggers.table(self.crowd(), ["A0"], [persons], (3,), self.crowd().days[0])
        assert triggers.sentence(table.iloc[0], "Dana").startswith(said)

    def test_a_chance_is_never_surer_than_the_runs(self) -> None:
        low, high = triggers.chance_range(0, 20)
        assert low == 0
        assert 0.03 < high < 0.1
        assert triggers.chance_range(20, 20) == pytest.approx((1 - high, 1.0))
        low, high = triggers.chance_range(10, 20)
        assert low < 0.5 < high

    def test_one_run_has_no_chance(self) -> None:
        crowd = some_people(all_in("host", np.zeros((1, 3, 1))))
        with pytest.raises(InputError, match="cannot be told from 1 run"):
            triggers.table(crowd, ["A0"], [1], (1,))

    def test_a_day_outside(self) -> None:
        with pytest.raises(InputError, match="expected a day of the runs"):
            triggers.table(self.crowd(), ["A0"], [1], (1,), pd.Timestamp("2021-01-01"))


class TestOfRuns:
    def test_people_add_up(self) -> None:
        crowd = toys.needs().study.first.people
        assert crowd.runs == 3
        assert len(crowd.days) == toys.DAYS
        assert (crowd.groups["everyone"] >= crowd.groups["unhoused"]).all()
        assert (crowd.groups["beyond_care"] <= crowd.present + 1e-9).all()
        assert crowd.groups["everyone"][:, -1].sum() > 0

    def test_by_shelter_adds_up_to_all_in_one_run(self) -> None:
        one = tables.reckon(
            study.read(next(toys.three_runs().iterdir()), toys.source), tables.Asked(standards.read())
        )
        table = one.by_day()
        water = (
            table[table["need"] == "water"].groupby(["date", "area_id", "shelter"])["median"].sum().unstack()
        )
        assert water.drop(columns="all").sum(axis=1).to_numpy() == pytest.approx(
            water["all"].to_numpy(), abs=0.01
        )

    def test_dates_of_breach_are_days_of_the_run(self) -> None:
        table = toys.needs().gap_table()
        known = table[table["need"] == "shelter_places"]
        assert known["breach_median"].notna().any()
        assert known["breach_median"].dropna().isin(toys.needs().study.first.people.days).all()
        assert (known["runs_breached"] <= known["runs"]).all()

    def test_command(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        target = tmp_path / "needs"
        words = ["needs", str(toys.three_runs()), "--to", str(target), "funding=100000"]
        assert cli.main(words) == 0
        lines = capsys.readouterr().out.splitlines()
        assert lines[-1] == str(target)
        assert any("Modelled, not observed: 3 runs" in line for line in lines)
        assert max(map(len, lines[:-1])) <= 120
        for name in ("gaps.csv", "needs.parquet", "needs_by_day.parquet", "money.csv", "standards_used.csv",
                     "gaps.png", "breach.png", "README.txt", "screen.txt"):  # fmt: skip
            assert (target / name).stat().st_size > 0, name
        assert json.loads((target / "needs.json").read_text())["flightsim"]
        assert cli.main(words) == 0  # an earlier one is replaced

    def test_triggers_command(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        words = [
            "triggers",
            str(toys.three_runs()),
            "--area",
            "northgate",
            "--persons",
            "1000",
            "--to",
            str(tmp_path / "t"),
        ]
        assert cli.main(words) == 0
        out = capsys.readouterr().out
        assert "more than 1,000 people arrive in Northgate in the 3 days from 1 January to 3 January" in out
        assert len(pd.read_csv(tmp_path / "t" / "triggers.csv"))

    def test_shown_standards_can_be_read_back(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert cli.main(["needs", "--show-standards"]) == 0
        mine = write(tmp_path / "mine.yaml", capsys.readouterr().out)
        assert dict(standards.read(mine)) == dict(standards.read())


class TestBadInput:
    def refused(self, capsys: pytest.CaptureFixture[str], *words: str) -> str:
        assert cli.main(list(words)) == 2
        return capsys.readouterr().err

    def test_no_results(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert "expected one folder" in self.refused(capsys, "needs")
        assert "is not there" in self.refused(capsys, "needs", str(tmp_path / "none"))

    def test_still_being_written(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (tmp_path / "toy" / ".0123456789ab.unfinished-x").mkdir(parents=True)
        assert "still being written" in self.refused(capsys, "needs", str(tmp_path / "toy"))
        assert "still being written" in self.refused(capsys, "needs", str(tmp_path / "toy" / "0123456789ab"))

    def test_a_missing_measure(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        run = toys.run(tmp_path, "days=9")
        rows = pd.read_parquet(run / "measures.parquet")
        rows[rows["measure"] != "sheltered_persons"].to_parquet(run / "measures.parquet")
        toys.sealed(run)
        assert "holds no measure sheltered_persons" in self.refused(capsys, "needs", str(run))
        assert not (run / "needs").exists()

    def test_another_version(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        run = toys.run(tmp_path, "days=2")
        about = json.loads((run / "provenance.json").read_text())
        (run / "provenance.json").write_text(json.dumps(about | {"flightsim": "0.0.9"}))
        assert cli.main(["needs", str(run)]) == 0
        assert "Written by flightsim 0.0.9" in capsys.readouterr().out
        config = yaml.safe_load((run / "config.yaml").read_text())
        write(run / "config.yaml", config | {"magic": 1})
        toys.sealed(run)
        said = self.refused(capsys, "needs", str(run))
        assert "written by version 0.0.9 and does not fit" in said
        assert "magic is no setting" in said

    def test_something_else_is_in_the_way(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (tmp_path / "mine").mkdir()
        (tmp_path / "mine" / "thesis.txt").write_text("years of work")
        said = self.refused(capsys, "needs", str(toys.three_runs()), "--to", str(tmp_path / "mine"))
        assert "is in the way" in said
        assert [path.name for path in tmp_path.rglob("*")] == ["mine", "thesis.txt"]

    def test_strange_places_and_days(self, capsys: pytest.CaptureFixture[str]) -> None:
        words = [
            "triggers",
            str(toys.three_runs()),
            "--area",
            "Nortgate",
            "--from",
            "2031-01-01",
            "--within",
            "99",
        ]
        said = self.refused(capsys, *words)
        assert "(did you mean 'Northgate'?)" in said
        assert "expected a day of the runs" in said
        assert "within is 99 days" in said

    def test_a_scenario_that_is_not_there(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert "there is no scenario 'open'" in self.refused(
            capsys, "needs", str(toys.three_runs()), "--scenario", "open"
        )
