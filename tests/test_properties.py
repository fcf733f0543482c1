"""What must hold in any world: people are conserved, capacities kept, closed is closed, order means nothing."""

from __future__ import annotations

import copy
import csv
import random
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import worlds
from flightsim.case.reading import read_case
from flightsim.model.households import ABROAD, AT_HOME, SETTLED
from flightsim.model.model import DisplacementModel
from flightsim.model.parts.behaviour import Flight
from flightsim.model.parts.border import Border
from flightsim.model.parts.population import Population
from flightsim.model.parts.shelter import UnlimitedShelter
from flightsim.world import BORDER_RULES, OPEN, RUNGS, SITE, UNFINISHED
from models import NULLS, Setting, bombing, counted_persons, day, examples, model_of, run, settings_of
from worlds import GOVERNMENT, SDF

NO_EDGE = -1
CLOSED, WOMEN, _ = range(len(BORDER_RULES))


# ------------------------------------------------------------------ people, room, roads


@pytest.mark.slow
@examples(200)
@given(settings_of())
def test_what_must_hold_after_every_step(setting: Setting) -> None:
    model = setting.model()
    everybody = model.households.persons.sum() * model.households.weight
    assert everybody == pytest.approx(setting.world.persons, abs=1.01 * model.households.weight)
    lived_on, room = model.households.rung.copy(), model.shelter.room.copy()
    while model.now < model.clock.n_steps:
        abroad = model.gates.through_persons.copy()
        model.step()
        people_are_counted(model, everybody)
        rooms_are_kept(model)
        rooms_are_given_back(model, room, lived_on)
        roads_are_kept(model)
        gates_are_kept(model, abroad)


def people_are_counted(model: DisplacementModel, everybody: float) -> None:
    """Household by household, against what the model keeps count of."""
    h, n_places = model.households, len(model.world.places)
    by_state = counted_persons(model)
    assert sum(by_state.values()) == everybody
    assert by_state["settled"] == pytest.approx(model.present_persons.sum())
    assert by_state["en_route"] == pytest.approx(model.on_the_road_persons)
    assert by_state["at_crossing"] == pytest.approx(model.gates.waiting_persons.sum())
    assert by_state["abroad"] == pytest.approx(model.gates.through_persons.sum())
    settled = h.state == SETTLED
    present = np.bincount(h.place[settled], h.persons[settled] * h.weight, minlength=n_places)
    np.testing.assert_allclose(present, model.present_persons, atol=1e-9)
    away = settled & h.displaced & (h.rung != AT_HOME)
    for rung in range(len(RUNGS)):
        rows = away & (h.rung == rung)
        there = np.bincount(h.place[rows], h.persons[rows] * h.weight, minlength=n_places)
        np.testing.assert_allclose(there, model.sheltered_persons[:, rung], atol=1e-9)


def rooms_are_kept(model: DisplacementModel) -> None:
    """Nobody beyond the room there is, but for the half household that a row of many may overhang by."""
    overhang = (
        0.0 if model.households.weight == 1 else model.households.weight * model.households.persons.max()
    )
    assert (model.shelter.room[:, :OPEN] >= -1e-9 - overhang).all()


def rooms_are_given_back(model: DisplacementModel, room: np.ndarray, lived_on: np.ndarray) -> None:
    """Room left, and room that newcomers fill, are the room at the start and what its first people left behind."""
    h, n_places = model.households, len(model.world.places)
    if h.weight > 1 or isinstance(model.parts.shelter, UnlimitedShelter):
        return  # lumps and overhangs; room without end
    never_taken = np.ones(n_places, bool)
    never_taken[[place for _, place, _ in model.recorder.front]] = False
    for rung in range(OPEN):
        gone = h.displaced & (lived_on == rung)
        freed = np.bincount(h.home[gone], h.persons[gone], minlength=n_places)
        kept = model.shelter.room[:, rung] + model.sheltered_persons[:, rung] - freed
        tents = rung in (SITE, UNFINISHED, UNFINISHED)  # go up while the run lasts
        same = kept >= room[:, rung] - 1e-9 if tents else np.abs(kept - room[:, rung]) < 1e-9
        assert same[never_taken].all(), RUNGS[rung]


def roads_are_kept(model: DisplacementModel) -> None:
    on_road = model.traffic.travellers.edge
    on_road = on_road[on_road != NO_EDGE]
    assert model.routes.open_edge[on_road].all()
    fits = np.maximum(model.routes.storage, model.traffic.travellers.vehicles.max(initial=0))
    assert (model.traffic.occupancy <= fits + 1e-6).all()
    assert (model.traffic.occupancy >= -1e-6).all()
    taken = np.isin(model.hazard.control, (GOVERNMENT, SDF))
    travellers = model.traffic.travellers
    on_the_way = travellers.node[~travellers.on_last_leg]  # the others have left their gateway behind
    assert not taken[on_the_way[on_the_way < len(taken)]].any()  # nobody heads into a place that was lost


def gates_are_kept(model: DisplacementModel, before: np.ndarray) -> None:
    """Nobody through a closed gate; families with men through no gate for women and children."""
    went = model.gates.through_persons - before
    rule = model.gates.rule
    assert (went[rule == CLOSED] == 0).all()
    assert (went[~model.world.crossings.is_border] == 0).all()


# ------------------------------------------------------------------ borders


FLEEING = Flight(shelling_per_hour=0.2, half_strikes=5.0, abroad=8.0)


