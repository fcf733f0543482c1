"""Keyed luck: the same for the same key, whatever the order; and as random as theory wants it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from chance import assert_mean, assert_share, assert_uncorrelated, assert_uniform
from flightsim import draws
from flightsim.draws import (
    decision_key,
    exponential,
    exponential_table,
    gumbel,
    keyed_bits,
    name_key,
    uniform,
)

KEY = decision_key(1, "leave")
WHO = np.arange(20_000)
ALL_DRAWS = (uniform, exponential, gumbel)


def slow_bits(key: int, who: int, which: int) -> int:
    """The rule once more, on Python's own whole numbers."""
    mask = 2**64 - 1

    def mix(x: int) -> int:
        x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9 & mask
        x = (x ^ x >> 27) * 0x94D049BB133111EB & mask
        return x ^ x >> 31

    first = mix(who * 0x9E3779B97F4A7C15 & mask ^ key)
    return mix(first ^ which * 0x94D049BB133111EB + 0x9E3779B97F4A7C15 & mask)


def test_arrays_draw_what_the_plain_rule_draws() -> None:
    for who, which in ((0, 0), (1, 0), (0, 1), (2**64 - 1, 7), (12345678901234567890, 2**63)):
        assert keyed_bits(KEY, np.uint64(who), np.uint64(which)).tolist() == [slow_bits(KEY, who, which)]


def test_names_and_decisions_have_the_same_key_on_every_machine() -> None:
    assert name_key("C4130") == 8241583345854481372
    assert decision_key(1, "leave") == name_key("1:leave")
    assert (
        len({decision_key(seed, name) for seed in range(50) for name in ("leave", "ready", "place")}) == 150
    )


@pytest.mark.parametrize("draw", ALL_DRAWS)
def test_a_draw_knows_nothing_of_order_or_company(draw: Callable[..., Any]) -> None:
    shuffled = np.random.default_rng(0).permutation(WHO)
    np.testing.assert_array_equal(draw(KEY, shuffled, 3), draw(KEY, WHO, 3)[shuffled])
    assert draw(KEY, 17, 3)[0] == draw(KEY, WHO, 3)[17]


@pytest.mark.parametrize("draw", ALL_DRAWS)
def test_households_against_alternatives_make_a_table(draw: Callable[..., Any]) -> None:
    table = draw(KEY, WHO[:5, None], WHO[None, :7])
    assert table.shape == (5, 7)
    assert table[4, 6] == draw(KEY, 4, 6)[0]


def test_the_arguments_are_left_as_they_were() -> None:
    who, which = WHO.astype(np.uint64), WHO.astype(np.uint64)
    keyed_bits(KEY, who, which)
    np.testing.assert_array_equal(who, WHO)
    np.testing.assert_array_equal(which, WHO)


@pytest.mark.parametrize(
    ("who", "which"),
    [(WHO, 0), (5, WHO), (WHO * 4, 0), (WHO.astype(np.uint64) << np.uint64(40), 0)],
    ids=["households", "alternatives", "every fourth", "high bits only"],
)
def test_draws_are_uniform_along_any_key(who: Any, which: Any) -> None:
    assert_uniform(uniform(KEY, who, which))


def test_neighbouring_keys_draw_independently() -> None:
    base = uniform(KEY, WHO)
    for other in (
        uniform(KEY, WHO + 1),
        uniform(KEY, WHO, 1),
        uniform(decision_key(1, "ready"), WHO),
        uniform(decision_key(2, "leave"), WHO),
        uniform(KEY, 1, WHO),
    ):
        assert_uncorrelated(base, other)
        assert not np.any(base == other)


def test_one_bit_of_the_key_changes_half_of_the_bits_drawn() -> None:
    base = keyed_bits(KEY, WHO)
    for bit in (0, 1, 31, 63):
        flipped = keyed_bits(KEY, WHO.astype(np.uint64) ^ np.uint64(1 << bit))
        changed = np.unpackbits((base ^ flipped).view(np.uint8))
        assert_share(changed, 0.5)


def test_no_luck_is_out_of_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """All bits 0 or all bits 1 still give numbers inside (0, 1), finite and above 0."""
    extremes = np.array([0, 2**64 - 1, 2**64 - 2**11], np.uint64)
    monkeypatch.setattr(draws, "keyed_bits", lambda *_: extremes.copy())
    u = uniform(KEY, 0)
    assert ((u > 0) & (u < 1)).all()
    for positive in (exponential(KEY, 0), exponential_table(KEY, 0, 0)):
        assert ((positive > 0) & np.isfinite(positive)).all()
    assert np.isfinite(gumbel(KEY, 0)).all()


def table_column(key: int, who: Any) -> Any:
    return exponential_table(key, who, 7)[:, 0]


@pytest.mark.parametrize("draw", [exponential, table_column])
def test_exponential_numbers_outlast_t_with_exp_of_minus_t(draw: Callable[..., Any]) -> None:
    sample = draw(KEY, WHO).astype(float)
    assert_mean(sample, 1.0)
    assert_uniform(np.exp(-sample))


def test_gumbel_numbers_have_the_mean_and_spread_of_the_textbook() -> None:
    sample = gumbel(KEY, WHO)
    assert_mean(sample, np.euler_gamma)
    assert_mean((sample - np.euler_gamma) ** 2, np.pi**2 / 6)


def test_the_best_of_value_and_gumbel_is_a_logit() -> None:
    """Worths of ln 1, ln 2 and ln 5: shares of 1, 2 and 5 eighths."""
    best = (np.log([1, 2, 5]) + gumbel(KEY, WHO[:, None], np.arange(3)[None, :])).argmax(axis=1)
    for alternative, share in enumerate((1 / 8, 2 / 8, 5 / 8)):
        assert_share(best == alternative, share)


def test_the_first_of_exponentials_over_weights_is_the_same_logit() -> None:
    first = (exponential_table(KEY, WHO, np.arange(3)) / np.float32([1, 2, 5])).argmin(axis=1)
    for alternative, share in enumerate((1 / 8, 2 / 8, 5 / 8)):
        assert_share(first == alternative, share)


def test_a_table_s_rows_and_columns_share_no_luck() -> None:
    table = exponential_table(KEY, WHO, np.arange(4)).astype(float)
    for other in (1, 2, 3):
        assert_uncorrelated(table[:, 0], table[:, other])
    wide = exponential_table(KEY, np.arange(4), WHO).astype(float)
    assert_uncorrelated(wide[0], wide[1])
    assert_uncorrelated(wide[0], exponential_table(decision_key(1, "other"), 0, WHO)[0].astype(float))
    assert (
        exponential_table(KEY, [5], [9]) == exponential_table(KEY, np.arange(6), np.arange(10))[5, 9]
    ).all()
