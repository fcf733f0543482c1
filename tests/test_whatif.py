"""The course of events otherwise: each change does what it says, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import worlds
from flightsim.clock import Clock
from flightsim.errors import InputError
from flightsim.events import STRIKES, WARLIKE, Event, by_type
from flightsim.model.parts.population import Population
from flightsim.whatif.changes import WhatIf
from flightsim.world import World
from models import bombing, day, model_of, run
from worlds import START, Spot, make_world

CLOCK = Clock(START, 30)
GOES_ON = {"violence": "goes_on", "known_until": "2020-01-15"}


def changed(
    events: list[Event], world: World | None = None, seed: int = 1, clock: Clock = CLOCK, **course: Any
) -> list[Event]:
    return WhatIf(**course).apply(events, worlds.town_world() if world is None else world, clock, seed)


def complaints(**course: Any) -> list[str]:
    with pytest.raises(InputError) as caught:
        WhatIf(**course)
    return caught.value.complaints


def campaign() -> list[Event]:
    """Two weeks of the town's war: bombs on the south, its places taken, a hospital closed."""
    return [
        *bombing("S1", range(14), 10),
        *bombing("M2", range(7, 14), 20),
        worlds.captured("S3", day(9)),
        worlds.captured("S1", day(12)),
        worlds.facility("H1", day(10)),
        worlds.road_cut("M1-N1", day(11)),
        worlds.ceasefire(day(20)),
        worlds.ceasefire(day(22), holds=False),
        worlds.strike("M2", day(23), 5),
        worlds.night(-1.5, day(3)),
        worlds.event("aid_authorisation", "ALL", 2.0, day(9)),
    ]


# ------------------------------------------------------------------ nothing changed


def test_as_it_happened_is_the_very_same_list() -> None:
    events = campaign()
    assert WhatIf().apply(events, worlds.town_world(), CLOCK, 1) is events
    assert WhatIf().words() == "Events: as they happened."


def test_only_what_is_known_in_the_ways_asked_for_is_kept() -> None:
    events = [replace(event, status="assumed") if i % 2 else event for i, event in enumerate(campaign())]
    assert changed(events, keep=["reported"]) == events[::2]


# ------------------------------------------------------------------ hospitals


def test_no_hospital_closes() -> None:
    events = campaign()
    assert changed(events, hospitals="none_closed") == [e for e in events if e.type != "facility_closed"]


def test_a_hospital_whose_place_is_taken_is_out_of_reach_from_then_on() -> None:
    events = [worlds.facility("H1", day(3), hour=5), worlds.captured("M2", day(8))]
    closed = by_type(changed(events, hospitals="none_closed"), "facility_closed")
    assert [(event.target, event.date, event.hour) for event in closed] == [("H1", day(8), None)]


def test_what_closed_before_the_start_stays_closed() -> None:
    events = [worlds.facility("H1", day(-3))]
    assert changed(events, hospitals="none_closed") == events
    assert changed(events, hospitals="twice_as_many") == events


def clinics(n: int = 12) -> World:
    """A row of towns with a hospital each, 5 km apart, and one health centre."""
    spots = [Spot(f"T{i:02d}", "Row", 5 * i, residents=100) for i in range(n)]
    roads = [(f"T{i:02d}", f"T{i + 1:02d}") for i in range(n - 1)]
    facilities = [(f"H{i:02d}", f"T{i:02d}", "hospital") for i in range(n)]
    return make_world("row", spots, roads, facilities=[*facilities, ("C", "T00", "health_centre")])


def test_twice_as_many_hospitals_close_on_the_same_days_and_open_again() -> None:
    events = [
        worlds.facility("H00", day(3)),
        worlds.facility("H05", day(6)),
        worlds.facility("H00", day(9), reopened=True),
    ]
    after = changed(events, clinics(), hospitals="twice_as_many")
    assert after[:3] == events
    further = after[3:]
    assert [(event.type, event.date) for event in further] == [
        ("facility_closed", day(3)),
        ("facility_reopened", day(9)),
        ("facility_closed", day(6)),
    ]
    assert further[0].target == further[1].target
    assert not {event.target for event in further} & {"H00", "H05", "C"}


