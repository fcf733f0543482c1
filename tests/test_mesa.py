"""Mesa's habits: a model that ends, series that its tools can read, agents that nobody changes from outside."""

from pathlib import Path
from typing import Any

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
    for row in found:
        sim = simulation("toy", seed=row["seed"], **SHORT)
        sim.run_model()
        last = sim.datacollector.get_model_vars_dataframe().iloc[-1]
        assert row["present_persons"] == last["present_persons"] > 0
        assert row["displaced_persons"] == last["displaced_persons"]


def test_mesas_name_for_the_seed() -> None:
    assert simulation("toy", rng=7, **SHORT).seed == simulation("toy", seed=7, **SHORT).seed == 7
    assert simulation("toy", rng=None, seed=7, **SHORT).seed == 7  # as `mesa.batch_run` of 3.5 calls it


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


class TestMesasPage:
    """The page of docs/agents.md, as `solara run` would show it."""

    @pytest.fixture
    def shown(self) -> Any:
        solara = pytest.importorskip("solara", reason="Mesa's page needs the extra explore")
        pytest.importorskip("altair", reason="Mesa's page needs the extra explore")
        text = (Path(__file__).parents[1] / "docs" / "agents.md").read_text(encoding="utf-8")
        (code,) = [
            block for block in text.split("```python\n") if block.startswith("from mesa.visualization")
        ]
        space: dict[str, Any] = {"__name__": "toy_page"}
        exec(code.partition("```")[0], space)
        _, found = solara.render(solara.AppLayout(children=[space["page"]]), handle_error=False)
        yield found
        found.close()

    @pytest.mark.filterwarnings("ignore")  # of Solara's and Mesa's own
    def test_it_steps_draws_and_begins_anew(self, shown: Any) -> None:
        import ipyvuetify
        import ipywidgets

        def click(label: str) -> None:
            shown.find(ipyvuetify.Btn, children=[label]).widget.click()

        def told(words: str) -> bool:
            return bool(shown.find(ipyvuetify.Html, children=[words]))

        def picture() -> bytes:
            return bytes(shown.find(ipywidgets.Image).widget.value)

        empty = picture()
        for _ in range(8):
            click("Step")
        assert told("Step: 8")
        assert picture() != empty
        click("Reset")
        assert told("Step: 0")
        assert not told("Step: 8")
