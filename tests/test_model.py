"""Situations: what the model does where one can say beforehand what must happen."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

import worlds
from flightsim.model.households import SETTLED
from flightsim.model.parts.behaviour import Flight
from flightsim.model.parts.hazard import Bombardment
from flightsim.model.parts.roads import FreeFlow
from flightsim.model.parts.services import HealthCare
from flightsim.model.parts.shelter import ShelterLadder
from flightsim.model.parts.transport import FreeTransport, Transport
from flightsim.world import CAUSES, COLLECTIVE, OPEN, SITE
from models import ALONE, FAST, FELT_IN_FULL, NO_TENTS, bombing, day, measure, model_of, of, refuge, row, run
from worlds import Spot, captured, event, facility, make_world

NEVER = -1
EVEN_DAY = 13 / 24  # share of the strikes that fall in the 13 dark hours: as many by night as by day


# ------------------------------------------------------------------ leaving


def test_a_hospital_s_closure_drives_out_those_in_need_most() -> None:
    fire = bombing("M2", range(4), 12)
    parts = ALONE | {"services": HealthCare(), "transport": FreeTransport()}
    runs = [
        run(model_of(worlds.town_world(3000), events, 4, **parts))
        for events in (fire, [*fire, facility("H1", day(0), hour=0)])
    ]
    pressure = []  # that the share of those who stayed stands for
    for model in runs:
        stayed = model.households.moves[of(model, "M2")] == 0
        needs = model.households.needs_care[of(model, "M2")]
        pressure.append((-math.log(stayed[needs].mean()), -math.log(stayed[~needs].mean())))
    (in_need, others), (in_need_closed, others_closed) = pressure
    assert 1.5 < in_need_closed / in_need < 2.2  # a factor of 1.8, less what holds people back
    assert 1.1 < others_closed / others < 1.6  # of 1.3


def test_nobody_leaves_a_place_that_was_taken() -> None:
    fall = captured("M2", day(2), hour=6)
    model = run(model_of(worlds.town_world(600), [*bombing("M2", range(5), 30), fall], 5, behaviour=FAST))
    left = model.recorder.first_departure[of(model, "M2")]
    assert (left != NEVER).sum() > 50
    assert left.max() < 2 * 24 + 6
    since = model.households.wants_since
    waits = (since >= 0) & (model.now - since > 24)
    assert measure(model, "trapped_persons")[-1] == model.households.persons[waits].sum()
    assert waits[of(model, "M2")].sum() > 20


def test_one_may_leave_again_a_place_that_was_taken_back() -> None:
    events = [*bombing("M2", range(6), 30), captured("M2", day(1)), captured("M2", day(3), "opposition")]
    model = run(model_of(worlds.town_world(600), events, 6, behaviour=FAST))
    left = model.recorder.first_departure[of(model, "M2")]
    left = left[left != NEVER] // 24
    assert 1 not in left
    assert 2 not in left
    assert (left >= 3).sum() > 100
    assert [(d, holder) for d, _, holder in model.recorder.front] == [(1, 2), (3, 0)]


def test_bombs_pin_people_down_and_a_pause_lets_them_out() -> None:
    lull = worlds.pause(day(2), 9, 6)
    dread = {
        "hazard": Bombardment(night_share=EVEN_DAY, **FELT_IN_FULL),
        "roads": FreeFlow(),
        "behaviour": FAST,
    }
    pinned = {"transport": Transport(night_calm=1.0, night_threat=1.0, pinning_strikes_per_hour=0.5)}
    model = run(model_of(refuge(), [*bombing("T", range(4), 48), lull], 4, **dread, **pinned))
    hourly = model.recorder.values["departures_hourly_persons"]
    under_fire, free = hourly[48:57], hourly[57:63]
    assert (
        model.recorder.first_intent[of(model, "T")] < 48
    ).mean() > 0.98  # by then nearly all want to leave
    assert free[0] > 5 * under_fire.mean()
    assert hourly[63:66].max() < free[:3].min()


def test_where_all_roads_are_cut_those_who_want_to_leave_are_trapped() -> None:
    cut = worlds.road_cut("T", day(1))
    model = run(model_of(refuge(), [*bombing("T", range(4), 30), cut], 4, behaviour=FAST))
    assert model.recorder.first_departure.max() < 24
    stay = model.recorder.values["present_persons"][-1, 1]
    assert stay > 0.9 * model.recorder.values["trapped_persons"][-1].sum() > 1000
    assert (measure(model, "trapped_persons")[1:] > 0).all()


def test_the_means_decide_who_goes_first() -> None:
    model = run(model_of(refuge(), bombing("T", range(3), 10), 3, behaviour=FAST))
    gone = model.households.moves[of(model, "T")] > 0
    means = model.households.means[of(model, "T")]
    car, hire, foot = (gone[means == which].mean() for which in range(3))
    assert car > hire > foot


def test_neighbours_who_leave_press_those_who_stay() -> None:
    """A day of bombs, then quiet: what presses on is the sight of empty houses, and it fades."""
    fire, short = bombing("T", [0], 40), Bombardment(memory_days=0.5)
    runs = []
    for rate in (0.0, 0.0125):
        rule = replace(FAST, shelling_per_hour=0.02, neighbours_per_hour=rate, hold_resident_per_hour=0.0)
        model = model_of(refuge(4000), fire, 8, behaviour=rule, hazard=short, transport=FreeTransport())
        runs.append(run(model))
    left = [(model.recorder.first_departure[of(model, "T")] != NEVER).mean() for model in runs]
    assert left[1] > left[0] + 0.05
    neighbours = CAUSES.index("neighbours")
    assert runs[0].pressure.by_cause[neighbours].max() == 0
    assert runs[1].pressure.by_cause[neighbours].argmax() // 6 == row(model, "T")


def test_where_one_comes_anew_one_bears_as_much_as_another_draw_says() -> None:
    model = run(model_of(refuge(), bombing("T", [0, 1], 30), 4, **ALONE))
    arrived = of(model, "T")[model.households.place[of(model, "T")] == row(model, "C")]
    before = model_of(refuge(), [], 1).thresholds(arrived)
    after = model.thresholds(arrived)
    assert len(arrived) > 30
    assert (before != after).all()
    assert (
        abs(np.corrcoef(np.log(before), np.log(after))[0, 1]) < 4 / np.sqrt(len(arrived)) + 0.2
    )  # own sensitivity


# ------------------------------------------------------------------ on the way


def test_a_village_behind_a_cut_receives_nobody() -> None:
    spots = [
        Spot("G", "North", 0, 20, residents=300),
        Spot("V", "North", 0, 25, residents=200),
        Spot("T", "South", 0, 0, residents=2000),
    ]
    world = make_world("cut off", spots, [("T", "G"), ("G", "V")])
    cut = worlds.road_cut("G-V", day(0), hour=0)
    model = run(model_of(world, [*bombing("T", range(2), 30), cut], 4, **ALONE))
    there = model.households.place[of(model, "T")]
    assert (there == row(model, "G")).sum() > 20
    assert not (there == row(model, "V")).any()


def test_a_cut_is_news_at_once() -> None:
    """V is known at dawn; the road to it is cut at noon, and from then on nobody thinks of it."""
    spots = [Spot("G", "North", 0, 20, residents=300), Spot("V", "North", 0, 25, residents=200)]
    world = make_world(
        "cut off", [*spots, Spot("T", "South", 0, 0, residents=2000)], [("T", "G"), ("G", "V")]
    )
    model = run(model_of(world, [worlds.road_cut("G-V", day(0), hour=12)], 1, **ALONE), days=0.5)
    assert row(model, "V") in model.options().place
    model.step()
    assert row(model, "V") not in model.options().place


def test_everybody_arrives_where_there_is_room_and_peace() -> None:
    model = run(model_of(refuge(room={"host": 5000}), bombing("T", [0, 1], 30), 20, **ALONE))
    moved = (model.households.moves > 0) & (model.households.state == SETTLED)
    assert moved.sum() > 50
    assert (model.households.place[moved] == row(model, "C")).all()
    assert (model.households.moves[moved] == 1).all()


# ------------------------------------------------------------------ what they find


def test_bombed_again_one_moves_on() -> None:
    """The first refuge is struck later: secondary displacement, counted as moves and not as people."""
    spots = [
        Spot("A", "Area-A", 0, residents=1000),
        Spot("B", "Area-B", 30, residents=100),
        Spot("C", "Area-C", 60, residents=100),
    ]
    world = make_world("chain", spots, [("A", "B"), ("B", "C")])
    parts = ALONE | {"behaviour": FAST, "transport": FreeTransport()}
    model = run(model_of(world, [*bombing("A", range(6), 30), *bombing("B", range(3, 6), 30)], 8, **parts))
    moves = model.households.moves[of(model, "A")]
    assert (moves == 2).sum() > 20
    assert (model.households.place[of(model, "A")][moves == 2] == row(model, "C")).all()
    displaced, moved = measure(model, "displaced_persons")[-1], measure(model, "moves_persons")[-1]
    assert displaced == model.households.persons[model.households.displaced].sum()
    assert moved == (model.households.persons * model.households.moves).sum() > displaced


def test_in_the_open_one_moves_on_and_under_a_roof_one_stays() -> None:
    crowded = Flight(shelling_per_hour=0.2, half_strikes=2.0, crowding_per_hour=0.05)
    ends = []
    for room in (0.0, 5000.0):
        spots = [
            Spot("C", "North", 0, 20, residents=500, host=room),
            Spot("D", "West", -20, 0, residents=500, host=room),
            Spot("T", "South", 0, 0, residents=1000),
        ]
        world = make_world("crowded", spots, [("T", "C"), ("T", "D")])
        fire = bombing("T", [0, 1], 30)
        model = run(model_of(world, fire, 8, behaviour=crowded, shelter=ShelterLadder(host_share=1.0)))
        ends.append((model.households.moves[of(model, "T")] > 1).sum())
    assert ends[0] > 20
    assert ends[1] == 0


def test_the_ladder_fills_from_its_best_rungs() -> None:
    room = {"host": 200, "collective": 50, "site": 100}
    fire = bombing("T", range(4), 30)
    model = run(model_of(refuge(room=room), fire, 8, behaviour=FAST, shelter=NO_TENTS))
    found = model.sheltered_persons[row(model, "C")]
    assert found[SITE] >= 95
    assert found[COLLECTIVE] >= 45
    assert found[OPEN] > 500


def test_a_taken_camp_offers_no_room() -> None:
    events = [*bombing("T", range(4), 30), captured("C", day(0), hour=0)]
    model = run(model_of(refuge(room={"site": 5000}), events, 4, behaviour=FAST))
    assert model.shelter.room[row(model, "C"), :OPEN].sum() == 0
    assert not (model.households.place[of(model, "T")] == row(model, "C")).any()


# ------------------------------------------------------------------ what is counted


def test_causes_are_named() -> None:
    events = [*bombing("M2", range(4), 30), captured("S1", day(1)), facility("H2", day(0))]
    rule = Flight(front_per_hour=0.1, care_per_hour=0.02)
    model = run(model_of(worlds.town_world(600), events, 4, behaviour=rule))
    assert {"shelling", "front", "care"} <= set(model.recorder.tables()["households"]["cause"])


def test_an_unknown_event_changes_nothing() -> None:
    """Aid authorised as before, for one: every type the reader lets in is legal."""
    events = [
        event("aid_authorisation", "ALL", 2.0, day(0)),
        event("night_temperature", "North", -2.0, day(0)),
    ]
    model = run(model_of(refuge(), events, 2))
    assert not model.households.displaced.any()


def test_what_each_weighed_is_remembered_and_no_more_than_there_was() -> None:
    """From T there is C alone to go to."""
    model = run(model_of(refuge(room={"host": 5000}), bombing("T", [0, 1], 30), 3, **ALONE))
    moved = of(model, "T")[model.households.moves[of(model, "T")] == 1]
    assert len(moved) > 20
    assert (model.weighed[moved] == [row(model, "C"), -1, -1]).all()


def test_a_place_taken_back_has_its_room_still() -> None:
    """S1 is lost for good, S2 changes from the government to the opposition, and keeps what room it has."""
    spots = [
        Spot("S1", "North", 0, 20, site=500),
        Spot("S2", "North", 0, 30, site=500, control="government"),
        Spot("T", "South", 0, 0, residents=100),
    ]
    world = make_world("back", spots, [("T", "S1"), ("S1", "S2")])
    events = [captured("S1", day(0), hour=6), captured("S2", day(0), "opposition", hour=6)]
    model = run(model_of(world, events, 1, behaviour=FAST, shelter=NO_TENTS))
    assert model.shelter.room[:2, SITE].tolist() == [0, 500]
