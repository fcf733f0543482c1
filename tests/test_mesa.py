"""Mesa's habits: a model that ends, series that its tools can read, agents that nobody changes from outside."""

import mesa
import numpy as np
import pytest

from flightsim import simulation
from flightsim.model.model import DisplacementModel

SHORT = {"days": 3, "step_hours": 6, "population__scale": 0.05}


@pytest.fixture(scope="module")
def over() -> DisplacementModel:
    sim = simulation("toy", **SHORT)
    sim.run_model()
    return sim


def test_run_model_ends_after_the_last_day(over: DisplacementModel) -> None:
    assert not over.running
    assert over.now == over.clock.n_steps == 12
    with pytest.raises(IndexError, match="the run is over: its 3 days"):
        over.step()


def test_it_runs_until_the_last_step() -> None:
    sim = simulation("toy", **SHORT)
    for _ in range(11):
        sim.step()
    assert sim.running
    sim.step()
    assert not sim.running


def test_the_datacollector_gives_the_recorders_series(over: DisplacementModel) -> None:
    frame = over.datacollector.get_model_vars_dataframe()
    assert len(frame) == 3
    assert frame["present_persons"].iloc[-1] == pytest.approx(over.present_persons.sum())
    assert frame["persons_total"].to_list() == [over.persons_total] * 3
    by_step = over.datacollector.model_vars
    assert {len(values) for values in by_step.values()} == {12}
    assert np.isnan(by_step["present_persons"][:3]).all()
    assert by_step["displaced_persons"][3] == frame["displaced_persons"].iloc[0]


def test_batch_run() -> None:
    found = mesa.batch_run(simulation, {"case": "toy", "seed": [1, 2], **SHORT}, display_progress=False)
    assert [row["seed"] for row in found] == [1, 2]
    assert all(row["Step"] == 11 for row in found)
    assert all(row["displaced_persons"] >= 0 for row in found)


@pytest.mark.parametrize("one", [1, np.int64(1), np.int32(1)])
def test_at_most_one_is_one(over: DisplacementModel, one: int) -> None:
    assert len(over.agents.select(at_most=one)) == 1


def test_a_share_is_a_share(over: DisplacementModel) -> None:
    assert len(over.agents.select(at_most=0.5)) == len(over.agents) // 2


def test_an_agent_takes_no_attributes(over: DisplacementModel) -> None:
    household = over.agents[0]
    with pytest.raises(AttributeError, match="mood cannot be set on a household"):
        household.mood = 1
    with pytest.raises(AttributeError, match="persons cannot be set"):
        household.persons = 100
