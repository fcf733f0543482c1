"""Mesa's view: households are agents in an AgentSet, made when somebody looks, and nobody can spoil the table."""

from __future__ import annotations

import copy
import pickle

import mesa
import numpy as np
import pytest
from mesa.agent import AgentSet
from mesa.datacollection import DataCollector

import worlds
from flightsim.model.agents import Household, HouseholdSet
from flightsim.model.model import DisplacementModel
from flightsim.model.parts.behaviour import Flight
from flightsim.model.parts.hazard import Bombardment
from flightsim.model.parts.transport import FreeTransport
from models import FELT_IN_FULL, bombing, model_of, run

FAST = Flight(shelling_per_hour=0.2, half_strikes=5.0, crowding_per_hour=0.05)


@pytest.fixture(scope="module")
def model() -> DisplacementModel:
    """The town after 46 hours of bombs on M2 and S1, some on the road; not to be stepped."""
    events = [*bombing("M2", range(4), 10), *bombing("S1", range(4), 10)]
    parts = {"behaviour": FAST, "hazard": Bombardment(**FELT_IN_FULL)}
    return run(model_of(worlds.town_world(60, 60), events, 4, **parts), 46 / 24)


@pytest.fixture
def agents(model: DisplacementModel) -> HouseholdSet:
    return model.agents


def fresh() -> DisplacementModel:
    parts = {"behaviour": FAST, "transport": FreeTransport(), "hazard": Bombardment(memory_days=10.0)}
    return model_of(worlds.town_world(30), bombing("M2", range(3), 40), 3, 3, **parts)


# ------------------------------------------------------------------ the set


def test_it_is_mesa(model: DisplacementModel, agents: HouseholdSet) -> None:
    assert isinstance(model, mesa.Model)
    assert isinstance(agents, AgentSet)
    assert all(isinstance(agent, mesa.Agent) for agent in agents)
    assert model.agent_types == [Household]
    assert len(model.agents_by_type[Household]) == len(agents) == len(model.households) > 100


def test_mesa_counts_the_steps() -> None:
    model = fresh()
    model.step()
    model.step()
    assert model.steps == model.now == 2


def test_looking_and_counting(model: DisplacementModel, agents: HouseholdSet) -> None:
    first = agents[0]
    assert first in agents
    assert first in list(agents)
    assert "household" not in agents
    assert Household(fresh(), 0) not in agents
    assert [agent.unique_id for agent in agents[:3]] == [1, 2, 3]
    assert agents[-1].row == len(agents) - 1
    with pytest.raises(IndexError):
        agents[len(agents)]


def test_select(agents: HouseholdSet) -> None:
    large = agents.select(lambda agent: agent.persons > 6)
    assert isinstance(large, HouseholdSet)
    assert 0 < len(large) < len(agents)
    assert all(agent.persons > 6 for agent in large)
    assert len(agents.select(at_most=5)) == 5
    assert len(agents.select(at_most=0.5)) == len(agents) // 2
    assert len(agents.select(agent_type=Household)) == len(agents)
    assert len(agents.select(agent_type=type("Other", (mesa.Agent,), {}))) == 0
    assert large.select(lambda agent: agent in large, inplace=True) is large


def test_get_and_agg_are_the_columns(model: DisplacementModel, agents: HouseholdSet) -> None:
    assert agents.get("persons") == model.households.persons.tolist()
    assert agents.get(["persons", "place"])[0] == [agents[0].persons, agents[0].place]
    assert agents.get("nothing", handle_missing="default", default_value=7)[:2] == [7, 7]
    with pytest.raises(AttributeError, match="nothing"):
        agents.get("nothing")
    assert agents.agg("persons", sum) == model.households.persons.sum() * 1
    assert agents.agg("persons", [min, max]) == [
        model.households.persons.min(),
        model.households.persons.max(),
    ]
    assert agents.agg("status", lambda values: values.count("en_route")) == agents.get("status").count(
        "en_route"
    )


