"""Stocks and pipeline against the need: the day they run out, what is missing, what to place where; refusals."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

import toys
from flightsim import cli
from flightsim.errors import InputError
from flightsim.needs import standards, stocks
from flightsim.needs.people import People
from flightsim.needs.stocks import ALL, Delivery
from test_needs import all_in, some_people

S = standards.read()
START = date.min


def hosted(*by_area: list[float]) -> People:
    """One run; people with hosts by day, in areas A0, A1, …"""
    return some_people(all_in("host", np.array(by_area, float).T[None]))


def test_kits_are_given_once_and_those_who_wait_get_the_next_delivery() -> None:
    """2,000 people are 355 households. 1,000, then 2,000, 1,000, 2,000 people: 178, then as many more, then none."""
    people = hosted([1000, 2000, 1000, 2000])
    rows = [Delivery("A0", "nfi_kits", 200, START), Delivery("A0", "nfi_kits", 100, date(2020, 1, 4))]
    found = stocks.course(people, S, "nfi_kits", rows)
    assert found.short[0, :, 0].tolist() == pytest.approx([0, 155, 155, 55])
    assert found.out.tolist() == [[1.0]]
    assert found.total.tolist() == [[pytest.approx(55)]]


def test_food_of_a_day_without_is_not_made_good() -> None:
    """10,000 people eat 2,100 kcal of 3,800 kcal/kg: 5.526 tonnes a day. 8 tonnes last a day and a half."""
    people = hosted([10_000] * 4)
    rows = [Delivery(ALL, "food", 8, START), Delivery(ALL, "food", 100, date(2020, 1, 4))]
    found = stocks.course(people, S, "food", rows)
    a_day = 10_000 * 2100 / 3800 / 1000
    assert found.short[0, :, 0].tolist() == pytest.approx([0, 2 * a_day - 8, a_day, 0])
    assert found.total[0, 0] == pytest.approx(3 * a_day - 8)


def test_the_day_has_a_range_over_runs() -> None:
    """Twenty runs of 100, 200, … 2,000 newly displaced people a day; 355 kits are for 2,000 of them."""
    daily = np.arange(1, 21)[:, None] * 100.0 * np.arange(1, 31)
    people = some_people(all_in("host", daily[..., None]))
    row = stocks.table(people, S, [Delivery(ALL, "nfi_kits", 355, START)]).iloc[0]
    assert row["runs_out"] == 20
    # 2,100 people, a hundred too many: on day 2 with 1,100 a day or more (ten runs), day 3 with 1,000, day 21 with 100
    assert [row[c].day for c in stocks.OUT] == [2, 3, 21]


def test_what_one_stock_lacks_is_shared_out_as_demand_is() -> None:
    """In A0 3,000 and in A1 1,000 people: 532.5 and 177.5 households; 310 kits leave 400 to place, 3 to 1."""
    table = stocks.table(hosted([3000, 3000], [1000, 1000]), S, [Delivery(ALL, "nfi_kits", 310, START)])
    assert table[["area_id", "to_place"]].to_numpy().tolist() == [[ALL, 400], ["A0", 300], ["A1", 100]]
    assert table.loc[0, "missing"] == pytest.approx(400)


def test_an_area_without_a_row_has_none() -> None:
    table = stocks.table(hosted([1000], [1000]), S, [Delivery("A0", "nfi_kits", 1000, START)])
    assert table.set_index("area_id")["to_place"].to_dict() == {"A0": 0, "A1": 178}
    (line,) = stocks.sentences(table, "s", {"A0": "Dana"})
    assert line == "Stock of nfi kits in Dana, 1,000 kits: enough to the end in all of 1 run."


def test_tents_are_for_those_without_a_shelter() -> None:
    people = some_people(all_in("open", np.full((1, 2, 1), 1000.0)))
    found = stocks.course(people, S, "tents", [Delivery("A0", "tents", 100, START)])
    assert found.short[0, :, 0].tolist() == pytest.approx([77.5, 77.5])
    assert not stocks.course(hosted([1000]), S, "tents", []).short.any()


def test_everything_wrong_with_a_table_is_said_at_once(tmp_path: Path) -> None:
    file = tmp_path / "stocks.csv"
    file.write_text(
        "area_id,item,quantity,unit,arrives\nA0,nfi_kitz,5,kits,\nA9,food,-1,tonnes,\n"
        "ALL,food,5,tonnes/day,2020-13-01\nA0,winter_kits,5,kits,\nALL,winter_kits,5,kits,\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError) as refused:
        stocks.read(file, ["A0", "A1"], date(2020, 2, 1))
    said = str(refused.value)
    for part in (
        "row 2: item is 'nfi_kitz'", "did you mean 'nfi_kits'?", "row 3: area_id is 'A9'",
        "row 3: quantity is -1; expected 0 or more", "row 4: unit is 'tonnes/day'; expected 'tonnes' for food",
        "row 4: arrives is 2020-13-01", "winter_kits is given for ALL and for single areas",
    ):  # fmt: skip
        assert part in said, part


@pytest.mark.slow
def test_the_command_says_when_and_writes_the_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "stocks.csv"
    file.write_text("area_id,item,quantity,unit\nALL,food,1,tonnes\n", encoding="utf-8")
    target = tmp_path / "needs"
    assert cli.main(["needs", str(toys.three_runs()), "--stocks", str(file), "--to", str(target)]) == 0
    assert "Stock of food for all areas, 1 tonnes: short in 3 of 3 runs, from " in capsys.readouterr().out
    assert (target / "stocks.csv").is_file()
