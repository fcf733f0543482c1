"""Health care: what works within reach, and what was lost lately. The town has a hospital (5) and a centre (1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import worlds
from flightsim.clock import Clock
from flightsim.events import Event
from flightsim.model.parts.services import Care, HealthCare, NoServices
from flightsim.world import World

SPOTS = [
    worlds.Spot("A", "X", 0, residents=10),
    worlds.Spot("B", "X", 10, residents=10),
    worlds.Spot("FAR", "X", 500, residents=10),
]
A, B, FAR = range(3)
AN_HOUR_FADES = 0.001  # of a loss that is remembered for 40 days, in one hour


def day(n: int) -> date:
    return worlds.START + timedelta(days=n)


def clinics(*kinds: str, at: str = "A") -> World:
    """A, B 10 km from it and FAR, with facilities F0, F1, ... at A."""
    facilities = [(f"F{i}", at, kind) for i, kind in enumerate(kinds)]
    return worlds.make_world("clinics", SPOTS, [("A", "B")], facilities=facilities)


def run(
    world: World, events: Sequence[Event], days: float, step_hours: int = 1, part: HealthCare | None = None
) -> Care:
    care = (part or HealthCare()).start(world, events, Clock(worlds.START, 100, step_hours))
    for step in range(round(days * 24 / step_hours)):
        care.advance(step)
    return care


def test_a_hospital_counts_for_five_centres() -> None:
    world = clinics("hospital", "health_centre")
    care = run(world, [worlds.facility("F1", day(0))], 1 / 24)
    assert care.working[:2] == pytest.approx([5 / 6, 5 / 6])
    assert care.lost[:2] == pytest.approx([1 / 6, 1 / 6], rel=AN_HOUR_FADES)
    care = run(world, [worlds.facility("F0", day(0))], 1 / 24)
    assert care.working[A] == pytest.approx(1 / 6)


def test_no_more_care_is_lost_than_there_was_at_the_start() -> None:
    """A hospital that opens during the run and closes again was five times the start's care."""
    world = clinics("hospital", "health_centre")
    world.facilities.functioning[0] = False
    events = [
        worlds.facility("F0", day(1), reopened=True),
        worlds.facility("F0", day(2), hour=0),
        worlds.facility("F1", day(2), hour=0),
    ]
    care = run(world, events, 2 + 1 / 24)
    assert care.lost[A] == 1.0
    assert care.working[A] == 0.0


def test_what_is_near_counts_for_more() -> None:
    """Two centres 10 km apart, reach 10 km: at A the near one is 1 / (1 + 1/e) of all care."""
    world = worlds.make_world(
        "two", SPOTS, [("A", "B")], facilities=[("F0", "A", "health_centre"), ("F1", "B", "health_centre")]
    )
    care = run(world, [worlds.facility("F0", day(0))], 1 / 24)
    near = 1 / (1 + np.exp(-1))
    assert care.lost[:2] == pytest.approx([near, 1 - near], rel=AN_HOUR_FADES)


def test_nothing_is_lost_where_there_was_nothing() -> None:
    care = run(clinics("hospital"), [worlds.facility("F0", day(0))], 1)
    assert (care.lost[FAR], care.working[FAR]) == (0, 0)


def test_a_world_without_facilities() -> None:
    care = run(clinics(), [], 1)
    assert care.lost.tolist() == care.working.tolist() == [0, 0, 0]


def test_a_facility_closes_in_its_hour() -> None:
    world, events = clinics("hospital"), [worlds.facility("F0", day(0), hour=5)]
    assert run(world, events, 5 / 24).lost[A] == 0
    assert run(world, events, 6 / 24).lost[A] == pytest.approx(1, rel=AN_HOUR_FADES)


@pytest.mark.parametrize("step_hours", [1, 24])
def test_the_loss_halves_in_four_weeks(step_hours: int) -> None:
    """40 days of e-folding are 27.7 days of half-life."""
    world, events = clinics("hospital"), [worlds.facility("F0", day(0))]
    faded = run(world, events, 29, step_hours).lost[A] / run(world, events, 1, step_hours).lost[A]
    assert faded == pytest.approx(np.exp(-28 / 40))
    assert run(world, events, 29, step_hours).working[A] == 0  # what is closed stays closed


