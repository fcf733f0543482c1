"""Who on the road must choose anew: on a state without its schedule, where everybody's way can be told beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

import worlds
from flightsim.events import Event
from flightsim.model import rerouting
from flightsim.model.households import EN_ROUTE, SETTLED
from flightsim.model.kernels import NO_EDGE
from flightsim.model.parts.behaviour import NoFlight
from flightsim.model.parts.border import Border
from flightsim.model.parts.population import Population
from flightsim.model.parts.shelter import UnlimitedShelter
from flightsim.model.parts.transport import FreeTransport
from flightsim.model.state import State
from flightsim.world import OPEN, World
from models import FAST, bombing, corridor, day, look, model_of, of, row, run, send, state_of
from worlds import Gate, Spot, captured, make_world

NEVER = -1
NOON = 12
LATER = NOON + 1
NODES = {"A": 0, "B": 1, "L": 2, "R": 3, "X": 4}


def junction(room: float = 1000) -> World:
    """A hundred households at A, 80 km from the junction B, where nobody can stay; L is 80 km to one side of it, R to
    the other. X is a gate abroad behind B.
    """
    spots = [
        Spot("A", "South", 0, -80, residents=500),
        Spot("B", "Middle", 0, 0),
        Spot("L", "West", -80, 0, site=room),
        Spot("R", "East", 80, 0, site=room),
    ]
    gates = [Gate("X", "B", 0, 80)]
    return make_world("junction", spots, [("A", "B"), ("B", "L"), ("B", "R"), ("B", "X")], gates)


def on_the_way(
    events: Sequence[Event] = (), hours: int = 1, n: int = 6, to: str = "L", **parts: Any
) -> State:
    """Six households set out from A for L at noon, two hours away from B; so many hours later."""
    given = {"behaviour": NoFlight(abroad=20.0), "border": Border("closed")} | parts
    state = state_of(junction(), events, **given)
    look(state, NOON)
    send(state, of(state, "A")[:n], to)
    for step in range(NOON, NOON + hours):
        state.traffic.advance(step, state.routes)
    look(state, NOON + hours)
    return state


def goals(state: State) -> list[str]:
    """Where those on the road are going."""
    return [state.world.node_ids[place] for place in state.traffic.travellers.place]


def assert_same(after: np.ndarray, before: np.ndarray) -> None:
    """The same travellers, column by column (a pace may be nan)."""
    for name in before.dtype.names or ():
        np.testing.assert_array_equal(after[name], before[name], name)


def falls(place: str, hour: int = LATER) -> Event:
    return captured(place, day(0), hour=hour)


# ------------------------------------------------------------------ thrown off their way


def test_nobody_chooses_anew_while_the_way_and_the_goal_are_there() -> None:
    state = on_the_way([worlds.road_cut("B-R", day(0), hour=LATER)])
    before = state.traffic.travellers.rows.copy()
    rerouting.throw_off(state)
    assert_same(state.traffic.travellers.rows, before)


@pytest.mark.parametrize("event", [falls("L"), worlds.road_cut("B-L", day(0), hour=LATER)])
def test_those_who_have_lost_their_goal_take_another(event: Event) -> None:
    """They are between A and B, and first get to B, where they will be at two in the afternoon as before."""
    state = on_the_way([event])
    rerouting.throw_off(state)
    t = state.traffic.travellers
    assert goals(state) == ["R"] * 6
    assert (t.target == state.world.areas.area_id.index("East")).all()
    assert (t.node == NODES["B"]).all()
    assert t.at_hours == pytest.approx([14.0] * 6)
    assert (t.queues_for == NO_EDGE).all()
    assert state.on_the_road_persons == 30
    assert state.everybody() == 500
    assert (state.households.moves[t.household] == 1).all()  # a detour is no other move


def test_a_goal_that_is_on_the_way_still_is_kept_by_the_others() -> None:
    state = on_the_way([falls("L")], n=4)
    look(state, NOON)
    send(state, of(state, "A")[4:7], "R")
    rows = state.traffic.travellers.rows
    before = rows[rows["place"] == NODES["R"]].copy()
    look(state, LATER)
    rerouting.throw_off(state)
    after = state.traffic.travellers.rows
    kept = after[np.isin(after["household"], before["household"])]
    assert len(kept) == 3
    assert_same(kept, before)
    assert goals(state) == ["R"] * 7


def test_whoever_has_left_the_main_roads_goes_on_though_they_are_cut() -> None:
    state = on_the_way([worlds.road_cut("B-L", day(0), hour=LATER)])
    state.traffic.travellers.on_last_leg[:3] = True
    rerouting.throw_off(state)
    assert goals(state) == ["L"] * 3 + ["R"] * 3


def test_but_not_to_a_place_that_has_fallen() -> None:
    state = on_the_way([falls("L")])
    state.traffic.travellers.on_last_leg[:3] = True
    rerouting.throw_off(state)
    assert goals(state) == ["R"] * 6


def test_those_for_whom_there_is_nothing_left_keep_their_goal() -> None:
    state = on_the_way([falls("L"), falls("R"), worlds.road_cut("A-B", day(0), hour=LATER)])
    rerouting.throw_off(state)
    assert goals(state) == ["L"] * 6
    assert (state.households.state[state.traffic.travellers.household] == EN_ROUTE).all()


def test_those_overrun_are_settled_where_they_are() -> None:
    """A and B fall: whoever is between them comes to B, in the open; nobody is lost."""
    state = on_the_way([falls("A"), falls("B")])
    who = state.traffic.travellers.household
    rerouting.throw_off(state)
    h = state.households
    assert len(state.traffic.travellers) == 0
    assert (h.place[who] == NODES["B"]).all()
    assert (h.state[who] == SETTLED).all()
    assert state.present_persons[NODES["B"]] == 30
    assert state.everybody() == 500


def test_one_may_go_abroad_while_a_gate_is_open_and_not_when_it_is_shut() -> None:
    shut = worlds.border_rule("closed", day(0), "X", LATER)
    parts = {"border": Border(), "behaviour": NoFlight(abroad=20.0)}
    opens = worlds.border_rule("open", day(0), "X", 0)
    for events, expected in (([opens], "X"), ([opens, shut], "L or R")):
        state = on_the_way(events, to="X", **parts)
        rerouting.throw_off(state)
        assert {"X"} == set(goals(state)) if expected == "X" else set(goals(state)) <= {"L", "R"}


def test_whoever_drives_up_to_a_gate_goes_on_when_a_place_falls_elsewhere() -> None:
    """Between B and the gate, which nobody holds, when L falls."""
    parts = {"border": Border("open"), "behaviour": NoFlight(abroad=20.0)}
    state = on_the_way([falls("L", NOON + 3)], hours=3, to="X", **parts)
    t = state.traffic.travellers
    assert (t.node == NODES["X"]).all()
    before = t.rows.copy()
    rerouting.throw_off(state)
    assert_same(state.traffic.travellers.rows, before)


# ------------------------------------------------------------------ tired of queueing


def standing(hours: float, queue: str = "B-L", goal: str = "L", n: int = 6) -> State:
    """Six households that have stood at B for so many hours, in the queue for one of its roads."""
    state = on_the_way(hours=2, n=n, to=goal, shelter=UnlimitedShelter())
    state.now = 40
    t = state.traffic.travellers
    t.node[:], t.edge[:], t.at_hours[:] = NODES["B"], NO_EDGE, 40.0
    t.since_hours[:] = 40.0 - hours
    t.queues_for[:] = state.world.roads.road_id.index(queue)
    return state


def only(state: State, place: str) -> None:
    """From now on there is one place to go to."""
    state.can_be_reached[:] = False
    state.can_be_reached[NODES[place]] = True
    state.forget_news()


@pytest.mark.parametrize(("hours", "goal"), [(24.0, "L"), (24.5, "R")])
def test_who_has_stood_for_more_than_a_day_gives_up_the_goal(hours: float, goal: str) -> None:
    state = standing(hours)
    only(state, "R")
    rerouting.give_up_queueing(state)
    assert goals(state) == [goal] * 6


def test_who_has_moved_within_a_day_goes_on() -> None:
    state = standing(30.0)
    state.traffic.travellers.since_hours[:2] = 20.0
    only(state, "R")
    rerouting.give_up_queueing(state)
    assert goals(state) == ["L"] * 2 + ["R"] * 4


def test_whoever_turns_to_another_road_goes_to_the_end_of_its_queue() -> None:
    state = standing(30.0)
    only(state, "R")
    rerouting.give_up_queueing(state)
    t = state.traffic.travellers
    assert (t.queues_for == NO_EDGE).all()
    assert (t.since_hours == 40.0).all()


def test_whoever_stays_with_the_goal_keeps_the_turn() -> None:
    state = standing(30.0)
    only(state, "L")
    rerouting.give_up_queueing(state)
    t = state.traffic.travellers
    assert goals(state) == ["L"] * 6
    assert (t.queues_for == 1).all()
    assert (t.since_hours == 10.0).all()


def test_another_goal_by_the_same_road_keeps_the_turn_as_well() -> None:
    state = standing(30.0, queue="B-R")
    only(state, "R")
    rerouting.give_up_queueing(state)
    t = state.traffic.travellers
    assert goals(state) == ["R"] * 6
    assert (t.queues_for == 2).all()
    assert (t.since_hours == 10.0).all()


def test_the_same_goal_by_another_road_keeps_the_turn_at_the_old_one() -> None:
    """The shortest way has changed since; were the queue to follow it, it would turn to and fro each morning."""
    state = standing(30.0, queue="B-R", goal="L")
    only(state, "L")
    rerouting.give_up_queueing(state)
    t = state.traffic.travellers
    assert (t.queues_for == 2).all()
    assert (t.since_hours == 10.0).all()


def test_who_queues_for_nothing_has_no_turn_to_keep() -> None:
    state = standing(30.0)
    state.traffic.travellers.queues_for[:] = NO_EDGE
    only(state, "L")
    rerouting.give_up_queueing(state)
    assert (state.traffic.travellers.since_hours == 40.0).all()


def test_one_may_stay_where_one_stands() -> None:
    """At a place that takes people in, whoever is tired of queueing may choose it."""
    state = standing(30.0)
    only(state, "B")
    state.shelter.room[NODES["B"], 0] = 1000
    rerouting.give_up_queueing(state)
    assert goals(state) == ["B"] * 6


def test_with_nobody_tired_nothing_is_chosen() -> None:
    state = standing(1.0)
    before = state.traffic.travellers.rows.copy()
    rerouting.give_up_queueing(state)
    assert_same(state.traffic.travellers.rows, before)


# ------------------------------------------------------------------ in whole runs


def test_between_two_places_that_fall_travellers_are_overrun() -> None:
    """Nobody loses them: they are where the road ended, and do not leave it any more."""
    walkers = Population(car_share=0.0, hire_share=0.0)
    parts: dict[str, Any] = {"behaviour": FAST, "transport": FreeTransport(), "population": walkers}
    fall = [captured("A", day(1)), captured("B", day(1))]
    model = run(model_of(corridor(), [*bombing("A", [0], 100), *fall], 3, **parts))
    under_way = model.recorder.first_departure[of(model, "A")] != NEVER
    there = model.households.place[of(model, "A")] == row(model, "B")
    assert under_way.sum() > 100
    assert (there == under_way).all()
    assert (model.households.state[of(model, "A")] == SETTLED).all()
    assert (model.households.rung[of(model, "A")][there] == OPEN).all()


def test_a_place_that_falls_ahead_sends_travellers_back() -> None:
    walkers = Population(car_share=0.0, hire_share=0.0)
    parts: dict[str, Any] = {"behaviour": FAST, "transport": FreeTransport(), "population": walkers}
    model = run(model_of(corridor(), [*bombing("A", [0], 100), captured("B", day(1))], 3, **parts))
    assert not (model.households.place == row(model, "B")).any()
    assert not (model.households.place[of(model, "A")] == row(model, "S")).any()
