"""What is counted in a run, and the tables it becomes; sums done in the head."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd
import pytest

import flightsim
import worlds
from flightsim.clock import Clock
from flightsim.measures import MEASURES
from flightsim.model.households import AT_HOME, Households
from flightsim.model.model import DisplacementModel
from flightsim.model.parts.behaviour import Flight
from flightsim.model.parts.population import Population
from flightsim.model.recorder import Recorder
from flightsim.results.runs import COLUMNS
from flightsim.world import CAUSES, HOST, OPEN, RUNGS, SITE
from models import bombing, model_of, run
from worlds import START

A, B, S = range(3)  # the line's places, each an area of its own


@pytest.fixture
def people() -> Households:
    """Two hundred households of five at A, as the line world has them."""
    return Population(size_spread=0.0, mean_persons=5.0).synthesise(worlds.line_world(), 1)


@pytest.fixture
def recorder(people: Households) -> Recorder:
    """Of ten days in steps of six hours."""
    return Recorder(worlds.line_world(), people, Clock(START, 10, 6))


def rows(*numbers: int) -> np.ndarray:
    return np.array(numbers, np.int64)


def depart(recorder: Recorder, step: int, who: np.ndarray, origin: int, first: bool) -> None:
    n = len(who)
    recorder.departed(step, who, np.full(n, origin), np.full(n, 5.0), np.full(n, first))


def arrive(recorder: Recorder, step: int, who: np.ndarray, place: int, rung: int) -> None:
    n = len(who)
    recorder.arrived(step, who, np.full(n, place), np.full(n, rung), np.full(n, 5.0))


def end(recorder: Recorder, day: int) -> None:
    none = np.zeros(3)
    stocks = {"present_persons": none, "persons_total": 1000.0}
    recorder.end_of_day(
        day, stocks, np.zeros((3, len(RUNGS))), {"waiting": rows(), "abroad": rows()}, np.zeros(4)
    )


# ------------------------------------------------------------------ counting


def test_people_and_movements_are_two_numbers(recorder: Recorder) -> None:
    """Three households leave A, and one of them moves on from B: 15 people, 20 movements."""
    depart(recorder, 0, rows(0, 1, 2), A, first=True)
    end(recorder, 0)
    depart(recorder, 5, rows(1), B, first=False)
    end(recorder, 1)
    by_area = recorder.values
    assert by_area["displaced_persons"][:2].tolist() == [[15, 0, 0], [15, 0, 0]]
    assert by_area["moves_persons"][:2].tolist() == [[15, 0, 0], [15, 5, 0]]
    assert by_area["departures_persons"][:2].tolist() == [[15, 0, 0], [0, 5, 0]]
    assert recorder.values["departures_hourly_persons"][:6].tolist() == [15, 0, 0, 0, 0, 5]


def test_the_displaced_are_counted_where_their_home_was(recorder: Recorder, people: Households) -> None:
    people.home[7] = B  # lived at B, and is at A when it leaves
    depart(recorder, 0, rows(7), A, first=True)
    end(recorder, 0)
    assert recorder.values["displaced_persons"][0].tolist() == [0, 5, 0]
    assert recorder.values["moves_persons"][0].tolist() == [5, 0, 0]


def test_arrivals_by_area_and_rung(recorder: Recorder) -> None:
    depart(recorder, 0, rows(0, 1, 2, 3), A, first=True)
    arrive(recorder, 1, rows(0, 1), S, SITE)
    arrive(recorder, 6, rows(2), S, OPEN)
    arrive(recorder, 7, rows(3), A, AT_HOME)  # turned back home: no arrival at a shelter
    assert (
        recorder.values["arrivals_persons"][0].sum() == recorder.values["arrivals_persons"][0, S, SITE] == 10
    )
    assert (
        recorder.values["arrivals_persons"][1].sum() == recorder.values["arrivals_persons"][1, S, OPEN] == 5
    )


def test_flows_by_week_of_arrival(recorder: Recorder) -> None:
    """Home to first refuge for people, each leg for movements."""
    depart(recorder, 0, rows(0, 1), A, first=True)
    arrive(recorder, 2, rows(0, 1), B, HOST)
    depart(recorder, 29, rows(0), B, first=False)
    arrive(recorder, 30, rows(0), S, SITE)  # the eighth day: in the second week
    flows = recorder.tables()["flows"]
    assert flows.to_dict("records") == [
        {
            "origin_area": "Area-A",
            "destination_area": "Area-B",
            "week": pd.Timestamp("2020-01-01"),
            "persons": 10.0,
            "moves_persons": 10.0,
        },
        {
            "origin_area": "Area-B",
            "destination_area": "Area-S",
            "week": pd.Timestamp("2020-01-08"),
            "persons": 0.0,
            "moves_persons": 5.0,
        },
    ]


def test_only_the_first_intent_and_its_cause_are_kept(recorder: Recorder, people: Households) -> None:
    recorder.wanted(3, rows(0, 1), rows(CAUSES.index("front"), CAUSES.index("shelling")))
    recorder.wanted(9, rows(0), rows(CAUSES.index("crowding")))
    depart(recorder, 5, rows(0), A, first=True)
    people.moves[0] = 1
    table = recorder.tables()["households"].set_index("household")
    mover, waiter = table.loc[people.key[0]], table.loc[people.key[1]]
    assert (mover["cause"], waiter["cause"]) == ("front", "shelling")
    assert mover["first_intent"] == datetime(2020, 1, 1, 18)
    assert mover["first_departure"] == datetime(2020, 1, 2, 6)
    assert pd.isna(waiter["first_departure"])
    assert (mover["n_moves"], waiter["n_moves"]) == (1, 0)
    assert len(table) == 2  # those who neither moved nor meant to are left out


def test_the_front_is_told_place_by_place(recorder: Recorder) -> None:
    recorder.took(2, rows(B), rows(0, 2, 0))
    recorder.took(4, rows(B), rows(0, 0, 0))
    front = recorder.tables()["front"]
    assert front["place_id"].tolist() == ["B", "B"]
    assert front["date"].tolist() == [pd.Timestamp("2020-01-03"), pd.Timestamp("2020-01-05")]
    assert front["holder"].tolist() == ["government", "opposition"]


def test_the_state_is_told_at_the_start_and_where_it_changes(recorder: Recorder) -> None:
    room = np.full((3, len(RUNGS)), np.inf)
    room[:, :OPEN] = 0.0
    room[A, SITE] = 12.0
    for day in range(-1, 10):
        if day == 1:
            room[A, SITE], room[B, SITE] = 5.0, -2.0  # more people than room: none is left
        recorder.stands(day, rows(0, 2 if day >= 4 else 0, 2), np.zeros(0, bool), room)
    told = recorder.tables()["state"].astype({"time": "str"})
    assert [tuple(row) for row in told[["what", "time", "id", "group", "value"]].to_numpy()] == [
        ("held", "2019-12-31", "A", "opposition", 1.0),
        ("held", "2019-12-31", "B", "opposition", 1.0),
        ("held", "2019-12-31", "S", "government", 1.0),
        ("held", "2020-01-05", "B", "government", 1.0),
        ("room_persons", "2019-12-31", "Area-A", "site", 12.0),
        ("room_persons", "2020-01-02", "Area-A", "site", 5.0),
    ]


def test_vehicles_are_of_both_directions(recorder: Recorder) -> None:
    gates = {"waiting": rows(), "abroad": rows()}
    recorder.end_of_day(3, {}, np.zeros((3, len(RUNGS))), gates, np.array([2.0, 0, 5, 0]))
    roads = recorder.tables()["roads"]
    assert roads.to_dict("records") == [
        {"road_id": "A-B", "date": pd.Timestamp("2020-01-04"), "vehicles": 7.0}
    ]


def test_nothing_recorded_is_a_set_of_legal_tables(recorder: Recorder) -> None:
    tables = recorder.tables()
    for name in ("flows", "roads", "front", "households"):
        assert len(tables[name]) == 0
    assert (tables["measures"]["value"].fillna(0) == 0).all()


# ------------------------------------------------------------------ the tables of a run


@pytest.fixture(scope="module")
def ran() -> DisplacementModel:
    events = [*bombing("M2", range(5), 30), worlds.captured("S1", worlds.START), worlds.night(-2, START)]
    rule = Flight(shelling_per_hour=0.2, half_strikes=4.0)
    return run(model_of(worlds.town_world(800, 200), events, 9, 3, behaviour=rule))


@pytest.fixture(scope="module")
def measures(ran: DisplacementModel) -> pd.DataFrame:
    return ran.recorder.tables()["measures"]


def total(measures: pd.DataFrame, name: str) -> pd.Series:
    return measures[measures["measure"] == name].groupby("time")["value"].sum()


def test_every_measure_is_told_and_known(measures: pd.DataFrame) -> None:
    grouped_without_rows = {"at_crossings_persons", "abroad_persons"}  # zeros of groups are left out
    assert set(measures["measure"]) | grouped_without_rows == set(MEASURES)


def test_tables_have_the_columns_that_results_expect(ran: DisplacementModel) -> None:
    for name, table in ran.recorder.tables().items():
        missing = set(COLUMNS[name]) - set(table.columns) - {"unit", "area_name"}  # added when written
        assert not missing, name


def test_times_are_days_or_steps_as_the_measure_says(ran: DisplacementModel, measures: pd.DataFrame) -> None:
    for name, rows_of in measures.groupby("measure"):
        step = pd.Timedelta(hours=3) if MEASURES[str(name)].hourly else pd.Timedelta(days=1)
        times = rows_of["time"].drop_duplicates().sort_values()
        assert ((times - pd.Timestamp(START)) % step == pd.Timedelta(0)).all()
        assert times.min() >= pd.Timestamp(START)
        assert times.max() < pd.Timestamp(START) + pd.Timedelta(days=9)


def test_groups_are_rungs_or_gates_as_the_measure_says(measures: pd.DataFrame) -> None:
    for name, rows_of in measures.groupby("measure"):
        known = {"rung": set(RUNGS), "crossing": {"GATE"}, "exit": {"GATE"}, "": {""}}[
            MEASURES[str(name)].group
        ]
        assert set(rows_of["group"]) <= known, name
        assert (rows_of["area_id"] != "").all() == MEASURES[str(name)].by_area, name


def test_stocks_and_flows_agree(ran: DisplacementModel, measures: pd.DataFrame) -> None:
    departures, moves = total(measures, "departures_persons"), total(measures, "moves_persons")
    assert departures.cumsum().tolist() == moves.tolist()
    hourly = measures[measures["measure"] == "departures_hourly_persons"].set_index("time")["value"]
    assert hourly.resample("D").sum().tolist() == departures.tolist()
    assert moves.iloc[-1] == (ran.households.persons * ran.households.moves).sum() > 500
    displaced = total(measures, "displaced_persons")
    assert displaced.iloc[-1] == ran.households.persons[ran.households.displaced].sum()
    assert displaced.is_monotonic_increasing
    assert (displaced <= moves).all()


def test_flows_add_up_to_arrivals(ran: DisplacementModel, measures: pd.DataFrame) -> None:
    flows = ran.recorder.tables()["flows"]
    arrived = (ran.recorder.first_destination >= 0) & ran.households.displaced
    assert flows["persons"].sum() == ran.households.persons[arrived].sum()
    under_way = ran.on_the_road_persons
    assert flows["moves_persons"].sum() == total(measures, "moves_persons").iloc[-1] - under_way
    assert total(measures, "arrivals_persons").sum() <= flows["moves_persons"].sum()


def test_everybody_is_somewhere_every_day(measures: pd.DataFrame) -> None:
    there = total(measures, "present_persons") + total(measures, "en_route_persons")
    assert (there == total(measures, "persons_total")).all()


def test_movers_are_told_as_they_are(ran: DisplacementModel) -> None:
    table = ran.recorder.tables()["households"].set_index("household")
    h = ran.households
    assert len(table) == ((h.moves > 0) | (ran.recorder.first_intent >= 0)).sum()
    assert table.index.is_unique
    ids = np.array(ran.world.places.place_id)
    for row in np.flatnonzero(h.moves > 0)[:50]:
        told = table.loc[h.key[row]]
        assert told["home_place"] == ids[h.home[row]]
        assert told["place_now"] == (ids[h.place[row]] if told["state_now"] == "settled" else "")
        assert told["persons"] == h.persons[row]
        assert told["n_moves"] == h.moves[row]
        assert told["first_intent"] <= told["first_departure"]
        assert told["cause"] in CAUSES


def test_who_is_on_the_road_is_not_told_at_home() -> None:
    fire = bombing("A", range(2), 30)
    spots = [worlds.Spot("A", "Area-A", 0, residents=2000), worlds.Spot("S", "Area-S", 80, residents=100)]
    world = worlds.make_world("long way", spots, [("A", "S")])
    model = run(model_of(world, fire, 2, behaviour=Flight(shelling_per_hour=0.2, half_strikes=4.0)))
    table = model.recorder.tables()["households"].set_index("household")
    under_way = table.loc[model.households.key[model.traffic.travellers.household]]
    assert len(under_way) > 0
    assert not (under_way["rung_now"] == "home").any()


def test_every_declared_measure_is_recorded_and_no_other() -> None:
    """A run in which everything happens: nothing that is declared stays as it was made."""
    sim = flightsim.simulation(
        "toy", border="open", border__throughput=0.2, behaviour__nightly_dispersal=True, days=31,
        population__scale=0.2, step_hours=3,
    )  # fmt: skip
    sim.run_model()
    untouched = [name for name, values in sim.recorder.values.items() if not np.nan_to_num(values).any()]
    assert not untouched
    with pytest.raises(KeyError):
        sim.recorder.add("people_seen", 0, np.zeros(len(sim.world.places)))
    with pytest.raises(KeyError):
        sim.recorder.end_of_day(0, {"people_seen": 1.0}, sim.sheltered_persons, {}, np.zeros(0))
