"""The primitive moves that the rules are made of: setting out, settling, and who is cut off."""

from __future__ import annotations

import numpy as np
import pytest

import worlds
from flightsim.model.households import AT_HOME, CAR, FOOT, HIRE
from flightsim.model.parts.behaviour import NoFlight
from flightsim.model.parts.roads import RoadNetwork
from flightsim.model.parts.shelter import UnlimitedShelter
from flightsim.model.state import LOCAL_KMH, State
from flightsim.world import HOST, OPEN, SITE
from models import Fives, house, of, refuge, row, send, state_of
from worlds import Spot, make_world

FOUR_A_TRUCK = RoadNetwork(truck_households=4.0, walk_kmh=5.0, walk_slow_kmh=3.0, load_factor=0.8)


def village(scale: float = 1.0) -> State:
    """Forty people at T; the village V lies 10 km from the gateway G of its area."""
    spots = [
        Spot("G", "North", 0, 20, residents=400),
        Spot("V", "North", 0, 30, residents=200),
        Spot("T", "South", 0, 0, residents=40),
    ]
    world = make_world("village", spots, [("T", "G"), ("G", "V")])
    return state_of(world, behaviour=NoFlight(), roads=FOUR_A_TRUCK, population=Fives(scale=scale))


# ------------------------------------------------------------------ setting out


@pytest.mark.parametrize(("scale", "weight"), [(1.0, 1), (0.5, 2)])
def test_a_household_takes_its_car_a_share_of_a_truck_or_no_vehicle(scale: float, weight: int) -> None:
    state = village(scale)
    who = of(state, "T")[:3]
    state.households.means[who] = [CAR, HIRE, FOOT]
    send(state, who, "V")
    t = state.traffic.travellers
    assert t.vehicles.tolist() == [1.0 * weight, 0.25 * weight, 0.0]
    assert t.persons.tolist() == [5.0 * weight] * 3


def test_with_children_or_elderly_one_walks_slowly() -> None:
    """5 km/h, with children or elderly 3; with a load four fifths of it."""
    state = village()
    who, h = of(state, "T")[:5], state.households
    h.means[who] = [FOOT, FOOT, FOOT, FOOT, CAR]
    h.children[who], h.elderly[who] = [0, 1, 0, 1, 0], [0, 0, 1, 1, 0]
    send(state, who, "V")
    pace = state.traffic.travellers.pace_kmh
    assert pace[:4] == pytest.approx([4.0, 2.4, 2.4, 2.4])
    assert np.isnan(pace[4])


def test_the_last_leg_is_walked_eight_hours_a_day() -> None:
    """10 km on local roads: at 25 km/h in a car; on foot at 2.4 km/h for a third of the time."""
    state = village()
    who = of(state, "T")[:2]
    state.households.means[who] = [CAR, FOOT]
    send(state, who, "V")
    expected = [10 / LOCAL_KMH, 10 / (2.4 / 3)]
    assert state.traffic.travellers.last_leg_hours == pytest.approx(expected, rel=1e-6)


def test_to_the_gateway_there_is_no_last_leg() -> None:
    state = village()
    send(state, of(state, "T")[:2], "G")
    assert state.traffic.travellers.last_leg_hours.tolist() == [0.0, 0.0]


def test_who_sets_out_is_missed_where_they_were() -> None:
    state = village()
    send(state, of(state, "T")[:3], "V")
    t = row(state, "T")
    assert state.present_persons[t] == 40 - 15
    assert state.gone_lately[t] == 15
    assert state.sheltered_persons.sum() == 0
    assert state.households.displaced.sum() == 3


def test_whoever_moves_on_gives_back_the_room() -> None:
    state = state_of(refuge(50, {"site": 100}), behaviour=NoFlight())
    who, c = of(state, "T")[:4], row(state, "C")
    house(state, who, "C")
    housed = state.sheltered_persons[c].copy()
    room = state.shelter.room[c].copy()
    assert housed[SITE] == 20
    send(state, who[:1], "T")
    assert state.sheltered_persons[c, SITE] == housed[SITE] - 5
    assert state.shelter.room[c, SITE] == room[SITE] + 5


def test_those_displaced_before_the_start_were_never_counted_as_sheltered() -> None:
    """IDPs of C live in sites; when they leave for the first time, nobody displaced since the start has left."""
    state = state_of(refuge(50), behaviour=NoFlight())
    send(state, of(state, "C")[:2], "T")
    assert state.sheltered_persons.sum() == 0
    assert state.present_persons[row(state, "C")] == 90


# ------------------------------------------------------------------ settling


def test_residents_come_back_to_their_home_and_idps_to_a_shelter() -> None:
    """What is "home" for those displaced already is where they lived at the start; they own nothing there."""
    state = state_of(refuge(50), behaviour=NoFlight(), shelter=UnlimitedShelter())
    resident, idp = of(state, "T")[:1], of(state, "C")[:1]
    house(state, resident, "C")
    house(state, resident, "T")
    house(state, idp, "C")
    assert state.households.rung[[resident[0], idp[0]]].tolist() == [AT_HOME, HOST]
    assert state.sheltered_persons[row(state, "T")].sum() == 0
    assert state.sheltered_persons[row(state, "C"), HOST] == 5
    assert state.present_persons.tolist() == [100, 50]


def test_who_settles_anew_bears_as_much_as_the_next_draw_says() -> None:
    state = state_of(refuge(50), behaviour=NoFlight())
    who = of(state, "T")
    first = state.pressure.left(who)
    house(state, who, "C")
    assert (state.households.occasion[who] == 1).all()
    assert (state.households.rung[who] == OPEN).all()
    assert (state.pressure.left(who) != first).all()
    np.testing.assert_allclose(state.pressure.left(who), state.thresholds(who))


# ------------------------------------------------------------------ who is cut off


def test_a_place_that_reaches_no_other_area_is_cut_off() -> None:
    """T's only road is cut: nobody can leave it. G and V still have each other, which is no way out for G."""
    world = village().world
    cut = worlds.road_cut("T-G", worlds.START, hour=0)
    state = state_of(world, [cut], behaviour=NoFlight())
    g, v, t = (row(state, name) for name in "GVT")
    assert not state.can_leave[g]
    assert not state.can_leave[t]
    assert state.can_be_reached[[g, v, t]].all()


def test_a_village_is_reached_by_way_of_its_gateway_only() -> None:
    """V has a road to T, and none to the gateway of its area any more: travellers are sent to gateways first."""
    spots = [
        Spot("G", "North", 0, 20, residents=400),
        Spot("V", "North", 0, 30, residents=200),
        Spot("T", "South", 30, 20, residents=40),
    ]
    world = make_world("around", spots, [("G", "V"), ("V", "T")])
    state = state_of(world, [worlds.road_cut("G-V", worlds.START, hour=0)], behaviour=NoFlight())
    assert not state.can_be_reached[row(state, "V")]
    assert state.can_leave[row(state, "V")]


def test_hostile_ground_can_be_neither_left_nor_reached() -> None:
    state = state_of(refuge(50), [worlds.captured("C", worlds.START, hour=0)], behaviour=NoFlight())
    assert not state.can_leave.any()  # nor T, whose only road leads there
    assert not state.can_be_reached[row(state, "C")]
    assert state.hostile_ground.tolist() == [True, False]
