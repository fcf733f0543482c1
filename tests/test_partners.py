"""Who does what where: what is unmet by sector, area and partner; what is refused."""

from pathlib import Path

import numpy as np
import pytest

import toys
from flightsim import cli
from flightsim.errors import InputError
from flightsim.needs import partners
from flightsim.needs.partners import Activity
from flightsim.needs.people import People
from test_needs import all_in, some_people


def two_areas(runs: tuple[float, ...] = (1000.0,)) -> People:
    """So many people with hosts in A0 on the last day, by run, and 400 in the open in A1."""
    n = np.array(runs)
    hosted = all_in("host", np.stack([np.zeros((len(n), 2)), np.zeros((len(n), 2))], axis=-1))
    hosted[:, -1, 0] = all_in("host", n[:, None])[:, 0]
    hosted[:, -1, 1] = all_in("open", np.full((len(n), 1), 400.0))[:, 0]
    return some_people(hosted)


WORK = [
    Activity("Red", "food", "A0", 300, 700),
    Activity("Blue", "food", "A0", 100, 300),
    Activity("Blue", "shelter", "A1", 500, 500),
]


def test_unmet_by_sector_and_area() -> None:
    """Food: 1,000 and 400 in need, 400 and none reached. Shelter: none in A0, who has hosts; 400 in A1, all reached."""
    found = partners.unmet(two_areas(), WORK).set_index(["sector", "area_id"])
    columns = ["in_need", "reached", "unmet", "unmet_at_capacity", "organisations"]
    assert found[columns].to_numpy().tolist() == [
        [400, 500, 0, 0, 1],
        [1000, 400, 600, 0, 2],
        [400, 0, 400, 400, 0],
    ]
    assert found.index.tolist() == [("shelter", "A1"), ("food", "A0"), ("food", "A1")]


def test_the_range_is_over_runs() -> None:
    row = partners.unmet(two_areas((300, 1000, 1700)), WORK[:2]).iloc[0]
    assert [row[c] for c in ("unmet_low", "unmet", "unmet_high")] == pytest.approx([60, 600, 1230])


def test_by_partner_what_it_could_take() -> None:
    """600 unmet in A0, spare 400 and 200: all of both. With 1,900 in need, no more than that; with 700, half."""
    for in_need, taken in ((1000, [400, 200]), (1900, [400, 200]), (700, [200, 100])):
        found = partners.by_partner(two_areas((in_need,)), WORK[:2])
        assert found["organisation"].tolist() == ["Red", "Blue"]
        assert found["spare"].tolist() == [400, 200]
        assert found["could_take"].tolist() == taken


def test_in_words() -> None:
    lines = partners.sentences(partners.unmet(two_areas(), WORK), "s", {"A0": "Dana", "A1": "Salqin"})
    assert lines == [
        "3W, shelter: 400 in need, 500 reached, none unmet.",
        "3W, food: 1,400 in need, 400 reached, 1,000 unmet, most in Dana (600).",
    ]


def test_everything_wrong_with_a_table_is_said_at_once(tmp_path: Path) -> None:
    file = tmp_path / "3w.csv"
    file.write_text(
        "organisation,sector,area_id,reached,capacity\nRed,foood,A0,1,\n,food,A0,1,\nRed,Food,A9,x,\nRed,CCCM,A1,10,5\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError) as refused:
        partners.read(file, ["A0", "A1"])
    said = str(refused.value)
    for part in (
        "row 2: sector is 'foood'", "did you mean 'food'?", "row 3: organisation is blank", "row 4: area_id is 'A9'",
        "row 4: reached is 'x'; expected a number",
        "row 5: capacity is 5; expected as many as are reached, 10, or more",
    ):  # fmt: skip
        assert part in said, part


@pytest.mark.slow
def test_the_command_writes_what_is_unmet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, target = tmp_path / "3w.csv", tmp_path / "needs"
    file.write_text("organisation,sector,area_id,reached\nRed,food security,TY010101,10\n", encoding="utf-8")
    assert cli.main(["needs", str(toys.three_runs()), "--3w", str(file), "--to", str(target)]) == 0
    assert "3W, food: " in capsys.readouterr().out
    assert (target / "unmet.csv").read_text(encoding="utf-8").count("food") > 1
    assert "Red" in (target / "partners.csv").read_text(encoding="utf-8")
