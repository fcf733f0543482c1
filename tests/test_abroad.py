"""Countries abroad with places to arrive at: gates on the way there, camps that fill, and who is counted where."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import synthetic
from flightsim.case.reading import read_case, shipped_cases
from flightsim.errors import InputError
from flightsim.model.households import ABROAD, SETTLED
from flightsim.model.model import DisplacementModel
from flightsim.model.parts.border import Border
from flightsim.model.parts.shelter import ShelterLadder
from flightsim.results import summary
from flightsim.results.abroad import by_country
from flightsim.results.runs import Results
from flightsim.world import HOME, SYRIA, World
from models import FAST, NO_TENTS, bombing, day, model_of, run
from worlds import Gate, Spot, abroad_world, border_rule, event, make_world, strike

A, K1, K2, M = range(4)
EAST, WEST, OUT = range(3)
BOMBED = bombing("A", range(10), 60)
NOT_MAKESHIFT = ShelterLadder(tents_per_day=0.0, makeshift_per_day=0.0)


def fleeing(world: World, *events: object, days: int = 8, **parts: object) -> DisplacementModel:
    """A is bombed each day."""
    rules = {"behaviour": FAST, "shelter": NO_TENTS} | parts
    return model_of(world, [*BOMBED, *events], days=days, step_hours=6, **rules)  # type: ignore[arg-type]


def at(model: DisplacementModel, place: int) -> float:
    return float(model.present_persons[place])


def last(model: DisplacementModel, measure: str) -> np.ndarray:
    """A measure at the end of the last whole day."""
    return np.asarray(model.recorder.values[measure][model.now // model.clock.steps_a_day - 1])


def test_what_lies_where() -> None:
    world = abroad_world()
    tcd, cmr = world.holders.countries
    assert world.country.tolist() == [HOME, tcd, tcd, cmr]
    assert world.on_the_way.tolist() == [True, True, False]
    assert world.ends_the_journey.tolist() == [False, False, True]
    assert world.gates_to[:, tcd].tolist() == [True, False, False]
    assert world.gates_to[:, cmr].tolist() == [False, True, False]


def test_nobody_gets_abroad_while_the_gates_are_closed() -> None:
    model = run(fleeing(abroad_world()))
    assert at(model, A) == 1000
    assert last(model, "abroad_persons").sum() == 0
    assert (model.households.wants_since >= 0).any()


def test_a_gate_that_opens_on_the_fifth_day_is_passed_from_then_on() -> None:
    model = fleeing(abroad_world(), border_rule("open", day(5), "EAST"))
    run(model, days=5)
    assert at(model, A) == 1000
    run(model)
    assert at(model, K1) + at(model, K2) > 500
    assert at(model, M) == 0


def test_a_rule_for_a_country_is_for_all_gates_to_it() -> None:
    model = run(fleeing(abroad_world(), border_rule("open", day(0), "CMR")))
    assert at(model, M) > 900
    assert at(model, K1) + at(model, K2) == 0
    assert model.gates.rule.tolist() == [0, 2, 0]


def test_a_gate_without_a_place_behind_it_ends_the_journey_and_is_counted_by_itself() -> None:
    world = abroad_world()
    tcd = world.holders.index("TCD")
    named = replace(world, crossings=replace(world.crossings, country=np.array([HOME, HOME, tcd])))
    model = run(fleeing(named, border_rule("open", day(0), "TCD")))
    assert model.gates.rule.tolist() == [2, 0, 2]
    gone = model.households.people(np.flatnonzero(model.households.state == ABROAD)).sum()
    east, west, out, chad, cameroon = last(model, "abroad_persons")
    assert (east, west, cameroon) == (0, 0, 0)
    assert out == gone > 0
    assert chad == at(model, K1) + at(model, K2) > 0


def test_who_lives_abroad_is_abroad_and_not_among_the_displaced_of_the_country() -> None:
    model = run(
        fleeing(abroad_world(), border_rule("open", day(0), "EAST"), border_rule("open", day(0), "WEST"))
    )
    together = at(model, K1) + at(model, K2) + at(model, M)
    assert together > 900
    assert last(model, "abroad_persons").tolist() == [0, 0, 0, at(model, K1) + at(model, K2), at(model, M)]
    assert last(model, "sheltered_persons").sum() == 0
    assert last(model, "in_sites_persons").sum() == 0
    assert last(model, "present_persons").sum() + last(model, "en_route_persons") == 1000
    underway = last(model, "en_route_persons") + last(model, "at_crossings_persons").sum()
    assert last(model, "displaced_persons").tolist() == [together + underway, 0, 0, 0]  # all of them from A


def test_a_camp_of_a_hundred_fills_and_the_rest_goes_to_the_next() -> None:
    """From the open people move on, to where there is room; nobody is in the camp beyond its hundred places."""
    moving_on = replace(FAST, crowding_per_hour=0.05, abroad=0.0)
    model = run(
        fleeing(
            abroad_world(),
            border_rule("open", day(0), "EAST"),
            days=10,
            behaviour=moving_on,
            shelter=NOT_MAKESHIFT,
        )
    )
    rung = model.sheltered_persons
    assert 90 < rung[K1, 2] <= 100
    assert rung[K2, 2] > 700
    assert at(model, K1) < 150


def test_women_and_children_alone_pass_a_gate_on_the_way() -> None:
    model = run(fleeing(abroad_world(), border_rule("women_and_children", day(0), "EAST")))
    h = model.households
    passed = np.isin(h.place, (K1, K2)) & (h.state == SETTLED)
    assert passed.any()
    assert not (h.adult_men[passed] > 0).any()
    assert ((h.place == A) & (h.adult_men > 0) & (h.wants_since >= 0)).any()


def test_families_with_men_leave_the_queue_of_a_gate_that_will_not_have_them_any_more() -> None:
    """Three persons an hour: most queue. When the rule changes those with men go round by the other gate."""
    world = abroad_world()
    slow = replace(world, crossings=replace(world.crossings, throughput_persons_h=np.array([3.0, 1e6, 0.0])))
    rules = [
        border_rule("open", day(0), "EAST"),
        border_rule("women_and_children", day(2), "EAST"),
        border_rule("open", day(4), "WEST"),
    ]
    model = fleeing(slow, *rules, days=10)
    run(model, days=2)
    h, t = model.households, model.traffic.travellers
    assert (h.adult_men[t.household[t.edge < 0]] > 0).sum() > 10
    before = np.isin(h.place, (K1, K2)) & (h.state == SETTLED)
    before[t.household[(t.edge >= 0) | (t.node == 4 + EAST)]] = True  # who has been let in goes on
    run(model, days=2)
    since = np.isin(h.place, (K1, K2)) & (h.state == SETTLED) & ~before
    assert since.any()
    assert not (h.adult_men[since] > 0).any()
    run(model)
    assert ((h.place == M) & (h.adult_men > 0)).sum() > 10


def test_a_gate_on_the_way_lets_through_so_many_an_hour() -> None:
    world = abroad_world()
    slow = replace(world, crossings=replace(world.crossings, throughput_persons_h=np.array([4.0, 0.0, 0.0])))
    model = run(fleeing(slow, border_rule("open", day(0), "EAST"), days=6))
    passed = at(model, K1) + at(model, K2)
    assert 300 < passed <= 4 * 24 * 6
    assert last(model, "at_crossings_persons")[EAST] > 100


def test_the_levers_of_the_border_hold_at_gates_on_the_way() -> None:
    model = run(fleeing(abroad_world(), border=Border(policy="open", throughput=0.004), days=6))  # 4 an hour
    assert 0 < at(model, K1) + at(model, K2) <= 4 * 24 * 6
    shut = run(fleeing(abroad_world(), border_rule("open", day(0), "TCD"), border=Border(policy="closed")))
    assert last(shut, "abroad_persons").sum() == 0


def test_nothing_is_felt_across_the_border() -> None:
    model = run(fleeing(abroad_world(), days=4))
    assert model.hazard.remembered[A] > 1
    assert (model.hazard.remembered[[K1, K2, M]] == 0).all()
    struck = run(model_of(abroad_world(), [strike("K1", day(0), 30)], days=1))
    assert struck.hazard.remembered[K1] > 1
    assert struck.hazard.remembered[A] == 0


def test_people_abroad_stay_there_though_the_way_back_is_open() -> None:
    """Crowded out of the camps they go on to others abroad, never to the quiet town at home."""
    spots = [
        Spot("A", "Area-A", 0, residents=1000),
        Spot("B", "Area-B", 10, residents=5000, host=5000),
        Spot("K1", "Area-K1", 40, control="TCD", site=100),
        Spot("K2", "Area-K2", 60, control="TCD", site=100),
    ]
    gates = [Gate("EAST", "A", 20, 0, rule="open", throughput=1000)]
    roads = [("A", "B"), ("A", "EAST"), ("EAST", "K1"), ("K1", "K2")]
    world = make_world("town", spots, roads, gates, holders=abroad_world().holders)
    model = fleeing(
        world,
        days=10,
        behaviour=replace(FAST, crowding_per_hour=0.05, abroad=15.0),
        shelter=NOT_MAKESHIFT,
    )
    run(model, days=4)
    h = model.households
    abroad = (h.state == SETTLED) & (h.place > 1)
    moves = h.moves[abroad].copy()
    assert abroad.any()
    run(model)
    assert (h.moves[abroad] > moves).any()
    assert (h.place[abroad] > 1).all()
    assert np.isfinite(model.routes.hours[2, world.places.area[1]])  # a way home there is, for who returns


def test_nobody_travels_from_home_to_home_through_another_country() -> None:
    """Two gates lead from A and from B to one camp; the straight road between A and B does not exist."""
    spots = [
        Spot("A", "Area-A", 0, residents=500),
        Spot("B", "Area-B", 100, residents=500, host=1000),
        Spot("K", "Area-K", 50, control="TCD", site=1000),
    ]
    gates = [
        Gate("G1", "A", 25, 0, rule="open", throughput=1000),
        Gate("G2", "B", 75, 0, rule="open", throughput=1000),
    ]
    roads = [("A", "G1"), ("G1", "K"), ("K", "G2"), ("G2", "B")]
    world = make_world("round", spots, roads, gates, holders=abroad_world().holders)
    model = run(fleeing(world, days=3))
    assert np.isinf(model.routes.hours[0, 1])
    assert (
        at(model, 1)
        == 500
        - model.households.people(
            np.flatnonzero((model.households.home == 1) & model.households.displaced)
        ).sum()
    )
    assert at(model, 2) > 0


def test_one_household_decides_as_all_do() -> None:
    """The rule in scalars and that in arrays choose alike, at home and abroad, with and without adult men."""
    model = fleeing(
        abroad_world(),
        border_rule("open", day(0), "WEST"),
        border_rule("women_and_children", day(0), "EAST"),
        behaviour=replace(FAST, crowding_per_hour=0.02),
        shelter=NOT_MAKESHIFT,
    )
    for _ in range(12):
        model.step()
        h = model.households
        rows = np.flatnonzero(h.state == SETTLED)[::7]
        options = model.options()
        top = model.choose(options, rows, h.place[rows].astype(np.int64))[:, 0]
        ids = model.world.node_ids
        together = [None if best < 0 else ids[options.place[best]] for best in top.tolist()]
        assert [model.agents[int(row)].where_to() for row in rows] == together


def test_camps_open_and_close_by_date() -> None:
    """K1 takes 100; on day 3 K2, without room until then, opens for 300; on day 5 it takes in nobody more."""
    world = abroad_world()
    room = world.room_persons.copy()
    room[K2, 2] = 0
    events = [
        border_rule("open", day(0), "EAST"),
        event("site_opened", "K2", 300.0, day(3)),
        event("site_closed", "K2", 1.0, day(5)),
    ]
    moving_on = replace(FAST, crowding_per_hour=0.05, abroad=0.0)
    model = fleeing(
        replace(world, room_persons=room), *events, days=8, behaviour=moving_on, shelter=NOT_MAKESHIFT
    )
    run(model, days=3)
    assert model.sheltered_persons[K2, 2] == 0
    run(model, days=2)
    opened = model.sheltered_persons[K2, 2]
    assert 0 < opened <= 300
    run(model)
    assert model.sheltered_persons[K2, 2] <= opened
    assert model.shelter.room[K2, 2] == 0


# ------------------------------------------------------------------ in the tables of a case


def case_with_chad(folder: Path, countries: str = "{TCD: {label: Chad}}", control: str = "TCD") -> Path:
    """The toy case with a town in Chad behind its border gate."""
    case = folder / "case"
    shutil.copytree(shipped_cases()["toy"], case)
    manifest = case / "manifest.yaml"
    manifest.write_text(f"countries: {countries}\n" + manifest.read_text(encoding="utf-8"), encoding="utf-8")
    for file, row in {
        "areas.csv": "TD1,1,Ouaddai,,,invented\nTD11,2,Assoungha,,TD1,invented\nTD111,3,Adre,,TD11,invented",
        "places.csv": f"K1,Adre,,TD111,45.4,-139.97,40000,0,{control},invented,invented",
        "roads.csv": "R99,NORTH,K1,20,primary,60,2,2600,inferred,,invented",
        "sites.csv": "S99,Adre camps,K1,0,5000,1,invented",
    }.items():
        with (case / file).open("a", encoding="utf-8") as out:
            out.write(row + "\n")
    return case


def test_a_case_with_a_town_abroad_is_read(tmp_path: Path) -> None:
    world = read_case(case_with_chad(tmp_path)).world
    assert world.holders.codes == ("TCD",)
    assert world.holders.label[-1] == "Chad"
    assert [world.places.place_id[i] for i in np.flatnonzero(~world.at_home)] == ["K1"]
    assert world.on_the_way.tolist() == [True]


@pytest.mark.parametrize(
    ("countries", "control", "road", "expected"),
    [
        ("many", "TCD", "", "countries is 'many'; expected countries by code, as"),
        ("{TCD: {lable: Chad}}", "TCD", "", "countries, 'TCD', label is missing"),
        ("{sna: {label: Chad}}", "sna", "", "'sna' is a side's name too"),
        ("{TCD: {label: Chad}}", "TDC", "", "control is 'TDC'; expected .*did you mean 'TCD'"),
        (
            "{TCD: {label: Chad}}",
            "TCD",
            "R98,T12,K1,20,primary,60,2,2600,inferred,,invented\n",
            r"roads.csv row \d+: 'T12' in the country of the case is joined to 'K1' in TCD; expected a crossing",
        ),
    ],
)
def test_what_does_not_fit_is_refused(
    tmp_path: Path, countries: str, control: str, road: str, expected: str
) -> None:
    case = case_with_chad(tmp_path, countries, control)
    with (case / "roads.csv").open("a", encoding="utf-8") as out:
        out.write(road)
    with pytest.raises(InputError, match=expected):
        read_case(case)


def test_a_rule_may_name_a_country_and_no_other(tmp_path: Path) -> None:
    case = case_with_chad(tmp_path)
    events = case / "events.csv"
    events.write_text(events.read_text(encoding="utf-8").replace("border_rule,NORTH", "border_rule,TCD", 1))
    assert any(event.target == "TCD" for event in read_case(case).events)
    events.write_text(events.read_text(encoding="utf-8").replace("border_rule,TCD", "border_rule,TDC", 1))
    with pytest.raises(InputError, match=r"expected ALL or a known country or a known crossing_id.*'TCD'"):
        read_case(case)


@pytest.fixture
def named() -> World:
    """As `abroad_world`, its crossing without a place behind it leads to Chad too."""
    world = abroad_world()
    to_chad = np.array([HOME, HOME, world.holders.index("TCD")])
    return replace(world, crossings=replace(world.crossings, country=to_chad))


def test_a_crossing_counts_for_the_country_it_leads_to(named: World) -> None:
    gone = pd.DataFrame(
        [[10.0, 20.0, 300.0, 0.0], [0.0, 0.0, 5.0, 5.0]], columns=["OUT", "WEST", "TCD", "CMR"]
    )
    assert by_country(gone, named).to_dict("list") == {"Chad": [310, 5], "Cameroon": [20, 5]}
    assert list(by_country(gone, abroad_world())) == ["Chad", "Cameroon", "elsewhere"]
    assert by_country(gone, replace(named, holders=SYRIA)).empty


def test_a_run_says_in_which_countries_people_are(named: World) -> None:
    days = pd.date_range("2020-01-01", periods=2)
    groups = {"OUT": 1000.0, "TCD": 8000.0, "CMR": 3000.0}
    rows = [
        {"time": days[1], "area_id": "", "measure": "abroad_persons", "group": group, "value": persons}
        for group, persons in groups.items()
    ]
    calendar = [
        {"time": day, "area_id": "", "measure": "persons_total", "group": "", "value": 20_000.0}
        for day in days
    ]
    config = {"name": "abroad", "start": "2020-01-01", "days": 2}
    tables = {name: table.iloc[:0] for name, table in synthetic.tables(synthetic.world()).items()}
    tables["measures"] = pd.DataFrame([*calendar, *rows])
    run = Results.in_memory(tables, config, {"seed": 1}, {})
    assert summary.lines(run, named)[8].endswith("abroad: 12,000 people (Chad 9,000, Cameroon 3,000).")
    assert summary.lines(run, replace(named, holders=SYRIA))[8].endswith("abroad: 12,000 people.")