def test_the_further_hospitals_are_near_and_keyed() -> None:
    """With an e-fold of 10 km half of those drawn are within some 7 km; the order of rows means nothing."""
    events = [worlds.facility("H00", day(3)), worlds.facility("H06", day(3))]
    km, pairs = [], set()
    for seed in range(200):
        after = changed(events, clinics(), seed, hospitals="twice_as_many")
        assert sorted(map(str, changed(events[::-1], clinics(), seed, hospitals="twice_as_many"))) == sorted(
            map(str, after)
        )
        near_h00 = next(e.target for e in after if e.event_id.startswith(f"{events[0].event_id}-H"))
        km.append(5 * int(near_h00[1:]))
        pairs.add(near_h00)
    weights = np.array([np.exp(-5 * i / 10) * (i not in (0, 6)) for i in range(12)])
    expected = (5 * np.arange(12) * weights).sum() / weights.sum()
    assert np.mean(km) == pytest.approx(expected, abs=4 * np.std(km) / np.sqrt(200))
    assert len(pairs) > 4


def test_when_all_have_closed_no_more_can() -> None:
    events = [worlds.facility(name, day(1)) for name in ("H1", "H2")]
    assert changed(events, hospitals="twice_as_many") == events


# ------------------------------------------------------------------ ceasefires


def test_a_ceasefire_that_holds_ends_the_war() -> None:
    after = changed(campaign(), ceasefire="holds")
    assert not [event for event in by_type(after, *STRIKES) if event.date >= day(20)]
    assert [event.value for event in by_type(after, "ceasefire")] == [1.0]
    at_once = changed(campaign(), ceasefire="holds", ceasefire_from=day(8).isoformat())
    kinds = {event.type for event in at_once if event.date >= day(8)}
    assert kinds == {"ceasefire", "aid_authorisation"}
    assert [e for e in at_once if e.date < day(8)] == [e for e in campaign() if e.date < day(8)]


def test_a_ceasefire_must_be_known_to_hold() -> None:
    with pytest.raises(InputError, match="no ceasefire in the period"):
        changed(bombing("S1", [3]), ceasefire="holds")


def test_a_daily_pause_takes_its_hours_from_the_bombing() -> None:
    events = bombing("M2", range(3), 24)
    before = run(model_of(worlds.town_world(50), events, 3))
    paused = changed(events, clock=Clock(START, 3), ceasefire="daily_pause", pause_from_hour=8, pause_hours=4)
    after = run(model_of(worlds.town_world(50), paused, 3))
    one, other = (model.recorder.values["strikes_hourly"].reshape(3, 24) for model in (before, after))
    assert (one > 0).all()
    np.testing.assert_array_equal(other[:, 8:12], 0)
    np.testing.assert_allclose(np.delete(other, range(8, 12), 1), np.delete(one, range(8, 12), 1))


# ------------------------------------------------------------------ aid, roads, weather


@pytest.mark.parametrize("since", [None, "2020-01-05"])
@pytest.mark.parametrize("crossings", [0, 4])
def test_another_number_of_aid_crossings(crossings: float, since: str | None) -> None:
    after = by_type(changed(campaign(), aid_crossings=crossings, aid_from=since), "aid_authorisation")
    when = day(9) if since is None else date.fromisoformat(since)
    assert [event.value for event in after] == [2.0, crossings]
    assert after[0].date < min(when, START)  # as many before as the case's first row says
    assert after[1].date == when


def test_aid_that_lapses_puts_up_no_tents_and_pulls_nobody_to_camps() -> None:
    events = [*bombing("S1", range(2, 10), 60), *bombing("M2", range(2, 10), 60)]
    events.append(worlds.event("aid_authorisation", "ALL", 2.0, day(2)))
    clock, world = Clock(START, 12), worlds.town_world(600, 400)
    as_it_was, lapsed, more = (
        run(model_of(world, changed(events, world, clock=clock, aid_crossings=n), 12)) for n in (None, 0, 4)
    )
    assert [model.shelter.aid for model in (as_it_was, lapsed, more)] == pytest.approx([1.0, 0.2, 1.8])
    camps = [model.sheltered_persons[:2].sum() for model in (lapsed, as_it_was, more)]
    assert camps[0] < camps[1] < camps[2]
    met = [model.recorder.values["needs_met_share"][-1] for model in (lapsed, as_it_was, more)]
    assert met[0] < met[1] < met[2]


