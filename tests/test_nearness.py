"""What is felt of what happens near: the same as with a table of all pairs, without one."""

from __future__ import annotations

import numpy as np
import pytest

import worlds
from flightsim.model.nearness import near_by
from flightsim.world import World


@pytest.fixture(scope="module")
def scattered() -> World:
    """Sixty places strewn over 100 km, two of them at one spot."""
    rng = np.random.default_rng(1)
    at = rng.uniform(0, 100, (60, 2))
    at[7] = at[3]
    spots = [worlds.Spot(f"P{i}", "X", *map(float, xy), residents=10) for i, xy in enumerate(at)]
    return worlds.make_world("scattered", spots, [("P0", "P1")])


@pytest.mark.parametrize("within_km", [0.5, 12.0, 500.0])
def test_as_with_a_table_of_all_pairs(scattered: World, within_km: float) -> None:
    rows = np.arange(60)
    km = scattered.km_between(rows[:, None], rows)
    near = near_by(scattered, within_km)
    place, source = np.nonzero(km <= within_km)
    np.testing.assert_array_equal(near.place, place)
    np.testing.assert_array_equal(near.source, source)
    np.testing.assert_array_equal(near.weight, km[place, source])
    amount = np.random.default_rng(2).uniform(0, 1, (60, 3))
    table = np.where(km <= within_km, np.exp(-km), 0.0)
    felt = near.weighed(lambda apart, _place, _source: np.exp(-apart))
    np.testing.assert_allclose(felt.spread(amount), table @ amount, rtol=1e-12)
    np.testing.assert_allclose(felt.spread(amount[:, 0]), table @ amount[:, 0], rtol=1e-12)


def test_sources_of_ones_own_choice(scattered: World) -> None:
    """Two facilities in one town are two sources; weights may go by place and by source."""
    at = np.array([5, 9, 5])
    near = near_by(scattered, 30.0, at)
    felt = near.weighed(lambda km, place, source: km + 100 * place + source)
    km = scattered.km_between(np.arange(60)[:, None], at)
    table = np.where(km <= 30, km + 100 * np.arange(60)[:, None] + np.arange(3), 0)
    np.testing.assert_allclose(felt.spread(np.array([1.0, 2.0, 4.0])), table @ [1, 2, 4], rtol=1e-12)


def test_km_between_places(line: World) -> None:
    assert line.km_from(0) == pytest.approx([0, 20, 40])
    assert line.km_between(np.array([0, 1]), np.array([2, 2])) == pytest.approx([40, 20])
