"""Keyed luck: the same for the same key, whatever the order; and as random as theory wants it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from chance import assert_mean, assert_share, assert_uncorrelated, assert_uniform
from flightsim.model import draws
from flightsim.model.draws import (
    decision_key,
    exponential,
    exponential_table,
    gumbel,
    keyed_bits,
    name_key,
    uniform,
)
from flightsim.model.kernels import fraction32

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
    singles = np.array([fraction32(np.uint32(bits)) for bits in (0, 2**32 - 1)], np.float32)
    for positive in (exponential(KEY, 0), -np.log(singles)):
        assert ((positive > 0) & np.isfinite(positive)).all()
    assert np.isfinite(gumbel(KEY, 0)).all()


def test_exponential_numbers_outlast_t_with_exp_of_minus_t() -> None:
    sample = exponential(KEY, WHO)
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


# ------------------------------------------------------------------ the table of households and places


def test_a_cell_of_the_table_knows_only_its_row_and_column() -> None:
    table = exponential_table(KEY, WHO[:300], WHO[:40])
    assert table.shape == (300, 40)
    np.testing.assert_array_equal(exponential_table(KEY, WHO[:300][::-1], WHO[5:9])[::-1], table[:, 5:9])
    assert exponential_table(KEY, [17], [3])[0, 0] == table[17, 3]
    assert (exponential_table(decision_key(2, "leave"), WHO[:300], WHO[:40]) != table).mean() > 0.999


def test_the_table_is_exponential_along_rows_and_columns() -> None:
    for sample in (exponential_table(KEY, WHO, [7]), exponential_table(KEY, [7], WHO)):
        assert_mean(sample, 1.0)
        assert_uniform(np.exp(-sample.astype(float)))


def test_cells_are_independent_of_their_neighbours() -> None:
    table = np.exp(-exponential_table(KEY, WHO, WHO[:20]).astype(float))
    for step in (1, 2, 4, 8):
        assert_uncorrelated(table[:-step], table[step:])
        assert_uncorrelated(table[:, :-step], table[:, step:])
        assert_uncorrelated(table[:-step, :-step], table[step:, step:])
    other = np.exp(-exponential_table(decision_key(1, "ready"), WHO, WHO[:20]).astype(float))
    assert_uncorrelated(table, other)


def test_a_rectangle_of_cells_does_not_cancel() -> None:
    """Rows and columns are mixed together, not added: two rows and two columns say nothing of one another."""
    table = np.exp(-exponential_table(KEY, WHO, WHO[:2]).astype(float)) - 0.5
    assert_uncorrelated(table[:-1, 0] * table[1:, 1], table[:-1, 1] * table[1:, 0])
    assert_uncorrelated(table[:-1, 0] * table[:-1, 1], table[1:, 0] * table[1:, 1])


def test_households_do_not_share_their_order_of_places() -> None:
    """Of 100 households and 400 places: any two have as much in common as chance has it."""
    r = np.corrcoef(exponential_table(KEY, WHO[:100], WHO[:400]))[np.triu_indices(100, 1)]
    assert_mean(r * np.sqrt(400), 0.0)
    assert_mean((r * np.sqrt(400)) ** 2, 400 / 399)


def test_the_first_of_exponentials_over_weights_is_the_same_logit() -> None:
    first = (exponential_table(KEY, WHO, np.arange(3)) / np.float32([1, 2, 5])).argmin(axis=1)
    for alternative, share in enumerate((1 / 8, 2 / 8, 5 / 8)):
        assert_share(first == alternative, share)


def test_the_first_of_a_thousand_is_any_of_them() -> None:
    """What decides is the smallest of many numbers: it must be fine enough, and every place as likely."""
    table = exponential_table(KEY, WHO[:5000], np.arange(1000))
    assert_uniform((table.argmin(axis=1) + uniform(KEY, WHO[:5000])) / 1000)
    least = table.min(axis=1).astype(float) * 1000
    assert_mean(least, 1.0)
    assert_uniform(np.exp(-least))


def test_bits_mixed_in_one_loop_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever shapes ``who`` and ``which`` have against each other, none of them included."""
    row, column = WHO[:7, None], WHO[100:105]
    pairs = [
        (WHO, 0),
        (WHO, WHO % 3),
        (5, 3),
        (WHO[3], column),
        (row, column),
        (row, 0),
        (WHO[:0], 0),
        (row[:0], column),
    ]
    monkeypatch.setattr(draws, "_in_one_loop", None)
    plain = [draws.keyed_bits(KEY, *pair) for pair in pairs]
    draws.hasten()
    for expected, pair in zip(plain, pairs, strict=True):
        np.testing.assert_array_equal(draws.keyed_bits(KEY, *pair), expected, strict=True)