def test_a_road_is_cut_by_its_number_at_a_place() -> None:
    world = worlds.town_world()
    refs = ["M5" if {"M2", "N2"} & set(name.split("-")) else "" for name in world.roads.road_id]
    world = replace(world, roads=replace(world.roads, ref=refs))
    cuts = by_type(changed([], world, cut_road="m5", cut_at="N2", cut_left=0.5), "road_cut")
    assert {event.target for event in cuts} == {"N1-N2", "N2-N3", "M2-N2", "N2-C2"}
    assert {(event.value, event.date) for event in cuts} == {(0.5, START)}
    in_area = {e.target for e in changed([], world, cut_road="M5", cut_at="Camps", cut_from="2020-01-04")}
    assert in_area == {"N2-C2"}
    assert len(changed([], world, cut_road="M5")) == refs.count("M5")
    for wrong, message in (
        ({"cut_road": "M55"}, r"there is no road M55 \(did you mean 'M5'\?\)"),
        ({"cut_road": "M5", "cut_at": "Camp"}, r"no place or zone 'Camp' \(did you mean 'Camps'\?\)"),
        ({"cut_road": "M5", "cut_at": "S1"}, "the M5 does not pass S1"),
    ):
        with pytest.raises(InputError, match=message):
            changed([], world, **wrong)


def test_colder_nights_move_nobody() -> None:
    events = [*bombing("S1", range(4), 60), worlds.night(2.0, day(0)), worlds.night(-1.5, day(3))]
    colder = changed(events, temperature_shift_c=-5)
    assert [event.value for event in by_type(colder, "night_temperature")] == [-3.0, -6.5]
    world = worlds.town_world(300, 0)
    one, other = (run(model_of(world, what, 5)).recorder for what in (events, colder))
    frost = "open_below_zero_person_nights"
    assert other.values.pop(frost).sum() > one.values.pop(frost).sum() > 0
    for measure, counted in one.values.items():
        np.testing.assert_array_equal(counted, other.values[measure])


# ------------------------------------------------------------------ violence that goes on


def strikes_by_day(events: list[Event]) -> dict[date, float]:
    total: dict[date, float] = {}
    for event in by_type(events, *STRIKES):
        total[event.date] = total.get(event.date, 0.0) + float(event.value)
    return total


def test_days_to_come_repeat_days_before() -> None:
    """Each day has the strikes of one of the fourteen before, in runs of three; nothing later is used."""
    known = [e for e in campaign() if e.date < day(14)]
    after = changed(campaign(), **GOES_ON, front="stands")
    assert [e for e in after if e.date < day(14)] == known
    assert not [e for e in after if e.date >= day(14) and e.type in ("ceasefire", "captured", "road_cut")]
    totals = strikes_by_day(after)
    assert {totals[day(n)] for n in range(14, 30)} == {10.0, 30.0}
    assert changed(known, **GOES_ON, front="stands") == after


def test_seeds_differ_and_rows_do_not_matter() -> None:
    futures = [changed(campaign(), seed=seed, **GOES_ON) for seed in range(5)]
    assert len({str(sorted(map(str, events))) for events in futures}) > 1
    again = changed(campaign()[::-1], seed=0, **GOES_ON)
    assert sorted(map(str, again)) == sorted(map(str, futures[0]))


def test_a_longer_run_has_the_same_days() -> None:
    short, long = (changed(campaign(), clock=Clock(START, n), **GOES_ON) for n in (20, 30))
    assert sorted(map(str, short)) == sorted(str(e) for e in long if e.date < day(20))


@pytest.mark.parametrize("strength", [0.0, 0.4, 1.0, 2.5])
def test_strength_multiplies_and_growth_compounds(strength: float) -> None:
    base = strikes_by_day(changed(campaign(), **GOES_ON, front="stands"))
    grown = strikes_by_day(
        changed(campaign(), **GOES_ON, front="stands", strength_after=strength, growth_per_week=0.5)
    )
    for n in range(14, 30):
        factor = strength * 1.5 ** ((n - 14) / 7)
        assert grown.get(day(n), 0.0) == pytest.approx(base[day(n)] * factor)


