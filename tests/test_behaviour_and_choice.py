"""Who leaves, and where to: pressure by cause, thresholds, and the choice among areas and places."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import worlds
from chance import assert_share, assert_uncorrelated
from flightsim.clock import Clock
from flightsim.events import Event
from flightsim.model.choice import TOP, Alternatives, alternatives, area_values, choose, way_values
from flightsim.model.draws import decision_key, exponential, name_key
from flightsim.model.households import N_KINDS
from flightsim.model.parts.behaviour import (
    CARE,
    CROWDING,
    FRONT,
    N_CAUSES,
    NEIGHBOURS,
    SHELLING,
    Flight,
    NoFlight,
)
from flightsim.model.parts.hazard import Bombardment
from flightsim.model.parts.services import HealthCare
from flightsim.model.thresholds import Thresholds
from flightsim.world import CAUSES, World
from models import FELT_IN_FULL

PLACE_LUCK, AREA_LUCK = decision_key(1, "place"), decision_key(1, "area")
WHO = np.arange(20_000).astype(np.uint64)
NOBODY_THERE = np.full(len(WHO), 99)  # a place that is none of the alternatives
RESIDENT, RESIDENT_IN_NEED, DISPLACED, _, IN_THE_OPEN, _ = range(N_KINDS)


def day(n: int) -> date:
    return worlds.START + timedelta(days=n)


def one(value: float) -> np.ndarray:
    return np.array([value])


def causes(
    part: Flight, remembered: float = 0, alarm: float = 0, lost: float = 0, gone: float = 0
) -> np.ndarray:
    """(C, K) at one place."""
    return part.causes(one(remembered), one(alarm), one(lost), one(gone))[:, 0]


# ------------------------------------------------------------------ pressure


def test_fear_is_half_at_the_half_way_point_and_sets_in_sharply() -> None:
    part = Flight(half_strikes=10, steepness=3)
    assert part.fear(np.array([0, 5, 10, 20, 1e9])) == pytest.approx([0, 1 / 9, 1 / 2, 8 / 9, 1])


def test_without_any_cause_nothing_presses() -> None:
    pressure = Flight().pressure(Flight().causes(*[np.zeros(1)] * 4))[0]
    assert not pressure[:4].any()
    assert (pressure[4:] == Flight().crowding_per_hour).all()  # but for those in the open


def test_each_cause_in_the_head() -> None:
    part = Flight(
        half_strikes=10,
        shelling_per_hour=0.02,
        front_per_hour=0.004,
        care_factor=1.5,
        care_factor_in_need=2.0,
        care_per_hour=0.001,
        neighbours_per_hour=0.01,
        crowding_per_hour=0.003,
    )
    rates = causes(part, remembered=10, alarm=2, lost=0.5, gone=0.25)
    assert len(CAUSES) == N_CAUSES == len(rates)
    assert (rates[SHELLING] == 0.01).all()
    assert (rates[FRONT] == 0.008).all()
    assert (rates[NEIGHBOURS] == 0.0025).all()
    danger = 0.018  # lost care makes it weigh more, and weighs by itself
    assert rates[CARE, RESIDENT] == pytest.approx(0.5 * (danger * 0.5 + 0.001))
    assert rates[CARE, RESIDENT_IN_NEED] == pytest.approx(0.5 * (danger * 1.0 + 0.001))
    assert rates[CROWDING].tolist() == [0, 0, 0, 0, 0.003, 0.003]


def test_what_holds_people_back_is_taken_off_and_no_more() -> None:
    part = Flight(
        front_per_hour=0.001,
        hold_resident_per_hour=0.0006,
        hold_displaced_per_hour=0.0003,
        crowding_per_hour=0,
    )
    for alarm, expected in (
        (1.0, [0.0004, 0.0007, 0.001]),
        (0.5, [0, 0.0002, 0.0005]),
        (0.1, [0, 0, 0.0001]),
    ):
        pressure = part.pressure(part.causes(one(0), one(alarm), one(0), one(0)))[0]
        assert pressure == pytest.approx(np.repeat(expected, 2))


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(*[st.floats(0, 1000), st.floats(0, 20), st.floats(0, 1), st.floats(0, 1)] * 1)
def test_more_of_any_cause_never_presses_less(
    remembered: float, alarm: float, lost: float, gone: float
) -> None:
    part = Flight()
    met = np.array([remembered, alarm, lost, gone])
    base = part.pressure(part.causes(*met[:, None]))
    for i, more in enumerate((50.0, 1.0, (1 - lost) / 2, (1 - gone) / 2)):
        raised = met + more * (np.arange(4) == i)
        assert (part.pressure(part.causes(*raised[:, None])) >= base).all()


def test_flight_cannot_feed_itself_for_ever() -> None:
    """Even where all have just left, neighbours press less over their memory than one departure's worth."""
    with pytest.raises(Exception, match="neighbours_per_hour"):
        Flight(neighbours_per_hour=0.0126)
    part = Flight(neighbours_per_hour=0.0125)
    assert part.neighbours_per_hour * 80 == 1


