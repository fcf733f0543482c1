"""What a run must keep, and that it stops and says where when it does not: on a state, broken by hand."""

from __future__ import annotations

import re

import numpy as np
import pytest

import worlds
from flightsim.model import invariants
from flightsim.model.invariants import ModelError
from flightsim.model.model import DisplacementModel
from flightsim.model.parts.behaviour import NoFlight
from flightsim.model.state import State
from flightsim.world import OPEN, SITE
from models import FAST, Fives, bombing, corridor, model_of, of, refuge, row, run, send, state_of
from worlds import Spot, make_world


@pytest.fixture
def state() -> State:
    """A hundred people at T, a hundred at C; some of T's are on the road."""
    made = state_of(refuge(100), days=3, behaviour=NoFlight())
    send(made, of(made, "T")[:4], "C")
    made.traffic.advance(0, made.routes)  # in the dark: not there within the hour
    return made


def broken(state: State) -> str:
    with pytest.raises(ModelError) as caught:
        invariants.check_everything(state)
    return str(caught.value)


def test_a_state_that_keeps_all_is_let_pass(state: State) -> None:
    invariants.check_people(state)
    invariants.check_everything(state)


@pytest.mark.parametrize(("persons", "text"), [(-7, "-7.000"), (3, "+3.000")])
def test_people_lost_or_found_are_told_with_the_day_and_the_place(
    state: State, persons: float, text: str
) -> None:
    state.present_persons[row(state, "T")] += persons
    state.now = 24
    with pytest.raises(ModelError) as caught:
        invariants.check_people(state)
    assert str(caught.value) == f"2020-01-02: {text} people against the start; miscounted at T"


def test_people_lost_on_the_way_are_of_no_place(state: State) -> None:
    state.traffic.take_off(np.array([0]))
    with pytest.raises(
        ModelError, match=re.escape("-5.000 people against the start; miscounted at no place")
    ):
        invariants.check_people(state)


def test_rounding_is_no_loss_and_more_than_it_is(state: State) -> None:
    """A millionth of two hundred people."""
    state.present_persons[row(state, "T")] += 1.9e-4
    invariants.check_people(state)
    invariants.check_everything(state)
    state.present_persons[row(state, "T")] += 0.2e-4
    with pytest.raises(ModelError):
        invariants.check_people(state)


def test_people_who_wait_at_a_gate_or_have_passed_it_are_there() -> None:
    state = state_of(worlds.town_world(100), behaviour=NoFlight())
    total = state.everybody()
    state.present_persons[row(state, "C1")] -= 10
    state.gates.waiting_persons[0], state.gates.through_persons[0] = 4, 6
    assert state.everybody() == total
    invariants.check_people(state)


def test_people_counted_at_the_wrong_place_are_told(state: State) -> None:
    state.present_persons[[row(state, "T"), row(state, "C")]] += [5, -5]
    invariants.check_people(state)
    assert broken(state) == "2020-01-01: people miscounted at C, T"


def test_people_who_moved_behind_the_model_s_back_are_miscounted(state: State) -> None:
    state.households.place[of(state, "T")[10]] = row(state, "C")
    assert broken(state) == "2020-01-01: people miscounted at C, T"


def test_more_people_than_room_are_told(state: State) -> None:
    state.shelter.room[row(state, "C"), SITE] = -1e-7
    invariants.check_everything(state)  # rounding
    state.shelter.room[row(state, "C"), SITE] = -0.1
    assert broken(state) == "2020-01-01: more people than room at C"


@pytest.mark.parametrize(("beyond", "told"), [(4.9, False), (5.1, True)])
def test_a_row_of_several_households_may_be_over_by_half_of_itself(beyond: float, told: bool) -> None:
    """A row of two households of five: ten people."""
    state = state_of(refuge(100), behaviour=NoFlight(), population=Fives(scale=0.5))
    state.shelter.room[row(state, "C"), SITE] = -beyond
    if told:
        assert broken(state) == "2020-01-01: more people than room at C"
    else:
        invariants.check_everything(state)