def test_more_violence_is_wider_violence() -> None:
    """What is beyond the days before falls on further places, not on the same ones."""
    struck = [
        {
            e.target
            for e in by_type(changed(campaign(), **GOES_ON, front="stands", strength_after=s), *STRIKES)
        }
        for s in (1.0, 3.0)
    ]
    assert struck[0] < struck[1]
    assert {"N1", "N2", "M1"} & struck[1]


def test_what_was_meant_for_a_place_already_taken_falls_near_by() -> None:
    after = changed(campaign(), **GOES_ON, front="stands")
    later = [e for e in by_type(after, *STRIKES) if e.date >= day(14)]
    assert not {e.target for e in later} & {"S1", "S2", "S3"}


def test_the_front_goes_on_as_fast_as_before() -> None:
    """Two places in fourteen days; drawn blocks, so two in fourteen on the average of many seeds."""
    taken = [
        len([e for e in by_type(changed(campaign(), seed=s, **GOES_ON), "captured") if e.date >= day(14)])
        for s in range(60)
    ]
    # the two days lie in 3 and 2 of the 12 blocks of three days, so 5 captures in 12 blocks
    expected = 16 / 3 * 5 / 12
    assert np.mean(taken) == pytest.approx(expected, abs=4 * np.std(taken) / np.sqrt(60) + 0.5)
    after = changed(campaign(), **GOES_ON, strength_after=6)
    places = [e.target for e in by_type(after, "captured") if e.date >= day(14)]
    assert len(places) == len(set(places)) > 2
    closed = {e.target for e in by_type(after, "facility_closed") if e.date >= day(14)}
    assert closed == {name for name, place in (("H1", "M2"), ("H2", "N1")) if place in places}


def test_without_violence_there_is_none_to_go_on() -> None:
    with pytest.raises(InputError, match="there is no strike in the 14 days before"):
        changed(bombing("S1", [25]), **GOES_ON)
    assert complaints(violence="goes_on") == [
        "events.known_until is null; expected a date, as events.violence is goes_on"
    ]


# ------------------------------------------------------------------ a plan


PLAN = [
    {"area": "South", "from": "2020-01-16", "to": "2020-01-17"},
    {"area": "middle", "from": "2020-01-18", "to": "2020-01-20"},
]


def test_a_plan_takes_whole_sub_districts_in_their_days() -> None:
    events = [e for e in campaign() if e.type != "captured"]
    after = changed(events, **GOES_ON, phases=PLAN)
    taken = [(e.target, e.date) for e in by_type(after, "captured")]
    assert {place for place, _ in taken} == {"S1", "S3", "M1", "M2", "M3"}  # S2 is held already
    assert [when for place, when in taken if place[0] == "S"] == [day(15), day(16)]
    assert sorted(when for place, when in taken if place[0] == "M") == [day(17), day(18), day(19)]


def test_a_plan_begins_at_the_front() -> None:
    """A row of towns in one sub-district; a hostile side holds the first."""
    row = clinics()
    control = np.where(np.arange(12) == 0, 2, 0)
    world = replace(row, places=replace(row.places, control=control))
    plan = [{"area": "Row", "from": "2020-01-16", "to": "2020-01-26"}]
    after = changed(bombing("T05", range(14), 5), world, **GOES_ON, phases=plan)
    assert [e.target for e in by_type(after, "captured")] == [f"T{i:02d}" for i in range(1, 12)]


def test_strikes_are_aimed_ahead_of_the_plan_and_end_with_it() -> None:
    after = changed(campaign(), **GOES_ON, phases=PLAN)
    later = [e for e in by_type(after, *STRIKES) if e.date >= day(14)]
    assert {e.target[0] for e in later} == {"M"}  # the south has been taken
    assert max(e.date for e in later) <= day(19)