def test_without_flight_no_cause_presses_anybody() -> None:
    part = NoFlight()
    pressure = part.pressure(part.causes(one(1e6), one(50), one(1), one(1)))
    assert not pressure.any()


def test_dispersal_is_a_switch() -> None:
    remembered = np.array([0.0, 10.0, 1e9])
    assert not Flight().dispersed_share(remembered).any()
    part = Flight(nightly_dispersal=True, dispersal_share=0.4, half_strikes=10)
    assert part.dispersed_share(remembered) == pytest.approx([0, 0.2, 0.4])


# ------------------------------------------------------------------ who leaves


def gathered(world: World, events: Sequence[Event], step_hours: int, days: int = 30) -> np.ndarray:
    """(days, P, K) pressure gathered by the end of each day, from danger, front and care."""
    clock, part = Clock(worlds.START, days, step_hours), Flight(half_strikes=15.0, steepness=3.0)
    hazard = Bombardment(**FELT_IN_FULL).start(world, events, clock)
    care = HealthCare().start(world, events, clock)
    total, by_day = np.zeros((len(world.places), N_KINDS)), []
    for step in range(clock.n_steps):
        hazard.advance(step)
        care.advance(step)
        rates = part.causes(hazard.remembered, hazard.alarm, care.lost, np.zeros(len(world.places)))
        total += part.pressure(rates) * step_hours
        if (step + 1) % clock.steps_a_day == 0:
            by_day.append(total.copy())
    return np.array(by_day)


CAMPAIGN = [
    *(worlds.strike("M2", day(n), 30) for n in range(3, 12)),
    worlds.facility("H1", day(5), hour=11),
    worlds.captured("S1", day(8), hour=13),
    worlds.captured("M1", day(10)),
]


@pytest.mark.parametrize("step_hours", [2, 6, 24])
def test_pressure_does_not_depend_on_the_step(town: World, step_hours: int) -> None:
    """In the end the same within 2 %; on the way coarse steps are ahead, by less than one of them."""
    fine, coarse = gathered(town, CAMPAIGN, 1), gathered(town, CAMPAIGN, step_hours)
    assert fine[-1, town.places.place_id.index("M2"), RESIDENT] > 1
    np.testing.assert_allclose(coarse[-1], fine[-1], rtol=0.02, atol=0.005)
    room = 0.005 + 0.02 * fine[1:-1]
    assert (coarse[1:-1] >= fine[1:-1] - room).all()
    assert (coarse[1:-1] <= fine[2:] + room).all()


def test_who_stays_follows_exp_of_minus_the_pressure_gathered(town: World) -> None:
    """20,000 residents of M2, each with an exponential threshold, over thirty days of a campaign."""
    place, n = town.places.place_id.index("M2"), len(WHO)
    agenda, stays = Thresholds(1, n), np.ones(n, bool)
    agenda.join(np.arange(n), np.zeros(n, np.int64), exponential(decision_key(1, "leave"), WHO))
    for pressure in gathered(town, CAMPAIGN, 6)[:, place, RESIDENT]:
        stays[agenda.due(one(pressure))] = False
        if 0.05 < np.exp(-pressure) < 0.95:
            assert_share(stays, np.exp(-pressure))
    assert 0 < stays.sum() < n


# ------------------------------------------------------------------ what a place is worth


def appeal(part: Flight, **features: Any) -> np.ndarray:
    usual: dict[str, Any] = {
        "fear": 0.0,
        "alarm": 0.0,
        "persons": 1.0,
        "working_care": 0.0,
        "free_share": 0.0,
        "allowed": True,
    }
    columns = {name: np.atleast_1d(value) for name, value in (usual | features).items()}
    n = max(len(column) for column in columns.values())
    return part.appeal(**{name: np.broadcast_to(column, n) for name, column in columns.items()})


def test_worth_in_the_head() -> None:
    part = Flight(safety=6, size=0.8, services=0.5, shelter=1.5)
    assert appeal(part, persons=np.exp(10.0)) == pytest.approx([8])
    assert appeal(part, working_care=[0.0, 0.5, 1.0]) == pytest.approx([0, 0.25, 0.5])
    assert appeal(part, free_share=[0.0, 1.0]) == pytest.approx([0, 1.5])
    assert appeal(part, fear=[0.0, 0.5, 1.0]) == pytest.approx([0, -3, -6])


