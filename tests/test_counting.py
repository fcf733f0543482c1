"""How many are where: what a step and a day count, on a state without its schedule; and in whole runs."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import worlds
from flightsim.model import counting
from flightsim.model.households import ABROAD, EN_ROUTE
from flightsim.model.kernels import NO_EDGE
from flightsim.model.parts.behaviour import NoFlight
from flightsim.model.parts.hazard import Bombardment
from flightsim.model.parts.shelter import UnlimitedShelter
from flightsim.model.state import State
from flightsim.world import OPEN, World
from models import (
    FAST,
    FELT_IN_FULL,
    NO_TENTS,
    Fives,
    bombing,
    day,
    house,
    look,
    measure,
    model_of,
    of,
    refuge,
    run,
    send,
    state_of,
)
from worlds import Gate, Spot, make_world

HOURS = {"night": 2, "day": 12}
EVEN_DAY = 13 / 24  # share of the strikes that fall in the 13 dark hours: as many by night as by day
FROST = worlds.night(-3, day(0))
NOON = 12


def counted(state: State, name: str) -> Any:
    """A measure of the first day, by area where it is by area."""
    return state.recorder.values[name][0]


def of_area(state: State, name: str, area: str) -> float:
    return float(counted(state, name)[state.world.areas.area_id.index(area)])


# ------------------------------------------------------------------ a night in the fields


@pytest.fixture
def struck() -> State:
    """A thousand people in one place under strikes, of whom half sleep in the fields."""
    part = NoFlight(nightly_dispersal=True, dispersal_share=0.5, half_strikes=1.0)
    state = state_of(worlds.line_world(), behaviour=part)
    state.hazard.remembered = np.full(len(state.world.places), 1e6)  # far above the half-way point
    state.hazard.strikes_per_hour = np.full(len(state.world.places), 30.0)  # nobody indoors is spared
    return state


def exposed(state: State, hour: int) -> float:
    state.now = hour
    before = state.recorder.values["exposure_person_hours"].sum()
    counting.count_step(state)
    return float(state.recorder.values["exposure_person_hours"].sum() - before)


def test_who_sleeps_in_the_fields_is_away_at_night_only(struck: State) -> None:
    assert exposed(struck, HOURS["day"]) == pytest.approx(1000)
    assert exposed(struck, HOURS["night"]) == pytest.approx(500)


@pytest.mark.parametrize(("first_hour", "dark_hours"), [(0, 6), (6, 0), (12, 1), (18, 6)])
def test_in_a_step_of_several_hours_they_are_away_for_those_that_are_dark(
    first_hour: int, dark_hours: int
) -> None:
    part = NoFlight(nightly_dispersal=True, dispersal_share=0.5, half_strikes=1.0)
    state = state_of(worlds.line_world(), step_hours=6, behaviour=part)
    state.hazard.remembered[:], state.hazard.strikes_per_hour[:] = 1e6, 30.0
    assert exposed(state, first_hour // 6) == pytest.approx(6 * 1000 - dark_hours * 500)


def test_people_in_the_fields_are_half_of_those_under_a_roof(struck: State) -> None:
    np.testing.assert_allclose(counting.dispersed_persons(struck), struck.present_persons / 2)


def test_who_has_no_roof_cannot_leave_it_for_the_fields(struck: State) -> None:
    """A hundred of the thousand sleep in the open anyway: half of the other nine hundred join them."""
    struck.sheltered_persons[0, OPEN] = 100
    assert counting.dispersed_persons(struck)[0] == pytest.approx(450)
    counting.count_day(struck)
    assert counted(struck, "dispersed_person_nights").sum() == pytest.approx(450)


# ------------------------------------------------------------------ a step


def test_exposure_is_the_chance_of_a_strike_where_people_are() -> None:
    state = state_of(refuge(50), behaviour=NoFlight())  # 50 at T, 100 at C
    state.hazard.strikes_per_hour[:] = [2.0, 0.5]
    counting.count_step(state)
    expected = [100 * (1 - math.exp(-2)), 50 * (1 - math.exp(-0.5))]
    assert counted(state, "exposure_person_hours") == pytest.approx(expected)
    assert counted(state, "strikes_hourly") == 2.5


def test_who_is_on_the_road_is_counted_hour_by_hour() -> None:
    state = state_of(refuge(50))
    send(state, of(state, "T")[:3], "C")
    state.now = 1
    counting.count_step(state)
    assert state.recorder.values["en_route_hourly_persons"][:3].tolist() == [0, 15, 0]


# ------------------------------------------------------------------ a day


@pytest.mark.parametrize(("hours", "trapped"), [(24, 0), (25, 10)])
def test_trapped_is_who_has_wanted_to_leave_for_more_than_a_day(hours: int, trapped: float) -> None:
    state = state_of(refuge(50))
    state.want_to_leave(of(state, "T")[:2], np.zeros(2))
    state.now = hours - 1  # at its end they have waited for so many hours
    counting.count_day(state)
    assert state.recorder.values["trapped_persons"][(hours - 1) // 24].tolist() == [0, trapped]


def test_waiting_is_counted_in_hours_whatever_the_step() -> None:
    state = state_of(refuge(50), step_hours=6)
    state.want_to_leave(of(state, "T")[:2], np.zeros(2))
    for step, trapped in ((3, 0), (4, 10)):  # 24 hours, 30 hours
        state.now = step
        counting.count_day(state)
        assert state.recorder.values["trapped_persons"][step // 4].sum() == trapped


def test_rows_that_stand_for_two_households_are_trapped_as_two() -> None:
    state = state_of(refuge(100), population=Fives(scale=0.5))
    state.want_to_leave(of(state, "T")[:2], np.zeros(2))
    state.now = 47
    counting.count_day(state)
    assert state.recorder.values["trapped_persons"][1].tolist() == [0, 20]


@pytest.mark.parametrize(("degrees", "cold"), [(-0.1, 20), (0.0, 0), (3.0, 0)])
def test_a_night_at_zero_is_not_below_zero(degrees: float, cold: float) -> None:
    state = state_of(refuge(50), [worlds.night(degrees, day(0))], shelter=NO_TENTS, behaviour=NoFlight())
    house(state, of(state, "T")[:4], "C")
    counting.count_day(state)
    assert counted(state, "open_below_zero_person_nights").sum() == cold


def test_at_the_end_of_a_day_everybody_is_somewhere() -> None:
    state = state_of(refuge(50), [FROST], shelter=NO_TENTS, behaviour=NoFlight())
    house(state, of(state, "T")[:4], "C")
    send(state, of(state, "T")[4:6], "C")
    counting.count_day(state)
    assert counted(state, "present_persons").tolist() == [120, 20]
    assert counted(state, "sheltered_persons")[0].tolist() == [0, 0, 0, 0, 0, 20]
    assert counted(state, "open_below_zero_person_nights").tolist() == [20, 0]
    assert counted(state, "en_route_persons") == 10
    assert counted(state, "persons_total") == 150
    assert counted(state, "displaced_persons").tolist() == [0, 30]


def test_needs_are_met_as_far_as_aid_for_those_before_goes_round() -> None:
    """Aid was just enough for the hundred IDPs of C; twenty-five more share it, and of half of it."""
    state = state_of(refuge(50), shelter=UnlimitedShelter())
    for share, aid, more in ((1.0, 1.0, 0), (0.8, 1.0, 5), (0.4, 0.5, 0), (1.0, 2.0, 0)):
        house(state, of(state, "T")[:more], "C")
        state.shelter.aid = aid
        counting.count_day(state)
        assert counted(state, "needs_met_share") == pytest.approx(share)


def test_who_went_abroad_or_was_displaced_before_needs_no_more_aid_than_then() -> None:
    state = state_of(refuge(50), shelter=UnlimitedShelter())
    house(state, of(state, "T")[:5], "C")
    state.households.displaced[of(state, "C")] = True  # who moved on is in need as before
    state.households.state[of(state, "T")[:5]] = ABROAD
    counting.count_day(state)
    assert counted(state, "needs_met_share") == 1.0


def test_with_nobody_displaced_all_needs_are_met() -> None:
    state = state_of(worlds.line_world(50))
    counting.count_day(state)
    assert counted(state, "needs_met_share") == 1.0


def test_the_way_to_the_border_is_the_mean_of_those_displaced() -> None:
    """Ten people 5 km from the gate, five people 35 km: a mean of 15. Nobody counts who never moved."""
    spots = [Spot("C", "North", 0, 30), Spot("D", "South", 0, 0), Spot("T", "West", -20, 0, residents=50)]
    gates = [Gate("GATE", "C", 0, 35)]
    world = make_world("border", spots, [("C", "D"), ("D", "T"), ("C", "GATE")], gates)
    state = state_of(world, behaviour=NoFlight())
    counting.count_day(state)
    assert np.isnan(counted(state, "mean_road_km_to_border"))
    who = of(state, "T")
    house(state, who[:2], "C")
    house(state, who[2:3], "D")
    counting.count_day(state)
    assert counted(state, "mean_road_km_to_border") == pytest.approx(15)


def test_without_a_border_there_is_no_way_to_it() -> None:
    state = state_of(refuge(50))
    house(state, of(state, "T")[:4], "C")
    counting.count_day(state)
    assert np.isnan(counted(state, "mean_road_km_to_border"))


# ------------------------------------------------------------------ at a gate of the border


def test_who_waits_before_a_border_gate_spends_the_frosty_night_outdoors() -> None:
    """Forty people queue at the gate beside A: they are in no shelter, and are counted there as out in the frost."""
    spots = [Spot("A", "West", 0, residents=200), Spot("B", "East", 100, residents=200)]
    world = make_world(
        "gate", spots, [("A", "B"), ("A", "GATE")], [Gate("GATE", "A", 5, 0, rule="open", throughput=10)]
    )
    state = state_of(world, [FROST], behaviour=NoFlight())
    look(state, NOON)
    state.gates.waiting_persons[:] = 40
    counting.count_day(state)
    assert counted(state, "at_crossings_persons").tolist() == [40]
    assert of_area(state, "open_below_zero_person_nights", "West") == 40
    assert of_area(state, "open_below_zero_person_nights", "East") == 0


# ------------------------------------------------------------------ at an internal gate


def two_sides() -> World:
    """Two hundred people at A and at B, 100 km apart; 5 km from A the gate INNER, which belongs to its side."""
    spots = [
        Spot("A", "West", 0, residents=200),
        Spot("B", "East", 100, residents=200, control="sna"),
    ]
    gates = [Gate("INNER", "A", 5, 0, kind="internal", rule="open", throughput=10)]
    return make_world("sides", spots, [("A", "INNER"), ("INNER", "B")], gates)


def queueing(home: str, to: str, n: int = 10) -> State:
    """So many households have left home for the other side, and what the gate cannot take queues at its road."""
    state = state_of(two_sides(), [FROST], behaviour=NoFlight())
    look(state, NOON)
    send(state, of(state, home)[:n], to)
    state.traffic.advance(state.now, state.routes)
    return state


@pytest.mark.parametrize(("home", "to", "area"), [("A", "B", "West"), ("B", "A", "East")])
def test_who_waits_for_a_gate_stands_where_he_waits(home: str, to: str, area: str) -> None:
    """Ten people an hour pass, in whole households of five; the others spend the frosty night on their own side."""
    state = queueing(home, to)
    counting.count_day(state)
    queue = state.traffic.travellers.queues_for != NO_EDGE
    waiting = float(state.traffic.travellers.persons[queue].sum())
    assert waiting >= 40
    assert counted(state, "at_crossings_persons").tolist() == [waiting]
    assert of_area(state, "open_below_zero_person_nights", area) == waiting
    assert counted(state, "open_below_zero_person_nights").sum() == waiting
    assert counted(state, "en_route_persons") == 50 - waiting


def test_who_waits_at_the_gate_itself_stands_beside_its_place() -> None:
    state = queueing("B", "A", 2)
    t = state.traffic.travellers
    out_of_gate = int(np.flatnonzero((state.routes.tail == 2) & (state.routes.head == 0))[0])
    t.node[:], t.queues_for[:] = 2, out_of_gate
    counting.count_day(state)
    assert counted(state, "at_crossings_persons").tolist() == [10]
    assert of_area(state, "open_below_zero_person_nights", "West") == 10
    assert of_area(state, "open_below_zero_person_nights", "East") == 0


def test_each_gate_has_a_queue_of_its_own() -> None:
    spots = [Spot("A", "West", 0, residents=200), Spot("B", "East", 10, residents=200, control="sna")]
    inner = {"kind": "internal", "rule": "open", "throughput": 10}
    gates = [Gate("ABROAD", "A", 0, 5), Gate("ONE", "A", 5, 0, **inner), Gate("TWO", "A", 5, 9, **inner)]
    roads = [("A", "ABROAD"), ("A", "ONE"), ("ONE", "B"), ("A", "TWO"), ("TWO", "B")]
    state = state_of(make_world("two gates", spots, roads, gates), behaviour=NoFlight())
    look(state, NOON)
    send(state, of(state, "A")[:10], "B")
    state.traffic.advance(state.now, state.routes)
    counting.count_day(state)
    waiting = counted(state, "at_crossings_persons").tolist()
    assert waiting[0] == waiting[2] == 0
    assert waiting[1] >= 40


def test_who_waits_for_a_gate_is_not_on_the_road() -> None:
    state = queueing("A", "B")
    counting.count_step(state)
    queue = state.traffic.travellers.queues_for != NO_EDGE
    on_the_road = float(state.traffic.travellers.persons[~queue].sum())
    assert state.recorder.values["en_route_hourly_persons"][NOON] == on_the_road
    assert (state.households.state == EN_ROUTE).sum() == len(queue) > queue.sum() > 0


def test_who_waits_at_a_gate_abroad_is_counted_with_those_who_queue_inside() -> None:
    state = queueing("A", "B")
    before = float(state.traffic.travellers.persons[state.traffic.at_gates(state.routes)].sum())
    state.gates.waiting_persons[0], state.gates.through_persons[0] = 7, 3
    counting.count_day(state)
    assert counted(state, "at_crossings_persons").tolist() == [before + 7]
    assert counted(state, "abroad_persons").tolist() == [3]


# ------------------------------------------------------------------ in whole runs


def test_by_night_families_sleep_in_the_fields_and_only_with_the_switch_on() -> None:
    fire = bombing("T", range(4), 30)
    runs = [
        run(
            model_of(
                refuge(),
                fire,
                4,
                hazard=Bombardment(**FELT_IN_FULL),
                behaviour=NoFlight(nightly_dispersal=on, dispersal_share=0.5, half_strikes=2),
            )
        )
        for on in (False, True)
    ]
    indoors, outside = runs
    assert measure(indoors, "dispersed_person_nights").sum() == 0
    assert measure(outside, "dispersed_person_nights")[-1] == pytest.approx(0.5 * 2000, rel=0.01)
    less = 1 - measure(outside, "exposure_person_hours") / measure(indoors, "exposure_person_hours")
    assert (less > 0.1).all()
    assert not outside.households.displaced.any()


def test_exposure_is_persons_by_hours_by_the_chance_of_a_strike() -> None:
    """One strike an hour all day over 2,000 people who stay."""
    hazard = Bombardment(night_share=EVEN_DAY)
    model = run(model_of(refuge(), bombing("T", range(2), 24), 2, behaviour=NoFlight(), hazard=hazard))
    assert measure(model, "exposure_person_hours") == pytest.approx(2000 * 24 * (1 - math.exp(-1)))


def test_frost_counts_those_in_the_open_only() -> None:
    """Three nights below zero from the fifth day on, then a thaw."""
    nights = [worlds.night(-3, day(4)), worlds.night(2, day(7))]
    events = [*bombing("T", [0, 1], 30), *nights]
    model = run(model_of(refuge(room={"host": 300}), events, 9, behaviour=FAST, shelter=NO_TENTS))
    cold = measure(model, "open_below_zero_person_nights")
    in_the_open = model.recorder.values["sheltered_persons"][:, :, OPEN].sum(axis=1)
    assert (cold[:4] == 0).all()
    assert cold[4:7].tolist() == in_the_open[4:7].tolist()
    assert (cold[7:] == 0).all()
    assert cold.sum() > 0
