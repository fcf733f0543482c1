"""Households made of places' totals: exact in all, by the surveys' shares, and each place for itself."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import worlds
from chance import assert_mean, assert_share, assert_uncorrelated
from flightsim.model.households import AT_HOME, CAR, FOOT, HIRE, SETTLED, Households
from flightsim.model.parts.population import Population, place_keys
from flightsim.world import RENTED, SITE, World

PEOPLE = 60_000
HOUSEHOLDS_ARE = (
    "persons",
    "children",
    "women",
    "elderly",
    "needs_care",
    "idp",
    "means",
    "sensitivity",
    "rung",
)


def town(persons: float = PEOPLE) -> World:
    return worlds.town_world(persons=persons)


@pytest.fixture(scope="module")
def many() -> Households:
    """Some 126,000 households."""
    return Population().synthesise(town(), seed=1)


def present(households: Households, world: World) -> np.ndarray:
    """(P,) people by place."""
    return np.bincount(households.home, households.persons, minlength=len(world.places)) * households.weight


def spots(*extra: worlds.Spot) -> list[worlds.Spot]:
    return [
        worlds.Spot("A", "X", 0, residents=1000, idps=600, in_sites=200),
        worlds.Spot("B", "X", 10, residents=7),
        worlds.Spot("C", "Y", 20, idps=900),
        *extra,
    ]


def by_key(households: Households, *, of: Sequence[int] | None = None) -> dict[int, tuple[Any, ...]]:
    """What each household is, by its key; only those at home in the given places."""
    rows = np.arange(len(households))
    if of is not None:
        rows = rows[np.isin(households.home, of)]
    columns = [getattr(households, name)[rows].tolist() for name in HOUSEHOLDS_ARE]
    return dict(zip(households.key[rows].tolist(), zip(*columns, strict=True), strict=True))


# ------------------------------------------------------------------ totals


def test_at_full_scale_every_place_has_its_people() -> None:
    world = worlds.make_world("three", spots(), [("A", "B")])
    households = Population().synthesise(world, 1)
    assert present(households, world).tolist() == [1600, 7, 900]
    at_a = households.home == 0
    for rung, people in ((AT_HOME, 1000), (SITE, 200), (RENTED, 400)):
        assert households.persons[at_a & (households.rung == rung)].sum() == people


@pytest.mark.parametrize("scale", [0.5, 0.1, 0.037, 0.001])
def test_at_any_scale_the_total_is_kept_to_within_a_row(scale: float) -> None:
    world = town(3000.0)
    households = Population(scale=scale).synthesise(world, 1)
    assert households.weight == pytest.approx(1 / scale)
    assert abs(present(households, world).sum() - world.persons) <= households.weight
    in_place = world.places.residents_persons + world.places.idps_persons
    assert (np.abs(present(households, world) - in_place) <= 3 * households.weight).all()


def test_a_tenth_of_the_households_stand_for_all(many: Households) -> None:
    tenth = Population(scale=0.1).synthesise(town(), 1)
    assert len(tenth) * 10 == pytest.approx(len(many), rel=0.001)
    assert np.mean(tenth.persons) == pytest.approx(np.mean(many.persons), rel=0.001)


def test_an_empty_world_has_no_households() -> None:
    households = Population().synthesise(worlds.line_world(persons=0), 1)
    assert len(households) == 0


def test_a_few_people_are_one_household() -> None:
    households = Population().synthesise(worlds.line_world(persons=2), 1)
    assert households.persons.tolist() == [2]


@settings(max_examples=25, deadline=None, derandomize=True, database=None)
@given(
    people=st.integers(1, 400),
    mean=st.sampled_from([3.0, 5.7, 9.0]),
    spread=st.sampled_from([0.0, 0.35, 0.6]),
    children=st.sampled_from([0.3, 0.7]),
    women=st.sampled_from([0.1, 0.4]),
)
def test_every_household_has_somebody_and_an_adult(
    people: int, mean: float, spread: float, children: float, women: float
) -> None:
    part = Population(mean_persons=mean, size_spread=spread, children_share=children, women_share=women)
    households = part.synthesise(worlds.line_world(persons=people), 1)
    assert households.persons.sum() == people
    assert (households.persons >= 1).all()
    adults = households.persons - households.children
    assert (adults >= 1).all()
    for some in (households.children, households.women, households.elderly, households.adult_men):
        assert (some >= 0).all()
    assert (households.elderly <= adults).all()


# ------------------------------------------------------------------ shares


def test_sizes_have_the_mean_and_spread_of_the_surveys(many: Households) -> None:
    assert_mean(many.persons, 5.7)
    spread = many.persons.std() / many.persons.mean()
    assert spread == pytest.approx(
        np.hypot(0.35, 0.29 / 5.7), abs=0.01
    )  # rounding to whole persons adds 0.29


def test_children_and_women_are_their_shares(many: Households) -> None:
    """Given the sizes, whole children by chance about the share, but for the adult that each household keeps."""
    size = many.persons.astype(float)
    share = size * 0.588
    whole = np.floor(share)
    expected = np.minimum(whole, size - 1) * (1 - (share - whole)) + np.minimum(whole + 1, size - 1) * (
        share - whole
    )
    assert_mean(many.children - expected, 0)
    assert many.children.sum() / size.sum() == pytest.approx(0.588, abs=0.003)
    adults = size - many.children
    assert_mean(many.women - adults * 0.215 / (1 - 0.588), 0)
    assert many.women.sum() / size.sum() == pytest.approx(0.215, abs=0.003)


def test_needs_and_means_are_their_shares(many: Households) -> None:
    assert_share(many.needs_care, 0.30)
    assert_share(many.elderly > 0, 0.20)
    for means, share in ((CAR, 0.45), (HIRE, 0.35), (FOOT, 0.20)):
        assert_share(many.means == means, share)


def test_idps_leave_sooner_and_some_households_sooner_than_others(many: Households) -> None:
    assert_mean(many.sensitivity[~many.idp], 1.0)
    assert_mean(many.sensitivity[many.idp], 1.39)
    logs = np.log(many.sensitivity[~many.idp])
    assert_mean((logs - logs.mean()) ** 2, 0.5**2)


def test_what_a_household_is_in_one_way_says_nothing_of_the_others(many: Households) -> None:
    columns = [
        many.persons,
        many.needs_care,
        many.elderly > 0,
        many.means,
        many.sensitivity / (1 + 0.39 * many.idp),
    ]
    for i, a in enumerate(columns):
        for b in columns[:i]:
            if a is columns[2] and b is columns[0]:
                continue  # of one adult there are no two elderly
            assert_uncorrelated(a, b)


def test_kin_live_near_or_where_people_live(many: Households) -> None:
    """35 % in one's own area and the others by its people; nobody's kin are among the Government's."""
    world = town()
    people = world.places.residents_persons + world.places.idps_persons
    of_area = np.bincount(world.places.area, people) / people.sum()
    for area, share in enumerate(of_area):
        here = world.places.area[many.home] == area
        assert_share(many.kin_area[here] == area, 0.35 + 0.65 * share)
        assert_share(many.kin_area[~here] == area, 0.65 * share)


