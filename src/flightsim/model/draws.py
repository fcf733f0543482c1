"""Keyed draws: every random number is a function of (seed, decision, who, which), never of order.

The generator is a counter-based hash, two rounds of the splitmix64 finaliser (Steele, Lea and Flood 2014,
"Fast splittable pseudorandom number generators"). The same household therefore meets the same number for the
same decision in every scenario, whatever the others do, and on any number of workers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_M1 = np.uint64(0xBF58476D1CE4E5B9)
_M2 = np.uint64(0x94D049BB133111EB)
_S27, _S30, _S31 = np.uint64(27), np.uint64(30), np.uint64(31)


def _mix(x: Keys) -> Keys:
    """The splitmix64 finaliser, in place on ``x``: each input bit reaches each output bit."""
    x ^= x >> _S30
    x *= _M1
    x ^= x >> _S27
    x *= _M2
    x ^= x >> _S31
    return x


def name_key(name: str) -> int:
    """A 64-bit number for a name (a P-code, a decision): the same on every machine and Python."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")


def decision_key(seed: int, decision: str) -> int:
    """The 64-bit key of one decision under one seed."""
    return name_key(f"{seed}:{decision}")


_in_one_loop: Callable[[np.uint64, Keys, Keys], Keys] | None = None  # once `hasten` has been called


def hasten() -> None:
    """From now on bits are mixed in a compiled loop: the same bits, several times as fast. A run asks for it."""
    from flightsim.model import draw_kernels  # a compiler is not needed to describe a scenario

    global _in_one_loop
    _in_one_loop = draw_kernels.keyed_bits


def keyed_bits(key: int, who: npt.ArrayLike, which: npt.ArrayLike = 0) -> Keys:
    """64 random bits for each pair of ``who`` and ``which`` (broadcast against each other)."""
    if _in_one_loop is not None:
        one, other = np.asarray(who).astype(np.uint64), np.asarray(which).astype(np.uint64)
        wide = max(one.ndim, other.ndim, 1)
        if wide <= 2:
            columns = [each.reshape(-1, 1) if wide == 1 else np.atleast_2d(each) for each in (one, other)]
            bits = _in_one_loop(np.uint64(key), *columns)
            return bits.reshape(-1) if wide == 1 else bits
    first = np.atleast_1d(np.asarray(who).astype(np.uint64)) * _GOLDEN
    first ^= np.uint64(key)
    _mix(first)
    second = np.atleast_1d(np.asarray(which).astype(np.uint64)) * _M2
    second += _GOLDEN
    return _mix(np.asarray(first ^ second))


def uniform(key: int, who: npt.ArrayLike, which: npt.ArrayLike = 0) -> npt.NDArray[np.float64]:
    """Numbers strictly between 0 and 1, from 52 bits: with one more the half would be rounded up to 1."""
    bits = keyed_bits(key, who, which) >> np.uint64(12)
    return np.asarray((bits.astype(np.float64) + 0.5) * 2.0**-52)


def exponential(key: int, who: npt.ArrayLike, which: npt.ArrayLike = 0) -> npt.NDArray[np.float64]:
    """Exponential numbers of mean 1: thresholds and waiting times."""
    return np.asarray(-np.log(uniform(key, who, which)))


def gumbel(key: int, who: npt.ArrayLike, which: npt.ArrayLike = 0) -> npt.NDArray[np.float64]:
    """Standard Gumbel numbers: the error that turns a best choice into a logit."""
    return np.asarray(-np.log(exponential(key, who, which)))


def column_bits(key: int, which: npt.ArrayLike) -> Keys:
    """(m,) what `exponential_table` makes of its columns: the same for every ``who``, so it may be kept."""
    return keyed_bits(key, which, 1)


def exponential_table(
    key: int, who: npt.ArrayLike, which: npt.ArrayLike = (), bits: Keys | None = None
) -> npt.NDArray[np.float32]:
    """(n, m) exponential numbers of mean 1 in single precision, for every ``who`` (n,) with every ``which`` (m,).

    Where households meet every place this is most of a run's work, so it mixes 32 bits of each side.
    ``bits``: those of ``which``, if they have been kept.
    """
    from flightsim.model.kernels import uniform_table  # a compiler is not needed to describe a scenario

    drawn = uniform_table(keyed_bits(key, who), column_bits(key, which) if bits is None else bits)
    np.log(drawn, out=drawn)
    return np.asarray(np.negative(drawn, out=drawn))
