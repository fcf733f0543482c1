"""Danger: strikes now and remembered, the front, pauses, the cold. A and B and S lie 20 km apart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pytest

import worlds
from flightsim.clock import STEP_HOURS, Clock, is_night
from flightsim.errors import InputError
from flightsim.events import Event
from flightsim.model.parts.hazard import Bombardment, Hazard, NoHazard
from flightsim.model.parts.transport import FreeTransport
from flightsim.world import World
from models import ALONE, FELT_IN_FULL, bombing, model_of
from worlds import GOVERNMENT, OPPOSITION, SDF

A, B, S = range(3)
EVEN = 13 / 24  # night share at which every hour is alike


def day(n: int) -> date:
    """The n-th day of the run, 0 for the first."""
    return worlds.START + timedelta(days=n)


def start(world: World, events: Sequence[Event], step_hours: int = 1, **fields: float) -> Hazard:
    """Every strike felt in full and remembered for four days, if nothing else is said."""
    given = {**FELT_IN_FULL, "memory_days": 4.0, **fields}
    return Bombardment(**given).start(world, events, Clock(worlds.START, 30, step_hours))


def run(hazard: Hazard, steps: range | int) -> np.ndarray:
    """(steps, P) strikes an hour."""
    rates = []
    for step in range(steps) if isinstance(steps, int) else steps:
        hazard.advance(step)
        rates.append(hazard.strikes_per_hour.copy())
    return np.array(rates)


def daily_means(
    world: World, events: Sequence[Event], step_hours: int, what: str, **fields: float
) -> np.ndarray:
    """(days, P) of ``remembered`` or ``alarm``."""
    hazard, seen = start(world, events, step_hours, **fields), []
    for step in range(30 * 24 // step_hours):
        hazard.advance(step)
        seen.append(getattr(hazard, what).copy())
    return np.array(seen).reshape(30, 24 // step_hours, -1).mean(axis=1)


# ------------------------------------------------------------------ strikes


@pytest.mark.parametrize("step_hours", STEP_HOURS)
def test_a_day_s_strikes_all_fall_on_that_day(line: World, step_hours: int) -> None:
    rates = run(start(line, [worlds.strike("B", day(1), 12)], step_hours), 3 * 24 // step_hours)
    by_day = rates.reshape(3, -1, 3).sum(axis=1) * step_hours
    np.testing.assert_allclose(by_day, [[0, 0, 0], [0, 12, 0], [0, 0, 0]])


def test_a_quarter_falls_in_the_thirteen_dark_hours(line: World) -> None:
    rates = run(start(line, [worlds.strike("A", day(0), 52)]), 24)[:, A]
    dark = is_night(np.arange(24))
    np.testing.assert_allclose(rates[dark], 52 * 0.25 / 13)
    np.testing.assert_allclose(rates[~dark], 52 * 0.75 / 11)


def test_shells_clashes_and_strength_weigh_in(line: World) -> None:
    events = [worlds.event(kind, "A", 10.0, day(0)) for kind in ("air_strike", "shelling", "clash")]
    rates = run(start(line, events, 24, shelling_weight=0.3, clash_weight=0.2, strength=2), 1)
    assert rates[0, A] * 24 == pytest.approx(2 * (10 + 3 + 2))


def test_strikes_are_felt_at_a_distance(line: World) -> None:
    """20 km is one e-folding at 20 km, and two at 10; beyond six nothing is felt at all."""
    for distance_km, felt_at_b in ((20, np.exp(-1)), (10, np.exp(-2)), (3, 0)):
        hazard = start(line, [worlds.strike("A", day(0), 24)], 24, strike_distance_km=distance_km)
        run(hazard, 1)
        assert hazard.near_per_hour[:2] == pytest.approx([1, felt_at_b])
        assert hazard.strikes_per_hour[B] == 0


def test_of_many_strikes_on_a_place_and_day_so_many_are_felt(line: World) -> None:
    """Twelve at A count as four, an hour's part of each as a third; two at B count as two."""
    events = [worlds.strike("A", day(0), 12), worlds.strike("B", day(0), 2)]
    hazard = start(line, events, 24, felt_a_day_strikes=4, strike_distance_km=1)
    run(hazard, 1)
    assert 24 * hazard.near_per_hour[:2] == pytest.approx([4, 2])
    assert 24 * hazard.strikes_per_hour[:2] == pytest.approx([12, 2])  # all of them fall
    timed = [worlds.strike("A", day(0), 6), worlds.strike("A", day(0), 6, hour=14, hours=3)]
    hazard = start(line, timed, 24, felt_a_day_strikes=4, strike_distance_km=1)
    run(hazard, 1)
    assert 24 * hazard.near_per_hour[A] == pytest.approx(4)


