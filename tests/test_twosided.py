"""The two-sided case: both sides lose people and receive people, within and across, and nobody is lost."""

import numpy as np
import pandas as pd
import pytest

from flightsim.case.reading import read_case
from flightsim.config import compose
from flightsim.model.schedule import Schedule
from flightsim.scenario import from_config

SIDES = {"W": "council", "E": "league"}  # places of either bank begin so


@pytest.fixture(scope="module")
def model() -> Schedule:
    """The whole month, with seed 1."""
    (job,) = compose.jobs(["experiment=twosided", "seed=1"])
    ran = from_config(job.config).model()
    ran.run_model()
    return ran


@pytest.fixture(scope="module")
def households(model: Schedule) -> pd.DataFrame:
    """Who left, with the people each row stands for and the bank it is from and went to."""
    table = model.recorder.tables()["households"]
    left = table[table["n_moves"] > 0].copy()
    left["people"] = left["persons"] * left["weight"]
    left["home"] = left["home_place"].str[0]
    left["went"] = left["first_destination_place"].str[0]
    return left


def test_the_case_is_in_order_and_says_who_is_who() -> None:
    case = read_case("twosided")
    world = case.world
    assert not case.warnings
    assert world.holders.name == ("council", "league")
    assert world.holders.frightens == world.holders.lived_in == world.holders.crossed == (True, True)
    persons = world.places.residents_persons + world.places.idps_persons
    for letter, side in SIDES.items():
        held = world.places.control == world.holders.index(side)
        assert [place_id[0] for place_id in np.array(world.places.place_id)[held]] == [letter] * 6
        assert persons[held].sum() == {"W": 18500, "E": 16800}[letter]


def test_people_flee_both_banks_within_and_across(households: pd.DataFrame) -> None:
    people = households.groupby(["home", "went"])["people"].sum()
    for home in SIDES:
        assert people[home].sum() > 1000
        for went in SIDES:
            assert people[home, went] > 100, f"from {home} to {went}"
        assert people[home].idxmax() == home  # the own bank is nearer


def test_only_the_four_places_near_the_river_lose_many(households: pd.DataFrame) -> None:
    by_place = households.groupby("home_place")["people"].sum()
    assert set(by_place[by_place > 1000].index) == {"W3", "W4", "E3", "E4"}


def test_one_leaves_a_taken_place_and_one_may_arrive_under_the_other_side(model: Schedule) -> None:
    table = model.recorder.tables()["households"]
    taken = {"W4": pd.Timestamp("2021-03-10 15:00"), "E3": pd.Timestamp("2021-03-13 11:00")}
    for place, when in taken.items():
        late = table[(table["home_place"] == place) & (table["first_departure"] > when)]
        assert len(late) > 0, f"nobody leaves {place} once it is taken"


def test_nobody_is_lost(model: Schedule, households: pd.DataFrame) -> None:
    everybody = model.households
    people = everybody.people(np.arange(len(everybody)))
    assert people.sum() == 35300
    displaced = model.recorder.tables()["measures"].query("measure == 'displaced_persons'")
    last = displaced[displaced["time"] == displaced["time"].max()]
    assert last["value"].sum() == households["people"].sum()
    bank = np.array([place_id[0] for place_id in model.world.places.place_id])
    across = {
        (home, now): people[(bank[everybody.home] == home) & (bank[everybody.place] == now)].sum()
        for home in SIDES
        for now in SIDES
    }
    assert across["W", "W"] + across["W", "E"] == 18500
    assert across["E", "E"] + across["E", "W"] == 16800
    assert min(across["W", "E"], across["E", "W"]) > 100
    assert set(households["state_now"]) <= {"settled", "en_route"}  # the border stays closed


def test_the_ground_that_changed_hands_is_two_towns() -> None:
    holders = read_case("twosided").world.holders
    council, league = 0, 1
    before, after = np.array([council, council, league, league]), np.array([council, league, council, league])
    assert holders.taken(before, after).tolist() == [False, True, True, False]
