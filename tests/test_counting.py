"""How many are where: what a step and a night count, on a state without its schedule."""

import numpy as np
import pytest

import worlds
from flightsim.clock import Clock
from flightsim.model import counting
from flightsim.model.parts import Parts
from flightsim.model.parts.behaviour import NoFlight
from flightsim.model.state import State

HOURS = {"night": 2, "day": 12}


@pytest.fixture
def state() -> State:
    """A thousand people in one place under strikes, of whom half sleep in the fields."""
    part = NoFlight(nightly_dispersal=True, dispersal_share=0.5, half_strikes=1.0)
    state = State(worlds.line_world(), [], Clock(worlds.START, 1), Parts(behaviour=part))
    state.hazard.remembered = np.full(len(state.world.places), 1e6)  # far above the half-way point
    state.hazard.strikes_per_hour = np.full(len(state.world.places), 30.0)  # nobody indoors is spared
    return state


def exposed(state: State, hour: int) -> float:
    state.now = hour
    before = state.recorder.values["exposure_person_hours"].sum()
    counting.count_step(state)
    return float(state.recorder.values["exposure_person_hours"].sum() - before)


def test_who_sleeps_in_the_fields_is_away_at_night_only(state: State) -> None:
    everybody = state.present_persons.sum()
    assert exposed(state, HOURS["day"]) == pytest.approx(everybody)
    assert exposed(state, HOURS["night"]) == pytest.approx(everybody / 2)


def test_people_in_the_fields_are_half_of_those_under_a_roof(state: State) -> None:
    np.testing.assert_allclose(counting.dispersed_persons(state), state.present_persons / 2)
