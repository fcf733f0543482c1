"""The slow twin: `Household.decide` in plain scalars equals the kernel on arrays, household for household."""

import copy

import numpy as np
import pytest
from hypothesis import given

import worlds
from flightsim.model.agents import Decision, Household
from flightsim.model.households import MEANS, SETTLED
from flightsim.model.model import DisplacementModel
from flightsim.model.parts.behaviour import Flight
from flightsim.model.parts.population import Population
from models import Setting, bombing, examples, model_of, settings_of
from worlds import captured, facility


def settled_rows(model: DisplacementModel) -> np.ndarray:
    return np.flatnonzero(model.households.state == SETTLED)


def asked(model: DisplacementModel) -> dict[int, Decision]:
    """What every settled household says it would do, asked one by one."""
    options = model.options()
    model.options = lambda: options  # type: ignore[method-assign]  # the same for all: nothing moves meanwhile
    decisions = {row: Household(model, row).decide() for row in settled_rows(model).tolist()}
    del model.options  # type: ignore[method-assign]
    return decisions


def sent_off(model: DisplacementModel) -> dict[int, str | None]:
    """Where the kernel sends each settled household, if all set out now; in a copy of the world."""
    there = copy.deepcopy(model)
    rows = settled_rows(there)
    group = there.households.place[rows].astype(np.int64) * len(MEANS) + there.households.means[rows]
    there.readiness.waiting.join(rows, group, np.full(len(rows), -1.0))
    there.depart()
    ids, way = there.world.node_ids, there.traffic.travellers
    goal = dict(zip(way.household.tolist(), way.place.tolist(), strict=True))
    return {row: ids[goal[row]] if row in goal else None for row in rows.tolist()}


def assert_twins(model: DisplacementModel) -> tuple[int, int]:
    """Run to the end, comparing at each step; how many asked want to leave, and how many stay."""
    leave, stay = 0, 0
    while model.now < model.clock.n_steps:
        model.change_of_the_world()
        said = asked(model)
        assert sent_off(model) == {row: decision.destination for row, decision in said.items()}
        model.gather_pressure()
        model.form_intents()
        wants = model.households.wants_since
        assert {row: wants[row] >= 0 for row in said} == {row: d.leave for row, d in said.items()}
        leave += sum(decision.leave for decision in said.values())
        stay += sum(not decision.leave for decision in said.values())
        model.depart()
        model.travel()
        model.pass_gates()
        model.keep_count()
        model.now += 1
    return leave, stay


@pytest.mark.slow
@examples(30)
@given(settings_of(at_most_days=3, persons=40))
def test_every_household_decides_as_the_kernel_does(setting: Setting) -> None:
    assert_twins(setting.model())


@pytest.mark.slow
def test_the_twins_agree_while_the_town_empties() -> None:
    events = [
        *bombing("S1", range(5), 30),
        *bombing("M2", range(1, 5), 20),
        facility("H1", worlds.START, hour=12),
        captured("S1", worlds.START.replace(day=3), hour=6),
    ]
    rule = Flight(shelling_per_hour=0.05, half_strikes=5.0, crowding_per_hour=0.05)
    model = model_of(
        worlds.town_world(60, 100), events, 5, 6, behaviour=rule, population=Population(size_spread=0.2)
    )
    leave, stay = assert_twins(model)
    assert leave > 100  # something happened
    assert stay > 100