def test_nobody_has_kin_among_the_government_s_people() -> None:
    theirs = worlds.Spot("G", "Z", 30, residents=1e6, control="government")
    households = Population(kin_local_share=0).synthesise(
        worlds.make_world("theirs", spots(theirs), [("A", "B")]), 1
    )
    assert set(households.kin_area[households.home != 3].tolist()) == {0, 1}


def test_all_begin_settled_at_home_without_intent(many: Households) -> None:
    assert (many.state == SETTLED).all()
    assert (many.place == many.home).all()
    assert (many.wants_since == -1).all()
    assert not many.displaced.any()
    assert not many.moves.any()
    assert not many.occasion.any()
    assert ((many.rung == AT_HOME) == ~many.idp).all()


# ------------------------------------------------------------------ each place for itself


def test_keys_are_all_different(many: Households) -> None:
    assert len(np.unique(many.key)) == len(many)


def test_a_new_place_disturbs_no_other_s_households() -> None:
    without = worlds.make_world("three", spots(), [("A", "B")])
    more = worlds.Spot("NEW", "AA", 30, residents=12_345, idps=77)
    world = worlds.make_world("four", [more, *spots()], [("A", "B")])
    before = by_key(Population().synthesise(without, 1))
    after = Population().synthesise(world, 1)
    assert by_key(after, of=[1, 2, 3]) == before
    assert len(after) > len(before)


def test_the_order_of_places_means_nothing() -> None:
    straight = worlds.make_world("three", spots(), [("A", "B")])
    backwards = worlds.make_world("three", spots()[::-1], [("A", "B")])
    assert by_key(Population().synthesise(straight, 1)) == by_key(Population().synthesise(backwards, 1))


def test_more_people_in_a_place_leave_its_first_households_who_they_are() -> None:
    """Sizes shift, for the total is another; needs, means and nerves are those of the same key."""
    few = Population().synthesise(worlds.line_world(persons=500), 1)
    more = Population().synthesise(worlds.line_world(persons=1000), 1)
    n = len(few)
    np.testing.assert_array_equal(more.key[:n], few.key)
    for name in ("needs_care", "means", "sensitivity"):
        np.testing.assert_array_equal(getattr(more, name)[:n], getattr(few, name))


def test_another_seed_makes_others_of_the_same_keys() -> None:
    world = town(3000.0)
    one, two = (Population().synthesise(world, seed) for seed in (1, 2))
    np.testing.assert_array_equal(one.key, two.key)
    assert_uncorrelated(one.sensitivity / (1 + 0.39 * one.idp), two.sensitivity / (1 + 0.39 * two.idp))
    assert_uncorrelated(one.needs_care, two.needs_care)


def test_the_same_seed_makes_the_same_households(many: Households) -> None:
    again = Population().synthesise(town(), seed=1)
    for field in dataclasses.fields(Households):
        np.testing.assert_array_equal(getattr(again, field.name), getattr(many, field.name))


def test_place_keys_are_of_the_p_code_alone() -> None:
    straight = place_keys(worlds.make_world("three", spots(), [("A", "B")]))
    backwards = place_keys(worlds.make_world("three", spots()[::-1], [("A", "B")]))
    assert straight.tolist() == backwards[::-1].tolist()