@pytest.mark.parametrize(("exponent", "felt"), [(0.0, 1.0), (0.5, 0.5), (1.0, 0.25)])
def test_a_strike_is_felt_less_in_a_large_town(exponent: float, felt: float) -> None:
    """Four times the people that feel it in full: a quarter where it reaches its share of them only."""
    spots = [worlds.Spot("T", "X", 0, residents=40_000), worlds.Spot("V", "Y", 60, residents=100)]
    world = worlds.make_world("town", spots, [("T", "V")])
    fire = [worlds.strike("T", day(0), 24), worlds.strike("V", day(0), 24)]
    hazard = start(world, fire, 24, town_persons=10_000, town_exponent=exponent)
    run(hazard, 1)
    assert hazard.near_per_hour == pytest.approx([felt, 1.0])


def test_beyond_its_reach_a_capture_alarms_nobody(line: World) -> None:
    """B is 20 km from A, C 40: with an end at 30 km B is alarmed, less than without one, and C is not."""
    hazard = start(line, [worlds.captured("A", day(0))], front_distance_km=10, front_reach_km=30)
    hazard.advance(0)
    end = np.exp(-3)
    assert hazard.alarm == pytest.approx([1, (np.exp(-2) - end) / (1 - end), 0], rel=0.004)


def test_strikes_of_a_known_hour_fall_in_that_hour(line: World) -> None:
    """Six from 14 h on for three hours; another one at 23 h, of which no length is known."""
    events = [worlds.strike("A", day(1), 6, hour=14, hours=3), worlds.strike("A", day(1), 1, hour=23)]
    rates = run(start(line, events), 72)[:, A]
    expected = np.zeros(72)
    expected[24 + 14 : 24 + 17], expected[24 + 23] = 2, 1
    np.testing.assert_allclose(rates, expected)
    whole = run(start(line, events, 24), 3)[:, A] * 24
    np.testing.assert_allclose(whole, [0, 7, 0])


def test_strikes_of_a_known_hour_may_go_on_past_midnight(line: World) -> None:
    hazard = start(line, [worlds.strike("A", day(0), 4, hour=22, hours=4)])
    rates = run(hazard, 48)[:, A]
    assert np.flatnonzero(rates).tolist() == [22, 23, 24, 25]
    assert rates.sum() == pytest.approx(4)


def test_strikes_that_began_before_the_start_are_lived_through_already(line: World) -> None:
    """Eight strikes from eight in the evening of the day before, for eight hours: all remembered, none to come."""
    before = start(line, [worlds.strike("A", day(-1), 8, hour=20, hours=8)])
    whole_day = start(line, [worlds.strike("A", day(-1), 8)])
    assert before.remembered[A] == pytest.approx(whole_day.remembered[A])
    assert before.remembered[A] > 4
    assert not run(before, 24).any()