def at_the_border(policy: str, throughput: float = 1.0) -> DisplacementModel:
    events = [*bombing("M2", range(6), 40), *bombing("N2", range(6), 40)]
    border = Border(policy, throughput=throughput)
    return model_of(worlds.town_world(1500), events, 6, border=border, behaviour=FLEEING)


@pytest.mark.parametrize("policy", ["closed", "women_and_children", "open"])
def test_no_more_pass_than_the_throughput_and_none_but_those_allowed(policy: str) -> None:
    model = at_the_border(policy, 0.2)
    through = []
    while model.now < model.clock.n_steps:
        model.step()
        through.append(model.gates.through_persons.sum())
    by_the_hour = 20.0 * np.arange(
        1, len(through) + 1
    )  # 100 an hour by the case, a fifth of it by the policy
    assert (np.array(through) <= by_the_hour).all()
    men = model.households.adult_men[model.households.state == ABROAD]
    if policy == "closed":
        assert through[-1] == 0
    else:
        assert through[-1] > 100
        assert (men > 0).any() == (policy == "open")


def test_who_queued_at_an_open_gate_is_held_to_the_rule_of_the_day() -> None:
    """Families with men wait before a gate that lets only women and children through from the third day on."""
    world = worlds.town_world(1500)
    events = [*bombing("M2", range(6), 40), *bombing("N2", range(6), 40)]
    events += [worlds.border_rule("open", day(0)), worlds.border_rule("women_and_children", day(3))]
    model = model_of(world, events, 6, border=Border(throughput=0.1), behaviour=FLEEING)
    run(model, 3)
    gone = model.households.state == ABROAD
    assert model.gates.waiting_persons.sum() > 0
    run(model)
    since = (model.households.state == ABROAD) & ~gone
    assert since.sum() > 0
    assert (model.households.adult_men[since] == 0).all()


@pytest.fixture(scope="module")
def closed_on_a_queue() -> tuple[DisplacementModel, float]:
    """A gate that opens, fills and closes on the third day; and how many had passed by then."""
    rules = [worlds.border_rule("open", day(0)), worlds.border_rule("closed", day(3))]
    events = [*bombing("N2", range(6), 40), *rules]
    model = run(
        model_of(worlds.town_world(1500), events, 6, border=Border(throughput=0.1), behaviour=FLEEING), 3
    )
    through = float(model.gates.through_persons.sum())
    assert model.gates.waiting_persons.sum() > 0
    return run(model), through


def test_nobody_passes_a_gate_that_has_closed(closed_on_a_queue: tuple[DisplacementModel, float]) -> None:
    model, through = closed_on_a_queue
    assert model.gates.through_persons.sum() == through


def test_nobody_queues_at_a_gate_that_has_closed(closed_on_a_queue: tuple[DisplacementModel, float]) -> None:
    """They are among the camps in the country, and not lost."""
    model, _ = closed_on_a_queue
    assert model.gates.waiting_persons.sum() == 0


# ------------------------------------------------------------------ order


@pytest.mark.parametrize("luck", [1, 2])
def test_the_order_of_rows_in_a_case_s_files_means_nothing(toy_folder: Path, luck: int) -> None:
    whole = tables(toy_folder)
    for file in sorted(toy_folder.glob("*.csv")):
        with file.open(encoding="utf-8", newline="") as opened:
            head, *rows = list(csv.reader(opened))
        random.Random(luck).shuffle(rows)
        with file.open("w", encoding="utf-8", newline="") as opened:
            csv.writer(opened).writerows([head, *rows])
    shuffled = tables(toy_folder)
    for name, table in whole.items():
        pd.testing.assert_frame_equal(table, shuffled[name], check_exact=True, obj=name)


def tables(folder: Path) -> dict[str, pd.DataFrame]:
    case = read_case(str(folder))
    model = model_of(case.world, case.events, 16, 2, population=Population(scale=0.3))
    return run(model).recorder.tables()


@pytest.mark.slow
@examples(12)
@given(settings_of(at_most_days=3), st.integers(0, 5))
def test_a_copy_made_on_the_way_comes_to_the_same_end(setting: Setting, steps: int) -> None:
    model = setting.model()
    while model.now < min(steps, model.clock.n_steps):
        model.step()
    other = copy.deepcopy(model)
    one, two = run(model).recorder.tables(), run(other).recorder.tables()
    for name, table in one.items():
        pd.testing.assert_frame_equal(table, two[name], check_exact=True, obj=name)


# ------------------------------------------------------------------ nothing happens


@examples(12)
@given(settings_of(at_most_days=2))
def test_with_nothing_but_nulls_nothing_happens(setting: Setting) -> None:
    model = run(model_of(setting.world, setting.events, 2, **NULLS))
    assert not model.households.displaced.any()
    captured = {event.target for event in setting.events if event.type == "captured"}
    assert not model.recorder.front or captured
    measures = model.recorder.tables()["measures"]
    still = (
        "departures_persons",
        "arrivals_persons",
        "displaced_persons",
        "en_route_persons",
        "trapped_persons",
    )
    assert (measures.loc[measures["measure"].isin(still), "value"] == 0).all()
    assert model.recorder.tables()["flows"].empty
    assert model.recorder.tables()["households"].empty


def test_room_without_end_leaves_nobody_in_the_open() -> None:
    model = run(at_the_border("closed"))
    assert model.recorder.values["sheltered_persons"][:, :, OPEN].sum() > 0
    roomy = model_of(
        model.world, bombing("M2", range(6), 40), 6, shelter=UnlimitedShelter(), behaviour=FLEEING
    )
    assert run(roomy).recorder.values["sheltered_persons"][:, :, OPEN].sum() == 0
