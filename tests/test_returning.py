"""Who goes home, and when: on a state without its schedule, day by day; and in whole runs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import worlds
from flightsim.model import returning
from flightsim.model.draws import exponential
from flightsim.model.households import AT_HOME, EN_ROUTE
from flightsim.model.model import DisplacementModel
from flightsim.model.parts.behaviour import Flight
from flightsim.model.parts.hazard import Bombardment
from flightsim.model.parts.shelter import UnlimitedShelter
from flightsim.model.state import State
from models import bombing, day, house, look, measure, model_of, of, refuge, row, run, send, state_of
from worlds import Spot, make_world

QUIET_DAYS = 3


def away(events: Any = (), **behaviour: Any) -> State:
    """Of forty households of T, twenty live with hosts at C, and a ceasefire holds from the first day on."""
    rule = Flight(**({"returns": True, "return_per_day": 0.5, "return_quiet_days": QUIET_DAYS} | behaviour))
    truce = worlds.ceasefire(day(0))
    state = state_of(refuge(200), [truce, *events], 20, 24, behaviour=rule, shelter=UnlimitedShelter())
    house(state, of(state, "T")[:20], "C")
    return state


def morning(state: State, n: int) -> int:
    """How many more are on their way home after the rule was applied on day n."""
    before = int((state.households.state == EN_ROUTE).sum())
    look(state, n)
    returning.go_home(state)
    return int((state.households.state == EN_ROUTE).sum()) - before


def test_they_wait_until_the_ceasefire_has_held_for_the_days_they_ask_for() -> None:
    state = away(return_per_day=1.0)
    assert [morning(state, n) for n in range(QUIET_DAYS)] == [0, 0, 0]
    assert morning(state, QUIET_DAYS) > 5  # on the day after three whole ones


def test_so_many_go_as_the_rate_says_of_draws_of_their_own() -> None:
    """After so many mornings those have gone whose exponential draw the rate has reached."""
    state = away()
    who = of(state, "T")[:20]
    drawn = exponential(state.decision_keys["return"], state.households.key[who])
    for n in range(QUIET_DAYS + 3):
        morning(state, n)
        reached = 0.5 * max(0, n + 1 - QUIET_DAYS)
        assert state.home_pressure == reached
        gone = state.households.state[who] == EN_ROUTE
        assert gone.tolist() == (drawn <= reached).tolist()
    assert 0 < gone.sum() < 20


def test_a_broken_ceasefire_begins_anew() -> None:
    """Broken for the third day, it holds again from the fourth on: three whole days more."""
    state = away([worlds.ceasefire(day(2), holds=False), worlds.ceasefire(day(3))], return_per_day=1.0)
    went = [morning(state, n) > 0 for n in range(8)]
    assert went == [False] * 6 + [True, went[7]]
    assert state.ceasefire_days == 5


def test_nobody_goes_with_the_switch_off() -> None:
    state = away(returns=False, return_per_day=1.0)
    assert [morning(state, n) for n in range(8)] == [0] * 8
    assert state.home_pressure == 0.0


def test_who_goes_home_is_on_the_road_to_it_and_waits_for_nothing_else() -> None:
    state = away(return_per_day=1.0)
    who = of(state, "T")[:20]
    state.want_to_leave(who[:10], np.zeros(10))
    for n in range(QUIET_DAYS + 1):
        morning(state, n)
    t, h = state.traffic.travellers, state.households
    assert set(t.household.tolist()) < set(who.tolist())
    assert (t.place == row(state, "T")).all()
    assert (t.target == state.world.places.area[row(state, "T")]).all()
    assert np.isnan(state.pressure.left(t.household)).all()
    assert np.isnan(state.readiness.waiting.level(t.household)).all()
    assert (h.moves[t.household] == 2).all()
    assert state.everybody() == 300  # 200 of T and 100 at C
    assert state.sheltered_persons.sum() == 5 * (20 - len(t))


def test_only_those_displaced_from_a_home_of_their_own_go() -> None:
    """Not those at home, not those on the road, not those who were displaced before the start."""
    state = away()
    h = state.households
    assert returning.who_can_return(state).tolist() == of(state, "T")[:20].tolist()
    send(state, of(state, "T")[:1], "T")
    assert returning.who_can_return(state).tolist() == of(state, "T")[1:20].tolist()
    h.displaced[of(state, "C")] = True  # IDPs, whose home is not here
    assert h.idp[of(state, "C")].all()
    assert returning.who_can_return(state).tolist() == of(state, "T")[1:20].tolist()


def test_who_is_back_at_home_has_returned() -> None:
    state = away()
    who = of(state, "T")[:2]
    house(state, who, "T")
    assert (state.households.rung[who] == AT_HOME).all()
    assert returning.who_can_return(state).tolist() == of(state, "T")[2:20].tolist()


@pytest.mark.parametrize(("share_of_half_way", "quiet"), [(0.99, True), (1.0, False)])
def test_home_is_quiet_below_half_of_the_fear(share_of_half_way: float, quiet: bool) -> None:
    state = away()
    state.hazard.remembered[row(state, "T")] = share_of_half_way * state.parts.behaviour.half_strikes
    assert (len(returning.who_can_return(state)) > 0) == quiet


def test_bombs_where_they_are_keep_nobody_from_going_home() -> None:
    state = away()
    state.hazard.remembered[row(state, "C")] = 1e3
    assert len(returning.who_can_return(state)) == 20


@pytest.mark.parametrize("falls", ["T", "C"])
def test_nobody_goes_to_hostile_ground_or_from_there(falls: str) -> None:
    state = away([worlds.captured(falls, day(1))])
    look(state, 1)
    assert len(returning.who_can_return(state)) == 0


def test_nobody_goes_where_no_road_leads() -> None:
    state = away([worlds.road_cut("T-C", day(1))])
    look(state, 1)
    assert len(returning.who_can_return(state)) == 0


def test_nobody_goes_between_two_parts_of_the_country_that_no_road_joins() -> None:
    """From either of them there is a way out, but not to the other."""
    spots = [
        Spot("T", "South", 0, 0, residents=200),
        Spot("U", "West", -20, 0, residents=50),
        Spot("C", "North", 0, 20, residents=50),
        Spot("D", "East", 20, 20, residents=50),
    ]
    world = make_world("two parts", spots, [("T", "U"), ("T", "C"), ("C", "D")])
    state = state_of(world, [worlds.road_cut("T-C", day(1))], 20, 24, behaviour=Flight(returns=True))
    house(state, of(state, "T")[:20], "C")
    assert len(returning.who_can_return(state)) == 20
    look(state, 1)
    assert state.can_leave.all()
    assert len(returning.who_can_return(state)) == 0


def test_nobody_sets_out_from_a_place_that_cannot_be_left() -> None:
    """The gateway G has a road to the village next door and to no other area: nobody gets ready there."""
    spots = [
        Spot("G", "North", 0, 20, residents=400),
        Spot("V", "North", 0, 30, residents=200),
        Spot("T", "South", 0, 0, residents=40),
    ]
    world = make_world("village", spots, [("T", "G"), ("G", "V")])
    state = state_of(world, [worlds.road_cut("T-G", day(1))], 20, 24, behaviour=Flight(returns=True))
    house(state, of(state, "V")[:20], "G")
    assert len(returning.who_can_return(state)) == 20
    look(state, 1)
    assert state.can_leave.tolist() == [False, True, False]
    assert len(returning.who_can_return(state)) == 0


def flown_and_quiet(**behaviour: Any) -> DisplacementModel:
    """Two days of bombs, then a ceasefire that holds."""
    rule = Flight(
        shelling_per_hour=0.2, half_strikes=2.0, crowding_per_hour=0.0, front_per_hour=0.0, **behaviour
    )
    events = [*bombing("T", [0, 1], 20), worlds.ceasefire(day(2))]
    parts: dict[str, Any] = {"shelter": UnlimitedShelter(), "hazard": Bombardment(memory_days=1.0)}
    return run(model_of(refuge(), events, 20, behaviour=rule, **parts))


def test_people_go_home_when_a_ceasefire_has_held_and_only_with_the_switch_on() -> None:
    stayed = flown_and_quiet()
    returned = flown_and_quiet(returns=True, return_per_day=0.5, return_quiet_days=7.0)
    away = [model.households.rung[of(model, "T")] != AT_HOME for model in (stayed, returned)]
    assert away[0].sum() > 100
    assert away[1].sum() < 0.1 * away[0].sum()
    at_home = returned.recorder.values["present_persons"][:, 1]
    assert (np.diff(at_home[3:9]) <= 0).all()  # day 2 and seven days more: nobody before the tenth
    assert at_home[-1] > at_home[9]
    assert (np.diff(measure(returned, "displaced_persons")) >= 0).all()  # displaced once is displaced


def test_a_ceasefire_that_is_broken_brings_nobody_home() -> None:
    rule = Flight(
        shelling_per_hour=0.2, half_strikes=2.0, returns=True, return_per_day=1.0, return_quiet_days=5.0
    )
    events = [*bombing("T", [0, 1], 20), worlds.ceasefire(day(2)), worlds.ceasefire(day(5), holds=False)]
    model = run(model_of(refuge(), events, 12, behaviour=rule))
    assert not ((model.households.moves > 1) & (model.households.rung == AT_HOME)).any()