@pytest.mark.parametrize("step_hours", STEP_HOURS)
def test_a_step_knows_its_hours(line: World, step_hours: int) -> None:
    """Hour by hour the same at any step; a step's rates are their means."""
    events = [
        worlds.strike("A", day(0), 10),
        worlds.strike("B", day(0), 3, hour=14),
        worlds.pause(day(0), 6, 5),
    ]
    hourly, hazard, hours = start(line, events), start(line, events, step_hours), []
    for step in range(24 // step_hours):
        hazard.advance(step)
        np.testing.assert_allclose(hazard.strikes_hourly.mean(axis=1), hazard.strikes_per_hour)
        np.testing.assert_allclose(hazard.near_hourly.mean(axis=1), hazard.near_per_hour)
        hours.append(np.vstack([hazard.strikes_hourly, hazard.near_hourly]))
    for hour, seen in enumerate(np.hstack(hours).T):
        hourly.advance(hour)
        np.testing.assert_allclose(seen, np.concatenate([hourly.strikes_per_hour, hourly.near_per_hour]))


# ------------------------------------------------------------------ memory


def test_memory_halves_in_its_half_life(line: World) -> None:
    """An e-folding of four days is a half-life of 4 ln 2 = 2.77 days."""
    hazard = start(line, [worlds.strike("A", day(0), 10)])
    run(hazard, 24)
    before = hazard.remembered[A]
    half_life_hours = 4 * 24 * np.log(2)
    run(hazard, range(24, 24 + round(half_life_hours)))
    assert hazard.remembered[A] == pytest.approx(before / 2, rel=0.01)


def test_memory_of_daily_strikes_settles_at_strikes_times_memory(line: World) -> None:
    """One an hour for ever, remembered for four days, 96 hours: 96 less exp(-30 / 4) of it after 30 days."""
    events = [worlds.strike("A", day(n), 24) for n in range(30)]
    remembered = daily_means(line, events, 1, "remembered", night_share=EVEN)[:, A]
    assert remembered[-1] == pytest.approx(96 * (1 - np.exp(-29.5 / 4)), rel=1e-4)
    assert remembered[0] == pytest.approx(96 * (1 - 4 * (1 - np.exp(-1 / 4))))  # the mean of 1 - exp(-t / 4)


@pytest.mark.parametrize("step_hours", [2, 6, 24])
def test_memory_does_not_depend_on_the_step(line: World, step_hours: int) -> None:
    """Exactly where all hours are alike; otherwise by what the day's and the night's strikes differ."""
    events = [worlds.strike("A", day(n), 3 * n) for n in (0, 1, 5, 6, 7, 20)]
    for night_share, within in ((EVEN, 1e-9), (0.25, 0.05)):
        hourly = daily_means(line, events, 1, "remembered", night_share=night_share)
        coarse = daily_means(line, events, step_hours, "remembered", night_share=night_share)
        np.testing.assert_allclose(coarse, hourly, rtol=within)
        np.testing.assert_allclose(coarse.sum(axis=0), hourly.sum(axis=0), rtol=within / 10)


@pytest.mark.parametrize("step_hours", [2, 6, 24])
def test_alarm_does_not_depend_on_the_step(line: World, step_hours: int) -> None:
    events = [worlds.captured("A", day(2)), worlds.captured("B", day(5))]
    hourly, coarse = (daily_means(line, events, hours, "alarm") for hours in (1, step_hours))
    np.testing.assert_allclose(coarse, hourly, rtol=1e-9)


def test_what_happened_before_the_start_is_remembered(line: World) -> None:
    """Ten strikes spread over the day before, with none since: what a run begun a day earlier has at that moment."""
    events = [worlds.strike("A", day(-1), 10), worlds.strike("A", day(-3), 5, hour=9)]
    tau = 4.0
    spread = tau * (1 - np.exp(-1 / tau))  # a strike a day, faded within its day
    assert start(line, events).remembered[A] == pytest.approx(10 * spread + 5 * spread * np.exp(-2 / tau))
    assert start(line, events, 24).remembered[A] == pytest.approx(start(line, events, 1).remembered[A])


# ------------------------------------------------------------------ pauses


def test_a_pause_silences_its_hours_and_leaves_the_others(line: World) -> None:
    struck = [worlds.strike("A", day(1), 24)]
    plain = run(start(line, struck), 72)[:, A]
    paused = run(start(line, [*struck, worlds.pause(day(1), 6, 6)]), 72)[:, A]
    window = np.zeros(72, bool)
    window[30:36] = True
    assert not paused[window].any()
    np.testing.assert_array_equal(paused[~window], plain[~window])


def test_a_pause_holds_in_its_area_only(line: World) -> None:
    events = [worlds.strike("A", day(0), 24), worlds.strike("B", day(0), 24)]
    hazard = start(line, [*events, worlds.pause(day(0), 0, 24, target="Area-A")], 24, strike_distance_km=20)
    rates = run(hazard, 1)[0]
    assert rates.tolist() == [0, 1, 0]
    assert hazard.near_per_hour == pytest.approx([np.exp(-1), 1, np.exp(-1)])  # B's strikes are heard in A


def test_a_pause_may_go_on_past_midnight(line: World) -> None:
    events = [worlds.strike("A", day(n), 24) for n in (0, 1)]
    rates = run(start(line, [*events, worlds.pause(day(0), 20, 8)]), 48)[:, A]
    assert np.flatnonzero(rates == 0).tolist() == list(range(20, 28))


@pytest.mark.parametrize("step_hours", [1, 6, 24])
def test_pauses_together_silence_the_same_share_at_any_step(line: World, step_hours: int) -> None:
    """Six daylight hours and, over the first three of them, another pause; then three dark hours."""
    pauses = [worlds.pause(day(0), 6, 6), worlds.pause(day(0), 6, 3, "Area-A"), worlds.pause(day(0), 20, 3)]
    rates = run(start(line, [worlds.strike("A", day(0), 100), *pauses], step_hours), 24 // step_hours)
    left = 1 - 6 * 0.75 / 11 - 3 * 0.25 / 13
    assert rates[:, A].sum() * step_hours == pytest.approx(100 * left)


# ------------------------------------------------------------------ the front


def test_a_place_changes_hands_in_its_hour(line: World) -> None:
    hazard = start(line, [worlds.captured("B", day(1), hour=9)])
    seen = []
    for step in range(48):
        hazard.advance(step)
        seen.append((int(hazard.control[B]), hazard.captured.tolist()))
    assert seen[32] == (OPPOSITION, [])
    assert seen[33] == (GOVERNMENT, [B])
    assert seen[34] == (GOVERNMENT, [])


def test_a_place_may_flip_and_flip_back(line: World) -> None:
    events = [
        worlds.captured("B", day(0), "government"),
        worlds.captured("B", day(1), "opposition"),
        worlds.captured("B", day(2), "sdf"),
    ]
    hazard, holders, alarms = start(line, events, 24, front_memory_days=1), [], []
    for step in range(4):
        hazard.advance(step)
        holders.append(int(hazard.control[B]))
        alarms.append(float(hazard.alarm[B]))
    assert holders == [GOVERNMENT, OPPOSITION, SDF, SDF]
    e = np.exp(
        -1
    )  # one's own side's return frightens nobody; all fades by e a day, on its mean 1 - e on the first
    assert alarms == pytest.approx((1 - e) * np.array([1, e, 1, e]))


def test_a_capture_alarms_the_places_around_it(line: World) -> None:
    hazard = start(line, [worlds.captured("A", day(0))], front_distance_km=10, front_reach_km=200)
    hazard.advance(0)
    assert hazard.alarm == pytest.approx(
        [1, np.exp(-2), np.exp(-4)], rel=0.004
    )  # half an hour of 7 days has passed


def test_taking_what_one_holds_changes_nothing(line: World) -> None:
    hazard = start(line, [worlds.captured("A", day(0), "opposition")])
    hazard.advance(0)
    assert not len(hazard.captured)
    assert not hazard.alarm.any()


def test_alarm_halves_in_its_half_life(line: World) -> None:
    hazard = start(line, [worlds.captured("A", day(0))], front_memory_days=5)
    run(hazard, 1)
    run(hazard, range(1, 1 + round(5 * 24 * np.log(2))))
    assert hazard.alarm[A] == pytest.approx(0.5, rel=0.01)


@pytest.mark.parametrize("step_hours", [1, 24])
def test_places_taken_before_the_start_are_held_from_the_first_step(line: World, step_hours: int) -> None:
    hazard = start(line, [worlds.captured("A", day(-7))], step_hours)
    assert hazard.control[A] == GOVERNMENT
    assert hazard.alarm[A] == pytest.approx(np.exp(-7 / 7))  # a week ago
    hazard.advance(0)
    assert not len(hazard.captured)


def test_a_ceasefire_begins_and_ends(line: World) -> None:
    hazard = start(line, [worlds.ceasefire(day(0), hour=6), worlds.ceasefire(day(1), holds=False)])
    holds = []
    for step in range(26):
        hazard.advance(step)
        holds.append(hazard.ceasefire)
    assert holds == [False] * 6 + [True] * 18 + [False] * 2


# ------------------------------------------------------------------ cold, and nothing


def test_the_cold_lasts_until_it_is_told_anew(line: World) -> None:
    """An area's own row counts for it, whatever is reported for all; before the first row nothing is known."""
    events = [
        worlds.night(3, day(-2)),
        worlds.night(-1, day(2)),
        worlds.night(-7, day(2), "Area-B"),
        worlds.night(0, day(3)),
    ]
    hazard, nights = start(line, events, 24), []
    for step in range(5):
        hazard.advance(step)
        nights.append(hazard.temperature_c.tolist())
    assert nights == [[3, 3, 3], [3, 3, 3], [-1, -7, -1], [0, -7, 0], [0, -7, 0]]
    quiet = start(line, [])
    quiet.advance(0)
    assert np.isnan(quiet.temperature_c).all()


def test_without_hazard_only_the_weather_changes(line: World) -> None:
    events = [worlds.strike("A", day(0), 50), worlds.captured("B", day(0)), worlds.night(-4, day(0))]
    hazard = NoHazard().start(line, events, Clock(worlds.START, 3))
    assert not run(hazard, 24).any()
    assert not hazard.remembered.any()
    assert not hazard.alarm.any()
    assert (hazard.control == line.places.control).all()
    assert (hazard.temperature_c == -4).all()


def test_the_world_is_left_as_it_was(line: World) -> None:
    run(start(line, [worlds.captured("A", day(-1)), worlds.captured("B", day(0))]), 2)
    assert (line.places.control == OPPOSITION).all()


# ------------------------------------------------------------------ warning


def warned(days: float, events: list[Event], world: World | None = None) -> list[tuple[float, float]]:
    """(strikes, alarm) that people of B fear, by day, with so many days of warning."""
    line = worlds.line_world() if world is None else world
    hazard = Bombardment(warning_days=days).start(line, events, Clock(worlds.START, 8, 24))
    seen = []
    for step in range(8):
        hazard.advance(step)
        seen.append((float(hazard.feared[1]), float(hazard.feared_alarm[1])))
    return seen


def test_without_warning_people_fear_what_was() -> None:
    hazard = Bombardment().start(
        worlds.line_world(), [worlds.strike("B", "2020-01-02", 5)], Clock(worlds.START, 8)
    )
    hazard.advance(30)
    assert hazard.feared is hazard.remembered
    assert hazard.feared_alarm is hazard.alarm


@pytest.mark.parametrize("days", [1, 3])
def test_with_warning_people_fear_so_many_days_sooner(days: int) -> None:
    """And no less afterwards than without."""
    events = [worlds.strike("B", "2020-01-05", 5), worlds.captured("S", "2020-01-05")]
    told, untold = warned(days, events), warned(0, events)
    np.testing.assert_allclose(told[: 8 - days], np.maximum(untold[days:], untold[: 8 - days]))
    assert [strikes > 0 for strikes, _ in told] == [n >= 4 - days for n in range(8)]
    assert (np.array(told) >= np.array(untold)).all()


def test_warning_is_in_whole_days() -> None:
    with pytest.raises(InputError, match=r"hazard\.warning_days is 1\.5; expected whole days"):
        Bombardment(warning_days=1.5)


def test_with_warning_people_leave_so_many_days_sooner() -> None:
    """Bombs on two days only: those who know leave before the first of them."""
    events = bombing("M2", (5, 6), 80)
    first = []
    for days in (0, 3):
        parts = ALONE | {"transport": FreeTransport(), "hazard": Bombardment(warning_days=days)}
        model = model_of(worlds.town_world(2000), events, 9, **parts)
        for _ in range(model.clock.n_steps):
            model.step()
        left = model.recorder.first_departure
        first.append(np.sort(left[left >= 0])[:200].mean() / 24)
    assert first[0] > 5
    assert first[0] - first[1] == pytest.approx(3, abs=0.2)
