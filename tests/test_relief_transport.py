"""Trucks of food, kits and water against the roads that lead into an area; groups of people from stated shares."""

from pathlib import Path

import numpy as np
import pytest

import toys
from flightsim.errors import InputError
from flightsim.needs import quantities, standards, transport
from flightsim.world import World

S = standards.read()


@pytest.fixture(scope="module")
def greenwater() -> World:
    return toys.needs().study.world


def test_trucks_for_a_hundred_thousand_people() -> None:
    """Food 55.26 tonnes; 17,750 households with kits of 45 + 25 kg in 30 days: 41.42 tonnes; 1,500 m3 of water."""
    n = quantities.for_persons(100_000, S)["amount"]
    assert n["food"] == pytest.approx(100_000 * 2100 / 3800 / 1000)
    assert n["relief_cargo"] == pytest.approx(55.263 + 41.417, abs=0.001)
    assert n["road_trucks"] == np.ceil(96.68 / 20 + 1500 / 15)


def test_roads_into_an_area_and_what_a_capture_leaves(greenwater: World) -> None:
    """Of each vehicle an hour one truck a day: a tenth of the vehicles, ten hours. Roads as in roads.csv."""
    places, areas = greenwater.places, greenwater.areas.area_id
    held = np.stack([places.control, places.control])
    held[1, places.place_id.index("T05")] = places.control[places.place_id.index("T01")]
    before, after = transport.into_areas(greenwater, held, S)
    north, middle = areas.index("TY010202"), areas.index("TY010102")
    assert before[north] == pytest.approx(2600 + 500 + 800 + 800)  # from T05, T06, T08 and the gate
    assert after[north] == pytest.approx(500 + 800 + 800)
    assert before[middle] == pytest.approx(2600 + 800 + 500 + 500 + 800 + 200 + 2600 + 500)
    assert after[middle] == pytest.approx(500 + 500 + 200 + 500)


def test_no_relief_comes_by_a_gate_whose_place_is_taken(greenwater: World) -> None:
    places, north = greenwater.places, greenwater.areas.area_id.index("TY010202")
    held = places.control[None].copy()
    held[0, places.place_id.index("T12")] = places.control[places.place_id.index("T01")]
    assert transport.into_areas(greenwater, held, S)[0, north] == pytest.approx(2600 + 500 + 800)


def test_the_gap_is_by_area_and_day() -> None:
    needs = toys.needs()
    gap = needs.gaps[needs.study.first.name]["road_trucks"]
    assert not gap.together
    assert gap.there.shape == needs.study.first.people.present.shape[1:]
    assert gap.known.all()


def test_groups_from_stated_shares() -> None:
    """60 % children, 49 % of them girls; 16 % with disabilities; 25 births a year in 1,000 people."""
    n = quantities.for_persons(100_000, S)["amount"]
    groups = ("girls", "boys", "under_fives", "older_people", "with_disabilities", "pregnant_women")
    assert [n[g] for g in groups] == pytest.approx([29_400, 30_600, 15_000, 5_000, 16_000, 1_875])
    assert n["girls"] + n["boys"] == n["children"]


def test_a_share_above_one_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("disability_share: {value: 16, unit: share of persons}\n", encoding="utf-8")
    with pytest.raises(
        InputError, match=r"disability_share.value is 16; expected a number, more than 0, at most 1"
    ):
        standards.read(file)