def test_a_plan_that_cannot_be_is_refused() -> None:
    wrong = [
        {"area": "South", "from": "2020-01-20", "to": "2020-01-18"},
        {"area": "Middle", "from": "2020-01-16", "to": "soon"},
        {"area": "North", "from": "2020-01-10", "to": "2020-01-12"},
        "Camps",
    ]
    assert complaints(**GOES_ON, phases=wrong) == [
        "events.phases, number 1: to is 2020-01-18, before from, 2020-01-20",
        "events.phases, number 2: to is 'soon'; expected a date such as 2019-12-23",
        "events.phases, number 3: from is 2020-01-10, before that of the phase before, 2020-01-20",
        "events.phases, number 3: from is 2020-01-10; expected 2020-01-15 (known_until) or later",
        "events.phases, number 4 is 'Camps'; expected {area: NAME, from: DATE, to: DATE}",
    ]
    assert complaints(phases=PLAN) == ["events.phases are given; expected events.violence=goes_on with them"]


@pytest.mark.parametrize("name", ["Sout", "S1"])
def test_a_plan_knows_sub_districts_only(name: str) -> None:
    with pytest.raises(InputError, match=f"there is no zone '{name}'.*whole zones"):
        changed(campaign(), **GOES_ON, phases=[PLAN[0] | {"area": name}])


# ------------------------------------------------------------------ events of one's own


HEAD = "event_id,date,hour,hours,type,target,value,unit,status,source,note\n"


def test_events_of_ones_own_come_on_top(tmp_path: Path) -> None:
    mine = tmp_path / "mine.csv"
    mine.write_text(HEAD + "E1,2020-01-09,,,air_strike,M1,5,strikes,assumed,made up,\n", encoding="utf-8")
    after = changed(campaign(), add=str(mine))
    assert after[:-1] == campaign()
    assert (after[-1].event_id, after[-1].target, after[-1].value) == ("mine:E1", "M1", 5.0)
    assert [e.event_id for e in changed(campaign(), add=str(mine), ceasefire="holds", ceasefire_from="2020-01-05")
            if e.type == "air_strike" and e.date >= day(4)] == ["mine:E1"]  # fmt: skip


