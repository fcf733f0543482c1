"""The ladder: best rung first, never more people than room, and the same keyed order among those who ask."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import worlds
from chance import assert_share
from flightsim.clock import Clock
from flightsim.events import Event
from flightsim.model.draws import decision_key, uniform
from flightsim.model.parts.shelter import Shelter, ShelterLadder, UnlimitedShelter
from flightsim.world import COLLECTIVE, HOST, OPEN, RENTED, RUNGS, SITE, UNFINISHED, World

CLOCK = Clock(worlds.START, 30)
FIVE = 5.0  # persons a household
NONE_LOST = np.zeros(2, bool)


def day(n: int) -> date:
    return worlds.START + timedelta(days=n)


def village(**room: float) -> World:
    """V with this room by rung, and W with none; sites hold 300 people in V and 100 in W."""
    spots = [
        worlds.Spot("V", "X", 0, residents=100, idps=300, in_sites=300, **room),
        worlds.Spot("W", "X", 10, idps=100, in_sites=100),
    ]
    return worlds.make_world("village", spots, [("V", "W")])


def start(world: World, events: Sequence[Event] = (), **fields: float) -> Shelter:
    return ShelterLadder(**fields).start(world, events, CLOCK)


def ask(shelter: Shelter, n: int, persons: float = FIVE, at: int = 0, **who: Any) -> list[str]:
    """The rungs that ``n`` like households get; by default with kin, with money, and luckier the earlier."""
    all_alike: dict[str, Any] = {"has_kin": True, "pays": True, "drawn": (np.arange(n) + 0.5) / n} | who
    columns = {name: np.broadcast_to(value, n).copy() for name, value in all_alike.items()}
    rungs = shelter.admit(np.full(n, at), np.full(n, persons), **columns)
    return [RUNGS[rung] for rung in rungs]


# ------------------------------------------------------------------ the ladder


def test_each_rung_fills_before_the_next() -> None:
    shelter = start(village(host=10, rented=5, site=10, collective=5, unfinished=5))
    got = ask(shelter, 9)
    assert got == ["host"] * 2 + ["rented"] + ["site"] * 2 + ["collective", "unfinished"] + ["open"] * 2
    assert not shelter.room[0, :OPEN].any()
    assert np.isinf(shelter.room[:, OPEN]).all()


def test_hosts_take_relatives_and_their_share_of_others() -> None:
    """All have room; of those without kin a share of 0.3 finds a host."""
    shelter = start(village(host=1e9), host_share=0.3)
    drawn = uniform(decision_key(1, "shelter"), np.arange(10_000))
    assert set(ask(shelter, 10_000, drawn=drawn)) == {"host"}
    got = ask(shelter, 10_000, drawn=drawn, has_kin=False)
    assert_share(np.array(got) == "host", 0.3)


def test_only_those_who_can_pay_rent() -> None:
    shelter = start(village(rented=100, collective=100), rent_share=0.5)
    pays = shelter.pays(np.array([0.2, 0.8]))
    assert pays.tolist() == [True, False]
    assert ask(shelter, 2, pays=pays, has_kin=False) == ["rented", "collective"]


def test_places_do_not_lend_each_other_room() -> None:
    shelter = start(village(site=1000))
    assert ask(shelter, 3, at=1) == ["open"] * 3
    assert ask(shelter, 3, at=0) == ["site"] * 3


def test_who_does_not_fit_in_goes_on_down() -> None:
    """Six do not fit where five do, nor do those behind them in the queue jump it; the next rung takes them."""
    shelter = start(village(host=5, collective=100))
    assert ask(shelter, 1, persons=6) == ["collective"]
    assert ask(shelter, 1, persons=5) == ["host"]


def test_nobody_asks() -> None:
    assert ask(start(village(site=10)), 0) == []


# ------------------------------------------------------------------ keyed admission


def test_the_order_of_asking_means_nothing() -> None:
    rng = np.random.default_rng(0)
    n = 200
    places, persons = rng.integers(0, 2, n), rng.integers(1, 9, n).astype(float)
    kin, pays, drawn = rng.random(n) < 0.5, rng.random(n) < 0.5, rng.random(n)
    world = village(host=60, rented=40, site=80, collective=30, unfinished=20)
    straight = start(world).admit(places, persons, kin, pays, drawn)
    mixed = rng.permutation(n)
    shuffled = start(world).admit(places[mixed], persons[mixed], kin[mixed], pays[mixed], drawn[mixed])
    np.testing.assert_array_equal(shuffled, straight[mixed])


def test_without_one_who_got_in_exactly_the_next_one_does() -> None:
    drawn = np.random.default_rng(1).permutation(20) / 20
    all_rungs = np.array(ask(start(village(site=50)), 20, drawn=drawn))
    inside = np.flatnonzero(all_rungs == "site")
    assert inside.tolist() == np.flatnonzero(drawn < 10 / 20).tolist()
    absent = inside[3]
    others = np.delete(np.arange(20), absent)
    without = np.array(ask(start(village(site=50)), 19, drawn=drawn[others]))
    changed = others[without != all_rungs[others]]
    assert drawn[changed].tolist() == [10 / 20]


@settings(max_examples=50, deadline=None, derandomize=True, database=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 1), st.integers(1, 12), st.booleans(), st.booleans(), st.integers(0, 99)),
        max_size=40,
    ),
    st.lists(st.integers(0, 60), min_size=5, max_size=5),
    st.sampled_from([0.5, 1.0, 1.7]),
)
def test_room_is_never_below_zero_and_what_is_gone_is_taken(
    asking: list[tuple[int, int, bool, bool, int]], room: list[int], factor: float
) -> None:
    world = village(**dict(zip(RUNGS[:OPEN], map(float, room), strict=True)))
    shelter = start(world, room=factor, site_room=factor)
    before = shelter.room.copy()
    places, persons, kin, pays, drawn = (
        np.array([row[i] for row in asking], dtype)
        for i, dtype in enumerate((np.int64, float, bool, bool, float))
    )
    rungs = shelter.admit(places, persons, kin, pays, drawn / 100)
    assert (shelter.room >= -1e-6).all()
    taken = np.zeros((2, OPEN + 1))
    np.add.at(taken, (places, rungs), persons)
    np.testing.assert_allclose(shelter.room[:, :OPEN], (before - taken)[:, :OPEN], atol=1e-6)
    shelter.free(places, rungs, persons)
    np.testing.assert_allclose(shelter.room, before, atol=1e-6)


# ------------------------------------------------------------------ room comes and goes


def test_those_who_leave_make_room() -> None:
    shelter = start(village(site=10))
    assert ask(shelter, 2) == ["site", "site"]
    at_home_and_in_site = np.array([-1, SITE])
    shelter.free(np.zeros(2, np.int64), at_home_and_in_site, np.array([FIVE, FIVE]))
    assert ask(shelter, 2) == ["site", "open"]


def test_a_place_that_was_lost_offers_the_open_air_only() -> None:
    shelter = start(village(host=100, site=100))
    shelter.close(np.array([0]))
    assert ask(shelter, 2) == ["open", "open"]


def test_factors_stretch_the_room_in_sites_and_elsewhere() -> None:
    shelter = start(village(host=10, rented=20, site=30, collective=40, unfinished=50), room=2, site_room=3)
    assert shelter.room[0, :OPEN].tolist() == [20, 40, 90, 80, 100]
    assert (HOST, RENTED, SITE, COLLECTIVE, UNFINISHED) == (0, 1, 2, 3, 4)


def test_room_looks_as_good_as_it_will_ever_with_500_persons_free() -> None:
    shelter = start(village(host=100, site=150))
    assert shelter.free_share().tolist() == [0.5, 0]
    assert start(village(site=10_000)).free_share()[0] == 1


# ------------------------------------------------------------------ tents


def test_tents_go_up_where_the_sites_are() -> None:
    """Eight tents of five persons a day: 30 persons in V, which has three quarters of the people in sites."""
    shelter = start(village(), tents_per_day=8, persons_a_tent=5)
    for n in range(3):
        shelter.new_day(n, NONE_LOST)
    assert shelter.room[:, SITE].tolist() == [90, 30]


def test_no_tents_on_hostile_ground() -> None:
    shelter = start(village(), tents_per_day=8, persons_a_tent=5)
    shelter.new_day(0, np.array([True, False]))
    assert shelter.room[:, SITE].tolist() == [0, 10]


@pytest.mark.parametrize(
    ("un_share", "tents"), [(1.0, [30, 30, 15, 15, 60, 60]), (0.8, [30, 30, 18, 18, 54, 54]), (0.0, [30] * 6)]
)
def test_tents_follow_the_crossings_as_far_as_aid_comes_through_them(
    un_share: float, tents: list[float]
) -> None:
    events = [
        worlds.event("aid_authorisation", "ALL", 4.0, day(-5)),
        worlds.event("aid_authorisation", "ALL", 2.0, day(2)),
        worlds.event("aid_authorisation", "ALL", 8.0, day(4)),
    ]
    shelter, grown = start(village(), events, tents_per_day=8, persons_a_tent=5, un_share=un_share), []
    for n in range(6):
        before = shelter.room[0, SITE]
        shelter.new_day(n, NONE_LOST)
        grown.append(float(shelter.room[0, SITE] - before))
    assert grown == pytest.approx(tents)


def test_without_sites_or_tents_nothing_grows(line: World) -> None:
    shelter = start(line)
    before = shelter.room.copy()
    shelter.new_day(0, np.zeros(3, bool))
    np.testing.assert_array_equal(shelter.room, before)


# ------------------------------------------------------------------ makeshift shelter


def test_those_in_the_open_make_themselves_a_shelter_in_time() -> None:
    """A fifth of 100 people at V on the first day, of the 80 left on the next; nothing on hostile ground."""
    shelter = start(village(), makeshift_per_day=0.2)
    before = shelter.room[:, UNFINISHED].copy()
    shelter.make_do(np.array([100.0, 50.0]), np.array([False, True]))
    shelter.make_do(np.array([80.0, 50.0]), np.array([False, True]))
    assert (shelter.room[:, UNFINISHED] - before).tolist() == pytest.approx([36.0, 0.0])


# ------------------------------------------------------------------ reduced scale, and no limit


def test_where_rows_stand_for_ten_small_rooms_are_gathered_into_lumps() -> None:
    """Thirty villages with room for six persons each, and rows of 57: three lumps, within half a row of the whole."""
    spots = [worlds.Spot(f"V{i:02d}", "X", i, host=6.0) for i in range(30)]
    world = worlds.make_world("villages", spots, [("V00", "V01")])
    shelter = ShelterLadder().start(world, [], CLOCK)
    shelter.gather_in_lumps(57.0)
    room = shelter.room[:, HOST]
    assert abs(room.sum() - 180) <= 57 / 2
    assert set(np.rint(room / 57)) == {0, 1}


@pytest.mark.parametrize("weight", [1.0, 10.0])
def test_a_row_of_many_households_enters_if_more_than_half_of_it_fits(weight: float) -> None:
    """At weight 10 a row of 50 gets in where there is room for 27.5 or more; at full scale none too many."""
    for room, inside in ((50, True), (28, weight > 1), (27, False)):
        shelter = start(village(host=float(room)))
        rungs = shelter.admit(
            np.zeros(1, np.int64), np.array([50.0]), np.ones(1, bool), np.zeros(1, bool), np.zeros(1), weight
        )
        assert (rungs[0] == HOST) == inside


def test_unlimited_shelter_is_a_host_family_for_everybody(town: World) -> None:
    shelter = UnlimitedShelter().start(town, [], CLOCK)
    shelter.new_day(0, np.zeros(12, bool))
    assert set(ask(shelter, 1000, has_kin=False, pays=False)) == {"host"}
    assert (shelter.free_share() == 1).all()


def test_the_world_is_left_as_it_was() -> None:
    world = village(site=10)
    shelter = start(world)
    ask(shelter, 2)
    shelter.new_day(0, NONE_LOST)
    assert world.room_persons[0, SITE] == 10
