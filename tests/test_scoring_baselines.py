"""Baselines against sums done by hand, on a strip of six sub-districts."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

import synthetic
from flightsim.validation.scores import splits
from flightsim.validation.scores.ground import NEVER, Ground
from flightsim.validation.scores.totals import (
    Known,
    constant_rate,
    hindsight_line,
    last_rate,
    linear,
    no_change,
)

AT = np.array([20.0, 30.0])


def test_totals_from_three_reports() -> None:
    """0 on day 0, 40 on day 10, 50 on day 15: 50/15, 10/5 and the least squares' 3.5 a day."""
    known = Known(np.array([0.0, 10.0, 15.0]), np.array([0.0, 40.0, 50.0]))
    assert no_change(known, AT).tolist() == [50, 50]
    assert constant_rate(known, AT) == pytest.approx([50 + 5 * 50 / 15, 50 + 15 * 50 / 15])
    assert last_rate(known, AT).tolist() == [60, 80]
    slope = (sum(x * y for x, y in ((0, 0), (10, 40), (15, 50))) - 3 * 25 / 3 * 30) / (
        325 - 3 * (25 / 3) ** 2
    )
    assert linear(known, AT) == pytest.approx([30 + slope * (t - 25 / 3) for t in AT])


def test_totals_before_any_report_take_the_rates_from_before() -> None:
    known = Known(np.array([0.0]), np.zeros(1), rate_before=2, last_rate_before=5)
    assert [rule(known, AT).tolist() for rule in (constant_rate, linear, last_rate, no_change)] == [
        [40, 60], [40, 60], [100, 150], [0, 0],
    ]  # fmt: skip


def test_the_line_in_hindsight_goes_through_zero() -> None:
    """Points (10, 20) and (20, 20): slope 600 / 500."""
    found = hindsight_line(np.array([10.0, 20.0]), np.array([20.0, 20.0]), np.array([0.0, 5.0]))
    assert found == pytest.approx([0, 6])


# ------------------------------------------------------------------ where


OPEN = np.array([False, True, True])
KM = np.array([[0.0, 10.0, 30.0], [10.0, 0.0, 20.0], [30.0, 20.0, 0.0]])


def test_shares_by_weight_leave_out_the_own_area_and_closed_ones() -> None:
    found = splits.by_weight(np.array([5.0, 1.0, 3.0]), OPEN)
    assert found.tolist() == [[0, 0.25, 0.75], [0, 0, 1], [0, 1, 0]]
    assert splits.uniform(OPEN)[0].tolist() == [0, 0.5, 0.5]


def test_gravity() -> None:
    """200 people 10 + 10 km away against 600 at 30 + 10 km: 10 to 15."""
    found = splits.gravity(np.array([100.0, 200.0, 600.0]), KM, OPEN)
    assert found[0] == pytest.approx([0, 10 / 25, 15 / 25])


def test_radiation() -> None:
    """100 leave: the near 200 pull 100 * 200 / (100 * 300), the far 600 behind them 100 * 600 / (300 * 900)."""
    found = splits.radiation(np.array([100.0, 200.0, 600.0]), KM, OPEN)
    near, far = 100 * 200 / (100 * 300), 100 * 600 / (300 * 900)
    assert found[0] == pytest.approx([0, near / (near + far), far / (near + far)])


def test_nearest_safe_place() -> None:
    assert splits.nearest_safe(KM, OPEN).tolist() == [[0, 1, 0], [0, 0, 1], [0, 1, 0]]


def test_nowhere_to_go_is_to_stay() -> None:
    assert splits.uniform(np.array([False, False, False])).tolist() == np.eye(3).tolist()
    assert splits.nearest_safe(KM, np.array([False, False, True]))[2].tolist() == [0, 0, 1]


# ------------------------------------------------------------------ the ground they stand on


@pytest.fixture
def ground() -> Ground:
    """The first place of the strip is taken on 21 December; its neighbours are about 9 km apart."""
    world = synthetic.world()
    front = pd.DataFrame(
        {"place_id": ["C0000"], "date": [pd.Timestamp("2019-12-21")], "holder": ["government"]}
    )
    return Ground(world, front)


def test_the_capture_ring_empties_the_place_and_what_is_near(ground: Ground) -> None:
    near = ground.world.km_from(0) <= ground.ring_km
    assert 1 < near.sum() < len(near)
    assert ((ground.gone < NEVER) == near).all()
    assert ground.leavers(date(2019, 12, 1), date(2019, 12, 20)).sum() == 0
    assert ground.leavers(date(2019, 12, 1), date(2019, 12, 21)).sum() == 12_000 * near.sum()
    assert ground.leavers(date(2019, 12, 22), date(2020, 1, 1)).sum() == 0, "nobody leaves twice"
    assert ground.lost(date(2019, 12, 21)).tolist() == [True] + [False] * 5


def test_a_place_retaken_by_others_frightens_nobody(ground: Ground) -> None:
    back = Ground(ground.world, ground.front.assign(holder="opposition"))
    assert (back.gone == NEVER).all()


def test_roads_between_gateways(ground: Ground) -> None:
    assert ground.road_km[0].tolist() == [0, 40, 80, 120, 160, 200], (
        "four roads of 10 km from one to the next"
    )


def test_codes_of_any_level(ground: Ground) -> None:
    assert ground.areas(("XX0001", "XX0003")) == ["XX0001", "XX0003"]
    assert len(ground.areas(("XX00",))) == len(ground.areas(("XX",))) == len(ground.areas(())) == 6
    assert ground.population.sum() == ground.world.persons
