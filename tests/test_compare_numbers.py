"""Bands, paired differences, changed lives and sensitivity: sums in the head, and theory."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import made_sweeps
from flightsim.comparison import bands, chances, lives, paired, reading, roles, sensitivity, tables
from flightsim.comparison.material import Material
from flightsim.errors import InputError
from flightsim.results import gather


def material(folder: Path, baseline: str | None = None) -> Material:
    return reading.read(
        gather.read(folder), baseline, {"border.policy": "lever", "hazard.strength": "uncertainty"}
    )


def runs(*displaced: float) -> list[dict[str, pd.DataFrame]]:
    return [{"measures": made_sweeps.measures([0, d / 2, d])} for d in displaced]


# --- bands


def test_bands_of_five_values() -> None:
    band = bands.of(np.array([10.0, 20, 30, 40, 50])).iloc[0]
    assert (band["n_runs"], band["mean"], band["p50"], band["p25"], band["p75"]) == (5, 30, 30, 20, 40)
    assert band["p5"] == pytest.approx(12)  # a fifth of the way from the first to the second
    assert band["p95"] == pytest.approx(48)
    half = 2.776445 * math.sqrt(250) / math.sqrt(5)
    assert band["mean_high"] - band["mean"] == pytest.approx(half, rel=1e-5)


def test_bands_by_column_leave_out_what_is_unknown() -> None:
    table = bands.of(np.array([[1.0, np.nan, 4.0], [3.0, np.nan, np.nan]]))
    assert table["n_runs"].tolist() == [2, 0, 1]
    assert table["mean"].tolist()[0] == 2
    assert math.isnan(table["p50"][1])
    assert table["p50"][2] == 4
    assert math.isnan(table["mean_low"][2])  # one value has no interval


def test_nineteen_intervals_in_twenty_hold_the_mean() -> None:
    luck = np.random.default_rng(3)
    table = bands.of(luck.normal(5, 2, (12, 4_000)))
    held = ((table["mean_low"] <= 5) & (table["mean_high"] >= 5)).mean()
    assert abs(held - 0.95) < 4 * math.sqrt(0.95 * 0.05 / 4_000)


# --- chances


def test_wilsons_interval_against_its_paper_values() -> None:
    """Known values: 0 of 10, 5 of 10 and 10 of 10 at 95 %."""
    np.testing.assert_allclose(chances.interval(0, 10), (0, 0.2775), atol=1e-4)
    np.testing.assert_allclose(chances.interval(5, 10), (0.2366, 0.7634), atol=1e-4)
    np.testing.assert_allclose(chances.interval(10, 10), (0.7225, 1), atol=1e-4)
    assert chances.interval(0, 0) == (0, 1)


@pytest.mark.parametrize(
    ("middle", "number"),
    [(480_000, 500_000), (1_770_000, 2e6), (1_700_000, 1.5e6), (96, 100), (0, 0), (1, 1)],
)
def test_a_round_number_near_the_middle(middle: float, number: float) -> None:
    assert chances.round_number(np.array([middle])) == number


# --- paired differences


def test_pairs_are_of_the_same_replicate_and_seed(tmp_path: Path) -> None:
    found = material(made_sweeps.sweep(tmp_path, {"a": runs(100, 200, 300), "b": runs(110, 190, 340)}))
    d = paired.of(found, "b", found.main)
    assert d.values.tolist() == [10, -10, 40]
    assert d.courses.tolist() == [[0, 5, 10], [0, -5, -10], [0, 20, 40]]
    assert (d.more, d.fewer, d.middle, d.n) == (2, 1, 10, 3)
    assert not d.is_clear


def test_only_runs_that_both_have_are_paired(tmp_path: Path) -> None:
    folder = made_sweeps.sweep(tmp_path, {"a": runs(100, 200, 300), "b": runs(110, 190, 340)})
    sweeps_file = folder / "runs.csv"
    sweeps_file.write_text(sweeps_file.read_text().replace("b,1,2,", "b,1,9,"))
    found = material(folder)
    assert paired.of(found, "b", found.main).values.tolist() == [10, 40]
    assert any("2 of its 3 runs have the baseline's random seed" in note for note in found.notes)


def test_clear_is_nine_pairs_in_ten() -> None:
    def difference(more: int, fewer: int) -> paired.Difference:
        values = np.array([1.0] * more + [-1.0] * fewer)
        return paired.Difference("s", None, values, values[:, None], values, 1.0)  # type: ignore[arg-type]

    assert difference(9, 1).is_clear
    assert difference(1, 9).is_clear
    assert not difference(8, 2).is_clear
    assert not difference(4, 0).is_clear  # too few
    assert difference(5, 0).is_clear


def test_the_gain_of_pairs_is_one_over_one_minus_the_correlation() -> None:
    luck = np.random.default_rng(1)
    shared, n = luck.normal(0, 1, 200_000), 200_000
    for r in (0.0, 0.5, 0.9):
        one, two = (math.sqrt(r) * shared + math.sqrt(1 - r) * luck.normal(0, 1, n) for _ in range(2))
        assert paired.gain(one, two) == pytest.approx(1 / (1 - r), rel=0.03)
    assert paired.gain(shared[:5], shared[:5] + 3) == math.inf
    assert math.isnan(paired.gain(shared[:2], shared[:2]))
    assert math.isnan(paired.gain(np.zeros(5), np.zeros(5)))


# --- changed lives

BASE = made_sweeps.households(
    (1, "2020-01-01 06:00", "front", "P1", "host"),  # the same in both
    (2, "2020-01-01 06:00", "front", "P1", "host"),  # stays in the scenario
    (3, None, "shelling", "", "home"),  # meant to, could not; leaves in the scenario
    (5, "2020-01-02 06:00", "care", "P1", "host"),  # leaves five hours earlier, for elsewhere
    (7, "2020-01-02 06:00", "shelling", "P1", "open"),  # a day later, another shelter
    (8, "2020-01-02 06:00", "front", "", ""),  # not arrived yet here, there it has: no other place to compare
)
OTHER = made_sweeps.households(
    (1, "2020-01-01 06:00", "front", "P1", "host"),
    (3, "2020-01-02 00:00", "shelling", "P2", "host"),
    (4, "2020-01-02 00:00", "neighbours", "P2", "host"),  # in the baseline it never meant to
    (5, "2020-01-02 01:00", "front", "P2", "host"),
    (7, "2020-01-03 06:00", "shelling", "P1", "site"),
    (8, "2020-01-02 06:00", "front", "P2", "open"),
)


def pair(tmp_path: Path, one: pd.DataFrame, two: pd.DataFrame) -> Material:
    tables_of = [{**runs(100)[0], "households": each} for each in (one, two)]
    return material(made_sweeps.sweep(tmp_path, {"a": [tables_of[0]], "b": [tables_of[1]]}))


def test_who_lives_a_different_life_by_hand(tmp_path: Path) -> None:
    table, n = lives.compare(pair(tmp_path, BASE, OTHER))
    assert n == 1
    count = table.groupby("change")["households"].sum() / 2  # each stands for two
    assert count.to_dict() == {
        lives.STAYED: 1, lives.LEFT_TOO: 2, lives.EARLIER: 1, lives.LATER: 1, lives.ELSEWHERE: 1,
        lives.OTHER_SHELTER: 1, lives.ANY: 5, lives.LEFT: 7,
    }  # fmt: skip
    cause = table.set_index(["change", "cause"])["households"]
    assert cause[lives.EARLIER, "care"] == 2  # the baseline's cause
    assert cause[lives.LEFT_TOO, "neighbours"] == 2  # it has none in the baseline
    assert cause[lives.LEFT_TOO, "shelling"] == 2
    hours = table.groupby("change")["hours"].first()
    assert (hours[lives.EARLIER], hours[lives.LATER]) == (5, 24)
    assert math.isnan(hours[lives.ELSEWHERE])
    assert table["persons"].sum() == 5 * table["households"].sum()


def test_the_same_scenario_changes_no_life(tmp_path: Path) -> None:
    table, _ = lives.compare(pair(tmp_path, BASE, BASE))
    assert table.loc[table["change"] != lives.LEFT, "households"].sum() == 0


def test_nobody_moves(tmp_path: Path) -> None:
    table, n = lives.compare(pair(tmp_path, BASE.iloc[:0], BASE.iloc[:0]))
    assert n == 1
    assert table["households"].sum() == 0


def test_more_rows_than_can_be_read_are_left_out_by_replicate(tmp_path: Path) -> None:
    tables_of = [{**each, "households": BASE} for each in runs(1, 2, 3)]
    found = material(made_sweeps.sweep(tmp_path, {"a": tables_of, "b": tables_of}))
    _, n = lives.compare(found, most_rows=25)  # two pairs of 2 x 6
    assert n == 2
    assert lives.compare(found, most_rows=1)[1] == 1  # never none


def test_unsorted_or_spoilt_household_tables_are_refused(tmp_path: Path) -> None:
    found = pair(tmp_path, BASE, OTHER)
    file = found.runs["path"].iloc[1] / "households.parquet"
    whole = pd.read_parquet(file)
    whole.iloc[::-1].to_parquet(file, index=False)
    with pytest.raises(InputError, match="is not sorted by household"):
        lives.compare(found)
    whole.drop(columns="cause").to_parquet(file, index=False)
    with pytest.raises(InputError, match=r"no column|cannot be read"):
        lives.compare(found)
    file.unlink()
    with pytest.raises(InputError, match=r"has no households\.parquet"):
        lives.compare(found)


# --- sensitivity


def test_a_straight_line_has_rank_correlation_one_and_its_size() -> None:
    x = np.linspace(0, 1, 101)
    luck = np.random.default_rng(2).permutation(101) / 100
    found = sensitivity.strength(np.stack([x, 1 - x, luck], axis=1), 50 * x)
    np.testing.assert_allclose(found["rank_correlation"][:2], [1, -1])
    np.testing.assert_allclose(found["effect"][:2], [40, -40], rtol=0.02)  # from the 10 to the 90 % quantile
    assert found["effect_low"][2] < 0 < found["effect_high"][2]
    assert abs(found["rank_correlation"][2]) < 0.3


def test_of_many_parameters_luck_alone_rarely_makes_one_clear() -> None:
    luck, n, p = np.random.default_rng(8), 30, 40
    wrong = 0
    for _ in range(300):
        found = stats.spearmanr(luck.normal(size=(n, p)), luck.normal(size=n)).statistic[-1, :-1]
        wrong += bool((np.abs(found) > sensitivity.least_clear(n, p)).any())
    assert wrong / 300 < 0.05 + 4 * math.sqrt(0.05 * 0.95 / 300)
    assert sensitivity.least_clear(30, 1) == pytest.approx(0.36, abs=0.01)  # the table's 5 % value


def test_ranks_do_not_care_for_the_scale() -> None:
    x = np.random.default_rng(2).uniform(0, 1, 60)
    found = sensitivity.strength(np.stack([x, np.exp(9 * x)], axis=1), x**3)
    assert found["rank_correlation"][0] == pytest.approx(1)
    assert found["effect"][0] == pytest.approx(found["effect"][1])


# --- tables


def test_small_counts_are_blank_in_both_the_level_and_the_difference(tmp_path: Path) -> None:
    def of(south: float, mid: float) -> list[dict[str, pd.DataFrame]]:
        return [{"measures": made_sweeps.measures([0, 1, 2], {"TY010101": south, "TY010102": mid})}] * 2

    table = tables.areas(material(made_sweeps.sweep(tmp_path, {"a": of(5_000, 99), "b": of(6_000, 4_000)})))
    by = table.set_index(["scenario", "what", "area_id"])
    assert by.loc[("a", "level", "TY010101"), "mean"] == 5_000
    assert by.loc[("b", "difference", "TY010101"), "p50"] == 1_000
    assert math.isnan(by.loc[("a", "level", "TY010102"), "mean"])
    hidden = by.loc[("b", "difference", "TY010102")]
    assert hidden[["mean", "p5", "p50", "p95", "more", "fewer"]].isna().all()
    assert hidden["note"] == "fewer than 100"
    assert by.loc[("b", "level", "TY010102"), "mean"] == 4_000


def test_the_table_over_time_holds_levels_and_differences(tmp_path: Path) -> None:
    found = material(made_sweeps.sweep(tmp_path, {"a": runs(100, 200), "b": runs(140, 260)}))
    table = tables.over_time(found, found.main).set_index(["scenario", "what", "date"])
    assert table.loc[("a", "level", made_sweeps.DAYS[2]), "mean"] == 150
    assert table.loc[("b", "difference", made_sweeps.DAYS[2]), "mean"] == 50
    assert ("a", "difference", made_sweeps.DAYS[0]) not in table.index


# --- what the scenarios differ in


def test_what_differs_and_whose_it_is() -> None:
    one = {
        "border": {"_target_": "B", "policy": "closed"},
        "hazard": {"_target_": "H", "strength": 1},
        "seed": 1,
    }
    two = {"border": {"_target_": "B", "policy": "open"}, "hazard": {"_target_": "N"}, "seed": 2}
    assert roles.differing([one, two]) == ["border.policy", "hazard._target_"]
    assert roles.differing([one, one]) == []