def test_groupby(model: DisplacementModel, agents: HouseholdSet) -> None:
    by_status = agents.groupby("status")
    assert sum(len(group) for _, group in by_status) == len(agents)
    assert {name for name, _ in by_status} <= {"settled", "en_route", "at_crossing", "abroad"}
    assert by_status.count() == {name: len(group) for name, group in by_status}
    persons = agents.groupby(lambda agent: agent.home).agg("persons", sum)
    home = model.world.places.place_id.index("M2")
    assert persons["M2"] == model.households.persons[model.households.home == home].sum()
    as_lists = agents.groupby("shelter", result_type="list")
    assert all(isinstance(group, list) for _, group in as_lists)


def test_do_map_and_shuffle_do(agents: HouseholdSet) -> None:
    few = agents.select(at_most=8)
    seen: list[int] = []
    assert few.do(lambda agent: seen.append(agent.row)) is few
    assert seen == list(range(8))
    assert few.map("pressure_per_hour") == [agent.pressure_per_hour() for agent in few]
    assert few.map(lambda agent, more: agent.row + more, 10) == list(range(10, 18))
    seen.clear()
    few.shuffle_do(lambda agent: seen.append(agent.row))
    assert sorted(seen) == list(range(8))


def test_sort_and_shuffle(agents: HouseholdSet) -> None:
    sizes = [agent.persons for agent in agents.sort("persons")]
    assert sizes == sorted(sizes, reverse=True)
    assert [
        agent.row for agent in agents.sort(lambda agent: agent.row, ascending=True)
    ] == agents.rows.tolist()
    shuffled = agents.shuffle()
    assert shuffled.rows.tolist() != agents.rows.tolist()
    assert sorted(shuffled.rows.tolist()) == agents.rows.tolist()


def test_looking_changes_nothing() -> None:
    """Mesa's generator shuffles; the model never uses it."""
    looked_at, left_alone = fresh(), fresh()
    for _ in range(10):
        looked_at.agents.shuffle_do("decide")
        looked_at.step()
        left_alone.step()
    assert (looked_at.households.place == left_alone.households.place).all()
    assert (looked_at.households.moves == left_alone.households.moves).all()
    assert left_alone.households.moves.sum() > 0


def test_sets_can_be_copied_and_pickled(agents: HouseholdSet) -> None:
    few = agents.select(at_most=3)
    assert copy.copy(few).rows.tolist() == [0, 1, 2]
    assert pickle.loads(pickle.dumps(few)).get("persons") == few.get("persons")


@pytest.mark.parametrize("name", ["add", "discard", "remove"])
def test_households_are_neither_added_nor_taken_away(agents: HouseholdSet, name: str) -> None:
    with pytest.raises(TypeError, match="conserved"):
        getattr(agents, name)(agents[0])


def test_nobody_changes_the_table_from_outside(agents: HouseholdSet) -> None:
    with pytest.raises(TypeError, match="conserved"):
        agents[0].remove()
    with pytest.raises(TypeError, match="persons"):
        agents.set("persons", 99)


# ------------------------------------------------------------------ one household


def test_a_household_speaks_plain_python(agents: HouseholdSet) -> None:
    agent = agents[0]
    kinds = {
        int: ("persons", "children", "women", "elderly", "adult_men", "moves", "unique_id"),
        bool: ("needs_care", "idp", "displaced", "wants_to_leave"),
        float: ("threshold", "sensitivity"),
        str: ("place", "home", "area", "status", "shelter", "transport"),
    }
    for kind, names in kinds.items():
        for name in names:
            assert type(getattr(agent, name)) is kind, name
    assert type(agent.pressure_per_hour()) is float
    assert {type(push) for push in agent.pushes_per_hour().values()} == {float}
    with pytest.raises(AttributeError, match="no happiness"):
        agent.happiness  # noqa: B018


def test_the_same_row_is_the_same_household(model: DisplacementModel, agents: HouseholdSet) -> None:
    one, again, other = agents[4], agents[4], agents[5]
    assert one == again
    assert one != other
    assert len({one, again, other}) == 2
    assert one != Household(fresh(), 4)
    assert repr(one).startswith("Household(5, ")


