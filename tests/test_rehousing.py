"""Who in the open finds a roof: on a state without its schedule, with rooms for sums done in the head."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import worlds
from flightsim.model import rehousing
from flightsim.model.parts.behaviour import CROWDING, NoFlight
from flightsim.model.parts.shelter import ShelterLadder
from flightsim.model.parts.transport import FreeTransport
from flightsim.model.state import State
from flightsim.world import COLLECTIVE, OPEN, SITE
from models import FAST, NO_TENTS, Fives, bombing, house, look, model_of, refuge, row, run, send, state_of


@pytest.fixture
def state() -> State:
    """Ten households live at T, of whom four have come to C, where there is no room yet; a hundred IDPs live there."""
    made = state_of(refuge(50), behaviour=NoFlight(), shelter=NO_TENTS)
    house(made, rows_of_t(made)[:4], "C")
    return made


def rows_of_t(state: State) -> np.ndarray:
    return np.flatnonzero(state.households.home == row(state, "T"))


def sheltered(state: State) -> list[float]:
    """People displaced since the start by rung, at C."""
    return state.sheltered_persons[row(state, "C")].tolist()


def make_room(state: State, persons: float, rung: int = COLLECTIVE) -> None:
    state.shelter.room[row(state, "C"), rung] = persons


def test_as_many_move_in_as_there_is_room_for(state: State) -> None:
    assert sheltered(state) == [0, 0, 0, 0, 0, 20]
    make_room(state, 12)
    rehousing.ask_again_for_shelter(state)
    assert sheltered(state) == [0, 0, 0, 10, 0, 10]  # two of five fit into 12
    assert state.shelter.room[row(state, "C"), COLLECTIVE] == 2
    there = rows_of_t(state)[:4]
    assert sorted(state.households.rung[there].tolist()) == [COLLECTIVE] * 2 + [OPEN] * 2
    assert state.present_persons[row(state, "C")] == 100 + 20  # nobody came or went
    assert (state.households.moves[there] == 1).all()


def test_without_room_nothing_changes(state: State) -> None:
    before = state.pressure.left(rows_of_t(state))
    rehousing.ask_again_for_shelter(state)
    assert sheltered(state) == [0, 0, 0, 0, 0, 20]
    np.testing.assert_array_equal(state.pressure.left(rows_of_t(state)), before)


def test_nobody_in_the_open_is_nobody_to_house() -> None:
    state = state_of(refuge(50), behaviour=NoFlight())
    make_room(state, 100)
    rehousing.ask_again_for_shelter(state)
    assert sheltered(state) == [0.0] * 6


def test_what_they_have_borne_stays_with_them_and_crowding_weighs_no_longer(state: State) -> None:
    there, c = rows_of_t(state)[:4], row(state, "C")
    state.pressure.met_now[:] = 0.0
    state.pressure.met_now[CROWDING, c, 4:] = 0.01
    state.pressure.gather(state.pressure.met_now.sum(axis=0), 1.0)
    left, met = state.pressure.left(there), state.pressure.met(there)
    assert met[:, CROWDING] == pytest.approx([0.01] * 4)
    make_room(state, 20)
    rehousing.ask_again_for_shelter(state)
    np.testing.assert_allclose(state.pressure.left(there), left)
    np.testing.assert_allclose(state.pressure.met(there), met, atol=1e-6)
    state.pressure.gather(state.pressure.met_now.sum(axis=0), 1000.0)  # on those in the open only
    assert not set(there.tolist()) & set(state.pressure.due()[0].tolist())


def test_who_wants_to_leave_does_not_ask(state: State) -> None:
    there = rows_of_t(state)[:4]
    state.want_to_leave(there[:3], np.zeros(3))
    make_room(state, 20)
    assert rehousing.in_the_open(state).tolist() == there[3:].tolist()
    rehousing.ask_again_for_shelter(state)
    assert sheltered(state) == [0, 0, 0, 5, 0, 15]


def test_who_is_on_the_road_again_does_not_ask(state: State) -> None:
    send(state, rows_of_t(state)[:1], "T")
    assert rehousing.in_the_open(state).tolist() == rows_of_t(state)[1:4].tolist()


def test_nobody_asks_on_hostile_ground() -> None:
    falls = worlds.captured("C", worlds.START, hour=1)
    state = state_of(refuge(50), [falls], behaviour=NoFlight(), shelter=NO_TENTS)
    house(state, rows_of_t(state)[:4], "C")
    assert len(rehousing.in_the_open(state)) == 4
    look(state, 1)
    assert len(rehousing.in_the_open(state)) == 0


def test_rows_that_stand_for_two_households_take_up_the_room_of_two() -> None:
    state = state_of(refuge(100), behaviour=NoFlight(), shelter=NO_TENTS, population=Fives(scale=0.5))
    house(state, rows_of_t(state)[:2], "C")
    make_room(state, 10, SITE)
    rehousing.ask_again_for_shelter(state)
    assert sheltered(state) == [0, 0, 10, 0, 0, 10]
    assert state.shelter.room[row(state, "C"), SITE] == 0


def test_tents_house_those_in_the_open_without_a_move() -> None:
    pitching = ShelterLadder(tents_per_day=20, persons_a_tent=5, makeshift_per_day=0.0)
    rule = replace(FAST, crowding_per_hour=0.0)
    parts: dict[str, Any] = {"behaviour": rule, "shelter": pitching, "transport": FreeTransport()}
    model = run(model_of(refuge(), bombing("T", [0, 1], 30), 12, **parts))
    open_by_day = model.recorder.values["sheltered_persons"][:, :, OPEN].sum(axis=1)
    in_tents = model.recorder.values["sheltered_persons"][:, :, SITE].sum(axis=1)
    assert (np.diff(open_by_day[6:]) <= 0).all()
    assert in_tents[11] > in_tents[6] > 0
    assert np.diff(in_tents)[6:] == pytest.approx(100, abs=8)  # twenty tents a day, within a household
    assert (model.households.moves[model.households.rung == SITE] <= 1).all()