def test_the_pull_of_room_levels_off() -> None:
    part = Flight(room=1.5, ample_room_persons=10_000, size=0, shelter=0)
    worth = appeal(part, free_share=1.0, room_persons=[0.0, 10_000.0, 90_000.0, np.inf])
    assert worth == pytest.approx([-np.inf, 1.5 * np.log(0.5), 1.5 * np.log(0.9), 0.0])
    assert appeal(Flight(size=0, shelter=0), free_share=1.0, room_persons=0.0) == pytest.approx([0.0])


def test_fire_and_the_front_are_as_bad_as_the_worse_of_them() -> None:
    part = Flight(safety=10)
    assert appeal(part, fear=0.5, alarm=[0.0, 0.1, 1.0]) == pytest.approx([-5, -5, -10])


def test_where_one_cannot_go_or_nobody_lives_is_no_place_to_go() -> None:
    worth = appeal(Flight(), persons=[10.0, 10.0, 0.0], allowed=np.array([True, False, True]))
    assert np.isfinite(worth).tolist() == [True, False, False]


def test_the_way_kin_and_another_authority() -> None:
    part = Flight(distance_exponent=2, near_hours=0.5, kin=1.5, other_authority=1.0)
    hours = np.array([[0.5, 1.5, np.inf]])
    kin, other = np.array([[False, True, False]]), np.array([[False, True, True]])
    values = area_values(part, way_values(part, hours), kin, other)[0]
    assert values[:2] == pytest.approx([0, -2 * np.log(2) + 0.5])
    assert values[2] == -np.inf


def test_even_where_distance_means_nothing_there_must_be_a_way() -> None:
    part = Flight(distance_exponent=0)
    no = np.zeros((1, 2), bool)
    assert area_values(part, way_values(part, np.array([[3.0, np.inf]])), no, no).tolist() == [[0, -np.inf]]


# ------------------------------------------------------------------ alternatives


def options_of(
    worth: Sequence[float], area: Sequence[int], side: Sequence[int] | None = None
) -> Alternatives:
    """Places P0, P1, ... with this appeal, in these areas."""
    keys = np.array([name_key(f"P{i}") for i in range(len(worth))], np.uint64)
    area_keys = np.array([name_key(f"A{i}") for i in range(max(area) + 1)], np.uint64)
    sides = np.zeros(len(worth), np.int64) if side is None else np.array(side)
    return alternatives(np.array(worth, float), np.array(area), sides, keys, area_keys)


def test_alternatives_are_in_the_order_of_areas() -> None:
    options = options_of([1, -np.inf, 3, 4, 2], [2, 0, 1, 2, 1], [0, 0, 1, 0, 1])
    assert options.place.tolist() == [2, 4, 0, 3]
    assert options.row.tolist() == [1, 2]  # area 0 has nowhere to go to
    assert options.first.tolist() == [0, 2]
    assert options.area.tolist() == [0, 0, 1, 1]
    assert options.side.tolist() == [1, 0]
    assert options.inverse_weight == pytest.approx(np.exp([1, 2, 3, 0]))
    assert options.column_of(np.array([3, 1, 2])).tolist() == [3, 4, 0]


def test_when_there_is_nowhere_to_go() -> None:
    assert len(options_of([-np.inf, -np.inf], [0, 1]).place) == 0


# ------------------------------------------------------------------ the choice


def best(
    options: Alternatives, values: Any, not_here: np.ndarray = NOBODY_THERE, who: np.ndarray = WHO
) -> np.ndarray:
    """The place each household chooses, -1 for none, where each area is worth the same to all."""
    table = np.broadcast_to(np.array(values, float), (len(who), len(options.row)))
    column = choose(options, table, who, PLACE_LUCK, AREA_LUCK, not_here[: len(who), None])[:, 0]
    return np.where(column >= 0, options.place[column], -1)


def between_two_areas(z: float) -> float:
    """Share of the first of two areas, worth ``z`` more: two logistic errors added up (see docs/model.md)."""
    return float(np.exp(z) * (np.exp(z) - 1 - z) / (np.exp(z) - 1) ** 2) if z else 0.5


def test_inside_an_area_the_choice_is_a_logit() -> None:
    """Worths of ln 1, ln 2 and ln 5: shares of 1, 2 and 5 eighths."""
    chosen = best(options_of(np.log([1, 2, 5]), [0, 0, 0]), [0])
    for place, share in enumerate((1 / 8, 2 / 8, 5 / 8)):
        assert_share(chosen == place, share)