def test_events_of_ones_own_are_checked_as_the_cases_are(tmp_path: Path) -> None:
    mine = tmp_path / "mine.csv"
    rows = [
        "E1,2020-01-09,,,air_strike,M9,5,strikes,assumed,made up,",
        "E1,2020-01-09,,,air_strike,M1,-5,strikes,assumed,made up,",
        "E3,2020-13-09,,,air_strik,M1,5,strikes,assumed,made up,",
    ]
    mine.write_text(HEAD + "\n".join(rows), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        changed(campaign(), add=str(mine))
    told = "\n".join(caught.value.complaints)
    assert "mine.csv row 2: target of air_strike is 'M9'; expected a known place_id" in told
    assert "mine.csv row 3: value of air_strike is -5" in told
    assert "mine.csv row 3: event_id 'E1' is there already in row 2" in told
    assert "mine.csv row 4: date is 2020-13-09" in told
    assert "mine.csv row 4: type is 'air_strik'" in told
    with pytest.raises(InputError, match=r"nothing\.csv cannot be read"):
        changed(campaign(), add=str(tmp_path / "nothing.csv"))


def test_events_of_several_files(tmp_path: Path) -> None:
    files = [tmp_path / "one.csv", tmp_path / "two.csv"]
    for n, file in enumerate(files):
        file.write_text(
            HEAD + f"E1,2020-01-09,,,air_strike,M1,{n + 5},strikes,assumed,made up,\n", encoding="utf-8"
        )
    after = changed(campaign(), add=[str(file) for file in files])
    assert [(e.event_id, e.value) for e in after[-2:]] == [("one:E1", 5.0), ("two:E1", 6.0)]
    same = tmp_path / "other" / "one.csv"
    assert complaints(add=[str(files[0]), str(same)]) == [
        "events.add has two files of one name; expected names that differ, as events bear them"
    ]
    assert complaints(add=[]) == ["events.add is []; expected a file, a list of files, or null"]
    assert complaints(add=[3]) == ["events.add is [3]; expected a file, a list of files, or null"]


def test_a_ceasefire_that_is_added_is_refused_with_what_to_use(tmp_path: Path) -> None:
    mine = tmp_path / "mine.csv"
    mine.write_text(HEAD + "E1,2020-01-09,,,ceasefire,ALL,1,,assumed,made up,\n", encoding="utf-8")
    with pytest.raises(
        InputError, match=r"mine\.csv row 2: a ceasefire that is added stops no strike; use events\.ceas"
    ):
        changed(campaign(), add=str(mine))


def test_a_ceasefire_that_holds_for_a_time() -> None:
    """From 5 to 8 January: what war does is left out on these days, and only on these."""
    after = changed(campaign(), ceasefire="holds", ceasefire_from="2020-01-05", ceasefire_until="2020-01-08")
    kept = [
        e for e in campaign() if e.type not in WARLIKE or not date(2020, 1, 5) <= e.date <= date(2020, 1, 8)
    ]
    assert after[:-2] == kept
    assert any(e.type in WARLIKE and e.date > date(2020, 1, 8) for e in kept)
    assert len(kept) < len(campaign())
    assert [(e.type, e.date, e.value) for e in after[-2:]] == [
        ("ceasefire", date(2020, 1, 5), 1.0),
        ("ceasefire", date(2020, 1, 9), 0.0),
    ]
    with pytest.raises(InputError, match="before the ceasefire begins"):
        changed(campaign(), ceasefire="holds", ceasefire_from="2020-01-05", ceasefire_until="2020-01-04")


def test_a_daily_pause_for_a_time() -> None:
    after = changed(
        campaign(), ceasefire="daily_pause", ceasefire_from="2020-01-05", ceasefire_until="2020-01-06"
    )
    assert [e.date for e in after if e.type == "pause"] == [date(2020, 1, 5), date(2020, 1, 6)]
    assert complaints(ceasefire_until="2020-01-06") == [
        "events.ceasefire_until is given and events.ceasefire is as_it_happened; expected holds or daily_pause"
    ]


# ------------------------------------------------------------------ words


def test_wrong_values_are_refused_all_at_once() -> None:
    assert complaints(
        keep=["reported", "asumed"], hospitals="all", cut_from="May", cut_at="S1", pause_hours=0
    ) == [
        "events.hospitals is 'all'; expected one of as_it_happened, none_closed, twice_as_many",
        "events.pause_hours is 0; expected a number from 1 to 24 hours",
        "events.keep has 'asumed'; expected reported, derived, assumed (did you mean 'assumed'?)",
        "events.cut_from is 'May'; expected a date such as 2019-12-23, or null",
        "events.cut_at is given without events.cut_road; expected a road number, as M5",
    ]


def test_every_change_is_told() -> None:
    said = WhatIf(
        **GOES_ON,
        strength_after=2,
        growth_per_week=0.1,
        ceasefire="daily_pause",
        hospitals="twice_as_many",
        aid_crossings=0,
        aid_from="2020-01-10",
        cut_road="M5",
        cut_at="Saraqab",
        temperature_shift_c=-5,
        add="mine.csv",
        keep=["reported"],
    ).words()
    for words in (
        "from 15 January 2020 on violence is made from the two weeks before, times 2, growing by 10% a week",
        "no bombardment from 6 to 12 h, every day",
        "twice as many health facilities close",
        "0 crossings authorised for aid from 10 January 2020",
        "the M5 cut at Saraqab from the start on, 0% left",
        "nights 5 degrees colder",
        "with the events of mine.csv",
        "only reported ones are used",
    ):
        assert words in said


def test_less_care_lost_moves_fewer_for_lack_of_care() -> None:
    """Hospitals left open: nobody leaves for want of care."""
    events = [*bombing("S1", range(8), 8), worlds.facility("H1", day(1)), worlds.facility("H2", day(1))]
    world, scale = worlds.town_world(3000), Population(scale=0.5)
    causes = []
    for hospitals in ("as_it_happened", "none_closed"):
        what = changed(events, world, hospitals=hospitals)
        model = run(model_of(world, what, 8, step_hours=3, population=scale))
        causes.append((model.recorder.cause == 2).sum())
    assert causes[0] > 20
    assert causes[1] == 0


def test_a_day_is_never_before_known_until() -> None:
    made = changed(campaign(), **GOES_ON, clock=Clock(START, 10))
    assert made == [e for e in campaign() if e.date < day(14) or e.type in ("aid_authorisation",)]
    assert max(e.date for e in made) < START + timedelta(days=14)