@pytest.mark.parametrize("to", ["C", "T"])
def test_people_on_a_closed_road_are_told_whichever_way_they_go(to: str) -> None:
    """The road is named the same for both of its directions."""
    state = state_of(refuge(100), behaviour=NoFlight())
    home = {"C": "T", "T": "C"}[to]
    send(state, of(state, home)[:2], to)
    state.routes.open_edge[:] = False
    invariants.check_everything(state)  # they have not set out
    state.routes.open_edge[:] = True
    state.traffic.advance(0, state.routes)
    state.routes.open_edge[:] = False
    assert broken(state) == "2020-01-01: people on closed road T-C"


@pytest.mark.parametrize("edge", [0, 1])
def test_more_vehicles_than_fit_are_told(edge: int) -> None:
    """20 km hold 2,660 vehicles either way."""
    state = state_of(refuge(100), behaviour=NoFlight())
    state.traffic.occupancy[edge] = 20 * 133
    invariants.check_everything(state)
    state.traffic.occupancy[edge] += 0.1
    assert broken(state) == "2020-01-01: more vehicles than fit on road T-C"


def test_all_that_is_broken_is_told_at_once(state: State) -> None:
    state.present_persons[[row(state, "T"), row(state, "C")]] += [5, -5]
    state.shelter.room[row(state, "T"), OPEN - 1] = -3
    assert broken(state) == "2020-01-01: people miscounted at C, T; more people than room at T"


@pytest.mark.parametrize(
    ("places", "text"), [(10, "P8, P9"), (11, "P8, P9 and 1 more"), (13, "P8, P9 and 3 more")]
)
def test_no_more_than_ten_places_are_named(places: int, text: str) -> None:
    spots = [Spot(f"P{i}", "Area", 5.0 * i, residents=10) for i in range(places)]
    roads = [(f"P{i}", f"P{i + 1}") for i in range(places - 1)]
    state = state_of(make_world("many", spots, roads), behaviour=NoFlight())
    state.shelter.room[:, SITE] = -1
    named = ", ".join(f"P{i}" for i in range(8))
    assert broken(state) == f"2020-01-01: more people than room at {named}, {text}"


# ------------------------------------------------------------------ in whole runs


@pytest.fixture
def busy() -> DisplacementModel:
    model = model_of(worlds.town_world(300), bombing("M2", range(4), 30), 4, behaviour=FAST)
    return run(model, 1)


def test_lost_people_stop_the_run_and_the_place_is_named(busy: DisplacementModel) -> None:
    busy.present_persons[row(busy, "N3")] -= 7
    with pytest.raises(ModelError, match=r"2020-01-02: -7\.000 people .* N3"):
        busy.step()


def test_people_in_the_wrong_place_stop_the_run_at_the_day_s_end(busy: DisplacementModel) -> None:
    busy.present_persons[[row(busy, "N3"), row(busy, "C1")]] += [5, -5]
    with pytest.raises(ModelError, match="2020-01-02: people miscounted at C1, N3"):
        run(busy)


def test_more_people_than_room_stop_the_run(busy: DisplacementModel) -> None:
    busy.shelter.room[row(busy, "N1"), SITE] = -3
    with pytest.raises(ModelError, match="2020-01-02: more people than room at N1"):
        run(busy)


def test_people_on_a_closed_road_stop_the_run() -> None:
    model = model_of(corridor(), bombing("A", range(3), 30), 3, behaviour=FAST)
    run(model, 1)
    while (
        not len(model.traffic.travellers) or (model.now + 1) % 24 or (model.traffic.travellers.edge < 0).all()
    ):
        model.step()
    model.routes.open_edge[:] = False  # behind the model's back
    with pytest.raises(ModelError, match="people on closed road A-B"):
        model.keep_count()
