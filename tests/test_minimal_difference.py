"""Two scenarios share their luck and differ only where a cause differs: exactly when nobody is in another's way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import worlds
from flightsim.events import Event
from flightsim.model.households import ABROAD, AT_CROSSING
from flightsim.model.model import DisplacementModel
from flightsim.model.parts.behaviour import Flight
from flightsim.model.parts.border import Border
from flightsim.model.parts.population import Population
from flightsim.model.parts.transport import FreeTransport
from flightsim.world import World
from models import ALONE, bombing, day, model_of, run, stories
from worlds import Spot, make_world

pytestmark = pytest.mark.slow  # whole runs

NOBODY_BY_SIZE = Population(
    size_spread=0.0, mean_persons=5.0, kin_local_share=1.0
)  # a household is five persons
SOUTH_BOMBED = [*bombing("S1", range(1, 6), 30), *bombing("M2", range(2, 6), 30)]
HEAVILY_BOMBED = [*bombing("S1", range(1, 6), 60), *bombing("M2", range(2, 6), 60)]
SWIFT = Flight(shelling_per_hour=0.1)


def same_tables(one: DisplacementModel, other: DisplacementModel) -> None:
    """To the last bit."""
    theirs = other.recorder.tables()
    for name, table in one.recorder.tables().items():
        pd.testing.assert_frame_equal(table, theirs[name], check_exact=True, obj=name)


def changed(before: DisplacementModel, after: DisplacementModel) -> set[int]:
    """Keys of the households of both runs that lived differently."""
    one, other = stories(before), stories(after)
    both = one.index.intersection(other.index)
    return set(both[(one.loc[both] != other.loc[both]).any(axis=1)].tolist())


def went_to(model: DisplacementModel, place: str, first_days: float = 0.0) -> set[int]:
    """Keys of the households whose journey led or leads to a place, having left home on that day or later."""
    found = stories(model)
    late = found["first_departure"] >= first_days * model.clock.steps_a_day
    there = (found["first_destination"] == place) | (found["goal"] == place) | (found["place"] == place)
    return set(found.index[there & late].tolist())


# ------------------------------------------------------------------ nothing changes


@pytest.fixture(scope="module")
def town_run() -> DisplacementModel:
    return run(model_of(worlds.town_world(400, 300), SOUTH_BOMBED, 8))


NOTHINGS = {
    "a ceasefire nobody waits for": [worlds.ceasefire(day(4))],
    "a pause without bombs to pause": [worlds.pause(day(7), 9, 6, "South")],
    "a road reopened that was open": [worlds.road_reopened("M1-M2", day(2))],
    "a facility reopened that worked": [worlds.facility("H1", day(2), reopened=True)],
    "a gate closed that was closed": [worlds.border_rule("closed", day(3), "GATE")],
    "a place taken by its holder": [worlds.captured("S2", day(3), "government")],
    "a thaw when none sleep in the frost": [worlds.night(5, day(3))],
    "a strike after the end": [worlds.strike("N1", day(8), 100)],
}


@pytest.mark.parametrize("events", NOTHINGS.values(), ids=NOTHINGS)
def test_what_changes_nothing_changes_nothing_to_the_bit(
    town_run: DisplacementModel, events: list[Event]
) -> None:
    assert stories(town_run)["moves"].sum() > 100
    same_tables(town_run, run(model_of(town_run.world, [*SOUTH_BOMBED, *events], 8)))


def test_a_closed_border_is_the_same_by_policy_and_by_rule(town_run: DisplacementModel) -> None:
    same_tables(town_run, run(model_of(town_run.world, SOUTH_BOMBED, 8, border=Border("closed"))))


def test_the_order_of_events_means_nothing(town_run: DisplacementModel) -> None:
    same_tables(town_run, run(model_of(town_run.world, SOUTH_BOMBED[::-1], 8)))


def test_another_seed_is_another_life(town_run: DisplacementModel) -> None:
    other = run(model_of(town_run.world, SOUTH_BOMBED, 8, seed=2))
    assert len(changed(town_run, other)) > 100


@pytest.mark.parametrize("step_hours", [1, 6, 24])
def test_a_later_event_changes_nothing_before_it(step_hours: int) -> None:
    world, begins = worlds.town_world(300, 200), 4
    later = [
        *bombing("N2", [begins], 50),
        worlds.captured("M1", day(begins)),
        worlds.facility("H2", day(begins)),
        worlds.road_cut("N1-N2", day(begins)),
        worlds.border_rule("open", day(begins)),
    ]
    calm = run(model_of(world, SOUTH_BOMBED, 6, step_hours))
    shaken = run(model_of(world, [*SOUTH_BOMBED, *later], 6, step_hours))
    one, other = (m.recorder.tables()["measures"] for m in (calm, shaken))
    until = pd.Timestamp(day(begins))
    before = [table[table["time"] < until].reset_index(drop=True) for table in (one, other)]
    pd.testing.assert_frame_equal(*before, check_exact=True)
    assert len(changed(calm, shaken)) > 0


# ------------------------------------------------------------------ one place less


def fork(**more: float) -> World:
    """An origin between two camps that somebody lives in, each an area of its own."""
    spots = [
        Spot("L", "Area-L", -20, residents=500, site=5000),
        Spot("O", "Area-O", 0, residents=5000, **more),
        Spot("R", "Area-R", 20, residents=500, site=5000),
    ]
    return make_world("fork", spots, [("L", "O"), ("O", "R")])


def test_a_closed_road_moves_only_those_who_would_have_taken_it() -> None:
    events = bombing("O", range(6), 30)
    before = run(model_of(fork(), events, 6, **ALONE))
    after = run(model_of(fork(), [*events, worlds.road_cut("L-O", day(2))], 6, **ALONE))
    meant_for_l = went_to(before, "L", 2)
    assert len(meant_for_l) > 100
    on_the_way = {key for key in went_to(before, "L") - meant_for_l if key in changed(before, after)}
    assert changed(before, after) <= meant_for_l | on_the_way
    assert changed(before, after) - on_the_way == meant_for_l
    turned_back = stories(before).loc[list(on_the_way), "first_departure"]
    assert (turned_back >= 24).all()  # under way when the road was cut: an hour's drive, or 21 hours on foot


def test_a_closed_place_moves_only_those_who_would_have_gone_there() -> None:
    """In the middle of an area, so that the luck with the area stays."""
    spots = [
        Spot("O", "South", 0, residents=5000),
        *(Spot(f"N{i}", "North", 10 * i, 30, residents=500 * i, host=9000) for i in (1, 2, 3)),
    ]
    world = make_world("closing", spots, [("O", "N3"), ("N3", "N2"), ("N2", "N1")])
    events = bombing("O", range(6), 30)
    rule = Flight(neighbours_per_hour=0, front_per_hour=0, safety=0)
    fearless = ALONE | {"behaviour": rule, "transport": FreeTransport()}  # a capture hastens nobody
    before = run(model_of(world, events, 6, **fearless))
    after = run(model_of(world, [*events, worlds.captured("N1", day(0), hour=0)], 6, **fearless))
    assert len(went_to(before, "N1")) > 50
    assert changed(before, after) == went_to(before, "N1")


def test_opening_the_border_moves_only_those_who_go_there() -> None:
    alone = ALONE | {"behaviour": Flight(neighbours_per_hour=0, shelling_per_hour=0.2, abroad=1.0)}
    world = worlds.town_world(1500)
    before = run(model_of(world, SOUTH_BOMBED, 6, **alone))
    after = run(model_of(world, SOUTH_BOMBED, 6, **alone, border=Border("women_and_children")))
    at_the_gate = stories(after)["state"].isin([AT_CROSSING, ABROAD])
    assert changed(before, after) == went_to(after, "GATE") | set(stories(after).index[at_the_gate].tolist())
    assert len(changed(before, after)) > 10


# ------------------------------------------------------------------ one more


def test_one_household_more_and_only_she_is_new() -> None:
    events, alone = bombing("O", range(6), 30), ALONE | {"population": NOBODY_BY_SIZE}
    world = fork()
    places = replace(world.places, residents_persons=world.places.residents_persons + np.array([0, 5, 0]))
    before = run(model_of(world, events, 6, **alone))
    after = run(model_of(replace(world, places=places), events, 6, **alone))
    new = set(stories(after).index) - set(stories(before).index)
    assert len(new) == 1
    assert changed(before, after) == set()
    assert stories(before)["moves"].sum() > 100


def test_one_place_more_moves_only_those_who_go_there() -> None:
    """A new village also has people of its own; nobody else changes."""
    events, alone = bombing("O", range(6), 30), ALONE | {"population": NOBODY_BY_SIZE}
    spots = [
        Spot("A", "Area-A", 10, 20, residents=200, site=5000),  # first by name, so that all rows shift
        Spot("L", "Area-L", -20, residents=500, site=5000),
        Spot("O", "Area-O", 0, residents=5000),
        Spot("R", "Area-R", 20, residents=500, site=5000),
    ]
    wider = make_world("fork", spots, [("A", "O"), ("L", "O"), ("O", "R")])
    before = run(model_of(fork(), events, 6, **alone))
    after = run(model_of(wider, events, 6, **alone))
    new = stories(after).loc[list(set(stories(after).index) - set(stories(before).index))]
    assert set(new["home"]) == {"A"}
    assert changed(before, after) == went_to(after, "A")
    assert len(changed(before, after)) > 50


# ------------------------------------------------------------------ with others in the way


@pytest.fixture(scope="module")
def crowded_run() -> DisplacementModel:
    """Neighbours, shelter and roads that fill."""
    return run(model_of(worlds.town_world(1500, 300), HEAVILY_BOMBED, 6, behaviour=SWIFT))


def test_crowds_carry_a_change_to_others(crowded_run: DisplacementModel) -> None:
    """Measured: one household more touches some three lives in a hundred here, not a third of them."""
    places = crowded_run.world.places
    residents = places.residents_persons + 6 * (np.array(places.place_id) == "S1")
    wider = replace(crowded_run.world, places=replace(places, residents_persons=residents))
    after = run(model_of(wider, HEAVILY_BOMBED, 6, behaviour=SWIFT))
    assert 0 < len(changed(crowded_run, after)) < 0.08 * len(stories(after))


def test_a_closed_road_changes_few_beyond_those_who_used_it(crowded_run: DisplacementModel) -> None:
    closing = worlds.road_cut("N2-C2", day(2))
    after = run(model_of(crowded_run.world, [*HEAVILY_BOMBED, closing], 6, behaviour=SWIFT))
    direct = changed(crowded_run, after) & (went_to(crowded_run, "C1", 1) | went_to(crowded_run, "C2", 1))
    assert len(direct) > 0
    assert len(changed(crowded_run, after) - direct) < 0.02 * len(stories(after))