@pytest.mark.parametrize("z", [-2.0, 0.0, 1.3])
def test_at_the_fork_shares_follow_two_errors_added_up(z: float) -> None:
    chosen = best(options_of([0, 0], [0, 1]), [z, 0])
    assert_share(chosen == 0, between_two_areas(z))


def test_an_area_gains_by_what_its_places_are_worth_together() -> None:
    """Three places like the one of the other area: ln 3 more."""
    chosen = best(options_of([0, 0, 0, 0], [0, 0, 0, 1]), [0, 0])
    assert_share(chosen != 3, between_two_areas(np.log(3)))
    for place in range(3):
        assert_share(chosen[chosen != 3] == place, 1 / 3)


def test_appeal_and_the_area_s_value_weigh_the_same() -> None:
    by_appeal, by_value = (
        best(options_of([1.3, 0], [0, 1]), [0, 0]),
        best(options_of([0, 0], [0, 1]), [1.3, 0]),
    )
    assert_share(by_appeal == 0, between_two_areas(1.3))
    assert (by_appeal != by_value).mean() < 0.001  # but for rounding in single precision


def test_closing_a_place_moves_only_those_who_would_have_gone_there() -> None:
    worth, area = np.log([1, 2, 3, 4, 5, 6]), [0, 0, 1, 1, 1, 2]
    values = [0.3, 0.0, -0.5]
    before = best(options_of(worth, area), values)
    for closed in range(6):
        after = best(
            options_of(np.where(np.arange(6) == closed, -np.inf, worth), area),
            np.delete(values, 2) if closed == 5 else values,
        )
        assert (after[before == closed] != closed).all()
        np.testing.assert_array_equal(after[before != closed], before[before != closed])


def test_a_dearer_way_moves_nobody_towards_it() -> None:
    options = options_of(np.log([1, 2, 3]), [0, 1, 2])
    before, after = best(options, [0, 0, 0]), best(options, [-1, 0, 0])
    moved = before != after
    assert (before[moved] == 0).all()


def test_the_order_of_households_means_nothing() -> None:
    options = options_of(np.log([1, 2, 5, 3]), [0, 0, 1, 2])
    mixed = np.random.default_rng(0).permutation(len(WHO))
    np.testing.assert_array_equal(best(options, [0, 1, 0], who=WHO[mixed]), best(options, [0, 1, 0])[mixed])


def test_nobody_goes_to_where_he_is() -> None:
    options = options_of([0, 0, 0], [0, 0, 1])
    chosen = best(options, [0, 0], np.zeros(len(WHO), np.int64))
    assert_share(chosen == 1, 0.5)
    assert_share(chosen == 2, 0.5)
    alone = best(options_of([0], [0]), [0], np.zeros(len(WHO), np.int64))
    assert (alone == -1).all()


def test_who_is_nowhere_has_all_alternatives() -> None:
    options = options_of([0, 0, 0], [0, 0, 1])
    nowhere = np.full(len(WHO), -1)
    np.testing.assert_array_equal(best(options, [0, 0], nowhere), best(options, [0, 0]))


def test_without_any_way_there_is_no_choice() -> None:
    options = options_of([0, 0, 0], [0, 0, 1])
    assert (best(options, [-np.inf, -np.inf]) == -1).all()
    assert (best(options, [-np.inf, 0]) == 2).all()


def test_the_next_best_are_of_other_areas_and_in_order() -> None:
    options = options_of(np.zeros(9), [0, 0, 1, 1, 2, 2, 3, 3, 3])
    values = np.zeros((len(WHO), 4))
    top = choose(options, values, WHO, PLACE_LUCK, AREA_LUCK, NOBODY_THERE[:, None])
    assert top.shape == (len(WHO), TOP)
    areas = options.area[top]
    assert all(len(set(row)) == TOP for row in areas[:500].tolist())
    without_best = values.copy()
    without_best[np.arange(len(WHO)), areas[:, 0]] = -np.inf
    second = choose(options, without_best, WHO, PLACE_LUCK, AREA_LUCK, NOBODY_THERE[:, None])
    np.testing.assert_array_equal(second[:, 0], top[:, 1])


def test_another_journey_is_another_choice() -> None:
    """The same households on two occasions: as often the same place as chance has it."""
    options = options_of([0, 0, 0, 0], [0, 1, 2, 3])
    first, second = best(options, [0] * 4), best(options, [0] * 4, who=WHO + np.uint64(1 << 40))
    assert_share(first == second, 1 / 4)
    assert_uncorrelated(first == 0, second == 0)