def test_a_household_knows_where_it_is(model: DisplacementModel, agents: HouseholdSet) -> None:
    places = model.world.places
    for agent in agents[:50]:
        assert places.place_id[model.households.place[agent.row]] == agent.place
        assert model.world.areas.name[places.area[model.households.place[agent.row]]] == agent.area
        assert (agent.shelter == "home") == (model.households.rung[agent.row] == -1)


def test_who_gathers_more_than_the_threshold_wants_to_leave() -> None:
    model = fresh()
    run(model, 1)
    gathered = model.pressure.by_cause.sum(axis=0)
    h = model.households
    for agent in model.agents.select(lambda agent: agent.status == "settled" and agent.moves == 0):
        kind = int(h.kind(np.array([agent.row]))[0])
        met = model.pressure.gathered[h.place[agent.row], kind]
        assert agent.wants_to_leave == (met >= agent.threshold)
        assert met <= gathered[h.place[agent.row], kind] + 1e-12


def test_decide_asks_and_changes_nothing() -> None:
    model = fresh()
    model.change_of_the_world()
    before = [column.copy() for column in vars(model.households).values() if isinstance(column, np.ndarray)]
    one = model.agents[0].decide()
    assert one == model.agents[0].decide()
    after = [column for column in vars(model.households).values() if isinstance(column, np.ndarray)]
    assert all((a == b).all() for a, b in zip(before, after, strict=True))


# ------------------------------------------------------------------ why


def test_explain_one_that_left(model: DisplacementModel, agents: HouseholdSet) -> None:
    left = next(agent for agent in agents if agent.moves > 0 and agent.status == "settled")
    text = left.explain()
    assert text.startswith(f"Household {left.unique_id}: {left.persons} persons")
    for words in (
        "mostly because of shelling",
        "left on",
        "Weighed most",
        "its threshold",
        "would weigh most",
    ):
        assert words in text
    weighed = text.split("Weighed most when it last set out: ")[1].splitlines()[0].split(", ")
    assert set(weighed) <= set(model.world.node_ids)


def test_explain_one_that_stayed(agents: HouseholdSet) -> None:
    stayed = next(agent for agent in agents if agent.moves == 0 and not agent.wants_to_leave)
    text = stayed.explain()
    assert "left on" not in text
    assert f"its threshold: {stayed.threshold:.2f}" in text
    assert "shelter: home" in text or "shelter: site" in text or "shelter: rented" in text


def test_explain_says_when_no_way_leads_anywhere() -> None:
    cut_off = run(model_of(worlds.fork_world(50), [worlds.road_cut("O", worlds.START, hour=0)], 1))
    agent = cut_off.agents[0]
    assert "no way leads anywhere" in agent.explain()
    assert agent.where_to() is None
    assert agent.weigh(None) == []


def test_everybody_can_be_explained(model: DisplacementModel, agents: HouseholdSet) -> None:
    texts = agents.map("explain")
    assert len(set(texts)) == len(agents)
    assert any("Now en route" in text for text in texts)


def test_weigh_lists_places_best_first(agents: HouseholdSet) -> None:
    agent = agents[0]
    weighed = agent.weigh(None)
    values = [value for _, value in weighed]
    assert values == sorted(values, reverse=True)
    assert agent.where_to() == weighed[0][0]
    assert agent.place not in dict(weighed)
    assert "S2" not in dict(weighed)  # held by the government


# ------------------------------------------------------------------ Mesa's collector


def test_mesa_s_data_collector_works() -> None:
    model = fresh()
    collector = DataCollector(
        model_reporters={
            "on the road": "on_the_road_persons",
            "displaced": lambda m: m.agents.select(lambda agent: agent.displaced).agg("persons", sum),
        },
        agent_reporters={
            "place": "place",
            "persons": "persons",
            "far": lambda agent: agent.place != agent.home,
        },
    )
    for _ in range(10):
        model.step()
        collector.collect(model)
    table = collector.get_model_vars_dataframe()
    assert len(table) == 10
    h = model.households
    assert table["displaced"].iloc[-1] == h.persons[h.displaced].sum() > 0
    agents = collector.get_agent_vars_dataframe()
    last = agents.xs(model.steps, level="Step")
    assert last["persons"].sum() == h.persons.sum()
    assert last["far"].tolist() == (h.place != h.home).tolist()