@pytest.mark.parametrize("step_hours", [2, 6, 24])
def test_the_loss_does_not_depend_on_the_step(step_hours: int) -> None:
    """Summed over thirty days of closures at midnight, and one return."""
    events = [
        worlds.facility("F0", day(1)),
        worlds.facility("F1", day(4)),
        worlds.facility("F0", day(9), reopened=True),
    ]
    suffered = []
    for hours in (1, step_hours):
        care, total = (
            HealthCare().start(clinics("hospital", "hospital"), events, Clock(worlds.START, 30, hours)),
            0.0,
        )
        for step in range(30 * 24 // hours):
            care.advance(step)
            total += care.lost[A] * hours
        suffered.append(total)
    assert suffered[1] == pytest.approx(suffered[0])


def test_a_reopened_facility_is_missed_no_more() -> None:
    events = [worlds.facility("F0", day(0)), worlds.facility("F0", day(20), reopened=True)]
    before, after = run(clinics("hospital"), events, 20), run(clinics("hospital"), events, 21)
    assert before.lost[A] > 0.5
    assert (after.lost[A], after.working[A], after.functioning.tolist()) == (0, 1, [True])


def test_one_facility_s_return_does_not_make_up_for_another_s_fresh_loss() -> None:
    """F0 closes and is half forgotten when F1 closes; F0's return leaves exactly what F1's closure has done."""
    world = clinics("health_centre", "health_centre")
    other = worlds.facility("F1", day(80))
    both = [worlds.facility("F0", day(0)), other, worlds.facility("F0", day(81), reopened=True)]
    assert run(world, both, 82).lost[A] == pytest.approx(run(world, [other], 82).lost[A])


def test_closing_twice_is_closing_once() -> None:
    once = [worlds.facility("F0", day(0))]
    twice = [*once, worlds.facility("F0", day(10))]
    assert run(clinics("hospital"), twice, 12).lost[A] == pytest.approx(
        run(clinics("hospital"), once, 12).lost[A]
    )


def test_what_closed_before_the_start_does_not_work_and_is_no_news() -> None:
    events = [
        worlds.facility("F0", day(-1)),
        worlds.facility("F1", day(-3)),
        worlds.facility("F1", day(-2), reopened=True),
    ]
    care = run(clinics("hospital", "hospital"), events, 1)
    assert care.lost.tolist() == [0, 0, 0]
    assert care.functioning.tolist() == [False, True]
    assert care.working[A] == pytest.approx(0.5)
    again = run(clinics("hospital", "hospital"), [*events, worlds.facility("F1", day(0))], 1 / 24)
    assert again.lost[A] == pytest.approx(0.5, rel=AN_HOUR_FADES)  # F1's closure is news, F0's is not


def test_without_services_no_closure_moves_anybody(town: World) -> None:
    care = NoServices().start(town, [worlds.facility("H1", day(0))], Clock(worlds.START, 2))
    for step in range(48):
        care.advance(step)
        assert not care.lost.any()
    assert care.functioning.tolist() == [False, True]  # it closed, and that moved nobody


@settings(max_examples=30, deadline=None, derandomize=True, database=None)
@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 40), st.booleans()), max_size=15),
    st.sampled_from([1, 6, 24]),
)
def test_shares_stay_shares(changes: list[tuple[int, int, bool]], step_hours: int) -> None:
    """Whatever closes and reopens: losses between 0 and 1, and with the share that works never above 1."""
    world = clinics("hospital", "health_centre", "health_centre")
    events = [worlds.facility(f"F{i}", day(d), reopened) for i, d, reopened in changes]
    care = HealthCare().start(world, events, Clock(worlds.START, 100, step_hours))
    for step in range(42 * 24 // step_hours):
        care.advance(step)
        assert (care.lost >= 0).all()
        assert (care.lost + care.working <= 1 + 1e-9).all()


def test_the_world_is_left_as_it_was(town: World) -> None:
    run(town, [worlds.facility("H1", day(0))], 1)
    assert town.facilities.functioning.all()
